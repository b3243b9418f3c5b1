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

from outturn.contracts import Contract, cells, keys
from outturn.contracts.check import FINDINGS, UNASKED
from outturn.databases import InFiles
from outturn.framework.model import Partnership, Source
from outturn.ingest import names, periods, readers, servers
from outturn.ingest.extract import Extract, mistake, place_of, without_blank_rows
from outturn.ingest.figures import conventions, editions, halves, undeclared
from outturn.ingest.mapping import mapped
from outturn.ingest.partitions import is_partitioned, left_aside, partitions
from outturn.ingest.rejects import REJECTED, mistakes, problems, rejected_rows
from outturn.ingest.repeated_keys import KeptFile, repeated_keys
from outturn.ingest.store import Store, digest
from outturn.ingest.tables import together
from outturn.terms.errors import ExtractMistake, Mistake, Mistakes, suggestion
from outturn.terms.records import Fingerprint

FIGURES = "figures"
_PARTS = ("kept", "rejected", "problems")


@dataclass(frozen=True)
class Ingested:
    """All that was read. `tables` holds one table for each contract that some source keeps.

    A table has the contract's columns, typed, places as codes, periods as keys and measures as
    ids, then `source` (its id) and `row` (the line in the file). `rejected` has one line for each
    row set aside.
    """

    tables: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    fingerprints: tuple[Fingerprint, ...] = ()
    rejected: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=REJECTED))
    mistakes: list[Mistake] = field(default_factory=list)
    made_of: str = ""  # a digest of all that decides the tables, besides the code that counts
    in_files: Mapping[str, InFiles] = field(default_factory=dict)  # tables that are not in `tables`
    lacking: Mapping[str, str] = field(default_factory=dict)  # what a table is incomplete by

    @property
    def every(self) -> dict[str, pl.DataFrame | InFiles]:
        """Every table, in memory or in files."""
        return {**self.tables, **self.in_files}


@dataclass(frozen=True, slots=True)
class _Part:
    """What one source gave, and the digest of all that decided it."""

    source: Source
    key: str
    kept: pl.DataFrame
    rejected: pl.DataFrame
    mistakes: list[Mistake]
    file: Path | None = None  # where the rows are kept, in the place of `kept`
    rows: int = 0


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
    lacking: dict[str, str] = {}
    for number, source in enumerate(partnership.sources, start=1):
        if progress:
            progress(f"{source.named} ({number} of {len(partnership.sources)})")
        if _told_elsewhere(source, partnership, contracts):
            continue
        try:
            if is_partitioned(source):
                told = _Told(progress or (lambda _: None), found, lacking)
                parts += _partitions(folder, source, partnership, contracts, store, prints, told)
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
    return Ingested(
        tables=tables,
        fingerprints=tuple(prints[name] for name in sorted(prints)),
        rejected=pl.concat([*rejected, *(rows for rows, _ in doubled)]),
        mistakes=found + [one for _, ones in doubled for one in ones],
        made_of=digest([part.key for part in parts], lacking),
        in_files=in_files,
        lacking=lacking,
    )


@dataclass(frozen=True, slots=True)
class _Told:
    """Where reading says what it is doing and what it found."""

    progress: Callable[[str], None]
    mistakes: list[Mistake]
    lacking: dict[str, str]


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
    mistakes, lacking = left_aside(source, failed, len(each))
    told.mistakes.extend(mistakes)
    if lacking:
        before = told.lacking.get(source.contract)
        told.lacking[source.contract] = f"{before}, and {lacking}" if before else lacking
    return made


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
    asides = store.tables(name, key, _PARTS[1:]) if file else {}
    if not file or not asides:
        part = _part(folder, source, partnership, contracts, store, prints, name)
        file = store.file(name, key, "kept")
        return part if file is None else _left_in(part, file)
    found = mistakes(asides["problems"], source, contract)
    rows = pl.scan_parquet(file, glob=False).select(pl.len()).collect().item()
    nothing = pl.DataFrame(schema={**contract.schema, "source": pl.String, "row": pl.Int64})
    return _Part(source, key, nothing, asides["rejected"], [*found], file, rows)


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
    frames = store.tables(kept_as, key, _PARTS)
    if not frames:
        frames = _read(path, source, contract, partnership)
        if store.fingerprint(path, name).sha256 != prints[name].sha256:
            remedy = "Wait until it is written, then run this again."
            raise mistake(source, "The file changed while it was being read.", remedy)
        store.keep(kept_as, key, frames)
    found = mistakes(frames["problems"], source, contract)
    return _Part(source, key, frames["kept"], frames["rejected"], [*found])


def _served(
    source: Source, contract: Contract, partnership: Partnership, prints: dict[str, Fingerprint]
) -> _Part:
    """A table of a server. It is read each time: nothing tells whether it has changed."""
    extract = without_blank_rows(servers.read(source), source)
    name = place_of(source)
    prints[name] = Fingerprint(name, *servers.fingerprint(extract))
    frames = _kept(extract, source, contract, partnership)
    found = mistakes(frames["problems"], source, contract)
    key = digest(prints[name].sha256, source, contract, *_setting(partnership))
    return _Part(source, key, frames["kept"], frames["rejected"], [*found])


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
    files = [*room.rglob("*.py"), *(room.parent / "contracts").glob("*.py"),
             room.parent / "terms" / "period.py"]  # fmt: skip
    code = [(file.name, file.read_text(encoding="utf-8")) for file in sorted(files)]
    packages = ("outturn", "polars", "python-calamine", "duckdb")
    return digest([version(one) for one in packages], code)


