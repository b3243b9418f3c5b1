"""The records behind the findings of an extract, as a workbook and as a folder of tables.

They hold personal data: only their owner may read them, and nothing of them is left elsewhere.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl

from outturn.commands.in_place import in_place
from outturn.contracts.cld.model import FOR_INFORMATION, RESULTS, STATUSES
from outturn.ingest.extract_check import Judged
from outturn.ingest.extract_check.coverage import said
from outturn.ingest.extract_check.told import (
    by_row,
    columns_of,
    counted_fields,
    counted_values,
    records_behind,
)
from outturn.terms.errors import DefinitionMistake
from outturn.terms.period import MONTHS

ROWS_OF_A_SHEET = 1_048_575  # below the header; an XLSX sheet has no more
THE_FILE = "the file"  # in the place of a number of records
MOST_FOR_INFORMATION = 10_000  # such records are not mended one by one
PERSONAL = (
    "This workbook holds personal data. Keep it where the records themselves are kept, give it to"
    " those who mend them only, and delete it when they are mended."
)
_A4 = 9  # as XLSX numbers papers
_OWNER_ONLY, _OWNER_ONLY_FOLDER = 0o600, 0o700
_WIDTHS = {
    "What to do": 60, "Cell": 30, "Field": 28, "Event reference": 18, "Title": 60, "Person": 16,
    "Rule": 30, "Start": 12, "End": 12, "Event type": 12, "Severity": 16, "Sheet": 30,
    "Result": 44, "Status": 26, "Month": 16, "Fields": 40,
}  # fmt: skip
Lines = Iterator[Sequence[Any]]


def write_workbook(judged: Judged, file: Path, path: Path) -> Path:
    """A summary, the rules, the months, the fields, the values, and a sheet for each rule."""
    from xlsxwriter import Workbook
    from xlsxwriter.exceptions import FileCreateError

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with in_place(path) as beside, TemporaryDirectory(dir=path.parent, prefix=".") as own:
            os.close(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY))
            # Rows go to the disk as they are written, in a folder that only the owner may open.
            # A cell that begins with = is text here: nothing of an extract is ever a formula.
            options = {"strings_to_formulas": False, "strings_to_urls": False,
                       "constant_memory": True, "tmpdir": own}  # fmt: skip
            with Workbook(str(beside), options) as book:
                _Book(book).write(judged, file)
        return path
    except FileCreateError as error:  # holds the error of the disk
        raise _cannot("--workbook", error.args[0]) from error
    except OSError as error:
        raise _cannot("--workbook", error) from error


def write_folder(judged: Judged, to: Path) -> list[Path]:
    """Every record of every rule, and status and result of every field in every row."""
    try:
        to.mkdir(parents=True, exist_ok=True, mode=_OWNER_ONLY_FOLDER)
        rules = judged.counts()["rule"].to_list()
        findings = pl.concat(
            [
                pl.DataFrame(schema={"Rule": pl.String, **columns_of(judged)}),
                *(
                    records_behind(judged, rule).select(pl.lit(rule).alias("Rule"), pl.all())
                    for rule in rules
                ),
            ]
        )
        return [
            _own_file(to / "findings.csv", _as_text(findings).write_csv),
            _own_file(to / "fields.parquet", by_row(judged).write_parquet),
        ]
    except OSError as error:
        raise _cannot("--to", error) from error


def _own_file(path: Path, write: Callable[[Any], Any]) -> Path:
    with in_place(path) as beside:
        opened = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY)
        with os.fdopen(opened, "wb") as to:
            write(to)
    return path


def _as_text(frame: pl.DataFrame) -> pl.DataFrame:
    """Cells that a spreadsheet would take for a formula, with an apostrophe before them."""
    texts = pl.col(pl.String)
    risky = texts.str.contains(r"^[=+\-@\t\r]")
    return frame.with_columns(pl.when(risky).then("'" + texts).otherwise(texts).name.keep())


def _cannot(option: str, error: OSError) -> DefinitionMistake:
    reason = error.strerror or type(error).__name__
    return DefinitionMistake(
        where=f"the command, {option}",
        problem=f"The records cannot be written there ({reason}).",
        remedy="Name a place that you may write to, and close the workbook where it is open.",
    )


class _Book:
    """Writes the sheets one after another, each from its first row to its last."""

    def __init__(self, book: Any) -> None:
        self.book = book
        self.bold = book.add_format({"bold": True})
        self.head = book.add_format({"bold": True, "bottom": 1})
        self.wrapped = book.add_format({"text_wrap": True, "bold": True})

    def write(self, judged: Judged, file: Path) -> None:
        counted = {one["rule"]: one for one in judged.counts().to_dicts()}
        self._summary(judged, file, counted)
        self._table("Rules", ("Rule", "Title", "Severity", "Records", "People", "Fields",
                              "What to do", "Source"), _rules(judged, counted))  # fmt: skip
        heads = ("Month", "Request", "Assessment", "Service", "Review", "Services begun", "Covered")
        self._table("Months", heads, _months(judged))
        self._table("Fields", ("Field", "Status", "Result", "Rows"), _fields(judged))
        self._table("Values", ("Field", "Cell", "Result", "Rows"), _values(judged))
        for rule in counted:
            most = _most(judged, rule)
            frame = records_behind(judged, rule, most)
            self._table(rule, frame.columns, frame.iter_rows())

    def _summary(self, judged: Judged, file: Path, counted: dict[str, Any]) -> None:
        sheet = self._sheet("Summary")
        sheet.set_column(0, 0, 64)
        sheet.set_column(1, 4, 18)
        sheet.set_row(0, 48)
        sheet.write_string(0, 0, PERSONAL, self.wrapped)
        for at, line in enumerate(_summary(judged, file), start=2):
            for column, cell in enumerate(line):
                self._cell(sheet, at, column, cell)
        at += 2
        for column, head in enumerate(("What is wrong", "Severity", "Records", "People", "Sheet")):
            sheet.write_string(at, column, head, self.head)
        for rule, one in counted.items():
            at += 1
            title = judged.specification.rules[rule].title
            line = (title, one["severity"], _records(one), one["people"])
            for column, cell in enumerate(line):
                self._cell(sheet, at, column, cell)
            sheet.write_url(at, len(line), f"internal:'{rule}'!A1", string=rule)
        at += 1
        for rule, one in counted.items():
            if len(judged.findings.filter(rule=rule)) > _most(judged, rule):
                at += 1
                self._cell(sheet, at, 0, _cut(judged, rule, one["records"]))

    def _sheet(self, name: str) -> Any:
        """A sheet that prints on A4 across, as wide as a page and as long as it takes."""
        sheet = self.book.add_worksheet(name)
        sheet.set_landscape()
        sheet.set_paper(_A4)
        sheet.fit_to_pages(1, 0)
        sheet.set_footer("&L&A&RPage &P of &N")
        return sheet

    def _table(self, name: str, heads: Sequence[str], lines: Lines) -> None:
        sheet = self._sheet(name)
        sheet.repeat_rows(0)
        for column, head in enumerate(heads):
            sheet.set_column(column, column, _WIDTHS.get(head, 12))
        for column, head in enumerate(heads):
            sheet.write_string(0, column, head, self.head)
        sheet.freeze_panes(1, 0)
        at = 0
        for at, line in enumerate(lines, start=1):
            for column, cell in enumerate(line):
                self._cell(sheet, at, column, cell)
        sheet.autofilter(0, 0, at, len(heads) - 1)

    @staticmethod
    def _cell(sheet: Any, row: int, column: int, cell: Any) -> None:
        if isinstance(cell, str):
            sheet.write_string(row, column, cell)
        elif cell is not None:
            sheet.write_number(row, column, cell)


def _records(one: dict[str, Any]) -> int | str:
    """How many records a rule found; a finding about the file has none."""
    return THE_FILE if one["the_file"] and not one["records"] else int(one["records"])


def _most(judged: Judged, rule: str) -> int:
    light = judged.specification.rules[rule].severity == FOR_INFORMATION
    return MOST_FOR_INFORMATION if light else ROWS_OF_A_SHEET


def _cut(judged: Judged, rule: str, records: int) -> str:
    return (
        f"The sheet '{rule}' holds the first {_most(judged, rule):,} findings about {records:,}"
        " records: all are in the folder that outturn check-extract --to DIR writes."
    )


def _summary(judged: Judged, file: Path) -> Iterator[tuple[Any, ...]]:
    covered = judged.coverage
    names = judged.records.files.names
    yield "Folder" if names else "File", file.name
    for name in names:
        yield "File of it", name
    yield "Rows", judged.records.frame.height
    yield "People, by the council's identifiers", judged.people
    yield "Judged as of", judged.records.as_of.isoformat()
    yield "Stated reporting period", said(covered.stated) if covered.stated else "none"
    yield "Period that the data cover", said(covered.derived) if covered.derived else "none"
    yield "Why", covered.because
    yield "Services that are open", covered.open_services
    yield "Records to correct, counted for each rule", judged.to_correct
    if judged.to_correct_in_the_file:
        yield "Findings about the file as a whole, to be put right", judged.to_correct_in_the_file
    for note in judged.notes:
        yield "Note", note


def _rules(judged: Judged, counted: dict[str, Any]) -> Lines:
    titles = {one.name: one.title for one in judged.specification.fields.values()}
    for rule in judged.specification.rules.values():
        one = counted.get(rule.id, {"records": 0, "the_file": 0, "people": 0})
        every = len(rule.fields) == len(titles)
        fields = "every field" if every else "; ".join(titles[name] for name in rule.fields)
        yield (rule.id, rule.title, rule.severity, _records(one), one["people"], fields,
               rule.remedy, rule.source)  # fmt: skip


def _months(judged: Judged) -> Lines:
    for one in judged.coverage.months.iter_rows(named=True):
        month = f"{MONTHS[one['month'].month - 1]} {one['month'].year}"
        numbers = (one["Request"], one["Assessment"], one["Service"], one["Review"])
        yield month, *numbers, one["services begun"], "yes" if one["used"] else "no"


def _fields(judged: Judged) -> Lines:
    titles = {one.name: one.title for one in judged.specification.fields.values()}
    for field, status, result, rows in counted_fields(judged).iter_rows():
        yield titles[field], STATUSES[status], RESULTS[result], rows


def _values(judged: Judged) -> Lines:
    titles = {one.name: one.title for one in judged.specification.fields.values()}
    for values in counted_values(judged):
        for field, cell, result, rows in values.head(MOST_FOR_INFORMATION).iter_rows():
            yield titles[field], cell, RESULTS[result], rows
