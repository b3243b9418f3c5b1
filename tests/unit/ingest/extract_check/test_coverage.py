"""The derived reporting period: edges of the rules that say which months a file covers."""

from __future__ import annotations

import io
from datetime import date

import pytest

TYPES = ("Request", "Assessment", "Service", "Review")


@pytest.fixture
def covered(clean, made, judge):
    """The coverage of a file with so many events of each type ended in each month."""
    names = {title: name for name, title in made.TITLES.items()}
    sound = clean.rename(names).to_dicts()
    by_type = {
        kind: next(r for r in sound if r["event_type"] == kind and r["event_end_date"])
        for kind in TYPES
    }

    def judged(months, first="2025-04-01", last="2026-03-31"):
        rows = []
        for month, counts in months.items():
            for kind, many in zip(TYPES, counts, strict=True):
                for number in range(many):
                    rows.append(
                        by_type[kind]
                        | {
                            "person_id": f"P{len(rows)}",
                            "event_reference": f"E{len(rows)}",
                            "event_start_date": f"{month}-01",
                            "event_end_date": f"{month}-02",
                            "reporting_period_start_date": first,
                            "reporting_period_end_date": last,
                            "first_name": f"{number}",
                        }
                    )
        import polars as pl

        out = io.BytesIO()
        pl.DataFrame(rows, infer_schema_length=None).rename(made.TITLES, strict=False).write_csv(
            out
        )
        return judge(out.getvalue()).coverage

    return judged


def used(found):
    return [f"{month:%Y-%m}" for month in found.months.filter("used")["month"]]


def test_a_month_with_2_percent_of_the_events_is_used_and_one_with_less_is_not(covered):
    # 4 of 200 are 2%; 3 of 199 are 1.5%
    exact = covered({"2025-04": (49, 49, 49, 49), "2025-05": (1, 1, 1, 1)})
    short = covered({"2025-04": (49, 49, 49, 49), "2025-05": (1, 1, 1, 0)})
    assert used(exact) == ["2025-04", "2025-05"]
    assert used(short) == ["2025-04"]
    assert short.derived == (date(2025, 4, 1), date(2025, 4, 30))


def test_a_month_may_lack_one_event_type_and_not_two(covered):
    found = covered({
        "2025-04": (30, 30, 30, 30), "2025-05": (40, 40, 40, 0), "2025-06": (60, 60, 0, 0),
    })  # fmt: skip
    assert used(found) == ["2025-04", "2025-05"]


def test_the_number_of_types_is_the_largest_of_any_month_not_four(covered):
    found = covered({"2025-04": (60, 60, 60, 0), "2025-05": (60, 60, 0, 0)})
    assert used(found) == ["2025-04", "2025-05"]


def test_the_period_runs_from_the_first_used_month_to_the_last_over_unused_ones(covered):
    whole = (30, 30, 30, 30)
    found = covered({"2025-04": whole, "2025-06": whole})
    assert found.derived == (date(2025, 4, 1), date(2025, 6, 30))


def test_the_month_of_the_extract_and_later_ones_are_left_out(covered):
    """The extract is of 20 April 2026."""
    whole = (30, 30, 30, 30)
    found = covered({"2026-03": whole, "2026-04": whole, "2026-05": whole})
    assert found.derived == (date(2026, 3, 1), date(2026, 3, 31))
    assert found.counted == 120


def test_with_fewer_than_100_events_the_stated_period_stands(covered):
    few = covered({"2025-04": (25, 25, 25, 24)})
    enough = covered({"2025-04": (25, 25, 25, 25)})
    assert few.counted == 99
    assert few.derived == few.stated == (date(2025, 4, 1), date(2026, 3, 31))
    assert "Fewer than 100" in few.because
    assert enough.derived == (date(2025, 4, 1), date(2025, 4, 30))


def test_a_stated_period_that_ends_before_it_starts_is_none(covered):
    found = covered({"2025-04": (25, 25, 25, 24)}, first="2026-01-01", last="2025-01-01")
    assert found.stated is None and found.derived is None
