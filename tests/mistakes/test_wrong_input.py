"""Wrong input of every kind: one message of three lines each, in the right place, and all at once.

Each kind below is a sound new folder with one thing spoilt in it, and the whole message that the
person should then read. Each adds files and entries of its own, so that nearly all of them can be
wrong together in one folder.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter

from outturn.cli.app import run
from outturn.commands.scaffold import new
from outturn.ingest.derivations.methods import KEPT, built_in_texts

MARKER = "Zebedee"  # stands in cells of data files, and must never be told
DEFINITION, EXTRACT, SEVERAL = 11, 12, 10
_PROGRESS = re.compile(r"Reading the data|data/\S+ \(\d+ of \d+\)")


@dataclass(frozen=True)
class Kind:
    """One way of being wrong: how to spoil a folder, and what is then told."""

    name: str
    spoil: Callable[[Path, ExitStack], None]
    where: str
    problem: str
    remedy: str
    code: int
    alone: bool = False  # it hides other mistakes, so it cannot stand beside them

    @property
    def message(self) -> str:
        return f"{self.where}\n  {self.problem}\n  {self.remedy}"


KINDS: list[Kind] = []


def wrong(where: str, problem: str, remedy: str, code: int = DEFINITION, alone: bool = False):
    """A kind of wrong input, named for the function that makes it."""

    def kept(spoil):
        KINDS.append(Kind(spoil.__name__, spoil, where, problem, remedy, code, alone))
        return spoil

    return kept


def wrong_data(where: str, problem: str, remedy: str, alone: bool = False):
    return wrong(where, problem, remedy, EXTRACT, alone)


# How a folder is added to ---------------------------------------------------------------------


def write(folder: Path, name: str, text: str | bytes) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def add(folder: Path, name: str, text: str) -> None:
    with (folder / name).open("a", encoding="utf-8") as file:
        file.write(f"\n{text}\n")


def measure(folder: Path, id: str, more: str = "", **words: str) -> None:
    """A measure of its own, sound but for `words` and `more`."""
    said = {
        "title": '"A measure"', "definition": '"1"', "kind": '"count"', "unit": '"people"',
        "aim": '"lower"', "reported": "true",
    } | words  # fmt: skip
    lines = [f"{word} = {value}" for word, value in said.items() if value]
    write(folder, f"framework/measures/{id}.toml", "\n".join([*lines, more]))


def counted(folder: Path, id: str, numerator: str) -> None:
    measure(folder, id, f"[numerator]\n{numerator}", reported="")


def target(folder: Path, id: str, measure: str, more: str, period: str = "2026/27") -> None:
    entry = f'[[target]]\nid = "{id}"\nmeasure = "{measure}"\nperiod = "{period}"\n{more}'
    agreed = 'agreed = { by = "Integration Joint Board" }'
    add(folder, "targets/2026-27.toml", f"{entry}\n{agreed}")


def source(folder: Path, id: str, file: str, more: str = "", contract: str = "admissions") -> None:
    entry = f'[[source]]\nid = "{id}"\nfile = "{file}"\ncontract = "{contract}"\n{more}'
    add(folder, "data/sources.toml", entry)


def data(
    folder: Path, id: str, text: str | bytes, more: str = "", contract: str = "admissions"
) -> None:
    """A data file of its own, and the entry that says what it is."""
    write(folder, f"data/{id}.csv", text)
    source(folder, id, f"{id}.csv", more, contract)


ADMISSIONS = "place,month,age,admissions,remark\n"
FIGURES = "measure,place,period,value,numerator,denominator,provenance,remark\n"


def rows(folder: Path, id: str, *lines: str) -> None:
    """Rows of admissions. Sound ones differ in age, for no two may have the same key."""
    text = ADMISSIONS + "".join(f"{line},{MARKER}\n" for line in lines)
    data(folder, id, text)


def sound(folder: Path) -> str:
    """Measure, place, period and value of a figure that no other file has: a file of which every
    row is wrong is another mistake."""
    before = (folder / "data/sources.toml").read_text(encoding="utf-8").count("[[source]]")
    return f"emergency_admissions,PEER2,{1951 + before}-04-01/P3M,3"


def figures(folder: Path, id: str, *lines: str, more: str = "") -> None:
    every = [*lines, f"{sound(folder)},,,"]
    text = FIGURES + "".join(f"{line},{MARKER}\n" for line in every)
    data(folder, id, text, more, contract="figures")


def workbook(folder: Path, id: str, more: str = "", merged: str = "", extra: object = 3) -> None:
    with xlsxwriter.Workbook(folder / "data" / f"{id}.xlsx") as book:
        sheet = book.add_worksheet("Data")
        row = ["North locality", "2026-04-01", 70, extra, MARKER]
        lines = [ADMISSIONS.strip().split(","), row, [row[0], row[1], 84, 3, MARKER]]
        for number, line in enumerate(lines):
            sheet.write_row(number, 0, line)
        if extra == "#DIV/0!":
            sheet.write_formula(1, 3, "=1/0", None, extra)
        if merged:
            sheet.merge_range(merged, MARKER)
    source(folder, id, f"{id}.xlsx", more)


# Definitions: exit code 11 ----------------------------------------------------------------------

MEASURES = "framework/measures"
LEDGER = "targets/2026-27.toml"
RIGHT = "This is not of the right kind."
PERIODS = "Write 2020/21, 2020/21 Q2, 2020-11, 2020-11-26 or 2020-04-01/P8M."


@wrong("packs/bad_toml.toml, line 2, column 11", "The file is not valid TOML.",
       "Mend it there: invalid value.")  # fmt: skip
def bad_toml(folder, stack):
    write(folder, "packs/bad_toml.toml", 'title = "x"\nmeeting = ?\n')


@wrong(f"{MEASURES}/bad_measure.toml, line 1, column 10", "The file is not valid TOML.",
       "Mend it there: expected newline or end of document after a statement.")  # fmt: skip
def bad_toml_of_a_measure_that_others_name(folder, stack):
    write(folder, f"{MEASURES}/bad_measure.toml", "title = 3x\n")
    target(folder, "bad-measure", "bad_measure", "at_least = 1")


@wrong("checks.toml", "The file is not UTF-8 text.", "Save it again with the encoding UTF-8.")
def definition_not_in_utf_8(folder, stack):
    write(folder, "checks.toml", '# "café"'.encode("cp1252"))


@wrong(f"{MEASURES}/unknown_word.toml, titel", "There is no word 'titel' here.",
       "Did you mean 'title'?")  # fmt: skip
def unknown_word(folder, stack):
    measure(folder, "unknown_word", titel='"A measure"')


@wrong(f"{MEASURES}/word_missing.toml, unit", "'unit' is missing.", "Add unit = ... with text.")
def word_missing(folder, stack):
    measure(folder, "word_missing", unit="")


@wrong(f"{MEASURES}/wrong_type.toml, decimals", RIGHT, "Give a whole number without quotes.")
def wrong_type(folder, stack):
    measure(folder, "wrong_type", decimals='"1"')


@wrong(f"{MEASURES}/wrong_choice.toml, aim", "'highr' is not one of the words allowed here.",
       "Did you mean 'higher'?")  # fmt: skip
def word_that_is_not_allowed(folder, stack):
    measure(folder, "wrong_choice", aim='"highr"')


@wrong(f"{MEASURES}/empty_measure.toml", "The file is empty.",
       "Describe the measure, or delete the file.")  # fmt: skip
def empty_definition(folder, stack):
    write(folder, f"{MEASURES}/empty_measure.toml", "")


@wrong(f"{LEDGER}, target unknown-measure", "There is no measure 'emergency_admision'.",
       "Did you mean 'emergency_admissions'?")  # fmt: skip
def unknown_measure(folder, stack):
    target(folder, "unknown-measure", "emergency_admision", "at_most = 1")


@wrong(f"{LEDGER}, target unknown-place", "There is no place 'NORHT'.", "Did you mean 'NORTH'?")
def unknown_place(folder, stack):
    measure(folder, "unknown_place")
    target(folder, "unknown-place", "unknown_place", 'at_most = 1\nplace = "NORHT"')


@wrong(f"{MEASURES}/unknown_table.toml, numerator", "There is no table 'admisions'.",
       "Did you mean 'admissions'?")  # fmt: skip
def unknown_table(folder, stack):
    counted(folder, "unknown_table", 'table = "admisions"\nsum = "admissions"')


@wrong(f"{MEASURES}/unknown_column.toml, numerator", "There is no column 'agee'.",
       "Did you mean 'age'?")  # fmt: skip
def unknown_column(folder, stack):
    where = 'where = [{ column = "agee", at_least = 65 }]'
    counted(folder, "unknown_column", f'table = "admissions"\nsum = "admissions"\n{where}')


@wrong(f"{MEASURES}/text_for_number.toml, numerator, where age",
       "The column holds integers, and the condition compares it with something else.",
       "Put quotes round text, and none round a number or a date.")  # fmt: skip
def condition_of_another_type(folder, stack):
    where = 'where = [{ column = "age", at_least = "65" }]'
    counted(folder, "text_for_number", f'table = "admissions"\nsum = "admissions"\n{where}')


@wrong(f"{MEASURES}/no_condition.toml, numerator.where[1]", "There is no condition.",
       "Give exactly one of is, is_not, one_of, none_of, at_least, at_most, above, below, "
       "between, present, absent.")  # fmt: skip
def condition_without_a_word(folder, stack):
    where = 'where = [{ column = "age" }]'
    counted(folder, "no_condition", f'table = "admissions"\nsum = "admissions"\n{where}')


@wrong(f"{MEASURES}/across_totals.toml, numerator",
       "The column 'group' of 'beds' mixes totals with their parts.",
       "Add a condition on group: pin it to one of 'all', or leave these out.")  # fmt: skip
def sum_across_totals(folder, stack):
    contract = {
        "fields": [{"name": "place"}, {"name": "period"}, {"name": "group"},
                   {"name": "beds", "type": "integer"}],
        "outturn": {"place": "place", "period": "period", "totals": {"group": ["all"]}},
    }  # fmt: skip
    write(folder, "contracts/beds.json", json.dumps(contract))
    counted(folder, "across_totals", 'table = "beds"\nsum = "beds"')


@wrong(f"{LEDGER}, target twice", "Another entry of the ledger has this id.",
       "An entry is never edited: give the new one its own id, and supersedes = the old."
       )  # fmt: skip
def duplicate_target(folder, stack):
    measure(folder, "twice")
    target(folder, "twice", "twice", "at_most = 1")
    target(folder, "twice", "twice", "at_most = 1", period="2027/28")


@wrong(f"{LEDGER}, target circle-1, supersedes",
       "The entries supersede each other in a circle: circle-1 > circle-3 > circle-2 > circle-1.",
       "Only a later entry supersedes: take supersedes out of the oldest.")  # fmt: skip
def targets_that_supersede_each_other(folder, stack):
    measure(folder, "circle")
    for id, older in (("circle-1", "circle-3"), ("circle-2", "circle-1"), ("circle-3", "circle-2")):
        target(folder, id, "circle", f'at_most = 1\nsupersedes = "{older}"')


@wrong(f"{LEDGER}, target itself, supersedes",
       "The entries supersede each other in a circle: itself > itself.",
       "Only a later entry supersedes: take supersedes out of the oldest.")  # fmt: skip
def target_that_supersedes_itself(folder, stack):
    measure(folder, "itself")
    target(folder, "itself", "itself", 'at_most = 1\nsupersedes = "itself"')


@wrong(f"{LEDGER}, target overlap-2",
       "It overlaps the target overlap-1: same measure, place and period.",
       'Add supersedes = "overlap-1", or change the period.')  # fmt: skip
def overlapping_targets(folder, stack):
    measure(folder, "overlap")
    target(folder, "overlap-1", "overlap", "at_most = 1")
    target(folder, "overlap-2", "overlap", "at_most = 2")


@wrong(f"{MEASURES}/band.toml, band", "The band is upside down.", "Write the lower end first.")
def band_upside_down(folder, stack):
    measure(folder, "band", aim='"band"', band="[61, 56]")


@wrong(f"{LEDGER}, target against-aim",
       "The measure's aim is 'lower', but the target is 'at least'.",
       "Turn the target round, or correct the aim of the measure.")  # fmt: skip
def goal_against_the_aim(folder, stack):
    measure(folder, "against_aim")
    target(folder, "against-aim", "against_aim", "at_least = 1")


@wrong(f"{LEDGER}, target late-milestone, milestones",
       "A milestone falls outside the period of the target.",
       "Give days from 2026-04-01 to 2027-03-31.")  # fmt: skip
def milestone_outside_the_period(folder, stack):
    measure(folder, "milestone")
    milestones = "milestones = [{ by = 2027-04-01, value = 1 }]"
    target(folder, "late-milestone", "milestone", f"at_most = 1\n{milestones}")


@wrong(f"{LEDGER}, target falling-milestones, milestones",
       "The milestone for 2026-09-30 is 60, after 80 in the milestone for 2026-06-30, and a count "
       "that adds up never falls.",
       "Give all that there may be, or must be, since the start of the period. If the count is not "
       'one that adds up, write roll_up = "last" in the file of its measure.')  # fmt: skip
def milestones_of_a_count_that_fall(folder, stack):
    measure(folder, "falling")
    milestones = "milestones = [{ by = 2026-06-30, value = 80 }, { by = 2026-09-30, value = 60 }]"
    target(folder, "falling-milestones", "falling", f"at_most = 110\n{milestones}")


@wrong("targets/no-agreement.toml, target[1].agreed", "It is not said who agreed the target.",
       'Add agreed = { by = "...", where = "...", on = 2020-04-01, because = "..." }.'
       )  # fmt: skip
def target_that_nobody_agreed(folder, stack):
    measure(folder, "no_agreement")
    entry = '[[target]]\nid = "x"\nmeasure = "no_agreement"\nperiod = "2026/27"\nat_most = 1'
    write(folder, "targets/no-agreement.toml", entry)


@wrong("targets/toleration.toml, target[1].tolerance", "This is not of the right kind.",
       "Give a table, such as { points = 3 } or { statistical = true }.")  # fmt: skip
def tolerance_that_is_a_word(folder, stack):
    measure(folder, "toleration")
    entry = '[[target]]\nid = "t"\nmeasure = "toleration"\nperiod = "2026/27"\nat_most = 1'
    agreed = 'tolerance = "statistical"\nagreed = { by = "Board" }'
    write(folder, "targets/toleration.toml", f"{entry}\n{agreed}")


@wrong("targets/ambiguous.toml, target[1].period", "This is not a period that can be read.",
       "It may be a month or a year: write 2011/12 or 2011-12-01/P1M.")  # fmt: skip
def ambiguous_period(folder, stack):
    measure(folder, "ambiguous")
    entry = '[[target]]\nid = "y"\nmeasure = "ambiguous"\nperiod = "2011-12"\nat_most = 1'
    write(folder, "targets/ambiguous.toml", f'{entry}\nagreed = {{ by = "Board" }}')


@wrong(f"{MEASURES}/circle.toml, formula",
       "The formula goes round in a circle: circle > circle.",
       "Take one of these measures out of the other's formula.")  # fmt: skip
def circular_formula(folder, stack):
    measure(folder, "circle", reported="", formula='{ sum = ["circle", "emergency_admissions"] }')


@wrong(f"{MEASURES}/one_part.toml, formula.ratio", "A ratio has two parts.",
       'Write ratio = ["first", "second"].')  # fmt: skip
def formula_with_one_part(folder, stack):
    measure(folder, "one_part", reported="", formula='{ ratio = ["emergency_admissions"] }')


@wrong(f"{MEASURES}/no_denominator.toml, denominator",
       "A measure of kind 'rate' needs a denominator.",
       "Add a [denominator] table, or change the kind.")  # fmt: skip
def missing_denominator(folder, stack):
    numerator = '[numerator]\ntable = "admissions"\nsum = "admissions"'
    measure(folder, "no_denominator", numerator, kind='"rate"', reported="")


@wrong(f"{MEASURES}/per_zero.toml, per", "'per' must be above zero.",
       "Write per = 100000 for 'per 100,000'.")  # fmt: skip
def per_zero(folder, stack):
    measure(folder, "per_zero", per="0")


@wrong(f"{MEASURES}/two_origins.toml", "It must be clear where the figures come from.",
       "Give exactly one of [numerator], formula = { ... } or reported = true.")  # fmt: skip
def two_origins(folder, stack):
    measure(folder, "two_origins", formula='{ sum = ["emergency_admissions"] }')


@wrong("framework/outcomes.toml, outcome bord", "There is no board 'Integration Joint Bord'.",
       "Did you mean 'Integration Joint Board'?")  # fmt: skip
def unknown_board(folder, stack):
    entry = '[[outcome]]\nid = "bord"\ntitle = "x"\nboard = "Integration Joint Bord"'
    add(folder, "framework/outcomes.toml", entry)


@wrong("framework/outcomes.toml, outcome ladder", "The outcome stands above itself.",
       "Correct its parent.")  # fmt: skip
def outcome_above_itself(folder, stack):
    entry = '[[outcome]]\nid = "ladder"\ntitle = "x"\nparent = "ladder"'
    add(folder, "framework/outcomes.toml", entry)


@wrong("framework/outcomes.toml, outcome reablement", "The id 'reablement' is given twice.",
       "Give each its own id.")  # fmt: skip
def duplicate_outcome(folder, stack):
    add(folder, "framework/outcomes.toml", '[[outcome]]\nid = "reablement"\ntitle = "x"')


def place(folder: Path, line: str) -> None:
    with (folder / "places.csv").open("a", encoding="utf-8") as file:
        file.write(f"{line}\n")


@wrong("places.csv, place LOOP", "In the hierarchy 'main' the place stands above itself.",
       "Correct the parent of one place in the circle.")  # fmt: skip
def circle_of_places(folder, stack):
    place(folder, "LOOP,Loop,locality,LOOP,,,,")


@wrong("places.csv, place ORPHAN", "The parent 'NORT' is not in the list.",
       "Did you mean 'NORTH'?")  # fmt: skip
def unknown_parent(folder, stack):
    place(folder, "ORPHAN,Orphan,locality,NORT,,,,")


@wrong("places.csv, place ENDED, successor", "There is no place 'SOUHT'.",
       "Did you mean 'SOUTH'?")  # fmt: skip
def unknown_successor(folder, stack):
    place(folder, "ENDED,Ended,locality,HOME,,2020-03-31,SOUHT,")


@wrong("places.csv, line {line}", "The code stands on an earlier line too.",
       "Keep one line for each code; other names go under aliases.")  # fmt: skip
def duplicate_place(folder, stack):
    place(folder, "SOUTH,The south,locality,HOME,,,,")


@wrong("places.csv, line {line}", "A validity date cannot be read.", "Write it as 2009-04-01.")
def place_date_unreadable(folder, stack):
    place(folder, "DATED,Dated,locality,HOME,1 April 2009,,,")


@wrong("places.csv, line {line}", "The line has more or fewer cells than the headings.",
       "Put quotes round a name that holds a comma.")  # fmt: skip
def place_with_a_comma_in_its_name(folder, stack):
    place(folder, "COMMA,North, south and west,locality,HOME,,,,")


@wrong("commentary/emergency_admissions/2026_27.md", "There is no token 'valeu'.",
       "Did you mean 'value'?")  # fmt: skip
def unknown_token(folder, stack):
    write(folder, "commentary/emergency_admissions/2026_27.md", "Now {valeu} of {target}.")


@wrong("commentary/emergency_admissions/november.md",
       "The file's name is not a period that can be read.",
       "In a file's name write 2020/21, 2020/21 Q2, 2020-11, 2020-11-26 or 2020-04-01/P8M, "
       "with _ for each /.")  # fmt: skip
def commentary_named_for_no_period(folder, stack):
    write(folder, "commentary/emergency_admissions/november.md", "Well.")


@wrong("framework/measures/rare.toml, chart",
       "Each figure of a T chart is the time since the event before, on the day of an event.",
       'Write frequency = "census", and give the figures of those days.')  # fmt: skip
def rare_events_by_the_month(folder, stack):
    measure(folder, "rare", chart='"T"', frequency='"month"')


@wrong("framework/measures/sifted.toml, screened",
       "Only an XmR chart has moving ranges to screen, and this is a run chart.",
       "Leave out the one word or the other.")  # fmt: skip
def screened_run_chart(folder, stack):
    measure(folder, "sifted", chart='"run"', screened="true")


def pack(folder: Path, id: str, more: str, held_on: str = "held_on = 2026-12-15") -> None:
    said = f'title = "x"\nmeeting = "y"\nperiod = "2026/27"\ndecision = "note"\n{held_on}\n{more}'
    write(folder, f"packs/{id}.toml", said)


@wrong("packs/framework.toml", "There is no framework 'Strategic plam'.",
       "Did you mean 'Strategic plan'?")  # fmt: skip
def unknown_framework(folder, stack):
    pack(folder, "framework", 'framework = "Strategic plam"')


@wrong("packs/comparator.toml", "There is no comparator 'famly'.", "Did you mean 'family'?")
def unknown_comparator(folder, stack):
    pack(folder, "comparator", 'comparator = "famly"')


@wrong("packs/funnel.toml, section[1].items",
       "A section of kind 'funnel plots' shows nothing without items.",
       "Write items = [...] with the names of measures.")  # fmt: skip
def funnel_of_nothing(folder, stack):
    pack(folder, "funnel", '[[section]]\nkind = "funnel plots"')


@wrong("packs/plot.toml, section[1].kind", "'spine charts' is not one of the words allowed here.",
       "Did you mean 'spine chart'?")  # fmt: skip
def unknown_kind_of_section(folder, stack):
    pack(folder, "plot", '[[section]]\nkind = "spine charts"')


@wrong("packs/undated.toml, held_on", "'held_on' is missing.", "Add held_on = ... with a date.")
def pack_without_a_date(folder, stack):
    pack(folder, "undated", "", held_on="")


@wrong("packs/appendix.toml, appendices", "There is no appendix 'defnitions'.",
       "Did you mean 'definitions'?")  # fmt: skip
def unknown_appendix(folder, stack):
    pack(folder, "appendix", 'appendices = ["defnitions"]')


@wrong("actions.toml, action[2].due", RIGHT,
       "Give a date without quotes, such as 2020-04-01.")  # fmt: skip
def action_due_at_no_date(folder, stack):
    entry = '[[action]]\nid = "x"\ntitle = "x"\nmeasure = "emergency_admissions"\nowner = "y"'
    add(folder, "actions.toml", f'{entry}\ndue = "January"\nstate = "planned"')


def action(folder: Path, id: str) -> None:
    entry = f'[[action]]\nid = "{id}"\ntitle = "x"\nmeasure = "emergency_admissions"'
    add(folder, "actions.toml", f'{entry}\nowner = "y"\ndue = 2026-12-31\nstate = "planned"')


@wrong("actions.toml, action twice", "More than one action has this id.",
       "Give each action its own id.")  # fmt: skip
def duplicate_action(folder, stack):
    action(folder, "twice")
    action(folder, "twice")


def rule(folder: Path, kind: str, words: str) -> None:
    (folder / "checks.toml").touch()
    add(
        folder,
        "checks.toml",
        f'[[{kind}]]\nid = "twice"\nmeasure = "emergency_admissions"\n{words}',
    )


@wrong("checks.toml, identity twice", "More than one identity has this id.",
       "Give each identity its own id.", alone=True)  # fmt: skip
def duplicate_identity(folder, stack):
    for _ in range(2):
        rule(folder, "identity", 'equals = [{ measure = "emergency_admissions" }]')


@wrong("checks.toml, share twice", "More than one share has this id.",
       "Give each share its own id.", alone=True)  # fmt: skip
def duplicate_share(folder, stack):
    for _ in range(2):
        rule(folder, "share", 'of = "reablement_no_further_support"')


@wrong("contracts/not_json.json, line 1", "The file is not JSON.",
       "Look for a comma, a quotation mark or a bracket too many or too few.")  # fmt: skip
def contract_that_is_not_json(folder, stack):
    write(folder, "contracts/not_json.json", '{"fields": [}')
    data(folder, "kept_by_not_json", "a\n1\n", contract="not_json")
    counted(folder, "of_not_json", 'table = "not_json"\ncount = true')


@wrong("contracts/typed.json, fields[1].type", "There is no type 'integr'.",
       "Did you mean 'integer'?")  # fmt: skip
def contract_with_an_unknown_type(folder, stack):
    fields = [{"name": "place"}, {"name": "n", "type": "integr"}]
    write(folder, "contracts/typed.json", json.dumps({"fields": fields}))


@wrong("contracts/cased.json, fields[1].name", "The fields 'N' and 'n' differ only in case.",
       "Rename one of them.")  # fmt: skip
def contract_with_two_fields_that_differ_in_case(folder, stack):
    write(folder, "contracts/cased.json", json.dumps({"fields": [{"name": "N"}, {"name": "n"}]}))


@wrong("contracts/adds_nothing.json, outturn.rules[0].sum_of", "There are no columns to add up.",
       "Name one or more.")  # fmt: skip
def contract_with_a_sum_of_nothing(folder, stack):
    schema = {"fields": [{"name": "n", "type": "number"}]}
    schema["outturn"] = {"rules": [{"column": "n", "sum_of": []}]}
    write(folder, "contracts/adds_nothing.json", json.dumps(schema))


@wrong("contracts/pattern.json, fields[0].constraints.pattern", "The pattern is not understood.",
       "Write a regular expression without look-around and back references.")  # fmt: skip
def contract_with_a_pattern_of_another_dialect(folder, stack):
    field = {"name": "code", "constraints": {"pattern": "E\\d+\\Z"}}
    write(folder, "contracts/pattern.json", json.dumps({"fields": [field]}))


@wrong("data/sources.toml, source outside", "The file lies outside the folder data.",
       "Copy it into data.")  # fmt: skip
def file_outside_the_folder(folder, stack):
    write(folder, "outside.csv", ADMISSIONS + f"NORTH,2026-04-01,70,{MARKER},\n")
    source(folder, "outside", "../outside.csv")


@wrong("{folder}", "There is no outturn.toml here.",
       "Give a partnership's folder with --in DIR, or make one with: outturn new NAME",
       alone=True)  # fmt: skip
def no_settings(folder, stack):
    (folder / "outturn.toml").unlink()


@wrong("outturn.toml, line 1, column 8", "The file is not valid TOML.",
       "Mend it there: invalid value.", alone=True)  # fmt: skip
def bad_settings(folder, stack):
    write(folder, "outturn.toml", "name = Northvale\n")


@wrong("outturn.toml, home", "There is no place 'HOMES'.", "Did you mean 'HOME'?", alone=True)
def unknown_home(folder, stack):
    text = (folder / "outturn.toml").read_text(encoding="utf-8")
    write(folder, "outturn.toml", text.replace('home = "HOME"', 'home = "HOMES"'))


@wrong("places.csv", "The list of places is missing or empty.",
       "Begin it with a line of headings: "
       "code,name,kind,parent,valid_from,valid_to,successor,aliases", alone=True)  # fmt: skip
def no_places(folder, stack):
    (folder / "places.csv").unlink()


# Data: exit code 12 -----------------------------------------------------------------------------

ASIDE = "1 row is set aside: {}."
A_DAY = (
    'Where days stand as 30/11/2020, write dates = "day first" for the source in '
    "data/sources.toml; else a day is as 2020-11-30."
)
PLAIN_DIGITS = (
    "Ask for plain digits, such as 1234. A word that stands for an empty cell goes into "
    'values = { admissions = { "the word" = "" } } for the source in data/sources.toml.'
)
AGAIN = "Give the file again, with its data."


@wrong_data("data/sources.toml, source unknown_contract, contract",
            "There is no contract 'admision'.", "Did you mean 'admissions'?")  # fmt: skip
def unknown_contract(folder, stack):
    data(folder, "unknown_contract", ADMISSIONS, contract="admision")


@wrong_data("data/sources.toml, source unknown_mapping, columns.admision",
            "The contract 'admissions' has no column 'admision'.",
            "Did you mean 'admissions'?")  # fmt: skip
def mapping_to_an_unknown_column(folder, stack):
    text = f"{ADMISSIONS}NORTH,2026-04-01,70,3,{MARKER}\n"
    data(folder, "unknown_mapping", text, 'columns = { admision = "admissions" }')


@wrong_data("data/unknown_reader.csv", "There is no reader 'tabel'.", "Did you mean 'table'?")
def unknown_reader(folder, stack):
    data(folder, "unknown_reader", ADMISSIONS, 'reader = "tabel"')


@wrong_data("data/repeated.csv, columns measure, place, period, breakdown, category, edition, "
            "row 3",
            ASIDE.format("the row has the same key as an earlier row"),
            "Keep one of them, or tell them apart.")  # fmt: skip
def duplicate_row(folder, stack):
    line = "emergency_admissions,PEER1,2026-06,3,,,"
    figures(folder, "repeated", line, line)


@wrong_data("data/october.csv, all columns, rows 2 and 3",
            "2 rows are set aside: the row says the same as a row of source autumn.",
            "Take it out of one of the files. Rows that are two things need a column that tells "
            "them apart, such as constants = { column = ... } in data/sources.toml."
            )  # fmt: skip
def extracts_that_overlap(folder, stack):
    fields = [{"name": "place"}, {"name": "month", "type": "date"}]
    table = {"fields": fields, "outturn": {"place": "place", "period": "month"}}
    write(folder, "contracts/stays.json", json.dumps(table))
    october = "NORTH,2026-10-01\nSOUTH,2026-10-01\n"
    data(folder, "autumn", f"place,month\nNORTH,2026-09-01\n{october}", contract="stays")
    data(folder, "october", f"place,month\n{october}", contract="stays")


@wrong_data("data/wrong_place.csv, column place, row 3",
            ASIDE.format("the place is not in places.csv"),
            "Add it to places.csv, or add the name to the aliases of a place there."
            )  # fmt: skip
def wrong_place_code(folder, stack):
    rows(folder, "wrong_place", "NORTH,2026-04-01,61,3", f"{MARKER},2026-04-01,70,3")


@wrong_data("data/wrong_measure.csv, column measure, row 2",
            ASIDE.format("there is no such measure"), "Did you mean 'emergency_admissions'?"
            )  # fmt: skip
def unknown_measure_in_data(folder, stack):
    figures(folder, "wrong_measure", "emergency_admissionz,PEER2,2026-06,3,,,")


@wrong_data("data/text_in_number.csv, column admissions, row 2",
            ASIDE.format("the cell is not a whole number"), PLAIN_DIGITS)  # fmt: skip
def text_in_a_number(folder, stack):
    rows(folder, "text_in_number", f"NORTH,2026-04-01,70,{MARKER}", "NORTH,2026-04-01,62,3")


@wrong_data("data/no_such_day.csv, column month, row 2",
            ASIDE.format("the cell is not a date"), A_DAY)  # fmt: skip
def date_that_does_not_exist(folder, stack):
    rows(folder, "no_such_day", "NORTH,2026-02-30,70,3", "NORTH,2026-04-01,63,3")


@wrong_data("data/two_digits.csv, column month, row 2",
            ASIDE.format("the cell is not a date"), A_DAY)  # fmt: skip
def year_of_two_digits(folder, stack):
    rows(folder, "two_digits", "NORTH,26-04-01,70,3", "NORTH,2026-04-01,64,3")


@wrong_data("data/month_first.csv, column month, row 2",
            ASIDE.format("the cell is not a date: perhaps the month stands first"),
            "If the month stands first in all its days, as in 11/30/2020, write dates = \"month "
            "first\" for the source in data/sources.toml; else ask for days as 2020-11-30."
            )  # fmt: skip
def day_with_the_month_first(folder, stack):
    rows(folder, "month_first", "NORTH,04/18/2026,70,3", "NORTH,2026-04-01,91,3")


@wrong_data("data/day_number.csv, column month, row 2",
            ASIDE.format("the cell is not a date but a spreadsheet's number of a day"),
            "Format the column as a date before it is saved as text, or give the workbook itself "
            "(.xlsx).")  # fmt: skip
def number_of_a_day_in_a_spreadsheet(folder, stack):
    rows(folder, "day_number", "NORTH,46113,70,3", "NORTH,2026-04-01,92,3")


@wrong_data("data/thousands.csv, column admissions, row 2",
            ASIDE.format("the cell is not a whole number: it has a thousands separator"),
            "Format the column without a thousands separator before it is saved, or ask for plain "
            "digits, such as 1234.")  # fmt: skip
def thousands_separator(folder, stack):
    rows(folder, "thousands", 'NORTH,2026-04-01,70,"1,798"', "NORTH,2026-04-01,93,3")


@wrong_data("data/outside_period.csv, column place, row 2",
            ASIDE.format("the period lies outside the days between which the place exists"),
            "Look up valid_from and valid_to in places.csv, and the successor of the place."
            )  # fmt: skip
def date_outside_the_validity_of_the_place(folder, stack):
    place(folder, "GONE,Gone locality,locality,HOME,,2024-03-31,,")
    rows(folder, "outside_period", "GONE,2026-04-01,70,3", "GONE,2024-03-01,70,3")


@wrong_data("data/unreadable.csv, column period, row 2",
            ASIDE.format("the period cannot be read"), PERIODS)  # fmt: skip
def unreadable_period(folder, stack):
    figures(folder, "unreadable", f"emergency_admissions,PEER2,{MARKER},3,,,")


@wrong_data("data/month_or_year.csv, column period, row 2",
            ASIDE.format("the period may be a month or a year"),
            'Write period_form = "financial year" or "month" for the source, or periods such as '
            "2011/12.")  # fmt: skip
def ambiguous_period_in_data(folder, stack):
    figures(folder, "month_or_year", "emergency_admissions,PEER2,2011-12,3,,,")


@wrong_data("data/other_form.csv, column period, row 2",
            ASIDE.format("the period is not of the form that its source states"),
            "Put period_form right in data/sources.toml, or write the period as a key: "
            "2020-04-01/P1Y.")  # fmt: skip
def period_of_another_form_than_stated(folder, stack):
    line = "emergency_admissions,PEER2,2026-05-01,3,,,"
    figures(folder, "other_form", line, more='period_form = "quarter"')


@wrong_data("data/no_edition.csv, column edition, row 2",
            ASIDE.format("the cell is not a date"), A_DAY)  # fmt: skip
def edition_on_a_day_that_does_not_exist(folder, stack):
    text = "measure,place,period,value,edition\nemergency_admissions,PEER2,2026-08,3,2026-02-30\n"
    text += f"{sound(folder)},2026-03-01\n"
    data(folder, "no_edition", text, contract="figures")


@wrong_data("data/zero_denominator.csv, column numerator, row 2",
            ASIDE.format("'numerator' is not zero although 'denominator' is zero"),
            "Put the row right: nobody can be counted among nobody.")  # fmt: skip
def zero_denominator(folder, stack):
    figures(folder, "zero_denominator", "reablement_no_further_support,PEER2,2026-06,,7,0,")


@wrong_data("data/cell_missing.csv, column admissions, row 2",
            ASIDE.format("the cell is empty"),
            "Fill it in: the contract 'admissions' requires it in every row.")  # fmt: skip
def required_cell_missing(folder, stack):
    rows(folder, "cell_missing", "NORTH,2026-04-01,70,", "NORTH,2026-04-01,65,3")


@wrong_data("data/outside_enum.csv, column provenance, row 2",
            ASIDE.format(
                "the cell is none of final, provisional, estimated, imputed, forecast"),
            'Write values = { provenance = { "the word in the file" = "one of these" } } for the '
            "source in data/sources.toml.")  # fmt: skip
def value_outside_those_listed(folder, stack):
    figures(folder, "outside_enum", f"emergency_admissions,PEER2,2026-07,3,,,{MARKER}")


@wrong_data("data/below.csv, column admissions, row 2",
            ASIDE.format("the cell is below the minimum of 0"), "Look the figure up again."
            )  # fmt: skip
def below_the_minimum(folder, stack):
    rows(folder, "below", "NORTH,2026-04-01,70,-3", "NORTH,2026-04-01,66,3")


@wrong_data("data/above.csv, column age, row 2",
            ASIDE.format("the cell is above the maximum of 120"), "Look the figure up again."
            )  # fmt: skip
def above_the_maximum(folder, stack):
    rows(folder, "above", "NORTH,2026-04-01,700,3", "NORTH,2026-04-01,67,3")


@wrong_data("data/renamed.csv, header row 1", "There is no column 'admissions'.",
            "Did you mean 'Admission'? Write columns = { admissions = \"Admission\" } in "
            "data/sources.toml.")  # fmt: skip
def renamed_column(folder, stack):
    data(folder, "renamed", f"place,month,age,Admission\n{MARKER},2026-04-01,70,3\n")


@wrong_data("data/remapped.csv, header row 1",
            "There is no column 'Admissions', which is to fill 'admissions'.",
            "Did you mean 'Admission'?")  # fmt: skip
def mapped_column_renamed(folder, stack):
    text = f"place,month,age,Admission\n{MARKER},2026-04-01,70,3\n"
    data(folder, "remapped", text, 'columns = { admissions = "Admissions" }')


@wrong_data('data/sources.toml, source bogus_word, values.provenance."ok"',
            "'finall' is not a word that 'provenance' may hold.", "Did you mean 'final'?"
            )  # fmt: skip
def mapped_word_that_the_contract_does_not_have(folder, stack):
    line = "emergency_admissions,PEER2,2026-09,3,,,ok"
    figures(folder, "bogus_word", line, more='values = { provenance = { "ok" = "finall" } }')


@wrong_data("data/hidden.csv, header row 1",
            "Column 1 fills 'place', and a constant would hide it.",
            "Take constants.place out of data/sources.toml, or write columns = "
            '{ place = "" } when the constant is to stand for the column.')  # fmt: skip
def constant_over_a_column(folder, stack):
    text = ADMISSIONS + f"NORTH,2026-04-01,81,3,{MARKER}\n"
    data(folder, "hidden", text, 'constants = { place = "SOUTH" }')


@wrong_data("data/sheetless.csv, sheet Beds", "The file is not a workbook, and has no sheets.",
            "Take sheet out of data/sources.toml, or name the workbook itself as the file."
            )  # fmt: skip
def sheet_of_a_text_file(folder, stack):
    text = ADMISSIONS + f"NORTH,2026-04-01,82,3,{MARKER}\n"
    data(folder, "sheetless", text, 'sheet = "Beds"')


@wrong_data("data/years/",
            "There is no file in the folder itself, and its subfolders are not read.",
            'Name each subfolder as a source of its own, such as file = "years/year=2026/", '
            "or put all its files into one folder.")  # fmt: skip
def folder_of_folders(folder, stack):
    text = ADMISSIONS + f"NORTH,2026-04-01,83,3,{MARKER}\n"
    write(folder, "data/years/year=2026/part.csv", text)
    source(folder, "years", "years/")


@wrong("methods/reablement_outcomes.toml, parameters.days_after",
       "20 is more than days_between_services, which is 7.",
       "Write 7 or less, so that no reablement of the same cluster can follow it; or raise "
       "days_between_services.")  # fmt: skip
def method_that_contradicts_itself(folder, stack):
    text = built_in_texts()[f"{KEPT}reablement_outcomes.toml"]
    changed = text.replace("days_after = 7 ", "days_after = 20")
    write(folder, "methods/reablement_outcomes.toml", changed)


@wrong_data("data/same_heading.csv, header row 1", "Columns 3 and 4 have the same name.",
            "Rename or remove one of them, or put header_row right in data/sources.toml."
            )  # fmt: skip
def duplicate_heading(folder, stack):
    data(folder, "same_heading", f"place,month,age,age,admissions\n{MARKER},2026-04-01,70,70,3\n")


@wrong_data("data/cased_heading.csv, header row 1",
            "Columns 4 and 5 are both called 'admissions', but for capitals, spaces or hyphens.",
            'Write columns = { admissions = "its name in the file" } in data/sources.toml, '
            "or rename one of them.")  # fmt: skip
def headings_that_differ_only_in_case(folder, stack):
    text = f"place,month,age,admissions,Admissions\n{MARKER},2026-04-01,70,3,4\n"
    data(folder, "cased_heading", text)


@wrong_data("data/ragged.csv, the whole row, row 2",
            ASIDE.format("the row has more cells than the header"),
            "Look for a delimiter too many or too few; put quotation marks round a cell with one."
            )  # fmt: skip
def row_with_too_many_cells(folder, stack):
    rows(folder, "ragged", f"NORTH,2026-04-01,70,1,234,{MARKER}", "NORTH,2026-04-01,68,3")


@wrong_data("data/quoted.csv", "The file cannot be taken apart into rows and cells.",
            "Look for a quotation mark that is opened and not closed, and save the file again."
            )  # fmt: skip
def quotation_mark_not_closed(folder, stack):
    data(folder, "quoted", f'{ADMISSIONS}"{MARKER},2026-04-01,70,3\nNORTH,2026-04-01,70,3\n')


@wrong_data("data/encoded.csv, line 2", "The file is not encoded in utf-8.",
            'Perhaps encoding = "cp1252" in data/sources.toml, or save the file as UTF-8.'
            )  # fmt: skip
def wrong_encoding(folder, stack):
    data(folder, "encoded", f"{ADMISSIONS}Café {MARKER},2026-04-01,70,3,\n".encode("cp1252"))


@wrong_data("data/unknown_encoding.csv", "There is no encoding 'utf-88'.",
            "Write utf-8, cp1252 or utf-16 as the encoding in data/sources.toml.")  # fmt: skip
def unknown_encoding(folder, stack):
    data(folder, "unknown_encoding", ADMISSIONS, 'encoding = "utf-88"')


@wrong_data("data/no_text_encoding.csv", "There is no encoding 'hex'.",
            "Write utf-8, cp1252 or utf-16 as the encoding in data/sources.toml.")  # fmt: skip
def encoding_that_is_not_for_texts(folder, stack):
    data(folder, "no_text_encoding", ADMISSIONS, 'encoding = "hex"')


@wrong_data("data/nothing.csv", "The file is empty.", AGAIN)
def empty_file(folder, stack):
    data(folder, "nothing", "")


@wrong_data("data/header_only.csv", "There are no rows below the column names.",
            "Give a file with data, or take the source out of data/sources.toml.")  # fmt: skip
def header_only(folder, stack):
    data(folder, "header_only", ADMISSIONS)


@wrong_data("data/admision.csv", "There is no such file.", "Did you mean 'admissions.csv'?")
def missing_file(folder, stack):
    source(folder, "missing_file", "admision.csv")


@wrong_data("data/notes.docx", "No reader knows the ending '.docx'.",
            "Save it as one of .csv, .db, .duckdb, .gz, .ods, .parquet, .tsv, .txt, .xls, .xlsb, "
            ".xlsm, .xlsx.")  # fmt: skip
def unknown_ending(folder, stack):
    write(folder, "data/notes.docx", MARKER)
    source(folder, "notes", "notes.docx")


@wrong_data("data/merged.xlsx, sheet Data", "Cells are merged: A2:A3.",
            "Unmerge them and write the value into each cell.")  # fmt: skip
def merged_cells(folder, stack):
    workbook(folder, "merged", merged="A2:A3")


@wrong_data("data/one_sheet.xlsx, sheet Dataa", "There is no sheet 'Dataa'.",
            "Did you mean 'Data'?")  # fmt: skip
def missing_sheet(folder, stack):
    workbook(folder, "one_sheet", 'sheet = "Dataa"')


@wrong_data("data/far_header.xlsx, header row 9",
            "The sheet has no such row to take the column names from.",
            "Put header_row right in data/sources.toml.")  # fmt: skip
def header_row_out_of_range(folder, stack):
    workbook(folder, "far_header", "header_row = 9")


@wrong_data("data/far_line.csv, header row 99",
            "The file has no such row to take the column names from.",
            "Put header_row right in data/sources.toml.")  # fmt: skip
def header_line_out_of_range(folder, stack):
    data(folder, "far_line", f"{ADMISSIONS}NORTH,2026-04-01,70,3,{MARKER}\n", "header_row = 99")


@wrong_data("data/error_cell.xlsx, column admissions, row 2",
            ASIDE.format("the cell is not a whole number"), PLAIN_DIGITS)  # fmt: skip
def error_in_a_cell_of_a_workbook(folder, stack):
    workbook(folder, "error_cell", extra="#DIV/0!")


@wrong_data("data/really_text.xlsx", "The file is not a workbook.",
            "Save it as a workbook; a text file needs the ending .csv.")  # fmt: skip
def not_really_a_workbook(folder, stack):
    write(folder, "data/really_text.xlsx", f"{ADMISSIONS}{MARKER},2026-04-01,70,3,\n")
    source(folder, "really_text", "really_text.xlsx")


@wrong_data("data/really_workbook.csv", "The file is a workbook, not text.",
            "Give it the ending .xlsx, .xls or .ods, or save it as text.")  # fmt: skip
def workbook_called_csv(folder, stack):
    data(folder, "really_workbook", b"PK\x03\x04" + MARKER.encode())


@wrong_data("data/really_text.parquet", "The file is not a Parquet file.",
            "Give the file again: it may be cut short, or another kind of file.")  # fmt: skip
def not_really_parquet(folder, stack):
    write(folder, "data/really_text.parquet", MARKER)
    source(folder, "really_text_parquet", "really_text.parquet")


@wrong_data("data/cut_short.csv.gz", "The file cannot be unpacked.",
            "Give the file again: it may be cut short.")  # fmt: skip
def packed_file_cut_short(folder, stack):
    write(folder, "data/cut_short.csv.gz", b"\x1f\x8b\x08\x00\x00\x00")
    source(folder, "cut_short", "cut_short.csv.gz")


@wrong_data("data/huge.csv", "The file is larger than 0.01 megabytes.",
            "If it should be, raise max_megabytes for it in data/sources.toml.")  # fmt: skip
def huge_file(folder, stack):
    text = ADMISSIONS + f"NORTH,2026-04-01,70,3,{MARKER}\n" * 1000
    data(folder, "huge", text, "max_megabytes = 0.01")


@wrong_data("data/locked.duckdb", "Another program has the database open.",
            "Close it there, then run this again.")  # fmt: skip
def locked_file(folder, stack):
    path = folder / "data" / "locked.duckdb"
    source(folder, "locked", "locked.duckdb")
    stack.enter_context(held_open(path))


@wrong_data("data/really_text.duckdb", "The file is not a DuckDB database.",
            "Give the file again: it may be cut short, or made by a newer DuckDB."
            )  # fmt: skip
def not_really_a_database(folder, stack):
    write(folder, "data/really_text.duckdb", MARKER * 1000)
    source(folder, "really_text_duckdb", "really_text.duckdb")


@wrong_data("data/fingertips.csv, header row 1", "There is no column 'AreaCode'.",
            "Its columns are IndicatorID, Year, YearRange, Quarter, Month, AgeID, SexID, AreaCode, "
            "Count, Value, LowerCI95, UpperCI95, LowerCI99_8, UpperCI99_8, Denominator, "
            "Denominator_2, ValueNoteId, CategoryTypeId, CategoryId.")  # fmt: skip
def fingertips_layout_with_18_columns(folder, stack):
    names = (
        "IndicatorID Year YearRange Quarter Month AgeID SexID Count Value LowerCI95 UpperCI95 "
        "LowerCI99_8 UpperCI99_8 Denominator Denominator_2 ValueNoteId CategoryTypeId CategoryId"
    ).split()
    assert len(names) == 18
    cells = [MARKER] * 18
    text = f"{','.join(names)}\n{','.join(cells)}\n"
    data(folder, "fingertips", text, 'reader = "fingertips upload"', contract="figures")


@contextlib.contextmanager
def held_open(path: Path) -> Iterator[None]:
    """A DuckDB file that another process has open to write in."""
    program = (
        "import duckdb, sys\n"
        "database = duckdb.connect(sys.argv[1])\n"
        "database.sql('create table admissions (place varchar)')\n"
        "print('open', flush=True)\n"
        "sys.stdin.read()\n"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", program, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "open\n"
        yield
        assert holder.stdin is not None
        holder.stdin.close()


# The tests --------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return new("Northvale", tmp_path)


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def expected(kind: Kind, folder: Path) -> str:
    """The message of a kind; a place's line is where it stands in the list as it now is."""
    places = folder / "places.csv"
    lines = places.read_text(encoding="utf-8").splitlines() if places.exists() else []
    starts = {
        "duplicate_place": "SOUTH,The south",
        "place_date_unreadable": "DATED",
        "place_with_a_comma_in_its_name": "COMMA",
    }
    start = starts.get(kind.name, MARKER)
    line = next((n for n, text in enumerate(lines, start=1) if text.startswith(start)), 0)
    return kind.message.replace("{line}", str(line)).replace("{folder}", str(folder))


