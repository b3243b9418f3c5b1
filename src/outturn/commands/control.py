"""`outturn control`: which figures of a series are more than noise, and whether targets hold."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from outturn.commands.opened import Answer, Opened, open_build, place_name, short_title
from outturn.framework import Measure
from outturn.judgement.control import (
    Control,
    chart_in_words,
    chosen,
    control_of,
    figures_needed,
    possible_limits,
    target_number,
    target_words,
    too_few,
    waited_in_words,
)
from outturn.judgement.control_limits import RUN, centre_word
from outturn.judgement.control_series import beginnings
from outturn.judgement.trend import no_series
from outturn.judgement.words import unit_of
from outturn.publishing.control_icons import signed
from outturn.publishing.told import part_words
from outturn.statistics.control_charts import FEWEST_FOR_LIMITS
from outturn.terms.period import Period, from_key
from outturn.terms.records import WHOLE

Row = dict[str, Any]
_NAMED = 8  # measures that are named; beyond it their number
_LINES = (
    "measure", "place", "breakdown", "category", "grain", "period", "value", "mean", "lower",
    "upper", "target", "target_low", "target_high", "chart", "figures", "footing", "variation",
    "assurance", "rule", "runs", "waited",
)  # fmt: skip
_POINTS = (
    "period", "value", "mean", "lower", "upper", "rule", "variation", "segment", "target",
)  # fmt: skip


def control(
    path: Path, measure: str = "", place: str = "", vintage: str = "", *, part: str = ""
) -> Answer:
    """The table of icons of one place, or with a measure the points of its control chart.

    The rows hold ids and numbers, for a script; a person reads titles, names and units. `part` is
    of the whole figure when empty, else such as "sex=F".
    """
    opened = open_build(path, vintage)
    code = opened.place(place)
    if not measure:
        return _table(opened, code)
    one = opened.measure(measure)
    return _chart(opened, one, code, *opened.part(one, part))


def charts_of(
    opened: Opened,
    place: str,
    breakdown: str = WHOLE,
    category: str = WHOLE,
    measure: str = "",
    until: Period | None = None,
) -> Control:
    """The control charts of one place: of one measure or of all, up to a period or the build's."""
    here = (
        (pl.col("place") == place)
        & (pl.col("breakdown") == breakdown)
        & (pl.col("category") == category)
    )
    if measure:
        here &= pl.col("measure") == measure
    as_of = date.fromisoformat(dict(opened.kept.arguments)["as_of"])
    return control_of(
        opened.kept.scan("values").filter(here).collect(),
        measures=opened.partnership.measures,
        calendar=opened.partnership.calendar,
        as_of=min(as_of, until.end) if until else as_of,
        verdicts=opened.kept.scan("verdicts").filter(here).collect(),
        targets=opened.partnership.targets,
    )


def chart_words(
    opened: Opened, measure: Measure, place: str, breakdown: str, category: str, at: Period
) -> Iterator[str]:
    """What the control chart that ends with a period says of its figure; nothing without limits."""
    series = charts_of(opened, place, breakdown, category, measure.id, until=at).series
    kind = at.kind(opened.partnership.calendar)
    same = series.filter(pl.col("period") == at.key, pl.col("grain") == kind)
    for line in same.drop_nulls("variation").rows(named=True):
        rule = f" ({line['rule']})" if line["rule"] else ""
        yield f"Control chart: {signed(line['variation'])}{rule}; {_about_what(measure, line)}."
        yield chart_in_words(line, measure)
        if line["assurance"]:
            yield f"Assurance: {signed(line['assurance'])}, if nothing changes."


def _about_what(measure: Measure, line: Row) -> str:
    """The limits that a figure is held against; of a run chart its median."""
    unit = unit_of(measure)
    if line["chart"] == RUN:
        return f"median {unit.rounded(line['mean'], measure.decimals + 1)}"
    limits = " to ".join(
        "none" if one is None else unit.rounded(one, measure.decimals + 1)
        for one in possible_limits(measure, line["lower"], line["upper"])
    )
    return f"limits {limits}"


def _table(opened: Opened, place: str) -> Answer:
    found = charts_of(opened, place)
    order = {id: number for number, id in enumerate(opened.partnership.measures)}
    lines = sorted(chosen(found.series).rows(named=True), key=lambda row: order[row["measure"]])
    rows = [{name: line[name] for name in _LINES} for line in lines]
    printed = tuple(_line(opened, line) for line in lines)
    printed = _without_empty(printed) if printed else ()
    columns = tuple(printed[0]) if printed else ("measure",)
    title = f"Control charts: {place_name(opened, place)}"
    numeric = frozenset({"figure", "figures"})
    return Answer(columns, rows, title, numeric, tuple(_notes(opened, place, lines)), printed)


def _line(opened: Opened, line: Row) -> Row:
    measure = opened.partnership.measures[line["measure"]]
    unit = unit_of(measure)
    return {
        "measure": short_title(opened, measure.id),
        "latest": opened.label(line["period"]),
        "figure": unit.rounded(line["value"], measure.decimals),
        "variation": signed(line["variation"]) or too_few(line),
        "target": target_words(measure, line),
        "assurance": signed(line["assurance"]),
        "figures": line["figures"],
        "limits": _limits_words(line),
    }


