"""Rounding half away from zero, on the number as it is written, and numbers as text."""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Decimal, localcontext

import numpy as np
import numpy.typing as npt
import polars as pl

Numbers = npt.NDArray[np.float64]

MOST_DECIMALS = 9
_INFINITE = "an infinite number cannot be shown"
_POWERS = 10.0 ** np.arange(MOST_DECIMALS + 1)  # each exact in binary
# Below this many units of the last place, a number and the half beside it have at most 15
# digits, so one decimal alone is the number as written. Larger ones go through Decimal.
_EXACT_BELOW = 1e14
_LARGE = 1e12  # from here a number is written one by one


def round_half_up(
    values: npt.ArrayLike, decimals: int | npt.NDArray[np.integer[npt.NBitBase]]
) -> Numbers:
    """The values rounded to so many decimals, halves away from zero, in the unit given.

    Values are floats; each stands for its shortest decimal, the number as a person wrote it, so
    1.005 is 1.005 and not the 1.00499999999999989 that the machine holds. `decimals` is one
    whole number from 0 to 9, or one for each value. Not-a-number stays, infinity stays.
    Does not round to significant figures, and never gives a negative zero.

    The half beside a value is written down exactly, turned into the nearest float as the value
    itself once was, and the two are compared: so no tolerance is needed.

    Source: BS ISO 80000-1:2009, annex B, rule B (halves to the larger magnitude); the ASCOF
    publications of NHS Digital print outcomes so.

    >>> round_half_up([0.25, 2.45, -0.25, 0.05], 1).tolist()
    [0.3, 2.5, -0.3, 0.1]
    >>> round_half_up([1.005, 12.5], np.array([2, 0])).tolist()
    [1.01, 13.0]
    """
    numbers = np.asarray(values, dtype=np.float64)
    places = np.asarray(decimals, dtype=np.int64)
    if places.size and (places.min() < 0 or places.max() > MOST_DECIMALS):
        raise ValueError(f"decimals must lie between 0 and {MOST_DECIMALS}")
    power = _POWERS[places]
    size = np.abs(numbers)
    with np.errstate(invalid="ignore", over="ignore"):
        units = size * power
        whole = np.floor(units)
        whole += size >= (whole + 0.5) / power
    result = np.where(np.isfinite(numbers), np.copysign(whole / power, numbers), numbers) + 0.0
    large = np.isfinite(numbers) & (units >= _EXACT_BELOW)
    if large.any():
        places = np.broadcast_to(places, numbers.shape)
        result[large] = [
            _by_decimal(number, place)
            for number, place in zip(numbers[large].tolist(), places[large].tolist(), strict=True)
        ]
    return result


def rounded(values: pl.Series, decimals: int | pl.Series) -> pl.Series:
    """A Polars column rounded as `round_half_up` does, in the unit given; null stays null.

    Values are numbers; `decimals` is one whole number from 0 to 9, or a column of them, in which
    null leaves the value unrounded. Does not change the column's name.

    Source: as `round_half_up`.

    >>> rounded(pl.Series([2.45, None, 99.5]), pl.Series([1, 1, None])).to_list()
    [2.5, None, 99.5]
    """
    floats = values.cast(pl.Float64)
    array = floats.fill_null(float("nan")).to_numpy()
    if isinstance(decimals, int):
        result = round_half_up(array, decimals)
    else:
        wanted = decimals.is_not_null().to_numpy()
        places = decimals.cast(pl.Int64).fill_null(0).to_numpy()
        result = np.where(wanted, round_half_up(array, places), array)
    return _with_nulls(pl.Series(values.name, result), floats)


def shown(value: float | None, decimals: int) -> str | None:
    """One number as text: rounded half away from zero, thousands apart, "1,234.5"; None for None.

    The value is finite: an infinite one is refused. Does not add the unit, and writes no sign
    before zero.

    Source: the Government Statistical Service's guidance on numbers in text (commas between
    thousands); rounding as `round_half_up`.

    >>> shown(12751, 0), shown(-0.25, 1), shown(-0.04, 1), shown(0.4185, 3)
    ('12,751', '-0.3', '0.0', '0.419')
    """
    if value is None:
        return None
    if math.isinf(value):
        raise ValueError(_INFINITE)
    return f"{float(round_half_up(np.array([value]), decimals)[0]):,.{decimals}f}"


