"""What `outturn people` can be asked, and what it says where nobody can be named, or nobody is."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from datetime import date
from pathlib import Path

from outturn.commands.folder import CACHE, Folder
from outturn.commands.people_file import names_people
from outturn.engine.periods import base_period, open_periods
from outturn.engine.who import PERSON, item_column
from outturn.framework.model import Measure
from outturn.ingest.derivations.methods import read_methods
from outturn.ingest.derivations.model import Method
from outturn.terms.errors import DefinitionMistake
from outturn.terms.period import Calendar, Period

_MOST_NAMED = 4  # measures that are named in the place of one that names nobody


def must_be_free(file: Path, folder: Path) -> None:
    """Names go to no file that is there for something else, and to no file of the partnership."""
    home, cache = folder.resolve(), (folder / CACHE).resolve()
    for place in (file.resolve(), file.parent.resolve() / file.name):
        if place.is_relative_to(home) and not place.is_relative_to(cache):
            raise DefinitionMistake(
                where=f"the command, --to {file}",
                problem="The file would lie in the partnership's folder, among what others see.",
                remedy=f"Name a file outside it, or leave --to out: then it is in {CACHE}/people.",
            )
    if os.path.lexists(file) and not names_people(file):
        raise DefinitionMistake(
            where=f"the command, --to {file}",
            problem="There is something else at this place already.",
            remedy="Name a new file: only an earlier file of this command is written over.",
        )


def must_be_another(one: Measure, other: Measure | None, returned: Path | None) -> None:
    """A figure is held against one other: another measure, or a list that came back."""
    problem = "Both --against and --returned are given." if returned else ""
    problem = problem or ("It is the measure itself." if other and other.id == one.id else "")
    if other and problem:
        remedy = "Hold the figure against another measure, or against a list."
        raise DefinitionMistake(where="the command, --against", problem=problem, remedy=remedy)


def must_be_counted(measure: Measure | None) -> None:
    if measure and measure.numerator is None:
        raise DefinitionMistake(
            where=measure.file or measure.id,
            problem="The measure is not counted from rows, so nobody can be named.",
            remedy="Ask for a measure that has a [numerator] table.",
        )


def must_name_somebody(measure: Measure | None, folder: Folder) -> None:
    """A table of totals names nobody. One that is made of records of people says which measures
    name them."""
    tally = measure.numerator if measure else None
    if not measure or not tally or item_column(folder.contracts[tally.table], tally):
        return
    methods, _ = read_methods(folder.partnership.files)
    records = _records(tally.table, methods, folder)
    remedy = "Ask for a measure that is counted from records, not from totals."
    problem = f"The table '{tally.table}' names nobody."
    if records:
        *others, end = (f"'{one}'" for one in records)
        made = f"{', '.join(others)} and {end}" if others else end
        problem += f" A row of it is of a whole place and period, added up from {made}."
        if named := _that_name(records, methods, folder):
            remedy = f"These name the people of the same records: {', '.join(named)}."
    raise DefinitionMistake(where=measure.file or measure.id, problem=problem, remedy=remedy)


def _records(table: str, methods: Mapping[str, Method], folder: Folder) -> list[str]:
    """The tables of people's records that a table is made of."""
    method = methods.get(table)
    reads = method.reads if method else ()
    named = [one for one in reads if one in folder.contracts]
    return [one for one in named if PERSON in folder.contracts[one].names]


def _that_name(records: list[str], methods: Mapping[str, Method], folder: Folder) -> list[str]:
    """Some measures whose people can be named, counted from each of the tables by itself."""
    found: list[str] = []
    measures = folder.partnership.measures
    for record in records:
        mine = []
        for id, one in sorted(measures.items()):
            table = one.numerator.table if one.numerator else ""
            made_of = _made_of(table, methods) if table else set()
            if record in made_of and item_column(folder.contracts[table], one.numerator):
                mine.append((len(made_of), id))
        found += [id for _, id in sorted(mine)][: max(1, _MOST_NAMED // len(records))]
    return list(dict.fromkeys(found))


def _made_of(table: str, methods: Mapping[str, Method]) -> set[str]:
    found = {table}
    for one in methods[table].reads if table in methods else ():
        found |= _made_of(one, methods)
    return found


def periods_there_are(
    measure: Measure, own: Collection[Period], calendar: Calendar, as_of: date
) -> str:
    """From which period to which there are records of the measure, as a sentence."""
    if not own:
        return "There is none in this place in any period."
    first, last = min(own, key=_start), max(own, key=_start)
    if measure.numerator and measure.numerator.how == "open":
        bases = open_periods(first.start, measure.frequency, calendar, as_of)
        first, last = (bases[0], bases[-1]) if bases else (first, last)
    told = [base_period(one, measure.frequency, calendar) or one for one in (first, last)]
    labels = list(dict.fromkeys(one.label(calendar) for one in told))
    span = " to ".join(one.removeprefix("at ") for one in labels)
    return f"Its table has rows of this place for {span}."


def _start(one: Period) -> date:
    return one.start
