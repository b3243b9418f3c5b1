"""The Local Government Benchmarking Framework of Scotland, in its two layouts.

*Long*: one row for each code, council and year; the parts of an indicator stand as codes of
their own. They are read twice: as figures in their own right, and as the numerator and
denominator of their indicator. *Current*: thirteen columns, with the figures of Scotland and of
the family group repeated on the row of every council. Each is read once. A family group's figure
is the plain mean of its members' figures, and its printed counts are means too, so dividing them
does not give the figure.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from outturn.framework.model import Source
from outturn.ingest.official.printed import fitted, slash_year
from outturn.ingest.official.scotland import SCOTLAND, council_code
from outturn.ingest.official.sheets import checked, delimited
from outturn.terms import Absent

SCHEME = "LGBF"
LONG_EDITION = "2022-01-31"  # the file is named January 2022: its last day stands for the month
NUMERATORS = {
    "SW1": "Total Homecare (£000)",
    "SW2": "SDS Spend on over 18s",
    "SW5": "Net Expenditure on Care Homes for Older People",
    "SW6": "Number of readmissions to an acute hospital within 28 days of discharge",
    "SW8": "Number of bed days people spend in hospital when they are ready to be discharged",
}
DENOMINATORS = {
    "SW1": "Care Hrs per Yr",
    "SW2": "Gross SW Spend on over 18s",
    "SW5": "Number of long-stay residents aged 65+ supported in Care Homes",
    "SW6": "Number of discharges",
    "SW8": "MYE Population (75+)",
}
POPULATION = DENOMINATORS["SW8"]
GROUP = "LGBF family group"
_LONG = ["council", "code", "year", "value"]
_CURRENT = {
    "Indicators_Information_Code": "measure",
    "LA_Information_LocalAuthority": "council",
    "LA_Data_LGBF_Year": "year",
    "LA_Data_LA_IndicatorReal": "council value",
    "LA_Data_LA_Numerator_real": "council numerator",
    "LA_Data_LA_Den_Real": "council denominator",
    "Scotland_Data_Scotland_Indicator_Real": "Scotland value",
    "Scotland_Data_Scotland_Num_Real": "Scotland numerator",
    "Scotland_Data_Scotland_Den_Real": "Scotland denominator",
    "FG_Data_FG_Avg_Indicator_Real": "group value",
    "FG_Data_FG_Avg_Num_Real": "group numerator",
    "FG_Data_FG_Avg_Den_Real": "group denominator",
    "FG_Data_FamilyGroup": "group",
}


def read_long(path: Path, source: Source) -> pl.DataFrame:
    """Every indicator with its numerator and denominator, and every part as its own figure."""
    printed = _long(path, source)
    key = ["place", "period"]
    figures = printed
    for part, codes in (("numerator", NUMERATORS), ("denominator", DENOMINATORS)):
        of = {code: indicator for indicator, code in codes.items()}
        parts = printed.filter(pl.col("measure").is_in(list(of))).select(
            pl.col("measure").replace(of), *key, pl.col("value").alias(part)
        )
        figures = figures.join(parts, on=["measure", *key], how="left", maintain_order="left")
    return _finished(figures, source, LONG_EDITION)


def read_current(path: Path, source: Source) -> pl.DataFrame:
    """Councils, Scotland and family groups, each figure once; a council's note names its group."""
    printed = checked(delimited(path, source), list(_CURRENT), source).rename(_CURRENT)
    printed = printed.with_columns(
        pl.col("measure", "council", "group").str.strip_chars(), slash_year("year")
    ).with_columns(_group_name().alias("group"))
    group = pl.col("group")
    councils = _whose("council", council_code("council"), pl.col("council"), group)
    scotland = _whose("Scotland", pl.lit(SCOTLAND), pl.lit("Scotland"), pl.lit(None, pl.String))
    mean = pl.lit("plain mean of the members; the counts are means too")
    groups = _whose("group", group, group, mean)
    frames = [printed.select(councils)]
    frames += [
        printed.select(one).unique(
            ["measure", "place", "period"], keep="first", maintain_order=True
        )
        for one in (scotland, groups)
    ]
    return _finished(pl.concat(frames), source, None)


def read_population(path: Path, source: Source) -> pl.DataFrame:
    """Population aged 75 and over, the denominator of SW8, for the contract `population`."""
    printed = _long(path, source).filter(pl.col("measure") == POPULATION)
    return printed.select(
        "place",
        "period",
        pl.lit("75plus").alias("age_group"),
        pl.lit("all").alias("sex"),
        pl.col("value").alias("people"),
        "row",
        "place_name",
    )


def _long(path: Path, source: Source) -> pl.DataFrame:
    printed = checked(delimited(path, source), _LONG, source)
    return printed.select(
        pl.col("code").str.strip_chars().alias("measure"),
        council_code("council").alias("place"),
        slash_year("year"),
        pl.col("value").cast(pl.Float64, strict=False),
        pl.col("row").cast(pl.Int64),
        pl.col("council").str.strip_chars().alias("place_name"),
    )


def _group_name() -> pl.Expr:
    """Which group of which scheme: the middle groups of both are called 2 and 3.

    The scheme belongs to the indicator, and the labels of its outer groups tell which it is.
    """
    labels = pl.col("group")
    scheme = (
        pl.when(labels.is_in(["Rural", "Urban"]).any().over("measure"))
        .then(pl.lit(" by area type: "))
        .when(labels.is_in(["Least Deprived", "Most Deprived"]).any().over("measure"))
        .then(pl.lit(" by deprivation: "))
        .otherwise(pl.lit(": "))
    )
    return GROUP + scheme + labels


def _whose(whose: str, place: pl.Expr, name: pl.Expr, note: pl.Expr) -> list[pl.Expr]:
    numbers = [
        pl.col(f"{whose} {part}").cast(pl.Float64, strict=False).alias(part)
        for part in ("value", "numerator", "denominator")
    ]
    named = [place.alias("place"), name.alias("place_name"), note.alias("note")]
    row = pl.col("row").cast(pl.Int64)
    return [pl.col("measure"), pl.col("period"), *numbers, *named, row]


def _finished(frame: pl.DataFrame, source: Source, edition: str | None) -> pl.DataFrame:
    missing = pl.col("value").is_null()
    why = pl.lit("not available from the publisher: the cell is empty")
    frame = frame.with_columns(
        absent=pl.when(missing).then(pl.lit(Absent.NOT_AVAILABLE.value)),
        why=pl.when(missing).then(why),
        scheme=pl.lit(SCHEME),
    )
    published = source.published.isoformat() if source.published else edition
    return fitted(frame, provenance=source.provenance, edition=published)
