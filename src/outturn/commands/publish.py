"""`outturn publish`: the papers of a folder, as HTML, PDF and Word, from one kept build."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl

from outturn.commands.folder import PAPERS, STORE
from outturn.framework import Partnership, read_texts
from outturn.framework.model import PackSpec
from outturn.judgement.summary import statuses_by_outcome
from outturn.publishing import html, pdf, word
from outturn.publishing.paper import paper
from outturn.publishing.told import Told, covered, rows_of
from outturn.terms.errors import DefinitionMistake, raise_all, suggestion
from outturn.vintages import Released, open_


def publish(
    path: Path,
    pack: str = "",
    vintage: str = "",
    to: Path | None = None,
    progress: Callable[..., None] = lambda *_: None,
) -> list[Path]:
    """Write each paper asked for in three formats; the files written, in order.

    The definitions are those that the vintage kept: a paper can be printed again as it was.
    """
    kept = open_(path / STORE, vintage)
    partnership, mistakes = read_texts(dict(kept.definitions))
    raise_all(mistakes)
    wanted = _packs(partnership, pack)
    folder = to or path / PAPERS
    folder.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    for number, one in enumerate(wanted):
        progress(f"Writing {one.id}", number, len(wanted))
        model = paper(told(one, partnership, kept))
        for ending, content in (
            ("html", html.render(model).encode()),
            ("pdf", pdf.render(model)),
            ("docx", word.render(model)),
        ):
            written.append(_write(folder / f"{one.id}.{ending}", content))
    return written


def told(pack: PackSpec, partnership: Partnership, kept: Released) -> Told:
    """The part of a vintage that a pack tells."""
    verdicts = kept.read("verdicts")
    rows = rows_of(pack, partnership, verdicts)
    ids = [row["measure"] for row in rows]
    place = pack.place or partnership.home
    benchmarks = kept.read("benchmarks").filter(
        pl.col("measure").is_in(ids) & (pl.col("place") == place)
    )
    if pack.comparator:
        benchmarks = benchmarks.filter(pl.col("comparator") == pack.comparator)
    findings = kept.read("findings").filter(pl.col("measure").is_in(ids))
    as_of = date.fromisoformat(dict(kept.arguments)["as_of"])
    return Told(
        pack=pack,
        partnership=partnership,
        rows=rows,
        benchmarks=tuple(_latest(benchmarks).rows(named=True)),
        findings=tuple(findings.rows(named=True)),
        sources=tuple(_sources(partnership, kept)),
        statuses=tuple(statuses_by_outcome(rows, covered(pack, partnership))),
        kept_aside=kept.read("rejected").height,
        vintage=kept.name,
        seal=kept.seal,
        as_of=as_of,
        issued=pack.held_on,
    )


def _latest(benchmarks: pl.DataFrame) -> pl.DataFrame:
    """Each measure's comparison for its latest period."""
    whole = benchmarks.filter(pl.col("breakdown") == "all")
    return whole.sort("period").group_by("measure", "comparator", maintain_order=True).last()


def _sources(partnership: Partnership, kept: Released) -> list[dict[str, str]]:
    rows = dict(
        kept.read("values").group_by("source").agg(pl.col("rows").sum()).drop_nulls().iter_rows()
    )
    return [
        {
            "title": one.title or one.file,
            "published": one.published.isoformat() if one.published else "not said",
            "publisher": one.publisher or "not said",
            "rows": f"{rows.get(one.id, 0):,}",
        }
        for one in partnership.sources
    ]


def _packs(partnership: Partnership, pack: str) -> list[PackSpec]:
    if not partnership.packs:
        raise DefinitionMistake(
            where="packs",
            problem="This vintage knows of no pack.",
            remedy="Write packs/NAME.toml, then build again.",
        )
    if pack and pack not in partnership.packs:
        raise DefinitionMistake(
            where="packs",
            problem=f"There is no pack '{pack}'.",
            remedy=suggestion(
                pack, partnership.packs, f"There are {', '.join(partnership.packs)}."
            ),
        )
    return [partnership.packs[pack]] if pack else list(partnership.packs.values())


def _write(path: Path, content: bytes) -> Path:
    """Write whole or not at all."""
    beside = path.with_name(f".{path.name}.tmp")
    beside.write_bytes(content)
    os.replace(beside, path)
    return path
