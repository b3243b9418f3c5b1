"""Figures of tables of which a part could not be read, or rows were set aside: they say so."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from outturn.framework.model import Measure
from outturn.judgement.formulas import in_order
from outturn.terms.period import from_key
from outturn.terms.records import FINDINGS, VALUES, WHOLE, empty, fitted

RULE = "incomplete table"
FIGURES = "figures"  # the contract of figures that are reported


def incomplete(
    measures: Mapping[str, Measure], lacking: Mapping[str, tuple[str, ...]]
) -> dict[str, str]:
    """What each measure is incomplete by, by its id: of its tables, or of what it is made of.

    `lacking` says it of each table: "incomplete: 1 of 60 partitions of 'events' could not be read",
    "94 rows of 'events' were set aside: the figure may be incomplete".
    """
    found: dict[str, dict[str, None]] = {}
    made = {id: one for id, one in measures.items() if one.formula}
    for id in [*(id for id in measures if id not in made), *in_order(made)]:
        one = measures[id]
        tables = [tally.table for tally in (one.numerator, one.denominator) if tally]
        tables += [FIGURES] if one.reported else []
        said = dict.fromkeys(what for table in tables for what in lacking.get(table, ()))
        for part in one.formula.parts if one.formula else ():
            said |= found.get(part, {})
        if said:
            found[id] = said
    return {id: "; ".join(said) for id, said in found.items()}


def with_notes(values: pl.DataFrame, notes: Mapping[str, str]) -> pl.DataFrame:
    """The VALUES, where each figure of such a measure says in its method what it lacks."""
    if not notes:
        return values
    note = pl.col("measure").replace_strict(dict(notes), default=None, return_dtype=pl.String)
    told = pl.col("value").is_not_null() & note.is_not_null()
    method = pl.concat_str(pl.col("method"), pl.lit("; "), note)
    return fitted(
        values.with_columns(method=pl.when(told).then(method).otherwise("method")), VALUES
    )


def findings_of(values: pl.DataFrame, notes: Mapping[str, str], home: str) -> pl.DataFrame:
    """A finding for each such measure, at its last period of the partnership's own place."""
    made = [empty(FINDINGS)]
    for id, note in notes.items():
        rows = values.filter(measure=id, breakdown=WHOLE)
        keys = rows.filter(place=home)["period"].unique().to_list()
        if keys:
            last = max(keys, key=lambda key: (from_key(key).end, key))
            line = {
                "rule": RULE, "measure": id, "place": home, "period": last,
                "finding": f"{note[:1].upper()}{note[1:]}.",
            }  # fmt: skip
            made.append(fitted(pl.DataFrame([line]), FINDINGS))
    return pl.concat(made)
