"""`framework/measures/ID.toml`: every word, every default, every mistake of one file by itself."""

from dataclasses import replace
from datetime import date

import pytest

from outturn.framework.measures import read_measure
from outturn.framework.model import (
    Breakdown,
    Code,
    Condition,
    Formula,
    Measure,
    SeriesBreak,
    Step,
    Tally,
)
from outturn.terms.period import from_key

LEAST = """
title = "Share"
definition = "1"
kind = "proportion"
unit = "%"
aim = "higher"
"""
REPORTED = LEAST + "reported = true\n"


@pytest.fixture
def read(section):
    def read(text):
        one = section(text, "framework/measures/share.toml")
        return read_measure(one, "share"), [str(each) for each in one.mistakes]

    return read


def test_every_word_of_a_counted_measure_is_read(read):
    measure, mistakes = read(
        """
        title = "Days"
        short = "Days in hospital"
        definition = "2"
        description = "All of them."
        kind = "rate"
        unit = "days per 1,000"
        per = 1000
        aim = "lower"
        decimals = 2
        frequency = "month"
        roll_up = "mean"
        aggregate = "mean of members"
        missing = "not available"
        source = "Extract"
        people = "days"
        numerator_is = "days"
        denominator_is = "people"
        recompute = false
        not_recomputed = "The counts are rounded."
        notes = ["One.", "Two."]
        [numerator]
        table = "hospital"
        sum = "days"
        where = [
            { column = "age", at_least = 75 }, { column = "sex", is = "female" },
            { column = "reason", none_of = ["a", "b"] }, { column = "age", between = [75, 84] },
            { column = "left", present = true }, { column = "died", absent = true },
            { column = "month", above = 2020-04-01 }, { column = "urgent", is_not = true },
        ]
        [denominator]
        table = "population"
        count = true
        of_year = true
        [[breakdown]]
        name = "sex"
        [[breakdown]]
        name = "age group"
        column = "age_group"
        categories = ["75-84", "85+"]
        [[break]]
        since = "2024/25"
        kind = "break"
        reason = "Another source."
        definition = "2"
        [[code]]
        scheme = "ASCOF"
        code = "2B"
        since = "2014/15"
        until = "2022/23"
        """
    )
    assert mistakes == []
    assert measure.numerator == Tally(
        "hospital",
        "sum",
        "days",
        (
            Condition("age", "at_least", (75,)),
            Condition("sex", "is", ("female",)),
            Condition("reason", "none_of", ("a", "b")),
            Condition("age", "between", (75, 84)),
            Condition("left", "present"),
            Condition("died", "absent"),
            Condition("month", "above", (date(2020, 4, 1),)),
            Condition("urgent", "is_not", (True,)),
        ),
    )
    assert measure.denominator == Tally("population", "count", of_year=True)
    assert measure.breakdowns == (
        Breakdown("sex", "sex"),
        Breakdown("age group", "age_group", ("75-84", "85+")),
    )
    year = from_key("2024-04-01/P1Y")
    assert measure.breaks == (SeriesBreak(year, "break", "Another source.", "2"),)
    assert measure.codes == (
        Code("ASCOF", "2B", from_key("2014-04-01/P1Y"), from_key("2022-04-01/P1Y")),
    )
    words = (
        "title short definition description kind unit per aim decimals frequency roll_up aggregate "
        "missing source people numerator_is denominator_is recompute not_recomputed notes reported"
    )
    assert [getattr(measure, word) for word in words.split()] == [
        "Days", "Days in hospital", "2", "All of them.", "rate", "days per 1,000", 1000.0, "lower",
        2, "month", "mean", "mean of members", "not available", "Extract", "days", "days",
        "people", False, "The counts are rounded.", ("One.", "Two."), False,
    ]  # fmt: skip


def test_words_left_out_have_their_defaults(read):
    measure, mistakes = read(REPORTED)
    assert mistakes == []
    assert (measure.id, measure.file) == ("share", "framework/measures/share.toml")
    assert measure.per == 100.0
    assert measure.decimals == 1
    assert measure.frequency == "year"
    assert measure.roll_up == "sum"
    assert measure.aggregate == "published"
    assert measure.missing == "zero where others report"
    assert measure.years == ("financial",)
    assert measure.people == "people"
    assert measure.recompute is True
    assert measure.numerator is measure.denominator is measure.formula is None
    assert measure.band is measure.closest_to is None
    assert measure.breakdowns == measure.breaks == measure.codes == measure.notes == ()
    assert not measure.lower_is_better


