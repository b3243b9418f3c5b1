"""What is told beside the counts of a build gives none of those away that it withholds."""

from __future__ import annotations

import json

import polars as pl
import pytest

from laying import laid
from outturn.commands.build import build, recreate
from outturn.commands.explain import explain
from outturn.commands.export import export
from outturn.commands.publish import publish
from outturn.vintages import open_, published_seal

PLACES = (
    "code,name,kind,parent\nHOME,Vale,council,\nA,North,locality,HOME\n"
    "B,South,locality,HOME\nC,West,locality,HOME\n"
)
SETTINGS = 'name = "Vale"\nhome = "HOME"\nas_of = 2027-04-30\n'
MEASURE = """title = "{id}"
definition = "1"
kind = "{kind}"
unit = "{unit}"
aim = "lower"
frequency = "year"
"""
CONTRACT = {
    "fields": [{"name": "place"}, {"name": "year"}, {"name": "person"},
               {"name": "days", "type": "integer"}, {"name": "pounds", "type": "integer"}],
    "outturn": {"place": "place", "period": "year", "people": True},
}  # fmt: skip
STAYS = (("A", 20), ("B", 17), ("C", 3))


def measure(id, *lines, kind="count", unit="stays"):
    return {
        f"framework/measures/{id}.toml": MEASURE.format(id=id, kind=kind, unit=unit)
        + "".join(f"{line}\n" for line in lines)
    }


def source(id, contract, *lines):
    said = f'[[source]]\nid = "{id}"\nfile = "{id}.csv"\ncontract = "{contract}"\n'
    return {"data/sources.toml": said + "".join(f"{line}\n" for line in lines)}


def of_records(tmp_path, *measures):
    """Stays of 20 people in the north, 17 in the south and 3 in the west, with days and pounds."""
    rows = [f"{p},2025/26,{p}{n},{30 + n},{100 + n}" for p, many in STAYS for n in range(many)]
    files = {"outturn.toml": SETTINGS, "places.csv": PLACES, **source("care", "care")}
    files["contracts/care.json"] = json.dumps(CONTRACT)
    files["data/care.csv"] = "\n".join(["place,year,person,days,pounds", *rows, ""])
    for one in measures:
        files |= one
    return laid(tmp_path / "folder", files)


def of_figures(tmp_path, columns, *rows, settings=SETTINGS, **words):
    """One reported measure `m`."""
    said = {"reported": True, "aggregate": "published"} | words
    lines = [f"{name} = {json.dumps(value)}" for name, value in said.items()]
    kind, unit = ("proportion", "%") if "per" in words else ("count", "stays")
    files = {
        "outturn.toml": settings, "places.csv": PLACES,
        **source("figs", "figures", 'constants = { measure = "m" }'),
        **measure("m", *lines, kind=kind, unit=unit),
        "data/figs.csv": "\n".join([columns, *rows, ""]),
    }  # fmt: skip
    return laid(tmp_path / "folder", files)


def built(folder, audience="public"):
    made = build(folder, audience=audience)
    return open_(folder / "vintages", made.name)


COUNTED = measure("people", 'numerator = { table = "care", count = true }')
DAYS = measure("days", 'numerator = { table = "care", sum = "days" }', unit="days")


# Numbers of rows


@pytest.mark.parametrize("audience", ["public", "board"])
def test_the_rows_behind_a_sum_do_not_tell_a_count_that_is_withheld(tmp_path, audience):
    kept = built(of_records(tmp_path, COUNTED, DAYS), audience)
    counts = kept.read("counts")
    days = counts.filter(measure="days", place="B")
    assert days["numerator"].item() == sum(30 + n for n in range(17))
    assert counts.filter(measure="people", place="B")["numerator"].to_list() == [None]
    for frame in ("counts", "values"):
        assert kept.read(frame)["rows"].null_count() == kept.read(frame).height > 0
    assert "number of rows not told; final" in explain(
        tmp_path / "folder", "days", "B", "2025/26"
    )["Source"]  # fmt: skip


@pytest.mark.parametrize("audience", ["officer", ""])
def test_officers_are_told_how_many_rows_are_behind_a_sum(tmp_path, audience):
    kept = built(of_records(tmp_path, COUNTED, DAYS), audience)
    assert kept.read("counts").filter(measure="days", place="B")["rows"].to_list() == [17]


def test_rows_are_told_where_no_count_is_withheld(tmp_path):
    folder = of_records(tmp_path, COUNTED, DAYS)
    laid(folder, {"outturn.toml": f'{SETTINGS}disclosure = "none"\n'})
    assert built(folder).read("counts").filter(measure="days", place="C")["rows"].to_list() == [3]


