"""Runs the commands that the pages print, and puts their real output below them.

    .venv/bin/python docs/fill_examples.py              every page, written again
    .venv/bin/python docs/fill_examples.py docs/x.md    those pages only

`tests/docs/test_examples.py` runs the same pages and fails when a page would change. A page says
what its commands need in comments, which a reader of the site does not see:

    <!-- start: nothing -->               an empty folder; without this line a page is not run
    <!-- start: a new folder -->          inside the folder that `outturn new Millshire` makes
    <!-- start: a new folder, built -->   the same, after `outturn build`
    <!-- start: examples/NAME -->         inside a copy of an example (`, built` may follow)
    <!-- needs: england/FILE as data/X -->  a published file, where the test data are to hand
    <!-- file: PATH -->                   the next block is written to that file
    <!-- append: PATH -->                 the next block is added at the end of that file
    <!-- change: PATH -->                 the next block has lines to take out (-) and put in (+)
    <!-- lines: 1-8, last 3 -->           of the output below, show these lines only
    <!-- exit: 11 -->                     the exit code of the next command, where it is not 0
    <!-- not run -->                      the next block is only to read

Of other programs, `cd`, `cp` and `rm -r` are done as a shell would do them; the rest are to read.

Names of vintages, seals, digests, times of day and version numbers differ from one machine to
another. `comparable` puts one placeholder in their place.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from outturn.cli import app, telling

ROOT = Path(__file__).resolve().parent.parent
PAGES = [
    ROOT / "README.md",
    ROOT / "docs" / "tutorial.md",
    ROOT / "docs" / "tutorial-records.md",
    *sorted((ROOT / "docs" / "how-to").glob("*.md")),
    *sorted((ROOT / "docs" / "explanation").glob("*.md")),
]
_NOTE = re.compile(r"<!-- (start|needs|file|append|change|lines|exit|not run):? ?(.*?) -->")
_HEX = re.compile(r"\b(?=[0-9a-f]*[0-9])(?:[0-9a-f]{64}|[0-9a-f]{16}|[0-9a-f]{12})\b")
_CHANGING = (
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00"), "TIME"),
    (re.compile(r"\b(outturn|duckdb|numpy|polars) \d+(?:\.\d+)+"), r"\1 VERSION"),
)


class CannotRun(Exception):
    """The page needs something that is not here."""


def comparable(text: str) -> str:
    """The text with one placeholder for all that differs from machine to machine."""
    text = _HEX.sub("DIGEST", text)
    for pattern, instead in _CHANGING:
        text = pattern.sub(instead, text)
    return text


def filled(page: str, folder: Path) -> str:
    """The page with the real output of its commands, which are run inside `folder`."""
    start = re.search(r"<!-- start: (.*?) -->", page)
    if not start:
        return page
    here = _begun(start[1], folder)
    if "outturn vintages" in page:
        _wait()
    with contextlib.chdir(here):
        return "\n".join(_Page(page.splitlines()).lines()) + "\n"


def has_examples(page: str) -> bool:
    return "<!-- start:" in page


def data_folder() -> Path | None:
    """The published data, where they are to hand."""
    named = os.environ.get("OUTTURN_TEST_DATA")
    folder = Path(named) if named else ROOT.parent / "shared" / "data"
    return folder if folder.is_dir() else None


def _begun(start: str, folder: Path) -> Path:
    """The folder in which the commands begin, made ready."""
    what, _, built = start.partition(", ")
    if what == "nothing":
        return folder
    if what == "a new folder":
        with contextlib.chdir(folder):
            run(["new", "Millshire"])
        here = folder / "millshire"
    else:
        here = folder / Path(what).name
        shutil.copytree(
            ROOT / what, here, ignore=shutil.ignore_patterns("vintages", "papers", ".outturn")
        )
    if built:
        with contextlib.chdir(here):
            code, said = run(["build"])
            assert code == 0, said
    return here


def _wait() -> None:
    """Until the next second: builds are listed by the second in which they were made."""
    time.sleep(1)


def run(arguments: list[str]) -> tuple[int, str]:
    """The exit code of one command line of outturn and what it says, progress left out."""
    progress, telling._progress = telling._progress, lambda: lambda *_: None
    said = io.StringIO()
    try:
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            code = app.run(arguments)
    finally:
        telling._progress = progress
    return code, said.getvalue()


def _removed(patterns: list[str]) -> None:
    """What `rm -r` takes away, from the folder in which the page is and from below it."""
    for path in (found for pattern in patterns for found in sorted(Path().glob(pattern))):
        shutil.rmtree(path) if path.is_dir() else path.unlink()


class _Page:
    """One pass over the lines of a page; what its comments say holds for the next block."""

    def __init__(self, given: list[str]) -> None:
        self.given = given
        self.at = 0
        self.notes: dict[str, str] = {}
        self.names: dict[str, str] = {}  # a digest as printed -> as it is now
        self.output: str | None = None

    def lines(self) -> Iterator[str]:
        while self.at < len(self.given):
            line = self.given[self.at]
            if line.startswith("```"):
                yield from self._block()
                continue
            if found := _NOTE.fullmatch(line.strip()):
                self._note(found[1], found[2])
            elif line.strip():
                self.output = None
            yield self._renamed(line)
            self.at += 1

    def _note(self, word: str, said: str) -> None:
        self.notes[word] = said
        if word == "needs":
            self._fetch(said)

    def _fetch(self, said: str) -> None:
        name, _, target = said.partition(" as ")
        data = data_folder()
        if data is None or not (data / name).is_file():
            raise CannotRun(f"the published file {name} is not here: set OUTTURN_TEST_DATA")
        Path(target).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(data / name, target)

    def _block(self) -> Iterator[str]:
        opening = self.given[self.at]
        end = self.given.index("```", self.at + 1)
        body = self.given[self.at + 1 : end]
        self.at = end + 1
        notes, kind = self.notes, opening[3:].strip()
        if "not run" in notes or (kind == "python"):
            self.notes = {}
        elif kind == "sh":
            body = [self._renamed(line) for line in body]
            self.output = self._run(body)
            self.notes = {name: said for name, said in notes.items() if name == "lines"}
        elif kind == "text" and self.output is not None:
            body = self._told(body, notes.get("lines", ""))
            self.output, self.notes = None, {}
        else:
            self._write(body, notes)
            self.notes = {}
        yield from [opening, *body, "```"]

    def _run(self, commands: list[str]) -> str:
        said = ""
        wanted = int(self.notes.get("exit", 0))
        for line in commands:
            words = shlex.split(line, comments=True)
            if words[:1] == ["cd"]:
                os.chdir(words[1])
            if words[:1] == ["cp"]:
                for name in words[1:-1]:
                    shutil.copy(name, words[-1])
            if words[:2] == ["rm", "-r"]:
                _removed(words[2:])
            if words[:1] != ["outturn"]:
                continue
            code, output = run(words[1:])
            assert code == wanted, f"{line}: exit code {code}, not {wanted}\n{output}"
            said += output
            if words[1] == "build" and "outturn vintages" in self.given:
                _wait()
        return said

    def _told(self, before: list[str], wanted: str) -> list[str]:
        assert self.output is not None
        lines = [line.rstrip() for line in self.output.strip("\n").splitlines()]
        shown = _chosen(lines, wanted)
        # Digests in the same order stand for one another, in this block and in later commands.
        old, new = _HEX.findall("\n".join(before)), _HEX.findall("\n".join(shown))
        self.names |= dict(zip(old, new, strict=False))
        return shown

    def _renamed(self, line: str) -> str:
        return _HEX.sub(lambda found: self.names.get(found[0], found[0]), line)

    def _write(self, body: list[str], notes: dict[str, str]) -> None:
        text = "\n".join(body) + "\n"
        if name := notes.get("file"):
            Path(name).parent.mkdir(parents=True, exist_ok=True)
            Path(name).write_text(text, encoding="utf-8")
        if name := notes.get("append"):
            with Path(name).open("a", encoding="utf-8") as file:
                file.write("\n" + text if name.endswith(".toml") else text)
        if name := notes.get("change"):
            old = "\n".join(line[1:] for line in body if line.startswith("-"))
            new = "\n".join(line[1:] for line in body if line.startswith("+"))
            present = Path(name).read_text(encoding="utf-8")
            assert present.count(old) == 1, f"{name} holds these lines {present.count(old)} times"
            Path(name).write_text(present.replace(old, new), encoding="utf-8")


def _chosen(lines: list[str], wanted: str) -> list[str]:
    """The lines asked for, with an ellipsis where some are left out; all when none are named."""
    if not wanted:
        return lines
    shown: list[str] = []
    last = 0
    for span in wanted.split(","):
        if span.strip().startswith("last"):
            begin, stop = len(lines) - int(span.split()[1]) + 1, len(lines)
        else:
            first, _, end = span.strip().partition("-")
            begin, stop = int(first), int(end or first)
        if begin > last + 1:
            shown.append("...")
        shown += lines[begin - 1 : stop]
        last = stop
    return [*shown, *(["..."] if last < len(lines) else [])]


def main(names: list[str]) -> None:
    for path in [Path(name).resolve() for name in names] or PAGES:
        page = path.read_text(encoding="utf-8")
        if not has_examples(page):
            continue
        with tempfile.TemporaryDirectory() as folder:
            try:
                path.write_text(filled(page, Path(folder)), encoding="utf-8")
            except CannotRun as reason:
                print(f"{path.relative_to(ROOT)}: left as it was, because {reason}")
            else:
                print(path.relative_to(ROOT))


if __name__ == "__main__":
    main(sys.argv[1:])
