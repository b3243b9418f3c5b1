"""The records behind the findings, with their cells: for the people who mend them, nobody else."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from outturn.ingest.extract_check.check import Judged

COLUMNS: dict[str, type[pl.DataType]] = {
    "Row": pl.Int64,
    "Person": pl.String,
    "Event reference": pl.String,
    "Event type": pl.String,
    "Start": pl.String,
    "End": pl.String,
    "Field": pl.String,
    "Cell": pl.String,
    "Other row": pl.Int64,
    "What to do": pl.String,
}
FILE, OTHER_FILE = "File", "Other file"  # of an extract that came in several
AROUND = " (with blanks around it)"
_FROM = {
    "Person": "person_id",
    "Event reference": "event_reference",
    "Event type": "event_type",
    "Start": "event_start_date",
    "End": "event_end_date",
}


def columns_of(judged: Judged) -> dict[str, type[pl.DataType]]:
    """The columns of the records behind a rule: with their file, where there are several."""
    if not judged.records.files.names:
        return COLUMNS
    names = [FILE, *COLUMNS]
    names.insert(names.index("Other row"), OTHER_FILE)
    return {name: COLUMNS.get(name, pl.String) for name in names}


def records_behind(judged: Judged, rule: str, most: int | None = None) -> pl.DataFrame:
    """The records of one rule, in the order of the file, `most` of them at most.

    A finding about the file has no row; its cell is what it is about: a month, a column.
    """
    of = judged.specification.rules[rule]
    found = judged.findings.filter(rule=rule)
    found = found.head(most) if most is not None else found
    index = found["index"]
    frame = judged.records.frame
    files = judged.records.files
    rows = frame["row"].gather(index)
    columns = [files.numbers(rows).alias("Row")]
    if files.names:
        columns += [files.of(rows).alias(FILE), files.of(found["other"]).alias(OTHER_FILE)]
    columns += [frame[name].gather(index).alias(title) for title, name in _FROM.items()]
    titles = {one.name: one.title for one in judged.specification.fields.values()}
    return (
        found.with_columns(columns)
        .with_columns(
            pl.col("field")
            .replace_strict(titles, default="", return_dtype=pl.String)
            .alias("Field"),
            pl.coalesce(_cells(judged, found), pl.col("what")).alias("Cell"),
            files.numbers(found["other"]).alias("Other row"),
            pl.lit(of.remedy).alias("What to do"),
        )
        .select(pl.col(name).cast(kind) for name, kind in columns_of(judged).items())
    )


def _cells(judged: Judged, found: pl.DataFrame) -> pl.Series:
    """The cell that each finding is about; null where it is about the row as a whole."""
    cells = pl.repeat(None, found.height, dtype=pl.String, eager=True)
    for name in found["field"].unique().to_list():
        if not name:
            continue
        here = (found["field"] == name) & found["index"].is_not_null()
        at = found["index"].filter(here)
        told = judged.records.frame[name].gather(at)
        padded = judged.records.padded.get(name)
        if padded is not None:
            frame = pl.DataFrame({"told": told, "around": padded.gather(at)})
            said = pl.when("around").then(pl.col("told") + AROUND).otherwise("told")
            told = frame.select(said)["told"]
        cells = cells.scatter(here.arg_true(), told)
    return cells


def counted_fields(judged: Judged) -> pl.DataFrame:
    """For each field, status and result, how many rows have them: integers all."""
    counted = [
        pl.DataFrame({"status": judged.status[name], "result": judged.result[name]})
        .group_by("status", "result")
        .len("rows")
        .sort("status", "result", descending=True)
        .select(
            pl.lit(name).alias("field"),
            pl.col("status").cast(pl.Int64),
            pl.col("result").cast(pl.Int64),
            pl.col("rows").cast(pl.Int64),
        )
        for name in judged.result.columns
    ]
    return pl.concat(counted)


def counted_values(judged: Judged) -> Iterator[pl.DataFrame]:
    """For each list, its distinct cells with their result and how many rows have them."""
    for name, results in judged.records.coded.items():
        if not results:
            continue
        told = judged.records.frame[name].alias("cell").drop_nulls().value_counts(sort=True)
        yield told.select(
            pl.lit(name).alias("field"),
            "cell",
            pl.col("cell")
            .replace_strict(list(results), list(results.values()), return_dtype=pl.Int64)
            .alias("result"),
            pl.col("count").cast(pl.Int64).alias("rows"),
        )


def by_row(judged: Judged) -> pl.DataFrame:
    """Row number, then status and result of each field: NAME_status and NAME_result. Where there
    are several files, the file stands before the number."""
    files, rows = judged.records.files, judged.records.frame["row"]
    named = [files.of(rows).alias("file")] if files.names else []
    return pl.concat(
        [
            pl.DataFrame([*named, files.numbers(rows).alias("row")]),
            judged.status.rename(lambda name: f"{name}_status"),
            judged.result.rename(lambda name: f"{name}_result"),
        ],
        how="horizontal",
    )
