"""A figure is never made of a column that is not there: it is the same without it, or says so.

For each measure of the libraries every column of the records is taken away that it is not said to
need, all of these at once: what is left must be the figures of the whole extract, to the last
digit. Of a column that it is said to need it has no figure, and names the column.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

import polars as pl
import pytest

from outturn.commands.counting import counts
from outturn.commands.deriving import with_derived
from outturn.commands.folder import Folder, counted_tables, open_folder
from outturn.commands.simulate import simulate
from outturn.commands.unfilled import costs
from outturn.framework.model import Condition, Measure
from outturn.ingest import Ingested, ingest
from outturn.ingest.derivations import Method
from outturn.ingest.derivations.derive import in_order, makeable
from outturn.ingest.derivations.methods import read_methods
from outturn.ingest.derivations.unfilled import handed_on
from outturn.ingest.mapping import needed
from outturn.ingest.unfilled import Unfilled, by_column
from outturn.terms.records import KEYS, WHOLE

pytestmark = pytest.mark.slow

AS_OF = date(2026, 3, 31)
FIGURE = ("numerator", "denominator", "squares", "answers", "lower", "upper")
Column = tuple[str, str]  # a table of records and a column of it
Spare = dict[str, frozenset[str]]  # columns by table


@dataclass(frozen=True)
class World:
    folder: Folder
    whole: Ingested
    methods: tuple[Method, ...]  # in the order in which they are used

    def columns(self) -> list[Column]:
        """The columns in which something stands and that a contract lets an extract lack."""
        return [
            (name, one.name)
            for name, rows in self.whole.tables.items()
            for one in self.folder.contracts[name].fields
            if one.name not in needed(self.folder.contracts[name])
            and rows[one.name].null_count() < rows.height
        ]

    def without(self, columns: Iterable[Column]) -> Ingested:
        """What is read of the same files without these columns."""
        tables = dict(self.whole.tables)
        before = (some for each in self.whole.unfilled.values() for some in each.values())
        lacks = [one for some in before for one in some]
        for table, column in columns:
            contract, rows = self.folder.contracts[table], tables[table]
            empty = pl.lit(None, rows.schema[column]).alias(column)
            tables[table] = rows.with_columns(empty)
            places = tuple(rows[contract.place].unique())
            about = (contract.title, f"'{column}'", f"data/{table}.csv")
            lacks.append(Unfilled(table, column, *about, places))
        return replace(self.whole, tables=tables, unfilled=by_column(lacks))

    def figures(self, read: Ingested, measures: Mapping[str, Measure]) -> pl.DataFrame:
        some = replace(self.folder.partnership, measures=dict(measures))
        made = with_derived(read, some, self.folder.contracts, AS_OF)
        return counts(some, self.folder.contracts, made, AS_OF)[0]

    def lost(self, columns: Iterable[Column]) -> set[str]:
        """The measures that are said to need one of these columns."""
        lacks = handed_on(self.without(columns).unfilled, self.methods)
        found = costs(self.measures.values(), lacks, self.folder.contracts)
        return {one.measure.id for one in found if one.breakdown == WHOLE}

    def records_of(self, measure: Measure) -> set[str]:
        """The tables of records behind a measure."""
        tallies = (one for one in (measure.numerator, measure.denominator) if one)
        tables = {one.table for one in tallies} | {measure.supplied}
        by_table = {one.table: one for one in self.methods}
        made = in_order(tables, by_table)
        return {*tables, *(read for one in made for read in one.reads)} & {*self.whole.tables}

    @property
    def measures(self) -> dict[str, Measure]:
        every = self.folder.partnership.measures
        return {id: one for id, one in every.items() if one.numerator}


@pytest.fixture(scope="module", params=["england", "scotland"])
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> World:
    into = tmp_path_factory.mktemp("columns") / request.param
    simulate(into, nation=request.param, people=400, until=AS_OF, untidy=True)
    folder = open_folder(into)
    read = ingest(into, folder.partnership, folder.contracts)
    methods, _ = read_methods(folder.partnership.files)
    needed_ones = in_order(counted_tables(folder.partnership), methods, read.every)
    return World(folder, read, tuple(makeable(needed_ones, read.every)))


def _groups(world: World) -> list[tuple[Spare, list[str]]]:
    """The measures with the columns of their own records that are taken away, all at once.

    Measures of other records go with them, so that there are few builds.
    """
    by_column = {one: world.lost([one]) for one in world.columns()}
    found: list[tuple[Spare, list[str]]] = []
    for id, measure in world.measures.items():
        records = world.records_of(measure)
        spare: Spare = {table: frozenset() for table in records}
        for (table, column), lost in by_column.items():
            if table in records and id not in lost:
                spare[table] |= {column}
        for group, ids in found:
            if all(group.get(table, own) == own for table, own in spare.items()):
                group |= spare
                ids.append(id)
                break
        else:
            found.append((spare, [id]))
    return found


def _where(measure: Measure) -> tuple[Condition, ...]:
    return measure.numerator.where if measure.numerator else ()


def test_a_figure_is_the_same_without_columns_that_it_is_not_said_to_need(world: World) -> None:
    whole = world.figures(world.whole, world.measures).select(*KEYS, *FIGURE)
    there = pl.any_horizontal(pl.col(FIGURE).is_not_null())
    wrong = {}
    for group, ids in _groups(world):
        spare = [(table, one) for table, columns in group.items() for one in sorted(columns)]
        lost = world.lost(spare)  # of columns that tell the same, both are taken away
        some = {id: world.measures[id] for id in ids if id not in lost}
        told = world.figures(world.without(spare), some).select(*KEYS, *FIGURE).filter(there)
        before = whole.filter(pl.col("measure").is_in([*some]) & there)
        # Of a table with several parts of the way the rows of all parts say how far it reaches.
        parts = [id for id, one in some.items() if any(w.column == "part" for w in _where(one))]
        undivided = before.filter(
            (pl.col("breakdown") == WHOLE) & (pl.col("numerator") > 0),
            ~pl.col("measure").is_in(parts),
        )
        other = told.join(before, on=before.columns, how="anti", nulls_equal=True)
        gone = undivided.join(told, on=KEYS, how="anti")
        for id in {*other["measure"], *gone["measure"]}:
            wrong[id] = spare
    assert not wrong


def test_a_figure_that_needs_a_column_is_not_available_and_names_it(world: World) -> None:
    for table, column in (("cld", "event_outcome"), ("hospital_stays", "discharged_on")):
        if table not in world.whole.tables:
            continue
        lost = world.lost([(table, column)])
        assert lost
        found = world.figures(
            world.without([(table, column)]), {id: world.measures[id] for id in lost}
        )
        assert found.select(pl.col(FIGURE)).null_count().row(0) == (found.height,) * len(FIGURE)
        assert found["absent"].unique().to_list() == ["not available"]
        assert found["why"].str.contains(f"has no '{column}'", literal=True).all()
