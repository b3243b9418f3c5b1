"""What the world is made with, each word with its source: `parameters.toml`, read once."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib import resources
from typing import Any

Spread = Sequence[Sequence[int]]


@lru_cache
def _words() -> Mapping[str, Mapping[str, Any]]:
    text = resources.files("outturn.simulation").joinpath("parameters.toml").read_text("utf-8")
    sections = tomllib.loads(text)
    return {f"{name}.{word}": one for name, part in sections.items() for word, one in part.items()}


def sources() -> dict[str, str]:
    """Where each parameter comes from."""
    return {name: one["source"] for name, one in _words().items()}


def share(name: str) -> float:
    """One number: a share, or a rate in the unit that the file says."""
    return float(_words()[name]["value"])


def shares(name: str) -> dict[str, float]:
    """Names with their weights."""
    return dict(_words()[name]["value"])


def spread(name: str) -> Spread:
    """`[percent, value]` points, or `[first age, value]` pairs."""
    found: Spread = _words()[name]["value"]
    return found


def numbers(name: str) -> tuple[float, ...]:
    return tuple(_words()[name]["value"])
