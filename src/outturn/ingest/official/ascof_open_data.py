"""The long open data of the Adult Social Care Outcomes Framework, as a workbook or CSV.

One row for each statistic; totals and divisions by age and gender; the codes used to 2022-23.
The file does not say its year: it is read from `constants` of the source, else from the name
of the file (`..._2020-21_...`).
"""

from __future__ import annotations

import re
from pathlib import Path

import polars as pl
from python_calamine import CalamineWorkbook

from outturn.framework.model import Source
from outturn.ingest.official.printed import area_code, bracketed_code, figures, fitted, slash_year
from outturn.ingest.official.sheets import checked, delimited, sheet, table
from outturn.ingest.official.surveys import with_respondents
from outturn.terms import ExtractMistake
from outturn.terms.records import WHOLE

SCHEME = "ASCOF to 2022-23"
COLUMNS = [
    "Geographical Code", "Geographical Description", "ONS Code", "ASCOF Measure Code",
    "Disaggregation Level", "Measure Type", "Measure Value", "Measure Group",
]  # fmt: skip
PARTS = {
    "outcome": "value",
    "numerator": "numerator",
    "denominator": "denominator",
    "margin of error": "margin",
    "base": "respondents",
}
# Day of first publication: general knowledge, not confirmed.
EDITIONS = {"2020/21": "2021-10-21"}


def read(path: Path, source: Source) -> pl.DataFrame:
    """Every figure, with `breakdown` sex or age where the row is not a total."""
    year = _year(path, source)
    printed = checked(_printed(path, source), COLUMNS, source)
    level = pl.col("Disaggregation Level").str.strip_chars()
    sex = level.is_in(["Male", "Female"])
    statistic = pl.col("Measure Type").str.strip_chars().str.to_lowercase()
    cells = printed.with_columns(pl.lit(year).alias("year")).select(
        bracketed_code("Measure Group").alias("measure"),
        area_code("ONS Code", "Geographical Code", "Geographical Description").alias("place"),
        slash_year("year"),
        pl.when(level == "Total").then(pl.lit(WHOLE)).when(sex).then(pl.lit("sex"))
        .otherwise(pl.lit("age")).alias("breakdown"),
        pl.when(level == "Total").then(pl.lit(WHOLE)).otherwise(level.str.to_lowercase())
        .alias("category"),
        statistic.replace_strict(PARTS, default="other", return_dtype=pl.String).alias("part"),
        statistic.alias("name"),
        pl.col("Measure Value").alias("cell"),
        "row",
        pl.col("Geographical Description").str.strip_chars().alias("place_name"),
    )  # fmt: skip
    period = cells["period"][0] if cells.height else year
    edition = source.published.isoformat() if source.published else EDITIONS.get(period)
    frame = figures(with_respondents(cells, over=["measure"]), also=["place_name"])
    return fitted(frame, provenance=source.provenance, edition=edition).with_columns(
        scheme=pl.lit(SCHEME)
    )


def _printed(path: Path, source: Source) -> pl.DataFrame:
    if path.suffix.lower() in (".csv", ".gz"):
        return delimited(path, source)
    book = CalamineWorkbook.from_path(str(path))
    rows = sheet(book, source.sheet or book.sheet_names[0])
    return table(rows, source.header_row - 1)


def _year(path: Path, source: Source) -> str:
    found = re.search(r"(20\d\d)[-_](\d\d)(?!\d)", path.name)
    year = source.constants.get("period") or (f"{found[1]}/{found[2]}" if found else "")
    if not year:
        raise ExtractMistake(
            where=f"{source.file}, source {source.id}",
            problem="Neither the source nor the name of the file says which year this is.",
            remedy='Write constants = { period = "2020/21" } for the source.',
        )
    return year
