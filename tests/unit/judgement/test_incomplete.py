"""How many rows were set aside, as far as it may be told."""

from __future__ import annotations

import polars as pl
import pytest

from outturn.engine.touched import OWN
from outturn.judgement.incomplete import notes_of, number_told
from outturn.statistics.disclosure_policies import PRESETS

TOLD = {
    "none": {0: "0", 1: "1", 4: "4", 1234: "1,234"},
    "social care": {0: "0", 1: "fewer than 5", 4: "fewer than 5", 5: "5", 6: "6"},
    "hospital": {
        1: "fewer than 8", 7: "fewer than 8", 8: "about 10", 9: "about 10", 10: "about 10",
        12: "about 10", 13: "about 15", 1233: "about 1,235",
    },
    "ehrql": {0: "fewer than 8", 7: "fewer than 8", 8: "about 10", 12: "about 10"},
    "scotland": {0: "0", 10: "fewer than 11", 11: "11"},
}  # fmt: skip


@pytest.mark.parametrize("preset", PRESETS)
def test_a_number_of_rows_is_held_to_the_preset_as_a_count_is(preset):
    """A number that is rounded is never said to be less than what "fewer than" is said of."""
    policy = PRESETS[preset]
    assert {rows: number_told(rows, policy) for rows in TOLD[preset]} == TOLD[preset]


def test_where_what_could_be_worked_out_is_withheld_no_number_of_rows_is_told():
    """9 rows of a place less 6 of one of its two localities are 3 of the other."""
    touched = pl.DataFrame(
        [("m", one, "2026-04-01/P1M", "events", OWN, rows) for one, rows in (("A", 9), ("B", 6))],
        schema=["measure", "place", "period", "table", "which", "rows"], orient="row",
    )  # fmt: skip
    told, untold = (notes_of(touched, "social care", numbers=one)["note"] for one in (True, False))
    assert [one.split(" rows ")[0] for one in told] == ["9", "6"]
    assert [one.split(" rows ")[0] for one in untold] == ["some", "some"]
