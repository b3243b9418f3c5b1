"""Control charts and recent trends, each vector file against the functions it holds to account."""

from __future__ import annotations

import json

import numpy as np

from conformance.vectors import Check, Outcomes, all_of, near, numbers, rows, texts
from outturn.statistics.chart_icons import FAILS, HIT_AND_MISS, PASSES, assurance
from outturn.statistics.chart_rules import (
    part_of_run,
    part_of_two_in_three,
    shift_ends,
    trend_ends,
    two_in_three,
)
from outturn.statistics.control_charts import EXACT_SCALE, ROUNDED_SCALE, xmr_limits
from outturn.statistics.recent_trends import (
    CANNOT,
    DECREASING,
    INCREASING,
    NO_CHANGE,
    recent_trend,
    recent_trend_of_proportion,
)

DOTS = "NHSRplotthedots 0.2.2 (MIT)"
TOLERANCES = {
    "15": {"rtol": 1e-12},
    "7": {"atol": 5e-7},
    "3": {"atol": 0.005},
    "2dp": {"atol": 0.005},
    "4dp": {"atol": 5e-5},
}
ASSURANCES = {
    "consistent_pass": PASSES,
    "consistent_fail": FAILS,
    "inconsistent": HIT_AND_MISS,
    "": "",
}
MARKERS = {
    "Increasing": INCREASING,
    "Decreasing": DECREASING,
    "NoChange": NO_CHANGE,
    "CannotBeCalculated": CANNOT,
}
LINES = {
    "expected_mean": "centre",
    "expected_lpl": "lower",
    "expected_upl": "upper",
    "expected_near_lpl": "near_lower",
    "expected_near_upl": "near_upper",
}


def limits() -> Outcomes:
    """X19 with the guard off: it shows the collapse of limits that the guard prevents."""
    points = rows("spc_xmr_input")
    for case in rows("spc_xmr_expected"):
        figures = numbers((one for one in points if one["case_id"] == case["case_id"]), "value")
        found = xmr_limits(
            figures,
            screened=case["screen_outliers"] == "TRUE",
            fixed_after=int(case["fix_after_n"]) if case["fix_after_n"] else None,
            scale=EXACT_SCALE if case["case_id"] == "X20" else ROUNDED_SCALE,
            guarded=case["case_id"] != "X19",
        )
        told = {name: line for name, line in LINES.items() if case[name]}
        passed = [
            near(getattr(found, line), float(case[name]), **TOLERANCES[case["precision"]]).all()
            for name, line in told.items()
        ]
        yield case["case_id"], bool(np.all(passed))


def assurances() -> Outcomes:
    table = rows("spc_assurance")
    lower, upper, target = (numbers(table, name) for name in ("lpl", "upl", "target"))
    found = assurance(lower, upper, target, texts(table, "improvement_direction"))
    expected = [ASSURANCES[row["expected_assurance"]] for row in table]
    yield from all_of(texts(table, "case_id"), found == np.array(expected))


RULES = {
    "seven_points_one_side_end_marker": lambda given: shift_ends(given["relative_to_mean"]),
    "part_of_seven": lambda given: part_of_run(given["marker"], 7),
    "seven_point_trend_end_marker": lambda given: trend_ends(given["values"]),
    "two_in_three": lambda given: two_in_three(*_sides(given)),
    "part_of_two_in_three": lambda given: part_of_two_in_three(*_sides(given)),
}


def rules() -> Outcomes:
    for case in rows("ptd_rules"):
        found = RULES[case["rule"]](json.loads(case["input_json"]))
        yield case["case_id"], found.astype(int).tolist() == json.loads(case["expected_json"])


def trends() -> Outcomes:
    years = rows("fingertips_trend_marker_input")
    for case in rows("fingertips_trend_marker_expected"):
        mine = [row for row in years if row["case_id"] == case["case_id"]]
        counts = {name: numbers(mine, name) for name in ("count", "denominator")}
        every = int(mine[0]["year_range"])
        if mine[0]["method"] == "ci_weighted":
            told = (numbers(mine, name) for name in ("value", "lower95", "upper95"))
            found = recent_trend(*told, **counts, years_per_point=every)
        else:
            found = recent_trend_of_proportion(**counts, years_per_point=every)
        passed = str(found.marker) == MARKERS[case["expected_marker"]]
        passed &= str(bool(found.is_significant)).upper() == case["expected_is_significant"]
        if float(case["expected_chi_square_2dp"] or 0):
            expected = float(case["expected_chi_square_2dp"])
            passed &= bool(near(found.chi_square, expected, atol=0.005))
        yield case["case_id"], passed


def _sides(given: dict[str, list[int]]) -> tuple[list[int], list[int]]:
    return given["close_to_limits"], given["relative_to_mean"]


CHECKS = (
    Check(("spc_xmr_input", "spc_xmr_expected"), ("xmr_limits",),
          "NHSRplotthedots 0.2.2, nhspy-plotthedots 2024 (MIT); PowerBI-SPC 2026 (GPL-3)",
          "as stated by row", limits,
          note="X19, where screening makes limits collapse, with `guarded=False`: by default a "
          "segment that varies keeps its limits."),
    Check(("spc_assurance",), ("assurance",),
          "NHSRplotthedots 0.2.2 (MIT); PowerBI-SPC 2026 (GPL-3)", "exact", assurances),
    Check(("ptd_rules",),
          ("shift_ends", "part_of_run", "trend_ends", "two_in_three", "part_of_two_in_three"),
          DOTS, "exact", rules),
    Check(("fingertips_trend_marker_input", "fingertips_trend_marker_expected"),
          ("recent_trend", "recent_trend_of_proportion"),
          "fingertips-open, 2020 (MIT)", "labels exact; chi-square 0.005", trends,
          note="TM3 is the marker that is meant: the source forgets the slope there."),
)  # fmt: skip
