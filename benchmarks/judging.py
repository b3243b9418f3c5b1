"""How long a national set takes to judge, compare and chart in one build, and in what memory.

500 measures of 400 places over 27 quarters, 5.4 million cells by default, go through what a build
does with its Counts: divided, judged against 8,000 targets, foreseen, compared with a group, asked
what contradicts itself, sealed and kept as a vintage; and after that every series has its control
chart. The ratio is to DuckDB ranking the same cells in one query, which neither says why nor
rounds nor names a quartile. Exit code 1 when the whole run took more than 4 GiB of memory.
`python benchmarks/judging.py [quarters]` takes more or fewer.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import duckdb
import numpy as np
import polars as pl

from outturn.commands.figures import Figures, Found, judged_figures
from outturn.commands.judged import Known
from outturn.commands.slices import ROWS_AT_ONCE, judged_places
from outturn.commands.spilling import Room
from outturn.framework import Partnership
from outturn.framework.model import Agreement, Comparator, Goal, Measure, Place, Target, Tolerance
from outturn.judgement.control import control_of
from outturn.terms.period import APRIL, Period, add_months
from outturn.terms.records import COUNTS, FINDINGS, empty, fitted
from outturn.terms.written_periods import parse
from outturn.vintages import Vintage, keep
from outturn.vintages.on_disk import Frame

MEASURES, PLACES, QUARTERS, AIMED = 500, 400, 27, 20
AS_OF = date(2025, 3, 31)
MOST_MEMORY = 4 * 1024  # in MiB

Times = dict[str, tuple[float, float]]  # seconds by the clock, and of the processor


class Stream:
    """A frame as DuckDB reads it without pyarrow."""

    def __init__(self, frame: pl.DataFrame) -> None:
        self.frame = frame

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self.frame.__arrow_c_stream__(requested_schema)


def national_set(quarters: int) -> pl.DataFrame:
    """COUNTS of every measure, place and quarter, from a stated seed."""
    chance = np.random.default_rng(1)
    starts = [add_months(date(2025, 1, 1), -3 * number) for number in range(quarters)]
    return pl.concat([_of_quarter(Period(start, 3, "M").key, chance) for start in starts])


def _of_quarter(key: str, chance: np.random.Generator) -> pl.DataFrame:
    index = np.arange(MEASURES * PLACES)
    under = chance.integers(50, 5000, len(index))
    frame = pl.DataFrame(
        {
            "measure": pl.Series(index % MEASURES).cast(pl.String).str.zfill(4),
            "place": pl.Series(index // MEASURES).cast(pl.String).str.zfill(3),
            "numerator": chance.binomial(under, 0.4).astype(float),
            "denominator": under.astype(float),
        }
    ).with_columns(
        period=pl.lit(key), definition=pl.lit("1"), breakdown=pl.lit("all"),
        category=pl.lit("all"), spans=pl.lit(1), rows=pl.lit(1), source=pl.lit("made"),
        provenance=pl.lit("final"),
    )  # fmt: skip
    return fitted(frame, COUNTS)


def definitions() -> Partnership:
    """Proportions of which some have a target in every place, and one group of all places."""
    names = [f"{number:04d}" for number in range(MEASURES)]
    places = {f"{n:03d}": Place(f"{n:03d}", f"Place {n}", "council") for n in range(PLACES)}
    targets = (
        Target(
            id=f"{id}-{place}", measure=id, place=place, period=parse("2024/25"),
            goal=Goal("at_least", (41.0,)), tolerance=Tolerance("points", 2.0),
            agreed=Agreement("made"),
        )
        for id in names[:AIMED]
        for place in places
    )  # fmt: skip
    measures = {
        id: Measure(
            id=id, title=id, definition="1", kind="proportion", unit="%", per=100,
            aim="higher", frequency="quarter", roll_up="sum",
        )
        for id in names
    }  # fmt: skip
    return Partnership(
        name="A nation", home="000", disclosure="none", measures=measures, places=places,
        targets=tuple(targets),
        comparators={"all": Comparator("all", "All", (), "total over total", kind="council")},
    )  # fmt: skip


def main(quarters: int = QUARTERS) -> int:
    nation, times = definitions(), Times()
    counts = national_set(quarters)
    cells = counts.height
    found = Found(counts, counts, empty(FINDINGS))
    del counts  # as in a build, nothing else holds them
    with tempfile.TemporaryDirectory() as folder, Room(Path(folder)) as room:
        with timed(times, "values, verdicts, benchmarks, findings"):
            made = judged_figures(found, _known(nation), room)
        with timed(times, "sealed and kept as a vintage"):
            keep(Path(folder), _vintage(made))
        with timed(times, "control charts of every series"):
            points = sum(_charted(made, nation))
        bare = _bare(made.values)
    print(f"{cells:,} cells: {MEASURES:,} measures, {PLACES} places, {quarters} quarters;")
    print(f"{made.verdicts.height:,} verdicts, {len(nation.targets):,} targets, {points:,} points")
    for what, (took, used) in times.items():
        print(f"{what:<42} {took:7.2f} s {used:7.2f} s of processor {took / bare:6.1f} x bare")
    print(f"{'bare DuckDB window query: rank alone':<42} {bare:7.2f} s")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{'peak memory of the whole run':<42} {peak:7,.0f} MiB, of {MOST_MEMORY:,} at most")
    return int(peak > MOST_MEMORY)


@contextmanager
def timed(times: Times, what: str) -> Iterator[None]:
    begun = time.perf_counter(), time.process_time()
    yield
    times[what] = time.perf_counter() - begun[0], time.process_time() - begun[1]


def _known(nation: Partnership) -> Known:
    return Known(
        partnership=nation, comparators=nation.comparators, public=(),
        places=judged_places(nation), comparisons=None, superseded=empty(COUNTS), notes={},
        as_of=AS_OF, seed=1,
    )  # fmt: skip


def _vintage(made: Figures) -> Vintage:
    return Vintage(
        inputs=(), definitions=(), arguments=(("as_of", AS_OF.isoformat()),), software="made",
        found=made.found, counts=made.counts, superseded=made.superseded, values=made.values,
        verdicts=made.verdicts, benchmarks=made.benchmarks, findings=made.findings,
    )  # fmt: skip


def _charted(made: Figures, nation: Partnership) -> Iterator[int]:
    """How many points the control charts have, a few measures at a time."""
    for part in _parts(made.values):
        ours = part["measure"].unique().implode()
        said = _lazy(made.verdicts).filter(pl.col("measure").is_in(ours))
        charts = control_of(
            part, measures=nation.measures, calendar=APRIL, as_of=AS_OF, verdicts=said.collect()
        )
        yield charts.points.height


def _parts(frame: Frame) -> Iterator[pl.DataFrame]:
    return iter([frame]) if isinstance(frame, pl.DataFrame) else frame.parts(ROWS_AT_ONCE)


def _lazy(frame: Frame) -> pl.LazyFrame:
    return frame.lazy() if isinstance(frame, pl.DataFrame) else frame.scan()


def _bare(values: Frame) -> float:
    connection = duckdb.connect()
    cells = _lazy(values).select("measure", "place", "period", "value").collect()
    connection.register("cells", Stream(cells))
    begun = time.perf_counter()
    connection.execute(
        "select count(*), sum(r) from (select rank() over (partition by measure, period "
        "order by value desc) as r from cells)"
    ).fetchall()
    took = time.perf_counter() - begun
    connection.close()
    return took


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:2])))
