"""`import outturn` in a notebook: the same as the commands, and nothing heavy until asked."""

from __future__ import annotations

import inspect
import json
import subprocess
import sys

import polars as pl
import pytest

import outturn
from outturn.terms.errors import DefinitionMistake, VintageMistake

HEAVY = (
    "polars", "numpy", "duckdb", "typer", "rich", "python_calamine", "xlsxwriter", "jinja2",
    "typst", "pikepdf", "docx", "markdown_it", "vl_convert", "sqlite3", "asyncio",
)  # fmt: skip


@pytest.mark.parametrize("module", ["outturn", "outturn.cli"])
def test_importing_it_imports_no_heavy_package(module):
    code = f"import sys, {module}; print(*sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert module in loaded
    assert loaded.isdisjoint(HEAVY)


def test_every_public_name_is_there_and_says_what_it_gives():
    assert sorted(outturn.__all__) == outturn.__all__
    for name in outturn.__all__:
        assert inspect.getdoc(getattr(outturn, name))


def test_importing_every_room_hides_no_public_name():
    """A package inside a package takes the place of a function of its name."""
    code = (
        "import importlib, json, pkgutil, outturn\n"
        "for room in pkgutil.iter_modules(outturn.__path__):\n"
        "    importlib.import_module(f'outturn.{room.name}')\n"
        "print(json.dumps([n for n in outturn.__all__ if not callable(getattr(outturn, n))]))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == []


def test_a_notebook_makes_builds_opens_and_asks(tmp_path):
    folder = outturn.new("North Vale", tmp_path)
    assert outturn.check(folder).mistakes == []
    first = outturn.build(str(folder), label="From a notebook")
    kept = outturn.open(folder)
    assert (kept.name, kept.seal) == (first.name, first.seal)
    assert isinstance(kept.read("verdicts"), pl.DataFrame)
    assert outturn.read(folder).measures["emergency_admissions"].aim == "lower"
    told = outturn.explain(folder, "emergency_admissions", "HOME", "2026-04-01/P8M")
    assert told["Figure"][2] == "435 admissions"
    assert outturn.trend(folder, "reablement_no_further_support").frame.height == 3
    assert outturn.compare(folder, "reablement_no_further_support").frame["rank"][0] == 1
    assert set(outturn.scorecard(folder).frame["measure"]) == set(outturn.read(folder).measures)
    assert outturn.builds(folder).frame["label"].to_list() == ["From a notebook"]
    assert outturn.recreate(folder, first.name).seal == first.seal
    ledger = folder / "targets" / "2026-27.toml"
    ledger.write_text(ledger.read_text().replace("at_least = 70", "at_least = 60"))
    second = outturn.build(folder)
    changed = outturn.diff(folder, first.name, second.name).frame
    assert set(changed["causes"]) == {"target change"}
    before = outturn.explain(
        folder, "reablement_no_further_support", "HOME", "2026-04-01/P8M", first.name
    )
    assert before["Target"][0].startswith("at least 70.0%")
    written = outturn.export(folder, tmp_path / "out", format="csv", vintage=first.name)
    assert [path.name for path in written][-1] == "datapackage.json"


def test_mistakes_are_exceptions_that_hold_the_three_lines(leicestershire):
    with pytest.raises(VintageMistake) as told:
        outturn.open(leicestershire, "none-such")
    assert told.value.problem == "There is no vintage 'none-such'."
    with pytest.raises(DefinitionMistake) as told:
        outturn.trend(leicestershire, "admissons_65")
    assert told.value.remedy == "Did you mean 'admissions_65'?"
