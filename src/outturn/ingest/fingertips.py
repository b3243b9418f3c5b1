"""The layout in which figures are uploaded to Fingertips: 19 columns, read and written.

Evidence for the layout, all public: the names are those that the upload service's row validators
check (ukhsa-collaboration/fingertips-open, FingertipsUploadService/Upload: 95 and 99.8 limits), the
order of 17 is that of the same service's own test file upload-new-data.csv, which predates the two
99.8 limits, and the order of all 19 is that in which several public scripts of Public Health
England write their sheet for upload. The same sources show: names in any case and columns in any
order are accepted, -1 stands for an empty number, ValueNoteId 0 for no note, SexID 1, 2 and 4 for
male, female and persons. ValueNoteId 101 means "suppressed for disclosure control due to small
count" (tests of the fingertips_py package). What `Year` begins with is not in the file: it is
kept with the indicator there, and in `period_form` of the source here.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from uuid import uuid4

import polars as pl

from outturn.framework.model import Partnership, Source
from outturn.ingest import delimited, workbooks
from outturn.ingest.extract import alike, heads_columns, mistake, plain, refuse_uneven
from outturn.ingest.troubles import NO_SEX, told
from outturn.terms.errors import ExtractMistake, raise_all, suggestion
from outturn.terms.period import APRIL, Calendar, Period, from_key
from outturn.terms.records import KEYS, WHOLE, Absent

SCHEME = "Fingertips"  # what a measure's [[code]] calls the scheme of IndicatorID
AGE_SCHEME = "Fingertips AgeID"
COLUMNS = (
    "IndicatorID", "Year", "YearRange", "Quarter", "Month", "AgeID", "SexID", "AreaCode", "Count",
    "Value", "LowerCI95", "UpperCI95", "LowerCI99_8", "UpperCI99_8", "Denominator",
    "Denominator_2", "ValueNoteId", "CategoryTypeId", "CategoryId",
)  # fmt: skip
FIGURES = (
    "Count", "Value", "LowerCI95", "UpperCI95", "LowerCI99_8", "UpperCI99_8", "Denominator",
    "Denominator_2",
)  # fmt: skip
_MAY_LACK = ("LowerCI99_8", "UpperCI99_8", "Denominator_2", "CategoryTypeId", "CategoryId")
_NONE = "-1"
_PERSONS = "4"
SEXES = {"1": "male", "2": "female", _PERSONS: "persons"}
_SUPPRESSED_NOTE = "101"
_NO_NOTE = "0"


def read(path: Path, source: Source) -> pl.DataFrame:
    """Figures of the layout, as texts, with the number of each row.

    The breakdown is that of CategoryTypeId, else sex, else the whole; an age is part of what the
    indicator is, and goes to the note. Confidence limits are not taken over: the figures contract
    has one margin, and these limits lie unevenly about the value.
    """
    workbook = path.suffix.lower() in workbooks.SUFFIXES
    extract = workbooks.read(path, source) if workbook else delimited.read(path, source)
    refuse_uneven(extract, source, "Save the file again.")
    names = {plain(name): name for name in extract.cells.columns}
    raise_all(_mistakes(extract.cells.columns, source))
    columns = [
        pl.col(names[plain(name)]).str.strip_chars().alias(name)
        if plain(name) in names
        else pl.lit(_NONE).alias(name)
        for name in COLUMNS
    ]
    return _figures(extract.cells.select(columns), source).with_columns(row=extract.rows)


def _mistakes(names: Sequence[str], source: Source) -> Iterator[ExtractMistake]:
    header = f"header row {source.header_row}"
    near = names if heads_columns(names, COLUMNS) else ()
    said = f"Its columns are {', '.join(COLUMNS)}."
    doubled = alike(names)
    for name in COLUMNS:
        if plain(name) in doubled:
            first, second = doubled[plain(name)]
            problem = f"Columns {first} and {second} are both called '{name}'."
            yield mistake(source, problem, "Rename or remove one of them.", header)
        elif plain(name) not in map(plain, names) and name not in _MAY_LACK:
            problem = f"There is no column '{name}'."
            yield mistake(source, problem, suggestion(name, near, said), header)


def _figures(cells: pl.DataFrame, source: Source) -> pl.DataFrame:
    cells = cells.with_columns(_id("SexID"), _id("ValueNoteId"))
    suppressed = pl.col("ValueNoteId") == _SUPPRESSED_NOTE
    value = _number("Value")
    category = _number("CategoryTypeId").is_not_null()
    known = pl.col("SexID").replace_strict(SEXES, default=None, return_dtype=pl.String)
    sex = pl.col("SexID") != _PERSONS
    noted = pl.col("ValueNoteId") != _NO_NOTE
    withheld = value.is_null() & suppressed
    return cells.select(
        pl.col("IndicatorID").alias("measure"),
        pl.col("AreaCode").alias("place"),
        _period(cells, source.period_form).alias("period"),
        pl.when(category).then(pl.format("category type {}", "CategoryTypeId"))
        .when(sex).then(pl.lit("sex")).otherwise(pl.lit(WHOLE)).alias("breakdown"),
        pl.when(category).then(pl.format("category {}", "CategoryId"))
        .when(sex).then(known).otherwise(pl.lit(WHOLE)).alias("category"),
        value.alias("value"),
        # Of a figure that is withheld the counts must not go on: they would tell it.
        pl.when(~withheld.fill_null(False)).then(_number("Count")).alias("numerator"),
        pl.when(~withheld.fill_null(False)).then(_number("Denominator")).alias("denominator"),
        pl.when(withheld).then(pl.lit(Absent.SUPPRESSED.value)).alias("absent"),
        pl.when(withheld).then(pl.lit("suppressed: value note 101")).alias("why"),
        pl.concat_str(
            pl.format("age {}", "AgeID"),
            pl.when(noted).then(pl.format("value note {}", "ValueNoteId")),
            separator="; ", ignore_nulls=True,
        ).alias("note"),
        pl.lit(source.scheme or SCHEME).alias("scheme"),
        *told((known.is_null(), NO_SEX, "category")),
    )  # fmt: skip


def _id(name: str) -> pl.Expr:
    """An id, which a spreadsheet may have written as 4.0."""
    return pl.col(name).str.replace(r"\.0+$", "")


def _number(name: str) -> pl.Expr:
    """The cell, or null where -1 (however it is written) stands for nothing."""
    none = pl.col(name).cast(pl.Float64, strict=False) == -1
    return pl.when(~none.fill_null(False)).then(pl.col(name))


def _period(cells: pl.DataFrame, form: str) -> pl.Series:
    """The key of each row's period; a text that no period reads as, where there is none."""
    month = {"financial year": APRIL.financial_year, "academic year": APRIL.academic_year}
    on = ["Year", "YearRange", "Quarter", "Month"]
    distinct = cells.select(on).unique()
    keys = [_key(line, month.get(form, 1)) for line in distinct.iter_rows()]
    answers = distinct.with_columns(key=pl.Series(keys, dtype=pl.String))
    return cells.join(answers, on=on, how="left", nulls_equal=True, maintain_order="left")["key"]


