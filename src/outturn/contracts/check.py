"""Checks a table of texts against its contract, a column at a time.

Nothing is dropped silently: a row is either kept, typed, or set aside with at least one finding.
A finding says the position of the row, the column and the reason in words, and never a cell.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from outturn.contracts.model import MOMENT, Contract, Field, Rule
from outturn.contracts.not_typed import NOT, SOURCE, why_not
from outturn.terms.period import FIRST_YEAR, LAST_YEAR

FINDINGS: dict[str, type[pl.DataType]] = {
    "index": pl.Int64,  # position of the row in the frame, from 0
    "column": pl.String,
    "reason": pl.String,  # a sentence without its full stop, for this row
    "problem": pl.String,  # the same for every row with the same trouble
    "remedy": pl.String,
    "kind": pl.String,  # UNASKED, or empty
}
UNASKED = "not asked for"  # a place or measure that nobody asked for, which a release may well hold
MIDNIGHT = "T00:00:00"
_MIDNIGHT = r"[T ]00:00(:00(\.0+)?)?Z?$"
TIME = r"[T ]\d{1,2}:\d\d(:\d\d(\.\d+)?)?$"
_EXACT = 1e-9  # a sum of printed numbers may miss its total by the last bits of a float


@dataclass(frozen=True, slots=True)
class _Test:
    """Where `fails` is true, the row is set aside for this reason."""

    column: str
    fails: pl.Expr
    reason: str
    remedy: str


def cells(frame: pl.DataFrame, contract: Contract) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Every row, typed (a cell that cannot be is null), and the findings about single rows.

    `frame` holds texts; a column of the contract that it lacks is empty; further columns travel
    along untouched.
    """
    lacking = [pl.lit(None, pl.String).alias(n) for n in contract.names if n not in frame.columns]
    texts = frame.with_columns(lacking).with_columns(
        filled(pl.col(name), contract.missing).alias(name) for name in contract.names
    )
    texts = texts.with_columns(_listed(one) for one in contract.fields if _spelt(texts, one))
    typed = texts.with_columns(_cast(one).alias(one.name) for one in contract.fields)
    found = [_findings(texts, test) for test in _text_tests(contract, texts, typed)]
    found += [_findings(typed, test) for test in _typed_tests(contract)]
    return typed, pl.concat([pl.DataFrame(schema=FINDINGS), *found])


def keys(frame: pl.DataFrame, contract: Contract) -> pl.DataFrame:
    """Findings about rows that repeat the key of an earlier row, or a value that must be unique.

    `frame` has a column `index`. Empty cells of a key are the same as one another; an empty cell
    in a column that must be unique is not a repetition. A column `row` gives the number by which
    a row is named in a reason.
    """
    found = [pl.DataFrame(schema=FINDINGS)]
    if contract.key:
        found.append(_repeated(frame, contract.key, "the row has the same key as"))
    for one in contract.fields:
        if one.unique:
            given = frame.filter(pl.col(one.name).is_not_null())
            found.append(_repeated(given, (one.name,), "the cell is the same as in"))
    return pl.concat(found)


def filled(column: pl.Expr, missing: tuple[str, ...]) -> pl.Expr:
    """The text without spaces around it; null where it stands for an empty cell."""
    text = column.cast(pl.String).str.strip_chars()
    return pl.when(~text.is_in(missing)).then(text)


def _spelt(texts: pl.DataFrame, field: Field) -> bool:
    """Whether some word of a closed list is not in its spelling: mostly none is, which is cheap."""
    return bool(field.enum) and not bool(texts[field.name].is_in(field.enum).all())


def _listed(field: Field) -> pl.Expr:
    """The words of a closed list in its own spelling: capitals and blanks make no difference,
    unless they tell two of its words apart."""
    text = pl.col(field.name)
    plain = [" ".join(word.lower().split()) for word in field.enum]
    alike = {
        word: spelled for word, spelled in zip(plain, field.enum, strict=True)
        if plain.count(word) == 1
    }  # fmt: skip
    bare = text.str.to_lowercase().str.replace_all(r"\s+", " ")
    said = bare.replace_strict(alike, default=None, return_dtype=pl.String)
    return (
        pl.when(text.is_in(field.enum)).then(text).otherwise(said.fill_null(text)).alias(field.name)
    )


def _cast(field: Field) -> pl.Expr:
    text = pl.col(field.name)
    match field.type:
        case "integer":
            return text.str.replace(r"\.0+$", "").cast(pl.Int64, strict=False)
        case "number":
            number = text.cast(pl.Float64, strict=False)
            return pl.when(number.is_finite()).then(number)
        case "boolean":
            word = text.str.to_lowercase()
            true, false = word.is_in(["true", "yes", "1"]), word.is_in(["false", "no", "0"])
            return pl.when(true).then(True).when(false).then(False)
        case "date":
            return day(text, field.format)
    return text


def day(text: pl.Expr, form: str) -> pl.Expr:
    """The day that a text says in the form of its field, in a year that people mean.

    A file that holds days and not texts hands them on with MIDNIGHT behind, which no form fits:
    so a day is itself whatever the form, and a text is never read in two ways.
    """
    if form == MOMENT:
        return day(text.str.replace(TIME, ""), "default")
    iso = pl.when(text.str.contains(_MIDNIGHT)).then(text.str.replace(_MIDNIGHT, ""))
    if form == "default":
        found = iso.otherwise(text).str.to_date("%Y-%m-%d", strict=False)
    else:
        found = text.str.to_date(form, strict=False).fill_null(
            iso.otherwise(pl.lit(None, pl.String)).str.to_date("%Y-%m-%d", strict=False)
        )
    return pl.when(found.dt.year().is_between(FIRST_YEAR, LAST_YEAR)).then(found)


