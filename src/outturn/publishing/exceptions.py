"""Performance by exception: what is off target or close to it, what is said and done about it.

Then what is on target, with what is said and done about that. What is said of measures that are
not assessed stands below the scorecard's tables.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from outturn.framework.model import Action, Comment, Measure
from outturn.framework.pounds import larger_pounds
from outturn.judgement.direction import WITHIN
from outturn.judgement.foreseen_words import CANNOT_BE_MET, INDICATIVE, meeting_words
from outturn.judgement.summary import Aim, aim_of
from outturn.judgement.words import PERCENT, exactly, sentence, unit_of
from outturn.publishing.charts import (
    INTERVAL,
    SCALES_OF_SHARES,
    Mark,
    figure_and_target,
    key_in_words,
    round_end,
)
from outturn.publishing.commentary import flat, from_markdown
from outturn.publishing.figure_words import (
    DIRECTIONS,
    capital,
    deciding,
    forecast_words,
    missing_it,
    name,
    short_name,
    shortened,
    status_cell,
    status_words,
    target_words,
)
from outturn.publishing.forecast_notes import interval, notes, with_interval
from outturn.publishing.pack import Block, Chart, Column, Heading, Paragraph, Table, Text
from outturn.publishing.tables import AnyCell, Cell
from outturn.publishing.tokens import filled
from outturn.publishing.told import Row, Told, by_status, year_is_over
from outturn.publishing.wording import MONTHS, long_date
from outturn.publishing.words import HARD_SPACE, Words, runs
from outturn.terms.records import Status

ASKED = "To ask"  # before the questions to those who know a series
_ASIDE = {"now": "Now", "year_end": "Year end"}  # the status that an override speaks of
_BY_RULE = " By the rule: "  # after it the reason of a status set aside gives the rule's own
_ON_ONE_CHART = 9  # measures: more would not leave room for the table on the page
_MISSED = (Status.OFF_TARGET, Status.CLOSE)


def exceptions(told: Told) -> Iterator[Block]:
    """Off target, then close to it: the chart, then each measure with comment and actions."""
    if not told.position.has_targets:
        return
    yield Heading("Performance by exception")
    if not any(by_status(told.rows, status) for status in _MISSED):
        ended = "ended the year" if year_is_over(told) else "is forecast to end the year"
        yield Paragraph(f"No measure with a target {ended} off target or close to it.")
        return
    for status in _MISSED:
        yield from _of_status(told, status)


def going_well(told: Told) -> Iterator[Block]:
    """What is on target, why, and what is said and done; nothing when nothing is."""
    rows = by_status(told.rows, Status.ON_TARGET)
    if not rows:
        return
    yield Heading("On target at year end")
    yield _reasons(told, f"{status_words(Status.ON_TARGET)} at year end", rows, said=True)


def said_of(told: Told, row: Row) -> list[Words]:
    """The comments and actions of one row, each in one run of words: for a cell or a note."""
    where = f"the commentary on {row['measure']}"
    comments = [flat(from_markdown(one, where=where)) for one in _said(told, [row])]
    return [*comments, *(_action(told, one) for one in _actions(told, [row]))]


def _reasons(
    told: Told, caption: str, rows: Sequence[Row], *, reach: bool = True, said: bool = False
) -> Table:
    """How each row stands; with `said`, what is said and done about it too, each thing once."""
    columns = [Column("Measure", width=28), Column("How it stands", width=72)]
    seen = set[Words]()
    lines: list[list[AnyCell | str]] = []
    for row in rows:
        words = [Text(_why(told, row, reach=reach))]
        for one in said_of(told, row) if said else ():
            if one not in seen:
                words += [Text(" "), *runs(one)]
                seen.add(one)
        lines.append([name(told, row), Cell(tuple(words))])
    return Table(caption, columns, lines)


def _why(told: Told, row: Row, *, reach: bool) -> str:
    """The reason at year end, what stands beside its forecast, and what a figure on target hides.

    With `reach`, what it would take to meet what is not met.
    """
    said = [sentence(row["reason_year_end"])]
    chance = (row["chance_year_end"], row["forecast_basis"], row["needed_words"])
    if likely := meeting_words(*chance):
        said.append(f"It {'' if likely.startswith(CANNOT_BE_MET) else 'is '}{likely}.")
    if row["status_year_end"] == Status.ON_TARGET and (hidden := told.hides(row)):
        said.append(hidden)
    said += [f"{title}: {words}" for title, words in notes(told, row)]
    if asked := told.asks(row):
        said.append(f"{ASKED}: {asked}")
    if reach and row["status_year_end"] in _MISSED and row["distance_year_end"]:
        said.append(f"To reach it: {sentence(row['distance_year_end'])}")
    if aside := _set_aside(row, "year_end"):
        said.append(f"Set aside: {sentence(aside)}")
    return " ".join(said)


# The charts


def _charts(told: Told, rows: Sequence[Row]) -> Iterator[Block]:
    """A bar for each measure whose target is more than zero; a table alone for the others."""
    drawn = [row for row in rows if _can_be_drawn(row)]
    none = [row for row in rows if not _can_be_drawn(row)]
    title = "Figure" if year_is_over(told) else "Forecast"
    for number, part in enumerate(_parts(drawn)):
        again = ", continued" if number else ""
        yield _chart(told, f"{title} for the year and target{again}", part)
    if none:
        yield _key_table(told, "Targets of zero, or without a number, that are missed", none)


def _can_be_drawn(row: Row) -> bool:
    """A bar beside a target of zero would only fill its track."""
    aim = aim_of(row)
    return aim is not None and any(aim.edges)


def _parts(rows: Sequence[Row]) -> list[Sequence[Row]]:
    starts = range(0, len(rows), _ON_ONE_CHART)
    return [rows[start : start + _ON_ONE_CHART] for start in starts]


def _chart(told: Told, caption: str, rows: Sequence[Row]) -> Chart:
    said = [f"{name(told, row)}: {sentence(row['reason_year_end'])}" for row in rows]
    marks = [_mark(told, row) for row in rows]
    bar = "Figure" if year_is_over(told) else "Forecast for the year"
    alt = " ".join([*said, key_in_words(marks, bar)])
    spec = figure_and_target(marks, description=alt, bar_is=bar)
    return Chart(spec, alt, caption, _key_table(told, "The figures in this chart", rows))


def _mark(told: Told, row: Row) -> Mark:
    target = told.target(row)
    aim = aim_of(row, target.tolerance if target else None)
    assert aim is not None
    shown, *shorter = _drawn_figure(told, row)
    return Mark(
        name=name(told, row),
        shown=shown,
        shorter=tuple(shorter),
        value=row["forecast"],
        target_shown=f"Target: {shortened(str(row['target']), told.measure(row))}",
        targets=aim.edges,
        close=aim.close,
        status=row["status_year_end"],
        interval=interval(told, row),
        indicative=_is_indicative(told, row),
        **_scale(told.measure(row), _ends(told, row), aim),
    )


def _is_indicative(told: Told, row: Row) -> bool:
    """Whether the interval that is drawn comes from less than two years of figures."""
    return bool(row["forecast_basis"]) and interval(told, row) is not None


def _ends(told: Told, row: Row) -> tuple[float, ...]:
    """The figures that a row's scale must reach: the forecast, and the end of its interval."""
    return tuple(n for n in (row["forecast"], *(interval(told, row) or ())) if n is not None)


