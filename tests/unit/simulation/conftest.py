"""One small council of England and one of Scotland, made once for all the tests of the room."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from outturn.simulation import Asked, Council, Window, council

WINDOW = Window(date(2023, 10, 1), date(2026, 9, 30))


def _asked(**changed) -> Asked:
    given = {"people": 2_000, "seed": 1, "nation": "england", "window": WINDOW}
    return Asked(**(given | changed))


@pytest.fixture(scope="session")
def asked() -> Callable[..., Asked]:
    return _asked


@pytest.fixture(scope="session")
def england() -> Council:
    return council(_asked(), 0)


@pytest.fixture(scope="session")
def scotland() -> Council:
    return council(_asked(nation="scotland", seed=2), 0)
