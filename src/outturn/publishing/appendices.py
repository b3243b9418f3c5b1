"""The appendices: the rule behind each status, the definitions, the quality of the data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import date

from outturn.framework.model import Agreement, Measure, Target
from outturn.judgement.parted import Others, method_words
from outturn.judgement.sensitivity import flips_in_words
from outturn.judgement.words import exactly, noun_of, sentence, singular
from outturn.publishing.counted_words import counted_words
from outturn.publishing.figure_words import (
    FACES,
    MARKS,
    ZERO,
    Remarks,
    capital,
    name,
    short_name,
    stated_width,
    target_words,
)
from outturn.publishing.pack import Block, Column, Heading, Paragraph, Table, Text
from outturn.publishing.tables import AnyCell, Cell
from outturn.publishing.told import Row, Told
from outturn.publishing.wording import long_date
from outturn.terms.records import LETTERS, SHAPES, Status

_MEANINGS = {
    Status.ON_TARGET: "The goal is met.",
    Status.CLOSE: "The goal is missed by no more than the tolerance agreed for this target.",
    Status.OFF_TARGET: "The goal is missed by more than the tolerance.",
    Status.NOT_ASSESSED: "There is no figure or no target, or the two may not be compared.",
}
_OWN_LIMITS = (
    " Where it is the figure's own 95% limits it has no size: a figure that misses the goal is "
    "close when its limits reach it, and off target when they do not."
)
_LONG = 60  # characters: what is said again in more than these is said by reference
_AIMS = {
    "higher": "higher is better",
    "lower": "lower is better",
    "band": "inside a band is better",
    "closest": "nearer to a value is better",
    "none": "neither side is better",
}


def appendices(told: Told) -> Iterator[Block]:
    """The appendices that the pack asks for, lettered in its order."""
    for letter, chosen in zip("ABCDEFGH", told.pack.appendices, strict=False):
        title, make = APPENDICES[chosen]
        yield Heading(f"Appendix {letter}: {title}")
        yield from make(told)


# How the statuses are decided


def _statuses(told: Told) -> Iterator[Block]:
    columns = [
        Column("Status", width=22), Column("Letter", "centre", width=10),
        Column("Meaning", width=68),
    ]  # fmt: skip
    lines = [[f"{SHAPES[s]} {s.capitalize()}", LETTERS[s], _MEANINGS[s]] for s in Status]
    yield Table("What each status means", columns, lines)
    rows = [row for row in told.rows if row["target_id"]]
    own = _OWN_LIMITS if any(_is_statistical(told.target(row)) for row in rows) else ""
    flips = "".join(f" {said}" for said in flips_in_words(told.rows, told.partnership.measures))
    yield Paragraph(
        "Now compares the figure with the milestone for the same period. Year end compares a "
        "forecast of the year's figure with the target. A tolerance belongs to one target, in the "
        "measure's own terms: one percentage for all would be wrong for small numbers, rates and "
        f"percentages alike.{own}{flips} Figures are judged unrounded unless the target says "
        "otherwise."
    )
    if rows:
        yield _rules(told, rows)
    yield _marks(told)


def _marks(told: Told) -> Table:
    """The marks that the paper uses and every kind of absence, in words."""
    used = {row["provenance"] for row in told.rows}
    marks = [[mark, f"{capital(said)}."] for kind, (mark, said) in MARKS.items() if kind in used]
    faces = [[face.capitalize(), said] for face, said in FACES.items()]
    columns = [Column("Mark", width=20), Column("Meaning", width=80)]
    return Table("Marks beside figures, and words in their place", columns, [*marks, *faces, ZERO])


def _rules(told: Told, rows: Sequence[Row]) -> Table:
    """One line for each rule, with its measures; who agreed it below, once where it is the same."""
    found = [(row, target) for row in rows if (target := told.target(row))]
    agreed = Counter(_agreement(target.agreed) for _, target in found)
    usual = agreed.most_common(1)[0][0]
    numbers = {said: n for n, said in enumerate((one for one in agreed if one != usual), 1)}
    lines: dict[tuple[str, str, str], list[Row]] = {}
    for row, target in found:
        number = numbers.get(_agreement(target.agreed))
        rule = _rule(told.measure(row), row, target, f" [{number}]" if number else "")
        lines.setdefault(rule, []).append(row)
    columns = [
        Column("Measure", width=25), Column("Target", width=17), Column("Close within", width=14),
        Column("How it is compared, and why", width=46),
    ]  # fmt: skip
    others = [f"[{number}] Agreement: {said}" for said, number in numbers.items()]
    cells = _without_repeats([(_whose(told, mine, rows), *rule) for rule, mine in lines.items()])
    return Table("The rule for each target", columns, cells, notes=[f"Agreement: {usual}", *others])


def _without_repeats(lines: Sequence[tuple[str, str, str, str]]) -> list[list[str]]:
    """A long reason given before is given again by the name of the measure that had it first."""
    first: dict[str, str] = {}
    cells = []
    for whose, asked, close, why in lines:
        owner = first.setdefault(why, whose)
        again = owner != whose and len(why) > _LONG
        cells.append([whose, asked, close, f"As for {owner.split('; ')[0]}." if again else why])
    return cells


def _whose(told: Told, mine: Sequence[Row], rows: Sequence[Row]) -> str:
    """The measures under one rule, with the places and parts where others have another rule."""
    groups: dict[str, list[Row]] = {}
    for row in mine:
        groups.setdefault(row["measure"], []).append(row)
    said = []
    for id, found in groups.items():
        title = short_name(told.partnership.measures[id])
        apart = len(found) < len([row for row in rows if row["measure"] == id])
        named = ", ".join(told.where(row) or told.place_name(row["place"]) for row in found)
        said.append(f"{title} ({named})" if apart else title)
    return "; ".join(said)


def _rule(measure: Measure, row: Row, target: Target, note: str) -> tuple[str, str, str]:
    asked = f"{target_words(row, measure)}{note}"
    return asked, _tolerance(measure, target), _comparison(target)


def _tolerance(measure: Measure, target: Target) -> str:
    amount = target.tolerance.amount
    match target.tolerance.word:
        case "points":
            return stated_width(amount, measure)
        case "percent_of_target":
            return f"{exactly(amount, 0)}% of the target"
        case "count":
            noun = noun_of(measure)
            return f"{exactly(amount, 0)} {singular(noun) if amount == 1 else noun}"
        case "statistical":
            return "Its own 95% limits"
    return "No tolerance"


def _is_statistical(target: Target | None) -> bool:
    return target is not None and target.tolerance.word == "statistical"


def _comparison(target: Target) -> str:
    said = []
    if target.rounded_to is not None:
        places = f"{target.rounded_to} decimal place{'' if target.rounded_to == 1 else 's'}"
        said.append(f"Compared {f'at {places}' if target.rounded_to else 'as whole numbers'}.")
    if target.at_limit:
        said.append("A figure equal to the limit meets it.")
    return " ".join([*said, sentence(target.comment)]).strip() or "Compared unrounded."


def _agreement(agreed: Agreement) -> str:
    """Who agreed a target, where, when and why, in one sentence or two."""
    said = agreed.by
    if agreed.where:
        said += f": {agreed.where}"
    if agreed.on:
        said += f", {long_date(agreed.on)}"
    return " ".join(part for part in (sentence(said), sentence(agreed.because)) if part)


# Definitions


def _definitions(told: Told) -> Iterator[Block]:
    ids = dict.fromkeys(row["measure"] for row in told.rows)
    measures = [told.partnership.measures[id] for id in ids]
    if not measures:
        yield Paragraph("This paper reports no measure.")
        return
    said = Counter(remark for measure in measures for remark in _small_print(told, measure))
    of_all = [remark for remark, times in said.items() if 1 < times == len(measures)]
    usual = Counter(measure.definition for measure in measures).most_common(1)[0][0]
    version = f"Each is version {usual} of its definition unless another is named."
    yield Paragraph(" ".join([version, *of_all]))
    yield _definition_table(told, measures, said, usual)


def _definition_table(
    told: Told, measures: Sequence[Measure], said: Counter[str], usual: str
) -> Table:
    """What is said of several measures stands once, below; what is said of all, above."""
    shared = {remark for remark, times in said.items() if 1 < times < len(measures)}
    own = {remark for remark, times in said.items() if times == 1}
    remarks = Remarks()
    columns = [Column("Measure", width=26), Column("What is counted", width=74)]
    lines: list[list[AnyCell]] = []
    for one in measures:
        parts = [_counted(told, one, usual)]
        parts += [remark for remark in _small_print(told, one) if remark in own]
        parts += [remarks.number(remark) for remark in _small_print(told, one) if remark in shared]
        said_of = Text(" ".join(part for part in parts if part))
        lines.append([Cell(one.title), Cell((_unit_and_aim(one), said_of))])
    return Table("Definitions of the measures", columns, lines, notes=remarks.lines())


def _small_print(told: Told, measure: Measure) -> list[str]:
    """Source, notes and whether counts are rounded: what is the same for several measures is said
    once, below the table."""
    source = [f"Source: {sentence(measure.source)}"] if measure.source else []
    rounded = [f"Made of {said}."] if (said := told.rounded.get(measure.id)) else []
    return [*source, *(sentence(note) for note in measure.notes), *rounded]


def _unit_and_aim(measure: Measure) -> Text:
    unit = f"{measure.unit}, " if measure.unit else ""
    return Text(capital(f"{unit}{_AIMS[measure.aim]}. "), emphasis=True)


def _counted(told: Told, measure: Measure, usual: str) -> str:
    """The description and, where there is none or it is given too, what is counted in words."""
    parts = [sentence(measure.description)]
    if measure.numerator_is or not measure.description:
        parts.append(counted_words(measure) or _made_of(told, measure))
    others = Others(told.partnership.places, told.partnership.comparators)
    parts.append(sentence(capital(method_words(measure, others))))
    if measure.definition != usual:
        parts.append(f"Version {measure.definition}.")
    return " ".join(part for part in parts if part)


def _made_of(told: Told, measure: Measure) -> str:
    """The measures that a measure is made of, where it is made of others."""
    if not measure.formula:
        return ""
    known = told.partnership.measures
    parts = (known[id].title if id in known else id for id in measure.formula.parts)
    return f"Made of other measures, their {measure.formula.word}: {'; '.join(parts)}."


# The quality of the data


def _data_quality(told: Told) -> Iterator[Block]:
    yield from _findings(told)
    yield from _kept_aside(told)
    yield from _sources(told)


def _findings(told: Told) -> Iterator[Block]:
    if not told.findings:
        yield Paragraph("The rules for data quality found nothing to report about these measures.")
        return
    columns = [
        Column("Measure", width=24), Column("Rule", width=26),
        Column("What the rule found", width=50),
    ]  # fmt: skip
    lines = [
        [name(told, row), sentence(told.partnership.check_title(row["rule"])), row["finding"]]
        for row in told.findings
    ]
    yield Table("What the rules for data quality found", columns, lines)


def _kept_aside(told: Told) -> Iterator[Block]:
    """Rows that broke their contract: they are in no figure, and not forgotten."""
    if not told.kept_aside:
        yield Paragraph("No row of the data was kept aside.")
        return
    columns = [
        Column("Source", width=30), Column("Column", width=18), Column("Why", width=40),
        Column("Rows", "right", width=12),
    ]  # fmt: skip
    lines = [
        [one["source"], one["column"] or "The whole row", one["reason"], one["rows"]]
        for one in told.kept_aside
    ]
    yield Table("Rows kept aside, which are in no figure", columns, lines)


def _sources(told: Told) -> Iterator[Block]:
    if not told.sources:
        return
    columns = [
        Column("Source", width=46), Column("Publisher", width=28), Column("Published", width=16),
        Column("Figures used", "right", width=10),
    ]  # fmt: skip
    lines = [
        [one["title"], one["publisher"] or "Not said", _published(one["published"]), one["figures"]]
        for one in told.sources
    ]
    yield Table("Where the figures come from", columns, lines)


def _published(day: date | None) -> str:
    return long_date(day) if day else "Not said"


APPENDICES: dict[str, tuple[str, Callable[[Told], Iterator[Block]]]] = {
    "rag": ("how the statuses are decided", _statuses),
    "definitions": ("definitions", _definitions),
    "data quality": ("the quality of the data", _data_quality),
}
