"""Columns whose members include totals of the others: when a tally would count them twice."""

from __future__ import annotations

from collections.abc import Iterator

from outturn.contracts import Contract
from outturn.framework.model import Condition, Measure, Tally
from outturn.terms.errors import DefinitionMistake, Mistake


def one_level(tally: Tally, column: str, totals: tuple[str, ...]) -> bool:
    """Whether the conditions keep one member of the column and no other, or no total at all."""
    tests = [one for one in tally.where if one.column == column]
    only = [one for one in tests if one.word in ("is", "one_of") and len(set(one.bounds)) == 1]
    return bool(only) or not any(all(_keeps(test, total) for test in tests) for total in totals)


def _keeps(condition: Condition, total: str) -> bool:
    """Whether a total may pass a condition; the words not named here are no help in saying so."""
    bounds = [str(bound) for bound in condition.bounds]
    match condition.word:
        case "is" | "one_of":
            return total in bounds
        case "is_not" | "none_of":
            return total not in bounds
        case "absent":
            return False
    return True


def totals_mistakes(
    measure: Measure, word: str, tally: Tally, contract: Contract
) -> Iterator[Mistake]:
    """A sum across a column whose members include totals would count the same thing twice."""
    for column, totals in contract.totals.items():
        divided = any(one.column == column for one in measure.breakdowns)
        if not divided and not one_level(tally, column, tuple(totals)):
            listed = ", ".join(f"'{one}'" for one in totals)
            yield DefinitionMistake(
                where=f"{measure.file}, {word}",
                problem=f"The column '{column}' of '{contract.name}' mixes totals with their "
                "parts.",
                remedy=f"Add a condition on {column}: pin it to one of {listed}, or leave these "
                "out.",
            )
