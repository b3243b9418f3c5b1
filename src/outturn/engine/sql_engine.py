"""The engine for work: SQL composed from named steps, run by a database.

The steps, for the tallies that share a table:

    given    the table as it is
    cells    rows that meet the conditions, added up by place, base period and category: the only
             step that reads every row; tallies that add up share one, distinct ones have their own
    settled  cells without the parts of a total that is there itself
    timed    cells under each period that is evaluated
    groups   cells added up over the places they belong to

Only whole numbers leave the database. What numerator and denominator come to is worked out in
columns afterwards, in `together.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from outturn.contracts.model import Contract
from outturn.engine.dialects import MILLIONTHS, DuckDB, Sql, joined
from outturn.engine.periods import Wanted, base_period, wanted_periods
from outturn.engine.plan import (
    UNKNOWN,
    ancestors,
    counted,
    divided,
    evidence,
    left_out,
    mistakes,
    periods_over,
    rolls_up,
)
from outturn.engine.together import GROUP, MASK_BITS, masks, put_together
from outturn.framework.model import Breakdown, Condition, Measure, Place, Tally
from outturn.terms.errors import raise_all
from outturn.terms.period import Calendar, Period, from_key
from outturn.terms.records import COUNTS, KEYS, WHOLE, empty

# Conditions: each is a piece of SQL that is true of a row which meets it, and not true otherwise.


def _compared(sign: str) -> Callable[[str, Condition], Sql]:
    return lambda column, condition: Sql(f"({column} {sign} ?)", condition.bounds)


def _listed(word: str) -> Callable[[str, Condition], Sql]:
    def piece(column: str, condition: Condition) -> Sql:
        marks = ", ".join("?" for _ in condition.bounds)
        return Sql(f"({column} {word} ({marks}))", condition.bounds)

    return piece


MEETS: dict[str, Callable[[str, Condition], Sql]] = {
    "is": _compared("="),
    "is_not": _compared("<>"),
    "one_of": _listed("in"),
    "none_of": _listed("not in"),
    "at_least": _compared(">="),
    "at_most": _compared("<="),
    "above": _compared(">"),
    "below": _compared("<"),
    "between": lambda column, condition: Sql(f"({column} between ? and ?)", condition.bounds),
    "present": lambda column, condition: Sql(f"({column} is not null)"),
    "absent": lambda column, condition: Sql(f"({column} is null)"),
}


@dataclass
class _Run:
    """What one call of `count` works with: the arguments, and what is already in the database."""

    database: DuckDB
    tables: Mapping[str, pl.DataFrame]
    contracts: Mapping[str, Contract]
    calendar: Calendar
    as_of: date
    sources: tuple[str, ...]
    periods: dict[str, list[Period]] = field(default_factory=dict)
    names: int = 0

    @property
    def masks(self) -> tuple[str, ...]:
        """The columns that hold, a bit for each, the sources behind a group."""
        return masks(self.sources)

    def new_name(self, word: str) -> str:
        self.names += 1
        return f"{word}_{self.names}"

    def found(self, table: str) -> list[Period]:
        """The distinct periods of a table's rows."""
        if table not in self.periods:
            self.periods[table] = _periods_of(self.tables[table], self.contracts[table])
        return self.periods[table]


@dataclass(frozen=True, slots=True)
class _Task:
    """One tally of one measure, in the periods that the measure wants."""

    measure: Measure
    tally: Tally
    wanted: tuple[Wanted, ...]
    breakdowns: tuple[Breakdown, ...]

    @property
    def over(self) -> list[tuple[Period, ...]]:
        return [periods_over(self.measure, self.tally, one) for one in self.wanted]

    @property
    def shares(self) -> tuple[object, ...]:
        """Tallies that agree in this are added up in one reading of their table."""
        columns = tuple(sorted({one.column for one in self.breakdowns}))
        alone = self.tally if self.tally.how == "distinct" else None
        frequency = "" if self.tally.of_year else self.measure.frequency
        return (self.tally.table, columns, frequency, alone)