def messages(stderr: str) -> list[str]:
    """The messages told, each of three lines, with nothing else but progress and their number."""
    lines = [line for line in stderr.splitlines() if not _PROGRESS.fullmatch(line)]
    if lines and re.fullmatch(r"\d+ mistakes were found\.", lines[-1]):
        assert int(lines.pop().split()[0]) * 3 == len(lines)
    found = []
    for at in range(0, len(lines), 3):
        where, problem, remedy = lines[at : at + 3]
        assert where.strip() == where
        assert re.match(r"  \S.*[^\s]$", problem)
        assert re.match(r"  \S.*[^\s]$", remedy)
        found.append("\n".join((where, problem, remedy)))
    return found


def test_a_new_folder_has_nothing_wrong(folder, capsys):
    assert run(["check", "--in", str(folder)]) == 0
    told = capsys.readouterr()
    assert messages(told.err) == []
    assert told.out.startswith("Everything is in order.\n")


def test_there_are_at_least_55_kinds_each_of_another_name():
    names = [kind.name for kind in KINDS]
    assert len(names) == len(set(names)) >= 55


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_each_kind_alone_is_told_once_in_three_lines(kind, folder, stack, capsys):
    if kind.code == DEFINITION and not kind.alone:
        write(folder, "data/sources.toml", "")  # for speed: no data is read
    kind.spoil(folder, stack)
    code = run(["check", "--in", str(folder)])
    told = capsys.readouterr()
    assert messages(told.err) == [expected(kind, folder)]
    assert code == kind.code
    assert told.out == ""
    assert MARKER not in told.err


