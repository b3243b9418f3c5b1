"""How we compare: quartiles worked out here, quartiles that others published, and a strip each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from outturn.benchmarking.amounts import why_no_rank
from outturn.benchmarking.group_values import PUBLISHED
from outturn.judgement.words import sentence, unit_of
from outturn.publishing.charts import quartile_strip
from outturn.publishing.comparison_icons import COMPARISON_ICONS, NOT_COMPARED, word_of
from outturn.publishing.figure_words import name, short_name, shortened
from outturn.publishing.pack import Block, Cell, Chart, Column, Heading, IconCell, Paragraph, Table
from outturn.publishing.tables import AnyCell
from outturn.publishing.told import Row, Strip, Told

Make = Callable[[Told, str, Sequence[Row]], Table]
AS_PUBLISHED = "reported"  # the basis of what others worked out
_EDGES = ("Lower quartile", "Median", "Upper quartile")
AGAINST = Column("Against the group", width=17)
AGAINST_MEANS = {  # said below each table that holds the word
    "better": "the group's figure lies outside the 95% limits of ours, which is on the good side",
    "worse": "the group's figure lies outside the 95% limits of ours, which is on the bad side",
    "higher": "ours lies above the group's beyond its 95% limits; neither side is the good one",
    "lower": "ours lies below the group's beyond its 95% limits; neither side is the good one",
    "similar": "the group's figure lies within the 95% limits of ours, so chance may part them",
    NOT_COMPARED: "there are no limits, or no figure of the group",
}


def comparison(told: Told) -> Iterator[Block]:
    """A table for each group and basis, then a chart for each measure with a figure of enough."""
    rows = [row for row in told.benchmarks if _says_something(row)]
    if not rows:
        return
    yield Heading("How we compare")
    for (group, made_by), found in _grouped(rows).items():
        yield made_by(told, group, found)
    yield Paragraph(
        "A comparison says where we stand among others, not whether a target is met: it is no "
        "status, and has shapes and colours of its own. "
        "The top quartile is the best quarter, whichever way the measure runs."
    )
    if grown := list(_not_ranked(told)):
        yield Paragraph(
            "Not ranked, because a count and an amount of money grow with the size of a place: "
            f"{'; '.join(grown)}."
        )
    for strip in told.strips:
        yield _strip(told, strip)


def _not_ranked(told: Told) -> Iterator[str]:
    """The measures that would have a rank, did they not grow with the size of a place."""
    found = (told.measure(row) for row in told.benchmarks if row["basis"] != AS_PUBLISHED)
    for measure in {one.id: one for one in found}.values():
        if why_no_rank(measure) and measure.aim != "none":
            yield short_name(measure)


def _own_note(told: Told, row: Row) -> str:
    """The note of a row, but for why a kind of figure has no rank: that is said once, below."""
    return (row["note"] or "").replace(why_no_rank(told.measure(row)), "").strip()


def _says_something(row: Row) -> bool:
    return bool(row["quartile"] or row["rank"]) or row["comparator_value"] is not None


def _grouped(rows: Sequence[Row]) -> dict[tuple[str, Make], list[Row]]:
    groups: dict[tuple[str, Make], list[Row]] = {}
    for row in rows:
        groups.setdefault((row["comparator"], _made_by(row)), []).append(row)
    return groups


def _made_by(row: Row) -> Make:
    """Who worked it out comes first: a rank that others published is not made out to be ours."""
    ranked = bool(row["rank"] or row["quartile"])
    if row["basis"] == AS_PUBLISHED:
        return _published if ranked else _beside
    return _computed if ranked else _unranked


def group_name(told: Told, group: str) -> str:
    found = told.partnership.comparators.get(group)
    return found.full_name if found else group


def _published(told: Told, group: str, rows: Sequence[Row]) -> Table:
    figures = any(row["comparator_value"] is not None for row in rows)
    ranks = any(row["rank"] for row in rows)
    quartiles = any(row["quartile"] for row in rows)
    columns = [
        Column("Measure", width=40), Column("Period", width=16),
        Column("Our figure", "right", width=14),
        *([Column("Group's figure", "right", width=14)] if figures else []),
        *([Column("Rank, as published", width=18)] if ranks else []),
        *([Column("Quartile, as published", width=22)] if quartiles else []),
    ]  # fmt: skip
    lines = [
        [
            *_ours(told, row),
            *([_unit(told, row, "comparator_value")] if figures else []),
            *([rank_words(row) or "Not given"] if ranks else []),
            *([(row["quartile"] or "Not given").capitalize()] if quartiles else []),
        ]
        for row in rows
    ]
    what = " and ".join([*(["ranks"] if ranks else []), *(["quartiles"] if quartiles else [])])
    caption = f"{group_name(told, group)}: {what} as published, not worked out here"
    return Table(caption, columns, lines, notes=_published_notes(told, rows))


def rank_words(row: Row) -> str:
    """A rank and, where it is known, of how many."""
    if not row["rank"]:
        return ""
    size = row["with_value"] or row["members"]
    return f"{row['rank']} of {size}" if size else f"{row['rank']}"


def _beside(told: Told, group: str, rows: Sequence[Row]) -> Table:
    """Our figure beside that of the group, without a rank."""
    columns = [
        Column("Measure", width=50), Column("Period", width=20),
        Column("Our figure", "right", width=15), Column("Group's figure", "right", width=15),
    ]  # fmt: skip
    lines = [[*_ours(told, row), _unit(told, row, "comparator_value")] for row in rows]
    caption = f"{group_name(told, group)}: our figure beside the published one"
    return Table(caption, columns, lines, notes=_published_notes(told, rows))


def _unranked(told: Told, group: str, rows: Sequence[Row]) -> Table:
    """Our figure beside that of the group, worked out here, where none has a rank."""
    beside = _beside(told, group, rows)
    if any(_is_compared(row) for row in rows):
        lines = [[*line, against_cell(row)] for line, row in zip(beside.rows, rows, strict=True)]
        beside = replace(beside, columns=[*beside.columns, AGAINST], rows=lines)
    found = told.partnership.comparators.get(group)
    published = found is not None and found.rule == PUBLISHED
    other = "the published one" if published else "the group's, worked out here"
    caption = f"{group_name(told, group)}: our figure beside {other}"
    return replace(beside, caption=caption, notes=_computed_notes(told, rows))


def _published_notes(told: Told, rows: Sequence[Row]) -> list[str]:
    """Each note once, with the measures it concerns unless it concerns them all."""
    concerned: dict[str, list[str]] = {}
    for row in rows:
        if row["note"] and row["basis"] == AS_PUBLISHED:
            concerned.setdefault(row["note"], []).append(short_name(told.measure(row)))
    return [
        sentence(note) if len(names) == len(rows) else f"{'; '.join(names)}: {sentence(note)}"
        for note, names in concerned.items()
    ]


def _is_compared(row: Row) -> bool:
    return row["against"] in COMPARISON_ICONS


def against_cell(row: Row) -> AnyCell:
    """How the figure stands against the group's: an icon and its word; in plain words where not."""
    return IconCell(row["against"]) if _is_compared(row) else Cell(word_of(NOT_COMPARED))


