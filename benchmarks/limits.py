"""How long limits and comparisons take beside the bare numpy expression, in the same run.

    .venv/bin/python benchmarks/limits.py [million cells, 1 by default]

The bare expression is the formula alone: no refusals, no missing numbers, no edges. Where the
formula is a special function, the bare expression is one call of scipy for the same cells. A ratio
of 1 is the floor; 5 is the most that is allowed. Cells are numbers that go in: a table of areas by
bands has bands times areas of them. What is told of a whole funnel, a group or a place at a time is
measured on as many cells.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator

import numpy as np
from scipy import special

from outturn.statistics import comparison as compare
from outturn.statistics import differences as differ
from outturn.statistics import funnels, intervals, means, overdispersion, targets
from outturn.statistics import life_expectancy as life
from outturn.statistics import quantile_groups as groups
from outturn.statistics import scottish_inequality as scottish
from outturn.statistics import slope_index as slopes
from outturn.statistics import standardisation as standard
from outturn.statistics import waits as waiting
from outturn.statistics.columns import Estimate, Interval
from outturn.statistics.spine_chart import spine_chart

Z = 1.959963984540054
MOST = 5.0
BANDS = 20
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
    yield "ratio_funnel", lambda: funnels.ratio_funnel(x), lambda: bare_exact(x)
    yield "rate_funnel", lambda: funnels.rate_funnel(x, 0.2), lambda: bare_exact(x)
    yield (
        "proportion_significance",
        lambda: funnels.proportion_significance(x, n, 0.2),
        bare_significance,
    )
    yield "count_significance", lambda: funnels.count_significance(x, e), bare_counts
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


def main() -> None:
    cells = int(float(sys.argv[1] if len(sys.argv) > 1 else 1) * 1_000_000)
    print(f"{cells:,} cells, seconds of the best of three\n")
    print(f"{'function':38}{'ours':>9}{'bare':>9}{'ratio':>8}")
    over = []
    np.seterr(all="ignore")
    for family in (counts, in_groups, of_bands, two_figures, in_funnels, by_draws):
        for name, ours, bare in family(cells, np.random.default_rng(1)):
            took, floor = best(ours), best(bare)
            ratio = took / floor
            over += [name] * (ratio > MOST)
            print(f"{name:38}{took:9.3f}{floor:9.3f}{ratio:8.2f}", flush=True)
    print(f"\nAbove {MOST:g}: {', '.join(over) or 'none'}")


if __name__ == "__main__":
    main()
