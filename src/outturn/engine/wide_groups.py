"""The groups of many tallies at once: those that add up, of the same periods and places."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from outturn.contracts.model import Contract
from outturn.databases import Dialect, Sql
from outturn.engine.cells import Cells
from outturn.engine.groups import (
    OWN,
    Adding,
    Groups,
    Task,
    by_wanted,
    made_of,
    own_by_wanted,
    time_map,
)
from outturn.engine.plan import rolls_up, watched
from outturn.terms.records import WHOLE


def wide_groups(
    database: Dialect, tasks: Sequence[Task], cells: Cells, contract: Contract, masks: Sequence[str]
) -> list[Groups]:
    """The same of many tallies that add up, all of the same periods, places and breakdowns.

    Each period is a base period by itself. One query serves them all.
    """
    first = tasks[0]
    periods = tuple(dict.fromkeys(one for each in first.over for one in each))
    database.table("times", time_map(first, cells.bases, periods))
    adds = [Adding(database, task, contract, tuple(masks), True) for task in tasks]
    names = [cells.tallies.index(task.tally) for task in tasks]
    found: list[list[pl.DataFrame]] = [[] for _ in tasks]
    owns: list[list[pl.DataFrame]] = [[pl.DataFrame(schema=OWN)] for _ in tasks]
    for way in (None, *first.breakdowns):
        name = way.name if way else WHOLE
        category = f"s.{database.quote(f'by_{way.column}')}" if way else f"'{WHOLE}'"
        place, join = adds[0].placed("s")
        columns = [
            one for add, number in zip(adds, names, strict=True) for one in _sums(add, number)
        ]
        wide = _wide(
            database, cells.name, place, category, columns, join, f"{first.measure.id} {name}"
        )
        for number, frames in zip(names, found, strict=True):
            frames.append(_of_wide(wide, number, masks).with_columns(breakdown=pl.lit(name)))
        if watched(first.measure) and rolls_up(first.measure):
            above = " where s.place in (select above from places where above <> place)"
            rows = [
                f"{database.whole(f'sum(s.rows_{number})')} as rows_{number}" for number in names
            ]
            wide = _wide(database, cells.name, "s.place", category, rows, above, f"{name} own")
            for number, own in zip(names, owns, strict=True):
                there = wide.filter(pl.col(f"rows_{number}") > 0).with_columns(
                    breakdown=pl.lit(name)
                )
                own.append(there.select(pl.col(n).cast(kind) for n, kind in OWN.items()))
    places = {period: number for number, period in enumerate(periods)}
    made = []
    for task, frames, own in zip(tasks, found, owns, strict=True):
        over = [[places[one] for one in each] for each in task.over]
        added = by_wanted(pl.concat(frames), over, masks)
        made.append(made_of(task, contract, added, own_by_wanted(task, pl.concat(own), periods)))
    return made


def _sums(add: Adding, number: int) -> list[str]:
    amount = f"amount_{number}" if add.task.tally.how == "sum" else f"rows_{number}"
    columns = [
        f"{add.total(f'sum(s.{amount})')} as sum_{number}",
        f"{add.database.whole(f'sum(s.rows_{number})')} as rows_{number}",
    ]
    return columns + [f"bit_or(s.{mask}_{number}) as {mask}_{number}" for mask in add.masks]


def _wide(
    database: Dialect,
    cells: str,
    place: str,
    category: str,
    columns: list[str],
    rest: str,
    title: str,
) -> pl.DataFrame:
    """Cells added up by place, period and category."""
    unique = ", ".join(dict.fromkeys(columns))
    keys = f"{place}, t.evaluated, {category}"
    query = (
        f"select {place} as place, t.evaluated as evaluated, {category} as category, {unique} "
        f"from {cells} s join times t on t.base = s.base{rest} group by {keys}"
    )
    return database.rows(title, Sql(query))


def _of_wide(wide: pl.DataFrame, number: int, masks: Sequence[str]) -> pl.DataFrame:
    """The groups of one tally: those that have a row."""
    return wide.filter(pl.col(f"rows_{number}") > 0).select(
        "place",
        "evaluated",
        "category",
        pl.col(f"sum_{number}").alias("amount"),
        pl.col(f"rows_{number}").alias("rows"),
        *(pl.col(f"{mask}_{number}").alias(mask) for mask in masks),
    )
