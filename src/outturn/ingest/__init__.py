"""Extracts in, tables that keep their contract out; every derived column is made here."""

from outturn.ingest.run import REJECTED, Ingested, ingest

__all__ = ["REJECTED", "Ingested", "ingest"]
