"""The judge of `derivations.continuous_stays`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from outturn.ingest.derivations import left_out
from outturn.ingest.derivations.model import Asked, Row, Rows

_FIRST, _LAST = date(1, 1, 1), date(9999, 12, 31)
_OF_FIRST = (
    "place", "person", "hospital", "kind", "admission", "admitted_from", "admitted_on",
    "admission_method", "management_type", "response_minutes", "out_of_area", "source", "row",
)  # fmt: skip
_OF_LAST = ("destination", "discharge_method", "discharge_destination", "treatment_function")
_OF_PERSON = ("sex", "born_on", "died_on")


def stays(tables: Mapping[str, Rows], asked: Asked) -> list[Row]:
    """Goes along the episodes of each person in beds that join one another."""
    lines: dict[tuple[str, ...], list[Row]] = {}
    for episode in tables["hospital_episodes"]:
        began, ended = episode["admitted_on"], episode["discharged_on"]
        if began is not None and (ended is None or not _turned(episode)):
            lines.setdefault(_line(episode, asked), []).append(dict(episode))
    found = []
    for line in lines.values():
        line.sort(key=lambda one: _order(one, asked))
        for position, episode in enumerate(line):
            following = line[position + 1]["admitted_on"] if position + 1 < len(line) else None
            open_ends = following if asked.flag("open_ends_at_next") else None
            episode["ended_on"] = episode["discharged_on"] or open_ends
            episode["position"] = position
        found += [_stay(one) for one in _joined(_units(line), asked)]
    return found


def kept_out(tables: Mapping[str, Rows], asked: Asked) -> list[Row]:
    """The episodes that are in no stay."""
    found = []
    for episode in tables["hospital_episodes"]:
        if episode["admitted_on"] is None:
            why = left_out.NO_START
        elif episode["discharged_on"] is not None and _turned(episode):
            why = left_out.DATES_TURNED
        else:
            continue
        names = (*_OF_FIRST, *_OF_LAST, *_OF_PERSON, "discharged_on", "fall")
        same = {name: episode[name] for name in names}
        found.append(same | {"stay": episode["episode"], "kept_out": why})
    return found


def _turned(episode: Row) -> bool:
    return bool(episode["discharged_on"] < episode["admitted_on"])


def _line(episode: Row, asked: Asked) -> tuple[str, ...]:
    """Whose episode it is, and in which beds; one of a kind that is not joined is by itself."""
    joined: Mapping[str, str] = asked.method.parameters["joined_with"]
    whose = (episode["place"], episode["person"])
    if episode["kind"] in joined:
        return (*whose, "joined", joined[episode["kind"]])
    return (*whose, "alone", episode["episode"])


def _order(episode: Row, asked: Asked) -> tuple[Any, ...]:
    number, ended, admission = episode["number"], episode["discharged_on"], episode["admission"]
    words = asked.words("first_of_a_day")
    return (
        episode["admitted_on"],
        (number is None, number or 0),
        (ended is None, ended or _FIRST),
        words.index(admission) if admission in words else len(words),
        episode["episode"],
        episode["source"],
        episode["row"],
    )


def _units(line: Sequence[Row]) -> list[list[Row]]:
    """Those of one marker, those of one spell, and each of the others."""
    units: dict[tuple[str, str], list[Row]] = {}
    for episode in line:
        if episode["continuous_stay"] is not None:
            key = ("marker", episode["continuous_stay"])
        elif episode["spell"] is not None:
            key = ("spell", episode["spell"])
        else:
            key = ("none", episode["episode"])
        units.setdefault(key, []).append(episode)
    return list(units.values())


def _joined(units: Sequence[list[Row]], asked: Asked) -> list[list[Row]]:
    """The episodes of each stay: another begins where a unit does not go on from those before it,
    and where its marker is not the first."""
    found: list[list[Row]] = []
    before: list[Row] = []
    for unit in units:
        goes_on = bool(before) and _goes_on(unit, before, asked)
        if not goes_on or (_is_marked(unit) and _is_marked(found[-1])):
            found.append([])
        found[-1] += unit
        before += unit
    return found


def _is_marked(episodes: Sequence[Row]) -> bool:
    return any(one["continuous_stay"] is not None for one in episodes)


def _goes_on(unit: Sequence[Row], before: Sequence[Row], asked: Asked) -> bool:
    """Whether a unit belongs to those before it: by the days between, and what is told of them."""
    first, last = unit[0], max(before, key=_end)
    if last["ended_on"] is None or first["admitted_on"] < last["ended_on"]:
        return True
    days = (first["admitted_on"] - last["ended_on"]).days
    if (
        first["admission"] in asked.words("transfer_admissions")
        or first["admitted_from"] in asked.words("transfer_from")
        or last["destination"] in asked.words("transfer_to")
    ):
        return days <= asked.number("transfer_days")
    if last["destination"] in asked.words("left_to"):
        return False
    return days <= asked.number("gap_days")


def _end(episode: Row) -> tuple[date, int]:
    return episode["ended_on"] or _LAST, episode["position"]


def _stay(episodes: Sequence[Row]) -> Row:
    first, last = min(episodes, key=lambda one: one["position"]), max(episodes, key=_end)
    made = {name: first[name] for name in _OF_FIRST} | {name: last[name] for name in _OF_LAST}
    for name in _OF_PERSON:
        others = [one[name] for one in episodes if one[name] is not None]
        made[name] = first[name] if first[name] is not None else min(others, default=None)
    falls = [one["fall"] for one in episodes if one["fall"] is not None]
    made["fall"] = any(falls) if falls else None
    return made | {"stay": first["episode"], "discharged_on": last["ended_on"]}
