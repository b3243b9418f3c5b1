"""The weeks of a place that have no figure of care at home, for the visits of one of its providers
are there in part: told before anything is derived, so that they can be asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

import polars as pl

from outturn.contracts import Contract
from outturn.databases import DuckDB, InFiles
from outturn.ingest.derivations.methods import read_methods
from outturn.ingest.derivations.model import Asked
from outturn.ingest.derivations.numbered import read_into
from outturn.ingest.derivations.whole_weeks import found_in_part
from outturn.terms.period import Calendar, Period

_VISITS, _MADE, _DERIVATION = "home_care_visits", "home_care", "home care from visits"


def weeks_in_part(
    tables: Mapping[str, pl.DataFrame | InFiles],
    contracts: Mapping[str, Contract],
    definitions: Mapping[str, str],
) -> Iterator[str]:
    """One sentence, where weeks are added up from visits and there is such a week.

    Only where other visits of the place and week count: else the place just begins later, or ends
    earlier, and says so itself.
    """
    method = read_methods(definitions)[0].get(_MADE)
    if _VISITS not in tables or not method or method.derivation != _DERIVATION:
        return
    rows = tables[_VISITS]
    if _MADE in tables and not _sources(tables[_MADE]) <= _sources(rows):
        return  # a source holds the weeks
    with DuckDB(reads=rows.folders if isinstance(rows, InFiles) else ()) as database:
        read_into(database, {_VISITS: rows}, contracts)
        found = database.run(*found_in_part(database, Asked(method, date.max)))
    if found.is_empty():
        return
    place, week = found.row(0)
    said = "in 1 week of a place"
    if found.height > 1:
        said = f"in {found.height:,} weeks of places"
    yield (
        f"Table '{_VISITS}': {said} the records of a provider begin or end within the week, and "
        f"those of others go on. There is no figure of it: the first is the "
        f"{Period(week, 7, 'D').label(Calendar())} of {place}. Ask each provider for whole weeks, "
        "from Monday to Sunday."
    )


def _sources(rows: pl.DataFrame | InFiles) -> set[str]:
    return {*rows.sources} if isinstance(rows, InFiles) else {*rows["source"].unique()}
