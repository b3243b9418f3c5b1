"""Writes docs/reference/generated/ from the code, so that it says what outturn does today.

Commands come from the typer app, errors from their tree, contracts from their files, readers from
their modules, columns from the schemas. The words of the definition files are found by letting
outturn read a sample of each file and listening to which words it asks for; `docs/words.toml` has
a sentence for each, and a word without a sentence, or a sentence without a word, stops the build.
"""

from __future__ import annotations

import ast
import contextlib
import importlib
import inspect
import json
import re
import sys
import tokenize
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
OUT = HERE / "reference" / "generated"
ROOMS = (
    "cli", "commands", "publishing", "benchmarking", "judgement", "vintages", "engine", "ingest",
    "simulation", "databases", "framework", "contracts", "statistics", "terms",
)  # fmt: skip


def main(out: Path = OUT) -> None:
    out.mkdir(parents=True, exist_ok=True)
    for name, (title, page) in PAGES.items():
        text = "\n".join([f"# {title}", "", *page()])
        (out / f"{name}.md").write_text(text.rstrip() + "\n", encoding="utf-8")


# Commands -------------------------------------------------------------------------------------


def commands() -> Iterator[str]:
    """One heading for each command: how it is typed, what it does, what may be said to it."""
    from typer.main import get_command

    from outturn.cli.app import app

    command: Any = get_command(app)
    yield from [
        paragraph(command.help),
        "",
        "Every command but `new` takes the partnership's folder with `--in DIR`; without it, the"
        " folder you are in. A command with `--json` answers on standard output in JSON; steps and"
        " mistakes go to standard error. [Exit codes](errors.md) say what went wrong.",
        "",
    ]
    for name, one in command.commands.items():
        yield from [f"## {name}", "", paragraph(one.help), ""]
        yield from ["    " + usage(name, one), ""]
        rows = [(option(given), given_help(given)) for given in one.params]
        yield from table(("Say", "Meaning"), rows)


def usage(name: str, command: Any) -> str:
    parts = []
    for given in command.params:
        if given.param_type_name == "argument":
            parts.append(given.name.upper() if given.required else f"[{given.name.upper()}]")
        elif given.required:
            parts.append(f"{given.opts[0]} {metavar(given)}")
    return " ".join(["outturn", name, *parts, "[OPTIONS]"])


def metavar(given: Any) -> str:
    return given.metavar or given.name.upper()


def option(given: Any) -> str:
    if given.param_type_name == "argument":
        return f"`{given.name.upper()}`"
    return f"`{given.opts[0]}`" if given.is_flag else f"`{given.opts[0]} {metavar(given)}`"


def given_help(given: Any) -> str:
    said = (getattr(given, "help", None) or "").strip()
    return f"{said} Must be given." if given.required else said


# Errors ---------------------------------------------------------------------------------------


def errors() -> Iterator[str]:
    """The tree as the module draws it, the exit codes, and a heading for each class."""
    module = importlib.import_module("outturn.terms.errors")
    from outturn.cli.app import _STOPPED

    yield from [
        "A mistake is told in three lines: where it is, what is wrong, what to do. It never shows"
        " a cell of a data file. All the mistakes of a run are told together.",
        "",
        *text_block(module.__doc__),
        "## Exit codes",
        "",
    ]
    kinds = [kind for _, kind in classes_of(module) if "exit_code" in vars(kind)]
    by_code = {kind.exit_code: kind for kind in kinds if kind.__name__ != "OutturnError"}
    rows = [("0", "It is done, and nothing is wrong."), ("1", "Our fault: please report it.")]
    rows += [("2", "The command line itself cannot be understood.")]
    rows += [(str(code), paragraph(kind.__doc__.splitlines()[0])) for code, kind in by_code.items()]
    rows[3] = ("10", "Mistakes of several classes together.")
    rows.append((str(_STOPPED), "You stopped it. What was kept before stands."))
    yield from table(("Exit code", "Meaning"), rows)
    for name, kind in classes_of(module):
        yield from [f"## {name}", "", *text_block(own_doc(kind))]
        if "exit_code" in vars(kind):
            yield from [f"Exit code {kind.exit_code}.", ""]


# Words of the definition files ----------------------------------------------------------------


@dataclass
class Word:
    """One word of a definition file, as the reader asks for it."""

    kind: str = ""
    left_out: str = ""
    allowed: tuple[str, ...] = ()


Words = dict[str, dict[str, Word]]  # table -> word -> what is asked

