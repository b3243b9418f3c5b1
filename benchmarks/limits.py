"""How long limits and comparisons take beside the bare numpy expression, in the same run.

    .venv/bin/python benchmarks/limits.py [million cells, 1 by default] [function]...

The bare expression is the formula alone: no refusals, no missing numbers, no edges. Where the
formula is a special function, the bare expression is one call of scipy for the same cells. Rules of
charts and tests of trends are written out bare: the same arithmetic for whole series of one segment
without gaps, and nothing of what a missing number or a step would ask. A ratio of 1 is the floor; 5
is the most that is allowed. Cells are numbers that go in: a table of areas by
bands has bands times areas of them. What is told of a whole funnel, a group or a place at a time is
measured on as many cells.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator

import numpy as np
import polars as pl
from scipy import special

from outturn.statistics import attribute_charts as attributes
from outturn.statistics import change_points as changes
from outturn.statistics import chart_rules as rules
from outturn.statistics import comparison as compare
from outturn.statistics import control_charts as charts
from outturn.statistics import differences as differ
from outturn.statistics import (
    funnels,
    intervals,
    means,
    overdispersion,
    quantiles,
    suppression,
    targets,
)
from outturn.statistics import level_chances as levels
from outturn.statistics import life_expectancy as life
from outturn.statistics import monotonic_trend as monotonic
from outturn.statistics import quantile_groups as groups
from outturn.statistics import rare_event_charts as rare
from outturn.statistics import recent_trends as recent
from outturn.statistics import run_charts as runs
from outturn.statistics import scottish_inequality as scottish
from outturn.statistics import slope_index as slopes
from outturn.statistics import standardisation as standard
from outturn.statistics import waits as waiting
from outturn.statistics.columns import Estimate, Interval
from outturn.statistics.spine_chart import spine_chart
from outturn.terms.records import COUNTS, fitted

Z = 1.959963984540054
MOST = 5.0
BANDS = 20
MONTHS = 60
Pair = tuple[str, Callable[[], object], Callable[[], object]]


def best(run: Callable[[], object], times: int = 3, long: float = 5.0) -> float:
    """Seconds of the quickest of three runs, or of one that takes long."""
    spent: list[float] = []
    while len(spent) < times and sum(spent) < long:
        start = time.perf_counter()
        run()
        spent.append(time.perf_counter() - start)
    return min(spent)


def bare_wilson(x, n):
    half = Z * np.sqrt(Z * Z + 4 * x * (1 - x / n))
    return (2 * x + Z * Z - half) / (2 * (n + Z * Z)), (2 * x + Z * Z + half) / (2 * (n + Z * Z))


def bare_byar(x):
    low = x * (1 - 1 / (9 * x) - Z / (3 * np.sqrt(x))) ** 3
    above = x + 1
    return low, above * (1 - 1 / (9 * above) + Z / (3 * np.sqrt(above))) ** 3


def bare_exact(x):
    return special.gammaincinv(x, 0.025), special.gammaincinv(x + 1, 0.975)


def counts(cells: int, chance: np.random.Generator) -> Iterator[Pair]:
    n = chance.integers(50, 5000, cells).astype(float)
    x = np.minimum(chance.integers(0, 200, cells), n).astype(float)
    few = chance.integers(1, 10, cells).astype(float)
    yield "wilson_interval", lambda: intervals.wilson_interval(x, n), lambda: bare_wilson(x, n)
    yield (
        "proportion",
        lambda: intervals.proportion(x, n, per=100),
        lambda: (100 * x / n, *(100 * limit for limit in bare_wilson(x, n))),
    )
    yield "byar_interval", lambda: intervals.byar_interval(x), lambda: bare_byar(x)
    yield (
        "exact_poisson_interval",
        lambda: intervals.exact_poisson_interval(few),
        lambda: bare_exact(few),
    )
    yield "count_interval", lambda: intervals.count_interval(x), lambda: bare_byar(x)
    yield (
        "count_interval, all under 10",
        lambda: intervals.count_interval(few),
        lambda: bare_byar(few),
    )
    yield (
        "rate",
        lambda: intervals.rate(x, n, per=1000),
        lambda: (1000 * x / n, *(1000 * limit / n for limit in bare_byar(x))),
    )
    yield (
        "count_methods",
        lambda: intervals.count_methods(x),
        lambda: np.where(x < 10, "Exact", "Byars"),
    )
    yield (
        "finite_population_interval",
        lambda: intervals.finite_population_interval(x, n, 2 * n),
        lambda: bare_finite(x, n, 2 * n),
    )


def bare_finite(x, n, whole):
    percent = 100 * x / n
    half = 1.96 * np.sqrt(percent * (100 - percent) / n * np.sqrt((whole - n) / (whole - 1)))
    return percent, percent - half, percent + half


def in_groups(cells: int, chance: np.random.Generator) -> Iterator[Pair]:
    value = chance.gamma(2, 10, cells)
    group = chance.integers(0, max(cells // 100, 1), cells)
    number = int(group.max()) + 1
    size = np.bincount(group, minlength=number)

    def bare_mean():
        mean = np.bincount(group, weights=value) / size
        deviation = np.sqrt(np.bincount(group, weights=(value - mean[group]) ** 2) / (size - 1))
        half = special.stdtrit(size - 1, 0.975) * deviation / np.sqrt(size)
        return mean - half, mean + half

    def bare_order():
        order = np.lexsort((value, group))
        return value[order]

    spread = np.full(cells, 3.0)
    sizes = chance.integers(2, 500, cells)
    yield "means", lambda: means.means(value, group), bare_mean
    yield (
        "mean_interval",
        lambda: means.mean_interval(value, spread, sizes),
        lambda: value - special.stdtrit(sizes - 1, 0.975) * spread / np.sqrt(sizes),
    )
    total = sizes * 7.0
    squares = total * 7 + 9 * (sizes - 1)
    yield (
        "deviation_of_sums",
        lambda: means.deviation_of_sums(sizes, total, squares),
        lambda: np.sqrt((squares - total * total / sizes) / (sizes - 1)),
    )
    yield "percentile_of_waits", lambda: waiting.percentile_of_waits(value, group), bare_order
    some = sizes[: cells // 20]  # the bare call takes minutes for more
    yield (
        "limit_ranks, a twentieth of the cells",
        lambda: waiting.limit_ranks(some, 50),
        lambda: (special.bdtrik(0.025, some, 0.5), special.bdtrik(0.975, some, 0.5)),
    )
    days, people = np.arange(cells), chance.integers(0, 9, cells).astype(float)
    yield (
        "percentile_of_histogram",
        lambda: waiting.percentile_of_histogram(days, people),
        lambda: np.cumsum(people[np.argsort(days)]),
    )
    for publisher in groups.PUBLISHERS:
        yield (
            f"quantile_groups, {publisher}",
            lambda rule=publisher: groups.quantile_groups(value, group, 5, publisher=rule),
            bare_order,
        )
    yield (
        "fingertips_percentiles",
        lambda: groups.fingertips_percentiles(value, [25, 50, 75]),
        lambda: np.sort(value),
    )


def of_bands(cells: int, chance: np.random.Generator) -> Iterator[Pair]:
    areas = cells // BANDS
    n = chance.integers(500, 5000, (areas, BANDS)).astype(float)
    x = chance.integers(1, 50, (areas, BANDS)).astype(float)
    w = np.linspace(5000, 1000, BANDS)

    def bare_direct(x, n):
        value = (w * x / n).sum(axis=1) / w.sum()
        variance = (x * (w / n) ** 2).sum(axis=1) / w.sum() ** 2
        count = x.sum(axis=1)
        return [value + np.sqrt(variance / count) * (one - count) for one in bare_byar(count)]

    yield "direct_rate", lambda: standard.direct_rate(x, n, w), lambda: bare_direct(x, n)
    people = np.stack([x, x], axis=1)
    yield (
        "direct_rate_of_repeats",
        lambda: standard.direct_rate_of_repeats(people, [1, 2], n, w),
        lambda: bare_direct(people[:, 0] + 2 * people[:, 1], n),
    )
    yield (
        "expected_events",
        lambda: standard.expected_events(n, x, n + 9),
        lambda: (x / (n + 9) * n).sum(axis=1),
    )
    flat, many = x.ravel(), n.ravel() / 9
    yield (
        "indirect_ratio",
        lambda: standard.indirect_ratio(flat, many),
        lambda: (100 * flat / many, *(100 * limit / many for limit in bare_byar(flat))),
    )
    yield (
        "indirect_rate",
        lambda: standard.indirect_rate(flat, many, 0.01),
        lambda: (1000 * flat / many, *(1000 * limit / many for limit in bare_byar(flat))),
    )

    def bare_slope(y, people):
        share = people / people.sum(axis=1, keepdims=True)
        rank = np.cumsum(share, axis=1) - share / 2
        middle = (share * rank).sum(axis=1, keepdims=True)
        slope = (share * (rank - middle) * y).sum(axis=1)
        slope /= (share * (rank - middle) ** 2).sum(axis=1)
        start = (share * y).sum(axis=1) - slope * middle[:, 0]
        return slope, (start + slope) / start

    y = x / n
    five, some = y.reshape(-1, 5), n.reshape(-1, 5)
    yield "slope_index", lambda: slopes.slope_index(y, n), lambda: bare_slope(y, n)
    yield (
        "error_of_limits, rate",
        lambda: slopes.error_of_limits(y, y + 1, "rate"),
        lambda: (np.log(y + 1) - np.log(y)) / (2 * Z),
    )
    yield (
        "scottish_slope_index",
        lambda: scottish.scottish_slope_index(five, some),
        lambda: bare_scottish(five, some),
    )
    gap = Estimate(flat, flat, flat)
    yield (
        "scottish_relative_index",
        lambda: scottish.scottish_relative_index(gap, many),
        lambda: [flat / many for _ in range(3)],
    )
    yield (
        "population_attributable_risk",
        lambda: scottish.population_attributable_risk(five, some),
        lambda: (some / some.sum(axis=1, keepdims=True) * (five / five[:, -1:] - 1)).sum(axis=1),
    )
    yield (
        "ranges",
        lambda: scottish.ranges(five, some),
        lambda: (five[:, 0] - five[:, -1], five[:, 0] / five[:, -1], five.sum(axis=1)),
    )
    yield "life_expectancy", lambda: life.life_expectancy(x, n), lambda: bare_life(x, n)


def bare_scottish(y, people):
    share = people / people.sum(axis=1, keepdims=True)
    rank = np.cumsum(share, axis=1) - share / 2
    away = rank - (share * rank).sum(axis=1, keepdims=True)
    mean = (share * y).sum(axis=1, keepdims=True)
    spread = (share * away**2).sum(axis=1)
    slope = (share * away * y).sum(axis=1) / spread
    left = y - mean - slope[:, None] * away
    return slope, np.sqrt((share * left**2).sum(axis=1) / 3 / spread)


def bare_life(d, p):
    width = np.append(np.diff(life.AGES), 1.0)
    lived = np.array([0.1] + [0.5] * (BANDS - 1))
    rate = d / p
    q = rate * width / (1 + rate * width * (1 - lived))
    q[:, -1] = 1
    alive = np.cumprod(np.hstack([np.ones((len(d), 1)), 1 - q[:, :-1]]), axis=1)
    after = np.hstack([alive[:, 1:], np.zeros((len(d), 1))])
    years = width * (after + lived * (alive - after))
    years[:, -1] = alive[:, -1] / rate[:, -1]
    expected = np.cumsum(years[:, ::-1], axis=1)[:, ::-1] / alive
    later = np.hstack([expected[:, 1:], np.zeros((len(d), 1))])
    spread = q**2 * (1 - q) / d * alive**2 * ((1 - lived) * width + later) ** 2
    return expected, np.sqrt(np.cumsum(spread[:, ::-1], axis=1)[:, ::-1]) / alive


def two_figures(cells: int, chance: np.random.Generator) -> Iterator[Pair]:
    v = chance.uniform(5, 50, cells)
    b = chance.uniform(5, 50, cells)
    low, high, lowest, highest = v * 0.9, v * 1.1, v * 0.8, v * 1.2
    one, other = Estimate(v, low, high), Estimate(b, b * 0.9, b * 1.1)
    n = np.full(cells, 400.0)
    x, y = np.floor(v), np.floor(b)
    aim = np.where(chance.random(cells) < 0.5, 1, -1)

    def bare_difference():
        lower = b - v - np.sqrt((b - b * 0.9) ** 2 + (high - v) ** 2)
        return b - v, lower, b - v + np.sqrt((b * 1.1 - b) ** 2 + (v - low) ** 2)

    def bare_newcombe():
        (l1, u1), (l2, u2) = bare_wilson(x, n), bare_wilson(y, n)
        p1, p2 = x / n, y / n
        lower = p2 - p1 - np.sqrt((p2 - l2) ** 2 + (u1 - p1) ** 2)
        return lower, p2 - p1 + np.sqrt((u2 - p2) ** 2 + (p1 - l1) ** 2)

    def bare_ratio(variance):
        ratio = (y / n) / (x / n)
        width = np.exp(Z * np.sqrt(variance))
        return ratio, ratio / width, ratio * width

    def bare_log():
        down = np.sqrt(np.log(b / (b * 0.9)) ** 2 + np.log(high / v) ** 2)
        up = np.sqrt(np.log(b * 1.1 / b) ** 2 + np.log(v / low) ** 2)
        return b / v, b / v * np.exp(-down), b / v * np.exp(up)

    yield "difference", lambda: differ.difference(one, other), bare_difference
    yield "ratio_of", lambda: differ.ratio_of(one, other), bare_log
    yield (
        "proportion_difference",
        lambda: differ.proportion_difference(x, n, y, n),
        bare_newcombe,
    )
    yield (
        "proportion_ratio",
        lambda: differ.proportion_ratio(x, n, y, n),
        lambda: bare_ratio(1 / x - 1 / n + 1 / y - 1 / n),
    )
    yield (
        "rate_ratio",
        lambda: differ.rate_ratio(x, n, y, n),
        lambda: bare_ratio(1 / x + 1 / y),
    )

    def bare_side():
        return np.where((low <= b) & (b <= high), 0, np.where(v < b, -1, 1)) * aim

    def bare_two():
        inner = (low <= b) & (b <= high)
        between = (lowest <= b) & (b <= highest)
        far = np.where(v < b, -2, 2)
        return np.where(inner, 0, np.where(between, np.where(b > high, -1, 1), far)) * aim

    def bare_overlap():
        facing = np.where(v < b, b * 0.9 <= high, low <= b * 1.1)
        return np.where(facing, 0, np.where(v < b, -1, 1)) * aim

    def bare_limits(lower, upper):
        return np.where(v > upper, 1, np.where(v < lower, -1, 0)) * aim

    def bare_control():
        share = b / 100
        half = Z * np.sqrt(Z * Z + 4 * n * share * (1 - share))
        centre, scale = 2 * n * share + Z * Z, 100 / (2 * (n + Z * Z))
        return bare_limits((centre - half) * scale, (centre + half) * scale)

    def bare_poisson():
        events = b * n / 1000
        lower = special.gammaincinv(np.ceil(events), 0.025)
        upper = special.gammaincinv(np.floor(events) + 1, 0.975)
        return bare_limits(lower * 1000 / n, upper * 1000 / n)

    inner, outer = Interval(low, high), Interval(lowest, highest)
    yield "against_interval", lambda: compare.against_interval(*one, b, aim), bare_side
    yield (
        "against_two_intervals",
        lambda: compare.against_two_intervals(v, inner, outer, b, aim),
        bare_two,
    )
    yield "against_estimate", lambda: compare.against_estimate(one, other, aim), bare_overlap
    yield "last_change", lambda: compare.last_change(one, other), bare_overlap
    yield "against_proportion", lambda: compare.against_proportion(v, n, b, aim), bare_control
    yield "against_rate", lambda: compare.against_rate(v, n, b, aim, per=1000), bare_poisson
    yield (
        "against_target",
        lambda: targets.against_target(v, b, aim),
        lambda: np.where(np.where(aim > 0, v >= b, v <= b), 1, -1),
    )
    yield (
        "interval_against_target",
        lambda: targets.interval_against_target(low, high, b, aim),
        lambda: np.where(low >= b, 1, np.where(high < b, -1, 0)) * aim,
    )
    yield (
        "against_range",
        lambda: targets.against_range(v, b, b + 5, aim),
        lambda: np.where(v >= b + 5, 1, np.where(v < b, -1, 0)) * aim,
    )
    yield (
        "against_previous_comparator",
        lambda: targets.against_previous_comparator(v, b),
        lambda: np.where(v < b, -1, 1),
    )

    def bare_spine():
        scale = 0.5 / np.maximum(highest - v, v - lowest)
        return [0.5 + (part - v) * scale for part in (v, lowest, highest, low, high)]

    yield "spine_chart", lambda: spine_chart(v, v, lowest, highest, low, high), bare_spine


def in_funnels(cells: int, chance: np.random.Generator) -> Iterator[Pair]:
    n = chance.integers(50, 5000, cells).astype(float)
    x = chance.binomial(n.astype(int), 0.2).astype(float)
    e = n * 0.2

    def bare_proportion(z=Z):
        half = z * np.sqrt(0.16 / n)
        return np.maximum(0.2 - half, 0), np.minimum(0.2 + half, 1)

    def bare_significance():
        (low, high), (lowest, highest), p = bare_proportion(), bare_proportion(3.09), x / n
        return np.where(
            p > highest,
            2,
            np.where(p > high, 1, np.where(p < lowest, -2, np.where(p < low, -1, 0))),
        )

    def bare_counts():
        (low, high), (lowest, highest) = bare_byar(x), bare_byar(x)
        return np.where(
            lowest > e,
            2,
            np.where(low > e, 1, np.where(highest < e, -2, np.where(high < e, -1, 0))),
        )

    def bare_deviates():
        deviate = np.sqrt(e) * np.log(x / e)
        return deviate, np.argsort(deviate)

    yield "proportion_funnel", lambda: funnels.proportion_funnel(n, 0.2, per=1), bare_proportion
    yield (
        "count_funnel",
        lambda: funnels.count_funnel(e),
        lambda: (special.pdtrik(0.025, e), special.pdtrik(0.975, e)),
    )
    yield "ratio_funnel", lambda: funnels.ratio_funnel(x), lambda: bare_exact(x)
    yield "rate_funnel", lambda: funnels.rate_funnel(x, 0.2), lambda: bare_exact(x)
    yield (
        "proportion_significance",
        lambda: funnels.proportion_significance(x, n, 0.2),
        bare_significance,
    )
    yield "count_significance", lambda: funnels.count_significance(x, e), bare_counts
    near, far = Interval(x * 0.9, x * 1.1), Interval(x * 0.8, x * 1.2)

    def bare_excluded():
        high = np.where(far.lower > e, 2, np.where(near.lower > e, 1, 0))
        return np.where(far.upper < e, -2, np.where(near.upper < e, -1, high))

    yield (
        "limits_significance",
        lambda: funnels.limits_significance(near, far, e),
        bare_excluded,
    )
    yield (
        "deviates",
        lambda: overdispersion.deviates(x, e, "SHMI"),
        lambda: (np.sqrt(e) * np.log(x / e), 1 / np.sqrt(e)),
    )
    yield "dispersion", lambda: overdispersion.dispersion(x, e, "SHMI"), bare_deviates
    found = overdispersion.Dispersion(2.0, 0.01, 1.0, x > 0)
    yield (
        "widened_funnel",
        lambda: overdispersion.widened_funnel(e, "SHMI", found),
        lambda: [np.exp(side * Z * np.sqrt(1 / e + 0.01)) for side in (-1, 1)],
    )
    yield (
        "plain_funnel",
        lambda: overdispersion.plain_funnel(e, "SHMI", 1.0),
        lambda: (special.gammaincinv(e, 0.025) / e, special.gammaincinv(e + 1, 0.975) / e),
    )
    yield (
        "outliers",
        lambda: overdispersion.outliers(x, e, n),
        lambda: (x < e) | (x > n),
    )


def by_draws(cells: int, chance: np.random.Generator) -> Iterator[Pair]:
    """Cells are draws: areas of ten quantiles, 100,000 draws each."""
    draws, quantiles = 100_000, 10
    areas = max(cells // (draws * quantiles), 1)
    value = chance.uniform(5, 9, (areas, quantiles))
    people, error = np.full((areas, quantiles), 100.0), np.full((areas, quantiles), 0.3)
    bounds = np.array([-5.0, -3.0, 3.0, 5.0])
    line = np.linspace(-1, 1, quantiles)

    def bare():
        for place in range(areas):
            drawn = value[place] + error[place] * np.random.default_rng(1).standard_normal(
                (draws, quantiles)
            )
            np.sort(drawn @ line)

    yield (
        "slope_index_limits",
        lambda: slopes.slope_index_limits(value, people, error, seed=1),
        bare,
    )
    yield (
        "slope_index_below",
        lambda: slopes.slope_index_below(value, people, error, bounds, seed=1, index="slope"),
        bare,
    )


def of_levels(cells: int, chance: np.random.Generator) -> Iterator[Pair]:
    """How likely the level behind each figure is below a bound."""
    n = chance.integers(50, 5000, cells).astype(float)
    x = chance.binomial(n.astype(int), 0.2).astype(float) + 1
    level = x * chance.uniform(0.8, 1.2, cells)
    half = np.sqrt(x)
    limits = intervals.byar_interval(x)
    rate = Estimate(x / n, limits.lower / n, limits.upper / n)
    yield (
        "share_below",
        lambda: levels.share_below(x, n + 1, level / n),
        lambda: special.betainc(x + 0.5, n + 1 - x + 0.5, level / n),
    )
    yield (
        "events_below",
        lambda: levels.events_below(x, level),
        lambda: special.gammainc(x + 0.5, level),
    )
    yield (
        "scaled_events_below",
        lambda: levels.scaled_events_below(rate, x, limits, level / n),
        lambda: special.gammainc(x + 0.5, level / n * n),
    )
    yield (
        "estimate_below",
        lambda: levels.estimate_below(x, half, level),
        lambda: special.ndtr((level - x) / half * Z),
    )
    yield (
        "student_below",
        lambda: levels.student_below(x, half, 8.0, level),
        lambda: special.stdtr(8.0, (level - x) / half * special.stdtrit(8.0, 0.975)),
    )
    wide = np.floor(half) + 1
    waited = Estimate(x, x - wide, x + wide)

    def bare_percentile():
        """So many waits are no more, on a line through the limits; and what that share tells."""
        a_day = Z * np.sqrt(n) / (2 * wide + 1)
        upto = np.clip(n / 2 + (np.floor(level) + 0.5 - x) * a_day, 0, n)
        return 1 - special.betainc(upto + 0.5, n - upto + 0.5, 0.5)

    yield (
        "percentile_at_most",
        lambda: levels.percentile_at_most(waited, n, 50, level),
        bare_percentile,
    )


def of_series(cells: int, chance: np.random.Generator) -> Iterator[Pair]:
    """Series of 60 months: limits of control charts, and what is told of trends."""
    rows = max(cells // MONTHS, 1)
    y = chance.normal(100, 10, (rows, MONTHS))
    n = chance.integers(50, 5000, y.shape).astype(float)
    x = chance.binomial(n.astype(int), 0.2).astype(float)

    def bare_xmr():
        mean = y.mean(axis=1, keepdims=True)
        moving = np.abs(np.diff(y, axis=1)).mean(axis=1, keepdims=True)
        return [mean + sign * width * moving for sign in (-1, 1) for width in (2.66, 1.77, 0.0)]

    def bare_p():
        mean = x.sum(axis=1, keepdims=True) / n.sum(axis=1, keepdims=True)
        spread = np.sqrt(mean * (1 - mean) / n)
        return [mean + sign * width * spread for sign in (-1, 1) for width in (3, 2, 1)]

    def bare_u():
        mean = x.sum(axis=1, keepdims=True) / n.sum(axis=1, keepdims=True)
        spread = np.sqrt(mean / n)
        return [mean + sign * width * spread for sign in (-1, 1) for width in (3, 2, 1)]

    def bare_c():
        mean = x.mean(axis=1, keepdims=True)
        spread = np.sqrt(mean)
        return [x * 0 + mean + sign * width * spread for sign in (-1, 1) for width in (3, 2, 1)]

    yield "xmr_limits", lambda: charts.xmr_limits(y), bare_xmr
    yield "p_limits", lambda: attributes.p_limits(x, n), bare_p
    yield "u_limits", lambda: attributes.u_limits(x, n), bare_u
    yield "c_limits", lambda: attributes.c_limits(x), bare_c

    def bare_t():
        times = y ** (1 / 3.6)
        mean = times.mean(axis=1, keepdims=True)
        moving = np.abs(np.diff(times, axis=1)).mean(axis=1, keepdims=True)
        ends = [mean + sign * width * moving for sign in (-1, 1) for width in (2.66, 1.77, 0.0)]
        return [np.maximum(times * 0 + end, 0.0) ** 3.6 for end in ends]

    def bare_g():
        mean = x.mean(axis=1, keepdims=True)
        spread = np.sqrt(mean * (mean + 1))
        return [np.maximum(x * 0 + mean + k * spread, 0.0) for k in (-3, -2, 0, 2, 3)]

    limits = charts.xmr_limits(y)
    yield "t_limits", lambda: rare.t_limits(np.abs(y)), bare_t
    yield "g_limits", lambda: rare.g_limits(x), bare_g
    yield "special_causes", lambda: rules.special_causes(y, limits), lambda: bare_rules(y, limits)
    yield "run_chart", lambda: runs.run_chart(y), lambda: bare_runs(y)
    yield "mann_kendall", lambda: monotonic.mann_kendall(y), lambda: bare_kendall(y)
    yield "possible_changes", lambda: changes.possible_changes(y), lambda: bare_pettitt(y)
    five, width = y.reshape(-1, 5), np.full((y.size // 5, 5), 3.92)
    count, whole = x.reshape(-1, 5) + 1, n.reshape(-1, 5) + 2
    yield (
        "recent_trend",
        lambda: recent.recent_trend(five, five - width, five + width),
        lambda: bare_line(five, (width / 1.96) ** -2),
    )
    yield (
        "recent_trend_of_proportion",
        lambda: recent.recent_trend_of_proportion(count, whole),
        lambda: (
            bare_armitage(count, whole),
            bare_line(np.log(count / (whole - count)), np.ones(count.shape)),
        ),
    )


def in_a_row(flags, times):
    """Where this flag and so many less one before it are all set, and then all that they cover."""
    ends = flags.copy()
    for back in range(1, times):
        ends[:, back:] &= flags[:, :-back]
        ends[:, :back] = False
    return ends


def covered(ends, length):
    found = ends.copy()
    for back in range(1, length):
        found[:, :-back] |= ends[:, back:]
    return found


def bare_rules(y, limits):
    """Outside, trend, two in three and shift, above and below, and the first that is met."""
    steps = np.diff(y, axis=1, prepend=np.nan)
    rule = np.zeros(y.shape, np.int8)
    direction = np.zeros(y.shape, np.int8)
    for sign in (1, -1):
        side = sign * (y - limits.centre) > 0
        outside = y > limits.upper if sign > 0 else y < limits.lower
        beyond = y > limits.near_upper if sign > 0 else y < limits.near_lower
        near = beyond & ~outside
        both = np.zeros(y.shape, bool)
        both[:, 2:] = near[:, 2:].astype(np.int8) + near[:, 1:-1] + near[:, :-2] >= 2
        pair = covered(both & in_a_row(side, 3), 3) & near
        shift = covered(in_a_row(side, 7), 7)
        trend = covered(in_a_row(sign * steps > 0, 6), 7)
        for number, met in ((4, shift), (3, pair), (2, trend), (1, outside)):
            rule[met], direction[met] = number, sign
    return rule, direction


def bare_runs(y):
    """The median, rows of six on one side, trends of five, and how many runs and how long."""
    side = np.sign(y - np.median(y, axis=1, keepdims=True)).astype(np.int8)
    steps = np.diff(y, axis=1, prepend=np.nan)
    shift = [covered(in_a_row(side == sign, 6), 6) for sign in (1, -1)]
    trend = [covered(in_a_row(sign * steps > 0, 4), 5) for sign in (1, -1)]
    new = np.ones(side.shape, bool)
    new[:, 1:] = side[:, 1:] != side[:, :-1]
    place = np.arange(side.shape[1])
    row = place - np.maximum.accumulate(np.where(new, place, 0), axis=1) + 1
    return shift, trend, new.sum(axis=1), row.max(axis=1), (side > 0).sum(axis=1)


def bare_kendall(y):
    """The score over all pairs, and the middle of all slopes in order."""
    early, late = np.triu_indices(y.shape[1], 1)
    score = np.zeros(len(y))
    for apart in range(1, y.shape[1]):
        score += np.sign(y[:, apart:] - y[:, :-apart]).sum(axis=1)
    middle = np.empty(len(y))
    for begin in range(0, len(y), 1000):  # as much at once as a processor's memory is quick with
        part = y[begin : begin + 1000]
        slopes = np.sort((part[:, late] - part[:, early]) / (late - early), axis=1)
        middle[begin : begin + 1000] = slopes[:, early.size // 2]
    return score, middle


def bare_pettitt(y):
    """The one place of each series where ranks before and after differ most; not divided again."""
    size = y.shape[1]
    ranks = np.argsort(np.argsort(y, axis=1), axis=1) + 1.0
    excess = np.abs(2 * np.cumsum(ranks, axis=1)[:, :-1] - np.arange(1, size) * (size + 1))
    return excess.argmax(axis=1), np.exp(-6 * excess.max(axis=1) ** 2 / (size**3 + size**2))


def bare_line(y, weight):
    """A weighted line through all five, and through four of them five times."""
    t = np.arange(1.0, 6)

    def line(kept):
        w, times, figures = weight[:, kept], t[kept], y[:, kept]
        total = w.sum(axis=1)
        middle = (w * times).sum(axis=1) / total
        away = times - middle[:, None]
        spread = (w * away**2).sum(axis=1)
        return (w * away * figures).sum(axis=1) / spread, 1 / spread

    slope, variance = line(np.arange(5))
    others = [np.sign(line(np.delete(np.arange(5), out))[0]) for out in range(5)]
    keeps = np.all([one == np.sign(slope) for one in others], axis=0)
    told = keeps & (slope**2 / variance > 9.55)
    return np.where(told, np.where(slope > 0, "increasing", "decreasing"), "no significant change")


def bare_armitage(x, n):
    t = np.arange(1.0, 6)
    whole, events = n.sum(axis=1), x.sum(axis=1)
    gap = whole * (x * t).sum(axis=1) - events * (n * t).sum(axis=1)
    spread = whole * (n * t**2).sum(axis=1) - (n * t).sum(axis=1) ** 2
    return whole * gap**2 / (events * (whole - events) * spread)


def of_places(cells: int, chance: np.random.Generator) -> Iterator[Pair]:
    """Ranks and quartiles of places, and small counts withheld."""
    value = chance.gamma(2, 10, cells)
    words = np.array(quantiles.QUARTILES)

    def bare_ranks():
        return np.searchsorted(np.sort(value), value) + 1

    yield "ranks", lambda: quantiles.ranks(value, lower_is_better=True), bare_ranks
    yield (
        "quartiles",
        lambda: quantiles.quartiles(value, lower_is_better=True),
        lambda: words[(bare_ranks() - 1) * 4 // value.size].tolist(),
    )
    top = chance.integers(0, 60, cells).astype(float)
    bottom = top + chance.integers(0, 60, cells)
    frame = fitted(pl.DataFrame({"numerator": top, "denominator": bottom, "rows": bottom}), COUNTS)
    rows = bottom.astype(int)

    def bare_suppress(below, nearest):
        small = (top > 0) & (top < below) | (bottom > 0) & (bottom < below)
        sides = [np.where(small, np.nan, np.floor(one / nearest + 0.5) * nearest)
                 for one in (top, bottom)]  # fmt: skip
        few = small | (rows > 0) & (rows < below)
        return sides, np.where(few, -1, rows), np.where(small, "suppressed", "")

    yield (
        "suppress, social care",
        lambda: suppression.suppress(frame, "social care"),
        lambda: bare_suppress(5, 1),
    )
    yield (
        "suppress, hospital",
        lambda: suppression.suppress(frame, "hospital"),
        lambda: bare_suppress(8, 5),
    )
    yield (
        "central_suppression",
        lambda: suppression.central_suppression(top),
        lambda: np.where((top > 0) & (top < 8), 5.0, np.floor(top / 5 + 0.5) * 5),
    )


FAMILIES = (
    counts, in_groups, of_bands, two_figures, in_funnels, by_draws, of_levels, of_series, of_places,
)  # fmt: skip


def main() -> None:
    cells = int(float(sys.argv[1] if len(sys.argv) > 1 else 1) * 1_000_000)
    wanted = sys.argv[2:]
    print(f"{cells:,} cells, seconds of the best of three\n")
    print("bare: the same arithmetic in numpy alone, for numbers of which none is missing\n")
    print(f"{'function':38}{'ours':>9}{'bare':>9}{'ratio':>8}")
    over = []
    np.seterr(all="ignore")
    for family in FAMILIES:
        for name, ours, bare in family(cells, np.random.default_rng(1)):
            if wanted and name not in wanted:
                continue
            took, floor = best(ours), best(bare)
            ratio = took / floor
            over += [name] * (ratio > MOST)
            print(f"{name:38}{took:9.3f}{floor:9.3f}{ratio:8.2f}", flush=True)
    print(f"\nAbove {MOST:g}: {', '.join(over) or 'none'}")


if __name__ == "__main__":
    main()
