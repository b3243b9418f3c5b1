"""The engine for work: SQL composed from named steps, run by a database.

    given    a table as it is
    cells    rows that meet the conditions, added up by place, base period and category: the only
             step that reads every row. Tallies that add up share one, distinct ones have their own
    settled  cells of one tally, without totals beside their parts, and without the parts of a
             period that is there itself
    placed   cells added up over the places they count for
    groups   cells added up under every period they count in

Only whole numbers leave the database. What numerator and denominator come to is worked out in
columns afterwards, in `together.py`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from outturn.contracts.model import Contract
from outturn.databases import Dialect, DuckDB
from outturn.engine.cells import AMOUNTS, MEETS, Cells, Table, keep_cells, masks
from outturn.engine.groups import Groups, Task, groups
from outturn.engine.periods import Wanted, base_period, wanted_periods
from outturn.engine.plan import counted, divided, evidence, mistakes, mixed_totals
from outturn.engine.together import put_together
from outturn.framework.model import Breakdown, Measure, Place, Tally
from outturn.framework.places import added_up
from outturn.terms.errors import raise_all
from outturn.terms.period import Calendar, Period, from_key
from outturn.terms.records import COUNTS, KEYS, empty

__all__ = ["AMOUNTS", "MEETS", "count"]
Role = tuple[int, str]  # which measure, and what the tally is to it


@dataclass
class _Run:
    """What one call of `count` works with, and what it has found out so far."""

    database: Dialect
    tables: Mapping[str, Table]
    calendar: Calendar
    as_of: date
    own: dict[str, list[Period]] = field(default_factory=dict)
    bases: dict[tuple[str, str], dict[Period, Period | None]] = field(default_factory=dict)

    def own_periods(self, table: str) -> list[Period]:
        """The distinct periods of a table's rows."""
        if table not in self.own:
            self.own[table] = _periods_of(self.tables[table])
        return self.own[table]

    def base_of(self, table: str, frequency: str) -> dict[Period, Period | None]:
        """The base period that each period of a table belongs to; None for one too long."""
        if (table, frequency) not in self.bases:
            self.bases[table, frequency] = {
                own: base_period(own, frequency, self.calendar) for own in self.own_periods(table)
            }
        return self.bases[table, frequency]


def count(
    measures: Iterable[Measure],
    tables: Mapping[str, pl.DataFrame],
    *,
    contracts: Mapping[str, Contract],
    places: Mapping[str, Place],
    hierarchy: str,
    calendar: Calendar,
    as_of: date,
    totals_for: Collection[str] = (),
    database: Dialect | None = None,
) -> pl.DataFrame:
    """Counts of every measure that is counted from rows; its meaning is `docs/spec.md`.

    Takes definitions that `framework.check` has passed; what else cannot be counted is raised, all
    at once. A measure that finds no rows has no counts: `found` says so, and the caller decides
    what to make of it. Rows count for the places above their own that stand at or under one of
    `totals_for`; where that is empty, for all of them.
    """
    wanted = counted(measures)
    raise_all(mistakes(wanted, contracts))
    wanted = [m for m in wanted if m.numerator and m.numerator.table in tables]
    given = _tables(wanted, tables, contracts)
    sources = next((table.sources for table in given.values()), ())
    with nullcontext(database) if database else DuckDB() as opened:
        run = _Run(opened, given, calendar, as_of)
        above = _place_map(added_up(places, hierarchy, totals_for))
        opened.table("places", above)
        periods = [tuple(_wanted(run, measure)) for measure in wanted]
        tasks = {
            (number, role): task
            for number, measure in enumerate(wanted)
            for role, task in _tasks(run, measure, periods[number])
        }
        found = _all_groups(run, tasks, masks(sources))
    made = [empty(COUNTS)]
    for number, measure in enumerate(wanted):
        parts = {role: frame for (owner, role), frame in found.items() if owner == number}
        made.append(put_together(measure, periods[number], parts, sources, above))
    return _sorted(pl.concat(made))


def _wanted(run: _Run, measure: Measure) -> list[Wanted]:
    assert measure.numerator
    base_of = run.base_of(measure.numerator.table, measure.frequency)
    return wanted_periods(measure, base_of, run.calendar, run.as_of)