# A sample of every file: one of each table, so that every word is asked for.
_CONDITIONS = "where = [{ column = 'a', is = 1 }, { column = 'a', between = [1, 2] }]"
SAMPLE = {
    "outturn.toml": "[calendar]\n[disclosure_for]\n[[comparator]]",
    "framework/outcomes.toml": "[[outcome]]\n[[outcome.activity]]\n[[crosswalk]]",
    "framework/measures/a.toml": (
        "aim = 'closest'\nclosest_to = 1\n[numerator]\n" + _CONDITIONS + "\n[denominator]\n"
        "[standardise]\n[inequality]\n[life_table]\n"
        "[[breakdown]]\n[[break]]\n[[step]]\n[[code]]"
    ),
    **{
        f"framework/measures/{word}.toml": f"aim = 'band'\nformula = {{ {word} = ['a', 'b'] }}"
        for word in ("sum", "difference", "ratio", "mean")
    },
    "framework/measures/weighted.toml": "formula = { weighted = { a = 1 } }",
    "targets/a.toml": (
        "[[target]]\nat_least = 1\ntolerance = { points = 1 }\nbaseline = {}\nmilestones = [{}]\n"
        "profile = 'flat'\nrounded_to = 0\nagreed = {}\n"
        "[[target]]\nchange_percent = {}\n[[target]]\npeer_percentile = {}\n[[override]]\n"
        "[[known_event]]\nchange_percent = 1\n[[known_event]]\nchange_amount = 1"
    ),
    "checks.toml": "[[identity]]\nequals = [{}]\n[[share]]",
    "data/sources.toml": "[[source]]\ncolumns = {}\nconstants = {}\nvalues = {}",
    "actions.toml": "[[action]]",
    "packs/a.toml": "title = 'a'\n[[section]]",
}
# Where a table stands for a person who writes it: file and heading, and the record it becomes.
TABLES = {
    "outturn.toml": ("outturn.toml", "Partnership"),
    "outturn.toml calendar": ("outturn.toml, [calendar]", "Calendar"),
    "outturn.toml disclosure_for": ("outturn.toml, [disclosure_for]", ""),
    "outturn.toml comparator": ("outturn.toml, [[comparator]]", "Comparator"),
    "framework/outcomes.toml outcome": ("framework/outcomes.toml, [[outcome]]", "Outcome"),
    "framework/outcomes.toml outcome.activity": (
        "framework/outcomes.toml, [[outcome.activity]]", "Activity",
    ),
    "framework/outcomes.toml crosswalk": ("framework/outcomes.toml, [[crosswalk]]", "Crossing"),
    "framework/measures": ("framework/measures/ID.toml", "Measure"),
    "framework/measures numerator": (
        "framework/measures/ID.toml, [numerator] and [denominator]", "Tally",
    ),
    "framework/measures numerator.where": ("framework/measures/ID.toml, where", "Condition"),
    "framework/measures formula": ("framework/measures/ID.toml, formula", "Formula"),
    "framework/measures standardise": ("framework/measures/ID.toml, standardise", "Standardise"),
    "framework/measures inequality": ("framework/measures/ID.toml, inequality", "Inequality"),
    "framework/measures life_table": ("framework/measures/ID.toml, life_table", "LifeTable"),
    "framework/measures breakdown": ("framework/measures/ID.toml, [[breakdown]]", "Breakdown"),
    "framework/measures break": ("framework/measures/ID.toml, [[break]]", "SeriesBreak"),
    "framework/measures step": ("framework/measures/ID.toml, [[step]]", "Step"),
    "framework/measures code": ("framework/measures/ID.toml, [[code]]", "Code"),
    "targets target": ("targets/*.toml, [[target]]", "Target"),
    "targets target.change_percent": ("targets/*.toml, change_percent", ""),
    "targets target.peer_percentile": ("targets/*.toml, peer_percentile", ""),
    "targets target.tolerance": ("targets/*.toml, tolerance", "Tolerance"),
    "targets target.baseline": ("targets/*.toml, baseline", ""),
    "targets target.milestones": ("targets/*.toml, milestones", "Milestone"),
    "targets target.agreed": ("targets/*.toml, agreed", "Agreement"),
    "targets override": ("targets/*.toml, [[override]]", "Override"),
    "targets known_event": ("targets/*.toml, [[known_event]]", "DeclaredEvent"),
    "checks.toml identity": ("checks.toml, [[identity]]", "Identity"),
    "checks.toml identity.equals": ("checks.toml, equals", ""),
    "checks.toml share": ("checks.toml, [[share]]", "Share"),
    "data/sources.toml source": ("data/sources.toml, [[source]]", "Source"),
    "actions.toml action": ("actions.toml, [[action]]", "Action"),
    "packs": ("packs/NAME.toml", "PackSpec"),
    "packs section": ("packs/NAME.toml, [[section]]", "PackSection"),
}  # fmt: skip
# The lists of words that may stand as a value, by the word they stand under.
LISTS = {
    "kind": "KINDS", "aim": "AIMS", "frequency": "FREQUENCIES", "roll_up": "ROLL_UPS",
    "aggregate": "AGGREGATES", "missing": "MISSING", "years": "YEARS", "break": "BREAKS",
    "profile": "PROFILES", "chart": "CHARTS", "methods": "METHODS", "quartiles": "QUARTILE_RULES",
    "decision": "DECISIONS", "appendices": "APPENDICES", "delivery": "DELIVERY",
    "state": "ACTION_STATES",
}  # fmt: skip


