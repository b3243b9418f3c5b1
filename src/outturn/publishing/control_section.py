"""Control charts as a section of a pack: a table of icons, and a chart for each measure named."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from outturn.framework.model import Measure, PackSection
from outturn.judgement.control import (
    RUNS_SAY,
    chart_in_words,
    chosen,
    possible_limits,
    target_words,
    too_few,
)
from outturn.judgement.control_limits import RUN, centre_word
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
from outturn.publishing.pack import Block, Cell, Chart, Column, IconCell, Notes, Paragraph, Table
from outturn.publishing.series import tick
from outturn.publishing.tables import AnyCell
from outturn.publishing.told import Row, Told
from outturn.statistics.chart_icons import COMMON_CAUSE, FAILS, HIT_AND_MISS, PASSES
from outturn.statistics.control_charts import FEWEST_FOR_LIMITS
from outturn.terms.errors import DefinitionMistake
from outturn.terms.period import from_key

_MOST = 36  # periods: more would not fit a page; the last are told
_SCREENED = (
    "Moving ranges screened: changes from one figure to the next that are far larger than the "
    "usual ones are left out of the limits."
)
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
    asked = [
        id for id in asked_for(section, told.measures_told()) if id in told.partnership.measures
    ]
    lines = _lines(told, section)
    if not asked:
        yield Paragraph("This paper reports no measure, and names none here.")
        return
    yield _table(told, asked, lines)
    if not any(line["variation"] for line in lines):
        yield Paragraph(_nothing_yet(lines))
    for line in lines:
        if line["measure"] in section.items and line["variation"]:
            measure = told.partnership.measures[line["measure"]]
            yield _chart(told, measure, line)
            if said := _under_the_chart(told, measure, line):
                yield Notes(said)


def asked_for(section: PackSection, wanted: Sequence[str]) -> tuple[str, ...]:
    """The measures of such a section: those that it names, else all that the pack tells."""
    return section.items or tuple(wanted)


def _lines(told: Told, section: PackSection) -> list[Row]:
    if told.control is None:
        return []
    order = {id: n for n, id in enumerate(asked_for(section, told.measures_told()))}
    found = (row for row in chosen(told.control.series).rows(named=True) if row["measure"] in order)
    # Our own place first, then the others that the paper tells of, in the order of their figures.
    return sorted(found, key=lambda row: (order[row["measure"]], row["place"] != told.place))


def _nothing_yet(lines: Sequence[Row]) -> str:
    """Why no measure has an icon, for who reads no table."""
    if not lines:
        return "No figure is held in whole months, quarters or years."
    longest = max(line["figures"] for line in lines)
    return (
        f"Series that have the {FEWEST_FOR_LIMITS} figures that limits need: 0 of {len(lines)}; "
        f"the longest has {longest}. Until then noise and change cannot be told apart."
    )


def _table(told: Told, asked: Sequence[str], lines: Sequence[Row]) -> Table:
    """A row for each measure asked for, also for those that have no icon yet."""
    if not any(line["variation"] for line in lines):
        return _table_without(told, asked, lines)
    aimed = any(line["assurance"] for line in lines)
    columns = [
        Column("Measure", width=26), Column("Latest", width=14),
        Column("Figure", "right", width=10), Column("Variation", width=22),
    ]  # fmt: skip
    if aimed:
        columns += [Column("Target", "right", width=11), Column("Assurance", width=22)]
    by_measure: dict[str, list[Row]] = {id: [] for id in asked}
    for line in lines:
        by_measure[line["measure"]].append(line)
    rows = [
        row
        for id, found in by_measure.items()
        for row in [_row(told, line, aimed) for line in found]
        or [_row_without(told.partnership.measures[id], aimed)]
    ]
    return Table(
        "Noise or change, and whether targets will hold" if aimed else "Noise or change",
        columns,
        rows,
        notes=[
            *_key(lines),
            *_without_assurance(told, lines if aimed else ()),
            *_on_trial(told, lines),
            *_runs(told, lines),
        ],
    )


def _row(told: Told, line: Row, aimed: bool) -> list[AnyCell | str]:
    measure = told.partnership.measures[line["measure"]]
    variation = line["variation"]
    cells: list[AnyCell | str] = [
        Cell(name_and_unit(told, line)),
        told.period_label(line["period"]),
        shortened(_said(measure, line["value"]), measure),
        IconCell(variation) if variation else Cell(too_few(line)),
    ]
    if aimed:
        goal = shortened(target_words(measure, line), measure)
        cells += [goal or "None", IconCell(line["assurance"]) if line["assurance"] else Cell("–")]
    return cells


_NONE = "No figure of whole months, quarters or years"


def _row_without(measure: Measure, aimed: bool) -> list[AnyCell | str]:
    return [short_name(measure), "–", "–", _NONE, *(["–", "–"] if aimed else [])]


def _table_without(told: Told, asked: Sequence[str], lines: Sequence[Row]) -> Table:
    """The same where no measure has an icon: a telephone must show the reason."""
    rows: list[list[AnyCell | str]] = []
    for id in asked:
        measure = told.partnership.measures[id]
        found = [line for line in lines if line["measure"] == id]
        rows += [_line_without(told, measure, line) for line in found]
        if not found:
            rows.append([short_name(measure), "–", _NONE])
    columns = [
        Column("Measure", width=32), Column("Latest figure", width=32),
        Column("Variation", width=36),
    ]  # fmt: skip
    return Table("Noise or change", columns, rows)


def _line_without(told: Told, measure: Measure, line: Row) -> list[AnyCell | str]:
    latest = shortened(_said(measure, line["value"]), measure)
    period = told.period_label(line["period"])
    return [Cell(name_and_unit(told, line)), f"{latest}, {period}", too_few(line)]


def _key(lines: Sequence[Row]) -> Iterator[str]:
    """What each icon that is shown means."""
    shown = {line[name] for line in lines for name in ("variation", "assurance") if line[name]}
    for label, meaning in _MEANING.items():
        if any(one == label or one.startswith(f"{label},") for one in shown):
            named = icon(label).words if label in shown else capital(_WORD.get(label, label))
            yield f"{named}: {meaning}."


_IS_A_RANGE, _NO_SIDE = "the target is a range", "the measure has no better side"
_ONE_NUMBER = "the target is one number, which figures may miss on either side"
_BEST_WITHIN = {  # by aim: the measure has a good place, and the target says only one end of it
    "band": "the measure is best within a range, so neither side of the target is always better",
    "closest": "the measure is best near a number, so neither side of the target is always better",
}


def _without_assurance(told: Told, lines: Sequence[Row]) -> Iterator[str]:
    """Which measures have a target of which assurance says nothing, by why it does not."""
    reasons = (_IS_A_RANGE, _ONE_NUMBER, *_BEST_WITHIN.values(), _NO_SIDE)
    named: dict[str, list[str]] = {why: [] for why in reasons}
    for line in lines:
        if why := _why_no_assurance(told.measure(line), line):
            named[why].append(short_name(told.measure(line)))
    yield from (f"No assurance, for {why}: {'; '.join(of)}." for why, of in named.items() if of)


def _why_no_assurance(measure: Measure, line: Row) -> str:
    """Why neither side of a line's target is the good one; empty where one is, or it has none."""
    if line["target"] is not None or not target_words(measure, line):
        return ""
    low, high = line["target_low"], line["target_high"]
    if None not in (low, high) and low != high:
        return _IS_A_RANGE
    within = _BEST_WITHIN.get(measure.aim)
    return _NO_SIDE if within is None else _ONE_NUMBER if low == high else within


