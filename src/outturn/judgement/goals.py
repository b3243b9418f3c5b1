"""What each target asks for, in the measure's unit: entries of the ledger into bounds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import polars as pl

from outturn.framework.below_zero import may_be_below_zero
from outturn.framework.model import Comparator, Measure, Place, Target
from outturn.judgement.rule import WORKED_DUST
from outturn.judgement.spans import span, with_spans
from outturn.judgement.words import parting, unit_of
from outturn.statistics.rounding import shown
from outturn.terms.period import Calendar, Period
from outturn.terms.records import Provenance

GOALS = {
    "target_id": pl.String,
    "measure": pl.String,
    "place": pl.String,
    "breakdown": pl.String,
    "category": pl.String,
    "year": pl.String,  # the key of the target's period
    "low": pl.Float64,
    "high": pl.Float64,
    "low_strict": pl.Boolean,
    "high_strict": pl.Boolean,
    "zero": pl.Boolean,
    "goal_note": pl.String,  # where the number comes from: "no worse than 2019/20"
    "goal_decimals": pl.Int64,  # decimals that may be needed to print the goal whole
    "goal_why": pl.String,  # why there are no bounds
    "tolerance_word": pl.String,
    "tolerance_amount": pl.Float64,
    "rounded_to": pl.Int64,
    "at_limit": pl.Boolean,
    "profile": pl.String,
    "baseline": pl.Float64,
}
_CELL = ["measure", "place", "breakdown", "category"]
_MOST_DECIMALS = 6
CANNOT_BE_RIGHT = "The one that is held cannot be right."


@dataclass(frozen=True, slots=True)
class Bounds:
    """What meets a target: at least `low`, at most `high`; strict where the end itself does not."""

    low: float | None = None
    high: float | None = None
    low_strict: bool = False
    high_strict: bool = False
    note: str = ""
    why: str = ""


def in_force(targets: Iterable[Target]) -> list[Target]:
    """The entries of the ledger that no other entry supersedes."""
    entries = list(targets)
    gone = {entry.supersedes for entry in entries if entry.supersedes}
    return [entry for entry in entries if entry.id not in gone]


def goals(
    targets: Sequence[Target],
    values: pl.DataFrame,
    *,
    measures: Mapping[str, Measure],
    home: str,
    comparators: Mapping[str, Comparator],
    places: Mapping[str, Place],
    calendar: Calendar,
) -> pl.DataFrame:
    """One row for each entry in force: its bounds, or in words why it has none.

    `no_worse_than` and `change_percent` take the baseline that the entry itself states for that
    period, and otherwise the figure now held: an agreed number does not move when the past is
    revised. Either is refused across a break in the series unless the entry states the baseline,
    and a `peer_percentile` always. A change is a share of the size of the baseline, so that 10%
    more than -40 is -36.
    `no_worse_than` follows the measure's aim. `change_percent` is at most the changed figure when
    the change is down, at least it when up; `each_year` compounds over the years between the two
    periods; of a baseline of 0 there is none. `peer_percentile` counts from the lowest value of the
    members (type 7), whichever side is better: at least it when higher is better, at most it when
    lower is, so the best quarter is above the 75th and below the 25th percentile respectively. Zero
    is at most none; of a figure that may be below it, and is to be closest to a number or in a
    band, it is neither more nor less.
    """
    entries = [one for one in in_force(targets) if one.measure in measures]
    entries = [one if one.place else replace(one, place=home) for one in entries]
    past, whys = _past_figures(entries, values, measures)
    peers = _peer_percentiles(entries, values, comparators, places)
    rows = []
    for entry in entries:
        known = past.get(entry.id) if entry.goal.word != "peer_percentile" else peers.get(entry.id)
        if entry.goal.word == "zero":
            bounds = _none_of(measures[entry.measure], measures)
        else:
            known_why = whys.get(entry.id, "")
            bounds = _bounds(
                entry, measures[entry.measure], known, comparators, calendar, known_why
            )
        rows.append(_row(entry, measures[entry.measure], bounds))
    return pl.DataFrame(rows, schema=GOALS, orient="row")


def _row(entry: Target, measure: Measure, bounds: Bounds) -> tuple[object, ...]:
    return (
        entry.id,
        entry.measure,
        entry.place,
        entry.breakdown,
        entry.category,
        entry.period.key,
        bounds.low,
        bounds.high,
        bounds.low_strict,
        bounds.high_strict,
        entry.goal.word == "zero",
        bounds.note,
        measure.decimals if bounds.note else _MOST_DECIMALS,
        bounds.why or None,
        entry.tolerance.word,
        float(entry.tolerance.amount),
        entry.rounded_to,
        entry.at_limit,
        entry.profile,
        float(entry.baseline.value) if entry.baseline else None,
    )


def _bounds(
    entry: Target,
    measure: Measure,
    known: float | None,
    comparators: Mapping[str, Comparator],
    calendar: Calendar,
    why: str,
) -> Bounds:
    numbers = [float(number) for number in entry.goal.numbers]
    match entry.goal.word:
        case "at_least":
            return Bounds(low=numbers[0])
        case "above":
            return Bounds(low=numbers[0], low_strict=True)
        case "at_most":
            return Bounds(high=numbers[0])
        case "below":
            return Bounds(high=numbers[0], high_strict=True)
        case "between":
            return Bounds(low=numbers[0], high=numbers[1])
        case "peer_percentile":
            return _peer(entry, measure, known, comparators, calendar)
    return _from_past(entry, measure, known, calendar, why)


def _none_of(measure: Measure, measures: Mapping[str, Measure]) -> Bounds:
    """Zero: at most none; nor anything below it, where neither side of nothing is the better."""
    on_both_sides = measure.aim in ("closest", "band") and may_be_below_zero(measure, measures)
    return Bounds(low=0.0 if on_both_sides else None, high=0.0)


def _from_past(
    entry: Target, measure: Measure, known: float | None, calendar: Calendar, why: str
) -> Bounds:
    then = entry.goal.period
    assert then is not None
    label = then.label(calendar)
    stated = entry.baseline.value if _states(entry, then) and entry.baseline else None
    if stated is None and known is None:
        said = f"The target rests on {label}, for which there is no figure that can be used."
        start = said if why else f"The target rests on {label}, for which there is no figure."
        return Bounds(why=f"{start} {why}".strip())
    parted = measure.break_between(then, entry.period)
    if stated is None and parted:
        said = parting(parted, entry.period)
        return Bounds(why=f"The target rests on {label}, which cannot be compared: {said}")
    base = float(stated if stated is not None else known or 0.0)
    if entry.goal.word == "no_worse_than":
        return _no_worse(base, measure, f"no worse than {label}")
    return _changed(entry, base, measure, label)


def _changed(entry: Target, base: float, measure: Measure, label: str) -> Bounds:
    by = float(entry.goal.numbers[0])
    assert entry.goal.period is not None
    years = _years(entry.goal.period, entry.period) if entry.goal.each_year else 1
    # A balance of -40 that is to be 10% more goes up by 10% of its size, to -36.
    upwards = by if base >= 0 else -by
    amount = base * (1 + upwards / 100) ** years
    each = " each year" if entry.goal.each_year else ""
    if by == 0:
        return _no_worse(base, measure, f"no change from {label}")
    if base == 0:
        return Bounds(why=f"The figure of {label} is 0, and a percentage of nothing is no change.")
    unit = unit_of(measure)
    start = f"{unit.front(str(shown(base, measure.decimals)))}{unit.after}"
    note = f"{abs(by):g}% {'less' if by < 0 else 'more'}{each} than {start} in {label}"
    return Bounds(high=amount, note=note) if by < 0 else Bounds(low=amount, note=note)


def _years(then: Period, target: Period) -> int:
    """Whole years from one period to the other, by their last days."""
    months = (target.end.year - then.end.year) * 12 + target.end.month - then.end.month
    return max(months // 12, 0)


def _states(entry: Target, then: Period) -> bool:
    return entry.baseline is not None and span(entry.baseline.period) == span(then)


def _no_worse(base: float, measure: Measure, note: str) -> Bounds:
    match measure.aim:
        case "higher":
            return Bounds(low=base, note=note)
        case "lower":
            return Bounds(high=base, note=note)
        case "closest" if measure.closest_to is not None:
            away = abs(base - measure.closest_to)
            return Bounds(measure.closest_to - away, measure.closest_to + away, note=note)
        case "band" if measure.band is not None:
            away = max(measure.band[0] - base, base - measure.band[1], 0.0)
            return Bounds(measure.band[0] - away, measure.band[1] + away, note=note)
    return Bounds(why="The measure has no better side, so nothing can be called worse.")


def _peer(
    entry: Target,
    measure: Measure,
    known: float | None,
    comparators: Mapping[str, Comparator],
    calendar: Calendar,
) -> Bounds:
    then, percent = entry.goal.period, float(entry.goal.numbers[0])
    group = comparators.get(entry.goal.comparator)
    name = group.name if group else entry.goal.comparator
    assert then is not None
    if known is None:
        return Bounds(why=f"No member of {name} has a figure for {then.label(calendar)}.")
    if parted := measure.break_between(then, entry.period):
        said = parting(parted, entry.period)
        return Bounds(
            why=f"The target rests on {then.label(calendar)}, which cannot be compared: {said}"
        )
    note = f"{ordinal(percent)} percentile of {name} in {then.label(calendar)}"
    if measure.aim in ("higher", "lower"):
        return _no_worse(known, measure, note)
    return Bounds(why="The measure has no better side, so a percentile is no target.")


def ordinal(number: float) -> str:
    """75 is "75th", 22.5 is "22.5th"."""
    whole = int(number)
    teen = whole % 100 in (11, 12, 13) or number != whole
    ending = "th" if teen else {1: "st", 2: "nd", 3: "rd"}.get(whole % 10, "th")
    return f"{number:g}{ending}"


def _past_figures(
    entries: list[Target], values: pl.DataFrame, measures: Mapping[str, Measure]
) -> tuple[dict[str, float], dict[str, str]]:
    """The figure that each entry rests on, where one is held, or why there is none; by its id.

    A proportion above the whole cannot be right, and nothing is asked by it.
    """
    rows = [
        (one.id, one.measure, one.place, one.breakdown, one.category, span(one.goal.period))
        for one in entries
        if one.goal.word in ("no_worse_than", "change_percent") and one.goal.period
    ]
    names = ("target_id", *_CELL, "span")
    wanted = pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")
    rows_of = values.join(wanted.select(_CELL).unique(), on=_CELL, how="semi")
    of_spans = wanted.join(with_spans(rows_of), on=[*_CELL, "span"])
    whys = of_spans.filter(pl.col("value").is_null() & pl.col("why").is_not_null())
    real = of_spans.filter(pl.col("value").is_not_null() & _is_no_forecast())
    real = real.unique("target_id", keep="first", maintain_order=True)
    found, wrong = {}, dict(whys.select("target_id", "why").iter_rows())
    for id, measure, value in real.select("target_id", "measure", "value").iter_rows():
        if _is_outside(value, measures[measure]):
            wrong[id] = CANNOT_BE_RIGHT
        else:
            found[id] = value
    return found, wrong


def _held(values: pl.DataFrame, wanted: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    rows = values.join(wanted.select(keys).unique(), on=keys, how="semi")
    rows = rows.filter(pl.col("value").is_not_null() & _is_no_forecast())
    return with_spans(rows).select(*_CELL, "span", "value")


def _is_no_forecast() -> pl.Expr:
    return pl.col("provenance").fill_null("") != str(Provenance.FORECAST)


def _is_outside(value: float, measure: Measure) -> bool:
    """Whether a proportion lies below nothing or above the whole."""
    over = max(value - float(measure.per), -value)
    return measure.kind == "proportion" and over > WORKED_DUST


def _peer_percentiles(
    entries: list[Target],
    values: pl.DataFrame,
    comparators: Mapping[str, Comparator],
    places: Mapping[str, Place],
) -> dict[str, float]:
    """The percentile that each entry rests on, by the entry's id."""
    keys = ["measure", "breakdown", "category"]
    rows = [
        (
            (one.id, one.measure, one.breakdown, one.category),
            (span(one.goal.period), one.goal.comparator, float(one.goal.numbers[0])),
        )
        for one in entries
        if one.goal.word == "peer_percentile" and one.goal.period
    ]
    schema = dict.fromkeys(("target_id", *keys, "span", "comparator"), pl.String)
    wanted = pl.DataFrame(
        [(*first, *second) for first, second in rows],
        schema={**schema, "percent": pl.Float64},
        orient="row",
    )
    ends = {span(one.goal.period): one.goal.period.end for one in entries if one.goal.period}
    belongs = [
        (id, then, code)
        for id, then in wanted.select("comparator", "span").unique().iter_rows()
        if id in comparators
        for code in members_of(comparators[id], places, ends[then])
    ]
    schema = dict.fromkeys(("comparator", "span", "place"), pl.String)
    members = pl.DataFrame(belongs, schema=schema, orient="row")
    held = _held(values, wanted, keys).join(members, on=["place", "span"])
    joined = wanted.join(held, on=[*keys, "span", "comparator"])
    return {
        str(id[0]): float(group["value"].quantile(group["percent"][0] / 100, "linear") or 0.0)
        for id, group in joined.group_by("target_id")
    }


def members_of(
    comparator: Comparator, places: Mapping[str, Place], on: date | None = None
) -> tuple[str, ...]:
    """The codes of a group: those listed, or every place of its kind, that existed on the day."""
    codes = comparator.members or tuple(
        one.code for one in places.values() if one.kind == comparator.kind
    )
    return tuple(
        code for code in codes if on is None or code not in places or places[code].existed(on)
    )
