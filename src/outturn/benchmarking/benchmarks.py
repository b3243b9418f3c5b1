"""Values into Benchmarks: each member of a group among the others, and what others published."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import polars as pl

from outturn.benchmarking.against import with_against
from outturn.benchmarking.amounts import why_no_rank
from outturn.benchmarking.group_values import GROUP, group_values, rule_words
from outturn.benchmarking.groups import members
from outturn.benchmarking.parted_totals import OfParts
from outturn.benchmarking.quartile_rules import SAID, quartiles_by
from outturn.framework.model import Comparator, Measure, Place
from outturn.statistics.quantiles import RANK_SHARE, shared_rank
from outturn.statistics.ratios import ratio
from outturn.statistics.rounding import rounded
from outturn.terms.period import from_key
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
A_FORECAST = "A forecast is not ranked."
OUTSIDE = "A proportion below nothing or above the whole cannot be right, and is not ranked."
NOT_OVER = "The period is not over."
AS_PRINTED = "; ranks and quartiles go by the figures as printed"  # with the rule of quartiles
FEW_VALUES = " values: a quartile does not separate them."
ONE_VALUE = " members share one value: a quartile does not separate them."
ACROSS = " members share this figure across the edge of a quartile; all are given the better one."
JOINED = "The place is added to the group for its rank; the group's figure leaves it out."
DUST = 1e-9  # of the size of a number: what the machine's arithmetic may add
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
    as_of: date | None = None,
    of_parts: OfParts | None = None,
) -> pl.DataFrame:
    """A BENCHMARKS frame: one row for each member of each group, for each cell it has a row in,
    in the order of the values.

    Figures are compared as they are printed, at the measure's decimals: a difference too small
    to print does not part two places. Rank 1 is the best by the measure's aim (nearest to the
    band or the target number for those aims), ties share the best rank, and a member without a
    figure, with only a forecast, or with a proportion outside its scale, has no rank. Nobody has
    one by a figure that grows with the size of a place: a count or an amount of money (amounts.py).
    Quartiles follow the rule that their group asks for (`quartiles`), else `quartile_rule`, and say
    it in words in a column of that name; groups with fewer than four figures have none. Cells in
    which a group has neither two figures nor a figure of its own are left out. Rows of the
    `comparisons` contract, quartiles that others published, follow with the basis
    "reported": nothing in them is worked out again. `home`, where given, joins groups that do not
    list it. A period that ends after `as_of`, where that is given, is not over: nobody has a rank
    in it, and no group a figure. `of_parts` makes a group's figure of the counts of its parts,
    where a measure is of such a kind. `against` says how a figure with limits stands against that
    of its group (against.py): it is no status.
    """
    checked(values, VALUES)
    belongs = members(comparators, places, values["period"].unique().sort(), home)
    rows = values.join(belongs, on=["place", "period"], maintain_order="left_right")
    rows = rows.with_columns(is_over=_is_over(rows, as_of))
    rules = {id: one.quartiles or quartile_rule for id, one in comparators.items()}
    rows = _ranked(_grouped(_scored(rows, measures)), rules)
    ended = values.filter(_is_over(values, as_of))
    figures = group_values(rows.filter("is_over"), ended, comparators, measures, of_parts)
    rows = rows.join(figures, on=GROUP, how="left", maintain_order="left")
    rows = rows.filter((pl.col("with_value") >= 2) | pl.col("comparator_value").is_not_null())
    own = {id: one.place for id, one in comparators.items() if one.place}
    group_place = pl.col("comparator").replace_strict(own, default=None, return_dtype=pl.String)
    rows = with_against(_with_gaps(rows).with_columns(is_group=pl.col("place") == group_place))
    rows = rows.join(
        _rules(comparators, measures, places),
        on=["comparator", "measure"],
        how="left",
        maintain_order="left",
    ).with_columns(
        quartile_rule=pl.when(pl.col("quartile").is_not_null()).then(
            pl.col("rule").replace_strict(SAID, return_dtype=pl.String) + AS_PRINTED
        ),
        basis=pl.lit("computed"),
        note=_notes(),
    )
    made = fitted(rows, BENCHMARKS)
    return checked(pl.concat([made, _reported(comparisons, values)]), BENCHMARKS)


def _is_over(rows: pl.DataFrame, as_of: date | None) -> pl.Series:
    """Whether the period of each row has passed by the end of the day; always, without a day."""
    keys = rows["period"].unique()
    over = {key: as_of is None or from_key(key).finished(as_of) for key in keys}
    return rows["period"].replace_strict(over, default=True, return_dtype=pl.Boolean)


def _rules(
    comparators: Mapping[str, Comparator],
    measures: Mapping[str, Measure],
    places: Mapping[str, Place],
) -> pl.DataFrame:
    said = [
        (id, one.id, rule_words(group, one, places))
        for id, group in comparators.items()
        for one in measures.values()
    ]
    names = ("comparator", "measure", "comparator_rule")
    return pl.DataFrame(said, schema=dict.fromkeys(names, pl.String), orient="row")


def _scored(rows: pl.DataFrame, measures: Mapping[str, Measure]) -> pl.DataFrame:
    """The rows with `figure`, as printed, and `score`: lower is better, null is not ranked."""
    facts = pl.DataFrame(
        [_facts(one) for one in measures.values()],
        schema={
            "measure": pl.String,
            "aim": pl.String,
            "decimals": pl.Int64,
            "per": pl.Float64,
            "is_amount": pl.Boolean,
            "why_no_rank": pl.String,
            "in_people": pl.Boolean,
            "is_share": pl.Boolean,
            "best_low": pl.Float64,
            "best_high": pl.Float64,
        },
        orient="row",
    )
    rows = rows.join(facts, on="measure", maintain_order="left")
    beyond = pl.max_horizontal(pl.col("value") - pl.col("per"), -pl.col("value"))
    rows = rows.with_columns(outside=(pl.col("is_share") & (beyond > DUST)).fill_null(False))
    is_forecast = pl.col("provenance").fill_null("") == str(Provenance.FORECAST)
    usable = ~(is_forecast | pl.col("outside"))
    rows = rows.with_columns(figure=rounded(rows["value"], rows["decimals"]))
    rows = rows.with_columns(figure=pl.when(usable).then("figure"))
    away = pl.max_horizontal(
        pl.col("best_low") - pl.col("figure"), pl.col("figure") - pl.col("best_high"), pl.lit(0.0)
    )
    score = (
        pl.when(pl.col("figure").is_null() | (pl.col("aim") == "none") | ~pl.col("is_over"))
        .then(None)
        .when("is_amount")
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
    no_rank = why_no_rank(measure)
    in_people = measure.recompute and measure.kind in ("proportion", "rate")
    in_people &= not measure.is_weighted  # a sum of weights is no number of people
    return (
        measure.id,
        measure.aim,
        measure.decimals,
        float(measure.per),
        bool(no_rank),
        no_rank,
        in_people,
        measure.kind == "proportion",
        float(best[0]) if best else None,
        float(best[1]) if best else None,
    )


def _grouped(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows with one whole number for each group and cell, in place of five words."""
    cells = rows.select(GROUP).unique(maintain_order=True).with_row_index("group")
    return rows.join(cells, on=GROUP, how="left", maintain_order="left")


