"""The commands about kept builds: papers of them, what changed, what may be worked out, files.

Each reads its words, calls one function and prints what that answers. Heavy libraries are imported
when it runs, so that help stays quick.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from outturn.cli.options import HERE, Audience, Earlier, In, Json, Name
from outturn.cli.telling import print_json, print_table, say, steps, tell, warn_before_publishing
from outturn.terms.errors import Mistake


def publish(
    pack: Annotated[str, typer.Argument(help="A pack's name; without it, every pack.")] = "",
    folder: In = HERE,
    vintage: Name = "",
    to: Annotated[
        Path | None, typer.Option("--to", metavar="DIR", help="Where to write; else papers/.")
    ] = None,
    json: Json = False,
) -> None:
    """Make the papers: accessible HTML, tagged PDF and Word. All are of the same kept build."""
    from outturn.commands.publish import changed_since, publish, unshown

    wrong: list[Mistake] = []
    with steps() as step:
        written = publish(folder, pack, vintage, to, step, mistakes=wrong)
    if written and json:
        print_json(
            {
                "papers": [str(path) for path in written],
                "not_shown": unshown(folder, vintage),
                "changed_since": changed_since(folder, vintage),
            }
        )
    elif written:
        say("The papers are:", *(f"  {path}" for path in written))
        if silent := unshown(folder, vintage):
            say("Comments that no paper shows:", *(f"  {one}" for one in silent))
        if changed := changed_since(folder, vintage):
            say(
                "These files are not as the build kept them; what they say now is in no paper:",
                *(f"  {one}" for one in changed),
                "To have it in the papers: outturn build, then publish again.",
            )
    if written:
        warn_before_publishing(folder, vintage, json)
    if wrong:
        raise typer.Exit(tell(wrong))


def vintages(folder: In = HERE, json: Json = False) -> None:
    """List the kept builds, newest first."""
    from outturn.commands.vintages import vintages

    print_table(vintages(folder), json)


def diff(
    a: Annotated[str, typer.Argument(help="The earlier vintage.")],
    b: Annotated[str, typer.Argument(help="The later vintage.")],
    folder: In = HERE,
    json: Json = False,
) -> None:
    """Tell what changed between two builds, and the cause of each."""
    from outturn.commands.changes import diff

    print_table(diff(folder, a, b), json)


def audit(
    folder: In = HERE,
    vintage: Name = "",
    audience: Audience = "",
    earlier: Earlier = None,
    json: Json = False,
) -> None:
    """Ask whether a withheld count can be worked out."""
    from outturn.commands.audit import audit

    found = audit(folder, vintage, audience=audience, earlier=tuple(earlier or ()))
    print_json(found.summary) if json else print_table(found.answer, json)
    if found.answer.rows:
        raise typer.Exit(1)


def recreate(
    name: Annotated[str, typer.Argument(help="The vintage to make again.")],
    folder: In = HERE,
    json: Json = False,
) -> None:
    """Build a vintage again and compare the seals. The kept definitions are used."""
    from outturn.commands.build import recreate

    with steps() as step:
        same = recreate(folder, name, step)
    print_json(same.summary) if json else say(*same.sentences)


def export(
    format: Annotated[str, typer.Option("--format", help="csv, parquet, xlsx or fingertips.")],
    to: Annotated[Path, typer.Option("--to", metavar="DIR", help="Where to write.")],
    folder: In = HERE,
    vintage: Name = "",
    json: Json = False,
) -> None:
    """Write counts, values, verdicts and benchmarks as files.

    A Data Package descriptor says what they hold.
    """
    from outturn.commands.export import export

    written = export(folder, vintage, format, to)
    if json:
        print_json({"files": [str(path) for path in written]})
    else:
        say("Wrote:", *(f"  {path}" for path in written))
    warn_before_publishing(folder, vintage, json)
