"""The groups of many tallies at once: those of the same periods, places and breakdowns, each period
of which is a base period by itself. One query serves them all, in columns beside one another.

Of items, most have one cell in a period, whatever places and categories there are: they are added
up as amounts are. Only the few that have several are told apart in every way of dividing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import polars as pl

from outturn.contracts.model import Contract
from outturn.databases import Dialect, Sql, Step, joined
from outturn.engine.cells import Cells
from outturn.engine.groups import GROUP, OWN, Adding, Groups, Task, made_of, percentile_of, running
from outturn.engine.limits import LIMITS, limits_of, with_places
from outturn.engine.plan import rolls_up, watched
from outturn.framework.model import Breakdown
from outturn.terms.records import WHOLE

KEYS = ("place", "wanted", "category")


@dataclass(frozen=True, slots=True)
class Several:
    """Tasks that share their cells and their shape, and what is alike in them."""

    database: Dialect
    tasks: Sequence[Task]
    cells: Cells
    contract: Contract
    masks: Sequence[str]

    @property
    def adds(self) -> list[Adding]:
        masks = tuple(self.masks)
        return [Adding(self.database, task, self.contract, masks, True) for task in self.tasks]

    @property
    def ways(self) -> list[Breakdown | None]:
        return [None, *self.tasks[0].breakdowns]

    def category(self, way: Breakdown | None) -> str:
        return f"s.{self.database.quote(f'by_{way.column}')}" if way else f"'{WHOLE}'"

    @property
    def columns(self) -> list[str]:
        """The columns of the cells that say which category they are of."""
        names = dict.fromkeys(one.column for one in self.tasks[0].breakdowns)
        return [self.database.quote(f"by_{name}") for name in names]

    def each_way(self, columns: str, source: str, *, placed: bool = True) -> Sql:
        """The same query for each way of dividing, one after the other."""
        place, join = self.adds[0].placed("s") if placed else ("s.place", "")
        return joined(" union all ", self._ways(columns, source, place, join))

    def _ways(self, columns: str, source: str, place: str, join: str) -> Iterator[Sql]:
        for way in self.ways:
            name = way.name if way else WHOLE
            category = self.category(way)
            keys = f"{place} as place, t.wanted as wanted, {category} as category"
            grouped = f"{place}, t.wanted, {category}"
            text = f"select {self.database.text('?')} as breakdown, {keys}, "
            yield Sql(text, (name,)) + source.format(
                columns=columns, join=f"join times t on t.base = s.base{join}", keys=grouped
            )


def wide_groups(
    database: Dialect, tasks: Sequence[Task], cells: Cells, contract: Contract, masks: Sequence[str]
) -> Groups:
    """The groups of all the tasks, with columns for each of them: see `of_wide`."""
    several = Several(database, tasks, cells, contract, masks)
    database.table("times", _times(tasks[0], cells))
    tally = tasks[0].tally
    title = tasks[0].measure.id
    if tally.is_histogram:
        percents = [task.tally.at for task in tasks]
        added = with_places(database, *_histograms(several), percents, title)
    elif tasks[0].has_items:
        added = database.run(*_items(several), title)
    else:
        added = database.rows(title, _sums(several))
    if not (watched(tasks[0].measure) and rolls_up(tasks[0].measure)):
        return Groups(added, added.clear())
    return Groups(added, database.rows(f"{title} own", _own(several)))


def _times(task: Task, cells: Cells) -> pl.DataFrame:
    """Which base period of the cells serves each wanted period."""
    lines = [
        (cells.bases[each[0]], wanted)
        for wanted, each in enumerate(task.over)
        if each[0] in cells.bases
    ]
    return pl.DataFrame(lines, schema={"base": pl.Int64, "wanted": pl.Int32}, orient="row")


def _number(several: Several, task: Task) -> int:
    return 0 if task.has_items else several.cells.tallies.index(task.tally)


def _own(several: Several) -> Sql:
    """The rows of places themselves that have places under them."""
    whole = several.database.whole
    rows = ", ".join(
        f"{whole(f'sum(s.rows_{_number(several, task)})')} as rows_{number}"
        for number, task in enumerate(several.tasks)
    )
    above = "s.place in (select above from places where above <> place)"
    source = f"{{columns}} from {several.cells.name} s {{join}} where {above} group by {{keys}}"
    return several.each_way(rows, source, placed=False)


def _sums(several: Several) -> Sql:
    """Amounts that add up."""
    columns = []
    for number, add in enumerate(several.adds):
        cell = _number(several, add.task)
        amount = f"amount_{cell}" if add.task.tally.adds_cells else f"rows_{cell}"
        columns += [
            f"{add.total(f'sum(s.{amount})')} as amount_{number}",
            f"{several.database.whole(f'sum(s.rows_{cell})')} as rows_{number}",
            *(f"bit_or(s.{mask}_{cell}) as {mask}_{number}" for mask in several.masks),
        ]
    source = f"{{columns}} from {several.cells.name} s {{join}} group by {{keys}}"
    return several.each_way(", ".join(columns), source)


def _items(several: Several) -> tuple[list[Step], Sql]:
    """How many different items there are, and those that come so many times."""
    whole, cells = several.database.whole, several.cells.name
    times = [task.tally.times for task in several.tasks]
    enough = [
        f"count(case when rows_0 >= {least} then item end) as amount_{number}"
        for number, least in enumerate(times)
    ]
    rows = f"{whole('sum(rows_0)')} as rows_0"
    behind = [f"bit_or({mask}_0) as {mask}_0" for mask in several.masks]
    keys = ", ".join(["place", "base", *several.columns])
    many = Step(
        "many",
        Sql(f"select base, item from {cells} group by base, item having count(*) > 1"),
        kept=True,
    )
    same = "m.base = c.base and m.item = c.item"
    alone = Step(
        "alone",
        Sql(
            f"select {keys}, {', '.join([*enough, rows, *behind])} from {cells} c "
            f"where not exists (select 1 from many m where {same}) group by {keys}"
        ),
        kept=True,
    )
    others = Step(
        "others",
        Sql(f"select c.* from {cells} c where exists (select 1 from many m where {same})"),
        kept=True,
    )
    amounts = [f"{whole(f'sum(amount_{n})')} as amount_{n}" for n in range(len(times))]
    added = [f"{whole(f'sum(s.amount_{n})')} as amount_{n}" for n in range(len(times))]
    placed = [f"{whole('sum(s.rows_0)')} as rows_0"]
    placed += [f"bit_or(s.{mask}_0) as {mask}_0" for mask in several.masks]
    from_alone = several.each_way(
        ", ".join([*added, *placed]), "{columns} from alone s {join} group by {keys}"
    )
    told_apart = several.each_way(
        ", ".join(["s.item as item", *placed]),
        "{columns} from others s {join} group by {keys}, s.item",
    )
    group = "breakdown, place, wanted, category"
    counted = ", ".join([group, *enough, rows, *behind])
    columns = ", ".join([*amounts, rows, *behind])
    query = Sql(f"select {group}, {columns} from (") + from_alone + " union all "
    query += Sql(f"select {counted} from (") + told_apart + f") a group by {group}"
    return [many, alone, others], query + f") b group by {group}"


def _histograms(several: Several) -> tuple[list[Step], Sql]:
    """Percentiles of the values, each of which is an item."""
    database = several.database
    columns = ["s.item as item", f"{database.whole('sum(s.rows_0)')} as rows"]
    columns += [f"bit_or(s.{mask}_0) as {mask}" for mask in several.masks]
    source = f"{{columns}} from {several.cells.name} s {{join}} group by {{keys}}, s.item"
    group = "breakdown, place, wanted, category"
    percentiles = [
        f"{percentile_of(add)} as amount_{number}" for number, add in enumerate(several.adds)
    ]
    percentiles += [
        f"{value} as {side}_{number}"
        for number, task in enumerate(several.tasks)
        for value, side in zip(limits_of(database, task.tally.at), LIMITS, strict=True)
    ]
    behind = "".join(f", bit_or({mask}) as {mask}_0" for mask in several.masks)
    rows = f"{database.whole('max(many)')} as rows_0"
    return [
        Step("histogram", several.each_way(", ".join(columns), source)),
        running(database, group),
    ], Sql(
        f"select {group}, {', '.join(percentiles)}, {rows}{behind} from running group by {group}"
    )


def of_wide(groups: Groups, tasks: Sequence[Task], contract: Contract) -> list[Groups]:
    """The groups of each task, out of those that have columns for all of them."""
    made = []
    for number, task in enumerate(tasks):
        shared = 0 if task.has_items else number
        rows = pl.col(f"rows_{shared}")
        behind = [one for one in groups.added.columns if one.startswith("mask_")]
        named = {one: one.rpartition("_")[0] for one in behind if one.endswith(f"_{shared}")}
        one = groups.added.filter(rows > 0).select(
            *GROUP,
            pl.col(f"amount_{number}").alias("amount"),
            rows.alias("rows"),
            *(pl.col(wide).alias(name) for wide, name in named.items()),
            *(pl.col(f"{side}_{number}").alias(side) for side in LIMITS if task.tally.is_histogram),
        )
        made.append(made_of(task, contract, one, _own_of(groups, task, rows)))
    return made


def _own_of(groups: Groups, task: Task, rows: pl.Expr) -> pl.DataFrame:
    """Those of one task. A period that is counted as another's part serves only that part."""
    themselves = [
        wanted
        for wanted, (one, each) in enumerate(zip(task.wanted, task.over, strict=True))
        if each[0] == one.period
    ]
    there = groups.own.filter((rows > 0) & pl.col("wanted").is_in(themselves))
    kinds = {**OWN, "wanted": pl.Int32}
    return there.select(pl.col(name).cast(kinds[name]) for name in GROUP)
