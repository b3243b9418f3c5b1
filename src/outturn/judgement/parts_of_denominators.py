"""Which numerators are a part of their denominator, and what a reader knows of the two for that.

A percentage tells that its numerator is some of its denominator. What the others are, nobody
publishes, and no policy protects; but there are no fewer of them than none.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

from outturn.framework.model import Condition, Measure, Tally
from outturn.judgement.selections import Kind, columns_of, kind_of, selection_of, sides_of

PROPORTION = "proportion"


def of_part_and_whole(measures: Mapping[str, Measure]) -> list[str]:
    """The ids of the measures whose numerator is a part of their denominator."""
    return [id for id, one in measures.items() if is_part_of_whole(one)]


def left_as_part(measures: Mapping[str, Measure]) -> list[str]:
    """The ids of those of which the same holds of what parts of a total leave of either.

    Of distinct people it does not: one may be in several parts, so what these leave of a total is
    no number of people.
    """
    return [
        id
        for id in of_part_and_whole(measures)
        if not any(tally.is_distinct for _, tally in sides_of(measures[id]))
    ]


def is_part_of_whole(measure: Measure) -> bool:
    """Whether a reader of the definition knows the numerator to be a part of the denominator.

    A proportion says so, and so does an inequality of proportions. Not every one is right: of beds
    more may be occupied than available, and what is counted may be of other places. Whoever reads
    the figure takes it for a share nevertheless, until a count contradicts it, so that is the safe
    side. Of another kind it is where both sides count the same table alike and the conditions of
    the denominator let through whatever those of the numerator do.

    >>> from outturn.framework.model import Condition, Tally
    >>> long, all_ = Condition("days", "above", (14,)), Tally("delays", "count")
    >>> some = Tally("delays", "count", where=(long,))
    >>> is_part_of_whole(Measure("a", "A", "1", "ratio", "%", "lower", numerator=some,
    ...                          denominator=all_))
    True
    >>> is_part_of_whole(Measure("a", "A", "1", "ratio", "%", "lower", numerator=all_,
    ...                          denominator=some))
    False
    """
    spread = measure.inequality.of if measure.inequality else ""
    if PROPORTION in (measure.kind, spread):
        return True
    sides = dict(sides_of(measure))
    if len(sides) < 2:
        return False
    top, bottom = sides["numerator"], sides["denominator"]
    if kind_of(top) != kind_of(bottom):
        return False
    return lets_through(bottom.where, top.where)


@dataclass(frozen=True)
class Within:
    """All that one kind counts of the rows that meet some conditions, another kind counts too."""

    inner: Kind
    where: tuple[Condition, ...]
    outer: Kind


class CountedWithin(NamedTuple):
    """What is counted within what, and what would be so the other way round as well."""

    claims: list[Within]
    turned: list[Within]

    def around(self, kind: Kind, where: tuple[Condition, ...]) -> tuple[Kind, ...]:
        """The kind and all that count, of the rows that meet the conditions, whatever it does."""
        found = [kind]
        for inner in found:
            for one in self.claims:
                if one.inner == inner and one.outer not in found and lets_through(one.where, where):
                    found.append(one.outer)
        return tuple(found)


def counted_within(
    measures: Sequence[Measure], over_time: Mapping[str, Collection[str]] = MappingProxyType({})
) -> CountedWithin:
    """What counts a part of what another column of the same rows counts, and of which rows.

    Where of 20 answers of men 19 are good, the two being columns of a table, the good ones of any
    of these rows are a part of the answers of the same: a reader takes each good one for one of the
    answers. The measure says nothing of women. Only where what either side tallies adds up, and the
    denominator lets through every row that the numerator does. What is a part already, by a measure
    before it, is no whole. `over_time` has the ways in which the counts of each measure come about
    over time, as `over_time_of` has them; base periods alone where none is given.
    """
    found = CountedWithin([], [])
    for measure in measures:
        sides = dict(sides_of(measure))
        if len(sides) < 2 or not is_part_of_whole(measure):
            continue
        for how in over_time.get(measure.id, ("",)):
            _add_claim(found, sides["numerator"], sides["denominator"], how)
    return found


def _add_claim(found: CountedWithin, top: Tally, bottom: Tally, over_time: str) -> None:
    one = Within(kind_of(top, over_time), top.where, kind_of(bottom, over_time))
    alike = top.of_year == bottom.of_year and top.table == bottom.table
    adds_up = one.inner.adds_up and one.outer.adds_up
    if one.inner == one.outer or not (alike and adds_up and lets_through(bottom.where, top.where)):
        return
    if one.inner in _up_from(found.claims, one.outer):
        found.turned.append(one)
    elif one not in found.claims:
        found.claims.append(one)


def lets_through(outer: tuple[Condition, ...], inner: tuple[Condition, ...]) -> bool:
    """Whether conditions let through all that others do; no, where values are in no one order.

    >>> old, oldest = (Condition("age", "at_least", (bound,)) for bound in (65, 75))
    >>> lets_through((old,), (oldest,)), lets_through((oldest,), (old,))
    (True, False)
    """
    if {*outer} <= {*inner}:
        return True
    asked = (*inner, *outer)
    columns = columns_of(asked, ())
    if any(one.column not in columns for one in asked):
        return False
    some = dict(selection_of(inner, columns))
    every = selection_of(outer, columns)
    return all(some.get(name, columns[name].all) & ~pieces == 0 for name, pieces in every)


def _up_from(claims: Sequence[Within], kind: Kind) -> list[Kind]:
    """A kind and all that it is a part of, of some rows or other."""
    found = [kind]
    for inner in found:
        found += [one.outer for one in claims if one.inner == inner and one.outer not in found]
    return found
