"""Delayed discharge bed days by council of residence or board of treatment, Public Health Scotland.

One row for each area, month, age group and reason, totals among the details: `18plus` is the sum
of the other two ages, `All Delay Reasons` of the other four reasons. The contract
`delayed_discharge_bed_days` says so, and a measure that would add across them is refused. Rows of
an unknown council have no code; they are kept as the place `unknown`, because Scotland is the sum
of the councils and of those rows.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from outturn.framework.model import Source
from outturn.ingest.official.printed import number, trimmed
from outturn.ingest.official.sheets import checked, delimited
from outturn.ingest.troubles import NOT_A_NUMBER, told
from outturn.terms import ExtractMistake

UNKNOWN = "unknown"
# The columns of the shortened copy, and those of the original: general knowledge for the exact
# names of the latter, not confirmed.
LAYOUTS = (
    ("ltla_code", "date", "age_group", "delay_reason", "num_delayed_bed_days",
     "average_daily_delayed_beds"),
    ("hb_code", "date", "age_group", "delay_reason", "num_delayed_bed_days",
     "average_daily_delayed_beds"),
    ("CA", "MonthOfDelay", "AgeGroup", "ReasonForDelay", "NumberOfDelayedBedDays",
     "AverageDailyNumberOfDelayedBeds"),
    ("HBT", "MonthOfDelay", "AgeGroup", "ReasonForDelay", "NumberOfDelayedBedDays",
     "AverageDailyNumberOfDelayedBeds"),
)  # fmt: skip


def read_bed_days(path: Path, source: Source) -> pl.DataFrame:
    """Every row, months as period keys, for the contract `delayed_discharge_bed_days`."""
    printed = delimited(path, source)
    layout = next((one for one in LAYOUTS if one[0] in printed.columns), None)
    if layout is None:
        raise ExtractMistake(
            where=f"{source.file}, header",
            problem="No column holds the code of a council or a health board.",
            remedy="Give the file as published, with 'ltla_code', 'hb_code', 'CA' or 'HBT'.",
        )
    area, month, age, reason, days, beds = layout
    return checked(printed, list(layout), source).select(
        pl.col(area).fill_null("").str.strip_chars().replace("", UNKNOWN).alias("place"),
        _month(month).alias("period"),
        pl.col(age).str.strip_chars().alias("age_group"),
        pl.col(reason).str.strip_chars().alias("delay_reason"),
        number(trimmed(days)).alias("bed_days"),
        number(trimmed(beds)).alias("average_daily_beds"),
        pl.col("row").cast(pl.Int64),
        # A mark would pass for nothing, and nothing adds nothing: this contract has no marks.
        *told(
            (_text(days), NOT_A_NUMBER, "bed_days"),
            (_text(beds), NOT_A_NUMBER, "average_daily_beds"),
        ),
    )


def _text(column: str) -> pl.Expr:
    cell = trimmed(column)
    return (cell != "") & number(cell).is_null()


def _month(column: str) -> pl.Expr:
    """`2016-07-01` or `201607` as the key of the month, `2016-07-01/P1M`."""
    digits = pl.col(column).str.replace_all("-", "", literal=True)
    return digits.str.slice(0, 4) + "-" + digits.str.slice(4, 2) + "-01/P1M"
