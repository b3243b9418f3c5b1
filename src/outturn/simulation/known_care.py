"""Truths of client level data: see the list in `docs/reference/simulation.md`."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from outturn.simulation import care as ways
from outturn.simulation import hospital
from outturn.simulation.breakdowns import ADULTS, GENDERS, each, genders
from outturn.simulation.care import LONG_TERM, REQUEST, REVIEW, Care
from outturn.simulation.cld import LEARNING, SETTLED, Details
from outturn.simulation.days import NEVER, as_number
from outturn.simulation.draws import Flags, Whole
from outturn.simulation.events import NONE
from outturn.simulation.hospital import Stays
from outturn.simulation.hospital_codes import Codes
from outturn.simulation.living import Living
from outturn.simulation.people import People
from outturn.simulation.reablement import ALONE, UNTOLD
from outturn.simulation.truth import (
    MONTHLY,
    QUARTERLY,
    YEARLY,
    By,
    Part,
    Truths,
    counts,
    shares,
)
from outturn.terms.period import Period

_INDEPENDENT = (
    ways.PLANNED_END, ways.ADVICE, "NFA: Referral to other service within the local authority",
    "NFA: Responsibility moved to another local authority", "NFA: Other",
    "NFA: No services offered for other reason", ways.OTHER_END, "low level", "other short term",
)  # fmt: skip
_SUPPORTED = ("community", "residential", "nursing", "short-term residential")
_LINKED = 84  # days after a discharge in which measure 2D looks
_RANKS = ("nursing", "residential", "community direct payment", "community managed budget",
          "community commissioned", "community unknown", "prison")  # fmt: skip
_OLDER, _FROM_25 = 65, ("25-64", "65plus")
_COLLECTED = date(2023, 4, 1)  # client level data begin, and 2D looks at no earlier admission


def reablement(truths: Truths, care: Care, details: Details) -> None:
    """2A: what became of episodes of new clients that ended in the period."""
    episodes, of = care.episodes.whole(), care.words.of
    ended = (episodes["end"] <= care.window.last) & (episodes["fresh"] == 1)
    sequel, end, who = (episodes[name][ended] for name in ("sequel", "end", "person"))
    alone = np.isin(sequel, [of(one) for one in _INDEPENDENT])
    counted = alone | np.isin(sequel, [of(one) for one in _SUPPORTED])
    by = _parts_at_the_end(care, details, who, end)
    truths.count("2a_no_further_support_after_reablement", end, alone, counted, by, MONTHLY)
    names = sorted({care.words.texts[code] for code in np.unique(sequel) if code != NONE})
    codes = np.full(len(sequel), NONE)
    for nth, name in enumerate(names):
        codes[sequel == of(name)] = nth
    truths.count("reablement_episodes_of_new_clients", end, by={"sequel": (names, codes)})


def _parts_at_the_end(care: Care, details: Details, who: Whole, end: Whole) -> By:
    ages = _age_by_days(care.people, who, end)
    return {
        "gender": genders(care.people, details, who),
        "age_band": (ADULTS, (ages >= _OLDER).astype(np.int64)),
    }


def reablement_earlier(truths: Truths, care: Care, details: Details) -> None:
    """2A by the method of 2023-24: of episodes that a request of a new client led to."""
    episodes = care.episodes.whole()
    told = (episodes["end"] <= care.window.last) & (episodes["earlier"] != UNTOLD)
    end, alone = episodes["end"][told], episodes["earlier"][told] == ALONE
    by = _parts_at_the_end(care, details, episodes["person"][told], end)
    truths.count("2a_no_further_support_after_reablement_2023_24", end, alone, each(len(end)), by,
                 MONTHLY)  # fmt: skip


_GROUPS = {"2b_care_home_admissions_18_64": ("18-64", "18-64"),
           "2c_care_home_admissions_65": ("65-74", "85plus")}  # fmt: skip


def admissions(truths: Truths, care: Care, living: Living, long: Flags) -> None:
    """2B and 2C: people newly admitted, over the population of the middle of the first year.

    `long` are residents whose place is not written as one for a short time.
    """
    homes, people = care.homes.whole(), care.people
    start, who = homes["start"], homes["person"]
    counted = (homes["fresh"] == 1) & (homes["self_funded"] != 1) & care.window.holds(start)
    counted &= long[who]
    old = _age_by_days(people, who, start) >= _OLDER
    for (measure, groups), some in zip(_GROUPS.items(), (~old, old), strict=True):
        for version, listed in (
            ("", homes["component"] != NONE), ("_intended", np.ones(len(who), dtype=bool)),
        ):  # fmt: skip
            chosen = counted & some & listed
            truths.people(f"{measure}{version}", start[chosen], who[chosen], kinds=MONTHLY,
                          bottom=living.per(*groups))  # fmt: skip
    fresh = counted & (homes["component"] != NONE)
    truths.count("care_home_admissions", start[fresh], kinds=("month", "quarter"))


def still_in_care(truths: Truths, care: Care, living: Living) -> None:
    """2B and 2C by the method of 2023-24: admitted in the year and there on the day after it."""
    homes, people = care.homes.whole(), care.people
    for period in truths.periods(YEARLY):
        first, after = as_number(period.start), as_number(period.end) + 1
        there = homes["end"] >= after
        came = there & (homes["start"] >= first) & (homes["start"] < after)
        before = np.unique(homes["person"][there & (homes["start"] < first)])
        who = np.setdiff1d(homes["person"][came], before)
        old = _age_by_days(people, who, np.full(len(who), after)) >= _OLDER
        for (measure, groups), some in zip(_GROUPS.items(), (~old, old), strict=True):
            below = living.per(*groups)(period, "all", "all")
            truths.say(f"{measure}_2023_24", period, int(some.sum()), below)


def at_home(truths: Truths, care: Care, details: Details, unborn: Flags) -> None:
    """2E: people with long-term support in the year who live at home or with family.

    Age is that at the end of their latest service, at most of the year; whoever has no date of
    birth counts nowhere.
    """
    support, people, of = care.support.whole(), care.people, care.words.of
    for period in truths.periods(YEARLY):
        first, last = as_number(period.start), as_number(period.end)
        some = (support["start"] <= last) & (support["end"] >= first)
        who, end = support["person"][some], np.minimum(support["end"][some], last)
        latest = np.full(people.number, NONE, dtype=np.int64)
        np.maximum.at(latest, who, end)
        users = np.unique(who)
        users = users[~unborn[users]]
        ages, settled = _age_by_days(people, users, latest[users]), details.settled[users]
        learning = details.reason[users] == of(LEARNING)
        working = (ages >= 18) & (ages < _OLDER)
        by: By = {"gender": genders(people, details, users)}
        for measure, group in (
            ("2e_1_learning_disability_at_home_18_64", working & learning),
            ("2e_2a_at_home_18_64", working), ("2e_2b_at_home_65", ages >= _OLDER),
        ):  # fmt: skip
            truths.share(measure, period, settled & group, group, by)


def at_home_by_the_record(truths: Truths, care: Care, details: Details, unborn: Flags) -> None:
    """2E(1) by the method of 2023-24: without prison, and by what is recorded alone.

    Age is that at the end of the period, and only women and men are in it.
    """
    support, people, of = care.support.whole(), care.people, care.words.of
    settled = np.isin(details.accommodation, [of(name) for name in sorted(SETTLED)])
    known = (details.reason == of(LEARNING)) & ~details.gender_unknown & ~unborn
    outside = support["service"] != of(ways.PRISON)
    for period in truths.periods(YEARLY):
        first, last = as_number(period.start), as_number(period.end)
        some = outside & (support["start"] <= last) & (support["end"] >= first)
        users = np.unique(support["person"][some])
        ages = _age_by_days(people, users, np.full(len(users), last))
        group = known[users] & (ages >= 18) & (ages < _OLDER)
        by: By = {"gender": genders(people, details, users)}
        truths.share("2e_1_learning_disability_at_home_18_64_2023_24", period,
                     settled[users] & group, group, by)  # fmt: skip


def support_on_a_day(truths: Truths, care: Care, details: Details, unborn: Flags) -> None:
    """3D at the end of each quarter, and at that of each month who has long-term support.

    People without a date of birth are of unknown age, and by the method of 2023-24 nowhere.
    """
    ranks = _ranked(care)
    for one in truths.month_ends():
        number = np.bincount(_best_on(care, ranks, one), minlength=len(_RANKS) + 1)[:-1]
        truths.say("long_term_support_open", one, int(number.sum()), None)
        for nth, name in enumerate(_RANKS):
            truths.say("long_term_support_open", one, int(number[nth]), None, "setting", name)

    def there(date: Period, ways: tuple[int, ...], aged: bool) -> list[Part]:
        best = _best_on(care, ranks, date)
        users = np.flatnonzero((best >= 2) & (best <= 5) & ~(aged & unborn))
        every = np.ones(len(users), dtype=bool)
        by = _parts_on(care, details, users, date)
        by = {**by, "age": ((*ADULTS, "Unknown"), np.where(unborn[users], 2, by["age"][1]))}
        return shares(np.isin(best[users], ways), every, by)

    for measure, ways_ in (("3d_1a_self_directed_support_users", (2, 3)),
                           ("3d_2a_direct_payments_users", (2,))):  # fmt: skip
        for version, aged in (("", False), ("_2023_24", True)):

            def given(
                date: Period, ways_: tuple[int, ...] = ways_, aged: bool = aged
            ) -> list[Part]:
                return there(date, ways_, aged)

            truths.census(f"{measure}{version}", care.window.quarter_ends(), given,
                          ("financial year", "rolling by quarter"))  # fmt: skip


def _parts_on(care: Care, details: Details, who: Whole, date: Period) -> By:
    """Age and gender on the last day of a period."""
    ages = _age_by_days(care.people, who, np.full(len(who), as_number(date.end)))
    return {
        "age": (ADULTS, (ages >= _OLDER).astype(np.int64)),
        "gender": genders(care.people, details, who),
    }


def _ranked(care: Care) -> Whole:
    """The setting of each long-term service, as a position in _RANKS."""
    support, of = care.support.whole(), care.words.of
    rank = np.full(len(support["person"]), 5, dtype=np.int64)
    for nth, name in ((2, "Direct payment"), (3, "CASSR managed personal budget"),
                      (4, "CASSR commissioned support")):  # fmt: skip
        rank[support["mechanism"] == of(name)] = nth
    for nth, service in ((0, LONG_TERM[0]), (1, LONG_TERM[1]), (6, LONG_TERM[3])):
        rank[support["service"] == of(service)] = nth
    return rank


def _best_on(care: Care, ranks: Whole, date: Period) -> Whole:
    """The highest setting of each resident on a day; one more than there are for none."""
    support, day = care.support.whole(), as_number(date.start)
    some = (support["start"] <= day) & (support["end"] >= day)
    best = np.full(care.people.number, len(_RANKS), dtype=np.int64)
    np.minimum.at(best, support["person"][some], ranks[some])
    return best


def support_of_carers(truths: Truths, care: Care, details: Details, counted: Flags) -> None:
    """3D of carers: by how what they had in the year was given. `counted` are those who had it
    themselves, by resident.

    Every service has a component and ends after it began, so that all three methods agree.
    """
    support, of = care.carers_support.whole(), care.words.of
    direct = support["mechanism"] == of("Direct payment")
    managed = support["mechanism"] == of("CASSR managed personal budget")
    for period in truths.periods(YEARLY):
        first, last = as_number(period.start), as_number(period.end)
        some = (support["start"] <= last) & (support["end"] >= first) & counted[support["person"]]
        users = np.unique(support["person"][some])
        by = _parts_on(care, details, users, period)
        every = np.ones(len(users), dtype=bool)
        for measure, best in (
            ("3d_2b_direct_payments_carers", direct),
            ("3d_1b_self_directed_support_carers", direct | managed),
        ):
            top = np.isin(users, support["person"][some & best])
            for version in ("", "_2023_24", "_intended"):
                truths.share(f"{measure}{version}", period, top, every, by)


def first_waits(truths: Truths, care: Care, details: Details) -> None:
    """Days from the request of a new client of 25 or over to the first response and service.

    Every request has an outcome, so that both methods agree.
    """
    waits, people, last = care.waits.whole(), care.people, care.window.last
    assessed = np.where((waits["assessed"] == NONE) | (waits["assessed_by"] > last), NEVER,
                        waits["assessed"])  # fmt: skip
    served = np.where((waits["served"] == NONE) | (waits["served"] > last), NEVER, waits["served"])
    first = np.minimum(assessed, served)
    for name, day in (("first_response", first), ("first_service", served)):
        some = day < NEVER
        who, when, asked = waits["person"][some], day[some], waits["request"][some]
        old = (_age_by_days(people, who, asked) >= 25) & (_age_by_days(people, who, when) >= 25)
        who, when, wait = who[old], when[old], (when - asked)[old]
        by: By = {"age": (_FROM_25, (_age_by_days(people, who, when) >= _OLDER).astype(np.int64)),
                  "gender": genders(people, details, who)}  # fmt: skip
        for version in ("", "_intended"):
            truths.median(f"wait_{name}{version}", when, wait, by, QUARTERLY)
        truths.percentile(f"{name}_days_p90", when, wait, 90, by, QUARTERLY)


def still_waiting(truths: Truths, care: Care, details: Details) -> None:
    """New clients of 25 or over who wait for a first response, or a service, on the last day."""
    waits, people, last = care.waits.whole(), care.people, care.window.last
    asked = waits["request"] <= last
    asked &= _age_by_days(people, waits["person"], waits["request"]) >= 25
    asked &= people.dies[waits["person"]] > last
    assessed = (waits["assessed"] != NONE) & (waits["assessed_by"] <= last)
    served = (waits["served"] != NONE) & (waits["served"] <= last)
    for measure, waiting in (
        ("wait_open_first_response", asked & ~assessed & ~served),
        ("wait_open_first_service", asked & assessed & ~served & (waits["served"] != NONE)),
    ):
        who = waits["person"][waiting]

        def there(date: Period, who: Whole = who) -> list[Part]:
            by = _parts_on(care, details, who, date)
            by = {**by, "age": (_FROM_25, by["age"][1])}
            return counts(np.ones(len(who), dtype=bool), by)

        day = Period(care.window.end, 0, "D")
        truths.census(measure, [day], there)


def events(truths: Truths, care: Care) -> None:
    """How many requests, assessments and reviews ended, and how many services began."""
    found, window = care.events.whole(), care.window
    users = found["client"] == ways.USER
    for name, kind in (
        ("requests", REQUEST),
        ("assessments", ways.ASSESSMENT),
        ("reviews", REVIEW),
    ):
        some = users & (found["kind"] == kind) & window.holds(found["end"])
        truths.count(f"cld_{name}_ended", found["end"][some])
    some = (found["kind"] == ways.SERVICE) & window.holds(found["start"]) & users
    truths.count("cld_services_begun", found["start"][some])


def after_discharge(truths: Truths, care: Care, stays: Stays, codes: Codes) -> None:
    """2D: people of 65 or over discharged into reablement, and whether they stayed at home.

    The first part knows discharges whose 12 weeks are over. Gender is that of the hospital. What a
    hospital's codes say goes before its words.
    """
    people, episodes = care.people, care.episodes.whole()
    some = (episodes["discharge"] != NONE) & (episodes["start"] <= care.window.last)
    some &= care.window.holds(episodes["discharge"])
    who, out, begun = (episodes[name][some] for name in ("person", "discharge", "start"))
    old = _age_by_days(people, who, out) >= _OLDER
    old &= _admitted(stays, ~codes.left_out, who, out) >= as_number(_COLLECTED)
    who, out, begun = who[old], out[old], begun[old]
    over = out + _LINKED <= care.window.looked_from
    home = _stayed(care, stays, codes.unplanned, who, out, begun)
    truths.count("2d_1_still_at_home_after_reablement_65", out[over], home[over],
                 each(int(over.sum())), _older_parts(people, who[over], out[over]),
                 MONTHLY)  # fmt: skip
    all_who, all_out = _older_discharges(care, stays, codes)
    people_, days = np.concatenate([who, all_who]), np.concatenate([out, all_out])
    linked = np.arange(len(days)) < len(out)
    truths.count("2d_2_reablement_after_discharge_65", days, linked, ~linked,
                 _older_parts(people, people_, days), MONTHLY)  # fmt: skip


def _older_parts(people: People, who: Whole, on: Whole) -> By:
    ages = _age_by_days(people, who, on)
    return {
        "gender": (GENDERS[:2], people.woman[who].astype(np.int64)),
        "age_band": (("65-74", "75-84", "85plus"), (ages >= 75).astype(np.int64) + (ages >= 85)),
    }


def _admitted(stays: Stays, counted: Flags, who: Whole, out: Whole) -> Whole:
    """When the stays that count began, of those that ended on those days; NONE where none did."""
    left = pl.DataFrame({"person": who, "out": out})
    right = pl.DataFrame({"person": stays.person, "out": stays.discharged, "came": stays.admitted})
    right = right.filter(pl.Series(counted))
    first = right.group_by("person", "out").agg(pl.col("came").min())
    found = left.join(first, on=["person", "out"], how="left", maintain_order="left")
    return np.asarray(found["came"].fill_null(NONE).to_numpy())


def _older_discharges(care: Care, stays: Stays, codes: Codes) -> tuple[Whole, Whole]:
    """People of 65 or over who left hospital alive, after a night at least, and on which day.

    Not for another hospital or a hospice; not after a birth, nor from some specialties; not of
    those admitted before client level data began; not of those who were in long-term care in a
    home, or in prison, when they came.
    """
    people = care.people
    some = np.isin(stays.kind, [hospital.ACUTE, hospital.GERIATRIC, hospital.COMMUNITY_HOSPITAL])
    some &= (stays.discharged < NEVER) & (stays.discharged > stays.admitted)
    some &= ~codes.left_out
    some &= _age_by_days(people, stays.person, stays.discharged) >= _OLDER
    some &= people.window.holds(stays.discharged) & (stays.admitted >= as_number(_COLLECTED))
    some &= ~_in_care(care, stays)
    return stays.person[some], stays.discharged[some]


def _in_care(care: Care, stays: Stays) -> Flags:
    """Whether the person was in a care home or in prison on the day of admission."""
    support, of = care.support.whole(), care.words.of
    kinds = [of(name) for name in LONG_TERM if name != ways.COMMUNITY]
    there = np.isin(support["service"], kinds)
    left = pl.DataFrame({"nth": np.arange(len(stays)), "person": stays.person,
                         "came": stays.admitted})  # fmt: skip
    right = pl.DataFrame({name: support[name][there] for name in ("person", "start", "end")})
    found = left.join(right, on="person").filter(
        (pl.col("start") <= pl.col("came")) & (pl.col("end") >= pl.col("came"))
    )
    flags = np.zeros(len(stays), dtype=bool)
    flags[found["nth"].to_numpy()] = True
    return flags


def _stayed(
    care: Care, stays: Stays, unplanned: Flags, who: Whole, out: Whole, begun: Whole
) -> Flags:
    """Who had neither died, nor come back unplanned, nor gone into a care home."""
    homes = care.homes.whole()
    nights = stays.discharged > stays.admitted
    sudden = (stays.kind != hospital.VIRTUAL) & unplanned & nights
    back = _within(who, out, begun, stays.person[sudden], stays.admitted[sudden])
    seen = homes["start"] <= care.window.last
    moved = _within(who, out - 1, out - 1, homes["person"][seen], homes["start"][seen])
    return ~((care.people.dies[who] <= out + _LINKED) | back | moved)


def _age_by_days(people: People, who: Whole, on: Whole) -> Whole:
    """Age as the national measures have it: days of life / 365.25, cut down."""
    return (on - people.born[who]) * 4 // 1461


def _within(who: Whole, after: Whole, later: Whole, persons: Whole, days: Whole) -> Flags:
    """Whether something of the person begins after both days, and within 84 of the first."""
    left = pl.DataFrame({"nth": np.arange(len(who)), "person": who, "after": after, "later": later})
    right = pl.DataFrame({"person": persons, "day": days})
    found = left.join(right, on="person").filter(
        (pl.col("day") > pl.col("after")) & (pl.col("day") > pl.col("later"))
        & (pl.col("day") <= pl.col("after") + _LINKED)
    )  # fmt: skip
    flags = np.zeros(len(who), dtype=bool)
    flags[found["nth"].to_numpy()] = True
    return flags
