"""Status and result of single fields, as tables a person can read."""

from __future__ import annotations

import io

import pytest

USER, CARER, LINKED = "Service user", "Unpaid carer", "Unpaid carer known by association"


@pytest.fixture
def one_row(clean, made, judge):
    """A row of a clean extract with other cells in it: the judged fields of that row."""
    sound = clean.rename({title: name for name, title in made.TITLES.items()}, strict=False)

    def judged(kind="Request", **cells):
        row = sound.filter(event_type=kind).row(0, named=True) | cells
        out = io.StringIO()
        names = list(row)
        out.write(",".join(f'"{name}"' for name in names) + "\n")
        out.write(",".join("" if row[n] is None else f'"{row[n]}"' for n in names) + "\n")
        found = judge(out.getvalue().encode())
        status = found.status.row(0, named=True)
        return {name: (status[name], found.result.row(0, named=True)[name]) for name in status}

    return judged


@pytest.mark.parametrize(
    ("client", "event", "field", "status"),
    [
        (USER, "Request", "route_of_access", 2),
        (USER, "Assessment", "route_of_access", 0),
        (LINKED, "Request", "route_of_access", 0),
        (USER, "Referral", "route_of_access", -1),  # an event type that is unknown
        ("Customer", "Request", "route_of_access", -1),
        (USER, "Request", "primary_support_reason", 1),
        (USER, "Review", "primary_support_reason", 2),
        (USER, "Service", "service_component", 2),
        (USER, "Service", "delivery_mechanism", 1),
        (USER, "Request", "delivery_mechanism", 0),
        (USER, "Request", "dementia", 1),
        (CARER, "Request", "dementia", 0),
        (CARER, "Request", "hours_caring_per_week", 1),
        (USER, "Request", "hours_caring_per_week", 0),
        (LINKED, "", "event_type", 0),
        (USER, "", "event_type", 2),
        ("", "Request", "event_type", -1),
        (USER, "Service", "event_end_date", 1),
        (USER, "Review", "event_end_date", 2),
        (USER, "Service", "client_funding_status", 2),
        (USER, "Request", "client_funding_status", 1),
        (USER, "Request", "postcode", 2),
        (USER, "Request", "first_name", 1),
    ],
)
def test_the_status_of_a_field_goes_by_client_and_event(client, event, field, status, one_row):
    assert one_row(client_type=client, event_type=event)[field][0] == status


def test_the_end_of_a_service_is_mandatory_when_the_person_has_died(one_row):
    alive = one_row("Service", event_end_date="", date_of_death="")
    dead = one_row("Service", event_end_date="", date_of_death="2025-05-01")
    assert alive["event_end_date"] == (1, 0)
    assert dead["event_end_date"] == (2, -1)


def test_a_financial_assessment_needs_no_outcome_nor_method_but_who_pays(one_row):
    blank = {"event_outcome": "", "method_of_assessment": "", "client_funding_status": ""}
    usual = one_row("Assessment", assessment_type="Long term assessment", **blank)
    of_money = one_row("Assessment", assessment_type="Financial assessment", **blank)
    assert [usual[name] for name in blank] == [(2, -1), (2, -1), (1, 0)]
    assert [of_money[name] for name in blank] == [(1, 0), (1, 0), (2, -1)]


@pytest.mark.parametrize(
    ("birth", "status"),
    # The extract is of 20 April 2026.
    [("2008-04-20", 2), ("2008-04-21", 1), ("1961-04-21", 2), ("1961-04-20", 1), ("", 1)],
)
def test_employment_is_mandatory_from_18_to_64_with_a_learning_disability(birth, status, one_row):
    reason = "Learning Disability Support"
    found = one_row("Review", primary_support_reason=reason, date_of_birth=birth)
    assert found["employment_status"][0] == status


@pytest.mark.parametrize(
    ("kind", "component", "mechanism", "status"),
    [
        ("Long term support: Community", "Direct payment", "Direct payment", 2),
        ("Long term support: Community", "Meals", "CASSR commissioned support", 1),
        ("Long term support: Community", "Meals", "", 2),
        ("Short term support: ST-Max", "Reablement", "", 1),
        ("Short term support: Other short term", "Short term nursing care", "", 2),
        ("Unpaid carer support: Direct to unpaid carer", "Direct payment", "Direct payment", 2),
    ],
)
def test_costs_are_mandatory_for_what_the_council_does_not_commission(
    kind, component, mechanism, status, one_row
):
    found = one_row(
        "Service", service_type=kind, service_component=component, delivery_mechanism=mechanism
    )
    for field in ("unit_cost", "cost_frequency", "planned_units_per_week"):
        assert found[field][0] == status


@pytest.mark.parametrize(
    ("field", "cell", "result"),
    [
        ("client_type", "Service user", 1),
        ("client_type", "service USER ", 2),
        ("client_type", "Service User", -7),  # the spelling of release 1
        ("client_type", "User of services", -3),
        ("ethnicity", "White: Irish", 1),
        ("ethnicity", "White Irish", 3),  # the spellings of release 1 are not known
        ("route_of_access", "Anything", 3),  # of this list nothing is known
        ("date_of_birth", "1950-02-29", -2),
        ("date_of_birth", "1950-02-28", 1),
        ("date_of_birth", " 1950-02-28", 2),
        ("postcode", "LE1 1AB", 1),
        ("postcode", "LE11AB", 1),
        ("postcode", "le1 1ab", 1),
        ("postcode", "1LE 1AB", -4),
        ("gp_practice_code", "C82001", 1),
        ("gp_practice_code", "82001", -4),
        ("dementia", "", 0),
        ("postcode", "", -1),
        ("unit_cost", "5", -6),  # a request has no cost
        ("event_start_date", "2027-01-01", -5),  # after the extract
    ],
)
def test_the_result_of_a_cell(field, cell, result, one_row):
    assert one_row(**{field: cell})[field][1] == result


@pytest.mark.parametrize(
    ("cell", "result"),
    [("12.50", 1), ("0", 1), ("-1", -5), ("1,200", -2), ("£12", -2), ("inf", -2), ("", 0)],
)
def test_the_result_of_a_cost(cell, result, one_row):
    assert one_row("Service", unit_cost=cell)["unit_cost"][1] == result


def test_a_rule_across_fields_is_the_result_of_a_cell_that_is_valid_by_itself(one_row):
    found = one_row("Review", event_start_date="2025-06-02", event_end_date="2025-06-01")
    assert found["event_end_date"] == (2, -6)
    assert found["event_start_date"] == (2, 1)


def test_the_value_of_release_1_is_told_by_its_capitals_alone(one_row):
    """Release 2 changed only capitals in some values."""
    found = one_row("Service", service_type="Short Term Support: ST-Max")
    assert found["service_type"][1] == -7
    assert one_row("Service", service_type="Short term support: ST-Max")["service_type"][1] == 1
    assert one_row("Service", service_type="Short term support: ST-MAX")["service_type"][1] == 2


def test_a_value_known_by_how_it_begins(one_row):
    found = one_row("Review", review_reason="Planned: yearly", review_outcomes_achieved="")
    assert found["review_reason"][1] == 1
    assert found["review_outcomes_achieved"] == (2, -1)
