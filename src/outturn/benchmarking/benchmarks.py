"""Values into Benchmarks: each member of a group among the others, and what others published."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from outturn.benchmarking.group_values import GROUP, group_values, rule_words
from outturn.benchmarking.groups import members
from outturn.framework.model import Comparator, Measure, Place
from outturn.statistics.quantiles import RANK_SHARE, RULES, quartile_column, shared_rank, top_edge
from outturn.statistics.ratios import ratio
from outturn.statistics.rounding import rounded
from outturn.terms.records import (
    BENCHMARKS,
    KEYS,
    VALUES,
    WHOLE,
    Provenance,
    checked,
    empty,
    fitted,
)

FEWEST_FOR_QUARTILES = 4
# A quartile holds a quarter of the group: it says little where the values are so few that they
# average more than four members each, and nothing where one value alone fills a quarter.
MEMBERS_PER_VALUE = 4
ONE_HAS = " members has a figure: too few for quartiles."
SOME_HAVE = " members have a figure: too few for quartiles."
NOT_RANKED = "The measure has no better side, so it is not ranked."
NO_FIGURE = "No figure, so no rank."
CELL = ["group"]  # one group in one cell


def benchmarks(
    values: pl.DataFrame,
    *,
    measures: Mapping[str, Measure],
    comparators: Mapping[str, Comparator],
    places: Mapping[str, Place],
    comparisons: pl.DataFrame | None = None,
    home: str = "",
    quartile_rule: str = RANK_SHARE,
) -> pl.DataFrame:
    """A BENCHMARKS frame: one row for each member of each group, for each cell it has a row in,
    in the order of the values.

    Figures are compared as they are printed, at the measure's decimals: a difference too small
    to print does not part two places. Rank 1 is the best by the measure's aim (nearest to the
    band or the target number for those aims), ties share the best rank, and a member without a
    figure, or with only a forecast, has no rank. Quartiles follow `quartile_rule`, printed in
    `quartile_rule`; groups with fewer than four figures have none. Cells in which a group has
    neither two figures nor a figure of its own are left out. Rows of the `comparisons` contract,
    quartiles that others published, follow with the basis "reported": nothing in them is worked
    out again. `home`, where given, joins groups that do not list it.
    """
    checked(values, VALUES)
    belongs = members(comparators, places, values["period"].unique().sort(), home)
    rows = values.join(belongs, on=["place", "period"], maintain_order="left_right")
    rows = _ranked(_grouped(_scored(rows, measures)), quartile_rule)
    figures = group_values(rows, values, comparators, measures)
    rows = rows.join(figures, on=GROUP, how="left", maintain_order="left")
    rows = rows.filter((pl.col("with_value") >= 2) | pl.col("comparator_value").is_not_null())
    rows = _with_gaps(rows)
    rules = {id: rule_words(one) for id, one in comparators.items()}
    rows = rows.with_columns(
        comparator_rule=pl.col("comparator").replace_strict(
            rules, default=None, return_dtype=pl.String
        ),
        quartile_rule=pl.when(pl.col("quartile").is_not_null()).then(pl.lit(RULES[quartile_rule])),
        basis=pl.lit("computed"),
        note=_notes(),
    )
    made = fitted(rows, BENCHMARKS)
    return checked(pl.concat([made, _reported(comparisons, values)]), BENCHMARKS)


def _scored(rows: pl.DataFrame, measures: Mapping[str, Measure]) -> pl.DataFrame:
    """The rows with `figure`, as printed, and `score`: lower is better, null is not ranked."""
    facts = pl.DataFrame(
        [_facts(one) for one in measures.values()],
        schema={
            "measure": pl.String,
            "aim": pl.String,
            "decimals": pl.Int64,
            "per": pl.Float64,
            "counted": pl.Boolean,
            "in_people": pl.Boolean,
            "best_low": pl.Float64,
            "best_high": pl.Float64,
        },
        orient="row",
    )
    rows = rows.join(facts, on="measure", maintain_order="left")
    usable = pl.col("provenance").fill_null("") != str(Provenance.FORECAST)
    rows = rows.with_columns(figure=rounded(rows["value"], rows["decimals"]))
    rows = rows.with_columns(figure=pl.when(usable).then("figure"))
    away = pl.max_horizontal(
        pl.col("best_low") - pl.col("figure"), pl.col("figure") - pl.col("best_high"), pl.lit(0.0)
    )
    score = (
        pl.when(pl.col("figure").is_null() | (pl.col("aim") == "none"))
        .then(None)
        .when(pl.col("aim") == "higher")
        .then(-pl.col("figure"))
        .when(pl.col("aim") == "lower")
        .then("figure")
        .otherwise(away.round(9))
    )
    return rows.with_columns(score=score)


def _facts(measure: Measure) -> tuple[object, ...]:
    best = measure.band if measure.aim == "band" else None
    if measure.aim == "closest" and measure.closest_to is not None:
        best = (measure.closest_to, measure.closest_to)
    counted = measure.kind == "count"
    in_people = measure.recompute and (counted or measure.kind in ("proportion", "rate"))
    return (
        measure.id,
        measure.aim,
        measure.decimals,
        float(measure.per),
        counted,
        in_people,
        float(best[0]) if best else None,
        float(best[1]) if best else None,
    )


def _grouped(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows with one whole number for each group and cell, in place of five words."""
    cells = rows.select(GROUP).unique(maintain_order=True).with_row_index("group")
    return rows.join(cells, on=GROUP, how="left", maintain_order="left")


