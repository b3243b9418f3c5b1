"""Figures made of the counts of their parts: closed forms, and the reason for each that is none."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest

from outturn.framework.age_bands import LIFE_TABLE, names_of
from outturn.framework.model import (
    Breakdown,
    Comparator,
    Inequality,
    LifeTable,
    Measure,
    Place,
    Standardise,
    Tally,
)
from outturn.framework.parted import EUROPEAN
from outturn.judgement.facts import adds_up
from outturn.judgement.masking import masked
from outturn.judgement.values import values
from outturn.judgement.verdicts import verdicts
from outturn.statistics.life_expectancy import life_expectancy
from outturn.terms.period import APRIL
from outturn.terms.records import COUNTS, fitted

YEAR = "2020/21"
YOUNG, OLD = "0-64", "65+"
DEATHS, PEOPLE = Tally("stays", "count"), Tally("population", "sum", "people")
PLACES = {one: Place(one, f"{one}town", "council") for one in ("H", "N")}


def measure(kind: str, **more: Any) -> Measure:
    usual: dict[str, Any] = {
        "id": "m", "title": "m", "definition": "1", "unit": "per 1,000", "aim": "lower",
        "numerator": DEATHS, "denominator": PEOPLE,
    }  # fmt: skip
    return Measure(**(usual | {"kind": kind} | more))


def aged(kind: str = "standardised rate", to: str = EUROPEAN, **more: Any) -> Measure:
    usual = {
        "per": 1000.0,
        "standardise": Standardise("age", to),
        "breakdowns": (Breakdown("age", "age", (YOUNG, OLD)),),
    }
    return measure(kind, **(usual | more))


def unequal(index: str = "slope", methods: str = "England", **more: Any) -> Measure:
    fifths = Breakdown("fifth", "fifth", ("1", "2", "3", "4", "5"))
    words = {name: more.pop(name) for name in ("of", "high_is") if name in more}
    said = Inequality("fifth", index, **words)
    usual = {"per": 1000.0, "inequality": said, "breakdowns": (fifths,), "methods": methods}
    return measure("inequality", **(usual | more))


def lives(at: int = 0) -> Measure:
    bands = Breakdown("age", "age", names_of(LIFE_TABLE))
    return measure("life expectancy", life_table=LifeTable("age", at), breakdowns=(bands,))


def rows(board, one: Measure, counts, place="H", period=YEAR, **whole):
    """The undivided row and one for each part; a part's counts may be more words of its row."""
    by = one.breakdowns[0]
    told = [more if isinstance(more, dict) else dict(zip(NAMES, more, strict=True))
            for more in counts]  # fmt: skip
    parts = [
        board.row("m", period, place=place, breakdown=by.name, category=category, **more)
        for category, more in zip(by.categories, told, strict=True)
    ]
    sums = {name: sum(more.get(name) or 0 for more in told) for name in NAMES}
    return [board.row("m", period, place=place, **(sums | whole)), *parts]


NAMES = ("numerator", "denominator")


def figure(board, one: Measure, counts, **whole):
    found = board.values(rows(board, one, counts, **whole), one, places=PLACES)
    return found.row(0, named=True)


def none(row) -> tuple[str, str]:
    """Why there is no figure; nothing that would tell it stands beside it."""
    assert row["value"] is row["lower"] is row["upper"] is row["interval"] is None
    assert row["method"] is None
    return row["absent"], row["why"]


def test_a_withheld_part_withholds_the_whole_rate(board):
    withheld = {"absent": "suppressed", "numerator": None, "denominator": None}
    row = figure(board, aged(), [(30, 1000), withheld], numerator=33, denominator=1500)
    assert none(row) == ("suppressed", "Suppressed to protect people: ages 65+.")


