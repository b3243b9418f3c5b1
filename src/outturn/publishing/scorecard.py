"""The scorecard: for each outcome its measures, those with a target before those without."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from outturn.framework.model import Outcome
from outturn.judgement.direction import WITHIN
from outturn.judgement.foreseen_words import CANNOT_BE_MET, chance_of_meeting
from outturn.judgement.sensitivity import flips_in_words
from outturn.judgement.words import chance_words, sentence
from outturn.publishing.exceptions import ASKED, said_of
from outturn.publishing.figure_words import (
    DIRECTIONS,
    Remarks,
    capital,
    change_words,
    direction_words,
    figure,
    name,
    name_and_unit,
    shortened,
    status_cell,
    target_words,
)
from outturn.publishing.pack import Block, Cell, Column, Heading, Paragraph, Table
from outturn.publishing.strategy import activities, delivery_comment
from outturn.publishing.tables import AnyCell
from outturn.publishing.told import Row, Told
from outturn.terms.records import Provenance, Status

_PERIODS_REMARKED = 3  # periods in one table: with more, each row says its own
_OTHER = (
    "How likely the level behind the figure has another status than the one now, given how few or "
    "many are counted"
)
_BY_CHANCE = "The change is no more than chance may make: its 95% limits hold no change"
_APART = 3  # measures without a target: so many or more have a table of their own
Make = Callable[[Row, Remarks], AnyCell | str]
Field = tuple[Column, Make]


def scorecard(told: Told) -> Iterator[Block]:
    """A heading and its tables for each outcome that holds measures."""
    outcomes = [
        one
        for one in told.outcomes()
        if _rows(told, one) or one.delivery or (one.activities and not _mapped(told, one))
    ]
    if not outcomes:
        return
    yield Heading("Scorecard by outcome")
    owners = Counter(_owners(one) for one in outcomes)
    usual = owners.most_common(1)[0][0]
    named = set[str]()  # outcomes above, whose board and owner have been said
    for number, outcome in enumerate(outcomes):
        yield Heading(outcome.title, 2)
        own = _owners(outcome)
        said = "" if number and own == usual else own
        unless = " The same holds below unless a table names another." if len(owners) > 1 else ""
        said = said if number or not said else f"{said}{unless}"
        yield from _outcome(told, outcome, [_above(told, outcome, named), said])
    if "rag" not in told.pack.appendices:  # which says it beside the tolerances
        yield from map(Paragraph, flips_in_words(told.rows, told.partnership.measures))
    if missing := told.without_rows():
        names = "; ".join(measure.title for measure in missing)
        period = told.pack.period.label(told.partnership.calendar)
        yield Paragraph(f"No figure of {period}, or of a period before it, is held for: {names}.")


def _rows(told: Told, outcome: Outcome) -> list[Row]:
    return [row for id in outcome.measures for row in told.of_measure(id)]


def _mapped(told: Told, outcome: Outcome) -> bool:
    """Whether a strategy map of the same paper prints what is done towards the outcome."""
    return any(one.kind == "tree" and outcome.framework in one.items for one in told.pack.sections)


def _above(told: Told, outcome: Outcome, named: set[str]) -> str:
    """The outcomes over this one, each with its board and owner where it is first named."""
    said = []
    above = told.partnership.outcomes.get(outcome.parent)
    while above and above.id != outcome.id:
        first = above.id not in named
        named.add(above.id)
        said.append(" ".join([f"Under: {sentence(above.title)}", *([_owners(above)] * first)]))
        above = told.partnership.outcomes.get(above.parent)
    return " ".join(said).strip()


def _outcome(told: Told, outcome: Outcome, owners: Sequence[str]) -> Iterator[Block]:
    rows = _rows(told, outcome)
    done = "" if _mapped(told, outcome) else activities(outcome)
    notes = [one for one in (*owners, delivery_comment(outcome), done) if one]
    aimed = [row for row in rows if row["target_id"]]
    apart = [row for row in rows if not row["target_id"]]
    if aimed and len(apart) < _APART:
        aimed, apart = [*aimed, *apart], []
    if aimed:
        yield _table(told, "Measures with a target", aimed, _with_target, notes)
    if apart:
        caption = "Measures without a target, so not assessed" if aimed else "Measures"
        if not aimed and told.position.has_targets:
            caption = "Measures, none with a target, so not assessed"
        yield _table(told, caption, apart, _without_target, [] if aimed else notes)
    if not rows and notes:
        yield Paragraph(" ".join(notes))


def _owners(outcome: Outcome) -> str:
    named = (
        ("Board", outcome.board),
        ("Owner", outcome.owner),
        ("Deputy", outcome.deputy),
        ("Delivery", outcome.delivery),
    )
    return " ".join(f"{title}: {value}." for title, value in named if value)


def _table(
    told: Told,
    caption: str,
    rows: Sequence[Row],
    fields: Callable[[Told, Sequence[Row]], list[Field]],
    notes: Sequence[str],
) -> Table:
    remarks = Remarks()
    chosen = [*_first_fields(told, rows), *fields(told, rows)]
    lines = [[make(row, remarks) for _, make in chosen] for row in rows]
    if usual := _usual_period(rows):
        caption = f"{caption}: {told.period_label(usual)}"
    columns = [column for column, _ in chosen]
    own = [*remarks.lines(), *_how_sure(told, rows)]
    return Table(caption, columns, lines, notes=[*own, *notes])


def _usual_period(rows: Sequence[Row]) -> str:
    """The period of most rows, said once in the caption.

    None where there are too many, or where so little else is shown that each row can say its own.
    """
    periods = Counter(row["period"] for row in rows if row["value"] is not None)
    periods = periods or Counter(row["period"] for row in rows)
    full = any(row["target_id"] or row["direction"] in DIRECTIONS for row in rows)
    most = _PERIODS_REMARKED if full else 1
    return str(periods.most_common(1)[0][0]) if len(periods) <= most else ""


def _first_fields(told: Told, rows: Sequence[Row]) -> list[Field]:
    """Name and figure, the period between them where the caption cannot say it."""
    usual = _usual_period(rows)
    found: list[Field] = [
        (
            Column("Measure", width=26),
            lambda row, _: Cell(name_and_unit(told, row)),
        ),
    ]
    if not usual:
        found.append((Column("Period", width=15), lambda r, _: told.period_label(r["period"])))
    figures = Column("Figure", "right", width=14)
    found.append((figures, lambda row, notes: _figure(told, row, notes, usual)))
    return found


def _figure(told: Told, row: Row, remarks: Remarks, usual: str) -> str:
    """The figure, with a remark of what it hides, and one where it is of another period than the
    table's."""
    said = figure(told, row, remarks)
    if hidden := told.hides(row):
        said = f"{said} {remarks.number(hidden)}"
    if row["status_year_end"] == Status.NOT_ASSESSED:  # the others are spoken of before
        asked = [f"{ASKED}: {one}" for one in (told.asks(row),) if one]
        said = " ".join([said, *(remarks.number(one) for one in (*said_of(told, row), *asked))])
    if not usual or row["period"] == usual or row["value"] is None:
        return said
    what = "Forecast" if row["provenance"] == Provenance.FORECAST else "Figure"
    label = told.period_label(row["period"])
    when = label if label.startswith("at ") else f"for {label}"
    return f"{said} {remarks.number(f'{what} {when}')}"


