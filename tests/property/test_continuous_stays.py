"""Episodes of few days that meet at every edge, joined into continuous stays both ways.

The random tables of `test_derivations.py` have few episodes of one person in one kind of bed. Here
every example has up to nine of them within a fortnight, with markers and spells that cross.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from loading import module
from outturn.databases import DuckDB
from outturn.ingest.derivations import Asked, Method
from outturn.ingest.derivations.derive import derive_with_kept_out
from outturn.ingest.derivations.plain.continuous_stays import kept_out

drawing = module("spec/derived/drawing.py")
TABLE = "hospital_stays"
FIRST, AS_OF = date(2026, 1, 10), date(2026, 3, 1)
METHOD: Method = drawing.METHODS[TABLE]
KINDS = [{"acute": "acute", "mental health": "mental health"},
         {"acute": "acute", "mental health": "acute"}, {"acute": "acute"}]  # fmt: skip
EMPTY = dict.fromkeys(one.name for one in drawing.CONTRACTS["hospital_episodes"].fields)
Episode = dict[str, Any]


def episode(*, marked: bool) -> st.SearchStrategy[Episode]:
    marks = st.sampled_from([None, None, "1", "2"]) if marked else st.none()
    return st.fixed_dictionaries(
        {
            "place": st.sampled_from(["North", "North", "South"]),
            "person": st.sampled_from(["p1", "p1", "p2"]),
            "kind": st.sampled_from(["acute", "acute", "acute", "mental health"]),
            "admission": st.sampled_from(["emergency", "planned", "transfer", "other"]),
            "admitted_from": st.sampled_from([None, None, "home", "other hospital"]),
            "destination": st.sampled_from([None, "home", "other hospital", "died", "other"]),
            "admitted_on": st.integers(0, 9).map(lambda day: FIRST + timedelta(days=day)),
            "length": st.sampled_from([0, 0, 1, 1, 2, 4, 7, None, -1]),
            "undated": st.sampled_from([False] * 19 + [True]),
            "continuous_stay": marks,
            "spell": marks,
            "number": st.sampled_from([None, None, 1, 2]),
            "fall": st.sampled_from([None, True, False]),
            "sex": st.sampled_from([None, "female", "male"]),
            "born_on": st.sampled_from([None, date(1950, 1, 1), date(1960, 1, 1)]),
        }
    )


def rows_of(drawn: list[Episode]) -> list[Episode]:
    told = []
    for number, one in enumerate(drawn):
        row = {**EMPTY, **one, "episode": f"e{number}", "source": "a", "row": number + 1}
        length, undated = row.pop("length"), row.pop("undated")
        ends = None if length is None else row["admitted_on"] + timedelta(days=length)
        told.append(row | {"discharged_on": ends} | ({"admitted_on": None} if undated else {}))
    return told


@st.composite
def methods(draw: st.DrawFn) -> dict[str, Method]:
    own = {
        "gap_days": draw(st.sampled_from([0, 0, 1])),
        "transfer_days": draw(st.sampled_from([2, 1])),
        "open_ends_at_next": draw(st.booleans()),
        "joined_with": draw(st.sampled_from(KINDS)),
    }
    method = replace(METHOD, parameters={**METHOD.parameters, **own})
    return {**drawing.METHODS, TABLE: method}


@pytest.fixture(scope="module")
def database() -> Iterator[DuckDB]:
    with DuckDB(threads=1) as opened:
        yield opened


@pytest.mark.slow
@given(drawn=st.lists(episode(marked=True), max_size=9), asked=methods())
def test_episodes_are_joined_the_same_in_sql_and_in_plain(
    drawn: list[Episode], asked: dict[str, Method], database: DuckDB
) -> None:
    rows = {"hospital_episodes": rows_of(drawn)}
    found = drawing.derived_on(database, rows, TABLE, methods=asked, as_of=AS_OF)
    plain = drawing.judged(rows, TABLE, methods=asked, as_of=AS_OF)
    assert sorted(map(repr, found)) == sorted(map(repr, plain))


@pytest.mark.slow
@given(drawn=st.lists(episode(marked=True), max_size=9))
def test_every_episode_is_in_a_stay_or_told_with_the_rule_that_keeps_it_out(
    drawn: list[Episode], database: DuckDB
) -> None:
    """The same both ways, and of no more episodes than have no days."""
    rows = {"hospital_episodes": rows_of(drawn)}
    kinds = {**drawing.CONTRACTS["hospital_episodes"].schema, **drawing.ROW}
    frames = {name: pl.DataFrame(given, schema=kinds) for name, given in rows.items()}
    found = derive_with_kept_out([TABLE], frames, methods=drawing.METHODS,
                                 contracts=drawing.CONTRACTS, as_of=AS_OF,
                                 database=database)[TABLE]  # fmt: skip
    out = found.filter(pl.col("kept_out").is_not_null()).to_dicts()
    plain = kept_out(rows, Asked(METHOD, AS_OF))
    wanted = [{name: row.get(name) for name in found.columns} for row in plain]
    assert sorted(map(repr, out)) == sorted(map(repr, wanted))
    assert len(out) == sum(
        row["admitted_on"] is None or (row["discharged_on"] or date.max) < row["admitted_on"]
        for row in rows["hospital_episodes"]
    )


@given(drawn=st.lists(episode(marked=False), max_size=9))
def test_stays_without_markers_do_not_overlap_and_each_episode_lies_in_one(
    drawn: list[Episode],
) -> None:
    """Of a person in one place and kind of bed; and no day is of a stay that is of no episode."""
    rows = rows_of(drawn)
    made = drawing.judged({"hospital_episodes": rows}, TABLE, as_of=AS_OF)
    sound = [
        one for one in rows
        if one["admitted_on"] and (one["discharged_on"] or AS_OF) >= one["admitted_on"]
    ]  # fmt: skip
    lines: dict[tuple[str, ...], list[tuple[date, date]]] = {}
    for one in sorted(made, key=_span):
        lines.setdefault(_line(one), []).append(_span(one))
    for spans in lines.values():
        assert all(earlier[1] <= later[0] for earlier, later in pairwise(spans))
    for one in sound:
        first, last = _span(one)
        holding = [span for span in lines[_line(one)] if span[0] <= first and last <= span[1]]
        assert holding
        assert len(holding) == 1 or first == last  # on the day between two stays
    assert {(_line(one), _span(one)[0]) for one in made} <= {
        (_line(one), _span(one)[0]) for one in sound
    }
    assert {(_line(one), _span(one)[1]) for one in made} <= {
        (_line(one), _span(one)[1]) for one in sound
    }


@given(drawn=st.lists(episode(marked=False), max_size=9))
def test_stays_that_are_read_as_episodes_are_joined_no_further(drawn: list[Episode]) -> None:
    """Where nothing is told of a transfer, and everybody went somewhere."""
    plain = [one | {"admission": "emergency", "admitted_from": None, "destination": "home"}
             for one in drawn]  # fmt: skip
    made = drawing.judged({"hospital_episodes": rows_of(plain)}, TABLE, as_of=AS_OF)
    again = [{**EMPTY, **one, "episode": one["stay"]} for one in made]
    assert sorted(map(repr, drawing.judged({"hospital_episodes": again}, TABLE, as_of=AS_OF))) == (
        sorted(map(repr, made))
    )


def _line(row: Episode) -> tuple[str, ...]:
    return row["place"], row["person"], row["kind"]


def _span(row: Episode) -> tuple[date, date]:
    return row["admitted_on"], row["discharged_on"] or date.max
