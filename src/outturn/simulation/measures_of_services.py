"""Truths of the library's measures of services, carers, safety and surveys, under their names."""

from __future__ import annotations

import numpy as np

from outturn.simulation import services
from outturn.simulation.breakdowns import each, five, sexes
from outturn.simulation.days import NEVER, as_number
from outturn.simulation.draws import Flags, Whole
from outturn.simulation.events import NONE
from outturn.simulation.hospital import Stays
from outturn.simulation.known_services import followed_by_assessment, home_on_day_91, week_sums
from outturn.simulation.living import ADULT, OLDER, Living
from outturn.simulation.people import People
from outturn.simulation.services import Columns
from outturn.simulation.tables import GROUPS
from outturn.simulation.truth import LAST_OF_MONTHS, MONTHLY, By, Part, Truths, shares
from outturn.terms.period import Period

_OLDER = 65
_INTENSIVE = 1000  # hundredths of hours a week
_WEEK, _MONTH, _URGENT = 7, 28, 1  # days
_COMMUNITY, _CARER = range(2)  # kinds of referrals
_GOOD = ("outstanding", "good", "grade 6", "grade 5", "grade 4")
_HOSPITAL, _DIED, _STOPPED = 4, 6, 7  # outcomes in the register of reablement


def home_care(truths: Truths, people: People, weeks: services.Weeks, living: Living) -> None:
    """People of 65 or over on the Monday of a week in which they had care at home."""
    who, week, hours = week_sums(weeks)
    old = (people.age(week, who) >= _OLDER) & (hours > 0)
    who, week, hours = who[old], week[old], hours[old]
    truths.count("cco_bc3_care_at_home_65", week, kinds=("week",), per=living.per(OLDER))
    truths.count("jf_intensive_home_care_65", week, hours > _INTENSIVE, each(len(who)),
                 kinds=("week",))  # fmt: skip


def equipment(truths: Truths, orders: Columns) -> None:
    done = truths.window.holds(orders["end"])
    day, kind = orders["end"][done], orders["kind"][done]
    wait = day - orders["start"][done]
    plain, adapted = kind == 0, kind > 0
    truths.median("jf_equipment_wait", day[plain], wait[plain], kinds=MONTHLY)
    truths.count("jf_equipment_in_time", day[plain], wait[plain] <= _WEEK,
                 each(int(plain.sum())), kinds=MONTHLY)  # fmt: skip
    by: By = {"kind": (services.ORDER_KINDS, kind[adapted])}
    truths.median("jf_adaptation_wait", day[adapted], wait[adapted], by, MONTHLY)


def assessments(truths: Truths, found: Columns, groups: Whole, living: Living) -> None:
    for measure, start, end in (
        ("jf_wait_to_assessment", "referred", "began"),
        ("jf_wait_to_completion", "began", "completed"),
        ("jf_wait_to_service", "completed", "served"),
        ("jf_wait_referral_to_service", "referred", "served"),
    ):  # fmt: skip
        day, wait, some = _wait(found, start, end, _COMMUNITY)
        by: By = {"client group": (GROUPS, groups[found["person"][some]])}
        truths.median(measure, day, wait, by, MONTHLY)
    truths.percentile("jf_wait_for_nine_in_ten", day, wait, 90, kinds=MONTHLY)
    day, wait, _ = _wait(found, "referred", "began", _CARER)
    truths.median("carers_wait_for_assessment", day, wait, kinds=MONTHLY)
    for measure, start, end in (
        ("cco_a2_waiting_for_assessment", "referred", "began"),
        ("cco_a3_waiting_for_service", "completed", "served"),
    ):
        day, wait, some = _wait(found, start, end, _COMMUNITY)
        late = wait > np.where(found["urgent"][some] == 1, _URGENT, _MONTH)
        truths.people(measure, day[late], found["person"][some][late], kinds=MONTHLY,
                      bottom=living.per(ADULT))  # fmt: skip
    urgent = (found["began"] < NEVER) & (found["urgent"] == 1)
    day, wait = found["began"][urgent], (found["began"] - found["referred"])[urgent]
    truths.count("jf_rapid_response", day, wait <= _URGENT, each(len(day)), kinds=MONTHLY)
    for measure, kind in (("cco_q1_assessments_to_standard", _COMMUNITY),
                          ("cco_q2_carers_assessments_to_standard", _CARER)):  # fmt: skip
        some = (found["completed"] < NEVER) & (found["kind"] == kind)
        some &= found["standard"] != NONE
        day, good = found["completed"][some], found["standard"][some] == 1
        truths.count(measure, day, good, each(len(day)), kinds=MONTHLY)
    some = found["due"] < NEVER
    day, done = found["due"][some], found["reviewed"][some]
    truths.count("cco_q3_plans_reviewed_in_time", day, done <= day, each(len(day)), kinds=MONTHLY)


