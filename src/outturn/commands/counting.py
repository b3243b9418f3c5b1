"""Counts of a folder's tables, made once for the same tables and definitions and then remembered.

A changed target, comment or pack counts nothing again. What is remembered lies in the folder's
cache beside the tables; each file there is whole or ignored, and all of it may be deleted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path

import polars as pl

import outturn
from outturn.contracts import Contract
from outturn.databases import InFiles
from outturn.engine import reported, sql_engine
from outturn.engine.shards import Memory
from outturn.engine.whole_ages import told, with_whole_ages
from outturn.framework import Partnership
from outturn.framework.model import Measure, Source, Tally
from outturn.ingest import Ingested
from outturn.ingest.derivations.left_out import NOT_FOLLOWED
from outturn.ingest.store import Store, digest
from outturn.terms.period import from_key
from outturn.terms.records import COUNTS, Provenance, empty, fitted
from outturn.vintages import software

REMEMBERED = "counts of every measure"  # beside the tables, each of which has the id of a source
FOLLOWED = "followed"  # the column that tells whether the days after a row are over
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
        return _counted(partnership, contracts, ingested.every, as_of)
    store = Store(cache)
    key = _key(partnership, contracts, ingested.made_of, as_of)
    frames = store.tables(REMEMBERED, key, _PARTS)
    if not frames or any(dict(frames[part].schema) != COUNTS for part in _PARTS):
        memory = Memory(store, _software())
        made = _counted(partnership, contracts, ingested.every, as_of, memory)
        frames = dict(zip(_PARTS, made, strict=True))
        store.keep(REMEMBERED, key, frames)
    return frames["counted"], frames["superseded"]


def _counted(
    partnership: Partnership,
    contracts: Mapping[str, Contract],
    tables: Mapping[str, pl.DataFrame | InFiles],
    as_of: date,
    memory: Memory | None = None,
) -> tuple[pl.DataFrame, pl.DataFrame]:
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
    counted = _with_provenance(told(counted, lacking), partnership.sources)
    counted = _not_yet_followed(counted, partnership.measures.values(), tables, contracts)
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


def _with_provenance(counts: pl.DataFrame, sources: Iterable[Source]) -> pl.DataFrame:
    """Counts with what their sources say of themselves: of several, the least firm."""
    firmness = list(Provenance)  # from final to forecast
    said = {one.id: Provenance(one.provenance) for one in sources}
    words = {
        text: str(max((said[id] for id in text.split(", ") if id in said), key=firmness.index))
        for text in counts["source"].drop_nulls().unique()
        if any(id in said for id in text.split(", "))
    }
    told = pl.col("source").replace_strict(words, default=None, return_dtype=pl.String)
    return counts.with_columns(provenance=told)


def _not_yet_followed(
    counts: pl.DataFrame,
    measures: Iterable[Measure],
    tables: Mapping[str, pl.DataFrame | InFiles],
    contracts: Mapping[str, Contract],
) -> pl.DataFrame:
    """Counts, provisional where something of the period is still being followed up.

    It is left out of the figure until the days after it are over: then the figure changes.
    """
    lines = [
        (measure.id, day)
        for measure in measures
        for tally in (measure.numerator, measure.denominator)
        if tally
        for day in _days_not_followed(tables.get(tally.table), contracts[tally.table], tally)
    ]
    days = pl.DataFrame(lines, schema={"measure": pl.String, "day": pl.Date}, orient="row").unique()
    if days.is_empty():
        return counts
    of_measure = counts.select("measure", "period").unique().join(days, on="measure")
    held = [from_key(key).start <= day <= from_key(key).end
            for key, day in of_measure.select("period", "day").iter_rows()]  # fmt: skip
    early = of_measure.filter(pl.Series(held, dtype=pl.Boolean)).select("measure", "period")
    marked = early.unique().with_columns(followed=pl.lit(False))
    final = pl.col("provenance").is_null() | (pl.col("provenance") == str(Provenance.FINAL))
    provisional = pl.when(
        final & pl.col("followed").is_not_null() & pl.col("numerator").is_not_null()
    )
    told = counts.join(marked, on=["measure", "period"], how="left", maintain_order="left")
    return told.with_columns(
        provisional.then(pl.lit(str(Provenance.PROVISIONAL)))
        .otherwise("provenance")
        .alias("provenance")
    ).drop("followed")


def _days_not_followed(
    table: pl.DataFrame | InFiles | None, contract: Contract, tally: Tally
) -> list[date]:
    """The days of the rows that are not counted because what comes after them is not known yet.

    A table says it by the rule that leaves a row out, or in a column of its own, which matters to
    the tallies alone that ask for it.
    """
    if not isinstance(table, pl.DataFrame) or contract.schema[contract.period] != pl.Date:
        return []
    early = pl.lit(False)
    if "left_out" in table.columns:
        early = early | (pl.col("left_out") == NOT_FOLLOWED)
    asked = {one.column for one in tally.where}
    if FOLLOWED in asked and FOLLOWED in table.columns:
        lacks = ~pl.col(FOLLOWED)
        early = early | (lacks & pl.col("left_out").is_null() if "left_out" in asked else lacks)
    return table.filter(early)[contract.period].drop_nulls().unique().sort().to_list()


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
