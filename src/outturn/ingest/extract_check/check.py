"""The whole check of an extract: findings, and status and result of every field in every row."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from outturn.contracts import Contract
from outturn.contracts.cld import CldSpecification, specification
from outturn.contracts.cld.model import MUST_CORRECT, SEVERITIES
from outturn.ingest.extract_check.coverage import Coverage, coverage, of_the_file, stated_period
from outturn.ingest.extract_check.reading import Read
from outturn.ingest.extract_check.records import DAY_FORMS, Records, read, records
from outturn.ingest.extract_check.results import results, statuses
from outturn.ingest.extract_check.rules import Given, by_records, by_rows
from outturn.ingest.extract_check.rules.people import holds_numbers, made_up

FINDING: dict[str, type[pl.DataType]] = {
    "rule": pl.String,
    "index": pl.UInt32,  # position of the row; null where the finding is about the file
    "field": pl.String,  # empty where it is about a row or the file as a whole
    "other": pl.Int64,  # the number of another row that it is about; or null
    "what": pl.String,  # of a finding about the file: a month, an event type, a column
}


@dataclass(frozen=True)
class Asked:
    """The day on which the extract was made, where no row says it, and the council's names.

    Without a day it is the last on which a row was received, else today.
    """

    as_of: date | None = None
    council: frozenset[str] = field(default_factory=frozenset)


@dataclass(frozen=True)
class Judged:
    """What the check found. `status` and `result` have a column for each field, a row for each
    row of the file; `findings` are as FINDING, in the order of the rules and of the file."""

    records: Records
    status: pl.DataFrame
    result: pl.DataFrame
    findings: pl.DataFrame
    coverage: Coverage
    notes: tuple[str, ...]
    missing: tuple[str, ...]

    @property
    def specification(self) -> CldSpecification:
        return self.records.specification

    @property
    def people(self) -> int:
        """How many council identifiers there are."""
        return self.records.frame["person"].drop_nulls().n_unique()

    def counts(self) -> pl.DataFrame:
        """Each rule that found something, with its severity: how many `records`, and how many
        `people` they are of, and how many findings are about `the_file`, such as a month or a type
        of event that it lacks. The gravest come first, and of those the ones with most of them."""
        people = self.records.frame.select("index", "person")
        found = self.findings.join(people, on="index", how="left", maintain_order="left")
        of_rows = pl.col("index").drop_nulls().n_unique()
        counted = found.group_by("rule", maintain_order=True).agg(
            of_rows.cast(pl.Int64).alias("records"),
            pl.col("index").null_count().cast(pl.Int64).alias("the_file"),
            pl.col("person").drop_nulls().n_unique().cast(pl.Int64).alias("people"),
        )
        said = {id: rule.severity for id, rule in self.specification.rules.items()}
        severity = pl.col("rule").replace_strict(said, return_dtype=pl.String).alias("severity")
        grave = pl.col("severity").cast(pl.Enum(SEVERITIES))
        return counted.with_columns(severity).sort(
            grave, -(pl.col("records") + pl.col("the_file")), descending=False, maintain_order=True
        )

    @property
    def to_correct(self) -> int:
        """How many records must be corrected, of all rules together."""
        return self._must_be_corrected("records")

    @property
    def to_correct_in_the_file(self) -> int:
        """How many findings must be corrected that are about the file and no record of it."""
        return self._must_be_corrected("the_file")

    def _must_be_corrected(self, what: str) -> int:
        return int(self.counts().filter(severity=MUST_CORRECT)[what].sum())


def check_extract(
    given: Read,
    contract: Contract,
    asked: Asked,
    progress: Callable[[str], None] = lambda _: None,
) -> Judged:
    """Every finding about the rows and the file; no row is left out, whatever is wrong with it."""
    spec = specification()
    progress("Understanding the cells")
    of = records(given, contract, spec, asked.as_of)
    status = statuses(of)
    result = results(of, status)
    progress("Asking the rules")
    period = stated_period(of)
    to_rules = Given(of, status, result, period, asked.council, given.uneven)
    found: list[tuple[str, pl.DataFrame]] = [*_by_field(to_rules)]
    found += [*by_rows(to_rules), *by_records(to_rules)]
    covered = coverage(of, period)
    findings = _ordered(found, [*_of_columns(given, spec), *of_the_file(covered, of)], spec)
    return Judged(
        records=of,
        status=status,
        result=_with_rules(result, findings, spec),
        findings=findings,
        coverage=covered,
        notes=(*_notes(of),),
        missing=given.missing,
    )


def _by_field(given: Given) -> Iterator[tuple[str, pl.DataFrame]]:
    """Rules that go by the status and the result of a field."""
    there = {name: set(given.result[name].unique()) for name in given.result.columns}
    for rule in given.records.specification.rules.values():
        if rule.found != "field":
            continue
        for name in rule.fields:
            if rule.result not in there[name]:
                continue
            where = given.result[name] == rule.result
            if rule.events:
                event = given.frame.select(read("event_type").is_in(list(rule.events)))
                where = where & event.to_series().fill_null(False)
            index = where.arg_true().cast(pl.UInt32)
            yield (
                rule.id,
                pl.DataFrame({"index": index}).with_columns(
                    pl.lit(name).alias("field"), pl.lit(None, pl.Int64).alias("other")
                ),
            )


def _of_columns(given: Read, spec: CldSpecification) -> Iterator[tuple[str, str]]:
    for name in given.missing:
        if name in spec.fields:
            yield "column-missing", spec.fields[name].title
    for name in given.unused:
        yield "column-not-used", name


def _ordered(
    found: list[tuple[str, pl.DataFrame]], of_file: list[tuple[str, str]], spec: CldSpecification
) -> pl.DataFrame:
    """The findings in the order of the rules, then of the rows. The list of rules is closed."""
    said = {rule for rule, _ in found} | {rule for rule, _ in of_file}
    assert said <= set(spec.rules), f"no such rule: {said - set(spec.rules)}"
    frames = [pl.DataFrame(schema=FINDING)]
    for rule in spec.rules:
        parts = [frame for id, frame in found if id == rule]
        if parts:
            rows = pl.concat(parts).unique().sort("index", "field")
            named = rows.with_columns(pl.lit(rule).alias("rule"), pl.lit("").alias("what"))
            frames.append(named.select(pl.col(n).cast(kind) for n, kind in FINDING.items()))
        what = [text for id, text in of_file if id == rule]
        if what:
            frames.append(
                pl.DataFrame(
                    {"rule": [rule] * len(what), "what": what, "field": [""] * len(what)}
                ).select(
                    pl.col("rule"),
                    pl.lit(None, pl.UInt32).alias("index"),
                    pl.col("field"),
                    pl.lit(None, pl.Int64).alias("other"),
                    pl.col("what"),
                )
            )
    return pl.concat(frames)


def _with_rules(
    result: pl.DataFrame, findings: pl.DataFrame, spec: CldSpecification
) -> pl.DataFrame:
    """The results with what rules across fields say of cells that are valid by themselves."""
    codes = {id: rule.result for id, rule in spec.rules.items() if rule.found != "field"}
    worse: dict[str, pl.Series] = {}
    for (rule, name), found in findings.filter(pl.col("field") != "").group_by("rule", "field"):
        code = codes.get(str(rule))
        if code is None:
            continue
        column = worse.get(str(name), result[str(name)])
        at = found["index"].filter(column.gather(found["index"]) > 0)
        worse[str(name)] = column.scatter(at, code)
    return result.with_columns(column.alias(name) for name, column in worse.items())


def _notes(of: Records) -> Iterator[str]:
    """What a reader must know of how the file was understood."""
    forms: dict[str, list[str]] = {}
    for name, form in of.day_forms.items():
        forms.setdefault(form, []).append(of.specification.fields[name].title)
    for form, names in forms.items():
        yield f"Days are read in the form {DAY_FORMS.get(form, form)}: {', '.join(names)}."
    if not holds_numbers(of):
        yield "NHS numbers are not checked: the cells are pseudonyms, or blank."
    elif made_up(of):
        yield "Most NHS numbers are of the range kept for tests: these are no real people."
