"""The tree of errors, with the exit code of each class.

    * OutturnError
      x Mistake              10   the person can put it right: shown without a traceback
        + DefinitionMistake  11   in a file that says what is promised: a measure, a target
          . NewBuildMistake  11   in one that can be read: builds kept with it can still be told
        + ExtractMistake     12   in a data file or the way it is mapped
          . RowsMistake      12   in rows that are set aside: the rest of the file is used
          . PartMistake      12   in one file of a folder that is left aside: the others are used
        + VintageMistake     13   a kept build is missing, altered or not re-creatable
        + MoveMistake        14   the state of a record does not allow it
        + DiskMistake        15   there is no room for what has to be written
      x anything else         1   our fault: shown with a traceback

Mistakes of several classes together exit with 10. A wrong command line exits with 2.
"""

from __future__ import annotations

import difflib
import errno
import os
from collections.abc import Iterable


class OutturnError(Exception):
    """Anything that outturn itself raises."""

    exit_code = 1


class Mistake(OutturnError):
    """Something the person can put right: where it is, what is wrong, what to do.

    The whole message is three lines. It never holds a cell of a data file: rows are
    named by file, column and row number only.
    """

    exit_code = 10

    def __init__(self, *, where: str, problem: str, remedy: str) -> None:
        # A name with a line break in it must not make a fourth line.
        self.where, self.problem, self.remedy = (
            " ".join(line.strip() for line in text.splitlines())
            for text in (where, problem, remedy)
        )
        super().__init__(f"{self.where}\n  {self.problem}\n  {self.remedy}")


class DefinitionMistake(Mistake):
    """A mistake in a file that says what is promised: measures, targets, places, packs."""

    exit_code = 11


class NewBuildMistake(DefinitionMistake):
    """What no new build is made of, though it can be read: one that was kept with it is told."""


class ExtractMistake(Mistake):
    """A mistake in a data file, or in the way it is mapped to its contract."""

    exit_code = 12


class RowsMistake(ExtractMistake):
    """Rows of a data file that break their contract and are set aside; the others are used."""


class PartMistake(ExtractMistake):
    """One file of a folder that cannot be read and is left aside; the others are used."""


class VintageMistake(Mistake):
    """A kept build is missing, altered or cannot be re-created."""

    exit_code = 13


class MoveMistake(Mistake):
    """The state of a record does not allow what was asked."""

    exit_code = 14


class DiskMistake(Mistake):
    """There is no room for what has to be written. Everything that was kept before is whole."""

    exit_code = 15

    @classmethod
    def at(cls, where: str) -> DiskMistake:
        return cls(
            where=where,
            problem="There is no room left on the disk. What was kept before is whole.",
            remedy="Make room there, then run this again: it goes on from what is finished.",
        )


NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def is_full(error: BaseException) -> bool:
    """Whether an error, of Python or told in the words of another library, is of a full disk."""
    if isinstance(error, OSError) and error.errno in NO_ROOM:
        return True
    said = [os.strerror(number) for number in NO_ROOM]
    return any(words in str(error) for words in (*said, "max_temp_directory_size"))


class Mistakes(ExceptionGroup[Mistake]):
    """All the mistakes that one run found, gathered and raised once."""

    def derive(self, excs):  # type: ignore[no-untyped-def]
        return Mistakes(self.message, excs)


def raise_all(mistakes: Iterable[Mistake]) -> None:
    """Raise every mistake found, together; do nothing when there is none."""
    found = list(mistakes)
    if found:
        raise Mistakes(f"{len(found)} mistake(s)", found)


def exit_code(mistakes: Iterable[Mistake]) -> int:
    """The exit code for mistakes found together: their own when they share a class, else 10."""
    codes = {mistake.exit_code for mistake in mistakes}
    return codes.pop() if len(codes) == 1 else Mistake.exit_code


def suggestion(word: str, known: Iterable[str], otherwise: str) -> str:
    """A remedy that names the nearest known word, or says `otherwise`."""
    near = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f"Did you mean '{near[0]}'?" if near else otherwise
