"""Whether the parameters of a method make sense together: limits in order, groups of ages apart.

What is of the wrong kind is passed over here: `fitting` tells it.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from outturn.ingest.derivations.ages import bounds
from outturn.ingest.derivations.model import Method
from outturn.terms.errors import DefinitionMistake, Mistake

# By derivation: a number that must not be above another, and why.
_ORDER = {
    "reablement outcomes": (
        "days_after", "days_between_services", "no reablement of the same cluster can follow it",
    ),
    "assessment waits": (
        "urgent_days", "in_time_days", "what is urgent does not wait longer than the rest",
    ),
}  # fmt: skip
_GROUPS = ("age_groups", "age_bands")


def senseless(method: Method) -> Iterator[Mistake]:
    """What in the parameters of a method contradicts itself."""
    given, at = method.parameters, f"{method.file}, parameters"
    if method.derivation in _ORDER:
        lower, upper, because = _ORDER[method.derivation]
        low, high = _number(given.get(lower)), _number(given.get(upper))
        if low is not None and high is not None and low > high:
            problem = f"{low} is more than {upper}, which is {high}."
            remedy = f"Write {high} or less, so that {because}; or raise {upper}."
            yield _mistake(f"{at}.{lower}", problem, remedy)
    for name in _GROUPS:
        if name in given:
            yield from _apart(_aged(given[name]), f"{at}.{name}")
    yield from _parted(given, f"{at}.age_groups")


def _aged(groups: Any) -> list[tuple[int, int | None, str]]:
    """The groups that can be read, each with its bounds, the youngest first."""
    read = []
    for one in groups if isinstance(groups, list) else ():
        try:
            read.append((*bounds(one), one))
        except (TypeError, ValueError):
            continue
    return sorted(read, key=lambda group: group[0])


def _apart(groups: list[tuple[int, int | None, str]], where: str) -> Iterator[Mistake]:
    """Groups of ages in which somebody would be twice, or between which somebody in none."""
    for (_, oldest, one), (youngest, _, other) in pairwise(groups):
        if oldest is None or youngest <= oldest:
            problem = f"The groups '{one}' and '{other}' overlap."
            yield _mistake(where, problem, "Let each age be in one group only.")
        elif youngest > oldest + 1:
            missing = (
                f"{oldest + 1}" if youngest == oldest + 2 else f"{oldest + 1} to {youngest - 1}"
            )
            problem = f"Who is {missing} is in none of the groups."
            yield _mistake(where, problem, f"Let '{other}' begin where '{one}' ends, or add one.")


def _parted(given: Any, where: str) -> Iterator[Mistake]:
    """Two groups that are named for who is `older` and who is not must part at that age."""
    older, youngest = _number(given.get("older")), _number(given.get("youngest"))
    groups = given.get("age_groups")
    if older is None or youngest is None or not isinstance(groups, list):
        return
    named = [f"{older}plus", f"{youngest}-{older - 1}"]
    if len(groups) == len(named) == len(_aged(groups)) and groups != named:
        ages = f"who is {older} or older, and who is {youngest} to {older - 1}"
        problem = f"The groups are not those of {ages}."
        remedy = f'Write ["{named[0]}", "{named[1]}"], or put older and youngest right.'
        yield _mistake(where, problem, remedy)


def _number(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _mistake(where: str, problem: str, remedy: str) -> Mistake:
    return DefinitionMistake(where=where, problem=problem, remedy=remedy)