def count(
    measures: Iterable[Measure],
    tables: Mapping[str, pl.DataFrame],
    *,
    contracts: Mapping[str, Contract],
    places: Mapping[str, Place],
    hierarchy: str,
    calendar: Calendar,
    as_of: date,
    database: DuckDB | None = None,
) -> pl.DataFrame:
    """Counts of every measure that is counted from rows; its meaning is `docs/spec.md`.

    Raises every mistake in the definitions at once. A measure that finds no rows has no counts:
    `found` says so, and the caller decides what to make of it.
    """
    wanted = counted(measures)
    raise_all(mistakes(wanted, contracts))
    wanted = [m for m in wanted if m.numerator and m.numerator.table in tables]
    with nullcontext(database) if database else DuckDB() as opened:
        run = _Run(opened, tables, contracts, calendar, as_of, _sources(wanted, tables))
        opened.table("places", _place_map(ancestors(places, hierarchy)))
        parts = _evaluated(run, wanted)
    made = [put_together(measure, *parts[i], run.sources) for i, measure in enumerate(wanted)]
    return pl.concat([empty(COUNTS), *made]).sort(KEYS)


def _evaluated(
    run: _Run, measures: Sequence[Measure]
) -> list[tuple[tuple[Wanted, ...], dict[str, pl.DataFrame]]]:
    """For each measure its wanted periods, and the groups of each of its tallies by role."""
    tasks: dict[tuple[int, str], _Task] = {}
    wanted = [tuple(_wanted(run, measure)) for measure in measures]
    for i, measure in enumerate(measures):
        roles = {
            "numerator": (measure.numerator, measure.breakdowns),
            "denominator": (measure.denominator, measure.breakdowns),
            "evidence": (evidence(measure), ()),
        }
        for role, (tally, breakdowns) in roles.items():
            if tally and tally.table in run.tables and wanted[i]:
                usable = divided(tally, measure, run.contracts[tally.table]) if breakdowns else ()
                tasks[i, role] = _Task(measure, tally, wanted[i], usable)
    groups = _all_groups(run, tasks)
    return [
        (wanted[i], {role: frame for (owner, role), frame in groups.items() if owner == i})
        for i in range(len(measures))
    ]


def _wanted(run: _Run, measure: Measure) -> list[Wanted]:
    assert measure.numerator
    found = run.found(measure.numerator.table)
    return wanted_periods(measure, found, run.calendar, run.as_of)


def _all_groups(
    run: _Run, tasks: Mapping[tuple[int, str], _Task]
) -> dict[tuple[int, str], pl.DataFrame]:
    """The groups of every task; the tasks that share cells are done one after the other."""
    sharing: dict[tuple[object, ...], list[tuple[int, str]]] = {}
    for key, task in tasks.items():
        sharing.setdefault(task.shares, []).append(key)
    groups = {}
    for keys in sharing.values():
        tallies = tuple(
            dict.fromkeys((tasks[key].tally, _left_out(run, tasks[key])) for key in keys)
        )
        cells = _cells(run, tasks[keys[0]], tallies)
        for key in keys:
            number = tallies.index((tasks[key].tally, _left_out(run, tasks[key])))
            groups[key] = _groups(run, tasks[key], cells, number)
        run.database.forget(cells.name)
    return groups


def _left_out(run: _Run, task: _Task) -> tuple[tuple[str, tuple[str, ...]], ...]:
    contract = run.contracts[task.tally.table]
    return tuple(left_out(task.tally, task.breakdowns, contract).items())


# Step "cells"


@dataclass(frozen=True, slots=True)
class _Cells:
    """A kept table of cells, and the periods that its column `base` numbers."""

    name: str
    bases: tuple[Period, ...]
    mixed: bool  # some base period is there both whole and in parts


_Tallies = tuple[tuple[Tally, tuple[tuple[str, tuple[str, ...]], ...]], ...]


