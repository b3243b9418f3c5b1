"""Rows that are counted and look wrong: those that a contract warns of, such as more beds occupied
than there are, groups of the population that leap from one year to the next, and weeks of care at
home of which the visits of a provider are there in part."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import polars as pl

from outturn.contracts import Contract
from outturn.contracts.check import broken
from outturn.databases import InFiles
from outturn.ingest.derivations.weeks_in_part import weeks_in_part
from outturn.ingest.population_leaps import population_leaps


def doubtful(
    tables: Mapping[str, pl.DataFrame | InFiles],
    contracts: Mapping[str, Contract],
    definitions: Mapping[str, str],
) -> Iterator[str]:
    """A sentence for each rule that warns and is broken, with the number of rows, never a cell; one
    for each source of population with leaps; and one where weeks of care at home have no figure.

    `definitions` are the definition files of the partnership, of which its own methods are some.
    """
    for name, rows in tables.items():
        rules = [one for one in contracts[name].rules if one.warns]
        if not rules:
            continue
        read = rows.lazy() if isinstance(rows, pl.DataFrame) else _scanned(rows)
        asked = (broken(one).sum().alias(str(nth)) for nth, one in enumerate(rules))
        for rule, number in zip(rules, read.select(asked).collect().row(0), strict=True):
            if number:
                said = f": {rule.name}" if rule.name else ""
                told = f"in {number:,} rows {rule.broken_says}. They are counted as they are."
                if number == 1:
                    told = f"in 1 row {rule.broken_says}. It is counted as it is."
                yield f"Table '{name}': {told} Look it up in the records{said}."
    yield from population_leaps(tables)
    yield from weeks_in_part(tables, contracts, definitions)


def _scanned(rows: InFiles) -> pl.LazyFrame:
    return pl.scan_parquet(list(rows.files), glob=False)
