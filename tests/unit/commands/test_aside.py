"""Rows kept aside, with their cells: in one file for its owner, and nowhere else."""

import io
import json
import stat
import zipfile

import polars as pl
import pytest

from outturn.commands.aside import file_of, told_of, write_aside
from outturn.commands.publish import _kept_aside
from outturn.framework.model import Partnership
from outturn.ingest import COPY, REJECTED, UNASKED, WRONG
from outturn.statistics.disclosure_policies import PRESETS

MARKER = "Zebedee"
REASON = "the cell is not a number"


def rejected(*rows):
    lines = [("s", "data/s.csv", n, "age", REASON, kind, cells) for n, kind, cells in rows]
    return pl.DataFrame(lines, schema=REJECTED, orient="row")


def written(folder, frame, name="abc"):
    write_aside(folder, name, frame)
    file = file_of(folder, name)
    return file.read_text(encoding="utf-8").splitlines() if file.exists() else None


def test_each_row_to_be_mended_is_written_with_its_place_reason_and_cells(tmp_path):
    frame = rejected(
        (2, WRONG, '{"age":"x, y","row":"007","note":null}'),
        (3, UNASKED, '{"age":"unasked"}'),
        (4, COPY, '{"age":"copied"}'),
        (5, WRONG, '{"age":"two\\nlines","town":"Ütte"}'),
    )
    write_aside(tmp_path, "abc", frame)
    file = tmp_path / ".outturn" / "rejected" / "abc.csv"
    assert file.read_text(encoding="utf-8") == (
        "source,file,row,column,reason,age,row (in the file),note,town\n"
        f's,data/s.csv,2,age,{REASON},"x, y",007,,\n'
        f's,data/s.csv,5,age,{REASON},"two\nlines",,,Ütte\n'
    )
    assert [one.name for one in file.parent.iterdir()] == ["abc.csv"]


def test_only_its_owner_may_read_it_and_version_control_leaves_it_alone(tmp_path):
    assert written(tmp_path, rejected((2, WRONG, '{"age":"x"}')))
    mode = file_of(tmp_path, "abc").stat().st_mode
    assert stat.S_IMODE(mode) == 0o600
    assert (tmp_path / ".outturn").stat().st_mode & stat.S_IRWXO == 0
    assert (tmp_path / ".outturn" / ".gitignore").read_text() == "*\n"


def test_a_word_to_version_control_that_is_there_stays(tmp_path):
    (tmp_path / ".outturn").mkdir()
    (tmp_path / ".outturn" / ".gitignore").write_text("tables/\n")
    written(tmp_path, rejected((2, WRONG, '{"age":"x"}')))
    assert (tmp_path / ".outturn" / ".gitignore").read_text() == "tables/\n"


@pytest.mark.parametrize("kind", [None, UNASKED, COPY])
def test_nothing_is_written_where_no_row_is_to_be_mended(tmp_path, kind):
    frame = rejected((2, kind, '{"age":"x"}')) if kind else rejected()
    assert written(tmp_path, frame) is None
    assert list(tmp_path.iterdir()) == []


def test_the_rows_of_an_earlier_build_of_that_name_make_way(tmp_path):
    first = written(tmp_path, rejected((2, WRONG, '{"age":"x"}')))
    again = written(tmp_path, rejected((9, WRONG, '{"age":"y"}')))
    assert (first[1], again[1]) == (
        f"s,data/s.csv,2,age,{REASON},x",
        f"s,data/s.csv,9,age,{REASON},y",
    )
    assert written(tmp_path, rejected()) is None


def test_mended_rows_that_come_back_as_a_file_keep_their_columns_apart(tmp_path):
    cells = '{"row":"2","row (in the file)":"7","age":"x"}'
    lines = written(tmp_path, rejected((2, WRONG, cells)))
    assert lines[0].endswith("reason,row (in the file) (in the file),row (in the file),age")
    assert lines[1].endswith(",2,7,x")


def test_a_disk_that_cannot_be_written_stops_no_build(tmp_path):
    (tmp_path / ".outturn").write_text("a file where the folder should be")
    write_aside(tmp_path, "abc", rejected((2, WRONG, '{"age":"x"}')))


# The whole way, by the commands


def marked(folder):
    """Adds to the folder a table in which every cell is the marker word, but for a sound row: a
    file with nothing left stops a build."""
    sound = {"place": "E10000018", "period": "1950/51", "measure": "acute_beds", "value": "3"}
    frame = pl.DataFrame(
        {
            name: [MARKER, f"{MARKER} 2", sound.get(name, "")]
            for name in ("place", "period", "measure", "value", "note")
        }
    )
    frame.write_csv(folder / "data" / "marked.csv")
    with (folder / "data" / "sources.toml").open("a", encoding="utf-8") as to:
        to.write('\n[[source]]\nid = "marked"\nfile = "marked.csv"\ncontract = "figures"\n')
    return folder


