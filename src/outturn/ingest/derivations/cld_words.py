"""The words of client level data: spellings of both releases, the order of outcomes, homes."""

from __future__ import annotations

from importlib import resources

import polars as pl

_FOLDER = resources.files("outturn.ingest.derivations") / "words"


def lines(name: str) -> pl.DataFrame:
    """A list of words, as it stands in its file."""
    return pl.read_csv((_FOLDER / name).read_bytes(), infer_schema=False)


def spellings() -> pl.DataFrame:
    """Every known spelling, in small letters, and the value in the spelling of release 2."""
    small = pl.col("spelling").str.to_lowercase()
    return lines("cld_values.csv").select("column", small.alias("spelling"), "value")


def outcomes() -> pl.DataFrame:
    """Outcomes with their rank in the national order, and whether they tell how care went on."""
    usable = pl.col("usable") == "yes"
    return lines("cld_outcomes.csv").with_columns(pl.col("rank").cast(pl.Int64), usable)


def homes() -> pl.DataFrame:
    """Accommodation statuses, and whether each is settled."""
    return lines("cld_accommodation.csv").with_columns(pl.col("settled") == "yes")
