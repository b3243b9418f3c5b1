"""Answers counted by their sampling weights: what a definition must say to be a share of them."""

from __future__ import annotations

from collections.abc import Iterator

from outturn.contracts import Contract
from outturn.framework.mentions import wrong
from outturn.framework.model import Measure, Tally
from outturn.framework.section import Section
from outturn.terms.errors import Mistake

_OF_COUNTS = ("P", "P'", "U", "U'")  # control charts whose limits are those of whole counts


def weights_mistakes(file: Section, measure: Measure) -> None:
    """Weights stand on both sides of a proportion, and are the same ones."""
    sides = {"numerator": measure.numerator, "denominator": measure.denominator}
    weighted = {name: one for name, one in sides.items() if one and one.is_weighted}
    if not weighted:
        return
    if measure.kind != "proportion":
        file.wrong(
            "kind",
            f"Weighted answers make a share, and the measure is of kind '{measure.kind}'.",
            'Write kind = "proportion", or sum = "the column" for a plain sum.',
        )
    elif len(weighted) < 2:
        other = next(name for name in sides if name not in weighted)
        file.wrong(
            other,
            "One side counts answers by their weights, and the other does not.",
            'Write weights = "the column" on both sides.',
        )
    elif len({(one.table, one.column) for one in weighted.values()}) > 1:
        file.wrong(
            "denominator",
            "The two sides do not count the same answers by the same weights.",
            "Name one table and one column of weights on both sides.",
        )
    if any(one.of_year for one in weighted.values()):
        file.wrong(
            "of_year",
            "'of_year' says nothing of weighted answers, which count where they were given.",
            "Take the word out.",
        )
    if measure.chart in _OF_COUNTS:
        file.wrong(
            "chart",
            f"A {measure.chart} chart has the limits of whole counts, and a sum of weights is no "
            "count.",
            "Leave the word out for an XmR chart, which any figure may have.",
        )


def column_mistakes(where: str, tally: Tally, contract: Contract) -> Iterator[Mistake]:
    """What of the column itself keeps it from being weights."""
    found = next((one for one in contract.fields if one.name == tally.column), None)
    if not tally.is_weighted or found is None:
        return
    if found.type not in ("integer", "number"):
        yield wrong(
            where,
            f"The column '{tally.column}' does not hold numbers.",
            "Name the column of the weights, or count the rows instead.",
        )
    elif not isinstance(found.minimum, int | float) or found.minimum < 0:
        yield wrong(
            where,
            f"The contract '{contract.name}' does not say that '{tally.column}' is never below 0, "
            "and a weight never is.",
            'Add "constraints": {"minimum": 0} to the column in its contract.',
        )
