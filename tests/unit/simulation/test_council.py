"""A council that does not exist: the same for a seed, valid, and about as busy as published."""

from __future__ import annotations

import re
from datetime import date

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from outturn.contracts import cells, keys, read_contracts
from outturn.contracts.cld import specification
from outturn.ingest.extract_check.rules.identities import BOTH_RELEASES
from outturn.simulation import council
from outturn.simulation.identities import reserved_numbers as numbers_for_tests
from outturn.simulation.parameters import sources

CONTRACTS, _ = read_contracts(None)
RECORDS = [
    "assessments", "bed_states", "care_home_stays", "carers", "cld", "contacts", "deaths", "delays",
    "emergency_attendances", "equipment_orders", "home_care", "hospital_stays", "person_deaths",
    "population", "provider_ratings", "reablement_episodes", "safeguarding", "short_breaks",
    "survey_responses",
]  # fmt: skip


def test_the_same_seed_gives_the_same_tables_and_truths(asked, england):
    again = council(asked(), 0)
    for name, table in england.tables.items():
        assert_frame_equal(table, again.tables[name])
    assert_frame_equal(england.truth, again.truth)


@pytest.mark.parametrize("changed", [{"seed": 2}, {"number": 1}])
def test_another_seed_or_another_council_gives_others(changed, asked, england):
    number = changed.pop("number", 0)
    other = council(asked(**changed, councils=2), number)
    for name in ("cld", "hospital_stays", "deaths", "home_care"):
        assert not england.tables[name].equals(other.tables[name]), name


def test_a_council_is_the_same_whatever_else_is_made(asked):
    """So that a country can be made, and made again, council by council."""
    wanted = asked(people=400, councils=3)
    alone, first = council(wanted, 2), council(wanted, 0)
    again = council(wanted, 2)
    assert_frame_equal(alone.tables["cld"], again.tables["cld"])
    assert not first.tables["cld"].equals(alone.tables["cld"])
    key = "event_reference"
    assert not set(first.tables["cld"][key]) & set(alone.tables["cld"][key])
    assert not set(first.tables["hospital_stays"]["stay"]) & set(
        alone.tables["hospital_stays"]["stay"]
    )


def test_every_record_table_is_there(england, scotland):
    assert sorted(england.tables) == RECORDS
    assert sorted(scotland.tables) == [name for name in RECORDS if name != "cld"]


TABLES = [("england", name) for name in RECORDS]
TABLES += [("scotland", name) for name in RECORDS if name != "cld"]


@pytest.mark.parametrize(("nation", "name"), TABLES)
def test_every_table_keeps_its_contract(nation, name, request):
    table, contract = request.getfixturevalue(nation).tables[name], CONTRACTS[name]
    assert set(table.columns) <= set(contract.names)
    assert table.height
    _, found = cells(table.select(pl.all().cast(pl.String)), contract)
    assert found.is_empty(), found["reason"].unique().to_list()
    assert keys(table.with_row_index("index"), contract).is_empty()


def test_exactly_the_people_asked_for_have_events(asked, england):
    assert england.known == 2_000
    assert england.tables["cld"]["person_id"].n_unique() == 2_000


def test_one_person_has_one_identifier_and_one_birth_in_every_table(england):
    tables = england.tables
    own = pl.coalesce("nhs_number", "person_id")
    people = tables["cld"].select(person=own, born="date_of_birth")
    shown = [people.unique()]
    for table in tables.values():
        if {"person", "born_on"} <= set(table.columns):
            shown.append(table.select("person", born="born_on").unique())
    births = pl.concat(shown).unique().group_by("person").len()
    assert births["len"].max() == 1
    stays = tables["hospital_stays"]["person"]
    assert stays.is_in(people["person"].implode()).mean() > 0.1, "hospital and care are linked"


def test_numbers_are_of_the_range_for_tests_and_a_few_people_have_none(england):
    cld = england.tables["cld"]
    given = cld["nhs_number"].drop_nulls().unique()
    assert given.str.contains(r"^999\d{7}$").all()
    assert set(given.cast(pl.Int64)) <= set(numbers_for_tests().tolist())
    each = cld.group_by("person_id").agg(
        pl.col("nhs_number").n_unique().alias("numbers"), pl.col("nhs_number").null_count() > 0
    )
    assert each["numbers"].max() == 1, "a person has a number in every row or in none"
    assert 0.005 < each["nhs_number"].mean() < 0.03


def test_where_the_numbers_run_out_a_pseudonym_stands_in_their_place(asked):
    made = council(asked(people=400, councils=300), 299)
    numbers = made.tables["cld"]["nhs_number"].drop_nulls()
    assert numbers.str.contains(r"^X300-\d{7}$").all()


