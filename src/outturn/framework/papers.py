"""What a paper is made of beside figures, and where figures come from: frozen records, no rules.

They belong to the records of `model.py`, where they are asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import PurePosixPath

from outturn.terms.period import Period


@dataclass(frozen=True, slots=True)
class Action:
    id: str
    title: str
    measure: str
    owner: str
    due: date
    state: str
    place: str = ""
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Comment:
    """What people say about a measure in a period, as Markdown with live tokens."""

    measure: str
    period: Period
    text: str
    file: str


@dataclass(frozen=True, slots=True)
class PackSection:
    kind: str
    title: str = ""
    text: str = ""
    items: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PackSpec:
    """What a paper contains, and for which meeting."""

    id: str
    title: str
    meeting: str
    held_on: date
    period: Period
    decision: str  # one of DECISIONS
    file: str = ""
    form: str = "committee paper"
    place: str = ""
    author: str = ""
    contact: str = ""
    route: tuple[str, ...] = ()
    framework: str = ""
    comparator: str = ""
    purpose: str = ""
    recommendations: tuple[str, ...] = ()
    background: str = ""
    implications: tuple[tuple[str, str], ...] = ()
    appendices: tuple[str, ...] = ()
    sections: tuple[PackSection, ...] = ()
    measures: tuple[str, ...] = ()  # empty: every measure of the framework


@dataclass(frozen=True, slots=True)
class Source:
    """One data file or table of a server: what it keeps to, its columns, and where it is from."""

    id: str
    file: str
    contract: str
    reader: str = "table"  # how the file is laid out; "table" is a plain table with one header
    sheet: str = ""
    header_row: int = 1  # counted from 1
    encoding: str = "utf-8"
    table: str = ""  # in a DuckDB file, or on a server
    columns: Mapping[str, str] = field(default_factory=dict)  # contract's name -> file's name
    constants: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    period_form: str = "any"
    publisher: str = ""
    title: str = ""
    published: date | None = None
    provenance: str = "final"
    scheme: str = ""  # which codes the measure column holds; empty: measure ids
    max_megabytes: float = 2048.0
    public: bool = False  # whether the figures are published, so that none need be suppressed
    server: str = ""  # instead of a file: the variable of the environment that holds its address
    dates: str = ""  # "day first", "month first", or as the contract has them

    @property
    def named(self) -> str:
        """Where the rows are: the name of the file in the folder, or the table of the server."""
        if self.server:
            return f"server {self.server}, table {self.table}"
        return f"data/{self.file}"

    @property
    def outside(self) -> bool:
        """Whether the file lies outside the folder `data`, from where nothing is read."""
        path = PurePosixPath(self.file)
        return path.is_absolute() or ".." in path.parts
