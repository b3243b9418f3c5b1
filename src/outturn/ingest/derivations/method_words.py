"""Whether the words of a method are words that its data can hold, where all of those are known.

A word that no record has selects nobody, and nobody would notice. The methods that come with
outturn say which list a parameter is of: the lists that their words are in. Where a word of theirs
is in none, or in a list that is known in part, the parameter is not judged.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from outturn.contracts import Contract
from outturn.contracts.cld import specification
from outturn.ingest.allowed_words import CLD, either, nearest
from outturn.ingest.derivations.model import Method
from outturn.terms.errors import DefinitionMistake, Mistake

_IN_FULL = ("complete", "release 2")  # events are derived in the spelling of release 2
Lists = dict[str, tuple[str, ...]]  # by column


def unknown_words(
    method: Method,
    patterns: Sequence[Method],
    methods: Mapping[str, Method],
    contracts: Mapping[str, Contract],
) -> Iterator[Mistake]:
    """The words of an own method that stand in no row of what it reads or makes."""
    tables = _tables(method, methods)
    full, part = _lists(tables, contracts)
    for name, value in method.parameters.items():
        if not all(name in one.parameters for one in patterns):
            continue
        usual: dict[str, set[str]] = {}
        for one in patterns:
            for _, kind, word in _words(one.parameters[name]):
                usual.setdefault(kind, set()).add(word)
        for at, kind, word in _words(value):
            known = usual.get(kind, set())
            lists = _of(known, full, part, _named(name, patterns))
            allowed = [*dict.fromkeys(each for words in lists.values() for each in words)]
            named = {str(method.parameters.get(each)) for each in _named(name, patterns).values()}
            if lists and word and word not in {*allowed, *known, *named}:
                yield DefinitionMistake(
                    where=f"{method.file}, parameters.{name}{at}",
                    problem=f"'{word}' is not a word that {either(list(lists))} may hold.",
                    remedy=nearest(word, allowed),
                )


def _tables(method: Method, methods: Mapping[str, Method]) -> set[str]:
    """The table that is made, and every table that it is made of."""
    found, ahead = {method.table}, list(method.reads)
    while ahead:
        one = ahead.pop()
        if one not in found:
            found.add(one)
            ahead += methods[one].reads if one in methods else ()
    return found


def _lists(tables: set[str], contracts: Mapping[str, Contract]) -> tuple[Lists, set[str]]:
    """The whole lists of the columns of some tables, and the words of lists known in part."""
    full: dict[str, tuple[str, ...]] = {}
    part: set[str] = set()
    for table in sorted(tables & set(contracts)):
        for field in contracts[table].fields:
            if field.enum:
                full[field.name] = (*full.get(field.name, ()), *field.enum)
    if CLD in tables:
        spec = specification()
        for name, values in spec.values.items():
            words = tuple(one.meaning for one in values)
            if spec.fields[name].known in _IN_FULL:
                full[name] = (*full.get(name, ()), *words)
            else:
                part |= set(words)
    return full, part


def _of(usual: set[str], full: Lists, part: set[str], named: Mapping[str, str]) -> Lists:
    """The lists that the usual words of a parameter are of; none where one is in no whole list."""
    listed = {word for words in full.values() for word in words}
    if any(word in part or word not in listed | set(named) for word in usual - {""}):
        return {}
    return {column: words for column, words in full.items() if usual & set(words)}


def _named(name: str, patterns: Sequence[Method]) -> dict[str, str]:
    """Words that another parameter makes up, by the word: its name."""
    return {
        value: other
        for one in patterns
        for other, value in one.parameters.items()
        if other != name and isinstance(value, str)
    }


def _words(value: Any) -> Iterator[tuple[str, str, str]]:
    """Each text of a value: where it is, what kind of thing it is there, and the text itself."""
    match value:
        case str():
            yield "", "", value
        case list():
            for number, one in enumerate(value):
                for place, each in enumerate(one if isinstance(one, list) else [one]):
                    inner = f"[{place}]" if isinstance(one, list) else ""
                    if isinstance(each, str):
                        yield f"[{number}]{inner}", f"{place if inner else 'listed'}", each
        case dict():
            for key, one in value.items():
                yield f".{key}", "key", key
                if isinstance(one, str):
                    yield f".{key}", "value", one