def words_asked() -> Words:
    """Every word that outturn asks for in the definition files, by table."""
    from outturn.framework.folder import read_texts

    with _listening() as asked:
        read_texts(SAMPLE)
    for name in list(asked):
        if ".where" in name and name != "framework/measures numerator.where":
            del asked[name]
    asked.pop("framework/measures denominator", None)  # the same words as the numerator
    asked.pop("framework/measures formula.weighted", None)  # whose words are the measures' own
    for table_name in ("columns", "constants", "values"):
        asked.pop(f"data/sources.toml source.{table_name}", None)
    only_tables = [
        name
        for name, found in asked.items()
        if name not in TABLES and all(one.kind == "tables" for one in found.values())
    ]
    for name in only_tables:  # [[target]] at the head of a file is the heading of its own table
        del asked[name]
    return asked


_KINDS = {
    "text": "text", "number": "number", "whole": "whole number", "flag": "true or false",
    "only_true": "true", "day": "date", "choice": "one of a list", "period": "period",
    "texts": "list of texts", "numbers": "list of numbers", "band": "two numbers",
    "table": "table", "tables": "tables", "one_word": "", "has": "", "raw": "",
}  # fmt: skip


@contextlib.contextmanager
def _listening() -> Iterator[Words]:
    """While this holds, every word that a Section is asked for is written down."""
    from outturn.framework.section import Section

    asked: Words = {}
    real = {name: getattr(Section, name) for name in _KINDS}
    depth = [0]

    def heard(method: str) -> Callable[..., Any]:
        signature = inspect.signature(real[method])

        def ask(self: Section, *given: Any, **named: Any) -> Any:
            if not depth[0]:
                _write_down(asked, self, method, signature.bind(self, *given, **named))
            depth[0] += 1
            try:
                return real[method](self, *given, **named)
            finally:
                depth[0] -= 1

        def ask_each(self: Section, *given: Any, **named: Any) -> Iterator[Any]:
            _write_down(asked, self, method, signature.bind(self, *given, **named))
            yield from real[method](self, *given, **named)

        return ask_each if method == "tables" else ask

    for name in _KINDS:
        setattr(Section, name, heard(name))
    try:
        yield asked
    finally:
        for name, method in real.items():
            setattr(Section, name, method)


def _write_down(asked: Words, section: Any, method: str, call: inspect.BoundArguments) -> None:
    call.apply_defaults()
    given = call.arguments
    file = re.sub(r"/[^/]*\.toml$", "", section.file) if "/" in section.file else section.file
    if file in ("framework", "data"):
        file = section.file
    path = re.sub(r"\[\d+\]", "", section.path)
    found = asked.setdefault(f"{file} {path}".strip(), {})
    for word in given["words"] if method == "one_word" else [given["word"]]:
        one = Word(_KINDS[method], _left_out(method, given), tuple(given.get("allowed", ())))
        if word not in found or not found[word].kind:
            found[word] = one


def _left_out(method: str, given: dict[str, Any]) -> str:
    if method in ("texts", "numbers", "tables", "table", "band", "has", "raw", "one_word"):
        return ""
    if method in ("day", "period"):
        return "must be given" if given["required"] else ""
    default = given.get("default")
    if method in ("text", "number", "whole", "choice") and default is None:
        return "must be given"
    if default == "" or method == "only_true":
        return ""
    return f"`{str(default).lower() if isinstance(default, bool) else default}`"


def sentences() -> dict[str, Any]:
    """docs/words.toml: a sentence for each word."""
    return tomllib.loads((HERE / "words.toml").read_text(encoding="utf-8"))


