"""Live words in commentary: `{value}` becomes the figure of the build, so they cannot disagree."""

from __future__ import annotations

import re

from outturn.framework.model import Comment
from outturn.publishing.figure_words import change_words
from outturn.publishing.told import Row, Told
from outturn.statistics.rounding import shown
from outturn.terms.errors import DefinitionMistake
from outturn.terms.records import Absent, Provenance

_TOKEN = re.compile(r"\{([^{}]*)\}")
_NONE = "no figure"


def filled(comment: Comment, row: Row, told: Told) -> str:
    """The comment with each token replaced by what this build says."""
    return _TOKEN.sub(lambda found: _said(found[1], row, told, comment), comment.text)


def _said(token: str, row: Row, told: Told, comment: Comment) -> str:
    match token:
        case "value":
            return _figure(row, told, comment)
        case "previous" | "forecast":
            said = told.said(row, token)
            return said if said != "–" else _NONE
        case "target" | "milestone":
            return row[token] or f"no {token}"
        case "status":
            return str(row["status_now"])
        case "status_year_end":
            return str(row["status_year_end"])
        case "change":
            return change_words(told, row) or "no comparable earlier figure"
        case "numerator" | "denominator":
            return _count(row, token)
        case "period":
            return told.period_label(row["period"])
        case "place":
            return told.place_name(row["place"])
    raise DefinitionMistake(
        where=comment.file,
        problem=f"No figure goes by the word '{{{token}}}'.",
        remedy="Use one of the words that the guide to commentary lists, or take out the braces.",
    )


def _figure(row: Row, told: Told, comment: Comment) -> str:
    """The figure; a forecast is called one, unless the comment is written for its very period.

    Who writes of April to September means a figure so far, and the forecast of a year is none.
    """
    said = told.said(row)
    if said == "–":
        return _NONE
    foretold = row["value"] is not None and row["provenance"] == Provenance.FORECAST
    own = row["period"] == comment.period.key
    return f"a forecast of {said}" if foretold and not own else said


def _count(row: Row, token: str) -> str:
    """A count as people write it; suppressed where that is why it is not there."""
    if row[token] is not None:
        return shown(row[token], 0) or _NONE
    return str(Absent.SUPPRESSED) if row["absent"] == Absent.SUPPRESSED else _NONE
