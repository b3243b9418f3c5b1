"""Years taken together as publishers write them: `2018 to 2020`, `2018 - 20`, `2018/19 - 20/21`."""

from __future__ import annotations

import re
from typing import NamedTuple

CROSSING = ("financial", "academic")  # kinds of year that run into the next
_MOST_SHORT = 10  # years: `2018 - 98` is a slip, and not 81 years
_YEARS = (
    r"(?P<first>\d{4})(?P<into>/\d{4}|[/-]\d\d(?!\d))?"
    r"(?:(?P<dash> ?[-–] ?| to )(?P<last>\d{4}|\d\d)(?P<and_into>/\d{4}|[/-]\d\d(?!\d))?)?"
)
_KIND = r"(?P<kind>financial|calendar|academic|school) years?"
_COUNT = r"(?P<count>\d{1,2})[ -]years?(?: rolling)? (?:aggregates?|averages?)"
_TEXTS = (
    rf"{_YEARS}(?: {_KIND})?(?:;? ?\(?{_COUNT}\)?)?",
    rf"{_COUNT} \({_YEARS}\)",
)
_DIFFERENT = "the years at its two ends are written in different ways: write 2018/19 to 2020/21"


class YearsSaid(NamedTuple):
    """The years in which the first and the last of them begin, and their kind.

    The kind is `calendar`, or one of CROSSING; empty for years that cross New Year and do not say
    which they are. `stated` is whether a word of the text says so.
    """

    first: int
    last: int
    kind: str
    stated: bool = False


def years_said(text: str, *, short: bool = False) -> YearsSaid | None:
    """The years that a text names, where it says that they are several, or of which kind.

    `short` is whether `2018-20` and `2018-19` are ranges of calendar years, as where a source
    states so: elsewhere they are left to those who read a month or a year. None for a text of
    another form, and ValueError for one that contradicts itself.

    >>> years_said("2018/19 - 20/21")
    YearsSaid(first=2018, last=2020, kind='', stated=False)
    >>> years_said("2020 to 2022 calendar years; 3-year aggregates").last
    2022
    """
    if short and (bare := re.fullmatch(r"(\d{4})-(\d\d)", text, re.ASCII)):
        text = f"{bare[1]} to {bare[2]}"
    found = next(
        (one for each in _TEXTS if (one := re.fullmatch(each, text, re.IGNORECASE | re.ASCII))),
        None,
    )
    if found is None:
        return None
    words = found.groupdict()
    if not words["last"]:
        return _one_year(words) if words.get("kind") or words["count"] else None
    if words["dash"] == "-" and len(words["last"]) == 2 and not words["and_into"]:
        return None  # a day, or no period
    if bool(words["into"]) != bool(words["and_into"]):
        raise ValueError(_DIFFERENT)
    first, last = int(words["first"]), _last(words)
    for begun, into in ((first, words["into"]), (last, words["and_into"])):
        _runs_on(begun, into)
    if not (words["into"] or short) and words["dash"] != " to " and last == first + 1:
        year = f"{first}/{last % 100:02d}"
        raise ValueError(f"it may be a year or two: write {year}, or {first} to {last}")
    if last < first:
        raise ValueError("the range ends before it begins: write the earlier year first")
    return _agreed(words, YearsSaid(first, last, _kind(words), bool(words.get("kind"))))


def _one_year(words: dict[str, str | None]) -> YearsSaid:
    first = int(words["first"] or 0)
    _runs_on(first, words["into"])
    return _agreed(words, YearsSaid(first, first, _kind(words), bool(words.get("kind"))))


def _last(words: dict[str, str | None]) -> int:
    """The last year in full: of two digits, the next such year after the first."""
    first, last = int(words["first"] or 0), words["last"] or ""
    if len(last) == 4:
        return int(last)
    after = (int(last) - first) % 100
    if after > _MOST_SHORT:
        raise ValueError(f"it may be a slip: write both years in full, as {first} to {first + 2}")
    return first + after


def _runs_on(begun: int, into: str | None) -> None:
    """Refuses a year such as 2018/20."""
    if into and (begun + 1) % 10 ** len(into[1:]) != int(into[1:]):
        raise ValueError(f"a year runs into the next, as {begun}/{(begun + 1) % 100:02d}")


def _kind(words: dict[str, str | None]) -> str:
    said = (words.get("kind") or "").lower().replace("school", "academic")
    crosses = bool(words["into"])
    if said and crosses != (said in CROSSING):
        clear = "2020/21" if said in CROSSING else "2020"
        raise ValueError(f"a {said} year is written {clear}")
    return said or ("" if crosses else "calendar")


def _agreed(words: dict[str, str | None], said: YearsSaid) -> YearsSaid:
    """The years, where they are as many as the text says."""
    named = said.last - said.first + 1
    if words["count"] and int(words["count"]) != named:
        raise ValueError(f"it says that there are {int(words['count'])} years, and names {named}")
    return said
