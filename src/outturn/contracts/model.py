"""What one table promises: its fields, its key and its rules, as frozen records.

A contract is a Frictionless Table Schema with one more object, "outturn". The lists below are the
whole vocabulary: a word that is not here is a mistake in the file, never ignored.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import polars as pl

DataType = type[pl.DataType]

TYPES: dict[str, DataType] = {
    "string": pl.String,
    "integer": pl.Int64,
    "number": pl.Float64,
    "boolean": pl.Boolean,
    "date": pl.Date,
}
CONSTRAINTS = ("required", "unique", "enum", "minimum", "maximum", "pattern")

# What a rule may say of its column and others, and the sentence when a row breaks it. An empty cell
# breaks no rule, except that `required_with_column` asks for one to be filled.
RULES = {
    "at_most_column": "{column} is more than {others}",
    "at_least_column": "{column} is less than {others}",
    "under_twice_column": "{column} is twice {others} or more",
    "equals_column": "{column} is not the same as {others}",
    "not_equal_column": "{column} is the same as {others}",
    "zero_with_column": "{column} is not zero although {others} is zero",
    "sum_of": "{column} is not the sum of {others}",
    "required_with_column": "{column} is empty although {others} is filled",
    "empty_with_column": "{column} is filled although {others} is filled too",
}
MOMENT = "moment"  # the format of a day behind which a time may stand, which is passed over
RESERVED = ("source", "row")  # columns that ingestion adds to every table
_PERSONS = ("person", "person_id")  # the columns that say whose a row is


@dataclass(frozen=True, slots=True)
class Field:
    """One column: its name, its type and what its cells may hold."""

    name: str
    type: str = "string"  # one of TYPES
    title: str = ""
    description: str = ""
    format: str = "default"  # of a date: ISO, a pattern such as %d/%m/%Y, or MOMENT
    required: bool = False
    unique: bool = False
    enum: tuple[str, ...] = ()
    minimum: float | date | None = None
    maximum: float | date | None = None
    pattern: str = ""

    @property
    def dtype(self) -> DataType:
        return TYPES[self.type]


@dataclass(frozen=True, slots=True)
class Rule:
    """A sentence that must hold between columns of one row: one word of RULES.

    Where it `warns`, a row that breaks it is kept and told of; else the row is set aside.
    """

    name: str
    column: str
    word: str
    others: tuple[str, ...]
    warns: bool = False

    @property
    def broken_says(self) -> str:
        """What is wrong with a row, without its full stop."""
        others = " and ".join(f"'{name}'" for name in self.others)
        return RULES[self.word].format(column=f"'{self.column}'", others=others)


@dataclass(frozen=True, slots=True)
class Contract:
    """What a table keeps to.

    `place`, `period` and `measure` name the columns that hold those, or are empty. A period
    column of type date holds a day; of type string, a period key. `totals` lists, by column, the
    members that are totals of the others, so that nobody adds a total to its parts. `people` says
    that a row is about one person although no column names whose it is, as the answer to a survey.
    `reaches` names the date by which rows are sent: of the months before the first in which a
    source has such a date, too little is known for a figure. Where `reach_told`, a derivation
    has left out what is not covered, and the first of those days is the first that is: the number
    of rows in a month tells nothing more, and no end but the last day in the column `reaches_to`.
    Where `weekly`, that date stands for the whole week in which it lies: rows are weighed by the
    week, and the weeks that they cover are told, from Monday, instead of the months. `in_part`
    names a column that is true where the table holds only a part of what the place had on that day
    or in that week, so that there is no figure of it; the title of the column says why.
    `reach_of` names the tables of records that a derived table is made of, the first of which its
    rows stand for: it covers no month that one of them does not. A table with a period that has
    none of these words says with `reach_unknown` why nothing in it tells what it covers. `parts`
    names the column that tells apart the several rows that one record has, as the parts of the way
    of one referral. Where `events`, each row is an event of its own, of which a period may have
    none by chance (`engine/quiet.py`); not so where the same people or places come back from period
    to period, as those who have care at home in each week: a period without a row was not supplied.
    """

    name: str
    fields: tuple[Field, ...]
    file: str = ""
    title: str = ""
    describes: str = ""
    missing: tuple[str, ...] = ("",)  # texts that stand for an empty cell
    key: tuple[str, ...] = ()
    place: str = ""
    period: str = ""
    measure: str = ""
    totals: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    rules: tuple[Rule, ...] = ()
    people: bool = False
    reaches: str = ""
    reach_told: bool = False
    reaches_to: str = ""
    weekly: bool = False
    in_part: str = ""
    reach_of: tuple[str, ...] = ()
    reach_unknown: str = ""
    parts: str = ""
    events: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(one.name for one in self.fields)

    @property
    def schema(self) -> dict[str, DataType]:
        """The columns of a table that keeps this contract, and their types."""
        return {one.name: one.dtype for one in self.fields}

    def field(self, name: str) -> Field:
        return next(one for one in self.fields if one.name == name)


def about_people(contract: Contract) -> bool:
    """Whether its rows are records of single people, from which nothing is published yet."""
    return contract.people or any(name in _PERSONS for name in contract.names)
