"""Commentary as people type it, in a small closed part of Markdown, into blocks.

Paragraphs, bullet lists, numbered lists, **strong**, *emphasis* and [words](address).
Everything else is literal: no HTML, no headings, no images, no tables, no code.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

from outturn.publishing.pack import BulletList, NumberedList, Paragraph
from outturn.publishing.words import LINK_SCHEMES, Text, runs
from outturn.terms.errors import DefinitionMistake

CommentaryBlock = Paragraph | BulletList | NumberedList


def from_markdown(text: str, *, where: str = "the commentary") -> tuple[CommentaryBlock, ...]:
    """The blocks that the text stands for. `where` is named in a mistake.

    >>> from_markdown("Waits **fell** in May.")[0].text[1]
    Text(text='fell', strong=True, emphasis=False, link='')
    """
    return tuple(_blocks(_parser().parse(text), where))


def flat(blocks: Sequence[CommentaryBlock]) -> tuple[Text, ...]:
    """The same words in one run, for a cell or a note: items of a list one after another.

    >>> "".join(one.text for one in flat(from_markdown("Two reasons:\\n\\n- ice\\n- snow")))
    'Two reasons: ice; snow'
    """
    found: list[Text] = []
    for block in blocks:
        parts = [block.text] if isinstance(block, Paragraph) else block.items
        found += [Text(" ")] if found else []
        for number, part in enumerate(parts):
            found += [Text("; ")] if number else []
            found += runs(part)
    return tuple(found)


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("zero").enable(["list", "emphasis", "link"])
    setattr(parser, "validateLink", _may_follow)  # noqa: B010  (the library's own way to say so)
    return parser


def _may_follow(address: str) -> bool:
    """Only ways out: who writes commentary cannot know the anchors of the paper."""
    return address.startswith(LINK_SCHEMES) and not address.startswith("#")


def _blocks(tokens: Sequence[Token], where: str) -> Iterator[CommentaryBlock]:
    part: list[Token] = []
    depth = 0
    for token in tokens:
        part.append(token)
        depth += token.nesting
        if depth == 0:
            yield _block(part, where)
            part = []


def _block(part: list[Token], where: str) -> CommentaryBlock:
    match part[0].type:
        case "bullet_list_open":
            return BulletList(_items(part, where))
        case "ordered_list_open":
            start = int(part[0].attrGet("start") or 1)
            numbers = [int(token.info) for token in part if token.type == "list_item_open"]
            if numbers != list(range(start, start + len(numbers))):
                raise _out_of_step(where)
            return NumberedList(_items(part, where), start)
        case _:
            return Paragraph(_runs(part[1]))


def _items(part: list[Token], where: str) -> list[tuple[Text, ...]]:
    """The items of a list, each of which must be one paragraph: open, words, close."""
    inside = [token.type for token in part[1:-1]]
    one = ["list_item_open", "paragraph_open", "inline", "paragraph_close", "list_item_close"]
    if inside != one * (len(inside) // len(one)) or not inside:
        raise DefinitionMistake(
            where=where,
            problem="An item of a list is empty, or holds a list or more than one paragraph.",
            remedy="Write each item as one paragraph, and each list on its own.",
        )
    return [_runs(token) for token in part if token.type == "inline"]


def _out_of_step(where: str) -> DefinitionMistake:
    return DefinitionMistake(
        where=where,
        problem="A line starts with a number and a full stop that is not the next in its list.",
        remedy="Number the items one by one, or start the line with a word, as in 'In 2026'.",
    )


def _runs(inline: Token) -> tuple[Text, ...]:
    found: list[Text] = []
    strong = emphasis = 0
    link = ""
    for token in inline.children or ():
        match token.type:
            case "strong_open" | "strong_close":
                strong += token.nesting
            case "em_open" | "em_close":
                emphasis += token.nesting
            case "link_open" | "link_close":
                link = str(token.attrGet("href") or "")
            case "softbreak" if found:  # the end of a line is a space
                found[-1] = replace(found[-1], text=found[-1].text + " ")
            case "text" if token.content:
                _add(found, Text(token.content, bool(strong), bool(emphasis), link))
    return tuple(found)


def _add(found: list[Text], run: Text) -> None:
    """Append the run, or lengthen the last one when both carry the same marks."""
    if found and replace(found[-1], text=run.text) == run:
        found[-1] = replace(run, text=found[-1].text + run.text)
    else:
        found.append(run)
