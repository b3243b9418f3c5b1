"""A table as it will be read: caption, named columns, rows of words and statuses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from outturn.publishing import palette
from outturn.publishing.comparison_icons import COMPARISON_ICONS
from outturn.publishing.control_icons import ICONS
from outturn.publishing.icons import Icon
from outturn.publishing.words import Words, check_words, clean, plain, written

_ICONS = ICONS | COMPARISON_ICONS
Align = Literal["left", "right", "centre"]
ALIGNMENTS: tuple[Align, ...] = ("left", "right", "centre")
_NARROWEST, _WIDEST = 9, 36  # characters: what a column may ask for of its own accord
_BOLD = 3  # characters: what the heavier words of a status take beyond their number
_DRAWN = 4  # characters: what an icon takes beside its words
_AIR = 4  # characters: the room on both sides of the words
_LINE = 100  # characters that a line of a table holds on paper, some of them bold


@dataclass(frozen=True)
class Column:
    """The head of a column. `width` is its share of the line; without one it fits its words."""

    title: str
    align: Align = "left"
    width: float | None = None

    def __post_init__(self) -> None:
        title = written(self.title, where="the head of a table", what="column heading")
        object.__setattr__(self, "title", title)
        if self.align not in ALIGNMENTS:
            raise ValueError(f"column '{title}': align is one of {', '.join(ALIGNMENTS)}")
        if self.width is not None and not self.width > 0:
            raise ValueError(f"column '{title}': width must be more than 0")


@dataclass(frozen=True)
class Cell:
    """Words in a table, already formatted: a figure arrives as text, with its unit and marks."""

    text: Words = ""

    def __post_init__(self) -> None:
        if isinstance(self.text, str):
            object.__setattr__(self, "text", clean(self.text, where="a table cell"))

    @property
    def plain(self) -> str:
        return plain(self.text)


@dataclass(frozen=True)
class StatusCell:
    """A status, shown as shape and word on a fill. The words alone are enough."""

    status: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "status", palette.status(self.status))

    @property
    def tone(self) -> palette.Tone:
        return palette.tone(self.status)

    @property
    def plain(self) -> str:
        return f"{self.tone.shape} {self.tone.word}"


@dataclass(frozen=True)
class IconCell:
    """An icon with its words beside it: of a control chart, or of a comparison with a group.

    The words alone are enough.
    """

    label: str

    def __post_init__(self) -> None:
        _ICONS[self.label]  # a label without an icon is found here, and not on the page

    @property
    def icon(self) -> Icon:
        return _ICONS[self.label]

    @property
    def plain(self) -> str:
        return self.icon.words


AnyCell = Cell | StatusCell | IconCell


@dataclass(frozen=True)
class Table:
    """Rows under named columns. With `row_header` the first cell of a row names the row."""

    caption: str
    columns: Sequence[Column | str]
    rows: Sequence[Sequence[AnyCell | str]]
    row_header: bool = True
    notes: Sequence[Words] = ()
    source: str = ""

    def __post_init__(self) -> None:
        caption = written(self.caption, where="a table", what="caption")
        where = f"the table '{caption}'"
        heads = tuple(Column(c) if isinstance(c, str) else c for c in self.columns)
        if not heads:
            raise ValueError(f"{where} has no columns, so no header row")
        rows = tuple(tuple(_cell(c) for c in row) for row in self.rows)
        _check_rows(rows, heads, self.row_header, where)
        for note in self.notes:
            check_words(note, where=where, what="note")
        found = {"caption": caption, "columns": heads, "rows": rows, "notes": tuple(self.notes)}
        for name, value in {**found, "source": clean(self.source, where=where)}.items():
            object.__setattr__(self, name, value)

    @property
    def heads(self) -> tuple[Column, ...]:
        return tuple(Column(c) if isinstance(c, str) else c for c in self.columns)

    @property
    def cells(self) -> tuple[tuple[AnyCell, ...], ...]:
        return tuple(tuple(_cell(c) for c in row) for row in self.rows)

    @property
    def is_wide(self) -> bool:
        """Too wide for a telephone held upright, by a rule of thumb."""
        return len(self.columns) > 3

    @property
    def is_crowded(self) -> bool:
        """So many columns that they need what lies between them, also on a desk."""
        return len(self.columns) > 6


BRIEF = 14  # characters: a cell no longer than this stays on one line


def is_brief(cell: AnyCell) -> bool:
    """Short enough that it reads badly over two lines."""
    return len(cell.plain) <= BRIEF


def shares(table: Table) -> tuple[float, ...]:
    """The share of the line that each column takes; they add up to 1.

    A column asks for its own width, or for its longest cell as far as that is reasonable. It gets
    at least its longest word, where the line has room for all of these.
    """
    columns = list(zip(table.heads, _by_column(table), strict=True))
    words = [_longest_word(head.title, column) for head, column in columns]
    asked = [
        max(word, _asked(column)) if head.width is None else head.width
        for word, (head, column) in zip(words, columns, strict=True)
    ]
    return _with_room(asked, [word / _LINE for word in words])


def _with_room(asked: list[float], words: list[float]) -> tuple[float, ...]:
    """Shares as asked for, but for columns too narrow for a word: those get it from the rest."""
    short: set[int] = set()
    while True:
        room = 1 - sum(words[i] for i in short)
        rest = sum(one for i, one in enumerate(asked) if i not in short)
        if room <= 0 or not rest:  # words alone are more than the line: all are as narrow
            return tuple(one / sum(asked) for one in asked)
        found = [words[i] if i in short else one / rest * room for i, one in enumerate(asked)]
        more = {i for i, one in enumerate(found) if one < words[i]}
        if not more:
            return tuple(found)
        short |= more


def _by_column(table: Table) -> list[list[AnyCell]]:
    return [[row[i] for row in table.cells] for i in range(len(table.columns))]


def _longest_word(title: str, column: list[AnyCell]) -> int:
    texts = (title, *(cell.plain for cell in column))
    words = [word for text in texts for word in text.split(" ")]  # not at a hard space
    return max(map(len, words), default=0) + _AIR


def _asked(column: list[AnyCell]) -> float:
    longest_cell = max(map(_length, column), default=0) + _AIR
    return float(max(_NARROWEST, min(longest_cell, _WIDEST)))


def _length(cell: AnyCell) -> int:
    return len(cell.plain) + {StatusCell: _BOLD, IconCell: _DRAWN}.get(type(cell), 0)


def _cell(found: AnyCell | str) -> AnyCell:
    return Cell(found) if isinstance(found, str) else found


def _check_rows(
    rows: tuple[tuple[AnyCell, ...], ...], heads: tuple[Column, ...], row_header: bool, where: str
) -> None:
    for number, row in enumerate(rows, 1):
        if len(row) != len(heads):
            raise ValueError(f"{where}, row {number}: {len(row)} cells for {len(heads)} columns")
        if row_header:
            written(row[0].plain, where=f"{where}, row {number}", what="name of the row")
