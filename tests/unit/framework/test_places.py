"""`places.csv`: codes, hierarchies, dates and aliases, and every mistake with its line."""

from datetime import date

import pytest

from outturn.framework.model import Partnership, Place
from outturn.framework.places import ancestors, members, read_places

HEADINGS = "code,name,kind,parent,parent.health,valid_from,valid_to,successor,aliases"
SOUND = f"""{HEADINGS}
SCOTLAND,Scotland,country,,,,,,
FIFE,Fife,council,SCOTLAND,,,,,Fife Council|ons:Fife UA
BOARD,NHS Fife,board,,SCOTLAND,,,,
OLD,Old Town,locality,FIFE,BOARD,2009-04-01,2018-03-31,NEW,
NEW,"New Town, north",locality,FIFE,BOARD,2018-04-01,,,
"""


def read(text):
    mistakes = []
    return read_places(text, "places.csv", mistakes), [str(one) for one in mistakes]


def test_every_column_is_read():
    places, mistakes = read(SOUND)
    assert mistakes == []
    assert places["OLD"] == Place(
        "OLD", "Old Town", "locality", {"main": "FIFE", "health": "BOARD"},
        date(2009, 4, 1), date(2018, 3, 31), "NEW",
    )  # fmt: skip
    assert places["NEW"].name == "New Town, north"
    assert places["FIFE"].aliases == ("Fife Council", "ons:Fife UA")
    assert places["SCOTLAND"].parents == {}


def test_columns_beyond_code_name_and_kind_may_be_left_out():
    places, mistakes = read("code,name,kind\nA,Alpha,council\n")
    assert (places, mistakes) == ({"A": Place("A", "Alpha", "council")}, [])


def test_a_place_has_ancestors_in_each_hierarchy_nearest_first():
    places, _ = read(SOUND)
    assert ancestors(places, "OLD", "main") == ["OLD", "FIFE", "SCOTLAND"]
    assert ancestors(places, "OLD", "health") == ["OLD", "BOARD", "SCOTLAND"]
    assert ancestors(places, "OLD", "none") == ["OLD"]
    assert ancestors(places, "SCOTLAND", "main") == ["SCOTLAND"]


def test_a_circle_of_places_does_not_go_on_for_ever():
    places, _ = read(f"{HEADINGS}\nA,A,x,B,,,,,\nB,B,x,A,,,,,\n")
    assert ancestors(places, "A", "main") == ["A", "B"]


def test_a_name_an_alias_or_a_code_stands_for_a_place():
    partnership = Partnership("x", "FIFE", places=read(SOUND)[0])
    assert partnership.resolve("FIFE") == "FIFE"
    assert partnership.resolve("Fife") == "FIFE"
    assert partnership.resolve("Fife Council") == "FIFE"
    assert partnership.resolve("Fife UA", "ons") == "FIFE"
    assert partnership.resolve("Fife UA") is None
    assert partnership.resolve("Fife Council", "ons") == "FIFE"
    assert partnership.resolve("Elsewhere") is None


