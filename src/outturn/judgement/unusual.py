"""Figures that look wrong beside others of their own kind: questions about data, never verdicts.

* `unlike its own past`: a figure of the last year lies far from those before it;
* `digit preference`: too many counts of a series, which nobody rounded, end in 0 or 5;
* what `staleness.py` finds: figures that should be there and are not.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from types import MappingProxyType

import numpy as np
import polars as pl

from outturn.framework.model import Measure, Place, Target
from outturn.judgement.facts import facts
from outturn.judgement.history import stepping
from outturn.judgement.rounded_counts import REACH, is_of_rounded_counts, with_reach
from outturn.judgement.staleness import Asked, lacking
from outturn.judgement.words import fewest_decimals, text_columns, with_unit
from outturn.statistics.disclosure_policies import PRESETS
from outturn.statistics.recent_trends import LIMITS_IN_ERRORS
from outturn.terms.period import Calendar, from_key
from outturn.terms.records import FINDINGS, VALUES, WHOLE, checked, fitted

PAST = 8  # figures before one that say what is usual
FAR = 5.0  # robust standard deviations from their middle
MAD = 1.4826  # makes the median absolute deviation a standard deviation of the normal distribution
DIGITS = 20  # counts of two digits and more by which a series is judged
DIFFERENT = 5  # of these counts: one that stands still is round or not, and no estimate
FIFTH = 0.2  # of all whole numbers end in 0 or 5
WIDE = 20  # standard deviations of a bell of which a fifth does, to more places than are told
TAIL = 0.001  # how seldom chance gives so many that end in 0 or 5
SAME = 2  # figures of the same months of earlier years that say what is usual in these
WEEKS = 52  # of a year, by which weeks and census dates are of the last
SERIES = ["measure", "place"]


def unusual(
    values: pl.DataFrame,
    *,
    measures: Mapping[str, Measure],
    home: str,
    members: Collection[str],
    calendar: Calendar,
    as_of: date,
    targets: Sequence[Target] = (),
    places: Mapping[str, Place] = MappingProxyType({}),
    sources: Mapping[str, str] = MappingProxyType({}),
    disclosure: str = "none",
) -> pl.DataFrame:
    """A FINDINGS frame about the figures of home and of the members under it.

    `sources` have the title of each. `disclosure` is the preset that the counts were held to.
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
        lacking(
            rows,
            _held(told, [home, *members], targets),
            Asked(
                measures,
                home,
                [one for one in members if one not in places or places[one].existed(as_of)],
                as_of,
                targets,
                {code: one.name for code, one in places.items()},
                sources,
            ),
        ),
    ]
    every = pl.concat([fitted(one, FINDINGS) for one in found])
    labels = {key: from_key(key).label(calendar) for key in every["period"].unique()}
    label = pl.col("period").replace_strict(labels, default="", return_dtype=pl.String)
    begun = label.str.slice(0, 1).str.to_uppercase() + label.str.slice(1)
    named = every.with_columns(finding=begun + ": " + pl.col("finding"))
    return fitted(named, FINDINGS)


def _held(
    values: pl.DataFrame, places: Collection[str], targets: Sequence[Target]
) -> frozenset[str]:
    """The measures that have a row for one of the places, or for one that has a target."""
    known = [*places, *(one.place for one in targets)]
    return frozenset(values.filter(pl.col("place").is_in(known))["measure"].unique())


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
            "season": [one.start.month if one.months else None for one in periods],
            "is_over": [one.finished(as_of) for one in periods],
            "label": [one.label(calendar) for one in periods],
        },
        schema={
            "period": pl.String, "start": pl.Date, "end": pl.Date, "months": pl.Float64,
            "length": pl.String, "season": pl.Int64, "is_over": pl.Boolean, "label": pl.String,
        },
    )  # fmt: skip


