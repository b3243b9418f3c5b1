"""Sixty measures of fifty million events: outturn, SQL written by hand, Polars and pandas.

152 councils and the country they lie in, 60 months, whole and by age and by sex: counts, rates,
distinct people, people who come twice, people open at the end of each month, medians and
percentiles. Figures of outturn and of the SQL by hand are compared row by row before any time is
printed; synthetic data, one file for each month. outturn alone is given twice as many events too,
to see how its time grows. Run it with `make bench`, or by itself:
`python benchmarks/events.py [millions of rows] [folder for the data]`. Where pandas is kept out of
the environment of outturn, OUTTURN_PANDAS names a Python that has it.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
import events_by_hand
import events_by_others
import events_in_pandas
import events_table
import numpy as np
import polars as pl

from outturn.databases import DuckDB, InFiles
from outturn.engine import sql_engine
from outturn.engine.shards import Memory
from outturn.ingest.store import Store
from outturn.terms.period import APRIL

MEMORY = "2500MB"
ROWS = 50_000_000
SUBSET = 1_000_000  # rows that Polars and pandas are given, and what is scaled up from
KEYS = ["measure", "place", "month", "breakdown", "category"]
BARS = {"by hand": 1.3, "pandas": 20.0, "gigabytes": 4.0, "exponent": 1.05, "rebuild": 0.10}


def main() -> int:
    if len(sys.argv) > 3:  # one layer, in a process of its own
        return layer(*sys.argv[1:4])
    rows = int(float(sys.argv[1]) * 1_000_000) if len(sys.argv) > 1 else ROWS
    with tempfile.TemporaryDirectory(prefix="outturn-bench-") as made:
        folder = Path(sys.argv[2]) if len(sys.argv) > 2 else Path(made)
        return compared(folder, rows)


def compared(folder: Path, rows: int) -> int:
    """Every layer one after the other, and what the bars say of it."""
    events_table.make(folder / str(rows), rows)
    events_table.make(folder / str(SUBSET), SUBSET)
    print(f"{rows:,} events, {events_table.MONTHS} files, {len(events_table.ASKED)} measures")
    first = {name: timed(folder, rows, name) for name in ("floor", "by hand", "outturn")}
    print(f"figures compared, row by row: {same_rows(folder):,}, all the same")
    first["rebuild"] = timed(folder, rows, "rebuild")
    small = {name: timed(folder, SUBSET, name) for name in ("outturn", "Polars", "pandas")}
    shutil.rmtree(folder / str(rows))
    events_table.make(folder / str(2 * rows), 2 * rows)
    double = timed(folder, 2 * rows, "outturn")
    for name, one in first.items():
        print(line(f"{name}, {rows:,} events", one))
    for name, one in small.items():
        print(line(f"{name}, {SUBSET:,} events", one))
    print(line(f"outturn, {2 * rows:,} events", double))
    times = {SUBSET: small["outturn"], rows: first["outturn"], 2 * rows: double}
    return against_bars(first, small, rows, exponent(times))


def exponent(times: dict[int, dict[str, float | str]]) -> float:
    """The power of the number of rows that the time grows with: a straight line through logs."""
    taken = [float(one["cpu"]) for one in times.values()]
    return float(np.polyfit(np.log(list(times)), np.log(taken), 1)[0])


def line(name: str, one: dict[str, float | str]) -> str:
    if "why" in one:
        return f"{name:32} not run: {one['why']}"
    return (
        f"{name:32} {one['cpu']:8.1f} s of processors {one['wall']:8.1f} s  {one['peak']:6,.0f} MB"
    )


def against_bars(
    first: dict[str, dict[str, float | str]],
    small: dict[str, dict[str, float | str]],
    rows: int,
    grown: float,
) -> int:
    """1 where a bar is missed."""
    ours = float(first["outturn"]["cpu"])
    found = {
        "by hand": ours / float(first["by hand"]["cpu"]),
        "gigabytes": float(first["outturn"]["peak"]) / 1024,
        "rebuild": float(first["rebuild"]["cpu"]) / ours,
        "exponent": grown,
    }
    print(f"of outturn's time, the scan of the columns needed is "
          f"{float(first['floor']['cpu']) / ours:.0%}")  # fmt: skip
    for name in ("Polars", "pandas"):
        if "why" not in small[name]:
            times = float(small[name]["cpu"]) * rows / SUBSET / ours
            print(f"{name}, scaled from {SUBSET:,} events, takes {times:.1f} times as long")
            if name == "pandas":
                found[name] = times
    missed = 0
    for name, value in found.items():
        bar = BARS[name]
        is_met = value >= bar if name == "pandas" else value <= bar
        missed += not is_met
        print(f"{name:10} {value:6.2f}, bar {bar:g}: {'met' if is_met else 'MISSED'}")
    return int(missed > 0)


def timed(folder: Path, rows: int, name: str) -> dict[str, float | str]:
    """Processor seconds, seconds and megabytes at the peak of one layer."""
    if name == "pandas" and (other := os.environ.get("OUTTURN_PANDAS")):
        script = Path(__file__).with_name("events_in_pandas.py")
        command = [other, str(script), *_asked(folder, rows)]
    else:
        command = [sys.executable, __file__, str(rows), str(folder), name]
    done = subprocess.run(
        command,
        check=False,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise SystemExit(f"{name} failed:\n{done.stderr}")
    return dict(json.loads(done.stdout.splitlines()[-1]))


def _asked(folder: Path, rows: int) -> list[str]:
    """What a Python without outturn is told: what is asked, and the files."""
    asked = json.dumps({"asked": events_table.ASKED, "months": events_table.MONTHS,
                        "first": events_table.FIRST.isoformat()})  # fmt: skip
    return [asked, *(str(one) for one in sorted((folder / str(rows)).glob("*.parquet")))]


def layer(rows: str, folder: str, name: str) -> int:
    place = Path(folder)
    files = events_table.make(place / rows, int(rows))
    work: Callable[[], object] = {
        "floor": lambda: floor(files),
        "by hand": lambda: by_hand(files, place),
        "outturn": lambda: outturn(files, place, afresh=True),
        "rebuild": lambda: rebuild(files, place),
        "Polars": lambda: events_by_others.by_polars(list(files.files)),
        "pandas": lambda: _by_pandas(files),
    }[name]
    begun = time.perf_counter()
    try:
        spent = work()
    except ImportError as error:
        print(json.dumps({"why": f"{error.name} is not installed"}))
        return 0
    used = resource.getrusage(resource.RUSAGE_SELF)
    told = {
        "wall": time.perf_counter() - begun,
        "cpu": used.ru_utime + used.ru_stime,
        "peak": peak(),
    }
    if isinstance(spent, dict):
        told |= spent
    print(json.dumps(told))
    return 0


def peak() -> float:
    """Megabytes at most, of this process alone: `getrusage` begins with those of its parent."""
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return next(int(one.split()[1]) for one in lines if one.startswith("VmHWM")) / 1024


def _by_pandas(files: InFiles) -> int:
    first = events_table.FIRST
    low = first.year * 12 + first.month
    listed = [str(one) for one in files.files]
    return events_in_pandas.by_pandas(listed, events_table.ASKED, low, events_table.MONTHS)


def floor(files: InFiles) -> None:
    """Every column that a measure needs, read and touched, and no more."""
    with duckdb.connect(config={"threads": 2}) as database:
        listed = ", ".join(f"'{one}'" for one in files.files)
        database.sql(
            "select sum(person), max(council), max(age_band), max(sex), max(event), max(setting), "
            f"max(sequel), max(started), max(ended), sum(days) from read_parquet([{listed}])"
        ).fetchall()


def by_hand(files: InFiles, folder: Path) -> None:
    people = pl.DataFrame(events_table.population()).with_columns(
        pl.col("year").str.slice(0, 4).cast(pl.Int64)
    )
    found = events_by_hand.counted(list(files.files), folder / "spilled", people, MEMORY)
    found.write_parquet(folder / "by hand.parquet")


def outturn(files: InFiles, folder: Path, *, afresh: bool) -> None:
    """What a build counts, and keeps so that the next costs less."""
    kept = folder / "kept"
    if afresh:
        shutil.rmtree(kept, ignore_errors=True)
    people = pl.DataFrame(events_table.population())
    with DuckDB(memory=MEMORY, threads=2, reads=(*files.folders, kept / "tables")) as database:
        found = sql_engine.count(
            list(events_table.measures()),
            {"events": files, "population": people},
            contracts=events_table.CONTRACTS,
            places=events_table.places(),
            hierarchy="main",
            calendar=APRIL,
            as_of=events_table.AS_OF,
            database=database,
            memory=Memory(Store(kept), "benchmark"),
        )
    year, month = (pl.col("period").str.slice(*at).cast(pl.Int32) for at in ((0, 4), (5, 2)))
    names = [pl.col(one).cast(pl.Int64) for one in ("numerator", "denominator")]
    found = found.select(pl.exclude("numerator", "denominator"), *names)
    found = found.with_columns(month=year * 12 + month).select(*KEYS, "numerator", "denominator")
    found.write_parquet(folder / "outturn.parquet")


def rebuild(files: InFiles, folder: Path) -> dict[str, float]:
    """Again, with one month sent anew: every row of it is another, of other people."""
    changed = folder / "changed"
    shutil.rmtree(changed, ignore_errors=True)
    changed.mkdir()
    month = files.files[30]
    other = changed / month.name
    with duckdb.connect() as database:
        events_table.write(database, other, 30, files.rows, anew=1)
    swapped = tuple(other if one == month else one for one in files.files)
    digests = tuple(
        "changed" if one == month else digest
        for one, digest in zip(files.files, files.digests, strict=True)
    )
    before = os.times()
    begun = time.perf_counter()
    outturn(InFiles(swapped, files.sources, digests, files.rows), folder, afresh=False)
    after = os.times()
    cpu = after.user + after.system - before.user - before.system
    return {"cpu": cpu, "wall": time.perf_counter() - begun}


def same_rows(folder: Path) -> int:
    """How many figures there are; one that differs ends the benchmark."""
    ours, theirs = (pl.read_parquet(folder / f"{name}.parquet") for name in ("outturn", "by hand"))
    both = ours.join(theirs, on=KEYS, how="full", coalesce=True, suffix="_by_hand")
    different = both.filter(
        pl.col("numerator").ne_missing(pl.col("numerator_by_hand"))
        | pl.col("denominator").ne_missing(pl.col("denominator_by_hand"))
    )
    if different.height:
        raise SystemExit(f"{different.height} figures differ, such as {different.row(0)}")
    return both.height


if __name__ == "__main__":
    sys.exit(main())
