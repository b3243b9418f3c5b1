"""Intervals, standardised rates, slope indices and funnels against their vectors."""

from __future__ import annotations

import numpy as np

from conformance.vectors import Check, Outcomes, all_of, near, numbers, rows, texts
from outturn.statistics import labels
from outturn.statistics.funnels import (
    FUNNEL_LABELS,
    count_significance,
    funnel_axis,
    proportion_funnel,
    proportion_significance,
    ratio_funnel,
)
from outturn.statistics.intervals import (
    byar_interval,
    count_methods,
    exact_poisson_interval,
    proportion,
    rate,
    wilson_interval,
)
from outturn.statistics.labels import statistic_label
from outturn.statistics.means import means
from outturn.statistics.overdispersion import SHMI, dispersion, outliers
from outturn.statistics.significance import labelled
from outturn.statistics.slope_index import error_of_limits, slope_index, slope_index_limits
from outturn.statistics.standard_population import european_standard_population
from outturn.statistics.standardisation import (
    direct_rate,
    expected_events,
    indirect_rate,
    indirect_ratio,
)

PHE = "PHEindicatormethods 2.1.0 (GPL-3)"
FUNNELPLOTR = "FunnelPlotR 0.6.0 (MIT)"
OWN = "own calculation with 40 digits"
LEVELS = ((0.95, "95"), (0.998, "99_8"))
SEED, DRAWS = 20_041_226, 100_000
KINDS = {"0": "other", "1": "rate", "2": "proportion"}
BLANK = "Empty counts are none only because the caller says so (`missing_is_zero`)."


def own_intervals() -> Outcomes:
    for number, row in enumerate(rows("own_interval_vectors"), start=2):
        x, level = float(row["x"]), float(row["confidence"])
        found = {
            "wilson": lambda: wilson_interval(x, float(row["n"]), confidence=level),  # noqa: B023
            "byars": lambda: byar_interval(x, confidence=level),  # noqa: B023
            "exact_poisson": lambda: exact_poisson_interval(x, confidence=level),  # noqa: B023
        }[row["method"]]()
        expected = [float(row["expected_lower"] or "nan"), float(row["expected_upper"] or "nan")]
        exact = np.isin(expected, (0, 1))
        limits = [float(found.lower), float(found.upper)]
        same = np.where(exact, np.equal(limits, expected), near(limits, expected, rtol=1e-10))
        yield f"line {number}", bool(same.all())


def byars_wilson() -> Outcomes:
    for row in rows("phe_byars_wilson"):
        x, level = float(row["x"]), float(row["confidence"])
        is_wilson = row["method"] == "Wilson"
        found = (
            wilson_interval(x, float(row["n"]), confidence=level)
            if is_wilson
            else byar_interval(x, confidence=level)
        )
        expected = [float(row["expected_lower"] or "nan"), float(row["expected_upper"])]
        yield row["case_id"], bool(near([*map(float, found)], expected, rtol=1e-10).all())


def proportions() -> Outcomes:
    table = rows("phe_proportion")
    yield from _shares(table, "numerator", "denominator", LEVELS)


def proportions_of_groups() -> Outcomes:
    table = rows("phe_proportion_grouped")
    yield from _shares(table, "sum_numerator", "sum_denominator", LEVELS[:1])


def _shares(table, numerator, denominator, levels) -> Outcomes:
    x, n, per = (numbers(table, name) for name in (numerator, denominator, "multiplier"))
    columns = [
        [statistic_label("proportion", one) == name for one, name in
         zip(per, texts(table, "expected_statistic"), strict=True)],
        [labels.WILSON == name for name in texts(table, "expected_method")],
    ]  # fmt: skip
    for level, suffix in levels:
        found = [proportion(*one, confidence=level) for one in zip(x, n, strict=True)]
        columns += _compared(table, found, per, suffix)
    return all_of(texts(table, "case_id"), *columns)


def _compared(table, found, per, suffix, rtol=1e-10) -> list:
    """Value and limits of each row, in units of its multiplier, beside what is expected."""
    names = ("expected_value", f"expected_lower{suffix}", f"expected_upper{suffix}")
    return [
        near([float(one[k]) * m for one, m in zip(found, per, strict=True)],
             numbers(table, name), rtol=rtol)
        for k, name in enumerate(names)
    ]  # fmt: skip


