"""Reading `packs/ID.toml`: what a paper contains, and for which meeting."""

from __future__ import annotations

from outturn.framework.model import APPENDICES, DECISIONS, PackSection, PackSpec
from outturn.framework.section import Section
from outturn.terms.errors import suggestion

# What the room publishing can make; a test holds the two together.
PACK_SECTIONS = ("text", "series", "control charts", "funnel plots", "spine chart", "tree")
PACK_FORMS = ("committee paper", "local improvement targets return", "icon table")


def read_pack(file: Section, id: str) -> PackSpec:
    """The paper that a file describes; its mistakes are gathered in the section."""
    held_on = file.day("held_on", required=True)
    one = PackSpec(
        id=id,
        file=file.file,
        title=file.text("title", None),
        meeting=file.text("meeting", None),
        held_on=held_on or file.calendar_start().start,
        period=file.period("period", required=True) or file.calendar_start(),
        decision=file.choice("decision", DECISIONS, None),
        form=file.choice("form", PACK_FORMS, PACK_FORMS[0]),
        place=file.text("place"),
        author=file.text("author"),
        contact=file.text("contact"),
        route=file.texts("route"),
        framework=file.text("framework"),
        comparator=file.text("comparator"),
        purpose=file.text("purpose"),
        recommendations=file.texts("recommendations"),
        background=file.text("background"),
        implications=_implications(file),
        appendices=_appendices(file),
        sections=tuple(_pack_section(each) for each in file.tables("section")),
        measures=file.texts("measures"),
    )
    file.close()
    return one


def _appendices(file: Section) -> tuple[str, ...]:
    given = file.texts("appendices")
    for name in given:
        if name not in APPENDICES:
            otherwise = f"The appendices are {', '.join(APPENDICES)}."
            remedy = suggestion(name, APPENDICES, otherwise)
            file.wrong("appendices", f"There is no appendix '{name}'.", remedy)
    return tuple(name for name in given if name in APPENDICES)


def _implications(file: Section) -> tuple[tuple[str, str], ...]:
    given = file.raw("implications")
    pairs = given if isinstance(given, list) else []
    good = [pair for pair in pairs if isinstance(pair, list) and len(pair) == 2]
    if given is not None and (good != given or not all(isinstance(x, str) for x in sum(good, []))):
        file.wrong(
            "implications",
            "An implication is a heading and a text.",
            'Write implications = [["Resources", "None."], ...].',
        )
        return ()
    return tuple((heading, text) for heading, text in good)


def _pack_section(table: Section) -> PackSection:
    one = PackSection(
        kind=table.choice("kind", PACK_SECTIONS, PACK_SECTIONS[0]),
        title=table.text("title"),
        text=table.text("text"),
        items=table.texts("items"),
    )
    table.close()
    return one
