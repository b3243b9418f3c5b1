"""A file is written whole or not at all, and two writers do not share a name."""

from __future__ import annotations

import pytest

from outturn.commands.in_place import in_place


def test_what_was_written_takes_its_place_at_the_end(tmp_path):
    file = tmp_path / "a.csv"
    file.write_text("before")
    with in_place(file) as beside:
        beside.write_text("after")
        assert file.read_text() == "before"
        assert beside.parent == tmp_path
    assert file.read_text() == "after"
    assert list(tmp_path.iterdir()) == [file]


def test_a_failure_leaves_what_was_there_and_nothing_else(tmp_path):
    file = tmp_path / "a.csv"
    file.write_text("before")
    with pytest.raises(ValueError), in_place(file) as beside:
        beside.write_text("half")
        raise ValueError
    assert file.read_text() == "before"
    assert list(tmp_path.iterdir()) == [file]


def test_two_writers_of_one_file_have_names_of_their_own(tmp_path):
    file = tmp_path / "a.csv"
    with in_place(file) as one, in_place(file) as other:
        assert one != other
        one.write_text("1")
        other.write_text("2")
    assert file.read_text() == "1"  # the one that ended last
