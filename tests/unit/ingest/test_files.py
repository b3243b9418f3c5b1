"""Files as people have them: encodings, delimiters, workbooks, databases, and what is wrong."""

import gzip
import os
import subprocess
import sys
import zipfile
from datetime import date, datetime
from time import perf_counter

import duckdb
import polars as pl
import pytest
import xlsxwriter

from outturn.contracts import Contract, Field
from outturn.ingest import workbooks

TEXT = "measure,place,period,value\ncontrol,North,2020/21,73.2\ncontrol,North,2021/22,0\n"
ROWS = [
    ["measure", "place", "period", "value"],
    ["control", "North", "2020/21", 91.10000000000001],
    ["control", "North", 2021, 5],
]


def workbook(path, rows, *, sheet="Figures", above=0, merged=(), more=()):
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet(sheet)
        for name in more:
            book.add_worksheet(name)
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for i, row in enumerate(rows):
            for j, cell in enumerate(row):
                if isinstance(cell, date):
                    page.write_datetime(
                        i + above, j, datetime(cell.year, cell.month, cell.day), day
                    )
                elif isinstance(cell, str) and cell.startswith("="):
                    page.write_formula(i + above, j, cell, None, "#DIV/0!")
                else:
                    page.write(i + above, j, cell)
        for cells in merged:
            page.merge_range(cells, "merged")


def ods(path, rows, *, sheet="Figures"):
    """A minimal OpenDocument spreadsheet, written by hand; a cell may be ready-made XML."""

    def cell(one):
        if isinstance(one, str) and one.startswith("<"):
            return one
        if isinstance(one, float | int):
            return (
                f'<table:table-cell office:value-type="float" office:value="{one!r}">'
                f"<text:p>{one:.1f}</text:p></table:table-cell>"
            )
        return (
            '<table:table-cell office:value-type="string">'
            f"<text:p>{one}</text:p></table:table-cell>"
        )

    body = "".join(f"<table:table-row>{''.join(map(cell, row))}</table:table-row>" for row in rows)
    names = " ".join(
        f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{short}:1.0"'
        for short in ("office", "table", "text")
    )
    with zipfile.ZipFile(path, "w") as parts:
        parts.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        parts.writestr(
            "META-INF/manifest.xml",
            '<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
        )
        parts.writestr(
            "content.xml",
            f'<?xml version="1.0"?><office:document-content {names}><office:body>'
            f'<office:spreadsheet><table:table table:name="{sheet}">{body}</table:table>'
            "</office:spreadsheet></office:body></office:document-content>",
        )


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (TEXT.encode(), {}),
        (TEXT.replace("\n", "\r\n").encode(), {}),
        (TEXT.replace("\n", "\r").encode(), {}),
        (b"\xef\xbb\xbf" + TEXT.encode(), {}),
        (TEXT.replace(",", ";").encode(), {}),
        (TEXT.replace(",", "\t").encode(), {}),
        (TEXT.replace(",", "|").encode(), {}),
        (TEXT.encode("utf-16"), {"encoding": "utf-16"}),
        (TEXT.encode("cp1252"), {"encoding": "cp1252"}),
        (TEXT.rstrip("\n").encode(), {}),
        (TEXT.replace("measure,", "Measure ,").encode(), {}),
        (TEXT.replace("\ncontrol", "\n,,,\n\ncontrol").encode(), {}),
        (("Published table\n\n" + TEXT).encode(), {"header_row": 3}),
    ],
)
def test_delimited_text_in_many_forms_is_one_table(world, data, words):
    world.write("x.csv", data).source("x.csv", **words)
    assert world.figures("place", "value") == [("E1", 73.2), ("E1", 0.0)]


def test_packed_text_is_read_and_kept_within_its_limit(world):
    world.write("x.csv.gz", gzip.compress(TEXT.encode())).source("x.csv.gz")
    assert world.figures("value") == [(73.2,), (0.0,)]
    world.sources.clear()
    world.write("x.csv.gz", gzip.compress(b"a" * 3_000_000))
    assert world.source("x.csv.gz", max_megabytes=2).mistakes() == [
        "data/x.csv.gz\n  Unpacked, the file is larger than 2 megabytes.\n"
        "  If it should be, raise max_megabytes for it in data/sources.toml."
    ]


