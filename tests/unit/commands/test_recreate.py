"""`outturn recreate`: the same name and seal on any clone, and a refusal where it cannot be."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from outturn.commands import build as building
from outturn.commands import counting
from outturn.commands.build import build, recreate
from outturn.terms.errors import VintageMistake
from outturn.vintages import keep, listing, open_


@pytest.fixture(params=["leicestershire", "vale"])
def built(request):
    """A folder that reports figures, and one that counts them."""
    return request.getfixturevalue(request.param)


def test_the_same_folder_elsewhere_gives_the_same_name_and_seal(built, copied):
    here, there = open_(built / "vintages"), build(copied(built, "a clone"))
    assert (there.name, there.seal) == (here.name, here.seal)


def test_a_kept_vintage_is_made_again_on_another_clone(built, copied, outturn):
    clone = copied(built, "clone", kept=True)
    kept = open_(built / "vintages")
    told = outturn("recreate", kept.name, "--in", clone)
    assert told.code == 0
    assert told.out == (
        f"Vintage {kept.name} was made again, and its seal is the same: {kept.seal}.\n"
        f"Its published seal, which papers and exports print: {kept.published_seal}.\n"
    )
    answer = json.loads(outturn("recreate", kept.name[:5], "--in", clone, "--json").out)
    seals = {"seal": kept.seal, "published_seal": kept.published_seal}
    assert answer == {"vintage": kept.name, **seals, "same": True}


def test_the_definitions_are_those_that_were_kept_not_those_of_today(vale, copied, edited):
    folder = copied(vale, kept=True)
    first = open_(folder / "vintages")
    edited(folder / "targets" / "2026-27.toml", "at_most = 720", "at_most = 430")
    measure = folder / "framework" / "measures" / "emergency_admissions.toml"
    edited(measure, "at_least = 65", "at_least = 75")
    (folder / "contracts" / "admissions.json").unlink()
    assert recreate(folder, first.name).seal == first.seal
    assert len(listing(folder / "vintages")) == 1


def test_nothing_that_is_remembered_is_believed(vale, copied, monkeypatch):
    folder = copied(vale, kept=True)
    first = open_(folder / "vintages")
    counted = []
    count = counting.sql_engine.count
    monkeypatch.setattr(
        counting.sql_engine, "count", lambda *a, **k: counted.append(1) or count(*a, **k)
    )
    build(folder)
    assert counted == []
    recreate(folder, first.name)
    assert counted == [1]


def test_changed_data_are_refused_by_name(built, copied, outturn):
    folder = copied(built, kept=True)
    name = open_(folder / "vintages").name
    files = sorted(folder.glob("data/*.csv"))[:2]
    for file in files:
        file.write_bytes(file.read_bytes() + b"\n")
    told = outturn("recreate", name, "--in", folder)
    assert told.code == 13
    assert told.err.splitlines()[-3:] == [
        ", ".join(f"data/{file.name}" for file in files),
        "  The data are not those that the vintage was made from.",
        "  Bring back the files of that day from version control, then try again.",
    ]


def test_data_that_are_gone_are_a_mistake(vale, copied, outturn):
    folder = copied(vale, kept=True)
    (folder / "data" / "admissions.csv").unlink()
    told = outturn("recreate", open_(folder / "vintages").name, "--in", folder)
    assert told.code == 12
    assert "There is no such file." in told.err


def test_other_software_is_named_where_the_seal_differs(vale, copied, monkeypatch):
    folder = copied(vale, kept=True)
    name = open_(folder / "vintages").name
    rounded = building.figures

    def otherwise(*given, **more):
        made = rounded(*given, **more)
        return replace(made, values=made.values.with_columns(value=made.values["value"] + 1))

    monkeypatch.setattr(building, "figures", otherwise)
    with pytest.raises(VintageMistake) as told:
        recreate(folder, name)
    assert told.value.where == f"vintages, {name}"
    assert told.value.problem.startswith("Made again, its seal is ")
    assert told.value.remedy == "The same software should give the same seal: please report this."
    monkeypatch.setattr(building, "software", lambda _: "outturn 9")
    with pytest.raises(VintageMistake) as told:
        recreate(folder, name)
    assert "; this is outturn 9. Install that version." in told.value.remedy


def test_a_name_that_is_not_kept_is_a_mistake(vale, outturn):
    told = outturn("recreate", "0123", "--in", vale)
    assert told.code == 13
    assert told.err == (
        "vintages\n  There is no vintage '0123'.\n  List the vintages to see their names.\n"
    )


def test_an_altered_vintage_is_not_opened(vale, copied, outturn):
    folder = copied(vale, kept=True)
    name = open_(folder / "vintages").name
    manifest = folder / "vintages" / f"v={name}" / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"label": ""', '"label": "x"'))
    told = outturn("recreate", name, "--in", folder)
    assert told.code == 13
    assert "The manifest was altered after it was written" in told.err


def test_another_result_under_the_same_name_is_refused(vale, copied, monkeypatch):
    folder = copied(vale, kept=True)
    first = open_(folder / "vintages")
    kept = []
    monkeypatch.setattr(building, "keep", lambda store, one: kept.append(one))
    build(folder)
    (one,) = kept
    other = replace(one, values=one.values.with_columns(value=one.values["value"] + 1))
    with pytest.raises(VintageMistake, match="other results from the same inputs: values differ"):
        keep(folder / "vintages", other)
    assert open_(folder / "vintages").seal == first.seal
