"""For whom a build is made: an officer, a board or the public; it decides what may be told."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from outturn.commands.opened import Opened
from outturn.framework import Partnership
from outturn.framework.model import AUDIENCES
from outturn.judgement.disclosure import OFFICER, PUBLIC
from outturn.statistics.disclosure_policies import PRESETS, Policy
from outturn.terms.errors import DefinitionMistake, suggestion
from outturn.terms.records import Absent
from outturn.vintages import Released


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
    made_for = dict(kept.arguments).get("audience", "")
    return PRESETS[told_to(partnership, made_for).disclosure]


def is_for_officers(kept: Released) -> bool:
    """Whether a build was made for those who work with the figures, and so for nobody in
    particular: they may hold its counts against the data."""
    return dict(kept.arguments).get("audience", OFFICER) == OFFICER


def not_for_the_public(opened: Opened) -> str:
    """What to know before a kept build leaves the building; nothing where it may as it is."""
    if dict(opened.kept.arguments).get("audience") == PUBLIC:
        return ""
    withheld = pl.col("absent") == str(Absent.SUPPRESSED)
    counts = opened.kept.scan("counts").filter(withheld).select(pl.len()).collect().item()
    if not counts:
        return ""
    what = "1 count is" if counts == 1 else f"{counts:,} counts are"
    return (
        f"This build was not made for the public: {what} withheld, and might be worked out from "
        "others. Before you publish: outturn build --audience public, then outturn audit"
    )
