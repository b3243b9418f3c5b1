"""Comparisons, targets and quantiles against their vectors."""

from __future__ import annotations

import numpy as np

from conformance.vectors import Check, Outcomes, near, numbers, rows
from outturn.statistics.columns import Estimate, Interval, floats
from outturn.statistics.comparison import (
    against_estimate,
    against_interval,
    against_proportion,
    against_rate,
    against_two_intervals,
)
from outturn.statistics.quantile_groups import (
    FINGERTIPS,
    fingertips_percentiles,
    quantile_groups,
)
from outturn.statistics.significance import HIGHER, LOWER, NO_AIM, significance_labels
from outturn.statistics.targets import (
    against_previous_comparator,
    against_range,
    against_target,
    interval_against_target,
)

OPEN = "fingertips-open, 2020 (MIT)"
PHE = "PHEindicatormethods 2.1.0 (GPL-3)"
AIMS = {"low_is_good": LOWER, "high_is_good": HIGHER, "not_applicable": NO_AIM, "any": HIGHER}
ALLOWED = "(construction allowed)"


def comparators() -> Outcomes:
    for row in rows("fingertips_comparators"):
        yield row["case_id"], _word(_compared(row)) == row["expected_significance"]


def _compared(row):
    def number(name):
        return float(row[name] or "nan")

    v, b, aim = number("value"), number("comparator_value"), AIMS[row["polarity"]]
    area = Estimate(*floats(v, number("lower95"), number("upper95")))
    match row["method"]:
        case "spc_for_dsr":
            per, tail = number("unit"), number("conf_param")
            return against_rate(v, number("denominator"), b, aim, per=per, tail=tail)
        case "spc_for_proportions":
            per, z = number("unit"), number("conf_param")
            return against_proportion(v, number("denominator"), b, aim, per=per, z=z)
        case "single_overlapping_cis_one_level":
            return against_interval(v, area.lower, area.upper, b, aim)
        case "single_overlapping_cis_two_levels":
            outer = Interval(*floats(number("lower99_8"), number("upper99_8")))
            return against_two_intervals(v, Interval(area.lower, area.upper), outer, b, aim)
    other = Estimate(*floats(b, number("comparator_lower95"), number("comparator_upper95")))
    return against_estimate(area, other, aim)


def targets() -> Outcomes:
    for row in rows("fingertips_targets"):
        wanted = row["expected_significance"]
        try:
            found = _word(_judged(row))
        except ValueError as refusal:
            found = f"ERROR: {refusal}"
        yield (
            row["case_id"],
            wanted in (found, ALLOWED) and not (wanted == ALLOWED and found.startswith("ERROR")),
        )


def _judged(row):
    low, high, v, lower, upper = (
        float(row[name] or "nan")
        for name in ("lower_limit", "upper_limit", "value", "lower95", "upper95")
    )
    aim = AIMS[row["polarity"]]
    if row["kind"] == "previous_year_benchmark":
        return against_previous_comparator(v, low)
    if row["kind"] in ("range", "percentile_range"):
        return against_range(v, low, high, aim)
    if row["use_cis"] == "TRUE":
        return interval_against_target(lower, upper, low, aim)
    return against_target(v, low, aim)


def percentiles() -> Outcomes:
    percents = {
        "min": 0, "max": 100, "p25": 25, "p50": 50, "p75": 75,
        "any percentile (3 points)": 50,
        **{f"quartile_bound_{k}": 25 * k for k in (1, 2, 3)},
        **{f"quintile_bound_{k}": 20 * k for k in (1, 2, 3, 4)},
    }  # fmt: skip
    for row in rows("fingertips_percentiles"):
        first, last, step = (int(row[f"series_{name}"]) for name in ("from", "to", "step"))
        found = fingertips_percentiles(
            np.arange(first, last + 1, step), [percents[row["statistic"]]]
        )[0]
        expected = float(row["expected"] or "nan")
        yield f"{row['case_id']} {row['statistic']}", bool(near(found, expected, atol=1e-9))


def categories() -> Outcomes:
    for row in rows("fingertips_quantile_category"):
        series = np.arange(int(row["data_from"]), int(row["data_to"]) + 1)
        found = quantile_groups(
            series, np.zeros(series.size, np.int64), int(row["bins"]), publisher=FINGERTIPS,
            highest_is_first=row["polarity"] == "high_is_good",
        )  # fmt: skip
        place = int(np.flatnonzero(series == int(row["value"]))[0])
        yield row["case_id"], int(found[place]) == int(row["expected_category"])


def deciles() -> Outcomes:
    table = rows("phe_quantile")
    for case in dict.fromkeys(row["case_id"] for row in table):
        mine = [row for row in table if row["case_id"] == case]
        names = sorted({row["group"] for row in mine})
        group = np.array([names.index(row["group"]) for row in mine])
        by_turn = {(row["nquantiles"], row["invert"]) for row in mine}
        found = np.zeros(len(mine), np.int64)
        for number, invert in by_turn:
            here = [(row["nquantiles"], row["invert"]) == (number, invert) for row in mine]
            found[here] = quantile_groups(
                numbers(mine, "value")[here], group[here], int(number),
                highest_is_first=invert == "TRUE",
            )  # fmt: skip
        for row, one in zip(mine, found, strict=True):
            name = f"{case} {row['group']} {row['area_code']}"
            yield name, int(one) == int(row["expected_quantile"] or 0)


def _word(code) -> str:
    return str(significance_labels(code))


CHECKS = (
    Check(("fingertips_comparators",),
          ("against_interval", "against_two_intervals", "against_estimate", "against_proportion",
           "against_rate"),
          OPEN, "exact", comparators,
          note="`against_rate` rounds expected events to whole ones, as the source's sums do."),
    Check(("fingertips_targets",),
          ("against_target", "interval_against_target", "against_range",
           "against_previous_comparator"),
          OPEN, "exact", targets,
          note="The previous year's comparator ignores which way is better, as the source does; "
          "`against_target` with the same figure does not."),
    Check(("fingertips_percentiles",), ("fingertips_percentiles",), OPEN, "1e-9", percentiles),
    Check(("fingertips_quantile_category",), ("quantile_groups",), OPEN, "exact", categories),
    Check(("phe_quantile",), ("quantile_groups",), PHE, "exact", deciles),
)  # fmt: skip
