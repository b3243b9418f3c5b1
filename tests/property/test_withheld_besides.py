"""Whatever the counts, a public build changes nothing of a row but to withhold it whole."""

from __future__ import annotations

from itertools import product

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from outturn.framework import Partnership
from outturn.framework.model import Measure, Place, Tally
from outturn.judgement.disclosure import CLOSED, PROVED, may_be_told, people_counted, released
from outturn.judgement.withheld_besides import WITHHELD_BESIDES, Edition, recoverable
from outturn.statistics.disclosure_policies import PRESETS
from outturn.terms.records import COUNTS, WHOLE, fitted

YEAR = "2020-04-01/P1Y"
PLACES = {
    "HOME": Place("HOME", "Vale", "partnership"),
    "A": Place("A", "North", "locality", {"main": "HOME"}),
    "B": Place("B", "South", "locality", {"main": "HOME"}),
}
KINDS = st.one_of(st.integers(0, 30), st.sampled_from(["not available", "not applicable"]))


def partnership(preset):
    measure = Measure("people", "People", "1", "count", "people", "none", roll_up="sum",
                      numerator=Tally("stays", "count"))  # fmt: skip
    return Partnership(
        "Vale", "HOME", disclosure=preset, measures={"people": measure}, places=PLACES
    )


@st.composite
def counted(draw):
    """Counts of two places and the one above them by age, some of them absent."""
    parts = {key: draw(KINDS) for key in product("AB", ["18-64", "65+"])}
    rows = []
    for place, category in product(("HOME", "A", "B"), (WHOLE, "18-64", "65+")):
        within = [parts[p, c] for p, c in parts if place in ("HOME", p) and category in (WHOLE, c)]
        found = within[0] if len(within) == 1 else sum(one for one in within if one in range(31))
        number = found if isinstance(found, int) else None
        rows.append({
            "measure": "people", "place": place, "period": YEAR, "category": category,
            "breakdown": WHOLE if category == WHOLE else "age",
            "numerator": None if number is None else float(number),
            "absent": found if number is None else None,
            "why": "No figure was supplied." if number is None else None,
        })  # fmt: skip
    return fitted(pl.DataFrame(rows, infer_schema_length=None), COUNTS)


@given(counted(), st.sampled_from(["social care", "hospital", "ehrql", "scotland"]), st.booleans())
def test_a_row_is_withheld_whole_or_stays_and_what_is_absent_stays_absent(rows, preset, proved):
    folder = partnership(preset)
    before = may_be_told(rows, folder, [], {})
    told = released(rows, folder, [], {}, besides=PROVED if proved else CLOSED).told
    for old, new in zip(before.iter_rows(named=True), told.iter_rows(named=True), strict=True):
        if new["absent"] == "suppressed":
            assert new["numerator"] is None
            assert old["absent"] in (None, "suppressed")
            assert new["why"] == WITHHELD_BESIDES or new == old
        else:
            assert new == old


@given(counted(), st.sampled_from(["social care", "hospital", "ehrql", "scotland"]))
def test_no_row_of_a_public_build_is_recoverable_that_could_be_protected_at_all(rows, preset):
    """Where one of two places has no ages and the other has all there are, the one must be 0."""
    folder, policy = partnership(preset), PRESETS[preset]
    told = released(rows, folder, [], {}, besides=PROVED).told
    found, public = people_counted(rows, folder, [], {})
    shown = (told["absent"] != "suppressed").fill_null(True).to_numpy()
    left = recoverable([Edition(found, shown, public)], folder, policy).rows
    nothing = Edition(found, shown & False, public)
    assert not (left & ~recoverable([nothing], folder, policy).rows).any()
