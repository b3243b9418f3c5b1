"""Why no chance of another status is told of a figure that is judged: each cause in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from outturn.framework.model import HISTOGRAMS, Measure
from outturn.judgement.intervals import NO_LIMITS as NOT_WANTED
from outturn.judgement.intervals import STOCKS
from outturn.judgement.overrides import BY_THE_RULE, OF_NOW
from outturn.judgement.parted_chances import ON_BOTH_SIDES
from outturn.terms.records import Status

SET = "a role set it where the rule gives no status"
NONE = "a target of none, or of all, is met or missed by the count itself"
AT_A_MOMENT = "it counts how many there are at a moment, which is no count of events"
MONEY = "money is no count of events, and no margin of error was published"
UNWEIGHED = "how many unweighted answers its weighted ones are worth is not known"
UNWANTED = 'its file says methods = "none": its counts do not happen one by one'
MADE = "it is made of other measures, and how they move together by chance is not known"
NO_COUNTS = "neither the counts behind it nor a margin of error is held"
NO_LIMITS = "it has no limits"
NO_SPREAD = "nothing is held that tells how far it moves by chance"
NOT_A_SHARE = "its counts make no share of a whole"

_BY_NO_RULE = f"{BY_THE_RULE}{Status.NOT_ASSESSED}."
_COUNTED = ("proportion", "rate")
_WITH_AN_END = ("count", "proportion", "rate")  # of things, which are none or some


def why_no_chance(measure: Measure, verdict: Mapping[str, Any], value: Mapping[str, Any]) -> str:
    """The first cause; `verdict` is one of VERDICTS that is judged now, `value` its VALUES row.

    Those of rounded counts, and of figures outside their own limits, are looked for before.
    """
    if (verdict["overridden"] or "").startswith(OF_NOW) and _BY_NO_RULE in verdict["reason_now"]:
        return SET
    if _is_of_none_or_all(measure, verdict):
        return NONE
    if measure.kind == "money":
        return MONEY
    if measure.methods == NOT_WANTED:
        return UNWANTED
    if measure.formula:
        return MADE
    if measure.is_weighted:
        return UNWEIGHED
    if measure.kind == "count" and (measure.roll_up in STOCKS or measure.frequency == "census"):
        return AT_A_MOMENT
    if measure.kind in _COUNTED:
        held = value["numerator"] is not None and value["denominator"] is not None
        return NOT_A_SHARE if held else NO_COUNTS
    limited = measure.kind in (*ON_BOTH_SIDES, *HISTOGRAMS, "mean") or measure.parted
    return NO_LIMITS if limited and value["lower"] is None else NO_SPREAD


def _is_of_none_or_all(measure: Measure, verdict: Mapping[str, Any]) -> bool:
    """Of what is made of others, or reported as below zero, nothing is no end of the scale."""
    high, low = verdict["milestone_high"], verdict["milestone_low"]
    of_none = high == 0 and measure.kind in _WITH_AN_END and not measure.formula
    return of_none or (low is not None and measure.kind == "proportion" and low >= measure.per)
