"""Counts of a folder's tables: what their sources say of them goes with them."""

from __future__ import annotations

import polars as pl

from outturn.commands.build import build
from outturn.commands.explain import explain
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
