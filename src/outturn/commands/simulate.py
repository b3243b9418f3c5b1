"""`outturn simulate`: a folder full of records about nobody, with the truth kept beside them."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import polars as pl

from outturn.commands.scaffold import IGNORED
from outturn.simulation import (
    FEWEST_PEOPLE,
    MOST_COUNCILS,
    NATIONS,
    RECEIVED,
    Asked,
    Window,
    council,
    texts,
)
from outturn.terms.errors import DefinitionMistake, Mistake, raise_all, suggestion
from outturn.terms.period import add_months

FORMS = ("csv", "parquet")
_MOST_PEOPLE, _MOST_YEARS, _LARGEST_SEED = 1_000_000, 10, 2**63 - 1
_FIRST_YEAR, _LAST_YEAR = 1990, 2100
_WHERE = "the command"


@dataclass(frozen=True)
class Simulated:
    """What was written: for a person, and for a script."""

    folder: Path
    name: str
    residents: int
    rows: dict[str, int]
    truths: int
    places: list[str] = field(default_factory=list)

    @property
    def summary(self) -> dict[str, Any]:
        return {
            "folder": str(self.folder),
            "name": self.name,
            "places": self.places,
            "residents": self.residents,
            "rows": self.rows,
            "true_counts": self.truths,
        }

    @property
    def sentences(self) -> list[str]:
        rows = ", ".join(f"{number:,} {table}" for table, number in self.rows.items())
        return [
            f"Made {self.folder}: {self.name}.",
            f"It has {self.residents:,} residents. Rows: {rows}.",
            f"{self.truths:,} true counts are in {self.folder / 'truth'}; no build reads them.",
            f"Next: outturn check --in {self.folder}",
        ]


def simulate(
    into: Path,
    *,
    people: int = 60_000,
    seed: int = 1,
    nation: str = "england",
    years: int = 3,
    until: date = date(2026, 9, 30),
    councils: int = 1,
    release: int = 2,
    untidy: bool = False,
    quarterly: bool = False,
    form: str = "",
    measures: Path | None = None,
    progress: Callable[[str], None] | None = None,
) -> Simulated:
    """Write the folder `into`, which is new or empty. It appears whole, or not at all.

    `people` are those known to social care in each council; `form` is csv or parquet, and without
    one, csv for a single council. `measures` is a folder of measure files to take along.
    """
    raise_all(
        [
            *_wrong_numbers(people, seed, years, councils, release),
            *_wrong_words(nation, until, form, measures),
            *_no_quarter(quarterly, until),
            *_no_submissions(quarterly, nation),
            *_taken(into),
        ]
    )
    end = add_months(date(until.year, until.month, 1), 1)
    later = RECEIVED if quarterly else 0
    window = Window(add_months(end, -12 * years), end - timedelta(days=1), later)
    asked = Asked(people, seed, nation, window, councils, release, untidy, quarterly)
    chosen = form or (FORMS[0] if councils == 1 else FORMS[1])
    try:
        with _beside(into) as folder:
            return _write(folder, into, asked, chosen, measures, progress or (lambda _: None))
    except OSError as error:
        why = error.strerror or "it cannot be written"
        raise DefinitionMistake(
            where=str(into),
            problem=f"The folder cannot be made there ({why}).",
            remedy="Name a folder that you may write to, on a disk with room for it.",
        ) from error


def _write(
    folder: Path, into: Path, asked: Asked, form: str, measures: Path | None,
    progress: Callable[[str], None],
) -> Simulated:  # fmt: skip
    """Council by council, so that no more than one is held at a time."""
    files: dict[str, str] = {}
    rows: dict[str, int] = {}
    residents = truths = 0
    for number in range(asked.councils):
        told = f"{asked.place_name(number)} ({number + 1} of {asked.councils})"
        made = council(asked, number, partial(_tell, progress, told))
        progress(f"{told}: writing")
        residents += made.residents
        truths += made.truth.height
        for table, frame in made.tables.items():
            one = asked.councils == 1
            file = f"{table}.{form}" if one else f"{table}/{made.place}.{form}"
            # Of a country each table is a folder, so that one file that is broken stops no other.
            files[table] = file if one else f"{table}/"
            rows[table] = rows.get(table, 0) + frame.height
            _frame(frame, folder / "data" / file, form)
        _frame(made.truth, folder / "truth" / f"{made.place}.csv", "csv")
    taken = _copied(measures, folder / "framework" / "measures")
    definitions = texts.definitions(asked)
    definitions["framework/outcomes.toml"] += texts.more_outcomes(taken)
    written = {
        "outturn.toml": texts.settings(asked),
        "places.csv": texts.places(asked),
        "data/sources.toml": texts.data_sources(asked, dict(sorted(files.items()))),
        "README.txt": texts.readme(asked, residents, rows),
        "truth/parameters.txt": texts.parameters(),
        ".gitignore": IGNORED,
    }
    for name, text in (written | definitions).items():
        _text(folder / name, text)
    places = [asked.place(number) for number in range(asked.councils)]
    return Simulated(into, texts.name(asked), residents, rows, truths, places)


def _tell(progress: Callable[[str], None], told: str, step: str) -> None:
    progress(f"{told}: {step}")


def _frame(frame: pl.DataFrame, path: Path, form: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if form == "parquet":
        frame.write_parquet(path, compression="zstd")
    else:
        frame.write_csv(path)


def _text(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")


def _copied(measures: Path | None, to: Path) -> list[str]:
    """The ids of the measures that were taken along."""
    names = []
    for path in sorted(measures.glob("*.toml")) if measures else []:
        to.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, to / path.name)
        names.append(path.stem)
    return names


@contextmanager
def _beside(into: Path) -> Iterator[Path]:
    """A folder to write in, beside `into`; it takes that place once all is texts."""
    into.parent.mkdir(parents=True, exist_ok=True)
    beside = into.parent / f".{into.name}.{uuid4().hex}.tmp"
    beside.mkdir()
    try:
        yield beside
        if into.is_dir():
            into.rmdir()  # which only an empty folder allows
        os.replace(beside, into)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _wrong_numbers(
    people: int, seed: int, years: int, councils: int, release: int
) -> Iterator[Mistake]:
    for option, given, least, most in (
        ("--people", people, FEWEST_PEOPLE, _MOST_PEOPLE),
        ("--seed", seed, 0, _LARGEST_SEED),
        ("--years", years, 1, _MOST_YEARS),
        ("--councils", councils, 1, MOST_COUNCILS),
        ("--release", release, 1, 2),
    ):
        if not least <= given <= most:
            yield DefinitionMistake(
                where=f"{_WHERE}, {option}",
                problem=f"{given} is not between {least:,} and {most:,}.",
                remedy=f"Give a whole number from {least:,} to {most:,}.",
            )


def _wrong_words(nation: str, until: date, form: str, measures: Path | None) -> Iterator[Mistake]:
    for option, given, known in (("--nation", nation, NATIONS), ("--form", form or "csv", FORMS)):
        if given not in known:
            yield DefinitionMistake(
                where=f"{_WHERE}, {option}",
                problem=f"'{given}' is not known.",
                remedy=suggestion(given, known, f"Give {' or '.join(known)}."),
            )
    if (until + timedelta(days=1)).day != 1 or not _FIRST_YEAR <= until.year <= _LAST_YEAR:
        yield DefinitionMistake(
            where=f"{_WHERE}, --until",
            problem=f"{until} is not the last day of a month from {_FIRST_YEAR} to {_LAST_YEAR}.",
            remedy="Give the last day of a month, such as 2026-09-30: whole months are covered.",
        )
    if measures is not None and not any(measures.glob("*.toml")):
        yield DefinitionMistake(
            where=f"{_WHERE}, --measures",
            problem=f"There is no measure file in {measures}.",
            remedy="Name a folder that holds MEASURE.toml files.",
        )


def _no_quarter(quarterly: bool, until: date) -> Iterator[Mistake]:
    if quarterly and until.month % 3:
        yield DefinitionMistake(
            where=f"{_WHERE}, --quarterly",
            problem=f"{until} is not the end of a quarter, so what came last would not be sent.",
            remedy="Give --until the last day of March, June, September or December.",
        )


def _no_submissions(quarterly: bool, nation: str) -> Iterator[Mistake]:
    if quarterly and nation != "england":
        yield DefinitionMistake(
            where=f"{_WHERE}, --quarterly",
            problem="Only client level data are sent each quarter, and they are England's.",
            remedy="Leave --quarterly out, or give --nation england.",
        )


def _taken(into: Path) -> Iterator[Mistake]:
    if into.exists() and (not into.is_dir() or any(into.iterdir())):
        yield DefinitionMistake(
            where=str(into),
            problem="There is something at this place already, and it is not an empty folder.",
            remedy="Name a new folder: simulate never writes over anything.",
        )
