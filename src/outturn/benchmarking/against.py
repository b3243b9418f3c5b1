"""How a place stands against the figure of its group, when chance is allowed for.

This is no status: a target is another question, and these words never take its colours.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from outturn.statistics.comparison import against_interval
from outturn.statistics.significance import (
    BETTER,
    HIGHER,
    LOWER,
    NO_AIM,
    NOT_COMPARED,
    SAME,
    WORSE,
    labelled,
)

NOT_COMPARED_WORD = "not compared"
WORDS = {BETTER: "better", SAME: "similar", WORSE: "worse", NOT_COMPARED: NOT_COMPARED_WORD}
SIDES = {BETTER: "higher", SAME: "similar", WORSE: "lower", NOT_COMPARED: NOT_COMPARED_WORD}
AIMS = {"higher": HIGHER, "lower": LOWER}


def with_against(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows with `against`: whether the group's figure lies outside the figure's own limits.

    One of WORDS, or of SIDES for a measure without a better side; "not compared" where a limit or
    the group's figure is missing, of the place whose figure is the group's, of a figure that is
    not ranked, and of a count or an amount of money, whose limits know nothing of how large a place
    is. Needs value, lower, upper, comparator_value, aim, figure, `is_amount` and `is_group`.
    """
    names = ("value", "lower", "upper", "comparator_value")
    numbers = {name: rows[name].cast(pl.Float64).to_numpy() for name in names}
    never = rows["is_group"].fill_null(False) | rows["figure"].is_null() | rows["is_amount"]
    comparator = np.where(never.to_numpy(), np.nan, numbers["comparator_value"])
    aims = rows["aim"].replace_strict(AIMS, default=NO_AIM, return_dtype=pl.Int8).to_numpy()
    limits = numbers["value"], numbers["lower"], numbers["upper"]
    judged = labelled(against_interval(*limits, comparator, aims), WORDS)
    sides = labelled(against_interval(*limits, comparator, np.ones_like(aims)), SIDES)
    return rows.with_columns(against=pl.Series(np.where(aims == NO_AIM, sides, judged)))
