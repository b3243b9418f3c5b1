"""What only Spark can show: that it makes the derived tables that the judge makes.

All drawn cases of tests/spec/derived are put together, each with places and people of its own, so
that every derivation runs once for each set of parameters. Cases that change no word of the SQL are
left out: those whose parameters are other numbers than the method's, and those that look from
another day than most of their kind do.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from loading import module
from outturn.databases import EngineFault
from outturn.ingest.derivations.derive import derive

pyspark = pytest.importorskip("pyspark", reason="Spark is not installed")

from outturn.databases.spark import Spark  # noqa: E402

pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("spark"),
    pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"),  # Spark's own
]


drawing = module("spec/derived/drawing.py")
DRAWN = [
    (name, case)
    for _, name, cases in drawing.gathered()
    for case in cases
    if not case.has_other_numbers
]


def _kind(case: Any) -> str:
    """What decides the words of the SQL, but for the day."""
    return repr((case.table, sorted(case.tables), sorted(case.parameters.items())))


DAYS: dict[str, Counter[date]] = defaultdict(Counter)
for _, one in DRAWN:
    DAYS[_kind(one)][one.as_of] += 1
CASES = [(name, one) for name, one in DRAWN if one.as_of == DAYS[_kind(one)].most_common(1)[0][0]]


@pytest.fixture(scope="module")
def database(spark_session: Any) -> Iterator[Spark]:
    with Spark(spark_session) as opened:
        yield opened


@pytest.fixture(scope="module")
def made(database: Spark) -> dict[int, list[dict[str, Any]]]:
    """The rows of each case by its number, made on Spark with all the others."""
    groups: dict[str, list[int]] = defaultdict(list)
    for number, (_, case) in enumerate(CASES):
        alone = number if case.names_a_place else None
        key = (case.as_of, sorted(case.parameters.items()), sorted(case.tables), alone)
        groups[repr(key)].append(number)
    found: dict[int, list[dict[str, Any]]] = {}
    for numbers in groups.values():
        found |= _together(database, numbers)
    return found


def _together(database: Spark, numbers: list[int]) -> dict[int, list[dict[str, Any]]]:
    cases = {number: CASES[number][1] for number in numbers}
    first = cases[numbers[0]]
    rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for number, case in cases.items():
        for name, given in case.put_as(number).items():
            rows[name] += given
    frames = {
        name: pl.DataFrame(given, schema={**drawing.CONTRACTS[name].schema, **drawing.ROW})
        for name, given in rows.items()
    }
    tables = {case.table for case in cases.values()}
    methods = {}
    for number, case in cases.items():
        methods |= {t: m for t, m in case.methods_as(number).items() if t in _needed(case.table)}
    tabled = derive(
        sorted(tables),
        frames,
        methods={t: m for t, m in methods.items() if t not in first.tables},
        contracts=drawing.CONTRACTS,
        as_of=first.as_of,
        database=database,
    )
    dicts = {table: tabled[table].to_dicts() for table in tables}
    return {number: case.of_case(number, dicts[case.table]) for number, case in cases.items()}


def _needed(table: str) -> set[str]:
    return {method.table for method in drawing.in_order([table], drawing.METHODS)}


@pytest.mark.parametrize("number", range(len(CASES)), ids=lambda n: f"{n}-{CASES[n][0][5:60]}")
def test_spark_derives_what_the_judge_derives(
    number: int, made: dict[int, list[dict[str, Any]]]
) -> None:
    case = CASES[number][1]
    assert _ordered(made[number]) == _ordered(case.judged())


def test_spark_tells_who_is_kept_out_of_a_table_and_of_one_that_is_made_of_it(
    database: Spark,
) -> None:
    """Those kept out of a table are handed on by a name that Spark takes for a view."""
    case = next(
        one
        for name, one in CASES
        if name == "test_only_the_outcomes_that_the_method_names_count"
        and one.table == "home_care_weeks"
    )
    assert case.out.drawn(case.out_on(database)) == case.out.wanted()


@pytest.mark.parametrize("give", [
    lambda spark: spark.table("no name for a view", pl.DataFrame({"a": [1]})),
    lambda spark: spark.parquet("here", [Path("there is no such file.parquet")]),
])  # fmt: skip
def test_a_table_that_spark_refuses_is_a_fault_that_names_it(database: Spark, give: Any) -> None:
    with pytest.raises(EngineFault, match=r"step '(no name for a view|here)' failed"):
        give(database)


def _ordered(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(rows, key=lambda row: repr(sorted(row.items(), key=lambda item: item[0])))
