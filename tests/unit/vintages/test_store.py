"""Keep, open and verify vintages."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from outturn.terms.errors import Mistakes, VintageMistake
from outturn.terms.records import COUNTS, VALUES, Fingerprint
from outturn.vintages import (
    Vintage,
    current,
    found,
    keep,
    listing,
    names,
    open_,
    software,
    sweep,
    verify,
)
from outturn.vintages.manifest import read_manifest, written
from outturn.vintages.unfinished import workspace

Build = Callable[..., Vintage]


def stored(store: Path, name: str, file: str) -> Path:
    return store / f"v={name}" / file


def test_a_vintage_comes_back_as_it_was_kept(store: Path, build: Build) -> None:
    vintage = build(built_at="2020-11-26T09:00:00Z", label="Scrutiny")
    name = keep(store, vintage)
    verify(store, name)
    opened = open_(store, name)
    assert (opened.name, opened.seal) == (vintage.name, vintage.seal)
    assert opened.inputs == vintage.inputs
    assert opened.definitions == vintage.definitions
    assert opened.arguments == vintage.arguments
    assert opened.software == vintage.software
    assert opened.read("values").equals(vintage.values)
    assert pl.read_parquet(store / f"v={name}" / "found.parquet").equals(vintage.found)
    assert (current(store), names(store)) == (name, (name,))
    (line,) = listing(store)
    assert (line.as_of, line.built_at, line.label) == (
        "2020-10-31",
        "2020-11-26T09:00:00Z",
        "Scrutiny",
    )
    assert (line.rows, line.seal, line.is_current, line.replaces) == (3, vintage.seal, True, "")


def test_columns_that_a_vintage_was_kept_without_are_empty(store: Path, build: Build) -> None:
    """As those of the answers to a survey are, in a vintage made before they were counted."""
    name = keep(store, build())
    for frame in ("found", "counts", "values"):
        file = stored(store, name, f"{frame}.parquet")
        later = ("answers", "squares", "effective")
        later += () if frame == "values" else ("lower", "upper")
        pl.read_parquet(file).drop(*later, strict=False).write_parquet(file)
    counted = (found(store, name), open_(store, name).read("counts"))
    for frame in counted:
        assert dict(frame.schema) == COUNTS
        assert frame["numerator"].to_list() == [5.0]
        for column in ("answers", "squares", "lower", "upper"):
            assert frame[column].to_list() == [None]
    made = open_(store, name).read("values")
    assert dict(made.schema) == VALUES and made["effective"].to_list() == [None]


def test_the_name_of_the_folder_has_no_meaning(tmp_path: Path, build: Build) -> None:
    store = tmp_path / "v=1 [a*]?"
    name = keep(store, build())
    verify(store, name)
    assert open_(store).read("values").equals(build().values)


def test_counts_as_found_are_not_among_what_is_released(store: Path, build: Build) -> None:
    keep(store, build())
    with pytest.raises(ValueError, match="found is not a released frame"):
        open_(store).scan("found")


@pytest.mark.skipif(os.name != "posix", reason="modes are of POSIX systems")
def test_counts_as_found_are_for_their_owner_only(store: Path, build: Build) -> None:
    before = os.umask(0o022)
    try:
        name = keep(store, build())
    finally:
        os.umask(before)
    modes = {one.name: one.stat().st_mode & 0o777 for one in (store / f"v={name}").iterdir()}
    assert modes.pop("found.parquet") == 0o600
    assert set(modes.values()) == {0o644}  # what may be told is not hidden


def test_a_copy_without_the_counts_as_found_is_whole(store: Path, build: Build) -> None:
    name = keep(store, build())
    stored(store, name, "found.parquet").unlink()
    verify(store, name)
    assert open_(store).read("values").equals(build().values)
    assert keep(store, build()) == name
    folder = store / f"v={name}"
    frames = dict(read_manifest(folder).frames)
    frames["found"] = replace(frames["found"], digest="0" * 64)
    forged(folder, frames=frames)
    with pytest.raises(VintageMistake, match="The results do not fit the seal"):
        verify(store, name)


def test_one_frame_is_read_without_the_others(store: Path, build: Build) -> None:
    name = keep(store, build())
    for file in ("found", "counts", "verdicts", "benchmarks", "findings", "superseded", "rejected"):
        stored(store, name, f"{file}.parquet").unlink()
    assert open_(store).scan("values").select("value").collect().item() == 5.0


def test_the_cells_of_rejected_rows_are_not_kept(store: Path, build: Build) -> None:
    given = pl.DataFrame(
        {
            "source": ["moves"],
            "file": ["moves.csv"],
            "row": [7],
            "column": ["age"],
            "reason": ["not a number"],
            "cells": ['["MARKER"]'],
        }
    )
    name = keep(store, build(rejected=given))
    assert "cells" not in open_(store).read("rejected").columns
    assert not any(b"MARKER" in file.read_bytes() for file in (store / f"v={name}").iterdir())


def test_a_frame_of_another_shape_is_our_fault(store: Path, build: Build) -> None:
    with pytest.raises(TypeError, match="missing"):
        keep(store, build(values=pl.DataFrame({"measure": ["moves"]})))
    assert names(store) == ()


# Names


def test_the_order_of_what_was_asked_and_its_line_ends_do_not_change_the_name(build: Build) -> None:
    vintage = build()
    windows = tuple((n, t.replace("\n", "\r\n")) for n, t in reversed(vintage.definitions))
    other = replace(
        vintage,
        inputs=vintage.inputs[::-1],
        definitions=windows,
        arguments=vintage.arguments[::-1],
        built_at="2030-01-01",
        label="another",
    )
    assert other.name == vintage.name


def test_each_thing_asked_changes_the_name(build: Build) -> None:
    others = (
        build(inputs={"data/moves.csv": "c" * 64}),
        build(definitions={"outturn.toml": "another"}),
        build(as_of="2020-11-30"),
        build(software="outturn 0.2.0"),
    )
    assert len({build().name, *(other.name for other in others)}) == 5


@pytest.mark.parametrize("name", ["/home/me/a.csv", "C:/a.csv", "data\\a.csv", "../a.csv", ""])
def test_a_name_that_says_where_the_folder_is_would_make_it_unrepeatable(name: str) -> None:
    with pytest.raises(ValueError, match="not a name within the folder"):
        Vintage((Fingerprint(name, 1, "a"),), (), (), "x")


def test_nothing_is_given_twice() -> None:
    with pytest.raises(ValueError, match="argument given twice: seed"):
        Vintage((), (), (("seed", "1"), ("seed", "2")), "x")


def test_software_is_named_by_its_lock_or_by_what_decides_numbers() -> None:
    assert software("1.0", b"a\r\n") == software("1.0", b"a\n") != software("1.0", b"b\n")
    assert software("1.0").startswith("outturn 1.0, duckdb ")


def test_a_copied_folder_gives_the_same_name_and_seal(
    tmp_path: Path, store: Path, build: Build
) -> None:
    name = keep(store, build(built_at="2020-11-26"))
    elsewhere = tmp_path / "another" / "folder"
    shutil.copytree(store, elsewhere)
    verify(elsewhere, name)
    old = open_(elsewhere, name)
    again = Vintage(
        tuple(reversed(old.inputs)),
        old.definitions,
        old.arguments,
        old.software,
        found=pl.read_parquet(elsewhere / f"v={name}" / "found.parquet").reverse(),
        counts=old.read("counts").reverse(),
        values=old.read("values"),
        built_at="2026-01-01",
    )
    assert (again.name, again.seal) == (name, old.seal)


# Keeping twice


def test_the_same_results_again_only_become_current(store: Path, build: Build) -> None:
    first = keep(store, build(built_at="1"))
    before = stored(store, first, "manifest.json").read_bytes()
    second = keep(store, build(as_of="2020-11-30"))
    assert current(store) == second
    assert keep(store, build(built_at="2")) == first
    assert current(store) == first
    assert stored(store, first, "manifest.json").read_bytes() == before


def test_other_results_under_the_same_name_are_refused(
    store: Path, build: Build, values: Callable[..., pl.DataFrame]
) -> None:
    name = keep(store, build())
    with pytest.raises(VintageMistake) as caught:
        keep(store, build(values=values(("moves", "2020-10-01/P1M", 6.0))))
    assert str(caught.value) == (
        f"vintages/v={name}\n"
        "  It is kept with other results from the same inputs: values differ.\n"
        "  Nothing was changed. Verify the kept one; if it is whole, report that a build does not"
        " repeat itself."
    )
    verify(store, name)


def test_a_correction_says_what_it_replaces_and_why(store: Path, build: Build) -> None:
    first = keep(store, build())
    with pytest.raises(VintageMistake, match="without a reason"):
        keep(store, build(as_of="2020-11-30", replaces=first))
    with pytest.raises(VintageMistake, match="Did you mean"):
        keep(store, build(replaces=f"{first[:-1]}x", because="A slip."))
    second = keep(store, build(as_of="2020-11-30", replaces=first, because="A slip."))
    assert {one.name: one.replaces for one in listing(store)} == {first: "", second: first}


def test_two_builders_of_one_vintage_both_succeed(store: Path, build: Build) -> None:
    with ThreadPoolExecutor(8) as pool:
        kept = set(pool.map(lambda _: keep(store, build()), range(24)))
    assert kept == set(names(store)) == {current(store)}
    verify(store)
    assert sorted(os.listdir(store)) == ["CURRENT", f"v={kept.pop()}"]


def test_builders_of_several_vintages_both_succeed(store: Path, build: Build) -> None:
    with ThreadPoolExecutor(8) as pool:
        kept = set(pool.map(lambda n: keep(store, build(as_of=f"{n % 6}")), range(24)))
    assert kept == set(names(store))
    assert current(store) in kept
    for name in kept:
        verify(store, name)


# Opening


def test_the_beginning_of_a_name_will_do(store: Path, build: Build) -> None:
    kept = [keep(store, build(as_of=str(n))) for n in range(20)]
    assert all(open_(store, name[:6].upper()).name == name for name in kept)
    assert open_(store).name == kept[-1]
    shared = next(n[0] for n in kept if sum(o[0] == n[0] for o in kept) > 1)
    with pytest.raises(VintageMistake, match="Write more of it: "):
        open_(store, shared)


def test_a_name_that_is_not_there_gets_the_nearest(store: Path, build: Build) -> None:
    name = keep(store, build())
    with pytest.raises(VintageMistake) as caught:
        open_(store, f"{name[:-1]}x")
    assert str(caught.value) == (
        f"vintages\n  There is no vintage '{name[:-1]}x'.\n  Did you mean '{name}'?"
    )
    with pytest.raises(VintageMistake, match="List the vintages"):
        open_(store, "?")


def test_an_empty_store_says_what_to_do(store: Path) -> None:
    assert (names(store), listing(store), sweep(store)) == ((), (), ())
    with pytest.raises(VintageMistake) as caught:
        open_(store)
    assert str(caught.value) == (
        "vintages/CURRENT\n  No vintage has been kept here yet.\n  Build one first."
    )


def test_a_builder_stopped_before_it_pointed_need_only_build_again(
    store: Path, build: Build
) -> None:
    name = keep(store, build())
    (store / "CURRENT").unlink()
    with pytest.raises(VintageMistake) as caught:
        open_(store)
    assert str(caught.value) == (
        "vintages/CURRENT\n  No vintage is the current one.\n"
        "  Build again, or open one by its name."
    )
    assert open_(store, name).name == keep(store, build()) == current(store)


def test_a_pointer_to_nothing_is_a_mistake(store: Path, build: Build) -> None:
    shutil.rmtree(store / f"v={keep(store, build())}")
    with pytest.raises(VintageMistake, match="It names a vintage that is not here"):
        open_(store)


# Verifying


def test_an_altered_byte_in_any_file_is_found(store: Path, build: Build) -> None:
    name = keep(store, build(because="Because it is so."))
    for file in sorted((store / f"v={name}").iterdir()):
        whole = file.read_bytes()
        for place in range(0, len(whole), max(1, len(whole) // 50)):
            altered = bytearray(whole)
            altered[place] ^= 1
            file.write_bytes(altered)
            with pytest.raises(VintageMistake) as caught:
                verify(store, name)
            assert caught.value.where == f"vintages/v={name}/{file.name}"
            assert len(str(caught.value).splitlines()) == 3
        file.write_bytes(whole)
    verify(store, name)


def test_missing_and_added_files_are_found_together(store: Path, build: Build) -> None:
    name = keep(store, build())
    stored(store, name, "values.parquet").unlink()
    stored(store, name, "notes.txt").write_text("mine")
    with pytest.raises(Mistakes) as caught:
        verify(store, name)
    assert [str(one) for one in caught.value.exceptions] == [
        f"vintages/v={name}/notes.txt\n  This file was not kept with the vintage.\n"
        "  Move it out of the folder: a vintage is never added to.",
        f"vintages/v={name}/values.parquet\n  The file is missing.\n"
        "  Put the folder back from a copy, or build again from the same inputs.",
    ]


def test_a_vintage_without_its_manifest_is_no_vintage(store: Path, build: Build) -> None:
    name = keep(store, build())
    stored(store, name, "manifest.json").unlink()
    assert names(store) == ()
    with pytest.raises(VintageMistake, match="The manifest of this vintage is missing"):
        keep(store, build())


def forged(folder: Path, **other: Any) -> None:
    """Write a manifest that fits the files, as a forger would."""
    (folder / "manifest.json").write_text(
        written(replace(read_manifest(folder), **other)), encoding="utf-8"
    )


def test_figures_forged_with_their_manifest_do_not_fit_the_seal(store: Path, build: Build) -> None:
    name = keep(store, build())
    folder = store / f"v={name}"
    file = folder / "values.parquet"
    pl.read_parquet(file).with_columns(value=pl.lit(99.0)).write_parquet(file)
    frames = dict(read_manifest(folder).frames)
    sha256 = hashlib.sha256(file.read_bytes()).hexdigest()
    frames["values"] = replace(frames["values"], bytes=file.stat().st_size, sha256=sha256)
    forged(folder, frames=frames)
    with pytest.raises(Mistakes) as caught:
        verify(store, name)
    assert [one.problem for one in caught.value.exceptions] == [
        "The figures in it are not those that were sealed.",
        "The results do not fit the seal.",
    ]


def test_arguments_forged_with_their_manifest_do_not_fit_the_name(
    store: Path, build: Build
) -> None:
    name = keep(store, build())
    forged(store / f"v={name}", arguments=(("as_of", "2020-12-31"),))
    with pytest.raises(VintageMistake, match="The name does not fit"):
        verify(store, name)


def test_a_manifest_of_a_newer_form_is_a_mistake_not_a_crash(store: Path, build: Build) -> None:
    name = keep(store, build())
    file = stored(store, name, "manifest.json")
    for text in (json.dumps({"format": 2}), "[]", "{", "null"):
        file.write_text(text)
        with pytest.raises(VintageMistake, match="or a newer outturn wrote it"):
            open_(store, name)


# Unfinished work


def test_only_the_work_of_processes_that_are_gone_is_swept(store: Path, build: Build) -> None:
    name = keep(store, build())
    gone = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], check=True,
                          capture_output=True, text=True).stdout.strip()  # fmt: skip
    left = store / f".tmp-{name}-{gone}-0"
    left.mkdir()
    (left / "values.parquet").write_text("half")
    (store / ".tmp-odd").mkdir()
    with workspace(store, "0123") as mine:
        assert names(store) == (name,)
        assert sweep(store) == (left.name,)
        assert mine.is_dir()
    assert sorted(os.listdir(store)) == [".tmp-odd", "CURRENT", f"v={name}"]


FULL = """
import resource, sys
from pathlib import Path
import polars as pl
from outturn.terms.errors import VintageMistake
from outturn.terms.records import VALUES, fitted
from outturn.vintages import Vintage, keep
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
figures = pl.DataFrame({"measure": [str(n * 7919 % 100_003) for n in range(50_000)]})
try:
    keep(Path(sys.argv[1]), Vintage((), (), (), "x", values=fitted(figures, VALUES)))
except VintageMistake as mistake:
    print(mistake)
"""


@pytest.mark.skipif(os.name != "posix", reason="the size of files can be limited only on posix")
def test_a_disk_that_fills_leaves_what_was_kept_whole(store: Path, build: Build) -> None:
    name = keep(store, build())
    told = subprocess.run(
        [sys.executable, "-c", FULL, str(store)], check=True, capture_output=True, text=True
    ).stdout
    assert told.startswith("vintages\n  The vintage could not be written (")
    assert told.endswith(
        "\n  See that the disk has room and that you may write here, then build again.\n"
    )
    assert sorted(os.listdir(store)) == ["CURRENT", f"v={name}"]
    verify(store)
