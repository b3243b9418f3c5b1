"""The judge of `derivations.cld`."""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from importlib import resources
from typing import Any

from outturn.contracts.cld import specification
from outturn.ingest.derivations.left_out import (
    DIED_EARLIER,
    NO_PERSON,
    NOT_TOLD_AGAIN,
    UNKNOWN_TEXT,
)
from outturn.ingest.derivations.model import Asked, Row, Rows

NEVER = date(9999, 1, 1)  # for comparing alone: an open end is later than every day
_ONE_DAY = timedelta(days=1)
_TEN_DIGITS = re.compile(r"[0-9]{10}")
_CODED = {
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


def words(name: str) -> list[dict[str, str]]:
    file = resources.files("outturn.ingest.derivations").joinpath("words", name)
    with file.open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def spellings() -> dict[tuple[str, str], str]:
    """The value of release 2 by column and spelling in small letters."""
    lines = words("cld_values.csv")
    return {(one["column"], one["spelling"].lower()): one["value"] for one in lines}


def text_of(cell: str | None) -> str | None:
    return (cell or "").strip(" ") or None


def small(text: str | None) -> str:
    return (text or "").lower()


def events(tables: Mapping[str, Rows], asked: Asked) -> list[Row]:
    """Takes each council's records, finds what each submission is good for, and keeps one of each
    line of records that tell of the same event."""
    councils: dict[str, list[Row]] = defaultdict(list)
    for record in _records(tables["cld"], asked):
        councils[record["place"]].append(record)
    found: list[Row] = []
    for records in councils.values():
        _receive(records, asked)
        found += _of_council([one for one in records if one["valid"]], asked)
    return found


def kept_out(tables: Mapping[str, Rows], asked: Asked) -> list[Row]:
    """Of every event of which no record is in the table, the newest record and its rule."""
    councils: dict[str, list[Row]] = defaultdict(list)
    for record in _records(tables["cld"], asked):
        councils[record["place"]].append(record)
    found = []
    for records in councils.values():
        _receive(records, asked)
        references = _references([one for one in records if one["valid"]], asked)
        lines: dict[Any, list[Row]] = defaultdict(list)
        for record in records:
            if record["start_on"]:
                record["kept_out"] = _rule(record, references.get(record["received"]), asked)
                whose = () if record["person"] else (record["source"], record["row"])
                lines[(_told_by(record), whose)].append(record)
        for line in lines.values():
            if all(one["kept_out"] for one in line):
                found.append(max(line, key=_newest))
    names = (
        "place", "person", "person_id", "nhs_number", "start_on", "end_on", "recorded_end_on",
        "died_on", *_CODED, "source", "row", "kept_out",
    )  # fmt: skip
    return [{name: one[name] for name in names} for one in found]


def _rule(record: Row, reference: tuple[date, date] | None, asked: Asked) -> str | None:
    died = record["died_on"]
    if not record["valid"]:
        return UNKNOWN_TEXT
    if not record["person"]:
        return NO_PERSON
    if died and (died < record["start_on"] or (reference and died < reference[0])):
        return DIED_EARLIER
    return None if _belongs(record, reference, asked) else NOT_TOLD_AGAIN


def _newest(record: Row) -> tuple[Any, ...]:
    return (record["received"] or date.min, record["source"], record["row"])


def _receive(records: Rows, asked: Asked) -> None:
    """A running extract was never received; beside others, it was on the day looked from."""
    if any(one["imported_on"] for one in records):
        for one in records:
            one["received"] = one["imported_on"] or asked.as_of


def _of_council(records: list[Row], asked: Asked) -> list[Row]:
    references = _references(records, asked)
    own = [one for one in records if one["received"] is None]
    running: tuple[date, date | None] = _covered(own, asked)
    if _of_a_year(own, asked) < asked.number("few_events"):
        running = running[0], None
    last = max((end for _, end in references.values()), default=None)
    lines: dict[Any, list[Row]] = defaultdict(list)
    for record in records:
        reference = references.get(record["received"])
        if record["person"] and _belongs(record, reference, asked):
            record["reference_end_on"] = reference and reference[1]
            if record["received"] is None and running[0] != NEVER:
                record["covered_from"], record["covered_to"] = running
            lines[_told_by(record)].append(record)
    found = []
    for line in lines.values():
        kept = max(line, key=_worth)
        end = kept["reference_end_on"]
        is_service = kept["event_type"] == "Service"
        if is_service and end and last and end < last and (kept["end_on"] or NEVER) > end:
            kept = kept | {"end_on": end, "closed_by_rule": True}
        found.append(kept)
    return found


def _records(rows: Rows, asked: Asked) -> Iterator[Row]:
    known = spellings()
    ranks = {one["outcome"]: int(one["rank"]) for one in words("cld_outcomes.csv")}
    for_tests = _councils_of_test_numbers(rows)
    with_number = {
        (text_of(one["la_code"]), small(text_of(one["person_id"])))
        for one in rows
        if _number(one, for_tests, asked)
    }
    for row in rows:
        record: Row = {"valid": row["event_start_date"] is not None}
        for name, column in _CODED.items():
            text = text_of(row[column])
            record[name] = known.get((name, small(text)), text)
            if name in asked.words("known_values_only") and text:
                record["valid"] &= (name, small(text)) in known
        place, own = text_of(row["la_code"]), text_of(row["person_id"])
        number = _number(row, for_tests, asked)
        person = None
        if number:
            person = f"{place} NHS {number}"
        elif own and (asked.word("fallback") == "always" or (place, small(own)) not in with_number):
            person = f"{place} ID {small(own)}"
        start, end, died = row["event_start_date"], row["event_end_date"], row["date_of_death"]
        ended = end
        if start and died and (start <= died <= end if end else died > start):
            ended = died
        yield record | {
            "place": place,
            "person": person,
            "person_id": own,
            "nhs_number": number,
            "start_on": start,
            "end_on": ended,
            "recorded_end_on": end,
            "died_on": died,
            "outcome_rank": ranks.get(record["outcome"], 999),
            "conversation": small(text_of(row["conversation"])) in ("yes", "y", "true", "1"),
            "imported_on": row["imported_on"],
            "received": None,
            "covered_from": None,
            "covered_to": None,
            "closed_by_rule": False,
            "source": row["source"],
            "row": row["row"],
        }


def _number(row: Row, for_tests: set[str | None], asked: Asked) -> str | None:
    """The NHS number of a record; none where it is known as a dummy."""
    number = (row["nhs_number"] or "").replace(" ", "") or None
    digits = (number or "").replace("-", "")
    if asked.flag("dummy_numbers") or not _TEN_DIGITS.fullmatch(digits):
        return number
    known = digits in specification().dummies.nhs_numbers or len(set(digits)) == 1
    of_nobody = _is_for_tests(digits) and text_of(row["la_code"]) not in for_tests
    return None if known or of_nobody else number


def _is_for_tests(digits: str) -> bool:
    return digits.startswith(specification().dummies.nhs_number_beginning)


def _councils_of_test_numbers(rows: Rows) -> set[str | None]:
    """The councils of which most numbers are of the range for tests: their people are made up."""
    numbers: dict[str | None, list[bool]] = defaultdict(list)
    for row in rows:
        digits = (row["nhs_number"] or "").replace(" ", "").replace("-", "")
        if _TEN_DIGITS.fullmatch(digits):
            numbers[text_of(row["la_code"])].append(_is_for_tests(digits))
    return {council for council, told in numbers.items() if sum(told) * 2 > len(told)}


def _references(records: list[Row], asked: Asked) -> dict[date | None, tuple[date, date]]:
    """The first and last day of the quarters for which each submission is chosen."""
    covered = {
        received: _covered([one for one in records if one["received"] == received], asked)
        for received in {one["received"] for one in records if one["received"]}
    }
    chosen: dict[date | None, list[tuple[date, date]]] = defaultdict(list)
    for first, last in _quarters(asked.as_of):
        candidates = [
            received
            for received, (begin, end) in covered.items()
            if begin <= first and last <= end and last < received <= asked.as_of
            and f"{records[0]['place']} {received}" not in asked.words("left_out_submissions")
        ]  # fmt: skip
        if candidates:
            chosen[max(candidates)].append((first, last))
    return {
        received: (min(first for first, _ in served), max(last for _, last in served))
        for received, served in chosen.items()
    }


def _covered(records: list[Row], asked: Asked) -> tuple[date, date]:
    """From the first to the last month that has enough events; no day at all if there are none."""
    months: dict[date, list[str | None]] = defaultdict(list)
    for one in records:
        if _counts_for_cover(one, asked):
            end = one["recorded_end_on"]
            months[end.replace(day=1)].append(one["event_type"])
    if not months:
        return NEVER, date.min
    total = sum(map(len, months.values()))
    if records[0]["received"] is None:
        total = _of_a_year(records, asked)
    kinds = {month: len({one for one in ended if one}) for month, ended in months.items()}
    full = [
        month
        for month, ended in months.items()
        if 100 * len(ended) >= asked.number("share_of_events") * total
        and kinds[month] >= max(kinds.values()) - asked.number("kinds_lacking")
    ]
    used = full if full and total >= asked.number("few_events") else list(months)
    return min(used), _end_of_month(max(used))


def _counts_for_cover(record: Row, asked: Asked) -> bool:
    end, received, kind = (record[one] for one in ("recorded_end_on", "received", "event_type"))
    if end is None:
        return False
    if received:
        return bool(end < received.replace(day=1))
    return kind not in (None, "Service") and bool(end <= asked.as_of)


def _of_a_year(records: list[Row], asked: Asked) -> int:
    """The events of a running extract in its fullest months."""
    months = Counter(
        one["recorded_end_on"].replace(day=1) for one in records if _counts_for_cover(one, asked)
    )
    return sum(number for _, number in months.most_common(asked.number("months_weighed")))


def _end_of_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=31)).replace(day=1) - _ONE_DAY


