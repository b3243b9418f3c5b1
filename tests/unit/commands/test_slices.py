"""Builds in slices of their measures: what stays together, and what is left of the work."""

from __future__ import annotations

import errno
from datetime import date

import polars as pl
import pytest

from outturn.commands import slices as slicing
from outturn.commands.build import build
from outturn.commands.figures import Found, judged_figures
from outturn.commands.judged import Known
from outturn.commands.slices import connected, judged_places, rows_of, slices
from outturn.commands.spilling import Room
from outturn.framework import Partnership
from outturn.framework.model import (
    Agreement,
    Comparator,
    Formula,
    Goal,
    Identity,
    Measure,
    Override,
    Target,
)
from outturn.terms.errors import Mistakes, VintageMistake
from outturn.terms.records import COUNTS, FINDINGS, WHOLE, empty, fitted
from outturn.terms.written_periods import parse
from outturn.vintages import found as found_in
from outturn.vintages import open_, verify

FRAMES = ("counts", "superseded", "values", "verdicts", "benchmarks", "findings")


def partnership(*measures: Measure, **more: object) -> Partnership:
    return Partnership("Here", "H", measures={one.id: one for one in measures}, **more)


def measure(id: str, *parts: str) -> Measure:
    formula = Formula("sum", parts) if parts else None
    return Measure(id, id, "1", "count", "people", "lower", formula=formula)


def target(id: str, measure: str, place: str, supersedes: str = "") -> Target:
    return Target(
        id, measure, parse("2024/25"), Goal("at_least", (1.0,)), Agreement("Board"),
        place=place, supersedes=supersedes,
    )  # fmt: skip


def counts(**rows: int) -> pl.DataFrame:
    ids = [id for id, many in rows.items() for _ in range(many)]
    return fitted(pl.DataFrame({"measure": ids}), COUNTS)


def ids(parts: list[slicing.Slice]) -> list[set[str]]:
    return [set(one.ids) for one in parts]


def test_a_formula_its_parts_and_theirs_share_a_slice():
    ours = partnership(
        measure("a"), measure("b"), measure("c", "b", "z"), measure("y", "c"), measure("z")
    )
    assert connected(ours, list(ours.measures)) == [["a"], ["b", "c", "y", "z"]]


def test_the_sides_of_a_sum_that_must_hold_share_a_slice():
    sums = (Identity("sum", "b", (("a", 0, 1.0), ("d", 1, -1.0))),)
    ours = partnership(*map(measure, "abcd"), identities=sums)
    assert connected(ours, list(ours.measures)) == [["a", "b", "d"], ["c"]]


def test_measures_are_packed_into_slices_of_no_more_rows_than_asked_unless_they_are_connected():
    ours = partnership(*map(measure, "abcd"), measure("e", "a"))
    held = counts(a=4, b=1, c=2, d=3)
    assert ids(slices(ours, held, 3)) == [{"a", "e"}, {"b", "c"}, {"d"}]
    assert ids(slices(ours, held, 10)) == [{"a", "b", "c", "d", "e"}]


def test_a_measure_that_nobody_defined_is_in_a_slice_too_so_that_it_is_told_of():
    assert ids(slices(partnership(measure("a")), counts(a=2, x=1), 2)) == [{"a"}, {"x"}]


def test_the_rows_of_a_slice_are_in_the_order_of_the_counts():
    held = fitted(pl.DataFrame({"measure": ["b", "a", "b", "c", "a"]}), COUNTS)
    parts = slices(partnership(*map(measure, "abc")), held, 2)
    assert [one.to_list() for one in rows_of(held, parts)] == [[1, 4], [0, 2], [3]]


def test_many_groups_to_compare_with_make_smaller_slices():
    group = Comparator("g", "G", (), "mean of members")
    few, many = ({f"g{n}": group for n in range(size)} for size in (4, 8))
    rows = [slicing.rows_at_once(partnership(comparators=one)) for one in ({}, few, many)]
    assert rows == [300_000, 300_000, 150_000]


