"""What the specification of client level data says, as frozen records.

`fields.toml`, `values.csv` and `rules.toml` beside this module hold the facts, each with the place
that it comes from. Lists that are not known in full say so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

KINDS = ("list", "date", "number", "whole", "identifier", "text")
KNOWN = ("complete", "release 2", "part")
FOUND = ("field", "row", "records", "file")
MUST_CORRECT, LOOK_AT, FOR_INFORMATION = "must correct", "look at", "for information"
SEVERITIES = (MUST_CORRECT, LOOK_AT, FOR_INFORMATION)

# Status of a field in a row, and the result of its cell, as the national data quality view has
# them: 1 or more is valid, 0 a blank that is allowed, -1 a blank that is not, -2 to -6 invalid.
MANDATORY, APPLICABLE, NOT_APPLICABLE, UNDETERMINED = 2, 1, 0, -1
NOT_KNOWN, SPELLED, VALID, BLANK, BLANK_MANDATORY = 3, 2, 1, 0, -1
NOT_READ, NOT_IN_LIST, WRONG_FORM, OUT_OF_RANGE, CONTRADICTORY, RELEASE_1 = -2, -3, -4, -5, -6, -7
STATUSES = {
    MANDATORY: "mandatory",
    APPLICABLE: "applicable, not mandatory",
    NOT_APPLICABLE: "not applicable",
    UNDETERMINED: "cannot be determined",
}
RESULTS = {
    NOT_KNOWN: "filled, outside the part of the list that is known",
    SPELLED: "valid, with other capitals or blanks around it",
    VALID: "valid",
    BLANK: "blank, allowed",
    BLANK_MANDATORY: "blank although mandatory",
    NOT_READ: "not a date or not a number",
    NOT_IN_LIST: "not in the list",
    WRONG_FORM: "of the wrong form",
    OUT_OF_RANGE: "out of range",
    CONTRADICTORY: "contradictory, or filled where it does not apply",
    RELEASE_1: "a value of release 1",
}


@dataclass(frozen=True, slots=True)
class Case:
    """Rows in which a field applies or is mandatory: all that is said must hold.

    Values are those of release 2. A blank cell is none of the values of `is_not`.
    """

    events: tuple[str, ...] = ()
    clients: tuple[str, ...] = ()
    filled: str = ""  # another field, which has a cell
    ages: tuple[int, int] | None = None  # from and to, in years, on the day of the extract
    one_of: Mapping[str, tuple[str, ...]] | None = None  # field -> values
    none_of: Mapping[str, tuple[str, ...]] | None = None


@dataclass(frozen=True, slots=True)
class CldField:
    """One of the fifty fields."""

    name: str
    title: str
    kind: str
    known: str = ""  # of a list
    beginning: bool = False  # a cell of the list is known by how it begins
    form: str = ""
    least: float | None = None
    most: float | None = None
    essential: bool = False
    applies: Case | None = None  # None: in every row
    always: bool = False  # mandatory in every row
    where_it_applies: bool = False  # mandatory wherever it applies
    mandatory: tuple[Case, ...] = ()


@dataclass(frozen=True, slots=True)
class CldValue:
    """One value of a field, as each release writes it; a side that has none is empty."""

    field: str
    release_1: str
    release_2: str
    evidence: str

    @property
    def meaning(self) -> str:
        """By what name rules know the value: that of release 2, where there is one."""
        return self.release_2 or self.release_1


@dataclass(frozen=True, slots=True)
class CldRule:
    """One kind of fault."""

    id: str
    title: str
    severity: str
    found: str
    fields: tuple[str, ...]
    remedy: str
    source: str
    result: int | None = None
    events: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Dummies:
    """What systems fill in where nothing is known."""

    birth_dates: tuple[date, ...]
    nhs_numbers: tuple[str, ...]
    nhs_number_beginning: str


@dataclass(frozen=True)
class CldSpecification:
    """All that is specified, by name; thresholds are whole numbers."""

    fields: Mapping[str, CldField]
    values: Mapping[str, tuple[CldValue, ...]]  # field -> its values
    rules: Mapping[str, CldRule]
    thresholds: Mapping[str, int]
    dummies: Dummies

    @property
    def essential(self) -> list[str]:
        """The fields without whose columns nothing can be said about a file."""
        return [one.name for one in self.fields.values() if one.essential]
