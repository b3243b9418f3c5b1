"""Figures printed as a share of a stated whole, held against it and against other wholes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import polars as pl

from outturn.framework.model import Measure, Share
from outturn.judgement.rule import WORKED_DUST
from outturn.judgement.words import sentence, unit_of
from outturn.statistics.ratios import ratio
from outturn.statistics.rounding import shown
from outturn.terms.period import Calendar, from_key
from outturn.terms.records import FINDINGS, WHOLE, Absent


def wrong_shares(
    values: pl.DataFrame,
    measures: Mapping[str, Measure],
    shares: Sequence[Share],
    calendar: Calendar,
) -> pl.DataFrame:
    """One row for each figure that is not a share of the whole it is said to be a share of.

    A figure is a share of a whole when its numerator over that whole, in its unit, is the figure
    within half a unit of the last printed place. The whole is read for the same place, and for
    the same period or else the financial year that holds it. Where it is not a share of the whole
    stated, its own denominator and then every other count of the place and period are tried, and
    the sentence names the one that fits. Without a numerator, or without the whole, the sentence
    says that it could not be checked: the year is no whole of a period whose own is suppressed.
    """
    counts = [id for id, one in measures.items() if one.kind in ("count", "money")]
    wanted = [*counts, *(share.measure for share in shares)]
    known = values.filter(pl.col("measure").is_in(wanted) & (pl.col("breakdown") == WHOLE))
    held = known.filter(pl.col("value").is_not_null())
    pool = _by_place(known.filter(pl.col("measure").is_in(counts)))
    rows = [
        (share.rule, share.measure, row["place"], row["period"], text, size)
        for share in shares
        if share.measure in measures
        for row in _doubtful(held, known, measures[share.measure], share, calendar).iter_rows(
            named=True
        )
        for text, size in _found(pool[row["place"]], measures, share, row, calendar)
    ]
    return pl.DataFrame(rows, schema=FINDINGS, orient="row")


def _by_place(counts: pl.DataFrame) -> dict[str, pl.DataFrame]:
    pool: dict[str, pl.DataFrame] = defaultdict(counts.clear)
    parts = counts.partition_by("place", as_dict=True)
    pool.update({str(key[0]): frame for key, frame in parts.items()})
    return pool


def _doubtful(
    held: pl.DataFrame, known: pl.DataFrame, measure: Measure, share: Share, calendar: Calendar
) -> pl.DataFrame:
    """The figures that do not follow from the whole stated, over columns; the rest are right."""
    rows = held.filter(pl.col("measure") == measure.id)
    years = {k: from_key(k).financial_year(calendar).key for k in rows["period"].unique()}
    year = pl.col("period").replace_strict(years, default=None, return_dtype=pl.String)
    whole = known.filter(pl.col("measure") == share.of).select("place", "period", "value")
    without = whole.filter(pl.col("value").is_null()).select("place", "period", _lacks=True)
    rows = (
        rows.with_columns(_year=year)
        .join(whole.rename({"value": "_now"}), on=["place", "period"], how="left")
        .join(
            whole.rename({"value": "_of_year", "period": "_year"}),
            on=["place", "_year"],
            how="left",
        )
        .join(without, on=["place", "period"], how="left")
    )
    lacks = pl.col("_lacks").fill_null(False)
    over = rows.select(pl.when(~lacks).then(pl.coalesce("_now", "_of_year")).alias("over"))
    made = ratio(rows["numerator"], over["over"], float(measure.per))
    half = 0.5 * 10.0**-measure.decimals
    fits = ((made - rows["value"]).abs() <= half + WORKED_DUST * made.abs().clip(1.0)).fill_null(
        False
    )
    return rows.filter(~fits).sort("place", "period")


def _found(
    counts: pl.DataFrame,
    measures: Mapping[str, Measure],
    share: Share,
    row: dict[str, Any],
    calendar: Calendar,
) -> Iterator[tuple[str, float | None]]:
    measure = measures[share.measure]
    printed = unit_of(measure).say(row["value"], measure.decimals)
    stated_title = _title(measures, share.of)
    if row["numerator"] is None:
        yield f"{printed} of {stated_title} could not be checked: no numerator is held.", None
        return
    wholes, hidden = _wholes(counts, row, calendar)
    if share.of in hidden:
        yield f"{printed} of {stated_title} could not be checked: that is suppressed.", None
        return
    stated = wholes.pop(share.of, None)
    if stated is None:
        yield f"{printed} of {stated_title} could not be checked: no such figure is held.", None
        return
    if _fits(row, measure, stated):
        return
    said = _made(row, measure, stated)
    start = (
        f"{printed} is not a share of {stated_title}: {_count(row['numerator'])} of "
        f"{_count(stated)} is {said}"
    )
    size = abs(row["numerator"] / stated * measure.per - row["value"]) if stated else None
    for title, whole in _candidates(measures, measure, row, wholes):
        if _fits(row, measure, whole):
            yield sentence(f"{start}. It is a share of {title}, {_count(whole)}"), size
            return
    yield sentence(f"{start}. It is a share of no other count held here"), size


def _candidates(
    measures: Mapping[str, Measure], measure: Measure, row: dict[str, Any], wholes: dict[str, float]
) -> Iterator[tuple[str, float]]:
    if row["denominator"] is not None:
        yield measure.denominator_is or "its own denominator", row["denominator"]
    for id, whole in sorted(wholes.items()):
        yield _title(measures, id), whole


def _wholes(
    counts: pl.DataFrame, row: dict[str, Any], calendar: Calendar
) -> tuple[dict[str, float], set[str]]:
    """Every count of the place in the period, or else in the financial year that holds it.

    A count that has a row for the period and no figure in it has no other; beside them the
    measures whose figure is suppressed.
    """
    year = from_key(row["period"]).financial_year(calendar).key
    chosen = counts.filter(
        (pl.col("measure") != row["measure"]) & pl.col("period").is_in([row["period"], year])
    ).sort(pl.col("period") == row["period"])
    last = chosen.unique("measure", keep="last", maintain_order=True)
    hidden = last.filter(pl.col("absent") == str(Absent.SUPPRESSED))["measure"]
    held = last.filter(pl.col("value").is_not_null())
    return dict(zip(held["measure"], held["value"], strict=True)), set(hidden)


def _fits(row: dict[str, Any], measure: Measure, whole: float) -> bool:
    if not whole:
        return False
    made = row["numerator"] * measure.per / whole
    half = 0.5 * 10.0**-measure.decimals
    return bool(abs(made - row["value"]) <= half + WORKED_DUST * max(abs(made), 1.0))


def _made(row: dict[str, Any], measure: Measure, whole: float) -> str:
    if not whole:
        return "no share of anything"
    unit = unit_of(measure)
    number = shown(row["numerator"] * measure.per / whole, measure.decimals)
    return f"{unit.front(str(number))}{unit.after}"


def _count(number: float) -> str:
    return str(shown(number, 0 if number == int(number) else 1))


def _title(measures: Mapping[str, Measure], id: str) -> str:
    measure = measures.get(id)
    return (measure.short or measure.title) if measure else id
