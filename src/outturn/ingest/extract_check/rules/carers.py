"""What a carer's row says about the adults cared for."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from outturn.ingest.extract_check.records import read
from outturn.ingest.extract_check.rules.model import Found, Given, Test, at, is_one

LINKS = ("adult_1_person_id", "adult_2_person_id", "adult_3_person_id")
CARERS = ("Unpaid carer", "Unpaid carer known by association")
IS_CARER = is_one(read("client_type"), CARERS)


def tests(given: Given) -> Iterator[Test]:
    links = pl.sum_horizontal(pl.col(name).is_not_null() for name in LINKS)
    adults = read("adults_cared_for")
    said = given.valid("adults_cared_for") & adults.is_not_null()
    unlike = adults.clip(upper_bound=len(LINKS)) != links
    yield Test("adults-against-links", "adults_cared_for", IS_CARER & said & unlike)
    people = given.frame.select(read("person_id").alias("id"))["id"].unique().drop_nulls()
    first, second, third = (read(name) for name in LINKS)
    for name, link in zip(LINKS, (first, second, third), strict=True):
        self_ = (link == read("person_id")).fill_null(False)
        yield Test("linked-adult-not-in-file", name, IS_CARER & ~link.is_in(people.implode()))
        yield Test("linked-to-self", name, IS_CARER & self_)
    again = (third == first).fill_null(False) | (third == second).fill_null(False)
    yield Test("linked-twice", LINKS[1], IS_CARER & (second == first))
    yield Test("linked-twice", LINKS[2], IS_CARER & again)


def by_records(given: Given) -> Found:
    """Rows of people who have no unpaid carer, they say, and are linked by one."""
    rows = given.frame.lazy()  # so that only the columns asked for are copied
    carers = rows.filter(is_one(read("client_type"), ("Unpaid carer",)))
    linked = pl.concat(
        carers.select(read(name).alias("id"), pl.col("row").alias("carer")) for name in LINKS
    )
    linked = linked.drop_nulls().group_by("id").agg(pl.col("carer").min())
    none = rows.filter(is_one(read("has_unpaid_carer"), ("No",)))
    found = (
        none.select("index", read("person_id").alias("id"))
        .join(linked, on="id", how="inner", maintain_order="left")
        .collect()
    )
    yield "has-carer-contradicted", at(found["index"], "has_unpaid_carer", found["carer"])
