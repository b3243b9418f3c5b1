"""A council's client level data in which nothing is wrong, made up from nothing.

Four in five people are service users, the fifth is the unpaid carer of the one before. Each has a
request, an assessment, a service that ended and a review, all in one month of April 2025 to March
2026, and most have a service that goes on. Names, numbers and addresses belong to nobody.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from outturn.contracts import read_contracts
from outturn.contracts.cld import specification

FIRST, LAST = date(2025, 4, 1), date(2026, 3, 31)
AS_OF = date(2026, 4, 20)
CONTRACT = read_contracts(None)[0]["cld"]
TITLES = {one.name: one.title or one.name for one in CONTRACT.fields}
KINDS = ("Request", "Assessment", "Service", "Review", "Goes on")

NURSING, RESIDENTIAL = "Long term support: Nursing care", "Long term support: Residential care"
COMMUNITY = "Long term support: Community"
# What goes on, by the kind of person: type, component, mechanism, home, cost, how often, units.
PACKAGES = (
    (COMMUNITY, "Home support or domiciliary care", "CASSR commissioned support",
     "Owner occupier or shared ownership scheme", "21.50", "Hourly", "14"),
    (COMMUNITY, "Direct payment", "Direct payment",
     "Tenant: Private landlord", "150", "Weekly", "1"),
    (RESIDENTIAL, "Long term residential care", "CASSR commissioned support",
     "Registered care home", "900", "Weekly", "1"),
    (NURSING, "Long term nursing care", "CASSR commissioned support",
     "Registered nursing home", "1200.00", "4-weekly", "0.25"),
    (COMMUNITY, "Extra care housing", "CASSR managed personal budget",
     "Sheltered housing, extra care housing or other sheltered housing", "80", "Weekly", "1"),
)  # fmt: skip


def nhs_numbers(many: int) -> list[str]:
    """Different numbers whose check digits are right, none of them kept for tests."""
    found: list[str] = []
    nine = np.arange(400_000_007, 400_000_007 + 16 * many, 13)
    digits = (nine[:, None] // 10 ** np.arange(8, -1, -1)) % 10
    check = (11 - (digits * np.arange(10, 1, -1)).sum(axis=1) % 11) % 11
    for number, digit in zip(nine[check < 10], check[check < 10], strict=True):
        found.append(f"{number}{digit}")
    return found[:many]


def clean_extract(people: int, release: int = 2, seed: int = 1) -> pl.DataFrame:
    """Rows under the fields' titles, texts all of them; about 4.6 rows a person."""
    random = np.random.default_rng(seed)
    person = _people(people, random)
    rows = pl.concat([_events(person, kind) for kind in KINDS]).sort("person_id", "order")
    rows = rows.with_columns(
        event_reference=pl.format("E{}", pl.int_range(pl.len()) + 1),
        la_code=pl.lit("508"),
        reporting_period_start_date=pl.lit(f"{FIRST}"),
        reporting_period_end_date=pl.lit(f"{LAST}"),
    )
    fields = [one for one in TITLES if one not in ("conversation", "imported_on")]
    lacking = [pl.lit(None, pl.String).alias(name) for name in fields if name not in rows.columns]
    texts = rows.with_columns(lacking).select(pl.col(name).cast(pl.String) for name in fields)
    return (texts if release == 2 else _in_words_of_release_1(texts)).rename(TITLES, strict=False)


