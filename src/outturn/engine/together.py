"""What a numerator and a denominator come to together, in columns.

The groups of a tally are a frame of place, wanted period (by its number), breakdown, category,
amount, rows, and masks: whole numbers in which each bit stands for one source.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from outturn.engine.cells import MASK_BITS, masks
from outturn.engine.groups import GROUP, Groups
from outturn.engine.lacking import Sides, lacking, places_above
from outturn.engine.limits import LIMITS
from outturn.engine.periods import Wanted
from outturn.engine.plan import PART_OF_DENOMINATOR, PART_OF_NUMERATOR, watched
from outturn.engine.reach import Uncovered, not_reached
from outturn.framework.model import Measure
from outturn.terms.records import COUNTS, NO_DENOMINATOR, NO_NUMERATOR, Absent, empty, fitted


def put_together(
    measure: Measure,
    wanted: Sequence[Wanted],
    parts: Mapping[str, Groups],
    sources: Sequence[str],
    above: pl.DataFrame,
    without: tuple[Mapping[str, str], Sequence[Uncovered]],
) -> pl.DataFrame:
    """COUNTS of one measure; `above` has each place with those that its rows count for.

    `without` says of places why they have no numerator (see `plan.unsupplied`), and what is covered
    of them (see `plan.reaches_of`).
    """
    if not wanted:
        return empty(COUNTS)
    numerator, denominator = (
        _side(sources, parts[role].added if role in parts else None, role)
        for role in ("numerator", "denominator")
    )
    groups = numerator.join(denominator, on=GROUP, how="full", coalesce=True)
    if watched(measure):
        groups = _without_partial(measure, wanted, groups, parts, above)
    if _is_histogram(measure):  # the denominator is how many there were
        groups = groups.with_columns(
            pl.when(pl.col("numerator").is_not_null())
            .then(pl.col("numerator_rows").cast(pl.Float64))
            .alias("denominator")
        )
        if "numerator" in parts:
            groups = _with_limits(groups, parts["numerator"].added)
    if "evidence" in parts:
        groups = _with_evidence(measure, sources, groups, parts["evidence"].added)
    if "squares" in parts:
        groups = _with_squares(measure, sources, groups, parts["squares"].added)
    unsupplied, uncovered = without
    groups = _not_supplied(_without_figures(wanted, groups), unsupplied)
    groups = not_reached(wanted, groups, uncovered)
    groups = _with_missing(measure, groups)
    figure = pl.col("numerator").is_not_null() & pl.col("absent").is_null()
    of_figure = LIMITS if measure.is_weighted else (*LIMITS, "squares")
    groups = groups.with_columns(
        pl.when(figure).then(name).alias(name) for name in of_figure if name in groups.columns
    )
    rows = pl.col("numerator_rows").fill_null(0) + pl.col("denominator_rows").fill_null(0)
    behind = [
        (pl.col(f"numerator_{m}").fill_null(0) | pl.col(f"denominator_{m}").fill_null(0)).alias(m)
        for m in masks(sources)
    ]
    named = groups.with_columns(rows.alias("rows"), *behind)
    named = named.join(_about_periods(measure, wanted), on="wanted")
    named = _with_sources(sources, named)
    return fitted(named.with_columns(pl.lit(measure.id).alias("measure")), COUNTS)


def _side(sources: Sequence[str], groups: pl.DataFrame | None, role: str) -> pl.DataFrame:
    """The groups of one tally, with its columns named for its role."""
    kinds = {"place": pl.String, "wanted": pl.Int32, "breakdown": pl.String, "category": pl.String}
    numbers = {"amount": pl.Float64, "rows": pl.Int64, **dict.fromkeys(masks(sources), pl.Int64)}
    frame = pl.DataFrame(schema={**kinds, **numbers}) if groups is None else groups
    renamed = [
        pl.col(name).cast(kind).alias(role if name == "amount" else f"{role}_{name}")
        for name, kind in numbers.items()
    ]
    return frame.select(*(pl.col(name).cast(kind) for name, kind in kinds.items()), *renamed)


def _is_histogram(measure: Measure) -> bool:
    return measure.numerator is not None and measure.numerator.is_histogram


def _with_evidence(
    measure: Measure, sources: Sequence[str], groups: pl.DataFrame, found: pl.DataFrame
) -> pl.DataFrame:
    """The groups, and those in which a place supplied rows of which none is counted."""
    shown = _side(sources, found, "numerator").join(groups, on=GROUP, how="anti")
    zeros = ("numerator", "denominator") if _is_histogram(measure) else ("numerator",)
    nothing = [pl.lit(0.0).alias(name) for name in zeros]
    return pl.concat([groups, shown.with_columns(nothing)], how="diagonal")


def _with_limits(groups: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
    """The groups with the values that are the limits of a median or percentile.

    Of figures that are added up over several periods there are none.
    """
    if not set(LIMITS) <= set(found.columns):
        return groups
    limits = [pl.col(side).cast(pl.Float64) for side in LIMITS]
    keys = [pl.col(name).cast(groups.schema[name]) for name in GROUP]
    return groups.join(found.select(*keys, *limits), on=GROUP, how="left", maintain_order="left")


def _with_squares(
    measure: Measure, sources: Sequence[str], groups: pl.DataFrame, found: pl.DataFrame
) -> pl.DataFrame:
    """The groups with the squares of the weights of the denominator, and how many it is of.

    Of a mean, with those of its numbers, where each row that it is of has one.
    """
    squares = _side(sources, found, "squares").rename({"squares_rows": "answers"})
    joined = groups.join(
        squares.select(*GROUP, "squares", "answers"), on=GROUP, how="left", maintain_order="left"
    )
    if not measure.is_weighted:
        whole = pl.col("answers") == pl.col("denominator")
        return joined.with_columns(pl.when(whole).then("squares").alias("squares")).drop("answers")
    known = pl.when(pl.col("denominator").is_not_null())
    return joined.with_columns(known.then(name).alias(name) for name in ("squares", "answers"))


def _without_partial(
    measure: Measure,
    wanted: Sequence[Wanted],
    groups: pl.DataFrame,
    parts: Mapping[str, Groups],
    above: pl.DataFrame,
) -> pl.DataFrame:
    """The groups without a numerator or denominator of which a part was not supplied."""
    amounts = groups.select(*GROUP, "numerator", "denominator")
    own = {role: one.own for role, one in parts.items()}
    sides = Sides(measure, wanted, amounts, own, places_above(measure, groups, above))
    asked = ["numerator"] if measure.missing == "not available" else []
    asked += ["denominator"] if measure.denominator else []
    for role, why in (("numerator", PART_OF_NUMERATOR), ("denominator", PART_OF_DENOMINATOR)):
        found = lacking(sides, role) if role in asked else amounts.select(GROUP).clear()
        marked = found.with_columns(pl.lit(why).alias(f"{role}_why"))
        groups = groups.join(marked, on=GROUP, how="left", maintain_order="left").with_columns(
            pl.when(pl.col(role).is_not_null()).then(f"{role}_why").alias(f"{role}_why"),
            pl.when(pl.col(f"{role}_why").is_null()).then(role).alias(role),
        )
    return groups


def _without_figures(wanted: Sequence[Wanted], groups: pl.DataFrame) -> pl.DataFrame:
    """The groups without numerators in periods that have no figure, with `no_figure`, or why."""
    lines = [(number, one.why) for number, one in enumerate(wanted) if one.why]
    kinds = {"wanted": pl.Int32, "no_figure": pl.String}
    without = pl.DataFrame(lines, schema=kinds, orient="row")
    return groups.join(without, on="wanted", how="left", maintain_order="left").with_columns(
        pl.when(pl.col("no_figure").is_null()).then("numerator").alias("numerator")
    )


def _not_supplied(groups: pl.DataFrame, unsupplied: Mapping[str, str]) -> pl.DataFrame:
    """The groups without numerators of places that supplied nothing, and why."""
    if not unsupplied:
        return groups
    why = pl.col("place").replace_strict(dict(unsupplied), default=None, return_dtype=pl.String)
    return groups.with_columns(pl.coalesce("no_figure", why).alias("no_figure")).with_columns(
        pl.when(pl.col("no_figure").is_null()).then("numerator").alias("numerator")
    )


def _with_missing(measure: Measure, groups: pl.DataFrame) -> pl.DataFrame:
    """What a group without a numerator, or without a denominator, comes to."""
    reasons = []
    if measure.missing == "not available":
        reasons.append(_reason("numerator", NO_NUMERATOR))
    else:
        nothing = pl.when(pl.col("no_figure").is_null()).then(pl.lit(0.0))
        groups = groups.with_columns(pl.coalesce("numerator", nothing).alias("numerator"))
    if measure.denominator:
        reasons.append(_reason("denominator", NO_DENOMINATOR))
    if _is_histogram(measure):
        without = pl.when(pl.col("numerator").is_not_null()).then("denominator")
        groups = groups.with_columns(without.alias("denominator"))
    groups = groups.with_columns(pl.coalesce("no_figure", *reasons).alias("why"))
    absent = pl.when(pl.col("why").is_not_null()).then(pl.lit(str(Absent.NOT_AVAILABLE)))
    return groups.with_columns(absent.alias("absent"))


def _reason(role: str, nothing: str) -> pl.Expr:
    """Why there is nothing of `role`; null where there is something."""
    return pl.when(pl.col(role).is_null()).then(pl.coalesce(f"{role}_why", pl.lit(nothing)))


def _about_periods(measure: Measure, wanted: Sequence[Wanted]) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "wanted": range(len(wanted)),
            "period": [one.period.key for one in wanted],
            "definition": [measure.definition_in(one.period) for one in wanted],
            "spans": [one.spans for one in wanted],
        },
        schema_overrides={"wanted": pl.Int32},
    )


def _with_sources(sources: Sequence[str], groups: pl.DataFrame) -> pl.DataFrame:
    """The names of the sources that the bits stand for, in order, joined."""
    if not masks(sources):
        return groups.with_columns(pl.lit(None, pl.String).alias("source"))
    different = groups.select(masks(sources)).unique()
    named = [_names(sources, row) for row in different.iter_rows()]
    names = different.with_columns(pl.Series("source", named, dtype=pl.String))
    return groups.join(names, on=list(masks(sources)), how="left")


def _names(sources: Sequence[str], masks: Sequence[int]) -> str | None:
    here = [s for i, s in enumerate(sources) if masks[i // MASK_BITS] >> (i % MASK_BITS) & 1]
    return ", ".join(here) or None
