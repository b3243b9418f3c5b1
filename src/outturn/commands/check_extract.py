"""`outturn check-extract`: what is wrong in a council's client level data, and in which records.

What is printed holds counts, months and names of fields, never a cell. The cells are in the
workbook, for the people who mend the records.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from outturn.commands.findings_files import THE_FILE, write_folder, write_workbook
from outturn.commands.folder import open_folder
from outturn.commands.opened import Answer
from outturn.contracts import Contract, read_contracts
from outturn.framework.model import Partnership, Source
from outturn.ingest.extract import place_of
from outturn.ingest.extract_check import (
    Asked,
    Judged,
    Read,
    check_extract,
    read_extract,
    together,
)
from outturn.ingest.extract_check.coverage import TYPES, said
from outturn.ingest.partitions import PATTERN, is_partitioned, partitions
from outturn.terms.errors import (
    DefinitionMistake,
    ExtractMistake,
    Mistake,
    Mistakes,
    raise_all,
    suggestion,
)
from outturn.terms.period import MONTHS

CLD = "cld"
SETTINGS = "outturn.toml"
ENDING = "-findings.xlsx"
# Definitions that decide how an extract is read; a mistake in others does not matter here.
DECIDING = ("outturn.toml", "places.csv", "data/sources.toml", f"contracts/{CLD}.json")
UNNAMED = "extract"  # the source of a file that no partnership names
_SOURCES = "data/sources.toml"


@dataclass(frozen=True)
class CheckedExtract:
    """What was found, and the files with the records behind it."""

    file: Path
    judged: Judged
    files: tuple[Path, ...]

    @property
    def answers(self) -> list[Answer]:
        """The months and the findings, as they are printed."""
        return [_months(self.judged), _findings(self)]

    @property
    def summary(self) -> dict[str, Any]:
        """The same for a script: counts, months and names of rules and fields."""
        judged, covered = self.judged, self.judged.coverage
        rules = judged.specification.rules
        return {
            "file": str(self.file),
            "files_of_it": list(judged.records.files.names),
            "rows": judged.records.frame.height,
            "people": judged.people,
            "extracted_on": judged.records.as_of.isoformat(),
            "stated_period": covered.stated,
            "covered_period": covered.derived,
            "covered_because": covered.because,
            "open_services": covered.open_services,
            "months": covered.months.to_dicts(),
            "rules": [
                {"id": one["rule"], "title": rules[one["rule"]].title, **_numbers(one)}
                for one in judged.counts().to_dicts()
            ],
            "must_correct": judged.to_correct,
            "must_correct_in_the_file": judged.to_correct_in_the_file,
            "notes": list(judged.notes),
            "files": [str(path) for path in self.files],
        }


def check_cld(
    file: Path,
    folder: Path,
    source: str = "",
    workbook: Path | None = None,
    to: Path | None = None,
    as_of: date | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> CheckedExtract:
    """Judge every row of the file, and write the records behind the findings.

    `file` may be a folder: its files, which have the same columns, are one extract. `folder` is a
    partnership's, whose mapping is used when it has the file, or `source`, in data/sources.toml;
    where it is none, the file must bear the names of the specification.
    """
    whole = file.is_dir()
    called = file.resolve() if whole else file  # a folder may be given as "."
    name = (called.name if whole else file.stem.removesuffix(".csv")) + ENDING
    raise_all([*_about_the_command(file, workbook or called.with_name(name)), *_about_to(to)])
    given, contract, council, parts = _asked(file, folder, source)
    # In a folder that is a source the workbook would be read as one of its files.
    workbook = workbook or (file.resolve().parent if parts else called).with_name(name)
    progress(f"Reading {called.name}")
    read = _read(_files_of(file, given) if whole else [file], given, contract)
    judged = check_extract(read, contract, Asked(as_of, council), progress)
    progress("Writing the records behind the findings")
    files = [write_workbook(judged, file, workbook)]
    if to:
        files += write_folder(judged, to)
    return CheckedExtract(file, judged, tuple(files))


def _about_the_command(file: Path, workbook: Path) -> Iterator[Mistake]:
    if file.is_dir():
        if workbook.resolve().parent == file.resolve():
            problem = "The workbook would lie among the files of the extract, and be read as one."
            remedy = "Name a place outside the folder."
            yield DefinitionMistake(where="the command, --workbook", problem=problem, remedy=remedy)
    elif not file.is_file():
        there = file.parent.glob("*") if file.parent.is_dir() else ()
        beside = sorted(one.name for one in there if one.is_file())
        remedy = suggestion(file.name, beside, "Give the path of the extract.")
        yield ExtractMistake(where=str(file), problem="There is no such file.", remedy=remedy)
    if workbook.suffix.lower() != ".xlsx":
        remedy = "Give it a name that ends in .xlsx."
        problem = "The findings are written as a workbook."
        yield DefinitionMistake(where="the command, --workbook", problem=problem, remedy=remedy)
    elif workbook.is_dir():
        remedy = "Name a file in it that ends in .xlsx."
        problem = "It is a folder: the workbook is a file."
        yield DefinitionMistake(where="the command, --workbook", problem=problem, remedy=remedy)
    elif workbook.resolve() == file.resolve():
        remedy = "Give it another name."
        problem = "The workbook would take the place of the extract."
        yield DefinitionMistake(where="the command, --workbook", problem=problem, remedy=remedy)


def _about_to(to: Path | None) -> Iterator[Mistake]:
    """The folder for all records, before the extract is judged."""
    if to and to.exists() and not to.is_dir():
        problem, remedy = "It is a file: all records go to a folder.", "Name a new folder."
        yield DefinitionMistake(where="the command, --to", problem=problem, remedy=remedy)


def _asked(file: Path, folder: Path, id: str) -> tuple[Source, Contract, frozenset[str], bool]:
    """How the file is to be read, its council's names, and whether its source has other files."""
    here = folder == Path(".")
    if here and not (folder / SETTINGS).is_file() and not id:
        return Source(UNNAMED, file.name, CLD), read_contracts(None)[0][CLD], frozenset(), False
    opened = open_folder(folder)
    partnership = opened.partnership
    none = not partnership.files  # then what is wrong is that this is no partnership's folder
    raise_all(one for one in opened.mistakes if none or one.where.startswith(DECIDING))
    contract = opened.contracts.get(CLD) or read_contracts(None)[0][CLD]
    source = _named(partnership, id) if id else _of_the_file(partnership, file, folder)
    table = "" if source.server else source.table
    whole = file.is_dir()
    kept = source.file if whole and _is_of(source, file, folder) else file.name
    given = replace(source, file=kept, server="", table=table)
    parts = not whole and is_partitioned(source) and _is_of(source, file, folder)
    return given, contract, _council(partnership, source), parts


