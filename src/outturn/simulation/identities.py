"""Who is who in the records: test numbers with right check digits, which belong to nobody.

The numbers from 999 on are kept for tests and are never given to a person. Where there are more
residents than such numbers, a pseudonym stands in the place of each.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from outturn.simulation.draws import Draws, Flags, Whole

_FIRST, _LAST = 999_000_000, 999_999_999  # without the check digit
_NO_DIGIT = 10  # a number whose check would be ten is not used
_DIGITS = 9


@dataclass(frozen=True)
class Identities:
    """For each resident, by position: `number` (absent for a few) and the council's `own`."""

    place: str
    council: int  # from 0
    number: pl.Series
    own: pl.Series
    person: pl.Series  # the one identifier in every other table: the number, else their own

    def persons(self, who: Whole) -> pl.Series:
        return self.person.gather(who)


def reserved_numbers() -> Whole:
    """Every NHS number of the range that is kept for tests.

    >>> [int(one) for one in reserved_numbers()[:2]]
    [9990000018, 9990000026]
    """
    bare = np.arange(_FIRST, _LAST + 1, dtype=np.int64)
    total = np.zeros(len(bare), dtype=np.int64)
    for nth in range(_DIGITS):
        total += bare // 10 ** (_DIGITS - 1 - nth) % 10 * (10 - nth)
    check = (11 - total % 11) % 11
    return np.asarray((bare * 10 + check)[check != _NO_DIGIT])


def identities(
    draws: Draws, place: str, council: int, residents: int, shuffled: Whole | None, missing: Flags
) -> Identities:
    """`shuffled` are the test numbers of this council's residents, or None for pseudonyms."""
    nth = np.arange(residents, dtype=np.int64)
    own = pl.Series(draws.shuffled(nth) + 1).cast(pl.String).str.zfill(7)
    own = pl.select(pl.format("C{}-{}", pl.lit(council + 1), own)).to_series()
    if shuffled is None:
        order = pl.Series(draws.shuffled(nth)).cast(pl.String).str.zfill(7)
        number = pl.select(pl.format("X{}-{}", pl.lit(council + 1), order)).to_series()
    else:
        number = pl.Series(shuffled[:residents]).cast(pl.String)
    known = pl.Series(~missing)
    number = number.zip_with(known, pl.Series([None] * residents, dtype=pl.String))
    return Identities(place, council, number, own, number.fill_null(own))
