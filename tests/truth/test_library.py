"""Every measure of the library that is counted from records, against what the simulator knows.

The simulator decides what happens to its people and writes down the true counts before it writes a
record. Here the records of whole councils are read, derived and counted, as a build does it, and
the Counts must be the true ones, in every period and part that the truth has.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from outturn.commands.counting import counts
from outturn.commands.deriving import with_derived
from outturn.commands.folder import sound_folder
from outturn.commands.simulate import simulate
from outturn.framework import Partnership
from outturn.framework.model import Measure
from outturn.ingest import ingest

SEEDS = (1, 2, 3)
PEOPLE = 2_000
ALL = "all"


@dataclass(frozen=True)
class Told:
    """Which truth a measure must equal: its name, the part of it, and how breakdowns are called.

    `side` is what the truth knows of the measure: both counts, or the numerator alone. A
    percentile is told in hundredths of a day.
    """

    truth: str
    part: tuple[str, str] = (ALL, ALL)
    breakdowns: dict[str, str] = field(default_factory=dict)
    side: str = "both"


def top(truth: str, part: tuple[str, str] = (ALL, ALL), **breakdowns: str) -> Told:
    return Told(truth, part, breakdowns, "numerator")


TOLD: dict[str, Told] = {}


@pytest.fixture(scope="module", params=SEEDS)
def council(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory):
    """The Counts of a council's library, and the truths."""
    folder = tmp_path_factory.mktemp("council") / "one"
    simulate(folder, people=PEOPLE, seed=request.param, untidy=True)
    return _counted(folder)


def _counted(folder: Path) -> tuple[Partnership, pl.DataFrame, pl.DataFrame]:
    opened = sound_folder(folder)
    partnership, contracts = opened.partnership, opened.contracts
    as_of = partnership.as_of or date.today()
    ingested = ingest(folder, partnership, contracts)
    assert not ingested.mistakes
    ingested = with_derived(ingested, partnership, contracts, as_of)
    found, _ = counts(partnership, contracts, ingested, as_of)
    truths = [pl.read_csv(one) for one in sorted((folder / "truth").glob("*.csv"))]
    return partnership, found, pl.concat(truths)


def counted_from_records(partnership: Partnership) -> dict[str, Measure]:
    return {id: one for id, one in partnership.measures.items() if one.numerator}


def test_every_measure_of_the_library_is_told(council) -> None:
    partnership, _, truths = council
    lacking = sorted(set(counted_from_records(partnership)) - set(TOLD))
    assert not lacking, f"no truth is named for {', '.join(lacking)}"
    assert {one.truth for one in TOLD.values()} <= set(truths["measure"])
