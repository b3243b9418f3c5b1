"""England from the official files to quartiles, as one partnership's folder would build it.

A folder is made of the national library, every area that the three releases name, and the
releases themselves. It is then asked what a partnership would ask.
"""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import polars as pl
import pytest

from outturn.benchmarking.funnel import Funnel, funnel
from outturn.cli.app import run
from outturn.commands import questions
from outturn.commands.build import Built, build
from outturn.commands.check import check
from outturn.framework import Partnership, read_folder
from outturn.statistics.quantiles import RULES
from outturn.terms.records import WHOLE
from outturn.vintages import Released, open_

pytestmark = pytest.mark.published
resource = pytest.importorskip("resource")

HOME = "E10000018"  # any council would do
SOURCES = {
    "workbook": "ascof workbook 2024-25",
    "open-data": "ascof open data",
    "tidy-totals": "ascof tidy totals",
}
SETTINGS = f"""
name = "England"
home = "{HOME}"
as_of = 2026-01-31
disclosure = "none"
library = ["ascof"]

[[comparator]]
id = "england"
name = "All English councils"
kind = "council"
rule = "published"
place = "E92000001"
"""
CELL = ["measure", "place", "period", "breakdown", "category"]


@dataclass(frozen=True)
class England:
    folder: Path
    built: Built
    kept: Released
    partnership: Partnership
    seconds: float
    megabytes: float


