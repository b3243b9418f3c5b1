"""How far counts of one table bound one another that are tallied in different ways.

Of the same rows there are no more people than rows, and those with two rows or more have two each.
Sixty-one days of waits of four weeks or more are of two waits at most. No tally is a part of
another here, as conditions have it; but each inequality is a sum with a rest that nobody counts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import product
from typing import NamedTuple, TypeGuard

import numpy as np
import polars as pl

from outturn.framework.model import Condition, Measure, Tally
from outturn.judgement.compared import PART, Asked, asked_of, with_over_time
from outturn.judgement.families import Part
from outturn.judgement.parts_of_denominators import lets_through
from outturn.judgement.relations_between import Between
from outturn.statistics.additive_tables import NEAR

_PEOPLE = "distinct"


class Bound(NamedTuple):
    """So many times the parts, all together, are no more than so many times the whole."""

    parts: tuple[tuple[float, Part], ...]
    whole: tuple[float, Part]


class _One(NamedTuple):
    """A part of a measure, with how it is tallied and of which rows."""

    part: Part
    tally: Tally
    where: tuple[Condition, ...]


def relations_that_bound(
    cells: pl.DataFrame, measures: Mapping[str, Measure], size: int
) -> Between:
    """The relations among cells of so many, at each place and in periods of the same days.

    `cells` are those that `compared` takes. What the counts contradict is no relation.
    """
    cells = with_over_time(cells, measures)
    bounds = list(_bounds(asked_of(cells, measures)))
    schema = {"bound": pl.Int64, "entry": pl.Int64, "times": pl.Float64}
    lines = [
        (number, entry, times, *part)
        for number, one in enumerate(bounds)
        for entry, (times, part) in enumerate(
            [*one.parts, (-one.whole[0], one.whole[1])]
        )
    ]  # fmt: skip
    asked = pl.DataFrame(
        lines, schema={**schema, **dict.fromkeys(PART, pl.String)}, orient="row"
    ).with_columns(of=pl.len().over("bound"))
    entries = asked.join(cells.select(*PART, "place", "days", "cell", "count"), on=PART)
    entries = entries.unique(["bound", "entry", "place", "days"], keep="first", maintain_order=True)
    where = ["bound", "place", "days"]
    rest = -(pl.col("times") * pl.col("count")).sum().over(where)
    whole = pl.len().over(where) == pl.col("of")
    entries = entries.filter(whole).with_columns(rest=rest).filter(pl.col("rest") > -NEAR)
    entries = entries.with_columns(relation=pl.struct(where).rank("dense").cast(pl.Int64) - 1).sort(
        "relation", "entry"
    )
    rests = entries.unique("relation", keep="first", maintain_order=True)["rest"].to_numpy()
    number = np.arange(rests.size)
    return Between(
        np.concatenate([entries["relation"].to_numpy(), number]),
        np.concatenate([entries["cell"].to_numpy(), size + number]),
        np.concatenate([entries["times"].to_numpy(), np.ones(number.size)]),
        np.maximum(rests, 0.0),
    )


def _bounds(asked: Asked) -> Iterator[Bound]:
    """What bounds what, by how it is tallied."""
    tables: dict[tuple[object, ...], list[_One]] = defaultdict(list)
    for part, (kind, where) in asked.items():
        tally = kind.tally
        tables[tally.table, tally.on, tally.of_year, kind.over_time].append(
            _One(part, tally, where)
        )
    for parts in tables.values():
        alike: dict[frozenset[Condition], list[_One]] = defaultdict(list)
        for one in parts:
            alike[frozenset(one.where)].append(one)
        for some in alike.values():
            yield from _of_people(some)
        yield from _of_sums(parts)


def _of_people(some: list[_One]) -> Iterator[Bound]:
    """People and rows, of the same rows; those with so many rows or more have so many each."""
    rows = [one for one in some if one.tally.how == "count"]
    people = [one for one in some if one.tally.how == _PEOPLE]
    for one, other in product(people, [*rows, *people]):
        if other.tally.how == "count":
            yield Bound(((float(one.tally.times), one.part),), (1.0, other.part))
        elif other.tally.column == one.tally.column and other.tally.times < one.tally.times:
            yield Bound(((1.0, one.part),), (1.0, other.part))
            if other.tally.times == 1:
                # Each of them has its first row, and these have so many more.
                both = ((float(one.tally.times - 1), one.part), (1.0, other.part))
                yield from (Bound(both, (1.0, every.part)) for every in rows)


def _of_sums(parts: list[_One]) -> Iterator[Bound]:
    """Rows, or people, of which each has at least, or at most, so much of what is added up."""
    sums = [one for one in parts if one.tally.how == "sum"]
    for one in parts if sums else ():
        if one.tally.how not in ("count", _PEOPLE):
            continue
        for added in sums:
            least, most = _ends(one.where, added.tally.column)
            if least > 0 and lets_through(added.where, one.where):
                yield Bound(((least, one.part),), (1.0, added.part))
            alike = one.tally.how == "count" and frozenset(one.where) == frozenset(added.where)
            if 0 < most < np.inf and alike:
                yield Bound(((1.0, added.part),), (most, one.part))


def _ends(where: tuple[Condition, ...], column: str) -> tuple[float, float]:
    """The least and the most that conditions let a cell of a column of numbers be."""
    least, most = -np.inf, np.inf
    for one in where:
        numbers = [each for each in one.bounds if is_number(each)]
        if one.column != column or not numbers or len(numbers) < len(one.bounds):
            continue
        low, high = min(numbers), max(numbers)
        if one.word in ("is", "one_of", "between", "at_least"):
            least = max(least, low)
        elif one.word == "above":
            least = max(least, low + isinstance(low, int))  # of whole days above 28 is 29
        if one.word in ("is", "one_of", "between", "at_most"):
            most = min(most, high)
        elif one.word == "below":
            most = min(most, high - isinstance(high, int))
    return least, most


def is_number(value: object) -> TypeGuard[float]:
    """Whether what a condition names is a number, which true and false are not."""
    return isinstance(value, int | float) and not isinstance(value, bool)
