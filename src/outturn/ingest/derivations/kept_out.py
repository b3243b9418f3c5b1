"""Records that a rule keeps out of a derived table, with the rule in words: for `people` alone.

A table that a build counts holds no row of them, so that it does not grow by what no figure counts.
The steps of a derivation give each record its rule, in the column `kept_out`; the last query takes
those without one, and the query of those kept out the others. So both are of one wording.
"""

from __future__ import annotations

from collections.abc import Sequence

from outturn.databases import Dialect, Sql
from outturn.ingest.derivations.left_out import (
    DATES_TURNED,
    NO_DAY_YET,
    NOT_REACHED,
    OTHER_CLIENT,
)
from outturn.ingest.derivations.model import kept_out_of
from outturn.ingest.derivations.reach import reached

KEPT_OUT = "kept_out"


def of(database: Dialect, table: str) -> str:
    """The name under which the records kept out of an earlier table can be read."""
    return database.quote(kept_out_of(table))


def of_months(
    database: Dialect, table: str, names: Sequence[str], *, began: str, until: str
) -> Sql:
    """The months that records of the step `table` touch and in which they have no day.

    `began` and `until` are the first and the last day of `t`, a record; the first does not count.
    A record without a rule of its own is told where the month is not covered, and in the month of
    which its first day is the last.
    """
    return Sql(
        f"""select m.first as month, {", ".join(f"t.{one}" for one in names)},
            coalesce(t.kept_out, case when r.place is null then ? else ? end) as kept_out,
            t.source, t.{database.quote("row")}
            from {table} t
            join outturn_months m on m.last >= {began} and m.before < {until}
            left {reached("t.place", "m.first")}
            where t.kept_out is not null or r.place is null or m.last = {began}""",
        (NOT_REACHED, NO_DAY_YET),
    )


def without_its_day(database: Dialect, made: Sql, columns: str, *, day: str, began: str) -> Sql:
    """Rows of a table, as the query `made` gives it, that lack the day that decides their period.

    They are left out in the table, where no period finds them: so they are told on the day on which
    they began. `columns` are those of `f`, such a row.
    """
    told = f"f.{began} as {day}, f.left_out as kept_out, f.source, f.{database.quote('row')}"
    return Sql(f"select {columns}, {told} from (") + made + f") f where f.{day} is null"


def of_events(
    database: Dialect,
    events: str,
    columns: str,
    chosen: Sql,
    *,
    join: str = "",
    client: str = "",
    ends_first: bool = False,
) -> Sql:
    """Of the chosen client level events, of which a table is made, those that are kept out of it.

    They are those kept out of the table `events` already, those of another kind of `client` than is
    asked for, and with `ends_first` those that end before they start. `chosen` is a condition on
    `e`, the event, and `columns` are made of it; `join` is to tables without values of their own.
    """
    row, every = database.quote("row"), database.quote(events)
    found = Sql(f"select {columns}, e.kept_out, e.source, e.{row} from {of(database, events)} e")
    found = found + f" {join} where " + chosen
    rules: list[tuple[str, Sql]] = []
    if client:
        other = Sql("(e.client_type is null or e.client_type <> ?)", (client,))
        rules.append((OTHER_CLIENT, other))
    if ends_first:
        asked = Sql("(e.client_type = ? and e.end_on < e.start_on)", (client,))
        rules.append((DATES_TURNED, asked))
    for words, rule in rules:
        same = f"select {columns}, ? as kept_out, e.source, e.{row} from {every} e {join}"
        found = found + Sql(f" union all {same} where ", (words,)) + rule + " and " + chosen
    return found
