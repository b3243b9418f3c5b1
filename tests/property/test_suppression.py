"""What a policy withholds of counts, and the nearest of neighbours and the edge of a quartile."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from outturn.statistics.disclosure_policies import PRESETS, policies, policy_of
from outturn.statistics.nearest import likeness
from outturn.statistics.quantiles import RANK_SHARE, RULES, quartile_column, top_edge
from outturn.statistics.suppression import central_suppression, in_answers, is_small, suppress
from outturn.terms.records import COUNTS, fitted

COUNT = st.none() | st.integers(0, 40).map(float)
NAMES = sorted(PRESETS)


def frame(rows):
    """COUNTS of numerators, denominators and everything that goes with them."""
    drawn = {
        "numerator": [one for one, _, _ in rows],
        "denominator": [two for _, two, _ in rows],
        "rows": [three for _, _, three in rows],
    }
    kinds = {"numerator": pl.Float64, "denominator": pl.Float64, "rows": pl.Int64}
    counts = pl.DataFrame(drawn, schema=kinds).with_columns(
        reported=pl.lit(1.5), margin=pl.lit(0.5), lower=pl.lit(1.0), upper=pl.lit(2.0)
    )
    return fitted(counts, COUNTS)


ROWS = st.lists(st.tuples(COUNT, COUNT, st.none() | st.integers(0, 40)), min_size=1, max_size=8)


@given(ROWS, st.sampled_from(NAMES))
def test_a_cell_is_withheld_whole_where_a_side_is_small_and_rounded_else(rows, preset):
    counts, rule = frame(rows), PRESETS[preset]
    found = suppress(counts, preset)
    assert found.schema == counts.schema and found.height == counts.height
    sides = [counts[name].fill_null(np.nan).to_numpy() for name in ("numerator", "denominator")]
    small = rule.is_small(sides[0]) | rule.is_small(sides[1])
    assert (found["absent"] == "suppressed").fill_null(False).to_list() == small.tolist()
    hidden = found.filter(pl.Series(small))
    for name in ("numerator", "denominator", "reported", "margin", "lower", "upper", "rows"):
        assert hidden[name].null_count() == hidden.height
    told = found.filter(pl.Series(~small))
    for name, side in zip(("numerator", "denominator"), sides, strict=True):
        expected = rule.rounded(side[~small]) if rule.withholds else side[~small]
        np.testing.assert_array_equal(told[name].fill_null(np.nan).to_numpy(), expected)
    assert told["lower"].null_count() == 0


@given(ROWS, st.sampled_from(NAMES))
def test_what_a_source_published_and_a_number_of_days_are_left_alone(rows, preset):
    counts = frame(rows)
    assert suppress(counts, preset, published=pl.lit(True)).equals(counts)
    ranked = suppress(counts, preset, ranked=pl.lit(True))
    told = ranked["absent"].is_null()
    assert ranked["numerator"].filter(told).equals(counts["numerator"].filter(told))


@given(st.lists(COUNT, min_size=1), st.sampled_from(NAMES))
def test_an_expression_and_a_column_say_alike_what_is_small(counts, preset):
    rule = PRESETS[preset]
    if not rule.withholds:
        return
    drawn = pl.DataFrame({"n": counts}, schema={"n": pl.Float64})
    by_column = rule.is_small(drawn["n"].fill_null(np.nan).to_numpy())
    assert drawn.select(is_small(pl.col("n"), rule))["n"].to_list() == by_column.tolist()


@given(st.lists(st.integers(0, 5_000_000), min_size=1))
def test_the_central_rule_tells_zero_and_multiples_of_five_near_by_and_keeps_order(counts):
    given_counts = np.sort(np.array(counts, float))
    found = central_suppression(given_counts)
    assert (found % 5 == 0).all()
    assert ((found == 0) == (given_counts == 0)).all()
    few = (given_counts > 0) & (given_counts < 8)
    assert (found[few] == 5).all()
    assert (np.abs(found - given_counts)[~few] <= 2).all()
    assert (np.diff(found) >= 0).all()


@given(st.lists(st.tuples(st.none() | st.integers(0, 9), st.integers(0, 9)), min_size=1))
def test_answers_stand_in_place_of_their_weights_and_only_there(drawn):
    rows = [
        {"numerator": 7.5, "denominator": 9.5, "answers": answers, "rows": (answers or 0) + yes}
        for answers, yes in drawn
    ]
    kinds = {"numerator": pl.Float64, "denominator": pl.Float64}
    whole = {"answers": pl.Int64, "rows": pl.Int64}
    counts = fitted(pl.DataFrame(rows, schema=kinds | whole), COUNTS)
    found = in_answers(counts)
    for (answers, yes), row in zip(drawn, found.iter_rows(named=True), strict=True):
        sides = (7.5, 9.5) if answers is None else (float(yes), float(answers))
        assert (row["numerator"], row["denominator"]) == sides
    rest = pl.exclude("numerator", "denominator")
    assert found.select(rest).equals(counts.select(rest))


@given(
    st.integers(0, 20), st.integers(1, 10), st.booleans(), st.booleans(), st.integers(0, 9),
    st.text("abc XYZ", min_size=1),
)  # fmt: skip
def test_a_policy_is_what_its_text_says(below, round_to, zero_shown, secondary, leaves, name):
    said = {"below": below, "round_to": round_to, "leaves_values": leaves}
    said |= {"zero_shown": str(zero_shown).lower(), "secondary": str(secondary).lower()}
    text = "\n".join([f'name = "{name}"', *(f"{word} = {value}" for word, value in said.items())])
    found = policy_of(text)
    assert (found.name, found.below, found.round_to) == (name, below, round_to)
    assert (found.zero_shown, found.secondary) == (zero_shown, secondary)
    assert found.leaves == (leaves or below + 1)
    with pytest.raises(ValueError, match="a policy has no"):
        policy_of(text + "\nother = 1")


def test_the_policies_that_come_with_outturn_are_each_named_by_themselves_least_strict_first():
    for name, one in policies().items():
        assert one.name == name and one.words and one.source
    assert [one.below for one in policies().values()] == sorted(
        one.below for one in policies().values()
    )


AREAS = st.integers(2, 6).flatmap(
    lambda columns: st.lists(
        st.lists(st.integers(0, 50), min_size=columns, max_size=columns), min_size=2, max_size=8
    )
)


@given(AREAS, st.data())
def test_likeness_is_mutual_and_knows_no_units(rows, data):
    areas = np.array(rows, float)
    size = {"min_size": areas.shape[1], "max_size": areas.shape[1]}
    weights = np.array(data.draw(st.lists(st.integers(1, 5), **size)), float)
    one, other = (data.draw(st.integers(0, len(areas) - 1)) for _ in range(2))
    found = likeness(areas, one, weights)
    assert found.distance[one] == 0 and (found.distance >= 0).all()
    back = likeness(areas, other, weights).distance[one]
    np.testing.assert_allclose(found.distance[other], back, atol=1e-9)
    scaled = likeness(areas * 8.0 + 3.0, one, weights * 2.0)
    np.testing.assert_allclose(scaled.distance, found.distance, atol=1e-9)
    lacking = areas.copy()
    lacking[other, 0] = np.nan
    assert np.isnan(likeness(lacking, one, weights).distance[other])


@given(
    st.lists(st.tuples(st.integers(0, 2), st.none() | st.integers(0, 9)), min_size=1),
    st.sampled_from(sorted(RULES)),
)
def test_whoever_is_at_the_top_edge_or_better_is_in_the_top_quartile(drawn, rule):
    scores = pl.DataFrame(
        drawn, schema={"group": pl.Int64, "score": pl.Float64}, orient="row", strict=False
    )
    found = scores.with_columns(
        edge=top_edge(pl.col("score"), ["group"], rule),
        quartile=quartile_column(pl.col("score"), ["group"], rule),
    ).filter(pl.col("score").is_not_null())
    assert ((found["score"] <= found["edge"]) == (found["quartile"] == "top")).all()
    if rule == RANK_SHARE:
        of_group = pl.col("score").filter(pl.col("quartile") == "top").max().over("group")
        assert found.select(of_group)["score"].to_list() == found["edge"].to_list()
