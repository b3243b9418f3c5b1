"""Frames on the disk: their digests are those of the same frames in memory."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from outturn.terms.records import VALUES, fitted
from outturn.vintages import Vintage, keep, open_, verify
from outturn.vintages.on_disk import OnDisk, one_after_another
from outturn.vintages.seal import digest, in_order


def rows(many: int, *, twice: bool) -> pl.DataFrame:
    """VALUES of six measures with empty cells and odd texts; some cells twice, if asked."""
    chance = np.random.default_rng(many)
    texts = ["plain", "two\nlines", "a\\b", "\\N", "", "é", None]
    found = pl.DataFrame(
        {
            "measure": [f"m{n}" for n in chance.integers(0, 6, many)],
            "place": [str(n) for n in (chance.integers(0, 3, many) if twice else range(many))],
            "value": [None if one < 0.2 else one * 1e6 for one in chance.random(many)],
            "rows": [None if one < 3 else one for one in chance.integers(0, 30, many).tolist()],
            "why": [texts[n] for n in chance.integers(0, len(texts), many)],
        },
        schema_overrides={"value": pl.Float64, "rows": pl.Int64, "why": pl.String},
    )
    return in_order(fitted(found, VALUES))


@pytest.fixture
def on_disk(tmp_path):
    def written(frame: pl.DataFrame) -> OnDisk:
        file = tmp_path / "values.parquet"
        one_after_another([frame.lazy()], file)
        return OnDisk(file, frame.height, VALUES)

    return written


@pytest.mark.parametrize("twice", [False, True])
@pytest.mark.parametrize(("many", "at_once"), [(0, 10), (1, 10), (400, 7), (400, 90), (400, 1000)])
def test_a_digest_is_the_same_on_the_disk_and_in_memory(on_disk, monkeypatch, many, at_once, twice):
    frame = rows(many, twice=twice)
    monkeypatch.setattr("outturn.vintages.seal._ROWS_AT_ONCE", at_once)
    assert digest(on_disk(frame)) == digest(frame)


def test_another_cell_gives_another_digest(on_disk):
    frame = rows(50, twice=False)
    other = frame.with_columns(value=pl.col("value") + 1)
    assert digest(on_disk(frame)) != digest(on_disk(other))


def test_a_frame_is_cut_between_measures_and_nothing_is_lost(on_disk):
    frame = rows(100, twice=False)
    parts = list(on_disk(frame).parts(20))
    assert pl.concat(parts).equals(frame)
    assert len(parts) > 1
    held = [set(one["measure"]) for one in parts]
    assert not any(a & b for n, a in enumerate(held) for b in held[:n])


def test_a_vintage_on_the_disk_is_kept_as_one_in_memory(on_disk, tmp_path):
    frame = rows(300, twice=True)
    asked = ((), (), (), "made")
    ours, theirs = Vintage(*asked, values=on_disk(frame)), Vintage(*asked, values=frame)
    assert (ours.name, ours.seal) == (theirs.name, theirs.seal)
    assert ours.read("values").equals(frame)
    keep(tmp_path / "store", ours)
    verify(tmp_path / "store")
    assert open_(tmp_path / "store").read("values").equals(frame)


def test_a_frame_on_the_disk_must_have_the_columns_of_its_kind(on_disk):
    other = on_disk(rows(5, twice=False))
    with pytest.raises(TypeError, match="missing"):
        _ = Vintage((), (), (), "made", verdicts=other).frames
