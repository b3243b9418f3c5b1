"""Runs of words as HTML."""

from __future__ import annotations

from itertools import groupby

from outturn.publishing.markup import Markup, Part, element, joined
from outturn.publishing.words import Text, Words, runs


def html_words(words: Words) -> list[Part]:
    """Runs as HTML. Runs of one link that differ in other marks stay one link."""
    found: list[Part] = []
    for link, group in groupby(runs(words), key=lambda run: run.link):
        marked = [_marked(run) for run in group]
        found.append(element("a", *marked, href=link) if link else joined(*marked))
    return found


def _marked(run: Text) -> Markup:
    words = joined(run.text)
    if run.emphasis:
        words = element("em", words)
    return element("strong", words) if run.strong else words