def test_rows_are_numbered_by_the_lines_of_the_file(world):
    header = "measure,place,period,value,note\n"
    text = header + 'control,E1,2020/21,1,"two\nlines"\n\ncontrol,E1,2021/22,2,\n'
    assert world.write("x.csv", text).source().figures("row") == [(2,), (5,)]


def test_a_header_may_run_over_several_lines(world):
    text = 'measure,place,period,"value\n(%)"\ncontrol,E1,2020/21,1\n'
    world.write("x.csv", text).source(columns={"value": "value (%)"})
    assert world.figures("value", "row") == [(1.0, 3)]


@pytest.mark.parametrize(
    ("data", "words", "message"),
    [
        (b"", {}, "data/x.csv\n  The file is empty.\n  Give the file again, with its data."),
        (
            b"measure,place,period,value\n",
            {},
            "data/x.csv\n  There are no rows below the column names.\n"
            "  Give a file with data, or take the source out of data/sources.toml.",
        ),
        (
            b"measure,place,period,value\n,,,\n\n",
            {},
            "data/x.csv\n  There are no rows below the column names.\n"
            "  Give a file with data, or take the source out of data/sources.toml.",
        ),
        (
            TEXT.replace("North", "N\xf6rth").encode("cp1252"),
            {},
            "data/x.csv, line 2\n  The file is not encoded in utf-8.\n"
            '  Perhaps encoding = "cp1252" in data/sources.toml, or save the file as UTF-8.',
        ),
        (
            TEXT.encode("utf-16"),
            {},
            "data/x.csv, line 1\n  The file is not encoded in utf-8.\n"
            '  Perhaps encoding = "utf-16" in data/sources.toml, or save the file as UTF-8.',
        ),
        (
            TEXT.encode("utf-16-le"),
            {},
            "data/x.csv\n  The file is not text in utf-8.\n"
            '  Perhaps encoding = "utf-16" in data/sources.toml.',
        ),
        (
            TEXT.replace("North", "N\xf6rth").encode(),
            {"encoding": "cp1252"},
            "data/x.csv\n  The file is encoded in utf-8, not in cp1252.\n"
            '  Write encoding = "utf-8" in data/sources.toml.',
        ),
        (
            TEXT.encode(),
            {"encoding": "utf-9"},
            "data/x.csv\n  There is no encoding 'utf-9'.\n"
            "  Write utf-8, cp1252 or utf-16 as the encoding in data/sources.toml.",
        ),
        *(
            (
                TEXT.encode(),
                {"encoding": codec},
                f"data/x.csv\n  There is no encoding '{codec}'.\n"
                "  Write utf-8, cp1252 or utf-16 as the encoding in data/sources.toml.",
            )
            for codec in ("hex", "rot13", "base64")
        ),
        (
            TEXT.encode(),
            {"header_row": 9},
            "data/x.csv, header row 9\n  The file has no such row to take the column names from.\n"
            "  Put header_row right in data/sources.toml.",
        ),
        (
            b",,,\n" + TEXT.encode(),
            {},
            "data/x.csv, header row 1\n  The row holds no column names.\n"
            "  Give the row that holds the column names as header_row in data/sources.toml.",
        ),
        (
            TEXT.replace("value", "place").encode(),
            {},
            "data/x.csv, header row 1\n  Columns 2 and 4 have the same name.\n"
            "  Rename or remove one of them, or put header_row right in data/sources.toml.",
        ),
        (
            b'measure,place,period,value\ncontrol,"E1,2020/21,1\ncontrol,E1,2021/22,1\n',
            {},
            "data/x.csv\n  The file cannot be taken apart into rows and cells.\n"
            "  Look for a quotation mark that is opened and not closed, and save the file again.",
        ),
        (
            b"PK\x03\x04rest",
            {},
            "data/x.csv\n  The file is a workbook, not text.\n"
            "  Give it the ending .xlsx, .xls or .ods, or save it as text.",
        ),
        (
            TEXT.encode(),
            {"max_megabytes": 0.00001},
            "data/x.csv\n  The file is larger than 1e-05 megabytes.\n"
            "  If it should be, raise max_megabytes for it in data/sources.toml.",
        ),
        (
            TEXT.encode(),
            {"reader": "lgbf lng"},
            "data/x.csv\n  There is no reader 'lgbf lng'.\n  Did you mean 'lgbf long'?",
        ),
        (
            TEXT.encode(),
            {"contract": "figurs"},
            "data/sources.toml, source x, contract\n  There is no contract 'figurs'.\n"
            "  Did you mean 'figures'?",
        ),
    ],
)
def test_what_is_wrong_with_a_file_is_told(world, data, words, message):
    found = world.write("x.csv", data).source("x.csv", **words).ingest()
    assert [str(one) for one in found.mistakes] == [message]
    assert all(table.is_empty() for table in found.tables.values())