def _with_quartiles(rows: pl.DataFrame, rules: Mapping[str, str]) -> pl.DataFrame:
    """The rows with `rule`, `quartile` and `edge`, those of each rule worked out together."""
    rule = pl.col("comparator").replace_strict(rules, return_dtype=pl.String)
    rows = rows.with_row_index("_row").with_columns(rule=rule)
    found = [rows.clear().with_columns(quartile=pl.lit(""), edge=pl.lit(0.0))]
    for one in sorted(set(rows["rule"])):
        these = rows.filter(rule=one)
        quartile, edge = quartiles_by(these, one, "group")
        found.append(these.with_columns(quartile=quartile, edge=edge))
    return pl.concat(found).sort("_row").drop("_row")


def _ranked(rows: pl.DataFrame, rules: Mapping[str, str]) -> pl.DataFrame:
    score = pl.col("score")
    rows = _with_quartiles(rows, rules).with_columns(
        rank=shared_rank(score, CELL),
        tied=pl.when(score.is_not_null()).then(pl.len().over(["group", "score"])).cast(pl.Int64),
        with_value=pl.col("figure").count().over("group").cast(pl.Int64),
        different=pl.col("figure").drop_nulls().n_unique().over("group").cast(pl.Int64),
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
    shares = pl.col("rule") == RANK_SHARE  # by which all of one figure have the better quartile
    return rows.with_columns(straddles=straddles.fill_null(False) & shares)


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
    """The least whole number of people whose change would bring the printed figure to the edge.

    The figure is worked with unrounded. It need come only so near that it prints as the edge, or
    as the nearest printed figure beyond it: half a unit of the last place below is enough on the
    way up, for halves are rounded up, and on the way down it must be more than half a unit above.
    """
    rows = rows.with_columns(over=pl.col("denominator") * pl.col("spans").fill_null(1))
    rows = rows.with_columns(
        worth=ratio(rows["per"], rows["over"]), upward=pl.col("best_edge") > pl.col("figure")
    )
    unit = 10.0 ** -pl.col("decimals").cast(pl.Float64)
    steps = pl.col("best_edge") / unit
    up, down = (steps - DUST * steps.abs()).ceil(), (steps + DUST * steps.abs()).floor()
    enough = pl.when("upward").then((up - 0.5) * unit).otherwise((down + 0.5) * unit)
    people = (enough - pl.col("value")).abs() / pl.col("worth")
    dust = DUST * (enough.abs() / pl.col("worth")).clip(1.0)
    least = pl.when("upward").then((people - dust).ceil()).otherwise((people + dust).floor() + 1)
    least = pl.when(pl.col("gap") == 0).then(0.0).otherwise(least)
    wanted = pl.col("in_people") & pl.col("gap").is_not_null()
    return rows.select(pl.when(wanted).then(least).alias("gap_people")).to_series()


def _notes() -> pl.Expr:
    """All that must be said beside a rank, or in place of one, in sentences."""
    forecast = pl.col("provenance").fill_null("") == str(Provenance.FORECAST)
    lines = [
        pl.when(~pl.col("is_over")).then(pl.lit(NOT_OVER)),
        pl.when(pl.col("aim") == "none")
        .then(pl.lit(NOT_RANKED))
        .when("is_amount")
        .then("why_no_rank"),
        pl.when(forecast).then(pl.lit(A_FORECAST)),
        pl.when("outside").then(pl.lit(OUTSIDE)),
        pl.when(pl.col("value").is_null()).then(pl.lit(NO_FIGURE)),
        _too_few(),
        *_too_alike(),
        pl.when(~pl.col("listed")).then(pl.lit(JOINED)),
        pl.col("group_note"),
    ]
    joined = pl.concat_str(lines, separator=" ", ignore_nulls=True)
    return pl.when(joined != "").then(joined)


def _too_few() -> pl.Expr:
    ending = pl.when(pl.col("with_value") == 1).then(pl.lit(ONE_HAS)).otherwise(pl.lit(SOME_HAVE))
    said = pl.concat_str(
        pl.lit("Only "), _number("with_value"), pl.lit(" of "), _number("members"), ending
    )
    few = (pl.col("with_value") < FEWEST_FOR_QUARTILES) & (pl.col("members") > 1)
    return pl.when(few & pl.col("is_over")).then(said)


def _too_alike() -> tuple[pl.Expr, ...]:
    """Where many members share few figures, or one, or one lies across the edge of a quartile."""
    ranked = pl.col("rank").is_not_null() & (pl.col("with_value") >= FEWEST_FOR_QUARTILES)
    few = ranked & (pl.col("different") * MEMBERS_PER_VALUE < pl.col("with_value"))
    alike = pl.col("different") == 1
    tied = (pl.col("largest_tie") > 1) & (
        pl.col("largest_tie") * MEMBERS_PER_VALUE >= pl.col("with_value")
    )
    across = ranked & pl.col("straddles") & pl.col("quartile").is_not_null()
    said = (
        (few & alike, (_number("with_value"), ONE_VALUE)),
        (
            few & ~alike,
            (_number("with_value"), " members share ", _number("different"), FEW_VALUES),
        ),
        (
            ranked & tied & ~few,
            (_number("largest_tie"), " of ", _number("with_value"), ONE_VALUE),
        ),
        (across, (_number("tied"), ACROSS)),
    )
    return tuple(
        pl.when(case).then(
            pl.concat_str(pl.lit(one) if isinstance(one, str) else one for one in parts)
        )
        for case, parts in said
    )


def _number(name: str) -> pl.Expr:
    return pl.col(name).cast(pl.String)


def _reported(comparisons: pl.DataFrame | None, values: pl.DataFrame) -> pl.DataFrame:
    """What others published, as they published it, beside our own figure."""
    if comparisons is None or comparisons.is_empty():
        return empty(BENCHMARKS)
    undivided = {
        name: (pl.col(name) if name in comparisons.columns else pl.lit(None, pl.String))
        for name in ("breakdown", "category")
    }
    rows = comparisons.drop("value", "absent", "definition", strict=False).with_columns(
        column.fill_null(WHOLE).alias(name) for name, column in undivided.items()
    )
    own = values.select(*KEYS, "value", "absent", "definition").unique(
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
