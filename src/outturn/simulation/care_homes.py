"""Who lives in a care home, and when: as the homes know it, whoever pays."""

from __future__ import annotations

import numpy as np

from outturn.simulation.care import NURSING, RESIDENTIAL, Care
from outturn.simulation.days import NEVER
from outturn.simulation.draws import Draws, Whole
from outturn.simulation.parameters import share

Columns = dict[str, Whole]
HOMES = 30
_SHORT_DAYS = (5, 40)


def residents(draws: Draws, care: Care) -> Columns:
    """Stays that touch the window: of long-term care, and some short ones that do not count.

    A stay ends at death at the latest.
    """
    window, support = care.window, care.support.whole()
    kinds = [care.words.of(one) for one in (RESIDENTIAL, NURSING)]
    homes = np.isin(support["service"], kinds)
    person, start, end = (support[name][homes] for name in ("person", "start", "end"))
    end = np.minimum(end, care.people.dies[person])
    number = len(person)
    short = np.flatnonzero(draws.chance(share("services.short_stays_in_homes"), number))
    begun = np.maximum(
        start[short] - draws.between(60, 90, len(short)), care.people.born[person[short]]
    )
    left = begun + draws.between(*_SHORT_DAYS, len(short))
    kind = (support["service"][homes] == kinds[1]).astype(np.int64)
    found = {
        "person": np.concatenate([person, person[short]]),
        "start": np.concatenate([start, begun]),
        "end": np.concatenate([end, left]),
        "kind": np.concatenate([kind, kind[short]]),
        "long": np.concatenate([np.ones(number, dtype=np.int64), np.zeros_like(short)]),
        "home": draws.between(0, HOMES - 1, number + len(short)),
    }
    shown = (found["start"] <= window.last) & (found["end"] >= window.first)
    shown &= found["start"] <= found["end"]
    found = {name: column[shown] for name, column in found.items()}
    found["end"] = np.where(found["end"] > window.last, NEVER, found["end"])
    return found
