"""How long counting takes: outturn, SQL written by hand, and Polars, on the same synthetic rows.

All three give the same figures, compared row by row before any time is printed. Run it with
`make bench`, or by itself: `python benchmarks/counting.py [millions of rows]`.
"""

from __future__ import annotations

import gc
import statistics
import sys
import time
from collections.abc import Callable
from datetime import date

import duckdb
import numpy as np
import polars as pl

from outturn.contracts import Contract, Field
from outturn.databases import DuckDB
from outturn.engine import sql_engine
from outturn.framework.model import Breakdown, Condition, Measure, Place, Tally
from outturn.terms.period import APRIL

ROUNDS = 3
AS_OF = date(2025, 3, 31)
FIRST = date(2015, 4, 1)
DAYS = (AS_OF - FIRST).days + 1
PLACES = [f"E{1000 + number}" for number in range(150)]
SEXES = ["female", "male"]

EVENTS = Contract(
    name="events",
    place="place",
    period="day",
    fields=(
        Field("place"),
        Field("day", "date"),
        Field("sex"),
        Field("age", "integer"),
        Field("person", "integer"),
        Field("people", "integer"),
        Field("cost", "number"),
    ),
)
POPULATION = Contract(
    name="population",
    place="place",
    period="period",
    fields=(Field("place"), Field("period"), Field("people", "integer")),
)


def measure(id: str, numerator: Tally, **more: object) -> Measure:
    return Measure(
        id=id, title=id, definition="1", kind="count", unit="", aim="none", frequency="month",
        numerator=numerator, **more,  # type: ignore[arg-type]
    )  # fmt: skip


OLD = (Condition("age", "at_least", (65,)),)
BY_SEX = (Breakdown("sex", "sex", tuple(SEXES)),)
RATE = measure(
    "rate",
    Tally("events", "count", "", OLD),
    denominator=Tally("population", "sum", "people", (), of_year=True),
)
ADDITIVE = [
    RATE,
    measure("people", Tally("events", "sum", "people"), breakdowns=BY_SEX, missing="not available"),
    measure(
        "cost", Tally("events", "sum", "cost", OLD), breakdowns=BY_SEX, missing="not available"
    ),
]
DISTINCT = [measure("persons", Tally("events", "distinct", "person"))]


def places() -> dict[str, Place]:
    """150 councils in 10 regions in one country."""
    made = {"all": Place("all", "Country", "country")}
    for number in range(10):
        made[f"R{number}"] = Place(f"R{number}", "", "region", {"main": "all"})
    for number, code in enumerate(PLACES):
        made[code] = Place(code, code, "council", {"main": f"R{number % 10}"})
    return made


