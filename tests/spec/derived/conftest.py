"""`derived`: tables as text, the table that is to be derived, and the rows that must come out.

Each test of this folder is a sentence of the manual about people made by hand. It runs on DuckDB
and on the plain judge; `tests/engines/test_derivations_on_spark.py` puts all of them together and
runs them on Spark once, and `docs/generate_spec.py` prints them as docs/derived.md. So a test may
do nothing but call `derived`, once or more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from loading import module
from outturn.databases import DuckDB

drawing = module("spec/derived/drawing.py")


@pytest.fixture(scope="session")
def one_database() -> Iterator[DuckDB]:
    with DuckDB(threads=1) as opened:
        yield opened


@pytest.fixture(params=["DuckDB", "plain"])
def derived(request: pytest.FixtureRequest, one_database: DuckDB) -> Callable[..., None]:
    def check(tables: Mapping[str, str], table: str, expect: str, **arguments: Any) -> None:
        """The rows of the derived table are those of `expect`; only its columns are compared.

        `as_of` is the day looked from, and `parameters` stand in for some of the method's own.
        `kept_out` draws who is kept out of the table, each with the rule.
        """
        case = drawing.Case(tables, table, expect, **arguments)
        found = case.on(one_database) if request.param == "DuckDB" else case.judged()
        assert case.drawn(found) == case.wanted()
        if case.kept_out:
            out = case.out_on(one_database) if request.param == "DuckDB" else case.out_judged()
            assert case.out.drawn(out) == case.out.wanted()

    return check
