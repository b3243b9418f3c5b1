"""How long `outturn check-extract` takes: 500,000 rows of client level data, 1% of them at fault.

The file is made up by the generator of the tests, faults are planted in every hundredth row, and
the command is run as a person runs it, in a Python of its own: reading the CSV, judging every field
of every row, every rule, and writing the workbook.
"""

from __future__ import annotations

import importlib.util
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import polars as pl

PEOPLE = 105_000  # of whom the generator makes about 4.8 rows each
LIMIT = 20.0  # seconds, on 2 cores
TESTS = Path(__file__).resolve().parents[1] / "tests" / "unit" / "ingest" / "extract_check"
# A column, and what is put into it: faults of several kinds, as councils' files have them.
FAULTS = {
    "Event End Date": "2020-01-01",
    "NHS Number": "4000000000",
    "Date of Birth": "1900-01-01",
    "Postcode": "none",
    "Event Outcome": None,
    "Client Type": "Customer",
    "Ethnicity": "White Irish",
    "Accommodation Status": "registered CARE home",
    "Unit Cost": "-5",
    "Service Component": None,
}


def extract(path: Path, people: int) -> int:
    """Writes the file; how many rows it has."""
    found = importlib.util.spec_from_file_location("clean_extract", TESTS / "clean_extract.py")
    assert found and found.loader
    generator = importlib.util.module_from_spec(found)
    found.loader.exec_module(generator)
    frame: pl.DataFrame = generator.clean_extract(people)
    random = np.random.default_rng(20260331)
    kind = pl.Series(random.integers(0, 100 * len(FAULTS), frame.height))
    frame.with_columns(
        pl.when(pl.lit(kind) == number).then(pl.lit(text, pl.String)).otherwise(name).alias(name)
        for number, (name, text) in enumerate(FAULTS.items())
    ).write_csv(path)
    return frame.height


def main() -> int:
    people = int(float(sys.argv[1]) * PEOPLE) if len(sys.argv) > 1 else PEOPLE
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "cld.csv"
        rows = extract(file, people)
        megabytes = file.stat().st_size / 1e6
        outturn = str(Path(sys.executable).with_name("outturn"))
        command = [outturn, "check-extract", str(file), "--as-of", "2026-04-20", "--json"]
        begun = time.perf_counter()
        done = subprocess.run(command, check=False, capture_output=True, text=True)
        seconds = time.perf_counter() - begun
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        if done.returncode != 12:
            raise SystemExit(done.stderr)
        told = json.loads(done.stdout)
        book = (Path(folder) / "cld-findings.xlsx").stat().st_size / 1e6
    found = sum(one["records"] for one in told["rules"])
    print(f"rows               {rows:10,}   ({megabytes:.0f} MB of CSV)")
    print(f"findings           {found:10,}   of {len(told['rules'])} rules ({book:.1f} MB)")
    print(f"seconds            {seconds:10.1f}   (at most {LIMIT:g} on 2 cores)")
    print(f"processor seconds  {used.ru_utime + used.ru_stime:10.1f}   on {os.cpu_count()} cores")
    print(f"peak memory        {used.ru_maxrss / 1e6:10.2f} GB")
    return int(seconds > LIMIT)


if __name__ == "__main__":
    sys.exit(main())