def test_several_parts_that_lack_are_named_and_then_counted(board):
    bands = Breakdown("age", "age", names_of(LIFE_TABLE))
    one = aged(breakdowns=(bands,))
    lacking = {"numerator": 3}
    row = figure(board, one, [(9, 99)] * 3 + [lacking] * 16 + [(9, 99)], denominator=999)
    assert none(row)[1] == "There are no counts for ages 10-14, 15-19, 20-24 and 13 more."


def test_a_count_below_zero_makes_no_rate(board):
    """A correction that takes away more than there was is no count of events."""
    row = figure(board, aged(), [(30, 1000), (-2, 500)])
    assert none(row) == ("not available", "A count is below zero: ages 65+.")


def test_without_a_method_set_a_rate_of_few_events_has_a_figure_and_no_limits(board):
    row = figure(board, aged(methods="none"), [(2, 1000), (1, 500)])
    assert row["value"] == pytest.approx(0.805 * 2 + 0.195 * 2)
    assert row["lower"] is row["upper"] is row["interval"] is None


def test_a_mean_of_periods_divides_the_rate_by_them(board):
    """90 and 30 events in three months: 30 and 10 in each among 1,000 and 500 people."""
    one = aged(roll_up="mean", denominator=Tally("population", "sum", "people", of_year=True))
    counts = [
        {"numerator": 90, "denominator": 1000, "spans": 3},
        {"numerator": 30, "denominator": 500, "spans": 3},
    ]
    row = figure(board, one, counts, spans=3)
    assert row["value"] == pytest.approx(28.05)


def test_a_reported_rate_is_carried_and_one_is_not_made_of_reported_counts(board):
    one = aged(numerator=None, denominator=None, standardise=None, breakdowns=(), reported=True)
    told = board.row("m", YEAR, reported=28.1, numerator=40, denominator=1500)
    counts = board.row("m", "2019/20", numerator=40, denominator=1500)
    first, second = board.values([told, counts], one).rows(named=True)
    assert (first["value"], first["method"]) == (28.1, "as reported")
    assert none(second) == (
        "not available",
        "Counts were supplied without the figure, which does not follow from them alone.",
    )


def test_a_place_that_began_within_the_period_has_no_rate_and_no_limits_of_one(board):
    places = PLACES | {"H": Place("H", "Home", "council", since=date(2020, 9, 1))}
    one = aged()
    found = board.values(rows(board, one, [(30, 1000), (10, 500)]), one, places=places)
    assert none(found.row(0, named=True))[1] == "Home began on 1 September 2020, within the period."


def test_the_old_are_not_told_as_a_part_that_an_average_hides(board):
    """That they have another rate than all is what standardising is for."""
    one = aged()
    target = board.target("m", "at_most", 30)
    figures = board.values(rows(board, one, [(20, 1000), (30, 500)]), one, places=PLACES)
    said = verdicts(
        figures, measures={"m": one}, targets=[target], overrides=[], calendar=APRIL,
        as_of=date(2021, 3, 31), home="H", comparators={}, places=PLACES,
    )  # fmt: skip
    assert said.row(0, named=True)["status_now"] == "on target"
    hidden = masked(said, figures, measures={"m": one}, places=PLACES, calendar=APRIL)
    assert hidden.is_empty()


def test_a_rate_over_the_year_adds_up_unless_it_is_to_another_place():
    """The other place's own months would be expected of each month, and not of the year."""
    yearly = Tally("population", "sum", "people", of_year=True)
    assert adds_up(aged(denominator=yearly), {})
    assert not adds_up(aged(), {})
    assert not adds_up(aged(to="N", denominator=yearly), {})
    assert not adds_up(aged("standardised ratio", to="N", denominator=yearly), {})


def to_north(board, north, home=((30, 1000), (10, 500)), kind="standardised ratio"):
    one = aged(kind, to="N", per=100.0)
    found = [*rows(board, one, list(home)), *rows(board, one, north, place="N")]
    return board.values(found, one, places=PLACES).row(0, named=True)


