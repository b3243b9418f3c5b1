"""The file that a Word document is: a zip whose bytes depend on the pack and on nothing else."""

from __future__ import annotations

import io
import zipfile
from datetime import date


def sealed(docx: bytes, day: date) -> bytes:
    """The same document, every part stamped with the day of issue."""
    out = io.BytesIO()
    stamp = (max(day.year, 1980), day.month, day.day, 0, 0, 0)  # a zip knows no earlier year
    with zipfile.ZipFile(io.BytesIO(docx)) as found, zipfile.ZipFile(out, "w") as made:
        for name in found.namelist():
            part = zipfile.ZipInfo(name, stamp)
            part.compress_type = zipfile.ZIP_DEFLATED
            part.create_system = 3
            part.external_attr = 0o600 << 16
            made.writestr(part, found.read(name))
    return out.getvalue()
