"""The groups of those that are open: runs of base periods, and bits for each of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import polars as pl

from outturn.contracts.model import Contract
from outturn.databases import Dialect, Sql, Step, joined, with_steps
from outturn.engine.cells import Cells
from outturn.engine.groups import OWN, Adding, Groups, Task, by_wanted, made_of, own_by_wanted
from outturn.engine.open_ends import bits_of_runs, blocks, open_in, unpivoted, within
from outturn.engine.plan import rolls_up, watched
from outturn.framework.model import Breakdown
from outturn.terms.period import Period
from outturn.terms.records import WHOLE

GROUP = ("breakdown", "place", "category")


@dataclass(frozen=True, slots=True)
class Open:
    """One tally of those that are open, and the base periods asked for by number from `low`."""

    add: Adding
    cells: Cells
    low: int
    asked: Sequence[Sequence[int]]  # for each evaluated period: open at the end of any of these

    @property
    def many(self) -> int:
        return max((number for each in self.asked for number in each), default=-1) + 1

    @property
    def runs(self) -> Step:
        assert self.cells.runs
        return Step("runs", self.cells.runs)

    @property
    def fine(self) -> str:
        """The keys of the finest grain: the place, and every column that divides."""
        quote = self.add.database.quote
        names = dict.fromkeys(one.column for one in self.add.task.breakdowns)
        return ", ".join(["place", *(quote(f"by_{name}") for name in names)])

    @property
    def title(self) -> str:
        return self.add.task.measure.id

    def each_way(self, columns: str, source: str, more: str = "", *, own: bool = False) -> Sql:
        """A query of a kept table `s` for each way of dividing, one after the other."""
        return joined(" union all ", self._ways(columns, source, more, own))

    def _ways(self, columns: str, source: str, more: str, own: bool) -> Iterator[Sql]:
        place, join = self.add.placed("s")
        if own:
            place, join = "s.place", " where s.place in (select above from places "
            join += "where above <> place)"
        for way in (None, *self.add.task.breakdowns):
            category = self._category(way)
            text = f"select {self.add.database.text('?')} as breakdown, {place} as place, "
            text += f"{category} as category, {columns} from {source} s{join} "
            text += f"group by {place}, {category}{more}"
            yield Sql(text, (way.name if way else WHOLE,))

    def _category(self, way: Breakdown | None) -> str:
        return f"s.{self.add.database.quote(f'by_{way.column}')}" if way else f"'{WHOLE}'"


def open_groups(
    database: Dialect, task: Task, cells: Cells, contract: Contract, masks: Sequence[str]
) -> Groups:
    """One tally of those that are open by place, wanted period, breakdown and category."""
    periods = tuple(dict.fromkeys(one for each in task.over for one in each))
    inside = {one.period: one.bases for one in task.wanted}
    low = min(cells.bases.values())
    numbers = {base: number - low for base, number in cells.bases.items()}
    asked = [[numbers[base] for base in ([p] if p in numbers else inside[p])] for p in periods]
    of = Open(Adding(database, task, contract, tuple(masks)), cells, low, asked)
    database.keep("turns", _turns(of))
    behind = _rows_behind(of)
    added = _with_items(of, behind) if task.has_items else behind.with_columns(amount="rows")
    own = pl.DataFrame(schema=OWN)
    if watched(task.measure) and rolls_up(task.measure):
        own = _own(of)
    database.forget("turns")
    return _by_wanted(of, added, own, periods)


def _by_wanted(
    of: Open, added: pl.DataFrame, own: pl.DataFrame, periods: Sequence[Period]
) -> Groups:
    task = of.add.task
    places = {period: number for number, period in enumerate(periods)}
    over = [[places[one] for one in each] for each in task.over]
    added = by_wanted(added, over, of.add.masks)
    return made_of(task, of.add.contract, added, own_by_wanted(task, own, periods))


def _turns(of: Open) -> Sql:
    """How many rows more are open at the end of each base period than at the one before."""
    first, past = within(of.low, of.many)
    keys = ", ".join([of.fine, *of.add.masks])
    turn = f"case when c.change > 0 then {first} else {past} end"
    whole = of.add.database.whole("sum(change)")
    turns = (
        f"select {keys}, {turn} as turn, c.change as change "
        f"from runs cross join (values (1), (-1)) c(change) where {first} < {past}"
    )
    last = f"select {keys}, turn, {whole} as change from turning group by {keys}, turn"
    return with_steps([of.runs, Step("turning", Sql(turns))], Sql(last))


def _rows_behind(of: Open, *, own: bool = False) -> pl.DataFrame:
    """How many rows are open, and of which sources, by group and evaluated period."""
    whole, masks = of.add.database.whole, list(of.add.masks)
    single = sorted({number for each in of.asked for number in each})
    columns = [f"s.{mask} as {mask}" for mask in masks]
    columns += [
        f"{whole(f'sum(case when s.turn <= {number} then s.change else 0 end)')} as rows_{number}"
        for number in single
    ]
    more = "".join(f", s.{mask}" for mask in masks)
    query = of.each_way(", ".join(columns), "turns", more, own=own)
    wide = of.add.database.rows(f"{of.title} rows", query)
    long = unpivoted(wide, (*GROUP, *masks), {"rows_": "rows"}).filter(pl.col("rows") > 0)
    lines = [(number, one) for one, each in enumerate(of.asked) for number in each]
    kinds = {"number": pl.Int32, "evaluated": pl.Int32}
    timed = long.join(pl.DataFrame(lines, schema=kinds, orient="row"), on="number")
    behind = [pl.col(mask).bitwise_or() for mask in masks]
    return timed.group_by(*GROUP, "evaluated").agg(pl.col("rows").sum(), *behind)


def _own(of: Open) -> pl.DataFrame:
    """The groups that have rows of the place itself, where it has places under it."""
    single = [number for number, one in enumerate(of.asked) if len(one) == 1]
    own = _rows_behind(of, own=True).filter(pl.col("evaluated").is_in(single))
    return own.select(pl.col(name).cast(kind) for name, kind in OWN.items())


def _with_items(of: Open, behind: pl.DataFrame) -> pl.DataFrame:
    """The rows behind each group, with how many different items are open in it."""
    long = unpivoted(_items_open(of), GROUP, {"n_": "amount"}).rename({"number": "evaluated"})
    found = behind.join(long, on=[*GROUP, "evaluated"], how="left")
    return found.with_columns(pl.col("amount").fill_null(0))


def _items_open(of: Open) -> pl.DataFrame:
    """How many different items are open, by group, in a column for each evaluated period."""
    whole, fine = of.add.database.whole, of.fine
    first, past = within(of.low, of.many)
    bits = [f"bits_{block}" for block in range(blocks(of.many))]
    masks = ", ".join(bits_of_runs(of.add.database, of.low, of.many))
    people = (
        f"select {fine}, item, {masks} from runs where item is not null and {first} < {past} "
        f"group by {fine}, item"
    )
    among = "(select 1 from many m where m.item = p.item)"
    alike = ", ".join([fine, *bits])
    numbers = [f"n_{one}" for one in range(len(of.asked))]
    is_open = [f"case when {open_in(each)} then {{}} end" for each in of.asked]
    opened, told = (
        ", ".join(
            f"{whole(f'coalesce(sum({one.format(amount)}), 0)')} as {name}"
            for name, one in zip(numbers, is_open, strict=True)
        )
        for amount in ("number", "1")
    )
    steps = [
        of.runs,
        Step("people", Sql(people), kept=True),
        Step(
            "many",
            Sql("select item from people group by item having count(*) > 1"),
            kept=True,
        ),
        Step(
            "alike",
            Sql(
                f"select {alike}, count(*) as number from people p where not exists {among} "
                f"group by {alike}"
            ),
        ),
        Step("opened", Sql(f"select {fine}, {opened} from alike group by {fine}"), kept=True),
        Step("others", Sql(f"select p.* from people p where exists {among}"), kept=True),
    ]
    added = ", ".join(f"sum(s.{name}) as {name}" for name in numbers)
    merged = ", ".join(f"bit_or(s.{one}) as {one}" for one in bits)
    group = ", ".join(GROUP)
    total = ", ".join(f"{whole(f'sum({name})')} as {name}" for name in numbers)
    query = Sql(f"select {group}, {total} from (") + of.each_way(added, "opened")
    query += Sql(f" union all select {group}, {told} from (")
    query += of.each_way(merged, "others", ", s.item") + f") a group by {group}) b group by {group}"
    return of.add.database.run(steps, query, f"{of.title} items")
