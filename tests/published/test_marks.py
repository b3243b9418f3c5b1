"""Suppressed, not available and not applicable stay apart, as many as the files print.

The files are opened here with the standard library alone, so that the readers are counted against
something that is not them.
"""

from __future__ import annotations

import csv
import gzip
import re
import zipfile
from collections import Counter
from pathlib import Path
from types import ModuleType
from xml.etree import ElementTree

import polars as pl
import pytest

from outturn.terms import Absent

pytestmark = pytest.mark.published

MARKS = ("[c]", "[x]", "[z]")
STATES = {
    "[c]": Absent.SUPPRESSED.value,
    "[x]": Absent.NOT_AVAILABLE.value,
    "[z]": Absent.NOT_APPLICABLE.value,
    "suppressed": Absent.SUPPRESSED.value,
    "not_available": Absent.NOT_AVAILABLE.value,
    "not_applicable": Absent.NOT_APPLICABLE.value,
}
OPEN = "{urn:oasis:names:tc:opendocument:xmlns:"
CELL = f"{OPEN}table:1.0}}table-cell"
TIMES = f"{OPEN}table:1.0}}number-columns-repeated"
AREA_COLUMNS = 3
EXCEL = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def test_the_workbook_has_as_many_marks_as_it_prints(
    data: Path, recomputation: ModuleType, workbook: pl.DataFrame
) -> None:
    printed = workbook_marks(data / recomputation.FILES["ascof workbook 2024-25"])
    assert len(printed) == 25
    assert sum(printed.values(), Counter()) == Counter({"[z]": 17471, "[x]": 3649, "[c]": 135})
    found = read_marks(workbook, "measure")
    for table, marks in printed.items():
        assert found.get(table, Counter()) == marks, table


def test_the_open_data_have_as_many_marks_as_they_print(
    data: Path, recomputation: ModuleType, open_data: pl.DataFrame
) -> None:
    printed = open_data_marks(data / recomputation.FILES["ascof open data"])
    assert sum(printed.values(), Counter()) == Counter({"[x]": 26520, "[c]": 43})
    found = read_marks(open_data, "measure")
    assert {plain(code): marks for code, marks in found.items()} == printed


