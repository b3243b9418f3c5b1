"""Readers of official releases, on files of a few lines made here."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter

from outturn.framework.model import Source
from outturn.ingest.official import READERS
from outturn.ingest.official.printed import bracketed_code, slash_year
from outturn.terms import ExtractMistake

FIGURE_COLUMNS = [
    "measure", "place", "period", "breakdown", "category", "value", "numerator", "denominator",
    "margin", "absent", "why", "provenance", "edition", "note",
]  # fmt: skip
AREAS = ["Local authority code", "Local authority", "ONS area code"]


def source(reader: str, file: str, **more: object) -> Source:
    return Source(id="one", file=file, contract="figures", reader=reader, **more)  # type: ignore[arg-type]


def read(path: Path, reader: str, **more: object) -> pl.DataFrame:
    return READERS[reader](path, source(reader, path.name, **more))


def workbook(path: Path, sheets: dict[str, list[list[object]]]) -> Path:
    book = xlsxwriter.Workbook(str(path))
    for name, rows in sheets.items():
        page = book.add_worksheet(name)
        for line, row in enumerate(rows):
            page.write_row(line, 0, row)
    book.close()
    return path


def text(path: Path, lines: str) -> Path:
    path.write_text(lines, encoding="utf-8")
    return path


def test_a_workbook_is_read_from_its_header_wherever_that_stands(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "ascof.xlsx",
        {
            "Cover": [["About"]],
            "Table_2d(1)": [
                ["A title"],
                [""],
                [
                    *AREAS,
                    *(f"2024 to 2025 - {one}" for one in ("numerator", "denominator", "outcome")),
                ],
                ["England", "England", "E92000001", 607, 1000, 60.699999999999996],
                ["S", "Shire Counties", "[z]", "[c]", "[c]", "[c]"],
                [102.0, "Northshire", "E10000099", "[x]", "[x]", 50],
            ],
        },
    )
    frame = read(path, "ascof workbook 2024-25")
    assert frame.columns[:14] == FIGURE_COLUMNS
    said = ["measure", "place", "period", "value", "numerator", "absent", "why", "note", "row"]
    assert frame.select(said).rows() == [
        ("2D(1)", "E92000001", "2024/25", 60.7, 607.0, None, None, None, 4),
        ("2D(1)", "S", "2024/25", None, None, "suppressed",
         "suppressed by the publisher: marked [c]",
         "numerator marked [c]; denominator marked [c]", 5),
        ("2D(1)", "E10000099", "2024/25", 50.0, None, None, None,
         "numerator marked [x]; denominator marked [x]", 6),
    ]  # fmt: skip
    assert frame["edition"].unique().to_list() == ["2026-01-23"]


def test_a_survey_table_gives_margin_and_respondents_and_notes_the_bracket(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "ascof.xlsx",
        {
            "Table_1c": [
                [*AREAS, "2016 to 2017 - margin of error", "2016 to 2017 - number of respondents",
                 "2016 to 2017 - outcome"],
                ["1", "Northshire", "E10000099", "0 (1)", "1,230 (285)", "7.7 (:)"],
            ]
        },
    )  # fmt: skip
    row = read(path, "ascof workbook 2024-25", published=date(2026, 2, 1)).row(0, named=True)
    assert (row["value"], row["margin"], row["denominator"]) == (7.7, 0.0, 1230.0)
    assert row["note"] == (
        "margin of error 0 (1); number of respondents 1,230 (285); outcome 7.7 (:)"
    )
    assert row["edition"] == "2026-02-01"


def test_ratings_are_a_breakdown_of_their_measure(tmp_path: Path) -> None:
    parts = ("not yet rated numerator", "not yet rated outcome", "6b numerator", "6b outcome")
    path = workbook(
        tmp_path / "ascof.xlsx",
        {
            "Table_6b": [
                [*AREAS, *(f"2023 to 2024 - {one}" for one in parts)],
                ["1", "Northshire", "E10000099", 1, 2.5, 30, 75],
            ]
        },
    )
    frame = read(path, "ascof workbook 2024-25")
    assert frame.select("measure", "breakdown", "category", "value", "numerator").rows() == [
        ("6B", "rating", "not yet rated", 2.5, 1.0),
        ("6B", "all", "all", 75.0, 30.0),
    ]


def test_a_workbook_without_its_tables_is_a_mistake(tmp_path: Path) -> None:
    path = workbook(tmp_path / "ascof.xlsx", {"Sheet1": [["a"]]})
    with pytest.raises(ExtractMistake) as error:
        read(path, "ascof workbook 2024-25")
    assert str(error.value) == (
        "ascof.xlsx\n  No sheet has a name that begins with 'Table_'.\n"
        "  Give the whole workbook as published, with its own sheet names."
    )


def test_a_table_without_its_header_is_a_mistake(tmp_path: Path) -> None:
    path = workbook(tmp_path / "ascof.xlsx", {"Table_2a": [["a", "b"], ["c", "d"]]})
    with pytest.raises(ExtractMistake) as error:
        read(path, "ascof workbook 2024-25")
    assert str(error.value) == (
        "ascof.xlsx, sheet Table_2a\n  No row begins with 'Local authority code'.\n"
        "  Give the sheet as published, with its header row."
    )


OPEN_DATA = (
    "Geographical Code,Geographical Description,Geographical Level,ONS Code,ASCOF Measure Code,"
    "Disaggregation Level,Measure Type,Measure Value,Measure Group,Measure Group Description\n"
)
LINES = (
    "102,Northshire,Council,E10000099,1C1A,Total,Outcome,91.5,1C1A,x\n"
    "102,Northshire,Council,E10000099,1C1A,Total,Numerator,915,1C1A,x\n"
    "102,Northshire,Council,E10000099,1C1A,Total,Denominator,1000,1C1A,x\n"
    "102,Northshire,Council,E10000099,1BF,Female,Outcome,[c],1B,x\n"
    "102,Northshire,Council,E10000099,1BF,Female,Base,45,1B,x\n"
    "102,Northshire,Council,E10000099,1BF,Female,Denominator,4500,1B,x\n"
    "102,Northshire,Council,E10000099,1BF,Female,Margin Of Error,[x],1B,x\n"
)


def test_open_data_are_read_as_csv_with_respondents_as_the_base_of_surveys(tmp_path: Path) -> None:
    path = text(tmp_path / "open_2020-21_data.csv", OPEN_DATA + LINES)
    frame = read(path, "ascof open data")
    said = ["measure", "breakdown", "category", "value", "numerator", "denominator", "note", "row"]
    assert frame.select(said).rows() == [
        ("1C(1a)", "all", "all", 91.5, 915.0, 1000.0, None, 2),
        ("1B", "sex", "female", None, None, 45.0,
         "printed denominator 4500; margin of error marked [x]", 5),
    ]  # fmt: skip
    assert frame["period"].unique().to_list() == ["2020/21"]
    assert frame["scheme"].unique().to_list() == ["ASCOF to 2022-23"]


def test_open_data_of_no_known_year_are_a_mistake(tmp_path: Path) -> None:
    path = text(tmp_path / "open.csv", OPEN_DATA + LINES)
    with pytest.raises(ExtractMistake) as error:
        read(path, "ascof open data")
    assert str(error.value) == (
        "open.csv, source one\n"
        "  Neither the source nor the name of the file says which year this is.\n"
        '  Write constants = { period = "2020/21" } for the source.'
    )
    frame = read(path, "ascof open data", constants={"period": "2019/20"})
    assert frame["period"].unique().to_list() == ["2019/20"]


def test_another_layout_is_a_mistake_that_shows_no_cell(tmp_path: Path) -> None:
    path = text(tmp_path / "any_2020-21.csv", "a,b\nsecret,1\n")
    for reader in READERS:
        if reader == "ascof workbook 2024-25":
            continue
        with pytest.raises(ExtractMistake) as error:
            read(path, reader)
        assert "secret" not in str(error.value)


def test_tidy_totals_take_scheme_and_edition_from_the_release(tmp_path: Path) -> None:
    header = (
        "year,old_code,new_code,level,ons_code,la_code,la_name,disaggregation,measure_type,value,"
        "flag,src\n"
    )
    rows = (
        "2018-19,3D2,3C2,England,E92000001,England,England,Total,outcome,62.3,,rds\n"
        "2018-19,3D2,3C2,England,E92000001,England,England,Total,outcome,62.5,,ods2425\n"
        "2016-17,3B,1E,Council,E06000017,510,Rutland,Total,outcome,,text:62.1 (:),ods2425\n"
        "2016-17,3B,1E,Council,E06000017,510,Rutland,Total,base,60.0,"
        "bracketed_alternative:35,ods2425\n"
        "2024-25,2D,2A,Council type,[z],S,Shire Counties,Total,outcome,,suppressed,ods2425\n"
    )
    frame = read(text(tmp_path / "tidy.csv", header + rows), "ascof tidy totals")
    assert frame.select("measure", "scheme", "edition", "value", "denominator").rows() == [
        ("3D(2)", "ASCOF to 2022-23", "2019-11-01", 62.3, None),
        ("3C(2)", "ASCOF from 2023-24", "2026-01-23", 62.5, None),
        ("1E", "ASCOF from 2023-24", "2026-01-23", 62.1, 60.0),
        ("2A", "ASCOF from 2023-24", "2026-01-23", None, None),
    ]
    assert frame["note"].to_list()[2] == "outcome 62.1 (:); base 60 (35)"
    assert frame["why"].to_list()[3] == "suppressed by the publisher: marked suppressed"


def test_parts_of_an_indicator_stand_alone_and_beside_it(tmp_path: Path) -> None:
    rows = (
        "council,code,component_of,title,year,value\n"
        "Edinburgh City,SW8,,x,2019-20,500\n"
        "Edinburgh City,MYE Population (75+),SW8,,2019-20,2000\n"
        "Argyll & Bute,SW8,,x,2019-20,\n"
    )
    frame = read(text(tmp_path / "lgbf.csv", rows), "lgbf long")
    assert frame.select("measure", "place", "value", "denominator", "absent").rows() == [
        ("SW8", "S12000036", 500.0, 2000.0, None),
        ("MYE Population (75+)", "S12000036", 2000.0, None, None),
        ("SW8", "S12000035", None, None, "not available"),
    ]


def test_an_area_that_no_list_knows_keeps_its_name(tmp_path: Path) -> None:
    rows = "council,code,component_of,title,year,value\nLothian,SW8,,x,2019-20,1\n"
    frame = read(text(tmp_path / "lgbf.csv", rows), "lgbf long")
    assert frame["place"].to_list() == ["Lothian"]


def test_bed_days_of_an_unknown_council_are_kept(tmp_path: Path) -> None:
    rows = (
        "ltla_code,date,age_group,delay_reason,num_delayed_bed_days,average_daily_delayed_beds\n"
        ",2016-07-01,75plus,Code 9 AWI,3,0\nS12000047,2016-07-01,75plus,Code 9 AWI,31,1\n"
    )
    frame = read(text(tmp_path / "dd.csv", rows), "phs delayed discharge bed days")
    assert frame.select("place", "period", "bed_days", "row").rows() == [
        ("unknown", "2016-07-01/P1M", 3, 2),
        ("S12000047", "2016-07-01/P1M", 31, 3),
    ]


def test_bed_days_in_the_original_columns_are_read_alike(tmp_path: Path) -> None:
    rows = (
        "MonthOfDelay,CA,CAQF,AgeGroup,AgeGroupQF,ReasonForDelay,ReasonForDelayQF,"
        "NumberOfDelayedBedDays,AverageDailyNumberOfDelayedBeds\n"
        "201607,S12000047,,75plus,,Code 9 AWI,,31,1\n"
    )
    frame = read(text(tmp_path / "dd.csv", rows), "phs delayed discharge bed days")
    assert frame.row(0)[:2] == ("S12000047", "2016-07-01/P1M")


@pytest.mark.parametrize(
    ("printed", "code"),
    [("1A", "1A"), ("1C1A", "1C(1a)"), ("2B1", "2B(1)"), ("3d(2a)", "3D(2a)"), ("6b", "6B")],
)
def test_codes_are_spelled_one_way(printed: str, code: str) -> None:
    frame = pl.DataFrame({"x": [printed]}).select(bracketed_code("x"))
    assert frame.item() == code


@pytest.mark.parametrize("printed", ["2018-19", "2018/19", "2018 to 2019", " 2018-19 "])
def test_years_are_spelled_one_way(printed: str) -> None:
    assert pl.DataFrame({"x": [printed]}).select(slash_year("x")).item() == "2018/19"


def told(frame: pl.DataFrame) -> list[tuple[str | None, str | None]]:
    return frame.select("trouble_at", "trouble").rows()


TEXT = "the cell is neither a number nor a mark that is known"
TWICE = "the release gives the figure more than once, and not alike"


@pytest.mark.parametrize(
    ("cell", "value", "trouble"),
    [
        (".5", 0.5, None),
        ("-.5", -0.5, None),
        ("1,234.5", 1234.5, None),
        ("12,345,678", 12345678.0, None),
        ("41.9 (41.2)", 41.9, None),
        ("[C]", None, None),
        ("NA", None, None),
        ("41.9%", None, TEXT),
        ("1,23", None, TEXT),
        ("about 5", None, TEXT),
        ("1.2.3", None, TEXT),
    ],
)
def test_a_cell_is_a_number_a_mark_or_trouble(
    tmp_path: Path, cell: str, value: float | None, trouble: str | None
) -> None:
    header = "Financial year,Local authority code,Local authority name,Code,Value\n"
    path = text(tmp_path / "o.csv", header + f'2020/21,E10000018,Leicestershire,ASC1,"{cell}"\n')
    frame = read(path, "oflog metrics")
    assert frame["value"].to_list() == [value]
    assert told(frame) == [("value", trouble) if trouble else (None, None)]
    if value is None:
        assert cell in frame["why"][0]


@pytest.mark.parametrize(
    ("cell", "days", "trouble"),
    [("1,234", 1234.0, None), ("", None, None), ("*", None, TEXT), ("12a", None, TEXT)],
)
def test_bed_days_that_cannot_be_read_are_never_counted_as_none(
    tmp_path: Path, cell: str, days: float | None, trouble: str | None
) -> None:
    rows = (
        "ltla_code,date,age_group,delay_reason,num_delayed_bed_days,average_daily_delayed_beds\n"
        f'S12000047,2016-07-01,75plus,Code 9 AWI,"{cell}",1\n'
    )
    frame = read(text(tmp_path / "dd.csv", rows), "phs delayed discharge bed days")
    assert frame["bed_days"].to_list() == [days]
    assert told(frame) == [("bed_days", trouble) if trouble else (None, None)]


LGBF = "council,code,component_of,title,year,value\n"


def test_a_cell_that_is_not_empty_is_never_called_empty(tmp_path: Path) -> None:
    rows = 'Fife,SW8,,x,2019-20,"1,234.5"\nFife,SW7,,x,2019-20,soon\nFife,SW9,,x,2019-20,[c]\n'
    frame = read(text(tmp_path / "lgbf.csv", LGBF + rows), "lgbf long")
    assert frame["value"].to_list() == [1234.5, None, None]
    assert told(frame) == [(None, None), ("value", TEXT), (None, None)]
    assert frame["absent"].to_list() == [None, "not available", "suppressed"]
    assert frame["why"][2] == "suppressed by the publisher: marked [c]"


def test_a_part_that_is_given_twice_or_cannot_be_read_is_trouble(tmp_path: Path) -> None:
    people = "MYE Population (75+)"
    rows = (
        "Fife,SW8,,x,2019-20,1\nMoray,SW8,,x,2019-20,1\nAngus,SW8,,x,2019-20,1\n"
        f"Fife,{people},SW8,,2019-20,5\nFife,{people},SW8,,2019-20,6\n"
        f"Moray,{people},SW8,,2019-20,many\n"
        f"Angus,{people},SW8,,2019-20,5\nAngus,{people},SW8,,2019-20,5\n"
    )
    frame = read(text(tmp_path / "lgbf.csv", LGBF + rows), "lgbf long").head(3)
    assert told(frame) == [("denominator", TWICE), ("denominator", TEXT), (None, None)]
    assert frame["row"].to_list() == [2, 3, 4]


@pytest.mark.parametrize(("again", "trouble"), [("92", TWICE), ("91.50", None), ("[c]", TWICE)])
def test_two_lines_of_one_figure_must_be_alike(
    tmp_path: Path, again: str, trouble: str | None
) -> None:
    line = "102,Northshire,Council,E10000099,1C1A,Total,Outcome,{},1C1A,x\n"
    path = text(
        tmp_path / "open_2020-21_data.csv",
        OPEN_DATA + line.format("91.5") + line.format(again),
    )
    frame = read(path, "ascof open data")
    assert told(frame) == [("value", trouble) if trouble else (None, None)]


CURRENT = (
    "Indicators_Information_Code,LA_Information_LocalAuthority,LA_Data_LGBF_Year,"
    "LA_Data_LA_IndicatorReal,LA_Data_LA_Numerator_real,LA_Data_LA_Den_Real,"
    "Scotland_Data_Scotland_Indicator_Real,Scotland_Data_Scotland_Num_Real,"
    "Scotland_Data_Scotland_Den_Real,FG_Data_FG_Avg_Indicator_Real,FG_Data_FG_Avg_Num_Real,"
    "FG_Data_FG_Avg_Den_Real,FG_Data_FamilyGroup\n"
)


def test_a_figure_of_scotland_that_differs_from_row_to_row_goes_on_twice(tmp_path: Path) -> None:
    rows = "SW8,Fife,2019-20,1,1,1,{},1,1,2,2,2,Urban\n"
    alike = text(
        tmp_path / "a.csv", CURRENT + rows.format(9) + rows.format(9).replace("Fife", "Moray")
    )
    other = text(
        tmp_path / "b.csv", CURRENT + rows.format(9) + rows.format(8).replace("Fife", "Moray")
    )
    scotland = pl.col("place") == "S92000003"
    said = [read(one, "lgbf current").filter(scotland)["value"].to_list() for one in (alike, other)]
    assert said == [[9.0], [9.0, 8.0]]


def test_a_release_is_decoded_as_its_source_says(tmp_path: Path) -> None:
    rows = "Fife,SW1,,x,2019-20,20\nFife,Total Homecare (\u00a3000),SW1,,2019-20,500\n"
    path = tmp_path / "lgbf.csv"
    path.write_bytes((LGBF + rows).encode("cp1252"))
    frame = read(path, "lgbf long", encoding="cp1252")
    assert frame["numerator"].to_list() == [500.0, None]
    with pytest.raises(ExtractMistake, match="not encoded in utf-8"):
        read(path, "lgbf long")


def test_a_release_with_a_line_of_another_length_is_refused(tmp_path: Path) -> None:
    path = text(tmp_path / "lgbf.csv", LGBF + "Fife,SW1,,x,2019-20,20\n\nFife,SW1,,x\n")
    with pytest.raises(ExtractMistake) as error:
        read(path, "lgbf long")
    assert str(error.value) == (
        "data/lgbf.csv, line 4\n  The row has more cells than the header, or fewer.\n"
        "  Give the file as it was published."
    )


def test_lines_are_numbered_as_in_the_file_below_a_cell_of_several_lines(tmp_path: Path) -> None:
    path = text(
        tmp_path / "lgbf.csv",
        LGBF + 'Fife,SW1,,"two\nlines",2019-20,20\n\nFife,SW2,,x,2019-20,1\n',
    )
    assert read(path, "lgbf long")["row"].to_list() == [2, 5]


def test_a_statistic_that_is_not_known_goes_to_the_note(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "ascof.xlsx",
        {
            "Table_2a": [
                [*AREAS, "2024 to 2025 - outcome", "2024 to 2025 - weight"],
                ["1", "Northshire", "E10000099", 50, 3],
                ["", "", "", "", ""],
                ["2", "Southshire", "E10000098", 51, "[x]"],
            ]
        },
    )
    frame = read(path, "ascof workbook 2024-25")
    assert frame.select("value", "note", "row").rows() == [
        (50.0, "weight 3", 2),
        (51.0, "weight marked [x]", 4),
    ]


def test_a_cell_that_cannot_be_read_stays_to_be_looked_up(tmp_path: Path) -> None:
    path = text(
        tmp_path / "open_2020-21_data.csv",
        OPEN_DATA
        + "102,Northshire,Council,E10000099,1C1A,Total,Outcome,91.5,1C1A,x\n"
        + "102,Northshire,Council,E10000099,1C1A,Total,Numerator,about 900,1C1A,x\n",
    )
    frame = read(path, "ascof open data")
    assert told(frame) == [("numerator", TEXT)]
    assert frame["note"].to_list() == ["numerator marked about 900"]
