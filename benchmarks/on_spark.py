"""The sixty measures of `events.py` on PySpark in this machine, and on DuckDB: the same counts.

`python benchmarks/on_spark.py [millions of rows] [folder for the data]`. Not a cluster: what Spark
takes here says what starting it and its many small steps cost, and no more.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import events_table
import polars as pl
from polars.testing import assert_frame_equal

from outturn.databases import Dialect, DuckDB, InFiles
from outturn.engine import sql_engine
from outturn.terms.period import APRIL


def main() -> int:
    rows = int(float(sys.argv[1]) * 1_000_000) if len(sys.argv) > 1 else 5_000_000
    with tempfile.TemporaryDirectory(prefix="outturn-bench-") as made:
        folder = Path(sys.argv[2]) if len(sys.argv) > 2 else Path(made)
        return compared(events_table.make(folder / str(rows), rows))


def compared(files: InFiles) -> int:
    try:
        from outturn.databases.spark import Spark, local_session
    except ImportError as error:
        print(f"not run: {error.name} is not installed")
        return 0
    threads = os.cpu_count() or 1
    with DuckDB(reads=files.folders) as database:
        ours = timed("DuckDB", files, database)
    begun = time.perf_counter()
    session = local_session(threads=threads, memory="4g")
    session.sparkContext.setLogLevel("ERROR")
    session.conf.set("spark.sql.shuffle.partitions", str(threads))
    print(f"Spark started in {time.perf_counter() - begun:.0f} s, {threads} threads", flush=True)
    with Spark(session) as database:
        # Spark spreads the work itself: the files are not taken a few at a time.
        theirs = timed("Spark", replace(files, rows=1), database)
    session.stop()
    assert_frame_equal(theirs, ours, check_exact=True)
    print(f"{files.rows:,} events, {ours.height:,} figures: the same on both")
    return 0


def timed(name: str, files: InFiles, database: Dialect) -> pl.DataFrame:
    begun = time.perf_counter()
    found = sql_engine.count(
        list(events_table.measures()),
        {"events": files, "population": pl.DataFrame(events_table.population())},
        contracts=events_table.CONTRACTS,
        places=events_table.places(),
        hierarchy="main",
        calendar=APRIL,
        as_of=events_table.AS_OF,
        database=database,
    )
    print(f"{name}: {time.perf_counter() - begun:.0f} s", flush=True)
    return found


if __name__ == "__main__":
    sys.exit(main())
