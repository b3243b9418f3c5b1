"""The outturn of a year that is not over, as a distribution made from its months or quarters.

It takes the place of a plain straight line, of last year's profile and of a figure so far that
stands, where no `profile` of the target asks for one of them and a year of figures lies behind.
With less than two years it is as wide as similar series erred (similar_series.py), and says so.
A measure made of others, which its own months do not foretell, is drawn from theirs.
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from outturn.judgement.forecasts import NO_COUNTS, on_a_day, part_alone
from outturn.judgement.formula_ends import told_of_formulas
from outturn.judgement.history import CELL
from outturn.judgement.known_events import acting, last_month
from outturn.judgement.levels_since import with_levels_since
from outturn.judgement.months import RATIO, base_periods, moments, months_of
from outturn.judgement.year_end_moments import (
    AT_ONCE,
    DRAWN,
    FORESEEN,
    Known,
    Moment,
    lines,
    obstacles,
    unhindered,
)
from outturn.statistics.rounding import shown_column

_TOLD = {
    "_row": pl.UInt32,
    "_median": pl.Float64,
    "_method": pl.String,
    "_over": pl.Float64,
    "drawn_lower": pl.Float64,
    "drawn_upper": pl.Float64,
}
_READ = (  # of the rows
    "_row", *CELL, "period", "year", "value", "per", "decimals", "is_share", "counted", "in_counts",
    "from_start", "low", "high", "low_strict", "high_strict", "at_limit", "rounded_to",
    "may_be_below",
)  # fmt: skip
_FORECAST = ("how", "forecast", "forecast_shown", "forecast_method")
_REPLACED = ("straight", "profile", "stands")


def with_year_ends(rows: pl.DataFrame, known: Known) -> pl.DataFrame:
    """The judged rows with FORESEEN, and `forecast`, its words and `how` where one was drawn.

    `over_year` is the denominator expected of the whole year, where the figure is a total over a
    total; `drawn_lower` and `drawn_upper` are the 95% limits of what was drawn.
    Where nothing is drawn the row stays as it is, and FORESEEN is null; but no other forecast
    goes on across a step or a break (levels_since.py).
    """
    rows = rows.with_row_index("_row")
    told = _told(rows.filter(_may_be_drawn()).select(_READ), known)
    rows = rows.join(told, on="_row", how="left", maintain_order="left")
    drawn = pl.col("_median").is_not_null()
    rows = rows.with_columns(
        forecast=pl.when(drawn).then("_median").otherwise("forecast"),
        forecast_method=pl.when(drawn).then("_method").otherwise("forecast_method"),
        how=pl.when(drawn).then(pl.lit(DRAWN)).otherwise("how"),
        over_year="_over",
    )
    said = shown_column(rows["forecast"], rows["decimals"])
    shown = pl.when(drawn).then(said).otherwise("forecast_shown")
    rows = rows.with_columns(forecast_shown=shown).drop("_row", "_median", "_method", "_over")
    return _without_parts_alone(with_levels_since(rows, known), known)


def _without_parts_alone(rows: pl.DataFrame, known: Known) -> pl.DataFrame:
    """The rows, where no month or quarter by itself is taken for the year that it is a part of.

    Of a proportion, a rate or a mean whose year is that of all its months together, it is one part
    of the counts. A stock's latest month is what the year ends with if it stands, and where
    `roll_up` is "none" no year is made of months: the latest stands, for a target of each of them.
    """
    added = [id for id, one in known.measures.items() if one.roll_up == "sum"]
    goes_on = ~pl.col("year_finished") & ~pl.col("whole") & ~on_a_day()
    alone = (pl.col("how") == "stands") & ~pl.col("from_start") & goes_on
    counts = pl.col("numerator").is_not_null() & pl.col("denominator").is_not_null()
    alone = (alone & pl.col("measure").is_in(added)).fill_null(False)
    return rows.with_columns(
        *(pl.when(~alone).then(name).alias(name) for name in _FORECAST),
        forecast_why=pl.when(alone & counts)
        .then(part_alone())
        .when(alone)
        .then(part_alone(NO_COUNTS))
        .otherwise("forecast_why"),
    )


def _may_be_drawn() -> pl.Expr:
    """Whether the rule of a row without a distribution is the usual one, and the year goes on."""
    usual = pl.col("how").is_in(_REPLACED) & (pl.col("profile").fill_null("") == "")
    so_far = pl.col("from_start") | (pl.col("how") == "stands")
    return (usual & so_far & ~pl.col("year_finished") & ~pl.col("whole")).fill_null(False)


def _told(rows: pl.DataFrame, known: Known) -> pl.DataFrame:
    """A row for each that has a distribution, by its `_row`."""
    schema = {**_TOLD, **FORESEEN}
    found = _told_of_months(rows, known)
    left = rows.filter(~pl.col("_row").is_in([line[0] for line in found]))
    found.extend(told_of_formulas(left, known))
    return pl.DataFrame(found, schema=schema, orient="row")


def _told_of_months(rows: pl.DataFrame, known: Known) -> list[tuple[object, ...]]:
    """A line for each that has a distribution made from months of its own."""
    cells = rows.select(CELL).unique(maintain_order=True)
    cells = cells.with_columns(_cell=pl.int_range(pl.len(), dtype=pl.Int64))
    base = base_periods(known.values, cells) if rows.height else None
    if base is None or base.is_empty():
        return []
    asked = moments(rows.join(cells, on=CELL, maintain_order="left"), base, known.measures)
    latest = pl.col("at") == pl.col("at").max().over("_cell", "year")
    asked = asked.with_columns(_latest=latest, _acts=_acts(asked, known))
    found: list[tuple[object, ...]] = []
    for part in asked.partition_by("way", "step", "known", "_acts", maintain_order=True):
        for some in part.iter_slices(AT_ONCE):
            found.extend(_drawn(some, base, known))
    return found


def _acts(asked: pl.DataFrame, known: Known) -> pl.Series:
    """Which events act on each moment, as a text by which moments alike are drawn together."""
    if not known.events:
        return pl.repeat("", asked.height, dtype=pl.String, eager=True)
    cells = asked.select("measure", "place", "breakdown", "at", "known", "step").iter_rows()
    found = (
        acting(known.events, (measure, place, part), at, last_month(at, over, step), known.home)
        for measure, place, part, at, over, step in cells
    )
    numbers = {id(one): str(number) for number, one in enumerate(known.events)}
    return pl.Series(
        [",".join(numbers[id(one)] for one in acts) for acts in found], dtype=pl.String
    )


def _drawn(asked: pl.DataFrame, base: pl.DataFrame, known: Known) -> Iterator[tuple[object, ...]]:
    """What is told of moments of one way, step, number of periods known, and events."""
    asked = asked.with_columns(
        per_in_way=pl.when(pl.col("way") == RATIO).then("per").otherwise(1.0)
    )
    months = months_of(asked, base, known.measures)
    can = unhindered(obstacles(asked, months))
    asked, months = asked.filter(pl.Series(can)), months.only(can)
    if not asked.is_empty():
        yield from lines(Moment(asked, months, known))
