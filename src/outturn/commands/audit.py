"""`outturn audit`: whether a small count can be worked out of a kept build and those before it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from outturn.commands.audience import told_to
from outturn.commands.folder import STORE
from outturn.commands.opened import Answer, Opened, open_build, part_said, place_name, short_title
from outturn.contracts import read_contracts
from outturn.framework import read_texts
from outturn.judgement.disclosure import edition
from outturn.judgement.withheld_besides import Edition, recoverable
from outturn.statistics.disclosure_policies import PRESETS
from outturn.terms.errors import raise_all
from outturn.terms.records import KEYS
from outturn.vintages import found, open_


@dataclass(frozen=True)
class Audited:
    """What an audit found: a table for a person, with a row for each cell that can be worked out.

    No row has a count: whoever reads the answer learns where to look, not what is there.
    """

    answer: Answer
    policy: str
    cells: int
    withheld: int
    passed_over: tuple[str, ...] = ()  # sentences about what was not looked at

    @property
    def summary(self) -> dict[str, Any]:
        return {
            "policy": self.policy,
            "cells": self.cells,
            "withheld": self.withheld,
            "recoverable": self.answer.rows,
            "passed_over": list(self.passed_over),
        }


def audit(
    path: Path, vintage: str = "", *, audience: str = "", earlier: Sequence[str] = ()
) -> Audited:
    """Hold a kept build against its policy, with the `earlier` builds that its readers have too.

    The policy is that of the audience that the build was made for, or of the one named.
    """
    opened = open_build(path, vintage)
    made_for = dict(opened.kept.arguments).get("audience", "")
    partnership = told_to(opened.partnership, audience or made_for)
    policy = PRESETS[partnership.disclosure]
    editions = [*editions_of(path, earlier), edition_of(path, opened.kept.name)]
    result = recoverable(editions, partnership, policy)
    rows = editions[-1].rows.filter(pl.Series(result.rows, dtype=pl.Boolean))
    told = [_told(opened, row) for row in rows.select(KEYS).sort(KEYS).iter_rows(named=True)]
    passed_over = tuple(str(one) for one in result.passed_over)
    notes = (
        _for_whom(audience or made_for, policy.name),
        _editions(len(earlier)),
        f"{result.cells:,} counts, {result.withheld:,} of them withheld, "
        f"{result.small:,} because they are small.",
        _found(len(told)) if policy.withholds else "This policy withholds nothing.",
        *passed_over,
    )
    columns = ("measure", "place", "period", "part")
    return Audited(
        Answer(columns, told, opened.partnership.name, notes=notes),
        policy.name,
        result.cells,
        result.withheld,
        passed_over,
    )


def editions_of(path: Path, names: Sequence[str]) -> list[Edition]:
    """The named builds of a folder, as each was published."""
    return [edition_of(path, name) for name in names]


def edition_of(path: Path, name: str) -> Edition:
    """One kept build: its counts as found, and which of them were told."""
    kept = open_(path / STORE, name)
    partnership, mistakes = read_texts(dict(kept.definitions))
    contracts, wrong = read_contracts(dict(kept.definitions))
    raise_all([*mistakes, *wrong])
    return edition(found(path / STORE, name), kept.read("counts"), partnership, contracts)


def _told(opened: Opened, row: dict[str, Any]) -> dict[str, Any]:
    return {
        "measure": short_title(opened, row["measure"]),
        "place": place_name(opened, row["place"]),
        "period": opened.label(row["period"]),
        "part": part_said(row),
    }


def _for_whom(audience: str, policy: str) -> str:
    whom = f"the audience '{audience}'" if audience else "every audience"
    return f"For {whom}, by the policy '{policy}'."


def _editions(earlier: int) -> str:
    if not earlier:
        return "No earlier build was taken into account: name those that are published."
    return f"With {earlier} earlier {'build' if earlier == 1 else 'builds'}."


def _found(number: int) -> str:
    if not number:
        return "None of them can be worked out from what is published."
    return f"{number:,} can be worked out from what is published: those above."
