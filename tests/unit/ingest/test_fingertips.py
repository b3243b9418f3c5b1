"""The upload layout of Fingertips is read into figures and written from Values."""

from dataclasses import replace

import polars as pl
import pytest

from outturn.framework.model import Code, Source
from outturn.ingest import fingertips
from outturn.terms.records import VALUES, fitted

HEADER = ",".join(fingertips.COLUMNS)
OLD = (
    "IndicatorID,YEAR,yearrange,quarter,moNth,Ageid,SexId,AreaCode,COUNT,value,LoWerCI95,"
    "UpperCi95,Denominator,denominator_2,Valuenoteid,CategoryTypeid,Categoryid\n"
)


@pytest.fixture
def upload(world):
    codes = (Code("Fingertips", "93041"),)
    world.measures = (replace(world.measures[0], codes=codes), *world.measures[1:])

    def read(*lines, header=HEADER, **words):
        world.write("x.csv", "\n".join([header, *lines]) + "\n")
        return world.source("x.csv", reader="fingertips upload", **words)

    return read


def test_the_layout_has_nineteen_columns():
    assert len(fingertips.COLUMNS) == 19


def test_a_line_becomes_a_figure_and_minus_one_is_nothing(upload):
    world = upload("93041,2018,1,-1,-1,27,4,E1,12,-1.0,-1,-1,-1,-1,400,-1,0,-1,-1")
    assert world.figures(
        "measure", "place", "period", "value", "numerator", "denominator", "absent", "note", "row"
    ) == [("admissions", "E1", "2018-01-01/P1Y", None, 12.0, 400.0, None, "age 27", 2)]


@pytest.mark.parametrize(
    ("time", "form", "key"),
    [
        ("2018,1,-1,-1", "any", "2018-01-01/P1Y"),
        ("2018,1,-1,-1", "financial year", "2018-04-01/P1Y"),
        ("2018,3,-1,-1", "financial year", "2018-04-01/P3Y"),
        ("2018,1,4,-1", "financial year", "2019-01-01/P3M"),
        ("2018,1,2,-1", "any", "2018-04-01/P3M"),
        ("2018,1,-1,11", "any", "2018-11-01/P1M"),
    ],
)
def test_the_times_of_the_layout(upload, time, form, key):
    world = upload(f"93041,{time},27,4,E1,1,1,-1,-1,-1,-1,1,-1,0,-1,-1", period_form=form)
    assert world.figures("period") == [(key,)]


@pytest.mark.parametrize("time", ["2018,1,5,-1", "2018,1,-1,13", "x,1,-1,-1", "2018,0,-1,-1"])
def test_a_time_that_cannot_be_is_set_aside(upload, time):
    found = upload(f"93041,{time},27,4,E1,1,1,-1,-1,-1,-1,1,-1,0,-1,-1").ingest()
    assert found.rejected["reason"].to_list() == ["the period cannot be read"]


def test_divisions_and_value_notes(upload):
    world = upload(
        "93041,2018,1,-1,-1,27,1,E1,1,1,-1,-1,-1,-1,1,-1,401,-1,-1",
        "93041,2018,1,-1,-1,27,4,E1,1,1,-1,-1,-1,-1,1,-1,0,4,2",
        "93041,2018,1,-1,-1,27,4,E1,-1,-1,-1,-1,-1,-1,-1,-1,101,-1,-1",
    )
    assert world.figures("breakdown", "category", "absent", "why", "note") == [
        ("sex", "male", None, None, "age 27; value note 401"),
        ("category type 4", "category 2", None, None, "age 27"),
        ("all", "all", "suppressed", "suppressed: value note 101", "age 27; value note 101"),
    ]


def test_names_in_any_case_and_without_the_wider_limits_are_read(upload):
    world = upload("93041,2030,1,-1,-1,44,4,E1,-1,35.3,34.9,35.7,56704,-1,0,-1,-1", header=OLD[:-1])
    assert world.figures("value", "denominator") == [(35.3, 56704.0)]


def test_a_missing_column_is_told(upload):
    world = upload("1", header=HEADER.replace("AreaCode", "Area Cod"))
    world.write("x.csv", HEADER.replace("AreaCode", "AreaCod") + "\n" + ",".join("1" * 19) + "\n")
    assert world.mistakes() == [
        "data/x.csv, header row 1\n  There is no column 'AreaCode'.\n  Did you mean 'AreaCod'?"
    ]


VALUE = {"measure": "admissions", "definition": "2014", "place": "E1", "breakdown": "all"}
VALUE |= {"category": "all", "value": 12.5, "numerator": 5.0, "denominator": 40.0, "margin": 0.5}


