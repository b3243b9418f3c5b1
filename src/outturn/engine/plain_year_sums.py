"""Years taken together, line by line: slow and obvious. It judges `year_sums.py`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from outturn.engine.periods import YEAR_LACKING, Wanted, years_together
from outturn.framework.model import Measure
from outturn.terms.period import Calendar, from_key
from outturn.terms.records import Absent

Line = Mapping[str, Any]  # a row of COUNTS
Cell = tuple[str, str, str]  # place, breakdown, category


def with_years_together(
    lines: Sequence[Line], measure: Measure, calendar: Calendar
) -> Iterator[Line]:
    """The lines of one measure, and one for each cell of every run of years that it takes."""
    yield from lines
    by_cell: dict[Cell, dict[str, Line]] = {}
    for line in lines:
        cell = (line["place"], line["breakdown"], line["category"])
        by_cell.setdefault(cell, {})[line["period"]] = line
    years = {from_key(line["period"]) for line in lines}
    for run in years_together(measure, years, calendar):
        for of_cell in by_cell.values():
            held = {one.key: of_cell[one.key] for one in run.bases if one.key in of_cell}
            if held:
                yield _sum(run, held, measure, calendar)


def _sum(run: Wanted, held: Mapping[str, Line], measure: Measure, calendar: Calendar) -> Line:
    """The line of a whole run, of the lines of those of its years that have one."""
    years = list(held.values())
    why = run.why or _lacking(run, held, measure, calendar)
    amounts = {
        name: None if why else _added([line[name] for line in years])
        for name in ("numerator", "denominator", "squares", "answers")
    }
    sources = {one for line in years if line["source"] for one in line["source"].split(", ")}
    return {
        **years[0],
        **amounts,
        "definition": measure.definition_in(run.period),
        "period": run.period.key,
        "lower": None,
        "upper": None,
        "spans": len(run.bases),
        "rows": sum(line["rows"] for line in years),
        "source": ", ".join(sorted(sources)) or None,
        "absent": str(Absent.NOT_AVAILABLE) if why else None,
        "why": why,
    }


def _lacking(
    run: Wanted, held: Mapping[str, Line], measure: Measure, calendar: Calendar
) -> str | None:
    """Why a run has no figure, where one of its years has none."""
    for one in run.bases:
        if one.key in held and held[one.key]["why"]:
            return f"{one.label(calendar)}: {held[one.key]['why']}"
    must_be_there = measure.denominator is not None or measure.missing == "not available"
    if must_be_there and len(held) < len(run.bases):
        return YEAR_LACKING
    return None


def _added(amounts: Sequence[float | None]) -> float | None:
    """One after the other; nothing where there is none of one."""
    total: float | None = 0
    for amount in amounts:
        total = None if total is None or amount is None else total + amount
    return total
