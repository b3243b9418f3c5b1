"""Declared known events: what they will do to the periods of a year that are still to come."""

from __future__ import annotations

from collections.abc import Sequence

from outturn.framework.model import DeclaredEvent
from outturn.judgement.foreseen_words import PERIODS
from outturn.statistics.simulated_months import KnownEvent
from outturn.terms.period import MONTHS
from outturn.terms.records import WHOLE

HELD = "held at the whole: no {} of a share is more than that"
CUT = "cut at nothing: no {} can be less than that"


def acting(
    events: Sequence[DeclaredEvent], cell: tuple[str, str, str], at: int, ends: int, home: str
) -> tuple[DeclaredEvent, ...]:
    """The events that are still to come for a cell: its measure, place and breakdown.

    `at` is the month of the latest figure, counted from year 0, and `ends` that in which the year
    of the forecast ends. What has begun is in the figures already; what begins after the year does
    nothing to it. An amount is of the whole figure; a share of it changes its parts alike.
    """
    measure, place, breakdown = cell
    return tuple(
        one
        for one in events
        if one.measure == measure
        and (one.place or home) == place
        and (one.amount is None or breakdown == WHOLE)
        and at < _month(one) <= ends
    )


def last_month(at: int, known: int, step: int) -> int:
    """The month in which a year ends of which `known` periods of `step` months are over by `at`."""
    return at + 12 - known * step


def as_drawn(
    events: Sequence[DeclaredEvent], at: int, known: int, step: int
) -> tuple[KnownEvent, ...]:
    """The events as a simulation takes them, in the order given.

    `known` periods of `step` months each are over by the month `at`.
    """
    begun = at - known * step + 1
    return tuple(
        KnownEvent(
            begins=(_month(one) - begun) // step + 1,
            factor=1 + (one.percent or 0.0) / 100,
            amount=one.amount or 0.0,
        )
        for one in events
    )


def event_words(
    events: Sequence[DeclaredEvent], step: int, *, held: bool = False, cut: bool = False
) -> str | None:
    """The events, such as "10% less from October 2026: A ward opens"; None where there are none.

    `held` says that they would make a share, in some period of `step` months, more than the whole,
    and were held at that; `cut` that they would make a period less than nothing, and were cut.
    """
    period, _ = PERIODS[step]
    said = [
        f"{_size(one, period)} from {MONTHS[one.since.month - 1]} {one.since.year}:"
        f" {one.because.rstrip('.')}"
        for one in events
    ]
    words = "; ".join(said)
    limits = "; ".join(text.format(period) for text, acts in ((HELD, held), (CUT, cut)) if acts)
    return f"{words} ({limits})" if words and limits else words or None


def _size(one: DeclaredEvent, period: str) -> str:
    change = one.percent if one.amount is None else one.amount
    unit = "%" if one.amount is None else f" a {period}"
    return f"{abs(change or 0.0):,.10g}{unit} {'less' if (change or 0.0) < 0 else 'more'}"


def _month(one: DeclaredEvent) -> int:
    return one.since.year * 12 + one.since.month - 1
