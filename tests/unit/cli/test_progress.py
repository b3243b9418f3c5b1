"""Progress of long work: plain lines for a log, a bar for a terminal."""

import io

import pytest

from outturn.cli.progress import Steps
from outturn.cli.telling import steps


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_each_step_is_one_plain_line_where_there_is_no_terminal(monkeypatch):
    told = io.StringIO()
    monkeypatch.setattr("sys.stderr", told)
    step = Steps()
    step("Reading the data")
    step("Writing", 0, 2)
    step("Writing", 1, 2)
    step("Writing", 2, 2)
    assert told.getvalue() == "Reading the data\nWriting (0 of 2)\n"


def test_each_of_several_papers_is_told(monkeypatch):
    told = io.StringIO()
    monkeypatch.setattr("sys.stderr", told)
    with steps() as step:
        step("Writing december", 1, 2)
        step("Writing march", 2, 2)
    assert told.getvalue() == "Writing december (1 of 2)\nWriting march (2 of 2)\n"


def test_a_bar_fills_in_a_terminal_and_leaves_nothing_behind(monkeypatch):
    told = Terminal()
    monkeypatch.setattr("sys.stderr", told)
    with steps() as step:
        step("Writing", 1, 2)
        assert told.getvalue() == f"\r\x1b[K[{'=' * 10}{' ' * 10}] Writing (1 of 2)"
        step("Writing", 2, 2)
        assert told.getvalue().endswith(f"[{'=' * 20}] Writing (2 of 2)")
    assert told.getvalue().endswith("Writing (2 of 2)\r\x1b[K")


def test_a_step_without_a_number_leaves_nothing_behind_either_nor_does_a_mistake(monkeypatch):
    told = Terminal()
    monkeypatch.setattr("sys.stderr", told)
    with pytest.raises(ValueError), steps() as step:
        step("Keeping")
        raise ValueError
    assert told.getvalue() == "\r\x1b[KKeeping\r\x1b[K"
