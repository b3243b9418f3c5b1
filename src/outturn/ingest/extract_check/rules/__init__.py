"""What rows, and rows together, say that cannot be: one module for each subject."""

from outturn.ingest.extract_check.rules.model import Found, Given, Test
from outturn.ingest.extract_check.rules.together import by_records, by_rows

__all__ = ["Found", "Given", "Test", "by_records", "by_rows"]
