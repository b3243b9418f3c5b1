"""Reablement: what becomes of each episode is decided first, then recorded so that it shows."""

from __future__ import annotations

import numpy as np

from outturn.simulation.care import (
    ADVICE,
    ASSESSMENT,
    CONTINUES,
    DIED,
    DISCHARGE,
    LOW_LEVEL,
    OTHER_END,
    OTHER_SHORT,
    PLANNED_END,
    REABLEMENT,
    REVIEW,
    SEEN_LATER,
    SHORT_ASSESSMENT,
    TO_ASSESSMENT,
    TO_REABLEMENT,
    TO_SERVICES,
    Care,
)
from outturn.simulation.draws import Flags, Whole
from outturn.simulation.events import NONE
from outturn.simulation.parameters import shares

DISCHARGED = "Admitted to hospital"
_USABLE = {
    ADVICE: 70,
    OTHER_END: 15,
    "NFA: Other": 10,
    "NFA: Referral to other service within the local authority": 5,
}
_FOLLOWED = ("community", "residential", "nursing", "low level", "other short term",
             "short-term residential")  # fmt: skip
UNTOLD, ALONE, SUPPORTED = range(3)  # by the method of 2023-24
_CHAIN, _PROMPT = 3, 28  # days in it: from one event to the next, and from a request to the first
_AFTER_HOSPITAL, _EPISODE = 0.93, 15  # share with a hospital stay just before; days, at least


def new_clients(care: Care, who: Whole, start: Whole) -> None:
    """A request that leads to reablement, with whatever comes after it; some come again."""
    sequels = list(shares("care.sequels"))
    sequel = care.draws.among(list(shares("care.sequels").values()), len(who))
    end, prompt = _way(care, who, start, np.array(sequels)[sequel])
    eighth = sequel == sequels.index("again on the eighth day")
    _again_on_the_eighth_day(care, who[eighth], end[eighth], prompt[eighth])
    outcomes = np.array([name.startswith("NFA: Support ended") for name in sequels])[sequel]
    again = outcomes & care.chance("reablement_again", who)
    later = end + care.draws.between(200, 500, len(who))
    again &= later <= care.window.last
    some = who[again]
    names = np.array([PLANNED_END, ADVICE, DISCHARGED])
    _way(care, some, later[again], names[care.draws.among([60, 30, 10], len(some))])


def of_clients(care: Care, who: Whole, start: Whole) -> Whole:
    """Reablement of people who have long-term support meanwhile; the day it ends."""
    waits = care.drawn("reablement_wait", who)
    care.request(who, start, TO_REABLEMENT)
    begun = start + waits
    end = _last_days(care, begun + care.drawn("reablement_days", who))
    kept = np.full(len(who), care.words.of(CONTINUES))
    _service(care, who, begun, end, kept, np.ones(len(who), dtype=bool))
    _episode(care, who, start, begun, end, False, np.full(len(who), care.words.of("client")))
    return end


def just_after(care: Care, who: Whole, ended: Whole, days: int, fresh: bool) -> None:
    """Reablement that begins so many days after long-term support ended: an edge, on purpose."""
    begun = ended + days
    asked = care.request(who, begun - 2, TO_REABLEMENT)
    end = begun + 28
    outcome = np.full(len(who), care.words.of(PLANNED_END))
    _service(care, who, begun, end, outcome, np.zeros(len(who), dtype=bool))
    # By the method of 2023-24 both are new clients: no support is open when they ask.
    earlier = np.where(begun >= asked, ALONE, UNTOLD)
    _episode(care, who, begun - 2, begun, end, fresh, outcome, earlier=earlier)
    care.needs(who, end + SEEN_LATER)


def _way(care: Care, who: Whole, start: Whole, sequel: np.ndarray) -> tuple[Whole, Whole]:
    """From the request to the sequel; the day on which the episode ends.

    Then the day up to which, by the method of 2023-24, later reablement may still be what the
    request led to, because the request ended only after all of the episode had begun.
    """
    hospital = care.chance("reablement_from_hospital", who)
    route = care.picked(shares("care.routes"), who)
    route = np.where(hospital, care.words.of(DISCHARGE), route)
    asked = care.request(who, start, TO_REABLEMENT, route=route)
    begun = start + care.drawn("reablement_wait", who)
    assessed = ~hospital & care.chance(0.6, who)
    finished = start + 5
    begun = np.where(assessed, np.maximum(begun, finished), begun)
    care.record(
        ASSESSMENT, who[assessed], start[assessed] + 1, finished[assessed],
        assessment=SHORT_ASSESSMENT, outcome=TO_REABLEMENT,
    )  # fmt: skip
    end = begun + np.maximum(care.drawn("reablement_days", who), _EPISODE)
    end = _last_days(care, end)
    seen = end <= care.window.last
    own = _own_outcome(care, sequel)
    divisible = ~np.isin(sequel, ("by assessment", "by equipment"))
    last_piece = _service(care, who, begun, end, own, divisible)
    discharge = _discharge(care, who, begun, hospital)
    true, earlier = np.full(len(who), NONE, dtype=np.int64), np.zeros(len(who), dtype=np.int64)
    true[seen], earlier[seen] = _recorded(care, who[seen], begun[seen], end[seen], sequel[seen])
    led = _led_to(start, asked, assessed, finished, begun, *last_piece)
    earlier = np.where(led, earlier, UNTOLD)
    _episode(care, who, start, begun, end, True, true, hospital, discharge, earlier)
    care.wait(
        who, start, asked,
        assessed=np.where(assessed, start + 1, NONE),
        assessed_by=np.where(assessed, finished, NONE),
        served=begun,
    )  # fmt: skip
    began = np.where(last_piece[0], last_piece[2], begun)
    unanswered = (began < asked) & ~(assessed & (start + 1 >= asked))
    return end, np.where(unanswered, asked + _PROMPT, start)


