"""Definitions that no new build is made of: a build that was kept with them can still be told."""

from __future__ import annotations

from dataclasses import replace

import pytest

from outturn.commands.build import build, recreate
from outturn.commands.opened import open_build
from outturn.commands.publish import publish, unshown
from outturn.framework.folder import read_folder, read_texts
from outturn.terms.errors import Mistakes
from outturn.vintages import Vintage, found, keep, open_
from outturn.vintages.vintage import RELEASED

LEDGER = "targets/older.toml"
ENTRY = """
[[target]]
id = "older-{n}"
measure = "older_{n}"
period = "2030/31"
at_most = {goal}
agreed = {{ by = "Integration Joint Board", because = "A start." }}
"""
MEASURE = """
title = "Older {n}"
definition = "1"
kind = "{kind}"
unit = "{unit}"
aim = "lower"
reported = true
"""
MEASURES = {  # of which the folder holds no figure, so that the results are as they were
    f"framework/measures/older_{n}.toml": MEASURE.format(n=n, kind=kind, unit=unit)
    for n, (kind, unit) in enumerate([("count", "beds"), ("money", "£"), ("count", "people")])
}
SOUND = {
    LEDGER: "".join(ENTRY.format(n=n, goal=5) for n in range(3)),
    **MEASURES,
}
NOTHING = "The target is 0, and a per cent of it is nothing: the tolerance can never apply."
PENCE = "Pounds are not written with one decimal."
BELOW = "A count cannot be below zero, and a number of the target is."
OLDER = {
    LEDGER: (
        ENTRY.format(n=0, goal=0)
        + "tolerance = { percent_of_target = 5 }\n"
        + ENTRY.format(n=1, goal=5)
        + ENTRY.format(n=2, goal=-5)
    ),
    **MEASURES,
    "framework/measures/older_1.toml": MEASURES["framework/measures/older_1.toml"]
    + "decimals = 1\n",
}


def written(folder, texts):
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")


@pytest.fixture
def kept(vale, copied):
    """A folder, and the name of a build that an earlier outturn made of OLDER."""
    folder = copied(vale)
    written(folder, SOUND)
    made = build(folder)
    written(folder, OLDER)
    now = open_(folder / "vintages", made.name)
    frames = {name: now.read(name) for name in RELEASED}
    older = Vintage(
        now.inputs,
        tuple((dict(now.definitions) | OLDER).items()),
        now.arguments,
        now.software,
        found=found(folder / "vintages", now.name),
        **frames,
    )
    return folder, keep(folder / "vintages", replace(older, replaces=now.name, because="A test."))


def test_a_new_build_and_a_check_refuse_them_all_at_once(kept, outturn):
    folder, _ = kept
    told = outturn("check", "--in", folder)
    assert told.code == 11
    for problem in (NOTHING, PENCE, BELOW):
        assert told.err.count(problem) == 1
    with pytest.raises(Mistakes):
        build(folder)


def test_a_kept_build_is_published_and_explained_as_it_was(kept):
    folder, name = kept
    assert publish(folder, vintage=name)
    assert unshown(folder, name) == []
    opened = open_build(folder, name)
    assert opened.partnership.measures["older_1"].decimals == 1
    assert {one.id for one in opened.partnership.targets} >= {"older-0", "older-1", "older-2"}


def test_a_kept_build_is_made_again_as_it_was(kept):
    folder, name = kept
    assert recreate(folder, name).name == name  # with the same seal, or it were a mistake


def test_what_cannot_be_read_at_all_is_told_of_kept_texts_too(kept):
    folder, _ = kept
    partnership, mistakes = read_folder(folder)
    assert sorted(one.problem for one in mistakes) == [PENCE, NOTHING]
    assert read_texts(partnership.files)[1] == []
    spoiled = partnership.files | {LEDGER: "[[target]"}
    assert len(read_texts(spoiled)[1]) == 1
