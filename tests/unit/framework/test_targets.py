"""`targets/*.toml`: every word of a target and an override, and every mistake of one entry."""

from datetime import date

import pytest

from outturn.framework.model import Agreement, Baseline, Goal, Milestone, Tolerance
from outturn.framework.targets import read_known_event, read_override, read_target
from outturn.terms.period import from_key

LEAST = """
id = "a"
measure = "share"
period = "2026/27"
agreed = { by = "Joint Board" }
"""
ENTRY = LEAST + "at_least = 70\n"
OVERRIDE = """
measure = "share"
period = "2026/27"
which = "now"
status = "close"
because = "One late return."
role = "Head of service"
on = 2026-12-01
"""


@pytest.fixture
def read(section):
    def read(text, how=read_target):
        one = section(text, "targets/2026.toml")
        return how(one), [str(each) for each in one.mistakes]

    return read


def test_every_word_of_a_target_is_read(read):
    target, mistakes = read(
        """
        id = "a"
        measure = "share"
        place = "NORTH"
        period = "2026/27"
        breakdown = "sex"
        category = "female"
        between = [56, 61]
        tolerance = { points = 3 }
        baseline = { value = 64.2, period = "2025/26", comment = "The first year." }
        milestones = [{ by = 2026-09-30, value = 58 }, { by = 2026-12-31, value = 60.5 }]
        profile = "straight line"
        rounded_to = 0
        at_limit = true
        comment = "A note."
        supersedes = "older"
        agreed = { by = "Board", where = "Meeting", on = 2026-03-26, because = "Neighbours." }
        """
    )
    assert mistakes == []
    assert target.goal == Goal("between", (56.0, 61.0))
    assert target.tolerance == Tolerance("points", 3.0)
    assert target.baseline == Baseline(64.2, from_key("2025-04-01/P1Y"), "The first year.")
    assert target.milestones == (
        Milestone(date(2026, 9, 30), 58.0),
        Milestone(date(2026, 12, 31), 60.5),
    )
    assert target.agreed == Agreement("Board", "Meeting", date(2026, 3, 26), "Neighbours.")
    words = (
        "id measure place period breakdown category profile rounded_to at_limit comment supersedes"
    )
    assert [getattr(target, word) for word in words.split()] == [
        "a", "share", "NORTH", from_key("2026-04-01/P1Y"), "sex", "female", "straight line", 0,
        True, "A note.", "older",
    ]  # fmt: skip


def test_words_left_out_have_their_defaults(read):
    target, mistakes = read(ENTRY)
    assert mistakes == []
    assert target.file == "targets/2026.toml"
    assert target.place == target.profile == target.supersedes == target.comment == ""
    assert (target.breakdown, target.category) == ("all", "all")
    assert target.tolerance == Tolerance("none", 0.0)
    assert target.baseline is target.rounded_to is None
    assert target.milestones == ()
    assert target.at_limit is False


YEAR = from_key("2019-04-01/P1Y")
GOALS = [
    ("at_least = 73", Goal("at_least", (73.0,))),
    ("above = 11", Goal("above", (11.0,))),
    ("at_most = 5.5", Goal("at_most", (5.5,))),
    ("below = 553", Goal("below", (553.0,))),
    ("between = [56, 61]", Goal("between", (56.0, 61.0))),
    ("zero = true", Goal("zero", (0.0,))),
    ('no_worse_than = "2019/20"', Goal("no_worse_than", period=YEAR)),
    (
        'change_percent = { by = -20, from = "2019/20", each_year = true }',
        Goal("change_percent", (-20.0,), YEAR, each_year=True),
    ),
    (
        'change_percent = { by = 5, from = "2019/20" }',
        Goal("change_percent", (5.0,), YEAR),
    ),
    (
        'peer_percentile = { percentile = 75, comparator = "family", period = "2019/20" }',
        Goal("peer_percentile", (75.0,), YEAR, comparator="family"),
    ),
]


@pytest.mark.parametrize(("written", "goal"), GOALS)
def test_each_word_of_a_goal_is_read(read, written, goal):
    target, mistakes = read(LEAST + written)
    assert (target.goal, mistakes) == (goal, [])


@pytest.mark.parametrize(
    ("written", "tolerance"),
    [
        ("{ points = 3 }", Tolerance("points", 3.0)),
        ("{ percent_of_target = 5 }", Tolerance("percent_of_target", 5.0)),
        ("{ count = 2 }", Tolerance("count", 2.0)),
        ("{ points = 0 }", Tolerance("points", 0.0)),
    ],
)
def test_each_word_of_a_tolerance_is_read(read, written, tolerance):
    target, mistakes = read(f"{ENTRY}tolerance = {written}")
    assert (target.tolerance, mistakes) == (tolerance, [])