def test_figures_that_are_counted_or_worked_out_are_added_up_for_a_larger_place(read):
    measure, _ = read(LEAST + 'formula = { sum = ["a"] }')
    assert measure.aggregate == "total over total"


@pytest.mark.parametrize(
    ("kind", "per", "decimals"),
    [("count", 1.0, 0), ("proportion", 100.0, 1), ("rate", 1.0, 1), ("money", 1.0, 1)],
)
def test_what_follows_from_the_kind(read, kind, per, decimals):
    measure, _ = read(REPORTED.replace("proportion", kind))
    assert (measure.per, measure.decimals) == (per, decimals)


@pytest.mark.parametrize(
    ("written", "formula"),
    [
        ('{ ratio = ["a", "b"] }', Formula("ratio", ("a", "b"))),
        ('{ difference = ["a", "b"] }', Formula("difference", ("a", "b"))),
        ('{ sum = ["a", "b", "c"] }', Formula("sum", ("a", "b", "c"))),
        ('{ mean = ["a"] }', Formula("mean", ("a",))),
        ("{ weighted = { a = 0.4, b = 1 } }", Formula("weighted", ("a", "b"), (0.4, 1.0))),
    ],
)
def test_each_word_of_a_formula_is_read(read, written, formula):
    measure, mistakes = read(f"{LEAST}formula = {written}")
    assert (measure.formula, mistakes) == (formula, [])


def test_a_distinct_count_is_read(read):
    text = LEAST.replace("proportion", "count") + '[numerator]\ntable = "t"\ndistinct = "person"'
    measure, mistakes = read(text)
    assert (measure.numerator, mistakes) == (Tally("t", "distinct", "person"), [])


@pytest.mark.parametrize(
    ("written", "tally"),
    [
        ('distinct = "person"\ntimes = 2\non = "left"',
         Tally("t", "distinct", "person", times=2, on="left")),
        ('open = "person"\nfrom = "begun"\nto = "ended"\nlast_day = true',
         Tally("t", "open", "person", opens="begun", closes="ended", last_day=True)),
    ],
)  # fmt: skip
def test_the_words_of_each_way_of_counting_are_read(read, written, tally):
    measure, mistakes = read(COUNT + '[numerator]\ntable = "t"\n' + written)
    assert not mistakes
    assert measure.numerator == tally


def test_those_open_at_the_end_of_the_last_month_are_those_of_the_year(read):
    opened = '[numerator]\ntable = "t"\nopen = "person"\nfrom = "begun"\nto = "ended"'
    measure, mistakes = read(COUNT + opened)
    assert not mistakes
    assert measure.roll_up == "last"


@pytest.mark.parametrize(("at", "fraction"), [(50, (1, 2)), (90, (9, 10)), (33, (33, 100))])
def test_a_percentile_is_a_fraction_in_lowest_terms(read, at, fraction):
    measure, mistakes = read(MEDIAN.replace("median", "percentile") + f"at = {at}")
    assert not mistakes
    assert measure.numerator.percentile == fraction


@pytest.mark.parametrize(
    ("aim", "more", "band", "closest"),
    [
        ("band", "band = [56, 61]", (56.0, 61.0), None),
        ("band", "band = [56, 56]", (56.0, 56.0), None),
        ("closest", "closest_to = 3", None, 3.0),
        ("none", "", None, None),
    ],
)
def test_an_aim_may_be_a_band_or_a_figure_to_come_close_to(read, aim, more, band, closest):
    measure, mistakes = read(f"{REPORTED.replace('higher', aim)}{more}")
    assert (measure.band, measure.closest_to, mistakes) == (band, closest, [])


FILE = "framework/measures/share.toml"
NUMERATOR = '[numerator]\ntable = "t"\ncount = true\n'
COUNT = LEAST.replace("proportion", "count")
MEDIAN = LEAST.replace("proportion", "median") + '[numerator]\ntable = "t"\nmedian = "days"\n'
RIGHT = "This is not of the right kind."
ORIGINS = (
    "It must be clear where the figures come from.",
    "Give exactly one of [numerator], formula = { ... } or reported = true.",
)

COMPARE = (
    "A cell cannot be compared with this.",
    "Give text in quotes, a number that a table can hold, true, false, or a date without a time.",
)
CENSUS = (
    "Census dates do not add up: the same people may be there on each.",
    'Write roll_up = "last" or "mean", or leave it out.',
)
RANGE = ("The number is too small or too large.", "Give a whole number from 0 to 9.")

