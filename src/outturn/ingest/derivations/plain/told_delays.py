"""The judge of `derivations.told_delays`."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from outturn.ingest.derivations.left_out import (
    BED_NOT_TOLD,
    OTHER_BED,
    REASON_NOT_KNOWN,
    not_longer,
    setting_not_told,
)
from outturn.ingest.derivations.model import Asked, Row, Rows


def mental_health_bed_days(tables: Mapping[str, Rows], asked: Asked) -> list[Row]:
    return _told(tables, asked, "kind", "month", _by_bed)


def mental_health_census(tables: Mapping[str, Rows], asked: Asked) -> list[Row]:
    return _told(tables, asked, "kind", "census", _by_bed)


def by_setting(tables: Mapping[str, Rows], asked: Asked) -> list[Row]:
    return _told(tables, asked, "setting", "census", _by_setting)


def by_reason(tables: Mapping[str, Rows], asked: Asked) -> list[Row]:
    rows, unknown = tables[asked.method.given[0]], asked.word("unknown")
    known = {(one["place"], one["month"]) for one in rows if one["reason_group"] != unknown}
    return [
        {**one, "left_out": REASON_NOT_KNOWN if one["reason_group"] == unknown else None}
        for one in rows
        if (one["place"], one["month"]) in known
    ]


def _told(
    tables: Mapping[str, Rows],
    asked: Asked,
    column: str,
    period: str,
    rule: Callable[[Row, Asked], str | None],
) -> list[Row]:
    """The rows of each place and period in which somebody's is told."""
    rows = tables[asked.method.given[0]]
    known = {(row["place"], row[period]) for row in rows if row[column] is not None}
    return [
        {**row, "left_out": rule(row, asked)}
        for row in rows
        if (row["place"], row[period]) in known
    ]


def _by_bed(row: Row, asked: Asked) -> str | None:
    if row["kind"] is None:
        return BED_NOT_TOLD
    return None if row["kind"] in asked.words("kinds") else OTHER_BED


def _by_setting(row: Row, asked: Asked) -> str | None:
    days = asked.number("days_elsewhere")
    if row["setting"] in asked.words("short_stay") or row["days_waited"] > days:
        return None
    return setting_not_told(days) if row["setting"] is None else not_longer(days)