def test_a_file_that_is_not_there_is_told_with_the_nearest_one(world):
    world.write("figures-2021.csv", TEXT).source("figures_2021.csv")
    assert world.mistakes() == [
        "data/figures_2021.csv\n  There is no such file.\n  Did you mean 'figures-2021.csv'?"
    ]


def test_without_what_reads_servers_it_is_said_how_to_install_it(world, monkeypatch):
    monkeypatch.setitem(sys.modules, "connectorx", None)
    monkeypatch.setenv("CARE_SERVER", "postgresql://reader@localhost/care")
    (told,) = world.source(id="stays", file="", server="CARE_SERVER", table="stays").mistakes()
    assert told.splitlines()[1:] == [
        "  What reads database servers is not installed.",
        "  In your copy of outturn, run: pip install -e '.[servers]'",
    ]


def test_an_ending_that_no_reader_knows_is_told(world):
    assert world.write("x.doc", "x").source("x.doc").mistakes() == [
        "data/x.doc\n  No reader knows the ending '.doc'.\n  Save it as one of "
        ".csv, .db, .duckdb, .gz, .ods, .parquet, .tsv, .txt, .xls, .xlsb, .xlsm, .xlsx."
    ]


@pytest.mark.skipif(os.geteuid() == 0, reason="the root user may read every file")
def test_a_file_that_may_not_be_read_is_told(world):
    world.write("x.csv", TEXT).source()
    (world.folder / "data/x.csv").chmod(0)
    assert world.mistakes() == [
        "data/x.csv\n  The file cannot be read.\n"
        "  Check that you may read it, and that no other program holds it."
    ]


def test_a_row_of_another_length_than_the_header_is_set_aside(world):
    text = TEXT + 'control,E1,2018/19,1,extra\ncontrol,E1\n"con,trol",E1,2019/20,1\n'
    found = world.write("x.csv", text).source().ingest()
    assert found.tables["figures"]["row"].to_list() == [2, 3]
    assert found.rejected.select("row", "column").rows() == [
        (4, "the whole row"),
        (5, "the whole row, period"),
        (6, "measure"),
    ]
    assert str(found.mistakes[0]) == (
        "data/x.csv, the whole row, row 4\n"
        "  1 row is set aside: the row has more cells than the header.\n"
        "  Look for a delimiter too many or too few; put quotation marks round a cell with one."
    )


def test_delimiters_beyond_the_header_that_hold_nothing_do_no_harm(world):
    text = TEXT.replace("73.2\n", "73.2,,\n")
    assert world.write("x.csv", text).source().figures("value") == [(73.2,), (0.0,)]


def test_columns_constants_and_values_are_put_into_the_words_of_the_contract(world):
    text = "Figure;When;Split\n12;2020/21;Persons\n13;2021/22;Women\n"
    world.write("x.csv", text).source(
        columns={"value": "Figure", "period": "When", "category": "Split"},
        constants={"place": "E1", "measure": "control", "breakdown": "sex"},
        values={"category": {"Women": "female"}, "note": {"a": "b"}},
    )
    assert world.figures("measure", "place", "breakdown", "category", "value") == [
        ("control", "E1", "sex", "Persons", 12.0),
        ("control", "E1", "sex", "female", 13.0),
    ]