def _cells(run: _Run, task: _Task, tallies: _Tallies) -> _Cells:
    """Rows added up by place, base period and category, for all the tallies at once."""
    table, quote = task.tally.table, run.database.quote
    contract = run.contracts[table]
    bases, base_map = _base_map(run, task)
    run.database.table("bases", base_map)
    run.database.table("given", _only_needed(run, task, tallies))
    keys = [f"r.{quote(contract.place)}", "b.base", "b.rank"]
    names = ["place", "base", "rank"]
    for column in sorted({one.column for one in task.breakdowns}):
        keys.append(f"coalesce({run.database.text('r.' + quote(column))}, '{UNKNOWN}')")
        names.append(quote(f"by_{column}"))
    tests = [_test(run, *one) for one in tallies]
    if task.tally.how == "distinct":
        keys.append(f"r.{quote(task.tally.column)}")
        names.append("item")
    columns: list[Sql | str] = [f"{k} as {name}" for k, name in zip(keys, names, strict=True)]
    for number, ((tally, _), test) in enumerate(zip(tallies, tests, strict=True)):
        columns += _added_up(run, contract, tally, test if len(tallies) > 1 else Sql(""), number)
    query = Sql("select ") + joined(", ", columns)
    query += f" from given r join bases b on b.period = r.{quote(contract.period)}"
    query += f" where r.{quote(contract.place)} is not null"
    if all(test.text for test in tests):
        query += Sql(" and (") + joined(" or ", tests) + ")"
    query += " group by " + ", ".join(keys)
    name = run.new_name("cells")
    run.database.keep(name, query)
    return _Cells(name, bases, base_map.n_unique("base") < base_map.unique(["base", "rank"]).height)


def _test(run: _Run, tally: Tally, left: Iterable[tuple[str, tuple[str, ...]]]) -> Sql:
    """What a row must meet to be tallied, as one condition; empty text when it is nothing."""
    quote = run.database.quote
    tests = [MEETS[one.word](f"r.{quote(one.column)}", one) for one in tally.where]
    for column, totals in left:
        name = f"r.{quote(column)}"
        outside = MEETS["none_of"](name, Condition(column, "none_of", totals))
        tests.append(Sql(f"({name} is null or ") + outside + ")")
    return Sql("(") + joined(" and ", tests) + ")" if tests else Sql("")


def _added_up(
    run: _Run, contract: Contract, tally: Tally, test: Sql, number: int
) -> list[Sql | str]:
    """The columns of one tally: rows, the amount, and the sources."""

    def among(expression: str) -> Sql:
        if not test.text:
            return Sql(expression)
        return Sql("case when ") + test + f" then {expression} end"

    columns: list[Sql | str] = [Sql("count(") + among("1") + f") as rows_{number}"]
    amount = AMOUNTS[tally.how](run, contract, tally)
    if amount:
        columns.append(Sql("coalesce(sum(") + among(amount) + f"), 0) as amount_{number}")
    for mask in run.masks:
        columns.append(Sql("bit_or(") + among(f"r.outturn_{mask}") + f") as {mask}_{number}")
    return columns


def _summed(run: _Run, contract: Contract, tally: Tally) -> str:
    column = f"r.{run.database.quote(tally.column)}"
    is_whole = contract.field(tally.column).type == "integer"
    return column if is_whole else run.database.millionths(column)


# What is added up for each way of tallying; empty when the number of rows says it all.
AMOUNTS: dict[str, Callable[[_Run, Contract, Tally], str]] = {
    "count": lambda run, contract, tally: "",
    "sum": _summed,
    "distinct": lambda run, contract, tally: "",
}


def _base_map(run: _Run, task: _Task) -> tuple[tuple[Period, ...], pl.DataFrame]:
    """Which base period each period of the rows belongs to, and whether it is the whole of it.

    A period longer than a base period stands for itself. So does every period of a tally
    `of_year`, which takes rows by another rule.
    """
    table, measure = task.tally.table, task.measure
    lines: list[tuple[Period, int, int]] = []
    bases: dict[Period, int] = {}
    for period in run.found(table):
        base = None
        if not task.tally.of_year:
            base = base_period(period, measure.frequency, run.calendar)
        base = base or period
        lines.append((period, bases.setdefault(base, len(bases)), int(base != period)))
    kind = run.tables[table].schema[run.contracts[table].period]
    spelt = [p.start if kind == pl.Date else p.key for p, _, _ in lines]
    frame = pl.DataFrame(
        {"period": spelt, "base": [line[1] for line in lines], "rank": [line[2] for line in lines]},
        schema={"period": kind, "base": pl.Int32, "rank": pl.Int32},
    )
    return tuple(bases), frame


