"""Prints docs/explanation/recomputation.md: which official figures follow from their own counts.

    .venv/bin/python docs/generate_recomputation.py > docs/explanation/recomputation.md

The data are read from OUTTURN_TEST_DATA, or from ../shared/data beside the repository. The tests
in tests/published use the functions below, so the page and the tests cannot differ.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

import polars as pl

from outturn.framework.measures import read_measure
from outturn.framework.model import Measure, Source
from outturn.framework.section import Section
from outturn.ingest.official import READERS
from outturn.judgement.values import values
from outturn.terms.errors import Mistake, raise_all
from outturn.terms.records import COUNTS, WHOLE, fitted

ROOT = Path(__file__).parents[1]
FILES = {
    "ascof workbook 2024-25": "england/ascof_2024-25_outcome_demographic.ods",
    "ascof open data": "england/ascof_2020-21_open_data.xlsx",
    "ascof tidy totals": "england/ascof_tidy_totals_2014-15_to_2024-25.csv.gz",
    "oflog metrics": "england/oflog_asc_metrics_2016-17_to_2022-23.csv",
    "lgbf long": "scotland/lgbf_adult_social_care_2010-11_to_2020-21.csv",
    "lgbf current": "scotland/lgbf_current_schema_sample_7_indicators.csv",
    "lgbf population 75 and over": "scotland/lgbf_adult_social_care_2010-11_to_2020-21.csv",
    "phs delayed discharge bed days": (
        "scotland/phs_delayed_discharge_beddays_council_monthly.csv.gz"
    ),
}
TOLERANCE = 0.05  # outcomes are printed with one decimal
HAIR = 1e-9  # a gap of exactly half a unit is a gap of rounding
WORKBOOK_EDITION = "2026-01-23"
# Old codes whose every outcome must follow from its counts; and those from client level data.
OLD_FAMILIES = ("1C", "1E", "1G", "2A", "2B", "2D")
CLD_CODES = (
    "2A", "2B", "2C", "2D(1)", "2D(2)", "2E(1)", "2E(2a)", "2E(2b)", "3D(1a)", "3D(2a)",
)  # fmt: skip


def data_folder() -> Path | None:
    """Where the published data lie; None when they are not here."""
    given = os.environ.get("OUTTURN_TEST_DATA")
    folder = Path(given) if given else ROOT.parent / "shared" / "data"
    return folder if (folder / "england").is_dir() else None


def read(folder: Path, reader: str) -> pl.DataFrame:
    """One release, as its reader gives it."""
    file = FILES[reader]
    return READERS[reader](
        folder / file, Source(id=reader, file=file, contract="figures", reader=reader)
    )


def library(*names: str) -> dict[str, Measure]:
    """The national measures shipped with outturn, by id."""
    mistakes: list[Mistake] = []
    found: dict[str, Measure] = {}
    for name in names:
        folder = resources.files("outturn.framework") / "library" / name / "measures"
        for path in sorted(folder.iterdir(), key=lambda path: path.name):
            id = path.name.removesuffix(".toml")
            section = Section(tomllib.loads(path.read_text(encoding="utf-8")), path.name, mistakes)
            found[id] = read_measure(section, id)
    raise_all(mistakes)
    return found


def named(figures: pl.DataFrame, measures: dict[str, Measure]) -> pl.DataFrame:
    """The figures with the id of their measure in place of its code, which moves to `code`."""
    rows = [(one.scheme, one.code, id) for id, measure in measures.items() for one in measure.codes]
    codes = pl.DataFrame(rows, schema=["scheme", "measure", "id"], orient="row")
    joined = figures.join(codes, on=["scheme", "measure"], how="left", maintain_order="left")
    return joined.rename({"measure": "code", "id": "measure"})


def recomputed(figures: pl.DataFrame, measures: dict[str, Measure]) -> pl.DataFrame:
    """Figures that have both counts, with `figure`, what the counts give by outturn's own code.

    `made` says whether the figure is within half a unit of the last place printed, and `allowed`
    whether it can be, given how the counts were rounded.
    """
    complete = pl.all_horizontal(pl.col("value", "numerator", "denominator").is_not_null())
    rows = figures.filter(complete)
    counts = fitted(rows.drop("value"), COUNTS)  # nothing reported: values() must divide
    figure = values(counts, measures=measures, places={})["value"]
    per = rows["measure"].replace_strict({id: one.per for id, one in measures.items()})
    return (
        rows.with_columns(figure=figure, per=per.cast(pl.Float64), half=_half())
        .with_columns(gap=(pl.col("figure") - pl.col("value")).abs())
        .with_columns(
            made=pl.col("gap") <= TOLERANCE + HAIR,
            least=(pl.col("numerator") - pl.col("half"))
            / (pl.col("denominator") + pl.col("half")) * pl.col("per"),
            most=(pl.col("numerator") + pl.col("half"))
            / (pl.col("denominator") - pl.col("half")) * pl.col("per"),
        )
        .with_columns(
            allowed=pl.col("denominator").is_between(0, pl.col("half"), closed="right")
            | pl.col("value").is_between(
                pl.col("least") - TOLERANCE - HAIR, pl.col("most") + TOLERANCE + HAIR
            )
        )
    )  # fmt: skip


def kind() -> pl.Expr:
    """What sort of area a code of England stands for."""
    place = pl.col("place")
    return (
        pl.when(place == "E92000001").then(pl.lit("England"))
        .when(place.str.starts_with("E12")).then(pl.lit("region"))
        .when(place.str.contains(r"^E(06|08|09|10)")).then(pl.lit("council"))
        .otherwise(pl.lit("council type"))
    )  # fmt: skip


def ascof(folder: Path) -> pl.DataFrame:
    """Every undivided ASCOF figure of the three releases, by measure id."""
    tidy = read(folder, "ascof tidy totals").filter(pl.col("edition") < "2020")
    frames = [read(folder, "ascof workbook 2024-25"), read(folder, "ascof open data"), tidy]
    figures = pl.concat(frames, how="diagonal").filter(pl.col("breakdown") == WHOLE)
    return named(figures, library("ascof"))


def old_families(figures: pl.DataFrame) -> pl.DataFrame:
    """The figures of the old codes whose counts are printed exactly."""
    family = pl.col("code").str.slice(0, 2).is_in(OLD_FAMILIES)
    old = pl.col("scheme") == "ASCOF to 2022-23"
    return figures.filter(old & family & (kind() != "council type"))


def cld(figures: pl.DataFrame) -> pl.DataFrame:
    """The figures of 2024-25 made from client level data."""
    new = pl.col("scheme") == "ASCOF from 2023-24"
    return figures.filter(new & pl.col("code").is_in(CLD_CODES) & (pl.col("period") == "2024/25"))


def others(figures: pl.DataFrame) -> pl.DataFrame:
    """The other figures of the workbook with counts: safeguarding, and ratings of care homes."""
    new = pl.col("scheme") == "ASCOF from 2023-24"
    return figures.filter(new & pl.col("code").is_in(["4B", "6B"]))


def _half() -> pl.Expr:
    """Half the step to which the counts of a figure are printed: 2.5 where rounded to 5."""
    workbook = pl.col("edition") == WORKBOOK_EDITION
    above_council = workbook & (kind() != "council") & pl.col("code").is_in(CLD_CODES)
    safeguarding = workbook & (pl.col("code") == "4B")
    first_year = (pl.col("scheme") == "ASCOF to 2022-23") & (pl.col("period") == "2014/15")
    fives = above_council | safeguarding | first_year
    return pl.when(fives).then(pl.lit(2.5)).otherwise(pl.lit(0.0))


# The page ---------------------------------------------------------------------------------------


def page(folder: Path) -> Iterator[str]:
    """The lines of the page."""
    measures = library("ascof", "lgbf")
    figures = ascof(folder)
    exact = recomputed(old_families(figures), measures)
    new = recomputed(cld(figures), measures)
    scotland = named(read(folder, "lgbf long"), measures)
    yield from _HEAD.strip().splitlines()
    yield from ("", "## 2015-16 to 2018-19 and 2020-21, codes to 2022-23", "")
    yield "Councils, regions and England. The counts are exact and the outcome has one decimal."
    yield from ("", *_table(exact.filter(pl.col("period") != "2014/15"), measures))
    yield from _exceptions(exact.filter(pl.col("period") != "2014/15"))
    yield from ("", "## 2014-15", "")
    yield "Every count of this year was printed rounded to 5, those of small councils too."
    first = exact.filter(pl.col("period") == "2014/15")
    yield from ("", *_table(first, measures), *_exceptions(first.filter(~pl.col("allowed"))))
    yield from ("", "## 2024-25, client level data", "")
    yield "Council counts are exact. Those of regions, council types and England are rounded to 5,"
    yield "and the outcome was worked out before rounding."
    yield from ("", *_table(new, measures), *_exceptions(new))
    yield from ("", "## 2023-24 and 2024-25, other measures with counts", "")
    yield "Every count of 4B is rounded to 5; those of 6B are exact."
    rest = recomputed(others(figures), measures)
    yield from ("", *_table(rest, measures), *_exceptions(rest.filter(~pl.col("allowed"))))
    yield from ("", "## Scotland, Local Government Benchmarking Framework, 2010-11 to 2020-21", "")
    yield from _scottish(recomputed(scotland, measures), measures)
    yield from ("", "## Not recomputed", "")
    yield from _reasons(measures)


def _table(rows: pl.DataFrame, measures: dict[str, Measure]) -> Iterator[str]:
    yield "| measure | code | year | cells | recomputed | not within 0.05 | rounding allows |"
    yield "|---|---|---|---:|---:|---:|---:|"
    summary = rows.group_by("measure", "code", "period").agg(
        pl.len(), pl.col("made").sum(),
        allowed=(~pl.col("made").fill_null(False) & pl.col("allowed")).sum(),
    ).sort("code", "period")  # fmt: skip
    for row in summary.iter_rows(named=True):
        title = measures[row["measure"]].short
        year = row["period"].replace("/", "-")
        missed = row["len"] - row["made"]
        yield (
            f"| {title} | {row['code']} | {year} | {row['len']:,} | {row['made']:,} "
            f"| {missed or ''} | {row['allowed'] or ''} |"
        )


def _exceptions(rows: pl.DataFrame) -> Iterator[str]:
    found = rows.filter(~pl.col("made").fill_null(False)).sort("code", "period", "place")
    if found.is_empty():
        return
    yield from ("", "Exceptions, each with the outcomes that its rounded counts allow:", "")
    yield "| code | year | area | printed | numerator | denominator | recomputed | explanation |"
    yield "|---|---|---|---:|---:|---:|---:|---|"
    for row in found.iter_rows(named=True):
        figure = "none" if row["figure"] is None else f"{row['figure']:.3f}"
        yield (
            f"| {row['code']} | {row['period'].replace('/', '-')} | {row['place_name']} "
            f"| {row['value']:g} | {row['numerator']:,.0f} | {row['denominator']:,.0f} "
            f"| {figure} | {explanation(row)} |"
        )


def explanation(row: dict[str, object]) -> str:
    """Why an outcome does not follow from its counts, or that nobody knows."""
    if row["denominator"] == 0 and row["half"]:
        return "both counts are rounded to 0; no figure follows from them"
    if row["denominator"] == 0:
        return f"0 of 0 is printed as {row['value']:g}; no figure follows from it"
    if row["allowed"]:
        return f"rounding allows {row['least']:.2f} to {row['most']:.2f}"
    return "unexplained"


def _scottish(rows: pl.DataFrame, measures: dict[str, Measure]) -> Iterator[str]:
    yield "Councils and Scotland. The figures are printed with all their decimals."
    yield from ("", "| measure | code | cells | largest gap |", "|---|---|---:|---:|")
    summary = rows.group_by("measure", "code").agg(pl.len(), pl.col("gap").max()).sort("code")
    for row in summary.iter_rows(named=True):
        title = measures[row["measure"]].short
        yield f"| {title} | {row['code']} | {row['len']} | {_gap(row['gap'])} |"


def _gap(gap: float) -> str:
    """The gap as a person needs it: the last digits of a long sum differ by machine."""
    return f"{gap:.5f}" if gap > 1e-6 else "less than 0.000001"


def _reasons(measures: dict[str, Measure]) -> Iterator[str]:
    reasons: dict[str, list[str]] = {}
    for measure in measures.values():
        if not measure.recompute:
            reasons.setdefault(measure.not_recomputed, []).append(measure.short or measure.title)
    for reason, titles in reasons.items():
        yield f"- {reason}"
        yield f"    Measures: {'; '.join(titles)}."


_HEAD = """
# What can be recomputed, and what cannot

An outcome that is printed with its numerator and denominator can be checked: divide them, and see
whether the outcome comes out. This page does so for every official release that outturn reads,
with the same code that works out a partnership's own figures. A figure *counts as recomputed* when
it lies within 0.05 of the printed one, half a unit of its last place.

The page is printed by `docs/generate_recomputation.py`, and the tests in `tests/published` use the
functions of that script. Source of the figures: Department of Health and Social Care; NHS England
(formerly NHS Digital); Office for National Statistics; Improvement Service; Public Health Scotland.
Contains public sector information licensed under the Open Government Licence v3.0.
"""


if __name__ == "__main__":
    data = data_folder()
    if data is None:
        raise SystemExit("The published data are not here: set OUTTURN_TEST_DATA to their folder.")
    print("\n".join(page(data)))
