# ruff: noqa: E501 -- SQL reads better whole
"""A table of events as services keep them, of any size, one Parquet file for each month, and sixty
measures of it. Every row follows from its number by DuckDB's `hash`, and so the same version makes
the same table each time; another version may not, and only sizes are promised to be alike.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb

from outturn.contracts import Contract, Field
from outturn.databases import InFiles
from outturn.framework.model import Breakdown, Condition, Measure, Place, Tally
from outturn.ingest.store import digest_of
from outturn.terms.period import add_months

FIRST, MONTHS = date(2020, 4, 1), 60
AS_OF = date(2025, 3, 31)
COUNTRY = "E92000001"
COUNCILS = [f"E{6_000_000 + 7 * number:08}" for number in range(152)]
AGES = ("18-64", "65-74", "75-84", "85+")
SEXES = ("F", "M")
SETTINGS = ("home care", "direct payment", "residential", "nursing", "supported living")
SEQUELS = ("nfa", "universal", "long term", "short term", "declined", "deceased")
TYPES = (
    "request", "assessment", "service_long", "reablement", "review", "hospital_admission", "delay",
)  # fmt: skip


def months() -> list[date]:
    return [add_months(FIRST, number) for number in range(MONTHS)]


def make(folder: Path, rows: int) -> InFiles:
    """The table in `folder`, made where it is not there yet; `rows` is rounded to whole months."""
    folder.mkdir(parents=True, exist_ok=True)
    files = tuple(folder / f"{month:%Y-%m}.parquet" for month in months())
    with duckdb.connect() as database:
        for number, file in enumerate(files):
            if not file.exists():
                write(database, file, number, rows)
    digests = tuple(digest_of(file) for file in files)
    each = rows // MONTHS
    return InFiles(files, ("events",) * MONTHS, digests, each * MONTHS)


def write(
    database: duckdb.DuckDBPyConnection, file: Path, month: int, rows: int, *, anew: int = 0
) -> None:
    """The events of one month, each with a number of its own; `anew` times with all others."""
    unfinished = file.with_suffix(".part")
    query = _events(month, rows // MONTHS, max(rows // 5, 1), anew)
    database.execute(
        f"copy ({query}) to '{unfinished}' (format parquet, compression zstd, row_group_size 122880)"
    )
    unfinished.rename(file)


def _u(key: int, of: str = "i") -> str:
    """A number from 0 up to 1 that follows from the row's number, or from something else's."""
    return f"((hash({of} * 31 + {key}) % 1099511627776) / 1099511627776.0)"


def _item(words: tuple[str, ...], place: str) -> str:
    listed = ", ".join(f"'{word}'" for word in words)
    return f"[{listed}][1 + cast(floor({place}) as integer)]"


def _events(month: int, rows: int, persons: int, anew: int) -> str:
    """Rare and frequent people, long stays and short ones: nothing of it is anybody's."""
    start = add_months(FIRST, month)
    days = (add_months(start, 1) - start).days
    kinds = " ".join(
        f"when {_u(2)} < {edge} then '{kind}'"
        for kind, edge in zip(TYPES[:-1], (0.28, 0.42, 0.67, 0.74, 0.86, 0.96), strict=True)
    )
    people = f"""
        select i, 1 + cast(floor({persons} * power({_u(1)}, 1.3)) as bigint) as person,
            cast('{start}' as date) + cast(floor({_u(3)} * {days}) as integer) as started,
            case {kinds} else '{TYPES[-1]}' end as event
        from (select (k + {anew * rows}) * {MONTHS} + {month} as i from range({rows}) t(k))"""
    away = f"case when {_u(8)} < 0.02 then {_u(15)} else {_u(11, 'person')} end"
    council = f"'E' || lpad(cast(6000000 + 7 * cast(floor(152 * power({away}, 1.25)) as bigint) as varchar), 8, '0')"
    age = f"floor(10000 * {_u(12, 'person')})"
    long_ones = {"hospital_admission": 7, "request": 12}
    lasting = " ".join(
        f"when event = '{kind}' then cast(floor(-{mean} * ln(1 - {_u(4)} * 0.998)) as bigint)"
        for kind, mean in long_ones.items()
    )
    return f"""
        select person, council,
            case when {age} < 3000 then '18-64' when {age} < 4500 then '65-74'
                when {age} < 7500 then '75-84' else '85+' end as age_band,
            case when {_u(13, "person")} < 0.6 then 'F' else 'M' end as sex,
            event, setting, sequel, started, started + cast(days as integer) as ended, days
        from (
            select *,
                case when event = 'service_long' then
                        case when {_u(5)} < 0.30 then null
                            else cast(floor(-620 * ln(1 - {_u(4)} * 0.998)) as bigint) end
                    when event = 'reablement' then cast(floor(7 + 50 * {_u(4)}) as bigint)
                    {lasting}
                    when event = 'assessment' then
                        case when {_u(5)} < 0.05 then null
                            else cast(floor(-30 * ln(1 - {_u(4)} * 0.998)) as bigint) end
                    when event = 'delay' then cast(floor(1 + 14 * {_u(4)}) as bigint)
                    else 0 end as days,
                case when event = 'service_long' then
                        {_item((SETTINGS[0], *SETTINGS), f"6 * {_u(6)}")}
                    when event = 'hospital_admission' then
                        case when {_u(6)} > 0.85 then 'community' else 'acute' end
                    when event = 'reablement' then
                        case when {_u(6)} > 0.8 then 'bed-based' else 'home' end
                    end as setting,
                case when {_u(7)} < {6 / 7} then {_item(SEQUELS, f"least(7 * {_u(7)}, 5)")} end
                    as sequel,
                {council} as council
            from ({people}))"""


