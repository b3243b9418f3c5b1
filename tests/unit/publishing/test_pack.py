"""The model refuses what a reader could not use, so that no format needs to."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from outturn.publishing.pack import (
    BulletList,
    Cell,
    Chart,
    Column,
    Heading,
    KeyFacts,
    Note,
    NumberedList,
    Pack,
    Paragraph,
    StatusCell,
    Table,
    Text,
    tables_of,
)
from outturn.terms.errors import DefinitionMistake

TABLE = Table("Caption", ("Name", Column("Figure", "right")), [("One", "1")])
PACK = Pack(
    title="Report",
    organisation="Northmoor",
    period_label="2025/26",
    data_date=date(2026, 8, 31),
    issue_date=date(2026, 9, 10),
    version="v1",
    classification="Public",
)
SPEC = {"mark": "bar", "data": {"values": [{"link": "url"}]}}


def test_a_skipped_heading_level_is_refused():
    with pytest.raises(ValueError, match="'Deep' skips from level 1 to 3"):
        replace(PACK, blocks=(Heading("Top"), Heading("Deep", 3)))


def test_the_first_heading_is_of_level_one():
    with pytest.raises(ValueError, match="skips from level 0 to 2"):
        replace(PACK, blocks=(Heading("Second", 2),))


def test_a_heading_may_climb_back_to_any_level():
    levels = (1, 2, 3, 1, 2)
    pack = replace(PACK, blocks=tuple(Heading("Same words", level) for level in levels))
    anchors = [heading.anchor for heading in pack.headings]
    assert anchors == ["same-words", *(f"same-words-{n}" for n in range(2, 6))]


def test_a_pack_built_again_from_its_own_blocks_is_the_same():
    pack = replace(PACK, blocks=(Heading("A & B"), Heading("A & B", 2)))
    assert replace(pack, version="v1") == pack


@pytest.mark.parametrize("name", ["title", "organisation", "period_label", "version"])
def test_the_front_has_no_blanks(name):
    with pytest.raises(DefinitionMistake, match="the front of the pack\n  There is no "):
        replace(PACK, **{name: "  "})


def test_the_language_is_one_the_fixed_words_are_in():
    with pytest.raises(ValueError, match="en-GB"):
        replace(PACK, language="fr")


def test_a_pack_holds_blocks_only():
    with pytest.raises(ValueError, match="blocks and nothing else"):
        replace(PACK, blocks=("words",))


def test_an_empty_text_alternative_is_a_mistake_with_a_remedy():
    with pytest.raises(DefinitionMistake) as raised:
        Chart(SPEC, " ", "Waits", TABLE)
    assert str(raised.value) == (
        "the chart 'Waits'\n  There is no text alternative.\n  Write the text alternative."
    )


def test_a_chart_has_a_table_behind_it():
    with pytest.raises(ValueError, match="has no table behind it"):
        Chart(SPEC, "Alt", "Waits", None)


def test_a_chart_holds_its_data_and_no_address():
    Chart(SPEC, "Alt", "Waits", TABLE)  # 'url' among the figures is no address
    with pytest.raises(ValueError, match="not an address"):
        Chart({"layer": [{"data": {"url": "x.csv"}}]}, "Alt", "Waits", TABLE)


def test_a_table_has_a_header():
    with pytest.raises(ValueError, match="no header row"):
        Table("Caption", (), [])


def test_a_header_cell_has_words():
    with pytest.raises(DefinitionMistake, match="no column heading"):
        Table("Caption", ("Name", " "), [])
    with pytest.raises(DefinitionMistake, match="row 1\n  There is no name of the row"):
        Table("Caption", ("Name", "Figure"), [("", "1")])
    assert Table("Caption", ("Name", "Figure"), [("", "1")], row_header=False).cells


def test_a_row_has_a_cell_for_each_column():
    with pytest.raises(ValueError, match="the table 'Caption', row 1: 1 cells for 2 columns"):
        Table("Caption", ("Name", "Figure"), [("One",)])


def test_an_unknown_alignment_is_refused():
    with pytest.raises(ValueError, match="left, right, centre"):
        Column("Name", "middle")


def test_status_codes_are_a_closed_set():
    assert StatusCell("on_target").plain == "● On target"
    assert StatusCell("on_target") == StatusCell("on target")
    with pytest.raises(ValueError):
        StatusCell("green")


@pytest.mark.parametrize("kind", [BulletList, NumberedList, KeyFacts])
def test_a_list_is_not_empty(kind):
    with pytest.raises(ValueError, match="at least one"):
        kind(())


def test_a_note_has_a_title_without_being_given_one():
    assert Note("Words", kind="decision").title == "Decision asked of the board"
    with pytest.raises(ValueError, match="one of note, decision, caution"):
        Note("Words", kind="warning")


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", "https://a b", "x"])
def test_a_link_is_one_that_can_be_followed_safely(address):
    with pytest.raises(DefinitionMistake, match="cannot be followed"):
        Text("words", link=address)


@pytest.mark.parametrize("character", ["\x00", "\x1b", "\ud800", "\uffff"])
def test_what_cannot_be_printed_is_a_mistake(character):
    with pytest.raises(DefinitionMistake, match="cannot be printed"):
        Paragraph((Text(f"a{character}b"),))


def test_white_space_is_single_but_a_fixed_space_stays():
    assert Cell("a \n\t b\u00a0c").plain == "a b\u00a0c"


def test_tables_are_found_in_the_order_of_reading():
    other = replace(TABLE, caption="Behind")
    assert tables_of((Chart(SPEC, "Alt", "C", other), Paragraph("x"), TABLE)) == (other, TABLE)


def test_no_heading_takes_an_anchor_of_the_page_itself():
    made = replace(PACK, blocks=(Heading("Contents"), Heading("Paper"), Heading("Paper")))
    assert [one.anchor for one in made.headings] == ["contents-2", "paper-2", "paper-3"]
