"""Rows set aside, with the reason for each, and the one mistake that many alike make together."""

from __future__ import annotations

import polars as pl

from outturn.contracts.check import UNASKED
from outturn.contracts.model import Contract
from outturn.framework.model import Source
from outturn.ingest.extract import listed, place_of
from outturn.ingest.mapping import said_name
from outturn.terms.errors import RowsMistake

WRONG = "wrong"  # to be put right; the others need no mending
COPY = "copy"  # a row of a release says what an earlier source has said
REJECTED: dict[str, type[pl.DataType]] = {
    "source": pl.String,
    "file": pl.String,
    "row": pl.Int64,
    "column": pl.String,
    "reason": pl.String,
    "kind": pl.String,  # of row: WRONG, UNASKED or COPY
    "cells": pl.String,  # the row as read, as JSON: for the person's eyes, never in a message
}
PROBLEMS: dict[str, type[pl.DataType] | pl.DataType] = {
    "column": pl.String,
    "problem": pl.String,
    "remedy": pl.String,
    "rows": pl.Int64,
    "again": pl.Int64,  # of them, those that another reason has counted
    "first": pl.List(pl.Int64),
}


def rejected_rows(
    findings: pl.DataFrame, rows: pl.Series, cells: pl.DataFrame, source: Source
) -> pl.DataFrame:
    """One line for each row set aside: all its columns and reasons, and its cells as read.

    A row nobody asked for is that, whatever else is the matter with it.
    """
    if findings.is_empty():
        return pl.DataFrame(schema=REJECTED)
    several = pl.col("index").is_duplicated()
    alone = findings.filter(~several).select("index", "reason", "column", "kind")
    together = (
        findings.filter(several)
        .sort("index", maintain_order=True)
        .group_by("index", maintain_order=True)
        .agg(
            reason=pl.format("{}: {}", "column", "reason").str.join("; "),
            column=pl.col("column").unique(maintain_order=True).str.join(", "),
            kind=pl.when((pl.col("kind") == UNASKED).any())
            .then(pl.lit(UNASKED))
            .otherwise(pl.col("kind").first()),
        )
    )
    per_row = pl.concat([alone, together]).sort("index")
    at = per_row["index"]
    return per_row.with_columns(
        source=pl.lit(source.id),
        file=pl.lit(source.named),
        row=rows.gather(at),
        kind=pl.when(pl.col("kind") == "").then(pl.lit(WRONG)).otherwise("kind"),
        cells=cells[at].select(pl.struct(pl.all()).struct.json_encode()).to_series(),
    ).select(*REJECTED)


def problems(findings: pl.DataFrame, rows: pl.Series) -> pl.DataFrame:
    """Findings alike put together: how many rows, and the first of them. A row with two faults is
    counted for the first of them and again for the other."""
    numbered = findings.with_columns(row=rows.gather(findings["index"])).sort("row")
    again = ~pl.col("row").is_first_distinct()
    return (
        numbered.with_columns(again=again)
        .group_by("column", "problem", "remedy", maintain_order=True)
        .agg(
            rows=pl.len().cast(pl.Int64),
            again=pl.col("again").sum().cast(pl.Int64),
            first=pl.col("row").head(3),
        )
        .select(*PROBLEMS)
    )


def mistakes(found: pl.DataFrame, source: Source, contract: Contract) -> list[RowsMistake]:
    """One mistake for each line of `problems`, in the words of the person's own file."""
    return [_mistake(source, contract, **line) for line in found.iter_rows(named=True)]


def _mistake(
    source: Source,
    contract: Contract,
    *,
    column: str,
    problem: str,
    remedy: str,
    rows: int,
    again: int,
    first: list[int],
) -> RowsMistake:
    names = [said_name(name, source) for name in column.split(", ")]
    noun = "column " if len(names) == 1 else "columns "
    at = noun + ", ".join(names) if set(column.split(", ")) <= set(contract.names) else column
    how_many = "1 row is" if rows == 1 else f"{rows} rows are"
    how_many += " set aside"
    if again:
        of_them = "" if rows == 1 else "all " if again == rows else f"{again} of them "
        how_many += f", {of_them}counted for another reason already"
    return RowsMistake(
        where=f"{place_of(source)}, {at}, {listed(first, rows)}",
        problem=f"{how_many}: {problem}.",
        remedy=remedy,
    )
