"""A digest of a frame's content: the same for the same figures, whatever holds them.

The canonical form is fixed here and nowhere else, so that neither the order of the rows, nor the
bytes of a Parquet file, nor the version of Polars or numpy can change a seal:

* Columns come in the order of the schema. Rows are sorted by all their cells: first the columns
  of FIRST, then the others. Text sorts by its UTF-8 bytes, numbers by size, empty cells last.
* A number becomes a whole number of millionths, rounded half to even; from a million upwards it
  is first rounded to 12 significant digits. Beyond four million million, and for infinity and
  "not a number", it becomes a code of its 12 significant digits (`_code`).
* A text column is its cells as UTF-8, each ended by a line feed, with backslash and line feed
  written `\\\\` and `\\n`, and an empty cell `\\N`.
* A number column is one byte a row (1 a number, 0 empty), then eight bytes a row, little-endian.

Polars only sorts, joins text and hands over columns: it never formats or rounds. Arithmetic is
multiplication, division and rounding to a whole number, which IEEE 754 fixes to the last bit.
A test makes the same digest row by row in plain Python, and holds known digests.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping

import numpy as np
import polars as pl

from outturn.terms.records import KEYS
from outturn.vintages.on_disk import Frame, OnDisk

FIRST = (*KEYS, "comparator", "target_id")
LARGEST = 4e12  # beyond it, millionths with room for codes would not fit in 64 bits
_STEPS_BEGIN = np.array([1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12])  # 7 digits before the point, ...
_ROWS_AT_ONCE = 500_000


def digest(frame: Frame) -> str:
    """SHA-256 of the canonical form of a frame of text, whole numbers and numbers."""
    if isinstance(frame, OnDisk):
        return _digest_on_disk(frame)
    canonical = _all_sorted(frame.select(_canonical(column) for column in frame.iter_columns()))
    kinds = [[name, _kind(frame[name])] for name in frame.columns]
    hasher = _begun(kinds, frame.height)
    for column in canonical.iter_columns():
        write = _write_text if column.dtype == pl.String else _write_whole
        for start in range(0, frame.height, _ROWS_AT_ONCE):
            write(hasher, column.slice(start, _ROWS_AT_ONCE))
    return hasher.hexdigest()


def _begun(kinds: list[list[str]], rows: int) -> hashlib._Hash:
    head = json.dumps({"columns": kinds, "rows": rows}, separators=(",", ":"))
    return hashlib.sha256(head.encode() + b"\n")


def _digest_on_disk(frame: OnDisk) -> str:
    """The same digest, a column at a time and, of text, so many rows at a time."""
    nothing = pl.DataFrame(schema=dict(frame.schema))
    hasher = _begun([[name, _kind(nothing[name])] for name in nothing.columns], frame.height)
    blocks = [(first, many, _order(frame, first, many)) for first, many in _blocks(frame)]
    for name, kind in frame.schema.items():
        pieces = (_piece(frame, name, *block) for block in blocks)
        if kind == pl.String:
            for piece in pieces:
                _write_text(hasher, piece)
            continue
        whole = pl.concat([nothing.select(_canonical(nothing[name])).to_series(), *pieces])
        for start in range(0, frame.height, _ROWS_AT_ONCE):
            _write_whole(hasher, whole.slice(start, _ROWS_AT_ONCE))
    return hasher.hexdigest()


def _blocks(frame: OnDisk) -> list[tuple[int, int]]:
    """Where rows may be sorted apart from all others, for their measures are their own."""
    return frame.blocks(_ROWS_AT_ONCE)


def _order(frame: OnDisk, first: int, many: int) -> pl.Series | None:
    """The order of the rows of a block, by number; None where they are in it."""
    rows = frame.scan().slice(first, many)
    keys = [name for name in FIRST if name in frame.schema]
    if _rises(rows.select(keys).collect(), keys):
        return None
    whole = rows.collect()
    canonical = whole.select(_canonical(column) for column in whole.iter_columns())
    by = [*keys, *(name for name in whole.columns if name not in keys)]
    return canonical.select(pl.arg_sort_by(by, nulls_last=True)).to_series()


def _piece(frame: OnDisk, name: str, first: int, many: int, order: pl.Series | None) -> pl.Series:
    column = frame.scan().select(name).slice(first, many).collect().to_series()
    return _canonical(column if order is None else column.gather(order))


def seal(digests: Mapping[str, str]) -> str:
    """One digest for frames of these names and digests."""
    lines = "".join(f"{name} {digests[name]}\n" for name in sorted(digests))
    return hashlib.sha256(lines.encode()).hexdigest()


def in_order(frame: pl.DataFrame) -> pl.DataFrame:
    """The same rows, sorted by the columns of FIRST that there are."""
    first = _first(frame)
    return frame.sort(first, nulls_last=True) if first and not _rises(frame, first) else frame


def rounded(column: pl.Series) -> pl.Series:
    """The numbers of a column as the whole numbers that are sealed; empty cells stay empty."""
    amounts = column.fill_null(0.0).to_numpy()
    sizes = np.abs(amounts)
    beyond = ~(sizes < LARGEST)  # and so also "not a number"
    steps = np.power(10, np.searchsorted(_STEPS_BEGIN, sizes, side="right"), dtype=np.int64)
    inside = np.where(beyond, 0.0, amounts)
    whole = np.rint(inside * 1e6 / steps).astype(np.int64) * steps
    for index in np.flatnonzero(beyond):
        whole[index] = _code(float(amounts[index]))
    found = pl.Series(column.name, whole)
    return found.set(column.is_null(), None) if column.null_count() else found


def _code(amount: float) -> int:
    """A whole number, in order of size, that stands for a number too large for millionths."""
    if math.isnan(amount):
        return 2**62 + 1000 * 10**12
    if math.isinf(amount):
        code = 2**62 + 999 * 10**12
    else:
        digits, exponent = f"{abs(amount):.11e}".split("e")
        code = 2**62 + int(exponent) * 10**12 + int(digits.replace(".", ""))
    return code if amount > 0 else -code


def _kind(column: pl.Series) -> str:
    kinds = {"String": "text", "Int64": "whole number", "Float64": "number"}
    kind = kinds.get(str(column.dtype))
    if kind is None:
        raise TypeError(f"column {column.name} is {column.dtype}, which no seal covers")
    return kind


def _canonical(column: pl.Series) -> pl.Series:
    return rounded(column) if _kind(column) == "number" else column


def _all_sorted(frame: pl.DataFrame) -> pl.DataFrame:
    """Sorted by every column, FIRST in front; the others are looked at only where they matter."""
    first = _first(frame)
    ordered = in_order(frame)
    if not frame.width or (first and _rises(ordered, first)):
        return ordered
    return frame.sort([*first, *(n for n in frame.columns if n not in first)], nulls_last=True)


def _first(frame: pl.DataFrame) -> list[str]:
    return [name for name in FIRST if name in frame.columns]


def _rises(frame: pl.DataFrame, first: list[str]) -> bool:
    """Whether each row comes after the one before it, so that no two agree in all of `first`."""
    after, same = pl.lit(False), pl.lit(True)
    for name in first:
        this, before = pl.col(name), pl.col(name).shift(1)
        later = before.is_not_null() & (this.is_null() | (before < this))
        after, same = after | (same & later), same & this.eq_missing(before)
    return frame.height < 2 or bool(frame.select(after.slice(1).all()).item())


def _write_text(hasher: hashlib._Hash, column: pl.Series) -> None:
    """Escaping is slow and seldom needed, so the joined bytes say first whether it is."""
    data = _joined(column)
    if data.count(b"\n") != len(column) or data.count(b"\\") != column.null_count():
        for plain, escaped in (("\\", "\\\\"), ("\n", "\\n")):
            column = column.str.replace_all(plain, escaped, literal=True)
        data = _joined(column)
    hasher.update(data)


def _joined(column: pl.Series) -> bytes:
    filled = column.fill_null("\\N") if column.null_count() else column
    text: str = filled.str.join("\n").item()
    return text.encode() + b"\n"


def _write_whole(hasher: hashlib._Hash, column: pl.Series) -> None:
    hasher.update(column.is_not_null().to_numpy().astype(np.uint8).tobytes())
    hasher.update(column.fill_null(0).to_numpy().astype("<i8").tobytes())