CONTRACTS = {
    "events": Contract(
        name="events",
        place="council",
        period="started",
        fields=(
            Field("person", "integer"),
            Field("council"),
            Field("age_band"),
            Field("sex"),
            Field("event"),
            Field("setting"),
            Field("sequel"),
            Field("started", "date"),
            Field("ended", "date"),
            Field("days", "integer"),
        ),
    ),
    "population": Contract(
        name="population",
        place="council",
        period="year",
        fields=(
            Field("council"),
            Field("year"),
            Field("age_band"),
            Field("sex"),
            Field("people", "integer"),
        ),
    ),
}


def population() -> list[dict[str, object]]:
    return [
        {
            "council": council,
            "year": f"{year}-01-01/P1Y",
            "age_band": age,
            "sex": sex,
            "people": 10_000 + (number * 7919 + 31 * len(age) + year) % 30_000,
            "source": "population",
        }
        for number, council in enumerate(COUNCILS)
        for year in range(2020, 2026)
        for age in AGES
        for sex in SEXES
    ]


def places() -> dict[str, Place]:
    found = {one: Place(one, one, "council", {"main": COUNTRY}) for one in COUNCILS}
    return {**found, COUNTRY: Place(COUNTRY, COUNTRY, "country")}


# What is asked: each has an id, and how it is tallied among the events of a kind.

Rule = tuple[str, str, object]  # a column, a word and what it is compared with
WAYS = (Breakdown("age", "age_band", AGES), Breakdown("sex", "sex", SEXES))
OLD = ("age_band", "one_of", AGES[1:])
ASKED: list[tuple[str, dict[str, object], tuple[Rule, ...], bool]] = [
    *((f"count_{kind}", {}, (("event", "is", kind),), False) for kind in TYPES),
    *(
        (f"setting_{number}", {}, (("event", "is", "service_long"), ("setting", "is", one)), False)
        for number, one in enumerate(SETTINGS)
    ),
    *(
        (f"{kind}_to_{number}", {}, (("event", "is", kind), ("sequel", "is", one)), False)
        for kind in ("request", "reablement")
        for number, one in enumerate(SEQUELS)
    ),
    *(
        (f"{kind}_within_{days}", {}, (("event", "is", kind), ("days", "at_most", days)), False)
        for kind, days in (("request", 7), ("request", 14), ("request", 28), ("assessment", 28))
    ),
    ("delay_over_7", {}, (("event", "is", "delay"), ("days", "above", 7)), False),
    ("stay_over_21", {}, (("event", "is", "hospital_admission"), ("days", "above", 21)), False),
    *(
        (f"rate_{kind}", {}, (("event", "is", kind),), True)
        for kind in ("request", "assessment", "service_long", "reablement", "hospital_admission")
    ),
    *(
        (f"rate_{one}_65", {}, (("event", "is", "service_long"), ("setting", "is", one), OLD), True)
        for one in ("residential", "nursing", "home care")
    ),
    ("rate_admission_65", {}, (("event", "is", "hospital_admission"), OLD), True),
    ("rate_delay_65", {}, (("event", "is", "delay"), OLD), True),
    *(
        (f"people_{kind}", {"how": "distinct", "column": "person"}, (("event", "is", kind),), False)
        for kind in ("request", "assessment", "service_long", "review", "hospital_admission")
    ),
    ("people_known", {"how": "distinct", "column": "person"}, (), False),
    *(
        (
            f"repeat_{kind}",
            {"how": "distinct", "column": "person", "times": 2},
            (("event", "is", kind),),
            False,
        )
        for kind in ("hospital_admission", "request")
    ),
    *(
        (
            f"open_{one.replace(' ', '_')}",
            {"how": "open", "column": "person", "opens": "started", "closes": "ended"},
            (("event", "is", "service_long"), *((("setting", "is", one),) if one != "any" else ())),
            False,
        )
        for one in ("any", *SETTINGS)
    ),
    *(
        (f"median_{kind}", {"how": "median", "column": "days"}, (("event", "is", kind),), False)
        for kind in ("request", "assessment", "hospital_admission")
    ),
    *(
        (
            f"percentile_{kind}",
            {"how": "percentile", "column": "days", "at": 90},
            (("event", "is", kind),),
            False,
        )
        for kind in ("request", "assessment", "hospital_admission")
    ),
]


def measures(**more: object) -> Iterator[Measure]:
    """Sixty measures by month, whole, by age and by sex."""
    for id, how, rules, is_rate in ASKED:
        where = tuple(
            Condition(column, word, bound if isinstance(bound, tuple) else (bound,))  # type: ignore[arg-type]
            for column, word, bound in rules
        )
        tally = Tally(**{"table": "events", "how": "count", "where": where, **how})  # type: ignore[arg-type]
        people = Tally("population", "sum", "people", (), of_year=True) if is_rate else None
        kind = "rate" if is_rate else tally.how if tally.is_histogram else "count"
        settings: dict[str, object] = {
            "frequency": "month", "roll_up": "none", "breakdowns": WAYS, **more,
        }  # fmt: skip
        yield Measure(
            id=id, title=id, definition="1", kind=kind, unit="", aim="none", numerator=tally,
            denominator=people, **settings,  # type: ignore[arg-type]
        )  # fmt: skip
