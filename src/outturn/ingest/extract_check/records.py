"""Each cell as what it means: days, numbers, and coded words in the words of release 2.

SQL Server compares without regard to capitals and trailing blanks, and so do the national figures;
a cell is therefore known by its letters alone, and how it is spelled is a finding of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from outturn.contracts import Contract
from outturn.contracts.check import MIDNIGHT, day
from outturn.contracts.cld import CldField, CldSpecification, CldValue
from outturn.contracts.cld.model import NOT_IN_LIST, NOT_KNOWN, RELEASE_1, SPELLED, VALID
from outturn.ingest.extract_check.reading import Files, Read

# The forms in which a council may write all the days of a column. Never the month first.
DAY_FORMS = {
    "default": "2025-11-30",
    "%d/%m/%Y": "30/11/2025",
    "%d-%m-%Y": "30-11-2025",
    "%d/%m/%Y %H:%M": "30/11/2025 00:00",
    "%d/%m/%Y %H:%M:%S": "30/11/2025 00:00:00",
    "%d %b %Y": "30 Nov 2025",
    "%Y%m%d": "20251130",
}
UNCONFIRMED = "spelling not confirmed"  # of a value: it is known whatever its capitals
_READ = "read "


def read(name: str) -> pl.Expr:
    """The column that holds what the cells of a field mean."""
    return pl.col(f"{_READ}{name}")


@dataclass(frozen=True)
class Records:
    """The rows: a text column for each field, and a column of what it means as `read` names it.

    `coded` holds for each list, by the text of a cell, what it means and its result. Beside the
    fields, `extracted_on` is the day of the extract, `index` the position of the row, `person` a
    number for each council identifier, `number` the NHS number without blanks and hyphens and
    `ten digits` the same as a number, where it is one of ten digits.
    """

    frame: pl.DataFrame
    specification: CldSpecification
    coded: Mapping[str, Mapping[str, int]]
    day_forms: Mapping[str, str]  # field -> form, where it is not the first
    as_of: date
    padded: Mapping[str, pl.Series] = field(default_factory=dict)
    files: Files = Files()  # of an extract that came in several


def records(given: Read, contract: Contract, spec: CldSpecification, as_of: date | None) -> Records:
    """What the cells mean; a cell that means nothing that is known is null."""
    cells = given.cells
    columns: list[pl.Series] = []
    coded: dict[str, dict[str, int]] = {}
    forms: dict[str, str] = {}
    for one in spec.fields.values():
        text = cells[one.name]
        match one.kind:
            case "list":
                meaning, coded[one.name] = _meanings(text, one, spec.values.get(one.name, ()))
            case "date":
                form = contract.field(one.name).format
                meaning, forms[one.name] = _days(text, given.days.get(one.name), form)
            case "number":
                number = text.cast(pl.Float64, strict=False)
                meaning = number.set(~number.is_finite(), None)
            case "whole":
                meaning = text.str.replace(r"\.0+$", "").cast(pl.Int64, strict=False)
            case "identifier":
                meaning = text.str.to_lowercase()
            case _:
                continue
        columns.append(meaning.alias(f"{_READ}{one.name}"))
    imported, _ = _days(cells["imported_on"], given.days.get("imported_on"), "default")
    of = as_of or max(imported.unique().drop_nulls().to_list(), default=date.today())
    frame = cells.with_columns(columns).with_columns(
        imported.fill_null(of).alias("extracted_on"),
        given.rows.alias("row"),
        read("person_id").cast(pl.Categorical).to_physical().alias("person"),
        _number(cells["nhs_number"]),
    )
    # Ten digits as a number: a cell of anything else is null.
    ten = pl.when(pl.col("number").str.contains(r"^[0-9]{10}$")).then(pl.col("number"))
    frame = frame.with_columns(ten.cast(pl.Int64).alias("ten digits"))
    frame = frame.with_row_index("index")
    other = {name: form for name, form in forms.items() if form != "default"}
    return Records(frame, spec, coded, other, of, given.padded, given.files)


def _number(texts: pl.Series) -> pl.Series:
    """NHS numbers without the blanks and hyphens that people write between the digits."""
    if texts.str.contains(r"[\s-]").any():
        texts = texts.str.replace_all(r"[\s-]", "")
    return texts.alias("number")


def _meanings(
    texts: pl.Series, one: CldField, values: Iterable[CldValue]
) -> tuple[pl.Series, dict[str, int]]:
    """What each cell of a list means, and by its text the result: each distinct text once."""
    values = tuple(values)
    exact_2 = {value.release_2 for value in values if value.release_2}
    exact_1 = {value.release_1: value.meaning for value in values if value.release_1}
    alike_2 = {_letters(value.release_2): value.release_2 for value in values if value.release_2}
    alike_1 = {_letters(text): meaning for text, meaning in exact_1.items()}
    unsure = {_letters(value.release_2) for value in values if value.evidence == UNCONFIRMED}
    outside = NOT_IN_LIST if one.known == "complete" else NOT_KNOWN
    meanings: dict[str, str | None] = {}
    results: dict[str, int] = {}
    for text in texts.unique().drop_nulls().to_list():
        letters = _letters(text)
        if text in exact_2:
            meanings[text], results[text] = text, VALID
        elif text in exact_1:
            meanings[text], results[text] = exact_1[text], RELEASE_1
        elif letters in alike_2:
            meanings[text] = alike_2[letters]
            results[text] = VALID if letters in unsure else SPELLED
        elif letters in alike_1:
            meanings[text], results[text] = alike_1[letters], RELEASE_1
        elif one.beginning and (begun := _begun(letters, alike_2)):
            meanings[text], results[text] = begun, VALID
        else:
            meanings[text], results[text] = None, outside
    return _replaced(texts, meanings), results


def _letters(text: str) -> str:
    return " ".join(text.casefold().split())


def _begun(letters: str, known: Mapping[str, str]) -> str:
    found = [text for begins, text in known.items() if letters.startswith(begins)]
    return max(found, key=len, default="")


def _replaced(texts: pl.Series, by: Mapping[str, str | None]) -> pl.Series:
    if not by:
        return pl.repeat(None, texts.len(), dtype=pl.String, eager=True)
    return texts.replace_strict(list(by), list(by.values()), default=None, return_dtype=pl.String)


def _days(texts: pl.Series, days: pl.Series | None, form: str) -> tuple[pl.Series, str]:
    """The days of a column, in the one form that reads most of its cells, the contract's first."""
    frame = texts.alias("text").to_frame()
    forms = [form, *(one for one in DAY_FORMS if one != form)]
    known = frame.unique().drop_nulls()
    read_by = known.select(
        day(pl.col("text"), one).is_not_null().sum().alias(one) for one in forms
    ).row(0)
    best = forms[max(range(len(forms)), key=lambda at: (read_by[at], -at))]
    text = pl.col("text")
    if best != "default" and days is not None:
        whole = text.str.len_chars() == len("2020-11-30")
        text = pl.when(pl.lit(days) & whole).then(text + MIDNIGHT).otherwise(text)
    return frame.select(day(text, best))["text"], best
