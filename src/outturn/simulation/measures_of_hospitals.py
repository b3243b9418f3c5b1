"""Truths of the library's measures of hospitals, delays and deaths, under their own names."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import polars as pl

from outturn.simulation import hospital
from outturn.simulation.breakdowns import ADULTS, each, five, grown, sexes
from outturn.simulation.days import as_number
from outturn.simulation.draws import Flags, Whole
from outturn.simulation.events import NONE
from outturn.simulation.hospital import Attendances, Stays
from outturn.simulation.known_hospital import (
    divided_by_month,
    last_thursday,
    letters,
    readmitted,
    reason_groups,
    winters,
)
from outturn.simulation.living import ADULT, EVERYBODY, OLDER, OLDEST, Living
from outturn.simulation.people import People
from outturn.simulation.tables import BED_KINDS, beds_of, occupied_beds
from outturn.simulation.truth import MONTHLY, By, Part, Truths, counts
from outturn.terms.period import Period

_OLDER = 65
_OLDEST = 75
_HOUR, _FOUR_HOURS = 60, 240
_SIX_WEEKS, _TWO_WEEKS, _THREE_DAYS = 42, 14, 3
_UNKNOWN = "Unknown code"
_CLOSED_WARDS = ("26X", "46X")  # not in the Scottish census
_VIRTUAL, _MENTAL = "virtual ward", "adult mental health"


def discharges(truths: Truths, people: People, stays: Stays, living: Living) -> None:
    """Stays by the day of discharge."""
    left = truths.window.holds(stays.discharged)
    ages = people.age(stays.admitted, stays.person)
    emergency = left & (stays.kind == hospital.ACUTE) & (stays.admission == hospital.EMERGENCY)
    older = emergency & (ages >= _OLDER)

    def sex(some: Flags) -> By:
        return {"sex": sexes(people, stays.person[some])}

    day, who = stays.discharged[emergency], stays.person[emergency]
    by: By = {"age": five(people, who, stays.admitted[emergency]), **sex(emergency)}
    truths.count("msg_1a_emergency_admissions", day, by=by, kinds=MONTHLY)
    truths.count("msg_1a_emergency_admission_rate", day, kinds=MONTHLY, per=living.per(EVERYBODY))
    adult = emergency & (ages >= 18)
    by = {"age": grown(people, stays.person[adult], stays.admitted[adult])}
    truths.count("emergency_admissions_standardised", stays.discharged[adult], by=by,
                 kinds=MONTHLY, per=living.per(ADULT))  # fmt: skip
    falls = older & (stays.fall == 1)
    for measure, some, youngest in (
        ("ni_12", adult, ADULT), ("ni_16", falls, OLDER),
        ("jf_emergency_admissions_65", older, OLDER),
    ):  # fmt: skip
        truths.count(measure, stays.discharged[some], by=sex(some), kinds=MONTHLY,
                     per=living.per(youngest))  # fmt: skip
    for measure, by in (("jf_repeat_emergency_admissions_65", sex(older)),
                        ("cco_r2_repeat_admissions_65", {})):  # fmt: skip
        truths.people(measure, stays.discharged[older], stays.person[older], by, MONTHLY, 2,
                      living.per(OLDER))  # fmt: skip
    left_alive, again = readmitted(people, stays)
    truths.count("ni_14", stays.discharged[left_alive], again, each(len(left_alive)),
                 {"sex": sexes(people, stays.person[left_alive])}, MONTHLY)  # fmt: skip
    home = left & (stays.came_from == 0) & (stays.destination != hospital.DIED)
    home &= stays.kind != hospital.VIRTUAL
    truths.count("ni_21", stays.discharged[home], stays.destination[home] == hospital.CARE_HOME,
                 each(int(home.sum())), kinds=MONTHLY)  # fmt: skip


def days_in_beds(truths: Truths, people: People, stays: Stays, living: Living) -> None:
    """Days after admission up to and with discharge, by month."""
    ages = people.age(stays.admitted, stays.person)
    kind, sudden = stays.kind, stays.admission == hospital.EMERGENCY
    unplanned = sudden | (stays.admission == hospital.TRANSFER)
    beds = np.isin(kind, [hospital.ACUTE, hospital.GERIATRIC, hospital.MENTAL])
    end = np.minimum(stays.discharged, truths.window.last)

    def told(measure: str, some: Flags, youngest: str = "", age: bool = False) -> None:
        month, days, nth = divided_by_month(truths, stays.admitted[some], end[some])
        who, on = stays.person[some][nth], stays.admitted[some][nth]
        by: By = {"age": five(people, who, on)} if age else {}
        kinds = ("financial year",) if measure.startswith("msg_6") else MONTHLY
        truths.count(measure, month, days, by=by, kinds=kinds,
                     per=living.per(youngest) if youngest else None)  # fmt: skip

    acute = sudden & (kind == hospital.ACUTE)
    told("msg_2a_unplanned_bed_days_acute", acute, age=True)
    told("msg_2b_unplanned_bed_days_geriatric", unplanned & (kind == hospital.GERIATRIC))
    told("msg_2c_unplanned_bed_days_mental_health", unplanned & (kind == hospital.MENTAL))
    in_settings = {
        "people_in_hospital_beds": kind != hospital.VIRTUAL,
        "large_hospital": beds,
        "community_hospital": kind == hospital.COMMUNITY_HOSPITAL,
        "hospice": kind == hospital.HOSPICE,
    }
    for setting, there in in_settings.items():
        told(f"msg_6_{setting}", there, EVERYBODY)
        told(f"msg_6_{setting}_65", there & (ages >= _OLDER), OLDER)
        told(f"msg_6_{setting}_75", there & (ages >= _OLDEST), "75-84")
    told("ni_13", sudden & beds & (ages >= 18), ADULT)
    told("cco_r1_emergency_bed_days_65", acute & (ages >= _OLDER), OLDER)
    told("mental_health_out_of_area", (kind == hospital.MENTAL) & (stays.away == 1))


def wards(truths: Truths, people: People, stays: Stays) -> None:
    """Virtual wards and beds for mental health."""
    window, virtual = truths.window, stays.kind == hospital.VIRTUAL
    came = virtual & window.holds(stays.admitted)
    day, who = stays.admitted[came], stays.person[came]
    truths.people("hospital_at_home_patients", day, who, {"sex": sexes(people, who)}, MONTHLY)
    told = stays.minutes[came] != NONE
    quick = told & (stays.minutes[came] <= _HOUR)
    truths.count("hospital_at_home_response", day, quick, told, kinds=MONTHLY)
    days = stays.discharged - stays.admitted
    left = window.holds(stays.discharged)
    some = left & virtual
    truths.median("hospital_at_home_stay", stays.discharged[some], days[some], kinds=MONTHLY)
    some = left & (stays.kind == hospital.MENTAL)
    by: By = {"sex": sexes(people, stays.person[some])}
    truths.count("mental_health_stay", stays.discharged[some], days[some], each(int(some.sum())),
                 by, MONTHLY)  # fmt: skip
    every = np.arange(window.first, window.last + 1)
    occupied = occupied_beds(people, stays)
    for measure, kind in (("hospital_at_home_occupancy", _VIRTUAL),
                          ("mental_health_occupancy", _MENTAL)):  # fmt: skip
        used = occupied[BED_KINDS.index(kind)]
        truths.count(measure, every, used, beds_of(used), kinds=MONTHLY)


def attendances(truths: Truths, people: People, found: Attendances) -> None:
    told = found.minutes != NONE
    quick = told & (found.minutes <= _FOUR_HOURS)
    by: By = {"sex": sexes(people, found.person)}
    truths.count("msg_3_emergency_attendances", found.day, by=by, kinds=MONTHLY)
    truths.count("msg_3_within_four_hours", found.day, quick, told, kinds=MONTHLY)
    some = found.admitted
    truths.count("msg_1b_admissions_from_emergency_department", found.day[some],
                 by={"sex": sexes(people, found.person[some])}, kinds=MONTHLY)  # fmt: skip


def deaths(truths: Truths, people: People) -> None:
    for period, cold, other in winters(people):
        truths.say("excess_winter_deaths", period, 2 * cold - other, other)


# Delays are told twice: by the rules of Scotland and by those of England. No nation's codes stand
# for the other's, so that a code of the other is unknown, and then no rule leaves it out.


def delays(truths: Truths, true: pl.DataFrame, nation: str, living: Living) -> None:
    ready, out, ages = (true[name].to_numpy() for name in ("ready", "out", "age"))
    code = np.array(true["code"].fill_null("").to_list(), dtype=object)
    code = np.where((code == "") & (nation == "scotland"), "11A", code)
    adult = ages >= 18
    by_scotland = adult & (code != "100")
    kind = true["kind"].to_numpy()
    _scottish(truths, ready[by_scotland], out[by_scotland], ages[by_scotland],
              code[by_scotland], nation, living)  # fmt: skip
    in_census = by_scotland & ~np.isin(code, _CLOSED_WARDS)
    _too_long(truths, ready[in_census], out[in_census], kind[in_census] == hospital.ACUTE)
    _english(truths, ready[adult], out[adult], ages[adult], code[adult], nation)
    mental = adult & (kind == hospital.MENTAL)
    _mental(truths, ready[mental], out[mental], ages[mental])


def _scottish(
    truths: Truths, ready: Whole, out: Whole, ages: Whole, code: np.ndarray, nation: str,
    living: Living,
) -> None:  # fmt: skip
    names, groups = reason_groups(code) if nation == "scotland" else _unknown(len(code))
    by: By = {"age": (("18-74", "75plus"), (ages >= 75).astype(np.int64)),
              "reason": (names, groups)}  # fmt: skip
    end = np.minimum(out, truths.window.last)
    named = np.array(names)[groups]
    standard = np.isin(named, [name for name in names if name.endswith("Reasons")])
    complex_ = np.isin(named, [name for name in names if name.startswith("Code 9")])
    every = np.ones(len(ready), dtype=bool)
    for measure, some in (("all", every), ("standard", standard), ("code_9", complex_)):
        _bed_days(truths, f"msg_4_delayed_discharge_bed_days_{measure}", ready[some], end[some],
                  _of(by, some))  # fmt: skip
    old = ages >= 75
    month, days, _ = divided_by_month(truths, ready[old], end[old])
    truths.count("ni_19", month, days, kinds=MONTHLY, per=living.per(OLDEST))
    some = ~np.isin(code, _CLOSED_WARDS)
    there = _waiting(ready[some], out[some], _of(by, some))
    for measure, least, parts in (
        ("jf_delayed_at_census", 0, True), ("jf_delayed_over_three_days", _THREE_DAYS, False),
        ("jf_delayed_over_six_weeks", _SIX_WEEKS, False),
    ):  # fmt: skip
        truths.census(measure, _censuses(truths), there(least, parts))


def _too_long(truths: Truths, ready: Whole, out: Whole, short_stay: Flags) -> None:
    """Who waits in a short-stay setting, which acute beds are here, or over six weeks elsewhere."""

    def there(census: Period) -> list[Part]:
        day = as_number(census.start)
        waits = (ready < day) & (out >= day)
        return counts(waits & (short_stay | (day - ready > _SIX_WEEKS)), {})

    truths.census("cco_a1_waiting_for_discharge", _censuses(truths), there)


def _english(
    truths: Truths, ready: Whole, out: Whole, ages: Whole, code: np.ndarray, nation: str
) -> None:
    reason = letters(code) if nation == "england" else _unknown(len(code))
    by: By = {"age": (ADULTS, (ages >= _OLDER).astype(np.int64)), "reason": reason}
    _bed_days(truths, "delayed_bed_days_england", ready, np.minimum(out, truths.window.last), by)
    there = _waiting(ready, out, by)
    for measure, least, parts in (
        ("delayed_at_census_england", 0, True),
        ("delayed_over_two_weeks_england", _TWO_WEEKS, False),
    ):
        truths.census(measure, _censuses(truths), there(least, parts))


def _mental(truths: Truths, ready: Whole, out: Whole, ages: Whole) -> None:
    """Whatever the reason: those who wait in mental health beds."""
    by: By = {"age": (ADULTS, (ages >= _OLDER).astype(np.int64))}
    end = np.minimum(out, truths.window.last)
    _bed_days(truths, "mental_health_delayed_bed_days", ready, end, by)
    there = _waiting(ready, out, by)
    truths.census("mental_health_delayed_at_census", _censuses(truths), there(0, True))


def _unknown(number: int) -> tuple[tuple[str, ...], Whole]:
    return (_UNKNOWN,), np.zeros(number, dtype=np.int64)


def _of(by: By, some: Flags | Whole) -> By:
    return {name: (names, codes[some]) for name, (names, codes) in by.items()}


def _bed_days(truths: Truths, measure: str, ready: Whole, end: Whole, by: By) -> None:
    month, days, nth = divided_by_month(truths, ready, end)
    truths.count(measure, month, days, by=_of(by, nth), kinds=MONTHLY)


def _censuses(truths: Truths) -> list[Period]:
    return [last_thursday(one) for one in truths.periods(["month"])]


def _waiting(
    ready: Whole, out: Whole, by: By
) -> Callable[[int, bool], Callable[[Period], list[Part]]]:
    """Who waits at a census, for longer than so many days; in parts, if asked."""

    def longer_than(least: int, parts: bool) -> Callable[[Period], list[Part]]:
        def there(census: Period) -> list[Part]:
            day = as_number(census.start)
            some = (ready < day) & (out >= day) & (day - ready > least)
            return counts(some, by if parts else {})

        return there

    return longer_than
