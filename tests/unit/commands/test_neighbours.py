"""`outturn neighbours`, and a build that compares with them."""

from __future__ import annotations

from pathlib import Path

import pytest

AREAS = """place,characteristic,value
HOME,old,21
HOME,poor,10
PEER1,old,22
PEER1,poor,11
PEER2,old,30
PEER2,poor,30
PEER3,old,21.5
PEER3,poor,10
"""
GROUP = """
[[comparator]]
id = "near"
name = "Nearest neighbours"
kind = "{kind}"
nearest = 2
rule = "mean of members"

[comparator.weights]
old = 2
poor = 1
"""


@pytest.fixture
def near(vale: Path, copied) -> Path:
    folder = copied(vale)
    (folder / "data" / "areas.csv").write_text(AREAS, encoding="utf-8")
    settings = folder / "outturn.toml"
    kind = (folder / "places.csv").read_text(encoding="utf-8").splitlines()[1].split(",")[2]
    settings.write_text(settings.read_text() + GROUP.format(kind=kind), encoding="utf-8")
    sources = folder / "data" / "sources.toml"
    source = '\n[[source]]\nid = "areas"\nfile = "areas.csv"\n'
    source += 'contract = "area_characteristics"\ntitle = "Areas"\n'
    sources.write_text(sources.read_text() + source, encoding="utf-8")
    return folder


def test_who_is_near_is_told_with_the_distance_and_what_by(near, outturn):
    told = outturn("neighbours", "--in", near, "--json")
    assert told.code == 0, told.err
    for said in ("Third neighbour", "old: 21.5 beside 21", '"member": "yes"', '"member": "no"'):
        assert said in told.out
    assert told.out.index("Third neighbour") < told.out.index("First neighbour")


def test_a_build_compares_with_the_nearest(near, outturn):
    assert outturn("build", "--in", near).code == 0
    told = outturn("compare", "reablement_no_further_support", "--in", near, "--json")
    assert '"near"' in told.out and "against it" in told.out


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("nearest = 2\n", "", "It must be clear who could be near"),
        ("old = 2", "old = 0", "A weight is above zero"),
        ("old = 2", "rich = 2", "has rich of HOME"),
    ],
)
def test_what_cannot_be_worked_out_is_told(near, outturn, old, new, said):
    settings = near / "outturn.toml"
    settings.write_text(settings.read_text().replace(old, new), encoding="utf-8")
    told = outturn("neighbours", "--in", near)
    assert told.code == 11 and said in told.err and "Traceback" not in told.err


def test_a_folder_without_such_a_group_says_what_to_write(vale, outturn):
    told = outturn("neighbours", "--in", vale)
    assert told.code == 11 and "No comparator asks for the nearest." in told.err