def definitions() -> Iterator[str]:
    """A heading for each table of each file, a row for each of its words; then the lists."""
    said = sentences()
    asked = words_asked()
    assert list(asked) and set(asked) == set(TABLES), set(asked) ^ set(TABLES)
    yield from [
        "The words of every file in a partnership's folder. The vocabulary is closed: a word that"
        " is not here is a mistake in the file, and outturn names the nearest one that is.",
        "",
    ]
    for name, (heading, record) in TABLES.items():
        told = said["words"].get(name, {})
        if missing := set(asked[name]) ^ set(told):
            raise SystemExit(f"docs/words.toml, {name}: {', '.join(sorted(missing))}")
        yield from [f"## {heading}", "", *text_block(_record_doc(record))]
        rows = [
            (f"`{word}`", one.kind, _default(told[word], one), _sentence(told[word], word, one))
            for word, one in asked[name].items()
        ]
        yield from table(("Word", "What it takes", "When left out", "Meaning"), rows)
    yield from places_columns(said)
    yield from commentary_words(said)
    yield from closed_lists(said)


def _default(told: Any, one: Word) -> str:
    return told["left_out"] if isinstance(told, dict) else one.left_out


def _sentence(told: Any, word: str, one: Word) -> str:
    says: str = told["says"] if isinstance(told, dict) else told
    if one.allowed and "|" not in says:
        return f"{says} One of {', '.join(f'`{each}`' for each in one.allowed)}."
    return says


def _record_doc(name: str) -> str:
    if not name or name == "Partnership":
        return ""
    from outturn.framework import model

    return own_doc(getattr(model, name))


def places_columns(said: dict[str, Any]) -> Iterator[str]:
    from outturn.framework.places import _COLUMNS

    told = said["places"]
    names = [*_COLUMNS, "parent.NAME"]
    if missing := set(names) ^ set(told):
        raise SystemExit(f"docs/words.toml, places: {', '.join(sorted(missing))}")
    yield from ["## places.csv", "", "One line for each place, under these headings.", ""]
    yield from table(("Column", "Meaning"), [(f"`{name}`", told[name]) for name in names])


def tokens() -> tuple[str, ...]:
    from outturn.framework import check

    return tuple(check.TOKENS)


def commentary_words(said: dict[str, Any]) -> Iterator[str]:
    told = said["commentary"]
    if missing := set(tokens()) ^ set(told):
        raise SystemExit(f"docs/words.toml, commentary: {', '.join(sorted(missing))}")
    yield from [
        "## commentary/MEASURE/PERIOD.md",
        "",
        "Markdown: paragraphs, bullet lists, numbered lists, strong, emphasis and links; the rest"
        " is printed as it is typed. In the file's name `/` is written `_`, as in `2020_21.md`."
        " A word in curly brackets takes what the build says:",
        "",
    ]
    yield from table(("Word", "Becomes"), [(f"`{{{name}}}`", told[name]) for name in tokens()])


def closed_lists(said: dict[str, Any]) -> Iterator[str]:
    """Each list of values, with a sentence for each member."""
    yield from ["## Values with a fixed list", ""]
    for name, members in vocabularies().items():
        told = said["values"][name]
        if missing := set(members) ^ set(told):
            raise SystemExit(f"docs/words.toml, values.{name}: {', '.join(sorted(missing))}")
        yield from [f"### {name}", ""]
        yield from table(("Value", "Meaning"), [(f"`{one}`", told[one]) for one in members])


def vocabularies() -> dict[str, tuple[str, ...]]:
    from outturn.framework import folder, model, packs
    from outturn.terms.records import Provenance, Status

    lists = {word: tuple(getattr(model, name)) for word, name in LISTS.items()}
    return lists | {
        "disclosure": tuple(folder.DISCLOSURE),
        "form": tuple(packs.PACK_FORMS),
        "provenance": tuple(map(str, Provenance)),
        "status": tuple(map(str, Status)),
    }


# Contracts ------------------------------------------------------------------------------------


