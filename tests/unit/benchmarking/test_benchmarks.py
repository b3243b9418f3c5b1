from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from outturn.benchmarking import benchmarks
from outturn.benchmarking.amounts import A_COUNT, AN_AMOUNT
from outturn.benchmarking.benchmarks import AS_PRINTED, NOT_RANKED
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
        name: more.pop(name)
        for name in ("home", "quartile_rule", "comparisons", "as_of")
        if name in more
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
    assert set(found["quartile_rule"]) == {RULES[rule] + AS_PRINTED}
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


@pytest.mark.parametrize("rule", ["mean of members", "total over total", "published"])
@pytest.mark.parametrize("figures", [2, 8])
def test_a_period_that_is_not_over_is_not_compared(rule, figures):
    group = Comparator("england", "All councils", (), rule, kind="council", place="A")
    chosen = dict(list(EIGHT.items())[:figures])
    counts = [(value, 100.0) for value in chosen.values()]
    told = ("rank", "tied", "quartile", "quartile_rule", "best_edge", "gap", "gap_people",
            "comparator_value")  # fmt: skip
    early = ranked(chosen, group=group, counts=counts, as_of=date(2020, 3, 30))
    assert early.height == figures
    assert early.select(told).null_count().row(0) == (figures,) * len(told)
    assert set(early["note"]) == {"The period is not over."}
    late = ranked(chosen, group=group, counts=counts, as_of=date(2020, 3, 31))
    assert late["rank"].to_list() == list(range(1, figures + 1))
    assert late["comparator_value"].null_count() == 0


@pytest.mark.parametrize(("figure", "rank"), [(136.0, None), (-0.1, None), (100.0, 1)])
def test_a_proportion_outside_its_scale_is_not_ranked_and_moves_nobody(figure, rank):
    found = ranked({**EIGHT, "I": figure})
    row = at(found, "I")
    assert row["rank"] == rank
    if rank is None:
        assert row["note"].startswith("A proportion below nothing or above the whole")
        assert (at(found, "A")["rank"], row["with_value"], row["comparator_value"]) == (1, 8, 72.5)


def test_a_rate_has_no_such_scale():
    assert at(ranked({**EIGHT, "I": 136.0}, kind="rate"), "I")["rank"] == 1


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


def test_one_value_that_all_share_is_said_in_the_singular():
    note = at(ranked(dict.fromkeys("ABCDEF", 5.0)), "A")["note"]
    assert note.startswith("6 members share one value: a quartile does not separate them.")


@pytest.mark.parametrize(
    ("kind", "unit", "why"),
    [
        ("count", "falls", A_COUNT),
        ("count", "bed days", A_COUNT),
        ("money", "£", AN_AMOUNT),
        ("money", "£000", AN_AMOUNT),
        ("money", "£ (net)", AN_AMOUNT),
        ("money", "£ per week", ""),
        ("money", "£000 per bed", ""),
        ("money", "pounds a death", ""),
        ("money", "£ an hour", ""),
        ("money", "£/hour", ""),
        ("rate", "per 1,000", ""),
        ("mean", "days", ""),
    ],
)
@pytest.mark.parametrize("rule", [RANK_SHARE, TYPE_7])
def test_what_grows_with_the_size_of_a_place_ranks_nobody_and_says_why(kind, unit, why, rule):
    found = ranked(EIGHT, kind=kind, unit=unit, aim="lower", per=1.0, quartile_rule=rule)
    if not why:
        assert found["rank"].to_list() == list(range(8, 0, -1))
        return
    for name in ("rank", "tied", "quartile", "quartile_rule", "best_edge", "gap", "gap_people"):
        assert set(found[name]) == {None}, name
    assert set(found["note"]) == {why} and set(found["against"]) == {"not compared"}
    assert set(found["with_value"]) == {8} and set(found["comparator_value"]) == {72.5}
    assert set(ranked(EIGHT, kind=kind, unit=unit, aim="none")["note"]) == {NOT_RANKED}


