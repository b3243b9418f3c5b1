"""`outturn neighbours`, and a build that compares with them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from laying import laid
from outturn.commands.publish import told as told_in
from outturn.framework import read_texts
from outturn.vintages import open_

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
        ("old = 2", "olf = 2", "Did you mean 'old'?"),
    ],
)
def test_what_cannot_be_worked_out_is_told(near, outturn, old, new, said):
    settings = near / "outturn.toml"
    settings.write_text(settings.read_text().replace(old, new), encoding="utf-8")
    told = outturn("neighbours", "--in", near)
    assert told.code == 11 and said in told.err and "Traceback" not in told.err
    checked = outturn("check", "--in", near)
    mistake = told.err[told.err.index("outturn.toml, comparator") :]
    assert checked.code == 11 and checked.err.endswith(mistake)


def without_the_source(folder: Path) -> None:
    sources = folder / "data" / "sources.toml"
    kept = sources.read_text().partition('\n[[source]]\nid = "areas"')[0]
    sources.write_text(kept, encoding="utf-8")


def without_home(folder: Path) -> None:
    (folder / "data" / "areas.csv").write_text(AREAS.replace("HOME,poor,10\n", ""))


def home_set_aside(folder: Path) -> None:
    (folder / "data" / "areas.csv").write_text(AREAS.replace("HOME,poor,10", "HOME,poor,many"))


def nobody_else(folder: Path) -> None:
    lines = [one for one in AREAS.splitlines() if "PEER" not in one or "poor" not in one]
    (folder / "data" / "areas.csv").write_text("\n".join(lines))


def all_alike(folder: Path) -> None:
    lines = [",".join([*one.split(",")[:2], "7"]) for one in AREAS.splitlines()[1:]]
    (folder / "data" / "areas.csv").write_text("\n".join(["place,characteristic,value", *lines]))


@pytest.mark.parametrize(
    "spoil", [without_the_source, without_home, home_set_aside, nobody_else, all_alike]
)
def test_what_a_build_refuses_of_a_group_check_tells_in_the_same_words(spoil, near, outturn):
    spoil(near)
    built, checked = outturn("build", "--in", near), outturn("check", "--in", near)
    assert built.code == 11
    mistake = built.err[built.err.index("outturn.toml, comparator near") :]
    assert mistake.count("\n") == 3 and mistake in checked.err
    assert checked.code != 0 and "in order" not in checked.out


def test_a_file_of_areas_that_cannot_be_read_is_one_mistake(near, outturn):
    (near / "data" / "areas.csv").unlink()
    told = outturn("check", "--in", near)
    assert told.code == 12 and "areas.csv" in told.err and "comparator" not in told.err


@pytest.mark.parametrize(
    ("old", "new"), [('home = "HOME"', 'home = "HOMER"'), ("nearest = 2", 'nearest = "two"')]
)
def test_a_mistake_in_the_words_of_a_group_is_told_once(near, outturn, old, new):
    settings = near / "outturn.toml"
    settings.write_text(settings.read_text().replace(old, new), encoding="utf-8")
    told = outturn("check", "--in", near)
    assert told.code == 11 and "area_characteristics" not in told.err


def test_what_is_left_out_and_who_is_not_there_are_told_and_stop_nothing(near, outturn):
    areas = near / "data" / "areas.csv"
    more = "".join(f"{place},flat,4\n" for place in ("HOME", "PEER1", "PEER2", "PEER3"))
    areas.write_text(AREAS + more, encoding="utf-8")
    settings = near / "outturn.toml"
    text = settings.read_text().replace("nearest = 2", "nearest = 9")
    settings.write_text(f"{text}flat = 7\n", encoding="utf-8")
    same = "eft out of the distances: flat, which is 4 in every place compared"
    few = "t asks for the nearest 9, and 3 of the kind"
    told = outturn("neighbours", "--in", near)
    assert told.code == 0 and "flat: 4 beside 4" not in told.out
    assert (
        f"L{same}" in told.out and f"I{few}" in told.out and "Weights: old 2, poor 1." in told.out
    )
    told = outturn("check", "--in", near)
    said = " ".join(told.out.split())
    assert told.code == 0 and "Everything else is in order." in said
    assert f"Comparator 'near': l{same}" in said and f"Comparator 'near': i{few}" in said
    assert len(json.loads(outturn("check", "--in", near, "--json").out)["neighbours"]) == 2
    assert outturn("build", "--in", near).code == 0


def test_areas_in_a_folder_of_files_are_as_in_one(near, outturn):
    before = outturn("neighbours", "--in", near, "--json").out
    header, *lines = AREAS.splitlines(keepends=True)
    (near / "data" / "areas").mkdir()
    for n, part in enumerate((lines[:3], lines[3:])):
        (near / "data" / "areas" / f"{n}.csv").write_text("".join([header, *part]))
    shutil.move(near / "data" / "areas.csv", near / "not_read.csv")
    sources = near / "data" / "sources.toml"
    sources.write_text(sources.read_text().replace('"areas.csv"', '"areas/*.csv"'))
    assert outturn("check", "--in", near).code == 0
    assert outturn("neighbours", "--in", near, "--json").out == before
    assert outturn("build", "--in", near).code == 0


def test_a_folder_without_such_a_group_says_what_to_write(vale, outturn):
    told = outturn("neighbours", "--in", vale)
    assert told.code == 11 and "No comparator asks for the nearest." in told.err


FAR = 4  # of fourteen other places, so many are unlike home and have figures of their own


@pytest.fixture
def many(tmp_path: Path) -> Path:
    """Home and fourteen others with shares of 50 to 64%; of four that are far off it is 1 to 4%."""
    codes = ["HOME", *(f"P{n:02}" for n in range(1, 15))]
    shares = [50 + n if n <= 14 - FAR else n - 10 for n in range(15)]
    areas = [20 + n if n <= 14 - FAR else 90 for n in range(15)]
    files = {
        "outturn.toml": 'name = "Vale"\nhome = "HOME"\nas_of = 2026-03-31\ndisclosure = "none"\n'
        'boards = ["Board"]\n[[comparator]]\nid = "near"\nname = "Near"\nkind = "council"\n'
        'nearest = 10\nrule = "mean of members"\nweights = { old = 1 }\n',
        "places.csv": "code,name,kind\n" + "".join(f"{one},{one},council\n" for one in codes),
        "framework/outcomes.toml": '[[outcome]]\nid = "o"\ntitle = "O"\nframework = "Plan"\n'
        'board = "Board"\nmeasures = ["share"]\n',
        "framework/measures/share.toml": 'title = "Share"\nkind = "proportion"\nunit = "%"\n'
        'aim = "higher"\ndefinition = "1"\nreported = true\n',
        "packs/paper.toml": 'title = "P"\nmeeting = "Board"\nheld_on = 2026-06-01\n'
        'period = "2025/26"\ndecision = "note"\nauthor = "A"\nframework = "Plan"\npurpose = "P."\n'
        'recommendations = ["Note it."]\n[[section]]\nkind = "spine chart"\n',
        "data/sources.toml": "".join(
            f'[[source]]\nid = "{id}"\nfile = "{id}.csv"\ncontract = "{id}"\ntitle = "T"\n'
            for id in ("figures", "area_characteristics")
        ),
        "data/figures.csv": "measure,place,period,value\n"
        + "".join(f"share,{one},2025/26,{n}\n" for one, n in zip(codes, shares, strict=True)),
        "data/area_characteristics.csv": "place,characteristic,value\n"
        + "".join(f"{one},old,{n}\n" for one, n in zip(codes, areas, strict=True)),
    }
    return laid(tmp_path, files)


def test_a_paper_shows_the_nearest_and_no_other_place_of_their_kind(many, outturn):
    assert outturn("build", "--in", many).code == 0
    kept = open_(many / "vintages")
    partnership, _ = read_texts(dict(kept.definitions))
    paper = told_in(partnership.packs["paper"], partnership, kept)
    near = tuple(f"P{n:02}" for n in range(1, 11))
    assert paper.partnership.comparators["near"].members == near
    (strip,) = paper.strips
    assert strip.row["members"] == 11
    # Home stands at 50, and those who are near from 51 to 60: the far ones at 1 to 4 are not there.
    assert sorted(strip.members) == [
        ("HOME", 50.0),
        *((f"P{n:02}", 50.0 + n) for n in range(1, 11)),
    ]
    assert paper.spine is not None
    (spine,) = paper.spine.rows
    assert (spine["least"], spine["greatest"]) == (51.0, 60.0)
    assert outturn("publish", "--in", many).code == 0