def _only_needed(run: _Run, task: _Task, tallies: _Tallies) -> pl.DataFrame:
    """The columns of a table that its tallies touch, with numbers that are none made empty."""
    contract = run.contracts[task.tally.table]
    names = {contract.place, contract.period, *(one.column for one in task.breakdowns)}
    for tally, _ in tallies:
        names |= {one.column for one in tally.where} | ({tally.column} - {""})
    frame = run.tables[task.tally.table]
    columns = [
        pl.when(pl.col(name).is_finite()).then(pl.col(name)).alias(name)
        if frame.schema[name].is_float()
        else pl.col(name)
        for name in sorted(names)
    ]
    return frame.select(*columns, *_source_masks(run, frame))


def _source_masks(run: _Run, frame: pl.DataFrame) -> list[pl.Expr]:
    """One bit for the source of each row, in as many whole numbers as the sources need."""
    present = frame["source"].unique().drop_nulls().to_list()
    columns = []
    for number, mask in enumerate(run.masks):
        slots = run.sources[number * MASK_BITS : (number + 1) * MASK_BITS]
        bits = {source: 1 << slots.index(source) for source in present if source in slots}
        column = pl.col("source").replace_strict(bits, default=0, return_dtype=pl.Int64)
        columns.append(column.alias(f"outturn_{mask}"))
    return columns


# Steps "settled", "timed" and "groups"


def _groups(run: _Run, task: _Task, cells: _Cells, number: int) -> pl.DataFrame:
    """Amount, rows and sources of one tally by place, wanted period, breakdown and category."""
    periods = tuple(dict.fromkeys(one for over in task.over for one in over))
    time_map = _time_map(task, cells.bases, periods)
    run.database.table("times", time_map)
    ways = [(WHOLE, f"'{WHOLE}'")]
    ways += [(one.name, run.database.quote(f"by_{one.column}")) for one in task.breakdowns]
    frames = []
    for name, category in ways:
        steps = _settled(run, task, cells, number)
        steps += _timed(mixed=_is_mixed(time_map))
        steps += [_by_place(run, task, category)]
        query = Sql("with ") + joined(", ", [Sql(f"{n} as (") + q + ")" for n, q in steps])
        frame = run.database.rows(f"{task.measure.id} {name}", query + " select * from groups")
        frames.append(frame.with_columns(pl.lit(name).alias("breakdown")))
    return _by_wanted(run, task, pl.concat(frames), periods)


def _settled(run: _Run, task: _Task, cells: _Cells, number: int) -> list[tuple[str, Sql]]:
    """The cells of one tally, without the parts of a base period that is there itself."""
    columns = [f"{mask}_{number} as {mask}" for mask in run.masks]
    columns += [run.database.quote(f"by_{c}") for c in {one.column for one in task.breakdowns}]
    columns.append(f"rows_{number} as rows")
    if task.tally.how == "distinct":
        columns.append("item")
    else:
        held = f"amount_{number}" if task.tally.how == "sum" else f"rows_{number}"
        columns.append(f"{held} as amount")
    listed = ", ".join(["place", "base", "rank", *columns])
    own = Sql(f"select {listed} from {cells.name} where rows_{number} > 0")
    if not cells.mixed:
        return [("settled", own)]
    return [
        ("own", own),
        ("ranked", Sql("select *, min(rank) over (partition by place, base) as best from own")),
        ("settled", Sql("select * from ranked where rank = best")),
    ]


def _timed(*, mixed: bool) -> list[tuple[str, Sql]]:
    """Cells under each period evaluated; where several kinds of row could serve, the best."""
    join = "from settled s join times t on t.base = s.base"
    if not mixed:
        return [("timed", Sql(f"select s.*, t.evaluated {join}"))]
    best = "min(t.choice) over (partition by s.place, t.evaluated) as best_choice"
    return [
        ("choices", Sql(f"select s.*, t.evaluated, t.choice, {best} {join}")),
        ("timed", Sql("select * from choices where choice = best_choice")),
    ]


