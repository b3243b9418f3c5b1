"""What a derivation is: tables in, one table out, by a method that a file names.

A derivation is written twice: as steps of portable SQL, for every database, and in plain Python
(`plain/`), slow and obvious, which is the judge. Its numbers (days of grace, edges, windows) come
from a method file and stand nowhere in the code, so that two versions of a method are two files.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import polars as pl

from outturn.databases import Dialect, Sql, Step

Row = dict[str, Any]
Rows = Sequence[Row]


@dataclass(frozen=True, slots=True)
class Method:
    """One version of how a derived table is made: the words of its file."""

    table: str  # the table that is made; a contract of the same name says what it looks like
    derivation: str  # one of DERIVATIONS
    version: str
    title: str
    given: tuple[str, ...]  # the tables that are read, without which nothing is made
    source: str  # who set the rules, and where they are told
    parameters: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()  # what is confirmed, what is not, and which traps are met how
    file: str = ""
    if_there: tuple[str, ...] = ()  # tables that are read too, and taken as empty where they lack
    usually_supplied: bool = False  # a table of records, made only where no source has it

    @property
    def reads(self) -> tuple[str, ...]:
        return (*self.given, *self.if_there)


@dataclass(frozen=True, slots=True)
class Before:
    """How to ask how many rows of a table lie before the months that it covers.

    `query` gives one number, once the derived table is made.
    """

    table: str
    query: Sql


@dataclass(frozen=True, slots=True)
class Plan:
    """The SQL of one derivation: named steps, the query that gives the table, and small tables.

    `last` gives the columns of the table's contract, then `source` and `row`: those of the record
    that a derived row stands for, so that a figure can be followed back to the extract. `tables`
    are lists (words, months) that the steps join to. `before` asks for the rows that are too early.
    `kept_out` gives the records that a rule keeps out of the table: its place and whatever else it
    tells of the contract's columns, with the rule as `kept_out`, then `source` and `row`. A record
    without the day that decides its period is told on that on which it began. `besides` are steps
    that it alone needs, after the others.
    """

    steps: tuple[Step, ...]
    last: Sql
    tables: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    before: Before | None = None
    kept_out: Sql | None = None
    besides: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """What a derivation is told besides its tables: its method, and the day it looks from."""

    method: Method
    as_of: date

    def number(self, name: str) -> int:
        value = self.method.parameters[name]
        assert isinstance(value, int)
        return value

    def flag(self, name: str) -> bool:
        value = self.method.parameters[name]
        assert isinstance(value, bool)
        return value

    def word(self, name: str) -> str:
        return str(self.method.parameters[name])

    def words(self, name: str) -> tuple[str, ...]:
        return tuple(map(str, self.method.parameters[name]))


Derivation = Callable[[Dialect, Asked], Plan]
Judge = Callable[[Mapping[str, Rows], Asked], list[Row]]


def kept_out_of(table: str) -> str:
    """What the records that are kept out of a table are called, where others hand them on.

    Letters and underscores alone: Spark takes no other name for a view, even in quotation marks.
    """
    return f"kept_out_of_{table}"
