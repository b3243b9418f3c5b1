"""What both engines agree on before they count: what is counted, where, and what is refused."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from outturn.contracts.model import Contract
from outturn.engine.periods import Wanted
from outturn.framework.model import Breakdown, Condition, Measure, Tally
from outturn.terms.errors import DefinitionMistake, Mistake
from outturn.terms.period import Period

UNKNOWN = "Unknown"  # the category of a row whose cell is empty
NO_NUMERATOR = "No numerator was supplied."
NO_DENOMINATOR = "No denominator was supplied."
INCOMPLETE = "Part of the period was not supplied."


def counted(measures: Iterable[Measure]) -> list[Measure]:
    """The measures that are counted from rows; the others are reported or worked out."""
    return [one for one in measures if one.numerator is not None]


def rolls_up(measure: Measure) -> bool:
    """Whether the rows of a place count for the places above it too.

    They do as well for a mean of members: judgement sets its figure in the place of theirs.
    """
    return measure.aggregate != "published"


def evidence(measure: Measure) -> Tally | None:
    """The rows that show a place to have supplied a table, so that nothing counted is 0.

    With a denominator that is the evidence; without a condition every row is counted anyway.
    """
    numerator = measure.numerator
    if numerator is None or measure.denominator or measure.missing != "zero" or not numerator.where:
        return None
    return Tally(table=numerator.table, how="count")


def divided(measure: Measure, contract: Contract) -> tuple[Breakdown, ...]:
    """The breakdowns of the measure that a table can be divided by."""
    return tuple(one for one in measure.breakdowns if one.column in contract.names)


def left_out(
    tally: Tally, breakdowns: Iterable[Breakdown], contract: Contract
) -> dict[str, tuple[str, ...]]:
    """The members of a breakdown's column that are totals of the others, unless asked for."""
    columns = {one.column for one in breakdowns} & set(contract.totals)
    return {
        column: contract.totals[column]
        for column in sorted(columns)
        if not _settled(tally, column, contract.totals[column])
    }


def mistakes(measures: Iterable[Measure], contracts: Mapping[str, Contract]) -> Iterator[Mistake]:
    """What cannot be counted, beyond what `framework.check` has seen to."""
    for measure in counted(measures):
        for name, tally in (("numerator", measure.numerator), ("denominator", measure.denominator)):
            contract = contracts[tally.table] if tally else None
            if contract and not (contract.place and contract.period):
                yield DefinitionMistake(
                    where=f"{measure.file or measure.id}, {name}",
                    problem=f"The table '{contract.name}' does not say where or when its rows are.",
                    remedy="Name the columns for place and period in its contract.",
                )
        for one in measure.breakdowns:
            numerator = contracts[measure.numerator.table] if measure.numerator else None
            if numerator and numerator.field(one.column).type == "number":
                yield DefinitionMistake(
                    where=f"{measure.file or measure.id}, breakdown",
                    problem=f"The column '{one.column}' holds numbers, which are not categories.",
                    remedy="Name a column of text, whole numbers or dates.",
                )


def _settled(tally: Tally, column: str, totals: tuple[str, ...]) -> bool:
    """Whether the conditions keep one total and nothing else, or no total at all."""
    tests = [one for one in tally.where if one.column == column]
    only = [one.bounds for one in tests if one.word in ("is", "one_of") and len(one.bounds) == 1]
    return bool(only) or not any(all(_keeps(test, total) for test in tests) for total in totals)


def _keeps(condition: Condition, total: str) -> bool:
    """Whether a total may pass a condition; the words not named here are no help in saying so."""
    match condition.word:
        case "is" | "one_of":
            return total in condition.bounds
        case "is_not" | "none_of":
            return total not in condition.bounds
        case "absent":
            return False
    return True


def periods_over(measure: Measure, tally: Tally, wanted: Wanted) -> tuple[Period, ...]:
    """The periods over which a tally is counted one by one, and then added.

    The population of a year is taken once under a mean of months: it is no sum of months.
    """
    once = tally.of_year and measure.roll_up == "mean"
    return (wanted.period,) if once else wanted.over
