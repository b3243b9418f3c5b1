"""From rows to cells: a table read once, its rows added up by place, base period and category."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from outturn.contracts.model import Contract
from outturn.databases import Dialect, InFiles, Sql, joined
from outturn.engine.plan import UNKNOWN, conditions, period_column
from outturn.framework.model import SQUARES, Condition, Tally
from outturn.terms.period import Period

MASK_BITS = 62  # sources that one whole number has room for, a bit each
UNITS = "YMD"
_DAYS = 100_000  # more than any period has days
_TOO_LONG = 10**15  # more than the number of any base period


def masks(sources: Sequence[str]) -> tuple[str, ...]:
    """The columns that hold the sources behind a group, 62 in each."""
    return tuple(f"mask_{i}" for i in range(-(-len(sources) // MASK_BITS)))


# Conditions: each is a piece of SQL that is true of a row which meets it, and not true otherwise.


def _compared(sign: str) -> Callable[[str, Condition], Sql]:
    return lambda column, condition: Sql(f"({column} {sign} ?)", condition.bounds)


def _listed(word: str) -> Callable[[str, Condition], Sql]:
    def piece(column: str, condition: Condition) -> Sql:
        marks = ", ".join("?" for _ in condition.bounds)
        return Sql(f"({column} {word} ({marks}))", condition.bounds)

    return piece


MEETS: dict[str, Callable[[str, Condition], Sql]] = {
    "is": _compared("="),
    "is_not": _compared("<>"),
    "one_of": _listed("in"),
    "none_of": _listed("not in"),
    "at_least": _compared(">="),
    "at_most": _compared("<="),
    "above": _compared(">"),
    "below": _compared("<"),
    "between": lambda column, condition: Sql(f"({column} between ? and ?)", condition.bounds),
    "present": lambda column, condition: Sql(f"({column} is not null)"),
    "absent": lambda column, condition: Sql(f"({column} is null)"),
}


@dataclass(frozen=True, slots=True)
class Table:
    """A table to be read: its rows, what it promises, and what is known of all its rows."""

    rows: pl.DataFrame | InFiles
    contract: Contract
    sources: Sequence[str]  # every source of the run, in order: each has its bit
    own_sources: Sequence[str | None]  # those of this table

    def different(self, database: Dialect, column: str) -> list[Any]:
        """The different values of a column, in order."""
        if isinstance(self.rows, pl.DataFrame):
            return self.rows[column].unique().drop_nulls().sort().to_list()
        database.parquet("whole", self.rows.files)
        query = Sql(f"select distinct {database.quote(column)} as cell from whole")
        return database.rows("periods", query)["cell"].drop_nulls().sort().to_list()


@dataclass(frozen=True, slots=True)
class Cells:
    """A kept table of cells: the periods that its column `base` numbers, and whose they are."""

    name: str
    bases: Mapping[Period, int]
    mixed: bool  # some base period is there both whole and in parts
    tallies: tuple[Tally, ...]


def keep_cells(
    database: Dialect,
    name: str,
    table: Table,
    tallies: Sequence[Tally],
    columns: Iterable[str],
    base_of: Mapping[Period, Period | None],
    *,
    by_own: bool = False,
) -> Cells:
    """Rows added up by place, base period and the categories of `columns`, for all the tallies.

    `base_of` says which base period each period of the rows belongs to; one that belongs to none
    stands for itself. A tally of items (distinct ones, or the values of a histogram) comes alone,
    and has a cell for each. `by_own` keeps the periods of the rows apart as well.
    """
    columns = sorted(columns)
    bases, base_map = _base_map(table, tallies[0], base_of)
    database.table("bases", base_map)
    give(database, table, tallies, columns)
    is_mixed = mixed(base_of)
    keys = {"base": "b.base"} | ({"rank": "b.rank"} if is_mixed else {})
    keys |= {"own": "b.own"} if by_own else {}
    source = f"given r join bases b on {_belongs(database, tallies[0], table.contract)}"
    database.keep(name, _query(database, table, tallies, keys, columns, source))
    return Cells(name, bases, is_mixed, tuple(tallies))


def mixed(base_of: Mapping[Period, Period | None]) -> bool:
    """Whether some base period is there both whole and in parts."""
    there = {(base or own, base is not None and base != own) for own, base in base_of.items()}
    return len(there) > len({base for base, _ in there})


def keys_of(
    database: Dialect,
    table: Table,
    tally: Tally,
    more: Mapping[str, str],
    columns: Sequence[str],
) -> dict[str, str]:
    """What rows are put together by, by name: their place, `more`, and their categories."""
    quote = database.quote
    keys = {"place": f"r.{quote(table.contract.place)}", **more}
    for column in columns:
        text = database.text(f"r.{quote(column)}")
        keys[quote(f"by_{column}")] = f"coalesce({text}, '{UNKNOWN}')"
    if has_items(tally):
        keys["item"] = f"r.{quote(tally.column)}"
    return keys


def bits_of(table: Table, mask: str) -> str:
    """The bits of a row's source, as a piece of SQL."""
    bits = _bits(table)[mask]
    return f"cast({sum(bits.values())} as bigint)" if _is_constant(bits) else f"r.outturn_{mask}"


