"""Whatever a measure or a method of the library reads, some row of a simulated council decides.

Else the truths would be found by a rule that is wrong or not there. Three things are asked of each
nation's council together: that every column that a derivation reads is filled; that every
condition of a measure, and every word in it, decides some row that meets the others; and that no
word can be taken out of a method without another table coming out. What stays out is named here,
with the reason, and nothing else: a new measure, method or word must be met, or be named.
"""

from __future__ import annotations

from collections.abc import Iterator, Set
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from outturn.commands.folder import Folder, sound_folder
from outturn.commands.simulate import simulate
from outturn.databases import DuckDB
from outturn.framework.model import Condition, Measure, Tally
from outturn.ingest import ingest
from outturn.ingest.derivations import DERIVATIONS
from outturn.ingest.derivations.columns import WITHOUT, read_by
from outturn.ingest.derivations.derive import derive
from outturn.ingest.derivations.methods import read_methods
from outturn.ingest.derivations.model import Asked, Method

pytestmark = pytest.mark.slow

SEED, PEOPLE = 4, 6_000
COUNCILS: dict[str, dict[str, Any]] = {
    "england": {"people": PEOPLE, "untidy": True},
    "scotland": {"people": PEOPLE},
    "release 1": {"people": 400, "release": 1, "quarterly": True},
}
EVERY, _ = read_methods({})
# A table that is usually supplied is one of records, and is simulated, not what it may be made of.
METHODS = {table: one for table, one in EVERY.items() if not one.usually_supplied}
INSTEAD = {table for one in EVERY.values() if one.usually_supplied for table in one.given}

_VERSIONS = ("_2023_24", "_intended")
_QUICK = "nobody who is assessed for reablement still waits on the last day"
_OF_REVIEWS = (
    "NFA: Information and advice or signposting",
    "NFA: Referral to other service within the local authority",
)

# Columns that no council has, by table and column, and why.
_CONVERSATIONS = "no council that works by conversations is simulated"
EMPTY: dict[tuple[str, ...], str] = {
    ("cld", "conversation"): _CONVERSATIONS,
    ("home_care", "in_part"): "weeks are simulated whole: those made of visits may be in part",
}

# Conditions and words of measures that decide nothing, by measure, part, column and word, and why.
_BOTH = ("numerator", "denominator")
_TWICE = "the other conditions leave the same out, by the way in which the table is made"
_NOBODY = "nobody with support is under 18 or is told of after death"
UNDECIDED: dict[tuple[str, ...], str] = {
    **{(f"2c_care_home_admissions_65{version}", "denominator", "age_group", "65plus"):
       "the population may come in other groups of ages" for version in ("", *_VERSIONS)},
    **{(f"2a_no_further_support_after_reablement{version}", "numerator", "left_out", "absent"):
       _TWICE for version in ("", "_2023_24")},
    **{(one, side, "left_out", "absent"): _TWICE for side in _BOTH for one in (
        "2d_1_still_at_home_after_reablement_65", "2e_1_learning_disability_at_home_18_64",
        "2e_1_learning_disability_at_home_18_64_2023_24", "2e_2a_at_home_18_64",
        "2e_2b_at_home_65",
    )},
    **{(f"{one}{version}", *condition): why
       for one in ("3d_1b_self_directed_support_carers", "3d_2b_direct_payments_carers")
       for version in ("", *_VERSIONS) for condition, why in (
           (("numerator", "left_out", "absent"), _NOBODY),
           (("denominator", "left_out", "absent"), _TWICE),
           (("denominator", "kind", "at_most 3"), _TWICE),
       )},
    ("3d_2a_direct_payments_users", "numerator", "left_out", "absent"):
        "nobody in prison or in a care home has a direct payment",
    **{(f"wait_open_first_{what}", "numerator", "left_out", "absent"):
       "nobody of these councils died waiting" for what in ("response", "service")},
    **{(f"cco_{one}_to_standard", "denominator", "assessment_completed_on", "present"):
       "nothing is judged before it is completed"
       for one in ("q1_assessments", "q2_carers_assessments")},
    ("cco_r3_repeat_admissions_not_assessed_65", "denominator", "assessed", "present"):
        "it is absent only in a place without any assessment",
    ("ni_17", "denominator", "rating", "present"): "none_of asks for a rating as well",
    **{(f"sequel_{one}", "denominator", "sequel", "present"): "none_of asks for a sequel as well"
       for one in ("delay", "meet", "prevent", "reduce")},
    **{(measure, "numerator", "question", f"is {question}"): "no other question has these answers"
       for measure, question in (("cco_s1_feel_safe", "feel safe"),
                                 ("survey_feel_safe", "feel safe"),
                                 ("survey_satisfaction", "satisfaction"))},
}  # fmt: skip

