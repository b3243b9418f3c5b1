"""Each rule at its edge: just inside it says nothing, just beyond it speaks up.

The extract is of 20 April 2026 and states 1 April 2025 to 31 March 2026.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest


def beside(name: str) -> ModuleType:
    found = importlib.util.spec_from_file_location(name, Path(__file__).parent / f"{name}.py")
    assert found and found.loader
    module = sys.modules[name] = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


planted = beside("faults")
HOME_CARE, CARE_HOME = planted.HOME_CARE, planted.CARE_HOME
NURSING_HOME = planted.NURSING_HOME


@pytest.fixture
def file(made):
    return planted.File(made.clean_extract(120), made.TITLES, [])


def days(start: str, end: str) -> dict[str, str]:
    return {"event_start_date": start, "event_end_date": end}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("rule", "kind", "more", "within", "beyond"),
    [
        ("end-before-start", "Assessment", {}, days("2025-06-02", "2025-06-02"),
         days("2025-06-02", "2025-06-01")),
        ("start-after-extract", "Goes on", {}, {"event_start_date": "2026-04-20"},
         {"event_start_date": "2026-04-21"}),
        ("end-after-extract", "Review", {}, {"event_end_date": "2026-04-20"},
         {"event_end_date": "2026-04-21"}),
        ("start-after-period", "Goes on", {}, {"event_start_date": "2026-03-31"},
         {"event_start_date": "2026-04-01"}),
        ("end-after-period", "Review", {}, {"event_end_date": "2026-03-31"},
         {"event_end_date": "2026-04-01"}),
        ("end-before-period", "Request", {}, days("2025-03-30", "2025-04-01"),
         days("2025-03-30", "2025-03-31")),
        # 730 days from 6 July 2023 end on 5 July 2025
        ("event-very-long", "Review", {}, days("2023-07-06", "2025-07-05"),
         days("2023-07-05", "2025-07-05")),
        ("service-open-for-years", "Goes on", {}, {"event_start_date": "2016-04-20"},
         {"event_start_date": "2016-04-19"}),
        ("start-after-death", "Review", {},
         {**days("2025-06-02", "2025-06-02"), "date_of_death": "2025-06-02"},
         {**days("2025-06-02", "2025-06-02"), "date_of_death": "2025-06-01"}),
        ("end-after-death", "Review", {},
         {**days("2025-06-01", "2025-06-02"), "date_of_death": "2025-06-02"},
         {**days("2025-06-01", "2025-06-03"), "date_of_death": "2025-06-02"}),
        ("death-after-extract", "Review", {}, {"date_of_death": "2026-04-20"},
         {"date_of_death": "2026-04-21"}),
        # 18 on the day on which the event ends
        ("age-under-18", "Review", {},
         {**days("2025-06-01", "2025-06-02"), "date_of_birth": "2007-06-02"},
         {**days("2025-06-01", "2025-06-02"), "date_of_birth": "2007-06-03"}),
        # 115 on the day of the extract is no more than 115 until the next birthday
        ("age-over-limit", "Review", {}, {"date_of_birth": "1910-04-21"},
         {"date_of_birth": "1910-04-20"}),
        ("birth-after-start", "Review", {}, {**days("2025-06-01", "2025-06-02"),
         "date_of_birth": "2025-06-01"}, {**days("2025-06-01", "2025-06-02"),
         "date_of_birth": "2025-06-02"}),
        ("frequency-against-units", "Goes on", {"package": NURSING_HOME},
         {"cost_frequency": "Monthly", "planned_units_per_week": "0.23"},
         {"cost_frequency": "Monthly", "planned_units_per_week": "0.25"}),
        ("cost-very-high", "Goes on", {"package": CARE_HOME}, {"unit_cost": "10000"},
         {"unit_cost": "10000.01"}),
        ("cost-very-high", "Goes on", {"package": HOME_CARE},
         {"unit_cost": "1000", "planned_units_per_week": "10"},
         {"unit_cost": "1000", "planned_units_per_week": "10.5"}),
        ("units-beyond-a-week", "Goes on", {"package": HOME_CARE},
         {"planned_units_per_week": "168"}, {"planned_units_per_week": "168.5"}),
        ("cost-negative", "Goes on", {"package": HOME_CARE}, {"unit_cost": "0.01"},
         {"unit_cost": "-0.01"}),
        ("adults-out-of-range", "Review", {"carer": True},
         {"adults_cared_for": "20", "adult_2_person_id": "P0000000",
          "adult_3_person_id": "P0000001"}, {"adults_cared_for": "21"}),
        ("adults-against-links", "Review", {"carer": True},
         {"adults_cared_for": "5", "adult_2_person_id": "P0000000",
          "adult_3_person_id": "P0000001"}, {"adults_cared_for": "2"}),
        ("care-home-lives-elsewhere", "Goes on", {"package": CARE_HOME},
         {"accommodation_status": "Unknown"},
         {"accommodation_status": "Tenant: Private landlord"}),
        ("care-home-lives-elsewhere", "Goes on", {"package": CARE_HOME},
         {"accommodation_status": "Refuge", "event_end_date": "2026-03-01"},
         {"accommodation_status": "Refuge", "event_end_date": "2026-04-21"}),
        ("short-stay-in-long-term", "Service", {},
         {"service_type": "Short term support: Other short term",
          "service_component": "Short term nursing care"},
         {"service_type": "Long term support: Nursing care",
          "service_component": "Short term nursing care"}),
        ("council-code-form", "Request", {}, {"la_code": "508"}, {"la_code": "5O8"}),
        ("postcode-stand-in", "Request", {}, {"postcode": "ZZ9 9ZZ"}, {"postcode": "ZZ99 3CZ"}),
        ("linked-adult-not-in-file", "Review", {"carer": True},
         {"adult_1_person_id": "p0000000 "}, {"adult_1_person_id": "p000000"}),
    ],
)  # fmt: skip
def test_a_rule_speaks_up_beyond_its_edge_and_not_within(
    rule, kind, more, within, beyond, file, judge, found
):
    row = file.pick(kind, **more)
    row.update(within)
    assert row["line"] not in found(judge(file.csv())).get(rule, set())
    row.update(beyond)
    assert row["line"] in found(judge(file.csv()))[rule]


@pytest.mark.parametrize(
    ("first_ends", "second_starts", "told"),
    [
        ("2025-06-01", "2025-06-01", set()),  # one ends as the other begins
        ("2025-06-02", "2025-06-01", {"service-overlaps-itself"}),
        (None, "2025-06-01", {"service-overlaps-itself"}),
        ("2025-05-01", "2025-06-01", set()),
        ("2026-03-31", "2026-04-01", {"service-reset-at-year-start", "start-after-period"}),
        ("2026-03-30", "2026-03-31", set()),
        ("not a day", "2025-06-01", {"date-not-read"}),  # so it is no open end
    ],
)
def test_the_same_service_after_itself(first_ends, second_starts, told, file, judge, found):
    row = file.pick("Goes on", package=HOME_CARE)
    file.add(row, event_start_date=second_starts, event_reference="E-again", event_end_date=None)
    row["event_end_date"] = first_ends
    assert set(found(judge(file.csv()))) == told


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"provider_location_id": "1-987654321"}, set()),  # another home is another service
        ({"service_component": "Meals"}, set()),
        ({"delivery_mechanism": "cassr COMMISSIONED support"},
         {"service-overlaps-itself", "spelling"}),
    ],
)  # fmt: skip
def test_what_makes_a_service_the_same_one(changes, told, file, judge, found):
    row = file.pick("Goes on", package=HOME_CARE)
    file.add(row, event_start_date="2025-06-01", event_reference="E-again", **changes)
    assert set(found(judge(file.csv()))) == told


def test_a_long_service_overlaps_a_later_one_over_a_short_one_between(file, judge, found):
    row = file.pick("Goes on", package=HOME_CARE)
    row["event_end_date"] = "2026-01-31"
    file.add(row, event_start_date="2025-05-01", event_end_date="2025-05-05", event_reference="a1")
    last = file.add(row, event_start_date="2025-09-01", event_end_date=None, event_reference="a2")
    told = found(judge(file.csv()))["service-overlaps-itself"]
    assert last["line"] in told and len(told) == 2


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"event_description": "other words"}, "one-event-told-otherwise"),
        ({"event_reference": "E-again"}, "one-event-two-references"),
        ({"event_reference": None}, "one-event-told-otherwise"),
        ({}, "exact-duplicate"),
        ({"event_end_date": "2025-04-05"}, ""),  # of a request another end is another event
        ({"route_of_access": "Another"}, ""),
        ({"client_type": "service USER"}, "one-event-told-otherwise"),
    ],
)
def test_what_makes_two_requests_one_event(changes, rule, file, judge, found):
    row = file.pick("Request")
    changes.setdefault("event_reference", row["event_reference"])
    copy = file.add(row, **changes)
    told: dict[str, Any] = found(judge(file.csv()))
    of_events = {r for r in told if r.startswith(("one-event", "exact"))}
    assert of_events == ({rule} if rule else set())
    assert not rule or told[rule] == {copy["line"]}


@pytest.mark.parametrize(("many", "told"), [(19, False), (20, True)])
def test_a_peak_of_birthdays_needs_twenty_people_and_a_share(many, told, file, judge, found):
    """Of 120 people 20 are more than 5%."""
    for row in file.people(many, "Review"):
        for one in file.person(row):
            one["date_of_birth"] = "1960-01-01"
    assert ("birth-dates-on-1-january" in found(judge(file.csv()))) is told


def test_a_share_of_birthdays_on_1_january_as_large_as_it_may_be_is_no_peak(made, judge, found):
    """24 of 480 people are 5%, 25 are more."""
    file = planted.File(made.clean_extract(480), made.TITLES, [])
    for row in file.people(24, "Review"):
        for one in file.person(row):
            one["date_of_birth"] = "1960-01-01"
    assert found(judge(file.csv())) == {}
    for one in file.person(file.pick("Review")):
        one["date_of_birth"] = "1960-01-01"
    assert set(found(judge(file.csv()))) == {"birth-dates-on-1-january"}
