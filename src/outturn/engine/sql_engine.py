"""The engine for work: SQL composed from named steps, run by a database.

    given    a table as it is
    cells    rows that meet the conditions, added up by place, base period and category: the only
             step that reads every row. Tallies that add up share one, distinct ones have their own
    settled  cells of one tally, without totals beside their parts, and without the parts of a
             period that is there itself
    placed   cells added up over the places they count for
    groups   cells added up under every period they count in

Which tallies share a reading of a table is decided in `readings.py`. Only whole numbers leave the
database. What numerator and denominator come to is worked out in columns afterwards, in
`together.py`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import replace
from datetime import date
from functools import partial

import polars as pl

from outturn.contracts.model import Contract
from outturn.contracts.reach import Reach
from outturn.databases import Dialect, DuckDB, InFiles, Sql
from outturn.engine.cells import Table, masks
from outturn.engine.groups import Task
from outturn.engine.periods import Wanted, wanted_by, wanted_periods
from outturn.engine.plan import (
    counted,
    divided,
    evidence,
    in_part,
    mistakes,
    mixed_totals,
    not_covered,
    parts_of,
    reaches_of,
    reaching_tables,
    squares,
    telling_gaps,
    unsupplied,
)
from outturn.engine.quiet import Usual
from outturn.engine.reach import Uncovered, begins, usual
from outturn.engine.readings import all_groups
from outturn.engine.shards import Memory, digest
from outturn.engine.sql_run import Rows, Run, given_tables, periods_of, tables_behind
from outturn.engine.together import put_together
from outturn.engine.year_sums import with_years_together
from outturn.framework.model import Breakdown, Measure, Place, Tally
from outturn.framework.places import added_up
from outturn.terms.errors import raise_all
from outturn.terms.period import Calendar, Period
from outturn.terms.records import COUNTS, KEYS, empty


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
    given = given_tables(wanted, tables, contracts)
    sources = next((table.sources for table in given.values()), ())
    reads = [one for rows in tables.values() if isinstance(rows, InFiles) for one in rows.folders]
    reads += [memory.store.place] if memory and memory.store.place else []
    with nullcontext(database) if database else DuckDB(reads=reads) as working:
        lines = added_up(places, hierarchy, totals_for)
        behind = tables_behind(given, tables, contracts)
        run = Run(working, given, calendar, as_of, digest(sorted(lines.items())), memory, behind)
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
        found = all_groups(run, tasks, masks(sources))
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


def _uncovered(run: Run, measure: Measure, lines: Mapping[str, Sequence[str]]) -> list[Uncovered]:
    """Of each table of a measure what it covers; the last is named before others."""
    found = []
    for name in _reaching(run, measure):
        known, contract = run.reaches(name), run.behind[name].contract

        def told(reach: Reach, contract: Contract = contract) -> tuple[Reach, str]:
            return reach, not_covered(reach, contract, run.calendar)

        places = reaches_of(measure, known.places, lines)
        others = told(known.others) if known.others else None
        of_places = {place: told(one) for place, one in places.items()}
        parts = {
            place: [(day, in_part(day, contract, run.calendar)) for day in days]
            for place, days in parts_of(measure, known.parts, lines).items()
        }
        found.append(Uncovered(of_places, others, contract.weekly, parts))
    return found[::-1]


def _covered_since(run: Run, measure: Measure) -> date | None:
    """From which day on the numerator's table covers a period of any place, where that is told."""
    tables = _reaching(run, replace(measure, denominator=None))
    known = [(run.reaches(name).others, run.behind[name].contract) for name in tables]
    return max((begins(reach, contract) for reach, contract in known if reach), default=None)


def _reaching(run: Run, measure: Measure) -> tuple[str, ...]:
    contracts = {name: table.contract for name, table in run.behind.items()}
    return reaching_tables(measure, contracts, lambda name: run.behind[name].own_sources)


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
    return periods_of(
        database, Table(tables[name], contracts[name], (), ()), contracts[name].period
    )


def _wanted(
    run: Run,
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
        since = _covered_since(run, measure) if shown else None
        found = wanted_periods(measure, base_of, run.calendar, run.as_of, shown, asked, since)
        run.wanted[key] = tuple(found)
    return run.wanted[key]


def _usual(run: Run, measure: Measure, of_rows: Mapping[str, tuple[Rows, Contract]]) -> list[Usual]:
    """How many rows are usual in the tables that show which periods were supplied."""
    contracts = {name: contract for name, (_, contract) in of_rows.items()}
    when = (measure.frequency, run.calendar, run.as_of)
    return [
        usual(run.database, Table(*of_rows[name], (), ()), column, *when)
        for name, column in telling_gaps(measure, contracts)
    ]


def _tasks(run: Run, measure: Measure, wanted: tuple[Wanted, ...]) -> Iterable[tuple[str, Task]]:
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
