"""The specification of client level data: whole, consistent, and honest about what is not known."""

from __future__ import annotations

import csv
import os
from importlib import resources
from pathlib import Path

import pytest

from outturn.contracts import read_contracts
from outturn.contracts.cld import specification
from outturn.contracts.cld.model import (
    BLANK_MANDATORY,
    CONTRADICTORY,
    FOUND,
    KINDS,
    KNOWN,
    NOT_IN_LIST,
    NOT_KNOWN,
    NOT_READ,
    OUT_OF_RANGE,
    RELEASE_1,
    RESULTS,
    SEVERITIES,
    SPELLED,
    WRONG_FORM,
)

SPEC = specification()
CONTRACT = read_contracts(None)[0]["cld"]
# In a longer copy of the partial list that the specification was written from.
DATA = Path(os.environ.get("OUTTURN_TEST_DATA", Path(__file__).parents[4] / "shared" / "data"))
PARTIAL = DATA / "england" / "cld_values_r1_r2_partial.csv"
SHEET = 31  # characters that the name of a sheet may have


def test_the_fifty_fields_stand_in_the_order_of_the_submission():
    assert list(SPEC.fields) == list(CONTRACT.names)[:50]
    for one in SPEC.fields.values():
        assert one.title == CONTRACT.field(one.name).title
        assert one.kind in KINDS
        assert (one.kind == "list") == (one.known in KNOWN)
        expected = {"date": "date", "number": "number"}.get(one.kind)
        assert expected is None or CONTRACT.field(one.name).type == expected


def test_conditions_name_fields_and_values_of_release_2():
    for one in SPEC.fields.values():
        for case in [*([one.applies] if one.applies else []), *one.mandatory]:
            known = {name: {v.release_2 for v in SPEC.values[name]} for name in SPEC.values}
            assert set(case.events) <= known["event_type"]
            assert set(case.clients) <= known["client_type"]
            assert not case.filled or case.filled in SPEC.fields
            for asked in (case.one_of or {}, case.none_of or {}):
                for name, values in asked.items():
                    assert set(values) <= known[name], name


def test_values_are_of_lists_and_complete_lists_have_both_releases():
    for name, values in SPEC.values.items():
        assert SPEC.fields[name].kind == "list"
        for one in values:
            assert one.release_1 or one.release_2
            assert one.evidence
        assert len({(one.release_1, one.release_2) for one in values}) == len(values)
        if SPEC.fields[name].known == "complete":
            assert any(one.release_1 for one in values) and any(one.release_2 for one in values)


@pytest.mark.skipif(not PARTIAL.is_file(), reason="the test data are not here")
def test_every_confirmed_value_of_the_partial_list_is_in_ours():
    titles = {one.title: name for name, one in SPEC.fields.items()}
    for line in csv.DictReader(PARTIAL.read_text(encoding="utf-8").splitlines()):
        name = titles[line["field"]]
        if name == "cost_frequency":  # only how they begin is known
            continue
        ours = {text for one in SPEC.values[name] for text in (one.release_1, one.release_2)}
        assert {line["release_1_value"], line["release_2_value"]} - {""} <= ours, line


def test_the_derivations_read_the_same_words_in_the_same_way():
    """Their table of words is made to be joined; a word that both know means one thing."""
    theirs = resources.files("outturn.ingest.derivations") / "words" / "cld_values.csv"
    ours = {
        (name, text.casefold()): one.meaning.casefold()
        for name, values in SPEC.values.items()
        for one in values
        for text in (one.release_1, one.release_2)
        if text
    }
    for line in csv.DictReader(theirs.read_text(encoding="utf-8").splitlines()):
        name = "event_outcome" if line["column"] == "outcome" else line["column"]
        known = ours.get((name, line["spelling"].casefold()), line["value"].casefold())
        assert known == line["value"].casefold(), line


def test_the_list_of_rules_is_well_formed():
    assert len(SPEC.rules) >= 60
    for rule in SPEC.rules.values():
        assert rule.severity in SEVERITIES and rule.found in FOUND
        assert set(rule.fields) <= set(SPEC.fields)
        assert rule.title and rule.remedy.endswith(".") and rule.source
        assert rule.result is None or rule.result in RESULTS
        assert "{" not in rule.title + rule.remedy
        assert len(rule.id) <= SHEET
    assert len({rule.title for rule in SPEC.rules.values()}) == len(SPEC.rules)


def results_of(name: str) -> set[int]:
    """Every result that a cell of a field can have by itself, but for valid and blank ones."""
    one = SPEC.fields[name]
    possible = {SPELLED}
    if one.always or one.where_it_applies or one.mandatory:
        possible.add(BLANK_MANDATORY)
    if one.applies:
        possible.add(CONTRADICTORY)
    match one.kind:
        case "list" if SPEC.values.get(name):
            possible |= {NOT_IN_LIST if one.known == "complete" else NOT_KNOWN}
            possible |= {RELEASE_1}
        case "date":
            possible.add(NOT_READ)
        case "number" | "whole":
            possible |= {NOT_READ, OUT_OF_RANGE}
        case "identifier" if one.form:
            possible.add(WRONG_FORM)
    return possible


@pytest.mark.parametrize("name", SPEC.fields)
def test_every_result_of_a_field_that_is_not_right_is_told_by_exactly_one_rule(name):
    for result in results_of(name):
        rules = [
            (rule.id, event)
            for rule in SPEC.rules.values()
            if rule.found == "field" and rule.result == result and name in rule.fields
            for event in rule.events or ("Request", "Assessment", "Service", "Review")
        ]
        assert len({event for _, event in rules}) == len(rules) == 4, (name, result, rules)