def contracts() -> Iterator[str]:
    from outturn.contracts import read_contracts
    from outturn.contracts.model import CONSTRAINTS, RULES, TYPES

    module = importlib.import_module("outturn.contracts.model")
    found, _ = read_contracts(None)
    yield from [
        "What a table must look like before anything counts it. These contracts come with"
        " outturn; a partnership adds its own as `contracts/NAME.json`.",
        "",
    ]
    for name, one in sorted(found.items()):
        yield from [f"## {name}", "", f"*{one.title}.* {one.describes}", ""]
        rows = [
            (f"`{field.name}`", field.type, "; ".join(_limits(field)), field.description)
            for field in one.fields
        ]
        yield from table(("Column", "Type", "Must", "Meaning"), rows)
        if one.key:
            yield from [f"One row for each {', '.join(f'`{part}`' for part in one.key)}.", ""]
        for column, members in one.totals.items():
            listed = ", ".join(f"`{member}`" for member in members)
            yield from [f"Totals in `{column}`: {listed}. No measure may sum across them.", ""]
        for rule in one.rules:
            kept = "; a row that breaks it is kept and told of" if rule.warns else ""
            yield from [f"Rule: {rule.name} (`{rule.column}`, `{rule.word}`{kept}).", ""]
    yield from ["## Words of a contract file", "", *text_block(module.__doc__)]
    said = sentences()["contracts"]
    schema = importlib.import_module("outturn.contracts.read")
    for title, listed in {
        "The file": schema._SCHEMA_WORDS,
        "A field": schema._FIELD_WORDS,
        "constraints": CONSTRAINTS,
        "outturn": schema._OUTTURN_WORDS,
        "type": tuple(TYPES),
    }.items():
        told = said[title]
        if missing := set(listed) ^ set(told):
            raise SystemExit(f"docs/words.toml, contracts.{title}: {', '.join(sorted(missing))}")
        yield from [f"### {title}", ""]
        yield from table(("Word", "Meaning"), [(f"`{word}`", told[word]) for word in listed])
    aside = "A row is set aside when it breaks a rule; with `warns = true` it is kept and counted,"
    aside += " and `outturn check` and a build say how many there are."
    yield from ["### rules", "", aside, ""]
    broken = [
        (f"`{word}`", text.format(column="the column", others="the other"))
        for word, text in RULES.items()
    ]
    yield from table(("Word", "The rule is broken when"), broken)


def _limits(field: Any) -> Iterator[str]:
    if field.required:
        yield "be filled"
    if field.unique:
        yield "be unique"
    if field.enum:
        yield f"be one of {', '.join(field.enum)}"
    if field.minimum is not None:
        yield f"be at least {field.minimum:g}"
    if field.maximum is not None:
        yield f"be at most {field.maximum:g}"
    if field.pattern:
        yield f"match `{field.pattern}`"


# Readers --------------------------------------------------------------------------------------


def readers() -> Iterator[str]:
    from outturn.ingest import readers as room

    yield from [
        "A source names its reader in [`data/sources.toml`](definitions.md). Without one it is"
        " read as a plain table.",
        "",
        "## table",
        "",
        "A plain table with one row of headings. The ending of the file says how it is read: "
        + ", ".join(f"`{ending}`" for ending in room._PLAIN)
        + ". `sheet`, `header_row`, `encoding` and `table` say the rest.",
        "",
    ]
    for name, reader in room.named().items():
        module = importlib.import_module(reader.__module__)
        yield from [f"## {name}", "", *text_block(module.__doc__)]
        if reader.__doc__:
            yield from [*text_block(reader.__doc__)]
    figures = importlib.import_module("outturn.ingest.figures")
    yield from ["## Marks in place of a figure", "", *text_block(figures.__doc__)]


# Columns of the frames ------------------------------------------------------------------------


def frames() -> Iterator[str]:
    from outturn.commands.export import FRAMES
    from outturn.terms import records

    exported = ", ".join(f"`{name}`" for name in FRAMES)
    yield from [
        f"`outturn export` writes {exported}; `outturn.open(folder).read(name)` gives the same as"
        " Polars frames, and `findings` and `rejected` besides. Words are those of the"
        " [glossary](glossary.md).",
        "",
    ]
    told = column_comments(records)
    kinds = {"String": "text", "Float64": "number", "Int64": "whole number"}
    for name, schema in records.SCHEMAS.items():
        yield from [f"## {name}", ""]
        rows = [
            (f"`{column}`", kinds[kind.__name__], column_meaning(told, name, column))
            for column, kind in schema.items()
        ]
        yield from table(("Column", "Type", "Meaning"), rows)


def column_meaning(told: dict[str, dict[str, str]], frame: str, column: str) -> str:
    """The comment beside the column, in this frame or the first that has one."""
    own = told[frame].get(column)
    other = next((one[column] for one in told.values() if column in one), "")
    said = own or other or sentences()["columns"].get(column)
    return capital(said or glossary().get(column.replace("_", " "), ""))