def _last_days(care: Care, end: Whole) -> Whole:
    """No episode ends so late that its sequel could not be seen: such ones still go on."""
    late = (end > care.window.last - SEEN_LATER) & (end <= care.window.last)
    return np.where(late, end + SEEN_LATER, end)


def _own_outcome(care: Care, sequel: np.ndarray) -> Whole:
    """What the council writes as the outcome of the service itself."""
    of = care.words.of
    written = {
        "died": DIED,
        "by review": TO_ASSESSMENT,
        "by assessment": TO_ASSESSMENT,
        "by equipment": TO_SERVICES,
        "not classifiable": CONTINUES,
        "long-term support on the eighth day": PLANNED_END,
        "again on the eighth day": ADVICE,
        **dict.fromkeys(_FOLLOWED, TO_SERVICES),
    }
    own = np.zeros(len(sequel), dtype=np.int64)
    for name in shares("care.sequels"):
        own[sequel == name] = of(written.get(name, name))
    return own


def _led_to(
    start: Whole, asked: Whole, assessed: Flags, finished: Whole, begun: Whole, second: Flags,
    gap: Whole, again: Whole,
) -> Flags:  # fmt: skip
    """Whether the request led to the last piece of the episode, as the method of 2023-24 has it.

    That follows what begins from the end of the request on, the first at most 28 days after it and
    each at most three days after the end of the one before. `second` marks episodes in two pieces,
    the second of which began on the day `again`, so many days after the first had ended.
    """
    by_assessment = assessed & (start + 1 >= asked)
    close = begun - finished <= _CHAIN
    prompt = (begun >= asked) & (begun <= asked + _PROMPT)
    first = np.where(by_assessment, close, prompt)
    only_second = ~by_assessment & (begun < asked) & (again >= asked) & (again <= asked + _PROMPT)
    return np.where(second, np.where(first, gap <= _CHAIN, only_second), first)


def _service(
    care: Care, who: Whole, begun: Whole, end: Whole, outcome: Whole, divisible: Flags
) -> tuple[Flags, Whole, Whole]:
    """The service; some episodes are recorded as two, at most seven days apart.

    Which are, so many days apart, and when the second began.
    """
    pieces = care.chance("reablement_pieces", who) & (end - begun > 28) & divisible
    gap = np.array([0, 1, 2, 5, 7])[care.draws.among([40, 30, 10, 10, 10], len(who))]
    middle = begun + 5 + care.draws.between(0, 8, len(who))
    first, whole = pieces, ~pieces
    care.serve(
        who[whole], begun[whole], end[whole],
        service=REABLEMENT, component="Reablement", outcome=outcome[whole],
    )  # fmt: skip
    care.serve(
        who[first], begun[first], middle[first],
        service=REABLEMENT, component="Reablement", outcome=TO_REABLEMENT,
    )  # fmt: skip
    care.serve(
        who[first], (middle + gap)[first], end[first],
        service=REABLEMENT, component="Reablement", outcome=outcome[first],
    )  # fmt: skip
    return pieces, gap, middle + gap


def _discharge(care: Care, who: Whole, begun: Whole, hospital: Flags) -> Whole:
    """The day of the discharge that the episode followed; NONE where there was none."""
    before = np.array([0, 1, 2, 3, 7])[care.draws.among([45, 25, 15, 12, 3], len(who))]
    linked = hospital & care.chance(_AFTER_HOSPITAL, who)
    return np.where(linked, begun - before, NONE)


def _recorded(
    care: Care, who: Whole, begun: Whole, end: Whole, sequel: np.ndarray
) -> tuple[Whole, Whole]:
    """What follows each episode; how it truly counts, and how by the method of 2023-24."""
    of, draws = care.words.of, care.draws
    true = np.zeros(len(who), dtype=np.int64)
    for name in shares("care.sequels"):
        true[sequel == name] = of(name)
    true[sequel == "again on the eighth day"] = of(ADVICE)
    true[sequel == "long-term support on the eighth day"] = of(PLANNED_END)
    gap = np.array([0, 1, 3, 6, 7])[draws.among([55, 25, 10, 5, 5], len(who))]
    later = end + gap
    care.needs(who, end + SEEN_LATER)
    dead = sequel == "died"
    care.needed[who[dead]] = end[dead]
    care.dies(who[dead], end[dead] + np.array([0, 0, 1, 4, 7])[draws.among([2, 1, 1, 1, 1],
              int(dead.sum()))])  # fmt: skip
    _long_term(care, who, end, later, sequel)
    _short_term(care, who, later, sequel)
    reviewed = sequel == "by review"
    true[reviewed], soon = _by_review(care, who, end, reviewed)
    earlier = _earlier(sequel, gap)
    earlier[reviewed] = np.where(soon, ALONE, UNTOLD)
    true[sequel == "by assessment"] = _by_assessment(care, who, end, sequel == "by assessment")
    fitted = sequel == "by equipment"
    care.serve(
        who[fitted], begun[fitted] + 1, end[fitted] - draws.between(0, 3, int(fitted.sum())),
        service=LOW_LEVEL, component="Equipment", outcome=PLANNED_END,
    )  # fmt: skip
    true[fitted] = of("low level")
    return true, earlier


