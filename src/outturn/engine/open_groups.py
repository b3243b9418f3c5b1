"""The groups of those that are open: runs of base periods, and bits for each of them.

turns    how many rows begin to be open, less those that end, in each base period
people   the bits of each item of a place and of its categories, which most have in one alone
many     the few items that have them in several
alone    the bits of all the others
others   the bits of those few
opened   how many of the others are open at the end of each base period
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from outturn.contracts.model import Contract
from outturn.databases import Dialect, Sql, Step, joined
from outturn.engine.cells import Table
from outturn.engine.groups import OWN, Adding, Groups, Task, by_wanted, made_of, own_by_wanted
from outturn.engine.open_ends import Scale, bits_names, bits_of_runs, open_in, unpivoted, within
from outturn.engine.open_runs import runs
from outturn.engine.plan import rolls_up, watched
from outturn.framework.model import Breakdown
from outturn.terms.period import Period
from outturn.terms.records import WHOLE

GROUP = ("task", "breakdown", "place", "category")
Ends = tuple[int, ...]  # base periods by number: open at the end of any of them


@dataclass(frozen=True)
class Opens:
    """Tallies of those that are open, all of the same runs, and the ends that each is asked for."""

    database: Dialect
    tasks: Sequence[Task]
    contract: Contract
    masks: tuple[str, ...]
    scale: Scale

    def runs(self, table: Table, columns: Iterable[str]) -> Sql:
        """The runs of a table's rows, which say of each task whether they are of it."""
        tallies = [task.tally for task in self.tasks]
        return runs(self.database, table, tallies, columns, self.scale)

    def ends(self, task: Task) -> dict[Period, Ends]:
        """The ends of base periods that make each evaluated period."""
        bases = {base for one in self.tasks for each in one.wanted for base in each.bases}
        inside = {one.period: one.bases for one in task.wanted}
        periods = dict.fromkeys(one for each in task.over for one in each)
        number = self.scale.number
        return {p: tuple(map(number, [p] if p in bases else inside[p])) for p in periods}

    @property
    def grain(self) -> list[str]:
        """The columns of the finest grain: the place, and every one that divides."""
        names = sorted({one.column for task in self.tasks for one in task.breakdowns})
        return ["place", *(self.database.quote(f"by_{name}") for name in names)]

    @cached_property
    def asked(self) -> list[list[Ends]]:
        """The different ends of each task."""
        return [list(dict.fromkeys(self.ends(task).values())) for task in self.tasks]


@dataclass(frozen=True, slots=True)
class Opened:
    """What runs come to, for each task (by its number), breakdown, place and category.

    `rows` at the end of each base period, with their masks; `own` the same of the place itself,
    where it has places under it; `items` at any of some ends, with these in one text.
    """

    rows: pl.DataFrame
    own: pl.DataFrame
    items: pl.DataFrame


@dataclass(frozen=True, slots=True)
class _Asking:
    """One way to ask the runs: the tasks, and for each the ends, by number from `low`."""

    of: Opens
    asked: Sequence[Sequence[Ends]]
    low: int
    many: int

    @classmethod
    def all_of(cls, of: Opens, asked: Sequence[Sequence[Ends]]) -> _Asking:
        every = [number for each in asked for ends in each for number in ends]
        low = min(every, default=0)
        return cls(of, asked, low, max(every, default=low) + 1 - low)

    @property
    def tasks(self) -> list[int]:
        """Those that anything is asked for."""
        return [number for number, ends in enumerate(self.asked) if ends]

    def adding(self, task: int) -> Adding:
        of = self.of
        return Adding(of.database, of.tasks[task], of.contract, of.masks)

    def each_way(
        self, task: int, columns: str, source: str, more: str = "", *, own: bool = False
    ) -> Sql:
        """A query of a kept table `s` for each way of dividing, one after the other."""
        return joined(" union all ", self._ways(task, columns, source, more, own))

    def _ways(self, task: int, columns: str, source: str, more: str, own: bool) -> Iterator[Sql]:
        place, join = self.adding(task).placed("s")
        if own:
            place, join = "s.place", " where s.place in (select above from places "
            join += "where above <> place)"
        text = self.of.database.text("?")
        for way in (None, *self.of.tasks[task].breakdowns):
            category = self._category(way)
            query = f"select cast({task} as integer) as task, {text} as breakdown, "
            query += f"{place} as place, {category} as category, {columns} from {source} s{join} "
            query += f"group by {place}, {category}{more}"
            yield Sql(query, (way.name if way else WHOLE,))

    def _category(self, way: Breakdown | None) -> str:
        return f"s.{self.of.database.quote(f'by_{way.column}')}" if way else f"'{WHOLE}'"


