"""Reading measures that are made of their parts, and what keeps their parts from making them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from outturn.contracts import Contract
from outturn.framework.age_bands import LIFE_TABLE, STANDARD, band_mistakes, names_of
from outturn.framework.mentions import unknown, wrong
from outturn.framework.model import Breakdown, Measure, Partnership
from outturn.framework.parted import (
    HIGH_IS,
    INDICES,
    INEQUALITY,
    LIFE,
    PARTED,
    PARTS_UNKNOWN,
    RATE,
    RATIO,
    SPREADS,
    STANDARDS,
    Inequality,
    LifeTable,
    Standardise,
)
from outturn.framework.section import Section
from outturn.statistics.slope_index import FEWEST, MOST
from outturn.terms.errors import Mistake, suggestion

_WORDS = {RATE: "standardise", RATIO: "standardise", INEQUALITY: "inequality", LIFE: "life_table"}
_EXAMPLES = {
    "standardise": '{ by = "age_band", to = "European 2013" }',
    "inequality": '{ by = "deprivation", index = "slope" }',
    "life_table": '{ by = "age_band" }',
}
_SCOTTISH = (5, 10)  # quantiles


def read_parted(file: Section) -> dict[str, Any]:
    """The words of the measures that are made of their parts."""
    return {
        "standardise": _standardise(file.table("standardise")),
        "inequality": _inequality(file.table("inequality")),
        "life_table": _life_table(file.table("life_table")),
    }


def _standardise(table: Section | None) -> Standardise | None:
    if table is None:
        return None
    found = Standardise(table.text("by", None), table.text("to", None))
    table.close()
    return found


def _inequality(table: Section | None) -> Inequality | None:
    if table is None:
        return None
    found = Inequality(
        by=table.text("by", None),
        index=table.choice("index", INDICES, None),
        of=table.choice("of", SPREADS, SPREADS[0]),
        high_is=table.choice("high_is", HIGH_IS, HIGH_IS[0]),
    )
    table.close()
    return found


def _life_table(table: Section | None) -> LifeTable | None:
    if table is None:
        return None
    found = LifeTable(table.text("by", None), table.whole("at", 0))
    if found.at not in LIFE_TABLE:
        listed = ", ".join(str(age) for age in LIFE_TABLE)
        table.wrong(
            "at", f"No band of a life table begins at {found.at}.", f"Give one of {listed}."
        )
    table.close()
    return found


def parted_mistakes(file: Section, measure: Measure) -> None:
    """Note what is wrong in one file with a measure that is made of its parts."""
    _right_word(file, measure)
    if measure.kind in PARTED and measure.reported and measure.recompute:
        file.wrong("recompute", PARTS_UNKNOWN, "Leave the word out: it is then false.")
    word = _WORDS.get(measure.kind, "")
    given = getattr(measure, word) if word else None
    if given is None or not measure.numerator:
        return
    _one_breakdown(file, measure, word, given.by)
    if measure.aggregate == "mean of members":
        file.wrong(
            "aggregate",
            f"A mean of several of kind '{measure.kind}' is not that of them all.",
            'Leave the word out: the counts of each part are added up, "total over total".',
        )
    if measure.inequality:
        _right_aim(file, measure, measure.inequality)
    if measure.parted:
        _right_parts(file, measure, measure.parted)


def _right_aim(file: Section, measure: Measure, said: Inequality) -> None:
    """No inequality is best: with less than none of it the least deprived are worse off."""
    relative = said.index == "relative"
    english = measure.methods == "England"
    best = 1 if relative and english else 0
    elsewhere = measure.closest_to not in (None, best)
    if said.index in INDICES and (measure.aim in ("lower", "higher") or elsewhere):
        file.wrong(
            "closest_to" if elsewhere else "aim",
            f"At {best} nobody is worse off than another, and nothing is better than that.",
            f'Write aim = "closest" and closest_to = {best}.',
        )
    if relative and measure.unit.lower().startswith("per "):
        file.wrong(
            "unit",
            f"A relative index is one figure over another, and not '{measure.unit}'.",
            'Write unit = "index", or another word for it.',
        )


def _right_word(file: Section, measure: Measure) -> None:
    """The kind and the word that says how its figure is made go together."""
    wanted = _WORDS.get(measure.kind, "")
    for word in dict.fromkeys(_WORDS.values()):
        if word == wanted or word not in file.content:
            continue
        kinds = " or ".join(f"'{kind}'" for kind, one in _WORDS.items() if one == word)
        kind = f"of kind '{measure.kind}'" if measure.kind else "of no kind"
        file.wrong(
            word,
            f"The word is of a measure of kind {kinds}, and this one is {kind}.",
            "Take the word out, or change the kind.",
        )
    counted = measure.numerator is not None
    if wanted and counted and wanted not in file.content:
        file.wrong(
            wanted,
            f"A measure of kind '{measure.kind}' does not say of what parts it is made.",
            f"Add {wanted} = {_EXAMPLES[wanted]}.",
        )
    if wanted and not counted and wanted in file.content:
        file.wrong(
            wanted,
            "Nothing is made of the parts: the figures are not counted here.",
            "Take the word out, or add a [numerator] and a [denominator].",
        )


def _one_breakdown(file: Section, measure: Measure, word: str, by: str) -> None:
    """Its parts make the undivided figure; a part of another kind has no such parts of its own."""
    names = [one.name for one in measure.breakdowns]
    if by and by not in names:
        add = f'Add [[breakdown]] with name = "{by}" and its categories.'
        file.wrong(
            f"{word}.by", f"The measure has no breakdown '{by}'.", suggestion(by, names, add)
        )
    for name in names:
        if name != by and by in names:
            file.wrong(
                "breakdown",
                f"The parts of '{name}' are not divided by '{by}', so of each there is no figure.",
                f"Take '{name}' out. Write another measure for each part of it, with a condition.",
            )


def _right_parts(file: Section, measure: Measure, by: Breakdown) -> None:
    """The categories are bands of age, or groups in order, of which none is lacking."""
    where = f"breakdown {by.name}"
    starts = LIFE_TABLE if measure.life_table else STANDARD
    if not by.categories:
        listed = ", ".join(f'"{name}"' for name in names_of(starts))
        if measure.inequality:
            listed = '"1", "2", "3", "4", "5"'
        file.wrong(
            f"{where}, categories",
            "Without its categories nobody can know that one of them is lacking.",
            f"List them, such as categories = [{listed}].",
        )
        return
    if measure.inequality:
        _right_groups(file, measure, by, where)
        return
    for problem, remedy in band_mistakes(
        by.categories, starts, whole=measure.life_table is not None
    ):
        file.wrong(f"{where}, categories", problem, remedy)
    if measure.kind == RATIO and measure.standardise and measure.standardise.directly:
        file.wrong(
            "standardise.to",
            "A ratio is to what another place has, and a standard population has no events.",
            f'Write to = "the code of a place" or of a comparator, or kind = "{RATE}".',
        )
    if measure.life_table:
        _of_years(file, measure)


def _of_years(file: Section, measure: Measure) -> None:
    """A life table has a year's deaths for each person who lived through the year."""
    if measure.per != 1:
        file.wrong("per", "Years are not multiplied by anything.", "Leave the word out.")
    if measure.frequency != "year":
        file.wrong(
            "frequency",
            "A life table is of the deaths of whole years among people who were there each year.",
            'Write frequency = "year", or leave the word out.',
        )


