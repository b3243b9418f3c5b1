"""Costs that are none, or contradict how often they fall due."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from outturn.ingest.extract_check.records import read
from outturn.ingest.extract_check.rules.dates import IS_SERVICE
from outturn.ingest.extract_check.rules.model import Given, Test, is_one

# Units in a week by frequency, as the department's cost table takes them.
UNITS = {
    "Weekly": 1.0,
    "Fortnightly": 1 / 2,
    "4-weekly": 1 / 4,
    "Monthly": 12 / 52,
    "Quarterly": 4 / 52,
    "Annual": 1 / 52,
}
ONCE = "One-off"
ROUNDING = 0.01  # a number of units is written with two decimals


def tests(given: Given) -> Iterator[Test]:
    cost, units = read("unit_cost"), read("planned_units_per_week")
    often = read("cost_frequency")
    per_week = often.replace_strict(
        list(UNITS), list(UNITS.values()), default=None, return_dtype=pl.Float64
    )
    once = is_one(often, (ONCE,))
    none = IS_SERVICE & (cost > 0) & (units == 0) & ~once
    yield Test("units-zero-with-cost", "planned_units_per_week", none)
    yield Test("cost-zero", "unit_cost", IS_SERVICE & (cost == 0))
    blank = pl.col("cost_frequency").is_null() & pl.col("unit_cost").is_not_null()
    yield Test(
        "cost-without-frequency",
        "cost_frequency",
        IS_SERVICE & blank & ~given.mandatory("cost_frequency"),
    )
    costless = pl.col("unit_cost").is_null() & pl.col("cost_frequency").is_not_null()
    yield Test(
        "frequency-without-cost", "unit_cost", IS_SERVICE & costless & ~given.mandatory("unit_cost")
    )
    unlike = (units > 0) & ((units - per_week).abs() > ROUNDING)
    yield Test("frequency-against-units", "planned_units_per_week", IS_SERVICE & unlike)
    weekly = cost * pl.coalesce(per_week, units)
    high = ~once & (weekly > given.threshold("weekly_cost_most"))
    yield Test("cost-very-high", "unit_cost", IS_SERVICE & high)
    beyond = per_week.is_null() & (units > given.threshold("hours_of_week"))
    yield Test("units-beyond-a-week", "planned_units_per_week", IS_SERVICE & beyond)
