"""`outturn check-extract`: the screen shows no cell, the workbook shows the records to mend."""

from __future__ import annotations

import importlib.util
import io
import json
import os
import re
import stat
import sys
import zipfile
from pathlib import Path
from types import ModuleType
from typing import Any

import polars as pl
import pytest
from python_calamine import CalamineWorkbook

from outturn.cli.app import run
from outturn.commands import findings_files
from outturn.commands.scaffold import new
from outturn.contracts.cld import specification
from outturn.contracts.cld.model import MUST_CORRECT
from outturn.ingest.extract_check.told import COLUMNS

RULES = specification().rules
BESIDE = Path(__file__).parents[1] / "ingest" / "extract_check"
AS_OF = ("--as-of", "2026-04-20")
MARKER = "Zebedee"
NO_EVENT = "The file has no event of a type"


def beside(name: str) -> ModuleType:
    found = importlib.util.spec_from_file_location(name, BESIDE / f"{name}.py")
    assert found and found.loader
    module = sys.modules[name] = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


made = beside("clean_extract")
planted = beside("faults")


@pytest.fixture(scope="module")
def clean() -> pl.DataFrame:
    return made.clean_extract(480)


@pytest.fixture
def file(clean):
    return planted.File(clean, made.TITLES, made.nhs_numbers(520)[480:])


