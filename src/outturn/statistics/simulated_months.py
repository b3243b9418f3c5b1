"""What is left of a year, played through many times with the series' own past errors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from outturn.statistics.columns import special
from outturn.statistics.series import Floats, Whole

DUST = 1e-9  # expected of the periods ahead: nothing, but for how numbers are held


@dataclass(frozen=True)
class KnownEvent:
    """Something declared that will change the periods from one on: a ward opens, a policy begins.

    `begins` is the period of the year, from 1, from which it acts; `factor` multiplies each period
    and `amount` is then added, in the figures' unit. A result below nothing is nothing.
    """

    begins: int
    factor: float = 1.0
    amount: float = 0.0


def even_draws(ahead: int, draws: int, seed: int) -> Floats:
    """Uniform random numbers, one row for each period and one more: (ahead + 1, draws), no unit.

    Each row falls once into each of so many equal parts of 0 to 1, so that few draws do. The same
    seed gives the same numbers, for every series: what is forecast for one does not depend on which
    others are forecast beside it, and draws of different series must not be added up. Fewer than
    100 draws raise `ValueError`.

    Source: McKay, Beckman and Conover (1979), Technometrics 21 (Latin hypercube sampling).

    >>> found = even_draws(2, 100, seed=7)
    >>> found.shape, sorted((found[0] * 100).astype(int)) == list(range(100))
    ((3, 100), True)
    """
    if draws < 100:
        raise ValueError("a distribution needs 100 draws at least")
    # This generator gives the same numbers in every version of numpy; the newer ones need not.
    generator = np.random.RandomState(seed)
    order = np.argsort(generator.random_sample((ahead + 1, draws)), axis=1)
    return np.asarray((order + generator.random_sample(order.shape)) / draws)


def smoothed_months(
    logs: Floats, carried: float, errors: Floats, even: Floats, offset: float, common: float = 0.0
) -> Floats:
    """The periods ahead, drawn for a series that is smoothed: (ahead, draws), the figures' unit.

    `logs` are the logarithms expected of each period ahead. Each period has an error drawn from
    `errors`, the series' own, and passes on the part `carried` of it to all later periods. All
    periods of a draw have one more error, normal with the standard deviation `common`.

    Source: reference, 12.2, with the series' own errors in place of normal ones: Hyndman and
    Athanasopoulos (2021), Forecasting: Principles and Practice, 5.5 (bootstrapped residuals).

    >>> never, even = np.array([0.0]), np.full((3, 1), 0.5)
    >>> smoothed_months(np.log([11.0, 12.0]), 0.5, never, even, 1.0).round(6).tolist()
    [[10.0], [11.0]]
    """
    drawn = errors[picks(even[:-1], errors.size)]
    passed = np.cumsum(drawn, axis=0) - drawn
    shared = common * special("ndtri")(even[-1])
    found = np.exp(logs[:, None] + carried * passed + drawn + shared) - offset
    return np.asarray(np.maximum(found, 0.0))


def scaled_months(months: Floats, spread: float, even: Floats) -> Floats:
    """The periods ahead, drawn for a method with no model of its own: (ahead, draws).

    All `months` of a draw are multiplied by one number, of which the logarithm is normal with the
    standard deviation `spread`. In the figures' unit.

    Source: the past errors of the method, taken as normal on the log scale.

    >>> scaled_months(np.array([4.0, 6.0]), 0.2, np.full((3, 1), 0.5)).tolist()
    [[4.0], [6.0]]
    """
    return np.asarray(months[:, None] * np.exp(spread * special("ndtri")(even[-1])))


def likened_months(
    months: Floats, errors: Floats, even: Floats, offset: float, last: bool = False
) -> Floats:
    """The periods ahead, drawn for a series that errs as similar ones did: (ahead, draws).

    Each draw takes one of the `errors`, logarithms of what came over what was expected, both plus
    `offset`, of all `months` ahead together; where a year ends in its `last` figure, of that one.
    All months of a draw are moved alike. In the figures' unit; expected nothing is shared evenly.

    Source: as `smoothed_months`, with the errors of a whole stretch (Hyndman and Athanasopoulos).

    >>> likened_months(np.array([4.0, 6.0]), np.log([2.0, 3.0]), np.full((3, 1), 0.9), 10.0)
    array([[20.],
           [30.]])
    """
    drawn = errors[picks(even[-1], errors.size)]
    expected = float(months[-1] if last else months.sum())
    came = np.maximum((expected + offset) * np.exp(drawn) - offset, 0.0)
    if expected > DUST:
        return np.asarray(months[:, None] * (came / expected))
    return np.repeat(came[None, :] / (1 if last else months.size), months.size, axis=0)


def drawn_months(past: Floats, even: Floats) -> Floats:
    """The periods ahead of a series that is often nothing: each drawn from its `past` periods.

    (ahead, draws), in the figures' unit. Knows neither season nor level.

    Source: reference, 12.2 (zero-heavy counts: the mean of the last year).

    >>> drawn_months(np.array([0.0, 2.0]), np.array([[0.1, 0.9], [0.6, 0.2], [0.5, 0.5]])).tolist()
    [[0.0, 2.0], [2.0, 0.0]]
    """
    return np.asarray(past[picks(even[:-1], past.size)])


def picks(even: Floats, of: int) -> Whole:
    """Whole numbers from 0 to `of` - 1 from uniform ones, each as often as the others.

    `even` lies from 0 to 1, of any shape, which is that of the answer; no unit. Raises nothing of
    its own. Does not draw: who calls gives the draws, and so the seed.

    Source: elementary.

    >>> picks(np.array([0.0, 0.5, 0.99]), 2).tolist()
    [0, 1, 1]
    """
    return np.minimum((even * of).astype(np.int64), of - 1)


def with_events(months: Floats, known: int, events: tuple[KnownEvent, ...]) -> Floats:
    """The drawn periods ahead with what was declared: (ahead, draws), in the figures' unit.

    `known` periods of the year are over; an event that began before acts on all that are left. What
    an event does to the periods that are over is in their figures already.

    Source: this room; the size of an event is declared, never worked out.

    >>> with_events(np.array([[10.0], [10.0]]), 10, (KnownEvent(12, 0.5, 1.0),)).tolist()
    [[10.0], [6.0]]
    """
    found = months.copy()
    for event in events:
        acts = slice(max(event.begins - 1 - known, 0), None)
        found[acts] = np.maximum(found[acts] * event.factor + event.amount, 0.0)
    return found


def is_cut(months: Floats, known: int, events: tuple[KnownEvent, ...]) -> bool:
    """Whether what was declared would make a period that is expected ahead less than nothing.

    `months` are drawn without events, (ahead, draws), in the figures' unit, and `known` periods of
    the year are over. Says nothing of single draws: some of those may be cut at nothing besides.

    Source: elementary; no count of events lies below nothing.

    >>> [is_cut(np.array([[9.0], [9.0]]), 10, (KnownEvent(12, 1.0, by),)) for by in (-9.0, -10.0)]
    [False, True]
    """
    if not events:
        return False
    expected = months.mean(axis=1)
    for event in events:
        acts = slice(max(event.begins - 1 - known, 0), None)
        changed = expected[acts] * event.factor + event.amount
        if (changed < -DUST).any():
            return True
        expected[acts] = changed
    return False


def within_whole(
    changed: Floats, drawn: Floats, whole: Floats, drawn_whole: Floats | None = None
) -> tuple[Floats, bool]:
    """The part of a whole in the periods ahead, where what was declared would make it more.

    `changed` is the part as events leave it, `drawn` as it was without them; `whole` is what it is
    a part of, events included, and `drawn_whole` the same without them, left out where none acts on
    it. All are (ahead, draws), in one unit. Where events changed the part, or its whole, the part
    is the whole at most. Beside it stands whether a period would be expected to be more than the
    whole: single draws may be, and are held as well. Elsewhere the part stays as drawn.

    Source: elementary; a share lies between nothing and the whole.

    >>> drawn, whole = np.array([[9.0], [9.0]]), np.array([[12.0], [12.0]])
    >>> found = within_whole(np.array([[9.0], [18.0]]), drawn, whole)
    >>> found[0].tolist(), found[1]
    ([[9.0], [12.0]], True)
    >>> less = np.array([[12.0], [6.0]])
    >>> within_whole(drawn, drawn, less, whole)[0].tolist()
    [[9.0], [6.0]]
    """
    acts = changed != drawn
    if drawn_whole is not None:  # a whole that changes changes what its part may be
        acts |= whole != drawn_whole
    expected = changed.mean(axis=1) > whole.mean(axis=1)
    held = bool((expected & acts.any(axis=1)).any())
    return np.where(acts, np.minimum(changed, whole), changed), held
