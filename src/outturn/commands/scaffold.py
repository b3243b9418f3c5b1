"""`outturn new NAME`: a folder that builds and publishes before anything is changed in it."""

from __future__ import annotations

import json
import re
import unicodedata
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from outturn.terms.errors import DefinitionMistake

_DATA = ("admissions.csv", "reablement.csv")  # illustrations, which name nobody
IGNORED = """\
# Made again by a command.
papers/
.outturn/
vintages/.tmp-*

# Counts before disclosure control. A vintage is opened, printed and made again without them.
vintages/*/found.parquet

# Records of people: what outturn check-extract writes, and all data files but those let in below.
*-findings.xlsx
findings.csv
fields.parquet
data/*
!data/sources.toml

# Tables at the top of the folder, such as a list of people that came back: all but the places.
/*.csv
/*.tsv
/*.txt
/*.xls*
/*.ods
/*.parquet
!/places.csv
!/README.txt
"""
_NAME = "{{NAME}}"
_PATH = re.compile(r"[/~\\]|\.\.?[/\\]|[A-Za-z]:[/\\]")


def new(name: str, into: Path) -> Path:
    """Make a partnership's folder called after `name` inside `into`; nothing is overwritten."""
    name = _plain(name)
    folder = into / folder_name(name)
    if _PATH.match(name):
        raise DefinitionMistake(
            where="the command",
            problem="The name looks like a place on the disk.",
            remedy='Give the name, and where its folder goes: outturn new "North Vale" --into DIR',
        )
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise DefinitionMistake(
            where=str(folder),
            problem="There is a folder of this name already, and it is not empty.",
            remedy="Choose another name, or move that folder away.",
        )
    try:
        _copy(resources.files("outturn.commands") / "template", folder, name)
        let_in = "".join(f"!data/{one}\n" for one in _DATA)
        (folder / ".gitignore").write_text(IGNORED + let_in, encoding="utf-8", newline="\n")
    except OSError as error:
        raise DefinitionMistake(
            where=str(folder),
            problem=f"The folder cannot be made there ({error.strerror}).",
            remedy="Name a folder that you may write to, with --into.",
        ) from error
    return folder


def folder_name(name: str) -> str:
    """The letters and digits of a name in lower case, without accents, with hyphens between.

    >>> folder_name("Ynys Môn / Isle of Anglesey")
    'ynys-mon-isle-of-anglesey'
    """
    bare = unicodedata.normalize("NFKD", name.replace("'", "").replace("’", ""))
    letters = (one for one in bare.casefold() if not unicodedata.combining(one))
    words = "".join(one if one.isalnum() else " " for one in letters).split()
    if not words:
        raise DefinitionMistake(
            where="the command",
            problem="The name has no letter and no digit.",
            remedy='Give the name of the partnership, such as outturn new "North Vale".',
        )
    return "-".join(words)


def _plain(name: str) -> str:
    """The name on one line, without characters that no reader sees."""
    spaced = " ".join(name.split())
    return "".join(one for one in spaced if one.isprintable())


def _copy(template: Traversable, folder: Path, name: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for one in template.iterdir():
        if one.is_dir():
            _copy(one, folder / one.name, name)
        else:
            text = _named(one.read_text(encoding="utf-8"), one.name, name)
            (folder / one.name).write_text(text, encoding="utf-8", newline="\n")


def _named(text: str, file: str, name: str) -> str:
    """The text with the name in it, quoted as the kind of file asks."""
    if file.endswith(".csv"):
        return text.replace(_NAME, '"' + name.replace('"', '""') + '"')
    return text.replace(f'"{_NAME}"', json.dumps(name, ensure_ascii=False))
