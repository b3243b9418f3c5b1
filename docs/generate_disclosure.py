"""Prints docs/explanation/disclosure-audit.md: three editions of published tables, audited.

    .venv/bin/python docs/generate_disclosure.py > docs/explanation/disclosure-audit.md

The tables are read from OUTTURN_TEST_DATA, or from ../shared/data beside the repository.
tests/published/test_disclosure_audit.py holds the same tables and functions to what the page says.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path

import numpy as np
import polars as pl

from outturn.statistics.additive_tables import Additive
from outturn.statistics.disclosure_policies import PRESETS, Policy
from outturn.statistics.secondary_suppression import (
    Cells,
    audited,
    cells_under,
    row_only,
    secondary_suppression,
)

ROOT = Path(__file__).parents[1]
SEED = 2021
WHOLE = "all"
PLANTED = 3  # people in the one cell that is planted
LARGE = 20  # people


@dataclass(frozen=True)
class Source:
    """One published table: where it is, its columns, and the breakdowns of its three editions."""

    title: str
    file: str
    when: tuple[str, str]  # column and period
    columns: tuple[str, ...]  # place first
    whole: tuple[str, ...]  # the category of each that holds all, "" where it is not published
    count: str
    where: tuple[tuple[str, str], ...] = ()
    editions: tuple[tuple[int, ...], ...] = ((0, 1), (0, 2), (0, 1, 2))


SOURCES = (
    Source(
        "Home care: people by council, age and hours of care, census week 2020/21",
        "scotland/phs_homecare_hours_received.csv.gz",
        ("financial_quarter", "2020/21"),
        ("sending_location", "age_group", "level_of_service"),
        ("Scotland (All Areas Submitted)", "All Ages", ""),
        "nclient",
        (("time_period", "Census Week"),),
    ),
    Source(
        "Care homes: people by council, age and stay, 2020/21 Q4",
        "scotland/phs_carehome_trend.csv.gz",
        ("financial_quarter", "2020/21 Q4"),
        ("sending_location", "age_group", "stay_type"),
        ("Scotland (All Areas Submitted)", "All Ages", "All Stays"),
        "value",
        (("measure", "Number of People"),),
    ),
)


@dataclass(frozen=True)
class Published:
    """A table with its margins: every cell, which breakdown it is of, and what adds up."""

    names: tuple[tuple[str, ...], ...]
    counts: np.ndarray
    breakdown: tuple[tuple[int, ...], ...]  # of each cell, the columns in which it is divided
    relations: tuple[tuple[int, tuple[int, ...]], ...]

    def of(self, editions: Sequence[tuple[int, ...]]) -> np.ndarray:
        """The cells that these editions print: each breakdown with all its margins."""
        return np.array([any(set(one) <= set(e) for e in editions) for one in self.breakdown])

    def adding(self, printed: np.ndarray) -> Additive:
        """The relations among the printed cells, numbered as all cells are."""
        kept = [
            (total, list(parts))
            for total, parts in self.relations
            if printed[total] and printed[list(parts)].all()
        ]
        return Additive.of(kept, self.counts.size)


def data_folder() -> Path | None:
    given = os.environ.get("OUTTURN_TEST_DATA")
    data = Path(given) if given else ROOT.parent / "shared" / "data"
    return data if (data / "scotland").is_dir() else None


def read(data: Path, source: Source) -> Published:
    """The table with whole counts behind its rounded ones, added up, and one cell planted.

    The source rounds to the nearest 5. Each inner count is given a whole number that rounds to
    what was published, by a stated seed, so that small ones are among them; the margins are their
    sums. In the first row with two large cells, one of them becomes 3 people and the smaller 0.
    """
    table = pl.read_csv(data / source.file, infer_schema_length=None)
    for name, value in (source.when, *source.where):
        table = table.filter(pl.col(name) == value)
    for name, whole in zip(source.columns, source.whole, strict=True):
        table = table.filter(pl.col(name) != whole)
    axes = [table[name].unique().sort().to_list() for name in source.columns]
    inner = np.zeros([len(axis) for axis in axes])
    at = [dict(zip(axis, range(len(axis)), strict=True)) for axis in axes]
    for row in table.iter_rows(named=True):
        place = tuple(at[i][row[name]] for i, name in enumerate(source.columns))
        inner[place] = float(row[source.count])
    drawn = np.random.default_rng(SEED).integers(-2, 3, inner.shape)
    inner = np.maximum(inner + drawn, 0)
    row = inner[tuple(np.argwhere((inner > LARGE).sum(axis=2) > 1)[0])]
    row[row <= LARGE] = 0
    row[np.argmax(row > LARGE)] = PLANTED
    return with_margins(inner, axes)


def planted(published: Published) -> int:
    """The number of the planted cell: the one of its row that is small, in the first such row."""
    for total, parts in published.relations:
        if published.breakdown[total] == (0, 1):
            few = [one for one in parts if 0 < published.counts[one] <= LARGE]
            if len(few) == 1 and published.counts[few[0]] == PLANTED:
                return few[0]
    raise LookupError("no cell was planted")


def with_margins(inner: np.ndarray, axes: Sequence[Sequence[str]]) -> Published:
    """Every cell of a table and of its margins, with each relation between neighbours."""
    full = inner
    for axis in range(inner.ndim):
        full = np.concatenate([full.sum(axis, keepdims=True), full], axis)
    number = np.arange(full.size).reshape(full.shape)
    labels = [[WHOLE, *axis] for axis in axes]
    names = tuple(product(*labels))
    breakdown = tuple(tuple(i for i, label in enumerate(name) if label != WHOLE) for name in names)
    relations = []
    for axis in range(inner.ndim):
        lines = np.moveaxis(number, axis, -1).reshape(-1, full.shape[axis])
        relations += [(int(line[0]), tuple(line[1:].tolist())) for line in lines]
    return Published(names, full.ravel(), breakdown, tuple(relations))


@dataclass(frozen=True)
class Edition:
    """What one edition came to under one way of suppression."""

    printed: int
    withheld: int
    small: int
    recoverable: np.ndarray  # numbers of cells
    seconds: float


def editions(source: Source, published: Published, policy: Policy, way: str) -> Iterator[Edition]:
    """The three editions in turn, each knowing what those before it published."""
    known = np.zeros(published.counts.size, bool)
    for last in range(len(source.editions)):
        begun = time.perf_counter()
        printed = published.of(source.editions[: last + 1])
        table = published.adding(printed)
        as_told = replace(policy, round_to=1) if way == UNROUNDED else policy
        cells = cells_under(published.counts, as_told, fixed=known, never=~printed)
        withheld = WAYS[way](table, cells)
        found = audited(table, cells, withheld)
        known = known | (printed & ~withheld)
        yield Edition(
            int(printed.sum()),
            int((withheld & printed).sum()),
            int((cells.small & printed).sum()),
            np.flatnonzero(found.recoverable),
            time.perf_counter() - begun,
        )


def _primary(table: Additive, cells: Cells) -> np.ndarray:
    return cells.primary


NAIVE, UNROUNDED = "small counts only", "small counts only, the rest not rounded"
ROW, OURS = "and one more in each row", "ours"
WAYS = {NAIVE: _primary, UNROUNDED: _primary, ROW: row_only, OURS: secondary_suppression}


def ways(policy: Policy) -> list[str]:
    """The ways that differ under a policy: one that does not round cannot be left unrounded."""
    return [way for way in WAYS if way != UNROUNDED or policy.round_to > 1]


HEAD = """<!-- Made by docs/generate_disclosure.py. -->
# Three editions, audited