def _wait(found: Columns, start: str, end: str, kind: int) -> tuple[Whole, Whole, Flags]:
    """The last day and the length of each wait of referrals of a kind, and which they are."""
    some = (found[end] < NEVER) & (found["kind"] == kind)
    return found[end][some], (found[end] - found[start])[some], some


def discharges_to_assess(truths: Truths, people: People, stays: Stays, found: Columns) -> None:
    who, out, completed = followed_by_assessment(stays, found)
    by: By = {"age": five(people, who, out)}
    truths.count("discharge_to_assess_bed_days_saved", out, completed - out, by=by, kinds=MONTHLY)


def carers(truths: Truths, people: People, plans: Columns) -> None:
    def sex(some: Flags) -> By:
        return {"sex": sexes(people, plans["person"][some])}

    every = np.ones(len(plans["person"]), dtype=bool)
    truths.count("carers_accepted", plans["asked"], plans["accepted"] == 1,
                 plans["accepted"] != NONE, sex(every), MONTHLY)  # fmt: skip
    done = plans["completed"] < NEVER
    truths.count("jf_carers_assessments", plans["completed"][done], by=sex(done), kinds=MONTHLY)
    said = done & (plans["able"] != NONE)
    truths.count("cco_c1_carers_able_to_continue", plans["completed"][said],
                 plans["able"][said] == 1, each(int(said.sum())), kinds=MONTHLY)  # fmt: skip


def breaks(truths: Truths, found: Columns, groups: Whole) -> None:
    """Nights, and hours in hundredths, by the group of the person cared for."""
    night = found["nights"] != NONE
    for measure, some, amount in (("jf_overnight_respite", night, "nights"),
                                  ("jf_daytime_respite", ~night, "hours")):  # fmt: skip
        by: By = {"client group": (GROUPS, groups[found["person"][some]])}
        truths.count(measure, found["start"][some], found[amount][some], by=by, kinds=MONTHLY)
    truths.people("jf_short_breaks_people", found["start"], found["person"], kinds=MONTHLY)


def contacts(truths: Truths, people: People, found: Columns) -> None:
    by: By = {"sex": sexes(people, found["person"])}
    living = ~np.isin(found["sequel"], [NONE, services.SEQUELS.index("died")])
    for measure, name in (
        ("sequel_prevent", "universal services or signposting"),
        ("sequel_reduce", "equipment or low-level support"),
        ("sequel_delay", "short-term support"), ("sequel_meet", "long-term support"),
    ):  # fmt: skip
        top = found["sequel"] == services.SEQUELS.index(name)
        truths.count(measure, found["start"], top, living, by, MONTHLY)


def safeguarding(truths: Truths, people: People, found: Columns) -> None:
    by: By = {"sex": sexes(people, found["person"])}
    led = found["began"] < NEVER
    truths.count("safeguarding_concerns", found["raised"], by=by, kinds=MONTHLY)
    truths.count("safeguarding_conversion", found["raised"], led, each(len(led)), kinds=MONTHLY)
    done = found["ended"] < NEVER
    day, risk = found["ended"][done], found["risk"][done]
    by = {"sex": sexes(people, found["person"][done])}
    truths.count("safeguarding_risk_reduced_or_removed", day, risk <= 1, risk <= 2, by, MONTHLY)
    wishes = found["wishes"][done]
    met = (wishes == 0) | (wishes == 1)
    truths.count("safeguarding_outcomes_met", day, met, wishes != NONE, kinds=MONTHLY)


