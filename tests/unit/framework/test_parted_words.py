"""Measures that are made of their parts: their words, and every mistake in them."""

import json
import re

import pytest

from outturn.contracts import read_contracts
from outturn.framework import read_texts
from outturn.framework.age_bands import LIFE_TABLE, STANDARD, names_of
from outturn.framework.check import check
from outturn.framework.measures import read_measure
from outturn.framework.model import Inequality, LifeTable, Standardise

FILE = "framework/measures/m.toml"
COUNTS = """
title = "M"
definition = "1"
unit = "per 1,000"
aim = "lower"
numerator = { table = "stays", sum = "people" }
denominator = { table = "residents", sum = "people" }
"""
BANDS = '[[breakdown]]\nname = "age"\ncategories = ["0-64", "65+"]\n'
FIFTHS = '[[breakdown]]\nname = "fifth"\ncategories = ["1", "2", "3", "4", "5"]\n'
LIVES = f'[[breakdown]]\nname = "age"\ncategories = {json.dumps(names_of(LIFE_TABLE))}\n'
STANDARDISE = 'standardise = { by = "age", to = "European 2013" }\n'
RATE = COUNTS + 'kind = "standardised rate"\n' + STANDARDISE
RATIO = COUNTS + 'kind = "standardised ratio"\nstandardise = { by = "age", to = "HOME" }\n'
INDEX = 'kind = "inequality"\ninequality = { by = "fifth", index = "slope" }\n'
UNEQUAL = COUNTS.replace('"lower"', '"closest"\nclosest_to = 0') + INDEX
RELATIVE = UNEQUAL.replace("slope", "relative").replace("per 1,000", "index")
LIFE = COUNTS + 'kind = "life expectancy"\nlife_table = { by = "age" }\n'
REPORTED = RATE.partition("numerator")[0] + 'kind = "standardised rate"\nreported = true\n'
NINETEEN = ", ".join(f'"{name}"' for name in names_of(STANDARD))


@pytest.fixture
def read(section):
    def read(text):
        one = section(text, FILE)
        return read_measure(one, "m"), [str(each) for each in one.mistakes]

    return read


def test_a_standardised_rate_says_by_what_and_to_what(read):
    measure, mistakes = read(RATE + BANDS)
    assert not mistakes
    assert measure.standardise == Standardise("age", "European 2013")
    assert measure.parted is measure.breakdowns[0]
    assert measure.per == 1


def test_a_standardised_ratio_is_of_a_hundred(read):
    measure, mistakes = read(RATIO + BANDS)
    assert not mistakes
    assert (measure.standardise, measure.per) == (Standardise("age", "HOME"), 100)


def test_an_inequality_is_of_rates_of_which_high_is_bad_unless_it_says_otherwise(read):
    measure, mistakes = read(UNEQUAL + FIFTHS)
    assert not mistakes
    assert measure.inequality == Inequality("fifth", "slope", "rate", "bad")


def test_a_life_expectancy_is_at_birth_unless_it_says_otherwise(read):
    measure, mistakes = read(LIFE + LIVES)
    assert not mistakes
    assert measure.life_table == LifeTable("age", 0)


def test_a_reported_figure_of_such_a_kind_never_follows_from_its_counts(read):
    """Events over people are no standardised rate."""
    measure, mistakes = read(REPORTED)
    assert not mistakes
    assert not measure.recompute
    assert (
        measure.not_recomputed == "It is made of the counts of its parts, which were not reported."
    )


