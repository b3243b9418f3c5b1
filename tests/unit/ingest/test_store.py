"""An unchanged file is not opened again, and nothing stale or broken is ever used."""

import json
import os
import sys
import time
from dataclasses import replace

import polars as pl
import pytest

from outturn.framework.model import Code
from outturn.ingest import delimited, readers
from outturn.ingest.rows import PARTS
from outturn.terms.written_periods import parse

TEXT = "measure,place,period,value\ncontrol,North,2020/21,73.2\ncontrol,South,2021/22,x1\n"
OPENED: list[str] = []


def _watch(event, arguments):
    if event == "open" and isinstance(arguments[0], str):
        OPENED.append(arguments[0])


sys.addaudithook(_watch)


@pytest.fixture
def cache(world):
    """A settled file, and an empty cache."""
    world.write("x.csv", TEXT).source()
    settle(world)
    return world.folder / ".outturn"


def settle(world, name="x.csv"):
    """As though the file had been written a while ago."""
    past = time.time() - 100
    os.utime(world.folder / "data" / name, (past, past))


@pytest.fixture
def reads(monkeypatch):
    """How often a reader was called, for what opens files natively is not seen by Python."""
    calls = []

    def read(path, source):
        calls.append(source.id)
        return delimited.read(path, source)

    monkeypatch.setitem(readers._PLAIN, ".csv", read)
    return calls


def same(one, other):
    assert {k: v.rows() for k, v in one.tables.items()} == {
        k: v.rows() for k, v in other.tables.items()
    }
    assert one.rejected.equals(other.rejected)
    assert one.fingerprints == other.fingerprints
    assert list(map(str, one.mistakes)) == list(map(str, other.mistakes))


def test_with_a_warm_cache_no_data_file_is_opened(world, cache, reads):
    cold = world.ingest(cache)
    assert reads == ["x"]
    OPENED.clear()
    warm = world.ingest(cache)
    assert reads == ["x"]
    assert [name for name in OPENED if "/data/" in name] == []
    same(cold, warm)


def test_with_a_warm_cache_not_even_a_native_reader_sees_the_file(world, cache):
    cold = world.ingest(cache)
    file = world.folder / "data/x.csv"
    stamp = file.stat()
    with file.open("r+b") as opened:
        opened.write(b"\x00" * stamp.st_size)
    os.utime(file, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    same(cold, world.ingest(cache))


def test_reading_without_a_cache_gives_the_same_and_writes_nothing(world, cache):
    same(world.ingest(), world.ingest(cache))
    assert {one.name for one in world.folder.iterdir()} == {"data", ".outturn"}


def test_a_changed_file_is_read_again(world, cache, reads):
    world.ingest(cache)
    world.write("x.csv", TEXT.replace("73.2", "73.3"))
    assert world.ingest(cache).tables["figures"]["value"].to_list() == [73.3]
    assert reads == ["x", "x"]


def test_a_file_changed_just_before_it_was_digested_is_digested_again(world, cache, reads):
    world.write("x.csv", TEXT)
    world.ingest(cache)
    stamp = (world.folder / "data/x.csv").stat()
    world.write("x.csv", TEXT.replace("73.2", "73.3"))
    os.utime(world.folder / "data/x.csv", ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    assert world.ingest(cache).tables["figures"]["value"].to_list() == [73.3]


@pytest.mark.parametrize(
    "change",
    [
        lambda w: w.sources.__setitem__(0, replace(w.sources[0], provenance="provisional")),
        lambda w: setattr(w, "places", (replace(w.places[0], aliases=("South",)), w.places[1])),
        lambda w: setattr(
            w,
            "measures",
            (
                *w.measures[:2],
                replace(w.measures[2], codes=(Code("s", "c", since=parse("2020/21")),)),
            ),
        ),
        lambda w: w.contracts.__setitem__("figures", replace(w.contracts["figures"], key=())),
    ],
    ids=["source", "places", "measures", "contract"],
)
def test_whatever_decides_a_row_makes_it_read_again(world, cache, reads, change):
    world.ingest(cache)
    change(world)
    world.ingest(cache)
    assert reads == ["x", "x"]


@pytest.mark.parametrize("name", ["kept.parquet", "rejected.parquet", "problems.parquet", "json"])
@pytest.mark.parametrize("harm", [b"", b"junk", None])
def test_a_harmed_cache_is_made_again(world, cache, reads, name, harm):
    cold = world.ingest(cache)
    (file,) = (cache / "tables").glob(f"*.{name}")
    file.unlink() if harm is None else file.write_bytes(harm)
    same(cold, world.ingest(cache))
    assert reads == ["x", "x"]
    same(cold, world.ingest(cache))
    assert reads == ["x", "x"]


def test_one_altered_byte_in_a_kept_table_is_noticed(world, cache, reads):
    cold = world.ingest(cache)
    (file,) = (cache / "tables").glob("*.kept.parquet")
    data = bytearray(file.read_bytes())
    data[20] ^= 1
    file.write_bytes(data)
    same(cold, world.ingest(cache))
    assert reads == ["x", "x"]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"data/x.csv": 3}', '{"data/x.csv": {}}'])
def test_harmed_fingerprints_are_made_again(world, cache, text):
    cold = world.ingest(cache)
    (cache / "fingerprints.json").write_text(text)
    same(cold, world.ingest(cache))
    assert "sha256" in json.loads((cache / "fingerprints.json").read_text())["data/x.csv"]


def test_a_cache_that_cannot_be_written_does_no_harm(world, cache):
    cache.write_text("a file in the way")
    same(world.ingest(), world.ingest(cache))


def test_only_the_newest_tables_of_a_source_are_kept(world, cache):
    for number in range(6):
        world.write("x.csv", TEXT.replace("73.2", str(number)))
        world.ingest(cache)
    assert len(list((cache / "tables").glob("*.json"))) == 3
    assert len(list((cache / "tables").glob("*.parquet"))) == 3 * len(PARTS)
    assert [one for one in (cache / "tables").iterdir() if one.name.startswith(".part")] == []


def test_a_file_that_changes_while_it_is_read_is_told(world, cache, monkeypatch):
    def read(path, source):
        extract = delimited.read(path, source)
        path.write_text(TEXT.replace("73.2", "1234"))
        return extract

    monkeypatch.setitem(readers._PLAIN, ".csv", read)
    assert [str(one) for one in world.ingest(cache).mistakes] == [
        "data/x.csv\n  The file changed while it was being read.\n"
        "  Wait until it is written, then run this again."
    ]


def test_progress_is_told_file_by_file(world, cache):
    told = []
    world.ingest(cache, told.append)
    assert told == ["data/x.csv (1 of 1)"]


def test_the_kept_tables_are_parquet(world, cache):
    world.ingest(cache)
    (file,) = (cache / "tables").glob("*.kept.parquet")
    assert pl.read_parquet(file)["value"].to_list() == [73.2]


def test_what_a_stopped_run_left_is_removed_once_nobody_can_be_writing_it(world, cache):
    (cache / "tables").mkdir(parents=True)
    old, new = cache / "tables" / ".part-old", cache / "tables" / ".part-new"
    for left in (old, new):
        left.write_text("half")
    past = time.time() - 3700
    os.utime(old, (past, past))
    world.ingest(cache)
    assert not old.exists()
    assert new.exists()


def test_the_digest_of_what_was_read_changes_with_the_file_and_with_nothing_else(world, cache):
    first = world.ingest(cache).made_of
    assert first
    assert world.ingest(None).made_of == first
    world.write("x.csv", TEXT.replace("73.2", "73.3"))
    assert world.ingest(cache).made_of != first
