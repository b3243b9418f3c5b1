"""The limits of a measure's control chart, by the kind of chart that its file asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from outturn.framework.model import CHARTS, Measure
from outturn.judgement.control_series import SeriesTable
from outturn.statistics.attribute_charts import p_limits, u_limits
from outturn.statistics.chart_rules import Rule, SpecialCauses, special_causes
from outturn.statistics.control_charts import ControlLimits, xmr_limits
from outturn.statistics.rare_event_charts import g_limits, t_limits
from outturn.statistics.run_charts import FEWEST_FOR_RUNS, RunChart, run_chart
from outturn.statistics.series import Flags, Floats, Whole, in_segments

RUN = "run"
BETWEEN_EVENTS = ("T", "G")
_CENTRES = {"T": "centre", "G": "median", RUN: "median"}  # any other has its mean
_UNSCALED = ("points", "is_thin")


def centre_word(chart: str) -> str:
    """What the line in the middle of a chart is.

    >>> centre_word("XmR"), centre_word("run")
    ('mean', 'median')
    """
    return _CENTRES.get(chart, "mean")


def chart_limits(table: SeriesTable, figures: Floats) -> tuple[ControlLimits, Flags]:
    """The limits, and which series have those of the chart that was asked for.

    A series whose counts or figures do not allow it has the XmR chart, which any may have. A run
    chart has its median and no limits.
    """
    measure = table.measure
    of_figures = xmr_limits(figures, table.segment, screened=measure.screened)
    if measure.chart == CHARTS[0]:
        return of_figures, np.zeros(len(figures), dtype=bool)
    if measure.chart == RUN:
        median = median_of(figures, table.segment)
        everywhere = np.ones(figures.shape, dtype=bool)
        return without_limits(of_figures, everywhere, median), everywhere[:, 0]
    if measure.chart in BETWEEN_EVENTS:
        rows = _between(measure, figures)
        found = _between_limits(measure.chart, figures[rows], table.segment[rows])
    else:
        rows = follows_from_counts(measure, figures, table.of("numerator"), table.of("denominator"))
        found = _of_counts(table, figures, rows)
    scaled = {one.name: getattr(found, one.name) for one in fields(ControlLimits)}
    return _replaced(of_figures, rows, scaled), rows


def chart_causes(
    table: SeriesTable, figures: Floats, limits: ControlLimits, short: Flags
) -> SpecialCauses:
    """The special causes, by the rules of the chart; none where a segment is too short for it."""
    measure = table.measure
    if measure.chart == RUN:
        runs = run_chart(figures, table.segment)
        return _quiet(_causes_of_runs(runs), limits.points < FEWEST_FOR_RUNS)
    causes = special_causes(figures, limits, table.segment, trend=measure.trend_points)
    return _quiet(causes, short)


def runs_of(table: SeriesTable, figures: Floats) -> npt.NDArray[np.str_]:
    """How many runs about the median each cell's segment has, where noise would not have so many.

    "too few runs", "too many runs", or empty; empty too of every chart that is no run chart.
    """
    if table.measure.chart != RUN:
        return np.full(figures.shape, "", dtype="<U13")
    runs = run_chart(figures, table.segment)
    many = np.where(runs.has_too_many_runs, "too many runs", "")
    return np.where(runs.has_too_few_runs, "too few runs", many)


def median_of(figures: Floats, segment: Whole) -> Floats:
    within = in_segments(figures, segment)
    return np.broadcast_to(within.median(figures, ~np.isnan(figures)), figures.shape)


def without_limits(limits: ControlLimits, where: Flags, median: Floats) -> ControlLimits:
    """Those cells with their median and nothing about it."""
    outer = ("lower", "upper", "near_lower", "near_upper", "range_limit")
    return _replaced(limits, where, {"centre": median[where], **dict.fromkeys(outer, np.nan)})


def follows_from_counts(measure: Measure, figures: Floats, top: Floats, bottom: Floats) -> Flags:
    """Which series have counts behind every figure, from which it follows as printed."""
    known = ~np.isnan(figures)
    with np.errstate(invalid="ignore", divide="ignore"):
        near = np.abs(top / bottom * measure.per - figures) <= 0.51 * 10.0**-measure.decimals
        possible = (top >= 0) & (bottom > 0) & ((top <= bottom) | (measure.kind != "proportion"))
    return np.asarray((~known | (near & possible)).all(axis=-1))


def _of_counts(table: SeriesTable, figures: Floats, rows: Flags) -> ControlLimits:
    """The limits that counts give, in the measure's unit."""
    chart = table.measure.chart
    make = p_limits if chart.startswith("P") else u_limits
    counted = np.where(np.isnan(figures), np.nan, table.of("numerator"))[rows]
    bottom = table.of("denominator")[rows]
    found = make(counted, bottom, table.segment[rows], laney=chart.endswith("'"))
    per = table.measure.per
    scaled = {
        one.name: getattr(found, one.name) * per
        for one in fields(ControlLimits)
        if one.name not in _UNSCALED
    }
    return replace(found, **scaled)


def _between(measure: Measure, figures: Floats) -> Flags:
    """Which series hold nothing below zero, and of cases nothing but whole numbers."""
    known = ~np.isnan(figures)
    with np.errstate(invalid="ignore"):
        possible = figures >= 0
        if measure.chart == "G":
            possible &= figures == np.floor(figures)
    return np.asarray((~known | possible).all(axis=-1))


def _between_limits(chart: str, figures: Floats, segment: Whole) -> ControlLimits:
    """The limits of times or cases between events.

    Of cases the limits are those about the mean, and the middle is the median: half of what noise
    gives lies on either side of it, so that a row on one side means something.
    """
    if chart == "T":
        return t_limits(figures, segment)
    return replace(g_limits(figures, segment), centre=median_of(figures, segment))


def _causes_of_runs(runs: RunChart) -> SpecialCauses:
    """The two rules of a run chart as codes; a trend goes first, as in any chart."""
    none = np.zeros_like(runs.shift)
    shift, trend = runs.shift, runs.trend
    rule = np.select([trend != 0, shift != 0], [Rule.TREND, Rule.SHIFT], Rule.NONE)
    direction = np.where(trend != 0, trend, shift)
    return SpecialCauses(rule.astype(np.int8), direction, none, trend, none, shift)


def _quiet(causes: SpecialCauses, short: Flags) -> SpecialCauses:
    """No rule speaks of these cells."""
    told = {one.name: np.where(short, 0, getattr(causes, one.name)) for one in fields(causes)}
    return SpecialCauses(**told)


def _replaced(limits: ControlLimits, where: Flags, by: Mapping[str, Any]) -> ControlLimits:
    """The limits with those of some rows, or cells, taken from elsewhere."""
    found = {}
    for one in fields(ControlLimits):
        column: npt.NDArray[Any] = getattr(limits, one.name)
        if one.name in by:
            column = column.copy()
            column[where] = by[one.name]
        found[one.name] = column
    return ControlLimits(**found)