def _ranked(rows: pl.DataFrame, rule: str) -> pl.DataFrame:
    score = pl.col("score")
    rows = rows.with_columns(
        rank=shared_rank(score, CELL),
        tied=pl.when(score.is_not_null()).then(pl.len().over(["group", "score"])).cast(pl.Int64),
        with_value=pl.col("figure").count().over("group").cast(pl.Int64),
        different=pl.col("figure").drop_nulls().n_unique().over("group").cast(pl.Int64),
        quartile=quartile_column(score, CELL, rule),
        edge=top_edge(score, CELL, rule),
    )
    enough = pl.col("with_value") >= FEWEST_FOR_QUARTILES
    alone = pl.col("with_value") < 2
    rows = rows.with_columns(
        rank=pl.when(~alone).then("rank"),
        tied=pl.when(~alone).then("tied"),
        quartile=pl.when(enough).then("quartile"),
        edge=pl.when(enough).then("edge"),
        largest_tie=pl.col("tied").max().over("group"),
    )
    worst = rows.select(
        pl.when(score.is_not_null()).then(pl.col("rank") + pl.col("tied") - 1)
    ).to_series()
    straddles = (worst - 1) * 4 // rows["with_value"] != (rows["rank"] - 1) * 4 // rows[
        "with_value"
    ]
    return rows.with_columns(straddles=straddles.fill_null(False))


def _with_gaps(rows: pl.DataFrame) -> pl.DataFrame:
    """The edge of the top quartile as a figure, and how far each member is from it.

    For a band or a number to be close to, the edge is a distance either way, so it is given on
    the member's own side.
    """
    side = pl.when(pl.col("figure") < pl.col("best_low")).then(
        pl.col("best_low") - pl.col("edge")
    ).otherwise(pl.col("best_high") + pl.col("edge"))  # fmt: skip
    edge = (
        pl.when(pl.col("aim") == "higher")
        .then(-pl.col("edge"))
        .when(pl.col("aim") == "lower")
        .then("edge")
        .otherwise(side)
    )
    rows = rows.with_columns(best_edge=edge + 0.0)
    top = pl.col("score") <= pl.col("edge")
    gap = pl.when(top).then(0.0).otherwise((pl.col("figure") - pl.col("best_edge")).abs().round(9))
    rows = rows.with_columns(gap=pl.when(pl.col("score").is_not_null()).then(gap))
    return rows.with_columns(gap_people=_people(rows))


