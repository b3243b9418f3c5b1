"""Every measure of the libraries says in plain words what it counts: a paper prints no rule."""

from __future__ import annotations

import re
import tomllib
from importlib import resources

import pytest

from outturn.commands.explain import _counts
from outturn.framework.measures import read_measure
from outturn.framework.model import Measure
from outturn.framework.section import Section
from outturn.publishing.counted_words import counted_words, tally_words
from outturn.terms.errors import Mistake

_RULE = re.compile(r"[a-z]_[a-z]|\bwhere [a-z ]+ is\b|\b(is|not) given\b|\brows\b")


def _read() -> dict[str, Measure]:
    measures = {}
    for library in resources.files("outturn.framework.library").iterdir():
        folder = library / "measures"
        for file in folder.iterdir() if folder.is_dir() else ():
            id = file.name.removesuffix(".toml")
            mistakes: list[Mistake] = []
            section = Section(tomllib.loads(file.read_text(encoding="utf-8")), file.name, mistakes)
            measures[id] = read_measure(section, id)
            assert not mistakes
    return measures


MEASURES = _read()


def test_the_libraries_are_there() -> None:
    assert len(MEASURES) > 200


@pytest.mark.parametrize("id", sorted(MEASURES))
def test_what_a_measure_counts_is_said_in_plain_words(id: str) -> None:
    measure = MEASURES[id]
    assert measure.numerator_is
    assert bool(measure.denominator_is) or not measure.denominator
    said = counted_words(measure)
    assert not _RULE.search(said), said
    assert not said.startswith("Counts of these")  # of nothing that was named
    assert ".." not in said


@pytest.mark.parametrize(
    "id", sorted(id for id, one in MEASURES.items() if one.numerator and one.kind == "proportion")
)
def test_an_explanation_still_gives_the_exact_rule(id: str) -> None:
    measure = MEASURES[id]
    row = {"numerator": 1.0, "denominator": 2.0, "method": "a proportion", "value": 50.0}
    told = list(_counts(measure, row | {"category": "all", "breakdown": "all"}))
    assert measure.numerator and measure.denominator
    assert told[:2] == [
        f"numerator 1: {tally_words(measure.numerator)}",
        f"denominator 2: {tally_words(measure.denominator)}",
    ]
