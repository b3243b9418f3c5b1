"""The tables behind the people of a figure: each row with the file that it was read from, and of
derived tables the records that a rule keeps out, which no build holds."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from outturn.commands.deriving import derived_for_people, with_derived
from outturn.commands.folder import Folder
from outturn.databases import InFiles
from outturn.engine.who import FILE
from outturn.framework.model import Measure, Source
from outturn.ingest import Ingested, ingest
from outturn.ingest.derivations.numbered import as_in_the_files, position, positions
from outturn.terms.errors import raise_all

_POSITION = "_position"
_NAMED = {"source": pl.String, _POSITION: pl.Int64, FILE: pl.String}


@dataclass(frozen=True)
class Tables:
    """What a build would count, and beside it what only `people` tells."""

    made: Ingested
    derived: Mapping[str, pl.DataFrame]  # of the measures asked about, with who is kept out of each
    sources: Sequence[Source]

    def of_places(self, name: str, column: str, places: Collection[str]) -> pl.DataFrame:
        """The rows of a table in the places, with the column FILE; who is kept out is below them.

        Of a table that lies in files, only the rows of the places are read.
        """
        if name in self.derived:
            made = self.derived[name].filter(pl.col(column).is_in(list(places)))
            return as_in_the_files(self._with_files(made))
        rows = self.made.every[name]
        if isinstance(rows, InFiles):
            each = zip(rows.files, rows.names, strict=True)
            scans = [pl.scan_parquet(at, glob=False).with_columns(pl.lit(n).alias(FILE))
                     for at, n in each]  # fmt: skip
            return pl.concat(scans).filter(pl.col(column).is_in(list(places))).collect()
        there = rows.filter(pl.col(column).is_in(list(places)))
        return there.with_columns(self._of_source.alias(FILE))

    def _with_files(self, rows: pl.DataFrame) -> pl.DataFrame:
        lines = [
            line
            for one in self.made.in_files.values()
            for line in zip(one.sources, positions(one.sources), one.names, strict=True)
        ]
        named = pl.DataFrame(lines, schema=_NAMED, orient="row")
        found = rows.with_columns(position(pl.col("row")).alias(_POSITION)).join(
            named, on=["source", _POSITION], how="left", maintain_order="left"
        )
        return found.with_columns(pl.coalesce(FILE, self._of_source).alias(FILE)).drop(_POSITION)

    @property
    def _of_source(self) -> pl.Expr:
        """The file that a source names: of a folder that is in memory, the folder."""
        files = {one.id: one.file for one in self.sources if one.file}
        return pl.col("source").replace_strict(files, default=None, return_dtype=pl.String)


def tables_of(
    folder: Folder,
    measures: Sequence[Measure],
    as_of: date,
    progress: Callable[..., None] = lambda *_: None,
) -> Tables:
    """The tables of a folder as a build has them, and those of the measures as `people` tells."""
    partnership, contracts, cache = folder.partnership, folder.contracts, folder.cache
    read = ingest(folder.path, partnership, contracts, cache, progress)
    raise_all(read.stops)
    made = with_derived(read, partnership, contracts, as_of, cache, progress)
    counted = {one.table for each in measures for one in (each.numerator, each.denominator) if one}
    derived = derived_for_people(read, partnership, contracts, as_of, counted, cache)
    return Tables(made, derived, partnership.sources)
