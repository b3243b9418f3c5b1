"""Stays split at random into episodes and joined again are the stays they were.

The simulator knows each stay once. Here its records tell each as one to four episodes, which meet
on a day inside it: the stays that are made of them must be the same cell by cell, and every figure
of a folder that holds the episodes in their place must be the figure of the stays. So it is by
markers, by provider spells of which each stay has two, by transfers that are told up to two days
apart from the discharge, and by days alone.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from random import Random

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from outturn.commands.counting import counts
from outturn.commands.deriving import with_derived
from outturn.commands.folder import sound_folder
from outturn.commands.simulate import simulate
from outturn.contracts import read_contracts
from outturn.databases import DuckDB
from outturn.ingest import ingest
from outturn.ingest.derivations.derive import derive
from outturn.ingest.derivations.methods import read_methods
from outturn.terms.records import KEYS

pytestmark = pytest.mark.slow

CONTRACTS, _ = read_contracts(None)
METHODS, _ = read_methods({})
SEEDS = {"england": 6, "scotland": 7}
AS_OF = date(2026, 5, 5)
LINE = ("place", "person", "kind")
DAY = pl.duration(days=1)
Split = Callable[[Random, pl.DataFrame], pl.DataFrame]


@pytest.fixture(scope="module", params=sorted(SEEDS))
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("stays") / request.param
    simulate(made, people=1_500, seed=SEEDS[request.param], nation=request.param)
    return made


def stays_of(folder: Path) -> pl.DataFrame:
    contract = CONTRACTS["hospital_stays"]
    texts = pl.read_csv(folder / "data" / "hospital_stays.csv", infer_schema=False)
    return texts.select(
        pl.col(name).str.to_date()
        if kind == pl.Date
        else pl.col(name).replace_strict({"true": True, "false": False}, default=None)
        if kind == pl.Boolean
        else pl.col(name).cast(kind)
        for name, kind in contract.schema.items()
        if name in texts.columns
    )


def pieces(random: Random, stays: pl.DataFrame) -> pl.DataFrame:
    """Each stay as one to four rows, with `nth` of `many`, that meet on days inside it."""
    lines: list[tuple[int, int, int, date, date | None]] = []
    for index, (first, last) in enumerate(stays.select("admitted_on", "discharged_on").rows()):
        until = last or first.replace(year=first.year + 1, day=1)
        inside = [random.randint(first.toordinal(), until.toordinal()) for _ in range(3)]
        days = [date.fromordinal(one) for one in sorted(inside[: random.randrange(4)])]
        begins, ends = [first, *days], [*days, last]
        each = zip(begins, ends, strict=True)
        lines += [(index, nth, len(begins), *one) for nth, one in enumerate(each, start=1)]
    kinds = {"index": pl.Int64, "nth": pl.Int64, "many": pl.Int64, "admitted_on": pl.Date,
             "discharged_on": pl.Date}  # fmt: skip
    parts = pl.DataFrame(lines, schema=kinds, orient="row")
    whole = stays.with_row_index("index").drop("admitted_on", "discharged_on")
    return parts.join(whole.cast({"index": pl.Int64}), on="index", maintain_order="left")


def told(parts: pl.DataFrame, *, transfers: bool) -> pl.DataFrame:
    """Episodes of the pieces: the first has the admission of the stay, the last its discharge."""
    first, last = pl.col("nth") == 1, pl.col("nth") == pl.col("many")
    between = "other hospital" if transfers else None
    number = pl.when(first).then("stay").otherwise(pl.format("{}+{}", "stay", "nth"))
    return parts.with_columns(
        number.alias("episode"),
        pl.col("nth").alias("number"),
        admission=pl.when(first).then("admission").otherwise(
            pl.lit("transfer") if transfers else pl.lit("planned")
        ),
        hospital=pl.when(first).then("hospital").otherwise(pl.lit("Elsewhere")),
        admitted_from=pl.when(first).then("admitted_from").otherwise(pl.lit(between)),
        destination=pl.when(last).then("destination").otherwise(pl.lit(between)),
        response_minutes=pl.when(first).then("response_minutes"),
        fall=pl.when(last).then("fall").otherwise(False),
        sex=pl.when(first).then("sex"),
        born_on=pl.when(last).then("born_on"),
    )  # fmt: skip


def by_marker(random: Random, stays: pl.DataFrame) -> pl.DataFrame:
    """Numbered from 1 in each line, as Scotland's are; nothing else tells what belongs where."""
    numbers = pl.col("admitted_on").rank("ordinal").over(LINE).cast(pl.String)
    marked = stays.with_columns(continuous_stay=numbers)
    return told(pieces(random, marked), transfers=False)


def by_spell(random: Random, stays: pl.DataFrame) -> pl.DataFrame:
    """The first two episodes of a stay are one spell, the others another, by transfer."""
    episodes = told(pieces(random, stays), transfers=True)
    return episodes.with_columns(spell=pl.format("{}/{}", "stay", pl.col("nth") > 2))


