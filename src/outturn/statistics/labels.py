"""What a statistic and its limits are called, in the words that users of Fingertips know."""

from __future__ import annotations

BYARS = "Byars"
DOBSON = "Dobson"
DOBSON_REPEATS = "Dobson, with confidence adjusted for non-independent events"
EXACT = "Exact"
STUDENT = "Student's t-distribution"
TOO_FEW = "dsr NA for total count < 10"
WILSON = "Wilson"

_KINDS = {
    "rate": "rate per {per}",
    "directly standardised rate": "dsr per {per}",
    "indirectly standardised rate": "indirectly standardised rate per {per}",
    "indirectly standardised ratio": "indirectly standardised ratio x {per}",
    "mean": "mean",
}


def statistic_label(kind: str, per: float = 1) -> str:
    """What to call a statistic of this kind and multiplier; words without a unit.

    The kind is "proportion", "rate", "mean", or one of the standardised rates and ratios;
    ValueError otherwise. Does not say by which method its limits are made: the names above do.

    Source: the labels of package PHEindicatormethods 2.1.

    >>> statistic_label("proportion", 100), statistic_label("rate", 1000)
    ('percentage', 'rate per 1000')
    """
    number = f"{per:.0f}" if per == round(per) else f"{per}"
    if kind == "proportion":
        return "percentage" if per == 100 else f"proportion of {number}"
    if kind not in _KINDS:
        raise ValueError(f"no such kind of statistic: {kind}")
    return _KINDS[kind].format(per=number)
