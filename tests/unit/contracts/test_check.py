"""A row is kept, typed, or set aside with a reason that never holds a cell."""

from dataclasses import replace
from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from outturn.contracts import Contract, Field, Rule, cells, keys, read_contracts


def check(frame, contract):
    """The rows that keep the contract, typed, and the findings about the others."""
    typed, found = cells(frame, contract)
    typed = typed.with_row_index("index").with_columns(pl.col("index").cast(pl.Int64))
    whole = typed.join(found, on="index", how="anti", maintain_order="left")
    doubled = keys(whole, contract)
    kept = whole.join(doubled, on="index", how="anti", maintain_order="left")
    return kept.drop("index"), pl.concat([found, doubled]).sort("index", maintain_order=True)


def checked(contract, **columns):
    kept, rejected = check(pl.DataFrame(columns), contract)
    return kept, rejected.select("index", "column", "reason").rows()


def one(kind="string", **limits):
    return Contract("x", (Field("a", kind, **limits),))


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("string", " North ", "North"),
        ("integer", "12", 12),
        ("integer", "-12.0", -12),
        ("number", "0", 0.0),
        ("number", "91.10000000000001", 91.10000000000001),
        ("number", "1e3", 1000.0),
        ("boolean", "TRUE", True),
        ("boolean", "no", False),
        ("date", "2020-02-29", date(2020, 2, 29)),
        ("date", "2020-02-29T00:00:00", date(2020, 2, 29)),
        ("date", "2020-02-29 00:00:00.000", date(2020, 2, 29)),
    ],
)
def test_a_cell_of_its_type_is_kept(kind, text, value):
    kept, rejected = checked(one(kind), a=[text])
    assert kept["a"].to_list() == [value]
    assert rejected == []


KINDS = ("acute", "Mental health", "A", "a")


@pytest.mark.parametrize(
    ("text", "word"),
    [("acute", "acute"), (" ACUTE ", "acute"), ("mental  health", "Mental health"), ("A", "A"),
     ("a", "a"), ("", None)],
)  # fmt: skip
def test_a_word_of_a_closed_list_is_known_whatever_its_capitals_and_blanks(text, word):
    kept, rejected = checked(one(enum=KINDS), a=[text])
    assert kept["a"].to_list() == [word]
    assert rejected == []


@pytest.mark.parametrize("text", ["acutes", "mentalhealth", "mental-health"])
def test_another_word_is_none_of_a_closed_list(text):
    assert checked(one(enum=KINDS), a=[text])[1]


@pytest.mark.parametrize(
    ("field", "remedy"),
    [
        (Field("a", "number"), 'values = { a = { "the word" = "" } }'),
        (Field("a", "integer"), 'values = { a = { "the word" = "" } }'),
        (Field("a", "boolean"), 'values = { a = { "the word in the file" = "true" } }'),
        (Field("a", enum=("x",)), 'values = { a = { "the word in the file" = "one of these" } }'),
        (Field("a", "date"), 'dates = "day first" for the source in data/sources.toml'),
        (Field("a", "date", format="%Y%m%d"), "The contract 'x' has days in the form %Y%m%d"),
    ],
)
def test_what_to_do_about_a_cell_is_said_of_the_mapping_and_not_of_the_file(field, remedy):
    _, found = cells(pl.DataFrame({"a": ["?"]}), Contract("x", (field,)))
    assert remedy in found["remedy"].item()


MONTH_FIRST = 'If the month stands first in all its days, as in 11/30/2020, write dates = "month'


@pytest.mark.parametrize(
    ("days", "remedies"),
    [
        (["04/18/2023", "04/05/2023"], [MONTH_FIRST, MONTH_FIRST]),
        (["18/04/2023", "04/05/2023"], ["Where days stand as 30/11/2020"] * 2),
        (["18/04/2023", "04/18/2023"], ["Some days of the column have the day first"] * 2),
        (["04/18/2023", "soon"], [MONTH_FIRST, "Where days stand as 30/11/2020"]),
    ],
)
def test_what_stands_first_in_days_is_told_by_the_column_and_not_by_the_cell(days, remedies):
    _, found = cells(pl.DataFrame({"a": days}), Contract("x", (Field("a", "date"),)))
    told = found.sort("index")["remedy"].to_list()
    assert all(one.startswith(said) for one, said in zip(told, remedies, strict=True)), told