def _query(
    database: Dialect,
    table: Table,
    tallies: Sequence[Tally],
    more: Mapping[str, str],
    columns: Sequence[str],
    source: str,
) -> Sql:
    keys = keys_of(database, table, tallies[0], more, columns)
    parts: list[Sql | str] = [f"{expression} as {name}" for name, expression in keys.items()]
    tests = [test_of(database, one) for one in tallies]
    for number, (one, test) in enumerate(zip(tallies, tests, strict=True)):
        among = test if len(tallies) > 1 else Sql("")  # a lone test goes to the end, for all
        parts += _added_up(database, table, one, among, number)
    query = Sql("select ") + joined(", ", parts)
    query += f" from {source} where {keys['place']} is not null"
    if tallies[0].opens:
        query += f" and r.{database.quote(tallies[0].opens)} is not null"
    if all(test.text for test in tests):
        query += Sql(" and (") + joined(" or ", tests) + ")"
    return query + " group by " + ", ".join(keys.values())


def has_items(tally: Tally) -> bool:
    """Whether its cells hold items, each once, and not amounts."""
    return bool(tally.column) and (tally.is_distinct or tally.is_histogram)


def has_cells_of_its_own(tally: Tally) -> bool:
    """Whether its cells are no use to tallies of another kind."""
    return has_items(tally) or tally.how == "open"


def _belongs(database: Dialect, tally: Tally, contract: Contract) -> str:
    """When a row belongs to a period of the rows: those that are open do to several."""
    column = f"r.{database.quote(period_column(tally, contract))}"
    if tally.how != "open":
        return f"b.period = {column}"
    if not tally.closes:
        return f"{column} <= b.finish"
    closes = f"r.{database.quote(tally.closes)}"
    sign = ">=" if tally.last_day else ">"
    return f"{column} <= b.finish and ({closes} is null or {closes} {sign} b.finish)"


def test_of(database: Dialect, tally: Tally) -> Sql:
    """What a row must meet to be tallied, as one condition; empty text when it is nothing."""
    tests = [MEETS[c.word](f"r.{database.quote(c.column)}", c) for c in conditions(tally)]
    return Sql("(") + joined(" and ", tests) + ")" if tests else Sql("")


def _added_up(
    database: Dialect, table: Table, tally: Tally, test: Sql, number: int
) -> list[Sql | str]:
    """The columns of one tally: rows, the amount, and the sources."""

    def among(expression: str) -> Sql:
        if not test.text:
            return Sql(expression)
        return Sql("case when ") + test + f" then {expression} end"

    columns: list[Sql | str] = [Sql("count(") + among("1") + f") as rows_{number}"]
    amount = AMOUNTS[tally.how](database, table.contract, tally)
    if amount:
        columns.append(Sql("coalesce(sum(") + among(amount) + f"), 0) as amount_{number}")
    for mask, bits in _bits(table).items():
        name = f"{mask}_{number}"
        if _is_constant(bits):
            columns.append(f"cast({sum(bits.values())} as bigint) as {name}")
        else:
            columns.append(Sql("bit_or(") + among(f"r.outturn_{mask}") + f") as {name}")
    return columns


def _summed(database: Dialect, contract: Contract, tally: Tally) -> str:
    column = f"r.{database.quote(tally.column)}"
    is_whole = contract.field(tally.column).type == "integer"
    return column if is_whole else database.millionths(column)


def _squared(database: Dialect, contract: Contract, tally: Tally) -> str:
    """The square of what `_summed` adds up, so that it is exact too."""
    column = f"r.{database.quote(tally.column)}"
    is_whole = contract.field(tally.column).type == "integer"
    cell = f"cast({column} as decimal(19, 0))" if is_whole else database.millionths(column)
    return f"{cell} * {cell}"


