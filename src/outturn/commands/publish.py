"""`outturn publish`: the papers of a folder, as HTML, PDF and Word, from one kept build."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path

import polars as pl

from outturn.benchmarking import quartile_edges
from outturn.commands.folder import PAPERS, STORE
from outturn.commands.in_place import in_place
from outturn.framework import Partnership, read_texts
from outturn.framework.model import PackSpec
from outturn.ingest import COPY, UNASKED, WRONG
from outturn.judgement.goals import members_of
from outturn.judgement.summary import position, statuses_by_outcome, targets_in_words
from outturn.judgement.trend import Segment, trend
from outturn.publishing import html, pdf, word
from outturn.publishing.comparison import AS_PUBLISHED
from outturn.publishing.paper import paper
from outturn.publishing.told import Row, Strip, Told, aimed_at, aims_of, covered, rows_of, wanted
from outturn.terms.errors import DefinitionMistake, raise_all, suggestion
from outturn.terms.period import from_key
from outturn.terms.records import WHOLE
from outturn.vintages import Released, open_

ENOUGH_FOR_A_STRIP = 8  # members with a figure: fewer make no distribution to look at


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
    packs = _packs(partnership, pack)
    folder = _folder(to or path / PAPERS)
    written: list[Path] = []
    for number, one in enumerate(packs, start=1):
        progress(f"Writing {one.id}", number, len(packs))
        model = paper(told(one, partnership, kept))
        for ending, content in (
            ("html", html.render(model).encode()),
            ("pdf", pdf.render(model)),
            ("docx", word.render(model)),
        ):
            written.append(_write(folder / f"{one.id}.{ending}", content))
    return written


def unshown(path: Path, vintage: str = "") -> list[str]:
    """The comments that no paper of the vintage can show, each with the reason.

    A comment of a period for which its measure has no figure, and no pack has that period.
    """
    kept = open_(path / STORE, vintage)
    partnership, mistakes = read_texts(dict(kept.definitions))
    raise_all(mistakes)
    judged = kept.scan("verdicts").select("measure", "period").unique().collect()
    known = set(judged.iter_rows())
    asked = {pack.period.key for pack in partnership.packs.values()}
    return [
        f"{one.file}: there is no figure of {partnership.measures[one.measure].title} for "
        f"{one.period.label(partnership.calendar)}."
        for one in partnership.comments
        if (one.measure, one.period.key) not in known and one.period.key not in asked
    ]


def told(pack: PackSpec, partnership: Partnership, kept: Released) -> Told:
    """The part of a vintage that a pack tells; of other measures nothing is read."""
    ids = wanted(pack, partnership)
    over_time = [id for one in pack.sections if one.kind == "series" for id in one.items]
    of_pack = pl.col("measure").is_in([*ids, *over_time])
    values = kept.scan("values").filter(of_pack).collect()
    verdicts = kept.scan("verdicts").filter(of_pack).collect()
    rows = rows_of(pack, partnership, verdicts)
    compared = kept.scan("benchmarks").filter(of_pack).collect()
    benchmarks = _benchmarks(pack, partnership, compared, ids)
    outcomes = covered(pack, partnership)
    return Told(
        pack=pack,
        partnership=partnership,
        rows=rows,
        position=position(rows),
        benchmarks=tuple(benchmarks),
        findings=tuple(_findings(kept.read("findings"), rows)),
        sources=tuple(_sources(partnership, values, rows, benchmarks)),
        statuses=tuple(statuses_by_outcome(rows, outcomes)),
        kept_aside=tuple(_kept_aside(partnership, kept.read("rejected"))),
        vintage=kept.name,
        seal=kept.seal,
        as_of=date.fromisoformat(dict(kept.arguments)["as_of"]),
        issued=pack.held_on,
        series=_series(pack, partnership, values),
        aims=aims_of(pack, partnership, verdicts),
        strips=tuple(_strips(partnership, values, benchmarks)),
        asked=_asked(partnership, ids, values),
        aimed=aimed_at(pack, partnership, verdicts),
    )


def _benchmarks(
    pack: PackSpec, partnership: Partnership, found: pl.DataFrame, ids: Sequence[str]
) -> list[Row]:
    """Each measure's latest comparison up to the pack's period, in the order of the paper."""
    place = pack.place or partnership.home
    found = found.filter(
        pl.col("measure").is_in(ids) & (pl.col("place") == place) & (pl.col("breakdown") == WHOLE)
    )
    if pack.comparator:
        found = found.filter(pl.col("comparator") == pack.comparator)
    ends = {key: from_key(key).end for key in found["period"].unique()}
    end = pl.col("period").replace_strict(ends, default=None, return_dtype=pl.Date)
    found = found.with_columns(_end=end).filter(pl.col("_end") <= pack.period.end)
    latest = found.sort("_end").group_by("measure", "comparator", maintain_order=True).last()
    order = {id: number for number, id in enumerate(ids)}
    rows = latest.select(found.columns).drop("_end").rows(named=True)
    return sorted(rows, key=lambda row: (row["comparator"], order[row["measure"]]))


def _findings(found: pl.DataFrame, rows: Sequence[Row]) -> list[Row]:
    """What the rules found about the measures and places that the pack tells."""
    told_of = {(row["measure"], row["place"]) for row in rows}
    return [row for row in found.rows(named=True) if (row["measure"], row["place"]) in told_of]


def _sources(
    partnership: Partnership,
    values: pl.DataFrame,
    told_rows: Sequence[Row],
    benchmarks: Sequence[Row],
) -> list[Row]:
    """The sources behind the pack's figures, with how many figures each gave."""
    cells = pl.DataFrame(
        list(dict.fromkeys((row["measure"], row["place"]) for row in told_rows)),
        schema={"measure": pl.String, "place": pl.String},
        orient="row",
    )
    used = values.filter(pl.col("value").is_not_null()).join(cells, on=["measure", "place"])
    counted = dict(used.group_by("source").len().drop_nulls().iter_rows())
    reported = len([row for row in benchmarks if row["basis"] == "reported"])
    rows: list[Row] = []
    for one in partnership.sources:
        figures = reported if one.contract == "comparisons" else counted.get(one.id, 0)
        if figures:
            rows.append(
                {
                    "title": one.title or one.file,
                    "published": one.published,
                    "publisher": one.publisher,
                    "figures": f"{figures:,}",
                }
            )
    return rows


