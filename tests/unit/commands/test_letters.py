"""No letter is read from a file: each of the fifteen follows from a figure and a target.

The letters below are those printed in the report of January 2021, and stand nowhere in the
example. Changing the target, or the figure, of any of them changes its status.
"""

from __future__ import annotations

import csv
import re
import shutil
from pathlib import Path

import polars as pl
import pytest

from outturn.commands.build import build
from outturn.terms.records import LETTERS, Status
from outturn.vintages import open_

ON, CLOSE, OFF = Status.ON_TARGET, Status.CLOSE, Status.OFF_TARGET
YEAR_TO_DATE, YEAR = "2020-04-01/P8M", "2020-04-01/P1Y"

# measure: letter; its goal as written, another goal, the status then; another figure, the status
CASES: dict[str, tuple[str, str, str, Status, float, Status]] = {
    "sequels_prevent": ("A", "between = [56, 61]", "between = [53, 61]", ON, 50.9, OFF),
    "adult_learning_aims": ("A", "at_least = 86", "at_least = 84", ON, 82.9, OFF),
    "sequels_reduce": ("G", "between = [17, 22]", "between = [10, 20]", CLOSE, 27.1, OFF),
    "learning_disability_employment": ("G", "above = 11", "above = 11.5", CLOSE, 9.9, OFF),
    "learning_disability_home": ("A", "at_least = 86", "at_least = 87", OFF, 86.0, ON),
    "sequels_delay": ("G", "between = [10, 15]", "between = [16.1, 20]", OFF, 9.9, CLOSE),
    "reablement_no_further_service": ("R", "at_least = 87", "at_least = 83.7", CLOSE, 87.0, ON),
    "at_home_91_days": ("G", "at_least = 88", "at_least = 92.8", OFF, 87.9, CLOSE),
    "admissions_18_64": ("G", "below = 8.1", "below = 3", CLOSE, 8.7, OFF),
    "admissions_65": ("G", "below = 553", "below = 440", OFF, 560.0, CLOSE),
    "sequels_meet": ("A", "between = [6, 11]", "between = [6, 14.4]", ON, 16.1, OFF),
    "self_directed_users": ("A", "at_least = 99", "at_least = 96", ON, 94.9, OFF),
    "direct_payments_users": ("G", "above = 40", "above = 46", CLOSE, 35.9, OFF),
    "self_directed_carers": ("G", "at_least = 100", "above = 100", CLOSE, 99.4, CLOSE),
    "direct_payments_carers": ("A", "at_least = 100", "at_least = 99", ON, 97.4, OFF),
}


@pytest.fixture(scope="module")
def as_printed(leicestershire: Path) -> dict[str, str]:
    return statuses(leicestershire)


@pytest.fixture(scope="module")
def with_other_targets(leicestershire: Path, tmp_path_factory) -> dict[str, str]:
    folder = changed(leicestershire, tmp_path_factory.mktemp("targets"))
    for measure, (_, goal, another, *_rest) in CASES.items():
        set_target(folder, measure, goal, another)
    build(folder)
    return statuses(folder)


@pytest.fixture(scope="module")
def with_other_figures(leicestershire: Path, tmp_path_factory) -> dict[str, str]:
    folder = changed(leicestershire, tmp_path_factory.mktemp("figures"))
    for measure, (*_, figure, _status) in CASES.items():
        set_figure(folder, measure, figure)
    build(folder)
    return statuses(folder)


def test_there_are_fifteen():
    assert len(CASES) == 15


@pytest.mark.parametrize("measure", CASES)
def test_the_printed_letter_is_made(measure, as_printed):
    assert LETTERS[Status(as_printed[measure])] == CASES[measure][0]


@pytest.mark.parametrize("measure", CASES)
def test_another_target_gives_another_status(measure, as_printed, with_other_targets):
    expected = CASES[measure][3]
    assert with_other_targets[measure] == expected != as_printed[measure]


@pytest.mark.parametrize("measure", CASES)
def test_another_figure_gives_another_status(measure, as_printed, with_other_figures):
    expected = CASES[measure][5]
    assert with_other_figures[measure] == expected != as_printed[measure]


def test_one_target_changed_changes_one_status(leicestershire, as_printed, tmp_path):
    folder = changed(leicestershire, tmp_path)
    set_target(folder, "admissions_65", "below = 553", "below = 440")
    build(folder)
    found = statuses(folder)
    assert {m for m in found if found[m] != as_printed[m]} == {"admissions_65"}


def test_one_figure_changed_changes_one_status(leicestershire, as_printed, tmp_path):
    folder = changed(leicestershire, tmp_path)
    set_figure(folder, "admissions_65", 560.0)
    build(folder)
    found = statuses(folder)
    assert {m for m in found if found[m] != as_printed[m]} == {"admissions_65"}


def test_no_cell_of_the_data_is_a_letter_or_a_colour(leicestershire):
    words = {"r", "a", "g", "red", "amber", "green", *(str(one) for one in Status)}
    for file in (leicestershire / "data").glob("*.csv"):
        with file.open(encoding="utf-8") as opened:
            cells = {cell.strip().lower() for row in csv.reader(opened) for cell in row}
        assert cells.isdisjoint(words), file.name


def test_no_status_is_set_aside_in_the_ledger(leicestershire):
    assert all("[[override]]" not in one.read_text() for one in leicestershire.glob("targets/*"))
    assert open_(leicestershire / "vintages").read("verdicts")["overridden"].null_count() == 68


def changed(folder: Path, to: Path) -> Path:
    ignored = shutil.ignore_patterns("vintages", ".outturn", "papers")
    return Path(shutil.copytree(folder, to / "copy", ignore=ignored))


def set_target(folder: Path, measure: str, goal: str, another: str) -> None:
    file = folder / "targets" / "2020-21.toml"
    entries = re.split(r"(?=^\[\[target\]\])", file.read_text(encoding="utf-8"), flags=re.M)
    mine = [n for n, one in enumerate(entries) if f'measure = "{measure}"\n' in one]
    assert len(mine) == 1 and entries[mine[0]].count(f"\n{goal}\n") == 1
    entries[mine[0]] = entries[mine[0]].replace(f"\n{goal}\n", f"\n{another}\n")
    file.write_text("".join(entries), encoding="utf-8")


def set_figure(folder: Path, measure: str, figure: float) -> None:
    file = folder / "data" / "appendix-a.csv"
    lines = file.read_text(encoding="utf-8").splitlines()
    period = YEAR if measure in ("admissions_18_64", "admissions_65") else YEAR_TO_DATE
    (at,) = [n for n, one in enumerate(lines) if one.startswith(f"{measure},{period},")]
    cells = lines[at].split(",")
    lines[at] = ",".join([*cells[:2], str(figure), *cells[3:]])
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")


def statuses(folder: Path) -> dict[str, str]:
    """Each measure's status at year end, of the figure of 2020/21 that its target speaks of."""
    rows = open_(folder / "vintages").read("verdicts")
    judged = rows.filter(
        pl.col("target_id").is_not_null() & pl.col("period").is_in([YEAR_TO_DATE, YEAR])
    )
    return dict(judged.select("measure", "status_year_end").iter_rows())
