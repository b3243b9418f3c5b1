"""The outturn of a year that is not over, as a distribution made from its months or quarters.

It takes the place of a plain straight line, of last year's profile and of a figure so far that
stands, where no `profile` of the target asks for one of them and two years of figures lie behind.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from outturn.framework.model import DeclaredEvent, Measure
from outturn.judgement.foreseen_words import method_words, needed_words, record_words
from outturn.judgement.history import CELL
from outturn.judgement.known_events import acting, as_drawn, event_words
from outturn.judgement.months import (
    RATIO,
    Months,
    Numbers,
    base_periods,
    moments,
    months_of,
)
from outturn.statistics.past_year_ends import past_year_ends, past_year_ends_ratio
from outturn.statistics.prospects import INDICATIVE
from outturn.statistics.rounding import round_half_up, shown_column
from outturn.statistics.series import Flags
from outturn.statistics.simulated_months import KnownEvent
from outturn.statistics.track_records import TrackRecord
from outturn.statistics.year_end_methods import MEAN
from outturn.statistics.year_end_targets import needed_each_period, probability_of_meeting
from outturn.statistics.year_ends import YEARS, YearEnd, year_end, year_end_ratio

SEED = 1  # of the draws, where a build states no other
DRAWN = "drawn"  # how a forecast came about that is told as a distribution
CHANCE = 0.8  # of the interval
FORESEEN = {
    "forecast_low": pl.Float64,
    "forecast_high": pl.Float64,
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
# The limits that a statistical tolerance asks for; as wide as those of figures.
_REACH = (0.025, 0.975)
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
)  # fmt: skip
_AT_ONCE = 128  # moments that are drawn together, for the sake of memory
_REPLACED = ("straight", "profile", "stands")


@dataclass(frozen=True, slots=True)
class Known:
    """What a forecast is made of, beside the figure that is judged."""

    values: pl.DataFrame
    measures: Mapping[str, Measure]
    events: Sequence[DeclaredEvent]
    home: str
    seed: int


def with_year_ends(rows: pl.DataFrame, known: Known) -> pl.DataFrame:
    """The judged rows with FORESEEN, and `forecast`, its words and `how` where one was drawn.

    `over_year` is the denominator expected of the whole year, where the figure is a total over a
    total; `drawn_lower` and `drawn_upper` are the 95% limits of what was drawn.
    Where nothing is drawn the row stays as it is, and FORESEEN is null.
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
    return rows.with_columns(forecast_shown=shown).drop("_row", "_median", "_method", "_over")


def _may_be_drawn() -> pl.Expr:
    """Whether the rule of a row without a distribution is the usual one, and the year goes on."""
    usual = pl.col("how").is_in(_REPLACED) & (pl.col("profile").fill_null("") == "")
    so_far = pl.col("from_start") | (pl.col("how") == "stands")
    return (usual & so_far & ~pl.col("year_finished") & ~pl.col("whole")).fill_null(False)


def _told(rows: pl.DataFrame, known: Known) -> pl.DataFrame:
    """A row for each that has a distribution, by its `_row`."""
    schema = {**_TOLD, **FORESEEN}
    cells = rows.select(CELL).unique(maintain_order=True)
    cells = cells.with_columns(_cell=pl.int_range(pl.len(), dtype=pl.Int64))
    base = base_periods(known.values, cells) if rows.height else None
    if base is None or base.is_empty():
        return pl.DataFrame(schema=schema)
    asked = moments(rows.join(cells, on=CELL, maintain_order="left"), base, known.measures)
    latest = pl.col("at") == pl.col("at").max().over("_cell", "year")
    asked = asked.with_columns(_latest=latest, _acts=_acts(asked, known))
    found: list[tuple[object, ...]] = []
    for part in asked.partition_by("way", "step", "known", "_acts", maintain_order=True):
        for some in part.iter_slices(_AT_ONCE):
            found.extend(_drawn(some, base, known))
    return pl.DataFrame(found, schema=schema, orient="row")