MISTAKES = [
    *(
        (
            COUNT + NUMERATOR + f'where = [{{ column = "age", {word} = {bound} }}]',
            f"numerator.where[1].{word}",
            *COMPARE,
        )
        for word, bound in [
            ("below", "nan"),
            ("above", "-inf"),
            ("is", "2020-04-01T12:00:00"),
            ("is", "12:00:00"),
            ("at_least", "1" + "0" * 40),
            ("one_of", "[1, nan]"),
            ("is", "[1]"),
            ("is", "{ a = 1 }"),
        ]
    ),
    (REPORTED + "decimals = 12", "decimals", *RANGE),
    (REPORTED + "decimals = -1", "decimals", *RANGE),
    (COUNT + 'frequency = "census"\nroll_up = "sum"\n' + NUMERATOR, "roll_up", *CENSUS),
    (REPORTED + 'frequency = "census"\nroll_up = "sum"', "roll_up", *CENSUS),
    (
        REPORTED + '[denominator]\ntable = "t"\ncount = true',
        "denominator",
        "Nothing is divided by it: the figures are not counted here.",
        "Take the table out; denominator_is says in words what a reported figure is of.",
    ),
    (
        REPORTED + '[[breakdown]]\nname = "all"',
        "breakdown[1].name",
        "'all' is the undivided figure.",
        "Name what divides it.",
    ),
    (
        REPORTED + '[[breakdown]]\nname = "sex"\n[[breakdown]]\nname = "sex"\ncolumn = "gender"',
        "breakdown[2].name",
        "Two breakdowns have the name 'sex'.",
        "Rename one.",
    ),
    (
        LEAST + 'reported = "yes"\n' + 'formula = { sum = ["a"] }',
        "reported",
        RIGHT,
        "Give true or false.",
    ),
    (REPORTED.replace('"Share"', "3"), "title", RIGHT, "Give text in quotes."),
    (
        REPORTED.replace("proportion", "zzz"),
        "kind",
        "'zzz' is not one of the words allowed here.",
        "Write one of 'count', 'proportion', 'rate', 'mean', 'score', 'money', 'ratio', 'index', "
        "'median', 'percentile', 'standardised rate', 'standardised ratio', 'inequality', "
        "'life expectancy'.",
    ),
    (
        REPORTED.replace("higher", "highest"),
        "aim",
        "'highest' is not one of the words allowed here.",
        "Did you mean 'higher'?",
    ),
    (
        REPORTED + 'titel = "x"',
        "titel",
        "There is no word 'titel' here.",
        "Did you mean 'title'?",
    ),
    (LEAST, "", *ORIGINS),
    (REPORTED + 'formula = { sum = ["a"] }', "", *ORIGINS),
    (
        LEAST + NUMERATOR,
        "denominator",
        "A measure of kind 'proportion' needs a denominator.",
        "Add a [denominator] table, or change the kind.",
    ),
    (
        REPORTED + "recompute = false",
        "not_recomputed",
        "The figures are not recomputed from their counts, and the file does not say why.",
        'Add not_recomputed = "the reason".',
    ),
    (
        REPORTED + "per = 0",
        "per",
        "'per' must be above zero.",
        "Write per = 100000 for 'per 100,000'.",
    ),
    (
        COUNT + '[numerator]\ntable = "t"',
        "numerator",
        "There is no way of counting.",
        "Give exactly one of count, sum, weights, distinct, open, median, percentile.",
    ),
    (
        COUNT + '[numerator]\ntable = "t"\ncount = true\nsum = "x"',
        "numerator",
        "There are 2: count, sum.",
        "Give exactly one of count, sum, weights, distinct, open, median, percentile.",
    ),
    (
        COUNT + '[numerator]\ntable = "t"\nsum = "days"\ntimes = 2',
        "numerator.times",
        "'times' says nothing of 'sum'.",
        "It belongs to 'distinct'.",
    ),
    (
        COUNT + '[numerator]\ntable = "t"\ndistinct = "person"\ntimes = 0',
        "numerator.times",
        "The number is too small or too large.",
        "Give a whole number, 1 or more.",
    ),
    (
        COUNT + '[numerator]\ntable = "t"\nopen = "person"\nfrom = "begun"',
        "numerator.to",
        "'to' is missing.",
        "Add to = ... with a column of dates.",
    ),
    (
        COUNT + '[numerator]\ntable = "t"\nopen = "p"\nfrom = "a"\nto = "b"\non = "c"',
        "numerator.on",
        "'on' says nothing of 'open'.",
        "It belongs to 'count' or 'sum' or 'weights' or 'distinct' or 'median' or 'percentile'.",
    ),
    (
        COUNT + '[numerator]\ntable = "t"\nopen = "p"\nfrom = "a"\nto = "b"\nof_year = true',
        "numerator.of_year",
        "Who is open is asked at the end of each period, and not at the start of the year.",
        "Take one of the two words out.",
    ),
    (
        COUNT + 'roll_up = "sum"\n[numerator]\ntable = "t"\nopen = "p"\nfrom = "a"\nto = "b"',
        "roll_up",
        "Those open at the ends of several periods do not add up: they may be the same.",
        'Write roll_up = "last" or "mean", or leave it out.',
    ),
    (
        MEDIAN.replace("median", "percentile"),
        "numerator.at",
        "'at' is missing.",
        "Add at = ... with a whole number from 1 to 99.",
    ),
    (
        MEDIAN + "at = 90",
        "numerator.at",
        "'at' says nothing of 'median'.",
        "It belongs to 'percentile'.",
    ),
    (
        MEDIAN.replace('"median"', '"count"'),
        "kind",
        "A measure of kind 'count' does not tally 'median'.",
        'Write kind = "median" and median = "the column" in [numerator].',
    ),
    (
        MEDIAN.replace("median = ", "sum = "),
        "kind",
        "A measure of kind 'median' does not tally 'sum'.",
        'Write kind = "median" and median = "the column" in [numerator].',
    ),
    (
        MEDIAN + '[denominator]\ntable = "t"\ncount = true',
        "denominator",
        "A median is not divided by anything: its denominator is how many there were.",
        "Take the table out.",
    ),
    (
        MEDIAN.replace("[num", 'roll_up = "mean"\n[num'),
        "roll_up",
        "A mean of several medians is no median.",
        'Write roll_up = "sum" for that of the whole period, or "last".',
    ),
    (
        COUNT + '[numerator]\ntable = "t"\ncount = false',
        "numerator.count",
        RIGHT,
        "Give count = true, or leave the word out.",
    ),
    (
        COUNT + "[numerator]\ncount = true",
        "numerator.table",
        "'table' is missing.",
        "Add table = ... with text.",
    ),
    (
        COUNT + NUMERATOR + "sums = 1",
        "numerator.sums",
        "There is no word 'sums' here.",
        "Did you mean 'sum'?",
    ),
    (
        COUNT + NUMERATOR + 'where = [{ column = "age" }]',
        "numerator.where[1]",
        "There is no condition.",
        "Give exactly one of is, is_not, one_of, none_of, at_least, at_most, above, below, "
        "between, present, absent.",
    ),
    (
        COUNT + NUMERATOR + 'where = [{ column = "age", between = [65] }]',
        "numerator.where[1].between",
        RIGHT,
        "Give a list, such as [65, 74].",
    ),
    (
        COUNT + NUMERATOR + 'where = [{ column = "age", one_of = "a" }]',
        "numerator.where[1].one_of",
        RIGHT,
        "Give a list, such as [65, 74].",
    ),
    (
        COUNT + NUMERATOR + 'where = [{ column = "age", between = [74, 65] }]',
        "numerator.where[1].between",
        "The lower bound is above the upper.",
        "Write the lower bound first.",
    ),
    (
        COUNT + NUMERATOR + 'where = [{ column = "age", present = false }]',
        "numerator.where[1].present",
        RIGHT,
        "Give present = true, or leave the word out.",
    ),
    (
        LEAST + 'formula = { ratio = ["a"] }',
        "formula.ratio",
        "A ratio has two parts.",
        'Write ratio = ["first", "second"].',
    ),
    (
        LEAST + 'formula = { difference = ["a", "b", "c"] }',
        "formula.difference",
        "A difference has two parts.",
        'Write difference = ["first", "second"].',
    ),
    (
        LEAST + "formula = { sum = [] }",
        "formula.sum",
        "The formula has no parts.",
        'Write sum = ["one", "two"].',
    ),
    (
        LEAST + "formula = { weighted = {} }",
        "formula.weighted",
        "The formula has no parts.",
        "Write weighted = { one = 0.5, ... }.",
    ),
    (
        LEAST + 'formula = { weighted = { a = "much" } }',
        "formula.weighted.a",
        RIGHT,
        "Give a number without quotes.",
    ),
    (
        LEAST + "formula = {}",
        "formula",
        "There is no formula.",
        "Give exactly one of sum, difference, ratio, mean, weighted.",
    ),
    (
        LEAST + "formula = { ratio = 1 }",
        "formula.ratio",
        RIGHT,
        'Give a list of texts, such as ["one", "two"].',
    ),
    (
        REPORTED.replace("higher", "band") + "band = [61, 56]",
        "band",
        "The band is upside down.",
        "Write the lower end first.",
    ),
    (
        REPORTED.replace("higher", "band"),
        "band",
        "The aim is 'band', but the band is not given.",
        "Add band = [56, 61].",
    ),
    (
        REPORTED + "band = [56, 61]",
        "band",
        "A band is given, but the aim is another.",
        'Write aim = "band".',
    ),
    (
        REPORTED.replace("higher", "closest"),
        "closest_to",
        "The aim is 'closest', but not to what.",
        "Add closest_to = a number.",
    ),
    (
        REPORTED + "closest_to = 3",
        "closest_to",
        "A figure to come close to is given, but the aim is another.",
        'Write aim = "closest".',
    ),
    (
        REPORTED + '[[break]]\nsince = "2020/21"\nkind = "brake"\nreason = "x"',
        "break[1].kind",
        "'brake' is not one of the words allowed here.",
        "Did you mean 'break'?",
    ),
    (
        REPORTED + '[[break]]\nsince = "2011-12"\nkind = "break"\nreason = "x"',
        "break[1].since",
        "This is not a period that can be read.",
        "It may be a month or a year: write 2011/12 or 2011-12-01/P1M.",
    ),
    (
        REPORTED + '[[code]]\nscheme = "A"\ncode = "1"\nsince = "2020/21"\nuntil = "2019/20"',
        "code[1].until",
        "The code ends before it begins.",
        "Exchange since and until.",
    ),
    (
        REPORTED + '[[breakdown]]\ncolumn = "sex"',
        "breakdown[1].name",
        "'name' is missing.",
        "Add name = ... with text.",
    ),
]


