"""Prints docs/reference/statistics.md: each function of the room, and what holds it to the field.

    .venv/bin/python docs/generate_statistics.py > docs/reference/statistics.md

The vectors are read from OUTTURN_TEST_DATA, or from ../shared/data beside the repository. The
checks are those of tests/conformance, so the page and the tests cannot differ.
"""

from __future__ import annotations

import importlib
import inspect
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from conformance.vectors import ABSENT, Check, folder  # noqa: E402

# The modules of this page, in the order of a reader who goes from a count to a comparison.
MODULES = (
    "intervals", "means", "waits", "differences", "standardisation", "standard_population",
    "slope_index", "scottish_inequality", "life_expectancy", "level_chances", "comparison",
    "targets", "quantile_groups", "funnels", "overdispersion", "drawn_spread", "spine_chart",
    "series", "control_charts", "chart_rules", "chart_icons", "attribute_charts",
    "rare_event_charts", "run_charts", "recent_trends", "monotonic_trend", "change_points",
    "monthly_indices", "smoothing", "year_end_methods", "back_tests", "simulated_months",
    "short_series", "prospects", "year_ends", "past_year_ends", "year_end_targets", "track_records",
)  # fmt: skip
PLAIN_WORDS = {
    "chance_of_spread": "Scipy's contingency test of the same table; draws of pure chance.",
    "drawn_chance_of_spread": "Every table with the same totals, each by its chance in plain "
    "Python; `chance_of_spread` of many events; draws of pure chance.",
    "is_cut": "The months one by one in plain Python.",
    "effective_sample_size": "Equal weights, their scale, and sums of fractions in plain Python; "
    "the answers of a simulated survey one by one (`tests/truth`).",
    "finite_population_interval": "The formula of the source; wider with a larger population.",
    "mean_interval": "`means`, which calls it.",
    "deviation_of_sums": "`means` of the same values one by one; `numpy.std` of all rows.",
    "limit_ranks": "Cumulative binomial shares of scipy, for every size and level.",
    "percentile_of_waits": "`numpy.percentile`, and `limit_ranks`.",
    "percentile_of_histogram": "`percentile_of_waits` of the same waits one by one.",
    "difference": "Newcombe's published limits, and coverage over 6,000 draws.",
    "proportion_difference": "Eight rows of table II of Newcombe (1998).",
    "ratio_of": "Turned over, it gives the inverse.",
    "proportion_ratio": "Symmetric on the log scale, by its closed form.",
    "rate_ratio": "Symmetric on the log scale, by its closed form.",
    "direct_rate_of_repeats": "`direct_rate` where everybody has one event; twice the events of "
    "half the people have wider limits.",
    "band_starts": "The same file as the weights.",
    "scottish_slope_index": "A weighted least-squares fit of numpy with Student's t of scipy.",
    "scottish_relative_index": "A division.",
    "population_attributable_risk": "0 where all are equal; the formula of the source.",
    "ranges": "0 and 1 where all are equal.",
    "slope_index_below": "The tail of the draws beyond each limit; the normal distribution of a "
    "slope.",
    "share_below": "The beta distribution of scipy.",
    "events_below": "The gamma distribution of scipy.",
    "scaled_events_below": "`events_below` of an indirect ratio; its own limits of a direct rate.",
    "estimate_below": "The normal distribution of scipy.",
    "student_below": "Student's t of scipy.",
    "percentile_at_most": "The beta distribution of scipy at the figure and its limits; coverage "
    "over 4,000 draws.",
    "life_expectancy": "A life table in plain Python, people over deaths in the last band, and "
    "coverage over 3,000 draws.",
    "last_change": "`against_estimate`, which it is.",
    "rate_funnel": "`ratio_funnel`, which it scales.",
    "count_funnel": "Exact Poisson tails of scipy.",
    "axis_ends": "`funnel_axis`, which begins and ends there.",
    "limits_significance": "`count_significance`, which calls it.",
    "deviates": "`dispersion`, and standard where places differ by chance alone.",
    "widened_funnel": "Never inside `plain_funnel`.",
    "plain_funnel": "Poisson quantiles of scipy.",
    "spine_chart": "The comparator in the middle, the further side at the edge, and mirrored.",
    "series": "What it refuses, and its shape.",
    "latest": "The last figure in plain Python.",
    "segment_numbers": "Steps counted in plain Python.",
    "since_last_step": "Plain Python.",
    "in_segments": "Each segment alone.",
    "streaks": "Rows counted in plain Python.",
    "limits_around": "As far above as below.",
    "has_few_events": "Zeros counted in plain Python, segment by segment.",
    "footing": "The numbers of the guidance, on, below and above.",
    "special_causes": "The rules in plain Python, point by point.",
    "trends": "`trend_ends`, whose rows it covers.",
    "variation": "Every rule, direction and aim.",
    "last_limits": "The limits of the last period.",
    "p_limits": "The formula of the source.",
    "u_limits": "The formula of the source; Laney's by hand.",
    "c_limits": "The mean and its root.",
    "t_limits": "`xmr_limits` of the roots, by hand.",
    "g_limits": "The formula of the source.",
    "run_chart": "Rows counted in plain Python; three rows of the table of Swed and Eisenhart.",
    "worded": "Every marker and direction.",
    "mann_kendall": "Pairs in plain Python; `theilslopes` of scipy; a variance with ties by hand.",
    "possible_changes": "Noise without and with steps.",
    "steps_to_consider": "Rows that last, in plain Python.",
    "places_in_year": "Elementary.",
    "monthly_indices": "A clear season, noise, quarters.",
    "smoothed": "Every weight in plain Python.",
    "one_step_errors": "The level before, in plain Python.",
    "fits": "Nothing beyond its origin is seen.",
    "places_ahead": "The place after the origin.",
    "straight_line": "Nothing beyond its origin is seen; by hand.",
    "last_profile": "Nothing beyond its origin is seen; a series that grows steadily; figures that "
    "cancel.",
    "offsets": "By hand.",
    "back_test": "The best after its handicap; `benchmarks/forecasting.py`.",
    "errors_of_all_years": "`back_test`, with whose errors they end.",
    "fitted_width": "By hand; never below 1.",
    "even_draws": "Every row even.",
    "smoothed_months": "Within what the errors allow.",
    "scaled_months": "Without a spread, the months.",
    "drawn_months": "Each month as often as the others.",
    "likened_months": "With no error, the months.",
    "trailing": "The figures at the end, none of them a gap.",
    "short_forecasts": "By hand; never below nothing.",
    "own_errors": "They sum to nothing.",
    "similar_errors": "Each error worked out one by one; two years in closed form; coverage in "
    "`benchmarks/short_forecasts.py`.",
    "picks": "Each number as often as the others.",
    "with_events": "By hand.",
    "within_whole": "Never above the whole where events act; elsewhere as drawn.",
    "prospects": "Alone and together alike.",
    "year_end": "What must hold of any series; `benchmarks/forecasting.py` on past years.",
    "year_end_ratio": "A series over itself; parts that one cause moves.",
    "year_end_of_parts": "`year_end` of one part and `year_end_ratio` of two, draw for draw.",
    "past_year_ends_of_parts": "`past_year_ends` and `past_year_ends_ratio` of the same series.",
    "probability_of_meeting": "Meeting and missing add to one; a reliability table in "
    "`benchmarks/forecasting.py`.",
    "needed_each_period": "It makes the target.",
    "numerator_needed_each_period": "It makes the ratio.",
    "periods_of_cumulative": "They add up again.",
    "past_year_ends": "`year_end` of the figures before each moment.",
    "past_year_ends_ratio": "`year_end_ratio` of the figures before each moment.",
    "track_record": "By hand; a wider interval never covers less.",
    "reliability": "Honest probabilities of 20,000 draws.",
}
OTHERWISE = (
    "**A missing number stays missing.** The English package takes a blank count as none when it "
    "standardises. Here the caller must say so (`missing_is_zero`); otherwise the place has no "
    "figure. The Scottish routine shows a missing result as 0: ours stays missing.",
    "**A place without all its quantiles has no slope index.** The English package stops, or drops "
    "the place with a warning. Wrong numbers (a negative population, error or count, a proportion "
    "outside 0 to 1) are refused as it does.",
    "**A slope index with a multiplier between 0 and 1.** The English package swaps the limits of "
    "such a rate where figures are transformed. We turn them round for a negative multiplier only.",
    "**A confidence is a share.** 0.95, not 95, from 0.9 up to but not 1; Wilson's limits take 1 "
    "too.",
    "**No events.** The lower limit of a count of 0 is 0 in both method sets; the formulas have "
    "none.",
    "**Funnels** are clipped at the multiplier, not at 100 whatever it is, and their Poisson "
    "limits are the quantiles themselves: the English package finds them by bisection, up to 5 in "
    "100,000 away.",
    "**Control limits of a standardised rate** round the expected events to whole ones, as "
    "Fingertips does. A smooth version gives the same answers on all vectors.",
    "**The previous year's comparator** ignores which way is better, as Fingertips does, and only "
    "under that name. `against_target` with the same figure judges by the aim.",
    "**Nobody died at 90 and over.** The life table then has no last band, and the place no life "
    "expectancy; the English package has no rule for it.",
    "**Two decimals.** Scotland prints percentages with two; that is for whoever prints. Figures "
    "here are not rounded.",
    "**Not asserted by the vectors** and so not by us: the 99.8% limits of two directly "
    "standardised rates, which the source's workbook has ten times off, and of four indirectly "
    "standardised figures.",
    "**Limits that screening would make collapse** stay as they are without screening, and such a "
    "segment shows only points outside them: the packages put its limits on its mean and flag "
    "every point (X19).",
    "**A series that never changes** passes a target that it equals; the packages call it hit and "
    "miss.",
    "**A recent trend without limits** cannot be calculated: the successor of the published "
    "program says that nothing changed. That of a proportion has its own direction: the program of "
    "2020 calls all of them decreasing.",
)


