"""The limits of each figure, in its measure's unit, and the method that they are made by.

A proportion has Wilson's limits, a count of events and a rate those of the count, a figure that was
published with a margin of error that margin, and one made of its parts those it was made with. A
median or percentile has two of the values that it is one of, which came with its counts, and a mean
of rows Student's, of the squares that came with its counts. Others have none: how many there are at
a moment is no count of events.

A share of weighted answers has the limits that as many unweighted answers as it is worth would
have: their effective number, by Kish. That allows for the weights alone. How a survey was drawn,
in strata and clusters, is not known here, and may make its true limits narrower or wider.

Where disclosure control rounds, the true counts are not known here either. The limits of a figure
of rounded counts reach from the lowest to the highest limit of all the counts that are told as
these, so that those of the true ones lie within them, whatever they are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from itertools import product

import numpy as np
import numpy.typing as npt
import polars as pl

from outturn.framework.means import BY_SUBTRACTION, NOT_OF_ROWS, has_squares, is_mean_of_rows
from outturn.framework.model import Measure
from outturn.judgement.rounded_counts import (
    is_made_of_rounded_counts,
    is_of_rounded_counts,
    rounding_words,
    with_the_ends,
)
from outturn.statistics.columns import Interval, Numbers
from outturn.statistics.disclosure_policies import PRESETS, Policy
from outturn.statistics.intervals import (
    count_interval,
    count_methods,
    effective_sample_size,
    wilson_interval,
)
from outturn.statistics.means import deviation_of_sums, mean_interval

PUBLISHED = "the published margin of error"
RANKED = "order statistics, 95%"
STUDENT = "Student's t, 95%"
EXACT, BYARS = "exact Poisson", "Byar's"
WEIGHTED = "effective number of answers by Kish"
SHARE, EVENTS = "share", "events"
NO_LIMITS = "none"
NOT_WANTED = 'the measure says methods = "none"'
OUTSIDE = "the figure lies outside its own limits, so it is not of the counts that they are made of"
STOCKS = ("last", "mean")  # how a year rolls up of what is counted at a moment


def with_intervals(
    rows: pl.DataFrame, measures: Mapping[str, Measure], policy: Policy = PRESETS["none"]
) -> pl.DataFrame:
    """VALUES with `lower`, `upper` and `interval`: 95% limits, null where a figure has none.

    `interval` names the method and the method set of the measure: "Wilson, 95% (England)". Those of
    counts that the `policy` has rounded, as `method` says, are widened, and say so.
    """
    frame = with_model(rows, measures)
    limits = _Limits(frame, [one.id for one in measures.values() if one.is_weighted])
    if policy.round_to > 1:
        limits.widen(with_the_ends(frame, rows, measures, policy), measures, policy)
    limits.of_parts()
    for name in sorted({one.methods for one in measures.values()} - {NO_LIMITS}):
        limits.of_counts(name)
    limits.of_margins()
    return rows.with_columns(limits.columns())


def with_model(rows: pl.DataFrame, measures: Mapping[str, Measure]) -> pl.DataFrame:
    """The rows with `model`, `over` and `methods`.

    `model` says what the counts of a figure are: "share" of a whole, or "events"; it is null where
    they do not give its spread. `over` turns a level in the measure's unit into the unit of the
    numerator, when it is multiplied by it. A count that was reported is its own numerator. Of
    weighted answers, numerator and denominator become effective numbers (`in_effective_numbers`),
    and without these there is no model: sums of weights count nobody.
    """
    facts = pl.DataFrame(
        [(one.id, _model(one), one.kind, float(one.per), one.methods) for one in measures.values()],
        schema={
            "measure": pl.String, "model": pl.String, "kind_of": pl.String, "per_of": pl.Float64,
            "methods": pl.String,
        },
        orient="row",
    )  # fmt: skip
    rows = in_effective_numbers(rows, measures)
    joined = rows.join(facts, on="measure", how="left", maintain_order="left")
    divided = pl.when(pl.col("kind_of") == "rate").then("denominator").otherwise(1.0)
    spans = pl.col("spans").fill_null(1).cast(pl.Float64)
    joined = joined.with_columns(over=divided * spans / pl.col("per_of"))
    reported = pl.when(pl.col("kind_of") == "count").then(pl.col("value") * pl.col("over"))
    joined = joined.with_columns(numerator=pl.coalesce("numerator", reported))
    whole = pl.col("numerator").is_between(0, pl.col("denominator")) & (pl.col("denominator") > 0)
    counted = (pl.col("numerator") >= 0) & (pl.col("over") > 0)
    known = pl.when(pl.col("model") == SHARE).then(whole).otherwise(counted).fill_null(False)
    usable = pl.col("value").is_not_null() & pl.col("margin").is_null() & known
    share = pl.when(pl.col("model") == SHARE).then(1 / pl.col("per_of"))
    return joined.with_columns(over=share.otherwise("over"), model=pl.when(usable).then("model"))


def effective_number(weights: pl.Series, squares: pl.Series, answers: pl.Series) -> pl.Series:
    """How many unweighted answers the weighted ones are worth: at most as many as there are.

    Null where they are not weighted, or where all their weights are 0.
    """
    if squares.null_count() == len(squares):  # as in most builds
        return pl.repeat(None, len(squares), dtype=pl.Float64, eager=True).alias("effective")
    found = pl.Series(effective_sample_size(weights.to_numpy(), squares.to_numpy())).fill_nan(None)
    # The last bit of a division must not make it more than there are.
    most = pl.min_horizontal("found", pl.col("answers").cast(pl.Float64))
    known = pl.col("found").is_not_null() & pl.col("answers").is_not_null()
    return pl.DataFrame({"found": found, "answers": answers}).select(
        effective=pl.when(known).then(most)
    )["effective"]


def student(measure: Measure) -> str | None:
    """What the limits of its means are called; None where the measure has none of that kind."""
    return f"{STUDENT} ({measure.methods})" if has_squares(measure) else None


def limits_of_means(rows: pl.DataFrame) -> pl.DataFrame:
    """`lower` and `upper` of the mean of each row, in the unit of what it is a mean of.

    The rows have `numerator`, `denominator` and `squares`. Null where one of these is missing, of
    fewer than two numbers, and where they are all alike: those tell nothing of how far others lie.
    """
    sums = ("denominator", "numerator", "squares")
    size, total, squares = (rows[name].cast(pl.Float64).to_numpy() for name in sums)
    deviation = deviation_of_sums(size, total, squares)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = total / size
    limits = mean_interval(mean, np.where(deviation > 0, deviation, np.nan), size)
    return pl.DataFrame({"lower": limits.lower, "upper": limits.upper}).fill_nan(None)


def outside_limits(decimals: Mapping[str, int]) -> pl.Expr:
    """Whether a figure lies outside its own limits, by more than printing it may have moved it.

    Such a figure was reported, and is not of the counts that the limits are of. False where there
    are no limits. `decimals` are those of each measure.
    """
    shown = pl.col("measure").replace_strict(decimals, default=0, return_dtype=pl.Float64)
    moved = 0.5 * pl.lit(10.0).pow(-shown)
    below, above = pl.col("lower") - pl.col("value"), pl.col("value") - pl.col("upper")
    return (pl.max_horizontal(below, above) > moved).fill_null(False)


def is_outside_limits(
    measure: Measure, value: float | None, lower: float | None, upper: float | None
) -> bool:
    """`outside_limits` of one figure."""
    row = {"measure": [measure.id], "value": [value], "lower": [lower], "upper": [upper]}
    kinds = {"measure": pl.String, **dict.fromkeys(("value", "lower", "upper"), pl.Float64)}
    frame = pl.DataFrame(row, schema=kinds)
    return bool(frame.select(outside_limits({measure.id: measure.decimals})).item())


def why_no_limits(measure: Measure, size: float | None, *, withholds: bool) -> str:
    """Why a mean that was counted has no limits, of `size` rows; empty for all other figures.

    `withholds` is whether the policy of disclosure control withholds counts.
    """
    if measure.kind != "mean" or not measure.numerator or size is None:
        return ""
    if not is_mean_of_rows(measure):
        return NOT_OF_ROWS
    if measure.methods == NO_LIMITS:
        return NOT_WANTED
    if withholds:
        return BY_SUBTRACTION
    if size < 2:
        return "one number does not tell how far others lie"
    return (
        "the rows are all alike, one of them has no number, or what their squares come to is not "
        "kept in this vintage"
    )


def in_effective_numbers(rows: pl.DataFrame, measures: Mapping[str, Measure]) -> pl.DataFrame:
    """The rows with effective numbers of answers where numerator and denominator are weighted.

    The share stays as it is. Both are null where the effective number is not known.
    """
    weighted = [id for id, one in measures.items() if one.is_weighted]
    if not weighted:
        return rows
    known = "effective" in rows.columns  # rows that are judged may have come without it
    effective = pl.col("effective") if known else pl.lit(None, pl.Float64)
    share = pl.when(pl.col("denominator") > 0).then(pl.col("numerator") / pl.col("denominator"))
    ours = pl.col("measure").is_in(weighted)
    return rows.with_columns(
        numerator=pl.when(ours).then(share * effective).otherwise("numerator"),
        denominator=pl.when(ours).then(effective).otherwise("denominator"),
    )


def _model(measure: Measure) -> str | None:
    """What the counts of a measure's figures are; none where they are no people and no events.

    Nor are they where a count says how many there are at a moment: whoever is there today was
    mostly there a month ago, and the number alone does not say how far it would move by chance.
    """
    if measure.methods == NO_LIMITS or measure.formula:
        return None
    if measure.kind == "count" and (measure.roll_up in STOCKS or measure.frequency == "census"):
        return None
    if measure.kind == "proportion":
        return SHARE
    return EVENTS if measure.kind in ("rate", "count") else None


class _Limits:
    """The limits of each row of a frame with its model, as they are found."""

    def __init__(self, frame: pl.DataFrame, weighted: list[str]) -> None:
        self.frame = frame
        of_weights = pl.col("measure").is_in(weighted)  # whose counts are effective numbers
        self.shares = (
            [(~of_weights, ""), (of_weights, f", {WEIGHTED}")] if weighted else [(pl.lit(True), "")]
        )
        self.lower = np.full(frame.height, np.nan)
        self.upper = np.full(frame.height, np.nan)
        self.names = [""]
        self.named = np.zeros(frame.height, dtype=np.int8)  # which of the names
        self.ends = (frame, frame)  # with the counts that make the lower limit, and the upper
        self.rounded: list[tuple[pl.Expr, str]] = [(pl.lit(True), "")]  # whose counts are
        self.moved = self.rounded  # whose figure would be another of other counts

    def widen(
        self,
        ends: tuple[pl.DataFrame, pl.DataFrame],
        measures: Mapping[str, Measure],
        policy: Policy,
    ) -> None:
        """Take those of rounded counts from the counts that give the lowest and the highest."""
        self.ends = ends
        told = f", widened for {rounding_words(policy)}"
        of_rounded, made = is_of_rounded_counts(), is_made_of_rounded_counts(measures)
        self.rounded = [(~of_rounded, ""), (of_rounded, told)]
        self.moved = [(~made, ""), (made, told)]

    def of_parts(self) -> None:
        """Those that a figure made of its parts, or one of many in order, came with."""
        came = pl.col("interval").is_not_null() & pl.col("value").is_not_null()
        at = self._rows(came)
        named = self.frame["interval"].gather(at).to_numpy()
        lower, upper = _columns(self.frame, at, "lower", "upper")
        for name in sorted(set(named)):
            ours = named == name
            self._put(at[ours], lower[ours], upper[ours], str(name))

    def of_counts(self, methods: str) -> None:
        ours = pl.col("methods") == methods
        for (chosen, how), (of_rounded, widened) in product(self.shares, self.rounded):
            at = self._rows(ours & (pl.col("model") == SHARE) & chosen & of_rounded)
            if len(at):
                names = ("numerator", "denominator", "per_of")
                found = self._between(at, names, partial(_of_share, methods=methods))
                self._put(at, *found, f"Wilson, 95%{how} ({methods}){widened}")
        for of_rounded, widened in self.rounded:
            at = self._rows(ours & (pl.col("model") == EVENTS) & of_rounded)
            if len(at):
                self._of_events(at, methods, widened)

    def _of_events(self, at: npt.NDArray[np.intp], methods: str, widened: str) -> None:
        found = self._between(at, ("numerator", "over"), partial(_of_events, methods=methods))
        below, above = (
            count_methods(*_columns(end, at, "numerator"), methods=methods) == "Exact"
            for end in self.ends
        )
        for chosen, name in (
            (below & above, EXACT),
            (~below & ~above, BYARS),
            (below & ~above, f"{EXACT} below, {BYARS} above"),  # the least and the most counts
        ):
            lower, upper = found.lower[chosen], found.upper[chosen]
            self._put(at[chosen], lower, upper, f"{name}, 95% ({methods}){widened}")

    def of_margins(self) -> None:
        limited = pl.col("margin").is_not_null() & pl.col("value").is_not_null()
        for moved, widened in self.moved:
            at = self._rows(limited & moved)
            found = self._between(at, ("value", "margin"), _of_margin)
            self._put(at, *found, f"{PUBLISHED}{widened}")

    def _between(
        self, at: npt.NDArray[np.intp], names: tuple[str, ...], make: Callable[..., Interval]
    ) -> Interval:
        """The limits made of some columns, each of the counts that take it furthest."""
        least, most = self.ends
        found = make(*_columns(least, at, *names))
        if most is least:
            return found
        return Interval(found.lower, make(*_columns(most, at, *names)).upper)

    def columns(self) -> list[pl.Series]:
        """The columns `lower`, `upper` and `interval`."""
        numbers = [
            pl.Series(name, column).fill_nan(None)
            for name, column in (("lower", self.lower), ("upper", self.upper))
        ]
        texts = pl.Series(self.names).gather(pl.Series(self.named, dtype=pl.Int64))
        return [*numbers, texts.set(texts == "", None).alias("interval")]

    def _rows(self, chosen: pl.Expr) -> npt.NDArray[np.intp]:
        return np.flatnonzero(self.frame.select(chosen.fill_null(False)).to_series().to_numpy())

    def _put(
        self,
        at: npt.NDArray[np.intp],
        lower: npt.NDArray[np.float64],
        upper: npt.NDArray[np.float64],
        name: str,
    ) -> None:
        self.lower[at], self.upper[at] = lower, upper
        self.named[at] = len(self.names)
        self.names.append(name)


def _columns(frame: pl.DataFrame, at: npt.NDArray[np.intp], *names: str) -> list[Numbers]:
    return [frame[name].cast(pl.Float64).to_numpy()[at] for name in names]


def _of_share(x: Numbers, n: Numbers, per: Numbers, methods: str) -> Interval:
    limits = wilson_interval(x, n, methods=methods)
    return Interval(limits.lower * per, limits.upper * per)


def _of_events(x: Numbers, over: Numbers, methods: str) -> Interval:
    limits = count_interval(x, methods=methods)
    return Interval(limits.lower / over, limits.upper / over)


def _of_margin(value: Numbers, margin: Numbers) -> Interval:
    return Interval(value - margin, value + margin)
