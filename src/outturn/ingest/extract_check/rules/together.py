"""All the rules: those of single rows in one pass, then those of several rows together."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from outturn.ingest.extract_check.rules import (
    carers,
    costs,
    dates,
    duplicates,
    identities,
    people,
    services,
)
from outturn.ingest.extract_check.rules.model import Found, Given, Test, at

TESTS: tuple[Callable[[Given], Iterator[Test]], ...] = (
    dates.tests, people.tests, services.tests, carers.tests, costs.tests,
)  # fmt: skip
RECORDS: tuple[Callable[[Given], Found], ...] = (
    carers.by_records, duplicates.by_records, identities.by_records,
)  # fmt: skip


def by_rows(given: Given) -> Found:
    """What single rows say that cannot be."""
    asked = [test for of in TESTS for test in of(given)]
    fails = given.frame.select(
        test.fails.fill_null(False).alias(f"{number}") for number, test in enumerate(asked)
    )
    for number, test in enumerate(asked):
        index = fails[f"{number}"].arg_true()
        if index.len():
            yield test.rule, at(index, test.field)


def by_records(given: Given) -> Found:
    """What rows say together that cannot be, and rows that could not be taken apart."""
    for of in RECORDS:
        for rule, found in of(given):
            if found.height:
                yield rule, found
    if given.uneven.len():
        yield "row-length", at(given.uneven, "")
