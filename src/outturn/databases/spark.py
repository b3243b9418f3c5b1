"""Spark, through a session: one that runs here, or one that a cluster or a platform gave.

Needs the extra `spark`. Only `table` and `keep` write, into a folder of their own that every
worker must reach; Parquet stands between the steps, since a view of Spark stores nothing.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from outturn.databases.dialect import MILLIONTHS, Dialect
from outturn.databases.sql import EngineFault, Sql

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


_FEW = 5_000  # rows that travel with a query, and need no file


def local_session(*, threads: int = 2, memory: str = "2g") -> SparkSession:
    """A session in this machine alone, with the settings that counting relies on."""
    from pyspark.sql import SparkSession

    settings = {
        "spark.sql.ansi.enabled": "true",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.shuffle.partitions": "8",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.driver.memory": memory,
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.sql.execution.arrow.pyspark.enabled": "true",
    }
    builder = SparkSession.builder.master(f"local[{threads}]").appName("outturn")
    for name, value in settings.items():
        builder = builder.config(name, value)
    return builder.getOrCreate()


class Spark(Dialect):
    """Spark 3.5 or newer, with ANSI rules: without them a bad cast gives NULL and no error."""

    name = "Spark"

    def __init__(self, session: SparkSession, *, folder: Path | None = None) -> None:
        """`folder` is where kept steps are written; without one, a temporary folder here."""
        self._session = session
        if session.conf.get("spark.sql.ansi.enabled") != "true":
            raise ValueError("the Spark session must have spark.sql.ansi.enabled = true")
        self._temporary = None if folder else tempfile.TemporaryDirectory(prefix="outturn-")
        self._folder = folder or Path(self._temporary.name if self._temporary else "")
        self._written = 0
        self._views: set[str] = set()

    def close(self) -> None:
        for name in self._views:
            self._session.catalog.dropTempView(name)
        if self._temporary:
            self._temporary.cleanup()

    def table(self, name: str, frame: pl.DataFrame) -> None:
        if frame.height <= _FEW:
            rows = frame.to_arrow()
            self._named(name, lambda: self._session.createDataFrame(rows))
            return
        place = self._next(name)
        frame.write_parquet(place)
        self.parquet(name, [place])

    def parquet(self, name: str, files: Sequence[Path]) -> None:
        self._named(name, lambda: self._session.read.parquet(*(str(one) for one in files)))

    def view(self, name: str, query: str) -> None:
        self._named(name, lambda: self._session.sql(query), query)

    def _named(self, name: str, made: Callable[[], Any], query: str = "") -> None:
        self._asked(name, query, lambda: made().createOrReplaceTempView(name))
        self._views.add(name)

    def write(self, name: str, query: Sql, file: Path) -> None:
        self._sql(name, query, lambda found: found.write.parquet(str(file)))

    def keep(self, name: str, query: Sql) -> None:
        place = self._next(name)

        def written(found: Any) -> Any:
            found.write.parquet(str(place))
            return found.schema

        schema = self._sql(name, query, written)
        # What is known is not inferred: that would be a job of its own for each step.
        self._named(name, lambda: self._session.read.schema(schema).parquet(str(place)))

    def forget(self, name: str) -> None:
        self._session.catalog.dropTempView(name)
        self._views.discard(name)

    def rows(self, step: str, query: Sql) -> pl.DataFrame:
        table = self._sql(step, query, lambda found: found.toArrow())
        frame = pl.from_arrow(table)
        assert isinstance(frame, pl.DataFrame)
        return frame

    def _sql(self, step: str, query: Sql, then: Any) -> Any:
        made = self._session.sql
        return self._asked(
            step, query.text, lambda: then(made(query.text, args=list(query.values)))
        )

    def _asked(self, step: str, query: str, answer: Callable[[], Any]) -> Any:
        """What Spark answers; its own words would show a cell."""
        from pyspark.errors import PySparkException

        try:
            return answer()
        except PySparkException as error:
            raise EngineFault(step=step, sql=query, reason=type(error).__name__) from None

    def _next(self, name: str) -> Path:
        self._written += 1
        return self._folder / f"{self._written:05}-{''.join(filter(str.isalnum, name))}.parquet"

    def quote(self, name: str) -> str:
        if not name or "\0" in name:
            raise ValueError(f"not a name of a column: {name!r}")
        return "`" + name.replace("`", "``") + "`"

    def text(self, expression: str) -> str:
        return f"cast({expression} as string)"

    def days(self, earlier: str, later: str) -> str:
        return f"datediff({later}, {earlier})"

    def floor_div(self, a: str, b: str) -> str:
        return f"(({a}) div ({b}))"

    def shift_left(self, n: str) -> str:
        return f"shiftleft(cast(1 as bigint), {n})"

    def bit(self, mask: str, n: str) -> str:
        return f"(shiftright({mask}, {n}) & 1)"

    def millionths(self, expression: str) -> str:
        return f"cast(floor(({expression}) * {MILLIONTHS} + 0.5) as decimal(38, 0))"
