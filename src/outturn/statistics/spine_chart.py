"""Where things lie on a spine chart: the comparator in the middle, worse left and better right."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from outturn.statistics.columns import Numbers, floats, refuse_where

CENTRE = 0.5


class SpineChart(NamedTuple):
    """Places from 0 (left) to 1 (right): figure, ends of the bar, box of the middle half."""

    value: Numbers
    worst: Numbers
    best: Numbers
    box_left: Numbers
    box_right: Numbers


def spine_chart(
    value: npt.ArrayLike,
    comparator: npt.ArrayLike,
    least: npt.ArrayLike,
    greatest: npt.ArrayLike,
    lower_quarter: npt.ArrayLike,
    upper_quarter: npt.ArrayLike,
    *,
    lower_is_better: npt.ArrayLike = False,
) -> SpineChart:
    """Where each part of a spine lies, as shares of the chart's width: the comparator is at 0.5.

    One row for each measure, all its figures in the measure's unit. The side that reaches further
    from the comparator fills its half; the other keeps the same scale, so lengths may be compared
    within a row and not between rows. A value outside least to greatest, as of a place that is no
    member, lies beyond the bar's end and counts in the reach. Refuses figures out of order, and a
    comparator outside least to greatest. Missing in, missing out: a missing value leaves the bar.
    Where all are equal everything is at 0.5. Does not choose colours.

    Source: the spine charts of Fingertips area profiles (scaled about the benchmark); own geometry.

    >>> chart = spine_chart([12.0], [10.0], [6.0], [18.0], [9.0], [14.0])
    >>> [float(column[0]) for column in chart]
    [0.625, 0.25, 1.0, 0.4375, 0.75]
    """
    v, middle, low, high = floats(value, comparator, least, greatest)
    _, quarter, three = floats(v, lower_quarter, upper_quarter)
    refuse_where(
        (low > quarter) | (quarter > three) | (three > high) | (low > high),
        "the figures of a spine are not in order",
    )
    refuse_where((middle < low) | (middle > high), "a comparator lies outside its members")
    reach = np.fmax(np.maximum(high - middle, middle - low), np.abs(v - middle))
    turned = np.where(np.asarray(lower_is_better, np.bool_), -1.0, 1.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        scale = np.where(reach == 0, 0.0, turned * CENTRE / reach)

    def place(figure: Numbers) -> Numbers:
        where: Numbers = CENTRE + (figure - middle) * scale
        return where

    left, right, one, other = place(low), place(high), place(quarter), place(three)
    return SpineChart(
        place(v),
        np.minimum(left, right),
        np.maximum(left, right),
        np.minimum(one, other),
        np.maximum(one, other),
    )
