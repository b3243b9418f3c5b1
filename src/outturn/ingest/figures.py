"""What a plain table of figures may leave unsaid, and the marks it may print instead of a figure.

| cell                    | read as                       |
|-------------------------|-------------------------------|
| `[c]`, `c`, `*`         | suppressed                    |
| `[x]`, `x`, `:`, `..`   | not available                 |
| `[z]`, `z`              | not applicable                |
| `0`                     | the number zero               |

A value that is printed stays a value though its counts are withheld: the note then says so. A
blank without a mark is "not available" only where value, numerator and denominator all are blank.
"""

from __future__ import annotations

import polars as pl

from outturn.framework.model import Source
from outturn.ingest.extract import mistake
from outturn.terms.records import WHOLE, Absent

MARKS: dict[str, str] = {
    **dict.fromkeys(("[c]", "c", "*"), Absent.SUPPRESSED.value),
    **dict.fromkeys(("[x]", "x", ":", ".."), Absent.NOT_AVAILABLE.value),
    **dict.fromkeys(("[z]", "z"), Absent.NOT_APPLICABLE.value),
}
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
