"""Which counts of one measure add up: what is there decides, place by place and time by time."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from outturn.framework import Partnership
from outturn.framework.model import Measure, Place, Source
from outturn.judgement.additive_relations import related
from outturn.judgement.disclosure import people_counted
from outturn.judgement.suppressed_at_source import with_counts_suppressed_at_source
from outturn.judgement.tiled_periods import parts_of_time
from outturn.judgement.withheld_besides import Edition, recoverable, withheld_besides
from outturn.statistics.disclosure_policies import PRESETS
from outturn.terms.records import COUNTS, WHOLE, fitted

POLICY = PRESETS["social care"]
YEAR = "2025-04-01/P1Y"
QUARTERS = [f"{start}/P3M" for start in ("2025-04-01", "2025-07-01", "2025-10-01", "2026-01-01")]


def place(code, **parents):
    return code, Place(code, code, "area", parents)


PLACES = dict(
    [place("LAND"), place("K1", main="LAND"), place("K2", main="LAND"), place("A", main="K1"),
     place("B", main="K1"), place("C", main="K2")]
)  # fmt: skip


def folder(places=PLACES, public=False, **more):
    said = {"reported": True, "frequency": "quarter"} | more
    one = Measure("m", "m", "1", "count", "delays", "none", **said)
    sources = (Source("figures", "figures.csv", "figures", public=public),)
    return Partnership("Land", "LAND", measures={"m": one}, places=dict(places), sources=sources)


def figures(*lines):
    """Rows of (place, period, figure); with no figure, the source marks it as suppressed."""
    rows = [
        {"measure": "m", "place": code, "period": period, "breakdown": WHOLE, "category": WHOLE,
         "reported": None if figure is None else float(figure), "source": "figures",
         "absent": "suppressed" if figure is None else None}
        for code, period, figure in lines
    ]  # fmt: skip
    return fitted(pl.DataFrame(rows, infer_schema_length=None), COUNTS)


def worked_out(rows, partnership, proved=True):
    """The figures that follow where small ones alone are withheld, and after all that is."""
    found, public = people_counted(rows, partnership, [], {})
    found = with_counts_suppressed_at_source(found, partnership)
    small = POLICY.is_small(found["numerator"].to_numpy())
    absent = rows["absent"].is_not_null().to_numpy()
    audited = recoverable([Edition(found, ~(small | absent), public)], partnership, POLICY)
    told = rows.with_columns(
        absent=pl.when(pl.Series(small | absent)).then(pl.lit("suppressed")),
        why=pl.lit(None, pl.String),
    )
    after = withheld_besides(found, told, public, partnership, POLICY, proved=proved).told
    shown = (after["absent"] != "suppressed").fill_null(True).to_numpy()
    left = recoverable([Edition(found, shown, public)], partnership, POLICY)
    return np.flatnonzero(audited.rows).tolist(), np.flatnonzero(left.rows).tolist(), (~shown).sum()


MONTHS = [("LAND", f"2026-{month:02d}-01/P1M", 9) for month in range(4, 13)]
MIXED = [("LAND", key, count) for key, count in zip(QUARTERS, (20, 20, 20, 3), strict=True)]
ALL_MONTHS = [f"2025-{month:02d}-01/P1M" for month in range(4, 13)]
ALL_MONTHS += [f"2026-{month:02d}-01/P1M" for month in range(1, 4)]
BY_MONTH = [
    ("LAND", key, count) for key, count in zip(ALL_MONTHS, [1, 1, 1] + [20] * 9, strict=True)
]
FROM_APRIL, FROM_JULY = ("2025-04-01/P9M", "2025-07-01/P6M")
CENSUSES = ("2025-04-30/P0D", "2025-05-31/P0D", "2025-06-30/P0D")
LEAKS = {
    "quarters and the year, beside months of another year": (
        [*MIXED, ("LAND", YEAR, 63), *MONTHS], {"frequency": "month"}),
    "months of one place, quarters of another": (
        [*MIXED, ("LAND", YEAR, 63), *(("A", *one[1:]) for one in MONTHS)], {}),
    "months of two quarters, and the others whole": (
        [("LAND", f"2025-{month:02d}-01/P1M", 10) for month in range(4, 10)]
        + [*MIXED[2:], ("LAND", YEAR, 83)], {"frequency": "month"}),
    "months, their quarters and their year": (
        [*BY_MONTH, *(("LAND", *one) for one in zip(QUARTERS, (3, 60, 60, 60), strict=True)),
         ("LAND", YEAR, 183)], {"frequency": "month"}),
    "months, nine of them, the first three and the other six": (
        [*BY_MONTH, ("LAND", QUARTERS[0], 3), ("LAND", FROM_JULY, 120), ("LAND", FROM_APRIL, 123)],
        {"frequency": "month"}),
    "two rolling years, and two of their quarters": (
        [("LAND", YEAR, 63), ("LAND", "2025-07-01/P12M", 46), ("LAND", QUARTERS[0], 20),
         ("LAND", "2026-04-01/P3M", 3)], {}),
    "councils without a figure": (
        [("LAND", YEAR, 43), ("A", YEAR, 20), ("B", YEAR, 20), ("C", YEAR, 3)], {}),
    "one council without a figure": (
        [("LAND", YEAR, 43), ("K1", YEAR, 40), ("A", YEAR, 20), ("B", YEAR, 20), ("C", YEAR, 3)],
        {}),
    "a year and twelve months": (
        [("LAND", YEAR, 43), ("K1", "2025-04-01/P12M", 40), ("K1", YEAR, 40), ("K2", YEAR, 3)], {}),
    "a correction below zero": (
        [("LAND", YEAR, 40), ("A", YEAR, 43), ("B", YEAR, -6), ("C", YEAR, 3)], {}),
    "a total below zero": (
        [("K1", YEAR, -10), ("A", YEAR, -13), ("B", YEAR, 3)], {}),
    "a small number below zero": (
        [("K1", YEAR, 40), ("A", YEAR, 42), ("B", YEAR, -2)], {}),
    "suppressed at source": (
        [("LAND", YEAR, 43), ("K1", YEAR, 40), ("K2", YEAR, None)], {}),
    "suppressed at source, and the one below it": (
        [("LAND", YEAR, 43), ("K1", YEAR, 40), ("K2", YEAR, None), ("C", YEAR, None)], {}),
    "suppressed at source, and the mean of it and others": (
        [("LAND", ALL_MONTHS[0], None), ("LAND", ALL_MONTHS[1], 16), ("LAND", ALL_MONTHS[2], 30),
         ("LAND", QUARTERS[0], 16.3)], {"roll_up": "mean", "frequency": "month"}),
    "suppressed at source, and the mean of it and other councils": (
        [("LAND", YEAR, 21.5), ("K1", YEAR, 40), ("K2", YEAR, None)],
        {"aggregate": "mean of members"}),
    "suppressed at source, and taken away from others": (
        [("LAND", "2025-04-01/P6M", 40), ("LAND", QUARTERS[1], None), ("LAND", FROM_JULY, 30),
         ("LAND", FROM_APRIL, 67)], {}),
    "a mean of quarters": (
        [*MIXED, ("LAND", YEAR, 16)], {"roll_up": "mean"}),
    "a mean of months with as many decimals as there are": (
        [("LAND", key, count) for key, count in zip(ALL_MONTHS[:3], (16, 30, 3), strict=True)]
        + [("LAND", QUARTERS[0], 49 / 3)], {"roll_up": "mean", "frequency": "month"}),
    "a mean of census days": (
        [("LAND", key, count) for key, count in zip(CENSUSES, (30, 16, 3), strict=True)]
        + [("LAND", QUARTERS[0], 16.3)], {"roll_up": "mean", "frequency": "census"}),
    "a mean of the two census days that there are": (
        [("LAND", key, count) for key, count in zip(CENSUSES[1:], (16, 3), strict=True)]
        + [("LAND", YEAR, 9.5)], {"roll_up": "mean", "frequency": "census"}),
    "a mean of councils": (
        [("LAND", YEAR, 21.5), ("K1", YEAR, 40), ("K2", YEAR, 3)],
        {"aggregate": "mean of members"}),
}  # fmt: skip


@pytest.mark.parametrize("proved", [True, False])
@pytest.mark.parametrize("leak", LEAKS)
def test_what_follows_is_found_and_closed(leak, proved):
    lines, said = LEAKS[leak]
    before, after, _ = worked_out(figures(*lines), folder(**said), proved)
    assert before
    assert not after


SAFE = {
    "a sum that does not come out is no sum": (
        [("LAND", YEAR, 60), ("A", YEAR, 20), ("B", YEAR, 20), ("C", YEAR, 3)], {}),
    "a mean that does not come out is no mean": (
        [*MIXED, ("LAND", YEAR, 30)], {"roll_up": "mean"}),
    "places are a mean only where the definition says so": (
        [("LAND", YEAR, 21.5), ("K1", YEAR, 40), ("K2", YEAR, 3)], {}),
    "periods are not added up where the definition says so": (
        [*MIXED, ("LAND", YEAR, 63)], {"roll_up": "none"}),
}  # fmt: skip


@pytest.mark.parametrize("case", SAFE)
def test_what_does_not_follow_takes_nothing_with_it(case):
    lines, said = SAFE[case]
    assert worked_out(figures(*lines), folder(**said)) == ([], [], 1)


def filled(rows, partnership):
    found, _ = people_counted(rows, partnership, [], {})
    return with_counts_suppressed_at_source(found, partnership)["numerator"].to_list()


def test_what_is_suppressed_at_a_public_source_stays_unknown():
    """Nobody here can protect what others publish."""
    rows = figures(("LAND", YEAR, 43), ("K1", YEAR, 40), ("K2", YEAR, None))
    assert filled(rows, folder()) == [43, 40, 3]
    assert filled(rows, folder(public=True)) == [43, 40, None]


def test_of_two_that_are_suppressed_nothing_is_made_up():
    rows = figures(("LAND", YEAR, 45), ("A", YEAR, 40), ("B", YEAR, None), ("C", YEAR, None))
    assert filled(rows, folder()) == [45, 40, None, None]


def test_one_that_follows_may_leave_another_alone():
    rows = figures(("LAND", YEAR, 44), ("K1", YEAR, 42), ("A", YEAR, 40), ("B", YEAR, None),
                   ("C", YEAR, None))  # fmt: skip
    assert filled(rows, folder()) == [44, 42, 40, 2, 2]


def test_a_large_count_that_is_suppressed_at_source_protects_as_before():
    """20 and 3 are unknown here: the 3 needs nobody else."""
    lines = [("LAND", YEAR, 63), ("K1", YEAR, 40), ("A", YEAR, 40), ("B", YEAR, None),
             ("K2", YEAR, 3)]  # fmt: skip
    assert worked_out(figures(*lines), folder(places={
        **PLACES, "B": Place("B", "B", "area", {"main": "LAND"})}))[0] == []  # fmt: skip


@pytest.mark.parametrize("name", ["length", "periods", "since", "split at 2025-06-01"])
def test_a_breakdown_is_a_sum_of_its_own_whatever_it_is_called(name):
    """Three months, two of them together with the third, and categories of the same quarter."""
    whole = {"measure": "m", "place": "LAND", "breakdown": WHOLE, "category": WHOLE}
    lines = [*zip(ALL_MONTHS[:3], (13, 17, 30), strict=True), ("2025-04-01/P2M", 30)]
    lines.append((QUARTERS[0], 60))
    rows = [{**whole, "period": period, "numerator": float(count)} for period, count in lines]
    rows += [
        {
            **whole,
            "period": QUARTERS[0],
            "numerator": float(count),
            "breakdown": name,
            "category": one,
        }
        for one, count in (("short", 3), ("long", 57))
    ]
    found = related(fitted(pl.DataFrame(rows), COUNTS), folder(reported=False))
    sums = [
        sorted(found.row[found.table.cell[found.table.relation == number]].tolist())
        for number in range(found.table.relations)
    ]
    assert sorted(sums) == [[0, 1, 2, 4], [0, 1, 3], [2, 3, 4], [4, 5, 6]]


def test_parts_are_the_nearest_places_that_are_there():
    lines = [("LAND", YEAR, 43), ("K1", YEAR, 40), ("A", YEAR, 20), ("B", YEAR, 20), ("C", YEAR, 3)]
    found = related(people_counted(figures(*lines), folder(), [], {})[0], folder())
    sums = [
        sorted(found.row[found.table.cell[found.table.relation == number]].tolist())
        for number in range(found.table.relations)
    ]
    assert sorted(sums) == [[0, 1, 4], [1, 2, 3]]


def test_a_place_is_followed_into_another_hierarchy_with_the_parts_beside_it():
    places = dict(
        [place("LAND"), place("K1", health="LAND"), place("K2", health="LAND"),
         place("C", main="K2")]
    )  # fmt: skip
    lines = [("LAND", YEAR, 43), ("K1", YEAR, 40), ("C", YEAR, 3)]
    before, after, _ = worked_out(figures(*lines), folder(places=places))
    assert before and not after


@pytest.mark.parametrize(("mean", "follows"), [(15.8, 1), (15.75, 1), (16, 1), (17, 0)])
def test_a_mean_is_known_to_half_a_unit_of_what_is_printed(mean, follows):
    """20, 20, 20 and 3 are 63, and a quarter of that 15.75."""
    rows = figures(*MIXED, ("LAND", YEAR, mean))
    assert len(worked_out(rows, folder(roll_up="mean"))[0]) == follows


def test_years_that_begin_in_other_months_are_not_added_up():
    keys = [f"{year}-{month}-01/P1Y" for year in (2022, 2023, 2024) for month in ("01", "04")]
    found = parts_of_time([*keys, "2022-04-01/P3Y"], "sum", reported=True)
    assert [one.part for one in found] == [f"{year}-04-01/P1Y" for year in (2022, 2023, 2024)]


def sums_of(keys, total):
    sums = {}
    for one in parts_of_time(keys, "sum", reported=True):
        if one.total == total:
            sums.setdefault(one.how, []).append(one.part)
    return sorted(sums.values())


def test_a_year_is_the_sum_of_its_quarters_too_where_there_are_rolling_ones():
    rolling = [f"{key[:10]}/P3M" for key in ALL_MONTHS[:10]]
    assert sums_of([*ALL_MONTHS, *rolling, YEAR], YEAR) == sorted(
        [ALL_MONTHS, QUARTERS, [QUARTERS[0], *ALL_MONTHS[3:]]]
    )


def test_two_that_are_all_of_a_longer_period_are_told_once():
    months, longer = ALL_MONTHS[:3], "2025-04-01/P3M"
    first = "2025-04-01/P2M"
    assert sums_of([*months, first, longer], longer) == [months, [first, months[2]]]


def test_the_sums_of_a_long_series_are_as_many_as_its_periods():
    def many(years):
        keys = [
            f"{2000 + at // 12}-{at % 12 + 1:02d}-01/P{count}M"
            for at in range(12 * years)
            for count in (1, 3, 6, 12, 36)
        ]
        return len(parts_of_time(keys, "sum", reported=True))

    assert many(12) - many(8) == many(8) - many(4)


def test_a_moment_is_no_span():
    assert not parts_of_time(["2025-04-01/P0D", "2025-04-01/P1D"], "none", reported=True)


def passed_over(rows, partnership):
    found, public = people_counted(rows, partnership, [], {})
    small = POLICY.is_small(found["numerator"].to_numpy())
    said = recoverable([Edition(found, ~small, public)], partnership, POLICY).passed_over
    return [str(one) for one in said]


@pytest.mark.parametrize(
    ("lines", "said"),
    [([*MIXED, ("LAND", YEAR, 30)], {"roll_up": "mean"}),
     ([*MIXED, ("LAND", YEAR, 70)], {}),
     ([("LAND", YEAR, 20), ("K1", YEAR, 40), ("K2", YEAR, 3)], {}),
     ([("LAND", YEAR, 19), ("K1", YEAR, 40), ("K2", YEAR, 3)], {"aggregate": "mean of members"})],
)  # fmt: skip
def test_a_total_that_is_not_seen_through_is_told_of(lines, said):
    assert passed_over(figures(*lines), folder(**said)) == [
        "Measure m: what its totals tell of withheld parts was not looked at everywhere, for a "
        "total of them is neither their sum nor their mean."
    ]
    assert not passed_over(figures(*lines), folder(**said, public=True))


@pytest.mark.parametrize(
    ("lines", "said"),
    [([*MIXED, ("LAND", YEAR, 63)], {}),
     ([*MIXED, ("LAND", YEAR, 16)], {"roll_up": "mean"}),
     ([("LAND", key, count) for key, count in zip(ALL_MONTHS[:3], (16, 30, 3), strict=True)]
      + [("LAND", QUARTERS[0], 49 / 3)], {"roll_up": "mean", "frequency": "month"}),
     ([("LAND", YEAR, 50), ("K1", YEAR, 40), ("K2", YEAR, 3)], {}),
     ([("LAND", YEAR, 20), ("K1", YEAR, 40), ("K2", YEAR, 30)], {}),
     ([*MIXED[1:], ("LAND", YEAR, 63)], {})],
)  # fmt: skip
def test_people_whom_nobody_counts_are_not_told_of_nor_what_is_not_withheld(lines, said):
    assert not passed_over(figures(*lines), folder(**said))
