"""Counts of a folder's tables, made once for the same tables and definitions and then remembered.

A changed target, comment or pack counts nothing again. What is remembered lies in the folder's
cache beside the tables; each file there is whole or ignored, and all of it may be deleted.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path

import polars as pl

import outturn
from outturn.commands.unfilled import costs, without_unfilled
from outturn.contracts import Contract
from outturn.databases import InFiles
from outturn.engine import reported, sql_engine
from outturn.engine.firmness import as_firm_as_their_sources, provisional_while_followed
from outturn.engine.shards import Memory
from outturn.engine.whole_ages import told, with_whole_ages
from outturn.framework import Partnership
from outturn.ingest import Ingested
from outturn.ingest.derivations.left_out import NOT_FOLLOWED
from outturn.ingest.store import Store, digest
from outturn.terms.records import COUNTS, empty, fitted
from outturn.vintages import software

REMEMBERED = "counts of every measure"  # beside the tables, each of which has the id of a source
_PARTS = ("counted", "superseded")
_ROOMS = ("terms", "contracts", "databases", "framework", "engine", "commands")


def counts(
    partnership: Partnership,
    contracts: Mapping[str, Contract],
    ingested: Ingested,
    as_of: date,
    cache: Path | None = None,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Counted and reported Counts together, and the earlier editions of reported ones.

    Without a cache everything is counted, and nothing is remembered.
    """
    if cache is None:
        return _counted(partnership, contracts, ingested, as_of)
    store = Store(cache)
    key = _key(partnership, contracts, ingested.made_of, as_of)
    frames = store.tables(REMEMBERED, key, _PARTS)
    if not frames or any(dict(frames[part].schema) != COUNTS for part in _PARTS):
        memory = Memory(store, _software())
        made = _counted(partnership, contracts, ingested, as_of, memory)
        frames = dict(zip(_PARTS, made, strict=True))
        store.keep(REMEMBERED, key, frames)
    return frames["counted"], frames["superseded"]


def _counted(
    partnership: Partnership,
    contracts: Mapping[str, Contract],
    ingested: Ingested,
    as_of: date,
    memory: Memory | None = None,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    tables = ingested.every
    measures, given, promised, lacking = with_whole_ages(
        partnership.measures.values(), tables, contracts
    )
    counted = sql_engine.count(
        measures,
        given,
        contracts=promised,
        places=partnership.places,
        hierarchy=partnership.hierarchy,
        calendar=partnership.calendar,
        as_of=as_of,
        totals_for=partnership.tops,
        memory=memory,
    )
    counted = as_firm_as_their_sources(told(counted, lacking), partnership.sources)
    counted = provisional_while_followed(
        counted, partnership.measures.values(), tables, contracts, left_out=NOT_FOLLOWED
    )
    lost = costs(partnership.measures.values(), ingested.unfilled, contracts)
    counted = without_unfilled(counted, lost, partnership)
    figures = tables.get("figures")
    if figures is None:
        return counted, empty(COUNTS)
    if isinstance(figures, InFiles):  # ready figures are few, however many files they come in
        figures = pl.concat([pl.read_parquet(file, glob=False) for file in figures.files])
    latest, superseded = reported.reported_counts(
        figures,
        partnership.measures.values(),
        places=partnership.places,
        hierarchy=partnership.hierarchy,
        totals_for=partnership.tops,
        calendar=partnership.calendar,
        as_of=as_of,
    )
    return fitted(pl.concat([counted, latest]), COUNTS), superseded


def _key(
    partnership: Partnership, contracts: Mapping[str, Contract], made_of: str, as_of: date
) -> str:
    """A digest of all that decides the Counts: what `_counted` is given, and what it is."""
    return digest(
        made_of,
        list(partnership.measures.values()),
        list(partnership.places.values()),
        list(contracts.values()),
        [(one.id, one.provenance) for one in partnership.sources],
        partnership.hierarchy,
        partnership.tops,
        partnership.calendar,
        as_of,
        _software(),
    )


@lru_cache
def _software() -> str:
    """The version and those of the packages that decide a number, and the code itself."""
    here = Path(outturn.__file__).parent
    files = sorted(file for room in _ROOMS for file in (here / room).glob("*.py"))
    code = [(file.name, file.read_text(encoding="utf-8")) for file in files]
    return digest(software(outturn.__version__), code)
