"""How far records reach: derivations and engines agree with their judges, and with each other, and
one stray date opens nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from laying import by_day, given_to
from outturn.contracts import Contract, Field, read_contracts
from outturn.contracts.reach import (
    Reach,
    covered,
    of_several_places,
    of_several_sources,
    with_unfinished,
)
from outturn.databases import DuckDB, InFiles, Sql
from outturn.engine import plain_engine, sql_engine
from outturn.engine.cells import Table
from outturn.engine.reach import reaches
from outturn.framework.model import Measure, Place, Tally
from outturn.ingest.derivations.plain.reach import first_day
from outturn.ingest.derivations.reach import before, reach
from outturn.terms.period import Calendar, from_key

KINDS = {"place": pl.String, "source": pl.String, "ended_on": pl.Date}
FIRST = date(2024, 4, 1)
Rows = list[dict[str, Any]]


@pytest.fixture(scope="module")
def database() -> Iterator[DuckDB]:
    with DuckDB(threads=1) as opened:
        yield opened


@st.composite
def tables(draw: st.DrawFn) -> Rows:
    """Up to some hundred rows of two sources in many months, and some of long ago."""
    random = Random(draw(st.integers(0, 2**32)))
    number, early = draw(st.sampled_from([0, 5, 90, 150, 400])), draw(st.integers(0, 8))
    spread = draw(st.sampled_from([300, 800, 2000]))
    days = [FIRST + timedelta(days=random.randrange(spread)) for _ in range(number)]
    days += [FIRST - timedelta(days=random.randrange(90)) for _ in range(early)]
    return [
        {
            "place": random.choice("NS"),
            "source": random.choice("aab"),
            "ended_on": random.choice([day] * 9 + [None]),
        }
        for day in days
    ]


def reached(database: DuckDB, rows: Rows) -> dict[str, date]:
    database.table("ended", pl.DataFrame(rows, schema=KINDS))
    found = database.run(reach("ended", "ended_on"), Sql("select * from reach_of_places"))
    return dict(found.select("place", "reached_on").iter_rows())


@given(rows=tables())
def test_duckdb_agrees_with_the_judge(rows: Rows, database: DuckDB) -> None:
    judged = {
        place: first_day(rows, place, "ended_on") for place in {str(one["place"]) for one in rows}
    }
    assert reached(database, rows) == {place: day for place, day in judged.items() if day}


@by_day(25)
@given(days=st.lists(st.integers(0, 364), min_size=100, max_size=300))
def test_one_end_long_ago_moves_no_first_month(days: list[int], database: DuckDB) -> None:
    rows: Rows = [
        {"place": "N", "source": "a", "ended_on": FIRST + timedelta(days=day)} for day in days
    ]
    stray: Rows = [{"place": "N", "source": "a", "ended_on": date(2019, 6, 5)}]
    assert reached(database, rows + stray) == reached(database, rows)
    early = database.rows("before", before("ended", "ended_on").query).item()
    reached(database, rows + stray)
    assert database.rows("before", before("ended", "ended_on").query).item() == early + 1


@given(days=st.lists(st.integers(0, 364), min_size=1, max_size=98))
def test_a_small_table_loses_none_of_its_months(days: list[int], database: DuckDB) -> None:
    rows: Rows = [
        {"place": "N", "source": "a", "ended_on": FIRST + timedelta(days=day)} for day in days
    ]
    assert reached(database, rows) == {"N": FIRST + timedelta(days=min(days))}


# The same rule where a table is counted as it is: the engines, whose rows are added up by month.

STAYS = Contract(
    name="stays", title="Stays", place="place", period="begun_on", reaches="ended_on",
    fields=(Field("place"), Field("begun_on", "date"), Field("ended_on", "date")),
)  # fmt: skip
LIVING = Contract(
    name="living", place="place", period="period",
    fields=(Field("place"), Field("period"), Field("people", "integer")),
)  # fmt: skip
CONTRACTS = {"stays": STAYS, "living": LIVING}
PLACES = {one: Place(one, one, "council", {"main": "Both"}) for one in ("N", "S")}
PLACES["Both"] = Place("Both", "Both", "region")
RATE = Measure(
    id="m", title="m", definition="1", kind="rate", unit="", aim="none", missing="zero",
    frequency="month", roll_up="none",
    numerator=Tally("stays", "count"), denominator=Tally("living", "sum", "people", of_year=True),
)  # fmt: skip
PEOPLE: Rows = [
    {"place": place, "period": f"{year}-01-01/P1Y", "people": 1000, "source": "p"}
    for place in "NS"
    for year in range(2018, 2028)
]
AS_OF = date(2027, 12, 31)


@st.composite
def stays(draw: st.DrawFn) -> Rows:
    """The tables, with the day on which each stay began, and some that began long after."""
    rows, days = draw(tables()), draw(st.lists(st.integers(0, 40), min_size=1, max_size=9))
    late = draw(st.integers(0, 6))
    begun = [
        {**row, "begun_on": (row["ended_on"] or FIRST) - timedelta(days=days[nth % len(days)])}
        for nth, row in enumerate(rows)
    ]
    return begun + [
        {"place": "S", "source": "b", "begun_on": date(2027, 9, 1 + day), "ended_on": None}
        for day in range(late)
    ]


ADDED = replace(RATE, roll_up="sum", missing="zero where others report")


def counted(
    engine: Any,
    rows: Rows,
    given: Any = None,
    *,
    measures: Sequence[Measure] = (RATE,),
    **more: Any,
) -> pl.DataFrame:
    tables = given_to(engine, {"stays": rows, "living": PEOPLE}, CONTRACTS)
    tables["stays"] = tables["stays"] if given is None else given
    found: pl.DataFrame = engine.count(
        measures, tables, contracts=CONTRACTS, places=PLACES, hierarchy="main",
        calendar=Calendar(), as_of=AS_OF, **more,
    )  # fmt: skip
    return found


@by_day(25)
@given(rows=stays())
def test_both_engines_agree_on_what_is_covered(rows: Rows) -> None:
    assert_frame_equal(counted(sql_engine, rows), counted(plain_engine, rows))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("files")


@by_day(25)
@given(rows=stays())
def test_the_reach_of_a_table_in_files_is_over_all_of_them(rows: Rows, folder: Path) -> None:
    frame = pl.DataFrame(rows, schema={**STAYS.schema, "source": pl.String})
    by_year = frame.with_columns(year=pl.col("begun_on").dt.year())
    files, sources = [], []
    for nth, part in enumerate(by_year.partition_by("source", "year", include_key=True)):
        files.append(folder / f"{nth}.parquet")
        part.drop("year").write_parquet(files[-1])
        sources.append(part["source"][0])
    kept = Table(InFiles(tuple(files), tuple(sources)), STAYS, (), list(dict.fromkeys(sources)))
    held = Table(frame, STAYS, (), frame["source"].unique().to_list())
    with DuckDB(threads=1, reads=[folder]) as opened:
        assert reaches(opened, kept, AS_OF) == reaches(opened, held, AS_OF)


@given(rows=tables())
def test_the_engine_begins_where_a_derivation_begins(rows: Rows, database: DuckDB) -> None:
    frame = pl.DataFrame([{**row, "begun_on": row["ended_on"]} for row in rows],
                         schema={**STAYS.schema, "source": pl.String})  # fmt: skip
    found = reaches(database, Table(frame, STAYS, (), frame["source"].unique().to_list()), AS_OF)
    derived = reached(database, rows)
    assert {place: one.first for place, one in found.places.items()} == {
        place: day.replace(day=1) for place, day in derived.items()
    }


@pytest.mark.parametrize("engine", [sql_engine, plain_engine])
@pytest.mark.parametrize("stray", [date(1916, 5, 2), date(2019, 5, 2), date(2027, 5, 2),
                                   date(2062, 5, 2)])  # fmt: skip
def test_one_stray_date_opens_no_month(engine: Any, stray: date) -> None:
    """All figures are those of the records without it, but for months that say they are not
    covered: none of them is 0, whichever way the date was mistyped."""
    usual: Rows = [
        {"place": "N", "source": "a", "begun_on": day, "ended_on": day}
        for day in (FIRST + timedelta(days=3 * nth) for nth in range(120))
    ]
    odd = {"place": "N", "source": "a", "begun_on": stray, "ended_on": stray}
    keys = ["place", "period", "numerator", "denominator", "why"]
    with_it = counted(engine, [*usual, odd]).filter(pl.col("period").str.ends_with("P1M"))
    without = counted(engine, usual).filter(pl.col("period").str.ends_with("P1M"))
    inside = pl.col("period").is_between(pl.lit("2024-04-01/P1M"), pl.lit("2025-03-01/P1M"))
    assert_frame_equal(with_it.filter(inside).select(keys), without.filter(inside).select(keys))
    of_n = without.filter(pl.col("place") == "N")["numerator"]
    assert (of_n.sum(), of_n.len(), (of_n > 0).all()) == (120, 12, True)
    others = with_it.filter(~inside)
    words = "The records of 'Stays' reach from April 2024 to March 2025 only."
    assert set(others["why"]) <= {words}
    assert others["numerator"].null_count() == others.height == others["absent"].count()


@pytest.mark.parametrize("engine", [sql_engine, plain_engine])
def test_a_year_that_is_covered_in_part_gives_the_same_reason_as_its_months(engine: Any) -> None:
    usual: Rows = [
        {"place": "N", "source": "a", "begun_on": day, "ended_on": day}
        for day in (FIRST + timedelta(days=nth) for nth in range(730))
    ]
    left: Rows = [{"place": "S", "source": "a", "begun_on": date(2024, 1, 9), "ended_on": None}]
    found = counted(engine, usual + left, measures=[ADDED])
    found = found.filter(pl.col("numerator").is_null())
    assert {"2024-01-01/P1M", "2024-02-01/P1M", "2024-01-01/P12M"} <= set(found["period"])
    assert set(found["why"]) == {"The records of 'Stays' reach from April 2024 to March 2026 only."}
    assert found["denominator"].null_count() == found.height
    assert found["rows"].sum() == 0


@pytest.mark.parametrize("engine", [sql_engine, plain_engine])
def test_where_a_derivation_has_told_the_first_day_few_rows_end_nothing(engine: Any) -> None:
    """Of the last month nearly all are still open, so nothing is known yet of them: that month has
    one row, and the table reaches to it all the same."""
    told = replace(STAYS, reach_told=True)
    usual = [FIRST + timedelta(days=3 * nth) for nth in range(110)]
    rows: Rows = [
        {"place": "N", "source": "a", "begun_on": day, "ended_on": FIRST}
        for day in (*usual, date(2025, 3, 30), date(2024, 1, 9))
    ]
    given = given_to(engine, {"stays": rows, "living": PEOPLE}, CONTRACTS)
    found = engine.count(
        [RATE], given, contracts={"stays": told, "living": LIVING}, places=PLACES,
        hierarchy="main", calendar=Calendar(), as_of=AS_OF,
    ).filter(pl.col("place") == "N")  # fmt: skip
    counted = dict(found.select("period", "numerator").iter_rows())
    assert counted["2025-03-01/P1M"] == 1
    why = dict(found.select("period", "why").iter_rows())
    assert counted["2024-01-01/P1M"] is None
    assert why["2024-01-01/P1M"] == "The records of 'Stays' reach back to April 2024 only."


@pytest.mark.parametrize("engine", [sql_engine, plain_engine])
def test_a_day_in_a_month_that_a_derivation_has_told_covers_the_month(engine: Any) -> None:
    """A census is of one day of its month: the first, of 25 April, is the figure of April."""
    told = replace(STAYS, reach_told=True, period="ended_on")
    rows: Rows = [
        {"place": "N", "source": "a", "begun_on": day, "ended_on": day}
        for day in (date(2024, 4, 25), date(2024, 5, 30), date(2024, 6, 27))
    ]
    given = given_to(engine, {"stays": rows}, CONTRACTS)
    found = engine.count(
        [replace(ADDED, numerator=Tally("stays", "count"), denominator=None)], given,
        contracts={"stays": told}, places=PLACES, hierarchy="main", calendar=Calendar(),
        as_of=date(2024, 6, 30),
    ).filter(pl.col("place") == "N", pl.col("period").str.ends_with("P1M"))  # fmt: skip
    assert found.select("period", "numerator", "why").rows() == [
        (f"2024-0{month}-01/P1M", 1, None) for month in (4, 5, 6)
    ]


def test_a_month_is_covered_from_2_per_cent_of_the_fullest_twelve_on_and_not_below() -> None:
    year = dict.fromkeys(range(24289, 24301), 100)  # 1,200 records from January 2024 on
    assert covered({**year, 24000: 23}) == Reach(date(2024, 1, 1))
    assert covered({**year, 24288: 24}) == Reach(date(2023, 12, 1))
    assert covered(year, {**year, 24301: 24}) == Reach(date(2024, 1, 1), date(2025, 1, 1), True)
    assert covered(year, {**year, 24301: 23}) == Reach(date(2024, 1, 1), date(2024, 12, 1), True)
    assert covered({24000: 1, 24289: 98}, {24301: 1, 24289: 98}) == Reach(
        date(1999, 12, 1), date(2025, 1, 1), False
    )
    assert covered({}) is None


def test_in_a_small_table_months_beside_the_covered_ones_are_covered_with_a_single_record() -> None:
    """Of 102 in a year a month has two or fewer by chance now and then; 199 are few, 200 are not.

    Where records are sent when they end, few before the first month are those who stayed.
    """
    year = dict.fromkeys(range(24289, 24301), 9)  # 108 records from January 2024 on
    beside = {**year, 24287: 1, 24288: 2, 24301: 1, 24302: 1, 24304: 1, 24100: 1, 24500: 1}
    last = date(2025, 2, 1)
    assert covered(beside, beside, on_its_day=True) == Reach(date(2023, 11, 1), last, True)
    assert covered(beside, beside) == Reach(date(2024, 1, 1), last, True)
    for in_a_month, reaches_to in ((199, date(2025, 2, 1)), (200, date(2024, 12, 1))):
        more = {**dict.fromkeys(range(24289, 24300), 16), 24300: in_a_month - 176}
        many = {**more, 24301: 1, 24302: 2}
        assert covered(many, many) == Reach(date(2024, 1, 1), reaches_to, True)


def test_the_month_of_the_position_date_is_covered_while_it_is_not_over() -> None:
    """Of it there is no figure yet, but of its weeks, which are dated by their first day."""
    to_september = Reach(date(2024, 1, 1), date(2026, 9, 1), True)
    to_october = Reach(date(2024, 1, 1), date(2026, 10, 1), True)
    assert with_unfinished(to_september, date(2026, 10, 1)) == to_october
    assert with_unfinished(to_september, date(2026, 10, 30)) == to_october
    for other in (date(2026, 9, 12), date(2026, 10, 31), date(2026, 11, 1), date(2027, 10, 1)):
        assert with_unfinished(to_september, other) == to_september
    assert with_unfinished(Reach(date(2024, 1, 1)), date(2026, 10, 1)).last is None
    assert with_unfinished(to_september, date.max) == to_september


def test_places_put_together_are_covered_where_all_of_them_are() -> None:
    early = Reach(date(2023, 4, 1), date(2025, 3, 1), True)
    late = Reach(date(2024, 4, 1), date(2026, 3, 1), True)
    small = Reach(date(2024, 6, 1), date(2024, 7, 1), False)
    assert of_several_places([early, late]) == Reach(date(2024, 4, 1), date(2025, 3, 1), True)
    assert of_several_places([late, small]) == Reach(date(2024, 6, 1), date(2026, 3, 1), True)
    assert of_several_sources([early, late]) == Reach(date(2023, 4, 1), date(2026, 3, 1), True)
    assert of_several_sources([early, small]) == Reach(date(2023, 4, 1), date(2025, 3, 1), False)
    assert of_several_sources([]) is None


BEDS = Contract(
    name="beds", title="Beds", place="place", period="day", reaches="day",
    fields=(Field("place"), Field("day", "date"), Field("number", "integer")),
)  # fmt: skip
PER_BED = replace(RATE, denominator=Tally("beds", "sum", "number"))


@pytest.mark.parametrize("engine", [sql_engine, plain_engine])
def test_the_table_that_does_not_reach_is_named_the_numerators_before_the_denominators(
    engine: Any,
) -> None:
    """S has beds and no stays: of a month that no source covers nobody can say that it had 0."""

    def days(first: date, number: int) -> list[date]:
        return [first + timedelta(days=nth) for nth in range(number)]

    stays = [{"place": "N", "begun_on": day, "ended_on": day, "source": "a"}
             for day in days(date(2024, 2, 1), 150)]  # fmt: skip
    beds = [{"place": place, "day": day, "number": 9, "source": "b"}
            for place in "NS" for day in days(date(2024, 3, 1), 300)]  # fmt: skip
    contracts = {"stays": STAYS, "beds": BEDS}
    given = given_to(engine, {"stays": stays, "beds": beds}, contracts)
    # A month of the denominator alone is wanted where some row of the numerator is in it.
    odd = {"place": "N", "begun_on": date(2024, 9, 1), "ended_on": None, "source": "a"}
    given |= given_to(engine, {"stays": [*stays, odd]}, contracts)
    found = engine.count(
        [PER_BED], given, contracts=contracts, places=PLACES, hierarchy="main",
        calendar=Calendar(), as_of=AS_OF,
    )  # fmt: skip
    why = {(place, period[:7]): said for place, period, said in found.select(
        "place", "period", "why").iter_rows()}  # fmt: skip
    no_stays = "The records of 'Stays' reach from February 2024 to June 2024 only."
    no_beds = "The records of 'Beds' reach from March 2024 to December 2024 only."
    assert why["N", "2024-02"] == no_beds
    assert (why["N", "2024-03"], why["S", "2024-03"]) == (None, None)
    assert (why["N", "2024-09"], why["S", "2024-09"]) == (no_stays, no_stays)


# A derived table reaches no further than the records that it is made of.

LEFT = Contract(
    name="left", title="Those who left", place="place", period="left_on", reach_of=("stays",),
    events=True, fields=(Field("place"), Field("left_on", "date")),
)  # fmt: skip
OF_LEFT = replace(ADDED, numerator=Tally("left", "count"), denominator=None)


def derived(engine: Any, stays: Rows | None, left: Rows, contract: Contract = LEFT) -> pl.DataFrame:
    contracts = {"stays": STAYS, contract.name: contract}
    rows = {contract.name: left} if stays is None else {"stays": stays, contract.name: left}
    given = given_to(engine, rows, contracts)
    found: pl.DataFrame = engine.count(
        [OF_LEFT], given, contracts=contracts, places=PLACES, hierarchy="main",
        calendar=Calendar(), as_of=AS_OF,
    )  # fmt: skip
    return found


def who_left(stays: Rows) -> Rows:
    ended = [row for row in stays if row["ended_on"]]
    return [
        {"place": row["place"], "source": row["source"], "left_on": row["ended_on"]}
        for row in ended
    ]


@by_day(25)
@given(rows=stays(), told=st.booleans())
def test_both_engines_agree_on_what_a_derived_table_covers(rows: Rows, told: bool) -> None:
    contract = replace(LEFT, reaches="left_on" if told else "", reach_told=told)
    left = who_left(rows)[::3]
    assert_frame_equal(
        derived(sql_engine, rows, left, contract), derived(plain_engine, rows, left, contract)
    )


@pytest.mark.parametrize("engine", [sql_engine, plain_engine])
def test_a_derived_table_is_covered_as_its_records_are_however_few_rows_it_has(engine: Any) -> None:
    """Of six a month 40 rows in two years are too few to tell anything: the records tell it."""
    stayed: Rows = [
        {"place": "N", "source": "a", "begun_on": day, "ended_on": day}
        for day in (FIRST + timedelta(days=3 * nth) for nth in range(240))
    ]
    odd = {"place": "N", "source": "a", "begun_on": date(2027, 5, 2), "ended_on": date(2027, 5, 2)}
    left = who_left([*stayed[::6], odd])
    of_months = derived(engine, [*stayed, odd], left).filter(
        pl.col("place") == "N", pl.col("period").str.ends_with("P1M")
    )
    figures = of_months.filter(pl.col("numerator").is_not_null())
    assert (figures["period"].min(), figures["period"].max()) == (
        "2024-04-01/P1M", "2026-03-01/P1M")  # fmt: skip
    others = of_months.filter(pl.col("numerator").is_null())
    assert set(others["why"]) == {
        "The records of 'Stays' reach from April 2024 to March 2026 only."
    }


@pytest.mark.parametrize("engine", [sql_engine, plain_engine])
def test_a_table_that_a_source_holds_itself_is_not_bound_by_records_of_another(engine: Any) -> None:
    """A partnership may hold ten years of what is usually derived, and records of the last two."""
    stayed: Rows = [
        {"place": "N", "source": "a", "begun_on": day, "ended_on": day}
        for day in (FIRST + timedelta(days=nth) for nth in range(365))
    ]
    left: Rows = [
        {"place": "N", "source": "own", "left_on": date(year, month, 9)}
        for year in range(2019, 2026)
        for month in range(1, 13)
    ]
    alone = derived(engine, None, left)
    assert_frame_equal(derived(engine, stayed, left), alone)
    assert alone.filter(pl.col("numerator").is_null()).is_empty()


BUILT_IN, _ = read_contracts(None)
BEGUN, OVER = date(2023, 4, 1), date(2025, 3, 31)
DATED = [
    name
    for name, one in BUILT_IN.items()
    if (one.reaches and not one.reach_told) or (one.reach_of and one.period)
]


def row_of(contract: Contract, day: date) -> dict[str, Any]:
    """A row with what an engine asks for: where it told how far it reaches, two years."""
    period: Any = day
    if contract.schema[contract.period] != pl.Date:
        period = f"{day:%Y-%m}-01/P1M"
    row = {contract.place: "N", contract.period: period, "source": "a"}
    if contract.reach_told and contract.reaches != contract.period:
        row[contract.reaches] = BEGUN
    elif contract.reaches:
        row[contract.reaches] = day
    return row | ({contract.reaches_to: OVER} if contract.reaches_to else {})


def figures_of(name: str, days: Sequence[date], engine: Any) -> dict[tuple[str, str], float]:
    """What there is of each period, of a table and of those that it is made of."""
    asked = {one: BUILT_IN[one] for one in (name, *BUILT_IN[name].reach_of)}
    given: dict[str, Any] = {
        one: [row_of(contract, day) for day in days] for one, contract in asked.items()
    }
    if engine is sql_engine:
        given = {one: pl.DataFrame(rows, schema={
            column: asked[one].schema.get(column, pl.String) for column in rows[0]})
            for one, rows in given.items()}  # fmt: skip
    found = engine.count(
        [replace(OF_LEFT, numerator=Tally(name, "count"))], given, contracts=asked,
        places=PLACES, hierarchy="main", calendar=Calendar(), as_of=AS_OF,
    )  # fmt: skip
    there = found.filter(pl.col("numerator").is_not_null())
    lines = there.select("place", "period", "numerator").iter_rows()
    return {(place, period): number for place, period, number in lines}


@st.composite
def usual_days(draw: st.DrawFn) -> list[date]:
    """From 9 to 19 days in each month of two years: no month has a fourth of what is usual."""
    months = [(year, month) for year in (2023, 2024, 2025) for month in range(1, 13)]
    inside = [one for one in months if (2023, 4) <= one <= (2025, 3)]
    numbers = draw(st.lists(st.integers(9, 19), min_size=24, max_size=24))
    return [
        date(*month, 1 + day)
        for month, number in zip(inside, numbers, strict=True)
        for day in range(number)
    ]


@pytest.mark.parametrize("engine", [sql_engine, plain_engine])
@by_day(25)
@given(
    name=st.sampled_from(DATED),
    days=usual_days(),
    stray=st.dates(date(1990, 1, 1), date(2065, 1, 1)),
)
def test_one_stray_date_in_any_table_of_records_changes_no_figure_of_another_time(
    name: str, engine: Any, days: list[date], stray: date
) -> None:
    """Neither in the table nor in what is made of it: no month between is 0, no year is begun."""
    usual, odd = (figures_of(name, one, engine) for one in (days, [*days, stray]))
    assert len(usual) >= 24

    def elsewhere(figures: dict[tuple[str, str], float]) -> dict[tuple[str, str], float]:
        spans = {one: from_key(one[1]) for one in figures}
        return {
            one: number
            for one, number in figures.items()
            if not spans[one].start <= stray <= spans[one].end
        }

    assert elsewhere(odd) == elsewhere(usual)
    nearby = BEGUN - timedelta(days=31) <= stray <= OVER + timedelta(days=31)
    assert nearby or odd == usual