@pytest.mark.parametrize("audience", ["public", "board", "officer"])
def test_delays_whose_reason_nobody_knows_are_not_told_in_number(tmp_path, audience):
    """25 in all and 20 of one reason: with 2 that nobody knows, 3 would be left for the other."""
    rows = [
        f"HOME,P{reason}{n},{reason}{n},2026-03-0{1 + n % 9},2026-03-20,{reason}"
        for reason, many in (("11A", 20), ("25A", 3), ("ZZZ9", 2))
        for n in range(many)
    ]
    month = measure(
        "m", 'numerator = { table = "delays", count = true }', "[[breakdown]]", 'name = "reason"',
        'column = "reason"', 'categories = ["11A", "25A"]',
    )  # fmt: skip
    month = {name: text.replace('"year"', '"month"') for name, text in month.items()}
    head = "place,person,delay,ready_on,discharged_on,reason"
    files = {
        "outturn.toml": SETTINGS.replace("2027-04-30", "2026-03-31"), "places.csv": PLACES,
        **source("delays", "delays"), **month, "data/delays.csv": "\n".join([head, *rows, ""]),
    }  # fmt: skip
    folder = laid(tmp_path / "folder", files)
    kept = built(folder, audience)
    said = "some rows of 'delays' have a reason that nobody knows: the figure may be incomplete"
    whole = kept.read("values").filter(category="all")
    assert whole["method"].to_list() == [f"numerator; {said}"]
    assert kept.read("findings")["finding"].to_list() == [f"S{said[1:]}."]
    laid(folder, {"outturn.toml": f'{files["outturn.toml"]}disclosure = "none"\n'})
    exact = built(folder, audience).read("values").filter(category="all")["method"].item()
    assert "2 rows of 'delays' have a reason that nobody knows" in exact


# Kinds that count nobody, over people


COST = measure(
    "cost", 'numerator = { table = "care", sum = "pounds" }',
    'denominator = { table = "care", count = true }', kind="money", unit="£",
)  # fmt: skip


def test_the_people_that_money_is_divided_by_are_held_to_the_preset(tmp_path):
    kept = built(of_records(tmp_path, COUNTED, COST))
    counts = kept.read("counts").filter(measure="cost").sort("place")
    assert counts["denominator"].to_list() == [20, None, None, 40]
    assert counts["numerator"].to_list() == [2190, None, None, 4329]
    assert kept.read("values").filter(measure="cost", place="C")["value"].to_list() == [None]


def test_hours_that_money_is_divided_by_are_told(tmp_path):
    hourly = {name: text.replace("count = true", 'sum = "days"') for name, text in COST.items()}
    counts = built(of_records(tmp_path, COUNTED, hourly)).read("counts")
    assert counts.filter(measure="cost", place="C")["denominator"].to_list() == [93]


@pytest.mark.parametrize("kind", ["score", "money"])
def test_where_the_preset_rounds_so_are_the_people_and_a_score_of_them_says_so(tmp_path, kind):
    folder = of_records(
        tmp_path, {name: text.replace('"money"', f'"{kind}"') for name, text in COST.items()}
    )
    laid(folder, {"outturn.toml": f'{SETTINGS}disclosure = "hospital"\n'})
    south = built(folder).read("values").filter(place="B").row(0, named=True)
    assert (south["numerator"], south["denominator"]) == (sum(100 + n for n in range(17)), 15)
    over = 15 if kind == "score" else 1  # money is not divided by the people beside it
    assert south["value"] == pytest.approx(south["numerator"] / over)
    assert ("counts rounded to the nearest 5" in south["method"]) == (kind == "score")


# Reported figures


SHARES = "place,period,value,numerator,denominator"


def test_a_reported_share_that_stays_does_not_undo_the_rounding_of_its_counts(tmp_path):
    """40.0% beside 10 of 30 can only be 12 of 30."""
    folder = of_figures(
        tmp_path, SHARES, "A,2025/26,40.0,12,30", "C,2025/26,80.0,4,5", per=100, decimals=1,
        recompute=False, not_recomputed="the source rounds",
        settings=f'{SETTINGS}disclosure = "hospital"\n',
    )  # fmt: skip
    told = built(folder).read("values").select("place", "value", "numerator", "denominator")
    assert told.rows() == [("A", 40.0, None, None), ("C", None, None, None)]


def test_the_people_that_follow_from_a_share_and_its_whole_are_held_to_the_preset(tmp_path):
    folder = of_figures(
        tmp_path, SHARES, "A,2025/26,5.0,,60", "B,2025/26,50.0,,40", per=100, decimals=1
    )
    kept = built(folder)
    told = kept.read("counts").select("place", "reported", "denominator", "absent")
    assert told.rows() == [("A", None, None, "suppressed"), ("B", 50.0, 40.0, None)]


EDITIONS = [
    f"{place},2025/26,{value},{edition}"
    for edition, values in (("2026-05-01", (30, 12, 15, 3)), ("2026-11-01", (33, 12, 15, 6)))
    for place, value in zip(("HOME", "A", "B", "C"), values, strict=True)
]