_NOT_WRONG = {  # kinds of rows that are kept aside and need no mending
    UNASKED: "not asked for: the release tells of other places and measures too",
    COPY: "a copy: an earlier source says the same",
}


def _kept_aside(partnership: Partnership, rejected: pl.DataFrame) -> list[Row]:
    """How many rows of each source were kept aside, and why: those that are wrong first.

    Which row repeats which other is told by `outturn rejected`, not in a paper.
    """
    titles = {one.id: one.title or one.file for one in partnership.sources}
    kind = pl.col("kind").fill_null(WRONG)
    words = kind.replace_strict(_NOT_WRONG, default=None, return_dtype=pl.String)
    alike = pl.col("reason").str.replace_all(r"\brow \d+", "another row")
    whole = pl.when(kind == WRONG).then("column").otherwise(pl.lit(""))
    grouped = (
        rejected.with_columns(wrong=kind == WRONG, column=whole, reason=pl.coalesce(words, alike))
        .group_by("wrong", "source", "column", "reason", maintain_order=True)
        .len("rows")
        .sort("wrong", descending=True, maintain_order=True)
        .drop("wrong")
    )
    return [
        {**row, "source": titles.get(row["source"], row["source"])}
        for row in grouped.rows(named=True)
    ]


def _series(
    pack: PackSpec, partnership: Partnership, values: pl.DataFrame
) -> dict[str, tuple[Segment, ...]]:
    """The segments of each measure that a section of the pack wants over time."""
    asked = [id for one in pack.sections if one.kind == "series" for id in one.items]
    return {
        id: trend(
            values, partnership.measures[id], pack.place or partnership.home, partnership.calendar
        )
        for id in asked
        if id in partnership.measures
    }


def _strips(
    partnership: Partnership, values: pl.DataFrame, benchmarks: Sequence[Row]
) -> Iterator[Strip]:
    """The members behind each ranked comparison, where there are enough to show."""
    for row in benchmarks:
        # Of a rank that others published the members' figures need not be here, nor be alike.
        if row["basis"] == AS_PUBLISHED or not row["rank"]:
            continue
        if row["with_value"] < ENOUGH_FOR_A_STRIP:
            continue
        group = partnership.comparators[row["comparator"]]
        codes = {*members_of(group, partnership.places), row["place"]}
        found = values.filter(
            pl.col("place").is_in(codes)
            & (pl.col("measure") == row["measure"])
            & (pl.col("period") == row["period"])
            & (pl.col("breakdown") == WHOLE)
            & pl.col("value").is_not_null()
        )
        edges = quartile_edges(found["value"], partnership.measures[row["measure"]])
        if edges:
            yield Strip(row, tuple(_named(partnership, found)), edges)


def _named(partnership: Partnership, found: pl.DataFrame) -> Iterator[tuple[str, float]]:
    for code, value in found.select("place", "value").iter_rows():
        place = partnership.places.get(code)
        yield (place.name if place else code), value


def _asked(partnership: Partnership, ids: Sequence[str], values: pl.DataFrame) -> dict[str, str]:
    return targets_in_words(
        [one for one in partnership.targets if one.measure in ids],
        values,
        measures=partnership.measures,
        home=partnership.home,
        comparators=partnership.comparators,
        places=partnership.places,
        calendar=partnership.calendar,
    )


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


def _folder(to: Path) -> Path:
    """The folder that papers are written to, made where it is not there."""
    try:
        to.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _cannot_write(to, error) from error
    return to


def _write(path: Path, content: bytes) -> Path:
    try:
        with in_place(path) as beside:
            beside.write_bytes(content)
    except OSError as error:
        raise _cannot_write(path, error) from error
    return path


def _cannot_write(path: Path, error: OSError) -> DefinitionMistake:
    return DefinitionMistake(
        where=str(path),
        problem=f"The papers cannot be written there ({error.strerror}).",
        remedy="Name a folder that you may write to, with --to.",
    )
