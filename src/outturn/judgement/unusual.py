"""Figures that look wrong beside others of their own kind: questions about data, never verdicts.

* `unlike its own past`: the latest figure lies far from those before it;
* `digit preference`: too many counts of a series end in 0 or 5;
* `stale`: so many periods have passed that a newer figure should be there;
* `members lacking`: fewer members than before have a figure.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

import numpy as np
import polars as pl

from outturn.framework.model import Measure
from outturn.judgement.facts import facts
from outturn.judgement.words import fewest_decimals, text_columns
from outturn.terms.period import Calendar, from_key
from outturn.terms.records import FINDINGS, VALUES, WHOLE, checked, empty, fitted

PAST = 8  # figures before the latest that say what is usual
FAR = 5.0  # robust standard deviations from their middle
MAD = 1.4826  # makes the median absolute deviation a standard deviation of the normal distribution
DIGITS = 20  # counts of two digits and more by which a series is judged
TAIL = 0.001  # how seldom chance gives so many that end in 0 or 5
LATE = 2  # base periods that may pass before a figure is late
SERIES = ("measure", "place")


def unusual(
    values: pl.DataFrame,
    *,
    measures: Mapping[str, Measure],
    home: str,
    members: Collection[str],
    calendar: Calendar,
    as_of: date,
) -> pl.DataFrame:
    """A FINDINGS frame about the figures of home and of the members under it."""
    ours = checked(values, VALUES).filter(
        pl.col("place").is_in([home, *members])
        & (pl.col("breakdown") == WHOLE)
        & pl.col("measure").is_in(list(measures))
    )
    periods = _periods(ours, as_of, calendar)
    rows = ours.join(periods, on="period").filter("is_over").sort("end", "period")
    found = [
        unlike_their_past(rows, measures),
        digit_preference(rows),
        stale(rows.filter(place=home), measures, as_of),
        members_lacking(rows, home, members),
    ]
    every = pl.concat([fitted(one, FINDINGS) for one in found])
    label = pl.col("period").replace_strict(
        dict(periods.select("period", "label").iter_rows()), default="", return_dtype=pl.String
    )
    begun = label.str.slice(0, 1).str.to_uppercase() + label.str.slice(1)
    named = every.with_columns(finding=begun + ": " + pl.col("finding"))
    return fitted(named, FINDINGS)


def _periods(values: pl.DataFrame, as_of: date, calendar: Calendar) -> pl.DataFrame:
    keys = values["period"].unique().to_list()
    periods = [from_key(key) for key in keys]
    return pl.DataFrame(
        {
            "period": keys,
            "end": [one.end for one in periods],
            "length": [f"{one.count}{one.unit}" for one in periods],
            "is_over": [one.finished(as_of) for one in periods],
            "label": [one.label(calendar) for one in periods],
        },
        schema={
            "period": pl.String, "end": pl.Date, "length": pl.String, "is_over": pl.Boolean,
            "label": pl.String,
        },
    )  # fmt: skip


def unlike_their_past(rows: pl.DataFrame, measures: Mapping[str, Measure]) -> pl.DataFrame:
    """The latest figure of each series, where it is far from the figures before it.

    Far is more than FAR robust standard deviations from the median of at least PAST figures of the
    same length, since the last break in the series. A series that hardly moved is measured by a
    unit of its last printed place at least.
    """
    known = rows.filter(pl.col("value").is_not_null()).join(facts(measures), on="measure")
    known = known.filter(_since_break(known, measures))
    series = [*SERIES, "length"]
    last = pl.col("end") == pl.col("end").max().over(series)
    before = known.filter(~last).group_by(series).agg(
        middle=pl.col("value").median(),
        deviation=(pl.col("value") - pl.col("value").median()).abs().median(),
        many=pl.len(),
    )  # fmt: skip
    unit = 10.0 ** -pl.col("decimals").cast(pl.Float64)
    held = known.filter(last).join(before.filter(pl.col("many") >= PAST), on=series)
    spread = pl.max_horizontal(MAD * pl.col("deviation"), unit)
    held = held.with_columns(size=(pl.col("value") - pl.col("middle")).abs())
    far = held.filter(pl.col("size") > FAR * spread)
    decimals = far["decimals"]
    far = text_columns(
        far.with_columns(
            _d=fewest_decimals(far["value"], decimals, 0),
            _m=fewest_decimals(far["middle"], decimals, 1),
        ),
        said=("value", "_d"),
        usual=("middle", "_m"),
    )
    sentence = pl.concat_str(
        "before", "said", "after", pl.lit(" is far from the "), pl.col("many").cast(pl.String),
        pl.lit(" figures before it, whose middle is "), "usual", pl.lit(". Is it right?"),
    )  # fmt: skip
    return far.with_columns(rule=pl.lit("unlike its own past"), finding=sentence)


def _since_break(rows: pl.DataFrame, measures: Mapping[str, Measure]) -> pl.Series:
    """Whether a figure may be compared with the latest of its measure."""
    pairs = rows.select("measure", "period", "end").unique()
    latest = {
        id: from_key(key)
        for id, key in pairs.sort("end").group_by("measure", maintain_order=True)
        .agg(pl.col("period").last()).iter_rows()
    }  # fmt: skip
    told = {
        (id, key): measures[id].break_between(from_key(key), latest[id]) is None
        for id, key in pairs.select("measure", "period").iter_rows()
    }
    return pl.Series([told[pair] for pair in rows.select("measure", "period").iter_rows()],
                     dtype=pl.Boolean)  # fmt: skip


def digit_preference(rows: pl.DataFrame) -> pl.DataFrame:
    """Series of counts of which more end in 0 or 5 than chance gives in one series of a thousand.

    Numerators of two digits and more, as found; of fewer than DIGITS nothing is said.
    """
    counts = rows.filter(
        (pl.col("numerator") >= 10) & (pl.col("numerator") == pl.col("numerator").floor())
    )
    series = [*SERIES, "length"]
    told = counts.group_by(series).agg(
        many=pl.len(),
        round=(pl.col("numerator") % 5 == 0).sum(),
        period=pl.col("period").last(),
    )
    told = told.filter(pl.col("many") >= DIGITS)
    chance = _at_least(told["round"].to_numpy(), told["many"].to_numpy(), 0.2)
    told = told.with_columns(size=pl.col("round") / pl.col("many") * 100, chance=pl.Series(chance))
    told = told.filter(pl.col("chance") < TAIL)
    sentence = pl.concat_str(
        pl.lit("up to then "), pl.col("round").cast(pl.String), pl.lit(" of "),
        pl.col("many").cast(pl.String),
        pl.lit(" counts end in 0 or 5, where a fifth would by chance. Are they estimates?"),
    )  # fmt: skip
    return told.with_columns(rule=pl.lit("digit preference"), finding=sentence)


def _at_least(successes: np.ndarray, trials: np.ndarray, share: float) -> np.ndarray:
    """The chance of so many successes or more."""
    from outturn.statistics.columns import special

    found: np.ndarray = special("bdtrc")(successes - 1, trials, share)
    return np.where(successes == 0, 1.0, found)


def stale(rows: pl.DataFrame, measures: Mapping[str, Measure], as_of: date) -> pl.DataFrame:
    """Measures of which more than LATE base periods have passed since the latest figure."""
    lines = []
    known = rows.filter(pl.col("value").is_not_null())
    last = known.group_by("measure").agg(pl.col("end").max(), pl.col("place").first())
    latest = known.join(last, on=["measure", "end"]).unique("measure", keep="last")
    for row in latest.iter_rows(named=True):
        days = _DAYS.get(measures[row["measure"]].frequency)
        passed = (as_of - row["end"]).days / days if days else 0.0
        if passed > LATE + 1:
            lines.append(
                {
                    "rule": "stale", "measure": row["measure"], "place": row["place"],
                    "period": row["period"], "size": float(int(passed)),
                    "finding": f"the latest figure, and {int(passed)} "
                    f"{measures[row['measure']].frequency}s have passed since.",
                }
            )  # fmt: skip
    return pl.DataFrame(lines, schema=FINDINGS) if lines else empty(FINDINGS)


# Days from one figure to the next; no other frequency has a date by which one is due.
_DAYS = {"week": 7.0, "month": 365.25 / 12, "quarter": 365.25 / 4, "year": 365.25}


def members_lacking(rows: pl.DataFrame, home: str, members: Collection[str]) -> pl.DataFrame:
    """Measures of which fewer members have a figure in home's latest period than in the one before.

    Only periods of the same length are set beside each other.
    """
    if not members:
        return empty(FINDINGS)
    per = ["measure", "length", "end", "period"]
    known = rows.filter(pl.col("value").is_not_null())
    have = known.group_by(per).agg(
        many=pl.col("place").is_in(list(members)).sum(), at_home=(pl.col("place") == home).any()
    )
    series = ["measure", "length"]
    have = have.filter("at_home").sort("end").with_columns(
        before=pl.col("many").shift(1).over(series),
        is_last=pl.col("end") == pl.col("end").max().over(series),
    )  # fmt: skip
    fewer = have.filter(pl.col("is_last") & (pl.col("many") < pl.col("before")))
    sentence = pl.concat_str(
        pl.col("many").cast(pl.String), pl.lit(" of the "), pl.lit(str(len(members))),
        pl.lit(" places under it have a figure; "), pl.col("before").cast(pl.String),
        pl.lit(" had one the time before."),
    )  # fmt: skip
    return fewer.with_columns(
        rule=pl.lit("members lacking"), place=pl.lit(home), finding=sentence,
        size=(pl.col("before") - pl.col("many")).cast(pl.Float64),
    )  # fmt: skip
