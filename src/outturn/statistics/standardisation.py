"""Rates standardised for age, directly and indirectly, as columns of places by bands.

The last axis of every table is the age bands, in one order: the caller joins by the key of the
band, never by position in a file.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from outturn.statistics.columns import Estimate, Numbers, floats, refuse_where
from outturn.statistics.intervals import byar_interval, count_interval
from outturn.statistics.method_sets import method_set


def direct_rate(
    events: npt.ArrayLike,
    population: npt.ArrayLike,
    standard: npt.ArrayLike,
    *,
    per: float = 100_000,
    confidence: float = 0.95,
    methods: str = "England",
    missing_is_zero: bool = False,
) -> Estimate:
    """The directly standardised rate with Dobson limits, per `per` people of the standard.

    Tables of shape (..., bands), or (bands,) for the standard. Refuses negative events and weights
    and a population of zero or less. A missing number makes the place missing, unless
    `missing_is_zero` says that a band without events was left blank. In the English set a place of
    fewer than 10 events has no rate; in the Scottish it has, and with no events it has no upper
    limit. Does not take several events of one person into account: `direct_rate_of_repeats` does.

    Source: Dobson, Kuulasmaa, Eberle and Scherer (1991), Confidence intervals for weighted sums of
    Poisson parameters, Statistics in Medicine 10(3); package PHEindicatormethods 2.1.

    >>> rate = direct_rate([30, 10], [1000, 500], [60, 40], per=1000)
    >>> [round(float(column), 2) for column in rate]
    [26.0, 18.51, 35.49]
    """
    x, n, w = floats(_events(events, missing_is_zero), population, standard)
    _refuse_bands(x, n, w)
    weight = w / n
    observed = x.sum(axis=-1)
    total = w.sum(axis=-1)
    weighted = x * weight
    value = weighted.sum(axis=-1) / total
    variance = np.einsum("...i,...i->...", weighted, weight) / total**2
    return _dobson(value, variance, observed, per, confidence, methods)


def direct_rate_of_repeats(
    people: npt.ArrayLike,
    times: npt.ArrayLike,
    population: npt.ArrayLike,
    standard: npt.ArrayLike,
    *,
    per: float = 100_000,
    confidence: float = 0.95,
    methods: str = "England",
) -> Estimate:
    """As `direct_rate`, for events of which a person may have several; per `per` people.

    `people` has shape (..., times, bands): how many people of a band had so many events; `times`
    says how many (1, 2, 3). Population and standard have no axis of times, so they are the same for
    all. Refusals, missing numbers and method sets as `direct_rate`. Does not model a person who is
    in two bands.

    Source: as `direct_rate`; the variance for events that are not independent, Fingertips Public
    Health Technical Guidance.

    >>> people = [[10, 10], [10, 0]]  # once, in two bands; twice, in the first band alone
    >>> rate = direct_rate_of_repeats(people, [1, 2], [1000, 500], [60, 40], per=1000)
    >>> [round(float(column), 2) for column in rate]
    [26.0, 17.08, 37.3]
    """
    (u,) = floats(people)
    (f,) = floats(times)
    refuse_where(u < 0, "a number of people is below zero")
    refuse_where((f < 1) | (f != np.round(f)), "times are whole numbers from 1")
    events = np.einsum("...fi,f->...i", u, f)
    squares = np.einsum("...fi,f->...i", u, f * f)
    x, spread, n, w = floats(events, squares, population, standard)
    _refuse_bands(x, n, w)
    weight = w / n
    total = w.sum(axis=-1)
    value = np.einsum("...i,...i->...", x, weight) / total
    variance = np.einsum("...i,...i,...i->...", spread, weight, weight) / total**2
    return _dobson(value, variance, x.sum(axis=-1), per, confidence, methods)


def expected_events(
    population: npt.ArrayLike,
    reference_events: npt.ArrayLike,
    reference_population: npt.ArrayLike,
    *,
    missing_is_zero: bool = False,
) -> Numbers:
    """How many events a place would have at the reference's rates by band; in events.

    Tables of shape (..., bands). Refuses anything negative and a reference population of zero; a
    population of zero is allowed. A missing number makes the place missing, unless
    `missing_is_zero` says that blank events and populations are none. Does not join bands.

    Source: Breslow and Day (1987), as `byar_interval`; Fingertips Public Health Technical Guidance.

    >>> float(expected_events([1000, 500], [20, 30], [10_000, 10_000]))
    3.5
    """
    n = _events(population, missing_is_zero)
    x = _events(reference_events, missing_is_zero)
    n, x, whole = floats(n, x, reference_population)
    refuse_where((n < 0) | (x < 0), "a count or a population is below zero")
    refuse_where(whole <= 0, "a reference population is zero or less")
    expected: Numbers = np.asarray((x / whole * n).sum(axis=-1))
    return expected


def indirect_ratio(
    observed: npt.ArrayLike,
    expected: npt.ArrayLike,
    *,
    per: float = 100,
    confidence: float = 0.95,
    methods: str = "England",
) -> Estimate:
    """Observed over expected events with the limits of the count, times `per` (1 or 100).

    `observed` is the total of a place: no bands are needed. Refuses negative counts and an expected
    number of zero or less. Missing in, missing out. Does not allow for the reference's own
    uncertainty, and two such ratios may not be compared with each other.

    Source: as `expected_events`; package PHEindicatormethods 2.1.

    >>> [round(float(column), 1) for column in indirect_ratio(91, 100.0)]
    [91.0, 73.3, 111.7]
    """
    o, e = floats(observed, expected)
    refuse_where(e <= 0, "an expected number is zero or less")
    lower, upper = count_interval(o, confidence=confidence, methods=methods)
    return Estimate(o * per / e, lower * per / e, upper * per / e)


def indirect_rate(
    observed: npt.ArrayLike,
    expected: npt.ArrayLike,
    reference_rate: npt.ArrayLike,
    *,
    per: float = 100_000,
    confidence: float = 0.95,
    methods: str = "England",
) -> Estimate:
    """The indirectly standardised rate with the limits of the count, per `per` people.

    The reference's crude rate is events over people, a share. Refuses a negative one, and as
    `indirect_ratio`. Missing in, missing out. Does not work out the reference's rate.

    Source: as `indirect_ratio`.

    >>> [round(float(column), 1) for column in indirect_rate(91, 100.0, 0.02, per=1000)]
    [18.2, 14.7, 22.3]
    """
    (rate,) = floats(reference_rate)
    refuse_where(rate < 0, "a reference rate is below zero")
    ratio = indirect_ratio(observed, expected, per=per, confidence=confidence, methods=methods)
    return Estimate(*(column * rate for column in ratio))


def _events(column: npt.ArrayLike, missing_is_zero: bool) -> Numbers:
    (numbers,) = floats(column)
    return np.nan_to_num(numbers, nan=0.0, posinf=np.inf) if missing_is_zero else numbers


def _refuse_bands(x: Numbers, n: Numbers, w: Numbers) -> None:
    refuse_where(x < 0, "a count is below zero")
    refuse_where(n <= 0, "a population is zero or less")
    refuse_where(w < 0, "a weight is below zero")


def _dobson(
    value: Numbers,
    variance: Numbers,
    observed: Numbers,
    per: float,
    confidence: float,
    methods: str,
) -> Estimate:
    """Byar's limits of the whole count, turned and stretched onto the weighted rate."""
    with np.errstate(invalid="ignore", divide="ignore"):
        stretch = np.sqrt(variance / observed)
        lower, upper = byar_interval(observed, confidence=confidence, methods=methods)
        rule = method_set(methods)
        low = value + stretch * (lower - observed)
        if rule.negative_lower_is_zero:
            low = np.where(observed == 0, 0.0, np.maximum(low, 0))
        columns = [value * per, low * per, (value + stretch * (upper - observed)) * per]
        few = observed < rule.standardised_from
    return Estimate(*(np.where(few, np.nan, column) for column in columns))
