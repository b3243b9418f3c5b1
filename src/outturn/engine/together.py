"""What a numerator and a denominator come to together, in columns.

The groups of a tally are a frame of place, wanted period (by its number), breakdown, category,
amount, rows, and masks: whole numbers in which each bit stands for one source.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from outturn.engine.periods import Wanted
from outturn.engine.plan import INCOMPLETE, NO_DENOMINATOR, NO_NUMERATOR
from outturn.framework.model import Measure
from outturn.terms.records import COUNTS, Absent, empty, fitted

GROUP = ("place", "wanted", "breakdown", "category")
MASK_BITS = 62  # sources that one whole number has room for, a bit each


def masks(sources: Sequence[str]) -> tuple[str, ...]:
    """The columns that hold the sources behind a group, 62 in each."""
    return tuple(f"mask_{i}" for i in range(-(-len(sources) // MASK_BITS)))


def put_together(
    measure: Measure,
    wanted: Sequence[Wanted],
    parts: Mapping[str, pl.DataFrame],
    sources: Sequence[str],
) -> pl.DataFrame:
    """COUNTS of one measure."""
    if not wanted:
        return empty(COUNTS)
    sides = [_side(sources, parts.get("numerator"), "numerator")]
    sides.append(_side(sources, parts.get("denominator"), "denominator"))
    groups = sides[0].join(sides[1], on=GROUP, how="full", coalesce=True)
    if "evidence" in parts:
        groups = _with_evidence(sources, groups, parts["evidence"])
    groups = _with_missing(measure, wanted, groups)
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


def _with_evidence(
    sources: Sequence[str], groups: pl.DataFrame, found: pl.DataFrame
) -> pl.DataFrame:
    """The groups, and those in which a place supplied rows of which none is counted."""
    shown = _side(sources, found, "numerator").join(groups, on=GROUP, how="anti")
    nothing = [pl.lit(0.0).alias("numerator")]
    return pl.concat([groups, shown.with_columns(nothing)], how="diagonal")


def _with_missing(measure: Measure, wanted: Sequence[Wanted], groups: pl.DataFrame) -> pl.DataFrame:
    """What a group without a numerator, or without a denominator, comes to."""
    if measure.missing == "zero":
        groups = groups.with_columns(pl.col("numerator").fill_null(0.0))
        groups = groups.with_columns(pl.lit(None, pl.String).alias("why"))
    else:
        partial = _is_partial(wanted, groups)
        groups = groups.with_columns(
            pl.when(partial).then(pl.lit(INCOMPLETE)).alias("why"),
            pl.when(~partial).then(pl.col("numerator")).alias("numerator"),
        )
        nothing = pl.col("numerator").is_null() & pl.col("why").is_null()
        groups = groups.with_columns(
            pl.when(nothing).then(pl.lit(NO_NUMERATOR)).otherwise("why").alias("why")
        )
    if measure.denominator:
        bare = pl.col("denominator").is_null() & pl.col("why").is_null()
        groups = groups.with_columns(
            pl.when(bare).then(pl.lit(NO_DENOMINATOR)).otherwise("why").alias("why")
        )
    absent = pl.when(pl.col("why").is_not_null()).then(pl.lit(str(Absent.NOT_AVAILABLE)))
    return groups.with_columns(absent.alias("absent"))


def _is_partial(wanted: Sequence[Wanted], groups: pl.DataFrame) -> pl.Expr:
    """Whether some but not all base periods inside a group's period have a numerator."""
    singles = {one.bases[0]: number for number, one in enumerate(wanted) if _is_single(one)}
    lines = [
        (number, singles[base], len(one.bases))
        for number, one in enumerate(wanted)
        if one.spans > 1
        for base in one.bases
    ]
    kinds = {"outer": pl.Int32, "wanted": pl.Int32, "needed": pl.UInt32}
    inside = pl.DataFrame(lines, schema=kinds, orient="row")
    ours = ["place", "breakdown", "category"]
    there = groups.filter(
        pl.col("numerator").is_not_null(), pl.col("wanted").is_in(singles.values())
    )
    gaps = there.group_by(ours).len().filter(pl.col("len") < len(singles))
    partial = (
        there.join(gaps, on=ours, how="semi")
        .join(inside, on="wanted")
        .group_by(*ours, "outer")
        .agg(pl.len().alias("there"), pl.col("needed").first())
        .filter(pl.col("there") < pl.col("needed"))
        .select(*ours, pl.col("outer").alias("wanted"), pl.lit(True).alias("is_partial"))
    )
    marked = groups.join(partial, on=GROUP, how="left", maintain_order="left")
    return pl.lit(marked["is_partial"].fill_null(False))


def _is_single(wanted: Wanted) -> bool:
    return wanted.bases == (wanted.period,)


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
