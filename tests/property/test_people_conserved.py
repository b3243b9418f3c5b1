"""Nobody is lost: whoever the records have in a place and period is in the denominator, in the
numerator, or left out with a rule.

The records are those of simulated folders, untidy as real ones are, and read as `outturn people`
reads them. Which of them belong to a period is told here from the columns of the records alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import polars as pl
import pytest

from outturn.commands import people
from outturn.commands.folder import Folder, sound_folder
from outturn.commands.people_tables import Tables, tables_of
from outturn.commands.simulate import simulate
from outturn.engine.who import Cell, who
from outturn.framework.model import Measure
from outturn.terms.period import Period

YEAR = Period(date(2025, 4, 1), 1, "Y")
MONTHS = [Period(date(2025, 5, 1), 1, "M"), Period(date(2026, 1, 1), 1, "M")]
EVER = Period(date(1990, 1, 1), 60, "Y")
RECORD = ["source", "row"]


@dataclass(frozen=True)
class Kind:
    """Of which records a table is made, and when one belongs to a period."""

    records: str
    began: str
    ended: str
    lasts: bool = False  # from its first to its last day; else it belongs to its end, or its begin
    by: tuple[str, ...] = ("source", "row")
    periods: tuple[Period, ...] = (YEAR, *MONTHS)


STAYS = Kind("hospital_stays", "admitted_on", "discharged_on")
DAYS = Kind("hospital_stays", "admitted_on", "discharged_on", lasts=True)
DELAYS = Kind("delays", "ready_on", "discharged_on", lasts=True)
KINDS = {
    "stay_bed_days": DAYS,
    "mental_health_bed_days": DAYS,
    "discharges": STAYS,
    "repeat_admissions": Kind(
        "hospital_stays", "admitted_on", "discharged_on", by=("person",), periods=(YEAR,)
    ),
    "discharges_to_assess": Kind("hospital_stays", "discharged_on", "discharged_on"),
    "older_discharges": STAYS,
    "delay_bed_days": DELAYS,
    "delay_bed_days_england": DELAYS,
    "delay_bed_days_by_reason": DELAYS,
    "mental_health_delay_bed_days": DELAYS,
    "equipment_waits": Kind("equipment_orders", "ordered_on", "delivered_on"),
    "reablement_results": Kind("reablement_episodes", "started_on", "ended_on"),
    "reablement_results on looked_on": Kind("reablement_episodes", "looked_on", "looked_on"),
    "reviews_due": Kind("assessments", "review_due_on", "review_due_on"),
    "home_care_weeks": Kind("home_care", "week", "week", by=("person",), periods=(YEAR,)),
    "last_six_months": Kind("person_deaths", "died_on", "died_on"),
}
CENSUSES = (
    "delay_census", "delay_census_england", "waits_for_discharge", "mental_health_delay_census",
)  # fmt: skip
# Client level data: a person who has such an event is told in some period.
EVENTS: dict[str, Callable[[], pl.Expr]] = {
    "reablement_outcomes": lambda: _text("service_type").str.contains("st-max"),
    "reablement_outcomes_2023_24": lambda: _text("service_type").str.contains("st-max"),
    "reablement_discharges": lambda: _text("service_component") == "reablement",
    "care_home_admissions": lambda: _text("service_type").is_in(
        ["long term support: nursing care", "long term support: residential care"]
    ),
    "first_response_waits": lambda: (
        (_text("event_type") == "request") & (pl.col("event_start_date") >= date(2023, 4, 1))
    ),
}


def _text(column: str) -> pl.Expr:
    return pl.col(column).str.strip_chars().str.to_lowercase()


@dataclass(frozen=True)
class World:
    folder: Folder
    tables: Tables
    as_of: date

    @property
    def measures(self) -> list[Measure]:
        every = self.folder.partnership.measures.values()
        return [
            one for one in every if one.numerator and one.numerator.table in self.tables.derived
        ]

    @property
    def places(self) -> list[str]:
        return list(self.folder.partnership.places)

    def told(self, measure: Measure, period: Period) -> pl.DataFrame:
        """The rows of a measure in all places and a period, as `people` finds them."""
        contracts, tables = self.folder.contracts, self.tables
        rows = {
            one.table: tables.of_places(one.table, contracts[one.table].place, self.places)
            for one in (measure.numerator, measure.denominator)
            if one and one.table in tables.made.every
        }
        found = who(measure, rows, Cell(self.places, (period,)), contracts=contracts)
        return people._as_sent(found, self.folder, tables, self.places)

    def records(self, name: str) -> pl.DataFrame:
        rows = self.tables.of_places(name, self.folder.contracts[name].place, self.places)
        if name == "reablement_episodes":  # looked at on day 91, by the method
            return rows.with_columns(looked_on=pl.col("started_on") + timedelta(days=91))
        return rows


@pytest.fixture(scope="module", params=["england", "scotland"])
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> World:
    return _world(request.param, tmp_path_factory.mktemp("conserved") / request.param)


@cache
def _world(nation: str, into: Path) -> World:
    simulate(into, people=400, years=2, until=date(2026, 9, 30), nation=nation, untidy=True)
    folder = sound_folder(into)
    as_of = folder.partnership.as_of
    assert as_of
    return World(
        folder, tables_of(folder, list(folder.partnership.measures.values()), as_of), as_of
    )


def _belonging(rows: pl.DataFrame, kind: Kind, period: Period, as_of: date) -> pl.DataFrame:
    began, ended = pl.col(kind.began), pl.col(kind.ended)
    if kind.lasts:
        inside = (began <= period.end) & (ended.fill_null(as_of) >= period.start)
        return rows.filter(inside & (began <= as_of))
    return rows.filter(pl.coalesce(ended, began).is_between(period.start, period.end))


@pytest.mark.slow
def test_every_record_of_a_place_and_period_is_counted_or_left_out_by_name(world: World) -> None:
    seen = set()
    for measure in world.measures:
        assert measure.numerator
        on = measure.numerator.on
        table = measure.numerator.table + (f" on {on}" if on else "")
        if table not in KINDS or KINDS[table].records not in world.tables.made.every:
            continue
        kind = KINDS[table]
        rows = world.records(kind.records)
        for period in kind.periods:
            wanted = _belonging(rows, kind, period, world.as_of).rename({"person": "who"})
            by = ["who" if one == "person" else one for one in kind.by]
            lost = wanted.join(world.told(measure, period), on=by, how="anti")
            assert lost.is_empty(), (measure.id, period.key, lost.height, wanted.height)
            seen |= {table} if wanted.height else set()
    assert len(seen) >= 8


@pytest.mark.slow
def test_everybody_who_was_waiting_on_the_day_of_a_census_is_counted_or_left_out(
    world: World,
) -> None:
    delays = world.records("delays")
    for measure in world.measures:
        assert measure.numerator
        if measure.numerator.table in CENSUSES:
            for month in MONTHS:
                day = month.end - timedelta(days=(month.end.weekday() - 3) % 7)
                wanted = delays.filter(
                    (pl.col("ready_on") <= day) & (pl.col("discharged_on").fill_null(day) >= day)
                )
                lost = wanted.join(world.told(measure, month), on=RECORD, how="anti")
                assert lost.is_empty(), (measure.id, month.key, lost.height)


@pytest.mark.slow
def test_who_is_left_out_has_a_rule_or_a_condition_that_is_not_met(world: World) -> None:
    for measure in world.measures:
        found = people._in_words(world.told(measure, YEAR), measure)
        nameless = found.filter((pl.col("where") == people.OUT) & pl.col("why").is_null())
        assert nameless.is_empty(), measure.id


@pytest.mark.slow
def test_whoever_has_such_an_event_in_client_level_data_is_told_in_some_period(
    world: World,
) -> None:
    if "cld" not in world.tables.made.every:
        pytest.skip("Scotland has no client level data of this kind.")
    sent, seen = world.records("cld"), set()
    for measure in world.measures:
        assert measure.numerator
        table = measure.numerator.table
        if table in EVENTS:
            wanted = sent.filter(EVENTS[table](), pl.col("person_id").is_not_null())
            told = world.told(measure, EVER)
            lost = set(wanted["person_id"].str.strip_chars()) - set(
                told["own_id"].drop_nulls().str.strip_chars()
            )
            assert not lost, (measure.id, len(lost), wanted.height)
            seen |= {table} if wanted.height else set()
    assert len(seen) >= 4
