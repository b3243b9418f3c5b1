"""A day behind which a time may stand: call monitoring has both in one cell."""

from __future__ import annotations

import json
from datetime import date

import polars as pl
import pytest

from outturn.contracts import cells, read_contracts
from outturn.framework.model import Source
from outturn.ingest.mapping import in_days

FIELD = {"name": "began_on", "type": "date", "format": "moment"}
MARCH = date(2026, 3, 2)


def contract(**words: str):
    text = json.dumps({"fields": [{**FIELD, **words}]})
    found, mistakes = read_contracts({"contracts/calls.json": text})
    return found.get("calls"), mistakes


def days_of(texts: list[str], dates: str = "") -> tuple[list[date], list[str]]:
    own, mistakes = contract()
    assert mistakes == [] and own
    source = Source("calls", "calls.csv", "calls", dates=dates)
    typed, found = cells(in_days(pl.DataFrame({"began_on": texts}), source, own), own)
    return typed["began_on"].drop_nulls().to_list(), found["remedy"].to_list()


@pytest.mark.parametrize(
    "text",
    ["2026-03-02", "2026-03-02 08:30", "2026-03-02T8:30", "2026-03-02T23:59:59.999",
     "2026-03-02T00:00:00"],
)  # fmt: skip
def test_the_time_behind_a_day_is_passed_over(text: str) -> None:
    assert days_of([text]) == ([MARCH], [])
    assert days_of([text], "day first") == ([MARCH], [])  # which is read in no other way


@pytest.mark.parametrize(
    ("text", "dates"),
    [("02/03/2026 08:30", "day first"), ("2 Mar 2026 08:30:00", "day first"),
     ("03/02/2026 08:30", "month first"), ("02.03.2026", "day first")],
)  # fmt: skip
def test_what_stands_first_in_such_days_is_said_by_the_source(text: str, dates: str) -> None:
    assert days_of([text], dates) == ([MARCH], [])


@pytest.mark.parametrize(
    "text", ["08:30", "02/03/2026 08:30", "2026-03-02 soon", "2026-13-02 8:30"]
)
def test_what_is_no_day_is_told_as_in_any_other_column(text: str) -> None:
    days, (remedy,) = days_of([text])
    assert days == []
    assert "a day is as 2020-11-30" in remedy or "month" in remedy


def test_a_moment_within_a_day_is_no_day_in_a_column_of_days() -> None:
    own, _ = contract(format="default")
    assert own
    typed, found = cells(pl.DataFrame({"began_on": ["2026-03-02 08:30"]}), own)
    assert typed["began_on"].to_list() == [None] and found.height == 1


def test_only_a_date_has_moments() -> None:
    own, mistakes = contract(type="string")
    assert own is None
    (one,) = mistakes
    assert (one.where, one.problem) == (
        "contracts/calls.json, fields[0].format", "The format is not understood.",
    )  # fmt: skip
