"""Figures of counts that disclosure control rounds: 22 of 29 people, told as 20 of 30."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from outturn.framework.age_bands import LIFE_TABLE, names_of
from outturn.framework.model import Breakdown, Formula, LifeTable, Place, Standardise, Tally
from outturn.framework.parted import EUROPEAN
from outturn.judgement.direction import BEYOND, WITHIN
from outturn.judgement.findings import findings
from outturn.judgement.masking import masked
from outturn.judgement.movement import movements
from outturn.judgement.rounded_counts import made_of, rounding_of, rounding_said, with_reach
from outturn.judgement.rounded_parts import NO_ENDS, NOT_OF_ALL, why_no_ends
from outturn.judgement.unusual import unusual
from outturn.judgement.values import values
from outturn.judgement.verdicts import verdicts
from outturn.statistics.intervals import byar_interval, exact_poisson_interval, wilson_interval
from outturn.statistics.level_chances import share_below
from outturn.statistics.suppression import PRESETS, suppress
from outturn.terms.period import APRIL
from outturn.terms.records import COUNTS, fitted
from outturn.terms.written_periods import parse

HOSPITAL = PRESETS["hospital"]
YEAR = "2020/21"
NOTE = "; counts rounded to the nearest 5"
SHARE = {"aim": "lower", "decimals": 1}
PLACES = {
    "H": Place("H", "Home", "council"),
    "N": Place("N", "Northtown", "locality", {"main": "H"}),
}


def told(board, rows, *measures, disclosure="hospital", **more):
    """The figures of what the preset leaves of the counts."""
    counts = fitted(pl.DataFrame(rows, infer_schema_length=None, strict=False), COUNTS)
    known = {one.id: one for one in measures}
    left = suppress(counts, disclosure, published=more.pop("published", None))
    return values(left, measures=known, places=PLACES, disclosure=disclosure, **more)


def row(board, measure, numerator, denominator=None, period=YEAR, **more):
    return board.row(measure, period, numerator=numerator, denominator=denominator, **more)


def test_the_limits_of_20_of_30_hold_for_18_to_22_of_28_to_32(board):
    """
    | found    | told     | least    | most     |
    | 22 of 29 | 20 of 30 | 18 of 32 | 22 of 28 |
    """
    found = told(board, [row(board, "share", 22, 29)], board.measure("share")).row(0, named=True)
    assert (found["numerator"], found["denominator"], found["shown"]) == (20, 30, "66.7")
    assert found["method"].endswith(NOTE)
    least, most = (wilson_interval([x], [n]) for x, n in ((18, 32), (22, 28)))
    assert found["lower"] == pytest.approx(100 * least.lower[0])
    assert found["upper"] == pytest.approx(100 * most.upper[0])
    assert found["interval"] == "Wilson, 95% (England), widened for counts rounded to the nearest 5"


def test_no_numerator_is_above_its_denominator(board):
    """14 of 17 are told as 15 of 15, which could be 17 of 17 and not 17 of 13."""
    found = told(board, [row(board, "share", 14, 17)], board.measure("share")).row(0, named=True)
    assert (found["value"], found["upper"]) == (100, 100)
    assert found["lower"] == pytest.approx(100 * wilson_interval([13], [17]).lower[0])
    reach = with_reach(pl.DataFrame([found]), {"share": board.measure("share")}, HOSPITAL)
    assert reach.select("value_least", "value_most").row(0) == pytest.approx((100 * 13 / 17, 100))


def test_zero_stays_zero_where_the_policy_shows_it(board):
    found = told(board, [row(board, "share", 0, 41)], board.measure("share")).row(0, named=True)
    assert found["lower"] == 0
    assert found["upper"] == pytest.approx(100 * wilson_interval([0], [38]).upper[0])


def test_the_chance_of_another_colour_is_the_mean_over_all_these(board):
    target = board.target("share", "at_most", 75, period=parse(YEAR))
    figures = told(board, [row(board, "share", 22, 29)], measure := board.measure("share", **SHARE))
    found = judged(figures, [measure], target).row(0, named=True)
    pairs = [(x, n) for x in range(18, 23) for n in range(28, 33)]
    chance = sum(share_below([x], [n], [0.75])[0] for x, n in pairs) / 25
    assert found["status_now"] == "on target"
    assert found["chance_other"] == pytest.approx(1 - chance)
    assert found["chance_on"] + found["chance_off"] == pytest.approx(1)


def judged(figures, measures, *targets, disclosure="hospital"):
    return verdicts(
        figures, measures={one.id: one for one in measures}, targets=targets, overrides=[],
        calendar=APRIL, as_of=date(2021, 4, 30), home="H", comparators={}, places=PLACES,
        disclosure=disclosure,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("part", "names"),
    [
        ({"numerator": 14, "denominator": 17}, 0),  # told as 15 of 15, and holds 75% in its limits
        ({"numerator": 1400, "denominator": 1700}, 1),
    ],
)
def test_an_average_hides_a_part_only_where_every_count_would_say_so(board, part, names):
    measure = board.measure("share", **SHARE)
    target = board.target("share", "at_most", 75, period=parse(YEAR))
    rows = [row(board, "share", 660, 1000)]
    rows.append(board.row("share", YEAR, breakdown="sex", category="M", **part))
    figures = told(board, rows, measure)
    said = judged(figures, [measure], target)
    known = {"measures": {"share": measure}, "places": PLACES, "calendar": APRIL}
    assert masked(said, figures, disclosure="hospital", **known).height == names
    exact = told(board, rows, measure, disclosure="none")
    of_exact = masked(judged(exact, [measure], target, disclosure="none"), exact, **known)
    assert of_exact.height == names


@pytest.mark.parametrize(("now", "said"), [(28, WITHIN), (45, BEYOND)])
def test_a_change_is_beyond_chance_where_it_is_for_every_count(board, now, said):
    """From 17 to 28, told as 15 to 30: were these exact, it would be beyond chance."""
    rows = [row(board, "admissions", 17, period="2019/20"), row(board, "admissions", now)]
    figures = told(board, rows, measure := board.measure("admissions"))
    found = judged(figures, [measure]).filter(period=parse(YEAR).key).row(0, named=True)
    assert (found["direction"], found["change_chance"]) == ("worse", said)
    rounded = HOSPITAL.rounded([17, now]).tolist()
    rows = [one | {"numerator": n} for one, n in zip(rows, rounded, strict=True)]
    as_exact = judged(board.values(rows, measure), [measure], disclosure="none")
    as_exact = as_exact.filter(period=parse(YEAR).key)
    assert as_exact["change_chance"].to_list() == [BEYOND]


def test_a_proportion_of_rounded_counts_has_a_recent_trend_by_its_limits(board):
    """A rise from 41 to 61 of 100 in five years, less of it where each count may be 2 off."""
    measure = board.measure("share")
    tops = (41, 45, 50, 56, 61)
    rows = [row(board, "share", n, 100, f"{2016 + at}/{17 + at}") for at, n in enumerate(tops)]

    def trend(disclosure):
        figures = told(board, rows, measure, disclosure=disclosure)
        asked = {"measures": {"share": measure}, "calendar": APRIL, "as_of": date(2021, 4, 30)}
        return movements(figures, **asked)["recent"].to_list()

    assert trend("none") == ["increasing and getting better"]
    assert trend("hospital") == ["no change"]


def months(board, measure, counts):
    keys = [f"{2018 + at // 12}-{at % 12 + 1:02}" for at in range(len(counts))]
    return [row(board, measure, n, period=key) for key, n in zip(keys, counts, strict=True)]


def odd_ones(figures, measure, disclosure):
    asked = {"home": "H", "members": [], "calendar": APRIL, "as_of": date(2020, 11, 30)}
    found = unusual(figures, measures={measure.id: measure}, disclosure=disclosure, **asked)
    return found.filter(pl.col("rule") != "stale")["rule"].to_list()


@pytest.mark.parametrize("counts", [range(21, 51), range(20, 170, 5)])
def test_counts_that_are_rounded_here_are_not_asked_whether_they_are_estimates(board, counts):
    """Neither as they are told, nor as found: that all were told as they are would be no secret."""
    measure = board.measure("stock")
    rows = months(board, "stock", list(counts))
    figures = told(board, rows, measure)
    assert odd_ones(figures, measure, "hospital") == []
    exact = told(board, rows, measure, disclosure="none")
    asked = ["digit preference"] if list(counts)[1] == 25 else []
    assert odd_ones(exact, measure, "none") == asked


def test_those_that_a_source_published_rounded_are_asked_under_a_preset_that_rounds(board):
    rows = months(board, "stock", list(range(20, 170, 5)))
    rows = [one | {"source": "release"} for one in rows]
    measure = board.measure("stock")
    figures = told(board, rows, measure, published=pl.lit(True), public=["release"])
    assert not figures["method"].str.contains(NOTE).any()
    assert odd_ones(figures, measure, "hospital") == ["digit preference"]
    of_people = told(board, rows, measure, public=["release"], of_people=["stock"])
    assert of_people["method"].str.contains(NOTE).all()


def test_a_step_that_rounding_makes_is_not_unlike_the_past(board):
    """34 months of 12 and one of 18: told as 10 and 20."""
    rows = months(board, "stock", [12] * 34 + [18])
    measure = board.measure("stock")
    assert odd_ones(told(board, rows, measure), measure, "hospital") == []
    assert odd_ones(told(board, rows, measure, disclosure="none"), measure, "none") == [
        "unlike its own past"
    ]


def test_formulas_and_means_of_members_say_of_what_they_are_made(board):
    parts = [board.measure(kind) for kind in ("admissions", "stock")]
    both = board.measure(
        "admissions", id="both", reported=False, formula=Formula("sum", ("admissions", "stock"))
    )
    mean = board.measure("share", id="mean", aggregate="mean of members")
    rows = [row(board, "admissions", 21), row(board, "stock", 33)]
    rows.append(row(board, "mean", 21, 60, place="N"))
    found = told(board, rows, *parts, both, mean)
    methods = dict(found.filter(place="H").select("measure", "method").iter_rows())
    assert methods["both"] == f"sum of admissions, stock{NOTE}"
    assert methods["mean"].endswith(NOTE)
    assert rounding_said(methods["both"]) == "counts rounded to the nearest 5"


def test_what_is_made_of_a_printed_figure_is_not_made_of_the_counts_beside_it(board):
    survey = board.measure("share", reported=True, recompute=False, not_recomputed="Of a survey.")
    other = replace(survey, id="other")
    apart = board.measure(
        "admissions", id="apart", reported=False, formula=Formula("difference", ("share", "other"))
    )
    mean = board.measure("share", id="mean", aggregate="mean of members")
    rows = [row(board, "share", 122, 203, reported=60.0), board.row("other", YEAR, reported=50.0)]
    found = told(board, rows, survey, other, apart, mean)
    methods = dict(found.filter(place="H").select("measure", "method").iter_rows())
    assert methods["share"].endswith(NOTE) and found.filter(measure="apart")["value"].item() == 10
    assert methods["apart"] == "difference of share, other"
    known = {one.id: one for one in (survey, other, apart)}
    assert rounding_of(found, known) == {}


def test_a_rate_held_against_those_of_others_has_no_limits_and_no_chance(board):
    ages = ("0-64", "65+")
    measure = board.measure(
        "rate", id="aged", kind="standardised ratio", per=100.0, reported=False,
        standardise=Standardise("age", "N"), breakdowns=(Breakdown("age", "age", ages),),
        numerator=Tally("stays", "count"), denominator=Tally("people", "sum", "people"),
    )  # fmt: skip
    rows = [
        row(board, "aged", n, 1000, place=place, **part)
        for place in ("H", "N")
        for n, part in ((40, {}), *((20, {"breakdown": "age", "category": one}) for one in ages))
    ]
    exact, rounded = (
        told(board, rows, measure, disclosure=one).row(0, named=True)
        for one in ("none", "hospital")
    )
    assert exact["value"] == rounded["value"] and exact["lower"] is not None
    assert (rounded["lower"], rounded["upper"], rounded["interval"]) == (None, None, None)


def test_a_margin_stands_about_all_that_the_figure_could_be(board):
    rows = [row(board, "share", 22, 29, margin=4.0)]
    found = told(board, rows, board.measure("share")).row(0, named=True)
    assert found["lower"] == pytest.approx(100 * 18 / 32 - 4)
    assert found["upper"] == pytest.approx(100 * 22 / 28 + 4)


def test_a_reported_figure_is_not_remade_and_its_limits_are_widened(board):
    measure = replace(board.measure("share"), recompute=False)
    rows = [row(board, "share", 22, 29, reported=75.9)]
    found = told(board, rows, measure)
    assert found["method"].to_list() == [f"as reported{NOTE}"]
    assert found["lower"][0] == pytest.approx(100 * wilson_interval([18], [32]).lower[0])
    reach = with_reach(found, {"share": measure}, HOSPITAL)
    assert reach.select("value_least", "value_most").row(0) == (75.9, 75.9)


@pytest.mark.parametrize(
    "counts", [{"denominator": 200}, {"numerator": 122, "denominator": 203}], ids=["base", "both"]
)
def test_a_reported_figure_with_a_margin_is_not_moved_by_counts_that_it_is_not_made_of(
    board, counts
):
    """A survey's 60% with a margin of 3: the chance is that of the two, whatever the counts."""
    measure = board.measure("share", recompute=False, not_recomputed="Of a survey.", decimals=1)
    rows = [board.row("share", YEAR, reported=60.0, margin=3.0, **counts)]
    target = board.target("share", "at_least", 61, period=parse(YEAR))
    exact, rounded = (told(board, rows, measure, disclosure=one) for one in ("none", "hospital"))
    limits = ("lower", "upper", "interval")
    assert rounded["method"].to_list() == [f"as reported{NOTE}"]
    assert rounded.select(limits).row(0) == (57, 63, "the published margin of error")
    assert exact.select(limits).equals(rounded.select(limits))
    chances = [
        judged(figures, [measure], target, disclosure=one)["chance_on"][0]
        for figures, one in ((exact, "none"), (rounded, "hospital"))
    ]
    assert chances[0] == chances[1] == pytest.approx(0.257, abs=0.001)
    assert rounding_of(rounded, {"share": measure}) == {}
    assert made_of(measure, rounded["method"][0]) == ""


