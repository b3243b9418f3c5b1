"""What the entries of a ledger of targets say of measures, and of one another, must be true."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import pairwise

from outturn.framework.below_zero import may_be_below_zero
from outturn.framework.means import BY_SUBTRACTION, NOT_OF_ROWS, is_mean_of_rows
from outturn.framework.mentions import no_comparator, no_measure, no_place, unknown, wrong
from outturn.framework.model import (
    HISTOGRAMS,
    METHODS,
    DeclaredEvent,
    Measure,
    Override,
    Partnership,
    Target,
)
from outturn.statistics import PRESETS
from outturn.terms.errors import Mistake
from outturn.terms.records import WHOLE

_FIGURES = ("at_least", "above", "at_most", "below", "between", "zero")  # goals that are figures
_AIM_AGAINST = {"higher": ("at_most", "below", "zero"), "lower": ("at_least", "above")}


def ledger_mistakes(partnership: Partnership) -> Iterator[Mistake]:
    """Every mistake of targets, overrides and known events that shows when all files are read."""
    yield from _targets(partnership)
    yield from _supersessions(partnership)


def _targets(partnership: Partnership) -> Iterator[Mistake]:
    for target in partnership.targets:
        where = f"{target.file}, target {target.id}"
        yield from no_measure(partnership, where, target.measure)
        yield from no_place(partnership, where, target.place)
        measure = partnership.measures.get(target.measure)
        if measure:
            yield from _target_of(measure, target, where)
            yield from _below_zero(measure, target, where, partnership.measures)
            if _never_falls(measure, partnership.measures):
                yield from _falling(target, where)
            yield from _limits_of(measure, target, where, _withholding(partnership))
        yield from no_comparator(partnership, where, target.goal.comparator)
        yield from _rests_on(target, where)
        for one in target.milestones:
            if not target.period.holds(one.by):
                yield wrong(
                    f"{where}, milestones",
                    "A milestone falls outside the period of the target.",
                    f"Give days from {target.period.start} to {target.period.end}.",
                )
    for event in partnership.known_events:
        where = f"{event.file}, known event of {event.measure}"
        yield from no_measure(partnership, where, event.measure)
        yield from no_place(partnership, where, event.place)
        yield from _before_its_targets(partnership, event, where)
    for override in partnership.overrides:
        where = f"targets, override of {override.measure}"
        yield from no_measure(partnership, where, override.measure)
        yield from no_place(partnership, where, override.place)
        yield from _nothing_to_set_aside(partnership, override, where)


def _before_its_targets(
    partnership: Partnership, event: DeclaredEvent, where: str
) -> Iterator[Mistake]:
    """An event of before all targets of its measure and place never acts: a year written wrong.

    One in a year for which no target is set yet may act when there is one. What a formula is made
    of acts in the targets of the formula, and is not looked at here.
    """
    home = partnership.home
    place = event.place or home
    ours = [
        one.period.start
        for one in partnership.targets
        if one.measure == event.measure and (one.place or home) == place
    ]
    if ours and event.since < min(ours) and not _is_part(event.measure, partnership):
        yield wrong(
            f"{where}, from",
            f"The event begins on {event.since}, before the period of any target of the measure, "
            "so no forecast has it ahead.",
            "Correct the day, or take the event out. A level that has moved already is a [[step]] "
            "of the measure.",
        )


def _is_part(measure: str, partnership: Partnership) -> bool:
    made = (one.formula for one in partnership.measures.values() if one.formula)
    return any(measure in formula.parts for formula in made)


def _rests_on(target: Target, where: str) -> Iterator[Mistake]:
    """What a target rests on is known before its own period is over.

    The group of a percentile may be that of the same period, for it is published with it.
    """
    goal, last = target.goal, target.period.end
    if goal.period and (goal.period.end > last or goal.period.end == last and not goal.comparator):
        yield wrong(
            f"{where}, {goal.word}",
            "The target rests on a period that is not before its own.",
            "Give a past period, or correct the period of the target.",
        )
    if target.baseline and target.baseline.period.end >= last:
        yield wrong(
            f"{where}, baseline",
            "The period of the baseline is not before that of the target.",
            "Give the period from which the target sets out, or correct that of the target.",
        )


def _nothing_to_set_aside(
    partnership: Partnership, override: Override, where: str
) -> Iterator[Mistake]:
    """A measure with targets has no status in a period that none of them speaks of."""
    place = override.place or partnership.home
    targets = [
        one
        for one in partnership.targets
        if one.measure == override.measure and (one.place or partnership.home) == place
    ]
    if targets and not any(one.period.holds(override.period.end) for one in targets):
        label = override.period.label(partnership.calendar)
        yield wrong(
            where,
            f"No target of {override.measure} speaks of {label}: there is no status to set aside.",
            "Give the period of a figure that is judged, or take the entry out.",
        )


def _target_of(measure: Measure, target: Target, where: str) -> Iterator[Mistake]:
    if target.goal.word in _AIM_AGAINST.get(measure.aim, ()):
        said = target.goal.word.replace("_", " ")
        yield wrong(
            where,
            f"The measure's aim is '{measure.aim}', but the target is '{said}'.",
            "Turn the target round, or correct the aim of the measure.",
        )
    yield from _change_of(measure, target, where)
    yield from _share_of(measure, target, where)
    names = {one.name: one.categories for one in measure.breakdowns}
    if target.breakdown != WHOLE and target.breakdown not in names:
        remedy = f"Add a [[breakdown]] to {measure.file}."
        yield unknown(where, "breakdown", target.breakdown, names, remedy)
    elif names.get(target.breakdown) and target.category not in names[target.breakdown]:
        known = names[target.breakdown]
        yield unknown(where, "category", target.category, known, f"See {measure.file}.")


def _change_of(measure: Measure, target: Target, where: str) -> Iterator[Mistake]:
    """A change must not be for the worse, and nothing falls by all of itself or more."""
    if target.goal.word != "change_percent":
        return
    by = target.goal.numbers[0]
    if by <= -100:
        yield wrong(
            f"{where}, change_percent",
            "The change takes away all there is, or more.",
            "Write by = -20 for a fifth less, or zero = true for none at all.",
        )
    elif by and _stated(target) == 0:
        yield wrong(
            f"{where}, change_percent",
            "The baseline is 0, and a percentage of nothing is no change.",
            "Say how much with at_least or at_most.",
        )
    elif _states_a_negative(target):
        yield wrong(
            f"{where}, change_percent",
            "The baseline is below zero, and a percentage of it turns the change round.",
            "Say how far with at_least or at_most.",
        )
    elif by * {"higher": 1, "lower": -1}.get(measure.aim, 0) < 0:
        said = "a rise" if by > 0 else "a fall"
        yield wrong(
            f"{where}, change_percent",
            f"The measure's aim is '{measure.aim}', but the target is {said}.",
            "Turn its sign round. To let the figure get worse, say how far with "
            f"{'at_most' if by > 0 else 'at_least'}.",
        )


def _states_a_negative(target: Target) -> bool:
    """Whether the entry itself gives a figure below zero for the period it changes from."""
    stated = _stated(target)
    return stated is not None and stated < 0


def _stated(target: Target) -> float | None:
    """The figure that the entry itself gives for the period it changes from."""
    then, base = target.goal.period, target.baseline
    if then is None or base is None:
        return None
    same = (then.start, then.end) == (base.period.start, base.period.end)
    return base.value if same else None


def _share_of(measure: Measure, target: Target, where: str) -> Iterator[Mistake]:
    """A proportion lies between nothing and the whole, and so does what is asked of it."""
    if measure.kind != "proportion" or target.goal.word not in _FIGURES:
        return
    asked = [*target.goal.numbers, *(one.value for one in target.milestones)]
    whole = f"{measure.per:g}"
    if any(not 0 <= one <= measure.per for one in asked):
        yield wrong(
            where,
            f"The measure is a share of {whole}, and the target lies outside 0 to {whole}.",
            "Correct the target, or the kind of the measure.",
        )


def _below_zero(
    measure: Measure, target: Target, where: str, measures: Mapping[str, Measure]
) -> Iterator[Mistake]:
    """Nothing below zero is asked of what cannot be; of a share it is told with its other end."""
    if measure.kind == "proportion" or may_be_below_zero(measure, measures):
        return
    asked = [one.value for one in target.milestones]
    if target.goal.word in _FIGURES:
        asked = [*target.goal.numbers, *asked]
    if target.baseline and target.goal.word != "change_percent":  # of which it is told with that
        asked.append(target.baseline.value)
    if any(one < 0 for one in asked):
        yield wrong(
            where,
            f"A {measure.kind} cannot be below zero, and a number of the target is.",
            "Correct the target, or the kind of the measure: money, a score or an index, and a "
            "formula of a difference, may be below.",
        )


def _never_falls(measure: Measure, measures: Mapping[str, Measure]) -> bool:
    """Whether what has come in so far can only grow: a count that adds up, or a sum of such."""
    if measure.kind != "count" or measure.roll_up != "sum":
        return False
    if measure.formula is None:
        return True
    parts = [measures[one] for one in measure.formula.parts if one in measures]
    plain = all(one.formula is None and _never_falls(one, measures) for one in parts)
    return measure.formula.word == "sum" and len(parts) == len(measure.formula.parts) and plain


def _falling(target: Target, where: str) -> Iterator[Mistake]:
    """Milestones of such a count are of all since the start, and so is the target at the end."""
    steps = sorted((one for one in target.milestones), key=lambda one: one.by)
    due = [(f"the milestone for {one.by}", one.value, one.by) for one in steps]
    if target.goal.word in ("at_least", "above", "at_most", "below"):
        due.append(("the target", target.goal.numbers[0], target.period.end))
    for (earlier, more, day), (later, less, then) in pairwise(due):
        if less < more and day < then:  # of two on one day it is told that they are two
            yield wrong(
                f"{where}, milestones",
                f"{later[0].upper()}{later[1:]} is {less:g}, after {more:g} in {earlier}, and a "
                "count that adds up never falls.",
                "Give all that there may be, or must be, since the start of the period. If the "
                'count is not one that adds up, write roll_up = "last" in the file of its measure.',
            )


def _limits_of(measure: Measure, target: Target, where: str, withholding: str) -> Iterator[Mistake]:
    """A statistical tolerance asks the limits of the figure, and some measures never have any.

    A figure that is reported may come with a margin of error, whatever it is.
    """
    if target.tolerance.word != "statistical" or measure.reported or measure.parted:
        return
    why = _no_limits(measure, withholding)
    if why:
        yield wrong(
            f"{where}, tolerance",
            f"A statistical tolerance asks the limits of the figure, and {why}.",
            "Give the tolerance in points, percent_of_target or count, or leave it out.",
        )


def _withholding(partnership: Partnership) -> str:
    """A policy of the folder that withholds counts, its own or that of an audience; or none.

    One audience's is enough: a status must not depend on who reads it.
    """
    named = (partnership.disclosure, *partnership.disclosure_for.values())
    return next((one for one in named if PRESETS[one].withholds), "")


def _no_limits(measure: Measure, withholding: str) -> str:
    """Why no figure that is made of counts has limits; empty where one can have them.

    `withholding` is the name of a policy of disclosure control that withholds counts, if any.
    """
    if measure.methods == METHODS[-1]:
        return f'{measure.id} has methods = "none"'
    if measure.formula:
        return f"{measure.id} is made of other measures, whose limits nobody adds up"
    if measure.kind == "count" and (
        measure.roll_up in ("last", "mean") or measure.frequency == "census"
    ):
        return f"{measure.id} counts how many there are at a moment, which is no count of events"
    if measure.kind == "mean" and measure.numerator and not is_mean_of_rows(measure):
        return f"{measure.id} has none: {NOT_OF_ROWS}"
    if measure.kind == "mean" and measure.numerator and withholding:
        return f"{measure.id} has none with disclosure = '{withholding}': {BY_SUBTRACTION}"
    if measure.kind not in ("proportion", "rate", "count", "mean", *HISTOGRAMS):
        return f"a figure of kind {measure.kind} has none"
    return ""


def _supersessions(partnership: Partnership) -> Iterator[Mistake]:
    by_id: dict[str, Target] = {}
    for target in partnership.targets:
        where = f"{target.file}, target {target.id}"
        if target.id in by_id:
            yield wrong(
                where,
                "Another entry of the ledger has this id.",
                "An entry is never edited: give the new one its own id, and supersedes = the old.",
            )
        by_id.setdefault(target.id, target)
    for target in partnership.targets:
        if target.supersedes and target.supersedes not in by_id:
            where = f"{target.file}, target {target.id}, supersedes"
            yield unknown(where, "target", target.supersedes, by_id, "Give the id it replaces.")
        elif (
            target.supersedes
            and partnership.home
            and not _same_subject(target, by_id[target.supersedes], partnership.home)
        ):
            yield wrong(
                f"{target.file}, target {target.id}, supersedes",
                f"The entry '{target.supersedes}' is about another measure, place or category.",
                "An entry supersedes one of the same: correct the id, or take supersedes out.",
            )
        elif circle := _supersession_circle(by_id, target):
            yield wrong(
                f"{target.file}, target {target.id}, supersedes",
                f"The entries supersede each other in a circle: {' > '.join(circle)}.",
                "Only a later entry supersedes: take supersedes out of the oldest.",
            )
    yield from _overlaps(partnership)


def _supersession_circle(by_id: Mapping[str, Target], target: Target) -> list[str]:
    """The way from an entry back to itself, told of the first of its ids alone; else nothing."""
    way = [target.id]
    here = target.supersedes
    while here in by_id and here not in way:
        way.append(here)
        here = by_id[here].supersedes
    return [*way, here] if here == target.id == min(way) else []


def _same_subject(target: Target, other: Target, home: str) -> bool:
    """Whether two entries are about one figure, whatever they ask of it, and for when."""
    subjects = [
        (one.measure, one.place or home, one.breakdown, one.category) for one in (target, other)
    ]
    return subjects[0] == subjects[1]


def _overlaps(partnership: Partnership) -> Iterator[Mistake]:
    replaced = {target.supersedes for target in partnership.targets}
    standing: dict[tuple[str, str, str, str], list[Target]] = defaultdict(list)
    for target in partnership.targets:
        if target.id in replaced:
            continue
        place = target.place or partnership.home
        key = (target.measure, place, target.breakdown, target.category)
        for other in standing[key]:
            same_kind = _length(other) == _length(target)
            if same_kind and other.period.start <= target.period.end:
                if target.period.start <= other.period.end and other.id != target.id:
                    yield wrong(
                        f"{target.file}, target {target.id}",
                        f"It overlaps the target {other.id}: same measure, place and period.",
                        f'Add supersedes = "{other.id}", or change the period.',
                    )
        standing[key].append(target)


def _length(target: Target) -> tuple[int, str]:
    return target.period.count, target.period.unit
