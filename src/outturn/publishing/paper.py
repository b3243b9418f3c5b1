"""The committee paper: the parts that such papers have, in the order that boards expect."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from outturn.publishing.appendices import appendices
from outturn.publishing.charts import counts_by_status
from outturn.publishing.commentary import from_markdown
from outturn.publishing.exceptions import exceptions, going_well
from outturn.publishing.pack import (
    Block,
    Chart,
    Column,
    Heading,
    KeyFacts,
    Note,
    NumberedList,
    Pack,
    PageBreak,
    Paragraph,
    Table,
)
from outturn.publishing.scorecard import scorecard, summary_table
from outturn.publishing.targets_return import targets_return
from outturn.publishing.told import Told
from outturn.terms.period import MONTHS
from outturn.terms.records import Status

_ASKED = {
    "approve": "The board is asked to approve the recommendations below.",
    "endorse": "The board is asked to endorse the recommendations below.",
    "note": "The board is asked to note this report.",
}


def paper(told: Told) -> Pack:
    """The pack model of one paper, ready for every renderer."""
    spec = told.pack
    blocks: list[Block] = []
    for make in FORMS[spec.form]:
        blocks.extend(make(told))
    return Pack(
        title=spec.title,
        organisation=told.partnership.name,
        subtitle=spec.period.label(told.partnership.calendar),
        meeting=spec.meeting,
        date_of_meeting=spec.held_on,
        period_label=spec.period.label(told.partnership.calendar),
        data_date=told.as_of,
        issue_date=told.issued,
        version=told.vintage,
        classification="Official",
        blocks=tuple(blocks),
    )


def _purpose(told: Told) -> Iterator[Block]:
    spec = told.pack
    facts = [("Meeting", f"{spec.meeting}, {_day(spec.held_on)}")]
    if spec.author:
        facts.append(("Report of", spec.author))
    if spec.route:
        facts.append(("Route", "; ".join(spec.route)))
    facts.append(("Decision asked", f"To {spec.decision}"))
    yield Heading("Purpose of the report")
    yield KeyFacts(facts)
    if spec.purpose:
        yield from from_markdown(spec.purpose, where=spec.file)
    yield Note(_ASKED[spec.decision], kind="decision")


def _recommendations(told: Told) -> Iterator[Block]:
    if told.pack.recommendations:
        yield Heading("Recommendations")
        yield NumberedList(told.pack.recommendations)


def _background(told: Told) -> Iterator[Block]:
    if told.pack.background:
        yield Heading("Background")
        yield from from_markdown(told.pack.background, where=told.pack.file)


def _summary(told: Told) -> Iterator[Block]:
    if not told.statuses:
        return
    yield Heading("Where we stand")
    counted = [(one["outcome"], {str(s): one[str(s)] for s in Status}) for one in told.statuses]
    alt = " ".join(f"{outcome}: {_in_words(found)}." for outcome, found in counted)
    spec = counts_by_status(counted, description=alt)
    yield Chart(spec, alt, "Measures by status at year end, by outcome", summary_table(told))


def _in_words(found: dict[str, int]) -> str:
    return ", ".join(f"{number} {status}" for status, number in found.items() if number)


def _comparison(told: Told) -> Iterator[Block]:
    rows = [row for row in told.benchmarks if row["quartile"] or row["rank"]]
    if not rows:
        return
    yield Heading("How we compare")
    yield Paragraph(
        "Quartiles are of the group named; top is best, whichever way the measure runs. "
        "A comparison says where we stand among others, not whether a target is met."
    )
    columns = [
        Column("Measure", width=34), Column("Period", width=14),
        Column("Our figure", "right", width=12), Column("Quartile", width=12),
        Column("Rank", width=14), Column("Group", width=24),
        Column("Gap to the top quartile", "right", width=16),
    ]  # fmt: skip
    lines = [_compared(told, row) for row in rows]
    notes = list(dict.fromkeys(row["note"] for row in rows if row["note"]))
    yield Table("Comparison with other places", columns, lines, notes=notes)


def _compared(told: Told, row) -> list[str]:  # type: ignore[no-untyped-def]
    from outturn.judgement.words import unit_of

    measure = told.measure(row)
    unit = unit_of(measure)
    group = told.partnership.comparators.get(row["comparator"])
    size = f"{row['with_value']} of {row['members']}" if row["with_value"] is not None else ""
    rank = f"{row['rank']} of {row['with_value']}" if row["rank"] else "–"
    basis = " (as published)" if row["basis"] == "reported" else ""
    gap = "–"
    if row["gap"] is not None:
        gap = unit.say(row["gap"], measure.decimals) if row["gap"] else "none"
    return [
        measure.short or measure.title,
        told.period_label(row["period"]),
        "–" if row["value"] is None else unit.say(row["value"], measure.decimals),
        f"{row['quartile'] or '–'}{basis}",
        rank,
        f"{group.name if group else row['comparator']}{f', {size} with a figure' if size else ''}",
        gap,
    ]


def _implications(told: Told) -> Iterator[Block]:
    if told.pack.implications:
        yield Heading("Implications")
        columns = [Column("Kind", width=26), Column("Implication", width=74)]
        yield Table("Implications of the report", columns, told.pack.implications)


def _about(told: Told) -> Iterator[Block]:
    yield Heading("About this paper")
    yield Paragraph(
        f"Every figure here comes from one kept build, vintage {told.vintage}, as at "
        f"{_day(told.as_of)}. It can be made again to the digit; its seal is {told.seal[:16]}."
    )
    if told.pack.contact:
        yield Paragraph(f"Contact: {told.pack.contact}.")


def _own_sections(told: Told) -> Iterator[Block]:
    for section in told.pack.sections:
        yield Heading(section.title)
        if section.text:
            yield from from_markdown(section.text, where=told.pack.file)
        if section.items:
            yield NumberedList(section.items)


def _appendices(told: Told) -> Iterator[Block]:
    if told.pack.appendices:
        yield PageBreak()
        yield from appendices(told)


FORMS: dict[str, tuple[Callable[[Told], Iterator[Block]], ...]] = {
    "committee paper": (
        _purpose, _recommendations, _background, _summary, exceptions, going_well, scorecard,
        _comparison, _own_sections, _implications, _about, _appendices,
    ),
    "local improvement targets return": (
        _purpose, _background, targets_return, _own_sections, _about, _appendices,
    ),
}  # fmt: skip


def _day(day) -> str:  # type: ignore[no-untyped-def]
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"
