"""What may be told of Counts: by where they come from, and whether they were counted or given."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from outturn.commands.deriving import with_derived
from outturn.commands.figures import figures
from outturn.commands.folder import sound_folder
from outturn.commands.spilling import Room
from outturn.contracts import Contract, Field
from outturn.framework import Partnership
from outturn.framework.model import Measure, Source, Tally
from outturn.ingest import ingest
from outturn.judgement.disclosure import divided_by_people, may_be_told, published_sources
from outturn.terms.records import COUNTS, fitted

PUBLIC = ["release", "census"]
KINDS = {
    "people": {"kind": "count", "unit": "people"},
    "thousands": {"kind": "count", "unit": "thousand people", "per": 0.001},
    "share": {"kind": "proportion", "unit": "%", "per": 100.0},
    "weighted": {"kind": "proportion", "unit": "%", "per": 100.0, "recompute": False},
    "cost": {"kind": "money", "unit": "£"},
    "score": {"kind": "score", "unit": "points", "denominator_is": "People who answered"},
    "rate": {"kind": "rate", "unit": "per 100", "per": 100.0},
    "counted": {"kind": "count", "unit": "people", "reported": False},
}
CONTRACTS = {
    "stays": Contract("stays", (Field("place"), Field("person"))),
    "cld": Contract("cld", (Field("la_code"), Field("person_id"))),
    "census": Contract("census", (Field("place"), Field("people", "integer"))),
}
TOLD = ("numerator", "denominator", "reported", "rows", "margin")


TALLIES = {  # numerator and denominator
    "of_people": ("stays", None),
    "of_totals": ("census", None),
    "of_people_by_totals": ("stays", "census"),
    "of_totals_by_people": ("census", "stays"),
}


def told(measure, disclosure="social care", source="register", **row):
    """What of one row is told: its counts and its figure, and what it says in place of them."""
    measures = {
        id: Measure(**{"id": id, "title": id, "definition": "1", "aim": "none",
                       "reported": True, **more})
        for id, more in KINDS.items()
    }  # fmt: skip
    for id, (top, bottom) in TALLIES.items():
        sides = {"numerator": Tally(top, "count")}
        sides |= {"denominator": Tally(bottom, "count")} if bottom else {}
        measures[id] = Measure(id, id, "1", "count", "people", "none", **sides)
    folder = Partnership("Vale", "HOME", disclosure=disclosure, measures=measures)
    counts = fitted(pl.DataFrame([{"measure": measure, "source": source, **row}]), COUNTS)
    found = may_be_told(counts, folder, PUBLIC, CONTRACTS).row(0, named=True)
    return {name: found[name] for name in TOLD if found[name] is not None}, found["absent"]


NOTHING = ({}, "suppressed")


@pytest.mark.parametrize("source", ["register", "release, register", None])
def test_a_reported_count_of_our_own_is_held_to_the_preset(source):
    assert told("people", source=source, reported=4.0) == NOTHING
    assert told("people", source=source, reported=5.0) == ({"reported": 5.0}, None)
    assert told("people", source=source, reported=0.0) == ({"reported": 0.0}, None)
    assert told("thousands", source=source, reported=0.004) == NOTHING
    assert told("people", source=source, reported=9.0, numerator=3.0) == NOTHING
    assert told("people", source=source, reported=3.0, numerator=9.0, rows=9) == NOTHING


@pytest.mark.parametrize("source", ["release", "census, release"])
def test_what_is_published_already_is_left_alone_counted_or_reported(source):
    assert told("people", source=source, reported=4.0) == ({"reported": 4.0}, None)
    assert told("counted", source=source, numerator=4.0) == ({"numerator": 4.0}, None)


def test_a_reported_share_is_held_to_the_preset_by_its_counts():
    kept = {"numerator": 5.0, "denominator": 20.0, "reported": 25.0}
    assert told("share", **kept) == (kept, None)
    assert told("share", **{**kept, "numerator": 3.0, "reported": 15.0}) == NOTHING
    assert told("share", **{**kept, "numerator": 0.0, "denominator": 4.0}) == NOTHING


def test_a_reported_share_without_counts_cannot_be_judged_and_stays():
    assert told("share", reported=15.0) == ({"reported": 15.0}, None)


def test_money_counts_nobody():
    assert told("cost", reported=3.0) == ({"reported": 3.0}, None)


def test_where_the_preset_rounds_a_reported_figure_rounds_or_is_made_again():
    assert told("people", "hospital", reported=13.0) == ({"reported": 15.0}, None)
    assert told("people", "hospital", reported=7.0) == NOTHING
    counts = {"numerator": 13.0, "denominator": 41.0, "reported": 31.7}
    rounded = {"numerator": 15.0, "denominator": 40.0}
    assert told("share", "hospital", **counts) == (rounded, None)
    assert told("weighted", "hospital", **counts) == ({"reported": 31.7}, None)
    assert told("share", "hospital", source="release", **counts) == (counts, None)


@pytest.mark.parametrize("disclosure", ["none", "social care", "hospital"])
@pytest.mark.parametrize("source", ["register", "release"])
def test_a_cell_marked_suppressed_keeps_nothing_that_tells_it(disclosure, source):
    row = {"numerator": 3.0, "denominator": 20.0, "reported": 15.0, "rows": 20}
    row["absent"] = "suppressed"
    assert told("share", disclosure, source, **row) == NOTHING


def test_without_a_preset_small_counts_are_told():
    assert told("people", "none", reported=3.0) == ({"reported": 3.0}, None)


@pytest.mark.parametrize("measure", ["of_people", "of_people_by_totals", "of_totals_by_people"])
@pytest.mark.parametrize("source", ["release", "census, release"])
def test_what_is_counted_from_records_about_people_is_not_published_by_a_public_source(
    measure, source
):
    """A derived row of several records carries the source of one, which may be the public one."""
    assert told(measure, source=source, numerator=4.0) == NOTHING
    assert told(measure, source=source, numerator=5.0) == ({"numerator": 5.0}, None)


def test_what_is_counted_from_published_totals_is_left_alone():
    assert told("of_totals", source="release", numerator=4.0) == ({"numerator": 4.0}, None)
    assert told("of_totals", source="release, register", numerator=4.0) == NOTHING


def test_a_source_of_records_about_people_is_never_published():
    """Formulas go by it as well: what they add and take away is as protected as its parts."""
    sources = tuple(
        Source(id, f"{id}.csv", contract, public=public)
        for id, contract, public in (
            ("stays", "stays", True),
            ("cld", "cld", True),
            ("census", "census", True),
            ("draft", "census", False),
        )
    )
    assert published_sources(Partnership("Vale", "HOME", sources=sources), CONTRACTS) == ["census"]


STAYS = """place,stay,person,kind,admission,admitted_on,discharged_on,born_on
V1,s1,p1,acute,emergency,2025-04-01,2025-04-09,1940-01-01
"""
EPISODES = """place,episode,person,started_on,ended_on,from_hospital,outcome,born_on
V1,e1,p1,2025-04-10,2025-05-10,yes,no ongoing support,1940-01-01
V1,e2,p2,2025-04-10,2025-05-10,yes,reduced support,1940-01-01
"""


@pytest.mark.parametrize("public", [{"a"}, {"b"}, {"a", "b"}])
def test_rows_derived_of_public_and_private_records_are_held_to_the_preset(tmp_path, public):
    """The folder would be refused; the figures keep to the rule all the same."""
    source = '[[source]]\nid = "{}"\nfile = "{}.csv"\ncontract = "{}"\n'
    files = {
        "outturn.toml": 'name = "Vale"\nhome = "V1"\nas_of = 2026-09-30\n'
        'disclosure = "social care"\nlibrary = ["local_services"]\n',
        "places.csv": "code,name,kind\nV1,Vale,council\n",
        "data/sources.toml": source.format("a", "a", "hospital_stays")
        + source.format("b", "b", "reablement_episodes"),
        "data/a.csv": STAYS,
        "data/b.csv": EPISODES,
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    folder = sound_folder(tmp_path)
    sources = tuple(replace(one, public=one.id in public) for one in folder.partnership.sources)
    partnership, as_of = replace(folder.partnership, sources=sources), date(2026, 9, 30)
    read = ingest(tmp_path, partnership, folder.contracts)
    tables = with_derived(read, partnership, folder.contracts, as_of)
    with Room(folder.store) as room:
        made = figures(partnership, folder.contracts, tables, as_of, lambda *_: None, room=room)
    id, month = "reablement_no_ongoing_support", "2025-05-01/P1M"
    asked = {"measure": id, "period": month, "breakdown": "all"}
    assert made.found.filter(**asked)["numerator"].to_list() == [1.0]
    assert made.counts.filter(**asked).select("numerator", "absent").rows() == [
        (None, "suppressed")
    ]


DIVIDED = {  # by what a reported or a counted denominator is of
    "People who answered all eight questions": True,
    "Carers who answered": True,
    "Expenditure on care, for each death": True,
    "Beds in care homes": False,
    "Hours of home care": False,
    "": False,
}


@pytest.mark.parametrize("words", DIVIDED)
@pytest.mark.parametrize("kind", ["money", "score", "index"])
def test_a_reported_denominator_counts_people_where_its_words_say_so(kind, words):
    one = Measure("m", "m", "1", kind, "£", "none", reported=True, denominator_is=words)
    assert divided_by_people({"m": one}, CONTRACTS) == (["m"] if DIVIDED[words] else [])


@pytest.mark.parametrize(
    ("tally", "people"),
    [
        (Tally("stays", "count"), True),
        (Tally("stays", "distinct", "person"), True),
        (Tally("stays", "weights", "weight"), True),
        (Tally("stays", "sum", "days"), False),
        (Tally("census", "sum", "people"), True),
        (Tally("census", "count"), False),
    ],
)
def test_a_counted_denominator_is_of_people_where_records_or_a_column_are(tally, people):
    one = Measure("m", "m", "1", "score", "points", "none", denominator=tally)
    assert divided_by_people({"m": one}, CONTRACTS) == (["m"] if people else [])
    rate = Measure("m", "m", "1", "rate", "%", "none", denominator=tally)
    assert divided_by_people({"m": rate}, CONTRACTS) == []  # whose both sides are judged


def test_a_reported_score_is_held_to_the_people_that_it_is_of():
    few = {"numerator": 70.0, "denominator": 4.0, "reported": 17.5}
    assert told("score", **few) == NOTHING
    assert told("score", **{**few, "denominator": 5.0}) == ({**few, "denominator": 5.0}, None)
    assert told("score", source="release", **few) == (few, None)
    assert told("cost", **few) == (few, None)
    assert told("score", "hospital", **{**few, "denominator": 13.0}) == (
        {"numerator": 70.0, "denominator": 15.0}, None,
    )  # fmt: skip


@pytest.mark.parametrize("measure", ["share", "weighted", "rate"])
def test_a_share_with_its_whole_alone_is_held_to_the_people_that_follow(measure):
    small = {"denominator": 60.0, "reported": 5.0}
    assert told(measure, **small) == NOTHING
    for one in ({**small, "reported": 0.0}, {**small, "denominator": 90.0}):
        assert told(measure, **one) == (one, None)
    assert told(measure, source="release", **small) == (small, None)
    assert told(measure, "none", **small) == (small, None)


def test_a_share_with_its_part_alone_is_held_to_the_whole_that_follows():
    assert told("share", numerator=5.0, reported=125.0) == NOTHING
    kept = {"numerator": 5.0, "reported": 100.0}
    assert told("share", **kept) == (kept, None)


def test_where_the_preset_rounds_a_share_with_one_side_is_told_without_it():
    """40.0% of 30 people are 12 and none else, though 30 could be 28 to 32."""
    assert told("share", "hospital", denominator=30.0, reported=40.0) == ({"reported": 40.0}, None)
    assert told("share", "hospital", numerator=12.0, reported=40.0) == ({"reported": 40.0}, None)


@pytest.mark.parametrize("measure", ["share", "weighted"])
def test_a_margin_tells_of_how_many_a_rounded_count_is(measure):
    row = {"numerator": 12.0, "denominator": 30.0, "reported": 40.0, "margin": 17.5}
    told_so = {"numerator": 10.0, "denominator": 30.0} if measure == "share" else {"reported": 40.0}
    assert told(measure, "hospital", **row) == (told_so, None)
    assert told(measure, **row) == (row, None)