@pytest.mark.parametrize(
    ("unit", "why"),
    [
        ("£000, 2024/25 prices", AN_AMOUNT),
        ("£ (2024/25 prices)", AN_AMOUNT),
        ("£m at 2024-25 prices", AN_AMOUNT),
        ("£ million a year", AN_AMOUNT),
        ("£000 per annum", AN_AMOUNT),
        ("£k/year", AN_AMOUNT),
        ("£ thousand (per year)", AN_AMOUNT),
        ("£ million a quarter, 2024/25 prices", AN_AMOUNT),
        ("£000 per resident a year", ""),
        ("£ per hour at 2020-21 prices", ""),
        ("£ a year", ""),
        ("£ (per week)", ""),
        ("£ weekly", ""),
        ("£ hourly", ""),
        ("£ daily, 2024/25", ""),
        ("£ each", ""),
        ("£ / bed", ""),
        ("£/1,000 people", ""),
        ("£ per 1000 people", ""),
        ("£000 per 1,000 people, 2024/25 prices", ""),
        ("pence per mile", ""),
        ("£m/yr", AN_AMOUNT),
        ("£ million p/a", AN_AMOUNT),
        ("£ million p.a.", AN_AMOUNT),
        ("£ million per financial year", AN_AMOUNT),
        ("£ million a full year", AN_AMOUNT),
        ("£000 per calendar month", AN_AMOUNT),
        ("£ million per 12 months", AN_AMOUNT),
        ("million pounds a year", AN_AMOUNT),
        ("billions of pounds per year", AN_AMOUNT),
        ("billion £ a year", AN_AMOUNT),
        ("£ million (health/social care)", AN_AMOUNT),
        ("£ million, gross/net", AN_AMOUNT),
        ("£ (real/cash)", AN_AMOUNT),
        ("£ million, cash/real terms 2024/25", AN_AMOUNT),
        ("£/2024/25", AN_AMOUNT),
        ("£ million annually", AN_AMOUNT),
        ("£m, monthly", AN_AMOUNT),
        ("£m weekly", AN_AMOUNT),
        ("£ million every year", AN_AMOUNT),
        ("£ million, on a cash basis", AN_AMOUNT),
        ("£ million, 10 per cent of it", AN_AMOUNT),
        ("€ million a year", AN_AMOUNT),
        ("£ monthly", ""),
        ("£ fortnightly", ""),
        ("£ annually", ""),
        ("£ a month", ""),
        ("£ every week", ""),
        ("£ every 4 weeks", ""),
        ("£ per 12 months", ""),
        ("£ per calendar month", ""),
        ("£ half-yearly", ""),
        ("£/yr", ""),
        ("£ p/a", ""),
        ("£ pcm", ""),
        ("£ nightly", ""),
        ("£ (gross)/bed", ""),
        ("£ gross/bed", ""),
        ("£m p.a. per head", ""),
        ("£m/head", ""),
        ("£000/person/year", ""),
        ("£000 per bed day", ""),
        ("£000 per day case", ""),
        ("£ million (health/social care) per head", ""),
        ("million pounds a bed", ""),
        ("£ per 2000 people", ""),
        ("£/2000 people", ""),
        ("pence/mile", ""),
    ],
)
def test_money_is_ranked_where_its_unit_says_that_it_is_a_price_of_one_of_something(unit, why):
    found = ranked(EIGHT, kind="money", unit=unit, aim="lower", per=1.0)
    assert set(found["note"]) == ({why} if why else {None})


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


def test_a_group_of_places_within_home_is_not_joined_by_it():
    places = {code: Place(code, code, "council") for code in "HNSO"}
    for code in "NS":
        places[code] = Place(code, code, "council", {"localities": "H"})
    figures = dict(zip("HNSO", (70.0, 60.0, 80.0, 50.0), strict=True))
    within = Comparator("g", "Localities", ("N", "S"), "mean of members")
    found = ranked(figures, group=within, places=places, home="H")
    assert found["place"].to_list() == ["N", "S"] and set(found["members"]) == {2}
    mixed = Comparator("g", "Mixed", ("N", "O"), "mean of members")
    assert "H" not in ranked(figures, group=mixed, places=places, home="H")["place"].to_list()
    beside = Comparator("g", "Others", ("O",), "mean of members")
    assert "H" in ranked(figures, group=beside, places=places, home="H")["place"].to_list()


