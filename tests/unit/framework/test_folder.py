"""The folder as a whole: every file found and read, the same from its texts as from its files."""

from dataclasses import fields
from datetime import date

import pytest

from outturn.commands.scaffold import new
from outturn.framework import read_folder, read_texts
from outturn.framework.model import (
    APPENDICES,
    Action,
    Activity,
    Comment,
    Comparator,
    Crossing,
    Identity,
    Outcome,
    PackSection,
    PackSpec,
    Partnership,
    Share,
    Source,
)
from outturn.framework.packs import PACK_FORMS, PACK_SECTIONS
from outturn.publishing import appendices, paper
from outturn.terms.period import Calendar, from_key

YEAR = from_key("2026-04-01/P1Y")


@pytest.fixture
def read(files):
    """The small partnership with some texts changed, and all that is told of it."""

    def read(changes):
        texts = {name: text for name, text in {**files, **changes}.items() if text is not None}
        partnership, mistakes = read_texts(texts)
        return partnership, [str(one) for one in mistakes]

    return read


def test_every_word_of_outturn_toml_is_read(read):
    partnership, mistakes = read(
        {
            "outturn.toml": """
                name = "Northvale"
                home = "HOME"
                as_of = 2026-11-30
                hierarchy = "health"
                totals_for = ["E1"]
                disclosure = "hospital"
                boards = ["A", "B"]
                library = []
                [calendar]
                financial_year = 1
                academic_year = 8
                [[comparator]]
                id = "england"
                name = "England"
                kind = "council"
                rule = "published"
                edition = "2019/20"
                place = "E92000001"
            """
        }
    )
    assert mistakes == []
    assert (partnership.name, partnership.home) == ("Northvale", "HOME")
    assert partnership.as_of == date(2026, 11, 30)
    assert partnership.totals_for == ("E1",)
    assert partnership.hierarchy == "health"
    assert partnership.disclosure == "hospital"
    assert partnership.boards == ("A", "B")
    assert partnership.calendar == Calendar(financial_year=1, academic_year=8)
    assert partnership.comparators == {
        "england": Comparator(
            "england", "England", (), "published", "2019/20", "E92000001", "council"
        )
    }


def test_words_of_outturn_toml_left_out_have_their_defaults(read):
    partnership, mistakes = read({"outturn.toml": 'name = "Northvale"\nhome = "HOME"'})
    assert mistakes == []
    assert partnership.calendar == Calendar(financial_year=4, academic_year=9)
    assert partnership.as_of is None
    assert partnership.hierarchy == "every"
    assert partnership.disclosure == "social care"
    assert partnership.boards == ()
    assert partnership.comparators == {}


def test_every_word_of_outcomes_toml_is_read(read):
    partnership, mistakes = read(
        {
            "framework/outcomes.toml": """
                [[outcome]]
                id = "a"
                title = "A"
                [[outcome]]
                id = "b"
                title = "B"
                level = "priority"
                framework = "Plan"
                parent = "a"
                board = "Joint Board"
                owner = "Chief Officer"
                deputy = "Head"
                measures = ["share"]
                delivery = "some risk"
                delivery_comment = "Late."
                delivery_by = "Head"
                [[outcome.activity]]
                title = "Hubs"
                by = "District"
                comment = "Two open."
                [[crosswalk]]
                outcome = "b"
                answers_to = ["a"]
                note = "In part."
            """
        }
    )
    assert mistakes == []
    assert partnership.outcomes["a"] == Outcome("a", "A", "outcome", "")
    assert partnership.outcomes["b"] == Outcome(
        "b", "B", "priority", "Plan", "a", "Joint Board", "Chief Officer", "Head", ("share",),
        "some risk", "Late.", "Head", (Activity("Hubs", "District", "Two open."),),
    )  # fmt: skip
    assert partnership.crosswalk == (Crossing("b", ("a",), "In part."),)


