"""What a numerator and a denominator come to together, group by group, and why there is none.

It judges `together.py` and `lacking.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from outturn.engine.periods import Wanted
from outturn.engine.plain_groups import Group, Side, counts_for
from outturn.engine.plain_rows import World
from outturn.engine.plan import PART_OF_DENOMINATOR, PART_OF_NUMERATOR, unsupplied
from outturn.framework.model import Measure
from outturn.terms.period import Period
from outturn.terms.records import NO_DENOMINATOR, NO_NUMERATOR

Amount = tuple[int | None, str | None]  # and why there is none


def numerator_of(
    world: World,
    measure: Measure,
    wanted: Wanted,
    group: Group,
    sides: tuple[Side, Side, Side],
) -> Amount:
    """The numerator, where the period may have one; see `Wanted.why`.

    Where a missing one is not 0, there is one only with every part that must be there.
    Those are the parts for which there is a denominator, and every base period of the whole for a
    place that has a numerator in any of them.
    """
    top, bottom, _ = sides
    if wanted.why:
        return None, wanted.why
    lacking_of = _unsupplied(world, measure)
    if group[0] in lacking_of:
        return None, lacking_of[group[0]]
    amount = top.totals[group].amount if group in top.totals else None
    if measure.missing != "not available":
        return amount or 0, None
    if amount is None:
        return None, NO_NUMERATOR
    started = set(wanted.parts)
    needed = {
        one: (started if one in top.totals else set()) | bottom.needing(one, wanted)
        for one in _at_and_under(world, measure, group, sides)
    }
    lacking = _is_lacking(world, measure, wanted, group, needed, top)
    return (None, PART_OF_NUMERATOR) if lacking else (amount, None)


def denominator_of(
    world: World,
    measure: Measure,
    wanted: Wanted,
    group: Group,
    sides: tuple[Side, Side, Side],
) -> Amount:
    """The denominator, only with every part for which there is a numerator."""
    top, bottom, _ = sides
    if measure.numerator and measure.numerator.is_histogram:
        has_figure = numerator_of(world, measure, wanted, group, sides)[0] is not None
        many = top.totals[group].rows if group in top.totals else 0
        return (many, None) if has_figure else (None, None)
    if not measure.denominator:
        return None, None
    if group not in bottom.totals:
        return None, NO_DENOMINATOR
    needed = {one: top.needing(one, wanted) for one in _at_and_under(world, measure, group, sides)}
    lacking = _is_lacking(world, measure, wanted, group, needed, bottom)
    return (None, PART_OF_DENOMINATOR) if lacking else (bottom.totals[group].amount, None)


def _unsupplied(world: World, measure: Measure) -> dict[str, str]:
    """The places that supplied nothing of the numerator: see `plan.unsupplied`."""
    if not measure.denominator or measure.supplied not in world.tables:
        return {}
    if measure.denominator.table not in world.tables:
        return {}
    assert measure.numerator
    supplied, counted, asked = (
        {row[world.contracts[name].place] for row in world.tables[name]} - {None}
        for name in (measure.supplied, measure.numerator.table, measure.denominator.table)
    )
    return unsupplied(measure, supplied | counted, asked, world.above)


def _at_and_under(
    world: World, measure: Measure, group: Group, sides: Iterable[Side]
) -> list[Group]:
    """The same groups of the place and of all places that count for it."""
    places = {place for side in sides for place, *_ in side.totals}
    return [(one, *group[1:]) for one in places if group[0] in counts_for(world, measure, one)]


def _is_lacking(
    world: World,
    measure: Measure,
    wanted: Wanted,
    group: Group,
    needed: Mapping[Group, set[Period]],
    side: Side,
) -> bool:
    """Whether a place of the group needs a base period that is not given for it.

    It is given by the rows of the place and of those under it, or by a place above it, up to the
    place of the group: the population of a town stands for all of its wards.
    """
    for one, periods in needed.items():
        between = [
            (place, *group[1:])
            for place in counts_for(world, measure, one[0])
            if group[0] in counts_for(world, measure, place)
        ]
        by_those = set().union(*(side.given_by_itself(each, wanted) for each in between))
        if periods - side.given(one, wanted) - by_those:
            return True
        if periods and one not in side.totals and not by_those:
            return True  # what it gave for the parts is not used: it gave the whole, without this
    return False
