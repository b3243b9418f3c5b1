"""Every vector file of the limits and the comparisons, row by row, at its stated tolerance."""

from __future__ import annotations

import importlib.util
import re
from types import ModuleType

import numpy as np
import pytest

from conformance.checks_of_comparisons import CHECKS as COMPARISONS
from conformance.checks_of_limits import CHECKS as LIMITS
from conformance.vectors import ABSENT, ROOT, Check, folder, numbers, rows
from outturn.statistics.slope_index import error_of_limits, slope_index, slope_index_limits


@pytest.mark.parametrize("check", [*LIMITS, *COMPARISONS], ids=lambda check: check.files[0])
def test_every_row_comes_out_as_expected_or_the_page_says_why_not(check: Check):
    if folder() is None:
        pytest.skip(ABSENT)
    outcomes = check.outcomes()
    assert outcomes
    assert {name for name, passed in outcomes if not passed} == set(check.differences)


@pytest.mark.parametrize(
    ("first", "what"),
    [
        (151, "a population below zero"),
        (161, "a standard error below zero"),
        (171, "a limit that is no proportion"),
    ],
)
def test_records_of_a_slope_index_that_are_wrong_are_refused(first: int, what: str):
    if folder() is None:
        pytest.skip(ABSENT)
    value, people, error, limits = slope_records(first, 10)
    with pytest.raises(ValueError):
        slope_index_limits(value, people, error, seed=1, draws=1000)
        error_of_limits(*limits, "proportion")


@pytest.mark.parametrize("first", [181, 191, 201])
def test_records_of_a_slope_index_that_are_missing_leave_the_place_missing(first: int):
    """The source stops or drops the area; here a place without all its quantiles is missing."""
    if folder() is None:
        pytest.skip(ABSENT)
    value, people, error, _ = slope_records(first, 10)
    found = slope_index_limits(value, people, error, seed=1, draws=1000)
    assert np.isnan([*found.sii, *found.rii]).all()


def test_fifteen_quantiles_are_taken():
    if folder() is None:
        pytest.skip(ABSENT)
    value, people, error, _ = slope_records(211, 15)
    found = slope_index_limits(value, people, error, seed=1, draws=1000)
    assert found.sii.lower < slope_index(value, people).sii < found.sii.upper


def slope_records(first: int, number: int):
    """Values, people, standard errors and limits of some records of the source's workbook."""
    table = [row for row in rows("phe_sii_input") if 0 <= int(row["record_no"]) - first < number]
    names = ("value", "population", "standard_error", "lower_cl", "upper_cl")
    value, people, error, lower, upper = (numbers(table, name) for name in names)
    return value, people, error, (lower, upper)


@pytest.fixture(scope="module")
def script() -> ModuleType:
    """docs/generate_statistics.py as a module."""
    path = ROOT / "docs" / "generate_statistics.py"
    spec = importlib.util.spec_from_file_location("generate_statistics", path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_function_has_vectors_or_the_page_says_what_else_holds_it(script: ModuleType):
    held = {name for check in script.checks() for name in check.functions}
    assert set(script.functions()) - held == set(script.PLAIN_WORDS)


def test_every_function_of_the_page_has_a_property_test(script: ModuleType):
    files = (ROOT / "tests" / "property").glob("*.py")
    text = " ".join(path.read_text(encoding="utf-8") for path in files)
    words = set(re.findall(r"\w+", text))
    assert sorted(set(script.functions()) - words) == []


def test_the_page_says_what_the_checks_say(script: ModuleType):
    if folder() is None:
        pytest.skip(ABSENT)
    page = (ROOT / "docs" / "reference" / "statistics.md").read_text(encoding="utf-8")
    assert page == "\n".join(script.page()) + "\n", "run docs/generate_statistics.py again"
