"""Runs every benchmark of this folder, one after another, and writes what they say into the docs.

`make bench`. A benchmark is a module here with a `main`; it prints what it measured, as Markdown or
as plain lines. Each is run in a Python of its own, so that none warms another up.
"""

from __future__ import annotations

import os
import platform
import re
import subprocess
import sys
from datetime import date
from pathlib import Path

HERE = Path(__file__).resolve().parent
PAGE = HERE.parent / "docs" / "performance.md"
BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"


def main() -> None:
    figures = "\n".join([said_of_machine(), "", *(measured(one) for one in benchmarks())])
    print(figures)
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    PAGE.write_text(f"{before}{BEGIN}\n\n{figures}\n{END}{after}", encoding="utf-8")


def benchmarks() -> list[Path]:
    """The modules of this folder that measure something."""
    return [
        path
        for path in sorted(HERE.glob("*.py"))
        if path != Path(__file__).resolve() and re.search(r"^def main\(", path.read_text(), re.M)
    ]


def measured(path: Path) -> str:
    """What one benchmark says, as a section of the page."""
    done = subprocess.run(
        [sys.executable, str(path)], cwd=HERE, check=False, capture_output=True, text=True
    )
    said = done.stdout.strip()
    if done.returncode > 1 or not said:  # 1 says that a promise is not kept, and the figures why
        raise SystemExit(f"{path.name} could not be measured:\n{done.stderr}")
    verdict = "\n\n**This is above the limit.**" if done.returncode else ""
    if said.startswith("## "):
        return f"{said}{verdict}\n"
    about = re.search(r'^"""(.*?)(?:\n\n|""")', path.read_text(encoding="utf-8"), re.S)
    intro = " ".join(about[1].split()) if about else ""
    title = path.stem.replace("_", " ").capitalize()
    return f"## {title}\n\n{intro}\n\n```text\n{said}\n```{verdict}\n"


def said_of_machine() -> str:
    """The day and the machine, in words that name nobody's machine."""
    busy = os.getloadavg()[1]
    return (
        f"Measured on {date.today().isoformat()}, on a machine with {os.cpu_count()} cores,"
        f" {platform.system()}, Python {platform.python_version()}. When it began, {busy:.1f}"
        " things were being done at a time: the nearer to 0, the more seconds say; ratios say more."
    )


if __name__ == "__main__":
    main()
