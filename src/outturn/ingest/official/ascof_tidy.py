"""Totals of the Adult Social Care Outcomes Framework, 2014-15 to 2024-25, from three releases.

One row for each statistic, with both codes of the measure and `src`, the release a row was taken
from. A year can stand in two releases with two values: the edition of each row is the release it
came from, so both are kept and the later one is used. Rows of the 2024-25 workbook carry the
codes from 2023-24, all others those to 2022-23.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from outturn.framework.model import Source
from outturn.ingest.official import ascof_open_data, ascof_workbook
from outturn.ingest.official.printed import area_code, bracketed_code, figures, fitted, slash_year
from outturn.ingest.official.sheets import checked, delimited
from outturn.ingest.official.surveys import with_respondents
from outturn.terms.records import WHOLE

COLUMNS = [
    "year", "old_code", "new_code", "ons_code", "la_code", "la_name", "measure_type", "value",
    "flag", "src",
]  # fmt: skip
# When each release was published. `rds` is five yearly releases, each as it stood in its own
# year's open data: 2016-17 still has the values of 1J that the 2017-18 release replaced.
# 2016-17: the page of the release. 2017-18, 2018-19: the dates of the corrections that those
# pages report, the earliest day on which the corrected file existed. 2014-15, 2015-16: general
# knowledge, not confirmed; only the order matters, and it is not in doubt.
RDS_EDITIONS = {
    "2014/15": "2015-10-06",
    "2015/16": "2016-10-05",
    "2016/17": "2017-10-25",
    "2017/18": "2018-10-26",
    "2018/19": "2019-11-01",
}
_STATISTIC = r"^(.*?)\s*(outcome|numerator|denominator|margin of error|base)$"


def read(path: Path, source: Source) -> pl.DataFrame:
    """Every figure, each with the scheme of its code and the edition it was taken from."""
    printed = checked(delimited(path, source), COLUMNS, source)
    cells = with_respondents(_cells(printed), over=["measure", "scheme"])
    frame = figures(cells, also=["place_name", "scheme", "edition"])
    return fitted(frame, provenance=source.provenance, edition=None)


def _cells(printed: pl.DataFrame) -> pl.DataFrame:
    from_workbook = pl.col("src") == "ods2425"
    words = pl.col("measure_type").str.replace_all("_", " ")
    member = words.str.extract(_STATISTIC, 1)
    name = words.str.extract(_STATISTIC, 2)
    code = pl.when(from_workbook).then(pl.col("new_code")).otherwise(pl.col("old_code"))
    return (
        printed.with_columns(slash_year("year"), code.alias("code"), name.alias("name"))
        .with_columns(_edition(from_workbook), _cell())
        .select(
            bracketed_code("code").alias("measure"),
            area_code("ons_code", "la_code", "la_name").alias("place"),
            "period",
            pl.when(member == "").then(pl.lit(WHOLE)).otherwise(pl.lit("rating"))
            .alias("breakdown"),
            pl.when(member == "").then(pl.lit(WHOLE)).otherwise(member).alias("category"),
            pl.col("name")
            .replace_strict(ascof_open_data.PARTS, default="other", return_dtype=pl.String)
            .alias("part"),
            "name", "cell", "row",
            pl.col("la_name").str.strip_chars().alias("place_name"),
            pl.when(from_workbook).then(pl.lit(ascof_workbook.SCHEME))
            .otherwise(pl.lit(ascof_open_data.SCHEME)).alias("scheme"),
            "edition",
        )
    )  # fmt: skip


def _edition(from_workbook: pl.Expr) -> pl.Expr:
    own_year = pl.col("period").replace_strict(
        RDS_EDITIONS | ascof_open_data.EDITIONS, default=None, return_dtype=pl.String
    )
    workbook = pl.lit(ascof_workbook.EDITION)
    return pl.when(from_workbook).then(workbook).otherwise(own_year).alias("edition")


def _cell() -> pl.Expr:
    """The cell as it was printed: the number, its bracket, the text, or else the flag."""
    flag = pl.col("flag").fill_null("")
    alternative = flag.str.extract(r"^bracketed_alternative:(.*)$")
    return (
        pl.when(alternative.is_not_null())
        .then(pl.col("value").str.replace(r"\.0$", "") + " (" + alternative + ")")
        .when(pl.col("value").is_not_null())
        .then(pl.col("value"))
        .when(flag.str.starts_with("text:"))
        .then(flag.str.slice(5))
        .otherwise(flag)
        .alias("cell")
    )
