"""Older people's discharges from hospital, and reablement after them: England's ASCOF measure 2D.

Records of hospital and of the council are linked by the NHS number wherever the person lives, or by
the council's own identifier within its area. Nationally there is the number alone.
"""

from __future__ import annotations

from datetime import date

from outturn.databases import Dialect, Sql, Step, whole_years
from outturn.ingest.derivations import kept_out, left_out, reablement
from outturn.ingest.derivations.ages import group_of
from outturn.ingest.derivations.cld_ages import age_by_days
from outturn.ingest.derivations.left_out import first_rule
from outturn.ingest.derivations.model import Asked, Plan

_GENDER = """case d.sex when 'female' then 'Female' when 'male' then 'Male'
    when 'other' then 'Other' else 'Unknown' end"""

OTHER_BED = "the bed is of a kind that the method does not count"
NO_NIGHT = "discharged on the day of admission, or before it"
TOO_EARLY = "admitted before the first day that counts"
ADMISSION = "admitted for a birth"
DIED_THERE = "died in hospital"
DESTINATION = "discharged to another hospital, or to a place that the method leaves out"
SPECIALTY = "discharged from a specialty that the method leaves out"
IN_CARE = "in a care home or a prison, with long-term support, when admitted"
NO_DISCHARGE = "no discharge from hospital that counts is near its start"


def older(database: Dialect, asked: Asked) -> Plan:
    """`older_discharges`: one row for each discharge of a person of the age of the method."""
    row = database.quote("row")
    steps = (
        *_linked(database, asked, row),
        Step("discharge_in_care", _at_admission(asked.words("care_at_admission"), row)),
        Step("discharge_in_community", _at_admission((asked.word("community"),), row)),
    )
    age = "age_true" if asked.flag("true_age") else "age_by_days"
    aged = f"""select a.*, a.{age} as age from (
        select s.*, {age_by_days(database, asked, "s.born_on", "s.discharged_on")}
        as age_by_days, {whole_years("s.born_on", "s.discharged_on")} as age_true
        from hospital_stays s) a"""
    youngest = asked.number("youngest")
    band = group_of("d.age", asked.words("age_bands"))
    last = (
        Sql(
            f"""select d.place, d.person, d.stay, d.admitted_on, d.discharged_on, d.age, d.age_true,
            coalesce({band}, 'Not known') as age_band, {_GENDER} as gender,
            m.source is not null as community_support, """
        )
        + _rule(asked)
        + f""" as left_out, d.source, d.{row} from ({aged}) d
            left join discharge_in_care c on c.source = d.source and c.{row} = d.{row}
            left join discharge_in_community m on m.source = d.source and m.{row} = d.{row}
            where d.discharged_on is not null
            and (d.age is null or d.age >= {youngest})"""
    )
    out = Sql(
        """select d.place, d.person, d.stay, d.admitted_on,
            coalesce(d.discharged_on, d.admitted_on) as discharged_on, d.age, d.age_true, """
    )
    out += first_rule(
        ("d.discharged_on is null", left_out.NOT_DISCHARGED),
        ("true", left_out.under(youngest)),
    )
    out += f""" as kept_out, d.source, d.{row} from ({aged}) d
            where d.discharged_on is null or d.age < {youngest}"""
    return Plan(steps, last, kept_out=out)


def after(database: Dialect, asked: Asked) -> Plan:
    """`reablement_discharges`: one row for each cluster of reablement services."""
    row = database.quote("row")
    services = Sql(
        "select * from discharge_events where service_component = ?", (asked.word("component"),)
    )
    steps = (
        *_linked(database, asked, row),
        Step("reablement_events", services),
        *reablement.clusters(asked, ", who", row),
        Step("discharge_pairs", _pairs(database, asked, row)),
        Step("discharge_led", Sql("select * from discharge_pairs where line = 1"), kept=True),
        Step("discharge_readmitted", _readmitted(asked)),
        Step("discharge_to_care", _to_care(asked)),
    )
    last = _after(database, asked, row)
    services = kept_out.of_events(
        database,
        asked.method.given[1],
        """e.place, e.person, e.person_id, e.start_on as started_on, e.end_on as ended_on,
            e.start_on as discharged_on""",
        Sql("e.service_component = ?", (asked.word("component"),)),
        client=asked.word("client_type"),
        ends_first=True,
    )
    out = services + " union all " + kept_out.without_its_day(
        database, last, "f.place, f.person, f.person_id, f.started_on, f.ended_on",
        day="discharged_on", began="started_on",
    )  # fmt: skip
    return Plan(steps, last, kept_out=out)


