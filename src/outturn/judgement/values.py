"""Counts into Values: the figure in the measure's unit, or the reason why there is none."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import partial

import polars as pl

from outturn.framework.model import HISTOGRAMS, Comparator, Measure, Place
from outturn.framework.parted import PARTED
from outturn.framework.places import EVERY, members
from outturn.judgement.formulas import add_formulas
from outturn.judgement.intervals import (
    NO_LIMITS,
    RANKED,
    effective_number,
    limits_of_means,
    student,
    with_intervals,
)
from outturn.judgement.lifetimes import within_lifetimes
from outturn.judgement.members import mean_of_members
from outturn.judgement.parted import Others, made_of_parts
from outturn.judgement.rounded_counts import with_rounding_noted
from outturn.judgement.rounded_parts import with_parts_rounded
from outturn.judgement.words import AS_REPORTED
from outturn.statistics.disclosure_policies import PRESETS
from outturn.statistics.ratios import ratio
from outturn.statistics.rounding import shown_column
from outturn.terms.records import (
    COUNTS,
    NO_DENOMINATOR,
    NO_NUMERATOR,
    VALUES,
    WITHHELD,
    Absent,
    checked,
    fitted,
)

TELLING = (  # what would tell the figure
    "numerator", "denominator", "margin", "rows", "answers", "effective", "spans",
    "lower", "upper", "interval",
)  # fmt: skip

ZERO_DENOMINATOR = "The denominator is zero."
NONE_TO_RANK = "There were none to put in order."
WHY = {
    Absent.SUPPRESSED: WITHHELD,
    Absent.NOT_AVAILABLE: "No figure was supplied.",
    Absent.NOT_APPLICABLE: "There is no such figure for this place and period.",
}
ALWAYS_DIVIDED = ("proportion", "rate", "mean", "ratio", *PARTED)  # nothing without a denominator
MAYBE_DIVIDED = ("score", "index")  # divided where a denominator is supplied


def values(
    counts: pl.DataFrame,
    *,
    measures: Mapping[str, Measure],
    places: Mapping[str, Place],
    hierarchy: str = EVERY,
    totals_for: Collection[str] = (),
    disclosure: str = "none",
    public: Collection[str] = (),
    of_people: Collection[str] = (),
    by_people: Collection[str] = (),
    comparators: Mapping[str, Comparator] | None = None,
) -> pl.DataFrame:
    """A VALUES frame: one row for each COUNTS row, in its order, then those of formula measures.

    A figure that was reported is carried as reported, even where counts stand beside it: that
    the two disagree is a finding, not a correction. Otherwise the figure is the numerator times
    `per` over the denominator; of a count or money, the numerator times `per`; of a mean roll-up
    without its own denominator per period, that over the periods added up, which `spans` gives. A
    median or percentile is the numerator over the parts that its fraction has (2 for a median): the
    engine counts in those, so as to stay whole; its denominator says how many it is of, and its
    limits are two of the values, which came with the counts. A mean of rows has limits by the sum
    of their squares. A cell marked absent stays absent, whatever counts it carries, and one marked
    suppressed even where a figure is reported; nothing that would tell a suppressed figure stays
    beside it. A figure that is null has `absent` and `why`.
    A measure that is a mean of members takes, for a place that has members, the mean of theirs, in
    a row of its own where it had none; one that is only published has no figure there unless one
    was reported. A figure counted for a place that did not last through the period is not
    available (lifetimes.py). Counts that a formula makes are held to the preset `disclosure`, as
    those counted were before this, unless all that they are made of comes from the sources in
    `public`. A figure that is standardised for age, of inequality or of a life table is made of the
    counts of its parts, and may be standardised to one of the `comparators` (parted.py). Limits are
    made where counts or a margin give them (intervals.py). A share of weighted answers comes with
    their effective number. Where the preset rounds, a figure of rounded counts says so in its
    method; `of_people` are the measures whose counts it rounds whatever their source, and
    `by_people` those of money and scores that are divided by people.
    """
    checked(counts, COUNTS)
    policy = PRESETS[disclosure]
    rows = _explained(_divided(counts, _facts(measures)))
    others = Others(places, comparators or {})
    noted = partial(
        with_rounding_noted,
        measures=measures,
        policy=policy,
        public=public,
        of_people=of_people,
        by_people=by_people,
    )
    made = made_of_parts(rows, measures, others)
    parted = {id: one for id, one in measures.items() if one.kind in PARTED and one.parted}
    if policy.round_to > 1 and parted:
        of_rounded = noted(fitted(rows, VALUES), measures=parted)  # no other is asked here
        made = with_parts_rounded(made, of_rounded, rows, parted, others, policy)
    rows = made
    rows = within_lifetimes(rows, measures, places)
    rows = _with_shown(fitted(rows, VALUES), measures)
    rows = mean_of_members(rows, measures, members(places, hierarchy, totals_for), places)
    made = noted(add_formulas(rows, measures, disclosure, public))
    return checked(with_intervals(_with_shown(made, measures), measures, policy), VALUES)


def _facts(measures: Mapping[str, Measure]) -> pl.DataFrame:
    """What the arithmetic must know of each measure."""
    rows = []
    for one in measures.values():
        maybe = one.kind in MAYBE_DIVIDED
        divides = one.kind in ALWAYS_DIVIDED or (maybe and one.denominator is not None)
        of_year = one.denominator is not None and one.denominator.of_year
        spread = one.roll_up == "mean" and (of_year or not divides)
        limited = one.methods != NO_LIMITS
        ranked = (*_ranked(one), limited)
        rows.append(
            (one.id, float(one.per), divides, maybe, spread, _times(one), *ranked, student(one))
        )
    names = (
        "measure", "per", "divides", "maybe", "spread", "times", "ranks", "parts", "limited",
        "student",
    )  # fmt: skip
    flags = (pl.Boolean, pl.Boolean, pl.Boolean, pl.String, pl.Boolean, pl.Float64, pl.Boolean)
    kinds = (pl.String, pl.Float64, *flags, pl.String)
    return pl.DataFrame(rows, schema=dict(zip(names, kinds, strict=True)), orient="row")


def _ranked(measure: Measure) -> tuple[bool, float | None]:
    """Whether the figure is one of some in order, and the parts that its numerator is counted in.

    Nobody knows them of counts that are reported beside such a figure.
    """
    tally = measure.numerator
    parts = float(tally.percentile[1]) if tally and tally.is_histogram else None
    return measure.kind in HISTOGRAMS, parts


def _times(measure: Measure) -> str:
    return "" if measure.per == 1 else f" × {measure.per:,.10g}"


def _divided(counts: pl.DataFrame, facts: pl.DataFrame) -> pl.DataFrame:
    """The rows with `made`, the figure that the counts give, before anything is explained."""
    rows = counts.join(facts, on="measure", how="left", maintain_order="left")
    if rows["divides"].null_count():
        raise ValueError("counts of a measure that is not among the measures given")
    spans = pl.when("spread").then(pl.col("spans").fill_null(1).clip(1)).otherwise(1)
    rows = rows.with_columns(
        divides=pl.col("divides") | (pl.col("maybe") & pl.col("denominator").is_not_null()),
        spread=spans.cast(pl.Float64),
        spans=pl.when("spread").then(spans.cast(pl.Int64)),
    ).with_columns(
        over=pl.when("ranks")
        .then(pl.when(pl.col("denominator") > 0).then("parts"))
        .when("divides")
        .then(pl.col("denominator") * pl.col("spread"))
        .otherwise("spread")
    )
    effective = effective_number(rows["denominator"], rows["squares"], rows["answers"])
    rows = _with_limits_of_means(rows)
    both = pl.col("lower").is_not_null() & pl.col("upper").is_not_null()
    limited = both & pl.col("limited") & pl.col("reported").is_null()
    named = pl.coalesce("student", pl.lit(RANKED))
    return rows.with_columns(
        *(pl.when(limited).then(pl.col(one) * pl.col("per")) for one in ("lower", "upper")),
        interval=pl.when(limited).then(named),
        made=ratio(rows["numerator"], rows["over"], rows["per"]),
        effective=effective,
    )


def _with_limits_of_means(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows with the limits of means, before `per`; those of the others as they came."""
    known = pl.col("student").is_not_null() & pl.col("squares").is_not_null()
    at = rows.select(known).to_series().arg_true()
    if not len(at):  # as in most builds
        return rows
    limits = limits_of_means(rows[at])
    return rows.with_columns(rows[name].scatter(at, limits[name]) for name in ("lower", "upper"))


