"""The judge of `derivations.winters`."""

from __future__ import annotations

from collections.abc import Mapping

from outturn.ingest.derivations.model import Asked, Row, Rows

_WINTER = (12, 1, 2, 3)


def deaths(tables: Mapping[str, Rows], asked: Asked) -> list[Row]:
    years: dict[tuple[str, int], list[tuple[int, Row]]] = {}
    for row in tables["deaths"]:
        if not row["month"].endswith("-01/P1M") or row["deaths"] is None:
            continue
        year, month = int(row["month"][:4]), int(row["month"][5:7])
        years.setdefault((row["place"], year - (month < 8)), []).append((month, row))
    found = []
    for (place, begun), lines in years.items():
        if len({month for month, _ in lines}) < 12:
            continue
        winter = sum(row["deaths"] for month, row in lines if month in _WINTER)
        other = sum(row["deaths"] for month, row in lines if month not in _WINTER)
        found.append(
            {
                "place": place,
                "period": f"{begun}-08-01/P1Y",
                "winter": winter,
                "other": other,
                "excess_twice": 2 * winter - other,
                "source": min(row["source"] for _, row in lines),
                "row": min(row["row"] for _, row in lines),
            }
        )
    return found