def shown_column(values: pl.Series, decimals: int | pl.Series) -> pl.Series:
    """A Polars column of numbers as text, each as `shown` writes it; null stays null.

    `decimals` is one whole number from 0 to 9, or a column of them with one for each number. A
    number without its decimals and an infinite one are refused. Does not loop over values, but
    for those of a million million and more.

    Source: as `shown`.

    >>> shown_column(pl.Series([1234567.891, None, -0.05]), 1).to_list()
    ['1,234,567.9', None, '-0.1']
    >>> shown_column(pl.Series([6346560636687354.0]), 0).to_list()
    ['6,346,560,636,687,354']
    """
    places = pl.repeat(decimals, len(values), eager=True) if isinstance(decimals, int) else decimals
    if (places.is_null() & values.is_not_null()).any():
        raise ValueError("every number must have its decimals")
    places = places.fill_null(0)
    if values.cast(pl.Float64).is_infinite().any():
        raise ValueError(_INFINITE)
    frame = pl.DataFrame({"number": rounded(values, places), "places": places.cast(pl.Int64)})
    counts = [int(count) for count in places.unique().sort()]
    if len(counts) == 1:
        return _texts(frame["number"], counts[0]).alias(values.name)
    parts = []
    for count in counts:
        part = frame.with_row_index("row").filter(pl.col("places") == count)
        parts.append(part.select("row", text=_texts(part["number"], count)))
    if not parts:
        return pl.Series(values.name, [None] * len(values), dtype=pl.String)
    return pl.concat(parts).sort("row")["text"].alias(values.name)


def _by_decimal(number: float, places: int) -> float:
    with localcontext() as context:
        context.prec = 400
        return float(Decimal(repr(number)).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP))


def _with_nulls(result: pl.Series, like: pl.Series) -> pl.Series:
    if not like.null_count():
        return result
    frame = pl.DataFrame({"result": result, "known": like.is_not_null()})
    return frame.select(
        pl.when("known").then("result").alias(result.name)  # null where there was null
    ).to_series()


def _texts(numbers: pl.Series, places: int) -> pl.Series:
    """Numbers, already rounded, as text with commas: whole numbers all the way."""
    power = 10**places
    number = pl.col("number")
    units = (number.abs() * power).round(0).cast(pl.Int64, strict=False)
    text = _with_commas(units // power, numbers.abs().max())
    if places:
        text = text + "." + (units % power).cast(pl.String).str.zfill(places)
    text = pl.when(number < 0).then(pl.lit("-") + text).otherwise(text)
    texts = pl.DataFrame({"number": numbers}).select(text).to_series()
    large = ((numbers.abs() >= _LARGE) & numbers.is_not_nan()).fill_null(False).arg_true()
    if large.len():
        # Rare, and beyond what whole numbers of the last place can hold exactly.
        texts = texts.scatter(large, [f"{one:,.{places}f}" for one in numbers.gather(large)])
    return texts


def _with_commas(whole: pl.Expr, largest: object) -> pl.Expr:
    """Whole numbers below `_LARGE` with a comma before each three digits, as the largest needs."""
    text = whole.cast(pl.String)
    if not isinstance(largest, float) or largest < 999:
        return text

    def last_three(divisor: int) -> pl.Expr:
        return pl.lit(",") + (whole // divisor % 1000).cast(pl.String).str.zfill(3)

    thousands = (whole // 10**3).cast(pl.String) + last_three(1)
    if largest >= 999_999:
        millions = (whole // 10**6).cast(pl.String) + last_three(10**3) + last_three(1)
        billions = (whole // 10**9).cast(pl.String) + last_three(10**6)
        thousands = (
            pl.when(whole < 10**6)
            .then(thousands)
            .when(whole < 10**9)
            .then(millions)
            .otherwise(billions + last_three(10**3) + last_three(1))
        )
    return pl.when(whole < 10**3).then(text).otherwise(thousands)
