"""The position in brief: the one page that a board member reads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from outturn.benchmarking.benchmarks import FEW_VALUES, ONE_VALUE
from outturn.judgement.direction import WITHIN
from outturn.publishing.charts import counts_by_status
from outturn.publishing.comparison import AS_PUBLISHED, group_name
from outturn.publishing.figure_words import (
    change_words,
    deciding,
    forecast_words,
    name,
    names,
    short_name,
    target_words,
)
from outturn.publishing.pack import (
    Block,
    BulletList,
    Chart,
    Column,
    Heading,
    Note,
    PageBreak,
    Paragraph,
    Table,
    Text,
)
from outturn.publishing.series import courses
from outturn.publishing.told import Row, Told, by_status, year_is_over
from outturn.publishing.words import HARD_SPACE, Words
from outturn.terms.period import from_key
from outturn.terms.records import SHAPES, WHOLE, Status

_WORDS = {Status.CLOSE: "Close to target"}
_WIDTHS = {
    Status.ON_TARGET: 14, Status.CLOSE: 10, Status.OFF_TARGET: 14, Status.NOT_ASSESSED: 16,
}  # fmt: skip
_DIFFERS = ("better", "worse", "higher", "lower")  # against a group; anything else is no news
_BARS = 6  # outcomes with a bar of their own
_FINDINGS = 3  # findings told in full on this page
_A_YEAR = 366  # days
_NAMED = 6  # measures of one status that are named with their figures; beyond it names alone


def brief(told: Told) -> Iterator[Block]:
    """A few sentences, what each status holds, and the counts by outcome."""
    yield PageBreak()
    yield Heading("The position in brief")
    if lacking := _lacking(told):
        yield Note(lacking, kind="caution")
    if not told.rows:
        return
    if incomplete := _incomplete(told):
        yield Note(incomplete, kind="caution")
    yield Paragraph(_lead(told), lead=True)
    if items := [item for item in _items(told) if item]:
        yield BulletList(items)
    if told.position.has_targets and told.statuses:
        yield _counts(told)


def _lacking(told: Told) -> str:
    """What a paper must say first that has no figure of its own period, nor of that year."""
    period, calendar = told.pack.period, told.partnership.calendar
    if not told.measures_told():
        return "This paper reports no measure: none belongs to an outcome that it covers."
    if any(from_key(row["period"]).end >= _begins(told) for row in told.rows if not row["absent"]):
        return ""
    known = [row for row in told.rows if row["value"] is not None]
    said = f"No figure is held for {period.label(calendar)}"
    if not known:
        return f"{said}, nor for any period before it."
    latest = max((from_key(row["period"]) for row in known), key=lambda one: one.end)
    ended = latest.label(calendar)
    return f"{said}. Those in this paper are of earlier periods, the latest {ended}."


def _incomplete(told: Told) -> str:
    """What must be said before any figure where records behind some of them could not be read."""
    found: dict[str, list[Row]] = {}
    for row in told.rows:
        if lacking := told.lacking(row):
            found.setdefault(lacking, []).append(row)
    return " ".join(f"{said} This concerns: {_listed(told, r)}." for said, r in found.items())


def _short_names(told: Told, group: str, rows: Sequence[Row]) -> list[str]:
    """The measures, each once, with the period of an older figure if the group's name has none."""
    said = []
    for row in rows:
        of_before = _of_before(told, row)
        known = told.period_label(row["period"]) in group_name(told, group)
        said.append(f"{short_name(told.measure(row))}{'' if known else of_before}")
    return list(dict.fromkeys(said))


def _several_short(told: Told, group: str, rows: Sequence[Row]) -> str:
    return _cut_short(_short_names(told, group, rows))


def _listed(told: Told, rows: Sequence[Row]) -> str:
    return _cut_short(list(dict.fromkeys(short_name(told.measure(row)) for row in rows)))


def _cut_short(said: Sequence[str]) -> str:
    more = f"; and {len(said) - _NAMED} more" if len(said) > _NAMED else ""
    return "; ".join(said[:_NAMED]) + more


def _begins(told: Told) -> date:
    """The first day of the year that the paper is about, or of its period if that is earlier."""
    period = told.pack.period
    return min(period.start, period.financial_year(told.partnership.calendar).start)


