"""Figures that need a column which an extract does not have: they are not available, and say so.

Nothing tells such a column from one in which every cell is empty, and of empty cells figures can be
made that look right. So each measure is asked for the columns that it counts by, and each derived
table for those that it is made of (`ingest.derivations.columns`). A column by which a measure is
only divided costs the groups of that breakdown and no other figure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from outturn.contracts import Contract
from outturn.engine.plan import counted, period_column, rolls_up
from outturn.framework import Partnership
from outturn.framework.model import Measure, Tally
from outturn.framework.places import added_up
from outturn.ingest.derivations.columns import ROWS
from outturn.ingest.unfilled import Lacks, Unfilled
from outturn.judgement.formulas import in_order
from outturn.terms.records import COUNTS, WHOLE, Absent, fitted

_COUNTED = ("numerator", "denominator", "squares", "answers", "lower", "upper")


@dataclass(frozen=True, slots=True)
class Cost:
    """What a measure loses: every figure, or the groups of one breakdown."""

    measure: Measure
    breakdown: str  # WHOLE: every figure
    because: tuple[Unfilled, ...]


def costs(
    measures: Iterable[Measure], lacks: Lacks, contracts: Mapping[str, Contract]
) -> list[Cost]:
    """What each measure that is counted from rows loses for want of columns."""
    found = []
    for measure in counted(measures):
        whole = _because(lacks, _asked(measure, contracts, lacks))
        if whole:
            found.append(Cost(measure, WHOLE, whole))
        tables = [one.table for one in (measure.numerator, measure.denominator) if one]
        for one in measure.breakdowns:
            divided = _because(lacks, ((table, one.column) for table in tables))
            if more := tuple(each for each in divided if each not in whole):
                found.append(Cost(measure, one.name, more))
    return found


def _asked(
    measure: Measure, contracts: Mapping[str, Contract], lacks: Lacks
) -> Iterator[tuple[str, str]]:
    """The columns on which every figure of a measure hangs, with their tables."""
    for tally in (measure.numerator, measure.denominator):
        if tally and tally.table in contracts:
            yield from ((tally.table, one) for one in _of_tally(tally, contracts[tally.table]))
            some = (one for one in lacks.get(tally.table, {}) if "=" in one)
            yield from ((tally.table, one) for one in some if _counts(tally, one))
            if measure.parted:  # its figure is made of those of the parts
                yield tally.table, measure.parted.column
    if measure.supplied in contracts:  # its rows show which periods were supplied
        yield from ((measure.supplied, one) for one in (ROWS, contracts[measure.supplied].period))


def _of_tally(tally: Tally, contract: Contract) -> Iterator[str]:
    """The columns that a tally reads: of nothing else does it matter whether it is there.

    How far the records reach is told by a date of theirs, and decides which periods have a figure.
    """
    yield ROWS
    yield from (tally.column, tally.opens, tally.closes, period_column(tally, contract))
    yield from (one.column for one in tally.where)
    if not tally.of_year:
        yield contract.reaches


def _counts(tally: Tally, some: str) -> bool:
    """Whether a tally counts rows whose column holds a word: "part=referral to service"."""
    column, word = some.split("=")
    asked = [one for one in tally.where if one.column == column and one.word in ("is", "one_of")]
    return all(word in one.bounds for one in asked)


def _because(lacks: Lacks, asked: Iterable[tuple[str, str]]) -> tuple[Unfilled, ...]:
    found = (lacks.get(table, {}).get(column, ()) for table, column in asked)
    return tuple(dict.fromkeys(one for each in found for one in each))


def without_unfilled(
    counts: pl.DataFrame, lost: Sequence[Cost], partnership: Partnership
) -> pl.DataFrame:
    """COUNTS of which those that need a column that is not there are not available, with why.

    They are those of the places of the source, or of a folder those of which every file lacks it,
    and of the places above that these count for.
    """
    lines = [
        (one.measure.id, place, None if one.breakdown == WHOLE else one.breakdown, why)
        for one in lost
        for place, why in _by_place(one, partnership).items()
    ]
    if not lines:
        return counts
    kinds = dict.fromkeys(("measure", "place", "breakdown", "lost"), pl.String)
    told = pl.DataFrame(lines, schema=kinds, orient="row")
    every = told.filter(pl.col("breakdown").is_null()).drop("breakdown")
    some = told.filter(pl.col("breakdown").is_not_null()).rename({"lost": "of_groups"})
    joined = counts.join(every, on=["measure", "place"], how="left", maintain_order="left").join(
        some, on=["measure", "place", "breakdown"], how="left", maintain_order="left"
    )
    lacking = pl.coalesce("lost", "of_groups")
    gone = lacking.is_not_null()
    return fitted(
        joined.with_columns(
            *(pl.when(~gone).then(name).alias(name) for name in _COUNTED),
            rows=pl.when(gone).then(pl.lit(0, pl.Int64)).otherwise("rows"),
            absent=pl.when(gone).then(pl.lit(str(Absent.NOT_AVAILABLE))).otherwise("absent"),
            why=pl.coalesce(lacking, "why"),
        ),
        COUNTS,
    )


def _by_place(cost: Cost, partnership: Partnership) -> dict[str, str]:
    """Why each place has no such figure."""
    lines = added_up(partnership.places, partnership.hierarchy, partnership.tops)
    found: dict[str, dict[Unfilled, None]] = {}
    for one in cost.because:
        for code in one.places:
            for place in lines.get(code, (code,)) if rolls_up(cost.measure) else (code,):
                found.setdefault(place, {})[one] = None
    return {place: _why(cost, list(because)) for place, because in found.items()}


def _why(cost: Cost, because: Sequence[Unfilled]) -> str:
    lacking: dict[str, dict[str, None]] = {}
    for one in because:
        lacking.setdefault(_lacking(one), {})[one.named] = None
    said = [f"{who} no {' and no '.join(names)}" for who, names in lacking.items()]
    needs = _named(cost.measure)
    if cost.breakdown != WHOLE:
        needs = f"{needs} by {cost.breakdown}"
    sentence = f"{' and '.join(said)}, which {needs} needs."
    return sentence if because[0].some else f"The extract {sentence}"


def _lacking(one: Unfilled) -> str:
    """Who has not: "'Client level data' has", "2 of 12 files of 'cld' (a.csv, b.csv) have"."""
    return f"{one.some} have" if one.some else f"'{one.title}' has"


def _named(measure: Measure) -> str:
    return f"'{measure.short or measure.title}'"


def notes_of(lost: Sequence[Cost], measures: Mapping[str, Measure]) -> dict[str, str]:
    """What each measure says of itself that loses every figure, or that is made of such a one.

    Of a folder of files of which some lack a column, that some places have none, or that figures
    are incomplete.
    """
    found: dict[str, dict[str, None]] = {}
    for one in lost:
        if one.breakdown != WHOLE:
            continue
        said = found.setdefault(one.measure.id, {})
        if whole := [each for each in one.because if not each.some]:
            said[_why(one, whole).removesuffix(".")] = None
        for each in one.because:
            if each.some:
                what = "incomplete" if each.mixed else "not of every place"
                said[f"{what}: {each.some} have no {each.named}"] = None
    made = {id: one for id, one in measures.items() if one.formula}
    for id in in_order(made):
        formula = made[id].formula
        of_parts = [found[part] for part in formula.parts if part in found] if formula else []
        if of_parts:
            found[id] = {said: None for each in of_parts for said in each}
    return {id: "; ".join(said) for id, said in found.items()}


def sentences(lost: Sequence[Cost]) -> list[str]:
    """What is told of each column that is not there and costs a figure, all at once."""
    by_column: dict[Unfilled, dict[str, None]] = {}
    for cost in lost:
        for one in cost.because if cost.breakdown == WHOLE else ():
            by_column.setdefault(one, {})[_named(cost.measure)] = None
    return [_sentence(one, list(names)) for one, names in by_column.items()]


def _sentence(one: Unfilled, names: Sequence[str]) -> str:
    many = (
        "1 measure needs it and has"
        if len(names) == 1
        else f"{len(names)} measures need it and have"
    )
    what = f"{one.where} has no column {one.named}: {many} no figure"
    if one.some:
        many = "1 measure needs it, whose figures are" if len(names) == 1 else (
            f"{len(names)} measures need it, and their figures are")  # fmt: skip
        lost = "incomplete" if one.mixed else "not available for the places of these files"
        what = f"{one.some} have no column {one.named}: {many} {lost}"
    return (
        f"{what} ({', '.join(names)}). Put it into the extract, or, where it has another name "
        f'there, write columns = {{ {one.column} = "that name" }} in data/sources.toml.'
    )
