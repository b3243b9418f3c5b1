"""Statuses that know their own noise: how likely the level behind a figure has another status.

A figure of few people moves by chance alone. From the counts, the published margin of error, or the
limits of a figure made of its parts or of single rows, it follows how likely the level that it is
drawn from lies in each of the bands that are judged. A figure that lies outside its own limits is
not of the counts that made them, and no chance follows from these.

Where disclosure control has rounded the counts, the chance is the mean of those of every pair of
counts that is told as these, each taken to be as likely as any other. It stays a chance, and the
three still come to one; that of the worst pair would be told as if that pair were the true one.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import polars as pl

from outturn.framework.model import HISTOGRAMS, Measure
from outturn.judgement.intervals import EVENTS, SHARE, outside_limits, with_model
from outturn.judgement.parted_chances import ON_BOTH_SIDES, parted_below
from outturn.judgement.rounded_counts import (
    every_count,
    is_made_of_rounded_counts,
    is_of_rounded_counts,
)
from outturn.judgement.row_chances import Edges, rows_below
from outturn.judgement.status_ends import with_ends, with_ends_of_close
from outturn.statistics.disclosure_policies import PRESETS, Policy
from outturn.statistics.level_chances import estimate_below, events_below, share_below
from outturn.terms.records import Status

CHANCES = ("chance_on", "chance_close", "chance_off", "chance_other")
_COUNTED = (  # what the chances of counts and margins are made of
    "numerator", "denominator", "value", "margin", "over", "model", "kind_of", "method",
)  # fmt: skip
_NO_END = (*ON_BOTH_SIDES, "mean", *HISTOGRAMS)  # kinds of which a level may lie at nothing


def with_chances(
    rows: pl.DataFrame,
    measures: Mapping[str, Measure],
    values: pl.DataFrame,
    policy: Policy = PRESETS["none"],
) -> pl.DataFrame:
    """The judged rows with CHANCES, 0 to 1, of the status now; null where nothing tells them.

    Needs the figure's counts, limits, `margin` and `spans`, the bounds `step_low` and `step_high`,
    what says whether they are strict and whether they are rounded first, and `close_low_now` and
    `close_high_now`, the width of "close" outside each. `values` are the figures of all parts, for
    those that are made of them: of rounded parts there is none. `policy` is what disclosure control
    rounds counts by, and `method` says of which.
    """
    frame = with_model(rows.drop("model", "over", strict=False), measures)
    frame = with_ends_of_close(
        with_ends(frame, "step_low", "step_high"), "close_low_now", "close_high_now"
    )
    edges = frame.select(off_below="_off_low", low="_low_end", high="_high_end",
                         off_above="_off_high")  # fmt: skip
    levels = edges.select(pl.all().cast(pl.Float64).fill_null(np.nan)).to_numpy()
    of_parts = parted_below(rows, levels, measures, values)
    if policy.round_to > 1:
        of_parts[rows.select(is_of_rounded_counts()).to_series().to_numpy()] = np.nan
    of_rows = rows_below(rows, Edges.of(frame, levels), measures, policy.round_to)
    of_parts = np.where(np.isnan(of_parts), of_rows, of_parts)
    made = np.asarray(~np.isnan(of_parts).all(axis=1))
    of_counts = _all_below(frame, edges, measures, policy)
    below = {
        name: np.where(made, of_parts[:, number], of_counts[name])
        for number, name in enumerate(edges.columns)
    }
    decimals = {id: one.decimals for id, one in measures.items()}
    asked = _is_known() & ~outside_limits(decimals)
    known = frame.with_columns(made=made).select(asked).to_series().to_numpy()
    under, over = np.nan_to_num(below["low"]), 1 - np.nan_to_num(below["high"], nan=1.0)
    far_under = np.nan_to_num(below["off_below"])
    far_over = 1 - np.nan_to_num(below["off_above"], nan=1.0)
    off = far_under + far_over
    close = under - far_under + over - far_over
    on = 1 - under - over
    chances = {"chance_on": on, "chance_close": close, "chance_off": off}
    columns = [pl.Series(name, np.where(known, np.clip(one, 0, 1), np.nan)).fill_nan(None)
               for name, one in chances.items()]  # fmt: skip
    own = {str(Status.ON_TARGET): "chance_on", str(Status.CLOSE): "chance_close",
           str(Status.OFF_TARGET): "chance_off"}  # fmt: skip
    frame = rows.with_columns(columns)
    other = pl.coalesce(
        pl.when(pl.col("status_now") == status).then(1 - pl.col(name))
        for status, name in own.items()
    )
    return frame.with_columns(chance_other=other)


def _is_known() -> pl.Expr:
    told = pl.col("model").is_not_null() | pl.col("margin").is_not_null() | pl.col("made")
    judged = pl.col("status_now") != str(Status.NOT_ASSESSED)
    # A target of none, or of all, is met or missed by the count itself: no level lies at its end.
    of_none = (pl.col("_high_end") <= 0).fill_null(False) & ~pl.col("kind_of").is_in(_NO_END)
    of_all = (pl.col("model") == SHARE) & (pl.col("_low_end") * pl.col("over") >= 1)
    at_the_end = of_none | of_all.fill_null(False)
    return (told & judged & ~at_the_end & pl.col("value").is_not_null()).fill_null(False)


def _all_below(
    frame: pl.DataFrame, edges: pl.DataFrame, measures: Mapping[str, Measure], policy: Policy
) -> dict[str, npt.NDArray[np.float64]]:
    """`_below` of each edge; of rounded counts the mean over all that are told as these.

    A margin is about the figure, which moves only if it is made of them.
    """
    found = {name: _below(frame, edges[name]) for name in edges.columns}
    if policy.round_to == 1:
        return found
    of_counts = pl.col("model").is_not_null() & is_of_rounded_counts()
    of_margin = pl.col("margin").is_not_null() & is_made_of_rounded_counts(measures)
    at = frame.select(of_counts | of_margin).to_series().arg_true().to_numpy()
    if not len(at):
        return found
    bounds, sums = edges[at], {name: np.zeros(len(at)) for name in edges.columns}
    number = np.zeros(len(at))
    for which, rows in every_count(frame.select(_COUNTED)[at], policy):
        number[which] += 1
        for name in edges.columns:
            sums[name][which] += _below(rows, bounds[name][which])
    for name, total in sums.items():
        found[name][at] = np.where(number > 0, total / np.maximum(number, 1), found[name][at])
    return found


def _below(frame: pl.DataFrame, edge: pl.Series) -> npt.NDArray[np.float64]:
    """The chance that the level is below an edge; not a number where there is none."""
    x, n, value, margin, over = (
        frame[name].cast(pl.Float64).to_numpy()
        for name in ("numerator", "denominator", "value", "margin", "over")
    )
    level = edge.to_numpy()
    model = frame["model"].fill_null("").to_numpy()
    found = np.full(len(level), np.nan)
    for name, chosen in (
        (SHARE, model == SHARE),
        (EVENTS, model == EVENTS),
        ("margin", ~np.isnan(margin) & ~np.isnan(value)),
    ):
        at = np.flatnonzero(chosen & ~np.isnan(level))
        if not len(at):
            continue
        if name == SHARE:
            found[at] = share_below(x[at], n[at], level[at] * over[at])
        elif name == EVENTS:
            found[at] = events_below(x[at], level[at] * over[at])
        else:
            found[at] = estimate_below(value[at], margin[at], level[at])
    return found
