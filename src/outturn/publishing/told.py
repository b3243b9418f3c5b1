"""What a paper tells: the part of a vintage that one pack asks for, row by row.

Nothing is worked out here. Each measure and place has one row: its figure for the period of the
pack or, when there is none, the nearest that may stand for it, with its own period said.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from outturn.framework.model import Measure, Outcome, PackSpec, Partnership
from outturn.judgement.words import unit_of
from outturn.terms.period import Period, from_key
from outturn.terms.records import WHOLE, Status

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Told:
    """A pack's specification with the figures it tells."""

    pack: PackSpec
    partnership: Partnership
    rows: tuple[Row, ...]  # of VERDICTS: one for each measure and place
    benchmarks: tuple[Row, ...]
    findings: tuple[Row, ...]
    sources: tuple[Row, ...]
    statuses: tuple[Row, ...]  # how many measures have each status, by outcome
    kept_aside: int
    vintage: str
    seal: str
    as_of: date
    issued: date

    @property
    def place(self) -> str:
        return self.pack.place or self.partnership.home

    def measure(self, row: Row) -> Measure:
        return self.partnership.measures[row["measure"]]

    def place_name(self, code: str) -> str:
        place = self.partnership.places.get(code)
        return place.name if place else code

    def period_label(self, key: str) -> str:
        return from_key(key).label(self.partnership.calendar)

    def of_measure(self, id: str) -> Iterator[Row]:
        return (row for row in self.rows if row["measure"] == id)

    def said(self, row: Row, column: str = "value") -> str:
        """A figure of the row with its unit, or the reason that there is none."""
        value = row[column]
        if value is None:
            return row["absent"].capitalize() if column == "value" and row["absent"] else "–"
        measure = self.measure(row)
        return (
            unit_of(measure).say(value, measure.decimals) if column != "value" else self._shown(row)
        )

    def _shown(self, row: Row) -> str:
        unit = unit_of(self.measure(row))
        return f"{unit.before}{row['shown']}{unit.after}"

    def outcomes(self) -> tuple[Outcome, ...]:
        return covered(self.pack, self.partnership)


def covered(pack: PackSpec, partnership: Partnership) -> tuple[Outcome, ...]:
    """The outcomes that a pack covers, in the order of the file."""
    found = partnership.outcomes.values()
    return tuple(one for one in found if not pack.framework or one.framework == pack.framework)


def rows_of(pack: PackSpec, partnership: Partnership, verdicts: pl.DataFrame) -> tuple[Row, ...]:
    """The verdict rows that a pack tells: for each measure and place the row that stands for it."""
    ids = set(pack.measures) or {id for one in covered(pack, partnership) for id in one.measures}
    whole = verdicts.filter(
        pl.col("measure").is_in(sorted(ids)) & (pl.col("breakdown") == WHOLE)
    ).rows(named=True)
    best: dict[tuple[str, str], Row] = {}
    for row in whole:
        key = row["measure"], row["place"]
        rank = _nearness(pack.period, from_key(row["period"]), partnership)
        if rank and (
            key not in best
            or rank > _nearness(pack.period, from_key(best[key]["period"]), partnership)
        ):
            best[key] = row
    order = {code: n for n, code in enumerate(partnership.places)}
    return tuple(
        sorted(best.values(), key=lambda row: (row["measure"], order.get(row["place"], 0)))
    )


def _nearness(wanted: Period, found: Period, partnership: Partnership) -> tuple[int, date, int]:
    """How well a period stands for another: itself, inside its year, or the latest before it."""
    if found == wanted:
        return 3, found.end, found.count
    year = wanted.financial_year(partnership.calendar)
    inside = year.start <= found.start and found.end <= max(year.end, wanted.end)
    return (2 if inside else 1 if found.end <= wanted.end else 0), found.end, found.count


def by_status(rows: tuple[Row, ...], status: Status) -> tuple[Row, ...]:
    return tuple(row for row in rows if row["status_year_end"] == status)
