"""Answers counted by their weights: what a definition and a contract must say."""

from __future__ import annotations

import pytest

from outturn.framework.measures import read_measure

FILE = "framework/measures/survey.toml"
SURVEY = """
title = "Feel safe"
definition = "1"
kind = "proportion"
unit = "%"
aim = "higher"
[numerator]
table = "answers"
weights = "weight"
where = [{ column = "answer", is = "yes" }]
[denominator]
table = "answers"
weights = "weight"
"""
TOP, _, BOTTOM = SURVEY.partition("[denominator]")
CONTRACT = """{
    "fields": [
        {"name": "place"}, {"name": "day", "type": "date"}, {"name": "answer"},
        {"name": "weight", "type": "number", "constraints": {"minimum": 0}}
    ],
    "outturn": {"place": "place", "period": "day"}
}"""


@pytest.fixture
def read(section):
    def make(text):
        found = section(text, FILE)
        return read_measure(found, "survey"), [str(one) for one in found.mistakes]

    return make


def test_a_share_of_weighted_answers_says_so_on_both_sides(read):
    measure, mistakes = read(SURVEY)
    assert mistakes == [] and measure.is_weighted
    assert measure.numerator.is_weighted and measure.denominator.column == "weight"
    assert measure.methods == "England"  # it has limits as any share has


def test_a_share_of_sums_is_not_weighted(read):
    measure, mistakes = read(SURVEY.replace("weights =", "sum ="))
    assert mistakes == [] and not measure.is_weighted


@pytest.mark.parametrize(
    ("text", "at", "problem", "remedy"),
    [
        (SURVEY.replace('"proportion"', '"mean"'), "kind",
         "Weighted answers make a share, and the measure is of kind 'mean'.",
         'Write kind = "proportion", or sum = "the column" for a plain sum.'),
        (TOP + "[denominator]" + BOTTOM.replace("weights =", "sum ="), "denominator",
         "One side counts answers by their weights, and the other does not.",
         'Write weights = "the column" on both sides.'),
        (TOP.replace('weights = "weight"', "count = true") + "[denominator]" + BOTTOM, "numerator",
         "One side counts answers by their weights, and the other does not.",
         'Write weights = "the column" on both sides.'),
        (TOP + "[denominator]" + BOTTOM.replace('"weight"', '"other"'), "denominator",
         "The two sides do not count the same answers by the same weights.",
         "Name one table and one column of weights on both sides."),
        (TOP + "[denominator]" + BOTTOM.replace('"answers"', '"replies"'), "denominator",
         "The two sides do not count the same answers by the same weights.",
         "Name one table and one column of weights on both sides."),
        (SURVEY + "of_year = true\n", "of_year",
         "'of_year' says nothing of weighted answers, which count where they were given.",
         "Take the word out."),
        (SURVEY.replace("[numerator]", 'chart = "P"\n[numerator]'), "chart",
         "A P chart has the limits of whole counts, and a sum of weights is no count.",
         "Leave the word out for an XmR chart, which any figure may have."),
    ],
)  # fmt: skip
def test_what_makes_no_share_of_weighted_answers_is_a_mistake(read, text, at, problem, remedy):
    _, mistakes = read(text)
    assert mistakes == [f"{FILE}, {at}\n  {problem}\n  {remedy}"]


@pytest.mark.parametrize(
    ("words", "problem", "remedy"),
    [
        ('"type": "number", "constraints": {"minimum": 0}', "", ""),
        ('"type": "integer", "constraints": {"minimum": 1}', "", ""),
        ('"type": "number"',
         "The contract 'answers' does not say that 'weight' is never below 0, and a weight never "
         "is.", 'Add "constraints": {"minimum": 0} to the column in its contract.'),
        ('"type": "number", "constraints": {"minimum": -1}',
         "The contract 'answers' does not say that 'weight' is never below 0, and a weight never "
         "is.", 'Add "constraints": {"minimum": 0} to the column in its contract.'),
        ('"type": "string"', "The column 'weight' does not hold numbers.",
         "Name the column of the weights, or count the rows instead."),
    ],
)  # fmt: skip
def test_the_column_of_weights_holds_numbers_that_are_never_below_0(told, words, problem, remedy):
    contract = CONTRACT.replace('"type": "number", "constraints": {"minimum": 0}', words)
    found = told({FILE: SURVEY, "contracts/answers.json": contract})
    sides = ("numerator", "denominator")
    expected = [f"{FILE}, {side}\n  {problem}\n  {remedy}" for side in sides] if problem else []
    assert found == expected


def test_a_column_of_weights_that_is_not_there_is_told_once_for_each_side(told):
    found = told({FILE: SURVEY.replace('weights = "weight"', 'weights = "wait"'),
                  "contracts/answers.json": CONTRACT})  # fmt: skip
    assert len(found) == 2 and all("There is no column 'wait'" in one for one in found)
