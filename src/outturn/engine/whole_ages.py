"""Denominators of which a year lacks some of the ages: no figure, and not a smaller denominator.

A measure that asks for several groups of ages of the population means all the people of these ages.
Where a place and year has rows of some of them and none of the others, its rows are not counted for
that measure: so it has no denominator there, and says which ages are lacking.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from math import inf

import polars as pl

from outturn.contracts import Contract
from outturn.databases import InFiles
from outturn.engine.plan import PART_OF_DENOMINATOR
from outturn.framework.age_bands import AgeBand, ages_of
from outturn.framework.model import Measure, Tally
from outturn.terms.period import from_key
from outturn.terms.records import NO_DENOMINATOR

POPULATION, AGES = "population", "age_group"
Ages = tuple[tuple[int, float], ...]  # the first and last year of age of each stretch, in order
Tables = dict[str, pl.DataFrame | InFiles]
Lacking = dict[tuple[str, str], str]  # place and period of a population -> the ages it lacks


def with_whole_ages(
    measures: Iterable[Measure],
    tables: Mapping[str, pl.DataFrame | InFiles],
    contracts: Mapping[str, Contract],
) -> tuple[list[Measure], Tables, dict[str, Contract], dict[str, Lacking]]:
    """The same, but where ages are lacking: then the measure counts a table without these years.

    The last is what is lacking, by measure. A population in files is left as it is.
    """
    given, more, found = dict(tables), dict(contracts), dict[str, Lacking]()
    rows, made = tables.get(POPULATION), []
    for measure in measures:
        tally = measure.denominator
        if tally and isinstance(rows, pl.DataFrame) and (lacks := _lacking(tally, rows)):
            name = f"{POPULATION} of {measure.id}"
            given[name] = _without(rows, lacks)
            more[name] = replace(contracts[POPULATION], name=name)
            found[measure.id] = lacks
            measure = replace(measure, denominator=replace(tally, table=name))
        made.append(measure)
    return made, given, more, found


def told(counts: pl.DataFrame, lacking: Mapping[str, Lacking]) -> pl.DataFrame:
    """The counts without a denominator, each with the ages that its place and year lacks."""
    lines = [
        (measure, place, key, why)
        for measure, lacks in lacking.items()
        for (place, own), why in lacks.items()
        for key in counts.filter(pl.col("measure") == measure)["period"].unique()
        if _holds(own, key)
    ]
    if not lines:
        return counts
    kinds = dict.fromkeys(("measure", "place", "period", "ages"), pl.String)
    ages = (
        pl.DataFrame(lines, schema=kinds, orient="row")
        .sort(*kinds)
        .unique(["measure", "place", "period"], keep="first", maintain_order=True)
    )
    joined = counts.join(ages, on=["measure", "place", "period"], how="left", maintain_order="left")
    without = (
        pl.col("why").is_in([NO_DENOMINATOR, PART_OF_DENOMINATOR]) & pl.col("ages").is_not_null()
    )
    return joined.with_columns(pl.when(without).then("ages").otherwise("why").alias("why")).drop(
        "ages"
    )


def _holds(own: str, key: str) -> bool:
    """Whether the year of a population holds the start of a period."""
    year, period = from_key(own), from_key(key)
    return year.start <= period.start <= year.end


def _lacking(tally: Tally, rows: pl.DataFrame) -> Lacking:
    """The places and years that have some of the ages that are asked for, and not all."""
    words = _words(tally)
    bands = [ages_of(word) for word in words]
    if tally.table != POPULATION or len(words) < 2 or None in bands:
        return {}
    asked = _joined(one for one in bands if one)
    there = rows.filter(pl.col(AGES).is_in(words)).group_by("place", "period").agg(
        pl.col(AGES).unique().sort())  # fmt: skip
    found = {}
    for place, period, groups in there.iter_rows():
        have = _joined(one for word in groups if (one := ages_of(word)))
        if have != asked:
            ages = " and ".join(_gaps(asked, have))
            found[place, period] = f"The population has no rows for ages {ages}."
    return found


def _words(tally: Tally) -> list[str]:
    """The groups that a condition asks for by name."""
    listed = [one for one in tally.where if one.column == AGES and one.word == "one_of"]
    return [str(word) for word in listed[0].bounds] if len(listed) == 1 else []


def _gaps(asked: Ages, have: Ages) -> Iterator[str]:
    """The ages that are asked for and not there."""
    for first, last in asked:
        begin: float = first
        for start, end in have:
            if begin <= start <= last:
                if begin < start:
                    yield AgeBand(int(begin), start - 1, ()).name
                begin = end + 1
        if begin <= last and begin != inf:
            yield AgeBand(int(begin), last, ()).name


def _joined(bands: Iterable[AgeBand]) -> Ages:
    """Stretches of ages, those that follow one another as one."""
    found: list[tuple[int, float]] = []
    for one in sorted(bands, key=lambda band: (band.start, band.end)):
        if found and found[-1][1] != inf and one.start <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(found[-1][1], one.end))
        elif not found or found[-1][1] != inf:
            found.append((one.start, one.end))
    return tuple(found)


def _without(rows: pl.DataFrame, lacks: Lacking) -> pl.DataFrame:
    pairs = pl.DataFrame([*lacks], schema={"place": pl.String, "period": pl.String}, orient="row")
    return rows.join(pairs, on=["place", "period"], how="anti")
