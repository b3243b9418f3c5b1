"""What a page says that a command answers, it answers.

Each page is run in a folder of its own, by docs/fill_examples.py. Names of builds, seals, digests,
times and versions are compared by a placeholder, because they differ from machine to machine.
"""

from __future__ import annotations

import contextlib
import difflib
import doctest
import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]


def _script() -> ModuleType:
    name = "fill_examples"
    spec = importlib.util.spec_from_file_location(name, ROOT / "docs" / f"{name}.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


examples = _script()
WRITTEN = {path.relative_to(ROOT).as_posix(): path for path in examples.PAGES}
RUN = [name for name, path in WRITTEN.items() if examples.has_examples(path.read_text("utf-8"))]


@pytest.mark.slow
@pytest.mark.parametrize("name", RUN)
def test_every_command_of_a_page_runs_and_answers_what_the_page_shows(name: str, tmp_path: Path):
    before = WRITTEN[name].read_text(encoding="utf-8")
    try:
        after = examples.filled(before, tmp_path)
    except examples.CannotRun as reason:
        pytest.skip(str(reason))
    told, now = examples.comparable(before), examples.comparable(after)
    changes = "\n".join(difflib.unified_diff(told.splitlines(), now.splitlines(), lineterm=""))
    assert told == now, f"run docs/fill_examples.py {name}\n{changes}"


@pytest.mark.parametrize("name", WRITTEN)
def test_every_page_that_prints_a_command_is_run(name: str):
    text = WRITTEN[name].read_text(encoding="utf-8")
    typed = re.findall(r"^```sh\n(.*?)^```", text, re.M | re.S)
    if any(line.startswith("outturn") for block in typed for line in block.splitlines()):
        assert name in RUN, f"{name} prints commands: begin it with <!-- start: ... -->"


@pytest.mark.parametrize("name", [name for name in RUN if "```python" in WRITTEN[name].read_text()])
def test_every_python_example_gives_what_the_page_shows(name: str, tmp_path: Path):
    text = WRITTEN[name].read_text(encoding="utf-8")
    blocks = re.findall(r"^```python\n(.*?)^```", text, re.M | re.S)
    found = doctest.DocTestParser().get_doctest("\n".join(blocks), {}, name, name, 0)
    start = re.search(r"<!-- start: (.*?) -->", text)
    assert start and found.examples
    with contextlib.chdir(examples._begun(start[1], tmp_path)):
        runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
        assert runner.run(found).failed == 0


def test_a_name_of_a_build_is_compared_by_a_placeholder():
    one = "Kept as vintage c8daef1ac5a5, made by outturn 0.1.0, duckdb 2.0.0"
    other = "Kept as vintage 7393d6c8aad4, made by outturn 0.1.1, duckdb 2.1.0"
    assert examples.comparable(one) == examples.comparable(other)
    assert examples.comparable("435 admissions") != examples.comparable("436 admissions")


def test_a_page_whose_output_is_not_what_a_command_says_would_fail(tmp_path: Path):
    page = "<!-- start: nothing -->\n```sh\noutturn new Millshire\n```\n\n```text\nNo.\n```\n"
    assert "Made millshire." in examples.filled(page, tmp_path)
