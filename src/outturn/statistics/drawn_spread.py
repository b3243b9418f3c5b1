"""Whether places differ by more than chance where few events are expected of some: by draws.

The test of `overdispersion` goes by a table of chi-squared, which does not hold of few events.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from outturn.statistics.columns import Numbers, Places, floats, refuse_where, special
from outturn.statistics.overdispersion import PROPORTION, SHMI

_AT_ONCE = 2_000_000  # cells drawn together, which bounds the memory and changes no answer
_MOST_PEOPLE = 10**9  # of all places: from here on numpy has no draws of people
_SAME = 1e-6  # of deviances: those of one table that are added otherwise are no further apart


def drawn_chance_of_spread(
    numerator: npt.ArrayLike,
    denominator: npt.ArrayLike,
    kind: str,
    *,
    seed: int,
    draws: int = 1_999,
) -> float:
    """The chance, from 0 to 1, of places that differ as much or more where only chance parts them.

    Columns of one funnel, of kind "proportion" (people) or "SHMI" (what events go by: expected
    ones, or person-years). As many events as there are fall on the places anew, `draws` times from
    `seed`, so it holds of few events too; the answer is never below 1 / (draws + 1), and does not
    depend on the order of the places. Missing ones are left out. Events, and people, count in
    whole numbers in what is drawn. Fewer than two places, nothing that could differ, or a billion
    people or more give not-a-number. Does not go by Pearson's sum, which of few events is that of
    the smallest place, wherever one event falls on it, but by the deviance of the table.

    Source: Monte Carlo test of Barnard (1963), in the discussion of Bartlett, Journal of the Royal
    Statistical Society B 25(2), of a table with both totals fixed.

    >>> drawn_chance_of_spread([6, 0], [10, 500], "proportion", seed=1)
    0.0005
    """
    if kind not in (SHMI, PROPORTION):
        raise ValueError(f"no test of chance for a funnel of kind: {kind}")
    if draws < 1:
        raise ValueError("the chance of a spread takes a draw or more")
    x, n = floats(numerator, denominator)
    refuse_where(x < 0, "a numerator is below zero")
    refuse_where(n <= 0, "a denominator is zero or less")
    if kind == PROPORTION:
        refuse_where(x > n, "a numerator is above its denominator")
    known = ~np.isnan(x + n)
    order = np.argsort(n[known], kind="stable")
    x, n = x[known][order], n[known][order]
    if kind == PROPORTION:
        sizes: Numbers = np.maximum(np.round(n), 1)  # effective numbers of answers are not whole
    else:
        sizes = n
    events = round(float(x.sum()))
    people = float(sizes.sum())
    most = min(people, _MOST_PEOPLE) if kind == PROPORTION else math.inf
    if x.size < 2 or not 0 < events < most or (kind == PROPORTION and people >= _MOST_PEOPLE):
        return math.nan
    seen = float(_deviance(x, n, kind)) - _SAME
    # This generator gives the same numbers in every version of numpy; the newer ones need not.
    chance, as_far, left = np.random.RandomState(seed), 0, draws
    while left:
        now = min(left, max(_AT_ONCE // x.size, 1))
        as_far += int(
            (_deviance(_drawn(chance, events, sizes, kind, now), sizes, kind) >= seen).sum()
        )
        left -= now
    return (1 + as_far) / (1 + draws)


def _drawn(
    chance: np.random.RandomState, events: int, sizes: Numbers, kind: str, draws: int
) -> Places:
    """A row for each draw: how many of the events fall on each place."""
    if kind != PROPORTION:
        return chance.multinomial(events, sizes / sizes.sum(), size=draws)
    found = np.zeros((draws, sizes.size), np.int64)
    left, others = np.full(draws, events), int(sizes.sum())
    for place, people in enumerate(sizes[:-1].astype(np.int64)):
        others -= int(people)
        some = left > 0  # of no events none falls anywhere
        found[some, place] = chance.hypergeometric(people, others, left[some])
        left = left - found[:, place]
    found[:, -1] = left
    return found


def _deviance(counted: Numbers | Places, sizes: Numbers, kind: str) -> Numbers:
    """How far the counts of each row lie from one share of their sizes."""
    apart = special("kl_div")
    expected = sizes * (counted.sum(axis=-1, keepdims=True) / sizes.sum())
    found = apart(counted, expected)
    if kind == PROPORTION:
        found = found + apart(sizes - counted, sizes - expected)
    deviance: Numbers = 2 * found.sum(axis=-1)
    return deviance
