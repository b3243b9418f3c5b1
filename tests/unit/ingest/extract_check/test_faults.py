"""The checker finds every planted fault, with the right record, and none in a clean file."""

from __future__ import annotations

import importlib.util
import io
import sys
from pathlib import Path
from typing import Any

import pytest

from outturn.contracts.cld import specification
from outturn.contracts.cld.model import FOR_INFORMATION

RULES = specification().rules


def _faults() -> Any:
    name = "faults"
    found = importlib.util.spec_from_file_location(name, Path(__file__).parent / f"{name}.py")
    assert found and found.loader
    module = importlib.util.module_from_spec(found)
    sys.modules[name] = module
    found.loader.exec_module(module)
    return module


planted = _faults()
EACH = {**planted.FAULTS, **planted.OF_THE_FILE}


@pytest.fixture
def file(clean, made):
    return planted.File(clean, made.TITLES, made.nhs_numbers(520)[480:])


def test_every_rule_of_the_list_has_its_planted_fault():
    assert set(EACH) == set(RULES)
    assert len(EACH) >= 60


@pytest.mark.parametrize("release", [1, 2])
def test_in_a_clean_file_no_rule_finds_anything(release, made, judge, found):
    out = io.BytesIO()
    made.clean_extract(480, release).write_csv(out)
    judged = judge(out.getvalue())
    # A file of release 1 is told to be one, and nothing else.
    assert set(found(judged)) == ({"release-1-value"} if release == 1 else set())
    assert RULES["release-1-value"].severity == FOR_INFORMATION
    assert judged.coverage.derived == (made.FIRST, made.LAST)


@pytest.mark.slow
@pytest.mark.parametrize("rule", EACH)
def test_a_planted_fault_is_found_with_the_right_record_and_no_other(rule, file, judge, found):
    expected = EACH[rule](file)
    assert rule in expected and expected[rule]
    assert found(judge(file.csv())) == expected


def test_all_faults_of_rows_together_are_found_each_with_its_records(file, judge, found):
    expected: dict[str, set[Any]] = {}
    for plant in planted.FAULTS.values():
        for rule, where in plant(file).items():
            expected.setdefault(rule, set()).update(where)
    assert len(expected) >= 60
    told = found(judge(file.csv()))
    for rule in expected | told:
        assert told.get(rule, set()) == expected.get(rule, set()), rule