def test_what_is_written_is_read_back(world, tmp_path):
    codes = (Code("Fingertips", "93041"), Code("Fingertips AgeID", "27"))
    world.measures = (
        replace(world.measures[0], codes=codes),
        replace(world.measures[1], codes=codes[:1]),
        world.measures[2],
    )
    lines = [
        {**VALUE, "period": "2018-04-01/P1Y"},
        {**VALUE, "period": "2018-04-01/P3Y", "margin": None},
        {**VALUE, "period": "2019-01-01/P3M", "value": None, "absent": "suppressed"},
        {**VALUE, "period": "2018-04-01/P1Y", "breakdown": "sex", "category": "female"},
        {**VALUE, "period": "2018-04-01/P8M"},
        {**VALUE, "period": "2018-04-01/P1Y", "breakdown": "age", "category": "75+"},
        {**VALUE, "period": "2018-04-01/P1Y", "measure": "control"},
        {**VALUE, "period": "2018-04-01/P1Y", "measure": "delays"},
    ]
    values = fitted(pl.DataFrame(lines, infer_schema_length=None), VALUES)
    to = tmp_path / "up.csv"
    assert fingertips.write(values, world.partnership, to) == to
    left = (tmp_path / "up-left-out.csv").read_text().splitlines()
    assert left == [
        "measure,place,period,breakdown,category,reason",
        "admissions,E1,2018-04-01/P8M,all,all,the layout has no such kind of period",
        "admissions,E1,2018-04-01/P1Y,age,75+,the layout has no such breakdown",
        "control,E1,2018-04-01/P1Y,all,all,the measure has no code of Fingertips",
        "delays,E1,2018-04-01/P1Y,all,all,the measure has no code of Fingertips AgeID",
    ]
    text = (tmp_path / "up.csv").read_text().splitlines()
    assert text == [
        HEADER,
        "93041,2018,1,-1,-1,27,4,E1,5.0,12.5,12.0,13.0,-1,-1,40.0,-1,0,-1,-1",
        "93041,2018,3,-1,-1,27,4,E1,5.0,12.5,-1.0,-1.0,-1,-1,40.0,-1,0,-1,-1",
        "93041,2018,1,4,-1,27,4,E1,-1.0,-1.0,-1.0,-1.0,-1,-1,-1.0,-1,101,-1,-1",
        "93041,2018,1,-1,-1,27,2,E1,5.0,12.5,12.0,13.0,-1,-1,40.0,-1,0,-1,-1",
    ]
    source = Source("up", "up.csv", "figures", period_form="financial year")
    back = fingertips.read(tmp_path / "up.csv", source)
    assert back.select("period", "value", "numerator", "absent").rows() == [
        ("2018-04-01/P1Y", "12.5", "5.0", None),
        ("2018-04-01/P3Y", "12.5", "5.0", None),
        ("2019-01-01/P3M", None, None, "suppressed"),
        ("2018-04-01/P1Y", "12.5", "5.0", None),
    ]


def test_when_all_is_written_nothing_is_left_beside(world, tmp_path):
    (tmp_path / "up-left-out.csv").write_text("of an earlier run")
    empty = fitted(pl.DataFrame(schema={"place": pl.String}), VALUES)
    fingertips.write(empty, world.partnership, tmp_path / "up.csv")
    assert (tmp_path / "up.csv").read_text() == HEADER + "\n"
    assert not (tmp_path / "up-left-out.csv").exists()


LINE = "93041,2018,1,-1,-1,27,{sex},E1,12,1,-1,-1,-1,-1,400,-1,0,-1,-1"


@pytest.mark.parametrize("sex", ["", "-1", "3", "persons"])
def test_a_sex_that_the_layout_does_not_know_is_set_aside_and_never_the_whole(upload, sex):
    world = upload(LINE.format(sex=sex), LINE.format(sex=1))
    found = world.ingest()
    assert found.tables["figures"].select("breakdown", "category").rows() == [("sex", "male")]
    assert found.rejected.select("row", "column", "reason").rows() == [
        (2, "category", "the sex is none of 1, 2 and 4")
    ]
    assert [str(one) for one in found.mistakes] == [
        "data/x.csv, column category, row 2\n"
        "  1 row is set aside: the sex is none of 1, 2 and 4.\n"
        "  Write 1 for male, 2 for female and 4 for persons."
    ]


@pytest.mark.parametrize(
    ("sex", "category"), [("1", "male"), ("2.0", "female"), ("4", "all"), ("4.0", "all")]
)
def test_the_three_sexes_of_the_layout(upload, sex, category):
    assert upload(LINE.format(sex=sex)).figures("category") == [(category,)]


@pytest.mark.parametrize("note", ["101", "101.0"])
def test_the_counts_of_a_figure_that_is_withheld_do_not_go_on(upload, note):
    world = upload(f"93041,2018,1,-1,-1,27,4,E1,3,-1,-1,-1,-1,-1,400,-1,{note},-1,-1")
    assert world.figures("value", "numerator", "denominator", "absent") == [
        (None, None, None, "suppressed")
    ]


def test_two_columns_of_one_name_are_told(upload):
    world = upload("1", header=HEADER.replace("CategoryId", "areacode"))
    world.write(
        "x.csv", HEADER.replace("CategoryId", "areacode") + "\n" + ",".join("1" * 19) + "\n"
    )
    assert world.mistakes() == [
        "data/x.csv, header row 1\n  Columns 8 and 19 are both called 'AreaCode'.\n"
        "  Rename or remove one of them."
    ]


def test_a_write_that_fails_leaves_the_file_as_it_was(world, tmp_path, monkeypatch):
    (tmp_path / "up.csv").write_text("as it was")

    def broken(self, file):
        file.write_text("half of")
        raise OSError("no space left")

    monkeypatch.setattr(pl.DataFrame, "write_csv", broken)
    empty = fitted(pl.DataFrame(schema={"place": pl.String}), VALUES)
    with pytest.raises(OSError, match="no space left"):
        fingertips.write(empty, world.partnership, tmp_path / "up.csv")
    assert [one.name for one in tmp_path.glob("*.csv*")] == ["up.csv"]
    assert [one.name for one in tmp_path.glob(".up*")] == []
    assert (tmp_path / "up.csv").read_text() == "as it was"
