"""What a text may be that is no number or no date, as its column asks: why not, and what to do.

A number may have a mark between its thousands, and a day may stand as another program writes it:
with the month first, or as the number by which a spreadsheet keeps it. Each is known by its form
alone, and none is read by a guess: 04/05/2023 is one day or another by who wrote it.
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from outturn.contracts.model import MOMENT, Contract, Field

SOURCE = "for the source in data/sources.toml"
A_DAY = (
    'Where days stand as 30/11/2020, write dates = "day first" for the source in '
    "data/sources.toml; else a day is as 2020-11-30."
)
A_DAY_FIRST = 'The source has dates = "day first": a day is as 30/11/2020 or 2020-11-30.'
A_MONTH_FIRST = 'The source has dates = "month first": a day is as 11/30/2020 or 2020-11-30.'
MONTH_FIRST = (
    f'If the month stands first in all its days, as in 11/30/2020, write dates = "month first" '
    f"{SOURCE}; else ask for days as 2020-11-30."
)
MIXED = (
    "Some days of the column have the day first, and some the month: ask for one form, best as "
    "2020-11-30."
)
SPREADSHEET = (
    "Format the column as a date before it is saved as text, or give the workbook itself (.xlsx)."
)
THOUSANDS = (
    "Format the column without a thousands separator before it is saved, or ask for plain digits, "
    "such as {digits}."
)
NOT = {
    "integer": "the cell is not a whole number",
    "number": "the cell is not a number",
    "boolean": "the cell is neither true nor false",
    "date": "the cell is not a date",
}
_PARTED = r"^[+-]?\d{1,3}([,'’ \x{a0}\x{2009}\x{202f}]\d{3})+(\.\d+)?$"
_DAY_NUMBER = r"^[1-7]\d{4}([.]\d+)?$"  # 10000 is a day of 1927, 79999 one of 2119
# Two numbers and a year: which of the numbers is over 12 tells which of them is the day.
_SLASHED = r"^\d{1,2}[/.-]\d{1,2}[/.-]\d{4}([ T]|$)"
_SECOND_IS_DAY = r"^(0?[1-9]|1[0-2])[/.-](1[3-9]|2\d|3[01])[/.-]\d{4}([ T]|$)"
_FIRST_IS_DAY = r"^(1[3-9]|2\d|3[01])[/.-](0?[1-9]|1[0-2])[/.-]\d{4}([ T]|$)"


def month_first(field: Field, texts: pl.Series) -> bool:
    """Whether most texts are two numbers and a year, and of these some can only be read with the
    month first, and none with the day first; and the field does not state that the month is."""
    bare = texts.drop_nulls().str.strip_chars()
    if _states_month_first(field) or _some_day_first(bare):
        return False
    slashed = int(bare.str.contains(_SLASHED).sum())
    return 2 * slashed > bare.len() and bool(bare.str.contains(_SECOND_IS_DAY).any())


def _states_month_first(field: Field) -> bool:
    return field.format.startswith(("%m", "%b", "%B"))


def _some_day_first(texts: pl.Series) -> bool:
    return bool(texts.str.contains(_FIRST_IS_DAY).any())


def why_not(
    field: Field, contract: Contract, texts: pl.Series
) -> Iterator[tuple[pl.Expr, str, str]]:
    """Of the texts of a column that are not of its type: which, why not, and what to do.

    A text is of the first of these that is true of it, and the last is true of all. The file itself
    is left alone: a cell is mended where it was written, or by the words of its source.
    """
    column, reason = pl.col(field.name), NOT[field.type]
    match field.type:
        case "date":
            said = f"{reason} but a spreadsheet's number of a day"
            yield column.str.contains(_DAY_NUMBER), said, SPREADSHEET
            if texts.str.contains(_SECOND_IS_DAY).any() and not _states_month_first(field):
                said = f"{reason}: perhaps the month stands first"
                mixed = _some_day_first(texts)
                yield column.str.contains(_SLASHED), said, MIXED if mixed else MONTH_FIRST
        case "integer" | "number":
            remedy = THOUSANDS.format(digits=_digits(field))
            yield column.str.contains(_PARTED), f"{reason}: it has a thousands separator", remedy
    yield pl.lit(True), reason, _as_typed(field, contract)


def _as_typed(field: Field, contract: Contract) -> str:
    match field.type:
        case "date" if field.format in ("default", MOMENT):
            return A_DAY
        case "date":
            return (
                f"The contract '{contract.name}' has days in the form {field.format}: put its "
                f'format right, or write dates = "day first" {SOURCE}.'
            )
        case "boolean":
            words = f'{{ {field.name} = {{ "the word in the file" = "true" }} }}'
            return f"Write values = {words} {SOURCE}."
    return (
        f"Ask for plain digits, such as {_digits(field)}. A word that stands for an empty cell "
        f'goes into values = {{ {field.name} = {{ "the word" = "" }} }} {SOURCE}.'
    )


def _digits(field: Field) -> str:
    return "1234" if field.type == "integer" else "1234.5"
