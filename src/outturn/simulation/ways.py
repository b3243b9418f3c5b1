"""Who comes to adult social care, and which way each of them goes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from outturn.simulation.care import (
    ASSESSMENT,
    CARER,
    CARER_ASSESSMENT,
    CONTINUES,
    DIRECT,
    FOR_CARERS,
    LONG_ASSESSMENT,
    LOW_LEVEL,
    OTHER_SHORT,
    PLANNED_END,
    PRISON,
    REVIEW,
    TO_ASSESSMENT,
    TO_SERVICES,
    Care,
)
from outturn.simulation.days import NEVER, age, parts, seasonal
from outturn.simulation.draws import Draws, Flags, Whole, divided
from outturn.simulation.events import NONE
from outturn.simulation.parameters import numbers, share, shares
from outturn.simulation.people import ADULTS, People, within_the_month
from outturn.simulation.reablement import just_after, new_clients, of_clients

_STOCK = ("stock_community", "stock_care_home", "stock_prison", "stock_carers")
_NEW = ("new_care_home", "new_reablement", "new_community", "new_low_level", "new_short",
        "new_assessed", "new_advice", "new_carers")  # fmt: skip
_AGES = {"stock_community": "community", "stock_care_home": "care_home",
         "new_care_home": "care_home", "new_reablement": "reablement",
         "new_community": "community"}  # fmt: skip
_BANDS = (18, 65, 75, 85)
_YOUNGER = (100.0, 0.0, 0.0, 0.0)
_IN_PRISON = ("CASSR managed personal budget", "CASSR commissioned support", "")
_CARERS = (62.0, 22.0, 12.0, 4.0)
_LONGEST_ASSESSMENT = 50  # days
_OLDER, _NEAR, _EVERY = 65, 4, 25  # of those within so many years of it, one in so many
_EDGE = 0.01  # share of people who are put on an edge on purpose
_FEWEST = 2  # of them
_NOTHING = {"NFA: Support declined": 30, "NFA: No services offered for other reason": 30,
            "NFA: Information and advice or signposting": 40}  # fmt: skip


def rates(years: float) -> dict[str, float]:
    """People of each way per 100 adults, in so many years."""
    stock = {name: share(f"care.{name}") for name in _STOCK}
    return stock | {name: share(f"care.{name}") * years for name in _NEW}


def residents(known: int, years: float) -> int:
    """How many people live where so many become known to social care in so many years."""
    return round(known / (sum(rates(years).values()) / 100) / ADULTS)


def divided_among_ways(draws: Draws, people: People, known: int) -> dict[str, Whole]:
    """Who goes which way: `known` people, each once, by age."""
    weights = rates(people.window.length / 365.25)
    ages = people.age(people.window.first)
    edges = np.searchsorted(np.array(_BANDS), ages, side="right") - 1
    pools = [draws.shuffled(np.flatnonzero(edges == band)) for band in range(len(_BANDS))]
    found = {}
    for name, number in zip(weights, divided(known, list(weights.values())), strict=True):
        wanted = numbers(f"care.ages_{_AGES.get(name, 'other')}")
        if name == "stock_prison":
            wanted = _YOUNGER
        if name.endswith("carers"):
            wanted = _CARERS
        found[name] = _taken(pools, number, wanted)
    return found


def _taken(pools: list[Whole], number: int, wanted: Sequence[float]) -> Whole:
    """That many people of the age bands; a band that runs out is made up by the one below."""
    taken, lacking = [], 0
    for band, part in reversed(list(enumerate(divided(number, wanted)))):
        part += lacking
        taken.append(pools[band][:part])
        pools[band] = pools[band][part:]
        lacking = part - len(taken[-1])
    return np.concatenate(taken)


def go(care: Care, ways: dict[str, Whole]) -> None:
    """Every way is gone, in an order that does not change."""
    first, last = care.window.first, care.window.last
    _prison(care, ways["stock_prison"], first)
    _stock_of_care_homes(care, ways["stock_care_home"], first)
    _stock_of_community(care, ways["stock_community"], first)
    for name, way in (
        ("new_care_home", _to_care_home), ("new_reablement", new_clients),
        ("new_community", _to_community), ("new_low_level", _to_low_level),
        ("new_short", _to_short), ("new_assessed", _to_nothing), ("new_advice", _to_advice),
    ):  # fmt: skip
        who = ways[name]
        way(care, who, seasonal(care.draws, care.window, (1.0,) * 12, len(who)))
    users = np.concatenate([ways["stock_community"], ways["new_community"], ways["new_low_level"]])
    for name in ("stock_carers", "new_carers"):
        who = ways[name]
        latest = last - _LONGEST_ASSESSMENT
        if name == "stock_carers":
            latest = min(first + 300, latest)
        _caring(care, who, care.draws.between(first, latest, len(who)), users)


def _edge(those: Flags) -> Flags:
    """The first few of those people, who are in no order: enough for both sides of an edge."""
    number = max(_FEWEST, int(_EDGE * those.sum()))
    return those & (np.cumsum(those) <= number)


def _prison(care: Care, who: Whole, first: int) -> None:
    start = first - care.draws.between(30, 700, len(who))
    end = first + care.draws.between(60, 2500, len(who))
    # How it is given: no measure of the community counts it for that.
    mechanism = care.words.all([_IN_PRISON[nth % len(_IN_PRISON)] for nth in range(len(who))])
    care.serve(who, start, end, service=PRISON, component="Other long term support",
               mechanism=mechanism, outcome=PLANNED_END)  # fmt: skip


def _stock_of_care_homes(care: Care, who: Whole, first: int) -> None:
    start = first - care.draws.between(1, 1500, len(who))
    care.care_home(who, start, first + care.drawn("care_home_left", who))


def _stock_of_community(care: Care, who: Whole, first: int) -> None:
    start = first - care.draws.between(1, 2500, len(who))
    end = first + care.drawn("community_left", who)
    edge = _edge((end < care.window.last - 170) & (end > first + 30))
    _ended_and_back(care, who[edge], start[edge], end[edge])
    who, start, end = who[~edge], start[~edge], end[~edge]
    plain = care.community(who, start, end)
    again = care.chance("reablement_of_clients", who) & (end > first + 200)
    begun = first + care.draws.between(10, 60, len(who))
    later = again & (end > first + 600) & (care.window.length > 700)
    begun = np.where(later, begun + 365, begun)
    of_clients(care, who[again], begun[again])
    care.only_at_home[who[plain & ~again]] = True


def _ended_and_back(care: Care, who: Whole, start: Whole, end: Whole) -> None:
    """Support that ended 90 days before reablement (no new client), or 91 days (a new one)."""
    care.serve(
        who, start, end, service="Long term support: Community",
        component="Home support or domiciliary care", mechanism="CASSR commissioned support",
        outcome=PLANNED_END,
    )  # fmt: skip
    even = np.arange(len(who)) % 2 == 0
    just_after(care, who[even], end[even], 90, False)
    just_after(care, who[~even], end[~even], 91, True)


def _assessed(care: Care, who: Whole, start: Whole, kind: str, outcome: str | Whole) -> tuple[
    Whole, Whole, Whole
]:  # fmt: skip
    """A request and the assessment that follows: when they end, and when the second begins."""
    asked = care.request(who, start, TO_ASSESSMENT)
    begun = start + care.drawn("assessment_wait", who)
    return asked, begun, care.assess(who, begun, kind, outcome)


def _to_care_home(care: Care, who: Whole, start: Whole) -> None:
    asked, begun, ended = _assessed(care, who, start, LONG_ASSESSMENT, TO_SERVICES)
    served = ended + care.drawn("service_wait", who)
    care.wait(who, start, asked, assessed=begun, assessed_by=ended, served=served)
    edge = _edge(served < care.window.last - 440)
    _left_and_back(care, who[edge], served[edge])
    care.care_home(who[~edge], served[~edge])


def _left_and_back(care: Care, who: Whole, start: Whole) -> None:
    """Care home stays 364 days apart (the second is not new), or 365 days (it is)."""
    odd = np.arange(len(who)) % 2 == 1
    end = start + 60
    for begun, over, fresh in (
        (start, end, np.ones(len(who), dtype=bool)),
        (end + np.where(odd, 365, 364), np.full(len(who), NEVER), odd),
    ):
        care.serve(
            who, begun, over, service="Long term support: Residential care",
            component="Residential care", outcome="NFA: Support ended for other reason",
        )  # fmt: skip
        care.homes.add(
            len(who), person=who, start=begun, end=over, fresh=fresh, self_funded=0, component=1
        )
    care.needs(who, np.full(len(who), care.window.last + 1))


def _to_community(care: Care, who: Whole, start: Whole) -> None:
    asked, begun, ended = _assessed(care, who, start, LONG_ASSESSMENT, TO_SERVICES)
    served = ended + care.drawn("service_wait", who)
    care.wait(who, start, asked, assessed=begun, assessed_by=ended, served=served)
    plain = care.community(who, served, served + care.drawn("community_days", who))
    care.only_at_home[who[plain]] = True


def _to_low_level(care: Care, who: Whole, start: Whole) -> None:
    asked, begun, ended = _assessed(care, who, start, LONG_ASSESSMENT, TO_SERVICES)
    served = ended + care.drawn("service_wait", who)
    care.wait(who, start, asked, assessed=begun, assessed_by=ended, served=served)
    component = care.picked({"Equipment": 62, "Technology enabled care": 20,
                             "Other low level support": 18}, who)  # fmt: skip
    end = served + care.drawn("low_level_days", who)
    cut = _last_of_march(served)
    again = care.chance(5 * _EDGE, who) & (cut < end) & (cut < care.window.last)
    first = np.where(again, cut, end)
    for some, start, over in (
        (np.ones(len(who), dtype=bool), served, first),
        (again, cut + 1, end),
    ):
        care.serve(
            who[some], start[some], over[some],
            service=LOW_LEVEL, component=component[some], outcome=PLANNED_END,
        )  # fmt: skip


def _last_of_march(days: Whole) -> Whole:
    """The 31 March on or after each day: some systems end everything then, and begin it again."""
    year, month, _ = parts(days)
    later = (month > 3).astype(np.int64)
    marches = (year + later - 1970) * 12 + 3
    return marches.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64) - 1


def _to_short(care: Care, who: Whole, start: Whole) -> None:
    asked = care.request(who, start, TO_SERVICES)
    served = start + care.drawn("service_wait", who)
    care.wait(who, start, asked, served=served)
    component = care.picked({"Short term residential care": 40, "Short term nursing care": 15,
                             "Other short term support": 45}, who)  # fmt: skip
    care.serve(who, served, served + care.drawn("short_days", who), service=OTHER_SHORT,
               component=component, outcome=PLANNED_END)  # fmt: skip


def _to_nothing(care: Care, who: Whole, start: Whole) -> None:
    """Assessed, and no service follows."""
    outcome = care.picked(_NOTHING, who)
    asked, begun, ended = _assessed(care, who, start, LONG_ASSESSMENT, outcome)
    care.wait(who, start, asked, assessed=begun, assessed_by=ended)


def _to_advice(care: Care, who: Whole, start: Whole) -> None:
    care.request(who, start, care.picked(shares("care.advice_outcomes"), who))


def _caring(care: Care, who: Whole, start: Whole, users: Whole) -> None:
    """Unpaid carers: assessed, most of them supported, each for somebody they care for."""
    cared_for = users[care.draws.between(0, max(len(users) - 1, 0), len(who))]
    care.linked[cared_for] = True
    kind = np.array(list(shares("care.carer_support")))[
        care.draws.among(list(shares("care.carer_support").values()), len(who))
    ]
    advised = kind == "advice"
    outcome = np.where(
        advised, care.words.of("NFA: Information and advice or signposting"),
        care.words.of(TO_SERVICES),
    )  # fmt: skip
    ended = start + care.drawn("assessment_days", who)
    care.record(ASSESSMENT, who, start, ended, client=CARER, assessment=CARER_ASSESSMENT,
                outcome=outcome, cared_for=cared_for)  # fmt: skip
    care.caring.add(len(who), person=who, asked=start, completed=ended)
    some = ~advised
    mechanism = care.words.all([str(one) for one in kind[some]])
    begun = ended[some] + care.draws.between(0, 30, int(some.sum()))
    over = begun + care.draws.between(30, 900, int(some.sum()))
    component = np.where(
        mechanism == care.words.of(DIRECT), care.words.of(DIRECT),
        care.words.of("Carer respite"),
    )  # fmt: skip
    care.serve(who[some], begun, over, client=CARER, service=FOR_CARERS, component=component,
               mechanism=mechanism, outcome=PLANNED_END, cared_for=cared_for[some])  # fmt: skip
    care.carers_support.add(
        int(some.sum()), person=who[some], mechanism=mechanism, start=begun, end=over
    )
    review = begun + 365
    held = (review + 7 < np.minimum(over, care.window.last)) & care.chance(0.6, who[some])
    care.record(REVIEW, who[some][held], review[held], review[held] + 7, client=CARER,
                reason="Planned", outcome=CONTINUES, cared_for=cared_for[some][held])  # fmt: skip


def settle(care: Care) -> None:
    """When each person dies, and a few birthdays moved away from the days that ages are taken on.

    A decided death stands. Of the others, whoever is needed alive on the day does not die then.
    """
    people = care.people
    by_chance = np.where(people.dies > care.needed, people.dies, NEVER)
    people.dies = np.where(care.death < NEVER, care.death, by_chance)
    episodes, homes, waits = care.episodes.whole(), care.homes.whole(), care.waits.whole()
    who = np.concatenate([episodes["person"], homes["person"], *[waits["person"]] * 3])
    told = [waits[name] for name in ("request", "assessed", "served")]
    on = np.concatenate([episodes["end"], homes["start"], *told])
    real = (on != NONE) & (on < NEVER)
    who, on = who[real], on[real]
    _away_from_birthdays(people, who, on)
    _on_birthdays(people, who, on)


def _on_birthdays(people: People, who: Whole, on: Whole) -> None:
    """Of those near 65 with a single such day, a few turn 65 on it, the day before or after.

    Whole years and days / 365.25 disagree on the birthday itself in most years, so only such years
    are taken in which they agree.
    """
    _, first, count = np.unique(who, return_index=True, return_counts=True)
    who, on = who[first[count == 1]], on[first[count == 1]]
    _, _, day = parts(on)
    near = (np.abs(people.age(on, who) - _OLDER) <= _NEAR) & (day >= 5) & (day <= 25)
    who, on = who[near][::_EVERY], on[near][::_EVERY]
    moved = np.arange(len(who)) % 3 - 1  # the birthday is the day before, the day, the day after
    stamps = on.astype("datetime64[D]")
    months = stamps.astype("datetime64[M]")
    born = (months - 12 * _OLDER).astype("datetime64[D]") + (stamps - months) + moved
    days = born.astype(np.int64)
    alike = (moved != 0) | ((on - days) * 4 >= _OLDER * 1461)
    people.born[who[alike]] = days[alike]


def _away_from_birthdays(people: People, who: Whole, on: Whole) -> None:
    """No 18th, 25th, 65th, 75th or 85th birthday in the month of such a day or next to it."""
    for _ in range(6):
        born = people.born[who]
        before, after = age(born + 32, on), age(born - 32, on)
        near = np.zeros(len(who), dtype=bool)
        for edge in (18, 25, 65, 75, 85):
            near |= (before < edge) & (after >= edge)
        if not near.any():
            return
        moved = np.unique(who[near])
        people.born[moved] = within_the_month(people.born[moved] - 97)
