"""Tables drawn with bars, as rows that keep their contracts, and the rows derived from them."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any

import polars as pl

from outturn.contracts import Contract, read_contracts
from outturn.databases import Dialect
from outturn.ingest.derivations import Asked, Method
from outturn.ingest.derivations.derive import derive, derive_with_kept_out, in_order
from outturn.ingest.derivations.methods import read_methods
from outturn.ingest.derivations.model import kept_out_of
from outturn.ingest.derivations.plain import JUDGES
from outturn.ingest.derivations.plain.kept_out import JUDGES_OF_KEPT_OUT

AS_OF = date(2026, 5, 5)
PLACE = "North"  # where a drawn table does not say
ROW = {"source": pl.String, "row": pl.Int64}
# Cells of columns that are not drawn; everything else is empty then.
USUAL = {"cld": {"client_type": "Service user", "event_type": "Service"}}
# Columns that name a person. Where cases are put together, each has people of its own.
PERSONS = ("person", "person_id", "nhs_number", "adult_1_person_id", "adult_2_person_id")
READERS = {
    "integer": int,
    "number": float,
    "boolean": lambda word: word == "yes",
    "date": date.fromisoformat,
    "string": str,
}
Rows = list[dict[str, Any]]


def contracts() -> dict[str, Contract]:
    found, mistakes = read_contracts(None)
    assert not mistakes
    return found


def methods() -> dict[str, Method]:
    found, mistakes = read_methods({})
    assert not mistakes
    return found


CONTRACTS, METHODS = contracts(), methods()


def cells(table: str) -> list[dict[str, str]]:
    """The rows of a drawn table, as text. A cell in quotation marks keeps its blanks."""
    lines = [line.strip() for line in table.strip().splitlines()]
    names, *rows = [[_bare(cell) for cell in line.strip("|").split("|")] for line in lines]
    return [dict(zip(names, row, strict=True)) for row in rows]


def _bare(cell: str) -> str:
    text = cell.strip()
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] == '"' else text


def rows_of(name: str, table: str) -> Rows:
    """The rows of a drawn table, typed as its contract has them; what is not drawn is empty."""
    contract = CONTRACTS[name]
    kinds = {one.name: one.type for one in contract.fields}
    found = []
    for number, line in enumerate(cells(table), start=1):
        unknown = set(line) - set(kinds) - set(ROW)
        assert not unknown, f"the table '{name}' has no column {', '.join(sorted(unknown))}"
        line = {**USUAL.get(name, {}), **line}
        row = {column: _read(line.get(column, ""), kind) for column, kind in kinds.items()}
        if contract.place and row[contract.place] is None:
            row[contract.place] = PLACE
        row["source"] = line.get("source") or "extract"
        row["row"] = int(line.get("row") or number)
        found.append(row)
    return found


def _read(text: str, kind: str) -> Any:
    return READERS[kind](text) if text else None


@dataclass(frozen=True)
class Case:
    """One drawn example: what is given, what is asked for, and what must come out."""

    tables: Mapping[str, str]
    table: str
    expect: str
    as_of: date = AS_OF
    parameters: Mapping[str, Any] = field(default_factory=dict)  # in place of the method's own
    kept_out: str = ""  # who is kept out of the table, if the case says so

    @property
    def methods(self) -> dict[str, Method]:
        """The methods, with the parameters of this case in the one that has them."""
        found = dict(METHODS)
        for method in in_order([self.table], METHODS):
            own = {k: v for k, v in self.parameters.items() if k in method.parameters}
            found[method.table] = replace(method, parameters={**method.parameters, **own})
        return found

    @property
    def given(self) -> dict[str, Rows]:
        """The drawn tables, and those that are needed besides, which are empty."""
        drawn = {n: rows_of(n, text) for n, text in self.tables.items()}
        needed = {n for one in in_order([self.table], METHODS) for n in one.reads}
        return {n: [] for n in needed if n not in METHODS} | drawn

    @property
    def names_a_place(self) -> bool:
        """Whether a parameter of this case names a place, as a list of texts that begin with it."""
        lists = [value for value in self.parameters.values() if isinstance(value, list)]
        return any(isinstance(one, str) and one.startswith(PLACE) for v in lists for one in v)

    @property
    def has_other_numbers(self) -> bool:
        """Whether all that its parameters change is a number."""
        return bool(self.parameters) and all(type(v) is int for v in self.parameters.values())

    def methods_as(self, number: int) -> dict[str, Method]:
        """The methods, with the places that parameters name as `put_as` has them."""
        if not self.names_a_place:
            return self.methods
        marked = {
            name: [_tag(number) + one for one in value] if isinstance(value, list) else value
            for name, value in self.parameters.items()
        }
        return replace(self, parameters=marked).methods

    def put_as(self, number: int) -> dict[str, Rows]:
        """The given tables with places, people and sources that no other case has."""
        tag, found = _tag(number), {}
        for name, rows in self.given.items():
            marked = {"source", "place", CONTRACTS[name].place, *PERSONS}
            if set(self.given) == {"cld"}:  # its place tells people apart, and a dummy stays one
                marked -= {"nhs_number"}
            found[name] = [
                {k: tag + v if k in marked and v is not None else v for k, v in row.items()}
                for row in rows
            ]
        return found

    def of_case(self, number: int, rows: Rows) -> Rows:
        """The rows that were derived from this case, as if it had been alone."""
        tag, place = _tag(number), CONTRACTS[self.table].place
        return [
            {k: v.replace(tag, "") if isinstance(v, str) else v for k, v in row.items()}
            for row in rows
            if row[place].startswith(tag)
        ]

    def on(self, database: Dialect) -> Rows:
        return derived_on(database, self.given, self.table, methods=self.methods, as_of=self.as_of)

    def judged(self) -> Rows:
        return judged(self.given, self.table, methods=self.methods, as_of=self.as_of)

    @property
    def out(self) -> Case:
        """The same, with those who are kept out as what must come out."""
        return replace(self, expect=self.kept_out)

    def out_on(self, database: Dialect) -> Rows:
        needed = {name: one for name, one in self.methods.items() if name not in self.given}
        frames = {name: _frame(name, rows) for name, rows in self.given.items()}
        made = derive_with_kept_out(
            [self.table], frames, methods=needed, contracts=CONTRACTS, as_of=self.as_of,
            database=database,
        )  # fmt: skip
        return made[self.table].filter(pl.col("kept_out").is_not_null()).to_dicts()

    def out_judged(self) -> Rows:
        """Who is kept out, by the plain judge."""
        made: dict[str, Rows] = dict(self.given)
        for method in in_order([self.table], self.methods, self.given):
            asked = Asked(method, self.as_of)
            made[method.table] = JUDGES[method.derivation](made, asked)
            out = JUDGES_OF_KEPT_OUT.get(method.derivation)
            made[kept_out_of(method.table)] = out(made, asked) if out else []
        names = [*CONTRACTS[self.table].schema, *ROW, "kept_out"]
        rows = made[kept_out_of(self.table)]
        return [{name: row.get(name) for name in names} for row in rows]

    def wanted(self) -> list[list[str]]:
        return sorted(list(one.values()) for one in cells(self.expect)) if self.rows_wanted else []

    @property
    def rows_wanted(self) -> bool:
        return len(self.expect.strip().splitlines()) > 1

    def drawn(self, rows: Sequence[Mapping[str, Any]]) -> list[list[str]]:
        """Rows as they would be drawn, in the columns that are expected."""
        columns = [
            _bare(c) for c in self.expect.strip().splitlines()[0].strip().strip("|").split("|")
        ]
        return sorted([_text(row[column]) for column in columns] for row in rows)


def _tag(number: int) -> str:
    return f"{number}~"


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def derived_on(
    database: Dialect,
    given: Mapping[str, Rows],
    table: str,
    *,
    methods: Mapping[str, Method] = METHODS,
    as_of: date,
) -> Rows:
    """The rows of a derived table, by SQL."""
    needed = {name: method for name, method in methods.items() if name not in given}
    frames = {name: _frame(name, rows) for name, rows in given.items()}
    made = derive(
        [table], frames, methods=needed, contracts=CONTRACTS, as_of=as_of, database=database
    )
    return made[table].to_dicts()


def _frame(name: str, rows: Rows) -> pl.DataFrame:
    return pl.DataFrame(rows, schema={**CONTRACTS[name].schema, **ROW})


def judged(
    given: Mapping[str, Rows],
    table: str,
    *,
    methods: Mapping[str, Method] = METHODS,
    as_of: date,
) -> Rows:
    """The rows of a derived table, by the plain judge."""
    made: dict[str, Rows] = dict(given)
    for method in in_order([table], methods):
        if method.table not in made:
            made[method.table] = JUDGES[method.derivation](made, Asked(method, as_of))
    kinds = {**CONTRACTS[table].schema, **ROW}
    return [{name: row[name] for name in kinds} for row in made[table]]


def gathered() -> Iterator[tuple[ModuleType, str, list[Case]]]:
    """Every test of this folder: its module, its name, and the examples that it draws."""
    for path in sorted(Path(__file__).parent.glob("test_*.py")):
        module = _loaded(path)
        for name, test in vars(module).items():  # in the order in which they are written
            if name.startswith("test_"):
                cases: list[Case] = []

                def record(*drawn: Any, cases: list[Case] = cases, **arguments: Any) -> None:
                    cases.append(Case(*drawn, **arguments))

                test(record)
                yield module, name, cases


def _loaded(path: Path) -> ModuleType:
    found = importlib.util.spec_from_file_location(f"derived_{path.stem}", path)
    assert found and found.loader
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module
