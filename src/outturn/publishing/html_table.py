"""A table as HTML: a caption, a scope on every header, a region to scroll in where it is wide."""

from __future__ import annotations

from collections.abc import Mapping

from outturn.publishing import wording
from outturn.publishing.html_style import status_class
from outturn.publishing.html_words import html_words
from outturn.publishing.markup import Markup, Part, element
from outturn.publishing.tables import BRIEF, AnyCell, IconCell, StatusCell, Table, shares

# A style that stacks the rows of a table would take away what it is, unless its roles say so.
_ROLES = {
    "table": "table", "group": "rowgroup", "row": "row", "column": "columnheader",
    "name": "rowheader", "cell": "cell",
}  # fmt: skip

_NUMBERS = 28  # characters of a number, or of two and what stands between, that stay on a line


def html_table(block: Table) -> Markup:
    roles = _ROLES if stacks(block) else {}
    heads = [
        element("th", h.title, scope="col", class_=h.align, role=roles.get("column"))
        for h in block.heads
    ]
    looks = _looks(block)
    group = roles.get("group")
    table = element(
        "table",
        element("caption", block.caption),
        _widths(block),
        element("thead", element("tr", *heads, role=roles.get("row")), role=group),
        element("tbody", *(_row(row, looks, block, roles) for row in block.cells), role=group),
        class_=" ".join(_classes(block)) or None,
        role=roles.get("table"),
    )
    return element("div", _scroll(table, block), _under(block), class_="table")


def stacks(table: Table) -> bool:
    """Whether each row becomes a block of its own on a telephone: a status must not be off it."""
    cells = (cell for row in table.cells for cell in row)
    return table.is_wide and any(isinstance(cell, StatusCell | IconCell) for cell in cells)


def _classes(table: Table) -> list[str]:
    found = {"named": table.row_header, "stacks": stacks(table), "many": table.is_crowded}
    return [name for name, holds in found.items() if holds]


def _widths(table: Table) -> Markup | None:
    """Widths that somebody asked for; other tables fit themselves to their words."""
    if not all(head.width for head in table.heads):
        return None
    return element("colgroup", *(element("col", style=f"width: {s:.1%}") for s in shares(table)))


def _scroll(table: Markup, block: Table) -> Markup:
    """A wide table scrolls in a region of its own that the keyboard can reach."""
    if not block.is_wide:
        return table
    return element(
        "div", table, class_="scroll", role="region", tabindex=0, aria_label=block.caption
    )


def _row(
    row: tuple[AnyCell, ...], looks: list[str], table: Table, roles: Mapping[str, str]
) -> Markup:
    cells = [
        _cell(cell, look, head.title, roles, is_header=table.row_header and number == 0)
        for number, (cell, look, head) in enumerate(zip(row, looks, table.heads, strict=True))
    ]
    return element("tr", *cells, role=roles.get("row"))


def _looks(table: Table) -> list[str]:
    """How each column is set: its alignment, and whether its cells are short enough for a line."""
    return [
        f"{head.align} brief"
        if _is_brief(head.align, [row[n] for row in table.cells])
        else head.align
        for n, head in enumerate(table.heads)
    ]


def _is_brief(align: str, cells: list[AnyCell]) -> bool:
    """Whether no cell is broken: numbers, such as "1,221 to 11,962", may be longer than words."""
    longest = max((len(cell.plain) for cell in cells), default=0)
    return longest <= (_NUMBERS if align == "right" else BRIEF)


def _cell(
    cell: AnyCell, look: str, head: str, roles: Mapping[str, str], *, is_header: bool
) -> Markup:
    """One cell; in a table that stacks it carries the head of its column, to be shown before it."""
    words = _words(cell)
    if is_header:
        return element("th", *words, scope="row", class_=look, role=roles.get("name"))
    told = head if roles and cell.plain else None
    return element("td", *words, class_=look, role=roles.get("cell"), data_head=told)


def _words(cell: AnyCell) -> list[Part]:
    match cell:
        case StatusCell():
            return [_status(cell)]
        case IconCell():
            return [_icon(cell)]
    return [*html_words(cell.text)]


def _icon(cell: IconCell) -> Markup:
    """The drawing, which says nothing by itself to who listens, and its words."""
    hidden = '<svg aria-hidden="true" focusable="false" viewBox='
    drawn = cell.icon.svg.decode().replace(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox=', hidden
    )
    return element("span", Markup(drawn), element("span", cell.plain), class_="icon")


def _status(cell: StatusCell) -> Markup:
    shape = element("span", cell.tone.shape, class_="shape")
    return element(
        "span", shape, f" {cell.tone.word}", class_=f"status {status_class(cell.status)}"
    )


def _under(table: Table) -> Markup | None:
    """Notes and source, under the table."""
    notes = [element("p", *html_words(note)) for note in table.notes]
    if table.source:
        notes.append(element("p", f"{wording.SOURCE}{table.source}"))
    return element("div", *notes, class_="under") if notes else None
