"""The tables of a folder together with those that are derived from them for its measures.

They are made once for the same data, methods and position date, and then remembered beside the
tables that were read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache
from pathlib import Path

import outturn
from outturn.commands.folder import counted_tables
from outturn.contracts import Contract
from outturn.databases import DuckDB
from outturn.framework import Partnership
from outturn.ingest import Ingested
from outturn.ingest.derivations.derive import derive, in_order
from outturn.ingest.derivations.methods import read_methods
from outturn.ingest.derivations.model import Method
from outturn.ingest.store import Store, digest
from outturn.terms.errors import raise_all
from outturn.vintages import software

REMEMBERED = (
    "derived tables"  # beside the tables that were read, each of which has the id of a source
)
_ROOMS = ("databases", "ingest")


def with_derived(
    ingested: Ingested,
    partnership: Partnership,
    contracts: Mapping[str, Contract],
    as_of: date,
    cache: Path | None = None,
    progress: Callable[[str], None] | None = None,
) -> Ingested:
    """What was read, and every derived table that a measure counts and the data allow.

    A table that the data hold already is not derived: a partnership may have made it itself.
    """
    methods, mistakes = read_methods(partnership.files)
    raise_all(mistakes)
    wanted = [one for one in counted_tables(partnership) if one not in ingested.every]
    needed = in_order(wanted, methods)
    if not needed:
        return ingested
    store = Store(cache)
    key = digest(ingested.made_of, needed, as_of, _software())
    names = tuple(one.table for one in needed)
    made = store.tables(REMEMBERED, key, names)
    if not made:
        reads = [one for rows in ingested.in_files.values() for one in rows.folders]
        with DuckDB(reads=reads) as database:
            made = derive(
                wanted,
                ingested.every,
                methods=methods,
                contracts=contracts,
                as_of=as_of,
                database=database,
                progress=progress,
            )
        if set(made) == set(names):
            store.keep(REMEMBERED, key, made)
    counted = {name: frame for name, frame in made.items() if name in wanted}
    return replace(
        ingested,
        tables={**ingested.tables, **counted},
        made_of=digest(ingested.made_of, needed, _software()),
        lacking=_lacking(ingested.lacking, needed),
    )


def _lacking(lacking: Mapping[str, str], needed: Sequence[Method]) -> dict[str, str]:
    """A table that is made of an incomplete one is as incomplete."""
    found = dict(lacking)
    for method in needed:
        said = dict.fromkeys(found[one] for one in method.given if one in found)
        if said:
            found[method.table] = ", and ".join(said)
    return found


@lru_cache
def _software() -> str:
    """The version and those of the packages that decide a number, and the code itself."""
    here = Path(outturn.__file__).parent
    files = sorted(file for room in _ROOMS for file in (here / room).rglob("*.py"))
    code = [(str(file.relative_to(here)), file.read_text(encoding="utf-8")) for file in files]
    return digest(software(outturn.__version__), code)
