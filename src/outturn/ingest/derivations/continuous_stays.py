"""Continuous stays in hospital, joined from episodes: by their markers, else by a rule of days.

The episodes of a person in beds that join one another are a line. In it, those of one marker or
one spell are a unit, as is every other episode by itself; units that follow each other closely are
a run; and a run is cut where a second marker of a continuous stay begins in it.
"""

from __future__ import annotations

import polars as pl

from outturn.databases import Dialect, Sql, Step
from outturn.ingest.derivations.left_out import DATES_TURNED, NO_START, first_rule
from outturn.ingest.derivations.model import Asked, Plan

_ZERO = "cast('0001-01-01' as date)"  # before every day of a record
_NEVER = 9_999_999  # days after it on which an episode ends that lasts: later than any day
_MOST = 2**24  # episodes of a line, for which an end has room
_LEFT, _MOVED, _WAYS = 1, 2, 4  # how an episode ends, where it is told; else 0; and room for it
_LINE = "u.place, u.person, u.line"
_SO_FAR = "rows between unbounded preceding and"
_OF_THE_FIRST = (
    "place", "hospital", "kind", "admission", "admitted_from", "admitted_on", "admission_method",
    "management_type", "response_minutes", "out_of_area",
)  # fmt: skip
_OF_THE_LAST = ("destination", "discharge_method", "discharge_destination", "treatment_function")
_OF_THE_PERSON = ("sex", "born_on", "died_on")


def stays(database: Dialect, asked: Asked) -> Plan:
    """`hospital_stays`: one row for each continuous stay, which stands for its first episode.

    Place, hospital, kind and all of the admission are those of the first episode, all of the
    discharge those of the last that ends.
    """
    row = database.quote("row")
    person = ", ".join(f"coalesce(f.{one}, f.any_{one}) as {one}" for one in _OF_THE_PERSON)
    last = Sql(
        f"""select {_of("f", _OF_THE_FIRST)}, f.person, f.episode as stay,
            l.ended_on as discharged_on, {_of("l", _OF_THE_LAST)}, {person},
            case when f.falls = 1 then true when f.falls = 0 then false end as fall, f.source,
            f.{row}
            from episodes_of_stays f join episodes_of_stays l on l.place = f.place
            and l.person = f.person and l.line = f.line and l.run = f.run and l.part = f.part
            where f.from_first = 1 and l.from_last = 1"""
    )
    every = (*_OF_THE_FIRST, "person", "discharged_on", *_OF_THE_LAST, *_OF_THE_PERSON, "fall")
    out = Sql(
        f"""select {_of("e", every)}, e.episode as stay, e.kept_out, e.source, e.{row}
            from told_episodes e where e.kept_out is not null"""
    )
    steps = (
        Step("told_episodes", _told(asked), kept=True),
        Step("placed_episodes", _placed(database, asked)),
        Step("ended_episodes", _ended(database, asked), kept=True),
        Step("episode_units", _units(database)),
        Step("followed_units", _followed()),
        Step("parted_units", _parted(database, asked)),
        Step("units_of_runs", _runs()),
        Step("units_of_stays", _cut()),
        Step("episodes_of_stays", _of_stays(), kept=True),
    )
    return Plan(steps, last, _tables(asked), kept_out=out)


def _tables(asked: Asked) -> dict[str, pl.DataFrame]:
    """Which kinds of bed join which, and which admission is first of several on one day."""
    joined, order = asked.method.parameters["joined_with"], asked.words("first_of_a_day")
    kinds = {"kind": pl.String, "joined": pl.String}
    admissions = {"admission": pl.String, "nth": pl.Int64}
    return {
        "outturn_joined_kinds": pl.DataFrame([*joined.items()], schema=kinds, orient="row"),
        "outturn_admissions": pl.DataFrame(
            [(word, nth) for nth, word in enumerate(order)], schema=admissions, orient="row"
        ),
    }


def _told(asked: Asked) -> Sql:
    """Every episode with its line, its unit, and the rule by which it is in no stay."""
    alone = "concat('e ', e.episode)"
    found = Sql(
        f"""select e.*, coalesce(o.nth, {len(asked.words("first_of_a_day"))}) as nth,
            case when j.joined is null then {alone} else concat('k ', j.joined) end as line,
            case when e.continuous_stay is not null then concat('c ', e.continuous_stay)
            when e.spell is not null then concat('s ', e.spell) else {alone} end as unit,
            case when e.continuous_stay is not null then 1 else 0 end as marked, """
    )
    turned = "e.discharged_on < e.admitted_on"
    found += first_rule(("e.admitted_on is null", NO_START), (turned, DATES_TURNED))
    return found + (
        """ as kept_out from hospital_episodes e
            left join outturn_joined_kinds j on j.kind = e.kind
            left join outturn_admissions o on o.admission = e.admission"""
    )


