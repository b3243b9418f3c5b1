"""Moments of years that are not over: what is drawn for each, and what is told of the draws."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import polars as pl

from outturn.framework.model import DeclaredEvent, Measure
from outturn.judgement.foreseen_words import (
    basis_words,
    method_words,
    needed_words,
    record_words,
)
from outturn.judgement.known_events import as_drawn, event_words
from outturn.judgement.months import RATIO, Months, Numbers
from outturn.judgement.similar_series import (
    SimilarSeries,
    Told,
    figures_of_short,
    has_too_few,
    parts_of_measures,
)
from outturn.judgement.status_ends import closed_ends, with_ends
from outturn.statistics.past_year_ends import past_year_ends, past_year_ends_ratio
from outturn.statistics.prospect import MARK
from outturn.statistics.rounding import round_half_up
from outturn.statistics.series import Flags
from outturn.statistics.simulated_months import KnownEvent
from outturn.statistics.track_records import TrackRecord
from outturn.statistics.year_end_methods import MEAN
from outturn.statistics.year_end_targets import needed_each_period, probability_of_meeting
from outturn.statistics.year_ends import YearEnd, year_end, year_end_ratio

SEED = 1  # of the draws, where a build states no other
DRAWN = "drawn"  # how a forecast came about that is told as a distribution
CHANCE = 0.8  # of the interval
FORESEEN = {
    "forecast_low": pl.Float64,
    "forecast_high": pl.Float64,
    "forecast_basis": pl.String,
    "chance_year_end": pl.Float64,
    "needed": pl.Float64,
    "needed_words": pl.String,
    "forecast_without": pl.Float64,
    "forecast_events": pl.String,
    "record_forecasts": pl.Int64,
    "record_error": pl.Float64,
    "record_coverage": pl.Float64,
    "forecast_record": pl.String,
}
FEW = "Less than a year of its months or quarters is held with no gap, break or declared step."
BELOW = "A month or quarter of it, or of what it is made of, is below nothing."
NOT_A_YEAR = (
    "The target is not for 12 months, or the figure not for whole months or quarters of it."
)
UNLIKE = "Its months or quarters do not make the figure that is judged."
FAILED = "A month or quarter of the year to date has no figure, or a denominator of 0."
NOTHING = "What the year is divided by may come to nothing."
# The limits that a statistical tolerance asks for; as wide as those of figures.
_ENDS_95 = (0.025, 0.975)
AT_ONCE = 128  # moments that are drawn together, for the sake of memory


@dataclass(frozen=True, slots=True)
class Known:
    """What a forecast is made of, beside the figure that is judged."""

    values: pl.DataFrame
    measures: Mapping[str, Measure]
    events: Sequence[DeclaredEvent]
    home: str
    seed: int
    similar: SimilarSeries = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "similar", SimilarSeries(self.values))


def obstacles(asked: pl.DataFrame, months: Months) -> dict[str, Flags]:
    """Which moments each obstacle keeps from a distribution, in words, the first that counts first.

    The periods must make the figure that is judged, and be two years, or a year without a gap.
    """
    step, known = int(asked["step"][0]), int(asked["known"][0])
    few = has_too_few(months.figures, 12 // step)
    with np.errstate(invalid="ignore"):
        sides = (months.figures < 0) | (months.below < 0)
    below = np.asarray(sides.any(axis=1))
    figure = _so_far(asked, months, known)
    unlike = ~are_alike(asked, figure)
    return {FEW: few, BELOW: below, FAILED: np.isnan(figure), UNLIKE: unlike}


def unhindered(found: Mapping[str, Flags]) -> Flags:
    """Which moments have no obstacle."""
    return np.asarray(~np.logical_or.reduce(list(found.values())))


def first_obstacle(found: Mapping[str, Flags]) -> str | None:
    """The obstacle of the one moment; None where it has none, and the forecast itself failed."""
    return next((said for said, hindered in found.items() if hindered[0]), None)


def are_alike(asked: pl.DataFrame, figure: Numbers) -> Flags:
    """Whether what the periods make is the figure that is judged, as far as both are printed."""
    value, known = asked["value"].to_numpy(), int(asked["known"][0])
    # Printed figures of months, each off by half a unit, do not add up to the digit.
    dust = 0.5 * 10.0 ** -asked["decimals"].to_numpy() * (known + 1) + 1e-9 * np.abs(value)
    with np.errstate(invalid="ignore"):
        return np.asarray(np.abs(figure - value) <= dust)


def _so_far(asked: pl.DataFrame, months: Months, known: int) -> Numbers:
    """The judged figure as its periods make it: the year to date, or the latest alone."""
    way, per = asked["way"][0], asked["per_in_way"].to_numpy()
    to_date = asked["from_start"].to_numpy() & (way != "last")
    whole, last = (slice(-known, None), slice(-1, None))
    parts = [
        [one[:, part].sum(axis=1) for one in (months.figures, months.below)]
        for part in (whole, last)
    ]
    with np.errstate(invalid="ignore", divide="ignore"):
        if way == RATIO:
            made = [per * above / below for above, below in parts]
        else:
            made = [parts[0][0] / (known if way == MEAN else 1), parts[1][0]]
    return np.asarray(np.where(to_date, *made))


def _is_told(found: YearEnd, draws: Numbers) -> Flags:
    """Whether there is a distribution: a method, an interval, and no draw without a figure."""
    return np.asarray((found.method != "") & ~np.isnan(draws).any(axis=-1))


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


class Moment:
    """Moments that are drawn together, and what is worked out of the draws."""

    def __init__(self, asked: pl.DataFrame, months: Months, known: Known) -> None:
        self.asked, self.months, self.seed = asked, months, known.seed
        self.similar = known.similar
        self.measures = known.measures
        self.way, self.step = asked["way"][0], int(asked["step"][0])
        self.known, self.periods = int(asked["known"][0]), 12 // self.step
        acts = [int(one) for one in asked["_acts"][0].split(",") if one]
        self.events = tuple(known.events[one] for one in acts)
        self.per = asked["per_in_way"].to_numpy()[:, None]

    @cached_property
    def found(self) -> YearEnd:
        """The year ends as they are drawn, when they are first asked for."""
        acts = as_drawn(self.events, int(self.asked["at"][0]), self.known, self.step)
        return self._year_end(acts)

    @cached_property
    def bounded(self) -> pl.DataFrame:
        """What is asked, with the ends of what meets each target."""
        return with_ends(self.asked, "low", "high")

    def _year_end(self, events: tuple[KnownEvent, ...]) -> YearEnd:
        told = self._told_of_similar()
        if self.way == RATIO:
            return year_end_ratio(
                self.months.figures, self.months.below, self.known, seed=self.seed,
                events=events, periods=self.periods, share=bool(self.asked["is_share"].all()),
                similar=[None if one is None else (one[0], one[1]) for one in told],
            )  # fmt: skip
        return year_end(
            self.months.figures, self.known, seed=self.seed, roll_up=self.way, events=events,
            periods=self.periods, lengths=self.months.lengths, whole=self._whole(),
            similar=[one[0] if one else None for one in told],
        )  # fmt: skip

    def _whole(self) -> float:
        """What no month of a share is more than: moments with events are all of one measure."""
        return float(self.asked["per"][0]) if self.asked["is_share"].all() else np.inf

    def _told_of_similar(self) -> list[Told]:
        """What similar series say of each moment with less than two years of figures."""
        numbers = figures_of_short([self.months.figures], self.periods)
        return self.similar.of(self.asked, numbers, parts_of_measures(self.way, self.measures))

    @property
    def sides(self) -> tuple[str, ...]:
        """What the parts are called that are drawn; nothing where there is one alone."""
        return ("numerator", "denominator") if self.way == RATIO else ()

    def basis(self, number: int) -> str | None:
        """From what the interval of one of the moments comes, where it is indicative."""
        if MARK not in self.method(number):
            return None
        similar, breakdown = self.found.similar_of[number], self.asked["breakdown"][number]
        return basis_words(similar.tolist(), breakdown, self.sides)

    def why_none(self) -> str:
        """Why the one moment has no distribution, though nothing stood in the way."""
        return str(self.found.why[0]) or NOTHING

    def method(self, number: int) -> str:
        """By what one of the moments was drawn."""
        return str(self.found.method[number])

    def as_told(self, draws: Numbers) -> Numbers:
        """The draws in the measure's unit: whole where whole things are counted, no share above 1.

        Where figures are rounded before they are judged, the draws are too.
        """
        draws = draws * self.per
        shares = self.asked["is_share"].to_numpy()[:, None]
        draws = np.where(shares, np.minimum(draws, self.asked["per"].to_numpy()[:, None]), draws)
        whole = pl.col("counted") & pl.col("in_counts") & (pl.col("way") != MEAN)
        decimals = pl.coalesce("rounded_to", pl.when(whole).then(0))
        places = self.asked.select(decimals.cast(pl.Int64)).to_series()
        for place in places.drop_nulls().unique():
            at = (places == place).fill_null(False).to_numpy()
            draws[at] = round_half_up(draws[at], int(place))
        return draws

    def chances(self, draws: Numbers) -> Numbers:
        """How likely the outturn meets the target; not a number where it has no bounds."""
        low, high = closed_ends(self.bounded)
        found = probability_of_meeting(
            draws,
            at_least=np.where(np.isnan(low), -np.inf, low),
            at_most=np.where(np.isnan(high), np.inf, high),
        )
        return np.where(np.isnan(low) & np.isnan(high), np.nan, found)

    def needed(self, median: Numbers) -> Numbers:
        """What each period left must be, on average, to reach the bound that is in the way."""
        low, high = (
            self.bounded[name].to_numpy().astype(np.float64) for name in ("_low_end", "_high_end")
        )
        both = ~np.isnan(low) & ~np.isnan(high)
        with np.errstate(invalid="ignore"):
            bound = np.where(np.isnan(low) | (both & (median > high)), high, low)
        to_date = self.months.figures[:, -self.known :]
        if self.way == RATIO:
            below, ahead = (
                self.months.below[:, -self.known :].sum(axis=1),
                self.found.below.sum(axis=1),
            )
            with np.errstate(invalid="ignore", divide="ignore"):
                whole = bound * (below + ahead) - self.per[:, 0] * to_date.sum(axis=1)
                return np.where(ahead > 0, whole / ahead, np.nan)
        return needed_each_period(to_date, bound, roll_up=self.way, periods=self.periods)

    def over(self) -> Numbers:
        """The denominator expected of the whole year; not a number where there is none."""
        if self.way != RATIO:
            return np.full(self.asked.height, np.nan)
        to_date = self.months.below[:, -self.known :].sum(axis=1)
        return np.asarray(to_date + self.found.below.sum(axis=1))

    def records(self) -> dict[int, tuple[int, float, float]]:
        """By the place of a moment that is the latest of its year: how past forecasts did."""
        at = np.flatnonzero(self.asked["_latest"].to_numpy())
        if not at.size:
            return {}
        record = self._record(at)
        return {
            int(place): (int(number), float(error), float(share))
            for place, number, error, share in zip(
                at, record.forecasts, record.error, record.coverage, strict=True
            )
            if number
        }

    def _record(self, at: np.ndarray) -> TrackRecord:
        above, below = self.months.figures[at], self.months.below[at]
        if self.way == RATIO:
            return past_year_ends_ratio(
                above, below, self.known, seed=self.seed, periods=self.periods
            ).record
        return past_year_ends(
            above, self.known, seed=self.seed, roll_up=self.way, periods=self.periods,
            lengths=self.months.lengths[at],
        ).record  # fmt: skip


def lines(moment: Moment) -> Iterator[tuple[object, ...]]:
    """What is told of moments that were drawn together: a line for each that has a distribution."""
    asked, draws = moment.bounded, moment.as_told(moment.found.draws)
    told = _is_told(moment.found, draws)
    low, high = np.quantile(draws, [(1 - CHANCE) / 2, (1 + CHANCE) / 2], axis=-1)
    limits = np.quantile(draws, _ENDS_95, axis=-1)
    median = np.median(draws, axis=-1)
    without = np.median(moment.as_told(moment.found.do_nothing), axis=-1)
    chance, needed, over = moment.chances(draws), moment.needed(median), moment.over()
    records = moment.records()
    for n, row in enumerate(asked.iter_rows(named=True)):
        if not told[n]:
            continue
        measure = moment.measures[row["measure"]]
        ends, basis = (float(low[n]), float(high[n])), moment.basis(n)
        record = records.get(n)
        yield (
            row["_row"], float(median[n]),
            method_words(moment.method(n), measure, ends, row["step"], basis),
            _number(over[n]), *(float(one) for one in limits[:, n]),
            *ends, basis, _number(chance[n]), _number(needed[n]),
            needed_words(_number(needed[n]), measure, row, float(median[n])),
            float(without[n]) if moment.events else None,
            event_words(
                moment.events, row["step"],
                held=bool(moment.found.held[n]), cut=bool(moment.found.cut[n]),
            ),
            *(record or (None, None, None)),
            record_words(*record) if record else None,
        )  # fmt: skip
