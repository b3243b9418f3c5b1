"""What an average hides: a figure on target with a part or a place under it that is off target.

Each part is held against what the whole is held against, and compared in the same way: rounded
first, or at a limit met, where the target says so. One of few people is off target by chance often
enough, so where a part has limits these must exclude the target too: its own, where the tolerance
is statistical, and not those of the whole. Where counts are rounded, all that the part could be of
must miss it: by its limits, which hold for every such count, or by the figure that each would make.
Of a part of which neither is known, as of a formula, nothing is told then.

A part with a target of its own is not held against that of the whole: its own verdict stands, and
is off target or hides nothing. Nor is a part held against a whole that a named role set on target:
no average hid the part there.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

import polars as pl

from outturn.framework.model import Measure, Place, Target
from outturn.framework.places import EVERY, members
from outturn.judgement.facts import facts
from outturn.judgement.overrides import OF_NOW
from outturn.judgement.rounded_counts import REACH, is_of_rounded_counts, with_reach
from outturn.judgement.rule import judged
from outturn.judgement.status_ends import with_ends
from outturn.judgement.words import fewest_decimals, text_columns, with_unit
from outturn.statistics.disclosure_policies import PRESETS, Policy
from outturn.terms.period import Calendar, Period, from_key
from outturn.terms.records import FINDINGS, VALUES, VERDICTS, WHOLE, Status, checked, fitted

RULE = "masked by an average"
_WHOLE = ("measure", "place", "period")
_BOUNDS = ("lower", "upper", "_low", "_high", "_told")
_RULE: dict[str, type[pl.DataType]] = {  # how a target compares
    "target_id": pl.String,
    "low_strict": pl.Boolean,
    "high_strict": pl.Boolean,
    "rounded_to": pl.Int64,
    "at_limit": pl.Boolean,
}
_JUDGED = ("milestone_low", "milestone_high", "tolerance", "milestone", *list(_RULE)[1:])
_PART = ("breakdown", "category")
NAMED = 3  # parts that are named beside a figure; of the others it is said how many there are


def masked(
    verdicts: pl.DataFrame,
    values: pl.DataFrame,
    *,
    measures: Mapping[str, Measure],
    places: Mapping[str, Place],
    calendar: Calendar,
    targets: Iterable[Target] = (),
    hierarchy: str = EVERY,
    totals_for: Collection[str] = (),
    disclosure: str = "none",
) -> pl.DataFrame:
    """A FINDINGS frame: one for each part that is off target under a whole that is on target now.

    Parts are the categories of the figure's breakdowns, and the places directly under its own.
    Only figures that are divided by something are asked: a part of a count is always below it. Of
    each measure and place that is the figure of the latest of its shortest periods, and that of the
    latest year, or year to date: what was hidden before is history. The size is how far the part is
    from meeting, in the measure's unit. `targets` are those that the verdicts are of, for how each
    compares. `disclosure` is the preset that the counts were held to.
    """
    asked = _latest(checked(verdicts, VERDICTS), calendar)
    rows = hidden(
        asked,
        verdicts,
        values,
        measures=measures,
        places=places,
        targets=targets,
        hierarchy=hierarchy,
        totals_for=totals_for,
        policy=PRESETS[disclosure],
    )
    return fitted(_said(rows, calendar), FINDINGS)


def hidden(
    asked: pl.DataFrame,
    verdicts: pl.DataFrame,
    values: pl.DataFrame,
    *,
    measures: Mapping[str, Measure],
    places: Mapping[str, Place],
    targets: Iterable[Target] = (),
    hierarchy: str = EVERY,
    totals_for: Collection[str] = (),
    policy: Policy = PRESETS["none"],
) -> pl.DataFrame:
    """The parts off target under those verdicts `asked` that are on target now, by the rule alone.

    A status that a role has set, the same one too, is its answer for the parts.

    One row for each, with the columns that `_WHOLE` names of the figure above it, the name of the
    `part`, its figure and limits, and how far it is from meeting.
    """
    values = _with_bounds(checked(values, VALUES), measures, policy)
    known = facts(measures)
    rules = _rules(targets)
    by_the_rule = ~pl.col("overridden").str.starts_with(OF_NOW).fill_null(False)
    on_target = (pl.col("status_now") == str(Status.ON_TARGET)) & by_the_rule
    held = asked.filter(on_target & (pl.col("breakdown") == WHOLE)).join(
        known.filter(~pl.col("counted")).select("measure"), on="measure", how="semi"
    )
    held = held.join(rules, on="target_id", how="left", maintain_order="left")
    asked = held.select(*_WHOLE, *_JUDGED, whole=pl.col("shown"))
    parts = pl.concat(
        [
            _categories(asked, _divided_alike(values, measures)),
            _places_under(asked, values, members(places, hierarchy, totals_for), places),
        ]
    )
    return _off_target(_by_their_own(parts, verdicts, rules).join(known, on="measure"))


def beside(rows: pl.DataFrame) -> dict[tuple[str, str, str], str]:
    """What is to be said beside each figure of which `hidden` gave parts, by measure, place and
    period: those parts by name, the furthest off first."""
    rows = _described(rows).with_columns(_order=pl.col("size").fill_null(0))
    rows = rows.sort("_order", descending=True, maintain_order=True)
    said: dict[tuple[str, str, str], str] = {}
    for (measure, place, period), parts in rows.group_by(_WHOLE, maintain_order=True):
        named = parts["_off"].head(NAMED).to_list()
        if more := parts.height - len(named):
            many = "1 more part of it misses" if more == 1 else f"{more} more parts of it miss"
            named.append(f"{many} the target too")
        words = f"On target as a whole, but {'; '.join(named)}."
        said[str(measure), str(place), str(period)] = words
    return said


def _latest(verdicts: pl.DataFrame, calendar: Calendar) -> pl.DataFrame:
    """The verdicts on whole figures of the latest of the shortest periods of each measure and
    place, and of the latest of those that begin with a year and are no longer than one."""
    judged_now = pl.col("status_now") != str(Status.NOT_ASSESSED)
    rows = verdicts.filter(judged_now & (pl.col("breakdown") == WHOLE))
    periods = {key: from_key(key) for key in rows["period"].unique().sort()}
    known = pl.DataFrame(
        [
            (key, one.start, one.end, one.months, _is_of_year(one, calendar))
            for key, one in periods.items()
        ],
        schema={
            "period": pl.String, "_start": pl.Date, "_end": pl.Date, "_months": pl.Int64,
            "_of_year": pl.Boolean,
        },
        orient="row",
    )  # fmt: skip
    series = ["measure", "place"]
    rows = rows.join(known, on="period", maintain_order="left")
    shortest = rows.filter(pl.col("_months") == pl.col("_months").min().over(series))
    last = [
        kind.filter(pl.col("_end") == pl.col("_end").max().over(series))
        for kind in (shortest, rows.filter("_of_year"))
    ]
    same_days = [*series, "_start", "_end"]  # a year, and the 12 months to its last
    found = pl.concat(last).sort("_months", "period", maintain_order=True)
    return found.unique(same_days, keep="last", maintain_order=True).select(verdicts.columns)


def _is_of_year(period: Period, calendar: Calendar) -> bool:
    return 0 < period.months <= 12 and period.start == calendar.year_start(period.end)


def _by_their_own(parts: pl.DataFrame, verdicts: pl.DataFrame, rules: pl.DataFrame) -> pl.DataFrame:
    """The parts; those with a verdict on a target of their own by that, which is `_own`."""
    key = ["measure", "at", "period", *_PART]
    own = verdicts.filter(
        pl.col("target_id").is_not_null() & (pl.col("status_now") != str(Status.NOT_ASSESSED))
    ).join(rules, on="target_id", how="left", maintain_order="left")
    theirs = own.select(
        *["measure", "period", *_PART],
        pl.col("place").alias("at"),
        pl.col("status_now").alias("_own"),
        *(pl.col(name).alias(f"own_{name}") for name in _JUDGED),
    )
    rows = parts.join(theirs, on=key, how="left", maintain_order="left")
    has_own = pl.col("_own").is_not_null()
    return rows.with_columns(
        pl.when(has_own).then(f"own_{name}").otherwise(name).alias(name) for name in _JUDGED
    ).select(*parts.columns, "_own")


def _rules(targets: Iterable[Target]) -> pl.DataFrame:
    """How each target compares a figure with its bounds."""
    rows = [
        (one.id, one.goal.word == "above", one.goal.word == "below", one.rounded_to, one.at_limit)
        for one in targets
    ]
    return pl.DataFrame(rows, schema=_RULE, orient="row")


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
    return _of(asked.join(divided, on=_WHOLE).with_columns(part=named, at="place"))


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
    joined = under.join(theirs, on=["measure", "under", "period"])
    return _of(joined.with_columns(at="under"))


def _of(joined: pl.DataFrame) -> pl.DataFrame:
    return joined.select(*_WHOLE, *_JUDGED, "whole", "part", "at", *_PART, "value", *_BOUNDS)


def _off_target(rows: pl.DataFrame) -> pl.DataFrame:
    """Of the parts, those that miss the target, with their limits where they have any.

    A verdict of its own is as the page of the part tells it, whatever chance may have made.
    """
    rows = rows.with_columns(pl.col("low_strict", "high_strict", "at_limit").fill_null(False))
    found = judged(
        rows.select(
            "low_strict", "high_strict", "rounded_to", "at_limit",
            figure="value", low="milestone_low", high="milestone_high",
            tolerance_low="tolerance", tolerance_high="tolerance",
        )
    )  # fmt: skip
    ends = with_ends(rows, "milestone_low", "milestone_high").select("_low_end", "_high_end")
    rows = rows.with_columns(found["status"], found["side"], *ends, size=found["gap"])
    below, above = pl.col("side") == "below", pl.col("side") == "above"
    reached = (below & (pl.col("_high") >= pl.col("_low_end"))) | (
        above & (pl.col("_low") <= pl.col("_high_end"))
    )
    off = (pl.col("status") == str(Status.OFF_TARGET)) & ~reached.fill_null(False)
    off &= pl.col("_told")
    own = pl.col("_own") == str(Status.OFF_TARGET)
    return rows.filter(
        pl.when(pl.col("_own").is_not_null()).then(own).otherwise(off.fill_null(False))
    )


def _said(rows: pl.DataFrame, calendar: Calendar) -> pl.DataFrame:
    labels = {key: from_key(key).label(calendar) for key in rows["period"].unique()}
    label = pl.col("period").replace_strict(labels, default=None, return_dtype=pl.String)
    sentence = pl.concat_str(
        label.str.slice(0, 1).str.to_uppercase() + label.str.slice(1),
        pl.lit(": on target as a whole ("),
        with_unit("whole"),
        pl.lit("), but "),
        "_off",
        pl.lit("."),
    )
    return _described(rows).with_columns(rule=pl.lit(RULE), finding=sentence)


def _described(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows with `_off`: which part is how far from what, after which a stop may follow."""
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
    misses = pl.when(pl.col("_own").is_null()).then(
        pl.lit(" does not reach the target of the whole")
    )
    off = pl.concat_str(
        "part",
        pl.lit(" ("),
        with_unit("figure"),
        limits.fill_null(""),
        pl.lit(")"),
        misses.otherwise(pl.lit(" is off its own target")),
        (pl.lit(", ") + pl.col("milestone")).fill_null(""),
        _compared_as(),
    )
    return rows.with_columns(_off=off)


def _compared_as() -> pl.Expr:
    decimals = pl.col("rounded_to")
    many = pl.when(decimals == 1).then(pl.lit(" decimal")).otherwise(pl.lit(" decimals"))
    return (
        pl.when(decimals.is_null())
        .then(pl.lit(""))
        .when(decimals == 0)
        .then(pl.lit(", compared as whole numbers"))
        .otherwise(pl.lit(", compared at ") + decimals.cast(pl.String) + many)
    )
