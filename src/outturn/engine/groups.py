"""From cells to groups: cells added up over the places and under the periods they belong to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from outturn.contracts.model import Contract
from outturn.databases import Dialect, Sql, Step, joined
from outturn.databases.dialect import MILLIONTHS
from outturn.engine.cells import Cells, has_items
from outturn.engine.limits import LIMITS, limits_of, with_places
from outturn.engine.periods import Wanted
from outturn.engine.plan import periods_over, rolls_up, watched
from outturn.framework.model import SQUARES, Breakdown, Measure, Tally
from outturn.terms.period import Period
from outturn.terms.records import WHOLE

GROUP = ("place", "wanted", "breakdown", "category")


@dataclass(frozen=True, slots=True)
class Task:
    """One tally of one measure, in the periods that the measure wants."""

    measure: Measure
    tally: Tally
    wanted: tuple[Wanted, ...]
    breakdowns: tuple[Breakdown, ...]
    totals: tuple[tuple[str, tuple[str, ...]], ...] = ()  # of `plan.mixed_totals`

    @property
    def over(self) -> list[tuple[Period, ...]]:
        """For each wanted period, those that are counted one by one and then added."""
        return [periods_over(self.measure, self.tally, one) for one in self.wanted]

    @property
    def same(self) -> object:
        """What is alike in tasks that come to the same groups."""
        return self.tally, self.shape

    @property
    def shape(self) -> object:
        """What is alike in tasks that are of the same groups, whatever they tally."""
        rolled = (rolls_up(self.measure), watched(self.measure))
        periods = tuple((one.period, one.bases) for one in self.wanted)
        return periods, tuple(self.over), self.breakdowns, self.totals, rolled

    @property
    def is_by_base(self) -> bool:
        """Whether each of its periods is a base period, which is counted by itself."""
        bases = {base for one in self.wanted for base in one.bases}
        alone = all(len(each) == 1 and each[0] in bases for each in self.over)
        return alone and not self.tally.of_year and self.tally.how != "open"

    @property
    def has_items(self) -> bool:
        return has_items(self.tally)


@dataclass(frozen=True, slots=True)
class Adding:
    """How the cells of one task are added up."""

    database: Dialect
    task: Task
    contract: Contract
    masks: tuple[str, ...]
    alone: bool = False  # whether each evaluated period is served by one base period

    def step(
        self,
        name: str,
        keys: Mapping[str, str],
        source: str,
        amount: str = "",
        rows: str = "sum(rows)",
        *,
        more: Sequence[str] = (),
    ) -> Step:
        """Cells under the same keys as one: amounts added, or items kept, each once."""
        if self.task.has_items and not amount:
            keys = {**keys, "item": "item"}
        else:
            amount = self.total(amount or "sum(amount)") + " as amount"
        columns = [f"{expression} as {key}" for key, expression in keys.items()]
        columns += [amount] if amount else []
        columns.append(f"{self.database.whole(rows)} as rows")
        columns += [f"bit_or({mask}) as {mask}" for mask in self.masks]
        columns += more
        query = f"select {', '.join(columns)} {source} group by {', '.join(keys.values())}"
        return Step(name, Sql(query))

    def total(self, expression: str) -> str:
        """A sum of whole numbers; of millionths, and of squares, it may be very large."""
        whole = _unit(self.task, self.contract) == 1 and self.task.tally.how != SQUARES
        return self.database.whole(expression) if whole else self.database.large(expression)

    def placed(self, cell: str) -> tuple[str, str]:
        """The place that a cell counts for, and the join that finds it."""
        if not rolls_up(self.task.measure):
            return f"{cell}.place", ""
        return f"coalesce(p.above, {cell}.place)", f" left join places p on p.place = {cell}.place"


@dataclass(frozen=True, slots=True)
class Groups:
    """What a tally comes to, and where its own rows stand that serve more than their own group.

    `added` has amount, rows and sources by place, wanted period, breakdown and category, and of a
    median or percentile the values that are its limits. `own` has
    such groups, without amounts: those that have rows of the place itself, where the place has
    places under it, or rows for the whole of a longer period.
    """

    added: pl.DataFrame
    own: pl.DataFrame


def groups(
    database: Dialect, task: Task, cells: Cells, contract: Contract, masks: Sequence[str]
) -> Groups:
    """One tally by place, wanted period, breakdown and category."""
    over = task.over
    periods = tuple(dict.fromkeys(one for each in over for one in each))
    times = time_map(task, cells.bases, periods)
    is_mixed = times.n_unique("evaluated") < times.select("evaluated", "choice").unique().height
    database.table("times", times)
    alone = times.height == times.n_unique("evaluated")
    add = Adding(database, task, contract, tuple(masks), alone)
    frames, owns = [], [pl.DataFrame(schema=OWN)]
    for way in (None, *task.breakdowns):
        name = way.name if way else WHOLE
        settled = _settled(add, cells, way)
        steps = _chosen_then_placed(add) if is_mixed else _placed_then_timed(add)
        frame = _added(add, f"{task.measure.id} {name}", [*settled, *steps])
        frames.append(frame.with_columns(pl.lit(name).alias("breakdown")))
        if watched(task.measure):
            own = _run(database, f"{task.measure.id} {name} own", [*settled, _own(task, periods)])
            own = own.with_columns(pl.lit(name).alias("breakdown"))
            owns.append(own.select(pl.col(n).cast(kind) for n, kind in OWN.items()))
    numbers = {period: number for number, period in enumerate(periods)}
    added = by_wanted(pl.concat(frames), [[numbers[one] for one in each] for each in over], masks)
    return made_of(task, contract, added, own_by_wanted(task, pl.concat(owns), periods))


def made_of(task: Task, contract: Contract, added: pl.DataFrame, own: pl.DataFrame) -> Groups:
    """The groups, with their columns in one order whatever made them."""
    amounts = _in_units(task, contract, added["amount"])
    others = [one for one in added.columns if one.startswith("mask_") or one in LIMITS]
    rows = pl.col("rows").cast(pl.Int64)
    return Groups(added.with_columns(amounts, rows).select(*GROUP, "amount", "rows", *others), own)


OWN = {"place": pl.String, "evaluated": pl.Int32, "breakdown": pl.String, "category": pl.String}


def _run(database: Dialect, name: str, steps: Sequence[Step]) -> pl.DataFrame:
    return database.run(steps[:-1], steps[-1].query, name)


def _added(add: Adding, name: str, steps: Sequence[Step]) -> pl.DataFrame:
    if not add.task.tally.is_histogram:
        return _run(add.database, name, steps)
    *before, last = steps
    return with_places(add.database, before, last.query, [add.task.tally.at], name)


def _own(task: Task, periods: Sequence[Period]) -> Step:
    """The groups of `Groups.own`, by evaluated period."""
    above = "select above from places where above <> place" if rolls_up(task.measure) else ""
    tests = [f"s.place in ({above})"] if above else []
    if not task.tally.of_year:
        bases = {base for one in task.wanted for base in one.bases}
        longer = [str(number) for number, one in enumerate(periods) if one not in bases]
        tests += [f"t.evaluated in ({', '.join(longer)})"] if longer else []
    best = "min(t.choice) over (partition by s.place, t.evaluated)" if task.tally.of_year else "0"
    kept = " or ".join(tests) or "false"
    query = (
        "select distinct place, evaluated, category from ("
        f"select s.place, t.evaluated, s.category, t.choice, {best} as best_choice "
        f"from settled s join times t on t.base = s.base where {kept}) where choice = best_choice"
    )
    return Step("own", Sql(query))


def own_by_wanted(task: Task, own: pl.DataFrame, periods: Sequence[Period]) -> pl.DataFrame:
    """The same by wanted period. One that is evaluated as another's part serves only that part."""
    numbers = {period: number for number, period in enumerate(periods)}
    lines = [
        (wanted, numbers[period])
        for wanted, (one, over) in enumerate(zip(task.wanted, task.over, strict=True))
        for period in over
        if task.tally.of_year or period == one.period
    ]
    kinds = {"wanted": pl.Int32, "evaluated": pl.Int32}
    timed = own.join(pl.DataFrame(lines, schema=kinds, orient="row"), on="evaluated")
    return timed.select(GROUP)


