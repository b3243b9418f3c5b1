"""Contracts are read whole or not at all, and every mistake is told where it is."""

import json
from datetime import date
from importlib import resources

import pytest

from outturn.contracts import about_people, read_contracts
from outturn.contracts.read import read_contract
from outturn.ingest.derivations.methods import read_methods
from outturn.terms import DefinitionMistake


def said(mistakes):
    return [str(one) for one in mistakes]


def read(**schema):
    contract, mistakes = read_contract(json.dumps(schema), "x", "contracts/x.json")
    return contract, said(mistakes)


def fields(*names, **more):
    return [{"name": name, **more} for name in names]


def test_the_built_in_contracts_are_there_and_free_of_mistakes():
    contracts, mistakes = read_contracts(None)
    assert {"comparisons", "delayed_discharge_bed_days", "figures", "population"} <= set(contracts)
    assert {"cld", "hospital_stays", "delays", "reablement_outcomes"} <= set(contracts)
    assert mistakes == []
    files = resources.files("outturn.contracts").joinpath("schemas").iterdir()
    assert set(contracts) == {one.name.removesuffix(".json") for one in files}
    assert contracts["figures"].measure == "measure"
    assert contracts["delayed_discharge_bed_days"].totals == {
        "age_group": ("18plus",),
        "delay_reason": ("All Delay Reasons",),
    }


def test_a_whole_contract_is_read():
    contract, mistakes = read(
        title="Stays",
        missingValues=["-"],
        primaryKey="id",
        fields=[
            {"name": "id", "type": "integer", "constraints": {"required": True, "minimum": 1}},
            {"name": "began", "type": "date", "format": "%d/%m/%Y"},
            {"name": "ended", "type": "date", "constraints": {"maximum": "2030-01-01"}},
            {"name": "council", "constraints": {"pattern": "E\\d+", "enum": ["E1", "E2"]}},
        ],
        outturn={
            "place": "council",
            "period": "began",
            "totals": {"council": ["E2"]},
            "rules": [{"name": "n", "column": "ended", "at_least_column": "began"}],
        },
    )
    assert mistakes == []
    assert contract.names == ("id", "began", "ended", "council")
    assert contract.missing == ("", "-")
    assert contract.key == ("id",)
    assert contract.field("ended").maximum == date(2030, 1, 1)
    assert contract.field("began").format == "%d/%m/%Y"
    assert contract.rules[0].others == ("began",)


def test_answers_to_a_survey_are_about_people_whatever_a_contract_in_its_place_says():
    built_in, _ = read_contracts(None)
    assert about_people(built_in["survey_responses"]) and about_people(built_in["hospital_stays"])
    assert not about_people(built_in["population"]) and not about_people(built_in["deaths"])
    of_ours = [{"name": one.name, "type": one.type} for one in
               built_in["survey_responses"].fields]  # fmt: skip
    for people in (True, False):
        text = json.dumps({"fields": of_ours, "outturn": {"people": people}})
        found, mistakes = read_contracts({"contracts/survey_responses.json": text})
        assert mistakes == []
        assert about_people(found["survey_responses"])
    contract, mistakes = read(fields=fields("answer"), outturn={"people": True})
    assert mistakes == [] and about_people(contract)


def test_where_the_same_people_come_back_rows_are_no_events():
    """A word says so, never the columns: a week of care has a person and a day, as a contact."""
    built_in, _ = read_contracts(None)
    came_back = {
        "home_care", "home_care_weeks", "home_care_visits", "stay_bed_days",
        "mental_health_bed_days", "delay_bed_days", "delay_census", "waits_for_discharge",
        "open_waits", "ratings_held", "survey_responses",
        "long_term_support_years", "self_directed_support", "cld_people",
    }  # fmt: skip
    assert not [name for name in came_back if built_in[name].events]
    assert built_in["contacts"].events and built_in["short_breaks"].events
    of_figures = [one.name for one in built_in.values() if one.events and not about_people(one)]
    assert of_figures == ["provider_ratings"]  # an inspection is an event of a location
    contract, mistakes = read(fields=fields("place", "person", "day"), outturn={"place": "place"})
    assert mistakes == [] and not contract.events