@pytest.mark.parametrize(("text", "at", "problem", "remedy"), MISTAKES)
def test_each_mistake_is_told_in_three_lines_and_alone(read, text, at, problem, remedy):
    _, mistakes = read(text)
    where = f"{FILE}, {at}" if at else FILE
    assert mistakes == [f"{where}\n  {problem}\n  {remedy}"]


def test_an_empty_file_has_every_required_word_told_at_once(read):
    _, mistakes = read("short = 'x'")
    missing = [one.split("\n")[0].rpartition(" ")[2] for one in mistakes if "missing" in one]
    assert missing == ["kind", "aim", "title", "definition", "unit"]


BREAKS = """
[[break]]
since = "2014/15"
kind = "break"
reason = "Another definition."
definition = "2014"
[[break]]
since = "2024/25"
kind = "break"
reason = "Another source."
definition = "2024"
[[break]]
since = "2020/21"
kind = "gap"
reason = "Not collected."
[[break]]
since = "2018/19"
kind = "rename"
reason = "A new title."
"""


@pytest.fixture
def broken(read):
    measure, mistakes = read(REPORTED.replace('definition = "1"', 'definition = "2024"') + BREAKS)
    assert mistakes == []
    return measure


@pytest.mark.parametrize(
    ("period", "definition"),
    [
        ("2013-04-01/P1Y", "before 2014"),
        ("2014-03-31/P0D", "before 2014"),
        ("2014-04-01/P1Y", "2014"),
        ("2023-04-01/P1Y", "2014"),
        ("2024-04-01/P1M", "2024"),
        ("2030-04-01/P1Y", "2024"),
    ],
)
def test_the_definition_in_force_is_that_of_the_last_break_begun(broken, period, definition):
    assert broken.definition_in(from_key(period)) == definition


