"""What the figures say against themselves: found by rule, never by name.

Rules, each over all rows at once:

* `figure and counts`: a printed figure differs from its counts by more than half a unit in the
  last printed place;
* `share`: a figure said to be a share of a whole is not a share of it, and of what it is;
* the identity's own id: a sum that must hold between measures does not, in this period;
* `period and its parts`: a longer period is not what its months, or quarters, add up to;
* `whole and its categories`: a figure is not what the categories of a breakdown add up to;
* `place and its places`: a place is not what the places directly under it add up to;
* `above the whole`: a numerator above its denominator in a proportion;
* `outside the scale`: a proportion below nothing or above the whole;
* `revision`: the figure differs from the one in an earlier edition;
* `large revision`: by far more than revised figures of the same measure usually do.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import polars as pl

from outturn.framework.model import HISTOGRAMS, Identity, Measure, Place, Share
from outturn.framework.places import EVERY
from outturn.judgement.facts import facts
from outturn.judgement.formulas import all_public
from outturn.judgement.identities import unkept_identities
from outturn.judgement.parts_of_time import unlike_their_parts
from outturn.judgement.parts_of_wholes import unlike_their_categories, unlike_their_places
from outturn.judgement.rule import WORKED_DUST
from outturn.judgement.shares import wrong_shares
from outturn.judgement.words import fronted, is_reported, telling_decimals, text_columns
from outturn.statistics.ratios import ratio
from outturn.terms.period import APRIL, Calendar, from_key
from outturn.terms.records import COUNTS, FINDINGS, KEYS, VALUES, WHOLE, checked, empty, fitted

HALF = 0.5
FEWEST_REVISIONS = 8  # with fewer revised figures of a measure, nobody can say what is usual
TIMES_USUAL = 5.0  # a revision of more than so many times the median one is large


def findings(
    values: pl.DataFrame,
    *,
    measures: Mapping[str, Measure],
    identities: Sequence[Identity],
    shares: Sequence[Share],
    superseded: pl.DataFrame | None = None,
    revised_of: Collection[str] | None = None,
    calendar: Calendar = APRIL,
    round_to: int = 1,
    places: Mapping[str, Place] | None = None,
    hierarchy: str = EVERY,
    totals_for: Collection[str] = (),
) -> pl.DataFrame:
    """A FINDINGS frame: one sentence for each place where the figures contradict themselves.

    `superseded` is a COUNTS frame of the figures that later editions replaced. Where `revised_of`
    names sources, only of figures that these published is it told what they were before; of others
    that they changed, for nothing protects the old ones from being worked out. A measure that says
    `recompute = false` is not held against its counts. `round_to` is what disclosure control
    rounded counts to. `places` stand under one another in a hierarchy, and are added up to those
    that `totals_for` names or that have their own total. Nothing is corrected.
    """
    rows = checked(values, VALUES).join(facts(measures), on="measure", how="inner")
    found = [
        figure_and_counts(rows, measures),
        wrong_shares(values, measures, shares, calendar),
        unkept_identities(values, measures, identities, calendar),
        unlike_their_parts(values, measures, round_to),
        unlike_their_categories(values, measures, round_to),
        unlike_their_places(
            values,
            measures,
            places or {},
            hierarchy=hierarchy,
            totals_for=totals_for,
            round_to=round_to,
        ),
        above_the_whole(rows),
        outside_the_scale(rows),
        revisions(rows, superseded, revised_of),
    ]
    frame = pl.concat([fitted(_named(one, calendar), FINDINGS) for one in found])
    return checked(frame.sort("rule", "measure", "place", "period", maintain_order=True), FINDINGS)


def shares_found(
    values: pl.DataFrame,
    measures: Mapping[str, Measure],
    shares: Sequence[Share],
    calendar: Calendar,
) -> pl.DataFrame:
    """The findings about shares alone, which are held against every count of their place."""
    found = _named(wrong_shares(values, measures, shares, calendar), calendar)
    return fitted(found, FINDINGS)


def figure_and_counts(rows: pl.DataFrame, measures: Mapping[str, Measure]) -> pl.DataFrame:
    """Printed figures that do not follow from the counts beside them, as both are given."""
    held = [id for id, one in measures.items() if one.recompute and one.kind not in HISTOGRAMS]
    rows = rows.filter(
        pl.col("measure").is_in(held)
        & is_reported()
        & pl.col("numerator").is_not_null()
        & (pl.col("counted") | pl.col("denominator").is_not_null())
    )
    one = pl.Series([1.0] * len(rows), dtype=pl.Float64)
    over = rows.with_columns(one=one).select(
        pl.when("counted").then("one").otherwise("denominator")
    )
    rows = rows.with_columns(made=ratio(rows["numerator"], over.to_series(), rows["per"]))
    gap = (pl.col("value") - pl.col("made")).abs()
    unit = 10.0 ** -pl.col("decimals").cast(pl.Float64)
    dust = WORKED_DUST * pl.max_horizontal(pl.col("value").abs(), pl.col("made").abs(), unit)
    rows = rows.filter(gap > HALF * unit + dust).with_columns(size=gap)
    rows = rows.with_columns(_d=_telling(rows, "value", "made"), _whole=pl.lit(0, pl.Int64))
    rows = _numbered(rows, value="value", made="made")
    counts = pl.when("counted").then(pl.lit("The count")).otherwise(
        pl.col("numerator_text") + " of " + pl.col("denominator_text")
    )  # fmt: skip
    sentence = pl.concat_str(
        counts, pl.lit(" is "), "made_text", pl.lit(", not "), "value_text", pl.lit(".")
    )
    return rows.with_columns(rule=pl.lit("figure and counts"), finding=sentence)


def above_the_whole(rows: pl.DataFrame) -> pl.DataFrame:
    """Proportions whose numerator is above their denominator."""
    rows = rows.filter(_is_share() & (pl.col("numerator") > pl.col("denominator")))
    size = ratio(
        rows.select(pl.col("numerator") - pl.col("denominator")).to_series(),
        rows["denominator"],
        rows["per"],
    )
    rows = _numbered(rows.with_columns(size=size, _d="decimals"))
    sentence = pl.concat_str(
        pl.lit("The numerator, "),
        "numerator_text",
        pl.lit(", is above the denominator, "),
        "denominator_text",
        pl.lit("."),
    )
    return rows.with_columns(rule=pl.lit("above the whole"), finding=sentence)


def outside_the_scale(rows: pl.DataFrame) -> pl.DataFrame:
    """Proportions below 0 or above the whole: 100 of a percentage."""
    over, under = pl.col("value") - pl.col("per"), -pl.col("value")
    rows = rows.filter(_is_share() & ((over > WORKED_DUST) | (under > WORKED_DUST)))
    rows = rows.with_columns(size=pl.max_horizontal(over, under))
    rows = rows.with_columns(
        _d=telling_decimals(rows["size"], rows["decimals"]), full=pl.col("per")
    )
    rows = _numbered(rows, value="value")
    rows = text_columns(rows.with_columns(_none=pl.lit(0)), full_text=("full", "_none"))
    sentence = pl.concat_str(
        "value_text", pl.lit(" lies outside 0 to "), "full_text", "after", pl.lit(".")
    )
    return rows.with_columns(rule=pl.lit("outside the scale"), finding=sentence)


def revisions(
    rows: pl.DataFrame,
    superseded: pl.DataFrame | None,
    revised_of: Collection[str] | None = None,
) -> pl.DataFrame:
    """Figures that differ from the ones that an earlier edition printed for the same cell."""
    if superseded is None:
        return empty(FINDINGS)
    earlier = checked(superseded, COUNTS).filter(pl.col("reported").is_not_null())
    told = pl.repeat(True, earlier.height, dtype=pl.Boolean, eager=True)
    if revised_of is not None:
        told = all_public(earlier["source"], revised_of)
    earlier = earlier.with_columns(_told=told).select(
        *KEYS, "_told", was="reported", was_edition="edition"
    )
    rows = rows.join(earlier, on=list(KEYS)).filter(pl.col("value").is_not_null())
    gap = (pl.col("value") - pl.col("was")).abs()
    rows = rows.filter(gap > WORKED_DUST * pl.col("value").abs()).with_columns(size=gap)
    rows = rows.with_columns(_d=_telling(rows, "value", "was"))
    rows = _numbered(rows, value="value", was="was")
    sentence = pl.concat_str(
        "was_text",
        pl.lit(" in the edition of "),
        pl.col("was_edition").fill_null("an unknown date"),
        pl.lit(" is "),
        "value_text",
        pl.lit(" in that of "),
        pl.col("edition").fill_null("an unknown date"),
        pl.lit("."),
    )
    changed = pl.concat_str(
        pl.lit("The figure in the edition of "),
        pl.col("edition").fill_null("an unknown date"),
        pl.lit(" is not that in the edition of "),
        pl.col("was_edition").fill_null("an unknown date"),
        pl.lit("; by how much is not told, to protect people."),
    )
    named = _large_named(rows.with_columns(rule=pl.lit("revision"), finding=sentence))
    return named.with_columns(
        rule=pl.when("_told").then("rule").otherwise(pl.lit("revision")),
        finding=pl.when("_told").then("finding").otherwise(changed),
        size=pl.when("_told").then("size"),
    )


def _large_named(revised: pl.DataFrame) -> pl.DataFrame:
    """Revisions, with another rule and a sentence more where one is far larger than is usual.

    Sizes are shares of the figure as it was, so that a large place and a small one may be held
    against each other; what was 0 has no such share, and is never called large.
    """
    share = pl.when(pl.col("was") != 0).then(pl.col("size") / pl.col("was").abs())
    times = share / share.median().over("measure")
    enough = share.count().over("measure") >= FEWEST_REVISIONS
    revised = revised.with_columns(_times=pl.when(enough).then(times))
    large = pl.col("_times") > TIMES_USUAL
    shown = pl.format(
        " That is {} times what is usual when this measure is revised.",
        pl.col("_times").round(0).cast(pl.Int64, strict=False),
    )
    return revised.with_columns(
        rule=pl.when(large).then(pl.lit("large revision")).otherwise("rule"),
        finding=pl.when(large).then(pl.col("finding") + shown).otherwise("finding"),
    )


def _is_share() -> pl.Expr:
    return pl.col("is_share")


def _telling(rows: pl.DataFrame, first: str, second: str) -> pl.Series:
    gaps = rows.select((pl.col(first) - pl.col(second)).abs()).to_series()
    return telling_decimals(gaps, rows["decimals"])


def _numbered(rows: pl.DataFrame, **figures: str) -> pl.DataFrame:
    """The rows with their counts, and the figures named, as text with the unit."""
    rows = text_columns(
        rows.with_columns(_whole=pl.lit(0, pl.Int64)),
        numerator_text=("numerator", "_whole"),
        denominator_text=("denominator", "_whole"),
        **{f"{name}_text": (column, "_d") for name, column in figures.items()},
    )
    return rows.with_columns(
        (fronted(f"{name}_text") + pl.col("after")).alias(f"{name}_text") for name in figures
    )


def _named(found: pl.DataFrame, calendar: Calendar) -> pl.DataFrame:
    """The sentence begins with the period, and the category where the figure is divided."""
    if found.is_empty() or "finding" not in found.columns:
        return found
    labels = {key: from_key(key).label(calendar) for key in found["period"].unique()}
    label = pl.col("period").replace_strict(labels, default=None, return_dtype=pl.String)
    label = label.str.slice(0, 1).str.to_uppercase() + label.str.slice(1)
    if "category" in found.columns:
        part = pl.when(pl.col("category") != WHOLE).then(pl.lit(", ") + pl.col("category"))
        label = label + part.fill_null("")
    return found.with_columns(finding=label + ": " + pl.col("finding"))
