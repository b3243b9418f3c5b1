"""Client level data made ready: every unique event once, with the end that counts.

The common processing of England's national method: which submission speaks for which quarter,
who a person is, which records tell of the same event, and which services have silently ended.
A council that keeps one running extract (no day of import) has one submission, which speaks for
all that began by the day looked from.
What that extract covers is told by the same rule: one event with a mistyped date covers no month.
"""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

from outturn.contracts.cld import specification
from outturn.databases import Dialect, Sql, Step, joined
from outturn.ingest.derivations import cld_words
from outturn.ingest.derivations.left_out import (
    DIED_EARLIER,
    NO_PERSON,
    NOT_TOLD_AGAIN,
    UNKNOWN_TEXT,
    first_rule,
)
from outturn.ingest.derivations.model import Asked, Before, Plan
from outturn.terms.period import add_months

WITHOUT_NUMBER = "never seen with an NHS number"  # a way for an identifier to stand in for one
MISSING = 999  # the rank of an outcome that is missing, or not in the order
CODED = {  # columns of cld_events that hold a coded text, and where it stands in the extract
    "client_type": "client_type",
    "event_type": "event_type",
    "outcome": "event_outcome",
    "route_of_access": "route_of_access",
    "assessment_type": "assessment_type",
    "service_type": "service_type",
    "service_component": "service_component",
    "delivery_mechanism": "delivery_mechanism",
    "review_reason": "review_reason",
}
# What tells events apart, besides the council, the person and the start.
TELLING = {
    "Request": ("end_on", "route_of_access"),
    "Assessment": ("end_on", "assessment_type"),
    "Review": ("end_on",),
    "Service": ("service_type", "service_component"),
}
CARRIED = (
    "place", "person", "person_id", "nhs_number", "client_type", "event_type", "start_on",
)  # fmt: skip

_TOLD = (  # what is told of a record that is kept out
    *CARRIED, "end_on", "recorded_end_on", "died_on",
    *(name for name in CODED if name not in CARRIED),
)  # fmt: skip


def events(database: Dialect, asked: Asked) -> Plan:
    """`cld_events`: one row for each unique event of a council and person."""
    row = database.quote("row")
    known = (
        Step("cld_councils", _councils()),
        Step("cld_known", _with_numbers(asked)),
        *([Step("cld_numbered", _numbered())] if asked.word("fallback") == WITHOUT_NUMBER else []),
    )
    steps = (
        *known,
        Step("cld_coded", _coded(database, asked, "x.known"), kept=True),
        Step("cld_months", _months(asked)),
        Step("cld_weighed", _weighed(asked)),
        Step("cld_covered", _covered(asked), kept=True),
        Step("cld_chosen", _chosen(database, asked)),
        Step("cld_references", _references(), kept=True),
        Step("cld_last_references", _last_references()),
        Step("cld_ruled", _ruled(asked)),
        Step("cld_in_period", Sql("select * from cld_ruled where kept_out is null")),
        Step("cld_ranked", _ranked(row)),
    )
    closed = "(reference_end_on < last_reference and (end_on is null or end_on > reference_end_on))"
    rest = ", ".join(name for name in CODED if name not in CARRIED and name != "outcome")
    last = Sql(
        f"""select {", ".join(CARRIED)},
            case when event_type = 'Service' and {closed} then reference_end_on else end_on end
            as end_on, recorded_end_on, died_on, outcome, outcome_rank, {rest}, conversation,
            imported_on, reference_end_on, covered_from, covered_to,
            coalesce(event_type = 'Service' and {closed}, false) as closed_by_rule, source, {row}
            from cld_ranked where place_in_line = 1"""
    )
    besides = (
        *known,
        Step("cld_unknown", _coded(database, asked, "not x.known")),
        Step("cld_told", _told(row)),
    )
    out = Sql(f"select {', '.join((*_TOLD, 'kept_out', 'source', row))} from cld_told") + (
        " where line = 1 and kept_out is not null"
    )
    early = _before_the_first(database, asked)
    return Plan(steps, last, _tables(asked), before=early, kept_out=out, besides=besides)


