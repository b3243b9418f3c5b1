"""Scottish benchmarks and bed days: means of family groups, rates, totals never to be added."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import polars as pl
import pytest

from outturn.contracts import read_contracts
from outturn.contracts.model import Contract
from outturn.framework.model import Condition, Measure, Place, Tally
from outturn.framework.totals import totals_mistakes
from outturn.judgement.values import values
from outturn.terms.records import COUNTS, fitted
from outturn.terms.written_periods import parse

pytestmark = pytest.mark.published

SW8 = "days_in_hospital_when_ready_75"
TABLE = "delayed_discharge_bed_days"
SHARED_YEARS = ("2017/18", "2018/19", "2019/20", "2020/21")


@pytest.fixture(scope="module")
def contract() -> Contract:
    contracts, mistakes = read_contracts(None)
    assert mistakes == []
    return contracts[TABLE]


def years_of_bed_days(bed_days: pl.DataFrame, age_group: str) -> pl.DataFrame:
    """Bed days for all reasons by place and financial year."""
    day = pl.col("period").str.slice(0, 10).str.to_date()
    start = day.dt.year() - (day.dt.month() < 4).cast(pl.Int32)
    year = pl.format("{}/{}", start, ((start + 1) % 100).cast(pl.String).str.zfill(2))
    rows = bed_days.filter(
        (pl.col("age_group") == age_group) & (pl.col("delay_reason") == "All Delay Reasons")
    )
    return rows.group_by("place", year.alias("year")).agg(pl.col("bed_days").sum()).rename(
        {"year": "period"}
    )  # fmt: skip


def test_404_family_group_figures_are_the_mean_of_their_members(
    family_groups: pl.DataFrame,
) -> None:
    """Each indicator has its own groups, so each is made with its own places."""
    checked, worst = 0, 0.0
    for indicator in family_groups["measure"].unique():
        rows = family_groups.filter(pl.col("measure") == indicator)
        group = pl.col("place").str.starts_with("LGBF family group")
        made = means(rows.filter(pl.col("place").str.starts_with("S12")), indicator)
        both = rows.filter(group).join(made, on=["place", "period"], suffix="_made")
        checked += both.height
        worst = max(worst, (both["value"] - both["value_made"]).abs().max())
    assert checked == 404
    assert worst < 1e-9


def means(councils: pl.DataFrame, indicator: str) -> pl.DataFrame:
    """What outturn makes of the councils' figures for their groups, by its own rule."""
    labels = {parse(label).key: label for label in councils["period"].unique()}
    keys = {label: key for key, label in labels.items()}
    councils = councils.with_columns(pl.col("period").replace_strict(keys))
    measure = Measure(
        id=indicator, title=indicator, definition="lgbf", kind="ratio", unit="", aim="none",
        reported=True, aggregate="mean of members",
    )  # fmt: skip
    groups = dict(councils.select("place", "note").unique().iter_rows())
    places = {
        code: Place(code, code, "council", {"family group": group})
        for code, group in groups.items()
    }
    places |= {group: Place(group, group, "family group") for group in groups.values()}
    asked = councils.select("measure", "period", pl.col("note").alias("place")).unique()
    counts = pl.concat(
        [
            fitted(councils.drop("numerator", "denominator").rename({"value": "reported"}), COUNTS),
            fitted(asked.with_columns(breakdown=pl.lit("all"), category=pl.lit("all")), COUNTS),
        ]
    )
    made = values(counts, measures={indicator: measure}, places=places, hierarchy="family group")
    return made.filter(pl.col("place").is_in(list(groups.values()))).select(
        "place", pl.col("period").replace_strict(labels), "value"
    )


def test_every_family_group_has_eight_members(family_groups: pl.DataFrame) -> None:
    councils = family_groups.filter(pl.col("place").str.starts_with("S12"))
    sizes = councils.group_by("measure", "period", "note").len()["len"].unique()
    assert sizes.to_list() == [8]


def test_bed_days_of_sw8_equal_those_of_public_health_scotland(
    lgbf: pl.DataFrame, bed_days: pl.DataFrame
) -> None:
    published = lgbf.filter(
        (pl.col("measure") == SW8)
        & pl.col("period").is_in(SHARED_YEARS)
        & pl.col("place").str.starts_with("S12")
    )
    both = published.join(years_of_bed_days(bed_days, "75plus"), on=["place", "period"])
    assert both.height == 128
    assert both.filter(pl.col("numerator") != pl.col("bed_days")).height == 0


def test_scotland_leaves_out_the_unknown_council_until_2019_20(
    lgbf: pl.DataFrame, bed_days: pl.DataFrame
) -> None:
    scotland = lgbf.filter((pl.col("measure") == SW8) & (pl.col("place") == "S92000003"))
    both = scotland.join(years_of_bed_days(bed_days, "75plus"), on=["place", "period"])
    gaps = both.filter(pl.col("period").is_in(SHARED_YEARS)).sort("period")
    assert (gaps["bed_days"] - gaps["numerator"]).to_list() == [199, 131, 270, 0]