def _read(
    path: Path, source: Source, contract: Contract, partnership: Partnership
) -> dict[str, pl.DataFrame]:
    return _kept(
        without_blank_rows(readers.read(path, source), source), source, contract, partnership
    )


def _kept(
    extract: Extract, source: Source, contract: Contract, partnership: Partnership
) -> dict[str, pl.DataFrame]:
    kept, findings = _typed(extract, source, contract, partnership)
    if source.reader == readers.TABLE or kept.is_empty():
        # Only an official release holds all places and measures, those that nobody asked for too;
        # and where it holds no other, the scheme or the places are wrong.
        findings = findings.with_columns(kind=pl.lit(""))
    rejected = rejected_rows(findings, extract.rows, extract.cells, source)
    assert kept.height + rejected.height == extract.rows.len(), "a row is neither kept nor rejected"
    unasked = findings.filter(pl.col("kind") == UNASKED)
    wrong = findings.join(unasked, on="index", how="anti", maintain_order="left")
    return {"kept": kept, "rejected": rejected, "problems": problems(wrong, extract.rows)}


def _typed(
    extract: Extract, source: Source, contract: Contract, partnership: Partnership
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The rows that keep the contract, and every finding about the others."""
    frame = mapped(extract, source, contract).with_columns(extract.rows.alias("row"))
    frame = frame.with_row_index("index").with_columns(pl.col("index").cast(pl.Int64))
    said = frame
    if contract.name == FIGURES:
        frame = conventions(frame, source)
    known, found = _resolved(frame, extract.cells, source, contract, partnership)
    if contract.name == FIGURES:
        found = pl.concat([found, *_about_figures(said, known, source, partnership)])
    typed, more = cells(known, contract)
    # A name that stands for nothing is not an empty cell as well.
    more = more.join(_lost(frame, known, contract), on=["index", "column"], how="anti")
    findings = pl.concat([extract.findings, found, more.sort("index", maintain_order=True)])
    whole = typed.join(findings, on="index", how="anti", maintain_order="left")
    doubled = keys(whole, contract)
    kept = whole.join(doubled, on="index", how="anti", maintain_order="left")
    kept = kept.with_columns(source=pl.lit(source.id)).select(*contract.names, "source", "row")
    return kept, pl.concat([findings, doubled])


def _about_figures(
    said: pl.DataFrame, known: pl.DataFrame, source: Source, partnership: Partnership
) -> Iterator[pl.DataFrame]:
    """Findings about editions and parts; a release divides its measures as it likes."""
    yield editions(known)
    if source.reader == readers.TABLE:
        yield halves(said)
        yield undeclared(known, partnership.measures)


def _resolved(
    frame: pl.DataFrame,
    raw: pl.DataFrame,
    source: Source,
    contract: Contract,
    partnership: Partnership,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Periods as keys, places as codes, measures as ids, and the findings on the way."""
    found = [pl.DataFrame(schema=FINDINGS)]
    frame, unread = _with_spans(frame, source, contract, partnership)
    found.append(unread)
    extra = [name for name in ("place_name", "scheme") if name in raw.columns]
    if source.reader != readers.TABLE and extra:
        frame = frame.with_columns(raw.select(extra))
    if contract.place in frame.columns:
        codes, trouble = names.places(frame, contract.place, source, partnership)
        frame = frame.with_columns(codes.alias(contract.place))
        found.append(trouble)
    if contract.measure in frame.columns:
        ids, trouble = names.measures(frame, contract.measure, source, partnership.measures)
        frame = frame.with_columns(ids.alias(contract.measure))
        found.append(trouble)
    inside = [name for name in contract.names if name in frame.columns]
    return frame.select("index", *inside, "row"), pl.concat(found)


def _lost(before: pl.DataFrame, after: pl.DataFrame, contract: Contract) -> pl.DataFrame:
    """Where a place, a period or a measure was given and stands for nothing."""
    lost = [pl.DataFrame(schema={"index": pl.Int64, "column": pl.String})]
    for column in (contract.place, contract.period, contract.measure):
        if column in before.columns:
            gone = before.filter(before[column].is_not_null() & after[column].is_null())
            lost.append(gone.select("index", pl.lit(column).alias("column")))
    return pl.concat(lost)


def _with_spans(
    frame: pl.DataFrame, source: Source, contract: Contract, partnership: Partnership
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The frame with the first and last day of each row's period, and its period as a key."""
    if contract.period not in frame.columns:
        day = pl.lit(None, pl.Date)
        return frame.with_columns(start=day, end=day, period_unread=False), pl.DataFrame(
            schema=FINDINGS
        )
    texts = frame[contract.period]
    if contract.field(contract.period).type == "date":
        spans = periods.days(texts, contract.field(contract.period).format)
    else:
        spans = periods.spans(texts, source.period_form, partnership.calendar)
    joined = frame.join(
        spans, left_on=contract.period, right_on="text", how="left", maintain_order="left"
    )
    trouble = joined.filter(pl.col("problem").is_not_null()).select(
        "index",
        pl.lit(contract.period).alias("column"),
        pl.col("problem").alias("reason"),
        "problem",
        "remedy",
        pl.lit("").alias("kind"),
    )
    unread = joined.with_columns(
        pl.col("key").alias(contract.period), period_unread=pl.col("start").is_null()
    )
    return unread.drop("key", "problem", "remedy"), trouble