def _before_the_first(database: Dialect, asked: Asked) -> Before:
    """How many events that are sent when they end did so before what their extract covers."""
    early = Sql(
        f"""select count(*) as early from {database.quote(asked.method.table)}
            where event_type <> 'Service' and recorded_end_on < covered_from"""
    )
    return Before(asked.method.given[0], early)


def bare(column: str) -> str:
    """A text without the blanks around it; without a letter, nothing."""
    return f"nullif(trim({column}), '')"


def without_blanks(column: str) -> str:
    return f"nullif(replace({column}, ' ', ''), '')"


def _councils() -> Sql:
    """Each council with its newest submission, and whether most of its numbers are for tests."""
    ten = f"case when {_ten_digits('nhs_number')} then 1 else 0 end"
    tests = f"case when {_for_tests('nhs_number')} then 1 else 0 end"
    return Sql(
        f"""select trim(la_code) as place, max(imported_on) as newest,
            sum({tests}) * 2 > sum({ten}) as made_up from cld group by trim(la_code)"""
    )


def _with_numbers(asked: Asked) -> Sql:
    """Every record with the NHS number that says whose it is: a dummy says nothing."""
    number = without_blanks("c.nhs_number")
    if asked.flag("dummy_numbers"):
        return Sql(f"select c.*, {number} as own_number from cld c")
    dummies = dummy_numbers()
    return Sql(
        f"""select c.*, case when {_digits("c.nhs_number")} in ({", ".join("?" for _ in dummies)})
            or ({_for_tests("c.nhs_number")} and not n.made_up) then null else {number} end
            as own_number from cld c join cld_councils n on n.place = trim(c.la_code)""",
        dummies,
    )


def dummy_numbers() -> tuple[str, ...]:
    """The numbers that systems fill in where none is known: those that the check of an extract
    tells."""
    return (*specification().dummies.nhs_numbers, *(str(digit) * 10 for digit in range(10)))


def _digits(number: str) -> str:
    return f"replace(replace({number}, ' ', ''), '-', '')"


def _ten_digits(number: str) -> str:
    digits = _digits(number)
    return f"(length({digits}) = 10 and trim(both '0123456789' from {digits}) = '')"


def _for_tests(number: str) -> str:
    """Whether a number is of the range that is kept for tests."""
    begins = specification().dummies.nhs_number_beginning
    beginning = f"substr({_digits(number)}, 1, {len(begins)}) = '{begins}'"
    return f"({_ten_digits(number)} and {beginning})"


def _numbered() -> Sql:
    """The council's own identifiers that occur with an NHS number."""
    return Sql(
        f"""select distinct trim(la_code) as place, lower({bare("person_id")}) as own
            from cld_known where own_number is not null"""
    )


def _coded(database: Dialect, asked: Asked, known: str) -> Sql:
    """Every record with its person, the end that counts, and coded texts as release 2 has them.

    `known` says which: those of which every text is known, as the method asks, or the others.
    """
    row = database.quote("row")
    texts = ", ".join(
        f"coalesce({n}_word.value, {bare(f'c.{c}')}) as {n}" for n, c in CODED.items()
    )
    words = "\n".join(
        f"left join outturn_cld_words {name}_word on {name}_word.{database.quote('column')} = "
        f"'{name}' and {name}_word.spelling = lower({bare(f'c.{column}')})"
        for name, column in CODED.items()
    )
    nhs = "c.own_number"
    own = bare("c.person_id")
    alone = "true"
    if asked.word("fallback") == WITHOUT_NUMBER:
        alone = "m.own is null"
        words += f"""
            left join cld_numbered m on m.place = trim(c.la_code) and m.own = lower({own})"""
    yes = "lower(trim(c.conversation)) in ('yes', 'y', 'true', '1')"
    named = Sql(
        f"""select trim(c.la_code) as place, {nhs} as nhs_number, {own} as person_id,
            case when {nhs} is not null then trim(c.la_code) || ' NHS ' || {nhs}
            when {own} is not null and {alone} then trim(c.la_code) || ' ID ' || lower({own}) end
            as person, {texts}, coalesce({yes}, false) as conversation,
            c.event_start_date as start_on, c.event_end_date as recorded_end_on,
            c.date_of_death as died_on,
            case when c.date_of_death between c.event_start_date and c.event_end_date
            or (c.event_end_date is null and c.date_of_death > c.event_start_date)
            then c.date_of_death else c.event_end_date end as end_on, c.imported_on,
            case when n.newest is not null then coalesce(c.imported_on, ?) end as received,
            {_known(asked)} as known, c.source, c.{row}
            from cld_known c join cld_councils n on n.place = trim(c.la_code)
            {words}""",
        (asked.as_of,),
    )
    return (
        Sql("select x.*, coalesce(o.rank, ?) as outcome_rank from (", (MISSING,))
        + named
        + (
            f""") x left join outturn_cld_outcomes o on o.outcome = x.outcome
           where {known} and x.start_on is not null"""
        )
    )