def ratings(truths: Truths, found: Columns, names: list[str]) -> None:
    """Locations by the rating that they hold at the end of each month."""
    good = np.isin(np.array(names), _GOOD)
    rated = np.array(names) != services.NOT_RATED
    homes = [services.HOMES, services.NURSING_HOMES]

    def there(period: Period, kinds: list[int], unrated: bool) -> list[Part]:
        end = as_number(period.end)
        seen = (found["day"] <= end) & (found["closed"] > end)
        order = np.lexsort((found["day"][seen], found["location"][seen]))
        location = found["location"][seen][order]
        last = np.concatenate([location[1:] != location[:-1], [True]])[: len(location)]
        rating, kind = found["rating"][seen][order][last], found["kind"][seen][order][last]
        told = rating != NONE
        below = np.isin(kind, kinds) & ((told & rated[rating]) | unrated)
        names = [name if nth in kinds else "" for nth, name in enumerate(services.LOCATION_KINDS)]
        return shares(below & told & good[rating], below, {"kind": (names, kind)})

    every = list(range(len(services.LOCATION_KINDS)))
    for measure, kinds, unrated in (("ni_17", every, False),
                                    ("providers_good_or_outstanding", homes, True)):  # fmt: skip

        def held(period: Period, kinds: list[int] = kinds, unrated: bool = unrated) -> list[Part]:
            return there(period, kinds, unrated)

        truths.census(measure, truths.periods(["month"]), held, LAST_OF_MONTHS)


def reablement(
    truths: Truths, people: People, found: Columns, outcome: Whole, stays: Stays
) -> None:
    """As the service records it."""
    began = truths.window.holds(found["start"])
    by: By = {"sex": sexes(people, found["person"][began])}
    truths.count("reablement_started", found["start"][began], by=by, kinds=MONTHLY)
    over = (found["end"] <= truths.window.last) & (found["start"] < NEVER)
    who, start, result = (one[over] for one in (found["person"], found["start"], outcome))
    stayed = ~np.isin(result, [_HOSPITAL, _DIED, _STOPPED])
    by = {"age": five(people, who, start), "sex": sexes(people, who)}
    for measure, best in (("reablement_no_ongoing_support", [0]),
                          ("reablement_reduced_support", [0, 1])):  # fmt: skip
        truths.count(measure, found["end"][over], np.isin(result, best), stayed, by, MONTHLY)
    some, on, home = home_on_day_91(people, found, outcome, stays)
    old = found["from_hospital"][some] == 1
    old &= people.age(found["start"][some], found["person"][some]) >= _OLDER
    by = {"sex": sexes(people, found["person"][some][old])}
    truths.count("reablement_at_home_91_days", on[old], home[old], each(int(old.sum())), by,
                 MONTHLY)  # fmt: skip


def survey(truths: Truths, people: People, found: Columns) -> None:
    """Weighted answers in hundredths of weight; of control over daily life, the two best count.

    Of the shorter form the Scottish measures count the answers that stand for the best.
    """
    for measure, question, best in (
        ("survey_satisfaction", "satisfaction", ("extremely or very satisfied",)),
        ("survey_control", "control over daily life", ("as much as I want", "adequate")),
        ("survey_feel_safe", "feel safe", ("as safe as I want",)),
        ("survey_social_contact", "social contact", ("as much as I want",)),
        ("cco_s1_feel_safe", "feel safe", ("as safe as I want", "yes")),
        ("cco_s2_involved", "involved in the plan", ("very satisfied", "satisfied")),
        (
            "cco_s3_social_contact",
            "social contact",
            ("as much as I want", "satisfied", "very satisfied"),
        ),
    ):
        some = found["question"] == list(services.QUESTIONS).index(question)
        who, day, weight = (found[name][some] for name in ("person", "day", "weight"))
        listed = [nth for nth, answer in enumerate(services.ANSWERS) if answer in best]
        top = np.where(np.isin(found["answer"][some], listed), weight, 0)
        by: By = {"age": five(people, who, day), "sex": sexes(people, who)}
        parts = by if measure.startswith("survey") else None
        truths.count(measure, day, top, weight, parts, ("financial year",))