def test_a_mistake_names_the_column_as_the_file_does(world):
    text = "measure,place,period,Figure\ncontrol,E1,2020/21,x1\n"
    world.write("x.csv", text).source(columns={"value": "Figure"})
    assert world.mistakes()[0].startswith("data/x.csv, column Figure (value), row 2\n")


@pytest.mark.parametrize(
    ("header", "words", "messages"),
    [
        (
            "measure,plaice,period,value",
            {},
            [
                "data/x.csv, header row 1\n  There is no column 'place'.\n"
                "  Did you mean 'plaice'? "
                'Write columns = { place = "plaice" } in data/sources.toml.'
            ],
        ),
        (
            "measure,council,period,value",
            {},
            [
                "data/x.csv, header row 1\n  There is no column 'place'.\n"
                '  Write columns = { place = "its name in the file" } in data/sources.toml.'
            ],
        ),
        (
            "measure,place,period,valeu",
            {},
            [
                "data/x.csv, header row 1\n"
                "  The column 'valeu' is not used, and nothing fills 'value'.\n"
                '  Write columns = { value = "valeu" } in data/sources.toml, '
                'or value = "" when it is another thing.'
            ],
        ),
        (
            "measure,place,period,Figure 2021",
            {"columns": {"value": "Figure 2020"}},
            [
                "data/x.csv, header row 1\n"
                "  There is no column 'Figure 2020', which is to fill 'value'.\n"
                "  Did you mean 'Figure 2021'?"
            ],
        ),
        (
            "measure,place,period,value",
            {"columns": {"valu": "value", "place": "place"}, "constants": {"place": "E1"}},
            [
                "data/sources.toml, source x, columns.valu\n"
                "  The contract 'figures' has no column 'valu'.\n  Did you mean 'value'?",
                "data/sources.toml, source x, constants.place\n"
                "  'place' is both a column and a constant.\n  Leave one of them out.",
            ],
        ),
    ],
)
def test_a_column_that_cannot_be_found_is_told(world, header, words, messages):
    world.write("x.csv", f"{header}\ncontrol,E1,2020/21,1\n").source(**words)
    assert world.mistakes() == messages


def test_a_column_may_be_left_out_on_purpose(world):
    world.write("x.csv", "measure,place,period,value,notes\ncontrol,E1,2020/21,1,x\n")
    assert world.source(columns={"note": ""}).figures("value", "note") == [(1.0, None)]


@pytest.mark.parametrize("name", ["x.xlsx", "x.ods"])
def test_a_workbook_keeps_every_digit_and_numbers_its_rows(world, name):
    make = workbook if name.endswith("xlsx") else ods
    make(world.folder / "data" / name, ROWS)
    world.source(name, period_form="financial year")
    assert world.figures("period", "value", "row") == [
        ("2020-04-01/P1Y", 91.10000000000001, 2),
        ("2021-04-01/P1Y", 5.0, 3),
    ]


def test_a_sheet_may_begin_below_a_title(world):
    workbook(world.folder / "data/x.xlsx", ROWS[:2], above=3, merged=["A1:C1"], more=["Notes"])
    world.source("x.xlsx", sheet="Figures", header_row=4)
    assert world.figures("value", "row") == [(91.10000000000001, 5)]


def test_a_date_in_a_workbook_is_a_day(world):
    workbook(world.folder / "data/x.xlsx", [ROWS[0], ["control", "E1", date(2020, 11, 26), 1]])
    assert world.source("x.xlsx").figures("period") == [("2020-11-26/P0D",)]


def test_an_error_cell_is_not_an_empty_cell(world):
    workbook(world.folder / "data/x.xlsx", [ROWS[0], ["control", "E1", "2020/21", "=1/0"]])
    assert world.source("x.xlsx").mistakes() == [
        "data/x.xlsx, column value, row 2\n  1 row is set aside: the cell is not a number.\n"
        "  Ask for plain digits, such as 1234.5. A word that stands for an empty cell goes into "
        'values = { value = { "the word" = "" } } for the source in data/sources.toml.'
    ]


