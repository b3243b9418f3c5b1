"""Three editions of the Scottish tables under each preset: what can be worked out of them.

The tables and the ways are those of docs/generate_disclosure.py, so that the page a reader sees
and these tests cannot differ.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

from outturn.statistics.disclosure_policies import PRESETS

ROOT = Path(__file__).parents[2]


def _script() -> ModuleType:
    where = ROOT / "docs" / "generate_disclosure.py"
    spec = importlib.util.spec_from_file_location("generate_disclosure", where)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # its dataclasses ask for it
    spec.loader.exec_module(module)
    return module


script = _script()
tables = pytest.mark.parametrize("source", script.SOURCES, ids=["home care", "care homes"])


def table(source):
    folder = script.data_folder()
    if folder is None:
        pytest.skip("the published data are not here: set OUTTURN_TEST_DATA to their folder")
    return script.read(folder, source)


@tables
@pytest.mark.parametrize("preset", PRESETS)
def test_nothing_can_be_worked_out_of_three_editions(source, preset):
    found = list(script.editions(source, table(source), PRESETS[preset], "ours"))
    assert [one.recoverable.tolist() for one in found] == [[], [], []]
    assert all(one.withheld >= one.small for one in found)


@tables
@pytest.mark.parametrize("preset", [name for name, one in PRESETS.items() if one.withholds])
def test_the_planted_cell_is_found_where_only_small_counts_are_withheld(source, preset):
    """The others are printed as they are: under a policy that rounds, somebody forgot to."""
    published, policy = table(source), PRESETS[preset]
    way = script.UNROUNDED if policy.round_to > 1 else script.NAIVE
    naive = list(script.editions(source, published, policy, way))
    assert script.planted(published) in naive[-1].recoverable


@tables
@pytest.mark.parametrize("preset", ["hospital", "ehrql"])
def test_rounding_leaves_the_planted_cell_as_unknown_as_the_policy_asks(source, preset):
    published, policy = table(source), PRESETS[preset]
    rounded = list(script.editions(source, published, policy, script.NAIVE))
    assert script.planted(published) not in rounded[-1].recoverable


@tables
def test_nothing_is_withheld_and_nothing_is_left_to_find_without_a_policy(source):
    for way in script.ways(PRESETS["none"]):
        found = list(script.editions(source, table(source), PRESETS["none"], way))
        assert [(one.withheld, one.recoverable.size) for one in found] == [(0, 0)] * 3


@tables
@pytest.mark.parametrize("preset", ["social care", "scotland"])
def test_one_more_in_each_row_is_not_enough_and_ours_costs_little_more(source, preset):
    """By the share of cells: at most a quarter more than the usual practice, which leaves some."""
    published = table(source)
    usual = list(script.editions(source, published, PRESETS[preset], script.ROW))[-1]
    ours = list(script.editions(source, published, PRESETS[preset], script.OURS))[-1]
    assert usual.recoverable.size and not ours.recoverable.size
    assert ours.withheld <= 1.25 * usual.withheld
