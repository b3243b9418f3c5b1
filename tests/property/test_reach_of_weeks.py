"""How far records of whole weeks reach: a week is covered whose Monday is in a covered month."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from outturn.contracts import Contract, Field, read_contracts
from outturn.contracts.reach import Reach, covered
from outturn.engine import plain_engine, sql_engine
from outturn.framework.model import Measure, Place, Tally
from outturn.terms.period import Calendar

WEEK = timedelta(days=7)
CARE = Contract(
    name="care", title="Care", place="place", period="week", reaches="week", weekly=True,
    fields=(Field("place"), Field("week", "date")),
)  # fmt: skip
MADE = Contract(
    name="made", title="Made of care", place="place", period="week", reach_of=("care",),
    fields=(Field("place"), Field("week", "date")),
)  # fmt: skip
CONTRACTS = {"care": CARE, "made": MADE}
PLACES = {one: Place(one, one, "council") for one in ("N", "S")}
PEOPLE = Measure(
    id="m", title="m", definition="1", kind="count", unit="people", aim="none",
    frequency="week", roll_up="none", numerator=Tally("care", "count"),
)  # fmt: skip
OF_MADE = replace(PEOPLE, numerator=Tally("made", "count"))
ENGINES = pytest.mark.parametrize("engine", [sql_engine, plain_engine])
Rows = list[dict[str, Any]]


def weeks(first: date, number: int, people: int) -> Rows:
    """So many people in each week from the first on."""
    return [
        {"place": "N", "week": first + nth * WEEK, "source": "a"}
        for nth in range(number)
        for _ in range(people)
    ]


def counted(engine: Any, rows: Rows, as_of: date, measure: Measure = PEOPLE) -> pl.DataFrame:
    given: dict[str, Any] = {"care": rows, "made": rows[::2]}
    if engine is sql_engine:
        given = {
            name: pl.DataFrame(each, schema={**CONTRACTS[name].schema, "source": pl.String})
            for name, each in given.items()
        }
    found: pl.DataFrame = engine.count(
        [measure], given, contracts=CONTRACTS, places=PLACES, hierarchy="main",
        calendar=Calendar(), as_of=as_of,
    )  # fmt: skip
    return found


def told(found: pl.DataFrame) -> dict[date, Any]:
    """What there is of N in each week, or the words why there is nothing."""
    of_n = found.filter(pl.col("place") == "N", pl.col("period").str.ends_with("P7D"))
    lines = of_n.select("period", "numerator", "why").iter_rows()
    return {date.fromisoformat(key[:10]): why or number for key, number, why in lines}


@st.composite
def drawn_weeks(draw: st.DrawFn) -> Rows:
    """Some to many rows a week of two sources, by any day of the week, and some strays."""
    random = Random(draw(st.integers(0, 2**32)))
    first = date(2024, 1, 1) + timedelta(days=draw(st.integers(0, 400)))
    number, people = draw(st.integers(1, 60)), draw(st.sampled_from([1, 2, 3, 4, 8, 20]))
    step = draw(st.sampled_from([1, 1, 1, 4, 52]))
    rows: Rows = [
        {"place": random.choice("NS"), "week": first + step * nth * WEEK, "source": "ab"[nth % 2]}
        for nth in range(max(number // step, 1))
        for _ in range(random.randint(0, 2 * people))
    ]
    strays = draw(st.lists(st.integers(-300, 900), max_size=3))
    rows += [{"place": "S", "week": first + timedelta(days=day), "source": "a"} for day in strays]
    return rows or weeks(first, 1, 1)


@given(rows=drawn_weeks(), later=st.integers(0, 200), made=st.booleans())
def test_both_engines_agree_on_which_weeks_are_covered(rows: Rows, later: int, made: bool) -> None:
    as_of = max(row["week"] for row in rows) + timedelta(days=later)
    measure = OF_MADE if made else PEOPLE
    for one in (measure, replace(measure, roll_up="sum"), replace(measure, frequency="month")):
        assert_frame_equal(
            counted(sql_engine, rows, as_of, one), counted(plain_engine, rows, as_of, one)
        )


@given(
    first=st.dates(date(2020, 1, 1), date(2024, 1, 1)),
    number=st.integers(1, 130),
    people=st.integers(2, 9),
    later=st.integers(6, 200),
    made=st.booleans(),
)
def test_every_week_of_which_all_was_supplied_has_its_figure(
    first: date, number: int, people: int, later: int, made: bool
) -> None:
    """Wherever months end: the first and the last too, whenever it is built."""
    first -= timedelta(days=first.weekday())
    rows, measure = weeks(first, number, 2 * people), OF_MADE if made else PEOPLE
    last = first + (number - 1) * WEEK
    found = counted(sql_engine, rows, last + timedelta(days=later), measure)
    each = people if made else 2 * people
    assert told(found) == {first + nth * WEEK: each for nth in range(number)}


@given(people=st.integers(2, 9), first=st.dates(date(2020, 1, 1), date(2023, 1, 1)),
       away=st.integers(6, 90), before=st.booleans())  # fmt: skip
def test_one_stray_row_opens_no_week(people: int, first: date, away: int, before: bool) -> None:
    """Neither side of a year of weeks: not its own, and none between."""
    first -= timedelta(days=first.weekday())
    last = first + 51 * WEEK
    stray = first - away * WEEK if before else last + away * WEEK
    rows = [*weeks(first, 52, people), {"place": "N", "week": stray, "source": "a"}]
    found = told(counted(sql_engine, rows, max(last, stray) + 60 * WEEK))
    figures = {week for week, one in found.items() if not isinstance(one, str)}
    assert figures == {first + nth * WEEK for nth in range(52)}


@ENGINES
@pytest.mark.parametrize("measure", [PEOPLE, OF_MADE])
def test_a_week_over_the_end_of_a_month_is_covered_long_after(
    engine: Any, measure: Measure
) -> None:
    """The week of Monday 30 March 2026 ends in April, of which the table holds nothing more."""
    rows = weeks(date(2025, 4, 7), 52, 10)
    each = 10 if measure is PEOPLE else 5
    for as_of in (date(2026, 4, 20), date(2026, 4, 30), date(2026, 12, 31)):
        found = told(counted(engine, rows, as_of, measure))
        assert (found[date(2026, 3, 30)], len(found)) == (each, 52)
        assert set(found.values()) == {each}


@ENGINES
@pytest.mark.parametrize("measure", [PEOPLE, OF_MADE])
def test_one_census_week_a_year_has_its_figure_in_each(engine: Any, measure: Measure) -> None:
    """The national survey takes the week that includes 31 March."""
    rows = weeks(date(2025, 3, 31), 1, 60) + weeks(date(2026, 3, 30), 1, 60)
    found = told(counted(engine, rows, date(2026, 6, 30), measure))
    each = 60 if measure is PEOPLE else 30
    assert (found[date(2025, 3, 31)], found[date(2026, 3, 30)]) == (each, each)
    assert {one for one in found.values() if not isinstance(one, str)} == {each}


@ENGINES
@pytest.mark.parametrize("first", [date(2025, 3, 31), date(2025, 4, 7)])
def test_a_month_with_a_single_monday_is_covered(engine: Any, first: date) -> None:
    """One Monday of 52 has 1.9 per cent of the rows, less than the 2 that a month must have."""
    found = told(counted(engine, weeks(first, 53, 10), date(2026, 12, 31)))
    assert set(found.values()) == {10} and len(found) == 53


@ENGINES
def test_a_week_with_few_rows_is_not_covered_and_says_of_which_months_there_are_records(
    engine: Any,
) -> None:
    rows = weeks(date(2025, 3, 31), 52, 10) + weeks(date(2026, 4, 6), 1, 2)
    found = told(counted(engine, rows, date(2026, 12, 31)))
    assert found[date(2026, 4, 6)] == (
        "The records of 'Care' reach from March 2025 to March 2026 only."
    )
    assert found[date(2026, 3, 23)] == 10


@ENGINES
def test_any_day_stands_for_its_week(engine: Any) -> None:
    """Sunday 5 April 2026 is of the week of 30 March, and so of March."""
    rows = [{**row, "week": row["week"] + 6 * timedelta(days=1)}
            for row in weeks(date(2025, 4, 7), 52, 10)]  # fmt: skip
    found = told(counted(engine, rows, date(2026, 12, 31)))
    assert (found[date(2026, 3, 30)], found[date(2025, 4, 7)], len(found)) == (10, 10, 52)


@ENGINES
def test_a_week_of_days_is_covered_only_where_all_its_days_are(engine: Any) -> None:
    """Of records that are dated by the day, those of March tell two days of the week."""
    days: Sequence[date] = [date(2025, 4, 1) + timedelta(days=nth) for nth in range(365)]
    rows = [{"place": "N", "week": day, "source": "a"} for day in days]
    given: Any = {"care": rows}
    if engine is sql_engine:
        given = {"care": pl.DataFrame(rows, schema={**CARE.schema, "source": pl.String})}
    found = told(engine.count(
        [PEOPLE], given, contracts={"care": replace(CARE, weekly=False)}, places=PLACES,
        hierarchy="main", calendar=Calendar(), as_of=date(2026, 12, 31),
    ))  # fmt: skip
    assert (found[date(2026, 3, 23)], type(found[date(2026, 3, 30)])) == (7, str)


def test_a_week_has_a_fourth_of_a_usual_one_and_more_than_one_record() -> None:
    """6 / 13 per cent of 52 weeks of 13 are 3.12; weeks are numbered from that of 1 January 1."""
    monday = (date(2025, 4, 7).toordinal() - 1) // 7
    year = dict.fromkeys(range(monday, monday + 52), 13)

    def of(week: int, number: int) -> Reach | None:
        rows = {**year, week: number}
        return covered(rows, rows, on_its_day=True, weekly=True)

    usual = Reach(date(2025, 4, 1), date(2026, 3, 1), True)
    assert covered(year, year, on_its_day=True, weekly=True) == usual
    assert of(monday - 1, 3) == of(monday + 52, 3) == usual
    assert of(monday - 1, 4) == replace(usual, first=date(2025, 3, 1))
    assert of(monday + 52, 4) == replace(usual, last=date(2026, 4, 1))
    few = {**dict.fromkeys(range(monday, monday + 52), 2), monday - 60: 1, monday + 90: 1}
    assert covered(few, few, on_its_day=True, weekly=True) == usual


def test_weeks_of_home_care_are_rows_of_whole_weeks() -> None:
    contracts, _ = read_contracts(None)
    assert [name for name, one in contracts.items() if one.weekly] == ["home_care"]
    assert contracts["home_care_weeks"].reach_of == ("home_care",)
