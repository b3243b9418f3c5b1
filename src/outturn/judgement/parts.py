"""The counts of the parts of undivided figures, as tables of figures by parts, with what lacks."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import polars as pl

from outturn.framework.age_bands import LIFE_TABLE, STANDARD, AgeBand, age_bands
from outturn.framework.model import Measure
from outturn.judgement.words import is_reported
from outturn.terms.records import WHOLE, WITHHELD, Absent

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Counts = npt.NDArray[np.intp]
Texts = npt.NDArray[np.object_]
NAMED = 3  # parts that a reason names before it counts the rest


@dataclass(frozen=True, slots=True)
class Parts:
    """Of each undivided figure that counts made, those of its parts; shape (figures, parts)."""

    measure: Measure
    rows: pl.DataFrame  # `_row`, place, period and numerator of each figure
    names: tuple[str, ...]  # of the parts, in order
    bands: tuple[AgeBand, ...]  # the same, where they are ages
    events: Floats  # numerators; missing where a part has no counts
    people: Floats  # what they are divided by
    withheld: Flags
    hidden: pl.DataFrame  # place and period of each of whom the whole or a part is withheld

    def members(self, places: Collection[str]) -> tuple[Counts, Counts]:
        """How many of these places have all their parts in each figure's period, and how many
        are withheld in whole or in part."""
        whole = ~(self.lacking | self.withheld).any(axis=1)
        periods = self.rows.select("period")
        made = []
        for one in (self.rows.filter(pl.Series(whole)), self.hidden):
            number = one.filter(pl.col("place").is_in(list(places))).group_by("period").len()
            joined = periods.join(number, on="period", how="left", maintain_order="left")
            made.append(joined["len"].fill_null(0).to_numpy().astype(np.intp))
        return made[0], made[1]

    def of(self, places: Collection[str]) -> Parts:
        """For each figure the parts of other places in the same period, in place of its own.

        Those of several are added up, of each that has all its parts; where none has, they are
        those of the first, so that it can be told what lacks.
        """
        _, period = np.unique(self.rows["period"].to_numpy(), return_inverse=True)
        number = period.max() + 1
        theirs = self.rows["place"].is_in(list(places)).to_numpy()
        whole = theirs & ~(self.lacking | self.withheld).any(axis=1)
        first = np.full(number, -1)
        first[period[theirs][::-1]] = np.flatnonzero(theirs)[::-1]
        some = np.bincount(period[whole], minlength=number)[:, None] > 0
        none = (first < 0)[:, None]
        made = []
        for one in (self.events, self.people):
            sums = np.zeros((number, one.shape[1]))
            np.add.at(sums, period[whole], one[whole])
            made.append(np.where(some, sums, np.where(none, np.nan, one[first]))[period])
        withheld = (self.withheld[first] & ~none & ~some)[period]
        return replace(self, events=made[0], people=made[1], withheld=withheld)

    @property
    def lacking(self) -> Flags:
        """Which parts have not both counts, though they are not withheld."""
        return (np.isnan(self.events) | np.isnan(self.people)) & ~self.withheld

    def named(self, which: Flags) -> Texts:
        """The parts of each figure that are marked, in words: "ages 85-89 and 90+"."""
        marked, at = np.unique(which, axis=0, return_inverse=True)
        names = [self._listed(np.flatnonzero(marks)) for marks in marked]
        return np.array(names, dtype=np.object_)[at.ravel()]

    def _listed(self, numbers: npt.NDArray[np.intp]) -> str:
        names = [self.names[number] for number in numbers]
        more = len(names) - NAMED
        told = [*names[:NAMED], f"{more} more"] if more > 1 else names
        listed = " and ".join(filter(None, (", ".join(told[:-1]), *told[-1:])))
        by = self.measure.parted
        return f"{'ages' if self.bands or not by else by.name} {listed}"


def parts_of(rows: pl.DataFrame, measure: Measure) -> Parts:
    """The parts of a measure's figures; `rows` have `over`, by which each numerator is divided.

    Several categories that make up one band of age are added together, and all must be there.
    """
    by = measure.parted
    assert by is not None
    bands = bands_of(measure)
    groups = [band.categories for band in bands] or [(one,) for one in by.categories]
    names = tuple(band.name for band in bands) or by.categories
    ours = rows.with_row_index("_row").filter(pl.col("measure") == measure.id)
    made = pl.col("value").is_not_null() & ~is_reported()
    withheld_rows = pl.col("breakdown").is_in([WHOLE, by.name]) & (
        pl.col("absent") == str(Absent.SUPPRESSED)
    )
    hidden = ours.filter(withheld_rows).select("place", "period").unique(maintain_order=True)
    whole = ours.filter((pl.col("breakdown") == WHOLE) & made)
    whole = whole.select("_row", "place", "period", "numerator")
    counted = _by_part(ours.filter(pl.col("breakdown") == by.name), groups)
    found = whole.with_row_index("_at").join(counted, on=["place", "period"])
    shape = whole.height, len(groups)
    events, people = (np.full(shape, np.nan) for _ in range(2))
    withheld = np.zeros(shape, dtype=np.bool_)
    at = found["_at"].to_numpy(), found["_part"].to_numpy()
    events[at], people[at] = (
        found[name].cast(pl.Float64).fill_null(np.nan).to_numpy() for name in ("_events", "_people")
    )
    withheld[at] = found["_withheld"].to_numpy()
    return Parts(measure, whole, names, bands, events, people, withheld, hidden)


def bands_of(measure: Measure) -> tuple[AgeBand, ...]:
    """The bands of age that a figure is made of; none where its parts are no ages."""
    if measure.parted is None or measure.inequality:
        return ()
    return age_bands(measure.parted.categories, LIFE_TABLE if measure.life_table else STANDARD)


def _by_part(rows: pl.DataFrame, groups: Sequence[Sequence[str]]) -> pl.DataFrame:
    """Counts of each place, period and part: null unless every category of the part has both."""
    numbers = {one: number for number, group in enumerate(groups) for one in group}
    sizes: Mapping[int, int] = {number: len(group) for number, group in enumerate(groups)}
    part = pl.col("category").replace_strict(numbers, default=None, return_dtype=pl.Int64)
    found = rows.with_columns(_part=part).filter(pl.col("_part").is_not_null())
    both = pl.col("numerator").is_not_null() & pl.col("over").is_not_null()
    sums = found.group_by("place", "period", "_part", maintain_order=True).agg(
        _events=pl.col("numerator").sum(),
        _people=pl.col("over").sum(),
        _whole=both.all() & (pl.len() == pl.col("_part").first().replace_strict(sizes)),
        _withheld=(pl.col("absent") == str(Absent.SUPPRESSED)).fill_null(False).any(),
    )
    return sums.with_columns(
        pl.when("_whole").then(name).alias(name) for name in ("_events", "_people")
    )


class Reasons:
    """Why figures are not there; of several reasons for one figure the first that is given."""

    def __init__(self, figures: int) -> None:
        self.why: Texts = np.full(figures, None, dtype=np.object_)
        self.withheld: Flags = np.zeros(figures, dtype=np.bool_)
        self.sound: Flags = np.ones(figures, dtype=np.bool_)  # which have no reason yet

    def give(self, which: npt.ArrayLike, why: str | Texts, *, withheld: bool = False) -> None:
        """The reason, or each figure's own, for those figures that have none yet."""
        new = np.asarray(which, dtype=np.bool_) & self.sound
        self.why[new] = why if isinstance(why, str) else why[new]
        self.withheld[new] = withheld
        self.sound = self.sound & ~new


def reasons_of(parts: Parts, whose: str = "", *, divided: bool = True) -> Reasons:
    """What keeps parts from making a figure; `whose` they are, where not the figure's own.

    A part of nobody does where it is `divided`, and has a rate of its own.
    """
    found = Reasons(len(parts.events))
    of, has = (f" of {whose}", "has") if whose else ("", "is")
    cases = (
        (parts.withheld, f"{WITHHELD.rstrip('.')}: ", f"{of}."),
        (parts.lacking, f"There are no counts{of} for ", "."),
        ((parts.events < 0) | (parts.people < 0), f"A count{of} is below zero: ", "."),
        (divided & (parts.people == 0), f"{whose or 'There'} {has} nobody of ", " to divide by."),
    )
    for which, before, after in cases:
        if which.any():
            told = before + parts.named(which) + after
            found.give(which.any(axis=1), told, withheld=which is parts.withheld)
    return found


def repeated(text: str, figures: int) -> pl.Series:
    """The same words for each figure."""
    return pl.repeat(text, figures, dtype=pl.String, eager=True)
