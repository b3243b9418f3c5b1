"""The paper: the parts that such papers have, in the order that boards expect."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from outturn.framework.model import PackSection
from outturn.publishing.appendices import appendices
from outturn.publishing.brief import brief
from outturn.publishing.commentary import from_markdown
from outturn.publishing.comparison import comparison
from outturn.publishing.control_section import control_charts
from outturn.publishing.exceptions import exceptions, going_well
from outturn.publishing.funnel_section import funnel_plots
from outturn.publishing.pack import (
    Block,
    Heading,
    KeyFacts,
    Note,
    NumberedList,
    Pack,
    Paragraph,
    Text,
)
from outturn.publishing.scorecard import scorecard
from outturn.publishing.series import series
from outturn.publishing.spine_section import spine_charts
from outturn.publishing.strategy import tree
from outturn.publishing.targets_return import targets_return
from outturn.publishing.told import Told
from outturn.publishing.wording import long_date
from outturn.terms.errors import DefinitionMistake, suggestion

ICON_TABLE = "icon table"  # the form whose pages hold the icons of all measures and little else
_ASKED = {
    "approve": "approve the recommendations below",
    "endorse": "endorse the recommendations below",
    "note": "note this report and the points below",
}
_ASKED_BARE = {
    "approve": "approve this report",
    "endorse": "endorse this report",
    "note": "note this report",
}


def paper(told: Told) -> Pack:
    """The pack model of one paper, ready for every renderer."""
    spec = told.pack
    blocks: list[Block] = []
    for make in FORMS[spec.form]:
        blocks.extend(make(told))
    return Pack(
        title=spec.title,
        organisation=told.partnership.name,
        meeting=spec.meeting,
        date_of_meeting=spec.held_on,
        period_label=spec.period.label(told.partnership.calendar),
        data_date=told.as_of,
        issue_date=told.issued,
        version=told.vintage,
        classification=f"Official: for {told.audience}" if told.audience else "Official",
        blocks=tuple(blocks),
    )


def _purpose(told: Told) -> Iterator[Block]:
    """What the paper is for, the way it came, and what the board is asked to do."""
    spec = told.pack
    facts = [("Report of", spec.author)] if spec.author else []
    if spec.route:
        facts.append(("Route", "; ".join(spec.route)))
    facts.append(("Decision asked", f"To {spec.decision}"))
    yield Heading("Purpose of the report")
    if spec.purpose:
        yield from from_markdown(spec.purpose, where=spec.file)
    yield KeyFacts(facts)
    asked = (_ASKED if spec.recommendations else _ASKED_BARE)[spec.decision]
    yield Note(f"The meeting is asked to {asked}.", kind="decision")


def _recommendations(told: Told) -> Iterator[Block]:
    if told.pack.recommendations:
        yield Heading("Recommendations")
        yield NumberedList(told.pack.recommendations)


def _background(told: Told) -> Iterator[Block]:
    if told.pack.background:
        yield Heading("Background")
        yield from from_markdown(told.pack.background, where=told.pack.file)


def _implications(told: Told) -> Iterator[Block]:
    if told.pack.implications:
        yield Heading("Implications")
        for title, said in told.pack.implications:
            yield Paragraph((Text(f"{title}: ", strong=True), Text(said)))


def _about(told: Told) -> Iterator[Block]:
    yield Heading("About this paper")
    made_for = f", {told.made_for}" if told.made_for else ""
    said = (
        f"Every figure here comes from one kept build, vintage {told.vintage}, as at "
        f"{long_date(told.as_of)}{made_for}. It can be made again to the digit; the seal of what "
        f"is published of it begins {told.seal[:16]}."
    )
    contact = f" Contact: {told.pack.contact}." if told.pack.contact else ""
    yield Paragraph(f"{said}{contact}")


def _icons(told: Told) -> Iterator[Block]:
    """The icons of every measure in one view."""
    yield Heading(SECTION_TITLES["control charts"])
    yield from control_charts(told, PackSection("control charts"))


def _own_sections(told: Told) -> Iterator[Block]:
    for section in told.pack.sections:
        if section.kind not in SECTIONS:
            raise DefinitionMistake(
                where=told.pack.file,
                problem=f"There is no kind of section '{section.kind}'.",
                remedy=suggestion(section.kind, SECTIONS, f"The kinds are {', '.join(SECTIONS)}."),
            )
        yield Heading(section.title or SECTION_TITLES[section.kind])
        words = from_markdown(section.text, where=told.pack.file) if section.text else ()
        if section.kind != "series":
            yield from words
        yield from SECTIONS[section.kind](told, section)
        if section.kind == "series":  # below, so that the heading keeps to its first chart
            yield from words


def _items(told: Told, section: PackSection) -> Iterator[Block]:
    if section.items:
        yield NumberedList(section.items)


SECTIONS: dict[str, Callable[[Told, PackSection], Iterator[Block]]] = {
    "text": _items,
    "series": series,
    "control charts": control_charts,
    "funnel plots": funnel_plots,
    "spine chart": spine_charts,
    "tree": tree,
}
SECTION_TITLES = {
    "text": "Further matters",
    "series": "Over time",
    "control charts": "Noise and change",
    "funnel plots": "Places beside their average",
    "spine chart": "All measures beside the group",
    "tree": "The strategy map",
}

FORMS: dict[str, tuple[Callable[[Told], Iterator[Block]], ...]] = {
    "committee paper": (
        brief, _purpose, _recommendations, _background, exceptions, going_well, scorecard,
        comparison, _own_sections, _implications, _about, appendices,
    ),
    "local improvement targets return": (
        brief, _purpose, _recommendations, _background, targets_return, _own_sections, _about,
        appendices,
    ),
    ICON_TABLE: (_icons, _own_sections, _about, appendices),
}  # fmt: skip