def _level(database: Dialect, task: Task) -> Sql:
    """A number for the columns in which a cell is a total: lowest for the fewest of them."""
    pieces = []
    for number, (column, totals) in enumerate(task.totals):
        weight = 2 ** len(task.totals) + 2**number
        is_total = _is_total(database, column, totals)
        pieces.append(Sql("case when ") + is_total + f" then {weight} else 0 end")
    return joined(" + ", pieces)


def _is_total(database: Dialect, column: str, totals: Sequence[str]) -> Sql:
    marks = ", ".join("?" for _ in totals)
    return Sql(f"{database.quote(f'by_{column}')} in ({marks})", tuple(totals))


def _levelled(add: Adding, own: str, way: Breakdown | None) -> tuple[list[Step], str]:
    """The cells that serve a way of dividing, those of one level for each place and period."""
    task, database = add.task, add.database
    if not task.totals:
        return [], own
    best = "min(level) over (partition by place, own) as best_level"
    serving = Sql(own)
    totals = dict(task.totals)
    if way and way.column in totals:
        serving += Sql(" and not (") + _is_total(database, way.column, totals[way.column]) + ")"
    levels = Sql("select *, ") + _level(database, task) + Sql(" as level ") + serving
    return [
        Step("levels", levels),
        Step("levelled", Sql(f"select *, {best} from levels")),
    ], "from levelled where level = best_level"