def _acts(asked: pl.DataFrame, known: Known) -> pl.Series:
    """Which events act on each moment, as a text by which moments alike are drawn together."""
    if not known.events:
        return pl.repeat("", asked.height, dtype=pl.String, eager=True)
    cells = asked.select("measure", "place", "breakdown", "at").iter_rows()
    found = (
        acting(known.events, (measure, place, breakdown), at, known.home)
        for measure, place, breakdown, at in cells
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
    can = _can_be_drawn(asked, months)
    asked, months = asked.filter(pl.Series(can)), months.only(can)
    if asked.is_empty():
        return
    moment = _Moment(asked, months, known)
    draws = moment.as_told(moment.found.draws)
    told = _is_told(moment.found, draws)
    low, high = np.quantile(draws, [(1 - CHANCE) / 2, (1 + CHANCE) / 2], axis=-1)
    reach = np.quantile(draws, _REACH, axis=-1)
    median = np.median(draws, axis=-1)
    without = np.median(moment.as_told(moment.found.do_nothing), axis=-1)
    chance, needed, over = moment.chances(draws), moment.needed(median), moment.over()
    records = moment.records()
    for n, row in enumerate(asked.iter_rows(named=True)):
        if not told[n]:
            continue
        measure = known.measures[row["measure"]]
        ends = float(low[n]), float(high[n])
        record = records.get(n)
        yield (
            row["_row"], float(median[n]),
            method_words(str(moment.found.method[n]), measure, ends, row["step"]),
            _number(over[n]), *(float(one) for one in reach[:, n]),
            *ends, _number(chance[n]), _number(needed[n]),
            needed_words(_number(needed[n]), measure, row, float(median[n])),
            float(without[n]) if moment.events else None,
            event_words(moment.events),
            *(record or (None, None, None)),
            record_words(*record) if record else None,
        )  # fmt: skip


def _can_be_drawn(asked: pl.DataFrame, months: Months) -> Flags:
    """Whether the periods make the figure that is judged, are whole, and reach back two years."""
    step, known = int(asked["step"][0]), int(asked["known"][0])
    periods = 12 // step
    recent = months.figures[:, -YEARS * periods :]
    enough = (~np.isnan(recent)).sum(axis=1) >= 2 * periods
    with np.errstate(invalid="ignore"):
        below_nothing = (months.figures < 0).any(axis=1) | (months.below < 0).any(axis=1)
    figure = _so_far(asked, months, known)
    value = asked["value"].to_numpy()
    # Printed figures of months, each off by half a unit, do not add up to the digit.
    dust = 0.5 * 10.0 ** -asked["decimals"].to_numpy() * (known + 1) + 1e-9 * np.abs(value)
    with np.errstate(invalid="ignore"):
        alike = np.abs(figure - value) <= dust
    return np.asarray(enough & ~below_nothing & alike)


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
    indicative = np.array([INDICATIVE in str(one) for one in found.method])
    return np.asarray((found.method != "") & ~indicative & ~np.isnan(draws).any(axis=-1))


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


class _Moment:
    """Moments that are drawn together, and what is worked out of the draws."""

    def __init__(self, asked: pl.DataFrame, months: Months, known: Known) -> None:
        self.asked, self.months, self.seed = asked, months, known.seed
        self.way, self.step = asked["way"][0], int(asked["step"][0])
        self.known, self.periods = int(asked["known"][0]), 12 // self.step
        acts = [int(one) for one in asked["_acts"][0].split(",") if one]
        self.events = tuple(known.events[one] for one in acts)
        self.per = asked["per_in_way"].to_numpy()[:, None]
        self.found = self._year_end(
            as_drawn(self.events, int(asked["at"][0]), self.known, self.step)
        )

    def _year_end(self, events: tuple[KnownEvent, ...]) -> YearEnd:
        if self.way == RATIO:
            return year_end_ratio(
                self.months.figures, self.months.below, self.known, seed=self.seed,
                events=events, periods=self.periods,
            )  # fmt: skip
        return year_end(
            self.months.figures, self.known, seed=self.seed, roll_up=self.way, events=events,
            periods=self.periods, lengths=self.months.lengths,
        )  # fmt: skip

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
        low, high = (self.asked[name].to_numpy().astype(np.float64) for name in ("low", "high"))
        strict = [
            (self.asked[name] & ~self.asked["at_limit"]).to_numpy()
            for name in ("low_strict", "high_strict")
        ]
        at_least = np.where(strict[0], np.nextafter(low, np.inf), low)
        at_most = np.where(strict[1], np.nextafter(high, -np.inf), high)
        found = probability_of_meeting(
            draws,
            at_least=np.where(np.isnan(low), -np.inf, at_least),
            at_most=np.where(np.isnan(high), np.inf, at_most),
        )
        return np.where(np.isnan(low) & np.isnan(high), np.nan, found)

    def needed(self, median: Numbers) -> Numbers:
        """What each period left must be, on average, to reach the bound that is in the way."""
        low, high = (self.asked[name].to_numpy().astype(np.float64) for name in ("low", "high"))
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
