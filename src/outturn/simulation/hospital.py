"""Stays in hospital, in virtual wards and in mental health beds; delays; emergency attendances."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace

import numpy as np

from outturn.simulation.care import Care
from outturn.simulation.days import NEVER, Window, seasonal
from outturn.simulation.draws import Draws, Flags, Whole
from outturn.simulation.events import NONE, Gathered
from outturn.simulation.parameters import numbers, share, shares, spread
from outturn.simulation.people import People, by_age

KINDS = ("acute", "geriatric long stay", "mental health", "community hospital", "virtual ward",
         "hospice")  # fmt: skip
ACUTE, GERIATRIC, MENTAL, COMMUNITY_HOSPITAL, VIRTUAL, HOSPICE = range(6)
ADMISSIONS = ("emergency", "planned", "transfer", "maternity", "other")
EMERGENCY, PLANNED, TRANSFER, MATERNITY = range(4)
FROM = ("home", "care home", "other hospital", "other")
DESTINATIONS = ("home", "home with support", "care home", "other hospital", "died", "other")
HOME, SUPPORTED, CARE_HOME, OTHER_HOSPITAL, DIED, OTHER = range(6)

_OLD, _FEWEST_LONG_STAYS = 65, 6
_FEWEST_RESTS, _OF_EACH_KIND = 8, 2
_LEAD = 200  # days before the window from which stays are made, so that beds are full at its start
_APART = 1  # days at least between the stays of a person, but for transfers
_NOT_IN_A_BED = 60  # days before death without a stay of who dies in a hospice
_WATCHED = 92  # days after a discharge into reablement in which only a decided stay may begin


@dataclass
class Stays:
    """Every stay that touches the window, in order of person and admission.

    After them those in which people spent their last days, out of order.
    """

    person: Whole
    kind: Whole
    admission: Whole
    admitted: Whole
    discharged: Whole  # NEVER while it lasts: it may end after the window
    ready: Whole  # the day of readiness of who was delayed; else NONE
    destination: Whole
    came_from: Whole
    minutes: Whole  # of the response of a virtual ward; else NONE
    away: Whole  # 1 out of area
    fall: Whole

    def __len__(self) -> int:
        return len(self.person)


@dataclass
class Attendances:
    person: Whole
    day: Whole
    minutes: Whole
    admitted: Flags


def stays(draws: Draws, people: People, care: Care, known: Flags, nation: str) -> Stays:
    """Stays drawn for the whole population, and those that ways through care ask for."""
    made = Gathered("person", "kind", "admission", "start", "end", "ready", "decided", "moved")
    window = people.window
    longer = window.length + _LEAD
    weights = _weights(people, known)
    adults = int((people.age(window.first) >= 18).sum())
    _decided(draws, care, made)
    for kind, admission, rate in (
        (ACUTE, EMERGENCY, "emergency"), (ACUTE, PLANNED, "planned"),
        (VIRTUAL, EMERGENCY, "virtual"), (MENTAL, EMERGENCY, "mental_health"),
    ):  # fmt: skip
        number = round(adults * share(f"hospital.{rate}") / 100 * longer / 365.25)
        if rate == "emergency":  # those who come back soon are added below
            number = round(number / (1 + share("hospital.back_soon")))
        person = draws.weighted(weights, number)
        start = _days(draws, window, number)
        _drawn(draws, people, made, person, start, kind, admission)
    _long_stays(draws, people, made, weights, nation)
    return _kept(draws, people, care, made.whole())


def _weights(people: People, known: Flags) -> Whole:
    ages = np.clip(people.age(people.window.first), 0, None)
    weights = by_age("hospital.weights", ages)
    return np.where(known, weights * int(share("hospital.known_to_care")), weights)


def _days(draws: Draws, window: Window, number: int) -> Whole:
    """Days of the window and of the time before it, more of them in winter."""
    days = seasonal(draws, window, numbers("population.winter"), number)
    early = draws.chance(_LEAD / (window.length + _LEAD), number)
    return np.where(early, window.first - draws.between(1, _LEAD, number), days)


def _drawn(
    draws: Draws, people: People, made: Gathered, person: Whole, start: Whole, kind: int,
    admission: int,
) -> None:  # fmt: skip
    number = len(person)
    lengths = {ACUTE: "emergency_days" if admission == EMERGENCY else "planned_days",
               VIRTUAL: "virtual_days", MENTAL: "mental_health_days"}[kind]  # fmt: skip
    end = start + draws.spread(spread(f"hospital.{lengths}"), number)
    ready = np.full(number, NONE, dtype=np.int64)
    adult = people.age(start, person) >= 18
    if (kind, admission) == (ACUTE, EMERGENCY) or kind == MENTAL:
        late = adult & draws.chance(share("hospital.delayed"), number) & (end > start)
        ready[late] = end[late]
        end = np.where(late, end + draws.spread(spread("hospital.delay_days"), number), end)
    made.add(number, person=person, kind=kind, admission=admission, start=start, end=end,
             ready=ready, decided=0, moved=0)  # fmt: skip
    if (kind, admission) != (ACUTE, EMERGENCY):
        return
    again = draws.chance(share("hospital.back_soon"), number)
    back = end + draws.spread(spread("hospital.back_after"), number)
    made.add(
        int(again.sum()), person=person[again], kind=ACUTE, admission=EMERGENCY, start=back[again],
        end=(back + draws.spread(spread("hospital.emergency_days"), number))[again], decided=0,
        moved=0,
    )  # fmt: skip
    moved = draws.chance(share("hospital.transfers"), number) & ~again & (ready == NONE)
    length = draws.spread(spread("hospital.community_hospital_days"), number)
    late = moved & adult & draws.chance(2 * share("hospital.delayed"), number)
    over = end + length
    longer = np.where(late, over + draws.spread(spread("hospital.delay_days"), number), over)
    made.add(
        int(moved.sum()), person=person[moved], kind=COMMUNITY_HOSPITAL, admission=TRANSFER,
        start=end[moved], end=longer[moved], ready=np.where(late, over, NONE)[moved], decided=0,
        moved=1,
    )  # fmt: skip


def _long_stays(draws: Draws, people: People, made: Gathered, weights: Whole, nation: str) -> None:
    """Long stays of older people, by transfer or as an emergency: few, and fewer in England."""
    window, old = people.window, people.age(people.window.first) >= _OLD
    rate = share(f"hospital.geriatric_{nation}")
    number = round(int(old.sum()) * rate / 100 * (window.length + _LEAD) / 365.25)
    number = max(number, _FEWEST_LONG_STAYS)
    start = _days(draws, window, number)
    length = draws.spread(spread("hospital.geriatric_days"), number)
    sudden = draws.chance(share("hospital.geriatric_emergency"), number)
    made.add(
        number, person=draws.weighted(np.where(old, weights, 0), number), kind=GERIATRIC,
        admission=np.where(sudden, EMERGENCY, TRANSFER), start=start, end=start + length,
        decided=0, moved=0,
    )  # fmt: skip


def _decided(draws: Draws, care: Care, made: Gathered) -> None:
    """The stay before each reablement from hospital; now and then another stay after it."""
    episodes = care.episodes.whole()
    some = episodes["discharge"] != NONE
    person, out = episodes["person"][some], episodes["discharge"][some]
    length = draws.between(3, 20, len(person))
    made.add(len(person), person=person, kind=ACUTE, admission=EMERGENCY, start=out - length,
             end=out, decided=1, moved=0)  # fmt: skip
    end = episodes["end"][some]
    admitted = episodes["sequel"][some] == care.words.of("Admitted to hospital")
    by_chance = draws.chance(share("hospital.back_after_reablement"), len(person)) & ~admitted
    back = np.where(admitted, end, end + draws.between(10, 40, len(person)))
    again = (admitted | by_chance) & (back <= care.window.last) & (back > out + _APART)
    made.add(
        int(again.sum()), person=person[again], kind=ACUTE, admission=EMERGENCY, start=back[again],
        end=back[again] + draws.between(1, 9, int(again.sum())), decided=1, moved=0,
    )  # fmt: skip


def _kept(draws: Draws, people: People, care: Care, made: dict[str, Whole]) -> Stays:
    """Stays of the living that do not overlap, cut at death, as the window shows them."""
    window = people.window
    born, dies = people.born[made["person"]], people.dies[made["person"]]
    fits = (made["start"] >= born) & (made["start"] <= dies) & (made["start"] <= window.last)
    fits &= ~_watched(care, made) | (made["decided"] == 1)
    made = {name: column[fits] for name, column in made.items()}
    made["end"] = np.minimum(made["end"], people.dies[made["person"]])
    made = _last_illness(draws, people, made)
    order = np.lexsort((made["moved"], made["start"], 1 - made["decided"], made["person"]))
    made = {name: column[order] for name, column in made.items()}
    for _ in range(3):
        order = np.lexsort((made["moved"], made["start"], made["person"]))
        made = {name: column[order] for name, column in made.items()}
        clear = _clear_of_the_last(made)
        made = {name: column[clear] for name, column in made.items()}
    touches = made["end"] >= window.first
    return _told(draws, people, {name: column[touches] for name, column in made.items()})


def _watched(care: Care, made: dict[str, Whole]) -> Flags:
    """Whether a stay would begin where only the decided ones may, about an episode."""
    episodes = care.episodes.whole()
    first = np.full(care.people.number, NEVER, dtype=np.int64)
    last = np.full(care.people.number, -NEVER, dtype=np.int64)
    np.minimum.at(first, episodes["person"], episodes["referred"] - 60)
    np.maximum.at(last, episodes["person"], episodes["end"] + _WATCHED)
    within = (made["start"] >= first[made["person"]]) & (made["start"] <= last[made["person"]])
    return within | (
        (made["end"] >= first[made["person"]]) & (made["start"] <= first[made["person"]])
    )


def _last_illness(draws: Draws, people: People, made: dict[str, Whole]) -> dict[str, Whole]:
    """Many die in hospital: a last stay for some of those without one on the day."""
    dead = np.flatnonzero(people.dies < NEVER)
    inside = np.unique(made["person"][made["end"] == people.dies[made["person"]]])
    dead = np.setdiff1d(dead, inside)
    dead = dead[draws.chance(share("population.deaths_in_hospital"), len(dead))]
    start = people.dies[dead] - draws.between(0, 14, len(dead))
    given = {"person": dead, "kind": ACUTE, "admission": EMERGENCY, "start": start,
             "end": people.dies[dead], "ready": NONE, "decided": 0, "moved": 0}  # fmt: skip
    return {
        name: np.concatenate([column, np.broadcast_to(np.asarray(given[name]), len(dead))])
        for name, column in made.items()
    }


def _clear_of_the_last(made: dict[str, Whole]) -> Flags:
    """A decided stay always; another where it begins after the person's one before it.

    A transfer is kept with the stay that it goes on from, which ends on the day it begins.
    """
    person, start, end = made["person"], made["start"], made["end"]
    shifted = end + _APART
    # Ends rise within a person; a step between persons keeps the running maximum apart.
    step = (person - person.min()) * (2 * NEVER) if len(person) else person
    latest = np.maximum.accumulate(shifted + step) if len(person) else shifted
    before = np.concatenate([[-NEVER], latest[:-1]]) - step if len(person) else shifted
    same = np.concatenate([[False], person[1:] == person[:-1]]) if len(person) else person > 0
    goes_on = same & np.concatenate([[False], end[:-1] == start[1:]])[: len(person)]
    moved = made["moved"] == 1
    kept = np.where(moved, goes_on, ~same | (start >= before))
    after = np.concatenate([same[1:] & (made["decided"][1:] == 1), [False]])[: len(person)]
    following = np.concatenate([start[1:], [NEVER]])[: len(person)]
    crossed = after & (shifted > following) & (made["decided"] == 0)
    return np.asarray((kept & ~crossed) | (made["decided"] == 1))


def _told(draws: Draws, people: People, made: dict[str, Whole]) -> Stays:
    window, person, number = people.window, made["person"], len(made["person"])
    dies = people.dies[person]
    lasts = made["end"] > window.last
    end = np.where(lasts, NEVER, made["end"])
    died = ~lasts & (made["end"] == dies)
    next_moved = np.concatenate([(made["moved"][1:] == 1) & (person[1:] == person[:-1]), [False]])
    destination = draws.among([62, 30, 8], number)
    destination = np.where(next_moved[:number], OTHER_HOSPITAL, destination)
    destination = np.where(died, DIED, np.where(lasts, NONE, destination))
    ready = np.where(
        (made["ready"] != NONE) & (made["ready"] <= np.minimum(made["end"], window.last)),
        made["ready"], NONE,
    )  # fmt: skip
    came = np.where(made["moved"] == 1, 2, draws.among([93, 7], number))
    minutes = draws.spread(spread("hospital.response_minutes"), number)
    away = (made["kind"] == MENTAL) & draws.chance(share("hospital.out_of_area"), number)
    old = people.age(made["start"], person) >= 65
    fall = old & draws.chance(share("hospital.falls") * 1.5, number)
    return Stays(
        person=person, kind=made["kind"], admission=made["admission"], admitted=made["start"],
        discharged=end, ready=ready, destination=destination, came_from=came,
        minutes=np.where(made["kind"] == VIRTUAL, minutes, NONE),
        away=away,
        fall=np.where((made["kind"] == ACUTE) & (made["admission"] == EMERGENCY), fall, 0),
    )  # fmt: skip


def with_last_days(draws: Draws, people: People, found: Stays) -> Stays:
    """The stays, and a last one in a hospice or a community hospital for some who died.

    Of those only who had not been in a bed lately.
    """
    window = people.window
    bedded = np.full(people.number, -NEVER, dtype=np.int64)
    np.maximum.at(bedded, found.person, found.discharged)
    dead = np.flatnonzero(window.holds(people.dies) & (bedded < people.dies - _NOT_IN_A_BED))
    dead = dead[draws.chance(share("population.deaths_in_small_beds"), len(dead))]
    number, dies = len(dead), people.dies[dead]
    kind = np.array([HOSPICE, COMMUNITY_HOSPITAL])[draws.among([2, 1], number)]
    none, home = np.full(number, NONE), np.zeros(number, dtype=np.int64)
    added = Stays(
        person=dead, kind=kind, admission=np.full(number, PLANNED),
        admitted=dies - draws.spread(spread("hospital.last_days"), number), discharged=dies,
        ready=none, destination=np.full(number, DIED), came_from=home, minutes=none, away=home,
        fall=home,
    )  # fmt: skip
    return _together(found, added)


def with_rest(draws: Draws, people: People, found: Stays, known: Flags) -> Stays:
    """The stays, and some from home in a community hospital or a hospice, to rest.

    Of adults only who are in no other bed, live on, and are not known to social care.
    """
    window, free = people.window, (people.dies == NEVER) & ~known
    free &= people.age(window.first) >= 18
    free[found.person] = False
    who = draws.shuffled(np.flatnonzero(free))
    adults = int((people.age(window.first) >= 18).sum())
    number = round(adults * share("hospital.respite") / 100 * window.length / 365.25)
    who = np.sort(who[: max(number, _FEWEST_RESTS)])
    number = len(who)
    start = draws.between(window.first, window.last - 30, number)
    away = draws.chance(share("hospital.respite_to_care_home"), number)
    away[:_OF_EACH_KIND] = True
    none, zero = np.full(number, NONE), np.zeros(number, dtype=np.int64)
    added = Stays(
        person=who, kind=np.array([HOSPICE, COMMUNITY_HOSPITAL])[np.arange(number) % 2],
        admission=np.full(number, PLANNED), admitted=start,
        discharged=start + draws.spread(spread("hospital.respite_days"), number), ready=none,
        destination=np.where(away, CARE_HOME, HOME), came_from=zero, minutes=none, away=zero,
        fall=zero,
    )  # fmt: skip
    return _together(found, added)


def _together(found: Stays, added: Stays) -> Stays:
    both = {one.name: np.concatenate([getattr(found, one.name), getattr(added, one.name)])
            for one in fields(Stays)}  # fmt: skip
    return Stays(**both)


def in_other_beds(draws: Draws, care: Care, stays: Stays) -> Stays:
    """The stays, some of those after a discharge into reablement in beds of other kinds."""
    episodes = care.episodes.whole()
    left = np.full(care.people.number, NEVER, dtype=np.int64)
    some = episodes["discharge"] != NONE
    np.minimum.at(left, episodes["person"][some], episodes["discharge"][some])
    back = (stays.admitted > left[stays.person]) & (stays.kind == ACUTE) & (stays.ready == NONE)
    back &= (stays.admission == EMERGENCY) & (stays.destination != OTHER_HOSPITAL)
    weights = shares("hospital.back_to_other_beds")
    kinds = draws.among(list(weights.values()), int(back.sum()))
    kinds[: len(weights)] = np.arange(len(weights))[: len(kinds)]
    kind = stays.kind.copy()
    kind[back] = np.array([KINDS.index(one) for one in weights])[kinds]
    return replace(stays, kind=kind)


def as_recorded(draws: Callable[[str], Draws], people: People, stays: Stays) -> Stays:
    """The stays with what no figure counts, and without some of what figures count.

    Falls of others than older people who came as an emergency, beds out of area and responses of
    other kinds, stays in mental health beds and long stays that were planned; and responses that
    are not recorded.
    """
    number, old = len(stays), people.age(stays.admitted, stays.person) >= _OLD
    fallen = (stays.kind == ACUTE) & (stays.admission == EMERGENCY) & old
    fallen = ~fallen & draws("other falls").chance(share("hospital.other_falls"), number)
    away = draws("others out of area").chance(share("hospital.others_out_of_area"), number)
    planned = draws("planned long stays").chance(share("hospital.geriatric_planned"), number)
    planned &= (stays.kind == GERIATRIC) & (stays.admission == TRANSFER)
    odds = share("hospital.mental_health_transfers")
    came = draws("mental health admissions").among([1 - 2 * odds, odds, odds], number)
    came = np.array([EMERGENCY, PLANNED, TRANSFER])[came]
    admission = np.where(stays.kind == MENTAL, came, stays.admission)
    crisis = draws("crisis responses")
    quick = crisis.spread(spread("hospital.response_minutes"), number)
    told = (stays.kind == MENTAL) & crisis.chance(share("hospital.crisis_responses"), number)
    lost = draws("responses unknown").chance(share("hospital.response_unknown"), number)
    return replace(
        stays,
        fall=np.where(fallen, 1, stays.fall),
        away=np.where(away & (stays.kind != MENTAL), 1, stays.away),
        admission=np.where(planned, PLANNED, admission),
        minutes=np.where(lost, NONE, np.where(told, quick, stays.minutes)),
    )


def attendances(draws: Draws, people: People, found: Stays, known: Flags) -> Attendances:
    """Attendances that led to a stay, and others."""
    window = people.window
    led = (found.kind == ACUTE) & (found.admission == EMERGENCY) & (found.admitted >= window.first)
    led &= draws.chance(share("hospital.through_emergency_department"), len(found))
    number = round(people.number * share("hospital.attendances") / 100 * window.length / 365.25)
    others = max(number - int(led.sum()), 0)
    person = draws.weighted(_weights(people, known), others)
    day = seasonal(draws, window, (1.0,) * 12, others)
    alive = (day <= people.dies[person]) & (day >= people.born[person])
    persons = np.concatenate([found.person[led], person[alive]])
    days = np.concatenate([found.admitted[led], day[alive]])
    admitted = np.arange(len(persons)) < int(led.sum())
    minutes = draws.spread(spread("hospital.attendance_minutes"), len(persons))
    minutes = np.where(admitted, minutes + minutes // 3, minutes)
    order = np.lexsort((persons, days))
    return Attendances(persons[order], days[order], minutes[order], admitted[order])


def minutes_as_recorded(draws: Draws, found: Attendances) -> Attendances:
    """Of a few attendances nobody recorded how long they lasted."""
    lost = draws.chance(share("hospital.minutes_unknown"), len(found.person))
    return replace(found, minutes=np.where(lost, NONE, found.minutes))


def delay_reasons(draws: Draws, nation: str, number: int) -> tuple[list[str], list[str]]:
    """The primary and secondary reason code of each delay; empty where there is none."""
    weights = shares(f"hospital.reasons_{nation}")
    codes = np.array(list(weights), dtype=object)[draws.among(list(weights.values()), number)]
    pairs = [code.partition("/") for code in codes.tolist()]
    return [first for first, _, _ in pairs], [second for _, _, second in pairs]
