"""A table as HTML: a caption, a scope on every header, a region to scroll in where it is wide."""

from __future__ import annotations

from outturn.publishing import wording
from outturn.publishing.html_style import status_class
from outturn.publishing.html_words import html_words
from outturn.publishing.markup import Markup, element
from outturn.publishing.tables import AnyCell, StatusCell, Table, is_brief, shares


def html_table(block: Table) -> Markup:
    heads = [element("th", h.title, scope="col", class_=h.align) for h in block.heads]
    looks = _looks(block)
    table = element(
        "table",
        element("caption", block.caption),
        _widths(block),
        element("thead", element("tr", *heads)),
        element("tbody", *(_row(row, looks, block) for row in block.cells)),
        class_="named" if block.row_header else None,
    )
    return element("div", _scroll(table, block), _under(block), class_="table")


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


def _row(row: tuple[AnyCell, ...], looks: list[str], table: Table) -> Markup:
    cells = [
        _cell(cell, look, is_header=table.row_header and number == 0)
        for number, (cell, look) in enumerate(zip(row, looks, strict=True))
    ]
    return element("tr", *cells)


def _looks(table: Table) -> list[str]:
    """How each column is set: its alignment, and whether its cells are short enough for a line."""
    brief = [all(is_brief(row[n]) for row in table.cells) for n in range(len(table.heads))]
    return [
        f"{head.align} brief" if short else head.align
        for head, short in zip(table.heads, brief, strict=True)
    ]


def _cell(cell: AnyCell, look: str, *, is_header: bool) -> Markup:
    words = [_status(cell)] if isinstance(cell, StatusCell) else html_words(cell.text)
    if is_header:
        return element("th", *words, scope="row", class_=look)
    return element("td", *words, class_=look)


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
