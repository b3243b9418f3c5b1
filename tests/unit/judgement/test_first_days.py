"""The first days of all, which are in no financial year that a calendar holds."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from outturn.framework.model import DeclaredEvent
from outturn.judgement.known_events import come
from outturn.terms.period import APRIL
from outturn.terms.records import VALUES


@pytest.mark.parametrize("events", [[], [DeclaredEvent("m", date(1, 1, 1), "It began.")]])
def test_no_event_is_told_of_before_the_first_financial_year(events):
    none = pl.DataFrame(schema=VALUES)
    found = come(none, events, measures={}, calendar=APRIL, as_of=date(1, 1, 1), home="H")
    assert found.is_empty()
