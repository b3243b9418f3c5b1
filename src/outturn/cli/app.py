"""The commands as typer sees them: each reads its words, calls one function, prints the answer."""

from __future__ import annotations

import json as jsonlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.main import get_command

from outturn.cli.wrong_words import WRONG_COMMAND_LINE, told_as_a_mistake
from outturn.terms.errors import DiskMistake, ExtractMistake, Mistake, Mistakes, exit_code, is_full

app = typer.Typer(
    help="Outcomes and performance for health and social care partnerships.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
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
_STOPPED = 130  # as a shell has it, and typer too


def run(arguments: list[str]) -> int:
    """Run one command line; the exit code. Mistakes are told on stderr, without a traceback."""
    try:
        # An Exit raised by a command comes back as its number; a command itself returns nothing.
        code = app(args=arguments, prog_name="outturn", standalone_mode=False)
    except Mistakes as found:
        return _tell(list(found.exceptions))
    except Mistake as found:
        return _tell([found])
    except WRONG_COMMAND_LINE as wrong:
        sys.stderr.write(f"{told_as_a_mistake(wrong, _names_of_commands())}\n")
        return int(wrong.exit_code)
    except typer.Exit as ended:
        return ended.exit_code
    except (typer.Abort, KeyboardInterrupt):
        code = _STOPPED
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    except OSError as error:
        if not is_full(error):
            raise
        return _tell([DiskMistake.at(str(error.filename or "the disk"))])
    if code == _STOPPED:
        sys.stderr.write("Stopped. Nothing was changed since the last kept build.\n")
    return code or 0


@app.command()
def new(
    name: Annotated[str, typer.Argument(help="What the partnership is called.")],
    into: Annotated[Path, typer.Option("--into", metavar="DIR", help="Where to make it.")] = HERE,
) -> None:
    """Make a partnership's folder, which works as it is."""
    from outturn.commands.scaffold import new

    folder = new(name, into)
    _say(f"Made {folder}.", f"Next: outturn build --in {folder}")


@app.command()
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

    with _steps() as step:
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
    _json(made.summary) if json else _say(*made.sentences)


@app.command()
def check(folder: In = HERE, json: Json = False) -> None:
    """Check every definition and every data file at once. All that is wrong is told."""
    from outturn.commands.check import check

    with _steps() as step:
        found = check(folder, step)
    if json:
        mistakes = [_mistake(one) for one in found.mistakes]
        told = {"unknown_words": list(found.unknown_words), "days_ahead": list(found.ahead)}
        _json({"mistakes": mistakes, **told, **found.counted})
    elif said := (*found.unknown_words, *found.ahead) if found.mistakes else found.sentences:
        _say(*said)
    if found.mistakes:
        raise typer.Exit(exit_code(found.mistakes) if json else _tell(found.mistakes))


@app.command()
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

    with _steps() as step:
        checked = check_cld(file, folder, source, workbook, to, _date(as_of), step)
    if json:
        _json(checked.summary)
    else:
        for answer in checked.answers:
            _table(answer, json)
    if checked.judged.to_correct or checked.judged.to_correct_in_the_file:
        raise typer.Exit(ExtractMistake.exit_code)


@app.command()
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

    with _steps() as step:
        built = build(
            folder,
            as_of=_date(as_of),
            label=label,
            replaces=replaces,
            because=because,
            audience=audience,
            earlier=tuple(earlier or ()),
            seed=seed,
            progress=step,
        )
    _json(built.summary) if json else _say(*built.sentences)


@app.command()
def scorecard(folder: In = HERE, vintage: Name = "", json: Json = False) -> None:
    """Show every measure: figure, target, statuses, direction."""
    from outturn.commands.questions import scorecard

    _table(scorecard(folder, vintage), json)


@app.command()
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
        _json(parts)
    else:
        for title, lines in parts.items():
            _say("", title, *(fitted(f"  {line}") for line in lines))


@app.command()
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

    _table(trend(folder, measure, place, vintage, part=part), json)


@app.command()
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

    _table(control(folder, measure, place, vintage, part=part), json)


@app.command()
def compare(
    measure: Annotated[str, typer.Argument(help="A measure's id, or a code of a scheme.")],
    period: Annotated[str, typer.Argument(help="A period; without it, the latest.")] = "",
    folder: In = HERE,
    vintage: Name = "",
    json: Json = False,
) -> None:
    """Show how places compare on a measure: rank, quartile, gap."""
    from outturn.commands.questions import compare

    _table(compare(folder, measure, period, vintage), json)


@app.command()
def neighbours(
    group: Annotated[
        str, typer.Argument(help="A comparator's id; not needed for the only one.")
    ] = "",
    folder: In = HERE,
    json: Json = False,
) -> None:
    """Show which places are nearest, and by what."""
    from outturn.commands.neighbours import nearest

    with _steps() as step:
        found = nearest(folder, group, step)
    _table(found, json)


@app.command()
def improvers(
    measure: Annotated[str, typer.Argument(help="A measure's id, or a code of a scheme.")],
    period: Annotated[str, typer.Argument(help="A period; without it, the latest.")] = "",
    folder: In = HERE,
    vintage: Name = "",
    json: Json = False,
) -> None:
    """Show who stood where we stand and got better."""
    from outturn.commands.questions import improvers

    _table(improvers(folder, measure, period, vintage), json)


@app.command()
def findings(folder: In = HERE, vintage: Name = "", json: Json = False) -> None:
    """List what the data quality rules found in the figures."""
    from outturn.commands.questions import findings

    _table(findings(folder, vintage), json)


@app.command()
def rejected(folder: In = HERE, vintage: Name = "", json: Json = False) -> None:
    """List the rows that were kept aside, each with its reason. No cell of them is shown."""
    from outturn.commands.questions import rejected

    _table(rejected(folder, vintage), json)


@app.command()
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

    with _steps() as step:
        found = people(
            folder,
            measure,
            place,
            period,
            against=against,
            returned=returned,
            to=to,
            as_of=_date(as_of),
            progress=step,
        )
    _table(found.answer, json)


@app.command()
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
    from outturn.commands.publish import publish, unshown

    wrong: list[Mistake] = []
    with _steps() as step:
        written = publish(folder, pack, vintage, to, step, mistakes=wrong)
    if written and json:
        _json({"papers": [str(path) for path in written], "not_shown": unshown(folder, vintage)})
    elif written:
        _say("The papers are:", *(f"  {path}" for path in written))
        if silent := unshown(folder, vintage):
            _say("Comments that no paper shows:", *(f"  {one}" for one in silent))
        _warn_before_publishing(folder, vintage)
    if wrong:
        raise typer.Exit(_tell(wrong))


@app.command()
def vintages(folder: In = HERE, json: Json = False) -> None:
    """List the kept builds, newest first."""
    from outturn.commands.questions import vintages

    _table(vintages(folder), json)


@app.command()
def diff(
    a: Annotated[str, typer.Argument(help="The earlier vintage.")],
    b: Annotated[str, typer.Argument(help="The later vintage.")],
    folder: In = HERE,
    json: Json = False,
) -> None:
    """Tell what changed between two builds, and the cause of each."""
    from outturn.commands.changes import diff

    _table(diff(folder, a, b), json)


@app.command()
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
    _json(found.summary) if json else _table(found.answer, json)
    if found.answer.rows:
        raise typer.Exit(1)


@app.command()
def recreate(
    name: Annotated[str, typer.Argument(help="The vintage to make again.")],
    folder: In = HERE,
    json: Json = False,
) -> None:
    """Build a vintage again and compare the seals. The kept definitions are used."""
    from outturn.commands.build import recreate

    with _steps() as step:
        same = recreate(folder, name, step)
    _json(same.summary) if json else _say(*same.sentences)


@app.command()
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
        _json({"files": [str(path) for path in written]})
    else:
        _say("Wrote:", *(f"  {path}" for path in written))
        _warn_before_publishing(folder, vintage)


def _names_of_commands() -> list[str]:
    group: Any = get_command(app)
    return list(group.commands)


def _date(day: datetime | None) -> date | None:
    return day.date() if day else None


def _warn_before_publishing(folder: Path, vintage: str) -> None:
    from outturn.commands.audience import not_for_the_public
    from outturn.commands.opened import open_build

    if said := not_for_the_public(open_build(folder, vintage)):
        _say(said)


def _say(*lines: str) -> None:
    sys.stdout.write("\n".join(lines) + "\n")


def _json(answer: object) -> None:
    sys.stdout.write(jsonlib.dumps(answer, ensure_ascii=False, indent=2, default=str) + "\n")


def _mistake(one: Mistake) -> dict[str, Any]:
    return {
        "where": one.where,
        "problem": one.problem,
        "remedy": one.remedy,
        "exit_code": one.exit_code,
    }


def _tell(found: list[Any]) -> int:
    """Print each mistake in three lines; the exit code they share, or 10."""
    for one in found:
        sys.stderr.write(f"{one}\n")
    if len(found) > 1:
        sys.stderr.write(f"{len(found)} mistakes were found.\n")
    return exit_code(found)


def _table(answer: Any, json: bool) -> None:
    """Print rows under headings: a table for a person, a list of objects for a script."""
    if json:
        _json(answer.rows)
        return
    from outturn.cli.tables import print_answer

    print_answer(answer)


@contextmanager
def _steps() -> Iterator[Any]:
    """Tells the steps of the work inside it, and leaves nothing of them in a terminal."""
    from outturn.cli.progress import clear

    try:
        yield _progress()
    finally:
        clear()


def _progress() -> Any:
    """Tells each step on stderr: a bar in a terminal, one line a step elsewhere."""
    from outturn.cli.progress import Steps

    return Steps()
