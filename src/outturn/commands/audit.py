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

KNOWN = "Which these are, and which it does not know: docs/explanation/disclosure.md"


@dataclass(frozen=True)
class Audited:
    """What an audit found: a table for a person, with a row for each cell that can be worked out.

    No row has a count: whoever reads the answer learns where to look, not what is there.
    """

    answer: Answer
    policy: str
    cells: int
    withheld: int
    told_before: tuple[dict[str, Any], ...] = ()  # small counts that earlier builds told
    passed_over: tuple[str, ...] = ()  # sentences about what was not looked at

    @property
    def summary(self) -> dict[str, Any]:
        return {
            "policy": self.policy,
            "cells": self.cells,
            "withheld": self.withheld,
            "recoverable": self.answer.rows,
            "told_before": list(self.told_before),
            "passed_over": list(self.passed_over),
        }


def audit(
    path: Path, vintage: str = "", *, audience: str = "", earlier: Sequence[str] = ()
) -> Audited:
    """Hold a kept build against its policy, with the `earlier` builds that its readers have too.

    The policy is that of the audience that the build was made for, or of the one named. It says
    what is small, in the earlier builds as well; what each build shows of its counts follows from
    the policy that it was made by.
    """
    opened = open_build(path, vintage)
    made_for = dict(opened.kept.arguments).get("audience", "")
    partnership = told_to(opened.partnership, audience or made_for)
    policy = PRESETS[partnership.disclosure]
    builds = [*(open_build(path, name) for name in earlier), opened]
    editions = editions_of(path, [one.kept.name for one in builds])
    result = recoverable(editions, partnership, policy)
    rows = _listed(builds, result.found, "withheld_in", ~pl.col("told"))
    told_before = _listed(builds, result.told_before, "told_in")
    passed_over = tuple(str(one) for one in result.passed_over)
    notes = (
        _for_whom(audience or made_for, policy.name),
        _editions(len(earlier)),
        f"{result.cells:,} counts, {result.withheld:,} of them withheld, "
        f"{result.small:,} because they are small.",
        *_told_before(len(told_before)),
        *(_found(len(rows)) if policy.withholds else ["This policy withholds nothing."]),
        *passed_over,
    )
    columns = ("measure", "place", "period", "part", *(["withheld_in"] if earlier else []))
    printed = tuple({**one, "withheld_in": ", ".join(one["withheld_in"])} for one in rows)
    return Audited(
        Answer(columns, rows, opened.partnership.name, notes=notes, printed=printed),
        policy.name,
        result.cells,
        result.withheld,
        tuple(told_before),
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
    made_for = dict(kept.arguments).get("audience", "")
    counted, told = found(path / STORE, name), kept.read("counts")
    return edition(counted, told, told_to(partnership, made_for), contracts)


def unprotected(number: int, earlier: Sequence[str] = (), *, proved: bool = True) -> list[str]:
    """What a build says where small counts can be worked out, whatever else is withheld.

    One that is not `proved` looks at one relation after another, and finds some of them.
    """
    if not number:
        return []
    many = "1 small count" if number == 1 else f"{number:,} small counts"
    asked = " ".join(["outturn audit", *(f"--earlier {name}" for name in earlier)])
    if not proved:
        return [
            f"{many} can be worked out all the same from one figure after another, and others may "
            "be from several together: this build does not look at all of them at once, as one for "
            f"the public does. To see which: {asked}"
        ]
    return [
        f"{many} can be worked out all the same: what would have to be withheld is published by "
        f"others, or was told by an earlier build. To see which: {asked}"
    ]


def _listed(
    builds: Sequence[Opened], rows: pl.DataFrame, of: str, which: pl.Expr | None = None
) -> list[dict[str, Any]]:
    """Each count once, in the words of the last build that has it, with the builds it is so in."""
    kept = pl.col("edition") if which is None else pl.col("edition").filter(which)
    once = rows.group_by(KEYS).agg(kept.alias("builds"), pl.col("edition").max()).sort(KEYS)
    return [
        {**_told(builds[one["edition"]], one), of: [builds[n].kept.name for n in one["builds"]]}
        for one in once.iter_rows(named=True)
    ]


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


def _told_before(number: int) -> list[str]:
    if not number:
        return []
    many, it = ("1 count", "it was") if number == 1 else (f"{number:,} counts", "they were")
    return [f"{many} withheld by this policy cannot be taken back, for {it} told by an earlier "
            "build: --json lists told_before."]  # fmt: skip


def _found(number: int) -> list[str]:
    said = f"{number:,}" if number else "None of them"
    above = ": those above" if number else ""
    return [f"{said} can be worked out by the relations that outturn knows{above}.", KNOWN]
