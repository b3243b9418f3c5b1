"""What a plain table of figures may leave unsaid, and what its marks say in place of a figure.

The number zero, printed as `0`, is a figure and no mark. A value that is printed stays a value
though its counts are withheld: the note then says so. A blank without a mark is "not available"
only where value, numerator and denominator all are blank.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from outturn.contracts.check import day, finding
from outturn.contracts.not_typed import A_DAY
from outturn.framework.model import Measure, Source
from outturn.ingest.extract import mistake
from outturn.ingest.marks import MARKS
from outturn.terms.records import WHOLE, Absent

NUMBERS = ("value", "numerator", "denominator", "margin")
_WORDS = ("breakdown", "category", "absent", "why", "provenance", "edition", "note")


def conventions(frame: pl.DataFrame, source: Source) -> pl.DataFrame:
    """The frame of texts with every mark turned into its state, and the defaults filled in."""
    if not {"value", "numerator", "absent"} & set(frame.columns):
        remedy = 'Write columns = { value = "its name in the file" } in data/sources.toml.'
        raise mistake(source, "No column holds figures.", remedy, f"header row {source.header_row}")
    absent_columns = [name for name in (*NUMBERS, *_WORDS) if name not in frame.columns]
    frame = frame.with_columns(pl.lit(None, pl.String).alias(name) for name in absent_columns)
    marked = frame.with_columns(_state(name).alias(f"_{name}") for name in (*NUMBERS, "absent"))
    withheld = pl.col("value").is_null() | pl.col("_value").is_not_null()
    counts = pl.coalesce("_numerator", "_denominator")
    blank = pl.all_horizontal(pl.col("value", "numerator", "denominator").is_null())
    given = pl.coalesce(pl.col("_absent"), pl.col("absent"))
    by_mark = pl.coalesce(pl.col("_value"), pl.when(withheld).then(counts))
    mark = pl.coalesce(
        _mark("value"),
        pl.when(withheld).then(pl.coalesce(_mark("numerator"), _mark("denominator"))),
    )
    nothing = pl.when(blank).then(pl.lit(Absent.NOT_AVAILABLE.value))
    why = (
        pl.when(given.is_not_null()).then(pl.format("{}, the source says", given))
        .when(by_mark.is_not_null()).then(pl.format("{}: printed as {}", by_mark, mark))
        .when(blank).then(pl.lit("not available: the cells are blank"))
    )  # fmt: skip
    edition = source.published.isoformat() if source.published else None
    return marked.with_columns(
        absent=pl.coalesce(given, by_mark, nothing),
        why=pl.coalesce(pl.col("why"), why),
        note=_note(withheld),
        breakdown=pl.col("breakdown").fill_null(WHOLE),
        category=pl.col("category").fill_null(WHOLE),
        provenance=pl.col("provenance").fill_null(source.provenance),
        edition=pl.coalesce(pl.col("edition"), pl.lit(edition, pl.String)),
        **{name: pl.when(pl.col(f"_{name}").is_null()).then(pl.col(name)) for name in NUMBERS},
    ).select(frame.columns)


def editions(frame: pl.DataFrame) -> pl.DataFrame:
    """Findings about editions that have the form of a day and are none: 2020-02-30."""
    text = pl.col("edition")
    wrong = text.str.contains(r"^\d{4}-\d\d-\d\d$") & day(text, "default").is_null()
    at = frame.filter(wrong)["index"]
    return finding(at, "edition", "the cell is not a date", A_DAY)


def halves(frame: pl.DataFrame) -> pl.DataFrame:
    """Findings about rows that say half of which part they are of. `frame` is as the file says.

    A category of no breakdown would stand beside the whole figure as if it were whole too.
    """
    named = [name for name in ("breakdown", "category") if name not in frame.columns]
    said = frame.with_columns(pl.lit(None, pl.String).alias(name) for name in named)
    whole = pl.col("breakdown").is_null() | (pl.col("breakdown") == WHOLE)
    of_none = whole & (pl.col("category") != WHOLE)
    of_which = ~whole & pl.col("category").is_null()
    return pl.concat([
        finding(said.filter(of_none)["index"], "category", "it is a category of no breakdown",
                "Write what it is a category of as the breakdown, or leave both empty."),
        finding(said.filter(of_which)["index"], "category", "the breakdown has no category",
                "Write which part of the breakdown it is, or all."),
    ])  # fmt: skip


def undeclared(frame: pl.DataFrame, measures: Mapping[str, Measure]) -> pl.DataFrame:
    """Findings about parts that a measure does not have, though it says which it has.

    A measure without a breakdown says nothing of how it may be divided, so any part is taken.
    """
    lines = [
        (one.id, part.name, category)
        for one in measures.values()
        for part in one.breakdowns
        for category in part.categories or (None,)  # of one with none, any
    ]
    names = ("measure", "breakdown", "category")
    known = pl.DataFrame(lines, schema=dict.fromkeys(names, pl.String), orient="row")
    parts = frame.filter(pl.col("breakdown") != WHOLE)
    divided = parts.join(known, on="measure", how="semi", maintain_order="left")
    of_none = divided.join(known, on=names[:2], how="anti", maintain_order="left")
    listed = known.filter(pl.col("category").is_not_null())
    in_list = divided.join(listed, on=names[:2], how="semi", maintain_order="left")
    of_other = in_list.filter(pl.col("category") != WHOLE)
    of_other = of_other.join(listed, on=names, how="anti", maintain_order="left")
    return pl.concat([
        finding(of_none["index"], "breakdown", "the measure has no such breakdown",
                "Correct the word, or add a [[breakdown]] to the measure's file."),
        finding(of_other["index"], "category", "the breakdown has no such category",
                "Correct the word, or add it to the categories in the measure's file."),
    ])  # fmt: skip


def _state(name: str) -> pl.Expr:
    """The state that a mark in the column stands for; null where there is no mark."""
    cell = pl.col(name).str.to_lowercase()
    return cell.replace_strict(MARKS, default=None, return_dtype=pl.String)


def _mark(name: str) -> pl.Expr:
    return pl.when(pl.col(f"_{name}").is_not_null()).then(pl.col(name))


def _note(withheld: pl.Expr) -> pl.Expr:
    """The note, with the marks of parts that do not make the figure itself absent."""
    said: list[pl.Expr] = [
        pl.when(~withheld).then(pl.format(f"{name} printed as {{}}", _mark(name)))
        for name in ("numerator", "denominator")
    ]
    said.append(pl.format("margin printed as {}", _mark("margin")))
    note = pl.concat_str(pl.col("note"), *said, separator="; ", ignore_nulls=True)
    return pl.when(note != "").then(note)
