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
@pytest.mark.parametrize("preset", ["social care", "scotland"])
def test_the_planted_cell_is_found_where_only_small_counts_are_withheld(source, preset):
    published = table(source)
    naive = list(script.editions(source, published, PRESETS[preset], "small counts only"))
    assert script.planted(published) in naive[-1].recoverable


@tables
@pytest.mark.parametrize("preset", ["social care", "scotland"])
def test_one_more_in_each_row_is_not_enough_and_ours_costs_little_more(source, preset):
    """By the share of cells: at most a quarter more than the usual practice, which leaves some."""
    published = table(source)
    usual = list(script.editions(source, published, PRESETS[preset], script.ROW))[-1]
    ours = list(script.editions(source, published, PRESETS[preset], script.OURS))[-1]
    assert usual.recoverable.size and not ours.recoverable.size
    assert ours.withheld <= 1.25 * usual.withheld
