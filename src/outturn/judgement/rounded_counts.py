"""Figures made of counts that disclosure control has rounded: they say so, and what they could be.

A figure is judged as it is told: a status of the true counts would tell these. But what is said
beside it, that it lies beyond chance or that chance may give another status, must hold for every
count that is published as the one that is told. So each of these figures carries a note in its
method, and the rules of this room ask here between which counts and figures the true ones lie.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from itertools import product
from typing import NamedTuple

import numpy as np
import polars as pl

from outturn.framework.model import HISTOGRAMS, Measure
from outturn.judgement.disclosure import UNCOUNTED
from outturn.judgement.formulas import all_public, in_order
from outturn.judgement.words import is_reported
from outturn.statistics.columns import Flags, Interval, Numbers
from outturn.statistics.disclosure_policies import Policy
from outturn.statistics.series import Whole
from outturn.terms.records import KEYS

MEAN_CHANCE = "the mean over all counts that are rounded to these"
SIDES = ("numerator", "denominator")
_NOTE = "counts rounded to the nearest "
_NUMBER = "how many there are is rounded to the nearest "  # of what a median is of, which is exact
_CELL = ["place", "period", "breakdown", "category"]
_MEMBERS = ["measure", "period", "breakdown", "category"]


def rounding_words(policy: Policy) -> str:
    """What is said of figures that are made of rounded counts."""
    return f"{_NOTE}{policy.round_to}"


def is_of_rounded_counts(method: pl.Expr | None = None) -> pl.Expr:
    """Whether the method of a figure says that it is made of rounded counts."""
    named = pl.col("method") if method is None else method
    return named.str.contains(_NOTE, literal=True).fill_null(False)


def rounding_said(method: str | None) -> str:
    """The note of one method about its counts; empty where they are as found."""
    parts = (method or "").split("; ")
    return next((one for one in parts if one.startswith(_NOTE)), "")


def is_made_of_rounded_counts(measures: Mapping[str, Measure]) -> pl.Expr:
    """Whether each figure, by its `measure` and `method`, would be another of other counts.

    One that a source printed would not, whatever counts stand beside it, unless it is itself a
    count: then that is rounded.
    """
    counts = [id for id, one in measures.items() if one.kind == "count"]
    return is_of_rounded_counts() & (~is_reported() | pl.col("measure").is_in(counts))


def made_of(measure: Measure, method: str | None) -> str:
    """What is said of one figure that is made of rounded counts; empty of all others."""
    kinds = {"measure": pl.String, "method": pl.String}
    figure = pl.DataFrame({"measure": [measure.id], "method": [method]}, schema=kinds)
    made = figure.select(is_made_of_rounded_counts({measure.id: measure})).item()
    return rounding_said(method) if made else ""


def rounding_of(values: pl.DataFrame, measures: Mapping[str, Measure]) -> dict[str, str]:
    """By the id of each measure of which a figure is made of rounded counts, what is said of it."""
    noted = values.filter(is_made_of_rounded_counts(measures))
    noted = noted.unique("measure", maintain_order=True)
    return {id: rounding_said(said) for id, said in noted.select("measure", "method").iter_rows()}


def with_rounding_noted(
    values: pl.DataFrame,
    measures: Mapping[str, Measure],
    policy: Policy,
    public: Collection[str] = (),
    of_people: Collection[str] = (),
    by_people: Collection[str] = (),
) -> pl.DataFrame:
    """VALUES, of which each figure that is made of rounded counts says so in its method.

    Counts all of whose sources are in `public` were left as they are, but for those of the measures
    in `of_people`, which count records about people; scores and indices were as well, but for those
    in `by_people`, whose denominators are rounded, and so was money, which is not divided by what
    stands beside it. A formula, and a mean of members, is made of
    rounded counts where anything is that it is made of. The figure of a median or percentile is
    none: how many it is of is rounded.
    """
    if policy.round_to == 1:
        return values
    ranks = [id for id, one in measures.items() if one.kind in HISTOGRAMS]
    ranked = pl.col("measure").is_in(ranks)
    divided = {id for id in by_people if id in measures and measures[id].kind != "money"}
    uncounted = {id for id, one in measures.items() if one.kind in UNCOUNTED} - divided
    made = _rounded(values, measures, public, of_people, uncounted)
    words = pl.when(ranked).then(pl.lit(f"{_NUMBER}{policy.round_to}"))
    note = pl.lit("; ") + words.otherwise(pl.lit(rounding_words(policy)))
    noted = pl.when(pl.lit(pl.Series(made))).then(pl.col("method") + note).otherwise("method")
    return values.with_columns(method=noted)


def _rounded(
    values: pl.DataFrame,
    measures: Mapping[str, Measure],
    public: Collection[str],
    of_people: Collection[str],
    uncounted: Collection[str],
) -> Flags:
    """Whether each figure is made of counts that were rounded, or has some beside it.

    A figure that a source printed has the note for the counts beside it. It would be the same of
    others, so nothing that is made of it is made of them.
    """
    left = [*uncounted, *(id for id, one in measures.items() if one.formula)]
    counted = [id for id, one in measures.items() if one.kind == "count"]
    known = all_public(values["source"], public) & ~values["measure"].is_in(list(of_people))
    ours = pl.lit(~known) & ~pl.col("measure").is_in(left) & pl.col("value").is_not_null()
    counts = pl.col("numerator").is_not_null() | pl.col("denominator").is_not_null()
    reported = is_reported()
    moves = ~reported | pl.col("measure").is_in(counted)  # of other counts it would be another
    rows = values.select(
        *KEYS,
        _noted=(ours & counts).fill_null(False),
        _made=(ours & (counts | reported) & moves).fill_null(False),
        _mean=(ours & ~counts & ~reported).fill_null(False),
    )
    of_members = rows["_mean"] & _beside(rows, rows.filter("_made"), _MEMBERS)
    made = _with_formulas(rows.with_columns(pl.col("_made") | of_members), measures)
    return ((made | rows["_noted"]) & values["value"].is_not_null()).to_numpy()


def _with_formulas(rows: pl.DataFrame, measures: Mapping[str, Measure]) -> pl.Series:
    """`_made`, and so of each formula of which a part is; a median is of none, and so no part."""
    formulas = {id: one.formula for id, one in measures.items() if one.formula}
    ranked = [id for id, one in measures.items() if one.kind in HISTOGRAMS]
    for id in in_order({one: measures[one] for one in formulas}):
        parts = [one for one in formulas[id].parts if one not in ranked]
        some = rows.filter(pl.col("_made") & pl.col("measure").is_in(parts))
        at = rows.select(pl.col("measure") == id).to_series().arg_true()
        made = rows["_made"].gather(at) | _beside(rows[at], some, _CELL)
        rows = rows.with_columns(rows["_made"].scatter(at, made))
    return rows["_made"]


def _beside(rows: pl.DataFrame, some: pl.DataFrame, keys: list[str]) -> pl.Series:
    """Whether some have the same keys as each row."""
    numbered = rows.select(keys).with_row_index("_at")
    held = np.zeros(rows.height, dtype=np.bool_)
    held[numbered.join(some, on=keys, how="semi")["_at"].to_numpy()] = True
    return pl.Series(held)


class Possible(NamedTuple):
    """The least and the most that the counts of each row could be; as told, where not rounded."""

    numerator: Interval
    denominator: Interval


def possible_counts(rows: pl.DataFrame, policy: Policy) -> Possible:
    """Between which counts the true ones of each row lie; rows with `method` and the counts."""
    rounded = rows.select(is_of_rounded_counts()).to_series().to_numpy()
    return Possible(*(_could_be(rows[name], rounded, policy) for name in SIDES))


def _could_be(counts: pl.Series, rounded: Flags, policy: Policy) -> Interval:
    told = counts.cast(pl.Float64).to_numpy()
    low, high = policy.could_be(told)
    below_zero = told < 0  # of which the policy withholds the small by their size
    low = np.where(below_zero, told - policy.round_to // 2, low)
    most = np.minimum(told + (policy.round_to - 1) // 2, -policy.below)
    high = np.where(below_zero, most, high)
    return Interval(
        np.where(rounded, np.minimum(low, told), told),
        np.where(rounded, np.maximum(high, told), told),
    )


REACH = ("value_least", "value_most")


def with_reach(
    values: pl.DataFrame, measures: Mapping[str, Measure], policy: Policy
) -> pl.DataFrame:
    """VALUES with REACH: the least and the most that each figure could be, in its unit.

    Both are the figure itself where it is not made of rounded counts, or was reported beside them,
    and null where nothing tells: of a formula, of what is made of parts, and of a mean of members.
    """
    shares = [id for id, one in measures.items() if one.kind == "proportion"]
    apart = [id for id, one in measures.items() if one.formula or one.parted]
    per = {id: float(one.per) for id, one in measures.items() if one.kind == "count"}
    reported = is_reported()
    amount = pl.col("measure").replace_strict(per, default=None, return_dtype=pl.Float64)
    rows = values.with_columns(
        numerator=pl.when(reported).then(pl.col("value") / amount).otherwise("numerator"),
        denominator=pl.when(~reported).then("denominator"),
    )
    (least, most), (fewest, largest) = possible_counts(rows, policy)
    top, bottom = (rows[name].cast(pl.Float64).to_numpy() for name in SIDES)
    value = rows["value"].to_numpy()
    share = rows["measure"].is_in(shares).to_numpy() & ~(top > bottom)
    most = np.where(share, np.fmin(most, fewest), most)
    # Below zero, the more it is divided by, the more the figure is.
    over_least = np.where(least < 0, fewest, largest)
    over_most = np.where(most < 0, largest, fewest)
    with np.errstate(divide="ignore", invalid="ignore"):
        ends = [
            _scaled(value, np.where(top == 0, 1.0, end / top), bottom / over)
            for end, over in ((least, over_least), (most, over_most))
        ]
    fixed = ~is_made_of_rounded_counts(measures)
    unknown = pl.col("measure").is_in(apart) | pl.lit(pl.Series(np.isnan(top)))
    return values.with_columns(
        pl.when(fixed).then("value").when(~unknown).then(pl.Series(end).fill_nan(None)).alias(name)
        for name, end in zip(REACH, ends, strict=True)
    )


def _scaled(value: Numbers, top: Numbers, bottom: Numbers) -> Numbers:
    """The figure of another numerator and another denominator, where it has one."""
    return np.asarray(value * top * np.where(np.isnan(bottom), 1.0, bottom))


def with_the_ends(
    frame: pl.DataFrame, values: pl.DataFrame, measures: Mapping[str, Measure], policy: Policy
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The frame with the counts that make each figure least, and with those that make it most.

    `over` and `value` follow the counts. `frame` is that of `values` as `intervals.with_model`
    gives it. The limits of a share or a rate fall and rise with the figure, so its lowest and its
    highest limit are of these counts.
    """
    (least, most), (fewest, largest) = possible_counts(frame, policy)
    share, rate = _of_kinds(frame, "proportion", "rate")
    most = np.where(share, np.fmin(most, fewest), most)
    bottom, over = (frame[one].cast(pl.Float64).to_numpy() for one in ("denominator", "over"))
    reach = with_reach(values, measures, policy)
    made = []
    for x, n, name in ((least, largest, REACH[0]), (most, fewest, REACH[1])):
        with np.errstate(divide="ignore", invalid="ignore"):
            by = np.where(rate, over * (n / bottom), over)
        columns = {"numerator": x, "denominator": n, "over": by}
        series = [pl.Series(one, column).fill_nan(None) for one, column in columns.items()]
        made.append(frame.with_columns(*series, value=pl.coalesce(reach[name], "value")))
    return made[0], made[1]


