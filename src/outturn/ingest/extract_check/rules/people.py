"""Identifiers, numbers and places of one row: NHS numbers, postcodes, the council's code."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from outturn.contracts.check import whole
from outturn.ingest.extract_check.records import Records, read
from outturn.ingest.extract_check.rules.model import Given, Test, is_one

COUNCIL_CODE = r"[0-9]{3}|[A-Za-z0-9]{5}|[A-Za-z][0-9]{8}"
STAND_IN = "zz99"
NUMBER, TEN = pl.col("number"), pl.col("ten digits")
TEN_DIGITS = TEN.is_not_null()
_WEIGHTS = range(10, 1, -1)  # of the first nine digits


def tests(given: Given) -> Iterator[Test]:
    yield from _of_numbers(given.records)
    stand_in = read("postcode").str.starts_with(STAND_IN)
    yield Test("postcode-stand-in", "postcode", stand_in)
    yield from _of_the_council(given)
    unmapped = [
        value.release_1
        for value in given.records.specification.values["event_outcome"]
        if not value.release_2
    ]
    yield Test("outcome-not-mapped", "event_outcome", is_one(read("event_outcome"), unmapped))


def holds_numbers(records: Records) -> bool:
    """Whether most cells are NHS numbers, and not the pseudonyms that may stand in their place."""
    ten, filled = records.frame.select(TEN.count(), NUMBER.count().alias("filled")).row(0)
    return bool(filled and ten * 2 >= filled)


def made_up(records: Records) -> bool:
    """Whether most numbers are of the range kept for tests: then these are no real people."""
    share = records.frame.select(_for_tests(records).mean()).item()
    return bool(share is not None and share > 0.5)


def check_digit_is_right(number: pl.Expr) -> pl.Expr:
    """Modulus 11 over ten digits: the weighted sum of nine, taken from 11, is the tenth."""
    digits = [number // 10 ** (9 - at) % 10 for at in range(10)]
    total = pl.sum_horizontal(
        digit * weight for digit, weight in zip(digits, _WEIGHTS, strict=False)
    )
    check = (11 - total % 11) % 11
    return check == digits[9]  # a check of 10 is no digit, and so is never right


def is_dummy(records: Records) -> pl.Expr:
    dummies = records.specification.dummies
    known = [int(text) for text in dummies.nhs_numbers]
    known += [int(f"{digit}" * 10) for digit in range(10)]
    for_tests = _for_tests(records) & (not made_up(records))
    return (TEN.is_in(known) | for_tests).fill_null(False)


def _for_tests(records: Records) -> pl.Expr:
    begins = records.specification.dummies.nhs_number_beginning
    return TEN // 10 ** (10 - len(begins)) == int(begins)


def _of_numbers(records: Records) -> Iterator[Test]:
    if not holds_numbers(records):
        return
    dummy = is_dummy(records)
    yield Test("nhs-number-form", "nhs_number", NUMBER.is_not_null() & ~TEN_DIGITS)
    yield Test("nhs-number-dummy", "nhs_number", dummy)
    wrong = TEN_DIGITS & ~dummy & ~check_digit_is_right(TEN)
    yield Test("nhs-number-check-digit", "nhs_number", wrong)


def _of_the_council(given: Given) -> Iterator[Test]:
    """The code has a usual form or is a name of the council; without names, that of most rows."""
    code = read("la_code")
    fits = pl.col("la_code").str.contains(whole(COUNCIL_CODE))
    known = is_one(code, given.council) if given.council else pl.lit(False)
    yield Test("council-code-form", "la_code", ~fits & ~known)
    if given.council:
        yield Test("council-code-of-another", "la_code", fits & ~known)
    else:
        known_codes = given.frame.select(pl.when(fits).then(code).alias("code"))["code"]
        codes = known_codes.drop_nulls().value_counts(sort=True)
        if codes.height:
            yield Test("council-code-of-another", "la_code", fits & (code != codes["code"][0]))
