"""Official releases read as published: one module for each family, registered in `READERS`.

A reader turns one file into a frame in the columns of a contract, cell by cell as printed, plus
`row` (the line in the file) and, where the release has them, `place_name` and `scheme`. It looks
nothing up: `measure` holds the release's own code, to be resolved by `scheme`, and `place` the
release's own area code. A release that mixes two sets of codes gives the `scheme` of each row,
which then outranks the one stated for the source. A cell that is neither a number nor a known mark,
and a figure that is given twice and not alike, are told in the columns of `troubles`.

Two releases may hold the same edition of a figure: the tidy totals are compiled from the workbook
and the open data, among others, and give each row the edition of the release it was taken from.
Where two sources of one folder give one edition of a figure and agree in every number and mark,
the source named first stands, and the later row is a copy: it is set aside with that reason
(`outturn rejected`), without a mistake. Where they differ, two files disagree about one edition,
and that is a mistake.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import polars as pl

from outturn.framework.model import Source
from outturn.ingest.official import ascof_open_data, ascof_tidy, ascof_workbook, lgbf, oflog, phs

Reader = Callable[[Path, Source], pl.DataFrame]

READERS: dict[str, Reader] = {
    "ascof workbook 2024-25": ascof_workbook.read,
    "ascof open data": ascof_open_data.read,
    "ascof tidy totals": ascof_tidy.read,
    "oflog metrics": oflog.read,
    "lgbf long": lgbf.read_long,
    "lgbf current": lgbf.read_current,
    "lgbf population 75 and over": lgbf.read_population,
    "phs delayed discharge bed days": phs.read_bed_days,
}

# Columns in which two releases say the same thing differently: "[x]" and "not_available".
IN_ITS_OWN_WORDS = ("why", "note")

__all__ = ["IN_ITS_OWN_WORDS", "READERS", "Reader"]