def test_every_word_of_checks_toml_is_read(read):
    partnership, mistakes = read(
        {
            "checks.toml": """
                [[identity]]
                id = "carried"
                title = "Carried over"
                measure = "admissions"
                equals = [
                    { measure = "admissions", periods_back = 1 },
                    { measure = "share", factor = -1 },
                ]
                within = 0.5
                [[share]]
                id = "offered"
                title = "Offered"
                measure = "share"
                of = "admissions"
            """
        }
    )
    assert mistakes == []
    parts = (("admissions", 1, 1.0), ("share", 0, -1.0))
    assert partnership.identities == (
        Identity("carried", "admissions", parts, "Carried over", 0.5),
    )
    assert partnership.shares == (Share("offered", "share", "admissions", "Offered"),)


def test_every_word_of_sources_toml_is_read(read):
    partnership, mistakes = read(
        {
            "data/sources.toml": """
                [[source]]
                id = "a"
                file = "a.xlsx"
                contract = "figures"
                [[source]]
                id = "b"
                file = "b.xlsx"
                contract = "figures"
                reader = "table"
                sheet = "Data"
                header_row = 3
                encoding = "cp1252"
                table = "t"
                columns = { value = "Figure" }
                constants = { place = "HOME", period = 2020-04-01, value = 3 }
                values = { category = { "65 and over" = "65+" } }
                period_form = "financial year"
                dates = "day first"
                publisher = "P"
                title = "T"
                published = 2026-01-18
                provenance = "provisional"
                scheme = "ASCOF"
                max_megabytes = 5
                public = true
            """
        }
    )
    assert mistakes == []
    assert partnership.sources[0] == Source("a", "a.xlsx", "figures")
    assert partnership.sources[1] == Source(
        "b", "b.xlsx", "figures", "table", "Data", 3, "cp1252", "t", {"value": "Figure"},
        {"place": "HOME", "period": "2020-04-01", "value": "3"},
        {"category": {"65 and over": "65+"}}, "financial year", "P", "T", date(2026, 1, 18),
        "provisional", "ASCOF", 5.0, True, dates="day first",
    )  # fmt: skip


def test_a_source_may_be_a_table_of_a_server(read):
    words = 'id = "a"\nserver = "RECORDS"\ntable = "care.stays"\ncontract = "figures"\n'
    partnership, mistakes = read({"data/sources.toml": f"[[source]]\n{words}"})
    assert mistakes == []
    [source] = partnership.sources
    assert (source.server, source.table, source.file) == ("RECORDS", "care.stays", "")
    assert source.named == "server RECORDS, table care.stays"


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        ('server = "RECORDS"', "The source names no table of the server."),
        ('server = "R"\nfile = "a.csv"\ntable = "t"', "The source is both a file and a table"),
        ("", "'file' is missing"),
    ],
)
def test_a_source_is_either_a_file_or_a_table_of_a_server(read, words, problem):
    text = f'[[source]]\nid = "a"\ncontract = "figures"\n{words}\n'
    _, mistakes = read({"data/sources.toml": text})
    assert any(problem in str(one) for one in mistakes), [str(one) for one in mistakes]


@pytest.mark.parametrize(
    ("words", "public"),
    [
        ("", False),
        ('reader = "table"', False),
        ('reader = "fingertips upload"', False),
        ('reader = "scottish ministerial indicators"', True),
        ('reader = "scottish ministerial indicators"\npublic = false', False),
        ("public = true", True),
    ],
)
def test_an_official_release_is_public_unless_it_is_said_not_to_be(read, words, public):
    start = '[[source]]\nid = "a"\nfile = "a.xlsx"\ncontract = "figures"\n'
    partnership, mistakes = read({"data/sources.toml": start + words})
    assert mistakes == []
    assert partnership.sources[0].public is public


