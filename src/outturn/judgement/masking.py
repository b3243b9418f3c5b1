"""What an average hides: a figure on target with a part or a place under it that is off target.

Each part is held against what the whole is held against. One of few people is off target by chance
often enough, so where a part has limits these must exclude the target too: its own, where the
tolerance is statistical, and not those of the whole. Where counts are rounded, all that the part
could be of must miss it: by its limits, which hold for every such count, or by the figure that each
would make. Of a part of which neither is known, as of a formula, nothing is told then.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import polars as pl

from outturn.framework.model import Measure, Place
from outturn.framework.places import EVERY, members
from outturn.judgement.facts import facts
from outturn.judgement.rounded_counts import REACH, is_of_rounded_counts, with_reach
from outturn.judgement.rule import judged
from outturn.judgement.words import fewest_decimals, fronted, text_columns
from outturn.statistics.disclosure_policies import PRESETS, Policy
from outturn.terms.period import Calendar, from_key
from outturn.terms.records import FINDINGS, VALUES, VERDICTS, WHOLE, Status, checked, fitted

RULE = "masked by an average"
_WHOLE = ("measure", "place", "period")
_BOUNDS = ("lower", "upper", "_low", "_high", "_told")
_JUDGED = ("milestone_low", "milestone_high", "tolerance", "milestone")


def masked(
    verdicts: pl.DataFrame,
    values: pl.DataFrame,
    *,
    measures: Mapping[str, Measure],
    places: Mapping[str, Place],
    calendar: Calendar,
    hierarchy: str = EVERY,
    totals_for: Collection[str] = (),
    disclosure: str = "none",
) -> pl.DataFrame:
    """A FINDINGS frame: one for each part that is off target under a whole that is on target now.

    Parts are the categories of the figure's breakdowns, and the places directly under its own.
    Only figures that are divided by something are asked: a part of a count is always below it. The
    size is how far the part is from meeting, in the measure's unit. `disclosure` is the preset that
    the counts were held to.
    """
    checked(verdicts, VERDICTS)
    values = _with_bounds(checked(values, VALUES), measures, PRESETS[disclosure])
    known = facts(measures)
    held = verdicts.filter(
        (pl.col("status_now") == str(Status.ON_TARGET)) & (pl.col("breakdown") == WHOLE)
    ).join(known.filter(~pl.col("counted")).select("measure"), on="measure", how="semi")
    asked = held.select(*_WHOLE, *_JUDGED, whole=pl.col("shown"))
    parts = pl.concat(
        [
            _categories(asked, _divided_alike(values, measures)),
            _places_under(asked, values, members(places, hierarchy, totals_for), places),
        ]
    )
    found = _off_target(parts.join(known, on="measure"))
    return fitted(_said(found, calendar), FINDINGS)


def _with_bounds(
    values: pl.DataFrame, measures: Mapping[str, Measure], policy: Policy
) -> pl.DataFrame:
    """The values with `_low` and `_high`, which must miss the target too, and whether they are
    `_told`: null where there is nothing but the figure."""
    if policy.round_to == 1:
        return values.with_columns(_low="lower", _high="upper", _told=pl.lit(True))
    reach = with_reach(values, measures, policy).with_columns(_made=is_of_rounded_counts())
    bounds = {"_low": ("lower", REACH[0]), "_high": ("upper", REACH[1])}
    return reach.with_columns(
        pl.coalesce(limit, pl.when("_made").then(end)).alias(name)
        for name, (limit, end) in bounds.items()
    ).with_columns(_told=~pl.col("_made") | pl.col("_low").is_not_null())


def _divided_alike(values: pl.DataFrame, measures: Mapping[str, Measure]) -> pl.DataFrame:
    """The values without the parts that a figure is made of: the rate of the old is no average."""
    parts = [(id, one.parted.name) for id, one in measures.items() if one.parted]
    schema = {"measure": pl.String, "breakdown": pl.String}
    return values.join(
        pl.DataFrame(parts, schema=schema, orient="row"), on=list(schema), how="anti"
    )


def _categories(asked: pl.DataFrame, values: pl.DataFrame) -> pl.DataFrame:
    """The categories of each figure, by name."""
    divided = values.filter(pl.col("breakdown") != WHOLE)
    named = pl.concat_str("breakdown", pl.lit(" "), "category")
    return _of(asked.join(divided, on=_WHOLE).with_columns(part=named))


def _places_under(
    asked: pl.DataFrame,
    values: pl.DataFrame,
    pairs: Collection[tuple[str, Place]],
    places: Mapping[str, Place],
) -> pl.DataFrame:
    """The places directly under that of each figure, by name."""
    lines = [(above, one.code, one.name) for above, one in pairs]
    schema = {"place": pl.String, "under": pl.String, "part": pl.String}
    under = asked.join(pl.DataFrame(lines, schema=schema, orient="row"), on="place")
    theirs = values.filter(breakdown=WHOLE).rename({"place": "under"})
    return _of(under.join(theirs, on=["measure", "under", "period"]))


def _of(joined: pl.DataFrame) -> pl.DataFrame:
    return joined.select(*_WHOLE, *_JUDGED, "whole", "part", "value", *_BOUNDS)


def _off_target(rows: pl.DataFrame) -> pl.DataFrame:
    """Of the parts, those that miss the target, with their limits where they have any."""
    found = judged(
        rows.select(
            figure="value",
            low="milestone_low",
            high="milestone_high",
            tolerance_low="tolerance",
            tolerance_high="tolerance",
            low_strict=pl.lit(False),
            high_strict=pl.lit(False),
            rounded_to=pl.lit(None, pl.Int64),
            at_limit=pl.lit(False),
        )
    )
    rows = rows.with_columns(found["status"], found["side"], size=found["gap"])
    below, above = pl.col("side") == "below", pl.col("side") == "above"
    reached = (below & (pl.col("_high") >= pl.col("milestone_low"))) | (
        above & (pl.col("_low") <= pl.col("milestone_high"))
    )
    off = (pl.col("status") == str(Status.OFF_TARGET)) & ~reached.fill_null(False)
    off &= pl.col("_told")
    return rows.filter(off.fill_null(False))


def _said(rows: pl.DataFrame, calendar: Calendar) -> pl.DataFrame:
    labels = {key: from_key(key).label(calendar) for key in rows["period"].unique()}
    label = pl.col("period").replace_strict(labels, default=None, return_dtype=pl.String)
    decimals = rows["decimals"]
    rows = rows.with_columns(
        _figure=fewest_decimals(rows["value"], decimals, 0),
        _lower=fewest_decimals(rows["lower"], decimals, 0),
        _upper=fewest_decimals(rows["upper"], decimals, 0),
    )
    rows = text_columns(
        rows, figure=("value", "_figure"), least=("lower", "_lower"), most=("upper", "_upper")
    )
    limits = pl.when(pl.col("lower").is_not_null()).then(
        pl.concat_str(pl.lit(", limits "), "least", pl.lit(" to "), "most")
    )
    sentence = pl.concat_str(
        label.str.slice(0, 1).str.to_uppercase() + label.str.slice(1),
        pl.lit(": on target as a whole ("),
        pl.concat_str(fronted("whole"), "after"),
        pl.lit("), and off target for "),
        "part",
        pl.lit(" ("),
        pl.concat_str(fronted("figure"), "after"),
        limits.fill_null(""),
        pl.lit(") against "),
        pl.col("milestone").fill_null("the target"),
        pl.lit("."),
    )
    return rows.with_columns(rule=pl.lit(RULE), finding=sentence)
