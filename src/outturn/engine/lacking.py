"""Which groups have only a part of their numerator or denominator, in columns.

A group may add up several places and base periods. Its denominator must be given for every part
that has a numerator, and, where a missing numerator is not 0, its numerator for every part that has
a denominator and for every base period of a place that has a numerator in any of them. A part is
given by the rows of its place and of those under it, or by a place above it, up to the place of the
group; a row for the whole of a longer period gives all of its parts. `plain_together.py` says the
same slowly. A part with neither is no gap: nobody can know that it is missing.

Nearly always nothing is lacking, and then little is done: places are looked at each by itself
first, and only those with a gap are followed to the places above and to the longer periods.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from outturn.engine.groups import GROUP
from outturn.engine.periods import Wanted
from outturn.engine.plan import rolls_up
from outturn.framework.model import Measure

CELL = ["breakdown", "category"]
PLACE_AND_CELL = ["place", *CELL]


@dataclass(frozen=True)
class Sides:
    """Both sides of a measure: their groups, with null where there is nothing, and own rows."""

    measure: Measure
    wanted: Sequence[Wanted]
    groups: pl.DataFrame  # of GROUP, `numerator` and `denominator`
    own: Mapping[str, pl.DataFrame]  # `Groups.own` by role
    above: pl.DataFrame  # each place and the places that it counts for: `place`, `upper`

    def of_year(self, role: str) -> bool:
        tally = self.measure.numerator if role == "numerator" else self.measure.denominator
        return tally is not None and tally.of_year

    @property
    def singles(self) -> dict[object, int]:
        """The number of each wanted period that is a base period."""
        return {
            one.period: number
            for number, one in enumerate(self.wanted)
            if one.bases == (one.period,)
        }

    def having(self, role: str) -> pl.DataFrame:
        return self.groups.filter(pl.col(role).is_not_null()).select(GROUP)

    def own_rows(self, role: str, *, single: bool) -> pl.DataFrame:
        """The groups that have rows of the place itself, in base periods or in longer ones."""
        rows = self.own.get(role, pl.DataFrame(schema=self.groups.select(GROUP).schema))
        is_single = pl.col("wanted").is_in(list(self.singles.values()))
        return rows.filter(is_single if single else ~is_single)

    def own_in_any(self, role: str) -> pl.DataFrame:
        """The groups that have rows of the place itself in the period or in a part of it."""
        rows = self.own.get(role, pl.DataFrame(schema=self.groups.select(GROUP).schema))
        if self.of_year(role):
            return rows
        parts = self.own_rows(role, single=True).rename({"wanted": "part"})
        in_parts = parts.join(self.inside, on="part").select(GROUP)
        return pl.concat([rows, in_parts]).unique()

    @property
    def inside(self) -> pl.DataFrame:
        """The base periods that each wanted period adds up."""
        singles = self.singles
        lines = [
            (singles[part], number) for number, one in enumerate(self.wanted) for part in one.parts
        ]
        return pl.DataFrame(lines, schema={"part": pl.Int32, "wanted": pl.Int32}, orient="row")


def places_above(measure: Measure, groups: pl.DataFrame, above: pl.DataFrame) -> pl.DataFrame:
    """Each place with itself and the places above it that its rows count for."""
    itself = groups.select("place", pl.col("place").alias("upper")).unique()
    if not rolls_up(measure):
        return itself
    listed = above.select("place", pl.col("above").alias("upper"))
    return pl.concat([listed, itself.join(listed, on="place", how="anti")])


def lacking(sides: Sides, role: str) -> pl.DataFrame:
    """The groups that have a part which needs `role` and is not given it."""
    needing = "numerator" if role == "denominator" else "denominator"
    if sides.of_year(role):
        return _without_any(sides, role, needing)
    found = [_without_parts(sides, role, needing), _displaced(sides, role, needing)]
    return pl.concat(found).unique()


def _without_parts(sides: Sides, role: str, needing: str) -> pl.DataFrame:
    """The groups with a base period of a place that needs `role`, and has nothing of it."""
    gaps = _gaps(sides, role, needing)
    if gaps.is_empty():
        return sides.groups.select(GROUP).clear()
    pairs = _not_between(sides, gaps, sides.own_rows(role, single=True), "part")
    given = sides.having(role).select(pl.col("place").alias("upper"), *CELL).unique()
    cells = pairs.join(given, on=["upper", *CELL], how="semi").join(sides.inside, on="part")
    needed = _needed(sides, cells, needing, started=role == "numerator")
    return _as_groups(_not_whole(sides, needed, role))


def _without_any(sides: Sides, role: str, needing: str) -> pl.DataFrame:
    """The groups with a place that needs `role` in their period, and has nothing of it there."""
    bare = sides.groups.filter(pl.col(needing).is_not_null() & pl.col(role).is_null()).select(GROUP)
    if bare.is_empty():
        return bare
    return _as_groups(_not_between(sides, bare, sides.own_in_any(role), "wanted"))


def _displaced(sides: Sides, role: str, needing: str) -> pl.DataFrame:
    """The same, where the whole that a place gave displaced its parts, and had nothing of it."""
    if sides.own_rows(role, single=False).is_empty():
        return sides.groups.select(GROUP).clear()
    return _without_any(sides, role, needing)


def _as_groups(cells: pl.DataFrame) -> pl.DataFrame:
    return cells.select(pl.col("upper").alias("place"), "wanted", *CELL).unique()


def _gaps(sides: Sides, role: str, needing: str) -> pl.DataFrame:
    """The base periods, as `part`, for which a place that may need it has nothing of `role`."""
    singles = list(sides.singles.values())
    in_single = sides.groups.filter(pl.col("wanted").is_in(singles))
    spread = sides.of_year(needing) or sides.own_rows(needing, single=False).height
    if role == "denominator" and not spread:
        bare = in_single.filter(pl.col(needing).is_not_null() & pl.col(role).is_null())
        return bare.select("place", pl.col("wanted").alias("part"), *CELL)
    there = in_single.filter(pl.col(role).is_not_null())
    full = there.group_by(PLACE_AND_CELL).len().filter(pl.col("len") == len(singles))
    partial = sides.groups.select(PLACE_AND_CELL).unique()
    partial = partial.join(full, on=PLACE_AND_CELL, how="anti")
    parts = pl.DataFrame({"part": singles}, schema={"part": pl.Int32})
    filled = there.select("place", pl.col("wanted").alias("part"), *CELL)
    return partial.join(parts, how="cross").join(filled, on=filled.columns, how="anti")


def _not_between(sides: Sides, gaps: pl.DataFrame, own: pl.DataFrame, when: str) -> pl.DataFrame:
    """Each gap under each place that it counts for, unless a place up to that one fills it."""
    pairs = gaps.join(sides.above, on="place")
    if own.is_empty():
        return pairs
    filling = own.rename({"place": "between", "wanted": when})
    filled = (
        gaps.join(sides.above.rename({"upper": "between"}), on="place")
        .join(filling, on=["between", when, *CELL], how="semi")
        .join(sides.above.rename({"place": "between"}), on="between")
    )
    return pairs.join(filled, on=["place", "upper", when, *CELL], how="anti")


def _needed(sides: Sides, cells: pl.DataFrame, needing: str, *, started: bool) -> pl.DataFrame:
    """The cells that need what they lack: there is something of the other side, or of the same."""
    having = sides.having(needing)
    if sides.of_year(needing):
        kept = [cells.join(having, on=list(GROUP), how="semi")]
    else:
        by_part = having.rename({"wanted": "part"})
        whole = sides.own_rows(needing, single=False).join(sides.above, on="place")
        whole = whole.select(pl.col("upper").alias("place"), "wanted", *CELL)
        kept = [
            cells.join(by_part, on=by_part.columns, how="semi").join(
                having, on=list(GROUP), how="semi"
            ),
            cells.join(whole, on=list(GROUP), how="semi"),
        ]
    if started:
        kept.append(cells.join(sides.having("numerator"), on=list(GROUP), how="semi"))
    return pl.concat(kept).unique()


def _not_whole(sides: Sides, cells: pl.DataFrame, role: str) -> pl.DataFrame:
    """The cells that no row for the whole of their longer period fills."""
    whole = sides.own_rows(role, single=False)
    if whole.is_empty():
        return cells
    under = whole.join(sides.above, on="place").drop("place").rename({"upper": "place"})
    left = cells.join(under, on=list(GROUP), how="anti")
    gaps = left.drop("upper").unique()
    pairs = _not_between(sides, gaps, whole, "wanted")
    return left.join(pairs, on=left.columns, how="semi")
