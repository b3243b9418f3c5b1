"""How far records of whole weeks reach: from the first covered week to the last, week by week."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from laying import by_day, given_to
from outturn.contracts import Contract, Field, read_contracts
from outturn.contracts.reach import Reach, covered
from outturn.engine import plain_engine, sql_engine
from outturn.framework.model import Measure, Place, Tally
from outturn.terms.period import Calendar, from_key

WEEK = timedelta(days=7)
CARE = Contract(
    name="care", title="Care", place="place", period="week", reaches="week", weekly=True,
    fields=(Field("place"), Field("week", "date")),
)  # fmt: skip
MADE = Contract(
    name="made", title="Made of care", place="place", period="week", reach_of=("care",),
    fields=(Field("place"), Field("week", "date")),
)  # fmt: skip
LIVING = Contract(
    name="living", place="place", period="period",
    fields=(Field("place"), Field("period"), Field("people", "integer")),
)  # fmt: skip
CONTRACTS = {"care": CARE, "made": MADE, "living": LIVING}
PLACES = {one: Place(one, one, "council", {"main": "Both"}) for one in ("N", "S")}
PLACES["Both"] = Place("Both", "Both", "region")
PEOPLE = Measure(
    id="m", title="m", definition="1", kind="count", unit="people", aim="none",
    frequency="week", roll_up="none", numerator=Tally("care", "count"),
)  # fmt: skip
OF_MADE = replace(PEOPLE, numerator=Tally("made", "count"))
OF_MADE_TOO = replace(OF_MADE, id="made")
BY_MONTH = replace(PEOPLE, frequency="month", roll_up="sum")
RATE = replace(
    PEOPLE, kind="rate", supplied="made", aggregate="total over total",
    denominator=Tally("living", "sum", "people", of_year=True),
)  # fmt: skip
WAYS = [replace(one, id=f"m{number}") for number, one in enumerate((
    PEOPLE, replace(PEOPLE, roll_up="sum"), RATE, BY_MONTH, replace(RATE, frequency="month"),
    replace(PEOPLE, frequency="census"), replace(PEOPLE, frequency="year"),
))]  # fmt: skip
WAYS_OF_MADE = [replace(one, numerator=OF_MADE.numerator) for one in WAYS]
ENGINES = pytest.mark.parametrize("engine", [sql_engine, plain_engine])
Rows = list[dict[str, Any]]


LIVED: Rows = [
    {"place": place, "period": f"{year}-01-01/P1Y", "people": 1000, "source": "p"}
    for place in "NS"
    for year in range(2018, 2030)
]


def weeks(first: date, number: int, people: int, place: str = "N", source: str = "a") -> Rows:
    """So many people in each week from the first on."""
    return [
        {"place": place, "week": first + nth * WEEK, "source": source}
        for nth in range(number)
        for _ in range(people)
    ]


def counted(
    engine: Any, rows: Rows, as_of: date, *measures: Measure, care: Contract = CARE
) -> pl.DataFrame:
    made = [{name: one for name, one in row.items() if name != "part"} for row in rows[::2]]
    contracts = {**CONTRACTS, "care": care}
    given = given_to(engine, {"care": rows, "made": made, "living": LIVED}, contracts)
    found: pl.DataFrame = engine.count(
        measures or [PEOPLE], given, contracts=contracts, places=PLACES, hierarchy="main",
        calendar=Calendar(), as_of=as_of,
    )  # fmt: skip
    return found


def told(found: pl.DataFrame, place: str = "N") -> dict[date, Any]:
    """What there is of a place in each week, or the words why there is nothing."""
    by_key = of_periods(found, place).items()
    return {date.fromisoformat(key[:10]): one for key, one in by_key if key.endswith("P7D")}


def of_periods(found: pl.DataFrame, place: str = "N") -> dict[str, Any]:
    lines = found.filter(place=place).select("period", "numerator", "why").iter_rows()
    return {key: why or number for key, number, why in lines}


WAYS_OF: dict[str, Callable[[Mapping[str, Any], date], str]] = {
    "alone": lambda row, middle: "a",
    "one after the other": lambda row, middle: "a" if row["week"] < middle else "b",
    "by place": lambda row, middle: "ab"[row["place"] == "S"],
}


@st.composite
def drawn_weeks(draw: st.DrawFn) -> Rows:
    """Some to many rows a week of two sources, by any day of the week, and some strays.

    The sources take turns, or one comes after the other, or each has a place, or there is one: so
    that weeks of a source have others of it beside them.
    """
    random = Random(draw(st.integers(0, 2**32)))
    first = date(2024, 1, 1) + timedelta(days=draw(st.integers(0, 400)))
    number, people = draw(st.integers(1, 60)), draw(st.sampled_from([1, 2, 3, 4, 8, 20]))
    step, way = draw(st.sampled_from([1, 1, 1, 4, 52])), draw(st.sampled_from(["turns", *WAYS_OF]))
    rows: Rows = [
        {"place": random.choice("NS"), "week": first + step * nth * WEEK, "source": "ab"[nth % 2]}
        for nth in range(max(number // step, 1))
        for _ in range(random.randint(0, 2 * people))
    ]
    if way in WAYS_OF:
        middle = first + step * number // 2 * WEEK
        rows = [{**row, "source": WAYS_OF[way](row, middle)} for row in rows]
    strays = draw(st.lists(st.integers(-300, 900), max_size=3))
    rows += [{"place": "S", "week": first + timedelta(days=day), "source": "a"} for day in strays]
    return rows or weeks(first, 1, 1)


@by_day(25)
@given(rows=drawn_weeks(), later=st.integers(0, 200), made=st.booleans())
def test_both_engines_agree_on_which_weeks_are_covered(rows: Rows, later: int, made: bool) -> None:
    as_of = max(row["week"] for row in rows) + timedelta(days=later)
    asked = WAYS_OF_MADE if made else WAYS
    assert_frame_equal(
        counted(sql_engine, rows, as_of, *asked), counted(plain_engine, rows, as_of, *asked)
    )


IN_PART = replace(
    CARE, in_part="part", fields=(*CARE.fields, Field("part", "boolean", title="Some are lacking"))
)  # fmt: skip


@by_day(25)
@given(rows=drawn_weeks(), later=st.integers(0, 200), made=st.booleans(),
       seed=st.integers(0, 2**16))  # fmt: skip
def test_both_engines_agree_on_which_weeks_are_there_in_part(
    rows: Rows, later: int, made: bool, seed: int
) -> None:
    """No figure of a place is of a period with such a week; others are what they are without."""
    random = Random(seed)
    told_of = [{**row, "part": random.choice([None, None, None, False, True])} for row in rows]
    as_of = max(row["week"] for row in rows) + timedelta(days=later)
    asked = WAYS_OF_MADE if made else WAYS
    found = counted(sql_engine, told_of, as_of, *asked, care=IN_PART)
    assert_frame_equal(found, counted(plain_engine, told_of, as_of, *asked, care=IN_PART))
    parts = {row["week"] - timedelta(days=row["week"].weekday())
             for row in told_of if row["part"] and row["place"] == "N"}  # fmt: skip
    whole = told(counted(plain_engine, rows, as_of, asked[0]))
    of_n = told(found.filter(measure=asked[0].id))
    assert {week: each for week, each in of_n.items() if week not in parts} == {
        week: each for week, each in whole.items() if week not in parts
    }
    assert all(isinstance(of_n[week], str) for week in parts & of_n.keys())


@ENGINES
def test_a_table_that_lacks_the_column_is_of_whole_weeks(engine: Any) -> None:
    rows = weeks(date(2025, 4, 7), 52, 10)
    found, as_of = [], date(2026, 4, 20)
    for care in (CARE, IN_PART):
        found.append(counted(engine, rows, as_of, PEOPLE, OF_MADE_TOO, care=care))
    assert_frame_equal(*found)
    assert len(told(found[0].filter(measure="m"))) == 52


@by_day(25)
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


@by_day(25)
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
def test_a_week_that_is_alone_in_its_month_is_covered(engine: Any, first: date) -> None:
    """One Monday of 52 has 1.9 per cent of the rows, less than the 2 that a month must have."""
    found = told(counted(engine, weeks(first, 53, 10), date(2026, 12, 31)))
    assert set(found.values()) == {10} and len(found) == 53


@ENGINES
def test_a_week_with_few_rows_is_not_covered_and_says_of_which_weeks_there_are_records(
    engine: Any,
) -> None:
    rows = weeks(date(2025, 3, 31), 52, 10) + weeks(date(2026, 4, 6), 1, 2)
    found = told(counted(engine, rows, date(2026, 12, 31)))
    assert found[date(2026, 4, 6)] == (
        "The records of 'Care' reach from the week beginning 31 March 2025 to the week beginning "
        "23 March 2026 only."
    )
    assert found[date(2026, 3, 23)] == 10


@ENGINES
def test_any_day_stands_for_its_week(engine: Any) -> None:
    """Sunday 5 April 2026 is of the week of 30 March."""
    rows = [{**row, "week": row["week"] + 6 * timedelta(days=1)}
            for row in weeks(date(2025, 4, 7), 52, 10)]  # fmt: skip
    found = told(counted(engine, rows, date(2026, 12, 31)))
    assert (found[date(2026, 3, 30)], found[date(2025, 4, 7)], len(found)) == (10, 10, 52)


@ENGINES
def test_a_week_of_days_is_covered_only_where_all_its_days_are(engine: Any) -> None:
    """Of records that are dated by the day, those of March tell two days of the week."""
    days: Sequence[date] = [date(2025, 4, 1) + timedelta(days=nth) for nth in range(365)]
    rows = [{"place": "N", "week": day, "source": "a"} for day in days]
    given = given_to(engine, {"care": rows}, CONTRACTS)
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

    usual = Reach(date(2025, 4, 7), date(2026, 3, 30), True)
    assert covered(year, year, on_its_day=True, weekly=True) == usual
    assert of(monday - 1, 3) == of(monday + 52, 3) == usual
    assert of(monday - 1, 4) == replace(usual, first=date(2025, 3, 31))
    assert of(monday + 52, 4) == replace(usual, last=date(2026, 4, 6))
    few = {**dict.fromkeys(range(monday, monday + 52), 2), monday - 60: 1, monday + 90: 1}
    assert covered(few, few, on_its_day=True, weekly=True) == usual


# A week that was never sent is no week in which nobody had care.


@ENGINES
@pytest.mark.parametrize("made", [False, True])
def test_a_week_before_the_first_of_a_place_or_after_its_last_has_no_figure_and_not_0(
    engine: Any, made: bool
) -> None:
    """Also where others of its month were sent, and where another place has sent it."""
    of_n = weeks(date(2025, 6, 30), 36, 10)  # to that of 2 March 2026
    of_s = weeks(date(2025, 6, 2), 44, 10, "S", "b")  # to that of 30 March 2026
    measure = replace(RATE, numerator=OF_MADE.numerator) if made else RATE
    found = counted(engine, of_n + of_s, date(2026, 6, 30), measure)
    each = 5 if made else 10
    assert told(found, "S") == {date(2025, 6, 2) + nth * WEEK: each for nth in range(44)}
    words = (
        "The records of 'Care' reach from the week beginning 30 June 2025 to the week beginning "
        "2 March 2026 only."
    )
    sent = {row["week"] for row in of_n}
    assert told(found) == {week: each if week in sent else words for week in told(found, "S")}
    assert {one for one in told(found, "Both").values()} == {2 * each, words}


@ENGINES
def test_a_month_is_covered_where_each_week_that_begins_in_it_is(engine: Any) -> None:
    """From Monday 31 March 2025 on, the last of five in March; 53 equal weeks to 30 March 2026."""
    rows = weeks(date(2025, 3, 31), 53, 10)
    found = of_periods(counted(engine, rows, date(2026, 12, 31), BY_MONTH))
    words = (
        "The records of 'Care' reach from the week beginning 31 March 2025 to the week beginning "
        "30 March 2026 only."
    )
    assert (found["2025-03-01/P1M"], found["2025-03-01/P12M"]) == (words, words)
    assert (found["2025-04-01/P1M"], found["2026-03-01/P1M"]) == (40, 50)
    assert (found["2025-04-01/P1Y"], found["2025-04-01/P3M"]) == (520, 130)
    found = of_periods(counted(engine, rows[:-10], date(2026, 12, 31), BY_MONTH))
    words = words.replace("30 March 2026", "23 March 2026")
    assert (found["2026-03-01/P1M"], found["2025-04-01/P1Y"]) == (words, words)
    assert found["2026-02-01/P1M"] == 40


@by_day(25)
@given(
    first=st.dates(date(2020, 1, 1), date(2024, 1, 1)), number=st.integers(13, 130),
    frequency=st.sampled_from(["month", "quarter", "year"]), made=st.booleans(),
)  # fmt: skip
def test_what_is_longer_than_a_week_has_a_figure_where_all_its_weeks_were_sent(
    first: date, number: int, frequency: str, made: bool
) -> None:
    """Whatever it is: month, quarter, year, year to date, twelve months."""
    sent = [first - timedelta(days=first.weekday()) + nth * WEEK for nth in range(number)]
    measure = replace(BY_MONTH, frequency=frequency)
    measure = replace(measure, numerator=OF_MADE.numerator) if made else measure
    rows = weeks(sent[0], number, 8)
    each = 4 if made else 8
    for key, found in of_periods(counted(sql_engine, rows, sent[-1] + 60 * WEEK, measure)).items():
        period = from_key(key)
        days = (period.end - period.start).days + 1
        every = [period.start + timedelta(days=nth) for nth in range(days)]
        mondays = [day for day in every if day.weekday() == 0]
        if set(mondays) <= set(sent):
            assert found == each * len(mondays)
        else:
            assert isinstance(found, str)


@ENGINES
@pytest.mark.parametrize("last, said, as_of", [
    (date(2026, 3, 23), "23 March 2026", date(2026, 3, 31)),
    (date(2026, 3, 23), "23 March 2026", date(2026, 4, 15)),
    (date(2025, 12, 1), "1 December 2025", date(2026, 1, 15)),
])  # fmt: skip
def test_no_week_is_covered_because_the_month_of_the_position_date_is_not_over(
    engine: Any, last: date, said: str, as_of: date
) -> None:
    """The week of 30 March is not over on the 31st, when March is: nothing of it was sent. In April
    one place has sent more, and of the other nothing is known."""
    of_n = weeks(last - 51 * WEEK, 52, 10)
    of_s = weeks(last - 51 * WEEK, 54, 10, "S", "b")
    found = counted(engine, of_n + [row for row in of_s if row["week"] <= as_of], as_of, RATE)
    whole = {week: one for week, one in told(found).items() if isinstance(one, float)}
    assert max(whole) == last
    assert all(f"{said} only" in one for one in told(found).values() if one != 10)
    by_month = of_periods(counted(engine, of_n, as_of, BY_MONTH))
    assert f"{said} only" in by_month[f"{last:%Y-%m}-01/P1M"]


@ENGINES
def test_a_census_date_is_covered_where_its_week_is(engine: Any) -> None:
    """A week with a single row is not: one Wednesday before, and one Thursday after."""
    rows = [{**row, "week": row["week"] + timedelta(days=3)}
            for row in weeks(date(2025, 4, 7), 52, 10)]  # fmt: skip
    odd = [{"place": "N", "week": day, "source": "a"}
           for day in (date(2025, 4, 2), date(2025, 4, 9), date(2026, 4, 9))]  # fmt: skip
    census = replace(PEOPLE, frequency="census")
    found = of_periods(counted(engine, rows + odd, date(2026, 12, 31), census))
    assert (found["2025-04-10/P0D"], found["2026-04-02/P0D"], found["2025-04-09/P0D"]) == (
        10,
        10,
        1,
    )
    assert {type(found[key]) for key in ("2025-04-02/P0D", "2026-04-09/P0D")} == {str}


@ENGINES
def test_what_a_derivation_has_told_of_weeks_are_weeks(engine: Any) -> None:
    contract = replace(CARE, reach_told=True, reaches_to="until",
                       fields=(*CARE.fields, Field("until", "date")))  # fmt: skip
    rows = [{**row, "until": date(2026, 3, 8)} for row in weeks(date(2025, 4, 16), 50, 3)]
    given = given_to(engine, {"care": rows}, {"care": contract})
    found = told(engine.count(
        [PEOPLE], given, contracts={"care": contract}, places=PLACES, hierarchy="main",
        calendar=Calendar(), as_of=date(2026, 12, 31),
    ))  # fmt: skip
    figures = [week for week, one in found.items() if one == 3]
    assert (min(figures), max(figures), len(figures)) == (date(2025, 4, 14), date(2026, 3, 2), 47)
    assert set(found.values()) == {3, (
        "The records of 'Care' reach from the week beginning 14 April 2025 to the week beginning "
        "2 March 2026 only."
    )}  # fmt: skip


@ENGINES
def test_rows_that_show_a_month_to_have_been_sent_do_so_from_the_first_covered_one_on(
    engine: Any,
) -> None:
    """April begins on a Tuesday, and is covered from its first Monday on."""
    care = weeks(date(2025, 4, 7), 30, 10)
    given = given_to(engine, {"care": care, "made": care[:10]}, CONTRACTS)
    shown = replace(BY_MONTH, numerator=Tally("made", "count"), supplied="care")
    found = of_periods(engine.count(
        [shown], given, contracts=CONTRACTS, places=PLACES, hierarchy="main",
        calendar=Calendar(), as_of=date(2026, 12, 31),
    ))  # fmt: skip
    assert found["2025-04-01/P1M"] == 10
    assert "2025-04-01/P2M" in found


@ENGINES
def test_places_without_a_week_in_common_have_none_together(engine: Any) -> None:
    rows = weeks(date(2024, 4, 1), 52, 9) + weeks(date(2025, 3, 31), 52, 9, "S", "b")
    found = counted(engine, rows, date(2026, 12, 31), replace(PEOPLE, aggregate="total over total"))
    assert set(told(found, "Both").values()) == {
        "The records of 'Care' cover no week for all the places that are put together here."
    }
    assert set(told(found, "N").values()) >= {9}


def small(people: int) -> tuple[Rows, list[date]]:
    """Three months of weeks, each with so many, and single rows in the two weeks on either side."""
    first = date(2025, 4, 14)
    beside = [first - 2 * WEEK, first - WEEK, first + 13 * WEEK, first + 14 * WEEK]
    rows = weeks(first, 13, people)
    return rows + [{"place": "N", "week": week, "source": "a"} for week in beside], beside


@ENGINES
def test_in_a_small_table_weeks_beside_the_covered_ones_are_covered_with_a_single_record(
    engine: Any,
) -> None:
    """One after another: not those behind a week without any. From 200 rows a year on none is."""
    (rows, beside), away = small(14), [date(2025, 3, 17), date(2025, 8, 4)]
    rows += [{"place": "N", "week": week, "source": "a"} for week in away]
    found = told(counted(engine, rows, date(2026, 12, 31)))
    assert [found[week] for week in beside] == [1, 1, 1, 1]
    words = (
        "The records of 'Care' reach from the week beginning 31 March 2025 to the week beginning "
        "21 July 2025 only."
    )
    assert [found[week] for week in away] == [words, words]
    rows, beside = small(16)
    found = told(counted(engine, rows, date(2026, 12, 31)))
    assert {type(found[week]) for week in beside} == {str}


def test_only_of_fewer_than_200_rows_a_week_beside_the_covered_ones_needs_but_one() -> None:
    monday = (date(2025, 4, 7).toordinal() - 1) // 7
    year = dict.fromkeys(range(monday, monday + 50), 3)
    for number, weeks_more in ((50, 2), (51, 0)):  # with them 199 rows in 52 weeks, and 200
        rows = {**year, monday: number, monday - 1: 1, monday - 2: 1, monday - 4: 1,
                monday + 50: 1, monday + 51: 1, monday + 53: 1}  # fmt: skip
        reach = covered(rows, rows, on_its_day=True, weekly=True)
        first, last = date(2025, 4, 7), date(2026, 3, 16)
        assert reach == Reach(first - weeks_more * WEEK, last + weeks_more * WEEK, True)


def test_weeks_of_home_care_are_rows_of_whole_weeks() -> None:
    contracts, _ = read_contracts(None)
    assert [name for name, one in contracts.items() if one.weekly] == ["home_care"]
    assert contracts["home_care_weeks"].reach_of == ("home_care",)
