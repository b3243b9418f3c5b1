"""The marks that statistical releases, and tables made like them, print instead of a figure.

| cell                    | read as                       |
|-------------------------|-------------------------------|
| `[c]`, `c`, `*`         | suppressed                    |
| `[x]`, `x`, `:`, `..`   | not available                 |
| `[z]`, `z`              | not applicable                |
"""

from __future__ import annotations

from outturn.terms.records import Absent

MARKS: dict[str, str] = {  # in lower case: a mark is the same in capitals
    **dict.fromkeys(("[c]", "c", "*"), Absent.SUPPRESSED.value),
    **dict.fromkeys(("[x]", "x", ":", ".."), Absent.NOT_AVAILABLE.value),
    **dict.fromkeys(("[z]", "z"), Absent.NOT_APPLICABLE.value),
}
