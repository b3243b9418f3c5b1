# ruff: noqa: E501 -- SQL reads better whole
"""The sixty measures in DuckDB's SQL by hand, by the best plan that is known for each kind.

Counts: base cells at the finest grain, then grouping sets. Distinct people: one row for each person
and month at the finest grain, and the grouping sets from there: those with one row in the month are
added up, and only the others told apart. Open: a bit for each month end, put together for each
person, and the same. Medians: a histogram of days at the finest grain.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import polars as pl
from events_table import AGES, AS_OF, ASKED, COUNTRY, FIRST, MONTHS, Rule

MONTH = "(year(started) * 12 + month(started))"
LOW = FIRST.year * 12 + FIRST.month
WAYS = {"all": "'all'", "age": "age_band", "sex": "sex"}
Asked = tuple[str, dict[str, object], tuple[Rule, ...], bool]
SIGNS = {"is": "=", "at_most": "<=", "above": ">"}


def _test(rules: tuple[Rule, ...]) -> str:
    parts = []
    for column, word, bound in rules:
        if word == "one_of":
            parts.append(f"{column} in ({', '.join(repr(one) for one in bound)})")  # type: ignore[attr-defined]
        else:
            parts.append(f"{column} {SIGNS[word]} {bound!r}")
    return " and ".join(parts) or "true"


def _of(how: str, times: int | None = None) -> list[Asked]:
    return [
        one
        for one in ASKED
        if one[1].get("how", "count") == how and (times is None or one[1].get("times", 1) == times)
    ]


def counted(files: list[Path], folder: Path, population: pl.DataFrame, memory: str) -> pl.DataFrame:
    """Measure, place, month, breakdown, category, numerator and denominator of every figure."""
    config: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": memory,
        "threads": 2,
        "temp_directory": str(folder),
        "preserve_insertion_order": False,
    }
    with duckdb.connect(config=config) as database:
        listed = ", ".join(f"'{one}'" for one in files)
        database.execute(f"create view ev as select * from read_parquet([{listed}])")
        database.register("population", population)
        database.execute(_PEOPLE)
        queries = [*_counts(database), *_distinct(database), *_open(database), *_ranked(database)]
        found = [database.sql(query).pl() for query in queries]
    names = ["measure", "place", "month", "breakdown", "category", "numerator", "denominator"]
    kinds = {"month": pl.Int32, "numerator": pl.Int64, "denominator": pl.Int64}
    return pl.concat([one.select(names).cast(kinds) for one in found])  # type: ignore[arg-type]


_PEOPLE = """
    create temp table people as
    select council, year, age_band, sex, cast(sum(people) as bigint) as people
    from population group by all"""


def _levels(name: str, keys: str, amounts: str, end: str = "") -> Iterator[tuple[str, str]]:
    """The same rows by council and for the country, whole and divided."""
    for way, category in WAYS.items():
        for place in ("council", f"'{COUNTRY}'"):
            yield (
                way,
                (
                    f"select {place} as place, month, '{way}' as breakdown, {category} as category, "
                    f"{amounts} from {name} group by {place}, month, {category}{keys}{end}"
                ),
            )


def _counts(database: duckdb.DuckDBPyConnection) -> Iterator[str]:
    asked = _of("count")
    sums = ", ".join(
        f"count(case when {_test(one[2])} then 1 end) as n{i}" for i, one in enumerate(asked)
    )
    database.execute(
        f"create temp table cells as select council, {MONTH} as month, age_band, sex, {sums} "
        "from ev group by all"
    )
    total = ", ".join(f"cast(sum(n{i}) as bigint) as n{i}" for i in range(len(asked)))
    union = " union all ".join(query for _, query in _levels("cells", "", total))
    database.execute(f"create temp table groups as {union}")
    union = " union all ".join(
        query
        for _, query in _levels(
            f"(select people.*, cast(t.month as integer) as month from people join range({LOW}, {LOW + MONTHS}) t(month)"
            " on year = (t.month - 1) // 12)",
            "",
            "cast(sum(people) as bigint) as people",
        )
    )
    database.execute(f"create temp table rated as {union}")
    for i, (id, _, _, is_rate) in enumerate(asked):
        if is_rate:
            yield f"""
                select '{id}' as measure, place, month, breakdown, category,
                    coalesce(n{i}, 0) as numerator, people as denominator
                from rated left join groups using (place, month, breakdown, category)"""
        else:
            yield f"""
                select '{id}' as measure, place, month, breakdown, category, n{i} as numerator,
                    null as denominator
                from groups where n{i} > 0 or breakdown = 'all'"""


def _present(query: str, id: str, nothing: str = "null") -> str:
    """With a 0 for each place and month in which there are other events."""
    return f"""
        with found as ({query})
        select '{id}' as measure, place, month, 'all' as breakdown, 'all' as category,
            coalesce(numerator, 0) as numerator, coalesce(denominator, {nothing}) as denominator
        from (select place, month from groups where breakdown = 'all') e
        left join (select * from found where breakdown = 'all') f using (place, month)
        union all
        select '{id}', place, month, breakdown, category, numerator, denominator from found
        where breakdown <> 'all'"""


def _distinct(database: duckdb.DuckDBPyConnection) -> Iterator[str]:
    made: dict[str, str] = {}
    for id, how, rules, _ in _of("distinct"):
        times, test = how.get("times", 1), _test(rules)
        if test not in made:
            made[test] = f"people_{len(made)}"
            _split(database, made[test], f"""
                select council, {MONTH} as month, age_band, sex, person, count(*) as n
                from ev where {test} group by all""", "month, person")  # fmt: skip
        name = made[test]
        enough = f"count(case when n >= {times} then 1 end)"
        database.execute(
            f"create or replace temp table {id}_alone as select council, month, age_band, sex, {enough} as n "
            f"from {name} where not exists (select 1 from {name}_many m "
            f"where m.month = {name}.month and m.person = {name}.person) group by all"
        )
        parts = []
        for way, category in WAYS.items():
            for place in ("council", f"'{COUNTRY}'"):
                parts.append(
                    f"select place, month, '{way}' as breakdown, category, "
                    f"cast(sum(n) as bigint) as numerator, null as denominator from ("
                    f"select {place} as place, month, {category} as category, n from {id}_alone union all "
                    f"select place, month, category, {enough} as n from "
                    f"(select {place} as place, month, {category} as category, person, sum(n) as n "
                    f"from {name}_others group by all) group by all) group by all"
                )
        yield _present(" union all ".join(parts), id)


def _split(database: duckdb.DuckDBPyConnection, name: str, query: str, keys: str) -> None:
    """People who have one cell, as most have, and the few who have several: told apart once."""
    database.execute(f"create or replace temp table {name} as {query}")
    database.execute(
        f"create or replace temp table {name}_many as "
        f"select {keys} from {name} group by {keys} having count(*) > 1"
    )
    same = " and ".join(f"m.{key} = p.{key}" for key in keys.split(", "))
    database.execute(
        f"create or replace temp table {name}_others as select p.* from {name} p "
        f"where exists (select 1 from {name}_many m where {same})"
    )


def _open(database: duckdb.DuckDBPyConnection) -> Iterator[str]:
    last = LOW + MONTHS
    for id, _, rules, _ in _of("open"):
        _split(database, id, f"""
            select council, age_band, sex, person,
                bit_or((cast(1 as bigint) << b) - (cast(1 as bigint) << a)) as m
            from (select council, age_band, sex, person, {MONTH} - {LOW} as a,
                    least(coalesce(year(ended) * 12 + month(ended), {last}), {last}) - {LOW} as b
                from ev where {_test(rules)})
            where a < b group by all""", "person")  # fmt: skip
        database.execute(f"""
            create or replace temp table {id}_alike as
            select council, age_band, sex, t.month as month, cast(sum(k) as bigint) as n
            from (select council, age_band, sex, m, count(*) as k from {id} p where not exists
                (select 1 from {id}_many m where m.person = p.person) group by all) p
            join range(0, {MONTHS}) t(month) on (p.m >> t.month) & 1 = 1 group by all""")
        parts = []
        for way, category in WAYS.items():
            for place in ("council", f"'{COUNTRY}'"):
                parts.append(f"""
                    select place, month + {LOW} as month, '{way}' as breakdown, category,
                        cast(sum(n) as bigint) as numerator, null as denominator
                    from (select {place} as place, {category} as category, month, n from {id}_alike
                        union all
                        select place, category, t.month, count(*) from
                        (select {place} as place, {category} as category, person, bit_or(m) as m
                        from {id}_others group by all) p
                        join range(0, {MONTHS}) t(month) on (p.m >> t.month) & 1 = 1 group by all)
                    group by all""")
        # A place where some have begun, and none is open, has 0.
        begun = f"""
            select place, t.month + {LOW} as month from
                (select council as place, min({MONTH}) - {LOW} as first from ev
                    where started is not null group by all
                 union all select '{COUNTRY}', min({MONTH}) - {LOW} from ev) b
            join range(0, {MONTHS}) t(month) on t.month >= b.first"""
        yield f"""
            with found as ({" union all ".join(parts)})
            select '{id}' as measure, place, month, 'all' as breakdown, 'all' as category,
                coalesce(numerator, 0) as numerator, denominator
            from ({begun}) e left join (select * from found where breakdown = 'all') f
            using (place, month)
            union all select '{id}', place, month, breakdown, category, numerator, denominator
            from found where breakdown <> 'all'"""


def _ranked(database: duckdb.DuckDBPyConnection) -> Iterator[str]:
    made: dict[str, str] = {}
    for id, how, rules, _ in [*_of("median"), *_of("percentile")]:
        part, parts = (1, 2) if how["how"] == "median" else (9, 10)
        test = _test(rules)
        if test not in made:
            made[test] = f"days_{len(made)}"
            database.execute(
                f"create temp table {made[test]} as select council, {MONTH} as month, age_band, "
                f"sex, days, count(*) as k from ev where {test} and days is not null group by all"
            )
        each = []
        for way, category in WAYS.items():
            for place in ("council", f"'{COUNTRY}'"):
                window = "partition by place, month, category"
                at = f"(n - 1) * {part}"
                each.append(f"""
                    select place, month, '{way}' as breakdown, category, cast(max(n) as bigint) as denominator,
                        cast(min(case when cum > {at} // {parts} then days end) * {parts}
                        + (min(case when cum > ({at} + {parts - 1}) // {parts} then days end)
                            - min(case when cum > {at} // {parts} then days end))
                        * max({at} % {parts}) as bigint) as numerator
                    from (select *, sum(k) over ({window} order by days rows unbounded preceding) as cum,
                            sum(k) over ({window}) as n
                        from (select {place} as place, month, {category} as category, days,
                                sum(k) as k from {made[test]} group by all))
                    group by place, month, category""")
        query = " union all ".join(
            f"select place, month, breakdown, category, numerator, denominator from ({one})"
            for one in each
        )
        yield _present(query, id, "0")


def said() -> str:
    return f"as at {AS_OF}, {len(AGES)} ages"
