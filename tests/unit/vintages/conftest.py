"""A small build to keep, and a folder to keep it in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from outturn.terms.records import COUNTS, VALUES, VERDICTS, Fingerprint, fitted
from outturn.vintages import Vintage

KEPT_FOR = {"place": "E10000018", "breakdown": "all", "category": "all", "definition": "2014"}
SOURCES = """
[[source]]
id = "moves"
file = "moves.csv"
contract = "admissions"
[[source]]
id = "paper"
file = "figures.csv"
contract = "figures"
"""
DEFINITIONS = {
    "outturn.toml": 'home = "E10000018"\n',
    "data/sources.toml": SOURCES,
    "framework/measures/moves.toml": 'numerator = { table = "admissions", count = true }\n',
    "framework/measures/said.toml": "reported = true\n",
    "targets/2020-21.toml": '[[target]]\nid = "t1"\nmeasure = "moves"\nat_most = 10\n',
}
INPUTS = {"data/moves.csv": "a" * 64, "data/figures.csv": "b" * 64}


def rows(schema: dict[str, Any], *given: dict[str, Any]) -> pl.DataFrame:
    whole = [{**KEPT_FOR, **one} for one in given]
    return fitted(pl.DataFrame(whole), schema) if whole else pl.DataFrame(schema=schema)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "vintages"


@pytest.fixture
def values() -> Callable[..., pl.DataFrame]:
    """Values of whole figures: `values(("moves", "2020-10-01/P1M", 5.0), ...)`."""

    def make(*figures: tuple[str, str, float | None], **others: Any) -> pl.DataFrame:
        return rows(
            VALUES,
            *(
                {"measure": m, "period": p, "value": v, "shown": None if v is None else str(v)}
                | others
                for m, p, v in figures
            ),
        )

    return make


@pytest.fixture
def verdicts() -> Callable[..., pl.DataFrame]:
    def make(*given: dict[str, Any]) -> pl.DataFrame:
        return rows(VERDICTS, *given)

    return make


@pytest.fixture
def build(values: Callable[..., pl.DataFrame]) -> Callable[..., Vintage]:
    """A build, with anything about it said otherwise."""

    def make(
        *,
        inputs: dict[str, str] | None = None,
        definitions: dict[str, str] | None = None,
        as_of: str = "2020-10-31",
        software: str = "outturn 0.1.0, lock 00",
        **others: Any,
    ) -> Vintage:
        counted = rows(COUNTS, {"measure": "moves", "period": "2020-10-01/P1M", "numerator": 5.0})
        kept = {
            "found": counted,
            "counts": counted,
            "values": values(("moves", "2020-10-01/P1M", 5.0)),
            **others,
        }
        return Vintage(
            inputs=tuple(Fingerprint(n, 9, d) for n, d in {**INPUTS, **(inputs or {})}.items()),
            definitions=tuple({**DEFINITIONS, **(definitions or {})}.items()),
            arguments=(("as_of", as_of), ("seed", "1")),
            software=software,
            **kept,
        )

    return make
