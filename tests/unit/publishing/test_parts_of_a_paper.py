"""What a paper says in awkward cases: no figure, no target, a status set aside, a cut series."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import polars as pl
import pytest

from outturn.benchmarking.against import SIDES, WORDS
from outturn.benchmarking.amounts import A_COUNT
from outturn.benchmarking.funnel import Funnel
from outturn.framework.model import (
    CONDITIONS,
    TOLERANCES,
    Action,
    Activity,
    Agreement,
    Comment,
    Comparator,
    Condition,
    Formula,
    Goal,
    Measure,
    Outcome,
    PackSection,
    PackSpec,
    Partnership,
    Place,
    SeriesBreak,
    Step,
    Tally,
    Target,
    Tolerance,
)
from outturn.judgement.control import control_of
from outturn.judgement.summary import aim_of, position, statuses_by_outcome
from outturn.judgement.trend import Segment
from outturn.judgement.words import unit_of
from outturn.publishing import palette
from outturn.publishing.appendices import APPENDICES, _comparison, _tolerance, _unit_and_aim
from outturn.publishing.brief import brief
from outturn.publishing.comparison import comparison
from outturn.publishing.comparison_icons import LOOKS
from outturn.publishing.control_section import control_charts
from outturn.publishing.counted_words import condition_words, counted_words
from outturn.publishing.exceptions import _scale, exceptions, going_well
from outturn.publishing.figure_words import (
    Remarks,
    bound_words,
    change_words,
    direction_words,
    figure,
    names,
    shortened,
    status_words,
    target_words,
)
from outturn.publishing.funnel_section import _dispersion, funnel_plots
from outturn.publishing.pack import (
    Cell,
    Chart,
    IconCell,
    Paragraph,
    StatusCell,
    Table,
    tables_of,
)
from outturn.publishing.paper import SECTIONS, paper
from outturn.publishing.scorecard import scorecard
from outturn.publishing.series import series
from outturn.publishing.spine_section import spine_charts
from outturn.publishing.strategy import tree
from outturn.publishing.targets_return import targets_return
from outturn.publishing.tokens import filled
from outturn.publishing.told import Strip, Told, rows_of
from outturn.publishing.words import plain
from outturn.terms.errors import DefinitionMistake
from outturn.terms.records import BENCHMARKS, KEYS, VALUES, VERDICTS, WHOLE, fitted
from outturn.terms.written_periods import parse

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
    assert "No figure of 2025/26, or of a period before it, is held for: The never." in _said(
        scorecard(_told())
    )


def test_outcomes_of_another_framework_stay_out():
    said = _said(scorecard(_told()))
    assert "Living well" in said and "Elsewhere" not in said


def test_the_brief_counts_as_judgement_counted():
    said = _said(brief(_told(as_of=date(2026, 2, 28))))
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


def test_a_target_has_each_of_its_edges_and_beyond_each_what_is_close():
    between = aim_of(OFF | {"goal_low": 10.0, "goal_high": 20.0, "tolerance": 2.0})
    assert between.edges == (10.0, 20.0)
    assert between.close == ((8.0, 10.0), (20.0, 22.0))
    share = aim_of(OFF | {"goal_low": 10.0, "goal_high": 20.0, "tolerance": 2.0},
                   Tolerance("percent_of_target", 10.0))  # fmt: skip
    assert share.close == ((9.0, 10.0), (20.0, 22.0))
    least = aim_of(OFF | {"tolerance": None})
    assert (least.edges, least.close) == ((80.0,), ())
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
    of_measures = (series, control_charts, funnel_plots, spine_charts)
    for make, item in (*((make, "nothing") for make in of_measures), (tree, "No plan")):
        with pytest.raises(DefinitionMistake, match="packs/p.toml"):
            list(make(_told(), PackSection("any", items=(item,))))
    pack = PackSpec("p", "A paper", "The board", date(2026, 5, 1), YEAR, "note",
                    sections=(PackSection("map"),))  # fmt: skip
    with pytest.raises(DefinitionMistake, match="no kind of section 'map'"):
        paper(_told(pack=pack))
    with pytest.raises(DefinitionMistake, match="'falls' is of kind 'count'"):
        list(funnel_plots(_told(), PackSection("funnel plots", items=("falls",))))
    kinds = {"text", "series", "control charts", "funnel plots", "spine chart", "tree"}
    assert set(SECTIONS) == kinds


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


def test_counts_are_named_once_below_the_tables_as_not_ranked_with_the_reason():
    group = {"comparators": {"g": Comparator("g", "Neighbours", ("S1",), "mean of members")}}
    falls = _benchmark(
        measure="falls", rank=None, quartile=None, gap=None, gap_people=None, quartile_rule=None,
        note=f"{A_COUNT} 2 of 9 are late.", value=12.0, comparator_value=20.0,
    )  # fmt: skip
    visits = falls | {"measure": "visits", "note": None}  # neither side is better in any case
    said = _said(comparison(_told(benchmarks=(_benchmark(), falls, visits), partnership=group)))
    assert said.count("grow with the size of a place: The falls.") == 1
    assert ": 2 of 9 are late." in said and A_COUNT not in said
    alone = _said(comparison(_told(benchmarks=(_benchmark(),), partnership=group)))
    assert "Not ranked" not in alone


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


def _strip_of(against: str) -> Chart:
    row = _benchmark(against=against)
    members = tuple((f"Place {n}", 60.0 + n) for n in range(8)) + (("Northmoor", 70.0),)
    told = _told(benchmarks=(row,), strips=(Strip(row, members, (62.0, 64.0, 66.0)),))
    (chart,) = (block for block in comparison(told) if isinstance(block, Chart))
    return chart


@pytest.mark.parametrize("against", sorted({*WORDS.values(), *SIDES.values()}))
def test_a_comparison_is_a_word_with_an_icon_that_is_no_status_and_is_explained(against):
    other = _benchmark(measure="falls", against="similar")
    said = list(comparison(_told(benchmarks=(_benchmark(against=against), other))))
    (table,) = (block for block in said if isinstance(block, Table))
    found = [cell for row in table.cells for cell in row if cell.plain == against.capitalize()]
    kind = Cell if against == "not compared" else IconCell
    assert found and all(isinstance(cell, kind) for cell in found)
    assert any(plain(note).startswith(f"{against.capitalize()}: ") for note in table.notes)
    assert not any(isinstance(cell, StatusCell) for row in table.cells for cell in row)


def test_a_group_in_which_nothing_is_compared_has_no_column_for_it():
    said = _said(comparison(_told(benchmarks=(_benchmark(against="not compared"),))))
    assert "Not compared" not in said and "limits" not in said
    published = _benchmark(basis="reported", rank=None, quartile=None)
    assert "Similar" not in _said(comparison(_told(benchmarks=(published,))))


def test_a_measure_without_a_better_side_is_told_as_higher_or_lower():
    row = _benchmark(measure="visits", rank=None, quartile=None, gap=None, against="higher")
    said = _said(comparison(_told(benchmarks=(row,))))
    assert "Higher" in said and "neither side is the good one" in said


def test_our_mark_among_the_others_is_that_of_the_comparison_and_never_of_a_status():
    fills = {tone.fill for tone in palette.TONES.values()}
    seen = set()
    for against, look in LOOKS.items():
        chart = _strip_of(against)
        marks = [layer["mark"] for layer in chart.spec["layer"] if "mark" in layer]
        (ours,) = (mark for mark in marks if mark.get("size") == 280)
        assert (ours["shape"], ours["fill"]) == (look.mark, look.fill)
        seen.add((look.mark, look.fill))
        told = against in str(chart.spec["layer"]), against in chart.alt
        assert told == (False, False) if against == "not compared" else (True, True)
    assert len(seen) == len(LOOKS) and not {fill for _, fill in seen} & fills


def test_a_quartile_that_others_published_is_marked_so():
    told = _told(benchmarks=(_benchmark(basis="reported", rank=None, gap=None),))
    assert "quartiles as published, not worked out here" in _said(comparison(told))


def test_rows_kept_aside_are_told_with_source_and_reason():
    aside = ({"source": "Returns", "column": "age", "reason": "Not a number.", "rows": "3"},)
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


def test_a_rank_that_others_published_is_printed_as_theirs_and_not_as_ours():
    row = _benchmark(
        basis="reported", rank=140, members=150, with_value=None, quartile=None, gap=None,
        quartile_rule=None, comparator_rule=None, comparator_value=None, note="From the digest",
    )  # fmt: skip
    said = _said(comparison(_told(benchmarks=(row,))))
    assert "g: ranks as published, not worked out here" in said
    assert "140 of 150" in said and "None" not in said and "worked out here." not in said
    assert "From the digest." in said


def test_a_published_table_holds_ranks_and_quartiles_where_either_is_given():
    both = _benchmark(basis="reported", rank=3, members=150, with_value=None, gap=None)
    quartile = both | {"measure": "falls", "rank": None, "quartile": "top"}
    rank = both | {"measure": "visits", "quartile": None}
    said = _said(comparison(_told(benchmarks=(both, quartile, rank))))
    assert "ranks and quartiles as published" in said
    assert said.count("Not given") == 2 and "Third" in said and "Top" in said


def test_figures_beside_a_groups_say_who_worked_the_groups_out():
    ours = _benchmark(measure="visits", rank=None, quartile=None, gap=None, quartile_rule=None)
    said = _said(comparison(_told(benchmarks=(ours,))))
    assert "our figure beside the group's, worked out here" in said
    assert "Group's figure: mean of members." in said
    theirs = ours | {"basis": "reported"}
    assert "our figure beside the published one" in _said(comparison(_told(benchmarks=(theirs,))))


def test_a_comparison_without_our_figure_says_which_absence():
    row = _benchmark(basis="reported", value=None, absent="suppressed", rank=None, quartile=None)
    assert "Suppressed" in _said(comparison(_told(benchmarks=(row,))))
    assert "No figure" in _said(comparison(_told(benchmarks=(row | {"absent": None},))))


def test_the_brief_counts_a_measure_once_in_each_group():
    rows = (
        _benchmark(quartile="top"),
        _benchmark(quartile="bottom", basis="reported"),  # the same measure and group, by others
        _benchmark(quartile="bottom", comparator="h"),
        _benchmark(quartile="top", measure="falls"),
    )
    group = {"comparators": {"g": Comparator("g", "Neighbours", ("S1",), "mean of members")}}
    told = _told(benchmarks=rows, partnership=group)
    assert (
        "Compared with others: Neighbours: 2 in the top quartile (The homes; The falls); "
        "h: 1 in the bottom quartile (The homes)."
    ) in _said(brief(told))


def test_the_brief_says_what_differs_from_the_group_apart_from_every_status():
    rows = (
        _benchmark(against="better"),
        _benchmark(measure="falls", against="worse"),
        _benchmark(measure="visits", against="similar"),
        _benchmark(measure="never", against="not compared"),
        _benchmark(against="similar", comparator="h"),
    )
    group = {"comparators": {"g": Comparator("g", "Neighbours", ("S1",), "mean of members")}}
    said = _said(brief(_told(benchmarks=rows, partnership=group)))
    assert (
        "Against a group's figure, chance allowed for: Neighbours: 1 better (The homes), "
        "1 worse (The falls)."
    ) in said
    assert "h: " not in said.partition("chance allowed for")[2].partition("|")[0]


def test_the_brief_gives_a_reason_for_every_measure_that_is_not_assessed():
    aimed = {"target_id": "t", "target": "at least 80.0%"}
    odd = _row("falls", value=3.0, shown="3", reason_year_end="The profile is not known.", **aimed)
    bare = _row("visits", absent="not available", **aimed)
    rows = (OFF, odd, bare, _row("never", value=1.0, shown="1"))
    said = _said(brief(_told(rows)))
    assert "; 3 cannot be assessed." in said
    assert (
        "○ Not assessed: 1 has no target; 1 has a target and no figure (The visits); "
        "The falls: The profile is not known."
    ) in said


def test_the_brief_says_a_year_before_only_of_what_is_a_year_before():
    moved = {"direction": "better", "change": 1.0, "value": 70.0, "shown": "70.0"}
    yearly = _row("homes", previous_period="2024-04-01/P1Y", **moved)
    ranged = _row("falls", period="2023-04-01/P3Y", previous_period="2020-04-01/P3Y", **moved)
    leap = _row("visits", period="2024-02-01/P1M", previous_period="2023-02-01/P1M", **moved)
    said = _said(brief(_told((OFF, yearly, ranged, leap))))
    assert "Better than a year before: The homes (up 1.0 points); The visits" in said
    assert "Better than in the years before: The falls" in said


def test_a_comment_on_what_is_on_target_or_not_assessed_is_printed_too_and_once():
    comments = tuple(
        Comment(id, YEAR, f"What is said of **{id}**.", "c.md") for id in ("homes", "falls")
    )
    action = Action("a", "Grit the paths", "falls", "The roads team", date(2026, 6, 1), "open")
    on = OFF | {"status_year_end": "on target", "status_now": "on target"}
    told = _told((on, FALLS), partnership={"comments": comments, "actions": (action,)})
    assert "70.0% is 10 points below the target. What is said of homes." in _said(going_well(told))
    score = _said(scorecard(told))
    assert "1 [1] [2]" in score and "[1] What is said of falls." in score
    assert "[2] Action: Grit the paths. Owner: The roads team." in score
    everything = _said(paper(told).blocks)
    for id in ("homes", "falls"):
        assert everything.count(f"What is said of {id}.") == 1


def test_a_comment_of_several_parts_is_one_run_of_words_in_a_note():
    text = "Two reasons:\n\n1. **ice**\n2. snow\n\nBoth passed."
    told = _told((FALLS,), partnership={"comments": (Comment("falls", YEAR, text, "c.md"),)})
    assert "[1] Two reasons: ice; snow Both passed." in _said(scorecard(told))


RETURN = PackSpec(
    id="p", title="A return", meeting="The board", held_on=date(2026, 5, 1), period=YEAR,
    decision="note", framework="Plan", form="local improvement targets return",
)  # fmt: skip


def _target(year: str) -> Target:
    period = parse(year)
    return Target(year, "homes", period, Goal("at_least", (80.0,)), Agreement("The board"))


def test_a_trajectory_tells_of_each_year_that_is_over_and_says_not_yet_due_of_no_other():
    years = ("2023/24", "2024/25", "2025/26", "2026/27", "2027/28")
    row = OFF | {"target_id": "2025/26", "direction": "same", "previous": 70.0}
    before = row | {"value": 65.0, "shown": "65.0", "target_id": "2023/24"}
    told = _told(
        (row,), pack=RETURN, asked=dict.fromkeys(years, "at least 80.0%"),
        aimed={"2023/24": before}, as_of=date(2027, 4, 30),
        partnership={"targets": tuple(map(_target, years))},
    )  # fmt: skip
    (table,) = (
        table for table in tables_of(list(targets_return(told))) if "Trajectory" in table.caption
    )
    assert [[cell.plain for cell in row][:3:2] for row in table.cells] == [
        ["2023/24", "65.0% [p]"],
        ["2024/25", "Not available"],
        ["2025/26", "70.0% [p]"],
        ["2026/27", "After this paper"],
        ["2027/28", "Not yet due"],
    ]
    assert "The same as 70.0%." in _said(targets_return(told))


@pytest.mark.parametrize(
    ("direction", "said"),
    [("up", "Up from 69.0%."), ("better", "Better than 69.0%."), ("down", "Down from 69.0%.")],
)
def test_what_has_been_achieved_is_an_english_sentence(direction, said):
    row = OFF | {"direction": direction, "previous": 69.0}
    told = _told((row,), pack=RETURN, asked={"t": "at least 80.0%"})
    assert said in _said(targets_return(told))


def test_the_comments_stand_in_a_return_too():
    comment = Comment("homes", YEAR, "A new team began.", "c.md")
    told = _told((OFF,), pack=RETURN, asked={"t": "at least 80.0%"},
                 partnership={"comments": (comment,)})  # fmt: skip
    said = _said(targets_return(told))
    assert "[1] A new team began." in said and said.count("A new team began.") == 1
    other = Comment("falls", YEAR, "Ice in January.", "c.md")
    told = _told((OFF, FALLS), pack=RETURN, asked={"t": "at least 80.0%"},
                 partnership={"comments": (other,)})  # fmt: skip
    assert "The falls: Ice in January." in _said(targets_return(told))


def test_a_suppressed_count_in_a_comment_says_so_and_halves_go_up():
    def said(**more: Any) -> str:
        comment = Comment("homes", YEAR, "{numerator} of {denominator}", "c.md")
        return filled(comment, OFF | more, _told())

    assert said(numerator=2.5, denominator=12345.0) == "3 of 12,345"
    assert said(value=None, absent="suppressed") == "suppressed of suppressed"
    assert said(value=None, absent="not available") == "no figure of no figure"


@pytest.mark.parametrize(
    ("measure", "tolerance", "said"),
    [
        (_measure("a"), Tolerance("points", 1.0), "1 point"),
        (_measure("a", decimals=0), Tolerance("points", 0.4), "0.4 points"),
        (_measure("a", unit="£", kind="money", decimals=0), Tolerance("points", 5.0), "£5"),
        (_measure("a", unit="days per 1,000 people"), Tolerance("points", 1.0),
         "1 day per 1,000 people"),
        (_measure("a", unit="people", kind="count", decimals=0), Tolerance("count", 1.5e6),
         "1,500,000 people"),
        (_measure("a", unit="people", kind="count", decimals=0), Tolerance("count", 1.0),
         "1 person"),
        (_measure("a"), Tolerance("percent_of_target", 2.5), "2.5% of the target"),
        (_measure("a"), Tolerance("statistical"), "Its own 95% limits"),
        (_measure("a"), Tolerance("none"), "No tolerance"),
        (_measure("a"), Tolerance("statistical"), "Its own 95% limits"),
    ],
)  # fmt: skip
def test_a_tolerance_is_said_in_the_measures_unit(measure, tolerance, said):
    target = Target("t", "a", YEAR, Goal("at_least", (80.0,)), Agreement("B"), tolerance=tolerance)
    assert _tolerance(measure, target) == said


@pytest.mark.parametrize(
    ("places", "said"),
    [(0, "as whole numbers"), (1, "at 1 decimal place"), (2, "at 2 decimal places")],
)
def test_rounding_before_a_comparison_is_said_in_words(places, said):
    target = Target("t", "a", YEAR, Goal("at_least", (80.0,)), Agreement("B"), rounded_to=places)
    assert _comparison(target) == f"Compared {said}."


@pytest.mark.parametrize(
    ("measure", "change", "whole", "short"),
    [
        ({"kind": "count", "unit": "events", "decimals": 0}, -1.0, "down 1 event", None),
        ({"kind": "count", "unit": "events", "decimals": 0}, 2.0, "up 2 events", None),
        ({}, 1.0, "up 1.0 points", None),
        ({"decimals": 0}, 1.0, "up 1 point", None),
        ({"unit": "£", "kind": "money", "decimals": 0}, -5.0, "down £5", None),
        ({"unit": "per 100,000", "kind": "rate"}, -1.5, "down 1.5 per 100,000", "down 1.5"),
    ],
)  # fmt: skip
def test_a_change_is_said_once_with_its_unit(measure, change, whole, short):
    found = _told(partnership={"measures": {"a": _measure("a", **measure)}}, rows=())
    row = _row("a", change=change)
    assert change_words(found, row) == whole
    assert short is None or change_words(found, row, whole=False) == short


def test_a_unit_keeps_its_capitals():
    measure = _measure("a", unit="per 1,000 NHS bed days in England")
    assert _unit_and_aim(measure).text == "Per 1,000 NHS bed days in England, higher is better. "


def test_a_series_shows_its_target_in_chart_table_and_words():
    segment = _segment(["2025-04-01/P1M", "2025-05-01/P1M", "2025-06-01/P1M"], [1.0, 2.0, 3.0])
    aim = {"period": "2025-06-01/P1M", "milestone": "at least 4.0% by 30 June 2025",
           "milestone_low": 4.0, "milestone_high": None}  # fmt: skip
    band = aim | {"period": "2025-05-01/P1M", "milestone_high": 5.0}
    told = _told(
        series={"homes": (segment,)},
        aims={"homes": {one["period"]: one for one in (aim, band)}},
    )
    (chart,) = series(told, PackSection("series", items=("homes",)))
    assert [row["target"] for row in chart.spec["data"]["values"]] == [None, None, 4.0]
    assert "Target for June 2025: at least 4.0% by 30 June 2025." in chart.alt
    assert [cell.plain for cell in chart.table.cells[1]] == ["Target", "None", "None", "4.0%"]


# Targets of a part of a figure


PART = OFF | {"breakdown": "sex", "category": "F", "target_id": "f", "target": "at least 85.0%"}
ON = OFF | {"status_year_end": "on target", "status_now": "on target"}


def test_a_target_of_a_part_is_a_row_of_its_own_wherever_one_of_the_whole_is():
    told = _told((ON, PART, FALLS))
    assert "This paper follows 2 measures, some in parts. Of the 3 figures" in _said(brief(told))
    assert "Off target: The homes: sex F, 70.0% against at least 85.0%." in _said(brief(told))
    assert "The homes: sex F" in _said(exceptions(told))
    score = _said(scorecard(told))
    assert "The homes | 70.0%" in score and "The homes: sex F | 70.0%" in score
    assert names(told, [OFF, PART]) == ["The homes (all, sex F)"]
    elsewhere = PART | {"place": "S1"}
    assert names(told, [elsewhere]) == ["The homes: South, sex F"]


def test_a_comment_stands_with_the_whole_figure_once_and_not_beside_a_part():
    comment = Comment("homes", YEAR, "All: {value}.", "c.md")
    whole = ON | {"value": 81.0, "shown": "81.0"}
    told = _told((whole, PART), partnership={"comments": (comment,)})
    assert "All:" not in _said(exceptions(told))
    assert "All: 81.0%." in _said(going_well(told))
    assert _said(paper(told).blocks).count("All: 81.0%.") == 1
    action = Action("a", "Grit the paths", "homes", "The roads team", date(2026, 6, 1), "open")
    told = _told((whole, PART), partnership={"actions": (action,)})
    assert _said(paper(told).blocks).count("Grit the paths") == 1
    alone = _told((PART,), partnership={"comments": (comment,)})  # or it would be lost
    assert "All: 70.0%." in _said(exceptions(alone))


def test_a_forecast_is_never_a_figure_so_far_in_a_comment():
    so_far = Comment("homes", parse("2025-04-01/P6M"), "{value} by September.", "c.md")
    year = OFF | {"provenance": "forecast"}
    assert filled(so_far, year, _told()) == "a forecast of 70.0% by September."
    of_the_year = Comment("homes", YEAR, "The year will end at {value}.", "c.md")
    assert filled(of_the_year, year, _told()) == "The year will end at 70.0%."
    assert filled(so_far, OFF, _told()) == "70.0% by September."


def test_a_forecast_says_that_it_is_expected_and_of_which_period_it_is():
    rows = (
        OFF | {"period": "2025-04-01/P6M"},
        _row(
            "falls", value=5.0, shown="5", provenance="forecast", target_id="f", target="at most 6"
        ),
    )
    said = _said(scorecard(_told(rows)))
    assert "5 [f] [1]" in said and "[1] Forecast for 2025/26." in said
    # An instalment due in January is a forecast too, and none of a whole year.
    assert "[f] a forecast: what is expected, not a count so far." in said


def test_the_brief_prints_the_forecast_that_decides_beside_the_target():
    off = {"status_year_end": "off target", "status_now": "off target", "target_id": "t"}
    row = _row("falls", value=87.0, shown="87", forecast=130.5, forecast_shown="131",
               target="below 130 falls", **off)  # fmt: skip
    said = _said(brief(_told((row,))))
    assert "Off target: The falls, forecast 131 against below 130." in said


@pytest.mark.parametrize(
    ("id", "unit", "forecast", "printed"),
    [("homes", "%", "65.4", "65.4%"), ("falls", "falls", "131", "131"),
     ("falls", "£ million", "1.2", "£1.2 million")],
)  # fmt: skip
def test_a_forecast_has_its_short_unit_wherever_it_stands(id, unit, forecast, printed):
    """Under its bar, in the table of the chart, and in the brief; a long one is by the name."""
    row = _row(id, value=12.0, shown="12", forecast=131.0, forecast_shown=forecast,
               target="at most 5", target_id="t", goal_high=5.0, status_year_end="off target",
               reason_year_end="It misses.")  # fmt: skip
    measures = {id: replace(MEASURES[id], unit=unit)}
    told = _told((row,), partnership={"measures": MEASURES | measures})
    (chart,) = (block for block in exceptions(told) if isinstance(block, Chart))
    assert f"{printed} forecast (" in str(chart.spec)
    assert f" | {printed} | " in _said([chart])
    assert f"forecast {printed} against at most 5" in _said(brief(told))


def test_a_quartile_that_separates_nobody_is_not_counted_in_the_brief():
    none = "a quartile does not separate them."
    alike = _benchmark(quartile="top", note=f"9 of 9 members share one value: {none}")
    few = _benchmark(quartile="top", measure="falls", note=f"The figures are 2 values: {none}")
    told = _told(benchmarks=(alike, few))
    assert "Compared with others" not in _said(brief(told))


def test_a_series_with_withheld_periods_claims_no_lowest_and_no_highest():
    months = [f"2025-{month:02}-01/P1M" for month in range(4, 9)]
    points = [_point(key, n + 1.0) for n, key in enumerate(months)]
    points[2] = {"period": months[2], "value": None, "absent": "suppressed", "why": "Few"}
    segment = Segment("month", fitted(pl.DataFrame(points), VALUES))
    pack = PackSpec("p", "A paper", "The board", date(2026, 5, 1), YEAR, "note", framework="Plan",
                    sections=(PackSection("series", items=("homes",)),))  # fmt: skip
    told = _told(series={"homes": (segment,)}, pack=pack)
    (chart,) = series(told, pack.sections[0])
    for said in (_said(brief(told)), chart.alt):
        assert "1 period is withheld to protect people" in said
        assert "lowest 1" not in said and "highest 5" not in said


def test_of_a_long_series_the_last_forty_periods_are_printed_and_that_is_said():
    keys = [f"{2020 + n // 12}-{n % 12 + 1:02}-01/P1M" for n in range(50)]
    first = _segment(keys[:5], [1.0] * 5)
    rest = _segment(keys[5:], [2.0] * 45, "Counted anew.")
    told = _told(series={"homes": (first, rest)})
    (chart,) = series(told, PackSection("series", items=("homes",)))
    assert len(chart.table.rows) == 40
    assert chart.table.cells[0][0].plain == "Nov 2020"
    assert "The last 40 of 50 periods; the exported files hold them all." in chart.table.notes
    assert "Counted anew." not in chart.alt  # nothing of before is printed


def test_a_target_that_was_worked_out_is_printed_with_two_decimals_more_at_most():
    assert bound_words(11.506849, MEASURES["falls"]) == "11.51"
    assert bound_words(12.0, MEASURES["falls"]) == "12"
    assert bound_words(79.333333, MEASURES["homes"]) == "79.333%"


def test_the_reason_of_a_status_set_aside_is_printed_once():
    reason = "Set by the director on 1 May 2026: the sample was small."
    row = OFF | {
        "overridden": f"Year end: {reason}",
        "reason_year_end": f"{reason} By the rule: off target. 70.0% is below the target.",
    }
    action = Action("a", "Grit", "homes", "The roads team", date(2026, 6, 1), "open")
    for told in (_told((row,)), _told((row,), partnership={"actions": (action,)})):
        tables = [chart for chart in exceptions(told) if not isinstance(chart, Chart)]
        assert _said(tables).count("the sample was small") == 1
    now = row | {"overridden": f"Now: Set by another. Year end: {reason}"}
    assert "Set aside: Now: Set by another." in _said(exceptions(_told((now,))))


@pytest.mark.parametrize(
    ("figure_", "goal", "high"), [(4.37, 3.5, 10.0), (4.37, 12.0, 100.0), (70.0, 80.0, 100.0)]
)
def test_small_shares_are_drawn_on_a_scale_to_ten(figure_, goal, high):
    row = OFF | {"forecast": figure_, "goal_low": goal, "tolerance": 1.0}
    scale = _scale(MEASURES["homes"], (figure_,), aim_of(row))
    assert scale == {"high": high, "high_shown": f"{high:.0f}%"}
    (chart,) = (one for one in exceptions(_told((row,))) if isinstance(one, Chart))
    assert f"All are drawn from 0% to {high:.0f}%." in chart.alt


@pytest.mark.parametrize(
    ("unit", "said", "end"),
    [
        ("£000", "£3,008 thousand", "£4,000 thousand"),
        ("£m", "£3,008m", "£4,000m"),
        ("£", "£3,008", "£4,000"),
        ("£ per week", "£3,008 per week", "£4,000"),
    ],
)
def test_a_larger_unit_of_money_is_said_of_a_figure_and_at_the_end_of_its_scale(unit, said, end):
    money = replace(MEASURES["homes"], kind="money", unit=unit, decimals=0)
    assert unit_of(money).rounded(3008.0, 0) == said
    row = OFF | {"forecast": 3008.0, "goal_low": 2900.0, "tolerance": 1.0}
    assert _scale(money, (3008.0,), aim_of(row))["high_shown"] == end


def test_a_paper_tells_parts_and_other_places_only_where_they_have_a_target():
    told = _told()
    rows = [
        OFF,
        PART,
        PART | {"category": "M", "target_id": None},
        OFF | {"place": "S1"},
        FALLS | {"place": "S1"},
        FALLS,
        VISITS | {"place": "S1"},  # of no other place is there a figure
    ]
    found = rows_of(told.pack, told.partnership, fitted(pl.DataFrame(rows), VERDICTS))
    assert [(row["measure"], row["place"], row["category"]) for row in found] == [
        ("homes", HOME, "all"), ("homes", HOME, "F"), ("homes", "S1", "all"),
        ("falls", HOME, "all"), ("visits", "S1", "all"),
    ]  # fmt: skip


def test_a_return_has_a_line_for_the_target_of_a_part_and_a_trajectory_of_its_own():
    year, nextly = parse("2025/26"), parse("2026/27")
    goal, by = Goal("at_least", (80.0,)), Agreement("The board")
    targets = (
        Target("t", "homes", year, goal, by),
        *(
            Target(f"f{n}", "homes", one, goal, by, breakdown="sex", category="F")
            for n, one in enumerate((year, nextly))
        ),
    )
    told = _told((OFF, PART | {"target_id": "f0"}), pack=RETURN,
                 asked=dict.fromkeys(("t", "f0", "f1"), "at least 80.0%"),
                 partnership={"targets": targets})  # fmt: skip
    said = _said(targets_return(told))
    assert "The homes: at least 80.0% by" in said and "The homes: sex F: at least 80.0% by" in said
    assert "Trajectory: The homes: sex F" in said and "Trajectory: The homes |" not in said


def test_a_return_says_where_another_framework_has_the_measure():
    told = _told((OFF,), pack=RETURN, asked={"t": "at least 80.0%"})
    assert "Outcome: Elsewhere." in _said(targets_return(told))


# The outcomes above, what is done, what is late


def test_the_scorecard_names_the_outcome_above_with_its_board_and_what_is_done():
    top = Outcome("top", "A good life", "outcome", "Plan", board="The big board", owner="The chief")
    under = Outcome("a", "Living well", "priority", "Plan", parent="top", measures=("homes",),
                    delivery="some risk", delivery_comment="Late.", delivery_by="The lead",
                    activities=(Activity("Walks", "the districts"),))  # fmt: skip
    other = Outcome("b", "Being seen", "priority", "Plan", parent="top", measures=("falls",))
    told = _told(partnership={"outcomes": {"top": top, "a": under, "b": other}})
    said = _said(scorecard(told))
    assert "Under: A good life. Board: The big board. Owner: The chief." in said
    assert said.count("The big board") == 1 and said.count("Under: A good life.") == 2
    assert "Delivery: some risk." in said and "Late (The lead)." in said
    assert "Towards Living well: Walks, by the districts." in said


@pytest.mark.parametrize(
    ("state", "due", "said"),
    [
        ("under way", date(2025, 1, 31), "Due: 31 January 2025, overdue, under way."),
        ("planned", date(2026, 5, 1), "Due: 1 May 2026, planned."),
        ("done", date(2025, 1, 31), "Due: 31 January 2025, done."),
        ("stopped", date(2025, 1, 31), "Due: 31 January 2025, stopped."),
    ],
)
def test_an_action_that_the_meeting_finds_past_its_day_is_overdue(state, due, said):
    action = Action("a", "Grit the paths", "homes", "The roads team", due, state)
    assert said in _said(exceptions(_told(partnership={"actions": (action,)})))


# What a period and a year are said to be


def test_a_paper_of_a_year_that_is_over_says_how_it_ended():
    over = _told((OFF,))
    assert "0 ended the year on target" in _said(brief(over))
    assert "Figure for the year and target" in [
        block.caption for block in exceptions(over) if isinstance(block, Chart)
    ]
    early = _told((OFF | {"period": "2025-04-01/P8M"},))  # of the year only eight months
    assert "0 are forecast to end the year on target" in _said(brief(early))
    one = _told((ON | {"period": "2025-04-01/P8M"},))
    assert "Of 1 measure, 1 is forecast to end the year on target" in _said(brief(one))


def test_a_paper_for_a_period_without_any_figure_says_so_first():
    caution = "No figure is held for 2025/26"
    assert caution not in _said(brief(_told()))
    assert f"{caution}, nor for any period before it." in _said(brief(_told(())))
    nothing = _said(brief(_told((), partnership={"outcomes": {}})))
    assert caution not in nothing
    assert "This paper reports no measure: none belongs to an outcome" in nothing
    older = FALLS | {"period": "2023-04-01/P1Y"}
    assert (f"{caution}. Those in this paper are of earlier periods, the latest 2023/24.") in _said(
        brief(_told((older,)))
    )


@pytest.mark.parametrize(
    ("direction", "change", "said"),
    [
        ("better", -2.0, "↓ better"),
        ("better", 2.0, "↑ better"),
        ("worse", 2.0, "↑ worse"),
        ("same", 0.0, "→ same"),
        ("same", 1.0, "→ same"),
        ("down", -1.0, "↓ down"),
        ("up", None, "↑ up"),
        ("not assessed", None, "Not compared"),
    ],
)
def test_the_arrow_follows_the_figure_and_the_word_says_whether_that_is_good(
    direction, change, said
):
    assert direction_words(OFF | {"direction": direction, "change": change}) == said


# Definitions


def test_a_definition_without_a_description_says_what_it_counts():
    admissions = Tally("admissions", "sum", "admissions", (Condition("age", "at_least", (65,)),))
    people = Tally("population", "sum", "people")
    counted = _measure("homes", numerator=admissions, denominator=people)
    made = _measure("falls", formula=Formula("sum", ("homes", "visits")))
    told = _told(partnership={"measures": MEASURES | {"homes": counted, "falls": made}})
    said = _said(APPENDICES["definitions"][1](told))
    assert (
        "Counts the sum of admissions in admissions where age is at least 65, "
        "out of the sum of people in population."
    ) in said
    assert "Made of other measures, their sum: The homes; The visits." in said
    assert "Each is version 2025 of its definition unless another is named." in said


def test_every_word_of_a_condition_can_be_said():
    for word in CONDITIONS:
        assert condition_words(Condition("age", word, (1, 2))).startswith("age is ")


def test_a_figure_that_misses_its_target_by_less_than_its_rounding_is_told_apart_from_it():
    facts = {"goal_low": 80.0, "target": "at least 80.0%", "target_id": "t", "shown": "80.0"}
    facts |= {"reason_year_end": "Close.", "status_now": "close"}
    missed = _row("homes", value=79.96, forecast=79.96, status_year_end="close", **facts)
    remarks = Remarks()
    assert figure(_told(), missed, remarks) == "80.0% [1]"
    assert remarks.lines() == ["[1] 79.96% before it was rounded."]
    said = _said(brief(_told((missed,))))
    assert "The homes, 79.96% against at least 80.0%" in said
    assert "79.96%" in _said(exceptions(_told((missed,))))
    for more in (
        {"status_year_end": "on target"},  # rounding hides no miss
        {"value": 79.9, "forecast": 79.9, "shown": "79.9"},  # nor does it here
        {"forecast": 70.0},  # it is the forecast that misses
    ):
        remarks = Remarks()
        assert figure(_told(), missed | more, remarks).startswith(("80.0%", "79.9%"))
        assert remarks.lines() == []


def test_records_that_could_not_be_read_are_told_before_any_figure_and_below_each_table():
    said = "Incomplete: 1 of 6 partitions of 'stays' could not be read."
    lacks = {(*(OFF[name] for name in ("measure", "place", "period")), WHOLE, WHOLE): said[:-1]}
    told = _told(lacks=lacks)
    assert f"{said} This concerns: The homes." in _said(brief(told))
    remarks = Remarks()
    assert figure(told, OFF, remarks) == "70.0% [p] [1]" and remarks.found == [said]
    assert figure(told, VISITS, remarks).startswith("Suppressed")
    assert remarks.found[1:] == ["Fewer than five people."]


def test_the_definitions_say_which_measures_are_made_of_rounded_counts_once_where_all_are():
    said = "counts rounded to the nearest 5"
    ids = sorted({row["measure"] for row in _told().rows})
    for rounded in (ids[:1], ids):
        told = _told(rounded=dict.fromkeys(rounded, said))
        assert _said(APPENDICES["definitions"][1](told)).count(f"Made of {said}.") == 1
    assert said not in _said(APPENDICES["definitions"][1](_told()))


def test_a_part_of_these_is_named_before_what_it_is_part_of():
    measure = _measure("a", numerator_is="Of these, the clusters", denominator_is="All clusters")
    assert counted_words(measure) == "Counts the clusters, out of all clusters."


@pytest.mark.parametrize("word", TOLERANCES)
def test_every_word_of_a_tolerance_is_said_in_the_appendix(word):
    tolerance = Tolerance(word, 3.0)
    target = Target("t", "homes", YEAR, Goal("at_least", (80.0,)), Agreement("The board"),
                    tolerance=tolerance)  # fmt: skip
    said = _said(APPENDICES["rag"][1](_told(partnership={"targets": (target,)})))
    assert ("No tolerance" in said) == (word == "none")
    assert ("Where it is the figure's own 95% limits" in said) == (word == "statistical")


FORECAST = OFF | {
    "period": "2025-04-01/P6M", "forecast": 68.0, "forecast_low": 64.0, "forecast_high": 73.0,
    "forecast_without": 66.0, "forecast_events": "5% more from December 2025: A new team",
    "forecast_record": "3 past forecasts, median error 4.0%, 2 inside the interval",
    "chance_other": 0.238,
}  # fmt: skip


@pytest.mark.parametrize("status", ["off target", "close", "on target"])
def test_a_forecast_says_what_it_allows_for_and_how_past_ones_did(status):
    told = _told((FORECAST | {"status_year_end": status},))
    said = _said([*exceptions(told), *going_well(told)])
    assert "Allows for: 5% more from December 2025: A new team; without that 66.0%." in said
    assert "Track record: 3 past forecasts, median error 4.0%, 2 inside the interval; " in said
    without = _said([*exceptions(_told()), *going_well(_told())])
    assert "Allows for" not in without and "Track record" not in without


def test_a_forecast_with_a_comment_says_so_too():
    comment = Comment("homes", parse("2025-04-01/P6M"), "It is late.", "c.md")
    said = _said(exceptions(_told((FORECAST,), partnership={"comments": (comment,)})))
    assert "Allows for: " in said and "Track record: " in said


def test_the_interval_of_a_forecast_is_drawn_and_stands_in_table_and_description():
    (chart,) = [one for one in exceptions(_told((FORECAST,))) if isinstance(one, Chart)]
    (row,) = chart.spec["data"]["values"]
    assert (row["low"], row["end"], row["high"]) == (0.64, 0.68, 0.73)
    assert "A thin line under a bar is its 80% interval." in chart.alt
    assert chart.table.heads[2].title == "Forecast (80%\u00a0interval)"
    assert chart.table.cells[0][2].plain == "68.0% (64.0\u00a0to\u00a073.0%)"
    (chart,) = [one for one in exceptions(_told()) if isinstance(one, Chart)]
    assert chart.spec["data"]["values"][0]["low"] is None and "80%" not in chart.alt[-60:]


def test_the_scorecard_says_of_each_status_how_likely_another_is():
    other = FORECAST | {"place": "S1", "chance_other": 0.004}
    said = _said(scorecard(_told((FORECAST, other, FALLS))))
    assert "another status than the one now" in said
    assert "counted: The homes 24%; The homes: South under 1%." in said
    assert "another status" not in _said(scorecard(_told()))


@pytest.mark.parametrize(
    ("unit", "said", "left"),
    [("days", "1 day", "1"), ("days", "2 days", "2"), ("days", "at most 1 day", "at most 1"),
     ("day centres", "1 day centre", "1"), ("%", "1%", "1%")],
)  # fmt: skip
def test_a_long_unit_is_left_out_of_one_as_of_many(unit, said, left):
    assert shortened(said, _measure("a", unit=unit, kind="count")) == left


def test_shape_and_word_of_a_status_stay_on_one_line():
    (chart,) = [one for one in brief(_told()) if isinstance(one, Chart)]
    heads = [head.title for head in chart.table.heads[1:]]
    assert heads[1] == "▲\u00a0Close" and all("\u00a0" in one[:2] for one in heads)


def test_the_words_at_the_quartiles_leave_a_long_unit_to_the_axis():
    row = _benchmark(measure="days", against="similar")
    days = _measure("days", kind="rate", unit="per 100,000")
    strip = Strip(row, (("Northmoor", 70.0), ("South", 50.0)), (52.0, 60.0, 68.0))
    told = _told(partnership={"measures": {"days": days}}, benchmarks=(row,), strips=(strip,))
    (chart,) = [one for one in comparison(told) if isinstance(one, Chart)]
    drawn = str([one.get("data") for one in chart.spec["layer"]]) + str(chart.spec["layer"][1:4])
    assert "68.0" in drawn and "68.0 per" not in drawn and "70.0 per" not in drawn
    assert "upper quartile 68.0 per 100,000" in chart.alt


def _noise_about_targets(low, high, **homes):
    """The table of icons and a chart of homes, with a target of no better side, and of falls."""
    homes = _measure("homes", kind="index", unit="%", decimals=1, **homes)
    falls = _measure("falls", kind="score", unit="%", aim="lower", decimals=1)
    measures = {"homes": homes, "falls": falls}
    rows = [
        dict.fromkeys(VALUES) | {
            "measure": id, "definition": "2025", "place": HOME, "breakdown": WHOLE,
            "category": WHOLE, "period": parse(f"{2024 + n // 12}-{n % 12 + 1:02d}").key,
            "value": 98.0 + n % 3,
        }
        for id in measures
        for n in range(24)
    ]  # fmt: skip
    held = fitted(pl.DataFrame(rows, infer_schema_length=None), VALUES)
    ours = pl.col("measure") == "homes"
    asked = held.select(
        *KEYS,
        milestone_low=pl.when(ours).then(pl.lit(low, pl.Float64)),
        milestone_high=pl.when(ours).then(pl.lit(high, pl.Float64)).otherwise(102.0),
    )
    told = _told(partnership={"measures": measures})
    control = control_of(
        held, measures=measures, calendar=told.partnership.calendar, as_of=date(2028, 1, 31),
        verdicts=fitted(asked, VERDICTS),
    )  # fmt: skip
    section = PackSection("control charts", "Noise", items=("homes", "falls"))
    table, chart, *_ = control_charts(replace(told, control=control), section)
    return table, chart


def test_a_target_that_is_a_range_stands_in_the_table_of_icons_without_assurance():
    table, chart = _noise_about_targets(95.0, 102.0, aim="band", band=(95.0, 102.0))
    assert [row[4].plain for row in table.cells] == ["95.0 to 102.0%", "102.0%"]
    assert table.cells[0][5].plain == "–"
    assert "No assurance, for the target is a range: The homes." in table.notes
    assert "Target 95.0 to 102.0%: no assurance, for the target is a range." in chart.alt


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [(95.0, None, "at least 95.0%"), (None, 102.0, "at most 102.0%"), (98.0, 98.0, "98.0%")],
)
def test_a_target_without_a_better_side_that_is_no_range_is_not_called_one(low, high, words):
    table, chart = _noise_about_targets(low, high, aim="none")
    assert [row[4].plain for row in table.cells] == [words, "102.0%"]
    assert "No assurance, for the measure has no better side: The homes." in table.notes
    assert f"Target {words}: no assurance, for the measure has no better side." in chart.alt
    assert "range" not in " ".join([*table.notes, chart.alt])


@pytest.mark.parametrize(
    ("low", "high", "aim", "why"),
    [
        (100.0, 100.0, {"aim": "closest", "closest_to": 100.0}, "the target is one number, which "
         "figures may miss on either side"),
        (98.0, 98.0, {"aim": "band", "band": (95.0, 102.0)}, "the target is one number, which "
         "figures may miss on either side"),
        (95.0, None, {"aim": "closest", "closest_to": 100.0}, "the measure is best near a number, "
         "so neither side of the target is always better"),
        (None, 102.0, {"aim": "band", "band": (95.0, 102.0)}, "the measure is best within a "
         "range, so neither side of the target is always better"),
        (95.0, 105.0, {"aim": "closest", "closest_to": 100.0}, "the target is a range"),
    ],
)  # fmt: skip
def test_a_measure_with_a_good_place_is_not_said_to_have_no_better_side(low, high, aim, why):
    table, chart = _noise_about_targets(low, high, **aim)
    assert f"No assurance, for {why}: The homes." in table.notes
    assert f": no assurance, for {why}." in chart.alt
    assert "no better side" not in " ".join([*table.notes, chart.alt])


def test_a_measure_without_a_better_side_and_without_a_target_lacks_no_assurance():
    table, chart = _noise_about_targets(None, None, aim="none")
    assert "assurance" not in " ".join([*table.notes, chart.alt])


def _funnel_told(**more):
    none = pl.DataFrame()
    facts = {
        "members": 9, "average": 20.0, "over_dispersion": 1.36, "outside": 1,
        "outside_of_chance": 2, "left_out": 0, "without_events": 0,
    }  # fmt: skip
    return _dispersion(Funnel(none, none, **(facts | more)))


@pytest.mark.parametrize(
    ("differs", "widened", "words"),
    [
        (True, True, "The 9 places of the group differ from one another by more than chance "
         "(over-dispersion 1.36, where 1 is chance alone), so the limits are widened by as much. "
         "Beyond the 99.8% limits: 1 of 9; beyond limits of chance alone it would be 2."),
        (True, False, "by more than chance, but those between the ends do not (over-dispersion "),
        (None, False, "Whether the 9 places of the group differ by more than chance cannot be told "
         "(over-dispersion 1.36, where 1 is chance alone), and the limits are not widened."),
        (None, True, "whether chance may make as much cannot be told, and the limits are widened "
         "all the same. Beyond the 99.8% limits: 1 of 9; "),
    ],
)  # fmt: skip
def test_that_places_differ_by_more_than_chance_is_said_by_the_test_alone(differs, widened, words):
    said = _funnel_told(differs=differs, is_widened=widened)
    assert words in said
    assert (" differ from one another by more than chance" in said) is bool(differs)


@pytest.mark.parametrize(
    ("beyond", "widened", "words"),
    [
        (0, False, "The 9 places of the group differ from one another by no more than chance "
         "(over-dispersion 1.36, where 1 is chance alone), so the limits are not widened. Beyond "
         "the 99.8% limits: 0 of 9."),
        (0, True, "are spread out further than chance is expected to spread them (over-dispersion "
         "1.36, where 1 is chance alone), but no further than it may; the limits are widened"),
        (1, False, "It is not shown that the 9 places of the group, all taken together, differ by "
         "more than chance (over-dispersion 1.36, where 1 is chance alone), and the limits are not "
         "widened; but not every one of them lies within the 99.8% limits."),
        (1, True, "so the limits are widened by as much. It is not shown that this is more than "
         "chance may make of all taken together, but not every one of them lies within the 99.8% "
         "limits of chance. Beyond the 99.8% limits: 0 of 9; beyond limits of chance alone it "
         "would be 1."),
    ],
)  # fmt: skip
def test_no_more_than_chance_is_said_only_where_no_place_lies_beyond_its_limits(
    beyond, widened, words
):
    said = _funnel_told(
        differs=False, is_widened=widened, outside=0 if widened else beyond,
        outside_of_chance=beyond,
    )  # fmt: skip
    assert words in said
    assert ("by no more than chance" in said or "no further than" in said) is (beyond == 0)


@pytest.mark.parametrize(
    ("differs", "words"),
    [
        (True, "The 9 places of the group differ from one another by more than chance, but too few "
         "of them have events to tell their over-dispersion, so the limits are not widened. "),
        (False, "by no more than chance (too few of them have events to tell their over-dispersion"
         "), so the limits are not widened. "),
        (None, "cannot be told (too few of them have events to tell their over-dispersion), and "),
    ],
)  # fmt: skip
def test_without_over_dispersion_it_is_still_said_whether_places_differ(differs, words):
    found = {"over_dispersion": None, "is_widened": False, "outside_of_chance": 0}
    said = _funnel_told(differs=differs, **found)
    assert words in said and "between the ends" not in said


def test_why_limits_begin_anew_and_how_they_were_made_stands_under_the_chart():
    since = parse("2025-04")
    step = Step(since, "A ward opened.", by="Chief Officer")
    broken = SeriesBreak(parse("2026-04"), "break", "Another way of counting.")
    falls = _measure("falls", kind="score", unit="falls", aim="lower", screened=True,
                     steps=(step,), breaks=(broken,))  # fmt: skip
    months = [f"{2024 + n // 12}-{n % 12 + 1:02d}" for n in range(48)]
    rows = [
        dict.fromkeys(VALUES) | {
            "measure": "falls", "definition": "2025", "place": HOME, "breakdown": WHOLE,
            "category": WHOLE, "period": parse(month).key, "value": 10.0 + n % 3,
        }
        for n, month in enumerate(months)
    ]  # fmt: skip
    held = fitted(pl.DataFrame(rows, infer_schema_length=None), VALUES)
    told = _told(partnership={"measures": {"falls": falls}})
    control = control_of(
        held, measures={"falls": falls}, calendar=told.partnership.calendar,
        as_of=date(2028, 1, 31),
    )  # fmt: skip
    section = PackSection("control charts", "Noise", items=("falls",))
    said = _said(control_charts(replace(told, control=control), section))
    for part in (
        "New limits from April 2025. A step was declared by Chief Officer from April 2025: "
        "A ward opened.",
        "New limits from April 2026. Another way of counting.",
        "Moving ranges screened: ",
    ):
        assert part in said, part


def test_what_chance_may_have_moved_is_told_apart_and_keeps_its_word():
    moved = {"direction": "worse", "change": -0.7, "previous": 70.7, "previous_period": "2024/25",
             "reason_direction": "70.0%, down from 70.7% in 2024/25: worse."}  # fmt: skip
    moved["previous_period"] = "2024-04-01/P1Y"
    within = OFF | moved | {"change_chance": "within chance"}
    told = _told((within,))
    said = _said(brief(told))
    assert "Moved by no more than chance may: The homes (down 0.7 points)." in said
    assert "Worse than a year before" not in said
    card = _said(scorecard(told))
    assert "↓ worse [1]" in card and "[1] The change is no more than chance may make" in card
    comment = {"comments": (Comment("homes", YEAR, "It is late.", "c.md"),)}
    facts = _said(exceptions(_told((within,), partnership=comment)))
    assert "in 2024/25: worse. It is no more than chance may make." in facts
    for word in ("beyond chance", None):
        told = _told((OFF | moved | {"change_chance": word},))
        assert "Worse than a year before: The homes (down 0.7 points)." in _said(brief(told))
        assert "chance" not in _said(scorecard(told))
