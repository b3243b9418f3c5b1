"""Words with a closed set of marks, and the checks on everything a person types.

A run holds text and nothing else: no renderer reads markup of any format in it.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from outturn.terms.errors import DefinitionMistake

LINK_SCHEMES = ("https://", "http://", "mailto:", "#")
HARD_SPACE = "\u00a0"  # between two words that stay on one line
_SPACES = re.compile(r"[ \t\r\n\f\v]+")


@dataclass(frozen=True)
class Text:
    """A run of words, plain or with marks: strong, emphasis, link."""

    text: str
    strong: bool = False
    emphasis: bool = False
    link: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", clean(self.text, where="a run of text"))
        if self.link:
            check_link(self.text, self.link)


Words = str | tuple[Text, ...]


def runs(words: Words) -> tuple[Text, ...]:
    """The same words as runs. A plain str is one run without marks."""
    return (Text(words),) if isinstance(words, str) else words


def plain(words: Words) -> str:
    """The same words without their marks."""
    return "".join(run.text for run in runs(words))


def clean(text: str, *, where: str) -> str:
    """The text, its white space as single spaces. What cannot be printed is a mistake."""
    if not isinstance(text, str):
        raise ValueError(f"{where} must be text, not {type(text).__name__}")
    spaced = _SPACES.sub(" ", text)
    for character in spaced:
        if unicodedata.category(character) in ("Cc", "Cs", "Co", "Cn"):
            raise DefinitionMistake(
                where=f"{where}, '{_start(spaced)}'",
                problem=f"There is a character that cannot be printed (U+{ord(character):04X}).",
                remedy="Remove it and type the text again.",
            )
    return spaced


def written(text: str, *, where: str, what: str) -> str:
    """The text, cleaned and trimmed. Empty text is a mistake; `what` says what was expected."""
    found = clean(text, where=where).strip()
    if not found:
        raise DefinitionMistake(
            where=where, problem=f"There is no {what}.", remedy=f"Write the {what}."
        )
    return found


def check_words(words: Words, *, where: str, what: str) -> None:
    """Words must hold at least one character that shows."""
    if not all(isinstance(run, Text) for run in runs(words)):
        raise ValueError(f"{where}: words are a str or a tuple of Text")
    written(plain(words), where=where, what=what)


def check_link(text: str, link: str) -> None:
    """A link needs words of its own and an address that a reader can safely follow."""
    written(text, where=f"the link to {link}", what="wording of the link")
    if not link.startswith(LINK_SCHEMES) or any(c.isspace() or ord(c) < 32 for c in link):
        raise DefinitionMistake(
            where=f"the link '{_start(text)}'",
            problem=f"The address '{_start(link)}' cannot be followed.",
            remedy="Start it with https://, http:// or mailto:, and leave no spaces in it.",
        )


def _start(text: str) -> str:
    shown = "".join(c if c.isprintable() else "?" for c in text)
    return shown if len(shown) <= 40 else shown[:40] + "…"