def _on_trial(told: Told, lines: Sequence[Row]) -> Iterator[str]:
    """Whose limits are on trial."""
    trial = [line for line in lines if line["variation"] and line["footing"] == "trial limits"]
    if trial:
        named = "; ".join(short_name(told.measure(line)) for line in trial)
        yield f"Limits of fewer than 20 figures are on trial: {named}."


def _runs(told: Told, lines: Sequence[Row]) -> Iterator[str]:
    """Which run charts have more runs, or fewer, than noise has: that is of no single figure."""
    for line in lines:
        if line["variation"] and line["runs"]:
            yield f"{short_name(told.measure(line))}.{RUNS_SAY[line['runs']]}"


_WORD = {"neutral": "unusual"}


def _said(measure: Measure, value: float, more: int = 0) -> str:
    """A figure, or with a decimal more than its measure's a mean or a limit."""
    return unit_of(measure).rounded(value, measure.decimals + more)


def _under_the_chart(told: Told, measure: Measure, line: Row) -> list[str]:
    """What the eye does not see in a chart: why limits begin anew, and how they were made."""
    points = _points(told, line)[-_MOST:]
    begun = _begun(told, measure, points, line["place"])
    said = [_new_limits(told, points[at], why) for at, why in begun.items()]
    return [*said, *([_SCREENED] if measure.screened else [])]


def _new_limits(told: Told, first: Row, why: str) -> str:
    since = told.period_label(first["period"]).removeprefix("at ")  # of a census date
    return f"New limits from {since}. {why}"


