"""Performance by exception: what is off target or close to it, what is said and done about it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from outturn.framework.model import Action, Comment
from outturn.judgement.summary import aim_of
from outturn.judgement.words import sentence
from outturn.publishing.charts import Mark, figure_and_target
from outturn.publishing.commentary import from_markdown
from outturn.publishing.figure_words import (
    DIRECTIONS,
    bare,
    capital,
    name,
    short_name,
    status_cell,
    status_words,
    target_words,
)
from outturn.publishing.pack import Block, Chart, Column, Heading, Paragraph, Table, Text
from outturn.publishing.tables import AnyCell
from outturn.publishing.tokens import filled
from outturn.publishing.told import Row, Told, by_status
from outturn.publishing.wording import MONTHS, long_date
from outturn.publishing.words import Words
from outturn.terms.records import Status

_ON_ONE_CHART = 9  # measures: more would not leave room for the table on the page
_CHART = "Forecast for the year and target"
_MISSED = (Status.OFF_TARGET, Status.CLOSE)


def exceptions(told: Told) -> Iterator[Block]:
    """Off target, then close to it: the chart, then each measure with comment and actions."""
    if not told.position.has_targets:
        return
    yield Heading("Performance by exception")
    if not any(by_status(told.rows, status) for status in _MISSED):
        yield Paragraph("No measure with a target is forecast to end the year off target or close.")
        return
    for status in _MISSED:
        yield from _of_status(told, status)


def going_well(told: Told) -> Iterator[Block]:
    """What is on target, and why; nothing when nothing is."""
    rows = by_status(told.rows, Status.ON_TARGET)
    if not rows:
        return
    yield Heading("On target at year end")
    yield _reasons(told, f"{status_words(Status.ON_TARGET)} at year end", rows)


def _reasons(told: Told, caption: str, rows: Sequence[Row], *, reach: bool = True) -> Table:
    columns = [Column("Measure", width=28), Column("How it stands", width=72)]
    return Table(caption, columns, [[name(told, row), _why(row, reach=reach)] for row in rows])


def _why(row: Row, *, reach: bool) -> str:
    """The reason at year end and, with `reach`, what it would take to meet what is not met."""
    said = [sentence(row["reason_year_end"])]
    if reach and row["status_year_end"] in _MISSED and row["distance_year_end"]:
        said.append(f"To reach it: {sentence(row['distance_year_end'])}")
    if row["overridden"]:
        said.append(f"Set aside: {sentence(row['overridden'])}")
    return " ".join(said)


# The charts


def _charts(told: Told, rows: Sequence[Row]) -> Iterator[Block]:
    """A bar for each measure whose target is more than zero; a table alone for the others."""
    drawn = [row for row in rows if _can_be_drawn(row)]
    none = [row for row in rows if not _can_be_drawn(row)]
    for number, part in enumerate(_parts(drawn)):
        yield _chart(told, f"{_CHART}, continued" if number else _CHART, part)
    if none:
        yield _key_table(told, "Targets of zero, or without a number, that are missed", none)


def _can_be_drawn(row: Row) -> bool:
    """A bar beside a target of zero would only fill its track."""
    aim = aim_of(row)
    return aim is not None and aim.edge != 0


def _parts(rows: Sequence[Row]) -> list[Sequence[Row]]:
    starts = range(0, len(rows), _ON_ONE_CHART)
    return [rows[start : start + _ON_ONE_CHART] for start in starts]


def _chart(told: Told, caption: str, rows: Sequence[Row]) -> Chart:
    alt = " ".join(f"{name(told, row)}: {sentence(row['reason_year_end'])}" for row in rows)
    spec = figure_and_target([_mark(told, row) for row in rows], description=alt)
    return Chart(spec, alt, caption, _key_table(told, "The figures in this chart", rows))


def _mark(told: Told, row: Row) -> Mark:
    aim, measure = aim_of(row), told.measure(row)
    assert aim is not None
    highest = [n for n in (row["forecast"], aim.edge, *(aim.close or ())) if n is not None]
    whole = 100.0 if measure.unit == "%" and max(highest) <= 100 else None
    return Mark(
        name=name(told, row),
        shown=_drawn_figure(told, row),
        value=row["forecast"],
        target_shown=f"Target: {row['target']}",
        target=aim.edge,
        band=aim.close,
        status=row["status_year_end"],
        high=whole if whole and max(highest) > 50 else None,
    )


def _drawn_figure(told: Told, row: Row) -> str:
    if not _has_forecast(row):
        return told.said(row)
    return f"{_forecast(told, row)} forecast ({told.said(row)} so far)"


def _has_forecast(row: Row) -> bool:
    return row["forecast"] is not None and row["forecast"] != row["value"]


def _forecast(told: Told, row: Row) -> str:
    return str(row["forecast_shown"]) if row["forecast_shown"] else told.said(row, "forecast")


def _key_table(told: Told, caption: str, rows: Sequence[Row]) -> Table:
    forecast = any(_has_forecast(row) for row in rows)
    columns = [
        Column("Measure", width=26), Column("Figure", "right", width=10),
        *([Column("Forecast", "right", width=11)] if forecast else []),
        Column("Target", width=15), Column("Year end", width=18), Column("To reach it", width=25),
    ]  # fmt: skip
    return Table(caption, columns, [_key_line(told, row, forecast) for row in rows])


def _key_line(told: Told, row: Row, forecast: bool) -> list[AnyCell | str]:
    measure = told.measure(row)
    return [
        name(told, row),
        bare(row, measure),
        *([_forecast(told, row) if _has_forecast(row) else ""] if forecast else []),
        target_words(row, measure),
        status_cell(row["status_year_end"]),
        capital(row["distance_year_end"] or ""),
    ]


# What is said and done


def _of_status(told: Told, status: Status) -> Iterator[Block]:
    rows = by_status(told.rows, status)
    if not rows:
        return
    yield Heading(f"{status_words(status)} at year end", 2)
    yield from _charts(told, rows)
    groups = _by_measure(rows)
    spoken = [group for group in groups if _is_spoken_of(told, group)]
    for group in spoken:
        yield from _exception(told, group)
    silent = [row for group in groups if group not in spoken for row in group]
    if silent:
        yield _reasons(told, "No comment or action is recorded for these", silent, reach=False)


def _by_measure(rows: Sequence[Row]) -> list[list[Row]]:
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(row["measure"], []).append(row)
    return list(groups.values())


def _is_spoken_of(told: Told, rows: Sequence[Row]) -> bool:
    return any(_comments(told, row) for row in rows) or bool(_actions(told, rows))


def _exception(told: Told, rows: Sequence[Row]) -> Iterator[Block]:
    first = rows[0]
    title = name(told, first, full=True) if len(rows) == 1 else told.measure(first).title
    yield Heading(title, 3)
    if len(rows) == 1:
        yield Paragraph(_key_facts(told, first))
    else:
        yield _reasons(told, f"{short_name(told.measure(first))}, by place", rows)
    for comment in _said(told, rows):
        yield from from_markdown(comment, where=f"the commentary on {first['measure']}")
    actions = _actions(told, rows)
    if len(actions) == 1:
        yield Paragraph(_action(actions[0]))
    elif actions:
        yield _action_table(told, actions)


def _key_facts(told: Told, row: Row) -> Words:
    """The facts one after another, each under its name."""
    found: list[Text] = []
    for title, said in _facts(told, row):
        found += [Text(f"{title}: ", strong=True), Text(f"{said} ")]
    return tuple(found)


def _facts(told: Told, row: Row) -> list[tuple[str, str]]:
    facts = [("Year end", sentence(row["reason_year_end"]))]
    if row["period"] != told.pack.period.key:
        facts.append(("Period", sentence(capital(told.period_label(row["period"])))))
    if row["status_now"] != row["status_year_end"] and row["reason_now"]:
        facts.append(("Now", f"{status_words(row['status_now'])}. {sentence(row['reason_now'])}"))
    if row["distance_year_end"]:
        facts.append(("To reach it", sentence(capital(row["distance_year_end"]))))
    if row["direction"] in DIRECTIONS:
        facts.append(("Direction", sentence(row["reason_direction"])))
    if row["overridden"]:
        facts.append(("Set aside", sentence(row["overridden"])))
    return facts


def _said(told: Told, rows: Sequence[Row]) -> list[str]:
    """The comments with their live words filled, each said once."""
    texts = [filled(one, row, told) for row in rows for one in _comments(told, row)]
    return list(dict.fromkeys(texts))


def _comments(told: Told, row: Row) -> list[Comment]:
    periods = (row["period"], told.pack.period.key)
    return [
        one
        for one in told.partnership.comments
        if one.measure == row["measure"]
        and one.period.key in periods
        and one.place in ("", row["place"])
    ]


def _actions(told: Told, rows: Sequence[Row]) -> list[Action]:
    places = {"", *(row["place"] for row in rows)}
    found = told.partnership.actions
    return [one for one in found if one.measure == rows[0]["measure"] and one.place in places]


def _action_table(told: Told, actions: Sequence[Action]) -> Table:
    columns = [
        Column("Action", width=46), Column("Owner", width=28), Column("Due", width=13),
        Column("State", width=13),
    ]  # fmt: skip
    title = short_name(told.partnership.measures[actions[0].measure])
    return Table(f"Actions: {title}", columns, [_action_line(one) for one in actions])


def _action_line(action: Action) -> list[str]:
    due = f"{action.due.day} {MONTHS[action.due.month - 1][:3]} {action.due.year}"
    return [_what(action), action.owner, due, action.state.capitalize()]


def _action(action: Action) -> Words:
    """One action as a line: what, who, by when and how far."""
    facts = f" Owner: {sentence(action.owner)} Due: {long_date(action.due)}, {action.state}."
    return Text("Action: ", strong=True), Text(f"{sentence(_what(action))}{facts}")


def _what(action: Action) -> str:
    return f"{sentence(action.title)} {action.comment}" if action.comment else action.title