def tables(rows: int) -> dict[str, pl.DataFrame]:
    """The same rows every time."""
    random = np.random.default_rng(20250331)
    day = np.datetime64(FIRST) + random.integers(0, DAYS, rows)
    events = pl.DataFrame(
        {
            "place": pl.Series(PLACES).gather(random.integers(0, len(PLACES), rows)),
            "day": pl.Series(day).cast(pl.Date),
            "sex": pl.Series(SEXES).gather(random.integers(0, 2, rows)),
            "age": random.integers(18, 100, rows),
            "person": random.integers(0, rows // 5, rows),
            "people": random.integers(1, 6, rows),
            "cost": random.integers(100, 99_999, rows) / 100,
            "source": pl.Series(["extract"]).gather(np.zeros(rows, dtype=int)),
        }
    )
    lines = [
        (code, f"{year}-04-01/P1Y", 20_000 + 7 * number + year, "estimates")
        for number, code in enumerate(PLACES)
        for year in range(2014, 2025)
    ]
    names = ["place", "period", "people", "source"]
    return {"events": events, "population": pl.DataFrame(lines, schema=names, orient="row")}


def by_outturn(measures: list[Measure], given: dict[str, pl.DataFrame]) -> pl.DataFrame:
    with DuckDB() as database:
        counts = sql_engine.count(
            measures,
            given,
            contracts={"events": EVENTS, "population": POPULATION},
            places=places(),
            hierarchy="main",
            calendar=APRIL,
            as_of=AS_OF,
            database=database,
        )
    return counts.select(COLUMNS)


COLUMNS = ("measure", "place", "period", "breakdown", "category", "numerator", "denominator")
# Months and what they are part of: written with the fewest joins that we know.
SPANS = """
    months as (select cast(unnest(generate_series(date '2015-04-01', date '2025-03-01',
                                                  interval 1 month)) as date) as m),
    years as (select m, make_date(year(m) - case when month(m) < 4 then 1 else 0 end, 4, 1) as y
              from months),
    wanted as (
        select m as first, m as last, strftime(m, '%Y-%m-%d') || '/P1M' as period from years
        union all
        select y, m, strftime(y, '%Y-%m-%d') || '/P' || ((month(m) + 8) % 12 + 1) || 'M'
        from years where month(m) not in (3, 4)
        union all
        select cast(m - interval 2 month as date), m,
               strftime(m - interval 2 month, '%Y-%m-%d') || '/P3M'
        from years where month(m) in (9, 12, 3)
        union all
        select y, m, strftime(y, '%Y-%m-%d') || '/P1Y' from years where month(m) = 3
        union all
        select cast(m - interval 11 month as date), m,
               strftime(m - interval 11 month, '%Y-%m-%d') || '/P12M'
        from years where m >= date '2016-03-01'),
    over as (select w.first, w.period, y.m from wanted w join years y on y.m between first and last)
"""
ABOVE = """
    above as (select place, place as up from councils union all
              select place, region from councils union all select place, 'all' from councils)
"""
ADDITIVE_SQL = f"""
with cells as (
    select place, sex, cast(date_trunc('month', day) as date) as m,
           count(*) filter (where age >= 65) as rate, sum(people) as people,
           sum(cast(cost as decimal(18, 6))) filter (where age >= 65) as cost
    from events group by all),
{SPANS}, {ABOVE},
sums as (
    select up as place, period, first, sex, sum(rate) as rate, sum(people) as people,
           sum(cost) as cost, grouping(sex) as is_whole
    from cells join above using (place) join over using (m)
    group by grouping sets ((up, period, first, sex), (up, period, first))),
population_up as (
    select up as place, period[1:10] as year, sum(people) as people
    from population join above using (place) group by all),
rates as (
    select s.place, s.period, rate, p.people
    from sums s join population_up p on p.place = s.place and is_whole = 1 and p.year =
        strftime(make_date(year(first) - case when month(first) < 4 then 1 else 0 end, 4, 1),
                 '%Y-%m-%d'))
select 'rate' as measure, place, period, 'all' as breakdown, 'all' as category,
       cast(rate as double) as numerator, cast(people as double) as denominator from rates
union all
select 'people', place, period, if(is_whole = 1, 'all', 'sex'), if(is_whole = 1, 'all', sex),
       cast(people as double), null from sums
union all
select 'cost', place, period, if(is_whole = 1, 'all', 'sex'), if(is_whole = 1, 'all', sex),
       cast(cost as double), null from sums
"""
DISTINCT_SQL = f"""
with once as (
    select distinct place, cast(date_trunc('month', day) as date) as m, person from events),
{SPANS}, {ABOVE}
select 'persons' as measure, up as place, period, 'all' as breakdown, 'all' as category,
       cast(count(distinct person) as double) as numerator, cast(null as double) as denominator
from once join above using (place) join over using (m) group by up, period
"""


class _Stream:
    def __init__(self, frame: pl.DataFrame) -> None:
        self.frame = frame

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self.frame.__arrow_c_stream__(requested_schema)


def by_hand(sql: str, given: dict[str, pl.DataFrame]) -> pl.DataFrame:
    councils = [(code, f"R{number % 10}") for number, code in enumerate(PLACES)]
    with duckdb.connect() as database:
        for name, frame in given.items():
            slices = [frame.slice(start, 122_880) for start in range(0, frame.height, 122_880)]
            database.register(name, _Stream(pl.concat(slices, rechunk=False)))
        schema = ["place", "region"]
        database.register("councils", _Stream(pl.DataFrame(councils, schema=schema, orient="row")))
        return pl.DataFrame(database.sql(sql))


def spans() -> pl.DataFrame:
    """Each month with every period it is part of, in Polars."""
    with duckdb.connect() as database:
        return pl.DataFrame(database.sql(f"with {SPANS} select * from over"))


def ups() -> pl.DataFrame:
    lines = [
        (code, up) for number, code in enumerate(PLACES) for up in (code, f"R{number % 10}", "all")
    ]
    return pl.DataFrame(lines, schema=["place", "up"], orient="row")


def additive_by_polars(given: dict[str, pl.DataFrame]) -> pl.DataFrame:
    old = pl.col("age") >= 65
    millionths = (pl.col("cost") * 1_000_000 + 0.5).floor().cast(pl.Int64)
    cells = (
        given["events"]
        .lazy()
        .group_by("place", "sex", m=pl.col("day").dt.truncate("1mo"))
        .agg(
            rate=old.sum().cast(pl.Int64),
            people=pl.col("people").sum(),
            cost=millionths.filter(old).sum(),
        )
    )
    timed = cells.join(ups().lazy(), on="place").join(spans().lazy(), on="m")
    amounts = [pl.col(name).sum() for name in ("rate", "people", "cost")]
    by_sex = timed.group_by("up", "period", "first", "sex").agg(amounts).collect()
    whole = by_sex.group_by("up", "period", "first").agg(amounts)
    year = pl.col("first").dt.offset_by("-3mo").dt.year()
    people = (
        given["population"]
        .join(ups(), on="place")
        .group_by("up", "period")
        .agg(denominator=pl.col("people").sum().cast(pl.Float64))
    )
    people = people.with_columns(year=pl.col("period").str.slice(0, 4).cast(pl.Int32)).drop(
        "period"
    )
    rates = whole.with_columns(year=year).join(people, on=["up", "year"])
    parts = [rates.select(*_named("rate"), "denominator")]
    for name in ("people", "cost"):
        nothing = pl.lit(None, pl.Float64).alias("denominator")
        parts += [whole.select(*_named(name), nothing)]
        parts += [by_sex.select(*_named(name, "sex", pl.col("sex")), nothing)]
    return pl.concat(parts)


def _named(name: str, breakdown: str = "all", category: pl.Expr | None = None) -> list[pl.Expr]:
    amount = pl.col(name).cast(pl.Float64)
    return [
        pl.lit(name).alias("measure"),
        pl.col("up").alias("place"),
        pl.col("period"),
        pl.lit(breakdown).alias("breakdown"),
        (pl.lit("all") if category is None else category).alias("category"),
        (amount / pl.lit(1e6) if name == "cost" else amount).alias("numerator"),
    ]


def distinct_by_polars(given: dict[str, pl.DataFrame]) -> pl.DataFrame:
    once = (
        given["events"]
        .lazy()
        .select("place", "person", m=pl.col("day").dt.truncate("1mo"))
        .unique()
    )
    timed = once.join(ups().lazy(), on="place").join(spans().lazy(), on="m")
    counts = timed.group_by("up", "period").agg(persons=pl.col("person").n_unique())
    nothing = pl.lit(None, pl.Float64).alias("denominator")
    return counts.select(*_named("persons"), nothing).collect(engine="streaming")


def timed(work: Callable[[], pl.DataFrame]) -> tuple[float, float]:
    """Seconds on the wall and on the processor."""
    gc.collect()
    wall, processor = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - processor


def same(first: pl.DataFrame, other: pl.DataFrame) -> bool:
    keys = list(COLUMNS[:5])
    one, two = first.sort(keys), other.select(COLUMNS).sort(keys)
    close = pl.col("numerator").round(6)
    return one.with_columns(close).equals(two.with_columns(close))


def compare(title: str, ways: dict[str, Callable[[], pl.DataFrame]], rounds: int) -> list[str]:
    """One table: every way gives the same rows, or nothing is printed but that."""
    results = {name: work() for name, work in ways.items()}
    expected = next(iter(results.values()))
    for name, frame in results.items():
        if not same(expected, frame):
            raise SystemExit(f"{title}: {name} gives other figures, so no time is shown")
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
    for _ in range(rounds):  # the ways take turns, so that a busy minute hits them all
        for name, work in ways.items():
            times[name].append(timed(work))
    lines = [
        f"### {title}: {expected.height:,} figures",
        "",
        "| way | seconds | processor seconds | ratio to SQL by hand |",
        "|---|---:|---:|---:|",
    ]
    middle = {
        name: tuple(statistics.median(part) for part in zip(*pairs, strict=True))
        for name, pairs in times.items()
    }
    for name, (wall, processor) in middle.items():
        ratio = processor / middle["SQL by hand"][1]
        lines.append(f"| {name} | {wall:.2f} | {processor:.2f} | {ratio:.2f} |")
    return [*lines, ""]


def main(millions: float = 3.0) -> list[str]:
    """Markdown lines: what was measured, and the tables."""
    given = tables(int(millions * 1_000_000))
    lines = [
        "## Counting",
        "",
        f"{millions:g} million synthetic rows, 150 councils, 10 regions and their country, 120"
        " months, each with the year to date, its quarter, the year and the last 12 months."
        f" Medians of alternating rounds; DuckDB {duckdb.__version__}, Polars {pl.__version__}."
        " The ratio is of processor seconds.",
        "",
    ]
    lines += compare(
        "Three measures that add up",
        {
            "SQL by hand": lambda: by_hand(ADDITIVE_SQL, given),
            "outturn": lambda: by_outturn(ADDITIVE, given),
            "Polars by hand": lambda: additive_by_polars(given),
        },
        ROUNDS,
    )
    few = {name: frame.head(150_000) for name, frame in given.items()}
    lines += compare(
        "Distinct people, a twentieth of the rows",
        {
            "SQL by hand": lambda: by_hand(DISTINCT_SQL, few),
            "outturn": lambda: by_outturn(DISTINCT, few),
            "Polars by hand": lambda: distinct_by_polars(few),
        },
        3,
    )
    return lines


if __name__ == "__main__":
    print("\n".join(main(*map(float, sys.argv[1:2]))))
