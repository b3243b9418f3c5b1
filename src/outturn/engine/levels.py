"""Tables that hold a place and also its parts: figures of the place are then made of both.

A row counts for its own place and for every place above it. That is right where the rows of a
place above are what could not be placed any lower, and wrong where they are its total: nobody but
the owner of the table can say which. So it is told, and nothing is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from outturn.contracts.model import Contract
from outturn.databases import InFiles
from outturn.engine.periods import base_period
from outturn.engine.plan import conditions, counted, period_column
from outturn.framework.model import AGGREGATES, Condition, Measure, Place, Tally
from outturn.framework.places import added_up
from outturn.terms.period import Calendar, Period, from_key
from outturn.terms.records import FINDINGS

RULE = "parts and whole"
TOTAL = AGGREGATES[0]
_PAIRS = {"place": pl.String, "above": pl.String}

MEETS: dict[str, Callable[[pl.Expr, Condition], pl.Expr]] = {
    "is": lambda cell, condition: cell == condition.bounds[0],
    "is_not": lambda cell, condition: cell != condition.bounds[0],
    # One by one: a bound such as 1.5 is none of a column of whole numbers, and no mistake there.
    "one_of": lambda cell, condition: _any_of(cell, condition),
    "none_of": lambda cell, condition: ~_any_of(cell, condition),
    "at_least": lambda cell, condition: cell >= condition.bounds[0],
    "at_most": lambda cell, condition: cell <= condition.bounds[0],
    "above": lambda cell, condition: cell > condition.bounds[0],
    "below": lambda cell, condition: cell < condition.bounds[0],
    "between": lambda cell, condition: (
        (cell >= condition.bounds[0]) & (cell <= condition.bounds[1])
    ),
    "present": lambda cell, condition: cell.is_not_null(),
    "absent": lambda cell, condition: cell.is_null(),
}


def _any_of(cell: pl.Expr, condition: Condition) -> pl.Expr:
    return pl.any_horizontal([cell == bound for bound in condition.bounds])


@dataclass(frozen=True, slots=True)
class Levels:
    """Which places count for which, and which periods are told of."""

    places: Mapping[str, Place]
    pairs: pl.DataFrame  # each place with one above it that it counts for
    calendar: Calendar
    as_of: date


def parts_and_wholes(
    measures: Iterable[Measure],
    tables: Mapping[str, pl.DataFrame | InFiles],
    *,
    contracts: Mapping[str, Contract],
    places: Mapping[str, Place],
    hierarchy: str,
    calendar: Calendar,
    as_of: date,
    totals_for: Collection[str] = (),
) -> pl.DataFrame:
    """A FINDINGS frame: one row for each measure, table and place that has rows of its own in a
    period in which a place under it has rows too.

    Rows are those that the measure counts; the period is the first such one, and the sentence says
    how many more there are. The size is the place's own amount in them, of a count. Different
    people are counted once however many levels hold them, and a mean of members or a published
    figure takes nothing of the place's own: those are passed over.
    """
    lines = added_up(places, hierarchy, totals_for)
    pairs = [(code, one) for code, line in lines.items() for one in line if one != code]
    levels = Levels(
        places, pl.DataFrame(pairs, schema=_PAIRS, orient="row"), calendar, as_of
    )  # fmt: skip
    found = [
        line
        for measure in counted(measures)
        if measure.aggregate == TOTAL
        for tally in dict.fromkeys((measure.numerator, measure.denominator))
        if tally and not tally.is_distinct and tally.table in tables
        for line in _found(
            measure, tally, _rows(tables[tally.table]), contracts[tally.table], levels
        )
    ]
    return pl.DataFrame(found, schema=FINDINGS, orient="row")


def _found(
    measure: Measure, tally: Tally, table: pl.LazyFrame, contract: Contract, levels: Levels
) -> list[tuple[str, str, str, str, str, float | None]]:
    period = period_column(tally, contract)
    place, when = pl.col(contract.place), pl.col(period)
    there = table.select(place.alias("place")).unique().collect()
    pairs = levels.pairs.join(there, on="place", how="semi")
    pairs = pairs.join(there, left_on="above", right_on="place", how="semi")
    if pairs.is_empty():
        return []
    standing = _counted(table.filter(place.is_in(pairs["above"].unique().implode())), tally)
    under = _counted(table.filter(place.is_in(pairs["place"].unique().implode())), tally)
    amount = pl.col(tally.column).sum() if tally.adds_cells else pl.len()
    keys = {contract.place: "above", period: "period"}
    adding = standing.rename(keys).group_by("above", "period")
    own = adding.agg(amount.cast(pl.Float64).alias("amount")).collect()
    below = under.select(place.alias("place"), when.alias("period")).unique().collect()
    periods = pl.concat([own.select("period"), below.select("period")])
    bases = _bases(periods, measure, tally, levels)
    below = below.join(pairs, on="place").join(bases, on="period").select("above", "base")
    both = own.join(bases, on="period").join(below.unique(), on=["above", "base"], how="semi")
    both = both.group_by("above").agg(
        pl.col("base").sort().first(), pl.col("amount").sum(), many=pl.col("base").n_unique()
    )
    counts = tally is measure.numerator and measure.kind in ("count", "money")
    return [
        (RULE, measure.id, code, base, _said(code, base, many, tally, levels),
         amount * measure.per if counts else None)
        for code, base, amount, many in both.sort("above").iter_rows()
    ]  # fmt: skip


def _rows(table: pl.DataFrame | InFiles) -> pl.LazyFrame:
    if isinstance(table, InFiles):
        return pl.scan_parquet(list(table.files), glob=False)
    return table.lazy()


def _counted(rows: pl.LazyFrame, tally: Tally) -> pl.LazyFrame:
    """The rows that meet the conditions; an empty cell meets none, but `absent`."""
    for one in conditions(tally):
        rows = rows.filter(MEETS[one.word](pl.col(one.column), one))
    return rows


def _bases(periods: pl.DataFrame, measure: Measure, tally: Tally, levels: Levels) -> pl.DataFrame:
    """The base period of each period of the rows, by its key; those not finished are left out."""
    column = periods.to_series().drop_nulls().unique()
    lines = []
    for one in column.to_list():
        own = Period(one, 0, "D") if isinstance(one, date) else from_key(one)
        base = None if tally.of_year else base_period(own, measure.frequency, levels.calendar)
        if (base or own).finished(levels.as_of) or tally.of_year:
            lines.append((one, (base or own).key))
    schema = {"period": column.dtype, "base": pl.String()}
    return pl.DataFrame(lines, schema=schema, orient="row")


def _said(code: str, base: str, many: int, tally: Tally, levels: Levels) -> str:
    label = from_key(base).label(levels.calendar)
    rest = {1: "", 2: " and 1 other period"}.get(many, f" and {many - 1} other periods")
    return (
        f"{label[:1].upper()}{label[1:]}{rest}: The table '{tally.table}' holds rows for "
        f"{levels.places[code].name} itself and for places under it; both are counted."
    )
