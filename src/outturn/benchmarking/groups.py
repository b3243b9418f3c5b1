"""Who belongs to each comparator group, in each period."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import polars as pl

from outturn.framework.model import Comparator, Place
from outturn.framework.places import ancestors
from outturn.terms.period import Period, from_key

MEMBERS = {
    "comparator": pl.String,
    "period": pl.String,
    "place": pl.String,
    "listed": pl.Boolean,  # false for a home that joins its own comparators
    "members": pl.Int64,
}


def members(
    comparators: Mapping[str, Comparator],
    places: Mapping[str, Place],
    periods: Iterable[str],
    home: str,
) -> pl.DataFrame:
    """One row for each group, period and member.

    Members are those listed, or every place of the group's kind; a place that did not exist at
    the end of the period is not one of them. A home that is not among the members (nearest
    neighbours leave the place itself out) joins the group for its rank, and `listed` says so;
    it does not if it is of another kind than any member, as a country is among councils, or if a
    member stands under it in any hierarchy, as localities do under their council.
    """
    rows = []
    for key in periods:
        period = from_key(key)
        for id, group in comparators.items():
            listed = [
                code
                for code in codes(group, places)
                if code not in places or places[code].existed(period.end)
            ]
            joined = [home] if _joins(home, listed, places, period) else []
            size = len(listed) + len(joined)
            rows += [(id, key, code, True, size) for code in listed]
            rows += [(id, key, code, False, size) for code in joined]
    return pl.DataFrame(rows, schema=MEMBERS, orient="row")


def codes(group: Comparator, places: Mapping[str, Place]) -> list[str]:
    """The codes of a group's members, each once."""
    if group.members:
        return list(dict.fromkeys(group.members))
    return [one.code for one in places.values() if one.kind == group.kind]


def _joins(home: str, listed: list[str], places: Mapping[str, Place], period: Period) -> bool:
    if home in listed or home not in places or not places[home].existed(period.end):
        return False
    if any(home in ancestors(places, code) for code in listed):
        return False
    kinds = {places[code].kind for code in listed if code in places}
    return not kinds or places[home].kind in kinds
