"""A status set aside by a named role, with the reason: always shown, never silent."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

import polars as pl

from outturn.framework.model import Override
from outturn.judgement.sensitivity import COLUMNS as SENSITIVITY
from outturn.judgement.spans import day, span, with_spans
from outturn.judgement.words import sentence
from outturn.terms.errors import DefinitionMistake, raise_all
from outturn.terms.period import Calendar
from outturn.terms.records import WHOLE, Status

WHICH = {"now": "now", "year end": "year_end"}
OF_NOW = "Now: "  # how `overridden` begins where the status now was set aside
BY_THE_RULE = "By the rule: "  # in a reason, what stood before the status that was set


def set_aside(
    rows: pl.DataFrame, overrides: Iterable[Override], home: str, calendar: Calendar
) -> pl.DataFrame:
    """The verdicts with each override in place of the status it names.

    An override speaks of the undivided figure of one measure, place and period. The reason names
    the role, the date and the cause, and then keeps the rule's own status and reason. Where two
    speak of the same status, the later stands. `overridden` is filled. The chance of another status
    is that of another than the one set, and how far a status hangs on its tolerance is not told of
    one that no tolerance gave. An override is always shown, so one that speaks of no verdict is a
    mistake; all of them are raised together.
    """
    latest = {
        (one.measure, one.place or home, span(one.period), one.which): one
        for one in sorted(overrides, key=lambda one: one.on)
    }
    if not latest:
        return rows
    raise_all(_of_no_verdict(rows, latest.values(), home, calendar))
    columns = rows.columns
    for which, name in WHICH.items():
        rows = _applied(rows, [one for key, one in latest.items() if key[3] == which], name, home)
    return rows.select(columns)


def _of_no_verdict(
    rows: pl.DataFrame, overrides: Collection[Override], home: str, calendar: Calendar
) -> Iterator[DefinitionMistake]:
    measures = pl.col("measure").is_in({one.measure for one in overrides})
    whole = rows.filter(measures & (pl.col("breakdown") == WHOLE) & (pl.col("category") == WHOLE))
    judged = set(with_spans(whole).select("measure", "place", "span").iter_rows())
    for one in overrides:
        place = one.place or home
        if (one.measure, place, span(one.period)) not in judged:
            yield DefinitionMistake(
                where=f"targets, override of {one.measure} set on {day(one.on)}",
                problem=f"There is no verdict on {one.measure} of {place} for "
                f"{one.period.label(calendar)} that could be set aside.",
                remedy="Give the measure, place and period of a figure that is judged, or take "
                "the entry out.",
            )


def _applied(rows: pl.DataFrame, entries: list[Override], name: str, home: str) -> pl.DataFrame:
    found = [
        (one.measure, one.place or home, span(one.period), WHOLE, WHOLE, one.status, said(one))
        for one in entries
    ]
    keys = ("measure", "place", "span", "breakdown", "category")
    schema = dict.fromkeys((*keys, "_set", "_said"), pl.String)
    marks = pl.DataFrame(found, schema=schema, orient="row")
    rows = with_spans(rows).join(marks, on=list(keys), how="left", maintain_order="left")
    status, reason, is_set = f"status_{name}", f"reason_{name}", pl.col("_set").is_not_null()
    note = pl.lit(OF_NOW if name == "now" else "Year end: ") + pl.col("_said")
    kept = pl.lit(f" {BY_THE_RULE}") + pl.col(status) + ". " + pl.col(reason)
    return rows.with_columns(
        pl.when(is_set).then("_set").otherwise(status).alias(status),
        pl.when(is_set).then(pl.col("_said") + kept).otherwise(reason).alias(reason),
        pl.when(is_set)
        .then(pl.concat_str("overridden", note, separator=" ", ignore_nulls=True))
        .otherwise("overridden")
        .alias("overridden"),
        *(_of_the_status_now(is_set) if name == "now" else ()),
    ).drop("span", "_set", "_said")


def _of_the_status_now(is_set: pl.Expr) -> Iterator[pl.Expr]:
    """What is told of the status now beside it, where another was set."""
    chances = {Status.ON_TARGET: "chance_on", Status.CLOSE: "chance_close",
               Status.OFF_TARGET: "chance_off"}  # fmt: skip
    other = pl.coalesce(
        pl.when(pl.col("_set") == str(status)).then(1 - pl.col(chance))
        for status, chance in chances.items()
    )
    yield pl.when(is_set).then(other).otherwise("chance_other").alias("chance_other")
    for column in SENSITIVITY:
        yield pl.when(~is_set).then(column).alias(column)


def said(override: Override) -> str:
    """ "Set by Director on 3 December 2020: the recovery plan is agreed." """
    return f"Set by {override.role} on {day(override.on)}: {sentence(override.because)}"