def rates() -> Outcomes:
    table = rows("phe_rate")
    x, n, per = (numbers(table, name) for name in ("numerator", "denominator", "multiplier"))
    columns = [
        [statistic_label("rate", one) == name for one, name in
         zip(per, texts(table, "expected_statistic"), strict=True)],
        count_methods(x) == np.array(texts(table, "expected_method")),
    ]  # fmt: skip
    for level, suffix in LEVELS:
        found = rate(x, n, confidence=level)
        columns += _compared(table, list(zip(*found, strict=True)), per, suffix)
    return all_of(texts(table, "case_id"), *columns)


def means_of_areas() -> Outcomes:
    table, expected = rows("phe_mean_input"), rows("phe_mean_expected")
    values, areas = numbers(table, "value"), np.array(texts(table, "area"))
    for row in expected:
        mine = values[areas == row["group"]] if (areas == row["group"]).any() else values
        group = np.zeros(mine.size, np.int64)
        found = {suffix: means(mine, group, confidence=level) for level, suffix in LEVELS}
        one = found["95"]
        pairs = [
            (one.total, "sum"), (one.size, "count"), (one.deviation, "stdev"), (one.value, "value"),
            *((getattr(found[suffix], side), f"{side}{suffix}")
              for _, suffix in LEVELS for side in ("lower", "upper")),
        ]  # fmt: skip
        passed = [near(figure[0], float(row[f"expected_{name}"]), rtol=1e-10)
                  for figure, name in pairs]  # fmt: skip
        named = (statistic_label("mean"), labels.STUDENT) == (
            row["expected_statistic"], row["expected_method"],
        )  # fmt: skip
        yield row["group"], bool(np.all(passed)) and named


def european_standard() -> Outcomes:
    table = rows("esp2013")
    found = european_standard_population()
    return all_of(texts(table, "ageband"), found == numbers(table, "esp2013"))


def direct_rates() -> Outcomes:
    table = rows("phe_dsr_input")
    for row in rows("phe_dsr_expected"):
        bands = sorted(
            (one for one in table if one["area"] == row["area"]),
            key=lambda one: int(one["band_no"]),
        )
        x, n, w = (numbers(bands, name) for name in ("count", "pop", "stdpop"))
        per = float(row["multiplier"])
        passed = [np.nansum(x) == float(row["expected_total_count"])]
        for level, suffix in LEVELS:
            found = direct_rate(x, n, w, per=per, confidence=level, missing_is_zero=True)
            asserted = not (suffix == "99_8" and row["note"].startswith("99.8%"))
            names = ["value", f"lower{suffix}", f"upper{suffix}"] if asserted else ["value"]
            for figure, name in zip(found, names, strict=False):
                expected = float(row[f"expected_{name}"] or "nan")
                passed.append(bool(near(figure, expected, rtol=1e-9)))
        few = np.isnan(found.value)
        label = labels.TOO_FEW if few else statistic_label("directly standardised rate", per)
        passed.append(label == row["expected_statistic"])
        passed.append(labels.DOBSON == row["expected_method"])
        yield row["case_id"], all(passed)


def indirect_figures() -> Outcomes:
    table = rows("phe_isr_input")
    totals = {row["area"]: float(row["total_count"]) for row in rows("phe_isr_observed_totals")}
    for row in rows("phe_isr_expected"):
        bands = sorted(
            (one for one in table
             if (one["dataset"], one["area"]) == (row["dataset"], row["area"])),
            key=lambda one: int(one["band_no"]),
        )  # fmt: skip
        counts = ("count", "pop", "ref_count", "ref_pop")
        x, n, ref_x, ref_n = (numbers(bands, name) for name in counts)
        observed = np.nansum(x)
        expected = expected_events(n, ref_x, ref_n, missing_is_zero=True)
        passed = [
            observed == float(row["expected_observed"]),
            totals.get(row["area"], observed) == observed,
            near(expected, float(row["expected_expected"]), rtol=1e-9),
        ]
        per, is_rate = float(row["multiplier_or_refvalue"]), row["function"] == "calculate_ISRate"
        reference = np.nansum(ref_x) / np.nansum(ref_n)
        if is_rate:
            passed.append(near(reference * per, float(row["expected_ref_rate"]), rtol=1e-9))
        for level, suffix in LEVELS:
            found = (
                indirect_rate(observed, expected, reference, per=per, confidence=level)
                if is_rate
                else indirect_ratio(observed, expected, per=per, confidence=level)
            )
            names = ("value", f"lower{suffix}", f"upper{suffix}")
            for figure, name in zip(found, names, strict=True):
                text = row[f"expected_{name}"]
                passed.append(not text or near(figure, float(text), rtol=1e-9))
        kind = "indirectly standardised " + ("rate" if is_rate else "ratio")
        passed.append(statistic_label(kind, per) == row["expected_statistic"])
        passed.append(str(count_methods(observed)) == row["expected_method"])
        yield row["case_id"], bool(np.all(passed))


