"""A tiny partnership of two councils and three measures, read through `ingest`."""

from datetime import date
from pathlib import Path

import pytest

from outturn.contracts import read_contracts
from outturn.framework.model import Code, Measure, Partnership, Place, Source
from outturn.ingest import ingest
from outturn.terms.written_periods import parse

PLACES = (
    Place("E1", "North", "council", aliases=("phs:The North", "Upper North")),
    Place("E2", "Dorset", "council", until=date(2019, 3, 31)),
    Place("E3", "Dorset", "council", since=date(2019, 4, 1)),
)


def measure(name, *codes):
    return Measure(name, name, "2014", "rate", "per 100,000", "lower", reported=True, codes=codes)


MEASURES = (
    measure("admissions", Code("ascof", "2C", since=parse("2023/24"))),
    measure("delays", Code("ascof", "2C", until=parse("2022/23"))),
    measure("control", Code("ascof", "1B")),
)


class World:
    """The folder of the partnership, and what came of reading it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.contracts, _ = read_contracts(None)
        self.sources: list[Source] = []
        self.places, self.measures = PLACES, MEASURES
        (folder / "data").mkdir()

    def write(self, name, data):
        data = data.encode() if isinstance(data, str) else data
        (self.folder / "data" / name).write_bytes(data)
        return self

    def source(self, file="x.csv", contract="figures", **more):
        more = {"id": file.split(".")[0], "published": date(2021, 1, 18), **more}
        self.sources.append(Source(file=file, contract=contract, **more))
        return self

    @property
    def partnership(self):
        return Partnership(
            "A",
            "E1",
            places={one.code: one for one in self.places},
            measures={one.id: one for one in self.measures},
            sources=tuple(self.sources),
        )

    def ingest(self, cache=None, progress=None):
        return ingest(self.folder, self.partnership, self.contracts, cache, progress)

    def mistakes(self):
        return [str(one) for one in self.ingest().mistakes]

    def figures(self, *columns):
        found = self.ingest()
        assert [str(one) for one in found.mistakes] == []
        return found.tables["figures"].select(columns).rows()


@pytest.fixture
def world(tmp_path):
    return World(tmp_path)


@pytest.fixture
def read_csv(world):
    """Reads one file of figures, written as text, with the words of its source."""

    def read(text, **words):
        return world.write("x.csv", text).source("x.csv", **words)

    return read
