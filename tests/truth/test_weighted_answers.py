"""The effective number of a survey's answers, against a direct count of the answers themselves.

Here the answers that a council's simulation wrote are read one by one, in plain Python and in
fractions, and nothing of the engines is used. The build counts, withholds and judges them.
"""

from __future__ import annotations

import csv
import math
from collections import defaultdict
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from laying import with_libraries
from outturn.commands.build import build
from outturn.commands.simulate import simulate
from outturn.vintages import open_, resolve

pytestmark = pytest.mark.slow

# Each measure's question, and the answers that it counts, as the source of it has them.
MEASURES = {
    "england": {
        "survey_satisfaction": ("satisfaction", {"extremely or very satisfied"}),
        "survey_control": ("control over daily life", {"as much as I want", "adequate"}),
        "survey_feel_safe": ("feel safe", {"as safe as I want"}),
        "survey_social_contact": ("social contact", {"as much as I want"}),
    },
    "scotland": {
        "cco_s1_feel_safe": ("feel safe", {"as safe as I want", "yes"}),
        "cco_s2_involved": ("involved in the plan", {"satisfied", "very satisfied"}),
        "cco_s3_social_contact": (
            "social contact", {"as much as I want", "satisfied", "very satisfied"},
        ),
    },
}  # fmt: skip
Cell = tuple[str, str, str, str]  # measure, financial year, breakdown, category
Z_95 = {"england": 1.959963984540054, "scotland": 1.96}


@pytest.fixture(scope="module", params=["england", "scotland"])
def council(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The nation, the Counts and Values of a build, and the answers by cell, read one by one."""
    nation: str = request.param
    folder: Path = tmp_path_factory.mktemp("council") / nation
    simulate(folder, people=1_000, seed=2, nation=nation)
    with_libraries(folder, "local_services", "community_care_outcomes")
    settings = folder / "outturn.toml"
    start, _, rest = settings.read_text(encoding="utf-8").partition('disclosure = "')
    settings.write_text(f'{start}disclosure = "none"{rest.partition(chr(34))[2]}', "utf-8")
    build(folder)
    kept = open_(folder / "vintages", resolve(folder / "vintages"))
    ours = pl.col("measure").is_in(list(MEASURES[nation]))
    frames = [kept.scan(name).filter(ours).collect() for name in ("counts", "values")]
    return nation, *frames, _answers(folder / "data" / "survey_responses.csv", MEASURES[nation])


def _answers(
    file: Path, measures: Mapping[str, tuple[str, set[str]]]
) -> dict[Cell, list[tuple[Fraction, bool]]]:
    """The weight of each answer, and whether it is counted, by measure, year and part."""
    found: dict[Cell, list[tuple[Fraction, bool]]] = defaultdict(list)
    with file.open(encoding="utf-8", newline="") as opened:
        for row in csv.DictReader(opened):
            year, month = int(row["answered_on"][:4]), int(row["answered_on"][5:7])
            period = f"{year - (month < 4)}-04-01/P1Y"
            for measure, (question, counted) in measures.items():
                if row["question"] != question or not row["weight"]:
                    continue
                answer = (Fraction(row["weight"]), row["answer"] in counted)
                found[measure, period, "all", "all"].append(answer)
                found[measure, period, "age", row["age_group"] or "Unknown"].append(answer)
                found[measure, period, "sex", row["sex"] or "Unknown"].append(answer)
    return found


def _cells(frame: pl.DataFrame) -> dict[Cell, dict[str, Any]]:
    rows = frame.filter(pl.col("period").str.ends_with("-04-01/P1Y")).iter_rows(named=True)
    return {(r["measure"], r["period"], r["breakdown"], r["category"]): r for r in rows}


def test_the_squares_of_the_weights_are_those_of_the_answers_one_by_one(council: Any) -> None:
    _, counts, _, answers = council
    found = _cells(counts)
    assert len(found) > 3
    for cell, row in found.items():
        weights = [weight for weight, _ in answers[cell]]
        assert row["answers"] == len(weights)
        assert row["rows"] == len(weights) + sum(yes for _, yes in answers[cell])
        assert Fraction(row["squares"]).limit_denominator(10**6) == sum(w * w for w in weights)


def test_the_effective_number_and_its_limits_are_those_of_a_direct_count(council: Any) -> None:
    """The limits solve Wilson's score equation for the share and Kish's number of the answers."""
    nation, _, values, answers = council
    unequal = 0
    for cell, row in _cells(values).items():
        weights = [weight for weight, _ in answers[cell]]
        total = sum(weights)
        number = total**2 / sum(w * w for w in weights)
        share = sum(weight for weight, yes in answers[cell] if yes) / total
        assert math.isclose(row["effective"], number, rel_tol=1e-12)
        assert math.isclose(row["value"], 100 * share, rel_tol=1e-12)
        assert row["interval"] == (
            f"Wilson, 95%, effective number of answers by Kish ({nation.title()})"
        )
        for limit in (row["lower"] / 100, row["upper"] / 100):
            if 0 < limit < 1:
                error = Z_95[nation] * math.sqrt(limit * (1 - limit) / number)
                assert math.isclose(abs(float(share) - limit), error, rel_tol=1e-9)
        unequal += number < 0.97 * len(weights)
    assert unequal > 3  # the weights of the simulated survey are far from equal
