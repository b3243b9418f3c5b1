"""Figures of tables of which a part could not be read, or rows were set aside: they say so.

A file that could not be read, and rows behind a derived table, concern every figure of a measure.
Rows that were set aside otherwise concern the figures that they could change: of which place and
period, the engine tells (engine/touched.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import polars as pl

from outturn.engine.touched import OTHERS, OWN, UNREAD
from outturn.framework.model import Measure
from outturn.judgement.formulas import in_order
from outturn.statistics.disclosure_policies import PRESETS, Policy
from outturn.terms.period import from_key
from outturn.terms.records import (
    FINDINGS,
    KEYS,
    NO_DENOMINATOR,
    NO_NUMERATOR,
    VALUES,
    WHOLE,
    empty,
    fitted,
)

RULE = "incomplete table"  # concerns every figure of a measure
ROWS = "rows set aside"  # concerns the figure that the finding names
LACKING = (RULE, ROWS)
WORDS = "words that nobody knows"  # in the records behind a measure
SAID = "the figure may be incomplete"
_UNREAD_PART = "incomplete: "  # how what is said of unread files begins
FIGURES = "figures"  # the contract of figures that are reported
_FOR_WANT_OF_ROWS = (NO_NUMERATOR, NO_DENOMINATOR)
_OF_ROWS = dict.fromkeys(("measure", "place", "period", "note"), pl.String)


def incomplete(
    measures: Mapping[str, Measure],
    lacking: Mapping[str, tuple[str, ...]],
    between: str = "; ",
) -> dict[str, str]:
    """What each measure is incomplete by, by its id: of its tables, or of what it is made of.

    `lacking` says it of each table: "incomplete: 1 of 60 partitions of 'events' could not be read",
    "94 rows of 'events' were set aside: the figure may be incomplete" of what is derived from them.
    """
    found: dict[str, dict[str, None]] = {}
    made = {id: one for id, one in measures.items() if one.formula}
    for id in [*(id for id in measures if id not in made), *in_order(made)]:
        one = measures[id]
        tables = [tally.table for tally in (one.numerator, one.denominator) if tally]
        tables += [FIGURES] if one.reported else []
        said = dict.fromkeys(what for table in tables for what in lacking.get(table, ()))
        for part in one.formula.parts if one.formula else ():
            said |= found.get(part, {})
        if said:
            found[id] = said
    return {id: between.join(said) for id, said in found.items()}


def held_to(
    disclosure: str, said: Mapping[str, tuple[str, ...]], discreet: Mapping[str, str]
) -> Mapping[str, tuple[str, ...]]:
    """What is said of tables, without numbers of rows where the preset withholds counts.

    The rows are about people, and those with a word that nobody knows are in totals and in no
    group: their number would tell of a group that is withheld. `discreet` has by such a sentence
    the same without its number.
    """
    if not PRESETS[disclosure].withholds:
        return said
    return {table: tuple(discreet.get(one, one) for one in ones) for table, ones in said.items()}


def doubts_of(
    measures: Mapping[str, Measure], doubts: Mapping[str, tuple[str, ...]]
) -> dict[str, str]:
    """The sentences about words that nobody knows in the tables of each measure, by its id."""
    return incomplete(measures, doubts, between=" ")


def notes_of(
    touched: pl.DataFrame, disclosure: str = "none", *, numbers: bool = True
) -> pl.DataFrame:
    """What is said of each figure that rows set aside could change: measure, place, period, `note`.

    `touched` is a TOUCHED frame of the engine. Rows of one place and period are often about as many
    people: their number is held to the preset as a count is. Without `numbers` none is told: of two
    places beside the one above them it would give that of the third.
    """
    policy = PRESETS[disclosure]
    alike = touched.select("table", "which", "rows").unique()
    said = [
        _aside(table, which, number_told(rows, policy) if numbers else "some")
        for table, which, rows in alike.iter_rows()
    ]
    told = touched.join(
        alike.with_columns(note=pl.Series(said, dtype=pl.String)), on=alike.columns
    ).sort("measure", "place", "period", "table", "which")
    return told.group_by("measure", "place", "period", maintain_order=True).agg(
        pl.col("note").str.join("; ")
    )


def _aside(table: str, which: str, many: str) -> str:
    """How many rows of a table were set aside, and of what they are."""
    one = many == "1"
    of = {
        OWN: "of this place and period",
        OTHERS: "of this period",
        UNREAD: "that could be of any place or period",
    }[which]
    noun, were = ("row", "was") if one else ("rows", "were")
    return f"{many} {noun} of '{table}' {of} {were} set aside: {SAID}"


def number_told(rows: int, policy: Policy) -> str:
    """A number of rows as it may be told, held to the policy as a count is: "fewer than 5"."""
    if policy.is_small(rows):
        return f"fewer than {policy.below}"
    if policy.round_to > 1:
        return f"about {int(policy.rounded(rows)):,}"
    return f"{rows:,}"


def with_notes(
    values: pl.DataFrame, notes: Mapping[str, str], of_rows: pl.DataFrame | None = None
) -> pl.DataFrame:
    """The VALUES, where each figure of such a measure says in its method what it lacks.

    One that is not there for want of rows says which files could not be read, for it may be these
    that held them. `notes` are of whole measures; `of_rows`, as `notes_of` gives them, of single
    figures.
    """
    if of_rows is None:
        of_rows = pl.DataFrame(schema=_OF_ROWS)
    if not notes and of_rows.is_empty():
        return values
    whole = pl.col("measure").replace_strict(dict(notes), default=None, return_dtype=pl.String)
    keys = ["measure", "place", "period"]
    told = values.join(of_rows, on=keys, how="left", maintain_order="left")
    note = pl.concat_str(whole, "note", separator="; ", ignore_nulls=True)
    method = pl.concat_str(pl.col("method"), pl.lit("; "), note)
    lacks = pl.col("value").is_not_null() & (whole.is_not_null() | pl.col("note").is_not_null())
    unread = {id: _unread(said) for id, said in notes.items()}
    files = pl.col("measure").replace_strict(unread, default="", return_dtype=pl.String)
    gone = pl.col("value").is_null() & pl.col("why").is_in(_FOR_WANT_OF_ROWS)
    why = pl.when(gone & (files != "")).then(pl.col("why") + " " + files)
    told = told.with_columns(
        method=pl.when(lacks).then(method).otherwise("method"), why=why.otherwise("why")
    )
    return fitted(told, VALUES)


def _unread(note: str) -> str:
    """What is said of files that could not be read, as sentences; empty where all were."""
    said = [one for one in note.split("; ") if one.startswith(_UNREAD_PART)]
    return " ".join(f"{_capital(one)}." for one in said)


def lacks_of(values: pl.LazyFrame) -> dict[tuple[str, ...], str]:
    """By KEYS, what each of the VALUES says that it lacks, where it says so."""
    some = pl.col("method").str.contains(SAID, literal=True)
    some |= pl.col("method").str.contains(_UNREAD_PART, literal=True)
    told = values.filter(pl.col("value").is_not_null() & some).select(*KEYS, "method").collect()
    return {(*key,): _lack(method) for *key, method in told.iter_rows()}


def _lack(method: str) -> str:
    """What a method ends with that `with_notes` put there."""
    parts = method.split("; ")
    return "; ".join(one for one in parts if one.endswith(SAID) or one.startswith(_UNREAD_PART))


def findings_of(
    values: pl.DataFrame,
    notes: Mapping[str, str],
    home: str,
    of_rows: pl.DataFrame | None = None,
    doubts: Mapping[str, str] | None = None,
) -> pl.DataFrame:
    """A finding for each such measure, at its last period of the partnership's own place.

    Where rows set aside concern single figures of that place, at the last of these, with how many
    more there are.
    """
    made = [empty(FINDINGS)]
    ours = values.filter((pl.col("place") == home) & (pl.col("breakdown") == WHOLE))
    said = [(RULE, id, f"{_capital(note)}.") for id, note in notes.items()]
    said += [(WORDS, id, sentences) for id, sentences in (doubts or {}).items()]
    for rule, id, finding in said:
        keys = ours.filter(measure=id)["period"].unique().to_list()
        if keys:
            made.append(_finding(rule, id, home, max(keys, key=_ends), finding))
    if of_rows is not None and not of_rows.is_empty():
        figures = ours.filter(pl.col("value").is_not_null())
        marked = figures.join(of_rows, on=["measure", "place", "period"])
        for (id,), rows in marked.group_by("measure", maintain_order=True):
            told = dict(rows.select("period", "note").iter_rows())
            last = max(told, key=_ends)
            finding = f"{_capital(told[last])}. {_others(len(told) - 1)}".strip()
            made.append(_finding(ROWS, str(id), home, last, finding))
    return pl.concat(made)


def _finding(rule: str, measure: str, place: str, period: str, finding: str) -> pl.DataFrame:
    line = {"rule": rule, "measure": measure, "place": place, "period": period, "finding": finding}
    return fitted(pl.DataFrame([line]), FINDINGS)


def _ends(key: str) -> tuple[date, str]:
    return from_key(key).end, key


def _capital(note: str) -> str:
    return f"{note[:1].upper()}{note[1:]}"


def _others(number: int) -> str:
    """How many more figures of the place rows set aside could change."""
    if not number:
        return ""
    more = "1 other period" if number == 1 else f"{number} other periods"
    return f"Rows that figures of {more} may lack were set aside too."
