"""One run of the engine for work: its tables, and what it has found out of their rows so far."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import polars as pl

from outturn.contracts.model import Contract
from outturn.databases import Dialect, InFiles
from outturn.engine.cells import Table
from outturn.engine.periods import Wanted, base_period, open_periods
from outturn.engine.plan import period_column
from outturn.engine.reach import Reaches, reaches
from outturn.engine.shards import Memory, only
from outturn.framework.model import Measure, Tally
from outturn.terms.period import Calendar, Period, from_key

Bases = Mapping[Period, Period | None]
Rows = pl.DataFrame | InFiles


@dataclass
class Run:
    """What one call of `count` works with, and what it has found out so far."""

    database: Dialect
    tables: Mapping[str, Table]
    calendar: Calendar
    as_of: date
    places: str = ""  # a digest of which places count for which
    memory: Memory | None = None
    behind: Mapping[str, Table] = field(default_factory=dict)  # see `tables_behind`
    own: dict[tuple[str, str], list[Period]] = field(default_factory=dict)
    bases: dict[tuple[str, str, str, bool], Bases] = field(default_factory=dict)
    files: dict[tuple[str, str], dict[Path, list[Period]]] = field(default_factory=dict)
    wanted: dict[object, tuple[Wanted, ...]] = field(default_factory=dict)
    reach: dict[str, Reaches] = field(default_factory=dict)

    def column(self, tally: Tally) -> str:
        """The column by which the rows of a tally belong to periods."""
        return period_column(tally, self.tables[tally.table].contract)

    def own_periods(self, tally: Tally) -> list[Period]:
        """The distinct periods of a table's rows."""
        key = (tally.table, self.column(tally))
        if key not in self.own:
            table = self.tables[tally.table]
            if isinstance(table.rows, InFiles):
                every = (one for each in self.by_file(tally).values() for one in each)
                self.own[key] = list(dict.fromkeys(every))
            else:
                self.own[key] = periods_of(self.database, table, self.column(tally))
        return self.own[key]

    def reaches(self, table: str) -> Reaches:
        """What the rows of a table cover."""
        if table not in self.reach:
            self.reach[table] = reaches(self.database, self.behind[table], self.as_of)
        return self.reach[table]

    def by_file(self, tally: Tally) -> dict[Path, list[Period]]:
        """The distinct periods of the rows of each file of a table."""
        key = (tally.table, self.column(tally))
        if key not in self.files:
            table = self.tables[tally.table]
            assert isinstance(table.rows, InFiles)
            self.files[key] = {
                file: periods_of(self.database, replace(table, rows=only(table.rows, [n])), key[1])
                for n, file in enumerate(table.rows.files)
            }
        return self.files[key]

    def base_of(self, tally: Tally, frequency: str) -> Bases:
        """The base period that each period of a table belongs to; None for one too long.

        Those of rows that are open are all from the first that begins.
        """
        key = (tally.table, self.column(tally), frequency, tally.how == "open")
        if key not in self.bases:
            self.bases[key] = self._bases_of(tally, frequency)
        return self.bases[key]

    def _bases_of(self, tally: Tally, frequency: str) -> Bases:
        if tally.how == "open":
            begun = [one.start for one in self.own_periods(tally)]
            ends = (frequency, self.calendar, self.as_of)
            return {one: one for one in open_periods(min(begun), *ends)} if begun else {}
        return {own: base_period(own, frequency, self.calendar) for own in self.own_periods(tally)}


def given_tables(
    measures: Iterable[Measure],
    frames: Mapping[str, Rows],
    contracts: Mapping[str, Contract],
) -> dict[str, Table]:
    """The tables that the measures count, and the sources of their rows."""
    tallies = [t for one in measures for t in (one.numerator, one.denominator) if t]
    names = sorted({tally.table for tally in tallies} & set(frames))
    own = {name: _sources(frames[name]) for name in names}
    every = tuple(sorted({source for each in own.values() for source in each if source}))
    return {name: Table(frames[name], contracts[name], every, own[name]) for name in names}


def tables_behind(
    given: Mapping[str, Table], frames: Mapping[str, Rows], contracts: Mapping[str, Contract]
) -> dict[str, Table]:
    """The tables that measures count, and those that tell how far these reach."""
    names = [*given, *(one for name in given for one in contracts[name].reach_of)]
    there = [name for name in dict.fromkeys(names) if name in frames]
    return {
        name: Table(frames[name], contracts[name], (), _sources(frames[name])) for name in there
    }


def _sources(rows: Rows) -> list[str | None]:
    if isinstance(rows, InFiles):
        return list(dict.fromkeys(rows.sources))
    return rows["source"].unique().to_list()


def periods_of(database: Dialect, table: Table, column: str) -> list[Period]:
    cells = table.different(database, column)
    if table.contract.schema[column] == pl.Date:
        return [Period(day, 0, "D") for day in cells]
    return [from_key(key) for key in cells]
