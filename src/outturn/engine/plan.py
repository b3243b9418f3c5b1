"""What both engines agree on before they count: what is counted, where, and what is refused."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from outturn.contracts.model import Contract
from outturn.engine.periods import Wanted
from outturn.framework.countable import period_column, uncountable
from outturn.framework.model import SQUARES, Breakdown, Condition, Measure, Tally
from outturn.framework.totals import one_level
from outturn.terms.errors import Mistake
from outturn.terms.period import Calendar, Period
from outturn.terms.records import NO_NUMERATOR

__all__ = [
    "PART_OF_DENOMINATOR",
    "PART_OF_NUMERATOR",
    "UNKNOWN",
    "conditions",
    "counted",
    "divided",
    "evidence",
    "mistakes",
    "mixed_totals",
    "period_column",
    "periods_over",
    "reaches_from",
    "reaching_back",
    "rolls_up",
    "squares",
    "unsupplied",
    "watched",
]

UNKNOWN = "Unknown"  # the category of a row whose cell is empty
PART_OF_NUMERATOR = "Part of the numerator was not supplied."
PART_OF_DENOMINATOR = "Part of the denominator was not supplied."


def counted(measures: Iterable[Measure]) -> list[Measure]:
    """The measures that are counted from rows; the others are reported or worked out."""
    return [one for one in measures if one.numerator is not None]


def rolls_up(measure: Measure) -> bool:
    """Whether the rows of a place count for the places above it too.

    They do as well for a mean of members: judgement sets its figure in the place of theirs.
    """
    return measure.aggregate != "published"


def unsupplied(
    measure: Measure,
    supplied: Collection[str],
    asked: Collection[str],
    above: Mapping[str, Sequence[str]],
) -> dict[str, str]:
    """Why a place has no numerator, of those that lack one because nothing of it was supplied.

    `supplied` are the places with rows in the table of that word, or in the numerator's; `asked`
    those with rows of the denominator; `above` gives for each place those that its rows count for.
    A place is supplied by rows of its own, of a place under it, or of one above it up to the place
    of the figure.
    """
    lines = {one: tuple(above.get(one, (one,))) if rolls_up(measure) else (one,) for one in asked}
    have = set(supplied)
    under = {code for one in have for code in above.get(one, (one,))} if rolls_up(measure) else have
    lacking: dict[str, list[bool]] = {}
    for one, line in lines.items():
        for place in line:
            between = have.intersection(each for each in line if place in above.get(each, (each,)))
            lacking.setdefault(place, []).append(one not in under and not between)
    return {
        place: NO_NUMERATOR if all(gaps) else PART_OF_NUMERATOR
        for place, gaps in lacking.items()
        if any(gaps)
    }


def reaches_from(
    measure: Measure, first_rows: Mapping[str, date], above: Mapping[str, Sequence[str]]
) -> dict[str, date]:
    """The first day from which every place that counts for a place has records.

    `first_rows` gives for each place the first date that its sources have in the column that tells
    how far the rows reach. Where the records of one place begin later than those of another, both
    together begin with the later.
    """
    found: dict[str, date] = {}
    for one, day in first_rows.items():
        for place in above.get(one, (one,)) if rolls_up(measure) else (one,):
            found[place] = max(found.get(place, date.min), day.replace(day=1))
    return found


def reaching_back(first: date, calendar: Calendar) -> str:
    """Why a period that begins before the records do has no figure."""
    return f"The records reach back to {Period(first, 1, 'M').label(calendar)} only."


def evidence(measure: Measure) -> Tally | None:
    """The rows that show a place to have supplied a table, so that nothing counted is 0.

    With a denominator that is the evidence; without a condition every row is counted anyway. Of
    those that are open, whatever has begun by the end of a period shows it, though it has ended.
    """
    numerator = measure.numerator
    if numerator is None or measure.denominator or measure.missing == "not available":
        return None
    if numerator.how == "open":
        return replace(numerator, column="", where=(), closes="")
    if not conditions(numerator):
        return None
    return Tally(table=numerator.table, how="count", on=numerator.on)


def squares(measure: Measure) -> Tally | None:
    """The squares of the weights of the answers in the denominator, where it is of weights."""
    if measure.denominator is None or not measure.is_weighted:
        return None
    return replace(measure.denominator, how=SQUARES)


def conditions(tally: Tally) -> tuple[Condition, ...]:
    """What a row must meet to be tallied: of a median, its column must be filled as well, and so
    must the weight of an answer."""
    needs_cell = tally.is_histogram or tally.is_weighted or tally.how == SQUARES
    filled = (Condition(tally.column, "present"),) if needs_cell else ()
    return (*tally.where, *filled)


def divided(measure: Measure, contract: Contract) -> tuple[Breakdown, ...]:
    """The breakdowns of the measure that a table can be divided by."""
    return tuple(one for one in measure.breakdowns if one.column in contract.names)


def mixed_totals(
    tally: Tally, breakdowns: Iterable[Breakdown], contract: Contract
) -> dict[str, tuple[str, ...]]:
    """The columns of breakdowns in which totals and their parts are both counted, with the totals.

    For each figure a place then takes the rows of a period in which the fewest of these columns
    hold a total, and of such rows those of one kind: a total never stands beside its parts.
    """
    columns = {one.column for one in breakdowns} & set(contract.totals)
    return {
        column: tuple(contract.totals[column])
        for column in sorted(columns)
        if not one_level(tally, column, tuple(contract.totals[column]))
    }


def watched(measure: Measure) -> bool:
    """Whether a figure could be made of parts that do not belong together, or of too few."""
    return measure.denominator is not None or measure.missing == "not available"


def mistakes(measures: Iterable[Measure], contracts: Mapping[str, Contract]) -> Iterator[Mistake]:
    """What cannot be counted: `framework.check` tells the same of a partnership's folder."""
    for measure in counted(measures):
        yield from uncountable(measure, contracts)


def periods_over(measure: Measure, tally: Tally, wanted: Wanted) -> tuple[Period, ...]:
    """The periods over which a tally is counted one by one, and then added.

    The population of a year is taken once under a mean of months: it is no sum of months.
    """
    once = tally.of_year and measure.roll_up == "mean"
    return (wanted.period,) if once else wanted.over
