"""How likely another status is of figures made of their parts: closed forms and simulation."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import polars as pl
import pytest
from scipy import stats

from outturn.framework.age_bands import LIFE_TABLE, names_of
from outturn.framework.model import (
    Breakdown,
    Inequality,
    LifeTable,
    Measure,
    Place,
    Standardise,
    Tally,
    Tolerance,
)
from outturn.framework.parted import EUROPEAN
from outturn.judgement.values import values
from outturn.judgement.verdicts import verdicts
from outturn.statistics.level_chances import events_below
from outturn.statistics.life_expectancy import life_expectancy
from outturn.statistics.slope_index import slope_index
from outturn.terms.period import APRIL
from outturn.terms.records import COUNTS, fitted

YEAR = "2020/21"
PLACES = {one: Place(one, f"{one}town", "council") for one in ("H", "N")}
CHANCES = ("chance_on", "chance_close", "chance_off")
LINE = [(50, 1000), (45, 1000), (30, 1000), (28, 1000), (20, 1000)]
FIFTHS = ("1", "2", "3", "4", "5")
DIED = [60, 8, 5, 5, 18, 25, 30, 40, 60, 90, 130, 190, 280, 420, 640, 900, 1300, 1700, 1800, 2000]
LIVED = [10_000, 40_000, *[50_000] * 12, 45_000, 38_000, 30_000, 22_000, 13_000, 8_000]


def made(kind: str, categories: tuple[str, ...], **more: Any) -> Measure:
    usual: dict[str, Any] = {
        "id": "m", "title": "m", "definition": "1", "unit": "per 1,000", "aim": "lower",
        "numerator": Tally("stays", "count"), "denominator": Tally("people", "sum", "people"),
        "breakdowns": (Breakdown("by", "by", categories),), "per": 1000.0,
    }  # fmt: skip
    return Measure(**(usual | {"kind": kind} | more))


def aged(categories=("0-64", "65+"), **more: Any) -> Measure:
    more.setdefault("standardise", Standardise("by", EUROPEAN))
    return made(more.pop("kind", "standardised rate"), categories, **more)


def unequal(index: str, methods: str = "England", **more: Any) -> Measure:
    said = Inequality("by", index, **more)
    aim = 1.0 if (index, methods) == ("relative", "England") else 0.0
    per = 100.0 if said.of == "proportion" else 1000.0
    return made("inequality", FIFTHS, inequality=said, methods=methods, aim="closest",
                closest_to=aim, per=per)  # fmt: skip


def lives() -> Measure:
    return made("life expectancy", names_of(LIFE_TABLE), life_table=LifeTable("by", 0), per=1.0,
                aim="higher")  # fmt: skip


def judged(board, one: Measure, counts, *goal, others=(), unknown=0, **more: Any) -> dict[str, Any]:
    """The verdict on the whole, of which each part has these counts, and `unknown` are of none."""
    rows = []
    for place, parts in (("H", list(counts)), *others):
        for category, (top, below) in zip(one.breakdowns[0].categories, parts, strict=True):
            rows.append(board.row("m", YEAR, place=place, breakdown="by", category=category,
                                  numerator=top, denominator=below))  # fmt: skip
        top, below = (sum(column) for column in zip(*parts, strict=True))
        rows.insert(0, board.row("m", YEAR, place=place, numerator=top + unknown,
                                 denominator=below))  # fmt: skip
    target = board.target("m", *goal, **more)
    frame = fitted(pl.DataFrame(rows, infer_schema_length=None, strict=False), COUNTS)
    figures = values(frame, measures={"m": one}, places=PLACES)
    found = verdicts(
        figures, measures={"m": one}, targets=[target], overrides=[], calendar=APRIL,
        as_of=date(2021, 3, 31), home="H", comparators={}, places=PLACES,
    )  # fmt: skip
    whole = (pl.col("breakdown") == "all") & (pl.col("place") == "H")
    return found.row(by_predicate=whole, named=True)


def test_a_rate_of_one_band_has_the_chance_of_its_count(board):
    row = judged(board, aged(("0+",)), [(30, 1000)], "at_most", 32)
    assert row["value"] == pytest.approx(30)
    assert row["chance_on"] == pytest.approx(float(events_below(30, 32)))
    assert row["chance_other"] == pytest.approx(1 - row["chance_on"])


def test_a_standardised_rate_has_the_chance_of_the_level_that_draws_of_its_bands_have(board):
    """Each band's own rate drawn by itself, and weighted: what Dobson's limits stand for."""
    counts = [(60, 4000), (90, 1500)]
    row = judged(board, aged(), counts, "between", 20, 30, tolerance=Tolerance("points", 2.0))
    chance = np.random.default_rng(3)
    shape = [x + 0.25 for x, _ in counts]  # half an event in all, as of one count
    drawn = [chance.gamma(a, 1000 / n, 400_000) for a, (_, n) in zip(shape, counts, strict=True)]
    level = 0.805 * drawn[0] + 0.195 * drawn[1]
    on = ((level >= 20) & (level <= 30)).mean()
    off = ((level < 18) | (level > 32)).mean()
    assert [row[name] for name in CHANCES] == pytest.approx([on, 1 - on - off, off], abs=0.01)


@pytest.mark.parametrize("events", [4, 40])  # with exact limits, and with Byar's
def test_a_ratio_to_another_place_has_the_chance_of_its_events(board, events):
    """Of those expected at the other's rates, 20 + 20, it is chance by which there were so many."""
    one = aged(kind="standardised ratio", standardise=Standardise("by", "N"), per=100.0)
    counts = [(events - 3, 1000), (3, 500)]
    others = [("N", [(2, 100), (4, 100)])]
    row = judged(board, one, counts, "at_most", 110, others=others)
    assert row["value"] == pytest.approx(100 * events / 40)
    assert row["chance_on"] == pytest.approx(float(events_below(events, 44)))


