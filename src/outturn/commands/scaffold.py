"""`outturn new NAME`: a folder that builds and publishes before anything is changed in it."""

from __future__ import annotations

from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from outturn.terms.errors import DefinitionMistake

_IGNORED = "vintages/.tmp-*\npapers/\n.outturn/\n"


def new(name: str, into: Path) -> Path:
    """Make a partnership's folder called after `name` inside `into`; nothing is overwritten."""
    folder = into / "-".join(name.lower().split())
    if folder.exists() and any(folder.iterdir()):
        raise DefinitionMistake(
            where=str(folder),
            problem="There is a folder of this name already, and it is not empty.",
            remedy="Choose another name, or move that folder away.",
        )
    _copy(resources.files("outturn.commands") / "template", folder, name)
    (folder / ".gitignore").write_text(_IGNORED, encoding="utf-8")
    return folder


def _copy(template: Traversable, folder: Path, name: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for one in template.iterdir():
        if one.is_dir():
            _copy(one, folder / one.name, name)
        else:
            text = one.read_text(encoding="utf-8").replace("{{NAME}}", name)
            (folder / one.name).write_text(text, encoding="utf-8")
