"""Past years of delayed discharges forecast from what was known then, within the stated limits.

The series, the methods beside ours and the limits are those of benchmarks/forecasting.py.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.published


@pytest.fixture(scope="module")
def benchmark() -> ModuleType:
    path = ROOT / "benchmarks" / "forecasting.py"
    spec = importlib.util.spec_from_file_location("forecasting", path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # its dataclasses look themselves up
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def forecasts(benchmark: ModuleType, data: Path) -> list:
    asked = benchmark.bed_days(data)
    return [(one, benchmark.year_end(one.history, one.known, seed=20)) for one in asked]


def test_all_councils_and_years_with_two_years_before_them_are_there(forecasts):
    assert {one.outturn.size for one, _ in forecasts} == {32}
    assert sorted({one.year for one, _ in forecasts}) == list(range(2018, 2025))


@pytest.mark.parametrize("known", [3, 6, 9])
def test_the_error_is_within_its_limit(benchmark, forecasts, known):
    errors = [
        benchmark.percent_off(one, found.median)
        for one, found in forecasts
        if one.known == known and one.year not in benchmark.PANDEMIC
    ]
    assert np.median(np.concatenate(errors)) <= benchmark.ERROR_BARS[known]


@pytest.mark.parametrize("known", [3, 6, 9])
def test_four_of_five_outturns_lie_inside_the_interval(benchmark, forecasts, known):
    inside = []
    for one, found in forecasts:
        if one.known == known:
            low, high = found.interval(0.8)
            inside.append((one.outturn >= low) & (one.outturn <= high))
    least, most = benchmark.COVERAGE_BARS
    assert least <= np.concatenate(inside).mean() <= most


def test_the_error_is_less_than_that_of_the_methods_of_a_spreadsheet(benchmark, forecasts):
    asked = [one for one, _ in forecasts]
    ours = pooled(benchmark, asked, [found.median for _, found in forecasts])
    for forecast in benchmark.simple(asked).values():
        assert ours < pooled(benchmark, asked, forecast)


def pooled(benchmark: ModuleType, asked: list, forecast: list) -> float:
    pairs = zip(asked, forecast, strict=True)
    return float(np.median(np.concatenate([benchmark.percent_off(*pair) for pair in pairs])))
