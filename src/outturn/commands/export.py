"""`outturn export`: the figures of a kept build as files that anybody can read."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl

from outturn.commands.audience import audience_of, made_for, policy_of
from outturn.commands.in_place import in_place
from outturn.commands.opened import Opened, open_build
from outturn.ingest.fingertips import COLUMNS, FIGURES
from outturn.ingest.fingertips import write as write_fingertips
from outturn.terms.errors import DefinitionMistake, suggestion
from outturn.terms.records import KEYS
from outturn.vintages import PUBLISHED as FRAMES
from outturn.vintages import Released

ROWS_OF_A_SHEET = 1_048_575  # below the header; an XLSX sheet has no more
FORMATS = ("csv", "parquet", "xlsx", "fingertips")
DESCRIPTOR = "datapackage.json"
TITLES = {
    "counts": "Numerators and denominators, after disclosure control",
    "values": "Figures in the unit of their measure",
    "verdicts": "Figures against their targets, with the reasons",
    "benchmarks": "Places among their peers",
}
_KINDS = {pl.Float64: "number", pl.Int64: "integer", pl.String: "string"}
_MEDIA = {
    ".csv": "text/csv",
    ".parquet": "application/vnd.apache.parquet",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def export(path: Path, vintage: str, format: str, to: Path) -> list[Path]:
    """Write counts, values, verdicts and benchmarks, and a Data Package that describes them."""
    if format not in FORMATS:
        raise DefinitionMistake(
            where="the command, --format",
            problem=f"There is no format '{format}'.",
            remedy=suggestion(format, FORMATS, f"Write one of {', '.join(FORMATS)}."),
        )
    opened = open_build(path, vintage)
    try:
        to.mkdir(parents=True, exist_ok=True)
        match format:
            case "fingertips":
                resources = _fingertips(opened, to)
            case "xlsx":
                resources = _workbook(opened.kept, to / "outturn.xlsx")
            case _:
                resources = [_table(opened.kept, name, to / f"{name}.{format}") for name in FRAMES]
        written = list(dict.fromkeys(to / str(one["path"]) for one in resources))
        return [*written, _descriptor(opened, resources, to / DESCRIPTOR)]
    except (OSError, pl.exceptions.PolarsError) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise DefinitionMistake(
            where="the command, --to",
            problem=f"The files cannot be written there ({reason}).",
            remedy="Name a folder that you may write to.",
        ) from error


def _table(kept: Released, name: str, path: Path) -> dict[str, Any]:
    frame = kept.read(name)
    with in_place(path) as beside:
        if path.suffix == ".csv":
            frame.write_csv(beside)
        else:
            frame.write_parquet(beside)
    return _described(path, name, TITLES[name], _fields(frame))


def _workbook(kept: Released, path: Path) -> list[dict[str, Any]]:
    from xlsxwriter import Workbook
    from xlsxwriter.exceptions import FileCreateError

    frames = {name: kept.read(name) for name in FRAMES}
    _fits_in_sheets(frames)
    # A cell that begins with = is text here: no figure is ever a formula.
    options = {"strings_to_formulas": False, "strings_to_urls": False}
    try:
        with in_place(path) as beside, Workbook(str(beside), options) as book:
            for name, frame in frames.items():
                frame.write_excel(book, worksheet=name, float_precision=6, autofit=True)
    except FileCreateError as error:  # holds the error of the disk
        raise OSError(*error.args[0].args) from error
    return [
        _described(path, name, TITLES[name], _fields(frame)) | {"dialect": {"sheetName": name}}
        for name, frame in frames.items()
    ]


def _fits_in_sheets(frames: Mapping[str, pl.DataFrame]) -> None:
    for name, frame in frames.items():
        if frame.height > ROWS_OF_A_SHEET:
            raise DefinitionMistake(
                where="the command, --format xlsx",
                problem=f"There are {frame.height:,} {name}; a sheet holds {ROWS_OF_A_SHEET:,}.",
                remedy="Export as csv or parquet.",
            )


def _fingertips(opened: Opened, to: Path) -> list[dict[str, Any]]:
    """The upload file and, where the layout cannot hold everything, the list of what it left."""
    file, left = to / "fingertips.csv", to / "fingertips-left-out.csv"
    with TemporaryDirectory(prefix=".fingertips-", dir=to) as folder:
        write_fingertips(opened.kept.read("values"), opened.partnership, Path(folder) / file.name)
        left.unlink(missing_ok=True)  # of an earlier export
        for written in Path(folder).iterdir():
            os.replace(written, to / written.name)
    described = [_described(file, "fingertips", "Figures to upload to Fingertips", _uploaded())]
    if left.is_file():
        fields = [{"name": name, "type": "string"} for name in (*KEYS, "reason")]
        described.append(
            _described(left, "left-out", "Figures that the layout cannot hold, and why", fields)
        )
    return described


def _uploaded() -> list[dict[str, str]]:
    """The columns of the upload layout: whole numbers, but for figures and codes of areas."""
    kinds = {"AreaCode": "string"} | dict.fromkeys(FIGURES, "number")
    return [{"name": name, "type": kinds.get(name, "integer")} for name in COLUMNS]


def _fields(frame: pl.DataFrame) -> list[dict[str, str]]:
    return [{"name": name, "type": _KINDS[type(kind)]} for name, kind in frame.schema.items()]


def _described(path: Path, name: str, title: str, fields: list[dict[str, str]]) -> dict[str, Any]:
    """One resource of a Data Package: the file, its digest and its columns."""
    content = path.read_bytes()
    return {
        "name": name,
        "title": title,
        "path": path.name,
        "format": path.suffix[1:],
        "mediatype": _MEDIA[path.suffix],
        **({"encoding": "utf-8"} if path.suffix == ".csv" else {}),
        "bytes": len(content),
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
        "schema": {"fields": fields},
    }


def _descriptor(opened: Opened, resources: list[dict[str, Any]], path: Path) -> Path:
    """A Data Package: what the vintage was, and each table with its columns."""
    kept, policy = opened.kept, policy_of(opened.partnership, opened.kept)
    package = {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": f"outturn-{kept.name}",
        "title": f"{opened.partnership.name}: outcomes and performance",
        "version": kept.name,
        "description": f"Vintage {kept.name}, {made_for(kept, policy)}; published seal "
        f"{kept.published_seal}, made by {kept.software}.",
        "outturn": {"audience": audience_of(kept) or None, "disclosure": policy.name},
        "resources": resources,
    }
    text = json.dumps(package, indent=2, ensure_ascii=False) + "\n"
    with in_place(path) as beside:
        beside.write_text(text, encoding="utf-8", newline="\n")
    return path