def _known(asked: Asked) -> str:
    """Whether the record has no text, in the columns that the method names, that no list knows."""
    named = set(asked.words("known_values_only"))
    tests = [
        f"({name}_word.value is not null or {bare(f'c.{column}')} is null)"
        for name, column in CODED.items()
        if name in named
    ]
    return f"({' and '.join(tests) or 'true'})"


def _months(asked: Asked) -> Sql:
    """How many events of how many kinds ended in each month, in each submission.

    In the month in which a submission came not all had ended. A running extract has no such month:
    what ended by the day looked from is counted, services apart, of which it may hold some that
    ended long before.
    """
    month = "make_date(year(recorded_end_on), month(recorded_end_on), 1)"
    before = "make_date(year(received), month(received), 1)"
    return Sql(
        f"""select place, received, {month} as month, count(*) as events,
            count(distinct event_type) as kinds from cld_coded
            where recorded_end_on < {before}
            or (received is null and event_type <> 'Service' and recorded_end_on <= ?)
            group by place, received, {month}""",
        (asked.as_of,),
    )


def _weighed(asked: Asked) -> Sql:
    """Months with what they are weighed by: all events, in a running extract those of a year.

    A submission is of about a year. A running extract may be of many, of whose events no month
    has a fair part: so those of its fullest months are taken.
    """
    whole = "over (partition by place, received)"
    weighs = f"received is not null or line <= {asked.number('months_weighed')}"
    return Sql(
        f"""select place, received, month, events, kinds,
            sum(case when {weighs} then events else 0 end) {whole} as all_events,
            max(kinds) {whole} as most_kinds from (
            select m.*, row_number() over (partition by place, received
            order by events desc, month) as line from cld_months m) lined"""
    )


def _covered(asked: Asked) -> Sql:
    """The first and the last day that each submission really covers.

    With few events, or where no month has enough of them, every month with an event counts.
    """
    full = "all_events >= ? and events * 100 >= all_events * ? and kinds >= most_kinds - ?"
    numbers = (
        asked.number("few_events"), asked.number("share_of_events"), asked.number("kinds_lacking"),
    )  # fmt: skip
    return Sql(
        f"""select place, received,
            coalesce(min(case when {full} then month end), min(month)) as first_on,
            last_day(coalesce(max(case when {full} then month end), max(month))) as last_on,
            max(all_events) as all_events from cld_weighed group by place, received""",
        numbers + numbers,
    )


def _chosen(database: Dialect, asked: Asked) -> Sql:
    """For each quarter of a council, the newest submission that covers it."""
    name = f"place || ' ' || {database.text('received')}"
    faulty = asked.words("left_out_submissions")
    sound = Sql("true")
    if faulty:
        sound = Sql(f"({name}) not in (") + joined(", ", [Sql("?", (one,)) for one in faulty]) + ")"
    return (
        Sql(
            """select c.place, q.first_on, q.last_on, max(c.received) as received
            from cld_covered c join outturn_quarters q
            on q.first_on >= c.first_on and q.last_on <= c.last_on and c.received > q.last_on
            where c.received <= ? and """,
            (asked.as_of,),
        )
        + sound
        + " group by c.place, q.first_on, q.last_on"
    )