def test_a_place_with_a_target_of_one_measure_is_judged_in_all_but_not_by_one_superseded():
    aimed = (
        target("t1", "a", "P"), target("t2", "a", "Q", supersedes="t1"), target("t3", "a", ""),
        target("t4", "x", "R"),
    )  # fmt: skip
    ours = partnership(measure("a"), measure("b"), targets=aimed)
    assert judged_places(ours) == ["Q", "H"]


def test_a_slice_has_the_targets_of_its_own_measures_and_the_first_those_of_none():
    aimed = (target("t1", "a", ""), target("t2", "b", ""), target("t3", "x", ""))
    ours = partnership(measure("a"), measure("b"), targets=aimed)
    parts = slices(ours, counts(a=1, b=1), 1)
    told = [[one.id for one in part.partnership.targets] for part in parts]
    assert told == [["t1", "t3"], ["t2"]]


@pytest.fixture
def slice_of(monkeypatch):
    return lambda rows: monkeypatch.setattr(slicing, "ROWS_AT_ONCE", rows)


@pytest.mark.parametrize("rows", [40, 120])
def test_a_folder_built_in_slices_has_the_same_frames_and_the_same_seal(
    board, copied, slice_of, rows
):
    folder = copied(board)
    slice_of(rows)
    built = build(folder)
    whole, sliced = open_(board / "vintages"), open_(folder / "vintages")
    for name in FRAMES:
        assert whole.read(name).equals(sliced.read(name)), name
    assert found_in(board / "vintages").equals(found_in(folder / "vintages"))
    assert built.seal == whole.seal
    verify(folder / "vintages")


def test_nothing_is_left_of_the_slices_and_counts_as_found_are_for_their_owner_alone(
    vale, copied, slice_of
):
    folder = copied(vale)
    slice_of(5)
    built = build(folder)
    store = folder / "vintages"
    assert sorted(one.name for one in store.iterdir()) == ["CURRENT", f"v={built.name}"]
    assert (store / f"v={built.name}" / "found.parquet").stat().st_mode & 0o777 == 0o600


def test_what_is_put_by_may_be_opened_by_its_owner_alone(tmp_path):
    with Room(tmp_path / "vintages") as room:
        assert room.folder.stat().st_mode & 0o777 == 0o700
    assert list((tmp_path / "vintages").iterdir()) == []


def test_a_build_of_few_rows_puts_nothing_by(tmp_path):
    with Room(tmp_path / "vintages"):
        pass
    assert not (tmp_path / "vintages").exists()


def test_a_full_disk_in_the_middle_of_the_slices_is_a_mistake_and_leaves_nothing(
    vale, copied, slice_of, monkeypatch
):
    folder = copied(vale)
    slice_of(5)

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    build(folder)  # the Counts are remembered: nothing but the slices is written now
    with (folder / "targets/2026-27.toml").open("a") as file:
        file.write("# another build\n")
    monkeypatch.setattr(pl.DataFrame, "write_parquet", full)
    with pytest.raises(VintageMistake) as told:
        build(folder)
    assert "could not be written (No space left on device)" in str(told.value)
    assert not [one for one in (folder / "vintages").iterdir() if one.name.startswith(".tmp-")]


def test_what_is_wrong_in_several_slices_is_told_at_once(tmp_path):
    set_aside = tuple(
        Override(id, parse("2010/11"), "now", "close", "So.", "Director", date(2024, 1, 1))
        for id in "ab"
    )
    ours = partnership(measure("a"), measure("b"), overrides=set_aside)
    held = counts(a=1, b=1).with_columns(
        place=pl.lit("H"), period=pl.lit("2024-04-01/P1Y"), breakdown=pl.lit(WHOLE),
        category=pl.lit(WHOLE), numerator=pl.lit(1.0),
    )  # fmt: skip
    known = Known(ours, {}, (), (), None, empty(COUNTS), {}, date(2025, 3, 31), 1)
    with Room(tmp_path / "vintages") as room, pytest.raises(Mistakes) as told:
        judged_figures(Found(held, held, empty(FINDINGS)), known, room, rows=1)
    assert [one.where for one in told.value.exceptions] == [
        f"targets, override of {id} set on 1 January 2024" for id in "ab"
    ]