def _linked(database: Dialect, asked: Asked, row: str) -> tuple[Step, ...]:
    """Events of service users, each with `who` it is wherever they are seen, and their stays."""
    events = Sql(
        f"""select place, person, person_id, lower(coalesce(nhs_number, person)) as who,
            lower(nhs_number) as nhs_number, event_type, start_on, end_on, outcome,
            outcome_rank as worth, false as usable, service_type, service_component, source, {row}
            from {database.quote(asked.method.given[1])}
            where client_type = ? and (end_on is null or end_on >= start_on)""",
        (asked.word("client_type"),),
    )
    people = Sql(
        """select nhs_number as id, '' as area, who from discharge_events
            where nhs_number is not null
            union select lower(replace(person_id, ' ', '')) as id, place as area, who
            from discharge_events where person_id is not null"""
    )
    stays = Sql(
        f"""select distinct p.who, s.stay, s.kind, s.admission, s.management_type, s.admitted_on,
            s.discharged_on, s.died_on, s.source, s.{row}
            from hospital_stays s join discharge_people p
            on p.id = lower(replace(s.person, ' ', '')) and (p.area = '' or p.area = s.place)"""
    )
    return (
        Step("discharge_events", events, kept=True),
        Step("discharge_people", people),
        Step("discharge_stays", stays, kept=True),
    )


def _at_admission(types: tuple[str, ...], row: str) -> Sql:
    """Stays of people who had a service of one of these types when they were admitted."""
    listed = ", ".join("?" for _ in types)
    return Sql(
        f"""select distinct s.source, s.{row}
            from discharge_stays s join discharge_events e on e.who = s.who
            where e.event_type = 'Service' and e.service_type in ({listed})
            and e.start_on <= s.admitted_on and (e.end_on is null or e.end_on >= s.admitted_on)""",
        types,
    )


def _rule(asked: Asked) -> Sql:
    """The rule that leaves a discharge out. Where a national code is missing, our word tells."""
    first_day = date.fromisoformat(asked.word("first_day"))
    specialty = "trim(d.treatment_function)"
    starts = " or ".join(f"{specialty} like ?" for _ in asked.words("specialties_beginning"))
    listed = ", ".join("?" for _ in asked.words("specialties"))
    left = (
        *asked.words("specialties"), *(f"{one}%" for one in asked.words("specialties_beginning")),
    )  # fmt: skip
    kinds = ", ".join("?" for _ in asked.words("kinds"))
    return first_rule(
        (Sql(f"d.kind not in ({kinds})", asked.words("kinds")), OTHER_BED),
        ("d.admitted_on >= d.discharged_on", NO_NIGHT),
        (Sql("d.admitted_on < ?", (first_day,)), TOO_EARLY),
        (_coded("d.admission_method", "d.admission", "admission", asked), ADMISSION),
        (_coded("d.discharge_method", "d.destination", "death", asked), DIED_THERE),
        (_coded("d.discharge_destination", "d.destination", "destination", asked), DESTINATION),
        (Sql(f"{specialty} in ({listed}) or {starts}", left), SPECIALTY),
        ("c.source is not null", IN_CARE),
        ("d.born_on is null", left_out.NO_BIRTH),
    )


def _coded(code: str, word: str, name: str, asked: Asked) -> Sql:
    """Whether a code is one of those that the method leaves out, or without one, our word is."""
    codes, words = asked.words(f"{name}_codes"), asked.words(f"{name}_words")
    listed, said = ", ".join("?" for _ in codes), ", ".join("?" for _ in words)
    return Sql(
        f"(trim({code}) in ({listed}) or ({code} is null and {word} in ({said})))",
        (*codes, *words),
    )


