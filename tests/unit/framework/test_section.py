"""One table of a definition file, word by word: every kind of word, and each way to spoil it."""

from datetime import date

import pytest


def messages(section):
    return [str(one) for one in section.mistakes]


def test_each_kind_of_word_is_read(section):
    one = section(
        """
        text = " words "
        number = 3
        amount = 2.5
        whole = 4
        flag = true
        day = 2020-04-01
        moment = 2020-04-01T10:00:00
        choice = "b"
        period = "2020/21"
        texts = ["one", "two"]
        numbers = [1, 2.5]
        band = [56, 61]
        under = { word = 1 }
        [[many]]
        word = 1
        [[many]]
        word = 2
        """
    )
    assert one.text("text") == "words"
    assert one.number("number") == 3.0
    assert one.number("amount") == 2.5
    assert one.whole("whole") == 4
    assert one.flag("flag") is True
    assert one.day("day") == date(2020, 4, 1)
    assert one.day("moment") == date(2020, 4, 1)
    assert one.choice("choice", ("a", "b")) == "b"
    assert one.period("period").key == "2020-04-01/P1Y"
    assert one.texts("texts") == ("one", "two")
    assert one.numbers("numbers") == (1.0, 2.5)
    assert one.band("band") == (56.0, 61.0)
    assert one.table("under").whole("word") == 1
    assert [each.whole("word") for each in one.tables("many")] == [1, 2]
    one.close()
    assert one.mistakes == []


def test_a_word_that_is_not_there_has_its_default(section):
    one = section("")
    assert one.text("text") == ""
    assert one.text("text", "other") == "other"
    assert one.number("number", 7.0) == 7.0
    assert one.whole("whole", 3) == 3
    assert one.flag("flag") is False
    assert one.flag("flag", True) is True
    assert one.day("day") is None
    assert one.choice("choice", ("a", "b"), "a") == "a"
    assert one.period("period") is None
    assert one.texts("texts") == one.numbers("numbers") == ()
    assert one.band("band") is None
    assert one.table("under") is None
    assert list(one.tables("many")) == []
    assert one.has("text") is False
    assert one.mistakes == []


REQUIRED = [
    (lambda one: one.text("w", None), "text", ""),
    (lambda one: one.number("w"), "a number", 0.0),
    (lambda one: one.whole("w"), "a whole number", 0),
    (lambda one: one.day("w", required=True), "a date", None),
    (lambda one: one.choice("w", ("a", "b")), "text", ""),
    (lambda one: one.period("w", required=True), "a period", None),
]


@pytest.mark.parametrize(("read", "what", "stand_in"), REQUIRED)
def test_a_required_word_that_is_missing_is_told_and_has_a_harmless_stand_in(
    section, read, what, stand_in
):
    one = section("")
    assert read(one) == stand_in
    assert messages(one) == [f"x.toml, w\n  'w' is missing.\n  Add w = ... with {what}."]


OF_ANOTHER_KIND = [
    ("w = 3", lambda one: one.text("w"), "text in quotes"),
    ("w = ['a']", lambda one: one.text("w"), "text in quotes"),
    ('w = "  "', lambda one: one.text("w", None), "text in quotes"),
    ('w = "3"', lambda one: one.number("w"), "a number without quotes"),
    ("w = true", lambda one: one.number("w"), "a number without quotes"),
    ("w = nan", lambda one: one.number("w"), "a number without quotes"),
    ("w = inf", lambda one: one.number("w"), "a number without quotes"),
    ("w = 3.5", lambda one: one.whole("w"), "a whole number without quotes"),
    ("w = true", lambda one: one.whole("w"), "a whole number without quotes"),
    ('w = "true"', lambda one: one.flag("w"), "true or false"),
    ("w = 1", lambda one: one.flag("w"), "true or false"),
    ("w = false", lambda one: one.only_true("w"), "w = true, or leave the word out"),
    (
        'w = "2020-04-01"',
        lambda one: one.day("w"),
        "a date without quotes, such as 2020-04-01",
    ),
    ("w = 10:00:00", lambda one: one.day("w"), "a date without quotes, such as 2020-04-01"),
    ("w = 1", lambda one: one.choice("w", ("a",)), "text in quotes"),
    ('w = "a"', lambda one: one.texts("w"), 'a list of texts, such as ["one", "two"]'),
    ("w = [1]", lambda one: one.texts("w"), 'a list of texts, such as ["one", "two"]'),
    ("w = 1", lambda one: one.numbers("w"), "a list of numbers, such as [56, 61]"),
    ('w = ["1"]', lambda one: one.numbers("w"), "a list of numbers, such as [56, 61]"),
    ("w = [true]", lambda one: one.numbers("w"), "a list of numbers, such as [56, 61]"),
    ("w = 56", lambda one: one.band("w"), "a list of numbers, such as [56, 61]"),
    ("w = 1", lambda one: one.table("w"), "a table of words, such as { word = value }"),
    ("w = 1", lambda one: list(one.tables("w")), "one or more tables, each begun with [[w]]"),
    ("w = [1]", lambda one: list(one.tables("w")), "one or more tables, each begun with [[w]]"),
    (
        "[w]\na = 1",
        lambda one: list(one.tables("w")),
        "one or more tables, each begun with [[w]]",
    ),
]


