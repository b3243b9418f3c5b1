"""Reads a Parquet file as columns of texts."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from outturn.framework.model import Source
from outturn.ingest.extract import Extract, mistake, numbered

SUFFIXES = (".parquet",)


def read(path: Path, source: Source) -> Extract:
    """Every row; rows are numbered from 1, for there is no header line."""
    try:
        frame = pl.read_parquet(path, glob=False)
    except (pl.exceptions.PolarsError, OSError) as error:
        remedy = "Give the file again: it may be cut short, or another kind of file."
        raise mistake(source, "The file is not a Parquet file.", remedy) from error
    return numbered(frame, source)
