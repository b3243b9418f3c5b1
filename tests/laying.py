"""What tests lay before outturn: folders as people write them, and tables as engines take them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import polars as pl
from hypothesis import settings

from outturn.contracts import Contract
from outturn.engine import plain_engine
from outturn.ingest.derivations.methods import read_methods


def laid(folder: Path, files: Mapping[str, str]) -> Path:
    """The folder with these files, a text for each path under it; others in it are left alone."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def by_day(number: int) -> settings:
    """Fewer examples where each counts or proves whole tables; by night as many as of others."""
    usual = settings.default.max_examples
    return settings(max_examples=usual if usual > 100 else number)


def with_libraries(folder: Path, *names: str) -> Path:
    """A simulated folder with the measures of these libraries alone, and of its own: what else it
    has is of measures that it has no more."""
    settings = folder / "outturn.toml"
    text = settings.read_text(encoding="utf-8")
    start, word, rest = text.partition("library = [")
    assert word and (folder / "framework" / "outcomes.toml").exists()
    listed = ", ".join(f'"{name}"' for name in names)
    settings.write_text(f"{start}{word}{listed}{rest[rest.index(']') :]}", encoding="utf-8")
    (folder / "framework" / "outcomes.toml").unlink()
    for one in ("packs", "targets"):
        shutil.rmtree(folder / one)
    return folder


def given_to(
    engine: ModuleType,
    rows: Mapping[str, Sequence[Mapping[str, Any]]],
    contracts: Mapping[str, Contract],
) -> dict[str, Any]:
    """Tables as an engine takes them: rows by the plain one, columns by the others.

    A table has the columns of its contract and `source`, whatever its rows hold.
    """
    if engine is plain_engine:
        return dict(rows)
    return {
        name: pl.DataFrame(table, schema={**contracts[name].schema, "source": pl.String})
        for name, table in rows.items()
    }


def own_method(table: str, **changes: object) -> str:
    """A file of a partnership's own method: that of the library with some parameters changed."""
    library, _ = read_methods({})
    one = library[table]
    said = {
        "table": table, "derivation": one.derivation, "version": "ours", "title": "Ours",
        "source": "us", "given": one.given, "usually_supplied": one.usually_supplied,
    }  # fmt: skip
    parameters = {**one.parameters, **changes}
    flat = {name: value for name, value in parameters.items() if not isinstance(value, dict)}
    lines = [*_written(said), "[parameters]", *_written(flat)]
    for name, value in parameters.items():
        if isinstance(value, dict):
            lines += [f"[parameters.{name}]", *_written(value)]
    return "\n".join(lines)


def _written(values: Mapping[str, Any]) -> list[str]:
    names = {name: name if name.isidentifier() else json.dumps(name) for name in values}
    return [f"{names[name]} = {json.dumps(value)}" for name, value in values.items()]
