"""Figures of longer periods that are the mean of shorter ones: each tells of all that are in it.

Where a share is averaged over the year, its quarters 7.5, 22.5 and 30.0 make 20.0, and no counts
stand behind that. So what protects counts does not see it. Whoever knows the mean and all quarters
but one knows that one too, and 7.5% of 40 people are three.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

import numpy as np
import polars as pl

from outturn.framework.model import Measure
from outturn.statistics.columns import Flags, Numbers
from outturn.statistics.disclosure_policies import Policy
from outturn.terms.period import Period, from_key
from outturn.terms.records import KEYS, Absent

_ADDED = ("count", "money")  # kinds whose longer periods have a sum behind them
_SERIES = ("measure", "place", "breakdown", "category")
_DETERMINED = 1e-6


def telling_means(told: pl.DataFrame, measures: Mapping[str, Measure]) -> Flags:
    """The rows of Counts that are the mean of figures of which one is suppressed; a flag for each.

    Of measures whose `roll_up` is "mean", and only where the longer period lacks a count of its
    own: what its counts tell is known.
    """
    rows = told.with_row_index("_row")
    pairs = _inside(rows, measures)
    suppressed = pl.col("absent") == str(Absent.SUPPRESSED)
    hidden = pairs.join(rows.filter(suppressed).select(_short="_row"), on="_short", how="semi")
    found = np.zeros(told.height, bool)
    found[hidden["_row"].unique().to_numpy()] = True
    return found


def means_of_told(
    told: pl.DataFrame, measures: Mapping[str, Measure], policy: Policy
) -> pl.DataFrame:
    """The Counts where a mean that was made is that of the figures as they are told.

    Of counts that are rounded the figures are rougher, and a mean of the true ones would tell them.
    What a source gives as a mean is left as it is, and so are means of figures without counts.
    """
    if policy.round_to <= 1:
        return told
    rows = told.with_row_index("_row")
    per = {id: float(one.per) for id, one in measures.items()}
    share = pl.col("numerator") / pl.col("denominator")
    factor = pl.col("measure").replace_strict(per, default=None, return_dtype=pl.Float64)
    figures = rows.select(_short="_row", _figure=pl.coalesce("reported", share * factor))
    made = rows.filter(pl.col("spans") > 1).select("_row", "spans")
    means = (
        _inside(rows, measures)
        .join(made, on="_row")
        .join(figures, on="_short")
        .filter(pl.col("_months") == pl.col("_months").min().over("_row"))
        .group_by("_row")
        .agg(_mean=pl.col("_figure").mean(), _of=pl.col("_figure").count(), spans=pl.first("spans"))
        .filter(pl.col("_of") == pl.col("spans"))
    )
    known = rows.join(means.select("_row", "_mean"), on="_row", how="left", maintain_order="left")
    given = pl.col("_mean").is_not_null() & pl.col("reported").is_not_null()
    reported = pl.when(given).then("_mean").otherwise("reported")
    return known.with_columns(reported=reported).select(told.columns)


def follow_from_means(rows: pl.DataFrame, shown: Flags, measures: Mapping[str, Measure]) -> Flags:
    """The rows that are not shown and whose figure follows from means that are; a flag for each.

    Every mean that is shown is an equation of the figures in it, so a figure follows where these
    equations leave it no freedom.
    """
    found = np.zeros(rows.height, bool)
    numbered = rows.with_row_index("_row")
    pairs = _inside(numbered, measures)
    pairs = pairs.filter(pl.col("_months") == pl.col("_months").min().over("_row"))
    pairs = pairs.filter(
        pl.Series(shown[pairs["_row"].to_numpy()] & ~shown[pairs["_short"].to_numpy()])
    )
    for lines in pairs.partition_by(_SERIES):
        unknown = lines["_short"].unique(maintain_order=True).to_numpy()
        means = lines["_row"].unique(maintain_order=True).to_numpy()
        equations = np.zeros((means.size, unknown.size))
        at = {row: place for place, row in enumerate(means)}
        of = {row: place for place, row in enumerate(unknown)}
        for mean, short in lines.select("_row", "_short").iter_rows():
            equations[at[mean], of[short]] = 1.0
        found[unknown[_determined(equations)]] = True
    return found


def _determined(equations: Numbers) -> Flags:
    """The unknowns that linear equations determine: those that every null vector leaves alone."""
    _, sizes, vectors = np.linalg.svd(equations, full_matrices=True)
    free = vectors[int((sizes > _DETERMINED).sum()) :]
    return np.asarray((np.abs(free) < _DETERMINED).all(axis=0))


def _inside(rows: pl.DataFrame, measures: Mapping[str, Measure]) -> pl.DataFrame:
    """Each mean, `_row`, with each figure in it, `_short`, how many `_months` that has, and the
    series of both; `rows` are numbered in `_row`."""
    averaged = [
        id
        for id, one in measures.items()
        if one.reported and one.roll_up == "mean" and one.kind not in _ADDED
    ]
    ours = rows.filter(pl.col("measure").is_in(averaged)).select("_row", *KEYS, *_OF_A_MEAN)
    known: dict[str, Period] = {key: from_key(key) for key in ours["period"].unique()}
    schema = {"period": pl.String, "_of": pl.String, "_months": pl.Int64}
    nested = pl.DataFrame(list(_nested(known)), schema=schema, orient="row")
    without = pl.col("reported").is_not_null() & (
        pl.col("numerator").is_null() | pl.col("denominator").is_null()
    )
    means = ours.filter(without).select("_row", *_SERIES, "period").join(nested, on="period")
    short = ours.select(*_SERIES, _of="period", _short="_row")
    return means.join(short, on=[*_SERIES, "_of"])


_OF_A_MEAN = ("reported", "numerator", "denominator")


def _nested(known: Mapping[str, Period]) -> Iterator[tuple[str, str, int]]:
    """Each period with each shorter one within it."""
    by_end = defaultdict(list)
    for key, one in known.items():
        by_end[one.start, one.end].append(key)
    for (start, end), keys in by_end.items():
        for (first, last), inner in by_end.items():
            if start <= first and last <= end and (first, last) != (start, end):
                yield from ((key, of, known[of].months) for key in keys for of in inner)
