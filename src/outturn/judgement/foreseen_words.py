"""What a forecast of the outturn is called, what it takes, and how past ones did: in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import inf
from typing import Any

import polars as pl

from outturn.framework.model import Measure
from outturn.judgement.months import RATIO
from outturn.judgement.words import chance_words, telling_decimals, unit_of
from outturn.statistics.prospect import MARK
from outturn.statistics.rounding import shown
from outturn.statistics.track_records import FEWEST
from outturn.statistics.year_end_methods import LAST
from outturn.terms.records import WHOLE

PERIODS = {1: ("month", "monthly"), 3: ("quarter", "quarterly")}
_OVER = " over "
_DUST_FREE = 9  # decimals: what is left of a sum below them is nothing
_OF_THINGS = ("mean", "score")  # kinds that are not of money, which may be paid back

INDICATIVE = "indicative"
OUT_OF_REACH = "nothing that is still to come can meet the target"
CANNOT_BE_MET = "cannot be met"
AS_THEY_ARE_NOW = "this is what would have been said on those days, by the figures as they are now"
TOO_WIDE = (
    "the interval is too wide to be of use: it is as wide as that of a forecast whose standard "
    "error is more than half of it"
)
# The 80% interval of a normal distribution is 2 x 1.2816 standard errors wide. Estimates with a
# relative standard error above one half are too unreliable for general use (Australian Bureau of
# Statistics).
_WIDEST = 0.5 * 2 * 1.2816


def basis_words(similar: Sequence[int], breakdown: str, sides: Sequence[str] = ()) -> str:
    """From what the interval of a series of less than two years comes.

    Such as "indicative: interval from 31 other places' past errors". `similar` is, for each part of
    the figure, the number of series whose errors it has; 0 where it is drawn from its own figures.
    `sides` are what the parts are called, where they have a name.
    """
    series = max(similar)
    if not series:
        return f"{INDICATIVE}: interval from less than two years of its own errors"
    places = "other place's" if series == 1 else "other places'"
    whose = places if breakdown == WHOLE else "similar series'"
    errors = f"from {series} {whose} past errors"
    if min(similar):
        return f"{INDICATIVE}: interval {errors}"
    likened = sum(number > 0 for number in similar)
    which, rest = f"{likened} of its {len(similar)} parts", "rest"
    if sides:
        which = " and ".join(side for side, number in zip(sides, similar, strict=True) if number)
        rest = " and ".join(side for side, number in zip(sides, similar, strict=True) if not number)
        which = f"the {which}"
    return f"{INDICATIVE}: interval of {which} {errors}, of the {rest} from its own figures"


def method_words(
    method: str, measure: Measure, ends: tuple[float, float], step: int, basis: str | None = None
) -> str:
    """The method and its interval: "smoothing with monthly indices, 80% interval 257 to 268".

    After it the `basis`, where it is indicative.
    """
    above, _, below = method.replace(MARK, "").partition(_OVER)
    if below:
        both = f"{above}, of numerator and denominator"
        method = both if above == below else f"numerator by {above}, denominator by {below}"
    else:
        method = above
    unit = unit_of(measure)
    low, high = unit.front(str(shown(ends[0], measure.decimals))), ends[1]
    _, said = PERIODS[step]
    interval = f"80% interval {low} to {unit.rounded(high, measure.decimals)}"
    told = f"{method.replace('monthly', said)}, {interval}"
    return f"{told}; {basis}" if basis else told


def needed_words(
    needed: float | None, measure: Measure, row: Mapping[str, Any], forecast: float
) -> str | None:
    """What each period left must be to meet the target.

    Such as "at most 11.7 admissions in each of the 4 months left". `row` holds the ends of what
    meets the target and whether these lie outside it, whether a month may be below zero, the way
    the year rolls up, and the periods known. Nothing is said of a band that is forecast to be met.
    """
    low, high = row["_low_end"], row["_high_end"]
    if needed is None or (low is not None and high is not None and low <= forecast <= high):
        return None
    at_least = high is None or (low is not None and forecast < low)
    for edge in (0.0, float(measure.per)):
        needed = needed if round(needed - edge, _DUST_FREE) else edge
    past = bool(row["_past_low"] if at_least else row["_past_high"])
    if said := _settled(needed, measure, row, at_least, past):
        return said
    most = "at least" if at_least else "at most"
    edges = (0.0, measure.per) if row["is_share"] else (0.0,)
    if past and needed in edges:  # of other numbers the printed one is rounded, and no edge
        most = "more than" if at_least else "less than"
    return f"{most} {unit_of(measure).rounded(needed, _decimals(needed, measure))} {_where(row)}"


def _decimals(needed: float, measure: Measure) -> int:
    """One more than whole things have, for it is shared out evenly; none of nothing at all."""
    usual = measure.decimals or 1
    if needed == 0:
        return measure.decimals
    return int(telling_decimals(pl.Series([needed]), pl.Series([usual]))[0])


def _settled(
    needed: float, measure: Measure, row: Mapping[str, Any], at_least: bool, past: bool
) -> str | None:
    """Where nothing, or everything, in the periods left would meet the target.

    No period is less than nothing, nor more than the whole of a share; but where periods may be
    below zero, what is reached may be lost again and what is over taken back, and nothing is
    settled. `past` says that what is needed does not meet the target itself.
    """
    # The mean of stays is drawn only where no month of either side was below zero.
    drawn_above = measure.kind in _OF_THINGS and row["way"] == RATIO
    if row["may_be_below"] and not drawn_above:
        return None
    whole = measure.per if row["is_share"] else inf
    beyond_least = needed < 0 or (needed == 0 and past)
    beyond_most = needed > whole or (needed == whole and past)
    if at_least and beyond_most or not at_least and beyond_least:
        return OUT_OF_REACH
    met = needed < 0 or (needed == 0 and not past)
    if not at_least:
        met = needed > whole or (needed == whole and not past)
    return "the target is met whatever is still to come" if met else None


def _where(row: Mapping[str, Any]) -> str:
    name, _ = PERIODS[row["step"]]
    left = 12 // row["step"] - row["known"]
    if row["way"] == LAST:
        return f"in the last {name} of the year"
    return f"in each of the {left} {name}s left" if left > 1 else f"in the {name} left"


def record_words(forecasts: int, error: float, coverage: float) -> str:
    """How the forecasts of past years did, made as far into each year as this one.

    Such as "5 past forecasts, median error 3.1%, 4 inside the interval".
    """
    inside = round(coverage * forecasts)
    if forecasts == 1:
        where = "inside" if inside else "outside"
        return f"one past forecast, {error:.1f}% out, {where} its interval"
    few = "; too few to say much" if forecasts < FEWEST else ""
    said = f"median error {error:.1f}%, {inside} inside the interval"
    return f"{forecasts} past forecasts, {said}{few}"


def width_words(forecast: float | None, low: float | None, high: float | None) -> str:
    """That the 80% interval of a forecast is too wide to be of use, where it is; else nothing.

    Of a forecast of nothing no width is a part.
    """
    if forecast is None or low is None or high is None or forecast <= 0:
        return ""
    return TOO_WIDE if high - low > _WIDEST * forecast else ""


def meeting_words(chance: float | None, basis: str | None = None, needed: str | None = None) -> str:
    """How likely a target is met: "62% likely to meet"; nothing where it is not known.

    With the `basis` of a forecast that is indicative, it is marked so. Of one that, by what is
    `needed`, nothing still to come can meet, that is said in place of a chance.
    """
    if chance is None:
        return ""
    if needed == OUT_OF_REACH:
        return f"{CANNOT_BE_MET} any more"
    return marked(f"{chance_words(chance)} likely to meet", basis)


def chance_of_meeting(chance: float, basis: str | None = None, needed: str | None = None) -> str:
    """The same below a head that says of what: "62%", or "cannot be met"."""
    return CANNOT_BE_MET if needed == OUT_OF_REACH else marked(chance_words(chance), basis)


def marked(said: str, basis: str | None) -> str:
    """What is said of a forecast, marked where it is indicative: "62% (indicative)"."""
    return f"{said} ({INDICATIVE})" if basis else said
