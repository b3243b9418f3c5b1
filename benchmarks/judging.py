"""How long a national set takes to divide, judge and compare, beside a bare DuckDB window query.

A national set has 24 million cells (1,500 measures, 400 places, 40 quarters). This takes a part
of it, 1,500 measures and 400 places over 4 quarters by default, and prints the ratio to DuckDB
ranking the same cells in one query, which neither says why nor rounds nor names a quartile.
`python benchmarks/judging.py [quarters]` takes more or fewer.
"""

from __future__ import annotations

import resource
import sys
import time
from datetime import date

import duckdb
import numpy as np
import polars as pl

from outturn.benchmarking import benchmarks
from outturn.framework.model import Agreement, Comparator, Goal, Measure, Place, Target, Tolerance
from outturn.judgement import values, verdicts
from outturn.terms.period import APRIL, Period, add_months, parse
from outturn.terms.records import COUNTS, fitted

MEASURES, PLACES = 1500, 400
AS_OF = date(2025, 3, 31)


class Stream:
    """A frame as DuckDB reads it without pyarrow."""

    def __init__(self, frame: pl.DataFrame) -> None:
        self.frame = frame

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self.frame.__arrow_c_stream__(requested_schema)


def national_set(quarters: int) -> pl.DataFrame:
    """COUNTS of every measure, place and quarter, from a stated seed."""
    chance = np.random.default_rng(1)
    cells = MEASURES * PLACES * quarters
    starts = [add_months(date(2025, 1, 1), -3 * number) for number in range(quarters)]
    keys = [Period(start, 3, "M").key for start in starts]
    under = chance.integers(50, 5000, cells)
    index = np.arange(cells)
    frame = pl.DataFrame(
        {
            "measure": pl.Series(index % MEASURES).cast(pl.String).str.zfill(4),
            "place": pl.Series(index // MEASURES % PLACES).cast(pl.String).str.zfill(3),
            "period": pl.Series(np.array(keys)[index // (MEASURES * PLACES)]),
            "numerator": chance.binomial(under, 0.4).astype(float),
            "denominator": under.astype(float),
        }
    ).with_columns(
        definition=pl.lit("1"), breakdown=pl.lit("all"), category=pl.lit("all"),
        spans=pl.lit(1), rows=pl.lit(1), source=pl.lit("made"), provenance=pl.lit("final"),
    )  # fmt: skip
    return fitted(frame, COUNTS)


def definitions() -> dict[str, Measure]:
    names = (f"{number:04d}" for number in range(MEASURES))
    return {
        id: Measure(
            id=id, title=id, definition="1", kind="proportion", unit="%", per=100,
            aim="higher", frequency="quarter", roll_up="sum",
        )
        for id in names
    }  # fmt: skip


def main(quarters: int = 4) -> int:
    counts, measures = national_set(quarters), definitions()
    places = {f"{n:03d}": Place(f"{n:03d}", f"Place {n}", "council") for n in range(PLACES)}
    targets = [
        Target(
            id=f"{id}-{place}", measure=id, place=place, period=parse("2024/25"),
            goal=Goal("at_least", (41.0,)), tolerance=Tolerance("points", 2.0),
            agreed=Agreement("made"),
        )
        for id in list(measures)[:100]
        for place in places
    ]  # fmt: skip
    group = {"all": Comparator("all", "All places", (), "total over total", kind="council")}
    times = {}
    begun = time.perf_counter()
    made = values(counts, measures=measures, places=places)
    times["values: divide, round, say why"] = time.perf_counter() - begun
    begun = time.perf_counter()
    judged = verdicts(
        made, measures=measures, targets=targets, overrides=(), calendar=APRIL, as_of=AS_OF,
        home="000", comparators=group, places=places,
    )  # fmt: skip
    times[f"verdicts: {judged.height:,} rows of {len(targets):,} targets"] = (
        time.perf_counter() - begun
    )
    begun = time.perf_counter()
    benchmarks(made, measures=measures, comparators=group, places=places)
    times["benchmarks: rank, quartile, gap, group"] = time.perf_counter() - begun
    bare = _bare(made)
    print(f"{counts.height:,} cells: {MEASURES:,} measures, {PLACES} places, {quarters} quarters")
    for what, took in times.items():
        print(f"{what:<48} {took:7.2f} s   {took / bare:6.1f} x the bare query")
    print(f"{'bare DuckDB window query: rank alone':<48} {bare:7.2f} s")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{'peak memory of the whole run':<48} {peak:7,.0f} MB")
    return 0


def _bare(made: pl.DataFrame) -> float:
    connection = duckdb.connect()
    connection.register("cells", Stream(made.select("measure", "place", "period", "value")))
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
