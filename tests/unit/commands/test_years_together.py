"""Years taken together through a build: counted and reported, judged, told over time, printed."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import polars as pl
import pytest

from outturn.commands.build import build
from outturn.commands.opened import open_build
from outturn.commands.publish import publish
from outturn.commands.scaffold import new

LIVED = "healthy_life_expectancy"
DIED = "deaths_by_drugs"
# Deaths of one locality in each of eight years; 10,000 people lived there in each.
DEATHS = (9, 8, 12, 2, 11, 13, 6, 10)
YEARS = range(2018, 2026)
MEASURES = {
    LIVED: """
title = "Healthy life expectancy at birth"
definition = "1"
kind = "life expectancy"
unit = "years"
aim = "higher"
reported = true
""",
    DIED: """
title = "Deaths by drugs"
definition = "1"
kind = "rate"
unit = "per 100,000"
per = 100000
aim = "lower"
years_together = 3
people = "deaths"
numerator = { table = "drug_deaths", count = true }
denominator = { table = "people_there", sum = "people" }
""",
}
SOURCES = """
[[source]]
id = "lived"
file = "lived.csv"
contract = "figures"
constants = { measure = "healthy_life_expectancy" }
published = 2026-06-20

[[source]]
id = "deaths"
file = "deaths.csv"
contract = "drug_deaths"
published = 2026-06-20

[[source]]
id = "people"
file = "people.csv"
contract = "people_there"
published = 2026-06-20
"""
TARGETS = """
[[target]]
id = "lived"
measure = "healthy_life_expectancy"
period = "2022 - 24"
at_least = 64.5
tolerance = { points = 1 }
agreed = { by = "Board" }

[[target]]
id = "died"
measure = "deaths_by_drugs"
period = "2023/24 to 2025/26"
at_most = 95
tolerance = { points = 5 }
agreed = { by = "Board" }
"""
PACK = """
[[section]]
title = "Over time"
kind = "series"
items = ["healthy_life_expectancy"]
"""


def contract(name: str, **fields: str) -> str:
    when, *_ = (field for field in fields if field in ("day", "year"))
    listed = [
        {"name": field, "type": kind, "constraints": {"required": field in ("place", when)}}
        for field, kind in fields.items()
    ]
    key = "person" if "person" in fields else ["place", when]
    about = {"describes": name, "place": "place", "period": when}
    return json.dumps({"title": name, "fields": listed, "primaryKey": key, "outturn": about})


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new folder with a measure that a national body reports of three years, and one of our own.

    Figures of three calendar years are written as Fingertips prints them. Nothing may be changed.
    """
    made = new("Vale", tmp_path_factory.mktemp("years"))
    lived = [f"HOME,{year} - {(year + 2) % 100:02d},{60 + year - 2010},1.2" for year in
             range(2010, 2023)]  # fmt: skip
    died = [
        f"NORTH,{year}-0{4 + number % 6}-10"
        for year, many in zip(YEARS, DEATHS, strict=True)
        for number in range(many)
    ]
    data = {
        "lived.csv": ["place,period,value,margin", *lived],
        "deaths.csv": ["place,day,person", *(f"{one},P{n}" for n, one in enumerate(died))],
        "people.csv": [
            "place,year,people",
            *(f"NORTH,{year}/{(year + 1) % 100:02d},10000" for year in YEARS),
        ],
    }
    for name, lines in data.items():
        (made / "data" / name).write_text("\n".join([*lines, ""]), encoding="utf-8")
    for id, text in MEASURES.items():
        (made / "framework/measures" / f"{id}.toml").write_text(text, encoding="utf-8")
    (made / "contracts/drug_deaths.json").write_text(
        contract("drug_deaths", place="string", day="date", person="string"), encoding="utf-8"
    )
    (made / "contracts/people_there.json").write_text(
        contract("people_there", place="string", year="string", people="integer"), encoding="utf-8"
    )
    for name, text in (
        ("data/sources.toml", SOURCES),
        ("targets/2026-27.toml", TARGETS),
        ("packs/december.toml", PACK),
    ):
        with (made / name).open("a", encoding="utf-8") as file:
            file.write(text)
    outcomes = made / "framework/outcomes.toml"
    text = outcomes.read_text(encoding="utf-8")
    more = f'"emergency_admissions", "{LIVED}", "{DIED}"]'
    outcomes.write_text(text.replace('"emergency_admissions"]', more), encoding="utf-8")
    build(made)
    return made