def test_merged_cells_among_the_data_are_refused(world):
    workbook(world.folder / "data/x.xlsx", ROWS, merged=["A5:A7", "F2:G2"])
    spanned = '<table:table-cell table:number-rows-spanned="2"/>'
    ods(world.folder / "data/y.ods", [*ROWS[:2], [spanned, "E1", "2020/21", 1]])
    world.source("x.xlsx").source("y.ods", sheet="Figures")
    assert world.mistakes() == [
        "data/x.xlsx, sheet Figures\n  Cells are merged: F2:G2, A5:A7.\n"
        "  Unmerge them and write the value into each cell.",
        "data/y.ods, sheet Figures\n  Cells are merged: A3:A4.\n"
        "  Unmerge them and write the value into each cell.",
    ]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            {},
            "data/x.xlsx\n  The workbook has 2 sheets and the source names none.\n"
            "  Write sheet = \"...\" in data/sources.toml: 'Figures', 'Notes'.",
        ),
        (
            {"sheet": "Figure"},
            "data/x.xlsx, sheet Figure\n  There is no sheet 'Figure'.\n  Did you mean 'Figures'?",
        ),
        (
            {"sheet": "Notes"},
            "data/x.xlsx, sheet Notes\n  The sheet is empty.\n"
            "  Give the file again, with its data.",
        ),
        (
            {"sheet": "Figures", "header_row": 99},
            "data/x.xlsx, sheet Figures, header row 99\n"
            "  The sheet has no such row to take the column names from.\n"
            "  Put header_row right in data/sources.toml.",
        ),
    ],
)
def test_what_is_wrong_with_a_sheet_is_told(world, words, message):
    workbook(world.folder / "data/x.xlsx", ROWS, more=["Notes"])
    assert world.source("x.xlsx", **words).mistakes() == [message]


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        (
            "x.xlsx",
            TEXT.encode(),
            "The file is not a workbook.\n  Save it as a workbook; a text file needs the ending "
            ".csv.",
        ),
        (
            "x.parquet",
            TEXT.encode(),
            "The file is not a Parquet file.\n"
            "  Give the file again: it may be cut short, or another kind of file.",
        ),
        (
            "x.duckdb",
            TEXT.encode() * 100,
            "The file is not a DuckDB database.\n"
            "  Give the file again: it may be cut short, or made by a newer DuckDB.",
        ),
    ],
)
def test_a_file_under_a_false_ending_is_told(world, name, data, message):
    assert world.write(name, data).source(name).mistakes() == [f"data/{name}\n  {message}"]


def frame():
    return pl.DataFrame(
        {
            "measure": ["control", "control"],
            "place": ["E1", "E1"],
            "period": [datetime(2020, 11, 26), datetime(2020, 11, 27)],
            "value": [91.10000000000001, 5.0],
        }
    )


def test_parquet_is_read_exactly(world):
    frame().write_parquet(world.folder / "data/x.parquet")
    assert world.source("x.parquet").figures("period", "value", "row") == [
        ("2020-11-26/P0D", 91.10000000000001, 1),
        ("2020-11-27/P0D", 5.0, 2),
    ]


@pytest.fixture
def database(world):
    path = world.folder / "data/x.duckdb"
    with duckdb.connect(str(path)) as made:
        made.execute(
            "create table admissions as select 'control' as measure, 'E1' as place, "
            "timestamp '2020-11-26' as period, 91.10000000000001::double as value "
            "union all select 'control', 'E1', timestamp '2020-11-27', 5"
        )
        made.execute("create table other as select 1 as a")
    return path


def test_a_table_of_a_database_is_read_exactly(world, database):
    assert world.source("x.duckdb", table="admissions").figures("period", "value", "row") == [
        ("2020-11-26/P0D", 91.10000000000001, 1),
        ("2020-11-27/P0D", 5.0, 2),
    ]


