"""A frame in a file of its own, for what is too large to be held in memory until it is kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

import polars as pl

from outturn.terms.errors import VintageMistake

ROWS_IN_A_GROUP = 100_000  # rows are sorted by measure, so a page reads a group or two


@dataclass(frozen=True)
class OnDisk:
    """Rows that begin with their measure, in the order in which a vintage keeps them."""

    file: Path
    height: int
    schema: Mapping[str, type[pl.DataType]]

    def scan(self) -> pl.LazyFrame:
        return scan_file(self.file)

    def collect(self) -> pl.DataFrame:
        return self.scan().collect()

    def blocks(self, rows: int) -> list[tuple[int, int]]:
        """Where to cut it, as first row and number of rows: whole measures, about so many rows."""
        runs = self.scan().select(pl.col("measure").rle().struct.field("len")).collect()
        found: list[tuple[int, int]] = []
        begun = 0
        for end in accumulate(runs["len"].to_list()):
            if end - begun >= rows:
                found.append((begun, end - begun))
                begun = end
        return [*found, (begun, self.height - begun)] if begun < self.height else found

    def parts(self, rows: int) -> Iterator[pl.DataFrame]:
        """The whole of it, one part after another: whole measures, about so many rows."""
        for first, many in self.blocks(rows):
            yield self.scan().slice(first, many).collect()


Frame = pl.DataFrame | OnDisk


def scan_file(file: Path) -> pl.LazyFrame:
    """One file as it is: a `*` or `=` in the name of a folder has no meaning of its own."""
    return pl.scan_parquet(file, glob=False, hive_partitioning=False)


def one_after_another(parts: Sequence[pl.LazyFrame], file: Path) -> None:
    """Write parts of a frame to one file, as a vintage keeps it, without holding them all."""
    pl.concat(parts).sink_parquet(
        file, compression="zstd", row_group_size=ROWS_IN_A_GROUP, maintain_order=True
    )


@contextmanager
def writing(where: str) -> Iterator[None]:
    """A full disk, or one that may not be written to, is told as a mistake that people can mend."""
    try:
        yield
    except (OSError, pl.exceptions.PolarsError) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise VintageMistake(
            where=where,
            problem=f"The vintage could not be written ({reason}). Those kept before are whole.",
            remedy="See that the disk has room and that you may write here, then build again.",
        ) from error
