"""Services that contradict themselves, the person or where the person lives, in one row."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from outturn.ingest.extract_check.records import read
from outturn.ingest.extract_check.rules.dates import DEATH, END, EXTRACT, IS_SERVICE
from outturn.ingest.extract_check.rules.model import Given, Test, is_one

NURSING, RESIDENTIAL = "Long term support: Nursing care", "Long term support: Residential care"
COMMUNITY, PRISON = "Long term support: Community", "Long term support: Prison"
TO_CARER = "Unpaid carer support: Direct to unpaid carer"
DIRECT_PAYMENT, BUDGET = "Direct payment", "CASSR managed personal budget"
SHORT_STAYS = ("Short term residential care", "Short term nursing care")
CARING = "Social support: Support to unpaid carer"
HOMES = ("Registered care home", "Registered nursing home")
# A person in a home may be in hospital for a while; and unknown contradicts nothing.
NOT_ELSEWHERE = (*HOMES, "Unknown", "Acute hospital or long term healthcare residential facility")
_LONG, _SHORT = "Long term support", "Short term support"


def tests(given: Given) -> Iterator[Test]:
    kind = read("service_type")
    yield from _of_delivery(given, kind)
    yield from _of_people(kind)
    yield from _of_homes(kind)


def _of_delivery(given: Given, kind: pl.Expr) -> Iterator[Test]:
    component, mechanism = read("service_component"), read("delivery_mechanism")
    institution = is_one(kind, (NURSING, RESIDENTIAL, PRISON))
    paid = is_one(mechanism, (DIRECT_PAYMENT, BUDGET))
    yield Test("mechanism-on-wrong-type", "delivery_mechanism", IS_SERVICE & institution & paid)
    other = is_one(component, (DIRECT_PAYMENT,)) & (mechanism != DIRECT_PAYMENT)
    yield Test("direct-payment-by-other-means", "delivery_mechanism", IS_SERVICE & other)
    none = is_one(kind, (COMMUNITY,)) & pl.col("delivery_mechanism").is_null()
    yield Test("community-without-mechanism", "delivery_mechanism", IS_SERVICE & none)
    reablement = is_one(component, ("Reablement",)) & (kind != "Short term support: ST-Max")
    yield Test("reablement-in-other-type", "service_type", IS_SERVICE & reablement)
    stay = is_one(component, SHORT_STAYS) & kind.str.starts_with(_LONG)
    yield Test("short-stay-in-long-term", "service_component", IS_SERVICE & stay)


def _of_people(kind: pl.Expr) -> Iterator[Test]:
    client = read("client_type")
    carer, user = is_one(client, ("Unpaid carer",)), is_one(client, ("Service user",))
    of_user = kind.str.starts_with(_LONG) | kind.str.starts_with(_SHORT)
    yield Test("long-term-support-of-carer", "service_type", IS_SERVICE & carer & of_user)
    to_carer = is_one(kind, (TO_CARER,))
    yield Test("carer-support-of-service-user", "service_type", IS_SERVICE & user & to_carer)
    reason = is_one(read("primary_support_reason"), (CARING,)) & kind.str.starts_with(_LONG)
    yield Test("carer-reason-on-service-user", "primary_support_reason", IS_SERVICE & user & reason)


def _of_homes(kind: pl.Expr) -> Iterator[Test]:
    lives = read("accommodation_status")
    goes_on = (pl.col("event_end_date").is_null() | (END > EXTRACT)) & DEATH.is_null()
    home = is_one(kind, (NURSING, RESIDENTIAL))
    elsewhere = lives.is_not_null() & ~is_one(lives, NOT_ELSEWHERE)
    yield Test(
        "care-home-lives-elsewhere", "accommodation_status", IS_SERVICE & home & goes_on & elsewhere
    )
    in_home = is_one(kind, (COMMUNITY,)) & is_one(lives, HOMES)
    yield Test(
        "at-home-service-in-care-home", "accommodation_status", IS_SERVICE & in_home & goes_on
    )
    nowhere = home & pl.col("provider_location_id").is_null()
    yield Test("care-home-without-location", "provider_location_id", IS_SERVICE & nowhere)
