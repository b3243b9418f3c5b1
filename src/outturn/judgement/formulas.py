"""Measures made of other measures, worked out column by column in the order they depend."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from graphlib import CycleError, TopologicalSorter

import polars as pl

from outturn.framework.model import Formula, Measure
from outturn.statistics.ratios import ratio
from outturn.statistics.suppression import PRESETS, WHY, is_small
from outturn.terms.errors import DefinitionMistake
from outturn.terms.period import from_key
from outturn.terms.records import VALUES, Absent, Provenance, fitted

CELL = ["place", "period", "breakdown", "category"]
ADDED = ("sum", "difference", "weighted")  # words that make a count of counts
_LEAST_CERTAIN_FIRST = (
    Provenance.FORECAST,
    Provenance.IMPUTED,
    Provenance.ESTIMATED,
    Provenance.PROVISIONAL,
    Provenance.FINAL,
)


def add_formulas(
    values: pl.DataFrame,
    measures: Mapping[str, Measure],
    disclosure: str = "none",
    public: Collection[str] = (),
) -> pl.DataFrame:
    """The values, followed by those of every formula measure; `shown` is left to the caller.

    A formula has a row for each cell in which one of its parts has one. A part without a figure
    leaves the whole without one, and the reason names the part. Where a part is not available there
    is no whole to suppress; else, where a part is suppressed, so is the whole. A count that parts
    give by adding or taking away is held to the preset itself: 10 less 8 is 2 people. It is not
    where all that it is made of comes from the sources in `public`.
    """
    made = {id: one for id, one in measures.items() if one.formula is not None}
    if not made:
        return values
    wanted = {part for one in made.values() for part in _parts(one)}
    held = values.filter(pl.col("measure").is_in(list(wanted)))
    known = _by_measure(held.with_columns(_ours=~all_public(held["source"], public)))
    results = []
    for id in in_order(made):
        rows = _withheld(_evaluated(made[id], measures, known), made[id], disclosure)
        known[id] = fitted(rows, VALUES).with_columns(rows["_ours"])
        results.append(known[id].drop("_ours"))
    return pl.concat([values, *results])


def all_public(sources: pl.Series, public: Collection[str]) -> pl.Series:
    """Whether everything behind each row has been published: every id in its `source`."""
    known = {
        text: bool(text) and all(one in public for one in text.split(", "))
        for text in sources.drop_nulls().unique()
    }
    if not known:
        return pl.repeat(False, len(sources), eager=True)
    return sources.replace_strict(known, default=False, return_dtype=pl.Boolean)


def in_order(made: Mapping[str, Measure]) -> list[str]:
    """The formula measures, each after those it is made of."""
    needs = {id: [part for part in _parts(one) if part in made] for id, one in made.items()}
    try:
        return list(TopologicalSorter(needs).static_order())
    except CycleError as circle:
        chain = " -> ".join(circle.args[1])
        file = made[circle.args[1][0]].file or circle.args[1][0]
        raise DefinitionMistake(
            where=f"{file}, formula",
            problem=f"The formula goes round in a circle: {chain}.",
            remedy="Take one of these measures out of the other's formula.",
        ) from None


def _parts(measure: Measure) -> tuple[str, ...]:
    return measure.formula.parts if measure.formula else ()


def _by_measure(values: pl.DataFrame) -> dict[str, pl.DataFrame]:
    parts = values.partition_by("measure", as_dict=True)
    return {str(key[0]): frame for key, frame in parts.items()}


def _evaluated(
    measure: Measure, measures: Mapping[str, Measure], known: Mapping[str, pl.DataFrame]
) -> pl.DataFrame:
    formula = measure.formula
    assert formula is not None
    rows = _aligned(formula, known)
    numbers = [pl.col(f"value{i}") for i in range(len(formula.parts))]
    rows = rows.with_columns(
        numerator=_numerator(formula, numbers),
        denominator=numbers[1] if formula.word == "ratio" else pl.lit(None, pl.Float64),
    )
    return rows.with_columns(
        value=_value(measure, rows, numbers),
        measure=pl.lit(measure.id),
        definition=_definitions(measure, rows["period"]),
        source=pl.lit(f"formula of {', '.join(formula.parts)}"),
        **_joined(len(formula.parts)),
    ).with_columns(**_reasons(measure, measures))


def _aligned(formula: Formula, known: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """One row for each cell in which any part has a row; the columns of each part numbered."""
    schema = {name: VALUES[name] for name in CELL}
    held = [known[part] for part in formula.parts if part in known]
    cells = [frame.select(CELL) for frame in held]
    rows = pl.concat([pl.DataFrame(schema=schema), *cells]).unique(maintain_order=True)
    for i, part in enumerate(formula.parts):
        frame = known.get(part, pl.DataFrame(schema={**VALUES, "_ours": pl.Boolean}))
        carried = ("value", "absent", "why", "rows", "edition", "provenance", "_ours")
        columns = [pl.col(name).alias(f"{name}{i}") for name in carried]
        rows = rows.join(frame.select(*CELL, *columns), on=CELL, how="left", maintain_order="left")
    return rows


def _numerator(formula: Formula, numbers: list[pl.Expr]) -> pl.Expr:
    match formula.word:
        case "ratio":
            return numbers[0]
        case "sum":
            return pl.sum_horizontal(numbers, ignore_nulls=False)
        case "difference":
            return numbers[0] - numbers[1]
    return pl.lit(None, pl.Float64)


def _value(measure: Measure, rows: pl.DataFrame, numbers: list[pl.Expr]) -> pl.Expr | pl.Series:
    formula = measure.formula
    assert formula is not None
    match formula.word:
        case "ratio":
            return ratio(rows["numerator"], rows["denominator"], float(measure.per))
        case "mean":
            total = rows.select(pl.sum_horizontal(numbers, ignore_nulls=False)).to_series()
            return ratio(total, pl.repeat(float(len(numbers)), len(total), eager=True))
        case "weighted":
            weighted = [n * w for n, w in zip(numbers, formula.weights, strict=True)]
            return pl.sum_horizontal(weighted, ignore_nulls=False)
    return pl.col("numerator")


def _withheld(rows: pl.DataFrame, measure: Measure, disclosure: str) -> pl.DataFrame:
    """The rows without what may not be told: small counts, and counts beside a suppressed part."""
    assert measure.formula is not None
    counts = measure.kind == "count" and measure.formula.word in ADDED
    few = is_small(pl.col("value") / float(measure.per), PRESETS[disclosure])
    small = pl.col("_ours") & few if counts else pl.lit(False)
    rows = rows.with_columns(_small=small.fill_null(False))
    rows = rows.with_columns(
        absent=pl.when("_small").then(pl.lit(str(Absent.SUPPRESSED))).otherwise("absent"),
        why=pl.when("_small").then(pl.lit(WHY)).otherwise("why"),
    )
    suppressed = (pl.col("absent") == str(Absent.SUPPRESSED)).fill_null(False)
    return rows.with_columns(
        pl.when(~suppressed).then(name).alias(name)
        for name in ("value", "numerator", "denominator", "rows", "method")
    )


def _definitions(measure: Measure, periods: pl.Series) -> pl.Expr:
    keys = periods.unique().to_list()
    versions = {key: measure.definition_in(from_key(key)) for key in keys}
    return pl.col("period").replace_strict(versions, default=None, return_dtype=pl.String)


def _joined(parts: int) -> dict[str, pl.Expr]:
    """What a formula row says of its sources: rows added, latest edition, least certain part."""

    def each(name: str) -> list[pl.Expr]:
        return [pl.col(f"{name}{i}") for i in range(parts)]

    order = {str(word): number for number, word in enumerate(_LEAST_CERTAIN_FIRST)}
    ranked = [
        one.replace_strict(order, default=None, return_dtype=pl.Int64) for one in each("provenance")
    ]
    words = {number: word for word, number in order.items()}
    least = pl.min_horizontal(ranked).replace_strict(words, default=None, return_dtype=pl.String)
    return {
        "rows": pl.sum_horizontal(each("rows")),
        "_ours": pl.any_horizontal(one.fill_null(False) for one in each("_ours")),
        "edition": pl.max_horizontal(each("edition")),
        "provenance": least,
    }


def _reasons(measure: Measure, measures: Mapping[str, Measure]) -> dict[str, pl.Expr]:
    formula = measure.formula
    assert formula is not None
    whys, absents, guarded, lacked = [], [], [], []
    for i, part in enumerate(formula.parts):
        title = (measures[part].short or measures[part].title) if part in measures else part
        missing = pl.col(f"value{i}").is_null()
        because = pl.coalesce(pl.col(f"why{i}"), pl.lit("there is no row for it."))
        whys.append(pl.when(missing).then(pl.lit(f"No figure for {title}: ") + because))
        hidden = pl.col(f"absent{i}") == str(Absent.SUPPRESSED)
        guarded.append(pl.when(missing & hidden))
        usual = pl.lit(str(Absent.NOT_AVAILABLE))
        lacked.append(pl.when(missing & (pl.col(f"absent{i}") == usual)))
        absents.append(pl.when(missing).then(pl.coalesce(pl.col(f"absent{i}"), usual)))
    unavailable = [one.then(pl.lit(str(Absent.NOT_AVAILABLE))) for one in lacked]
    suppressed = [one.then(pl.lit(str(Absent.SUPPRESSED))) for one in guarded]
    pairs = [*zip(lacked, whys, strict=True), *zip(guarded, whys, strict=True)]
    because_of = [one.then(why) for one, why in pairs]
    none = pl.col("value").is_null()
    zero = pl.lit("The denominator is zero.")
    method = f"{formula.word} of {', '.join(formula.parts)}"
    if formula.word == "ratio" and measure.per != 1:
        method += f" × {measure.per:,.10g}"
    return {
        "why": pl.when(none).then(pl.coalesce(*because_of, *whys, zero)),
        "absent": pl.when(none).then(
            pl.coalesce(*unavailable, *suppressed, *absents, pl.lit(str(Absent.NOT_AVAILABLE)))
        ),
        "method": pl.when(~none).then(pl.lit(method)),
    }