def whole(pattern: str) -> str:
    """The pattern, to be met by the whole of a text."""
    return f"^(?:{pattern})$"


def _text_tests(contract: Contract, texts: pl.DataFrame, typed: pl.DataFrame) -> Iterator[_Test]:
    for one in contract.fields:
        column = pl.col(one.name)
        if one.required:
            remedy = f"Fill it in: the contract '{contract.name}' requires it in every row."
            yield _Test(one.name, column.is_null(), "the cell is empty", remedy)
        if one.type in NOT and typed[one.name].null_count() > texts[one.name].null_count():
            lost = pl.lit(typed[one.name].is_null()) & column.is_not_null()
            for which, reason, remedy in why_not(one, contract, texts[one.name]):
                yield _Test(one.name, lost & which, reason, remedy)
                lost = lost & ~which
        if one.enum:
            allowed = ", ".join(one.enum[:8]) + (" and others" if len(one.enum) > 8 else "")
            outside = ~column.is_in(one.enum)
            reason = f"the cell is none of {allowed}"
            words = f'{{ {one.name} = {{ "the word in the file" = "one of these" }} }}'
            yield _Test(one.name, outside, reason, f"Write values = {words} {SOURCE}.")
        if one.pattern:
            remedy = f"It must fit {one.pattern}"
            unfit = ~column.str.contains(whole(one.pattern))
            yield _Test(one.name, unfit, "the cell does not fit the pattern of its column", remedy)


def _typed_tests(contract: Contract) -> Iterator[_Test]:
    for one in contract.fields:
        column, remedy = pl.col(one.name), "Look the figure up again."
        if one.minimum is not None:
            reason = f"the cell is below the minimum of {_said(one.minimum)}"
            yield _Test(one.name, column < one.minimum, reason, remedy)
        if one.maximum is not None:
            reason = f"the cell is above the maximum of {_said(one.maximum)}"
            yield _Test(one.name, column > one.maximum, reason, remedy)
    for rule in contract.rules:
        if not rule.warns:
            remedy = f"Put the row right{f': {rule.name}' if rule.name else ''}."
            yield _Test(rule.column, broken(rule), rule.broken_says, remedy)


def _said(limit: object) -> str:
    return f"{limit:,.15g}" if isinstance(limit, float) else str(limit)


def broken(rule: Rule) -> pl.Expr:
    """Whether a typed row breaks the rule; null where a cell that it needs is empty."""
    column, other = pl.col(rule.column), pl.col(rule.others[0])
    match rule.word:
        case "at_most_column":
            return column > other
        case "at_least_column":
            return column < other
        case "under_twice_column":  # none of none is not twice as many
            return (column > other) & (column >= 2 * other)
        case "equals_column":
            return column != other
        case "not_equal_column":
            return column == other
        case "zero_with_column":
            return (column != 0) & (other == 0)
        case "sum_of":
            total = pl.sum_horizontal(rule.others, ignore_nulls=False)
            room = _EXACT * pl.max_horizontal(total.abs(), pl.lit(1.0))
            return (column - total).abs() > room
        case "required_with_column":
            return column.is_null() & other.is_not_null()
        case "empty_with_column":
            return column.is_not_null() & other.is_not_null()
    raise AssertionError(f"no such rule: {rule.word}")


def _findings(frame: pl.DataFrame, test: _Test) -> pl.DataFrame:
    where = frame.select(test.fails.fill_null(False).alias("fails"))["fails"].arg_true()
    return finding(where, test.column, test.reason, test.remedy)


def finding(
    index: pl.Series, column: str, problem: str, remedy: str, kind: str = ""
) -> pl.DataFrame:
    """The same finding about every row in `index`."""
    return pl.DataFrame({"index": index.cast(pl.Int64)}).with_columns(
        column=pl.lit(column, pl.String),
        reason=pl.lit(problem, pl.String),
        problem=pl.lit(problem, pl.String),
        remedy=pl.lit(remedy, pl.String),
        kind=pl.lit(kind, pl.String),
    )


def _repeated(frame: pl.DataFrame, key: tuple[str, ...], problem: str) -> pl.DataFrame:
    if frame.select(key).is_unique().all():
        return pl.DataFrame(schema=FINDINGS)
    row = pl.col("row") if "row" in frame.columns else pl.col("index") + 1
    again = ~pl.struct(key).is_first_distinct()
    first = pl.format("row {}", row.first().over(key))
    earlier = pl.lit("an earlier row")
    if "source" in frame.columns:
        of = pl.format(" of source {}", pl.col("source").first().over(key))
        first, earlier = first + of, pl.lit("a row") + of
    doubled = frame.with_columns(_first=first, _earlier=earlier, _again=again).filter("_again")
    remedy = "Keep one of them, or tell them apart."
    same = finding(doubled["index"], ", ".join(key), problem, remedy)
    return same.with_columns(
        reason=problem + " " + doubled["_first"], problem=problem + " " + doubled["_earlier"]
    )
