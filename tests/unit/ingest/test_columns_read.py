"""What each derivation says that it reads: whole, and of columns that there are."""

from __future__ import annotations

import re
from datetime import date

import polars as pl
import pytest

from loading import module
from outturn.databases import DuckDB
from outturn.framework.model import Source
from outturn.ingest.derivations import DERIVATIONS, Asked
from outturn.ingest.derivations.columns import READ, ROWS, WITHOUT, read_by
from outturn.ingest.derivations.unfilled import handed_on
from outturn.ingest.mapping import needed
from outturn.ingest.unfilled import UNFILLED, Unfilled, by_column, of_source

drawing = module("spec/derived/drawing.py")
CONTRACTS, METHODS = drawing.CONTRACTS, drawing.METHODS
RECORDS = {name for name in CONTRACTS if name not in METHODS or METHODS[name].usually_supplied}


def test_every_derivation_says_what_it_reads() -> None:
    assert set(READ) == set(DERIVATIONS)


@pytest.mark.parametrize("table", METHODS)
def test_what_is_read_and_made_are_columns_of_their_tables(table: str) -> None:
    method = METHODS[table]
    alike = [one for one in METHODS.values() if one.derivation == method.derivation]
    columns = {name for one in alike for name in CONTRACTS[one.table].names}
    assert len(READ[method.derivation]) == len(method.reads)
    for given, read in read_by(method):
        assert set(read.columns) <= set(CONTRACTS[given].names)
        made = {one for one in read.made if "=" not in one}
        assert made <= {*columns, ROWS}, read


@pytest.mark.parametrize("table", METHODS)
def test_a_column_of_the_records_that_the_steps_name_is_needed_or_can_be_done_without(
    table: str,
) -> None:
    """The steps are searched for the names alone, so that one of another table may be found too."""
    method = METHODS[table]
    with DuckDB(threads=1) as database:
        plan = DERIVATIONS[method.derivation](database, Asked(method, date(2026, 3, 31)))
    text = " ".join(one.query.text for one in plan.steps) + " " + plan.last.text
    told = {(given, one) for given, read in read_by(method) for one in read.columns}
    for given in {*method.reads} & RECORDS:
        contract = CONTRACTS[given]
        own = {one for one in contract.names if one not in needed(contract)}
        named = own & set(re.findall(r"\b[a-z]\w*\.(\w+)", text))
        spare = {one for one in named if (given, one) not in told} - set(WITHOUT.get(given, ()))
        assert spare <= ELSEWHERE.get((table, given), set()), (given, spare)


# Names that the steps take from another table, or that change nothing of what is counted.
OF_EVENTS = {"service_type", "service_component", "event_type", "client_type"}
ELSEWHERE: dict[tuple[str, str], set[str]] = {
    ("cld_people", "cld"): OF_EVENTS,
    ("cld_people_2023_24", "cld"): OF_EVENTS,
    ("long_term_support_years_2023_24", "cld"): {*OF_EVENTS, "gender"},
    ("delay_bed_days", "delays"): {"setting"},
    ("delay_bed_days_england", "delays"): {"setting", "secondary_reason"},  # no code asks for it
    ("delay_census_england", "delays"): {"secondary_reason"},
    ("discharges_to_assess", "assessments"): {"sex", "born_on"},
    ("last_six_months", "hospital_stays"): {"sex", "born_on", "died_on"},
    ("older_discharges", "hospital_stays"): {"died_on"},
    ("reablement_results", "hospital_stays"): {"sex", "born_on", "died_on"},
    ("repeat_admissions", "assessments"): {"sex"},
}


def _lacking(table: str, *columns: str) -> dict[str, dict[str, tuple[Unfilled, ...]]]:
    return by_column(
        Unfilled(table, one, table, f"'{one}'", f"data/{table}.csv", ("X",)) for one in columns
    )


def test_of_columns_that_tell_the_same_one_is_enough() -> None:
    needed_by = [METHODS["delay_bed_days"]]
    assert "delay_bed_days" not in handed_on(_lacking("delays", "born_on"), needed_by)
    both = handed_on(_lacking("delays", "born_on", "age_when_ready"), needed_by)
    assert set(both["delay_bed_days"]) == {ROWS}


def test_of_a_folder_it_is_said_which_files_lack_a_column() -> None:
    source = Source("cld", "cld/*.csv", "cld")
    lacks = pl.DataFrame({"column": ["event_outcome"]}, schema=UNFILLED)
    files = [("cld/a.csv", lacks, {"X"}), ("cld/b.csv", lacks.clear(), {"X"})]
    (one,) = of_source(source, CONTRACTS["cld"], files)
    assert (one.named, one.some) == (
        "'Event Outcome' (event_outcome)",
        "1 of 2 files of 'cld' (a.csv)",
    )
    (whole,) = of_source(source, CONTRACTS["cld"], files[:1])
    assert whole.some == ""


def test_of_a_folder_a_place_loses_what_every_file_of_it_lacks() -> None:
    """X has one file without the column, Y has one with it, and Z has one of each."""
    source = Source("delays", "delays/*.csv", "delays")
    lacks = pl.DataFrame({"column": ["born_on"]}, schema=UNFILLED)
    files = [("a.csv", lacks, {"X", "Z"}), ("b.csv", lacks.clear(), {"Y", "Z"})]
    (one,) = of_source(source, CONTRACTS["delays"], files)
    assert (one.places, one.mixed) == (("X",), ("Z",))


def test_files_that_lack_another_of_the_columns_that_tell_the_same_lose_nothing() -> None:
    """X has ages and Y birthdays, so each is known; a place that has neither loses."""
    source = Source("delays", "delays/*.csv", "delays")
    born, aged, both = (
        pl.DataFrame({"column": columns}, schema=UNFILLED)
        for columns in (["born_on"], ["age_when_ready"], ["age_when_ready", "born_on"])
    )
    needed = [METHODS["delay_bed_days"]]
    apart = [("a.csv", born, {"X"}), ("b.csv", aged, {"Y"})]
    lacks = by_column(of_source(source, CONTRACTS["delays"], apart))
    assert "delay_bed_days" not in handed_on(lacks, needed)
    one_more = [("a.csv", born, {"X"}), ("b.csv", both, {"Y"})]
    lacks = by_column(of_source(source, CONTRACTS["delays"], one_more))
    made = handed_on(lacks, needed)["delay_bed_days"][ROWS]
    assert {one.column for one in made} == {"born_on", "age_when_ready"}
    assert {one.places for one in made} == {("Y",)}


def test_in_england_no_delay_asks_for_a_secondary_reason() -> None:
    lacks = _lacking("delays", "secondary_reason")
    assert "delay_bed_days_england" not in handed_on(lacks, [METHODS["delay_bed_days_england"]])
    assert ROWS in handed_on(lacks, [METHODS["delay_bed_days"]])["delay_bed_days"]


def test_what_a_table_lacks_is_handed_on_to_what_is_made_of_it() -> None:
    lacks = handed_on(
        _lacking("cld", "date_of_birth"),
        [METHODS[one] for one in ("cld_events", "cld_people", "care_home_admissions")],
    )
    assert "cld_events" not in lacks
    assert set(lacks["cld_people"]) == {"born_on"}
    assert {"age_group", "left_out", "new"} <= set(lacks["care_home_admissions"])
