"""A field of a contract is known by its title too, whatever its capitals, colons and brackets."""

from __future__ import annotations

import polars as pl
import pytest

from outturn.contracts import read_contracts
from outturn.framework.model import Source
from outturn.ingest.mapping import columns_of
from outturn.terms.errors import ExtractMistake, Mistakes

CLD = read_contracts(None)[0]["cld"]


def columns(names, required=(), **words):
    cells = pl.DataFrame({name: ["x"] for name in names})
    return columns_of(cells, Source("extract", "x.csv", "cld", **words), CLD, required)


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("Request: Route of Access", "route_of_access"),
        ("Request_Route_of_Access", "route_of_access"),
        ("route of access", "route_of_access"),
        ("Autism Spectrum Disorder (ASD)", "autism_spectrum_disorder"),
        ("AUTISM-SPECTRUM-DISORDER-ASD", "autism_spectrum_disorder"),
        ("No_of_adults_being_cared_for", "adults_cared_for"),
        ("LA_Person_Unique_Identifier", "person_id"),
        ("Cost Frequency (Unit Type)", "cost_frequency"),
    ],
)
def test_a_column_is_matched_by_name_or_title(name, field):
    assert columns([name])[field] == name


def test_every_title_of_the_fifty_fields_is_matched_in_both_spellings():
    titles = {one.title: one.name for one in CLD.fields if one.title}
    assert len(titles) == 50
    plain = columns(list(titles))
    database = {"".join(c if c.isalnum() else "_" for c in t): n for t, n in titles.items()}
    assert {name: plain[name] for name in titles.values()} == {n: t for t, n in titles.items()}
    found = columns(list(database))
    assert {name: found[name] for name in titles.values()} == {n: t for t, n in database.items()}


def mistakes(names, required=(), **words):
    with pytest.raises(Mistakes) as raised:
        columns(names, required, **words)
    assert all(isinstance(one, ExtractMistake) for one in raised.value.exceptions)
    return [str(one) for one in raised.value.exceptions]


def test_a_name_and_a_title_for_one_field_are_a_mistake():
    assert mistakes(["person_id", "gender", "LA Person Unique Identifier"]) == [
        "data/x.csv, header row 1\n"
        "  Columns 1 and 3 could both fill 'person_id'.\n"
        '  Write columns = { person_id = "its name in the file" } in data/sources.toml, '
        "or rename one of them."
    ]


def test_the_source_may_say_which_of_the_two_it_is():
    found = columns(
        ["person_id", "LA Person Unique Identifier"],
        columns={"person_id": "LA Person Unique Identifier"},
    )
    assert found["person_id"] == "LA Person Unique Identifier"


def test_two_spellings_of_one_title_are_a_mistake():
    (one,) = mistakes(["LA Person Unique Identifier", "LA_Person_Unique_Identifier"])
    assert "Columns 1 and 2 could both fill 'person_id'." in one


def test_a_slip_in_a_title_is_asked_about():
    (one,) = mistakes(["gender", "Request: Rout of Access"])
    assert "The column 'Request: Rout of Access' is not used" in one
    assert "nothing fills 'route_of_access'" in one


def test_a_required_field_without_a_column_is_told():
    assert mistakes(["gender"], required=["event_type"]) == [
        "data/x.csv, header row 1\n"
        "  There is no column 'event_type'.\n"
        '  Write columns = { event_type = "its name in the file" } in data/sources.toml.'
    ]
