"""Every vector of disclosure control, row by row, exactly."""

from __future__ import annotations

import pytest

from conformance.vectors import ABSENT, folder, rows
from outturn.statistics.disclosure_policies import policy_of
from outturn.statistics.suppression import central_suppression


def test_central_suppression_of_nhs_digital():
    if folder() is None:
        pytest.skip(ABSENT)
    for row in rows("sdc_nhsdigital_central_suppression"):
        count = [float(row["value"])]
        if row["expected"] == "ERROR":
            with pytest.raises(ValueError):
                central_suppression(count)
        else:
            assert central_suppression(count).tolist() == [float(row["expected"])], row


def test_counts_of_ascof_to_the_nearest_five():
    if folder() is None:
        pytest.skip(ABSENT)
    policy = policy_of('name = "nearest 5"\nbelow = 0\nround_to = 5')
    for row in rows("sdc_ascof_round5"):
        found = policy.rounded([float(row["value"])]).tolist()
        assert found == [float(row["expected_round5"])], row
