"""A pack as plain data: what a reader will see, before it is a page of any format.

Everything is checked when it is built, so that all formats are protected alike, including
those whose engine would not notice. A mistake in what a person wrote is a DefinitionMistake;
a fault in the program that builds the pack is a ValueError.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from outturn.publishing.tables import Cell, Column, IconCell, StatusCell, Table, shares
from outturn.publishing.words import Text, Words, check_words, clean, runs, written

__all__ = [
    "Block", "BulletList", "Cell", "Chart", "Column", "Heading", "IconCell", "KeyFacts", "Note",
    "Notes", "NumberedList", "Pack", "PageBreak", "Paragraph", "StatusCell", "Table", "Text",
    "Words", "runs", "shares", "tables_of",
]  # fmt: skip

LANGUAGES = ("en-GB",)  # the fixed words on a page are written in these
DEEPEST_HEADING = 3
TAKEN = ("contents", "paper")  # anchors of the page's own, which no heading may have


@dataclass(frozen=True)
class Heading:
    """A heading. The first in a pack is of level 1, and no level is skipped."""

    text: str
    level: int = 1
    anchor: str = ""  # made by the pack from the text when left out

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", written(self.text, where="a heading", what="heading"))
        if self.level not in range(1, DEEPEST_HEADING + 1):
            raise ValueError(f"heading '{self.text}': level is 1 to {DEEPEST_HEADING}")


@dataclass(frozen=True)
class Paragraph:
    """A paragraph. `lead` sets it a little larger: the one to read when there is time for one."""

    text: Words
    lead: bool = False

    def __post_init__(self) -> None:
        check_words(self.text, where="a paragraph", what="text of the paragraph")


@dataclass(frozen=True)
class BulletList:
    """Items in no particular order."""

    items: Sequence[Words]

    def __post_init__(self) -> None:
        object.__setattr__(self, "items", _checked_items(self.items))


@dataclass(frozen=True)
class NumberedList:
    """Items counted from `start`."""

    items: Sequence[Words]
    start: int = 1

    def __post_init__(self) -> None:
        object.__setattr__(self, "items", _checked_items(self.items))


@dataclass(frozen=True)
class KeyFacts:
    """A few facts by name: the author, the decision asked, the meeting."""

    facts: Sequence[tuple[str, Words]]

    def __post_init__(self) -> None:
        if not self.facts:
            raise ValueError("key facts hold at least one fact")
        for name, words in self.facts:
            check_words(name, where="the key facts", what="name of the fact")
            check_words(words, where=f"the key fact '{name}'", what="text of the fact")
        object.__setattr__(self, "facts", tuple(self.facts))


NoteKind = Literal["note", "decision", "caution"]
NOTE_EDGES: dict[NoteKind, str] = {  # the colour of the palette at a note's left edge
    "note": "strong_rule",
    "decision": "accent",
    "caution": "caution",
}
NOTE_TITLES: dict[NoteKind, str] = {
    "note": "Note",
    "decision": "Decision asked of the board",
    "caution": "Read with care",
}


@dataclass(frozen=True)
class Note:
    """Words set apart from the running text under a title of their own."""

    text: Words
    title: str = ""
    kind: NoteKind = "note"

    def __post_init__(self) -> None:
        if self.kind not in NOTE_TITLES:
            raise ValueError(f"a note is one of {', '.join(NOTE_TITLES)}")
        title = clean(self.title, where="the title of a note").strip() or NOTE_TITLES[self.kind]
        object.__setattr__(self, "title", title)
        check_words(self.text, where=f"the note '{title}'", what="text of the note")


@dataclass(frozen=True)
class Notes:
    """Small print: definitions, sources, data quality, version of the method."""

    items: Sequence[Words]

    def __post_init__(self) -> None:
        object.__setattr__(self, "items", _checked_items(self.items))


@dataclass(frozen=True)
class Chart:
    """A chart as Vega-Lite with its data inside, what it shows in words, and its table."""

    spec: Mapping[str, Any] = field(hash=False)
    alt: str
    caption: str
    table: Table

    def __post_init__(self) -> None:
        caption = written(self.caption, where="a chart", what="caption")
        where = f"the chart '{caption}'"
        object.__setattr__(self, "caption", caption)
        object.__setattr__(self, "alt", written(self.alt, where=where, what="text alternative"))
        if not isinstance(self.table, Table):
            raise ValueError(f"{where} has no table behind it")
        if _names_an_address(self.spec):
            raise ValueError(f"{where} must hold its data, not an address")


@dataclass(frozen=True)
class PageBreak:
    """What follows starts on a new page, where there are pages."""


Block = (
    Heading | Paragraph | BulletList | NumberedList | KeyFacts | Note | Notes | Table | Chart
    | PageBreak
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Pack:
    """A whole paper: who publishes what, about which period, as at which date, and its blocks."""

    title: str
    organisation: str
    period_label: str
    data_date: date
    issue_date: date
    version: str  # the name of the vintage
    classification: str
    subtitle: str = ""
    meeting: str = ""
    date_of_meeting: date | None = None
    language: str = "en-GB"
    blocks: Sequence[Block] = ()

    def __post_init__(self) -> None:
        for name in ("title", "organisation", "period_label", "version", "classification"):
            what = name.replace("_label", "")
            text = written(getattr(self, name), where="the front of the pack", what=what)
            object.__setattr__(self, name, text)
        for name in ("subtitle", "meeting"):
            object.__setattr__(self, name, clean(getattr(self, name), where=f"the {name}").strip())
        if self.language not in LANGUAGES:
            raise ValueError(f"language is one of {', '.join(LANGUAGES)}")
        if not all(isinstance(block, Block) for block in self.blocks):
            raise ValueError("a pack holds blocks and nothing else")
        object.__setattr__(self, "blocks", _anchored(tuple(self.blocks)))

    @property
    def headings(self) -> tuple[Heading, ...]:
        return tuple(block for block in self.blocks if isinstance(block, Heading))


def tables_of(blocks: Sequence[Block]) -> tuple[Table, ...]:
    """Every table in the order of reading; a chart's table stands where the chart does."""
    found = (b.table if isinstance(b, Chart) else b for b in blocks)
    return tuple(block for block in found if isinstance(block, Table))