def test_every_word_of_an_override_is_read(read):
    override, mistakes = read(OVERRIDE + 'place = "NORTH"', read_override)
    assert mistakes == []
    words = "measure place period which status because role on".split()
    assert [getattr(override, word) for word in words] == [
        "share", "NORTH", from_key("2026-04-01/P1Y"), "now", "close", "One late return.",
        "Head of service", date(2026, 12, 1),
    ]  # fmt: skip


EVENT = """
measure = "share"
from = 2026-10-01
because = "A ward opens."
"""


@pytest.mark.parametrize(
    ("word", "percent", "amount"), [("change_percent", -10, None), ("change_amount", None, -10)]
)
def test_every_word_of_a_known_event_is_read(read, word, percent, amount):
    event, mistakes = read(f'{EVENT}place = "NORTH"\n{word} = -10', read_known_event)
    assert mistakes == []
    assert (event.measure, event.place, event.since) == ("share", "NORTH", date(2026, 10, 1))
    assert (event.percent, event.amount, event.because) == (percent, amount, "A ward opens.")


def test_a_known_event_has_one_size(read):
    _, mistakes = read(EVENT, read_known_event)
    assert "There is no change." in mistakes[0]
    _, mistakes = read(f"{EVENT}change_percent = 1\nchange_amount = 1", read_known_event)
    assert "There are 2: change_percent, change_amount." in mistakes[0]


def test_nothing_becomes_less_than_nothing(read):
    _, mistakes = read(f"{EVENT}change_percent = -101", read_known_event)
    assert mistakes == [
        "targets/2026.toml, change_percent\n  Nothing can become less than nothing.\n"
        "  Give -100 or more."
    ]