def against_notes(rows: Sequence[Row]) -> list[str]:
    """What each word of the comparison means, of those that the rows hold."""
    if not any(_is_compared(row) for row in rows):
        return []
    shown = {row["against"] or NOT_COMPARED for row in rows}
    return [f"{word_of(one)}: {means}." for one, means in AGAINST_MEANS.items() if one in shown]


def _computed(told: Told, group: str, rows: Sequence[Row]) -> Table:
    compared = any(_is_compared(row) for row in rows)
    columns = [
        Column("Measure", width=26), Column("Period", width=11),
        Column("Our figure", "right", width=11), Column("Group's figure", "right", width=11),
        *([AGAINST] if compared else []),
        Column("Rank", width=14), Column("Quartile", width=11),
        Column("Gap to the top quartile", width=17),
    ]  # fmt: skip
    lines: list[list[AnyCell | str]] = [
        [
            *_ours(told, row),
            _unit(told, row, "comparator_value"),
            *([against_cell(row)] if compared else []),
            rank_words(row),
            str(row["quartile"] or "None").capitalize(),
            _gap(told, row),
        ]
        for row in rows
    ]
    size = max(row["members"] for row in rows)
    caption = f"{group_name(told, group)}: {size} members, worked out here"
    return Table(caption, columns, lines, notes=_computed_notes(told, rows))


