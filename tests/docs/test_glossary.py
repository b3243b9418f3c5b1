"""The glossary has the words that a reader of the figures or of a definition file meets.

The rule: every column of the exported frames, and every table of a definition file, is a word of
the glossary, is made of such words, or is a plain word that means here what it means everywhere.
"""

from __future__ import annotations

import re
from pathlib import Path

from outturn.terms.records import SCHEMAS

ROOT = Path(__file__).parents[2]
# Words that mean here what they mean everywhere, and the little words between others.
PLAIN = {
    "id", "is", "of", "end", "year", "now", "where", "equals", "source", "sources", "change",
    "share", "section", "activity", "previous", "people", "reason", "low", "high", "value", "rows",
    "note", "size", "formula", "identity", "action", "calendar", "agreed", "percent", "members",
    "with",
}  # fmt: skip


def words_of_the_glossary() -> set[str]:
    text = (ROOT / "GLOSSARY.md").read_text(encoding="utf-8")
    terms = [cell for cell in re.findall(r"^\| ([^|]+) \|", text, re.MULTILINE)]
    return {
        form
        for cell in terms
        for term in cell.lower().split(", ")
        for form in (term, term.replace(" ", "_").replace("-", "_"), f"{term}s")
    }


def known(word: str, glossary: set[str]) -> bool:
    """Whether the whole word is known, or each of its parts."""
    return word in glossary | PLAIN or all(
        part in glossary | PLAIN for part in word.split("_") if part
    )


def test_every_column_of_the_exported_figures_is_in_the_glossary():
    glossary = words_of_the_glossary()
    columns = {column for schema in SCHEMAS.values() for column in schema}
    assert sorted(column for column in columns if not known(column, glossary)) == []


def test_every_table_of_a_definition_file_is_in_the_glossary(reference):
    glossary = words_of_the_glossary()
    tables = {
        part
        for name in reference.TABLES
        for part in name.partition(" ")[2].split(".")
        if part
    }  # fmt: skip
    assert sorted(table for table in tables if not known(table, glossary)) == []


def test_no_word_stands_twice():
    text = (ROOT / "GLOSSARY.md").read_text(encoding="utf-8")
    terms = re.findall(r"^\| ([^|]+) \|", text, re.MULTILINE)
    assert len(terms) == len(set(terms))
    words = [term for term in terms if term not in ("word", "---")]
    assert words == sorted(words, key=lambda term: term.lower())
