"""The shared words: Count, Value, Verdict, Period, and the tree of errors."""

from outturn.terms.errors import (
    DefinitionMistake,
    ExtractMistake,
    Mistake,
    Mistakes,
    MoveMistake,
    OutturnError,
    VintageMistake,
)
from outturn.terms.period import Calendar, Period
from outturn.terms.records import Absent, Count, Direction, Fingerprint, Provenance, Status

__all__ = [
    "Absent",
    "Calendar",
    "Count",
    "DefinitionMistake",
    "Direction",
    "ExtractMistake",
    "Fingerprint",
    "Mistake",
    "Mistakes",
    "MoveMistake",
    "OutturnError",
    "Period",
    "Provenance",
    "Status",
    "VintageMistake",
]
