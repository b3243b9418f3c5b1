"""`outturn publish`: the papers of a folder, as HTML, PDF and Word, from one kept build."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl

from outturn.benchmarking.neighbours import with_kept_neighbours
from outturn.commands.audience import audience_of, made_for, policy_of, whom
from outturn.commands.compared import (
    FUNNELS,
    SPINE,
    asked_of,
    compared,
    funnels,
    spine_told,
    strips,
)
from outturn.commands.folder import PAPERS, STORE
from outturn.commands.in_place import in_place
from outturn.framework import Partnership, read_folder, read_texts
from outturn.framework.model import PackSpec
from outturn.ingest import COPY, UNASKED, WRONG
from outturn.judgement.control import Control, control_of
from outturn.judgement.incomplete import RULE as INCOMPLETE
from outturn.judgement.incomplete import lacks_of, number_told
from outturn.judgement.masking import beside, hidden
from outturn.judgement.movement import movements, questions
from outturn.judgement.rounded_counts import rounding_of
from outturn.judgement.staleness import RULES as OF_LACKING
from outturn.judgement.summary import position, statuses_by_outcome, targets_in_words
from outturn.judgement.trend import Segment, trend
from outturn.publishing import html, pdf, word
from outturn.publishing.pack import Pack
from outturn.publishing.paper import ICON_TABLE, paper
from outturn.publishing.told import Row, Told, aimed_at, aims_of, covered, rows_of, wanted
from outturn.statistics.disclosure_policies import PRESETS, Policy
from outturn.terms.errors import DefinitionMistake, Mistake, raise_all, suggestion
from outturn.terms.period import from_key
from outturn.terms.records import KEYS, WHOLE
from outturn.vintages import Released, open_
from outturn.vintages.vintage import same_line_ends

_PLOTTED = ("series", "control charts", FUNNELS, SPINE)  # sections whose items are measures


def publish(
    path: Path,
    pack: str = "",
    vintage: str = "",
    to: Path | None = None,
    progress: Callable[..., None] = lambda *_: None,
    *,
    mistakes: list[Mistake] | None = None,
) -> list[Path]:
    """Write each paper asked for in three formats; the files written, in order.

    The definitions are those that the vintage kept: a paper can be printed again as it was. A
    pack with a mistake does not keep the others from being written: it is raised when they are,
    or added to `mistakes` where that is given.
    """
    kept = open_(path / STORE, vintage)
    partnership, unreadable = read_texts(dict(kept.definitions))
    raise_all(unreadable)
    packs = _packs(partnership, pack, path)
    folder = _folder(to or path / PAPERS)
    written: list[Path] = []
    wrong: list[Mistake] = []
    for number, one in enumerate(packs, start=1):
        progress(f"Writing {one.id}", number, len(packs))
        try:
            made = _rendered(paper(told(one, partnership, kept)))
        except DefinitionMistake as mistake:
            wrong.append(mistake)
            continue
        written += [_write(folder / f"{one.id}.{end}", content) for end, content in made.items()]
    if mistakes is not None:
        mistakes += wrong
    elif len(wrong) == 1:
        raise wrong[0]
    else:
        raise_all(wrong)
    return written


def _rendered(model: Pack) -> dict[str, bytes]:
    """One paper in three formats; none of them is written where one cannot be made."""
    return {
        "html": html.render(model).encode(),
        "pdf": pdf.render(model),
        "docx": word.render(model),
    }


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
    groups = with_kept_neighbours(
        partnership.comparators, kept.scan("benchmarks"), partnership.home
    )
    partnership = replace(partnership, comparators=groups)
    ids = wanted(pack, partnership)
    plotted = [id for kind in _PLOTTED for id in asked_of(pack, kind)]
    of_pack = pl.col("measure").is_in([*ids, *plotted])
    counted = [part for id in (*ids, *plotted) for part in _counted(partnership, id)]
    behind = of_pack | pl.col("measure").is_in(counted)
    values = kept.scan("values").filter(behind).collect()
    verdicts = kept.scan("verdicts").filter(of_pack).collect()
    rows = rows_of(pack, partnership, verdicts)
    among = kept.scan("benchmarks").filter(of_pack).collect()
    against = compared(pack, partnership, among, tuple(dict.fromkeys([*ids, *plotted])))
    benchmarks = [row for row in against if row["measure"] in ids]
    outcomes = covered(pack, partnership)
    return Told(
        pack=pack,
        partnership=partnership,
        rows=rows,
        position=position(rows),
        benchmarks=tuple(benchmarks),
        findings=tuple(
            _findings(kept.read("findings"), rows, pack, ids, pack.place or partnership.home)
        ),
        sources=tuple(_sources(partnership, values, rows, benchmarks)),
        statuses=tuple(statuses_by_outcome(rows, outcomes)),
        kept_aside=tuple(
            _kept_aside(partnership, kept.read("rejected"), policy_of(partnership, kept))
        ),
        vintage=kept.name,
        seal=kept.published_seal,
        audience=whom(audience_of(kept)),
        made_for=made_for(kept, policy_of(partnership, kept)),
        as_of=date.fromisoformat(dict(kept.arguments)["as_of"]),
        issued=pack.held_on,
        series=_series(pack, partnership, values),
        aims=aims_of(pack, partnership, verdicts),
        strips=tuple(strips(partnership, values, benchmarks)),
        funnels=funnels(pack, partnership, values, against),
        spine=spine_told(pack, partnership, values, against, ids),
        asked=_asked(partnership, ids, values),
        aimed=aimed_at(pack, partnership, verdicts),
        questions=_questions(partnership, kept, values, rows, pack.period.end),
        control=_control(pack, partnership, kept, values, verdicts, rows),
        lacks=lacks_of(values.lazy()),
        rounded=rounding_of(values, partnership.measures),
        hidden=_hidden(partnership, kept, rows, values, verdicts),
    )


def _hidden(
    partnership: Partnership,
    kept: Released,
    rows: Sequence[Row],
    values: pl.DataFrame,
    verdicts: pl.DataFrame,
) -> dict[tuple[str, str, str], str]:
    """The parts that are off target under the figures that the paper prints on target."""
    cells = pl.DataFrame(
        [tuple(row[name] for name in KEYS) for row in rows],
        schema=dict.fromkeys(KEYS, pl.String),
        orient="row",
    )
    periods = cells["period"].unique().to_list()
    then = pl.col("period").is_in(periods)
    return beside(
        hidden(
            verdicts.join(cells, on=list(KEYS), how="semi"),
            verdicts.filter(then),
            values.filter(then),
            measures=partnership.measures,
            places=partnership.places,
            targets=partnership.targets,
            hierarchy=partnership.hierarchy,
            totals_for=partnership.tops,
            policy=policy_of(partnership, kept),
        )
    )


def _questions(
    partnership: Partnership,
    kept: Released,
    values: pl.DataFrame,
    rows: Sequence[Row],
    until: date,
) -> dict[tuple[str, ...], tuple[str, ...]]:
    """What is asked of those who know each series that the paper tells: as `outturn trend` asks.

    Of its months, quarters or years those that are most.
    """
    cell = ["measure", "place", "breakdown", "category"]
    cells = {tuple(row[name] for name in cell) for row in rows}
    wanted = pl.DataFrame(sorted(cells), schema=dict.fromkeys(cell, pl.String), orient="row")
    found = movements(
        values.join(wanted, on=cell, how="semi", maintain_order="left"),
        measures=partnership.measures,
        calendar=partnership.calendar,
        as_of=min(date.fromisoformat(dict(kept.arguments)["as_of"]), until),
    )
    longest = found.sort("figures", descending=True, maintain_order=True)
    longest = longest.unique(cell, keep="first", maintain_order=True)
    asked = {
        tuple(row[name] for name in cell): tuple(questions(row, partnership.calendar))
        for row in longest.rows(named=True)
    }
    return {of: said for of, said in asked.items() if said}


def _control(
    pack: PackSpec,
    partnership: Partnership,
    kept: Released,
    values: pl.DataFrame,
    verdicts: pl.DataFrame,
    rows: Sequence[Row],
) -> Control | None:
    """The control charts of the pack's own place, and of those it tells of, up to its period."""
    asked = [one.items for one in pack.sections if one.kind == "control charts"]
    if pack.form == ICON_TABLE:
        asked.append(())
    if not asked:
        return None
    ids = {id for items in asked for id in items or wanted(pack, partnership)}
    own = {(id, pack.place or partnership.home) for id in ids}
    told_of = {(row["measure"], row["place"]) for row in rows if row["measure"] in ids}
    cells = pl.DataFrame(
        sorted(own | told_of), schema={"measure": pl.String, "place": pl.String}, orient="row"
    )
    here = (
        frame.filter(pl.col("breakdown") == WHOLE).join(cells, on=["measure", "place"], how="semi")
        for frame in (values, verdicts)
    )
    as_of = date.fromisoformat(dict(kept.arguments)["as_of"])
    return control_of(
        next(here),
        measures=partnership.measures,
        calendar=partnership.calendar,
        as_of=min(as_of, pack.period.end),
        verdicts=next(here),
        targets=partnership.targets,
    )


