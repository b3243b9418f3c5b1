"""Control charts of figures over time: what is only noise, what is not, and whether targets hold.

The sums are those of `statistics`; here are the measures, their series breaks and declared steps,
and their targets. All series of a measure are judged at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from outturn.framework.model import CHARTS, Measure, Target
from outturn.judgement.control_limits import (
    RUN,
    chart_causes,
    chart_limits,
    median_of,
    runs_of,
    without_limits,
)
from outturn.judgement.control_series import SERIES_KEY, SeriesTable, series_tables
from outturn.judgement.control_targets import with_targets
from outturn.judgement.rule import WORKED_DUST
from outturn.judgement.words import unit_of, worked_out
from outturn.statistics.chart_icons import DECREASE, INCREASE, NEUTRAL, assurance, variation
from outturn.statistics.chart_rules import TREND, Rule, SpecialCauses
from outturn.statistics.control_charts import (
    FEWEST_FOR_LIMITS,
    FOOTINGS,
    ControlLimits,
    footing,
    has_few_events,
)
from outturn.statistics.run_charts import FEWEST_FOR_RUNS
from outturn.statistics.series import Flags, Floats, Whole
from outturn.terms.period import Calendar, Period, from_key
from outturn.terms.records import KEYS

MEDIAN_ONLY = FOOTINGS[0]
BETTER = {"higher": INCREASE, "lower": DECREASE}  # any other aim has no better side
EVENTS = ("count", "rate", "proportion")  # kinds of which a figure of 0 is no event
FEW_EVENTS = "too few events for this chart: see a T or G chart, of what lies between them"
DAYS = {"day": 1, "days": 1, "week": 7, "weeks": 7}  # units of the time between events
_NEVER_BELOW_ZERO = (
    "count", "proportion", "rate", "median", "percentile", "standardised rate",
    "standardised ratio", "life expectancy",
)  # fmt: skip
RULES = {  # in words, in their order of precedence
    Rule.NONE: "",
    Rule.OUTSIDE: "outside the limits",
    Rule.TREND: "trend",
    Rule.TWO_OF_THREE: "two of three near a limit",
    Rule.SHIFT: "shift",
}
RUNS_SAY = {  # what more, or fewer, runs about the median than noise has say; after a sentence
    "too few runs": " Too few runs: the figures stay on one side for longer than noise does.",
    "too many runs": " Too many runs: the figures change sides more often than noise does.",
}
POINTS: dict[str, type[pl.DataType]] = {
    **{name: pl.String for name in KEYS},
    "grain": pl.String,  # the kind of period
    "value": pl.Float64,
    "mean": pl.Float64,  # the median where there are no limits; else as `centre_word` has it
    "lower": pl.Float64,
    "upper": pl.Float64,
    "near_lower": pl.Float64,
    "near_upper": pl.Float64,
    "rule": pl.String,  # of RULES, the first that is met; null where none is
    "variation": pl.String,  # what the point is coloured for: "concern, high"; null for noise
    "segment": pl.Int64,  # from 1
    "target": pl.Float64,  # where the figure should be
}
SERIES: dict[str, type[pl.DataType]] = {
    **{name: pl.String for name in SERIES_KEY},
    "grain": pl.String,
    "period": pl.String,  # of the latest figure
    "value": pl.Float64,
    "mean": pl.Float64,  # of the last segment, as all that follows
    "lower": pl.Float64,
    "upper": pl.Float64,
    "target": pl.Float64,
    "target_low": pl.Float64,  # of a target that has no better side: it has no assurance
    "target_high": pl.Float64,
    "chart": pl.String,  # of CHARTS
    "figures": pl.Int64,  # in the last segment
    "is_current": pl.Boolean,  # whether that segment is of the time since the last break or step
    "footing": pl.String,  # median only, trial limits, limits
    "variation": pl.String,  # null where there are no limits
    "assurance": pl.String,  # null where there are no limits, no target or no better side
    "rule": pl.String,
    # Of a T chart the days since the last event told, where they are more than its upper limit.
    "waited": pl.Int64,
    "runs": pl.String,  # of a run chart: too few runs, too many runs; null where as noise has them
}


@dataclass(frozen=True)
class Control:
    """Control charts as columns: a row for each figure, and a row for each series."""

    points: pl.DataFrame  # POINTS, in the order of time within a series
    series: pl.DataFrame  # SERIES


def control_of(
    values: pl.DataFrame,
    *,
    measures: Mapping[str, Measure],
    calendar: Calendar,
    as_of: date,
    verdicts: pl.DataFrame | None = None,
    targets: Sequence[Target] = (),
) -> Control:
    """The control charts of every series in these VALUES, each in periods of one kind.

    A segment begins at a break that forbids comparison and at a declared step, and nothing else
    moves a limit. One of fewer than 12 figures has its median, and no limits. The limits are of
    the figures (XmR), or where the measure asks for it of their counts, or of what lies between
    events; a series that lacks a count, or has one that its figure does not follow from, has those
    of the figures, and no limits where more than half of these are 0. A run chart has its median
    and its own rules, from ten figures. `verdicts` says where each figure should be: assurance goes
    by the bound of the latest one, so that a target may change. Where `targets` has those that the
    verdicts speak of, the first month of a figure that adds up has the share that each month has.
    Series without any figure are left out. Does not judge against the target.
    """
    whole = _without_first_parts(with_targets(values, verdicts, measures, targets))
    tables = series_tables(whole, measures=measures, calendar=calendar, as_of=as_of)
    judged = [_judged(table, as_of) for table in tables]
    return Control(
        points=_stacked((one.points for one in judged), POINTS),
        series=_stacked((one.series for one in judged), SERIES),
    )


def chosen(series: pl.DataFrame) -> pl.DataFrame:
    """One line of SERIES for each measure, place and part: that with the longest last segment.

    Of those whose last segment is of the time since the last break or declared step, where there
    are any: a kind of period too long to have a figure since then tells of what is no more.
    """
    return series.sort("is_current", "figures", descending=True, maintain_order=True).unique(
        SERIES_KEY, keep="first", maintain_order=True
    )


def chart_in_words(line: Mapping[str, Any], measure: Measure) -> str:
    """What a chart's limits rest on, in a sentence, from a line of SERIES.

    "XmR chart of 24 figures, moving ranges screened, 6 in a row a trend."
    """
    if line["chart"] == RUN:
        return (
            f"Run chart of {line['figures']} figures about their median: 6 in a row on one side "
            f"are a shift, 5 that rise or fall a trend.{RUNS_SAY.get(line['runs'], '')}"
        )
    trial = ", so the limits are on trial" if line["footing"] == FOOTINGS[1] else ""
    screened = ", moving ranges screened" if measure.screened else ""
    points = measure.trend_points
    trend = f", {points} in a row a trend" if points != TREND else ""
    waited = f" {said}" if (said := waited_in_words(line, measure)) else ""
    return f"{line['chart']} chart of {line['figures']} figures{trial}{screened}{trend}.{waited}"


def waited_in_words(line: Mapping[str, Any], measure: Measure) -> str:
    """That more time has passed since the last event of a T chart than its limits hold, or nothing.

    The time that is not over is no figure of the chart: nobody knows that the records reach as far.
    """
    waited = line.get("waited")
    if waited is None:
        return ""
    limit = unit_of(measure).rounded(line["upper"], measure.decimals + 1)
    return (
        f"{waited:,} days have passed since the last event told, more than the upper limit of "
        f"{limit}: either none has happened, or records are lacking."
    )


def too_few(line: Mapping[str, Any]) -> str:
    """Why a line of SERIES has no icon.

    >>> too_few({"figures": 7, "chart": "XmR"})
    '7 figures: at least 12 are needed'
    >>> too_few({"figures": 36, "chart": "XmR"})
    'too few events for this chart: see a T or G chart, of what lies between them'
    """
    if line["figures"] >= figures_needed(line):
        return FEW_EVENTS
    figures = "1 figure" if line["figures"] == 1 else f"{line['figures']} figures"
    return f"{figures}: at least {figures_needed(line)} are needed"


def figures_needed(line: Mapping[str, Any]) -> int:
    """How many figures a line of SERIES needs before its rules speak."""
    return FEWEST_FOR_RUNS if line["chart"] == RUN else FEWEST_FOR_LIMITS


def possible_limits(
    measure: Measure, lower: float | None, upper: float | None
) -> tuple[float | None, float | None]:
    """The limits as people are told them: None for one beyond what such a figure can be."""
    if lower is not None and lower < 0 and measure.kind in _NEVER_BELOW_ZERO:
        lower = None
    if upper is not None and upper > measure.per and measure.kind == "proportion":
        upper = None
    return lower, upper


def target_words(measure: Measure, line: Mapping[str, Any]) -> str:
    """What a line of SERIES has for a target, in the measure's unit; empty where it has none.

    One with two sides is "95.0 to 102.0% of budget".
    """
    low, high = line["target_low"], line["target_high"]
    if line["target"] is not None or low == high:
        one = line["target"] if line["target"] is not None else low
        return "" if one is None else target_number(measure, one)
    if low is None or high is None:
        side, one = ("at most", high) if low is None else ("at least", low)
        return f"{side} {target_number(measure, one)}"
    from_low = target_number(measure, low).removesuffix(unit_of(measure).after)
    return f"{from_low} to {target_number(measure, high)}"


def target_number(measure: Measure, value: float) -> str:
    """A bound with its unit, as an explanation prints one that was worked out: 102.5 admissions.

    A month's part of a target for a year is seldom a whole number, and rounded to the decimals of
    the figures it would seem to be met, or missed, by what is neither.
    """
    unit = unit_of(measure)
    return unit.of(worked_out(value, measure.decimals, unit.most_decimals))


def _stacked(frames: Iterable[pl.DataFrame], schema: dict[str, type[pl.DataType]]) -> pl.DataFrame:
    return pl.concat([pl.DataFrame(schema=schema), *frames])


def _without_first_parts(values: pl.DataFrame) -> pl.DataFrame:
    """The values without months and quarters that only begin figures given to date.

    Of "April", "April to May", "April to June" each year the Aprils alone are no monthly series.
    """
    held: dict[tuple[str, int], list[Period]] = {}
    for id, key in values.select("measure", "period").unique().sort("measure", "period").rows():
        one = from_key(key)
        if one.months in (1, 3):
            held.setdefault((id, one.months), []).append(one)
    longer = {
        (id, one.start)
        for id, key in values.select("measure", "period").unique().rows()
        for one in [from_key(key)]
        if 3 < one.months < 12 or one.months == 2
    }
    first = [
        (id, one.key)
        for (id, _), periods in held.items()
        if len({one.start.month for one in periods}) == 1
        and any((id, one.start) in longer for one in periods)
        for one in periods
    ]
    names = {"measure": pl.String, "period": pl.String}
    return values.join(pl.DataFrame(first, names, orient="row"), on=list(names), how="anti")


def _judged(table: SeriesTable, as_of: date) -> Control:
    """Limits, rules and labels of every series of one measure and kind of period."""
    figures = table.of("value")
    limits, as_asked = chart_limits(table, figures)
    few = _few_events(table, figures, as_asked)
    short = (footing(limits.points) == MEDIAN_ONLY) | few
    limits = without_limits(limits, short, median_of(figures, table.segment))
    causes = chart_causes(table, figures, limits, short)
    better = BETTER.get(table.measure.aim, NEUTRAL)
    return Control(
        points=_points(table, figures, limits, causes, better),
        series=_series(table, figures, limits, causes, better, as_asked, few, as_of),
    )


def _few_events(table: SeriesTable, figures: Floats, as_asked: Flags) -> Flags:
    """Which cells have too few events for limits of their figures."""
    few = np.zeros(figures.shape, dtype=bool)
    if table.measure.kind in EVENTS:
        rows = (figures == 0).any(axis=-1) & ~as_asked  # of a national set most have none
        few[rows] = has_few_events(figures[rows], table.segment[rows])
    return few


def _points(
    table: SeriesTable,
    figures: Floats,
    limits: ControlLimits,
    causes: SpecialCauses,
    better: str,
) -> pl.DataFrame:
    at = table.cells["row"].to_numpy(), table.cells["column"].to_numpy()
    way = causes.direction[at] * {INCREASE: 1, DECREASE: -1}.get(better, 0)
    first = np.argmax(~np.isnan(figures), axis=-1)
    begun = np.take_along_axis(table.segment, first[:, None], axis=-1)
    number = np.maximum(table.segment - begun, 0) + 1
    columns = {
        name: _column(getattr(limits, of)[at])
        for name, of in (
            ("mean", "centre"), ("lower", "lower"), ("upper", "upper"),
            ("near_lower", "near_lower"), ("near_upper", "near_upper"),
        )
    }  # fmt: skip
    kind = pl.Series(np.sign(way)).replace_strict(
        {1: "improvement", -1: "concern", 0: "neutral"}, return_dtype=pl.String
    )
    side = pl.Series(causes.direction[at])
    frame = table.cells.with_columns(
        **columns,
        grain=pl.lit(table.grain),
        rule=_rule(causes.rule[at]),
        segment=pl.Series(number[at]),
        _kind=kind,
        _side=side,
    )
    words = pl.when(pl.col("_side") > 0).then(pl.lit(", high")).otherwise(pl.lit(", low"))
    frame = frame.with_columns(
        variation=pl.when(pl.col("_side") != 0).then(pl.col("_kind") + words)
    )
    has_figures: Flags = np.asarray((~np.isnan(figures)).any(axis=-1))
    with_figures = pl.Series(has_figures[at[0]])
    return _fitted(frame.filter(with_figures).sort("row", "column"), POINTS)


def _series(
    table: SeriesTable,
    figures: Floats,
    limits: ControlLimits,
    causes: SpecialCauses,
    better: str,
    as_asked: Flags,
    few: Flags,
    as_of: date,
) -> pl.DataFrame:
    known = ~np.isnan(figures)
    last = figures.shape[-1] - 1 - np.argmax(known[:, ::-1], axis=-1)

    def latest(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
        return np.take_along_axis(values, last[:, None], axis=-1)[:, 0]

    low, high, target = latest(limits.lower), latest(limits.upper), latest(table.of("target"))
    points = latest(limits.points)
    is_run = table.measure.chart == RUN
    stands = np.where(is_run | latest(few), MEDIAN_ONLY, footing(points))
    ruled = points >= FEWEST_FOR_RUNS if is_run else stands != MEDIAN_ONLY
    moves = np.where(ruled, variation(figures, causes, better), "")
    held = {int(column): one.key for column, one in zip(table.columns, table.periods, strict=True)}
    frame = table.keys.with_columns(
        grain=pl.lit(table.grain),
        period=pl.Series([held.get(int(column)) for column in last], dtype=pl.String),
        value=_column(latest(figures)),
        mean=_column(latest(limits.centre)),
        lower=_column(low),
        upper=_column(high),
        target=_column(target),
        target_low=_column(latest(table.of("target_low"))),
        target_high=_column(latest(table.of("target_high"))),
        chart=pl.Series(np.where(as_asked, table.measure.chart, CHARTS[0])),
        figures=pl.Series(points),
        is_current=pl.Series(table.is_current(last, as_of)),
        waited=_waited(table, last, np.where(as_asked, high, np.nan), as_of),
        footing=pl.Series(stands),
        variation=_words(moves),
        assurance=_words(assurance(low, high, _on_limits(target, low, high), better)),
        rule=_rule(latest(causes.rule)),
        runs=_words(latest(runs_of(table, figures))),
    )
    return _fitted(frame.filter(pl.Series(known.any(axis=-1))), SERIES)


def _on_limits(target: Floats, *limits: Floats) -> Floats:
    """The targets, those a hair from a limit on it: a series that meets one exactly passes it.

    What was divided may lie from the same number by the machine's dust.
    """
    for limit in limits:
        with np.errstate(invalid="ignore"):
            dust = WORKED_DUST * np.maximum(np.abs(target), np.abs(limit))
            target = np.where(np.abs(target - limit) <= dust, limit, target)
    return target


def _waited(table: SeriesTable, last: Whole, upper: Floats, as_of: date) -> pl.Series:
    """The days since the last event of each series, where they are more than its upper limit."""
    per = DAYS.get(table.measure.unit.strip().lower())
    if table.measure.chart != "T" or table.grain != "census date" or per is None:
        return pl.repeat(None, len(last), dtype=pl.Int64, eager=True)
    day = {int(at): one.end for at, one in zip(table.columns, table.periods, strict=True)}
    days = np.array([(as_of - day[int(at)]).days for at in last], dtype=np.float64)
    with np.errstate(invalid="ignore"):
        waited = np.where(days > upper * per, days, np.nan)
    return _column(waited).cast(pl.Int64)


def _column(values: Floats) -> pl.Series:
    return pl.Series(np.asarray(values, dtype=np.float64)).fill_nan(None)


def _words(values: npt.NDArray[Any]) -> pl.Series:
    return pl.Series(values, dtype=pl.String).replace({"": None})


def _rule(codes: npt.NDArray[Any]) -> pl.Series:
    words = {int(code): word or None for code, word in RULES.items()}
    return pl.Series(codes.astype(np.int64)).replace_strict(words, return_dtype=pl.String)


def _fitted(frame: pl.DataFrame, schema: dict[str, type[pl.DataType]]) -> pl.DataFrame:
    return frame.select(pl.col(name).cast(kind) for name, kind in schema.items())