def _scale(measure: Measure, figures: Sequence[float], aim: Aim) -> dict[str, Any]:
    """The end of a row's scale and what stands there: 100 for percentages, 10 for small ones.

    On a scale to 100 nobody would see 4.4% beside 3.5%. Of what is no share, its own round end.
    """
    furthest = max(n for n in (0.0, *figures, *aim.edges, *(n for two in aim.close for n in two)))
    share = measure.unit.strip().lower() in (*PERCENT, "per 100")
    ends = [end for end in SCALES_OF_SHARES if share and furthest <= end]
    high = ends[0] if ends else round_end(furthest)
    unit = unit_of(measure)
    after = unit.after.strip() if share else larger_pounds(measure.unit)
    return {"high": high, "high_shown": f"{unit.front(exactly(high, 0))}{after}"}


def _drawn_figure(told: Told, row: Row) -> tuple[str, ...]:
    """What stands under a bar, and the same in fewer words: the key table has all of them."""
    figure, forecast = deciding(row, told.measure(row)), forecast_words(told, row)
    if not forecast:
        return missing_it(row, told.measure(row)) or told.said(row), figure
    mark = f", {INDICATIVE}" if _is_indicative(told, row) else ""
    said = f"{forecast} forecast{mark}"
    return f"{said} ({told.said(row)} so far)", f"{said} ({figure} so far)", said


def _key_table(told: Told, caption: str, rows: Sequence[Row]) -> Table:
    forecast = any(forecast_words(told, row) for row in rows)
    ranged = any(interval(told, row) for row in rows)
    within = f"({INTERVAL})".replace(" ", HARD_SPACE)
    title, width = (f"Forecast {within}", 16) if ranged else ("Forecast", 11)
    columns = [
        Column("Measure", width=26), Column("Figure", "right", width=10),
        *([Column(title, "right", width=width)] if forecast else []),
        Column("Target", width=15), Column("Year end", width=18), Column("To reach it", width=25),
    ]  # fmt: skip
    return Table(caption, columns, [_key_line(told, row, forecast) for row in rows])


