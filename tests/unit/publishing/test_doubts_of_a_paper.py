"""What a paper says of doubt: flips of tolerances, questions, wide intervals, older periods."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from types import SimpleNamespace
from typing import Any

import polars as pl
import pytest

from outturn.commands import publish
from outturn.framework.model import (
    Agreement,
    Goal,
    Measure,
    Outcome,
    PackSpec,
    Partnership,
    Place,
    Target,
)
from outturn.judgement.foreseen_words import TOO_WIDE, width_words
from outturn.judgement.sensitivity import flips_in_words
from outturn.judgement.summary import position, statuses_by_outcome
from outturn.publishing import html
from outturn.publishing.brief import brief
from outturn.publishing.exceptions import exceptions, going_well
from outturn.publishing.pack import BulletList, Paragraph
from outturn.publishing.paper import paper
from outturn.publishing.scorecard import scorecard
from outturn.publishing.told import Told
from outturn.terms.period import APRIL
from outturn.terms.records import VALUES, VERDICTS, fitted
from outturn.terms.written_periods import parse

HOME, YEAR = "H", parse("2025/26")
_COUNT = {"kind": "count", "aim": "lower", "decimals": 0}
MEASURES = {
    "homes": Measure("homes", "The homes", "2025", "proportion", "%", "higher", per=100.0),
    "falls": Measure(**{"id": "falls", "title": "The falls", "definition": "1", "unit": "falls"}
                     | _COUNT),
    "visits": Measure(**{"id": "visits", "title": "The visits", "definition": "1",
                         "unit": "visits"} | _COUNT),
}  # fmt: skip
OUTCOMES = {"a": Outcome("a", "Living well", "outcome", "Plan", measures=tuple(MEASURES))}


def _row(measure: str, **more: Any) -> dict[str, Any]:
    row: dict[str, Any] = dict.fromkeys(VERDICTS)
    row |= {"measure": measure, "place": HOME, "period": YEAR.key, "provenance": "final"}
    row |= {"breakdown": "all", "category": "all", "status_now": "not assessed"}
    row |= {"status_year_end": "not assessed", "direction": "not assessed"}
    return row | more


OFF = _row(
    "homes", value=70.0, shown="70.0", forecast=70.0, target_id="t", target="at least 80.0%",
    goal_low=80.0, tolerance=5.0, status_now="off target", status_year_end="off target",
    reason_year_end="70.0% is 10 points below the target.", reason_now="70.0% is below.",
)  # fmt: skip
FALLS = _row("falls", value=1.0, shown="1")
VISITS = _row("visits", value=None, absent="suppressed", why="Fewer than five people")


def _told(rows: tuple[dict[str, Any], ...] = (OFF, FALLS, VISITS), **more: Any) -> Told:
    """What a paper of these rows is given."""
    pack = PackSpec(
        id="p", title="A paper", meeting="The board", held_on=date(2026, 5, 1), period=YEAR,
        decision="note", framework="Plan", file="packs/p.toml",
    )  # fmt: skip
    partnership = Partnership(
        name="Northmoor", home=HOME, measures=MEASURES, outcomes=OUTCOMES,
        places={HOME: Place(HOME, "Northmoor", "council")},
        targets=(Target("t", "homes", YEAR, Goal("at_least", (80.0,)), Agreement("The board")),),
    )  # fmt: skip
    return Told(
        pack=pack, partnership=partnership, rows=rows, position=position(rows), benchmarks=(),
        findings=(), sources=(), kept_aside=(), vintage="abc", seal="0" * 32,
        statuses=tuple(statuses_by_outcome(rows, OUTCOMES.values())),
        as_of=date(2026, 3, 31), issued=date(2026, 5, 1), **more,
    )  # fmt: skip


CELL = ("homes", HOME, "all", "all")
ASKED = "Did something change in October 2025?"


def test_a_paper_tells_how_many_statuses_hang_on_a_point_of_tolerance_as_the_scorecard_does():
    row = OFF | {"status_wider": "close", "status_narrower": "off target"}
    (said,) = flips_in_words([row], MEASURES)
    assert said.endswith(
        "1 of 1 were their tolerances a point wider, 0 of 1 were they a point narrower."
    )
    told = _told((row, FALLS))
    assert Paragraph(said) in list(scorecard(told))
    assert said in html.render(paper(told))
    assert not any("tolerances a point" in str(block) for block in scorecard(_told()))


def test_where_the_tolerances_are_listed_it_is_said_there():
    row = OFF | {"status_wider": "close", "status_narrower": "off target"}
    (said,) = flips_in_words([row], MEASURES)
    told = _told((row, FALLS))
    told = replace(told, pack=replace(told.pack, appendices=("rag",)))
    assert not any("tolerances a point" in str(block) for block in scorecard(told))
    assert html.render(paper(told)).count(said) == 1


@pytest.mark.parametrize("status", ["off target", "on target"])
def test_a_question_stands_in_the_section_of_its_measure(status):
    row = OFF | {"status_year_end": status, "status_now": status}
    told = _told((row, FALLS), questions={CELL: (ASKED,)})
    section = exceptions if status == "off target" else going_well
    said = str(list(section(told)))
    assert said.count(ASKED) == 1 and "To ask" in said
    assert ASKED not in str(list(section(_told((row, FALLS)))))
    assert ASKED not in str(list(scorecard(told)))


def test_a_question_about_a_measure_that_has_no_section_is_a_remark_on_its_figure():
    told = _told(questions={("falls", HOME, "all", "all"): (ASKED,)})
    assert f"To ask: {ASKED}" in str(list(scorecard(told)))


def test_the_paper_asks_what_the_trend_asks():
    """Of the months of two cells: where one has a level that moved, and none of the other's."""
    keys = [f"{y}-{m:02d}-01/P1M" for y in (2024, 2025) for m in range(1, 13)]
    moved = [5.0, 6, 5, 7, 6, 5, 6, 7, 5, 6, 7, 5, 15, 16, 15, 17, 16, 15, 16, 17, 15, 16, 17, 15]
    still = [5.0, 6, 5, 7, 6, 5] * 4
    rows = [
        {"measure": id, "place": HOME, "breakdown": "all", "category": "all", "definition": "1",
         "period": key, "value": value, "shown": f"{value:.0f}"}
        for id, figures in (("falls", moved), ("visits", still))
        for key, value in zip(keys, figures, strict=True)
    ]  # fmt: skip
    values = fitted(pl.DataFrame(rows), VALUES)
    partnership = SimpleNamespace(measures=MEASURES, calendar=APRIL)
    kept = SimpleNamespace(arguments=(("as_of", "2025-12-31"),))

    def asked(until):
        return publish._questions(partnership, kept, values, (FALLS, VISITS), until)

    assert asked(date(2025, 12, 31)) == {
        ("falls", HOME, "all", "all"): ("Did something change in January 2025?",)
    }
    assert asked(date(2024, 12, 31)) == {}  # what came after the paper's period asks nothing