def kept(folder: Path, name: str, measure: str) -> pl.DataFrame:
    rows = open_build(folder, "").kept.scan(name)
    return rows.filter(measure=measure, place="HOME").collect()


def test_counts_of_three_years_are_divided_by_their_people(folder):
    rows = kept(folder, "values", DIED).filter(pl.col("period").str.ends_with("P3Y"))
    assert rows["period"].to_list() == [f"{year}-04-01/P3Y" for year in YEARS[:-2]]
    sums = [sum(DEATHS[n : n + 3]) for n in range(6)]
    assert rows["value"].to_list() == pytest.approx([many / 30000 * 100000 for many in sums])


def test_a_target_of_three_years_judges_their_figure_and_no_year_of_them(folder):
    rows = kept(folder, "verdicts", DIED)
    aimed = rows.filter(pl.col("target_id").is_not_null())
    assert aimed.select("period", "status_now").rows() == [("2021-04-01/P3Y", "not assessed"),
        ("2022-04-01/P3Y", "not assessed"), ("2023-04-01/P3Y", "close")]  # fmt: skip
    assert aimed["reason_now"][0] == (
        "2021/22 to 2023/24 is not 2023/24 to 2025/26, and is not judged as if it were."
    )


def test_the_direction_is_from_the_last_years_that_share_none(folder):
    row = kept(folder, "verdicts", DIED).row(
        by_predicate=pl.col("period") == "2023-04-01/P3Y", named=True
    )
    assert row["previous_period"] == "2020-04-01/P3Y"
    assert row["change"] == pytest.approx(13.4)  # 96.7 from 83.3
    assert row["change_chance"] == "within chance"


def test_a_scorecard_and_a_paper_tell_the_figure_that_the_target_is_of(outturn, folder):
    rows = json.loads(outturn("scorecard", "--in", folder, "--json").out)
    told = {row["measure"]: (row["period"], row["now"]) for row in rows}
    assert told[DIED] == ("2023/24 to 2025/26", "▲ close A")
    assert told[LIVED] == ("calendar years 2022 to 2024", "● on target G")
    (page, *_) = [one for one in publish(folder) if one.suffix == ".html"]
    said = re.sub(r"<[^>]+>", " ", page.read_text(encoding="utf-8"))
    assert "Figure for 2023/24 to 2025/26." in said
    assert "Figures beside each other share years, and so move together." in said
    assert "2010 to 2012" in said


def test_of_years_that_overlap_no_trend_is_tested_and_no_chart_is_drawn(outturn, folder):
    why = (
        "Calendar years 2021 to 2023 and calendar years 2022 to 2024 share years, so that their "
        "figures do not stand by themselves"
    )
    for command in ("trend", "control"):
        said = " ".join(outturn(command, LIVED, "--in", folder).out.split())
        assert why in said
        assert "Mann and Kendall" not in said
    explained = outturn("explain", LIVED, "HOME", "2022 - 24", "--in", folder).out
    assert "share years" in " ".join(explained.split())
    of_a_year = outturn("explain", DIED, "HOME", "2025/26", "--in", folder).out
    assert "share years" not in of_a_year


def test_what_is_withheld_of_a_year_does_not_follow_from_three(outturn, folder, tmp_path):
    """Each figure of three years is a sum of those of years: so the audit takes them."""
    copied = shutil.copytree(
        folder, tmp_path / "vale", ignore=shutil.ignore_patterns("vintages", ".outturn")
    )
    built = outturn("build", "--in", copied, "--audience", "public")
    assert built.code == 0, built.err
    withheld = kept(copied, "values", DIED).filter(absent="suppressed")
    assert any(key.endswith("P1Y") for key in withheld["period"])
    assert any(key.endswith("P3Y") for key in withheld["period"])
    audited = outturn("audit", "--in", copied, "--audience", "public")
    assert audited.code == 0, audited.out
