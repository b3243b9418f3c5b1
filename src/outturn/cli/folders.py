"""The commands that make a folder, check it and build it.

Each reads its words, calls one function and prints what that answers. Heavy libraries are imported
when it runs, so that help stays quick.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from outturn.cli.options import HERE, Audience, Day, Earlier, In, Json
from outturn.cli.telling import day_of, mistake_words, print_json, print_table, say, steps, tell
from outturn.terms.errors import ExtractMistake, exit_code


def new(
    name: Annotated[str, typer.Argument(help="What the partnership is called.")],
    into: Annotated[Path, typer.Option("--into", metavar="DIR", help="Where to make it.")] = HERE,
) -> None:
    """Make a partnership's folder, which works as it is."""
    from outturn.commands.scaffold import new

    folder = new(name, into)
    say(f"Made {folder}.", f"Next: outturn build --in {folder}")


def simulate(
    into: Annotated[Path, typer.Argument(help="The folder to make: new, or empty.")],
    people: Annotated[
        int, typer.Option(help="People known to social care, in each council.")
    ] = 60_000,
    seed: Annotated[int, typer.Option(help="The same seed gives the same bytes.")] = 1,
    nation: Annotated[str, typer.Option(help="england or scotland.")] = "england",
    years: Annotated[int, typer.Option(help="How many years the records cover.")] = 3,
    until: Annotated[
        datetime,
        typer.Option(
            metavar="DATE",
            formats=["%Y-%m-%d"],
            help="The last day of a month; without it, 2026-09-30.",
            show_default=False,  # it would be shown with the hour that its type has
        ),
    ] = datetime(2026, 9, 30),
    councils: Annotated[int, typer.Option(help="More than one for a country.")] = 1,
    release: Annotated[
        int, typer.Option(help="The spellings of client level data: release 1 or 2.")
    ] = 2,
    untidy: Annotated[
        bool, typer.Option(help="Leave some cells empty that must be filled.")
    ] = False,
    quarterly: Annotated[
        bool, typer.Option(help="Client level data as they were sent, quarter by quarter.")
    ] = False,
    form: Annotated[
        str, typer.Option(help="csv or parquet; without it, csv for a single council.")
    ] = "",
    measures: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="A folder of measure files to take along."),
    ] = None,
    json: Json = False,
) -> None:
    """Make a partnership of records about nobody. The true counts are kept aside."""
    from outturn.commands.simulate import simulate

    with steps() as step:
        made = simulate(
            into,
            people=people,
            seed=seed,
            nation=nation,
            years=years,
            until=until.date(),
            councils=councils,
            release=release,
            untidy=untidy,
            quarterly=quarterly,
            form=form,
            measures=measures,
            progress=step,
        )
    print_json(made.summary) if json else say(*made.sentences)


def check(folder: In = HERE, json: Json = False) -> None:
    """Check every definition and every data file at once. All that is wrong is told."""
    from outturn.commands.check import check

    with steps() as step:
        found = check(folder, step)
    if json:
        mistakes = [mistake_words(one) for one in found.mistakes]
        told = {"unknown_words": list(found.unknown_words), "days_ahead": list(found.ahead)}
        told |= {"doubtful": list(found.doubtful), "unfilled": list(found.unfilled)}
        told["neighbours"] = list(found.neighbours)
        print_json({"mistakes": mistakes, **told, **found.counted})
    elif said := found.warnings if found.mistakes else found.sentences:
        say(*said)
    if found.mistakes:
        raise typer.Exit(exit_code(found.mistakes) if json else tell(found.mistakes))


def check_extract(
    file: Annotated[
        Path,
        typer.Argument(
            help="The extract: CSV, Parquet, a workbook, DuckDB; or a folder of such files."
        ),
    ],
    folder: In = HERE,
    source: Annotated[
        str,
        typer.Option(
            metavar="ID",
            help="The source in data/sources.toml that maps it: of a file, a folder or a server.",
        ),
    ] = "",
    workbook: Annotated[
        Path | None,
        typer.Option(
            metavar="PATH", help="Where the records go; else FILE-findings.xlsx, beside it."
        ),
    ] = None,
    to: Annotated[
        Path | None,
        typer.Option("--to", metavar="DIR", help="Also write all records as tables there."),
    ] = None,
    as_of: Annotated[
        datetime | None,
        typer.Option(
            metavar="DATE", formats=["%Y-%m-%d"], help="The day of the extract; else today."
        ),
    ] = None,
    json: Json = False,
) -> None:
    """Judge a council's client level data by every rule. The records to correct are listed."""
    from outturn.commands.check_extract import check_cld

    with steps() as step:
        checked = check_cld(file, folder, source, workbook, to, day_of(as_of), step)
    if json:
        print_json(checked.summary)
    else:
        for answer in checked.answers:
            print_table(answer, json)
    if checked.judged.to_correct or checked.judged.to_correct_in_the_file:
        raise typer.Exit(ExtractMistake.exit_code)


def build(
    folder: In = HERE,
    as_of: Day = None,
    label: Annotated[str, typer.Option(help="A few words to know the build by.")] = "",
    replaces: Annotated[str, typer.Option(help="The vintage that this one corrects.")] = "",
    because: Annotated[str, typer.Option(help="Why it is corrected, in a sentence.")] = "",
    audience: Audience = "",
    earlier: Earlier = None,
    seed: Annotated[
        int, typer.Option(metavar="NUMBER", help="Of what is drawn by chance, as forecasts are.")
    ] = 1,
    json: Json = False,
) -> None:
    """Count, compare and judge everything, and keep the result."""
    from outturn.commands.build import build

    with steps() as step:
        built = build(
            folder,
            as_of=day_of(as_of),
            label=label,
            replaces=replaces,
            because=because,
            audience=audience,
            earlier=tuple(earlier or ()),
            seed=seed,
            progress=step,
        )
    print_json(built.summary) if json else say(*built.sentences)