@pytest.fixture(scope="session")
def england(
    data: Path,
    recomputation: ModuleType,
    workbook: pl.DataFrame,
    open_data: pl.DataFrame,
    tidy: pl.DataFrame,
    tmp_path_factory: pytest.TempPathFactory,
) -> England:
    folder = tmp_path_factory.mktemp("england")
    (folder / "data").mkdir()
    (folder / "outturn.toml").write_text(SETTINGS, encoding="utf-8")
    places([workbook, open_data, tidy], recomputation).write_csv(folder / "places.csv")
    lines = []
    for id, reader in SOURCES.items():
        release = data / recomputation.FILES[reader]
        (folder / "data" / release.name).symlink_to(release)
        lines += ["[[source]]", f'id = "{id}"', f'file = "{release.name}"', 'contract = "figures"']
        lines += [f'reader = "{reader}"', 'publisher = "Department of Health and Social Care"']
    (folder / "data" / "sources.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    began = time.monotonic()
    built = build(folder)
    seconds = time.monotonic() - began
    partnership, mistakes = read_folder(folder)
    assert mistakes == []
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    megabytes = peak / (1024 if sys.platform == "linux" else 1024**2)
    kept = open_(folder / "vintages")
    return England(folder, built, kept, partnership, seconds, megabytes)


def places(releases: list[pl.DataFrame], recomputation: ModuleType) -> pl.DataFrame:
    """Every area of the releases with its kind; regions and councils stand under England."""
    named = pl.concat([one.select("place", "place_name") for one in releases])
    once = named.unique("place", keep="first", maintain_order=True)
    below = pl.col("kind").is_in(["region", "council"])
    return (
        once.with_columns(kind=recomputation.kind())
        .select(
            code="place",
            name="place_name",
            kind=pl.col("kind").replace("England", "country"),
        )
        .with_columns(parent=pl.when(below).then(pl.lit("E92000001")))
        .sort("code")
    )


@pytest.fixture(scope="module")
def ranked(england: England) -> pl.DataFrame:
    """Every whole figure of a council beside all councils."""
    frame = england.kept.read("benchmarks")
    return frame.filter((pl.col("breakdown") == WHOLE) & (pl.col("basis") == "computed"))


def test_the_folder_is_in_order_and_builds_on_two_cores_in_a_minute(england: England) -> None:
    assert check(england.folder, lambda *_: None).mistakes == []
    assert england.built.mistakes == ()
    print(f"built in {england.seconds:.1f} s, peak {england.megabytes:.0f} MB")  # noqa: T201
    assert england.seconds < 60
    assert england.megabytes < 2000


def test_the_areas_are_england_nine_regions_and_the_councils(england: England) -> None:
    kinds = Counter(one.kind for one in england.partnership.places.values())
    assert (kinds["country"], kinds["region"]) == (1, 9)
    assert kinds["council"] >= 152


# Quartiles


def test_every_council_with_a_figure_has_a_quartile_in_every_measure(
    england: England, ranked: pl.DataFrame
) -> None:
    councils = [one.code for one in england.partnership.places.values() if one.kind == "council"]
    figures = england.kept.read("values").filter(
        pl.col("place").is_in(councils)
        & pl.col("value").is_not_null()
        & (pl.col("breakdown") == WHOLE)
    )
    aims = {id: one.aim for id, one in england.partnership.measures.items()}
    beside = figures.join(ranked, on=CELL, how="left", suffix="_ranked")
    assert beside.height == figures.height
    assert set(figures["measure"]) == set(aims), "a measure has no figure of any council"
    assert beside["with_value"].null_count() == 0
    without = beside.filter(pl.col("quartile").is_null())
    # A group of fewer than four with a figure has no quartiles: it says so.
    assert without.filter(pl.col("with_value") >= 4).select("measure").unique().rows() == []
    assert without["note"].null_count() == 0
    assert set(beside["quartile"].drop_nulls()) == {"top", "second", "third", "bottom"}


def test_every_row_names_its_group_its_size_and_its_rule(ranked: pl.DataFrame) -> None:
    assert set(ranked["comparator"]) == {"england"}
    assert ranked["members"].n_unique() == 1
    assert ranked["members"].min() >= 152
    assert ranked["with_value"].is_between(0, ranked["members"]).all()
    with_quartile = ranked.filter(pl.col("quartile").is_not_null())
    assert with_quartile["quartile_rule"].null_count() == 0
    assert with_quartile["quartile_rule"].n_unique() == 1
    assert with_quartile["quartile_rule"].str.starts_with(f"{next(iter(RULES))}: ").all()
    assert with_quartile["comparator_rule"].null_count() == 0


def test_a_council_without_a_figure_never_ranks_and_says_why(ranked: pl.DataFrame) -> None:
    without = ranked.filter(pl.col("value").is_null())
    assert without.height > 1000
    for column in ("rank", "quartile", "gap", "gap_people"):
        assert without[column].null_count() == without.height
    assert without["note"].str.contains("No figure, so no rank.").all()
    assert ranked.filter(pl.col("value").is_not_null())["rank"].null_count() == 0


def test_quality_of_life_says_that_152_councils_share_25_values(ranked: pl.DataFrame) -> None:
    latest = ranked.filter(
        (pl.col("measure") == "quality_of_life")
        & (pl.col("period") == "2024-04-01/P1Y")
        & pl.col("rank").is_not_null()
    )
    assert (latest.height, latest["value"].n_unique()) == (152, 25)
    told = "152 members share 25 values: a quartile does not separate them."
    assert latest["note"].str.contains(told, literal=True).all()


@pytest.mark.parametrize("code", ["2B", "2C"])
def test_the_fewest_admissions_to_care_homes_rank_first(
    code: str, england: England, ranked: pl.DataFrame
) -> None:
    measure = next(
        one for one in england.partnership.measures.values()
        if any((c.scheme, c.code) == ("ASCOF from 2023-24", code) for c in one.codes)
    )  # fmt: skip
    assert measure.aim == "lower"
    rows = ranked.filter(
        (pl.col("measure") == measure.id)
        & (pl.col("period") == "2024-04-01/P1Y")
        & pl.col("rank").is_not_null()
    ).sort("value")
    assert rows["rank"].is_sorted()
    assert (rows["rank"][0], rows["quartile"][0], rows["quartile"][-1]) == (1, "top", "bottom")
    order = {"top": 1, "second": 2, "third": 3, "bottom": 4}
    assert rows["quartile"].replace_strict(order).is_sorted()
    assert rows["gap"].filter(rows["quartile"] != "top").min() > 0
    answer = questions.compare(england.folder, measure.id, "2024/25")
    assert answer.rows[0]["rank"] == 1


def test_each_measure_is_ranked_the_way_its_aim_says(
    england: England, ranked: pl.DataFrame
) -> None:
    """Figures that read the same share a rank: so they are ranked as they are shown."""
    sign = {"higher": -1, "lower": 1}
    signs = {id: sign[one.aim] for id, one in england.partnership.measures.items()}
    steps = {id: 10.0**one.decimals for id, one in england.partnership.measures.items()}
    shown = (pl.col("value") * pl.col("measure").replace_strict(steps) + 0.5 + 1e-9).floor()
    known = ranked.filter(pl.col("rank").is_not_null()).with_columns(
        badness=shown * pl.col("measure").replace_strict(signs)
    )
    by_hand = pl.col("badness").rank("min").over("measure", "period").cast(pl.Int64)
    assert known.filter(pl.col("rank") != by_hand).is_empty()


# Absence


def test_each_kind_of_absence_is_kept_as_often_as_the_files_have_it(
    england: England,
    recomputation: ModuleType,
    workbook: pl.DataFrame,
    open_data: pl.DataFrame,
    tidy: pl.DataFrame,
) -> None:
    """VALUES, the editions they replaced and the copies set aside are all that was printed."""
    named = [recomputation.named(one, england.partnership.measures)
             for one in (workbook, open_data, tidy)]  # fmt: skip
    printed = pl.concat([one.select(*CELL, "edition", "absent") for one in named])
    once = printed.unique([*CELL, "edition"])
    assert once.height == printed.unique().height, "two releases differ about one edition"
    values, superseded = england.kept.read("values"), england.kept.read("superseded")
    made = values.filter(pl.col("method") != "as reported").filter(pl.col("source").is_null())
    assert made.is_empty(), "a figure was made that no file has"
    kept = Counter(values["absent"].to_list()) + Counter(superseded["absent"].to_list())
    assert kept == Counter(once["absent"].to_list())
    latest = once.sort("edition").unique(CELL, keep="last")
    assert Counter(values["absent"].to_list()) == Counter(latest["absent"].to_list())
    assert all(kept[word] for word in ("suppressed", "not available", "not applicable"))
    absent = values.filter(pl.col("absent").is_not_null())
    assert (absent["value"].null_count(), absent["why"].null_count()) == (absent.height, 0)
    assert values.filter(pl.col("absent").is_null())["value"].null_count() == 0


def test_the_workbook_alone_has_as_many_marks_in_the_values_as_in_the_file(
    england: England, workbook: pl.DataFrame
) -> None:
    values = england.kept.read("values").filter(pl.col("source") == "workbook")
    assert values.height == workbook.height
    assert Counter(values["absent"].to_list()) == Counter(workbook["absent"].to_list())


# Editions


def test_copies_of_a_release_are_set_aside_once_with_the_reason(england: England) -> None:
    aside = england.kept.read("rejected")
    reasons = Counter(
        (source, reason.rpartition(" of source ")[2])
        for source, reason in aside.select("source", "reason").iter_rows()
    )
    assert reasons == {("tidy-totals", "workbook"): 24744, ("tidy-totals", "open-data"): 3486}
    assert aside["reason"].str.starts_with("the row says the same as row ").all()
    assert set(aside["kind"]) == {"copy"}  # and none of them is a row to be mended


def test_both_editions_of_the_125_restated_values_are_kept(
    england: England, recomputation: ModuleType
) -> None:
    values = england.kept.read("values").filter(pl.col("source") == "workbook")
    both = (
        england.kept.read("superseded")
        .filter((pl.col("period") < "2019-04-01/P1Y") & pl.col("reported").is_not_null())
        .filter(recomputation.kind() == "council")
        .join(values.filter(pl.col("value").is_not_null()), on=CELL, suffix="_later")
    )
    assert (both["edition"] < both["edition_later"]).all()
    restated = both.filter(pl.col("reported") != pl.col("value"))
    # 5,453, and ten printed with an empty bracket: see test_editions.
    assert (both.height, restated.height) == (5463, 125)
    assert restated.select("measure", "period").unique().rows() == [
        ("quality_of_life_adjusted", "2016-04-01/P1Y")
    ]


# Trends


@pytest.mark.parametrize("said", ["2B(1)", "2D(1)", "still_at_home_after_reablement_65"])
def test_a_trend_from_day_91_to_client_level_data_is_refused(
    said: str, england: England, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["trend", said, "England", "--in", str(england.folder)]) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert "2020/21 and 2024/25 cannot be compared. A different measure: client level data" in told
    assert run(["trend", said, "England", "--in", str(england.folder), "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    parts = {row["period"]: (row["series"], row["figure"]) for row in rows}
    assert parts["2020/21"] == (1, "79.1")
    assert parts["2024/25"] == (2, "60.7")
    assert "cannot be compared" in next(r["begins"] for r in rows if r["series"] == 2)


def test_the_change_across_the_break_is_not_judged(england: England) -> None:
    verdicts = england.kept.read("verdicts").filter(
        (pl.col("measure") == "still_at_home_after_reablement_65")
        & (pl.col("period") == "2024-04-01/P1Y")
    )
    assert verdicts.height >= 1
    assert set(verdicts["direction"]) == {"not assessed"}
    assert verdicts["change"].null_count() == verdicts.height


# Funnels


@pytest.mark.parametrize(
    "id",
    [
        "at_home_18_64", "at_home_65", "care_home_admissions_18_64", "care_home_admissions_65",
        "direct_payments_users", "learning_disability_at_home_18_64",
        "residential_providers_good_or_outstanding",
    ],
)  # fmt: skip
def test_the_average_of_a_funnel_of_all_councils_is_the_figure_published_for_england(
    id: str, england: England
) -> None:
    measure = england.partnership.measures[id]
    councils = [one.code for one in england.partnership.places.values() if one.kind == "council"]
    values = england.kept.read("values").filter(
        (pl.col("measure") == id)
        & (pl.col("period") == "2024-04-01/P1Y")
        & (pl.col("breakdown") == WHOLE)
    )
    found = funnel(values.filter(pl.col("place").is_in(councils)), measure, councils)
    assert isinstance(found, Funnel)
    whole = values.filter(pl.col("place") == "E92000001")["value"].item()
    # The councils' counts are published to the nearest 5, England's figure from those unrounded.
    assert found.average == pytest.approx(whole, rel=0.002)
    assert found.members >= 140 and found.over_dispersion is not None
    # Councils differ by more than chance: widened limits leave out fewer of them.
    assert found.is_widened and found.outside < found.outside_of_chance


# The same again


def test_a_second_build_is_the_same_vintage_and_counts_nothing_again(england: England) -> None:
    again = build(england.folder)
    assert (again.name, again.seal) == (england.built.name, england.built.seal)