# Words that can be taken out of a method, by table, parameter and word, and why.
_WAITS = ("first_response_waits", "first_response_waits_intended", "open_waits")
_PRISON = "Long term support: Prison"
_FREED = "nobody comes to social care or to hospital from prison: few are there, and none is old"
_EARLIER = "the method of 2023-24 has few sequels here but services, reviews and planned ends"
_NOT_FROM_HOMES = "nobody has reablement after a care home"
SPARE: dict[tuple[str, ...], str] = {
    **{(f"cld_people{version}", "lesser", "Social support: Support to unpaid carer"):
       "nobody is both a client and a carer" for version in ("", "_2023_24")},
    **{(f"{one}_england", "complex", "NONE"): "no code of England asks for a second one"
       for one in ("delay_bed_days", "delay_census")},
    **{(table, name, word): _CONVERSATIONS for table in _WAITS
       for name in ("progress_of_request", "conversation_progress_to_service")
       for word in EVERY[table].parameters[name]},
    **{(table, "progress_to_service", "Continuation of support or services"):
       "no assessment of a new client has this outcome" for table in _WAITS},
    **{(table, "client_months", _PRISON): _FREED for table in _WAITS},
    ("open_waits", "assessment_types", "Short term assessment"): _QUICK,
    ("open_waits", "progress_to_service", "Progress to reablement/ST-Max"): _QUICK,
    ("older_discharges", "care_at_admission", _PRISON): _FREED,
    **{(f"reablement_outcomes{version}", name, _PRISON): _FREED for version in ("", "_2023_24")
       for name in ("dependent", "services", "long_term")},
    **{(f"reablement_outcomes{version}", "long_term", f"Long term support: {home} care"):
       _NOT_FROM_HOMES for version in ("", "_2023_24") for home in ("Nursing", "Residential")},
    ("reablement_outcomes", "services", "Short term support: ST-Max"):
        "reablement so soon after other reablement belongs to the same episode",
    ("reablement_outcomes", "ended_as_planned", "NFA: Support ended as planned"):
        "an episode that ended as planned has no other sequel",
    ("reablement_outcomes", "independent", "NFA: Responsibility moved to another local authority"):
        "four in a thousand episodes end so: none of this council",
    ("reablement_outcomes_2023_24", "conflicting", "NFA: Other"): _EARLIER,
    **{("reablement_outcomes_2023_24", name, word): _EARLIER
       for name in ("outcome_order", "own_outcomes_beside_events")
       for word in EVERY["reablement_outcomes_2023_24"].parameters[name]},
    **{("reablement_outcomes_2023_24", "outcomes_of_events", word): _EARLIER
       for word in EVERY["reablement_outcomes_2023_24"].parameters["outcomes_of_events"]
       if word not in _OF_REVIEWS},
    **{("reablement_outcomes_2023_24", "independent", f"NFA: {word}"): _EARLIER for word in (
        "Responsibility moved to another local authority", "Other",
        "No services offered for other reason", "Support ended for other reason",
    )},
}  # fmt: skip

# Parameters that are no words of rows, and why.
NO_WORDS: dict[str, str] = {
    "age_groups": "ages, by which rows are parted",
    "age_bands": "ages, by which rows are parted",
    "first_day": "a day",
    "conversations_before": "a day",
    "reasons": "a nation, whose list of codes is meant",
    "fallback": "a way of knowing people, chosen of several",
    "known_values_only": "columns: a text outside their lists is a fault of an extract",
    "whole_lists": "columns: a text outside their lists is a fault of an extract",
    "left_out_submissions": "submissions with known faults",
}


@dataclass(frozen=True)
class World:
    folder: Folder
    as_of: date
    tables: dict[str, pl.DataFrame]  # of records and derived
    database: DuckDB  # which holds them all

    @property
    def measures(self) -> dict[str, Measure]:
        every = self.folder.partnership.measures
        return {id: one for id, one in every.items() if one.numerator}

    def made(self, method: Method) -> pl.DataFrame:
        """What a method makes of the tables that this council has."""
        plan = DERIVATIONS[method.derivation](self.database, Asked(method, self.as_of))
        for name, frame in plan.tables.items():
            self.database.table(name, frame)
        return self.database.run(plan.steps, plan.last)


@pytest.fixture(scope="module")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, World]]:
    made: dict[str, World] = {}
    for name, asked in COUNCILS.items():
        into = tmp_path_factory.mktemp("councils") / name.replace(" ", "_")
        nation = "scotland" if name == "scotland" else "england"
        simulate(into, nation=nation, seed=SEED, **asked)
        made[name] = _world(into)
    yield made
    for world in made.values():
        world.database.close()


def _world(path: Path) -> World:
    folder = sound_folder(path)
    partnership, contracts = folder.partnership, folder.contracts
    as_of = partnership.as_of
    assert as_of
    records = ingest(path, partnership, contracts).tables
    database = DuckDB()
    made = derive(METHODS, records, methods=METHODS, contracts=contracts, as_of=as_of,
                  database=database)  # fmt: skip
    return World(folder, as_of, {**records, **made}, database)


