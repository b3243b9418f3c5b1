"""`outturn export`: the figures of a kept build as files that anybody can read."""

from __future__ import annotations

import json
import os
from pathlib import Path

import polars as pl

from outturn.commands.questions import open_build
from outturn.ingest.fingertips import write as write_fingertips
from outturn.terms.errors import DefinitionMistake, suggestion
from outturn.terms.records import SCHEMAS
from outturn.vintages import Released

FRAMES = ("counts", "values", "verdicts", "benchmarks")
FORMATS = ("csv", "parquet", "xlsx", "fingertips")
_KINDS = {pl.Float64: "number", pl.Int64: "integer", pl.String: "string"}


def export(path: Path, vintage: str, format: str, to: Path) -> list[Path]:
    """Write counts, values, verdicts and benchmarks, and a Data Package that describes them."""
    if format not in FORMATS:
        raise DefinitionMistake(
            where="the command, --format",
            problem=f"There is no format '{format}'.",
            remedy=suggestion(format, FORMATS, f"Write one of {', '.join(FORMATS)}."),
        )
    opened = open_build(path, vintage)
    kept = opened.kept
    to.mkdir(parents=True, exist_ok=True)
    if format == "fingertips":
        return [write_fingertips(kept.read("values"), opened.partnership, to / "fingertips.csv")]
    if format == "xlsx":
        written = [_workbook(kept, to / "outturn.xlsx")]
    else:
        written = [_file(kept.read(name), to / f"{name}.{format}") for name in FRAMES]
    return [*written, _descriptor(kept, opened.partnership.name, format, to)]


def _file(frame: pl.DataFrame, path: Path) -> Path:
    beside = path.with_name(f".{path.name}.tmp")
    if path.suffix == ".csv":
        frame.write_csv(beside)
    else:
        frame.write_parquet(beside)
    os.replace(beside, path)
    return path


def _workbook(kept: Released, path: Path) -> Path:
    from xlsxwriter import Workbook

    beside = path.with_name(f".{path.name}.tmp")
    # A cell that begins with = is text here: no figure is ever a formula.
    options = {"strings_to_formulas": False, "strings_to_urls": False}
    with Workbook(str(beside), options) as book:
        for name in FRAMES:
            kept.read(name).write_excel(book, worksheet=name, float_precision=6, autofit=True)
    os.replace(beside, path)
    return path


def _descriptor(kept: Released, name: str, format: str, to: Path) -> Path:
    """A Data Package: each table's path, its columns and what the vintage was."""
    resources = [
        {
            "name": frame,
            "path": "outturn.xlsx" if format == "xlsx" else f"{frame}.{format}",
            "format": format,
            "schema": {
                "fields": [
                    {"name": column, "type": _KINDS.get(kind, "string")}
                    for column, kind in SCHEMAS[frame].items()
                ]
            },
            **({"dialect": {"sheetName": frame}} if format == "xlsx" else {}),
        }
        for frame in FRAMES
    ]
    package = {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": f"outturn-{kept.name}",
        "title": f"{name}: outcomes and performance",
        "version": kept.name,
        "description": f"Vintage {kept.name}, seal {kept.seal}, made by {kept.software}.",
        "resources": resources,
    }
    path = to / "datapackage.json"
    path.write_text(json.dumps(package, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return path
