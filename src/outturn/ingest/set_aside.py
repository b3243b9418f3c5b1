"""What rows that are set aside mean for the rest: what tables lack, and files with nothing left."""

from __future__ import annotations

import polars as pl

from outturn.contracts.check import UNASKED
from outturn.contracts.model import Contract
from outturn.framework.model import Source
from outturn.ingest.extract import mistake
from outturn.ingest.mapping import said_name
from outturn.terms.errors import ExtractMistake

LACKED: dict[str, type[pl.DataType]] = {"row": pl.Int64}
_TOLD = 3  # reasons told with their remedies; the rest in number


def lacked_rows(findings: pl.DataFrame, rows: pl.Series) -> pl.DataFrame:
    """The rows that broken cells have cost: a figure of their table may lack them.

    Not those of a place or measure that nobody asked for. Nor, since `findings` has none about
    them, those that repeat a key: the row that was first stands in the figure.
    """
    unasked = findings.filter(pl.col("kind") == UNASKED)
    wrong = findings.join(unasked, on="index", how="anti")["index"].unique().sort()
    return pl.DataFrame({"row": rows.gather(wrong)}, schema=LACKED)


def lack_of(contract: str, rows: int) -> str:
    """What is said of every figure of a table from which so many rows were set aside."""
    were = "1 row of '{}' was" if rows == 1 else f"{rows:,} rows of '{{}}' were"
    return f"{were.format(contract)} set aside: the figure may be incomplete"


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
