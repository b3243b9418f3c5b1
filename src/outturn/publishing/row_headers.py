"""Marks the first cell of each row as its header in a PDF, which typst cannot do itself.

The tables of the file are paired with the tables of the pack in the order of reading, and only
those with `row_header` are changed.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from typing import Any

from outturn.publishing.tables import Table


def with_row_headers(pdf: bytes, tables: Sequence[Table]) -> bytes:
    """The same PDF with row headers, smaller, and the same bytes each time."""
    import pikepdf  # on first use: most commands touch no PDF

    with pikepdf.open(io.BytesIO(pdf)) as opened:
        found = [part for part in _parts(opened.Root.StructTreeRoot) if _is(part, "/Table")]
        if len(found) != len(tables):
            raise ValueError(f"{len(found)} tables in the PDF for {len(tables)} in the pack")
        for tag, table in zip(found, tables, strict=True):
            if table.row_header:
                _mark(tag)
        out = io.BytesIO()
        packed = pikepdf.ObjectStreamMode.generate
        opened.save(out, deterministic_id=True, object_stream_mode=packed)
    return out.getvalue()


def _mark(table: Any) -> None:
    for body in (part for part in _children(table) if _is(part, "/TBody")):
        for row in (part for part in _children(body) if _is(part, "/TR")):
            _mark_cell(next(iter(_children(row))))


def _mark_cell(cell: Any) -> None:
    import pikepdf

    name = pikepdf.Name
    cell.S = name.TH
    for attributes in _listed(cell.get("/A")):
        if attributes.get("/O") == name.Table:
            attributes.Scope = name.Row
            return
    scope = pikepdf.Dictionary(O=name.Table, Scope=name.Row)
    cell.A = pikepdf.Array([*_listed(cell.get("/A")), scope])


def _parts(tag: Any) -> Iterator[Any]:
    """Every part of the structure, in the order of reading."""
    for child in _children(tag):
        yield child
        yield from _parts(child)


def _children(tag: Any) -> Iterator[Any]:
    import pikepdf

    for child in _listed(tag.get("/K")):
        if isinstance(child, pikepdf.Dictionary) and "/S" in child:
            yield child


def _is(tag: Any, kind: str) -> bool:
    return str(tag.get("/S")) == kind


def _listed(found: Any) -> list[Any]:
    """A PDF may hold nothing, one thing or an array where there may be several."""
    import pikepdf

    if found is None:
        return []
    return list(found) if isinstance(found, pikepdf.Array) else [found]
