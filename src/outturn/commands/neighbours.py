"""`outturn neighbours`: who is near, how near, and by what."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from outturn.benchmarking.neighbours import (
    TABLE,
    left_out,
    neighbours,
    words_of_few,
    words_of_left_out,
)
from outturn.commands.folder import sound_folder
from outturn.commands.opened import Answer
from outturn.framework.model import Comparator, Partnership
from outturn.ingest import ingest
from outturn.terms.errors import DefinitionMistake, ExtractMistake, raise_all, suggestion


def nearest(path: Path, group: str, progress: Callable[..., None]) -> Answer:
    """The places that a group of nearest neighbours could have, the nearest first.

    `distance` is in standard deviations. Of each place it says in which characteristic it is most
    and least like the partnership's own, with both figures; what is the same everywhere is left
    out, and a note says so. Works from the data as they are now.
    """
    folder = sound_folder(path)
    partnership = folder.partnership
    one = _group(partnership, group)
    ingested = ingest(folder.path, partnership, folder.contracts, folder.cache, progress)
    raise_all(m for m in ingested.mistakes if m.exit_code == ExtractMistake.exit_code)
    table = ingested.whole(TABLE)
    found = neighbours(one, table, partnership.places, partnership.home)
    assert table is not None  # without it nobody could have said who is near
    home = {
        name: value
        for name, value in table.filter(place=partnership.home)
        .select("characteristic", "value")
        .iter_rows()
    }
    names = {code: place.name for code, place in partnership.places.items()}
    rows = [
        {
            "place": names.get(near.place, near.place),
            "distance": round(near.distance, 3),
            "member": "yes" if near.is_member else "no",
            "most alike in": _both(near.alike_in, near.values, home),
            "least alike in": _both(near.unlike_in, near.values, home),
        }
        for near in found
    ]
    same = left_out(one, table, partnership.places, partnership.home)
    notes = _notes(one, same, len(rows))
    return Answer(tuple(rows[0]), rows, one.full_name, frozenset({"distance"}), notes)


def _notes(group: Comparator, same: Mapping[str, float], found: int) -> tuple[str, ...]:
    """How a distance is made, what is left out of it, and where fewer are near than asked for."""
    weights = {name: weight for name, weight in group.weights.items() if name not in same}
    used = ", ".join(f"{name} {weight:g}" for name, weight in weights.items())
    doubts = [said for said in (words_of_left_out(same), words_of_few(group, found)) if said]
    return (
        f"The nearest {min(group.nearest, found)} are the members. Distance: the root of the "
        f"weighted mean of squared differences, each in standard deviations. Weights: {used}.",
        *(said[0].upper() + said[1:] for said in doubts),
    )


def _both(name: str, theirs: Mapping[str, float], ours: Mapping[str, float]) -> str:
    return f"{name}: {theirs[name]:g} beside {ours[name]:g}"


def _group(partnership: Partnership, name: str) -> Comparator:
    asking = {id: one for id, one in partnership.comparators.items() if one.nearest}
    if name in asking:
        return asking[name]
    if len(asking) == 1 and not name:
        return next(iter(asking.values()))
    known = ", ".join(asking)
    if not asking:
        problem, remedy = "No comparator asks for the nearest.", "Give one `nearest` and `weights`."
    elif not name:
        problem, remedy = "Several groups are of nearest neighbours.", f"Name one: {known}."
    else:
        problem = f"No group of nearest neighbours is called '{name}'."
        remedy = suggestion(name, asking, f"They are {known}.")
    raise DefinitionMistake(where="outturn.toml, comparator", problem=problem, remedy=remedy)
