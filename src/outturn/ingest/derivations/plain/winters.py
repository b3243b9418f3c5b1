"""The judge of `derivations.winters`."""

from __future__ import annotations

from collections.abc import Mapping

from outturn.ingest.derivations.model import Asked, Row, Rows

_WINTER = (12, 1, 2, 3)
_NAMED = 12


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
                "source": _sources(lines),
                "row": min(row["row"] for _, row in lines),
            }
        )
    return found


def _sources(lines: list[tuple[int, Row]]) -> str:
    """Every source of the months, in the order of their names; of very many the first."""
    names = sorted({row["source"] for _, row in lines})
    return ", ".join(names[:_NAMED]) + (", and others" if len(names) > _NAMED else "")
