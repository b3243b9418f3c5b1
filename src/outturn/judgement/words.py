"""How a number of a measure is said: the unit before or after it, what one of it is called."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from outturn.framework.model import Measure, SeriesBreak
from outturn.framework.pounds import after_pounds, in_pence
from outturn.statistics.rounding import MOST_DECIMALS, round_half_up, shown, shown_column
from outturn.terms.period import Period

AS_REPORTED = "as reported"  # the method of a figure that a source printed

PERCENT = ("%", "percent", "per cent", "percentage")
POINTS = " points"  # a difference of two percentages
PENCE = 2  # decimals of pounds, where they have any
UNSAID = ("", "score", "ratio", "index", "number", "count")
MORE = 2  # decimals that a number worked out may have beyond the measure's own
IRREGULAR = {
    "people": "person", "children": "child", "women": "woman", "men": "man", "lives": "life",
    "series": "series", "species": "species", "buses": "bus", "diagnoses": "diagnosis",
    "analyses": "analysis", "crises": "crisis",
}  # fmt: skip
# Before these stands what is counted: "hours of care", "people in care homes", "falls per ward".
_AFTER_THE_NOUN = re.compile(
    r" (?:per|in|of|with|without|at|for|from|to|on|aged|who|a|an|each) .*", re.DOTALL
)
_SIBILANT = ("sses", "ches", "shes", "xes")

UNITS = {
    "measure": pl.String,
    "before": pl.String,  # "£"
    "most_decimals": pl.Int64,  # of pounds, which have none or these; null of other numbers
    "after": pl.String,  # "%", " per 100,000"
    "after_one": pl.String,  # the same after 1: " case"
    "gap_after": pl.String,  # " points", " per 100,000", " cases"
    "gap_after_one": pl.String,  # the same after 1: " case"
    "noun": pl.String,  # "people", for distances in whole units of the numerator
    "noun_one": pl.String,
}


def is_reported() -> pl.Expr:
    """Whether the `method` of a figure says that a source printed it, whatever else it says."""
    return pl.col("method").str.starts_with(AS_REPORTED).fill_null(False)


@dataclass(frozen=True, slots=True)
class Unit:
    """What stands before and after a number, and after a difference of two."""

    before: str
    after: str
    gap_after: str
    after_one: str = ""  # both again, as they stand after 1: "1 case", "1 point"
    gap_after_one: str = ""
    most_decimals: int | None = None  # of pounds, which have none or these

    def say(self, value: float, decimals: int) -> str:
        """The number with its unit, with more decimals where rounding would change it: a goal."""
        return self.of(self.exactly(value, decimals))

    def rounded(self, value: float, decimals: int) -> str:
        """The number with its unit at the decimals given: a figure as readers see it."""
        return self.of(str(shown(value, self.decimals(decimals))))

    def gap(self, value: float, decimals: int) -> str:
        """A difference of two numbers: "4.9 points", "12.0 per 100,000"."""
        return self.gap_of(str(shown(value, self.decimals(decimals))))

    def gap_of(self, text: str) -> str:
        """A difference, already text, with its unit."""
        return f"{self.front(text)}{self.gap_after_one if text == '1' else self.gap_after}"

    def of(self, text: str) -> str:
        """A number, already text, with its unit."""
        return f"{self.front(text)}{self.after_one if text == '1' else self.after}"

    def front(self, text: str) -> str:
        """A number, already text, with what stands before it: "-£306.70", the sign first."""
        return signed_first(f"{self.before}{text}")

    def exactly(self, value: float, decimals: int) -> str:
        """The number as text, as `exactly` writes it; one worked out of pounds to the penny."""
        return exactly(value, decimals, self.most_decimals)

    def decimals(self, wanted: int) -> int:
        """The decimals that a number has that is to have so many: pounds have none, or pence."""
        return min(wanted, 1) * self.most_decimals if self.most_decimals else wanted


def unit_of(measure: Measure) -> Unit:
    """How the measure's figures are said: "79.7%", "£1,200", "553.0 per 100,000", "33 people"."""
    unit = measure.unit.strip()
    if unit.lower() in PERCENT:
        return Unit("", "%", POINTS, "%", " point")
    rest = after_pounds(unit)
    if rest is not None:
        most = max(PENCE, measure.decimals) if in_pence(unit) else None
        return Unit("£", rest, rest, rest, rest, most)
    if unit.lower() in UNSAID:
        return Unit("", "", "")
    one = f" {singular(unit)}"
    return Unit("", f" {unit}", f" {unit}", one, one)