@pytest.mark.parametrize("methods", ["England", "Scotland"])
def test_a_rate_of_events_of_no_band_is_asked_by_its_own_limits(board, methods):
    """Ten events of unknown age are not in the rate, and leave its limits where they are."""
    one, counts = aged(methods=methods), [(60, 4000), (90, 1500)]
    for end, share in (("lower", 0.975), ("upper", 0.025)):
        limit = judged(board, one, counts, "at_most", 30)[end]
        row = judged(board, one, counts, "above", limit, unknown=10)
        assert row["chance_on"] == pytest.approx(share, abs=0.003)


@pytest.mark.parametrize("of", ["rate", "proportion"])
@pytest.mark.parametrize("index", ["slope", "relative"])
def test_an_english_index_has_the_chance_of_figures_drawn_from_their_limits(board, index, of):
    one = unequal(index, of=of)
    bound = {"slope": 28.0 if of == "rate" else 2.8, "relative": 2.4}[index]
    row = judged(board, one, LINE, "at_most", bound)
    events, people = (np.array(column, float) for column in zip(*LINE, strict=True))
    chance = np.random.default_rng(9).standard_normal((200_000, 5))
    share = events / people
    scale = np.log(share) if of == "rate" else np.log(share / (1 - share))
    error = 1 / np.sqrt(events if of == "rate" else events * (1 - share))
    drawn = np.exp(scale + error * chance)
    drawn = drawn if of == "rate" else drawn / (1 + drawn)
    found = slope_index(drawn * one.per, np.ones(5), per=-1)
    level = found.sii if index == "slope" else found.rii
    assert row["chance_on"] == pytest.approx((level <= bound).mean(), abs=0.02)


@pytest.mark.parametrize("index", ["slope", "relative"])
def test_a_limit_of_an_english_index_is_passed_by_one_draw_in_forty(board, index):
    one = unequal(index)
    upper = judged(board, one, LINE, "at_most", 1)["upper"]
    row = judged(board, one, LINE, "at_most", upper)
    assert row["chance_off"] == pytest.approx(0.025, abs=2e-5)