RIGHT = "This is not of the right kind."
GOAL_WORDS = (
    "Give exactly one of at_least, above, at_most, below, between, zero, no_worse_than, "
    "change_percent, peer_percentile."
)
MISTAKES = [
    (LEAST, "", "There is no goal.", GOAL_WORDS),
    (ENTRY + "below = 80", "", "There are 2: at_least, below.", GOAL_WORDS),
    (LEAST + 'at_least = "70"', "at_least", RIGHT, "Give a number without quotes."),
    (
        LEAST + "between = [61, 56]",
        "between",
        "The band is upside down.",
        "Write the lower end first.",
    ),
    (LEAST + "between = [61]", "between", "A band has two ends.", "Write between = [56, 61]."),
    (LEAST + "between = 61", "between", RIGHT, "Give a list of numbers, such as [56, 61]."),
    (LEAST + "zero = false", "zero", RIGHT, "Give zero = true, or leave the word out."),
    (
        LEAST + 'no_worse_than = "last year"',
        "no_worse_than",
        "This is not a period that can be read.",
        "Write 2020/21, 2020/21 Q2, 2020-11, 2020-11-26 or 2020-04-01/P8M.",
    ),
    (
        LEAST + "change_percent = { by = -20 }",
        "change_percent.from",
        "'from' is missing.",
        "Add from = ... with a period.",
    ),
    (
        LEAST + "change_percent = -20",
        "change_percent",
        RIGHT,
        "Give a table of words, such as { word = value }.",
    ),
    (
        LEAST + 'peer_percentile = { percentile = 101, comparator = "f", period = "2019/20" }',
        "peer_percentile.percentile",
        "A percentile lies between 0 and 100.",
        "Write 75, not 0.75.",
    ),
    (
        LEAST + 'peer_percentile = { percentile = 75, period = "2019/20" }',
        "peer_percentile.comparator",
        "'comparator' is missing.",
        "Add comparator = ... with text.",
    ),
    (
        ENTRY + "tolerance = { points = -3 }",
        "tolerance.points",
        "A tolerance cannot be below zero.",
        "Write it without the minus.",
    ),
    (
        ENTRY + "tolerance = { points = 3, count = 2 }",
        "tolerance",
        "There are 2: points, count.",
        "Give exactly one of points, percent_of_target, count, statistical.",
    ),
    (
        ENTRY + "tolerance = 3",
        "tolerance",
        RIGHT,
        "Give a table, such as { points = 3 } or { statistical = true }.",
    ),
    (
        ENTRY + "baseline = { value = 3 }",
        "baseline.period",
        "'period' is missing.",
        "Add period = ... with a period.",
    ),
    (
        ENTRY + "milestones = [{ value = 3 }]",
        "milestones[1].by",
        "'by' is missing.",
        "Add by = ... with a date.",
    ),
    (
        ENTRY + "milestones = [{ by = 2026-09-30, valu = 1, value = 3 }]",
        "milestones[1].valu",
        "There is no word 'valu' here.",
        "Did you mean 'value'?",
    ),
    (
        ENTRY + 'profile = "strait line"',
        "profile",
        "'strait line' is not one of the words allowed here.",
        "Did you mean 'straight line'?",
    ),
    (ENTRY + "rounded_to = 0.5", "rounded_to", RIGHT, "Give a whole number without quotes."),
    (
        ENTRY + 'breakdown = "sex"',
        "category",
        "'category' is missing.",
        "Add category = ... with text.",
    ),
    (
        ENTRY.replace("agreed = ", "agread = "),
        "agreed",
        "It is not said who agreed the target.",
        'Add agreed = { by = "...", where = "...", on = 2020-04-01, because = "..." }.',
    ),
    (
        ENTRY.replace("by = ", "because = "),
        "agreed.by",
        "'by' is missing.",
        "Add by = ... with text.",
    ),
    (
        ENTRY.replace("2026/27", "2026/28"),
        "period",
        "This is not a period that can be read.",
        "A year runs into the next, as 2026/27.",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("text", "at", "problem", "remedy"), MISTAKES)
def test_each_mistake_of_a_target_is_told_in_three_lines(read, text, at, problem, remedy):
    _, mistakes = read(text)
    where = f"targets/2026.toml, {at}" if at else "targets/2026.toml"
    assert mistakes[0] == f"{where}\n  {problem}\n  {remedy}"
    if "agread" not in text:  # there the unknown word is told too, as it should be
        assert len(mistakes) == 1


OVERRIDES = [
    ("which", '"now"', '"later"', "'later' is not one of the words allowed here.",
     "Write one of 'now', 'year end'."),
    ("status", '"close"', '"clos"', "'clos' is not one of the words allowed here.",
     "Did you mean 'close'?"),
    ("because", '"One late return."', '""', RIGHT, "Give text in quotes."),
    ("role", '"Head of service"', '""', RIGHT, "Give text in quotes."),
    ("on", "2026-12-01", '"soon"', RIGHT, "Give a date without quotes, such as 2020-04-01."),
]  # fmt: skip


@pytest.mark.parametrize(("at", "good", "bad", "problem", "remedy"), OVERRIDES)
def test_each_mistake_of_an_override_is_told(read, at, good, bad, problem, remedy):
    _, mistakes = read(OVERRIDE.replace(good, bad), read_override)
    assert mistakes == [f"targets/2026.toml, {at}\n  {problem}\n  {remedy}"]


@pytest.mark.parametrize("decimals", [-1, 10, 12])
def test_a_target_is_rounded_to_no_more_decimals_than_can_be_shown(read, decimals):
    _, mistakes = read(f"{LEAST}at_least = 80\nrounded_to = {decimals}")
    assert [one.split("\n")[1:] for one in mistakes] == [
        ["  The number is too small or too large.", "  Give a whole number from 0 to 9."]
    ]


LINE = 'profile = "straight line"\n'
FROM = 'baseline = { value = 20, period = "2019/20" }\n'
STEP = "milestones = [{ by = 2026-09-30, value = 10 }]\n"


@pytest.mark.parametrize(
    ("words", "refused"),
    [
        ("zero = true", True),
        ("at_most = 0", True),
        ("at_least = 0.0", True),
        ("between = [0, 0]", True),
        ("between = [0, 5]", False),
        ("at_most = 4", False),
        (f"{STEP}at_most = 0", False),  # on the way it has a size
        ('no_worse_than = "2019/20"', False),  # not known here
        (f"{LINE}{FROM}at_most = 0", False),  # likewise
        (f"{LINE}{FROM}between = [0, 0]", False),
        (f"{LINE}{FROM}zero = true", True),  # which is flat whatever is said
        (f"{LINE}{FROM.replace('20', '0', 1)}at_most = 0", True),  # none from the beginning
        (f"{LINE}at_most = 0", True),
        (f"{FROM}at_most = 0", True),
        (f'{FROM}profile = "flat"\nat_most = 0', True),
    ],
)
def test_a_tolerance_in_per_cent_of_nothing_is_refused(read, words, refused):
    told = [
        "targets/2026.toml, tolerance\n"
        "  The target is 0, and a per cent of it is nothing: the tolerance can never apply.\n"
        "  Give the tolerance in points or count, or leave it out."
    ]
    entry = f"{LEAST}{words}\n"
    assert read(f"{entry}tolerance = {{ percent_of_target = 5 }}")[1] == (told if refused else [])
    assert read(f"{entry}tolerance = {{ count = 1 }}")[1] == []


@pytest.mark.parametrize("words", ["", "at_most = true", "zero = false", 'at_most = "none"'])
def test_of_a_goal_that_cannot_be_read_nothing_is_said_but_that(read, words):
    mistakes = read(f"{LEAST}{words}\ntolerance = {{ percent_of_target = 5 }}")[1]
    assert len(mistakes) == 1 and "can never apply" not in mistakes[0]
