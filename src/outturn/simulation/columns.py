"""Whole numbers into the columns of a table: days, words, flags, hundredths."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from outturn.simulation.days import NEVER
from outturn.simulation.draws import Flags, Whole
from outturn.simulation.events import NONE


def days(numbers: Whole) -> pl.Series:
    """Dates; empty where a day never comes or is not given."""
    real = (numbers != NONE) & (numbers < NEVER)
    dates = pl.Series(np.where(real, numbers, 0).astype(np.int32)).cast(pl.Date)
    return _only(dates, real)


def words(names: Sequence[str], codes: Whole) -> pl.Series:
    """The name at each position; empty for NONE."""
    known = pl.Series([*names, None], dtype=pl.String)
    return known.gather(np.where(codes == NONE, len(names), codes))


def whole(numbers: Whole) -> pl.Series:
    return _only(pl.Series(numbers), numbers != NONE)


def hundredths(numbers: Whole) -> pl.Series:
    """A number with a decimal, from hundredths."""
    return _only(pl.Series(numbers / 100), numbers != NONE)


def flags(codes: Whole) -> pl.Series:
    """True and false; empty for NONE."""
    return _only(pl.Series(codes == 1), codes != NONE)


def numbered(letter: str, number: int) -> pl.Series:
    """`number` identifiers: a letter and the position from 1."""
    nth = pl.Series("n", np.arange(1, number + 1)).cast(pl.String).str.zfill(7)
    return nth.to_frame().select(pl.format(f"{letter}{{}}", "n")).to_series()


def _only(column: pl.Series, real: Flags) -> pl.Series:
    return column.zip_with(
        pl.Series(real), pl.repeat(None, len(column), dtype=column.dtype, eager=True)
    )
