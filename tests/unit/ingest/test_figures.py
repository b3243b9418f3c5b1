"""What a table of figures may leave unsaid, and the marks it may print instead of a figure."""

from dataclasses import replace

import polars as pl
import pytest

from outturn.framework.model import Breakdown
from outturn.ingest import readers

HEADER = "measure,place,period,value,numerator,denominator,margin,absent,why,note\n"


def test_a_plain_figure_gets_the_defaults_of_its_source(read_csv):
    world = read_csv("measure,place,period,value\ncontrol,E1,2020/21,73.2\n", provenance="final")
    found = world.ingest()
    assert found.mistakes == []
    assert found.rejected.height == 0
    assert found.tables["figures"].rows(named=True) == [
        {
            "measure": "control",
            "place": "E1",
            "period": "2020-04-01/P1Y",
            "breakdown": "all",
            "category": "all",
            "value": 73.2,
            "numerator": None,
            "denominator": None,
            "margin": None,
            "absent": None,
            "why": None,
            "provenance": "final",
            "edition": "2021-01-18",
            "note": None,
            "source": "x",
            "row": 2,
        }
    ]


@pytest.mark.parametrize(
    ("cells", "value", "absent", "why", "note"),
    [
        ("0,,,,,,", 0.0, None, None, None),
        ("[c],,,,,,", None, "suppressed", "suppressed: printed as [c]", None),
        ("C,,,,,,", None, "suppressed", "suppressed: printed as C", None),
        ("*,5,10,,,,", None, "suppressed", "suppressed: printed as *", None),
        ("[x],,,,,,", None, "not available", "not available: printed as [x]", None),
        (":,,,,,,", None, "not available", "not available: printed as :", None),
        ("..,,,,,,", None, "not available", "not available: printed as ..", None),
        ("[z],,,,,,", None, "not applicable", "not applicable: printed as [z]", None),
        (",,,,,,", None, "not available", "not available: the cells are blank", None),
        (",5,10,,,,", None, None, None, None),
        (",,10,,,,", None, None, None, None),
        (",[c],10,,,,", None, "suppressed", "suppressed: printed as [c]", None),
        ("73.2,[c],10,,,,seen", 73.2, None, None, "seen; numerator printed as [c]"),
        ("73.2,,,[x],,,", 73.2, None, None, "margin printed as [x]"),
        (",,,,suppressed,,", None, "suppressed", "suppressed, the source says", None),
        (",,,,[z],too few,", None, "not applicable", "too few", None),
    ],
)
def test_the_states_of_a_cell(read_csv, cells, value, absent, why, note):
    world = read_csv(HEADER + f"control,E1,2020/21,{cells}\n")
    assert world.figures("value", "absent", "why", "note") == [(value, absent, why, note)]


def test_a_text_in_a_number_sets_the_row_aside(read_csv):
    world = read_csv(HEADER + "control,E1,2020/21,12a,,,,,,\ncontrol,E1,2019/20,1,,,,,,\n")
    found = world.ingest()
    assert found.tables["figures"]["value"].to_list() == [1.0]
    assert found.rejected.rows() == [
        (
            "x",
            "data/x.csv",
            2,
            "value",
            "the cell is not a number",
            "wrong",
            '{"measure":"control","place":"E1","period":"2020/21","value":"12a","numerator":null,'
            '"denominator":null,"margin":null,"absent":null,"why":null,"note":null}',
        )
    ]
    assert [str(one) for one in found.mistakes] == [
        "data/x.csv, column value, row 2\n  1 row is set aside: the cell is not a number.\n"
        "  Ask for plain digits, such as 1234.5. A word that stands for an empty cell goes into "
        'values = { value = { "the word" = "" } } for the source in data/sources.toml.'
    ]


def test_a_figure_cannot_be_given_and_absent_at_once(read_csv):
    world = read_csv(HEADER + "control,E1,2020/21,0,,,,suppressed,,\n")
    assert world.mistakes() == [
        "data/x.csv, column value, row 2\n"
        "  1 row is set aside: 'value' is filled although 'absent' is filled too.\n"
        "  Put the row right: a figure is either given or absent."
    ]