def _of_kinds(frame: pl.DataFrame, *kinds: str) -> list[Flags]:
    return [
        frame.select((pl.col("kind_of") == one).fill_null(False)).to_series().to_numpy()
        for one in kinds
    ]


def every_count(rows: pl.DataFrame, policy: Policy) -> Iterator[tuple[Whole, pl.DataFrame]]:
    """The rows with each pair of counts that they could be of, in turn, and which rows these are.

    `over` and `value` follow the counts. Rows as `intervals.with_model` gives them, all of them of
    rounded counts; those of a share have no numerator above its denominator, unless it is told so.
    """
    (least, most), (fewest, largest) = possible_counts(rows, policy)
    top, bottom = (rows[name].cast(pl.Float64).to_numpy() for name in SIDES)
    share, rate = _of_kinds(rows, "proportion", "rate")
    share &= ~(top > bottom)
    steps = range(-(policy.round_to // 2), (policy.round_to - 1) // 2 + 1)
    for up, along in product(steps, steps):
        x, n = top + up, bottom + along
        can_be = (x >= least) & (x <= most) & ~(share & (x > n))
        can_be &= np.where(np.isnan(bottom), along == 0, (n >= fewest) & (n <= largest))
        at = np.flatnonzero(can_be)
        with np.errstate(divide="ignore", invalid="ignore"):
            by_top = np.where(top == 0, 1.0, x / top)
            value = _scaled(rows["value"].to_numpy(), by_top, bottom / n)
            over = rows["over"].to_numpy() * np.where(rate, n / bottom, 1.0)
        columns = {"numerator": x, "denominator": n, "value": value, "over": over}
        made = [pl.Series(name, one[at]).fill_nan(None) for name, one in columns.items()]
        yield at, rows[at].with_columns(made)
