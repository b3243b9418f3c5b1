"""Random measures on random data: the engine for work must say what the plain one says."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from random import Random
from typing import Any

import polars as pl
import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample
from hypothesis.strategies import DrawFn, SearchStrategy
from polars.testing import assert_frame_equal

from outturn.contracts import Contract, Field
from outturn.databases import DuckDB
from outturn.engine import cells, periods, plain_amounts, plain_engine, plain_rows, sql_engine
from outturn.framework.countable import HAVING_ENDS
from outturn.framework.model import (
    AGGREGATES,
    CONDITIONS,
    FREQUENCIES,
    HISTOGRAMS,
    MISSING,
    ROLL_UPS,
    SQUARES,
    TALLIES,
    YEARS,
    Breakdown,
    Condition,
    Measure,
    Place,
    SeriesBreak,
    Tally,
)
from outturn.terms.period import APRIL, Calendar, Period, add_months
from outturn.terms.records import WHOLE

# The tables: one of dated events, two of periods. Each column is chosen to be awkward, and some
# of their names too.
EVENTS = Contract(
    name="events",
    place="place",
    period="day",
    totals={"sex": ("all sexes",)},
    fields=(
        Field("place"),
        Field("day", "date"),
        Field("sex"),
        Field("person"),
        Field("age", "integer"),
        Field("cost", "number"),
        Field("urgent", "boolean"),
        Field("seen", "date"),
    ),
)
RETURNS = Contract(
    name="returns",
    place="area",
    period="period",
    totals={"sex": ("all sexes",), "reason": ("all", "part")},
    fields=(
        Field("area"),
        Field("period"),
        Field("sex"),
        Field("reason"),
        Field('person "id"'),
        Field("age", "integer"),
        Field("cost", "number"),
    ),
)
POPULATION = Contract(
    name="population",
    place="place",
    period="period",
    fields=(Field("place"), Field("period"), Field("sex"), Field("âge en années", "integer")),
)
CONTRACTS = {one.name: one for one in (EVENTS, RETURNS, POPULATION)}

EDGES = [
    date(2019, 3, 31), date(2019, 4, 1), date(2019, 12, 31), date(2020, 1, 1), date(2020, 2, 29),
    date(2020, 3, 31), date(2020, 4, 1), date(2020, 6, 30), date(2020, 7, 1), date(2021, 3, 31),
    date(2021, 4, 1),
]  # fmt: skip


def _day(random: Random) -> date:
    """An edge of some period as often as not."""
    any_day = date(2019, 6, 1) + timedelta(days=random.randrange(640))
    return random.choice([*EDGES, *[any_day] * len(EDGES)])


def _key(random: Random) -> str:
    """Keys of every kind: of base periods, of their parts, and longer ones."""
    day = _day(random)
    month = day.replace(day=1)
    year = date(day.year, random.choice([1, 4, 4, 9]), 1)
    monday = day - timedelta(days=day.weekday())
    kinds = [
        *[Period(month, 1, "M")] * 6,
        Period(add_months(month, -((month.month - 1) % 3)), 3, "M"),
        Period(month, 3, "M"),
        Period(month, 12, "M"),
        Period(month, 12, "M"),
        Period(year, 1, "Y"),
        Period(year, 1, "Y"),
        Period(year, 8, "M"),
        Period(year, 2, "Y"),
        Period(monday, 7, "D"),
        Period(day, 7, "D"),
        Period(day, 0, "D"),
    ]
    return random.choice(kinds).key


def _cost(random: Random) -> float:
    odd = [0.1, 0.2, 0.3, -0.1, 0.0000005, 1e9 + 0.1, math.nan, math.inf]
    return random.choice([*odd, *[random.randint(-99_999, 99_999) / 100] * len(odd)])


FILLED: dict[str, Callable[[Random], Any]] = {
    "place": lambda r: r.choice(["ward", "ward", "town", "city", "city", "county", "isle", "far"]),
    "area": lambda r: r.choice(["ward", "town", "town", "city", "county", "far"]),
    "sex": lambda r: r.choice(["female", "male", "all sexes", "Ünbekannt"]),
    "reason": lambda r: r.choice(["care", "care", "other", "all", "part"]),
    "person": lambda r: r.choice(["p1", "p2", "p3", "p4"]),
    'person "id"': lambda r: r.choice(["p1", "p2", "p3", "p4"]),
    "age": lambda r: r.choice([63, 64, 65, 65, 66, 67, -(10**12), 10**12]),
    "âge en années": lambda r: r.choice([63, 64, 65, 65, 66, 67]),
    "cost": _cost,
    "urgent": lambda r: r.choice([True, False]),
    "day": _day,
    "seen": _day,
    "period": _key,
    "source": lambda r: r.choice(["first", "second", "third"]),
}
BOUNDS: dict[str, SearchStrategy[Any]] = {
    "sex": st.sampled_from(["female", "male", "all sexes", "Ünbekannt", "other"]),
    "reason": st.sampled_from(["care", "other", "all", "part"]),
    "person": st.sampled_from(["p1", "p2", "p3", "p4"]),
    'person "id"': st.sampled_from(["p1", "p2", "p3", "p4"]),
    "age": st.sampled_from([65, 64, 66, 64.5]),
    "âge en années": st.sampled_from([65, 64, 66, 64.5]),
    "cost": st.sampled_from([0.1, 0, -1, 0.2, 500]),
    "urgent": st.booleans(),
    "day": st.sampled_from(EDGES),
    "seen": st.sampled_from(EDGES),
    "period": st.sampled_from(["2020-04-01/P1M", "2020-01-01/P1Y", "2019-04-01/P1Y"]),
}
PLACES = {
    "ward": Place("ward", "Ward", "ward", {"main": "town", "health": "isle"}),
    "town": Place("town", "Town", "town", {"main": "county"}),
    "city": Place("city", "City", "town", {"main": "county", "health": "isle"}),
    "county": Place("county", "County", "county", {"main": "country"}),
    "isle": Place("isle", "Isle", "county"),
    "country": Place("country", "Country", "country"),
}


@dataclass(frozen=True, repr=False)
class World:
    """Everything that one call of `count` is given."""

    measures: tuple[Measure, ...]
    rows: Mapping[str, list[dict[str, Any]]]
    hierarchy: str
    totals_for: tuple[str, ...]
    calendar: Calendar
    as_of: date
    reaches: str = ""  # the column of `events` that tells how far its rows reach

    def __repr__(self) -> str:
        """Short enough to read: only what is not as usual, and rows when they are few."""
        plain = Measure("", "", "first", "count", "", "none")
        said = [
            {
                f.name: value
                for f in fields(one)
                if (value := getattr(one, f.name)) != getattr(plain, f.name)
            }
            for one in self.measures
        ]
        rows = {name: rows if len(rows) < 9 else len(rows) for name, rows in self.rows.items()}
        place = f"{self.hierarchy!r}, {self.totals_for}"
        return f"World({said}, {rows}, {place}, {self.calendar}, {self.as_of}, {self.reaches!r})"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(repr(self))  # Hypothesis would print every field

    @property
    def frames(self) -> dict[str, pl.DataFrame]:
        return {
            name: pl.DataFrame(rows, schema={**CONTRACTS[name].schema, "source": pl.String})
            for name, rows in self.rows.items()
        }

    @property
    def arguments(self) -> dict[str, Any]:
        return {
            "contracts": {**CONTRACTS, "events": replace(EVENTS, reaches=self.reaches)},
            "places": PLACES,
            "hierarchy": self.hierarchy,
            "totals_for": self.totals_for,
            "calendar": self.calendar,
            "as_of": self.as_of,
        }


@st.composite
def conditions(draw: DrawFn, contract: Contract) -> Condition:
    column = draw(st.sampled_from([name for name in contract.names if name in BOUNDS]))
    word = draw(st.sampled_from(CONDITIONS))
    bound = BOUNDS[column]
    if word in ("one_of", "none_of"):
        return Condition(column, word, tuple(draw(st.lists(bound, min_size=1, max_size=3))))
    if word == "between":
        return Condition(column, word, tuple(sorted([draw(bound), draw(bound)])))
    return Condition(column, word, () if word in ("present", "absent") else (draw(bound),))


_ITEMS = ("string", "integer", "date", "boolean")
KINDS: dict[str, tuple[str, ...]] = {  # of column that each way of tallying may be of
    "sum": ("integer", "number"),
    "weights": ("integer", "number"),
    "distinct": _ITEMS,
    "open": _ITEMS,
    "median": ("integer",),
    "percentile": ("integer",),
}


@st.composite
def tallies(draw: DrawFn, tables: tuple[str, ...], ways: tuple[str, ...] = TALLIES) -> Tally:
    """What could be counted in one of the tables, in one of the ways."""
    contract = CONTRACTS[draw(st.sampled_from(tables))]
    dates = [f.name for f in contract.fields if f.type == "date"]
    how = draw(st.sampled_from(ways))
    if how == "open" and not dates:
        how = "distinct"
    column = ""
    if how != "count":
        column = draw(st.sampled_from([f.name for f in contract.fields if f.type in KINDS[how]]))
    where = tuple(draw(st.lists(conditions(contract), max_size=draw(st.integers(0, 2)))))
    tally = Tally(contract.name, how, column, where, draw(st.booleans()))
    if how == "open":
        opens, closes = draw(st.permutations(dates))[:2]
        last_day = draw(st.booleans())
        return replace(tally, of_year=False, opens=opens, closes=closes, last_day=last_day)
    times = draw(st.sampled_from([1, 1, 2, 3])) if how == "distinct" else 1
    at = draw(st.sampled_from([1, 25, 75, 90, 99])) if how == "percentile" else 50
    on = draw(st.sampled_from(["", "", *dates]))
    return replace(tally, times=times, at=at, on=on)


DIVIDING = tuple(one for one in TALLIES if one not in HISTOGRAMS)

# No break, one at the start of a year, one inside of many periods, and a gap.
SERIES: list[tuple[SeriesBreak, ...]] = [
    *[()] * 3,
    (SeriesBreak(Period(date(2020, 4, 1), 1, "Y"), "break", "why", "second"),),
    (SeriesBreak(Period(date(2020, 8, 20), 0, "D"), "start", "why.", "second"),),
    (SeriesBreak(Period(date(2020, 7, 1), 3, "M"), "gap", "why"),),
]


def _of_rows(numerator: Tally, filled: bool, of_same: bool) -> Tally:
    """The rows of a sum, which make a mean of it; or those that meet no condition of it."""
    where = numerator.where if of_same else ()
    where += (Condition(numerator.column, "present"),) if filled else ()
    return Tally(numerator.table, "count", where=where, on=numerator.on)


@st.composite
def measures(draw: DrawFn, id: str = "m") -> Measure:
    """Any measure that could be counted, sensible or not."""
    numerator = draw(tallies(("events", "returns")))
    names = [f.name for f in CONTRACTS[numerator.table].fields if f.type != "number"]
    columns = draw(st.lists(st.sampled_from(names), max_size=2, unique=True))
    of_year = numerator.how != "open" and draw(st.sampled_from([False, False, False, True]))
    denominator = draw(st.one_of(st.none(), tallies(tuple(CONTRACTS), DIVIDING)))
    is_open = "open" in (numerator.how, denominator.how if denominator else "")
    kind = "count"
    if numerator.how == "sum" and not of_year and draw(st.booleans()):
        kind, denominator = (
            "mean",
            _of_rows(numerator, *draw(st.tuples(st.booleans(), st.booleans()))),
        )
    frequency = draw(st.sampled_from(HAVING_ENDS if is_open else FREQUENCIES))
    roll_up = draw(st.sampled_from(ROLL_UPS))
    adds_years = frequency == "year" and roll_up == "sum" and not numerator.is_histogram
    return Measure(
        id=id,
        title=id,
        definition="first",
        kind=kind,
        unit="",
        aim="none",
        frequency=frequency,
        roll_up=roll_up,
        aggregate=draw(st.sampled_from(AGGREGATES)),
        missing=draw(st.sampled_from(MISSING)),
        supplied=draw(st.sampled_from(["", "", *CONTRACTS])),
        numerator=replace(numerator, of_year=of_year),
        denominator=None if numerator.is_histogram else denominator,
        breakdowns=tuple(Breakdown(f"by {name}", name) for name in columns),
        years=tuple(draw(st.lists(st.sampled_from(YEARS), max_size=3, unique=True))),
        breaks=draw(st.sampled_from(SERIES)),
        years_together=draw(st.sampled_from([1, 2, 3])) if adds_years else 1,
    )


def rows_of(contract: Contract, number: int, random: Random) -> list[dict[str, Any]]:
    """Rows in which any cell may be empty, though most are not."""
    names = (*contract.names, "source")
    return [
        {name: FILLED[name](random) if random.random() > 0.06 else None for name in names}
        for _ in range(number)
    ]


@st.composite
def tables(draw: DrawFn) -> dict[str, list[dict[str, Any]]]:
    """Rows come from a seed, which is quick, so that there are enough of them to fill groups."""
    random = Random(draw(st.integers(0, 2**32)))
    sizes = st.sampled_from([60, 25, 8, 3, 1, 0])
    return {one.name: rows_of(one, draw(sizes), random) for one in CONTRACTS.values()}


@st.composite
def worlds(draw: DrawFn) -> World:
    return World(
        measures=(draw(measures("a")), draw(measures("b"))),
        rows=draw(tables()),
        hierarchy=draw(st.sampled_from(["main", "every", "health", "none"])),
        totals_for=draw(st.sampled_from([(), ("county",), ("town", "isle")])),
        calendar=draw(st.sampled_from([APRIL, Calendar(financial_year=1)])),
        as_of=draw(st.sampled_from([date(2022, 1, 1), date(2021, 3, 30), date(2020, 11, 30)])),
        reaches=draw(st.sampled_from(["", "", "day", "seen"])),
    )


# These two learn from few examples what they can learn at all.
FEWER = settings(max_examples=max(settings.default.max_examples // 5, 1))


@pytest.fixture(scope="module")
def database() -> Iterator[DuckDB]:
    with DuckDB(threads=2) as opened:
        yield opened


@given(world=worlds())
def test_the_engines_agree(world: World, database: DuckDB) -> None:
    plain = plain_engine.count(world.measures, world.rows, **world.arguments)
    sql = sql_engine.count(world.measures, world.frames, **world.arguments, database=database)
    assert_frame_equal(sql, plain, check_exact=True)


@FEWER
@given(world=worlds(), years=st.sampled_from([2, 3]))
def test_the_engines_agree_on_years_taken_together(
    world: World, years: int, database: DuckDB
) -> None:
    yearly = [
        replace(one, frequency="year", roll_up="sum", years_together=years)
        for one in world.measures
        if not {tally.how for tally in (one.numerator, one.denominator) if tally}
        & {"open", *HISTOGRAMS}
    ]
    plain = plain_engine.count(yearly, world.rows, **world.arguments)
    sql = sql_engine.count(yearly, world.frames, **world.arguments, database=database)
    assert_frame_equal(sql, plain, check_exact=True)


@FEWER
@given(world=worlds(), data=st.data())
def test_neither_the_order_of_rows_nor_of_measures_matters(
    world: World, data: st.DataObject, database: DuckDB
) -> None:
    turned = replace(
        world,
        measures=world.measures[::-1],
        rows={name: data.draw(st.permutations(rows)) for name, rows in world.rows.items()},
    )
    first = sql_engine.count(world.measures, world.frames, **world.arguments, database=database)
    second = sql_engine.count(turned.measures, turned.frames, **turned.arguments, database=database)
    assert_frame_equal(first, second, check_exact=True)


@FEWER
@given(world=worlds())
def test_the_categories_of_what_adds_up_add_up_to_the_whole(world: World, database: DuckDB) -> None:
    """Without totals, that is: a place may give those for one period, and parts for another."""
    world = replace(world, rows={name: _parts(name, rows) for name, rows in world.rows.items()})
    adding = [m for m in world.measures if m.numerator and m.numerator.how == "count"]
    counts = sql_engine.count(adding, world.frames, **world.arguments, database=database)
    counts = counts.filter(pl.col("numerator").is_not_null())
    key = ["measure", "place", "period"]
    whole = counts.filter(pl.col("breakdown") == WHOLE, pl.col("numerator") > 0)
    parts = counts.filter(pl.col("breakdown") != WHOLE)
    parts = parts.group_by(*key, "breakdown").agg(pl.col("numerator").sum())
    both = whole.select(*key, pl.col("numerator").alias("whole")).join(parts, on=key)
    incomplete = [m.id for m in adding if m.missing == "not available"]
    both = both.filter(~pl.col("measure").is_in(incomplete))
    assert both.filter(pl.col("whole") != pl.col("numerator")).is_empty()


def _parts(table: str, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    totals = CONTRACTS[table].totals
    return [row for row in rows if not any(row[column] in totals[column] for column in totals)]


# The meta-tests: every word is understood by both engines, and the random measures use it.


@pytest.mark.parametrize("engine", [cells, plain_rows])
def test_every_condition_is_understood_by_every_engine(engine: Any) -> None:
    assert set(engine.MEETS) == set(CONDITIONS)


@pytest.mark.parametrize("engine", [cells, plain_amounts])
def test_every_way_of_tallying_is_understood_by_every_engine(engine: Any) -> None:
    assert set(engine.AMOUNTS) == {*TALLIES, SQUARES}


def test_every_frequency_and_roll_up_is_understood() -> None:
    assert set(periods.BASES) == set(FREQUENCIES)
    assert set(periods.ROLL_UPS) == set(ROLL_UPS)
    assert set(periods.YEARS) == set(YEARS)


def _words(measure: Measure) -> set[tuple[str, str]]:
    found = {
        ("frequency", measure.frequency),
        ("roll_up", measure.roll_up),
        ("aggregate", measure.aggregate),
        ("missing", measure.missing),
        ("supplied", "a table" if measure.supplied and measure.denominator else ""),
        *(("years", one) for one in measure.years),
        ("years_together", str(measure.years_together)),
        *(("break", one.kind) for one in measure.breaks),
    }
    for tally in filter(None, (measure.numerator, measure.denominator)):
        found |= {("tally", tally.how), ("of_year", str(tally.of_year))}
        found |= {("times", str(tally.times)), ("last_day", str(tally.last_day))}
        found |= {("on", "a column" if tally.on else "the contract's")}
        found |= {("percentile", f"{part}/{of}") for part, of in [tally.percentile]}
        found |= {("condition", one.word) for one in tally.where}
        found |= {("type", CONTRACTS[tally.table].field(one.column).type) for one in tally.where}
    return found | {("breakdowns", str(len(measure.breakdowns)))}


EVERY_WORD = [
    *(("condition", word) for word in CONDITIONS),
    *(("tally", word) for word in TALLIES),
    *(("frequency", word) for word in FREQUENCIES),
    *(("roll_up", word) for word in ROLL_UPS),
    *(("aggregate", word) for word in AGGREGATES),
    *(("missing", word) for word in MISSING),
    *(("supplied", word) for word in ("", "a table")),
    *(("years", word) for word in YEARS),
    *(("years_together", word) for word in ("1", "2", "3")),
    *(("break", word) for word in ("break", "start", "gap")),
    *(("of_year", word) for word in ("True", "False")),
    *(("times", word) for word in ("1", "2", "3")),
    *(("last_day", word) for word in ("True", "False")),
    *(("on", word) for word in ("a column", "the contract's")),
    *(("percentile", word) for word in ("1/2", "1/100", "3/4", "9/10")),
    *(("type", word) for word in ("string", "integer", "number", "boolean", "date")),
    *(("breakdowns", word) for word in ("0", "1", "2")),
]


@pytest.mark.parametrize("word", EVERY_WORD, ids=" ".join)
def test_the_random_measures_use_every_word(word: tuple[str, str]) -> None:
    often = settings(max_examples=2000, database=None, phases=[Phase.generate])
    try:
        find(measures(), lambda measure: word in _words(measure), settings=often)
    except NoSuchExample:
        pytest.fail(f"no random measure uses {' '.join(word)}")
