"""Every kind of fault, planted in a clean extract: what is changed, and what must then be found.

A fault is a function that changes a `File` and says, by rule, the lines (or months, types and
columns) that must be found: its own rule first, and every other that rightly speaks up too.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from typing import Any

import polars as pl

Row = dict[str, Any]
Expected = dict[str, set[Any]]


class File:
    """The rows of an extract, to be spoilt; each fault takes people of its own."""

    def __init__(self, clean: pl.DataFrame, titles: dict[str, str], spare_numbers: list[str]):
        names = {title: name for name, title in titles.items()}
        self.titles = titles
        self.columns = [names[title] for title in clean.columns]
        self.rows: list[Row] = clean.rename(names).to_dicts()
        self.of: dict[str, list[Row]] = {}
        for at, row in enumerate(self.rows):
            row["line"] = at + 2
            self.of.setdefault(row["person_id"], []).append(row)
        self.used: set[str] = set()
        self.longer: set[int] = set()
        self.more: dict[str, str] = {}
        self.spare_numbers = spare_numbers

    def pick(
        self, kind: str, *, carer: bool = False, package: str = "", like: Callable[[Row], bool]
        | None = None, died: bool = False,
    ) -> Row:  # fmt: skip
        """The row of that kind of a person whom no fault has had, nor their carer."""
        for person, rows in self.of.items():
            if person in self.used or (rows[0]["client_type"] == "Unpaid carer") != carer:
                continue
            if (rows[0]["date_of_death"] is not None) != died:
                continue
            linked = int(person[1:]) % 5 == 3
            found = [row for row in rows if self._is(row, kind)]
            wanted = found and (not package or found[0]["service_component"] == package)
            if not wanted or linked or (like and not like(found[0])):
                continue
            self.used.add(person)
            if carer:
                self.used.add(rows[0]["adult_1_person_id"])
            return found[0]
        raise AssertionError(f"nobody is left for {kind} {package}")

    def people(self, many: int, kind: str) -> list[Row]:
        return [self.pick(kind) for _ in range(many)]

    @staticmethod
    def _is(row: Row, kind: str) -> bool:
        open_service = row["event_type"] == "Service" and row["event_end_date"] is None
        return open_service if kind == "Goes on" else row["event_type"] == kind and not open_service

    def person(self, row: Row) -> list[Row]:
        return self.of[row["person_id"]]

    def add(self, row: Row, **changes: Any) -> Row:
        copy = {**row, **changes, "line": len(self.rows) + 2}
        self.rows.append(copy)
        return copy

    def without(self, drop: Callable[[Row], bool]) -> None:
        self.rows = [row for row in self.rows if not drop(row)]

    def csv(self) -> bytes:
        """The file as it would be sent."""
        frame = pl.DataFrame(
            [{name: row[name] for name in self.columns} for row in self.rows],
            schema=dict.fromkeys(self.columns, pl.String),
        ).rename(self.titles, strict=False)
        frame = frame.with_columns(pl.lit(text).alias(name) for name, text in self.more.items())
        out = io.BytesIO()
        frame.write_csv(out)
        lines = out.getvalue().split(b"\n")
        for line in self.longer:
            lines[line - 1] += b",one cell more"
        return b"\n".join(lines)


Fault = Callable[[File], Expected]
FAULTS: dict[str, Fault] = {}
OF_THE_FILE: dict[str, Fault] = {}  # these change the months of the whole file: each alone


def fault(rule: str, table: dict[str, Fault] = FAULTS) -> Callable[[Fault], Fault]:
    def kept(plant: Fault) -> Fault:
        assert rule not in table, rule
        table[rule] = plant
        return plant

    return kept


def lines(rows: Iterable[Row]) -> set[int]:
    return {row["line"] for row in rows}


def cell(rule: str, kind: str, field: str, value: str | None, **more: Any) -> None:
    """A fault of one cell in one row, which no other rule speaks of."""

    def plant(file: File) -> Expected:
        row = file.pick(kind, **more)
        row[field] = value
        return {rule: {row["line"]}}

    fault(rule)(plant)


def of_the_person(rule: str, field: str, value: str) -> None:
    """A fault of a person, in every row of theirs."""

    def plant(file: File) -> Expected:
        rows = file.person(file.pick("Review"))
        for row in rows:
            row[field] = value
        return {rule: lines(rows)}

    fault(rule)(plant)


def working_age(row: Row) -> bool:
    disabled = row["primary_support_reason"] == "Learning Disability Support"
    return disabled and "1965" < row["date_of_birth"] < "2000"


HOME_CARE, PAID = "Home support or domiciliary care", "Direct payment"
CARE_HOME, NURSING_HOME = "Long term residential care", "Long term nursing care"

# Blank although mandatory -----------------------------------------------------------------------

cell("submission-blank", "Request", "reporting_period_end_date", None)
cell("person-id-blank", "Request", "person_id", None)
cell("nhs-number-blank", "Request", "nhs_number", None)
cell("birth-date-blank", "Request", "date_of_birth", None)
cell("client-type-blank", "Review", "client_type", None)
cell("person-details-blank", "Request", "ethnicity", None)
cell("support-reason-blank", "Assessment", "primary_support_reason", None)
cell("accommodation-blank", "Review", "accommodation_status", None)
cell("employment-blank", "Request", "employment_status", None, like=working_age)
cell("funding-blank", "Review", "client_funding_status", None)
cell("event-type-blank", "Review", "event_type", None)
cell("event-start-blank", "Review", "event_start_date", None)
cell("event-end-blank", "Review", "event_end_date", None)
cell("service-open-after-death", "Service", "event_end_date", None, died=True)
cell("outcome-blank", "Request", "event_outcome", None)
cell("route-blank", "Request", "route_of_access", None)
cell("assessment-type-blank", "Assessment", "assessment_type", None)
cell("assessment-method-blank", "Assessment", "method_of_assessment", None)
cell("service-type-blank", "Service", "service_type", None)
cell("service-component-blank", "Service", "service_component", None)
cell("review-reason-blank", "Review", "review_reason", None)
cell("review-outcomes-blank", "Review", "review_outcomes_achieved", "")
cell("review-method-blank", "Review", "method_of_review", "   ")
cell("cost-blank", "Goes on", "unit_cost", None, package=PAID)

# Not a date, not a number, not in the list, not in form -----------------------------------------

cell("date-not-read", "Review", "event_end_date", "2025-02-30")
cell("number-not-read", "Goes on", "unit_cost", "£21.50", package=HOME_CARE)
cell("event-type-unknown", "Review", "event_type", "Referral")
cell("client-type-unknown", "Review", "client_type", "Customer")
cell("service-type-unknown", "Goes on", "service_type", "Home care", package=HOME_CARE)
cell("mechanism-unknown", "Goes on", "delivery_mechanism", "Cash", package=HOME_CARE)
cell("outcome-unknown", "Review", "event_outcome", "Finished")
cell("accommodation-unknown", "Request", "accommodation_status", "Unknown: presumed at home")
cell("employment-unknown", "Request", "employment_status", "Retired")
cell("outside-known-list", "Assessment", "assessment_type", "Another assessment")
cell("release-1-value", "Assessment", "assessment_type", "Financial Assessment")
cell("council-code-form", "Request", "la_code", "50")
cell("council-code-of-another", "Request", "la_code", "509")
cell("nhs-number-form", "Request", "nhs_number", "12345")
cell("nhs-number-dummy", "Request", "nhs_number", "1111111111")
cell("postcode-form", "Request", "postcode", "LE1")
cell("postcode-stand-in", "Request", "postcode", "ZZ99 3VZ")
cell("practice-code-form", "Request", "gp_practice_code", "82001")
cell("location-id-form", "Goes on", "provider_location_id", "home 7", package=CARE_HOME)


@fault("spelling")
def _(file: File) -> Expected:
    one, two = file.pick("Assessment"), file.pick("Review")
    one["event_outcome"] = one["event_outcome"].upper()
    two["primary_support_reason"] += "  "
    return {"spelling": lines((one, two))}


@fault("nhs-number-check-digit")
def _(file: File) -> Expected:
    rows = file.person(file.pick("Review"))
    for row in rows:
        number = row["nhs_number"]
        row["nhs_number"] = number[:-1] + str((int(number[-1]) + 1) % 10)
    return {"nhs-number-check-digit": lines(rows)}


# Filled where it does not apply -----------------------------------------------------------------

cell("request-field-elsewhere", "Assessment", "route_of_access", "Community")
cell("assessment-field-elsewhere", "Review", "assessment_type", "Long term assessment")
cell("service-field-elsewhere", "Review", "service_component", "Reablement")
cell("review-field-elsewhere", "Request", "review_reason", "Planned")
cell("cost-elsewhere", "Request", "unit_cost", "5")
cell("carer-field-on-service-user", "Request", "hours_caring_per_week", "20-49")
cell("service-user-field-on-carer", "Request", "dementia", "No", carer=True)


@fault("event-on-carer-by-association")
def _(file: File) -> Expected:
    row = file.pick("Request", carer=True)
    row["client_type"] = "Unpaid carer known by association"
    row["route_of_access"] = None
    return {"event-on-carer-by-association": {row["line"]}}


# Dates ------------------------------------------------------------------------------------------


@fault("end-before-start")
def _(file: File) -> Expected:
    row = file.pick("Assessment")
    row["event_start_date"] = row["event_end_date"][:8] + "20"
    return {"end-before-start": {row["line"]}}


cell("start-after-extract", "Goes on", "event_start_date", "2026-06-01")
cell("end-after-extract", "Review", "event_end_date", "2026-05-01")
cell("start-after-period", "Goes on", "event_start_date", "2026-04-10")
cell("end-after-period", "Review", "event_end_date", "2026-04-10")
cell("event-very-long", "Assessment", "event_start_date", "2023-01-03")
cell("service-open-for-years", "Goes on", "event_start_date", "2010-05-05")
cell("period-reversed", "Review", "reporting_period_end_date", "2025-01-31")
cell("period-differs", "Review", "reporting_period_start_date", "2025-05-01")


@fault("end-before-period")
def _(file: File) -> Expected:
    row = file.pick("Request")
    row["event_start_date"], row["event_end_date"] = "2025-03-01", "2025-03-05"
    return {"end-before-period": {row["line"]}}


# The person -------------------------------------------------------------------------------------

of_the_person("birth-date-dummy", "date_of_birth", "1900-01-01")
of_the_person("birth-after-extract", "date_of_birth", "2030-01-05")
of_the_person("birth-after-start", "date_of_birth", "2026-04-15")
of_the_person("age-over-limit", "date_of_birth", "1905-03-03")
of_the_person("age-under-18", "date_of_birth", "2015-05-05")
cell("death-before-birth", "Review", "date_of_death", "1930-01-01")
cell("death-after-extract", "Review", "date_of_death", "2027-01-01")
cell("deceased-without-date", "Review", "event_outcome", "NFA: Deceased")


@fault("birth-dates-on-1-january")
def _(file: File) -> Expected:
    rows = [row for one in file.people(30, "Review") for row in file.person(one)]
    for row in rows:
        row["date_of_birth"] = "1960-01-01"
    return {"birth-dates-on-1-january": lines(rows)}


@fault("start-after-death")
def _(file: File) -> Expected:
    row = file.pick("Review")
    row["date_of_death"] = row["event_start_date"][:8] + "01"
    return {"start-after-death": {row["line"]}}


@fault("end-after-death")
def _(file: File) -> Expected:
    row = file.pick("Review")
    row["date_of_death"] = row["event_start_date"]
    return {"end-after-death": {row["line"]}}


@fault("several-ids-of-one-nhs-number")
def _(file: File) -> Expected:
    one, other = file.person(file.pick("Review")), file.person(file.pick("Review"))
    for row in other:
        row["nhs_number"] = one[0]["nhs_number"]
    return {"several-ids-of-one-nhs-number": lines([*one, *other])}


def one_row_otherwise(rule: str, field: str, value: str, **more: Any) -> None:
    """One row of a person says otherwise than the others: all of them are to be looked at."""

    def plant(file: File) -> Expected:
        row = file.pick("Review", **more)
        row[field] = value
        return {rule: lines(file.person(row))}

    fault(rule)(plant)


one_row_otherwise("several-birth-dates", "date_of_birth", "1971-07-07")
one_row_otherwise("several-ethnicities", "ethnicity", "White: Roma")
one_row_otherwise(
    "several-genders", "gender", "Female", like=lambda row: row["gender"] == "Male"
)  # fmt: skip


@fault("several-nhs-numbers-of-one-id")
def _(file: File) -> Expected:
    row = file.pick("Review")
    row["nhs_number"] = file.spare_numbers.pop()
    return {"several-nhs-numbers-of-one-id": lines(file.person(row))}


@fault("several-death-dates")
def _(file: File) -> Expected:
    row = file.pick("Review", died=True)
    row["date_of_death"] = row["event_end_date"]  # the others: a day later
    return {"several-death-dates": lines(file.person(row))}


# Events -----------------------------------------------------------------------------------------


@fault("outcome-not-mapped")
def _(file: File) -> Expected:
    """Such an outcome is of release 1, so in a file of release 2 it is the rarer one too."""
    row = file.pick("Review")
    row["event_outcome"] = "Progress to End of Life Care"
    also = ("outcome-not-mapped", "release-1-value", "releases-mixed")
    return {rule: {row["line"]} for rule in also}


@fault("releases-mixed")
def _(file: File) -> Expected:
    """A value of release 1 is for information, and to be looked at beside those of release 2."""
    row = file.pick("Review")
    row["client_type"] = "Service User"
    return {rule: {row["line"]} for rule in ("releases-mixed", "release-1-value")}


@fault("exact-duplicate")
def _(file: File) -> Expected:
    return {"exact-duplicate": {file.add(file.pick("Review"))["line"]}}


@fault("one-event-two-references")
def _(file: File) -> Expected:
    copy = file.add(file.pick("Request"), event_reference="E-another")
    return {"one-event-two-references": {copy["line"]}}


@fault("one-event-told-otherwise")
def _(file: File) -> Expected:
    copy = file.add(file.pick("Request"), event_description="the same, in other words")
    return {"one-event-told-otherwise": {copy["line"]}}


@fault("reference-of-several-events")
def _(file: File) -> Expected:
    one, other = sorted((file.pick("Request"), file.pick("Request")), key=lambda row: row["line"])
    other["event_reference"] = one["event_reference"]
    return {"reference-of-several-events": {other["line"]}}


# Services ---------------------------------------------------------------------------------------


@fault("service-overlaps-itself")
def _(file: File) -> Expected:
    row = file.pick("Goes on", package=HOME_CARE)
    copy = file.add(row, event_start_date="2025-06-07", event_reference="E-overlapping")
    return {"service-overlaps-itself": {copy["line"]}}


@fault("service-reset-at-year-start")
def _(file: File) -> Expected:
    """The first half ended before the reporting period, so it should not be in the file either."""
    row = file.pick("Goes on", package=HOME_CARE)
    copy = file.add(row, event_start_date="2025-04-01", event_reference="E-reset")
    row["event_end_date"] = "2025-03-31"
    return {"service-reset-at-year-start": {copy["line"]}, "end-before-period": {row["line"]}}


@fault("starts-on-1-april")
def _(file: File) -> Expected:
    """Every service that starts on such a day is told, one that was reset among them."""
    for row in file.people(50, "Goes on"):
        row["event_start_date"] = "2024-04-01"
    starts = [row for row in file.rows if (row["event_start_date"] or "").endswith("-04-01")]
    return {"starts-on-1-april": lines(starts)}


cell("mechanism-on-wrong-type", "Goes on", "delivery_mechanism", PAID, package=CARE_HOME)
cell(
    "direct-payment-by-other-means", "Goes on", "delivery_mechanism",
    "CASSR commissioned support", package=PAID,
)  # fmt: skip
cell("community-without-mechanism", "Goes on", "delivery_mechanism", None, package=HOME_CARE)
cell(
    "reablement-in-other-type", "Service", "service_type", "Short term support: Other short term"
)  # fmt: skip
cell(
    "short-stay-in-long-term", "Goes on", "service_component", "Short term residential care",
    package=CARE_HOME,
)  # fmt: skip
cell(
    "long-term-support-of-carer", "Service", "service_type",
    "Short term support: Other short term", carer=True,
)  # fmt: skip
cell(
    "carer-reason-on-service-user", "Goes on", "primary_support_reason",
    "Social support: Support to unpaid carer",
)  # fmt: skip
cell("care-home-lives-elsewhere", "Goes on", "accommodation_status", "Refuge", package=CARE_HOME)
cell(
    "at-home-service-in-care-home", "Goes on", "accommodation_status", "Registered care home",
    package=HOME_CARE,
)  # fmt: skip
cell("care-home-without-location", "Goes on", "provider_location_id", None, package=NURSING_HOME)


@fault("carer-support-of-service-user")
def _(file: File) -> Expected:
    row = file.pick("Service")
    row["service_type"] = "Unpaid carer support: Direct to unpaid carer"
    row["service_component"] = "Other short term support"
    row["delivery_mechanism"] = "CASSR commissioned support"
    return {"carer-support-of-service-user": {row["line"]}}


# Carers -----------------------------------------------------------------------------------------

cell("adults-against-links", "Review", "adults_cared_for", "2", carer=True)
cell("adults-out-of-range", "Review", "adults_cared_for", "0", carer=True)
cell("linked-adult-not-in-file", "Review", "adult_1_person_id", "P9999999", carer=True)


@fault("linked-to-self")
def _(file: File) -> Expected:
    """Linked to themselves, the carer is also one who is said to have no carer."""
    row = file.pick("Review", carer=True)
    row["adult_1_person_id"] = row["person_id"]
    return {"linked-to-self": {row["line"]}, "has-carer-contradicted": lines(file.person(row))}


@fault("linked-twice")
def _(file: File) -> Expected:
    row = file.pick("Review", carer=True)
    row["adult_2_person_id"], row["adults_cared_for"] = row["adult_1_person_id"], "2"
    return {"linked-twice": {row["line"]}}


@fault("has-carer-contradicted")
def _(file: File) -> Expected:
    carer = file.pick("Review", carer=True)
    row = file.of[carer["adult_1_person_id"]][0]
    row["has_unpaid_carer"] = "No"
    return {"has-carer-contradicted": {row["line"]}}


# Costs ------------------------------------------------------------------------------------------

cell("cost-negative", "Goes on", "unit_cost", "-21.50", package=HOME_CARE)
cell("units-zero-with-cost", "Goes on", "planned_units_per_week", "0", package=HOME_CARE)
cell("cost-zero", "Goes on", "unit_cost", "0.00", package=HOME_CARE)
cell("cost-without-frequency", "Goes on", "cost_frequency", None, package=HOME_CARE)
cell("frequency-without-cost", "Goes on", "unit_cost", None, package=HOME_CARE)
cell("frequency-against-units", "Goes on", "planned_units_per_week", "1", package=NURSING_HOME)
cell("cost-very-high", "Goes on", "unit_cost", "50000", package=CARE_HOME)
cell("units-beyond-a-week", "Goes on", "planned_units_per_week", "200", package=HOME_CARE)

# The file as a whole ----------------------------------------------------------------------------


@fault("row-length")
def _(file: File) -> Expected:
    row = file.pick("Review")
    file.longer.add(row["line"])
    return {"row-length": {row["line"]}}


@fault("column-missing")
def _(file: File) -> Expected:
    file.columns.remove("gp_practice_name")
    return {"column-missing": {"GP Practice Name"}}


@fault("column-not-used")
def _(file: File) -> Expected:
    file.more["Team"] = "North"
    return {"column-not-used": {"Team"}}


@fault("event-type-absent", OF_THE_FILE)
def _(file: File) -> Expected:
    file.without(lambda row: row["event_type"] == "Review")
    return {"event-type-absent": {"Review"}}


def ended_in(month: str) -> Callable[[Row], bool]:
    return lambda row: (row["event_end_date"] or "").startswith(month)


@fault("month-without-events", OF_THE_FILE)
def _(file: File) -> Expected:
    file.without(ended_in("2025-07"))
    return {"month-without-events": {"July 2025"}}


@fault("month-with-few-events", OF_THE_FILE)
def _(file: File) -> Expected:
    left = [row for row in file.rows if ended_in("2025-07")(row)][:20]
    file.without(lambda row: ended_in("2025-07")(row) and row not in left)
    return {"month-with-few-events": {"July 2025"}}


@fault("month-without-event-type", OF_THE_FILE)
def _(file: File) -> Expected:
    file.without(lambda row: row["event_type"] == "Review" and ended_in("2025-09")(row))
    return {"month-without-event-type": {"September 2025: Review"}}


@fault("period-not-covered", OF_THE_FILE)
def _(file: File) -> Expected:
    """The months that are missing are told one by one as well."""
    file.without(ended_in("2026-03"))
    return {
        "period-not-covered": {"The data cover 1 April 2025 to 28 February 2026"},
        "month-without-events": {"March 2026"},
    }


@fault("period-not-whole-months", OF_THE_FILE)
def _(file: File) -> Expected:
    for row in file.rows:
        row["reporting_period_end_date"] = "2026-03-30"
    return {"period-not-whole-months": {"1 April 2025 to 30 March 2026"}}