def _references() -> Sql:
    return Sql(
        """select place, received, min(first_on) as first_on, max(last_on) as last_on
        from cld_chosen group by place, received"""
    )


def _last_references() -> Sql:
    return Sql("select place, max(last_on) as last_on from cld_references group by place")


def _ruled(asked: Asked) -> Sql:
    """Records with the rule that keeps one out: it belongs to the time for which its submission was
    chosen, or it does not."""
    service = "(e.start_on <= r.last_on and (e.end_on is null or e.end_on >= r.first_on))"
    other = "(e.end_on between r.first_on and r.last_on and e.start_on <= r.last_on)"
    alive = """e.died_on is null or (e.died_on >= e.start_on
            and (r.first_on is null or e.died_on >= r.first_on))"""
    inside = f"""case when e.received is null then e.start_on <= ?
            when e.event_type = 'Service' then {service} else {other} end"""
    few = asked.number("few_events")
    return (
        Sql(
            """select e.*, r.last_on as reference_end_on, l.last_on as last_reference,
            v.first_on as covered_from,
            case when v.all_events >= ? then v.last_on end as covered_to, """,
            (few,),
        )
        + first_rule(
            ("e.person is null", NO_PERSON),
            (f"not ({alive})", DIED_EARLIER),
            (Sql(f"not coalesce({inside}, false)", (asked.as_of,)), NOT_TOLD_AGAIN),
        )
        + """ as kept_out from cld_coded e
            left join cld_covered v on v.place = e.place
            and v.received is null and e.received is null
            left join cld_references r on r.place = e.place and r.received = e.received
            left join cld_last_references l on l.place = e.place"""
    )


def _ranked(row: str) -> Sql:
    """Records of the same event in line: the first of each line is kept, whole."""
    return Sql(
        f"""select e.*, row_number() over (partition by {_same_event()}
            order by reference_end_on desc nulls last, received desc nulls last,
            case when end_on is null then 0 else 1 end, end_on desc nulls last, outcome_rank,
            case when conversation then 0 else 1 end, source desc, {row} desc) as place_in_line
            from cld_in_period e"""
    )


def _same_event() -> str:
    """What two records of the same event have in common."""
    end = "case when event_type = 'Service' then null else end_on end"
    kinds = ", ".join(
        f"case when event_type in ({', '.join(repr(t) for t in types)}) then lower({name}) end"
        for name, types in _told_by().items()
    )
    return f"place, person, start_on, lower(client_type), lower(event_type), {end}, {kinds}"


def _told(row: str) -> Sql:
    """Every event once: by a record that is in the table, else by the newest of those that are not.

    Nobody knows of two records without a person whether they tell of the same event.
    """
    columns = ", ".join((*_TOLD, "received", "source", row))
    nobody = f"case when person is null then source end, case when person is null then {row} end"
    return Sql(
        f"""select e.*, row_number() over (partition by {_same_event()}, {nobody}
            order by case when kept_out is null then 0 else 1 end, received desc nulls last,
            source desc, {row} desc) as line from (
            select {columns}, kept_out from cld_ruled
            union all select {columns}, ? as kept_out from cld_unknown) e""",
        (UNKNOWN_TEXT,),
    )


def _told_by() -> dict[str, list[str]]:
    """Coded columns that tell events apart, and the types of event that they do it for."""
    found: dict[str, list[str]] = {}
    for kind, names in TELLING.items():
        for name in names:
            if name != "end_on":
                found.setdefault(name, []).append(kind)
    return found


def quarters(until: date) -> pl.DataFrame:
    """Every quarter that ends by a day, from 1990 on: its first and its last day."""
    lines = []
    first = date(1990, 1, 1)
    while (following := add_months(first, 3)) <= until + timedelta(days=1):
        lines.append((first, following - timedelta(days=1)))
        first = following
    return pl.DataFrame(lines, schema={"first_on": pl.Date, "last_on": pl.Date}, orient="row")


def _tables(asked: Asked) -> dict[str, pl.DataFrame]:
    return {
        "outturn_cld_words": cld_words.spellings(),
        "outturn_cld_outcomes": cld_words.outcomes(),
        "outturn_quarters": quarters(asked.as_of),
    }