@pytest.mark.parametrize(
    ("kind", "text", "reason"),
    [
        ("integer", "12.5", "the cell is not a whole number"),
        ("integer", "99999999999999999999", "the cell is not a whole number"),
        ("number", "12a", "the cell is not a number"),
        ("number", "1,234", "the cell is not a number: it has a thousands separator"),
        ("integer", "-1,234,567", "the cell is not a whole number: it has a thousands separator"),
        ("number", "1 234.5", "the cell is not a number: it has a thousands separator"),
        ("number", "1,23", "the cell is not a number"),
        ("date", "45000", "the cell is not a date but a spreadsheet's number of a day"),
        ("date", "45000.5", "the cell is not a date but a spreadsheet's number of a day"),
        ("date", "90000", "the cell is not a date"),
        ("date", "04/18/2023", "the cell is not a date: perhaps the month stands first"),
        ("date", "18/04/2023", "the cell is not a date"),
        ("number", "73%", "the cell is not a number"),
        ("number", "NaN", "the cell is not a number"),
        ("number", "inf", "the cell is not a number"),
        ("number", "1e999", "the cell is not a number"),
        ("boolean", "perhaps", "the cell is neither true nor false"),
        ("date", "29/02/2020", "the cell is not a date"),
        ("date", "2020-02-30", "the cell is not a date"),
        ("date", "2020-02-29T13:00:00", "the cell is not a date"),
    ],
)
def test_a_cell_of_another_type_sets_its_row_aside(kind, text, reason):
    kept, rejected = checked(one(kind), a=[text])
    assert kept.height == 0
    assert rejected == [(0, "a", reason)]


def test_a_stated_form_of_dates_is_read_and_a_day_that_says_that_it_is_one():
    contract = one("date", format="%d/%m/%Y")
    texts = ["29/02/2020", "2020-03-01T00:00:00", "02/30/2020", "2020-03-01"]
    kept, rejected = checked(contract, a=texts)
    assert kept["a"].to_list() == [date(2020, 2, 29), date(2020, 3, 1)]
    second = "the cell is not a date: perhaps the month stands first"
    assert rejected == [(2, "a", second), (3, "a", "the cell is not a date")]


def test_a_contract_may_state_that_the_month_stands_first():
    contract = one("date", format="%m/%d/%Y")
    kept, rejected = checked(contract, a=["04/18/2023", "02/30/2023"])
    assert kept["a"].to_list() == [date(2023, 4, 18)]
    assert rejected == [(1, "a", "the cell is not a date")]


def test_a_text_is_never_read_in_two_forms():
    contract = one("date", format="%Y-%d-%m")
    kept, rejected = checked(contract, a=["2020-13-01", "2020-01-13", "2020-01-13T00:00:00"])
    assert kept["a"].to_list() == [date(2020, 1, 13), date(2020, 1, 13)]
    assert rejected == [(1, "a", "the cell is not a date")]


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("%d/%m/%Y", "01/04/20"),
        ("%d/%m/%Y", "01/04/1799"),
        ("%d/%m/%Y", "01/04/2200"),
        ("default", "20-04-01"),
        ("default", "0020-04-01"),
        ("default", "2200-01-01"),
    ],
)
def test_a_year_that_nobody_means_is_no_date(form, text):
    assert checked(one("date", format=form), a=[text])[1] == [(0, "a", "the cell is not a date")]


@pytest.mark.parametrize("text", ["1800-01-01", "2199-12-31"])
def test_the_first_and_the_last_year_are_dates(text):
    assert checked(one("date"), a=[text])[0]["a"].to_list() == [date.fromisoformat(text)]


def test_a_form_with_two_digits_of_the_year_is_read():
    kept, _ = checked(one("date", format="%d/%m/%y"), a=["01/04/20", "01/04/71"])
    assert kept["a"].to_list() == [date(2020, 4, 1), date(1971, 4, 1)]


