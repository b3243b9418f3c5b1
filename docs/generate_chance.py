"""Prints docs/explanation/chance.md: how many councils differ from their country by chance alone.

    .venv/bin/python docs/generate_chance.py > docs/explanation/chance.md

The data are read from OUTTURN_TEST_DATA, or from ../shared/data beside the repository. The test in
tests/published uses the functions below, so the page and the test cannot differ.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import polars as pl

sys.path.insert(0, str(Path(__file__).parent))
from generate_recomputation import data_folder, library, named, read

from outturn.benchmarking.against import with_against
from outturn.judgement.values import values
from outturn.terms.records import COUNTS, WHOLE, fitted

ENGLAND, SCOTLAND = "E92000001", "S92000003"
COUNCILS = {ENGLAND: r"^E(06|08|09|10)", SCOTLAND: r"^S12"}


def compared(folder: Path, reader: str, country: str, *names: str) -> pl.DataFrame:
    """Each council's latest figure with limits, with `against` its country and `above` or not."""
    measures = library(*names)
    figures = named(read(folder, reader), measures).filter(
        pl.col("measure").is_not_null() & (pl.col("breakdown") == WHOLE)
    )
    counts = fitted(figures.rename({"value": "reported"}), COUNTS)
    rows = values(counts, measures=measures, places={}).filter(pl.col("value").is_not_null())
    latest = rows.filter(place=country).group_by("measure").agg(pl.col("period").max())
    rows = rows.join(latest, on=["measure", "period"])
    of_country = rows.filter(place=country).select("measure", comparator_value="value")
    councils = rows.filter(pl.col("place").str.contains(COUNCILS[country]))
    aims = {id: one.aim for id, one in measures.items()}
    compared_to_others = [id for id, one in measures.items() if one.kind != "count"]
    known = councils.filter(
        pl.col("lower").is_not_null() & pl.col("measure").is_in(compared_to_others)
    ).join(of_country, on="measure")
    known = known.with_columns(
        aim=pl.col("measure").replace_strict(aims),
        figure="value",
        is_group=pl.lit(False),
        counted=pl.lit(False),
        is_amount=pl.lit(False),
    )
    titles = {id: one.title for id, one in measures.items()}
    return with_against(known).with_columns(
        title=pl.col("measure").replace_strict(titles),
        differs=pl.col("value") != pl.col("comparator_value"),
    )


def by_measure(rows: pl.DataFrame) -> pl.DataFrame:
    """Of each measure: councils, those beyond chance, and those that chance could explain."""
    beyond = pl.col("against") != "similar"
    return (
        rows.group_by("measure", "title", "period")
        .agg(
            interval=pl.col("interval").unique().sort().str.join("; "),
            councils=pl.len(),
            beyond=beyond.sum(),
        )
        .with_columns(chance=pl.col("councils") - pl.col("beyond"))
        .with_columns(share=100 * pl.col("chance") / pl.col("councils"))
        .sort("share", "title", descending=[True, False])
    )


def page(folder: Path) -> Iterator[str]:
    """The lines of the page."""
    england = by_measure(compared(folder, "ascof workbook 2024-25", ENGLAND, "ascof"))
    scotland = by_measure(compared(folder, "lgbf long", SCOTLAND, "lgbf"))
    yield "# What chance alone would do"
    yield ""
    yield "A league table parts councils that nobody could tell apart. Here each is held against"
    yield "its country with its 95% limits: those of its counts, or the margin of error that the"
    yield "survey published. Where the limits hold the country's figure, the difference is no more"
    yield "than chance makes, and outturn says *similar*; of the rest it says *better* or *worse*."
    yield "Printed by `docs/generate_chance.py`; a test holds the page and the figures together."
    for title, found in (
        ("England, Adult Social Care Outcomes Framework, each measure's latest year", england),
        ("Scotland, Local Government Benchmarking Framework, latest year with counts", scotland),
    ):
        yield from ("", f"## {title}", "")
        yield "| measure | year | limits | councils | better or worse | similar | similar, share |"
        yield "|---|---|---|---:|---:|---:|---:|"
        for row in found.iter_rows(named=True):
            yield (
                f"| {row['title']} | {row['period']} | {row['interval']} | {row['councils']} | "
                f"{row['beyond']} | {row['chance']} | {row['share']:.0f}% |"
            )
    surveys = england.filter(interval="the published margin of error")["share"]
    yield ""
    yield (
        f"Of the surveys the published margins hold England's figure for {surveys.min():.0f}% to "
        f"{surveys.max():.0f}% of councils."
    )
    yield "With 95% limits about one council in twenty that is no different is called better or"
    yield "worse all the same, and counts are taken to be of people independent of one another."


if __name__ == "__main__":
    found = data_folder()
    if found is None:
        raise SystemExit("the published data are not here: set OUTTURN_TEST_DATA to their folder")
    print("\n".join(page(found)))
