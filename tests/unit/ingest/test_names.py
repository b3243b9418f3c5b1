"""Places, measures and periods are resolved together, and trouble is told without the cell."""

import pytest

HEADER = "measure,place,period,value\n"


@pytest.mark.parametrize(
    ("place", "code"),
    [("E1", "E1"), ("North", "E1"), ("Upper North", "E1"), ("The North", "E1")],
)
def test_a_place_is_found_by_code_name_or_alias(read_csv, place, code):
    world = read_csv(HEADER + f"control,{place},2020/21,1\n", publisher="phs")
    assert world.figures("place") == [(code,)]


def test_an_alias_of_another_publisher_is_not_known(read_csv):
    world = read_csv(HEADER + "control,The North,2020/21,1\n", publisher="nrs")
    assert world.mistakes() == [
        "data/x.csv, column place, row 2\n  1 row is set aside: the place is not in places.csv.\n"
        "  Add it to places.csv, or add the name to the aliases of a place there."
    ]


def test_a_name_shared_by_a_council_and_its_successor_goes_by_the_period(read_csv):
    world = read_csv(HEADER + "control,Dorset,2018/19,1\ncontrol,Dorset,2019/20,2\n")
    assert world.figures("place", "value") == [("E2", 1.0), ("E3", 2.0)]


def test_a_name_that_fits_two_places_in_a_period_is_set_aside(read_csv):
    world = read_csv(HEADER + "control,Dorset,2018/19 to 2019/20,1\n")
    assert world.mistakes() == [
        "data/x.csv, column place, row 2\n"
        "  1 row is set aside: the name stands for more than one place.\n"
        "  Give codes, or give the name to one place as an alias of the publisher."
    ]


def test_a_period_outside_the_life_of_the_place_is_set_aside(read_csv):
    world = read_csv(HEADER + "control,E2,2019/20,1\n")
    assert world.mistakes() == [
        "data/x.csv, column place, row 2\n  1 row is set aside: "
        "the period lies outside the days between which the place exists.\n"
        "  Look up valid_from and valid_to in places.csv, and the successor of the place."
    ]


@pytest.mark.parametrize(
    ("text", "form", "key"),
    [
        ("2020/21", "any", "2020-04-01/P1Y"),
        ("2020/21 Q2", "any", "2020-07-01/P3M"),
        ("2011-12", "financial year", "2011-04-01/P1Y"),
        ("2011-12", "month", "2011-12-01/P1M"),
        ("2020-11-26", "any", "2020-11-26/P0D"),
        ("2018 - 20", "any", "2018-01-01/P3Y"),
        ("2008-10", "range of years", "2008-01-01/P3Y"),
    ],
)
def test_a_period_is_read_by_the_form_of_its_source(read_csv, text, form, key):
    world = read_csv(HEADER + f"control,E1,{text},1\n", period_form=form)
    assert world.figures("period") == [(key,)]


@pytest.mark.parametrize(
    ("text", "problem", "remedy"),
    [
        (
            "2011-12",
            "the period may be a month or a year",
            'Write period_form = "financial year" or "month" for the source, '
            "or periods such as 2011/12.",
        ),
        (
            "2018 - 19",
            "the period may be a year or two years",
            'Write period_form = "range of years" for the source, or periods such as 2018/19.',
        ),
        *(
            (
                text,
                "the period cannot be read",
                "Write 2020/21, 2020/21 Q2, 2020-11, 2020-11-26 or 2020-04-01/P8M.",
            )
            for text in (
                "last year",
                "2020/25",
                "4-year aggregate (2018-2022)",
                "2020-13-45",
                "Smarch 2020",
                "9999/00",
                "2020-04-01/P0Y",
                "2020-04-01/P99999999999Y",
            )
        ),
    ],
)
def test_a_period_that_cannot_be_read_is_set_aside(read_csv, text, problem, remedy):
    world = read_csv(HEADER + f"control,E1,{text},1\n")
    assert world.mistakes() == [
        f"data/x.csv, column period, row 2\n  1 row is set aside: {problem}.\n  {remedy}"
    ]


def test_a_code_that_changed_its_meaning_goes_by_the_period(read_csv):
    world = read_csv(HEADER + "2C,E1,2022/23,1\n2C,E1,2023/24,2\n1B,E1,2023/24,3\n", scheme="ascof")
    assert world.figures("measure", "value") == [
        ("delays", 1.0),
        ("admissions", 2.0),
        ("control", 3.0),
    ]


def test_a_code_that_fits_two_measures_in_a_period_is_set_aside(read_csv):
    world = read_csv(HEADER + "2C,E1,2022/23 to 2023/24,1\n", scheme="ascof")
    assert world.mistakes() == [
        "data/x.csv, column measure, row 2\n"
        "  1 row is set aside: the code stands for more than one measure in that period.\n"
        "  Give the code a since or an until in the measures' files."
    ]


def test_an_unknown_measure_is_told_with_the_nearest_one(read_csv):
    world = read_csv(HEADER + "admisions,E1,2022/23,1\n")
    assert world.mistakes() == [
        "data/x.csv, column measure, row 2\n  1 row is set aside: there is no such measure.\n"
        "  Did you mean 'admissions'?"
    ]


def test_an_unknown_code_and_an_unknown_scheme_are_told(world):
    world.write("a.csv", HEADER + "1C,E1,2022/23,1\n").source("a.csv", scheme="ascof")
    world.write("b.csv", HEADER + "1B,E1,2022/23,1\n").source("b.csv", scheme="ascoff")
    assert world.mistakes() == [
        "data/a.csv, column measure, row 2\n"
        "  1 row is set aside: no measure has that code of 'ascof'.\n  Add it to a measure's file.",
        "data/b.csv, column measure, row 2\n"
        "  1 row is set aside: no measure has that code of 'ascoff'.\n  Did you mean 'ascof'?",
    ]


def test_where_the_period_is_unread_the_place_is_not_blamed(read_csv):
    found = read_csv(HEADER + "control,Dorset,whenever,1\n").ingest()
    assert found.rejected.select("column", "reason").rows() == [
        ("period", "the period cannot be read")
    ]


def test_every_reason_for_a_row_is_given(read_csv):
    found = read_csv(HEADER + ",E9,2020/21,1b\n").ingest()
    assert found.rejected.select("column", "reason").rows() == [
        (
            "place, measure, value",
            "place: the place is not in places.csv; measure: the cell is empty; "
            "value: the cell is not a number",
        )
    ]


def test_a_column_that_holds_days_is_checked_against_the_life_of_the_place(world):
    from outturn.contracts import Contract, Field

    world.contracts["stays"] = Contract(
        "stays", (Field("place"), Field("day", "date")), place="place", period="day"
    )
    world.write("x.csv", "place,day\nDorset,2019-03-31\nDorset,2019-04-01\nE2,2019-04-01\n")
    found = world.source("x.csv", "stays").ingest()
    assert found.tables["stays"]["place"].to_list() == ["E2", "E3"]
    assert found.rejected["row"].to_list() == [4]