def test_a_ratio_takes_the_rates_of_the_other_place_in_the_same_period(board):
    """At 20 and 40 per 1,000 there would be 20 + 20; there are 40."""
    assert to_north(board, [(2, 100), (4, 100)])["value"] == pytest.approx(100)


def test_what_the_other_place_withholds_is_not_to_be_worked_out(board):
    hidden = {"absent": "suppressed"}
    row = to_north(board, [(2, 100), hidden])
    assert none(row) == ("suppressed", "Suppressed to protect people: ages 65+ of Ntown.")


@pytest.mark.parametrize(
    ("north", "why"),
    [
        ([(0, 100), (0, 100)], "No events are expected at the rates of Ntown."),
        ([(2, 100), (4, 0)], "Ntown has nobody of ages 65+ to divide by."),
        ([(2, 100), {"numerator": 4}], "There are no counts of Ntown for ages 65+."),
    ],
)
def test_nothing_is_expected_without_the_rates_of_the_other_place(board, north, why):
    assert none(to_north(board, north)) == ("not available", why)


def test_a_ratio_needs_nobody_of_each_age_in_the_place_itself(board):
    """Without anybody old, 1,000 younger people would have 20 events; there were 30."""
    row = to_north(board, [(2, 100), (4, 100)], home=[(30, 1000), (0, 0)])
    assert row["value"] == pytest.approx(150)


def test_events_in_a_band_of_nobody_are_counted_as_published_and_told(board):
    """They are among the events counted, and none of them among the 20 that are expected."""
    row = to_north(board, [(2, 100), (4, 100)], home=[(30, 1000), (14, 0)])
    assert row["value"] == pytest.approx(220)
    assert row["method"].endswith(" × 100; there are events, but nobody, of ages 65+")
    assert "nobody" not in to_north(board, [(2, 100), (4, 100)])["method"]


def test_a_ratio_to_a_group_takes_the_counts_of_its_members_added_up(board):
    """N and S have 3 of 200 and 6 of 300 together, O not all its parts: 15 + 10 are expected."""
    one = aged("standardised ratio", to="family", per=100.0)
    found = [
        *rows(board, one, [(30, 1000), (20, 500)]),
        *rows(board, one, [(1, 100), (2, 100)], place="N"),
        *rows(board, one, [(2, 100), (4, 200)], place="S"),
        *rows(board, one, [(99, 100), {"numerator": 9}], place="O"),
    ]
    counts = fitted(pl.DataFrame(found, infer_schema_length=None, strict=False), COUNTS)
    group = Comparator("family", "Family", ("N", "S", "O"), "total over total", "2020")
    made = values(counts, measures={"m": one}, places=PLACES, comparators={"family": group})
    row = made.row(0, named=True)
    assert row["value"] == pytest.approx(200)
    assert row["method"] == (
        "events ÷ those expected by 2 bands of age at the rates of 2 of 3 members of Family, 2020"
        " (others lack a band) × 100"
    )


def to_family(board, *theirs, members=("N", "S", "O")):
    one = aged("standardised ratio", to="family", per=100.0)
    found = rows(board, one, [(30, 1000), (20, 500)])
    for place, counts, whole in theirs:
        found += rows(board, one, counts, place=place, **whole)
    counts = fitted(pl.DataFrame(found, infer_schema_length=None, strict=False), COUNTS)
    group = Comparator("family", "Family", members, "total over total")
    made = values(counts, measures={"m": one}, places=PLACES, comparators={"family": group})
    return made.row(0, named=True)


@pytest.mark.parametrize("whole", [{}, {"absent": "suppressed"}])
def test_a_group_with_a_member_that_is_withheld_has_no_rates_to_expect_by(board, whole):
    """The rates of the rest are those of another group, to which nobody agreed."""
    parts = [(9, 100), {"absent": "suppressed"}] if not whole else [(9, 100), (9, 100)]
    row = to_family(
        board, ("N", [(2, 100), (4, 100)], {}), ("S", [(2, 100), (4, 100)], {}), ("O", parts, whole)
    )
    why = "Suppressed to protect people: counts of 1 of the 3 members of Family."
    assert none(row) == ("suppressed", why)


