"""Printed cells: numbers, marks and alternatives in brackets, as statistical releases write them.

| cell            | read as                                                                    |
|-----------------|----------------------------------------------------------------------------|
| `41.9 (41.2)`   | 41.9; the figure in brackets goes to the note                              |
| `51,230`        | 51230                                                                      |
| `0`             | the number zero                                                            |
| nothing         | not available                                                              |

The marks are those of `marks`, and a few words. The mark as printed always stays beside the state,
because publishers use marks loosely. Any other text is trouble: the figure is set aside.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import polars as pl

from outturn.ingest import marks
from outturn.ingest.troubles import COLUMNS as TROUBLE
from outturn.ingest.troubles import NOT_A_NUMBER, TWICE, Trouble, told
from outturn.terms import Absent
from outturn.terms.records import KEYS, WHOLE

MARKS: dict[str, str] = {
    **marks.MARKS,
    "suppressed": Absent.SUPPRESSED.value,
    **dict.fromkeys(("", "na", "not_available"), Absent.NOT_AVAILABLE.value),
    "not_applicable": Absent.NOT_APPLICABLE.value,
}
SAID = {
    Absent.SUPPRESSED.value: "suppressed by the publisher",
    Absent.NOT_AVAILABLE.value: "not available from the publisher",
    Absent.NOT_APPLICABLE.value: "not applicable, the publisher says",
}
PARTS = ("value", "numerator", "denominator", "margin")
_DIGITS = r"(?:\d{1,3}(?:,\d{3})+|\d+)"
_NUMBER = rf"^(-?(?:{_DIGITS}\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)(?:\s*\(.*\))?$"
_BRACKET = r"\((.*)\)$"
_DUST = 9  # decimals kept: a spreadsheet's 91.10000000000001 is 91.1


def figures(cells: pl.DataFrame, *, also: Iterable[str] = ()) -> pl.DataFrame:
    """One row for each figure, from one row for each printed cell.

    `cells` has the five keys, `part` (value, numerator, denominator, margin, or anything else,
    which goes to the note only), `name` (what the release calls the part), `cell` (text), `row`,
    and any columns named in `also`, which are kept. A figure's `row` is the line of its value, or
    of its first cell when it has none.
    """
    kept = [name for name in also if name not in KEYS]
    keys = [*KEYS, *kept]
    return (
        cells.with_columns(cell=trimmed("cell"))
        .with_columns(
            number=number(pl.col("cell")).round(_DUST),
            alternative=pl.col("cell").str.extract(_BRACKET),
            unread=unread(pl.col("cell")),
        )
        .with_columns(said=_said())
        .group_by(keys, maintain_order=True)
        .agg(
            *(_part(name) for name in PARTS), _mark(), _note(), _line(),
            *told(*map(_unread, PARTS), *map(_twice, PARTS)),
        )
        .with_columns(absent=pl.when(pl.col("value").is_null()).then(state(pl.col("mark"))))
        .with_columns(why=why())
        .select(
            *KEYS, *PARTS, "absent", "why", pl.col("note").replace("", None), *kept,
            pl.col("row").cast(pl.Int64), *TROUBLE,
        )
    )  # fmt: skip


def fitted(frame: pl.DataFrame, *, provenance: str, edition: str | None) -> pl.DataFrame:
    """The frame with its provenance and edition, and with every column a figure may have."""
    given: Mapping[str, pl.Expr] = {
        "breakdown": pl.lit(WHOLE),
        "category": pl.lit(WHOLE),
        "numerator": pl.lit(None, pl.Float64),
        "denominator": pl.lit(None, pl.Float64),
        "margin": pl.lit(None, pl.Float64),
        "absent": pl.lit(None, pl.String),
        "why": pl.lit(None, pl.String),
        "provenance": pl.lit(provenance),
        "edition": pl.lit(edition, pl.String),
        "note": pl.lit(None, pl.String),
    }
    lacking = [e.alias(name) for name, e in given.items() if name not in frame.columns]
    order = [
        "measure", "place", "period", "breakdown", "category", "value", "numerator",
        "denominator", "margin", "absent", "why", "provenance", "edition", "note",
    ]  # fmt: skip
    frame = frame.with_columns(lacking)
    return frame.select(*order, *(name for name in frame.columns if name not in order))


def slash_year(column: str) -> pl.Expr:
    """`2018-19`, `2015 to 2016` or `2018/19` as `2018/19`; any other text as it stands."""
    pattern = r"^(\d{4})\s*(?:-|/|to)\s*(?:\d\d)?(\d\d)$"
    return pl.col(column).str.strip_chars().str.replace(pattern, "$1/$2").alias("period")


def area_code(code: str, own_code: str, name: str) -> pl.Expr:
    """The statistical code where there is one, else the publisher's own code, else the name."""
    return pl.coalesce(
        pl.col(code).str.extract(r"^([EWSNK]\d{8})$"),
        pl.col(own_code).str.extract(r"^(\w+)$"),
        pl.col(name).str.strip_chars(),
    )


