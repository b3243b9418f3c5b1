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
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from pathlib import Path

import polars as pl

from outturn.contracts.model import Contract
from outturn.contracts.reach import Reach
from outturn.databases import Dialect, DuckDB, InFiles, Sql
from outturn.engine.cells import (
    AMOUNTS,
    MEETS,
    Cells,
    Table,
    has_cells_of_its_own,
    keep_cells,
    masks,
    mixed,
)
from outturn.engine.groups import Groups, Task, groups
from outturn.engine.open_changes import opened_again
from outturn.engine.open_ends import Scale
from outturn.engine.open_groups import Opens, groups_of, opened
from outturn.engine.periods import (
    STEPS,
    Wanted,
    base_period,
    open_periods,
    wanted_by,
    wanted_periods,
)
from outturn.engine.plan import (
    counted,
    divided,
    evidence,
    mistakes,
    mixed_totals,
    not_covered,
    period_column,
    reaches_of,
    reaching_tables,
    squares,
    telling_gaps,
    unsupplied,
)
from outturn.engine.quiet import Usual
from outturn.engine.reach import Reaches, Uncovered, reaches, usual
from outturn.engine.shards import Memory, digest, only, shards
from outturn.engine.shards import put_together as put_shards_together
from outturn.engine.together import put_together
from outturn.engine.wide_groups import of_wide, wide_groups
from outturn.engine.year_sums import with_years_together
from outturn.framework.model import Breakdown, Measure, Place, Tally
from outturn.framework.places import added_up
from outturn.terms.errors import raise_all
from outturn.terms.period import Calendar, Period, from_key
from outturn.terms.records import COUNTS, KEYS, empty

__all__ = ["AMOUNTS", "MEETS", "count"]
Role = tuple[int, str]  # which measure, and what the tally is to it
Bases = Mapping[Period, Period | None]
Rows = pl.DataFrame | InFiles