def test_a_measure_without_breaks_has_one_definition(read):
    assert read(REPORTED)[0].definition_in(from_key("1990-04-01/P1Y")) == "1"


@pytest.mark.parametrize(
    ("earlier", "later", "reason"),
    [
        ("2012-04-01/P1Y", "2013-04-01/P1Y", None),
        ("2013-04-01/P1Y", "2014-04-01/P1Y", "Another definition."),
        ("2014-04-01/P1Y", "2015-04-01/P1Y", None),
        ("2017-04-01/P1Y", "2018-04-01/P1Y", None),
        ("2019-04-01/P1Y", "2020-04-01/P1Y", "Not collected."),
        ("2020-04-01/P1M", "2020-05-01/P1M", None),
        ("2020-04-01/P1Y", "2021-04-01/P1Y", "Not collected."),
        ("2023-04-01/P8M", "2024-04-01/P8M", "Another source."),
        ("2013-04-01/P1Y", "2024-04-01/P1Y", "Another definition."),
    ],
)
def test_a_comparison_across_a_break_or_into_a_gap_is_forbidden(broken, earlier, later, reason):
    found = broken.break_between(from_key(earlier), from_key(later))
    assert (found.reason if found else None) == reason


def test_census_dates_are_not_put_together_unless_the_file_says_so(read):
    assert read(REPORTED + 'frequency = "census"')[0].roll_up == "none"
    assert read(REPORTED + 'frequency = "census"\nroll_up = "last"')[0].roll_up == "last"


