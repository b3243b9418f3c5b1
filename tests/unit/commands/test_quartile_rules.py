"""A build whose groups cut their quartiles by each of the rules there are."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from outturn.benchmarking.quartile_rules import SAID
from outturn.framework.model import QUARTILE_RULES


def by_rule(settings: Path, rule: str) -> None:
    """Every group of the file asks for the rule."""
    text = settings.read_text(encoding="utf-8")
    asked = f'[[comparator]]\nquartiles = "{rule}"'
    settings.write_text(text.replace("[[comparator]]", asked), encoding="utf-8")


@pytest.mark.parametrize("rule", QUARTILE_RULES)
def test_the_example_of_2013_is_built_by_each_rule(rule, board, copied, outturn):
    folder = copied(board)
    by_rule(folder / "outturn.toml", rule)
    assert outturn("check", "--in", folder).code == 0
    told = outturn("build", "--in", folder)
    assert told.code == 0, told.err


@pytest.mark.parametrize("rule", QUARTILE_RULES)
def test_a_folder_of_many_measures_and_months_is_compared_by_each_rule(rule, vale, copied, outturn):
    folder = copied(vale)
    by_rule(folder / "outturn.toml", rule)
    assert outturn("build", "--in", folder).code == 0
    told = outturn("compare", "reablement_no_further_support", "--in", folder, "--json")
    rows = json.loads(told.out)
    assert [row["quartile"] for row in rows] == ["top", "second", "third", "bottom"]
    printed = outturn("compare", "reablement_no_further_support", "--in", folder).out
    assert SAID[rule].split(":")[0] in printed
