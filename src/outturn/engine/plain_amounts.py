"""What some rows come to, in whole numbers: counted, added up, the different ones, a percentile."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

from outturn.contracts.model import Contract
from outturn.engine.plain_rows import Row, cell_of
from outturn.framework.model import SQUARES, Tally
from outturn.statistics.waits import limit_ranks

MILLIONTHS = 1_000_000


def _number_of(rows: Sequence[Row], tally: Tally) -> int:
    return len(rows)


def _sum_of(rows: Sequence[Row], tally: Tally) -> int:
    """Whole numbers as they are; others in millionths, so that no order of adding can matter."""
    cells = [cell for row in rows if (cell := cell_of(row, tally.column)) is not None]
    return sum(
        math.floor(cell * MILLIONTHS + 0.5) if isinstance(cell, float) else cell for cell in cells
    )


def _squares_of(rows: Sequence[Row], tally: Tally) -> int:
    """The squares of what `_sum_of` adds: of numbers, in millionths of millionths."""
    return sum(_sum_of([row], tally) ** 2 for row in rows)


def _distinct_of(rows: Sequence[Row], tally: Tally) -> int:
    """How many values come in so many rows as are asked for; an empty cell is no value."""
    cells = [cell_of(row, tally.column) for row in rows]
    return sum(1 for value in set(cells) - {None} if cells.count(value) >= tally.times)


def _open_of(rows: Sequence[Row], tally: Tally) -> int:
    """The rows are those that are open; without a column they count themselves."""
    if not tally.column:
        return len(rows)
    return len({cell_of(row, tally.column) for row in rows} - {None})


def _percentile_of(rows: Sequence[Row], tally: Tally) -> int:
    """The percentile as so many parts of a whole number as its fraction has: of a median, halves.

    It lies among the values in order, at the fraction of the way from the first to the last; where
    it falls between two of them, in proportion.
    """
    part, parts = tally.percentile
    values = sorted(cell_of(row, tally.column) for row in rows)
    place, beyond = divmod((len(values) - 1) * part, parts)
    if not beyond:
        return int(values[place] * parts)
    return int(values[place] * parts + (values[place + 1] - values[place]) * beyond)


def limits_of(rows: Sequence[Row], tally: Tally) -> tuple[int | None, int | None]:
    """The values at the places that the limits of the percentile have; None where there is none."""
    values = sorted(cell_of(row, tally.column) for row in rows)
    lower, upper = (int(place[0]) for place in limit_ranks([len(values)], tally.at))
    return (values[lower - 1] if lower else None, values[upper - 1] if upper else None)


AMOUNTS: dict[str, Callable[[Sequence[Row], Tally], int]] = {
    "count": _number_of,
    "sum": _sum_of,
    "weights": _sum_of,
    SQUARES: _squares_of,
    "distinct": _distinct_of,
    "open": _open_of,
    "median": _percentile_of,
    "percentile": _percentile_of,
}


def unit_of(tally: Tally | None, contracts: Mapping[str, Contract]) -> int:
    """How many of the whole numbers make one: a million where a column of numbers is added."""
    if tally is None or not tally.adds_cells:
        return 1
    unit = MILLIONTHS**2 if tally.how == SQUARES else MILLIONTHS
    return unit if contracts[tally.table].field(tally.column).type == "number" else 1