MISTAKES = [
    (
        RATE.replace(STANDARDISE, "") + BANDS,
        "standardise",
        "A measure of kind 'standardised rate' does not say of what parts it is made.",
        'Add standardise = { by = "age_band", to = "European 2013" }.',
    ),
    (
        RATE.replace("standardised rate", "rate") + BANDS,
        "standardise",
        "The word is of a measure of kind 'standardised rate' or 'standardised ratio', and this "
        "one is of kind 'rate'.",
        "Take the word out, or change the kind.",
    ),
    (
        REPORTED + STANDARDISE,
        "standardise",
        "Nothing is made of the parts: the figures are not counted here.",
        "Take the word out, or add a [numerator] and a [denominator].",
    ),
    (
        REPORTED + "recompute = true",
        "recompute",
        "It is made of the counts of its parts, which were not reported.",
        "Leave the word out: it is then false.",
    ),
    (
        re.sub("denominator.*", "", RATE) + BANDS,
        "denominator",
        "A measure of kind 'standardised rate' needs a denominator.",
        "Add a [denominator] table, or change the kind.",
    ),
    (
        RATE.replace('by = "age"', 'by = "ages"') + BANDS,
        "standardise.by",
        "The measure has no breakdown 'ages'.",
        "Did you mean 'age'?",
    ),
    (
        RATE,
        "standardise.by",
        "The measure has no breakdown 'age'.",
        'Add [[breakdown]] with name = "age" and its categories.',
    ),
    (
        RATE.replace(', to = "European 2013"', "") + BANDS,
        "standardise.to",
        "'to' is missing.",
        "Add to = ... with text.",
    ),
    (
        RATE.replace("{ by", "{ like = 1, by") + BANDS,
        "standardise.like",
        "There is no word 'like' here.",
        "The words are by, to.",
    ),
    (
        RATE + BANDS + '[[breakdown]]\nname = "sex"',
        "breakdown",
        "The parts of 'sex' are not divided by 'age', so of each there is no figure.",
        "Take 'sex' out. Write another measure for each part of it, with a condition.",
    ),
    (
        RATE + 'aggregate = "mean of members"\n' + BANDS,
        "aggregate",
        "A mean of several of kind 'standardised rate' is not that of them all.",
        'Leave the word out: the counts of each part are added up, "total over total".',
    ),
    (
        RATE + '[[breakdown]]\nname = "age"\n',
        "breakdown age, categories",
        "Without its categories nobody can know that one of them is lacking.",
        f"List them, such as categories = [{NINETEEN}].",
    ),
    (
        RATE + BANDS.replace("0-64", "0-60"),
        "breakdown age, categories",
        "No band holds '61-64', between '0-60' and '65+'.",
        "Add '61-64' to the categories, or take out all that is younger or older.",
    ),
    (
        RATIO.replace("HOME", "European 2013") + BANDS,
        "standardise.to",
        "A ratio is to what another place has, and a standard population has no events.",
        'Write to = "the code of a place" or of a comparator, or kind = "standardised rate".',
    ),
    (
        RATE + 'chart = "U"\n' + BANDS,
        "chart",
        "A U chart is of a rate, and the measure is of kind 'standardised rate'.",
        "Leave the word out for an XmR chart, which any figure may have.",
    ),
    (
        UNEQUAL.replace("slope", "slop") + FIFTHS,
        "inequality.index",
        "'slop' is not one of the words allowed here.",
        "Did you mean 'slope'?",
    ),
    (
        UNEQUAL + 'methods = "none"\n' + FIFTHS,
        "methods",
        "England and Scotland work out different indices of inequality.",
        'Write methods = "England" or methods = "Scotland".',
    ),
    (
        UNEQUAL + FIFTHS.replace(', "5"', ""),
        "breakdown fifth, categories",
        "There are 4 groups.",
        "An index of inequality by the methods of England has 5 to 100.",
    ),
    (
        UNEQUAL + 'methods = "Scotland"\n' + FIFTHS.replace(', "5"', ', "5", "6"'),
        "breakdown fifth, categories",
        "There are 6 groups.",
        "An index of inequality by the methods of Scotland has 5 or 10.",
    ),
    (
        UNEQUAL + FIFTHS.replace('"5"', '"5", "1"'),
        "breakdown fifth, categories",
        "A group is named twice.",
        "Name each once, in order.",
    ),
    (
        COUNTS + INDEX + FIFTHS,
        "aim",
        "At 0 nobody is worse off than another, and nothing is better than that.",
        'Write aim = "closest" and closest_to = 0.',
    ),
    (
        RELATIVE + FIFTHS,
        "closest_to",
        "At 1 nobody is worse off than another, and nothing is better than that.",
        'Write aim = "closest" and closest_to = 1.',
    ),
    (
        RELATIVE.replace("closest_to = 0", "closest_to = 1") + 'methods = "Scotland"\n' + FIFTHS,
        "closest_to",
        "At 0 nobody is worse off than another, and nothing is better than that.",
        'Write aim = "closest" and closest_to = 0.',
    ),
    (
        UNEQUAL.replace("slope", "relative") + 'methods = "Scotland"\n' + FIFTHS,
        "unit",
        "A relative index is one figure over another, and not 'per 1,000'.",
        'Write unit = "index", or another word for it.',
    ),
    (
        LIFE.replace('by = "age"', 'by = "age", at = 3') + LIVES,
        "life_table.at",
        "No band of a life table begins at 3.",
        "Give one of 0, 1, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55, 60, 65, 70, 75, 80, 85, 90.",
    ),
    (
        LIFE + "per = 1000\n" + LIVES,
        "per",
        "Years are not multiplied by anything.",
        "Leave the word out.",
    ),
    (
        LIFE + 'frequency = "month"\n' + LIVES,
        "frequency",
        "A life table is of the deaths of whole years among people who were there each year.",
        'Write frequency = "year", or leave the word out.',
    ),
]


@pytest.mark.parametrize(("text", "at", "problem", "remedy"), MISTAKES)
def test_each_mistake_in_a_measure_of_parts_is_told_in_three_lines_and_alone(
    read, text, at, problem, remedy
):
    _, mistakes = read(text)
    assert mistakes == [f"{FILE}, {at}\n  {problem}\n  {remedy}"]


def contract(*columns):
    names = [{"name": name} for name in ("place", "period", *columns)]
    fields = [*names, {"name": "people", "type": "integer"}]
    return json.dumps({"fields": fields, "outturn": {"place": "place", "period": "period"}})


@pytest.mark.parametrize(
    ("text", "columns", "at", "problem", "remedy"),
    [
        (
            RATE + BANDS,
            (),
            "denominator",
            "There is no column 'age'.",
            "The denominator is counted by 'age' too: add the column to 'residents', or count "
            "another table.",
        ),
        (
            RATE.replace("European 2013", "European 2012") + BANDS,
            ("age",),
            "standardise.to",
            "There is no standard population, place or comparator 'European 2012'.",
            "Did you mean 'European 2013'?",
        ),
        (
            RATIO.replace("HOME", "zzz") + BANDS,
            ("age",),
            "standardise.to",
            "There is no standard population, place or comparator 'zzz'.",
            "Write one of European 2013, the code of a place of places.csv, or the id of a "
            "comparator of outturn.toml.",
        ),
    ],
)
def test_what_other_files_say_of_the_parts_is_held_against_them(text, columns, at, problem, remedy):
    files = {
        "outturn.toml": 'name = "Vale"\nhome = "HOME"\n',
        "places.csv": "code,name,kind\nHOME,Vale,council\n",
        FILE: text,
        "contracts/stays.json": contract("age"),
        "contracts/residents.json": contract(*columns),
    }
    partnership, mistakes = read_texts(files)
    contracts, wrong = read_contracts(files)
    found = [str(one) for one in (*mistakes, *wrong, *check(partnership, contracts))]
    assert found == [f"{FILE}, {at}\n  {problem}\n  {remedy}"]