def test_actions_commentary_and_packs_are_read(read):
    partnership, mistakes = read(
        {
            "commentary/share/2026-04-01_P8M.md": "\n Better. \n",
            "packs/full.toml": """
                title = "T"
                meeting = "M"
                held_on = 2026-12-15
                period = "2026/27"
                decision = "approve"
                form = "local improvement targets return"
                place = "HOME"
                author = "A"
                contact = "C"
                route = ["First", "Second"]
                framework = "Plan"
                comparator = "family"
                purpose = "P"
                recommendations = ["R"]
                background = "B"
                implications = [["Resources", "None."]]
                appendices = ["rag"]
                measures = ["share"]
                [[section]]
                kind = "series"
                title = "S"
                text = "X"
                items = ["1", "2"]
                [[section]]
            """,
        }
    )
    assert mistakes == []
    day = date(2027, 1, 31)
    assert partnership.actions == (
        Action("weekends", "Begin at weekends", "share", "Manager", day, "planned"),
    )
    assert [(one.measure, one.period.key, one.text) for one in partnership.comments] == [
        ("share", "2026-04-01/P8M", "Better."),
        ("share", "2026-04-01/P1Y", "{value} of people, against {target}."),
    ]
    assert isinstance(partnership.comments[0], Comment)
    assert partnership.packs["full"] == PackSpec(
        "full", "T", "M", date(2026, 12, 15), YEAR, "approve", "packs/full.toml",
        "local improvement targets return", "HOME", "A", "C", ("First", "Second"), "Plan",
        "family", "P", ("R",), "B", (("Resources", "None."),), ("rag",),
        (PackSection("series", "S", "X", ("1", "2")), PackSection("text")), ("share",),
    )  # fmt: skip
    december = partnership.packs["december"]
    assert (december.form, december.measures, december.sections) == ("committee paper", (), ())


