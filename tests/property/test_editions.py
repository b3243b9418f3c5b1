"""What a reader of two editions can work out, against every pair of tables that fits them."""

from __future__ import annotations

from itertools import product

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from outturn.framework import Partnership
from outturn.framework.model import Measure, Place, Tally
from outturn.judgement.disclosure import CLOSED, PROVED, people_counted, released
from outturn.judgement.withheld_besides import Edition, recoverable
from outturn.statistics.disclosure_policies import PRESETS
from outturn.terms.records import COUNTS, KEYS, WHOLE, fitted

YEAR = "2020-04-01/P1Y"
MOST = 26  # a count of a place that is tried; more than any of these needs to stay unknown
PLACES = ("A", "B", "HOME")
NAMES = ["none", "social care", "hospital", "ehrql", "scotland"]


def partnership(preset, places=PLACES):
    measure = Measure("people", "People", "1", "count", "people", "none", roll_up="sum",
                      numerator=Tally("stays", "count"))  # fmt: skip
    above = {code: {} if code == "HOME" else {"main": "HOME"} for code in places}
    known = {code: Place(code, code, "place", parents) for code, parents in above.items()}
    return Partnership(
        "Vale", "HOME", disclosure=preset, measures={"people": measure}, places=known
    )


def counts(a, b):
    rows = [
        {
            "measure": "people", "place": place, "period": YEAR, "breakdown": WHOLE,
            "category": WHOLE, "numerator": float(count),
        }
        for place, count in zip(PLACES, (a, b, a + b), strict=True)
    ]  # fmt: skip
    return fitted(pl.DataFrame(rows), COUNTS)


PAIRS = st.tuples(st.integers(0, 12), st.integers(0, 12))
FLAGS = st.lists(st.booleans(), min_size=3, max_size=3)
EDITIONS = st.tuples(PAIRS, st.sampled_from(NAMES), FLAGS)


def edition(pair, name, told):
    rows = counts(*pair)
    policy, folder = PRESETS[name], partnership(name)
    return Edition(rows, np.array(told), np.zeros(3, bool), policy, folder)


def alike(policy, count):
    """The counts that a policy publishes as it does this one; this one alone, where it is small."""
    every = np.arange(2 * MOST)
    if policy.is_small([count])[0]:
        return every == count
    return ~policy.is_small(every) & (policy.rounded(every) == policy.rounded([count])[0])


def by_trying(first, second, policy):
    """The (place, edition) whose count can be worked out: each of every table is tried."""
    a, b, c, d = np.meshgrid(*[np.arange(MOST)] * 4, indexing="ij", sparse=True)
    values = ((a, b, a + b), (c, d, c + d))
    true = [one.rows["numerator"].to_numpy().astype(int) for one in (first, second)]
    same = true[0] == true[1]  # whose count is the same in both is one cell
    fits = np.ones([MOST] * 4, bool)
    for one, numbers, counted in zip((first, second), values, true, strict=True):
        for place in np.flatnonzero(one.told):
            fits &= alike(one.policy, counted[place])[numbers[place]]
    for place in np.flatnonzero(same):
        fits &= values[0][place] == values[1][place]
    found = set()
    for of, place in product(range(2), range(3)):
        if not policy.is_small(true[of][place]):
            continue
        wanted = policy.leaves - 1
        if first.told[place] and (of == 0 or same[place]):  # what was told cannot be taken back
            before = np.flatnonzero(alike(first.policy, true[of][place]))
            wanted = min(wanted, np.ptp(before))
        told = second.told[place] and (of == 1 or same[place])
        left = np.ptp(np.broadcast_to(values[of][place], fits.shape)[fits])
        if told or left < wanted:
            found.add((PLACES[place], of))
    return found


@settings(max_examples=60)
@given(EDITIONS, EDITIONS, st.booleans(), st.sampled_from(NAMES[1:]))
def test_the_audit_of_two_editions_finds_what_trying_every_table_does(one, other, again, name):
    """Whatever each tells, and by whatever policy it does; some counts are the same in both."""
    if again:
        other = (one[0], *other[1:])
    first, second = edition(*one), edition(*other)
    result = recoverable([first, second], partnership(name), PRESETS[name])
    found = set(result.found.select("place", "edition").iter_rows())
    assert found == by_trying(first, second, PRESETS[name])
    last = second.rows["place"].is_in([place for place, of in found if of == 1])
    assert result.rows.tolist() == last.to_list()


@given(PAIRS, PAIRS, st.sampled_from(NAMES), st.sampled_from(NAMES[1:]), st.booleans())
def test_a_build_leaves_open_what_it_says_and_no_more(one, other, name, now, proved):
    """The second edition may be by another policy, and may have lost a place."""
    before = partnership(name)
    rows = counts(*one)
    told = released(rows, before, [], {}, besides=PROVED).told
    first = as_published(rows, told, before)
    folder = partnership(now, PLACES[1:]) if other[0] == 0 else partnership(now)
    rows = counts(*other).filter(pl.col("place").is_in(list(folder.places)))
    made = released(rows, folder, [], {}, [first], besides=PROVED if proved else CLOSED)
    result = recoverable([first, as_published(rows, made.told, folder)], folder, PRESETS[now])
    assert result.found.select(KEYS).unique().height == made.unprotected


def as_published(rows, told, folder):
    found, public = people_counted(rows, folder, [], {})
    shown = (told["absent"] != "suppressed").fill_null(True).to_numpy()
    return Edition(found, shown, public, PRESETS[folder.disclosure], folder)