def bracketed_code(column: str) -> pl.Expr:
    """`1C1A`, `2B1` and `3d(2a)` as `1C(1a)`, `2B(1)` and `3D(2a)`: the form the handbooks use."""
    bare = pl.col(column).str.strip_chars().str.replace_all(r"[()]", "").str.to_uppercase()
    tail = bare.str.slice(2).str.to_lowercase()
    return pl.when(tail == "").then(bare).otherwise(bare.str.slice(0, 2) + "(" + tail + ")")


def trimmed(column: str) -> pl.Expr:
    """The cell without spaces around it; nothing is the empty text."""
    return pl.col(column).fill_null("").str.strip_chars()


def number(cell: pl.Expr) -> pl.Expr:
    """The number that a trimmed cell prints, or null."""
    text = cell.str.extract(_NUMBER).str.replace_all(",", "")
    return text.cast(pl.Float64, strict=False)


def unread(cell: pl.Expr) -> pl.Expr:
    """Whether a trimmed cell is neither a number nor a mark."""
    return number(cell).is_null() & ~cell.str.to_lowercase().is_in(list(MARKS))


def state(mark: pl.Expr) -> pl.Expr:
    """Why there is no figure, of a trimmed cell that holds none."""
    return mark.fill_null("").str.to_lowercase().replace_strict(
        MARKS, default=Absent.NOT_AVAILABLE.value, return_dtype=pl.String
    )  # fmt: skip


def why() -> pl.Expr:
    """The same in words: of `absent`, and of the cell as printed in `mark`; null of a figure."""
    words = pl.col("absent").replace_strict(SAID, default=None, return_dtype=pl.String)
    mark = (
        pl.when(pl.col("mark").is_null())
        .then(pl.lit("no outcome is printed"))
        .when(pl.col("mark") == "")
        .then(pl.lit("the cell is empty"))
        .otherwise("marked " + pl.col("mark"))
    )
    return pl.when(pl.col("value").is_null()).then(words + ": " + mark)


def _said() -> pl.Expr:
    """What a cell adds to the note: its mark, its alternative, or a part that has no column."""
    as_printed = pl.col("name") + " " + pl.col("cell").str.replace(r"\.0$", "")
    marked = pl.col("name") + " marked " + pl.col("cell").replace("", "nothing")
    has_column = pl.col("part").is_in(PARTS)
    return (
        pl.when(pl.col("number").is_null() & (pl.col("part") != "value"))
        .then(marked)
        .when(pl.col("alternative").is_not_null() | ~has_column)
        .then(as_printed)
        .otherwise(pl.lit(None, pl.String))
    )


def _part(name: str) -> pl.Expr:
    return pl.col("number").filter(pl.col("part") == name).first().alias(name)


def _mark() -> pl.Expr:
    return pl.col("cell").filter(pl.col("part") == "value").first().alias("mark")


def _note() -> pl.Expr:
    return pl.col("said").drop_nulls().str.join("; ").alias("note")


def _line() -> pl.Expr:
    value = pl.col("row").filter(pl.col("part") == "value").first()
    return pl.coalesce(value, pl.col("row").min()).alias("row")


def _unread(part: str) -> Trouble:
    return (pl.col("unread") & (pl.col("part") == part)).any(), NOT_A_NUMBER, part


def _twice(part: str) -> Trouble:
    """Two cells of one figure, of which nobody can say which is meant. `60.0` is `60`."""
    cell = pl.coalesce(pl.col("number").cast(pl.String), pl.col("cell"))
    return cell.filter(pl.col("part") == part).n_unique() > 1, TWICE, part