def _lead(told: Told) -> str:
    found = told.position
    of = _many(found.measures, "measure")
    if not found.has_targets:
        return f"This paper reports {of}. None has a target, so none is given a status."
    counts = found.counts
    start = f"Of {of}"
    if found.verdicts != found.measures:
        start = f"This paper follows {of}, {_several(told)}. Of the {found.verdicts} figures"
    on = counts[Status.ON_TARGET]
    forecast = f"{on} {'is' if on == 1 else 'are'} forecast to end the year"
    ended = f"{on} ended the year" if year_is_over(told) else forecast
    said = (
        f"{start}, {ended} on target, "
        f"{counts[Status.CLOSE]} close to it and {counts[Status.OFF_TARGET]} off target"
    )
    left = counts[Status.NOT_ASSESSED]
    return f"{said}; {left} cannot be assessed." if left else f"{said}."


def _several(told: Told) -> str:
    """How a paper comes to hold more figures than measures."""
    places = any(row["place"] != told.place for row in told.rows)
    parts = any(row["breakdown"] != WHOLE for row in told.rows)
    if places and parts:
        return "some in several places or parts"
    return "some in parts" if parts else "some in several places"


def _items(told: Told) -> Iterator[Words | None]:
    for status in (Status.OFF_TARGET, Status.CLOSE):
        yield _of_status(told, status)
    yield _not_assessed(told)
    for title, found in (("Better", told.position.better), ("Worse", told.position.worse)):
        rows = [row for row in found if row["change_chance"] != WITHIN]
        yearly = [row for row in rows if _is_a_year_before(row)]
        yield _moved(told, f"{title} than a year before", yearly)
        others = [row for row in rows if row not in yearly]
        yield _moved(told, f"{title} than in the years before", others)
    yield _within_chance(told)
    yield from _courses(told)
    yield _compared(told)
    yield _differing(told)
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
    return f"{_dated(told, row)}, {_decides(told, row)} against {asked[0].lower()}{asked[1:]}"


def _dated(told: Told, row: Row) -> str:
    """The measure and, where its figure is older than the paper's period, of which period."""
    return f"{name(told, row)}{_of_before(told, row)}"


def _of_before(told: Told, row: Row) -> str:
    """Of which period a figure is that is older than the paper's: " for 2023/24"."""
    ends = [from_key(one["period"]).end for one in told.rows if one["value"] is not None]
    usual = min([told.pack.period.end, max(ends, default=told.pack.period.end)])
    end = from_key(row["period"]).end
    if (end.year, end.month) >= (usual.year, usual.month):
        return ""
    label = told.period_label(row["period"])
    return f" {label}" if label.startswith("at ") else f" for {label}"


def _decides(told: Told, row: Row) -> str:
    """The figure by which the status at year end is given: of a year not over, its forecast."""
    measure = told.measure(row)
    forecast = forecast_words(told, row)
    return f"forecast {forecast}" if forecast else deciding(row, measure)


def _not_assessed(told: Told) -> Words | None:
    """Why not: no target, no figure, or a reason that is then given; each row under one of them."""
    found = told.position
    rows = by_status(told.rows, Status.NOT_ASSESSED)
    if not rows or not found.has_targets:
        return None
    unset = [row for row in rows if not row["target_id"]]
    lacking = [row for row in rows if row["target_id"] and row["value"] is None]
    others = [row for row in rows if row["target_id"] and row["value"] is not None]
    parts = [f"{_have(len(unset))} no target"] if unset else []
    if lacking:
        named = "; ".join(names(told, lacking))
        parts.append(f"{_have(len(lacking))} a target and no figure ({named})")
    reasons = dict.fromkeys(row["reason_year_end"] or "" for row in others)
    for reason in reasons:
        alike = [row for row in others if (row["reason_year_end"] or "") == reason]
        why = f": {reason.rstrip('.')}" if reason else ""
        parts.append(f"{'; '.join(names(told, alike))}{why}")
    return _item(f"{SHAPES[Status.NOT_ASSESSED]} Not assessed", "; ".join(parts))


