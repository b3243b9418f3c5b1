"""The Counts of a vintage as they were found, for whoever owns them: before disclosure control."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from outturn.terms.errors import VintageMistake
from outturn.terms.records import fitted
from outturn.vintages.on_disk import scan_file
from outturn.vintages.store import folder_of
from outturn.vintages.vintage import FRAMES


def found(store: Path, name: str = "") -> pl.DataFrame:
    """The Counts as found of one vintage; of the current one when none is named.

    A copy of a vintage that was handed on lacks them, and only their owner may read the file. A
    column that a later outturn added to the schema is all null.
    """
    folder = folder_of(store, name)
    file = folder / "found.parquet"
    try:
        if not file.is_file():
            raise _cannot(folder.name, "The counts before disclosure control are not here.")
        frame = scan_file(file).collect()
    except (OSError, pl.exceptions.PolarsError) as error:
        problem = "The counts before disclosure control cannot be read."
        raise _cannot(folder.name, problem) from error
    return fitted(frame, FRAMES["found"])


def _cannot(where: str, problem: str) -> VintageMistake:
    remedy = "Ask whoever keeps the builds: only the owner of a build may read them."
    return VintageMistake(where=where, problem=problem, remedy=remedy)