def _key_line(told: Told, row: Row, forecast: bool) -> list[AnyCell | str]:
    measure = told.measure(row)
    return [
        name(told, row),
        deciding(row, measure),
        *([with_interval(told, row)] if forecast else []),
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
    yield Heading(_title(told, rows), 3)
    if len(rows) == 1:
        yield Paragraph(_key_facts(told, first))
    else:
        by = "by place" if len({row["place"] for row in rows}) > 1 else "whole and in parts"
        yield _reasons(told, f"{short_name(told.measure(first))}, {by}", rows)
    yield from _said_and_done(told, rows)


def _title(told: Told, rows: Sequence[Row]) -> str:
    one = len(rows) == 1
    return name(told, rows[0], full=True) if one else told.measure(rows[0]).title


def _said_and_done(told: Told, rows: Sequence[Row]) -> Iterator[Block]:
    for comment in _said(told, rows):
        yield from from_markdown(comment, where=f"the commentary on {rows[0]['measure']}")
    actions = _actions(told, rows)
    if len(actions) == 1:
        yield Paragraph(_action(told, actions[0]))
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
    told_now = row["status_now"] != row["status_year_end"] and row["reason_now"]
    if told_now:
        facts.append(("Now", f"{status_words(row['status_now'])}. {sentence(row['reason_now'])}"))
    facts += notes(told, row)
    if asked := told.asks(row):
        facts.append((ASKED, asked))
    if row["distance_year_end"]:
        facts.append(("To reach it", sentence(capital(row["distance_year_end"]))))
    if row["direction"] in DIRECTIONS:
        by_chance = " It is no more than chance may make." * (row["change_chance"] == WITHIN)
        facts.append(("Direction", f"{sentence(row['reason_direction'])}{by_chance}"))
    if aside := _set_aside(row, "year_end", *(["now"] if told_now else [])):
        facts.append(("Set aside", sentence(aside)))
    return facts


def _set_aside(row: Row, *printed: str) -> str:
    """What is said of a status set aside, without what the reasons printed beside it say."""
    said = row["overridden"] or ""
    for which in printed:
        reason, by_rule, _ = (row[f"reason_{which}"] or "").partition(_BY_RULE)
        if by_rule:
            said = said.replace(f"{_ASIDE[which]}: {reason}", "").strip()
    return said


def _said(told: Told, rows: Sequence[Row]) -> list[str]:
    """The comments with their live words filled, each said once.

    A comment speaks of the whole figure: where that has a row of its own, it stands with that.
    """
    texts = [filled(one, row, told) for row in rows for one in _comments(told, row)]
    return list(dict.fromkeys(texts))


def _comments(told: Told, row: Row) -> list[Comment]:
    if told.whole_of(row) is not row:
        return []
    periods = (row["period"], told.pack.period.key)
    return [
        one
        for one in told.partnership.comments
        if one.measure == row["measure"] and one.period.key in periods
    ]


def _actions(told: Told, rows: Sequence[Row]) -> list[Action]:
    wholes = [row for row in rows if told.whole_of(row) is row]  # beside a part they would repeat
    if not wholes:
        return []
    places = {"", *(row["place"] for row in wholes)}
    found = told.partnership.actions
    return [one for one in found if one.measure == rows[0]["measure"] and one.place in places]


def _action_table(told: Told, actions: Sequence[Action]) -> Table:
    columns = [
        Column("Action", width=46), Column("Owner", width=28), Column("Due", width=13),
        Column("State", width=13),
    ]  # fmt: skip
    title = short_name(told.partnership.measures[actions[0].measure])
    return Table(f"Actions: {title}", columns, [_action_line(told, one) for one in actions])


def _action_line(told: Told, action: Action) -> list[str]:
    due = f"{action.due.day} {MONTHS[action.due.month - 1][:3]} {action.due.year}"
    return [_what(action), action.owner, due, capital(_state(told, action))]


def _action(told: Told, action: Action) -> Words:
    """One action as a line: what, who, by when and how far."""
    state = _state(told, action)
    facts = f" Owner: {sentence(action.owner)} Due: {long_date(action.due)}, {state}."
    return Text("Action: ", strong=True), Text(f"{sentence(_what(action))}{facts}")


def _state(told: Told, action: Action) -> str:
    """How far an action is, and that it is overdue where the meeting finds it past its day."""
    open_still = action.state not in ("done", "stopped")
    overdue = open_still and action.due < told.pack.held_on
    return f"overdue, {action.state}" if overdue else action.state


def _what(action: Action) -> str:
    return f"{sentence(action.title)} {action.comment}" if action.comment else action.title
