"""The position in brief: the one page that a board member reads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from outturn.publishing.charts import counts_by_status
from outturn.publishing.figure_words import bare, change_words, name, names, target_words
from outturn.publishing.pack import (
    Block,
    BulletList,
    Chart,
    Column,
    Heading,
    PageBreak,
    Paragraph,
    Table,
    Text,
)
from outturn.publishing.series import courses
from outturn.publishing.told import Row, Told, by_status
from outturn.publishing.words import Words
from outturn.terms.records import SHAPES, Status

_WORDS = {Status.CLOSE: "Close to target"}
_WIDTHS = {
    Status.ON_TARGET: 14, Status.CLOSE: 10, Status.OFF_TARGET: 14, Status.NOT_ASSESSED: 16,
}  # fmt: skip
_BARS = 6  # outcomes with a bar of their own
_FINDINGS = 3  # findings told in full on this page
_NAMED = 6  # measures of one status that are named with their figures; beyond it names alone


def brief(told: Told) -> Iterator[Block]:
    """A few sentences, what each status holds, and the counts by outcome."""
    if not told.rows:
        return
    yield PageBreak()
    yield Heading("The position in brief")
    yield Paragraph(_lead(told), lead=True)
    if items := [item for item in _items(told) if item]:
        yield BulletList(items)
    if told.position.has_targets and told.statuses:
        yield _counts(told)


def _lead(told: Told) -> str:
    found = told.position
    of = _many(found.measures, "measure")
    if not found.has_targets:
        return f"This paper reports {of}. None has a target, so none is given a status."
    counts = found.counts
    start = f"Of {of}"
    if found.verdicts != found.measures:
        start = f"This paper follows {of}, some in several places. Of the {found.verdicts} figures"
    said = (
        f"{start}, {counts[Status.ON_TARGET]} are forecast to end the year on target, "
        f"{counts[Status.CLOSE]} close to it and {counts[Status.OFF_TARGET]} off target"
    )
    left = counts[Status.NOT_ASSESSED]
    return f"{said}; {left} cannot be assessed." if left else f"{said}."


def _items(told: Told) -> Iterator[Words | None]:
    for status in (Status.OFF_TARGET, Status.CLOSE):
        yield _of_status(told, status)
    yield _not_assessed(told)
    yield _moved(told, "Better than a year before", told.position.better)
    yield _moved(told, "Worse than a year before", told.position.worse)
    yield from _courses(told)
    yield _compared(told)
    yield _quality(told)


def _of_status(told: Told, status: Status) -> Words | None:
    rows = by_status(told.rows, status)
    if not rows:
        return None
    said = [_against(told, row) for row in rows] if len(rows) <= _NAMED else names(told, rows)
    return _item(f"{SHAPES[status]} {word(status)}", "; ".join(said))


def _against(told: Told, row: Row) -> str:
    measure = told.measure(row)
    asked = target_words(row, measure)
    return f"{name(told, row)}, {bare(row, measure)} against {asked[0].lower()}{asked[1:]}"


def _not_assessed(told: Told) -> Words | None:
    found = told.position
    if not found.counts[Status.NOT_ASSESSED] or not found.has_targets:
        return None
    parts = [f"{found.without_target} have no target"] if found.without_target else []
    if found.without_figure:
        lacking = "; ".join(names(told, found.without_figure))
        parts.append(f"{len(found.without_figure)} have a target and no figure ({lacking})")
    if not parts:
        return None
    return _item(f"{SHAPES[Status.NOT_ASSESSED]} Not assessed", "; ".join(parts))


def _moved(told: Told, title: str, rows: Sequence[Row]) -> Words | None:
    if not rows:
        return None
    said = [f"{name(told, row)} ({change_words(told, row)})" for row in rows[:_NAMED]]
    more = [f"and {len(rows) - _NAMED} more"] if len(rows) > _NAMED else []
    return _item(title, "; ".join([*said, *more]))


def _compared(told: Told) -> Words | None:
    """Where we stand lowest and highest among others."""
    ends = {
        end: [told.measure(row) for row in told.benchmarks if row["quartile"] == end]
        for end in ("top", "bottom")
    }
    said = [
        f"{len(found)} in the {end} quartile ({'; '.join(m.short or m.title for m in found)})"
        for end, found in ends.items()
        if found
    ]
    return _item("Compared with others", "; ".join(said)) if said else None


def _quality(told: Told) -> Words | None:
    if not told.findings:
        return None
    found = len(told.findings)
    if "data quality" not in told.pack.appendices or found <= _FINDINGS:
        return _item("Quality of the figures", " ".join(row["finding"] for row in told.findings))
    said = _many(found, "finding")
    return _item("Quality of the figures", f"{said} by rule, in the appendix on data quality")


def _courses(told: Told) -> Iterator[Words]:
    """The course of each measure that the paper draws over time."""
    for section in told.pack.sections:
        if section.kind == "series":
            for said in courses(told, section):
                yield _item("Over time", said)


def _item(title: str, said: str) -> Words:
    stop = "" if said.endswith((".", "!", "?")) else "."
    return Text(f"{title}: ", strong=True), Text(f"{said}{stop}")


def _many(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _counts(told: Told) -> Chart:
    """A bar for each outcome, or one for all where that many bars would fill the page."""
    counted = [(one["outcome"], {str(s): one[str(s)] for s in Status}) for one in told.statuses]
    outcomes, whole = (counted[:-1], counted[-1:]) if len(counted) > 1 else (counted, [])
    drawn = outcomes if len(outcomes) <= _BARS else whole
    alt = " ".join(f"{outcome}: {_in_words(found)}." for outcome, found in drawn)
    spec = counts_by_status(drawn, description=alt)
    return Chart(spec, alt, "Where measures stand at year end", counts_table(told))


def _in_words(found: dict[str, int]) -> str:
    return ", ".join(f"{number} {status}" for status, number in found.items() if number)


def counts_table(told: Told) -> Table:
    """How many measures stand where, by outcome."""
    columns = [
        Column("Outcome", width=50),
        *(Column(f"{SHAPES[s]} {s.capitalize()}", "right", width=_WIDTHS[s]) for s in Status),
    ]
    lines = [[one["outcome"], *(str(one[str(s)]) for s in Status)] for one in told.statuses]
    return Table("Measures by status at year end", columns, lines)


def word(status: Status) -> str:
    """A status as a heading says it."""
    return _WORDS.get(status, status.capitalize())
