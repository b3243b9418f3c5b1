"""How many councils differ from their country by chance alone: the page and what is known."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.published
# Worked out by others from the same workbook: per cent of councils whose margin holds England's
# value, 2024-25.
KNOWN = {
    "quality_of_life": 72, "social_contact_of_users": 80, "feel_safe": 71,
    "satisfaction_of_users": 76, "control_over_daily_life": 69,
}  # fmt: skip


@pytest.fixture(scope="module")
def chance() -> ModuleType:
    sys.path.insert(0, str(ROOT / "docs"))
    try:
        spec = importlib.util.spec_from_file_location(
            "generate_chance", ROOT / "docs" / "generate_chance.py"
        )
        assert spec and spec.loader
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module
    finally:
        sys.path.remove(str(ROOT / "docs"))


def test_the_share_of_councils_within_the_published_margin_is_the_known_one(
    chance: ModuleType, data: Path
) -> None:
    rows = chance.compared(data, "ascof workbook 2024-25", chance.ENGLAND, "ascof")
    found = chance.by_measure(rows)
    shares = dict(found.select("measure", "share").iter_rows())
    assert {id: round(shares[id]) for id in KNOWN} == KNOWN


def test_the_page_is_as_it_would_be_printed_now(chance: ModuleType, data: Path) -> None:
    page = (ROOT / "docs" / "explanation" / "chance.md").read_text(encoding="utf-8")
    assert page == "\n".join(chance.page(data)) + "\n"
