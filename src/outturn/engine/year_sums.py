"""Years taken together, in columns: the counts of each added up, and their populations too.

Which years make a run is asked of `periods.py`; `plain_year_sums.py` says the same slowly.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

import polars as pl

from outturn.engine.periods import YEAR_LACKING, Wanted, years_together
from outturn.framework.model import Measure
from outturn.terms.period import Calendar, from_key
from outturn.terms.records import COUNTS, Absent, fitted

_CELL = ["place", "breakdown", "category"]
_AMOUNTS = ("numerator", "denominator", "squares", "answers")


def with_years_together(counts: pl.DataFrame, measure: Measure, calendar: Calendar) -> pl.DataFrame:
    """The COUNTS of one measure, and those of every run of years that it takes together.

    A run with a year that has no figure has none either, and says why. Where a denominator is
    divided by, or a missing numerator is no 0, each year must be there; elsewhere one without
    rows adds nothing.
    """
    if measure.years_together == 1:
        return counts
    wanted = list(years_together(measure, map(from_key, counts["period"].unique()), calendar))
    if not wanted:
        return counts
    about = _about(wanted, measure, calendar)
    every = measure.denominator is not None or measure.missing == "not available"
    lacking = (pl.col("many") < len(wanted[0].bases)) & pl.lit(every)
    runs = (
        counts.join(about, on="period")
        .sort(*_CELL, "run", "start")
        .group_by(*_CELL, "run", maintain_order=True)
        .agg(
            *(pl.col(name) for name in _AMOUNTS),
            pl.len().alias("many"),
            pl.col("rows").sum(),
            pl.col("source").str.split(", ").explode().drop_nulls().unique().sort(),
            pl.concat_str("label", pl.lit(": "), "why").drop_nulls().first().alias("lacks"),
            pl.col("parted", "whole", "definition_of_run").first(),
        )
        .with_columns(pl.coalesce("parted", "lacks", pl.when(lacking).then(pl.lit(YEAR_LACKING)))
                      .alias("why"))
    )  # fmt: skip
    stands = pl.col("why").is_null()
    added = fitted(
        runs.with_columns(
            *(pl.when(stands).then(_added(name, len(wanted[0].bases))).alias(name)
              for name in _AMOUNTS),
            pl.when(pl.col("source").list.len() > 0)
            .then(pl.col("source").list.join(", ")).alias("source"),
            measure=pl.lit(measure.id),
            period="whole",
            definition="definition_of_run",
            spans=pl.lit(len(wanted[0].bases)),
            absent=pl.when(~stands).then(pl.lit(str(Absent.NOT_AVAILABLE))),
        ),
        COUNTS,
    )  # fmt: skip
    return pl.concat([counts, added])


def _added(name: str, years: int) -> pl.Expr:
    """The sum, one year after the other: a numerator that is not there adds nothing.

    In this order, and not in one that a machine chooses, so that fractions come to the same.
    """
    each = [pl.col(name).list.get(year, null_on_oob=True) for year in range(years)]
    if name == "numerator":
        each = [one.fill_null(0) for one in each]
    return reduce(lambda total, one: total + one, each)


def _about(wanted: Sequence[Wanted], measure: Measure, calendar: Calendar) -> pl.DataFrame:
    """For each year of each run its label, and of the run why it has no figure, if it has none."""
    lines = [
        (run, year.key, year.start, year.label(calendar), one.period.key, one.why,
         measure.definition_in(one.period))
        for run, one in enumerate(wanted)
        for year in one.bases
    ]  # fmt: skip
    schema = {"run": pl.Int32, "period": pl.String, "start": pl.Date, "label": pl.String,
              "whole": pl.String, "parted": pl.String, "definition_of_run": pl.String}  # fmt: skip
    return pl.DataFrame(lines, schema=schema, orient="row")