def _is_a_year_before(row: Row) -> bool:
    """Whether a figure is compared with that of a year before; a range of years is not."""
    before, now = row["previous_period"], row["period"]
    return not before or (from_key(now).end - from_key(before).end).days <= _A_YEAR


def _have(number: int) -> str:
    return f"{number} {'has' if number == 1 else 'have'}"


def _moved(told: Told, title: str, rows: Sequence[Row]) -> Words | None:
    if not rows:
        return None
    said = [f"{_dated(told, row)} ({change_words(told, row)})" for row in rows[:_NAMED]]
    more = [f"and {len(rows) - _NAMED} more"] if len(rows) > _NAMED else []
    return _item(title, "; ".join([*said, *more]))


def _within_chance(told: Told) -> Words | None:
    """What moved by so little that chance may have done it: apart from what did not."""
    moved = (*told.position.better, *told.position.worse)
    rows = [row for row in moved if row["change_chance"] == WITHIN]
    said = [f"{_dated(told, row)} ({change_words(told, row)})" for row in rows[:_NAMED]]
    more = [f"and {len(rows) - _NAMED} more"] if len(rows) > _NAMED else []
    title = "Moved by no more than chance may"
    return _item(title, "; ".join([*said, *more])) if rows else None


def _compared(told: Told) -> Words | None:
    """Where we stand lowest and highest in each group, each measure once."""
    said = []
    for group in dict.fromkeys(row["comparator"] for row in told.benchmarks):
        ends = [
            f"{len(found)} in the {end} quartile ({'; '.join(found)})"
            for end in ("top", "bottom")
            if (found := _at_end(told, group, end))
        ]
        if ends:
            said.append(f"{group_name(told, group)}: {', '.join(ends)}")
    return _item("Compared with others", "; ".join(said)) if said else None


def _differing(told: Told) -> Words | None:
    """Which figures differ from their group's by more than chance: no status, and said apart."""
    said = []
    for group in dict.fromkeys(row["comparator"] for row in told.benchmarks):
        words = [
            f"{len(found)} {word} ({_several_short(told, group, found)})"
            for word in _DIFFERS
            if (found := _of_word(told, group, word))
        ]
        if words:
            said.append(f"{group_name(told, group)}: {', '.join(words)}")
    title = "Against a group's figure, chance allowed for"
    return _item(title, "; ".join(said)) if said else None


def _of_word(told: Told, group: str, word: str) -> list[Row]:
    mine = (row for row in told.benchmarks if row["comparator"] == group)
    return [row for row in mine if row["against"] == word]


def _at_end(told: Told, group: str, end: str) -> list[str]:
    """The measures in one quartile of a group: by our own rank where both bases give one."""
    mine = [row for row in told.benchmarks if row["comparator"] == group and _stands_apart(row)]
    ours = {row["measure"] for row in mine if row["basis"] != AS_PUBLISHED}
    stands = [row for row in mine if row["basis"] != AS_PUBLISHED or row["measure"] not in ours]
    return _short_names(told, group, [row for row in stands if row["quartile"] == end])


def _stands_apart(row: Row) -> bool:
    """Whether a quartile says where a place stands: not where so many share a figure."""
    note = row["note"] or ""
    return bool(row["quartile"]) and not any(said in note for said in (FEW_VALUES, ONE_VALUE))


def _quality(told: Told) -> Words | None:
    if not told.findings:
        return None
    found = len(told.findings)
    if "data quality" not in told.pack.appendices or found <= _FINDINGS:
        each = (f"{name(told, row)}: {row['finding']}" for row in told.findings)
        return _item("Quality of the figures", " ".join(each))
    kinds = len({row["rule"] for row in told.findings})
    said = f"{_many(kinds, 'kind')} of finding"
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
        *(
            Column(f"{SHAPES[s]}{HARD_SPACE}{s.capitalize()}", "right", width=_WIDTHS[s])
            for s in Status
        ),
    ]
    lines = [[one["outcome"], *(str(one[str(s)]) for s in Status)] for one in told.statuses]
    return Table("Measures by status at year end", columns, lines)


def word(status: Status) -> str:
    """A status as a heading says it."""
    return _WORDS.get(status, status.capitalize())
