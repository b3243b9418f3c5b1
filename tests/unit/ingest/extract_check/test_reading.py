"""An extract is read whole: in every form of file, whatever is wrong with its rows."""

from __future__ import annotations

import io

import duckdb
import polars as pl
import pytest
import xlsxwriter

from outturn.framework.model import Source
from outturn.ingest.extract_check import Asked, check_extract, read_extract
from outturn.terms.errors import ExtractMistake, Mistakes


def csv(frame: pl.DataFrame) -> bytes:
    out = io.BytesIO()
    frame.write_csv(out)
    return out.getvalue()


def database(frame: pl.DataFrame, path) -> None:
    with duckdb.connect(str(path)) as made:
        made.register("given", frame)
        made.execute("create table cld as select * from given")


def workbook(frame: pl.DataFrame, path) -> None:
    with xlsxwriter.Workbook(str(path)) as book:
        frame.write_excel(book, worksheet="cld", table_style=None)


def typed(frame: pl.DataFrame, made) -> pl.DataFrame:
    """The days and numbers of an extract as what they are, as Parquet and databases hold them."""
    kinds = {one.title: one.type for one in made.CONTRACT.fields}
    return frame.with_columns(
        pl.col(name).str.to_date("%Y-%m-%d")
        if kinds[name] == "date"
        else pl.col(name).cast(pl.Float64)
        for name in frame.columns
        if kinds[name] in ("date", "number")
    )


@pytest.mark.parametrize("form", ["parquet", "duckdb", "xlsx"])
def test_a_clean_extract_is_clean_in_every_form_of_file(form, made, tmp_path):
    frame = typed(made.clean_extract(240), made)
    path = tmp_path / f"extract.{form}"
    match form:
        case "parquet":
            frame.write_parquet(path)
        case "duckdb":
            database(frame, path)
        case _:
            workbook(frame, path)
    read = read_extract(path, Source("extract", path.name, "cld"), made.CONTRACT)
    judged = check_extract(read, made.CONTRACT, Asked(made.AS_OF))
    assert judged.findings.is_empty(), judged.counts()
    assert judged.records.frame.height == frame.height


def test_rows_are_numbered_as_in_the_file_and_none_is_left_out(clean, judge):
    rows = csv(clean.head(3)).split(b"\n")
    broken = [*rows[:2], b"", b"only,three,cells", *rows[2:]]
    judged = judge(b"\n".join(broken))
    assert judged.records.frame["row"].to_list() == [2, 4, 5, 6]
    assert judged.findings.filter(rule="row-length")["index"].to_list() == [1]


@pytest.mark.parametrize("form", ["%d/%m/%Y", "%d-%m-%Y", "%d/%m/%Y %H:%M", "%Y%m%d"])
def test_days_may_be_written_day_first_when_a_whole_column_is(form, clean, made, judge, found):
    days = [one.title for one in made.CONTRACT.fields if one.type == "date" and one.title]
    written = clean.with_columns(
        pl.col(name).str.to_datetime("%Y-%m-%d").dt.strftime(form) for name in days
    )
    judged = judge(csv(written))
    assert found(judged) == {}
    assert any("Days are read in the form" in note for note in judged.notes)


def test_a_day_in_another_form_than_its_column_is_not_read(clean, judge, found):
    """Else 03/04/2025 would be April to one and March to another."""
    at = clean["Event Type"].to_list().index("Review")
    written = clean.with_columns(
        pl.when(pl.int_range(pl.len()) == at)
        .then(pl.lit("03/04/2025"))
        .otherwise("Event End Date")
        .alias("Event End Date")
    )
    assert found(judge(csv(written))) == {"date-not-read": {at + 2}}


def test_a_mapping_fits_columns_constants_and_words(clean, judge, found):
    own = clean.rename({"Event Type": "Kind"}).drop("LA Code")
    own = own.with_columns(pl.col("Kind").replace({"Review": "Check-up"}))
    judged = judge(
        csv(own),
        columns={"event_type": "Kind"},
        constants={"la_code": "508"},
        values={"event_type": {"Check-up": "Review"}},
    )
    assert found(judged) == {}