def test_a_reported_count_is_itself_one_of_those_that_are_rounded(board):
    measure = board.measure("admissions")
    figures = told(board, [board.row("admissions", YEAR, reported=35, margin=4.0)], measure)
    said = "counts rounded to the nearest 5"
    assert figures.select("value", "lower", "upper", "interval").row(0) == (
        35, 29, 41, f"the published margin of error, widened for {said}",
    )  # fmt: skip
    assert rounding_of(figures, {"admissions": measure}) == {"admissions": said}
    assert made_of(measure, figures["method"][0]) == said


def test_a_share_above_its_whole_reaches_from_its_least_to_its_most(board):
    """32 of 19, beside a margin: told as 30 of 20, which could be 28 of 22 to 32 of 18."""
    measure = board.measure("share", decimals=1)
    figures = told(board, [row(board, "share", 32, 19, margin=3.0)], measure)
    ends = 100 * 28 / 22, 100 * 32 / 18
    assert figures.select("lower", "upper").row(0) == pytest.approx((ends[0] - 3, ends[1] + 3))
    target = board.target("share", "at_least", 75, period=parse(YEAR))
    assert judged(figures, [measure], target)["chance_on"][0] is None  # it cannot be right


@pytest.mark.parametrize(
    ("found", "name"),
    [
        (9, "exact Poisson below, Byar's above"),  # told as 10, of 8 to 12
        (14, "Byar's"),
        (0, "exact Poisson"),
    ],
)
def test_both_methods_are_named_where_the_limits_are_of_two(board, found, name):
    measure = board.measure("admissions")
    figures = told(board, [row(board, "admissions", found)], measure).row(0, named=True)
    assert figures["interval"] == f"{name}, 95% (England), widened for{NOTE[1:]}"
    if found == 9:
        limits = exact_poisson_interval([8]).lower[0], byar_interval([12]).upper[0]
        assert (figures["lower"], figures["upper"]) == pytest.approx(limits)


