"""A disk that is full: told in three lines, with all that was kept before as it was.

A limit on the size of a file stands in for it, so that nothing of the machine is filled.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from outturn.databases import DuckDB, Sql
from outturn.terms.errors import DiskMistake
from outturn.vintages import current, names, verify

resource = pytest.importorskip("resource", reason="only posix can limit the size of a file")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.name != "posix", reason="only posix can limit the size of a file"),
]


def limited(limit: int, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command line, in a process whose files cannot be larger than the limit."""
    code = (
        "import resource, sys; import outturn.cli.app\n"
        f"resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))\n"
        "sys.exit(outturn.cli.app.run(sys.argv[1:]))"
    )
    asked = [sys.executable, "-B", "-c", code, *arguments]
    return subprocess.run(asked, capture_output=True, text=True, check=False, timeout=300)


@pytest.mark.parametrize("limit", [200, 1000, 3000])
def test_a_build_without_room_says_so_and_leaves_the_last_vintage_as_it_was(
    vale: Path, copied, limit: int
) -> None:
    folder = copied(vale, kept=True)
    shutil.rmtree(folder / ".outturn", ignore_errors=True)
    store = folder / "vintages"
    before = (current(store), names(store))
    told = limited(limit, "build", "--in", str(folder), "--as-of", "2026-12-31")
    assert told.returncode in (10, 13, 15), told.stderr
    assert "Traceback" not in told.stderr
    assert "room" in told.stderr
    assert (current(store), names(store)) == before
    verify(store, before[0])
    again = limited(2**30, "build", "--in", str(folder), "--as-of", "2026-12-31")
    assert again.returncode == 0, again.stderr


def test_counting_that_needs_more_room_than_there_is_says_so() -> None:
    code = (
        "import resource; from outturn.databases import DuckDB, Sql\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))\n"
        "with DuckDB(memory='40MB', threads=1) as database:\n"
        "    database.keep('t', Sql('select range as a, hash(range) as b from range(9000000)'))\n"
    )
    asked = [sys.executable, "-c", code]
    told = subprocess.run(asked, capture_output=True, text=True, check=False, timeout=300)
    assert "DiskMistake" in told.stderr.splitlines()[-3], told.stderr
    assert "There is no room left on the disk." in told.stderr


def test_the_ceiling_is_kept_by_spilling() -> None:
    """Ten times as much as it may hold at once."""
    with DuckDB(memory="60MB", threads=1) as database:
        database.keep("t", Sql("select range as a, hash(range) as b from range(20000000)"))
        found = database.rows("all", Sql("select count(distinct b) as n from t"))
        assert found["n"].to_list() == [20_000_000]


def test_its_words_are_three_lines() -> None:
    assert str(DiskMistake.at("vintages")).splitlines() == [
        "vintages",
        "  There is no room left on the disk. What was kept before is whole.",
        "  Make room there, then run this again: it goes on from what is finished.",
    ]
