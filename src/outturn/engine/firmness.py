"""How firm a Count is: as its sources say, and provisional while its period is followed up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

import polars as pl

from outturn.contracts import Contract
from outturn.databases import InFiles
from outturn.framework.model import Measure, Source, Tally
from outturn.terms.period import from_key
from outturn.terms.records import Provenance

FOLLOWED = "followed"  # the column that tells whether the days after a row are over


def as_firm_as_their_sources(counts: pl.DataFrame, sources: Iterable[Source]) -> pl.DataFrame:
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


def provisional_while_followed(
    counts: pl.DataFrame,
    measures: Iterable[Measure],
    tables: Mapping[str, pl.DataFrame | InFiles],
    contracts: Mapping[str, Contract],
    *,
    left_out: str,
) -> pl.DataFrame:
    """Counts, provisional where something of the period is still being followed up.

    It is left out of the figure until the days after it are over: then the figure changes. A table
    says `left_out` in its column of that name of the rows for which that is so.
    """
    lines = [
        (measure.id, day)
        for measure in measures
        for tally in (measure.numerator, measure.denominator)
        if tally
        for day in _days_not_followed(
            tables.get(tally.table), contracts[tally.table], tally, left_out
        )
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
    table: pl.DataFrame | InFiles | None, contract: Contract, tally: Tally, left_out: str
) -> list[date]:
    """The days of the rows that are not counted because what comes after them is not known yet.

    A table says it by the rule that leaves a row out, or in a column of its own, which matters to
    the tallies alone that ask for it.
    """
    if not isinstance(table, pl.DataFrame) or contract.schema[contract.period] != pl.Date:
        return []
    early = pl.lit(False)
    if "left_out" in table.columns:
        early = early | (pl.col("left_out") == left_out)
    asked = {one.column for one in tally.where}
    if FOLLOWED in asked and FOLLOWED in table.columns:
        lacks = ~pl.col(FOLLOWED)
        early = early | (lacks & pl.col("left_out").is_null() if "left_out" in asked else lacks)
    return table.filter(early)[contract.period].drop_nulls().unique().sort().to_list()