def _placed(database: Dialect, asked: Asked) -> Sql:
    """Each with its position in its line, the next one's day, and what is told of its ends."""
    came, came_from = asked.words("transfer_admissions"), asked.words("transfer_from")
    moved, left = asked.words("transfer_to"), asked.words("left_to")
    line = f"""over (partition by e.place, e.person, e.line order by e.admitted_on,
            case when e.number is null then 1 else 0 end, e.number,
            case when e.discharged_on is null then 1 else 0 end, e.discharged_on, e.nth,
            e.episode, e.source, e.{database.quote("row")})"""
    return Sql(
        f"""select e.*, {database.whole("row_number() " + line)} as position,
            lead(e.admitted_on) {line} as next_on,
            case when e.admission in ({_marks(came)}) or e.admitted_from in ({_marks(came_from)})
            then 1 else 0 end as moved_in,
            case when e.destination in ({_marks(moved)}) then {_MOVED}
            when e.destination in ({_marks(left)}) then {_LEFT} else 0 end as way_out
            from told_episodes e where e.kept_out is null""",
        (*came, *came_from, *moved, *left),
    )


def _ended(database: Dialect, asked: Asked) -> Sql:
    """Each with its end. `ends` is a whole number that grows with the day, then the position."""
    until = "coalesce(e.discharged_on, e.next_on)" if asked.flag("open_ends_at_next") else ""
    until = until or "e.discharged_on"
    day = database.whole(f"coalesce({database.days(_ZERO, until)}, {_NEVER})")
    return Sql(
        f"""select e.*, {until} as ended_on,
            ({day} * {_MOST} + e.position) * {_WAYS} + e.way_out as ends from placed_episodes e"""
    )


def _units(database: Dialect) -> Sql:
    """One row for each unit: where and when it begins, and its last end.

    `came` holds whether a transfer is told of its first episode.
    """
    day = database.whole(database.days(_ZERO, "min(e.admitted_on)"))
    return Sql(
        f"""select e.place, e.person, e.line, e.unit, {day} as begins, max(e.ends) as ends,
            min(e.position) as position, max(e.marked) as marked,
            min(e.position * 2 + e.moved_in) as came
            from ended_episodes e group by e.place, e.person, e.line, e.unit"""
    )


def _followed() -> Sql:
    """Each with the last end of the units before it in the line."""
    return Sql(
        f"""select u.*, max(u.ends) over (partition by {_LINE} order by u.position
            {_SO_FAR} 1 preceding) as before from episode_units u"""
    )


def _parted(database: Dialect, asked: Asked) -> Sql:
    """`parts` is 1 where the unit does not belong to what comes before it in the line."""
    gap = f"u.begins - {database.floor_div('u.before', str(_MOST * _WAYS))}"
    way_out = f"u.before - {database.floor_div('u.before', str(_WAYS))} * {_WAYS}"
    moved = f"(u.came - 2 * u.position = 1 or {way_out} = {_MOVED})"
    return Sql(
        f"""select u.*, case when u.before is null then 1 when {gap} < 0 then 0
            when {moved} and {gap} <= {asked.number("transfer_days")} then 0
            when {moved} or {way_out} = {_LEFT} then 1
            when {gap} <= {asked.number("gap_days")} then 0 else 1 end as parts
            from followed_units u"""
    )


def _runs() -> Sql:
    return Sql(f"select u.*, {_sum('u.parts', _LINE)} as run from parted_units u")


def _cut() -> Sql:
    """A run with several markers is cut where the second begins, and each after it."""
    marks = _sum("u.marked", f"{_LINE}, u.run")
    return Sql(f"select u.*, greatest({marks}, 1) as part from units_of_runs u")


def _of_stays() -> Sql:
    """Every episode with its stay, and its position in it from the first and from the last end."""
    stay = "over (partition by u.place, u.person, u.line, u.run, u.part"
    of_person = ", ".join(f"min(e.{one}) {stay}) as any_{one}" for one in _OF_THE_PERSON)
    return Sql(
        f"""select e.*, u.run, u.part, {of_person},
            max(case when e.fall then 1 when not e.fall then 0 end) {stay}) as falls,
            row_number() {stay} order by e.position) as from_first,
            row_number() {stay} order by e.ends desc) as from_last
            from ended_episodes e join units_of_stays u on u.place = e.place
            and u.person = e.person and u.line = e.line and u.unit = e.unit"""
    )


def _sum(column: str, of: str) -> str:
    """The sum of a column from the first unit up to this one."""
    return f"sum({column}) over (partition by {of} order by u.position {_SO_FAR} current row)"


def _marks(words: tuple[str, ...]) -> str:
    return ", ".join("?" for _ in words)


def _of(table: str, names: tuple[str, ...]) -> str:
    return ", ".join(f"{table}.{name}" for name in names)
