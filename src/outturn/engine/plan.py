"""What both engines agree on before they count: what is counted, where, and what is refused."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from outturn.contracts.model import Contract
from outturn.contracts.reach import Reach, of_several_places
from outturn.engine.periods import Wanted
from outturn.framework.countable import period_column, uncountable
from outturn.framework.means import has_squares
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
    "in_part",
    "mistakes",
    "mixed_totals",
    "not_covered",
    "parts_of",
    "period_column",
    "periods_over",
    "reaches_of",
    "reaching_tables",
    "rolls_up",
    "squares",
    "telling_gaps",
    "unsupplied",
    "watched",
]

UNKNOWN = "Unknown"  # the category of a row whose cell is empty
PART_OF_NUMERATOR = "Part of the numerator was not supplied."
PART_OF_DENOMINATOR = "Part of the denominator was not supplied."
# Of a mean, a number further from 0 has no square: one stray cell must not pass what a database can
# add up. In millionths of millionths that is 38 digits, the squares of ten thousand million others.
LARGEST = 10**8


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


def telling_gaps(
    measure: Measure, contracts: Mapping[str, Contract]
) -> tuple[tuple[str, str], ...]:
    """The tables, each with the column of its periods, whose rows show that a period was supplied.

    That of the numerator, and what the measure names as `supplied`. None where one of them does not
    hold events: a period without a row is then no chance.
    """
    tally = measure.numerator
    assert tally
    asked = {(tally.table, period_column(tally, contracts[tally.table])): None}
    if measure.supplied in contracts and contracts[measure.supplied].period:
        asked[measure.supplied, contracts[measure.supplied].period] = None
    return tuple(asked) if all(contracts[name].events for name, _ in asked) else ()


def reaching_tables(
    measure: Measure,
    contracts: Mapping[str, Contract],
    sources: Callable[[str], Collection[str | None]],
) -> tuple[str, ...]:
    """The tables of which it matters to a measure how far their rows reach, its numerator's first.

    `contracts` are those of the tables that are there, and `sources` gives the sources of one. A
    derived table reaches no further than the records that it is made of, which stand before it.
    The population that a figure is divided by is that of its year, whenever the rows of it begin.
    """
    sides = [measure.numerator, measure.denominator]
    asked = dict.fromkeys(
        one.table for n, one in enumerate(sides) if one and not (n and one.of_year)
    )
    found: dict[str, None] = {}
    for name in asked:
        if name in contracts:
            found |= dict.fromkeys([*_records_behind(name, contracts, sources), name])
    return tuple(name for name in found if contracts[name].reaches)


def _records_behind(
    name: str, contracts: Mapping[str, Contract], sources: Callable[[str], Collection[str | None]]
) -> list[str]:
    """The tables that a derived one is made of, where they are there.

    Its rows have the sources of the first of them. One whose rows are of other sources is not made
    here: a partnership holds it by itself, perhaps of more years than of those records.
    """
    behind = [one for one in contracts[name].reach_of if one in contracts]
    made_here = behind[:1] == [*contracts[name].reach_of[:1]] and behind
    return behind if made_here and {*sources(name)} & {*sources(behind[0])} else []


def reaches_of(
    measure: Measure, places: Mapping[str, Reach], above: Mapping[str, Sequence[str]]
) -> dict[str, Reach]:
    """The months, or weeks, that are covered of every place that counts for a place.

    `places` has those of each place that has rows. Where the records of one place begin later than
    those of another, both together begin with the later, and they end with the earlier end.
    """
    found: dict[str, list[Reach]] = {}
    for one, reach in places.items():
        for place in above.get(one, (one,)) if rolls_up(measure) else (one,):
            found.setdefault(place, []).append(reach)
    return {place: of_several_places(each) for place, each in found.items()}


def parts_of(
    measure: Measure, parts: Mapping[str, Collection[date]], above: Mapping[str, Sequence[str]]
) -> dict[str, list[date]]:
    """The days, or weeks, of which a place that counts for a place has a part only, in order."""
    found: dict[str, set[date]] = {}
    for one, days in parts.items():
        for place in above.get(one, (one,)) if rolls_up(measure) else (one,):
            found.setdefault(place, set()).update(days)
    return {place: sorted(days) for place, days in found.items()}


def in_part(day: date, contract: Contract, calendar: Calendar) -> str:
    """Why a period with a day, or week, of which the records hold a part only has no figure."""
    when = Period(day, 7 if contract.weekly else 0, "D").label(calendar)
    article = "the " if contract.weekly else ""
    said = f"The records of '{contract.title or contract.name}' hold {article}{when} in part only."
    why = contract.field(contract.in_part).title
    return f"{said} {why}." if why else said


def not_covered(reach: Reach, contract: Contract, calendar: Calendar) -> str:
    """Why a period that the records do not cover has no figure: the same by whatever route."""
    unit = "week" if contract.weekly else "month"
    records = f"The records of '{contract.title or contract.name}'"

    def said(day: date) -> str:
        if contract.weekly:
            return f"the {Period(day, 7, 'D').label(calendar)}"
        return Period(day, 1, "M").label(calendar)

    if reach.last is None:
        return f"{records} reach back to {said(reach.first)} only."
    if reach.last < reach.first:
        return f"{records} cover no {unit} for all the places that are put together here."
    if reach.last == reach.first:
        return f"{records} are of {said(reach.first)} only."
    return f"{records} reach from {said(reach.first)} to {said(reach.last)} only."


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
    """The squares of the weights of the answers in the denominator, where it is of weights; of a
    mean, those of the numbers that the numerator adds up, as far as each row has one."""
    if measure.denominator and measure.is_weighted:
        return replace(measure.denominator, how=SQUARES)
    if measure.numerator is None or not has_squares(measure):
        return None
    numbers = measure.numerator
    small = Condition(numbers.column, "between", (-LARGEST, LARGEST))
    return replace(numbers, how=SQUARES, where=(*numbers.where, small))


def conditions(tally: Tally) -> tuple[Condition, ...]:
    """What a row must meet to be tallied: of a median, its column must be filled as well, and so
    must the weight of an answer and what has a square."""
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
