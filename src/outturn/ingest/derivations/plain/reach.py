"""The judge of `derivations.reach`."""

from __future__ import annotations

from collections import Counter
from datetime import date

from outturn.contracts.reach import FEW, MONTHS_OF_A_YEAR, SHARE
from outturn.ingest.derivations.model import Rows


def first_month(rows: Rows, place: str, end: str) -> date | None:
    """The first month that the sources of a place cover, by its first day."""
    first = first_day(rows, place, end)
    return first.replace(day=1) if first else None


def first_day(rows: Rows, place: str, end: str) -> date | None:
    """The first day, in a covered month, on which a record of the sources of a place ended."""
    sources = {one["source"] for one in rows if one["place"] == place}
    firsts = [_first_of_source([one for one in rows if one["source"] == each], end)
              for each in sources]  # fmt: skip
    return min((one for one in firsts if one), default=None)


def _first_of_source(rows: Rows, end: str) -> date | None:
    """Drops months from the first on until one has enough of the ends of a year."""
    ended = sorted(one[end] for one in rows if one[end] is not None)
    months = Counter(day.replace(day=1) for day in ended)
    of_a_year = sum(number for _, number in months.most_common(MONTHS_OF_A_YEAR))
    while ended and of_a_year >= FEW:
        if months[ended[0].replace(day=1)] * 100 >= of_a_year * SHARE:
            break
        ended = ended[1:]
    return ended[0] if ended else None


def first_months(rows: Rows, end: str) -> dict[str, date]:
    """The same of every place that has one."""
    found = {place: first_month(rows, place, end) for place in {one["place"] for one in rows}}
    return {place: month for place, month in found.items() if month is not None}
