"""Judges a council's client level data: every row is kept, every field gets a status and a result.

read      the file as texts, whatever is wrong with it
records   each cell as what it means: days, numbers, the words of release 2
results   status and result of every field in every row
rules     what rows, and rows together, say that cannot be
coverage  which period the data really cover, and what is missing in it
check     all of it, as findings about row numbers
"""

from outturn.ingest.extract_check.check import FINDING, Asked, Judged, check_extract
from outturn.ingest.extract_check.coverage import Coverage
from outturn.ingest.extract_check.reading import Read, read_extract, together

__all__ = [
    "FINDING",
    "Asked",
    "Coverage",
    "Judged",
    "Read",
    "check_extract",
    "read_extract",
    "together",
]
