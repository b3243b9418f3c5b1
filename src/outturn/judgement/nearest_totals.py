"""Of which places another is a part: the nearest above it that have a count of the same."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from outturn.framework.model import Place

_SAME = ["measure", "period", "breakdown", "category"]
_FOUND = {"_total": pl.Int64, "_row": pl.Int64, "_how": pl.String}


def nearest_totals(rows: pl.DataFrame, places: Mapping[str, Place]) -> pl.DataFrame:
    """Each row as a part (`_row`) of that of the nearest place above it that has one (`_total`).

    Each hierarchy by itself, as `_how`. A place that has no row is stepped over: what stands
    under it is a part of what stands above. Where its own hierarchy ends there, the others of the
    place are followed; what comes by them is told with the direct parts, and apart from what comes
    by none.
    """
    hops = _hops(places)
    totals = rows.select(*_SAME, _above="place", _total="_row")
    left = rows.select(*_SAME, "place", "_row").join(hops, on="place")
    left = left.with_columns(_by=pl.lit(""))
    found = []
    for _ in places:
        here = left.join(totals, on=[*_SAME, "_above"], maintain_order="left")
        found.append(here.select("_total", "_row", "_hierarchy", "_by"))
        left = _stepped(left.join(totals, on=[*_SAME, "_above"], how="anti"), hops)
        if not left.height:
            break
    if not found:
        return pl.DataFrame(schema=_FOUND)
    return _named(pl.concat(found).unique(maintain_order=True))


def _hops(places: Mapping[str, Place]) -> pl.DataFrame:
    above = [
        (code, parent, hierarchy)
        for code, place in places.items()
        for hierarchy, parent in place.parents.items()
    ]
    schema = dict.fromkeys(("place", "_above", "_hierarchy"), pl.String)
    return pl.DataFrame(above, schema=schema, orient="row")


def _stepped(left: pl.DataFrame, hops: pl.DataFrame) -> pl.DataFrame:
    """One step up from places that have no row: in the same hierarchy, or else in the others."""
    next_ = hops.rename({"place": "_above", "_above": "_next", "_hierarchy": "_other"})
    same = pl.col("_other") == pl.col("_hierarchy")
    found = left.join(next_, on="_above", maintain_order="left")
    within = same.any().over("_row", "_hierarchy", "_by", "_above")
    found = found.filter(same | ~within)
    by = pl.when(same).then("_by").otherwise(pl.concat_str("_by", pl.lit(" by "), "_hierarchy"))
    return found.with_columns(_by=by, _above="_next", _hierarchy="_other").select(left.columns)


def _named(pairs: pl.DataFrame) -> pl.DataFrame:
    """The pairs with words for each sum; what comes by another hierarchy, with the direct parts."""
    sums = ["_total", "_hierarchy"]
    ways = pairs.filter(pl.col("_by") != "").select(*sums, "_by").unique()
    direct = pairs.filter(pl.col("_by") == "").drop("_by")
    every = pl.concat([pairs, direct.join(ways, on=sums).select(pairs.columns)])
    how = pl.concat_str(pl.lit("places, "), "_hierarchy", "_by")
    return every.unique(maintain_order=True).with_columns(_how=how).select(list(_FOUND))
