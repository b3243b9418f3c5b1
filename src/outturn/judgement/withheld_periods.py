"""The months and quarters of a figure that are held and withheld: not told, and not missing."""

from __future__ import annotations

import polars as pl

from outturn.judgement.months import base_periods
from outturn.terms.records import Absent

_SUPPRESSED = (pl.col("absent") == str(Absent.SUPPRESSED)).fill_null(False)
_ANY_FIGURE = pl.lit(0.0)  # a period without one is not looked at


def as_if_told(values: pl.DataFrame) -> pl.DataFrame:
    """The figures, those that are suppressed with one too: it says that they are held, no more."""
    value = pl.when(_SUPPRESSED).then(_ANY_FIGURE).otherwise("value")
    return values.with_columns(value=value)


def withheld_periods(values: pl.DataFrame, cells: pl.DataFrame) -> pl.DataFrame:
    """The periods of the cells that are suppressed, as `base_periods` gives those with a figure.

    Those that are small and those withheld for others' sake alike: nothing here tells them apart.
    """
    found = base_periods(as_if_told(values.filter(_SUPPRESSED)), cells)
    return found.select("_cell", "measure", "period", "months", "end")
