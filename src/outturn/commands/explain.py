"""`outturn explain`: how one figure came about, from definition to verdict."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl

from outturn.benchmarking.against import NOT_COMPARED_WORD
from outturn.commands.audience import is_for_officers, made_for, policy_of
from outturn.commands.control import chart_words
from outturn.commands.folder import supplied_tables
from outturn.commands.opened import Opened, open_build
from outturn.commands.over_time import over_time
from outturn.commands.parts_told import parts_told
from outturn.framework.model import HISTOGRAMS, Agreement, Measure, Tally, Target
from outturn.ingest.derivations.derive import in_order, makeable
from outturn.ingest.derivations.methods import read_methods
from outturn.judgement.direction import BEYOND, WITHIN
from outturn.judgement.foreseen_words import AS_THEY_ARE_NOW, chance_of_meeting, width_words
from outturn.judgement.incomplete import RULE as UNREAD_FILES
from outturn.judgement.intervals import OUTSIDE, is_outside_limits, why_no_limits
from outturn.judgement.no_chances import why_no_chance
from outturn.judgement.not_drawn import PLAIN, why_not_drawn
from outturn.judgement.partings import behind
from outturn.judgement.rounded_counts import MEAN_CHANCE, made_of, rounding_said
from outturn.judgement.rounded_parts import why_no_ends
from outturn.judgement.row_chances import ROUNDED
from outturn.judgement.words import chance_words, tolerance_words, unit_of
from outturn.judgement.year_end_moments import SEED, Known
from outturn.publishing.comparison import AS_PUBLISHED, rank_words
from outturn.publishing.counted_words import ordinal, tally_words
from outturn.publishing.told import part_words
from outturn.statistics.disclosure_policies import Policy
from outturn.terms.errors import ExtractMistake
from outturn.terms.period import Period, from_key
from outturn.terms.records import Status

Row = dict[str, Any]
Cell = tuple[str, str, str, str]  # measure, place, breakdown, category
_CHANCE = {
    WITHIN: (
        "no more than chance may make; its 95% limits, from those of both figures, reach from a "
        "fall to a rise"
    ),
    BEYOND: (
        "more than chance makes; its 95% limits, from those of both figures, lie on one side of no "
        "change"
    ),
}
_ENDS = ("forecast", "forecast_low", "forecast_high")
_CELL = ("measure", "place", "breakdown", "category")


def explain(
    path: Path, measure: str, place: str, period: str, vintage: str = "", *, part: str = ""
) -> dict[str, list[str]]:
    """The parts of the explanation, each a title and its lines.

    `part` is of the whole figure when empty, else such as "sex=F".
    """
    opened = open_build(path, vintage)
    one, code, when = opened.measure(measure), opened.place(place), opened.period(period)
    cell = (one.id, code, *opened.part(one, part))
    value = _row(opened, "values", cell, when)
    if value is None:
        said = f", {part}" if part else ""
        raise ExtractMistake(
            where=f"{one.id}, {code}, {when.label(opened.partnership.calendar)}{said}",
            problem="This vintage holds no such figure.",
            remedy=_what_there_is(opened, cell),
        )
    verdict = _row(opened, "verdicts", cell, when)
    parts = {
        "Figure": list(_figure(opened, one, when, value)),
        "Definition": list(_definition(one, value, when)),
        "Outcomes": list(_outcomes(opened, one)),
        "Counts": [*_counts(one, value), *parts_told(opened, one, cell, when)],
        "Derivation": list(_derivation(opened, one)),
        "Source": list(_source(opened, value)),
    }
    if verdict:
        parts["Target"] = list(_target(opened, one, verdict))
        parts["Verdict"] = list(_verdict(opened, one, verdict, value))
    if not parts["Derivation"]:
        del parts["Derivation"]
    charted = chart_words(opened, one, *cell[1:], at=when)
    if said_over_time := [*charted, *over_time(opened, one, *cell[1:], until=when)]:
        parts["Over time"] = said_over_time
    parts["Comparison"] = list(_comparison(opened, one, cell, when))
    parts["Vintage"] = list(_vintage(opened))
    return parts


def _vintage(opened: Opened) -> Iterator[str]:
    """The build. Its whole seal is of the counts as found too: beside what is published, they could
    be tried out."""
    kept = opened.kept
    yield f"{kept.name}, seal {kept.seal}" if is_for_officers(kept) else kept.name
    yield f"published seal {kept.published_seal}"
    yield made_for(kept, _policy(opened))
    yield f"made by {kept.software}"


def _row(opened: Opened, frame: str, cell: Cell, period: Period) -> Row | None:
    in_cell = _in_cell(cell) & (pl.col("period") == period.key)
    found = opened.kept.scan(frame).filter(in_cell).collect()
    return found.row(0, named=True) if found.height else None


def _in_cell(cell: Cell) -> pl.Expr:
    return pl.all_horizontal(pl.col(name) == said for name, said in zip(_CELL, cell, strict=True))


def _what_there_is(opened: Opened, cell: Cell) -> str:
    values = opened.kept.scan("values").filter(_in_cell(cell))
    found = values.select(pl.col("period").unique()).collect()["period"]
    if not len(found):
        none = "There is none of this measure for this place at all"
        if unread := _unread(opened, cell[0]):
            return f"{none}. {unread} The rows of the place may be in what could not be read."
        return f"{none}; see its source."
    by_end = sorted(found, key=lambda key: (from_key(key).end, from_key(key).months))
    told = [opened.label(key) for key in by_end[-6:]]
    return f"There is {', '.join(told)}{' and more' if len(found) > 6 else ''}."


def _unread(opened: Opened, measure: str) -> str:
    """What the build found of files behind a measure that could not be read; else empty."""
    found = opened.kept.scan("findings").filter(
        (pl.col("rule") == UNREAD_FILES) & (pl.col("measure") == measure)
    )
    said = found.filter(pl.col("finding").str.starts_with("Incomplete: ")).collect()
    return str(said["finding"][0]) if said.height else ""


def _figure(opened: Opened, measure: Measure, period: Period, value: Row) -> Iterator[str]:
    unit = unit_of(measure)
    said = part_words(value["breakdown"], value["category"])
    yield f"{measure.title}{f': {said}' if said else ''} [{measure.id}]"
    known, place = opened.partnership.places, value["place"]
    name = known[place].name if place in known else place
    yield f"{name}, {period.label(opened.partnership.calendar)} [{period.key}]"
    if value["value"] is None:
        yield f"No figure: {value['absent']}. {value['why']}"
        return
    yield f"{unit.front(value['shown'])}{unit.after}"
    places = _several(measure.decimals, "decimal place")
    rounding = made_of(measure, value["method"])
    of = f", of {rounding}" if rounding else ""
    yield f"unrounded {value['value']!r}{of}; shown to {places}, half away from zero"
    if value["margin"] is not None:
        yield f"published margin of error: plus or minus {value['margin']:g}"
    if value["lower"] is not None:
        limits = (unit.rounded(value[name], measure.decimals) for name in ("lower", "upper"))
        yield f"limits {' to '.join(limits)}: {value['interval']}"
    elif why := why_no_limits(measure, value["denominator"], withholds=_policy(opened).withholds):
        yield f"no limits: {why}"
    elif measure.parted and rounding and not said:
        yield f"no limits: {why_no_ends(measure)}"


def _policy(opened: Opened) -> Policy:
    return policy_of(opened.partnership, opened.kept)


def _definition(measure: Measure, value: Row, period: Period) -> Iterator[str]:
    yield f"version {value['definition']}, from {measure.file}"
    yield f"{measure.kind}, in {measure.unit}; good is {measure.aim}"
    for code in measure.codes:
        yield f"known as {code.code} in {code.scheme}"
    for one in measure.breaks:
        yield f"{one.kind} at {one.since.label()}: {one.reason}"
    yield from measure.notes


def _outcomes(opened: Opened, measure: Measure) -> Iterator[str]:
    """The outcomes that the measure stands under, each with what is above it."""
    outcomes = opened.partnership.outcomes
    answers = {one.outcome: one for one in opened.partnership.crosswalk}
    for one in outcomes.values():
        if measure.id not in one.measures:
            continue
        line = [one]
        while line[-1].parent in outcomes:
            line.append(outcomes[line[-1].parent])
        framework = f" [{one.framework}]" if one.framework else ""
        yield f"{', under '.join(each.title for each in line)}{framework}"
        for each in line:
            if each.id in answers:
                others = "; ".join(outcomes[id].title for id in answers[each.id].answers_to)
                note = answers[each.id].note
                yield f"{each.title} answers to: {others}{f' ({note})' if note else ''}"


def _counts(measure: Measure, value: Row) -> Iterator[str]:
    if measure.numerator and measure.numerator.is_histogram:
        yield from _ranked(measure, measure.numerator, value)
        return
    for word in ("numerator", "denominator"):
        tally: Tally | None = getattr(measure, word)
        count = "none" if value[word] is None else f"{value[word]:,.10g}"
        if tally is None and not measure.reported:
            yield f"no {word}: the definition has none"
            continue
        said = tally_words(tally) if tally else getattr(measure, f"{word}_is") or "as reported"
        yield f"{word} {count}: {said}"
    if measure.is_weighted and value.get("effective") is not None:
        effective, answers = value["effective"], value["answers"]
        yield f"effective number of answers: {effective:,.1f} of {answers:,} (Kish)"
    yield from _part(measure, value)
    yield f"method: {value['method'] or 'no figure was made'}"
    if measure.not_recomputed:
        yield f"not worked out again from its counts: {measure.not_recomputed}"


def _ranked(measure: Measure, tally: Tally, value: Row) -> Iterator[str]:
    """A median and a percentile are one of many in order, or lie between two of them."""
    if value["denominator"] is None:
        yield f"{tally_words(tally)}: of how many is not told"
    else:
        one = tally.how == "median"
        which = "the middle" if one else f"the {ordinal(tally.at)} percentile"
        yield f"{which} of {value['denominator']:,.10g} {measure.people}: {tally_words(tally)}"
    yield from _part(measure, value)
    if value["method"] is None:
        yield "method: no figure was made"
        return
    parts = tally.percentile[1]
    yield f"method: {value['method']}"
    yield f"counted in whole parts of which {parts} make one: {value['numerator']:,.10g}"


def _part(measure: Measure, value: Row) -> Iterator[str]:
    for one in measure.breakdowns:
        if one.name == value["breakdown"]:
            yield f"of these only where {one.column} is {value['category']}"


def _derivation(opened: Opened, measure: Measure) -> Iterator[str]:
    """How the tables came about that are counted, where they were made of other tables."""
    methods, _ = read_methods(dict(opened.kept.definitions))
    tables = [tally.table for tally in (measure.numerator, measure.denominator) if tally]
    supplied = supplied_tables(opened.partnership)
    for method in makeable(in_order(tables, methods, supplied), supplied):
        yield f"{method.table}: {method.title}"
        yield f"  by the method '{method.version}', from {method.file}; {method.source}"
        for name, value in method.parameters.items():
            yield f"  {name} = {_parameter(value)}"
        for note in method.notes:
            yield f"  {note}"


def _parameter(value: object) -> str:
    """A parameter of a method on one line, lists and tables without the signs of a program."""
    match value:
        case bool():
            return str(value).lower()
        case dict():
            return "; ".join(f"{name}: {_parameter(one)}" for name, one in value.items())
        case list() | tuple():
            return "; ".join(_parameter(one) for one in value) or "none"
    return str(value)


def _source(opened: Opened, value: Row) -> Iterator[str]:
    ids = (value["source"] or "").split(", ")
    prints = {one.name: one for one in opened.kept.inputs}
    for source in opened.partnership.sources:
        if source.id in ids:
            published = f", published {source.published}" if source.published else ""
            yield f"{source.named}: {source.title or source.id}{published}"
            found = prints.get(source.file) or prints.get(source.named)
            if found and is_for_officers(opened.kept):  # or its counts could be tried out
                yield f"fingerprint sha256 {found.sha256[:16]}…, {found.bytes:,} bytes"
    rows = value["rows"]
    behind = "number of rows not told" if rows is None else f"{_several(rows, 'row')} behind it"
    yield f"{behind}; {value['provenance'] or 'final'}"


def _several(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _target(opened: Opened, measure: Measure, verdict: Row) -> Iterator[str]:
    if not verdict["target_id"]:
        yield "None is set for this place and period."
        return
    target: Target = {one.id: one for one in opened.partnership.targets}[verdict["target_id"]]
    yield f"{verdict['target']} [{target.id}, {target.file}]"
    if target.tolerance.word == "statistical":
        yield "close as far as its own 95% limits reach; at year end, as those of the forecast do"
    elif verdict["tolerance"]:
        yield f"up to {tolerance_words(verdict['tolerance'], measure)} outside it counts as close"
    yield f"agreed by {_agreed(target.agreed)}"
    yield from _superseded(opened, target)
    if verdict["milestone"]:
        yield f"milestone for the period: {verdict['milestone']}"
    if target.comment:
        yield target.comment


def _agreed(agreed: Agreement) -> str:
    """Who, where, when and why."""
    where = f", {agreed.where}" if agreed.where else ""
    on = f" on {agreed.on}" if agreed.on else ""
    return f"{agreed.by}{where}{on}{f': {agreed.because}' if agreed.because else ''}"


def _superseded(opened: Opened, target: Target) -> Iterator[str]:
    """The entries before this one, the latest first: nothing in the ledger is ever edited."""
    entries = {one.id: one for one in opened.partnership.targets}
    seen = {target.id}
    while target.supersedes in entries and target.supersedes not in seen:
        target = entries[target.supersedes]
        seen.add(target.id)
        goal = target.goal.word.replace("_", " ")
        numbers = " and ".join(f"{number:,.10g}" for number in target.goal.numbers)
        asked = f"{goal} {numbers}".strip()
        yield f"before it: {asked} [{target.id}], agreed by {_agreed(target.agreed)}"


def _verdict(
    opened: Opened, measure: Measure, verdict: Row, value: Row | None = None
) -> Iterator[str]:
    """What was judged, of the `value` where there is one."""
    unit = unit_of(measure)
    yield _with_reason("now", verdict["status_now"], verdict["reason_now"])
    if verdict["chance_other"] is not None:
        other = chance_words(verdict["chance_other"])
        mean = f"; {MEAN_CHANCE}" if value and _is_mean_chance(measure, value) else ""
        yield f"chance of another colour: {other} ({_chances(verdict)}){mean}"
    elif _is_outside(measure, verdict):
        yield f"chance of another colour: not told; {OUTSIDE}"
    elif _is_rounded(opened, measure, verdict):
        yield f"chance of another colour: not told; {ROUNDED}"
    elif rounding := _of_rounded_parts(measure, verdict, value):
        yield f"chance of another colour: not told; it is made of {rounding}"
    elif value and verdict["status_now"] != str(Status.NOT_ASSESSED):
        yield f"chance of another colour: not told; {why_no_chance(measure, verdict, value)}"
    if verdict["forecast"] is not None:
        forecast = unit.rounded(verdict["forecast"], measure.decimals)
        how = f": {verdict['forecast_method']}" if verdict["forecast_method"] else ""
        yield f"forecast {forecast}{how}"
        yield from _foreseen(measure, verdict)
        yield from _without_distribution(opened, measure, verdict)
    yield _with_reason("year end", verdict["status_year_end"], verdict["reason_year_end"])
    for word in ("distance_now", "distance_year_end"):
        if verdict[word]:
            yield f"{word.replace('_', ' ')}: {verdict[word]}"
    yield _with_reason("direction", verdict["direction"], verdict["reason_direction"])
    if said := _CHANCE.get(verdict["change_chance"] or ""):
        yield f"the change: {said}"
    if verdict["overridden"]:
        yield f"set aside: {verdict['overridden']}"


def _is_outside(measure: Measure, verdict: Row) -> bool:
    """Whether a judged figure lies outside its own limits, so that no chance follows from these."""
    judged = verdict["status_now"] != str(Status.NOT_ASSESSED)
    bounds = (verdict[name] for name in ("value", "lower", "upper"))
    return judged and is_outside_limits(measure, *bounds)


def _is_rounded(opened: Opened, measure: Measure, verdict: Row) -> bool:
    """Whether it is a percentile whose limits are not of the number that is told beside it."""
    judged = verdict["status_now"] != str(Status.NOT_ASSESSED)
    limited = measure.kind in HISTOGRAMS and verdict["lower"] is not None
    return judged and limited and _policy(opened).round_to > 1


def _is_mean_chance(measure: Measure, value: Row) -> bool:
    """Whether the chance is a mean: that of a margin is, if the figure moves with the counts."""
    of_margin = value["margin"] is not None
    return bool(made_of(measure, value["method"]) if of_margin else rounding_said(value["method"]))


def _of_rounded_parts(measure: Measure, verdict: Row, value: Row | None) -> str:
    """What is said of a judged figure with limits whose rounded parts give no chance."""
    judged = verdict["status_now"] != str(Status.NOT_ASSESSED)
    limited = measure.parted and verdict["lower"] is not None
    return made_of(measure, value["method"]) if judged and limited and value else ""


def _foreseen(measure: Measure, verdict: Row) -> Iterator[str]:
    """What is told of a forecast that is a distribution; nothing of another."""
    if verdict["chance_year_end"] is not None:
        chance = chance_of_meeting(
            verdict["chance_year_end"], verdict["forecast_basis"], verdict["needed_words"]
        )
        yield f"chance of meeting the target: {chance}"
    if verdict["needed_words"]:
        yield f"to meet it: {verdict['needed_words']}"
    if verdict["forecast_events"]:
        without = unit_of(measure).rounded(verdict["forecast_without"], measure.decimals)
        yield f"known event: {verdict['forecast_events']}; without it {without}"
    if wide := width_words(*(verdict[name] for name in _ENDS)):
        yield f"how sure: {wide}"
    if verdict["forecast_record"]:
        yield f"track record: {verdict['forecast_record']}; {AS_THEY_ARE_NOW}"


def _without_distribution(opened: Opened, measure: Measure, verdict: Row) -> Iterator[str]:
    """Why a plain forecast has no interval and no chance of meeting the target."""
    plain = (verdict["forecast_method"] or "").startswith(PLAIN)
    if not plain or verdict["forecast_low"] is not None or not verdict["target_id"]:
        return
    target = {one.id: one for one in opened.partnership.targets}[verdict["target_id"]]
    measures = opened.partnership.measures
    held = opened.kept.scan("values").filter(pl.col("measure").is_in(behind(measure, measures)))
    events = opened.partnership.known_events
    known = Known(held.collect(), measures, events, opened.partnership.home, SEED)
    yield f"no distribution of it is told. {why_not_drawn(verdict, target, known)}"


def _chances(verdict: Row) -> str:
    """How likely the level behind the figure has each status."""
    names = (("on target", "chance_on"), ("close", "chance_close"), ("off target", "chance_off"))
    return ", ".join(f"{status} {chance_words(verdict[name])}" for status, name in names)


def _with_reason(what: str, status: str, reason: str | None) -> str:
    return f"{what}: {status}. {reason or ''}".strip()


def _comparison(opened: Opened, measure: Measure, cell: Cell, period: Period) -> Iterator[str]:
    in_cell = _in_cell(cell) & (pl.col("period") == period.key)
    rows = opened.kept.scan("benchmarks").filter(in_cell).collect()
    if not rows.height:
        yield "None for this period."
    unit = unit_of(measure)
    for row in rows.iter_rows(named=True):
        group = opened.partnership.comparators.get(row["comparator"])
        name = group.full_name if group else row["comparator"]
        if row["basis"] == AS_PUBLISHED:
            rank = f"rank {rank_words(row)}" if row["rank"] else ""
            quartile = f"{row['quartile']} quartile" if row["quartile"] else ""
            said = ", ".join(one for one in (rank, quartile) if one) or "no rank and no quartile"
            yield f"{name}: {said}, as published by others"
        elif row["rank"] is None:
            yield f"{name}: no rank"
        else:
            yield (
                f"{name}: rank {row['rank']} of {row['with_value']} with a figure "
                f"({row['members']} members), {_quartile(row)}"
            )
        if row["comparator_value"] is not None:
            said = unit.rounded(row["comparator_value"], measure.decimals)
            how = row["comparator_rule"]
            yield f"group figure {said}{f', {how}' if how else ''}"
            if row["against"] not in (None, NOT_COMPARED_WORD):
                yield f"against it, when chance is allowed for: {row['against']}"
        if row["note"]:
            yield row["note"]


def _quartile(row: Row) -> str:
    if row["quartile"] is None:
        return "too few for quartiles"
    return f"{row['quartile']} quartile ({row['quartile_rule']})"
