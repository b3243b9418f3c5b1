"""Reads every source of a partnership into tables that keep their contracts.

Every row read is either kept or set aside with its reasons. Files that have not changed since
they were last read are taken from the store and not opened.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

import polars as pl

from outturn.contracts import Contract
from outturn.databases import InFiles
from outturn.framework.model import Partnership, Source
from outturn.ingest import readers, servers
from outturn.ingest.extract import mistake, place_of, without_blank_rows
from outturn.ingest.overlaps import population_mistakes, unread_bands
from outturn.ingest.partitions import is_partitioned, left_aside, partitions
from outturn.ingest.rejects import REJECTED, mistakes
from outturn.ingest.repeated_keys import KeptFile, repeated_keys
from outturn.ingest.rows import FIGURES, PARTS, kept_rows
from outturn.ingest.set_aside import LACKED, nothing_left
from outturn.ingest.store import Store, digest
from outturn.ingest.tables import together
from outturn.ingest.unfilled import Lacks, Unfilled, by_column, of_source
from outturn.ingest.unknown_words import (
    DELAYS,
    SOME_LACK,
    discreet_doubts,
    doubts,
    reasons_lacking,
    told,
)
from outturn.terms.errors import (
    ExtractMistake,
    Mistake,
    Mistakes,
    PartMistake,
    RowsMistake,
    suggestion,
)
from outturn.terms.records import Fingerprint


@dataclass(frozen=True)
class Ingested:
    """All that was read. `tables` holds one table for each contract that some source keeps.

    A table has the contract's columns, typed, places as codes, periods as keys and measures as
    ids, then `source` (its id) and `row` (the line in the file). `rejected` has one line for each
    row set aside. `lacked` has by table the lines of LACKED, with the number of the `part` that
    they are of: of rows that broken cells have cost.
    """

    tables: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    fingerprints: tuple[Fingerprint, ...] = ()
    rejected: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=REJECTED))
    mistakes: list[Mistake] = field(default_factory=list)
    made_of: str = ""  # a digest of all that decides the tables, besides the code that counts
    in_files: Mapping[str, InFiles] = field(default_factory=dict)  # tables that are not in `tables`
    lacking: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # by what a table is so
    lacked: Mapping[str, pl.DataFrame] = field(default_factory=dict)  # rows that a table lacks
    nothing_left: tuple[ExtractMistake, ...] = ()  # of files of which every row is set aside
    unknown_words: tuple[str, ...] = ()  # sentences about words that nobody knows
    doubts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # the same, by table
    # Of sentences in `lacking` and `doubts` with a number of rows, the same without it.
    discreet: Mapping[str, str] = field(default_factory=dict)
    unfilled: Lacks = field(default_factory=dict)  # columns of tables that sources do not have

    @property
    def stops(self) -> list[Mistake]:
        """What is wrong with a whole file. Rows and files of folders that are set aside stop
        nothing, unless nothing is left."""
        aside = (RowsMistake, PartMistake)
        return [*(one for one in self.mistakes if not isinstance(one, aside)), *self.nothing_left]

    @property
    def every(self) -> dict[str, pl.DataFrame | InFiles]:
        """Every table, in memory or in files."""
        return {**self.tables, **self.in_files}

    def whole(self, name: str) -> pl.DataFrame | None:
        """A table of few rows in memory, however many files it comes in; None where none is."""
        if name in self.in_files:
            files = self.in_files[name].files
            return pl.concat([pl.read_parquet(file, glob=False) for file in files])
        return self.tables.get(name)


@dataclass(frozen=True, slots=True)
class _Part:
    """What one source gave, and the digest of all that decided it."""

    source: Source
    key: str
    kept: pl.DataFrame
    rejected: pl.DataFrame
    mistakes: list[Mistake]
    problems: pl.DataFrame
    lacked: pl.DataFrame  # rows that broken cells have cost
    unknown: pl.DataFrame  # words of closed lists that nobody knows
    unfilled: pl.DataFrame  # columns that the file does not have
    file: Path | None = None  # where the rows are kept, in the place of `kept`
    rows: int = 0
    of: Source | None = None  # the folder of which the file is one
    before: bool = False  # read by an earlier run, and now taken from the store


def ingest(
    folder: Path,
    partnership: Partnership,
    contracts: Mapping[str, Contract],
    cache: Path | None = None,
    progress: Callable[[str], None] | None = None,
) -> Ingested:
    """Every source of the partnership in `folder`; `progress` is told what is being read."""
    store = Store.opened(cache)
    prints: dict[str, Fingerprint] = {}
    parts: list[_Part] = []
    found: list[Mistake] = []
    lacking: dict[str, tuple[str, ...]] = {}
    for number, source in enumerate(partnership.sources, start=1):
        if progress:
            progress(f"{source.named} ({number} of {len(partnership.sources)})")
        if _told_elsewhere(source, partnership, contracts):
            continue
        try:
            if is_partitioned(source):
                to = _Told(progress or (lambda _: None), found, lacking)
                parts += _partitions(folder, source, partnership, contracts, store, prints, to)
            else:
                parts.append(_part(folder, source, partnership, contracts, store, prints))
        except ExtractMistake as error:
            found.append(error)
        except Mistakes as error:
            found.extend(_flat(error))
    store.close()
    in_files = _in_files(parts, store)
    found += _repeated(parts, in_files, contracts, store)
    in_memory = [part for part in parts if part.source.contract not in in_files]
    kept = [(part.source, _rows(part)) for part in in_memory]
    sources = [one for one in partnership.sources if one.contract not in in_files]
    tables, doubled = together(kept, sources, contracts)
    rejected = [pl.DataFrame(schema=REJECTED), *(part.rejected for part in parts)]
    found += [one for part in parts for one in part.mistakes]
    found += population_mistakes(partnership, {**tables, **in_files})
    found += unread_bands(partnership, {**tables, **in_files})
    discreet = _discreet(parts, contracts)
    if said := reasons_lacking([one.unknown for one in parts if one.source.contract == DELAYS]):
        lacking[DELAYS] = (*lacking.get(DELAYS, ()), said)
        discreet[said] = SOME_LACK
    return Ingested(
        tables=tables,
        fingerprints=tuple(prints[name] for name in sorted(prints)),
        rejected=pl.concat([*rejected, *(rows for rows, _ in doubled)]),
        mistakes=found + [one for _, ones in doubled for one in ones],
        made_of=digest([part.key for part in parts], lacking),
        in_files=in_files,
        lacking=lacking,
        lacked=_lacked(parts),
        nothing_left=tuple(_nothing_left(parts, contracts)),
        unknown_words=tuple(_unknown_words(parts, contracts)),
        doubts=_doubts(parts, contracts),
        discreet=discreet,
        unfilled=by_column(_unfilled(parts, contracts)),
    )


def _lacked(parts: Sequence[_Part]) -> dict[str, pl.DataFrame]:
    """By table the rows that broken cells have cost. Each row of reported figures is a figure of
    its own, which is then absent: no other is made of it."""
    found: dict[str, list[pl.DataFrame]] = {}
    for number, part in enumerate(parts):
        if part.lacked.height and part.source.contract != FIGURES:
            lines = part.lacked.select(pl.lit(number, pl.Int64).alias("part"), *LACKED)
            found.setdefault(part.source.contract, []).append(lines)
    return {name: pl.concat(lines) for name, lines in found.items()}


def _by_source(parts: Sequence[_Part]) -> Iterator[tuple[Source, list[_Part]]]:
    """The parts of each source; a folder of files is one source."""
    for id in dict.fromkeys(part.source.id for part in parts):
        mine = [part for part in parts if part.source.id == id]
        yield mine[0].of or mine[0].source, mine


def _nothing_left(
    parts: Sequence[_Part], contracts: Mapping[str, Contract]
) -> Iterator[ExtractMistake]:
    """The sources of which rows were read and none was kept."""
    for source, mine in _by_source(parts):
        rows = sum(part.rejected.height for part in mine)
        if rows and not any(part.rows or part.kept.height for part in mine):
            problems = pl.concat([part.problems for part in mine])
            yield nothing_left(source, contracts[source.contract], problems, rows)


def _unknown_words(parts: Sequence[_Part], contracts: Mapping[str, Contract]) -> Iterator[str]:
    for source, mine in _by_source(parts):
        yield from told(source, contracts[source.contract], [part.unknown for part in mine])


def _doubts(
    parts: Sequence[_Part], contracts: Mapping[str, Contract]
) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for source, mine in _by_source(parts):
        if said := doubts(source, contracts[source.contract], [part.unknown for part in mine]):
            found[source.contract] = (*found.get(source.contract, ()), *said)
    return found


def _discreet(parts: Sequence[_Part], contracts: Mapping[str, Contract]) -> dict[str, str]:
    found: dict[str, str] = {}
    for source, mine in _by_source(parts):
        found |= discreet_doubts(source, contracts[source.contract], [one.unknown for one in mine])
    return found


def _unfilled(parts: Sequence[_Part], contracts: Mapping[str, Contract]) -> Iterator[Unfilled]:
    """Reported figures are told as they are: of these no column is asked."""
    for source, mine in _by_source(parts):
        contract = contracts[source.contract]
        if contract.name == FIGURES or not contract.place:
            continue
        if not any(part.unfilled.height for part in mine):
            continue
        files = [(part.source.file, part.unfilled, _places(part, contract.place)) for part in mine]
        yield from of_source(source, contract, files)


def _places(part: _Part, column: str) -> set[str]:
    """The places of the rows of a part, wherever they are kept."""
    rows = pl.scan_parquet(part.file, glob=False) if part.file else part.kept.lazy()
    return set(rows.select(pl.col(column).drop_nulls().unique()).collect()[column])


@dataclass(frozen=True, slots=True)
class _Told:
    """Where reading says what it is doing and what it found."""

    progress: Callable[[str], None]
    mistakes: list[Mistake]
    lacking: dict[str, tuple[str, ...]]


def _partitions(
    folder: Path,
    source: Source,
    partnership: Partnership,
    contracts: Mapping[str, Contract],
    store: Store,
    prints: dict[str, Fingerprint],
    told: _Told,
) -> list[_Part]:
    """What each file of a folder gave. Rows that are kept in the store do not stay in memory."""
    made: list[_Part] = []
    failed: list[ExtractMistake] = []
    each = partitions(folder, source)
    for number, one in enumerate(each, start=1):
        told.progress(f"data/{one.file} ({number} of {len(each)})")
        try:
            made.append(_of_folder(folder, one, partnership, contracts, store, prints))
        except ExtractMistake as error:
            failed.append(error)
        except Mistakes as error:
            failed += [each for each in _flat(error) if isinstance(each, ExtractMistake)][:1]
        store.remember()
    if again := sum(one.before for one in made):
        told.progress(f"{source.named}: {again} of {len(each)} files kept from before")
    mistakes, lacking = left_aside(source, failed, len(each))
    told.mistakes.extend(mistakes)
    if lacking:
        before = told.lacking.get(source.contract, ())
        told.lacking[source.contract] = (*before, lacking)
    return [replace(one, of=source) for one in made]


def _of_folder(
    folder: Path,
    source: Source,
    partnership: Partnership,
    contracts: Mapping[str, Contract],
    store: Store,
    prints: dict[str, Fingerprint],
) -> _Part:
    """One file of a folder, kept under its own name so that each has its earlier versions."""
    name = f"{source.id}/{source.file}"
    contract = _contract(source, contracts)
    path = _present(folder, source)
    print_ = _fingerprint(store, path, source)
    prints[f"data/{source.file}"] = print_
    key = digest(print_.sha256, source, contract, *_setting(partnership))
    file = store.file(name, key, "kept")
    asides = store.tables(name, key, PARTS[1:]) if file else {}
    if not file or not asides:
        part = _part(folder, source, partnership, contracts, store, prints, name)
        file = store.file(name, key, "kept")
        return part if file is None else _left_in(part, file)
    rows = pl.scan_parquet(file, glob=False).select(pl.len()).collect().item()
    nothing = pl.DataFrame(schema={**contract.schema, "source": pl.String, "row": pl.Int64})
    part = _made(source, contract, key, {"kept": nothing, **asides})
    return replace(part, file=file, rows=rows, before=True)


def _left_in(part: _Part, file: Path) -> _Part:
    return replace(part, kept=part.kept.clear(), file=file, rows=part.kept.height)


def _in_files(parts: Sequence[_Part], store: Store) -> dict[str, InFiles]:
    """The tables of which a source is a folder, where every one of their rows lies in the store."""
    wanted = dict.fromkeys(part.source.contract for part in parts if part.file)
    made = {}
    for contract in wanted:
        mine = [part for part in parts if part.source.contract == contract]
        found = [part.file or store.file(part.source.id, part.key, "kept") for part in mine]
        files = tuple(file for file in found if file)
        if len(files) < len(mine):  # a table of a server, or a store that could not be written
            continue
        made[contract] = InFiles(
            files,
            tuple(part.source.id for part in mine),
            tuple(part.key for part in mine),
            sum(part.rows or part.kept.height for part in mine),
            names=tuple(part.source.file for part in mine),
        )
    return made


def _repeated(
    parts: Sequence[_Part],
    in_files: Mapping[str, InFiles],
    contracts: Mapping[str, Contract],
    store: Store,
) -> Iterator[ExtractMistake]:
    """Keys that two files of one table share; what is in memory is told by `together`."""
    for name, table in in_files.items():
        mine = [part for part in parts if part.source.contract == name]
        files = [
            KeptFile(part.source, part.key, file)
            for part, file in zip(mine, table.files, strict=True)
        ]
        yield from repeated_keys(files, contracts[name], store)


def _rows(part: _Part) -> pl.DataFrame:
    return pl.read_parquet(part.file, glob=False) if part.file else part.kept


def _flat(group: Mistakes) -> Iterator[Mistake]:
    for one in group.exceptions:
        if isinstance(one, Mistake):
            yield one


def _part(
    folder: Path,
    source: Source,
    partnership: Partnership,
    contracts: Mapping[str, Contract],
    store: Store,
    prints: dict[str, Fingerprint],
    kept_as: str = "",
) -> _Part:
    contract = _contract(source, contracts)
    kept_as = kept_as or source.id
    if source.server:
        return _served(source, contract, partnership, prints)
    path = _present(folder, source)
    name = f"data/{source.file}"
    prints[name] = prints.get(name) or _fingerprint(store, path, source)
    key = digest(prints[name].sha256, source, contract, *_setting(partnership))
    frames = store.tables(kept_as, key, PARTS)
    if not frames:
        frames = _read(path, source, contract, partnership)
        if store.fingerprint(path, name).sha256 != prints[name].sha256:
            remedy = "Wait until it is written, then run this again."
            raise mistake(source, "The file changed while it was being read.", remedy)
        store.keep(kept_as, key, frames)
    return _made(source, contract, key, frames)


def _made(
    source: Source, contract: Contract, key: str, frames: Mapping[str, pl.DataFrame]
) -> _Part:
    kept, rejected, problems, lacked, unknown, unfilled = (frames[name] for name in PARTS)
    found = mistakes(problems, source, contract)
    return _Part(source, key, kept, rejected, [*found], problems, lacked, unknown, unfilled)


def _served(
    source: Source, contract: Contract, partnership: Partnership, prints: dict[str, Fingerprint]
) -> _Part:
    """A table of a server. It is read each time: nothing tells whether it has changed."""
    extract = without_blank_rows(servers.read(source), source)
    name = place_of(source)
    prints[name] = Fingerprint(name, *servers.fingerprint(extract))
    frames = kept_rows(extract, source, contract, partnership)
    key = digest(prints[name].sha256, source, contract, *_setting(partnership))
    return _made(source, contract, key, frames)


def _told_elsewhere(
    source: Source, partnership: Partnership, contracts: Mapping[str, Contract]
) -> bool:
    """Whether the check of the definitions says already why this source cannot be read."""
    broken = f"contracts/{source.contract}.json" in partnership.files
    return source.outside or (source.contract not in contracts and broken)


def _contract(source: Source, contracts: Mapping[str, Contract]) -> Contract:
    if source.contract in contracts:
        return contracts[source.contract]
    raise ExtractMistake(
        where=f"data/sources.toml, source {source.id}, contract",
        problem=f"There is no contract '{source.contract}'.",
        remedy=suggestion(source.contract, contracts, f"Contracts are {', '.join(contracts)}."),
    )


def _present(folder: Path, source: Source) -> Path:
    """The path of the file, which is there, is a file and is not too large."""
    path = folder / "data" / source.file
    whole = Source(source.id, source.file, source.contract)
    if not path.is_file():
        here = (folder / "data").glob("*") if (folder / "data").is_dir() else ()
        beside = sorted(one.name for one in here if one.is_file())
        otherwise = "Put it there, or put the name right in data/sources.toml."
        remedy = suggestion(source.file, beside, otherwise)
        raise mistake(whole, "There is no such file.", remedy)
    megabytes = path.stat().st_size / 1_000_000
    if megabytes > source.max_megabytes:
        problem = f"The file is larger than {source.max_megabytes:g} megabytes."
        remedy = "If it should be, raise max_megabytes for it in data/sources.toml."
        raise mistake(whole, problem, remedy)
    return path


def _fingerprint(store: Store, path: Path, source: Source) -> Fingerprint:
    try:
        return store.fingerprint(path, f"data/{source.file}")
    except OSError as error:
        remedy = "Check that you may read it, and that no other program holds it."
        whole = Source(source.id, source.file, source.contract)
        raise mistake(whole, "The file cannot be read.", remedy) from error


def _setting(partnership: Partnership) -> tuple[object, ...]:
    """All that decides what a row becomes, besides the file, its source and its contract."""
    places = [
        (one.code, one.name, one.since, one.until, one.aliases)
        for one in partnership.places.values()
    ]
    measures = [(one.id, one.codes, one.breakdowns) for one in partnership.measures.values()]
    return partnership.calendar, places, measures, _software()


@lru_cache
def _software() -> str:
    """The version, and the code itself, so that a changed reader reads again."""
    room = Path(__file__).parent
    files = [
        *room.rglob("*.py"),
        *(room.parent / "contracts").glob("*.py"),
        *(room.parent / "terms").glob("*.py"),
        room.parent / "framework" / "age_bands.py",
    ]
    code = [(file.name, file.read_text(encoding="utf-8")) for file in sorted(files)]
    packages = ("outturn", "polars", "python-calamine", "duckdb")
    return digest([version(one) for one in packages], code)


def _read(
    path: Path, source: Source, contract: Contract, partnership: Partnership
) -> dict[str, pl.DataFrame]:
    return kept_rows(
        without_blank_rows(readers.read(path, source), source), source, contract, partnership
    )
