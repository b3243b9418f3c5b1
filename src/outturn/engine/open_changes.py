"""Those that are open, counted again where only a few files of a table have changed.

The runs of each shard are kept as they are, and what all of them came to. Rows add up, so those of
a changed shard are taken away and its new ones added. Items do not, but only those with other runs
than before can be counted otherwise: they alone are counted, once as they were and once as they
are. Ends of base periods that were not asked for before are asked of all the runs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from outturn.databases import InFiles, Sql
from outturn.engine.cells import Table
from outturn.engine.open_groups import (
    Ends,
    Opened,
    Opens,
    items_open,
    nothing,
    opened,
    rows_open,
    singles,
    text_of,
)
from outturn.engine.plan import rolls_up, watched
from outturn.engine.shards import Memory, digest, pieces

PARTS = ("shards", "asked", "rows", "own", "items")
MOST = 0.5  # of the shards: where more have changed, all is counted anew
Asked = list[list[Ends]]


@dataclass(frozen=True, slots=True)
class Shard:
    """The kept runs of some files of a table: under which name and key, and where."""

    name: str
    key: str
    file: Path


@dataclass(frozen=True, slots=True)
class _Change:
    """The files of runs that were and are no more, that are new, and that are as they were."""

    gone: Sequence[Path]
    new: Sequence[Path]
    same: Sequence[Path]


def opened_again(
    of: Opens, table: Table, columns: Iterable[str], memory: Memory, about: object
) -> Opened | None:
    """What the runs of a table in files come to, which is remembered for the next time.

    `about` is all else that decides it. None where there is nothing to keep runs in or by.
    """
    if not (isinstance(table.rows, InFiles) and table.rows.digests):
        return None
    columns = sorted(columns)
    promised = (table.contract, table.sources, about)
    name = digest([task.tally for task in of.tasks], columns, of.scale, promised)
    shards = _kept(of, table, columns, memory, f"runs {name}")
    if not shards:
        return None
    groups = [(t.breakdowns, rolls_up(t.measure), watched(t.measure)) for t in of.tasks]
    name = f"open {digest(name, groups)}"
    remembered = memory.store.tables(name, memory.software, PARTS)
    change = _change(shards, remembered["shards"], memory) if remembered else None
    of.database.parquet("runs", [one.file for one in shards])
    found = _since(of, change, remembered) if change else opened(of, "runs")
    memory.store.keep(name, memory.software, _parts(of, shards, found))
    return found


def _kept(
    of: Opens, table: Table, columns: Sequence[str], memory: Memory, name: str
) -> list[Shard] | None:
    """The runs of a table, a few files at a time: those of unchanged files as they were kept."""
    assert isinstance(table.rows, InFiles)
    found = []
    for number, piece in enumerate(pieces(table.rows)):
        named = f"{name} {number}"
        key = digest(piece.digests, piece.sources, memory.software)
        file = memory.store.file(named, key, "runs")
        if file is None:
            made = of.database.rows(named, of.runs(replace(table, rows=piece), columns))
            memory.store.keep(named, key, {"runs": made})
            file = memory.store.file(named, key, "runs")
        if file is None:
            return None
        found.append(Shard(named, key, file))
    return found


def _change(shards: Sequence[Shard], before: pl.DataFrame, memory: Memory) -> _Change | None:
    """What is otherwise than before; None where it is too much, or the old runs are gone."""
    were = set(before.iter_rows())
    new = [one.file for one in shards if (one.name, one.key) not in were]
    same = [one.file for one in shards if (one.name, one.key) in were]
    names = {(one.name, one.key) for one in shards}
    gone = [memory.store.file(name, key, "runs") for name, key in sorted(were - names)]
    there = [file for file in gone if file]
    if len(there) < len(gone) or len(new) > MOST * len(shards):
        return None
    return _Change(there, new, same)


def _since(of: Opens, change: _Change, before: Mapping[str, pl.DataFrame]) -> Opened:
    """What was found before, corrected by what changed since; `runs` are those of all shards."""
    _named(of, "runs_gone", change.gone)
    _named(of, "runs_new", change.new)
    known = _known(before["asked"], len(of.tasks))
    both, fresh = _apart([singles(each) for each in of.asked], [singles(each) for each in known])
    of.database.view("runs_changed", _changed(of))
    changed = rows_open(of, "runs_changed", both)
    more = rows_open(of, "runs", fresh)
    still = pl.DataFrame(
        [(task, number) for task, each in enumerate(both) for (number,) in each],
        schema={"task": pl.Int32, "number": pl.Int64},
        orient="row",
    )
    on = ["task", "number"]
    rows, own = (
        _sum("rows", before[name].join(still, on=on, how="semi"), changed[at], more[at])
        for at, name in enumerate(("rows", "own"))
    )
    return Opened(rows, own, _items_since(of, change, known, before["items"]))


def _items_since(
    of: Opens, change: _Change, known: Sequence[Sequence[Ends]], before: pl.DataFrame
) -> pl.DataFrame:
    both, fresh = _apart(of.asked, known)
    was, now = _items_touched(of, change, both)
    more = items_open(of, "runs", fresh)
    still = pl.DataFrame(
        [(task, text_of(ends)) for task, each in enumerate(both) for ends in each],
        schema={"task": pl.Int32, "ends": pl.String},
        orient="row",
    )
    kept = before.join(still, on=["task", "ends"], how="semi")
    return _sum("amount", kept, was.with_columns(-pl.col("amount")), now, more)


def _items_touched(of: Opens, change: _Change, asked: Asked) -> tuple[pl.DataFrame, pl.DataFrame]:
    """What the items with other runs than before came to then, and come to now."""
    database = of.database
    if not (of.tasks[0].has_items and any(asked) and (change.gone or change.new)):
        return nothing(of).items, nothing(of).items
    columns = ", ".join(_columns(of))
    other = (
        f"select item from runs_changed where item is not null "
        f"group by {columns} having sum(rows) <> 0"
    )
    database.keep("touched", Sql(f"select distinct item from ({other}) o"))
    _named(of, "runs_same", change.same)
    touched = "r where exists (select 1 from touched t where t.item = r.item)"
    database.keep("same_touched", Sql(f"select {columns} from runs_same {touched}"))
    found = []
    for name in ("runs_gone", "runs_new"):
        whole = f"select * from same_touched union all select {columns} from {name} {touched}"
        database.keep("runs_touched", Sql(whole))
        found.append(items_open(of, "runs_touched", asked))
        database.forget("runs_touched")
    for name in ("same_touched", "touched"):
        database.forget(name)
    return found[0], found[1]


def _columns(of: Opens) -> list[str]:
    """The columns of runs that decide how often an item is counted: all but of their sources."""
    return [*of.grain, "item", "first", "past", *(f"is_{one}" for one in range(len(of.tasks)))]


def _named(of: Opens, name: str, files: Sequence[Path]) -> None:
    """Files of runs as a table; none of them as a table without rows."""
    if files:
        of.database.parquet(name, files)
    else:
        of.database.view(name, "select * from runs where 1 = 0")


def _changed(of: Opens) -> str:
    """The runs that are new, and those that are gone as so many rows less."""
    items = ["item"] if of.tasks[0].has_items else []
    flags = [f"is_{one}" for one in range(len(of.tasks))]
    columns = ", ".join([*of.grain, *items, "first", "past", *of.masks, *flags])
    return (
        f"select {columns}, rows from runs_new union all "
        f"select {columns}, -rows as rows from runs_gone"
    )


def _sum(amount: str, *frames: pl.DataFrame) -> pl.DataFrame:
    """Frames put together by their other columns, and without what comes to nothing."""
    every = pl.concat(frames)
    keys = [one for one in every.columns if one != amount]
    summed = every.group_by(keys).agg(pl.col(amount).sum())
    return summed.filter(pl.col(amount) != 0).select(every.columns)


def _apart(asked: Sequence[Sequence[Ends]], known: Sequence[Sequence[Ends]]) -> tuple[Asked, Asked]:
    """Of the ends that are asked for, those that were known before and those that were not."""
    known_of = [set(each) for each in known]
    both = [[e for e in each if e in had] for each, had in zip(asked, known_of, strict=True)]
    fresh = [[e for e in each if e not in had] for each, had in zip(asked, known_of, strict=True)]
    return both, fresh


def _known(asked: pl.DataFrame, tasks: int) -> Asked:
    found: Asked = [[] for _ in range(tasks)]
    for task, ends in asked.iter_rows():
        found[task].append(tuple(map(int, ends.split())))
    return found


def _parts(of: Opens, shards: Sequence[Shard], found: Opened) -> dict[str, pl.DataFrame]:
    """What is remembered: the shards, what was asked of them, and what they came to."""
    names = {"name": pl.String, "key": pl.String}
    ends = [(task, text_of(one)) for task, each in enumerate(of.asked) for one in each]
    return {
        "shards": pl.DataFrame([(s.name, s.key) for s in shards], schema=names, orient="row"),
        "asked": pl.DataFrame(ends, schema={"task": pl.Int32, "ends": pl.String}, orient="row"),
        "rows": found.rows,
        "own": found.own,
        "items": found.items,
    }
