"""What judgement must know of each measure, as columns to join beside its figures."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from outturn.framework.below_zero import may_be_below_zero
from outturn.framework.model import Formula, Measure
from outturn.framework.parted import RATE as STANDARDISED
from outturn.judgement.words import units

COUNTED = ("count", "money")  # kinds whose figure is the numerator itself
RATES = ("rate", STANDARDISED)
ADDED_UP = ("count", "money", *RATES)  # kinds that can be counted up over a year
DIVIDED = ("proportion", "rate", "mean", "ratio", "score", "index")

FACTS = {
    "measure": pl.String,
    "title": pl.String,
    "aim": pl.String,
    "counted": pl.Boolean,
    "divided": pl.Boolean,
    "is_share": pl.Boolean,
    "additive": pl.Boolean,
    "averaged": pl.Boolean,  # the year is the mean of its months
    "closing": pl.Boolean,  # the last month of the year is the year
    "distinct": pl.Boolean,  # grows through the year, but not as the sum of its months
    "never_falls": pl.Boolean,  # what has come in by now is the least that the year can be
    "may_be_below": pl.Boolean,  # whether a month of it may be below zero
    "in_counts": pl.Boolean,  # whether distances can be said in whole units of the numerator
    "per": pl.Float64,
    "decimals": pl.Int64,
    "best_low": pl.Float64,  # aim "band" and "closest": the range that is good
    "best_high": pl.Float64,
}


def facts(measures: Mapping[str, Measure]) -> pl.DataFrame:
    """One row for each measure: how its figures behave and how they are said."""
    rows = [_row(measure, measures) for measure in measures.values()]
    frame = pl.DataFrame(rows, schema=FACTS, orient="row")
    return frame.join(units(measures), on="measure", how="left")


def adds_up(measure: Measure, measures: Mapping[str, Measure]) -> bool:
    """Whether the figure grows through the year, so that part of a year is part of the figure.

    It does for a count or money that rolls up by sum, and for a rate that does and whose
    denominator does not grow with it: admissions so far per 100,000 people, but not falls per
    1,000 bed days. Of rates that are standardised to another place that place's rate grows too, and
    what is expected with it.
    """
    if measure.roll_up != "sum" or measure.kind not in ADDED_UP:
        return False
    if measure.formula is not None:
        return _made_adds_up(measure, measure.formula, measures)
    indirect = measure.standardise is not None and not measure.standardise.directly
    return measure.kind not in RATES or (_over_the_year(measure) and not indirect)


def _over_the_year(rate: Measure) -> bool:
    """Whether the denominator of a rate is that of the year in every part of it.

    A reported rate has that of its own period. Of a month it is the month's, and those of the
    months add up as their numerators do; where `frequency` is "year" it is the year's, also of
    what is reported of part of one.
    """
    if rate.denominator is not None:
        return rate.denominator.of_year
    return rate.frequency == "year"


def _made_adds_up(measure: Measure, formula: Formula, measures: Mapping[str, Measure]) -> bool:
    """A ratio adds up where its first part does and its second does not; others as their parts."""
    parts = [measures[part] for part in formula.parts if part in measures]
    if len(parts) < len(formula.parts):
        return measure.kind not in RATES
    if formula.word == "ratio":
        return adds_up(parts[0], measures) and not adds_up(parts[1], measures)
    return all(adds_up(part, measures) for part in parts)


def is_distinct(measure: Measure) -> bool:
    """Whether the figure counts different people, or things, each once however often it comes."""
    return measure.numerator is not None and measure.numerator.how == "distinct"


def _takes_away(measure: Measure) -> bool:
    return measure.formula is not None and measure.formula.word != "sum"


def _row(measure: Measure, measures: Mapping[str, Measure]) -> tuple[object, ...]:
    best = measure.band if measure.aim == "band" else None
    if measure.aim == "closest" and measure.closest_to is not None:
        best = (measure.closest_to, measure.closest_to)
    additive = adds_up(measure, measures)
    whole_units = measure.kind == "count" and measure.decimals == 0 and measure.per == 1
    return (
        measure.id,
        measure.short or measure.title,
        measure.aim,
        measure.kind in COUNTED,
        measure.kind in DIVIDED,
        measure.kind == "proportion",
        additive,
        measure.roll_up == "mean",
        measure.roll_up == "last",
        additive and is_distinct(measure),
        additive and measure.kind == "count" and not _takes_away(measure),
        may_be_below_zero(measure, measures),
        (whole_units or (measure.recompute and measure.kind in ("proportion", "rate")))
        and not measure.is_weighted,  # a sum of weights is no number of people
        float(measure.per),
        measure.decimals,
        float(best[0]) if best else None,
        float(best[1]) if best else None,
    )