def _tasks(run: _Run, measure: Measure, wanted: tuple[Wanted, ...]) -> Iterable[tuple[str, Task]]:
    roles: dict[str, tuple[Tally | None, tuple[Breakdown, ...]]] = {
        "numerator": (measure.numerator, measure.breakdowns),
        "denominator": (measure.denominator, measure.breakdowns),
        "evidence": (evidence(measure), ()),
    }
    for role, (tally, breakdowns) in roles.items():
        if tally and tally.table in run.tables and wanted:
            contract = run.tables[tally.table].contract
            usable = tuple(one for one in breakdowns if one in divided(measure, contract))
            totals = tuple(mixed_totals(tally, usable, contract).items())
            yield role, Task(measure, tally, wanted, usable, totals)


def _all_groups(run: _Run, tasks: Mapping[Role, Task], masks: Sequence[str]) -> dict[Role, Groups]:
    """The groups of every task, with one reading of a table for all the tasks that can share it."""
    found = {}
    for number, (columns, roles) in enumerate(_sharing(tasks)):
        first = tasks[roles[0]]
        tally, frequency = first.tally, first.measure.frequency
        table = run.tables[tally.table]
        of_year = {own: None for own in run.own_periods(tally.table)}
        base_of = of_year if tally.of_year else run.base_of(tally.table, frequency)
        tallies = list(dict.fromkeys(tasks[role].tally for role in roles))
        by_own = any(tasks[role].totals for role in roles)
        name = f"cells_{number}"
        cells: Cells = keep_cells(
            run.database, name, table, tallies, columns, base_of, by_own=by_own
        )
        for role in roles:
            found[role] = groups(run.database, tasks[role], cells, table.contract, masks)
        run.database.forget(name)
    return found


def _sharing(tasks: Mapping[Role, Task]) -> list[tuple[frozenset[str], list[Role]]]:
    """Which tasks share cells: those of one table and frequency whose columns another's hold.

    The tallies of distinct items share nothing: their cells are no use to others.
    """
    shared: dict[tuple[object, ...], list[tuple[frozenset[str], list[Role]]]] = {}
    width = {role: frozenset(b.column for b in task.breakdowns) for role, task in tasks.items()}
    for role in sorted(tasks, key=lambda role: -len(width[role])):
        task = tasks[role]
        tally = task.tally
        frequency = "" if tally.of_year else task.measure.frequency
        alone = (tally, width[role]) if task.is_distinct else None
        readings = shared.setdefault((tally.table, frequency, alone), [])
        wide = next((roles for columns, roles in readings if width[role] <= columns), None)
        if wide is None:
            readings.append((width[role], [role]))
        else:
            wide.append(role)
    return [reading for readings in shared.values() for reading in readings]


# What the tables and places hold


def _tables(
    measures: Iterable[Measure],
    frames: Mapping[str, pl.DataFrame],
    contracts: Mapping[str, Contract],
) -> dict[str, Table]:
    """The tables that the measures count, and the sources of their rows."""
    tallies = [t for one in measures for t in (one.numerator, one.denominator) if t]
    names = sorted({tally.table for tally in tallies} & set(frames))
    own = {name: frames[name]["source"].unique().to_list() for name in names}
    every = tuple(sorted({source for each in own.values() for source in each if source}))
    return {name: Table(frames[name], contracts[name], every, own[name]) for name in names}


def _periods_of(table: Table) -> list[Period]:
    column = table.frame[table.contract.period].unique().drop_nulls().sort()
    if column.dtype == pl.Date:
        return [Period(day, 0, "D") for day in column]
    return [from_key(key) for key in column]


def _place_map(above: Mapping[str, Sequence[str]]) -> pl.DataFrame:
    lines = [(code, one) for code, line in above.items() for one in line]
    return pl.DataFrame(lines, schema={"place": pl.String, "above": pl.String}, orient="row")


def _sorted(counts: pl.DataFrame) -> pl.DataFrame:
    """In the order of the keys: one number stands for each, which sorts several times as fast."""
    position = pl.lit(0, pl.Int64)
    for name in KEYS:
        words = counts[name].unique().sort()
        rank = pl.col(name).cast(pl.Enum(words)).to_physical().cast(pl.Int64)
        position = position * len(words) + rank
    return counts.sort(position)
