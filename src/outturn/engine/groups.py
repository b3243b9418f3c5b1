"""From cells to groups: cells added up over the places and under the periods they belong to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from outturn.contracts.model import Contract
from outturn.engine.cells import Cells, Counted
from outturn.engine.dialects import MILLIONTHS, DuckDB, Sql, joined
from outturn.engine.periods import Wanted
from outturn.engine.plan import periods_over, rolls_up
from outturn.engine.together import GROUP
from outturn.framework.model import Breakdown, Measure
from outturn.terms.period import Period
from outturn.terms.records import WHOLE

Step = tuple[str, Sql]


@dataclass(frozen=True, slots=True)
class Task:
    """One tally of one measure, in the periods that the measure wants."""

    measure: Measure
    counted: Counted
    wanted: tuple[Wanted, ...]
    breakdowns: tuple[Breakdown, ...]

    @property
    def over(self) -> list[tuple[Period, ...]]:
        """For each wanted period, those that are counted one by one and then added."""
        return [periods_over(self.measure, self.counted.tally, one) for one in self.wanted]

    @property
    def is_distinct(self) -> bool:
        return self.counted.tally.how == "distinct"


@dataclass(frozen=True, slots=True)
class Adding:
    """How the cells of one task are added up."""

    database: DuckDB
    task: Task
    contract: Contract
    masks: tuple[str, ...]

    def step(self, name: str, keys: Mapping[str, str], source: str, amount: str = "") -> Step:
        """Cells under the same keys as one: amounts added, or distinct items kept, each once."""
        if self.task.is_distinct and not amount:
            keys = {**keys, "item": "item"}
        else:
            amount = self.total(amount or "sum(amount)") + " as amount"
        columns = [f"{expression} as {key}" for key, expression in keys.items()]
        columns += [amount] if amount else []
        columns.append(f"{self.database.whole('sum(rows)')} as rows")
        columns += [f"bit_or({mask}) as {mask}" for mask in self.masks]
        return name, Sql(
            f"select {', '.join(columns)} {source} group by {', '.join(keys.values())}"
        )

    def total(self, expression: str) -> str:
        """A sum of whole numbers; of millionths it may be very large."""
        whole = _unit(self.task, self.contract) == 1
        return self.database.whole(expression) if whole else self.database.large(expression)

    def placed(self, cell: str) -> tuple[str, str]:
        """The place that a cell counts for, and the join that finds it."""
        if not rolls_up(self.task.measure):
            return f"{cell}.place", ""
        return f"coalesce(p.above, {cell}.place)", f" left join places p on p.place = {cell}.place"


def groups(
    database: DuckDB, task: Task, cells: Cells, contract: Contract, masks: Sequence[str]
) -> pl.DataFrame:
    """Amount, rows and sources of one tally by place, wanted period, breakdown and category."""
    over = task.over
    periods = tuple(dict.fromkeys(one for each in over for one in each))
    times = _time_map(task, cells.bases, periods)
    is_mixed = times.n_unique("evaluated") < times.select("evaluated", "choice").unique().height
    database.table("times", times)
    frames = []
    for name, category in _ways(database, task):
        steps = _settled(task, cells, category, masks)
        add = Adding(database, task, contract, tuple(masks))
        steps += _chosen_then_placed(add) if is_mixed else _placed_then_timed(add)
        query = Sql("with ") + joined(", ", [Sql(f"{n} as (") + q + ")" for n, q in steps[:-1]])
        frame = database.rows(f"{task.measure.id} {name}", query + " " + steps[-1][1])
        frames.append(frame.with_columns(pl.lit(name).alias("breakdown")))
    numbers = {period: number for number, period in enumerate(periods)}
    added = _by_wanted(pl.concat(frames), [[numbers[one] for one in each] for each in over], masks)
    return added.with_columns(_in_units(task, contract, added["amount"]))


def _ways(database: DuckDB, task: Task) -> list[tuple[str, str]]:
    """The name of each breakdown, the whole first, and the category that a cell has in it."""
    ways = [(WHOLE, f"'{WHOLE}'")]
    return ways + [(one.name, database.quote(f"by_{one.column}")) for one in task.breakdowns]


def _settled(task: Task, cells: Cells, category: str, masks: Sequence[str]) -> list[Step]:
    """The cells of one tally, without the parts of a base period that is there itself."""
    number = cells.counted.index(task.counted)
    amount = f"amount_{number}" if task.counted.tally.how == "sum" else f"rows_{number}"
    amount = "item" if task.is_distinct else f"{amount} as amount"
    behind = "".join(f", {mask}_{number} as {mask}" for mask in masks)
    columns = f"place, base, {category} as category, {amount}, rows_{number} as rows{behind}"
    own = f"from {cells.name} where rows_{number} > 0"
    if not cells.mixed:
        return [("settled", Sql(f"select {columns} {own}"))]
    best = "min(rank) over (partition by place, base) as best"
    ranked = f"select {columns}, rank, {best} {own}"
    return [
        ("ranked", Sql(ranked)),
        ("settled", Sql("select * from ranked where rank = best")),
    ]


def _placed_then_timed(add: Adding) -> list[Step]:
    """Cells added up over places, which leaves few of them, and then under periods."""
    place, join = add.placed("s")
    keys = {"place": place, "base": "s.base", "category": "s.category"}
    placed = add.step("placed", keys, f"from settled s{join}")
    keys = {"place": "c.place", "evaluated": "t.evaluated", "category": "c.category"}
    source = "c join times t on t.base = c.base"
    if not add.task.is_distinct:
        return [placed, add.step("groups", keys, f"from placed {source}")]
    is_new = "sum(case when c.before is null or c.before < t.first then c.amount else 0 end)"
    return [placed, *_turns(add), add.step("groups", keys, f"from turns {source}", is_new)]


def _turns(add: Adding) -> list[Step]:
    """How many items have a cell in one base period and had the last before it in another.

    An item counts once in a run of base periods: in the first of them that it has a cell in, which
    is the one whose last before lies outside. So items need not be told apart under every period.
    """
    before = "lag(base) over (partition by place, category, item order by base) as before"
    keys = {"place": "place", "base": "base", "category": "category", "before": "before"}
    return [
        ("seen", Sql(f"select *, {before} from placed")),
        add.step("turns", keys, "from seen", "count(item)"),
    ]


def _chosen_then_placed(add: Adding) -> list[Step]:
    """Where several kinds of row could serve a period, each place takes its best, and no other."""
    best = "min(t.choice) over (partition by s.place, t.evaluated) as best_choice"
    chosen = f"select s.*, t.evaluated, t.choice, {best} from settled s"
    choices = ("choices", Sql(f"{chosen} join times t on t.base = s.base"))
    place, join = add.placed("c")
    keys = {"place": place, "evaluated": "c.evaluated", "category": "c.category"}
    source = f"from choices c{join} where c.choice = c.best_choice"
    if not add.task.is_distinct:
        return [choices, add.step("groups", keys, source)]
    once = add.step("once", keys, source)
    return [choices, once, add.step("groups", {k: k for k in keys}, "from once", "count(item)")]


def _time_map(task: Task, bases: Sequence[Period], periods: Sequence[Period]) -> pl.DataFrame:
    """Which of the numbered periods of the cells serve each evaluated period, best choice first."""
    numbers = {base: number for number, base in enumerate(bases)}
    inside = {one.period: one.bases for one in task.wanted}
    lines = []
    for evaluated, period in enumerate(periods):
        if task.counted.tally.of_year:
            serving = [base for base in bases if base.holds(period.start)]
            serving.sort(key=lambda p: (-p.start.toordinal(), p.end, p))
            lines += [(numbers[p], evaluated, choice) for choice, p in enumerate(serving)]
            continue
        if period in numbers:
            lines.append((numbers[period], evaluated, 0))
        parts = [base for base in inside[period] if base != period and base in numbers]
        lines += [(numbers[base], evaluated, 1) for base in parts]
    kinds = {"base": pl.Int32, "evaluated": pl.Int32, "choice": pl.Int32}
    times = pl.DataFrame(lines, schema=kinds, orient="row")
    return times.with_columns(pl.col("base").min().over("evaluated").alias("first"))


def _by_wanted(
    groups: pl.DataFrame, over: Sequence[Sequence[int]], masks: Sequence[str]
) -> pl.DataFrame:
    """The evaluated periods added up to the wanted ones."""
    lines = [(wanted, one) for wanted, each in enumerate(over) for one in each]
    kinds = {"wanted": pl.Int32, "evaluated": pl.Int32}
    timed = groups.join(pl.DataFrame(lines, schema=kinds, orient="row"), on="evaluated")
    if len(lines) == len(over):
        return timed.drop("evaluated")
    behind = [pl.col(mask).bitwise_or() for mask in masks]
    return timed.group_by(GROUP).agg(pl.col("amount").sum(), pl.col("rows").sum(), *behind)


def _in_units(task: Task, contract: Contract, amounts: pl.Series) -> pl.Series:
    """Amounts in their own unit: sums of numbers leave the database in millionths.

    numpy divides, because Polars divides by a constant with its reciprocal: 1,100,000 millionths
    would not be exactly 1.1.
    """
    return pl.Series("amount", amounts.cast(pl.Float64).to_numpy() / _unit(task, contract))


def _unit(task: Task, contract: Contract) -> int:
    """How many of the whole numbers make one: a million where a column of numbers is added."""
    tally = task.counted.tally
    is_number = tally.how == "sum" and contract.field(tally.column).type == "number"
    return MILLIONTHS if is_number else 1
