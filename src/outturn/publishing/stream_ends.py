"""Sees to it that the end of every stream in a PDF can be told without doubt.

A packed stream ends in a checksum, which by chance may end in a carriage return. The line feed
that a PDF writes after it then looks like one line end of two bytes, and a checker of PDF/A finds
the stream a byte short of the length it states. Such a stream is written in hexadecimal. Where it
holds the file's own objects, a few empty ones before them give it another checksum.
"""

from __future__ import annotations

import io

_DOUBTFUL = b"\r\nendstream"
_OF_THE_FILE = ("/ObjStm", "/XRef")  # written anew with each file
_TRIES = 50  # each has one chance in 256 to be doubtful again


def with_clear_ends(pdf: bytes) -> bytes:
    """The same PDF, written again only if the end of a stream could be mistaken."""
    found = pdf
    for number in range(1, _TRIES + 1):
        if _DOUBTFUL not in found:
            return found
        found = _rewritten(pdf, number)
    raise ValueError("no way of writing the PDF gives every stream a clear end")


def _rewritten(pdf: bytes, number: int) -> bytes:
    import pikepdf  # on first use: most commands touch no PDF

    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        streams = (found for found in opened.objects if isinstance(found, pikepdf.Stream))
        own = (one for one in streams if str(one.get("/Type")) not in _OF_THE_FILE)
        doubtful = [one for one in own if one.read_raw_bytes().endswith(b"\r")]
        for stream in doubtful:
            _in_hexadecimal(stream)
        spare = [opened.make_indirect(pikepdf.Dictionary()) for _ in range(number)]
        opened.Root["/AAOutturnSpare"] = pikepdf.Array(spare)
        opened.save(
            out,
            deterministic_id=True,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
            stream_decode_level=pikepdf.StreamDecodeLevel.none,
            compress_streams=not doubtful,  # or the hexadecimal would be packed again
        )
    return out.getvalue()


def _in_hexadecimal(stream: object) -> None:
    import pikepdf

    assert isinstance(stream, pikepdf.Stream)
    packed = stream.read_raw_bytes().hex().encode() + b">"
    filters = stream.get("/Filter")
    inner = list(filters) if isinstance(filters, pikepdf.Array) else [filters]
    known = [one for one in inner if one is not None]
    stream.write(packed, filter=pikepdf.Array([pikepdf.Name.ASCIIHexDecode, *known]))
