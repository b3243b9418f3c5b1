"""The words that a column may hold, where a contract or the specification lists all of them.

The fields of client level data have their lists in the specification. A list that is known in part
only judges nothing: a word outside it may well be one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import get_close_matches

from outturn.contracts.cld import specification
from outturn.contracts.model import Contract
from outturn.framework.model import Source
from outturn.ingest.marks import MARKS
from outturn.terms.errors import ExtractMistake

CLD = "cld"
_ABSENT = ("figures", "absent")  # a column that takes marks beside its words
_SHOWN = 8  # as many words as a person reads through
_NEAREST = 3
_ALIKE = 0.6  # how alike a word is to one that is shown as near


def allowed_words(contract: Contract, field: str) -> tuple[str, ...]:
    """Every word that a column of a contract may hold; empty where no whole list is known."""
    listed = contract.field(field).enum
    if (contract.name, field) == _ABSENT:
        return (*listed, *MARKS)
    if contract.name == CLD and not listed:
        fields = specification().fields
        if field in fields and fields[field].known == "complete":
            values = specification().values[field]
            words = [word for one in values for word in (one.release_2, one.release_1) if word]
            return tuple(dict.fromkeys(words))
    return listed


def nearest(word: str, allowed: Sequence[str]) -> str:
    """A remedy: the words most like one that is not allowed, or all, if they are few."""
    alike = {letters(one): one for one in reversed(allowed)}
    near = get_close_matches(letters(word), alike, n=_NEAREST, cutoff=_ALIKE)
    if near:
        return f"Did you mean {either([alike[one] for one in near])}?"
    more = " and others" if len(allowed) > _SHOWN else ""
    return f"Its words are {', '.join(allowed[:_SHOWN])}{more}."


def mapped_words(source: Source, contract: Contract) -> Iterator[ExtractMistake]:
    """The words that a source's `values` and `constants` put into a column that has none such."""
    for field, words in source.values.items():
        for said, word in words.items():
            yield from _judged(source, contract, field, word, f'values.{field}."{said}"')
    for field, word in source.constants.items():
        yield from _judged(source, contract, field, word, f"constants.{field}")


def _judged(
    source: Source, contract: Contract, field: str, word: str, at: str
) -> Iterator[ExtractMistake]:
    if field not in contract.names or word.strip() in contract.missing:
        return
    allowed = allowed_words(contract, field)
    # The national figures of client level data do not regard capitals, and neither do others here.
    if allowed and letters(word) not in {letters(one) for one in allowed}:
        yield ExtractMistake(
            where=f"data/sources.toml, source {source.id}, {at}",
            problem=f"'{word}' is not a word that '{field}' may hold.",
            remedy=nearest(word, allowed),
        )


def letters(text: str) -> str:
    """A word as it is compared: whatever its capitals and the blanks in and around it."""
    return " ".join(text.casefold().split())


def either(words: Sequence[str]) -> str:
    """ "'a'", "'a' or 'b'", "'a', 'b' or 'c'"."""
    quoted = [f"'{one}'" for one in words]
    return " or ".join([", ".join(quoted[:-1]), quoted[-1]] if len(quoted) > 1 else quoted)
