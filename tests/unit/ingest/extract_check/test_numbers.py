"""NHS numbers: the check digit by hand, dummies, pseudonyms and files of made-up people."""

from __future__ import annotations

import io

import polars as pl
import pytest

from outturn.ingest.extract_check.rules.people import check_digit_is_right


@pytest.mark.parametrize(
    ("number", "right"),
    [
        # 9*10+4*9+3*8+4*7+7*6+6*5+5*4+9*3+1*2 = 299; 299 mod 11 = 2; 11 - 2 = 9
        (9434765919, True),
        (9434765918, False),
        (4505577104, True),
        (4505577140, False),  # two digits swapped
        (0, True),  # so a dummy must be told apart
        # 1*10 + 1*2 = 12; 12 mod 11 = 1; 11 - 1 = 10, which is no digit
        (1000000010, False),
        (1000000011, False),
        (None, None),
    ],
)
def test_the_check_digit(number, right):
    frame = pl.DataFrame({"number": pl.Series([number], dtype=pl.Int64)})
    told = frame.select(check_digit_is_right(pl.col("number"))).item()
    assert told is right


def with_numbers(clean, numbers):
    out = io.BytesIO()
    clean.with_columns(numbers.alias("NHS Number")).write_csv(out)
    return out.getvalue()


def test_pseudonyms_are_not_checked_and_the_note_says_so(clean, judge, found):
    pseudonym = pl.format("x{}", pl.col("LA Person Unique Identifier"))
    judged = judge(with_numbers(clean, pseudonym))
    assert found(judged) == {}
    assert any("pseudonyms" in note for note in judged.notes)


def test_a_file_of_numbers_kept_for_tests_is_told_to_be_one(clean, judge, found):
    for_tests = pl.lit("999") + pl.col("LA Person Unique Identifier").str.slice(1)
    judged = judge(with_numbers(clean, for_tests))
    assert set(found(judged)) == {"nhs-number-check-digit"}  # they are made up without one
    assert any("kept for tests" in note for note in judged.notes)


def test_a_number_with_blanks_or_hyphens_is_the_same_number(clean, judge, found):
    number = pl.col("NHS Number")
    spaced = pl.format("{} {}-{}", number.str.slice(0, 3), number.str.slice(3, 3),
                       number.str.slice(6))  # fmt: skip
    assert found(judge(with_numbers(clean, spaced))) == {}
