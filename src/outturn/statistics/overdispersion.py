"""Over-dispersion of funnels: when places differ by more than chance, the limits are widened.

Four kinds of figure: "SHMI" and "CQC" are standardised ratios in two styles, "proportion" is of a
share, "rate ratio" of one count over another.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from outturn.statistics.columns import Flags, Interval, Numbers, floats, refuse_where, special
from outturn.statistics.method_sets import upper_tail, z_score

SHMI, CQC, PROPORTION, RATE_RATIO = "SHMI", "CQC", "proportion", "rate ratio"
KINDS = (SHMI, CQC, PROPORTION, RATE_RATIO)
STANDARDISED = (SHMI, CQC)


class Deviates(NamedTuple):
    """How many standard errors each place lies from the target, and the standard error."""

    deviate: Numbers
    error: Numbers


class Dispersion(NamedTuple):
    """How far places differ beyond chance: phi is 1 by chance alone; `used` says who counted."""

    phi: float
    tau_squared: float
    target: float
    used: Flags


def deviates(numerator: npt.ArrayLike, denominator: npt.ArrayLike, kind: str) -> Deviates:
    """How far each place lies from the target, in standard errors, on the scale of its kind.

    Numerators are observed events; denominators expected events or people. Refuses negative
    numerators, denominators of zero or less, and a numerator that is its denominator everywhere.
    Missing in, missing out; no events have no logarithm, so no deviate of kind "SHMI", which also
    rounds expected events to 2 decimals.

    Source: package FunnelPlotR 0.6.0; Spiegelhalter and others (2012), Statistical methods for
    healthcare regulation, Journal of the Royal Statistical Society A 175(1).

    >>> deviates([100, 150], [108, 112], "SHMI").deviate.round(3).tolist()
    [-0.8, 3.092]
    """
    x, n = floats(numerator, denominator)
    refuse_where(x < 0, "a numerator is below zero")
    refuse_where(n <= 0, "a denominator is zero or less")
    if x.size and (x == n).all():
        raise ValueError("the numerators are the denominators")
    theta = _target(x, n, kind)
    with np.errstate(divide="ignore", invalid="ignore"):
        if kind == SHMI:
            e = np.round(n, 2)
            deviate = np.log(x / e)
            root = np.sqrt(e)
            deviate *= root
            return Deviates(np.where(x == 0, np.nan, deviate), 1 / root)
        if kind == RATE_RATIO:
            error = np.sqrt(x / (x + 0.5) ** 2 + n / (n + 0.5) ** 2)
            return Deviates((np.log((x + 0.5) / (n + 0.5)) - math.log(theta)) / error, error)
        scale = 2 * np.sqrt(n)
        if kind == CQC:
            return Deviates((np.sqrt(x / n) - 1) * scale, 1 / scale)
        refuse_where(x > n, "a numerator is above its denominator")
        middle = math.asin(math.sqrt(theta))
        return Deviates((np.arcsin(np.sqrt(x / n)) - middle) * scale, 1 / scale)


def dispersion(
    numerator: npt.ArrayLike, denominator: npt.ArrayLike, kind: str, *, trim: float = 0.1
) -> Dispersion:
    """How far the places of one funnel differ beyond chance: phi and tau squared, without a unit.

    Columns of one funnel. As `deviates`; `trim` is the share at each end that is left out (SHMI) or
    drawn in to the rest (the others), above 0 and below 0.5. Places without a deviate are not used.
    Fewer than two give not-a-number. Does not say why they differ.

    Source: package FunnelPlotR 0.6.0; DerSimonian and Laird (1986), Meta-analysis in clinical
    trials, Controlled Clinical Trials 7(3).

    >>> found = dispersion([100, 150, 180, 80, 120, 225], [108, 112, 165, 95, 100, 220], "SHMI")
    >>> round(found.phi, 6)
    2.948033
    """
    if not 0 < trim < 0.5:
        raise ValueError("trim lies between 0 and 0.5, such as 0.1")
    x, n = floats(numerator, denominator)
    deviate, error = deviates(x, n, kind)
    used = ~np.isnan(deviate) & ~np.isnan(error)
    if kind == SHMI:
        used[used] = _within(deviate[used], trim)
        kept = deviate[used]
    else:
        kept = deviate[used]
        if kept.size:
            kept = np.clip(kept, *np.quantile(kept, [trim, 1 - trim]))
    size = int(kept.size)
    target = _target(x, n, kind)
    if size < 2:
        return Dispersion(math.nan, math.nan, target, used)
    phi = float(np.mean(kept**2))
    weight = error[used] ** -2.0
    excess = size * phi - (size - 1)
    total = weight.sum()
    tau = max(0.0, float(excess / (total - (weight**2).sum() / total))) if excess > 0 else 0.0
    return Dispersion(phi, tau, target, used)


def chance_of_spread(numerator: npt.ArrayLike, denominator: npt.ArrayLike, kind: str) -> float:
    """The chance, from 0 to 1, of places that differ as much or more where only chance parts them.

    Columns of one funnel, of kind "proportion" (people) or "SHMI" (expected events that add up to
    the observed ones). All places count, none drawn in: on the scales of `deviates` few events or
    people would differ by more than chance far too often. Missing ones are left out; fewer than
    two, or nothing that could differ, give not-a-number. Not for fewer than one event a place.

    Source: Pearson's chi-squared test of homogeneity, one degree of freedom below the places;
    Spiegelhalter (2005), Funnel plots for comparing institutional performance, Statistics in
    Medicine 24(8), whose dispersion is the same sum over the number of places.

    >>> round(chance_of_spread([10, 20, 30], [20, 20, 20], "SHMI"), 4)
    0.0067
    """
    if kind not in (SHMI, PROPORTION):
        raise ValueError(f"no test of chance for a funnel of kind: {kind}")
    x, n = floats(numerator, denominator)
    refuse_where(x < 0, "a numerator is below zero")
    refuse_where(n <= 0, "a denominator is zero or less")
    known = ~np.isnan(x + n)
    x, n = x[known], n[known]
    share = x.sum() / n.sum() if x.size else math.nan
    expected = n * share
    variance = expected * (1 - share) if kind == PROPORTION else expected
    if x.size < 2 or not variance.sum() > 0:
        return math.nan
    return float(special("chdtrc")(x.size - 1, float(((x - expected) ** 2 / variance).sum())))


def widened_funnel(
    denominator: npt.ArrayLike,
    kind: str,
    found: Dispersion,
    *,
    per: float = 1,
    confidence: float = 0.95,
) -> tuple[Interval, bool]:
    """Funnel limits at each denominator, widened for over-dispersion, and whether they were.

    Limits are in units of `per`. Refuses a denominator of zero or less; missing in, missing out.
    Where phi is 1 or less there is nothing to widen: the limits are those of `plain_funnel`, and
    the second answer is False, which is to be told beside the plot.

    Source: package FunnelPlotR 0.6.0.

    >>> found = dispersion([100, 150, 180, 80, 120, 225], [108, 112, 165, 95, 100, 220], "SHMI")
    >>> limits, widened = widened_funnel([100], "SHMI", found)
    >>> [limit.round(3).tolist() for limit in limits], widened
    ([[0.714], [1.4]], True)
    """
    if not found.phi > 1:
        plain = plain_funnel(denominator, kind, found.target, per=per, confidence=confidence)
        return plain, False
    (n,) = floats(denominator)
    refuse_where(n <= 0, "a denominator is zero or less")
    variance = 1 / n if kind == SHMI else 1 / (4 * n)
    half = z_score(confidence) * np.sqrt(variance + found.tau_squared)
    return _about(found.target, half, kind, per), True


def plain_funnel(
    denominator: npt.ArrayLike,
    kind: str,
    target: float,
    *,
    per: float = 1,
    confidence: float = 0.95,
) -> Interval:
    """Funnel limits at each denominator without over-dispersion, in units of `per`.

    Ratios have exact Poisson limits about 1; the other kinds those of `widened_funnel` with nothing
    added. Refuses a denominator of zero or less; missing in, missing out.

    Source: package FunnelPlotR 0.6.0.

    >>> [limit.round(3).tolist() for limit in plain_funnel([100], "SHMI", 1.0)]
    [[0.814], [1.216]]
    """
    (n,) = floats(denominator)
    refuse_where(n <= 0, "a denominator is zero or less")
    _known_kind(kind)
    if kind in STANDARDISED:
        quantile, tail = special("gammaincinv"), upper_tail(confidence)
        return Interval(quantile(n, 1 - tail) / n * per, quantile(n + 1, tail) / n * per)
    return _about(target, z_score(confidence) * np.sqrt(1 / (4 * n)), kind, per)


def outliers(value: npt.ArrayLike, lower: npt.ArrayLike, upper: npt.ArrayLike) -> Flags:
    """Whether each figure lies outside its limits; a figure on a limit is inside.

    All in one unit. A missing figure lies nowhere, and a missing limit cannot be passed. Does not
    say which side.

    Source: package FunnelPlotR 0.6.0.

    >>> outliers([0.9, 1.2], 0.9, 1.1).tolist()
    [False, True]
    """
    v, low, high = floats(value, lower, upper)
    beyond: Flags = (v < low) | (v > high)
    return beyond


def _within(deviate: Numbers, trim: float) -> Flags:
    """Not in the first or last class of the ranks; with few places nobody is."""
    if not deviate.size:
        return np.zeros(0, np.bool_)
    order = np.sort(deviate)
    starts = np.flatnonzero(np.append(True, order[1:] != order[:-1]))
    ends = np.append(starts[1:], order.size)
    rank = (starts + ends + 1) / 2  # of each run of equal ones, from 1
    classes = 1 / trim
    place = np.floor(rank * classes / (order.size + 1))
    kept = starts[(place != 0) & (place != classes - 1)]
    if not kept.size:
        return np.zeros(deviate.shape, np.bool_)
    # Ranks rise with the deviates, so those that are kept lie between two of them.
    within: Flags = (deviate >= order[kept[0]]) & (deviate <= order[kept[-1]])
    return within


def _about(target: float, half: Numbers, kind: str, per: float) -> Interval:
    if kind == CQC:
        return Interval((1 - half) * per, (1 + half) * per)
    if kind == PROPORTION:
        middle = math.asin(math.sqrt(target))
        low, high = np.maximum(middle - half, 0), np.minimum(middle + half, math.pi / 2)
        return Interval(np.sin(low) ** 2 * per, np.sin(high) ** 2 * per)
    return Interval(target * np.exp(-half) * per, target * np.exp(half) * per)


def _target(x: Numbers, n: Numbers, kind: str) -> float:
    _known_kind(kind)
    if kind in STANDARDISED:
        return 1.0
    known = ~np.isnan(x + n)
    return float(x[known].sum() / n[known].sum()) if known.any() else math.nan


def _known_kind(kind: str) -> None:
    if kind not in KINDS:
        raise ValueError(f"no such kind of funnel: {kind}")