def glossary() -> dict[str, str]:
    """What each word means, by the word."""
    text = (HERE.parent / "GLOSSARY.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([^|]+) \| (.+) \|$", text, re.MULTILINE)
    return {term.lower(): said for terms, said in rows for term in terms.split(", ")}


def capital(text: str) -> str:
    said = text[:1].upper() + text[1:]
    return said if not said or said.endswith(".") else f"{said}."


def column_comments(module: Any) -> dict[str, dict[str, str]]:
    """The remark beside each column where the schemas are declared."""
    source = inspect.getsource(module)
    remarks = {
        token.start[0]: token.string.lstrip("# ")
        for token in tokenize.generate_tokens(iter(source.splitlines(True)).__next__)
        if token.type == tokenize.COMMENT
    }
    found: dict[str, dict[str, str]] = {}
    for node in ast.parse(source).body:
        if isinstance(node, ast.AnnAssign) and isinstance(node.value, ast.Dict):
            name = ast.unparse(node.target).lower()
            found[name] = {
                str(ast.literal_eval(key)): remarks[value.end_lineno or 0]
                for key, value in zip(node.value.keys, node.value.values, strict=True)
                if key is not None and value.end_lineno in remarks
            }
    return found


# National measures ----------------------------------------------------------------------------


def library() -> Iterator[str]:
    from outturn.framework.measures import read_measure
    from outturn.framework.section import Section

    yield from [
        "National measures that come with outturn. A partnership takes a whole library with"
        ' `library = ["ascof"]` in `outturn.toml`; a measure of the same id in its own folder'
        " stands in its place. Below the table of a library are those that are counted from"
        " records: what is counted, how the table came about, and what must be known of it.",
        "",
    ]
    folder = resources.files("outturn.framework") / "library"
    for one in sorted(folder.iterdir(), key=lambda path: path.name):
        if (one / "outcomes.toml").is_file():
            yield from [f"## {one.name}", "", *national_outcomes(one / "outcomes.toml")]
        if not (one / "measures").is_dir():
            continue
        yield from [f"## {one.name}", ""]
        rows, counted = [], []
        for path in sorted((one / "measures").iterdir(), key=lambda path: path.name):
            content = tomllib.loads(path.read_text(encoding="utf-8"))
            measure = read_measure(Section(content, path.name, []), path.name[:-5])
            codes = "; ".join(f"{code.code} ({code.scheme})" for code in measure.codes)
            rows.append((f"`{measure.id}`", measure.title, measure.unit, measure.aim, codes))
            counted += [] if measure.reported else [measure]
        yield from table(("Id", "Measure", "Unit", "Good is", "Codes"), rows)
        for measure in counted:
            yield from counted_measure(measure)


def national_outcomes(file: Any) -> Iterator[str]:
    """The outcomes that a library brings, and what is often reported under each."""
    words = tomllib.loads(file.read_text(encoding="utf-8"))
    yield from [
        "Outcomes, not measures. An `[[outcome]]` of `framework/outcomes.toml` with one of these"
        " ids hangs measures under it, and need not repeat its title; `parent` sets a priority"
        " below it. The titles are short: a statutory report needs the words of the regulations."
        " What is often reported under each is general knowledge and no official map: nothing"
        " stands under an outcome until a partnership says so.",
        "",
    ]
    often = {id: ", ".join(f"`{one}`" for one in ids) for id, ids in words["often"].items()}
    rows = [(f"`{one['id']}`", one["title"], often[one["id"]]) for one in words["outcome"]]
    yield from table(("Id", "Outcome", "Often reported under it"), rows)


def counted_measure(measure: Any) -> Iterator[str]:
    """What a measure of the library counts, from which derived tables, and its notes."""
    from outturn.ingest.derivations.methods import read_methods
    from outturn.publishing.counted_words import tally_words

    methods, _ = read_methods({})
    yield from [f"### {measure.id}", "", escaped(f"{measure.title}."), ""]
    parts = {
        "Numerator": (measure.numerator_is, measure.numerator),
        "Denominator": (measure.denominator_is, measure.denominator),
    }
    for title, (said, tally) in parts.items():
        if said or tally:
            yield f"- {title}: {escaped(said or f'the {tally_words(tally)}')}."
    if measure.formula:
        formula = measure.formula
        yield f"- The {formula.word} of {', '.join(f'`{part}`' for part in formula.parts)}."
    tallies = [tally for _, tally in parts.values() if tally]
    for name in dict.fromkeys(tally.table for tally in tallies):
        derived = name in methods and not methods[name].usually_supplied
        kind = "derived-methods" if derived else "contracts"
        said = "derived table" if derived else "table of records"
        yield f"- Counted in [`{name}`]({kind}.md#{name}), a {said}."
    yield from (f"- {escaped(note)}" for note in measure.notes)
    yield ""


