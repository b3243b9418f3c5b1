"""How wide a column is."""

from __future__ import annotations

import pytest

from outturn.publishing.tables import Column, Table, shares


def test_shares_make_a_whole_line():
    table = Table("C", ("Name", "A", "B"), [("A very long name of a measure indeed", "1", "2")])
    found = shares(table)
    assert sum(found) == pytest.approx(1)
    assert found[0] > found[1] == found[2]


def test_a_width_that_was_asked_for_is_given():
    assert shares(Table("C", (Column("A", width=3), Column("B", width=1)), [])) == (0.75, 0.25)


def test_a_long_word_is_never_narrower_than_a_short_sentence():
    table = Table("C", ("Name", "Said"), [("Llanfairpwllgwyngyllgogerychwyrndrobwll", "a b " * 30)])
    name, said = shares(table)
    assert name > said


def test_no_word_is_broken_where_the_line_has_room_for_all():
    """Eight columns of a comparison: the periods and the heads once broke in Word."""
    heads = ("Measure", "Period", "Our figure", "Group's figure", "Against the group", "Rank")
    table = Table(
        "C",
        (*heads, "Quartile", "Gap to the top quartile"),
        [("Falls, per 1,000", "2024/25", "20.0", "25.6", "Not compared", "12 of 12", "Bottom",
          "None: in the top quartile")],
    )  # fmt: skip
    longest = [8, 7, 6, 7, 8, 4, 8, 8]
    found = shares(table)
    assert sum(found) == pytest.approx(1)
    assert all(share * 100 >= word + 4 for share, word in zip(found, longest, strict=True))


def test_words_that_no_line_holds_are_all_narrowed_alike():
    table = Table("C", tuple("abcdefgh"), [tuple("x" * 40 for _ in range(8))])
    assert shares(table) == pytest.approx([1 / 8] * 8)


def test_a_width_of_nothing_is_refused():
    with pytest.raises(ValueError, match="more than 0"):
        Column("A", width=0)