def test_the_method_names_the_group_alone_where_all_its_members_have_rates(board):
    row = to_family(
        board, ("N", [(2, 100), (4, 100)], {}), ("S", [(2, 100), (4, 100)], {}), members=("N", "S")
    )
    assert row["value"] == pytest.approx(125)
    assert row["method"] == "events ÷ those expected by 2 bands of age at the rates of Family × 100"


def test_nothing_is_expected_of_a_group_none_of_whose_members_has_all_the_parts(board):
    one = aged("standardised ratio", to="family", per=100.0)
    found = [
        *rows(board, one, [(30, 1000), (20, 500)]),
        *rows(board, one, [(99, 100), {"numerator": 9}], place="O"),
    ]
    counts = fitted(pl.DataFrame(found, infer_schema_length=None, strict=False), COUNTS)
    group = Comparator("family", "Family", ("N", "O"), "total over total")
    made = values(counts, measures={"m": one}, places=PLACES, comparators={"family": group})
    why = "There are no counts of Family for ages 65+."
    assert none(made.row(0, named=True)) == ("not available", why)


LINE = [(50, 1000), (40, 1000), (30, 1000), (20, 1000), (10, 1000)]  # from 55 to 5


@pytest.mark.parametrize(
    ("index", "methods", "high_is", "value"),
    [
        ("slope", "England", "bad", 50),
        ("slope", "England", "good", -50),
        ("relative", "England", "bad", 11),
        ("relative", "England", "good", 1 / 11),
        ("slope", "Scotland", "bad", 50),
        ("slope", "Scotland", "good", -50),
        ("relative", "Scotland", "bad", 50 / 30),
        ("relative", "Scotland", "good", -50 / 30),
    ],
)
def test_an_index_says_how_much_worse_off_the_most_deprived_are(
    board, index, methods, high_is, value
):
    """Where high is good these have the most of it, and are better off."""
    row = figure(board, unequal(index, methods, high_is=high_is), LINE)
    assert row["value"] == pytest.approx(value)
    assert row["lower"] <= row["value"] + 1e-9 and row["value"] - 1e-9 <= row["upper"]


def test_groups_of_different_size_have_as_much_of_the_line_as_of_the_people(board):
    """Middles at 1/8, 3/8, 5/8, 13/16 and 15/16 of the line, and rates that fall by 32 along it."""
    counts = [(36 * 2, 2000), (28 * 2, 2000), (20 * 2, 2000), (14, 1000), (10, 1000)]
    assert figure(board, unequal(), counts)["value"] == pytest.approx(32)


def test_a_relative_index_is_the_same_for_each_and_for_a_thousand_people(board):
    """What both ends of the line are multiplied by says nothing of one over the other."""
    thousand, each = (figure(board, unequal("relative", per=per), LINE) for per in (1000.0, 1.0))
    assert thousand["value"] == pytest.approx(each["value"])
    assert thousand["method"] == "relative index of inequality over 5 parts of fifth"


@pytest.mark.parametrize(
    "one", [unequal(), unequal("relative"), aged("standardised ratio", to="H")]
)
def test_a_part_in_another_unit_than_the_whole_has_counts_and_no_figure(board, one):
    """A fifth's rate is no slope, and events per 100 people are no ratio to those expected."""
    counts = LINE[: len(one.breakdowns[0].categories)]
    found = board.values(rows(board, one, counts), one, places=PLACES)
    for row, (top, below) in zip(found.rows(named=True)[1:], counts, strict=True):
        assert (row["numerator"], row["denominator"], row["shown"]) == (top, below, None)
        assert none(row) == (
            "not applicable",
            "It is a part of what the figure is made of, and has counts but no figure of its own.",
        )


