"""The Scottish series of delayed discharges, made again from delays of single people.

The people are made up so that their days add up to the published figures: for each council, age
group and reason, one bed is filled for as many months in a row as the figures allow, then the next,
and what is left of a month is one short delay. So delays of all lengths occur, and the rules that
divide them by month are at work.
"""

from __future__ import annotations

import gzip
import tomllib
from calendar import monthrange
from datetime import date, timedelta
from importlib import resources
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from outturn.contracts import read_contracts
from outturn.databases import DuckDB
from outturn.engine import sql_engine
from outturn.framework.measures import read_measure
from outturn.framework.model import Measure, Place
from outturn.framework.section import Section
from outturn.ingest.derivations.derive import derive
from outturn.ingest.derivations.methods import read_methods
from outturn.terms.period import APRIL
from outturn.terms.records import WHOLE

pytestmark = pytest.mark.published

FILE = "scotland/phs_delayed_discharge_beddays_council_monthly.csv.gz"
SCOTLAND, UNKNOWN = "S92000003", "Other"
CODES = {
    "Health and Social Care Reasons": ("11A", "25D", "24A", None),
    "Patient and Family Related Reasons": ("71", "051", "61"),
    "Code 9 AWI": ("51X",),
    "Code 9 Non-AWI": ("24DX", "26X", "46x"),
}
AGES = {"18-74": 64, "75plus": 75}


@pytest.fixture(scope="module")
def published(data: Path) -> pl.DataFrame:
    """Bed days by council, first day of the month, age group and reason, totals included."""
    with gzip.open(data / FILE) as file:
        found = pl.read_csv(file, schema_overrides={"date": pl.Date})
    return found.select(
        pl.col("ltla_code").fill_null(UNKNOWN).alias("place"),
        pl.col("date").alias("month"),
        "age_group",
        pl.col("delay_reason").alias("reason_group"),
        pl.col("num_delayed_bed_days").alias("bed_days"),
        "average_daily_delayed_beds",
    )


@pytest.fixture(scope="module")
def delays(published: pl.DataFrame) -> pl.DataFrame:
    """People's delays whose days add up to the parts of the published figures."""
    parts = published.filter(
        pl.col("reason_group").is_in(list(CODES)),
        pl.col("age_group").is_in(list(AGES)),
        pl.col("place") != SCOTLAND,
    ).sort("month")
    rows: list[tuple[object, ...]] = []
    for (place, age, group), series in parts.group_by(
        ["place", "age_group", "reason_group"], maintain_order=True
    ):
        for ready_on, left_on in _filled(series["month"].to_list(), series["bed_days"].to_list()):
            code = CODES[str(group)][len(rows) % len(CODES[str(group)])]
            coded = ("9", code) if str(group).startswith("Code 9") else (code, None)
            number = len(rows)
            rows.append((place, f"p{number}", f"d{number}", ready_on, left_on, *coded,
                         AGES[str(age)], "made", number))  # fmt: skip
    contracts, _ = read_contracts(None)
    names = ["place", "person", "delay", "ready_on", "discharged_on", "reason",
             "secondary_reason", "age_when_ready", "source", "row"]  # fmt: skip
    kinds = {**contracts["delays"].schema, "source": pl.String, "row": pl.Int64}
    frame = pl.DataFrame(rows, schema={n: kinds[n] for n in names}, orient="row")
    return frame.with_columns(
        pl.lit(None, kind).alias(n) for n, kind in kinds.items() if n not in frame.columns
    ).select(list(kinds))


def _filled(months: list[date], bed_days: list[int]) -> list[tuple[date, date]]:
    """From readiness to leaving: beds filled for whole months in a row, and the days left over."""
    lengths = np.array([monthrange(one.year, one.month)[1] for one in months])
    full, rest = np.divmod(np.array(bed_days), lengths)
    spans = []
    for layer in range(1, int(full.max(initial=0)) + 1):
        covered = np.concatenate([[False], full >= layer, [False]])
        edges = np.flatnonzero(covered[1:] != covered[:-1])
        for first, after in zip(edges[::2], edges[1::2], strict=True):
            last = months[after - 1]
            end = last.replace(day=monthrange(last.year, last.month)[1])
            spans.append((months[first] - timedelta(days=1), end))
    short = zip(months, rest, strict=True)
    return spans + [
        (month - timedelta(days=1), month + timedelta(days=int(days) - 1))
        for month, days in short
        if days
    ]