RIGHT = "This is not of the right kind."
WORD = "There is no word '{}' here."
MISTAKES = [
    ("outturn.toml", 'nam = "x"\nname = "y"\nhome = "z"', "outturn.toml, nam",
     WORD.format("nam"), "Did you mean 'name'?"),
    ("outturn.toml", 'name = "y"', "outturn.toml, home", "'home' is missing.",
     "Add home = ... with text."),
    ("outturn.toml", 'name = "y"\nhome = "z"\n[calendar]\nfinancial_year = 13',
     "outturn.toml, calendar.financial_year", "This is not a month.",
     "Give the number of a month, 1 to 12."),
    ("outturn.toml", 'name = "y"\nhome = "z"\ndisclosure = "hospitl"', "outturn.toml, disclosure",
     "'hospitl' is not one of the words allowed here.", "Did you mean 'hospital'?"),
    ("outturn.toml", 'name = "y"\nhome = "z"\nlibrary = ["ascoff"]', "outturn.toml, library",
     "There is no library 'ascoff'.", "Did you mean 'ascof'?"),
    ("outturn.toml", 'name = "y"\nhome = "z"\nlibrary = ["zzz"]', "outturn.toml, library",
     "There is no library 'zzz'.", "The libraries are ascof, ascof_cld, community_care_outcomes, "
     "core_suite, health_and_wellbeing_outcomes, joint_future, lgbf, local_services, msg, phs."),
    ("outturn.toml", 'name = "y"\nhome = "z"\n[[comparator]]\nid = "a"\nname = "A"\n'
     'rule = "published"', "outturn.toml, comparator[1]", "It must be clear who belongs.",
     "Give either members = [...] or kind."),
    ("outturn.toml", 'name = "y"\nhome = "z"\n[[comparator]]\nid = "a"\nname = "A"\n'
     'kind = "council"\nrule = "published"\nquartiles = "fingertip"',
     "outturn.toml, comparator[1].quartiles",
     "'fingertip' is not one of the words allowed here.", "Did you mean 'Fingertips'?"),
    ("framework/outcomes.toml", '[[outcom]]\nid = "a"', "framework/outcomes.toml, outcom",
     WORD.format("outcom"), "Did you mean 'outcome'?"),
    ("framework/outcomes.toml", '[[outcome]]\nid = "a"\ntitle = "A"\ndelivery = "late"',
     "framework/outcomes.toml, outcome[1].delivery",
     "'late' is not one of the words allowed here.",
     "Write one of 'on track', 'some risk', 'off track', 'complete', 'not started', "
     "'not reported'."),
    ("framework/measures/share.toml", "", "framework/measures/share.toml", "The file is empty.",
     "Describe the measure, or delete the file."),
    ("framework/measures/share.toml", "# nothing yet", "framework/measures/share.toml",
     "The file is empty.", "Describe the measure, or delete the file."),
    ("targets/2026.toml", '[[targets]]\nid = "a"', "targets/2026.toml, targets",
     WORD.format("targets"), "Did you mean 'target'?"),
    ("targets/2026.toml", "a = [", "targets/2026.toml, end of document",
     "The file is not valid TOML.", "Mend it there: invalid value."),
    ("checks.toml", '[[identity]]\nid = "a"\nmeasure = "share"',
     "checks.toml, identity[1].equals", "The sum has no parts.",
     'Add equals = [{ measure = "..." }, ...].'),
    ("data/sources.toml", '[[sorce]]\nid = "a"', "data/sources.toml, sorce",
     WORD.format("sorce"), "Did you mean 'source'?"),
    ("data/sources.toml", '[[source]]\nid = "a"\nfile = "a"\ncontract = "a"\nvalues = { sex = 1 }',
     "data/sources.toml, source[1].values.sex", RIGHT,
     "Give a table of words, such as { word = value }."),
    ("data/sources.toml", '[[source]]\nid = "a"\nfile = "a"\ncontract = "a"\ncolumns = { x = [1] }',
     "data/sources.toml, source[1].columns.x", RIGHT, "Give text in quotes."),
    ("actions.toml", '[[actions]]\nid = "a"', "actions.toml, actions", WORD.format("actions"),
     "Did you mean 'action'?"),
    ("actions.toml", '[[action]]\nid = "a"\ntitle = "A"\nmeasure = "share"\nowner = "x"\n'
     'due = 2026-01-01\nstate = "zzz"', "actions.toml, action[1].state",
     "'zzz' is not one of the words allowed here.",
     "Write one of 'planned', 'under way', 'done', 'stopped'."),
    ("commentary/share/soon.md", "x", "commentary/share/soon.md",
     "The file's name is not a period that can be read.",
     "In a file's name write 2020/21, 2020/21 Q2, 2020-11, 2020-11-26 or 2020-04-01/P8M, "
     "with _ for each /."),
    ("commentary/share/2011-12.md", "x", "commentary/share/2011-12.md",
     "The file's name is not a period that can be read.",
     "In a file's name it may be a month or a year: write 2011/12 or 2011-12-01/P1M, "
     "with _ for each /."),
    ("packs/a.toml", 'title = "T"\nmeeting = "M"\nperiod = "2026/27"\ndecision = "note"',
     "packs/a.toml, held_on", "'held_on' is missing.", "Add held_on = ... with a date."),
    ("packs/a.toml", 'title = "T"\nmeeting = "M"\nperiod = "2026/27"\ndecision = "note"\n'
     'held_on = 2026-12-15\nappendices = ["rag", "quality"]', "packs/a.toml, appendices",
     "There is no appendix 'quality'.", "Did you mean 'data quality'?"),
    ("packs/a.toml", 'title = "T"\nmeeting = "M"\nperiod = "2026/27"\ndecision = "note"\n'
     'held_on = 2026-12-15\nimplications = ["None."]', "packs/a.toml, implications",
     "An implication is a heading and a text.",
     'Write implications = [["Resources", "None."], ...].'),
    ("packs/a.toml", 'title = "T"\nmeeting = "M"\nperiod = "2026/27"\ndecision = "note"\n'
     "held_on = 2026-12-15\nimplications = 5", "packs/a.toml, implications",
     "An implication is a heading and a text.",
     'Write implications = [["Resources", "None."], ...].'),
]  # fmt: skip


