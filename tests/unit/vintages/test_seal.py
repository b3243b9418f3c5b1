"""The seal is a digest of content, and plain Python makes the same one."""

from __future__ import annotations

import hashlib
import json
import math
import struct
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from outturn.vintages.seal import FIRST, digest, rounded

SCHEMA = {"measure": pl.String, "period": pl.String, "value": pl.Float64, "rows": pl.Int64}
KINDS = {"measure": "text", "period": "text", "value": "number", "rows": "whole number"}

text = st.one_of(st.none(), st.text(alphabet="ab\\N\n\ré😀 ", max_size=4))
number = st.one_of(
    st.none(), st.floats(), st.floats(-1e7, 1e7), st.sampled_from([0.0, -0.0, 1e6, 4e12, 1e300])
)
whole = st.one_of(st.none(), st.integers(-(2**63), 2**63 - 1))
row = st.tuples(text, text, number, whole)


def plainly(amount: float | None) -> int | None:
    """What seal.py says of a number, one at a time."""
    if amount is None:
        return None
    if not abs(amount) < 4e12:
        if math.isnan(amount):
            return 2**62 + 1000 * 10**12
        digits, exponent = ("0", "999") if math.isinf(amount) else f"{abs(amount):.11e}".split("e")
        code = int(2**62 + int(exponent) * 10**12 + int(digits.replace(".", "")))
        return code if amount > 0 else -code
    step = 10 ** max(0, len(str(int(abs(amount)))) - 6)
    return round(amount * 1e6 / step) * step


def plain_digest(given_rows: list[tuple[Any, ...]]) -> str:
    def last_when_empty(cell: Any) -> tuple[bool, Any]:
        return cell is None, cell.encode() if isinstance(cell, str) else cell or 0

    canonical = [(m, p, plainly(v), r) for m, p, v, r in given_rows]
    canonical.sort(key=lambda cells: [last_when_empty(cell) for cell in cells])
    head = {"columns": [[n, k] for n, k in KINDS.items()], "rows": len(canonical)}
    out = json.dumps(head, separators=(",", ":")).encode() + b"\n"
    columns = zip(*canonical, strict=True) if canonical else [[]] * len(KINDS)
    for kind, cells in zip(KINDS.values(), columns, strict=True):
        if kind == "text":
            for cell in cells:
                told = "\\N" if cell is None else cell.replace("\\", "\\\\").replace("\n", "\\n")
                out += told.encode() + b"\n"
        else:
            out += b"".join(bytes([cell is not None]) for cell in cells)
            out += b"".join(struct.pack("<q", cell or 0) for cell in cells)
    return hashlib.sha256(out).hexdigest()


def frame(given_rows: list[tuple[Any, ...]]) -> pl.DataFrame:
    return pl.DataFrame(given_rows, schema=SCHEMA, orient="row")


@given(st.lists(row, max_size=8))
def test_plain_python_makes_the_same_digest(given_rows: list[tuple[Any, ...]]) -> None:
    assert digest(frame(given_rows)) == plain_digest(given_rows)


@given(st.lists(row, max_size=8), st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(given_rows: list[tuple[Any, ...]], chance: Any) -> None:
    shuffled = given_rows.copy()
    chance.shuffle(shuffled)
    assert digest(frame(shuffled)) == digest(frame(given_rows))


@given(row, row)
def test_only_the_same_content_has_the_same_digest(
    one: tuple[Any, ...], two: tuple[Any, ...]
) -> None:
    same = (*one[:2], plainly(one[2]), one[3]) == (*two[:2], plainly(two[2]), two[3])
    assert (digest(frame([one])) == digest(frame([two]))) == same


def test_a_digest_never_changes_from_one_release_to_the_next() -> None:
    known = frame([("a\\b", "2020", 0.1 + 0.2, 7), ("a\nb", None, None, None), ("é", "", 5e12, -1)])
    assert digest(known) == ("eb2f57f47d364b7b5debe7bb31817d5a0d1b0923c4106cf2566b786b988071d5")


@pytest.mark.parametrize(
    ("one", "two"),
    [(0.1 + 0.2, 0.3), (999_999.9999999999, 1e6), (1e9 / 3, 1e9 / 3 + 1e-4), (-0.0, 0.0)],
)
def test_the_order_in_which_a_database_adds_does_not_matter(one: float, two: float) -> None:
    assert rounded(pl.Series([one])).to_list() == rounded(pl.Series([two])).to_list()


def test_a_change_in_the_sixth_decimal_is_another_seal() -> None:
    assert rounded(pl.Series([5.000001])).item() != rounded(pl.Series([5.0])).item()


def test_a_parquet_file_gives_back_the_same_digest(tmp_path: Any) -> None:
    kept = frame([(f"m{n % 7}", "p", n / 7, n) for n in range(1000)])
    for level, compression in ((1, "zstd"), (9, "zstd"), (None, "uncompressed")):
        kept.write_parquet(tmp_path / "x", compression=compression, compression_level=level)
        assert digest(pl.read_parquet(tmp_path / "x")) == digest(kept)


def test_a_type_without_a_canonical_form_is_refused() -> None:
    with pytest.raises(TypeError, match="column day is Date"):
        digest(pl.DataFrame(schema={"day": pl.Date}))


def test_columns_that_sort_first_are_not_all_in_every_frame() -> None:
    assert FIRST[:2] == ("measure", "place")
    assert digest(pl.DataFrame({"note": ["b", "a"]})) == digest(pl.DataFrame({"note": ["a", "b"]}))