# What is added up for each way of tallying; empty when the number of rows says it all.
AMOUNTS: dict[str, Callable[[Dialect, Contract, Tally], str]] = {
    "count": lambda database, contract, tally: "",
    "sum": _summed,
    "weights": _summed,
    SQUARES: _squared,
    "distinct": lambda database, contract, tally: "",
    "open": lambda database, contract, tally: "",
    "median": lambda database, contract, tally: "",
    "percentile": lambda database, contract, tally: "",
}


def _base_map(
    table: Table, tally: Tally, base_of: Mapping[Period, Period | None]
) -> tuple[dict[Period, int], pl.DataFrame]:
    """Which numbered base period each period of the rows belongs to; rank 0 when it is itself.

    Periods too long for any base period stand for themselves.
    """
    settled = {own: base or own for own, base in base_of.items()}
    numbers = {base or own: _number(base or own, base) for own, base in base_of.items()}
    kind = table.contract.schema[period_column(tally, table.contract)]
    frame = pl.DataFrame(
        {
            "period": [own.start if kind == pl.Date else own.key for own in settled],
            "base": [numbers[base] for base in settled.values()],
            "rank": [int(base != own) for own, base in settled.items()],
            "own": [_number(own, own) for own in settled],
            "finish": [own.end for own in settled],
        },
        schema={
            "period": kind,
            "base": pl.Int64,
            "rank": pl.Int32,
            "own": pl.Int64,
            "finish": pl.Date,
        },
    )
    return numbers, frame


def _number(period: Period, base: Period | None) -> int:
    """A number of its own for each period, the same whatever other periods there are.

    They are in the order of their ends, and so those inside a longer period follow one another;
    those too long for any base period come after them all.
    """
    ends = period.end.toordinal() * _DAYS + (period.end - period.start).days
    return (ends * len(UNITS) + UNITS.index(period.unit)) + (0 if base else _TOO_LONG)


def give(database: Dialect, table: Table, tallies: Sequence[Tally], columns: Sequence[str]) -> None:
    """The rows as the table `given`, with the bits of their sources where these differ."""
    if isinstance(table.rows, pl.DataFrame):
        database.table("given", _only_needed(table, table.rows, tallies, columns))
        return
    views = []
    for number, source in enumerate(dict.fromkeys(table.rows.sources)):
        database.parquet(f"files_{number}", table.rows.of_source(source))
        bits = [
            f", cast({each[source]} as bigint) as outturn_{mask}"
            for mask, each in _bits(table).items()
            if not _is_constant(each)
        ]
        views.append(f"select *{''.join(bits)} from files_{number}")
    database.view("given", " union all ".join(views))


def _only_needed(
    table: Table, rows: pl.DataFrame, tallies: Sequence[Tally], columns: Sequence[str]
) -> pl.DataFrame:
    """The columns that the tallies touch, with numbers that are none made empty cells."""
    names = {table.contract.place, *columns}
    for one in tallies:
        names |= {c.column for c in one.where}
        names |= {period_column(one, table.contract), one.column, one.closes} - {""}
    needed = [
        pl.when(pl.col(name).is_finite()).then(pl.col(name)).alias(name)
        if rows.schema[name].is_float()
        else pl.col(name)
        for name in sorted(names)
    ]
    return rows.select(*needed, *_source_bits(table))


def _bits(table: Table) -> dict[str, dict[str | None, int]]:
    """For each mask, the bit that stands for each source of the table; 0 where another has it."""
    return {
        mask: {
            one: 1 << (place % MASK_BITS) if one and place // MASK_BITS == number else 0
            for one in table.own_sources
            for place in [table.sources.index(one) if one else 0]
        }
        for number, mask in enumerate(masks(table.sources))
    }


def _source_bits(table: Table) -> list[pl.Expr]:
    """The bits of each row's source, in as many whole numbers as all the sources need."""
    return [
        pl.col("source")
        .replace_strict(bits, default=0, return_dtype=pl.Int64)
        .alias(f"outturn_{mask}")
        for mask, bits in _bits(table).items()
        if not _is_constant(bits)
    ]


def _is_constant(bits: Mapping[str | None, int]) -> bool:
    """Whether every row of a table has the same bits, so that there is nothing to ask of rows."""
    return len(bits) < 2 and None not in bits
