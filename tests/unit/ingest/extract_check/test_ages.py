"""Ages in whole years, at the edges of a birthday."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from outturn.ingest.extract_check.rules.ages import age_on


@pytest.mark.parametrize(
    ("birth", "day", "age"),
    [
        (date(1961, 4, 21), date(2026, 4, 20), 64),
        (date(1961, 4, 20), date(2026, 4, 20), 65),
        (date(1961, 12, 1), date(2026, 1, 31), 64),
        (date(2000, 2, 29), date(2026, 2, 28), 25),
        (date(2000, 2, 29), date(2026, 3, 1), 26),
        (date(1900, 1, 1), date(2026, 4, 20), 126),
        (date(2026, 4, 21), date(2026, 4, 20), -1),
        (None, date(2026, 4, 20), None),
    ],
)
def test_a_person_is_a_year_older_on_the_birthday_itself(birth, day, age):
    frame = pl.DataFrame({"read date_of_birth": pl.Series([birth], dtype=pl.Date), "on": [day]})
    assert frame.select(age_on(pl.col("on"))).item() == age
