"""Truths: told from the world, and in step with the records that were written from it."""

from __future__ import annotations

import re
import tomllib
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest

import outturn
from outturn.simulation import Window
from outturn.simulation.texts import LIBRARIES, definitions
from outturn.simulation.truth import Truths
from outturn.terms.period import Period
from outturn.terms.written_periods import parse


@pytest.mark.parametrize("nation", ["england", "scotland"])
def test_every_truth_is_a_count_of_a_period_that_lies_in_the_window(nation, request):
    made = request.getfixturevalue(nation)
    truth = made.truth
    assert truth["place"].unique().to_list() == [made.place]
    assert not truth.select("measure", "period", "breakdown", "category").is_duplicated().any()
    for key in truth["period"].unique():
        period = parse(key)
        assert period.key == key
        assert date(2023, 10, 1) <= period.start and period.end <= date(2026, 9, 30)
    counts = truth.filter(pl.col("measure") != "excess_winter_deaths")  # which may be fewer
    assert (counts["numerator"] >= 0).all()


def measures_of(library: str) -> list[tuple[Path, dict]]:
    """The files of a library's measures with their words."""
    folder = Path(outturn.__file__).parent / "framework" / "library" / library / "measures"
    return [(file, tomllib.loads(file.read_text(encoding="utf-8")))
            for file in sorted(folder.glob("*.toml"))]  # fmt: skip


def kinds_of_measures() -> dict[str, str]:
    """The kind of each measure of the library that a truth may be of."""
    return {file.stem: words.get("kind", "") for library in LIBRARIES["england"]
            for file, words in measures_of(library)}  # fmt: skip


def test_nobody_is_counted_among_fewer(england, scotland):
    """Of shares: waits, stays and bed days may be more than whom they are counted among."""
    truth = pl.concat([england.truth, scotland.truth])
    other = [id for id, kind in kinds_of_measures().items() if kind != "proportion"]
    shares = truth.filter(
        pl.col("denominator").is_not_null(),
        ~pl.col("measure").is_in(other),
        ~pl.col("measure").str.contains("_median$|_p90$|excess_winter_deaths|_stay_length"),
    )
    assert (shares["numerator"] <= shares["denominator"]).all()


def test_parts_add_up_to_the_whole(england):
    truth = england.truth.filter(measure="emergency_admissions")
    whole = truth.filter(breakdown="all").select("period", "numerator")
    for breakdown in ("age_group", "sex"):
        parts = truth.filter(breakdown=breakdown).group_by("period").agg(pl.sum("numerator"))
        both = whole.join(parts, on="period")
        assert both.height == whole.height
        assert (both["numerator"] == both["numerator_right"]).all()


def test_months_add_up_to_the_year(england):
    truth = england.truth.filter(measure="delayed_discharge_bed_days", breakdown="all")
    number = dict(truth.select("period", "numerator").iter_rows())
    months = [one.key for one in Window(date(2025, 4, 1), date(2026, 3, 31)).months()]
    assert number["2025-04-01/P1Y"] == sum(number[key] for key in months)
    assert number["2025-04-01/P12M"] == number["2025-04-01/P1Y"]


