"""Draws charts as pictures, from their data alone, with the fonts we ship."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

Kind = Literal["svg", "png"]

FONT_FOLDER = Path(str(files("outturn.publishing"))) / "fonts"
FONT_FAMILIES = ("Open Sans", "DejaVu Sans")
VEGA_LITE = "6.4"  # the live chart on a page must use the same one
PNG_SCALE = 2.0
NARROW = 350  # pixels: what a telephone held upright has room for


def draw(spec: Mapping[str, Any], kind: Kind, *, keep_in: Path | None = None) -> bytes:
    """The picture of a chart. Equal specs are drawn once; with `keep_in`, once for all runs.

    The font must be one we ship: an unknown one would be replaced without a word.
    """
    _check_font(spec)
    text = json.dumps(spec, sort_keys=True, ensure_ascii=False, allow_nan=False)
    if keep_in is None:
        return _drawn(text, kind)
    kept = keep_in / f"{_key(text, kind)}.{kind}"
    if not kept.exists():
        keep_in.mkdir(parents=True, exist_ok=True)
        part = kept.with_suffix(".part")
        part.write_bytes(_drawn(text, kind))
        part.replace(kept)
    return kept.read_bytes()


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


def _key(text: str, kind: Kind) -> str:
    parts = (text, kind, VEGA_LITE, str(PNG_SCALE), version("vl-convert-python"), _fonts_digest())
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


@cache
def _fonts_digest() -> str:
    found = sorted(FONT_FOLDER.glob("*.ttf"))
    return hashlib.sha256(b"".join(font.read_bytes() for font in found)).hexdigest()
