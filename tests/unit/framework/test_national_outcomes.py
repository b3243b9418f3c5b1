"""The nine National Health and Wellbeing Outcomes of Scotland, taken from the library by name."""

import tomllib
from importlib import resources

import pytest

from outturn.commands.scaffold import new
from outturn.commands.simulate import simulate
from outturn.framework import read_folder, read_texts

NAME = "health_and_wellbeing_outcomes"
LIBRARY = resources.files("outturn.framework") / "library"
FRAMEWORK = "National Health and Wellbeing Outcomes"
NINE = [f"nhwo_{number}" for number in range(1, 10)]


def words():
    return tomllib.loads((LIBRARY / NAME / "outcomes.toml").read_text(encoding="utf-8"))


@pytest.fixture
def read(tmp_path):
    """A new partnership that takes the nine, with these outcomes of its own."""

    def read(own):
        folder = new("Northvale", tmp_path)
        settings = folder / "outturn.toml"
        text = settings.read_text(encoding="utf-8")
        settings.write_text(text.replace("boards", f'library = ["{NAME}"]\nboards', 1), "utf-8")
        (folder / "framework" / "outcomes.toml").write_text(own, encoding="utf-8")
        return read_folder(folder)

    return read


def test_a_partnership_that_names_the_library_has_the_nine_without_typing_one(read):
    partnership, mistakes = read("")
    assert mistakes == []
    assert list(partnership.outcomes) == NINE
    assert {one.framework for one in partnership.outcomes.values()} == {FRAMEWORK}
    assert all(one.title and not one.measures for one in partnership.outcomes.values())


def test_an_entry_with_the_id_of_a_national_outcome_adds_to_it_and_repeats_nothing(read):
    own = '[[outcome]]\nid = "nhwo_6"\nowner = "Chief Officer"\nmeasures = ["emergency_admissions"]'
    partnership, mistakes = read(own)
    assert mistakes == []
    assert list(partnership.outcomes) == NINE
    carers = partnership.outcomes["nhwo_6"]
    assert carers.title.startswith("Unpaid carers are supported")
    assert (carers.level, carers.framework) == ("national outcome", FRAMEWORK)
    assert (carers.owner, carers.measures) == ("Chief Officer", ("emergency_admissions",))


def test_a_word_that_an_entry_says_itself_stands_instead_of_the_librarys(read):
    partnership, mistakes = read('[[outcome]]\nid = "nhwo_9"\ntitle = "As the regulations say"')
    assert mistakes == []
    assert partnership.outcomes["nhwo_9"].title == "As the regulations say"
    assert partnership.outcomes["nhwo_9"].framework == FRAMEWORK


def test_a_priority_of_the_partnership_stands_below_a_national_outcome(read):
    own = '[[outcome]]\nid = "home_first"\ntitle = "Home first"\nparent = "nhwo_2"'
    partnership, mistakes = read(own)
    assert mistakes == []
    assert list(partnership.outcomes) == [*NINE, "home_first"]
    assert partnership.outcomes["home_first"].parent == "nhwo_2"


def test_what_is_wrong_with_an_entry_is_told_of_the_partnerships_own_file(read):
    twice = '[[outcome]]\nid = "nhwo_1"\nownr = "x"\n\n[[outcome]]\nid = "nhwo_1"\n'
    _, mistakes = read(twice)
    assert sorted(one.where for one in mistakes) == [
        "framework/outcomes.toml, outcome nhwo_1",
        "framework/outcomes.toml, outcome[1].ownr",
    ]


def test_a_vintage_keeps_them_so_that_its_texts_give_the_same_outcomes_again(read):
    partnership, mistakes = read("")
    again, found = read_texts(partnership.files)
    assert (again, found) == (partnership, mistakes)
    assert f"library/{NAME}/outcomes.toml" in partnership.files


def test_every_measure_that_is_said_to_be_often_reported_is_one_of_the_library():
    often = words()["often"]
    known = {
        file.name.removesuffix(".toml")
        for library in LIBRARY.iterdir()
        if (library / "measures").is_dir()
        for file in (library / "measures").iterdir()
    }
    assert list(often) == NINE
    assert all(often.values())
    assert {id for ids in often.values() for id in ids} <= known


def test_the_simulated_scottish_council_reports_against_them(tmp_path):
    simulate(tmp_path / "s", people=300, nation="scotland", years=2)
    partnership, mistakes = read_folder(tmp_path / "s")
    assert mistakes == []
    assert [id for id in partnership.outcomes if id.startswith("nhwo_")] == NINE
    assert partnership.outcomes["nhwo_6"].measures == ("jf_carers_assessments", "carers_accepted")
    answered = {id for one in partnership.crosswalk for id in one.answers_to}
    assert answered == {"nhwo_2", "nhwo_3", "nhwo_4", "nhwo_6", "nhwo_7", "nhwo_9"}