def test_a_table_that_is_not_there_is_told(world, database):
    world.source("x.duckdb", table="admission").source("x.duckdb", id="y")
    assert world.mistakes() == [
        "data/x.duckdb, table admission\n  There is no table 'admission'.\n"
        "  Did you mean 'admissions'?",
        "data/x.duckdb\n  The database has 2 tables and the source names none.\n"
        '  Write table = "..." in data/sources.toml.',
    ]


def test_a_database_that_another_program_holds_is_told(world, database):
    code = (
        f"import duckdb; c = duckdb.connect({str(database)!r}); print('open', flush=True); input()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as other:
        other.stdout.readline()
        found = world.source("x.duckdb", table="admissions").mistakes()
        other.communicate(b"\n")
    assert found == [
        "data/x.duckdb, table admissions\n  Another program has the database open.\n"
        "  Close it there, then run this again."
    ]


def test_a_view_of_a_database_cannot_reach_another_file(world, database, tmp_path):
    (tmp_path / "secret.csv").write_text("a\n1\n")
    with duckdb.connect(str(database)) as made:
        made.execute(f"create view v as select * from read_csv('{tmp_path / 'secret.csv'}')")
    assert world.source("x.duckdb", table="v").mistakes() == [
        "data/x.duckdb, table v\n  'v' cannot be read.\n"
        "  A view must rest on tables of the same file."
    ]


def test_several_sources_make_one_table_and_one_contract_without_rows_is_empty(world):
    population = "place,period,age_group,people\nE1,2020,75+,{}\n"
    world.write("a.csv", population.format(10)).source("a.csv", "population")
    world.write("b.csv", population.format(11).replace("2020", "2021")).source(
        "b.csv", "population"
    )
    world.source("none.csv", "figures")
    found = world.ingest()
    assert found.tables["population"].select("period", "people", "source").rows() == [
        ("2020-01-01/P1Y", 10.0, "a"),
        ("2021-01-01/P1Y", 11.0, "b"),
    ]
    assert found.tables["figures"].is_empty()
    assert [one.name for one in found.fingerprints] == ["data/a.csv", "data/b.csv"]


def test_a_blank_line_does_not_make_up_for_a_short_one(world):
    text = TEXT + "control,E1\n,,\n\ncontrol,E1,2019/20,1\n"
    found = world.write("x.csv", text).source().ingest()
    assert found.tables["figures"]["row"].to_list() == [2, 3, 7]
    assert found.rejected.select("row", "column").rows() == [(4, "the whole row, period")]


def test_cells_beyond_a_header_of_numbers_are_told_as_well(world):
    world.contracts["t"] = Contract("t", (Field("2"), Field("3")))
    world.write("x.csv", "3,2\na,b\na,b,c\n").source("x.csv", "t")
    found = world.ingest()
    assert found.tables["t"].select("2", "3", "row").rows() == [("b", "a", 2)]
    assert found.rejected["row"].to_list() == [3]


@pytest.mark.parametrize(
    ("header", "positions"),
    [
        ("measure,place,period,value,VALUE", "4 and 5"),
        ("measure,place,Place,period,value", "2 and 3"),
    ],
)
def test_two_columns_that_could_fill_one_field_are_told(world, header, positions):
    world.write("x.csv", f"{header}\ncontrol,E1,E1,2020/21,1\n").source()
    name = "value" if "VALUE" in header else "place"
    assert world.mistakes() == [
        f"data/x.csv, header row 1\n  Columns {positions} are both called '{name}', but for "
        f'capitals, spaces or hyphens.\n  Write columns = {{ {name} = "its name in the file" }} '
        "in data/sources.toml, or rename one of them."
    ]


def test_which_of_two_columns_is_meant_may_be_said_and_others_may_be_alike(world):
    text = "measure,place,period,value,VALUE,Remark,remark\ncontrol,E1,2020/21,1,2,a,b\n"
    world.write("x.csv", text).source(columns={"value": "VALUE"})
    assert world.figures("value") == [(2.0,)]


@pytest.mark.parametrize("words", [{}, {"columns": {"status": "Status 2020"}}])
def test_cells_taken_for_a_header_are_not_told_though_they_are_like_a_field(world, words):
    world.contracts["t"] = Contract("t", (Field("status", required=True), Field("status_jones")))
    world.write("x.csv", "Stafus Jones,Status 2021\nx,y\n").source("x.csv", "t", **words)
    told = "\n".join(world.mistakes())
    assert "There is no column" in told
    assert "Stafus" not in told
    assert "2021" not in told


def test_a_source_may_be_filled_by_constants_alone(world):
    world.contracts["t"] = Contract("t", (Field("a"), Field("b")))
    world.write("x.csv", "c\n1\n2\n3\n").source("x.csv", "t", constants={"a": "x"})
    assert world.ingest().tables["t"].select("a", "b", "row").rows() == [
        ("x", None, 2), ("x", None, 3), ("x", None, 4),
    ]  # fmt: skip


DAYS = Contract("t", (Field("began", "date", format="%Y-%d-%m"),))


def test_a_day_in_a_workbook_is_itself_whatever_form_its_texts_have(world):
    world.contracts["t"] = DAYS
    rows = [["began"], [date(2020, 3, 1)], ["2020-13-01"], ["2020-01-13"], [date(2020, 1, 13)]]
    workbook(world.folder / "data/x.xlsx", rows)
    found = world.source("x.xlsx", "t").ingest()
    assert found.tables["t"].select("began", "row").rows() == [
        (date(2020, 3, 1), 2), (date(2020, 1, 13), 3), (date(2020, 1, 13), 5),
    ]  # fmt: skip
    assert found.rejected.select("row", "reason").rows() == [(4, "the cell is not a date")]


DAY_FIRST = [
    "01/03/2020", "1/3/2020", "01-03-2020", "01.03.2020", "1 Mar 2020", "1 March 2020",
    "01/03/2020 00:00", "2020-03-01", "01/03/2020 00:00:00",
]  # fmt: skip
NO_DAYS = ["03/13/2020", "01/03/20", "01/03/2020 10:30", "soon", "31/02/2020"]


@pytest.mark.parametrize("form", ["default", "%Y-%d-%m"])
def test_a_source_may_say_that_its_days_stand_first(world, form):
    world.contracts["t"] = Contract("t", (Field("began", "date", format=form),))
    world.write("x.csv", "\n".join(["began", *DAY_FIRST, *NO_DAYS]) + "\n")
    found = world.source("x.csv", "t", dates="day first").ingest()
    assert found.tables["t"]["began"].to_list() == [date(2020, 3, 1)] * len(DAY_FIRST)
    assert found.rejected.height == len(NO_DAYS)
    assert all("the cell is not a date" in str(one) for one in found.mistakes)


@pytest.mark.parametrize("form", ["default", "%d/%m/%Y"])
def test_a_source_may_say_that_its_months_stand_first(world, form):
    world.contracts["t"] = Contract("t", (Field("began", "date", format=form),))
    days = ["03/01/2020", "3/1/2020", "03-01-2020", "Mar 1, 2020", "03/01/2020 00:00", "2020-03-01"]
    world.write("x.csv", "began\n" + "\n".join(f'"{day}"' for day in [*days, "soon"]) + "\n")
    found = world.source("x.csv", "t", dates="month first").ingest()
    assert found.tables["t"]["began"].to_list() == [date(2020, 3, 1)] * len(days)
    assert found.rejected.select("row", "reason").rows() == [(8, "the cell is not a date")]


def test_days_first_in_a_workbook_leave_cells_that_are_days_as_they_are(world):
    world.contracts["t"] = Contract("t", (Field("began", "date"),), period="began")
    workbook(world.folder / "data/x.xlsx", [["began"], [date(2020, 3, 1)], ["01/03/2020"]])
    found = world.source("x.xlsx", "t", dates="day first").ingest()
    assert found.tables["t"]["began"].to_list() == [date(2020, 3, 1)] * 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({}, 'Where days stand as 30/11/2020, write dates = "day first" for the source'),
        ({"dates": "day first"}, 'The source has dates = "day first": a day is as 30/11/2020'),
        ({"dates": "month first"}, 'The source has dates = "month first": a day is as 11/30/2020'),
    ],
)
def test_the_message_that_refuses_a_date_names_the_word_for_it(world, words, said):
    world.contracts["t"] = Contract("t", (Field("began", "date"),))
    world.write("x.csv", "began\n2020-11-30\n13/13/2020\n")
    (one,) = world.source("x.csv", "t", **words).mistakes()
    assert said in one


