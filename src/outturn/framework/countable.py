"""What of a table's contract keeps a measure from being counted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from outturn.contracts import Contract
from outturn.framework.model import Measure, Tally
from outturn.terms.errors import DefinitionMistake, Mistake

# Base periods that follow one another, so that each has an end at which to ask who is open.
HAVING_ENDS = ("week", "month", "quarter", "year")


def period_column(tally: Tally, contract: Contract) -> str:
    """The column that says to which period a row belongs: of an open one, when it begins."""
    return tally.opens or tally.on or contract.period


def uncountable(measure: Measure, contracts: Mapping[str, Contract]) -> Iterator[Mistake]:
    """Rows must say where and when they are, and what divides them must be categories.

    Of a table without a contract nothing is said here.
    """
    for name, tally in (("numerator", measure.numerator), ("denominator", measure.denominator)):
        contract = contracts.get(tally.table) if tally else None
        where = f"{measure.file or measure.id}, {name}"
        if tally and contract and not (contract.place and period_column(tally, contract)):
            yield DefinitionMistake(
                where=where,
                problem=f"The table '{contract.name}' does not say where or when its rows are.",
                remedy="Name the columns for place and period in its contract.",
            )
        if tally and tally.how == "open" and measure.frequency not in HAVING_ENDS:
            listed = ", ".join(f"'{one}'" for one in HAVING_ENDS)
            yield DefinitionMistake(
                where=where,
                problem=f"Who is open cannot be asked with the frequency '{measure.frequency}'.",
                remedy=f"Give one of {listed}.",
            )
    counted = contracts.get(measure.numerator.table) if measure.numerator else None
    kinds = {field.name: field.type for field in counted.fields} if counted else {}
    for one in measure.breakdowns:
        if kinds.get(one.column) == "number":
            yield DefinitionMistake(
                where=f"{measure.file or measure.id}, breakdown",
                problem=f"The column '{one.column}' holds numbers, which are not categories.",
                remedy="Name a column of text, whole numbers or dates.",
            )
