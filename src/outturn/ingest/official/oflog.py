"""Adult social care metrics of the Office for Local Government, 2015-16 to 2022-23.

One row for each council, year and metric; no counts. ASC5 is the old 2D of the years that the
other files lack. The printed median and rank are of all England and are not read: benchmarks are
made from the values.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from outturn.framework.model import Source
from outturn.ingest.official.printed import area_code, figures, fitted, slash_year
from outturn.ingest.official.sheets import checked, delimited
from outturn.terms.records import WHOLE

SCHEME = "OFLOG"
COLUMNS = ["Financial year", "Local authority code", "Local authority name", "Code", "Value"]


def read(path: Path, source: Source) -> pl.DataFrame:
    """Every value, by the metric's own code."""
    printed = checked(delimited(path, source), COLUMNS, source)
    cells = printed.select(
        pl.col("Code").str.strip_chars().alias("measure"),
        area_code("Local authority code", "Local authority code", "Local authority name")
        .alias("place"),
        slash_year("Financial year"),
        breakdown=pl.lit(WHOLE),
        category=pl.lit(WHOLE),
        part=pl.lit("value"),
        name=pl.lit("outcome"),
        cell=pl.col("Value"),
        row=pl.col("row"),
        place_name=pl.col("Local authority name").str.strip_chars(),
    )  # fmt: skip
    edition = source.published.isoformat() if source.published else None
    frame = figures(cells, also=["place_name"])
    return fitted(frame, provenance=source.provenance, edition=edition).with_columns(
        scheme=pl.lit(SCHEME)
    )