def _with_target(told: Told, rows: Sequence[Row]) -> list[Field]:
    likely = any(row["chance_year_end"] is not None for row in rows)
    status = 22 if likely else 17  # one more column, and a status still stands on one line
    found: list[Field] = [
        (Column("Target", width=15), lambda r, _: target_words(r, told.measure(r))),
        (Column("Now", width=status), lambda row, _: status_cell(row["status_now"])),
        (Column("Year end", width=status), lambda row, _: status_cell(row["status_year_end"])),
    ]
    if likely:
        found.append((Column("Likely to meet", "right", width=10), _likely))
    if any(row["direction"] in DIRECTIONS for row in rows):
        found.append((Column("Direction", width=11), _direction))
    return found


def _likely(row: Row, remarks: Remarks) -> str:
    """The chance that the target is met at year end, where the forecast is a distribution.

    One that is indicative has a remark that says from what its interval comes.
    """
    if row["chance_year_end"] is None:
        return ""
    said = chance_of_meeting(row["chance_year_end"], needed=row["needed_words"])
    basis = row["forecast_basis"]
    if said == CANNOT_BE_MET:
        return said
    return f"{said} {remarks.number(capital(basis))}" if basis else said


def _how_sure(told: Told, rows: Sequence[Row]) -> list[str]:
    """How likely another status is, of each figure whose counts tell that, in one line."""
    said = [
        f"{name(told, row)} {chance_words(row['chance_other'])}"
        for row in rows
        if row["chance_other"] is not None
    ]
    return [f"{_OTHER}: {'; '.join(said)}."] if said else []


def _without_target(told: Told, rows: Sequence[Row]) -> list[Field]:
    if not any(row["direction"] in DIRECTIONS for row in rows):
        return []
    before = {row["previous_period"] for row in rows if row["direction"] in DIRECTIONS}
    title = told.period_label(before.pop()) if len(before) == 1 else "Before"
    return [
        (Column(title, "right", width=16), lambda row, _: _before(told, row)),
        (Column("Direction", width=14), _direction),
        (Column("Change", width=18), lambda row, _: change_words(told, row, whole=False)),
    ]


def _direction(row: Row, remarks: Remarks) -> str:
    """Where the figure has moved, and a remark where chance may have moved it as far."""
    said = direction_words(row)
    return f"{said} {remarks.number(_BY_CHANCE)}" if row["change_chance"] == WITHIN else said


def _before(told: Told, row: Row) -> str:
    """The figure that the change is counted from."""
    if row["direction"] not in DIRECTIONS or row["previous"] is None:
        return ""
    return shortened(told.said(row, "previous"), told.measure(row))
