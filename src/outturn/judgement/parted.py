"""Figures made of the counts of their parts: standardised for age, of inequality, of a life table.

The undivided figure, which would be the sum of the numerators over that of the denominators, is
made of the counts of the parts. Those of a standardised rate keep their own rates, each the one
over the other. Those of another kind have counts alone: what a death rate or a number of events is
in, and which way it is better, is not what the measure's unit and aim say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from outturn.framework.model import Comparator, Measure, Place
from outturn.framework.parted import EUROPEAN, INEQUALITY, LIFE, PARTED, RATE, RATIO
from outturn.judgement.goals import members_of
from outturn.judgement.inequality import inequality
from outturn.judgement.intervals import NO_LIMITS
from outturn.judgement.parts import (
    Floats,
    Parts,
    Reasons,
    bands_of,
    parts_of,
    reasons_of,
    repeated,
)
from outturn.judgement.words import is_reported
from outturn.statistics.columns import Estimate
from outturn.statistics.intervals import count_methods
from outturn.statistics.life_expectancy import AGES, LEAST_PEOPLE, WIDEST, life_expectancy
from outturn.statistics.method_sets import method_set
from outturn.statistics.standardisation import (
    direct_rate,
    expected_events,
    indirect_rate,
    indirect_ratio,
)
from outturn.terms.records import Absent

NAMES = {"Exact": "exact Poisson", "Byars": "Byar's"}
ANY_NUMBER = "Scotland"  # the set by which a rate of any number of events is made
COUNTS_ALONE = "Counts were supplied without the figure, which does not follow from them alone."
NONE_EXPECTED = "No events are expected at the rates of {}."
MORE_DEATHS = "In a band more people died than lived."
FEW_PEOPLE = f"A life table needs more than {LEAST_PEOPLE:,} people."
NO_LAST_DEATHS = "Nobody died in the last band, so the table has no end."
A_PART = "It is a part of what the figure is made of, and has counts but no figure of its own."
MEMBERS_WITHHELD = "Suppressed to protect people: counts of {} of the {} members of {}."
TOO_WIDE = f"The 95% limits are more than {WIDEST:.0f} years apart."

Found = tuple[Estimate, pl.Series]  # and the name of each one's limits


@dataclass(frozen=True, slots=True)
class Others:
    """The places and groups whose rates a figure may be standardised to."""

    places: Mapping[str, Place]
    comparators: Mapping[str, Comparator] = field(default_factory=dict)

    def name(self, to: str) -> str:
        if to in self.places:
            return self.places[to].name
        return self.comparators[to].full_name if to in self.comparators else to

    def codes(self, to: str) -> tuple[str, ...]:
        """The place itself, or the members of the group of that id."""
        if to in self.places or to not in self.comparators:
            return (to,)
        return members_of(self.comparators[to], self.places)


def made_of_parts(
    rows: pl.DataFrame, measures: Mapping[str, Measure], others: Others
) -> pl.DataFrame:
    """The rows, in which the undivided figures of such measures are made of those of their parts.

    `rows` have `over`, by which each numerator is divided. A figure without all of its parts is
    none, and says which are lacking. What a source reported is left alone, and so is a figure that
    the counts of the whole could not make.
    """
    ours = [one for one in measures.values() if one.kind in PARTED]
    if not ours:
        return rows
    rows = _only_as_reported(rows, [one.id for one in ours if one.reported])
    counted = [parts_of(rows, one) for one in ours if one.parted and one.numerator]
    changed = [_changed(parts, others) for parts in counted if len(parts.rows)]
    if not changed:
        return rows
    made = pl.concat(changed)
    new = [name for name in made.columns if name not in ("_row", "_made")]
    joined = rows.with_row_index("_row").join(made, on="_row", how="left", maintain_order="left")
    done = joined.with_columns(
        pl.when(pl.col("_made")).then(pl.col(f"_{name}")).otherwise(_old(rows, name)).alias(name)
        for name in (one.removeprefix("_") for one in new)
    ).drop("_row", "_made", *new)
    return _without_parts(done, ours)


def _without_parts(rows: pl.DataFrame, measures: Iterable[Measure]) -> pl.DataFrame:
    """The rows, of which the parts that are in another unit than the whole have no figure."""
    apart = [(one.id, one.parted.name) for one in measures if one.parted and one.kind != RATE]
    if not apart:
        return rows
    named = pl.struct("measure", "breakdown").is_in(
        [{"measure": id, "breakdown": name} for id, name in apart]
    )
    told = named & pl.col("value").is_not_null() & ~is_reported()
    none = {
        "value": pl.lit(None, pl.Float64),
        "method": pl.lit(None, pl.String),
        "absent": pl.lit(str(Absent.NOT_APPLICABLE)),
        "why": pl.lit(A_PART),
    }
    return rows.with_columns(
        pl.when(told).then(new).otherwise(name).alias(name) for name, new in none.items()
    )


def _only_as_reported(rows: pl.DataFrame, reported: list[str]) -> pl.DataFrame:
    """The rows, of which those with reported counts alone are not taken for such a figure."""
    crude = pl.col("value").is_not_null() & ~is_reported()
    none = pl.col("measure").is_in(reported) & crude
    made = {
        "value": pl.lit(None, pl.Float64),
        "method": pl.lit(None, pl.String),
        "absent": pl.lit(str(Absent.NOT_AVAILABLE)),
        "why": pl.lit(COUNTS_ALONE),
    }
    return rows.with_columns(
        pl.when(none).then(new).otherwise(name).alias(name) for name, new in made.items()
    )


def _old(rows: pl.DataFrame, name: str) -> pl.Expr:
    return pl.col(name) if name in rows.columns else pl.lit(None)


def _changed(parts: Parts, others: Others) -> pl.DataFrame:
    """What is new in each row: the figure, its limits and method, or why there is none."""
    to = parts.measure.standardise
    reasons = reasons_of(parts, divided=to is None or to.directly)
    estimate, named = _ESTIMATES[parts.measure.kind](parts, reasons, others)
    value, lower, upper = (
        pl.Series(np.where(reasons.sound & np.isfinite(one), one, np.nan)).fill_nan(None)
        for one in estimate
    )
    absent = np.where(reasons.withheld, str(Absent.SUPPRESSED), str(Absent.NOT_AVAILABLE))
    no_limits = parts.measure.methods == NO_LIMITS
    frame = pl.DataFrame(
        {
            "_row": parts.rows["_row"],
            "_made": pl.Series([True] * len(value)),
            "_value": value,
            "_lower": lower,
            "_upper": upper,
            "_interval": named,
            "_method": _methods(parts, others),
            "_absent": pl.Series(absent.tolist(), dtype=pl.String),
            "_why": pl.Series(reasons.why.tolist(), dtype=pl.String),
        }
    )
    none = pl.col("_value").is_null()
    limited = ~none & pl.col("_lower").is_not_null() & pl.col("_upper").is_not_null()
    limited &= pl.lit(not no_limits)
    return frame.with_columns(
        *(pl.when(limited).then(name).alias(name) for name in ("_lower", "_upper", "_interval")),
        *(pl.when(none).then(name).alias(name) for name in ("_absent", "_why")),
        _method=pl.when(~none).then("_method"),
    )


def _usable(parts: Parts, reasons: Reasons) -> tuple[Floats, Floats]:
    """The counts of the figures that can be made; the others' are missing, and harmless."""
    sound = reasons.sound[:, None]
    events = np.where(sound, parts.events, np.nan)
    return events, np.where(sound, parts.people, 1.0)