@pytest.mark.parametrize(
    ("low", "high", "wide"),
    [(100.0, 100.0, False), (60.0, 188.0, False), (60.0, 189.0, True), (None, None, False)],
)
def test_an_interval_wider_than_that_of_half_the_figures_standard_error_is_of_no_use(
    low, high, wide
):
    """A normal forecast of 100 with a standard error of 50 has an 80% interval 128.16 wide."""
    assert width_words(100.0, low, high) == (TOO_WIDE if wide else "")
    assert width_words(0.0, 0.0, 3.0) == ""


def test_a_paper_says_that_an_interval_is_too_wide_and_of_which_figures_a_record_is():
    row = OFF | {
        "forecast": 60.0, "forecast_low": 10.0, "forecast_high": 95.0,
        "forecast_record": "3 past forecasts, median error 3.1%, 2 inside the interval",
    }  # fmt: skip
    said = str(list(exceptions(_told((row, FALLS)))))
    assert TOO_WIDE[1:] in said
    assert "what would have been said on those days, by the figures as they are now" in said


def test_a_figure_in_the_brief_that_is_older_than_the_latest_names_its_period():
    old = _row("falls", value=1.0, shown="1", direction="better", change=-1.0,
               period="2023-04-01/P1Y")  # fmt: skip
    (items,) = [block for block in brief(_told((OFF, old))) if isinstance(block, BulletList)]
    assert "The falls for 2023/24 (down 1 fall)" in str(items)
    later = _row("visits", value=1.0, shown="1", period="2026-04-01/P1M")
    blocks = brief(_told((OFF, old, later)))
    (items,) = [block for block in blocks if isinstance(block, BulletList)]
    assert f"The homes for {YEAR.label(APRIL)}" not in str(items)  # as old as the paper itself
    new = old | {"period": OFF["period"]}
    (items,) = [block for block in brief(_told((OFF, new))) if isinstance(block, BulletList)]
    assert "The falls (down 1 fall)" in str(items)


def test_the_few_findings_of_a_brief_name_their_measures():
    found = {"rule": "stale", "measure": "homes", "place": HOME, "period": YEAR.key,
             "finding": "the latest figure."}  # fmt: skip
    told = replace(_told((OFF, FALLS)), findings=(found,))
    (items,) = [block for block in brief(told) if isinstance(block, BulletList)]
    assert "The homes: the latest figure." in str(items)