def unlike_their_past(rows: pl.DataFrame, measures: Mapping[str, Measure]) -> pl.DataFrame:
    """The figures of the last year that are far from the figures before them.

    Far is more than FAR robust standard deviations from the median of at least PAST figures of the
    same length, since the last break or declared step before the figure. A series that hardly moved
    is measured by what chance makes of such figures, where they have limits, and by a unit of its
    last printed place at least, or as far as rounding its counts may move it. Where the same months
    of SAME earlier years are among them, the figure must be as far from the middle of these too: a
    peak of every January is no question. Of the shortest periods of a series every figure of its
    last year is asked, of longer ones only the latest, and only where no shorter one within it is
    named: a quarter is as far off as the month that is wrong.
    """
    known = rows.filter(pl.col("value").is_not_null())
    within = _is_of_the_last_year()
    latest = pl.col("end") == pl.col("end").max().over([*SERIES, "length"])
    asked = known.with_columns(
        stepping(measures.values()), asked=pl.when("is_base").then(within).otherwise(latest)
    )
    parted = _parted(asked, measures)
    found = [_far(one, parted) for one in asked.partition_by("measure", maintain_order=True)]
    far = pl.concat(found) if found else _far(asked, parted)
    far = _unexplained(far).join(facts(measures), on="measure", maintain_order="left")
    moved = pl.col(REACH[1]) - pl.col(REACH[0]) if REACH[0] in rows.columns else None
    least = pl.max_horizontal(10.0 ** -pl.col("decimals").cast(pl.Float64), moved)
    far = far.with_columns(
        pl.max_horizontal(name, least).alias(name) for name in ("spread", "spread_of_same")
    ).filter(_is_far())
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
        with_unit("said"), pl.lit(" is far from the "), pl.col("many").cast(pl.String),
        pl.lit(" figures before it, whose middle is "), with_unit("usual"),
        pl.lit(". Is it right?"),
    )  # fmt: skip
    return far.with_columns(rule=pl.lit("unlike its own past"), finding=sentence)


def _is_of_the_last_year() -> pl.Expr:
    """Whether a figure is of the twelve months that end with the latest of its series."""
    end, last = pl.col("end"), pl.col("end").max().over(SERIES)
    months = 12 * (last.dt.year() - end.dt.year()) + last.dt.month() - end.dt.month()
    weeks = (last - end).dt.total_days() < 7 * WEEKS
    return pl.when(pl.col("season").is_null()).then(weeks).otherwise(months < 12)


def _is_far() -> pl.Expr:
    """Far from the figures before it, and from those of the same months, where there are any."""
    of_same = (pl.col("size_of_same") > FAR * pl.col("spread_of_same")).fill_null(True)
    return (pl.col("size") > FAR * pl.col("spread")) & of_same


def _far(rows: pl.DataFrame, parted: pl.DataFrame) -> pl.DataFrame:
    """The figures asked about of one measure, each beside what is usual before it, where far."""
    series = [*SERIES, "length"]
    chance = (pl.col("upper") - pl.col("lower")) / LIMITS_IN_ERRORS
    past = rows.select(*series, past="period", _end="end", _value="value", _chance=chance,
                       _season="season")  # fmt: skip
    beside = (
        rows.filter("asked")
        .join(past, on=series)
        .filter(pl.col("_end") < pl.col("end"))
        .join(parted, on=parted.columns, how="anti")
    )
    before = pl.col("_value")
    same = before.filter(pl.col("_season") == pl.col("season"))
    usual = beside.group_by([*SERIES, "period"]).agg(
        middle=before.median(),
        _moves=_moves(before),
        _chance=pl.col("_chance").median(),
        many=pl.len(),
        _middle_of_same=pl.when(same.len() >= SAME).then(same.median()),
        _moves_of_same=_moves(same),
    )
    held = rows.filter("asked").join(
        usual.filter(pl.col("many") >= PAST), on=[*SERIES, "period"], maintain_order="left"
    )
    held = held.with_columns(
        size=(pl.col("value") - pl.col("middle")).abs(),
        spread=pl.max_horizontal("_moves", "_chance"),  # the larger of what is known
        size_of_same=(pl.col("value") - pl.col("_middle_of_same")).abs(),
        spread_of_same=pl.max_horizontal("_moves", "_chance", "_moves_of_same"),
    )
    return held.filter(_is_far())