def opened(of: Opens, name: str) -> Opened:
    """What the runs in a table come to, at all the ends that are asked for."""
    rows, own = rows_open(of, name, [singles(each) for each in of.asked])
    return Opened(rows, own, items_open(of, name, of.asked))


def singles(ends: Sequence[Ends]) -> list[Ends]:
    """Every base period of some ends by itself."""
    return [(number,) for number in sorted({number for each in ends for number in each})]


def rows_open(
    of: Opens, name: str, asked: Sequence[Sequence[Ends]]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """How many rows are open at each single end that is asked for: all of them, and `own` ones."""
    rows, own = [nothing(of).rows], [nothing(of).own]
    if any(asked):
        asking = _Asking.all_of(of, asked)
        of.database.keep("turns", _turns(asking, name))
        rows += [_rows(asking, task) for task in asking.tasks]
        own += [_own(asking, task) for task in asking.tasks]
        of.database.forget("turns")
    return pl.concat(rows), pl.concat(own)


def nothing(of: Opens) -> Opened:
    """What no runs come to."""
    group = {"task": pl.Int32, "breakdown": pl.String, "place": pl.String, "category": pl.String}
    masks = dict.fromkeys(of.masks, pl.Int64)
    number = {"number": pl.Int64}
    return Opened(
        pl.DataFrame(schema={**group, **masks, **number, "rows": pl.Int64}),
        pl.DataFrame(schema={**group, **number, "rows": pl.Int64}),
        pl.DataFrame(schema={**group, "ends": pl.String, "amount": pl.Int64}),
    )


def _turns(asking: _Asking, runs: str) -> Sql:
    """How many rows more are open at the end of each base period than at the one before."""
    first, past = within(asking.low, asking.many)
    keys = ", ".join([*asking.of.grain, *asking.of.masks])
    whole = asking.of.database.whole
    changes = [f"c_{task}" for task in range(len(asking.of.tasks))]
    halves = []
    for turn, sign in ((first, ""), (past, "-")):
        sums = ", ".join(
            f"{whole(f'{sign}sum(case when is_{task} = 1 then rows else 0 end)')} as {name}"
            for task, name in enumerate(changes)
        )
        halves.append(
            f"select {keys}, {turn} as turn, {sums} from {runs} where {first} < {past} "
            f"group by {keys}, {turn}"
        )
    return joined(" union all ", halves)


def _rows(asking: _Asking, task: int, *, own: bool = False) -> pl.DataFrame:
    """How many rows are open at the end of each base period, and of which sources."""
    of, masks = asking.of, [] if own else list(asking.of.masks)
    names = {f"rows_{number}": number for (number,) in asking.asked[task]}
    columns = [f"s.{mask} as {mask}" for mask in masks]
    for name, number in names.items():
        until = f"sum(case when s.turn <= {number - asking.low} then s.c_{task} else 0 end)"
        columns.append(f"{of.database.whole(until)} as {name}")
    more = "".join(f", s.{mask}" for mask in masks)
    query = asking.each_way(task, ", ".join(columns), "turns", more, own=own)
    wide = of.database.rows(f"{of.tasks[task].measure.id} rows", query)
    long = unpivoted(wide, (*GROUP, *masks), names, "number", "rows")
    return long.filter(pl.col("rows") != 0).cast({"number": pl.Int64})


def _own(asking: _Asking, task: int) -> pl.DataFrame:
    """The rows of places themselves that have places under them."""
    measure = asking.of.tasks[task].measure
    if not (watched(measure) and rolls_up(measure)):
        return nothing(asking.of).own
    return _rows(asking, task, own=True)


def items_open(of: Opens, name: str, asked: Sequence[Sequence[Ends]]) -> pl.DataFrame:
    """How many different items are open at any of some ends; nothing where none are told apart."""
    if not of.tasks[0].has_items or not any(asked):
        return nothing(of).items
    asking = _Asking.all_of(of, asked)
    database, fine = of.database, ", ".join(of.grain)
    low, many = asking.low, asking.many
    first, past = within(low, many)
    bits = [one for task in asking.tasks for one in bits_of_runs(database, task, low, many)]
    database.keep(
        "people",
        Sql(
            f"select {fine}, item, {', '.join(bits)} from {name} where item is not null and "
            f"{first} < {past} group by {fine}, item"
        ),
    )
    several = "select item from people group by item having count(*) > 1"
    database.keep("many", Sql(several))
    among = "exists (select 1 from many m where m.item = p.item)"
    database.keep("others", Sql(f"select p.* from people p where {among}"))
    database.keep("alone", Sql(f"select p.* from people p where not {among}"))
    database.forget("people")
    found = [_items(asking, task) for task in asking.tasks]
    for made in ("many", "others", "alone"):
        database.forget(made)
    return pl.concat(found)


def _items(asking: _Asking, task: int) -> pl.DataFrame:
    """The same of one task, out of the bits of each item."""
    of, whole = asking.of, asking.of.database.whole
    fine = ", ".join(of.grain)
    bits = bits_names(task, asking.many)
    is_any = " or ".join(f"{one} <> 0" for one in bits)
    names = {f"n_{number}": text_of(ends) for number, ends in enumerate(asking.asked[task])}
    is_open = [
        f"case when {open_in(task, [one - asking.low for one in ends])} then number end"
        for ends in asking.asked[task]
    ]
    counted = ", ".join(
        f"{whole(f'coalesce(sum({one}), 0)')} as {name}"
        for name, one in zip(names, is_open, strict=True)
    )
    listed = ", ".join(bits)
    grain = f"{fine}, {listed}"
    alike = Sql(f"select {grain}, count(*) as number from alone where {is_any} group by {grain}")
    steps = [
        Step("alike", alike),
        Step("opened", Sql(f"select {fine}, {counted} from alike group by {fine}"), kept=True),
    ]
    added = ", ".join(f"sum(s.{name}) as {name}" for name in names)
    merged = ", ".join(f"bit_or(s.{one}) as {one}" for one in bits)
    group = ", ".join(GROUP)
    total = ", ".join(f"{whole(f'sum({name})')} as {name}" for name in names)
    # Those told apart are put together again as soon as they are the same to every end.
    query = Sql(f"select {group}, {total} from (") + asking.each_way(task, added, "opened")
    query += Sql(f" union all select {group}, {counted} from (")
    query += Sql(f"select {group}, {listed}, count(*) as number from (")
    query += asking.each_way(task, merged, "others", ", s.item")
    query += f") a where {is_any} group by {group}, {listed}) c group by {group}"
    query += f") b group by {group}"
    wide = of.database.run(steps, query, f"{of.tasks[task].measure.id} items")
    return unpivoted(wide, GROUP, names, "ends", "amount").filter(pl.col("amount") > 0)


def text_of(ends: Ends) -> str:
    """The ends in one text, by which they are found again."""
    return " ".join(map(str, ends))


def groups_of(of: Opens, found: Opened) -> list[Groups]:
    """The groups of each task by place, wanted period, breakdown and category."""
    return [_groups_of(of, found, number, task) for number, task in enumerate(of.tasks)]


def _groups_of(of: Opens, found: Opened, number: int, task: Task) -> Groups:
    ends = of.ends(task)
    rows, own, items = (
        one.filter(pl.col("task") == number).drop("task")
        for one in (found.rows, found.own, found.items)
    )
    group = GROUP[1:]
    lines = [(one, at) for at, each in enumerate(ends.values()) for one in each]
    kinds = {"number": pl.Int64, "evaluated": pl.Int32}
    timed = rows.join(pl.DataFrame(lines, schema=kinds, orient="row"), on="number")
    behind = [pl.col(mask).bitwise_or() for mask in of.masks]
    added = timed.group_by(*group, "evaluated").agg(pl.col("rows").sum(), *behind)
    if task.has_items:
        named = [(text_of(each), at) for at, each in enumerate(ends.values())]
        texts = {"ends": pl.String, "evaluated": pl.Int32}
        when = pl.DataFrame(named, schema=texts, orient="row")
        counted = items.join(when, on="ends").drop("ends")
        added = added.join(counted, on=[*group, "evaluated"], how="left")
        added = added.with_columns(pl.col("amount").fill_null(0))
    else:
        added = added.with_columns(amount="rows")
    periods = tuple(ends)
    alone = [(each[0], at) for at, each in enumerate(ends.values()) if len(each) == 1]
    themselves = own.join(pl.DataFrame(alone, schema=kinds, orient="row"), on="number")
    themselves = themselves.select(pl.col(name).cast(kind) for name, kind in OWN.items())
    places = {period: at for at, period in enumerate(periods)}
    over = [[places[one] for one in each] for each in task.over]
    return made_of(
        task,
        of.contract,
        by_wanted(added, over, of.masks),
        own_by_wanted(task, themselves, periods),
    )
