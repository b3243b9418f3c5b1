"""HTML built from parts. Text is escaped unless it is markup already: none can be forgotten."""

from __future__ import annotations

from html import escape

EMPTY = frozenset({"br", "col", "hr", "img", "link", "meta"})


class Markup(str):
    """Text that is HTML already. Only this module and the drawings make it."""


Part = Markup | str | None


def element(tag: str, *parts: Part, **attributes: str | int | None) -> Markup:
    """An element with its attributes and parts; a part or attribute that is None is left out.

    `class_` and `for_` are written without the underscore, `aria_label` with a hyphen.

    >>> element("p", "a < b", class_="lead")
    '<p class="lead">a &lt; b</p>'
    """
    named = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{escape(str(value))}"'
        for name, value in attributes.items()
        if value is not None
    )
    if tag in EMPTY:
        return Markup(f"<{tag}{named}>")
    return Markup(f"<{tag}{named}>{joined(*parts)}</{tag}>")


def joined(*parts: Part) -> Markup:
    """The parts one after another, text escaped."""
    return Markup("".join(_safe(part) for part in parts if part is not None))


def _safe(part: Markup | str) -> str:
    return part if isinstance(part, Markup) else escape(part)
