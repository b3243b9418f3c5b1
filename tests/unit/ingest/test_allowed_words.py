"""What a mapping says is held against the words that a column may hold, and against the file."""

from __future__ import annotations

import pytest

from outturn.contracts import read_contracts
from outturn.contracts.cld import specification
from outturn.ingest.allowed_words import allowed_words

CONTRACTS, _ = read_contracts(None)
CLD = (
    "la_code,person_id,client_type,event_type,event_start_date,event_end_date\n"
    "E1,p1,Service user,Service,2026-01-02,\n"
)
STAYS = "place,person,stay,kind,admission,admitted_on\nE1,p1,s1,acute,emergency,2026-01-02\n"


def told(world, text, contract, **words):
    return world.write("x.csv", text).source("x.csv", contract, **words).mistakes()


def test_a_word_that_client_level_data_do_not_have_is_told(world):
    values = {
        "event_type": {"Service": "Bogus", "Visit": "Servise"},
        "service_type": {"Home": "Long term support: Comunity"},
    }
    at = "data/sources.toml, source x, values"
    assert told(world, CLD, "cld", values=values, constants={"la_code": "E1"})[:3] == [
        f"{at}.event_type.\"Service\"\n  'Bogus' is not a word that 'event_type' may hold.\n"
        "  Its words are Request, Assessment, Service, Review.",
        f"{at}.event_type.\"Visit\"\n  'Servise' is not a word that 'event_type' may hold.\n"
        "  Did you mean 'Service' or 'Review'?",
        f'{at}.service_type."Home"\n'
        "  'Long term support: Comunity' is not a word that 'service_type' may hold.\n"
        "  Did you mean 'Long term support: Community', 'Long term support: Prison' or "
        "'Long term support: Nursing care'?",
    ]


def test_a_constant_is_held_against_the_words_too(world):
    text = CLD.replace(",client_type", "").replace(",Service user", "")
    assert told(world, text, "cld", constants={"client_type": "Sevice user"}) == [
        "data/sources.toml, source x, constants.client_type\n"
        "  'Sevice user' is not a word that 'client_type' may hold.\n"
        "  Did you mean 'Service user'?"
    ]


def test_a_contract_that_lists_its_words_is_kept_to_but_for_capitals_and_blanks(world):
    values = {"kind": {"A": "Acutes", "B": " Acute "}, "admission": {"E": "emergency", "N": ""}}
    assert told(world, STAYS, "hospital_stays", values=values) == [
        'data/sources.toml, source x, values.kind."A"\n'
        "  'Acutes' is not a word that 'kind' may hold.\n  Did you mean 'acute'?"
    ]


@pytest.mark.parametrize(
    "values",
    [
        {"event_type": {"Check-up": "REVIEW", "x": " service "}},  # capitals tell nothing apart
        {"event_type": {"None": ""}},  # an empty cell
        {"service_component": {"Meals": "A component of our own"}},  # the list is known in part
        {"event_description": {"a": "b"}},  # a text
    ],
)
def test_other_words_are_taken(world, values):
    assert told(world, CLD, "cld", values=values) == []


def test_figures_take_marks_for_what_is_absent(world):
    text = "measure,place,period,value,absent\ncontrol,E1,2020/21,,hidden\n"
    values = {"absent": {"hidden": "[c]"}}
    found = world.write("x.csv", text).source(values=values).figures("absent")
    assert found == [("suppressed",)]


def test_every_whole_list_of_the_specification_is_asked():
    spec = specification()
    for one in spec.fields.values():
        words = allowed_words(CONTRACTS["cld"], one.name)
        assert bool(words) == (one.known == "complete")
        assert set(words) >= {value.meaning for value in spec.values.get(one.name, ()) if words}


def test_a_constant_over_a_column_of_the_file_is_told(world):
    assert told(world, CLD, "cld", constants={"event_type": "Service"}) == [
        "data/x.csv, header row 1\n  Column 4 fills 'event_type', and a constant would hide it.\n"
        "  Take constants.event_type out of data/sources.toml, or write columns = "
        '{ event_type = "" } when the constant is to stand for the column.'
    ]


def test_a_constant_over_a_column_that_has_the_title_of_its_field_is_told(world):
    text = CLD.replace("event_type", "Event Type")
    (message,) = told(world, text, "cld", constants={"event_type": "Service"})
    assert "Column 4 fills 'event_type'" in message


def test_a_constant_stands_for_a_column_where_the_source_says_so(world):
    words = {"columns": {"event_type": ""}, "constants": {"event_type": "Review"}}
    found = world.write("x.csv", CLD).source("x.csv", "cld", **words).ingest()
    assert found.mistakes == []
    assert found.tables["cld"]["event_type"].to_list() == ["Review"]


@pytest.mark.parametrize(
    ("words", "where", "problem", "remedy"),
    [
        ({"sheet": "Beds"}, "sheet Beds", "The file is not a workbook, and has no sheets.",
         "Take sheet out of data/sources.toml, or name the workbook itself as the file."),
        ({"table": "beds"}, "table beds", "The file is not a database, and has no tables.",
         "Take table out of data/sources.toml, or name the database itself as the file."),
    ],
)  # fmt: skip
def test_a_sheet_or_a_table_of_a_text_file_is_told(world, words, where, problem, remedy):
    assert told(world, CLD, "cld", **words) == [f"data/x.csv, {where}\n  {problem}\n  {remedy}"]


@pytest.mark.parametrize("file", ["cld/**/*.csv", "cld/*/part.csv", "cld/year=*/"])
def test_a_pattern_that_looks_into_subfolders_is_told(world, file):
    (world.folder / "data/cld/year=2026").mkdir(parents=True)
    world.write("cld/year=2026/part.csv", CLD)
    assert world.source(file, "cld").mistakes() == [
        f"data/{file}\n  Only the name of the files may hold *: subfolders are not read.\n"
        '  Name each subfolder as a source of its own, such as file = "cld/year=2026/", '
        "or put all its files into one folder."
    ]


def test_a_folder_that_holds_folders_alone_is_told_with_one_of_them(world):
    (world.folder / "data/cld/year=2026").mkdir(parents=True)
    (world.folder / "data/cld/_delta_log").mkdir()
    world.write("cld/year=2026/part.csv", CLD)
    remedy = (
        '  Name each subfolder as a source of its own, such as file = "cld/year=2026/", '
        "or put all its files into one folder."
    )
    for file in ("cld/", "cld/*.csv"):
        world.sources.clear()
        assert world.source(file, "cld").mistakes() == [
            f"data/{file}\n  There is no file in the folder itself, and its subfolders are not "
            f"read.\n{remedy}"
        ]
    world.sources.clear()
    assert world.source("cld/year=2026/", "cld").mistakes() == []
