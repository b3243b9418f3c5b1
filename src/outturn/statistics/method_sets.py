"""The families of methods by nation, as data: which limits, from how many events.

A measure belongs to one family, and its figures are shown with the name of it. England's is that of
Fingertips; Scotland's is that of the Scottish Public Health Observatory (ScotPHO).
"""

from __future__ import annotations

from dataclasses import dataclass

LEAST_CONFIDENCE = 0.9


@dataclass(frozen=True, slots=True)
class MethodSet:
    """What one nation's publications do where another's do otherwise."""

    name: str
    exact_below: float  # counts below this have exact Poisson limits, the others Byar's
    standardised_from: float  # directly standardised rates need so many events
    z_at_95: float | None  # a rounded normal point, where the publications use one
    negative_lower_is_zero: bool  # otherwise a lower limit of Byar's below zero is missing
    words: str


METHOD_SETS = {
    "England": MethodSet(
        "England",
        exact_below=10,
        standardised_from=10,
        z_at_95=None,
        negative_lower_is_zero=False,
        words="Exact Poisson limits below 10 events, Byar's from 10; no directly standardised rate "
        "of fewer than 10 events.",
    ),
    "Scotland": MethodSet(
        "Scotland",
        exact_below=0,
        standardised_from=0,
        z_at_95=1.96,
        negative_lower_is_zero=True,
        words="Byar's limits at every count, with 1.96 for 95% and a lower limit below zero shown "
        "as zero; standardised rates of any number of events.",
    ),
}


def method_set(name: str) -> MethodSet:
    """The family of methods of that name; it has no unit.

    The name is "England" or "Scotland"; ValueError for any other. Does not guess from a place.

    Source: package PHEindicatormethods 2.1 and Fingertips Public Health Technical Guidance
    (England); ScotPHO indicator production, 2025 (Scotland).

    >>> method_set("Scotland").z_at_95
    1.96
    """
    if name not in METHOD_SETS:
        raise ValueError(f"no such method set: {name}")
    return METHOD_SETS[name]


def z_score(confidence: float, methods: str = "England") -> float:
    """How many standard errors lie each side of a figure, for a two-sided confidence level.

    `confidence` is a share from 0.9 up to but not 1: say 0.95, not 95; ValueError otherwise. The
    Scottish set has 1.96 at 95%; every other level has the normal point. Does not know Student's t.

    Source: normal quantile, Wichura (1988), algorithm AS 241, Applied Statistics 37(3); which
    levels are taken, package PHEindicatormethods 2.1.

    >>> round(z_score(0.95), 6), round(z_score(0.998), 6), z_score(0.95, "Scotland")
    (1.959964, 3.090232, 1.96)
    """
    tail = upper_tail(confidence)
    rounded_point = method_set(methods).z_at_95
    if rounded_point is not None and confidence == 0.95:
        return rounded_point
    from statistics import NormalDist  # of Python; slow to import, and seldom wanted

    return NormalDist().inv_cdf(tail)


def upper_tail(confidence: float) -> float:
    """The share below the upper limit, 0.975 for 95%; a share.

    `confidence` is a share from 0.9 up to but not 1; ValueError otherwise. Two-sided only.

    Source: as `z_score`.

    >>> upper_tail(0.95), round(upper_tail(0.998), 6)
    (0.975, 0.999)
    """
    if not LEAST_CONFIDENCE <= confidence < 1:
        raise ValueError("confidence is a share from 0.9 up to but not 1, such as 0.95")
    return confidence + (1 - confidence) / 2