def _named(partnership: Partnership, id: str) -> Source:
    sources = {one.id: one for one in partnership.sources}
    if id not in sources:
        problem = f"There is no source '{id}' in data/sources.toml."
        remedy = suggestion(id, sources, f"Its sources are {', '.join(sources) or 'none'}.")
    elif sources[id].contract != CLD:
        problem = f"The source '{id}' keeps the contract '{sources[id].contract}', not '{CLD}'."
        remedy = f'Name a source with contract = "{CLD}".'
    else:
        return sources[id]  # of another file, or of a server: its mapping is taken
    raise DefinitionMistake(where="the command, --source", problem=problem, remedy=remedy)


def _of_the_file(partnership: Partnership, file: Path, folder: Path) -> Source:
    """The source whose file this is; without one the file is read as it is."""
    mine = [one for one in partnership.sources if _is_of(one, file, folder)]
    if found := next((one for one in mine if one.contract == CLD), None):
        return found
    for one in mine:
        raise ExtractMistake(
            where=str(file),
            problem=f"It is the file of the source '{one.id}', of the contract '{one.contract}'.",
            remedy="Give an extract of client level data.",
        )
    return Source(UNNAMED, file.name, CLD)


def _files_of(folder: Path, source: Source) -> list[Path]:
    """The files of a folder: of one that a source names, those that the source means."""
    pattern = source.file.rpartition("/")[2] if is_partitioned(source) else ""
    found = [one for one in sorted(folder.glob(pattern or PATTERN)) if one.name[0] not in "._"]
    files = [one for one in found if one.is_file() and not one.name.endswith(ENDING)]
    if not files:
        problem = "There is no file in the folder itself."
        remedy = "Give the folder in which the files of the extract lie, or one file."
        raise ExtractMistake(where=str(folder), problem=problem, remedy=remedy)
    return files


