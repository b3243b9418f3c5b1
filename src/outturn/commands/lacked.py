"""Which figures of a partnership the rows that were set aside could change."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from outturn.contracts.model import Contract
from outturn.engine.touched import touched
from outturn.framework.model import Partnership
from outturn.framework.places import added_up


def figures_touched(
    figures: pl.DataFrame,
    partnership: Partnership,
    contracts: Mapping[str, Contract],
    lacked: Mapping[str, pl.DataFrame],
) -> pl.DataFrame:
    """A TOUCHED frame of the figures (measure, place, period), by the partnership's own places."""
    return touched(
        figures,
        partnership.measures,
        lacked,
        contracts=contracts,
        above=added_up(partnership.places, partnership.hierarchy, partnership.tops),
        calendar=partnership.calendar,
    )