def slope_indices() -> Outcomes:
    records = {int(row["record_no"]): row for row in rows("phe_sii_input")}
    for row in rows("phe_sii_expected"):
        span = range(int(row["first_record_no"]), int(row["last_record_no"]) + 1)
        bands = sorted((records[one] for one in span), key=lambda one: int(one["quantile"]))
        kind, per = KINDS[row["value_type"]], float(row["multiplier"])
        transform = row["transform"] == "TRUE"
        people = numbers(bands, "population")
        value = numbers(bands, "value")
        if row["value_from"] == "x/population":
            value = numbers(bands, "count") / people
        error = (
            numbers(bands, "standard_error")
            if row["se_from"] == "se"
            else error_of_limits(numbers(bands, "lower_cl"), numbers(bands, "upper_cl"), kind)
        )
        found = slope_index(value, people, kind=kind, per=per, transform=transform)
        passed = [
            not text or near(figure, float(text), rtol=1e-8)
            for figure, text in (
                (found.sii, row["expected_sii"]),
                (found.rii, row["expected_rii"]),
                (found.intercept, row["expected_intercept"]),
            )
        ]
        for place, level in enumerate(row["confidence_levels"].split(";"), start=1):
            limits = slope_index_limits(
                value, people, error, seed=SEED, draws=DRAWS, kind=kind, per=per,
                transform=transform, confidence=float(level),
            )  # fmt: skip
            scale = {"sii": abs(float(found.sii)), "rii": abs(float(found.rii))}
            for index in ("sii", "rii"):
                for side in ("lower", "upper"):
                    text = row[f"expected_{index}_{side}_{place}"]
                    if text:
                        most = 0.05 * max(abs(float(text)), 0.05 * scale[index])
                        gap = abs(float(getattr(getattr(limits, index), side)) - float(text))
                        passed.append(gap <= most)
        yield row["case_id"], bool(np.all(passed))


def funnel_of_proportions() -> Outcomes:
    table = rows("phe_funnel_proportion_input")
    x, n = numbers(table, "numerator"), numbers(table, "denominator")
    found = labelled(proportion_significance(x, n, x.sum() / n.sum()), FUNNEL_LABELS)
    yield from all_of(
        texts(table, "area"), found == np.array(texts(table, "expected_significance"))
    )
    limits = rows("phe_funnel_proportion_limits_expected")
    axis = funnel_axis(n.min(), n.max())
    columns = [axis == numbers(limits, "population")]
    columns.append(near(100 * x.sum() / n.sum(), numbers(limits, "expected_baseline"), atol=1e-6))
    for level, name in ((0.95, "2s"), (0.998, "3s")):
        found = proportion_funnel(axis, x.sum() / n.sum(), confidence=level)
        columns.append(near(found.lower, numbers(limits, f"expected_lower_{name}"), atol=1e-6))
        columns.append(near(found.upper, numbers(limits, f"expected_upper_{name}"), atol=1e-6))
    yield from all_of((f"at {size:.0f}" for size in axis), *columns)


