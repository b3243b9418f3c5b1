"""The engine for truth: plain Python over rows, slow and obvious. Where engines differ, it judges.

Tables are lists of dicts. It asks the database nothing and shares with the other engine only
which periods and places there are.

    plain_rows      the rows that may count, and the period each belongs to
    plain_amounts   what some rows come to
    plain_groups    what a tally comes to in every group
    plain_together  what a numerator and a denominator come to together
    plain_reach     the periods that a table does not cover

Years taken together are added up last, in `plain_year_sums.py`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any

import polars as pl

from outturn.contracts.model import Contract
from outturn.engine.periods import Wanted, base_period, open_periods, wanted_periods
from outturn.engine.plain_amounts import unit_of
from outturn.engine.plain_groups import Group, Side, side_of
from outturn.engine.plain_reach import covered_since, covers_of, usual, why_not_covered
from outturn.engine.plain_rows import Row, World, period_of
from outturn.engine.plain_together import denominator_of, numerator_of
from outturn.engine.plain_year_sums import with_years_together
from outturn.engine.plan import counted, evidence, mistakes, period_column, squares
from outturn.framework.model import Measure, Place, Tally
from outturn.framework.places import added_up
from outturn.terms.errors import raise_all
from outturn.terms.period import Calendar, Period
from outturn.terms.records import COUNTS, KEYS, Absent

# What is told of a period that a table does not cover.
_NOTHING: dict[str, Any] = {
    "numerator": None, "denominator": None, "rows": 0, "source": None,
    "absent": str(Absent.NOT_AVAILABLE),
}  # fmt: skip


def count(
    measures: Iterable[Measure],
    tables: Mapping[str, Sequence[Row]],
    *,
    contracts: Mapping[str, Contract],
    places: Mapping[str, Place],
    hierarchy: str,
    calendar: Calendar,
    as_of: date,
    totals_for: Collection[str] = (),
) -> pl.DataFrame:
    """Counts of every measure that is counted from rows; its meaning is `docs/spec.md`."""
    wanted = counted(measures)
    raise_all(mistakes(wanted, contracts))
    above = added_up(places, hierarchy, totals_for)
    world = World(tables, contracts, above, calendar, as_of)
    lines = [
        line
        for measure in wanted
        for line in with_years_together(list(_counts(world, measure)), measure, calendar)
    ]
    return pl.DataFrame(lines, schema=COUNTS, orient="row").sort(KEYS)


def _counts(world: World, measure: Measure) -> Iterator[dict[str, Any]]:
    """One line for each group that the measure has."""
    assert measure.numerator
    if measure.numerator.table not in world.tables:
        return
    own = _own_periods(world, measure, measure.numerator)
    base_of = {one: base_period(one, measure.frequency, world.calendar) for one in own}
    also = _shown(world, measure)
    asked = partial(usual, world, measure)
    since = covered_since(world, measure) if also else None
    wanted = wanted_periods(measure, base_of, world.calendar, world.as_of, also, asked, since)
    top = side_of(world, measure, measure.numerator, wanted, measure.breakdowns)
    bottom = side_of(world, measure, measure.denominator, wanted, measure.breakdowns)
    shown = side_of(world, measure, evidence(measure), wanted, ())
    weighed = side_of(world, measure, squares(measure), wanted, measure.breakdowns)
    about = {one.period: one for one in wanted}
    covers = covers_of(world, measure)
    for group in top.totals.keys() | bottom.totals.keys() | shown.totals.keys():
        line = _line(world, measure, about[group[1]], group, (top, bottom, shown))
        if why := why_not_covered(covers, about[group[1]], group[0], world.calendar):
            line |= {**_NOTHING, "why": why}
        figure = line["numerator"] is not None and line["absent"] is None
        if group in weighed.totals and measure.is_weighted and line["denominator"] is not None:
            line["squares"] = weighed.totals[group].amount
            line["answers"] = weighed.totals[group].rows
        elif group in weighed.totals and figure and not measure.is_weighted:
            whole = weighed.totals[group].rows == line["denominator"]  # each row has its number
            line["squares"] = weighed.totals[group].amount if whole else None
        if group in top.totals and figure:
            line["lower"], line["upper"] = top.totals[group].limits
        yield _in_units(line, measure, world.contracts)


def _shown(world: World, measure: Measure) -> set[Period]:
    """The periods of the rows that show what was supplied."""
    rows = world.tables.get(measure.supplied, ())
    column = world.contracts[measure.supplied].period if rows else ""
    return {period for row in rows if column and (period := period_of(row, column))}


def _own_periods(world: World, measure: Measure, tally: Tally) -> set[Period]:
    """The periods of a table's rows: of those that are open, all from the first that begins."""
    column = period_column(tally, world.contracts[tally.table])
    own = {period for row in world.tables[tally.table] if (period := period_of(row, column))}
    if tally.how != "open" or not own:
        return own
    first = min(one.start for one in own)
    return set(open_periods(first, measure.frequency, world.calendar, world.as_of))


def _line(
    world: World,
    measure: Measure,
    wanted: Wanted,
    group: Group,
    sides: tuple[Side, Side, Side],
) -> dict[str, Any]:
    place, period, breakdown, category = group
    numerator, why = numerator_of(world, measure, wanted, group, sides)
    denominator, and_why = denominator_of(world, measure, wanted, group, sides)
    why = why or and_why
    top, bottom, shown = (side.totals for side in sides)
    behind = [total[group] for total in (top, bottom) if group in total] or [shown[group]]
    return {
        "measure": measure.id,
        "definition": measure.definition_in(period),
        "place": place,
        "period": period.key,
        "breakdown": breakdown,
        "category": category,
        "numerator": numerator,
        "denominator": denominator,
        "squares": None,
        "answers": None,
        "lower": None,
        "upper": None,
        "spans": wanted.spans,
        "rows": sum(total.rows for total in behind),
        "source": ", ".join(sorted(frozenset().union(*(total.sources for total in behind))))
        or None,
        "absent": str(Absent.NOT_AVAILABLE) if why else None,
        "why": why,
    }


def _in_units(
    line: dict[str, Any], measure: Measure, contracts: Mapping[str, Contract]
) -> dict[str, Any]:
    sides = {"numerator": measure.numerator, "denominator": measure.denominator}
    for part, tally in {**sides, "squares": squares(measure)}.items():
        if line[part] is not None:
            line[part] = float(line[part]) / unit_of(tally, contracts)
    return line
