"""What one file says of another must be true: every reference is followed, every mistake told.

Each check yields mistakes; `check` gathers them. The checks of one file by itself are made
where it is read.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import TypeVar

from outturn.contracts import Contract, about_people
from outturn.framework.countable import uncountable
from outturn.framework.ledger import ledger_mistakes
from outturn.framework.mentions import no_measure, no_place, unknown, wrong
from outturn.framework.model import Condition, Measure, Outcome, Partnership, Tally
from outturn.framework.pack_mistakes import pack_mistakes
from outturn.framework.parted_words import parted_together
from outturn.framework.places import EVERY, MAIN, ancestors, parents, stands_above_itself
from outturn.framework.totals import totals_mistakes
from outturn.framework.weighted import column_mistakes
from outturn.terms.errors import Mistake

T = TypeVar("T")

TOKENS = (
    "value", "target", "change", "previous", "forecast", "status", "status_year_end", "milestone",
    "numerator", "denominator", "period", "place",
)  # fmt: skip


def check(partnership: Partnership, contracts: Mapping[str, Contract]) -> list[Mistake]:
    """Every mistake that shows only when the files are read together."""
    return [
        *_home(partnership),
        *_circles(partnership),
        *_successors(partnership),
        *_comparators(partnership),
        *_measures(partnership, contracts),
        *_codes(partnership),
        *_outcomes(partnership),
        *ledger_mistakes(partnership),
        *_said_twice(partnership),
        *_sources(partnership),
        *_public(partnership, contracts),
        *_commentary(partnership),
        *_mentions(partnership),
        *_ids(partnership),
        *pack_mistakes(partnership),
    ]


def _written(partnership: Partnership, contract: str) -> bool:
    """Whether a contract of this name has a file, whose own mistakes are told where it is read."""
    return f"contracts/{contract}.json" in partnership.files


def _home(partnership: Partnership) -> Iterator[Mistake]:
    yield from no_place(partnership, "outturn.toml, home", partnership.home)
    for code in partnership.totals_for:
        yield from no_place(partnership, "outturn.toml, totals_for", code)
    known = {EVERY, MAIN, *(name for one in partnership.places.values() for name in one.parents)}
    if partnership.hierarchy not in known:
        remedy = "Add a column parent.NAME to places.csv."
        where = "outturn.toml, hierarchy"
        yield unknown(where, "hierarchy", partnership.hierarchy, known, remedy)


def _circles(partnership: Partnership) -> Iterator[Mistake]:
    """Places that stand above themselves only where every hierarchy is followed at once."""
    for code, place in partnership.places.items():
        if partnership.hierarchy != EVERY or any(stands_above_itself(partnership.places, code)):
            continue
        above = {one for parent in parents(place) for one in ancestors(partnership.places, parent)}
        if code in above:
            yield wrong(
                f"places.csv, place {code}",
                "In all hierarchies together the place stands above itself.",
                'Correct a parent, or write hierarchy = "NAME" in outturn.toml for one of them.',
            )


def _successors(partnership: Partnership) -> Iterator[Mistake]:
    for one in partnership.places.values():
        if one.successor and one.successor not in partnership.places:
            where = f"places.csv, place {one.code}, successor"
            remedy = "Add a line for it, or leave the cell empty."
            yield unknown(where, "place", one.successor, partnership.places, remedy)


def _comparators(partnership: Partnership) -> Iterator[Mistake]:
    for one in partnership.comparators.values():
        where = f"outturn.toml, comparator {one.id}"
        for code in (*one.members, one.place):
            yield from no_place(partnership, where, code)
        kinds = {place.kind for place in partnership.places.values()}
        if one.kind and kinds and one.kind not in kinds:
            yield unknown(where, "kind of place", one.kind, kinds, "See places.csv.")
        if one.rule == "published" and not one.place:
            yield wrong(
                where,
                "The group's figure is the published one, but not of which place.",
                'Add place = "the code whose figure is published", or change the rule.',
            )


def _year_after(day: date) -> date:
    """The last day that there is stands for what would come after it."""
    return day + min(timedelta(days=366), date.max - day)


def _measures(partnership: Partnership, contracts: Mapping[str, Contract]) -> Iterator[Mistake]:
    for measure in partnership.measures.values():
        for word in ("numerator", "denominator"):
            tally = getattr(measure, word)
            if tally is not None:
                yield from _tally(partnership, measure, word, tally, contracts)
        yield from _supplied(partnership, measure, contracts)
        yield from uncountable(measure, contracts)
        yield from parted_together(partnership, measure, contracts)
        for step in measure.steps:
            yield from no_place(partnership, f"{measure.file}, step", step.place)
            if partnership.as_of and step.since.start > _year_after(partnership.as_of):
                yield wrong(
                    f"{measure.file}, step",
                    f"The step begins on {step.since.start}, more than a year after the day of the "
                    f"folder, {partnership.as_of}.",
                    "Correct the day. A step is of a level that has moved; what is to come is a "
                    "[[known_event]] in a file of targets.",
                )
        for part in measure.formula.parts if measure.formula else ():
            yield from no_measure(partnership, f"{measure.file}, formula", part)
        if circle := _formula_circle(partnership, measure.id):
            yield wrong(
                f"{measure.file}, formula",
                f"The formula goes round in a circle: {' > '.join(circle)}.",
                "Take one of these measures out of the other's formula.",
            )


def _supplied(
    partnership: Partnership, measure: Measure, contracts: Mapping[str, Contract]
) -> Iterator[Mistake]:
    """The table that shows who has supplied is there, has places, and has something to show."""
    name, where = measure.supplied, f"{measure.file}, supplied"
    if not name:
        return
    if name not in contracts and not _written(partnership, name):
        yield unknown(where, "table", name, contracts, "Name the table of a source.")
    elif name in contracts and not contracts[name].place:
        remedy = "Name the column for the place in its contract."
        yield wrong(where, f"The table '{name}' does not say where its rows are.", remedy)
    if not measure.numerator:
        remedy = "Leave it out: the figures are not counted here."
        yield wrong(where, "There is no numerator, so it decides nothing.", remedy)


def _tally(
    partnership: Partnership,
    measure: Measure,
    word: str,
    tally: Tally,
    contracts: Mapping[str, Contract],
) -> Iterator[Mistake]:
    where = f"{measure.file}, {word}"
    contract = contracts.get(tally.table)
    if contract is None and _written(partnership, tally.table):
        return
    if contract is None:
        remedy = f"Write contracts/{tally.table}.json, or correct the name."
        yield unknown(where, "table", tally.table, contracts, remedy)
        return
    kinds = {field.name: field.type for field in contract.fields}
    dates = (tally.on, tally.opens, tally.closes)
    for column in (tally.column, *dates, *(condition.column for condition in tally.where)):
        if column and column not in kinds:
            yield unknown(where, "column", column, kinds, f"See the contract '{contract.name}'.")
    for one in measure.breakdowns:
        if word == "numerator" and one.column not in kinds:
            yield unknown(f"{measure.file}, breakdown", "column", one.column, kinds, "")
    if tally.how == "sum" and kinds.get(tally.column, "number") not in ("integer", "number"):
        yield wrong(
            where,
            f"The column '{tally.column}' does not hold numbers.",
            "Count its rows or its distinct values instead.",
        )
    if tally.is_histogram and kinds.get(tally.column, "integer") != "integer":
        yield wrong(
            where,
            f"The column '{tally.column}' does not hold whole numbers.",
            "A median and a percentile are made of whole numbers, such as days.",
        )
    for column in filter(None, dates):
        if kinds.get(column, "date") != "date":
            yield wrong(
                where,
                f"The column '{column}' does not hold dates.",
                "Name a column of dates: a row belongs to a period by its day.",
            )
    for condition in tally.where:
        yield from _kind_of_bound(where, condition, kinds.get(condition.column, ""))
    yield from column_mistakes(where, tally, contract)
    yield from totals_mistakes(measure, word, tally, contract)


_FITS: dict[str, tuple[type, ...]] = {  # what a column of each kind can be compared with
    "string": (str,),
    "integer": (int, float),
    "number": (int, float),
    "boolean": (bool,),
    "date": (date,),
}


def _kind_of_bound(where: str, condition: Condition, kind: str) -> Iterator[Mistake]:
    wanted = _FITS.get(kind)
    if wanted and not all(
        isinstance(bound, wanted) and isinstance(bound, bool) == (wanted == (bool,))
        for bound in condition.bounds
    ):
        yield wrong(
            f"{where}, where {condition.column}",
            f"The column holds {kind}s, and the condition compares it with something else.",
            "Put quotes round text, and none round a number or a date.",
        )


def _formula_circle(partnership: Partnership, id: str) -> list[str]:
    """The way from a measure back to itself through formulas; empty when there is none."""
    ways = [[id]]
    seen: set[str] = set()
    while ways:
        way = ways.pop()
        measure = partnership.measures.get(way[-1])
        for part in measure.formula.parts if measure and measure.formula else ():
            if part == id:
                return [*way, id]
            if part not in seen:
                seen.add(part)
                ways.append([*way, part])
    return []


def _codes(partnership: Partnership) -> Iterator[Mistake]:
    """One code of one scheme may mean two things only at different times."""
    claims: dict[tuple[str, str], list[tuple[Measure, str, str]]] = defaultdict(list)
    for measure in partnership.measures.values():
        for code in measure.codes:
            since = code.since.start.isoformat() if code.since else ""
            until = code.until.end.isoformat() if code.until else "9999"
            for other, begun, ended in claims[code.scheme, code.code]:
                if begun <= until and since <= ended and other.id != measure.id:
                    yield wrong(
                        f"{measure.file}, code",
                        f"The code '{code.code}' of '{code.scheme}' also means '{other.id}'.",
                        "Give each its since and until, so that they do not overlap.",
                    )
            claims[code.scheme, code.code].append((measure, since, until))


def _outcomes(partnership: Partnership) -> Iterator[Mistake]:
    file = "framework/outcomes.toml"
    for one in partnership.outcomes.values():
        where = f"{file}, outcome {one.id}"
        if one.parent and one.parent not in partnership.outcomes:
            yield unknown(where, "outcome", one.parent, partnership.outcomes, "Add it.")
        elif _stands_above_itself(partnership.outcomes, one):
            yield wrong(where, "The outcome stands above itself.", "Correct its parent.")
        settings_are_read = bool(partnership.name)
        if one.board and settings_are_read and one.board not in partnership.boards:
            remedy = "Add it to boards in outturn.toml."
            yield unknown(where, "board", one.board, partnership.boards, remedy)
        for id in one.measures:
            yield from no_measure(partnership, where, id)
    for crossing in partnership.crosswalk:
        for id in (crossing.outcome, *crossing.answers_to):
            if id not in partnership.outcomes:
                yield unknown(f"{file}, crosswalk", "outcome", id, partnership.outcomes, "Add it.")
        if crossing.outcome in crossing.answers_to:
            yield wrong(
                f"{file}, crosswalk",
                f"The outcome '{crossing.outcome}' is said to answer to itself.",
                "Name outcomes of another framework in answers_to.",
            )


def _stands_above_itself(outcomes: Mapping[str, Outcome], one: Outcome) -> bool:
    here, seen = one.parent, set()
    while here in outcomes and here not in seen:
        if here == one.id:
            return True
        seen.add(here)
        here = outcomes[here].parent
    return False


def _said_twice(partnership: Partnership) -> Iterator[Mistake]:
    """Of two that say what only one can say, nobody knows which is meant."""
    calendar = partnership.calendar
    for target in partnership.targets:
        for day in _twice(one.by for one in target.milestones):
            yield wrong(
                f"{target.file}, target {target.id}, milestones",
                f"Two milestones are due on {day}.",
                "Keep one of them.",
            )
    home = partnership.home
    overrides = (
        (one.measure, one.place or home, one.period, one.which) for one in partnership.overrides
    )
    for measure, place, period, which in _twice(overrides):
        yield wrong(
            f"targets, override of {measure}",
            f"Two overrides set the status '{which}' of {place} in {period.label(calendar)}.",
            "Keep one of them.",
        )
    comments = {(one.measure, one.period): one.file for one in partnership.comments}
    for measure, period in _twice((one.measure, one.period) for one in partnership.comments):
        yield wrong(
            comments[measure, period],
            f"Another file comments on '{measure}' in {period.label(calendar)} too.",
            "Put both into one file.",
        )


def _twice(things: Iterable[T]) -> list[T]:
    """What comes more than once, each told once."""
    return [one for one, times in Counter(things).items() if times > 1]


def _sources(partnership: Partnership) -> Iterator[Mistake]:
    """Whether a source fits its contract is told where it is read, with the file at hand."""
    seen: set[str] = set()
    for source in partnership.sources:
        where = f"data/sources.toml, source {source.id}"
        if source.id in seen:
            yield wrong(where, "Another source has this id.", "Give each source its own id.")
        seen.add(source.id)
        if source.outside:
            yield wrong(where, "The file lies outside the folder data.", "Copy it into data.")


def _public(partnership: Partnership, contracts: Mapping[str, Contract]) -> Iterator[Mistake]:
    """What is counted from records of people has not been published by anybody."""
    for source in partnership.sources:
        contract = contracts.get(source.contract)
        if source.public and contract and about_people(contract):
            yield wrong(
                f"data/sources.toml, source {source.id}",
                "The source holds records about people, and is said to be public.",
                "Leave out public: what is counted from records is not published yet.",
            )


def _commentary(partnership: Partnership) -> Iterator[Mistake]:
    for comment in partnership.comments:
        yield from no_measure(partnership, comment.file, comment.measure)
        for token in dict.fromkeys(re.findall(r"\{([^{}]*)\}", comment.text)):
            if token not in TOKENS:
                listed = ", ".join(f"{{{one}}}" for one in TOKENS)
                yield unknown(comment.file, "token", token, TOKENS, f"The tokens are {listed}.")


def _mentions(partnership: Partnership) -> Iterator[Mistake]:
    for action in partnership.actions:
        yield from no_measure(partnership, f"actions.toml, action {action.id}", action.measure)
        yield from no_place(partnership, f"actions.toml, action {action.id}", action.place)
    for identity in partnership.identities:
        for id in (identity.measure, *(part[0] for part in identity.parts)):
            yield from no_measure(partnership, f"checks.toml, identity {identity.id}", id)
    for share in partnership.shares:
        for id in (share.measure, share.of):
            yield from no_measure(partnership, f"checks.toml, share {share.id}", id)


def _ids(partnership: Partnership) -> Iterator[Mistake]:
    """An id names one thing, or nobody knows which is meant."""
    lists: list[tuple[str, list[str]]] = [
        ("actions.toml, action", [one.id for one in partnership.actions]),
        ("checks.toml, identity", [one.id for one in partnership.identities]),
        ("checks.toml, share", [one.id for one in partnership.shares]),
    ]
    for where, ids in lists:
        twice = dict.fromkeys(id for id in ids if id and ids.count(id) > 1)
        what = where.rpartition(" ")[2]
        for id in twice:
            yield wrong(
                f"{where} {id}",
                f"More than one {what} has this id.",
                f"Give each {what} its own id.",
            )
