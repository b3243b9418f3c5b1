"""Days that cannot be, or cannot be together, in one row."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from outturn.ingest.extract_check.records import read
from outturn.ingest.extract_check.rules.ages import age_on
from outturn.ingest.extract_check.rules.model import Given, Test, is_one

FINISHED = ("Request", "Assessment", "Review")  # sent only when they are finished
START, END = read("event_start_date"), read("event_end_date")
BIRTH, DEATH = read("date_of_birth"), read("date_of_death")
EXTRACT = pl.col("extracted_on")
IS_FINISHED = is_one(read("event_type"), FINISHED)
IS_SERVICE = is_one(read("event_type"), ("Service",))


def tests(given: Given) -> Iterator[Test]:
    yield from _of_events(given)
    yield from _of_periods(given)
    yield from _of_people(given)


def _of_events(given: Given) -> Iterator[Test]:
    first, last = given.stated
    late = START > EXTRACT
    yield Test("end-before-start", "event_end_date", END < START)
    yield Test("start-after-extract", "event_start_date", late)
    yield Test("end-after-extract", "event_end_date", IS_FINISHED & (END > EXTRACT))
    long = (END - START).dt.total_days() > given.threshold("long_days")
    yield Test("event-very-long", "event_end_date", IS_FINISHED & long)
    years = given.threshold("open_years")
    since = EXTRACT.dt.offset_by(f"-{years}y")
    open_ = IS_SERVICE & pl.col("event_end_date").is_null() & DEATH.is_null()
    yield Test("service-open-for-years", "event_start_date", open_ & (START < since))
    if last:
        yield Test("start-after-period", "event_start_date", (START > last) & ~late)
        after = (END > last) & (END <= EXTRACT)
        yield Test("end-after-period", "event_end_date", IS_FINISHED & after)
    if first:
        before = (END < first) & ~(START > END).fill_null(False)
        yield Test("end-before-period", "event_end_date", before)


def _of_periods(given: Given) -> Iterator[Test]:
    starts, ends = read("reporting_period_start_date"), read("reporting_period_end_date")
    reversed_ = (ends < starts).fill_null(False)
    yield Test("period-reversed", "reporting_period_end_date", reversed_)
    first, last = given.stated
    if first:
        yield Test("period-differs", "reporting_period_start_date", ~reversed_ & (starts != first))
    if last:
        yield Test("period-differs", "reporting_period_end_date", ~reversed_ & (ends != last))


def _of_people(given: Given) -> Iterator[Test]:
    dummy = is_one(BIRTH, given.records.specification.dummies.birth_dates)
    yield Test("birth-date-dummy", "date_of_birth", dummy)
    yield Test("birth-after-extract", "date_of_birth", BIRTH > EXTRACT)
    yield Test("birth-after-start", "date_of_birth", (BIRTH > START) & (BIRTH <= EXTRACT))
    lived_to = pl.min_horizontal(DEATH, EXTRACT)
    old = age_on(lived_to) > given.threshold("age_most")
    yield Test("age-over-limit", "date_of_birth", old & ~dummy)
    told_on = pl.min_horizontal(END, EXTRACT)
    young = age_on(told_on) < 18
    yield Test("age-under-18", "date_of_birth", young & ~(BIRTH > START) & (BIRTH <= EXTRACT))
    unborn = (DEATH < BIRTH).fill_null(False)
    yield Test("death-before-birth", "date_of_death", unborn)
    yield Test("death-after-extract", "date_of_death", DEATH > EXTRACT)
    yield Test("start-after-death", "event_start_date", (START > DEATH) & ~unborn)
    yield Test("end-after-death", "event_end_date", (END > DEATH) & (START <= DEATH) & ~unborn)
    deceased = is_one(read("event_outcome"), ("NFA: Deceased",))
    yield Test(
        "deceased-without-date", "date_of_death", deceased & pl.col("date_of_death").is_null()
    )
