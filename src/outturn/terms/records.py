"""The records by which rooms speak to one another, and the columns they travel as in bulk.

`Count`, `Value`, `Verdict` and `Benchmark` are one row of the frame of the same name. The
frame's schema is declared once, here, and checked at each door with `checked`. A country has
24 million cells: nothing makes an object per cell.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import polars as pl

WHOLE = "all"  # the breakdown and category of an undivided figure

KEYS = ("measure", "place", "period", "breakdown", "category")


class Absent(StrEnum):
    """Why there is no figure. Zero is a number, and none of these."""

    SUPPRESSED = "suppressed"  # it exists and is withheld to protect people
    NOT_AVAILABLE = "not available"  # it was not supplied or could not be worked out
    NOT_APPLICABLE = "not applicable"  # it does not exist for this place or period


NO_NUMERATOR = "No numerator was supplied."
NO_DENOMINATOR = "No denominator was supplied."
WITHHELD = "Suppressed to protect people."


class Provenance(StrEnum):
    """What kind of figure the source says it is."""

    FINAL = "final"
    PROVISIONAL = "provisional"
    ESTIMATED = "estimated"
    IMPUTED = "imputed"
    FORECAST = "forecast"


class Status(StrEnum):
    """How a figure stands against its target."""

    ON_TARGET = "on target"
    CLOSE = "close"
    OFF_TARGET = "off target"
    NOT_ASSESSED = "not assessed"


SHAPES = {
    Status.ON_TARGET: "●",
    Status.CLOSE: "▲",
    Status.OFF_TARGET: "◆",
    Status.NOT_ASSESSED: "○",
}
LETTERS = {
    Status.ON_TARGET: "G",
    Status.CLOSE: "A",
    Status.OFF_TARGET: "R",
    Status.NOT_ASSESSED: "–",
}


class Direction(StrEnum):
    """Where a figure has moved since the previous equivalent period."""

    BETTER = "better"
    SAME = "same"
    WORSE = "worse"
    UP = "up"  # the measure has no better side
    DOWN = "down"
    NOT_ASSESSED = "not assessed"


_WORDS = pl.String
_NUMBER = pl.Float64

COUNTS: dict[str, type[pl.DataType]] = {
    "measure": _WORDS,
    "definition": _WORDS,  # the version of the definition in force for the period
    "place": _WORDS,
    "period": _WORDS,
    "breakdown": _WORDS,
    "category": _WORDS,
    "numerator": _NUMBER,  # whole numbers where counted; as published where reported
    "denominator": _NUMBER,
    "reported": _NUMBER,  # the figure as published, in the measure's unit
    "margin": _NUMBER,  # published margin of error, in the measure's unit
    "spans": pl.Int64,  # how many base periods were added up (mean roll-up divides by it)
    "rows": pl.Int64,  # source rows behind the numerator and denominator
    "answers": pl.Int64,  # of weighted answers: how many are behind the denominator
    # The sum of the squares of their weights; of a mean, those of the numbers that it is of.
    "squares": _NUMBER,
    "lower": _NUMBER,  # of a median or percentile: the two values that are its 95% limits
    "upper": _NUMBER,
    "source": _WORDS,
    "edition": _WORDS,  # date of publication, ISO
    "provenance": _WORDS,
    "absent": _WORDS,
    "why": _WORDS,
}
VALUES: dict[str, type[pl.DataType]] = {
    **{name: COUNTS[name] for name in ("measure", "definition", "place", "period")},
    "breakdown": _WORDS,
    "category": _WORDS,
    "value": _NUMBER,  # unrounded, in the measure's unit
    "shown": _WORDS,  # rounded half away from zero to the measure's decimals
    "numerator": _NUMBER,
    "denominator": _NUMBER,
    "margin": _NUMBER,
    "lower": _NUMBER,  # the 95% limits, in the measure's unit
    "upper": _NUMBER,
    "interval": _WORDS,  # whose limits they are: "Wilson, 95% (England)"
    "spans": pl.Int64,  # periods that the counts were divided by beside `per` and denominator
    "method": _WORDS,
    "rows": pl.Int64,
    "answers": pl.Int64,  # of weighted answers: how many are behind the denominator
    "effective": _NUMBER,  # and how many unweighted ones would say as much, by Kish
    "source": _WORDS,
    "edition": _WORDS,
    "provenance": _WORDS,
    "absent": _WORDS,
    "why": _WORDS,
}
VERDICTS: dict[str, type[pl.DataType]] = {
    **{name: VALUES[name] for name in ("measure", "definition", "place", "period")},
    "breakdown": _WORDS,
    "category": _WORDS,
    "value": _NUMBER,
    "shown": _WORDS,
    "numerator": _NUMBER,
    "denominator": _NUMBER,
    "lower": _NUMBER,
    "upper": _NUMBER,
    "interval": _WORDS,
    "provenance": _WORDS,
    "absent": _WORDS,
    "why": _WORDS,
    "target_id": _WORDS,
    "target": _WORDS,  # in words: "at least 73.0%"
    "goal_low": _NUMBER,  # bounds of what meets the target; null is unbounded
    "goal_high": _NUMBER,
    "milestone": _WORDS,  # in words: where the figure should be by the end of the period
    "milestone_low": _NUMBER,
    "milestone_high": _NUMBER,
    # Width of "close" outside the goal, in the measure's unit; null where limits decide.
    "tolerance": _NUMBER,
    "status_now": _WORDS,
    "reason_now": _WORDS,
    "distance_now": _WORDS,
    "chance_on": _NUMBER,  # 0 to 1, that the level behind the figure is on target now
    "chance_close": _NUMBER,
    "chance_off": _NUMBER,
    "chance_other": _NUMBER,  # that it is not of the status that the figure has
    "status_wider": _WORDS,  # the status now, were its tolerance a percentage point wider
    "status_narrower": _WORDS,
    "forecast": _NUMBER,  # at year end, in the measure's unit
    "forecast_shown": _WORDS,
    "forecast_method": _WORDS,
    "forecast_low": _NUMBER,  # the 80% interval of the forecast, where it is a distribution
    "forecast_high": _NUMBER,
    "forecast_basis": _WORDS,  # of an indicative forecast, from what its interval comes
    "chance_year_end": _NUMBER,  # 0 to 1, that the outturn meets the target
    "needed": _NUMBER,  # what each month or quarter left must be on average, in the unit
    "needed_words": _WORDS,  # "at most 11.7 in each of the 4 months left"
    "forecast_without": _NUMBER,  # the forecast without the declared events, where there are any
    "forecast_events": _WORDS,  # the declared events in words
    "record_forecasts": pl.Int64,  # made as far into past years; only of the latest figure
    "record_error": _NUMBER,  # their median absolute error, in per cent
    "record_coverage": _NUMBER,  # the share of outturns inside their 80% interval
    "forecast_record": _WORDS,  # the record in words
    "status_year_end": _WORDS,
    "reason_year_end": _WORDS,
    "distance_year_end": _WORDS,
    "direction": _WORDS,
    "reason_direction": _WORDS,
    "previous": _NUMBER,
    "previous_period": _WORDS,
    "change": _NUMBER,  # value less previous, both as printed, where they may be compared
    "change_chance": _WORDS,  # within chance, or beyond chance: whether its 95% limits hold none
    "overridden": _WORDS,  # who set a status aside and why; null when the rule stands
}
BENCHMARKS: dict[str, type[pl.DataType]] = {
    **{name: VALUES[name] for name in ("measure", "definition", "place", "period")},
    "breakdown": _WORDS,
    "category": _WORDS,
    "comparator": _WORDS,
    "comparator_value": _NUMBER,
    "comparator_rule": _WORDS,
    "against": _WORDS,  # better, similar, worse, higher, lower, or not compared; no status
    "members": pl.Int64,  # size of the group, the place itself included where it belongs
    "with_value": pl.Int64,
    "value": _NUMBER,
    "absent": _WORDS,  # why there is no value: suppressed, not available, not applicable
    "rank": pl.Int64,  # 1 is best; ties share the best rank
    "tied": pl.Int64,  # how many members share the value
    "quartile": _WORDS,  # top, second, third, bottom
    "quartile_rule": _WORDS,
    "best_edge": _NUMBER,  # the edge of the top quartile, in the unit
    "gap": _NUMBER,  # from the value to that edge, in the unit; 0 when in the top quartile
    "gap_people": _NUMBER,
    "basis": _WORDS,  # "computed" or "reported"
    "note": _WORDS,
}
FINDINGS: dict[str, type[pl.DataType]] = {
    "rule": _WORDS,
    "measure": _WORDS,
    "place": _WORDS,
    "period": _WORDS,
    "finding": _WORDS,  # the sentence
    "size": _NUMBER,  # how far the cells miss the rule, in the measure's unit
}
SCHEMAS = {
    "counts": COUNTS,
    "values": VALUES,
    "verdicts": VERDICTS,
    "benchmarks": BENCHMARKS,
    "findings": FINDINGS,
}


@dataclass(frozen=True, slots=True)
class Count:
    """Numerator and denominator of one cell: what the engine found, or a source reported."""

    measure: str
    place: str
    period: str
    numerator: float | None
    denominator: float | None
    breakdown: str = WHOLE
    category: str = WHOLE
    reported: float | None = None
    absent: str | None = None
    why: str | None = None


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What one input was when it was read: its name in the folder, size and digest."""

    name: str
    bytes: int
    sha256: str


