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


def test_a_width_of_nothing_is_refused():
    with pytest.raises(ValueError, match="more than 0"):
        Column("A", width=0)