# Methods of derived tables ---------------------------------------------------------------------


def derived_methods() -> Iterator[str]:
    """A heading for each table that is derived: how, from what, by whose rules."""
    from outturn.commands.explain import _parameter
    from outturn.ingest.derivations.methods import read_methods

    methods, _ = read_methods({})
    yield from [
        "Tables that outturn makes of other tables, each by one version of a method. A measure"
        " that counts one of them makes it happen. A file `methods/TABLE.toml` in a partnership's"
        " folder takes the place of a method: [Choose a method](../../how-to/choose-a-method.md)."
        " What each does with people made by hand is in [Derived tables](../../derived.md).",
        "",
    ]
    for name, one in sorted(methods.items()):
        given = ", ".join(_link_to(table, methods) for table in one.reads)
        yield from [
            f"## {name}",
            "",
            escaped(f"{one.title}. Version: *{one.version}*. Made of {given or 'nothing'}."),
            "",
            f"The columns are in the [contract](contracts.md#{name}).",
            "",
            escaped(f"Source: {one.source}."),
            "",
        ]
        rows = [(f"`{word}`", _parameter(value)) for word, value in one.parameters.items()]
        yield from table(("Parameter", "Value"), rows)
        yield from [*(f"- {escaped(note)}" for note in one.notes), ""]


def _link_to(name: str, methods: Any) -> str:
    """Where a table that a method reads is told of."""
    return f"[`{name}`]({'' if name in methods else 'contracts.md'}#{name})"


# Rules of the extract checker ------------------------------------------------------------------


def extract_rules() -> Iterator[str]:
    """Statuses and results, then every rule by severity, then what is known of each field."""
    from outturn.contracts.cld import specification
    from outturn.contracts.cld.model import RESULTS, SEVERITIES, STATUSES

    said = specification()
    yield from [
        "What [`outturn check-extract`](commands.md#check-extract) asks of client level data."
        f" There are {len(said.rules)} rules. [How to check an extract]"
        "(../../how-to/check-an-extract.md) says how to read the answer.",
        "",
        "## Status of a field in a row",
        "",
    ]
    rows = [(str(number), capital(text)) for number, text in STATUSES.items()]
    yield from table(("Status", "Meaning"), rows)
    yield from ["## Results of a cell", ""]
    rows = [(str(number), capital(text)) for number, text in RESULTS.items()]
    yield from table(("Result", "Meaning"), rows)
    titles = {name: field.title for name, field in said.fields.items()}
    for severity in SEVERITIES:
        yield from [f"## {capital(severity).rstrip('.')}", ""]
        lines = []
        for rule in said.rules.values():
            if rule.severity == severity:
                every = len(rule.fields) == len(titles)
                fields = "every field" if every else "; ".join(titles[one] for one in rule.fields)
                result = "" if rule.result is None else str(rule.result)
                lines.append((f"`{rule.id}`", rule.title, fields, result, rule.remedy, rule.source))
        heads = ("Rule", "What is wrong", "Fields", "Result", "What to do", "Source")
        yield from table(heads, lines)
    yield from _fields_of_extracts(said, titles)


def _fields_of_extracts(said: Any, titles: dict[str, str]) -> Iterator[str]:
    yield from [
        "## Fields",
        "",
        "Of a list that is known in part, a value outside the part is told and is not invalid.",
        "",
    ]
    rows = []
    for name, field in said.fields.items():
        values = len(said.values.get(name, ()))
        known = f"{field.known}: {values} values" if values else "nothing is known"
        kind = f"list ({known})" if field.kind == "list" else field.kind
        cases = "; or ".join(_case_said(one, titles) for one in field.mandatory)
        must = "always" if field.always else "where it applies" if field.where_it_applies else cases
        applies = _case_said(field.applies, titles) if field.applies else "every row"
        rows.append((field.title, f"`{name}`", kind, applies, must))
    yield from table(("Field", "Name", "Kind", "Applies to", "Mandatory"), rows)


