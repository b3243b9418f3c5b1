"""`outturn export`: the four tables in each format, a descriptor that fits them, and no more."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import polars as pl
import pytest
from python_calamine import CalamineWorkbook

from outturn.commands.audit import audit
from outturn.commands.build import build
from outturn.commands.export import FRAMES, export
from outturn.commands.scaffold import new
from outturn.judgement.withheld_besides import WITHHELD_BESIDES
from outturn.statistics.suppression import WHY
from outturn.terms.errors import DefinitionMistake
from outturn.terms.records import SCHEMAS
from outturn.vintages import open_

FORMATS = ("csv", "parquet", "xlsx")
VERDICTS = {
    "measure", "place", "period", "value", "numerator", "denominator", "why", "target",
    "status_now", "status_year_end", "reason_now", "reason_year_end", "direction",
}  # fmt: skip
BENCHMARKS = {
    "measure", "place", "period", "comparator", "members", "rank", "quartile",
    "comparator_value", "gap",
}  # fmt: skip
NUMBERS = ("numerator", "denominator", "reported", "margin", "rows", "value", "shown")


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that counts people, some months few of them, under the preset "social care"."""
    folder = new("Small", tmp_path_factory.mktemp("built"))
    lines = ["Locality,Month,Age,Admissions"]
    for month in range(4, 12):
        lines.append(f"North locality,2026-{month:02d}-01,80,{month - 4}")  # 0 to 7
        lines.append(f"South locality,2026-{month:02d}-01,80,{20 + month}")
    (folder / "data" / "admissions.csv").write_text("\n".join(lines) + "\n")
    with (folder / "data" / "reablement.csv").open("a") as file:
        file.write("NORTH,2026-04-01/P8M,3,9\n")
    build(folder)
    return folder


@pytest.fixture(scope="module")
def exported(leicestershire, tmp_path_factory):
    """The January 2021 example in each format, each in a folder of its own."""
    folders = {name: tmp_path_factory.mktemp(name) for name in (*FORMATS, "fingertips")}
    for name, to in folders.items():
        export(leicestershire, "", name, to)
    return folders


def table(folder: Path, format: str, name: str) -> pl.DataFrame:
    if format == "csv":
        return pl.read_csv(folder / f"{name}.csv", infer_schema_length=None)
    if format == "parquet":
        return pl.read_parquet(folder / f"{name}.parquet")
    book = CalamineWorkbook.from_path(folder / "outturn.xlsx")
    header, *rows = book.get_sheet_by_name(name).to_python()
    cells = [[None if cell == "" else cell for cell in row] for row in rows]
    return pl.DataFrame(cells, schema=SCHEMAS[name], orient="row").select(header)


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("name", FRAMES)
def test_each_format_holds_each_table_as_it_was_kept(name, format, exported, leicestershire):
    kept = open_(leicestershire / "vintages").read(name)
    found = table(exported[format], format, name)
    assert found.columns == kept.columns
    assert found.height == kept.height
    for column in ("value", "numerator", "gap"):
        if column in kept.columns:
            there = found[column].cast(pl.Float64)
            assert there.is_null().equals(kept[column].is_null())
            assert (there - kept[column]).abs().drop_nulls().lt(1e-6).all()
    for column in ("measure", "place", "period", "why", "reason_now", "quartile"):
        if column in kept.columns:
            assert found[column].cast(pl.String).to_list() == kept[column].to_list()


@pytest.mark.parametrize("format", FORMATS)
def test_the_columns_that_others_rely_on_are_there(format, exported):
    assert VERDICTS <= set(table(exported[format], format, "verdicts").columns)
    assert BENCHMARKS <= set(table(exported[format], format, "benchmarks").columns)


