"""What a paper says in awkward cases: no figure, no target, a status set aside, a cut series."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest

from outturn.framework.model import (
    Activity,
    Agreement,
    Comment,
    Comparator,
    Goal,
    Measure,
    Outcome,
    PackSection,
    PackSpec,
    Partnership,
    Place,
    Target,
)
from outturn.judgement.summary import aim_of, position, statuses_by_outcome
from outturn.judgement.trend import Segment
from outturn.publishing.appendices import APPENDICES
from outturn.publishing.brief import brief
from outturn.publishing.comparison import comparison
from outturn.publishing.exceptions import exceptions
from outturn.publishing.figure_words import Remarks, figure, names, status_words, target_words
from outturn.publishing.pack import Chart, Paragraph, Table, tables_of
from outturn.publishing.paper import SECTIONS, paper
from outturn.publishing.scorecard import scorecard
from outturn.publishing.series import series
from outturn.publishing.strategy import tree
from outturn.publishing.tokens import filled
from outturn.publishing.told import Strip, Told, rows_of
from outturn.publishing.words import plain
from outturn.terms.errors import DefinitionMistake
from outturn.terms.period import parse
from outturn.terms.records import BENCHMARKS, VALUES, VERDICTS, fitted

YEAR = parse("2025/26")
HOME = "N1"
PLACES = {HOME: "Northmoor", "S1": "South"}


def _measure(id: str, **more: Any) -> Measure:
    facts: dict[str, Any] = {"title": f"The {id}", "definition": "2025", "kind": "proportion"}
    return Measure(id=id, **{**facts, "unit": "%", "aim": "higher", **more})


MEASURES = {
    one.id: one
    for one in (
        _measure("homes"),
        _measure("falls", kind="count", unit="falls", aim="lower", decimals=0),
        _measure("visits", kind="count", unit="visits", aim="none", decimals=0),
        _measure("never"),
    )
}
OUTCOMES = {
    "a": Outcome("a", "Living well", "outcome", "Plan", measures=("homes", "falls")),
    "b": Outcome("b", "Being seen", "outcome", "Plan", measures=("visits", "never")),
    "x": Outcome("x", "Elsewhere", "outcome", "Another plan", measures=("homes",)),
}


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
    distance_year_end="12 more people by 31 March", provenance="provisional",
)  # fmt: skip
FALLS = _row("falls", value=1.0, shown="1")
VISITS = _row("visits", value=None, absent="suppressed", why="Fewer than five people")


def _told(rows: tuple[dict[str, Any], ...] = (OFF, FALLS, VISITS), **more: Any) -> Told:
    pack = more.pop("pack", None) or PackSpec(
        id="p", title="A paper", meeting="The board", held_on=date(2026, 5, 1), period=YEAR,
        decision="note", framework="Plan", appendices=("rag", "definitions", "data quality"),
        file="packs/p.toml",
    )  # fmt: skip
    facts: dict[str, Any] = {
        "name": "Northmoor", "home": HOME, "measures": MEASURES, "outcomes": OUTCOMES,
        "places": {code: Place(code, name, "council") for code, name in PLACES.items()},
        "targets": (
            Target("t", "homes", YEAR, Goal("at_least", (80.0,)), Agreement("The board")),
        ),
    }  # fmt: skip
    partnership = Partnership(**(facts | more.pop("partnership", {})))
    kept = Told(
        pack=pack, partnership=partnership, rows=rows, position=position(rows), benchmarks=(),
        findings=(), sources=(), kept_aside=(), vintage="abc", seal="0" * 32,
        statuses=tuple(statuses_by_outcome(rows, [OUTCOMES["a"], OUTCOMES["b"]])),
        as_of=date(2026, 3, 31), issued=date(2026, 5, 1),
    )  # fmt: skip
    return Told(**({name: getattr(kept, name) for name in Told.__dataclass_fields__} | more))


def _said(blocks: Any) -> str:
    """Everything a reader would read, as one text."""
    found: list[str] = []
    for block in blocks:
        for table in tables_of([block]):
            found += [table.caption, *(plain(note) for note in table.notes)]
            found += [cell.plain for row in table.cells for cell in row]
        words = getattr(block, "text", "")
        found.append(plain(words))
        found += [plain(item) for item in getattr(block, "items", ())]
    return " | ".join(found)


def test_the_four_faces_of_absence_are_words_and_zero_is_a_number():
    for face in ("suppressed", "not available", "not applicable"):
        row = _row("homes", absent=face, why="For a reason")
        remarks = Remarks()
        assert figure(_told(), row, remarks) == f"{face.capitalize()} [1]"
        assert remarks.lines() == ["[1] For a reason."]
    assert figure(_told(), _row("falls", value=0.0, shown="0"), Remarks()) == "0"


@pytest.mark.parametrize(
    "kind, mark", [("provisional", "[p]"), ("estimated", "[e]"), ("forecast", "[f]")]
)
def test_a_figure_that_is_not_final_carries_a_mark_that_the_table_explains(kind, mark):
    remarks = Remarks()
    said = figure(_told(), _row("homes", value=5.0, shown="5.0", provenance=kind), remarks)
    assert said == f"5.0% {mark}"
    assert mark in plain(remarks.lines()[0])


def test_a_remark_is_numbered_once_for_all_the_figures_that_it_concerns():
    remarks = Remarks()
    assert [remarks.number(one) for one in ("The same", "The same.", "Another")] == [
        "[1]",
        "[1]",
        "[2]",
    ]


def test_one_of_a_count_is_said_in_the_singular():
    assert _told().said(FALLS) == "1 fall"


def test_a_long_unit_stands_with_the_name_and_not_in_every_cell():
    row = _row("falls", target="at most 5 falls")
    assert target_words(row, MEASURES["falls"]) == "At most 5"
    assert target_words(OFF, MEASURES["homes"]) == "At least 80.0%"
    assert target_words(VISITS, MEASURES["visits"]) == "No target"


def test_places_are_named_where_a_measure_is_told_for_several():
    rows = [_row("homes"), _row("homes", place="S1"), _row("falls", place="S1")]
    assert names(_told(), rows) == ["The homes (Northmoor, South)", "The falls: South"]


def test_a_status_set_aside_is_shown_in_the_exceptions_and_in_the_scorecard():
    row = OFF | {"overridden": "The director, 1 May 2026: the sample was too small."}
    told = _told((row,))
    assert "Set aside: The director" in _said(exceptions(told))
    assert "A status was set aside. The director" in _said(scorecard(told))


def test_a_measure_without_any_figure_is_named_and_not_dropped():
    assert "No figure of any period is held for: The never." in _said(scorecard(_told()))


def test_outcomes_of_another_framework_stay_out():
    said = _said(scorecard(_told()))
    assert "Living well" in said and "Elsewhere" not in said


def test_the_brief_counts_as_judgement_counted():
    said = _said(brief(_told()))
    assert "Of 3 measures, 0 are forecast to end the year on target" in said
    assert "◆ Off target: The homes, 70.0% against at least 80.0%." in said


def test_a_paper_without_targets_judges_nothing():
    told = _told((FALLS, VISITS))
    assert "None has a target" in _said(brief(told))
    assert list(exceptions(told)) == []
    assert not any(isinstance(block, Chart) for block in brief(told))


def test_an_exception_without_comment_or_action_says_so():
    assert "No comment or action is recorded for these" in _said(exceptions(_told()))


def test_the_words_of_a_comment_follow_the_figure():
    comment = Comment("homes", YEAR, "{value} against {target}: {status}.", "c.md")
    assert filled(comment, OFF, _told()) == "70.0% against at least 80.0%: off target."
    with pytest.raises(DefinitionMistake, match="No figure goes by the word"):
        filled(Comment("homes", YEAR, "{worth}", "c.md"), OFF, _told())


def test_the_edge_of_a_target_is_the_one_on_the_side_of_the_figure():
    between = {"goal_low": 10.0, "goal_high": 20.0, "tolerance": 2.0}
    low, high = (aim_of(OFF | between | {"forecast": found}) for found in (8.0, 25.0))
    assert (low.edge, low.close) == (10.0, (8.0, 10.0))
    assert (high.edge, high.close) == (20.0, (20.0, 22.0))
    assert aim_of(FALLS) is None


def test_a_figure_later_than_the_pack_is_not_told_in_it():
    later = pl.DataFrame([OFF | {"period": "2030-04-01/P1Y"}])
    told = _told()
    assert rows_of(told.pack, told.partnership, fitted(later, VERDICTS)) == ()


def _segment(keys: list[str], figures: list[float | None], begins: str = "") -> Segment:
    rows = [_point(key, value) for key, value in zip(keys, figures, strict=True)]
    return Segment("month", fitted(pl.DataFrame(rows), VALUES), begins)


def _point(key: str, value: float | None) -> dict[str, Any]:
    if value is None:
        return {"period": key, "value": None, "absent": "not available", "why": "Not sent"}
    return {"period": key, "value": value, "shown": f"{value}", "absent": None, "why": None}


def test_a_series_is_cut_where_its_meaning_changes_and_says_why():
    before = _segment(["2025-04-01/P1M", "2025-05-01/P1M"], [1.0, 2.0])
    after = _segment(["2025-06-01/P1M", "2025-07-01/P1M"], [9.0, None], "Counted anew from June.")
    told = _told(series={"homes": (before, after)})
    (chart,) = series(told, PackSection("series", items=("homes",)))
    assert isinstance(chart, Chart)
    assert "Counted anew from June." in chart.alt
    assert "[1] Not sent." in [plain(note) for note in chart.table.notes]
    assert [head.title for head in chart.table.heads][1:] == [
        "Apr 2025",
        "May 2025",
        "Jun 2025",
        "Jul 2025",
    ]


def test_a_series_too_short_for_a_line_says_so():
    (block,) = series(_told(), PackSection("series", items=("homes",)))
    assert isinstance(block, Paragraph) and "no trend is drawn" in plain(block.text)


def test_a_section_that_names_what_is_not_there_is_a_mistake():
    for make, item in ((series, "nothing"), (tree, "No plan")):
        with pytest.raises(DefinitionMistake, match="packs/p.toml"):
            list(make(_told(), PackSection("any", items=(item,))))
    pack = PackSpec("p", "A paper", "The board", date(2026, 5, 1), YEAR, "note",
                    sections=(PackSection("map"),))  # fmt: skip
    with pytest.raises(DefinitionMistake, match="no kind of section 'map'"):
        paper(_told(pack=pack))
    assert set(SECTIONS) == {"text", "series", "tree"}


def test_the_strategy_map_gives_board_delivery_and_what_is_done():
    below = Outcome("c", "Fewer falls", "priority", "Plan", parent="a", board="Board of health",
                    delivery="some risk", delivery_comment="Late.",
                    activities=(Activity("Walks", "the districts"),))  # fmt: skip
    told = _told(partnership={"outcomes": OUTCOMES | {"c": below}})
    said = _said(tree(told, PackSection("tree", items=("Plan",))))
    assert "Living well: 1 priority" in said and "▲ Some risk [1]" in said
    assert "[1] Late." in said and "Towards Fewer falls: Walks, by the districts." in said


def _benchmark(**more: Any) -> dict[str, Any]:
    row: dict[str, Any] = dict.fromkeys(BENCHMARKS)
    row |= {"measure": "homes", "place": HOME, "period": YEAR.key, "comparator": "g"}
    row |= {"value": 70.0, "members": 9, "with_value": 9, "rank": 6, "quartile": "third"}
    row |= {"gap": 4.0, "gap_people": 12.0, "basis": "computed", "quartile_rule": "by rank"}
    return row | {"comparator_value": 71.0, "comparator_rule": "mean of members"} | more


def test_a_computed_comparison_gives_rank_group_size_rule_and_gap():
    group = {"comparators": {"g": Comparator("g", "Neighbours", ("S1",), "mean of members")}}
    row = _benchmark()
    members = tuple((f"Place {n}", 60.0 + n) for n in range(8)) + (("Northmoor", 70.0),)
    strip = Strip(row, members, (62.0, 64.0, 66.0))
    told = _told(benchmarks=(row,), strips=(strip,), partnership=group)
    blocks = list(comparison(told))
    said = _said(blocks)
    for part in ("Neighbours: 9 members", "6 of 9", "Third", "4.0 points, or 12 people"):
        assert part in said
    assert "Quartile: by rank." in said and "Group's figure: mean of members." in said
    (chart,) = (block for block in blocks if isinstance(block, Chart))
    assert "rank 6 of 9" in chart.alt


def test_a_quartile_that_others_published_is_marked_so():
    told = _told(benchmarks=(_benchmark(basis="reported", rank=None, gap=None),))
    assert "quartiles as published, not worked out here" in _said(comparison(told))


def test_rows_kept_aside_are_told_with_source_and_reason():
    aside = ({"source": "Returns", "column": "age", "reason": "Not a number.", "rows": 3},)
    told = _told(kept_aside=aside)
    said = _said(APPENDICES["data quality"][1](told))
    assert "Returns | age | Not a number. | 3" in said


def test_every_absence_is_explained_in_the_appendix():
    said = _said(APPENDICES["rag"][1](_told()))
    for face in ("Suppressed", "Not available", "Not applicable", "A number like any other"):
        assert face in said


def test_a_status_is_said_in_shape_word_and_letter():
    assert status_words("off target") == "◆ Off target (R)"
    assert status_words("not assessed") == "○ Not assessed"


def test_every_table_of_an_awkward_paper_can_be_built():
    made = paper(_told())
    assert [h.text for h in made.headings][0] == "The position in brief"
    assert all(isinstance(table, Table) for table in tables_of(made.blocks))