def test_a_cell_kept_aside_is_in_that_file_and_the_cache_only(board, copied, outturn):
    folder = marked(copied(board))
    built = outturn("build", "--in", folder, "--json")
    name = json.loads(built.out)["vintage"]
    told = [
        built,
        outturn("build", "--in", folder),
        outturn("check", "--in", folder),
        outturn("publish", "--in", folder),
        *(
            outturn("export", "--in", folder, "--format", form, "--to", folder / "exported" / form)
            for form in ("csv", "parquet", "xlsx", "fingertips")
        ),
        outturn("rejected", "--in", folder),
        outturn("rejected", "--in", folder, "--json"),
        outturn("findings", "--in", folder),
        outturn("vintages", "--in", folder),
    ]
    assert not any(MARKER in one.out + one.err for one in told)
    aside = file_of(folder, name)
    holds = {file for file in folder.rglob("*") if file.is_file() and in_it(file)}
    cached = {one for one in holds if one.parent.name == "tables"}
    assert holds - cached == {folder / "data" / "marked.csv", aside}
    assert all(one.name.endswith(".rejected.parquet") for one in cached)
    assert pl.read_csv(io.BytesIO(aside.read_bytes()))["note"].to_list() == [MARKER, f"{MARKER} 2"]


def in_it(file):
    """Whether the marker stands in the file, or in a part of it that is packed.

    Of a PDF the text is in codes of its font; tests/reports hold that it says what the HTML says.
    """
    if file.suffix == ".parquet":
        return MARKER in str(pl.read_parquet(file).rows())
    content = file.read_bytes()
    if content.startswith(b"PK"):
        packed = zipfile.ZipFile(io.BytesIO(content))
        return any(MARKER.encode() in packed.read(name) for name in packed.namelist())
    return MARKER.encode() in content


def test_rejected_says_where_the_cells_are_and_how_many_rows(board, copied, outturn):
    folder = marked(copied(board))
    outturn("build", "--in", folder)
    told = outturn("rejected", "--in", folder).out
    file = next((folder / ".outturn" / "rejected").iterdir())
    assert f"2 rows, with their cells: {file}\n" in told
    file.unlink()
    told = outturn("rejected", "--in", folder).out
    assert "2 rows. Their cells are not here: build again to have them.\n" in told


@pytest.mark.parametrize(
    "rows, said",
    [
        ([], ["No row was kept aside."]),
        ([(2, WRONG, "{}")], ["1 row. Its cells are not here: build again to have them."]),
        (
            [(2, UNASKED, "{}"), (3, COPY, "{}"), (4, COPY, "{}")],
            [
                "No row is to be mended.",
                "1 row of releases that nobody asked for: left out, and nothing to mend.",
                "2 rows of releases that say the same as an earlier source: left out, and nothing"
                " to mend.",
            ],
        ),
        # Kept by an earlier outturn, which told no kinds apart.
        ([(2, None, "{}")], ["1 row. Its cells are not here: build again to have them."]),
    ],
)
def test_rows_that_need_no_mending_are_told_apart(tmp_path, rows, said):
    assert list(told_of(tmp_path, "abc", rejected(*rows))) == said


def test_a_paper_tells_the_kinds_apart_and_copies_in_one_line():
    frame = rejected((2, WRONG, "{}"), (3, COPY, "{}"), (4, COPY, "{}"), (5, UNASKED, "{}"))
    repeated = [f"the row says the same as row {n} of source t" for n in frame["row"]]
    mixed = frame.with_columns(reason=pl.Series(repeated))
    found = _kept_aside(Partnership("A", "E1"), pl.concat([mixed[1:], frame[:1], mixed[:1]]))
    assert [(one["column"], one["reason"], one["rows"]) for one in found] == [
        ("age", REASON, "1"),
        ("age", "the row says the same as another row of source t", "1"),
        ("", "a copy: an earlier source says the same", "2"),
        ("", "not asked for: the release tells of other places and measures too", "1"),
    ]


def test_a_paper_holds_the_number_of_rows_to_be_mended_to_the_preset():
    wrong = [(n, WRONG, "{}") for n in range(2, 5)]
    frame = rejected(*wrong, *((n, COPY, "{}") for n in range(5, 8)))
    for preset, said in (("none", "3"), ("social care", "fewer than 5")):
        found = _kept_aside(Partnership("A", "E1"), frame, PRESETS[preset])
        assert [one["rows"] for one in found] == [said, "3"]