def test_distinct_people_of_several_census_dates_may_be_counted_together(read):
    tally = '[numerator]\ntable = "t"\ndistinct = "person"'
    measure, mistakes = read(COUNT + f'frequency = "census"\nroll_up = "sum"\n{tally}')
    assert (measure.roll_up, mistakes) == ("sum", [])


def test_a_condition_may_have_any_bound_that_a_cell_may_hold(read):
    where = '[{ column = "a", one_of = [9223372036854775807, -1.5, "", true, 0001-01-01] }]'
    measure, mistakes = read(COUNT + NUMERATOR + f"where = {where}")
    assert mistakes == []
    assert measure.numerator.where[0].bounds == (2**63 - 1, -1.5, "", True, date(1, 1, 1))


def measure_with(*breaks):
    return replace(Measure("m", "M", "now", "count", "", "none"), breaks=breaks)


def year(start):
    return from_key(f"{start}-04-01/P1Y")


def test_before_the_first_known_version_the_definition_is_named_for_the_earliest():
    """By the day on which it began, not by its name: 9 comes before 10."""
    ninth = SeriesBreak(year(2015), "break", "", "v9")
    tenth = SeriesBreak(year(2020), "break", "", "v10")
    for breaks in [(ninth, tenth), (tenth, ninth)]:
        measure = measure_with(*breaks)
        said = [measure.definition_in(year(one)) for one in (2010, 2015, 2019, 2020)]
        assert said == ["before v9", "v9", "v9", "now"]


@pytest.mark.parametrize(
    ("kind", "across", "into", "out_of"),
    [("gap", False, True, True), ("break", True, True, False), ("start", True, True, False),
     ("minor", False, False, False)],
)  # fmt: skip
def test_a_gap_stands_apart_and_a_break_parts_what_is_before_from_what_is_after(
    kind, across, into, out_of
):
    """Here in 2020/21. A year before a gap compares with a year after it."""
    measure = measure_with(SeriesBreak(year(2020), kind, ""))
    pairs = [(2019, 2021), (2019, 2020), (2020, 2021)]
    found = [measure.break_between(year(a), year(b)) is not None for a, b in pairs]
    assert found == [across, into, out_of]


def test_the_definition_that_begins_last_is_the_one_that_the_file_describes(read):
    broken = '[[break]]\nsince = "{}"\nkind = "break"\nreason = "R"\ndefinition = "{}"\n'
    text = REPORTED.replace('definition = "1"', 'definition = "3"')
    assert text != REPORTED
    earlier, last = broken.format("2014/15", "2"), broken.format("2020/21", "3")
    assert read(text + last + earlier)[1] == []
    assert read(text + earlier)[1] == [
        "framework/measures/share.toml, break\n"
        "  The definition '2' begins last, but the file says that it describes '3'.\n"
        '  Write definition = "2" at the top, or correct the break.'
    ]


COUNTED = (
    LEAST.replace("proportion", "rate")
    + """
numerator = { table = "deaths", count = true }
denominator = { table = "population", sum = "people" }
"""
)


def test_years_are_taken_together_where_the_file_says_how_many(read):
    measure, mistakes = read(COUNTED.replace("aim", "years_together = 3\naim"))
    assert (measure.years_together, mistakes) == (3, [])
    assert read(COUNTED)[0].years_together == 1
    reported = "years_together = 5\nnumerator_is = 'deaths'\n"
    assert read(REPORTED + reported)[1] == []