def _quarters(until: date) -> Iterator[tuple[date, date]]:
    for year in range(1990, until.year + 1):
        for month in (1, 4, 7, 10):
            last = _end_of_month(date(year, month + 2, 1))
            if last <= until:
                yield date(year, month, 1), last


def _belongs(record: Row, reference: tuple[date, date] | None, asked: Asked) -> bool:
    start, end, died = record["start_on"], record["end_on"], record["died_on"]
    if died and died < start:
        return False
    if record["received"] is None:
        return bool(start <= asked.as_of)
    if reference is None:
        return False
    first, last = reference
    if died and died < first:
        return False
    if record["event_type"] == "Service":
        return bool(start <= last and (end is None or end >= first))
    return bool(end and first <= end <= last and start <= last)


def _told_by(record: Row) -> tuple[Any, ...]:
    """What two records of the same event have in common."""
    kind = record["event_type"]
    same = [record["person"], record["start_on"], small(record["client_type"]), small(kind)]
    if kind != "Service":
        same.append(record["end_on"])
    telling = {
        "Request": ["route_of_access"],
        "Assessment": ["assessment_type"],
        "Service": ["service_type", "service_component"],
    }
    return (*same, *(small(record[name]) for name in telling.get(kind, [])))


def _worth(record: Row) -> tuple[Any, ...]:
    return (
        record["reference_end_on"] or date.min,
        record["received"] or date.min,
        record["end_on"] or NEVER,
        -record["outcome_rank"],
        record["conversation"],
        record["source"],
        record["row"],
    )
