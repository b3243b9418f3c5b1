"""One person under several identifiers, one identifier for several people, and telling peaks."""

from __future__ import annotations

import polars as pl

from outturn.ingest.extract_check.records import read
from outturn.ingest.extract_check.rules.dates import BIRTH, IS_SERVICE, START
from outturn.ingest.extract_check.rules.model import Found, Given, at, is_one
from outturn.ingest.extract_check.rules.people import NUMBER, TEN, holds_numbers, is_dummy

NOT_KNOWN = ("Unknown", "No data: Refused", "No data: Undeclared or not known")
PERSON = pl.col("person")
# Fields of which a person has one, by the rule that says so.
ONE_OF_A_PERSON = {
    "several-birth-dates": "date_of_birth",
    "several-death-dates": "date_of_death",
    "several-genders": "gender",
    "several-ethnicities": "ethnicity",
}
BOTH_RELEASES = (
    "client_type", "service_type", "delivery_mechanism", "event_outcome", "accommodation_status",
    "employment_status",
)  # fmt: skip


def by_records(given: Given) -> Found:
    number: pl.Expr = pl.when(~is_dummy(given.records)).then(TEN)
    if not holds_numbers(given.records):
        number = NUMBER
    yield "several-ids-of-one-nhs-number", _several(given, number, PERSON, "person_id")
    yield "several-nhs-numbers-of-one-id", _several(given, PERSON, number, "nhs_number")
    for rule, name in ONE_OF_A_PERSON.items():
        value = read(name)
        if given.records.specification.fields[name].kind == "list":
            # A value outside the known list is one all the same.
            value = pl.coalesce(value, pl.col(name).str.to_lowercase())
            value = pl.when(~is_one(value, NOT_KNOWN)).then(value)
        yield rule, _several(given, PERSON, value, name)
    yield "birth-dates-on-1-january", _peak(given, BIRTH, 1, "date_of_birth", of_people=True)
    yield "starts-on-1-april", _peak(given, START, 4, "event_start_date", of_people=False)
    yield from _mixed(given)


def _several(given: Given, of: pl.Expr, value: pl.Expr, field: str) -> pl.DataFrame:
    """Every row of those that have several values, with the first row of another value."""
    rows = given.frame.select("index", "row", of.alias("of"), value.alias("value")).drop_nulls()
    pairs = rows.group_by("of", "value").agg(pl.col("row").min().alias("first"))
    pairs = pairs.filter(pl.col("of").is_duplicated())
    if pairs.is_empty():
        return at(pl.Series([], dtype=pl.UInt32), field)
    ordered = pairs.sort("of", "first").with_columns(
        pl.col("first").first().over("of").alias("one"),
        pl.col("first").gather(1).first().over("of").alias("two"),
    )
    other = pl.when(pl.col("first") == pl.col("one")).then("two").otherwise("one")
    found = rows.join(
        ordered.select("of", "value", other.alias("other")),
        on=["of", "value"],
        how="inner",
        maintain_order="left",
    )
    return at(found["index"], field, found["other"])


def _peak(given: Given, day: pl.Expr, month: int, field: str, *, of_people: bool) -> pl.DataFrame:
    """The rows with the first day of that month, where a telling share of all has it."""
    kept = PERSON.is_not_null() & day.is_not_null()
    if of_people:
        dummies = given.records.specification.dummies.birth_dates
        kept = kept & ~is_one(BIRTH, dummies)
    else:
        kept = kept & IS_SERVICE
    asked = ("index", PERSON.alias("person"), day.alias("day"))
    rows = given.frame.lazy().filter(kept).select(asked).collect()
    counted = rows.unique("person") if of_people else rows
    first = (pl.col("day").dt.month() == month) & (pl.col("day").dt.day() == 1)
    number = counted.filter(first).height
    least, percent = given.threshold("spike_least"), given.threshold("spike_percent")
    told = number >= least and number * 100 > percent * counted.height
    return at(rows.filter(first)["index"] if told else rows["index"].clear(), field)


def _mixed(given: Given) -> Found:
    """Cells of the rarer release, where a file holds words of both that only one of them has."""
    old: dict[str, pl.Series] = {}
    new: dict[str, pl.Series] = {}
    for name in BOTH_RELEASES:
        values = given.records.specification.values[name]
        of_1 = {one.release_1 for one in values} - {one.release_2 for one in values}
        of_2 = {one.release_2 for one in values} - {one.release_1 for one in values}
        text = given.frame[name]
        old[name] = text.is_in(list(of_1)).fill_null(False)
        new[name] = text.is_in(list(of_2)).fill_null(False)
    many_old, many_new = (sum(int(one.sum()) for one in side.values()) for side in (old, new))
    if not many_old or not many_new:
        return
    for name, where in (old if many_old <= many_new else new).items():
        if where.any():
            yield "releases-mixed", at(given.frame["index"].filter(where), name)