def _names_an_address(spec: object) -> bool:
    """Whether anything in the chart would be fetched from elsewhere when it is drawn."""
    match spec:
        case Mapping():
            return "url" in spec or any(_names_an_address(part) for part in spec.values())
        case list() | tuple():
            return any(_names_an_address(part) for part in spec)
        case _:
            return False


def _checked_items(items: Sequence[Words]) -> tuple[Words, ...]:
    if not items or isinstance(items, str):
        raise ValueError("a list holds at least one item")
    for item in items:
        check_words(item, where="a list", what="text of the item")
    return tuple(items)


def _anchored(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """The blocks with a level checked and a unique anchor given at every heading."""
    level, seen, found = 0, set(TAKEN), list[Block]()
    for block in blocks:
        if isinstance(block, Heading):
            if block.level > level + 1:
                raise ValueError(
                    f"heading '{block.text}' skips from level {level} to {block.level}"
                )
            level = block.level
            block = Heading(block.text, block.level, _anchor(block, seen))
            seen.add(block.anchor)
        found.append(block)
    return tuple(found)


def _anchor(heading: Heading, seen: set[str]) -> str:
    letters = "".join(c if c.isalnum() else " " for c in (heading.anchor or heading.text).lower())
    stem = "-".join(letters.split()) or "section"
    tries = (stem if n == 1 else f"{stem}-{n}" for n in range(1, len(seen) + 3))
    return next(anchor for anchor in tries if anchor not in seen)
