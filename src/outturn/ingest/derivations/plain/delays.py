"""The judge of `derivations.delays`."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from importlib import resources

from outturn.ingest.derivations.left_out import reason_left_out, under
from outturn.ingest.derivations.model import Asked, Row, Rows
from outturn.ingest.derivations.plain.reach import first_months
from outturn.ingest.derivations.plain.stays import whole_years

_ONE_DAY = timedelta(days=1)


def bed_days(tables: Mapping[str, Rows], asked: Asked) -> list[Row]:
    """Walks from the day after readiness to the day of discharge and puts each day in its month."""
    found = []
    covered = first_months(tables["delays"], "discharged_on")
    for delay in known(tables["delays"], asked):
        if delay["rule"] or delay["place"] not in covered:
            continue
        last = delay["discharged_on"] or end_of_month(asked.as_of)
        by_month: dict[date, int] = {}
        day = delay["ready_on"] + _ONE_DAY
        while day <= last:
            if day <= end_of_month(asked.as_of):
                month = day.replace(day=1)
                if month >= covered[delay["place"]]:
                    by_month[month] = by_month.get(month, 0) + 1
            day += _ONE_DAY
        found += [_row(delay, month=month, bed_days=days) for month, days in by_month.items()]
    return found


def census(tables: Mapping[str, Rows], asked: Asked) -> list[Row]:
    """Looks at every last Thursday of a month whether the person was waiting."""
    found = []
    covered = first_months(tables["delays"], "discharged_on")
    for delay in known(tables["delays"], asked):
        if delay["reason"] in asked.words("left_out_codes") or delay["place"] not in covered:
            continue
        if delay["rule"]:
            continue
        for day in last_thursdays(max(delay["ready_on"], covered[delay["place"]]), asked.as_of):
            left = delay["discharged_on"]
            if delay["ready_on"] < day and (left is None or left >= day):
                waited = (day - delay["ready_on"]).days
                found.append(_row(delay, census=day, days_waited=waited))
    return found


def known(delays: Rows, asked: Asked) -> Iterator[Row]:
    """Every delay in its group, with the `rule` by which none of its days counts."""
    with (
        resources.files("outturn.ingest.derivations")
        .joinpath("words", "delay_reasons.csv")
        .open(encoding="utf-8") as file
    ):
        lines = [one for one in csv.DictReader(file) if one["nation"] == asked.word("reasons")]
    groups = {line["code"]: line["reason_group"] for line in lines}
    for delay in delays:
        age = delay["age_when_ready"]
        if age is None:
            age = whole_years(delay["born_on"], delay["ready_on"])
        group = groups.get(_code(delay, asked), "Unknown code")
        rule = reason_left_out(group) if group in asked.words("left_out_groups") else None
        if age is not None and age < asked.number("youngest"):
            rule = under(asked.number("youngest"))
        older, younger = asked.words("age_groups")
        yield {
            **delay,
            "rule": rule,
            "reason": _code(delay, asked),
            "reason_group": group,
            "age_group": "Unknown age"
            if age is None
            else older
            if age >= asked.number("older")
            else younger,
        }


def _code(delay: Row, asked: Asked) -> str:
    first, second = _bare(delay["reason"]), _bare(delay["secondary_reason"])
    if first == asked.word("complex"):
        return second or first
    return first or second or asked.word("without_codes")


def _bare(code: str | None) -> str:
    return (code or "").strip().upper().lstrip("0")


def _row(delay: Row, **more: object) -> Row:
    names = ("place", "person", "delay", "age_group", "reason", "reason_group", "kind",
             "setting", "source", "row")  # fmt: skip
    return {name: delay[name] for name in names} | more


def end_of_month(day: date) -> date:
    following = (day.replace(day=1) + timedelta(days=31)).replace(day=1)
    return following - _ONE_DAY


def last_thursdays(first: date, until: date) -> Iterator[date]:
    month = first.replace(day=1)
    while month <= until:
        day = end_of_month(month)
        while day.weekday() != 3:
            day -= _ONE_DAY
        if day <= until:
            yield day
        month = end_of_month(month) + _ONE_DAY
