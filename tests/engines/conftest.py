"""One Spark for the whole run: starting it takes longer than most tests, and two at a time would
each have half of the machine. With pytest-xdist, `--dist loadgroup` keeps its tests in one process.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest


@pytest.fixture(scope="session")
def spark_session() -> Iterator[Any]:
    """A session of two threads; tests that want other settings put them back."""
    from outturn.databases.spark import local_session

    session = local_session(threads=2, memory="1g")
    session.sparkContext.setLogLevel("ERROR")
    yield session
    session.stop()