def test_a_table_without_any_column_of_figures_is_a_mistake(read_csv):
    world = read_csv("measure,place,period,percent\ncontrol,E1,2020/21,5\n")
    assert world.mistakes() == [
        "data/x.csv, header row 1\n  No column holds figures.\n"
        '  Write columns = { value = "its name in the file" } in data/sources.toml.'
    ]


def test_many_rows_with_one_trouble_make_one_mistake(read_csv):
    rows = "".join(f"control,E1,{year}-05,x1,,,,,,\n" for year in range(1990, 2000))
    assert read_csv(HEADER + rows).mistakes() == [
        "data/x.csv, column value, rows 2, 3, 4 and 7 more\n"
        "  10 rows are set aside: the cell is not a number.\n"
        "  Ask for plain digits, such as 1234.5. A word that stands for an empty cell goes into "
        'values = { value = { "the word" = "" } } for the source in data/sources.toml.'
    ]


def test_the_same_figure_published_again_is_another_edition(world):
    from datetime import date

    text = HEADER + "control,E1,2020/21,5,,,,,,\n"
    world.write("a.csv", text).source("a.csv", published=date(2021, 1, 1))
    world.write("b.csv", text).source("b.csv", published=date(2022, 1, 1))
    assert world.figures("edition", "source") == [("2021-01-01", "a"), ("2022-01-01", "b")]


def test_the_same_figure_in_the_same_edition_is_set_aside(world):
    text = HEADER + "control,E1,2020/21,5,,,,,,\n"
    world.write("a.csv", text).source("a.csv")
    world.write("b.csv", text).source("b.csv")
    found = world.ingest()
    assert found.tables["figures"]["source"].to_list() == ["a"]
    assert found.rejected.select("source", "row", "reason").rows() == [
        ("b", 2, "the row has the same key as row 2 of source a")
    ]
    assert [str(one) for one in found.mistakes] == [
        "data/b.csv, columns measure, place, period, breakdown, category, edition, row 2\n"
        "  1 row is set aside: the row has the same key as a row of source a.\n"
        "  Keep one of them, or tell them apart."
    ]


def test_the_same_key_twice_in_a_file_names_the_first_row(read_csv):
    found = read_csv(HEADER + "control,E1,2020/21,5,,,,,,\ncontrol,E1,2020-21,6,,,,,,\n").ingest()
    assert found.rejected.select("row", "reason").rows() == [
        (3, "the row has the same key as row 2")
    ]


def release(monkeypatch, *figures):
    """A reader of an official release, and of another that says the same in its own words."""

    def read(path, source):
        words = "[x]" if source.reader == "one" else "not_available"
        return pl.DataFrame(
            {
                "measure": ["control"] * 2, "place": ["E1", "E3"], "period": ["2020/21"] * 2,
                "value": list(figures) if source.reader == "other" else ["73.2", None],
                "absent": [None, "not available"], "why": [None, f"marked {words}"],
                "edition": ["2021-10-21"] * 2, "row": [2, 3],
            }
        )  # fmt: skip

    monkeypatch.setitem(readers.official.READERS, "one", read)
    monkeypatch.setitem(readers.official.READERS, "other", read)


def test_a_figure_that_two_releases_give_alike_is_kept_once_without_a_mistake(world, monkeypatch):
    release(monkeypatch, "73.2", None)
    for reader in ("one", "other"):
        world.write(f"{reader}.csv", "x").source(f"{reader}.csv", reader=reader)
    found = world.ingest()
    assert found.mistakes == []
    assert found.tables["figures"]["source"].to_list() == ["one", "one"]
    assert found.rejected.select("source", "row", "reason", "kind").rows() == [
        ("other", 2, "the row says the same as row 2 of source one", "copy"),
        ("other", 3, "the row says the same as row 3 of source one", "copy"),
    ]


def test_two_releases_that_differ_about_one_edition_are_a_mistake(world, monkeypatch):
    release(monkeypatch, "73.3", None)
    for reader in ("one", "other"):
        world.write(f"{reader}.csv", "x").source(f"{reader}.csv", reader=reader)
    found = world.ingest()
    assert found.tables["figures"]["source"].to_list() == ["one", "one"]
    assert [one.problem for one in found.mistakes] == [
        "1 row is set aside: the row has the same key as a row of source one."
    ]
    assert sorted(found.rejected.select("reason", "kind").rows()) == [
        ("the row has the same key as row 2 of source one", "wrong"),
        ("the row says the same as row 3 of source one", "copy"),
    ]


