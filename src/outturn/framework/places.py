"""Reading `places.csv`: areas with codes, names, kinds, parents, dates and aliases."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date

from outturn.framework.model import Place
from outturn.terms.errors import DefinitionMistake, Mistake, suggestion

_COLUMNS = ("code", "name", "kind", "parent", "valid_from", "valid_to", "successor", "aliases")
MAIN = "main"  # the hierarchy of the column `parent`
EVERY = "every"  # all hierarchies together


def read_places(text: str, file: str, mistakes: list[Mistake]) -> dict[str, Place]:
    """Every place of the file by code; each mistake names its line."""
    if not text.strip():
        remedy = f"Begin it with a line of headings: {','.join(_COLUMNS)}"
        _wrong(mistakes, file, "The list of places is missing or empty.", remedy)
        return {}
    places: dict[str, Place] = {}
    rows = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    try:
        if not _headings(list(rows.fieldnames or ()), file, mistakes):
            return {}
        for row in rows:
            _add(places, row, f"{file}, line {rows.line_num}", mistakes)
    except csv.Error:
        remedy = "Look for a quotation mark that is opened and not closed."
        at = f"{file}, line {rows.line_num + 1}"
        _wrong(mistakes, at, "The file cannot be taken apart into lines and cells.", remedy)
    _check_parents(places, file, mistakes)
    return places


def _add(
    places: dict[str, Place], row: dict[str, str], where: str, mistakes: list[Mistake]
) -> None:
    place = _place(row, where, mistakes)
    if place and place.code in places:
        remedy = "Keep one line for each code; other names go under aliases."
        _wrong(mistakes, where, "The code stands on an earlier line too.", remedy)
    elif place:
        places[place.code] = place


def parents(place: Place, hierarchy: str = EVERY) -> tuple[str, ...]:
    """The codes directly above a place in one hierarchy, or in every one."""
    return tuple(
        dict.fromkeys(
            above for name, above in place.parents.items() if above and hierarchy in (EVERY, name)
        )
    )


def ancestors(places: Mapping[str, Place], code: str, hierarchy: str = EVERY) -> list[str]:
    """The place itself and all above it, nearest first; each once, however many ways lead there.

    In every hierarchy together, a locality stands under its council, and under the board of that
    council.
    """
    found = [code]
    for here in found:
        above = parents(places[here], hierarchy) if here in places else ()
        found += [one for one in above if one in places and one not in found]
    return found


def added_up(
    places: Mapping[str, Place], hierarchy: str = EVERY, tops: Collection[str] = ()
) -> dict[str, tuple[str, ...]]:
    """Each place with itself and the places above it that its figures are added up to.

    Those are the ones that stand at or under one of `tops`; without tops, all of them. A folder
    that lists a region for its published figures has no more of the region than its own part.
    """
    lines = {code: ancestors(places, code, hierarchy) for code in places}
    inside = {code for code, line in lines.items() if not tops or set(tops) & set(line)}
    return {
        code: tuple(one for one in line if one == code or one in inside)
        for code, line in lines.items()
    }


def members(
    places: Mapping[str, Place], hierarchy: str = EVERY, tops: Collection[str] = ()
) -> list[tuple[str, Place]]:
    """Each place that figures are added up to, with every place directly below it.

    In several hierarchies at once a place may stand directly below another and also below one of
    its other members: it is in that member's figure already, and is no member beside it.
    """
    counts_for = added_up(places, hierarchy, tops)
    pairs = [
        (above, one)
        for one in places.values()
        for above in parents(one, hierarchy)
        if above in counts_for[one.code]
    ]
    direct = {(above, one.code) for above, one in pairs}
    return [
        (above, one)
        for above, one in pairs
        if not any(
            (above, between) in direct and _lasts_as_long(places[between], one)
            for between in ancestors(places, one.code, hierarchy)[1:]
        )
    ]


def members_then(
    pairs: Iterable[tuple[str, Place]], lines: Mapping[str, Sequence[str]], day: date
) -> list[tuple[str, Place]]:
    """The `members` that exist on a day, without those below another member of that day.

    `lines` has the `ancestors` of each place.
    """
    here = [(above, one) for above, one in pairs if one.existed(day)]
    direct = {(above, one.code) for above, one in here}
    return [
        (above, one)
        for above, one in here
        if not any((above, between) in direct for between in lines[one.code][1:])
    ]


def _lasts_as_long(place: Place, other: Place) -> bool:
    """Whether a place exists on every day on which the other does."""
    begins = (place.since or date.min) <= (other.since or date.min)
    return begins and (place.until or date.max) >= (other.until or date.max)


def _headings(names: list[str], file: str, mistakes: list[Mistake]) -> bool:
    before = len(mistakes)
    for needed in ("code", "name", "kind"):
        if needed not in names:
            _wrong(
                mistakes,
                f"{file}, line 1",
                f"There is no column '{needed}'.",
                f"Begin the file with a line of headings: {','.join(_COLUMNS)}",
            )
    for name in sorted({name for name in names if names.count(name) > 1}):
        problem = f"Two columns have the heading '{name}'."
        _wrong(mistakes, f"{file}, line 1", problem, "Take one of them out.")
    for name in names:
        if name not in _COLUMNS and not name.startswith("parent."):
            _wrong(
                mistakes,
                f"{file}, line 1",
                f"There is no column '{name}' in a list of places.",
                suggestion(name, _COLUMNS, f"The columns are {', '.join(_COLUMNS)}, parent.NAME."),
            )
    return len(mistakes) == before


def _place(row: dict[str, str], where: str, mistakes: list[Mistake]) -> Place | None:
    if None in row or None in row.values():
        _wrong(
            mistakes,
            where,
            "The line has more or fewer cells than the headings.",
            "Put quotes round a name that holds a comma.",
        )
        return None
    cells = {name: cell.strip() for name, cell in row.items()}
    if not (cells["code"] and cells["name"]):
        _wrong(mistakes, where, "The code or the name is empty.", "Give every place both.")
        return None
    parents = {
        name.partition(".")[2] or MAIN: cell
        for name, cell in cells.items()
        if (name == "parent" or name.startswith("parent.")) and cell
    }
    since = _day(cells.get("valid_from", ""), where, mistakes)
    until = _day(cells.get("valid_to", ""), where, mistakes)
    if since and until and until < since:
        _wrong(mistakes, where, "The place ends before it begins.", "Exchange the two dates.")
    return Place(
        code=cells["code"],
        name=cells["name"],
        kind=cells["kind"],
        parents=parents,
        since=since,
        until=until,
        successor=cells.get("successor", ""),
        aliases=tuple(one.strip() for one in cells.get("aliases", "").split("|") if one.strip()),
    )


def _day(cell: str, where: str, mistakes: list[Mistake]) -> date | None:
    if not cell:
        return None
    try:
        return date.fromisoformat(cell)
    except ValueError:
        _wrong(mistakes, where, "A validity date cannot be read.", "Write it as 2009-04-01.")
        return None


def _check_parents(places: dict[str, Place], file: str, mistakes: list[Mistake]) -> None:
    for place in places.values():
        for hierarchy, parent in place.parents.items():
            where = f"{file}, place {place.code}"
            if parent not in places:
                remedy = suggestion(parent, places, "Add a line for the parent.")
                _wrong(mistakes, where, f"The parent '{parent}' is not in the list.", remedy)
            elif _circles(places, place.code, hierarchy):
                _wrong(
                    mistakes,
                    where,
                    f"In the hierarchy '{hierarchy}' the place stands above itself.",
                    "Correct the parent of one place in the circle.",
                )


def stands_above_itself(places: Mapping[str, Place], code: str) -> list[bool]:
    """For each hierarchy of the place, whether it leads back to the place."""
    return [_circles(places, code, hierarchy) for hierarchy in places[code].parents]


def _circles(places: Mapping[str, Place], code: str, hierarchy: str) -> bool:
    seen: set[str] = set()
    here = code
    while (here := places[here].parents.get(hierarchy, "")) in places:
        if here == code:
            return True
        if here in seen:
            return False
        seen.add(here)
    return False


def _wrong(mistakes: list[Mistake], where: str, problem: str, remedy: str) -> None:
    mistakes.append(DefinitionMistake(where=where, problem=problem, remedy=remedy))