def test_missing_texts_are_empty_and_empty_is_not_zero():
    contract = Contract("x", (Field("a", "number"),), missing=("", "n/a"))
    kept, _ = checked(contract, a=["", " ", "n/a", None, "0"])
    assert kept["a"].to_list() == [None, None, None, None, 0.0]


@pytest.mark.parametrize(
    ("field", "good", "bad", "reason"),
    [
        (Field("a", required=True), "x", "", "the cell is empty"),
        (Field("a", enum=("x", "y")), "x", "z", "the cell is none of x, y"),
        (
            Field("a", "number", minimum=0.0),
            "0",
            "-0.1",
            "the cell is below the minimum of 0",
        ),
        (Field("a", "integer", maximum=9.0), "9", "10", "the cell is above the maximum of 9"),
        (
            Field("a", "number", maximum=2e5),
            "200000",
            "200000.5",
            "the cell is above the maximum of 200,000",
        ),
        (
            Field("a", "date", minimum=date(2020, 4, 1)),
            "2020-04-01",
            "2020-03-31",
            "the cell is below the minimum of 2020-04-01",
        ),
        (
            Field("a", pattern="E1|E2"),
            "E2",
            "E23",
            "the cell does not fit the pattern of its column",
        ),
        (Field("a", unique=True), "x", "p", "the cell is the same as in row 1"),
    ],
)
def test_each_constraint_is_kept_on_its_edge_and_broken_beyond_it(field, good, bad, reason):
    kept, rejected = checked(Contract("x", (field,)), a=["p" if field.unique else good, good, bad])
    if field.unique:
        assert (kept["a"].to_list(), rejected) == (["p", "x"], [(2, "a", reason)])
    else:
        assert (kept.height, rejected) == (2, [(2, "a", reason)])


def test_an_empty_cell_breaks_no_constraint_but_required():
    field = Field("a", "number", unique=True, minimum=5.0)
    kept, rejected = checked(Contract("x", (field,)), a=[None, None])
    assert (kept.height, rejected) == (2, [])


NUMBERS = (Field("a", "number"), Field("b", "number"), Field("c", "number"))


@pytest.mark.parametrize(
    ("rule", "good", "bad", "reason"),
    [
        (Rule("", "a", "at_most_column", ("b",)), (2, 2, 0), (3, 2, 0), "'a' is more than 'b'"),
        (Rule("", "a", "at_least_column", ("b",)), (2, 2, 0), (1, 2, 0), "'a' is less than 'b'"),
        (
            Rule("", "a", "under_twice_column", ("b",)),
            (3, 2, 0),
            (4, 2, 0),
            "'a' is twice 'b' or more",
        ),
        (
            Rule("", "a", "under_twice_column", ("b",)),
            (0, 0, 0),
            (1, 0, 0),
            "'a' is twice 'b' or more",
        ),
        (
            Rule("", "a", "equals_column", ("b",)),
            (2, 2, 0),
            (1, 2, 0),
            "'a' is not the same as 'b'",
        ),
        (
            Rule("", "a", "not_equal_column", ("b",)),
            (1, 2, 0),
            (2, 2, 0),
            "'a' is the same as 'b'",
        ),
        (
            Rule("", "a", "zero_with_column", ("b",)),
            (0, 0, 0),
            (1, 0, 0),
            "'a' is not zero although 'b' is zero",
        ),
        (
            Rule("", "a", "sum_of", ("b", "c")),
            (0.3, 0.1, 0.2),
            (0.4, 0.1, 0.2),
            "'a' is not the sum of 'b' and 'c'",
        ),
        (
            Rule("", "a", "required_with_column", ("b",)),
            (1, 2, 0),
            (None, 2, 0),
            "'a' is empty although 'b' is filled",
        ),
        (
            Rule("", "a", "empty_with_column", ("b",)),
            (None, 2, 0),
            (0, 2, 0),
            "'a' is filled although 'b' is filled too",
        ),
    ],
)
def test_each_rule_between_columns(rule, good, bad, reason):
    rows = [[None if n is None else str(n) for n in row] for row in (good, bad)]
    a, b, c = (list(column) for column in zip(*rows, strict=True))
    kept, rejected = checked(Contract("x", NUMBERS, rules=(rule,)), a=a, b=b, c=c)
    assert (kept.height, rejected) == (1, [(1, "a", reason)])