def _earlier(sequel: np.ndarray, gap: Whole) -> Whole:
    """How episodes count by the method of 2023-24, if a request led to them.

    A service counts that begins at most three days after the end, and of own outcomes only the
    planned end.
    """
    found = np.full(len(sequel), UNTOLD, dtype=np.int64)
    found[np.isin(sequel, (PLANNED_END, "long-term support on the eighth day"))] = ALONE
    soon = gap <= _CHAIN
    found[soon & np.isin(sequel, _FOLLOWED)] = ALONE
    found[soon & np.isin(sequel, ("community", "residential", "nursing"))] = SUPPORTED
    return found


def _long_term(care: Care, who: Whole, end: Whole, later: Whole, sequel: np.ndarray) -> None:
    for name, days in (("community", 0), ("long-term support on the eighth day", 8)):
        some = sequel == name
        start = end[some] + 8 if days else later[some]
        care.community(who[some], start, start + care.drawn("community_days", who[some]))
    for name in ("residential", "nursing"):
        some = sequel == name
        care.care_home(who[some], later[some], kind=name)
    assessed = np.isin(sequel, ("community", "residential", "nursing"))
    begun = end[assessed] - care.draws.between(1, 6, int(assessed.sum()))
    care.record(
        ASSESSMENT, who[assessed], begun, end[assessed],
        assessment="Long term assessment", outcome=TO_SERVICES,
    )  # fmt: skip


def _short_term(care: Care, who: Whole, later: Whole, sequel: np.ndarray) -> None:
    for name, service, component, length in (
        ("low level", LOW_LEVEL, "Equipment", "low_level_days"),
        ("other short term", OTHER_SHORT, "Other short term support", "short_days"),
        ("short-term residential", OTHER_SHORT, "Short term residential care", "short_days"),
    ):
        some = sequel == name
        # It outlasts the episode by more than a day, or it would not be what followed.
        end = later[some] + 2 + care.drawn(length, who[some])
        care.serve(
            who[some], later[some], end,
            service=service, component=component, outcome=PLANNED_END,
        )  # fmt: skip


def _by_review(care: Care, who: Whole, end: Whole, some: Flags) -> tuple[Whole, Flags]:
    """The outcome of a review after the end, and whether it came within three days."""
    outcome = care.picked(_USABLE, who[some])
    days = care.draws.between(1, 7, int(some.sum()))
    start = end[some] + days
    care.record(
        REVIEW, who[some], start, start + 1,
        reason="Review of short term support", outcome=outcome,
    )  # fmt: skip
    return outcome, days <= _CHAIN


def _by_assessment(care: Care, who: Whole, end: Whole, some: Flags) -> Whole:
    outcome = care.picked(_USABLE, who[some])
    closed = end[some] - care.draws.between(1, 13, int(some.sum()))
    care.record(
        ASSESSMENT, who[some], closed - 1, closed,
        assessment=SHORT_ASSESSMENT, outcome=outcome,
    )  # fmt: skip
    return outcome


def _again_on_the_eighth_day(care: Care, who: Whole, ended: Whole, prompt: Whole) -> None:
    """An episode of its own, because it begins one day too late to belong to the one before."""
    seen = ended <= care.window.last
    who, begun, prompt = who[seen], ended[seen] + 8, prompt[seen]
    end = _last_days(care, begun + 25)
    outcome = np.full(len(who), care.words.of(PLANNED_END))
    care.serve(who, begun, end, service=REABLEMENT, component="Reablement", outcome=outcome)
    earlier = np.where(begun <= prompt, ALONE, UNTOLD)
    _episode(care, who, begun, begun, end, True, outcome, earlier=earlier)
    care.needs(who, end + SEEN_LATER)


def _episode(
    care: Care, who: Whole, referred: Whole, begun: Whole, end: Whole, fresh: bool, sequel: Whole,
    hospital: Flags | None = None, discharge: Whole | None = None, earlier: Whole | None = None,
) -> None:  # fmt: skip
    care.episodes.add(
        len(who), person=who, referred=referred, start=begun, end=end, fresh=fresh, sequel=sequel,
        from_hospital=0 if hospital is None else hospital,
        discharge=NONE if discharge is None else discharge,
        earlier=UNTOLD if earlier is None else earlier,
    )  # fmt: skip