def noun_of(measure: Measure) -> str:
    """What one unit of the numerator is called, in the plural."""
    unit = measure.unit.strip()
    if measure.kind == "count" and measure.people == "people" and unit.lower() not in UNSAID:
        return unit
    return measure.people


def singular(noun: str) -> str:
    """ "admissions" is "admission", "people in care homes" is "person in care homes".

    Of "per 1,000 discharges" there is no one.
    """
    if noun.startswith("per "):
        return noun
    rest = found.group() if (found := _AFTER_THE_NOUN.search(noun)) else ""
    things = noun.removesuffix(rest)
    head, _, last = things.rpartition(" ")
    if _one(last) == last:  # "people waiting": what comes last is no noun
        return " ".join(IRREGULAR.get(word, word) for word in things.split(" ")) + rest
    return f"{head} {_one(last)}".strip() + rest


def _one(word: str) -> str:
    if word in IRREGULAR:
        return IRREGULAR[word]
    if word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith(_SIBILANT):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us", "is")) else word


def units(measures: Mapping[str, Measure]) -> pl.DataFrame:
    """One row for each measure: the words that go round its numbers."""
    rows = []
    for measure in measures.values():
        unit, noun = unit_of(measure), noun_of(measure)
        after, gap_after = (unit.after, unit.after_one), (unit.gap_after, unit.gap_after_one)
        front = (unit.before, unit.most_decimals)
        rows.append((measure.id, *front, *after, *gap_after, noun, singular(noun)))
    return pl.DataFrame(rows, schema=UNITS, orient="row")


def signed_first(text: str) -> str:
    """A number with what stands before it, the sign before both: "-£5", never "£-5"."""
    return text.replace("£-", "-£", 1)


def fronted(text: str) -> pl.Expr:
    """A number, already text, with what stands before it: "-£306.70", the sign first."""
    return (pl.col("before") + pl.col(text)).str.replace("£-", "-£", literal=True)


def with_unit(text: str) -> pl.Expr:
    """A number, already text, with its unit: "7.3%", "-£5", "2 cases", "1 case"."""
    after = pl.when(pl.col(text) == "1").then("after_one").otherwise("after")
    return fronted(text) + after


def gap_text(text: str) -> pl.Expr:
    """A difference, already text, with its unit: "7.3 points", "£5", "2 cases", "1 case"."""
    after = pl.when(pl.col(text) == "1").then("gap_after_one").otherwise("gap_after")
    return fronted(text) + after


def exactly(value: float, decimals: int, most: int | None = None) -> str:
    """The number as text at the decimals given, or more where those would change it.

    A number that no one can have written, such as a third, is printed as one `worked_out`, with
    none or `most` decimals where those are given.
    """
    at_most = MOST_DECIMALS - 3
    needed = int(needed_decimals(pl.Series([value]), pl.Series([decimals]), at_most)[0])
    is_whole = abs(float(round_half_up(np.array([value]), needed)[0]) - value) <= 1e-9 * abs(value)
    if not is_whole:
        return worked_out(value, decimals, most)
    return str(shown(value, max(needed, most) if most and needed else needed))


def worked_out(value: float, decimals: int, most: int | None = None) -> str:
    """A number that was worked out, as text: with two decimals more at most, and no dust.

    With none or `most` decimals, where those are given.
    """
    needed = int(fewest_decimals(pl.Series([value]), pl.Series([decimals]))[0])
    return str(shown(value, min(needed, 1) * most if most else needed))


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


