"""What a reader knows of published counts, and sets of cells, beside plain Python."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from outturn.statistics.disclosure_cells import common, firsts, of_sets, shown_by
from outturn.statistics.disclosure_policies import PRESETS

POLICIES = st.sampled_from([one for _, one in sorted(PRESETS.items())])
COUNTS = st.lists(st.tuples(st.integers(0, 60), st.booleans()), min_size=1, max_size=12)
MARKED = st.lists(st.tuples(st.integers(0, 4), st.booleans()), min_size=1, max_size=12)


@given(POLICIES, POLICIES, COUNTS)
def test_a_reader_of_two_editions_knows_the_count_no_less_well_and_never_wrongly(
    policy, other, counts
):
    count = np.array([float(one) for one, _ in counts])
    exact = np.array([told for _, told in counts])
    first, second = (shown_by(one, count, exact) for one in (policy, other))
    both = common(first, second)
    for one in (first, second, both):
        assert (one.lower <= count).all() and (count <= one.upper).all()
        assert (one.lower[exact] == count[exact]).all()
    assert (
        both.upper - both.lower <= np.minimum(*(e.upper - e.lower for e in (first, second)))
    ).all()
    for number, (known, told) in enumerate(counts):
        if not told and not bool(policy.is_small(count)[number]):
            alike = [
                n for n in range(200)
                if policy.rounded(np.array([float(n)]))[0] == policy.rounded(count)[number]
                and not bool(policy.is_small(np.array([float(n)]))[0])
            ]  # fmt: skip
            assert first.lower[number] <= min(alike) and max(alike) <= first.upper[number]
            assert known in alike


@given(MARKED)
def test_sets_with_a_marked_cell_are_found_whole_and_each_has_one_first(cells):
    sets = np.array([one for one, _ in cells], np.int64)
    marked = np.array([flag for _, flag in cells])
    having = {one for one, flag in cells if flag}
    assert of_sets(sets, marked).tolist() == [one in having for one, _ in cells]
    assert firsts(sets, marked).tolist() == [cells.index((one, True)) for one in sorted(having)]
