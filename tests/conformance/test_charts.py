"""Every vector file of control charts and recent trends, row by row, at its stated tolerance."""

from __future__ import annotations

import pytest

from conformance.checks_of_charts import CHECKS
from conformance.vectors import ABSENT, Check, folder

ROWS = {"spc_xmr_input": 20, "spc_assurance": 24, "ptd_rules": 37}
ROWS |= {"fingertips_trend_marker_input": 5}


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.files[0])
def test_every_row_comes_out_as_expected(check: Check):
    if folder() is None:
        pytest.skip(ABSENT)
    outcomes = check.outcomes()
    assert len(outcomes) == ROWS[check.files[0]]
    assert [name for name, passed in outcomes if not passed] == sorted(check.differences)
