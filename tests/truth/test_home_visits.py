"""Weeks of care at home, split at random into visits, are the weeks that they were.

The simulator knows the hours of each person, week and provider. Here call monitoring tells each
week as its visits, of random lengths, at times that do not overlap, by minutes or by the clock, by
one carer or by two; with visits among them that did not take place, and some told a second time.
The weeks that are made of them must be the same cell by cell, and every figure of a folder that
holds the visits in their place must be the figure of the weeks.
"""

from __future__ import annotations

import shutil
from datetime import date, timedelta
from pathlib import Path
from random import Random

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from laying import with_libraries
from outturn.commands.counting import counts
from outturn.commands.deriving import with_derived
from outturn.commands.folder import sound_folder
from outturn.commands.simulate import simulate
from outturn.ingest import Ingested, ingest
from outturn.terms.records import KEYS

pytestmark = pytest.mark.slow

SEED = 7
ORDER = (0, 6, 1, 2, 3, 4, 5)  # days of the week in which visits lie: on Monday and Sunday first
KEY = ("place", "person", "week", "provider")
OF_PERSON = ("client_group", "sex", "born_on")
NOT_MADE = ("missed", "cancelled", "no access", "planned")
COLUMNS = ("visit", "carer", "visit_on", "planned_start", "planned_minutes", "actual_start",
           "actual_end", "actual_minutes", "carers", "outcome")  # fmt: skip
Visit = dict[str, str]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of Scotland, with the libraries that count care at home from records."""
    made = tmp_path_factory.mktemp("weeks") / "scotland"
    simulate(made, people=1_000, seed=SEED, nation="scotland")
    return with_libraries(made, "community_care_outcomes", "joint_future")


def visits_of(weeks: pl.DataFrame, random: Random) -> pl.DataFrame:
    lines: list[Visit] = []
    same: list[int] = []
    for index, row in enumerate(weeks.iter_rows(named=True)):
        seconds, number = round(float(row["hours"]) * 3600), int(row["visits"])
        made = [*_week(date.fromisoformat(row["week"]), seconds, number, f"{index}", random)]
        lines += made
        same += [index] * len(made)
    who = weeks.select("place", "person", "provider", *OF_PERSON)[same]
    told = pl.DataFrame(lines, schema=dict.fromkeys(COLUMNS, pl.String))
    return pl.concat([who, told], how="horizontal").sample(fraction=1, shuffle=True, seed=3)


def _week(monday: date, seconds: int, number: int, name: str, random: Random) -> list[Visit]:
    """Visits of so many seconds in all, each day's one after the other from five in the morning."""
    cuts = sorted(random.sample(range(1, seconds), number - 1)) if number > 1 else []
    lengths = [b - a for a, b in zip([0, *cuts], [*cuts, seconds], strict=True)]
    begins = dict.fromkeys(ORDER, 5 * 3600)
    found: list[Visit] = []
    for nth, length in enumerate(lengths):
        day = ORDER[nth % 7]
        double = length % 2 == 0 and random.random() < 0.3
        long = length // 2 if double else length
        one = dict.fromkeys(COLUMNS, "") | {
            "visit": f"{name}.{nth}", "outcome": "delivered",
            "visit_on": (monday + timedelta(days=day)).isoformat(),
        }  # fmt: skip
        found += _told(one, begins[day], long, double, random)
        begins[day] += long + random.choice([0, 60, 600])
        assert begins[day] < 29 * 3600  # the visits of the next day begin later
    return found


def _told(one: Visit, begins: int, long: int, double: bool, random: Random) -> list[Visit]:
    at = _clock(begins)
    ways = [
        {"actual_start": at, "actual_end": _clock(begins + long)},
        {"actual_minutes": repr(long / 60), "planned_start": at, "planned_minutes": "45"},
        {"planned_start": at, "planned_minutes": repr(long / 60)},
    ]
    one |= random.choice(ways)
    found = [one]
    if double:
        rows = random.random() < 0.5
        found = [one | {"carer": each} for each in "xy"] if rows else [one | {"carers": "2"}]
    elif one["actual_end"] and random.random() < 0.2:
        found.append(one | {"visit": f"{one['visit']} again"})
    if random.random() < 0.2:
        outcome = random.choice(NOT_MADE)
        found.append(one | {"visit": f"{one['visit']} {outcome}", "outcome": outcome})
    return found


def _clock(second: int) -> str:
    return f"{second // 3600 % 24:02}:{second // 60 % 60:02}:{second % 60:02}"


def weeks_of(folder: Path) -> pl.DataFrame:
    return pl.read_csv(folder / "data" / "home_care.csv", infer_schema=False)


@pytest.fixture(scope="module")
def of_visits(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same folder with visits in the place of weeks."""
    other = tmp_path_factory.mktemp("visits") / "folder"
    shutil.copytree(folder, other)
    visits_of(weeks_of(folder), Random(1)).write_csv(other / "data" / "home_care_visits.csv")
    (other / "data" / "home_care.csv").unlink()
    sources = other / "data" / "sources.toml"
    text = sources.read_text(encoding="utf-8")
    for word in ('"home_care"', '"home_care.csv"'):
        text = text.replace(word, word.replace("home_care", "home_care_visits"))
    sources.write_text(text, encoding="utf-8")
    return other


def test_weeks_that_are_split_into_visits_and_added_up_again_are_what_they_were(
    folder: Path, of_visits: Path
) -> None:
    weeks = weeks_of(folder)
    visits = pl.read_csv(of_visits / "data" / "home_care_visits.csv", infer_schema=False)
    assert visits.height > weeks.height * 5 > 5_000
    found = read(of_visits).tables["home_care"]
    shown = (*KEY, "hours", "visits", *OF_PERSON)
    wanted = weeks.with_columns(
        pl.col("week", "born_on").str.to_date(),
        pl.col("hours").cast(pl.Float64),
        pl.col("visits").cast(pl.Int64),
    )
    assert_frame_equal(
        found.select(shown).sort(KEY), wanted.select(shown).sort(KEY), check_exact=True
    )


def test_every_figure_of_a_folder_of_visits_is_that_of_its_weeks(
    folder: Path, of_visits: Path
) -> None:
    """Without a definition of its own: those of intensive care at home and the balance of care
    count what is derived in the place of the weeks."""
    of_weeks = counted(folder)
    assert_frame_equal(counted(of_visits), of_weeks)
    filled = of_weeks.filter(pl.col("numerator").fill_null(0) > 0)["measure"]
    assert {"jf_intensive_home_care_65", "cco_bc3_care_at_home_65"} <= set(filled)


def read(folder: Path) -> Ingested:
    opened = sound_folder(folder)
    ingested = ingest(folder, opened.partnership, opened.contracts)
    assert not ingested.mistakes
    as_of = opened.partnership.as_of or date.today()
    return with_derived(ingested, opened.partnership, opened.contracts, as_of)


def counted(folder: Path) -> pl.DataFrame:
    opened = sound_folder(folder)
    as_of = opened.partnership.as_of or date.today()
    found, _ = counts(opened.partnership, opened.contracts, read(folder), as_of)
    said = pl.col("why").str.replace_all("Visits of care at home", "Home care by week")
    columns = (*KEYS, "numerator", "denominator", "why")
    return found.with_columns(said).select(*columns).sort(*KEYS)
