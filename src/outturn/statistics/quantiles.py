"""Ranks, percentiles and quartiles, with the convention named in words that can be printed.

Two conventions for quartiles are in use, and they differ where many places share a value:

* `rank share` (outturn's own rule): a place is in the top quartile when fewer than a quarter of
  the group do better, and in the bottom quartile when at least three quarters do better. Places
  that share a value share a quartile, the better one.
* `linear interpolation (type 7)`: the edges are the 25th, 50th and 75th percentiles of the
  values; a value on an edge is in the better quartile.

The rules by which publishers make deciles, quintiles and quartiles are in `quantile_groups`.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

Numbers = npt.NDArray[np.float64]

QUARTILES = ("top", "second", "third", "bottom")
RANK_SHARE = "rank share"
TYPE_7 = "linear interpolation (type 7)"
RULES = {
    RANK_SHARE: "rank share: top when fewer than a quarter of those with a figure do better, "
    "bottom when at least three quarters do; equal figures share the better quartile",
    TYPE_7: "linear interpolation (type 7): edges at the 25th, 50th and 75th percentiles; "
    "a figure on an edge is in the better quartile",
}


def ranks(values: npt.ArrayLike, *, lower_is_better: bool) -> npt.NDArray[np.int64]:
    """The rank of each value, 1 for the best; 0 where there is no value (not-a-number).

    Equal values share the best rank they could have, and the next rank is left out (1, 2, 2, 4).
    Values are compared as they are: round first if places that print the same should tie.
    Does not rank a missing value last: it does not rank it.

    Source: "standard competition ranking", as the Office for Local Government's published
    `rank_order`; reference section 9.1 (ties must be shared).

    >>> ranks([79.7, 88.0, 88.0, float("nan"), 60.0], lower_is_better=False).tolist()
    [3, 1, 1, 0, 4]
    >>> ranks([462.0, 616.3, 553.0], lower_is_better=True).tolist()
    [1, 3, 2]
    """
    scores = np.asarray(values, dtype=np.float64) * (1 if lower_is_better else -1)
    known = np.sort(scores[~np.isnan(scores)])
    better = np.searchsorted(known, scores, side="left")
    return np.where(np.isnan(scores), 0, better + 1).astype(np.int64)


def percentile(values: npt.ArrayLike, percent: float) -> float | None:
    """The percentile of the values, in their own unit; None where there are none.

    `percent` lies from 0 to 100 and counts from the lowest value, whichever side is better.
    Missing values (not-a-number) are left out. Does not weight.

    Source: Hyndman and Fan (1996), Sample quantiles in statistical packages, The American
    Statistician 50(4), definition 7: linear interpolation at (n - 1) p + 1.

    >>> percentile([10, 20, 30, 40], 75)
    32.5
    """
    numbers = np.asarray(values, dtype=np.float64)
    numbers = np.sort(numbers[~np.isnan(numbers)])
    if not numbers.size:
        return None
    position = (numbers.size - 1) * percent / 100
    below = int(position)
    above = min(below + 1, numbers.size - 1)
    return float(numbers[below] + (numbers[above] - numbers[below]) * (position - below))


def quartiles(
    values: npt.ArrayLike, *, lower_is_better: bool, rule: str = RANK_SHARE
) -> list[str | None]:
    """The quartile of each value: top, second, third, bottom; None where there is no value.

    `rule` is one of `RULES`, which says each in words. Does not refuse small groups or many
    ties: the caller says so beside the result.

    Source: RULES above; Hyndman and Fan (1996) for type 7.

    >>> quartiles([1, 2, 3, 4], lower_is_better=True)
    ['top', 'second', 'third', 'bottom']
    >>> quartiles([100, 100, 100, 6], lower_is_better=False)
    ['top', 'top', 'top', 'bottom']
    """
    numbers = np.asarray(values, dtype=np.float64)
    known = ~np.isnan(numbers)
    if rule == RANK_SHARE:
        place = (ranks(numbers, lower_is_better=lower_is_better) - 1) * 4 // max(known.sum(), 1)
    elif rule == TYPE_7:
        scores = numbers * (1 if lower_is_better else -1)
        edges = [percentile(scores, percent) for percent in (25, 50, 75)]
        worse = [scores > edge for edge in edges if edge is not None]
        place = np.sum(worse, axis=0) if worse else np.zeros(numbers.shape, np.int64)
    else:
        raise ValueError(f"no such quartile rule: {rule}")
    return [QUARTILES[int(q)] if k else None for q, k in zip(place, known, strict=True)]


def shared_rank(score: pl.Expr, group: list[str]) -> pl.Expr:
    """`ranks` within groups of a Polars frame: 1 for the lowest score, ties sharing; null for null.

    The score is better when lower: negate where higher is better. Does not rank a missing score.

    Source: as `ranks`.

    >>> frame = pl.DataFrame({"g": [1, 1, 1, 2], "score": [5.0, 5.0, 7.0, 9.0]})
    >>> frame.select(shared_rank(pl.col("score"), ["g"])).to_series().to_list()
    [1, 1, 3, 1]
    """
    return score.rank("min").over(group).cast(pl.Int64)


def quartile_column(score: pl.Expr, group: list[str], rule: str = RANK_SHARE) -> pl.Expr:
    """`quartiles` within groups of a Polars frame, as words; null for a null score.

    The score is better when lower. `rule` is one of `RULES`. Does not refuse small groups.

    Source: as `quartiles`.

    >>> frame = pl.DataFrame({"g": [1, 1, 1, 1], "score": [4.0, 2.0, 3.0, 1.0]})
    >>> frame.select(quartile_column(pl.col("score"), ["g"])).to_series().to_list()
    ['bottom', 'second', 'third', 'top']
    """
    if rule == RANK_SHARE:
        place = (shared_rank(score, group) - 1) * 4 // score.count().over(group).cast(pl.Int64)
    elif rule == TYPE_7:
        edges = [score.quantile(share, "linear").over(group) for share in (0.25, 0.5, 0.75)]
        place = pl.sum_horizontal([(score > edge).cast(pl.Int64) for edge in edges])
    else:
        raise ValueError(f"no such quartile rule: {rule}")
    words = place.replace_strict(range(4), QUARTILES, default=None, return_dtype=pl.String)
    return pl.when(score.is_not_null()).then(words)


def top_edge(score: pl.Expr, group: list[str], rule: str = RANK_SHARE) -> pl.Expr:
    """The score at the edge of the top quartile of each group, in the score's unit.

    By rank share it is the worst score in the top quartile; by type 7 the 25th percentile of
    scores. The score is better when lower. Does not say who is in the quartile.

    Source: as `quartiles`.

    >>> frame = pl.DataFrame({"g": [1] * 8, "score": [1.0, 2, 3, 4, 5, 6, 7, 8]})
    >>> frame.select(top_edge(pl.col("score"), ["g"])).to_series()[0]
    2.0
    """
    if rule == TYPE_7:
        return score.quantile(0.25, "linear").over(group)
    is_top = quartile_column(score, group, rule) == "top"
    return pl.when(is_top).then(score).max().over(group)