def test_an_extract_in_the_names_of_a_database_is_read(clean, judge, found):
    named = clean.rename(
        lambda name: "".join(c if c.isalnum() else "_" for c in name).strip("_").upper()
    )
    assert found(judge(csv(named))) == {}


def told(error) -> list[str]:
    one = error.value
    return [str(e) for e in (one.exceptions if isinstance(one, Mistakes) else [one])]


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "The file is empty."),
        (b"LA Code,Event Type\n", "There are no rows below the column names."),
        (b"\xff\xfe\x00x", "The file is not encoded in utf-8."),
        ("LA Code,Name\n508,René\n".encode("cp1252"), "The file is not encoded in utf-8."),
        (b"PK\x03\x04 a workbook", "The file is a workbook, not text."),
        (b"%PDF-1.7\nZebedee\n", "None of the columns of 'cld' is there"),
        (b"LA Code,Gender\n508,Zebedee\n", "There is no column 'person_id'."),
    ],
)
def test_a_file_that_is_no_extract_is_told_in_words_and_without_its_cells(data, problem, judge):
    with pytest.raises((ExtractMistake, Mistakes)) as error:
        judge(data)
    said = told(error)
    assert any(problem in one for one in said), said
    assert not any("Zebedee" in one or "Ren" in one or "PDF" in one for one in said)


def test_every_column_without_which_nothing_can_be_said_is_told_at_once(judge):
    with pytest.raises(Mistakes) as error:
        judge(b"Gender\nFemale\n")
    said = told(error)
    assert len(said) == 6
    for name in ("la_code", "person_id", "client_type", "event_type", "event_start_date",
                 "event_end_date"):  # fmt: skip
        assert any(f"There is no column '{name}'." in one for one in said)


def test_days_first_are_read_as_a_build_reads_them_where_the_source_says_so(judge, clean, made):
    kinds = {one.title: one.type for one in made.CONTRACT.fields}
    days = [name for name in clean.columns if kinds[name] == "date"]
    other = clean.with_columns(
        pl.col(days).str.to_date("%Y-%m-%d").dt.strftime("%d.%m.%Y")  # a form nobody tries
    )
    expected = judge(csv(clean))
    told = judge(csv(other), dates="day first")
    assert told.counts().to_dicts() == expected.counts().to_dicts()
    assert judge(csv(other)).counts().to_dicts() != expected.counts().to_dicts()


def months_first(made, clean):
    """The clean extract as a program of the United States writes its days."""
    kinds = {one.title: one.type for one in made.CONTRACT.fields}
    days = [name for name in clean.columns if kinds[name] == "date"]
    return clean.with_columns(pl.col(days).str.to_date("%Y-%m-%d").dt.strftime("%m/%d/%Y"))


def test_days_with_the_month_first_are_refused_and_not_read_by_a_guess(judge, clean, made):
    with pytest.raises(ExtractMistake) as error:
        judge(csv(months_first(made, clean)))
    assert "columns " in error.value.where and "Event Start Date" in error.value.where
    assert error.value.problem == (
        "Perhaps the month stands first in its days: of some the second number is over 12, and of "
        "none the first. No day is read by a guess."
    )
    assert 'write dates = "month first" for the source' in error.value.remedy


def test_days_with_the_month_first_are_read_where_the_source_says_so(judge, clean, made):
    told = judge(csv(months_first(made, clean)), dates="month first")
    assert told.counts().to_dicts() == judge(csv(clean)).counts().to_dicts()


def test_one_day_with_the_month_first_among_others_is_a_finding_and_stops_nothing(judge, clean):
    one = pl.int_range(pl.len()) == 0
    other = pl.when(one).then(pl.lit("04/18/2023")).otherwise("Event Start Date")
    odd = clean.with_columns(other.alias("Event Start Date"))
    assert judge(csv(odd)).counts().filter(rule="date-not-read")["records"].to_list() == [1]