def _set_of(measure: Measure) -> str:
    return ANY_NUMBER if measure.methods == NO_LIMITS else measure.methods


def _directly(parts: Parts, reasons: Reasons) -> Found:
    methods = _set_of(parts.measure)
    fewest = method_set(methods).standardised_from
    few = f"Fewer than {fewest:.0f} events, too few for such a rate ({methods})."
    reasons.give(np.nansum(parts.events, axis=1) < fewest, few)
    events, people = _usable(parts, reasons)
    weights = [band.weight for band in parts.bands]
    found = direct_rate(events, people, weights, per=parts.measure.per, methods=methods)
    return found, repeated(f"Dobson, 95% ({methods})", len(events))


def _standardised(parts: Parts, reasons: Reasons, others: Others) -> Found:
    to = parts.measure.standardise
    assert to is not None
    if to.directly:
        return _directly(parts, reasons)
    name, codes = others.name(to.to), others.codes(to.to)
    _, hidden = parts.members(codes)
    if len(codes) > 1 and hidden.any():
        told = [MEMBERS_WITHHELD.format(number, len(codes), name) for number in hidden]
        reasons.give(hidden > 0, np.array(told, dtype=np.object_), withheld=True)
    theirs = parts.of(codes)
    lacking = reasons_of(theirs, name)
    for withheld in (True, False):
        whose = ~lacking.sound & (lacking.withheld == withheld)
        reasons.give(whose, lacking.why, withheld=withheld)
    sound = reasons.sound[:, None]
    reference, whole = (np.where(sound, one, 1.0) for one in (theirs.events, theirs.people))
    events, people = _usable(parts, reasons)
    expected = expected_events(people, reference, whole)
    reasons.give(expected <= 0, NONE_EXPECTED.format(name))
    expected = np.where(expected > 0, expected, np.nan)
    methods, per = _set_of(parts.measure), parts.measure.per
    observed = events.sum(axis=1)
    if parts.measure.kind == RATIO:
        found = indirect_ratio(observed, expected, per=per, methods=methods)
    else:
        crude = reference.sum(axis=1) / whole.sum(axis=1)
        found = indirect_rate(observed, expected, crude, per=per, methods=methods)
    limits = pl.Series(count_methods(observed, methods=methods).tolist(), dtype=pl.String)
    return found, limits.replace({one: f"{said}, 95% ({methods})" for one, said in NAMES.items()})


