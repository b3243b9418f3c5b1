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
import polars.selectors as cs

from outturn.framework.model import Source
from outturn.ingest.official.printed import (
    PARTS,
    fitted,
    number,
    slash_year,
    state,
    trimmed,
    unread,
    why,
)
from outturn.ingest.official.scotland import SCOTLAND, council_code
from outturn.ingest.official.sheets import checked, delimited
from outturn.ingest.troubles import NOT_A_NUMBER, TWICE, Trouble, told

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
    key = ["measure", "place", "period"]
    figures, troubles = printed, list[Trouble]()
    for part, codes in (("numerator", NUMERATORS), ("denominator", DENOMINATORS)):
        of = {code: indicator for indicator, code in codes.items()}
        parts = (
            printed.filter(pl.col("measure").is_in(list(of)))
            .with_columns(pl.col("measure").replace(of))
            .group_by(key)
            .agg(
                pl.col("value").first().alias(part),
                pl.col("cell").first().alias(f"{part} cell"),
                (pl.col("cell").n_unique() > 1).alias(f"{part} twice"),
            )
        )
        figures = figures.join(parts, on=key, how="left", maintain_order="left")
        troubles.append((unread(pl.col(f"{part} cell")), NOT_A_NUMBER, part))
        troubles.append((pl.col(f"{part} twice"), TWICE, part))
    return _finished(figures, source, LONG_EDITION, troubles)


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
    for one in (scotland, groups):
        # Repeated on every council's row. Where one differs, both go on, and their key tells it.
        repeated = printed.select(one)
        said = [name for name in repeated.columns if name != "row"]
        frames.append(repeated.unique(said, keep="first", maintain_order=True))
    troubles = [(unread(pl.col(f"{one} cell")), NOT_A_NUMBER, one) for one in PARTS[1:3]]
    return _finished(pl.concat(frames), source, None, troubles)


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
        # A mark would pass for nobody: this contract has no marks.
        *told((pl.col("value").is_null() & (pl.col("cell") != ""), NOT_A_NUMBER, "people")),
    )


def _long(path: Path, source: Source) -> pl.DataFrame:
    printed = checked(delimited(path, source), _LONG, source)
    return printed.select(
        pl.col("code").str.strip_chars().alias("measure"),
        council_code("council").alias("place"),
        slash_year("year"),
        trimmed("value").alias("cell"),
        number(trimmed("value")).alias("value"),
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
    cells = {part: trimmed(f"{whose} {part}") for part in PARTS[:3]}
    numbers = [number(cell).alias(part) for part, cell in cells.items()]
    numbers += [
        cell.alias("cell" if part == "value" else f"{part} cell") for part, cell in cells.items()
    ]
    named = [place.alias("place"), name.alias("place_name"), note.alias("note")]
    row = pl.col("row").cast(pl.Int64)
    return [pl.col("measure"), pl.col("period"), *numbers, *named, row]


def _finished(
    frame: pl.DataFrame, source: Source, edition: str | None, troubles: list[Trouble]
) -> pl.DataFrame:
    """The figures with their states, from frames whose `cell` is the value as printed."""
    missing = pl.col("value").is_null()
    frame = frame.rename({"cell": "mark"}).with_columns(
        *told((unread(pl.col("mark")), NOT_A_NUMBER, "value"), *troubles),
        absent=pl.when(missing).then(state(pl.col("mark"))),
        scheme=pl.lit(SCHEME),
    )
    frame = frame.with_columns(why=why())
    frame = frame.drop("mark", cs.ends_with(" cell", " twice"))
    published = source.published.isoformat() if source.published else edition
    return fitted(frame, provenance=source.provenance, edition=published)
