"""People of client level data, as they are known last."""

from __future__ import annotations

from datetime import timedelta

import polars as pl

from outturn.databases import Dialect, Sql, Step
from outturn.ingest.derivations import cld_words
from outturn.ingest.derivations.cld import bare
from outturn.ingest.derivations.model import Asked, Plan

UNKNOWN = "Unknown"
PRESUMED_HOME, PRESUMED_COMMUNITY = "Unknown: presumed at home", "Unknown: presumed in community"
DETAILS = (  # columns of the extract of which each person has one value
    "gender", "ethnicity", "primary_support_reason", "accommodation_status", "employment_status",
    "has_unpaid_carer",
)  # fmt: skip
LONG, SHORT = "Long term support: ", "Short term support: "
COMMUNITY, PRISON = f"{LONG}Community", f"{LONG}Prison"
SERVICES = (  # of users, in the order in which the latest one is looked for
    f"{LONG}Nursing care", f"{LONG}Residential care", COMMUNITY, PRISON,
    f"{SHORT}ST-Max", f"{SHORT}Ongoing low level", f"{SHORT}Other short term",
)  # fmt: skip
HOMES = {  # where who uses a type of service lives, whatever its component
    SERVICES[0]: "Registered nursing home",
    SERVICES[1]: "Registered care home",
}
PRISON_HOME = "Prison, young offenders institution or detention centre"
HOME_SUPPORT = "Home support or domiciliary care"
COMPONENTS = {  # the same by component, whatever the type
    "Shared Lives": "Shared Lives scheme",
    "Community supported living":
        "Supported accommodation, supported lodgings or supported group home",
    "Extra care housing": "Sheltered housing, extra care housing or other sheltered housing",
    HOME_SUPPORT: PRESUMED_HOME,  # of community services only
}  # fmt: skip
_LEVEL = 100_000_000  # more than a person has records
_PERSON = "partition by place, person"
_NEWEST = (
    "reference_end_on desc nulls last, case when end_on is null then 0 else 1 end, "
    "end_on desc nulls last, start_on desc"
)


def people(database: Dialect, asked: Asked) -> Plan:
    """`cld_people`: one row for each council and person."""
    row = database.quote("row")
    steps = (
        Step("cld_seen", _seen(database, asked, row), kept=True),
        Step("cld_carers", _carers(asked), kept=True),
        Step("cld_timed", _in_time(row)),
        Step("cld_levelled", _levelled(asked)),
        Step("cld_in_order", _in_order()),
        Step("cld_details", _details(asked, row)),
        Step("cld_cared_for", _cared_for()),
        Step("cld_latest_services", _latest_services()),
        Step("cld_housed", _housed()),
    )
    stated = f"d.accommodation_status = '{UNKNOWN}' and h.home <> '{UNKNOWN}'"
    last = Sql(
        f"""select x.place, x.person, x.person_id, x.seen_on, x.born_on, x.died_on, x.gender,
            x.ethnicity, x.primary_support_reason, x.home as accommodation_status,
            x.accommodation_from, coalesce(s.settled, false) as settled, x.employment_status,
            x.has_unpaid_carer, x.source, x.{row} from (
            select d.place, d.person, d.person_id, d.seen_on, d.born_on, d.died_on, d.gender,
            d.ethnicity, d.primary_support_reason,
            case when {stated} then h.home else d.accommodation_status end as home,
            case when {stated} then 'latest service' else 'stated' end as accommodation_from,
            d.employment_status,
            case when c.person is not null then 'Yes' else d.has_unpaid_carer end
            as has_unpaid_carer, d.source, d.{row}
            from cld_details d
            left join cld_housed h on h.place = d.place and h.person = d.person
            left join cld_cared_for c on c.place = d.place and c.person = d.person) x
            left join outturn_cld_homes s on s.accommodation_status = x.home"""
    )
    return Plan(steps, last, _tables())


def _seen(database: Dialect, asked: Asked, row: str) -> Sql:
    """Each event with what its record says of the person, in the words of release 2."""
    events = database.quote(asked.method.given[1])
    column = database.quote("column")
    whole = set(asked.words("whole_lists"))
    texts = ", ".join(
        f"{n}_word.value as {n}"
        if n in whole
        else f"coalesce({n}_word.value, {bare(f'c.{n}')}) as {n}"
        for n in DETAILS
    )
    words = "\n".join(
        f"left join outturn_cld_words {n}_word on {n}_word.{column} = '{n}' "
        f"and {n}_word.spelling = lower({bare(f'c.{n}')})"
        for n in DETAILS
    )
    linked = ", ".join(f"lower({bare(f'c.adult_{n}_person_id')}) as adult_{n}" for n in (1, 2, 3))
    return Sql(
        f"""select e.place, e.person, e.person_id, e.client_type, e.event_type, e.start_on,
            e.end_on, e.service_type, e.service_component, e.reference_end_on,
            c.date_of_birth as born_on, c.date_of_death as died_on, {texts}, {linked},
            e.source, e.{row}
            from {events} e join cld c on c.source = e.source and c.{row} = e.{row}
            {words}"""
    )


def _in_time(row: str) -> Sql:
    """Each record with its place among those of the person: by what is newest, and by period."""
    return Sql(
        f"""select s.*, row_number() over ({_PERSON} order by {_NEWEST}, source desc, {row} desc)
            as newest, rank() over ({_PERSON} order by {_NEWEST}) as moment,
            rank() over ({_PERSON} order by reference_end_on desc nulls last) as period
            from cld_seen s"""
    )


