"""Reading one table of a definition file word by word, gathering every mistake in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from math import isfinite
from typing import Any, TypeVar

from outturn.terms.errors import DefinitionMistake, Mistake, NewBuildMistake, suggestion
from outturn.terms.period import APRIL, Calendar, Period
from outturn.terms.written_periods import parse

T = TypeVar("T")
LARGEST = 2**63 - 1  # what a whole number of a table can hold


class Section:
    """A table of a TOML file that remembers which of its words were asked for.

    Each reader gives the word's value, or a harmless stand-in after noting a mistake; so one
    pass over a file finds all that is wrong with it. `close` notes the words nobody asked for.
    """

    def __init__(
        self,
        content: Mapping[str, Any],
        file: str,
        mistakes: list[Mistake],
        path: str = "",
        calendar: Calendar = APRIL,
    ) -> None:
        self.content = content
        self.file = file
        self.path = path
        self.mistakes = mistakes
        self.calendar = calendar
        self._asked: dict[str, None] = {}

    def where(self, word: str = "") -> str:
        """`framework/measures/x.toml, numerator.where[2]`: the file and the place in it."""
        inside = ".".join(part for part in (self.path, word) if part)
        return f"{self.file}, {inside}" if inside else self.file

    def wrong(self, word: str, problem: str, remedy: str) -> None:
        self.mistakes.append(
            DefinitionMistake(where=self.where(word), problem=problem, remedy=remedy)
        )

    def wrong_in_new(self, word: str, problem: str, remedy: str) -> None:
        """The same of what can be read, and stood in builds that are kept: those can be told."""
        self.mistakes.append(
            NewBuildMistake(where=self.where(word), problem=problem, remedy=remedy)
        )

    def has(self, word: str) -> bool:
        self._asked[word] = None
        return word in self.content

    def raw(self, word: str) -> Any:
        self._asked[word] = None
        return self.content.get(word)

    def text(self, word: str, default: str | None = "") -> str:
        """Words; `default=None` makes them required."""
        value = self.raw(word)
        if value is None:
            return self._missing(word, "text", default, "")
        if not isinstance(value, str) or (default is None and not value.strip()):
            return self._other(word, "text in quotes", "")
        return value.strip()

    def number(self, word: str, default: float | None = None) -> float:
        value = self.raw(word)
        if value is None:
            return self._missing(word, "a number", default, 0.0)
        if not _is_number(value):
            return self._other(word, "a number without quotes", 0.0)
        return float(value)

    def whole(
        self,
        word: str,
        default: int | None = None,
        *,
        at_least: int = 0,
        at_most: int = LARGEST,
    ) -> int:
        """A whole number; one outside the bounds is a mistake."""
        value = self.raw(word)
        if value is None:
            return self._missing(word, "a whole number", default, at_least)
        if isinstance(value, bool) or not isinstance(value, int):
            return self._other(word, "a whole number without quotes", at_least)
        if not at_least <= value <= at_most:
            remedy = f"Give a whole number from {at_least:,} to {at_most:,}."
            if at_most == LARGEST:
                remedy = f"Give a whole number, {at_least:,} or more."
            self.wrong(word, "The number is too small or too large.", remedy)
            return at_least if default is None else default
        return value

    def flag(self, word: str, default: bool = False) -> bool:
        value = self.raw(word)
        if value is None:
            return default
        return value if isinstance(value, bool) else self._other(word, "true or false", default)

    def only_true(self, word: str) -> None:
        """A word that says something by standing there: `= false` would seem to deny it."""
        if self.raw(word) is not True:
            self._other(word, f"{word} = true, or leave the word out", None)

    def day(self, word: str, required: bool = False) -> date | None:
        value = self.raw(word)
        if value is None:
            return self._missing(word, "a date", None, None) if required else None
        if isinstance(value, datetime):
            return value.date()
        if isinstance(value, date):
            return value
        return self._other(word, "a date without quotes, such as 2020-04-01", None)

    def choice(self, word: str, allowed: tuple[str, ...], default: str | None = None) -> str:
        value = self.text(word, default)
        if value and value not in allowed:
            listed = ", ".join(f"'{one}'" for one in allowed)
            self.wrong(
                word,
                f"'{value}' is not one of the words allowed here.",
                suggestion(value, allowed, f"Write one of {listed}."),
            )
            return default or allowed[0]
        return value

    def period(self, word: str, required: bool = False, form: str = "any") -> Period | None:
        value = self.raw(word)
        if value is None:
            return self._missing(word, "a period", None, None) if required else None
        return self.as_period(word, value, form)

    def as_period(self, word: str, value: object, form: str = "any") -> Period | None:
        try:
            return parse(str(value), self.calendar, form)
        except ValueError as reason:
            self.wrong(word, "This is not a period that can be read.", f"{_sentence(reason)}")
            return None

    def texts(self, word: str) -> tuple[str, ...]:
        value = self.raw(word)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            return self._other(word, 'a list of texts, such as ["one", "two"]', ())
        return tuple(value)

    def numbers(self, word: str) -> tuple[float, ...]:
        value = self.raw(word)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(_is_number(one) for one in value):
            return self._other(word, "a list of numbers, such as [56, 61]", ())
        return tuple(float(one) for one in value)

    def band(self, word: str) -> tuple[float, float] | None:
        """Two numbers, the lower first; None when there are none or they cannot be that."""
        before = len(self.mistakes)
        numbers = self.numbers(word)
        if len(self.mistakes) > before or word not in self.content:
            return None
        if len(numbers) != 2:
            self.wrong(word, "A band has two ends.", f"Write {word} = [56, 61].")
            return None
        if numbers[0] > numbers[1]:
            self.wrong(word, "The band is upside down.", "Write the lower end first.")
        return numbers[0], numbers[1]

    def table(self, word: str) -> Section | None:
        """The table under a word; None when there is none."""
        value = self.raw(word)
        if value is None:
            return None
        if not isinstance(value, Mapping):
            return self._other(word, "a table of words, such as { word = value }", None)
        return self.inside(word, value)

    def tables(self, word: str) -> Iterator[Section]:
        """Each table of a list of tables, `[[word]]`."""
        value = self.raw(word)
        if value is None:
            return
        if not isinstance(value, list) or not all(isinstance(one, Mapping) for one in value):
            self._other(word, f"one or more tables, each begun with [[{word}]]", None)
            return
        for number, one in enumerate(value, start=1):
            yield self.inside(f"{word}[{number}]", one)

    def calendar_start(self) -> Period:
        """A harmless stand-in for a period that could not be read."""
        return Period(date(1900, self.calendar.financial_year, 1), 1, "Y")

    def inside(self, word: str, content: Mapping[str, Any]) -> Section:
        path = ".".join(part for part in (self.path, word) if part)
        return Section(content, self.file, self.mistakes, path, self.calendar)

    def one_word(self, words: Iterable[str], what: str) -> str:
        """The single word of `words` that is given; a mistake when there are none or several."""
        options = tuple(words)
        given = [word for word in options if self.has(word)]
        if len(given) == 1:
            return given[0]
        listed = ", ".join(options)
        problem = (
            f"There is no {what}." if not given else f"There are {len(given)}: {', '.join(given)}."
        )
        self.wrong("", problem, f"Give exactly one of {listed}.")
        return ""

    def close(self) -> None:
        """Note every word of the table that nobody asked for."""
        known = list(self._asked)
        for word in self.content:
            if word not in self._asked:
                listed = ", ".join(known)
                self.wrong(
                    word,
                    f"There is no word '{word}' here.",
                    suggestion(word, known, f"The words are {listed}."),
                )

    def _missing(self, word: str, what: str, default: T | None, stand_in: T) -> T:
        if default is None:
            self.wrong(word, f"'{word}' is missing.", f"Add {word} = ... with {what}.")
            return stand_in
        return default

    def _other(self, word: str, what: str, stand_in: T) -> T:
        self.wrong(word, "This is not of the right kind.", f"Give {what}.")
        return stand_in


def is_bound(value: object) -> bool:
    """Something that a cell can be compared with: text, a finite number, yes or no, a day."""
    if isinstance(value, int):
        return -LARGEST <= value <= LARGEST
    if isinstance(value, float):
        return isfinite(value)
    return isinstance(value, (str, date)) and not isinstance(value, datetime)


def _is_number(value: object) -> bool:
    """A finite number; `true`, `nan` and `inf`, which TOML also knows, are none."""
    return isinstance(value, (int, float)) and not isinstance(value, bool) and isfinite(value)


def _sentence(reason: ValueError) -> str:
    text = str(reason)
    return text[:1].upper() + text[1:] + ("" if text.endswith(".") else ".")
