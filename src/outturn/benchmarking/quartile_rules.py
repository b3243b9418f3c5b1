"""Quartiles by the rule that a group asks for: outturn's own, or a publisher's by its name."""

from __future__ import annotations

import numpy as np
import polars as pl

from outturn.statistics.quantile_groups import FINGERTIPS, PUBLISHERS, quantile_groups
from outturn.statistics.quantiles import QUARTILES, RULES, TYPE_7, quartile_column, top_edge

SAID = {**RULES, **PUBLISHERS}  # each rule in words that can be printed
INTERPOLATED = (TYPE_7, FINGERTIPS)  # rules whose edges lie between figures


def quartiles_by(rows: pl.DataFrame, rule: str, group: str) -> tuple[pl.Series, pl.Series]:
    """The quartile of each row in its group, as words, and the score at the edge of the top one.

    `rows` have `score`, lower is better and null has no quartile, and `figure` and `aim`: a
    publisher's rule takes the figure itself where higher is better, for a value on a bound is in
    the lower of two groups. Of a publisher the edge is the worst score in the top quartile.
    ValueError for a rule that is not in `SAID`.
    """
    score = pl.col("score")
    if rule in RULES:
        both = rows.select(
            quartile=quartile_column(score, [group], rule), edge=top_edge(score, [group], rule)
        )
        return both["quartile"], both["edge"]
    place = np.zeros(rows.height, np.int8)
    number = rows[group].to_numpy().astype(np.int64)
    by_figure = (rows["aim"] == "higher").to_numpy()
    for highest_is_first, these in ((True, by_figure), (False, ~by_figure)):
        if these.any():
            ranked = rows.filter(these).select(
                pl.when(score.is_not_null()).then("figure" if highest_is_first else "score")
            )
            numbers = ranked.to_series().cast(pl.Float64).fill_null(np.nan).to_numpy()
            place[these] = quantile_groups(
                numbers, number[these], 4, publisher=rule, highest_is_first=highest_is_first
            )
    words = pl.Series(place).replace_strict(
        range(1, 5), QUARTILES, default=None, return_dtype=pl.String
    )
    # The column is made first: inside a window a whole column of Python would meet each group.
    is_top = pl.Series(words == QUARTILES[0]).fill_null(False)
    at_top = rows.select(group, at_top=pl.when(is_top).then(score))
    return words, at_top.select(pl.col("at_top").max().over(group)).to_series()