def test_the_tidy_totals_have_as_many_marks_as_their_flags(
    data: Path, recomputation: ModuleType, tidy: pl.DataFrame
) -> None:
    printed: Counter[tuple[str, str]] = Counter()
    with gzip.open(data / recomputation.FILES["ascof tidy totals"], "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["flag"] in STATES:
                old = row["src"] != "ods2425"
                printed[row["old_code"] if old else f"new {row['new_code']}", row["flag"]] += 1
    assert sum(printed.values()) == 27020
    new = pl.col("scheme") == "ASCOF from 2023-24"
    named = tidy.with_columns(
        code=pl.when(new).then("new " + pl.col("measure")).otherwise(pl.col("measure"))
    )
    found = {
        (spelled(code), mark): count
        for code, marks in read_marks(named, "code").items()
        for mark, count in marks.items()
    }
    assert found == {(spelled(code), mark): count for (code, mark), count in printed.items()}


def test_a_figure_that_is_absent_says_which_way_and_why(
    workbook: pl.DataFrame, open_data: pl.DataFrame, tidy: pl.DataFrame
) -> None:
    for frame in (workbook, open_data, tidy):
        absent = frame.filter(pl.col("value").is_null())
        assert absent.filter(pl.col("absent").is_null() | pl.col("why").is_null()).height == 0
        present = frame.filter(pl.col("value").is_not_null())
        assert present.filter(pl.col("absent").is_not_null()).height == 0


def test_zero_is_a_number(data: Path, recomputation: ModuleType, tidy: pl.DataFrame) -> None:
    with gzip.open(data / recomputation.FILES["ascof tidy totals"], "rt", encoding="utf-8") as file:
        printed = sum(
            row["measure_type"].endswith("outcome")
            and row["value"] != ""
            and not float(row["value"])
            for row in csv.DictReader(file)
        )
    zeros = tidy.filter((pl.col("value") == 0) & pl.col("absent").is_null())
    assert zeros.height == printed == 452


def test_the_first_of_two_values_is_read_and_the_second_noted(workbook: pl.DataFrame) -> None:
    cell = workbook.filter(
        (pl.col("measure") == "1E")
        & (pl.col("place_name") == "Rutland")
        & (pl.col("period") == "2016/17")
    )
    assert cell.select("value", "denominator", "margin").row(0) == (62.1, 60.0, 8.2)
    assert "outcome 62.1 (:)" in cell["note"].item()
    england = workbook.filter(
        (pl.col("measure") == "1C")
        & (pl.col("place") == "E92000001")
        & (pl.col("period") == "2016/17")
    )
    assert england["denominator"].item() == 51230
    assert "number of respondents 51,230 (35,415)" in england["note"].item()


def test_no_float_dust_is_left(workbook: pl.DataFrame) -> None:
    values = workbook["value"].drop_nulls()
    assert (values.cast(pl.String).str.len_chars() > 7).sum() == 0


def read_marks(frame: pl.DataFrame, by: str) -> dict[str, Counter[str]]:
    """How many cells of each measure were read as marked: values by their reason, parts by note.

    The state beside a reason must be the one the mark stands for.
    """
    marked = frame.with_columns(mark=pl.col("why").str.extract(r": marked (\S+)$"))
    states = marked.filter(pl.col("mark").is_not_null()).select("mark", "absent").unique()
    assert all(STATES[mark] == state for mark, state in states.iter_rows())
    cells = pl.concat(
        [
            marked.select(by, "mark").drop_nulls(),
            marked.select(by, pl.col("note").str.extract_all(r"marked [^\s;]+").alias("mark"))
            .explode("mark")
            .drop_nulls()
            .with_columns(pl.col("mark").str.strip_prefix("marked ")),
        ]
    )
    found: dict[str, Counter[str]] = {}
    for code, mark, count in cells.group_by(by, "mark").len().iter_rows():
        found.setdefault(code, Counter())[mark] = count
    return found


def workbook_marks(path: Path) -> dict[str, Counter[str]]:
    """The marks of each table of an OpenDocument workbook, below the header, beside the areas."""
    with zipfile.ZipFile(path) as archive:
        content = ElementTree.fromstring(archive.read("content.xml"))
    found = {}
    for sheet in content.iter(f"{OPEN}table:1.0}}table"):
        name = sheet.get(f"{OPEN}table:1.0}}name", "")
        if name.startswith("Table_"):
            code = name.removeprefix("Table_")
            found[code[:2].upper() + code[2:]] = sheet_marks(sheet)
    return found


def sheet_marks(sheet: ElementTree.Element) -> Counter[str]:
    found: Counter[str] = Counter()
    below = False
    for row in sheet.iter(f"{OPEN}table:1.0}}table-row"):
        texts: list[str] = []
        for cell in row.iter(CELL):
            text = "".join(cell.itertext()).strip()
            times = int(cell.get(TIMES, "1"))
            texts += [text] * (times if text else min(times, 100))
        if below:
            found.update(text for text in texts[AREA_COLUMNS:] if text in MARKS)
        below = below or texts[:1] == ["Local authority code"]
    return found


def open_data_marks(path: Path) -> dict[str, Counter[str]]:
    """The marks of each measure group of the long open data."""
    with zipfile.ZipFile(path) as archive:
        shared = ElementTree.fromstring(archive.read("xl/sharedStrings.xml"))
        words = ["".join(one.itertext()) for one in shared.iter(f"{EXCEL}si")]
        sheet = ElementTree.fromstring(archive.read("xl/worksheets/sheet1.xml"))
    found: dict[str, Counter[str]] = {}
    header: dict[str, str] = {}
    for row in sheet.iter(f"{EXCEL}row"):
        cells = {}
        for cell in row.iter(f"{EXCEL}c"):
            value = cell.findtext(f"{EXCEL}v", "")
            text = words[int(value)] if cell.get("t") == "s" else value
            cells[re.sub(r"\d", "", cell.get("r", ""))] = text
        if not header:
            header = {name: column for column, name in cells.items()}
            continue
        mark = cells.get(header["Measure Value"], "")
        if mark in MARKS:
            group = cells[header["Measure Group"]]
            found.setdefault(plain(group), Counter())[mark] += 1
    return found


def plain(code: str) -> str:
    return re.sub(r"[()]", "", code).upper()


def spelled(code: str) -> str:
    return re.sub(r"[()]", "", code).lower()