def test_a_count_below_zero_could_be_as_many_below_it(board):
    measure = board.measure("admissions")
    for found, ends in ((-22, (-22, -18)), (-9, (-12, -8))):
        figures = told(board, [row(board, "admissions", found)], measure)
        reach = with_reach(figures, {"admissions": measure}, HOSPITAL)
        assert reach.select("value_least", "value_most").row(0) == pytest.approx(ends)


def test_a_rate_below_zero_is_least_over_the_fewest(board):
    """-20 of 30: -22 of 28 at the least, -18 of 32 at the most."""
    measure = board.measure("rate", per=1.0)
    figures = told(board, [row(board, "rate", -20, 30)], measure)
    reach = with_reach(figures, {"rate": measure}, HOSPITAL)
    ends = reach.select("value_least", "value_most").row(0)
    assert ends == pytest.approx((-22 / 28, -18 / 32))


def parted(board, **more):
    usual = {
        "reported": False,
        "numerator": Tally("deaths", "count"),
        "denominator": Tally("people", "sum", "people"),
    }
    return board.measure("rate", id="aged", **usual, **more)


AGES = ("0-64", "65+")
DIRECTLY = {
    "kind": "standardised rate", "per": 1000.0, "standardise": Standardise("age", EUROPEAN),
    "breakdowns": (Breakdown("age", "age", AGES),),
}  # fmt: skip
LIVED = {
    "kind": "life expectancy", "life_table": LifeTable("age", 0),
    "breakdowns": (Breakdown("age", "age", names_of(LIFE_TABLE)),),
}  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "parts", "is_told"),
    [
        (DIRECTLY, ((0, 600), (10, 602)), False),  # of 8 to 12 events, and no rate of 8
        (DIRECTLY, ((0, 600), (12, 602)), False),
        (DIRECTLY, ((8, 600), (12, 602)), True),
        (LIVED, (*(((10, 600),) * 19), (12, 12)), False),  # told as 10 of 10, of 12 of 8 as well
        (LIVED, (*(((10, 600),) * 19), (12, 17)), True),
    ],
)
def test_there_are_no_limits_where_some_of_these_counts_make_no_figure(board, kind, parts, is_told):
    measure = parted(board, **kind)
    names = measure.breakdowns[0].categories
    rows = [row(board, "aged", *(sum(side) for side in zip(*parts, strict=True)))]
    rows += [
        row(board, "aged", *pair, breakdown="age", category=name)
        for name, pair in zip(names, parts, strict=True)
    ]
    exact, rounded = (
        told(board, rows, measure, disclosure=one).row(0, named=True)
        for one in ("none", "hospital")
    )
    assert exact["lower"] is not None and rounded["value"] is not None
    if not is_told:
        assert (rounded["lower"], rounded["upper"], rounded["interval"]) == (None, None, None)
        assert why_no_ends(measure) == NOT_OF_ALL
        return
    assert rounded["lower"] <= exact["lower"] and exact["upper"] <= rounded["upper"]


def test_why_a_figure_of_rounded_parts_has_no_limits(board):
    to_others = DIRECTLY | {"standardise": Standardise("age", "N")}
    assert why_no_ends(parted(board, **to_others)) == NO_ENDS
    none = parted(board, **DIRECTLY, methods="none")
    assert why_no_ends(none) == 'the measure says methods = "none"'


@pytest.mark.parametrize("note", [NOTE, "; 3 rows were set aside: the figure may be incomplete"])
def test_a_note_in_its_method_keeps_no_reported_figure_from_its_counts(board, note):
    measure = board.measure("admissions")
    figures = board.values([row(board, "admissions", 50, reported=35)], measure)
    known = {"measures": {"admissions": measure}, "identities": (), "shares": ()}
    noted = figures.with_columns(method=pl.col("method") + note)
    assert findings(figures, **known).height == 1
    assert findings(noted, **known).equals(findings(figures, **known))