def _explained(rows: pl.DataFrame) -> pl.DataFrame:
    """The figure or the reason for none, and how it came about."""
    reported = pl.col("reported").fill_nan(None)
    withheld = (pl.col("absent") == str(Absent.SUPPRESSED)).fill_null(False)
    carried = reported.is_not_null() & ~withheld
    marked = pl.col("absent").is_not_null()
    value = pl.when(carried).then(reported).when(~marked).then("made")
    no_figure = ~carried & (marked | pl.col("made").is_null())
    found = (
        pl.when(pl.col("numerator").is_null())
        .then(pl.lit(NO_NUMERATOR))
        .when(pl.col("divides") & pl.col("denominator").is_null())
        .then(pl.lit(NO_DENOMINATOR))
        .when("ranks")
        .then(pl.when(pl.col("denominator") == 0).then(pl.lit(NONE_TO_RANK)))
        .otherwise(pl.lit(ZERO_DENOMINATOR))
    )
    usual = pl.col("absent").replace_strict(
        {str(word): why for word, why in WHY.items()}, default=None, return_dtype=pl.String
    )
    found = pl.coalesce("why", found, pl.lit(WHY[Absent.NOT_AVAILABLE]))
    why = pl.when(marked).then(pl.coalesce("why", usual)).otherwise(found)
    return rows.with_columns(
        value=value,
        absent=pl.when(no_figure).then(pl.coalesce("absent", pl.lit(str(Absent.NOT_AVAILABLE)))),
        why=pl.when(no_figure).then(why),
        method=pl.when(carried).then(pl.lit(AS_REPORTED)).when(~no_figure).then(_method()),
        **{name: pl.when(~withheld).then(name) for name in TELLING},
    )


def _method() -> pl.Expr:
    spread = pl.when(pl.col("spread") > 1).then(
        pl.lit(" ÷ ") + pl.col("spread").cast(pl.Int64).cast(pl.String) + " periods"
    )
    return pl.concat_str(
        pl.lit("numerator"),
        pl.when("divides")
        .then(pl.lit(" ÷ denominator"))
        .when("ranks")
        .then(pl.lit(" ÷ ") + pl.col("parts").cast(pl.Int64).cast(pl.String))
        .otherwise(pl.lit("")),
        spread.otherwise(pl.lit("")),
        "times",
    )


def _with_shown(rows: pl.DataFrame, measures: Mapping[str, Measure]) -> pl.DataFrame:
    decimals = {one.id: one.decimals for one in measures.values()}
    places = rows["measure"].replace_strict(decimals, default=0, return_dtype=pl.Int64)
    return rows.with_columns(shown=shown_column(rows["value"], places))
