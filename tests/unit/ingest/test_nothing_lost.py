"""Nothing is dropped silently, and no message holds a cell."""

from dataclasses import replace
from datetime import date

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from outturn.contracts import Contract, Field, Rule
from outturn.framework.model import Code, Partnership, Source
from outturn.ingest import ingest, rejects, run

MARKER = "Zaphod42"
HEADER = ["measure", "place", "period", "value", "numerator", "denominator", "margin"]
HEADER += ["breakdown", "category", "absent", "why", "provenance", "edition", "note"]


def messages(found):
    return "\n".join(str(one) for one in found.mistakes)


def test_every_cell_may_be_a_marker_and_no_message_holds_it(world):
    row = ",".join([MARKER] * len(HEADER))
    world.write("x.csv", ",".join(HEADER) + f"\n{row}\n{row}\n{row},{MARKER}\n{MARKER}\n").source()
    found = world.ingest()
    assert found.tables["figures"].is_empty()
    assert found.rejected.height == 4
    assert MARKER in found.rejected["cells"][0]
    assert MARKER not in messages(found)
    assert MARKER not in "".join(found.rejected["reason"])


@pytest.mark.parametrize("column", HEADER)
def test_one_cell_may_be_a_marker_and_no_message_holds_it(world, column):
    good = dict.fromkeys(HEADER, "") | {"measure": "control", "place": "E1", "period": "2020/21"}
    row = ",".join({**good, column: MARKER}.values())
    world.write("x.csv", ",".join(HEADER) + f"\n{row}\n{row}\n").source(scheme="")
    found = world.ingest()
    assert MARKER not in messages(found)
    assert MARKER not in "".join(found.rejected["reason"])


@pytest.mark.parametrize(
    "period",
    ["{} 2020", "April to {} 2020", "12 months to {} 2020", "{}/P1Y", "2020-{}-01", "{}"],
)
def test_no_message_holds_a_part_of_a_period(world, period):
    marker = "Zaphod"
    text = f"measure,place,period,value\ncontrol,E1,{period.format(marker)},1\n"
    found = world.write("x.csv", text).source().ingest()
    assert found.rejected["column"].to_list() == ["period"]
    assert marker not in messages(found)


@pytest.mark.parametrize("header_row", [1, 2, 3])
@pytest.mark.parametrize("name", ["x.csv", "x.tsv"])
def test_data_taken_for_a_header_are_not_told(world, name, header_row):
    row = ",".join([MARKER] * 4)
    world.write(name, f"{row}\n{row}\n{row}\n").source(name, header_row=header_row)
    found = world.ingest()
    assert found.mistakes
    assert MARKER not in messages(found)


def test_no_message_holds_a_cell_of_any_type(world):
    fields = (
        Field("a", "integer"),
        Field("b", "boolean"),
        Field("c", "date"),
        Field("d", pattern="x+"),
        Field("e", enum=("x",)),
        Field("f", unique=True),
        Field("g"),
        Field("h"),
    )
    rules = (Rule("", "g", "not_equal_column", ("h",)),)
    world.contracts["t"] = Contract("t", fields, rules=rules, place="g")
    row = ",".join([MARKER] * 8)
    world.write("x.csv", f"a,b,c,d,e,f,g,h\n{row}\n{row}\n").source("x.csv", "t")
    found = world.ingest()
    assert found.rejected.height == 2
    assert MARKER not in messages(found)


CELL = st.sampled_from(
    ["", " ", "0", "12a", "[c]", "73.2", "control", "E1", "Dorset", "nobody", "2020/21", "2011-12",
     "2019-06", "suppressed", "final", "2020-01-01", "a,b", 'say "so"', "two\nlines", "-1"]
)  # fmt: skip
NAMES = ["measure", "place", "period", "value", "numerator", "absent", "edition"]


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40
)
@given(
    rows=st.lists(st.lists(CELL, min_size=7, max_size=7), min_size=1, max_size=8),
    likely=st.booleans(),
)
def test_kept_and_rejected_make_up_all_that_was_read(world, rows, likely):
    if likely:
        rows = [["control", "E1", "2020/21", *row[3:]] for row in rows]
    frame = pl.DataFrame(rows, schema=dict.fromkeys(NAMES, pl.String), orient="row")
    frame.write_csv(world.folder / "data/x.csv")
    source = Source("x", "x.csv", "figures", published=date(2021, 1, 1))
    found = ingest(world.folder, replace(world.partnership, sources=(source,)), world.contracts)
    blank = sum(not "".join(row).strip() for row in rows)
    kept = found.tables["figures"].height
    assert kept + found.rejected.height in (len(rows), len(rows) - blank)
    seen = [*found.tables["figures"]["row"], *found.rejected["row"]]
    assert len(set(seen)) == len(seen)
    assert found.rejected.columns == list(rejects.REJECTED)