def test_sw8_is_bed_days_over_population(
    lgbf: pl.DataFrame, recomputation: ModuleType, measures: dict[str, Measure]
) -> None:
    rows = recomputation.recomputed(lgbf.filter(pl.col("measure") == SW8), measures)
    assert rows.height == 264
    assert rows["gap"].max() <= 0.005 + 1e-9
    known = {("S12000047", "2019/20"): 714.73, ("S12000014", "2018/19"): 1177.90,
             ("S12000047", "2020/21"): 556.38}  # fmt: skip
    for (place, period), rate in known.items():
        cell = rows.filter((pl.col("place") == place) & (pl.col("period") == period))
        assert cell["figure"].item() == pytest.approx(rate, abs=0.005)


@pytest.mark.parametrize(
    ("code", "worst"), [("SW1", 1e-11), ("SW2", 1e-11), ("SW5", 1e-11), ("SW6", 0.00005 + 1e-9)]
)
def test_other_indicators_follow_from_their_parts(
    code: str,
    worst: float,
    lgbf: pl.DataFrame,
    recomputation: ModuleType,
    measures: dict[str, Measure],
) -> None:
    rows = recomputation.recomputed(lgbf.filter(pl.col("code") == code), measures)
    assert rows.height == 363
    assert rows["gap"].max() <= worst


def test_every_council_name_has_a_code(lgbf: pl.DataFrame, family_groups: pl.DataFrame) -> None:
    assert lgbf["place"].n_unique() == 33
    assert lgbf.filter(~pl.col("place").str.contains(r"^S\d{8}$")).height == 0
    named = family_groups.filter(~pl.col("place").str.starts_with("LGBF family group"))
    assert named.filter(~pl.col("place").str.contains(r"^S\d{8}$")).height == 0


def test_totals_stand_among_the_details(bed_days: pl.DataFrame) -> None:
    """Adding every row gives four times the truth: the reason why such a sum is refused."""
    scotland = bed_days.filter(pl.col("place") == "S92000003")
    truth = scotland.filter(
        (pl.col("age_group") == "18plus") & (pl.col("delay_reason") == "All Delay Reasons")
    )["bed_days"].sum()
    assert scotland["bed_days"].sum() == 4 * truth == 4 * 5193620


def test_scotland_is_the_councils_and_the_unknown(bed_days: pl.DataFrame) -> None:
    key = ["period", "age_group", "delay_reason"]
    of_scotland = pl.col("place") == "S92000003"
    parts = bed_days.filter(~of_scotland).group_by(key).agg(pl.col("bed_days").sum().alias("parts"))
    both = bed_days.filter(of_scotland).join(parts, on=key)
    assert (both.height, both.filter(pl.col("bed_days") == pl.col("parts")).height) == (1650, 1650)
    unknown = bed_days.filter(pl.col("place") == "unknown")
    assert unknown.height == 1650


def test_financial_years_of_scotland(bed_days: pl.DataFrame) -> None:
    years = years_of_bed_days(bed_days, "18plus").filter(pl.col("place") == "S92000003")
    found = dict(years.select("period", "bed_days").iter_rows())
    assert {year: found[year] for year in ("2017/18", "2020/21", "2024/25")} == {
        "2017/18": 494123, "2020/21": 358426, "2024/25": 720119,
    }  # fmt: skip


PINNED = Condition("age_group", "is", ("75plus",))
ALL_REASONS = Condition("delay_reason", "is", ("All Delay Reasons",))


@pytest.mark.parametrize(
    "where",
    [(), (PINNED,), (ALL_REASONS,), (PINNED, Condition("delay_reason", "present"))],
    ids=["neither", "age only", "reason only", "reason present"],
)
def test_a_sum_across_totals_is_refused(
    where: tuple[Condition, ...], contract: Contract, measures: dict[str, Measure]
) -> None:
    tally = Tally(TABLE, "sum", "bed_days", where)
    measure = measures["delayed_discharge_bed_days_75"]
    assert list(totals_mistakes(measure, "numerator", tally, contract))


def test_no_national_measure_adds_across_totals(
    contract: Contract, measures: dict[str, Measure]
) -> None:
    counted = [one for one in measures.values() if one.numerator and one.numerator.table == TABLE]
    assert len(counted) == 6
    for one in counted:
        assert one.numerator
        assert list(totals_mistakes(one, "numerator", one.numerator, contract)) == []


def test_population_75_and_over_is_read_for_the_rate(data: Path, recomputation: ModuleType) -> None:
    people = recomputation.read(data, "lgbf population 75 and over")
    fife = people.filter((pl.col("place") == "S12000047") & (pl.col("period") == "2019/20"))
    assert fife.select("age_group", "sex", "people").row(0) == ("75plus", "all", 33793.0)
    assert people.height == 264
