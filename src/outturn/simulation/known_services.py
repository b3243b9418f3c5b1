"""Truths of services: see the list in `docs/reference/simulation.md`."""

from __future__ import annotations

import numpy as np
import polars as pl

from outturn.simulation import hospital, services
from outturn.simulation.breakdowns import adults, each
from outturn.simulation.days import NEVER, as_number
from outturn.simulation.draws import Flags, Whole
from outturn.simulation.events import NONE
from outturn.simulation.hospital import Stays
from outturn.simulation.people import People
from outturn.simulation.truth import ALL, By, Truths

_CARER = 1  # a kind of referral
_KINDS = ("community care", "", "occupational therapy")  # of referrals; carers are told apart
_INTENSIVE = 1000  # hundredths of hours a week
_WEEK, _MONTH = 7, 28


def home_care(truths: Truths, people: People, weeks: services.Weeks) -> None:
    """People with more than ten hours in a week among those with any, by its Monday."""
    who, week, hours = week_sums(weeks)
    by: By = {"age_group": adults(people, who, week)}
    truths.count("intensive_home_care", week, hours > _INTENSIVE, each(len(who)), by, ("week",))
    truths.count("home_care_hundredths_of_hours", week, hours, kinds=("week",))


def week_sums(weeks: services.Weeks) -> tuple[Whole, Whole, Whole]:
    """Each person and week with care, and the hundredths of hours of all who gave it."""
    pairs = pl.DataFrame({"person": weeks.person, "week": weeks.week, "hours": weeks.hundredths})
    whole = pairs.group_by("person", "week").agg(pl.col("hours").sum()).sort("week", "person")
    who, week, hours = (whole[name].to_numpy() for name in ("person", "week", "hours"))
    return who, week, hours


def equipment(truths: Truths, people: People, orders: services.Columns) -> None:
    done = people.window.holds(orders["end"])
    wait, day = (orders["end"] - orders["start"])[done], orders["end"][done]
    by: By = {"kind": (services.ORDER_KINDS, orders["kind"][done])}
    truths.count("equipment_within_seven_days", day, wait <= _WEEK, each(len(day)), by)
    truths.waits("equipment_wait_days", day, wait, by)
    adapted = orders["kind"][done] > 0
    truths.waits("adaptation_wait_days", day[adapted], wait[adapted])
    for one in truths.month_ends():
        at = as_number(one.start)
        waiting = (orders["start"] <= at) & (orders["end"] > at)
        truths.say("equipment_awaited", one, int(waiting.sum()), None)


def assessments(truths: Truths, people: People, found: services.Columns) -> None:
    for name, end, start in (
        ("referral_to_assessment_days", "began", "referred"),
        ("referral_to_completion_days", "completed", "referred"),
        ("assessment_to_completion_days", "completed", "began"),
        ("completion_to_service_days", "served", "completed"),
        ("referral_to_service_days", "served", "referred"),
    ):  # fmt: skip
        there = found[end] < NEVER
        some, carers_ = there & (found["kind"] != 1), there & (found["kind"] == 1)
        by: By = {"kind": (_KINDS, found["kind"][some])}
        truths.waits(name, found[end][some], (found[end] - found[start])[some], by)
        wait = (found[end] - found[start])[carers_]
        truths.waits(f"carers_{name}", found[end][carers_], wait)
    done = (found["completed"] < NEVER) & (found["kind"] != 1)
    wait = (found["completed"] - found["referred"])[done]
    day, ones = found["completed"][done], each(int(done.sum()))
    by = {"kind": (_KINDS, found["kind"][done])}
    truths.count("assessed_within_28_days", day, wait <= _MONTH, ones, by)
    truths.count("assessments_to_standard", day, found["standard"][done] == 1, ones, by)
    carers_ = (found["completed"] < NEVER) & (found["kind"] == 1)
    day, good = found["completed"][carers_], found["standard"][carers_] == 1
    truths.count("carers_assessments_to_standard", day, good, each(len(day)))
    urgent = (found["began"] < NEVER) & (found["urgent"] == 1)
    day, wait = found["began"][urgent], (found["began"] - found["referred"])[urgent]
    truths.count("urgent_assessed_within_a_day", day, wait <= 1, each(len(day)))


def discharges_to_assess(truths: Truths, stays: Stays, found: services.Columns) -> None:
    """Stays after which the person was assessed at home within 28 days, and the days until then."""
    _, out, completed = followed_by_assessment(stays, found)
    truths.count("discharged_to_assess", out)


def followed_by_assessment(stays: Stays, found: services.Columns) -> tuple[Whole, Whole, Whole]:
    """Who left, on which day, and when the assessment at home was completed, before they were in
    hospital again."""
    home = np.isin(stays.destination, [hospital.HOME, hospital.SUPPORTED])
    home &= (stays.kind != hospital.VIRTUAL) & (stays.discharged < NEVER)
    done = (found["completed"] < NEVER) & (found["kind"] != _CARER)
    left = pl.DataFrame({"stay": np.flatnonzero(home), "person": stays.person[home],
                         "out": stays.discharged[home]})  # fmt: skip
    right = pl.DataFrame({name: found[name][done] for name in ("person", "began", "completed")})
    pairs = left.join(right, on="person").filter(
        (pl.col("began") >= pl.col("out")) & (pl.col("completed") > pl.col("out"))
        & (pl.col("completed") <= pl.col("out") + _MONTH)
    )  # fmt: skip
    back = pl.DataFrame({"other": np.arange(len(stays.person)), "person": stays.person,
                         "again": stays.admitted})  # fmt: skip
    in_hospital = pairs.join(back, on="person").filter(
        (pl.col("other") != pl.col("stay")) & (pl.col("again") >= pl.col("out"))
        & (pl.col("again") <= pl.col("completed"))
    )  # fmt: skip
    pairs = pairs.join(in_hospital, on=["stay", "completed"], how="anti")
    first = pairs.group_by("stay", "out").agg(pl.col("completed").min()).sort("stay")
    out, completed = (first[name].to_numpy() for name in ("out", "completed"))
    return stays.person[first["stay"].to_numpy()], out, completed


