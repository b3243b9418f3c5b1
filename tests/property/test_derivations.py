"""Random extracts for every derivation: DuckDB must make the table that the plain judge makes.

Tables are filled from their contracts alone. Dates keep to the edges of the methods, texts come in
both releases and in any case, and few people share many rows: as often as not, a row goes on from
the one before it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from laying import by_day
from loading import module
from outturn.contracts import Contract, Field, Rule
from outturn.databases import DuckDB
from outturn.ingest.derivations import DERIVATIONS, Asked, Method, cld_words
from outturn.ingest.derivations.derive import derive, derive_with_kept_out, in_order
from outturn.ingest.derivations.model import kept_out_of
from outturn.ingest.derivations.plain import JUDGES
from outturn.ingest.derivations.plain.kept_out import JUDGES_OF_KEPT_OUT as KEPT_OUT

drawing = module("spec/derived/drawing.py")
CONTRACTS: dict[str, Contract] = drawing.CONTRACTS
METHODS: dict[str, Method] = drawing.METHODS
# Tables of records that are made where no source has them. Random rows of them are odder than those
# that are made, so they are filled as well.
SUPPLIED = {name for name, one in METHODS.items() if one.usually_supplied}
Rows = list[dict[str, Any]]

# Days from which the others lie a number of days away that some method has as an edge.
ANCHORS = [date(2025, 3, 31), date(2025, 4, 1), date(2025, 6, 30), date(2025, 10, 1)]
NEAR = [0, 0, 0, 1, 2, 3, 4, 5, 7, 7, 8, 8, 13, 14]
EDGES = [*NEAR, *NEAR, 27, 28, 29, 83, 84, 85, 90, 91, 92, 364, 365, 366]
FIRST, LAST = date(2023, 4, 1), date(2026, 6, 30)
AS_OF = [*[date(2026, 5, 5)] * 4, date(2025, 7, 3), date(2025, 4, 3)]
AGES = [18, 25, 65, 66, 75]
IMPORTS = [date(2025, 4, 30), date(2025, 7, 31), date(2025, 10, 31), date(2025, 7, 1)]

_WORDS = cld_words.lines("cld_values.csv")
COLUMNS_OF_WORDS = {  # columns of an extract whose texts words/cld_values.csv lists
    "client_type": "client_type",
    "event_type": "event_type",
    "event_outcome": "outcome",
    "assessment_type": "assessment_type",
    "service_type": "service_type",
    "service_component": "service_component",
    "delivery_mechanism": "delivery_mechanism",
    "accommodation_status": "accommodation_status",
    "employment_status": "employment_status",
    "ethnicity": "ethnicity",
    "primary_support_reason": "primary_support_reason",
    "has_unpaid_carer": "has_unpaid_carer",
}
OFTEN = {  # the texts on which most branches hang
    "client_type": ["Service user"] * 6,
    "event_type": ["Service"] * 6 + ["Request"] * 2,
    "service_type": ["Short term support: ST-Max"] * 25 + ["Long term support: Community"] * 3,
    "service_component": ["Reablement", "Direct payment", "Equipment", "Short term nursing care"],
    "event_outcome": ["NFA: Support ended as planned"] * 3 + ["Admitted to hospital"],
    "accommodation_status": ["Unknown"] * 20,
    "reason": ["11A", "71", "071", "9", "09", "100", "42", "25D"],
    "secondary_reason": ["51X", "26x", "24A", "11A"],
    "gender": ["Female", "Male"],
    "month": [f"{year}-{month:02}" for year in (2024, 2025) for month in range(1, 13)],
    "period": ["2025", "2024", "2025-04-01/P1Y"],
    "age_group": ["18-64", "65-74", "75-84", "85plus"],
    "question": ["feel safe", "satisfaction", "social contact", "control over daily life"],
    "planned_start": ["08:00", "8:15", "23:45", "2025-04-01T08:00:00", "2025-04-01"],
    "planned_end": ["08:30", "08:15:20", "00:15", "01/04/2025 09:00"],
    "actual_start": ["08:00", "08:05", "23:45", "2025-04-01T08:00:00", "2025-04-01"],
    "actual_end": ["08:30", "08:15:20", "00:15", "01/04/2025 09:00"],
    "carer": ["c1", "c2"],
    "answer": ["as safe as I want", "as much as I want", "adequate", "satisfied"],
}
WHOSE = ("place", "person", "person_id", "nhs_number")
PLACES = ["North", "North", "South"]
PEOPLE = ["p1", "p1", "p1", "p2", "P2", "p3"]
NUMBERS = ["0000000000", "000 000 0000", "9876543210", "999 000 0018", "999-000-0026", "9434765919"]
OTHER = ["one", "two", "Two "]


def texts(column: str) -> list[str]:
    listed: list[str] = OFTEN.get(column, [])
    if column in COLUMNS_OF_WORDS:
        of_column = _WORDS.filter(pl.col("column") == COLUMNS_OF_WORDS[column])
        return [*listed, *listed, *of_column["spelling"].to_list(), "something else"]
    return [*listed, *OTHER] if not listed else listed


def _cased(text: str, random: Random) -> str:
    return random.choice([text, text, text, text.upper(), text.lower(), f" {text} "])


def _day(random: Random, of_row: list[date], of_table: list[date]) -> date:
    """A day that some edge parts from an earlier day of the row, of the table, or an anchor."""
    if of_row and random.random() < 0.8:
        return of_row[-1] + timedelta(days=random.choice(EDGES) * random.choice([*[1] * 9, -1]))
    start = random.choice([*of_table[-5:], *ANCHORS])
    return start + timedelta(days=random.choice(EDGES) * random.choice([1, 1, -1]))


def _birth(random: Random) -> date:
    day = _day(random, [], [])
    years = day.replace(year=day.year - random.choice(AGES), day=min(day.day, 28))
    return years + timedelta(days=random.choice([-1, 0, 0, 1]))


@dataclass
class Filler:
    """Fills the rows of one table, each after the contract, from one source of chance."""

    contract: Contract
    random: Random
    imports: bool

    def __post_init__(self) -> None:
        self.days: list[date] = []  # of the table
        self.of_row: list[date] = []
        self.before: Mapping[str, Any] = {}  # the row that this one goes on from, if any

    def rows(self, number: int) -> Rows:
        found: Rows = []
        keys = set()
        for index in range(number):
            self.of_row = []
            self.before = found[-1] if found and self.random.random() < 0.6 else {}
            row = {one.name: self._cell(one) for one in self.contract.fields}
            row |= {"source": self.random.choice("ab"), "row": index + 1}
            key = tuple(row[name] for name in self.contract.key)
            if all(keeps(rule, row) for rule in self.contract.rules if not rule.warns) and (
                not key or key not in keys
            ):
                keys.add(key)
                found.append(row)
        return found

    def _cell(self, field: Field) -> Any:
        random, name = self.random, field.name
        if self.before and (name in WHOSE or name == self.contract.place):
            return self.before[name]
        empty = 0.2 if name.endswith(("end_date", "_on")) else 0.06
        if name in ("died_on", "date_of_death"):
            empty = 0.93
        if name == "imported_on" and not self.imports:
            return None
        if name == "nhs_number":
            empty = 0.7
        if not field.required and random.random() < empty:
            return None
        match field.type:
            case "date":
                return self._date(name)
            case "boolean":
                return random.random() < 0.5
            case "integer":
                return self._whole(field)
            case "number":
                return float(self._whole(field))
        if field.enum:
            return random.choice(field.enum)
        if name in (self.contract.place, "place"):
            return random.choice(PLACES)
        if name == "nhs_number" and random.random() < 0.5:
            return random.choice(NUMBERS)
        if name in ("person", "person_id", "nhs_number") or name.endswith("_person_id"):
            return random.choice(PEOPLE)
        if name in self.contract.key and name not in OFTEN:
            return f"k{random.randrange(1000)}"
        text = random.choice(texts(name))
        return text if name in ("month", "period") else _cased(text, random)

    def _date(self, name: str) -> date:
        if name == "imported_on":
            return self.random.choice(IMPORTS)
        if name in ("born_on", "date_of_birth"):
            return _birth(self.random)
        if name.startswith("reporting_period"):
            return self.random.choice(ANCHORS)
        if self.before and not self.of_row and self.days:
            day = self.days[-1] + timedelta(days=self.random.choice(NEAR))
        else:
            day = _day(self.random, self.of_row, self.days)
        day = min(max(day, FIRST), LAST)
        self.days.append(day)
        self.of_row.append(day)
        return day

    def _whole(self, field: Field) -> int:
        least = int(field.minimum) if isinstance(field.minimum, int | float) else 0
        most = int(field.maximum) if isinstance(field.maximum, int | float) else least + 100
        near = [least, min(least + 1, most), self.random.randint(least, most)]
        return self.random.choice([*near, *[age for age in AGES if least <= age <= most]])


def keeps(rule: Rule, row: Mapping[str, Any]) -> bool:
    """Whether a row keeps a rule of its contract."""
    cell, others = row[rule.column], [row[name] for name in rule.others]
    if rule.word == "required_with_column":
        return cell is not None or others[0] is None
    if rule.word == "empty_with_column":
        return cell is None or others[0] is None
    if cell is None or None in others:
        return True
    if rule.word == "under_twice_column":
        return bool(cell <= others[0] or cell < 2 * others[0])
    return {
        "at_most_column": cell <= others[0],
        "at_least_column": cell >= others[0],
        "equals_column": cell == others[0],
        "not_equal_column": cell != others[0],
        "zero_with_column": cell == 0 or others[0] != 0,
        "sum_of": rule.word == "sum_of" and cell == sum(others),
    }[rule.word]


def groups() -> dict[str, tuple[str, ...]]:
    """Derived tables by the tables of records from which they come, in the end."""
    found: dict[str, list[str]] = {}
    for table in METHODS:
        made = in_order([table], METHODS, SUPPLIED - {table})
        given = {one for method in made for one in method.reads}
        records = " and ".join(sorted(given - (set(METHODS) - SUPPLIED)))
        found.setdefault(records, []).append(table)
    return {records: tuple(tables) for records, tables in found.items()}


def _derivation(table: str) -> str:
    return METHODS[table].derivation


@dataclass(frozen=True, repr=False)
class World:
    """Tables of records, the day looked from, and numbers in place of some of the methods' own."""

    rows: Mapping[str, Rows]
    as_of: date
    numbers: Mapping[str, int]

    def __repr__(self) -> str:
        """Short enough to read: only what is filled, and rows when they are few."""
        drawn = {
            name: [{k: str(v) for k, v in row.items() if v is not None} for row in rows]
            if len(rows) < 9
            else len(rows)
            for name, rows in self.rows.items()
        }
        return f"World({drawn}, {self.as_of}, {self.numbers})"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(repr(self))  # Hypothesis would print every field

    @property
    def methods(self) -> dict[str, Method]:
        return {
            name: replace(
                method,
                parameters={
                    **method.parameters,
                    **{k: v for k, v in self.numbers.items() if k in method.parameters},
                },
            )
            for name, method in METHODS.items()
        }