@pytest.mark.parametrize("index", ["slope", "relative"])
def test_a_scottish_index_has_the_chance_of_students_t(board, index):
    one = unequal(index, "Scotland")
    bound = 25 if index == "slope" else 0.8
    row = judged(board, one, LINE, "at_most", bound)
    error = (row["upper"] - row["value"]) / stats.t.ppf(0.975, 3)
    assert row["chance_on"] == pytest.approx(stats.t.cdf((bound - row["value"]) / error, 3))
    assert 0.01 < row["chance_on"] < 0.99


def test_a_life_expectancy_has_the_chance_that_deaths_drawn_again_give(board):
    row = judged(board, lives(), zip(DIED, LIVED, strict=True), "at_least", 78.9)
    drawn = np.random.default_rng(4).poisson(DIED, (20_000, 20))
    level = life_expectancy(drawn, np.array(LIVED)).value[:, 0]
    assert row["chance_on"] == pytest.approx((level >= 78.9).mean(), abs=0.02)
    error = (row["upper"] - row["value"]) / stats.norm.ppf(0.975)
    assert row["chance_off"] == pytest.approx(stats.norm.cdf((78.9 - row["value"]) / error))


@pytest.mark.parametrize(
    ("one", "bound"), [(unequal("slope"), 0), (unequal("slope", "Scotland"), -1)]
)
def test_nothing_is_no_end_of_the_scale_of_a_slope(board, one, bound):
    row = judged(board, one, LINE, "at_most", bound)
    assert row["chance_off"] > 0.99 and sum(row[name] for name in CHANCES) == pytest.approx(1)


CASES = [
    (aged(), [(30, 1000), (10, 500)]),
    (unequal("slope"), LINE),
    (unequal("relative", "Scotland"), LINE),
    (lives(), list(zip(DIED, LIVED, strict=True))),
]


@pytest.mark.parametrize(("one", "counts"), CASES)
def test_a_statistical_tolerance_goes_as_far_as_the_limits(board, one, counts):
    figure = judged(board, one, counts, "at_most", 1)
    for inside, status in ((0.99, "close"), (1.01, "off target")):
        bound = figure["value"] + inside * (figure["lower"] - figure["value"])
        row = judged(board, one, counts, "at_most", bound, tolerance=Tolerance("statistical"))
        assert row["status_now"] == status


@pytest.mark.parametrize(("one", "counts"), CASES)
def test_a_tolerance_in_per_cent_is_moved_by_one_per_cent_of_the_target(board, one, counts):
    value = judged(board, one, counts, "at_most", 1)["value"]
    bound = value / 1.055  # five and a half per cent above it
    row = judged(board, one, counts, "at_most", bound, tolerance=Tolerance("percent_of_target", 5))
    assert (row["status_now"], row["status_wider"]) == ("off target", "close")
    assert row["status_narrower"] == "off target"


def test_without_limits_there_is_no_chance(board):
    for one, counts in (
        (aged(methods="none"), [(30, 1000), (10, 500)]),
        (unequal("slope"), [*LINE[:4], (0, 1000)]),
    ):
        row = judged(board, one, counts, "at_most", 30)
        assert row["status_now"] != "not assessed"
        assert [row[name] for name in (*CHANCES, "chance_other")] == [None] * 4


@pytest.mark.parametrize("kind", ["mean", "median", "life expectancy"])
def test_what_was_published_with_a_margin_has_the_chance_of_that(board, kind):
    """Also a mean and a median, which have no other limits."""
    target = board.target("wait", "at_most", 60)
    figure = {"reported": 60.0, "margin": 2.0}
    found = board.verdict("share", figure, target, measure={"id": "wait", "kind": kind})
    assert found["chance_on"] == pytest.approx(0.5)
