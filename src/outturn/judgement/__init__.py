"""Counts into Values, Values into Verdicts: pure rules, each naming who set it."""

from outturn.judgement.findings import findings
from outturn.judgement.trend import Change, Refused, Segment, change, trend
from outturn.judgement.values import values
from outturn.judgement.verdicts import verdicts

__all__ = ["Change", "Refused", "Segment", "change", "findings", "trend", "values", "verdicts"]
