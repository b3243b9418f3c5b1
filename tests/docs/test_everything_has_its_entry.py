"""What the code has, the reference tells of."""

from __future__ import annotations

import importlib
import inspect
import re
from importlib import resources
from pathlib import Path

import pytest
from typer.main import get_command

from outturn.cli.app import app
from outturn.contracts import read_contracts
from outturn.framework import check, model
from outturn.ingest import official, readers
from outturn.terms import errors
from outturn.terms.records import SCHEMAS

ROOT = Path(__file__).parents[2]
COMMANDS = get_command(app).commands  # type: ignore[attr-defined]


def headings(text: str) -> list[str]:
    return re.findall(r"^##+ (.+)$", text, re.MULTILINE)


def entries(text: str) -> set[str]:
    """The first cell of every row of every table, when it is a word of code."""
    return set(re.findall(r"^\| `([^`]+)`", text, re.MULTILINE))


def under(text: str, heading: str) -> str:
    """What stands under one heading of the second or third level."""
    return re.split(rf"^##+ {re.escape(heading)}$", text, flags=re.MULTILINE)[1].split("\n## ")[0]


def test_every_room_has_a_heading_and_its_sentence(page):
    rooms = page("rooms")
    for path in (ROOT / "src" / "outturn").iterdir():
        if (path / "__init__.py").is_file():
            sentence = importlib.import_module(f"outturn.{path.name}").__doc__
            assert path.name in headings(rooms)
            assert sentence and sentence.strip().splitlines()[0] in under(rooms, path.name)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_a_heading_and_each_of_its_options_an_entry(name, page):
    told = under(page("commands"), name)
    for given in COMMANDS[name].params:
        word = given.name.upper() if given.param_type_name == "argument" else given.opts[0]
        assert re.search(rf"^\| `{re.escape(word)}[ `]", told, re.MULTILINE), word


def test_every_command_is_used_on_a_page_that_people_read():
    written = [ROOT / "docs" / "tutorial.md", *(ROOT / "docs" / "how-to").glob("*.md")]
    text = "\n".join(path.read_text(encoding="utf-8") for path in written)
    for name in COMMANDS:
        assert f"outturn {name}" in text, name


def test_every_error_and_exit_code_has_an_entry(page):
    told = page("errors")
    codes = set(re.findall(r"^\| (\d+) \|", told, re.MULTILINE))
    for name, kind in vars(errors).items():
        if inspect.isclass(kind) and kind.__module__ == errors.__name__:
            assert name in headings(told)
            assert str(getattr(kind, "exit_code", 10)) in codes
    assert {"0", "1", "2", "130"} <= codes


def test_every_word_that_a_definition_file_may_hold_has_a_sentence(page, reference):
    told = page("definitions")
    for table, words in reference.words_asked().items():
        heading = reference.TABLES[table][0]
        assert set(words) <= entries(under(told, heading)), heading


def test_every_field_of_a_definition_record_is_reached_by_a_word_of_a_file(reference):
    """So a new field cannot be read without the page learning of it."""
    asked = {word for words in reference.words_asked().values() for word in words}
    # Fields that are named otherwise in the file, or that no file gives.
    other = {
        "breakdowns": "breakdown", "breaks": "break", "steps": "step", "codes": "code",
        "activities": "activity",
        "parts": "equals", "sections": "section", "on": "on",
    }  # fmt: skip
    made = {"file", "id"}
    for record in ("Measure", "Target", "Outcome", "PackSpec", "Source", "Action", "Override"):
        for field in getattr(model, record).__dataclass_fields__:
            goal = record == "Target" and field == "goal"  # the goal is any one of its words
            assert goal or field in made or other.get(field, field) in asked, f"{record}.{field}"


def test_every_value_of_a_closed_list_has_a_sentence(page, reference):
    told = page("definitions")
    lists = {
        value
        for name, value in vars(model).items()
        if name.isupper() and isinstance(value, tuple) and name not in ("WHOLE",)
    }
    known = {word for words in reference.vocabularies().values() for word in words}
    known |= {word for words in reference.words_asked().values() for word in words} | {"none"}
    for one in lists:
        assert set(one) <= known, one
    for name, words in reference.vocabularies().items():
        assert set(words) <= entries(under(told, name)), name


def test_every_live_word_of_a_commentary_has_an_entry(page):
    told = under(page("definitions"), "commentary/MEASURE/PERIOD.md")
    assert {f"{{{word}}}" for word in check.TOKENS} == entries(told)


def test_every_built_in_contract_has_a_heading_and_each_column_an_entry(page):
    told = page("contracts")
    found, _ = read_contracts(None)
    assert found
    for name, contract in found.items():
        assert set(contract.names) == entries(under(told, name)), name


def test_every_reader_has_a_heading(page):
    told = headings(page("readers"))
    assert {"table", *readers.named(), *official.READERS} <= set(told)


def test_every_column_of_every_frame_has_an_entry(page):
    told = page("frames")
    for name, schema in SCHEMAS.items():
        assert set(schema) == entries(under(told, name)), name
    assert re.findall(r"^\| `(\w+)` \| [\w ]+ \|  \|$", told, re.MULTILINE) == []


def test_every_national_measure_has_an_entry(page):
    told = page("library")
    folder = resources.files("outturn.framework") / "library"
    for one in folder.iterdir():
        for path in (one / "measures").iterdir() if (one / "measures").is_dir() else ():
            assert path.name.removesuffix(".toml") in entries(under(told, one.name))


def test_every_page_of_the_reference_is_in_the_navigation(reference):
    nav = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    pages = [path.relative_to(ROOT / "docs") for path in (ROOT / "docs").rglob("*.md")]
    pages = [path.as_posix() for path in pages if "generated" not in path.parts]
    for name in [*pages, *(f"reference/generated/{name}.md" for name in reference.PAGES)]:
        assert f": {name}\n" in nav, name