def fewest_decimals(values: pl.Series, decimals: pl.Series, more: int = MORE) -> pl.Series:
    """How many decimals a number that was worked out is printed with.

    As many as it needs to be seen as it is, from `decimals` to `more` beyond them, and no nought
    at the end that only rounding put there: 168.96 keeps both of its decimals, 168.9996 has none.
    """
    numbers = values.cast(pl.Float64).fill_null(0.0).fill_nan(0.0).to_numpy()
    least = decimals.cast(pl.Int64).fill_null(0).to_numpy()
    most = np.minimum(least + more, MOST_DECIMALS)
    best, needed = round_half_up(numbers, most), least.copy()
    dust = 1e-9 * np.maximum(np.abs(numbers), 1e-6)
    for _ in range(more):
        cut = np.abs(round_half_up(numbers, needed) - best) > dust
        needed = needed + (cut & (needed < most))
    return pl.Series(needed)


def tolerance_words(amount: float, measure: Measure) -> str:
    """The width of "close" in the measure's unit: "0.35 points", "8.45 admissions", "1 case"."""
    unit = unit_of(measure)
    return unit.gap_of(worked_out(amount, measure.decimals, unit.most_decimals))


def chance_words(chance: float) -> str:
    """A chance in per cent; never certain: "23%", "under 1%", "over 99%"."""
    if chance < 0.01:
        return "under 1%"
    return "over 99%" if chance > 0.99 else f"{chance:.0%}"


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
    """The frame with columns of text: name = (column of numbers, column of decimals).

    Pounds that have decimals have two at least, in a frame that knows its units.
    """
    return frame.with_columns(
        shown_column(frame[number], _with_pence(frame, frame[decimals].fill_null(0))).alias(name)
        for name, (number, decimals) in columns.items()
    )


def _with_pence(frame: pl.DataFrame, decimals: pl.Series) -> pl.Series:
    if "most_decimals" not in frame.columns:
        return decimals
    most, wanted = pl.col("most_decimals"), pl.lit(decimals)
    pence = most.is_not_null() & (wanted > 0)
    return frame.select(
        pl.when(pence).then(pl.max_horizontal(wanted, most)).otherwise(wanted)
    ).to_series()


def to_the_penny(rows: pl.DataFrame, decimals: pl.Series) -> pl.Series:
    """Decimals of numbers that were worked out: of pounds no more than pence."""
    fewer = pl.min_horizontal(pl.lit(decimals), "most_decimals")
    return rows.select(fewer).to_series()


def parting(broken: SeriesBreak, later: Period) -> str:
    """Why two periods cannot be compared, and from when, unless it is from the later one on."""
    if broken.since.start == later.start:
        return broken.reason
    return f"{broken.reason.strip().rstrip('.')} (from {broken.since.label()})."


def in_period(label: str) -> pl.Expr:
    """When: "in November 2025", "in the week beginning 2 March 2026", "at 30 September 2025"."""
    return _when("in", label)


def for_period(label: str) -> pl.Expr:
    """Of when: "for November 2025", "at 30 September 2025"."""
    return _when("for", label)


def _when(word: str, label: str) -> pl.Expr:
    said = pl.col(label)
    at, named = said.str.starts_with("at "), said.str.contains(r"^(?:week beginning|12 months to) ")
    the = pl.when(named).then(pl.lit(f"{word} the ")).otherwise(pl.lit(f"{word} "))
    return pl.when(at).then(said).otherwise(the + said)


def not_over(label: str) -> pl.Expr:
    """That a period, or a day, was not over on the day of the build, in `as_of_words`."""
    said = pl.col(label)
    at = said.str.starts_with("at ")
    day = said.str.strip_prefix("at ") + pl.lit(" has not come at ")
    begun = pl.when(at).then(day).otherwise(capital(said) + pl.lit(" is not finished at "))
    return begun + pl.col("as_of_words")


def capital(text: pl.Expr) -> pl.Expr:
    """The text with a capital, as a sentence begins."""
    return text.str.slice(0, 1).str.to_uppercase() + text.str.slice(1)


def sentence(text: str) -> str:
    """The text with a full stop, when it has no stop of its own."""
    text = text.strip()
    return text if not text or text[-1] in ".!?" else f"{text}."


def full_stop(text: pl.Expr) -> pl.Expr:
    """`sentence` over a column."""
    trimmed = text.str.strip_chars()
    ended = trimmed.str.contains(r"[.!?]$")
    return pl.when(ended).then(trimmed).otherwise(trimmed + ".")