def _read(files: Sequence[Path], source: Source, contract: Contract) -> Read:
    """The file, or all of them as one extract. What is wrong with each is told together."""
    found: list[Read] = []
    wrong: list[Mistake] = []
    for file in files:
        given = replace(source, file=file.name)
        try:
            with _in_words_of_the_command(file, given):
                found.append(read_extract(file, given, contract))
        except Mistakes as error:
            wrong += [one for one in error.exceptions if isinstance(one, Mistake)]
        except ExtractMistake as error:
            wrong.append(error)
    raise_all(wrong)
    return found[0] if len(found) == 1 else together(files, found)


def _is_of(source: Source, file: Path, folder: Path) -> bool:
    """Whether a source is this file or folder, or a folder of files with this one in it."""
    if file.is_dir():
        inside = source.file.rpartition("/")[0]
        return is_partitioned(source) and (folder / "data" / inside).resolve() == file.resolve()
    try:
        each = partitions(folder, source) if is_partitioned(source) else [source]
    except ExtractMistake:  # there is no file in its folder
        return False
    return any((folder / "data" / one.file).resolve() == file.resolve() for one in each if one.file)


def _council(partnership: Partnership, source: Source) -> frozenset[str]:
    """The codes and names of the partnership's own place, in small letters."""
    home = partnership.places.get(partnership.home)
    if not home:
        return frozenset()
    named = [home.code, home.name]
    for alias in home.aliases:
        by, _, name = alias.rpartition(":")
        if by in ("", source.publisher):
            named.append(name)
    return frozenset(one.casefold() for one in named)


@contextmanager
def _in_words_of_the_command(file: Path, source: Source) -> Iterator[None]:
    """Mistakes about the file name it as the person did, not as a file of a folder `data`."""
    try:
        yield
    except Mistakes as error:
        ones = [one for one in error.exceptions if isinstance(one, Mistake)]
        raise_all(_said_again(one, file, source) for one in ones)
    except ExtractMistake as error:
        raise _said_again(error, file, source) from error


def _said_again(one: Mistake, file: Path, source: Source) -> Mistake:
    whole = replace(source, sheet="", table="")
    where = one.where.replace(place_of(whole), str(file), 1)
    remedy = one.remedy
    if source.id == UNNAMED:  # there is no source to be taken out
        remedy = remedy.replace(f", or take the source out of {_SOURCES}", "")
    if source.id == UNNAMED and _SOURCES in remedy:
        remedy = remedy.rstrip(".").replace(
            _SOURCES, f"{_SOURCES} of a partnership's folder (--in)"
        )
        remedy += "."
    return type(one)(where=where, problem=one.problem, remedy=remedy)


def _numbers(one: dict[str, Any]) -> dict[str, Any]:
    return {name: one[name] for name in ("severity", "records", "the_file", "people")}


def _findings(checked: CheckedExtract) -> Answer:
    judged = checked.judged
    rules = judged.specification.rules
    rows = [
        {
            "What is wrong": rules[one["rule"]].title,
            "Severity": one["severity"],
            "Records": f"{one['records']:,}" if one["records"] else THE_FILE,
            "People": f"{one['people']:,}" if one["people"] else "",
        }
        for one in judged.counts().to_dicts()
    ]
    return Answer(
        columns=("What is wrong", "Severity", "Records", "People"),
        rows=rows,
        title=f"Findings in {_called(checked)}",
        numeric=frozenset(("Records", "People")),
        notes=(*_about_the_file(judged), *_last_words(checked)),
    )