def test_a_rule_that_warns_sets_no_row_aside():
    rule = Rule("", "a", "at_most_column", ("b",), warns=True)
    contract = Contract("x", NUMBERS, rules=(rule,))
    kept, rejected = checked(contract, a=["3"], b=["2"], c=[None])
    assert (kept.height, rejected) == (1, [])


def test_a_repeated_key_names_the_row_that_has_it_already():
    contract = Contract("x", NUMBERS, key=("a", "b"))
    kept, rejected = checked(contract, a=["1", "1", "1"], b=[None, "2", None], row=[4, 5, 9])
    assert kept["row"].to_list() == [4, 5]
    assert rejected == [(2, "a, b", "the row has the same key as row 4")]


def test_a_row_set_aside_for_another_reason_does_not_take_the_key():
    contract = Contract("x", NUMBERS, key=("a",))
    kept, rejected = checked(contract, a=["1", "1"], b=["x", "2"])
    assert kept["b"].to_list() == [2.0]
    assert rejected == [(0, "b", "the cell is not a number")]


def test_every_reason_for_one_row_is_given():
    _, rejected = checked(Contract("x", NUMBERS), a=["x"], b=["1"], c=["y"])
    assert rejected == [
        (0, "a", "the cell is not a number"),
        (0, "c", "the cell is not a number"),
    ]


def test_a_column_that_is_not_given_is_empty_and_further_columns_travel_along():
    kept, _ = checked(Contract("x", NUMBERS), a=["1"], row=[7])
    assert kept.row(0, named=True) == {"a": 1.0, "b": None, "c": None, "row": 7}


CELLS = st.lists(
    st.sampled_from(["", "1", "2", "-3", "x", "2020-01-01", "true", None]), min_size=5, max_size=5
)


@given(st.lists(CELLS, max_size=12))
def test_kept_and_rejected_make_up_all_that_was_read(rows):
    contract = Contract(
        "x",
        (
            Field("a", "integer", required=True),
            Field("b", "number", minimum=0.0),
            Field("c", "boolean"),
            Field("d", "date"),
            Field("e", enum=("1", "x")),
        ),
        key=("a", "e"),
        rules=(Rule("", "a", "at_most_column", ("b",)),),
    )
    schema = dict.fromkeys("abcde", pl.String)
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    kept, rejected = check(frame, contract)
    assert kept.height + rejected["index"].n_unique() == len(rows)
    assert kept.schema == contract.schema


BOUNDS = {
    ("bed_states", "available"): 200_000,
    ("bed_states", "occupied"): 200_000,
    ("deaths", "deaths"): 200_000,
    ("delays", "age_when_ready"): 130,
    ("emergency_attendances", "minutes"): 30 * 24 * 60,
    ("home_care", "hours"): 2 * 7 * 24,
    ("home_care", "visits"): 4 * 7 * 24,
    ("home_care_visits", "planned_minutes"): 24 * 60,
    ("home_care_visits", "actual_minutes"): 24 * 60,
    ("home_care_visits", "carers"): 9,
    ("hospital_episodes", "response_minutes"): 365 * 24 * 60,
    ("hospital_stays", "response_minutes"): 365 * 24 * 60,
    ("population", "people"): 100_000_000,
    ("provider_ratings", "beds"): 10_000,
    ("reablement_episodes", "hours_before"): 2 * 7 * 24,
    ("reablement_episodes", "hours_after"): 2 * 7 * 24,
    ("short_breaks", "nights"): 366,
    ("short_breaks", "hours"): 366 * 24,
    ("survey_responses", "weight"): 1_000_000,
}


@pytest.mark.parametrize(("table", "column"), BOUNDS)
def test_a_number_of_a_record_has_a_most_that_its_contract_gives_and_explains(table, column):
    most = BOUNDS[table, column]
    contract = read_contracts(None)[0][table]
    field = contract.field(column)
    assert field.description and field.minimum == 0
    alone = Contract(table, (replace(field, required=False),))
    kept, rejected = checked(alone, **{column: [str(most), str(most + 1)]})
    assert kept[column].to_list() == [most]
    assert rejected == [(1, column, f"the cell is above the maximum of {most:,}")]