COLUMNS = "code,name,kind,parent,valid_from,valid_to,successor,aliases"
MISTAKES = [
    ("", "places.csv", "The list of places is missing or empty.",
     f"Begin it with a line of headings: {COLUMNS}"),
    ("code,name\nA,Alpha\n", "places.csv, line 1", "There is no column 'kind'.",
     f"Begin the file with a line of headings: {COLUMNS}"),
    ("code,name,kind,parnet\n", "places.csv, line 1",
     "There is no column 'parnet' in a list of places.", "Did you mean 'parent'?"),
    ("code,name,kind,zzz\n", "places.csv, line 1",
     "There is no column 'zzz' in a list of places.",
     "The columns are code, name, kind, parent, valid_from, valid_to, successor, aliases, "
     "parent.NAME."),
    ("code,name,kind,name\n", "places.csv, line 1", "Two columns have the heading 'name'.",
     "Take one of them out."),
    ("code,name,kind\nA,Alpha,x\nA,Beta,x\n", "places.csv, line 3",
     "The code stands on an earlier line too.",
     "Keep one line for each code; other names go under aliases."),
    ("code,name,kind\nA,Alpha,x\n\n\nA,Beta,x\n", "places.csv, line 5",
     "The code stands on an earlier line too.",
     "Keep one line for each code; other names go under aliases."),
    ("code,name,kind\nA,Alpha\n", "places.csv, line 2",
     "The line has more or fewer cells than the headings.",
     "Put quotes round a name that holds a comma."),
    ("code,name,kind\nA,Alpha, north,x\n", "places.csv, line 2",
     "The line has more or fewer cells than the headings.",
     "Put quotes round a name that holds a comma."),
    ("code,name,kind\n,Alpha,x\n", "places.csv, line 2", "The code or the name is empty.",
     "Give every place both."),
    ("code,name,kind\nA, ,x\n", "places.csv, line 2", "The code or the name is empty.",
     "Give every place both."),
    ("code,name,kind,valid_to\nA,Alpha,x,31/03/2018\n", "places.csv, line 2",
     "A validity date cannot be read.", "Write it as 2009-04-01."),
    ("code,name,kind,valid_from,valid_to\nA,Alpha,x,2018-04-01,2018-03-31\n",
     "places.csv, line 2", "The place ends before it begins.", "Exchange the two dates."),
    ("code,name,kind,parent\nALPHA,Alpha,x,\nB,Beta,x,ALPA\n", "places.csv, place B",
     "The parent 'ALPA' is not in the list.", "Did you mean 'ALPHA'?"),
    ("code,name,kind,parent\nB,Beta,x,ZZZ\n", "places.csv, place B",
     "The parent 'ZZZ' is not in the list.", "Add a line for the parent."),
    ("code,name,kind,parent.health\nA,Alpha,x,A\n", "places.csv, place A",
     "In the hierarchy 'health' the place stands above itself.",
     "Correct the parent of one place in the circle."),
    ('code,name,kind\nA,"Alpha,x\n', "places.csv, line 2",
     "The file cannot be taken apart into lines and cells.",
     "Look for a quotation mark that is opened and not closed."),
]  # fmt: skip


@pytest.mark.parametrize(("text", "where", "problem", "remedy"), MISTAKES)
def test_each_mistake_is_told_with_its_line(text, where, problem, remedy):
    _, mistakes = read(text)
    assert mistakes == [f"{where}\n  {problem}\n  {remedy}"]


def test_a_circle_is_told_for_each_place_in_it_and_not_for_those_below():
    _, mistakes = read("code,name,kind,parent\nA,A,x,B\nB,B,x,A\nC,C,x,A\n")
    assert [one.split("\n")[0] for one in mistakes] == [
        "places.csv, place A",
        "places.csv, place B",
    ]


def test_in_every_hierarchy_a_locality_stands_under_its_council_and_the_council_s_board() -> None:
    text = "code,name,kind,parent,parent.health\nL,Locality,locality,C,\nC,Council,council,,B\n"
    mistakes = []
    places = read_places(text + "B,Board,board,,\n", "places.csv", mistakes)
    assert not mistakes
    assert ancestors(places, "L") == ["L", "C", "B"]
    assert ancestors(places, "L", "main") == ["L", "C"]
    assert ancestors(places, "L", "health") == ["L"]


def test_a_place_below_another_member_is_no_member_beside_it():
    """Both localities stand directly under the board, by another hierarchy, and under home too."""
    places = {
        "NHS": Place("NHS", "NHS", "board"),
        "HOME": Place("HOME", "Home", "partnership", {"main": "NHS"}),
        "NORTH": Place("NORTH", "North", "locality", {"main": "HOME", "health": "NHS"}),
        "SOUTH": Place("SOUTH", "South", "locality", {"main": "HOME", "health": "NHS"}),
    }
    named = [(above, one.code) for above, one in members(places)]
    assert named == [("NHS", "HOME"), ("HOME", "NORTH"), ("HOME", "SOUTH")]
    assert [(above, one.code) for above, one in members(places, "health")] == [
        ("NHS", "NORTH"),
        ("NHS", "SOUTH"),
    ]


def test_unless_that_member_did_not_last_as_long():
    places = {
        "NHS": Place("NHS", "NHS", "board"),
        "HOME": Place("HOME", "Home", "partnership", {"main": "NHS"}, until=date(2020, 3, 31)),
        "NORTH": Place("NORTH", "North", "locality", {"main": "HOME", "health": "NHS"}),
    }
    named = {(above, one.code) for above, one in members(places)}
    assert named == {("NHS", "HOME"), ("HOME", "NORTH"), ("NHS", "NORTH")}
