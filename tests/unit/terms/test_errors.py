"""Mistakes: three lines each, gathered, with an exit code for each class."""

import pytest

from outturn.terms.errors import (
    DefinitionMistake,
    ExtractMistake,
    Mistake,
    Mistakes,
    MoveMistake,
    OutturnError,
    VintageMistake,
    exit_code,
    raise_all,
    suggestion,
)

WORDS = {"where": "targets/2020.toml", "problem": "It is wrong.", "remedy": "Put it right."}


def one(kind=DefinitionMistake, **words):
    return kind(**(WORDS | words))


def test_a_message_is_where_then_the_problem_then_the_remedy():
    assert str(one()) == "targets/2020.toml\n  It is wrong.\n  Put it right."
    assert (one().where, one().problem, one().remedy) == tuple(WORDS.values())


def test_a_line_break_in_a_name_does_not_make_a_fourth_line():
    mistake = one(where="a\nb.toml", problem="There is no word 'x\r\ny'.")
    assert str(mistake) == "a b.toml\n  There is no word 'x y'.\n  Put it right."


def test_where_problem_and_remedy_are_required_and_given_by_name():
    with pytest.raises(TypeError):
        DefinitionMistake(where="x", problem="y")
    with pytest.raises(TypeError):
        DefinitionMistake("x", "y", "z")


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (OutturnError, 1),
        (Mistake, 10),
        (DefinitionMistake, 11),
        (ExtractMistake, 12),
        (VintageMistake, 13),
        (MoveMistake, 14),
    ],
)
def test_each_class_has_its_exit_code(kind, code):
    assert kind.exit_code == code
    assert issubclass(kind, OutturnError)


def test_mistakes_of_one_class_share_its_code_and_of_several_exit_with_10():
    assert exit_code([one(), one()]) == 11
    assert exit_code([one(ExtractMistake)]) == 12
    assert exit_code([one(), one(ExtractMistake)]) == 10


def test_all_mistakes_are_raised_once_and_together():
    first, second = one(), one(ExtractMistake)
    with pytest.raises(Mistakes, match=r"2 mistake\(s\)") as raised:
        raise_all(found for found in (first, second))
    assert raised.value.exceptions == (first, second)
    part = raised.value.subgroup(ExtractMistake)
    assert isinstance(part, Mistakes)
    assert part.exceptions == (second,)


def test_without_mistakes_nothing_is_raised():
    assert raise_all([]) is None


def test_a_near_word_is_suggested_and_a_far_one_is_not():
    known = ("at_least", "at_most")
    assert suggestion("at_leest", known, "Write one of them.") == "Did you mean 'at_least'?"
    assert suggestion("zero", known, "Write one of them.") == "Write one of them."
    assert suggestion("zero", (), "Write one of them.") == "Write one of them."