def checks() -> tuple[Check, ...]:
    """Every check of tests/conformance, in the order of its files."""
    found: list[Check] = []
    for path in sorted((ROOT / "tests" / "conformance").glob("checks_of_*.py"), reverse=True):
        found += importlib.import_module(f"conformance.{path.stem}").CHECKS
    return tuple(found)


def functions() -> dict[str, str]:
    """The public functions of the modules of this page, each with its module."""
    found = {}
    for name in MODULES:
        module: ModuleType = importlib.import_module(f"outturn.statistics.{name}")
        for each, thing in vars(module).items():
            if inspect.isfunction(thing) and thing.__module__ == module.__name__ and each[0] != "_":
                found[each] = name
    return found


def source(function: str, module: str) -> str:
    """What stands after "Source:" in the docstring, on one line."""
    text = inspect.getdoc(
        getattr(importlib.import_module(f"outturn.statistics.{module}"), function)
    )
    after = (text or "").split("Source:", 1)[1]
    return " ".join(after.split("\n\n", 1)[0].split())


def page() -> Iterator[str]:
    """The lines of the page."""
    yield from [_HEAD.strip(), "", "## Vectors", ""]
    yield "| Function | Vector file | Source | Tolerance | Rows that come out | Remark |"
    yield "|---|---|---|---|---|---|"
    passed_in_all = rows_in_all = 0
    for check in checks():
        outcomes = check.outcomes()
        passed = sum(one for _, one in outcomes)
        passed_in_all, rows_in_all = passed_in_all + passed, rows_in_all + len(outcomes)
        remarks = [check.note, *(f"{row}: {why}" for row, why in check.differences.items())]
        yield (
            f"| {_named(check.functions)} | {_named(check.files)} | {check.source} | "
            f"{check.tolerance} | {passed:,} of {len(outcomes):,} | {' '.join(remarks).strip()} |"
        )
    yield from ["", f"{passed_in_all:,} of {rows_in_all:,} rows come out.", ""]
    yield from ["## What we do otherwise, and why", "", *(f"- {one}" for one in OTHERWISE), ""]
    yield from ["## Functions", "", _FUNCTIONS.strip(), ""]
    yield "| Function | Where | Source | Vectors, or held against |"
    yield "|---|---|---|---|"
    by_function = {one: check for check in reversed(checks()) for one in check.functions}
    for function, module in functions().items():
        check = by_function.get(function)
        held = _named(check.files) if check else PLAIN_WORDS[function]
        yield f"| `{function}` | `statistics/{module}.py` | {source(function, module)} | {held} |"


def _named(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in names)


_HEAD = """
# Statistics, and what holds them to the field

Limits, standardised rates, inequality, comparisons, funnels and charts are held against vectors:
numbers that the field's own packages, or a calculation with 40 digits, give for stated inputs.
The vectors are no part of outturn, for some come from packages under the GPL. No code of theirs is
used.

The page is printed by `docs/generate_statistics.py`, which runs the checks of `tests/conformance`.
"""

_FUNCTIONS = """
Every function takes columns and gives columns, a missing number stays missing, and a wrong one is
refused. Each has an example that runs, and a property test in `tests/property`, whose files have
their subjects' names; a test fails where one is lacking. Where no vectors exist, the last column
says what it is held against instead.
"""


if __name__ == "__main__":
    if folder() is None:
        raise SystemExit(ABSENT)
    print("\n".join(page()))
