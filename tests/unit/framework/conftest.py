"""A partnership of two measures in a dozen short texts, and ways to spoil it."""

import tomllib
from collections.abc import Callable

import pytest

from outturn.contracts import read_contracts
from outturn.contracts.read import read_contract
from outturn.framework import read_texts
from outturn.framework.check import check
from outturn.framework.section import Section
from outturn.terms.period import APRIL

FILES = {
    "outturn.toml": """
        name = "Northvale"
        home = "HOME"
        boards = ["Joint Board"]
        [[comparator]]
        id = "family"
        name = "Family"
        members = ["HOME", "PEER"]
        rule = "mean of members"
    """,
    "places.csv": (
        "code,name,kind,parent,parent.health,valid_from,valid_to,successor,aliases\n"
        "HOME,Northvale,partnership,,BOARD,,,,\n"
        "NORTH,North locality,locality,HOME,,,,,\n"
        "PEER,Westshire,partnership,,,,,,\n"
        "BOARD,North health board,board,,,,,,\n"
    ),
    "framework/outcomes.toml": """
        [[outcome]]
        id = "home"
        title = "People live at home"
        framework = "Plan"
        board = "Joint Board"
        [[outcome]]
        id = "care"
        title = "Less care in hospital"
        framework = "Plan"
        parent = "home"
        measures = ["admissions", "share"]
    """,
    "framework/measures/admissions.toml": """
        title = "Admissions"
        definition = "1"
        kind = "count"
        unit = "admissions"
        aim = "lower"
        [numerator]
        table = "hospital"
        sum = "people"
        where = [{ column = "age", at_least = 65 }]
        [[breakdown]]
        name = "sex"
        column = "sex"
        categories = ["female", "male"]
    """,
    "framework/measures/share.toml": """
        title = "Share"
        definition = "1"
        kind = "proportion"
        unit = "%"
        aim = "higher"
        reported = true
    """,
    "targets/2026.toml": """
        [[target]]
        id = "admissions-2026"
        measure = "admissions"
        period = "2026/27"
        at_most = 700
        agreed = { by = "Joint Board" }
    """,
    "data/sources.toml": """
        [[source]]
        id = "hospital"
        file = "hospital.csv"
        contract = "hospital"
    """,
    "contracts/hospital.json": """{
        "fields": [
            {"name": "place"}, {"name": "month", "type": "date"},
            {"name": "age", "type": "integer"}, {"name": "sex"}, {"name": "group"},
            {"name": "urgent", "type": "boolean"}, {"name": "people", "type": "integer"}
        ],
        "outturn": {"place": "place", "period": "month", "totals": {}}
    }""",
    "actions.toml": """
        [[action]]
        id = "weekends"
        title = "Begin at weekends"
        measure = "share"
        owner = "Manager"
        due = 2027-01-31
        state = "planned"
    """,
    "commentary/share/2026_27.md": "{value} of people, against {target}.",
    "packs/december.toml": """
        title = "Report"
        meeting = "Joint Board"
        held_on = 2026-12-15
        period = "April to November 2026"
        decision = "note"
        framework = "Plan"
        comparator = "family"
    """,
}


@pytest.fixture
def files() -> dict[str, str]:
    return dict(FILES)


@pytest.fixture
def section() -> Callable[..., Section]:
    """A TOML text as a section, whose `mistakes` are its own."""

    def make(text: str, file: str = "x.toml") -> Section:
        return Section(tomllib.loads(text), file, [], calendar=APRIL)

    return make


@pytest.fixture
def told() -> Callable[..., list[str]]:
    """All that reading and checking say of the small partnership with some texts changed.

    `changes` gives a new text by file name, or None for a file that is gone; `replace` is a pair:
    words of a file and what to put in their place.
    """

    def tell(changes=None, *, file: str = "", replace: tuple[str, str] | None = None) -> list[str]:
        texts = {**FILES, **(changes or {})}
        if replace:
            assert replace[0] in texts[file], f"{replace[0]} is not in {file}"
            texts[file] = texts[file].replace(*replace)
        texts = {name: text for name, text in texts.items() if text is not None}
        partnership, mistakes = read_texts(texts)
        contracts = _contracts(texts)
        return [str(one) for one in [*mistakes, *check(partnership, contracts)]]

    return tell


def _contracts(texts: dict[str, str]):
    contracts, _ = read_contracts(None)
    for name, text in texts.items():
        if name.startswith("contracts/"):
            contract, _ = read_contract(text, name.split("/")[1].removesuffix(".json"), name)
            if contract:
                contracts[contract.name] = contract
    return contracts
