"""Those that are open, counted again after some files changed: as if counted for the first time."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from random import Random

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from outturn.contracts import Contract, Field
from outturn.databases import DuckDB, InFiles, Sql
from outturn.engine import plain_engine, sql_engine
from outturn.engine.shards import Memory
from outturn.framework.model import Breakdown, Condition, Measure, Place, Tally
from outturn.ingest.store import Store, digest_of
from outturn.terms.period import APRIL

FIRST = date(2020, 4, 1)
READINGS = 6  # people by month and by quarter, rows, and the evidence of each
CARE = Contract(
    name="care",
    place="place",
    period="began",
    fields=(
        Field("place"),
        Field("person"),
        Field("kind"),
        Field("sex"),
        Field("began", "date"),
        Field("ended", "date"),
    ),
)
PLACES = {
    "a": Place("a", "A", "town", {"main": "c"}),
    "b": Place("b", "B", "town", {"main": "c"}),
    "c": Place("c", "C", "county"),
}


def measures() -> list[Measure]:
    """All the kinds that share their runs, and those that do not."""
    sexes = (Breakdown("sex", "sex", ("F", "M")),)
    people = Tally("care", "open", "person", opens="began", closes="ended")
    home = (Condition("kind", "is", ("home",)),)
    rows = Tally("care", "open", "", home, opens="began", closes="ended", last_day=True)

    def one(id: str, tally: Tally, frequency: str = "month", roll_up: str = "none") -> Measure:
        return Measure(
            id=id, title=id, definition="1", kind="count", unit="", aim="none", numerator=tally,
            frequency=frequency, roll_up=roll_up, breakdowns=sexes,
        )  # fmt: skip

    return [
        one("people", people),
        one("home", Tally(**{**_fields(people), "where": home}), roll_up="last"),
        one("rows", rows),
        one("quarters", people, "quarter"),
        one("ever", people, "month", "sum"),
    ]


def _fields(tally: Tally) -> dict[str, object]:
    return {name: getattr(tally, name) for name in Tally.__dataclass_fields__}


def month(random: Random, number: int, rows: int) -> pl.DataFrame:
    began = [FIRST + timedelta(days=30 * number + random.randrange(28)) for _ in range(rows)]
    ended = [
        random.choice([None, one, one + timedelta(days=random.randrange(1, 300))]) for one in began
    ]
    return pl.DataFrame(
        {
            "place": [random.choice(["a", "a", "b", "c"]) for _ in began],
            "person": [random.choice([None, *(f"p{n}" for n in range(12))]) for _ in began],
            "kind": [random.choice(["home", "away"]) for _ in began],
            "sex": [random.choice(["F", "M", None]) for _ in began],
            "began": began,
            "ended": ended,
            "source": ["s"] * rows,
        },
        schema={**CARE.schema, "source": pl.String},
    )


class Watched(DuckDB):
    """DuckDB that remembers the steps that it was asked for."""

    def __init__(self, reads: Sequence[Path]) -> None:
        super().__init__(threads=1, reads=reads)
        self.steps: list[str] = []

    def rows(self, step: str, query: Sql) -> pl.DataFrame:
        self.steps.append(step)
        return super().rows(step, query)

    @property
    def runs_made(self) -> int:
        return sum(step.startswith("runs ") for step in self.steps)


@dataclass
class Files:
    """Months in files, as they are now."""

    folder: Path
    months: list[pl.DataFrame]
    made: int = 0
    as_of: date = date(2021, 3, 31)
    steps: list[str] = field(default_factory=list)

    def table(self) -> InFiles:
        files = []
        for one in self.months:
            self.made += 1
            files.append(self.folder / f"{self.made}.parquet")
            one.write_parquet(files[-1])
        return InFiles(tuple(files), ("s",) * len(files), tuple(digest_of(one) for one in files))

    def counted(self, memory: Memory | None) -> tuple[pl.DataFrame, Watched]:
        with Watched([self.folder]) as database:
            found = sql_engine.count(
                measures(), {"care": self.table()}, contracts={"care": CARE}, places=PLACES,
                hierarchy="main", calendar=APRIL, as_of=self.as_of, database=database,
                memory=memory,
            )  # fmt: skip
            return found, database

    def judged(self) -> pl.DataFrame:
        rows = pl.concat(self.months).to_dicts()
        return plain_engine.count(
            measures(), {"care": rows}, contracts={"care": CARE}, places=PLACES,
            hierarchy="main", calendar=APRIL, as_of=self.as_of,
        )  # fmt: skip


def drawn(folder: Path, seed: int, months: int = 5, rows: int = 20) -> Files:
    random = Random(seed)
    return Files(folder, [month(random, number, rows) for number in range(months)])


# What may happen between two builds.


def changed(files: Files, random: Random) -> None:
    number = random.randrange(len(files.months))
    one = files.months[number]
    kept = one.filter(pl.Series([random.random() < 0.8 for _ in range(one.height)]))
    files.months[number] = pl.concat([kept, month(random, number, 2)])


def another(files: Files, random: Random) -> None:
    files.months.append(month(random, len(files.months), 9))


def dropped(files: Files, random: Random) -> None:
    if len(files.months) > 2:
        files.months.pop(random.choice([0, -1]))


def later(files: Files, random: Random) -> None:
    files.as_of += timedelta(days=random.choice([30, 61, 92]))


def earlier(files: Files, random: Random) -> None:
    files.as_of -= timedelta(days=random.choice([30, 61, 92]))


def nothing(files: Files, random: Random) -> None:
    pass


HAPPENINGS = [changed, changed, another, dropped, later, earlier, nothing]


@given(
    seed=st.integers(0, 10_000),
    happenings=st.lists(st.sampled_from(HAPPENINGS), min_size=1, max_size=3),
)
@settings(max_examples=max(settings.default.max_examples // 10, 1))
def test_whatever_happens_the_figures_are_those_of_a_first_count(seed, happenings) -> None:
    random = Random(seed)
    with tempfile.TemporaryDirectory() as name:
        files = drawn(Path(name), seed)
        memory = Memory(Store(Path(name) / "kept"), "this")
        files.counted(memory)
        for happening in happenings:
            happening(files, random)
            found, _ = files.counted(memory)
            assert_frame_equal(found, files.judged(), check_exact=True)


@pytest.fixture
def built(tmp_path: Path) -> tuple[Files, Memory]:
    files = drawn(tmp_path, 1)
    memory = Memory(Store(tmp_path / "kept"), "this")
    _, database = files.counted(memory)
    readings = database.runs_made // len(files.months)
    assert readings == READINGS
    return files, memory


def test_only_the_runs_of_changed_files_are_made_again(built: tuple[Files, Memory]) -> None:
    files, memory = built
    changed(files, Random(2))
    found, database = files.counted(memory)
    assert database.runs_made == READINGS
    assert_frame_equal(found, files.judged(), check_exact=True)


def test_a_new_month_leaves_the_runs_of_the_others(built: tuple[Files, Memory]) -> None:
    files, memory = built
    another(files, Random(2))
    later(files, Random(2))
    found, database = files.counted(memory)
    assert database.runs_made == READINGS
    assert_frame_equal(found, files.judged(), check_exact=True)


def test_runs_that_are_gone_or_harmed_are_made_again(built: tuple[Files, Memory]) -> None:
    files, memory = built
    for number, kept in enumerate(
        sorted((files.folder / "kept" / "tables").glob("*.runs.parquet"))
    ):
        if number % 3 == 0:
            kept.unlink()
        elif number % 3 == 1:
            kept.write_bytes(b"harmed")
    changed(files, Random(3))
    found, _ = files.counted(memory)
    assert_frame_equal(found, files.judged(), check_exact=True)
