"""Reads contracts: those that come with outturn, and a partnership's own beside its data.

A partnership's `contracts/NAME.json` adds a contract, or takes the place of the one of that name.
Every mistake in every file is gathered; a contract with a mistake is not given out half-read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from importlib import resources
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import Any

import polars as pl

from outturn.contracts.check import whole
from outturn.contracts.model import (
    CONSTRAINTS,
    MOMENT,
    RESERVED,
    RULES,
    TYPES,
    Contract,
    Field,
    Rule,
)
from outturn.terms.errors import DefinitionMistake, Mistake, suggestion

_SCHEMA_WORDS = (
    "fields", "missingValues", "primaryKey", "outturn", "title", "description", "name", "$schema",
    "profile",
)  # fmt: skip
_FIELD_WORDS = (
    "name", "type", "format", "title", "description", "example", "rdfType", "constraints",
)  # fmt: skip
_OUTTURN_WORDS = ("place", "period", "measure", "totals", "rules", "describes", "people",
    "reaches", "reach_told", "reaches_to", "weekly", "in_part", "reach_of",
    "reach_unknown", "parts", "events",
)  # fmt: skip


OF_NUMBERS = ("sum_of", "zero_with_column", "under_twice_column")  # rules of numbers only
_OF_THE_REACH = ("reaches", "reach_told", "reaches_to", "weekly", "in_part", "reach_of")
# The types that a column of a role may have, where it need not be a text.
_ROLES = {
    "period": ("string", "date"), "reaches": ("date",), "reaches_to": ("date",),
    "in_part": ("boolean",),
}  # fmt: skip


def read_contracts(
    folder: Path | Mapping[str, str] | None,
) -> tuple[dict[str, Contract], list[Mistake]]:
    """Every contract by name, and the mistakes found.

    `folder` is the partnership's own, or its definition files as texts by name.
    """
    contracts = dict(_built_in())
    mistakes: list[Mistake] = []
    texts = folder if isinstance(folder, Mapping) else _own(folder, mistakes)
    for where in sorted(one for one in texts if one.startswith("contracts/")):
        name = PurePosixPath(where).stem
        contract, found = read_contract(texts[where], name, where)
        mistakes += found
        if contract:
            built_in = contracts.get(name)
            mistakes += _keeps(contract, built_in)
            mistakes += _says_what_it_covers(contract, built_in)
            # What is about people stays so, whatever a contract in its place says; and what tells
            # of a part.
            of_people = contract.people or (built_in is not None and built_in.people)
            by_the_day = bool(contract.reaches) and contract.reaches == contract.period
            in_part = built_in.in_part if built_in and by_the_day else ""
            contracts[name] = replace(
                contract, people=of_people, in_part=contract.in_part or in_part
            )
    mistakes += [one for each in contracts.values() for one in _reach_of(each, contracts)]
    return contracts, mistakes


def _own(folder: Path | None, mistakes: list[Mistake]) -> dict[str, str]:
    texts: dict[str, str] = {}
    for path in sorted((folder / "contracts").glob("*.json")) if folder else []:
        where = f"contracts/{path.name}"
        try:
            texts[where] = path.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError):
            mistakes.append(_mistake(where, "The file cannot be read.", "Save it as UTF-8 text."))
    return texts


def read_contract(text: str, name: str, where: str) -> tuple[Contract | None, list[Mistake]]:
    """One contract from the text of its file, or the mistakes in it."""
    reading = _Reading(where)
    try:
        found = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        line = f", line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        remedy = "Look for a comma, a quotation mark or a bracket too many or too few."
        return None, [_mistake(where + line, "The file is not JSON.", remedy)]
    if not isinstance(found, dict):
        remedy = 'Write { "fields": [ ... ] }.'
        return None, [_mistake(where, "The file does not hold a table schema.", remedy)]
    contract = reading.contract(found, name)
    return (None if reading.mistakes else contract), reading.mistakes


@cache  # they change with the software alone, and a command asks for them several times
def _built_in() -> Mapping[str, Contract]:
    contracts: dict[str, Contract] = {}
    schemas = resources.files("outturn.contracts").joinpath("schemas")
    for entry in sorted(schemas.iterdir(), key=lambda one: one.name):
        name = entry.name.removesuffix(".json")
        if name != entry.name:
            text = entry.read_text(encoding="utf-8")
            contract, found = read_contract(text, name, f"built-in contracts/{name}.json")
            assert contract is not None and not found, f"built-in contract {name}: {found}"
            contracts[name] = contract
    return MappingProxyType(contracts)


def _keeps(mine: Contract, built_in: Contract | None) -> Iterator[Mistake]:
    """A contract in the place of a built-in one must keep its columns: outturn relies on them."""
    for one in built_in.fields if built_in else ():
        if one.name not in mine.names:
            problem = f"There is no field '{one.name}', which outturn needs in '{mine.name}'."
            remedy = "Add it, or give the contract another name."
            yield _mistake(f"{mine.file}, fields", problem, remedy)
        elif mine.field(one.name).type != one.type:
            where = f"{mine.file}, fields[{mine.names.index(one.name)}].type"
            problem = f"The field '{one.name}' must be of type {one.type} in '{mine.name}'."
            yield _mistake(where, problem, "Give it that type, or give the contract another name.")


def _says_what_it_covers(mine: Contract, built_in: Contract | None) -> Iterator[Mistake]:
    """Where a built-in contract tells how far its table reaches, so must one in its place: else a
    single mistyped date would open months of it again, with 0 between."""
    told = built_in and (built_in.reaches or built_in.reach_of)
    if built_in and told and not (mine.reaches or mine.reach_of or mine.reach_unknown):
        theirs = {one: getattr(built_in, one) for one in _OF_THE_REACH}
        words = ", ".join(f'"{one}": {json.dumps(word)}' for one, word in theirs.items() if word)
        problem = f"Nothing says which time the records of '{mine.name}' cover."
        remedy = (
            f"Write {words} as the contract of outturn does, or say with 'reach_unknown' why "
            "nothing in the table tells it."
        )
        yield _mistake(f"{mine.file}, outturn", problem, remedy)


def _reach_of(contract: Contract, contracts: Mapping[str, Contract]) -> Iterator[Mistake]:
    """The tables that tell how far another reaches must be there, and each is another one."""
    for i, name in enumerate(contract.reach_of):
        where = f"{contract.file}, outturn.reach_of[{i}]"
        others = [one for one in contracts if one != contract.name]
        if name not in others:
            remedy = suggestion(name, others, "Name another table, of whose records this is made.")
            yield _mistake(where, f"There is no other table '{name}'.", remedy)


def _mistake(where: str, problem: str, remedy: str) -> Mistake:
    return DefinitionMistake(where=where, problem=problem, remedy=remedy)


@dataclass
class _Reading:
    """Gathers the mistakes of one file while its parts are read."""

    file: str
    mistakes: list[Mistake] = field(default_factory=list)

    def wrong(self, at: str, problem: str, remedy: str) -> None:
        where = f"{self.file}, {at}" if at else self.file
        self.mistakes.append(_mistake(where, problem, remedy))

    def contract(self, found: dict[str, Any], name: str) -> Contract:
        self._words(found, "", _SCHEMA_WORDS)
        fields = self._fields(found.get("fields"))
        names = tuple(one.name for one in fields)
        extra = self._part(found, "", "outturn", dict, {})
        self._words(extra, "outturn", _OUTTURN_WORDS)
        columns = {
            word: self._column(extra.get(word, ""), f"outturn.{word}", names)
            for word in ("place", "period", "measure", "reaches", "reaches_to", "in_part", "parts")
        }
        for word, column in columns.items():
            self._role(word, column, fields)
        self._reach(extra)
        key = found.get("primaryKey", [])
        missing = self._texts(found.get("missingValues", [""]), "missingValues")
        return Contract(
            name=name,
            fields=fields,
            file=self.file,
            title=self._part(found, "", "title", str, ""),
            describes=self._part(extra, "outturn", "describes", str, ""),
            missing=tuple(dict.fromkeys(("", *missing))),
            key=self._columns([key] if isinstance(key, str) else key, "primaryKey", names),
            totals=self._totals(extra, names),
            rules=self._rules(extra, fields),
            people=self._part(extra, "outturn", "people", bool, False),
            reach_told=self._part(extra, "outturn", "reach_told", bool, False),
            weekly=self._part(extra, "outturn", "weekly", bool, False),
            reach_of=self._texts(extra.get("reach_of", []), "outturn.reach_of"),
            reach_unknown=self._part(extra, "outturn", "reach_unknown", str, ""),
            events=self._part(extra, "outturn", "events", bool, False),
            **columns,
        )

    def _fields(self, found: Any) -> tuple[Field, ...]:
        if not isinstance(found, list) or not found:
            self.wrong("fields", "There are no fields.", 'Write "fields": [{ "name": ... }].')
            return ()
        fields: list[Field] = []
        for i, one in enumerate(found):
            at = f"fields[{i}]"
            if not isinstance(one, dict):
                self.wrong(at, "It is not a field.", 'Write { "name": ..., "type": ... }.')
                continue
            read = self._field(one, at)
            alike = [one.name for one in fields if one.name.casefold() == read.name.casefold()]
            if alike:
                problem = f"There are two fields named '{read.name}'."
                if read.name not in alike:  # a database takes them for one column
                    problem = f"The fields '{alike[0]}' and '{read.name}' differ only in case."
                self.wrong(f"{at}.name", problem, "Rename one of them.")
            fields.append(read)
        return tuple(fields)

    def _field(self, found: dict[str, Any], at: str) -> Field:
        self._words(found, at, _FIELD_WORDS)
        name = self._part(found, at, "name", str, "")
        if not name:
            self.wrong(f"{at}.name", "The field has no name.", "Give it the name of a column.")
        if name.casefold() in RESERVED:
            problem = f"The name '{name}' is kept for what outturn adds to every table."
            self.wrong(f"{at}.name", problem, "Give the field another name.")
        kind = self._part(found, at, "type", str, "string")
        if kind not in TYPES:
            otherwise = f"Write one of {', '.join(TYPES)}."
            problem = f"There is no type '{kind}'."
            self.wrong(f"{at}.type", problem, suggestion(kind, TYPES, otherwise))
            kind = "string"
        limits = self._part(found, at, "constraints", dict, {})
        self._words(limits, f"{at}.constraints", CONSTRAINTS)
        at_limits = f"{at}.constraints"
        return Field(
            name=name,
            type=kind,
            title=self._part(found, at, "title", str, ""),
            description=self._part(found, at, "description", str, ""),
            format=self._format(found, at, kind),
            required=self._part(limits, at_limits, "required", bool, False),
            unique=self._part(limits, at_limits, "unique", bool, False),
            enum=self._texts(limits.get("enum", []), f"{at_limits}.enum"),
            minimum=self._limit(limits, at_limits, "minimum", kind),
            maximum=self._limit(limits, at_limits, "maximum", kind),
            pattern=self._pattern(limits, at_limits, kind),
        )

    def _format(self, found: dict[str, Any], at: str, kind: str) -> str:
        text: str = self._part(found, at, "format", str, "default")
        if text in ("default", "any"):
            return "default"
        if kind == "date" and text == MOMENT:
            return text
        if kind != "date" or not re.fullmatch(r"(%[dmYybB]|[-/. ])+", text):
            remedy = "Leave it out, or for a date write a pattern such as %d/%m/%Y."
            self.wrong(f"{at}.format", "The format is not understood.", remedy)
            return "default"
        return text

    def _limit(self, found: dict[str, Any], at: str, word: str, kind: str) -> float | date | None:
        limit = found.get(word)
        if limit is None:
            return None
        try:
            if kind == "date":
                return date.fromisoformat(limit)
            if kind in ("integer", "number") and not isinstance(limit, bool):
                return float(limit)
        except (TypeError, ValueError):
            pass
        remedy = "Write a number for an integer or a number, and a day as 2020-04-01 for a date."
        self.wrong(f"{at}.{word}", "The limit does not fit the type of its field.", remedy)
        return None

    def _pattern(self, found: dict[str, Any], at: str, kind: str) -> str:
        text: str = self._part(found, at, "pattern", str, "")
        if text and kind != "string":
            self.wrong(f"{at}.pattern", "Only a string can have a pattern.", "Leave it out.")
        if not text or kind != "string":
            return ""
        try:
            for pattern in (text, whole(text)):  # a column is the judge: other dialects allow more
                pl.Series([""]).str.contains(pattern)
            return text
        except pl.exceptions.ComputeError:
            pass
        remedy = "Write a regular expression without look-around and back references."
        self.wrong(f"{at}.pattern", "The pattern is not understood.", remedy)
        return ""

    def _role(self, word: str, column: str, fields: tuple[Field, ...]) -> None:
        kinds = _ROLES.get(word, ("string",))
        for one in fields:
            if one.name == column and one.type not in kinds:
                problem = f"The {word} cannot be in '{column}', which is of type {one.type}."
                self.wrong(f"outturn.{word}", problem, f"Give it the type {' or '.join(kinds)}.")

    def _reach(self, extra: dict[str, Any]) -> None:
        """How far a table reaches is told in one way, or it is said why nothing tells it."""
        if extra.get("reaches_to") and not extra.get("reach_told"):
            problem = "A last day that a derivation has told needs the word 'reach_told'."
            self.wrong("outturn.reaches_to", problem, 'Write "reach_told": true beside it.')
        by_the_period = extra.get("reaches") and extra["reaches"] == extra.get("period")
        if extra.get("weekly") and not by_the_period:
            problem = "Rows are of whole weeks only where 'reaches' is the column of the period."
            self.wrong("outturn.weekly", problem, "Name that column there, or take the word out.")
        if extra.get("in_part") and not by_the_period:
            problem = "A day is in part only where 'reaches' is the column of the period."
            self.wrong("outturn.in_part", problem, "Name that column there, or take the word out.")
        told = [word for word in ("reaches", "reach_of") if extra.get(word)]
        if extra.get("reach_unknown") and told:
            problem = f"The word '{told[0]}' says what the table covers."
            self.wrong("outturn.reach_unknown", problem, "Take one of the two out.")

    def _totals(self, extra: dict[str, Any], names: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
        found = self._part(extra, "outturn", "totals", dict, {})
        for column in found:
            self._column(column, f"outturn.totals.{column}", names)
        return {
            column: self._texts(members, f"outturn.totals.{column}")
            for column, members in found.items()
        }

    def _rules(self, extra: dict[str, Any], fields: tuple[Field, ...]) -> tuple[Rule, ...]:
        rules = (
            self._rule(one, f"outturn.rules[{i}]", fields)
            for i, one in enumerate(self._part(extra, "outturn", "rules", list, []))
        )
        return tuple(rule for rule in rules if rule)

    def _rule(self, found: Any, at: str, fields: tuple[Field, ...]) -> Rule | None:
        if not isinstance(found, dict):
            self.wrong(at, "It is not a rule.", 'Write { "name": ..., "column": ..., ... }.')
            return None
        self._words(found, at, ("name", "column", "warns", *RULES))
        said = [word for word in RULES if word in found]
        if len(said) != 1:
            remedy = f"Give exactly one of {', '.join(RULES)}."
            self.wrong(at, "The rule does not say one thing about its column.", remedy)
            return None
        word, names = said[0], tuple(one.name for one in fields)
        others = found[word] if word == "sum_of" else [found[word]]
        before = len(self.mistakes)
        if others == []:
            self.wrong(f"{at}.{word}", "There are no columns to add up.", "Name one or more.")
        name = self._part(found, at, "name", str, "")
        column = self._column(found.get("column", ""), f"{at}.column", names, needed=True)
        warns = self._part(found, at, "warns", bool, False)
        rule = Rule(name, column, word, self._columns(others, f"{at}.{word}", names), warns)
        if len(self.mistakes) == before:
            self._same_types(rule, at, {one.name: one.type for one in fields})
        return rule

    def _same_types(self, rule: Rule, at: str, types: dict[str, str]) -> None:
        """Only like can be compared with like, and only numbers added up."""
        if rule.word in ("required_with_column", "empty_with_column"):
            return
        kinds = {types[name] for name in (rule.column, *rule.others)}
        numbers = kinds <= {"integer", "number"}
        alike = len(kinds) == 1 and rule.word not in OF_NUMBERS
        if not (numbers or alike):
            remedy = "Compare columns of one type; add up numbers only."
            self.wrong(f"{at}.{rule.word}", "The columns are of different types.", remedy)

    def _words(self, found: dict[str, Any], at: str, known: tuple[str, ...]) -> None:
        for word in found:
            if word not in known:
                otherwise = f"Use only {', '.join(known)}."
                problem = f"The word '{word}' is not understood."
                self.wrong(
                    f"{at}.{word}" if at else word, problem, suggestion(word, known, otherwise)
                )

    def _part(self, found: dict[str, Any], at: str, word: str, kind: type, default: Any) -> Any:
        value = found.get(word, default)
        if isinstance(value, kind):
            return value
        said = {str: "a text", bool: "true or false", dict: "an object", list: "a list"}[kind]
        self.wrong(f"{at}.{word}" if at else word, f"It is not {said}.", f"Write {said} here.")
        return default

    def _texts(self, found: Any, at: str) -> tuple[str, ...]:
        if isinstance(found, list) and all(isinstance(one, str) for one in found):
            return tuple(found)
        self.wrong(at, "It is not a list of texts.", 'Write ["...", "..."].')
        return ()

    def _columns(self, found: Any, at: str, names: tuple[str, ...]) -> tuple[str, ...]:
        columns = (self._column(one, at, names, needed=True) for one in self._texts(found, at))
        return tuple(columns)

    def _column(self, name: Any, at: str, names: Iterable[str], needed: bool = False) -> str:
        """The name of a field of this contract; "" stands for none where none is needed."""
        if isinstance(name, str) and (name in names or (not name and not needed)):
            return name
        remedy = suggestion(str(name), names, "Name one of the fields.")
        self.wrong(at, f"There is no field '{name}'.", remedy)
        return ""
