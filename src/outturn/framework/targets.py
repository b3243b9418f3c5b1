"""Reading `targets/*.toml`: a ledger of what was agreed, by whom, and what it replaced."""

from __future__ import annotations

from collections.abc import Mapping

from outturn.framework.model import (
    PROFILES,
    TOLERANCES,
    Agreement,
    Baseline,
    DeclaredEvent,
    Goal,
    Milestone,
    Override,
    Target,
    Tolerance,
)
from outturn.framework.section import Section
from outturn.statistics.rounding import MOST_DECIMALS
from outturn.terms.records import WHOLE, Status

_ONE_NUMBER = ("at_least", "above", "at_most", "below")
_CHANGES = ("change_percent", "change_amount")  # what a known event does
_GOALS = (*_ONE_NUMBER, "between", "zero", "no_worse_than", "change_percent", "peer_percentile")


def read_target(table: Section) -> Target:
    """One `[[target]]` of a ledger; its mistakes are gathered in the section."""
    breakdown = table.text("breakdown", WHOLE)
    target = Target(
        id=table.text("id", None),
        file=table.file,
        measure=table.text("measure", None),
        place=table.text("place"),
        period=table.period("period", required=True) or table.calendar_start(),
        breakdown=breakdown,
        category=table.text("category", WHOLE if breakdown == WHOLE else None),
        goal=_goal(table),
        tolerance=_tolerance(table),
        baseline=_baseline(table.table("baseline")),
        milestones=tuple(_milestone(one) for one in table.tables("milestones")),
        profile=table.choice("profile", PROFILES, "") if table.has("profile") else "",
        rounded_to=_rounded_to(table),
        at_limit=table.flag("at_limit"),
        agreed=_agreement(table),
        supersedes=table.text("supersedes"),
        comment=table.text("comment"),
    )
    _share_of_nothing(table, target)
    table.close()
    return target


def _share_of_nothing(table: Section, target: Target) -> None:
    """A tolerance in per cent of nothing is nothing, and would never apply.

    On the way there it has a size: at milestones, and on a straight line from a baseline. A target
    of zero has no such line: its way is flat.
    """
    given = table.content.get(target.goal.word)  # as written: a mistake in it is told already
    written = not isinstance(given, bool) and given in (0, [0, 0])
    nothing = given is True if target.goal.word == "zero" else written
    steps = any(one.value for one in target.milestones)
    from_baseline = target.profile == "straight line" and target.goal.word != "zero"
    steps |= from_baseline and target.baseline is not None and target.baseline.value != 0
    if target.tolerance.word == "percent_of_target" and nothing and not steps:
        table.wrong_in_new(
            "tolerance",
            "The target is 0, and a per cent of it is nothing: the tolerance can never apply.",
            "Give the tolerance in points or count, or leave it out.",
        )


def _rounded_to(table: Section) -> int | None:
    if not table.has("rounded_to"):
        return None
    return table.whole("rounded_to", None, at_most=MOST_DECIMALS)


def read_override(table: Section) -> Override:
    """One `[[override]]`: the reason and the role are required."""
    statuses = tuple(str(one) for one in Status)
    override = Override(
        measure=table.text("measure", None),
        place=table.text("place"),
        period=table.period("period", required=True) or table.calendar_start(),
        which=table.choice("which", ("now", "year end"), None),
        status=table.choice("status", statuses, None),
        because=table.text("because", None),
        role=table.text("role", None),
        on=table.day("on", required=True) or table.calendar_start().start,
    )
    table.close()
    return override


def read_known_event(table: Section) -> DeclaredEvent:
    """One `[[known_event]]`: what it does and why are required."""
    word = table.one_word(_CHANGES, "change")
    size = table.number(word, None) if word else 0.0
    if word == "change_percent" and size < -100:
        table.wrong(word, "Nothing can become less than nothing.", "Give -100 or more.")
    event = DeclaredEvent(
        measure=table.text("measure", None),
        place=table.text("place"),
        since=table.day("from", required=True) or table.calendar_start().start,
        because=table.text("because", None),
        percent=size if word != "change_amount" else None,
        amount=size if word == "change_amount" else None,
        file=table.file,
    )
    table.close()
    return event


def _goal(table: Section) -> Goal:
    word = table.one_word(_GOALS, "goal")
    if word in _ONE_NUMBER:
        return Goal(word, (table.number(word, None),))
    match word:
        case "between":
            return Goal("between", table.band("between") or (0.0, 0.0))
        case "zero":
            table.only_true("zero")
            return Goal("zero", (0.0,))
        case "no_worse_than":
            return Goal(word, period=table.period(word, required=True))
        case "change_percent":
            return _change(table.table(word))
        case "peer_percentile":
            return _percentile(table.table(word))
    return Goal("at_least", (0.0,))


def _change(table: Section | None) -> Goal:
    if table is None:
        return Goal("change_percent", (0.0,))
    by = table.number("by", None)
    goal = Goal(
        "change_percent",
        (by,),
        period=table.period("from", required=True),
        each_year=table.flag("each_year"),
    )
    table.close()
    return goal


def _percentile(table: Section | None) -> Goal:
    if table is None:
        return Goal("peer_percentile", (50.0,))
    percentile = table.number("percentile", None)
    if not 0 <= percentile <= 100:
        table.wrong("percentile", "A percentile lies between 0 and 100.", "Write 75, not 0.75.")
    goal = Goal(
        "peer_percentile",
        (percentile,),
        period=table.period("period", required=True),
        comparator=table.text("comparator", None),
    )
    table.close()
    return goal


def _tolerance(table: Section) -> Tolerance:
    given = table.raw("tolerance")
    if given is not None and not isinstance(given, Mapping):
        table.wrong(
            "tolerance",
            "This is not of the right kind.",
            "Give a table, such as { points = 3 } or { statistical = true }.",
        )
        return Tolerance()
    inside = table.table("tolerance")
    if inside is None:
        return Tolerance()
    word = inside.one_word(TOLERANCES[:4], "tolerance")
    if word == "statistical":
        if not inside.flag(word):
            inside.wrong(
                word, "A statistical tolerance has no size.", "Write true, or leave it out."
            )
        inside.close()
        return Tolerance(word)
    amount = inside.number(word, None) if word else 0.0
    if amount < 0:
        inside.wrong(word, "A tolerance cannot be below zero.", "Write it without the minus.")
    inside.close()
    return Tolerance(word or "none", amount)


def _baseline(table: Section | None) -> Baseline | None:
    if table is None:
        return None
    value = table.number("value", None)
    period = table.period("period", required=True) or table.calendar_start()
    one = Baseline(value, period, table.text("comment"))
    table.close()
    return one


def _milestone(table: Section) -> Milestone:
    by = table.day("by", required=True)
    one = Milestone(by or table.calendar_start().start, table.number("value", None))
    table.close()
    return one


def _agreement(table: Section) -> Agreement:
    inside = table.table("agreed")
    if inside is None:
        table.wrong(
            "agreed",
            "It is not said who agreed the target.",
            'Add agreed = { by = "...", where = "...", on = 2020-04-01, because = "..." }.',
        )
        return Agreement("")
    one = Agreement(
        by=inside.text("by", None),
        where=inside.text("where"),
        on=inside.day("on"),
        because=inside.text("because"),
    )
    inside.close()
    return one
