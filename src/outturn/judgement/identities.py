"""Sums that must hold between measures of one place: what comes in, goes out and remains."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

import polars as pl

from outturn.framework.model import Identity, Measure
from outturn.judgement.facts import facts
from outturn.judgement.rule import WORKED_DUST
from outturn.judgement.spans import span
from outturn.judgement.words import telling_decimals, text_columns
from outturn.terms.period import Calendar, Period, add_months, from_key
from outturn.terms.records import FINDINGS, empty

_SERIES = ["place", "breakdown", "category"]
_CELL = ["place", "period", "breakdown", "category"]


def unkept_identities(
    values: pl.DataFrame,
    measures: Mapping[str, Measure],
    identities: Sequence[Identity],
    calendar: Calendar,
) -> pl.DataFrame:
    """One row for each period in which an identity fails by more than it allows.

    A period in which any part has no figure is not tested: the first month of a series has no
    month before it to carry over from. Of a longer period nothing is said that the shorter ones
    within it explain: one wrong month makes its quarter and its year wrong too.
    """
    found = [_unkept(values, measures, one, calendar) for one in identities]
    return pl.concat([empty(FINDINGS), *found], how="diagonal_relaxed")


def periods_back(period: Period, steps: int) -> Period | None:
    """The period so many of its own lengths earlier; None for a census date, which has none."""
    if period.unit == "D":
        days = timedelta(days=period.count * steps)
        return Period(period.start - days, period.count, "D") if period.count else None
    return Period(add_months(period.start, -period.months * steps), period.count, period.unit)


def _unkept(
    values: pl.DataFrame, measures: Mapping[str, Measure], identity: Identity, calendar: Calendar
) -> pl.DataFrame:
    whole = _figures(values, identity.measure).rename({"value": "whole"})
    rows, names = whole, []
    for number, (part, steps, factor) in enumerate(identity.parts):
        name = f"part{number}"
        held = _figures(values, part).rename({"value": name, "period": "_at"})
        rows = _with_earlier(rows, steps).join(
            held, on=["place", "_at", "breakdown", "category"], how="inner"
        )
        rows = rows.with_columns(pl.col(name) * factor).rename({"_at": f"_at{number}"})
        names.append(name)
    rows = rows.with_columns(total=pl.sum_horizontal(names))
    dust = WORKED_DUST * pl.max_horizontal(pl.col("whole").abs(), pl.lit(1.0))
    rows = rows.with_columns(
        _gap=pl.col("whole") - pl.col("total"), _allowed=identity.within + dust
    )
    rows = _unexplained(rows.filter(pl.col("_gap").abs() > pl.col("_allowed"))).with_columns(
        size=pl.col("_gap").abs(), measure=pl.lit(identity.measure), rule=pl.lit(identity.rule)
    )
    return _said(rows, measures, identity, calendar)


def _unexplained(rows: pl.DataFrame) -> pl.DataFrame:
    """Those of which the shorter periods within theirs do not explain how far they are apart.

    The gaps of months add up to that of a year of sums, and of a year of means or percentages it
    lies between them. So a longer period is told where it is further apart, to either side, than
    all that are told within it are together; what is left of it then counts for longer ones still.
    """
    spans = {key: from_key(key) for key in rows["period"].unique()}
    known = pl.DataFrame(
        [(key, one.start, one.end, one.months, span(one)) for key, one in spans.items()],
        schema={
            "period": pl.String, "_start": pl.Date, "_end": pl.Date, "_length": pl.Int64,
            "_span": pl.String,
        },
        orient="row",
    )  # fmt: skip
    placed = rows.with_row_index("_row").join(known, on="period", maintain_order="left")
    told = placed.clear().with_columns(_left=pl.lit(0.0))
    for part in placed.sort("_length").partition_by("_length", maintain_order=True):
        left = _left(part, told)
        told = pl.concat([told, left.filter(pl.col("_left").abs() > pl.col("_allowed"))])
    same_days = [*_SERIES, "_span", "whole", "total"]  # a year, and the 12 months to its last
    told = told.unique(same_days, keep="last", maintain_order=True)
    return told.sort("_row").select(rows.columns)


def _left(rows: pl.DataFrame, told: pl.DataFrame) -> pl.DataFrame:
    """The rows with what is `_left` of each gap when those told within its period are taken off."""
    shorter = told.select(*_SERIES, _from="_start", _to="_end", _theirs="_left")
    within = rows.join(shorter, on=_SERIES).filter(
        (pl.col("_start") <= pl.col("_from")) & (pl.col("_to") <= pl.col("_end"))
    )
    theirs = within.group_by("_row").agg(
        _least=pl.col("_theirs").clip(upper_bound=0).sum(),
        _most=pl.col("_theirs").clip(lower_bound=0).sum(),
    )
    joined = rows.join(theirs, on="_row", how="left", maintain_order="left")
    explained = pl.min_horizontal(
        pl.max_horizontal("_gap", pl.col("_least").fill_null(0)), pl.col("_most").fill_null(0)
    )
    return joined.with_columns(_left=pl.col("_gap") - explained).drop("_least", "_most")


def _figures(values: pl.DataFrame, measure: str) -> pl.DataFrame:
    chosen = (pl.col("measure") == measure) & pl.col("value").is_not_null()
    return values.filter(chosen).select(*_CELL, "value")


def _with_earlier(rows: pl.DataFrame, steps: int) -> pl.DataFrame:
    earlier = {}
    for key in rows["period"].unique().to_list():
        back = periods_back(from_key(key), steps)
        earlier[key] = back.key if back else None
    return rows.with_columns(
        _at=pl.col("period").replace_strict(earlier, default=None, return_dtype=pl.String)
    )


def _said(
    rows: pl.DataFrame, measures: Mapping[str, Measure], identity: Identity, calendar: Calendar
) -> pl.DataFrame:
    rows = rows.join(facts(measures), on="measure", how="left")
    decimals = telling_decimals(rows["size"], rows["decimals"])
    rows = rows.with_columns(_d=decimals)
    names = [f"part{number}" for number in range(len(identity.parts))]
    absolute = [pl.col(name).abs().alias(f"{name}_size") for name in names]
    rows = text_columns(
        rows.with_columns(*absolute),
        whole_text=("whole", "_d"),
        total_text=("total", "_d"),
        size_text=("size", "_d"),
        **{f"{name}_text": (f"{name}_size", "_d") for name in names},
    )
    pieces: list[pl.Expr] = []
    alone = len(names) == 1 and identity.parts[0][2] == 1  # "Complaints is 10", said once
    for number, (part, steps, factor) in enumerate(identity.parts):
        joined = " less " if factor < 0 else " plus "
        pieces.append(pl.lit(joined if number else ("less " if factor < 0 else "")))
        pieces.append(pl.lit(_title(measures, part)))
        if not alone:
            pieces += [pl.lit(" "), pl.col(f"part{number}_text")]
        if steps:
            labels = {key: from_key(key).label(calendar) for key in rows[f"_at{number}"].unique()}
            at = pl.col(f"_at{number}").replace_strict(labels, default=None, return_dtype=pl.String)
            pieces += [pl.lit(" ("), at, pl.lit(")")]
    title = _title(measures, identity.measure)
    return rows.with_columns(
        finding=pl.concat_str(
            pl.lit(f"{title} is "),
            "whole_text",
            pl.lit(", but "),
            *pieces,
            pl.lit(" is "),
            "total_text",
            pl.lit(": "),
            "size_text",
            pl.lit(" apart."),
        )
    )


def _title(measures: Mapping[str, Measure], id: str) -> str:
    measure = measures.get(id)
    return (measure.short or measure.title) if measure else id