@pytest.mark.parametrize("format", [*FORMATS, "fingertips"])
def test_the_descriptor_describes_every_file_and_column(format, exported, leicestershire):
    folder = exported[format]
    package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    kept = open_(leicestershire / "vintages")
    assert package["version"] == kept.name
    assert kept.published_seal in package["description"]
    assert kept.seal not in package["description"]
    resources = package["resources"]
    files = {one.name for one in folder.iterdir()} - {"datapackage.json"}
    assert {one["path"] for one in resources} == files
    assert len({one["name"] for one in resources}) == len(resources)
    for one in resources:
        content = (folder / one["path"]).read_bytes()
        assert one["bytes"] == len(content)
        assert one["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
        fields = one["schema"]["fields"]
        assert {field["type"] for field in fields} <= {"string", "number", "integer"}
        if format == "fingertips":
            header = content.decode().splitlines()[0].split(",")
        else:
            header = table(folder, format, one["name"]).columns
        assert [field["name"] for field in fields] == header
    if format == "xlsx":
        assert [one["dialect"]["sheetName"] for one in resources] == list(FRAMES)


@pytest.mark.parametrize("format", ["csv", "parquet"])
def test_the_types_that_are_described_are_those_of_the_cells(format, exported):
    package = json.loads((exported[format] / "datapackage.json").read_text(encoding="utf-8"))
    for one in package["resources"]:
        frame = table(exported[format], format, one["name"])
        for field in one["schema"]["fields"]:
            column = frame[field["name"]].drop_nulls()
            kind = {"number": pl.Float64, "integer": pl.Int64, "string": pl.String}
            assert column.cast(kind[field["type"]], strict=True).len() == column.len()


@pytest.mark.parametrize("format", FORMATS)
def test_what_is_protected_is_not_exported(format, small, tmp_path):
    written = export(small, "", format, tmp_path)
    hidden = pl.read_parquet(open_(small / "vintages").folder / "found.parquet")
    few = hidden.filter(
        pl.col("numerator").is_between(1, 4) & (pl.col("measure") == "emergency_admissions")
    )
    assert few.height >= 4  # 1 to 4 in May to August, and the year to date of some months
    assert {path.name for path in written} == {path.name for path in tmp_path.iterdir()}
    assert not any("found" in path.name for path in written)
    keys = ["measure", "place", "period", "breakdown", "category"]
    for name in ("counts", "values", "verdicts"):
        told = table(tmp_path, format, name)
        there = told.join(few.select(keys), on=keys, how="semi")
        assert there.height == (few.height if name != "verdicts" else there.height)
        for column in NUMBERS:
            if column in there.columns:
                assert there[column].null_count() == there.height, (name, column)
        assert set(there["absent"]) <= {"suppressed"}
        assert set(there["why"]) <= {WHY, WITHHELD_BESIDES}


def test_one_to_four_are_not_told_nor_worked_out_of_what_the_public_is_told(
    small, tmp_path, copied
):
    export(small, "", "csv", tmp_path)
    counts = table(tmp_path, "csv", "counts").filter(pl.col("measure") == "emergency_admissions")
    north = counts.filter((pl.col("place") == "NORTH") & pl.col("period").str.ends_with("/P1M"))
    told = dict(north.select("period", "numerator").iter_rows())
    assert [told[f"2026-{month:02d}-01/P1M"] for month in range(5, 9)] == [None] * 4
    assert counts.filter(place="HOME")["numerator"].drop_nulls().len()
    folder = copied(small)
    build(folder, audience="public")
    assert audit(folder).answer.rows == []


@pytest.mark.parametrize("public", [False, True])
def test_a_register_is_held_to_the_preset_and_a_published_figure_is_not(
    small, copied, edited, tmp_path, public
):
    folder = copied(small)
    if public:
        source = 'file = "reablement.csv"\n'
        edited(folder / "data" / "sources.toml", source, f"{source}public = true\n")
    build(folder)
    export(folder, "", "csv", tmp_path)
    for name in ("counts", "values"):
        row = table(tmp_path, "csv", name).filter(
            (pl.col("place") == "NORTH") & (pl.col("measure") == "reablement_no_further_support")
        )
        told = [(3.0, 9.0, None)] if public else [(None, None, "suppressed")]
        assert row.select("numerator", "denominator", "absent").rows() == told


def test_what_a_source_marks_as_suppressed_is_told_by_no_outlet(copied, vale, tmp_path, outturn):
    folder = copied(vale)
    settings = folder / "outturn.toml"
    settings.write_text(settings.read_text().replace('disclosure = "social care"', ""))
    file = folder / "data" / "reablement.csv"
    lines = file.read_text().splitlines()
    there = [f"{lines[0]},absent", *(f"{line}," for line in lines[1:])]
    file.write_text("\n".join([*there, "NORTH,2026-04-01/P8M,86421,75319,suppressed"]) + "\n")
    build(folder)
    export(folder, "", "csv", tmp_path)
    asked = ("reablement_no_further_support", "NORTH", "2026-04-01/P8M")
    told = outturn("explain", *asked, "--in", folder)
    assert "suppressed" in told.out
    answers = [told.out, outturn("findings", "--in", folder).out]
    files = [path.read_text() for path in tmp_path.glob("*.csv")]
    kept = open_(folder / "vintages")
    names = ("counts", "values", "verdicts", "benchmarks", "findings")
    numbers = [kept.read(name).write_csv() for name in names]
    for text in (*answers, *files, *numbers):
        for number in ("86421", "86,421", "75319", "75,319"):
            assert number not in text


def test_fingertips_holds_what_has_its_codes_and_lists_the_rest(leicestershire, exported):
    rows = pl.read_csv(exported["fingertips"] / "fingertips.csv", infer_schema_length=None)
    left = pl.read_csv(exported["fingertips"] / "fingertips-left-out.csv")
    kept = open_(leicestershire / "vintages").read("values")
    assert rows.width == 19
    assert rows.height + left.height == kept.height
    assert set(left["reason"]) == {"the measure has no code of Fingertips"}


def test_the_command_says_what_it_wrote(leicestershire, tmp_path, outturn):
    to = tmp_path / "new" / "folder"
    told = outturn("export", "--format", "csv", "--to", to, "--in", leicestershire)
    names = ["counts.csv", "values.csv", "verdicts.csv", "benchmarks.csv", "datapackage.json"]
    assert told.code == 0
    assert told.out == "\n".join(["Wrote:", *(f"  {to / name}" for name in names)]) + "\n"
    answer = json.loads(
        outturn("export", "--format", "xlsx", "--to", to, "--in", leicestershire, "--json").out
    )
    assert answer == {"files": [str(to / "outturn.xlsx"), str(to / "datapackage.json")]}
    assert not any(path.name.startswith(".") for path in to.iterdir())


def test_a_format_that_is_not_known_is_a_mistake(leicestershire, tmp_path, outturn):
    told = outturn("export", "--format", "parket", "--to", tmp_path, "--in", leicestershire)
    assert told.code == 11
    assert told.err == (
        "the command, --format\n  There is no format 'parket'.\n  Did you mean 'parquet'?\n"
    )


def test_a_place_that_cannot_be_written_to_is_a_mistake(leicestershire, tmp_path, outturn):
    (tmp_path / "file").write_text("")
    told = outturn(
        "export", "--format", "csv", "--to", tmp_path / "file" / "x", "--in", leicestershire
    )
    assert told.code == 11
    assert told.err == (
        "the command, --to\n  The files cannot be written there (Not a directory).\n"
        "  Name a folder that you may write to.\n"
    )


def test_more_rows_than_a_sheet_holds_are_a_mistake_with_another_format(
    small, tmp_path, monkeypatch
):
    monkeypatch.setattr("outturn.commands.export.ROWS_OF_A_SHEET", 3)
    with pytest.raises(DefinitionMistake, match="a sheet holds 3") as found:
        export(small, "", "xlsx", tmp_path)
    assert found.value.remedy == "Export as csv or parquet."
    assert list(tmp_path.iterdir()) == []


def test_a_workbook_that_cannot_be_written_is_a_mistake(small, tmp_path):
    (tmp_path / "outturn.xlsx").mkdir()
    with pytest.raises(DefinitionMistake, match="The files cannot be written there"):
        export(small, "", "xlsx", tmp_path)
    assert [one.name for one in tmp_path.iterdir()] == ["outturn.xlsx"]


def test_nothing_is_left_behind_beside_what_was_asked_for(small, tmp_path):
    for format in FORMATS:
        written = export(small, "", format, tmp_path / format)
        assert {one.name for one in written} == {p.name for p in (tmp_path / format).iterdir()}
