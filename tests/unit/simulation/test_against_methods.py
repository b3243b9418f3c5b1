"""The truths, told by the world, are what the methods find in the records of another few seeds.

The two know nothing of one another: where they differ, one of them is wrong.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import polars as pl
import pytest

from outturn.contracts import read_contracts
from outturn.databases import DuckDB
from outturn.ingest.derivations.derive import derive
from outturn.ingest.derivations.methods import read_methods
from outturn.simulation import RECEIVED, Council, Window, council
from outturn.terms.written_periods import parse

CONTRACTS, _ = read_contracts(None)
METHODS, _ = read_methods({})
Found = Callable[[pl.DataFrame], tuple[int, int | None]]


def share(flag: str) -> Found:
    return lambda rows: (int(rows[flag].cast(pl.Int64).sum()), rows.height)


def total(column: str) -> Found:
    return lambda rows: (int(rows[column].sum()), None)


def people(rows: pl.DataFrame) -> tuple[int, None]:
    return rows["person"].n_unique(), None


# measure -> the derived table, the day on which a row counts, which rows, and what is counted
TOLD: dict[str, tuple[str, str, list[pl.Expr], Found]] = {
    "2a_no_further_support_after_reablement": (
        "reablement_outcomes", "ended_on", [], share("independent"),
    ),
    "2a_no_further_support_after_reablement_2023_24": (
        "reablement_outcomes_2023_24", "ended_on", [], share("independent"),
    ),
    "2b_care_home_admissions_18_64": (
        "care_home_admissions", "admitted_on", [pl.col("age_group") == "18-64"], people,
    ),
    "2c_care_home_admissions_65": (
        "care_home_admissions", "admitted_on", [pl.col("age_group") == "65plus"], people,
    ),
    "2c_care_home_admissions_65_intended": (
        "care_home_admissions_intended", "admitted_on",
        [pl.col("age_group") == "65plus"], people,
    ),
    "2d_1_still_at_home_after_reablement_65": (
        "reablement_discharges", "discharged_on", [pl.col("followed")], share("at_home"),
    ),
    "readmissions_28_days": (
        "discharges", "discharged_on",
        [pl.col("kind") == "acute", ~pl.col("died"), pl.col("age") >= 18, pl.col("followed")],
        share("readmitted"),
    ),
    "emergency_bed_days": (
        "stay_bed_days", "month",
        [pl.col("kind") == "acute", pl.col("admission") == "emergency"], total("bed_days"),
    ),
    "delayed_discharge_bed_days": ("delay_bed_days_england", "month", [], total("bed_days")),
    "intensive_home_care": ("home_care_weeks", "week", [], share("intensive")),
    "equipment_within_seven_days": ("equipment_waits", "delivered_on", [], share("in_time")),
    "reablement_at_home_on_day_91": (
        "reablement_results", "ended_on", [pl.col("at_home").is_not_null()], share("at_home"),
    ),
    "discharge_to_assess_bed_days_saved": (
        "discharges_to_assess", "discharged_on", [], total("bed_days_saved"),
    ),
}  # fmt: skip


@pytest.fixture(scope="module", params=[(5, False), (6, True)], ids=["one extract", "quarterly"])
def made(request, asked) -> tuple[Council, dict[str, pl.DataFrame]]:
    """A council that lacks some components and outcomes, and what is derived from its records."""
    seed, quarterly = request.param
    window = Window(date(2023, 10, 1), date(2026, 9, 30), RECEIVED if quarterly else 0)
    wanted = asked(people=3_000, seed=seed, untidy=True, quarterly=quarterly, window=window)
    found = council(wanted, 0)
    tables = {}
    for name, frame in found.tables.items():
        names = CONTRACTS[name].schema
        lacking = [pl.lit(None, kind).alias(one) for one, kind in names.items()
                   if one not in frame.columns]  # fmt: skip
        whole = frame.with_columns(lacking).select(
            pl.col(n).cast(kind) for n, kind in names.items()
        )
        row = pl.int_range(pl.len(), dtype=pl.Int64) + 1
        tables[name] = whole.with_columns(source=pl.lit(name), row=row)
    needed = sorted({table for table, *_ in TOLD.values()})
    with DuckDB() as database:
        derived = derive(
            needed, tables, methods=METHODS, contracts=CONTRACTS,
            as_of=wanted.as_of, database=database,
        )  # fmt: skip
    return found, derived


@pytest.mark.parametrize("measure", TOLD)
def test_a_method_finds_what_is_true(measure, made):
    found, derived = made
    table, day, conditions, counted = TOLD[measure]
    rows = derived[table]
    if "left_out" in rows.columns:
        rows = rows.filter(pl.col("left_out").is_null())
    for condition in conditions:
        rows = rows.filter(condition)
    truths = found.truth.filter(measure=measure, breakdown="all").to_dicts()
    assert len(truths) > 20
    for one in truths:
        period = parse(one["period"])
        top, below = counted(rows.filter(pl.col(day).is_between(period.start, period.end)))
        said = (one["numerator"], below if below is None else one["denominator"])
        assert (top, below) == said, one["period"]
