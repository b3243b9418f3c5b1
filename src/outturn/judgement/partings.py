"""What parts a year so far: declared steps of the level, and breaks and gaps of a series."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from outturn.framework.model import Measure
from outturn.judgement.spans import day
from outturn.judgement.words import sentence
from outturn.terms.period import MONTHS, Period, add_months

PARTING = ("break", "start", "gap")  # kinds of break after which a series is another
STEP = "declared step"


@dataclass(frozen=True, slots=True)
class Parting:
    """What parts a year so far: the latest declared step, or a break, or a gap."""

    what: str  # STEP, "break" or "gap"
    since: date
    until: date  # the last day of a gap
    because: str

    @property
    def month(self) -> int:
        """The first whole month since, counted from year 0."""
        return self.since.year * 12 + self.since.month - 1 + (self.since.day > 1)

    @property
    def named(self) -> str:
        return f"the {self.what} of {MONTHS[self.since.month - 1]} {self.since.year}"

    def lies_in(self, period: Period, year: Period) -> bool:
        """Whether a figure of the period is of both sides of it, or its year so far has the step.

        A gap that holds all of the figure parts nothing of it.
        """
        begins = max(period.start, year.start)
        if self.what == "gap":
            holds_all = self.since <= begins and period.end <= self.until
            return self.since <= period.end and begins <= self.until and not holds_all
        return (year.start if self.what == STEP else begins) < self.since <= period.end


def behind(measure: Measure, measures: Mapping[str, Measure]) -> list[str]:
    """The measure and all that it is made of."""
    found = [measure.id]
    for part in measure.formula.parts if measure.formula else ():
        if part in measures:
            found += behind(measures[part], measures)
    return found


def partings(
    measure: Measure, place: str, measures: Mapping[str, Measure], without: Collection[str] = ()
) -> list[Parting]:
    """The breaks and declared steps of a place's figure, and of what that is made of.

    `without` are the ids of parts that are left out.
    """
    ours = [
        measures[id] for id in behind(measure, measures) if id in measures and id not in without
    ]
    steps = (
        Parting(STEP, step.since.start, step.since.end, step.because)
        for one in ours
        for step in one.steps
        if step.place in ("", place)
    )
    breaks = (
        Parting(
            "gap" if broken.kind == "gap" else "break",
            broken.since.start, broken.since.end, broken.reason,
        )
        for one in ours
        for broken in one.breaks
        if broken.kind in PARTING
    )  # fmt: skip
    return [*breaks, *steps]


def year_so_far(period: Period, year: Period) -> Period:
    """The year until the end of a period of it."""
    months = (period.end.year - year.start.year) * 12 + period.end.month - year.start.month + 1
    return Period(year.start, months, "M")


def of_no_year(parting: Parting, whose: str, since: date, until: date) -> str:
    """Why what a break parts, or what holds a gap, is nothing from which a year follows.

    `whose` is the figure or the year so far, which has the days `since` one and `until` another.
    """
    if parting.what == "gap":
        days = _days(max(parting.since, since), min(parting.until, until))
        said = f"The {whose} so far holds {days}, which was not collected as usual: "
    else:
        said = f"The {whose} so far is of two series, which {parting.named} parts: "
    return said + sentence(parting.because)


def _days(begins: date, until: date) -> str:
    """A month or some days, said without a calendar of financial years."""
    after = until + timedelta(days=1)
    if begins.day == 1 and add_months(begins, 1) == after:
        return f"{MONTHS[begins.month - 1]} {begins.year}"
    first = day(begins, year=begins.year != until.year)
    return f"{first} to {day(until)}"
