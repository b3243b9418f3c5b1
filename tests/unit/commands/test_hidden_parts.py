"""A build in which a place on target has a locality that is not: findings, scorecard and papers.

Of Riverdale's three localities South is far below the target. North has a target of its own, which
it meets. One wrong count of May 2026 stands among the flows of a list. A measure of localities
alone stopped in 2025, and another has a target and no figure.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from datetime import date
from pathlib import Path

import pytest

from laying import laid
from outturn.commands.build import build
from outturn.commands.publish import publish
from outturn.commands.questions import findings
from outturn.terms.period import Period, add_months

PLACES = "code,name,kind,parent\nR,Riverdale,partnership,\nN,North,locality,R\nS,South,locality,R\n"
MEASURE = """
title = "{title}"
short = "{title}"
definition = "1"
kind = "{kind}"
unit = "{unit}"
aim = "{aim}"
frequency = "month"
reported = true
{more}
"""
SHARE = {"kind": "proportion", "unit": "%", "aim": "higher", "more": 'people = "people"'}
COUNT = {"kind": "count", "unit": "people", "aim": "lower", "more": "decimals = 0"}
MEASURES = {
    "quick": {"title": "Home in a day", **SHARE, "more": 'aggregate = "total over total"'},
    "list": {**COUNT, "title": "Waiting", "more": 'roll_up = "last"'},
    "joined": {"title": "Joined", **COUNT},
    "left": {"title": "Left", **COUNT},
    "visits": {"title": "Visits", **COUNT, "more": 'aggregate = "published"'},
    "asked": {"title": "Never counted", **COUNT},
}
TARGET = """
[[target]]
id = "{id}"
measure = "{measure}"
place = "{place}"
period = "2026/27"
{goal}
agreed = {{ by = "The board" }}
"""
CHECKS = """
[[identity]]
id = "list flow"
measure = "list"
title = "The list is last month's, with those who joined, without those who left"
equals = [
    { measure = "list", periods_back = 1 },
    { measure = "joined" },
    { measure = "left", factor = -1 },
]
"""
PACK = """
title = "A paper"
meeting = "The board"
held_on = 2026-12-10
period = "April to November 2026"
decision = "note"
framework = "Plan"
appendices = ["data quality"]
"""
SAID = (
    "On target as a whole, but South (60.0%, limits 56.6 to 63.3) does not reach the target of the"
    " whole, at least 76.0% by 30 November 2026."
)


def figures() -> str:
    lines = ["measure,place,period,value,numerator,denominator"]
    for n in range(32):
        month = Period(add_months(date(2024, 4, 1), n), 1, "M").key
        for place, met in (("R", 240), ("N", 85), ("S", 60)):
            of = 300 if place == "R" else 100
            lines.append(f"quick,{place},{month},,{met},{of}")
        wrong = 3 if month.startswith("2026-05") else 0
        lines += [f"list,R,{month},{100 + n},,", f"joined,R,{month},11,,"]
        lines.append(f"left,R,{month},{10 + wrong},,")
        lines += [f"visits,{place},{month},7,," for place in "NS" if n < 21]
    return "\n".join(lines) + "\n"


@pytest.fixture(scope="module")
def river(tmp_path_factory: pytest.TempPathFactory) -> Path:
    sources = {"id": "returns", "file": "figures.csv", "contract": "figures", "title": "Returns"}
    targets = [
        TARGET.format(id="quick", measure="quick", place="R", goal="at_least = 76"),
        TARGET.format(id="north", measure="quick", place="N", goal="at_least = 80"),
        TARGET.format(id="asked", measure="asked", place="R", goal="at_most = 9"),
    ]
    outcome = {"id": "o", "title": "Well", "level": "outcome", "framework": "Plan"}
    lines = [f"{name} = {json.dumps(value)}" for name, value in outcome.items()]
    named = json.dumps([*MEASURES])
    folder = laid(
        tmp_path_factory.mktemp("river"),
        {
            "outturn.toml": 'name = "Riverdale"\nhome = "R"\nas_of = 2026-11-30\n'
            'disclosure = "none"\nboards = ["The board"]\n',
            "places.csv": PLACES,
            "checks.toml": CHECKS,
            "data/figures.csv": figures(),
            "data/sources.toml": "[[source]]\n"
            + "\n".join(f"{name} = {json.dumps(value)}" for name, value in sources.items()),
            "framework/outcomes.toml": "[[outcome]]\n" + "\n".join([*lines, f"measures = {named}"]),
            "targets/2026-27.toml": "\n".join(targets),
            "packs/paper.toml": PACK,
            **{
                f"framework/measures/{id}.toml": MEASURE.format(**{"more": "", **one})
                for id, one in MEASURES.items()
            },
        },
    )
    build(folder)
    return folder


def test_each_fact_is_one_finding(river):
    told = [(one["rule"], one["measure"], one["finding"]) for one in findings(river).rows]
    masked = [one for one in told if one[0] == "masked by an average"]
    assert [one[2].split(" (")[0] for one in masked] == [
        "April to November 2026: on target as a whole",
        "November 2026: on target as a whole",
    ]
    assert SAID.split("but ")[1] in masked[0][2]
    assert sorted(one for one in told if one not in masked) == [
        (
            "list flow", "list",
            "May 2026: Waiting is 125, but Waiting 124 (April 2026) plus Joined 11 less Left 13 is"
            " 122: 3 apart.",
        ),
        (
            "no figure", "asked",
            "2026/27: there is a target, and no figure of this or any other period.",
        ),
        (
            "stale", "visits",
            "December 2025: the latest figure of North and South, and 11 months have passed since"
            " (source: Returns).",
        ),
    ]  # fmt: skip


def words(page: Path) -> str:
    """What a reader reads of a page, or of a Word file, a space between words."""
    match page.suffix:
        case ".docx":
            document = zipfile.ZipFile(io.BytesIO(page.read_bytes())).read("word/document.xml")
            text = re.sub(r"<[^>]+>", "", document.decode())
        case _:
            text = re.sub(r"<[^>]+>", "", page.read_text(encoding="utf-8"))
    return re.sub(r"\s+", " ", text.replace("\N{NO-BREAK SPACE}", " "))


def test_the_papers_say_beside_the_green_line_who_is_not(river, tmp_path):
    """The PDF is made of the same tables: tests/reports/test_formats_agree.py."""
    for page in publish(river, to=tmp_path):
        if page.suffix == ".pdf":
            continue
        text = words(page)
        assert text.count(SAID) == 2, page.suffix  # below the scorecard, and in what goes well
        assert "North (85.0%" not in text
        assert "there is a target, and no figure of this or any other period" in text
        assert "4 kinds of finding by rule, in the appendix on data quality" in text
