from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from outturn.benchmarking import benchmarks
from outturn.framework.model import Comparator, Measure, Place
from outturn.statistics.quantiles import RANK_SHARE, RULES, TYPE_7
from outturn.statistics.rounding import shown
from outturn.terms.records import VALUES, fitted

YEAR = "2019-04-01/P1Y"
ALL = Comparator("england", "All councils", (), "mean of members", kind="council")


def measure(**more):
    usual = {
        "id": "m", "title": "m", "definition": "1", "kind": "proportion", "unit": "%",
        "per": 100.0, "aim": "higher", "reported": True,
    }  # fmt: skip
    return Measure(**{**usual, **more})


def ranked(figures, *, group=ALL, places=None, counts=(), provenance=None, **more):
    """Benchmarks of one measure in one year; `figures` by place, None for no figure."""
    asked = {
        name: more.pop(name) for name in ("home", "quartile_rule", "comparisons") if name in more
    }
    one = measure(**more)
    rows = [
        {
            "measure": "m", "definition": "1", "place": place, "period": YEAR,
            "breakdown": "all", "category": "all", "value": value,
            "shown": shown(value, 1), "provenance": (provenance or {}).get(place),
            "numerator": counts[n][0] if counts else None,
            "denominator": counts[n][1] if counts else None,
        }
        for n, (place, value) in enumerate(figures.items())
    ]  # fmt: skip
    values = fitted(pl.DataFrame(rows, infer_schema_length=None), VALUES)
    known = places or {code: Place(code, code, "council") for code in figures}
    return benchmarks(
        values, measures={"m": one}, comparators={group.id: group}, places=known, **asked
    )


def at(frame, place):
    return frame.filter(pl.col("place") == place).row(0, named=True)


EIGHT = dict(zip("ABCDEFGH", (90.0, 85.0, 80.0, 75.0, 70.0, 65.0, 60.0, 55.0), strict=True))
QUARTERS = ["top", "top", "second", "second", "third", "third", "bottom", "bottom"]


@pytest.mark.parametrize("rule", [RANK_SHARE, TYPE_7])
@pytest.mark.parametrize(("aim", "order"), [("higher", 1), ("lower", -1)])
def test_ranks_and_quartiles_go_by_the_aim(rule, aim, order):
    found = ranked(EIGHT, aim=aim, quartile_rule=rule)
    assert found["rank"].to_list() == list(range(1, 9))[::order]
    assert found["quartile"].to_list() == QUARTERS[::order]
    assert set(found["quartile_rule"]) == {RULES[rule]}
    assert set(found["members"]) == {8} and set(found["basis"]) == {"computed"}


def test_the_gap_is_to_the_worst_place_in_the_top_quartile():
    found = ranked(EIGHT)
    assert set(found["best_edge"]) == {85.0}
    assert found["gap"].to_list() == [0, 0, 5, 10, 15, 20, 25, 30]
    lower = ranked(EIGHT, aim="lower")
    assert set(lower["best_edge"]) == {60.0}
    assert at(lower, "A")["gap"] == 30.0 and at(lower, "H")["gap"] == 0.0


@pytest.mark.parametrize(
    ("people", "expected"), [(1000, 50), (999, 50), (10, 1), (0, None), (None, None)]
)
def test_the_gap_in_people_is_the_fewest_that_close_it(people, expected):
    counts = [(None, people)] * 8
    assert at(ranked(EIGHT, counts=counts), "C")["gap_people"] == expected


def test_weighted_counts_are_not_turned_into_people():
    found = ranked(EIGHT, counts=[(1.0, 1000.0)] * 8, recompute=False)
    assert set(found["gap_people"]) == {None}


def test_ties_share_the_best_rank_and_the_better_quartile():
    found = ranked(dict(zip("ABCD", (90.0, 80.0, 80.0, 70.0), strict=True)))
    assert found["rank"].to_list() == [1, 2, 2, 4]
    assert found["tied"].to_list() == [1, 2, 2, 1]
    assert found["quartile"].to_list() == ["top", "second", "second", "bottom"]
    assert "2 members share this figure across the edge of a quartile" in at(found, "B")["note"]


