"""Reading what a measure's file says of its control chart: which one, and the declared steps."""

from __future__ import annotations

from outturn.framework.model import CHARTS, Step
from outturn.framework.section import Section


def read_chart(file: Section, kind: str) -> str:
    """The control chart: one of counts needs the kind of figure that such counts make."""
    chart = file.choice("chart", CHARTS, CHARTS[0])
    needed = {"P": "proportion", "U": "rate"}.get(chart[0], kind)
    if kind and kind != needed:
        file.wrong(
            "chart",
            f"A {chart} chart is of a {needed}, and the measure is of kind '{kind}'.",
            "Leave the word out for an XmR chart, which any figure may have.",
        )
    return chart


def read_steps(file: Section) -> tuple[Step, ...]:
    """The declared steps; two on one day for one place would be one."""
    found: list[Step] = []
    for table in file.tables("step"):
        since = table.period("since", required=True)
        one = Step(
            since=since or table.calendar_start(),
            because=table.text("because", None),
            place=table.text("place"),
        )
        table.close()
        if since and (since, one.place) in ((each.since, each.place) for each in found):
            table.wrong("since", "Two steps begin here.", "Write one, with both reasons.")
        found.append(one)
    return tuple(found)