def spread(spans, **more):
    """Places of 10,000 people each with 12 monthly rates per 1,000 averaged."""
    group = Comparator("g", "Group", ("A", "B", "C", "D"), "total over total")
    one = measure(
        kind="rate", unit="per 1,000", per=1000.0, aim="lower", roll_up="mean", decimals=1
    )
    tops = dict(zip("ABCD", (336.0, 348.0, 360.0, 720.0), strict=True))
    rows = [
        {
            "measure": "m", "definition": "1", "place": place, "period": YEAR,
            "breakdown": "all", "category": "all", "value": top * 1000 / 10000 / spans,
            "numerator": top, "denominator": 10000.0, "spans": spans,
        }
        for place, top in tops.items()
    ]  # fmt: skip
    frame = fitted(pl.DataFrame(rows), VALUES)
    places = {code: Place(code, code, "council") for code in tops}
    return benchmarks(frame, measures={"m": one}, comparators={"g": group}, places=places)


def test_a_total_of_means_over_periods_divides_by_the_periods():
    found = spread(12)
    assert found["value"].to_list() == pytest.approx([2.8, 2.9, 3.0, 6.0])
    # 1,764 of four times 10,000 people in 12 months
    assert found["comparator_value"][0] == pytest.approx(1764 * 1000 / 40000 / 12)


def test_people_to_the_edge_are_counted_over_all_the_periods():
    row = at(spread(12), "D")
    # From 6.0 to below 2.85, which prints 2.8: 720 - 341 = 379 leaves 2.8417, and 378 leaves 2.85.
    assert (row["best_edge"], row["gap"], row["gap_people"]) == (2.8, 3.2, 379)


@pytest.mark.parametrize(
    ("aim", "value", "people"),
    [
        ("higher", 79.749, 421),  # 7,974.9 and 421 are 8,395.9 of 10,000: 83.959, printed 84.0
        ("higher", 83.94, 1),  # 83.95 prints 84.0
        ("higher", 83.96, 0),
        ("lower", 88.25, 421),  # 84.05 would print 84.1
        ("lower", 84.06, 2),  # 84.05 would print 84.1, 84.04 prints 84.0
        ("lower", 84.04, 0),
    ],
)
def test_the_fewest_people_are_worked_out_from_the_unrounded_figure(aim, value, people):
    order = 1 if aim == "lower" else -1
    figures = {"A": 84.0, "B": 84.0 + 5 * order, "C": 84.0 + 6 * order, "D": value}
    found = ranked(figures, aim=aim, counts=[(None, 10000.0)] * 4)
    row = at(found, "D")
    assert (row["best_edge"], row["gap_people"]) == (84.0, people)


def test_people_to_an_edge_between_two_printed_figures_go_to_the_next_one_that_reaches_it():
    # By type 7 the upper quarter of 10.0, 20.0, 30.0 and 40.1 begins at 32.525: 32.6 reaches it.
    figures = {"A": 40.1, "B": 30.0, "C": 20.0, "D": 10.0}
    found = ranked(figures, counts=[(None, 10000.0)] * 4, quartile_rule=TYPE_7)
    row = at(found, "B")
    assert row["best_edge"] == pytest.approx(32.525)
    assert row["gap_people"] == 255  # 3,000 and 255 are 32.55, printed 32.6


def test_a_count_has_no_total_over_total_and_the_rule_says_so():
    group = Comparator("g", "Group", ("A", "B"), "total over total")
    counts = [(90.0, None), (10.0, None)]
    found = ranked({"A": 90.0, "B": 10.0}, group=group, counts=counts, kind="count", per=1.0)
    row = at(found, "A")
    assert row["comparator_value"] is None and "total" not in row["note"]
    assert row["comparator_rule"] == "total over total; of a count there is no such figure"


def test_an_absent_figure_says_which_kind_of_absent_it_is():
    one = measure()
    rows = [
        {
            "measure": "m", "definition": "1", "place": place, "period": YEAR, "value": value,
            "breakdown": "all", "category": "all", "absent": absent,
        }
        for place, value, absent in (
            ("A", 1.0, None), ("B", 2.0, None), ("C", None, "suppressed"),
            ("D", None, "not applicable"),
        )
    ]  # fmt: skip
    published = pl.DataFrame(
        {"measure": ["m"], "place": ["C"], "period": [YEAR], "comparator": ["england"]}
    )
    frame = fitted(pl.DataFrame(rows), VALUES)
    places = {code: Place(code, code, "council") for code in "ABCD"}
    found = benchmarks(
        frame, measures={"m": one}, comparators={"england": ALL}, places=places,
        comparisons=published,
    )  # fmt: skip
    assert found["absent"].to_list() == [None, None, "suppressed", "not applicable", "suppressed"]
