"""One figure for a whole group, by the rule that the group declares."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from outturn.benchmarking.parted_totals import OfParts, parted_totals
from outturn.framework.model import AGGREGATES, Comparator, Measure, Place
from outturn.framework.parted import INEQUALITY, PARTED
from outturn.statistics.ratios import ratio
from outturn.terms.records import VALUES, fitted

TOTAL, MEAN, PUBLISHED = AGGREGATES
GROUP = ["comparator", "measure", "period", "breakdown", "category"]
COUNTED = ("count", "money")  # kinds that are not divided
# A figure that is made of its parts is not the sum of the one over the sum of the other; where its
# parts are counted here the group's is made of theirs.
NO_TOTAL = {
    "median": "a median",
    "percentile": "a percentile",
    **dict.fromkeys(COUNTED, "a count"),
    **{kind: f"{'an' if kind == INEQUALITY else 'a'} {kind}" for kind in PARTED},
}
FEWEST = 2  # members that make a figure of a group
ALONE = "Fewer than two members have what the group's figure is made of, so it has none."
_FIGURES: dict[str, type[pl.DataType]] = {
    **{name: pl.String for name in GROUP},
    "comparator_value": pl.Float64,
    "group_note": pl.String,
}


def group_values(
    rows: pl.DataFrame,
    values: pl.DataFrame,
    comparators: Mapping[str, Comparator],
    measures: Mapping[str, Measure],
    of_parts: OfParts | None = None,
) -> pl.DataFrame:
    """One row for each group and cell: `comparator_value`, and a note where it is not whole.

    `mean of members`: the plain mean of the listed members that have a figure. `total over total`:
    the sum of their numerators over the sum of their denominators, each as often as there were
    periods that the member's mean was taken over, of those that have both; of a count, a median and
    a percentile there is no such figure, and of one that is made of its parts only where `of_parts`
    makes it of the members' counts (parted_totals.py). One member alone
    makes no figure of a group, and a forecast is no figure of a member. `published`: the figure of
    the place that the group names.
    """
    listed = rows.filter(pl.col("listed") & pl.col("figure").is_not_null())
    parts = [
        _means(_of_rule(listed, comparators, MEAN)),
        _totals(_of_rule(listed, comparators, TOTAL), measures),
        _published(values, comparators),
    ]
    if of_parts is not None:
        ours = _of_rule(rows.filter("listed"), comparators, TOTAL)
        parts.append(parted_totals(ours, values, measures, of_parts, fewest=FEWEST, alone=ALONE))
    return pl.concat([fitted(one, _FIGURES) for one in parts])


def rule_words(group: Comparator, measure: Measure, places: Mapping[str, Place]) -> str:
    """The rule as it is printed beside the figure."""
    if group.rule == TOTAL and measure.kind in NO_TOTAL and not measure.parted:
        return f"{group.rule}; of {NO_TOTAL[measure.kind]} there is no such figure"
    if group.rule != PUBLISHED:
        return group.rule
    place = places.get(group.place)
    return f"published figure of {place.name if place else group.place}"


def _of_rule(rows: pl.DataFrame, comparators: Mapping[str, Comparator], rule: str) -> pl.DataFrame:
    ids = [id for id, one in comparators.items() if one.rule == rule]
    return rows.filter(pl.col("comparator").is_in(ids))


def _means(rows: pl.DataFrame) -> pl.DataFrame:
    # Sorted first: the same figures in another order must give the same sum to the last bit.
    return rows.group_by(GROUP, maintain_order=True).agg(
        comparator_value=pl.when(pl.len() >= FEWEST).then(pl.col("value").sort().mean()),
        group_note=pl.when(pl.len() < FEWEST).then(pl.lit(ALONE)),
    )


def _totals(rows: pl.DataFrame, measures: Mapping[str, Measure]) -> pl.DataFrame:
    divided = [id for id, one in measures.items() if one.kind not in NO_TOTAL]
    rows = rows.filter(pl.col("measure").is_in(divided))
    over = pl.col("denominator") * pl.col("spans").fill_null(1)
    both = pl.col("numerator").is_not_null() & pl.col("denominator").is_not_null()
    sums = rows.group_by(GROUP, maintain_order=True).agg(
        top=pl.col("numerator").filter(both).sort().sum(),
        bottom=over.filter(both).sort().sum(),
        counted=both.sum(),
        of=pl.len(),
    )
    per = {id: float(one.per) for id, one in measures.items()}
    pers = sums["measure"].replace_strict(per, default=None, return_dtype=pl.Float64)
    short = pl.col("counted") < pl.col("of")
    some = pl.concat_str(
        pl.lit("The total is of "),
        pl.col("counted").cast(pl.String),
        pl.lit(" of "),
        pl.col("of").cast(pl.String),
        pl.lit(" members: the rest have a figure without counts."),
    )
    alone = pl.col("counted") < FEWEST
    return sums.with_columns(made=ratio(sums["top"], sums["bottom"], pers)).with_columns(
        comparator_value=pl.when(~alone).then("made"),
        group_note=pl.when(alone).then(pl.lit(ALONE)).when(short).then(some),
    )


def _published(values: pl.DataFrame, comparators: Mapping[str, Comparator]) -> pl.DataFrame:
    named = [(id, one.place) for id, one in comparators.items() if one.rule == PUBLISHED]
    groups = pl.DataFrame(named, schema={"comparator": pl.String, "place": pl.String}, orient="row")
    cells = values.select([name for name in VALUES if name in (*GROUP, "place", "value")])
    return groups.join(cells, on="place").select(
        *GROUP, comparator_value="value", group_note=pl.lit(None, pl.String)
    )
