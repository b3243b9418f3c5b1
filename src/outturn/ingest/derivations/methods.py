"""Reads method files: those that come with outturn, and a partnership's own in their place."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import lru_cache
from importlib import resources
from pathlib import PurePosixPath

from outturn.contracts import Contract
from outturn.ingest.derivations import DERIVATIONS, fitting
from outturn.ingest.derivations.method_words import unknown_words
from outturn.ingest.derivations.model import Method
from outturn.ingest.derivations.sense import senseless
from outturn.terms.errors import DefinitionMistake, Mistake, suggestion

OWN, KEPT = "methods/", "library/methods/"
_WORDS = (
    "table", "derivation", "version", "title", "given", "if_there", "usually_supplied", "source",
    "notes", "parameters",
)  # fmt: skip


def read_methods(files: Mapping[str, str]) -> tuple[dict[str, Method], list[Mistake]]:
    """Every method by the table that it makes, and the mistakes found in a partnership's own.

    `files` are the partnership's definition files as texts by name. `methods/TABLE.toml` takes the
    place of the method of that table, or makes one more table; what a vintage kept of the methods
    that come with outturn takes their place first. A method that can be read is given out even
    where its parameters do not fit its derivation, so that it can be told whose it is.
    """
    built_in = _built_in()
    methods = {one.table: one for one in built_in}
    mistakes: list[Mistake] = []
    for folder in (KEPT, OWN):
        for where in sorted(one for one in files if one.startswith(folder)):
            method, found = read_method(files[where], where)
            mistakes += found
            if method is None:
                continue
            if PurePosixPath(where).stem != method.table:
                mistakes.append(_misnamed(method))
                continue
            alike = [one for one in built_in if one.derivation == method.derivation]
            mistakes += [*fitting.fits(method, alike), *senseless(method)]
            methods[method.table] = method
    return methods, [*mistakes, *fitting.circles(methods)]


def check_tables(
    methods: Mapping[str, Method], contracts: Mapping[str, Contract]
) -> Iterator[Mistake]:
    """What is wrong with the tables that a partnership's own methods make and read, and with the
    words of their rows that the methods name.
    """
    yield from fitting.tables(methods, _built_in(), contracts)
    for method in methods.values():
        if method.file.startswith(OWN):
            alike = [one for one in _built_in() if one.derivation == method.derivation]
            yield from unknown_words(method, alike, methods, contracts)


def _misnamed(method: Method) -> Mistake:
    return DefinitionMistake(
        where=f"{method.file}, table",
        problem=f"The table is '{method.table}', which is not the name of the file.",
        remedy=f"Rename the file to {method.table}.toml, or name its table in it.",
    )


def built_in_texts() -> dict[str, str]:
    """The text of each method file that comes with outturn, by the name under which it is kept."""
    folder = resources.files("outturn.ingest.derivations") / "methods"
    found = sorted(folder.iterdir(), key=lambda one: one.name)
    return {
        f"{KEPT}{one.name}": one.read_text(encoding="utf-8")
        for one in found
        if one.name.endswith(".toml")
    }


@lru_cache
def _built_in() -> tuple[Method, ...]:
    made = []
    for where, text in built_in_texts().items():
        method, mistakes = read_method(text, where)
        assert method and not mistakes, f"built-in method {where}: {mistakes}"
        made.append(method)
    return tuple(made)


def read_method(text: str, where: str) -> tuple[Method | None, list[Mistake]]:
    """One method from the text of its file, or the mistakes in it."""
    mistakes: list[Mistake] = []

    def wrong(at: str, problem: str, remedy: str) -> None:
        place = f"{where}, {at}" if at else where
        mistakes.append(DefinitionMistake(where=place, problem=problem, remedy=remedy))

    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        wrong("", f"The file is not TOML: {error}.", "Put the line right.")
        return None, mistakes
    for word in content:
        if word not in _WORDS:
            remedy = suggestion(word, _WORDS, f"Use only {', '.join(_WORDS)}.")
            wrong(word, f"The word '{word}' is not understood.", remedy)
    for word in ("table", "derivation", "version", "title", "source"):
        if not isinstance(content.get(word), str) or not content[word]:
            wrong(word, f"'{word}' is not given.", f'Write {word} = "...".')
    for word in ("given", "if_there", "notes"):
        listed = content.get(word, [])
        if not isinstance(listed, list) or not all(isinstance(one, str) for one in listed):
            wrong(word, "It is not a list of texts.", 'Write ["...", "..."].')
    if not isinstance(content.get("usually_supplied", False), bool):
        wrong("usually_supplied", "It is not true or false.", "Write true or false.")
    if not isinstance(content.get("parameters", {}), dict):
        wrong("parameters", "They are not a table.", "Write [parameters] and one on each line.")
    named = content.get("derivation")
    if isinstance(named, str) and named and named not in DERIVATIONS:
        remedy = suggestion(named, DERIVATIONS, f"Derivations are {', '.join(DERIVATIONS)}.")
        wrong("derivation", f"There is no derivation '{named}'.", remedy)
    if mistakes:
        return None, mistakes
    method = Method(
        table=content["table"],
        derivation=content["derivation"],
        version=content["version"],
        title=content["title"],
        given=tuple(content.get("given", ())),
        source=content["source"],
        parameters=content.get("parameters", {}),
        notes=tuple(content.get("notes", ())),
        file=where,
        if_there=tuple(content.get("if_there", ())),
        usually_supplied=content.get("usually_supplied", False),
    )
    return method, mistakes