def _findings(
    found: pl.DataFrame, rows: Sequence[Row], pack: PackSpec, ids: Sequence[str], place: str
) -> list[Row]:
    """What the rules found about the measures and places that the pack tells, up to its period.

    That records could not be read concerns every figure of a measure, of any place and period. That
    figures are not there is told of the pack's own `place`, though it may then have no row.
    """
    told_of = {(row["measure"], row["place"]) for row in rows}
    measures = {row["measure"] for row in rows}
    return [
        row
        for row in found.rows(named=True)
        if (row["rule"] == INCOMPLETE and row["measure"] in measures)
        or (
            (row["measure"], row["place"]) in told_of
            or (row["rule"] in OF_LACKING and row["place"] == place and row["measure"] in ids)
        )
        and (not row["period"] or from_key(row["period"]).start <= pack.period.end)
    ]


def _sources(
    partnership: Partnership,
    values: pl.DataFrame,
    told_rows: Sequence[Row],
    benchmarks: Sequence[Row],
) -> list[Row]:
    """The sources behind the pack's figures, with how many figures each gave."""
    cells = pl.DataFrame(
        list(
            dict.fromkeys(
                (id, row["place"])
                for row in told_rows
                for id in _counted(partnership, row["measure"])
            )
        ),
        schema={"measure": pl.String, "place": pl.String},
        orient="row",
    )
    used = values.filter(pl.col("value").is_not_null()).join(cells, on=["measure", "place"])
    named = pl.col("source").str.split(", ")  # a rate rests on two: of its counts and its people
    sources = used.with_columns(named).explode("source")
    counted = dict(sources.group_by("source").len().drop_nulls().iter_rows())
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