def _right_groups(file: Section, measure: Measure, by: Breakdown, where: str) -> None:
    number = len(by.categories)
    if len(set(by.categories)) < number:
        file.wrong(f"{where}, categories", "A group is named twice.", "Name each once, in order.")
    scottish = measure.methods == "Scotland"
    if measure.methods not in ("England", "Scotland"):
        file.wrong(
            "methods",
            "England and Scotland work out different indices of inequality.",
            'Write methods = "England" or methods = "Scotland".',
        )
    elif scottish and number not in _SCOTTISH or not FEWEST <= number <= MOST:
        asked = "5 or 10" if scottish else f"{FEWEST} to {MOST}"
        file.wrong(
            f"{where}, categories",
            f"There are {number} groups.",
            f"An index of inequality by the methods of {measure.methods} has {asked}.",
        )


def parted_together(
    partnership: Partnership, measure: Measure, contracts: Mapping[str, Contract]
) -> Iterator[Mistake]:
    """What shows only beside other files: both tables have the parts, and the place is there.

    A column that the numerator's table lacks is told of every breakdown, and not here.
    """
    if measure.kind not in PARTED or not measure.parted or not measure.denominator:
        return
    contract = contracts.get(measure.denominator.table)
    column = measure.parted.column
    if contract and column not in (names := [field.name for field in contract.fields]):
        yield unknown(
            f"{measure.file}, denominator",
            "column",
            column,
            names,
            f"The denominator is counted by '{measure.parted.name}' too: add the column to"
            f" '{contract.name}', or count another table.",
        )
    to = measure.standardise.to if measure.standardise else ""
    known = [*STANDARDS, *partnership.places, *partnership.comparators]
    if to and partnership.places and to not in known:
        remedy = (
            f"Write one of {', '.join(STANDARDS)}, the code of a place of places.csv, or the id of"
            " a comparator of outturn.toml."
        )
        yield wrong(
            f"{measure.file}, standardise.to",
            f"There is no standard population, place or comparator '{to}'.",
            suggestion(to, known, remedy),
        )