def _people(many: int, random: np.random.Generator) -> pl.DataFrame:
    i = np.arange(many)
    carer = i % 5 == 4
    birth = np.datetime64("1935-01-15") + random.integers(0, 365 * 65, many)
    born = pl.Series(birth).cast(pl.Date)
    first_of_year = (born.dt.month() == 1) & (born.dt.day() == 1)
    born = pl.DataFrame({"b": born, "f": first_of_year}).select(
        pl.when("f").then(pl.col("b").dt.offset_by("1d")).otherwise("b")
    )["b"]
    package = (i // 5 + i) % len(PACKAGES)
    lives = pl.Series([one[3] for one in PACKAGES]).gather(package)
    return pl.DataFrame(
        {
            "i": i,
            "carer": carer,
            "package": package,
            "person_id": [f"P{number:07d}" for number in i],
            "nhs_number": nhs_numbers(many),
            "first_name": [f"Forename{number}" for number in i],
            "last_name": [f"Surname{number}" for number in i],
            "date_of_birth": born,
            "gender": pl.Series(["Female", "Male"]).gather(i % 2),
            "accommodation_status": lives,
            "month": i // 5 % 12,
            "died": (i % 50 == 7),
        }
    ).with_columns(
        gp_practice_name=pl.lit("A practice"),
        gp_practice_code=pl.lit("C82001"),
        ethnicity=pl.lit("White: Irish"),
        postcode=pl.format("LE{} {}AB", pl.col("i") % 9 + 1, pl.col("i") % 7 + 1),
        client_type=pl.when("carer").then(pl.lit("Unpaid carer")).otherwise(pl.lit("Service user")),
        primary_support_reason=pl.when("carer")
        .then(pl.lit("Social support: Support to unpaid carer"))
        .when(pl.col("i") % 10 == 1)
        .then(pl.lit("Learning Disability Support"))
        .otherwise(pl.lit("Physical Support: Personal care support")),
        employment_status=pl.lit("Not in paid employment: Not actively seeking work or retired"),
        has_unpaid_carer=pl.when(pl.col("i") % 5 == 3).then(pl.lit("Yes")).otherwise(pl.lit("No")),
        date_of_death=pl.when("died").then(_day(28)),
        **{
            name: pl.when(~pl.col("carer")).then(pl.lit(value))
            for name, value in {
                "autism_spectrum_disorder": "No",
                "visual_impairment": "No",
                "hearing_impairment": "Yes",
                "dementia": "Unknown",
                "client_funding_status": "Fully social care funded",
            }.items()
        },
        hours_caring_per_week=pl.when("carer").then(pl.lit("20-49")),
        adults_cared_for=pl.when("carer").then(pl.lit("1")),
        adult_1_person_id=pl.when("carer").then(pl.col("person_id").shift(1)),
    )


def _day(day: int) -> pl.Expr:
    """A day of the month in which all happens to a person."""
    return pl.lit(FIRST).dt.offset_by(pl.format("{}mo", "month")).dt.offset_by(f"{day - 1}d")


def _events(person: pl.DataFrame, kind: str) -> pl.DataFrame:
    order = KINDS.index(kind)
    match kind:
        case "Request":
            made = person.with_columns(
                route_of_access=pl.lit("Community"),
                event_outcome=pl.lit("Progress to assessment, review or reassessment"),
                event_start_date=_day(2),
                event_end_date=_day(3),
            )
        case "Assessment":
            made = person.with_columns(
                assessment_type=pl.lit("Long term assessment"),
                eligible_needs_identified=pl.lit("Yes"),
                method_of_assessment=pl.lit("In person"),
                event_outcome=pl.lit("Progress to support planning or services"),
                event_start_date=_day(4),
                event_end_date=_day(8),
            )
        case "Service":
            made = _ended_service(person)
        case "Review":
            made = person.with_columns(
                review_reason=pl.lit("Planned"),
                review_outcomes_achieved=pl.lit("Fully achieved"),
                method_of_review=pl.lit("In person"),
                event_outcome=pl.when("died")
                .then(pl.lit("NFA: Deceased"))
                .otherwise(pl.lit("Continuation of support or services")),
                event_start_date=_day(26),
                event_end_date=_day(27),
            )
        case _:
            made = _going_on(person.filter(~pl.col("carer") & ~pl.col("died")))
    event_type = "Service" if kind == "Goes on" else kind
    made = made.with_columns(order=pl.lit(order), event_type=pl.lit(event_type))
    made = made.with_columns(event_description=pl.lit(f"{kind} of somebody"))
    names = ["order", *(name for name in TITLES if name in made.columns or name in _LATER)]
    lacking = [pl.lit(None, pl.String).alias(n) for n in names if n not in made.columns]
    return made.with_columns(lacking).select(
        pl.col(name) if name == "order" else pl.col(name).cast(pl.String) for name in names
    )


_LATER = (
    "event_type", "event_start_date", "event_end_date", "event_description", "event_outcome",
    "route_of_access", "assessment_type", "eligible_needs_identified", "method_of_assessment",
    "service_type", "service_component", "delivery_mechanism", "provider_location_name",
    "provider_location_id", "review_reason", "review_outcomes_achieved", "method_of_review",
    "unit_cost", "cost_frequency", "planned_units_per_week",
)  # fmt: skip


def _ended_service(person: pl.DataFrame) -> pl.DataFrame:
    def either(of_carer: str, of_user: str | None) -> pl.Expr:
        return pl.when("carer").then(pl.lit(of_carer)).otherwise(pl.lit(of_user, pl.String))

    return person.with_columns(
        service_type=either(
            "Unpaid carer support: Direct to unpaid carer", "Short term support: ST-Max"
        ),
        service_component=either("Direct payment", "Reablement"),
        delivery_mechanism=either("Direct payment", None),
        unit_cost=either("200", None),
        cost_frequency=either("One-off", None),
        planned_units_per_week=either("1", None),
        event_outcome=pl.lit("NFA: Support ended as planned"),
        event_start_date=_day(10),
        event_end_date=_day(24),
    )


def _going_on(person: pl.DataFrame) -> pl.DataFrame:
    column = {
        name: pl.Series([one[at] for one in PACKAGES]).gather(person["package"])
        for at, name in enumerate(
            ("service_type", "service_component", "delivery_mechanism", "", "unit_cost",
             "cost_frequency", "planned_units_per_week")
        )
        if name
    }  # fmt: skip
    return person.with_columns(**column).with_columns(
        provider_location_name=pl.lit("A home"),
        provider_location_id=pl.lit("1-123456789"),
        event_outcome=pl.lit("Continuation of support or services"),
        event_start_date=pl.lit(date(2023, 5, 2)).dt.offset_by(pl.format("{}d", pl.col("i") % 300)),
        event_end_date=pl.lit(None, pl.Date),
    )


def _in_words_of_release_1(texts: pl.DataFrame) -> pl.DataFrame:
    """The same rows as release 1 writes them, where its words are known."""
    columns = []
    for field, values in specification().values.items():
        words: dict[str, str] = {}
        for one in values:
            if one.release_1 and one.release_2:
                words.setdefault(one.release_2, one.release_1)
        columns.append(pl.col(field).replace(words).alias(field))
    return texts.with_columns(columns)
