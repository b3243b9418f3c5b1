"""What changed between two vintages, in sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain

import polars as pl

from outturn.terms.period import APRIL, Calendar, from_key
from outturn.terms.records import WHOLE
from outturn.vintages.diff import (
    DEFINITION,
    FOLLOWS,
    GONE,
    METHOD,
    NEW,
    OVERRIDE,
    REAL,
    REVISION,
    SETTINGS,
    TARGET,
    UNEXPLAINED,
)
from outturn.vintages.texts import Asked, Build

COUNTED = {
    NEW: ("figure is new", "figures are new"),
    GONE: ("figure is gone", "figures are gone"),
    REVISION: ("figure was revised as its data changed", "figures were revised as data changed"),
    METHOD: ("figure moved with the method or software", "figures moved with method or software"),
    TARGET: ("figure is judged by another target", "figures are judged by other targets"),
    OVERRIDE: ("status was set aside or restored", "statuses were set aside or restored"),
    SETTINGS: ("figure changed with the settings", "figures changed with the settings"),
    FOLLOWS: (
        "figure is judged otherwise as another moved",
        "figures are judged otherwise as others moved",
    ),
    UNEXPLAINED: ("figure changed without a cause", "figures changed without a cause"),
}


_ONE = "figure, or its status or direction, changed"
_SEVERAL = "figures, or their statuses or directions, changed"


def summary(
    a: Build,
    b: Build,
    changes: pl.DataFrame,
    *,
    calendar: Calendar = APRIL,
    says: Mapping[str, str] | None = None,
    most: int = 20,
) -> tuple[str, ...]:
    """The changes that `diff(a, b)` found, in sentences.

    `says` gives what measure ids and place codes are called. At most `most` movements of whole
    figures are told one by one.
    """
    called = says or {}
    asked = Asked(a, b)
    figures = changes.filter(pl.col("comparator").is_null())
    compared = changes.filter(pl.col("comparator").is_not_null())
    return tuple(
        chain(
            _whole(a, b, figures, compared),
            _behind(asked),
            _counts(figures, called),
            _comparisons(compared, called),
            _measures(asked, called),
            _definitions(asked, figures, called),
            _movements(figures, calendar, called, most),
        )
    )


def _whole(a: Build, b: Build, figures: pl.DataFrame, compared: pl.DataFrame) -> Iterator[str]:
    between = f"from {a.name} to {b.name}"
    if not figures.is_empty():
        yield f"{_number(figures.height, _ONE, _SEVERAL)} {between}."
    elif compared.is_empty():
        yield f"No figure, status, direction or comparison changed {between}."
    else:
        yield f"No figure, status or direction changed {between}."


def _comparisons(compared: pl.DataFrame, called: Mapping[str, str]) -> Iterator[str]:
    """How many comparisons with a group changed, for each set of causes."""
    causes = pl.col("causes").list.join(", ")
    for (why,), found in compared.group_by(causes, maintain_order=True):
        number = _number(
            found.height, "comparison with a group changed", "comparisons with a group changed"
        )
        yield f"{number} ({why}): {_by_measure(found, called)}."


def _behind(asked: Asked) -> Iterator[str]:
    if asked.inputs:
        yield f"Inputs that changed: {', '.join(asked.inputs)}."
    if asked.settings:
        yield f"Settings that changed: {', '.join(asked.settings)}."
    if asked.software:
        yield f"The software changed from {asked.a.software} to {asked.b.software}."


def _counts(changes: pl.DataFrame, called: Mapping[str, str]) -> Iterator[str]:
    for cause, (one, several) in COUNTED.items():
        found = _with(changes, cause)
        if found.height:
            number = _number(found.height, one, several)
            yield f"{number}: {_by_measure(found, called)}."
    mixed = _with(_with(changes, REVISION), DEFINITION).height
    if mixed:
        number = _number(mixed, "of these figures", "of these figures")
        yield f"In {number} data and definition both changed, and cannot be told apart."


def _measures(asked: Asked, called: Mapping[str, str]) -> Iterator[str]:
    if asked.begun:
        yield f"Measures that are new: {', '.join(called.get(m, m) for m in asked.begun)}."
    if asked.ended:
        yield f"Measures that are gone: {', '.join(called.get(m, m) for m in asked.ended)}."


def _definitions(asked: Asked, changes: pl.DataFrame, called: Mapping[str, str]) -> Iterator[str]:
    found = _with(changes, DEFINITION)
    moved = dict(found.group_by("measure").len().iter_rows())
    for measure in sorted({*asked.definitions, *moved}):
        number = moved.get(measure, 0)
        none = "no figure, status or direction changed"
        with_it = _number(number, _ONE, _SEVERAL) if number else none
        verb = "changed" if measure in asked.definitions else "changed for some periods or parts"
        name = called.get(measure, measure)
        yield f"The definition of {name} {verb}; {with_it} with it."


def _movements(
    changes: pl.DataFrame, calendar: Calendar, called: Mapping[str, str], most: int
) -> Iterator[str]:
    found = _with(changes, REAL).filter(pl.col("breakdown") == WHOLE)
    for row in found.head(most).iter_rows(named=True):
        earlier = from_key(row["previous_period"]).label(calendar)
        now = from_key(row["period"]).label(calendar)
        yield (
            f"{called.get(row['measure'], row['measure'])},"
            f" {called.get(row['place'], row['place'])}:"
            f" from {row['previous_shown']} ({earlier}) to {row['shown_after']} ({now})."
        )
    if found.height > most:
        yield f"And {found.height - most} more moved to a later period's figure."


def _with(changes: pl.DataFrame, cause: str) -> pl.DataFrame:
    return changes.filter(pl.col("causes").list.contains(cause))


def _by_measure(changes: pl.DataFrame, called: Mapping[str, str]) -> str:
    numbers = changes.group_by("measure").len().sort("len", "measure", descending=[True, False])
    told = [f"{called.get(m, m)} ({n})" for m, n in numbers.head(5).iter_rows()]
    rest = numbers.height - len(told)
    return ", ".join(told) + (f" and {rest} more measures" if rest > 0 else "")


def _number(number: int, one: str, several: str) -> str:
    return f"{number:,} {one if number == 1 else several}"
