"""Control charts of many series at once are those of each series by itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from outturn.framework.model import (
    Agreement,
    Goal,
    Measure,
    Milestone,
    SeriesBreak,
    Step,
    Target,
)  # fmt: skip
from outturn.judgement.control import control_of
from outturn.judgement.movement import movements
from outturn.judgement.verdicts import verdicts
from outturn.terms.period import APRIL, Period, add_months
from outturn.terms.records import VALUES, fitted
from outturn.terms.written_periods import parse

FIGURES = st.lists(
    st.one_of(st.none(), st.integers(0, 40).map(float)), min_size=20, max_size=20
)  # fmt: skip
KEYS = [Period(add_months(date(2020, 4, 1), n), 1, "M").key for n in range(20)]
CUT = SeriesBreak(parse("2021-10"), "break", "counted otherwise")
STEP = Step(parse("2020-10"), "A ward opened.", "B")


USUAL = {"calendar": APRIL, "as_of": date(2040, 1, 1)}
YEARS = [f"{2010 + n}-04-01/P1Y" for n in range(20)]
COUNTS = st.lists(
    st.one_of(st.none(), st.tuples(st.integers(0, 40), st.integers(20, 60))),
    min_size=20, max_size=20,
)  # fmt: skip


def share(figures, place: str, keys: list[str]) -> pl.DataFrame:
    """VALUES of a percentage with its counts; some follow from them and some cannot."""
    rows = [
        {
            "measure": "m", "definition": "1", "place": place, "period": key,
            "breakdown": "all", "category": "all", "value": 100 * one[0] / one[1],
            "numerator": float(one[0]), "denominator": float(one[1]),
            "lower": 100 * one[0] / one[1] - 3, "upper": 100 * one[0] / one[1] + 3,
        }
        for key, one in zip(keys, figures, strict=True)
        if one is not None
    ]  # fmt: skip
    return fitted(pl.DataFrame(rows, infer_schema_length=None), VALUES)


def values(series: dict[str, list[float | None]], keys: Sequence[str] = KEYS) -> pl.DataFrame:
    rows = [
        {
            "measure": "m", "definition": "1", "place": place, "period": key,
            "breakdown": "all", "category": "all", "value": figure,
        }
        for place, figures in series.items()
        for key, figure in zip(keys, figures, strict=True)
    ]  # fmt: skip
    return fitted(pl.DataFrame(rows, infer_schema_length=None), VALUES)


@given(st.lists(FIGURES, min_size=3, max_size=3), st.sampled_from(["higher", "lower", "none"]))
def test_many_series_at_once_are_each_by_itself(figures, aim):
    measure = Measure(
        id="m", title="m", definition="1", kind="count", unit="people", aim=aim, reported=True,
        frequency="month", breaks=(CUT,), steps=(STEP,),
    )  # fmt: skip
    series = dict(zip("ABC", figures, strict=True))
    usual = {"measures": {"m": measure}, **USUAL}
    together = control_of(values(series), **usual)
    alone = [control_of(values({place: one}), **usual) for place, one in series.items()]
    for name in ("points", "series"):
        apart = pl.concat([getattr(one, name) for one in alone])
        assert_frame_equal(getattr(together, name), apart)


@given(st.lists(COUNTS, min_size=3, max_size=3), st.sampled_from(["P", "P'"]))
def test_charts_of_counts_at_once_are_each_by_itself(figures, chart):
    measure = Measure(
        id="m", title="m", definition="1", kind="proportion", unit="%", aim="higher", per=100.0,
        reported=True, frequency="month", chart=chart,
    )  # fmt: skip
    frames = [share(one, place, KEYS) for place, one in zip("ABC", figures, strict=True)]
    usual = {"measures": {"m": measure}, **USUAL}
    together = control_of(pl.concat(frames), **usual)
    apart = [control_of(one, **usual) for one in frames]
    for name in ("points", "series"):
        assert_frame_equal(
            getattr(together, name), pl.concat([getattr(one, name) for one in apart])
        )


@given(st.lists(COUNTS, min_size=3, max_size=3), st.sampled_from(["proportion", "rate"]))
def test_movements_at_once_are_each_by_itself(figures, kind):
    measure = Measure(
        id="m", title="m", definition="1", kind=kind, unit="%", aim="lower", per=100.0,
        reported=True, breaks=(CUT,), steps=(STEP,),
    )  # fmt: skip
    frames = [share(one, place, YEARS) for place, one in zip("ABC", figures, strict=True)]
    usual = {"measures": {"m": measure}, **USUAL}
    apart = [movements(one, **usual) for one in frames]
    assert_frame_equal(movements(pl.concat(frames), **usual), pl.concat(apart))


STEPS = st.lists(
    st.tuples(st.sampled_from([4, 5, 6, 8, 9, 12]), st.integers(0, 900)),
    max_size=3, unique_by=lambda one: one[0],
)  # fmt: skip
GOALS = st.one_of(st.integers(1, 10**6).map(float), st.integers(1, 10**6).map(lambda n: n / 100))


@settings(max_examples=max(settings.default.max_examples // 4, 1))
@given(
    GOALS, STEPS, st.sampled_from(["", "straight line", "last year", "flat"]),
    st.sampled_from(["higher", "lower"]), st.sampled_from([1, 3]),
)  # fmt: skip
def test_every_month_and_quarter_of_a_year_has_one_target_and_it_is_met_exactly(
    goal, steps, profile, aim, length
):
    keys = [Period(add_months(date(2020, 4, 1), n), length, "M").key for n in range(0, 24, length)]
    part = goal if profile == "flat" else goal * length / 12
    figures = values({"A": [part] * len(keys)}, keys)
    measure = Measure(
        id="m", title="m", definition="1", kind="count", unit="people", aim=aim, reported=True,
        frequency="month", decimals=0,
    )  # fmt: skip
    target = Target(
        id="t", measure="m", period=parse("2021/22"), agreed=Agreement("Board"), profile=profile,
        goal=Goal("at_least" if aim == "higher" else "at_most", (goal,)),
        milestones=tuple(Milestone(date(2021, month, 28), float(n)) for month, n in steps),
    )  # fmt: skip
    usual = {"measures": {"m": measure}, **USUAL}
    judged = verdicts(
        figures, targets=[target], overrides=[], home="A", comparators={}, **usual
    )  # fmt: skip
    found = control_of(figures, verdicts=judged, targets=[target], **usual)
    year = found.points.filter(pl.col("period") >= "2021-04")
    assert year["target"].unique().to_list() == [part]
    [line] = found.series.rows(named=True)
    assert line["assurance"] in (None, "consistently passes")
    assert (line["assurance"] is None) == (length == 3)  # eight quarters have no limits
