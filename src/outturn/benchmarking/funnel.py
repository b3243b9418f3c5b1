"""A measure's places against their average: which of them differ from it by more than chance.

The limits are narrower for larger places. Where the places are spread out further than chance is
expected to spread them, as most are, the limits are widened by as much, and that is told. Whether
that is more than chance can make is a test of its own, and told too.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from outturn.framework.model import Measure
from outturn.statistics.columns import Interval
from outturn.statistics.drawn_spread import drawn_chance_of_spread
from outturn.statistics.funnels import INNER, OUTER, count_funnel, proportion_funnel
from outturn.statistics.overdispersion import (
    PROPORTION,
    SHMI,
    Dispersion,
    chance_of_spread,
    dispersion,
    outliers,
    widened_funnel,
)

FEWEST_FOR_A_FUNNEL = 8  # places: fewer make no average to stand against
TOO_FEW = f"fewer than {FEWEST_FOR_A_FUNNEL} places have a figure that follows from its counts"
NO_SPREAD = "nobody, or everybody, is counted in every place"
NEAR = 0.02  # of a figure: how far its counts may give another, as rounded counts do
WITHIN = "similar"
WORDS = {  # by aim: above the limits, below them
    "higher": ("better", "worse"),
    "lower": ("worse", "better"),
    "none": ("higher", "lower"),
}
LIMITS: dict[str, type[pl.DataType]] = {
    "size": pl.Float64,  # the denominator, in all its periods; of weighted answers, effective
    "lower_outer": pl.Float64,  # 99.8%
    "lower": pl.Float64,  # 95%
    "upper": pl.Float64,
    "upper_outer": pl.Float64,
}
PLACES: dict[str, type[pl.DataType]] = {
    "place": pl.String,
    "value": pl.Float64,
    **LIMITS,  # at its own size
    "listed": pl.Boolean,  # false for a place that is shown and does not belong to the group
    "stands": pl.String,  # similar within the limits; better, worse, higher or lower beyond them
    "beyond": pl.String,  # "95%" or "99.8%": the wider of the limits that it lies beyond; else ""
}
_POINTS = 100
_RARE = 0.05  # a chance: of a spread that is seen less often it is said that chance is not all
# Events, and those without one, that are expected at every place where a table of chance holds.
_FEWEST_EXPECTED = 5
_SEED = 1  # of the draws where it does not
Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Funnel:
    """The places of one measure and period, the limits about their average, and how they differ."""

    places: pl.DataFrame  # PLACES
    limits: pl.DataFrame  # LIMITS, along the sizes drawn
    members: int  # places of the group that are drawn
    average: float  # all numerators over all denominators, in the measure's unit
    over_dispersion: float | None  # 1 is chance alone; None where it cannot be told
    differs: bool | None  # taken together, by more than chance in 95 of 100; None: not told
    is_widened: bool
    outside: int  # places of the group beyond the 99.8% limits
    outside_of_chance: int  # how many would be, were the limits not widened
    left_out: int  # places of the group without a figure that follows from counts
    without_events: int  # of a rate: places without any, which say nothing of over-dispersion


@dataclass(frozen=True)
class _Limits:
    """Limits at any size, from the counts of the places of a group."""

    measure: Measure
    share: float  # the average, as a share or in events for each one of the denominator
    found: Dispersion

    def at(self, sizes: Numbers, confidence: float) -> Interval:
        """Never narrower than chance alone: widened limits are those of another scale.

        Near 0 and 100%, and of few events, that scale may come out narrower.
        """
        chance = self.of_chance(sizes, confidence)
        if not self.found.phi > 1:
            return chance
        wide = self._widened(sizes, confidence)
        return Interval(np.minimum(chance.lower, wide.lower), np.maximum(chance.upper, wide.upper))

    def of_chance(self, sizes: Numbers, confidence: float) -> Interval:
        per = self.measure.per
        if self.measure.kind == "proportion":
            return proportion_funnel(sizes, self.share, per=per, confidence=confidence)
        events = count_funnel(sizes * self.share, confidence=confidence)
        return Interval(events.lower / sizes * per, events.upper / sizes * per)

    def _widened(self, sizes: Numbers, confidence: float) -> Interval:
        kind, bottom, unit = PROPORTION, sizes, self.measure.per
        if self.measure.kind != "proportion":
            kind, bottom, unit = SHMI, sizes * self.share, self.share * unit
        return widened_funnel(bottom, kind, self.found, per=unit, confidence=confidence)[0]


def funnel(values: pl.DataFrame, measure: Measure, listed: Collection[str]) -> Funnel | str:
    """The funnel of a measure's VALUES of one period, or why there is none.

    `values` holds a row for each place to be shown; those `listed` belong to the group and make
    the average and the over-dispersion. A place whose figure does not follow from its counts is
    left out and counted. Of a proportion or a rate with counts of people or events; a measure of
    another kind is the caller's mistake. A figure on a limit lies within it. Of weighted answers
    the sizes are their effective numbers, and so is what makes the average.
    """
    rows = _with_counts(values, measure, listed)
    known = rows.drop_nulls("size")
    group = known.filter("listed")
    counts = (group["numerator"].to_numpy(), group["size"].to_numpy())
    if group.height < FEWEST_FOR_A_FUNNEL:
        return TOO_FEW
    if counts[0].sum() == 0 or (measure.kind == "proportion" and (counts[0] == counts[1]).all()):
        return NO_SPREAD
    limits = _limits_of(measure, *counts)
    places = _places(known, measure, limits)
    ours = places.filter("listed")
    phi = limits.found.phi
    return Funnel(
        places=places,
        limits=_curves(known["size"].to_numpy(), limits),
        members=group.height,
        average=limits.share * measure.per,
        over_dispersion=None if np.isnan(phi) else float(phi),
        differs=_differs(measure, *counts),
        is_widened=bool(phi > 1),
        outside=ours.filter(pl.col("beyond") == "99.8%").height,
        outside_of_chance=_beyond_chance(group, limits),
        left_out=rows.filter("listed").height - group.height,
        without_events=int((counts[0] == 0).sum()) if measure.kind == "rate" else 0,
    )


def _with_counts(values: pl.DataFrame, measure: Measure, listed: Collection[str]) -> pl.DataFrame:
    """The rows with `size`, null where there is no figure or it does not follow from its counts."""
    size = pl.col("denominator") * pl.col("spans").fill_null(1)
    made = pl.col("numerator") / size * measure.per
    apart = (made - pl.col("value")).abs()
    near = pl.max_horizontal(pl.lit(0.51 * 10.0**-measure.decimals), pl.col("value").abs() * NEAR)
    possible = (pl.col("numerator") >= 0) & (size > 0) & (apart <= near)
    if measure.kind == "proportion":
        possible &= pl.col("numerator") <= size
    if measure.is_weighted:  # a sum of weights is no number of people
        share = pl.col("numerator") / size
        size = pl.col("effective")
        values = values.with_columns(numerator=pl.when(possible).then(share * size))
        possible = pl.col("numerator").is_not_null()
    return values.with_columns(
        size=pl.when(possible).then(size), listed=pl.col("place").is_in(list(listed))
    )


def _limits_of(measure: Measure, numerators: Numbers, sizes: Numbers) -> _Limits:
    share = float(numerators.sum() / sizes.sum())
    if measure.kind == "proportion":
        return _Limits(measure, share, dispersion(numerators, sizes, PROPORTION))
    expected = sizes * share
    if (numerators == expected).all():  # every place has what is expected: nothing to spread
        everyone = np.ones(sizes.shape, dtype=np.bool_)
        return _Limits(measure, share, Dispersion(0.0, 0.0, 1.0, everyone))
    return _Limits(measure, share, dispersion(numerators, expected, SHMI))


def _differs(measure: Measure, numerators: Numbers, sizes: Numbers) -> bool | None:
    """Whether the places of the group differ by more than chance: a test, and no measure of it.

    The over-dispersion itself is above 1 often enough where nothing but chance is at work. Every
    place is asked: where so few events are expected of one that no table of chance holds, as many
    are drawn anew, so that a small place neither makes all differ nor is passed over.
    """
    kind = PROPORTION if measure.kind == "proportion" else SHMI
    expected = sizes * (numerators.sum() / sizes.sum())
    fewest = np.minimum(expected, sizes - expected) if kind == PROPORTION else expected
    if (fewest >= _FEWEST_EXPECTED).all():
        chance = chance_of_spread(numerators, expected if kind == SHMI else sizes, kind)
    else:
        chance = drawn_chance_of_spread(numerators, sizes, kind, seed=_SEED)
    return None if np.isnan(chance) else chance < _RARE


def _places(known: pl.DataFrame, measure: Measure, limits: _Limits) -> pl.DataFrame:
    above, below = WORDS.get(measure.aim, WORDS["none"])
    value, average = pl.col("value"), limits.share * measure.per
    known = known.with_columns(**_around(known["size"].to_numpy(), limits))
    beyond = (
        pl.when(_outside(known, "lower_outer", "upper_outer"))
        .then(pl.lit("99.8%"))
        .when(_outside(known, "lower", "upper"))
        .then(pl.lit("95%"))
        .otherwise(pl.lit(""))
    )
    side = pl.when(value > average).then(pl.lit(above)).otherwise(pl.lit(below))
    stands = pl.when(beyond == "").then(pl.lit(WITHIN)).otherwise(side)
    return known.with_columns(beyond=beyond, stands=stands).select(
        pl.col(name).cast(kind) for name, kind in PLACES.items()
    )


def _outside(places: pl.DataFrame, lower: str, upper: str) -> pl.Series:
    values = (places[name].to_numpy() for name in ("value", lower, upper))
    return pl.Series(outliers(*values))


def _beyond_chance(group: pl.DataFrame, limits: _Limits) -> int:
    """How many of the group would lie beyond the 99.8% limits of chance alone."""
    at = limits.of_chance(group["size"].to_numpy(), OUTER)
    return int(outliers(group["value"].to_numpy(), at.lower, at.upper).sum())


def _around(sizes: Numbers, limits: _Limits) -> dict[str, pl.Series]:
    """The columns of LIMITS at these sizes."""
    inner, outer = limits.at(sizes, INNER), limits.at(sizes, OUTER)
    columns = (sizes, outer.lower, inner.lower, inner.upper, outer.upper)
    return {name: pl.Series(one) for name, one in zip(LIMITS, columns, strict=True)}


def _curves(sizes: Numbers, limits: _Limits) -> pl.DataFrame:
    """The limits from a little below the smallest place to a little above the largest."""
    along = np.geomspace(0.9 * sizes.min(), 1.05 * sizes.max(), _POINTS)
    return pl.DataFrame(_around(along, limits), schema=LIMITS)
