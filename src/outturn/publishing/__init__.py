"""Verdicts in; pages, charts, documents and board packs out."""

from outturn.publishing.pack import Pack

__all__ = ["Pack"]
