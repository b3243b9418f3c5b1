"""Which rows are in a figure, and what left the others out: row by row, for who may see them.

It asks the same conditions as the counting engines, in columns, and counts nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from outturn.contracts.model import Contract
from outturn.engine.levels import MEETS
from outturn.engine.periods import ROLL_UPS, base_period, open_periods, wanted_periods
from outturn.engine.plan import conditions, period_column
from outturn.framework.model import Condition, Measure, Tally
from outturn.terms.period import Calendar, Period, from_key

PERSON, LEFT_OUT, KIND = "person", "left_out", "kind"
_OWN_ID, _TOLD = "person_id", ("sequel", "step")
# Of the tables that are handed in, besides those of their contracts: the rule that keeps a record
# out of a derived table, which then holds no row of it, and the file in which the row was read.
KEPT_OUT, FILE = "kept_out", "_file"
EMPTY = 1000
WHO: dict[str, type[pl.DataType]] = {
    "table": pl.String,
    "who": pl.String,  # the person, or what else the table's rows are of; empty where unknown
    "source": pl.String,
    "file": pl.String,
    "row": pl.Int64,
    "own_id": pl.String,  # the person as the council numbers them, where the table has it
    "record": pl.String,  # the record's key, such as that of the stay, where the table has it
    "sequel": pl.String,  # what came after, and the step of the method that found it: of tables
    "step": pl.String,  # that tell it
    "numerator": pl.Boolean,  # whether the row is counted in it
    "denominator": pl.Boolean,  # null where the denominator is of another table
    "rule": pl.String,  # what the table itself says left the row out
    "unmet_numerator": pl.Int32,  # position of the first condition that the row does not meet
    "unmet_denominator": pl.Int32,
    "too_few": pl.Boolean,  # it meets the conditions, but the person has too few such rows
}


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure: its place with all places that count for it, and the period that is counted.

    `periods` are those of `counted_periods`, which are counted one by one.
    """

    places: Collection[str]
    periods: tuple[Period, ...]


def who(
    measure: Measure,
    tables: Mapping[str, pl.DataFrame],
    cell: Cell,
    *,
    contracts: Mapping[str, Contract],
) -> pl.DataFrame:
    """A WHO frame: every row of the place and period in the tables that are about people.

    A table of totals, such as a population, names nobody and gives no rows. Where a record has
    several rows, one for each of its parts, rows of a part that is not asked for are none of these.
    A table may tell by the column `kept_out` who is kept out of it: of a record that has a row
    inside as well, that row alone is told.
    """
    assert measure.numerator
    top, bottom = measure.numerator, measure.denominator
    frames = [pl.DataFrame(schema=WHO)]
    if bottom and bottom.table == top.table:
        frames.append(_rows(tables[top.table], top.table, contracts, cell, top, bottom))
    else:
        frames.append(_rows(tables[top.table], top.table, contracts, cell, top, None))
        if bottom and bottom.table in tables and _names_people(contracts[bottom.table]):
            found = _rows(tables[bottom.table], bottom.table, contracts, cell, None, bottom)
            frames.append(found)
    return pl.concat(frames)


def item_column(contract: Contract, tally: Tally | None = None) -> str:
    """The column that says whose a row is, or what it is of; empty where it is of nobody.

    That is the person; else what the tally counts distinct; else the first column of the key, as
    the response of a survey. A key that has the place in it is that of a table of totals.
    """
    if PERSON in contract.names:
        return PERSON
    if tally and tally.is_distinct and tally.column:
        return tally.column
    of_totals = not contract.key or contract.place in contract.key
    return "" if of_totals else contract.key[0]


def record_column(contract: Contract, contracts: Mapping[str, Contract]) -> str:
    """The column with the key of the record that a row is of; empty where the table has none.

    Of a derived table that is the column which is the key of a table of people's records, as
    `stay` is of 'hospital_stays'.
    """
    keys = {one.key[0] for one in contracts.values() if len(one.key) == 1 and _names_people(one)}
    return next((name for name in contract.names if name in keys), "")


def own_periods(rows: pl.DataFrame | pl.LazyFrame, tally: Tally, contract: Contract) -> set[Period]:
    """The different periods of the rows of a table, as a tally takes them."""
    column = period_column(tally, contract)
    cells = rows.lazy().select(pl.col(column).drop_nulls().unique()).collect().to_series()
    if cells.dtype == pl.Date:
        return {Period(day, 0, "D") for day in cells}
    return {from_key(key) for key in cells}


def counted_periods(
    measure: Measure,
    period: Period,
    own: Collection[Period],
    *,
    calendar: Calendar,
    as_of: date,
    shown: Iterable[Period] = (),
) -> tuple[Period, ...]:
    """What is counted for a period, by the rule of the engines: itself, its bases or the last.

    `own` are the periods of all rows of the numerator's table, `shown` those of `supplied`. Of a
    period that has no figure, it is what the figure would be made of.
    """
    tally = measure.numerator
    assert tally
    base_of = {one: base_period(one, measure.frequency, calendar) for one in own}
    if tally.how == "open" and own:
        first = min(one.start for one in own)
        base_of = {one: one for one in open_periods(first, measure.frequency, calendar, as_of)}
    wanted = wanted_periods(measure, base_of, calendar, as_of, shown)
    for one in wanted:
        if one.period == period:
            return one.parts if tally.how == "open" else one.over
    bases = [one.period for one in wanted if one.bases == (one.period,)]
    inside = tuple(one for one in bases if period.start <= one.start and one.end <= period.end)
    return ROLL_UPS[measure.roll_up](period, inside) or (period,)