@pytest.mark.parametrize(("file", "text", "where", "problem", "remedy"), MISTAKES)
def test_each_mistake_of_one_file_is_told_once(read, file, text, where, problem, remedy):
    assert read({file: text})[1] == [f"{where}\n  {problem}\n  {remedy}"]


def test_the_same_words_are_read_whatever_the_calendar_says_first(read, files):
    settings = files["outturn.toml"] + "\n[calendar]\nfinancial_year = 7\n"
    partnership, mistakes = read({"outturn.toml": settings})
    assert mistakes == []
    assert partnership.targets[0].period.key == "2026-07-01/P1Y"


def test_an_own_measure_takes_the_place_of_that_of_the_library(read, files):
    own = files["framework/measures/share.toml"]
    partnership, mistakes = read(
        {
            "library/ascof/measures/share.toml": own.replace('"Share"', '"Theirs"'),
            "library/ascof/measures/other.toml": own,
        }
    )
    assert mistakes == []
    assert partnership.measures["share"].title == "Share"
    assert partnership.measures["other"].file == "library/ascof/measures/other.toml"


def test_the_library_that_is_asked_for_is_read_and_is_without_mistake(tmp_path):
    for one in ("ascof", "lgbf", "phs"):
        (tmp_path / "outturn.toml").write_text(
            f'name = "x"\nhome = "A"\nlibrary = ["{one}"]', encoding="utf-8"
        )
        (tmp_path / "places.csv").write_text("code,name,kind\nA,Alpha,council\n", encoding="utf-8")
        partnership, mistakes = read_folder(tmp_path)
        assert mistakes == []
        assert partnership.measures


@pytest.fixture
def folder(tmp_path):
    return new("Northvale", tmp_path)


def test_a_new_folder_is_without_mistake_and_fills_every_part_of_the_partnership(folder):
    partnership, mistakes = read_folder(folder)
    assert mistakes == []
    empty = {one.name for one in fields(Partnership) if not getattr(partnership, one.name)}
    assert empty == {
        "crosswalk", "disclosure_for", "known_events", "overrides", "identities", "shares",
        "totals_for",
    }  # fmt: skip


def test_the_texts_that_were_read_give_the_same_partnership_again(folder):
    settings = folder / "outturn.toml"
    text = settings.read_text(encoding="utf-8").replace("boards", 'library = ["phs"]\nboards')
    settings.write_text(text, encoding="utf-8")
    partnership, mistakes = read_folder(folder)
    again, found = read_texts(partnership.files)
    assert (again, found) == (partnership, mistakes)
    assert any(name.startswith("library/phs/") for name in partnership.files)


def test_the_texts_give_the_same_mistakes_too(folder):
    (folder / "packs" / "december.toml").write_text("title = 3", encoding="utf-8")
    partnership, mistakes = read_folder(folder)
    assert len(mistakes) > 1
    _, found = read_texts(partnership.files)
    assert list(map(str, found)) == list(map(str, mistakes))


def test_the_words_for_appendices_and_forms_are_those_that_publishing_knows():
    assert set(APPENDICES) == set(appendices.APPENDICES)
    assert set(PACK_FORMS) == set(paper.FORMS)
    assert set(PACK_SECTIONS) == set(paper.SECTIONS)


def told(path):
    return [str(one) for one in read_folder(path)[1]]


REMEDY = "Give a partnership's folder with --in DIR, or make one with: outturn new NAME"


def test_a_folder_that_is_not_there_is_told(tmp_path):
    path = tmp_path / "nowhere"
    assert told(path) == [f"{path}\n  There is no such folder.\n  {REMEDY}"]


def test_a_folder_without_settings_is_told(tmp_path):
    assert told(tmp_path) == [f"{tmp_path}\n  There is no outturn.toml here.\n  {REMEDY}"]


