"""Division, in one place: the nearest float to the true quotient, and never a zero denominator."""

from __future__ import annotations

import numpy as np
import polars as pl


def ratio(numerator: pl.Series, denominator: pl.Series, per: float | pl.Series = 1.0) -> pl.Series:
    """Numerator over denominator times `per`, in units of `per`: 100 gives per cent.

    Numbers of any sign. Multiplies first and divides last, so that whole counts give the float
    nearest to the true figure: 7 of 25 is 28 per cent, not 28.000000000000004. Null where either
    is null and where the denominator is zero: the caller says why. Does not round. Does not use
    Polars' own division, which multiplies by the inverse where a column is one repeated number
    (3 / 10 is then 0.30000000000000004).

    Source: elementary arithmetic; IEEE 754-2019, 5.4.1 (division is correctly rounded).

    >>> ratio(pl.Series([7, 3, 1]), pl.Series([25, 10, 0]), 100.0).to_list()
    [28.0, 30.0, None]
    """
    top = _floats(numerator)
    bottom = _floats(denominator)
    times = per if isinstance(per, float | int) else _floats(per)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        result = np.asarray(top * times / bottom)
    result[~np.isfinite(result)] = np.nan
    return pl.Series(numerator.name, result).fill_nan(None)


def _floats(column: pl.Series) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    return column.cast(pl.Float64).fill_null(float("nan")).to_numpy()