def test_every_table_with_a_period_tells_how_far_it_reaches_or_says_why_not():
    """So that no table is forgotten: one stray date would open months of it, with 0 between."""
    contracts, _ = read_contracts(None)
    dated = {name: one for name, one in contracts.items() if one.period or one.events}
    silent = [
        name
        for name, one in dated.items()
        if not (one.reaches or one.reach_of or one.reach_unknown.endswith("."))
    ]
    assert silent == []
    assert not [name for name, one in contracts.items() if one.reach_of and not one.period]
    # A table that others tell of tells it itself, so that nothing leads nowhere.
    bases = {base for one in contracts.values() for base in one.reach_of}
    assert bases and all(contracts[base].reaches for base in bases)


def test_a_derived_table_reaches_as_far_as_records_that_it_is_made_of():
    """Of what it is made of, through however many steps: the first is the record of each row."""
    contracts, _ = read_contracts(None)
    methods, mistakes = read_methods({})
    assert mistakes == []

    def behind(table):
        reads = methods[table].reads if table in methods else ()
        return {*reads, *(more for one in reads for more in behind(one))}

    for name, contract in contracts.items():
        assert {*contract.reach_of} <= behind(name), name
    untold = [name for name in methods if not contracts[name].reach_of]
    assert all(contracts[name].reaches or contracts[name].reach_unknown for name in untold)


def test_a_word_of_how_far_a_table_reaches_that_leads_nowhere_is_a_mistake():
    def mistakes_of(**extra):
        text = json.dumps({"fields": [{"name": "day", "type": "date"}], "outturn": extra})
        return said(read_contracts({"contracts/mine.json": text})[1])

    assert mistakes_of(reach_of=["contacts"]) == []
    assert mistakes_of(reach_of=["contact"]) == [
        "contracts/mine.json, outturn.reach_of[0]\n  There is no other table 'contact'.\n"
        "  Did you mean 'contacts'?"
    ]
    assert len(mistakes_of(reach_of=["mine"])) == len(mistakes_of(reach_of="contacts")) == 1
    assert mistakes_of(reaches_to="day") == [
        "contracts/mine.json, outturn.reaches_to\n"
        "  A last day that a derivation has told needs the word 'reach_told'.\n"
        '  Write "reach_told": true beside it.'
    ]
    assert mistakes_of(reaches="day", period="day", weekly=True) == []
    of_no_weeks = [
        "contracts/mine.json, outturn.weekly\n"
        "  Rows are of whole weeks only where 'reaches' is the column of the period.\n"
        "  Name that column there, or take the word out."
    ]
    assert mistakes_of(weekly=True) == of_no_weeks
    assert mistakes_of(reaches="day", weekly=True) == of_no_weeks
    assert mistakes_of(period="day", weekly=True) == of_no_weeks
    assert mistakes_of(reaches="", period="", weekly=True) == of_no_weeks
    assert mistakes_of(reaches="day", reach_unknown="So it is.") == [
        "contracts/mine.json, outturn.reach_unknown\n"
        "  The word 'reaches' says what the table covers.\n  Take one of the two out."
    ]


def test_a_contract_in_the_place_of_one_that_tells_how_far_it_reaches_tells_it_too():
    """Else one stray stay of September would be a month of 1 again, after months of 0."""
    built_in, _ = read_contracts(None)

    def mistakes_of(name, **extra):
        own = [{"name": one.name, "type": one.type} for one in built_in[name].fields]
        text = json.dumps({"fields": own, "outturn": {"place": "place", **extra}})
        return said(read_contracts({f"contracts/{name}.json": text})[1])

    assert mistakes_of("hospital_stays") == [
        "contracts/hospital_stays.json, outturn\n"
        "  Nothing says which time the records of 'hospital_stays' cover.\n"
        '  Write "reaches": "discharged_on" as the contract of outturn does, or say with '
        "'reach_unknown' why nothing in the table tells it."
    ]
    assert mistakes_of("hospital_stays", reaches="discharged_on") == []
    assert mistakes_of("hospital_stays", reach_unknown="It is of one day.") == []
    (told,) = mistakes_of("stay_bed_days")
    words = '"reaches": "month", "reach_told": true, "reach_of": ["hospital_stays"]'
    assert f"Write {words} as the contract of outturn does" in told
    assert mistakes_of("population") == mistakes_of("survey_responses") == []


