"""Categories that are ages: which years each holds, and which bands of a table they make up."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import inf

from outturn.statistics.life_expectancy import AGES
from outturn.statistics.standard_population import band_starts, european_standard_population

STANDARD = tuple(int(age) for age in band_starts())  # where the standard's 19 bands begin
LIFE_TABLE = AGES  # where the 20 bands of a life table begin
WRITTEN = 'Write ages as "65-69", "67" or, of the last, "90+".'
_AGES = r"(?:ages? |aged )?"
_YEARS = r"(?: years?(?: old)?)?"
_WAYS = (
    (re.compile(rf"{_AGES}(?:under|below|less than) (\d+){_YEARS}"), "under"),
    (re.compile(rf"{_AGES}(\d+) ?(?:-|–|to) ?(\d+){_YEARS}"), "range"),
    (
        re.compile(rf"{_AGES}(\d+){_YEARS} ?(?:\+|plus|(?:and|or) (?:over|older|above|more))"),
        "open",
    ),
    (re.compile(rf"{_AGES}(\d+){_YEARS}"), "one"),
)


@dataclass(frozen=True, slots=True)
class AgeBand:
    """Years of age that are counted as one, with the categories that make them up."""

    start: int
    end: float  # the last year that belongs; infinite when open
    categories: tuple[str, ...]

    @property
    def name(self) -> str:
        """The ages in words: "65-69", "90+"."""
        if self.end == inf:
            return f"{self.start}+"
        return f"{self.start}" if self.end == self.start else f"{self.start}-{self.end:.0f}"

    @property
    def weight(self) -> float:
        """Its people in the European standard population of 2013, of 100,000 in all."""
        to = None if self.end == inf else int(self.end)
        return float(european_standard_population(self.start, to).sum())


def ages_of(category: str) -> AgeBand | None:
    """The years that a category holds; None where its words are no ages."""
    words = " ".join(category.lower().split())
    for pattern, way in _WAYS:
        if not (found := pattern.fullmatch(words)):
            continue
        start, end = int(found[1]), float(found[found.lastindex or 1])
        if way == "under":
            start, end = 0, end - 1
        elif way == "open":
            end = inf
        return AgeBand(start, end, (category,)) if end >= start else None
    return None


def age_bands(categories: Sequence[str], starts: Sequence[int]) -> tuple[AgeBand, ...]:
    """The bands that categories make up, youngest first: parts of one band of the table together.

    A category of several whole bands of the table is a band of its own. The categories are without
    mistake: `band_mistakes` finds none.
    """
    bands: list[AgeBand] = []
    for one in sorted(filter(None, map(ages_of, categories)), key=lambda band: band.start):
        if bands and _block(bands[-1].end, starts) == _block(one.start, starts):
            last = bands.pop()
            one = AgeBand(last.start, one.end, (*last.categories, *one.categories))
        bands.append(one)
    return tuple(bands)


def band_mistakes(
    categories: Sequence[str], starts: Sequence[int], *, whole: bool = False
) -> Iterator[tuple[str, str]]:
    """What keeps categories from making up bands of the table: problems, each with its remedy.

    The youngest and the oldest category may begin or end inside a band of the table, unless the
    `whole` of it is wanted; then every band of the table is wanted by itself too.
    """
    read = [(one, ages_of(one)) for one in categories]
    wrong = [one for one, ages in read if ages is None]
    for one in wrong:
        yield f"'{one}' is no age band.", WRITTEN
    bands = sorted((ages for _, ages in read if ages), key=lambda band: (band.start, band.end))
    beside = list(_beside(bands, told=bool(wrong)))
    yield from beside
    if not bands:
        return
    if not beside:
        yield from _cut(bands, starts, whole)
    top = bands[-1]
    if starts[-1] <= top.start and top.end != inf:
        problem = f"The last band, '{top.categories[0]}', ends; the table's has no end."
        yield problem, f"Name the last one '{starts[-1]}+', for all who are as old or older."
    if whole:
        yield from _not_whole(bands, starts)
    elif not wrong and len(age_bands(categories, starts)) < 2:
        yield "There is one age band: nothing is weighted.", "Name two bands or more."


def names_of(starts: Sequence[int]) -> tuple[str, ...]:
    """The bands of a table in words, to be written as categories."""
    ends = [*(start - 1 for start in starts[1:]), inf]
    return tuple(AgeBand(start, end, ()).name for start, end in zip(starts, ends, strict=True))


def _beside(bands: Sequence[AgeBand], *, told: bool) -> Iterator[tuple[str, str]]:
    """Ages in two bands, and ages between two bands that are in none."""
    for before, after in zip(bands, bands[1:], strict=False):
        names = f"'{before.categories[0]}' and '{after.categories[0]}'"
        if after.start <= before.end:
            yield f"{names} share ages.", "Each age belongs to one band: correct one of them."
        elif after.start > before.end + 1 and not told:
            gap = AgeBand(int(before.end) + 1, after.start - 1, ()).name
            remedy = f"Add '{gap}' to the categories, or take out all that is younger or older."
            yield f"No band holds '{gap}', between {names}.", remedy


def _cut(bands: Sequence[AgeBand], starts: Sequence[int], whole: bool) -> Iterator[tuple[str, str]]:
    """Bands that are neither inside one of the table's nor made of several whole ones."""
    edges = {*starts, inf}
    for number, one in enumerate(bands):
        if _block(one.start, starts) == _block(one.end, starts):
            continue
        outer = not whole
        begins = one.start in edges or (outer and number == 0)
        ends = one.end + 1 in edges or (outer and number == len(bands) - 1)
        if not (begins and ends):
            cut = one.end if begins else one.start
            at = names_of(starts)[_block(cut, starts)]
            yield (
                f"The band '{one.categories[0]}' holds a part of the table's band {at}.",
                "Give bands that end where the table's end, or narrower ones.",
            )


def _not_whole(bands: Sequence[AgeBand], starts: Sequence[int]) -> Iterator[tuple[str, str]]:
    """What is lacking of a table of which every band is wanted by itself."""
    names = names_of(starts)
    lacking = []
    for number, name in enumerate(names):
        inside = [one for one in bands if _block(one.start, starts) == number]
        if not any(one.start == starts[number] for one in inside):
            lacking.append(name)
    for one in bands:
        if _block(one.start, starts) != _block(one.end, starts):
            yield (
                f"The band '{one.categories[0]}' holds several bands of the life table.",
                f"Its bands are {', '.join(names)}.",
            )
    if lacking:
        yield f"No band begins the table's {', '.join(lacking)}.", f"It needs {', '.join(names)}."


def _block(age: float, starts: Sequence[int]) -> int:
    """The number of the table's band that an age lies in."""
    return bisect_right(starts, age) - 1