def _points(told: Told, line: Row) -> list[Row]:
    """The points of one line's chart, in order of time."""
    assert told.control is not None
    frame = told.control.points
    of_line = [frame[name] == line[name] for name in ("measure", "place", "grain")]
    return list(frame.filter(*of_line).rows(named=True))


def _chart(told: Told, measure: Measure, line: Row) -> Chart:
    same = _points(told, line)
    points = same[-_MOST:]
    begun = _begun(told, measure, points, line["place"])
    alt = " ".join(_told_in_words(told, measure, line, points, len(same), begun))
    low, high = possible_limits(measure, line["lower"], line["upper"])
    centre = capital(centre_word(line["chart"]))
    labels = {"mean": f"{centre} {_number(measure, line['mean'], 1)}"}
    for name, words, value, more in (
        ("upper", "Upper limit", high, 1), ("lower", "Lower limit", low, 1),
    ):  # fmt: skip
        if value is not None:
            labels[name] = f"{words} {_number(measure, value, more)}"
    if line["target"] is not None:
        labels["target"] = f"Target {shortened(target_words(measure, line), measure)}"
    spec = control_chart(
        [_point(told, measure, row) for row in points],
        description=alt,
        unit=f"{measure.unit}; a disc is better than noise, a diamond worse"
        if measure.aim in ("higher", "lower")
        else f"{measure.unit}; a square is more than noise",
        labels=labels,
        breaks=[Break(tick(told, points[at]), "New limits") for at in begun],
    )
    kind = "run chart" if line["chart"] == RUN else "control chart"
    table = _figures(told, measure, points, line["chart"])
    where = told.where(line)
    return Chart(spec, alt, f"{measure.title}{f', {where}' if where else ''}: {kind}", table)


def _begun(told: Told, measure: Measure, points: Sequence[Row], place: str) -> dict[int, str]:
    periods = [from_key(row["period"]) for row in points]
    return beginnings(measure, periods, told.partnership.calendar, place)


def _number(measure: Measure, value: float, more: int = 0) -> str:
    """A number beside a line, or in a column, whose unit is said above."""
    return shortened(_said(measure, value, more), measure)


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
    yield f"{measure.title}. {chart_in_words(line, measure)}"
    centre = capital(centre_word(line["chart"]))
    yield f"{centre} {_said(measure, line['mean'], 1)}{_limits(measure, line)}."
    variation, words = line["variation"], icon(line["variation"]).words.lower()
    why = "" if variation == COMMON_CAUSE else f" ({line['rule']})"
    period = told.period_label(line["period"])
    when = period if period.startswith("at ") else f"in {period}"
    yield f"Latest {_said(measure, line['value'])} {when}: {words}{why}."
    if line["assurance"]:
        goal = target_words(measure, line)
        yield f"Target {goal}: {icon(line['assurance']).words.lower()}."
    elif why := _why_no_assurance(measure, line):
        yield f"Target {target_words(measure, line)}: no assurance, for {why}."
    unusual = [told.period_label(row["period"]) for row in points if row["rule"]]
    if unusual:
        yield f"More than noise: {', '.join(unusual)}."
    for at, why in begun.items():
        yield _new_limits(told, points[at], why)
    if all_of > len(points):
        yield f"The last {len(points)} of {all_of} periods are drawn; the limits are of all."


def _limits(measure: Measure, line: Row) -> str:
    """Where the limits of a chart lie; nothing of a run chart, which has none."""
    if line["chart"] == RUN:
        return ""
    ends = possible_limits(measure, line["lower"], line["upper"])
    low, high = (_said(measure, one, 1) if one is not None else "none" for one in ends)
    return f", limits {low} below and {high} above"


def _figures(told: Told, measure: Measure, points: Sequence[Row], chart: str) -> Table:
    unit = "" if has_unit_beside(measure) else f", {measure.unit}"
    limits = chart != RUN
    lines: list[list[AnyCell | str]] = []
    for row in points:
        ends = possible_limits(measure, row["lower"], row["upper"]) if limits else ()
        figure = "–" if row["value"] is None else _number(measure, row["value"])
        lines_of = (
            "–" if one is None else _number(measure, one, 1) for one in (row["mean"], *ends)
        )
        cause = f"{icon(row['variation']).words}: {row['rule']}" if row["variation"] else "–"
        lines.append([tick(told, row), figure, *lines_of, cause])
    named = ["Figure", capital(centre_word(chart)), *(["Lower limit", "Upper limit"] * limits)]
    heads = [Column(one, "right") for one in named]
    columns = [Column("Period"), *heads, Column("More than noise")]
    return Table(f"The figures in this chart{unit}", columns, lines)
