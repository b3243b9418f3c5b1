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


@pytest.mark.parametrize("width", range(58, 80, 3))
def test_a_column_of_single_words_stays_whole_and_one_of_several_wraps(monkeypatch, capsys, width):
    """When a build was made is as long as its label, and would be broken before it."""
    row = {"built": "2026-11-28T04:13:46+00:00", "label": "With care home admissions", "rows": 739}
    monkeypatch.setattr(tables, "UNSEEN", width)
    tables.print_answer(Answer(tuple(row), [row], "Vintages", frozenset({"rows"})))
    told = capsys.readouterr().out
    assert "┃" in told and row["built"] in told
    assert {"With", "care", "home", "admissions"} <= set(re.split(r"[\s│]+", told))


def test_a_record_leaves_out_what_is_empty(monkeypatch, capsys):
    told = printed(monkeypatch, capsys, 30)
    assert told.count("figure:") == 1 and told.count("year end:") == 2


def test_a_path_longer_than_the_line_stays_whole(monkeypatch, capsys):
    path = "vale/.outturn/people/2a_no_further_support-E06999001-2025-04-01_P1Y.csv"
    answer = Answer(tuple(ROWS[0]), ROWS, notes=(f"Who they are is in {path}, for you.",))
    monkeypatch.setattr(tables, "UNSEEN", 40)
    tables.print_answer(answer)
    assert f"\n{path},\n" in capsys.readouterr().out


def test_a_long_line_fits_a_terminal_and_goes_to_a_file_as_it_is(monkeypatch):
    line = "    Confirmed: the months that a submission covers, and library/methods/cld_events.toml"
    assert tables.fitted(line) == line
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "40")
    assert tables.fitted(line).splitlines() == [
        "    Confirmed: the months that a",
        "      submission covers, and",
        "      library/methods/cld_events.toml",
    ]


def test_a_terminal_shows_numbers_and_paths_in_no_other_colour(monkeypatch, capsys):
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    answer = Answer(tuple(ROWS[0]), ROWS, notes=("3,679 rows are in data/2026-04-01.csv.",))
    tables.print_answer(answer)
    assert capsys.readouterr().out.endswith("3,679 rows are in data/2026-04-01.csv.\n")
