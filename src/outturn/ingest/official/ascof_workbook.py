"""The workbook of the Adult Social Care Outcomes Framework, time series to 2024-25.

One sheet for each measure, named `Table_2d(1)`; one column for each year and statistic, named
`2024 to 2025 - outcome`. The header row differs from sheet to sheet, so it is found by the cell
`Local authority code`. All years carry the codes in use from 2023-24. Respondents of a survey
stand as its denominator: they are the base the outcome rests on, though it is weighted.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl
from python_calamine import CalamineWorkbook

from outturn.framework.model import Source
from outturn.ingest.official.printed import area_code, bracketed_code, figures, fitted, slash_year
from outturn.ingest.official.sheets import Rows, sheet, table
from outturn.terms import ExtractMistake
from outturn.terms.records import WHOLE

SCHEME = "ASCOF from 2023-24"
EDITION = "2026-01-23"  # the day the workbook was made, as its own properties say
CORNER = "Local authority code"
AREA = [CORNER, "Local authority", "ONS area code"]
PARTS = {
    "outcome": "value",
    "numerator": "numerator",
    "denominator": "denominator",
    "margin of error": "margin",
    "number of respondents": "denominator",
}
_STATISTIC = r"^(.*?)\s*(outcome|numerator|denominator|margin of error|number of respondents)$"


def read(path: Path, source: Source) -> pl.DataFrame:
    """Every figure of every table sheet; ratings of care homes (6B) as a breakdown."""
    book = CalamineWorkbook.from_path(str(path))
    names = [name for name in book.sheet_names if name.startswith("Table_")]
    if not names:
        raise ExtractMistake(
            where=source.file,
            problem="No sheet has a name that begins with 'Table_'.",
            remedy="Give the whole workbook as published, with its own sheet names.",
        )
    cells = pl.concat([_cells(sheet(book, name), name, source) for name in names])
    edition = source.published.isoformat() if source.published else EDITION
    frame = figures(cells, also=["place_name"])
    return fitted(frame, provenance=source.provenance, edition=edition).with_columns(
        scheme=pl.lit(SCHEME)
    )


def _cells(rows: Rows, name: str, source: Source) -> pl.DataFrame:
    """The cells of one table, one to a row."""
    header = next((i for i, row in enumerate(rows) if row and row[0] == CORNER), None)
    if header is None:
        raise ExtractMistake(
            where=f"{source.file}, sheet {name}",
            problem=f"No row begins with '{CORNER}'.",
            remedy="Give the sheet as published, with its header row.",
        )
    wide = table(rows, header)
    return (
        wide.unpivot(index=["row", *AREA], variable_name="heading", value_name="cell")
        .with_columns(_of_heading())
        .with_columns(pl.lit(name.removeprefix("Table_")).alias("code"))
        .select(
            bracketed_code("code").alias("measure"),
            area_code("ONS area code", CORNER, "Local authority").alias("place"),
            slash_year("year"),
            pl.when(pl.col("member") == WHOLE).then(pl.lit(WHOLE)).otherwise(pl.lit("rating"))
            .alias("breakdown"),
            pl.col("member").alias("category"),
            pl.col("statistic").replace_strict(PARTS, default="other", return_dtype=pl.String)
            .alias("part"),
            pl.col("statistic").alias("name"),
            "cell",
            "row",
            pl.col("Local authority").str.strip_chars().alias("place_name"),
        )
    )  # fmt: skip


def _of_heading() -> list[pl.Expr]:
    """Year, statistic and, in 6B, the rating: of headings such as `2023 to 2024 - good outcome`.

    A statistic that is not known goes to the note, under its own name.
    """
    halves = pl.col("heading").str.split_exact(" - ", 1)
    tail = halves.struct.field("field_1")
    member = tail.str.extract(_STATISTIC, 1)
    whole = (
        member.is_null() | (member == "") | member.str.contains(r"^\d[a-z]$")
    )  # `6b outcome` is the measure itself
    return [
        halves.struct.field("field_0").alias("year"),
        pl.coalesce(tail.str.extract(_STATISTIC, 2), tail, "heading").alias("statistic"),
        pl.when(whole).then(pl.lit(WHOLE)).otherwise(member).alias("member"),
    ]
