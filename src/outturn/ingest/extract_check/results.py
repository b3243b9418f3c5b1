"""Status and result of every field in every row, as the national data quality view has them."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from outturn.contracts.check import whole
from outturn.contracts.cld import Case, CldField
from outturn.contracts.cld.model import (
    APPLICABLE,
    BLANK,
    BLANK_MANDATORY,
    CONTRADICTORY,
    MANDATORY,
    NOT_APPLICABLE,
    NOT_READ,
    OUT_OF_RANGE,
    SPELLED,
    UNDETERMINED,
    VALID,
    WRONG_FORM,
)
from outturn.ingest.extract_check.records import Records, read
from outturn.ingest.extract_check.rules.ages import age_on


def statuses(records: Records) -> pl.DataFrame:
    """For each field a column of MANDATORY, APPLICABLE, NOT_APPLICABLE or UNDETERMINED."""
    fields = records.specification.fields.values()
    return records.frame.select(_status(one).cast(pl.Int8).alias(one.name) for one in fields)


def results(records: Records, status: pl.DataFrame) -> pl.DataFrame:
    """For each field a column of the results of its cells, before rules across fields."""
    judged = []
    for one in records.specification.fields.values():
        known = _filled(one, records)
        if one.name in records.padded:
            around = pl.lit(records.padded[one.name])
            known = pl.when((known == VALID) & around).then(SPELLED).otherwise(known)
        of = pl.lit(status[one.name])
        judged.append(
            pl.when(pl.col(one.name).is_null())
            .then(pl.when(of == MANDATORY).then(BLANK_MANDATORY).otherwise(BLANK))
            .when(of == NOT_APPLICABLE)
            .then(CONTRADICTORY)
            .otherwise(known)
            .cast(pl.Int8)
            .alias(one.name)
        )
    return records.frame.select(judged)


def _status(one: CldField) -> pl.Expr:
    cases = [*([one.applies] if one.applies else []), *one.mandatory]
    unclear = pl.lit(False)
    if any(case.events for case in cases):
        unclear = unclear | read("event_type").is_null()
    if any(case.clients for case in cases):
        unclear = unclear | read("client_type").is_null()
    applies = _holds(one.applies) if one.applies else pl.lit(True)
    must = pl.lit(one.always or one.where_it_applies)
    for case in one.mandatory:
        must = must | _holds(case)
    return (
        pl.when(unclear)
        .then(UNDETERMINED)
        .when(~applies)
        .then(NOT_APPLICABLE)
        .when(must)
        .then(MANDATORY)
        .otherwise(APPLICABLE)
    )


def _holds(case: Case) -> pl.Expr:
    return pl.all_horizontal(*_conditions(case), pl.lit(True))


def _conditions(case: Case) -> Iterator[pl.Expr]:
    if case.events:
        yield _is(read("event_type"), case.events)
    if case.clients:
        yield _is(read("client_type"), case.clients)
    if case.filled:
        yield pl.col(case.filled).is_not_null()
    if case.ages:
        age = age_on(pl.col("extracted_on"))
        yield age.is_between(*case.ages).fill_null(False)
    for name, values in (case.one_of or {}).items():
        yield _is(read(name), values)
    for name, values in (case.none_of or {}).items():
        yield ~_is(read(name), values)


def _is(column: pl.Expr, values: tuple[str, ...]) -> pl.Expr:
    return column.is_in(list(values)).fill_null(False)


def _filled(one: CldField, records: Records) -> pl.Expr:
    """The result of a cell that is filled and applies."""
    text = pl.col(one.name)
    match one.kind:
        case "list":
            known = records.coded[one.name]
            if not known:
                return pl.lit(VALID)
            return text.replace_strict(
                list(known), list(known.values()), default=None, return_dtype=pl.Int8
            )
        case "date":
            return pl.when(read(one.name).is_null()).then(NOT_READ).otherwise(VALID)
        case "number" | "whole":
            number = read(one.name)
            outside = pl.lit(False)
            if one.least is not None:
                outside = outside | (number < one.least)
            if one.most is not None:
                outside = outside | (number > one.most)
            return (
                pl.when(number.is_null())
                .then(NOT_READ)
                .when(outside)
                .then(OUT_OF_RANGE)
                .otherwise(VALID)
            )
        case "identifier" if one.form:
            fits = text.str.contains(whole(one.form))
            return pl.when(fits).then(VALID).otherwise(WRONG_FORM)
    return pl.lit(VALID)
