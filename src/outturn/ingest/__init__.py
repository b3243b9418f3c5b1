"""Extracts in, tables that keep their contract out; every derived column is made here."""

from outturn.ingest.rejects import COPY, REJECTED, UNASKED, WRONG
from outturn.ingest.run import Ingested, ingest

__all__ = ["COPY", "REJECTED", "UNASKED", "WRONG", "Ingested", "ingest"]