def test_a_row_with_two_faults_is_counted_once_and_said_to_be_counted(world):
    world.contracts["t"] = Contract("t", (Field("a", "date"), Field("b", "date")))
    world.write("x.csv", "a,b\n?,?\n?,?\n2020-11-30,?\n?,2020-11-30\n2020-11-30,\n")
    first, second = (one.splitlines()[1] for one in world.source("x.csv", "t").mistakes())
    assert first == "  3 rows are set aside: the cell is not a date."
    assert second == (
        "  3 rows are set aside, 2 of them counted for another reason already: "
        "the cell is not a date."
    )


def test_a_day_in_a_column_of_days_is_itself_whatever_the_form(world):
    world.contracts["t"] = Contract("t", DAYS.fields, period="began")
    frame = pl.DataFrame({"began": [date(2020, 3, 1), None, date(1950, 12, 11)]})
    frame.write_parquet(world.folder / "data/x.parquet")
    found = world.source("x.parquet", "t").ingest()
    assert found.tables["t"]["began"].to_list() == [date(2020, 3, 1), date(1950, 12, 11)]


def test_a_moment_in_a_database_is_the_same_day_on_every_machine(world):
    with duckdb.connect(str(world.folder / "data/x.duckdb")) as made:
        made.execute("create table t as select timestamptz '2020-11-26 23:30:00+00' as w")
        made.execute("create view v as select w::date as d, w::varchar as s from t")
    code = (
        "import sys; from pathlib import Path; from outturn.framework.model import Source;"
        "from outturn.ingest.databases import read;"
        "print([read(Path(sys.argv[1]), Source('x', 'x', 't', table=t)).cells.row(0) "
        "for t in 'tv'])"
    )
    told = {
        subprocess.run(
            [sys.executable, "-c", code, str(world.folder / "data/x.duckdb")],
            env={**os.environ, "TZ": zone},
            capture_output=True, text=True, check=True,
        ).stdout
        for zone in ("Asia/Tokyo", "America/New_York")
    }  # fmt: skip
    assert told == {"[('2020-11-26T23:30:00',), ('2020-11-26', '2020-11-26 23:30:00+00')]\n"}