def _limits_words(line: Row) -> str:
    chart = "" if line["chart"] == "XmR" else f"{line['chart']} chart, "
    return f"{chart}{line['footing']}"


def _notes(opened: Opened, place: str, lines: list[Row]) -> Iterator[str]:
    if not lines:
        name = place_name(opened, place)
        yield f"This vintage holds no series of months, quarters or years of {name}."
        return
    unruled = [line for line in lines if line["variation"] is None and line["chart"] != RUN]
    few = [line for line in unruled if line["figures"] >= figures_needed(line)]
    if short := len(unruled) - len(few):
        yield (
            f"{short} of {len(lines)} series have fewer than {FEWEST_FOR_LIMITS} figures in their "
            "last part: they have a median, and no limits yet."
        )
    if few:
        named = "; ".join(short_title(opened, line["measure"]) for line in few)
        yield f"Too few events for limits, so a median alone: {named}."
    for line in lines:
        if said := waited_in_words(line, opened.partnership.measures[line["measure"]]):
            yield f"{short_title(opened, line['measure'])}: {said}"
    told = {line["measure"] for line in lines}
    held = opened.kept.scan("values").filter(
        (pl.col("place") == place) & pl.col("value").is_not_null()
    )
    ids = held.select(pl.col("measure").unique(maintain_order=True)).collect()["measure"]
    left = [short_title(opened, id) for id in ids if id not in told]
    if left:
        more = f"; and {len(left) - _NAMED} more" if len(left) > _NAMED else ""
        yield f"No series of whole months, quarters or years: {'; '.join(left[:_NAMED])}{more}."


def _chart(opened: Opened, measure: Measure, place: str, breakdown: str, category: str) -> Answer:
    found = charts_of(opened, place, breakdown, category, measure.id)
    lines = chosen(found.series).rows(named=True)
    said = part_words(breakdown, category)
    title = f"{measure.title}: {place_name(opened, place)}{f', {said}' if said else ''}"
    if not lines:
        none = f"This vintage holds no series of months, quarters or years of {measure.title}."
        held = opened.kept.scan("values").filter(measure=measure.id, place=place)
        keys = held.select(pl.col("period").unique()).collect()["period"]
        shared = no_series(keys, opened.partnership.calendar)
        return Answer(_POINTS, [], title, notes=(none, shared) if shared else (none,))
    [line] = lines
    points = found.points.filter(pl.col("grain") == line["grain"]).rows(named=True)
    rows = [{name: point[name] for name in _POINTS} for point in points]
    printed = _without_empty(
        tuple(_point(opened, measure, point, line["chart"]) for point in points)
    )
    return Answer(
        tuple(printed[0]),
        rows,
        title,
        frozenset({"figure", "mean", "median", "centre", "lower", "upper", "target"}),
        tuple(_about(opened, measure, line, points)),
        printed,
    )


def _without_empty(rows: tuple[Row, ...]) -> tuple[Row, ...]:
    """The rows without columns in which nothing stands."""
    kept = [name for name in rows[0] if any(row[name] != "" for row in rows)]
    return tuple({name: row[name] for name in kept} for row in rows)


def _point(opened: Opened, measure: Measure, point: Row, chart: str) -> Row:
    def said(name: str, more: int = 0) -> str:
        value = point[name]
        return (
            "" if value is None else f"{unit_of(measure).rounded(value, measure.decimals + more)}"
        )

    cause = f"{signed(point['variation'])} ({point['rule']})" if point["rule"] else ""
    return {
        "period": opened.label(point["period"]),
        "figure": said("value"),
        centre_word(chart): said("mean", 1),
        "lower": said("lower", 1),
        "upper": said("upper", 1),
        "target": "" if point["target"] is None else target_number(measure, point["target"]),
        "special cause": cause,
        "segment": point["segment"],
    }


def _about(opened: Opened, measure: Measure, line: Row, points: list[Row]) -> Iterator[str]:
    """What the chart says in two words, what its limits rest on, and where they begin anew."""
    if not line["variation"]:
        needs = "its rules" if line["chart"] == RUN else "limits"
        median = "" if line["chart"] == RUN else " The mean given there is the median."
        figures = "1 figure" if line["figures"] == 1 else f"{line['figures']} figures"
        short = f"{figures}; {needs} need {figures_needed(line)}"
        has = short if line["figures"] < figures_needed(line) else too_few(line)
        yield f"The last part of the series has {has}.{median}"
    else:
        yield f"Variation: {signed(line['variation'])}. {chart_in_words(line, measure)}"
        if line["assurance"]:
            yield f"Assurance: {signed(line['assurance'])}, if nothing changes."
    periods = [from_key(point["period"]) for point in points]
    calendar = opened.partnership.calendar
    for at, why in beginnings(measure, periods, calendar, line["place"]).items():
        since = periods[at].label(calendar).removeprefix("at ")  # of a census date
        yield f"From {since} the limits begin anew. {why}"
