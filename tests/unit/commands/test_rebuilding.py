"""Building again after one changed target opens no data file, as the system itself sees it."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from outturn.vintages import listing

STRACE = shutil.which("strace")
OUTTURN = [sys.executable, "-c", "from outturn.cli import main; main()"]
pytestmark = pytest.mark.skipif(STRACE is None, reason="strace is not installed")


def opened(folder: Path, log: Path) -> set[str]:
    """Every file under the folder that one `outturn build` opened, in any process or thread."""
    trace = [str(STRACE), "-f", "-qq", "-e", "trace=open,openat,openat2,creat", "-o", str(log)]
    done = subprocess.run(
        [*trace, *OUTTURN, "build", "--in", str(folder)], capture_output=True, text=True
    )
    if "ptrace" in done.stderr or "PTRACE" in done.stderr:
        pytest.skip("this system lets nobody trace a process")
    assert done.returncode == 0, done.stderr
    names = re.findall(r'"([^"]*)"', log.read_text(encoding="utf-8"))
    inside = (Path(name) for name in names if Path(name).is_relative_to(folder))
    return {path.relative_to(folder).as_posix() for path in inside}


def test_a_changed_target_opens_no_data_file(leicestershire, copied, edited, tmp_path):
    folder = copied(leicestershire)
    first = opened(folder, tmp_path / "first.txt")
    data = {f"data/{path.name}" for path in (folder / "data").iterdir()}
    assert data <= first, "the trace does not see what is opened"
    edited(
        folder / "targets" / "2020-21.toml",
        'measure = "admissions_65"\nperiod = "2020/21"\nbelow = 553',
        'measure = "admissions_65"\nperiod = "2020/21"\nbelow = 450',
    )
    second = opened(folder, tmp_path / "second.txt")
    assert {name for name in second if name.startswith("data/")} == {"data/sources.toml"}
    assert "targets/2020-21.toml" in second
    assert len(listing(folder / "vintages")) == 2
