"""Tables in terminals of any width: no word is broken, and nothing is left out."""

from __future__ import annotations

import re

import pytest

from outturn.cli import tables
from outturn.commands.opened import Answer

ROWS = [
    {"measure": "Emergency admissions", "figure": "435 admissions", "year end": "on target"},
    {"measure": "Reablement [new]", "figure": None, "year end": "not assessed"},
]
ANSWER = Answer(tuple(ROWS[0]), ROWS, "Vale", frozenset({"figure"}), ("A note [1].",))


def printed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], width: int) -> str:
    monkeypatch.setattr(tables, "UNSEEN", width)
    tables.print_answer(ANSWER)
    return capsys.readouterr().out


def test_a_table_is_printed_where_it_fits(monkeypatch, capsys):
    told = printed(monkeypatch, capsys, 80)
    assert "┃" in told and "Reablement [new]" in told and told.endswith("A note [1].\n")


@pytest.mark.parametrize("width", [20, 30, 42])
def test_a_narrow_terminal_gets_records_and_no_broken_word(monkeypatch, capsys, width):
    told = printed(monkeypatch, capsys, width)
    assert ("┃" in told) is (width >= 42)
    words = {word for row in ROWS for cell in row.values() for word in (cell or "").split()}
    assert words <= set(re.split(r"[\s│]+", told))
    assert all(len(line) <= width for line in told.splitlines())


def test_a_record_leaves_out_what_is_empty(monkeypatch, capsys):
    told = printed(monkeypatch, capsys, 30)
    assert told.count("figure:") == 1 and told.count("year end:") == 2
