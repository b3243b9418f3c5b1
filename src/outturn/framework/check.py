"""What one file says of another must be true: every reference is followed, every mistake told.

Each check yields mistakes; `check` gathers them. The checks of one file by itself are made
where it is read.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from datetime import date

from outturn.contracts import Contract
from outturn.framework.model import Condition, Measure, Outcome, Partnership, Tally, Target
from outturn.framework.places import EVERY, MAIN
from outturn.terms.errors import DefinitionMistake, Mistake, suggestion
from outturn.terms.records import WHOLE

TOKENS = (
    "value", "target", "change", "previous", "forecast", "status", "status_year_end", "milestone",
    "numerator", "denominator", "period", "place",
)  # fmt: skip
_AIM_AGAINST = {"higher": ("at_most", "below", "zero"), "lower": ("at_least", "above")}


def check(partnership: Partnership, contracts: Mapping[str, Contract]) -> list[Mistake]:
    """Every mistake that shows only when the files are read together."""
    return [
        *_home(partnership),
        *_successors(partnership),
        *_comparators(partnership),
        *_measures(partnership, contracts),
        *_codes(partnership),
        *_outcomes(partnership),
        *_targets(partnership),
        *_supersessions(partnership),
        *_sources(partnership),
        *_commentary(partnership),
        *_mentions(partnership),
        *_ids(partnership),
        *_packs(partnership),
    ]


def _wrong(where: str, problem: str, remedy: str) -> DefinitionMistake:
    return DefinitionMistake(where=where, problem=problem, remedy=remedy)


def _unknown(where: str, what: str, word: str, known: Collection[str], otherwise: str) -> Mistake:
    return _wrong(where, f"There is no {what} '{word}'.", suggestion(word, known, otherwise))


def _measure(partnership: Partnership, where: str, id: str) -> Iterator[Mistake]:
    if id and id not in partnership.measures:
        otherwise = f"Add framework/measures/{id}.toml, or correct the name."
        yield _unknown(where, "measure", id, partnership.measures, otherwise)


def _place(partnership: Partnership, where: str, code: str) -> Iterator[Mistake]:
    if code and partnership.places and code not in partnership.places:
        yield _unknown(where, "place", code, partnership.places, "Add it to places.csv.")


def _comparator(partnership: Partnership, where: str, id: str) -> Iterator[Mistake]:
    known = partnership.comparators
    if id and partnership.name and id not in known:
        yield _unknown(where, "comparator", id, known, "Add it to outturn.toml.")


def _written(partnership: Partnership, contract: str) -> bool:
    """Whether a contract of this name has a file, whose own mistakes are told where it is read."""
    return f"contracts/{contract}.json" in partnership.files


def _home(partnership: Partnership) -> Iterator[Mistake]:
    yield from _place(partnership, "outturn.toml, home", partnership.home)
    for code in partnership.totals_for:
        yield from _place(partnership, "outturn.toml, totals_for", code)
    known = {EVERY, MAIN, *(name for one in partnership.places.values() for name in one.parents)}
    if partnership.hierarchy not in known:
        remedy = "Add a column parent.NAME to places.csv."
        where = "outturn.toml, hierarchy"
        yield _unknown(where, "hierarchy", partnership.hierarchy, known, remedy)


def _successors(partnership: Partnership) -> Iterator[Mistake]:
    for one in partnership.places.values():
        if one.successor and one.successor not in partnership.places:
            where = f"places.csv, place {one.code}, successor"
            remedy = "Add a line for it, or leave the cell empty."
            yield _unknown(where, "place", one.successor, partnership.places, remedy)


def _comparators(partnership: Partnership) -> Iterator[Mistake]:
    for one in partnership.comparators.values():
        where = f"outturn.toml, comparator {one.id}"
        for code in (*one.members, one.place):
            yield from _place(partnership, where, code)
        kinds = {place.kind for place in partnership.places.values()}
        if one.kind and kinds and one.kind not in kinds:
            yield _unknown(where, "kind of place", one.kind, kinds, "See places.csv.")
        if one.rule == "published" and not one.place:
            yield _wrong(
                where,
                "The group's figure is the published one, but not of which place.",
                'Add place = "the code whose figure is published", or change the rule.',
            )


def _measures(partnership: Partnership, contracts: Mapping[str, Contract]) -> Iterator[Mistake]:
    for measure in partnership.measures.values():
        for word in ("numerator", "denominator"):
            tally = getattr(measure, word)
            if tally is not None:
                yield from _tally(partnership, measure, word, tally, contracts)
        for part in measure.formula.parts if measure.formula else ():
            yield from _measure(partnership, f"{measure.file}, formula", part)
        if circle := _formula_circle(partnership, measure.id):
            yield _wrong(
                f"{measure.file}, formula",
                f"The formula goes round in a circle: {' > '.join(circle)}.",
                "Take one of these measures out of the other's formula.",
            )


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
        yield _unknown(where, "table", tally.table, contracts, remedy)
        return
    kinds = {field.name: field.type for field in contract.fields}
    for column in (tally.column, *(condition.column for condition in tally.where)):
        if column and column not in kinds:
            yield _unknown(where, "column", column, kinds, f"See the contract '{contract.name}'.")
    for one in measure.breakdowns:
        if word == "numerator" and one.column not in kinds:
            yield _unknown(f"{measure.file}, breakdown", "column", one.column, kinds, "")
    if tally.how == "sum" and kinds.get(tally.column, "number") not in ("integer", "number"):
        yield _wrong(
            where,
            f"The column '{tally.column}' does not hold numbers.",
            "Count its rows or its distinct values instead.",
        )
    for condition in tally.where:
        yield from _kind_of_bound(where, condition, kinds.get(condition.column, ""))
    yield from totals_mistakes(measure, word, tally, contract)


def _kind_of_bound(where: str, condition: Condition, kind: str) -> Iterator[Mistake]:
    numbers = (int, float)
    fits = {"string": str, "integer": numbers, "number": numbers, "boolean": bool, "date": date}
    wanted = fits.get(kind)
    if wanted and not all(
        isinstance(bound, wanted) and isinstance(bound, bool) == (wanted is bool)  # type: ignore[arg-type]
        for bound in condition.bounds
    ):
        yield _wrong(
            f"{where}, where {condition.column}",
            f"The column holds {kind}s, and the condition compares it with something else.",
            "Put quotes round text, and none round a number or a date.",
        )


def totals_mistakes(
    measure: Measure, word: str, tally: Tally, contract: Contract
) -> Iterator[Mistake]:
    """A sum across a column whose members include totals would count the same thing twice."""
    for column, totals in contract.totals.items():
        divided = any(one.column == column for one in measure.breakdowns)
        if not divided and not _one_level(column, set(totals), tally.where):
            listed = ", ".join(f"'{one}'" for one in totals)
            yield _wrong(
                f"{measure.file}, {word}",
                f"The column '{column}' of '{contract.name}' mixes totals with their parts.",
                f"Add a condition on {column}: pin it to one of {listed}, or leave these out.",
            )


def _one_level(column: str, totals: set[str], where: tuple[Condition, ...]) -> bool:
    """Whether the conditions keep a single total, or no total at all."""
    for one in where:
        if one.column != column:
            continue
        bounds = {str(bound) for bound in one.bounds}
        if one.word == "is" or (one.word == "one_of" and not bounds & totals):
            return True
        if one.word == "none_of" and totals <= bounds:
            return True
        if one.word == "is_not" and totals == bounds:
            return True
    return False


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
                    yield _wrong(
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
            yield _unknown(where, "outcome", one.parent, partnership.outcomes, "Add it.")
        elif _stands_above_itself(partnership.outcomes, one):
            yield _wrong(where, "The outcome stands above itself.", "Correct its parent.")
        settings_are_read = bool(partnership.name)
        if one.board and settings_are_read and one.board not in partnership.boards:
            remedy = "Add it to boards in outturn.toml."
            yield _unknown(where, "board", one.board, partnership.boards, remedy)
        for id in one.measures:
            yield from _measure(partnership, where, id)
    for crossing in partnership.crosswalk:
        for id in (crossing.outcome, *crossing.answers_to):
            if id not in partnership.outcomes:
                yield _unknown(f"{file}, crosswalk", "outcome", id, partnership.outcomes, "Add it.")


def _stands_above_itself(outcomes: Mapping[str, Outcome], one: Outcome) -> bool:
    here, seen = one.parent, set()
    while here in outcomes and here not in seen:
        if here == one.id:
            return True
        seen.add(here)
        here = outcomes[here].parent
    return False


def _targets(partnership: Partnership) -> Iterator[Mistake]:
    for target in partnership.targets:
        where = f"{target.file}, target {target.id}"
        yield from _measure(partnership, where, target.measure)
        yield from _place(partnership, where, target.place)
        measure = partnership.measures.get(target.measure)
        if measure:
            yield from _target_of(measure, target, where)
        yield from _comparator(partnership, where, target.goal.comparator)
        for one in target.milestones:
            if not target.period.holds(one.by):
                yield _wrong(
                    f"{where}, milestones",
                    "A milestone falls outside the period of the target.",
                    f"Give days from {target.period.start} to {target.period.end}.",
                )
    for override in partnership.overrides:
        where = f"targets, override of {override.measure}"
        yield from _measure(partnership, where, override.measure)
        yield from _place(partnership, where, override.place)


def _target_of(measure: Measure, target: Target, where: str) -> Iterator[Mistake]:
    if target.goal.word in _AIM_AGAINST.get(measure.aim, ()):
        said = target.goal.word.replace("_", " ")
        yield _wrong(
            where,
            f"The measure's aim is '{measure.aim}', but the target is '{said}'.",
            "Turn the target round, or correct the aim of the measure.",
        )
    names = {one.name: one.categories for one in measure.breakdowns}
    if target.breakdown != WHOLE and target.breakdown not in names:
        remedy = f"Add a [[breakdown]] to {measure.file}."
        yield _unknown(where, "breakdown", target.breakdown, names, remedy)
    elif names.get(target.breakdown) and target.category not in names[target.breakdown]:
        known = names[target.breakdown]
        yield _unknown(where, "category", target.category, known, f"See {measure.file}.")


def _supersessions(partnership: Partnership) -> Iterator[Mistake]:
    by_id: dict[str, Target] = {}
    for target in partnership.targets:
        where = f"{target.file}, target {target.id}"
        if target.id in by_id:
            yield _wrong(
                where,
                "Another entry of the ledger has this id.",
                "An entry is never edited: give the new one its own id, and supersedes = the old.",
            )
        by_id.setdefault(target.id, target)
    for target in partnership.targets:
        if target.supersedes and target.supersedes not in by_id:
            where = f"{target.file}, target {target.id}, supersedes"
            yield _unknown(where, "target", target.supersedes, by_id, "Give the id it replaces.")
        elif circle := _supersession_circle(by_id, target):
            yield _wrong(
                f"{target.file}, target {target.id}, supersedes",
                f"The entries supersede each other in a circle: {' > '.join(circle)}.",
                "Only a later entry supersedes: take supersedes out of the oldest.",
            )
    yield from _overlaps(partnership)


def _supersession_circle(by_id: Mapping[str, Target], target: Target) -> list[str]:
    """The way from an entry back to itself, told of the first of its ids alone; else nothing."""
    way = [target.id]
    here = target.supersedes
    while here in by_id and here not in way:
        way.append(here)
        here = by_id[here].supersedes
    return [*way, here] if here == target.id == min(way) else []


def _overlaps(partnership: Partnership) -> Iterator[Mistake]:
    replaced = {target.supersedes for target in partnership.targets}
    standing: dict[tuple[str, str, str, str], list[Target]] = defaultdict(list)
    for target in partnership.targets:
        if target.id in replaced:
            continue
        place = target.place or partnership.home
        key = (target.measure, place, target.breakdown, target.category)
        for other in standing[key]:
            same_kind = _length(other) == _length(target)
            if same_kind and other.period.start <= target.period.end:
                if target.period.start <= other.period.end and other.id != target.id:
                    yield _wrong(
                        f"{target.file}, target {target.id}",
                        f"It overlaps the target {other.id}: same measure, place and period.",
                        f'Add supersedes = "{other.id}", or change the period.',
                    )
        standing[key].append(target)


def _length(target: Target) -> tuple[int, str]:
    return target.period.count, target.period.unit


def _sources(partnership: Partnership) -> Iterator[Mistake]:
    """Whether a source fits its contract is told where it is read, with the file at hand."""
    seen: set[str] = set()
    for source in partnership.sources:
        where = f"data/sources.toml, source {source.id}"
        if source.id in seen:
            yield _wrong(where, "Another source has this id.", "Give each source its own id.")
        seen.add(source.id)
        if source.outside:
            yield _wrong(where, "The file lies outside the folder data.", "Copy it into data.")


def _commentary(partnership: Partnership) -> Iterator[Mistake]:
    for comment in partnership.comments:
        yield from _measure(partnership, comment.file, comment.measure)
        for token in dict.fromkeys(re.findall(r"\{([^{}]*)\}", comment.text)):
            if token not in TOKENS:
                listed = ", ".join(f"{{{one}}}" for one in TOKENS)
                yield _unknown(comment.file, "token", token, TOKENS, f"The tokens are {listed}.")


def _mentions(partnership: Partnership) -> Iterator[Mistake]:
    for action in partnership.actions:
        yield from _measure(partnership, f"actions.toml, action {action.id}", action.measure)
        yield from _place(partnership, f"actions.toml, action {action.id}", action.place)
    for identity in partnership.identities:
        for id in (identity.measure, *(part[0] for part in identity.parts)):
            yield from _measure(partnership, f"checks.toml, identity {identity.id}", id)
    for share in partnership.shares:
        for id in (share.measure, share.of):
            yield from _measure(partnership, f"checks.toml, share {share.id}", id)


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
            yield _wrong(
                f"{where} {id}",
                f"More than one {what} has this id.",
                f"Give each {what} its own id.",
            )


def _packs(partnership: Partnership) -> Iterator[Mistake]:
    frameworks = {one.framework for one in partnership.outcomes.values()}
    for pack in partnership.packs.values():
        yield from _place(partnership, pack.file, pack.place)
        for id in pack.measures:
            yield from _measure(partnership, pack.file, id)
        if pack.framework and pack.framework not in frameworks:
            yield _unknown(pack.file, "framework", pack.framework, frameworks, "See outcomes.toml.")
        yield from _comparator(partnership, pack.file, pack.comparator)