def _counted(partnership: Partnership, id: str) -> Iterator[str]:
    """The measure itself or, where it is made of others, those; theirs in turn."""
    measure = partnership.measures.get(id)
    if measure is None or not measure.formula:
        yield id
        return
    for part in measure.formula.parts:
        yield from _counted(partnership, part)


_NOT_WRONG = {  # kinds of rows that are kept aside and need no mending
    UNASKED: "not asked for: the release tells of other places and measures too",
    COPY: "a copy: an earlier source says the same",
}


def _kept_aside(
    partnership: Partnership, rejected: pl.DataFrame, policy: Policy = PRESETS["none"]
) -> list[Row]:
    """How many rows of each source were kept aside, and why: those that are wrong first.

    Which row repeats which other is told by `outturn rejected`, not in a paper. The number of those
    that are wrong, which are often about as many people, is held to the `policy` of the build.
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
    )
    return [
        {
            **{name: row[name] for name in ("column", "reason")},
            "source": titles.get(row["source"], row["source"]),
            "rows": number_told(row["rows"], policy) if row["wrong"] else f"{row['rows']:,}",
        }
        for row in grouped.rows(named=True)
    ]


def _series(
    pack: PackSpec, partnership: Partnership, values: pl.DataFrame
) -> dict[str, tuple[Segment, ...]]:
    """The segments of each measure that a section of the pack wants over time, up to its end."""
    known = values["period"].unique().to_list()
    over = [key for key in known if from_key(key).end <= pack.period.end]
    values = values.filter(pl.col("period").is_in(over))
    asked = [id for one in pack.sections if one.kind == "series" for id in one.items]
    return {
        id: trend(
            values, partnership.measures[id], pack.place or partnership.home, partnership.calendar
        )
        for id in asked
        if id in partnership.measures
    }


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


def changed_since(path: Path, vintage: str = "") -> list[str]:
    """The definitions of the folder that are not as the latest build kept them, by file name.

    New ones, changed ones and those that are gone; not those of a library, which comes with the
    software. None of a vintage that was asked for by name: a paper of it is wanted as it was.
    """
    if vintage:
        return []
    partnership, _ = read_folder(path)
    if not partnership.files:
        return []  # the definitions are not here any more, which is not that they say another thing
    now, kept = _own(partnership.files), _own(dict(open_(path / STORE).definitions))
    return sorted(name for name in kept | now if kept.get(name) != now.get(name))


def _own(files: Mapping[str, str]) -> dict[str, str]:
    """The texts that a partnership wrote itself."""
    return {
        name: same_line_ends(text)
        for name, text in files.items()
        if not name.startswith("library/")
    }


def _packs(partnership: Partnership, pack: str, path: Path) -> list[PackSpec]:
    if not partnership.packs:
        raise DefinitionMistake(
            where="packs",
            problem="This vintage knows of no pack.",
            remedy="Write packs/NAME.toml, then build again.",
        )
    if pack and pack not in partnership.packs and (path / f"packs/{pack}.toml").is_file():
        raise DefinitionMistake(
            where=f"packs/{pack}.toml",
            problem="The build that is published does not have this pack in it.",
            remedy="Build again, so that it has: outturn build",
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
