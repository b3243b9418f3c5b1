"""A partnership's folder, read whole: definitions, contracts and where its builds are kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from outturn.contracts import Contract, read_contracts
from outturn.framework import Partnership, read_folder
from outturn.framework.check import check
from outturn.framework.folder import NOT_TOML, SETTINGS
from outturn.ingest.derivations.derive import in_order, makeable
from outturn.ingest.derivations.methods import built_in_texts, check_tables, read_methods
from outturn.terms.errors import Mistake, raise_all

STORE = "vintages"
CACHE = ".outturn"
PAPERS = "papers"


@dataclass(frozen=True)
class Folder:
    """What the files of a folder say, and the mistakes in what they say."""

    path: Path
    partnership: Partnership
    contracts: Mapping[str, Contract]
    mistakes: tuple[Mistake, ...]

    @property
    def store(self) -> Path:
        return self.path / STORE

    @property
    def cache(self) -> Path:
        return self.path / CACHE


def open_folder(path: Path) -> Folder:
    """The folder with every mistake in its definitions gathered, none raised."""
    partnership, mistakes = read_folder(path)
    if not partnership.files:
        return Folder(path, partnership, {}, tuple(mistakes))
    if any(one.where.startswith(SETTINGS) and one.problem == NOT_TOML for one in mistakes):
        # Without them no library is read, and whatever names its measures would seem to be wrong.
        return Folder(path, partnership, {}, tuple(mistakes))
    contracts, found = read_contracts(path)
    mistakes = [*mistakes, *found, *check(partnership, contracts)]
    methods, found = read_methods(partnership.files)
    found += check_tables(methods, contracts)
    tables = counted_tables(partnership)
    supplied = supplied_tables(partnership)
    needed = in_order(tables, methods, supplied)
    made = makeable(needed, supplied)
    used = {one.file for one in needed if one in made or not one.usually_supplied}
    kept = {name: text for name, text in built_in_texts().items() if name in used}
    partnership = replace(partnership, files={**partnership.files, **kept})
    return Folder(path, partnership, contracts, tuple([*mistakes, *found]))


def counted_tables(partnership: Partnership) -> list[str]:
    """The tables that the measures count, each once, in order."""
    measures = partnership.measures.values()
    tallies = (tally for one in measures for tally in (one.numerator, one.denominator) if tally)
    supplied = {one.supplied for one in measures if one.supplied}
    return sorted({tally.table for tally in tallies} | supplied)


def supplied_tables(partnership: Partnership) -> set[str]:
    """The tables that sources hold. None of them is derived: their rows are taken as they are."""
    return {one.contract for one in partnership.sources}


def sound_folder(path: Path) -> Folder:
    """The folder, when its definitions are without mistake; all of them are raised otherwise."""
    folder = open_folder(path)
    raise_all(folder.mistakes)
    return folder
