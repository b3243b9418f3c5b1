"""The same row, event or service more than once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import polars as pl

from outturn.ingest.extract_check.records import read
from outturn.ingest.extract_check.rules.dates import IS_SERVICE, START
from outturn.ingest.extract_check.rules.model import Found, Given, at

FAR = date(9999, 1, 1)  # an open end, where ends are compared
# What makes an event one, beside council, person, start and, but for services, end: of every type,
# and of services in the table of the latest submission.
EVENT = (
    "client_type", "event_type", "route_of_access", "assessment_type", "service_type",
    "service_component",
)  # fmt: skip
SERVICE = ("delivery_mechanism", "unit_cost", "cost_frequency", "planned_units_per_week")
# What makes two services the same one, whenever they run.
SAME_SERVICE = (
    "client_type", "service_type", "service_component", "delivery_mechanism",
    "provider_location_id",
)  # fmt: skip
DAYS = ("event_type", "event_start_date", "event_end_date")


def by_records(given: Given) -> Found:
    repeats = _repeats(given)
    yield "exact-duplicate", repeats
    once = given.frame
    if repeats.height:
        once = once.join(repeats, on="index", how="anti", maintain_order="left")
    yield from _of_events(once)
    yield from _of_references(once)
    services = _services(once)
    yield "service-overlaps-itself", _overlaps(services)
    yield "service-reset-at-year-start", _resets(services)


def _repeats(given: Given) -> pl.DataFrame:
    """Rows that an earlier one equals in the cells of every field."""
    fields = list(given.records.specification.fields)
    hashed = given.frame.select("index", "row").with_columns(
        given.frame.select(fields).hash_rows(seed=0).alias("cells")
    )
    again = hashed.filter(pl.col("cells").is_duplicated())
    first = again.group_by("cells").agg(pl.col("row").min().alias("first"))
    later = again.join(first, on="cells", maintain_order="left").filter(
        pl.col("row") != pl.col("first")
    )
    return at(later["index"], "", later["first"])


def _as_read(name: str) -> pl.Expr:
    return read(name).alias(name)


def _of_events(frame: pl.DataFrame) -> Found:
    """Several rows of one event: under several references, or with other cells."""
    end = read("event_end_date")
    key = [_as_read("la_code"), _as_read("event_start_date"), *_said(EVENT)]
    key.append(pl.col("person"))
    key.append(pl.when(~IS_SERVICE).then(end).alias("ended"))
    key += [pl.when(IS_SERVICE).then(one) for one in _said(SERVICE)]
    known = START.is_not_null() & read("event_type").is_not_null() & pl.col("person").is_not_null()
    events = frame.select("index", "row", _as_read("event_reference"), known.alias("known"))
    events = events.with_columns(frame.select(key).hash_rows(seed=0).alias("event")).filter("known")
    several = events.filter(pl.col("event").is_duplicated())
    told = several.group_by("event").agg(
        pl.col("row").min().alias("first"),
        (pl.col("event_reference").drop_nulls().n_unique() > 1).alias("references"),
    )
    found = several.join(told, on="event", maintain_order="left").filter(
        pl.col("row") != pl.col("first")
    )
    for rule, references in (
        ("one-event-two-references", True),
        ("one-event-told-otherwise", False),
    ):
        some = found.filter(pl.col("references") == references)
        yield rule, at(some["index"], "event_reference" if references else "", some["first"])


def _of_references(frame: pl.DataFrame) -> Found:
    """Rows whose reference an earlier row has for another person or kind of event."""
    of = frame.select(
        "index", "row", "person", *(_as_read(n) for n in ("event_reference", "event_type"))
    ).drop_nulls("event_reference")
    several = of.filter(pl.col("event_reference").is_duplicated())
    first = several.group_by("event_reference").agg(
        pl.col("row").min().alias("first"),
        pl.col("person").sort_by("row").first().alias("first_person"),
        pl.col("event_type").sort_by("row").first().alias("first_type"),
    )
    joined = several.join(first, on="event_reference", maintain_order="left")
    other = (pl.col("person") != pl.col("first_person")) | (
        pl.col("event_type") != pl.col("first_type")
    )
    found = joined.filter(other.fill_null(False))
    yield "reference-of-several-events", at(found["index"], "event_reference", found["first"])


def _services(frame: pl.DataFrame) -> pl.DataFrame:
    """Services with a start, in the order in which the same service of a person follows itself."""
    known = IS_SERVICE & START.is_not_null() & read("service_type").is_not_null()
    # A cell that is no date is not an open end.
    known = known & (pl.col("event_end_date").is_null() | read("event_end_date").is_not_null())
    some = frame.select("index", "row", "person", *_columns_of(SAME_SERVICE), *_columns_of(DAYS))
    some = some.filter(known & pl.col("person").is_not_null())
    made = some.select(
        "index",
        "row",
        START.alias("start"),
        read("event_end_date").fill_null(FAR).alias("end"),
        some.select("person", *_said(SAME_SERVICE)).hash_rows(seed=0).alias("service"),
    )
    made = made.filter(pl.col("service").is_duplicated())
    return made.sort("service", "start", "row").with_columns(
        pl.col("end").cum_max().shift(1).over("service").alias("ended_before"),
        pl.col("start").shift(1).over("service").alias("started_before"),
        pl.col("row").shift(1).over("service").alias("row_before"),
    )


def _columns_of(names: Sequence[str]) -> list[pl.Expr]:
    return [one for name in names for one in (pl.col(name), read(name))]


def _said(names: Sequence[str]) -> list[pl.Expr]:
    """What the cells mean, and where that is not known, the cells."""
    return [
        pl.coalesce(read(name).cast(pl.String), pl.col(name).str.to_lowercase()).alias(name)
        for name in names
    ]


def _overlaps(services: pl.DataFrame) -> pl.DataFrame:
    """Services that begin before the same service has ended, and not on the same day."""
    found = services.filter(
        (pl.col("start") < pl.col("ended_before")) & (pl.col("start") > pl.col("started_before"))
    )
    return at(found["index"], "event_start_date", found["row_before"])


def _resets(services: pl.DataFrame) -> pl.DataFrame:
    start = pl.col("start")
    new_year = (start.dt.month() == 4) & (start.dt.day() == 1)
    found = services.filter(new_year & (pl.col("ended_before") == start.dt.offset_by("-1d")))
    return at(found["index"], "event_start_date", found["row_before"])