def _years_expected(parts: Parts, reasons: Reasons, others: Others) -> Found:
    at = AGES.index(parts.measure.life_table.at) if parts.measure.life_table else 0
    reasons.give((parts.events > parts.people).any(axis=1), MORE_DEATHS)
    reasons.give(parts.people.sum(axis=1) <= LEAST_PEOPLE, FEW_PEOPLE)
    reasons.give(parts.events[:, -1] == 0, NO_LAST_DEATHS)
    found = Estimate(*(one[:, at] for one in life_expectancy(*_usable(parts, reasons))))
    reasons.give(np.isnan(found.value), TOO_WIDE)
    return found, repeated("Chiang and Silcocks, 95%", len(parts.events))


def _unequal(parts: Parts, reasons: Reasons, others: Others) -> Found:
    return inequality(parts, reasons)


_ESTIMATES: dict[str, Callable[[Parts, Reasons, Others], Found]] = {
    RATE: _standardised,
    RATIO: _standardised,
    INEQUALITY: _unequal,
    LIFE: _years_expected,
}


def _methods(parts: Parts, others: Others) -> pl.Series:
    """How each figure came about. Events of no part are told of, for they count in none, and so are
    those of a part of nobody, for which none are expected: the published method counts them.
    """
    said = _of_members(parts, others)
    outside = parts.rows["numerator"].fill_null(0).to_numpy() > np.nansum(parts.events, axis=1)
    more = np.where(outside, "; others are left out", "")
    nobody = (parts.people == 0) & (parts.events > 0)
    told = "; there are events, but nobody, of " + parts.named(nobody)
    more = more.astype(np.object_) + np.where(nobody.any(axis=1), told, "")
    return said + pl.Series(more.tolist(), dtype=pl.String)


def _of_members(parts: Parts, others: Others) -> pl.Series:
    """The words of the method; where not all members of a group have rates, of how many they are.

    Those that have none lack a band, or have no counts at all.
    """
    to, words = parts.measure.standardise, method_words(parts.measure, others)
    codes = others.codes(to.to) if to and not to.directly else ()
    if len(codes) < 2 or to is None:
        return repeated(words, len(parts.rows))
    name = others.name(to.to)
    there, _ = parts.members(codes)
    some = f"{{}} of {len(codes)} members of {name} (others lack a band)"
    told = [
        words if number == len(codes) else words.replace(name, some.format(number))
        for number in there
    ]
    return pl.Series(told, dtype=pl.String)


def method_words(measure: Measure, others: Others) -> str:
    """How the figures of a measure come about that are made of their parts."""
    if measure.parted is None:
        return ""
    by = measure.parted.name
    bands = f"{len(bands_of(measure))} bands of {by}"
    times = "" if measure.per == 1 else f" × {measure.per:,.10g}"
    if measure.standardise:
        to = measure.standardise.to
        name = others.name(to)
        if to == EUROPEAN:
            return f"standardised by {bands} to {EUROPEAN}{times}"
        if measure.kind == RATIO:
            return f"events ÷ those expected by {bands} at the rates of {name}{times}"
        return f"standardised by {bands} to the rates of {name}{times}"
    if measure.inequality:
        parts = f"{len(measure.parted.categories)} parts of {by}"
        index = measure.inequality.index
        times = "" if index == "relative" else times  # it divides by a figure that has it too
        return f"{index} index of inequality over {parts}{times}"
    age = measure.life_table.at if measure.life_table else 0
    return f"life table of {bands}, years expected at age {age}"
