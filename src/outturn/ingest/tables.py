"""Puts what the sources gave together: one table for each contract, each row in it once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import polars as pl

from outturn.contracts import Contract, keys
from outturn.contracts.check import FINDINGS, finding
from outturn.framework.model import Source
from outturn.ingest import readers
from outturn.ingest.official import IN_ITS_OWN_WORDS
from outturn.ingest.rejects import COPY, mistakes, problems, rejected_rows
from outturn.terms.errors import Mistake

ALL_COLUMNS = "all columns"
Doubled = list[tuple[pl.DataFrame, list[Mistake]]]  # rows of one source set aside, and the mistakes


def together(
    parts: Sequence[tuple[Source, pl.DataFrame]],
    sources: Iterable[Source],
    contracts: Mapping[str, Contract],
) -> tuple[dict[str, pl.DataFrame], Doubled]:
    """One table for each contract that a source keeps, and the rows that repeat another source's.

    Figures carry their edition in the key, so that the same figure published again stays.
    """
    tables: dict[str, pl.DataFrame] = {}
    doubled: Doubled = []
    for name in dict.fromkeys(one.contract for one in sources if one.contract in contracts):
        contract = contracts[name]
        mine = [(source, kept) for source, kept in parts if source.contract == name]
        none = pl.DataFrame(schema={**contract.schema, "source": pl.String, "row": pl.Int64})
        table = pl.concat([none, *(kept for _, kept in mine)])
        if len(mine) > 1:
            table, more = _once(table, contract, [source for source, _ in mine])
            doubled += more
        tables[name] = table
    return tables, doubled


def _once(
    table: pl.DataFrame, contract: Contract, sources: list[Source]
) -> tuple[pl.DataFrame, Doubled]:
    """The table without rows whose key an earlier source has given already.

    Where the contract has no key, these are the rows that an earlier source has, cell for cell.
    A row of an official release that says the same as the earlier one is a copy: it is set aside
    with that reason, and is no mistake.
    """
    table = table.with_row_index("index").with_columns(pl.col("index").cast(pl.Int64))
    found = pl.concat([keys(table, contract), _given_already(table, contract)])
    found = found.sort("index", maintain_order=True)
    if found.is_empty():
        return table.drop("index"), []
    wrong, copies = _told_apart(found, _copies(table, contract, sources))
    doubled: Doubled = []
    for findings in (copies, wrong):
        for source in sources:
            own = findings.join(table.filter(source=source.id), on="index", how="semi")
            rows = rejected_rows(own, table["row"], table.select(contract.names), source)
            told = own.filter(pl.col("kind") != COPY)
            doubled.append((rows, [*mistakes(problems(told, table["row"]), source, contract)]))
    kept = table.join(found, on="index", how="anti", maintain_order="left").drop("index")
    return kept, doubled


def _given_already(table: pl.DataFrame, contract: Contract) -> pl.DataFrame:
    """Without a key: findings about rows that are alike in every column to one of another source.

    Two extracts that overlap hold the same rows twice. Rows alike inside one source may be as many
    events, which nothing tells apart, and are all kept.
    """
    if contract.key:
        return pl.DataFrame(schema=FINDINGS)
    alike = table.filter(table.select(contract.names).is_duplicated())
    first = alike.group_by(contract.names, maintain_order=True).agg(
        pl.col("source").first().alias("_source"), pl.col("row").first().alias("_row")
    )
    again = alike.join(
        first, on=contract.names, how="left", nulls_equal=True, maintain_order="left"
    ).filter(pl.col("source") != pl.col("_source"))
    said, of = "the row says the same as", pl.format(" of source {}", "_source")
    remedy = (
        "Take it out of one of the files. Rows that are two things need a column that tells them "
        "apart, such as constants = { column = ... } in data/sources.toml."
    )
    found = finding(again["index"], ALL_COLUMNS, said, remedy)
    return found.with_columns(
        reason=again.select(pl.format(said + " row {}", "_row") + of).to_series(),
        problem=again.select(pl.lit(said + " a row") + of).to_series(),
    )


def _copies(table: pl.DataFrame, contract: Contract, sources: list[Source]) -> pl.DataFrame:
    """The index of each row of an official release whose figures an earlier row has all given."""
    releases = [one.id for one in sources if one.reader != readers.TABLE]
    said = [name for name in contract.names if name not in IN_ITS_OWN_WORDS]
    again = ~pl.struct(said).is_first_distinct()
    return table.filter(again & pl.col("source").is_in(releases)).select("index")


def _told_apart(found: pl.DataFrame, copies: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The findings that are mistakes, and those about rows that are copies."""
    says = pl.col("reason").str.replace("has the same key as", "says the same as", literal=True)
    return (
        found.join(copies, on="index", how="anti", maintain_order="left"),
        found.join(copies, on="index", how="semi", maintain_order="left").with_columns(
            says, kind=pl.lit(COPY)
        ),
    )
