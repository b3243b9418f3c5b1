"""What a definition counts, in words, for who reads no definition files."""

from __future__ import annotations

from outturn.framework.model import Condition, Measure, Tally

_WORDS = {
    "is": "is",
    "is_not": "is not",
    "one_of": "is one of",
    "none_of": "is none of",
    "at_least": "is at least",
    "at_most": "is at most",
    "above": "is above",
    "below": "is below",
    "between": "is between",
    "present": "is given",
    "absent": "is not given",
}


def counted_words(measure: Measure) -> str:
    """Numerator and denominator in one sentence; nothing where the definition names neither.

    What a definition says in words of its own goes before what can be read from it.
    """
    top = measure.numerator_is or _said(measure.numerator)
    bottom = measure.denominator_is or _said(measure.denominator)
    if not top:
        return ""
    # What the numerator is part of follows here, where a definition has said it before.
    top, bottom = _within(top.removeprefix("Of these, ") if bottom else top), _within(bottom)
    return f"Counts {top}, out of {bottom}." if bottom else f"Counts {top}."


def _within(text: str) -> str:
    """A text as it stands inside a sentence: "People of 65" without its capital, "NHS" with it."""
    return text[:1].lower() + text[1:] if text[1:2].islower() else text


def _said(tally: Tally | None) -> str:
    return f"the {tally_words(tally)}" if tally else ""


def tally_words(tally: Tally) -> str:
    """What is counted in which table and under which conditions.

    >>> tally_words(Tally("admissions", "sum", "days", (Condition("age", "at_least", (65,)),)))
    'sum of days in admissions where age is at least 65'
    >>> tally_words(Tally("admissions", "distinct", "person", times=2, on="left"))
    'distinct person with 2 rows or more in admissions by left'
    >>> tally_words(Tally("stays", "open", "person", opens="began", closes="ended"))
    'distinct person open at the end, from began to ended, in stays'
    """
    where = " and ".join(condition_words(one) for one in tally.where)
    by = f" by {tally.on}" if tally.on else ""
    return f"{_what(tally)} in {tally.table}{f' where {where}' if where else ''}{by}"


def _what(tally: Tally) -> str:
    match tally.how:
        case "count":
            return "rows"
        case "sum":
            return f"sum of {tally.column}"
        case "weights":
            return f"answers by their weights, {tally.column},"
        case "median":
            return f"median of {tally.column}"
        case "percentile":
            return f"{ordinal(tally.at)} percentile of {tally.column}"
        case "open":
            until = f"{tally.closes}{', that day included' if tally.last_day else ''}"
            return f"distinct {tally.column} open at the end, from {tally.opens} to {until},"
    often = f" with {tally.times} rows or more" if tally.times > 1 else ""
    return f"distinct {tally.column}{often}"


def ordinal(number: int) -> str:
    """ "90th", "75th", "91st"."""
    last = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10)
    return f"{number}{last or 'th'}"


def condition_words(condition: Condition) -> str:
    """One condition, as it is said of a row.

    >>> condition_words(Condition("age", "between", (65, 74)))
    'age is between 65 and 74'
    >>> condition_words(Condition("virtual", "is", (True,)))
    'virtual is true'
    """
    joined = " and " if condition.word == "between" else ", "
    bounds = joined.join(_as_written(bound) for bound in condition.bounds)
    return f"{condition.column} {_WORDS[condition.word]} {bounds}".strip()


def _as_written(bound: object) -> str:
    """As the definition file has it: true and false are small there."""
    return str(bound).lower() if isinstance(bound, bool) else str(bound)
