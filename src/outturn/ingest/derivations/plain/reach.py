"""The judge of `derivations.reach`."""

from __future__ import annotations

from datetime import date

from outturn.ingest.derivations.model import Rows


def first_month(rows: Rows, place: str, end: str) -> date | None:
    """The first month that the sources of a place cover, by its first day."""
    sources = {one["source"] for one in rows if one["place"] == place}
    ended = [one[end] for one in rows if one["source"] in sources and one[end] is not None]
    return min(ended).replace(day=1) if ended else None


def first_months(rows: Rows, end: str) -> dict[str, date]:
    """The same of every place that has one."""
    found = {place: first_month(rows, place, end) for place in {one["place"] for one in rows}}
    return {place: month for place, month in found.items() if month is not None}
