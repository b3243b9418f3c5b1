"""Sources that are a folder of files: each is read, checked and kept by itself.

So a run that was stopped goes on from those that are finished, one that has not changed is not
opened, and one that cannot be read is left aside and named while the others are used.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath

from outturn.framework.model import Source
from outturn.ingest.extract import mistake
from outturn.terms.errors import ExtractMistake, Mistake, PartMistake

PATTERN = "*"
_MOST_NAMED = 3


def is_partitioned(source: Source) -> bool:
    """Whether the source names a folder, `events/`, or the files of one, `events/*.parquet`."""
    return source.file.endswith("/") or PATTERN in source.file


def partitions(folder: Path, source: Source) -> list[Source]:
    """The source of each file of the folder, in the order of their names.

    Files that begin with a dot or an underscore are no part of it: writers leave such beside. Nor
    are the files of folders within the folder.
    """
    path = PurePosixPath(source.file)
    inside, pattern = (path, PATTERN) if source.file.endswith("/") else (path.parent, path.name)
    if PATTERN in str(inside):
        problem = f"Only the name of the files may hold {PATTERN}: subfolders are not read."
        raise mistake(source, problem, _each_folder("cld/year=2026/"))
    found = [one.name for one in _seen(folder / "data" / inside, pattern) if one.is_file()]
    if not found:
        below = [one for one in _seen(folder / "data" / inside, PATTERN) if one.is_dir()]
        if below:
            problem = "There is no file in the folder itself, and its subfolders are not read."
            raise mistake(source, problem, _each_folder(f"{inside / below[0].name}/"))
        remedy = "Put files there, or put the name right in data/sources.toml."
        raise mistake(source, "There is no file in the folder.", remedy)
    return [replace(source, file=str(inside / name)) for name in found]


def _seen(folder: Path, pattern: str) -> list[Path]:
    """What lies in a folder, by name, without what begins with a dot or an underscore."""
    return sorted(one for one in folder.glob(pattern) if one.name[0] not in "._")


def _each_folder(example: str) -> str:
    return (
        f'Name each subfolder as a source of its own, such as file = "{example}", '
        "or put all its files into one folder."
    )


def left_aside(
    source: Source, failed: Iterable[ExtractMistake], many: int
) -> tuple[list[Mistake], str]:
    """What is told of files that could not be read, and what their table lacks for it.

    Where none can be read, the fault is not theirs: the mistakes stay as they are, and stop a build
    as those of any file do.
    """
    mistakes = list(failed)
    if len(mistakes) == many:
        return list(mistakes), ""
    told: list[Mistake] = [
        PartMistake(
            where=one.where,
            problem=f"{one.problem} It is left aside: figures of this table are incomplete.",
            remedy=one.remedy,
        )
        for one in mistakes
    ]
    how_many = f"{len(told)} of {many} partitions of '{source.contract}'"
    return told, f"incomplete: {how_many} could not be read ({_named(told)})" if told else ""


def _named(told: Sequence[Mistake]) -> str:
    """The files by name, of many the first."""
    return few_named([PurePosixPath(one.where.split(", ")[0]).name for one in told])


def few_named(files: Iterable[str]) -> str:
    """Files by name, of many the first."""
    names = list(dict.fromkeys(files))
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    return f"{', '.join(names[:_MOST_NAMED])}{more}"