@st.composite
def worlds(draw: DrawFn, records: str) -> World:
    """Rows come from a seed, which is quick, so that there are enough of them to meet."""
    random = Random(draw(st.integers(0, 2**32)))
    imports = draw(st.sampled_from([False, False, True]))
    sizes = st.sampled_from([150, 80, 40, 10, 4, 1, 0])
    rows = {
        name: Filler(CONTRACTS[name], random, imports).rows(draw(sizes))
        for name in records.split(" and ")
    }
    few = {"few_events": 3, "share_of_events": 5, "months_of_stays": 1, "few_locations": 2,
           "few_visits": 3}  # fmt: skip
    numbers = draw(st.sampled_from([{}, few]))
    return World(rows, draw(st.sampled_from(AS_OF)), numbers)


@pytest.fixture(scope="module")
def database() -> Iterator[DuckDB]:
    with DuckDB(threads=1) as opened:
        yield opened


@pytest.mark.slow
@pytest.mark.parametrize("records", groups())
@by_day(20)  # planning the long queries takes a database a second
@given(data=st.data())
def test_duckdb_agrees_with_the_judge(records: str, data: st.DataObject, database: DuckDB) -> None:
    world = data.draw(worlds(records))
    tables = groups()[records]
    frames = {
        name: pl.DataFrame(rows, schema={**CONTRACTS[name].schema, **drawing.ROW})
        for name, rows in world.rows.items()
    }
    methods = world.methods
    made = derive(
        tables,
        frames,
        methods=methods,
        contracts=CONTRACTS,
        as_of=world.as_of,
        database=database,
    )
    judged: dict[str, Rows] = dict(world.rows)
    for method in in_order(tables, methods, world.rows):
        judged[method.table] = JUDGES[method.derivation](judged, Asked(method, world.as_of))
        columns = list(made[method.table].columns)
        wanted = [{name: row[name] for name in columns} for row in judged[method.table]]
        found = made[method.table].to_dicts()
        assert _ordered(found) == _ordered(wanted), method.table


