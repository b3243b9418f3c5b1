"""What a pack says of other files must be true: its place, its group, the items of its sections."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from outturn.framework.mentions import no_comparator, no_measure, no_place, unknown, wrong
from outturn.framework.model import Measure, PackSection, PackSpec, Partnership
from outturn.terms.errors import Mistake

# The kinds of section that are made of their items, and what the items name.
_LISTED = {
    "series": "measures",
    "funnel plots": "measures",
    "tree": "frameworks of framework/outcomes.toml",
}
_OF_MEASURES = ("series", "control charts", "funnel plots", "spine chart")
_OF_A_GROUP = ("funnel plots", "spine chart")
FUNNEL_KINDS = ("proportion", "rate")


def no_funnel(measure: Measure) -> str:
    """Why a measure can have no funnel plot, in a sentence; empty where it can."""
    if measure.kind not in FUNNEL_KINDS or measure.formula:
        return (
            "A funnel plot is of a proportion or a rate with counts, and "
            f"'{measure.id}' is of kind '{measure.kind}'."
        )
    if measure.methods == "none":
        return (
            f"The counts of '{measure.id}' are days or hours, which do not happen one by one: "
            "it has no limits."
        )
    return ""


def pack_mistakes(partnership: Partnership) -> Iterator[Mistake]:
    for pack in partnership.packs.values():
        yield from _mentioned(partnership, pack)
        yield from _without_measures(partnership, pack)
        for number, section in enumerate(pack.sections, start=1):
            where = f"{pack.file}, section[{number}]"
            yield from _section(partnership, pack, section, where)


def _mentioned(partnership: Partnership, pack: PackSpec) -> Iterator[Mistake]:
    frameworks = _frameworks(partnership)
    yield from no_place(partnership, pack.file, pack.place)
    for id in pack.measures:
        yield from no_measure(partnership, pack.file, id)
    if pack.framework and pack.framework not in frameworks:
        yield unknown(pack.file, "framework", pack.framework, frameworks, "See outcomes.toml.")
    yield from no_comparator(partnership, pack.file, pack.comparator)


def _without_measures(partnership: Partnership, pack: PackSpec) -> Iterator[Mistake]:
    """A paper reports what belongs to its outcomes or is named in it; a strategy map needs none."""
    outcomes = [
        one
        for one in partnership.outcomes.values()
        if not pack.framework or one.framework == pack.framework
    ]
    if pack.measures or any(one.measures for one in outcomes) or not partnership.measures:
        return
    if any(one.kind == "tree" for one in pack.sections) or (pack.framework and not outcomes):
        return
    some = any(one.measures for one in partnership.outcomes.values())
    if not some and "measures" in partnership.files.get("framework/outcomes.toml", ""):
        return  # an outcome that holds some could not be read, which is told where it stands
    of = f"of the framework '{pack.framework}'" if pack.framework else "in framework/outcomes.toml"
    yield wrong(
        pack.file,
        f"This paper reports no measure: no outcome {of} holds one.",
        "Write measures = [...] under an outcome, or in this file.",
    )


def _frameworks(partnership: Partnership) -> set[str]:
    return {one.framework for one in partnership.outcomes.values()}


def _section(
    partnership: Partnership, pack: PackSpec, section: PackSection, where: str
) -> Iterator[Mistake]:
    if section.kind in _LISTED and not section.items:
        yield wrong(
            f"{where}.items",
            f"A section of kind '{section.kind}' shows nothing without items.",
            f"Write items = [...] with the names of {_LISTED[section.kind]}.",
        )
    if section.kind in _OF_A_GROUP:
        yield from _without_a_group(partnership, pack, section, where)
    for item in section.items:
        for kinds, mistakes in _ITEMS.items():
            if section.kind in kinds:
                yield from mistakes(partnership, f"{where}.items", item)


def _without_a_group(
    partnership: Partnership, pack: PackSpec, section: PackSection, where: str
) -> Iterator[Mistake]:
    """A plot of a group needs one: that of the pack, or the only one there is."""
    known = partnership.comparators
    if pack.comparator or len(known) == 1 or not partnership.name:
        return
    remedy = "Add a [[comparator]] to outturn.toml."
    if known:
        remedy = f'Write comparator = "..." in the pack: {", ".join(known)}.'
    yield wrong(
        f"{where}.kind",
        f"A section of kind '{section.kind}' needs a group, and there "
        f"{f'are {len(known)}' if known else 'is none'}.",
        remedy,
    )


def _no_framework(partnership: Partnership, where: str, item: str) -> Iterator[Mistake]:
    frameworks = _frameworks(partnership)
    if item not in frameworks:
        yield unknown(where, "framework", item, frameworks, "See outcomes.toml.")


def _funnel(partnership: Partnership, where: str, item: str) -> Iterator[Mistake]:
    measure = partnership.measures.get(item)
    if measure and (why := no_funnel(measure)):
        yield wrong(where, why, "Take it out, or name a measure that has counts of people.")


_ITEMS: Mapping[tuple[str, ...], Callable[[Partnership, str, str], Iterator[Mistake]]] = {
    _OF_MEASURES: no_measure,
    ("funnel plots",): _funnel,
    ("tree",): _no_framework,
}
