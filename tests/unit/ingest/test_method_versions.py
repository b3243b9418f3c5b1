"""Two versions of one method differ where their notes say so, and nowhere else."""

from __future__ import annotations

import pytest

from outturn.ingest.derivations.methods import read_methods

METHODS, _ = read_methods({})
# A version, the one that it is a version of, and the parameters in which they differ.
VERSIONS = [
    ("care_home_admissions_intended", "care_home_admissions", {"count_missing_component"}),
    ("carer_support_years_intended", "carer_support_years", {"count_missing_component"}),
    ("carer_support_years_2023_24", "carer_support_years", {"count_ends_before_start"}),
    ("first_response_waits_intended", "first_response_waits", {"count_missing_outcome"}),
    ("open_waits", "first_response_waits", set()),
    (
        "self_directed_support_2023_24",
        "self_directed_support",
        {"youngest", "count_without_birth"},
    ),
]


@pytest.mark.parametrize(("table", "other", "differ"), VERSIONS)
def test_a_version_differs_only_where_it_says_so(table: str, other: str, differ: set[str]) -> None:
    own, others = METHODS[table].parameters, METHODS[other].parameters
    assert list(own) == list(others)
    assert {name for name in own if own[name] != others[name]} == differ
