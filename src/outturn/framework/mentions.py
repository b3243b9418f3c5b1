"""Mentions of what another file must describe, and the mistake of one that nothing answers to."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from outturn.framework.model import Partnership
from outturn.terms.errors import DefinitionMistake, Mistake, suggestion


def wrong(where: str, problem: str, remedy: str) -> DefinitionMistake:
    return DefinitionMistake(where=where, problem=problem, remedy=remedy)


def unknown(where: str, what: str, word: str, known: Collection[str], otherwise: str) -> Mistake:
    return wrong(where, f"There is no {what} '{word}'.", suggestion(word, known, otherwise))


def no_measure(partnership: Partnership, where: str, id: str) -> Iterator[Mistake]:
    if id and id not in partnership.measures:
        otherwise = f"Add framework/measures/{id}.toml, or correct the name."
        yield unknown(where, "measure", id, partnership.measures, otherwise)


def no_place(partnership: Partnership, where: str, code: str) -> Iterator[Mistake]:
    if code and partnership.places and code not in partnership.places:
        yield unknown(where, "place", code, partnership.places, "Add it to places.csv.")


def no_comparator(partnership: Partnership, where: str, id: str) -> Iterator[Mistake]:
    known = partnership.comparators
    if id and partnership.name and id not in known:
        yield unknown(where, "comparator", id, known, "Add it to outturn.toml.")
