"""Keys that two files of a folder share are told with both files and rows, and never a cell."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from laying import laid
from outturn.commands.folder import open_folder
from outturn.contracts import read_contracts
from outturn.ingest import repeated_keys
from outturn.ingest.run import ingest
from outturn.terms.errors import ExtractMistake

HEADER = "place,stay,person,kind,admission,admitted_on"
SOURCES = '[[source]]\nid = "stays"\nfile = "stays/"\ncontract = "hospital_stays"\n'
MARKER = "Zebedee"


def stay(name: str) -> str:
    return f"V1,{MARKER}-{name},{MARKER},acute,emergency,2025-05-01"


@pytest.fixture
def told(tmp_path: Path) -> Callable[..., list[str]]:
    """What is told of a folder of files, each given as the names of its stays."""

    def check(files: dict[str, str], contract: str = "") -> list[str]:
        folder = tmp_path / "vale"
        texts = {
            "outturn.toml": 'name = "Vale"\nhome = "V1"\n',
            "places.csv": "code,name,kind\nV1,Vale,council\n",
            "data/sources.toml": SOURCES,
        }
        if contract:
            texts["contracts/hospital_stays.json"] = contract
        for name, names in files.items():
            texts[f"data/stays/{name}.csv"] = "\n".join([HEADER, *map(stay, names), ""])
        laid(folder, texts)
        opened = open_folder(folder)
        read = ingest(folder, opened.partnership, opened.contracts, opened.cache)
        assert set(read.in_files) == {"hospital_stays"}
        assert all(isinstance(one, ExtractMistake) for one in read.mistakes)
        return [str(one) for one in read.mistakes]

    return check


def test_both_files_and_rows_are_named(told):
    assert told({"a": "mno", "b": "pqm", "c": "rst"}) == [
        "data/stays/b.csv, column stay, row 4\n"
        "  The 'stay' is the same as in row 2 of data/stays/a.csv.\n"
        "  Take the rows out of one of the two files, or tell them apart."
    ]


def test_the_first_row_stands_for_others_of_the_same_two_files(told):
    found = told({"a": "mnop", "b": "xpon", "c": "on"})
    assert [one.splitlines()[:2] for one in found] == [
        [
            "data/stays/b.csv, column stay, row 3",
            "  The 'stay' is the same as in row 5 of data/stays/a.csv, "
            "and so in 3 rows altogether.",
        ],
        [
            "data/stays/c.csv, column stay, row 2",
            "  The 'stay' is the same as in row 4 of data/stays/a.csv, "
            "and so in 2 rows altogether.",
        ],
    ]


def test_no_cell_is_told(told):
    assert not any(MARKER in one for one in told({"a": "mn", "b": "nm"}))


def test_nothing_is_told_where_every_key_is_there_once(told):
    assert told({"a": "mn", "b": "op"}) == []


def test_files_that_were_compared_are_compared_with_new_ones_only(told, monkeypatch):
    looked: list[tuple[int, int]] = []
    pairs = repeated_keys._pairs

    def counted(database, files, fresh, *columns):
        looked.append((len(files), len(fresh)))
        return pairs(database, files, fresh, *columns)

    monkeypatch.setattr(repeated_keys, "_pairs", counted)
    assert told({"a": "mn", "b": "op", "c": "q"}) == []
    assert told({}) == []
    assert looked == [(3, 3)]
    assert told({"d": "rs"}) == []
    in_a, in_b = told({"e": "ton"})  # one key in a and one in b, both compared before
    assert looked == [(3, 3), (4, 1), (5, 1)]
    assert "row 3 of data/stays/a.csv" in in_a
    assert "row 2 of data/stays/b.csv" in in_b
    assert len(told({})) == 2  # what is wrong is told until it is put right


def test_empty_cells_of_a_key_are_the_same_and_those_of_a_column_of_its_own_are_not(told):
    """The key of two columns, one of them always empty; and a column that must be unique."""
    contract, mistakes = read_contracts(None)
    assert not mistakes
    fields = [{"name": one.name, "type": one.type} for one in contract["hospital_stays"].fields]
    for one in fields:
        if one["name"] in ("destination", "stay"):
            one["constraints"] = {"unique": True}
    own = {"fields": fields, "primaryKey": ["person", "hospital"],
           "outturn": {"place": "place", "period": "admitted_on"}}  # fmt: skip
    first, second = told({"a": "m", "b": "m"}, json.dumps(own))
    assert first.startswith("data/stays/b.csv, column person, hospital, row 2\n  The key is the")
    assert second.startswith("data/stays/b.csv, column stay, row 2\n  The 'stay' is the same")


def test_many_pairs_of_files_are_not_all_told_one_by_one(told, monkeypatch):
    monkeypatch.setattr(repeated_keys, "MOST", 2)
    found = told(dict.fromkeys("abcde", "m"))
    assert [one.splitlines()[0] for one in found] == [
        "data/stays/b.csv, column stay, row 2",
        "data/stays/c.csv, column stay, row 2",
        "data/stays/d.csv",
    ]
    assert "2 more pairs of files of 'hospital_stays' share keys." in found[-1]
