"""Reading `data/sources.toml`: where each data file comes from, and how it is laid out."""

from __future__ import annotations

from datetime import date

from outturn.framework.model import Source
from outturn.framework.section import Section
from outturn.terms.records import Provenance

# Readers of layouts in which anybody may write anything; the others read official releases.
_UNPUBLISHED = ("table", "fingertips upload")
_PERIOD_FORMS = (
    "any", "financial year", "month", "quarter", "calendar year", "academic year", "range of years",
    "date", "week",
)  # fmt: skip
DAY_FIRST, MONTH_FIRST = "day first", "month first"


def read_source(table: Section) -> Source:
    """One `[[source]]`; its mistakes are gathered in the section."""
    columns, constants = table.table("columns"), table.table("constants")
    values = table.table("values")
    reader = table.text("reader", "table")
    server = table.text("server")
    one = Source(
        id=table.text("id", None),
        file=table.text("file", "" if server else None),
        server=server,
        contract=table.text("contract", None),
        reader=reader,
        sheet=table.text("sheet"),
        header_row=table.whole("header_row", 1, at_least=1),
        encoding=table.text("encoding", "utf-8"),
        table=table.text("table"),
        columns=_words(columns),
        constants=_words(constants),
        values={name: _words(values.table(name)) for name in values.content} if values else {},
        period_form=table.choice("period_form", _PERIOD_FORMS, "any"),
        dates=table.choice("dates", (DAY_FIRST, MONTH_FIRST), ""),
        publisher=table.text("publisher"),
        title=table.text("title"),
        published=table.day("published"),
        provenance=table.choice("provenance", tuple(str(p) for p in Provenance), "final"),
        scheme=table.text("scheme"),
        public=table.flag("public", reader not in _UNPUBLISHED),
        max_megabytes=table.number("max_megabytes", 2048.0),
    )
    if one.server and one.file:
        remedy = "Name either a file or a server."
        table.wrong("server", "The source is both a file and a table of a server.", remedy)
    if one.server and not one.table:
        remedy = 'Write table = "schema.table".'
        table.wrong("table", "The source names no table of the server.", remedy)
    table.close()
    return one


def _words(table: Section | None) -> dict[str, str]:
    """What stands for what: words, or the numbers and dates that a cell may hold, as words."""
    found: dict[str, str] = {}
    for word, given in table.content.items() if table else ():
        if table and isinstance(given, (str, int, float, date)) and not isinstance(given, bool):
            found[word] = str(given)
        elif table:
            table.text(word, None)  # which tells that it is none
    return found
