"""Every line of a file is accounted for: kept, set aside with a reason, or blank."""

import csv
import io
from dataclasses import replace
from datetime import date

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from outturn.framework.model import Code, Source
from outturn.ingest import ingest

LOOSE = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=50
)
HEADER = ["measure", "place", "period", "value"]
GOOD = ["control", "E1", "2020/21", "73.2"]
CELL = st.sampled_from(["", "", "a", "1", "E1", "2020/21", "a,b", 'say "so"', "two\nlines"])
PLAIN = st.sampled_from(["", "", "a", "1", "E1"])


def lines(cell):
    """Lines of any width, blank ones and sound ones among them."""
    return st.lists(st.one_of(st.just(GOOD), st.lists(cell, max_size=6)), max_size=10)


def written(rows):
    """The text of the rows, and the line on which each begins."""
    out, begins, line = io.StringIO(), [], 2
    out.write(",".join(HEADER) + "\n")
    for row in rows:
        begins.append(line)
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerow(row)
        said = "\n" if row in ([], [""]) else text.getvalue()
        out.write(said)
        line += said.count("\n")
    return out.getvalue(), begins


def accounted(world, text, source):
    world.write(source.file, text)
    partnership = replace(world.partnership, sources=(source,))
    return ingest(world.folder, partnership, world.contracts)


@LOOSE
@given(rows=st.one_of(lines(CELL), lines(PLAIN)))
def test_every_line_of_a_csv_is_kept_or_rejected_or_blank(world, rows):
    text, begins = written(rows)
    found = accounted(world, text, Source("x", "x.csv", "figures", published=date(2021, 1, 1)))
    filled = [at for row, at in zip(rows, begins, strict=True) if any(row)]
    if not filled:
        assert [one.problem for one in found.mistakes] == [
            "There are no rows below the column names."
        ]
        return
    kept = found.tables["figures"]["row"].to_list()
    assert sorted([*kept, *found.rejected["row"]]) == filled
    first = next((at for row, at in zip(rows, begins, strict=True) if row == GOOD), None)
    assert kept == ([first] if first else [])
    ragged = [
        at for row, at in zip(rows, begins, strict=True)
        if any(row) and (len(row) < 4 or any(row[4:]))
    ]  # fmt: skip
    said = found.rejected.filter(pl.col("column").str.contains("the whole row"))["row"]
    assert said.to_list() == ragged


COUNCILS = st.sampled_from(["Fife", "Moray", ""])
VALUES = st.sampled_from(["", "1", "1,234", "[c]", "soon", "2.5", " 3 "])
LGBF = st.tuples(
    COUNCILS, st.sampled_from(["SW8", "MYE Population (75+)", ""]),
    st.sampled_from(["2018-19", "2019-20", "x"]), VALUES,
)  # fmt: skip
BED_DAYS = st.tuples(
    st.sampled_from(["S12000047", ""]), st.sampled_from(["2016-07-01", "x", ""]),
    st.sampled_from(["75plus", ""]), VALUES, VALUES,
)  # fmt: skip
OFLOG = st.tuples(
    st.sampled_from(["2018-19", "x"]), st.sampled_from(["E10000018", ""]),
    st.sampled_from(["Leicestershire", ""]), st.sampled_from(["1B", "9Z", ""]), VALUES,
)  # fmt: skip
FILES = {
    "lgbf long": ("figures", "council,code,year,value", LGBF),
    "phs delayed discharge bed days": (
        "delayed_discharge_bed_days",
        "ltla_code,date,age_group,num_delayed_bed_days,average_daily_delayed_beds,delay_reason",
        BED_DAYS.map(lambda row: (*row, "Code 9 AWI")),
    ),
    "oflog metrics": (
        "figures",
        "Financial year,Local authority code,Local authority name,Code,Value",
        OFLOG,
    ),
}


def read_release(world, reader, rows):
    contract, header, _ = FILES[reader]
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([header.split(","), *rows])
    source = Source("x", "x.csv", contract, reader=reader, published=date(2021, 1, 1))
    return accounted(world, text.getvalue(), source)


@pytest.mark.parametrize("reader", ["lgbf long", "phs delayed discharge bed days"])
@LOOSE
@given(data=st.data())
def test_every_line_of_a_release_of_lines_is_kept_or_rejected(world, reader, data):
    rows = data.draw(st.lists(FILES[reader][2], min_size=1, max_size=8))
    found = read_release(world, reader, rows)
    seen = [*found.tables[FILES[reader][0]]["row"], *found.rejected["row"]]
    blank = {at for at, row in enumerate(rows, start=2) if not any(row)}
    assert sorted(seen) == [at for at in range(2, len(rows) + 2) if at not in blank]


@LOOSE
@given(rows=st.lists(FILES["oflog metrics"][2], min_size=1, max_size=8))
def test_every_line_of_a_release_of_cells_is_of_one_figure_kept_or_rejected(world, rows):
    """Lines of one figure make one row: it bears the number of the first, and all are alike."""
    codes = (Code("OFLOG", "1B"),)
    world.measures = (replace(world.measures[0], codes=codes),)
    found = read_release(world, "oflog metrics", rows)
    first = {}
    for at, row in enumerate(rows, start=2):
        if any(row):
            place = row[1] or row[2]
            first.setdefault((row[0], place, row[3], row[2]), at)
    seen = [*found.tables["figures"]["row"], *found.rejected["row"]]
    assert sorted(seen) == sorted(first.values())
    for number in found.tables["figures"]["row"]:
        line = rows[number - 2]
        again = {row[4].strip() for row in rows if row[:4] == line[:4]}
        assert len(again) == 1