@pytest.mark.parametrize(
    ("text", "problem", "remedy"),
    [
        (
            "years_together = 3\nfrequency = 'month'\n" + COUNTED,
            "Only a measure of years has figures of several years taken together.",
            'Write frequency = "year": dated rows, and rows of months, count in their year.',
        ),
        (
            "years_together = 3\nroll_up = 'mean'\n" + COUNTED,
            "The counts of its years do not add up to those of several.",
            'Take the word out: only counts that add up over time (roll_up = "sum") are taken '
            "together.",
        ),
        (
            "years_together = 3\nformula = { sum = ['one', 'two'] }\n" + LEAST,
            "The figures follow from those of other measures, also for several years.",
            "Take the word out, and write it in the files of the parts.",
        ),
        (
            "years_together = 3\nreported = true\nrecompute = false\nnot_recomputed = 'r'\n"
            + LEAST,
            "The figures are carried as they were reported, and not made of their counts.",
            "Take the word out: what a source reports of several years is read without it.",
        ),
        (
            "years_together = 11\n" + COUNTED,
            "The number is too small or too large.",
            "Give a whole number from 1 to 10.",
        ),
    ],
)
def test_years_that_are_not_taken_together_by_adding_up_are_a_mistake(read, text, problem, remedy):
    where = "framework/measures/share.toml, years_together"
    assert read(text)[1] == [f"{where}\n  {problem}\n  {remedy}"]


def test_the_kinds_of_year_are_those_named(read):
    measure, mistakes = read(REPORTED + 'years = ["academic", "calendar", "academic"]')
    assert (measure.years, mistakes) == (("academic", "calendar"), [])
    assert read(REPORTED + 'years = ["fiscal", "academc"]')[1] == [
        "framework/measures/share.toml, years\n"
        "  There is no kind of year 'fiscal'.\n"
        "  Did you mean 'financial'?",
        "framework/measures/share.toml, years\n"
        "  There is no kind of year 'academc'.\n"
        "  Did you mean 'academic'?",
    ]


@pytest.mark.parametrize(
    ("earlier", "later", "forbidden"),
    [
        ("2025-04-01/P8M", "2026-04-01/P8M", True),  # it begins inside the later
        ("2026-04-01/P8M", "2027-04-01/P8M", True),  # and inside the earlier
        ("2025-04-01/P3M", "2026-04-01/P3M", False),
        ("2026-07-01/P1M", "2027-07-01/P1M", False),
        ("2025-06-01/P2M", "2026-06-01/P2M", True),
        ("2025-04-01/P1Y", "2026-07-01/P1M", True),
        ("2025-07-01/P12M", "2026-07-01/P12M", True),
        ("2025-07-31/P0D", "2026-06-30/P0D", False),
    ],
)
def test_a_break_inside_a_period_forbids_comparing_it(earlier, later, forbidden):
    measure = measure_with(SeriesBreak(from_key("2026-07-01/P1M"), "break", ""))
    found = measure.break_between(from_key(earlier), from_key(later))
    assert (found is not None) is forbidden


@pytest.mark.parametrize(
    ("earlier", "later", "forbidden"),
    [
        ("2019-04-01/P1Y", "2020-04-01/P1Y", True),  # a year of which the gap is a part
        ("2020-04-01/P1Y", "2021-04-01/P1Y", True),
        ("2019-04-01/P1Y", "2021-04-01/P1Y", False),
        ("2020-08-01/P1M", "2020-09-01/P1M", False),  # both inside it
        ("2019-08-01/P1M", "2020-08-01/P1M", True),
    ],
)
def test_a_period_partly_in_a_gap_compares_with_nothing(earlier, later, forbidden):
    measure = measure_with(SeriesBreak(from_key("2020-07-01/P3M"), "gap", ""))
    found = measure.break_between(from_key(earlier), from_key(later))
    assert (found is not None) is forbidden


def test_a_declared_step_says_since_when_because_of_what_and_by_whom(read):
    text = REPORTED + 'chart = "P"\n[[step]]\nsince = "2024-10"\nbecause = "A ward opened."\n'
    measure, mistakes = read(text + 'place = "N1"\nby = "Chief Officer"\n')
    assert mistakes == []
    assert measure.chart == "P"
    since = from_key("2024-10-01/P1M")
    assert measure.steps == (Step(since, "A ward opened.", "N1", "Chief Officer"),)


def test_a_step_without_its_reason_is_a_mistake(read):
    _, mistakes = read(REPORTED + '[[step]]\nsince = "2024-10"\n')
    assert len(mistakes) == 1 and "because" in mistakes[0]


