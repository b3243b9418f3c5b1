"""What a paper shows of a place among others: its rows, strips, funnels and the spine."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

import polars as pl

from outturn.benchmarking import quartile_edges
from outturn.benchmarking.funnel import funnel
from outturn.benchmarking.spine import spine
from outturn.framework import Partnership
from outturn.framework.model import PackSpec
from outturn.framework.pack_mistakes import no_funnel
from outturn.judgement.goals import members_of
from outturn.publishing.comparison import AS_PUBLISHED
from outturn.publishing.told import FunnelTold, Row, SpineTold, Strip
from outturn.statistics.quantiles import RANK_SHARE
from outturn.terms.period import Period, from_key
from outturn.terms.records import WHOLE

ENOUGH_FOR_A_STRIP = 8  # members with a figure: fewer make no distribution to look at
FUNNELS, SPINE = "funnel plots", "spine chart"


def asked_of(pack: PackSpec, kind: str) -> tuple[str, ...]:
    """The measures that the pack's sections of one kind name, each once."""
    return tuple(dict.fromkeys(id for one in pack.sections if one.kind == kind for id in one.items))


def compared(
    pack: PackSpec, partnership: Partnership, found: pl.DataFrame, ids: Sequence[str]
) -> list[Row]:
    """Each measure's comparison of the pack's period, else the latest before it, in its order."""
    place = pack.place or partnership.home
    found = found.filter(
        pl.col("measure").is_in(ids) & (pl.col("place") == place) & (pl.col("breakdown") == WHOLE)
    )
    if pack.comparator:
        found = found.filter(pl.col("comparator") == pack.comparator)
    order_of_periods = _nearest_last(found["period"].unique(), pack, partnership)
    near = pl.DataFrame({"period": order_of_periods}, schema={"period": pl.String})
    told = found.join(near.with_row_index("_near"), on="period").sort("_near", maintain_order=True)
    latest = told.group_by("measure", "comparator", maintain_order=True).last()
    order = {id: number for number, id in enumerate(ids)}
    rows = latest.select(found.columns).rows(named=True)
    return sorted(rows, key=lambda row: (row["comparator"], order[row["measure"]]))


def _nearest_last(keys: Iterable[str], pack: PackSpec, partnership: Partnership) -> list[str]:
    """The periods that are over by the end of the pack's, the nearest to it last: its own.

    Of others that end on one day, the year to date goes before the month.
    """

    def nearness(one: Period) -> tuple[bool, date, bool, int]:
        of_year = one.start == partnership.calendar.year_start(one.end)
        return one == pack.period, one.end, of_year, -one.start.toordinal()

    over = (one for one in map(from_key, keys) if one.end <= pack.period.end)
    return [one.key for one in sorted(over, key=nearness)]


def strips(
    partnership: Partnership, values: pl.DataFrame, benchmarks: Sequence[Row]
) -> Iterator[Strip]:
    """The members behind each ranked comparison, where there are enough to show."""
    for row in benchmarks:
        # Of a rank that others published the members' figures need not be here, nor be alike.
        if row["basis"] == AS_PUBLISHED or not row["rank"]:
            continue
        if row["with_value"] < ENOUGH_FOR_A_STRIP:
            continue
        found = _behind(partnership, values, row).filter(pl.col("value").is_not_null())
        rule = partnership.comparators[row["comparator"]].quartiles or RANK_SHARE
        edges = quartile_edges(found["value"], partnership.measures[row["measure"]], rule)
        if edges:
            yield Strip(row, tuple(_named(partnership, found)), edges)


def funnels(
    pack: PackSpec, partnership: Partnership, values: pl.DataFrame, rows: Sequence[Row]
) -> Mapping[str, FunnelTold]:
    """The funnel of each measure that a section names, where the group has figures of it."""
    found: dict[str, FunnelTold] = {}
    for id in asked_of(pack, FUNNELS):
        row = next(
            (one for one in _of_group(pack, partnership, rows) if one["measure"] == id), None
        )
        if row is None or no_funnel(partnership.measures[id]):
            continue
        listed = _members(partnership, row)
        here = _behind(partnership, values, row)
        found[id] = FunnelTold(row, funnel(here, partnership.measures[id], listed))
    return found


def spine_told(
    pack: PackSpec,
    partnership: Partnership,
    values: pl.DataFrame,
    rows: Sequence[Row],
    ids: Sequence[str],
) -> SpineTold | None:
    """The spines of every measure that a section wants; None where no section wants any."""
    if not any(one.kind == SPINE for one in pack.sections):
        return None
    wanted = {*ids, *asked_of(pack, SPINE)}
    ours = [one for one in _of_group(pack, partnership, rows) if one["measure"] in wanted]
    members = {row["measure"]: _members(partnership, row) for row in ours}
    frame, why = spine(ours, values, partnership.measures, members)
    group = ours[0]["comparator"] if ours else ""
    return SpineTold(group, tuple(frame.rows(named=True)), why)


def _of_group(pack: PackSpec, partnership: Partnership, rows: Sequence[Row]) -> list[Row]:
    """The comparisons worked out here with the pack's group, or with the only one there is."""
    group = pack.comparator or next(iter(partnership.comparators), "")
    return [row for row in rows if row["comparator"] == group and row["basis"] != AS_PUBLISHED]


def _members(partnership: Partnership, row: Row) -> tuple[str, ...]:
    group = partnership.comparators[row["comparator"]]
    return members_of(group, partnership.places, from_key(row["period"]).end)


def _behind(partnership: Partnership, values: pl.DataFrame, row: Row) -> pl.DataFrame:
    """The values of a comparison's members and of its place, in its period."""
    codes = [*_members(partnership, row), row["place"]]
    return values.filter(
        pl.col("place").is_in(codes)
        & (pl.col("measure") == row["measure"])
        & (pl.col("period") == row["period"])
        & (pl.col("breakdown") == WHOLE)
    )


def _named(partnership: Partnership, found: pl.DataFrame) -> Iterator[tuple[str, float]]:
    for code, value in found.select("place", "value").iter_rows():
        place = partnership.places.get(code)
        yield (place.name if place else code), value