def empty(schema: dict[str, type[pl.DataType]]) -> pl.DataFrame:
    """A frame of no rows that keeps `schema`."""
    return pl.DataFrame(schema=schema)


def fitted(frame: pl.DataFrame, schema: dict[str, type[pl.DataType]]) -> pl.DataFrame:
    """The columns of `schema`, in its order and types; a column not given is all null."""
    if not set(schema) & set(frame.columns):
        return empty(schema).clear(frame.height)  # a literal alone would make one row of its own
    columns = [
        (pl.col(name) if name in frame.columns else pl.lit(None)).cast(kind).alias(name)
        for name, kind in schema.items()
    ]
    return frame.select(columns)


def checked(frame: pl.DataFrame, schema: dict[str, type[pl.DataType]]) -> pl.DataFrame:
    """The frame itself, when it has exactly the columns and types of `schema`.

    A frame that does not is our fault, not a person's, so this raises TypeError.
    """
    found = dict(frame.schema)
    if list(found) != list(schema) or any(found[n] != kind for n, kind in schema.items()):
        missing = [name for name in schema if name not in found]
        extra = [name for name in found if name not in schema]
        wrong = [name for name in schema if name in found and found[name] != schema[name]]
        raise TypeError(f"missing {missing}, unexpected {extra}, of another type {wrong}")
    return frame
