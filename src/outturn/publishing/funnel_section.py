"""Funnel plots as a section of a pack: a plot for each measure named, its words and its table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from outturn.benchmarking.funnel import Funnel
from outturn.framework.model import Measure, PackSection
from outturn.framework.pack_mistakes import no_funnel
from outturn.judgement.words import unit_of
from outturn.publishing.comparison import group_name
from outturn.publishing.comparison_icons import word_of
from outturn.publishing.figure_words import short_name, shortened
from outturn.publishing.funnel_chart import FunnelPoint, funnel_chart
from outturn.publishing.pack import Block, Cell, Chart, Column, IconCell, Paragraph, Table
from outturn.publishing.tables import AnyCell
from outturn.publishing.told import FunnelTold, Row, Told
from outturn.statistics.rounding import shown
from outturn.terms.errors import DefinitionMistake

_MOST = 40  # places in the table: of more, ours and those beyond the limits are told
# What the places say together, by whether they differ by more than chance makes 95 times in 100.
# The test is of all of them: where it is silent one alone may still lie where chance puts few.
_ALONE = "one beyond"
_UNWIDENED = {
    True: (
        "The {} places of the group differ from one another by more than chance, but those "
        "between the ends do not ({}), so the limits are not widened"
    ),
    False: (
        "The {} places of the group differ from one another by no more than chance ({}), so the "
        "limits are not widened"
    ),
    _ALONE: (
        "It is not shown that the {} places of the group, all taken together, differ by more than "
        "chance ({}), and the limits are not widened; but not every one of them lies within the "
        "99.8% limits"
    ),
    None: (
        "Whether the {} places of the group differ by more than chance cannot be told ({}), and "
        "the limits are not widened"
    ),
}
_NO_DISPERSION = "too few of them have events to tell their over-dispersion"
_BY_HOW_MUCH = (  # in the place of _UNWIDENED[True], for what lies between the ends is not known
    "The {} places of the group differ from one another by more than chance, but {}, so the limits "
    "are not widened"
)
_WIDENED = {
    True: (
        "The {} places of the group differ from one another by more than chance ({}), so the "
        "limits are widened by as much"
    ),
    False: (
        "The {} places of the group are spread out further than chance is expected to spread them "
        "({}), but no further than it may; the limits are widened by as much all the same"
    ),
    _ALONE: (
        "The {} places of the group are spread out further than chance is expected to spread them "
        "({}), so the limits are widened by as much. It is not shown that this is more than chance "
        "may make of all taken together, but not every one of them lies within the 99.8% limits of "
        "chance"
    ),
    None: (
        "The {} places of the group are spread out further than chance is expected to spread them "
        "({}); whether chance may make as much cannot be told, and the limits are widened all the "
        "same"
    ),
}
_BEYOND = {"99.8%": 0, "95%": 1, "": 2}  # their order in the table


def funnel_plots(told: Told, section: PackSection) -> Iterator[Block]:
    """For each measure named what its places say, the plot and the figures."""
    for id in section.items:
        measure = told.partnership.measures.get(id)
        why = no_funnel(measure) if measure else f"There is no measure '{id}'."
        if why or measure is None:
            raise DefinitionMistake(
                where=told.pack.file,
                problem=f"The section '{section.title}' names '{id}'. {why}",
                remedy="Name a proportion or a rate that has a file in framework/measures.",
            )
        found = told.funnels.get(id)
        if found is None:
            yield Paragraph(f"{measure.title}: no figure of ours to place among those of a group.")
        elif isinstance(found.funnel, str):
            yield Paragraph(f"{measure.title}: {found.funnel}, so no funnel is drawn.")
        else:
            yield Paragraph(f"{short_name(measure)}. {_dispersion(found.funnel)}")
            yield _chart(told, measure, found, found.funnel)


def _dispersion(funnel: Funnel) -> str:
    """Whether places differ by more than chance, and what was done about it."""
    differs: bool | str | None = funnel.differs
    if differs is False and funnel.outside_of_chance:
        differs = _ALONE
    size = funnel.members
    words, much = (_WIDENED if funnel.is_widened else _UNWIDENED)[differs], _NO_DISPERSION
    if funnel.over_dispersion is not None:
        much = f"over-dispersion {shown(funnel.over_dispersion, 2)}, where 1 is chance alone"
    elif differs is True:
        words = _BY_HOW_MUCH
    said = words.format(size, much)
    beyond = f"Beyond the 99.8% limits: {funnel.outside} of {size}"
    if not funnel.is_widened:
        return f"{said}. {beyond}."
    return (
        f"{said}. {beyond}; beyond limits of chance alone it would be {funnel.outside_of_chance}. "
        "The plot says who differs from the others, not why."
    )


def _chart(told: Told, measure: Measure, found: FunnelTold, funnel: Funnel) -> Chart:
    rows = funnel.places.rows(named=True)
    ours = next((row for row in rows if row["place"] == found.row["place"]), None)
    average = f"Average {_said(measure, funnel.average)}"
    alt = " ".join(_in_words(told, measure, found, funnel, ours))
    spec = funnel_chart(
        [_point(told, measure, row, row is ours) for row in rows],
        funnel.limits.rows(named=True),
        average=funnel.average,
        labels={
            "average": average,
            "upper": "95%", "lower": "95%", "upper_outer": "99.8%", "lower_outer": "99.8%",
        },
        titles=(f"{_size(measure)} of each place", _key(measure)),
        description=alt,
    )  # fmt: skip
    group = group_name(told, found.row["comparator"])
    caption = f"{measure.title}: {group}, {told.period_label(found.row['period'])}"
    return Chart(spec, alt, caption, _table(told, measure, rows, ours, funnel))


def _size(measure: Measure) -> str:
    return "Effective answers" if measure.is_weighted else "Denominator"


def _key(measure: Measure) -> list[str]:
    marks = "a disc is better, a diamond worse"
    if measure.aim not in ("higher", "lower"):
        marks = "a triangle is higher or lower"
    return [f"{measure.unit}; {marks},", "hollow beyond 95%, full beyond 99.8%"]


def _point(told: Told, measure: Measure, row: Row, is_ours: bool) -> FunnelPoint:
    name = f"{told.place_name(row['place'])}: {_said(measure, row['value'])}, {row['stands']}"
    is_far = row["beyond"] == "99.8%"
    return FunnelPoint(row["size"], row["value"], row["stands"], is_far, name if is_ours else "")


def _said(measure: Measure, value: float) -> str:
    return shortened(unit_of(measure).rounded(value, measure.decimals), measure)


def _range(measure: Measure, row: Row, lower: str, upper: str) -> str:
    return f"{_said(measure, row[lower])} to {_said(measure, row[upper])}"


def _in_words(
    told: Told, measure: Measure, found: FunnelTold, funnel: Funnel, ours: Row | None
) -> Iterator[str]:
    """The plot for who does not see it."""
    group = group_name(told, found.row["comparator"])
    yield (
        f"Funnel plot of {measure.title}, {measure.unit}: {funnel.places.height} places of {group} "
        f"by their {'effective numbers of answers' if measure.is_weighted else 'denominators'}. "
        f"Average {_said(measure, funnel.average)}."
    )
    if ours is None:
        yield "Our own figure does not follow from counts, so it is not drawn."
    else:
        where = f"beyond the {ours['beyond']} limits" if ours["beyond"] else "within the limits"
        yield (
            f"{told.place_name(ours['place'])}: {_said(measure, ours['value'])}, "
            f"{word_of(ours['stands']).lower()}, {where}. At its size the 95% limits are "
            f"{_range(measure, ours, 'lower', 'upper')}, the 99.8% limits "
            f"{_range(measure, ours, 'lower_outer', 'upper_outer')}."
        )
    yield _dispersion(funnel)


def _table(
    told: Told, measure: Measure, rows: Sequence[Row], ours: Row | None, funnel: Funnel
) -> Table:
    def order(row: Row) -> tuple[bool, int, float]:
        return row is not ours, _BEYOND[row["beyond"]], -row["value"]

    placed = sorted(rows, key=order)
    if len(placed) > _MOST:
        placed = [row for row in placed if row is ours or row["beyond"]][:_MOST]
    columns = [
        Column("Place", width=26), Column("Figure", "right", width=11),
        Column(_size(measure), "right", width=14), Column("95% limits", "right", width=17),
        Column("99.8% limits", "right", width=17), Column("Against the average", width=15),
        Column("Beyond", width=10),
    ]  # fmt: skip
    lines: list[list[AnyCell | str]] = [
        [
            told.place_name(row["place"]),
            _said(measure, row["value"]),
            shown(row["size"], 0) or "–",
            _range(measure, row, "lower", "upper"),
            _range(measure, row, "lower_outer", "upper_outer"),
            IconCell(row["stands"]),
            Cell(row["beyond"] or "–"),
        ]
        for row in placed
    ]
    notes = _notes(funnel, len(rows) - len(placed))
    return Table(f"The figures in this chart, {measure.unit}", columns, lines, notes=notes)


def _notes(funnel: Funnel, unlisted: int) -> list[str]:
    found = []
    if unlisted:
        found.append(
            f"Not in this table: {unlisted} more places; the exported files hold them all."
        )
    if funnel.left_out:
        found.append(
            f"Places of the group without a figure that follows from its counts: {funnel.left_out}."
        )
    if funnel.without_events:
        found.append(f"Without any event, and so not in over-dispersion: {funnel.without_events}.")
    return found
