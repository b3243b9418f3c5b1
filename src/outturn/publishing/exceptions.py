"""Performance by exception: what is off target or close to it, what is said and done about it."""

from __future__ import annotations

from collections.abc import Iterator

from outturn.publishing.commentary import from_markdown
from outturn.publishing.pack import Block, Chart, Column, Heading, KeyFacts, Paragraph, Table
from outturn.publishing.tokens import filled
from outturn.publishing.told import Row, Told, by_status
from outturn.terms.period import MONTHS
from outturn.terms.records import LETTERS, SHAPES, Status


def exceptions(told: Told) -> Iterator[Block]:
    """Each measure off target, then each close to it, with comment and actions."""
    yield Heading("Performance by exception")
    off, close = by_status(told.rows, Status.OFF_TARGET), by_status(told.rows, Status.CLOSE)
    if not off and not close:
        yield Paragraph("No measure with a target is forecast to end the year off target or close.")
        return
    yield Paragraph(
        "These measures are forecast to end the year off target, or close to it. "
        "Measures on target are in the scorecard."
    )
    for row in (*off, *close):
        yield from _exception(told, row)


def going_well(told: Told) -> Iterator[Block]:
    """What is on target, in a sentence each; nothing when nothing is."""
    rows = by_status(told.rows, Status.ON_TARGET)
    if not rows:
        return
    yield Heading("On target at year end")
    columns = [
        Column("Measure", width=42),
        Column("Figure", "right", width=16),
        Column("Why", width=42),
    ]
    lines = [[_title(told, row), told.said(row), row["reason_year_end"]] for row in rows]
    yield Table("Measures on target at year end", columns, lines)


def _exception(told: Told, row: Row) -> Iterator[Block]:
    status = Status(row["status_year_end"])
    yield Heading(_title(told, row), 2)
    facts = [
        ("Status at year end", f"{SHAPES[status]} {status.capitalize()} ({LETTERS[status]})"),
        ("Figure", f"{told.said(row)}, {told.period_label(row['period'])}"),
        ("Target", f"{row['target']} by {_day(told, row)}"),
        ("Why", row["reason_year_end"]),
    ]
    if row["distance_year_end"]:
        facts.append(("To reach it", row["distance_year_end"]))
    if row["direction"] not in (None, "not assessed"):
        facts.append(("Direction", row["reason_direction"]))
    if row["overridden"]:
        facts.append(("Set aside", row["overridden"]))
    yield KeyFacts(facts)
    for comment in _comments(told, row):
        yield from from_markdown(filled(comment.text, row, told), where=comment.file)
    if table := _actions(told, row):
        yield table


def _title(told: Told, row: Row) -> str:
    title = told.measure(row).title
    same = row["place"] == told.place
    return title if same else f"{title}: {told.place_name(row['place'])}"


def _day(told: Told, row: Row) -> str:
    from outturn.terms.period import from_key

    end = from_key(row["period"]).financial_year(told.partnership.calendar).end
    return f"{end.day} {MONTHS[end.month - 1]} {end.year}"


def _comments(told: Told, row: Row):  # type: ignore[no-untyped-def]
    return [
        one
        for one in told.partnership.comments
        if one.measure == row["measure"] and one.period.key in (row["period"], told.pack.period.key)
    ]


def _actions(told: Told, row: Row) -> Table | None:
    actions = [
        one
        for one in told.partnership.actions
        if one.measure == row["measure"] and one.place in ("", row["place"])
    ]
    if not actions:
        return None
    columns = [
        Column("Action", width=46), Column("Owner", width=24), Column("Due", width=14),
        Column("State", width=14),
    ]  # fmt: skip
    lines = [
        [
            f"{one.title}{f' ({one.comment})' if one.comment else ''}",
            one.owner,
            _date(one.due),
            one.state,
        ]
        for one in actions
    ]
    return Table(f"Actions: {told.measure(row).short or told.measure(row).title}", columns, lines)


def _date(day) -> str:  # type: ignore[no-untyped-def]
    return f"{day.day} {MONTHS[day.month - 1][:3]} {day.year}"


__all__ = ["Chart", "exceptions", "going_well"]