def test_figures_that_print_the_same_tie():
    found = ranked({"A": 82.94, "B": 82.86, "C": 82.84, "D": 50.0})
    assert found["rank"].to_list() == [1, 1, 3, 4]


def test_a_member_without_a_figure_never_ranks():
    found = ranked({**EIGHT, "I": None}, aim="lower")
    row = at(found, "I")
    assert (row["rank"], row["quartile"], row["tied"], row["gap"]) == (None, None, None, None)
    assert (row["members"], row["with_value"], row["note"]) == (9, 8, "No figure, so no rank.")


def test_a_forecast_does_not_rank_among_figures():
    found = ranked(EIGHT, provenance={"A": "forecast"})
    assert (at(found, "A")["rank"], at(found, "A")["note"]) == (None, "A forecast is not ranked.")
    assert at(found, "B")["rank"] == 1 and at(found, "B")["with_value"] == 7


def test_a_measure_without_a_better_side_is_compared_but_not_ranked():
    row = at(ranked(EIGHT, aim="none"), "A")
    assert (row["rank"], row["quartile"], row["best_edge"]) == (None, None, None)
    assert row["comparator_value"] == 72.5
    assert row["note"] == "The measure has no better side, so it is not ranked."


@pytest.mark.parametrize(
    ("more", "ranks"),
    [
        ({"aim": "closest", "closest_to": 72.0}, [8, 6, 4, 2, 1, 3, 5, 7]),
        ({"aim": "band", "band": (70.0, 80.0)}, [6, 4, 1, 1, 1, 4, 6, 8]),
    ],
)
def test_a_band_and_a_number_to_be_close_to_rank_by_distance(more, ranks):
    assert ranked(EIGHT, **more)["rank"].to_list() == ranks


def test_the_edge_of_a_band_is_given_on_the_places_own_side():
    found = ranked(EIGHT, aim="band", band=(74.0, 76.0))
    assert at(found, "A")["best_edge"] == 80.0 and at(found, "A")["gap"] == 10.0
    assert at(found, "H")["best_edge"] == 70.0 and at(found, "H")["gap"] == 15.0


@pytest.mark.parametrize(
    ("figures", "quartile", "note"),
    [
        ({"A": 1.0, "B": 2.0, "C": 3.0}, None, "Only 3 of 3 members have a figure: too few"),
        ({"A": 1.0, "B": 2.0, "C": 3.0, "D": 4.0}, "bottom", None),
    ],
)
def test_three_are_too_few_for_quartiles_and_four_are_enough(figures, quartile, note):
    row = at(ranked(figures), "A")
    assert row["quartile"] == quartile
    assert (row["note"] or "").startswith(note or "") and bool(row["note"]) is bool(note)


@pytest.mark.parametrize(("different", "noted"), [(9, True), (10, False)])
def test_too_few_different_values_are_said(different, noted):
    figures = {f"P{n:02d}": float(n % different) for n in range(40)}
    note = at(ranked(figures), "P00")["note"] or ""
    assert (
        f"40 members share {different} values: a quartile does not separate them" in note
    ) is noted


@pytest.mark.parametrize(("tied", "noted"), [(9, False), (10, True)])
def test_a_value_that_fills_a_quarter_of_the_group_is_said(tied, noted):
    figures = {f"P{n:02d}": 100.0 if n < tied else float(n) for n in range(40)}
    note = at(ranked(figures), "P20")["note"] or ""
    assert (f"{tied} of 40 members share one value" in note) is noted


@pytest.mark.parametrize(
    ("rule", "more", "expected"),
    [
        ("mean of members", {}, 50.0),
        ("total over total", {}, 18.0),
        ("published", {"place": "E"}, 33.0),
    ],
)
def test_the_groups_own_figure_follows_its_rule(rule, more, expected):
    group = Comparator("g", "Group", ("A", "B"), rule, **more)
    counts = [(10.0, 100.0), (9.0 - 1.0, 0.0 + 0.0), (0.0, 0.0)]
    counts = [(90.0, 900.0), (90.0, 100.0), (None, None)]
    found = ranked({"A": 10.0, "B": 90.0, "E": 33.0}, group=group, counts=counts)
    assert at(found, "A")["comparator_value"] == expected
    assert found["place"].to_list() == ["A", "B"]


