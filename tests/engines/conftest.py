"""One Spark for the whole run: starting it takes longer than most tests, and two at a time would
each have half of the machine. With pytest-xdist, `--dist loadfile` keeps its tests in one process.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

# Every query has a few rows. So nothing is compiled, spread over tasks, thought of twice or sent
# round: Spark has other code for each of these, and no other meaning of a query. `make bench` asks
# for the same figures with the settings that Spark comes with (benchmarks/on_spark.py).
SMALL = {
    "spark.sql.shuffle.partitions": "1",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.autoBroadcastJoinThreshold": "-1",
}


@pytest.fixture(scope="session")
def spark_session() -> Iterator[Any]:
    """A session of two threads; tests that want other settings put them back."""
    from outturn.databases.spark import local_session

    session = local_session(threads=2, memory="1g")
    session.sparkContext.setLogLevel("ERROR")
    for name, value in SMALL.items():
        session.conf.set(name, value)
    yield session
    session.stop()