def _key(line: Sequence[str | None], first: int) -> str:
    try:
        begun, span, q, m = (int(float(one or _NONE)) for one in line)
        if m != -1:
            return f"{begun:04d}-{m:02d}-01/P1M"
        if q != -1:
            at = first - 1 + 3 * (q - 1)
            fits = 1 <= q <= 4
            return f"{begun + at // 12:04d}-{at % 12 + 1:02d}-01/P3M" if fits else "no period"
        return f"{begun:04d}-{first:02d}-01/P{span}Y" if span > 0 else "no period"
    except (ValueError, OverflowError):
        return "no period"


def write(values: pl.DataFrame, partnership: Partnership, to: Path) -> Path:
    """Write Values as an upload file; what it cannot hold goes to a file beside it, with reasons.

    IndicatorID and AgeID are the measure's codes of the schemes "Fingertips" and "Fingertips
    AgeID". Whole figures and those by sex (male, female) are written, for years, ranges of years,
    quarters and months. A published margin makes 95% limits. A suppressed figure has no numbers at
    all and value note 101.
    """
    framed = _framed(values, partnership)
    fits = pl.col("reason").is_null()
    _written(_lines(framed.filter(fits)), to)
    left = framed.filter(~fits).select(*KEYS, "reason")
    beside = to.with_name(f"{to.stem}-left-out{to.suffix}")
    if left.height:
        _written(left, beside)
    else:
        beside.unlink(missing_ok=True)
    return to


