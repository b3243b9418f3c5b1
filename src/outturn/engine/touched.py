"""Which figures rows that were set aside could change, were they put right, in columns.

A row belongs to a place and to the days of the column that a measure counts by, where both can
still be read. It could change a figure of that place, or of one that its figures are added up to,
whose period holds a part of the row's own: a year, twelve months and a year to date hold all of
theirs. A week is of the period in which it ends. A row of what is open could change each period
from its beginning to its end. A row whose place cannot be read could be of any place, and one whose
day cannot be read of any period.
What a figure is standardised to is of another place: there a row of any place counts. So it does
where a longer period is made of the census dates, or weeks, that some place has a row for, and the
row has one of its own: then another is added for every place. A row of what shows that weeks were
supplied adds one in the same way.

Where too much is marked it is no harm; where too little is, a figure is believed that lacks rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from outturn.contracts.model import Contract
from outturn.engine.periods import BASES
from outturn.engine.plan import period_column, rolls_up
from outturn.framework.model import Measure, Tally
from outturn.terms.period import Calendar, add_months, from_key

OWN, OTHERS, UNREAD = "own", "every place", "unread"
TOUCHED: dict[str, type[pl.DataType]] = {
    "measure": pl.String,
    "table": pl.String,
    "place": pl.String,
    "period": pl.String,
    "which": pl.String,  # rows: OWN; those that count for every place; of no place, or no day
    "rows": pl.Int64,  # how many of them could change the figure
}
GROUP = ["measure", "place", "period"]
_OWN_STEPS = ("week", "census")  # frequencies whose base periods may be those of the rows alone
Moved = Callable[[date], date]
_ITEM = ["part", "row"]
_SPAN = ["place", "start", "end", "which"]


@dataclass(frozen=True, slots=True)
class _Reading:
    """How a figure counts the rows of a table: by which days, and for which places."""

    begins: str  # the column with the days by which a row belongs to a period
    ends: str  # of what is open, the column in which it ends; else the same
    frequency: str
    rolls_up: bool
    everywhere: bool  # whether a row of any place counts


def touched(
    groups: pl.DataFrame,
    measures: Mapping[str, Measure],
    aside: Mapping[str, pl.DataFrame],
    *,
    contracts: Mapping[str, Contract],
    above: Mapping[str, Sequence[str]],
    calendar: Calendar,
) -> pl.DataFrame:
    """A TOUCHED frame: for each of the `groups` (measure, place, period) the rows that count.

    `aside` has by table the rows that were set aside: a line with `part`, `row` and `place` (null
    where it cannot be read) and no `column`, and a line more, with `start` and `end`, for each
    column of days that can be read. `above` gives for each place those that it is added up to.
    """
    found = [pl.DataFrame(schema=TOUCHED)]
    for (table, readings, _), ids in _alike(measures, aside, contracts).items():
        mine = groups.filter(pl.col("measure").is_in(ids)).select(GROUP).unique()
        periods = mine["period"].unique().to_list()
        if not periods:
            continue
        counted = _counted(aside[table], readings, periods, above, calendar)
        anywhere = counted.filter(pl.col("place").is_null()).drop("place")
        each = [
            mine.join(counted, on=["place", "period"]),
            mine.join(anywhere, on="period"),
        ]
        rows = pl.concat([one.select(*GROUP, "which", "rows") for one in each])
        rows = rows.group_by(*GROUP, "which").agg(pl.col("rows").sum())
        found.append(rows.with_columns(table=pl.lit(table)).select(*TOUCHED))
    return pl.concat(found).sort("measure", "place", "period", "table", "which")


def _alike(
    measures: Mapping[str, Measure],
    aside: Mapping[str, pl.DataFrame],
    contracts: Mapping[str, Contract],
) -> dict[tuple[str, frozenset[_Reading], str], list[str]]:
    """The measures that read a table in the same way, so that it is looked at once for them all.

    Those of weeks and census dates by themselves, for there each has its own.
    """
    found: dict[tuple[str, frozenset[_Reading], str], list[str]] = {}
    for id in measures:
        made_of = list(_parts(id, measures))
        everywhere = any(one.standardise and not one.standardise.directly for one in made_of)
        alone = id if any(one.frequency in _OWN_STEPS for one in made_of) else ""
        for table in aside:
            readings = frozenset(
                _reading(one, tally, contracts[table], everywhere)
                for one in made_of
                for tally in (one.numerator, one.denominator, _shown(one, contracts))
                if tally and tally.table == table
            )
            if readings:
                found.setdefault((table, readings, alone), []).append(id)
    return found


def _parts(id: str, measures: Mapping[str, Measure]) -> Iterator[Measure]:
    """The measure, or all those that its formula is made of in the end."""
    if (one := measures.get(id)) is None:
        return
    if one.formula is None:
        yield one
        return
    for part in one.formula.parts:
        yield from _parts(part, measures)


def _shown(measure: Measure, contracts: Mapping[str, Contract]) -> Tally | None:
    """The rows that show which weeks were supplied: each is one of which others count 0."""
    contract = contracts.get(measure.supplied)
    weekly = measure.frequency == "week" and contract is not None and contract.period
    return Tally(measure.supplied, "count") if weekly else None


def _reading(measure: Measure, tally: Tally, contract: Contract, everywhere: bool) -> _Reading:
    begins = period_column(tally, contract)
    ends = tally.closes if tally.how == "open" else begins
    return _Reading(begins, ends, measure.frequency, rolls_up(measure), everywhere)


def _counted(
    aside: pl.DataFrame,
    readings: Iterable[_Reading],
    periods: Sequence[str],
    above: Mapping[str, Sequence[str]],
    calendar: Calendar,
) -> pl.DataFrame:
    """How many rows count for each `place` (null: every place) and `period`, by `which`."""
    lines = [_for_places(_spans(aside, one, periods, calendar), one, above) for one in readings]
    if len(lines) == 1:  # no row is there twice, and those alike are looked at together
        spans = lines[0].group_by(_SPAN).agg(pl.len().cast(pl.Int64).alias("rows"))
    else:
        spans = pl.concat(lines).with_columns(rows=pl.lit(1, pl.Int64))
    keys = [(key, from_key(key).start, from_key(key).end) for key in periods]
    kinds = {"period": pl.String, "first": pl.Date, "last": pl.Date}
    within = (pl.col("start") <= pl.col("last")).fill_null(True) & (
        pl.col("end") >= pl.col("first")
    ).fill_null(True)
    held = spans.join(pl.DataFrame(keys, schema=kinds, orient="row"), how="cross").filter(within)
    if len(lines) > 1:  # a row that one reading places and another does not is placed
        held = held.sort("which").unique([*_ITEM, "place", "period"], keep="first")
        everywhere = held.filter(pl.col("place").is_null()).select(*_ITEM, "period")
        held = held.filter(pl.col("place").is_null()).extend(
            held.filter(pl.col("place").is_not_null()).join(
                everywhere, on=[*_ITEM, "period"], how="anti"
            )
        )
    return held.group_by("place", "period", "which").agg(pl.col("rows").sum())


def _spans(
    aside: pl.DataFrame, reading: _Reading, known: Sequence[str], calendar: Calendar
) -> pl.DataFrame:
    """Each row with its place and the first and last day on which it could count."""
    rows = aside.filter(pl.col("column").is_null()).select(*_ITEM, "place")
    begun = aside.filter(column=reading.begins).select(*_ITEM, "start", until="end")
    ended = aside.filter(column=reading.ends).select(*_ITEM, "end")
    spans = rows.join(begun, on=_ITEM, how="left").join(ended, on=_ITEM, how="left")
    if reading.frequency in _OWN_STEPS:
        spans = _with_periods_of_their_own(spans, reading, known, calendar)
    unread = pl.col("place").is_null() | pl.col("start").is_null()
    placed = pl.lit(OTHERS) if reading.everywhere else pl.lit(OWN)
    if "alone" in spans.columns:
        placed = pl.when("alone").then(pl.lit(OTHERS)).otherwise(placed)
    which = pl.when(unread).then(pl.lit(UNREAD)).otherwise(placed)
    first, last = _widened(reading.frequency, calendar)
    return spans.select(
        *_ITEM,
        pl.when(which != OTHERS).then("place").alias("place"),
        _moved(spans["start"], first).alias("start"),
        _moved(spans["end"], last).alias("end"),
        which.alias("which"),
    )


def _with_periods_of_their_own(
    spans: pl.DataFrame, reading: _Reading, known: Sequence[str], calendar: Calendar
) -> pl.DataFrame:
    """Rows of which no figure has the base period are `alone` there.

    A week that begins on another day than Monday changes any period, for then the weeks that lie
    between those of the rows are not counted; and a row without a day could be such a week, or be
    of a census date of its own. They are of every place.
    """
    days = spans.select("start", "until").unique()
    lines = []
    for start, until in days.drop_nulls().iter_rows():
        base = BASES[reading.frequency](start, calendar)
        lines.append((start, until, base.key not in known and base.end >= until))
    kinds = {"start": pl.Date, "until": pl.Date, "alone": pl.Boolean}
    alone = pl.DataFrame(lines, schema=kinds, orient="row")
    told = spans.join(alone, on=["start", "until"], how="left")
    begins_late = pl.col("start").dt.weekday() > 1
    seven_days = (pl.col("until") - pl.col("start")).dt.total_days() == 6
    odd = (begins_late & seven_days).fill_null(False)
    of_any = pl.col("start").is_null() | (odd if reading.frequency == "week" else False)
    return told.with_columns(
        *(pl.when(~of_any).then(one).alias(one) for one in ("place", "start")),
        end=pl.when(~odd | pl.lit(reading.frequency != "week")).then("end"),
        alone=pl.col("alone").fill_null(False),
    )


def _widened(frequency: str, calendar: Calendar) -> tuple[Moved, Moved]:
    """From which day, and to which, a row counts that begins, or ends, on a day.

    Figures of months and of what is made of them hold whole months, so that rows of one month are
    alike.
    """
    if frequency == "week":
        return (lambda day: BASES["week"](day, calendar).end,) * 2
    if frequency == "census":
        return _same, _same
    return _first_of_month, _last_of_month


def _same(day: date) -> date:
    return day


def _first_of_month(day: date) -> date:
    return day.replace(day=1)


def _last_of_month(day: date) -> date:
    return add_months(day.replace(day=1), 1) - timedelta(days=1)


def _moved(days: pl.Series, to: Moved) -> pl.Series:
    known = {day: to(day) for day in days.drop_nulls().unique()}
    return days.replace_strict(known, default=None, return_dtype=pl.Date)


def _for_places(
    spans: pl.DataFrame, reading: _Reading, above: Mapping[str, Sequence[str]]
) -> pl.DataFrame:
    """The rows, once for each place that they count for; null is every place."""
    if not reading.rolls_up:
        return spans
    pairs = [(place, upper) for place, line in above.items() for upper in line]
    lines = pl.DataFrame(pairs, schema={"place": pl.String, "upper": pl.String}, orient="row")
    told = spans.join(lines, on="place", how="left")
    return told.with_columns(place=pl.coalesce("upper", "place")).drop("upper")
