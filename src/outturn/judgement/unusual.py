"""Figures that look wrong beside others of their own kind: questions about data, never verdicts.

* `unlike its own past`: a figure of the last year lies far from those before it;
* `digit preference`: too many counts of a series, which nobody rounded, end in 0 or 5;
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
from outturn.judgement.history import stepping
from outturn.judgement.rounded_counts import REACH, is_of_rounded_counts, with_reach
from outturn.judgement.words import fewest_decimals, fronted, text_columns
from outturn.statistics.disclosure_policies import PRESETS
from outturn.statistics.recent_trends import LIMITS_IN_ERRORS
from outturn.terms.period import Calendar, from_key
from outturn.terms.records import FINDINGS, VALUES, WHOLE, Absent, checked, empty, fitted

PAST = 8  # figures before one that say what is usual
FAR = 5.0  # robust standard deviations from their middle
MAD = 1.4826  # makes the median absolute deviation a standard deviation of the normal distribution
DIGITS = 20  # counts of two digits and more by which a series is judged
DIFFERENT = 5  # of these counts: one that stands still is round or not, and no estimate
TAIL = 0.001  # how seldom chance gives so many that end in 0 or 5
LATE = 2  # base periods that may pass before a figure is late
SERIES = ["measure", "place"]


def unusual(
    values: pl.DataFrame,
    *,
    measures: Mapping[str, Measure],
    home: str,
    members: Collection[str],
    calendar: Calendar,
    as_of: date,
    disclosure: str = "none",
) -> pl.DataFrame:
    """A FINDINGS frame about the figures of home and of the members under it.

    `disclosure` is the preset that the counts were held to.
    """
    policy = PRESETS[disclosure]
    told = checked(values, VALUES)
    told = with_reach(told, measures, policy) if policy.round_to > 1 else told
    ours = told.filter(
        pl.col("place").is_in([home, *members])
        & (pl.col("breakdown") == WHOLE)
        & pl.col("measure").is_in(list(measures))
    )
    periods = _periods(ours, as_of, calendar)
    rows = ours.join(periods, on="period").filter("is_over").sort("end", "period")
    rows = rows.with_columns(is_base=pl.col("months") == pl.col("months").min().over(SERIES))
    found = [
        unlike_their_past(rows, measures),
        digit_preference(rows, measures),
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
            "start": [one.start for one in periods],
            "end": [one.end for one in periods],
            "months": [one.months or (one.end - one.start).days / 31 for one in periods],
            "length": [f"{one.count}{one.unit}" for one in periods],
            "is_over": [one.finished(as_of) for one in periods],
            "label": [one.label(calendar) for one in periods],
        },
        schema={
            "period": pl.String, "start": pl.Date, "end": pl.Date, "months": pl.Float64,
            "length": pl.String, "is_over": pl.Boolean, "label": pl.String,
        },
    )  # fmt: skip


def unlike_their_past(rows: pl.DataFrame, measures: Mapping[str, Measure]) -> pl.DataFrame:
    """The figures of the last year that are far from the figures before them.

    Far is more than FAR robust standard deviations from the median of at least PAST figures of the
    same length, since the last break or declared step before the figure. A series that hardly moved
    is measured by what chance makes of such figures, where they have limits, and by a unit of its
    last printed place at least, or as far as rounding its counts may move it. Of the shortest
    periods of a series every figure of its last year is asked, of longer ones only the latest, and
    only where no shorter one within it is named: a quarter is as far off as the month that is
    wrong.
    """
    known = rows.filter(pl.col("value").is_not_null())
    within = pl.col("end") > (pl.col("end").max().over(SERIES)).dt.offset_by("-1y")
    latest = pl.col("end") == pl.col("end").max().over([*SERIES, "length"])
    asked = known.with_columns(
        stepping(measures.values()), asked=pl.when("is_base").then(within).otherwise(latest)
    )
    parted = _parted(asked, measures)
    found = [_far(one, parted) for one in asked.partition_by("measure", maintain_order=True)]
    far = pl.concat(found) if found else _far(asked, parted)
    far = _unexplained(far).join(facts(measures), on="measure", maintain_order="left")
    moved = pl.col(REACH[1]) - pl.col(REACH[0]) if REACH[0] in rows.columns else None
    spread = pl.max_horizontal("spread", 10.0 ** -pl.col("decimals").cast(pl.Float64), moved)
    far = far.filter(pl.col("size") > FAR * spread)
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
        fronted("said"), "after", pl.lit(" is far from the "), pl.col("many").cast(pl.String),
        pl.lit(" figures before it, whose middle is "), "usual", pl.lit(". Is it right?"),
    )  # fmt: skip
    return far.with_columns(rule=pl.lit("unlike its own past"), finding=sentence)


def _far(rows: pl.DataFrame, parted: pl.DataFrame) -> pl.DataFrame:
    """The figures asked about of one measure, each beside what is usual before it, where far."""
    series = [*SERIES, "length"]
    chance = (pl.col("upper") - pl.col("lower")) / LIMITS_IN_ERRORS
    past = rows.select(*series, past="period", _end="end", _value="value", _chance=chance)
    beside = (
        rows.filter("asked")
        .join(past, on=series)
        .filter(pl.col("_end") < pl.col("end"))
        .join(parted, on=parted.columns, how="anti")
    )
    usual = beside.group_by([*SERIES, "period"]).agg(
        middle=pl.col("_value").median(),
        _moves=MAD * (pl.col("_value") - pl.col("_value").median()).abs().median(),
        _chance=pl.col("_chance").median(),
        many=pl.len(),
    )
    held = rows.filter("asked").join(
        usual.filter(pl.col("many") >= PAST), on=[*SERIES, "period"], maintain_order="left"
    )
    held = held.with_columns(
        size=(pl.col("value") - pl.col("middle")).abs(),
        spread=pl.max_horizontal("_moves", "_chance"),  # the larger of what is known
    )
    return held.filter(pl.col("size") > FAR * pl.col("spread"))


def _unexplained(far: pl.DataFrame) -> pl.DataFrame:
    """Those that no other, of a shorter period within theirs, explains."""
    shorter = far.select(*SERIES, _start="start", _end="end")
    inside = (
        (pl.col("start") <= pl.col("_start"))
        & (pl.col("_end") <= pl.col("end"))
        & (pl.col("_end") - pl.col("_start") < pl.col("end") - pl.col("start"))
    )
    told = far.join(shorter, on=SERIES).filter(inside).select(*SERIES, "period").unique()
    return far.join(told, on=[*SERIES, "period"], how="anti", maintain_order="left")


def _parted(rows: pl.DataFrame, measures: Mapping[str, Measure]) -> pl.DataFrame:
    """The pairs of periods of one length whose levels a break, or a declared step, parts."""
    steady = [id for id, one in measures.items() if not one.breaks and not one.steps]
    known = rows.filter(~pl.col("measure").is_in(steady))
    pair = ["measure", "stepping", "period", "past"]
    each = ["measure", "stepping", "length", "period", "end"]
    asked, per = known.filter("asked").select(each).unique(), known.select(each).unique()
    past = per.select("measure", "stepping", "length", past="period", _end="end")
    pairs = asked.join(past, on=["measure", "stepping", "length"])
    pairs = pairs.filter(pl.col("_end") < pl.col("end"))
    found = [
        (id, place, key, past)
        for id, place, key, past in pairs.select(pair).iter_rows()
        if measures[id].break_between(from_key(past), from_key(key))
        or measures[id].steps_between(from_key(past), from_key(key), place)
    ]
    return pl.DataFrame(found, schema=dict.fromkeys(pair, pl.String), orient="row")


def digit_preference(rows: pl.DataFrame, measures: Mapping[str, Measure]) -> pl.DataFrame:
    """Series of counts of which more end in 0 or 5 than chance gives in one series of a thousand.

    Numerators of two digits and more, as they are told, of the shortest periods alone: sums of them
    count the same again. A reported count is its own numerator. Of fewer than DIGITS, or of fewer
    than DIFFERENT of them, nothing is said, nor of those that disclosure control rounded. These all
    end so, and of the true ones it may not be asked: that most of them end in 0 or 5 would tell
    that they are what is printed.
    """
    counted = [id for id, one in measures.items() if one.kind == "count"]
    reported = pl.when(pl.col("measure").is_in(counted)).then("value")
    counts = rows.with_columns(numerator=pl.coalesce("numerator", reported)).filter(
        pl.col("is_base")
        & ~is_of_rounded_counts()
        & (pl.col("numerator") >= 10)
        & (pl.col("numerator") == pl.col("numerator").floor())
    )
    told = counts.group_by(SERIES).agg(
        many=pl.len(),
        different=pl.col("numerator").n_unique(),
        round=(pl.col("numerator") % 5 == 0).sum(),
        period=pl.col("period").last(),
    )
    told = told.filter((pl.col("many") >= DIGITS) & (pl.col("different") >= DIFFERENT))
    chance = _at_least(told["round"].to_numpy(), told["many"].to_numpy(), 0.2)
    told = told.with_columns(size=pl.col("round") / pl.col("many") * 100, chance=pl.Series(chance))
    told = told.filter(pl.col("chance") < TAIL)
    sentence = pl.concat_str(
        pl.lit("up to then "), pl.col("round").cast(pl.String), pl.lit(" of "),
        pl.col("many").cast(pl.String),
        pl.lit(" counts end in 0 or 5, where a fifth would by chance. Are they estimates?"),
    )  # fmt: skip
    return told.with_columns(rule=pl.lit("digit preference"), finding=sentence)


def _has_come() -> pl.Expr:
    """Whether somebody supplied the figure, shown or withheld."""
    withheld = pl.col("absent") == str(Absent.SUPPRESSED)
    return pl.col("value").is_not_null() | withheld.fill_null(False)


def _at_least(successes: np.ndarray, trials: np.ndarray, share: float) -> np.ndarray:
    """The chance of so many successes or more."""
    from outturn.statistics.columns import special

    found: np.ndarray = special("bdtrc")(successes - 1, trials, share)
    return np.where(successes == 0, 1.0, found)


def stale(rows: pl.DataFrame, measures: Mapping[str, Measure], as_of: date) -> pl.DataFrame:
    """Measures of which more than LATE base periods have passed since the latest figure.

    One that is withheld has come.
    """
    lines = []
    known = rows.filter(_has_come())
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

    Only periods of the same length are set beside each other. A figure that is withheld is there:
    that it is small is no fault of the data.
    """
    if not members:
        return empty(FINDINGS)
    per = ["measure", "length", "end", "period"]
    known = rows.filter(_has_come())
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
