"""What is said, before anything is derived, of weeks in which a provider is there in part."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import polars as pl

from outturn.contracts import read_contracts
from outturn.ingest.derivations.weeks_in_part import weeks_in_part

CONTRACTS, _ = read_contracts(None)
VISITS = CONTRACTS["home_care_visits"]
MONDAY = date(2026, 1, 5)
SAID = (
    "Table 'home_care_visits': in 1 week of a place the records of a provider begin or end within "
    "the week, and those of others go on. There is no figure of it: the first is the week "
    "beginning 16 March 2026 of N. Ask each provider for whole weeks, from Monday to Sunday."
)


def visits(source: str, days: int) -> list[dict[str, Any]]:
    """Two visits on each of so many days, by a provider of the source's name."""
    return [
        {"place": "N", "person": "p1", "visit": f"{source}{day}{nth}", "outcome": "delivered",
         "visit_on": MONDAY + timedelta(days=day), "provider": source, "source": source}
        for day in range(days)
        for nth in "ab"
    ]  # fmt: skip


def table(rows: list[dict[str, Any]]) -> pl.DataFrame:
    kinds = {**VISITS.schema, "source": pl.String, "row": pl.Int64}
    numbered = [{**row, "row": number} for number, row in enumerate(rows, start=1)]
    return pl.DataFrame(numbered, schema=kinds)


def told(rows: list[dict[str, Any]], **more: pl.DataFrame) -> list[str]:
    return [*weeks_in_part({"home_care_visits": table(rows), **more}, CONTRACTS, {})]


def test_a_week_without_a_figure_is_told_with_its_place() -> None:
    """Oaks ends on a Wednesday, and Elms on a Sunday."""
    assert told(visits("elms", 77) + visits("oaks", 73)) == [SAID]


def test_nothing_is_said_of_whole_weeks_nor_where_a_source_has_the_weeks() -> None:
    """Nor where all providers of a place end within one week: the place ends before it."""
    assert told(visits("elms", 77) + visits("oaks", 70)) == []
    assert told(visits("elms", 73) + visits("oaks", 73)) == []
    weeks = pl.DataFrame({"source": ["weeks"]})
    assert told(visits("elms", 77) + visits("oaks", 73), home_care=weeks) == []
    derived = pl.DataFrame({"source": ["elms"]})
    assert told(visits("elms", 77) + visits("oaks", 73), home_care=derived) == [SAID]