def test_an_unknown_type_is_told_with_the_nearest_word():
    contract, mistakes = read(fields=[*fields("a", "b"), {"name": "c", "type": "numbr"}])
    assert contract is None
    assert mistakes == [
        "contracts/x.json, fields[2].type\n  There is no type 'numbr'.\n  Did you mean 'number'?"
    ]


def test_every_mistake_is_gathered():
    _, mistakes = read(
        fields=[
            {"name": "row"},
            {"name": "a", "constraints": {"requird": True, "minimum": 3}},
            {"name": "a"},
        ],
        primarykey=["a"],
        primaryKey=["b"],
        outturn={"place": "plce", "totals": {"z": ["t"]}, "rules": [{"column": "a"}, 3]},
    )
    assert mistakes == [
        "contracts/x.json, primarykey\n  The word 'primarykey' is not understood.\n"
        "  Did you mean 'primaryKey'?",
        "contracts/x.json, fields[0].name\n"
        "  The name 'row' is kept for what outturn adds to every table.\n"
        "  Give the field another name.",
        "contracts/x.json, fields[1].constraints.requird\n"
        "  The word 'requird' is not understood.\n  Did you mean 'required'?",
        "contracts/x.json, fields[1].constraints.minimum\n"
        "  The limit does not fit the type of its field.\n"
        "  Write a number for an integer or a number, and a day as 2020-04-01 for a date.",
        "contracts/x.json, fields[2].name\n  There are two fields named 'a'.\n"
        "  Rename one of them.",
        "contracts/x.json, outturn.place\n  There is no field 'plce'.\n  Name one of the fields.",
        "contracts/x.json, primaryKey\n  There is no field 'b'.\n  Name one of the fields.",
        "contracts/x.json, outturn.totals.z\n  There is no field 'z'.\n  Name one of the fields.",
        "contracts/x.json, outturn.rules[0]\n"
        "  The rule does not say one thing about its column.\n"
        "  Give exactly one of at_most_column, at_least_column, under_twice_column, equals_column, "
        "not_equal_column, zero_with_column, sum_of, required_with_column, empty_with_column.",
        "contracts/x.json, outturn.rules[1]\n  It is not a rule.\n"
        '  Write { "name": ..., "column": ..., ... }.',
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            '{"fields": [,]}',
            "contracts/x.json, line 1\n  The file is not JSON.\n"
            "  Look for a comma, a quotation mark or a bracket too many or too few.",
        ),
        (
            "[]",
            "contracts/x.json\n  The file does not hold a table schema.\n"
            '  Write { "fields": [ ... ] }.',
        ),
        (
            "{}",
            "contracts/x.json, fields\n  There are no fields.\n"
            '  Write "fields": [{ "name": ... }].',
        ),
    ],
)
def test_a_file_that_is_no_schema_is_a_mistake(text, message):
    contract, mistakes = read_contract(text, "x", "contracts/x.json")
    assert contract is None
    assert said(mistakes) == [message]


@pytest.mark.parametrize("junk", [1, "x", None, True, [1], {"a": 1}])
@pytest.mark.parametrize(
    "word", ["fields", "missingValues", "primaryKey", "outturn", "title", "description"]
)
def test_a_part_of_the_wrong_kind_is_a_mistake_and_never_a_crash(word, junk):
    schema = {"fields": fields("a"), word: junk}
    contract, mistakes = read_contract(json.dumps(schema), "x", "contracts/x.json")
    assert (contract is None) == bool(mistakes)


@pytest.mark.parametrize("junk", [1, "x", None, True, [1], {"a": 1}])
@pytest.mark.parametrize(
    "word",
    ["place", "period", "measure", "parts", "totals", "rules", "describes", "people", "events"],
)
def test_a_part_of_ours_of_the_wrong_kind_is_a_mistake_and_never_a_crash(word, junk):
    schema = {"fields": fields("a"), "outturn": {word: junk}}
    contract, mistakes = read_contract(json.dumps(schema), "x", "contracts/x.json")
    assert (contract is None) == bool(mistakes)
    assert mistakes or (word, junk) in [("describes", "x"), ("people", True), ("events", True)]


