"""An extract without a column that measures need: no figure is made of it, and all say why."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import polars as pl
import pytest

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
