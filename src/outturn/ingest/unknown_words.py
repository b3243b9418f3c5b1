"""Words of a closed list that nobody knows: their rows are kept, and no figure counts them as one.

The columns of client level data whose lists are known in full, in the spelling of either release,
and the reasons of delays, in the codes of any nation. As in the national figures, capitals and
blanks make no difference.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import polars as pl

from outturn.contracts.cld import specification
from outturn.contracts.model import Contract
from outturn.framework.model import Source
from outturn.ingest.allowed_words import CLD, allowed_words, letters
from outturn.ingest.derivations import cld_words
from outturn.ingest.mapping import said_name

DELAYS = "delays"
UNKNOWN: dict[str, type[pl.DataType]] = {"column": pl.String, "rows": pl.Int64}
_REASONS = ("reason", "secondary_reason")
_LACK = "a reason that nobody knows: the figure may be incomplete"
SOME_LACK = f"some rows of '{DELAYS}' have {_LACK}"  # `reasons_lacking` without its number
SOME_HOLD = "some rows hold a word"


def unknown_words(kept: pl.DataFrame, contract: Contract) -> pl.DataFrame:
    """How many rows of each column hold a word that is none of its list, where there are any."""
    counted = [(name, _outside(kept[name], name, contract)) for name in _listed(contract)]
    return pl.DataFrame([one for one in counted if one[1]], schema=UNKNOWN, orient="row")


def told(source: Source, contract: Contract, found: Sequence[pl.DataFrame]) -> list[str]:
    """A sentence for each such column of a source, with the number of rows and never a cell, and
    another with what to do."""
    return [
        f"{said} {_remedy(source, contract, column)}"
        for column, said in _by_column(source, found).items()
    ]


def doubts(source: Source, contract: Contract, found: Sequence[pl.DataFrame]) -> list[str]:
    """The same without what to do: what is found of each figure that is made of the source.

    Of delays nothing: their figures say it themselves (`reasons_lacking`).
    """
    return [] if contract.name == DELAYS else [*_by_column(source, found).values()]


def discreet_doubts(
    source: Source, contract: Contract, found: Sequence[pl.DataFrame]
) -> dict[str, str]:
    """By each sentence of `doubts` the same without its number.

    These rows are in totals and in no group: with their number, a group that is withheld could be
    worked out.
    """
    without = _by_column(source, found, numbered=False)
    exact = doubts(source, contract, found)
    return dict(zip(exact, without.values(), strict=True)) if exact else {}


def _by_column(
    source: Source, found: Sequence[pl.DataFrame], *, numbered: bool = True
) -> dict[str, str]:
    by_column = pl.concat(found).group_by("column", maintain_order=True).agg(pl.col("rows").sum())
    return {
        column: f"{source.named}, column {said_name(column, source)}: "
        f"{_rows(rows) if numbered else SOME_HOLD} that nobody knows{_what_follows(source)}"
        for column, rows in by_column.iter_rows()
    }


def _what_follows(source: Source) -> str:
    """Where rows with such a word count, and where they do not."""
    if source.contract == DELAYS:
        return ": delays with such a reason are in totals, and in no group of reasons."
    return ", so no figure counts by it."


def reasons_lacking(found: Sequence[pl.DataFrame]) -> str:
    """What is said of the figures of delays whose reason nobody knows; empty where there is none.

    One delay has two reasons: the number is that of the first, or of the second where it is more.
    """
    none = pl.DataFrame(schema=UNKNOWN)
    by_column = pl.concat([none, *found]).group_by("column").agg(pl.col("rows").sum())
    if by_column.is_empty():
        return ""
    some = int(by_column.select(pl.col("rows").max()).item())
    rows = f"1 row of '{DELAYS}' has" if some == 1 else f"{some:,} rows of '{DELAYS}' have"
    return f"{rows} {_LACK}"


def _listed(contract: Contract) -> list[str]:
    if contract.name == DELAYS:
        return [*_REASONS]
    if contract.name != CLD:
        return []
    fields = specification().fields
    return [name for name in contract.names if name in fields and fields[name].known == "complete"]


def _outside(cells: pl.Series, column: str, contract: Contract) -> int:
    known = _reasons() if contract.name == DELAYS else _words(contract, column)
    counted = cells.drop_nulls().value_counts()
    unknown = [one for one in counted[cells.name].to_list() if _plain(one, contract) not in known]
    return int(counted.filter(pl.col(cells.name).is_in(unknown))["count"].sum())


def _plain(word: str, contract: Contract) -> str:
    return letters(word).lstrip("0") if contract.name == DELAYS else letters(word)


def _words(contract: Contract, column: str) -> frozenset[str]:
    spelled = cld_words.spellings().filter(column=column)["spelling"].to_list()
    return frozenset(letters(one) for one in (*allowed_words(contract, column), *spelled))


@lru_cache
def _reasons() -> frozenset[str]:
    codes = cld_words.lines("delay_reasons.csv")["code"].to_list()
    return frozenset(letters(one).lstrip("0") for one in codes)


def _rows(number: int) -> str:
    return "1 row holds a word" if number == 1 else f"{number:,} rows hold a word"


def _remedy(source: Source, contract: Contract, column: str) -> str:
    mapped = (
        f'write values = {{ {column} = {{ "the word in the file" = "the word it means" }} }} in '
        "data/sources.toml."
    )
    if contract.name == CLD and not source.server:
        return f"Run outturn check-extract data/{source.file} to see which, then {mapped}"
    return f"{mapped[:1].upper()}{mapped[1:]}"