def test_the_check_digit_of_a_number_for_tests_is_right():
    sample = numbers_for_tests()[::9973]
    for number in sample.tolist():
        digits = [int(one) for one in str(number)]
        total = sum(digit * (10 - at) for at, digit in enumerate(digits[:9]))
        assert (11 - total % 11) % 11 == digits[9]


def test_no_code_postcode_or_location_is_a_real_one(asked, england, scotland):
    for code in (england.place, scotland.place, asked(councils=999).place(998)):
        assert re.fullmatch(r"E06999\d{3}|S12999\d{3}", code)
    assert england.tables["cld"]["postcode"].str.starts_with("QQ").all()
    located = england.tables["cld"]["provider_location_id"].drop_nulls()
    assert located.str.starts_with("1-999").all()


def test_nothing_happens_to_anybody_after_death(england):
    cld = england.tables["cld"]
    dead = cld.filter(pl.col("date_of_death").is_not_null())
    assert dead.height
    assert (dead["event_start_date"] <= dead["date_of_death"]).all()
    assert (dead["event_end_date"] <= dead["date_of_death"]).all()
    stays = england.tables["hospital_stays"].filter(pl.col("died_on").is_not_null())
    assert (stays["discharged_on"] <= stays["died_on"]).all()


def test_stays_of_one_person_do_not_overlap(england):
    stays = england.tables["hospital_stays"].sort("person", "admitted_on", "discharged_on")
    after = stays.with_columns(
        pl.col("discharged_on").shift().over("person").alias("before"),
    ).drop_nulls("before")
    assert (after["admitted_on"] >= after["before"]).all()
    same = after.filter(pl.col("admitted_on") == pl.col("before"))
    assert (same["admission"] == "transfer").mean() > 0.9


def test_a_hospital_in_england_gives_most_codes_and_one_in_scotland_none(england, scotland):
    columns = ("admission_method", "management_type", "discharge_method", "discharge_destination",
               "treatment_function")  # fmt: skip
    stays = england.tables["hospital_stays"].filter(
        pl.col("kind") == "acute", pl.col("discharged_on").is_not_null()
    )
    for column in columns:
        assert 0.02 < stays[column].null_count() / stays.height < 0.08, column
    assert not set(columns) & set(scotland.tables["hospital_stays"].columns)
    words = stays.group_by("admission").agg(pl.col("admission_method").unique())
    codes = {word: set(found) - {None} for word, found in words.rows()}
    assert {"21", "31"} <= codes["emergency"] and {"31", "32"} <= codes["maternity"]
    assert codes["planned"] == {"11", "12", "13"}


def test_an_untidy_council_does_not_know_when_a_few_people_were_born(asked, england):
    assert england.tables["cld"]["date_of_birth"].null_count() == 0
    cld = council(asked(untidy=True), 0).tables["cld"]
    unknown = cld.filter(pl.col("date_of_birth").is_null())
    assert 0 < unknown["person_id"].n_unique() < 30
    known = cld.filter(pl.col("date_of_birth").is_not_null())["person_id"]
    assert not set(unknown["person_id"]) & set(known)


def test_edges_are_there_on_purpose(asked):
    cld = council(asked(people=15_000), 0).tables["cld"]
    services = cld.filter(pl.col("event_type") == "Service").sort("person_id", "event_start_date")
    gaps = services.with_columns(
        gap=(
            pl.col("event_start_date") - pl.col("event_end_date").shift().over("person_id")
        ).dt.total_days()
    )
    short = gaps.filter(pl.col("service_type") == "Short term support: ST-Max")["gap"]
    assert {0, 1, 7, 8, 90, 91} <= set(short.drop_nulls())
    homes = gaps.filter(pl.col("service_type").str.contains("care$"))["gap"].drop_nulls()
    assert {0, 1, 364, 365} <= set(homes)
    ends = cld["event_end_date"].drop_nulls()
    assert ((ends.dt.month() == 3) & (ends.dt.day() == 31)).sum() > 20
    assert cld["event_end_date"].null_count() > 100, "some services are open"
    assert cld["date_of_birth"].dt.year().min() >= 2023 - 106


def test_release_1_has_its_spellings_and_the_same_events(asked, england):
    first = council(asked(release=1), 0).tables["cld"]
    assert {"Service User", "Carer", "Carer known by association"} == set(first["client_type"])
    assert "Long Term Support: Community" in set(first["service_type"])
    same = ["person_id", "event_start_date", "event_end_date", "event_reference"]
    assert_frame_equal(first.select(same), england.tables["cld"].select(same))


def test_release_1_has_no_value_that_only_release_2_has(asked):
    """In the lists by which the check of an extract tells the releases apart."""
    first = council(asked(release=1), 0).tables["cld"]
    for name in BOTH_RELEASES:
        values = specification().values[name]
        late = {one.release_2 for one in values} - {one.release_1 for one in values}
        assert not late & set(first[name]), name