def _written(frame: pl.DataFrame, to: Path) -> None:
    """Write beside the file and move into place, so that nobody ever sends half of it."""
    part = to.with_name(f".{to.name}.{uuid4().hex}")
    try:
        frame.write_csv(part)
        os.replace(part, to)
    finally:
        part.unlink(missing_ok=True)


def _framed(values: pl.DataFrame, partnership: Partnership) -> pl.DataFrame:
    """The values with what the layout calls them, and the reason where it has no word for one."""
    distinct = values["period"].unique().to_list()
    times = pl.DataFrame(
        [(key, *_times(from_key(key), partnership.calendar)) for key in distinct],
        schema={"period": pl.String} | dict.fromkeys(COLUMNS[1:5], pl.Int64),
        orient="row",
    )
    sexes = {"male": "1", "female": "2", "persons": _PERSONS, WHOLE: _PERSONS}
    undivided = pl.col("breakdown").is_in([WHOLE, "sex"])
    framed = values.join(times, on="period", how="left", maintain_order="left").with_columns(
        IndicatorID=_word("measure", _codes(partnership, SCHEME)),
        AgeID=_word("measure", _codes(partnership, AGE_SCHEME)),
        SexID=pl.when(undivided).then(_word("category", sexes)),
    )
    no_code = "the measure has no code of"
    reason = (
        pl.when(pl.col("IndicatorID").is_null()).then(pl.lit(f"{no_code} {SCHEME}"))
        .when(pl.col("AgeID").is_null()).then(pl.lit(f"{no_code} {AGE_SCHEME}"))
        .when(pl.col("Year").is_null()).then(pl.lit("the layout has no such kind of period"))
        .when(pl.col("SexID").is_null()).then(pl.lit("the layout has no such breakdown"))
    )  # fmt: skip
    return framed.with_columns(reason=reason)


def _codes(partnership: Partnership, scheme: str) -> dict[str, str]:
    return {
        measure.id: code.code
        for measure in partnership.measures.values()
        for code in measure.codes
        if code.scheme == scheme
    }


def _word(column: str, words: Mapping[str, str]) -> pl.Expr:
    if not words:
        return pl.lit(None, pl.String)
    return pl.col(column).replace_strict(dict(words), default=None, return_dtype=pl.String)


def _times(period: Period, calendar: Calendar) -> tuple[int | None, ...]:
    """Year, YearRange, Quarter and Month, or nothing for a kind of period that has none."""
    match period.kind(calendar):
        case "month":
            return period.start.year, 1, -1, period.start.month
        case "quarter":
            year = calendar.year_start(period.start)
            months = (period.start.month - calendar.financial_year) % 12
            return year.year, 1, months // 3 + 1, -1
        case "calendar year" | "financial year" | "academic year" | "range of years":
            return period.start.year, period.count, -1, -1
    return None, None, None, None


def _lines(framed: pl.DataFrame) -> pl.DataFrame:
    suppressed = pl.col("absent").fill_null("") == Absent.SUPPRESSED.value
    number = {"Count": "numerator", "Value": "value", "Denominator": "denominator"}
    limits = {"LowerCI95": pl.col("value") - pl.col("margin"),
              "UpperCI95": pl.col("value") + pl.col("margin")}  # fmt: skip
    shown = {**{name: pl.col(column) for name, column in number.items()}, **limits}
    numbers = {
        name: pl.when(~suppressed).then(column).fill_null(-1.0) for name, column in shown.items()
    }
    nothing = dict.fromkeys(
        ("LowerCI99_8", "UpperCI99_8", "Denominator_2", "CategoryTypeId", "CategoryId"), pl.lit(-1)
    )
    note = pl.when(suppressed).then(int(_SUPPRESSED_NOTE)).otherwise(int(_NO_NOTE))
    return framed.with_columns(
        AreaCode=pl.col("place"), ValueNoteId=note, **numbers, **nothing
    ).select(COLUMNS)
