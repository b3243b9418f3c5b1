"""Whether a partnership's own method fits its derivation.

A method that comes with outturn is the pattern: what it gives, the derivation needs, and of the
same kind. What does not fit is told before anything is built.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from outturn.contracts import Contract
from outturn.ingest.derivations.ages import bounds
from outturn.ingest.derivations.model import Method
from outturn.terms.errors import DefinitionMistake, Mistake, suggestion

MOST = 100_000  # no calendar reaches further back, in days
# Derivations that part people in two, and name the halves by their groups of ages.
IN_TWO = ("care home admissions", "delay bed days", "delay census")
_KINDS: dict[type, tuple[str, str]] = {
    bool: ("true or false", "true"),
    int: ("a whole number", "28"),
    str: ("a text", '"..."'),
    list: ("a list", "[...]"),
    dict: ("a table", "{ ... }"),
}


def fits(method: Method, patterns: Sequence[Method]) -> Iterator[Mistake]:
    """What the parameters of a method lack, compared with the methods of the same derivation."""
    known, at = patterns[0].parameters, f"{method.file}, parameters"
    for name in method.parameters:
        if name not in known:
            said = f"Parameters are {', '.join(known)}." if known else "Take it out: there is none."
            problem = f"The derivation '{method.derivation}' has no parameter '{name}'."
            yield _mistake(f"{at}.{name}", problem, suggestion(name, known, said))
    for name, pattern in known.items():
        if name not in method.parameters:
            unknown = [one for one in method.parameters if one not in known]
            otherwise = f"Write {name} = {_KINDS[type(pattern)][1]}, or another."
            problem = f"'{name}' is not given: the derivation '{method.derivation}' needs it."
            yield _mistake(at, problem, suggestion(name, unknown, otherwise))
            continue
        every = [one.parameters[name] for one in patterns]
        yield from _value(method.parameters[name], every, f"{at}.{name}")
        groups = method.parameters[name]
        if name == "age_groups" and method.derivation in IN_TWO and isinstance(groups, list):
            if len(groups) != len(pattern):
                problem = "These are not two groups of ages."
                yield _mistake(f"{at}.{name}", problem, f"Write two, such as {_shown(pattern)}.")
    if len(method.given) < len(patterns[0].given):
        needed = ", ".join(f'"{one}"' for one in patterns[0].given)
        problem = f"The derivation '{method.derivation}' reads {len(patterns[0].given)} tables."
        remedy = f"Write given = [{needed}], or their like."
        yield _mistake(f"{method.file}, given", problem, remedy)
    for one in patterns[0].if_there:
        if one not in method.reads:
            problem = f"The derivation '{method.derivation}' reads '{one}' if it is there."
            yield _mistake(f"{method.file}, if_there", problem, f'Write if_there = ["{one}"].')


def _value(value: Any, patterns: Sequence[Any], where: str) -> Iterator[Mistake]:
    """A value is of the kind that the patterns are of, and so is what it holds."""
    pattern = max(patterns, key=bool)  # one that holds something, if any does
    kind, like = _KINDS[type(pattern)]
    if type(value) is not type(pattern):
        yield _mistake(where, f"It is not {kind}.", f"Write {kind}, such as {_shown(pattern)}.")
        return
    match value:
        case bool():
            return
        case int():
            least = 1 if all(one > 0 for one in patterns) else 0
            if not least <= value <= MOST:
                remedy = f"Write a number from {least} to {MOST}."
                yield _mistake(where, f"The number {value} is not possible here.", remedy)
        case str():
            yield from _text(value, pattern, where)
        case list() | dict():
            if not value and all(patterns):
                yield _mistake(where, "It is empty.", f"Write one or more in {like}.")
            yield from _held(value, patterns, where)


def _held(value: Any, patterns: Sequence[Any], where: str) -> Iterator[Mistake]:
    """What a list or a table holds is each like what those of the patterns hold."""
    held = [one for each in patterns for one in (each.values() if type(each) is dict else each)]
    each = value.items() if isinstance(value, dict) else enumerate(value)
    for name, one in each if held else ():
        at = f"{where}[{name}]" if isinstance(name, int) else f"{where}.{name}"
        if isinstance(held[0], list) and isinstance(one, list) and len(one) != len(held[0]):
            remedy = f"Write {len(held[0])}, such as {_shown(held[0])}."
            yield _mistake(at, f"It holds {len(one)}, not {len(held[0])}.", remedy)
        else:
            yield from _value(one, _groups_or(held), at)
    if not held and not all(isinstance(one, str) for one in value):
        yield _mistake(where, "It is not a list of texts.", 'Write ["...", "..."].')


def _groups_or(held: Sequence[Any]) -> Sequence[Any]:
    """The patterns of a text in a list: it is held to be a day or a group only where all are."""
    other = [one for one in held if isinstance(one, str) and not (_is_day(one) or _is_group(one))]
    return other or held


def _text(value: str, pattern: str, where: str) -> Iterator[Mistake]:
    if _is_day(pattern) and not _is_day(value):
        yield _mistake(where, f"'{value}' is not a day.", f'Write it such as "{pattern}".')
    if _is_group(pattern) and not _is_group(value):
        remedy = 'Write it such as "18-64" or "85plus".'
        yield _mistake(where, f"'{value}' is not a group of ages.", remedy)


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _is_group(text: str) -> bool:
    try:
        bounds(text)
    except ValueError:
        return False
    return True


def _shown(value: Any) -> str:
    """A value as TOML has it."""
    match value:
        case bool():
            return str(value).lower()
        case str():
            return f'"{value}"'
        case list():
            return f"[{', '.join(map(_shown, value))}]"
        case dict():
            return f"{{ {', '.join(f'{_shown(k)} = {_shown(v)}' for k, v in value.items())} }}"
    return str(value)


def circles(methods: Mapping[str, Method]) -> Iterator[Mistake]:
    """Tables that are made of themselves, each circle once."""
    done: set[str] = set()

    def walk(table: str, line: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        if table in line:
            yield line[line.index(table) :]
        elif table in methods and table not in done:
            for given in dict.fromkeys(methods[table].reads):
                yield from walk(given, (*line, table))
            done.add(table)

    for start in sorted(methods):
        for line in walk(start, ()):
            own = next((one for one in line if methods[one].file.startswith("methods/")), line[0])
            said = " of ".join(f"'{one}'" for one in (*line, line[0]))
            where = f"{methods[own].file}, given"
            problem = f"The table is made of itself: {said}."
            yield _mistake(where, problem, "Take one of these tables out of 'given'.")


def tables(
    methods: Mapping[str, Method],
    built_in: Sequence[Method],
    contracts: Mapping[str, Contract],
) -> Iterator[Mistake]:
    """What is wrong with the tables that a partnership's own methods make and read."""
    for method in methods.values():
        if method.file.startswith("methods/"):
            pattern = next(one for one in built_in if one.derivation == method.derivation)
            yield from _made(method, contracts)
            known = {*contracts, *methods}
            for word, named in (("given", method.given), ("if_there", method.if_there)):
                for one in named:
                    if one not in known:
                        remedy = suggestion(one, known, "Name a table with a contract or a method.")
                        problem = f"There is no table '{one}'."
                        yield _mistake(f"{method.file}, {word}", problem, remedy)
            derived = {one.table for one in built_in if not one.usually_supplied}
            yield from _alike(method, pattern, derived, contracts)


