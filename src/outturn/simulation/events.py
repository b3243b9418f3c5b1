"""What is gathered while a world is made: columns of whole numbers, added a group at a time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from outturn.simulation.draws import Draws, Whole

NONE = -1  # no word


class Words:
    """Texts by number, so that columns hold numbers until they are written."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self._known: dict[str, int] = {"": NONE}

    def of(self, text: str) -> int:
        if text not in self._known:
            self._known[text] = len(self.texts)
            self.texts.append(text)
        return self._known[text]

    def all(self, texts: list[str]) -> Whole:
        return np.array([self.of(one) for one in texts], dtype=np.int64)

    def pick(self, draws: Draws, shares: Mapping[str, float], number: int) -> Whole:
        """`number` of the words, each as likely as its share."""
        return np.asarray(self.all(list(shares))[draws.among(list(shares.values()), number)])


class Gathered:
    """Columns of one kind of thing. A column that a group does not give holds NONE there."""

    def __init__(self, *columns: str) -> None:
        self._columns = columns
        self._groups: list[dict[str, Whole]] = []

    def add(self, number: int, **given: Any) -> None:
        assert set(given) <= set(self._columns), set(given) - set(self._columns)
        group = {}
        for name in self._columns:
            value = np.asarray(given.get(name, NONE), dtype=np.int64)
            group[name] = np.broadcast_to(value, (number,))
        self._groups.append(group)

    def whole(self) -> dict[str, Whole]:
        """Every column, all the groups after one another."""
        empty = [np.zeros(0, dtype=np.int64)]
        return {
            name: np.concatenate(empty + [group[name] for group in self._groups])
            for name in self._columns
        }
