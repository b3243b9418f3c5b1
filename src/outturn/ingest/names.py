"""Which place, and which measure, a name stands for in the period of its row.

A name may stand for one thing until a day and for another from then on: a council keeps its name
when it is made anew, and a publisher gives an old code to another measure. So names are looked up
together with the period, each distinct pair once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

import polars as pl

from outturn.contracts.check import FINDINGS, UNASKED, finding
from outturn.framework.model import Measure, Partnership, Source
from outturn.terms.errors import suggestion

_KNOWN: dict[str, type[pl.DataType]] = {
    "name": pl.String,
    "id": pl.String,
    "since": pl.Date,
    "until": pl.Date,
}
_MOST_SUGGESTIONS = 50  # distinct unknown names; beyond these the column is another thing
_BETWEEN = "\x1f"  # stands between a scheme and a code

Resolved = tuple[pl.Series, pl.DataFrame]  # one id for each row, and the findings


def places(frame: pl.DataFrame, column: str, source: Source, partnership: Partnership) -> Resolved:
    """The code of the place on each row. `frame` has index, start and end beside the column.

    An alias of the source's publisher goes before a code, a code before a name or other alias.
    """
    known = _place_names(partnership, source.publisher)
    names = pl.col(column)
    if "place_name" in frame.columns:
        listed = known["name"].implode()
        by_name = pl.when(pl.col("place_name").is_in(listed)).then(pl.col("place_name"))
        names = pl.when(names.is_in(listed)).then(names).otherwise(by_name.fill_null(names))
    found = _looked_up(frame.with_columns(name=names), known)
    findings = [
        _about(found, ~pl.col("known"), column, "the place is not in places.csv",
               "Add it to places.csv, or add the name to the aliases of a place there.", UNASKED),
        _about(found, pl.col("known") & (pl.col("fits") == 0), column,
               "the period lies outside the days between which the place exists",
               "Look up valid_from and valid_to in places.csv, and the successor of the place."),
        _about(found, pl.col("fits") > 1, column, "the name stands for more than one place",
               "Give codes, or give the name to one place as an alias of the publisher."),
    ]  # fmt: skip
    return found["id"], pl.concat(findings)


def measures(
    frame: pl.DataFrame, column: str, source: Source, known_measures: Mapping[str, Measure]
) -> Resolved:
    """The id of the measure on each row, by id, or by code where a scheme is stated."""
    scheme = pl.lit(source.scheme)
    if "scheme" in frame.columns:
        scheme = pl.col("scheme").fill_null(source.scheme)
    by_id = scheme == ""
    code = pl.col(column)
    name = pl.when(by_id).then(code).otherwise(pl.concat_str(scheme, code, separator=_BETWEEN))
    known = _measure_names(known_measures.values())
    found = _looked_up(frame.with_columns(name=name), known)
    findings = [
        _unknown(found, column, known),
        _about(found, pl.col("known") & (pl.col("fits") == 0), column,
               "the code stands for no measure in that period",
               "Look up since and until of the code in the measure's file."),
        _about(found, pl.col("fits") > 1, column,
               "the code stands for more than one measure in that period",
               "Give the code a since or an until in the measures' files."),
    ]  # fmt: skip
    return found["id"], pl.concat(findings)


def _looked_up(frame: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """`frame` with id, known (the name is somebody's) and fits (how many things it can be)."""
    on = ["name", "start", "end"]
    pairs = frame.select(on).unique()
    after = pl.col("since").is_null() | (pl.col("end") >= pl.col("since"))
    before = pl.col("until").is_null() | (pl.col("start") <= pl.col("until"))
    in_force = pl.col("id").is_not_null() & (pl.col("start").is_null() | (after & before))
    ids = pl.col("id").filter(in_force)
    answers = (
        pairs.join(known, on="name", how="left")
        .group_by(on)
        .agg(known=pl.col("id").is_not_null().any(), fits=ids.n_unique(), id=ids.first())
        .with_columns(id=pl.when(pl.col("fits") == 1).then("id"))
    )
    return frame.drop("id", "known", "fits", strict=False).join(
        answers, on=on, how="left", nulls_equal=True, maintain_order="left"
    )


def _about(
    found: pl.DataFrame, trouble: pl.Expr, column: str, problem: str, remedy: str, kind: str = ""
) -> pl.DataFrame:
    """The finding about every row in trouble whose name is given. Where the period could not be
    read it is not known which of several the name stands for, and that is said already."""
    unclear = pl.col("start").is_null() & (pl.col("fits") > 1) & pl.col("period_unread")
    rows = found.filter(trouble & pl.col("name").is_not_null() & ~unclear)
    return finding(rows["index"], column, problem, remedy, kind)


def _unknown(found: pl.DataFrame, column: str, known: pl.DataFrame) -> pl.DataFrame:
    rows = found.filter(~pl.col("known") & pl.col("name").is_not_null())
    names = rows["name"].unique(maintain_order=True).to_list()
    if not names:
        return pl.DataFrame(schema=FINDINGS)
    codes: dict[str, list[str]] = {"": []}
    for name in known["name"].to_list():
        scheme, _, code = name.rpartition(_BETWEEN)
        codes.setdefault(scheme, []).append(code)
    few = len(names) <= _MOST_SUGGESTIONS
    said = {name: _said_of_unknown(name, codes if few else {"": []}) for name in names}
    problems = {name: problem for name, (problem, _) in said.items()}
    remedies = {name: remedy for name, (_, remedy) in said.items()}
    return rows.select(
        "index",
        pl.lit(column).alias("column"),
        pl.col("name").replace_strict(problems, return_dtype=pl.String).alias("reason"),
        pl.col("name").replace_strict(problems, return_dtype=pl.String).alias("problem"),
        pl.col("name").replace_strict(remedies, return_dtype=pl.String).alias("remedy"),
        pl.lit(UNASKED).alias("kind"),
    )


def _said_of_unknown(name: str, codes: Mapping[str, list[str]]) -> tuple[str, str]:
    """The problem with a measure's unknown name, and a remedy that names a known one near it."""
    scheme, _, code = name.rpartition(_BETWEEN)
    if not scheme:
        otherwise = "Add it to framework/measures."
        return "there is no such measure", suggestion(code, codes[""], otherwise)
    problem, otherwise = f"no measure has that code of '{scheme}'", "Add it to a measure's file."
    if scheme in codes:
        return problem, suggestion(code, codes[scheme], otherwise)
    return problem, suggestion(scheme, filter(None, codes), otherwise)


def _place_names(partnership: Partnership, publisher: str) -> pl.DataFrame:
    lines: list[tuple[int, str, str, date | None, date | None]] = []
    for place in partnership.places.values():
        words = [(1, place.code), (2, place.name)]
        for alias in place.aliases:
            by, _, name = alias.rpartition(":")
            if by in ("", publisher):
                words.append((0 if by else 2, name))
        lines += [(rank, word, place.code, place.since, place.until) for rank, word in words]
    known = pl.DataFrame(lines, schema={"rank": pl.Int64, **_KNOWN}, orient="row")
    first = pl.col("rank") == pl.col("rank").min().over("name")
    return known.filter(first).drop("rank").unique()


def _measure_names(known: Iterable[Measure]) -> pl.DataFrame:
    """Ids and codes. The dates of a code tell measures apart that share it in one scheme; a code
    of one measure alone stands for it at any time, since a release keeps to one scheme for all
    its years, those before the scheme included."""
    lines: list[tuple[str, str, date | None, date | None]] = []
    for measure in known:
        lines.append((measure.id, measure.id, None, None))
        for code in measure.codes:
            since = code.since.start if code.since else None
            until = code.until.end if code.until else None
            lines.append((f"{code.scheme}{_BETWEEN}{code.code}", measure.id, since, until))
    names = pl.DataFrame(lines, schema=_KNOWN, orient="row")
    shared = pl.col("id").n_unique().over("name") > 1
    return names.with_columns(
        pl.when(shared).then(pl.col(bound)).alias(bound) for bound in ("since", "until")
    )
