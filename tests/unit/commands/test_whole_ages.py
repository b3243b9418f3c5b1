"""A denominator of several ages is all of them, or none."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from laying import laid
from outturn.commands.counting import counts
from outturn.commands.folder import sound_folder
from outturn.ingest import Ingested

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
aggregate = "total over total"

[numerator]
table = "ends"
count = true

[denominator]
table = "population"
sum = "people"
of_year = true
where = [{ column = "age_group", one_of = ["65plus", "65-74", "75-84", "85plus"] }]
"""
ENDS = """{
  "fields": [{ "name": "place" }, { "name": "day", "type": "date" }],
  "outturn": { "place": "place", "period": "day", "describes": "Deaths." }
}"""
PEOPLE = ["place", "period", "age_group", "sex", "people"]


@pytest.fixture
def denominators(tmp_path: Path):
    """Denominator and reason of 2023 and 2024, by place, for a population given by its rows."""

    def count(*rows: tuple[str, str, str, float]) -> dict:
        laid(
            tmp_path,
            {
                "outturn.toml": 'name = "Shire"\nhome = "S"\n',
                "places.csv": "code,name,kind,parent\nS,Shire,county,\nV1,Vale,council,S\n"
                "V2,Dale,council,S\n",
                "framework/measures/one.toml": MEASURE,
                "contracts/ends.json": ENDS,
            },
        )
        folder = sound_folder(tmp_path)
        days = [(place, date(year, 5, 1)) for place in ("V1", "V2") for year in (2023, 2024)]
        deaths = pl.DataFrame(days, schema=["place", "day"], orient="row")
        people = pl.DataFrame([(p, f"{y}-01-01/P1Y", a, "male", n) for p, y, a, n in rows],
                              schema=PEOPLE, orient="row")  # fmt: skip
        marked = {"source": pl.lit("a"), "row": pl.int_range(pl.len())}
        tables = {"ends": deaths.with_columns(**marked),
                  "population": people.with_columns(**marked)}  # fmt: skip
        found, _ = counts(
            folder.partnership, folder.contracts, Ingested(tables=tables), date(2025, 3, 31)
        )
        years = found.filter(pl.col("period").str.ends_with("-04-01/P1Y"))
        return {(place, period[:4]): (below, why) for place, period, below, why in
                years.select("place", "period", "denominator", "why").iter_rows()}  # fmt: skip

    return count


def test_a_year_without_some_of_the_ages_has_no_denominator_and_says_which(denominators) -> None:
    """Of 2024 one is not there, and of 2023 all people are in one group."""
    found = denominators(
        ("V1", "2023", "65plus", 20.0), ("V1", "2024", "65-74", 12.0),
        ("V1", "2024", "85plus", 3.0), ("V2", "2023", "65-74", 1.0), ("V2", "2023", "75-84", 2.0),
        ("V2", "2023", "85plus", 3.0), ("V2", "2024", "65plus", 7.0),
    )  # fmt: skip
    assert found["V1", "2023"] == (20.0, None)
    assert found["V1", "2024"] == (None, "The population has no rows for ages 75-84.")
    assert found["V2", "2023"] == (6.0, None)
    assert found["V2", "2024"] == (7.0, None)


def test_every_stretch_of_ages_that_is_lacking_is_named(denominators) -> None:
    found = denominators(("V1", "2023", "75-84", 20.0), ("V1", "2024", "65-74", 12.0))
    assert found["V1", "2023"] == (None, "The population has no rows for ages 65-74 and 85+.")
    assert found["V1", "2024"] == (None, "The population has no rows for ages 75+.")


def test_a_year_with_none_of_the_ages_has_no_denominator_as_ever(denominators) -> None:
    found = denominators(("V1", "2023", "65plus", 20.0), ("V1", "2024", "18-64", 12.0))
    assert found["V1", "2024"] == (None, "No denominator was supplied.")