def sheet_of_errors(path, cells):
    """A workbook of one column whose sheet is written by hand, cell by cell."""
    workbook(path, [["a"]], sheet="S")
    with zipfile.ZipFile(path) as parts:
        kept = {one: parts.read(one) for one in parts.namelist()}
    rows = "".join(f'<row r="{i}">{cell}</row>' for i, cell in enumerate(cells, start=1))
    kept["xl/worksheets/sheet1.xml"] = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        f"<sheetData>{rows}</sheetData></worksheet>"
    ).encode()
    with zipfile.ZipFile(path, "w") as parts:
        for name, content in kept.items():
            parts.writestr(name, content)


def test_an_error_is_that_of_its_own_cell_and_many_are_found_at_once(tmp_path):
    errors = [f'<c r="A{i}" s="1" t="e"><f>1/0</f></c>' for i in range(1, 30_001)]
    errors[5] = '<c r="A6" s="2"/><c r="B6" t="e"><v>#N/A</v></c>'
    errors[6] = '<c r="A7"><v>7</v></c>'
    sheet_of_errors(tmp_path / "x.xlsx", errors)
    began = perf_counter()
    with zipfile.ZipFile(tmp_path / "x.xlsx") as parts:
        assert list(workbooks._errors(parts, 0)) == [(5, 1, "#N/A")]
    assert perf_counter() - began < 1