@pytest.fixture(scope="module")
def counted(delays: pl.DataFrame, published: pl.DataFrame) -> pl.DataFrame:
    """Counts of the national measures, from the delays, by the code that counts everything."""
    contracts, _ = read_contracts(None)
    methods, mistakes = read_methods({})
    assert not mistakes
    as_of = date(2026, 3, 31)
    with DuckDB() as database:
        made = derive(["delay_bed_days", "delay_bed_days_by_reason"], {"delays": delays},
                      methods=methods, contracts=contracts, as_of=as_of,
                      database=database)  # fmt: skip
    codes = [c for c in published["place"].unique() if c != SCOTLAND]
    places = {c: Place(c, c, "council", {"nation": SCOTLAND}) for c in codes}
    places[SCOTLAND] = Place(SCOTLAND, "Scotland", "nation")
    return sql_engine.count(
        [_measure("all"), _measure("standard"), _measure("code_9")],
        made,
        contracts=contracts,
        places=places,
        hierarchy="nation",
        calendar=APRIL,
        as_of=as_of,
    )


def _measure(which: str) -> Measure:
    name = f"msg_4_delayed_discharge_bed_days_{which}"
    file = resources.files("outturn.framework") / "library" / "msg" / "measures" / f"{name}.toml"
    section = Section(tomllib.loads(file.read_text(encoding="utf-8")), name, [])
    measure = read_measure(section, name)
    assert not section.mistakes, section.mistakes
    return measure


@pytest.mark.parametrize(
    ("breakdown", "column", "total", "figures"),
    [("age", "age_group", "18plus", 7480), ("reason", "reason_group", "All Delay Reasons", 14960)],
)
def test_the_parts_are_the_published_ones(
    counted: pl.DataFrame,
    published: pl.DataFrame,
    breakdown: str,
    column: str,
    total: str,
    figures: int,
) -> None:
    whole = {"age_group": "18plus", "reason_group": "All Delay Reasons"}
    [name] = whole.keys() - {column}
    wanted = published.filter(pl.col(name) == whole[name], pl.col(column) != total)
    assert _compared(counted, wanted, breakdown, column) == figures


def test_the_totals_are_the_published_ones(counted: pl.DataFrame, published: pl.DataFrame) -> None:
    wanted = published.filter(
        pl.col("age_group") == "18plus", pl.col("reason_group") == "All Delay Reasons"
    )
    assert _compared(counted, wanted, WHOLE, None) == 3740
    daily = wanted.with_columns(length=pl.col("month").dt.days_in_month())
    halves = (2 * pl.col("bed_days") + pl.col("length")) // (2 * pl.col("length"))
    rounded = daily.select(halves == pl.col("average_daily_delayed_beds")).to_series()
    assert rounded.all(), "average daily beds are bed days over days, half upwards"


def test_standard_and_code_9_add_up_to_all(counted: pl.DataFrame) -> None:
    whole = counted.filter(pl.col("breakdown") == WHOLE, pl.col("period").str.ends_with("P1M"))
    wide = whole.pivot("measure", index=["place", "period"], values="numerator").fill_null(0)
    parts = wide["msg_4_delayed_discharge_bed_days_standard"]
    parts = parts + wide["msg_4_delayed_discharge_bed_days_code_9"]
    assert (wide["msg_4_delayed_discharge_bed_days_all"] == parts).all()


def _compared(
    counted: pl.DataFrame, wanted: pl.DataFrame, breakdown: str, column: str | None
) -> int:
    """How many published figures were made again to the digit; zero where nobody was delayed."""
    mine = counted.filter(
        pl.col("measure") == "msg_4_delayed_discharge_bed_days_all",
        pl.col("breakdown") == breakdown,
        pl.col("period").str.ends_with("P1M"),
    ).select(
        "place",
        pl.col("period").str.slice(0, 10).str.to_date().alias("month"),
        pl.col("category").alias(column or "reason_group"),
        "numerator",
    )
    keys = ["place", "month", *([column] if column else [])]
    both = wanted.join(mine.select(*keys, "numerator"), on=keys, how="left")
    wrong = both.filter(pl.col("numerator").fill_null(0) != pl.col("bed_days"))
    assert wrong.is_empty(), f"{wrong.height} figures differ"
    return both.height
