"""The periods of Scotland's health observatory, as its file of indicators writes them."""

from __future__ import annotations

import re
from pathlib import Path

import polars as pl
import pytest

from outturn.terms.written_periods import parse

pytestmark = pytest.mark.published
FILE = "scotland/scotpho_council_indicators_latest.csv.gz"
YEARS = re.compile(r"(\d)[ -]year aggregate")
# It says four years and names five.
CONTRADICTS_ITSELF = "4-year aggregate (2018-2022)"
NO_YEARS_OF_A_CALENDAR = "survey"  # those of a survey begin when its fieldwork does


@pytest.fixture(scope="module")
def texts(data: Path) -> list[str]:
    rows = pl.read_csv(data / FILE, columns=["period"])
    return rows["period"].unique().sort().to_list()


def test_years_taken_together_are_as_many_as_the_text_says(texts: list[str]) -> None:
    said = [one for one in texts if YEARS.search(one) and NO_YEARS_OF_A_CALENDAR not in one]
    assert len(said) == 14
    for text in said:
        if text == CONTRADICTS_ITSELF:
            with pytest.raises(ValueError, match="says that there are 4 years, and names 5"):
                parse(text)
            continue
        found, asked = parse(text), YEARS.search(text)
        assert asked and (found.count, found.unit) == (int(asked[1]), "Y"), text
        assert str(found.start.year) in text


def test_single_years_say_of_which_kind_they_are(texts: list[str]) -> None:
    for text in texts:
        if found := re.fullmatch(r"(\d{4})(?:/\d\d)? (financial|calendar|school) year", text):
            month = {"financial": 4, "calendar": 1, "school": 9}[found[2]]
            assert parse(text).key == f"{found[1]}-{month:02d}-01/P1Y"