@pytest.mark.parametrize("edition", ["2020-99-99", "2021-02-29", "0020-01-01"])
def test_an_edition_is_a_day_that_exists(read_csv, edition):
    text = f"measure,place,period,value,edition\ncontrol,E1,2020/21,5,{edition}\n"
    assert read_csv(text).mistakes() == [
        "data/x.csv, column edition, row 2\n  1 row is set aside: the cell is not a date.\n"
        '  Where days stand as 30/11/2020, write dates = "day first" for the source in '
        "data/sources.toml; else a day is as 2020-11-30."
    ]


def test_a_word_that_the_source_puts_into_nothing_is_a_blank(read_csv):
    text = "measure,place,period,value\ncontrol,E1,2020/21,none yet\n"
    world = read_csv(text, values={"value": {"none yet": ""}})
    assert world.figures("value", "absent", "why") == [
        (None, "not available", "not available: the cells are blank")
    ]


@pytest.mark.parametrize("period", ["2020-05-01", "2020-11"])
def test_a_period_of_another_form_than_stated_is_told(read_csv, period):
    text = f"measure,place,period,value\ncontrol,E1,{period},5\n"
    assert read_csv(text, period_form="calendar year").mistakes() == [
        "data/x.csv, column period, row 2\n"
        "  1 row is set aside: the period is not of the form that its source states.\n"
        "  Put period_form right in data/sources.toml, or write the period as a key: "
        "2020-04-01/P1Y."
    ]


PARTS = "measure,place,period,breakdown,category,value\n"
DIVIDED = (Breakdown("sex", "sex", ("female", "male")), Breakdown("age", "age"))


@pytest.mark.parametrize("whole", ["", "all"])
def test_a_category_of_no_breakdown_never_stands_beside_the_whole_figure(read_csv, whole):
    text = PARTS + f"control,E1,2020/21,{whole},female,5\ncontrol,E1,2020/21,,,6\n"
    world = read_csv(text)
    found = world.ingest()
    assert found.tables["figures"].select("category", "value").rows() == [("all", 6.0)]
    assert world.mistakes() == [
        "data/x.csv, column category, row 2\n"
        "  1 row is set aside: it is a category of no breakdown.\n"
        "  Write what it is a category of as the breakdown, or leave both empty."
    ]


def test_a_breakdown_without_a_category_is_told(read_csv):
    text = PARTS + "control,E1,2020/21,sex,,5\ncontrol,E1,2020/21,sex,all,6\n"
    assert read_csv(text).mistakes() == [
        "data/x.csv, column category, row 2\n"
        "  1 row is set aside: the breakdown has no category.\n"
        "  Write which part of the breakdown it is, or all."
    ]


@pytest.mark.parametrize(
    "part, said",
    [
        ("sex,female", None),
        ("sex,all", None),
        ("age,whatever", None),  # age lists no categories
        ("all,all", None),
        ("sexes,female", ("breakdown", "the measure has no such breakdown")),
        ("sex,femal", ("category", "the breakdown has no such category")),
    ],
)
def test_a_measure_that_says_its_parts_has_no_others(read_csv, part, said):
    world = read_csv(PARTS + f"control,E1,2020/21,{part},5\n")
    world.measures = (replace(world.measures[2], breakdowns=DIVIDED),)
    found = world.ingest()
    assert found.rejected.select("column", "reason").rows() == ([said] if said else [])


def test_a_measure_that_says_nothing_of_its_parts_takes_any(read_csv):
    world = read_csv(PARTS + "control,E1,2020/21,sexes,femal,5\n")
    assert world.figures("breakdown", "category") == [("sexes", "femal")]


def test_a_release_divides_a_measure_as_it_likes(world, monkeypatch):
    def read(path, source):
        return pl.DataFrame(
            {
                "measure": ["control"], "place": ["E1"], "period": ["2020/21"], "value": ["1"],
                "breakdown": ["ethnicity"], "category": ["other"], "row": [2],
            }
        )  # fmt: skip

    monkeypatch.setitem(readers.official.READERS, "one", read)
    world.measures = (replace(world.measures[2], breakdowns=DIVIDED),)
    world.write("x.csv", "x").source(reader="one")
    assert world.figures("breakdown", "category") == [("ethnicity", "other")]
