"""`outturn build` killed at any moment: what was kept before stays whole, and the next succeeds.

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
from datetime import date, timedelta
from pathlib import Path

import pytest

from outturn.commands.build import build
from outturn.vintages import current, listing, names, open_, verify

# The command line itself, in a process that has loaded it and waits for a word to begin: so the
# kills fall in the build and not in the loading, and the next process loads meanwhile.
OUTTURN = """
import sys
import outturn.cli.app, outturn.commands.build
print("ready", flush=True)
sys.stdin.readline()
sys.exit(outturn.cli.app.run(sys.argv[1:]))
"""
FIRST = date(2026, 4, 1)
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.name != "posix", reason="only posix kills a process outright"),
]


def waiting(folder: Path, as_of: date) -> subprocess.Popen[str]:
    """A build about to begin, of a position date that makes it another vintage."""
    asked = ["build", "--in", str(folder), "--as-of", as_of.isoformat()]
    pipe = subprocess.PIPE
    return subprocess.Popen(
        [sys.executable, "-c", OUTTURN, *asked], stdin=pipe, stdout=pipe, stderr=pipe, text=True
    )


def begun(process: subprocess.Popen[str]) -> subprocess.Popen[str]:
    assert process.stdin is not None and process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    process.stdin.write("go\n")
    process.stdin.flush()
    return process


def killed(process: subprocess.Popen[str], step: str, wait: float) -> bool:
    """Kill it so long after it has told of a step; of none, after its start. Whether it was
    still at work."""
    assert process.stderr is not None
    if step:
        while (told := process.stderr.readline()) and not told.startswith(step):
            pass
    time.sleep(wait)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    return process.returncode == -signal.SIGKILL


def test_a_build_killed_at_any_moment_leaves_only_whole_vintages(
    vale: Path, copied, request: pytest.FixtureRequest
) -> None:
    nightly = request.config.getoption("--hypothesis-profile") == "nightly"
    kills, chance = 200 if nightly else 20, random.Random(2026)
    folder = copied(vale)
    store = folder / "vintages"
    build(folder)
    unhindered = begun(waiting(folder, FIRST))
    began = time.monotonic()
    unhindered.communicate()
    whole = time.monotonic() - began
    assert unhindered.returncode == 0
    ahead = waiting(folder, FIRST + timedelta(days=1))
    caught, torn = 0, 0
    for kill in range(kills):
        before = {one.name: one.seal for one in listing(store)}
        as_of, builder = FIRST + timedelta(days=kill + 1), begun(ahead)
        ahead = waiting(folder, as_of + timedelta(days=1))
        # From start to end in turn with the part that matters most: when it writes.
        step, longest = ("", whole) if kill % 2 else ("Keeping", 0.15)
        caught += killed(builder, step, chance.uniform(0, longest))
        torn += any(name.startswith(".tmp-") for name in os.listdir(store))
        after = {one.name: one.seal for one in listing(store)}
        assert before.items() <= after.items()
        assert {f"v={name}" for name in after} == {
            entry for entry in os.listdir(store) if entry.startswith("v=")
        }
        assert current(store) in names(store)
        for name in after:
            assert open_(store, name).read("values").height
            verify(store, name)
        built = build(folder, as_of=as_of)  # the next one succeeds
        verify(store, built.name)
        assert current(store) == built.name
        assert not any(name.startswith(".tmp-") for name in os.listdir(store))
        forget_all_but(store, 5)  # so that verifying all stays quick
    ahead.kill()
    ahead.communicate()
    told = f"{kills} kills, {caught} of a build at work, {torn} in the middle of writing"
    print(told)  # noqa: T201  (to be seen with pytest -s)
    assert caught >= kills // 2, "the kills came too late"
    assert torn, "no kill came in the middle of writing"


def forget_all_but(store: Path, number: int) -> None:
    for one in listing(store)[:-number]:
        if not one.is_current:
            shutil.rmtree(store / f"v={one.name}")
