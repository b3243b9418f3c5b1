"""The national and local measures over random records: both ways of deriving, both engines.

Tables are derived by DuckDB and counted by SQL, and derived by the plain judge and counted by the
plain engine: every Count of every measure must be the same.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random
from types import ModuleType
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from outturn.databases import DuckDB
from outturn.engine import plain_engine, sql_engine
from outturn.framework import read_texts
from outturn.framework.folder import _libraries, _library
from outturn.framework.model import Measure, Place
from outturn.ingest.derivations import Asked
from outturn.ingest.derivations.derive import derive, in_order
from outturn.ingest.derivations.plain import JUDGES
from outturn.terms.period import APRIL
from outturn.terms.records import KEYS


def _neighbour() -> ModuleType:
    """The module that fills tables with rows, which is no package."""
    name = "filling_of_tables"
    found = importlib.util.spec_from_file_location(
        name, Path(__file__).with_name("test_derivations.py")
    )
    assert found and found.loader
    module = importlib.util.module_from_spec(found)
    sys.modules[name] = module
    found.loader.exec_module(module)
    return module


filling = _neighbour()
CONTRACTS, METHODS = filling.CONTRACTS, filling.METHODS
PLACES = {
    "North": Place("North", "North", "council", {"main": "Shire"}),
    "South": Place("South", "South", "council", {"main": "Shire"}),
    "Shire": Place("Shire", "Shire", "region"),
}


def library() -> dict[str, Measure]:
    """Every measure of every library that is counted from records."""
    named = ", ".join(f'"{one}"' for one in _libraries())
    settings = f'name = "x"\nhome = "North"\nlibrary = [{named}]\n'
    files = {"outturn.toml": settings, "places.csv": "code,name,kind\nNorth,North,council\n"}
    partnership, mistakes = read_texts({**files, **_library(settings)})
    assert not mistakes
    return {
        id: one
        for id, one in partnership.measures.items()
        if one.numerator and one.numerator.table != "delayed_discharge_bed_days"
    }


LIBRARY = library()


def tables_of(measure: Measure) -> set[str]:
    return {tally.table for tally in (measure.numerator, measure.denominator) if tally}


def records_of(measure: Measure) -> str:
    """The tables of records that a measure comes from, in the end."""
    tables = tables_of(measure)
    given = {one for method in in_order(tables, METHODS) for one in method.reads} | tables
    return " and ".join(sorted(given - set(METHODS)))


GROUPS: dict[str, list[Measure]] = {}
for _one in LIBRARY.values():
    GROUPS.setdefault(records_of(_one), []).append(_one)


@pytest.fixture(scope="module")
def database() -> Iterator[DuckDB]:
    with DuckDB(threads=1) as opened:
        yield opened


@pytest.mark.slow
@pytest.mark.parametrize("records", GROUPS)
@settings(max_examples=max(5, settings().max_examples // 20))
@given(data=st.data())
def test_both_ways_give_the_same_counts(
    records: str, data: st.DataObject, database: DuckDB
) -> None:
    seed = data.draw(st.integers(0, 2**32), "seed")
    sizes = st.sampled_from([25, 12, 5, 1, 0])
    as_of = data.draw(st.sampled_from(filling.AS_OF), "as of")
    random = Random(seed)
    rows: dict[str, list[dict[str, Any]]] = {}
    for name in records.split(" and "):
        made_up = filling.Filler(CONTRACTS[name], random, False).rows(data.draw(sizes))
        rows[name] = _dated(made_up, random)
    measures = data.draw(
        st.lists(st.sampled_from(GROUPS[records]), min_size=1, max_size=4, unique_by=lambda m: m.id)
    )
    wanted = sorted({table for one in measures for table in tables_of(one)})
    frames = {
        name: pl.DataFrame(given, schema={**CONTRACTS[name].schema, **filling.drawing.ROW})
        for name, given in rows.items()
    }
    asked = {"methods": METHODS, "contracts": CONTRACTS, "as_of": as_of}
    derived = derive(wanted, frames, database=database, **asked)
    judged: dict[str, Any] = dict(rows)
    for method in in_order(wanted, METHODS):
        judged[method.table] = JUDGES[method.derivation](judged, Asked(method, as_of))
    how = {
        "contracts": CONTRACTS,
        "places": PLACES,
        "hierarchy": "main",
        "calendar": APRIL,
        "as_of": as_of,
    }
    counted = sql_engine.count(measures, {**frames, **derived}, **how)
    plain = plain_engine.count(measures, judged, **how)
    assert_frame_equal(counted.sort(KEYS), plain.sort(KEYS))


def _dated(rows: list[dict[str, Any]], random: Random) -> list[dict[str, Any]]:
    """Rows whose columns of periods hold keys, as ingestion leaves them."""
    for row in rows:
        if isinstance(row.get("month"), str):
            row["month"] = f"{random.choice([2023, 2024, 2025])}-{random.randint(1, 12):02}-01/P1M"
        if isinstance(row.get("period"), str):
            row["period"] = f"{random.choice([2023, 2024, 2025, 2026])}-04-01/P1Y"
    return rows


def test_every_library_of_records_is_counted() -> None:
    assert len(LIBRARY) > 70
    named = {tally.table for one in LIBRARY.values() for tally in (one.numerator,) if tally}
    assert named & set(METHODS), "no measure counts a derived table"
