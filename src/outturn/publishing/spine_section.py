"""A spine chart as a section of a pack: all its measures against the group, in one view."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from outturn.framework.model import Measure, PackSection
from outturn.judgement.words import unit_of
from outturn.publishing.comparison import against_cell, against_notes, group_name
from outturn.publishing.comparison_icons import COMPARISON_ICONS, word_of
from outturn.publishing.figure_words import name_and_unit, short_name, shortened
from outturn.publishing.pack import Block, Cell, Chart, Column, Paragraph, Table
from outturn.publishing.spine_drawing import Spine, spine_drawing
from outturn.publishing.tables import AnyCell
from outturn.publishing.told import Row, Told
from outturn.terms.errors import DefinitionMistake

_MOST = 12  # measures in one drawing: more would not fit a page
_ENDS = ("least", "lower_quarter", "upper_quarter", "greatest")
_JUDGED, _NEUTRAL = ("Worse", "Better"), ("Lowest", "Highest")


def spine_charts(told: Told, section: PackSection) -> Iterator[Block]:
    """A chart for every dozen measures, of those named or of all that the pack tells.

    Measures without a better side have charts of their own, so that a chart's head holds for it.
    """
    for id in section.items:
        if id not in told.partnership.measures:
            raise DefinitionMistake(
                where=told.pack.file,
                problem=f"The section '{section.title}' names a measure '{id}' that is not there.",
                remedy="Name a measure that has a file in framework/measures.",
            )
    wanted = section.items or told.measures_told()
    rows = [row for row in (told.spine.rows if told.spine else ()) if row["measure"] in wanted]
    if rows:
        yield Paragraph(_how_to_read([_ends(told, row) for row in rows]))
    else:
        yield Paragraph("No measure has a figure of ours and one of the group to set beside it.")
    for ends in (_JUDGED, _NEUTRAL):
        alike = [row for row in rows if _ends(told, row) == ends]
        for start in range(0, len(alike), _MOST):
            yield _chart(told, alike[start : start + _MOST], ends, (start, len(alike)))
    if left := list(_left_out(told, wanted)):
        yield Paragraph(f"Without a bar: {'; '.join(left)}.")


def _ends(told: Told, row: Row) -> tuple[str, str]:
    """What the left and the right of a measure's bar are."""
    return _JUDGED if told.measure(row).aim in ("higher", "lower") else _NEUTRAL


def _how_to_read(ends: Sequence[tuple[str, str]]) -> str:
    worst, best = ("worst", "best") if _JUDGED in ends else ("lowest", "highest")
    apart = " Measures without a better side follow by themselves, from the lowest to the highest."
    return (
        f"Each bar runs from the {worst} figure among the group's members to the {best}, and its "
        "darker part is the middle half. The stroke is the group's figure. Lengths compare "
        f"within a bar, not between bars.{apart if len(set(ends)) > 1 else ''}"
    )


def _group(told: Told) -> str:
    assert told.spine is not None
    return group_name(told, told.spine.group)


def _left_out(told: Told, wanted: Sequence[str]) -> Iterator[str]:
    why = told.spine.why if told.spine else {}
    drawn = {row["measure"] for row in told.spine.rows} if told.spine else set()
    for id in wanted:
        measure = told.partnership.measures.get(id)
        if measure and id not in drawn:
            yield f"{short_name(measure)} ({why.get(id, 'not compared with the group')})"


def _chart(told: Told, rows: Sequence[Row], ends: tuple[str, str], which: tuple[int, int]) -> Chart:
    """One chart of rows whose ends are alike: from `which[0]` on of `which[1]` in all."""
    start, of = which
    group = _group(told)
    alt = " ".join(
        [
            f"Spine chart against {group}, from {ends[0].lower()} to {ends[1].lower()}.",
            *(_sentence(told, row) for row in rows),
        ]
    )
    spines = [_spine(told, row) for row in rows]
    spec = spine_drawing(spines, group=group, ends=ends, description=alt)
    part = f", measures {start + 1} to {start + len(rows)} of {of}" if of > _MOST else ""
    place = told.place_name(told.place)
    side = ", measures without a better side" if ends == _NEUTRAL else ""
    return Chart(spec, alt, f"{place} and {group}{side}{part}", _table(told, rows))


def _spine(told: Told, row: Row) -> Spine:
    measure = told.measure(row)
    ours, group = (_said(measure, row[one]) for one in ("value", "comparator_value"))
    stands = f", {row['against']}" if row["against"] in COMPARISON_ICONS else ""
    return Spine(
        name=short_name(measure),
        figures=f"{ours}{stands}; group {group}",
        against=row["against"],
        at=row["at"],
        bar=(row["bar_from"], row["bar_to"]),
        box=(row["box_from"], row["box_to"]),
    )


def _said(measure: Measure, value: float) -> str:
    return shortened(unit_of(measure).rounded(value, measure.decimals), measure)


def _sentence(told: Told, row: Row) -> str:
    measure = told.measure(row)
    ours, group = (_said(measure, row[one]) for one in ("value", "comparator_value"))
    compared = row["against"] in COMPARISON_ICONS
    stands = word_of(row["against"]).lower() if compared else "not compared"
    return f"{short_name(measure)}: {ours}, group {group}, {stands}."


def _table(told: Told, rows: Sequence[Row]) -> Table:
    columns = [
        Column("Measure", width=27), Column("Period", width=11),
        Column("Ours", "right", width=10), Column("Group", "right", width=10),
        Column("Against the group", width=15), Column("Lowest", "right", width=10),
        Column("Middle half", "right", width=17), Column("Highest", "right", width=10),
    ]  # fmt: skip
    lines: list[list[AnyCell | str]] = []
    for row in rows:
        measure = told.measure(row)
        least, lower, upper, greatest = (_said(measure, row[one]) for one in _ENDS)
        ours, group = (_said(measure, row[one]) for one in ("value", "comparator_value"))
        middle = f"{lower} to {upper}"
        named = Cell(name_and_unit(told, {**row, "place": told.place}))
        period = told.period_label(row["period"])
        lines.append([named, period, ours, group, against_cell(row), least, middle, greatest])
    return Table("The figures in this chart", columns, lines, notes=against_notes(rows))
