"""Columns and the plain judge agree, row by row and field by field, on extracts of every sort."""

from __future__ import annotations

import importlib.util
import io
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import polars as pl
import pytest

from outturn.contracts.cld import specification

SPEC = specification()


def beside(name: str) -> ModuleType:
    found = importlib.util.spec_from_file_location(name, Path(__file__).parent / f"{name}.py")
    assert found and found.loader
    module = sys.modules[name] = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


plain = beside("plain_judge")
records = beside("plain_records")
# Rules of NHS numbers are held to a table of their own, and here all are blank.
ROW_RULES = {
    rule.id
    for rule in SPEC.rules.values()
    if rule.found in ("field", "row") and not rule.id.startswith("nhs-number")
} | {"nhs-number-blank"}
DAYS = (
    "2025-04-01", "2026-03-31", "2026-04-20", "2026-04-21", "2016-04-19", "2016-04-20",
    "2025-06-01", "2025-06-02", "2023-06-01", "2027-01-01", "1900-01-01", "1910-04-20",
    "1910-04-21", "2007-06-02", "2008-04-20", "2008-04-21", "1961-04-20", "1961-04-21",
    "2000-02-29", "2025-02-29", "nonsense",
)  # fmt: skip
NUMBERS = ("0", "1", "0.25", "0.23", "14", "168", "169", "-1", "9999", "10001", "2", "3", "4", "21",
           "2.5", "many")  # fmt: skip
PEOPLE = ("p1", "P1", "p2", "p3", "p4 ", "nobody")
OF_FIELD = {
    "la_code": ("508", "508", "508", "509", "5O8", "E10000018"),
    "reporting_period_start_date": ("2025-04-01",) * 8 + ("2025-05-01", "2026-05-01", "x"),
    "reporting_period_end_date": ("2026-03-31",) * 8 + ("2026-02-28", "x"),
    "postcode": ("LE1 1AA", "le11aa", "ZZ99 3VZ", "LE1", "1LE 1AA"),
    "gp_practice_code": ("C82001", "82001"),
    "provider_location_id": ("1-123456789", "X1234", "home"),
    "person_id": PEOPLE,
    "adult_1_person_id": (*PEOPLE, "stranger"),
    "adult_2_person_id": (*PEOPLE, "stranger"),
    "adult_3_person_id": (*PEOPLE, "stranger"),
    "event_type": ("Request", "Assessment", "Service", "Service", "Service", "Review", "review",
                   "Referral"),
    "client_type": ("Service user", "Unpaid carer", "Carer", "Unpaid carer known by association",
                    "service user ", "Service User", "Customer"),
}  # fmt: skip


def pool(name: str) -> tuple[str, ...]:
    one = SPEC.fields[name]
    if name in OF_FIELD:
        return OF_FIELD[name]
    if one.kind == "list":
        values = SPEC.values.get(name, ())
        texts = [text for v in values for text in (v.release_1, v.release_2, v.release_2) if text]
        return (*texts, *(text.upper() for text in texts[:2]), f"{(texts or ['a'])[0]} ", "Other!")
    return {"date": DAYS, "number": NUMBERS, "whole": NUMBERS}.get(one.kind, ("text", "text "))


def extract(seed: int, rows: int) -> list[dict[str, str | None]]:
    """Rows whose cells are taken at random, blank ones more often where blanks are usual."""
    random = np.random.default_rng(seed)
    blank = {"nhs_number": 1.0, "date_of_death": 0.7} | dict.fromkeys(
        ("adult_2_person_id", "adult_3_person_id", "event_end_date"), 0.4
    )
    made = []
    for _ in range(rows):
        row: dict[str, str | None] = {}
        for name in SPEC.fields:
            some = pool(name)
            drawn = some[random.integers(0, len(some))]
            row[name] = None if random.random() < blank.get(name, 0.15) else drawn
        made.append(row)
    return made


@pytest.mark.parametrize(
    "seed", [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(1, 8))]
)
def test_columns_and_the_plain_judge_agree(seed, made, judge):
    rows = extract(seed, 1500)
    out = io.BytesIO()
    frame = pl.DataFrame(rows, schema=dict.fromkeys(SPEC.fields, pl.String))
    frame.write_csv(out)
    judged = judge(out.getvalue())
    told: list[set[Any]] = [set() for _ in rows]
    for rule, index, field in judged.findings.select("rule", "index", "field").iter_rows():
        if rule in ROW_RULES:
            told[index].add((rule, field))
    expected = plain.judge(rows, made.AS_OF)
    for at, one in enumerate(expected):
        assert judged.status.row(at, named=True) == one["status"], at
        assert told[at] == one["found"], at
        for name, result in judged.result.row(at, named=True).items():
            alone = one["result"][name]
            by_rules = {SPEC.rules[r].result for r, f in one["found"] if f == name} - {None}
            # A rule across fields is the result of a cell that is valid by itself.
            assert result in (by_rules if alone > 0 and by_rules - {alone} else {alone}), (at, name)


