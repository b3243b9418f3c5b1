"""A partnership's own method files: what does not fit a derivation is told before a build."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from outturn.contracts import read_contracts
from outturn.databases import DuckDB
from outturn.ingest.derivations.derive import derive, in_order, without_rows
from outturn.ingest.derivations.methods import check_tables, read_methods
from outturn.terms.errors import DefinitionMistake, Mistake

METHODS, _ = read_methods({})
CONTRACTS, _ = read_contracts(None)
WAITS = """
table = "equipment_waits"
derivation = "equipment waits"
version = "ours"
title = "Waits"
given = ["equipment_orders"]
source = "us"
[parameters]
in_time_days = 5
age_groups = ["0-64", "65plus"]
"""
NAME = "methods/equipment_waits.toml"


def told(text: str, name: str = NAME) -> list[tuple[str, str, str]]:
    _, mistakes = read_methods({name: text})
    assert all(isinstance(one, DefinitionMistake) for one in mistakes)
    return parts(mistakes)


def parts(mistakes: list[Mistake]) -> list[tuple[str, str, str]]:
    return [(one.where, one.problem, one.remedy) for one in mistakes]


def method(name: str, table: str = "", **changes: str) -> str:
    """A built-in method as the text of an own file, with some parameters written otherwise."""
    one = METHODS[name]
    lines = [
        f'table = "{table or name}"',
        f'derivation = "{one.derivation}"',
        'version = "ours"\ntitle = "Ours"\nsource = "us"',
        f"given = {changes.pop('given', list(one.given))}",
        f"if_there = {changes.pop('if_there', list(one.if_there))}",
        "[parameters]",
    ]
    for key, value in one.parameters.items():
        lines.append(f"{key} = {changes.pop(key, None) or toml(value)}")
    return "\n".join([*lines, *(f"{key} = {value}" for key, value in changes.items())])


def toml(value: object) -> str:
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{toml(k)} = {toml(v)}' for k, v in value.items())} }}"
    if isinstance(value, list):
        return f"[{', '.join(map(toml, value))}]"
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else str(value)


@pytest.mark.parametrize("table", METHODS)
def test_every_method_that_comes_with_outturn_fits_as_an_own_one(table: str) -> None:
    methods, mistakes = read_methods({f"methods/{table}.toml": method(table)})
    assert mistakes == []
    assert methods[table].version == "ours"
    assert list(check_tables(methods, CONTRACTS)) == []


def test_a_missing_parameter_is_named_with_the_one_that_was_meant() -> None:
    assert told(WAITS.replace("in_time_days", "in_tim_days")) == [
        (
            f"{NAME}, parameters.in_tim_days",
            "The derivation 'equipment waits' has no parameter 'in_tim_days'.",
            "Did you mean 'in_time_days'?",
        ),
        (
            f"{NAME}, parameters",
            "'in_time_days' is not given: the derivation 'equipment waits' needs it.",
            "Did you mean 'in_tim_days'?",
        ),
    ]


@pytest.mark.parametrize(
    ("old", "new", "at", "problem", "remedy"),
    [
        ("= 5", '= "5"', "in_time_days", "It is not a whole number.",
         "Write a whole number, such as 7."),
        ("= 5", "= true", "in_time_days", "It is not a whole number.",
         "Write a whole number, such as 7."),
        ("= 5", "= 5.0", "in_time_days", "It is not a whole number.",
         "Write a whole number, such as 7."),
        ("= 5", "= 0", "in_time_days", "The number 0 is not possible here.",
         "Write a number from 1 to 100000."),
        ("= 5", "= -1", "in_time_days", "The number -1 is not possible here.",
         "Write a number from 1 to 100000."),
        ("= 5", "= 100001", "in_time_days", "The number 100001 is not possible here.",
         "Write a number from 1 to 100000."),
        ('["0-64", "65plus"]', "[]", "age_groups", "It is empty.", "Write one or more in [...]."),
        ('"65plus"', '"65+"', "age_groups[1]", "'65+' is not a group of ages.",
         'Write it such as "18-64" or "85plus".'),
        ('"65plus"', '"70-65"', "age_groups[1]", "'70-65' is not a group of ages.",
         'Write it such as "18-64" or "85plus".'),
        ('"65plus"', "65", "age_groups[1]", "It is not a text.",
         'Write a text, such as "0-17".'),
    ],
)  # fmt: skip
def test_a_value_of_the_wrong_kind_is_told(old, new, at, problem, remedy) -> None:
    assert told(WAITS.replace(old, new)) == [(f"{NAME}, parameters.{at}", problem, remedy)]


@pytest.mark.parametrize(
    ("table", "changes", "at", "problem"),
    [
        ("first_response_waits", {"first_day": '"1 April 2023"'}, "first_day",
         "'1 April 2023' is not a day."),
        ("first_response_waits", {"first_day": "2023-04-01"}, "first_day", "It is not a text."),
        ("first_response_waits", {"count_missing_outcome": "1"}, "count_missing_outcome",
         "It is not true or false."),
        ("first_response_waits", {"client_months": '{ x = "12" }'}, "client_months.x",
         "It is not a whole number."),
        ("first_response_waits", {"client_months": "[12]"}, "client_months", "It is not a table."),
        ("first_response_waits", {"client_months": "{ x = -1 }"}, "client_months.x",
         "The number -1 is not possible here."),
        ("self_directed_support", {"ranks": '[["a", "b"]]'}, "ranks[0]", "It holds 2, not 3."),
        ("self_directed_support", {"ranks": '["a"]'}, "ranks[0]", "It is not a list."),
        ("cld_events", {"left_out_submissions": "[1]"}, "left_out_submissions",
         "It is not a list of texts."),
        ("delay_census", {"age_groups": '["18-64", "65-74", "75plus"]'}, "age_groups",
         "These are not two groups of ages."),
    ],
)  # fmt: skip
def test_parameters_of_every_kind_are_checked(table, changes, at, problem) -> None:
    name = f"methods/{table}.toml"
    found = told(method(table, **changes), name)
    assert [(where, said) for where, said, _ in found] == [(f"{name}, parameters.{at}", problem)]


def test_a_list_may_be_empty_and_a_number_nought_where_some_method_has_it_so() -> None:
    changes = {"left_out_codes": "[]", "left_out_groups": "[]"}
    assert told(method("delay_census", **changes), "methods/delay_census.toml") == []
    text = method("self_directed_support", youngest="0")
    assert told(text, "methods/self_directed_support.toml") == []


def test_fewer_tables_than_the_derivation_reads_are_told_with_everything_else() -> None:
    name = "methods/cld_people.toml"
    text = method("cld_people", given='["cld"]', carer_days="-1")
    assert told(text, name) == [
        (
            f"{name}, parameters.carer_days",
            "The number -1 is not possible here.",
            "Write a number from 1 to 100000.",
        ),
        (
            f"{name}, given",
            "The derivation 'cld people' reads 2 tables.",
            'Write given = ["cld", "cld_events"], or their like.',
        ),
    ]


def test_a_table_that_is_made_of_itself_is_told() -> None:
    name = "methods/equipment_waits.toml"
    text = method("equipment_waits", given='["equipment_orders", "equipment_waits"]')
    assert told(text, name) == [
        (
            f"{name}, given",
            "The table is made of itself: 'equipment_waits' of 'equipment_waits'.",
            "Take one of these tables out of 'given'.",
        )
    ]


def test_a_circle_of_methods_is_told_once_and_stops_nothing() -> None:
    name = "methods/cld_events.toml"
    methods, mistakes = read_methods({name: method("cld_events", given='["cld", "cld_people"]')})
    assert parts(mistakes) == [
        (
            f"{name}, given",
            "The table is made of itself: 'cld_events' of 'cld_people' of 'cld_events'.",
            "Take one of these tables out of 'given'.",
        )
    ]
    assert len(in_order(["cld_people"], methods)) == 2


def test_a_file_must_bear_the_name_of_its_table() -> None:
    files = {NAME: WAITS, "methods/waits.toml": WAITS.replace('"ours"', '"theirs"')}
    methods, mistakes = read_methods(files)
    assert methods["equipment_waits"].version == "ours"
    assert parts(mistakes) == [
        (
            "methods/waits.toml, table",
            "The table is 'equipment_waits', which is not the name of the file.",
            "Rename the file to equipment_waits.toml, or name its table in it.",
        )
    ]


def checked(name: str, text: str) -> list[tuple[str, str, str]]:
    methods, mistakes = read_methods({name: text})
    assert mistakes == []
    return parts(list(check_tables(methods, CONTRACTS)))


def test_tables_that_are_not_there_are_told() -> None:
    text = method("equipment_waits", "our_waits", given='["equipment_orders", "equipment_order"]')
    assert checked("methods/our_waits.toml", text) == [
        (
            "methods/our_waits.toml, table",
            "There is no contract 'our_waits', which says what the table looks like.",
            "Write contracts/our_waits.json, or name a table that has a contract.",
        ),
        (
            "methods/our_waits.toml, given",
            "There is no table 'equipment_order'.",
            "Did you mean 'equipment_orders'?",
        ),
    ]


def test_a_table_of_records_cannot_stand_for_another() -> None:
    text = method("equipment_waits", given='["assessments"]')
    assert checked(NAME, text) == [
        (
            f"{NAME}, given",
            "The derivation 'equipment waits' reads 'equipment_orders', not 'assessments'.",
            "Write 'equipment_orders' in the place of 'assessments'.",
        )
    ]


def test_a_derived_table_stands_for_another_only_with_its_columns() -> None:
    name = "methods/open_waits.toml"
    given = '["cld_events_2023_24", "cld_people_2023_24"]'
    assert checked(name, method("open_waits", given=given)) == []
    [(where, problem, remedy)] = checked(
        name, method("open_waits", given='["winter_deaths", "cld_people"]')
    )
    assert where == f"{name}, given"
    assert problem.startswith("The table 'winter_deaths' is not like 'cld_events': it lacks '")
    assert remedy == "Name 'cld_events', or a table with the same columns."


@pytest.mark.parametrize(
    ("table", "changes", "at", "problem", "remedy"),
    [
        ("reablement_outcomes", {"days_after": "20"}, "days_after",
         "20 is more than days_between_services, which is 7.",
         "Write 7 or less, so that no reablement of the same cluster can follow it; or raise "
         "days_between_services."),
        ("assessment_waits", {"urgent_days": "29"}, "urgent_days",
         "29 is more than in_time_days, which is 28.",
         "Write 28 or less, so that what is urgent does not wait longer than the rest; or raise "
         "in_time_days."),
        ("reablement_outcomes", {"age_bands": '["18-64", "60plus"]'}, "age_bands",
         "The groups '18-64' and '60plus' overlap.", "Let each age be in one group only."),
        ("discharges", {"age_groups": '["75plus", "18-64", "65plus"]'}, "age_groups",
         "The groups '65plus' and '75plus' overlap.", "Let each age be in one group only."),
        ("discharges", {"age_groups": '["18-64", "66-74", "75plus"]'}, "age_groups",
         "Who is 65 is in none of the groups.",
         "Let '66-74' begin where '18-64' ends, or add one."),
        ("discharges", {"age_groups": '["18-64", "75plus"]'}, "age_groups",
         "Who is 65 to 74 is in none of the groups.",
         "Let '75plus' begin where '18-64' ends, or add one."),
        ("delay_bed_days", {"older": "65"}, "age_groups",
         "The groups are not those of who is 65 or older, and who is 18 to 64.",
         'Write ["65plus", "18-64"], or put older and youngest right.'),
    ],
)  # fmt: skip
def test_parameters_that_contradict_each_other_are_told(table, changes, at, problem, remedy):
    name = f"methods/{table}.toml"
    assert told(method(table, **changes), name) == [(f"{name}, parameters.{at}", problem, remedy)]


def test_limits_that_are_the_same_are_in_order() -> None:
    changes = {"days_after": "7", "days_between_services": "7"}
    name = "methods/reablement_outcomes.toml"
    assert told(method("reablement_outcomes", **changes), name) == []


@pytest.mark.parametrize(
    ("table", "changes", "at", "word", "columns"),
    [
        ("reablement_outcomes", {"reablement": '"Short term support: STMax"'}, "reablement",
         "Short term support: STMax", "'service_type'"),
        ("reablement_outcomes", {"long_term": '["Long term support: Comunity"]'}, "long_term[0]",
         "Long term support: Comunity", "'service_type'"),
        ("reablement_outcomes", {"left_out_sequels": '{ "NFA: Decesed" = "died" }'},
         "left_out_sequels.NFA: Decesed", "NFA: Decesed", "'event_outcome'"),
        ("self_directed_support",
         {"ranks": '[["Long term support: Nursing", "", "nursing"]]'}, "ranks[0][0]",
         "Long term support: Nursing", "'service_type'"),
        ("self_directed_support",
         {"ranks": '[["Long term support: Nursing care", "", "nurse"]]'}, "ranks[0][2]",
         "nurse", "'setting'"),
        ("first_response_waits", {"client_type": '"Service User"'}, "client_type",
         "Service User", "'client_type'"),
        ("discharges", {"readmission_kinds": '["acut"]'}, "readmission_kinds[0]", "acut", "'kind'"),
    ],
)  # fmt: skip
def test_a_word_that_no_record_can_have_is_told(table, changes, at, word, columns) -> None:
    name = f"methods/{table}.toml"
    [(where, problem, remedy)] = checked(name, method(table, **changes))
    assert where == f"{name}, parameters.{at}"
    assert problem == f"'{word}' is not a word that {columns} may hold."
    assert remedy.startswith("Did you mean '")


def test_what_is_near_a_misspelt_word_comes_first() -> None:
    text = method("reablement_outcomes", reablement='"Short term support: STMax"')
    [(_, _, remedy)] = checked("methods/reablement_outcomes.toml", text)
    assert remedy.startswith("Did you mean 'Short term support: ST-Max'")


@pytest.mark.parametrize(
    ("table", "changes"),
    [
        ("reablement_outcomes", {"equipment": '"Our own component"'}),  # known in part
        ("older_discharges", {"admission_codes": '["99"]'}),  # of no list
        ("first_response_waits", {"outcomes_without_progress": '["NFA"]'}),  # a beginning
        ("reablement_outcomes", {"independent": '["NFA: Other"]'}),  # another word of the list
        ("self_directed_support", {"ranks": '[["Long term support: Prison", "", "prison"]]'}),
        # What another parameter calls it is a word of the method.
        ("reablement_outcomes",
         {"short_care_sequel": '"A home, for a while"', "dependent": '["A home, for a while"]'}),
    ],
)  # fmt: skip
def test_words_that_can_be_there_are_taken(table, changes) -> None:
    assert checked(f"methods/{table}.toml", method(table, **changes)) == []


def test_a_contract_of_ones_own_says_which_words_there_are() -> None:
    own = replace(CONTRACTS["hospital_stays"], fields=tuple(
        replace(one, enum=(*one.enum, "rehabilitation")) if one.name == "kind" else one
        for one in CONTRACTS["hospital_stays"].fields
    ))  # fmt: skip
    name = "methods/discharges.toml"
    methods, _ = read_methods({name: method("discharges", readmission_kinds='["rehabilitation"]')})
    assert list(check_tables(methods, {**CONTRACTS, "hospital_stays": own})) == []
    assert len(list(check_tables(methods, CONTRACTS))) == 1


def test_what_a_source_supplies_is_not_made_nor_what_only_it_is_made_of() -> None:
    def made(table: str, *supplied: str) -> list[str]:
        return [one.table for one in in_order([table], METHODS, supplied)]

    assert made("open_waits") == ["cld_events", "cld_people", "open_waits"]
    assert made("open_waits", "cld_events") == ["cld_people", "open_waits"]
    assert made("open_waits", "open_waits") == []


def test_a_table_that_is_read_if_it_is_there_is_named_in_an_own_method_too() -> None:
    own = {"name": "methods/reablement_results.toml"}
    assert told(method("reablement_results", if_there="[]"), **own) == [
        (
            "methods/reablement_results.toml, if_there",
            "The derivation 'reablement results' reads 'hospital_stays' if it is there.",
            'Write if_there = ["hospital_stays"].',
        )
    ]
    both = '["reablement_episodes", "hospital_stays"]'  # the stays are needed then
    needing = method("reablement_results", given=both, if_there="[]")
    assert told(needing, **own) == []
    methods, _ = read_methods({own["name"]: needing})
    assert without_rows(["reablement_results"], methods, {"reablement_episodes"}) == {
        "reablement_results": ("hospital_stays",)
    }
    assert without_rows(["reablement_results"], METHODS, {"reablement_episodes"}) == {}
    methods, _ = read_methods({own["name"]: method("reablement_results",
                               if_there='["hospital_stays", "no_such"]')})  # fmt: skip
    assert parts(list(check_tables(methods, CONTRACTS))) == [
        (
            "methods/reablement_results.toml, if_there",
            "There is no table 'no_such'.",
            "Name a table with a contract or a method.",
        )
    ]


def test_a_table_that_is_read_if_it_is_there_is_empty_where_it_is_not() -> None:
    kinds = {**CONTRACTS["reablement_episodes"].schema, "source": pl.String, "row": pl.Int64}
    episode = dict.fromkeys(kinds) | {
        "place": "North", "person": "p1", "episode": "e1", "started_on": date(2025, 4, 1),
        "ended_on": date(2025, 5, 1), "outcome": "no ongoing support", "source": "a", "row": 1,
    }  # fmt: skip
    with DuckDB(threads=1) as database:
        made = derive(
            ["reablement_results"],
            {"reablement_episodes": pl.DataFrame([episode], schema=kinds)},
            methods=METHODS, contracts=CONTRACTS, as_of=date(2026, 1, 1), database=database,
        )  # fmt: skip
    (row,) = made["reablement_results"].to_dicts()
    assert (row["outcome"], row["at_home"]) == ("no ongoing support", None)


def test_tables_without_rows_are_told_with_what_they_lack_in_the_end() -> None:
    wanted = ["open_waits", "equipment_waits", "reablement_discharges"]
    assert without_rows(wanted, METHODS, {"cld"}) == {
        "equipment_waits": ("equipment_orders",),
        "reablement_discharges": ("hospital_stays",),
    }
    # What a source would hold, were there any rows in it, is not made of anything else.
    assert without_rows(["open_waits"], METHODS, {"cld"}, {"cld_events"}) == {
        "open_waits": ("cld_events",)
    }
    circle = replace(METHODS["cld_events"], given=("cld", "cld_people"))
    assert without_rows(["cld_people"], {**METHODS, "cld_events": circle}, {"cld"}) == {
        "cld_people": ("cld_people",)
    }
