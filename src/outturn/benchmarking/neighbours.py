"""Nearest neighbours: the areas most like the partnership's own, worked out in the open."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import polars as pl

from outturn.framework.model import Comparator, Place
from outturn.statistics.columns import Numbers
from outturn.statistics.nearest import Likeness, likeness
from outturn.terms.errors import DefinitionMistake, raise_all, suggestion

TABLE = "area_characteristics"


@dataclass(frozen=True, slots=True)
class Neighbour:
    """One area of those a group could have, from the nearest on."""

    place: str
    distance: float  # in standard deviations
    differences: Mapping[str, float]  # of each that tells places apart, in standard deviations
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
    group: Comparator, table: pl.DataFrame | None, places: Mapping[str, Place], home: str
) -> list[Neighbour]:
    """Every place of the group's kind that has all its characteristics, the nearest first.

    The first `group.nearest` are its members; of places equally far the one whose code comes first.
    Characteristics that are the same in all of them count for nothing (`left_out` names them).
    Raises the mistake of `mistakes` where it cannot be told who is near.
    """
    for mistake in _mistakes(group, table, places, home):
        raise mistake
    assert table is not None  # without it there is a mistake
    compared = _compared(group, table, places, home)
    found, names = compared.found, list(group.weights)
    order = np.argsort(found.distance, kind="stable")
    used = np.flatnonzero(~found.is_left_out)
    return [
        Neighbour(
            compared.codes[at],
            float(found.distance[at]),
            {names[one]: float(found.differences[at, one]) for one in used},
            dict(zip(names, map(float, compared.rows[at]), strict=True)),
            rank < group.nearest,
        )
        for rank, at in enumerate(at for at in order if compared.codes[at] in compared.near)
    ]


def left_out(
    group: Comparator, table: pl.DataFrame, places: Mapping[str, Place], home: str
) -> dict[str, float]:
    """The characteristics that are the same in home and every place compared, and what they are."""
    compared = _compared(group, table, places, home)
    own = compared.rows[compared.codes.index(home)]
    same = zip(group.weights, own, compared.found.is_left_out, strict=True)
    return {name: float(value) for name, value, is_left_out in same if is_left_out}


def with_neighbours(
    comparators: Mapping[str, Comparator],
    table: pl.DataFrame | None,
    places: Mapping[str, Place],
    home: str,
) -> dict[str, Comparator]:
    """The groups, each that asks for the nearest with these as its members.

    Raises every mistake of `mistakes` at once.
    """
    raise_all(mistakes(comparators, table, places, home))
    found = {}
    for id, group in comparators.items():
        if group.nearest:
            near = neighbours(group, table, places, home)
            group = replace(group, members=tuple(one.place for one in near if one.is_member))
        found[id] = group
    return found


def with_kept_neighbours(
    comparators: Mapping[str, Comparator], benchmarks: pl.LazyFrame, home: str
) -> dict[str, Comparator]:
    """The groups of a kept build, each that asked for the nearest with those it was compared with.

    `benchmarks` are the whole BENCHMARKS of the build: what areas were like then is not kept.
    """
    asking = [id for id, group in comparators.items() if group.nearest]
    if not asking:
        return dict(comparators)
    theirs = pl.col("comparator").is_in(asking) & (pl.col("basis") == "computed")
    pairs = (
        benchmarks.filter(theirs & (pl.col("place") != home))
        .select("comparator", "place")
        .unique()
        .sort("place")
        .collect()
    )
    members = {id: tuple(pairs.filter(comparator=id)["place"]) for id in asking}
    return {
        id: replace(group, members=members[id]) if group.nearest else group
        for id, group in comparators.items()
    }


def mistakes(
    comparators: Mapping[str, Comparator],
    table: pl.DataFrame | None,
    places: Mapping[str, Place],
    home: str,
) -> Iterator[DefinitionMistake]:
    """Why it cannot be told who is near, for each group that asks for the nearest."""
    for group in comparators.values():
        if group.nearest:
            yield from _mistakes(group, table, places, home)


def doubts(
    comparators: Mapping[str, Comparator],
    table: pl.DataFrame | None,
    places: Mapping[str, Place],
    home: str,
) -> Iterator[str]:
    """Sentences about groups without mistake: what is left out, and where fewer are near."""
    for group in comparators.values():
        if table is None or not group.nearest or any(_mistakes(group, table, places, home)):
            continue
        where = f"Comparator '{group.id}': "
        if said := words_of_left_out(left_out(group, table, places, home)):
            yield where + said
        if said := words_of_few(group, len(neighbours(group, table, places, home))):
            yield where + said


def words_of_left_out(same: Mapping[str, float]) -> str:
    """What is left out of the distances and why; nothing where nothing is."""
    each = "; ".join(f"{name}, which is {value:g}" for name, value in same.items())
    said = f"left out of the distances: {each} in every place compared, and so makes nobody nearer."
    return said if same else ""


def words_of_few(group: Comparator, found: int) -> str:
    """That there are fewer places than the group asks for; nothing where there are enough."""
    if found >= group.nearest:
        return ""
    return (
        f"it asks for the nearest {group.nearest}, and {found} of the kind '{group.kind}' "
        f"{'has' if found == 1 else 'have'} all its characteristics."
    )


class _Compared(NamedTuple):
    """Home and the places of the kind, as far as anything is known of them, in order of codes."""

    codes: list[str]
    rows: Numbers  # places by characteristics
    found: Likeness
    near: frozenset[str]  # the codes of those that could be near


def _compared(
    group: Comparator, table: pl.DataFrame, places: Mapping[str, Place], home: str
) -> _Compared:
    wide = _wide(group, table)
    kinds = {code: one.kind for code, one in places.items()}
    of_kind = [code == home or kinds.get(code) == group.kind for code in wide["place"].to_list()]
    wide = wide.filter(pl.Series(of_kind, dtype=pl.Boolean))
    codes = wide["place"].to_list()
    rows = wide.drop("place").cast(pl.Float64).to_numpy()
    found = likeness(rows, codes.index(home), list(group.weights.values()))
    is_known = zip(codes, ~np.isnan(found.distance), strict=True)
    near = frozenset(code for code, known in is_known if known and code != home)
    return _Compared(codes, rows, found, near)


def _wide(group: Comparator, table: pl.DataFrame) -> pl.DataFrame:
    """A row for each place, and after it a column for each weight, by its number: a characteristic
    may have any name."""
    number = {name: str(n) for n, name in enumerate(group.weights)}
    wide = (
        table.filter(pl.col("characteristic").is_in(list(number)))
        .with_columns(
            number=pl.col("characteristic").replace_strict(number, return_dtype=pl.String)
        )
        .pivot("number", index="place", values="value")
        .sort("place")
    )
    lacking = [pl.lit(None, pl.Float64).alias(n) for n in number.values() if n not in wide.columns]
    return wide.with_columns(lacking).select("place", *number.values())


def _mistakes(
    group: Comparator, table: pl.DataFrame | None, places: Mapping[str, Place], home: str
) -> Iterator[DefinitionMistake]:
    where = f"outturn.toml, comparator {group.id}"
    names = list(group.weights)
    own = None if table is None else _wide(group, table).filter(place=home).drop("place")
    lacking = [
        name
        for n, name in enumerate(names)
        if own is None or own.is_empty() or own[str(n)][0] is None
    ]
    if table is None or lacking:
        yield DefinitionMistake(
            where=where,
            problem=f"No table {TABLE} has {', '.join(lacking)} of {home}, and so nobody can say "
            "who is near.",
            remedy=_remedy(lacking, table, home),
        )
        return
    compared = _compared(group, table, places, home)
    if not compared.near:
        yield DefinitionMistake(
            where=where,
            problem=f"No place of the kind '{group.kind}' besides {home} has all of "
            f"{', '.join(names)}, and so nobody is near.",
            remedy=f"Add them to a source with the contract {TABLE}, or leave out a weight.",
        )
    elif compared.found.is_left_out.all():
        yield DefinitionMistake(
            where=where,
            problem=f"{', '.join(names)}: the same in every place compared, and so nobody is "
            "nearer than another.",
            remedy="Give weights to characteristics in which places differ.",
        )


def _remedy(lacking: Sequence[str], table: pl.DataFrame | None, home: str) -> str:
    """Where a source has the table, whether a name is unknown or home lacks a row."""
    if table is None:
        return f"Add a source with the contract {TABLE}, or leave these weights out."
    known = table["characteristic"].unique().sort().to_list()
    unknown = [name for name in lacking if name not in known]
    if unknown:
        listed = f"The table has {', '.join(known) or 'no rows'}."
        return " ".join(dict.fromkeys(suggestion(name, known, listed) for name in unknown))
    return f"Add rows of {home} to a source with the contract {TABLE}, or leave these weights out."
