"""The fixed words of a pack, once for all formats."""

from __future__ import annotations

from datetime import date

from outturn.publishing.pack import Pack

CONTENTS = "Contents"
SKIP = "Skip to the paper"
FIGURES = "Figures in this chart"
SOURCE = "Source: "
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def long_date(day: date) -> str:
    """A date as it is said.

    >>> long_date(date(2026, 11, 5))
    '5 November 2026'
    """
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def front_facts(pack: Pack) -> tuple[tuple[str, str], ...]:
    """What stands under the title, as name and text. What is not known is left out."""
    meeting = long_date(pack.date_of_meeting) if pack.date_of_meeting else ""
    facts = (
        ("Meeting", pack.meeting),
        ("Date of meeting", meeting),
        ("Period", pack.period_label),
        ("Data as at", long_date(pack.data_date)),
        ("Issued", long_date(pack.issue_date)),
        ("Version", pack.version),
        ("Classification", pack.classification),
    )
    return tuple((name, text) for name, text in facts if text)
