"""Nearest neighbours: the areas most like the partnership's own, worked out in the open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from outturn.framework.model import Comparator, Place
from outturn.statistics.nearest import likeness
from outturn.terms.errors import DefinitionMistake

TABLE = "area_characteristics"


@dataclass(frozen=True, slots=True)
class Neighbour:
    """One area of those a group could have, from the nearest on."""

    place: str
    distance: float  # in standard deviations
    differences: Mapping[str, float]  # of each characteristic, in its standard deviations
    values: Mapping[str, float]  # of the area itself, in their units
    is_member: bool

    @property
    def alike_in(self) -> str:
        """The characteristic in which it is nearest, by name where several are as near."""
        return min(self.differences, key=lambda one: (abs(self.differences[one]), one))

    @property
    def unlike_in(self) -> str:
        """The characteristic in which it is farthest."""
        return max(self.differences, key=lambda one: (abs(self.differences[one]), one))


def neighbours(
    group: Comparator, table: pl.DataFrame, places: Mapping[str, Place], home: str
) -> list[Neighbour]:
    """Every place of the group's kind that has all its characteristics, the nearest first.

    The first `group.nearest` are its members; of places equally far the one whose code comes first.
    Raises the mistake where home lacks a characteristic, or nobody has one.
    """
    names = list(group.weights)
    wide = (
        table.filter(pl.col("characteristic").is_in(names))
        .pivot("characteristic", index="place", values="value")
        .sort("place")
    )
    lacking = [one for one in names if one not in wide.columns]
    own = wide.filter(place=home)
    lacking = lacking or [one for one in names if own.is_empty() or own[one][0] is None]
    if lacking:
        raise mistake_of(group, home, lacking)
    kinds = {code: one.kind for code, one in places.items()}
    near = [code == home or kinds.get(code) == group.kind for code in wide["place"].to_list()]
    wide = wide.filter(pl.Series(near, dtype=pl.Boolean))
    codes = wide["place"].to_list()
    rows = wide.select(names).cast(pl.Float64).to_numpy()
    found = likeness(rows, codes.index(home), list(group.weights.values()))
    order = [
        int(at)
        for at in np.argsort(found.distance, kind="stable")
        if codes[at] != home and not np.isnan(found.distance[at])
    ]
    return [
        Neighbour(
            codes[at],
            float(found.distance[at]),
            dict(zip(names, map(float, found.differences[at]), strict=True)),
            dict(zip(names, map(float, rows[at]), strict=True)),
            rank < group.nearest,
        )
        for rank, at in enumerate(order)
    ]


def with_neighbours(
    comparators: Mapping[str, Comparator],
    table: pl.DataFrame | None,
    places: Mapping[str, Place],
    home: str,
) -> dict[str, Comparator]:
    """The groups, each that asks for the nearest with these as its members."""
    found = {}
    for id, group in comparators.items():
        if group.nearest:
            if table is None:
                raise mistake_of(group, home, list(group.weights))
            near = neighbours(group, table, places, home)
            group = replace(group, members=tuple(one.place for one in near if one.is_member))
        found[id] = group
    return found


def mistake_of(group: Comparator, home: str, lacking: Sequence[str]) -> DefinitionMistake:
    """That the nearest cannot be told, because these characteristics of home are not there."""
    return DefinitionMistake(
        where=f"outturn.toml, comparator '{group.id}'",
        problem=f"No table {TABLE} has {', '.join(lacking)} of {home}, and so nobody can say who "
        "is near.",
        remedy=f"Add a source with the contract {TABLE}, or leave these weights out.",
    )