@pytest.mark.parametrize(
    "pattern",
    ["(", "a(?=b)", "(a)\\1", "a\\Z", "(?>a)", "(?P<x>a)(?P=x)", "a)|(b", "(?x)a #"],
)
def test_a_pattern_that_columns_cannot_use_is_a_mistake(pattern):
    _, mistakes = read(fields=fields("a", constraints={"pattern": pattern}))
    assert mistakes == [
        "contracts/x.json, fields[0].constraints.pattern\n  The pattern is not understood.\n"
        "  Write a regular expression without look-around and back references."
    ]


def test_only_like_can_be_compared_with_like():
    _, mistakes = read(
        fields=[{"name": "a", "type": "number"}, {"name": "b"}],
        outturn={"rules": [{"column": "a", "at_most_column": "b"}]},
    )
    assert mistakes == [
        "contracts/x.json, outturn.rules[0].at_most_column\n"
        "  The columns are of different types.\n"
        "  Compare columns of one type; add up numbers only."
    ]


def test_a_partnership_adds_contracts_and_replaces_built_in_ones(tmp_path):
    built_in, _ = read_contracts(None)
    (tmp_path / "contracts").mkdir()
    own = {"fields": fields("place", "period", "age_group", "sex", "ward")}
    own["fields"].append({"name": "people", "type": "number"})
    (tmp_path / "contracts/population.json").write_text(json.dumps(own))
    (tmp_path / "contracts/admissions.json").write_text(json.dumps({"fields": fields("a")}))
    contracts, mistakes = read_contracts(tmp_path)
    assert mistakes == []
    assert set(contracts) == {*built_in, "admissions"}
    assert "ward" in contracts["population"].names


def test_a_contract_in_the_place_of_a_built_in_one_must_keep_its_columns(tmp_path):
    (tmp_path / "contracts").mkdir()
    own = {"fields": [*fields("place", "period", "age_group", "people")]}
    (tmp_path / "contracts/population.json").write_text(json.dumps(own))
    _, mistakes = read_contracts(tmp_path)
    assert said(mistakes) == [
        "contracts/population.json, fields\n"
        "  There is no field 'sex', which outturn needs in 'population'.\n"
        "  Add it, or give the contract another name.",
        "contracts/population.json, fields[3].type\n"
        "  The field 'people' must be of type number in 'population'.\n"
        "  Give it that type, or give the contract another name.",
    ]
    assert {type(one) for one in mistakes} == {DefinitionMistake}


def test_a_file_that_is_not_text_is_a_mistake(tmp_path):
    (tmp_path / "contracts").mkdir()
    (tmp_path / "contracts/a.json").write_bytes(b"\xff\xfe\x00")
    _, mistakes = read_contracts(tmp_path)
    assert said(mistakes) == [
        "contracts/a.json\n  The file cannot be read.\n  Save it as UTF-8 text."
    ]


@pytest.mark.parametrize("pattern", ["E\\d{8}", "(?:a|b)+", "[^,]*", "(?P<x>a)"])
def test_a_pattern_that_columns_can_use_is_kept(pattern):
    contract, mistakes = read(fields=fields("a", constraints={"pattern": pattern}))
    assert mistakes == []
    assert contract.field("a").pattern == pattern


def test_names_that_differ_only_in_case_are_one_name_to_a_database():
    _, mistakes = read(fields=fields("N", "n", "stra\u00dfe", "STRASSE", "Row", "SOURCE"))
    assert mistakes == [
        "contracts/x.json, fields[1].name\n  The fields 'N' and 'n' differ only in case.\n"
        "  Rename one of them.",
        "contracts/x.json, fields[3].name\n"
        "  The fields 'stra\u00dfe' and 'STRASSE' differ only in case.\n  Rename one of them.",
        "contracts/x.json, fields[4].name\n"
        "  The name 'Row' is kept for what outturn adds to every table.\n"
        "  Give the field another name.",
        "contracts/x.json, fields[5].name\n"
        "  The name 'SOURCE' is kept for what outturn adds to every table.\n"
        "  Give the field another name.",
    ]


def test_a_sum_of_nothing_is_no_rule():
    _, mistakes = read(
        fields=[{"name": "a", "type": "number"}],
        outturn={"rules": [{"column": "a", "sum_of": []}]},
    )
    assert mistakes == [
        "contracts/x.json, outturn.rules[0].sum_of\n  There are no columns to add up.\n"
        "  Name one or more."
    ]
