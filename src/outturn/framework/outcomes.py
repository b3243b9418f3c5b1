"""Reading outcomes: those that a partnership writes, over those of the libraries it names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from outturn.framework.model import DELIVERY, Activity, Crossing, Outcome
from outturn.framework.section import Section

FILE = "outcomes.toml"


def read_outcomes(own: Sequence[Section], national: Sequence[Section]) -> list[Outcome]:
    """Those of the libraries in their order, then the partnership's others.

    An entry of the partnership with the id of a national outcome need not repeat its words: it
    adds measures, a board, an owner, and may say a word anew. One that it does not mention is
    there all the same, so that priorities can stand below it.
    """
    given = {_id(one.content): one for one in national}
    written = {_id(one.content) for one in own}
    found = [
        *(_outcome(_filled(one, given)) for one in own),
        *(_outcome(one) for id, one in given.items() if id not in written),
    ]
    order = {id: nth for nth, id in enumerate(given)}
    return sorted(found, key=lambda one: order.get(one.id, len(order)))


def read_crossings(tables: Sequence[Section]) -> Iterator[Crossing]:
    """What each entry of a crosswalk says."""
    for table in tables:
        yield Crossing(table.text("outcome", None), table.texts("answers_to"), table.text("note"))
        table.close()


def _id(content: Mapping[str, Any]) -> str:
    return str(content.get("id", "")).strip()


def _filled(table: Section, given: Mapping[str, Section]) -> Section:
    """The entry with the words of the national outcome that it leaves out."""
    national = given.get(_id(table.content))
    if national is not None:
        table.content = {**national.content, **table.content}
    return table


def _outcome(table: Section) -> Outcome:
    one = Outcome(
        id=table.text("id", None),
        title=table.text("title", None),
        level=table.text("level", "outcome"),
        framework=table.text("framework"),
        parent=table.text("parent"),
        board=table.text("board"),
        owner=table.text("owner"),
        deputy=table.text("deputy"),
        measures=table.texts("measures"),
        delivery=table.choice("delivery", DELIVERY, "") if table.has("delivery") else "",
        delivery_comment=table.text("delivery_comment"),
        delivery_by=table.text("delivery_by"),
        activities=tuple(_activity(each) for each in table.tables("activity")),
    )
    table.close()
    return one


def _activity(table: Section) -> Activity:
    one = Activity(table.text("title", None), table.text("by"), table.text("comment"))
    table.close()
    return one
