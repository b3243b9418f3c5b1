"""Measure 2A by its two methods: whoever moved between them is named, with the rule of each.

same            a request, then reablement that ended as planned
gap             two episodes five days apart: one by the method of 2024-25, two by that before
no-request      reablement that no request led to: only the method before asks for one
recent-support  long-term support that ended 47 days before: not new by 2024-25, new before
declined        support declined: left out by both
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl
import pytest

from outturn.commands.returned import as_ours

NEW, OLD = (
    "2a_no_further_support_after_reablement",
    "2a_no_further_support_after_reablement_2023_24",
)
ST_MAX, LONG_TERM = "Short Term Support: ST-Max", "Long Term Support: Community"
PLANNED, BOTH = "NFA: Support ended as planned", "numerator and denominator"
HEADINGS = (
    "LA Code,LA Person Unique Identifier,Date of Birth,Client Type,Event Type,Event Start Date,"
    "Event End Date,Event Outcome,Service Type,Service Component"
).split(",")


def person(id: str, *events: tuple[str, ...]) -> Iterator[list[str]]:
    for kind, start, end, outcome, *service in events:
        of, component = (*service, "", "")[:2]
        yield ["V1", id, "1940-05-05", "Service User", kind, start, end, outcome, of, component]


def reablement(start: str, end: str, outcome: str = PLANNED) -> tuple[str, ...]:
    return ("Service", start, end, outcome, ST_MAX, "Reablement")


def rows() -> Iterator[list[str]]:
    asked = ("Request", "2025-04-28", "2025-04-28", "Progress to reablement/ST-Max")
    whole = reablement("2025-05-01", "2025-06-01")
    yield from person("same", asked, whole)
    yield from person(
        "gap", asked, reablement("2025-05-01", "2025-05-20"), reablement("2025-05-25", "2025-06-10")
    )
    yield from person("no-request", whole)
    support = ("Service", "2024-01-01", "2025-03-15", "NFA: Other", LONG_TERM, "Extra care housing")
    yield from person("recent-support", asked, support, whole)
    yield from person(
        "declined", asked, reablement("2025-05-01", "2025-06-01", "NFA: Support declined")
    )
    months = [f"{2025 + (m > 11)}-{(m + 1) % 12 + 1:02}" for m in range(14)]  # February 2025 on
    for month in months:  # events of all kinds, so that the data cover each month
        for number in range(30):
            kind = ("Request", "Assessment", "Review")[number % 3]
            event = (kind, f"{month}-05", f"{month}-10", "NFA: Other")
            yield from person(f"other-{month}-{number}", event)


@pytest.fixture
def vale(tmp_path: Path) -> Path:
    files = {
        "outturn.toml": 'name = "Vale"\nhome = "V1"\nas_of = 2026-04-30\nlibrary = ["ascof_cld"]\n',
        "places.csv": "code,name,kind\nV1,Vale,council\n",
        "data/sources.toml": '[[source]]\nid = "cld"\nfile = "cld.csv"\ncontract = "cld"\n',
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    with (tmp_path / "data" / "cld.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([HEADINGS, *rows()])
    return tmp_path


def test_each_person_who_moved_is_explained_by_the_rule_of_either_method(
    outturn: Callable, vale: Path
) -> None:
    to = vale.parent / "moved.csv"
    told = outturn("people", NEW, "Vale", "2025/26", "--in", vale, "--against", OLD, "--to", to)
    assert told.code == 0, told.err
    with to.open(encoding="utf-8", newline="") as file:
        lines = {row["person"].rpartition(" ")[2]: row for row in csv.DictReader(file)}
    found = {
        who: (row[NEW], row[f"why in {NEW}"], row[OLD], row[f"why in {OLD}"])
        for who, row in lines.items()
    }
    assert found == {
        "recent-support": (
            "left out", "long-term support in the time before: not a new client", BOTH, "",
        ),
        "no-request": (BOTH, "", "left out", "no request for support led to it"),
        "gap": (BOTH, "", BOTH, ""),
    }  # fmt: skip
    assert (lines["gap"][f"records in {NEW}"], lines["gap"][f"records in {OLD}"]) == ("1", "2")
    assert not any(who in told.out + told.err for who in ("recent-support", "no-request"))


def test_a_list_that_came_back_may_hold_plain_numbers(outturn: Callable, vale: Path) -> None:
    back, to = vale.parent / "back.csv", vale.parent / "found.csv"
    back.write_text("person,numerator\n SAME ,yes\nV1 ID gap,yes\nstranger,yes\n", "utf-8")
    told = outturn(
        "people", NEW, "Vale", "2025/26", "--in", vale, "--returned", back, "--to", to
    )  # fmt: skip
    assert told.code == 0, told.err
    with to.open(encoding="utf-8", newline="") as file:
        found = {row["person"]: (row[NEW], row["returned"]) for row in csv.DictReader(file)}
    assert found == {
        "V1 ID no-request": (BOTH, "left out"),
        "stranger": ("left out", BOTH),
    }
    assert "more than one of our people" not in told.out


def test_a_plain_number_is_taken_for_the_one_person_whose_it_is() -> None:
    ours = pl.Series(["V1 NHS 9990000018", "V1 ID ab 12", "V1 ID 7", "V2 ID 7", "plain", None])
    listed = ["999 000 0018", "AB12", "7", "V2 ID 7", "plain", "Plain", "nobody", None]
    persons, several = as_ours(pl.Series(listed, dtype=pl.String), ours)
    assert persons.to_list() == [
        "V1 NHS 9990000018", "V1 ID ab 12", "7", "V2 ID 7", "plain", "Plain", "nobody", None,
    ]  # fmt: skip
    assert several == 1


def test_numbers_of_more_than_one_person_are_counted_on_the_screen_and_not_named(
    outturn: Callable, vale: Path
) -> None:
    with (vale / "data" / "cld.csv").open("a", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(["V2", *row[1:]] for row in rows())
    (vale / "places.csv").write_text(
        "code,name,kind,parent\nC,County,county,\nV1,Vale,council,C\nV2,Dale,council,C\n", "utf-8"
    )
    settings = vale / "outturn.toml"
    settings.write_text(settings.read_text("utf-8").replace('"V1"', '"C"'), "utf-8")
    back, to = vale.parent / "back.csv", vale.parent / "found.csv"
    back.write_text("person\ngap\n", "utf-8")
    told = outturn("people", NEW, "C", "2025/26", "--in", vale, "--returned", back, "--to", to)
    assert told.code == 0, told.err
    said = " ".join(told.out.split())
    assert "Ids of the list that are numbers of more than one of our people: 1." in said
    assert "gap" not in said