def test_a_file_that_is_not_utf_8_is_told(folder):
    (folder / "actions.toml").write_bytes('owner = "Zoë"'.encode("cp1252"))
    assert told(folder) == [
        "actions.toml\n  The file is not UTF-8 text.\n  Save it again with the encoding UTF-8."
    ]


def test_a_file_that_cannot_be_opened_is_told(folder):
    (folder / "packs" / "folder.toml").mkdir()
    assert told(folder) == [
        "packs/folder.toml\n  The file cannot be opened.\n"
        "  Close it elsewhere, or mend its permissions."
    ]


def test_a_byte_order_mark_is_no_part_of_a_file(folder):
    file = folder / "outturn.toml"
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())
    assert told(folder) == []


def test_tables_nested_too_deep_are_told_and_not_a_traceback(read):
    _, mistakes = read({"checks.toml": "a = " + "[" * 100_000})
    assert len(mistakes) == 1
    assert mistakes[0].startswith("checks.toml\n  The file is not valid TOML.\n")


BROKEN = """
    [[break]]
    since = "{}"
    kind = "{}"
    reason = "{}"
"""
MADE = """
    title = "Made"
    definition = "1"
    kind = "count"
    unit = "admissions"
    aim = "lower"
    formula = {{ sum = [{}] }}
"""


def test_a_formula_breaks_where_its_parts_do(read, files):
    """Its own breaks come first, and which definition is in force stays its own to say."""
    admissions = files["framework/measures/admissions.toml"]
    part = BROKEN.format("2014/15", "break", "A part.") + '    definition = "1"\n'
    partnership, told = read(
        {
            "framework/measures/admissions.toml": admissions + part,
            "framework/measures/made.toml": MADE.format('"admissions", "other"')
            + BROKEN.format("2020/21", "break", "Its own."),
            "framework/measures/other.toml": MADE.format('"admissions"')
            + BROKEN.format("2016/17", "minor", "A note."),
        }
    )
    assert told == []
    measures = partnership.measures
    assert [one.reason for one in measures["made"].breaks] == ["Its own.", "A part.", "A note."]
    assert [one.reason for one in measures["other"].breaks] == ["A note.", "A part."]
    assert measures["made"].definition_in(from_key("2012-04-01/P1Y")) == "1"
    assert measures["admissions"].definition_in(from_key("2012-04-01/P1Y")) == "before 1"


def test_formulas_in_a_circle_have_the_breaks_of_the_others(read):
    partnership, _ = read(
        {
            "framework/measures/one.toml": MADE.format('"two"'),
            "framework/measures/two.toml": MADE.format('"one"')
            + BROKEN.format("2020/21", "break", "A part."),
        }
    )
    assert [one.reason for one in partnership.measures["one"].breaks] == ["A part."]


@pytest.mark.parametrize(
    ("name", "place", "folder"),
    [
        ("commentary/share/HOME/2026_27.md", "commentary/MEASURE/PERIOD.md", "commentary"),
        ("commentary/2026_27.md", "commentary/MEASURE/PERIOD.md", "commentary"),
        ("framework/measures/care/share.toml", "framework/measures/MEASURE.toml",
         "framework/measures"),
        ("framework/share.toml", "framework/measures/MEASURE.toml", "framework"),
        ("targets/old/2025.toml", "targets/YEAR.toml", "targets"),
        ("contracts/old/stays.json", "contracts/TABLE.json", "contracts"),
        ("packs/old/december.toml", "packs/PAPER.toml", "packs"),
    ],
)  # fmt: skip
def test_a_definition_that_lies_where_it_is_not_read_is_told(tmp_path, files, name, place, folder):
    for one in (*files, name, "commentary/README.md", "packs/.old/december.toml"):
        (tmp_path / one).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / one).write_text(files.get(one, "x"), encoding="utf-8")
    _, mistakes = read_folder(tmp_path)
    assert [str(one) for one in mistakes] == [
        f"{name}\n"
        "  The file is not read where it lies.\n"
        f"  Move it to {place}, or out of the folder {folder}."
    ]
