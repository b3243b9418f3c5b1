"""An extract without a column that measures need: no figure is made of it, and all say why."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from laying import laid
from outturn.commands.simulate import simulate

LOST = "2a_no_further_support_after_reablement"
SAYS = "The extract 'Client level data' has no 'Event Outcome' (event_outcome), which "


@pytest.fixture(scope="module")
def council(tmp_path_factory: pytest.TempPathFactory) -> Path:
    into = tmp_path_factory.mktemp("council") / "council"
    simulate(into, people=300, until=date(2026, 3, 31))
    file = into / "data" / "cld.csv"
    rows = pl.read_csv(file, infer_schema=False)
    rows.drop("event_outcome").write_csv(file)
    return into


def test_a_check_names_the_column_and_the_measures_it_costs(council: Path, outturn) -> None:
    told = outturn("check", "--in", council, "--json")
    assert told.code == 0
    sentences = json.loads(told.out)["unfilled"]
    (said,) = [one for one in sentences if "event_outcome" in one]
    assert said.startswith("data/cld.csv has no column 'Event Outcome' (event_outcome): ")
    assert said.endswith(
        "Put it into the extract, or, where it has another name there, write "
        'columns = { event_outcome = "that name" } in data/sources.toml.'
    )
    assert "Everything else is in order." in outturn("check", "--in", council).out


def test_a_build_has_no_figure_of_it_and_says_why(council: Path, outturn) -> None:
    built = outturn("build", "--in", council, "--as-of", "2026-03-31", "--json")
    assert built.code == 0
    assert any("event_outcome" in one for one in json.loads(built.out)["unfilled"])
    values = pl.read_parquet(next((council / "vintages").rglob("values.parquet")))
    of_2a = values.filter(measure=LOST)
    assert of_2a.height
    assert of_2a["value"].null_count() == of_2a.height
    assert of_2a["why"].str.starts_with(SAYS).all()
    findings = pl.read_parquet(next((council / "vintages").rglob("findings.parquet")))
    assert findings.filter(measure=LOST)["finding"].str.contains("event_outcome").any()


def test_of_a_folder_of_a_file_for_each_place_those_without_the_column_have_no_figure(
    tmp_path: Path, outturn
) -> None:
    """Ash has four home of five a month; of Beech nobody knows, nor of the county of both."""
    files = {
        "outturn.toml": 'name = "Vale"\nhome = "V"\ndisclosure = "none"\n',
        "places.csv": "code,name,kind,parent\nV,Vale,county,\nA,Ash,council,V\nB,Beech,council,V\n",
        "contracts/ended.json": json.dumps(
            {
                "fields": [
                    {"name": "place", "constraints": {"required": True}},
                    {"name": "day", "type": "date", "constraints": {"required": True}},
                    {"name": "outcome"},
                ],
                "outturn": {"place": "place", "period": "day"},
            }
        ),
        "framework/measures/home.toml": """
            title = "Home"
            definition = "1"
            kind = "proportion"
            unit = "%"
            per = 100
            aim = "higher"
            frequency = "month"
            aggregate = "total over total"
            denominator = { table = "ended", count = true }
            numerator.table = "ended"
            numerator.count = true
            numerator.where = [{ column = "outcome", is = "home" }]
            """,
        "data/sources.toml": '[[source]]\nid = "ended"\nfile = "ended/*.csv"\ncontract = "ended"\n',
        "data/ended/a.csv": "place,day,outcome\n"
        + "".join(f"A,2026-02-0{day},{'home' if day < 5 else 'died'}\n" for day in range(1, 6)),
        "data/ended/b.csv": "place,day\n" + "B,2026-02-05\n" * 5,
    }
    folder = laid(tmp_path / "vale", files)
    built = outturn("build", "--in", folder, "--as-of", "2026-03-31", "--json")
    assert built.code == 0
    (said,) = json.loads(built.out)["unfilled"]
    assert said.startswith(
        "1 of 2 files of 'ended' (b.csv) have no column 'outcome': 1 measure needs it, whose "
        "figures are not available for the places of these files ('Home'). "
    )
    values = pl.read_parquet(next((folder / "vintages").rglob("values.parquet")))
    months = values.filter(period="2026-02-01/P1M").sort("place")
    why = "1 of 2 files of 'ended' (b.csv) have no 'outcome', which 'Home' needs."
    assert months.select("place", "numerator", "value", "why").rows() == [
        ("A", 4.0, 80.0, None), ("B", None, None, why), ("V", None, None, why),
    ]  # fmt: skip


def test_an_empty_column_is_data(council: Path, outturn, tmp_path: Path) -> None:
    """What is there and empty is all missing: nothing is said of it, and figures are made."""
    file = council / "data" / "cld.csv"
    rows = pl.read_csv(file, infer_schema=False)
    try:
        rows.with_columns(pl.lit(None, pl.String).alias("event_outcome")).write_csv(file)
        told = json.loads(outturn("check", "--in", council, "--json").out)
    finally:
        rows.write_csv(file)
    assert not any("event_outcome" in one for one in told["unfilled"])