def test_two_steps_on_one_day_are_a_mistake(read):
    step = '[[step]]\nsince = "2024-10"\nbecause = "A ward opened."\n'
    _, [mistake] = read(REPORTED + step + step)
    assert "Two steps begin here." in mistake
    _, mistakes = read(REPORTED + step + step + 'place = "N1"\n')
    assert mistakes == []


def test_a_chart_of_counts_needs_the_kind_of_figure_that_they_make(read):
    _, [mistake] = read(REPORTED + 'chart = "U"\n')
    assert "A U chart is of a rate, and the measure is of kind 'proportion'." in mistake
    _, [unknown] = read(REPORTED + 'chart = "X"\n')
    assert "'X' is not one of the words allowed here." in unknown
    _, [rare] = read(REPORTED + 'chart = "T"\n')
    assert "A T chart is of a count or a mean, and the measure is of kind" in rare


@pytest.mark.parametrize(("chart", "what"), [("T", "the time"), ("G", "the number of cases")])
def test_a_chart_of_rare_events_needs_a_figure_on_the_day_of_each(read, chart, what):
    counted = REPORTED.replace('kind = "proportion"', 'kind = "count"')
    _, mistakes = read(counted + f'chart = "{chart}"\n')
    assert any(
        f"Each figure of a {chart} chart is {what} since the event before, on the day of an event."
        in one
        for one in mistakes
    )
    _, mistakes = read(counted + f'chart = "{chart}"\nfrequency = "census"\n')
    assert not any("chart" in one for one in mistakes)


def test_screened_moving_ranges_and_a_trend_of_six_are_words_of_their_own(read):
    measure, mistakes = read(REPORTED + "screened = true\ntrend_points = 6\n")
    assert mistakes == []
    assert (measure.chart, measure.screened, measure.trend_points) == ("XmR", True, 6)
    measure, _ = read(REPORTED)
    assert (measure.chart, measure.screened, measure.trend_points) == ("XmR", False, 7)
    assert read(REPORTED + 'chart = "run"\n')[0].chart == "run"


@pytest.mark.parametrize(
    ("words", "where", "problem", "remedy"),
    [
        ('chart = "P"\nscreened = true', "screened",
         "Only an XmR chart has moving ranges to screen, and this is a P chart.",
         "Leave out the one word or the other."),
        ("trend_points = 5", "trend_points", "The number is too small or too large.",
         "Give a whole number from 6 to 7."),
        ('chart = "run"\ntrend_points = 6', "trend_points",
         "A run chart has a rule of its own: five points in a row.", "Leave the word out."),
        ('screened = "yes"', "screened", "This is not of the right kind.", "Give true or false."),
    ],
)  # fmt: skip
def test_a_choice_that_a_chart_does_not_have_is_a_mistake(read, words, where, problem, remedy):
    _, [mistake] = read(REPORTED + words + "\n")
    place, told, do = mistake.splitlines()
    assert place.endswith(f", {where}") and (told.strip(), do.strip()) == (problem, remedy)


LARGER = (
    "£000", "£'000", "£’000", "£ (000s)", "£mn", "£ mn", "£ (m)", "£ in thousands", "£, thousands",
    "£ (in millions)", "£k", "£bn", "pounds, in thousands",
)  # fmt: skip


@pytest.mark.parametrize(
    ("unit", "given", "decimals", "problem"),
    [
        ("£", "", 2, ""),
        ("GBP", "", 2, ""),
        ("£ per hour", "", 2, ""),
        ("£ thousand", "", 1, ""),
        ("£m", "decimals = 1", 1, ""),
        *((unit, "", 1, "") for unit in LARGER),
        ("£ in all", "", 2, ""),
        ("£ minimum", "", 2, ""),
        ("£ (net)", "decimals = 1", 1, "Pounds are not written with one decimal."),
        ("£", "decimals = 0", 0, ""),
        ("£", "decimals = 3", 3, ""),
        ("pounds", "decimals = 1", 1, "Pounds are not written with one decimal."),
        ("£ per month", "decimals = 1", 1, "Pounds are not written with one decimal."),
        ("days", "decimals = 1", 1, ""),
    ],
)
def test_pounds_have_pence_or_no_decimals(read, unit, given, decimals, problem):
    text = REPORTED.replace('"proportion"', '"money"').replace('"%"', f'"{unit}"')
    measure, mistakes = read(f"{text}{given}\n")
    assert measure.decimals == decimals
    told = [
        f"framework/measures/share.toml, decimals\n  {problem}\n"
        "  Write decimals = 0 or 2, or a larger unit, such as £ thousand."
    ]
    assert mistakes == (told if problem else [])
