"""Run by the tests in a process of its own: keeps vintages of a few MB, one after another.

Every row of a vintage says the same number, that of its argument `number`, so that a reader can
tell figures of one vintage from figures of another.
"""

from __future__ import annotations

import itertools
import os
import sys
from pathlib import Path

import numpy as np
import polars as pl

from outturn.terms.records import VALUES, VERDICTS, Fingerprint, fitted
from outturn.vintages import Vintage, keep

ROWS = 40_000


def vintage(number: int, noise: pl.DataFrame) -> Vintage:
    told = noise.with_columns(rows=pl.lit(number), goal_low=pl.lit(float(number)))
    return Vintage(
        inputs=(Fingerprint("data/a.csv", 1, "a" * 64),),
        definitions=(("framework/measures/a.toml", 'title = "A"\n'),),
        arguments=(("number", str(number)),),
        software="outturn",
        values=fitted(told, VALUES),
        verdicts=fitted(told, VERDICTS),
        built_at=f"{number:09}",
    )


def main(store: Path, first: int, last: int) -> None:
    chance = np.random.default_rng(1)
    noise = pl.DataFrame(
        {
            "measure": [f"m{n:06}" for n in range(ROWS)],
            "value": chance.random(ROWS),
            "numerator": chance.random(ROWS),
            "denominator": chance.random(ROWS),
        }
    )
    parent = os.getppid()
    print("ready", flush=True)  # noqa: T201
    for number in itertools.count(first) if last < 0 else range(first, last):
        keep(store, vintage(number, noise))
        if os.getppid() != parent:
            return  # the test was stopped: leave nothing running behind it


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