def _computed_notes(told: Told, rows: Sequence[Row]) -> list[str]:
    rules = [f"Quartile: {sentence(row['quartile_rule'])}" for row in rows if row["quartile_rule"]]
    groups = [
        f"Group's figure: {sentence(row['comparator_rule'])}"
        for row in rows
        if row["comparator_rule"]
    ]
    own = [f"{name(told, row)}: {sentence(note)}" for row in rows if (note := _own_note(told, row))]
    return list(dict.fromkeys([*against_notes(rows), *rules, *groups, *own]))


def _ours(told: Told, row: Row) -> list[str]:
    title = short_name(told.measure(row))
    unit = told.measure(row).unit
    long = _unit(told, row, "value") != _full(told, row, "value")
    named = f"{title}, {unit}" if long and unit.lower() not in title.lower() else title
    return [named, told.period_label(row["period"]), _unit(told, row, "value")]


def _full(told: Told, row: Row, column: str) -> str:
    measure = told.measure(row)
    value = row[column]
    if value is None:
        return str(row.get("absent") or "No figure").capitalize()
    return unit_of(measure).rounded(value, measure.decimals)


def _unit(told: Told, row: Row, column: str) -> str:
    if row[column] is None and column == "comparator_value":
        return "Not given"
    return shortened(_full(told, row, column), told.measure(row))


def _gap(told: Told, row: Row) -> str:
    """The gap to the edge of the top quartile, in the unit and in people."""
    if row["gap"] is None:
        return "Not ranked by quartile"
    if not row["gap"]:
        # Where equal figures are parted, one of them may stand outside of it.
        return f"None: {'in' if row['quartile'] == 'top' else 'level with'} the top quartile"
    measure = told.measure(row)
    unit = unit_of(measure)
    said = unit.gap(row["gap"], measure.decimals)
    if row["gap_people"] is None:
        return said
    return f"{said}, or {row['gap_people']:,.0f} {measure.people}"


def _strip(told: Told, strip: Strip) -> Chart:
    row, measure = strip.row, told.measure(strip.row)
    unit = unit_of(measure)
    edges = tuple(unit.rounded(edge, measure.decimals) for edge in strip.edges)
    ours = told.place_name(row["place"])
    shown = unit.rounded(row["value"], measure.decimals)
    stands = word_of(row["against"]) if _is_compared(row) else ""
    group = group_name(told, row["comparator"])
    alt = (
        f"{ours}: {shown}, rank {row['rank']} of {row['with_value']}. "
        f"{f'Against the figure of {group}: {stands.lower()}. ' if stands else ''}"
        f"Lower quartile {edges[0]}, median {edges[1]}, upper quartile {edges[2]}."
    )
    low, middle, high = (shortened(edge, measure) for edge in edges)  # the axis has the unit
    spec = quartile_strip(
        strip.members,
        ours=ours,
        shown=shortened(shown, measure),
        against=row["against"],
        edges=strip.edges,
        edges_shown=(low, middle, high),
        unit=measure.unit,
        description=alt,
    )
    lines = [[ours, shown], *([title, edge] for title, edge in zip(_EDGES, edges, strict=True))]
    if stands:
        lines.insert(1, ["Against the group", stands])
    table = Table("The figures in this chart", ["Place", Column("Figure", "right")], lines)
    caption = f"{measure.title}: {group}"
    return Chart(spec, alt, f"{caption}, {told.period_label(row['period'])}", table)