def test_a_total_leaves_out_members_without_counts_and_says_so():
    group = Comparator("g", "Group", ("A", "B", "C"), "total over total")
    found = ranked(
        {"A": 10.0, "B": 90.0, "C": 20.0},
        group=group,
        counts=[(10.0, 100.0), (None, None), (60.0, 300.0)],
    )
    assert at(found, "A")["comparator_value"] == 17.5
    note = "The total is of 2 of 3 members: the rest have a figure without counts."
    assert note in at(found, "A")["note"]


@pytest.mark.parametrize("rule", ["mean of members", "total over total"])
def test_one_member_makes_no_figure_of_a_group(rule):
    group = Comparator("g", "Group", ("A", "B"), rule)
    counts = [(10.0, 100.0), (None, None), (None, None)]
    found = ranked({"A": 10.0, "B": None, "H": 20.0}, group=group, counts=counts, home="H")
    assert at(found, "A")["comparator_value"] is None
    assert "so it has none" in at(found, "A")["note"]


def test_a_forecast_is_no_part_of_a_mean():
    group = Comparator("g", "Group", ("A", "B", "C"), "mean of members")
    figures = {"A": 10.0, "B": 20.0, "C": 90.0}
    found = ranked(figures, group=group, provenance={"C": "forecast"})
    assert at(found, "A")["comparator_value"] == 15.0


def test_a_home_of_another_kind_does_not_join():
    places = {code: Place(code, code, "council") for code in "BCDE"}
    places["A"] = Place("A", "A", "country")
    group = Comparator("g", "Councils", tuple("BCDE"), "mean of members")
    found = ranked(EIGHT, group=group, places=places, home="A")
    assert found["place"].to_list() == list("BCDE")


def test_a_home_outside_its_comparators_joins_them_for_its_rank():
    group = Comparator("g", "Neighbours", tuple("BCDE"), "mean of members")
    found = ranked(EIGHT, group=group, home="A")
    row = at(found, "A")
    assert (row["rank"], row["members"], row["with_value"]) == (1, 5, 5)
    assert row["comparator_value"] == 77.5  # the mean of the four listed
    assert "added to the group for its rank" in row["note"]
    assert ranked(EIGHT, group=group)["place"].to_list() == list("BCDE")


def test_a_place_that_did_not_exist_is_not_a_member():
    places = {code: Place(code, code, "council") for code in EIGHT}
    places["A"] = Place("A", "A", "council", until=date(2020, 3, 30))
    places["B"] = Place("B", "B", "council", since=date(2020, 4, 1))
    places["X"] = Place("X", "X", "council", until=date(2020, 3, 31))
    found = ranked(EIGHT, places=places)
    assert found["place"].to_list() == list("CDEFGH")
    assert set(found["members"]) == {7}


def test_one_figure_alone_is_no_comparison():
    group = Comparator("g", "Group", ("A", "B"), "total over total")
    assert ranked({"A": 10.0, "B": None}, group=group).is_empty()


def test_quartiles_that_others_published_are_carried_as_reported():
    published = pl.DataFrame(
        {
            "measure": ["m"], "place": ["A"], "period": [YEAR], "comparator": ["england"],
            "quartile": ["third"], "rank": [None], "members": [151], "comparator_value": [None],
            "note": ["from the appendix"],
        }
    )  # fmt: skip
    found = ranked({"A": 10.0}, comparisons=published).filter(pl.col("basis") == "reported")
    row = found.row(0, named=True)
    assert (row["quartile"], row["value"], row["members"]) == ("third", 10.0, 151)
    assert row["quartile_rule"] == "as published" and row["note"] == "from the appendix"


def test_no_groups_and_no_comparisons_give_no_benchmarks():
    group = Comparator("g", "Group", ("Z",), "mean of members")
    assert ranked({"A": 10.0}, group=group).is_empty()
