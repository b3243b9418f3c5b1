"""The scorecard: one table for each outcome, one line for each measure and place."""

from __future__ import annotations

from collections.abc import Iterator

from outturn.publishing.pack import Block, Column, Heading, Paragraph, StatusCell, Table
from outturn.publishing.told import Row, Told
from outturn.terms.records import SHAPES, Status

_DIRECTIONS = {
    "better": "↑ better",
    "worse": "↓ worse",
    "same": "→ same",
    "up": "↑ up",
    "down": "↓ down",
}


def scorecard(told: Told) -> Iterator[Block]:
    """A heading, the owners and a table for each outcome that holds measures."""
    yield Heading("Scorecard by outcome")
    yield Paragraph(
        "Each measure has two statuses: now, against the milestone for the period, and at year "
        "end, against the target. Appendix A gives the rule."
    )
    for outcome in told.outcomes():
        rows = [row for id in outcome.measures for row in told.of_measure(id)]
        if not rows and not outcome.delivery:
            continue
        yield Heading(outcome.title, 2)
        if facts := _owners(outcome):
            yield Paragraph(facts)
        if outcome.delivery_comment:
            yield Paragraph(outcome.delivery_comment)
        if rows:
            yield _table(told, f"Measures: {outcome.title}", rows)


def _owners(outcome) -> str:  # type: ignore[no-untyped-def]
    said = [
        f"{name}: {value}."
        for name, value in (
            ("Board", outcome.board),
            ("Owner", outcome.owner),
            ("Deputy", outcome.deputy),
            ("Delivery", outcome.delivery),
        )
        if value
    ]
    return " ".join(said)


def _table(told: Told, caption: str, rows: list[Row]) -> Table:
    many_places = len({row["place"] for row in rows}) > 1 or rows[0]["place"] != told.place
    columns = [
        Column("Measure", width=30),
        *([Column("Place", width=15)] if many_places else []),
        Column("Figure", "right", width=13),
        Column("Target", width=17),
        Column("Now", width=14),
        Column("Year end", width=14),
        Column("Direction", width=12),
    ]
    lines = [
        [
            told.measure(row).short or told.measure(row).title,
            *([told.place_name(row["place"])] if many_places else []),
            _figure(told, row),
            row["target"] or "None set",
            StatusCell(row["status_now"]),
            StatusCell(row["status_year_end"]),
            _DIRECTIONS.get(row["direction"], "○ not assessed"),
        ]
        for row in rows
    ]
    return Table(caption, columns, lines, notes=_reasons(told, rows))


def _figure(told: Told, row: Row) -> str:
    """The figure, with its own period where that is not the pack's, and what kind it is."""
    said = told.said(row)
    kind = row["provenance"]
    marks = [] if kind in (None, "final") else [kind]
    if row["period"] != told.pack.period.key:
        marks.append(told.period_label(row["period"]))
    return f"{said} ({', '.join(marks)})" if marks else said


def _reasons(told: Told, rows: list[Row]) -> list[str]:
    """Why a figure is absent: said below the table, once for each reason."""
    reasons: dict[str, list[str]] = {}
    for row in rows:
        if row["absent"]:
            reasons.setdefault(row["why"], []).append(
                told.measure(row).short or told.measure(row).title
            )
    return [f"{why} ({'; '.join(dict.fromkeys(names))})" for why, names in reasons.items()]


def summary_table(told: Told) -> Table:
    """How many measures stand where, by outcome."""
    columns = [
        Column("Outcome", width=40),
        *(Column(f"{SHAPES[s]} {_word(s)}", "right") for s in Status),
    ]
    lines = [[one["outcome"], *(str(one[str(s)]) for s in Status)] for one in told.statuses]
    return Table("Measures by status at year end", columns, lines)


def _word(status: Status) -> str:
    return {"close": "Close to target"}.get(status, status.capitalize())
