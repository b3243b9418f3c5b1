"""Rows set aside: every figure that they could change, were they put right, is known to be so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from loading import module
from outturn.contracts import Contract
from outturn.contracts.check import FINDINGS
from outturn.engine import plain_engine
from outturn.engine.touched import OTHERS, OWN, UNREAD, touched
from outturn.framework.model import Measure, Tally
from outturn.framework.places import added_up
from outturn.ingest.set_aside import lacked_rows
from outturn.terms.period import Calendar, Period, from_key
from outturn.terms.records import KEYS

random_ones = module("property/test_engines.py")
CONTRACTS, PLACES = random_ones.CONTRACTS, random_ones.PLACES
World = Any  # of `random_ones`
FIGURE = ("measure", "place", "period")
FEWER = settings(max_examples=max(settings.default.max_examples // 4, 1))  # each counts a world
EVERYWHERE = "unread, and so of every place"


@st.composite
def spoilt(draw: st.DrawFn) -> tuple[World, str, list[int], str]:
    """A world, some rows of one of its tables, and the column in which they are broken."""
    world = draw(random_ones.worlds().filter(lambda one: any(one.rows.values())))
    table = draw(st.sampled_from([name for name, rows in world.rows.items() if rows]))
    numbers = st.integers(0, len(world.rows[table]) - 1)
    broken = draw(st.lists(numbers, min_size=1, max_size=3, unique=True))
    return world, table, broken, draw(st.sampled_from(CONTRACTS[table].names))


def _lacked(world: World, table: str, broken: list[int], column: str) -> pl.DataFrame:
    """The lines of what ingestion says of these rows, as one part."""
    found = pl.DataFrame(
        [{"index": number, "column": column, "kind": ""} for number in broken],
        schema={name: FINDINGS[name] for name in ("index", "column", "kind")},
    )
    typed = world.frames[table].with_row_index("index").cast({"index": pl.Int64})
    lines = lacked_rows(found, typed, typed["index"] + 1, CONTRACTS[table])
    return lines.select(pl.lit(0, pl.Int64).alias("part"), pl.all())


def _touched(
    world: World, figures: pl.DataFrame, aside: Mapping[str, pl.DataFrame]
) -> pl.DataFrame:
    return touched(
        figures,
        {one.id: one for one in world.measures},
        aside,
        contracts=CONTRACTS,
        above=added_up(PLACES, world.hierarchy, world.totals_for),
        calendar=world.calendar,
    )


@FEWER
@given(drawn=spoilt())
def test_every_figure_that_a_row_put_right_would_change_is_touched_by_it(
    drawn: tuple[World, str, list[int], str],
) -> None:
    world, table, broken, column = drawn
    whole = plain_engine.count(world.measures, world.rows, **world.arguments)
    left = [row for number, row in enumerate(world.rows[table]) if number not in broken]
    without = plain_engine.count(world.measures, {**world.rows, table: left}, **world.arguments)
    told = without.filter(pl.col("numerator").is_not_null() & pl.col("why").is_null())
    amounts = ("numerator", "denominator", "spans", "why", "absent")
    now = whole.select(*KEYS, *(pl.col(one).alias(f"{one} now") for one in amounts))
    both = told.join(now, on=KEYS, how="left")
    changed = both.filter(
        pl.any_horizontal(pl.col(one).ne_missing(pl.col(f"{one} now")) for one in amounts)
    )
    found = _touched(world, told, {table: _lacked(world, table, broken, column)})
    assert changed.join(found, on=FIGURE, how="anti").select(KEYS).rows() == []


@FEWER
@given(drawn=spoilt())
def test_the_touched_figures_are_those_that_a_plain_reading_of_the_rule_gives(
    drawn: tuple[World, str, list[int], str],
) -> None:
    world, table, broken, column = drawn
    figures = plain_engine.count(world.measures, world.rows, **world.arguments)
    found = _touched(world, figures, {table: _lacked(world, table, broken, column)})
    got = {
        (*key, which): rows for *key, which, rows in found.select(*FIGURE, "which", "rows").rows()
    }
    assert got == _judged(world, figures, table, broken, column)


def _judged(
    world: World, figures: pl.DataFrame, table: str, broken: list[int], column: str
) -> Mapping[tuple[str, ...], int]:
    """The judge: how many rows touch each figure, each figure and each row by itself."""
    above = added_up(PLACES, world.hierarchy, world.totals_for)
    measures = {one.id: one for one in world.measures}
    periods = {id: set(figures.filter(measure=id)["period"]) for id in measures}
    found: Counter[tuple[str, ...]] = Counter()
    for figure in set(figures.select(FIGURE).iter_rows()):
        measure = measures[figure[0]]
        for number in broken:
            row = {**world.rows[table][number], column: None}
            tallies = [one for one in (measure.numerator, measure.denominator) if one]
            if measure.supplied and measure.frequency == "week":
                tallies.append(Tally(measure.supplied, "count"))  # it shows another week
            each = [_reach(row, measure, one, figure, (above, periods[measure.id]))
                    for one in tallies if one.table == table]  # fmt: skip
            which = [one for one in (OTHERS, EVERYWHERE, OWN, UNREAD) if one in each][:1]
            found.update((*figure, UNREAD if one == EVERYWHERE else one) for one in which)
    return found


def _reach(
    row: dict[str, Any],
    measure: Measure,
    tally: Tally,
    figure: tuple[str, str, str],
    known: tuple[Mapping[str, tuple[str, ...]], set[str]],
) -> str:
    """Whether a row touches a figure by what it tallies, and by what: empty where it does not."""
    above, periods = known
    contract: Contract = CONTRACTS[tally.table]
    _, place, key = figure
    period, own = from_key(key), row[contract.place]
    cell = row[tally.opens or tally.on or contract.period]
    if cell is not None and measure.frequency == "week" and not isinstance(cell, date):
        span = from_key(cell)
        if (span.end - span.start).days == 6 and span.start.weekday():
            return EVERYWHERE
    alone = _alone(cell, measure, periods)
    counts_for = (own,) if measure.aggregate == "published" else above.get(own, (own,))
    if own is not None and place not in counts_for and not alone:
        return ""
    begins = None if cell is None else _first_day(cell, measure)
    if begins is not None and begins > period.end:
        return ""
    cell = row[tally.closes] if tally.how == "open" else cell
    if cell is not None and _last_day(cell, measure) < period.start:
        return ""
    if own is None or (begins is None and measure.frequency in ("week", "census")):
        return EVERYWHERE
    return UNREAD if begins is None else OTHERS if alone else OWN


def _alone(cell: Any, measure: Measure, periods: set[str]) -> bool:
    """Whether no figure has the week or census date of a row, which another is made for then."""
    if measure.frequency not in ("week", "census"):
        return False
    if cell is None:  # it could be one of its own
        return True
    first, last = (cell, cell) if isinstance(cell, date) else (
        from_key(cell).start, from_key(cell).end)  # fmt: skip
    monday = first - timedelta(days=first.weekday())
    base = Period(first, 0, "D") if measure.frequency == "census" else Period(monday, 7, "D")
    return base.key not in periods and base.end >= last


def _first_day(cell: Any, measure: Measure) -> date:
    day = cell if isinstance(cell, date) else from_key(cell).start
    return _sunday(day) if measure.frequency == "week" else day


def _last_day(cell: Any, measure: Measure) -> date:
    day = cell if isinstance(cell, date) else from_key(cell).end
    return _sunday(day) if measure.frequency == "week" else day


def _sunday(day: date) -> date:
    """A week is of the period in which it ends."""
    return day + timedelta(days=6 - day.weekday())


def test_a_week_shown_from_another_day_on_touches_every_figure_made_of_weeks() -> None:
    """With it the weeks are not in a row, so that those between the others' are not counted."""
    mondays = [date(2019, 4, 1) + timedelta(weeks=number) for number in range(60)]
    event = dict.fromkeys(CONTRACTS["events"].names) | {"source": "first", "place": "isle"}
    shown = dict.fromkeys(CONTRACTS["returns"].names) | {"source": "first", "area": "ward"}
    weeks = [*mondays, date(2019, 6, 5)]
    measure = Measure("b", "b", "1", "count", "", "none", frequency="week", supplied="returns",
                      numerator=Tally("events", "count"))  # fmt: skip
    rows = {
        "events": [{**event, "day": day} for day in mondays[::4]],
        "returns": [{**shown, "period": Period(day, 7, "D").key} for day in weeks],
        "population": [],
    }
    world = random_ones.World(
        (measure,), rows, "main", (), Calendar(financial_year=4), date(2022, 1, 1)
    )
    whole = plain_engine.count(world.measures, world.rows, **world.arguments)
    left = {**rows, "returns": rows["returns"][:-1]}
    told = plain_engine.count(world.measures, left, **world.arguments)
    told = told.filter(pl.col("numerator").is_not_null())
    of_a_year = told.filter(pl.col("period").str.ends_with("/P12M"))
    now = whole.join(of_a_year, on=KEYS, how="semi")
    assert of_a_year.height and now["spans"].to_list() != of_a_year["spans"].to_list()
    found = _touched(world, told, {"returns": _lacked(world, "returns", [60], "area")})
    assert of_a_year.join(found, on=FIGURE, how="anti").is_empty()
