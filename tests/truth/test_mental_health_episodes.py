"""Unplanned days in mental health beds, of a council whose records tell its episodes again.

The simulator knows each stay once. Here its records get more, by every rule of the national chain
for duplicates, and the figures must still be the true ones. They are made here and not by
`outturn simulate --untidy`, because other measures count the same records, and have no such rules:
theirs would truly be wrong.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from outturn.commands.deriving import with_derived
from outturn.commands.folder import sound_folder
from outturn.commands.simulate import simulate
from outturn.engine import sql_engine
from outturn.ingest import ingest
from outturn.ingest.derivations import left_out

pytestmark = pytest.mark.slow

MEASURE = "msg_2c_unplanned_bed_days_mental_health"
RULES = {
    left_out.SAME_DATES, left_out.OPEN_AND_CLOSED, left_out.ADMITTED_AGAIN, left_out.INSIDE_ANOTHER,
    left_out.OPEN_IN_AN_EARLIER, left_out.SAME_ADMISSION, left_out.SAME_DISCHARGE,
}  # fmt: skip
ADMITTED, DISCHARGED = pl.col("admitted_on"), pl.col("discharged_on")
DAY = pl.duration(days=1)
STILL = pl.lit(None, dtype=pl.Date)


def told_again(stays: pl.DataFrame) -> pl.DataFrame:
    """Records more of the unplanned stays in mental health beds, none of which is a stay."""
    episodes = stays.filter(kind="mental health", admission="emergency")
    last = ADMITTED.max().over("person") == ADMITTED
    ended, lasting = DISCHARGED.is_not_null(), DISCHARGED.is_null()
    long = ended & (DISCHARGED > ADMITTED + 3 * DAY)
    more = [
        episodes,  # once more as they are
        episodes.filter(ended).with_columns(discharged_on=STILL),
        episodes.with_columns(admitted_on=ADMITTED - DAY, discharged_on=STILL),
        episodes.filter(long).with_columns(ADMITTED + DAY, DISCHARGED - DAY),
        episodes.filter(long).with_columns(DISCHARGED - DAY),
        episodes.filter(long).with_columns(ADMITTED + DAY),
        episodes.filter(last & long).with_columns(ADMITTED + 2 * DAY, discharged_on=STILL),
        episodes.filter(lasting).with_columns(pl.lit("transfer").alias("admission")),
    ]
    return pl.concat(more).with_columns(stay=pl.format("again-{}", pl.int_range(pl.len())))


@pytest.mark.parametrize("seed", [4, 5])
def test_records_that_tell_an_episode_again_change_no_figure(seed: int, tmp_path: Path) -> None:
    folder = tmp_path / "council"
    simulate(folder, people=2_000, seed=seed, nation="scotland")
    file = folder / "data" / "hospital_stays.csv"
    stays = pl.read_csv(file, infer_schema=False).with_columns(
        pl.col("admitted_on", "discharged_on").str.to_date()
    )
    again = told_again(stays)
    pl.concat([stays, again]).write_csv(file)

    opened = sound_folder(folder)
    partnership, contracts = opened.partnership, opened.contracts
    as_of = partnership.as_of or date.today()
    ingested = with_derived(ingest(folder, partnership, contracts), partnership, contracts, as_of)
    made = ingested.tables["mental_health_bed_days"]
    assert set(made["left_out"].drop_nulls()) >= RULES
    counts = sql_engine.count(
        [partnership.measures[MEASURE]], ingested.every, contracts=contracts,
        places=partnership.places, hierarchy=partnership.hierarchy,
        calendar=partnership.calendar, as_of=as_of,
    )  # fmt: skip
    found = {row[:2]: row[2] for row in counts.select("place", "period", "numerator").rows()}
    truths = pl.concat([pl.read_csv(one) for one in sorted((folder / "truth").glob("*.csv"))])
    true = truths.filter(measure=MEASURE)
    assert true.height > 50
    for place, period, days in true.select("place", "period", "numerator").rows():
        assert (found.get((place, period)) or 0) == days, period
    twice = ingested.tables["stay_bed_days"].filter(kind="mental health", admission="emergency")
    kept = made.filter(pl.col("left_out").is_null())
    assert twice["bed_days"].sum() > 2 * kept["bed_days"].sum() > 0