def _settled(add: Adding, cells: Cells, way: Breakdown | None) -> list[Step]:
    """The cells of one tally, without the parts of a base period that is there itself."""
    task, masks = add.task, add.masks
    category = add.database.quote(f"by_{way.column}") if way else f"'{WHOLE}'"
    number = 0 if task.has_items else cells.tallies.index(task.tally)
    amount = f"amount_{number}" if task.tally.adds_cells else f"rows_{number}"
    amount = "item" if task.has_items else f"{amount} as amount"
    behind = "".join(f", {mask}_{number} as {mask}" for mask in masks)
    columns = f"place, base, {category} as category, {amount}, rows_{number} as rows{behind}"
    steps, own = _levelled(add, f"from {cells.name} where rows_{number} > 0", way)
    if not cells.mixed:
        return [*steps, Step("settled", Sql(f"select {columns} ") + own)]
    best = "min(rank) over (partition by place, base) as best"
    ranked = f"select {columns}, rank, {best} {own}"
    return [
        *steps,
        Step("ranked", Sql(ranked)),
        Step("settled", Sql("select * from ranked where rank = best")),
    ]


def _placed_then_timed(add: Adding) -> list[Step]:
    """Cells added up over places, which leaves few of them, and then under periods."""
    place, join = add.placed("s")
    keys = {"place": place, "base": "s.base", "category": "s.category"}
    placed = add.step("placed", keys, f"from settled s{join}")
    keys = {"place": "c.place", "evaluated": "t.evaluated", "category": "c.category"}
    source = "c join times t on t.base = c.base"
    if add.alone:
        return [placed, *_timed(add)]
    if not add.task.has_items:
        return [placed, add.step("groups", keys, f"from placed {source}")]
    if add.task.tally.is_histogram:
        return [placed, add.step("histogram", keys, f"from placed {source}"), *_percentile(add)]
    is_new = "(c.before is null or c.before < t.first)"
    if add.task.tally.times > 1:
        is_new = f"c.reached >= t.first and {is_new}"
    is_new = f"sum(case when {is_new} then c.amount else 0 end)"
    return [placed, *_turns(add), add.step("groups", keys, f"from turns {source}", is_new)]


