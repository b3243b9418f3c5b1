"""The command line: exit codes, what goes to stdout and what to stderr, and nothing else."""

import inspect
import json
import subprocess
import sys

import pytest
from typer.main import get_command

import outturn
import outturn.cli
import outturn.commands.check
from outturn.cli.app import app, run
from outturn.cli.keep_help import HELP, help_text
from outturn.commands.scaffold import new
from outturn.judgement.year_end_moments import SEED
from outturn.terms.errors import (
    DefinitionMistake,
    ExtractMistake,
    Mistakes,
    MoveMistake,
    VintageMistake,
)
from outturn.vintages import software

WORDS = {"where": "a file", "problem": "It is wrong.", "remedy": "Put it right."}
MESSAGE = "a file\n  It is wrong.\n  Put it right.\n"


@pytest.fixture
def folder(tmp_path):
    return new("Northvale", tmp_path)


@pytest.fixture
def failing(monkeypatch):
    """Makes `outturn check` raise what it is given."""

    def fail(error):
        def check(*_):
            raise error

        monkeypatch.setattr(outturn.commands.check, "check", check)

    return fail


def test_the_help_that_is_kept_is_what_the_commands_say_of_themselves():
    kept = HELP.read_text(encoding="utf-8")
    assert kept == help_text(), "run: python -m outturn.cli.keep_help"


def test_no_summary_of_a_command_is_cut_short_at_eighty_columns():
    _, _, commands = help_text().partition("Commands:")
    assert "..." not in commands
    assert max(map(len, commands.splitlines())) <= 80


def test_the_version_tells_what_decides_a_number_as_a_vintage_keeps_it(capsys):
    assert run(["--version"]) == 0
    assert capsys.readouterr().out == f"{software(outturn.__version__)}\n"


def test_the_package_itself_can_be_run_as_the_command():
    asked = [sys.executable, "-m", "outturn"]
    told = subprocess.run([*asked, "--version"], capture_output=True, text=True, check=True)
    assert told.stdout == f"{software(outturn.__version__)}\n"
    wrong = subprocess.run([*asked, "no-such"], capture_output=True, text=True, check=False)
    assert wrong.returncode == 2
    assert "Traceback" not in wrong.stderr


def test_help_names_every_command():
    assert all(f"\n  {name} " in help_text() for name in get_command(app).commands)


@pytest.mark.parametrize("arguments", [[], ["--help"]])
def test_help_is_told_without_loading_the_commands(arguments, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["outturn", *arguments])
    monkeypatch.setitem(sys.modules, "outturn.cli.app", None)  # importing it would fail
    outturn.cli.main()
    assert capsys.readouterr() == (help_text(), "")


def test_main_ends_with_the_exit_code_of_the_command(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["outturn", "chek"])
    with pytest.raises(SystemExit) as ended:
        outturn.cli.main()
    assert ended.value.code == 2


@pytest.mark.parametrize("name", list(get_command(app).commands))
def test_every_command_explains_itself(name, capsys):
    assert run([name, "--help"]) == 0
    assert capsys.readouterr().out.startswith(f"Usage: outturn {name} ")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["chek"], "No such command 'chek'."),
        (["check", "--nope"], "No such option: --nope"),
        (["explain", "x"], "Missing argument"),
        (["build", "--as-of", "soon"], "Invalid value for '--as-of'"),
        ([], "Usage: outturn"),
    ],
)
def test_a_wrong_command_line_exits_with_2_and_no_traceback(arguments, said, capsys):
    assert run(arguments) == 2
    told = capsys.readouterr()
    assert said in told.err
    assert "Traceback" not in told.err


@pytest.mark.parametrize(
    ("arguments", "lines"),
    [
        (["chek"], ["the command line, outturn", "  No such command 'chek'.",
                    "  Did you mean 'check'?"]),
        (["qqqq"], ["the command line, outturn", "  No such command 'qqqq'.",
                    "  See outturn --help."]),
        (["check", "--jsn"], ["the command line, outturn check", "  No such option: --jsn.",
                              "  Did you mean '--json'?"]),
        (["explain", "x"], ["the command line, outturn explain", "  Missing argument 'place'.",
                            "  See outturn explain --help."]),
    ],
)  # fmt: skip
def test_a_wrong_command_line_is_told_in_three_lines_like_every_mistake(arguments, lines, capsys):
    assert run(arguments) == 2
    assert capsys.readouterr().err.splitlines() == lines


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["build", "--as-of", "soon"], "'--as-of': 'soon'"),
        (["simulate", "x", "--until", "2026-02-29"], "'--until': '2026-02-29'"),
    ],
)
def test_a_day_that_cannot_be_read_is_told_in_three_lines(arguments, said, capsys):
    assert run(arguments) == 2
    assert capsys.readouterr().err.splitlines() == [
        f"the command line, outturn {arguments[0]}",
        f"  Invalid value for {said} is not a day.",
        "  Write the day as in 2026-11-30.",
    ]


