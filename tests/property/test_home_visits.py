"""Visits of few people in few hours, that meet at every edge, made into weeks both ways; and weeks
split at random into visits, which must be the weeks that they were.

The random tables of `test_derivations.py` have few visits of one person on one day. Here every
example has up to twelve within two days about midnight of Sunday, with carers that cross. Others
have months of visits, of which the ends are told both ways.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import Any

import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from laying import by_day
from loading import module
from outturn.databases import DuckDB
from outturn.ingest.derivations import Asked, Method
from outturn.ingest.derivations.derive import derive_with_kept_out
from outturn.ingest.derivations.plain.home_visits import kept_out

drawing = module("spec/derived/drawing.py")
TABLE, VISITS, WEEKS = "home_care", "home_care_visits", "home_care_weeks"
SUNDAY, AS_OF = date(2026, 3, 8), date(2026, 4, 1)
METHOD: Method = drawing.METHODS[TABLE]
EMPTY = dict.fromkeys(one.name for one in drawing.CONTRACTS[VISITS].fields)
TIMES = [None, "22:00", "22:30", "23:00", "23:30", "23:59:30", "2026-03-08", "0:15", "00:45",
         "2026-03-09T01:00:00", "2026-03-09 00:30", "2026-03-08T23:15:00", "07:00",
         "9/3/2026 0:20", "09/03/26 00:10", "3/10/2026 23:40", "Monday 23:50", "08-Mar-2026 23:40",
         "10 march 26 1:00", "2026-03-07 06:30"]  # fmt: skip
# What a day before a time means, with its day first and with its month first.
DAYS = {
    "2026-03-07": (date(2026, 3, 7), None), "2026-03-08": (SUNDAY, None),
    "2026-03-09": (date(2026, 3, 9), None), "08-Mar-2026": (SUNDAY, None),
    "9/3/2026": (date(2026, 3, 9), date(2026, 9, 3)), "Monday": (None, None),
    "09/03/26": (date(2026, 3, 9), date(2026, 9, 3)), "10 march 26": (date(2026, 3, 10), None),
    "3/10/2026": (date(2026, 10, 3), date(2026, 3, 10)), "": (None, None),
}  # fmt: skip
Row = dict[str, Any]


SHORT_YEARS = ("26-03-08 23:20", "26-3-9 0:40", "26-MAR-08 22:10")  # first; else they mean another


def visit(*more: str) -> st.SearchStrategy[Row]:
    minutes = st.sampled_from([None, None, None, 0.0, 7.5, 30.0, 45.25, 1000.0])
    time = st.sampled_from([*TIMES, *more])
    return st.fixed_dictionaries(
        {
            "place": st.sampled_from(["North", "North", "South"]),
            "person": st.sampled_from(["p1", "p1", "p2"]),
            "visit": st.sampled_from(["v1", "v2", "v3", "v4"]),
            "carer": st.sampled_from([None, None, "c1", "c2"]),
            "visit_on": st.integers(0, 2).map(lambda day: SUNDAY + timedelta(days=day)),
            "planned_start": time,
            "planned_end": time,
            "planned_minutes": minutes,
            "actual_start": time,
            "actual_end": time,
            "actual_minutes": minutes,
            "carers": st.sampled_from([None, None, 0, 1, 2, 9]),
            "outcome": st.sampled_from(["delivered"] * 6 + ["missed", "planned", None]),
            "provider": st.sampled_from([None, "one", "one", "two"]),
            "client_group": st.sampled_from([None, "frailty", "dementia"]),
            "source": st.sampled_from(["a", "a", "b"]),
        }
    )


def rows_of(drawn: list[Row]) -> list[Row]:
    return [{**EMPTY, **one, "row": number} for number, one in enumerate(drawn, start=1)]


@st.composite
def methods(draw: st.DrawFn) -> dict[str, Method]:
    own = {
        "outcomes_counted": draw(st.sampled_from([["delivered"], ["delivered", "planned"]])),
        "actual_counts": draw(st.sampled_from([True, True, False])),
        "planned_counts": draw(st.sampled_from([True, True, False])),
        "each_carer_counts": draw(st.booleans()),
        "rounded_to_minutes": draw(st.sampled_from([0, 0, 1, 15])),
        "longest_minutes": draw(st.sampled_from([960, 960, 45, 5000])),
        "few_visits": draw(st.sampled_from([100, 100, 1, 3])),
        "every_provider_whole": draw(st.sampled_from([True, True, False])),
    }
    method = replace(METHOD, parameters={**METHOD.parameters, **own})
    return {**drawing.METHODS, TABLE: method}


@pytest.fixture(scope="module")
def database() -> Iterator[DuckDB]:
    with DuckDB(threads=1) as opened:
        yield opened


def ordered(rows: list[Row]) -> list[str]:
    return sorted(map(repr, rows))


@pytest.mark.slow
@by_day(25)
@given(drawn=st.lists(visit(*SHORT_YEARS), max_size=12), asked=methods())
def test_weeks_are_added_up_and_visits_kept_out_the_same_in_sql_and_in_plain(
    drawn: list[Row], asked: dict[str, Method], database: DuckDB
) -> None:
    rows = {VISITS: rows_of(drawn)}
    frames = {VISITS: pl.DataFrame(rows[VISITS], schema=schema(VISITS))}
    found = derive_with_kept_out([TABLE], frames, methods=asked, contracts=drawing.CONTRACTS,
                                 as_of=AS_OF, database=database)[TABLE]  # fmt: skip
    in_table = found.filter(pl.col("kept_out").is_null()).drop("kept_out").to_dicts()
    assert ordered(in_table) == ordered(drawing.judged(rows, TABLE, methods=asked, as_of=AS_OF))
    for field in drawing.CONTRACTS[TABLE].fields:  # of the contract that they are made for
        assert field.maximum is None or (in_most(in_table, field.name) <= field.maximum)
    out = found.filter(pl.col("kept_out").is_not_null()).to_dicts()
    plain = kept_out(rows, Asked(asked[TABLE], AS_OF))
    assert ordered(out) == ordered([{n: row.get(n) for n in found.columns} for row in plain])


def in_most(rows: list[Row], name: str) -> float:
    return max((row[name] for row in rows if row[name] is not None), default=0)


def schema(table: str) -> dict[str, Any]:
    return {**drawing.CONTRACTS[table].schema, **drawing.ROW}


@by_day(25)
@given(drawn=st.lists(visit(), max_size=12), asked=methods())
def test_of_one_carer_no_minute_counts_twice(drawn: list[Row], asked: dict[str, Method]) -> None:
    """Whatever overlaps: the hours of visits with a start and an end are those of the minutes on
    which there was one, each once."""
    timed = [
        one | {"planned_minutes": None, "actual_minutes": None, "planned_start": None,
               "carer": None, "carers": None, "provider": None}
        for one in drawn
    ]  # fmt: skip
    own = {"actual_counts": True, "rounded_to_minutes": 0, "few_visits": 100}
    method = replace(asked[TABLE], parameters={**asked[TABLE].parameters, **own})
    rows = rows_of(timed)
    made = drawing.judged({VISITS: rows}, TABLE, methods={**asked, TABLE: method}, as_of=AS_OF)
    wanted: set[tuple[object, ...]] = set()
    for one in rows:
        if one["outcome"] in method.parameters["outcomes_counted"]:
            halves = _half_minutes(one, method.parameters["longest_minutes"])
            wanted |= {(one["place"], one["person"], half) for half in halves}
    hours = sum(one["hours"] or 0 for one in made)
    assert round(hours * 120) == len(wanted)


def _half_minutes(one: Row, longest: int) -> range:
    """The halves of minutes, counted from the first Sunday, on which a visit lasts."""
    if one["actual_start"] is None or one["actual_end"] is None:
        return range(0)
    start, end = (_half_of_day(one[name]) for name in ("actual_start", "actual_end"))
    starts, ends = (DAYS[_before(one[name])] for name in ("actual_start", "actual_end"))
    order = 1 if starts == DAYS["3/10/2026"] else 0
    first, last = starts[order], ends[order] or ends[0]
    length = (end - start) % (24 * 120)
    if first and last:
        length = end - start + (last - first).days * 24 * 120
    day = first or one["visit_on"]
    near = day if abs((day - one["visit_on"]).days) <= 1 else one["visit_on"]
    begins = (near - SUNDAY).days * 24 * 120 + start
    return range(begins, begins + length) if length <= longest * 2 else range(0)


def _before(text: str) -> str:
    return text.replace("T", " ").rpartition(" ")[0] if ":" in text else text


def _half_of_day(text: str) -> int:
    time = text.replace(" ", "T").rsplit("T")[-1]
    parts = [*time.split(":"), "0", "0"] if ":" in text else ["0", "0", "0"]
    hours, minutes, seconds = map(int, parts[:3])
    return hours * 120 + minutes * 2 + seconds // 30


@st.composite
def weeks(draw: st.DrawFn) -> tuple[list[Row], list[Row]]:
    """Weeks of care as a source of weeks holds them, and the same split into visits.

    In whole minutes, by one carer or by two who have half of it each; told by minutes, or by times
    that do not overlap. Among them are visits that do not count, and some told a second time.
    """
    given, visits = list[Row](), list[Row]()
    whose = st.tuples(st.sampled_from(["p1", "p2"]), st.integers(0, 2),
                      st.sampled_from(["one", "two"]))  # fmt: skip
    for person, nth, provider in draw(st.lists(whose, max_size=6, unique=True)):
        lengths = draw(st.lists(st.integers(1, 300), min_size=1, max_size=21))
        monday = SUNDAY + timedelta(days=1 + 7 * nth)
        same = {"place": "North", "person": person, "provider": provider, "source": "a"}
        total = 0
        for number, minutes in enumerate(lengths):
            day, begins = monday + timedelta(days=number % 7), 6 * 60 + number // 7 * 300
            doubled = draw(st.sampled_from([None, None, "number", "rows"]))
            total += minutes * (2 if doubled else 1)
            one = {**EMPTY, **same, "visit": f"{person}{nth}{provider}{number}",
                   "visit_on": day, "outcome": "delivered"}  # fmt: skip
            one |= _told(draw(st.sampled_from(["actual", "planned"])), minutes, begins,
                         by_minutes=draw(st.booleans()))  # fmt: skip
            visits += _of_carers(one, doubled)
            visits += [
                one | {"visit": f"not {one['visit']}", "outcome": outcome}
                for outcome in draw(st.lists(st.sampled_from(["missed", "cancelled"]), max_size=1))
            ]
            if (
                not doubled
                and (one["actual_start"] or one["planned_start"])
                and draw(st.booleans())
            ):
                visits.append(one | {"visit": f"again {one['visit']}"})
        given.append({**same, "week": monday, "hours": total / 60, "visits": len(lengths),
                      "client_group": None, "sex": None, "born_on": None})  # fmt: skip
    shuffled = draw(st.permutations(visits))
    return _numbered(given), _numbered(shuffled)


def _told(kind: str, minutes: int, begins: int, *, by_minutes: bool) -> Row:
    if by_minutes:
        return {f"{kind}_minutes": float(minutes)}
    return {f"{kind}_start": _clock(begins), f"{kind}_end": _clock(begins + minutes)}


def _clock(minutes: int) -> str:
    return f"{minutes // 60 % 24:02}:{minutes % 60:02}"


def _of_carers(one: Row, doubled: str | None) -> list[Row]:
    if doubled == "rows":
        return [one | {"carer": carer} for carer in ("c1", "c2")]
    return [one | {"carers": 2 if doubled else None}]


def _numbered(rows: list[Row]) -> list[Row]:
    return [one | {"row": number} for number, one in enumerate(rows, start=1)]


@by_day(25)
@given(both=weeks())
def test_weeks_split_at_random_into_visits_are_the_weeks_that_they_were(
    both: tuple[list[Row], list[Row]], database: DuckDB
) -> None:
    """Hours and visits, whether the weeks are intensive, and each figure of a person and week."""
    of_weeks, of_visits = both
    keys = ("place", "person", "week", "provider")
    made = drawing.derived_on(database, {VISITS: of_visits}, TABLE, as_of=AS_OF)
    shown = [*keys, "hours", "visits"]
    assert ordered([{n: row[n] for n in shown} for row in made]) == ordered(
        [{n: row[n] for n in shown} for row in of_weeks]
    )
    names = [n for n in schema(WEEKS) if n not in drawing.ROW]
    told = drawing.derived_on(database, {TABLE: of_weeks}, WEEKS, as_of=AS_OF)
    again = drawing.derived_on(database, {VISITS: of_visits}, WEEKS, as_of=AS_OF)
    assert ordered([{n: row[n] for n in names} for row in again]) == ordered(
        [{n: row[n] for n in names} for row in told]
    )


def both_ways(rows: list[Row], few: int, database: DuckDB) -> tuple[list[Row], list[Row]]:
    """Weeks and what is kept out, in SQL, which must be what the judge finds."""
    method = replace(METHOD, parameters={**METHOD.parameters, "few_visits": few})
    asked = {**drawing.METHODS, TABLE: method}
    frames = {VISITS: pl.DataFrame(rows, schema=schema(VISITS))}
    made = derive_with_kept_out([TABLE], frames, methods=asked, contracts=drawing.CONTRACTS,
                                as_of=AS_OF, database=database)[TABLE]  # fmt: skip
    is_out = pl.col("kept_out").is_not_null()
    weeks, out = made.filter(~is_out).drop("kept_out").to_dicts(), made.filter(is_out).to_dicts()
    judged = drawing.judged({VISITS: rows}, TABLE, methods=asked, as_of=AS_OF)
    assert ordered(weeks) == ordered(judged)
    plain = kept_out({VISITS: rows}, Asked(method, AS_OF))
    assert ordered(out) == ordered([{n: row.get(n) for n in made.columns} for row in plain])
    return weeks, out


def rows_on(days: list[date], **same: Any) -> list[Row]:
    one = {**EMPTY, "place": "North", "person": "p1", "source": "a", "actual_minutes": 30.0,
           "outcome": "delivered", **same}  # fmt: skip
    return [one | {"visit": f"{n} {one['source']}", "visit_on": day} for n, day in enumerate(days)]


@pytest.mark.slow
@by_day(25)
@given(
    begins=st.integers(0, 60),
    lasts=st.integers(22, 100),
    works=st.sampled_from([5, 7]),
    each_day=st.sampled_from([1, 2, 6]),
    strays=st.lists(
        st.integers(-6, -1) | st.integers(1, 6) | st.sampled_from([-400, -30, -9, 80, 400]),
        max_size=3, unique=True,
    ),
    ahead=st.integers(0, 20),
)  # fmt: skip
@example(begins=0, lasts=364, works=7, each_day=1, strays=[], ahead=0)  # one day of a last month
@example(begins=0, lasts=101, works=7, each_day=2, strays=[], ahead=14)
@example(begins=0, lasts=101, works=7, each_day=2, strays=[4], ahead=0)  # a Sunday after Wednesday
@example(begins=3, lasts=99, works=5, each_day=1, strays=[-400], ahead=0)
@example(begins=0, lasts=362, works=5, each_day=3, strays=[], ahead=0)  # of weekdays, to a Friday
def test_the_whole_weeks_of_records_count_and_no_half_one_does(
    begins: int, lasts: int, works: int, each_day: int, strays: list[int], ahead: int,
    database: DuckDB,
) -> None:  # fmt: skip
    """On whichever days they begin and end, and whether or not anybody works at weekends: days that
    are told by mistake and a rota of the days ahead change nothing. Only where they fill the last
    gap of a week, with as many visits as can be of it, nobody can tell."""
    first = date(2025, 3, 31) + timedelta(days=begins)
    last = first + timedelta(days=lasts - 1)
    told = [first + timedelta(days=day // each_day) for day in range(lasts * each_day)]
    told = [day for day in told if day.weekday() < works]
    few = strays[: 0 if lasts < 50 else 1 if lasts <= 70 else 3]  # few weeks tell less
    told += [(first if one < 0 else last) + timedelta(days=one) for one in few]
    rota = [last + timedelta(days=day + 1) for day in range(ahead)]
    rows = _numbered(rows_on(told) + rows_on(rota, source="rota", outcome="planned"))
    made, _ = both_ways(rows, 10, database)
    number = Counter(told)
    mondays = sorted({day - timedelta(days=day.weekday()) for day in told})
    whole = [
        one for one in mondays
        if all(number[one + timedelta(days=day)] * 5 >= each_day for day in range(works))
    ]  # fmt: skip
    hours = Counter[date]()
    for day in told:
        hours[day - timedelta(days=day.weekday())] += 1
    wanted = [(one, hours[one] / 2) for one in mondays if whole[0] <= one <= whole[-1]]
    assert sorted((row["week"], row["hours"]) for row in made) == wanted


FIRST = date(2025, 3, 31)


def daily(numbers: list[int]) -> list[date]:
    """So many visits on each day of the first week, and so on."""
    return [
        FIRST + timedelta(days=7 * week + day)
        for week, number in enumerate(numbers)
        for day in range(7)
        for _ in range(number)
    ]


@pytest.mark.parametrize(
    ("told", "out"),
    [
        (daily([10] * 40) + [date(2020, 1, 1)] * 400, 400),  # a default date
        (daily([14] * 48 + [100] + [14] * 4), 0),  # all providers in one week, one in the others
        (daily([12 - week // 4 for week in range(40)] + [2] * 12), 0),  # it gets smaller
        (daily([1] * 12 + [1 + week // 2 for week in range(40)]), 0),  # it grows
        (daily([12] * 40 + [2] * 12), 0),  # at once, and has stayed so
        (daily([2] * 12 + [12] * 40), 0),
        (daily([100] * 20) + [day + timedelta(days=365) for day in daily([1] * 4)], 28),
        (daily([100] * 20) + [day - timedelta(days=365) for day in daily([1] * 4)], 28),
        (
            [FIRST + timedelta(days=week * 364 + day) for week in range(3) for day in range(7)] * 9,
            0,
        ),
        (daily([5]), 0),
        ([day + timedelta(days=2) for day in daily([9])], 63),  # seven days of two weeks
        ([FIRST + timedelta(days=(nth * 37) % 364) for nth in range(150)], 0),  # on any day
    ],
)
def test_what_is_usual_is_told_by_the_weeks_next_to_it(
    told: list[date], out: int, database: DuckDB
) -> None:
    """Neither one week that is over-full, nor a service of another size long before or after, takes
    a week away; a wrong year in some weeks adds none."""
    rows = [one | {"person": f"p{nth % 2}"} for nth, one in enumerate(rows_on(told))]
    assert len(both_ways(_numbered(rows), 40, database)[1]) == out


def test_of_a_provider_a_small_source_moves_no_end(database: DuckDB) -> None:
    told = [FIRST + timedelta(days=day // 5) for day in range(101 * 5)]
    rows = rows_on(told) + rows_on([date(2012, 5, 1), date(2025, 7, 13)], source="b")
    _, out = both_ways(_numbered(rows), 100, database)
    assert [(row["week"], row["source"]) for row in out if row["source"] == "b"] == [
        (date(2012, 4, 30), "b"), (date(2025, 7, 7), "b"),
    ]  # fmt: skip
    assert len(out) == 2 + 3 * 5  # from Monday 7 July to Wednesday


@st.composite
def of_months(draw: st.DrawFn) -> list[Row]:
    """Some sources of some providers, of which each has days of its own, and days by mistake."""
    rows: list[Row] = []
    for source in draw(st.sampled_from([["a"], ["a", "b"], ["a", "b", "c"]])):
        first = FIRST + timedelta(days=draw(st.integers(0, 100)))
        pattern = draw(st.lists(st.integers(0, 3), min_size=7, max_size=7))
        days = [first + timedelta(days=day) for day in range(draw(st.integers(0, 80)))]
        told = [day for day in days for _ in range(pattern[day.weekday()])]
        strays = draw(st.lists(st.integers(-60, 160), max_size=8))
        told += [first + timedelta(days=one) for one in strays]
        gone = draw(st.sets(st.integers(0, max(len(told) - 1, 0)), max_size=6))
        for nth, day in enumerate(told):
            if nth not in gone:
                rows += rows_on([day], source=source, visit=f"{source}{nth}",
                                provider=draw(st.sampled_from([None, "one", "two"])),
                                place=draw(st.sampled_from(["North", "North", "South"])),
                                outcome=draw(st.sampled_from(["delivered"] * 5 + ["planned"])),
                                )  # fmt: skip
    return _numbered([row | {"visit": f"{n}"} for n, row in enumerate(rows)])


@pytest.mark.slow
@by_day(25)
@given(rows=of_months(), few=st.sampled_from([1, 10, 30]))
def test_the_ends_of_any_records_are_the_same_in_sql_and_in_plain(
    rows: list[Row], few: int, database: DuckDB
) -> None:
    both_ways(rows, few, database)


def flagged(rows: list[Row], database: DuckDB) -> set[date]:
    weeks, _ = both_ways(_numbered(rows), 20, database)
    return {row["week"] for row in weeks if row["in_part"]}


def monday(nth: int) -> date:
    return FIRST + timedelta(days=7 * nth)


@pytest.mark.parametrize(("old_ends", "new_begins", "halves"), [
    (79, 87, [11, 12]),  # from Wednesday to the Thursday of the week after: two half weeks
    (79, 80, []),  # from Wednesday to Thursday: both together have the week
    (79, 77, []),  # the new one has the whole week as well
    (79, 70, []),  # and the week before, beside the old one
    (79, 21, []),  # and eight weeks before
    (79, 14, [11]),  # nine: that is another team, which goes on
    (79, 82, [11]),  # two days between, in one week
    (83, 84, []),  # from Sunday to Monday
    (83, 100, [14]),  # two weeks without any, and half a one
])  # fmt: skip
def test_a_week_in_which_a_provider_changes_its_system_is_whole_where_both_together_are(
    old_ends: int, new_begins: int, halves: list[int], database: DuckDB
) -> None:
    """Days are counted from a Monday on: the last of the old system, and the first of the new."""
    every = [FIRST + timedelta(days=day) for day in range(170) for _ in range(3)]
    old = rows_on([day for day in every if (day - FIRST).days <= old_ends], source="old")
    new = rows_on([day for day in every if (day - FIRST).days >= new_begins], source="new")
    assert flagged(old + new, database) == {monday(nth) for nth in halves}


@pytest.mark.parametrize(("old_ends", "halves"), [(90, []), (146, []), (153, [12])])
def test_a_new_system_that_begins_within_a_week_lacks_nothing_that_the_old_one_still_has(
    old_ends: int, halves: list[int], database: DuckDB
) -> None:
    """The new one begins on a Wednesday, and the old one goes on for none or eight weeks more
    beside it; one that goes on for nine is of another team."""
    every = [FIRST + timedelta(days=day) for day in range(210) for _ in range(3)]
    old = rows_on([day for day in every if (day - FIRST).days <= old_ends], source="old")
    new = rows_on([day for day in every if (day - FIRST).days >= 86], source="new")
    assert flagged(old + new, database) == {monday(nth) for nth in halves}


WEEKS_IN_ALL = 30
BOTH_WAYS = pytest.mark.parametrize("backwards", [False, True])


def on_days(first: int, last: int, **same: Any) -> list[Row]:
    """Three visits on each day, counted from a Monday on."""
    days = [FIRST + timedelta(days=day) for day in range(first, last + 1) for _ in range(3)]
    return rows_on(days, **{"provider": "one", **same})


def halves_of(rows: list[Row], database: DuckDB, *, backwards: bool) -> list[int]:
    """The numbers of the weeks in part. Backwards the last of all days is the first, and every end
    a beginning: the weeks in part must be the same ones, numbered from the other end."""
    if not backwards:
        return sorted((week - FIRST).days // 7 for week in flagged(rows, database))
    last = FIRST + timedelta(days=7 * WEEKS_IN_ALL - 1)
    turned = [row | {"visit_on": last - (row["visit_on"] - FIRST)} for row in rows]
    weeks = flagged(turned, database)
    return sorted(WEEKS_IN_ALL - 1 - (week - FIRST).days // 7 for week in weeks)


@BOTH_WAYS
@pytest.mark.parametrize(("begins", "ends", "halves"), [
    (0, 30, [4]), (0, 51, [7]), (0, 58, [8]), (3, 51, [0, 7]), (7, 9, [1]), (7, 58, [8]),
])  # fmt: skip
def test_a_team_that_is_there_from_the_beginning_of_the_extract_is_no_new_system(
    begins: int, ends: int, halves: list[int], backwards: bool, database: DuckDB
) -> None:
    """Another team of the provider ends, and this one goes on, of which the extract begins on the
    same day, or up to a week later (within a week, which then is in part as well)."""
    rows = on_days(0, ends, source="b", person="p2") + on_days(begins, 209, source="a")
    assert halves_of(rows, database, backwards=backwards) == halves


@BOTH_WAYS
@pytest.mark.parametrize(("begins", "halves"), [(7, [4]), (14, [])])
def test_a_new_system_begins_two_weeks_after_the_old_one_or_later(
    begins: int, halves: list[int], backwards: bool, database: DuckDB
) -> None:
    rows = on_days(0, 30, source="old") + on_days(begins, 209, source="new")
    assert halves_of(rows, database, backwards=backwards) == halves


@BOTH_WAYS
@pytest.mark.parametrize(("ends", "halves"), [(90, [11]), (96, [11]), (97, [])])
@pytest.mark.parametrize("begins", [56, 80])
def test_a_new_system_goes_on_for_two_weeks_after_the_old_one(
    begins: int, ends: int, halves: list[int], backwards: bool, database: DuckDB
) -> None:
    """Else both may end with the extract, and the one that lasts a bit longer is another team."""
    rows = on_days(0, 79, source="old") + on_days(begins, ends, source="new")
    assert halves_of(rows, database, backwards=backwards) == halves


@BOTH_WAYS
@pytest.mark.parametrize(("changes", "halves"), [
    ([79, 128], []),
    ([79, 100], []),  # a system of three weeks
    ([79, 93], [11, 13]),  # of two: it does not go on for long enough
])  # fmt: skip
def test_each_week_of_three_systems_one_after_another_is_whole(
    changes: list[int], halves: list[int], backwards: bool, database: DuckDB
) -> None:
    """Each ends on a Wednesday, and the next begins on the day after."""
    first, second = changes
    rows = on_days(0, first, source="old") + on_days(first + 1, second, source="between")
    rows += on_days(second + 1, 209, source="new")
    assert halves_of(rows, database, backwards=backwards) == halves


@BOTH_WAYS
def test_a_source_of_which_nobody_knows_when_it_began_takes_nothing_over(
    backwards: bool, database: DuckDB
) -> None:
    """It has visits on two days in three only, so that hardly a week is like the others."""
    random = Random(4)
    new = [row for row in on_days(80, 209, source="new")[::3] if random.random() < 0.67]
    rows = on_days(0, 79, source="old") + new + on_days(0, 209, source="two", provider="two")
    assert halves_of(rows, database, backwards=backwards) == [11]


@BOTH_WAYS
@pytest.mark.parametrize("begins", [42, 77])  # the system, of another provider
@pytest.mark.parametrize(("joins", "halves"), [
    (77, []), (80, []), (81, [11]), (84, [11]), (91, [11]),
])  # fmt: skip
def test_a_provider_that_joins_a_system_later_lacks_what_it_has_in_none(
    begins: int, joins: int, halves: list[int], backwards: bool, database: DuckDB
) -> None:
    """Its own old one stops on a Wednesday, day 79. The new one has all of that week, but of
    another provider; or of the same one in another place."""
    rows = on_days(0, 79, source="old") + on_days(joins, 209, source="new")
    for other in ({"provider": "two"}, {"place": "South"}):
        both = rows + on_days(begins, 209, source="new", **other)
        assert halves_of(both, database, backwards=backwards) == halves


@BOTH_WAYS
@pytest.mark.parametrize(("strays", "halves"), [
    ([77], [11]), ([83], [11]), ([80, 81, 82], [11]), ([80, 81, 82, 83], []),
])  # fmt: skip
def test_a_visit_on_some_of_the_days_that_are_lacking_makes_no_week_whole(
    strays: list[int], halves: list[int], backwards: bool, database: DuckDB
) -> None:
    rows = on_days(0, 79, source="old") + on_days(84, 209, source="new")
    rows += on_days(42, 209, source="new", provider="two")
    rows += [row for day in strays for row in on_days(day, day, source="new")[:1]]
    assert halves_of(rows, database, backwards=backwards) == halves


@BOTH_WAYS
@pytest.mark.parametrize(("weekdays", "now", "halves"), [
    ([0, 3, 6, 1, 4], 77, [11]),  # on one day a week, as a rule another one
    ([0, 3, 6, 1, 4], 82, []),
    ([0, 1, 2], 77, []),  # never on the days that are lacking
    ([0, 1, 2], 91, [11]),  # but the system has nothing of the week
])  # fmt: skip
def test_who_has_few_visits_must_have_one_on_the_days_that_are_lacking_if_it_ever_had(
    weekdays: list[int], now: int, halves: list[int], backwards: bool, database: DuckDB
) -> None:
    """Its systems are those of another provider, and the old one stops on Wednesday, day 79."""
    rows = on_days(0, 79, source="old", provider="two")
    rows += on_days(70, 209, source="new", provider="two")
    for week in range(12):
        day = week * 7 + (weekdays[week % len(weekdays)] if week < 11 else 2)
        rows += on_days(day, day, source="old")[:1]
    rows += on_days(now, now, source="new")[:1]
    assert halves_of(rows, database, backwards=backwards) == halves


@BOTH_WAYS
def test_weeks_in_which_people_move_to_a_new_system_one_by_one_are_whole(
    backwards: bool, database: DuckDB
) -> None:
    """The old one has a tenth of the visits in its last two weeks, and nobody works at weekends."""
    rows = []
    for day in (one for one in range(210) if 0 < one % 7 < 6):
        old = 10 if day < 77 else 1 if day < 91 else 0
        rows += rows_on([FIRST + timedelta(days=day)] * old, source="old", provider="one")
        new = 10 - old if day >= 63 else 0
        rows += rows_on([FIRST + timedelta(days=day)] * (new or 3 * (day >= 63)), source="new",
                        provider="one")  # fmt: skip
    assert halves_of(rows, database, backwards=backwards) == []


@st.composite
def with_changes(draw: st.DrawFn) -> list[Row]:
    """Providers in places that have one system after another, or beside it, from some day on."""
    days = st.sampled_from([0, 0, 3, 7, 14, 30, 70, 77, 79, 80, 82, 84, 90, 91, 97, 120, 139])
    rows: list[Row] = []
    for _ in range(draw(st.integers(2, 6))):
        first, last = sorted((draw(days), draw(days)))
        same = {"source": draw(st.sampled_from(["a", "b", "c"])),
                "provider": draw(st.sampled_from(["one", "one", "two", None])),
                "place": draw(st.sampled_from(["North", "North", "South"]))}  # fmt: skip
        works = draw(st.sampled_from([{*range(7)}, {*range(7)}, {*range(5)}, {0, 3}]))
        number = draw(st.integers(1, 3))
        told = [day for day in range(first, last + 1) if day % 7 in works for _ in range(number)]
        rows += rows_on([FIRST + timedelta(days=day) for day in told], **same)
    return [row | {"visit": f"{n}"} for n, row in enumerate(rows)]


@pytest.mark.slow
@by_day(25)
@given(rows=with_changes(), backwards=st.booleans())
def test_who_takes_over_from_whom_is_the_same_in_sql_and_in_plain(
    rows: list[Row], backwards: bool, database: DuckDB
) -> None:
    halves_of(rows, database, backwards=backwards)


@pytest.mark.parametrize(("ends", "halves"), [(79, [11]), (76, [])])
def test_a_place_has_no_whole_week_where_one_of_its_providers_has_not(
    ends: int, halves: list[int], database: DuckDB
) -> None:
    """One team ends on a Wednesday, or on a Sunday, and the other goes on: of another provider or
    of the same. Nothing is told of another place, nor of a day that was mistyped."""
    every = [FIRST + timedelta(days=day) for day in range(170) for _ in range(2)]
    wanted = {monday(nth) for nth in halves}
    for provider in ("one", "two"):
        rows = rows_on(every, source="a", provider="one")
        stray = [FIRST + timedelta(days=140)]
        short = [day for day in every if (day - FIRST).days <= ends]
        rows += rows_on(short + stray, source="b", provider=provider, person="p2")
        assert flagged(rows, database) == wanted
        elsewhere = [row | {"place": "South"} if row["source"] == "b" else row for row in rows]
        assert flagged(elsewhere, database) == set()


def test_a_week_of_more_visits_than_there_can_be_is_kept_out(database: DuckDB) -> None:
    """Of 672 each counts, and of one more none."""
    for number in (672, 673):
        rows = _numbered(rows_on([FIRST] * number, actual_minutes=1.0))
        weeks, out = both_ways(rows, 1_000, database)
        assert [row["visits"] for row in weeks] == ([672] if number == 672 else [])
        assert len(out) == (0 if number == 672 else number)
