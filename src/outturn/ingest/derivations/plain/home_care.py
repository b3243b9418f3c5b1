"""The judge of `derivations.home_care`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from outturn.ingest.derivations.ages import age_group
from outturn.ingest.derivations.model import Asked, Row, Rows
from outturn.ingest.derivations.plain.stays import whole_years


def weeks(tables: Mapping[str, Rows], asked: Asked) -> list[Row]:
    """Gathers the rows of each person and week."""
    gathered: dict[tuple[object, ...], list[Row]] = {}
    for row in tables["home_care"]:
        week = row["week"] - timedelta(days=row["week"].weekday())
        gathered.setdefault((row["place"], row["person"], week), []).append(row | {"week": week})
    found = []
    for (place, person, week), rows in gathered.items():
        hundredths = _hundredths(sum(_millionths(one["hours"]) for one in rows))
        if hundredths <= 0 and not any(one["visits"] for one in rows):
            continue
        first = min(rows, key=lambda one: (one["source"], one["row"]))
        age = whole_years(_least(rows, "born_on"), rows[0]["week"])
        found.append(
            {
                "place": place,
                "person": person,
                "week": week,
                "hundredths": hundredths,
                "visits": sum(one["visits"] or 0 for one in rows),
                "intensive": hundredths > 100 * asked.number("intensive_above_hours"),
                "age": age,
                "age_group": age_group(age, asked.words("age_groups")),
                **{name: _least(rows, name) for name in ("client_group", "sex")},
                "in_part": any(one["in_part"] for one in rows) or None,
                **{name: first[name] for name in ("source", "row")},
            }
        )
    return found


def _millionths(hours: float | None) -> int:
    exact = Decimal(str(hours or 0)) * 1_000_000
    return int(exact.to_integral_value(ROUND_HALF_UP))


def _hundredths(millionths: int) -> int:
    """A half is taken upwards."""
    return (millionths + 5_000) // 10_000


def _least(rows: Rows, name: str) -> Any:
    return min((one[name] for one in rows if one[name] is not None), default=None)
