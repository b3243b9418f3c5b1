"""The words that several commands have, as typer reads them."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

In = Annotated[
    Path, typer.Option("--in", metavar="DIR", help="The partnership's folder.", show_default=False)
]
Json = Annotated[bool, typer.Option("--json", help="Answer as JSON, for a script.")]
Name = Annotated[
    str, typer.Option("--vintage", metavar="NAME", help="A kept build; without it, the latest.")
]
Part = Annotated[
    str, typer.Option("--part", metavar="NAME=CATEGORY", help="A part of the figure: sex=F.")
]
Day = Annotated[
    datetime | None,
    typer.Option("--as-of", metavar="DATE", formats=["%Y-%m-%d"], help="The position date."),
]
Audience = Annotated[
    str, typer.Option("--audience", metavar="NAME", help="officer, board or public.")
]
Earlier = Annotated[
    list[str] | None,
    typer.Option("--earlier", metavar="NAME", help="A kept build that is published already."),
]
HERE = Path(".")