def carers(truths: Truths, plans: services.Columns, breaks: services.Columns) -> None:
    truths.count("carers_plans_accepted", plans["asked"], plans["accepted"] == 1,
                 each(len(plans["asked"])))  # fmt: skip
    done = plans["completed"] < NEVER
    truths.count("carers_plans_completed", plans["completed"][done])
    said = done & (plans["able"] != NONE)
    truths.count("carers_able_to_continue", plans["completed"][said], plans["able"][said] == 1,
                 each(int(said.sum())))  # fmt: skip
    nights = breaks["nights"] != NONE
    truths.count("short_break_nights", breaks["start"][nights], breaks["nights"][nights])
    truths.count("short_break_hundredths_of_hours", breaks["start"][~nights],
                 breaks["hours"][~nights])  # fmt: skip
    truths.people("short_break_people", breaks["start"], breaks["person"], kinds=ALL)


def contacts(truths: Truths, found: services.Columns) -> None:
    by: By = {"sequel": (services.SEQUELS, found["sequel"])}
    truths.count("contacts", found["start"], by=by)


def safeguarding(truths: Truths, found: services.Columns) -> None:
    led = found["began"] < NEVER
    truths.count("safeguarding_concerns_led_to_enquiry", found["raised"], led, each(len(led)))
    done = found["ended"] < NEVER
    day, asked = found["ended"][done], found["asked"][done]
    truths.count("safeguarding_asked_for_outcomes", day, asked == 1, each(len(day)))


def ratings(truths: Truths, found: services.Columns, nation: str) -> None:
    """Locations whose latest rating is good or better, among all, at the end of each month."""
    good = (0, 1) if nation == "england" else (0, 1, 2)
    for one in truths.month_ends():
        day = as_number(one.start)
        seen = (found["day"] <= day) & (found["closed"] > day)
        order = np.lexsort((found["day"][seen], found["location"][seen]))
        location = found["location"][seen][order]
        last = np.concatenate([location[1:] != location[:-1], [True]])[: len(location)]
        rating, kind = found["rating"][seen][order][last], found["kind"][seen][order][last]
        fine = np.isin(rating, good)
        truths.say("providers_rated_good", one, int(fine.sum()), len(fine))
        for nth, name in enumerate(services.LOCATION_KINDS):
            some = kind == nth
            top, below = int((fine & some).sum()), int(some.sum())
            truths.say("providers_rated_good", one, top, below, "kind", name)


def register(
    truths: Truths, people: People, found: services.Columns, outcome: Whole, stays: Stays
) -> None:
    """Reablement as the service records it."""
    last = people.window.last
    over = found["end"] <= last
    day, result = found["end"][over], outcome[over]
    stayed = ~np.isin(result, [4, 6, 7])  # not in hospital, nor died, nor stopped early
    truths.count("reablement_no_ongoing_or_reduced_support", day, np.isin(result, [0, 1]), stayed)
    some, on, home = home_on_day_91(people, found, outcome, stays)
    who = found["person"][some]
    truths.count("reablement_at_home_on_day_91", found["end"][some], home, each(len(who)))
    old = (found["from_hospital"][some] == 1) & (people.age(found["start"][some], who) >= 65)
    truths.count("reablement_from_hospital_at_home_on_day_91_65", on[old], home[old],
                 each(int(old.sum())))  # fmt: skip


def home_on_day_91(
    people: People, found: services.Columns, outcome: Whole, stays: Stays
) -> tuple[Flags, Whole, Flags]:
    """Episodes that ended, of which day 91 has come; that day, and who was at home on it."""
    looked = found["start"] + 91
    some = (found["end"] <= people.window.last) & (found["start"] < NEVER)
    some &= looked <= people.window.looked_from
    who, on = found["person"][some], looked[some]
    inside = _in_a_bed(who, on, stays)
    home = (people.dies[who] > on) & ~np.isin(outcome[some], [5, 6]) & ~inside
    return some, on, home


def _in_a_bed(who: Whole, on: Whole, stays: Stays) -> Flags:
    bedded = stays.kind != hospital.VIRTUAL
    left = pl.DataFrame({"nth": np.arange(len(who)), "person": who, "on": on})
    right = pl.DataFrame(
        {"person": stays.person[bedded], "came": stays.admitted[bedded],
         "left": stays.discharged[bedded]}
    )  # fmt: skip
    found = left.join(right, on="person").filter(
        (pl.col("came") <= pl.col("on")) & (pl.col("left") > pl.col("on"))
    )
    flags = np.zeros(len(who), dtype=bool)
    flags[found["nth"].to_numpy()] = True
    return flags