def _by_place(run: _Run, task: _Task, category: str) -> tuple[str, Sql]:
    """Cells added up over places, or distinct items counted once in each."""
    place, join = "t.place", ""
    if rolls_up(task.measure):
        place, join = "coalesce(p.above, t.place)", " left join places p on p.place = t.place"
    keys = f"{place} as place, t.evaluated, {category} as category"
    behind = "".join(f", bit_or({mask}) as {mask}" for mask in run.masks)
    group = f" from timed t{join} group by {place}, t.evaluated, {category}"
    whole = run.database.whole
    if task.tally.how != "distinct":
        totals = f"{whole('sum(amount)')} as amount, {whole('sum(rows)')} as rows"
        return "groups", Sql(f"select {keys}, {totals}{behind}{group}")
    once = f"select {keys}, item, sum(rows) as rows{behind}{group}, item"
    totals = f"{whole('count(item)')} as amount, {whole('sum(rows)')} as rows"
    outer = f"select place, evaluated, category, {totals}{behind} from ({once}) once"
    return "groups", Sql(f"{outer} group by place, evaluated, category")


def _time_map(task: _Task, bases: Sequence[Period], periods: Sequence[Period]) -> pl.DataFrame:
    """Which of the numbered periods of the cells serve each evaluated period, best choice first."""
    numbers = {base: number for number, base in enumerate(bases)}
    inside = {one.period: one.bases for one in task.wanted}
    lines = []
    for evaluated, period in enumerate(periods):
        if task.tally.of_year:
            holding = [base for base in bases if base.holds(period.start)]
            holding.sort(key=lambda p: (-p.start.toordinal(), p.end, p))
            lines += [(numbers[p], evaluated, choice) for choice, p in enumerate(holding)]
            continue
        if period in numbers:
            lines.append((numbers[period], evaluated, 0))
        parts = [base for base in inside[period] if base != period and base in numbers]
        lines += [(numbers[base], evaluated, 1) for base in parts]
    kinds = {"base": pl.Int32, "evaluated": pl.Int32, "choice": pl.Int32}
    return pl.DataFrame(lines, schema=kinds, orient="row")


def _is_mixed(time_map: pl.DataFrame) -> bool:
    return time_map.n_unique("evaluated") < time_map.unique(["evaluated", "choice"]).height


def _by_wanted(
    run: _Run, task: _Task, groups: pl.DataFrame, periods: Sequence[Period]
) -> pl.DataFrame:
    """The evaluated periods added up to the wanted ones."""
    numbers = {period: number for number, period in enumerate(periods)}
    lines = [(w, numbers[p]) for w, over in enumerate(task.over) for p in over]
    over = pl.DataFrame(lines, schema={"wanted": pl.Int32, "evaluated": pl.Int32}, orient="row")
    rows = pl.col("rows").cast(pl.Int64)
    timed = groups.with_columns(rows).join(over, on="evaluated").drop("evaluated")
    if len(lines) > len(task.wanted):
        behind = [pl.col(mask).bitwise_or() for mask in run.masks]
        timed = timed.group_by(GROUP).agg(pl.col("amount").sum(), pl.col("rows").sum(), *behind)
    return timed.with_columns(_in_units(run, task, timed["amount"]))


def _in_units(run: _Run, task: _Task, amounts: pl.Series) -> pl.Series:
    """Amounts in their own unit: sums of numbers leave the database in millionths.

    numpy divides, because Polars divides by a constant with its reciprocal: 1,100,000 millionths
    would not be exactly 1.1.
    """
    whole = amounts.cast(pl.Float64)
    if task.tally.how != "sum":
        return whole
    kind = run.contracts[task.tally.table].field(task.tally.column).type
    return whole if kind == "integer" else pl.Series("amount", whole.to_numpy() / MILLIONTHS)


# What the tables and places hold


def _place_map(above: Mapping[str, Sequence[str]]) -> pl.DataFrame:
    lines = [(code, one) for code, line in above.items() for one in line]
    return pl.DataFrame(lines, schema={"place": pl.String, "above": pl.String}, orient="row")


def _periods_of(frame: pl.DataFrame, contract: Contract) -> list[Period]:
    column = frame[contract.period].unique().drop_nulls().sort()
    if column.dtype == pl.Date:
        return [Period(day, 0, "D") for day in column]
    return [from_key(key) for key in column]


def _sources(measures: Iterable[Measure], tables: Mapping[str, pl.DataFrame]) -> tuple[str, ...]:
    """Every source behind the tables that the measures count, in order."""
    tallies = [t for one in measures for t in (one.numerator, one.denominator) if t]
    names = {tally.table for tally in tallies} & set(tables)
    columns = [tables[name]["source"].unique().drop_nulls() for name in names]
    return tuple(sorted({source for column in columns for source in column}))