def test_all_kinds_together_are_told_in_one_run(folder, stack, capsys):
    together = [kind for kind in KINDS if not kind.alone]
    assert len(together) >= 40
    for kind in together:
        kind.spoil(folder, stack)
    code = run(["check", "--in", str(folder)])
    told = capsys.readouterr()
    assert sorted(messages(told.err)) == sorted(expected(kind, folder) for kind in together)
    assert code == SEVERAL
    assert MARKER not in told.err


def test_all_kinds_together_are_told_to_a_script_as_json(folder, stack, capsys):
    together = [kind for kind in KINDS if not kind.alone]
    for kind in together:
        kind.spoil(folder, stack)
    assert run(["check", "--in", str(folder), "--json"]) == SEVERAL
    told = capsys.readouterr()
    found = json.loads(told.out)["mistakes"]
    assert sorted((one["where"], one["exit_code"]) for one in found) == sorted(
        (expected(kind, folder).split("\n")[0], kind.code) for kind in together
    )
    assert MARKER not in told.out + told.err


OUTTURN = [sys.executable, "-c", "from outturn.cli import main; main()"]


@pytest.mark.parametrize("name", ["bad_toml", "text_in_a_number", "locked_file"])
def test_the_command_itself_tells_it_without_a_traceback(name, folder, stack):
    kind = next(kind for kind in KINDS if kind.name == name)
    kind.spoil(folder, stack)
    done = subprocess.run(
        [*OUTTURN, "check", "--in", str(folder)], capture_output=True, text=True, check=False
    )
    assert messages(done.stderr) == [expected(kind, folder)]
    assert done.returncode == kind.code
    assert "Traceback" not in done.stderr + done.stdout


