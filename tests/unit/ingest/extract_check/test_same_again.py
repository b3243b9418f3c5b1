"""What must make no difference: the order of rows, capitals, blanks, and any rubbish in a cell."""

from __future__ import annotations

import importlib.util
import io
import sys
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import polars as pl
import pytest

from outturn.contracts.cld import specification

SPEC = specification()
LISTS = {one.title for one in SPEC.fields.values() if one.kind == "list"}
# These say which of two rows came first, or how a cell is spelled.
BY_ORDER = {"exact-duplicate", "one-event-two-references", "one-event-told-otherwise",
            "reference-of-several-events"}  # fmt: skip
BY_SPELLING = {"spelling", "release-1-value", "releases-mixed"}
RUBBISH = (
    "", " ", "0", "-1", "9999-12-31", "0001-01-01", "2025-02-30", "1e999", "nan", "=1+1", "'", '"',
    "a\nb", "\t", "Ł€\U0001f600", "x" * 40_000, "Service", "Unpaid carer", "2026-04-20", "1.5.2025",
    "9434765919", "NULL", "P0000003", "12:00", "31/12/2025", "+5", "١٢٣", "\x0b",
)  # fmt: skip


def beside(name: str) -> ModuleType:
    found = importlib.util.spec_from_file_location(name, Path(__file__).parent / f"{name}.py")
    assert found and found.loader
    module = sys.modules[name] = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


@pytest.fixture
def spoilt(clean, made):
    """Every fault of rows in one file, but for those of its columns and of the length of rows."""
    planted = beside("faults")
    file = planted.File(clean, made.TITLES, made.nhs_numbers(520)[480:])
    for rule, plant in planted.FAULTS.items():
        if rule not in ("row-length", "column-missing", "column-not-used"):
            plant(file)
    return pl.read_csv(io.BytesIO(file.csv()), infer_schema=False)


def csv(frame: pl.DataFrame) -> bytes:
    out = io.BytesIO()
    frame.write_csv(out)
    return out.getvalue()


def by_number(judged: Any, numbers: list[int]) -> dict[str, set[Any]]:
    """By rule, the numbers that rows had before they changed places."""
    told: dict[str, set[Any]] = {}
    for rule, index, what in judged.findings.select("rule", "index", "what").iter_rows():
        told.setdefault(rule, set()).add(what if index is None else numbers[index])
    return told


def test_the_order_of_the_rows_changes_nothing_but_which_of_two_is_first(spoilt, judge):
    order = np.random.default_rng(5).permutation(spoilt.height)
    one = by_number(judge(csv(spoilt)), list(range(spoilt.height)))
    two = by_number(judge(csv(spoilt[order])), [int(at) for at in order])
    assert set(one) == set(two)
    for rule in set(one) - BY_ORDER:
        assert one[rule] == two[rule], rule
    for rule in BY_ORDER:
        assert len(one[rule]) == len(two[rule]), rule


def test_capitals_and_blanks_in_coded_cells_change_nothing_but_how_they_are_spelled(spoilt, judge):
    shouted = spoilt.with_columns(
        (pl.col(name).str.to_uppercase() + "  ").alias(name) for name in sorted(LISTS)
    )
    numbers = list(range(spoilt.height))
    one, two = by_number(judge(csv(spoilt)), numbers), by_number(judge(csv(shouted)), numbers)
    assert {rule: told for rule, told in one.items() if rule not in BY_SPELLING} == {
        rule: told for rule, told in two.items() if rule not in BY_SPELLING
    }
    assert len(two["spelling"]) == spoilt.height


@pytest.mark.parametrize("seed", range(6))
def test_rubbish_in_any_cell_is_judged_and_no_row_is_lost(seed, clean, judge):
    random = np.random.default_rng(seed)
    rows = clean.head(200).to_dicts()
    for row in rows:
        for name in row:
            if random.random() < 0.3:
                row[name] = RUBBISH[random.integers(0, len(RUBBISH))]
    frame = pl.DataFrame(rows, schema=clean.schema)
    judged = judge(csv(frame))
    # A row that is blank in every cell says nothing; there is none here.
    assert judged.records.frame.height == judged.status.height == judged.result.height == 200
    assert set(judged.findings["rule"]) <= set(SPEC.rules)
    assert judged.findings["index"].max() < 200
    for name in SPEC.fields:
        filled = judged.records.frame[name].is_not_null()
        assert (judged.result[name].filter(filled) != 0).all(), name
        assert judged.result[name].null_count() == judged.status[name].null_count() == 0, name
        assert judged.result[name].filter(~filled).is_in([0, -1]).all(), name


def test_a_file_of_one_row_and_one_of_blank_cells_are_judged(clean, judge):
    assert judge(csv(clean.head(1))).records.frame.height == 1
    nothing = clean.head(2).select(
        pl.lit("508" if name == "LA Code" else None, pl.String).alias(name)
        for name in clean.columns
    )
    judged = judge(csv(nothing))
    assert judged.coverage.derived is None
    assert judged.findings.filter(rule="client-type-blank").height > 0


def test_without_a_day_the_extract_is_of_the_last_day_on_which_a_row_was_received(
    clean, made, tmp_path
):
    from outturn.framework.model import Source
    from outturn.ingest.extract_check import Asked, check_extract, read_extract

    path = tmp_path / "x.csv"
    received = clean.head(9).with_columns(
        pl.when(pl.int_range(pl.len()) < 3)
        .then(pl.lit("2026-04-20"))
        .otherwise(pl.lit("2026-04-02"))
        .alias("imported_on")
    )
    received.write_csv(path)
    read = read_extract(path, Source("extract", "x.csv", "cld"), made.CONTRACT)
    judged = check_extract(read, made.CONTRACT, Asked())
    assert judged.records.as_of == date(2026, 4, 20)
    assert judged.records.frame["extracted_on"].n_unique() == 2
    clean.head(9).write_csv(path)
    read = read_extract(path, Source("extract", "x.csv", "cld"), made.CONTRACT)
    assert check_extract(read, made.CONTRACT, Asked()).records.as_of == date.today()
