"""Files that people look at, put in their place whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4


@contextmanager
def in_place(path: Path) -> Iterator[Path]:
    """A name to write to, beside `path`; what was written takes its place at the end.

    The name is this writer's alone, so two that write the same file do not share it. When the
    writing fails, nothing is left of it, and the file that was there stays.
    """
    beside = path.with_name(f".{path.name}.{uuid4().hex}.tmp")
    try:
        yield beside
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)