def _case_said(case: Any, titles: dict[str, str]) -> str:
    parts = [" or ".join(case.clients), " or ".join(case.events)]
    if case.ages:
        parts.append(f"aged {case.ages[0]} to {case.ages[1]}")
    if case.filled:
        parts.append(f"{titles[case.filled]} is filled")
    for name, values in (case.one_of or {}).items():
        parts.append(f"{titles[name]} is {' or '.join(values)}")
    for name, values in (case.none_of or {}).items():
        parts.append(f"{titles[name]} is not {' or '.join(values)}")
    return ", ".join(part for part in parts if part)


# Rooms and decisions --------------------------------------------------------------------------


def rooms() -> Iterator[str]:
    """The tree and its sentences, as the packages say them."""
    yield from [
        "`src/outturn/` is a set of rooms. A room imports only from rooms below it; two on one"
        " line do not know each other. `make check` sees to it.",
        "",
        "    cli\n    commands\n    publishing\n    benchmarking | judgement\n    vintages\n"
        "    engine | ingest | simulation\n    databases\n    framework\n    contracts\n"
        "    statistics\n    terms",
        "",
    ]
    for name in ROOMS:
        package = importlib.import_module(f"outturn.{name}")
        yield from [f"## {name}", "", *text_block(package.__doc__)]
        if public := [one for one in getattr(package, "__all__", ()) if not one.startswith("_")]:
            yield from ["Public names: " + ", ".join(f"`{one}`" for one in public) + ".", ""]


# Pages that stand at the root of the project --------------------------------------------------


def root_page(name: str) -> Callable[[], Iterator[str]]:
    """A page of the root, without its title, its links to the others turned to their copies."""

    def page() -> Iterator[str]:
        text = (HERE.parent / name).read_text(encoding="utf-8")
        text = re.sub(
            r"\]\((GLOSSARY|METHODS|CHANGELOG)\.md", lambda m: f"]({m[1].lower()}.md", text
        )
        yield text.partition("\n")[2].strip()

    return page


# Writing --------------------------------------------------------------------------------------


def classes_of(module: Any) -> list[tuple[str, Any]]:
    """The public classes written in this module, in the order they are written."""
    return [
        (name, value)
        for name, value in vars(module).items()
        if inspect.isclass(value) and value.__module__ == module.__name__ and name[0] != "_"
    ]


def own_doc(kind: type) -> str:
    """The docstring someone wrote; nothing for the signature that a dataclass gives itself."""
    said = inspect.cleandoc(kind.__doc__ or "")
    return "" if said.startswith(f"{kind.__name__}(") else said


def paragraph(text: str | None) -> str:
    return escaped(" ".join(inspect.cleandoc(text or "").split()))


def text_block(text: str | None) -> list[str]:
    """A docstring as Markdown: words left as written, so that drawings stay drawings."""
    return [escaped(inspect.cleandoc(text)), ""] if text else []


def table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> list[str]:
    if not rows:
        return []
    used = [n for n in range(len(head)) if any(row[n] for row in rows)]
    lines = [tuple(head[n] for n in used), tuple("---" for _ in used)]
    lines += [tuple(cell(row[n]) for n in used) for row in rows]
    return [*("| " + " | ".join(line) + " |" for line in lines), ""]


def cell(text: str) -> str:
    return escaped(" ".join(text.split()).replace("|", "\\|"))


def escaped(text: str) -> str:
    """Text in which an angle bracket outside code is not taken for HTML."""
    parts = re.split(r"(`[^`\n]*`|^ {4}.*$)", text, flags=re.MULTILINE)
    return "".join(
        part if number % 2 else part.replace("<", "&lt;") for number, part in enumerate(parts)
    )


PAGES: dict[str, tuple[str, Callable[[], Iterator[str]]]] = {
    "commands": ("Commands", commands),
    "errors": ("Errors and exit codes", errors),
    "definitions": ("Words of the definition files", definitions),
    "contracts": ("Contracts", contracts),
    "readers": ("Readers", readers),
    "frames": ("Columns of the figures", frames),
    "library": ("National measures", library),
    "derived-methods": ("Methods of derived tables", derived_methods),
    "extract_rules": ("Rules of the extract checker", extract_rules),
    "rooms": ("Rooms", rooms),
    "glossary": ("Glossary", root_page("GLOSSARY.md")),
    "methods": ("Methods, and changes of method", root_page("METHODS.md")),
    "changelog": ("Changes to the software", root_page("CHANGELOG.md")),
}

if __name__ == "__main__":
    if sys.argv[1:] == ["--words"]:
        asked_for = {table: list(words) for table, words in words_asked().items()}
        print(json.dumps(asked_for, indent=1))
    else:
        main()
