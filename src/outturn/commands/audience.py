"""For whom a build is made: an officer, a board or the public; it decides what may be told."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from outturn.commands.opened import Opened
from outturn.framework import Partnership, read_texts
from outturn.framework.folder import SETTINGS
from outturn.framework.model import AUDIENCES
from outturn.judgement.disclosure import BOARD, OFFICER, PUBLIC
from outturn.statistics.disclosure_policies import PRESETS, Policy
from outturn.terms.errors import DefinitionMistake, suggestion
from outturn.terms.records import Absent
from outturn.vintages import Released

_WHOM = {OFFICER: "officers", BOARD: "the board", PUBLIC: "the public"}


def told_to(partnership: Partnership, audience: str) -> Partnership:
    """The partnership with the preset of one audience; as it is where no audience is named."""
    if audience and audience not in AUDIENCES:
        raise DefinitionMistake(
            where="the command, --audience",
            problem=f"There is no audience '{audience}'.",
            remedy=suggestion(audience, AUDIENCES, f"Write one of {', '.join(AUDIENCES)}."),
        )
    preset = partnership.disclosure_for.get(audience, partnership.disclosure)
    return replace(partnership, disclosure=preset)


def policy_of(partnership: Partnership, kept: Released) -> Policy:
    """What withheld counts when a build was made."""
    return PRESETS[told_to(partnership, audience_of(kept)).disclosure]


def audience_of(kept: Released) -> str:
    """The audience that a build was made for; empty where none was named, as in older ones."""
    return dict(kept.arguments).get("audience", "")


def whom(audience: str) -> str:
    """An audience as it is said; empty where none was named."""
    return _WHOM.get(audience, audience)


def made_for(kept: Released, policy: Policy) -> str:
    """For whom a build was made and by what preset, as the end of a sentence."""
    said = whom(audience_of(kept)) or "no audience in particular"
    return f"made for {said}, by the disclosure preset {policy.name}"


def preset_of(kept: Released) -> str:
    """The name of the preset of a build that may be old, from its settings alone.

    Empty where they do not tell it: a list of builds leaves none out for one that is damaged.
    """
    try:
        text = dict(kept.definitions).get(SETTINGS, "")
    except (OSError, ValueError):
        return ""
    partnership, mistakes = read_texts({SETTINGS: text})
    if not text or any("disclosure" in one.where for one in mistakes):
        return ""
    audience = audience_of(kept)
    return partnership.disclosure_for.get(audience, partnership.disclosure)


def is_for_officers(kept: Released) -> bool:
    """Whether a build was made for those who work with the figures, and so for nobody in
    particular: they may hold its counts against the data."""
    return dict(kept.arguments).get("audience", OFFICER) == OFFICER


def not_for_the_public(opened: Opened) -> str:
    """What to know before a kept build leaves the building; nothing where it may as it is."""
    audience = audience_of(opened.kept)
    if audience == PUBLIC:
        return ""
    withheld = pl.col("absent") == str(Absent.SUPPRESSED)
    counts = opened.kept.scan("counts").filter(withheld).select(pl.len()).collect().item()
    policy = policy_of(opened.partnership, opened.kept)
    as_for_all = policy.name == told_to(opened.partnership, PUBLIC).disclosure
    if not counts and as_for_all and audience != OFFICER:
        return ""
    named = audience or not counts
    whose = f"{made_for(opened.kept, policy)}, and not" if named else "not made"
    what = "no count is withheld"
    if counts:
        what = "1 count is" if counts == 1 else f"{counts:,} counts are"
        what += " withheld, and might be worked out from others"
    return (
        f"This build was {whose} for the public: {what}. Before you publish: "
        "outturn build --audience public, then outturn audit"
    )
