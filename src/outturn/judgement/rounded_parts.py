"""The limits of figures made of parts whose counts disclosure control has rounded.

A directly standardised rate rises with every event and falls with every person, and a life
expectancy the other way round. So their lowest and highest limits are those of the parts' counts
all at one end: almost exactly, for Dobson's limits of parts with very unequal weights were seen to
reach up to 0.015% further, and 2.2% where one of two bands is of a dozen people. Where no figure is
made of one of these corners, as of too few events or of more deaths than people, nothing is known
of the limits between, and none are told. What is held against the rates of others, and the slope of
an inequality, may move either way with each count: no corner is known to be the furthest, and no
limits are told.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product

import numpy as np
import polars as pl

from outturn.framework.model import Measure
from outturn.framework.parted import LIFE
from outturn.judgement.intervals import NO_LIMITS, NOT_WANTED
from outturn.judgement.parted import Others, made_of_parts
from outturn.judgement.rounded_counts import (
    is_of_rounded_counts,
    possible_counts,
    rounding_words,
)
from outturn.statistics.disclosure_policies import Policy
from outturn.terms.records import WHOLE

NO_ENDS = "its counts are rounded, and it may move either way with each of them"
NOT_OF_ALL = "its counts are rounded, and some that are rounded to these give none"
_LIMITS = ("lower", "upper", "interval")


def has_known_ends(measure: Measure) -> bool:
    """Whether the counts of its parts all at one end give the lowest and the highest limits."""
    to = measure.standardise
    return measure.kind == LIFE or (to is not None and to.directly)


def why_no_ends(measure: Measure) -> str:
    """Why a figure of rounded parts has no limits."""
    if measure.methods == NO_LIMITS:
        return NOT_WANTED
    return NOT_OF_ALL if has_known_ends(measure) else NO_ENDS


def with_parts_rounded(
    made: pl.DataFrame,
    noted: pl.DataFrame,
    rows: pl.DataFrame,
    parted: Mapping[str, Measure],
    others: Others,
    policy: Policy,
) -> pl.DataFrame:
    """The `made` figures, those of rounded parts with limits that hold for all counts, or without.

    `rows` are those that they were made of, and `noted` the same as VALUES whose method says which
    of them have rounded counts. `parted` are the measures that have parts, by id.
    """
    rounded = noted.select(is_of_rounded_counts()).to_series()
    limited = pl.col("measure").is_in(list(parted)) & (pl.col("breakdown") == WHOLE)
    widen = made.select(limited & pl.lit(rounded) & pl.col("interval").is_not_null()).to_series()
    if not widen.any():
        return made
    known = {id: one for id, one in parted.items() if has_known_ends(one)}
    ends = [
        _at_a_corner(rows, noted, known, others, policy, one) for one in product((0, 1), (0, 1))
    ]
    told = f", widened for {rounding_words(policy)}"
    found = made.select(
        lower=pl.min_horizontal("lower", *(one["lower"] for one in ends)),
        upper=pl.max_horizontal("upper", *(one["upper"] for one in ends)),
        interval=pl.col("interval") + told,
    )
    bounded = widen & made["measure"].is_in(list(known))
    for one in ends:
        bounded &= one["lower"].is_not_null() & one["upper"].is_not_null()
    return made.with_columns(
        pl.when(pl.lit(bounded)).then(found[name]).when(pl.lit(~widen)).then(name).alias(name)
        for name in _LIMITS
    )


def _at_a_corner(
    rows: pl.DataFrame,
    noted: pl.DataFrame,
    measures: Mapping[str, Measure],
    others: Others,
    policy: Policy,
    corner: tuple[int, int],
) -> pl.DataFrame:
    """The limits of each row, were its events, and what they are divided by, all at one end."""
    possible = possible_counts(noted, policy)
    events, people = (possible[side][end] for side, end in enumerate(corner))
    bottom, over = (rows[one].cast(pl.Float64).to_numpy() for one in ("denominator", "over"))
    with np.errstate(divide="ignore", invalid="ignore"):
        by = np.where(np.isnan(people / bottom), over, over * (people / bottom))
    columns = {"numerator": events, "denominator": people, "over": by}
    series = [pl.Series(name, one).fill_nan(None) for name, one in columns.items()]
    ours = pl.col("measure").is_in(list(measures))
    numbered = rows.with_columns(series).with_row_index("_at").filter(ours)
    found = made_of_parts(numbered, measures, others).select("_at", "lower", "upper")
    every = pl.DataFrame({"_at": np.arange(rows.height, dtype=np.uint32)})
    return every.join(found, on="_at", how="left", maintain_order="left")
