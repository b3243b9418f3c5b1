"""Longer periods of reported figures, made of the months, and what leaves them unmade."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest

from outturn.engine.reported import reported_counts
from outturn.framework.model import Measure, Place, SeriesBreak
from outturn.terms.period import Calendar, from_key
from outturn.terms.records import COUNTS, checked
from outturn.terms.written_periods import parse

PLACES = {
    "county": Place("county", "County", "county"),
    "north": Place("north", "North", "town", {"main": "county"}),
    "south": Place("south", "South", "town", {"main": "county"}),
}
NUMBERS = ("value", "numerator", "denominator", "margin")
WORDS = (
    "measure", "place", "period", "breakdown", "category", "absent", "why", "provenance",
    "edition", "note", "source",
)  # fmt: skip
BOTH = {"numerator": 1.0, "denominator": 4.0}


def measure(**more: Any) -> Measure:
    usual = {"kind": "count", "reported": True, "frequency": "month", "aggregate": "published"}
    return Measure("m", "m", "1", unit="", aim="none", **{**usual, **more})


def made(
    *rows: dict[str, Any], one: Measure | None = None, as_of: date = date(2022, 1, 1), **more: Any
) -> dict[tuple[str, str], dict[str, Any]]:
    """What stands, by place and label of the period."""
    schema = {name: pl.Float64 for name in NUMBERS} | {name: pl.String for name in WORDS}
    usual = {"measure": "m", "place": "north", "source": "register"}
    given = [usual | row | {"period": parse(row["period"]).key} for row in rows]
    arguments = {"places": PLACES, "hierarchy": "main", **more}
    frame = pl.DataFrame(given, schema=schema)
    standing, _ = reported_counts(frame, [one or measure()], as_of=as_of, **arguments)
    lines = checked(standing, COUNTS).iter_rows(named=True)
    return {(line["place"], from_key(line["period"]).label()): line for line in lines}


def months(*values: float | None, first: int = 4, **more: Any) -> list[dict[str, Any]]:
    return [
        {"period": f"{2020 + (first + i - 1) // 12}-{(first + i - 1) % 12 + 1:02d}", "value": one}
        | more
        for i, one in enumerate(values)
    ]


def test_twelve_months_of_a_count_make_quarters_the_year_to_date_and_the_year() -> None:
    found = made(*months(*range(1, 13)))
    sums = {label: one["numerator"] for (_, label), one in found.items() if one["reported"] is None}
    to_date = {
        f"April to {name}{year}": n * (n + 1) / 2
        for n, (name, year) in enumerate(
            [("May", " 2020"), ("July", " 2020"), ("August", " 2020"), ("September", " 2020"),
             ("October", " 2020"), ("November", " 2020"), ("December", " 2020")],
            start=2,
        )
    }  # fmt: skip
    assert sums["April to May 2020"] == to_date["April to May 2020"] == 3
    assert [sums[f"Q{n} 2020/21"] for n in (1, 2, 3, 4)] == [6, 15, 24, 33]
    assert sums["April to November 2020"] == 36
    assert sums["April 2020 to February 2021"] == 66
    assert sums["2020/21"] == sums["12 months to March 2021"] == 78
    assert found["north", "2020/21"]["spans"] == found["north", "2020/21"]["rows"] == 12
    assert found["north", "April 2020"]["reported"] == 1


def test_a_figure_in_thousands_is_added_in_its_own_unit() -> None:
    found = made(*months(1.5, 2.5), one=measure(kind="money", per=0.5))
    assert found["north", "April to May 2020"]["numerator"] == 8.0  # times 0.5 is 4.0 again


@pytest.mark.parametrize(
    "july",
    [
        [],
        months(None, first=7, absent="suppressed", numerator=3.0),
        months(9.0, first=7, edition="2020-08-01")
        + months(None, first=7, edition="2020-09-01", absent="not available"),
    ],
    ids=["missing", "suppressed", "withdrawn"],
)
def test_a_month_without_a_figure_leaves_the_longer_periods_unmade(july: list[Any]) -> None:
    found = made(*months(1, 2, 3), *july, *months(5, 6, first=8))
    labels = {label for _, label in found}
    assert {"April to May 2020", "Q1 2020/21"} <= labels
    assert not {"April to July 2020", "April to August 2020", "April to September 2020"} & labels
    assert "Q2 2020/21" not in labels


def test_even_where_missing_is_zero() -> None:
    rows = [*months(1), *months(5, first=6)]
    assert ("north", "Q1 2020/21") not in made(*rows, one=measure(missing="zero"))


def test_a_published_figure_of_the_same_days_stands() -> None:
    year = {"period": "2020/21", "value": 80.0}
    found = made(*months(*range(1, 13)), year)
    assert found["north", "2020/21"]["reported"] == 80.0
    assert ("north", "12 months to March 2021") not in found


def test_and_so_does_a_published_suppression() -> None:
    year = {"period": "2020/21", "absent": "suppressed"}
    found = made(*months(*range(1, 13)), year)
    assert found["north", "2020/21"]["absent"] == "suppressed"
    assert ("north", "12 months to March 2021") not in found


def test_a_period_that_is_not_finished_is_not_made() -> None:
    found = made(*months(1, 2, 3), as_of=date(2020, 6, 29))
    assert ("north", "Q1 2020/21") not in found
    assert ("north", "April to May 2020") in found


def test_without_a_position_date_nothing_is_made() -> None:
    rows = months(1, 2, 3)
    assert len(made(*rows, as_of=None)) == 3  # type: ignore[arg-type]


RATE = {"kind": "proportion", "per": 100.0}


def test_of_a_proportion_both_counts_are_added() -> None:
    found = made(*months(25.0, 25.0, 25.0, **BOTH), one=measure(**RATE))
    quarter = found["north", "Q1 2020/21"]
    assert [quarter[name] for name in ("numerator", "denominator", "reported")] == [3, 12, None]


@pytest.mark.parametrize(
    ("rows", "more"),
    [
        (months(25.0, 25.0, 25.0), {}),
        (months(25.0, 25.0, 25.0, numerator=1.0), {}),
        (months(25.0, 25.0, 25.0, **BOTH), {"recompute": False}),
        (months(25.0, 25.0, 25.0, **BOTH), {"roll_up": "none"}),
    ],
    ids=["no counts", "no denominator", "not recomputed", "none"],
)
def test_of_a_proportion_without_both_counts_nothing_is_made(rows: Any, more: Any) -> None:
    assert len(made(*rows, one=measure(**RATE, **more))) == 3


def test_the_mean_of_proportions_is_made_only_where_the_measure_says_so() -> None:
    found = made(*months(20.0, 30.0, 70.0), one=measure(**RATE, roll_up="mean", recompute=False))
    quarter = found["north", "Q1 2020/21"]
    assert (quarter["reported"], quarter["numerator"], quarter["spans"]) == (40.0, None, 3)


def test_the_mean_so_far_is_of_the_months_so_far() -> None:
    """Seven months of 10 and one of 25 are 95 in 8 months; of the last figure there is none."""
    waits = months(*[10.0] * 7, 25.0)
    one = measure(kind="mean", roll_up="mean")
    so_far = made(*waits, one=one)["north", "April to November 2020"]
    assert (so_far["reported"], so_far["spans"]) == (11.875, 8)
    one = measure(kind="mean", roll_up="last")
    assert ("north", "April to November 2020") not in made(*waits, one=one)


def test_the_year_to_date_of_schools_begins_in_september() -> None:
    rows = months(1, 2, 3, first=9)
    found = made(*rows, one=measure(years=("academic",)))
    assert found["north", "September to November 2020"]["numerator"] == 6
    assert ("north", "April to November 2020") not in found


def test_the_mean_of_counts_has_their_sum_and_the_number_to_divide_it_by() -> None:
    quarter = made(*months(20, 30, 70), one=measure(roll_up="mean"))["north", "Q1 2020/21"]
    assert (quarter["numerator"], quarter["reported"], quarter["spans"]) == (120.0, None, 3)


def test_the_last_figure_is_taken_as_it_is() -> None:
    rows = [*months(20.0, 30.0), *months(70.0, first=6, margin=2.0, provenance="provisional")]
    quarter = made(*rows, one=measure(**RATE, roll_up="last"))["north", "Q1 2020/21"]
    taken = [quarter[name] for name in ("reported", "margin", "spans", "provenance")]
    assert taken == [70.0, 2.0, 1, "provisional"]


def test_the_whole_is_as_firm_as_its_least_firm_part_and_names_every_source() -> None:
    rows = [
        *months(1),
        *months(2, first=5, provenance="estimated", source="survey", edition="2020-07-01"),
        *months(3, first=6, provenance="provisional", edition="2020-08-01"),
    ]
    quarter = made(*rows)["north", "Q1 2020/21"]
    told = [quarter[name] for name in ("provenance", "source", "edition")]
    assert told == ["estimated", "register, survey", "2020-08-01"]


def test_across_a_break_in_the_series_there_is_no_figure_and_the_reason() -> None:
    one = measure(breaks=(SeriesBreak(parse("2020-07"), "break", "Counted anew"),))
    found = made(*months(1, 2, 3, 4, 5, 6), one=one)
    to_date = found["north", "April to September 2020"]
    assert [to_date[name] for name in ("numerator", "reported", "absent", "why")] == [
        None, None, "not available",
        "The series breaks on 1 July 2020, within the period: Counted anew.",
    ]  # fmt: skip
    assert found["north", "Q2 2020/21"]["numerator"] == 15


def test_categories_and_places_are_kept_apart() -> None:
    rows = [
        *months(1, 1, 1),
        *months(2, 2, 2, place="south"),
        *months(5, 5, place="south", breakdown="sex", category="female"),
    ]
    found = made(*rows)
    assert found["north", "Q1 2020/21"]["numerator"] == 3
    assert found["south", "Q1 2020/21"]["numerator"] == 6


TOTAL = {"aggregate": "total over total"}


def test_a_place_above_has_the_year_of_its_members() -> None:
    rows = [*months(1, 2, 3), *months(10, 20, 30, place="south")]
    found = made(*rows, one=measure(**TOTAL))
    assert found["county", "May 2020"]["numerator"] == 22
    assert found["county", "Q1 2020/21"]["numerator"] == 66


def test_months_of_a_place_may_be_published_or_totals_of_its_members() -> None:
    """South gives April only, and the county itself May and June."""
    rows = [
        *months(1, 2, 3),
        *months(10, place="south"),
        *months(22, 33, first=5, place="county"),
    ]
    found = made(*rows, one=measure(**TOTAL))
    assert found["county", "April 2020"]["numerator"] == 11
    assert found["county", "Q1 2020/21"]["numerator"] == 66


def test_a_mean_of_months_is_not_added_to_a_mean_that_was_published() -> None:
    """One has its sum and number of months, the other is divided already."""
    quarter = {"period": "2020/21 Q1", "place": "south", "value": 5.0}
    found = made(*months(1, 2, 3), quarter, one=measure(**TOTAL, roll_up="mean"))
    assert ("county", "Q1 2020/21") not in found


def test_years_begin_when_the_calendar_says() -> None:
    rows = months(*[1] * 12, first=1)
    found = made(*rows, calendar=Calendar(financial_year=1))
    assert found["north", "calendar year 2020"]["numerator"] == 12


def test_quarters_make_years_and_a_year_stands_alone() -> None:
    quarters = [{"period": f"2020/21 Q{n}", "value": 1.0} for n in (1, 2, 3, 4)]
    found = made(*quarters, one=measure(frequency="quarter"))
    assert found["north", "2020/21"]["numerator"] == 4
    years = [{"period": "2019/20", "value": 1.0}, {"period": "2020/21", "value": 1.0}]
    assert len(made(*years, one=measure(frequency="year"))) == 2


def years(*counts: tuple[float, float] | None, first: int = 2016) -> list[dict[str, Any]]:
    """Reported rates of so many events among so many people, one year after the other."""
    return [
        {"period": f"{year}/{(year + 1) % 100:02d}", "value": 9.9, "numerator": one[0],
         "denominator": one[1]}
        for year, one in enumerate(counts, start=first)
        if one
    ]  # fmt: skip


OF_THREE = {"kind": "rate", "per": 1000.0, "frequency": "year", "years_together": 3}


def test_reported_years_are_taken_together_by_both_their_counts() -> None:
    found = made(*years((1, 10), (2, 20), (3, 40), (4, 80)), one=measure(**OF_THREE))
    amounts = {label: (one["numerator"], one["denominator"]) for (_, label), one in found.items()}
    assert amounts["2016/17 to 2018/19"] == (6, 70)
    assert amounts["2017/18 to 2019/20"] == (9, 140)
    assert len(found) == 6
    assert found["north", "2017/18 to 2019/20"]["spans"] == 3
    assert len(made(*years((1, 10), (2, 20), (3, 40)), one=measure(kind="rate"))) == 3


def test_a_published_figure_of_several_years_stands() -> None:
    together = {"period": "2016/17 - 18/19", "value": 42.0}
    rows = [*years((1, 10), (2, 20), (3, 40)), together]
    found = made(*rows, one=measure(**OF_THREE))
    assert found["north", "2016/17 to 2018/19"]["reported"] == 42.0


def test_years_without_one_of_them_or_not_over_are_not_taken_together() -> None:
    one = measure(**OF_THREE)
    assert len(made(*years((1, 10), None, (3, 40), (4, 80)), one=one)) == 3
    rows = years((1, 10), (2, 20), (3, 40))
    assert len(made(*rows, one=one, as_of=date(2019, 3, 30))) == 3
    assert len(made(*rows, one=one, as_of=date(2019, 3, 31))) == 4


def test_several_years_across_a_break_are_not_available() -> None:
    broken = SeriesBreak(parse("2017/18"), "break", "A new register.")
    found = made(*years((1, 10), (2, 20), (3, 40)), one=measure(**OF_THREE, breaks=(broken,)))
    line = found["north", "2016/17 to 2018/19"]
    assert (line["absent"], line["numerator"]) == ("not available", None)
    assert line["why"].startswith("The series breaks on 1 April 2017, within the period: ")
