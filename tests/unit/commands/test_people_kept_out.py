"""`outturn people` tells whom a derivation keeps out of its table, by record and rule, and in which
file of a folder a record stands."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from laying import laid

SETTINGS = """
name = "Vale"
home = "V1"
as_of = 2026-09-30
disclosure = "none"
library = ["joint_future", "local_services", "msg", "community_care_outcomes"]
"""
SOURCES = """
[[source]]
id = "stays"
file = "stays/"
contract = "hospital_stays"

[[source]]
id = "delays"
file = "delays.csv"
contract = "delays"

[[source]]
id = "orders"
file = "orders.csv"
contract = "equipment_orders"
"""
FILES = {
    "stays/2025.csv": """place,stay,person,kind,admission,admitted_on,discharged_on,born_on
V1,s1,zorro-1,acute,emergency,2025-05-01,2025-05-04,1940-01-01
V1,s2,zorro-2,acute,emergency,2025-05-01,2025-05-01,1940-01-01
""",
    "stays/2026.csv": """place,stay,person,kind,admission,admitted_on,discharged_on,born_on
V1,s3,zorro-1,acute,emergency,2025-05-08,2025-05-09,1940-01-01
V1,s4,zorro-3,acute,emergency,2025-05-09,2025-05-12,1940-01-01
V1,s5,zorro-4,acute,emergency,2025-04-30,2025-05-02,1940-01-01
V1,s6,zorro-5,acute,emergency,2025-03-30,2025-04-02,1940-01-01
""",
    "delays.csv": """place,delay,person,ready_on,discharged_on,age_when_ready,reason
V1,d1,zorro-1,2025-05-02,2025-05-30,80,11A
V1,d2,zorro-2,2025-05-02,2025-05-30,17,11A
V1,d3,zorro-3,2025-05-02,2025-05-30,80,100
V1,d4,zorro-4,2025-05-02,2025-05-02,80,11A
""",
    "orders.csv": """place,order,person,kind,ordered_on,delivered_on
V1,o1,zorro-1,equipment,2025-05-02,2025-05-05
V1,o2,zorro-2,equipment,2025-05-02,
""",
}
BED_DAYS = "msg_2a_unplanned_bed_days_acute"
ONE_DAY = "no day at all: the first day does not count, and it was also the last"


@pytest.fixture
def vale(tmp_path: Path) -> Path:
    folder = tmp_path / "vale"
    files = {
        "outturn.toml": SETTINGS,
        "places.csv": "code,name,kind\nV1,Vale,council\n",
        "data/sources.toml": SOURCES,
        **{f"data/{name}": text for name, text in FILES.items()},
    }
    return laid(folder, files)


@pytest.fixture
def lines(outturn: Callable, vale: Path, tmp_path: Path) -> Callable[..., set[tuple[str, ...]]]:
    def written(measure: str, period: str, *names: str) -> set[tuple[str, ...]]:
        to = tmp_path / "who.csv"
        told = outturn("people", measure, "Vale", period, "--in", vale, "--to", to)
        assert told.code == 0, told.err
        assert "zorro" not in told.out + told.err
        with to.open(encoding="utf-8", newline="") as file:
            return {tuple(row[name] for name in names) for row in csv.DictReader(file)}

    return written


def test_a_stay_without_a_bed_day_is_left_out_by_name(lines):
    found = lines(BED_DAYS, "2025-05", "record", "where", "why")
    assert found == {
        *((stay, "numerator", "") for stay in ("s1", "s3", "s4", "s5")),
        ("s2", "left out", ONE_DAY),
    }


def test_a_stay_is_told_in_a_month_in_which_it_has_no_day(lines):
    """In March as well: of the days before the first month that ended stays tell, none counts."""
    april = lines(BED_DAYS, "2025-04", "record", "why")
    assert april == {("s6", ""), ("s5", "no day in the period: the first day does not count")}
    march = lines(BED_DAYS, "2025-03", "record", "why")
    assert march == {("s6", "the records of the place do not reach back to this time")}


def test_a_record_that_counts_in_a_month_of_the_year_is_told_by_that_alone(lines):
    year = lines(BED_DAYS, "2025/26", "record", "where")
    assert {one for one in year if one[0] in ("s5", "s6")} == {
        ("s5", "numerator"), ("s6", "numerator"),
    }  # fmt: skip


def test_delays_that_a_rule_keeps_out_are_left_out_by_name(lines):
    assert lines("msg_4_delayed_discharge_bed_days_all", "2025-05", "record", "where", "why") >= {
        ("d2", "left out", "under 18 on the day that counts"),
        ("d3", "left out", "the reason is one that the method leaves out: Code 100"),
        ("d4", "left out", ONE_DAY),
    }


def test_an_order_that_is_not_delivered_is_left_out_by_name(lines):
    assert lines("jf_equipment_in_time", "2025-05", "record", "where", "why") == {
        ("o1", "numerator and denominator", ""),
        ("o2", "left out", "not delivered yet"),
    }


def test_who_has_one_emergency_admission_is_left_out_by_name(lines):
    found = lines("cco_r3_repeat_admissions_not_assessed_65", "2025/26", "person", "where", "why")
    assert ("zorro-3", "left out", "fewer than 2 such stays in the year") in found


def test_each_line_says_in_which_file_of_a_folder_its_row_is(lines):
    """Row 2 is a row of either file: only the name of the file tells them apart."""
    found = lines(BED_DAYS, "2025-05", "record", "source", "file", "row")
    assert found == {
        ("s1", "stays", "stays/2025.csv", "2"),
        ("s2", "stays", "stays/2025.csv", "3"),
        ("s3", "stays", "stays/2026.csv", "2"),
        ("s4", "stays", "stays/2026.csv", "3"),
        ("s5", "stays", "stays/2026.csv", "4"),
    }
    assert lines("jf_equipment_in_time", "2025-05", "record", "file", "row") == {
        ("o1", "orders.csv", "2"),
        ("o2", "orders.csv", "3"),
    }
