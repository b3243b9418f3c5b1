"""Where the conformance vectors are and how they are read; what a check of one file is.

The vectors are external test data, some of it from GPL packages: they are never part of this
project. `docs/generate_statistics.py` and `test_vectors.py` run the same checks, so the page that a
reader sees and the tests cannot differ.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

ROOT = Path(__file__).parents[2]
ABSENT = "the conformance vectors are not here: set OUTTURN_TEST_DATA to the folder of data"

Rows = list[dict[str, str]]
Outcomes = Iterator[tuple[str, bool]]


@dataclass(frozen=True)
class Check:
    """One file of vectors: what it holds us to, and which of its rows we reproduce."""

    files: tuple[str, ...]
    functions: tuple[str, ...]
    source: str
    tolerance: str
    run: Callable[[], Outcomes]  # each row by name, and whether it came out as expected
    differences: dict[str, str] = field(default_factory=dict)  # rows we do otherwise, and why
    note: str = ""

    def outcomes(self) -> tuple[tuple[str, bool], ...]:
        """What `run` gives, worked out once: the tests and the page both ask."""
        return _outcomes(self.run)


@cache
def _outcomes(run: Callable[[], Outcomes]) -> tuple[tuple[str, bool], ...]:
    return tuple(run())


def folder() -> Path | None:
    """Where the vectors lie; None when they are not here."""
    given = os.environ.get("OUTTURN_TEST_DATA")
    data = Path(given) if given else ROOT.parent / "shared" / "data"
    return data / "conformance" if (data / "conformance").is_dir() else None


def rows(name: str) -> Rows:
    """One file, every cell as text; an empty cell is missing."""
    where = folder()
    if where is None:
        raise FileNotFoundError(ABSENT)
    with (where / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def numbers(table: Iterable[dict[str, str]], column: str) -> npt.NDArray[np.float64]:
    """One column as floats, not-a-number where the cell is empty."""
    return np.array([float(row[column]) if row[column] else np.nan for row in table])


def texts(table: Iterable[dict[str, str]], column: str) -> list[str]:
    return [row[column] for row in table]


def near(
    found: npt.ArrayLike, expected: npt.ArrayLike, *, rtol: float = 0, atol: float = 0
) -> npt.NDArray[np.bool_]:
    """Whether each figure is as expected; a missing one must be missing."""
    return np.isclose(found, expected, rtol=rtol, atol=atol, equal_nan=True)


def all_of(names: Iterable[str], *columns: npt.NDArray[np.bool_] | Iterable[bool]) -> Outcomes:
    """Each row by name, passed where it passed in every column."""
    passed = np.all([list(column) for column in columns], axis=0)
    yield from zip(names, passed.tolist(), strict=True)
