"""How likely the level behind a figure lies below a bound, given the counts that it was made of.

The figure is one draw from the level that produced it. What is believed of the level before is
Jeffreys' reference: half an event, and half of the opposite.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from outturn.statistics.columns import Numbers, floats, refuse_where, special


def share_below(
    numerator: npt.ArrayLike, denominator: npt.ArrayLike, level: npt.ArrayLike
) -> Numbers:
    """The chance, 0 to 1, that a share is below `level`, having seen numerator of denominator.

    Columns of one shape; `level` is a share: at 0 and less the chance is 0, at 1 and more it is 1.
    Refuses a negative numerator, a denominator of zero or less and a numerator above it. Missing
    in, missing out. Takes the people to be independent of one another.

    Source: Brown, Cai and DasGupta (2001), Interval estimation for a binomial proportion,
    Statistical Science 16(2), section 3.1 (Jeffreys' prior).

    >>> share_below([50, 0], [100, 10], [0.5, 0.1]).round(3).tolist()
    [0.5, 0.858]
    """
    x, n, at = floats(numerator, denominator, level)
    refuse_where(x < 0, "a numerator is below zero")
    refuse_where(n <= 0, "a denominator is zero or less")
    refuse_where(x > n, "a numerator is above its denominator")
    return np.asarray(special("betainc")(x + 0.5, n - x + 0.5, np.clip(at, 0, 1)))


def events_below(events: npt.ArrayLike, level: npt.ArrayLike) -> Numbers:
    """The chance, 0 to 1, that so many events are expected as are below `level`, or fewer.

    Columns of one shape; `level` is a number of events in the same period and population, at 0 and
    less the chance is 0. Refuses a negative count. Missing in, missing out. Takes the events to be
    independent: where one person has many, the chance of another level is greater than it says.

    Source: Brown, Cai and DasGupta (2003), Interval estimation in exponential families, Statistica
    Sinica 13 (Jeffreys' prior of a Poisson mean).

    >>> events_below([10, 0], [10, 1]).round(3).tolist()
    [0.479, 0.843]
    """
    x, at = floats(events, level)
    refuse_where(x < 0, "a count is below zero")
    return np.asarray(special("gammainc")(x + 0.5, np.maximum(at, 0)))


def estimate_below(value: npt.ArrayLike, margin: npt.ArrayLike, level: npt.ArrayLike) -> Numbers:
    """The chance, 0 to 1, that what a survey estimates is below `level`, in the unit of the value.

    Columns of one shape; `margin` is the half width of the 95% interval that was published.
    Refuses a negative margin; a margin of 0 makes the value certain. Missing in, missing out. Does
    not know of a survey that is skewed.

    Source: the normal distribution by which such margins are made.

    >>> estimate_below([20.0, 20.0], [2.0, 2.0], [20.0, 22.0]).round(3).tolist()
    [0.5, 0.975]
    """
    figure, half, at = floats(value, margin, level)
    refuse_where(half < 0, "a margin is below zero")
    with np.errstate(divide="ignore", invalid="ignore"):
        steps = (at - figure) / half * special("ndtri")(0.975)
    certain = np.where(np.isnan(figure) | np.isnan(at), np.nan, (at > figure).astype(float))
    return np.where(half == 0, certain, special("ndtr")(steps))
