"""Control charts as a section of a pack: a table of icons, and a chart for each measure named."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from outturn.framework.model import Measure, PackSection
from outturn.judgement.control import MEDIAN_ONLY, chosen, possible_limits
from outturn.judgement.control_series import beginnings
from outturn.judgement.words import unit_of
from outturn.publishing.charts import Break, ControlPoint, control_chart
from outturn.publishing.control_icons import icon
from outturn.publishing.figure_words import (
    capital,
    has_unit_beside,
    name_and_unit,
    short_name,
    shortened,
)
from outturn.publishing.pack import Block, Cell, Chart, Column, IconCell, Paragraph, Table
from outturn.publishing.series import tick
from outturn.publishing.tables import AnyCell
from outturn.publishing.told import Row, Told
from outturn.statistics.chart_icons import COMMON_CAUSE, FAILS, HIT_AND_MISS, PASSES
from outturn.statistics.control_charts import FEWEST_FOR_LIMITS
from outturn.terms.errors import DefinitionMistake
from outturn.terms.period import from_key

_MOST = 36  # periods: more would not fit a page; the last are told
_MEANING = {  # of each icon, by the first word of its label; said where it is shown
    COMMON_CAUSE: "figures move within their limits, as noise does, and need no reason each",
    "improvement": "the latest figure is more than noise, on the good side",
    "concern": "the latest figure is more than noise, on the bad side",
    "neutral": "the latest figure is more than noise; neither side is the good one",
    PASSES: "as things are, every figure will meet the target",
    HIT_AND_MISS: "as things are, some figures will meet the target and some will not",
    FAILS: "as things are, no figure will meet the target until something changes",
}


def control_charts(told: Told, section: PackSection) -> Iterator[Block]:
    """The icons of the measures named, or of all of the pack; then the charts of those named."""
    for id in section.items:
        if id not in told.partnership.measures:
            raise DefinitionMistake(
                where=told.pack.file,
                problem=f"The section '{section.title}' names a measure '{id}' that is not there.",
                remedy="Name a measure that has a file in framework/measures.",
            )
    lines = _lines(told, section)
    if not lines:
        yield Paragraph("No figure is held in whole months, quarters or years.")
        return
    judged = [line for line in lines if line["variation"]]
    if judged:
        yield _table(told, judged, [*_key(judged), *_left_out(told, lines, section)])
    else:
        longest = max(line["figures"] for line in lines)
        yield Paragraph(
            f"Series that have the {FEWEST_FOR_LIMITS} figures that limits need: 0 of "
            f"{len(lines)}; the longest has {longest}. Until then noise and change cannot be told "
            "apart."
        )
    by_measure = {line["measure"]: line for line in lines}
    for id in section.items:
        line = by_measure.get(id)
        if line and line["footing"] != MEDIAN_ONLY:
            yield _chart(told, told.partnership.measures[id], line)


def asked_for(section: PackSection, wanted: Sequence[str]) -> tuple[str, ...]:
    """The measures of such a section: those that it names, else all that the pack tells."""
    return section.items or tuple(wanted)


def _lines(told: Told, section: PackSection) -> list[Row]:
    if told.control is None:
        return []
    order = {id: n for n, id in enumerate(asked_for(section, told.measures_told()))}
    found = (row for row in chosen(told.control.series).rows(named=True) if row["measure"] in order)
    return sorted(found, key=lambda row: order[row["measure"]])


def _table(told: Told, lines: Sequence[Row], notes: Sequence[str]) -> Table:
    aimed = any(line["assurance"] for line in lines)
    columns = [
        Column("Measure", width=26), Column("Latest", width=14),
        Column("Figure", "right", width=10), Column("Variation", width=22),
    ]  # fmt: skip
    if aimed:
        columns += [Column("Target", "right", width=11), Column("Assurance", width=22)]
    return Table(
        "Noise or change, and whether targets will hold" if aimed else "Noise or change",
        columns,
        [_row(told, line, aimed) for line in lines],
        notes=notes,
    )


def _row(told: Told, line: Row, aimed: bool) -> list[AnyCell | str]:
    measure = told.partnership.measures[line["measure"]]
    cells: list[AnyCell | str] = [
        Cell(name_and_unit(told, line)),
        told.period_label(line["period"]),
        shortened(_said(measure, line["value"]), measure),
        IconCell(line["variation"]),
    ]
    if aimed:
        goal = (
            "None" if line["target"] is None else shortened(_said(measure, line["target"]), measure)
        )
        cells += [goal, IconCell(line["assurance"]) if line["assurance"] else Cell("–")]
    return cells


def _key(lines: Sequence[Row]) -> Iterator[str]:
    """What each icon that is shown means."""
    shown = {line[name] for line in lines for name in ("variation", "assurance") if line[name]}
    for label, meaning in _MEANING.items():
        if any(one == label or one.startswith(f"{label},") for one in shown):
            named = icon(label).words if label in shown else capital(_WORD.get(label, label))
            yield f"{named}: {meaning}."


def _left_out(told: Told, lines: Sequence[Row], section: PackSection) -> Iterator[str]:
    """Whose limits are on trial, and which measures have none, and why."""
    trial = [line for line in lines if line["footing"] == "trial limits"]
    if trial:
        named = "; ".join(short_name(told.measure(line)) for line in trial)
        yield f"Limits of fewer than 20 figures are on trial: {named}."
    short = [line for line in lines if not line["variation"]]
    if short:
        named = "; ".join(f"{short_name(told.measure(one))} ({one['figures']})" for one in short)
        yield f"Fewer than the {FEWEST_FOR_LIMITS} figures that limits need, so far: {named}."
    known = {line["measure"] for line in lines}
    measures = told.partnership.measures
    asked = asked_for(section, told.measures_told())
    left = [short_name(measures[id]) for id in asked if id in measures and id not in known]
    if left:
        yield f"No figure of whole months, quarters or years: {'; '.join(left)}."


_WORD = {"neutral": "unusual"}


def _said(measure: Measure, value: float) -> str:
    return unit_of(measure).rounded(value, measure.decimals)


def _chart(told: Told, measure: Measure, line: Row) -> Chart:
    assert told.control is not None
    frame = told.control.points
    same = frame.filter((frame["measure"] == measure.id) & (frame["grain"] == line["grain"])).rows(
        named=True
    )
    points = same[-_MOST:]
    begun = _begun(told, measure, points, line["place"])
    alt = " ".join(_told_in_words(told, measure, line, points, len(same), begun))
    low, high = possible_limits(measure, line["lower"], line["upper"])
    labels = {"mean": f"Mean {_number(measure, line['mean'])}"}
    for name, words, value in (
        ("upper", "Upper limit", high), ("lower", "Lower limit", low),
        ("target", "Target", line["target"]),
    ):  # fmt: skip
        if value is not None:
            labels[name] = f"{words} {_number(measure, value)}"
    spec = control_chart(
        [_point(told, measure, row) for row in points],
        description=alt,
        unit=f"{measure.unit}; a disc is better than noise, a diamond worse"
        if measure.aim in ("higher", "lower")
        else f"{measure.unit}; a square is more than noise",
        labels=labels,
        breaks=[Break(tick(told, points[at]), "New limits") for at in begun],
    )
    return Chart(spec, alt, f"{measure.title}: control chart", _figures(told, measure, points))


def _begun(told: Told, measure: Measure, points: Sequence[Row], place: str) -> dict[int, str]:
    periods = [from_key(row["period"]) for row in points]
    return beginnings(measure, periods, told.partnership.calendar, place)


def _number(measure: Measure, value: float) -> str:
    """A number beside a line, or in a column, whose unit is said above."""
    return shortened(_said(measure, value), measure)


def _point(told: Told, measure: Measure, row: Row) -> ControlPoint:
    lower, upper = possible_limits(measure, row["lower"], row["upper"])
    kind = row["variation"].partition(",")[0] if row["variation"] else "common"
    named = {name: row[name] for name in ("value", "mean", "target", "segment")}
    return ControlPoint(tick(told, row), lower=lower, upper=upper, kind=kind, **named)


def _told_in_words(
    told: Told, measure: Measure, line: Row, points: Sequence[Row], all_of: int,
    begun: dict[int, str],
) -> Iterator[str]:  # fmt: skip
    """The chart for who does not see it: limits, the latest figure, what is unusual."""
    low, high = possible_limits(measure, line["lower"], line["upper"])
    trial = "trial limits" if line["footing"] == "trial limits" else "limits"
    ends = [_said(measure, one) if one is not None else "none" for one in (low, high)]
    yield (
        f"{line['chart']} chart of {measure.title}: {line['figures']} figures, mean "
        f"{_said(measure, line['mean'])}, {trial} {ends[0]} below and {ends[1]} above."
    )
    variation, words = line["variation"], icon(line["variation"]).words.lower()
    why = "" if variation == COMMON_CAUSE else f" ({line['rule']})"
    latest = f"{_said(measure, line['value'])} in {told.period_label(line['period'])}"
    yield f"Latest {latest}: {words}{why}."
    if line["assurance"]:
        goal = _said(measure, line["target"])
        yield f"Target {goal}: {icon(line['assurance']).words.lower()}."
    unusual = [told.period_label(row["period"]) for row in points if row["rule"]]
    if unusual:
        yield f"More than noise: {', '.join(unusual)}."
    for at, why in begun.items():
        yield f"New limits from {told.period_label(points[at]['period'])}. {why}"
    if all_of > len(points):
        yield f"The last {len(points)} of {all_of} periods are drawn; the limits are of all."


def _figures(told: Told, measure: Measure, points: Sequence[Row]) -> Table:
    unit = "" if has_unit_beside(measure) else f", {measure.unit}"
    lines: list[list[AnyCell | str]] = []
    for row in points:
        low, high = possible_limits(measure, row["lower"], row["upper"])
        numbers = [
            "–" if one is None else _number(measure, one)
            for one in (row["value"], row["mean"], low, high)
        ]
        cause = f"{icon(row['variation']).words}: {row['rule']}" if row["variation"] else "–"
        lines.append([tick(told, row), *numbers, cause])
    heads = [Column(one, "right") for one in ("Figure", "Mean", "Lower limit", "Upper limit")]
    columns = [Column("Period"), *heads, Column("More than noise")]
    return Table(f"The figures in this chart{unit}", columns, lines)
