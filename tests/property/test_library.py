"""The national and local measures over random records: both ways of deriving, both engines.

Tables are derived by DuckDB and counted by SQL, and derived by the plain judge and counted by the
plain engine: every Count of every measure must be the same.

A long run (`make nightly`) counts every measure on 2,000 extracts. They lie side by side, 25 or 8
in one run, each in councils of its own, because one at a time would take hours: a run costs the
same for few rows as for many. So all extracts of a run are as of one day, and a month that one of
them lacks is one that another has. What follows where nobody has a month is looked at on extracts
that come alone: 50 of each group of measures, some of its measures at a time. A usual run draws two
runs of the one and 5 extracts of the other.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from random import Random
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from loading import module
from outturn.contracts import Contract
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

filling = module("property/test_derivations.py")
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


Rows = dict[str, list[dict[str, Any]]]
LIBRARY = library()
TOGETHER = 25  # extracts in one run
FEWER = 8  # where there are so many cells that the plain engine takes longest
OF_MANY_CELLS = {
    "delays", "hospital_stays and population", "hospital_stays", "safeguarding", "contacts",
    "hospital_stays and reablement_episodes", "provider_ratings", "assessments and population",
    "home_care and population", "carers", "assessments",
}  # fmt: skip
SIZES = [25, 12, 5, 1, 0]
SAME_EVERYWHERE = ("person", "question")  # of a key, what is no identifier of its own
USUAL = 100  # examples of the profile that is not the nightly one


def tables_of(measure: Measure) -> set[str]:
    return {tally.table for tally in (measure.numerator, measure.denominator) if tally}


def records_of(measure: Measure) -> str:
    """The tables of records that a measure comes from, in the end."""
    tables = tables_of(measure)
    supplied = filling.SUPPLIED
    given = {one for method in in_order(tables, METHODS, supplied) for one in method.reads} | tables
    return " and ".join(sorted(given - (set(METHODS) - supplied)))


GROUPS: dict[str, list[Measure]] = {}
for _one in LIBRARY.values():
    GROUPS.setdefault(records_of(_one), []).append(_one)


@pytest.fixture(scope="module")
def database() -> Iterator[DuckDB]:
    with DuckDB(threads=1) as opened:
        yield opened


def together(records: str) -> int:
    """How many extracts of a group of measures lie side by side in one run."""
    return FEWER if records in OF_MANY_CELLS else TOGETHER


def runs(records: str, examples: int) -> int:
    """So many runs that there are `examples` extracts; in a usual run, two."""
    return -(-examples // together(records)) if examples > USUAL else 2


@pytest.mark.slow
@pytest.mark.parametrize("records", GROUPS)
def test_every_measure_of_many_extracts_is_counted_the_same_both_ways(
    records: str, database: DuckDB
) -> None:
    @settings(max_examples=runs(records, settings().max_examples))
    @given(seed=st.integers(0, 2**32), as_of=st.sampled_from(filling.AS_OF))
    def counted(seed: int, as_of: date) -> None:
        random = Random(seed)
        rows: Rows = {name: [] for name in records.split(" and ")}
        places: dict[str, Place] = {}
        for number in range(together(records)):
            for name, found in _extract(records, random, SIZES).items():
                rows[name] += _elsewhere(found, number, CONTRACTS[name])
            places |= _places(number)
        for found in rows.values():
            for position, row in enumerate(found, 1):
                row["row"] = position
        _both_ways(GROUPS[records], rows, places, as_of, database)

    counted()


@pytest.mark.slow
@pytest.mark.parametrize("records", GROUPS)
@settings(max_examples=max(5, settings().max_examples // 40))
@given(data=st.data())
def test_both_ways_give_the_same_counts_of_an_extract_that_comes_alone(
    records: str, data: st.DataObject, database: DuckDB
) -> None:
    random = Random(data.draw(st.integers(0, 2**32), "seed"))
    as_of = data.draw(st.sampled_from(filling.AS_OF), "as of")
    rows = _extract(records, random, [data.draw(st.sampled_from(SIZES))])
    measures = data.draw(
        st.lists(st.sampled_from(GROUPS[records]), min_size=1, max_size=4, unique_by=lambda m: m.id)
    )
    _both_ways(measures, rows, PLACES, as_of, database)


def _extract(records: str, random: Random, sizes: list[int]) -> Rows:
    """Rows of each table of records."""
    rows: Rows = {}
    for name in records.split(" and "):
        made_up = filling.Filler(CONTRACTS[name], random, False).rows(random.choice(sizes))
        rows[name] = _dated(made_up, random)
    return rows


def _elsewhere(rows: list[dict[str, Any]], number: int, contract: Contract) -> list[dict[str, Any]]:
    """The rows in councils of this number alone, under keys of their own. The people keep their
    names, as two councils may call two people alike."""
    ids = [] if contract.place in contract.key else contract.key
    for row in rows:
        row[contract.place] = row[contract.place] and f"{row[contract.place]} {number}"
        for name in ids:
            if name not in SAME_EVERYWHERE and contract.field(name).type == "string":
                row[name] = f"{row[name]}-{number}"
    return rows


def _places(number: int) -> dict[str, Place]:
    named = {code: f"{code} {number}" for code in PLACES}
    return {
        named[one.code]: Place(
            named[one.code], one.name, one.kind, {n: named[to] for n, to in one.parents.items()}
        )
        for one in PLACES.values()
    }


def _both_ways(
    measures: list[Measure], rows: Rows, places: dict[str, Place], as_of: date, database: DuckDB
) -> None:
    """Derives and counts both ways, and holds the one against the other."""
    wanted = sorted({table for one in measures for table in tables_of(one)})
    frames = {
        name: pl.DataFrame(given, schema={**CONTRACTS[name].schema, **filling.drawing.ROW})
        for name, given in rows.items()
    }
    asked = {"methods": METHODS, "contracts": CONTRACTS, "as_of": as_of}
    derived = derive(wanted, frames, database=database, **asked)
    judged: dict[str, Any] = dict(rows)
    for method in in_order(wanted, METHODS, rows):
        judged[method.table] = JUDGES[method.derivation](judged, Asked(method, as_of))
    how = {
        "contracts": CONTRACTS,
        "places": places,
        "hierarchy": "main",
        "calendar": APRIL,
        "as_of": as_of,
    }
    counted = sql_engine.count(measures, {**frames, **derived}, **how)
    plain = plain_engine.count(measures, judged, **how)
    assert_frame_equal(counted.sort(KEYS), plain.sort(KEYS))


def test_a_long_run_counts_every_measure_on_at_least_2000_extracts() -> None:
    assert all(runs(one, 2_000) * together(one) >= 2_000 for one in GROUPS)
    assert OF_MANY_CELLS <= set(GROUPS)
    assert {one.id for group in GROUPS.values() for one in group} == set(LIBRARY)


@pytest.mark.parametrize("name", sorted({name for one in GROUPS for name in one.split(" and ")}))
def test_extracts_that_lie_side_by_side_share_no_key_and_no_council(name: str) -> None:
    random, contract = Random(1), CONTRACTS[name]
    rows = [
        row
        for number in range(3)
        for row in _elsewhere(_extract(name, random, [25])[name], number, contract)
    ]
    keys = [tuple(row[one] for one in contract.key) for row in rows]
    assert len(set(keys)) == (len(keys) if contract.key else 1)
    assert {row[contract.place][-1] for row in rows} == {"0", "1", "2"}


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