def _told(found: Set[tuple[str, ...]], named: dict[Any, str]) -> str:
    """What was found and is not named, and what is named and was not found."""
    missing = [f"{' / '.join(one)} is not met" for one in sorted(found - named.keys())]
    return "\n".join(missing + [f"{one} is met after all" for one in sorted(named.keys() - found)])


def test_every_column_that_a_derivation_reads_is_filled(worlds: dict[str, World]) -> None:
    columns = {(table, one) for table, names in WITHOUT.items() for one in names
               if table not in INSTEAD}  # fmt: skip
    for method in METHODS.values():
        columns |= {(table, one) for table, read in read_by(method) for one in read.columns}
    empty = {
        (table, column)
        for table, column in columns
        if not any(
            table in world.tables and world.tables[table][column].count()
            for world in worlds.values()
        )
    }
    said = _told(empty, EMPTY)
    assert not said, said


def _holds(one: Condition) -> pl.Expr:
    """Whether a row meets a condition: written apart from the engines."""
    column, bounds = pl.col(one.column), one.bounds
    match one.word:
        case "is" | "one_of":
            found = column.is_in(bounds)
        case "is_not" | "none_of":
            found = ~column.is_in(bounds)
        case "at_least":
            found = column >= bounds[0]
        case "at_most":
            found = column <= bounds[0]
        case "above":
            found = column > bounds[0]
        case "below":
            found = column < bounds[0]
        case "between":
            found = (column >= bounds[0]) & (column <= bounds[1])
        case "present" | "absent":
            found = column.is_not_null() if one.word == "present" else column.is_null()
    return found.fill_null(False)


def _undecided(rows: pl.DataFrame, tally: Tally) -> Iterator[tuple[str, str]]:
    """Conditions that no row fails alone, and words of which no row is that meets the others."""
    for nth, one in enumerate(tally.where):
        others = [_holds(each) for each in (*tally.where[:nth], *tally.where[nth + 1 :])]
        left = rows.filter(*others) if others else rows
        if left.filter(_holds(one)).height == left.height:
            yield one.column, f"{one.word} {', '.join(map(str, one.bounds))}".strip()
        if one.word in ("is", "one_of", "is_not", "none_of"):
            there = set(left[one.column].unique())
            yield from ((one.column, str(word)) for word in one.bounds if word not in there)


def test_every_condition_of_a_measure_decides_a_row(worlds: dict[str, World]) -> None:
    """In one council or another, and so in one tally of the measure or another."""
    found: dict[tuple[str, str], list[set[tuple[str, str]]]] = {}
    for world in worlds.values():
        for id, measure in world.measures.items():
            for side in ("numerator", "denominator"):
                tally = getattr(measure, side)
                if tally and tally.table in world.tables:
                    undecided = set(_undecided(world.tables[tally.table], tally))
                    found.setdefault((id, side), []).append(undecided)
    never = {(id, side, *each) for (id, side), each_world in found.items()
             for each in set.intersection(*each_world)}  # fmt: skip
    said = _told(never, UNDECIDED)
    assert not said, said


def _without(method: Method) -> Iterator[tuple[str, str, Method]]:
    """The method without each of its words in turn: the parameter and the word that is not there.

    A single word gives way to one that no row has; days and groups of ages are no words.
    """
    for name, value in method.parameters.items():
        if name in NO_WORDS:
            continue
        for word, rest in _taken_out(value):
            yield name, word, replace(method, parameters={**method.parameters, name: rest})


def _taken_out(value: Any) -> Iterator[tuple[str, Any]]:
    match value:
        case str():
            yield value, "no such word"
        case list():
            for nth, one in enumerate(value):
                word = one if isinstance(one, str) else ", ".join(one)
                rest = [*value[:nth], *value[nth + 1 :]]
                yield word, rest or ["no such word"]  # a list that is empty is no method's
        case dict():
            for word in value:
                yield word, {key: one for key, one in value.items() if key != word}


def _differ(some: pl.DataFrame, others: pl.DataFrame) -> bool:
    by = ["source", "row", *(one for one in some.columns if one not in ("source", "row"))]
    try:
        assert_frame_equal(some.sort(by), others.sort(by))
    except AssertionError:
        return True
    return False


def test_no_word_can_be_taken_out_of_a_method(worlds: dict[str, World]) -> None:
    never = set()
    for table, method in METHODS.items():
        told = [world for world in worlds.values() if table in world.tables]
        assert told, f"{table} is made in no council"
        kept = {id(world): world.made(method) for world in told}
        for name, word, other in _without(method):
            if not any(_differ(kept[id(world)], world.made(other)) for world in told):
                never.add((table, name, word))
    said = _told(never, SPARE)
    assert not said, said
