"""Keys that are given twice by files of one table that is never in memory as a whole.

Inside a file each key is there once: the rows that repeat one were set aside when it was read.
Between files a database looks, reading the columns of the key alone. It first compares short
numbers made of the keys, which need little room, and the keys themselves only where two of these
are the same. Files that were compared before are compared with new ones only.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from outturn.contracts import Contract
from outturn.databases import DuckDB, Sql, Step
from outturn.framework.model import Source
from outturn.ingest.extract import mistake
from outturn.ingest.store import Store, digest
from outturn.terms.errors import ExtractMistake

MOST = 20  # pairs of files that are told one by one
_SIZES = {"filename": pl.String, "nth": pl.Int64}
_CHECKED = ("checked",)


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file of the partnership, the digest of all that decides its rows, and where these lie."""

    source: Source
    digest: str
    file: Path


def repeated_keys(
    files: Sequence[KeptFile], contract: Contract, store: Store
) -> list[ExtractMistake]:
    """One mistake for each two files that share keys, with the rows of the first; never a cell."""
    asked = _asked(contract)
    if not asked or len(files) < 2:
        return []
    name, key = f"keys of {contract.name}", digest(contract)
    before = store.tables(name, key, _CHECKED)
    known = set(before["checked"]["digest"]) if before else set()
    fresh = [one for one in files if one.digest not in known]
    if not fresh:
        return []
    reads = tuple(dict.fromkeys(one.file.parent for one in files))
    with DuckDB(reads=reads) as database:
        found = [each for columns, given in asked
                 for each in _pairs(database, files, fresh, columns, given)]  # fmt: skip
    if not found:
        checked = pl.DataFrame({"digest": [one.digest for one in files]})
        store.keep(name, key, {"checked": checked})
    return list(_mistakes(files, found))


def _asked(contract: Contract) -> list[tuple[tuple[str, ...], bool]]:
    """The columns that no two rows may share: those of the key, and each that must be unique.

    With them, whether an empty cell is no repetition: it is one in a key.
    """
    unique: list[tuple[tuple[str, ...], bool]] = [
        ((one.name,), True) for one in contract.fields if one.unique
    ]
    return [(contract.key, False), *unique] if contract.key else unique


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two files that share keys: their positions, how many, and the rows of the first of these."""

    columns: tuple[str, ...]
    earlier: int
    later: int
    keys: int
    earlier_row: int
    later_row: int


def _pairs(
    database: DuckDB,
    files: Sequence[KeptFile],
    fresh: Sequence[KeptFile],
    columns: tuple[str, ...],
    given: bool,
) -> list[_Pair]:
    names = ", ".join(map(database.quote, columns))
    new = {one.file for one in fresh}
    old = [one.file for one in files if one.file not in new]
    _readable(database, "fresh", [one.file for one in fresh])
    _readable(database, "every", [one.file for one in files])
    filled = f" where {names} is not null" if given else ""
    short = f"hash({names})"
    twice = Sql(f"select {short} as short from fresh{filled} group by 1 having count(*) > 1")
    if old:
        _readable(database, "known", old)
        twice = twice + Sql(
            f""" union select {short} as short from known
            where {short} in (select {short} from fresh)"""
        )
    database.keep("doubtful", twice)
    try:
        (number,) = database.rows("doubtful", Sql("select count(*) from doubtful")).row(0)
        return _same(database, files, columns, short, filled) if number else []
    finally:
        database.forget("doubtful")


def _same(
    database: DuckDB, files: Sequence[KeptFile], columns: tuple[str, ...], short: str, filled: str
) -> list[_Pair]:
    """Of rows whose short number is there twice, those whose key is."""
    names, row = ", ".join(map(database.quote, columns)), database.quote("row")
    database.table("positions", _positions(files))
    suspected = Sql(
        f"""select {names}, {row}, p.nth from every
            join positions p on p.filename = every.filename
            where {short} in (select short from doubtful)"""
    )
    window = f"over (partition by {names} order by nth, {row})"
    lined = Sql(
        f"""select nth, {row} as again, first_value(nth) {window} as earlier,
            first_value({row}) {window} as earlier_row, row_number() {window} as line
            from suspected{filled}"""
    )
    last = Sql(
        """select earlier, nth as later, count(*) as keys, min(again) as later_row,
        arg_min(earlier_row, again) as earlier_row from lined where line > 1
        group by earlier, nth order by later, earlier"""
    )
    steps = (Step("suspected", suspected, kept=True), Step("lined", lined))
    return [_Pair(columns, **one) for one in database.run(steps, last).to_dicts()]


def _readable(database: DuckDB, name: str, files: Sequence[Path]) -> None:
    listed = ", ".join("'" + str(one).replace("'", "''") + "'" for one in files)
    database.view(name, f"select * from read_parquet([{listed}], filename = true)")


def _positions(files: Sequence[KeptFile]) -> pl.DataFrame:
    return pl.DataFrame(
        [(str(one.file), nth) for nth, one in enumerate(files)], schema=_SIZES, orient="row"
    )


def _mistakes(files: Sequence[KeptFile], found: Sequence[_Pair]) -> Iterator[ExtractMistake]:
    remedy = "Take the rows out of one of the two files, or tell them apart."
    for one in found[:MOST]:
        same = "key" if len(one.columns) > 1 else f"'{one.columns[0]}'"
        other = files[one.earlier].source.file
        where = f"column {', '.join(one.columns)}, row {one.later_row}"
        problem = f"The {same} is the same as in row {one.earlier_row} of data/{other}."
        if one.keys > 1:
            problem = f"{problem[:-1]}, and so in {one.keys:,} rows altogether."
        yield mistake(files[one.later].source, problem, remedy, where)
    if len(found) > MOST:
        rest = len(found) - MOST
        problem = f"{rest:,} more pairs of files of '{files[0].source.contract}' share keys."
        yield mistake(files[found[MOST].later].source, problem, "Put those above right first.")
