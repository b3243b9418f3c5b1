from __future__ import annotations

import numpy as np
import pytest

from outturn.statistics.track_records import reliability, track_record

NAN = float("nan")


def test_a_record_counts_what_can_be_compared():
    found = track_record(
        forecast=[[110.0, 95.0, 100.0, 5.0], [NAN] * 4],
        lower=[90.0, 90.0, NAN, 0.0],
        upper=[105.0, 100.0, 110.0, 9.0],
        outturn=[100.0, 100.0, 100.0, 0.0],
    )
    assert found.forecasts.tolist() == [2, 0]
    assert found.error.tolist() == pytest.approx([7.5, NAN], nan_ok=True)
    assert found.bias.tolist() == pytest.approx([2.5, NAN], nan_ok=True)
    assert found.coverage.tolist() == pytest.approx([1.0, NAN], nan_ok=True)
    assert found.is_short.all()


def test_an_outturn_on_a_limit_is_inside():
    found = track_record([100.0, 100.0], [90.0, 90.0], [110.0, 110.0], [90.0, 110.1])
    assert float(found.coverage) == 0.5


def test_limits_the_wrong_way_round_are_refused():
    with pytest.raises(ValueError, match="above its upper"):
        track_record([1.0], [2.0], [1.0], [1.0])


def test_certain_forecasts_fall_in_the_last_part():
    found = reliability([1.0, 0.0, 0.5, NAN], [True, False, True, True], parts=4)
    assert found.forecasts.tolist() == [1, 0, 1, 1]
    assert np.isnan(found.said[1]) and np.isnan(found.low[1])
    assert found.happened[[0, 2, 3]].tolist() == [0.0, 1.0, 1.0]


def test_honest_probabilities_lie_within_the_limits():
    rng = np.random.default_rng(1)
    said = rng.random(20_000)
    found = reliability(said, rng.random(20_000) < said)
    inside = (found.happened >= found.low) & (found.happened <= found.high)
    assert inside.sum() >= 9


def test_what_is_no_probability_is_refused():
    with pytest.raises(ValueError, match="between 0 and 1"):
        reliability([1.1], [True])
    with pytest.raises(ValueError, match="two parts"):
        reliability([0.1], [True], parts=1)
