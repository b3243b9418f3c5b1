"""The national measures shipped with outturn: a code is an alias, a break is data."""

from __future__ import annotations

from collections import Counter

import pytest

from outturn.framework.model import Measure
from outturn.terms.written_periods import parse

OLD = "ASCOF to 2022-23"
NEW = "ASCOF from 2023-24"
# Reused codes: the same code, another measure (None where the bare code was only a family).
REUSED = ("1B", "1D", "1E", "2D", "3A", "3B", "4B")
FROM_CLIENT_LEVEL_DATA = (
    "no_further_support_after_reablement", "care_home_admissions_18_64",
    "care_home_admissions_65", "still_at_home_after_reablement_65",
    "offered_reablement_after_discharge_65", "learning_disability_at_home_18_64",
    "self_directed_support_users", "direct_payments_users",
)  # fmt: skip
CARER_SURVEY = (
    "carers_quality_of_life", "satisfaction_of_carers", "carers_included",
    "easy_to_find_information_carers", "social_contact_of_carers",
)  # fmt: skip
USER_SURVEY = (
    "quality_of_life", "quality_of_life_adjusted", "satisfaction_of_users",
    "control_over_daily_life", "easy_to_find_information_users", "feel_safe",
    "social_contact_of_users",
)  # fmt: skip


def coded(measures: dict[str, Measure], scheme: str) -> dict[str, str]:
    return {
        code.code: id for id, one in measures.items() for code in one.codes if code.scheme == scheme
    }


def test_a_code_of_a_scheme_means_one_measure(measures: dict[str, Measure]) -> None:
    codes = Counter((code.scheme, code.code) for one in measures.values() for code in one.codes)
    assert [code for code, count in codes.items() if count > 1] == []


@pytest.mark.parametrize("code", REUSED)
def test_a_reused_code_means_another_measure_in_the_other_scheme(
    code: str, measures: dict[str, Measure]
) -> None:
    old = coded(measures, OLD)
    new = coded(measures, NEW)
    before = {id for one, id in old.items() if one == code}
    after = {id for one, id in new.items() if one == code}
    assert before != after


def test_only_1a_and_4a_keep_code_and_meaning(measures: dict[str, Measure]) -> None:
    old, new = coded(measures, OLD), coded(measures, NEW)
    assert sorted(code for code in old if old[code] == new.get(code)) == ["1A", "4A"]


@pytest.mark.parametrize("id", FROM_CLIENT_LEVEL_DATA)
def test_2024_25_does_not_compare_with_earlier_years(id: str, measures: dict[str, Measure]) -> None:
    measure = measures[id]
    found = measure.break_between(parse("2022/23"), parse("2024/25"))
    assert found is not None and found.kind == "break"
    assert measure.break_between(parse("2018/19"), parse("2022/23")) is None
    assert measure.definition_in(parse("2018/19")) == "salt-2014"
    assert measure.definition_in(parse("2024/25")) == "cld-2024"


@pytest.mark.parametrize("id", CARER_SURVEY)
def test_the_carer_survey_breaks_in_2016_17(id: str, measures: dict[str, Measure]) -> None:
    measure = measures[id]
    assert measure.break_between(parse("2014/15"), parse("2016/17")) is not None
    assert measure.break_between(parse("2016/17"), parse("2023/24")) is None
    assert measure.definition_in(parse("2014/15")) == "reviewed-carers-2014"


@pytest.mark.parametrize("id", USER_SURVEY)
def test_2020_21_is_a_gap_of_the_user_survey(id: str, measures: dict[str, Measure]) -> None:
    measure = measures[id]
    assert measure.break_between(parse("2019/20"), parse("2020/21")) is not None
    assert measure.break_between(parse("2020/21"), parse("2021/22")) is not None
    across = measure.break_between(parse("2019/20"), parse("2021/22"))
    assert (across is not None) == (id == "quality_of_life_adjusted")


def test_every_measure_says_what_is_confirmed_and_what_is_not(
    measures: dict[str, Measure],
) -> None:
    parts = {id for id, one in measures.items() if one.not_recomputed.startswith("It is a count")}
    silent = [
        id
        for id, one in measures.items()
        if id not in parts
        and not any(word in note for note in one.notes for word in ("confirmed", "not disputed"))
    ]
    assert silent == []
