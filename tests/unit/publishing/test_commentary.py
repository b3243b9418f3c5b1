"""Commentary: what is read as a mark, and that all else is literal."""

from __future__ import annotations

import pytest

from outturn.publishing.commentary import from_markdown
from outturn.publishing.pack import BulletList, NumberedList, Paragraph
from outturn.publishing.words import Text, plain
from outturn.terms.errors import DefinitionMistake


def test_strong_emphasis_and_links_are_read():
    (found,) = from_markdown("A **b** *c* [d *e*](https://example.org)")
    assert found == Paragraph(
        (
            Text("A "),
            Text("b", strong=True),
            Text(" "),
            Text("c", emphasis=True),
            Text(" "),
            Text("d ", link="https://example.org"),
            Text("e", emphasis=True, link="https://example.org"),
        )
    )


def test_lists_are_read_and_keep_their_first_number():
    bullets, numbers = from_markdown("- a\n- b\n\n3. c\n4. d")
    assert [plain(item) for item in bullets.items] == ["a", "b"]
    assert isinstance(bullets, BulletList) and isinstance(numbers, NumberedList)
    assert numbers.start == 3


@pytest.mark.parametrize(
    "text",
    [
        "# Heading", "= Heading", "> quote", "<script>alert(1)</script>", '#read("x") $y$ `z`',
        "2 * 3 * 4", "| a | b |", "&amp;", "---", "[x](javascript:alert(1))",
        "[a][b]", "[a](#b)", "5 < 6", "a_b_c", "{{ x }}",
    ],
)  # fmt: skip
def test_everything_else_is_literal(text):
    (found,) = from_markdown(text)
    assert found == Paragraph((Text(text),))


def test_an_indented_line_is_not_code():
    assert [plain(block.text) for block in from_markdown("a\n\n    b")] == ["a", "b"]


def test_a_year_at_the_start_of_a_line_is_never_renumbered():
    (found,) = from_markdown("2026. It was a good year.")
    assert found.start == 2026
    with pytest.raises(DefinitionMistake, match="commentary.md\n  A line starts with a number"):
        from_markdown("1. a\n2026. b", where="commentary.md")


@pytest.mark.parametrize("text", ["- a\n  - b", "- a\n\n  b", "-", "- a\n-\n"])
def test_an_item_is_one_paragraph(text):
    with pytest.raises(DefinitionMistake, match="empty, or holds a list"):
        from_markdown(text)


def test_no_text_is_no_blocks():
    assert from_markdown(" \n\n ") == ()


def test_a_link_over_two_lines_is_one_link():
    (found,) = from_markdown("[a\nb](https://example.org)")
    assert found.text == (Text("a b", link="https://example.org"),)
