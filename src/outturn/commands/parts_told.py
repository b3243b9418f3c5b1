"""The counts of the parts that a figure is made of, as `outturn explain` tells them."""

from __future__ import annotations

from collections.abc import Iterator

from outturn.commands.opened import Opened
from outturn.framework.age_bands import STANDARD, age_bands
from outturn.framework.model import Measure
from outturn.terms.period import Period
from outturn.terms.records import WHOLE


def parts_told(
    opened: Opened, measure: Measure, cell: tuple[str, str, str, str], period: Period
) -> Iterator[str]:
    """A line for each part of an undivided figure, in the order of the definition.

    Of a figure that is standardised directly each band of age has the weight it is given.
    """
    by = measure.parted
    if by is None or cell[2] != WHOLE:
        return
    found = opened.kept.scan("values").filter(
        measure=measure.id, place=cell[1], period=period.key, breakdown=by.name
    )
    counts = found.select("category", "numerator", "denominator").collect().rows()
    told = {category: numbers for category, *numbers in counts}
    weighted = measure.standardise is not None and measure.standardise.directly
    for band in age_bands(by.categories, STANDARD) if weighted else ():
        numbers = [told.get(one, [None, None]) for one in band.categories]
        weight = f"; weight {band.weight:,.10g}"
        yield f"  {by.name} {', '.join(band.categories)}: {_sums(numbers)}{weight}"
    for one in () if weighted else by.categories:
        yield f"  {by.name} {one}: {_sums([told.get(one, [None, None])])}"


def _sums(numbers: list[list[float | None]]) -> str:
    """Numerator and denominator of several categories together, where all of them have both."""
    tops, bottoms = zip(*numbers, strict=True)
    if None in tops or None in bottoms:
        return "not told"
    top, bottom = (sum(filter(None, one)) for one in (tops, bottoms))
    return f"{top:,.10g} of {bottom:,.10g}"
