"""What a series says over time: its trend in sentences, and questions to those who know."""

from __future__ import annotations

from datetime import date

import polars as pl

from outturn.commands.opened import Opened
from outturn.framework import Measure
from outturn.judgement.movement import in_words, movements
from outturn.judgement.trend import no_series
from outturn.terms.period import Period


def over_time(
    opened: Opened,
    measure: Measure,
    place: str,
    breakdown: str,
    category: str,
    until: Period | None = None,
) -> list[str]:
    """The sentences about one series: that of most figures, or the one that ends with a period."""
    here = (
        (pl.col("measure") == measure.id)
        & (pl.col("place") == place)
        & (pl.col("breakdown") == breakdown)
        & (pl.col("category") == category)
    )
    as_of = date.fromisoformat(dict(opened.kept.arguments)["as_of"])
    calendar = opened.partnership.calendar
    held = opened.kept.scan("values").filter(here).collect()
    rows = movements(
        held,
        measures=opened.partnership.measures,
        calendar=calendar,
        as_of=min(as_of, until.end) if until else as_of,
    )
    if until:
        rows = rows.filter(pl.col("grain") == until.kind(calendar), pl.col("last") == until.key)
    found = rows.sort("figures", descending=True, maintain_order=True).head(1)
    said = [line for row in found.rows(named=True) for line in in_words(row, measure, calendar)]
    of_years = until is None or until.kind(calendar) == "range of years"
    shared = no_series(held["period"] if of_years else (), calendar)
    return [*said, shared] if shared else said
