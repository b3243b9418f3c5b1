"""Counts of a folder's tables: what their sources say of them goes with them."""

from __future__ import annotations

from datetime import date

import polars as pl

from outturn.commands.build import build
from outturn.commands.counting import counts
from outturn.commands.explain import explain
from outturn.commands.folder import sound_folder
from outturn.ingest import Ingested
from outturn.ingest.derivations.left_out import NOT_FOLLOWED
from outturn.vintages import open_

HOSPITAL = 'title = "Hospital extract (illustrative figures)"'


def provenance(folder):
    counts = open_(folder / "vintages").read("counts")
    return set(counts.filter(pl.col("measure") == "emergency_admissions")["provenance"])


def test_counted_figures_are_as_firm_as_their_source(vale, copied, edited):
    assert provenance(vale) == {"final"}
    folder = copied(vale, kept=True)
    said = f'{HOSPITAL}\nprovenance = "provisional"'
    edited(folder / "data" / "sources.toml", HOSPITAL, said)
    build(folder)
    assert provenance(folder) == {"provisional"}
    told = explain(folder, "emergency_admissions", "HOME", "2026-11")
    assert any("provisional" in line for line in told["Source"])


def test_a_count_from_several_sources_is_as_firm_as_the_least_firm(vale, copied, edited):
    folder = copied(vale)
    sources, data = folder / "data" / "sources.toml", folder / "data"
    lines = (data / "admissions.csv").read_text(encoding="utf-8").splitlines()
    half = len(lines) // 2
    (data / "admissions.csv").write_text("\n".join(lines[:half]) + "\n", encoding="utf-8")
    (data / "more.csv").write_text("\n".join([lines[0], *lines[half:]]) + "\n", encoding="utf-8")
    text = sources.read_text(encoding="utf-8")
    entry = text[text.index('[[source]]\nid = "hospital"') :]
    more = entry.replace('"hospital"', '"more"').replace("admissions.csv", "more.csv")
    sources.write_text(f'{text}\n{more}\nprovenance = "estimated"\n', encoding="utf-8")
    build(folder)
    assert "estimated" in provenance(folder)


def test_a_figure_is_provisional_while_something_of_its_period_is_still_followed_up(tmp_path):
    """Of a reablement that ended on 30 March nothing can be said on 31 March: it may yet change
    the figures of March and of the year, and not that of February."""
    for name, text in {
        "outturn.toml": 'name = "Vale"\nhome = "V1"\nlibrary = ["ascof_cld"]\n',
        "places.csv": "code,name,kind\nV1,Vale,council\n",
    }.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    folder = sound_folder(tmp_path)
    contract = folder.contracts["reablement_outcomes"]
    ended = [date(2026, 2, 27), date(2026, 3, 2), date(2026, 3, 30)]
    given = {"place": ["V1"] * 3, "ended_on": ended, "independent": [True, True, None],
             "left_out": [None, None, NOT_FOLLOWED]}  # fmt: skip
    lacking = {name: [None] * 3 for name in contract.names if name not in given}
    kinds = {**contract.schema, "source": pl.String, "row": pl.Int64}
    rows = pl.DataFrame({**given, **lacking, "source": ["a"] * 3, "row": [1, 2, 3]}, schema=kinds)
    tables = Ingested(tables={contract.name: rows})
    as_of = date(2026, 3, 31)
    found, _ = counts(folder.partnership, folder.contracts, tables, as_of)
    told = found.filter(pl.col("breakdown") == "all").select("period", "provenance")
    by_period = dict(told.iter_rows())
    assert by_period["2026-02-01/P1M"] != "provisional"
    assert by_period["2026-03-01/P1M"] == "provisional"


def test_a_share_is_provisional_while_days_that_it_asks_for_are_not_over(tmp_path):
    """Of a discharge of 10 March nobody knows on 31 March whether the person comes again: the share
    of readmissions is of those before, and provisional. Other measures of the table are not."""
    for name, text in {
        "outturn.toml": 'name = "Vale"\nhome = "V1"\nlibrary = ["core_suite"]\n',
        "places.csv": "code,name,kind\nV1,Vale,council\n",
    }.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    folder = sound_folder(tmp_path)
    contract = folder.contracts["discharges"]
    left = [date(2026, 2, 20), date(2026, 3, 2), date(2026, 3, 10)]
    given = {"place": ["V1"] * 3, "discharged_on": left, "kind": ["acute"] * 3, "died": [False] * 3,
             "admitted_from": ["home"] * 3, "destination": ["home", "home", "care home"],
             "age_group": ["75-84"] * 3, "readmitted": [True, False, False],
             "followed": [True, True, False]}  # fmt: skip
    lacking = {name: [None] * 3 for name in contract.names if name not in given}
    kinds = {**contract.schema, "source": pl.String, "row": pl.Int64}
    rows = pl.DataFrame({**given, **lacking, "source": ["a"] * 3, "row": [1, 2, 3]}, schema=kinds)
    tables = Ingested(tables={contract.name: rows})
    found, _ = counts(folder.partnership, folder.contracts, tables, date(2026, 3, 31))
    found = found.filter(pl.col("breakdown") == "all")
    columns = "period", "numerator", "denominator", "provenance"
    told = {
        one: {row[0]: row[1:] for row in found.filter(measure=one).select(columns).iter_rows()}
        for one in ("ni_14", "ni_21")
    }
    assert told["ni_14"]["2026-03-01/P1M"] == (0, 1, "provisional")
    assert told["ni_14"]["2026-02-01/P1M"][2] != "provisional"
    assert told["ni_21"]["2026-03-01/P1M"][2] != "provisional"
