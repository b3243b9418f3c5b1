"""A kept build, opened to be asked: names into ids and back, and answers as rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from outturn.commands.folder import STORE
from outturn.framework import Measure, Partnership, read_texts
from outturn.framework.model import Place
from outturn.terms.errors import DefinitionMistake, raise_all, suggestion
from outturn.terms.period import Period, from_key
from outturn.terms.records import WHOLE
from outturn.terms.written_periods import parse
from outturn.vintages import Released, open_


@dataclass(frozen=True)
class Answer:
    """Rows under named columns, with a title above and notes below."""

    columns: tuple[str, ...]
    rows: list[dict[str, Any]]
    title: str = ""
    numeric: frozenset[str] = frozenset()
    notes: tuple[str, ...] = ()
    printed: tuple[dict[str, Any], ...] = ()  # as a person reads the rows, where that is otherwise

    @property
    def frame(self) -> pl.DataFrame:
        """The rows as a Polars frame, for a notebook."""
        if not self.rows:
            return pl.DataFrame(schema=dict.fromkeys(self.columns, pl.String))
        return pl.DataFrame(self.rows, infer_schema_length=None)


@dataclass(frozen=True)
class Said:
    """What people call measures, places and periods, and what they mean by it."""

    partnership: Partnership

    def measure(self, said: str) -> Measure:
        """The measure that an id, a code of a scheme or a title stands for."""
        measures = self.partnership.measures
        if said in measures:
            return measures[said]
        asked = said.casefold()
        near = [m for m in measures.values() if asked in (word.casefold() for word in _known_as(m))]
        if len(near) == 1:
            return near[0]
        codes = [word for one in measures.values() for word in _known_as(one)]
        problem = f"There is no measure '{said}'."
        otherwise = "List those there are: outturn scorecard"
        remedy = suggestion(said, [*measures, *codes], otherwise)
        if near:
            problem = f"'{said}' is a code or a title of {len(near)} measures."
            remedy = f"Say which: {', '.join(one.id for one in near)}."
        raise DefinitionMistake(where="the command", problem=problem, remedy=remedy)

    def place(self, said: str) -> str:
        """The code of the place that was named; the partnership's own when none was."""
        if not said:
            return self.partnership.home
        places = self.partnership.places
        codes = [one.code for one in places.values() if said in _called(one)]
        if said in places or len(codes) == 1:
            return said if said in places else codes[0]
        problem = f"There is no place '{said}'."
        known = [name for one in places.values() for name in (*_called(one), one.code)]
        remedy = suggestion(said, known, "See places.csv.")
        if codes:
            problem = f"'{said}' is the name of {len(codes)} places."
            remedy = f"Say which by its code: {', '.join(codes)}."
        raise DefinitionMistake(where="the command", problem=problem, remedy=remedy)

    def period(self, said: str) -> Period:
        try:
            return parse(said, self.partnership.calendar)
        except ValueError as error:
            reason = str(error)
            asks = reason.startswith("write ")
            raise DefinitionMistake(
                where="the command",
                problem="The period cannot be read.",
                remedy=f"Please {reason}." if asks else f"{reason[:1].upper()}{reason[1:]}.",
            ) from None

    def latest(self, keys: Iterable[str]) -> str:
        """The period that ends last; of those, the year so far, else the longest."""
        calendar = self.partnership.calendar

        def when(one: Period) -> tuple[date, bool, int]:
            of_year = one.start == calendar.year_start(one.end)
            return one.end, of_year, -one.start.toordinal()

        return max(map(from_key, keys), key=when).key

    def label(self, key: str) -> str:
        return from_key(key).label(self.partnership.calendar)


@dataclass(frozen=True)
class Opened(Said):
    """A kept build with the definitions it was made from."""

    kept: Released

    def part(self, measure: Measure, said: str) -> tuple[str, str]:
        """The breakdown and category that "sex=F" stands for; the whole when nothing is said."""
        if not said:
            return WHOLE, WHOLE
        here = (pl.col("measure") == measure.id) & (pl.col("breakdown") != WHOLE)
        frames = (self.kept.scan(name).filter(here) for name in ("values", "verdicts"))
        cells = pl.concat([one.select("breakdown", "category") for one in frames]).unique()
        known = {f"{b}={c}": (b, c) for b, c in sorted(cells.collect().iter_rows())}
        if said in known:
            return known[said]
        if not known:
            problem, remedy = f"'{measure.id}' is not divided into parts.", "Leave out --part."
        else:
            problem = f"'{measure.id}' has no part '{said}'."
            remedy = suggestion(said, known, f"Its parts are {', '.join(known)}.")
        raise DefinitionMistake(where="the command", problem=problem, remedy=remedy)


def _known_as(measure: Measure) -> tuple[str, ...]:
    """What a measure may be called, its id apart."""
    titles = (one for one in (measure.short, measure.title) if one)
    return (*(code.code for code in measure.codes), *titles)


def _called(place: Place) -> tuple[str, ...]:
    """What people and publishers call a place, its code apart."""
    return (place.name, *(alias.rpartition(":")[2] for alias in place.aliases))


def open_build(path: Path, vintage: str) -> Opened:
    kept = open_(path / STORE, vintage)
    partnership, mistakes = read_texts(dict(kept.definitions))
    raise_all(mistakes)
    return Opened(partnership, kept)


def part_said(row: dict[str, Any]) -> str:
    """Which part of a figure a row is of, as --part takes it: "sex=F"; nothing for a whole one."""
    return "" if row["breakdown"] == WHOLE else f"{row['breakdown']}={row['category']}"


def short_title(opened: Opened, id: str) -> str:
    """The short title of a measure; what is no measure is as it is."""
    found = opened.partnership.measures.get(id)
    return (found.short or found.title) if found else id


def place_name(opened: Opened, code: str) -> str:
    place = opened.partnership.places.get(code)
    return place.name if place else code
