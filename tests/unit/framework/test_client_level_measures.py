"""The measures from client level data: what they select, and how their versions belong together."""

from __future__ import annotations

import tomllib
from collections import Counter
from importlib import resources

import pytest

from outturn.contracts import read_contracts
from outturn.framework.countable import uncountable
from outturn.framework.measures import read_measure
from outturn.framework.model import Condition, Measure, Tally
from outturn.framework.section import Section
from outturn.terms.errors import Mistake

FOLDER = resources.files("outturn.framework") / "library" / "ascof_cld" / "measures"
CONTRACTS, _ = read_contracts(None)
VERSIONS = ("_intended", "_2023_24")


def _read() -> dict[str, Measure]:
    found = {}
    for path in sorted(FOLDER.iterdir(), key=lambda one: one.name):
        mistakes: list[Mistake] = []
        id = path.name.removesuffix(".toml")
        section = Section(tomllib.loads(path.read_text(encoding="utf-8")), path.name, mistakes)
        found[id] = read_measure(section, id)
        assert mistakes == []
    return found


MEASURES = _read()


def _tallies(measure: Measure) -> list[Tally]:
    return [one for one in (measure.numerator, measure.denominator) if one]


@pytest.mark.parametrize("id", MEASURES)
def test_what_a_rule_left_out_is_counted_nowhere(id: str) -> None:
    derived = [t for t in _tallies(MEASURES[id]) if "left_out" in CONTRACTS[t.table].names]
    assert derived
    assert all(Condition("left_out", "absent") in tally.where for tally in derived)


@pytest.mark.parametrize("id", MEASURES)
def test_the_columns_that_are_asked_for_are_there(id: str) -> None:
    measure = MEASURES[id]
    assert list(uncountable(measure, CONTRACTS)) == []
    for tally in _tallies(measure):
        names = {one.column for one in tally.where} | {tally.column} - {""}
        assert names <= set(CONTRACTS[tally.table].names)
    assert measure.numerator
    divided = {one.column for one in measure.breakdowns}
    assert divided <= set(CONTRACTS[measure.numerator.table].names)


@pytest.mark.parametrize("id", [one for one in MEASURES if one.endswith("_intended")])
def test_a_corrected_measure_differs_from_the_published_in_its_table_alone(id: str) -> None:
    published = MEASURES[id.removesuffix("_intended")]
    for own, other in zip(_tallies(MEASURES[id]), _tallies(published), strict=True):
        derived = own.table != "population"
        assert own.table == other.table + "_intended" * derived
        assert (own.how, own.column, own.where) == (other.how, other.column, other.where)
    assert MEASURES[id].codes == ()  # a scheme's code is the published measure's


@pytest.mark.parametrize("id", [one for one in MEASURES if one.endswith(VERSIONS)])
def test_a_version_has_a_definition_of_its_own(id: str) -> None:
    base = next(id.removesuffix(one) for one in VERSIONS if id.endswith(one))
    assert MEASURES[id].definition != MEASURES[base].definition
    assert MEASURES[id].short != MEASURES[base].short


def test_a_code_of_a_scheme_means_one_measure() -> None:
    codes = Counter((code.scheme, code.code) for one in MEASURES.values() for code in one.codes)
    assert [code for code, count in codes.items() if count > 1] == []


@pytest.mark.parametrize("id", MEASURES)
def test_every_measure_says_what_is_confirmed(id: str) -> None:
    assert any("confirmed" in note.lower() for note in MEASURES[id].notes)
