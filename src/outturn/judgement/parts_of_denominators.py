"""Which numerators are a part of their denominator, and what a reader knows of the two for that.

A percentage tells that its numerator is some of its denominator. What the others are, nobody
publishes, and no policy protects; but there are no fewer of them than none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from outturn.framework.model import Condition, Measure, Tally
from outturn.judgement.selections import Kind, columns_of, kind_of, selection_of, sides_of

PROPORTION = "proportion"


def of_part_and_whole(measures: Mapping[str, Measure]) -> list[str]:
    """The ids of the measures whose numerator is a part of their denominator."""
    return [id for id, one in measures.items() if is_part_of_whole(one)]


def is_part_of_whole(measure: Measure) -> bool:
    """Whether a reader of the definition knows the numerator to be a part of the denominator.

    A proportion says so, and so does an inequality of proportions. Of another kind it is where both
    sides count the same table alike and the conditions of the denominator let through whatever
    those of the numerator do.

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
    if kind_of(measure, top) != kind_of(measure, bottom):
        return False
    asked = (*top.where, *bottom.where)
    columns = columns_of(asked, ())
    if any(one.column not in columns for one in asked):
        return False  # values in no one order: nothing is known of them
    inner = dict(selection_of(top.where, columns))
    outer = selection_of(bottom.where, columns)
    return all(inner.get(name, columns[name].all) & ~pieces == 0 for name, pieces in outer)


Within = tuple[Kind, tuple[Condition, ...]]  # what a tally is a part of, and what says which


def counted_within(measures: Sequence[Measure]) -> Mapping[Kind, Within]:
    """What counts as a part of what another column of the same rows counts: each kind with it.

    Where of 20 answers 19 are good, the two being columns of a table, the good ones of any rows are
    a part of the answers of these rows. So they are selections of answers by one condition more, on
    a column that no table has. Only where what either side tallies adds up, and the denominator
    asks nothing that the numerator does not.
    """
    found: dict[Kind, tuple[Kind, Condition]] = {}
    for measure in measures:
        sides = dict(sides_of(measure))
        if len(sides) < 2 or not is_part_of_whole(measure):
            continue
        top, bottom = sides["numerator"], sides["denominator"]
        inner, outer = kind_of(measure, top), kind_of(measure, bottom)
        alike = inner.over_time == outer.over_time and top.table == bottom.table
        if inner in found or not (alike and inner.adds_up and outer.adds_up):
            continue
        if {*bottom.where} <= {*top.where} and inner not in _up_from(found, outer):
            found[inner] = outer, Condition(f"{_named(top)} of {_named(bottom)}", "is", (True,))
    return {kind: _within(found, kind) for kind in found}


def _named(tally: Tally) -> str:
    return tally.column or "rows"


def _up_from(found: Mapping[Kind, tuple[Kind, Condition]], kind: Kind) -> list[Kind]:
    """A kind and all that it is a part of, one of another."""
    kinds = [kind]
    while kinds[-1] in found:
        kinds.append(found[kinds[-1]][0])
    return kinds


def _within(found: Mapping[Kind, tuple[Kind, Condition]], kind: Kind) -> Within:
    *inner, outermost = _up_from(found, kind)
    return outermost, tuple(found[one][1] for one in inner)
