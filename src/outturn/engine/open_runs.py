"""The rows that are open, each with the run of base periods in which it is.

Tallies that differ only in their conditions share their runs: a run says in a column of its own,
`is_0` and so on, whether it is of each. Without items nothing tells rows apart, and those that are
the same are one run of so many `rows`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from outturn.databases import Dialect, Sql, joined
from outturn.engine.cells import Table, bits_of, give, has_items, keys_of, masks, test_of
from outturn.engine.open_ends import Scale, run_columns
from outturn.framework.model import Tally


def runs(
    database: Dialect,
    table: Table,
    tallies: Sequence[Tally],
    columns: Iterable[str],
    scale: Scale,
) -> Sql:
    """The runs of rows that meet the conditions of any tally; the table becomes `given`."""
    columns, tally = sorted(columns), tallies[0]
    give(database, table, tallies, columns)
    first, past = run_columns(database, scale, tally)
    named = keys_of(database, table, tally, {"first": first, "past": past}, columns)
    named |= {mask: bits_of(table, mask) for mask in masks(table.sources)}
    tests = [test_of(database, one) for one in tallies]
    parts = [Sql(f"{expression} as {name}") for name, expression in named.items()]
    parts += [_is_of(test) + f" as is_{number}" for number, test in enumerate(tests)]
    query = Sql("select ") + joined(", ", parts)
    query += f", cast(1 as bigint) as rows from given r where {named['place']} is not null"
    query += f" and r.{database.quote(tally.opens)} is not null"
    if all(test.text for test in tests):
        query += Sql(" and (") + joined(" or ", tests) + ")"
    if has_items(tally):
        return query
    alike = ", ".join([*named, *(f"is_{number}" for number in range(len(tallies)))])
    many = database.whole("sum(rows)")
    return Sql(f"select {alike}, {many} as rows from (") + query + f") one group by {alike}"


def _is_of(test: Sql) -> Sql:
    return Sql("case when ") + test + " then 1 else 0 end" if test.text else Sql("1")
