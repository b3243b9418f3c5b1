"""The events of a council as the fifty fields of client level data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl

from outturn.contracts.cld import specification
from outturn.simulation.care import (
    ASSESSMENT,
    CARER,
    CLIENT_TYPES,
    COMMUNITY,
    CONTINUES,
    EVENT_TYPES,
    FOR_CARERS,
    HOME_SUPPORT,
    NURSING,
    PRISON,
    REQUEST,
    RESIDENTIAL,
    REVIEW,
    SERVICE,
    Care,
)
from outturn.simulation.columns import days, hundredths, numbered, whole, words
from outturn.simulation.days import NEVER, Window
from outturn.simulation.draws import Draws, Flags, Whole
from outturn.simulation.events import NONE
from outturn.simulation.habits import Habits, ethnicities, later, written
from outturn.simulation.identities import Identities
from outturn.simulation.parameters import share, shares
from outturn.terms.period import add_months

_SETTLED = {
    "Owner occupier or shared ownership scheme": 48,
    "Tenant: Local authority or other social housing provider": 30,
    "Tenant: Private landlord": 10,
    "Settled mainstream housing with family or friends": 12,
}
_UNSETTLED = {
    "Other temporary accommodation": 35,
    "Staying with family or friends as a short term guest": 25,
    "Placed in temporary accommodation by the council (inc. homelessness resettlement)": 25,
    "Acute hospital or long term healthcare residential facility": 15,
}
_OF_COMPONENT = {  # where such support is given, the person lives there
    "Community supported living": (
        "Supported accommodation, supported lodgings or supported group home"
    ),
    "Extra care housing": "Sheltered housing, extra care housing or other sheltered housing",
    "Shared Lives": "Shared Lives scheme",
}
_CARE_HOME, _NURSING_HOME = "Registered care home", "Registered nursing home"
_IN_PRISON = "Prison, young offenders institution or detention centre"
SETTLED = frozenset([*_SETTLED, *_OF_COMPONENT.values()])
UNKNOWN = "Unknown"
LEARNING = "Learning Disability Support"
_EMPLOYMENT = {
    "Not in paid employment: Not actively seeking work or retired": 84,
    "Not in paid employment: Seeking work": 5,
    "Not in paid employment: Voluntary work only": 4,
    "Paid: Less than 16 hours a week": 4,
    "Paid: 16 or more hours a week": 2,
    UNKNOWN: 1,
}
_RETIRED = "Not in paid employment: Not actively seeking work or retired"
_FUNDING = {"Fully social care funded": 52, "Joint client and social care funded": 42,
            "Fully client funded": 6}  # fmt: skip
_METHODS = {"Face to face": 62, "Telephone": 32, "Online": 6}
_ACHIEVED = {"Fully achieved": 52, "Partially achieved": 38, "Not achieved": 10}
_HOURS = {"0 to 19": 35, "20 to 49": 30, "50 to 99": 20, "100 or more": 15}
_WEEKLY = {RESIDENTIAL: 92_000, NURSING: 108_000, PRISON: 21_000, COMMUNITY: 34_000,
           FOR_CARERS: 4_500}  # pence, before 0 to 20% more  # fmt: skip
_HOUR = 2_400  # pence
RECEIVED = 21  # days after the end of a quarter on which its submission comes


@dataclass(frozen=True)
class Details:
    """What is known of each resident, the same in all their rows. Positions and words."""

    gender_unknown: Flags
    reason: Whole  # primary support reason, a word
    accommodation: Whole  # as recorded, a word
    settled: Flags  # what is true: at home or with family
    has_carer: Whole
    employment: Whole
    funding: Whole


def details(draws: Draws, care: Care) -> Details:
    """Decided once for each resident; the truth about where they live beside what is recorded."""
    people, number, of = care.people, care.people.number, care.words.of
    older = people.age(care.window.first) >= 65
    pick = care.words.pick
    reason = np.where(
        older, pick(draws, shares("care.reasons_older"), number),
        pick(draws, shares("care.reasons_working"), number),
    )  # fmt: skip
    at = shares("care.settled")
    younger = np.where(reason == of(LEARNING), at["learning"], at["working"])
    odds = np.where(older, at["older"], younger)
    settled = draws.chance(odds, number)
    lives = np.where(settled, pick(draws, _SETTLED, number), pick(draws, _UNSETTLED, number))
    unknown = draws.chance(share("care.accommodation_unknown"), number) & care.only_at_home
    lives, settled = _by_support(care, lives, settled, unknown)
    lives = np.where(unknown, of(UNKNOWN), lives)
    has_carer = care.linked | draws.chance(0.3, number)
    working = people.age(care.window.last) < 66
    employment = np.where(working, pick(draws, _EMPLOYMENT, number), of(_RETIRED))
    return Details(
        gender_unknown=draws.chance(share("care.gender_unknown"), number), reason=reason,
        accommodation=lives, settled=settled, has_carer=has_carer.astype(np.int64),
        employment=employment, funding=pick(draws, _FUNDING, number),
    )  # fmt: skip


def _by_support(care: Care, lives: Whole, settled: Flags, unknown: Flags) -> tuple[Whole, Flags]:
    """Whoever is in a care home or in prison, or lives where the support is given, lives there.

    Of those whose home is recorded as unknown, support at home shows that they live at home; day
    support or a direct payment alone do not show where.
    """
    support, of = care.support.whole(), care.words.of
    lives, settled = lives.copy(), settled.copy()
    shown = support["start"] <= care.window.last
    who, service, component = (support[name][shown] for name in ("person", "service", "component"))
    settled[unknown] = False
    at_home = who[component == of(HOME_SUPPORT)]
    settled[at_home] |= unknown[at_home]
    for name, home in _OF_COMPONENT.items():
        some = who[component == of(name)]
        lives[some], settled[some] = of(home), True
    order = np.argsort(support["start"][shown], kind="stable")
    for name, home in ((PRISON, _IN_PRISON), (RESIDENTIAL, _CARE_HOME), (NURSING, _NURSING_HOME)):
        some = who[order][service[order] == of(name)]
        lives[some], settled[some] = of(home), False
    _last_home(care, lives)
    return lives, settled


def _last_home(care: Care, lives: Whole) -> None:
    """Of two kinds of care home, the person lives in the one that came last."""
    support, of = care.support.whole(), care.words.of
    homes = np.isin(support["service"], [of(RESIDENTIAL), of(NURSING)])
    homes &= support["start"] <= care.window.last
    who, start, service = (support[name][homes] for name in ("person", "start", "service"))
    order = np.lexsort((start, who))
    nursing = service[order] == of(NURSING)
    lives[who[order]] = np.where(nursing, of(_NURSING_HOME), of(_CARE_HOME))


def extract(
    draws: Draws, care: Care, known: Details, custom: Habits, ids: Identities, release: int,
    quarterly: bool,
) -> pl.DataFrame:  # fmt: skip
    """Every event that would be in the council's extract, in order of start and person.

    One running extract over all the window, or one after another for each quarter.
    """
    frame = _every_event(draws, care, known, custom, ids)
    frame = by_quarter(frame, care.window) if quarterly else frame
    return as_release_1(frame) if release == 1 else frame


def _every_event(
    draws: Draws, care: Care, known: Details, custom: Habits, ids: Identities
) -> pl.DataFrame:
    window, people, of = care.window, care.people, care.words.of
    events = care.events.whole()
    shown = (events["start"] <= window.last) & (events["end"] >= window.first)
    shown &= (events["kind"] == SERVICE) | (events["end"] <= window.last)
    events = {name: column[shown] for name, column in events.items()}
    order = np.lexsort((events["component"], events["kind"], events["person"], events["start"]))
    events = {name: column[order] for name, column in events.items()}
    who, kind, number = events["person"], events["kind"], len(events["person"])
    carer, service = events["client"] == CARER, kind == SERVICE
    texts = care.words

    def drawn(given: Mapping[str, float], where: Flags) -> pl.Series:
        codes = np.where(where, texts.pick(draws, given, number), NONE)
        return words(texts.texts, codes)

    def word(codes: Whole) -> pl.Series:
        return words(texts.texts, codes)

    methods, achieved = drawn(_METHODS, kind == ASSESSMENT), drawn(_ACHIEVED, kind == REVIEW)
    reviewed, hours = drawn(_METHODS, kind == REVIEW), drawn(_HOURS, carer)
    eligible = draws.chance(0.8, number)
    yes_no = ("No", "Yes")
    cost, frequency, units = _costs(draws, care, events)
    reason = np.where(carer, of("Social support: Support to unpaid carer"), known.reason[who])
    dementia = known.reason[who] == of("Support with memory and cognition")
    located = _located(care, events)
    site = draws.between(1, 60, number)
    gender = np.where(known.gender_unknown[who], 2, people.woman[who])
    less = later(events)
    ethnicity = ethnicities(custom, events, people.ethnicity[who], less)
    less &= custom.vague[who]
    gender, lives = np.where(less, 2, gender), np.where(less, of(UNKNOWN), known.accommodation[who])
    second, third = (np.where(carer, one[who], NONE) for one in (custom.second, custom.third))
    events = written(care, custom, events)
    outcome = events["outcome"]
    if care.untidy:
        outcome = np.where(_may_lack(care, events) & draws.chance(0.03, number), NONE, outcome)
    frame = pl.DataFrame(
        {
            "la_code": pl.Series([ids.place]).new_from_index(0, number),
            "reporting_period_start_date": days(np.full(number, window.first)),
            "reporting_period_end_date": days(np.full(number, window.last)),
            "nhs_number": ids.number.gather(who),
            "person_id": ids.own.gather(who),
            "first_name": _empty(number),
            "last_name": _empty(number),
            "gp_practice_name": _empty(number),
            "gp_practice_code": _empty(number),
            "gender": words(("Male", "Female", UNKNOWN), gender),
            "ethnicity": ethnicity,
            "date_of_birth": days(np.where(custom.unborn[who], NEVER, people.born[who])),
            "date_of_death": days(people.dies[who]),
            "client_type": words(CLIENT_TYPES, events["client"]),
            "primary_support_reason": word(np.where(kind == REQUEST, NONE, reason)),
            "postcode": words([f"QQ{one} 1AA" for one in range(11)], people.decile[who]),
            "accommodation_status": word(lives),
            "employment_status": word(known.employment[who]),
            "has_unpaid_carer": words(
                yes_no, np.where(custom.unseen[who], 0, known.has_carer[who])
            ),
            "autism_spectrum_disorder": words(yes_no, np.where(carer, NONE, who % 25 == 0)),
            "visual_impairment": words(yes_no, np.where(carer, NONE, who % 19 == 0)),
            "hearing_impairment": words(yes_no, np.where(carer, NONE, who % 13 == 0)),
            "dementia": words(yes_no, np.where(carer, NONE, dementia)),
            "client_funding_status": word(
                np.where(carer | (kind == REQUEST) | (kind == ASSESSMENT), NONE, known.funding[who])
            ),
            "event_type": words(EVENT_TYPES, kind),
            "event_reference": numbered(f"E{ids.council + 1}-", number),
            "event_start_date": days(events["start"]),
            "event_end_date": days(events["end"]),
            "event_description": _empty(number),
            "event_outcome": word(outcome),
            "route_of_access": word(events["route"]),
            "assessment_type": word(events["assessment"]),
            "eligible_needs_identified": words(
                yes_no, np.where(kind == ASSESSMENT, eligible, NONE)
            ),
            "method_of_assessment": methods,
            "hours_caring_per_week": hours,
            "adults_cared_for": whole(
                np.where(carer, 1 + (second != NONE) + (third != NONE), NONE)
            ).cast(pl.String),
            "adult_1_person_id": _linked(ids, events["cared_for"]),
            "adult_2_person_id": _linked(ids, second),
            "adult_3_person_id": _linked(ids, third),
            "service_type": word(events["service"]),
            "service_component": word(events["component"]),
            "delivery_mechanism": word(events["mechanism"]),
            "provider_location_name": words(
                [f"Synthetic location {one}" for one in range(61)], np.where(located, site, NONE)
            ),
            "provider_location_id": words(
                [f"1-{999_000_000 + one}" for one in range(61)], np.where(located, site, NONE)
            ),
            "review_reason": word(events["reason"]),
            "review_outcomes_achieved": achieved,
            "method_of_review": reviewed,
            "unit_cost": hundredths(cost),
            "cost_frequency": words(("Weekly", "Hourly"), frequency),
            "planned_units_per_week": hundredths(units),
        }
    )
    dead = people.dies[who] <= window.last
    assert not (dead & service & (events["end"] > people.dies[who])).any(), "served after death"
    return frame


def _costs(draws: Draws, care: Care, events: dict[str, Whole]) -> tuple[Whole, Whole, Whole]:
    """Unit cost in pence, frequency and planned units in hundredths."""
    of, number = care.words.of, len(events["person"])
    cost = np.full(number, NONE, dtype=np.int64)
    more = draws.between(0, 20, number)
    for service, pence in _WEEKLY.items():
        some = events["service"] == of(service)
        cost[some] = (pence + pence * more // 100)[some]
    short = np.isin(events["component"], [of("Short term residential care"),
                    of("Short term nursing care"), of("Carer respite")])  # fmt: skip
    cost[short] = 95_000
    hourly = (events["component"] == of(HOME_SUPPORT)) & (events["service"] == of(COMMUNITY))
    cost[hourly] = _HOUR
    units = np.where(hourly, draws.between(2, 28, number) * 100, 100)
    paid = cost != NONE
    return cost, np.where(paid, hourly.astype(np.int64), NONE), np.where(paid, units, NONE)


def _located(care: Care, events: dict[str, Whole]) -> Flags:
    of = care.words.of
    return np.isin(events["service"], [of(RESIDENTIAL), of(NURSING)])


def _may_lack(care: Care, events: dict[str, Whole]) -> Flags:
    """Events whose outcome no measure goes by: yearly reviews, and long-term support at home."""
    of = care.words.of
    yearly = (events["kind"] == REVIEW) & (events["reason"] != of("Review of short term support"))
    return np.asarray(yearly | (events["service"] == of(COMMUNITY)))


def _linked(ids: Identities, cared_for: Whole) -> pl.Series:
    real = cared_for != NONE
    found = ids.own.gather(np.where(real, cared_for, 0))
    return found.zip_with(pl.Series(real), _empty(len(found)))


def _empty(number: int) -> pl.Series:
    return pl.Series([None], dtype=pl.String).new_from_index(0, number)


def by_quarter(frame: pl.DataFrame, window: Window) -> pl.DataFrame:
    """The same events as the council sent them: each quarter, those of the last twelve months.

    Each submission knows what had happened by the end of its quarter: a service that ended later
    is open in it, and who died later is alive. It is received three weeks after that day.
    """
    ends = [one.end for one in window.quarters()]
    return pl.concat(
        [_submission(frame, max(_year_before(end), window.start), end) for end in ends]
    )


def _submission(frame: pl.DataFrame, first: date, last: date) -> pl.DataFrame:
    start, end = pl.col("event_start_date"), pl.col("event_end_date")
    goes_on = end.is_null() | (end > last)
    service = pl.col("event_type") == EVENT_TYPES[SERVICE]
    sent = (start <= last) & pl.when(service).then(goes_on | (end >= first)).otherwise(
        end.is_between(first, last)
    )
    died = pl.col("date_of_death")
    return frame.filter(sent).with_columns(
        reporting_period_start_date=pl.lit(first),
        reporting_period_end_date=pl.lit(last),
        event_outcome=pl.when(service & goes_on).then(pl.lit(CONTINUES)).otherwise("event_outcome"),
        event_end_date=pl.when(~goes_on).then(end),
        date_of_death=pl.when(died <= last).then(died),
        imported_on=pl.lit(last + timedelta(days=RECEIVED)),
    )


def _year_before(end: date) -> date:
    """The first of the twelve months that end on a day."""
    return add_months(end + timedelta(days=1), -12)


# Release 1 has no word for the first: the second stands beside it in every rule. An assumption.
_NOT_IN_RELEASE_1 = {
    "NFA: Referral to other service within the local authority": (
        "NFA: Information and advice or signposting"
    ),
}


def as_release_1(frame: pl.DataFrame) -> pl.DataFrame:
    """The same with the spellings of release 1, and no value that only release 2 has."""
    changes = []
    for name, values in specification().values.items():
        pairs = {one.release_2: one.release_1 for one in reversed(values)
                 if one.release_1 and one.release_2}  # fmt: skip
        if name in frame.columns and pairs:
            changes.append(pl.col(name).replace(_NOT_IN_RELEASE_1).replace(pairs))
    return frame.with_columns(changes)
