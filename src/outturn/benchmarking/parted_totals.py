"""The figure of a group of places of a measure whose figures are made of the counts of their parts.

The counts of each part are added up over the members first, as they are over the places under one
place; the figure is then made of them by the same rule as a place's own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import polars as pl

from outturn.framework.model import Measure
from outturn.terms.records import WHOLE, Absent

# Makes the undivided figures of rows with `over`, by which numerators are divided.
OfParts = Callable[[pl.DataFrame], pl.DataFrame]
_CELL = ["comparator", "measure", "period"]
_PART = ["breakdown", "category"]
HIDDEN = "Suppressed to protect people: figures of {} of {} members, so the group has none."
SHORT = "The total is of {} of {} members: the rest have no figure of their own."
_GROUP = "group "  # before the id of one that stands as a place, which no code begins with


def parted_totals(
    rows: pl.DataFrame,
    values: pl.DataFrame,
    measures: Mapping[str, Measure],
    of_parts: OfParts,
    *,
    fewest: int,
    alone: str,
) -> pl.DataFrame:
    """`comparator_value` of the undivided cells, and a note where there is none.

    `rows` are those of the members that are listed. A member without a figure of its own is left
    out of the sums, and the note says so; where that of one is withheld, there is none of the
    group. With fewer members than `fewest` there is no figure, and the note is `alone`.
    """
    parted = {id: one for id, one in measures.items() if one.parted}
    ours = rows.filter(pl.col("measure").is_in(list(parted)))
    known = ours.filter((pl.col("breakdown") == WHOLE) & pl.col("figure").is_not_null())
    if known.is_empty():
        return known.select(*_CELL, *_PART, comparator_value="value", group_note=pl.lit(alone))
    of_members = ours.join(known.select(*_CELL, "place"), on=[*_CELL, "place"], how="semi")
    sums = _summed(of_members).with_columns(place=_GROUP + pl.col("comparator"))
    standardised = [(id, one.standardise) for id, one in parted.items()]
    to_others = [id for id, to in standardised if to and not to.directly]
    references = values.filter(pl.col("measure").is_in(to_others))
    names = ("measure", "place", "period", *_PART, "numerator", "over", "value", "absent", "method")
    references = references.with_columns(over=_over(), value=_to_be_made())
    told = references.select(
        *(pl.col(name) for name in names), comparator=pl.lit(None, pl.String), members=pl.lit(0)
    )
    columns = [*names, "comparator", "members"]
    frame = pl.concat([sums.select(columns), told.select(columns)], how="vertical_relaxed")
    frame = frame.with_columns(why=pl.lit(None, pl.String))
    made = of_parts(frame).filter(
        pl.col("comparator").is_not_null() & (pl.col("category") == WHOLE)
    )
    made = made.join(_listed(ours), on=_CELL, how="left", maintain_order="left")
    lonely, hidden = pl.col("members") < fewest, pl.col("hidden") > 0
    short = pl.col("members") < pl.col("listed")
    return made.select(
        *_CELL,
        *_PART,
        comparator_value=pl.when(~lonely & ~hidden).then("value"),
        group_note=pl.when(hidden)
        .then(pl.format(HIDDEN, "hidden", "listed"))
        .when(lonely)
        .then(pl.lit(alone))
        .when(short & pl.col("value").is_not_null())
        .then(pl.format(SHORT, "members", "listed"))
        .otherwise("why"),
    )


def _listed(rows: pl.DataFrame) -> pl.DataFrame:
    """Of each group and cell how many members there are, and of how many the figure is withheld."""
    withheld = (pl.col("absent") == str(Absent.SUPPRESSED)).fill_null(False)
    undivided = rows.filter(pl.col("breakdown") == WHOLE)
    return undivided.group_by(*_CELL).agg(listed=pl.len(), hidden=withheld.sum())


def _to_be_made() -> pl.Expr:
    """A figure wherever counts make one: that of a member may be none for another reason."""
    return pl.when(pl.col("numerator").is_not_null() & (_over() > 0)).then(0.0)


def _over() -> pl.Expr:
    return pl.col("denominator") * pl.col("spans").fill_null(1)


def _summed(rows: pl.DataFrame) -> pl.DataFrame:
    """Counts of each group, whole and in parts; a part that a member lacks has none."""
    both = pl.col("numerator").is_not_null() & pl.col("denominator").is_not_null()
    return (
        rows.group_by(*_CELL, *_PART, maintain_order=True)
        .agg(
            _all=both.all(),
            numerator=pl.col("numerator").sort().sum(),
            over=_over().sort().sum(),
            members=pl.len(),
        )
        .with_columns(
            *(pl.when("_all").then(name).alias(name) for name in ("numerator", "over")),
            value=pl.lit(0.0),  # of the whole: that there is one to be made
            absent=pl.lit(None, pl.String),
            method=pl.lit(""),
        )
    )
