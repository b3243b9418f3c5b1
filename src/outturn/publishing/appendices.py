"""The appendices: the rule behind each status, the definitions, the quality of the data."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from outturn.publishing.pack import Block, BulletList, Column, Heading, Paragraph, Table
from outturn.publishing.told import Told
from outturn.terms.records import LETTERS, SHAPES, Status

_MEANINGS = {
    Status.ON_TARGET: "The goal is met.",
    Status.CLOSE: "The goal is missed by no more than the tolerance agreed for this target.",
    Status.OFF_TARGET: "The goal is missed by more than the tolerance.",
    Status.NOT_ASSESSED: "There is no figure or no target, or the two may not be compared.",
}


def appendices(told: Told) -> Iterator[Block]:
    """The appendices that the pack asks for, lettered in its order."""
    for letter, name in zip("ABCDEFGH", told.pack.appendices, strict=False):
        title, make = APPENDICES[name]
        yield Heading(f"Appendix {letter}: {title}")
        yield from make(told)


def _statuses(told: Told) -> Iterator[Block]:
    columns = [
        Column("Status", width=26),
        Column("Letter", "centre", width=10),
        Column("Meaning", width=64),
    ]
    lines = [[f"{SHAPES[s]} {s.capitalize()}", LETTERS[s], _MEANINGS[s]] for s in Status]
    yield Table("What each status means", columns, lines)
    yield Paragraph(
        "Now compares the figure with the milestone for the same period. Year end compares a "
        "forecast of the year's figure with the target. A tolerance belongs to one target, in the "
        "measure's own terms: one percentage for all would be wrong for small numbers, rates and "
        "percentages alike. Figures are judged unrounded unless the target says otherwise."
    )
    rows = [row for row in told.rows if row["target_id"]]
    if rows:
        yield _rules(told, rows)


def _rules(told: Told, rows) -> Table:  # type: ignore[no-untyped-def]
    by_id = {target.id: target for target in told.partnership.targets}
    columns = [
        Column("Measure", width=30), Column("Target", width=20), Column("Close within", width=14),
        Column("Agreed by", width=22), Column("How it is compared", width=24),
    ]  # fmt: skip
    lines = []
    for row in rows:
        target = by_id[row["target_id"]]
        title = told.measure(row).short or told.measure(row).title
        name = title if row["place"] == told.place else f"{title} ({told.place_name(row['place'])})"
        lines.append(
            [name, row["target"], _tolerance(target), target.agreed.by, _comparison(target)]
        )
    return Table("The rule for each target", columns, lines)


def _tolerance(target) -> str:  # type: ignore[no-untyped-def]
    amount = f"{target.tolerance.amount:g}"
    return {
        "points": f"{amount} in the unit",
        "percent_of_target": f"{amount}% of the target",
        "count": f"{amount} in number",
    }.get(target.tolerance.word, "None")


def _comparison(target) -> str:  # type: ignore[no-untyped-def]
    said = []
    if target.rounded_to is not None:
        said.append(f"Rounded to {target.rounded_to} decimal places.")
    if target.at_limit:
        said.append("A figure equal to the limit meets it.")
    return " ".join([*said, target.comment]) or "Unrounded."


def _definitions(told: Told) -> Iterator[Block]:
    measures = {row["measure"]: told.measure(row) for row in told.rows}
    columns = [
        Column("Measure", width=32), Column("Definition", width=12), Column("Unit", width=14),
        Column("Good is", width=12), Column("What is counted, and source", width=42),
    ]  # fmt: skip
    lines = [
        [one.title, one.definition, one.unit, _AIMS[one.aim], _counted(one)]
        for one in measures.values()
    ]
    yield Table("Definitions of the measures", columns, lines)


_AIMS = {
    "higher": "higher", "lower": "lower", "band": "inside a band", "closest": "near a value",
    "none": "neither",
}  # fmt: skip


def _counted(measure) -> str:  # type: ignore[no-untyped-def]
    parts = [measure.description]
    if measure.numerator_is:
        parts.append(f"Numerator: {measure.numerator_is}.")
    if measure.denominator_is:
        parts.append(f"Denominator: {measure.denominator_is}.")
    if measure.source:
        parts.append(f"Source: {measure.source}.")
    parts += measure.notes
    return " ".join(part for part in parts if part) or "As named."


def _data_quality(told: Told) -> Iterator[Block]:
    columns = [
        Column("Source", width=40), Column("Published", width=16), Column("Publisher", width=24),
        Column("Rows", "right", width=10),
    ]  # fmt: skip
    lines = [
        [one["title"], one["published"], one["publisher"], one["rows"]] for one in told.sources
    ]
    if lines:
        yield Table("Where the figures come from", columns, lines)
    if told.kept_aside:
        rows = "row was" if told.kept_aside == 1 else "rows were"
        yield Paragraph(
            f"{told.kept_aside:,} {rows} kept aside because they break their contract; "
            "they are in no figure."
        )
    if told.findings:
        yield Paragraph("The rules for data quality found this:")
        yield BulletList([one["finding"] for one in told.findings])
    else:
        yield Paragraph("The rules for data quality found nothing to report.")


APPENDICES: dict[str, tuple[str, Callable[[Told], Iterator[Block]]]] = {
    "rag": ("how the statuses are decided", _statuses),
    "definitions": ("definitions", _definitions),
    "data quality": ("the quality of the data", _data_quality),
}