def _levelled(asked: Asked) -> Sql:
    """For each detail one whole number that is the least in the record to ask: known before not
    known, then the newest."""
    unknown = tuple(map(str.lower, asked.words("unknown")))
    lesser = tuple(map(str.lower, asked.words("lesser")))
    query = Sql(
        f"""select t.*, case when person_id is null then {_LEVEL} else 0 end + newest as id_at,
            case when born_on is null then {_LEVEL} else 0 end + period as born_at,
            case when died_on is null then {_LEVEL} else 0 end + period as died_at"""
    )
    for name in DETAILS:
        query += Sql(
            f""", case when {name} is null or lower({name}) in ({", ".join("?" for _ in unknown)})
            then {2 * _LEVEL} when lower({name}) in ({", ".join("?" for _ in lesser)})
            then {_LEVEL} else 0 end + moment as {name}_at""",
            (*unknown, *lesser),
        )
    return query + " from cld_timed t"


def _in_order() -> Sql:
    """Each record with a 1 for each detail of which it is one to ask."""
    places = ", ".join(
        f"case when {n}_at = min({n}_at) over ({_PERSON}) then 1 else 0 end as {n}_place"
        for n in ("id", "born", "died", *DETAILS)
    )
    return Sql(f"select l.*, {places} from cld_levelled l")


def _details(asked: Asked, row: str) -> Sql:
    """One row for each person. Values that contradict each other are as good as none."""
    columns = []
    for name in DETAILS:
        value = f"case when {name}_place = 1 then {name} end"
        same = f"min(lower({value})) = max(lower({value}))"
        whole = f"count(case when {name}_place = 1 and {name} is null then 1 end) = 0"
        columns.append(f"case when {same} and {whole} then min({value}) else ? end as {name}")
    unknown = tuple(
        asked.word("unknown_ethnicity") if n == "ethnicity" else UNKNOWN for n in DETAILS
    )
    first = {n: f"max(case when newest = 1 then {n} end)" for n in ("source", row)}
    born = "min(case when born_place = 1 then born_on end)"
    if asked.flag("birth_first_of_month"):
        born = f"make_date(year({born}), month({born}), 1)"
    return Sql(
        f"""select place, person, max(case when id_place = 1 then person_id end) as person_id,
            max(case when newest = 1 then start_on end) as seen_on,
            {born} as born_on,
            max(case when died_place = 1 then died_on end) as died_on,
            {", ".join(columns)}, {first["source"]} as source, {first[row]} as {row}
            from cld_in_order group by place, person""",
        unknown,
    )


def _carers(asked: Asked) -> Sql:
    """Records of unpaid carers of the last year."""
    carers = ", ".join("?" for _ in asked.words("carers"))
    year_ago = asked.as_of - timedelta(days=asked.number("carer_days"))
    return Sql(
        f"""select place, adult_1, adult_2, adult_3 from cld_seen
            where lower(client_type) in ({carers}) and start_on <= ?
            and (end_on is null or end_on > ?)""",
        (*map(str.lower, asked.words("carers")), asked.as_of, year_ago),
    )


def _cared_for() -> Sql:
    """People whom such a record names."""
    named = " union ".join(
        f"select place, adult_{n} as own from cld_carers where adult_{n} is not null"
        for n in (1, 2, 3)
    )
    return Sql(
        f"""select distinct s.place, s.person from cld_seen s join ({named}) n
            on n.place = s.place and n.own = lower(s.person_id)"""
    )


def _latest_services() -> Sql:
    """The services of each person that are the latest; whatever is not of a user comes last."""
    cases = " ".join(f"when '{kind}' then {place}" for place, kind in enumerate(SERVICES))
    listed = ", ".join(f"'{one}'" for one in COMPONENTS)
    return Sql(
        f"""select place, person, service_type,
            case when service_component in ({listed}) then service_component end as component,
            rank() over ({_PERSON} order by case when end_on is null then 0 else 1 end,
            end_on desc nulls last, case service_type {cases} else {len(SERVICES)} end,
            case when service_component in ({listed}) then 0 else 1 end, start_on desc) as line
            from cld_seen where event_type = 'Service'"""
    )


def _housed() -> Sql:
    """Where people live, to judge by their latest services; two answers are as good as none."""
    whens = " ".join(f"when '{kind}' then '{home}'" for kind, home in HOMES.items())
    inner = " ".join(f"when '{kind}' then '{home}'" for kind, home in COMPONENTS.items())
    component = "case when min(component) = max(component) then min(component) end"
    return Sql(
        f"""select place, person, case service_type {whens} else
            case when component <> '{HOME_SUPPORT}' then case component {inner} end
            when service_type = '{COMMUNITY}' then
            case when component is null then '{PRESUMED_COMMUNITY}' else '{PRESUMED_HOME}' end
            when service_type = '{PRISON}' then '{PRISON_HOME}'
            else '{UNKNOWN}' end end as home from (
            select place, person, min(service_type) as service_type, {component} as component
            from cld_latest_services where line = 1 group by place, person) s"""
    )


def _tables() -> dict[str, pl.DataFrame]:
    return {"outturn_cld_words": cld_words.spellings(), "outturn_cld_homes": cld_words.homes()}