def funnel_of_ratios() -> Outcomes:
    table = rows("phe_funnel_ratio_input")
    x, e = numbers(table, "observed"), numbers(table, "expected_events")
    found = labelled(count_significance(x, e), FUNNEL_LABELS)
    lines = [f"line {number}" for number in range(2, len(table) + 2)]
    yield from all_of(lines, found == np.array(texts(table, "expected_significance")))
    limits = rows("phe_funnel_ratio_limits_expected")
    axis = funnel_axis(e.min(), e.max(), ratios=True)
    columns = [axis == numbers(limits, "observed_events")]
    for level, name in ((0.95, "2s"), (0.998, "3s")):
        funnel = ratio_funnel(axis, confidence=level)
        for side in ("lower", "upper"):
            at, ratio = getattr(funnel, f"expected_at_{side}"), getattr(funnel, side)
            stem = f"expected_{side}_{name}_"
            columns.append(near(at, numbers(limits, stem + "exp_events"), rtol=1e-4))
            columns.append(near(ratio, numbers(limits, stem + "count") + 1, rtol=1e-4))
            columns.append(near(100 * ratio, numbers(limits, stem + "isr"), rtol=1e-4))
    yield from all_of((f"at {size:.0f}" for size in axis), *columns)


def overdispersion_of_ratios() -> Outcomes:
    table = rows("funnelplotr_overdispersion")
    x, n = numbers(table, "numerator"), numbers(table, "denominator")
    found = dispersion(x, n, SHMI, trim=float(table[0]["trim_by"]))
    return all_of(texts(table, "group"), near(found.phi, numbers(table, "expected_phi"), atol=1e-6))


def outside_the_funnel() -> Outcomes:
    table = rows("funnelplotr_outliers")
    ratio, lower, upper = (numbers(table, name) for name in ("ratio", "lower_limit", "upper_limit"))
    names = [f"{row['case_id']} {row['ratio']}" for row in table]
    return all_of(names, outliers(ratio, lower, upper) == (numbers(table, "expected_outlier") == 1))


CHECKS = (
    Check(("own_interval_vectors",),
          ("wilson_interval", "byar_interval", "exact_poisson_interval"),
          OWN, "relative 1e-10; 0 and 1 exact", own_intervals),
    Check(("phe_byars_wilson",), ("byar_interval", "wilson_interval"), PHE, "relative 1e-10",
          byars_wilson),
    Check(("phe_proportion",), ("proportion",), PHE, "relative 1e-10; labels exact", proportions),
    Check(("phe_proportion_grouped",), ("proportion",), PHE, "relative 1e-10; labels exact",
          proportions_of_groups),
    Check(("phe_rate",), ("rate", "count_interval", "count_methods"), PHE,
          "relative 1e-10; labels exact", rates),
    Check(("phe_mean_input", "phe_mean_expected"), ("means",), PHE, "relative 1e-10",
          means_of_areas),
    Check(("esp2013",), ("european_standard_population",), "Eurostat 2013", "exact",
          european_standard),
    Check(("phe_dsr_input", "phe_dsr_expected"), ("direct_rate",), PHE, "relative 1e-9",
          direct_rates, note=BLANK),
    Check(("phe_isr_input", "phe_isr_expected", "phe_isr_observed_totals"),
          ("expected_events", "indirect_rate", "indirect_ratio"), PHE, "relative 1e-9",
          indirect_figures, note=BLANK),
    Check(("phe_sii_input", "phe_sii_expected"),
          ("slope_index", "slope_index_limits", "error_of_limits"), PHE,
          f"relative 1e-8; limits 5%, by {DRAWS:,} draws, seed {SEED}", slope_indices),
    Check(("phe_funnel_proportion_input", "phe_funnel_proportion_limits_expected"),
          ("proportion_significance", "proportion_funnel", "funnel_axis"), PHE,
          "labels exact; limits 1e-6 of a per cent", funnel_of_proportions,
          note="Limits are clipped at the multiplier, not at 100 whatever it is."),
    Check(("phe_funnel_ratio_input", "phe_funnel_ratio_limits_expected"),
          ("count_significance", "ratio_funnel", "funnel_axis"), PHE,
          "labels exact; limits relative 1e-4", funnel_of_ratios,
          note="Limits are the Poisson quantiles themselves; the source finds them by bisection."),
    Check(("funnelplotr_overdispersion",), ("dispersion",), FUNNELPLOTR, "1e-6",
          overdispersion_of_ratios),
    Check(("funnelplotr_outliers",), ("outliers",), FUNNELPLOTR, "exact", outside_the_funnel),
)  # fmt: skip
