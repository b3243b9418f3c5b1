"""What each measure found in its table, so that a count of nothing is noticed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import polars as pl

from outturn.contracts.model import Contract
from outturn.databases import InFiles
from outturn.engine.plan import counted, period_column
from outturn.framework.model import Measure, Tally

FOUND: dict[str, type[pl.DataType]] = {
    "measure": pl.String,
    "table": pl.String,
    "given": pl.Int64,  # rows in the table of the numerator
    "unplaced": pl.Int64,  # of these, rows without a place or without a period: never counted
    "counts": pl.Int64,  # groups that have a numerator
}


def found(
    measures: Iterable[Measure],
    tables: Mapping[str, pl.DataFrame | InFiles],
    counts: pl.DataFrame,
    *,
    contracts: Mapping[str, Contract],
) -> pl.DataFrame:
    """One line for each measure counted from rows; `counts` 0 means that it found nothing."""
    made = counts.filter(pl.col("numerator").is_not_null())
    by_measure = dict(made.group_by("measure").len().iter_rows())
    lines = []
    for measure in counted(measures):
        assert measure.numerator
        name = measure.numerator.table
        given, unplaced = _rows(tables.get(name), measure.numerator, contracts[name])
        lines.append((measure.id, name, given, unplaced, by_measure.get(measure.id, 0)))
    return pl.DataFrame(lines, schema=FOUND, orient="row")


def _rows(
    table: pl.DataFrame | InFiles | None, tally: Tally, contract: Contract
) -> tuple[int, int]:
    if table is None:
        return 0, 0
    if isinstance(table, InFiles):
        rows = pl.scan_parquet(list(table.files), glob=False)
    else:
        rows = table.lazy()
    period = pl.col(period_column(tally, contract))
    unplaced = pl.col(contract.place).is_null() | period.is_null()
    height, lacking = rows.select(pl.len(), unplaced.sum()).collect().row(0)
    return height, lacking