def _called(checked: CheckedExtract) -> str:
    """The file by its name; a folder with how many files it has."""
    many = len(checked.judged.records.files.names)
    return f"{checked.file.resolve().name} ({many} files)" if many else checked.file.name


def _about_the_file(judged: Judged) -> Iterator[str]:
    """What is said of the file, months and columns by name."""
    told = judged.findings.filter(pl.col("index").is_null())
    for rule, what in told.group_by("rule", maintain_order=True).agg("what").iter_rows():
        names = "; ".join(what[:_MOST_NAMED])
        more = f" and {len(what) - _MOST_NAMED} more" if len(what) > _MOST_NAMED else ""
        yield f"{judged.specification.rules[rule].title}: {names}{more}."


_MOST_NAMED = 12


def _last_words(checked: CheckedExtract) -> Iterator[str]:
    judged = checked.judged
    workbook, *others = checked.files
    if judged.findings.is_empty():
        yield "No rule found anything."
    elif judged.to_correct:
        records = "1 record" if judged.to_correct == 1 else f"{judged.to_correct:,} records"
        yield f"To be corrected: {records}; one at fault by two rules is counted twice."
    elif not judged.to_correct_in_the_file:
        yield "Nothing must be corrected."
    if many := judged.to_correct_in_the_file:
        about = "1 finding" if many == 1 else f"{many:,} findings"
        yield f"To be put right in the file as a whole: {about}, which no record shows."
    yield f"The records are in {workbook}: personal data, for those who mend them only."
    if others:
        yield f"All of them also in {others[0].parent}."


def _months(judged: Judged) -> Answer:
    rows = [
        {
            "Month": f"{MONTHS[one['month'].month - 1]} {one['month'].year}",
            **{_HEADS[kind]: f"{one[kind]:,}" for kind in TYPES},
            "Services begun": f"{one['services begun']:,}",
            "Covered": "yes" if one["used"] else "no",
        }
        for one in _shown_months(judged)
    ]
    columns = ("Month", *_HEADS.values(), "Services begun", "Covered")
    return Answer(
        columns=columns,
        rows=rows,
        title="Events ended, by month",
        numeric=frozenset(columns[1:-1]),
        notes=(*_of_the_period(judged),),
    )


_HEADS = {
    "Request": "Requests",
    "Assessment": "Assessments",
    "Service": "Services",
    "Review": "Reviews",
}


def _shown_months(judged: Judged) -> list[dict[str, Any]]:
    """The months of the stated and of the covered period; of neither, the last twelve."""
    covered = judged.coverage
    spans = [span for span in (covered.stated, covered.derived) if span]
    months = covered.months
    if not spans:
        return months.tail(12).to_dicts()
    first = min(span[0] for span in spans).replace(day=1)
    last = max(span[1] for span in spans)
    return months.filter(pl.col("month").is_between(first, last)).to_dicts()


def _of_the_period(judged: Judged) -> Iterator[str]:
    covered = judged.coverage
    rows, people = judged.records.frame.height, judged.people
    yield f"{rows:,} rows of {people:,} people; {covered.open_services:,} services are open."
    yield f"Stated period: {said(covered.stated) if covered.stated else 'none that can be read'}."
    if covered.derived:
        yield f"The data cover {said(covered.derived)}. {covered.because}"
    else:
        yield f"The data cover no period. {covered.because}"
    shown = {one["month"] for one in _shown_months(judged)}
    others = covered.months.filter(~pl.col("month").is_in(list(shown)))["events"].sum()
    if others:
        yield f"{others:,} events ended in other months."
    yield f"Judged as of {judged.records.as_of.isoformat()}."
    if (days := judged.records.frame["imported_on"].drop_nulls().n_unique()) > 1:
        yield (
            f"The file holds {days} submissions, received on {days} days. Check the last one by "
            "itself: here its rows stand beside those that they replace."
        )
    yield from judged.notes
