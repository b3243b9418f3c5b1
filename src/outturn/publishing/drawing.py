"""Draws charts as pictures, from their data alone, with the fonts we ship."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

Kind = Literal["svg", "png"]

FONT_FOLDER = Path(str(files("outturn.publishing"))) / "fonts"
FONT_FAMILIES = ("Open Sans", "DejaVu Sans")
VEGA_LITE = "6.4"  # the live chart on a page must use the same one
PNG_SCALE = 2.0
FULL_WIDTH = 660  # pixels: a chart this wide takes the whole line on paper
NARROW = 350  # pixels: what a telephone held upright has room for


def draw(spec: Mapping[str, Any], kind: Kind) -> bytes:
    """The picture of a chart. Equal specs are drawn once.

    The font must be one we ship: an unknown one would be replaced without a word.
    """
    _check_font(spec)
    text = json.dumps(spec, sort_keys=True, ensure_ascii=False, allow_nan=False)
    return _drawn(text, kind)


def icon_png(svg: bytes) -> bytes:
    """A small drawing without words as a picture, for where SVG cannot stand."""
    return bytes(_engine().svg_to_png(svg.decode(), scale=4))


def share_of_line(spec: Mapping[str, Any]) -> float:
    """How much of the line a chart takes on paper: its whole, 1, or less for a narrow one."""
    width = spec.get("width")
    return min(1.0, width / FULL_WIDTH) if isinstance(width, int | float) else 1.0


def at_width(spec: Mapping[str, Any], width: int) -> dict[str, Any]:
    """The same chart for a page of another width. Only charts of one view can be refitted."""
    return {**spec, "width": width}


def can_refit(spec: Mapping[str, Any]) -> bool:
    """Whether the chart keeps its type size at another width."""
    fit = spec.get("autosize")
    return isinstance(fit, Mapping) and str(fit.get("type", "")).startswith("fit")


def _check_font(spec: Mapping[str, Any]) -> None:
    named = str(spec.get("config", {}).get("font", ""))
    if not named or any(name.strip() not in FONT_FAMILIES for name in named.split(",")):
        raise ValueError(f"a chart's config.font names only {', '.join(FONT_FAMILIES)}")


@lru_cache(maxsize=512)
def _drawn(text: str, kind: Kind) -> bytes:
    engine = _engine()
    options: dict[str, Any] = {"vl_version": VEGA_LITE, "allowed_base_urls": []}
    if kind == "png":
        return bytes(engine.vegalite_to_png(text, scale=PNG_SCALE, **options))
    return str(engine.vegalite_to_svg(text, **options)).encode()


@cache
def _engine() -> Any:
    import vl_convert  # on first use: most commands draw nothing

    vl_convert.register_font_directory(str(FONT_FOLDER))
    return vl_convert