@dataclass
class _Run:
    """What one call of `count` works with, and what it has found out so far."""

    database: Dialect
    tables: Mapping[str, Table]
    calendar: Calendar
    as_of: date
    places: str = ""  # a digest of which places count for which
    memory: Memory | None = None
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
                self.own[key] = _periods_of(self.database, table, self.column(tally))
        return self.own[key]

    def reaches(self, table: str) -> Reaches:
        """Which months the rows of a table cover."""
        if table not in self.reach:
            self.reach[table] = reaches(self.database, self.tables[table])
        return self.reach[table]

    def by_file(self, tally: Tally) -> dict[Path, list[Period]]:
        """The distinct periods of the rows of each file of a table."""
        key = (tally.table, self.column(tally))
        if key not in self.files:
            table = self.tables[tally.table]
            assert isinstance(table.rows, InFiles)
            self.files[key] = {
                file: _periods_of(self.database, replace(table, rows=only(table.rows, [n])), key[1])
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


def count(
    measures: Iterable[Measure],
    tables: Mapping[str, Rows],
    *,
    contracts: Mapping[str, Contract],
    places: Mapping[str, Place],
    hierarchy: str,
    calendar: Calendar,
    as_of: date,
    totals_for: Collection[str] = (),
    database: Dialect | None = None,
    memory: Memory | None = None,
) -> pl.DataFrame:
    """Counts of every measure that is counted from rows; its meaning is `docs/spec.md`.

    Takes definitions that `framework.check` has passed; what else cannot be counted is raised, all
    at once. A measure that finds no rows has no counts: `found` says so, and the caller decides
    what to make of it. Rows count for the places above their own that stand at or under one of
    `totals_for`; where that is empty, for all of them. With a `memory`, what files of a table came
    to is kept there, and taken from there as long as they have not changed.
    """
    wanted = counted(measures)
    raise_all(mistakes(wanted, contracts))
    wanted = [m for m in wanted if m.numerator and m.numerator.table in tables]
    given = _tables(wanted, tables, contracts)
    sources = next((table.sources for table in given.values()), ())
    reads = [one for rows in tables.values() if isinstance(rows, InFiles) for one in rows.folders]
    reads += [memory.store.place] if memory and memory.store.place else []
    with nullcontext(database) if database else DuckDB(reads=reads) as working:
        lines = added_up(places, hierarchy, totals_for)
        run = _Run(working, given, calendar, as_of, digest(sorted(lines.items())), memory)
        above = _place_map(lines)
        working.table("places", above)
        shown = {one.supplied: _shown(working, one, tables, contracts) for one in wanted}
        of_rows = {name: (rows, contracts[name]) for name, rows in tables.items()}
        periods = [_wanted(run, one, shown[one.supplied], of_rows) for one in wanted]
        tasks = {
            (number, role): task
            for number, measure in enumerate(wanted)
            for role, task in _tasks(run, measure, periods[number])
        }
        found = _all_groups(run, tasks, masks(sources))
        lacking = [_unsupplied(working, one, tables, contracts, lines) for one in wanted]
        uncovered = [_uncovered(run, one, lines) for one in wanted]
    made = [empty(COUNTS)]
    for number, measure in sorted(enumerate(wanted), key=lambda one: one[1].id):
        parts = {role: frame for (owner, role), frame in found.items() if owner == number}
        told = (lacking[number], uncovered[number])
        one = put_together(measure, periods[number], parts, sources, above, told)
        one = with_years_together(one, measure, calendar)
        made.append(_sorted(one))
    return pl.concat(made)


def _unsupplied(
    database: Dialect,
    measure: Measure,
    tables: Mapping[str, Rows],
    contracts: Mapping[str, Contract],
    lines: Mapping[str, Sequence[str]],
) -> dict[str, str]:
    """The places of `plan.unsupplied`; none where the measure names no table that is there."""
    if measure.supplied not in tables or not measure.denominator:
        return {}
    if measure.denominator.table not in tables:
        return {}
    assert measure.numerator
    supplied, counted, asked = (
        _places_in(database, tables[name], contracts[name].place)
        for name in (measure.supplied, measure.numerator.table, measure.denominator.table)
    )
    return unsupplied(measure, supplied | counted, asked, lines)


def _uncovered(run: _Run, measure: Measure, lines: Mapping[str, Sequence[str]]) -> list[Uncovered]:
    """Of each table of a measure the months that it covers; the last is named before others."""
    found = []
    contracts = {name: table.contract for name, table in run.tables.items()}
    for name in reaching_tables(measure, contracts):
        known = run.reaches(name)

        def told(reach: Reach, contract: Contract = contracts[name]) -> tuple[Reach, str]:
            return reach, not_covered(reach, contract, run.calendar)

        places = reaches_of(measure, known.places, lines)
        others = told(known.others) if known.others else None
        found.append(Uncovered({place: told(one) for place, one in places.items()}, others))
    return found[::-1]


def _places_in(database: Dialect, rows: Rows, column: str) -> set[str]:
    """The distinct places of a table's rows."""
    if isinstance(rows, pl.DataFrame):
        return set(rows[column].drop_nulls().unique())
    database.parquet("supplied", rows.files)
    asked = Sql(f"select distinct {database.quote(column)} as place from supplied")
    found = database.rows("supplied", asked)
    return set(found["place"].drop_nulls())


def _shown(
    database: Dialect,
    measure: Measure,
    tables: Mapping[str, Rows],
    contracts: Mapping[str, Contract],
) -> list[Period]:
    """The periods of the rows that show what was supplied."""
    name = measure.supplied
    if name not in tables or not contracts[name].period:
        return []
    return _periods_of(
        database, Table(tables[name], contracts[name], (), ()), contracts[name].period
    )


def _wanted(
    run: _Run,
    measure: Measure,
    shown: Sequence[Period],
    of_rows: Mapping[str, tuple[Rows, Contract]],
) -> tuple[Wanted, ...]:
    """The periods that a measure wants, worked out once for all that want the same."""
    tally = measure.numerator
    assert tally
    rows = (tally.table, run.column(tally), tally.how == "open", measure.supplied)
    key = (rows, wanted_by(measure))
    if key not in run.wanted:
        base_of = run.base_of(tally, measure.frequency)
        asked = partial(_usual, run, measure, of_rows)
        found = wanted_periods(measure, base_of, run.calendar, run.as_of, shown, asked)
        run.wanted[key] = tuple(found)
    return run.wanted[key]


def _usual(
    run: _Run, measure: Measure, of_rows: Mapping[str, tuple[Rows, Contract]]
) -> list[Usual]:
    """How many rows are usual in the tables that show which periods were supplied."""
    contracts = {name: contract for name, (_, contract) in of_rows.items()}
    when = (measure.frequency, run.calendar, run.as_of)
    return [
        usual(run.database, Table(*of_rows[name], (), ()), column, *when)
        for name, column in telling_gaps(measure, contracts)
    ]


def _tasks(run: _Run, measure: Measure, wanted: tuple[Wanted, ...]) -> Iterable[tuple[str, Task]]:
    roles: dict[str, tuple[Tally | None, tuple[Breakdown, ...]]] = {
        "numerator": (measure.numerator, measure.breakdowns),
        "denominator": (measure.denominator, measure.breakdowns),
        "evidence": (evidence(measure), ()),
        "squares": (squares(measure), measure.breakdowns),
    }
    for role, (tally, breakdowns) in roles.items():
        if tally and tally.table in run.tables and wanted:
            contract = run.tables[tally.table].contract
            usable = tuple(one for one in breakdowns if one in divided(measure, contract))
            totals = tuple(mixed_totals(tally, usable, contract).items())
            yield role, Task(measure, tally, wanted, usable, totals)


def _all_groups(run: _Run, tasks: Mapping[Role, Task], masks: Sequence[str]) -> dict[Role, Groups]:
    """The groups of every task, with one reading of a table for all the tasks that can share it."""
    found: dict[Role, Groups] = {}
    for number, (columns, roles) in enumerate(_sharing(run, tasks)):
        different = list({tasks[role].same: tasks[role] for role in roles}.values())
        table = run.tables[different[0].tally.table]
        base_of = _bases_of(run, different)
        reading = _Reading(f"cells_{number}", different, columns, masks, mixed(base_of))
        if scale := _scale(run, different[0]):
            made = _by_runs(run, reading, table, scale)
        elif isinstance(table.rows, InFiles) and all(one.is_by_base for one in different):
            made = _by_shards(run, reading, table, table.rows)
        else:
            made = _read(run, reading, table, base_of)
        by_task = reading.by_task(made, table.contract)
        found |= {role: by_task[tasks[role].same] for role in roles}
    return found


@dataclass(frozen=True, slots=True)
class _Reading:
    """Tasks that share their cells, in bundles that share their queries too."""

    name: str
    tasks: list[Task]
    columns: frozenset[str]
    masks: Sequence[str]
    is_mixed: bool  # whether some base period is there both whole and in parts

    @property
    def bundles(self) -> list[list[Task]]:
        found: dict[object, list[Task]] = {}
        for task in self.tasks:
            found.setdefault(task.shape if self._is_wide(task) else task.same, []).append(task)
        return list(found.values())

    def _is_wide(self, task: Task) -> bool:
        return task.is_by_base and not task.totals and not self.is_mixed

    def by_task(self, made: Sequence[Groups], contract: Contract) -> dict[object, Groups]:
        """The groups of each task, out of those of the bundles."""
        found: dict[object, Groups] = {}
        for tasks, bundle in zip(self.bundles, made, strict=True):
            is_wide = self._is_wide(tasks[0])
            each = of_wide(bundle, tasks, contract) if is_wide else [bundle]
            found |= {task.same: one for task, one in zip(tasks, each, strict=True)}
        return found

    def groups(self, run: _Run, tasks: Sequence[Task], cells: Cells) -> Groups:
        contract = run.tables[tasks[0].tally.table].contract
        if self._is_wide(tasks[0]):
            return wide_groups(run.database, tasks, cells, contract, self.masks)
        return groups(run.database, tasks[0], cells, contract, self.masks)


def _read(run: _Run, reading: _Reading, table: Table, base_of: Bases) -> list[Groups]:
    """What each bundle of a reading comes to."""
    cells = _cells(run, reading, table, base_of)
    made = [reading.groups(run, tasks, cells) for tasks in reading.bundles]
    if cells.name:
        run.database.forget(cells.name)
    return made


def _by_shards(run: _Run, reading: _Reading, table: Table, rows: InFiles) -> list[Groups]:
    """The same, a few files at a time; what was remembered of unchanged ones is taken."""
    base_of = _bases_of(run, reading.tasks)
    by_file = run.by_file(reading.tasks[0].tally)
    bundles = reading.bundles
    same = digest([[one.same for one in tasks] for tasks in bundles], sorted(reading.columns))
    made = []
    for number, shard in enumerate(shards(rows, list(by_file.values()), base_of)):
        own = dict.fromkeys(one for file in shard.files for one in by_file[file])
        bases = {one: base_of[one] for one in own}
        memory = run.memory if shard.digests else None
        name = f"groups {same} {number}"
        about = (run.calendar, run.places, table.sources, shard.sources, table.contract)
        key = digest(shard.digests, same, about, memory.software if memory else "")
        found = memory.groups(name, key, len(bundles)) if memory else None
        if found is None:
            found = _read(run, reading, replace(table, rows=shard), bases)
            if memory:
                memory.keep(name, key, found)
        made.append(found)
    return put_shards_together(made)


def _scale(run: _Run, task: Task) -> Scale | None:
    """The base periods of runs of those that are open; None where they must be put in cells."""
    frequency = task.measure.frequency
    if task.tally.how != "open" or task.totals or frequency not in STEPS:
        return None
    scale = Scale.of(frequency, run.calendar)
    bases = {base for one in task.wanted for base in one.bases}
    return scale if all(scale.is_on(base) for base in bases) else None


def _by_runs(run: _Run, reading: _Reading, table: Table, scale: Scale) -> list[Groups]:
    """The groups of those that are open; with a memory, only what changed is counted again."""
    of = Opens(run.database, reading.tasks, table.contract, tuple(reading.masks), scale)
    found = None
    if run.memory:
        about = (run.calendar, run.places)
        found = opened_again(of, table, reading.columns, run.memory, about)
    if found is None:
        run.database.keep(reading.name, of.runs(table, reading.columns))
        found = opened(of, reading.name)
        run.database.forget(reading.name)
    return groups_of(of, found)


def _cells_of(tally: Tally) -> Tally:
    """The tally of which the cells serve this one too: who comes twice is among who comes."""
    return replace(tally, times=1, at=50, how="median" if tally.is_histogram else tally.how)


def _cells(run: _Run, reading: _Reading, table: Table, base_of: Bases) -> Cells:
    """The cells that several tasks share, kept under a name."""
    name, tasks, columns = reading.name, reading.tasks, reading.columns
    tallies = list(dict.fromkeys(task.tally for task in tasks))
    if has_cells_of_its_own(tallies[0]):
        tallies = [_cells_of(tallies[0])]
    by_own = any(task.totals for task in tasks)
    return keep_cells(run.database, name, table, tallies, columns, base_of, by_own=by_own)


def _bases_of(run: _Run, tasks: Sequence[Task]) -> Bases:
    """The base period of each period of the rows, for tasks that share their cells.

    Rows that are open have those that are asked of them.
    """
    tally = tasks[0].tally
    if tally.how == "open":
        return {base: base for task in tasks for one in task.wanted for base in one.bases}
    if tally.of_year:
        return {own: None for own in run.own_periods(tally)}
    return run.base_of(tally, tasks[0].measure.frequency)


def _sharing(run: _Run, tasks: Mapping[Role, Task]) -> list[tuple[frozenset[str], list[Role]]]:
    """Which tasks share cells: those of one table and frequency whose columns another's hold.

    The tallies of items share nothing: their cells are no use to others. Those of what is open
    share the runs of their rows, whatever conditions they have.
    """
    shared: dict[tuple[object, ...], list[tuple[frozenset[str], list[Role]]]] = {}
    width = {role: frozenset(b.column for b in task.breakdowns) for role, task in tasks.items()}
    for role in sorted(tasks, key=lambda role: -len(width[role])):
        task = tasks[role]
        tally = task.tally
        frequency = "" if tally.of_year else task.measure.frequency
        alone: object = (_cells_of(tally), width[role]) if has_cells_of_its_own(tally) else None
        if scale := _scale(run, task):
            alone = (replace(tally, where=()), width[role], scale)
        when = (tally.on, tally.opens)
        readings = shared.setdefault((tally.table, when, frequency, alone), [])
        wide = next((roles for columns, roles in readings if width[role] <= columns), None)
        if wide is None:
            readings.append((width[role], [role]))
        else:
            wide.append(role)
    return [reading for readings in shared.values() for reading in readings]


# What the tables and places hold


def _tables(
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


def _sources(rows: Rows) -> list[str | None]:
    if isinstance(rows, InFiles):
        return list(dict.fromkeys(rows.sources))
    return rows["source"].unique().to_list()


def _periods_of(database: Dialect, table: Table, column: str) -> list[Period]:
    cells = table.different(database, column)
    if table.contract.schema[column] == pl.Date:
        return [Period(day, 0, "D") for day in cells]
    return [from_key(key) for key in cells]


def _place_map(above: Mapping[str, Sequence[str]]) -> pl.DataFrame:
    lines = [(code, one) for code, line in above.items() for one in line]
    return pl.DataFrame(lines, schema={"place": pl.String, "above": pl.String}, orient="row")


def _sorted(counts: pl.DataFrame) -> pl.DataFrame:
    """In the order of the keys: one number stands for each, which sorts several times as fast.

    Of one measure after another: all their figures at once would take three times as long.
    """
    position = pl.lit(0, pl.Int64)
    for name in KEYS:
        words = counts[name].unique().sort()
        rank = pl.col(name).cast(pl.Enum(words)).to_physical().cast(pl.Int64)
        position = position * len(words) + rank
    return counts.sort(position)