def _names_people(contract: Contract) -> bool:
    return PERSON in contract.names


def _rows(
    table: pl.DataFrame,
    name: str,
    contracts: Mapping[str, Contract],
    cell: Cell,
    top: Tally | None,
    bottom: Tally | None,
) -> pl.DataFrame:
    contract = contracts[name]
    lacking = [one for one in (KEPT_OUT, FILE) if one not in table.columns]
    table = table.with_columns(pl.lit(None, pl.String).alias(one) for one in lacking)
    there = table.filter(pl.col(contract.place).is_in(list(cell.places)))
    if contract.parts:
        other = [_of_another(contract.parts, one) for one in (top, bottom) if one]
        there = there.filter(~pl.all_horizontal(other))
    sides = {"numerator": top, "denominator": bottom}
    inside = {side: _inside(there, contract, cell, tally) for side, tally in sides.items() if tally}
    there = there.with_columns(one.alias(f"_{side}") for side, one in inside.items())
    there = _once(there.filter(pl.any_horizontal(f"_{side}" for side in inside)))
    item = item_column(contract, top or bottom)
    columns = [
        pl.lit(contract.name).alias("table"),
        (pl.col(item).cast(pl.String) if item else pl.lit(None, pl.String)).alias("who"),
        pl.col("source"),
        pl.col(FILE).alias("file"),
        pl.col("row"),
        _text(_OWN_ID, contract).alias("own_id"),
        _text(record_column(contract, contracts), contract).alias("record"),
        *(_text(one, contract).alias(one) for one in _TOLD),
    ]
    for side, tally in sides.items():
        unmet = _unmet(tally, contract) if tally else pl.lit(None, pl.Int32)
        inside_it = pl.col(f"_{side}") & pl.col(KEPT_OUT).is_null()
        met = (inside_it & unmet.is_null()) if tally else pl.lit(None, pl.Boolean)
        columns += [met.alias(side), unmet.alias(f"unmet_{side}")]
    rule = pl.col(KEPT_OUT)
    if LEFT_OUT in contract.names:
        # Else everybody whom a rule leaves out would be told once for each kind.
        rule = rule.fill_null(pl.when(~_of_another(KIND, bottom or top)).then(LEFT_OUT))
    found = there.select(*columns, rule.cast(pl.String).alias("rule"), too_few=pl.lit(False))
    if top and top.times > 1:
        times = pl.col("numerator").sum().over(there[top.column])
        few = pl.col("numerator") & (times < top.times)
        found = found.with_columns(numerator=pl.col("numerator") & ~few, too_few=few)
    return found.select(pl.col(name).cast(kind) for name, kind in WHO.items())


def _once(there: pl.DataFrame) -> pl.DataFrame:
    """The rows of the table, and those kept out of it whose record has none, each rule once."""
    told = there.filter(pl.col(KEPT_OUT).is_null())
    record = ["source", FILE, "row"]
    out = there.filter(pl.col(KEPT_OUT).is_not_null())
    out = out.join(told.select(record), on=record, how="anti", nulls_equal=True)
    return pl.concat([told, out.unique([*record, KEPT_OUT], maintain_order=True)])


def _unmet(tally: Tally, contract: Contract) -> pl.Expr:
    """The position of the first condition that a row does not meet; null where it meets all.

    In a table that says which rule left a row out, a condition on the kind of row comes before all
    others. EMPTY is added where the row does not meet it because its cell is empty.
    """
    first = KIND if LEFT_OUT in contract.names else ""
    asked = sorted(enumerate(conditions(tally)), key=lambda one: one[1].column != first)
    positions = []
    for position, one in asked:
        where = pl.lit(position, pl.Int32) + EMPTY * pl.col(one.column).is_null().cast(pl.Int32)
        positions.append(pl.when(_fails(one)).then(where))
    return pl.coalesce(positions) if positions else pl.lit(None, pl.Int32)


def _fails(one: Condition) -> pl.Expr:
    return ~MEETS[one.word](pl.col(one.column), one).fill_null(False)


def _of_another(column: str, tally: Tally | None) -> pl.Expr:
    """Whether a row is of a kind, or of a part of its record, that is not asked for."""
    asked = conditions(tally) if tally else ()
    return pl.any_horizontal(pl.lit(False), *(_fails(one) for one in asked if one.column == column))


def _text(column: str, contract: Contract) -> pl.Expr:
    there = column in contract.names
    return pl.col(column).cast(pl.String) if there else pl.lit(None, pl.String)


def _inside(table: pl.DataFrame, contract: Contract, cell: Cell, tally: Tally) -> pl.Expr:
    """Whether a row is of the period that is counted."""
    spans = [(one.start, one.end) for one in cell.periods]
    if tally.how == "open":
        began = pl.col(tally.opens)
        ended = pl.col(tally.closes) if tally.closes else pl.lit(None, pl.Date)
        tests = []
        for _, end in spans:
            gone = (ended < end) if tally.last_day else (ended <= end)
            tests.append((began <= end) & ~gone.fill_null(False))
        return pl.any_horizontal(tests).fill_null(False)
    column = period_column(tally, contract)
    if table.schema[column] == pl.Date:
        tests = [pl.col(column).is_between(first, last) for first, last in spans]
        return pl.any_horizontal(tests).fill_null(False)
    keys = [key for key in table[column].drop_nulls().unique() if _is_inside(key, spans)]
    return pl.col(column).is_in(keys).fill_null(False)


def _is_inside(key: str, spans: list[tuple[date, date]]) -> bool:
    own = from_key(key)
    return any(first <= own.start and own.end <= last for first, last in spans)
