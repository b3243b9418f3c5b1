"""Builders killed at any moment, and readers at work while others build.

Twenty kills, or two hundred with `--hypothesis-profile=nightly`.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from outturn.vintages import current, listing, names, open_, sweep, verify

KEEPER = Path(__file__).with_name("keeper.py")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.name != "posix", reason="only posix kills a process outright"),
]


def keeper(store: Path, first: int, last: int = -1) -> subprocess.Popen[str]:
    """A process that has begun to keep vintages from number `first`."""
    command = [sys.executable, str(KEEPER), str(store), str(first), str(last)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def all_whole(store: Path) -> None:
    for one in listing(store):
        verify(store, one.name)
    assert {entry for entry in os.listdir(store) if entry.startswith("v=")} == {
        f"v={name}" for name in names(store)
    }
    assert current(store) in names(store)


def test_a_builder_killed_at_any_moment_leaves_only_whole_vintages(
    store: Path, request: pytest.FixtureRequest
) -> None:
    nightly = request.config.getoption("--hypothesis-profile") == "nightly"
    kills, chance, interrupted, finished = 200 if nightly else 20, random.Random(7), 0, 0
    longest = 2 * unhindered(store, 0)
    for kill in range(1, kills + 1):
        before = names(store)
        process = keeper(store, first=kill * 1000)
        time.sleep(chance.uniform(0, longest))
        process.send_signal(signal.SIGKILL)
        process.communicate()
        assert set(before) <= set(names(store))
        all_whole(store)
        finished += len(names(store)) - len(before)
        left = {entry for entry in os.listdir(store) if entry.startswith(".tmp-")}
        interrupted += bool(left)
        assert set(sweep(store)) == left
        for one in listing(store)[:-2]:  # so that verifying all stays quick
            if not one.is_current:
                shutil.rmtree(store / f"v={one.name}")
    assert interrupted >= kills // 4, "too few kills came in the middle of the work"
    assert finished >= kills // 10, "the kills came too soon for enough vintages to be kept"
    unhindered(store, 10**6)
    assert dict(open_(store).arguments) == {"number": str(10**6)}


def unhindered(store: Path, number: int) -> float:
    """Keep one vintage without a kill, and give the seconds it took."""
    process = keeper(store, first=number, last=number + 1)
    begun = time.monotonic()
    process.communicate()
    assert process.returncode == 0
    return time.monotonic() - begun


def test_readers_never_see_two_vintages_at_once(store: Path) -> None:
    writers = [keeper(store, first, first + 8) for first in (0, 1000)]
    seen: set[str] = set()
    reads = 0
    while any(writer.poll() is None for writer in writers):
        if not (store / "CURRENT").exists():  # until the first is kept, there is nothing to read
            continue
        one = open_(store)
        number = int(dict(one.arguments)["number"])
        values = one.scan("values").select("rows").unique().collect()
        verdicts = one.scan("verdicts").select("goal_low").unique().collect()
        assert (values.rows(), verdicts.rows()) == ([(number,)], [(float(number),)])
        seen.add(one.name)
        reads += 1
    for writer in writers:
        writer.communicate()
        assert writer.returncode == 0
    assert len(names(store)) == 16
    assert reads > 10
    assert len(seen) > 3
    all_whole(store)