@pytest.mark.slow
def test_the_extracts_made_at_random_break_every_rule_of_a_row(made):
    covered = set()
    for seed in range(100, 104):
        told = plain.judge(extract(seed, 3000), made.AS_OF)
        covered |= {rule for one in told for rule, _ in one["found"]}
    assert covered == ROW_RULES


NUMBERS_OF_PEOPLE = ("4505577104", "9434765919", "4505577104", "123", "1111111111", None, None)
# Rules of peaks need a share of the file, and rows of another length a file that is not a table.
RECORD_RULES = {rule.id for rule in SPEC.rules.values() if rule.found == "records"} - {
    "birth-dates-on-1-january", "starts-on-1-april", "row-length",
}  # fmt: skip


def related(seed: int, rows: int) -> list[dict[str, str | None]]:
    """Rows that repeat each other but for a cell or two."""
    random = np.random.default_rng(seed)
    first = extract(seed, 25)
    for row in first:
        row["event_reference"] = f"E{random.integers(0, 12)}"
        row["event_type"] = ("Service", "Service", "Review")[random.integers(0, 3)]
        row["nhs_number"] = NUMBERS_OF_PEOPLE[random.integers(0, len(NUMBERS_OF_PEOPLE))]
    made = []
    changed = ("event_start_date", "event_end_date", "event_reference", "event_description",
               "gender", "nhs_number", "service_component", "person_id", "date_of_birth",
               "unit_cost", "cost_frequency", "has_unpaid_carer", "ethnicity",
               "route_of_access", "client_type", "provider_location_id")  # fmt: skip
    for _ in range(rows):
        row = dict(first[random.integers(0, len(first))])
        for _ in range(random.integers(0, 3)):
            name = changed[random.integers(0, len(changed))]
            some = {
                "nhs_number": NUMBERS_OF_PEOPLE,
                "event_reference": ("E1", "e1", "E2 ", None),
                "event_start_date": (*DAYS, "2025-04-01", "2024-04-01"),
                "event_end_date": (*DAYS, "2025-03-31", "2024-03-31", None),
            }.get(name, pool(name))
            row[name] = some[random.integers(0, len(some))]
        made.append(row)
        if random.random() < 0.05:  # and the same again from the next day on
            row["event_end_date"] = "2025-03-31"
            made.append(row | {"event_start_date": "2025-04-01", "event_end_date": None})
    return made


def numbers_known(rows: list[dict[str, str | None]]) -> list[dict[str, str | None]]:
    """The rows with the numbers alone that stand for a person: ten digits, and no dummy."""
    return [
        row
        | {"nhs_number": row["nhs_number"] if row["nhs_number"] in NUMBERS_OF_PEOPLE[:2] else ""}
        for row in rows
    ]


@pytest.mark.parametrize(
    "seed", [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(1, 12))]
)
def test_columns_and_the_plain_judge_agree_about_rows_together(seed, judge):
    rows = related(seed, 300)
    out = io.BytesIO()
    pl.DataFrame(rows, schema=dict.fromkeys(SPEC.fields, pl.String)).write_csv(out)
    judged = judge(out.getvalue())
    told: dict[str, set[int]] = {}
    for rule, index in judged.findings.select("rule", "index").iter_rows():
        if rule in RECORD_RULES:
            told.setdefault(rule, set()).add(index)
    by_cells = {"exact-duplicate", "one-event-two-references", "one-event-told-otherwise",
                "reference-of-several-events", "service-overlaps-itself",
                "service-reset-at-year-start"}  # fmt: skip
    expected = {rule: at for rule, at in records.judge(rows).items() if rule in by_cells}
    known = records.judge(numbers_known(rows))
    expected |= {rule: at for rule, at in known.items() if rule not in by_cells}
    for rule in RECORD_RULES:
        assert told.get(rule, set()) == expected.get(rule, set()), rule


@pytest.mark.slow
def test_the_rows_that_repeat_each_other_break_every_rule_of_rows_together():
    covered: set[str] = set()
    for seed in range(12):
        covered |= set(records.judge(numbers_known(related(seed, 300))))
    assert covered == RECORD_RULES
