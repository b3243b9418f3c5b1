"""The groups of those that are open: runs of base periods, and bits for each of them."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from outturn.contracts.model import Contract
from outturn.databases import Dialect, Sql, Step
from outturn.engine.cells import Cells
from outturn.engine.groups import OWN, Adding, Groups, Task, by_wanted, made_of, own_by_wanted
from outturn.engine.open_ends import open_in, people_steps, unpivoted
from outturn.engine.plan import rolls_up, watched
from outturn.terms.records import WHOLE


def open_groups(
    database: Dialect, task: Task, cells: Cells, contract: Contract, masks: Sequence[str]
) -> Groups:
    """One tally of those that are open by place, wanted period, breakdown and category."""
    add = Adding(database, task, contract, tuple(masks))
    periods = tuple(dict.fromkeys(one for each in task.over for one in each))
    inside = {one.period: one.bases for one in task.wanted}
    low = min(cells.bases.values())
    numbers = {base: number - low for base, number in cells.bases.items()}
    asked = [[numbers[base] for base in ([p] if p in numbers else inside[p])] for p in periods]
    frames, owns = [], [pl.DataFrame(schema=OWN)]
    for way in (None, *task.breakdowns):
        name = way.name if way else WHOLE
        category = database.quote(f"by_{way.column}") if way else f"'{WHOLE}'"
        runs = Step("runs", Sql(f"select *, {category} as category from {cells.name}"))
        place, join = add.placed("s")
        title = f"{task.measure.id} {name}"
        behind = _rows_behind(add, runs, place, join, low, asked, title)
        frame = _people_open(add, runs, place, join, low, asked, behind, title)
        frames.append(frame.with_columns(pl.lit(name).alias("breakdown")))
        if watched(task.measure) and rolls_up(task.measure):
            above = " where s.place in (select above from places where above <> place)"
            own = _rows_behind(add, runs, "s.place", above, low, asked, f"{title} own")
            single = [number for number, one in enumerate(asked) if len(one) == 1]
            own = own.filter(pl.col("evaluated").is_in(single))
            own = own.with_columns(pl.lit(name).alias("breakdown"))
            owns.append(own.select(pl.col(n).cast(kind) for n, kind in OWN.items()))
    places = {period: number for number, period in enumerate(periods)}
    over = [[places[one] for one in each] for each in task.over]
    added = by_wanted(pl.concat(frames), over, add.masks)
    return made_of(task, add.contract, added, own_by_wanted(task, pl.concat(owns), periods))


def _rows_behind(
    add: Adding, runs: Step, place: str, join: str, low: int, asked: list[list[int]], title: str
) -> pl.DataFrame:
    """How many rows are open, and of which sources, by place, category and evaluated period."""
    whole = add.database.whole
    single = sorted({number for each in asked for number in each})
    columns = []
    for number in single:
        is_open = f"s.first <= {low + number} and s.past > {low + number}"
        columns.append(
            f"{whole(f'sum(case when {is_open} then s.rows_0 else 0 end)')} as rows_{number}"
        )
        columns += [
            f"bit_or(case when {is_open} then s.{mask}_0 end) as bits_{mask}_{number}"
            for mask in add.masks
        ]
    sources = "".join(f", bit_or({mask}_0) as {mask}_0" for mask in add.masks)
    alike = Step(  # the runs without their items are few
        "alike",
        Sql(
            f"select place, category, first, past, {whole('sum(rows_0)')} as rows_0{sources} "
            "from runs group by place, category, first, past"
        ),
    )
    query = Sql(
        f"select {place} as place, s.category as category, {', '.join(columns)} "
        f"from alike s{join} group by {place}, s.category"
    )
    wide = add.database.run([runs, alike], query, title)
    names = {"rows_": "rows", **{f"bits_{mask}_": mask for mask in add.masks}}
    long = unpivoted(wide, ("place", "category"), names)
    lines = [(number, one) for one, each in enumerate(asked) for number in each]
    kinds = {"number": pl.Int32, "evaluated": pl.Int32}
    timed = long.filter(pl.col("rows") > 0).join(
        pl.DataFrame(lines, schema=kinds, orient="row"), on="number"
    )
    if len(lines) == len(asked):
        return timed.drop("number")
    behind = [pl.col(mask).bitwise_or() for mask in add.masks]
    return timed.group_by("place", "category", "evaluated").agg(pl.col("rows").sum(), *behind)


def _people_open(
    add: Adding,
    runs: Step,
    place: str,
    join: str,
    low: int,
    asked: list[list[int]],
    behind: pl.DataFrame,
    title: str,
) -> pl.DataFrame:
    """The rows behind each group, with how many different items are open in it."""
    if not add.task.has_items:
        return behind.with_columns(pl.col("rows").alias("amount"))
    many = max(number for each in asked for number in each) + 1
    steps = people_steps(add.database, place, join, "runs", low, many)
    columns = [
        f"{add.database.whole(f'sum(case when {open_in(each)} then number else 0 end)')} as n_{one}"
        for one, each in enumerate(asked)
    ]
    query = f"select place, category, {', '.join(columns)} from alike group by place, category"
    wide = add.database.run([runs, *steps], Sql(query), f"{title} people")
    long = unpivoted(wide, ("place", "category"), {"n_": "amount"})
    long = long.rename({"number": "evaluated"})
    keys = ["place", "category", "evaluated"]
    found = behind.join(long, on=keys, how="left")
    return found.with_columns(pl.col("amount").fill_null(0))
