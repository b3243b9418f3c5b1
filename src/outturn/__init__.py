"""The open outcomes and performance system for health and social care partnerships.

In a notebook:

    import outturn

    outturn.check("examples/leicestershire-2021")     # every mistake, or none
    built = outturn.build("examples/leicestershire-2021")
    kept = outturn.open("examples/leicestershire-2021")
    kept.read("verdicts")                              # a Polars frame
    outturn.scorecard("examples/leicestershire-2021").frame

Everything is imported when it is first asked for, so that `import outturn` costs nothing.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from outturn.commands.build import Built, Recreated
    from outturn.commands.check import Checked
    from outturn.commands.opened import Answer
    from outturn.framework import Partnership
    from outturn.vintages import Released

__version__ = "0.1.0"
__all__ = [
    "build", "builds", "check", "compare", "control", "diff", "explain", "export", "new", "open",
    "publish", "read", "recreate", "scorecard", "trend",
]  # fmt: skip


def new(name: str, into: str | Path = ".") -> Path:
    """Make a partnership's folder called after `name`, which works before anything is changed."""
    from outturn.commands.scaffold import new

    return new(name, Path(into))


def read(folder: str | Path) -> Partnership:
    """The definitions of a partnership's folder; every mistake in them raised together."""
    from outturn.commands.folder import sound_folder

    return sound_folder(Path(folder)).partnership


def check(folder: str | Path) -> Checked:
    """Everything that is wrong in a folder's definitions and data, and what was checked."""
    from outturn.commands.check import check

    return check(Path(folder), lambda *_: None)


def build(folder: str | Path, **asked: Any) -> Built:
    """Count, compare and judge everything, and keep it as a vintage. See `outturn build --help`."""
    from outturn.commands.build import build

    return build(Path(folder), **asked)


def open(folder: str | Path, vintage: str = "") -> Released:
    """A kept build: `.read("values")`, `"verdicts"`, `"benchmarks"`, `"findings"` are frames."""
    from outturn.commands.folder import STORE
    from outturn.vintages import open_

    return open_(Path(folder) / STORE, vintage)


def builds(folder: str | Path) -> Answer:
    """The kept builds, newest first: what `outturn vintages` lists."""
    from outturn.commands.vintages import vintages

    return vintages(Path(folder))


def recreate(folder: str | Path, vintage: str) -> Recreated:
    """Make a kept build again from its own definitions; a VintageMistake where it differs."""
    from outturn.commands.build import recreate

    return recreate(Path(folder), vintage)


def diff(folder: str | Path, a: str, b: str) -> Answer:
    """What changed from one kept build to another, each change with its causes."""
    from outturn.commands.changes import diff

    return diff(Path(folder), a, b)


def scorecard(folder: str | Path, vintage: str = "") -> Answer:
    """Every measure with its figure, target, the two statuses and the direction."""
    from outturn.commands.questions import scorecard

    return scorecard(Path(folder), vintage)


def explain(
    folder: str | Path, measure: str, place: str, period: str, vintage: str = "", *, part: str = ""
) -> dict[str, list[str]]:
    """How one figure came about, step by step; `part` is such as "sex=F", empty for the whole."""
    from outturn.commands.explain import explain

    return explain(Path(folder), measure, place, period, vintage, part=part)


def trend(
    folder: str | Path, measure: str, place: str = "", vintage: str = "", *, part: str = ""
) -> Answer:
    """A measure over time, cut where its series breaks, with the reasons; `part` as above."""
    from outturn.commands.questions import trend

    return trend(Path(folder), measure, place, vintage, part=part)


def control(
    folder: str | Path, measure: str = "", place: str = "", vintage: str = "", *, part: str = ""
) -> Answer:
    """What moves by more than noise: of every measure of a place, or the points of one."""
    from outturn.commands.control import control

    return control(Path(folder), measure, place, vintage, part=part)


def compare(folder: str | Path, measure: str, period: str = "", vintage: str = "") -> Answer:
    """Ranks, quartiles and gaps of places on one measure."""
    from outturn.commands.questions import compare

    return compare(Path(folder), measure, period, vintage)


def publish(folder: str | Path, pack: str = "", vintage: str = "") -> list[Path]:
    """The papers of a folder as HTML, PDF and Word; the files written."""
    from outturn.commands.publish import publish

    return publish(Path(folder), pack, vintage)


def export(
    folder: str | Path, to: str | Path, format: str = "parquet", vintage: str = ""
) -> list[Path]:
    """The figures of a kept build as files, with a Data Package descriptor."""
    from outturn.commands.export import export

    return export(Path(folder), vintage, format, Path(to))