def test_simple_truths_are_what_a_direct_count_of_the_records_gives(england):
    """The records are counted here by hand; the truths were told without looking at them."""
    tables, truth = england.tables, england.truth

    def said(measure: str, period: str = "2025-04-01/P1Y", category: str = "all") -> tuple:
        found = truth.filter(measure=measure, period=period, category=category)
        return found.select("numerator", "denominator").row(0)

    def of_year(table: str, day: str) -> pl.DataFrame:
        inside = pl.col(day).is_between(date(2025, 4, 1), date(2026, 3, 31))
        return tables[table].filter(inside)

    stays = of_year("hospital_stays", "admitted_on")
    emergency = stays.filter(kind="acute", admission="emergency")
    assert said("emergency_admissions") == (emergency.height, None)
    visits = of_year("emergency_attendances", "attended_on")
    quick = visits.filter(pl.col("minutes") <= 240).height
    assert said("emergency_attendances_within_four_hours") == (quick, visits["minutes"].count())
    enquiries = of_year("safeguarding", "enquiry_ended_on")
    safer = enquiries.filter(pl.col("risk").is_in(["removed", "reduced"])).height
    below = enquiries.filter(pl.col("risk") != "no risk identified").height
    assert said("safeguarding_risk_reduced_or_removed") == (safer, below)
    orders = of_year("equipment_orders", "delivered_on")
    wait = (orders["delivered_on"] - orders["ordered_on"]).dt.total_days()
    assert said("equipment_within_seven_days") == ((wait <= 7).sum(), orders.height)
    ranked = sorted(wait.to_list())
    middle = ranked[(len(ranked) - 1) // 2] + ranked[len(ranked) // 2]
    assert said("equipment_wait_days_median") == (middle, len(ranked))
    beds = of_year("bed_states", "day").filter(kind="virtual ward")
    assert said("occupied_beds", category="virtual ward") == (
        beds["occupied"].sum(), beds["available"].sum(),
    )  # fmt: skip
    deaths = tables["deaths"].filter(
        pl.col("month").is_between(pl.lit("2025-04"), pl.lit("2026-03"))
    )
    assert said("deaths") == (deaths["deaths"].sum(), None)
    people = of_year("person_deaths", "died_on").filter(pl.col("cause_group") != "external")
    assert people.height < deaths["deaths"].sum()
    assert said("ni_15")[1] == 365 * people.height
    contacts = of_year("contacts", "received_on").filter(sequel="short-term support")
    assert said("contacts", category="short-term support") == (contacts.height, None)


def test_beds_occupied_are_the_stays_of_the_night(england):
    stays, beds = england.tables["hospital_stays"], england.tables["bed_states"]
    for night in (date(2023, 10, 1), date(2024, 12, 31), date(2026, 9, 30)):
        there = stays.filter(
            pl.col("kind") == "acute", pl.col("admitted_on") <= night,
            pl.col("discharged_on").is_null() | (pl.col("discharged_on") > night),
        )  # fmt: skip
        said = beds.filter(kind="acute", day=night)
        assert said["occupied"].item() == there.height
        assert said["occupied"].item() <= said["available"].item()


def test_an_episode_that_ended_well_shows_no_long_term_support_within_seven_days(england):
    """Ends and sequels as recorded agree with the truth, for whom the world let be independent."""
    cld = england.tables["cld"]
    planned = cld.filter(
        pl.col("service_type") == "Short term support: ST-Max",
        pl.col("event_outcome") == "NFA: Support ended as planned",
    ).select("person_id", ended="event_end_date")
    support = cld.filter(pl.col("service_type").str.starts_with("Long term")).select(
        "person_id", began="event_start_date"
    )
    gaps = planned.join(support, on="person_id").select(
        days=(pl.col("began") - pl.col("ended")).dt.total_days()
    )
    assert gaps.filter(pl.col("days").is_between(0, 7)).is_empty()


SMALL = Window(date(2025, 4, 1), date(2026, 3, 31))


def said(truths: Truths, measure: str) -> dict[str, tuple]:
    rows = truths.table().filter(measure=measure, breakdown="all")
    return {key: (top, below) for key, top, below in
            rows.select("period", "numerator", "denominator").iter_rows()}  # fmt: skip


def days(*given: date) -> np.ndarray:
    return np.array([(one - date(1970, 1, 1)).days for one in given], dtype=np.int64)


def test_a_count_belongs_to_the_periods_that_hold_its_day():
    truths = Truths("E", SMALL)
    when = days(date(2025, 4, 1), date(2025, 4, 30), date(2025, 5, 1), date(2026, 3, 31))
    truths.count("made", when, np.array([1, 0, 1, 1]), np.array([1, 1, 1, 1]))
    found = said(truths, "made")
    assert found["2025-04-01/P1M"] == (1, 2)
    assert found["2025-05-01/P1M"] == (1, 1)
    assert found["2025-04-01/P3M"] == (2, 3)
    assert found["2025-04-01/P1Y"] == found["2025-04-01/P12M"] == (3, 4)
    assert found["2025-06-01/P1M"] == (0, 0)


def test_people_with_two_or_more_are_counted_once_among_those_with_any():
    truths = Truths("E", SMALL)
    when = days(date(2025, 4, 1), date(2025, 9, 1), date(2025, 9, 2), date(2025, 12, 1))
    truths.people("repeat", when, np.array([7, 7, 8, 7]), times=2)
    assert said(truths, "repeat")["2025-04-01/P1Y"] == (1, 2)


def test_a_median_between_two_days_is_told_exactly():
    truths = Truths("E", SMALL)
    when = days(*[date(2025, 4, 2)] * 4)
    truths.waits("wait", when, np.array([1, 2, 5, 9]))
    assert said(truths, "wait_median")["2025-04-01/P1M"] == (7, 4)  # 3.5 days
    assert said(truths, "wait_p90")["2025-04-01/P1M"] == (500 + 4 * 70, 4)  # 7.8 days
    assert "2025-05-01/P1M" not in said(truths, "wait_median"), "no wait, no median"


def test_what_ends_on_the_day_is_open_on_it():
    truths = Truths("E", SMALL)
    start, end = days(date(2025, 4, 1), date(2025, 5, 1)), days(date(2025, 4, 30), date(2025, 6, 1))
    ends = [Period(date(2025, 4, 30), 0, "D"), Period(date(2025, 5, 31), 0, "D")]
    truths.open("open", np.array([1, 2]), start, end, ends)
    assert said(truths, "open") == {"2025-04-30/P0D": (1, None), "2025-05-31/P0D": (1, None)}


def test_the_page_lists_just_the_truths_that_are_no_measure_of_the_library(england, scotland):
    page = Path(__file__).parents[3] / "docs" / "reference" / "simulation.md"
    _, _, table = page.read_text(encoding="utf-8").partition("### Other truths")
    cells = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    listed = [name for cell in cells for name in re.findall(r"`([a-z0-9_…]+)`", cell)]
    told = {*england.truth["measure"], *scotland.truth["measure"]} - set(kinds_of_measures())

    def meant(name: str) -> set[str]:
        if name.endswith("…"):
            return {one for one in told if one.startswith(name.removesuffix("…"))}
        return {name} & told

    assert [name for name in listed if not meant(name)] == []
    assert sorted(told - {one for name in listed for one in meant(name)}) == []


def test_every_measure_of_the_library_counted_from_records_is_told(england, scotland):
    """By its own id, in its own parts; those of client level data in England alone."""
    for made, libraries in ((england, LIBRARIES["england"]), (scotland, LIBRARIES["scotland"])):
        told = set(made.truth.select("measure", "breakdown").unique().rows())
        asked = {
            (file.stem, breakdown)
            for library in libraries
            for file, words in measures_of(library)
            if "numerator" in words
            for breakdown in ["all", *(one["name"] for one in words.get("breakdown", []))]
        }
        if made is england:
            asked -= {(f"msg_4_delayed_discharge_bed_days_{one}", "reason")
                      for one in ("standard", "code_9")}  # fmt: skip
        assert sorted(asked - told) == []


def test_targets_that_are_counts_grow_with_the_people(asked):
    """A target of nights is of a council of 60,000 known people; a share is the same for all."""
    of_nights = {}
    for people in (6_000, 60_000):
        files = definitions(asked(people=people))
        text = next(text for name, text in files.items() if name.startswith("targets/"))
        told = {one["measure"]: one for one in tomllib.loads(text)["target"]}
        of_nights[people] = told["jf_overnight_respite"]["at_least"]
        assert told["carers_accepted"]["at_least"] == 75
    assert of_nights == {6_000: 280, 60_000: 2_800}
