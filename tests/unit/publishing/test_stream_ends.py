"""A PDF whose packed streams end by chance in a carriage return is packed again, no other."""

from __future__ import annotations

import io
import random
import zlib

import pikepdf

from outturn.publishing.stream_ends import with_clear_ends


def _pdf_with(content: bytes) -> bytes:
    made = pikepdf.new()
    made.add_blank_page()
    made.Root.Extra = pikepdf.Stream(made, content)
    out = io.BytesIO()
    made.save(out, deterministic_id=True)
    return out.getvalue()


def _unlucky() -> bytes:
    """Content that, packed as usual, ends in a carriage return."""
    chance = random.Random(7)
    for _ in range(100_000):
        content = bytes(chance.choices(b"abcdef ", k=200))
        if zlib.compress(content).endswith(b"\r") and b"\r\nendstream" in _pdf_with(content):
            return content
    raise AssertionError("no such content found")


def test_a_pdf_with_clear_ends_is_left_as_it_is():
    pdf = _pdf_with(b"plain enough")
    assert with_clear_ends(pdf) == pdf


def test_a_doubtful_end_goes_and_the_content_stays():
    content = _unlucky()
    cleared = with_clear_ends(_pdf_with(content))
    assert b"\r\nendstream" not in cleared
    with pikepdf.open(io.BytesIO(cleared)) as opened:
        assert bytes(opened.Root.Extra.read_bytes()) == content
    assert with_clear_ends(_pdf_with(content)) == cleared
