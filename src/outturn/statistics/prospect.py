"""One series ready to be played through to the end of its year, and what its methods are called."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from outturn.statistics.columns import special
from outturn.statistics.series import Flags, Floats
from outturn.statistics.simulated_months import (
    drawn_months,
    likened_months,
    scaled_months,
    smoothed_months,
)
from outturn.statistics.year_end_methods import STRAIGHT_LINE, WITH_INDICES, WITHOUT_INDICES

MEAN_OF_YEAR = "mean of the last year"
SMOOTHED = (WITH_INDICES, WITHOUT_INDICES)
MARK = ", indicative"  # ends the method of a series too short to tell how far it errs
INDICATIVE = STRAIGHT_LINE + MARK
LAST_MOVED = "last year's months with half of this year's change"
OVER = "the year is over"

TOO_SHORT = "Fewer than half a year of figures: no forecast."
GAP = "A period of the year to date has no figure."
ALONE = (
    "Its less than two years of figures cannot tell how far a forecast of it errs, and too few"
    " similar series have past errors."
)
NEVER = (
    "With less than two years of figures, in which nothing happened, how seldom it does is open."
)


def _none() -> Floats:
    return np.empty(0)


@dataclass(frozen=True)
class Prospect:
    """One series ready to be drawn. What its method does not need is missing.

    `to_date` are the figures of the year in course. `expected` are the periods ahead without any
    error, or their logarithms where the series is smoothed; `errors` are one-step errors in time
    order, widened. `spread` is that of the logarithm of a method without a model of its own; of a
    series that is smoothed, that of the error of its indices. What is expected is for periods of
    one length; `lengths`, those of the periods ahead, multiply it. `similar` is the number of
    series whose past errors these are; 0 where they are its own. `last` says that they are of the
    last period alone, by which the year ends.
    """

    method: str
    to_date: Floats
    why: str = ""
    expected: Floats = field(default_factory=_none)
    carried: float = np.nan
    offset: float = np.nan
    errors: Floats = field(default_factory=_none)
    spread: float = np.nan
    error: float = np.nan
    lengths: Floats = field(default_factory=_none)
    similar: int = 0
    last: bool = False

    @property
    def is_smoothed(self) -> bool:
        return self.method.removesuffix(MARK) in SMOOTHED and not self.similar

    def months(self, even: Floats, usable: Flags | None = None) -> Floats:
        """The periods ahead, drawn: (ahead, draws), in the figures' unit.

        `usable` says from which periods errors may be drawn, where two series are drawn together.
        """
        found = self._of_one_length(even, usable)
        return found * self.lengths[:, None] if self.lengths.size else found

    def _of_one_length(self, even: Floats, usable: Flags | None) -> Floats:
        if self.is_smoothed:
            drawn = self.errors[~np.isnan(self.errors) if usable is None else usable]
            return smoothed_months(
                self.expected, self.carried, drawn, even, self.offset, self.spread
            )
        if self.similar:
            return likened_months(self.expected, self.errors, even, self.offset, self.last)
        if self.method == MEAN_OF_YEAR:
            return drawn_months(self.errors, even)
        if self.method == MEAN_OF_YEAR + MARK:
            shared = np.exp(self.spread * special("ndtri")(even[-1]) - self.spread**2 / 2)
            return np.asarray(drawn_months(self.errors, even) * shared)
        if self.method:
            return scaled_months(self.expected, self.spread, even)
        return np.full((even.shape[0] - 1, even.shape[1]), np.nan)
