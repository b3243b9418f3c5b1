"""A table that stays in files: read where it is, and never held whole in memory."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class InFiles:
    """Parquet files that make one table, in order; each has the rows of one source.

    `digests` says what is in each file, so that what was made of an unchanged one can be used
    again; without them nothing is. Numbers in it are finite, as ingestion writes them. `lacking`
    says in a sentence what part of the table could not be read; empty when it is whole. `names` are
    those of the files that were read, within the folder of the data.
    """

    files: tuple[Path, ...]
    sources: tuple[str, ...]  # the id of the source of each file
    digests: tuple[str, ...] = ()
    rows: int = 0
    lacking: str = field(default="", compare=False)
    names: tuple[str, ...] = field(default=(), compare=False)  # of the files that were read

    @property
    def folders(self) -> tuple[Path, ...]:
        """The folders that a database must be let into to read it."""
        return tuple(dict.fromkeys(file.parent for file in self.files))

    def of_source(self, source: str) -> tuple[Path, ...]:
        """The files of one source."""
        pairs = zip(self.files, self.sources, strict=True)
        return tuple(file for file, one in pairs if one == source)