def _timed(add: Adding) -> list[Step]:
    """The same where each period is served by one base period: there is nothing to put together."""
    tally = add.task.tally
    named = Sql("select c.*, t.evaluated from placed c join times t on t.base = c.base")
    if tally.is_histogram:
        return [Step("histogram", named), *_percentile(add)]
    if not add.task.has_items:
        return [Step("groups", named)]
    keys = {"place": "place", "evaluated": "evaluated", "category": "category"}
    enough = f"count(case when rows >= {tally.times} then item end)"
    return [Step("timed", named), add.step("groups", keys, "from timed", enough)]


def _turns(add: Adding) -> list[Step]:
    """How many items have a cell in one base period and had the last before it in another.

    An item counts once in a run of base periods: in the first of them that it has a cell in, which
    is the one whose last before lies outside. So items need not be told apart under every period.
    """
    keys = {"place": "place", "base": "base", "category": "category", "before": "before"}
    if add.task.tally.times > 1:
        return _repeats(add, keys)
    before = "lag(base) over (partition by place, category, item order by base) as before"
    return [
        Step("seen", Sql(f"select *, {before} from placed")),
        add.step("turns", keys, "from seen", "count(item)"),
    ]


def _repeats(add: Adding, keys: Mapping[str, str]) -> list[Step]:
    """The same for items that come several times: what they `reached` is the base period in which
    the first of so many rows lies, and it must lie inside of the run; that of the row before must
    not. Of more rows in one base period than are asked for, the others say nothing.
    """
    times = add.task.tally.times
    numbers = ", ".join(f"({number})" for number in range(1, times + 1))
    order = "over (partition by place, category, item order by base, number)"
    reached = f"lag(base, {times - 1}) {order} as reached, lag(base, {times}) {order} as before"
    spread = f"select c.*, n.number from placed c join (values {numbers}) n(number)"
    once = "sum(case when number = 1 then rows else 0 end)"
    return [
        Step("spread", Sql(f"{spread} on n.number <= c.rows")),
        Step("seen", Sql(f"select *, {reached} from spread")),
        add.step("turns", {**keys, "reached": "reached"}, "from seen", "count(item)", once),
    ]


def _percentile(add: Adding) -> list[Step]:
    """The percentile of each group of a histogram, in whole numbers; see `Tally.percentile`."""
    keys = {"place": "place", "evaluated": "evaluated", "category": "category"}
    values = zip(limits_of(add.database, add.task.tally.at), LIMITS, strict=True)
    limits = [f"{value} as {side}" for value, side in values]
    counted = add.step("groups", keys, "from running", _between(add), "max(many)", more=limits)
    return [running(add.database, "place, evaluated, category"), counted]


def running(database: Dialect, group: str) -> Step:
    """How many values of a histogram there are up to each, and how many in the group."""
    # In the same order, so that a database sorts once.
    upto, many = (
        database.whole(
            f"sum(rows) over (partition by {group} order by item "
            f"rows between unbounded preceding and {end})"
        )
        for end in ("current row", "unbounded following")
    )
    return Step("running", Sql(f"select *, {upto} as upto, {many} as many from histogram"))


def percentile_of(add: Adding) -> str:
    """The same in one column, to be asked of `running` by its group."""
    return add.total(_between(add))


def _between(add: Adding) -> str:
    """Of n values in order the one at (n - 1) P / Q is wanted. It lies from `lo` the remainder of
    that division on the way to the next, `hi`, and so the percentile is lo Q + (hi - lo) of the
    remainder, divided by Q: which is left to who makes a figure of it.
    """
    part, parts = add.task.tally.percentile
    floor = add.database.floor_div
    at = f"(many - 1) * {part}"
    lo = f"min(case when upto > {floor(at, str(parts))} then item end)"
    hi = f"min(case when upto > {floor(f'{at} + {parts - 1}', str(parts))} then item end)"
    return f"{lo} * {parts} + ({hi} - {lo}) * max(({at}) % {parts})"


