"""A pack as a tagged PDF on A4: PDF/UA-1 and PDF/A-2a, the same bytes for the same pack."""

from __future__ import annotations

import json
import shutil
import tempfile
from functools import cache, singledispatch
from importlib.resources import files
from pathlib import Path
from typing import Any

from outturn.publishing import drawing, palette, wording
from outturn.publishing.pack import (
    NOTE_EDGES,
    Block,
    BulletList,
    Chart,
    Heading,
    KeyFacts,
    Note,
    Notes,
    NumberedList,
    Pack,
    PageBreak,
    Paragraph,
    tables_of,
)
from outturn.publishing.row_headers import with_row_headers
from outturn.publishing.stream_ends import with_clear_ends
from outturn.publishing.tables import AnyCell, IconCell, StatusCell, Table, is_brief, shares
from outturn.publishing.words import Words, runs
from outturn.terms.errors import DefinitionMistake

_TEMPLATE = "pack.typ"
_SHORT_PAPER = 4  # headings: a paper with fewer needs no contents


def render(pack: Pack) -> bytes:
    """The whole paper as PDF, row headers marked."""
    with tempfile.TemporaryDirectory(prefix="outturn-pdf-") as folder:
        build = Path(folder)  # fresh, so that the template can read nothing else
        shutil.copyfile(str(files("outturn.publishing") / _TEMPLATE), build / _TEMPLATE)
        payload = _payload(pack, build)
        pdf = _compiled(build, payload)
    return with_clear_ends(with_row_headers(pdf, tables_of(pack.blocks)))


def _compiled(build: Path, payload: dict[str, Any]) -> bytes:
    import typst  # on first use: most commands set nothing

    try:
        pdf, warnings = typst.compile_with_warnings(
            str(build / _TEMPLATE),
            root=str(build),
            font_paths=_fonts(),
            ignore_system_fonts=True,
            sys_inputs={"pack": json.dumps(payload)},
            pdf_standards=["ua-1", "a-2a"],
        )
    except typst.TypstError as fault:
        raise _explained(fault) from fault
    if warnings:
        raise ValueError("; ".join(warning.message for warning in warnings))
    assert isinstance(pdf, bytes)
    return pdf


def _explained(fault: Exception) -> Exception:
    """A character that no shipped font has is the writer's to change; the rest is our fault."""
    if "could not be displayed" not in str(fault):
        return ValueError(str(fault))
    return DefinitionMistake(
        where="the words of the pack",
        problem=f"{str(fault).splitlines()[0].strip()}.",
        remedy="Use words, or a character that the shipped fonts have, in its place.",
    )


@cache
def _fonts() -> Any:
    import typst

    return typst.Fonts(include_system_fonts=False, font_paths=[str(drawing.FONT_FOLDER)])


def _payload(pack: Pack, build: Path) -> dict[str, Any]:
    """What the template is given: words, widths and colours, nothing else."""
    foot = [pack.classification, pack.version, wording.long_date(pack.issue_date)]
    names = (
        "ink",
        "quiet_ink",
        "heading",
        "accent",
        "link",
        "rule",
        "strong_rule",
        "tint",
        "caution",
    )
    return {
        "title": pack.title,
        "subtitle": pack.subtitle,
        "organisation": pack.organisation,
        "issued": [pack.issue_date.year, pack.issue_date.month, pack.issue_date.day],
        "foot": " · ".join(foot),
        "front": wording.front_facts(pack),
        "contents": wording.CONTENTS if len(pack.headings) >= _SHORT_PAPER else "",
        "palette": {name: getattr(palette, name.upper()) for name in names},
        "blocks": [
            data(block)
            | ({"file": _picture(block, number, build)} if isinstance(block, Chart) else {})
            for number, block in enumerate(pack.blocks)
        ],
    }


def _picture(chart: Chart, number: int, build: Path) -> str:
    name = f"chart-{number}.svg"
    (build / name).write_bytes(drawing.draw(chart.spec, "svg"))
    return name


@singledispatch
def data(block: Block) -> dict[str, Any]:
    """One block as data for the template; one short case for each kind."""
    raise ValueError(f"no PDF for {type(block).__name__}")


@data.register
def _heading(block: Heading) -> dict[str, Any]:
    return {"kind": "heading", "text": block.text, "level": block.level, "anchor": block.anchor}


@data.register
def _paragraph(block: Paragraph) -> dict[str, Any]:
    return {"kind": "paragraph", "runs": _runs(block.text), "lead": block.lead}


@data.register
def _bullets(block: BulletList) -> dict[str, Any]:
    return {"kind": "bullets", "items": [_runs(item) for item in block.items]}


@data.register
def _numbers(block: NumberedList) -> dict[str, Any]:
    items = [_runs(item) for item in block.items]
    return {"kind": "numbers", "items": items, "start": block.start}


@data.register
def _key_facts(block: KeyFacts) -> dict[str, Any]:
    return {"kind": "facts", "facts": [[_runs(name), _runs(words)] for name, words in block.facts]}


@data.register
def _note(block: Note) -> dict[str, Any]:
    edge = NOTE_EDGES[block.kind]
    return {"kind": "note", "title": block.title, "runs": _runs(block.text), "edge": edge}


@data.register
def _notes(block: Notes) -> dict[str, Any]:
    return {"kind": "notes", "items": [_runs(item) for item in block.items]}


@data.register
def _chart(block: Chart) -> dict[str, Any]:
    percent = 100 * drawing.share_of_line(block.spec)
    return {
        "kind": "chart", "caption": block.caption, "alt": block.alt, "width": percent,
        "table": _table(block.table),
    }  # fmt: skip


@data.register
def _page_break(block: PageBreak) -> dict[str, Any]:
    return {"kind": "break"}


@data.register
def _table(block: Table) -> dict[str, Any]:
    source = [f"{wording.SOURCE}{block.source}"] if block.source else []
    return {
        "kind": "table",
        "caption": block.caption,
        "heads": [head.title for head in block.heads],
        "aligns": [head.align for head in block.heads],
        "shares": shares(block),
        "rows": [[_cell(cell) for cell in row] for row in block.cells],
        "notes": [_runs(note) for note in (*block.notes, *source)],
    }


def _cell(cell: AnyCell) -> dict[str, Any]:
    if isinstance(cell, IconCell):
        return {"kind": "icon", "brief": False, "svg": cell.icon.svg.decode(), "word": cell.plain}
    if not isinstance(cell, StatusCell):
        return {"kind": "words", "runs": _runs(cell.text), "brief": is_brief(cell)}
    tone = cell.tone
    looks = {"shape": tone.shape, "word": tone.word, "fill": tone.fill, "ink": tone.ink}
    return {"kind": "status", "brief": True, **looks}


def _runs(words: Words) -> list[dict[str, Any]]:
    return [
        {"text": run.text, "strong": run.strong, "emphasis": run.emphasis, "link": run.link}
        for run in runs(words)
    ]
