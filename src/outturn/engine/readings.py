"""Which tallies share one reading of a table, and the groups that each reading comes to.

A table is read whole, a few files at a time where that is enough (`shards.py`), or as the runs of
rows that are open (`open_runs.py`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from outturn.contracts.model import Contract
from outturn.databases import InFiles
from outturn.engine.cells import Cells, Table, has_cells_of_its_own, keep_cells, mixed
from outturn.engine.groups import Groups, Task, groups
from outturn.engine.open_changes import opened_again
from outturn.engine.open_ends import Scale
from outturn.engine.open_groups import Opens, groups_of, opened
from outturn.engine.periods import STEPS
from outturn.engine.shards import digest, shards
from outturn.engine.shards import put_together as put_shards_together
from outturn.engine.sql_run import Bases, Run
from outturn.engine.wide_groups import of_wide, wide_groups
from outturn.framework.model import Tally

Role = tuple[int, str]  # which measure, and what the tally is to it


def all_groups(run: Run, tasks: Mapping[Role, Task], masks: Sequence[str]) -> dict[Role, Groups]:
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

    def groups(self, run: Run, tasks: Sequence[Task], cells: Cells) -> Groups:
        contract = run.tables[tasks[0].tally.table].contract
        if self._is_wide(tasks[0]):
            return wide_groups(run.database, tasks, cells, contract, self.masks)
        return groups(run.database, tasks[0], cells, contract, self.masks)


def _read(run: Run, reading: _Reading, table: Table, base_of: Bases) -> list[Groups]:
    """What each bundle of a reading comes to."""
    cells = _cells(run, reading, table, base_of)
    made = [reading.groups(run, tasks, cells) for tasks in reading.bundles]
    if cells.name:
        run.database.forget(cells.name)
    return made


def _by_shards(run: Run, reading: _Reading, table: Table, rows: InFiles) -> list[Groups]:
    """The same, a few files at a time; what was remembered of unchanged ones is taken."""
    base_of = _bases_of(run, reading.tasks)
    by_file = run.by_file(reading.tasks[0].tally)
    bundles = reading.bundles
    # What was remembered of mixed periods has other columns than what was not.
    shapes = [[one.same for one in tasks] for tasks in bundles]
    same = digest(shapes, sorted(reading.columns), reading.is_mixed)
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


def _scale(run: Run, task: Task) -> Scale | None:
    """The base periods of runs of those that are open; None where they must be put in cells."""
    frequency = task.measure.frequency
    if task.tally.how != "open" or task.totals or frequency not in STEPS:
        return None
    scale = Scale.of(frequency, run.calendar)
    bases = {base for one in task.wanted for base in one.bases}
    return scale if all(scale.is_on(base) for base in bases) else None


def _by_runs(run: Run, reading: _Reading, table: Table, scale: Scale) -> list[Groups]:
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


def _cells(run: Run, reading: _Reading, table: Table, base_of: Bases) -> Cells:
    """The cells that several tasks share, kept under a name."""
    name, tasks, columns = reading.name, reading.tasks, reading.columns
    tallies = list(dict.fromkeys(task.tally for task in tasks))
    if has_cells_of_its_own(tallies[0]):
        tallies = [_cells_of(tallies[0])]
    by_own = any(task.totals for task in tasks)
    return keep_cells(run.database, name, table, tallies, columns, base_of, by_own=by_own)


def _bases_of(run: Run, tasks: Sequence[Task]) -> Bases:
    """The base period of each period of the rows, for tasks that share their cells.

    Rows that are open have those that are asked of them.
    """
    tally = tasks[0].tally
    if tally.how == "open":
        return {base: base for task in tasks for one in task.wanted for base in one.bases}
    if tally.of_year:
        return {own: None for own in run.own_periods(tally)}
    return run.base_of(tally, tasks[0].measure.frequency)


def _sharing(run: Run, tasks: Mapping[Role, Task]) -> list[tuple[frozenset[str], list[Role]]]:
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