def _chosen_then_placed(add: Adding) -> list[Step]:
    """Where several kinds of row could serve a period, each place takes its best, and no other."""
    best = "min(t.choice) over (partition by s.place, t.evaluated) as best_choice"
    chosen = f"select s.*, t.evaluated, t.choice, {best} from settled s"
    choices = Step("choices", Sql(f"{chosen} join times t on t.base = s.base"))
    place, join = add.placed("c")
    keys = {"place": place, "evaluated": "c.evaluated", "category": "c.category"}
    source = f"from choices c{join} where c.choice = c.best_choice"
    if not add.task.has_items:
        return [choices, add.step("groups", keys, source)]
    if add.task.tally.is_histogram:
        return [choices, add.step("histogram", keys, source), *_percentile(add)]
    once = add.step("once", keys, source)
    enough = f"count(case when rows >= {add.task.tally.times} then item end)"
    return [choices, once, add.step("groups", {k: k for k in keys}, "from once", enough)]


def time_map(task: Task, numbers: Mapping[Period, int], periods: Sequence[Period]) -> pl.DataFrame:
    """Which of the numbered periods of the cells serve each evaluated period, best choice first."""
    inside = {one.period: one.bases for one in task.wanted}
    lines = []
    for evaluated, period in enumerate(periods):
        if task.tally.of_year:
            serving = [base for base in numbers if base.holds(period.start)]
            serving.sort(key=lambda p: (-p.start.toordinal(), p.end, p))
            lines += [(numbers[p], evaluated, choice) for choice, p in enumerate(serving)]
            continue
        if period in numbers:
            lines.append((numbers[period], evaluated, 0))
        parts = [base for base in inside[period] if base != period and base in numbers]
        lines += [(numbers[base], evaluated, 1) for base in parts]
    kinds = {"base": pl.Int64, "evaluated": pl.Int32, "choice": pl.Int32}
    times = pl.DataFrame(lines, schema=kinds, orient="row")
    return times.with_columns(pl.col("base").min().over("evaluated").alias("first"))


def by_wanted(
    groups: pl.DataFrame, over: Sequence[Sequence[int]], masks: Sequence[str]
) -> pl.DataFrame:
    """The evaluated periods added up to the wanted ones; limits do not add up, and stay alone."""
    lines = [(wanted, one) for wanted, each in enumerate(over) for one in each]
    kinds = {"wanted": pl.Int32, "evaluated": pl.Int32}
    timed = groups.join(pl.DataFrame(lines, schema=kinds, orient="row"), on="evaluated")
    if len(lines) == len(over):
        return timed.drop("evaluated")
    behind = [pl.col(mask).bitwise_or() for mask in masks]
    behind += [
        pl.when(pl.len() == 1).then(pl.col(side).first()).alias(side)
        for side in LIMITS
        if side in groups.columns
    ]
    return timed.group_by(GROUP).agg(pl.col("amount").sum(), pl.col("rows").sum(), *behind)


def _in_units(task: Task, contract: Contract, amounts: pl.Series) -> pl.Series:
    """Amounts in their own unit: sums of numbers leave the database in millionths.

    numpy divides, because Polars divides by a constant with its reciprocal: 1,100,000 millionths
    would not be exactly 1.1.
    """
    return pl.Series("amount", amounts.cast(pl.Float64).to_numpy() / _unit(task, contract))


def _unit(task: Task, contract: Contract) -> int:
    """How many of the whole numbers make one: a million where a column of numbers is added."""
    tally = task.tally
    if not tally.adds_cells or contract.field(tally.column).type != "number":
        return 1
    return MILLIONTHS**2 if tally.how == SQUARES else MILLIONTHS
