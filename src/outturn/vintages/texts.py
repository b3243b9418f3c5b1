"""What changed between two builds besides their figures: definitions, targets, inputs, settings."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath
from typing import Any, Protocol

import polars as pl

from outturn.terms.records import Fingerprint
from outturn.vintages.vintage import same_line_ends

SAYS_NOTHING_OF_FIGURES = ("commentary", "packs", "papers", "outcomes.toml", "actions.toml")
NOT_THE_GOAL = ("id", "comment", "agreed", "supersedes")  # words of a target that judge nothing


Words = Mapping[str, Mapping[str, Any]]  # of TOML files, by a measure's id


class Build(Protocol):
    """A vintage, kept or still in memory."""

    @property
    def name(self) -> str: ...
    @property
    def inputs(self) -> tuple[Fingerprint, ...]: ...
    @property
    def definitions(self) -> tuple[tuple[str, str], ...]: ...
    @property
    def arguments(self) -> tuple[tuple[str, str], ...]: ...
    @property
    def software(self) -> str: ...
    def read(self, frame: str, /) -> pl.DataFrame: ...


@dataclass(frozen=True)
class Asked:
    """What two builds, `a` and then `b`, were asked, compared."""

    a: Build
    b: Build

    @cached_property
    def software(self) -> bool:
        return self.a.software != self.b.software

    @cached_property
    def settings(self) -> tuple[str, ...]:
        """Arguments, and files that define neither a measure nor a target, that differ."""
        arguments = _differing(dict(self.a.arguments), dict(self.b.arguments))
        texts = _differing(_settings(self.a), _settings(self.b))
        return (*arguments, *texts)

    @cached_property
    def inputs(self) -> tuple[str, ...]:
        """The input files that differ, in alphabetical order."""
        a, b = ({one.name: one.sha256 for one in build.inputs} for build in (self.a, self.b))
        return _differing(a, b)

    @cached_property
    def definitions(self) -> tuple[str, ...]:
        """The measures of both whose own definition differs: not its comments or its spacing."""
        a, b = ({m: _canonical(w) for m, w in side.items()} for side in self._measures)
        return tuple(one for one in _differing(a, b) if one in a and one in b)

    @cached_property
    def begun(self) -> tuple[str, ...]:
        """The measures that only `b` defines."""
        return tuple(sorted(set(self._measures[1]) - set(self._measures[0])))

    @cached_property
    def ended(self) -> tuple[str, ...]:
        """The measures that only `a` defines."""
        return tuple(sorted(set(self._measures[0]) - set(self._measures[1])))

    def redefined(self, measure: str) -> bool:
        """Whether the definition of the measure, or of one it is made of, differs."""
        return bool(set(self.definitions) & _family(measure, self._measures[1]))

    def fed(self, measure: str) -> bool:
        """Whether an input behind the measure differs; of one unknown to us, any input."""
        tables = set[str]().union(*(_tables_behind(measure, side) for side in self._measures))
        files = {file for table in tables for side in self._files for file in side.get(table, ())}
        return any(not files or name in files for name in self.inputs)

    @cached_property
    def comparators(self) -> tuple[str, ...]:
        """The groups of places that differ: their members, their rule, or that they are there."""
        return _differing(*({n: _canonical(w) for n, w in side.items()} for side in self._groups))

    @cached_property
    def _groups(self) -> tuple[Words, Words]:
        return _comparators(self.a), _comparators(self.b)

    @cached_property
    def _measures(self) -> tuple[Words, Words]:
        return _measures(self.a), _measures(self.b)

    @cached_property
    def _files(self) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
        return _files_of_tables(self.a), _files_of_tables(self.b)


def target_entries(build: Build) -> dict[str, str]:
    """What each target entry, by its id, says of the goal."""
    entries: dict[str, str] = {}
    for name, text in build.definitions:
        if PurePosixPath(name).parent.name == "targets":
            for entry in _toml(text).get("target", []):
                goal = {word: said for word, said in entry.items() if word not in NOT_THE_GOAL}
                entries[str(entry.get("id", ""))] = _canonical(goal)
    return entries


def _differing(a: Mapping[str, object], b: Mapping[str, object]) -> tuple[str, ...]:
    return tuple(sorted(name for name in {*a, *b} if a.get(name) != b.get(name)))


def _measures(build: Build) -> Words:
    """The words of each measure's definition, by the measure's id."""
    return {
        PurePosixPath(name).stem: _toml(text) or {"text": same_line_ends(text)}
        for name, text in build.definitions
        if _is_measure(name)
    }


def _comparators(build: Build) -> Words:
    """The words of each group of places, by its id."""
    texts = [text for name, text in build.definitions if PurePosixPath(name).name == "outturn.toml"]
    groups = (one for text in texts for one in _toml(text).get("comparator", []))
    return {str(one.get("id", "")): one for one in groups}


def _settings(build: Build) -> dict[str, str]:
    others = (
        (name, text)
        for name, text in build.definitions
        if not _is_measure(name) and PurePosixPath(name).parent.name != "targets"
    )
    return {
        name: same_line_ends(text)
        for name, text in others
        if not set(PurePosixPath(name).parts) & set(SAYS_NOTHING_OF_FIGURES)
    }


def _is_measure(name: str) -> bool:
    path = PurePosixPath(name)
    return path.parent.name == "measures" and path.suffix == ".toml"


def _family(measure: str, measures: Words) -> set[str]:
    """The measure and all that its formula, and theirs, are made of."""
    found: set[str] = set()
    waiting = [measure]
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting.extend(_parts(measures.get(one, {}).get("formula")))
    return found


def _parts(formula: object) -> Iterable[str]:
    if not isinstance(formula, dict):
        return ()
    return [part for parts in formula.values() for part in parts]  # of a list or of a table


def _tables_behind(measure: str, measures: Words) -> set[str]:
    """The tables that a measure, or one it is made of, counts."""
    tables: set[str] = set()
    for one in _family(measure, measures):
        words = measures.get(one, {})
        tables |= {words[side]["table"] for side in ("numerator", "denominator") if side in words}
        tables |= {"figures"} if words.get("reported") else set()
    return tables


def _files_of_tables(build: Build) -> dict[str, set[str]]:
    """The input files that hold each table, as the sources say."""
    found: dict[str, set[str]] = {}
    for name, text in build.definitions:
        sources = _toml(text).get("source", []) if name.endswith("sources.toml") else []
        for source in sources:
            file = str(source.get("file", ""))
            inputs = {i.name for i in build.inputs if f"/{i.name}".endswith(f"/{file}")}
            found.setdefault(str(source.get("contract", "")), set()).update(inputs)
    return found


def _toml(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return {}


def _canonical(said: object) -> str:
    return json.dumps(said, sort_keys=True, default=str)