def test_a_partnership_without_sources_has_nothing(tmp_path):
    found = ingest(tmp_path, Partnership("A", "E1"), {})
    assert (found.tables, found.fingerprints, found.mistakes) == ({}, (), [])


def test_what_an_official_release_holds_beyond_our_places_and_measures_is_no_mistake(
    world, monkeypatch
):
    def read(path, source):
        return pl.DataFrame(
            {
                "measure": ["2C", "9Z", "2C"],
                "place": ["E9", "E1", "X1"],
                "place_name": ["North", "North", "Nowhere"],
                "period": ["2023/24"] * 3,
                "value": [17.25, 1.0, 2.0],
                "row": [5, 6, 7],
                "scheme": ["ascof", "ascof", "ascof"],
            }
        )

    monkeypatch.setattr(run.readers, "named", lambda: {"release": read})
    found = world.write("x.csv", "x").source(reader="release", scheme="other").ingest()
    kept = found.tables["figures"].select("measure", "place", "value", "row").rows()
    assert kept == [("admissions", "E1", 17.25, 5)]
    assert found.rejected.select("row", "reason", "kind").rows() == [
        (6, "no measure has that code of 'ascof'", "not asked for"),
        (7, "the place is not in places.csv", "not asked for"),
    ]
    assert found.mistakes == []


def test_whatever_is_the_matter_with_a_row_that_nobody_asked_for_is_no_mistake(world):
    world.write(
        "x.csv",
        "council,code,year,value\nNorth,2C,2023-24,1\nNowhere,2C,2023-24,soon\n"
        "North,2C,2022-23,soon\n",
    ).source(reader="lgbf long", scheme="LGBF")
    codes = (Code("LGBF", "2C"),)
    world.measures = (replace(world.measures[0], codes=codes),)
    found = world.ingest()
    assert found.tables["figures"]["row"].to_list() == [2]
    assert found.rejected["row"].to_list() == [3, 4]
    assert found.rejected["column"].to_list() == ["value, place", "value"]
    assert found.rejected["kind"].to_list() == ["not asked for", "wrong"]
    assert [str(one) for one in found.mistakes] == [
        "data/x.csv, column value, row 4\n"
        "  1 row is set aside: the cell is neither a number nor a mark that is known.\n"
        "  Look the cell up in the release, and give the file as it was published."
    ]


@pytest.mark.parametrize("package", ["outturn", "polars", "python-calamine", "duckdb"])
def test_what_was_read_is_read_again_with_another_version_of_a_package(monkeypatch, package):
    run._software.cache_clear()
    before, real = run._software(), run.version
    run._software.cache_clear()
    monkeypatch.setattr(run, "version", lambda one: "0.0" if one == package else real(one))
    assert run._software() != before
    run._software.cache_clear()


@pytest.mark.parametrize("reader", ["table", "lgbf long"])
def test_where_nothing_that_was_asked_for_is_found_all_is_wrong(world, reader):
    """In a release the scheme may be another; in a plain table each name was meant."""
    text = "council,code,year,value\nNowhere,2C,2023-24,1\nNorth,2C,2023-24,1\n"
    columns = {"place": "council", "measure": "code", "period": "year"}
    plain = reader == "table"
    world.write("x.csv", text if plain else text.replace("North", "Elsewhere"))
    world.source(reader=reader, scheme="ascof", columns=columns if plain else {})
    found = world.ingest()
    assert set(found.rejected["kind"]) == {"wrong"}
    assert found.mistakes
