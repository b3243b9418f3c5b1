"""Policies of disclosure control: which counts are withheld and how others round, read as data."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from importlib import resources

import numpy as np
import numpy.typing as npt

from outturn.statistics.columns import Flags, Interval, Numbers, floats


@dataclass(frozen=True, slots=True)
class Policy:
    """A rule of disclosure control: one file of `policies/`.

    A count above zero and below `below` is withheld, and zero itself where `zero_shown` is false;
    what is left is rounded to the nearest multiple of `round_to`, halves up. With `secondary`,
    further counts are withheld until everything published leaves at least `leaves` values possible
    for each small count that is withheld.
    """

    name: str
    below: int  # counts; 0 withholds nothing
    round_to: int = 1  # counts
    zero_shown: bool = True
    secondary: bool = True
    leaves_values: int = 0  # that must stay possible; 0 for so many that it need not be small
    words: str = ""
    source: str = ""

    @property
    def withholds(self) -> bool:
        return self.below > 0

    @property
    def largest(self) -> int:
        """The largest count that is withheld."""
        return self.below - 1

    @property
    def leaves(self) -> int:
        """How many values must stay possible for a small count that is withheld.

        With one more than `below`, from 0 upwards, the count need not be small at all.
        """
        return self.leaves_values or self.below + 1

    def is_small(self, counts: npt.ArrayLike) -> Flags:
        """Whether each count is withheld by the rule itself; a missing one (NaN) is not.

        A column of flags. The size of a count is what decides: a difference of -2 is of 2
        people.

        Source: the policy's own, which its file names.

        >>> PRESETS["social care"].is_small([0, 1, 4, 5]).tolist()
        [False, True, True, False]
        >>> PRESETS["ehrql"].is_small([0, 7, 8]).tolist()
        [True, True, False]
        """
        (given,) = floats(counts)
        size = np.abs(given)
        if not self.withholds:
            return np.zeros(size.shape, bool)
        small = (size < self.below) & (size > 0 if self.zero_shown else size >= 0)
        return small

    def rounded(self, counts: npt.ArrayLike) -> Numbers:
        """Each count to the nearest multiple of `round_to`, halves up, in counts.

        Source: ASCOF's rule for counts, nearest 5 with exact ties up.

        >>> PRESETS["hospital"].rounded([8, 12, 12.5]).tolist()
        [10.0, 10.0, 15.0]
        """
        (given,) = floats(counts)
        if self.round_to == 1:
            return given
        return np.floor(given / self.round_to + 0.5) * self.round_to

    def could_be(self, published: npt.ArrayLike) -> Interval:
        """The smallest and the largest whole count that is published as each of these.

        Two columns, in counts. The counts are whole, 0 or more, and as the policy rounds them.

        Source: follows from rounding halves up, and from what the rule withholds.

        >>> [bound.tolist() for bound in PRESETS["hospital"].could_be([0, 10, 15])]
        [[0.0, 8.0, 13.0], [0.0, 12.0, 17.0]]
        """
        (shown,) = floats(published)
        low = shown - self.round_to // 2
        high = shown + (self.round_to - 1) // 2
        if not self.withholds:
            return Interval(np.maximum(low, 0), high)
        zero = (shown == 0) & self.zero_shown
        least = np.maximum(low, self.below)
        return Interval(np.where(zero, 0.0, least), np.where(zero, 0.0, high))


@cache
def policies() -> Mapping[str, Policy]:
    """Every policy that comes with outturn, by its name, from the least strict.

    A mapping of `Policy` with thresholds in counts, in the order of `below`. A file of `policies/`
    that `policy_of` refuses raises its ValueError. Does not read policies of a partnership: it
    names one of these.

    Source: each file of `policies/` names its own.

    >>> list(policies())
    ['none', 'social care', 'hospital', 'ehrql', 'scotland']
    """
    folder = resources.files("outturn.statistics") / "policies"
    files = [one for one in folder.iterdir() if one.name.endswith(".toml")]
    read = [policy_of(one.read_text(encoding="utf-8")) for one in files]
    order = sorted(read, key=lambda one: (one.below, not one.zero_shown))
    return {one.name: one for one in order}


def policy_of(text: str) -> Policy:
    """The policy that a TOML text says; a word that no policy has, or a number that none can have,
    is a ValueError.

    `below` and `round_to` are in counts. A word that is left out has the value of `Policy`. Does
    not ask whether a policy is strict enough.

    Source: the words are those of `Policy`.

    >>> policy_of('name = "ten"\\nbelow = 10').largest
    9
    """
    said = tomllib.loads(text)
    kinds = {"name": str, "words": str, "source": str, "below": int, "round_to": int}
    kinds |= {"leaves_values": int, "zero_shown": bool, "secondary": bool}
    unknown = sorted(set(said) - {one.name for one in fields(Policy)})
    if unknown:
        raise ValueError(f"a policy has no {', '.join(unknown)}")
    wrong = [name for name, value in said.items() if type(value) is not kinds[name]]
    if wrong:
        raise ValueError(f"{wrong[0]} of a policy is of another kind: {kinds[wrong[0]].__name__}")
    if not said.get("name") or said.get("below", -1) < 0 or said.get("round_to", 1) < 1:
        raise ValueError("a policy has a name, below of 0 or more and round_to of 1 or more")
    return Policy(**said)


PRESETS: Mapping[str, Policy] = policies()