Two published Scottish tables, each in three editions: by place and age; by place and the other
breakdown; by all three. Every edition prints its margins, and whoever has the third has the two
before it. The sources round to the nearest 5, so each count here is a whole number that rounds to
what was published, drawn with a stated seed; one cell of 3 people is planted in a row that
otherwise has none of its size. The audit asks by linear programming what can be worked out from all
editions so far.

*Withheld* is the share of the printed cells that are withheld, in the edition and in those before
it. *Recoverable* are small counts that published figures bound more narrowly than the policy lets
them be. *Planted* says whether the planted cell is among them.

Two ways are naive on purpose. *Small counts only* withholds what the policy calls small and does
all else that the policy says, its rounding too. *Small counts only, the rest not rounded* is what
is done in haste with a policy that rounds: the small counts are withheld, and the others and the
totals are printed as they are. Under a policy that does not round, the two are the same. The audit
is the same for every way, and holds each to what the policy leaves unknown. The policy `none`
withholds nothing, so it has nothing to be recovered: the planted cell is told by its name.
"""
FOOT = """
Withholding small counts alone tells them by subtraction, wherever the others are not rounded: the
planted cell is found then under every policy that withholds anything. One more in each row is not
enough either: a column, or another edition, gives the second one back. Where counts are rounded to
the nearest 5, a count that is got by subtraction is nearly always as uncertain as a printed one,
which is what those policies ask: there it is the rounding that protects, and whoever leaves it out
of the totals tells the small counts.

Ours chooses cells by linear programming for one small count after another, then gives back what no
small count turns out to need. The loss is still not the least that is possible, and what the first
edition told cannot be chosen again in the third.
"""
COLUMNS = (
    "Policy", "Suppression", "Edition", "Printed", "Small", "Withheld", "Recoverable", "Planted",
)  # fmt: skip


def page(data: Path) -> Iterator[str]:
    yield HEAD
    for source in SOURCES:
        published = read(data, source)
        cell = planted(published)
        yield f"## {source.title}\n"
        yield f"{published.counts.size:,} cells.\n"
        yield f"| {' | '.join(COLUMNS)} |"
        yield "|---|---|---:|---:|---:|---:|---:|---|"
        last = {}
        for policy in PRESETS.values():
            for way in ways(policy):
                for number, one in enumerate(editions(source, published, policy, way), start=1):
                    last[policy.name, way] = one
                    yield (
                        f"| {policy.name} | {way} | {number} | {one.printed:,} | {one.small:,} | "
                        f"{one.withheld / one.printed:.1%} | {one.recoverable.size:,} | "
                        f"{_planted_said(policy, cell, one)} |"
                    )
        yield "\nAfter the third edition:\n"
        for policy in PRESETS.values():
            if policy.withholds:
                said = [
                    _said(way.removeprefix("and "), last[policy.name, way]) for way in ways(policy)
                ]
                yield f"* {policy.name}: {'; '.join(said)}."
        yield ""
    yield FOOT


def _planted_said(policy: Policy, cell: int, one: Edition) -> str:
    if not policy.withholds:
        return "told"
    return "found" if cell in one.recoverable else "–"


def _said(way: str, one: Edition) -> str:
    left = f"{one.recoverable.size:,}" if one.recoverable.size else "none"
    return f"{way} withholds {one.withheld / one.printed:.1%} and leaves {left} to be worked out"


if __name__ == "__main__":
    folder = data_folder()
    if folder is None:
        raise SystemExit("the published data are not here: set OUTTURN_TEST_DATA to their folder")
    print("\n".join(page(folder)).strip())
