"""Odd but legal settings: what `check` finds nothing wrong with, `build` makes without a fault."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from laying import laid
from outturn.commands.build import build
from outturn.commands.check import check
from outturn.framework.model import (
    AGGREGATES,
    AIMS,
    CONDITIONS,
    FREQUENCIES,
    KINDS,
    MISSING,
    ROLL_UPS,
)

ODD_NAMES = ["sex", "age group", 'a "quoted" one', "âge", "select", "rows", "1st", "a;b", "x.y"]
PERIODS = ["2020/21", "2020-11", "2020-11-26", "2020-04-01/P8M", "2019/20 to 2021/22"]
NUMBERS = [0, 1, 1.5, -1, 1e-9, 1e12, 1e300, 2**63 - 1]
NO_NUMBERS = [float("nan"), float("inf"), 10**40, -(2**63) - 1]
# What a column may be compared with, by its type; and what it may not.
BOUNDS = {
    "text": ["female", "", "ü", "all"],
    "people": NUMBERS,
    "day": [date(2020, 4, 1), date(1, 1, 1), date(9999, 12, 31)],
    "urgent": [True, False],
}
NO_BOUNDS = [*NO_NUMBERS, datetime(2020, 4, 1, 12), [1], [], {"a": 1}]


def mostly(legal: Sequence[Any], odd: Sequence[Any]) -> SearchStrategy[Any]:
    """Nearly always what is legal: a folder of many oddities is refused for one of them."""
    return st.integers(0, 15).flatmap(lambda n: st.sampled_from(odd if n == 7 else legal))


def toml(value: Any) -> str:
    """A value as a definition file writes it."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{name} = {toml(one)}" for name, one in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, float):
        return repr(value)
    return json.dumps(value, ensure_ascii=False)


def lines(words: dict[str, Any]) -> str:
    return "".join(f"{name} = {toml(value)}\n" for name, value in words.items())


@st.composite
def tallies(draw: DrawFn, name: str) -> dict[str, Any]:
    how = draw(st.sampled_from([("count", True), ("sum", "people"), ("distinct", name)]))
    tally: dict[str, Any] = {"table": "stays", how[0]: how[1]}
    if draw(st.booleans()):
        column = draw(st.sampled_from([name, "people", "day", "urgent"]))
        word = draw(st.sampled_from(CONDITIONS))
        bound = mostly(BOUNDS[column if column in BOUNDS else "text"], NO_BOUNDS)
        if word in ("one_of", "none_of", "between"):
            value = draw(st.lists(bound, min_size=2, max_size=2))
        else:
            value = True if word in ("present", "absent") else draw(bound)
        tally["where"] = [{"column": column, word: value}]
    return tally | ({"of_year": True} if draw(st.booleans()) else {})


@st.composite
def measures(draw: DrawFn, name: str) -> str:
    words = {
        "title": "M",
        "definition": "1",
        "kind": draw(st.sampled_from(KINDS)),
        "unit": draw(st.sampled_from(["%", "people", "£"])),
        "aim": draw(mostly(["none"], [one for one in AIMS if one not in ("band", "closest")])),
        "per": draw(st.sampled_from([1, 100, 1e-9, 1e12, 1e300, 100_000])),
        "decimals": draw(mostly([0, 1, 2, 9], [-1, 10, 12, 10**40])),
        "frequency": draw(st.sampled_from(FREQUENCIES)),
        "aggregate": draw(st.sampled_from(AGGREGATES)),
        "missing": draw(st.sampled_from(MISSING)),
        "numerator": draw(tallies(name)),
    }
    if draw(st.booleans()):
        words["roll_up"] = draw(st.sampled_from(ROLL_UPS))
    if words["kind"] in ("proportion", "rate", "mean", "ratio") or draw(st.booleans()):
        words["denominator"] = draw(tallies(name))
    ways = draw(st.lists(mostly(["by", "sex", "Unknown", "x y"], ["all"]), max_size=2))
    return lines(words) + "".join(
        "[[breakdown]]\n" + lines({"name": way, "column": name}) for way in ways
    )


@st.composite
def targets(draw: DrawFn) -> str:
    words: dict[str, Any] = {
        "id": "t",
        "measure": "m",
        "period": draw(st.sampled_from(PERIODS)),
        draw(st.sampled_from(["at_least", "at_most", "above"])): draw(mostly(NUMBERS, NO_NUMBERS)),
        "agreed": {"by": "Board"},
    }
    if draw(st.booleans()):
        words["rounded_to"] = draw(mostly([0, 1, 9], [-1, 12]))
    if draw(st.booleans()):
        words["tolerance"] = {"points": draw(mostly(NUMBERS, NO_NUMBERS))}
    if draw(st.booleans()):
        words["baseline"] = {"value": draw(mostly(NUMBERS, NO_NUMBERS)), "period": "2019/20"}
    return "[[target]]\n" + lines(words)


@st.composite
def folders(draw: DrawFn) -> dict[str, str]:
    """The files of a small partnership, each sound but for what may be odd in it."""
    name = draw(st.sampled_from(ODD_NAMES))
    fields = [
        {"name": "place"}, {"name": "day", "type": "date"}, {"name": name},
        {"name": "people", "type": draw(st.sampled_from(["integer", "number"]))},
        {"name": "urgent", "type": "boolean"},
    ]  # fmt: skip
    totals = draw(st.sampled_from([{}, {name: ["all"]}, {name: ["Unknown"]}]))
    quoted = '"' + name.replace('"', '""') + '"'
    settings = {
        "name": "Vale", "home": "HOME",
        "as_of": draw(st.sampled_from([date(2021, 3, 31), date(1, 1, 1), date(9999, 12, 31)])),
        "disclosure": draw(st.sampled_from(["none", "social care", "hospital"])),
        "calendar": {"financial_year": draw(mostly([4, 1, 12], [0, 13]))},
    }  # fmt: skip
    return {
        "outturn.toml": lines(settings),
        "places.csv": "code,name,kind,parent,parent.health\nHOME,Vale,partnership,,"
        + draw(mostly([""], ["NORTH"]))
        + "\nNORTH,North,locality,HOME,\n",
        "framework/measures/m.toml": draw(measures(name)),
        "targets/2020.toml": draw(targets()),
        "contracts/stays.json": json.dumps(
            {"fields": fields, "outturn": {"place": "place", "period": "day", "totals": totals}}
        ),
        "data/sources.toml": "[[source]]\n"
        + lines({"id": "stays", "file": "stays.csv", "contract": "stays"}),
        "data/stays.csv": f"place,day,{quoted},people,urgent\n"
        "HOME,2020-04-01,female,3,true\nNORTH,2020-11-26,all,900,false\n"
        "NORTH,2020-12-01,,7,\nHOME,2021-03-31,male,,true\n",
    }


@settings(max_examples=max(settings.default.max_examples // 4, 1))
@given(files=folders())
def test_what_check_passes_builds_without_a_fault(files: dict[str, str]) -> None:
    with tempfile.TemporaryDirectory() as root:
        folder = Path(root)
        laid(folder, files)
        if not check(folder, lambda *_: None).mistakes:
            assert build(folder).name
