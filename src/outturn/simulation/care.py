"""The ways of people through adult social care: each outcome is decided first, then recorded.

`Care` gathers the events that a council would record, and beside them what is true of them: each
reablement episode with what became of it, each care home stay and whether it is a new admission,
each wait. Records and truths come from the same decision and neither is made from the other.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from outturn.simulation.days import NEVER, Window
from outturn.simulation.draws import Draws, Flags, Whole
from outturn.simulation.events import NONE, Gathered, Words
from outturn.simulation.parameters import share, shares, spread
from outturn.simulation.people import People

REQUEST, ASSESSMENT, SERVICE, REVIEW = range(4)
USER, CARER = range(2)
EVENT_TYPES = ("Request", "Assessment", "Service", "Review")
CLIENT_TYPES = ("Service user", "Unpaid carer", "Unpaid carer known by association")

NURSING = "Long term support: Nursing care"
RESIDENTIAL = "Long term support: Residential care"
COMMUNITY = "Long term support: Community"
PRISON = "Long term support: Prison"
REABLEMENT = "Short term support: ST-Max"
LOW_LEVEL = "Short term support: Ongoing low level"
OTHER_SHORT = "Short term support: Other short term"
FOR_CARERS = "Unpaid carer support: Direct to unpaid carer"
LONG_TERM = (NURSING, RESIDENTIAL, COMMUNITY, PRISON)

TO_REABLEMENT = "Progress to reablement/ST-Max"
TO_ASSESSMENT = "Progress to assessment, review or reassessment"
TO_SERVICES = "Progress to support planning or services"
CONTINUES = "Continuation of support or services"
PLANNED_END = "NFA: Support ended as planned"
OTHER_END = "NFA: Support ended for other reason"
ADVICE = "NFA: Information and advice or signposting"
DIED = "NFA: Deceased"
SELF_FUNDED = "NFA: Self-funded client or under 12wk disregard"
DIRECT = "Direct payment"
HOME_SUPPORT = "Home support or domiciliary care"
SHORT_ASSESSMENT, LONG_ASSESSMENT = "Short term assessment", "Long term assessment"
CARER_ASSESSMENT = "Unpaid carer assessment"
DISCHARGE = "Discharge from hospital"

_ENDED = {PLANNED_END: 45, OTHER_END: 25, "NFA: Support declined": 12,
          "NFA: Responsibility moved to another local authority": 8,
          "NFA: Referral to NHS services or NHS funded social care": 10}  # fmt: skip
_SECOND = {"Day support": 80, DIRECT: 20}
_REVIEWED = {CONTINUES: 84, TO_SERVICES: 12, TO_ASSESSMENT: 4}
_REVIEWS = {"Planned": 72, "Unplanned: Change in health or care needs": 20,
            "Unplanned: Other reason": 8}  # fmt: skip
SEEN_LATER = 9  # days after the end of an episode in which its sequel is recorded


class Care:
    """The events of one council, and what is true of them."""

    def __init__(self, draws: Draws, window: Window, people: People, untidy: bool = False) -> None:
        self.draws, self.window, self.people, self.words = draws, window, people, Words()
        self.untidy = untidy  # some components and outcomes are missing
        self.events = Gathered(
            "person", "kind", "client", "start", "end", "outcome", "assessment", "service",
            "component", "mechanism", "route", "reason", "cared_for",
        )  # fmt: skip
        self.support = Gathered("person", "service", "component", "mechanism", "start", "end")
        self.episodes = Gathered(
            "person",
            "referred",
            "start",
            "end",
            "fresh",
            "sequel",
            "from_hospital",
            "discharge",
            "earlier",
        )
        self.homes = Gathered("person", "start", "end", "fresh", "component", "self_funded")
        self.waits = Gathered(
            "person", "request", "request_end", "assessed", "assessed_by", "served", "group"
        )
        self.caring = Gathered("person", "asked", "completed")
        self.carers_support = Gathered("person", "mechanism", "start", "end")
        self.death = np.full(people.number, NEVER, dtype=np.int64)
        self.needed = np.full(people.number, -NEVER, dtype=np.int64)  # alive until then at least
        self.only_at_home = np.zeros(people.number, dtype=bool)  # one long-term service, no other
        self.linked = np.zeros(people.number, dtype=bool)  # somebody's carer is recorded

    # What is recorded

    def record(self, kind: int, who: Whole, start: Whole, end: Whole, **given: Any) -> None:
        """Events of one kind; words may be given as texts or as numbers."""
        codes = {
            name: self.words.of(value) if isinstance(value, str) else value
            for name, value in given.items()
        }
        codes.setdefault("client", USER)
        self.events.add(len(who), person=who, kind=kind, start=start, end=end, **codes)
        self.needs(who, np.where(end >= NEVER, self.window.last + 1, end))

    def needs(self, who: Whole, until: Whole) -> None:
        """The people live at least until then."""
        np.maximum.at(self.needed, who, until)

    def dies(self, who: Whole, on: Whole) -> None:
        self.death[who] = np.minimum(self.death[who], on)

    def drawn(self, name: str, who: Whole) -> Whole:
        """A length of each, from the spread of that name."""
        return self.draws.spread(spread(f"care.{name}"), len(who))

    def picked(self, given: Mapping[str, float], who: Whole) -> Whole:
        return self.words.pick(self.draws, given, len(who))

    def chance(self, name: str | float, who: Whole) -> Flags:
        odds = share(f"care.{name}") if isinstance(name, str) else name
        return self.draws.chance(odds, len(who))

    # The steps of a way

    def request(self, who: Whole, start: Whole, outcome: str | Whole, **given: Any) -> Whole:
        """A request; the day on which it ends."""
        end = np.minimum(start + self.drawn("request_days", who), self.window.last)
        end = np.maximum(end, start)
        route = given.pop("route", self.picked(shares("care.routes"), who))
        self.record(REQUEST, who, start, end, outcome=outcome, route=route, **given)
        return np.asarray(end)

    def assess(self, who: Whole, start: Whole, kind: str, outcome: str | Whole) -> Whole:
        end = start + self.drawn("assessment_days", who)
        self.record(ASSESSMENT, who, start, end, assessment=kind, outcome=outcome)
        return end

    def serve(self, who: Whole, start: Whole, end: Whole, **given: Any) -> None:
        """A service. What ends after the window is still open, and goes on."""
        codes = {
            name: self.words.of(value) if isinstance(value, str) else value
            for name, value in given.items()
        }
        shown = end <= self.window.last
        codes["outcome"] = np.where(shown, codes["outcome"], self.words.of(CONTINUES))
        self.record(SERVICE, who, start, np.where(shown, end, NEVER), **codes)
        if given["service"] in LONG_TERM:
            some = {name: codes.get(name, NONE) for name in ("service", "component", "mechanism")}
            self.support.add(len(who), person=who, start=start, end=end, **some)

    def review(self, who: Whole, start: Whole, end: Whole) -> None:
        """Yearly reviews of what goes on from `start` to `end`; some are missed."""
        begun = np.maximum(start, self.window.first)
        offset = self.draws.between(0, 334, len(who))
        offset = np.where(start < self.window.first, offset, offset + 30)
        for year in range(self.window.length // 365 + 1):
            opened = begun + offset + 365 * year
            closed = opened + self.draws.between(0, 20, len(who))
            held = self.chance("reviewed", who)
            held &= closed < np.minimum(end, self.window.last + 1)
            some = who[held]
            self.record(
                REVIEW, some, opened[held], closed[held],
                reason=self.picked(_REVIEWS, some), outcome=self.picked(_REVIEWED, some),
            )  # fmt: skip

    def community(self, who: Whole, start: Whole, end: Whole) -> Flags:
        """Long-term support at home; whom it leaves without any other service, ever."""
        ways = list(shares("care.community_ends"))
        way = self.draws.among(list(shares("care.community_ends").values()), len(who))
        died, moved = way == ways.index("death"), way == ways.index("care home")
        outcome = np.where(died, self.words.of(DIED), self.picked(_ENDED, who))
        outcome = np.where(moved, self.words.of(TO_SERVICES), outcome)
        component = self.picked(shares("care.components"), who)
        second = self.chance("second_component", who)
        self._package(who, start, end, component, outcome)
        other = self.picked(_SECOND, who)
        other = np.where(other == component, self.words.of("Technology enabled care"), other)
        self._package(who[second], start[second], end[second], other[second], outcome[second])
        self.review(who, start, end)
        seen = end <= self.window.last
        self.dies(who[died & seen], end[died & seen])
        later = moved & seen
        arrives = end[later] + self.draws.between(0, 1, int(later.sum()))
        self.care_home(who[later], arrives)
        return np.asarray(~second & ~later)

    def _package(
        self, who: Whole, start: Whole, end: Whole, component: Whole, outcome: Whole
    ) -> None:
        drawn = self.picked(shares("care.mechanisms"), who)
        direct = self.words.of(DIRECT)
        mechanism = np.where(component == direct, direct, drawn)
        self.serve(
            who, start, end, service=COMMUNITY, component=component, mechanism=mechanism,
            outcome=outcome,
        )  # fmt: skip

    def care_home(
        self, who: Whole, start: Whole, end: Whole | None = None, fresh: bool = True, kind: str = ""
    ) -> None:
        """A place in a care home: most stay until they die, a few move to another home."""
        nursing = self.chance("nursing", who) if not kind else np.full(len(who), kind == "nursing")
        end = start + self.drawn("care_home_days", who) if end is None else end
        move = self.chance("care_home_moves", who)
        alone = ~move
        paying = alone & self.chance("self_funded", who) & (end <= self.window.last)
        bare = alone & ~paying & self.chance("missing_component", who) & self.untidy
        self._home(who, start, end, nursing, bare, fresh, paying, move)
        done = alone & ~paying & (end <= self.window.last)
        self.dies(who[done], end[done])
        again = move & (end < self.window.last)
        if again.any():
            self._next_home(who[again], end[again], nursing[again])

    def _next_home(self, who: Whole, left: Whole, nursing: Flags) -> None:
        start = left + self.draws.between(0, 1, len(who))
        end = start + self.drawn("care_home_days", who)
        nobody = np.zeros(len(who), dtype=bool)
        self._home(who, start, end, nursing | self.chance(0.5, who), nobody, False, nobody, nobody)
        done = end <= self.window.last
        self.dies(who[done], end[done])

    def _home(
        self, who: Whole, start: Whole, end: Whole, nursing: Flags, bare: Flags,
        fresh: bool | Flags, paying: Flags, move: Flags,
    ) -> None:  # fmt: skip
        of = self.words.of
        outcome = np.where(paying, of(SELF_FUNDED), np.where(move, of(CONTINUES), of(DIED)))
        for some, service, component in (
            (nursing, NURSING, "Nursing care"), (~nursing, RESIDENTIAL, "Residential care"),
        ):  # fmt: skip
            parts = np.where(bare[some], NONE, of(component))
            self.serve(
                who[some], start[some], end[some], service=service, component=parts,
                outcome=outcome[some],
            )  # fmt: skip
        self.homes.add(
            len(who), person=who, start=start, end=end, fresh=fresh, self_funded=paying,
            component=np.where(bare, NONE, 1),
        )  # fmt: skip
        self.review(who, start, end)

    def wait(self, who: Whole, request: Whole, request_end: Whole, **given: Any) -> None:
        self.waits.add(len(who), person=who, request=request, request_end=request_end, **given)