@pytest.mark.parametrize("command", ["build", "simulate"])
@pytest.mark.parametrize("given", ["seven", "1.5"])
def test_a_seed_that_is_no_whole_number_is_told_in_three_lines(command, given, capsys):
    arguments = [command, *(["x"] if command == "simulate" else []), "--seed", given]
    assert run(arguments) == 2
    assert capsys.readouterr().err.splitlines() == [
        f"the command line, outturn {command}",
        "  Invalid value for '--seed': it is not a whole number.",
        "  Give a whole number.",
    ]


def test_a_build_has_the_seed_of_the_room_judgement_where_none_is_given():
    asked = inspect.signature(outturn.cli.app.build).parameters["seed"]
    assert asked.default == SEED


def test_the_help_shows_the_day_that_stands_without_one_and_no_hour(capsys):
    assert run(["simulate", "--help"]) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert "without it, 2026-09-30." in told and "00:00" not in told


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (DefinitionMistake(**WORDS), 11),
        (ExtractMistake(**WORDS), 12),
        (VintageMistake(**WORDS), 13),
        (MoveMistake(**WORDS), 14),
        (Mistakes("one", [ExtractMistake(**WORDS)]), 12),
    ],
)
def test_each_class_of_mistake_has_its_exit_code_and_three_lines(error, code, failing, capsys):
    failing(error)
    assert run(["check"]) == code
    assert capsys.readouterr() == ("", MESSAGE)


def test_mistakes_of_several_classes_exit_with_10_and_are_counted(failing, capsys):
    failing(Mistakes("two", [DefinitionMistake(**WORDS), ExtractMistake(**WORDS)]))
    assert run(["check"]) == 10
    assert capsys.readouterr().err == f"{MESSAGE}{MESSAGE}2 mistakes were found.\n"


def test_a_fault_of_ours_is_not_swallowed(failing):
    failing(ZeroDivisionError())
    with pytest.raises(ZeroDivisionError):
        run(["check"])


def test_stopping_by_hand_says_that_nothing_was_changed(failing, capsys):
    failing(KeyboardInterrupt())
    assert run(["check"]) == 130
    assert capsys.readouterr().err.endswith(
        "Stopped. Nothing was changed since the last kept build.\n"
    )


def test_a_sound_folder_is_said_to_be_in_order_on_stdout(folder, capsys):
    assert run(["check", "--in", str(folder)]) == 0
    told = capsys.readouterr()
    assert told.out.splitlines() == [
        "Everything is in order.",
        "Checked: 11 definition files, 2 measures, 2 targets, 6 places, 2 sources, 166 rows.",
    ]


def test_what_is_counted_is_told_to_a_script_as_json(folder, capsys):
    assert run(["check", "--in", str(folder), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "mistakes": [],
        "unknown_words": [],
        "days_ahead": [],
        "doubtful": [],
        "neighbours": [],
        "unfilled": [],
        "definition files": 11,
        "measures": 2,
        "targets": 2,
        "places": 6,
        "sources": 2,
        "rows": 166,
    }


def test_a_mistake_is_told_to_a_script_as_json_with_the_same_exit_code(folder, capsys):
    (folder / "actions.toml").write_text("[[actions]]", encoding="utf-8")
    assert run(["check", "--in", str(folder), "--json"]) == 11
    assert json.loads(capsys.readouterr().out)["mistakes"] == [
        {
            "where": "actions.toml, actions",
            "problem": "There is no word 'actions' here.",
            "remedy": "Did you mean 'action'?",
            "exit_code": 11,
        }
    ]


def test_a_new_folder_is_made_and_is_not_made_over_another(tmp_path, capsys):
    assert run(["new", "North Vale", "--into", str(tmp_path)]) == 0
    made = tmp_path / "north-vale"
    assert capsys.readouterr().out == f"Made {made}.\nNext: outturn build --in {made}\n"
    assert run(["new", "North Vale", "--into", str(tmp_path)]) == 11
    assert capsys.readouterr().err == (
        f"{made}\n  There is a folder of this name already, and it is not empty.\n"
        "  Choose another name, or move that folder away.\n"
    )


def test_a_folder_that_is_not_there_is_a_mistake(tmp_path, capsys):
    assert run(["check", "--in", str(tmp_path / "nowhere")]) == 11
    assert "There is no such folder." in capsys.readouterr().err
