"""Counts into Values, Values into Verdicts: pure rules, each naming who set it."""

from outturn.judgement.findings import findings
from outturn.judgement.trend import Segment, trend
from outturn.judgement.values import values
from outturn.judgement.verdicts import verdicts

__all__ = ["Segment", "findings", "trend", "values", "verdicts"]