@pytest.mark.parametrize("audience", ["public", "board"])
def test_what_a_figure_was_before_it_was_revised_does_not_tell_an_old_small_count(
    tmp_path, audience
):
    """30 less 12 and 15 are the 3 of the west that the earlier edition had."""
    folder = of_figures(tmp_path, "place,period,value,edition", *EDITIONS)
    kept = built(folder, audience)
    (finding,) = kept.read("findings").rows(named=True)
    assert finding["finding"] == (
        "2025/26: The figure in the edition of 2026-11-01 is not that in the edition of "
        "2026-05-01; by how much is not told, to protect people."
    )
    assert (finding["rule"], finding["size"]) == ("revision", None)
    assert kept.read("superseded")["reported"].null_count() == 4


def test_what_a_published_figure_was_before_is_told(tmp_path):
    folder = of_figures(tmp_path, "place,period,value,edition", *EDITIONS)
    file = folder / "data" / "sources.toml"
    file.write_text(f"{file.read_text(encoding='utf-8')}public = true\n", encoding="utf-8")
    findings = built(folder).read("findings").filter(place="HOME")["finding"].to_list()
    assert findings == [
        "2025/26: 30 stays in the edition of 2026-05-01 is 33 stays in that of 2026-11-01."
    ]


# Seals and fingerprints


PACK = (
    'title = "Paper"\nmeeting = "Board"\nperiod = "2025/26"\nheld_on = 2027-05-01\n'
    'decision = "note"\nmeasures = ["people"]\n'
)


def test_no_seal_of_counts_as_found_and_no_fingerprint_is_told_to_others(tmp_path):
    folder = of_records(tmp_path, COUNTED)
    kept = built(folder)
    said = json.dumps(explain(folder, "people", "A", "2025/26"))
    export(folder, kept.name, "csv", tmp_path / "out")
    said += (tmp_path / "out" / "datapackage.json").read_text(encoding="utf-8")
    secret = [kept.seal, *(one.sha256 for one in kept.inputs)]
    assert not any(one[:8] in said for one in secret)
    assert not any(f"{one.bytes:,} bytes" in said for one in kept.inputs)
    assert said.count(kept.published_seal) == 2


def test_officers_are_told_both_seals_and_the_fingerprint(tmp_path):
    folder = of_records(tmp_path, COUNTED)
    kept = built(folder, "officer")
    said = json.dumps(explain(folder, "people", "A", "2025/26"))
    prints = [one.sha256[:16] for one in kept.inputs]
    assert all(one in said for one in (kept.seal, kept.published_seal, *prints))


@pytest.mark.parametrize("format", ["parquet", "csv"])
def test_who_has_the_published_frames_can_check_the_published_seal(tmp_path, format):
    folder = of_records(tmp_path, COUNTED, DAYS)
    kept = built(folder)
    to = tmp_path / "out"
    export(folder, kept.name, format, to)
    names = ("counts", "values", "verdicts", "benchmarks")
    if format == "csv":
        frames = {
            name: pl.read_csv(to / f"{name}.csv", schema_overrides=kept.read(name).schema)
            for name in names
        }
    else:
        frames = {name: pl.read_parquet(to / f"{name}.parquet") for name in names}
    assert published_seal(frames) == kept.published_seal


def test_the_published_seal_is_the_same_whatever_the_withheld_counts_were(tmp_path):
    """B has 17 and C 3, or B 16 and C 4: what is told is the same, and so is its seal."""
    folder = of_records(tmp_path, COUNTED)
    first = built(folder)
    file = folder / "data" / "care.csv"
    text = file.read_text(encoding="utf-8").replace("B,2025/26,B16,", "C,2025/26,B16,")
    file.write_text(text, encoding="utf-8")
    second = built(folder)
    assert first.read("counts").equals(second.read("counts"))
    assert first.published_seal == second.published_seal
    assert first.seal != second.seal and first.name != second.name


def test_what_a_paper_prints_is_what_the_list_and_a_build_made_again_say(tmp_path, outturn):
    folder = of_records(tmp_path, COUNTED)
    laid(folder, {"packs/paper.toml": PACK})
    kept = built(folder)
    (page,) = (one for one in publish(folder, "", kept.name, tmp_path / "papers")
               if one.suffix == ".html")  # fmt: skip
    printed = " ".join(page.read_text(encoding="utf-8").split())
    begins = kept.published_seal[:16]
    assert f"the seal of what is published of it begins {begins}" in printed
    assert kept.seal[:16] not in printed
    (line,) = json.loads(outturn("vintages", "--in", folder, "--json").out)
    assert (line["seal"], line["published seal"]) == (kept.seal[:16], begins)
    assert recreate(folder, kept.name).published_seal == kept.published_seal
