"""Every England value of the published series, from the release that is latest for it."""

from __future__ import annotations

import polars as pl
import pytest

pytestmark = pytest.mark.published

YEARS = (
    "2014/15", "2015/16", "2016/17", "2017/18", "2018/19", "2019/20", "2020/21", "2021/22",
    "2022/23", "2023/24", "2024/25",
)  # fmt: skip
# Department of Health and Social Care, and NHS England (formerly NHS Digital); OGL v3.0.
# A dash is a year without a value. Series that break stand on one line only for reading.
PUBLISHED = """
quality_of_life                        19.1 19.1 19.1 19.1 19.1 19.1 - 18.9 19.0 19.1 19.0
quality_of_life_adjusted               - - 0.404 0.405 0.403 0.401 - 0.407 0.411 0.417 0.419
carers_quality_of_life                 7.9 - 7.7 - 7.5 - - 7.3 - 7.3 -
satisfaction_of_users                  64.7 64.4 64.7 65.0 64.3 64.2 - 63.9 64.4 65.4 65.1
satisfaction_of_carers                 41.2 - 39.0 - 38.6 - - 36.3 - 36.7 -
no_further_support_after_reablement    74.6 75.8 77.8 77.8 79.6 - 74.9 - - - 77.1
care_home_admissions_18_64             14.2 13.3 12.8 14.0 13.9 - 13.3 - - - 17.0
care_home_admissions_65                668.8 628.2 610.7 585.6 579.4 - 498.2 - - - 592.5
still_at_home_after_reablement_65      82.1 82.7 82.5 82.9 82.4 - 79.1 - - - 60.7
offered_reablement_after_discharge_65  3.1 2.9 2.7 2.9 2.8 - 3.1 - - - 5.7
learning_disability_at_home_18_64      73.3 75.4 76.2 77.2 77.4 - 78.3 - - - 81.4
at_home_18_64                          - - - - - - - - - - 77.4
at_home_65                             - - - - - - - - - - 60.3
control_over_daily_life                77.3 76.6 77.7 77.7 77.6 77.3 - 76.9 77.2 77.6 77.3
carers_included                        72.3 - 70.6 - 69.7 - - 64.7 - 66.4 -
easy_to_find_information_users         74.5 73.5 73.5 73.3 69.7 68.4 - 64.6 67.2 67.9 67.8
easy_to_find_information_carers        65.5 - 64.2 - 62.5 - - 57.7 - 59.1 -
self_directed_support_users            83.7 86.9 89.4 89.7 89.0 - 92.2 - - - 82.4
self_directed_support_carers           77.4 77.7 83.1 83.4 83.3 - 87.1 - - - -
direct_payments_users                  26.3 28.1 28.3 28.5 28.3 - 26.6 - - - 24.5
direct_payments_carers                 66.9 67.4 74.3 74.1 73.4 - 75.3 - - - -
feel_safe                              68.5 69.2 70.1 69.9 70.0 70.2 - 69.2 69.7 71.1 70.1
services_make_people_feel_safe         84.5 85.4 86.4 86.3 86.9 - - - - - -
safeguarding_risk_reduced              - - - - - - - - - 91.2 91.2
social_contact_of_users                44.8 45.4 45.4 46.0 45.9 45.9 - 40.6 44.4 45.6 45.4
social_contact_of_carers               38.5 - 35.5 - 32.5 - - 28.0 - 30.0 -
care_staff_leaving                     - - - - - - - - - 24.8 23.7
residential_providers_good_or_outstanding - - - - - - - - - 80.3 81.7
learning_disability_in_paid_work       6.0 5.8 5.7 6.0 5.9 - 5.1 - - - -
mental_health_in_paid_work             6.8 6.7 - 7.0 8.0 - 9.0 - - - -
mental_health_living_independently     59.7 58.6 - 57.0 58.0 - 58.0 - - - -
delayed_transfers_of_care              11.1 12.1 14.9 12.3 10.3 - - - - - -
delayed_transfers_social_care          3.7 4.7 6.3 4.3 3.1 - - - - - -
delayed_transfers_joint                - - - 0.9 0.8 - - - - - -
"""


@pytest.fixture(scope="module")
def england(ascof: pl.DataFrame) -> dict[tuple[str, str], float]:
    rows = ascof.filter((pl.col("place") == "E92000001") & pl.col("value").is_not_null())
    latest = rows.sort("edition").unique(["measure", "period"], keep="last")
    return {(row[0], row[1]): row[2] for row in latest.select("measure", "period", "value").rows()}


@pytest.mark.parametrize("line", PUBLISHED.strip().splitlines(), ids=lambda line: line.split()[0])
def test_england_has_exactly_the_published_values(
    line: str, england: dict[tuple[str, str], float]
) -> None:
    measure, *values = line.split()
    published = {
        year: float(value) for year, value in zip(YEARS, values, strict=True) if value != "-"
    }
    found = {year: england[measure, year] for year in YEARS if (measure, year) in england}
    assert found == published


def test_no_england_value_is_left_over(england: dict[tuple[str, str], float]) -> None:
    listed = {line.split()[0] for line in PUBLISHED.strip().splitlines()}
    assert {measure for measure, _ in england} == listed
