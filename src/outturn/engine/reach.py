"""How far the rows of a table reach, and the periods that they do not cover, in columns."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial

import polars as pl

from outturn.contracts.model import Contract
from outturn.contracts.reach import Reach, covered, of_several_sources, with_unfinished
from outturn.databases import Dialect, InFiles, Sql
from outturn.engine.cells import Table
from outturn.engine.periods import Wanted, base_period, steps_between
from outturn.engine.quiet import Usual
from outturn.terms.period import Calendar, Period, add_months, from_key

_Column = Callable[[str], pl.DataFrame]  # the cells of a column, by its name
_TO_1970 = date(1970, 1, 1).toordinal() - 1  # days since Monday 1 January 0001
COUNTED = ("numerator", "denominator", "squares", "answers", "numerator_rows", "denominator_rows")


@dataclass(frozen=True, slots=True)
class Reaches:
    """What the rows of a table cover, of each place that has rows, and of any other."""

    places: Mapping[str, Reach]
    others: Reach | None  # what is covered by some source; None where nothing tells it
    parts: Mapping[str, Collection[date]] = field(default_factory=dict)  # in part only, by place


@dataclass(frozen=True, slots=True)
class Uncovered:
    """Of a measure and one of its tables: the reach of each place, and why there is no figure."""

    places: Mapping[str, tuple[Reach, str]]
    others: tuple[Reach, str] | None
    weekly: bool = False  # whether rows are of whole weeks
    parts: Mapping[str, Sequence[tuple[date, str]]] = field(default_factory=dict)  # in order


def reaches(database: Dialect, table: Table, as_of: date) -> Reaches:
    """The reach of each place, by all rows of its sources: each column is read once."""
    if not table.contract.reaches:
        return Reaches({}, None)
    found: dict[str, list[Reach]] = {}
    of_sources = []
    for places, found_of in _by_source(database, table):
        reach = found_of if table.contract.weekly else with_unfinished(found_of, as_of)
        of_sources.append(reach)
        for place in places:
            found.setdefault(place, []).append(reach)
    of_places = {place: of_several_sources(each) for place, each in found.items()}
    told = {place: one for place, one in of_places.items() if one}
    return Reaches(told, of_several_sources(of_sources), _in_part(database, table))


def _in_part(database: Dialect, table: Table) -> dict[str, set[date]]:
    """The days, or the Mondays of weeks, of which the rows of a place are a part only."""
    contract = table.contract
    if not contract.in_part:
        return {}
    if isinstance(table.rows, InFiles):
        database.parquet("in_part", table.rows.files)
        place, day, only = map(database.quote, (contract.place, contract.period, contract.in_part))
        query = f"select distinct {place} as place, {day} as day from in_part where {only}"
        lines = database.rows("in_part", Sql(query))
    elif contract.in_part not in table.rows.columns:
        return {}
    else:
        of_part = table.rows.filter(pl.col(contract.in_part))
        lines = of_part.select(place=contract.place, day=contract.period).unique()
    found: dict[str, set[date]] = {}
    for one, on in lines.drop_nulls().iter_rows():
        found.setdefault(one, set()).add(_monday(on) if contract.weekly else on)
    return found


def usual(
    database: Dialect, table: Table, column: str, frequency: str, calendar: Calendar, as_of: date
) -> Usual:
    """How many rows a table has, and in how many base periods, of the months that they cover.

    By the column by which rows belong to periods. What is too long for a base period is left out,
    and what lies in one that is not finished.
    """
    rows = _numbers(database, table, column)
    bases = {own: base_period(own, frequency, calendar) for own in rows}
    whole = {own: base for own, base in bases.items() if base and base.finished(as_of)}
    months: dict[int, int] = {}
    for own in whole:
        month = own.start.year * 12 + own.start.month
        months[month] = months.get(month, 0) + rows[own]
    reach = covered(months, months, on_its_day=True)
    if reach is None or reach.last is None:
        return Usual(0, 0)
    last = add_months(reach.last, 1)
    inside = {own: base for own, base in whole.items() if reach.first <= own.start < last}
    between = (min(inside.values()), max(inside.values()))
    return Usual(sum(rows[own] for own in inside), steps_between(*between, frequency))


def _numbers(database: Dialect, table: Table, column: str) -> dict[Period, int]:
    """How many rows have each period of a column."""
    if isinstance(table.rows, InFiles):
        database.parquet("of_source", table.rows.files)
        cells = _in_files(database, column)
    else:
        cells = _in_memory(table.rows, column)
    told = cells.filter(pl.col("cell").is_not_null()).iter_rows()
    if table.contract.schema[column] == pl.Date:
        return {Period(day, 0, "D"): number for day, number in told}
    return {from_key(key): number for key, number in told}


def ends_by(contract: Contract) -> str:
    """The column that tells what is covered last: that by which rows belong to periods, if of days.

    None where the first day is told by a derivation: rows of the last months may be few there
    because what came after is not yet known of the others.
    """
    by_day = contract.schema.get(contract.period) == pl.Date and not contract.reach_told
    return contract.period if by_day else ""


def _by_source(database: Dialect, table: Table) -> Iterator[tuple[list[str], Reach]]:
    """The places of each source, and what it covers; none of a source without a date."""
    place, begins, ends = table.contract.place, table.contract.reaches, ends_by(table.contract)
    of_rows, weekly = _asked(table), table.contract.weekly
    for source in table.own_sources:
        rows: _Column
        if isinstance(of_rows, InFiles):
            database.parquet("of_source", of_rows.of_source(source or ""))
            rows = partial(_in_files, database)
        else:
            own = of_rows.filter(pl.col("source").eq_missing(pl.lit(source, pl.String)))
            rows = partial(_in_memory, own)
        begun = rows(begins)
        if table.contract.reach_told:
            to = table.contract.reaches_to
            reach = _told(begun, rows(to) if to else None, weekly=weekly)
        else:
            first = _by_unit(begun, weekly=weekly)
            last = first
            if ends != begins:
                last = _by_unit(rows(ends), weekly=weekly) if ends else {}
            reach = covered(first, last, on_its_day=ends == begins, weekly=weekly)
        if reach is not None:
            yield rows(place)["cell"].drop_nulls().to_list(), reach


def _asked(table: Table) -> pl.DataFrame | InFiles:
    """The rows, where they are in memory with no more columns than are looked at.

    A filter by each source would copy all the others.
    """
    if isinstance(table.rows, InFiles):
        return table.rows
    contract = table.contract
    columns = (contract.place, contract.reaches, contract.reaches_to, ends_by(contract))
    return table.rows.select({"source", *filter(None, columns)})


def _told(begun: pl.DataFrame, ended: pl.DataFrame | None, *, weekly: bool) -> Reach | None:
    """What a derivation has told: the first day, and the last where there is one."""
    unit = _monday if weekly else _first_of_month
    first = begun["cell"].min()
    if not isinstance(first, date):
        return None
    last = ended["cell"].max() if ended is not None else None
    if not isinstance(last, date):
        return Reach(unit(first))
    return Reach(unit(first), unit(last), ended=True)


def _first_of_month(day: date) -> date:
    return day.replace(day=1)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def begins(reach: Reach, contract: Contract) -> date:
    """The first day on which a period that is covered may begin.

    Of weeks, the first six days after the Monday before: the first that begins is a covered one.
    """
    return reach.first - timedelta(days=6) if contract.weekly else reach.first


def _in_files(database: Dialect, name: str) -> pl.DataFrame:
    """How many rows have each `cell` of a column: of one alone, for that is quick to read.

    By days and not by months: a database would work out the month of every row.
    """
    query = f"select {database.quote(name)} as cell, count(*) as number from of_source"
    return database.rows("reach", Sql(f"{query} group by {database.quote(name)}"))


def _in_memory(rows: pl.DataFrame, name: str) -> pl.DataFrame:
    return rows.group_by(pl.col(name).alias("cell")).agg(pl.len().alias("number"))


def _by_unit(days: pl.DataFrame, *, weekly: bool) -> dict[int, int]:
    """How many rows each month has, or each week, by the numbers that `covered` takes."""
    day = pl.col("cell").dt
    unit = day.year() * 12 + day.month().cast(pl.Int32)
    if weekly:
        unit = (day.epoch("d") + _TO_1970) // 7
    told = days.filter(pl.col("cell").is_not_null()).group_by(unit.alias("unit"))
    return dict(told.agg(pl.col("number").sum()).iter_rows())


def not_reached(
    wanted: Sequence[Wanted], groups: pl.DataFrame, uncovered: Sequence[Uncovered]
) -> pl.DataFrame:
    """The groups without anything that was counted in periods that a table does not cover.

    What a table holds of such a period is a small part, and no figure: neither side of it is told,
    nor how many rows there are. Why stands in `no_figure`, before any other reason.
    """
    for one in uncovered:
        groups = _without_uncovered(wanted, groups, one)
    return groups


def _without_uncovered(
    wanted: Sequence[Wanted], groups: pl.DataFrame, one: Uncovered
) -> pl.DataFrame:
    needs = _weeks_of if one.weekly else _days_of
    about = pl.DataFrame(
        [(number, *needs(each)) for number, each in enumerate(wanted)],
        schema={"wanted": groups.schema["wanted"], "starts_on": pl.Date, "ends_on": pl.Date},
        orient="row",
    )
    bounds = partial(_bounds, weekly=one.weekly)
    lines = [(place, *bounds(reach), why) for place, (reach, why) in one.places.items()]
    kinds = {"place": pl.String, "from_on": pl.Date, "to_on": pl.Date, "reach_why": pl.String}
    told = groups.join(about, on="wanted", how="left", maintain_order="left")
    told = told.join(
        pl.DataFrame(lines, schema=kinds, orient="row"),
        on="place", how="left", maintain_order="left",
    )  # fmt: skip
    if one.others:
        reach, why = one.others
        known = pl.col("reach_why").is_not_null()
        usual = dict(zip(("from_on", "to_on", "reach_why"), (*bounds(reach), why), strict=True))
        told = told.with_columns(
            pl.when(known).then(name).otherwise(pl.lit(cell, kinds[name])).alias(name)
            for name, cell in usual.items()
        )
    before, after = pl.col("starts_on") < pl.col("from_on"), pl.col("ends_on") > pl.col("to_on")
    out = before.fill_null(False) | after.fill_null(False)
    told = told.with_columns(pl.when(out).then("reach_why").alias("reach_why"))
    if one.parts:
        told = told.join(
            _with_parts(one.parts, about), on=["place", "wanted"], how="left",
            maintain_order="left",
        ).with_columns(pl.coalesce("reach_why", "part_why").alias("reach_why"))  # fmt: skip
        told = told.drop("part_why")
    out = pl.col("reach_why").is_not_null()
    masked = [name for name in groups.columns if "_mask_" in name]
    there = [name for name in (*COUNTED, *masked) if name in groups.columns]
    return told.with_columns(
        pl.coalesce("reach_why", "no_figure").alias("no_figure"),
        *(pl.when(~out).then(name).alias(name) for name in there),
    ).drop("starts_on", "ends_on", "from_on", "to_on", "reach_why")


def _with_parts(
    parts: Mapping[str, Sequence[tuple[date, str]]], about: pl.DataFrame
) -> pl.DataFrame:
    """The periods, by place, with a day of which there is a part only; the first is told."""
    lines = []
    for number, start, end in about.iter_rows():
        for place, days in parts.items():
            if why := next((why for day, why in days if start <= day <= end), ""):
                lines.append((number, place, why))
    kinds = {"wanted": pl.Int32, "place": pl.String, "part_why": pl.String}
    found = pl.DataFrame(lines, schema=kinds, orient="row")
    return found.with_columns(pl.col("wanted").cast(about.schema["wanted"]))


def _days_of(wanted: Wanted) -> tuple[date, date]:
    """The first and the last day that must be covered."""
    return wanted.parts[0].start, wanted.parts[-1].end


def _weeks_of(wanted: Wanted) -> tuple[date, date]:
    """The same of rows of whole weeks: the first and the last Monday of the period.

    Of one in which none lies, as a census date, the Monday of its week.
    """
    start, end = _days_of(wanted)
    last = _monday(end)
    return min(_monday(start + timedelta(days=6)), last), last


def _bounds(reach: Reach, *, weekly: bool) -> tuple[date, date | None]:
    """The first day that is covered, and the last one where that is known; of weeks the Mondays."""
    known = reach.last if reach.ended else None
    if weekly or known is None:
        return reach.first, known
    return reach.first, add_months(known, 1) - timedelta(days=1)
