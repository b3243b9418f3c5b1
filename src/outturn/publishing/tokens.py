"""Live words in commentary: `{value}` becomes the figure of the build, so they cannot disagree."""

from __future__ import annotations

import re

from outturn.judgement.words import unit_of
from outturn.publishing.told import Row, Told

_TOKEN = re.compile(r"\{([a-z_]+)\}")
_NONE = "no figure"


def filled(text: str, row: Row, told: Told) -> str:
    """The text with each token replaced by what this build says."""
    return _TOKEN.sub(lambda found: _said(found[1], row, told), text)


def _said(token: str, row: Row, told: Told) -> str:
    match token:
        case "value" | "previous" | "forecast":
            said = told.said(row, token)
            return said if said != "–" else _NONE
        case "target" | "milestone":
            return row[token] or f"no {token}"
        case "status":
            return str(row["status_now"])
        case "status_year_end":
            return str(row["status_year_end"])
        case "change":
            return _change(row, told)
        case "numerator" | "denominator":
            return _NONE if row[token] is None else f"{row[token]:,.0f}"
        case "period":
            return told.period_label(row["period"])
        case "place":
            return told.place_name(row["place"])
    return f"{{{token}}}"


def _change(row: Row, told: Told) -> str:
    """The change since the previous equivalent period, as the verdict states it."""
    if row["change"] is None:
        return "no comparable earlier figure"
    measure = told.measure(row)
    unit = unit_of(measure)
    size = unit.say(abs(row["change"]), measure.decimals).replace(unit.after, unit.gap_after)
    return f"{'up' if row['change'] > 0 else 'down'} {size}" if row["change"] else "no change"
