"""A pack as one HTML file: no scripts, nothing fetched, readable on a telephone and on paper."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import singledispatch

from outturn.publishing import drawing, wording
from outturn.publishing.html_style import style
from outturn.publishing.html_table import html_table
from outturn.publishing.html_words import html_words
from outturn.publishing.markup import Markup, element, joined
from outturn.publishing.pack import (
    Block,
    BulletList,
    Chart,
    Heading,
    KeyFacts,
    Note,
    Notes,
    NumberedList,
    Pack,
    PageBreak,
    Paragraph,
)
from outturn.publishing.tables import Table
from outturn.publishing.words import Words

# The picture has one text alternative, on the element around it: its marks have none of their own.
_LABELS = r' (?:role|aria-label|aria-roledescription)="[^"]*"'
_HIDDEN = '<svg aria-hidden="true" focusable="false"'


def render(pack: Pack) -> str:
    """The whole paper as one file of HTML."""
    body = element(
        "body",
        element("a", wording.SKIP, class_="skip", href="#paper"),
        _front(pack),
        element("div", _contents(pack), _paper(pack), class_="page"),
        _foot(pack),
    )
    return "<!DOCTYPE html>\n" + element("html", _head(pack), body, lang=pack.language) + "\n"


def _head(pack: Pack) -> Markup:
    view = "width=device-width, initial-scale=1"
    return element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content=view),
        element("title", f"{pack.title} – {pack.organisation}"),
        element("style", Markup(style())),
    )


def _front(pack: Pack) -> Markup:
    facts = (
        element("div", element("dt", name), element("dd", text))
        for name, text in wording.front_facts(pack)
    )
    return element(
        "header",
        element(
            "div",
            element("p", pack.organisation, class_="organisation"),
            element("h1", pack.title),
            element("p", pack.subtitle, class_="subtitle") if pack.subtitle else None,
            element("dl", *facts, class_="front"),
            class_="inner",
        ),
        class_="front-matter",
    )


def _contents(pack: Pack) -> Markup | None:
    """Headings of the first two levels as links."""
    shown = [heading for heading in pack.headings if heading.level < 3]
    if not shown:
        return None
    items = (
        element("li", element("a", h.text, href=f"#{h.anchor}"), class_=f"level-{h.level}")
        for h in shown
    )
    title = element("p", wording.CONTENTS, class_="contents-title", id="contents")
    return element("nav", title, element("ol", *items), aria_labelledby="contents")


def _paper(pack: Pack) -> Markup:
    parts = [joined(part(block), "\n") for block in pack.blocks]
    return element("main", *parts, id="paper", tabindex="-1")


def _foot(pack: Pack) -> Markup:
    words = f"{pack.organisation} · {pack.title} · {wording.long_date(pack.issue_date)}"
    return element("footer", element("p", f"{words} · {pack.version} · {pack.classification}"))


@singledispatch
def part(block: Block) -> Markup:
    """One block as HTML; one short case for each kind."""
    raise ValueError(f"no HTML for {type(block).__name__}")


@part.register
def _heading(block: Heading) -> Markup:
    return element(f"h{block.level + 1}", block.text, id=block.anchor)


@part.register
def _paragraph(block: Paragraph) -> Markup:
    return element("p", *html_words(block.text), class_="lead" if block.lead else None)


@part.register
def _bullets(block: BulletList) -> Markup:
    return element("ul", *_items(block.items))


@part.register
def _numbers(block: NumberedList) -> Markup:
    start = block.start if block.start != 1 else None
    return element("ol", *_items(block.items), start=start)


@part.register
def _key_facts(block: KeyFacts) -> Markup:
    facts = (
        element("div", element("dt", name), element("dd", *html_words(words)))
        for name, words in block.facts
    )
    return element("dl", *facts, class_="facts")


@part.register
def _note(block: Note) -> Markup:
    title = element("p", block.title, class_="note-title")
    words = element("p", *html_words(block.text))
    kind = f"note {block.kind}"
    return element("div", title, words, class_=kind, role="note")


@part.register
def _notes(block: Notes) -> Markup:
    return element("ul", *_items(block.items), class_="notes")


@part.register
def _chart(block: Chart) -> Markup:
    caption = element("figcaption", block.caption)
    behind = element(
        "details", element("summary", wording.FIGURES), html_table(block.table), class_="behind"
    )
    return element("figure", caption, _drawing(block), behind, class_="chart")


@part.register
def _page_break(block: PageBreak) -> Markup:
    return element("div", class_="page-break")


@part.register
def _table_block(block: Table) -> Markup:
    return html_table(block)


def _drawing(block: Chart) -> Markup:
    """The picture, twice where it can be refitted: the page shows the one that suits its width."""
    wide = element("div", _svg(block, None), class_="wide")
    narrow = element("div", _svg(block, drawing.NARROW), class_="narrow")
    if not drawing.can_refit(block.spec):
        return element("div", _svg(block, None), class_="drawing", role="img", aria_label=block.alt)
    return element("div", wide, narrow, class_="drawing", role="img", aria_label=block.alt)


def _svg(block: Chart, width: int | None) -> Markup:
    """The SVG as part of the page, so that it uses the page's fonts."""
    spec = drawing.at_width(block.spec, width) if width else block.spec
    svg = re.sub(_LABELS, "", drawing.draw(spec, "svg").decode())
    return Markup(re.sub(r'^<svg xmlns="[^"]*" xmlns:xlink="[^"]*"', _HIDDEN, svg))


def _items(items: Sequence[Words]) -> list[Markup]:
    return [element("li", *html_words(item)) for item in items]
