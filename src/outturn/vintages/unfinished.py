"""Work that is not finished: where a builder writes, and what it leaves when it is stopped.

A builder works in `.tmp-NAME-PROCESS-NUMBER`, locked for as long as it lives. No reader looks
there. `sweep` removes what is left of builders that are gone.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path

if os.name == "posix":
    import fcntl

UNFINISHED = ".tmp-"


@contextmanager
def workspace(store: Path, name: str) -> Iterator[Path]:
    """A folder of this process alone, locked while it works, and gone afterwards."""
    folder = _made(store, name)
    lock = _lock(folder)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        if lock is not None:
            os.close(lock)


def replace(file: Path, text: str) -> None:
    """Put `text` in the place of `file`, at once or not at all."""
    with workspace(file.parent, file.name) as folder:
        write(folder / file.name, text)
        os.replace(folder / file.name, file)
    flush(file.parent)


def write(file: Path, text: str) -> None:
    with file.open("x", encoding="utf-8", newline="\n") as opened:
        opened.write(text)
    flush(file)


def flush(path: Path) -> None:
    """See that a file, or the list of names in a folder, is on the disk and not only in memory."""
    if path.is_dir() and os.name != "posix":
        return  # Windows cannot flush a folder
    number = os.open(path, os.O_RDONLY if os.name == "posix" else os.O_RDWR)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def sweep(store: Path) -> tuple[str, ...]:
    """Remove what builders left when they were stopped, and say what; those at work are spared."""
    if not store.is_dir():
        return ()
    left = sorted(name for name in os.listdir(store) if name.startswith(UNFINISHED))
    gone = tuple(name for name in left if _is_abandoned(store / name))
    for name in gone:
        shutil.rmtree(store / name, ignore_errors=True)
    return gone


def _made(store: Path, name: str) -> Path:
    for number in count():
        folder = store / f"{UNFINISHED}{name}-{os.getpid()}-{number}"
        with suppress(FileExistsError):  # of another thread, or of an earlier process of this id
            folder.mkdir()
            return folder
    raise AssertionError("count never ends")


def _lock(folder: Path) -> int | None:
    if os.name != "posix":
        return None
    number = os.open(folder, os.O_RDONLY)
    with suppress(OSError):  # a disk without locks: the number of the process must do
        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
    return number


def _is_abandoned(folder: Path) -> bool:
    """Whether the process that made a folder is gone. In doubt it is not.

    Its number must be nobody's here, and the lock free: the number alone would not do where
    builders in two containers, each with its own numbers, share a store.
    """
    process = folder.name.split("-")[-2]
    if os.name != "posix" or not process.isdecimal() or _is_running(int(process)):
        return False
    try:
        number = os.open(folder, os.O_RDONLY)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(number, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return False
    finally:
        os.close(number)
    return True


def _is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True