def _made(method: Method, contracts: Mapping[str, Contract]) -> Iterator[Mistake]:
    if method.table not in contracts:
        problem = f"There is no contract '{method.table}', which says what the table looks like."
        remedy = f"Write contracts/{method.table}.json, or name a table that has a contract."
        yield _mistake(f"{method.file}, table", problem, remedy)


def _alike(
    method: Method, pattern: Method, derived: set[str], contracts: Mapping[str, Contract]
) -> Iterator[Mistake]:
    """A table of records is named in the SQL; a derived one may stand for another like it."""
    at = f"{method.file}, given"
    for mine, needed in zip(method.given, pattern.given, strict=False):
        if mine == needed or mine not in contracts or needed not in contracts:
            continue
        if needed not in derived:
            problem = f"The derivation '{method.derivation}' reads '{needed}', not '{mine}'."
            yield _mistake(at, problem, f"Write '{needed}' in the place of '{mine}'.")
            continue
        kinds = {one.name: one.type for one in contracts[mine].fields}
        fields = contracts[needed].fields
        lacks = [one.name for one in fields if kinds.get(one.name) != one.type]
        if lacks:
            said = ", ".join(f"'{one}'" for one in lacks)
            problem = f"The table '{mine}' is not like '{needed}': it lacks {said}."
            yield _mistake(at, problem, f"Name '{needed}', or a table with the same columns.")


def _mistake(where: str, problem: str, remedy: str) -> Mistake:
    return DefinitionMistake(where=where, problem=problem, remedy=remedy)
