"""`outturn vintages`: the kept builds, and for whom each was made."""

from __future__ import annotations

import re
from pathlib import Path

from outturn.commands.audience import audience_of, preset_of
from outturn.commands.folder import STORE
from outturn.commands.opened import Answer
from outturn.vintages import listing, open_


def vintages(path: Path) -> Answer:
    """The kept builds, newest first."""
    found = sorted(
        listing(path / STORE), key=lambda one: (one.built_at, one.is_current), reverse=True
    )
    kept = {one.name: open_(path / STORE, one.name) for one in found}
    rows = [
        {
            "vintage": one.name,
            "as at": one.as_of,
            "built": _to_the_second(one.built_at),
            "audience": audience_of(kept[one.name]),
            "disclosure": preset_of(kept[one.name]),
            "label": one.label,
            "replaces": one.replaces,
            "rows": one.rows,
            "seal": one.seal[:16],
            "published seal": one.published_seal[:16],
            "shown": "shown" if one.is_current else "",
        }
        for one in found
    ]
    columns = (
        "vintage", "as at", "built", "audience", "disclosure", "label", "replaces", "rows", "seal",
        "published seal", "shown",
    )  # fmt: skip
    notes = () if rows else ("No vintage has been kept here yet. Next: outturn build",)
    return Answer(columns, rows, "Vintages", frozenset({"rows"}), notes)


def _to_the_second(built_at: str) -> str:
    """When a build was made, without the fractions that only keep two builds apart."""
    return re.sub(r"\.\d+", "", built_at)