def _people(rows: pl.DataFrame) -> pl.Series:
    """The least whole number of people whose change would bring the printed figure to the edge."""
    one = pl.Series([1.0] * len(rows), dtype=pl.Float64)
    rows = rows.with_columns(one=one)
    over = rows.select(pl.when("counted").then("one").otherwise("denominator")).to_series()
    worth = ratio(rows["per"], over)
    gap = ratio(rows["gap"], worth)
    frame = rows.select("in_people", "gap").with_columns(people=gap)
    least = (pl.col("people") - 1e-9 * pl.col("people").abs()).ceil()
    return frame.select(pl.when("in_people").then(least).alias("gap_people")).to_series()


def _notes() -> pl.Expr:
    def number(name: str) -> pl.Expr:
        return pl.col(name).cast(pl.String)

    ranked = pl.col("rank").is_not_null()
    few = ranked & (pl.col("different") * MEMBERS_PER_VALUE < pl.col("with_value"))
    tied = ranked & (pl.col("largest_tie") * MEMBERS_PER_VALUE >= pl.col("with_value"))
    tied = tied & (pl.col("largest_tie") > 1) & ~few
    some = pl.col("with_value") >= FEWEST_FOR_QUARTILES
    lines = [
        pl.when(pl.col("aim") == "none").then(pl.lit(NOT_RANKED)),
        pl.when(pl.col("provenance").fill_null("") == str(Provenance.FORECAST)).then(
            pl.lit("A forecast is not ranked.")
        ),
        pl.when(pl.col("value").is_null()).then(pl.lit(NO_FIGURE)),
        pl.when(~some).then(
            pl.concat_str(
                pl.lit("Only "),
                number("with_value"),
                pl.lit(" of "),
                number("members"),
                pl.when(pl.col("with_value") == 1)
                .then(pl.lit(ONE_HAS))
                .otherwise(pl.lit(SOME_HAVE)),
            )
        ),
        pl.when(some & few).then(
            pl.concat_str(
                number("with_value"),
                pl.lit(" members share "),
                number("different"),
                pl.lit(" values: a quartile does not separate them."),
            )
        ),
        pl.when(some & tied).then(
            pl.concat_str(
                number("largest_tie"),
                pl.lit(" of "),
                number("with_value"),
                pl.lit(" members share one value: a quartile does not separate them."),
            )
        ),
        pl.when(some & pl.col("straddles") & pl.col("quartile").is_not_null()).then(
            pl.concat_str(
                number("tied"),
                pl.lit(" members share this figure across the edge of a quartile; "),
                pl.lit("all are given the better one."),
            )
        ),
        pl.when(~pl.col("listed")).then(
            pl.lit(
                "The place is added to the group for its rank; the group's figure leaves it out."
            )
        ),
        pl.col("group_note"),
    ]
    joined = pl.concat_str(lines, separator=" ", ignore_nulls=True)
    return pl.when(joined != "").then(joined)


def _reported(comparisons: pl.DataFrame | None, values: pl.DataFrame) -> pl.DataFrame:
    """What others published, as they published it, beside our own figure."""
    if comparisons is None or comparisons.is_empty():
        return empty(BENCHMARKS)
    undivided = {
        name: (pl.col(name) if name in comparisons.columns else pl.lit(None, pl.String))
        for name in ("breakdown", "category")
    }
    rows = comparisons.drop("value", "definition", strict=False).with_columns(
        column.fill_null(WHOLE).alias(name) for name, column in undivided.items()
    )
    own = values.select(*KEYS, "value", "definition").unique(
        KEYS, keep="first", maintain_order=True
    )
    rows = rows.join(own, on=list(KEYS), how="left", maintain_order="left")
    return fitted(
        rows.with_columns(
            basis=pl.lit("reported"),
            comparator_rule=pl.lit("as published"),
            quartile_rule=pl.lit("as published"),
        ),
        BENCHMARKS,
    )