def test_a_band_of_a_life_table_has_no_expectancy_and_no_death_rate_in_years(board):
    counts = list(zip(DIED, LIVED, strict=True))
    found = board.values(rows(board, lives(), counts), lives(), places=PLACES)
    assert found["value"].null_count() == len(counts)


def test_an_index_of_proportions_is_in_the_unit_of_the_measure(board):
    row = figure(board, unequal(of="proportion", per=100.0), LINE)
    assert row["value"] == pytest.approx(5)


def test_a_group_without_events_leaves_the_index_without_limits(board):
    """A rate of nothing has no logarithm from which to draw: 40, 30, 20, 10 and 0 per 1,000."""
    counts = [(40, 1000), (30, 1000), (20, 1000), (10, 1000), (0, 1000)]
    row = figure(board, unequal(), counts)
    assert row["value"] == pytest.approx(50)
    assert row["lower"] is row["upper"] is row["interval"] is None


@pytest.mark.parametrize(
    ("one", "counts", "why"),
    [
        (unequal("relative"), [(40, 1000), (30, 1000), (20, 1000), (10, 1000), (0, 1000)],
         "The line falls to zero or below at an end, so one end over the other says nothing."),
        *((unequal(index, nation), [(0, 1000)] * 5,
           "There were no events, so there is nothing to be unequal about.")
          for index in ("slope", "relative") for nation in ("England", "Scotland")),
        (unequal(of="proportion"), [(1001, 1000), *LINE[1:]],
         "In a part the numerator is above the denominator, so it is no proportion."),
        (unequal(), [(5, 0), *LINE[1:]], "There is nobody of fifth 1 to divide by."),
    ],
)  # fmt: skip
def test_what_has_no_index_says_why(board, one, counts, why):
    assert none(figure(board, one, counts)) == ("not available", why)


DIED = [60, 8, 5, 5, 18, 25, 30, 40, 60, 90, 130, 190, 280, 420, 640, 900, 1300, 1700, 1800, 2000]
LIVED = [10_000, 40_000, *[50_000] * 12, 45_000, 38_000, 30_000, 22_000, 13_000, 8_000]


@pytest.mark.parametrize("at", [0, 65, 90])
def test_a_life_expectancy_is_that_of_the_life_table_at_its_age(board, at):
    wanted = [column[LIFE_TABLE.index(at)] for column in life_expectancy(DIED, LIVED)]
    row = figure(board, lives(at), zip(DIED, LIVED, strict=True))
    assert [row["value"], row["lower"], row["upper"]] == pytest.approx(wanted)
    assert row["method"] == f"life table of 20 bands of age, years expected at age {at}"


@pytest.mark.parametrize(
    ("died", "lived", "why"),
    [
        ([1] * 20, [250] * 20, "A life table needs more than 5,000 people."),
        ([*DIED[:-1], 0], LIVED, "Nobody died in the last band, so the table has no end."),
        ([60_000, *DIED[1:]], LIVED, "In a band more people died than lived."),
        ([0] * 19 + [1], [300] * 20, "The 95% limits are more than 20 years apart."),
    ],
)
def test_what_has_no_life_expectancy_says_why(board, died, lived, why):
    row = figure(board, lives(), zip(died, lived, strict=True))
    assert none(row) == ("not available", why)


def test_measures_of_other_kinds_are_left_alone(board):
    other = board.measure("rate", id="other", breakdowns=(Breakdown("age", "age"),), reported=False,
                          numerator=DEATHS, denominator=PEOPLE)  # fmt: skip
    one = aged()
    found = [*rows(board, one, [(30, 1000), (10, 500)]),
             board.row("other", YEAR, numerator=40, denominator=1500)]  # fmt: skip
    made = board.values(found, one, other, places=PLACES)
    assert made["interval"].to_list() == [
        "Dobson, 95% (England)", None, None, "Byar's, 95% (England)",
    ]  # fmt: skip