def _pairs(database: Dialect, asked: Asked, row: str) -> Sql:
    """Clusters with the discharges near their start that count; the latest is the first in line."""
    before, later = asked.number("days_before"), asked.number("days_later")
    return Sql(
        f"""select c.place, c.person, c.who, c.cluster, c.started_on, s.stay, s.admitted_on,
            s.discharged_on, s.died_on, o.age, o.age_true, o.age_band, o.gender,
            o.community_support, row_number() over (partition by c.place, c.person, c.cluster
            order by s.discharged_on desc, s.admitted_on desc, s.source desc, s.{row} desc) as line
            from reablement_clusters c join discharge_stays s on s.who = c.who
            join {database.quote(asked.method.given[3])} o
            on o.source = s.source and o.{row} = s.{row}
            where o.left_out is null and s.discharged_on + {before} >= c.started_on
            and s.discharged_on <= c.started_on + {later} and s.admitted_on <= c.started_on"""
    )


def _readmitted(asked: Asked) -> Sql:
    """Clusters whose person came to hospital again, unplanned and for a night at least."""
    kinds = ", ".join("?" for _ in asked.words("kinds_of_readmission"))
    unplanned = ", ".join("?" for _ in asked.words("unplanned_codes"))
    return Sql(
        f"""select distinct d.place, d.person, d.cluster
            from discharge_led d join discharge_stays s on s.who = d.who
            where s.admitted_on > d.discharged_on and s.admitted_on > d.started_on
            and s.admitted_on <= d.discharged_on + {asked.number("days_followed")}
            and (s.discharged_on > s.admitted_on or (s.discharged_on is null and s.admitted_on < ?))
            and s.kind in ({kinds}) and (upper(trim(s.management_type)) in ({unplanned})
            or (s.management_type is null and s.admission = ?))""",
        (
            asked.as_of, *asked.words("kinds_of_readmission"), *asked.words("unplanned_codes"),
            asked.word("unplanned"),
        ),
    )  # fmt: skip


def _to_care(asked: Asked) -> Sql:
    """Clusters whose person began long-term care in a home."""
    homes = ", ".join("?" for _ in asked.words("care_homes"))
    return Sql(
        f"""select distinct d.place, d.person, d.cluster
            from discharge_led d join discharge_events e on e.who = d.who
            where e.event_type = 'Service' and e.service_type in ({homes})
            and e.start_on >= d.discharged_on
            and e.start_on <= d.discharged_on + {asked.number("days_followed")}""",
        asked.words("care_homes"),
    )


def _after(database: Dialect, asked: Asked, row: str) -> Sql:
    same = "x.place = c.place and x.person = c.person and x.cluster = c.cluster"
    joins = " ".join(
        f"left join discharge_{name} {letter} on {same.replace('x.', letter + '.')}"
        for name, letter in (("led", "d"), ("readmitted", "r"), ("to_care", "h"))
    )
    days = asked.number("days_followed")
    told = f"""select c.place, c.person, c.person_id, c.started_on, c.ended_on, d.stay,
        d.admitted_on, d.discharged_on, d.age, d.age_true, d.age_band, d.community_support,
        coalesce(d.gender, p.gender, 'Unknown') as gender, p.died_on as known_died_on,
        case when d.stay is not null then
        coalesce(coalesce(p.died_on, d.died_on) >= d.discharged_on
        and coalesce(p.died_on, d.died_on) <= d.discharged_on + {days}, false) end as died,
        case when d.stay is not null then r.cluster is not null end as readmitted,
        case when d.stay is not null then h.cluster is not null end as care_home,
        c.source, c.{row} from reablement_clusters c {joins}
        left join {database.quote(asked.method.given[2])} p
        on p.place = c.place and p.person = c.person"""
    rule = first_rule(
        ("t.known_died_on < t.started_on", reablement.DIED_BEFORE),
        ("t.stay is null", NO_DISCHARGE),
    )
    return (
        Sql(
            f"""select t.place, t.person, t.person_id, t.started_on, t.ended_on, t.stay,
            t.admitted_on, t.discharged_on, t.age, t.age_true,
            coalesce(t.age_band, 'Not known') as age_band, t.gender, t.community_support, t.died,
            t.readmitted, t.care_home,
            coalesce(not (t.died or t.readmitted or t.care_home), false) as at_home,
            coalesce(t.discharged_on + {days} <= ?, false) as followed, """,
            (asked.as_of,),
        )
        + rule
        + f" as left_out, t.source, t.{row} from ({told}) t"
    )
