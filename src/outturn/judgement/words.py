"""How a number of a measure is said: the unit before or after it, what one of it is called."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from outturn.framework.model import Measure
from outturn.statistics.rounding import MOST_DECIMALS, round_half_up, shown, shown_column

AS_REPORTED = "as reported"  # the method of a figure that a source printed

PERCENT = ("%", "percent", "per cent", "percentage")
POUNDS = ("£", "GBP", "pounds")
UNSAID = ("", "score", "ratio", "index", "number", "count")
IRREGULAR = {"people": "person", "children": "child"}

UNITS = {
    "measure": pl.String,
    "before": pl.String,  # "£"
    "after": pl.String,  # "%", " per 100,000"
    "gap_after": pl.String,  # " points", " per 100,000"
    "noun": pl.String,  # "people", for distances in whole units of the numerator
    "noun_one": pl.String,
}


@dataclass(frozen=True, slots=True)
class Unit:
    """What stands before and after a number, and after a difference of two."""

    before: str
    after: str
    gap_after: str

    def say(self, value: float, decimals: int) -> str:
        """The number with its unit, with more decimals where rounding would change it: a goal."""
        return f"{self.before}{exactly(value, decimals)}{self.after}"

    def rounded(self, value: float, decimals: int) -> str:
        """The number with its unit at the decimals given: a figure as readers see it."""
        return f"{self.before}{shown(value, decimals)}{self.after}"

    def gap(self, value: float, decimals: int) -> str:
        """A difference of two numbers: "4.9 points", "12.0 per 100,000"."""
        return f"{self.before}{shown(value, decimals)}{self.gap_after}"


def unit_of(measure: Measure) -> Unit:
    """How the measure's figures are said: "79.7%", "£1,200", "553.0 per 100,000", "33 people"."""
    unit = measure.unit.strip()
    if unit.lower() in PERCENT:
        return Unit("", "%", " points")
    for pounds in POUNDS:
        if unit.startswith(pounds):
            rest = unit.removeprefix(pounds)
            return Unit("£", rest, rest)
    if unit.lower() in UNSAID:
        return Unit("", "", "")
    return Unit("", f" {unit}", f" {unit}")


def noun_of(measure: Measure) -> str:
    """What one unit of the numerator is called, in the plural."""
    unit = measure.unit.strip()
    if measure.kind == "count" and measure.people == "people" and unit.lower() not in UNSAID:
        return unit
    return measure.people


def singular(noun: str) -> str:
    """ "admissions" is "admission", "people" is "person"."""
    head, _, last = noun.rpartition(" ")
    return f"{head} {_one(last)}".strip()


def _one(word: str) -> str:
    if word in IRREGULAR:
        return IRREGULAR[word]
    if word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-1] if word.endswith("s") and not word.endswith("ss") else word


def units(measures: Mapping[str, Measure]) -> pl.DataFrame:
    """One row for each measure: the words that go round its numbers."""
    rows = []
    for measure in measures.values():
        unit, noun = unit_of(measure), noun_of(measure)
        rows.append((measure.id, unit.before, unit.after, unit.gap_after, noun, singular(noun)))
    return pl.DataFrame(rows, schema=UNITS, orient="row")


def exactly(value: float, decimals: int) -> str:
    """The number as text at the decimals given, or more where those would change it."""
    needed = needed_decimals(pl.Series([value]), pl.Series([decimals]), MOST_DECIMALS - 3)
    return str(shown(value, int(needed[0])))


def needed_decimals(values: pl.Series, decimals: pl.Series, at_most: int) -> pl.Series:
    """How many decimals show each number whole: `decimals` or more, up to `at_most`.

    A number that no such count of decimals shows whole keeps `at_most`. Null keeps `decimals`.
    """
    numbers = values.cast(pl.Float64).fill_null(0.0).fill_nan(0.0).to_numpy()
    needed = decimals.cast(pl.Int64).fill_null(0).to_numpy().copy()
    for _ in range(at_most):
        dust = 1e-9 * np.maximum(np.abs(numbers), 1e-6)
        cut = np.abs(round_half_up(numbers, needed) - numbers) > dust
        more = cut & (needed < at_most)
        if not more.any():
            break
        needed = needed + more
    return pl.Series(needed)


def telling_decimals(gaps: pl.Series, decimals: pl.Series) -> pl.Series:
    """How many decimals keep each difference from printing as zero: `decimals`, or just enough."""
    numbers = gaps.cast(pl.Float64).fill_null(0.0).fill_nan(0.0).to_numpy()
    needed = decimals.cast(pl.Int64).fill_null(0).to_numpy().copy()
    for _ in range(MOST_DECIMALS):
        hidden = (numbers != 0) & (round_half_up(numbers, needed) == 0) & (needed < MOST_DECIMALS)
        if not hidden.any():
            break
        needed = needed + hidden
    return pl.Series(needed)


def text_columns(frame: pl.DataFrame, **columns: tuple[str, str]) -> pl.DataFrame:
    """The frame with columns of text: name = (column of numbers, column of decimals)."""
    return frame.with_columns(
        shown_column(frame[number], frame[decimals].fill_null(0)).alias(name)
        for name, (number, decimals) in columns.items()
    )


def sentence(text: str) -> str:
    """The text with a full stop, when it has no stop of its own."""
    text = text.strip()
    return text if not text or text[-1] in ".!?" else f"{text}."


def full_stop(text: pl.Expr) -> pl.Expr:
    """`sentence` over a column."""
    trimmed = text.str.strip_chars()
    ended = trimmed.str.contains(r"[.!?]$")
    return pl.when(ended).then(trimmed).otherwise(trimmed + ".")