AS_NOBODY = """
import os, sys
from outturn.cli.app import run
if os.getuid() == 0:
    run(["check", "--in", sys.argv[2]])  # loads all that another user might not be able to
    os.setgid(65534); os.setuid(65534)
sys.stderr.write("begin\\n")
sys.exit(run(["check", "--in", sys.argv[1]]))
"""


def test_a_file_that_may_not_be_read_is_told():
    with tempfile.TemporaryDirectory() as made:
        os.chmod(made, 0o777)
        folder = new("Northvale", Path(made))
        for path in (folder, *folder.rglob("*")):
            path.chmod(0o777 if path.is_dir() else 0o666)
        rows(folder, "denied", f"NORTH,2026-04-01,70,{MARKER}")
        (folder / "data" / "denied.csv").chmod(0)
        done = subprocess.run(
            [sys.executable, "-c", AS_NOBODY, str(folder), str(new("Sound", Path(made)))],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
    if "Operation not permitted" in done.stderr:
        pytest.skip("the tests run as a user who may read every file and cannot become another")
    assert messages(done.stderr.partition("begin\n")[2]) == [
        "data/denied.csv\n  The file cannot be read.\n"
        "  Check that you may read it, and that no other program holds it."
    ]
    assert done.returncode == EXTRACT


def test_no_cell_of_any_data_file_is_told_whatever_is_wrong_with_the_rows(folder, capsys):
    """Every cell of every kind of file is the marker word: nothing of it may come out."""
    cells = {name: [MARKER] for name in ("place", "month", "age", "admissions")}
    frame = pl.DataFrame(cells)
    frame.write_csv(folder / "data" / "cells.csv")
    frame.write_parquet(folder / "data" / "cells.parquet")
    frame.write_excel(folder / "data" / "cells.xlsx", worksheet="Data")
    for number, ending in enumerate(("csv", "parquet", "xlsx")):
        source(folder, f"cells{number}", f"cells.{ending}")
    pl.DataFrame({name: [MARKER] for name in FIGURES.strip().split(",")}).write_csv(
        folder / "data" / "marked.csv"
    )
    source(folder, "marked", "marked.csv", contract="figures")
    assert run(["check", "--in", str(folder)]) == EXTRACT
    told = capsys.readouterr()
    assert len(messages(told.err)) >= 12
    assert MARKER not in told.err + told.out