@pytest.mark.slow
@pytest.mark.parametrize(
    "records",
    [one for one, tables in groups().items() if any(_derivation(t) in KEPT_OUT for t in tables)],
)
@by_day(6)
@given(data=st.data())
def test_who_is_kept_out_of_a_table_is_told_with_the_rule_that_the_judge_tells(
    records: str, data: st.DataObject, database: DuckDB
) -> None:
    """The judge asks of every record, in each period that it touches, whether it is in the table:
    so the rows of a table and those kept out of it are all that there are."""
    world = data.draw(worlds(records))
    methods, tables = world.methods, groups()[records]
    frames = {
        name: pl.DataFrame(rows, schema={**CONTRACTS[name].schema, **drawing.ROW})
        for name, rows in world.rows.items()
    }
    made = derive_with_kept_out(
        tables,
        frames,
        methods=methods,
        contracts=CONTRACTS,
        as_of=world.as_of,
        database=database,
    )
    judged: dict[str, Rows] = dict(world.rows)
    for method in in_order(tables, methods, world.rows):
        asked, found = Asked(method, world.as_of), made[method.table]
        rows = JUDGES[method.derivation](judged, asked)
        judged[method.table] = rows
        in_table = found.filter(pl.col("kept_out").is_null()).drop("kept_out")
        wanted = [{name: row[name] for name in in_table.columns} for row in rows]
        assert _ordered(in_table.to_dicts()) == _ordered(wanted), method.table
        out = KEPT_OUT[method.derivation](judged, asked) if method.derivation in KEPT_OUT else []
        wanted = [{name: row.get(name) for name in found.columns} for row in out]
        judged[kept_out_of(method.table)] = wanted
        told = found.filter(pl.col("kept_out").is_not_null()).to_dicts()
        assert _ordered(told) == _ordered(wanted), f"kept out of {method.table}"


def _ordered(rows: Rows) -> list[list[tuple[str, Any]]]:
    """Rows in one order, whatever came first, with the names of their columns."""
    return sorted(([*row.items()] for row in rows), key=repr)


# The meta-tests: nothing stands alone.


def test_every_derivation_has_its_judge() -> None:
    assert set(DERIVATIONS) == set(JUDGES)


def test_every_derivation_is_of_some_method() -> None:
    assert {method.derivation for method in METHODS.values()} == set(DERIVATIONS)


@pytest.mark.parametrize("table", METHODS)
def test_every_method_names_what_is_there(table: str) -> None:
    method = METHODS[table]
    assert method.table == table
    assert method.derivation in DERIVATIONS
    assert {table, *method.reads} <= set(CONTRACTS)
    assert method.notes


@pytest.mark.parametrize("table", METHODS)
def test_the_file_of_a_method_has_the_name_of_its_table(table: str) -> None:
    assert Path(METHODS[table].file).stem == table
