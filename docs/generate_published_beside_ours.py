"""Fills the two tables of docs/explanation/published-beside-ours.md from a build of the example.

The letters and quartiles that the report prints are typed here. No letter is in the example's
folder, so a build cannot read one. The script builds a copy of the example, puts what it says
beside what the report prints, and ends with 1 when any of them differ.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

import polars as pl

from outturn.commands.build import build
from outturn.commands.folder import STORE
from outturn.framework import Partnership, read_folder
from outturn.judgement.words import unit_of
from outturn.terms.records import LETTERS, Status
from outturn.vintages import open_

ROOT = Path(__file__).parent.parent
EXAMPLE = ROOT / "examples" / "leicestershire-2021"
PAGE = ROOT / "docs" / "explanation" / "published-beside-ours.md"
PACK = "january-2021"

LETTERS_PRINTED = {
    "sequels_prevent": "A",
    "adult_learning_aims": "A",
    "sequels_reduce": "G",
    "learning_disability_employment": "G",
    "learning_disability_home": "A",
    "sequels_delay": "G",
    "reablement_no_further_service": "R",
    "at_home_91_days": "G",
    "admissions_18_64": "G",
    "admissions_65": "G",
    "sequels_meet": "A",
    "self_directed_users": "A",
    "direct_payments_users": "G",
    "self_directed_carers": "G",
    "direct_payments_carers": "A",
}
QUARTILES_PRINTED = {
    "information_easy_users": "bottom",
    "social_contact_users": "bottom",
    "learning_disability_employment": "top",
    "learning_disability_home": "second",
    "delayed_transfers_social_care": "top",
    "reablement_no_further_service": "top",
    "at_home_91_days": "second",
    "admissions_18_64": "top",
    "admissions_65": "second",
    "self_directed_users": "third",
    "direct_payments_users": "top",
    "self_directed_carers": "third",
    "direct_payments_carers": "third",
    "services_make_safe": "second",
}


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(shutil.copytree(EXAMPLE, Path(folder) / EXAMPLE.name))
        build(copy)
        kept = open_(copy / STORE, "")
        partnership, _ = read_folder(copy)
        verdicts, benchmarks = kept.read("verdicts"), kept.read("benchmarks")
    letters, letters_differ = letter_lines(partnership, verdicts)
    quartiles, quartiles_differ = quartile_lines(partnership, benchmarks)
    page = PAGE.read_text(encoding="utf-8")
    page = between(page, "letters", letters)
    page = between(page, "quartiles", quartiles)
    PAGE.write_text(page, encoding="utf-8")
    for differs in (*letters_differ, *quartiles_differ):
        print(f"published and ours differ: {differs}", file=sys.stderr)
    made = f"{len(letters) - 2} letters, {len(quartiles) - 2} quartiles"
    print(f"docs/explanation/{PAGE.name}: {made}")
    return 1 if letters_differ or quartiles_differ else 0


def letter_lines(partnership: Partnership, verdicts: pl.DataFrame) -> tuple[list[str], list[str]]:
    """The table of letters, and the measures whose letter is not the printed one."""
    lines = ["| Measure | Figure | Published | Ours | Rule, as the build states it |"]
    lines.append("|---|---:|:---:|:---:|---|")
    differ = []
    for id, printed in LETTERS_PRINTED.items():
        row = _verdict(partnership, verdicts, id)
        ours = LETTERS[Status(row["status_year_end"])]
        differ += [id] if ours != printed else []
        measure = partnership.measures[id]
        figure = unit_of(measure).say(row["value"], measure.decimals)
        said = f"| {measure.title} | {figure} | {printed} | {ours} | {row['reason_year_end']} |"
        lines.append(said)
    return lines, differ


def quartile_lines(
    partnership: Partnership, benchmarks: pl.DataFrame
) -> tuple[list[str], list[str]]:
    """The table of quartiles, and the measures whose quartile is not the printed one."""
    lines = ["| Measure | Published | In the build | Basis |", "|---|---|---|---|"]
    differ = []
    for id, printed in QUARTILES_PRINTED.items():
        rows = benchmarks.filter(
            (pl.col("measure") == id)
            & (pl.col("place") == partnership.home)
            & (pl.col("period") == "2019-04-01/P1Y")
        )
        row = rows.row(0, named=True) if rows.height else {"quartile": "none", "basis": "none"}
        differ += [id] if row["quartile"] != printed else []
        title = partnership.measures[id].title
        lines.append(f"| {title} | {printed} | {row['quartile']} | {row['basis']} |")
    return lines, differ


def _verdict(partnership: Partnership, verdicts: pl.DataFrame, id: str) -> dict[str, Any]:
    """The row of the paper's period; of a measure that has only a forecast, that of the year."""
    period = partnership.packs[PACK].period
    rows = verdicts.filter((pl.col("measure") == id) & (pl.col("place") == partnership.home))
    for key in (period.key, period.financial_year(partnership.calendar).key):
        found = rows.filter(pl.col("period") == key)
        if found.height:
            return found.row(0, named=True)
    raise LookupError(f"the build has no figure of {id} for {period.key}")


def between(page: str, name: str, lines: list[str]) -> str:
    """The page with the lines put between the marks called `name`."""
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    before, _, rest = page.partition(begin)
    _, _, after = rest.partition(end)
    table = "\n".join(lines)
    return f"{before}{begin}\n\n{table}\n\n{end}{after}"


if __name__ == "__main__":
    sys.exit(main())
