"""What two sources of one table both hold is counted once, and the person is told."""

import pytest

from outturn.contracts import Contract, Field

STAYS = "place,month,age\n"
AUGUST = "E1,2020-08-01,70\n"
OCTOBER = "E1,2020-10-01,70\nE1,2020-10-01,\n"


@pytest.fixture
def overlapping(world):
    """Two extracts of stays without a key: August to October, and October again."""
    fields = (Field("place"), Field("month", "date"), Field("age", "integer"))
    world.contracts["stays"] = Contract("stays", fields, place="place", period="month")

    def make(first=STAYS + AUGUST + OCTOBER, second=STAYS + OCTOBER, **more):
        world.write("a.csv", first).source("a.csv", "stays")
        return world.write("b.csv", second).source("b.csv", "stays", **more)

    return make


def test_without_a_key_rows_that_an_earlier_source_has_cell_for_cell_are_set_aside(overlapping):
    found = overlapping().ingest()
    assert found.tables["stays"].select("source", "row").rows() == [("a", 2), ("a", 3), ("a", 4)]
    assert found.rejected.select("source", "row", "column", "reason", "kind").rows() == [
        ("b", 2, "all columns", "the row says the same as row 3 of source a", "wrong"),
        ("b", 3, "all columns", "the row says the same as row 4 of source a", "wrong"),
    ]
    assert [str(one) for one in found.mistakes] == [
        "data/b.csv, all columns, rows 2 and 3\n"
        "  2 rows are set aside: the row says the same as a row of source a.\n"
        "  Take it out of one of the files. Rows that are two things need a column that tells "
        "them apart, such as constants = { column = ... } in data/sources.toml."
    ]


def test_rows_alike_inside_one_source_may_be_as_many_events_and_are_kept(overlapping):
    twice = overlapping(STAYS + AUGUST + AUGUST, STAYS + OCTOBER).ingest()
    assert (twice.tables["stays"].height, twice.mistakes) == (4, [])


def test_all_rows_of_the_later_source_that_are_alike_are_set_aside(overlapping):
    found = overlapping(STAYS + AUGUST, STAYS + AUGUST + AUGUST + OCTOBER).ingest()
    assert found.tables["stays"].select("source", "row").rows() == [("a", 2), ("b", 4), ("b", 5)]
    assert found.rejected["row"].to_list() == [2, 3]


def test_rows_that_differ_in_one_cell_are_two(overlapping):
    found = overlapping(STAYS + AUGUST, STAYS + AUGUST.replace("70", "71")).ingest()
    assert (found.tables["stays"].height, found.mistakes) == (2, [])


def test_a_column_that_tells_the_sources_apart_keeps_both(world, overlapping):
    fields = (*world.contracts["stays"].fields, Field("hospital"))
    world.contracts["stays"] = Contract("stays", fields, place="place", period="month")
    found = overlapping(STAYS + AUGUST, STAYS + AUGUST, constants={"hospital": "b"}).ingest()
    assert (found.tables["stays"].height, found.mistakes) == (2, [])


def test_with_a_key_the_key_decides(world, overlapping):
    keyed = Contract("stays", world.contracts["stays"].fields, key=("place", "month"),
                     place="place", period="month")  # fmt: skip
    world.contracts["stays"] = keyed
    found = overlapping(STAYS + AUGUST, STAYS + AUGUST.replace("70", "71")).ingest()
    assert found.tables["stays"]["source"].to_list() == ["a"]
    assert found.rejected["reason"].to_list() == ["the row has the same key as row 2 of source a"]
