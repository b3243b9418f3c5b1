"""Groups of the population that share people, or are written as no measure asks for them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from laying import laid
from outturn.commands.folder import open_folder
from outturn.contracts import read_contracts
from outturn.ingest.run import ingest

SOURCES = '[[source]]\nid = "people"\nfile = "people.csv"\ncontract = "population"\n'
MEASURE = """
title = "Deaths per person"
definition = "1"
kind = "rate"
unit = "per 1"
per = 1
aim = "none"
decimals = 1
frequency = "year"
source = "Nobody"

[numerator]
table = "deaths"
sum = "deaths"

[denominator]
table = "population"
sum = "people"
of_year = true
"""
PARTS = """where = [{ column = "age_group", one_of = ["65plus", "65-74", "75-84", "85plus"] }]"""
Told = Callable[..., list[str]]


@pytest.fixture
def told(tmp_path: Path) -> Told:
    """What is told of a population, given by its lines, that a measure adds up."""

    def check(*lines: str, where: str = PARTS) -> list[str]:
        folder = tmp_path / "vale"
        texts = {
            "outturn.toml": 'name = "Vale"\nhome = "V1"\n',
            "places.csv": "code,name,kind\nV1,Vale,council\nV2,Dale,council\n",
            "data/sources.toml": SOURCES,
            "framework/measures/one.toml": MEASURE + where + "\n",
            "data/people.csv": "\n".join(["place,period,age_group,sex,people", *lines, ""]),
        }
        laid(folder, texts)
        contracts, _ = read_contracts(None)
        opened = open_folder(folder)
        assert opened.partnership is not None and not opened.mistakes, opened.mistakes
        return [str(one) for one in ingest(folder, opened.partnership, contracts).stops]

    return check


def test_groups_that_lie_side_by_side_are_no_mistake(told: Told) -> None:
    assert not told(
        "V1,2024,65-74,male,10", "V1,2024,65-74,female,11", "V1,2024,75-84,male,5",
        "V1,2024,85plus,male,2", "V1,2025,65plus,male,17", "V2,2024,65plus,male,17",
        "V1,2024,carers,male,3",
    )  # fmt: skip


def test_a_group_beside_its_parts_is_told_with_place_year_and_both(told: Told) -> None:
    (one,) = told(
        "V1,2024,65-74,male,10", "V1,2024,75-84,male,5", "V1,2024,65plus,female,15",
        "V2,2024,65-74,male,10", "V2,2024,65plus,male,15", "V2,2025,65plus,male,15",
        "V2,2025,65-74,male,10",
    )  # fmt: skip
    assert one == (
        "data/people.csv\n"
        "  V2, calendar year 2024 and 1 more place or year: '65plus' and '65-74' share people,"
        " who would be counted twice.\n"
        "  Give groups that lie side by side: leave out the rows of a total, or those of its parts."
    )


def test_all_persons_beside_women_and_men_are_counted_twice(told: Told) -> None:
    for everybody in ("", "All persons", "both"):
        told_of = told(
            "V1,2024,65-74,male,10", "V1,2024,65-74,female,11", f"V1,2024,65-74,{everybody},21",
        )  # fmt: skip
        assert len(told_of) == 1
        assert (
            "V1, calendar year 2024: '65-74' of all persons and '65-74' share people" in told_of[0]
        )


def test_a_total_that_no_measure_adds_to_its_parts_is_no_mistake(told: Told) -> None:
    lines = ("V1,2024,65plus,male,15", "V1,2024,65plus,,21", "V1,2024,65-74,male,10")
    assert told(*lines)
    for where in (
        'where = [{ column = "age_group", is = "65-74" }]',
        'where = [{ column = "age_group", is = "65plus" }, { column = "sex", absent = true }]',
    ):
        assert not told(*lines, where=where)


def test_without_a_condition_every_row_is_added_up(told: Told) -> None:
    assert len(told("V1,2024,under 65,,10", "V1,2024,65 and over,,5", where="")) == 0
    (one,) = told("V1,2024,all ages,,15", "V1,2024,65 and over,,5", where="")
    assert "'all ages' and '65 and over' share people" in one


def test_ages_in_words_that_no_measure_asks_for_are_told_with_the_words_that_they_do(
    told: Told,
) -> None:
    some = told("V1,2024,65-74,male,10", "V1,2024,75 to 84,male,5", "V1,2024,85+,male,2")
    assert some == [
        "data/people.csv\n"
        "  V1, calendar year 2024: the ages '75 to 84' are asked for as '75-84', so no measure"
        " finds them.\n"
        '  Write values = { age_group = { "75 to 84" = "75-84" } } in data/sources.toml.',
        "data/people.csv\n"
        "  V1, calendar year 2024: the ages '85+' are asked for as '85plus', so no measure"
        " finds them.\n"
        '  Write values = { age_group = { "85+" = "85plus" } } in data/sources.toml.',
    ]
