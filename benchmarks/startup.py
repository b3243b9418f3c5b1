"""How long `outturn --help` takes beside a bare Python: the median of 20 runs of each, in turn."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

RUNS = 20
LIMIT = 5.0  # the ratio that we promise


def seconds(*command: str) -> float:
    begun = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begun


def main() -> int:
    outturn = str(Path(sys.executable).with_name("outturn"))
    bare, helped = [], []
    for _ in range(RUNS):  # in turn, so that whatever else the machine does falls on both
        bare.append(seconds(sys.executable, "-c", "pass"))
        helped.append(seconds(outturn, "--help"))
    first, second = statistics.median(bare), statistics.median(helped)
    ratio = second / first
    print(f"python -c pass    {first * 1000:6.1f} ms")
    print(f"outturn --help    {second * 1000:6.1f} ms")
    print(f"ratio             {ratio:6.2f}   (at most {LIMIT:g})")
    return int(ratio > LIMIT)


if __name__ == "__main__":
    sys.exit(main())
