"""`spec`: tables as text, a definition as in a measure's file, and the figures that must come out.

Each test of this folder is a sentence of the manual. It runs on both engines;
`docs/generate_spec.py` runs it with a recorder in their place, and writes the page.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

import polars as pl
import pytest

from laying import given_to
from outturn.contracts.model import Contract
from outturn.contracts.read import read_contract
from outturn.engine import plain_engine, sql_engine
from outturn.framework.measures import read_measure
from outturn.framework.model import Measure, Place
from outturn.framework.section import Section
from outturn.judgement.values import values
from outturn.terms.period import Calendar
from outturn.terms.records import KEYS, WHOLE
from outturn.terms.written_periods import parse

AS_OF = date(2022, 3, 31)
# Ward and Village lie in Northtown; Northtown and Southtown in Shire. Ward answers to a Clinic too.
PLACES = {
    "Ward": Place("Ward", "Ward", "ward", {"main": "Northtown", "health": "Clinic"}),
    "Village": Place("Village", "Village", "ward", {"main": "Northtown"}),
    "Northtown": Place("Northtown", "Northtown", "council", {"main": "Shire"}),
    "Southtown": Place("Southtown", "Southtown", "council", {"main": "Shire"}),
    "Shire": Place("Shire", "Shire", "county"),
    "Clinic": Place("Clinic", "Clinic", "clinic"),
}
TYPES = {
    "age": "integer", "people": "integer", "days": "integer", "cost": "number", "weight": "number",
    "urgent": "boolean", "in_part": "boolean", "day": "date", "seen": "date",
}  # fmt: skip
EVENTS = ("calls", "register")  # the tables of which each row is an event of its own
REACHES = "hospital_days"  # the table of which nothing is known before its sources have a row
WEEKLY = "care_at_home"  # the same, with rows of whole weeks
TOTALS = {"sex": ["all sexes"], "team": ["all teams"]}
USUAL = {
    "title": "m", "definition": "1", "kind": "count", "unit": "people", "aim": "none",
    "frequency": "month", "roll_up": "none", "aggregate": "published",
}  # fmt: skip


def rows_of(table: str) -> list[dict[str, str]]:
    """The rows of a table drawn with bars, as text."""
    lines = [line.strip().strip("|").split("|") for line in table.strip().splitlines()]
    names, *rows = [[cell.strip() for cell in line] for line in lines]
    return [dict(zip(names, row, strict=True)) for row in rows]


def contract_of(name: str, rows: list[dict[str, str]]) -> Contract:
    """A contract for the columns of a drawn table; the types go by the names."""
    fields = [
        {"name": column, "type": TYPES.get(column, "string")}
        for column in rows[0]
        if column != "source"
    ]
    extra: dict[str, Any] = {"place": "place", "period": "day" if "day" in rows[0] else "period"}
    extra["totals"] = {column: members for column, members in TOTALS.items() if column in rows[0]}
    extra["events"] = name in EVENTS
    extra["reaches"] = "day" if name in (REACHES, WEEKLY) else ""
    extra["weekly"] = name == WEEKLY
    extra["in_part"] = "in_part" if "in_part" in rows[0] else ""
    text = json.dumps({"fields": fields, "outturn": extra})
    contract, mistakes = read_contract(text, name, name)
    assert contract and not mistakes, mistakes
    return contract


def cell_of(text: str, kind: str, column: str) -> Any:
    """What a drawn cell holds; nothing drawn is an empty cell."""
    if not text:
        return None
    if column == "period":
        return parse(text).key
    readers: dict[str, Callable[[str], Any]] = {
        "integer": int, "number": float, "boolean": lambda word: word == "yes",
        "date": date.fromisoformat, "string": str,
    }  # fmt: skip
    return readers[kind](text)


def measure_of(definition: str) -> Measure:
    """The measure of a definition written as in its file, with the usual words added."""
    mistakes: list[Any] = []
    words = tomllib.loads(definition)
    usual = dict(USUAL)
    if words.get("frequency") == "census":
        del usual["roll_up"]  # which has another default there, and that is what is shown
    section = Section({**usual, **words}, "m.toml", mistakes)
    measure = read_measure(section, "m")
    assert not mistakes, mistakes
    return measure


def typed(contract: Contract, rows: list[dict[str, str]]) -> list[dict[str, Any]]:
    kinds = {one.name: one.type for one in contract.fields}
    return [
        {name: cell_of(row[name], kind, name) for name, kind in kinds.items()}
        | {"source": row.get("source") or "extract"}
        for row in rows
    ]


def count_with(
    engine: Any,
    tables: Mapping[str, str],
    measure: Measure,
    hierarchy: str = "main",
    calendar: Calendar | None = None,
    as_of: date = AS_OF,
    totals_for: tuple[str, ...] = (),
    **more: Any,
) -> pl.DataFrame:
    """Counts by one of the engines; `more` may be a database for the one that takes it."""
    drawn = {name: rows_of(text) for name, text in tables.items()}
    contracts = {name: contract_of(name, rows) for name, rows in drawn.items()}
    rows = {name: typed(contracts[name], drawn[name]) for name in drawn}
    return engine.count(
        [measure],
        given_to(engine, rows, contracts),
        contracts=contracts,
        places=PLACES,
        hierarchy=hierarchy,
        calendar=calendar or Calendar(),
        as_of=as_of,
        totals_for=totals_for,
        **more,
    )


@pytest.fixture(params=[sql_engine, plain_engine], ids=["sql", "plain"])
def spec(request: pytest.FixtureRequest) -> Callable[..., None]:
    def check(tables: Mapping[str, str], definition: str, expect: str, **arguments: Any) -> None:
        """The figures are those of `expect`, and no others; only its columns are compared."""
        counts = count_with(request.param, tables, measure_of(definition), **arguments)
        _agree(counts, rows_of(expect), _drawn)

    return check


def _agree(
    made: pl.DataFrame, wanted: Sequence[Mapping[str, str]], drawn: Callable[[Any], str]
) -> None:
    """The rows are those that are wanted, in the columns that these have, in any order."""
    columns = list(wanted[0])
    found = [{name: drawn(row[name]) for name in columns} for row in made.iter_rows(named=True)]
    asked = [{name: _asked(name, text) for name, text in row.items()} for row in wanted]
    keys = [name for name in KEYS if name in columns]

    def order(row: Mapping[str, str]) -> list[str]:
        return [row[name] for name in keys]

    assert sorted(found, key=order) == sorted(asked, key=order)


def _drawn(value: Any) -> str:
    if value is None:
        return ""
    return f"{value:.10g}" if isinstance(value, float) else str(value)


def _asked(column: str, text: str) -> str:
    return parse(text).key if column == "period" else text


@pytest.fixture(params=[sql_engine, plain_engine], ids=["sql", "plain"])
def figures(request: pytest.FixtureRequest) -> Callable[..., None]:
    """As `spec`, with the figures that are made of the counts: numbers go to two decimals."""

    def check(tables: Mapping[str, str], definition: str, expect: str, **arguments: Any) -> None:
        measure = measure_of(definition)
        counts = count_with(request.param, tables, measure, **arguments)
        made = values(counts, measures={"m": measure}, places=PLACES, hierarchy="main")
        wanted = rows_of(expect)
        if "category" not in wanted[0]:
            made = made.filter(pl.col("breakdown") == WHOLE)
        _agree(made, wanted, _rounded)

    return check


def _rounded(value: Any) -> str:
    return _drawn(round(value, 2) if isinstance(value, float) else value)