def test_an_untidy_council_lacks_components_and_outcomes_and_a_tidy_one_does_not(asked, england):
    def lacking(cld: pl.DataFrame) -> tuple[int, int]:
        services = cld.filter(pl.col("event_type") == "Service")
        return services["service_component"].null_count(), cld["event_outcome"].null_count()

    assert lacking(england.tables["cld"]) == (0, 0)
    components, outcomes = lacking(council(asked(untidy=True), 0).tables["cld"])
    assert components > 0 and outcomes > 0


def test_each_quarter_a_submission_knows_what_had_happened_by_then(asked, england):
    sent = council(asked(quarterly=True), 0).tables["cld"]
    first, last = "reporting_period_start_date", "reporting_period_end_date"
    spans = sent.select(first, last, "imported_on").unique().sort(last).rows()
    assert len(spans) == 12
    assert spans[0] == (date(2023, 10, 1), date(2023, 12, 31), date(2024, 1, 21))
    assert spans[-1] == (date(2025, 10, 1), date(2026, 9, 30), date(2026, 10, 21))
    for column in ("event_start_date", "event_end_date", "date_of_death"):
        assert (sent[column] <= sent[last]).all()
    done = sent.filter(pl.col("event_type") != "Service")
    assert done["event_end_date"].null_count() == 0
    assert (done["event_end_date"] >= done[first]).all()
    newest = sent.filter(pl.col(last) == date(2026, 9, 30)).drop(first, last, "imported_on")
    whole = england.tables["cld"].drop(first, last)
    kept = whole.filter(pl.col("event_reference").is_in(newest["event_reference"].implode()))
    assert_frame_equal(newest, kept)
    assert set(whole["event_reference"]) == set(sent["event_reference"])


def test_every_parameter_says_where_it_comes_from():
    assert all(len(source) > 8 for source in sources().values())


RATES = {  # measure of the truths -> the least and the most that it may be in a year
    "2a_no_further_support_after_reablement": (0.65, 0.90),  # 2A: 77.1% in England
    "2e_2a_at_home_18_64": (0.60, 0.95),  # 2E(2a): 77.4%
    "2e_2b_at_home_65": (0.40, 0.75),  # 2E(2b): 60.3%
    "2d_1_still_at_home_after_reablement_65": (0.45, 0.9),  # 2D(1): 60.7%
    "2c_care_home_admissions_65": (0.003, 0.010),  # 2C: 592.5 per 100,000
    "2b_care_home_admissions_18_64": (0.0, 0.001),  # 2B: 17.0 per 100,000
    "safeguarding_risk_reduced_or_removed": (0.8, 1.0),  # 4B: 91.2%
    "readmissions_28_days": (0.05, 0.15),
    "emergency_attendances_within_four_hours": (0.5, 0.9),
}


@pytest.mark.parametrize(("measure", "bounds"), RATES.items())
def test_rates_are_about_as_published(measure, bounds, england):
    year = england.truth.filter(
        measure=measure, period="2025-04-01/P1Y", breakdown="all", category="all"
    )
    rate = year["numerator"].item() / year["denominator"].item()
    assert bounds[0] <= rate <= bounds[1]


def test_deaths_and_emergencies_are_about_as_many_as_published(england):
    residents = england.residents
    yearly = england.truth.filter(period="2025-04-01/P1Y", breakdown="all")
    number = dict(yearly.select("measure", "numerator").iter_rows())
    assert 0.006 < number["deaths"] / residents < 0.015
    assert 0.06 < number["emergency_admissions"] / residents < 0.14
    people = england.tables["population"].filter(period="2025")
    assert 0.9 < people["people"].sum() / residents < 1.1
    old = people.filter(pl.col("age_group").is_in(["65-74", "75-84", "85plus"]))["people"].sum()
    assert 0.15 < old / residents < 0.27


def test_more_people_die_in_winter(asked):
    deaths = council(asked(people=20_000), 0).truth.filter(measure="excess_winter_deaths")
    share = deaths["numerator"] / deaths["denominator"]
    assert deaths.height == 2
    assert (share > 0.03).all() and (share < 0.5).all()


def test_the_population_is_that_of_the_truths(england):
    people = england.tables["population"].filter(period="2024")
    old = people.filter(pl.col("age_group").is_in(["65-74", "75-84", "85plus"]))["people"].sum()
    said = england.truth.filter(measure="2c_care_home_admissions_65", period="2024-04-01/P1Y")
    assert said["denominator"].item() == old
    assert np.issubdtype(people["people"].to_numpy().dtype, np.integer)
