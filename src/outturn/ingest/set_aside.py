"""What rows that are set aside mean for the rest: what tables lack, and files with nothing left."""

from __future__ import annotations

import polars as pl

from outturn.contracts.check import UNASKED
from outturn.contracts.model import Contract
from outturn.framework.model import Source
from outturn.ingest.extract import mistake
from outturn.ingest.mapping import said_name
from outturn.terms.errors import ExtractMistake
from outturn.terms.period import from_key

LACKED: dict[str, type[pl.DataType]] = {
    "row": pl.Int64,
    "place": pl.String,  # as a code; null where it cannot be read
    "column": pl.String,  # of the days that follow; null in the first line of each row
    "start": pl.Date,
    "end": pl.Date,
}
_TOLD = 3  # reasons told with their remedies; the rest in number
_LACKS = "set aside: the figure may be incomplete"


def lacked_rows(
    findings: pl.DataFrame, typed: pl.DataFrame, rows: pl.Series, contract: Contract
) -> pl.DataFrame:
    """The rows that broken cells have cost, as LACKED: a figure of their table may lack them.

    A line for each row, and one more for each column of days of it that can be read: a day that
    breaks a rule, or takes part in one that is broken, may be any other. Not those of a place or
    measure that nobody asked for. Nor, since `findings` has none about them, those that repeat a
    key: the row that was first stands in the figure. `typed` has every row, by its `index`.
    """
    unasked = findings.filter(pl.col("kind") == UNASKED)
    found = findings.join(unasked, on="index", how="anti")
    wrong = typed.join(found, on="index", how="semi", maintain_order="left")
    if wrong.is_empty():
        return pl.DataFrame(schema=LACKED)
    doubted = _doubted(found, contract)
    wrong = wrong.with_columns(row=rows.gather(wrong["index"]))
    place = pl.lit(None, pl.String)
    if contract.place:
        place = _readable(wrong, contract.place, doubted)
    wrong = wrong.with_columns(place.alias("_place"))
    lines = [_lines(wrong, "", pl.lit(None, pl.Date), pl.lit(None, pl.Date))]
    for one in contract.fields:
        if one.type == "date" or one.name == contract.period:
            days = wrong.with_columns(_readable(wrong, one.name, doubted).alias("_day"))
            days = days.filter(pl.col("_day").is_not_null())
            lines.append(_lines(days, one.name, *_first_and_last(days["_day"])))
    return pl.concat(lines).sort("row", maintain_order=True)


def _doubted(found: pl.DataFrame, contract: Contract) -> pl.DataFrame:
    """The cells that may be wrong: `index` and `column`, which is null where all of a row may be.

    Of a broken rule nobody knows which of its columns is the wrong one.
    """
    together = {
        column: [one for rule in contract.rules if rule.column == column for one in rule.others]
        for column in contract.names
    }
    pairs = [(one, other) for one, others in together.items() for other in (one, *others)]
    kinds = {"column": pl.String, "doubted": pl.String}
    named = found.select("index", pl.col("column").str.split(", ")).explode("column")
    cells = named.join(pl.DataFrame(pairs, schema=kinds, orient="row"), on="column", how="left")
    return cells.select("index", pl.col("doubted").alias("column")).unique()


def _readable(wrong: pl.DataFrame, column: str, doubted: pl.DataFrame) -> pl.Expr:
    """The cells of a column of which nothing says that they are wrong."""
    here = doubted.filter(pl.col("column").is_null() | (pl.col("column") == column))["index"]
    return pl.when(~wrong["index"].is_in(here.implode())).then(column)


def _first_and_last(days: pl.Series) -> tuple[pl.Expr, pl.Expr]:
    """The first and last day of each cell: of a day itself, of a period key those of the period."""
    if days.dtype == pl.Date:
        return pl.col("_day"), pl.col("_day")
    spans = {key: from_key(key) for key in days.unique()}
    first, last = (
        pl.col("_day").replace_strict(known, default=None, return_dtype=pl.Date)
        for known in (
            {key: one.start for key, one in spans.items()},
            {key: one.end for key, one in spans.items()},
        )
    )
    return first, last


def _lines(rows: pl.DataFrame, column: str, start: pl.Expr, end: pl.Expr) -> pl.DataFrame:
    return rows.select(
        "row",
        pl.col("_place").alias("place"),
        pl.lit(column or None, pl.String).alias("column"),
        start.alias("start"),
        end.alias("end"),
    )


def number_of(lacked: pl.DataFrame) -> int:
    """How many rows there are in LACKED lines."""
    return lacked.filter(pl.col("column").is_null()).height


def lack_of(contract: str, rows: int) -> str:
    """What is said of every figure that is made of what was derived from so many rows less."""
    were = "1 row of '{}' was" if rows == 1 else f"{rows:,} rows of '{{}}' were"
    return f"{were.format(contract)} {_LACKS}"


def some_lack_of(contract: str) -> str:
    """The same without the number of rows."""
    return f"some rows of '{contract}' were {_LACKS}"


def nothing_left(
    source: Source, contract: Contract, problems: pl.DataFrame, rows: int
) -> ExtractMistake:
    """The mistake of a source of which every row is set aside: it is one with the whole file."""
    reasons = (
        problems.group_by("column", "problem", "remedy", maintain_order=True)
        .agg(pl.col("rows").sum())
        .sort("rows", descending=True, maintain_order=True)
    )
    told = [*reasons.head(_TOLD).iter_rows(named=True)]
    said = [f"{_at(one, source, contract)}{one['problem']} ({_rows(one['rows'])})" for one in told]
    if others := reasons.height - len(told):
        said.append("1 other reason" if others == 1 else f"{others} other reasons")
    remedies = {str(one["remedy"]): one for one in told}
    heads = [_at(one, source, contract) if len(remedies) > 1 else "" for one in remedies.values()]
    whole = Source(source.id, source.file, source.contract, server=source.server,
                   table=source.table, sheet=source.sheet)  # fmt: skip
    every = "The only row is" if rows == 1 else f"All {rows:,} rows are"
    return mistake(
        whole,
        f"{every} set aside, and nothing of the file is left: {'; '.join(said)}.",
        " ".join(
            f"{head[:1].upper()}{head[1:]}{remedy}"
            for head, remedy in zip(heads, remedies, strict=True)
        ),
    )


def _at(one: dict[str, object], source: Source, contract: Contract) -> str:
    columns = str(one["column"]).split(", ")
    if not set(columns) <= set(contract.names):
        return f"{one['column']}: "
    noun = "column" if len(columns) == 1 else "columns"
    return f"{noun} {', '.join(said_name(name, source) for name in columns)}: "


def _rows(number: int) -> str:
    return "1 row" if number == 1 else f"{number:,} rows"