@pytest.fixture
def here(tmp_path, monkeypatch) -> Path:
    """An empty folder, in which one is."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def written(frame: pl.DataFrame, path: Path) -> Path:
    frame.write_csv(path)
    return path


def all_faults(file: Any, path: Path) -> dict[str, set[Any]]:
    """Writes a file with every fault of rows; which records each rule must find in it."""
    expected: dict[str, set[Any]] = {}
    for plant in planted.FAULTS.values():
        for rule, where in plant(file).items():
            expected.setdefault(rule, set()).update(where)
    path.write_bytes(file.csv())
    return expected


def sheet(path: Path, name: str) -> list[dict[str, Any]]:
    head, *rows = CalamineWorkbook.from_path(path).get_sheet_by_name(name).to_python()
    return [dict(zip(head, row, strict=True)) for row in rows]


# What is printed, and the exit code --------------------------------------------------------------


def test_a_clean_file_has_exit_code_0_and_its_months_are_shown(clean, here, capsys):
    written(clean, here / "cld.csv")
    assert run(["check-extract", "cld.csv", *AS_OF]) == 0
    said = capsys.readouterr().out
    assert "No rule found anything." in said
    assert "The data cover 1 April 2025 to 31 March 2026." in said
    assert "2,294 rows of 480 people; 374 services are open." in said
    assert "March 2026" in said


def test_a_file_of_several_submissions_is_told_to_be_checked_one_by_one(clean, here, capsys):
    received = [clean.with_columns(imported_on=pl.lit(day)) for day in ("2026-04-20", "2026-07-20")]
    written(received[0], here / "one.csv")
    run(["check-extract", "one.csv", *AS_OF])
    assert "submissions" not in capsys.readouterr().out
    written(pl.concat(received), here / "two.csv")
    run(["check-extract", "two.csv", *AS_OF])
    said = " ".join(capsys.readouterr().out.split())
    assert "The file holds 2 submissions, received on 2 days. Check the last one by itself" in said


def test_records_to_correct_have_the_exit_code_of_an_extract_and_others_none(
    file, clean, here, capsys
):
    planted.FAULTS["cost-zero"](file)
    (here / "look.csv").write_bytes(file.csv())
    assert RULES["cost-zero"].severity != MUST_CORRECT
    assert run(["check-extract", "look.csv", *AS_OF]) == 0
    assert "Nothing must be corrected." in capsys.readouterr().out
    planted.FAULTS["end-before-start"](file)
    (here / "correct.csv").write_bytes(file.csv())
    assert run(["check-extract", "correct.csv", *AS_OF]) == 12
    said = capsys.readouterr().out
    assert "To be corrected: 1 record;" in said
    assert RULES["end-before-start"].title in said


def test_what_is_found_of_the_file_is_counted_as_no_record(clean, here, capsys):
    """A type of event of which the file has none: no record can be corrected."""
    requests = clean.filter(pl.nth(clean.columns.index("Event Type")) == "Request")
    written(requests, here / "cld.csv")
    assert run(["check-extract", "cld.csv", *AS_OF, "--json"]) == 12
    said = json.loads(capsys.readouterr().out)
    [none] = [one for one in said["rules"] if RULES[one["id"]].title == NO_EVENT]
    assert (none["records"], none["the_file"], none["people"]) == (0, 3, 0)
    assert said["must_correct"] == 0
    assert run(["check-extract", "cld.csv", *AS_OF]) == 12
    shown = " ".join(capsys.readouterr().out.split())
    assert "To be corrected:" not in shown and "Nothing must be corrected" not in shown
    many = said["must_correct_in_the_file"]
    assert f"To be put right in the file as a whole: {many} findings, which no record" in shown
    summary = CalamineWorkbook.from_path(here / "cld-findings.xlsx").get_sheet_by_name("Summary")
    lines = [row for row in summary.to_python() if row[0] == NO_EVENT]
    assert [row[2] for row in lines] == ["the file"]


def test_the_day_of_the_extract_is_today_when_none_is_given(clean, here, capsys):
    from datetime import date

    written(clean, here / "cld.csv")
    assert run(["check-extract", "cld.csv", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["extracted_on"] == date.today().isoformat()


def test_the_answer_in_json_has_the_numbers_of_each_rule(file, here, capsys):
    expected = all_faults(file, here / "cld.csv")
    assert run(["check-extract", "cld.csv", *AS_OF, "--json"]) == 12
    said = json.loads(capsys.readouterr().out)
    found = {one["id"]: one["records"] + one["the_file"] for one in said["rules"]}
    assert found == {rule: len(where) for rule, where in expected.items()}
    assert said["rows"] == len(file.rows)
    assert said["covered_period"] == ["2025-04-01", "2026-03-31"]
    grave = [one for one in said["rules"] if RULES[one["id"]].severity == MUST_CORRECT]
    assert said["must_correct"] == sum(one["records"] for one in grave)
    assert said["must_correct_in_the_file"] == sum(one["the_file"] for one in grave)
    assert not any(one["records"] and one["the_file"] for one in said["rules"])
    assert len(said["months"]) >= 12


def test_a_narrow_terminal_gets_one_finding_below_the_other(file, here, capsys, monkeypatch):
    monkeypatch.setattr("outturn.cli.tables.UNSEEN", 30)
    all_faults(file, here / "cld.csv")
    assert run(["check-extract", "cld.csv", *AS_OF]) == 12
    said = capsys.readouterr().out
    assert "Severity: must correct" in said
    assert max(map(len, said.splitlines())) < 120


# No cell on the screen ---------------------------------------------------------------------------


@pytest.mark.parametrize("how", [[], ["--json"]])
def test_a_marker_in_every_cell_is_never_shown(clean, here, capsys, how):
    marked = clean.head(30).select(pl.lit(f"{MARKER}{n}").alias(c) for n, c in
                                   enumerate(clean.columns))  # fmt: skip
    rows = pl.concat([marked] * 30)
    written(rows, here / "cld.csv")
    assert run(["check-extract", "cld.csv", *AS_OF, *how, "--to", "all"]) == 12
    said = capsys.readouterr()
    assert MARKER not in said.out + said.err
    # It is in the workbook, for those who mend the records.
    assert any(MARKER in str(row) for row in sheet(here / "cld-findings.xlsx", "date-not-read"))


def test_no_cell_of_a_person_in_a_file_of_every_fault_is_shown(file, here, capsys):
    all_faults(file, here / "cld.csv")
    run(["check-extract", "cld.csv", *AS_OF])
    said = capsys.readouterr()
    shown = said.out + said.err
    personal = ("person_id", "nhs_number", "first_name", "last_name", "postcode",
                "event_reference", "event_description", "provider_location_id")  # fmt: skip
    for row in file.rows:
        for name in personal:
            cell = (row[name] or "").strip()
            assert len(cell) < 4 or cell not in shown, name


@pytest.mark.parametrize(
    "data",
    [
        f"{MARKER},Other\n{MARKER},1\n",
        f"LA Code,Event Type\n{MARKER},{MARKER}\n",
        f"LA Code\tEvent Type\n{MARKER}\n",
        f'LA Code,"Event Type\n{MARKER},{MARKER}\n',
    ],
)
def test_a_file_that_is_no_extract_is_refused_without_its_cells(data, here, capsys):
    (here / "cld.csv").write_text(data)
    assert run(["check-extract", "cld.csv"]) == 12
    said = capsys.readouterr()
    assert MARKER not in said.out + said.err
    assert not (here / "cld-findings.xlsx").exists()
    for message in re.split(r"\n(?=\S)", said.err.strip()):
        if message.startswith("cld.csv"):
            assert message.count("\n") == 2


# The workbook ------------------------------------------------------------------------------------


def test_the_workbook_has_the_records_of_every_rule(file, here, capsys):
    expected = all_faults(file, here / "cld.csv")
    run(["check-extract", "cld.csv", *AS_OF])
    book = here / "cld-findings.xlsx"
    names = CalamineWorkbook.from_path(book).sheet_names
    assert names[:5] == ["Summary", "Rules", "Months", "Fields", "Values"]
    assert set(names[5:]) == set(expected)
    by_line = {row["line"]: row for row in file.rows}
    for rule, where in expected.items():
        rows = sheet(book, rule)
        assert list(rows[0]) == list(COLUMNS)
        if RULES[rule].found == "file":
            assert {row["Cell"] for row in rows} == where
            continue
        assert {int(row["Row"]) for row in rows} == where, rule
        for row in rows:
            record = by_line[int(row["Row"])]
            assert row["Person"] == (record["person_id"] or "").strip()
            assert row["Start"] == (record["event_start_date"] or "")
            assert row["What to do"] == RULES[rule].remedy
            if row["Field"] and rule != "spelling":
                name = next(n for n, t in made.TITLES.items() if t == row["Field"])
                assert row["Cell"] == (record[name] or "").strip()


def test_every_sheet_prints_across_as_wide_as_a_page_with_its_headings(file, here):
    all_faults(file, here / "cld.csv")
    run(["check-extract", "cld.csv", *AS_OF])
    names = CalamineWorkbook.from_path(here / "cld-findings.xlsx").sheet_names
    with zipfile.ZipFile(here / "cld-findings.xlsx") as parts:
        book = parts.read("xl/workbook.xml").decode()
        sheets = [
            parts.read(f"xl/worksheets/sheet{number}.xml").decode()
            for number in range(1, len(names) + 1)
        ]
    for one in sheets:
        (setup,) = re.findall("<pageSetup[^>]*>", one)
        assert 'orientation="landscape"' in setup
        assert 'paperSize="9"' in setup
        assert 'fitToHeight="0"' in setup  # as wide as one page and as long as it takes
        assert '<pageSetUpPr fitToPage="1"/>' in one
    repeated = re.findall(r'_xlnm.Print_Titles"[^>]*>([^<]*)<', book)
    assert {one.split("!")[0].strip("'") for one in repeated} == set(names) - {"Summary"}
    assert {one.split("!")[1] for one in repeated} == {"$1:$1"}


def test_the_other_row_of_a_pair_is_named(file, here):
    copied = planted.FAULTS["exact-duplicate"](file)
    (line,) = copied["exact-duplicate"]
    (here / "cld.csv").write_bytes(file.csv())
    run(["check-extract", "cld.csv", *AS_OF])
    (row,) = sheet(here / "cld-findings.xlsx", "exact-duplicate")
    first = file.rows[int(row["Other row"]) - 2]
    assert int(row["Row"]) == line
    assert first["event_reference"] == file.rows[line - 2]["event_reference"]


def test_blanks_around_a_cell_are_said_because_nobody_sees_them(file, here):
    planted.FAULTS["spelling"](file)
    (here / "cld.csv").write_bytes(file.csv())
    run(["check-extract", "cld.csv", *AS_OF])
    told = [row["Cell"] for row in sheet(here / "cld-findings.xlsx", "spelling")]
    assert any(cell.endswith("(with blanks around it)") for cell in told)


def test_the_first_sheet_says_that_the_data_are_personal_and_only_the_owner_may_read(
    clean, here, capsys
):
    written(clean, here / "cld.csv")
    run(["check-extract", "cld.csv", *AS_OF])
    book = here / "cld-findings.xlsx"
    first = CalamineWorkbook.from_path(book).get_sheet_by_name("Summary").to_python()[0][0]
    assert "personal data" in first
    assert "personal data" in capsys.readouterr().out
    assert stat.S_IMODE(os.stat(book).st_mode) == 0o600
    assert sorted(path.name for path in here.iterdir()) == ["cld-findings.xlsx", "cld.csv"]


def test_the_sheets_of_rules_months_fields_and_values_add_up(file, here):
    expected = all_faults(file, here / "cld.csv")
    run(["check-extract", "cld.csv", *AS_OF])
    book = here / "cld-findings.xlsx"
    rules = {row["Rule"]: row["Records"] for row in sheet(book, "Rules")}
    of_the_file = {rule for rule, records in rules.items() if records == "the file"}
    assert of_the_file and all(len(expected[rule]) for rule in of_the_file)
    counted = {rule: int(records) for rule, records in rules.items() if rule not in of_the_file}
    assert counted == {rule: len(expected.get(rule, ())) for rule in RULES if rule in counted}
    by_field: dict[str, float] = {}
    for row in sheet(book, "Fields"):
        by_field[row["Field"]] = by_field.get(row["Field"], 0) + row["Rows"]
    assert len(by_field) == 50 and set(by_field.values()) == {float(len(file.rows))}
    types = {row["Cell"]: row for row in sheet(book, "Values") if row["Field"] == "Event Type"}
    assert types["Referral"]["Result"] == "not in the list"
    assert types["Review"]["Result"] == "valid"


@pytest.mark.parametrize("begin", ["=", "+", "-", "@"])
def test_a_cell_is_never_a_formula(begin, file, here):
    text = f"{begin}HYPERLINK(\"http://x\")"  # fmt: skip
    row = file.pick("Review")
    row["event_reference"], row["postcode"] = text, text
    (here / "cld.csv").write_bytes(file.csv())
    run(["check-extract", "cld.csv", *AS_OF, "--to", "all"])
    with zipfile.ZipFile(here / "cld-findings.xlsx") as parts:
        inside = b"".join(parts.read(name) for name in parts.namelist() if "sheet" in name)
    assert b"<f>" not in inside and b"HYPERLINK" in inside
    (told,) = sheet(here / "cld-findings.xlsx", "postcode-form")
    assert told["Cell"] == told["Event reference"] == text
    table = pl.read_csv(here / "all" / "findings.csv", infer_schema=False)
    assert table.filter(Rule="postcode-form")["Cell"].to_list() == ["'" + text]


def test_a_workbook_is_written_over_and_whole_or_not_at_all(clean, file, here, monkeypatch):
    written(clean, here / "cld.csv")
    run(["check-extract", "cld.csv", *AS_OF])
    before = (here / "cld-findings.xlsx").read_bytes()

    def fail(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(findings_files._Book, "write", fail)
    assert run(["check-extract", "cld.csv", *AS_OF]) == 11
    assert (here / "cld-findings.xlsx").read_bytes() == before
    assert sorted(path.name for path in here.iterdir()) == ["cld-findings.xlsx", "cld.csv"]
    monkeypatch.undo()
    monkeypatch.chdir(here)
    planted.FAULTS["cost-zero"](file)
    (here / "cld.csv").write_bytes(file.csv())
    assert run(["check-extract", "cld.csv", *AS_OF]) == 0
    assert sheet(here / "cld-findings.xlsx", "cost-zero")


def test_more_findings_than_a_sheet_holds_are_cut_and_the_summary_says_so(file, here, monkeypatch):
    monkeypatch.setattr(findings_files, "ROWS_OF_A_SHEET", 3)
    planted.FAULTS["birth-date-dummy"](file)
    (here / "cld.csv").write_bytes(file.csv())
    run(["check-extract", "cld.csv", *AS_OF, "--to", "all"])
    book = here / "cld-findings.xlsx"
    assert len(sheet(book, "birth-date-dummy")) == 3
    summary = CalamineWorkbook.from_path(book).get_sheet_by_name("Summary").to_python()
    assert any(
        "The sheet 'birth-date-dummy' holds the first 3 findings about 5 records" in str(row[0])
        for row in summary
    )
    assert pl.read_csv(here / "all" / "findings.csv").height == 5


def test_all_records_go_to_a_folder_too_when_one_is_named(file, here, capsys):
    expected = all_faults(file, here / "cld.csv")
    run(["check-extract", "cld.csv", *AS_OF, "--to", "all"])
    assert "All of them also in all." in capsys.readouterr().out
    table = pl.read_csv(here / "all" / "findings.csv", infer_schema=False)
    told = dict(table.group_by("Rule").agg(pl.col("Row").n_unique()).iter_rows())
    rows = {r: len(w) for r, w in expected.items() if RULES[r].found != "file"}
    assert {rule: number for rule, number in told.items() if rule in rows} == rows
    fields = pl.read_parquet(here / "all" / "fields.parquet")
    assert fields.height == len(file.rows) and fields.width == 101
    assert set(fields["postcode_result"].unique()) <= set(range(-7, 4))
    for path in (here / "all").iterdir():
        assert stat.S_IMODE(os.stat(path).st_mode) == 0o600


# Files and folders -------------------------------------------------------------------------------


@pytest.fixture
def partnership(here, clean) -> Path:
    """A partnership whose council calls itself 508, and an extract in words of its own."""
    folder = new("Millshire", here)
    places = (folder / "places.csv").read_text().splitlines()
    at = places[0].split(",").index("aliases")
    home = places[1].split(",")
    home[at] = "508"
    (folder / "places.csv").write_text("\n".join([places[0], ",".join(home), *places[2:]]) + "\n")
    sources = folder / "data" / "sources.toml"
    sources.write_text(
        sources.read_text() + '\n[[source]]\nid = "cld"\nfile = "extract.csv"\ncontract = "cld"\n'
        'columns = { event_type = "Kind" }\nvalues = { event_type = { "Check-up" = "Review" } }\n'
    )
    own = clean.rename({"Event Type": "Kind"})
    own = own.with_columns(pl.col("Kind").replace({"Review": "Check-up"}))
    own.write_csv(folder / "data" / "extract.csv")
    return folder


def test_the_mapping_of_the_source_whose_file_it_is_fits_the_extract(partnership, capsys):
    file = str(partnership / "data" / "extract.csv")
    assert run(["check-extract", file, "--in", str(partnership), *AS_OF]) == 0
    assert "No rule found anything." in capsys.readouterr().out


def test_in_its_folder_the_partnership_need_not_be_named(partnership, monkeypatch, capsys):
    monkeypatch.chdir(partnership)
    assert run(["check-extract", "data/extract.csv", *AS_OF]) == 0
    assert "No rule found anything." in capsys.readouterr().out


def test_another_file_takes_the_mapping_of_the_source_that_is_named(partnership, here, capsys):
    (partnership / "data" / "extract.csv").rename(here / "april.csv")
    asked = ["check-extract", "april.csv", "--in", str(partnership), "--source", "cld", *AS_OF]
    assert run(asked) == 0
    assert "No rule found anything." in capsys.readouterr().out


def test_a_file_in_the_folder_of_a_source_takes_its_mapping(partnership, capsys):
    data = partnership / "data"
    (data / "quarters").mkdir()
    file = (data / "extract.csv").rename(data / "quarters" / "first.csv")
    sources = data / "sources.toml"
    text = sources.read_text(encoding="utf-8").replace('"extract.csv"', '"quarters/"')
    sources.write_text(text, encoding="utf-8")
    assert run(["check-extract", str(file), "--in", str(partnership), *AS_OF]) == 0
    assert "No rule found anything." in capsys.readouterr().out
    # In that folder the workbook would be a file of the source.
    assert [one.name for one in (data / "quarters").iterdir()] == ["first.csv"]
    assert (data / "first-findings.xlsx").is_file()


def in_parts(data: bytes, folder: Path, many: int) -> dict[str, list[int]]:
    """Writes the lines of a CSV file as so many files, and which lines each has got."""
    head, *lines = data.splitlines(keepends=True)
    folder.mkdir()
    size = -(-len(lines) // many)
    written = {}
    for at in range(many):
        name = f"part-{at}.csv"
        some = lines[at * size : (at + 1) * size]
        (folder / name).write_bytes(head + b"".join(some))
        written[name] = list(range(at * size + 2, at * size + 2 + len(some)))
    return written


def test_a_folder_of_files_is_judged_as_the_one_extract_that_they_are_parts_of(file, here, capsys):
    all_faults(file, here / "cld.csv")
    in_parts(file.csv(), here / "parts", 3)
    told = []
    for asked in ("cld.csv", "parts"):
        assert run(["check-extract", asked, *AS_OF, "--json"]) == 12
        told.append(json.loads(capsys.readouterr().out))
    whole, parts = told
    assert parts["files_of_it"] == ["part-0.csv", "part-1.csv", "part-2.csv"]
    assert not whole["files_of_it"]
    apart = {"file", "files", "files_of_it"}
    assert {k: v for k, v in parts.items() if k not in apart} == {
        k: v for k, v in whole.items() if k not in apart
    }
    assert [Path(one).name for one in parts["files"]] == ["parts-findings.xlsx"]
    assert (here / "parts-findings.xlsx").is_file()  # beside the folder, not in it


def test_each_record_is_told_with_its_file_and_its_row_there_and_so_is_the_other_of_a_pair(
    file, here, capsys
):
    all_faults(file, here / "cld.csv")
    lines = in_parts(file.csv(), here / "parts", 3)
    for asked in ("cld.csv", "parts"):
        run(["check-extract", asked, *AS_OF, "--to", f"{asked}-all"])
    capsys.readouterr()
    whole = pl.read_csv(here / "cld.csv-all" / "findings.csv", infer_schema=False)
    parts = pl.read_csv(here / "parts-all" / "findings.csv", infer_schema=False)
    assert parts.columns[:3] == ["Rule", "File", "Row"]
    assert parts.columns[-4:-1] == ["Cell", "Other file", "Other row"]

    def at(name: str | None, row: str | None) -> str | None:
        """The line of the whole file that the row of a part is; its header is line 1 in both."""
        return str(lines[name][int(row) - 2]) if name and row else None

    again = parts.with_columns(
        pl.Series("Row", [at(*one) for one in parts.select("File", "Row").iter_rows()]),
        pl.Series("Other row", [at(*one) for one in parts.select("Other file", "Other row")
                                .iter_rows()]),
    ).select(whole.columns)  # fmt: skip
    assert again.sort(whole.columns).equals(whole.sort(whole.columns))
    fields = [
        pl.read_parquet(here / f"{one}-all" / "fields.parquet") for one in ("cld.csv", "parts")
    ]
    assert fields[1].columns[:2] == ["file", "row"]
    assert fields[1].drop("file", "row").equals(fields[0].drop("row"))
    named = sheet(here / "parts-findings.xlsx", "birth-date-dummy")[0]
    assert named["File"] in lines and named["Row"] >= 2


def test_files_of_other_columns_are_no_parts_of_one_extract_and_all_are_named(clean, here, capsys):
    (here / "parts").mkdir()
    written(clean.head(5), here / "parts" / "a.csv")
    written(clean.head(5).drop("Postcode"), here / "parts" / "b.csv")
    written(clean.head(5).drop("Postcode", "Gender"), here / "parts" / "c.csv")
    assert run(["check-extract", "parts", *AS_OF]) == 12
    said = capsys.readouterr().err
    assert "parts/b.csv\n  Its columns are not those of a.csv: it lacks postcode.\n" in said
    assert "parts/c.csv\n  Its columns are not those of a.csv: it lacks gender, postcode.\n" in said
    assert "parts/a.csv" not in said


def test_a_folder_that_is_a_source_is_read_as_the_source_reads_it(partnership, clean, capsys):
    data = partnership / "data"
    (data / "quarters").mkdir()
    (data / "extract.csv").rename(data / "quarters" / "first.csv")
    (data / "quarters" / "notes.txt").write_text("no part of it", encoding="utf-8")
    sources = data / "sources.toml"
    text = sources.read_text(encoding="utf-8").replace('"extract.csv"', '"quarters/*.csv"')
    sources.write_text(text, encoding="utf-8")
    assert run(["check-extract", str(data / "quarters"), "--in", str(partnership), *AS_OF]) == 0
    assert "No rule found anything." in capsys.readouterr().out
    assert (data / "quarters-findings.xlsx").is_file()


def test_the_code_of_a_council_is_held_against_the_names_of_the_place(partnership, clean, capsys):
    path = partnership / "data" / "other.csv"
    clean.with_columns(pl.lit("509").alias("LA Code")).write_csv(path)
    asked = ["check-extract", str(path), "--in", str(partnership), *AS_OF, "--json"]
    assert run(asked) == 12
    told = {one["id"]: one["records"] for one in json.loads(capsys.readouterr().out)["rules"]}
    assert told == {"council-code-of-another": clean.height}


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (
            ["cld.cvs"],
            "cld.cvs\n  There is no such file.\n  Did you mean 'cld.csv'?\n",
        ),
        (
            ["cld.csv", "--workbook", "findings.csv"],
            "the command, --workbook\n  The findings are written as a workbook.\n"
            "  Give it a name that ends in .xlsx.\n",
        ),
        (
            ["cld.csv", "--in", "millshire", "--source", "cdl"],
            "the command, --source\n  There is no source 'cdl' in data/sources.toml.\n"
            "  Did you mean 'cld'?\n",
        ),
        (
            ["cld.csv", "--in", "millshire", "--source", "hospital"],
            "the command, --source\n  The source 'hospital' keeps the contract 'admissions',"
            " not 'cld'.\n  Name a source with contract = \"cld\".\n",
        ),
        (
            ["millshire/data/admissions.csv", "--in", "millshire"],
            "millshire/data/admissions.csv\n"
            "  It is the file of the source 'hospital', of the contract 'admissions'.\n"
            "  Give an extract of client level data.\n",
        ),
        (
            ["latin.csv"],
            "latin.csv, line 2\n  The file is not encoded in utf-8.\n"
            '  Perhaps encoding = "cp1252" in data/sources.toml of a partnership\'s folder (--in),'
            " or save the file as UTF-8.\n",
        ),
        (
            ["empty"],
            "empty\n  There is no file in the folder itself.\n"
            "  Give the folder in which the files of the extract lie, or one file.\n",
        ),
        (
            ["millshire"],
            "millshire/outturn.toml\n  No reader knows the ending '.toml'.\n",
        ),
        (
            ["empty", "--workbook", "empty/found.xlsx"],
            "the command, --workbook\n"
            "  The workbook would lie among the files of the extract, and be read as one.\n"
            "  Name a place outside the folder.\n",
        ),
        (["cld.docx"], "cld.docx\n  No reader knows the ending '.docx'.\n"),
    ],
)
def test_wrong_input_is_told_where_what_and_what_to_do(
    asked, message, partnership, here, clean, capsys
):
    written(clean.head(10), here / "cld.csv")
    (here / "latin.csv").write_bytes("LA Code,First Name\n508,René\n".encode("cp1252"))
    (here / "cld.docx").write_bytes(b"x")
    (here / "empty").mkdir()
    code = run(["check-extract", *asked])
    assert code == (11 if "the command" in message else 12)
    assert message in capsys.readouterr().err


def test_a_folder_that_is_no_partnership_is_a_mistake_when_it_is_named(clean, here, capsys):
    written(clean.head(10), here / "cld.csv")
    (here / "empty").mkdir()
    assert run(["check-extract", "cld.csv", "--in", "empty"]) == 11


def test_the_workbook_may_not_take_the_place_of_the_extract(here, clean, capsys):
    (here / "cld.xlsx").write_bytes(b"x")
    assert run(["check-extract", "cld.xlsx", "--workbook", "cld.xlsx"]) == 11
    assert "would take the place of the extract" in capsys.readouterr().err
    assert (here / "cld.xlsx").read_bytes() == b"x"


def test_a_packed_extract_gives_its_name_to_the_workbook(here, clean):
    import gzip

    out = io.BytesIO()
    clean.write_csv(out)
    (here / "cld.csv.gz").write_bytes(gzip.compress(out.getvalue()))
    assert run(["check-extract", "cld.csv.gz", *AS_OF]) == 0
    assert (here / "cld-findings.xlsx").is_file()


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("empty.csv",), 12, ("empty.csv", "The file is empty.", "Give the file again")),
        (("heads.csv",), 12, ("heads.csv", "There are no rows", "Give a file with data.\n")),
        (("utf16.csv",), 12, ("utf16.csv, line 1", "not encoded in utf-8", 'encoding = "utf-16"')),
        (("other.csv",), 12, ("other.csv, header row 1", "None of the columns of 'cld' is there",
                              "Give a file of that kind.")),
        (("nothing",), 12, ("nothing", "There is no file in the folder itself.", "or one file.")),
        (("quarter-4.parquet",), 12, ("quarter-4.parquet", "no such file", "path of the extract")),
        (("other.csv", "--to", "empty.csv"), 11, ("the command, --to", "It is a file",
                                                  "Name a new folder.")),
        (("other.csv", "--workbook", "book.xlsx"), 11, ("the command, --workbook",
                                                        "It is a folder", "Name a file in it")),
        (("other.csv", "--in", "nothing"), 11, ("nothing", "There is no outturn.toml", "--in DIR")),
    ],
)  # fmt: skip
def test_what_cannot_be_checked_is_told_with_where_and_what_to_do(
    outturn, here, arguments, code, said
):
    (here / "empty.csv").write_text("", encoding="utf-8")
    (here / "heads.csv").write_text(",".join(made.TITLES.values()) + "\n", encoding="utf-8")
    (here / "utf16.csv").write_text("la_code\nE1\n", encoding="utf-16")
    (here / "other.csv").write_text("ward,beds\nA,2\n", encoding="utf-8")
    (here / "nothing" / "deeper").mkdir(parents=True)
    (here / "book.xlsx").mkdir()
    told = outturn("check-extract", *arguments)
    assert told.code == code
    assert all(one in told.err for one in said), told.err
    assert "Traceback" not in told.err
    assert not list(here.glob("*-findings.xlsx"))