@pytest.mark.parametrize(("text", "read", "what"), OF_ANOTHER_KIND)
def test_a_word_of_another_kind_is_told_once_with_what_to_give(section, text, read, what):
    one = section(text)
    read(one)
    assert messages(one) == [f"x.toml, w\n  This is not of the right kind.\n  Give {what}."]


def test_a_band_has_two_ends_and_the_lower_first(section):
    one = section("short = [1]\nturned = [61, 56]")
    assert one.band("short") is None
    assert one.band("turned") == (61.0, 56.0)
    assert messages(one) == [
        "x.toml, short\n  A band has two ends.\n  Write short = [56, 61].",
        "x.toml, turned\n  The band is upside down.\n  Write the lower end first.",
    ]


def test_a_word_outside_those_allowed_is_told_with_the_nearest_or_with_all(section):
    one = section('near = "highr"\nfar = "zzz"')
    one.choice("near", ("higher", "lower"))
    one.choice("far", ("higher", "lower"))
    assert messages(one) == [
        "x.toml, near\n  'highr' is not one of the words allowed here.\n  Did you mean 'higher'?",
        "x.toml, far\n  'zzz' is not one of the words allowed here.\n"
        "  Write one of 'higher', 'lower'.",
    ]


def test_a_period_that_is_not_clear_is_told_with_what_would_be(section):
    one = section('a = "2011-12"\nb = "soon"\nc = 2020-11-26\nd = 2020')
    assert one.period("a") is one.period("b") is None
    assert one.period("c").key == "2020-11-26/P0D"
    assert one.period("d").key == "2020-01-01/P1Y"
    assert messages(one) == [
        "x.toml, a\n  This is not a period that can be read.\n"
        "  It may be a month or a year: write 2011/12 or 2011-12-01/P1M.",
        "x.toml, b\n  This is not a period that can be read.\n"
        "  Write 2020/21, 2020/21 Q2, 2020-11, 2020-11-26 or 2020-04-01/P8M.",
    ]


def test_exactly_one_of_several_words_is_wanted(section):
    none, several, one = section(""), section("a = 1\nb = 2"), section("b = 2")
    assert none.one_word(("a", "b", "c"), "goal") == ""
    assert several.one_word(("a", "b", "c"), "goal") == ""
    assert one.one_word(("a", "b", "c"), "goal") == "b"
    assert messages(none) == ["x.toml\n  There is no goal.\n  Give exactly one of a, b, c."]
    assert messages(several) == ["x.toml\n  There are 2: a, b.\n  Give exactly one of a, b, c."]
    assert messages(one) == []


def test_a_word_that_nobody_asked_for_is_told_with_the_nearest_or_with_all(section):
    one = section('titel = "x"\nzzz = 1')
    one.text("title")
    one.text("unit")
    one.close()
    assert messages(one) == [
        "x.toml, titel\n  There is no word 'titel' here.\n  Did you mean 'title'?",
        "x.toml, zzz\n  There is no word 'zzz' here.\n  The words are title, unit.",
    ]


def test_the_place_in_the_file_is_the_way_to_the_word(section):
    one = section("[[target]]\n[target.agreed]\nby = 1", "targets/2020.toml")
    next(iter(one.tables("target"))).table("agreed").text("by")
    assert one.mistakes[0].where == "targets/2020.toml, target[1].agreed.by"