def _moves(figures: pl.Expr) -> pl.Expr:
    """The robust standard deviation of figures."""
    return MAD * (figures - figures.median()).abs().median()


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
    that they are what is printed. How many chance gives is said by `round_share`.
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
        counts="numerator",
    )
    told = told.filter((pl.col("many") >= DIGITS) & (pl.col("different") >= DIFFERENT))
    # No share is below a fifth, so that few series need theirs.
    told = told.filter(pl.Series(_at_least(told["round"], told["many"], FIFTH)) < TAIL)
    shares = [round_share(one.to_numpy()) for one in told["counts"]]
    told = told.with_columns(
        share=pl.Series(shares, dtype=pl.Float64),
        size=pl.col("round") / pl.col("many") * 100,
        seldom=pl.Series([_is_seldom(one.to_numpy()) for one in told["counts"]], dtype=pl.Boolean),
    ).filter("seldom")
    percent = (pl.col("share") * 100).round(0).cast(pl.Int64)
    said = pl.lit("up to ") + percent.cast(pl.String) + pl.lit("%")
    usual = pl.when(percent == 100 * FIFTH).then(pl.lit("a fifth")).otherwise(said)
    sentence = pl.concat_str(
        pl.lit("up to then "), pl.col("round").cast(pl.String), pl.lit(" of "),
        pl.col("many").cast(pl.String), pl.lit(" counts end in 0 or 5, where "), usual,
        pl.lit(" would by chance. Are they estimates?"),
    )  # fmt: skip
    return told.with_columns(rule=pl.lit("digit preference"), finding=sentence)


def round_share(counts: np.ndarray) -> float:
    """The share of counts that end in 0 or 5 by chance: a fifth, or more in a small range.

    From 10 to 20 three numbers of eleven end so; of counts close about 15 it is more; and where
    those below 10 are withheld, or a service has 20 places, the end of the range may be its most
    frequent number. No one knows which shape a series has, so it is the largest share that one of
    these gives: all numbers of its range alike; a bell with its mean and spread; a steady fall to
    its mean from its least number, or from its largest.

    >>> [round(round_share(np.arange(*ends)), 2) for ends in ((10, 21), (13, 18), (1000, 2000))]
    [0.28, 0.28, 0.2]
    """
    least, largest, mean = int(counts.min()), int(counts.max()), float(counts.mean())
    alike = (largest // 5 - (least - 1) // 5) / (largest - least + 1)
    bell = _share_of_bell(mean, float(counts.std()))
    falls = _share_of_fall(mean - least, -least % 5), _share_of_fall(largest - mean, largest % 5)
    return max(FIFTH, alike, bell, *falls)


def _share_of_bell(mean: float, spread: float) -> float:
    """Of a normal distribution over the whole numbers of two digits and more."""
    if not 0 < spread < WIDE:
        return FIFTH
    numbers = np.arange(max(10, int(mean - 9 * spread)), int(mean + 9 * spread) + 2)
    weights = np.exp(-0.5 * ((numbers - mean) / spread) ** 2)
    return float(weights[numbers % 5 == 0].sum() / weights.sum())


def _share_of_fall(mean: float, first: int) -> float:
    """Of a geometric distribution of this mean, from nought on: of `first` and each fifth after."""
    kept = mean / (1 + mean)
    return kept**first / sum(kept**one for one in range(5))


def _is_seldom(counts: np.ndarray) -> bool:
    """Whether so many of these counts seldom end in 0 or 5, with the largest number and without.

    A ward of 20 beds may be full nearly every night, and nobody rounded.
    """
    below = counts[counts < counts.max()]
    return all(
        _at_least(np.array([(one % 5 == 0).sum()]), np.array([one.size]), round_share(one))[0]
        < TAIL
        for one in (counts, below)
    )


def _at_least(
    successes: np.ndarray | pl.Series, trials: np.ndarray | pl.Series, share: float
) -> np.ndarray:
    """The chance of so many successes or more."""
    from outturn.statistics.columns import special

    number = np.asarray(successes)
    found: np.ndarray = special("bdtrc")(number - 1, np.asarray(trials), share)
    return np.where(number == 0, 1.0, found)
