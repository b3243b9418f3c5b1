"""Every row of an extract: typed and kept, or set aside with all that is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from outturn.contracts import Contract, cells, keys
from outturn.contracts.check import FINDINGS, UNASKED
from outturn.contracts.not_typed import A_DAY, A_DAY_FIRST, A_MONTH_FIRST
from outturn.framework.model import Partnership, Source
from outturn.framework.sources import DAY_FIRST, MONTH_FIRST
from outturn.ingest import names, periods, readers
from outturn.ingest.extract import Extract
from outturn.ingest.figures import conventions, editions, halves, undeclared
from outturn.ingest.mapping import mapped
from outturn.ingest.rejects import problems, rejected_rows
from outturn.ingest.set_aside import lacked_rows
from outturn.ingest.unfilled import unfilled_columns
from outturn.ingest.unknown_words import unknown_words

FIGURES = "figures"
_A_DAY_OF = {DAY_FIRST: A_DAY_FIRST, MONTH_FIRST: A_MONTH_FIRST}
PARTS = ("kept", "rejected", "problems", "lacked", "unknown", "unfilled")


def kept_rows(
    extract: Extract, source: Source, contract: Contract, partnership: Partnership
) -> dict[str, pl.DataFrame]:
    named = mapped(extract, source, contract)
    kept, typed, findings, doubled = _typed(extract, named, source, contract, partnership)
    lacked = lacked_rows(findings, typed, extract.rows, contract)
    findings = pl.concat([findings, doubled])
    if source.reader == readers.TABLE or kept.is_empty():
        # Only an official release holds all places and measures, those that nobody asked for too;
        # and where it holds no other, the scheme or the places are wrong.
        findings = findings.with_columns(kind=pl.lit(""))
    rejected = rejected_rows(findings, extract.rows, extract.cells, source)
    assert kept.height + rejected.height == extract.rows.len(), "a row is neither kept nor rejected"
    unasked = findings.filter(pl.col("kind") == UNASKED)
    wrong = findings.join(unasked, on="index", how="anti", maintain_order="left")
    return {
        "kept": kept,
        "rejected": rejected,
        "problems": problems(wrong, extract.rows),
        "lacked": lacked,
        "unknown": unknown_words(kept, contract),
        "unfilled": unfilled_columns(named, contract),
    }


def _typed(
    extract: Extract,
    named: pl.DataFrame,
    source: Source,
    contract: Contract,
    partnership: Partnership,
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """The rows that keep the contract, every row as far as it can be typed, the findings about
    rows that do not by themselves, and those about rows that repeat another. `named` are the
    extract's columns by the names of the contract."""
    frame = named.with_columns(extract.rows.alias("row"))
    frame = frame.with_row_index("index").with_columns(pl.col("index").cast(pl.Int64))
    said = frame
    if contract.name == FIGURES:
        frame = conventions(frame, source)
    known, found = _resolved(frame, extract.cells, source, contract, partnership)
    if contract.name == FIGURES:
        found = pl.concat([found, *_about_figures(said, known, source, partnership)])
    typed, more = cells(known, contract)
    if source.dates:
        more = more.with_columns(pl.col("remedy").replace(A_DAY, _A_DAY_OF[source.dates]))
    # A name that stands for nothing is not an empty cell as well.
    more = more.join(_lost(frame, known, contract), on=["index", "column"], how="anti")
    findings = pl.concat([extract.findings, found, more.sort("index", maintain_order=True)])
    whole = typed.join(findings, on="index", how="anti", maintain_order="left")
    doubled = keys(whole, contract)
    kept = whole.join(doubled, on="index", how="anti", maintain_order="left")
    kept = kept.with_columns(source=pl.lit(source.id)).select(*contract.names, "source", "row")
    return kept, typed, findings, doubled


def _about_figures(
    said: pl.DataFrame, known: pl.DataFrame, source: Source, partnership: Partnership
) -> Iterator[pl.DataFrame]:
    """Findings about editions and parts; a release divides its measures as it likes."""
    yield editions(known)
    if source.reader == readers.TABLE:
        yield halves(said)
        yield undeclared(known, partnership.measures)


def _resolved(
    frame: pl.DataFrame,
    raw: pl.DataFrame,
    source: Source,
    contract: Contract,
    partnership: Partnership,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Periods as keys, places as codes, measures as ids, and the findings on the way."""
    found = [pl.DataFrame(schema=FINDINGS)]
    frame, unread = _with_spans(frame, source, contract, partnership)
    found.append(unread)
    extra = [name for name in ("place_name", "scheme") if name in raw.columns]
    if source.reader != readers.TABLE and extra:
        frame = frame.with_columns(raw.select(extra))
    if contract.place in frame.columns:
        codes, trouble = names.places(frame, contract.place, source, partnership)
        frame = frame.with_columns(codes.alias(contract.place))
        found.append(trouble)
    if contract.measure in frame.columns:
        ids, trouble = names.measures(frame, contract.measure, source, partnership.measures)
        frame = frame.with_columns(ids.alias(contract.measure))
        found.append(trouble)
    inside = [name for name in contract.names if name in frame.columns]
    return frame.select("index", *inside, "row"), pl.concat(found)


def _lost(before: pl.DataFrame, after: pl.DataFrame, contract: Contract) -> pl.DataFrame:
    """Where a place, a period or a measure was given and stands for nothing."""
    lost = [pl.DataFrame(schema={"index": pl.Int64, "column": pl.String})]
    for column in (contract.place, contract.period, contract.measure):
        if column in before.columns:
            gone = before.filter(before[column].is_not_null() & after[column].is_null())
            lost.append(gone.select("index", pl.lit(column).alias("column")))
    return pl.concat(lost)


def _with_spans(
    frame: pl.DataFrame, source: Source, contract: Contract, partnership: Partnership
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The frame with the first and last day of each row's period, and its period as a key."""
    if contract.period not in frame.columns:
        day = pl.lit(None, pl.Date)
        return frame.with_columns(start=day, end=day, period_unread=False), pl.DataFrame(
            schema=FINDINGS
        )
    texts = frame[contract.period]
    if contract.field(contract.period).type == "date":
        spans = periods.days(texts, contract.field(contract.period).format)
    else:
        spans = periods.spans(texts, source.period_form, partnership.calendar)
    joined = frame.join(
        spans, left_on=contract.period, right_on="text", how="left", maintain_order="left"
    )
    trouble = joined.filter(pl.col("problem").is_not_null()).select(
        "index",
        pl.lit(contract.period).alias("column"),
        pl.col("problem").alias("reason"),
        "problem",
        "remedy",
        pl.lit("").alias("kind"),
    )
    unread = joined.with_columns(
        pl.col("key").alias(contract.period), period_unread=pl.col("start").is_null()
    )
    return unread.drop("key", "problem", "remedy"), trouble
