"""The commands that ask a kept build, or the folder, and print an answer.

Each reads its words, calls one function and prints what that answers. Heavy libraries are imported
when it runs, so that help stays quick.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from outturn.cli.options import HERE, Day, In, Json, Name, Part
from outturn.cli.telling import day_of, print_json, print_table, say, steps


def scorecard(folder: In = HERE, vintage: Name = "", json: Json = False) -> None:
    """Show every measure: figure, target, statuses, direction."""
    from outturn.commands.questions import scorecard

    print_table(scorecard(folder, vintage), json)


def explain(
    measure: Annotated[str, typer.Argument(help="A measure's id, or a code of a scheme.")],
    place: Annotated[str, typer.Argument(help="A place's code or name.")],
    period: Annotated[str, typer.Argument(help="Such as 2020/21, 2020-11 or a period key.")],
    part: Part = "",
    folder: In = HERE,
    vintage: Name = "",
    json: Json = False,
) -> None:
    """Print how one figure came about.

    From its definition and source over counts and target to the rule.
    """
    from outturn.cli.tables import fitted
    from outturn.commands.explain import explain

    parts = explain(folder, measure, place, period, vintage, part=part)
    if json:
        print_json(parts)
    else:
        for title, lines in parts.items():
            say("", title, *(fitted(f"  {line}") for line in lines))


def trend(
    measure: Annotated[str, typer.Argument(help="A measure's id, or a code of a scheme.")],
    place: Annotated[str, typer.Argument(help="A place's code or name.")] = "",
    part: Part = "",
    folder: In = HERE,
    vintage: Name = "",
    json: Json = False,
) -> None:
    """Show a measure over time. A trend across a break in the series is refused."""
    from outturn.commands.questions import trend

    print_table(trend(folder, measure, place, vintage, part=part), json)


def control(
    measure: Annotated[
        str, typer.Argument(help="A measure's id or code; without it, the icons of all.")
    ] = "",
    place: Annotated[str, typer.Argument(help="A place's code or name.")] = "",
    part: Part = "",
    folder: In = HERE,
    vintage: Name = "",
    json: Json = False,
) -> None:
    """Tell noise from change, by control charts.

    In words and signs: of every measure without a name, else the points of one.
    """
    from outturn.commands.control import control

    print_table(control(folder, measure, place, vintage, part=part), json)


def compare(
    measure: Annotated[str, typer.Argument(help="A measure's id, or a code of a scheme.")],
    period: Annotated[str, typer.Argument(help="A period; without it, the latest.")] = "",
    folder: In = HERE,
    vintage: Name = "",
    json: Json = False,
) -> None:
    """Show how places compare on a measure: rank, quartile, gap."""
    from outturn.commands.questions import compare

    print_table(compare(folder, measure, period, vintage), json)


def neighbours(
    group: Annotated[
        str, typer.Argument(help="A comparator's id; not needed for the only one.")
    ] = "",
    folder: In = HERE,
    json: Json = False,
) -> None:
    """Show which places are nearest, and by what."""
    from outturn.commands.neighbours import nearest

    with steps() as step:
        found = nearest(folder, group, step)
    print_table(found, json)


def improvers(
    measure: Annotated[str, typer.Argument(help="A measure's id, or a code of a scheme.")],
    period: Annotated[str, typer.Argument(help="A period; without it, the latest.")] = "",
    folder: In = HERE,
    vintage: Name = "",
    json: Json = False,
) -> None:
    """Show who stood where we stand and got better."""
    from outturn.commands.questions import improvers

    print_table(improvers(folder, measure, period, vintage), json)


def findings(folder: In = HERE, vintage: Name = "", json: Json = False) -> None:
    """List what the data quality rules found in the figures."""
    from outturn.commands.questions import findings

    print_table(findings(folder, vintage), json)


def rejected(folder: In = HERE, vintage: Name = "", json: Json = False) -> None:
    """List the rows that were kept aside, each with its reason. No cell of them is shown."""
    from outturn.commands.questions import rejected

    print_table(rejected(folder, vintage), json)


def people(
    measure: Annotated[str, typer.Argument(help="A measure's id, or a code of a scheme.")],
    place: Annotated[str, typer.Argument(help="A place's code or name.")],
    period: Annotated[str, typer.Argument(help="Such as 2020/21, 2020-11 or a period key.")],
    folder: In = HERE,
    as_of: Day = None,
    against: Annotated[
        str, typer.Option("--against", metavar="MEASURE", help="Tell who stands elsewhere in it.")
    ] = "",
    returned: Annotated[
        Path | None,
        typer.Option("--returned", metavar="FILE", help="A list of people that others counted."),
    ] = None,
    to: Annotated[
        Path | None, typer.Option("--to", metavar="FILE", help="Where to write the names.")
    ] = None,
    json: Json = False,
) -> None:
    """Write who is in a figure and what left the others out.

    It is for an officer on the premises.
    """
    from outturn.commands.people import people

    with steps() as step:
        found = people(
            folder,
            measure,
            place,
            period,
            against=against,
            returned=returned,
            to=to,
            as_of=day_of(as_of),
            progress=step,
        )
    print_table(found.answer, json)
