"""The frames by which rooms speak: their schemas, and the two doors `fitted` and `checked`."""

from dataclasses import fields

import polars as pl
import pytest

from outturn.terms.records import (
    COUNTS,
    KEYS,
    LETTERS,
    SCHEMAS,
    SHAPES,
    Count,
    Status,
    checked,
    empty,
    fitted,
)


def test_every_status_has_a_shape_and_a_letter_of_its_own():
    assert set(SHAPES) == set(LETTERS) == set(Status)
    assert len(set(SHAPES.values())) == len(set(LETTERS.values())) == len(Status)


@pytest.mark.parametrize("name", ["counts", "values", "verdicts", "benchmarks"])
def test_every_frame_of_cells_begins_with_what_names_a_cell(name):
    assert set(KEYS) <= set(SCHEMAS[name])


def test_a_count_is_one_row_of_the_frame_of_counts():
    assert {one.name for one in fields(Count)} <= set(COUNTS)


@pytest.mark.parametrize("name", list(SCHEMAS))
def test_an_empty_frame_keeps_its_schema(name):
    frame = empty(SCHEMAS[name])
    assert frame.height == 0
    assert checked(frame, SCHEMAS[name]) is frame


def test_fitted_puts_columns_in_order_and_type_and_fills_those_not_given_with_nothing():
    frame = pl.DataFrame({"rows": [3], "measure": ["a"], "numerator": [2], "more": ["left out"]})
    made = fitted(frame, COUNTS)
    assert dict(made.schema) == COUNTS
    assert made.row(0, named=True) == dict.fromkeys(COUNTS) | {
        "measure": "a",
        "numerator": 2.0,
        "rows": 3,
    }


@pytest.mark.parametrize(
    ("frame", "rows"),
    [(pl.DataFrame(), 0), (empty(COUNTS), 0), (pl.DataFrame({"more": [1, 2, 3]}), 3)],
)
def test_fitted_keeps_the_number_of_rows_whatever_columns_there_are(frame, rows):
    made = fitted(frame, COUNTS)
    assert (made.height, dict(made.schema)) == (rows, COUNTS)


def test_fitted_does_not_swallow_a_cell_of_another_type():
    with pytest.raises(pl.exceptions.InvalidOperationError):
        fitted(pl.DataFrame({"numerator": ["many"]}), COUNTS)


def test_checked_tells_what_is_missing_what_is_unexpected_and_what_is_of_another_type():
    frame = empty(COUNTS).drop("margin").with_columns(more=pl.lit(1), rows=pl.lit("x"))
    with pytest.raises(TypeError) as raised:
        checked(frame, COUNTS)
    assert str(raised.value) == "missing ['margin'], unexpected ['more'], of another type ['rows']"


def test_checked_minds_the_order_of_columns():
    frame = empty(COUNTS).select(list(COUNTS)[::-1])
    with pytest.raises(TypeError):
        checked(frame, COUNTS)
