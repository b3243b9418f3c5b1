"""Which ages a category holds, what bands categories make up, and what keeps them from it."""

from math import inf

import pytest

from outturn.framework.age_bands import (
    LIFE_TABLE,
    STANDARD,
    age_bands,
    ages_of,
    band_mistakes,
    names_of,
)

STANDARDS_OWN = names_of(STANDARD)


@pytest.mark.parametrize(
    ("words", "start", "end"),
    [
        ("65-69", 65, 69),
        ("65–69", 65, 69),
        ("65 to 69", 65, 69),
        ("Aged 65 to 69 years", 65, 69),
        ("age 65-69", 65, 69),
        ("67", 67, 67),
        ("1 year", 1, 1),
        ("under 1", 0, 0),
        ("Under 65", 0, 64),
        ("90+", 90, inf),
        ("90 and over", 90, inf),
        ("90 years and older", 90, inf),
        ("85 or more", 85, inf),
    ],
)
def test_the_ages_of_a_category_are_read_from_its_words(words, start, end):
    found = ages_of(words)
    assert found and (found.start, found.end, found.categories) == (start, end, (words,))


@pytest.mark.parametrize("words", ["all", "", "Unknown", "69-65", "older", "65-", "under 0", "6 5"])
def test_other_words_are_no_ages(words):
    assert ages_of(words) is None


def test_the_standard_has_nineteen_bands_and_a_life_table_twenty():
    assert STANDARDS_OWN[0] == "0-4" and STANDARDS_OWN[-2:] == ("85-89", "90+")
    assert len(STANDARDS_OWN) == 19
    assert names_of(LIFE_TABLE)[:3] == ("0", "1-4", "5-9") and len(LIFE_TABLE) == 20


def test_the_bands_of_the_standard_have_its_weights():
    bands = age_bands(STANDARDS_OWN, STANDARD)
    assert [band.weight for band in bands[:2]] == [5000, 5500]
    assert sum(band.weight for band in bands) == 100_000


def test_a_band_of_several_has_the_sum_of_their_weights():
    """Under 65: 5,000 + 3 × 5,500 + 2 × 6,000 + 6,500 + 4 × 7,000 + 6,500 + 6,000."""
    young, old = age_bands(["65+", "0-64"], STANDARD)
    assert (young.name, young.weight) == ("0-64", 80_500)
    assert (old.name, old.weight) == ("65+", 19_500)


def test_a_part_of_a_band_at_the_edge_has_its_share_of_the_weight():
    """18 and 19 are two years of the five, of 5,500."""
    first, _ = age_bands(["18-19", "20-24"], STANDARD)
    assert first.weight == pytest.approx(2200)


def test_narrower_categories_are_one_band_together():
    bands = age_bands(["90-94", "95+", "85-89", "0-84"], STANDARD)
    assert [band.name for band in bands] == ["0-84", "85-89", "90+"]
    assert bands[-1].categories == ("90-94", "95+")


def test_single_years_make_up_the_bands_of_the_standard():
    years = [*(str(age) for age in range(90)), "90+"]
    assert [band.name for band in age_bands(years, STANDARD)] == list(STANDARDS_OWN)
    assert not list(band_mistakes(years, STANDARD))
    assert not list(band_mistakes(years, LIFE_TABLE, whole=True))


@pytest.mark.parametrize(
    "categories",
    [STANDARDS_OWN, ["0-64", "65+"], ["18-24", "25-64", "65-74"], ["0", "1-4", "5-9"],
     ["16-19", "20+"], ["70-72", "60-64", "65-69"]],
)  # fmt: skip
def test_bands_that_fit_are_without_mistake_whatever_their_order(categories):
    assert not list(band_mistakes(categories, STANDARD))


@pytest.mark.parametrize(
    ("categories", "problem", "remedy"),
    [
        (
            ["0-64", "old"],
            "'old' is no age band.",
            'Write ages as "65-69", "67" or, of the last, "90+".',
        ),
        (
            ["0-64", "64-74"],
            "'0-64' and '64-74' share ages.",
            "Each age belongs to one band: correct one of them.",
        ),
        (
            ["0-64", "70-74"],
            "No band holds '65-69', between '0-64' and '70-74'.",
            "Add '65-69' to the categories, or take out all that is younger or older.",
        ),
        (
            ["0-62", "63-69", "70+"],
            "The band '0-62' holds a part of the table's band 60-64.",
            "Give bands that end where the table's end, or narrower ones.",
        ),
        (
            ["0-64", "65-89", "90-99"],
            "The last band, '90-99', ends; the table's has no end.",
            "Name the last one '90+', for all who are as old or older.",
        ),
        (
            ["0+"],
            "There is one age band: nothing is weighted.",
            "Name two bands or more.",
        ),
    ],
)
def test_what_does_not_fit_the_standard_is_told(categories, problem, remedy):
    assert (problem, remedy) in list(band_mistakes(categories, STANDARD))


def test_an_open_band_below_another_shares_its_ages():
    assert "'65+' and '70-74' share ages." in [
        problem for problem, _ in band_mistakes(["0-64", "65+", "70-74"], STANDARD)
    ]


def test_a_life_table_needs_every_one_of_its_bands_by_itself():
    wide = list(band_mistakes([*STANDARDS_OWN], LIFE_TABLE, whole=True))
    assert wide[0][0] == "The band '0-4' holds several bands of the life table."
    lacking = list(band_mistakes(names_of(LIFE_TABLE)[1:], LIFE_TABLE, whole=True))
    assert [problem for problem, _ in lacking] == ["No band begins the table's 0."]