def by_transfer(random: Random, stays: pl.DataFrame) -> pl.DataFrame:
    """An episode begins up to two days after the last, where it lasts so long."""
    episodes = told(pieces(random, stays), transfers=True)
    late = pl.Series("late", [random.randint(0, 2) for _ in range(episodes.height)])
    begins = pl.col("admitted_on") + pl.duration(days=late)
    room = begins <= pl.coalesce("discharged_on", begins)
    return episodes.with_columns(
        admitted_on=pl.when((pl.col("nth") > 1) & room).then(begins).otherwise("admitted_on")
    )


def by_day(random: Random, stays: pl.DataFrame) -> pl.DataFrame:
    return told(pieces(random, stays), transfers=False)


def apart(stays: pl.DataFrame) -> pl.DataFrame:
    """The stays of people whose stays in beds of one kind the rule would not join as they are."""
    lined = stays.sort(*LINE, "admitted_on", "discharged_on", nulls_last=True)
    before = pl.col("discharged_on").shift(1).over(LINE)
    gap = (pl.col("admitted_on") - before).dt.total_days()
    open_before = before.is_null() & pl.col("admitted_on").shift(1).over(LINE).is_not_null()
    other = pl.col("destination").shift(1).over(LINE) == "other hospital"
    moved = (pl.col("admission") == "transfer") | (pl.col("admitted_from") == "other hospital")
    meets = open_before | (gap < 0) | ((moved | other.fill_null(False)) & (gap <= 2))
    joined = lined.filter(meets.fill_null(False))["person"]
    return stays.filter(~pl.col("person").is_in(joined.implode()))


WAYS: dict[str, Split] = {
    "markers": by_marker, "spells": by_spell, "transfers": by_transfer, "days": by_day,
}  # fmt: skip


def joined(episodes: pl.DataFrame) -> pl.DataFrame:
    contract = CONTRACTS["hospital_episodes"]
    lacking = [pl.lit(None, kind).alias(name) for name, kind in contract.schema.items()
               if name not in episodes.columns]  # fmt: skip
    rows = episodes.with_columns(*lacking, source=pl.lit("a")).with_row_index("row", offset=1)
    rows = rows.select(
        *(pl.col(name).cast(kind) for name, kind in contract.schema.items()),
        "source", pl.col("row").cast(pl.Int64),
    )  # fmt: skip
    with DuckDB(threads=1) as database:
        made = derive(["hospital_stays"], {"hospital_episodes": rows}, methods=METHODS,
                      contracts=CONTRACTS, as_of=AS_OF, database=database)  # fmt: skip
    return made["hospital_stays"]


@pytest.mark.parametrize("way", WAYS)
def test_stays_that_are_split_and_joined_again_are_what_they_were(way: str, folder: Path) -> None:
    every = stays_of(folder)
    stays = every if way == "markers" else apart(every)
    assert stays.height > every.height * 0.8
    episodes = WAYS[way](Random(way), stays)
    assert episodes.height > stays.height * 1.5
    found = joined(episodes.sample(fraction=1, shuffle=True, seed=3))
    assert_frame_equal(found.select(stays.columns).sort("stay"), stays.sort("stay"))


def test_every_figure_of_a_folder_of_episodes_is_that_of_its_stays(
    folder: Path, tmp_path: Path
) -> None:
    """Without a definition of its own: the measures count what is derived in the place of the
    stays, whether it is a bed day, a readmission, a last half year or what became of reablement."""
    other = tmp_path / "episodes"
    shutil.copytree(folder, other)
    stays = stays_of(folder)
    episodes = by_marker(Random(1), stays).drop("index", "nth", "many", "stay")
    (other / "data" / "hospital_stays.csv").unlink()
    episodes.write_csv(other / "data" / "hospital_episodes.csv")
    sources = other / "data" / "sources.toml"
    text = sources.read_text(encoding="utf-8")
    sources.write_text(text.replace("hospital_stays", "hospital_episodes"), encoding="utf-8")

    of_stays, measures = counted(folder)
    of_episodes, _ = counted(other)
    assert_frame_equal(of_episodes, of_stays)
    assert set(of_stays["measure"]) >= {"ni_14", "msg_2a_unplanned_bed_days_acute"} & measures


def counted(folder: Path) -> tuple[pl.DataFrame, set[str]]:
    opened = sound_folder(folder)
    partnership, contracts = opened.partnership, opened.contracts
    as_of = partnership.as_of or date.today()
    ingested = ingest(folder, partnership, contracts)
    assert not ingested.mistakes
    ingested = with_derived(ingested, partnership, contracts, as_of)
    found, _ = counts(partnership, contracts, ingested, as_of)
    columns = (*KEYS, "numerator", "denominator", "why")
    # A reason may name the extract in which something is lacking.
    found = found.with_columns(pl.col("why").str.replace_all("Hospital episodes", "Hospital stays"))
    return found.select(*columns).sort(*KEYS), set(partnership.measures)
