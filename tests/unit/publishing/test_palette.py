"""Every pair of colours that touch can be told apart, and every status has its words."""

from __future__ import annotations

import pytest

from outturn.publishing import palette
from outturn.terms.records import Status


@pytest.mark.parametrize(("one", "other", "least", "why"), palette.TOUCHING)
def test_what_touches_has_contrast(one, other, least, why):
    assert palette.contrast(one, other) >= least, why


def test_contrast_is_that_of_the_guidelines():
    assert palette.contrast("#767676", "#FFFFFF") == pytest.approx(4.54, abs=0.01)


def test_every_status_has_word_letter_and_shape_of_its_own():
    tones = [palette.TONES[status] for status in Status]
    assert [tone.word for tone in tones] == [
        "On target",
        "Close to target",
        "Off target",
        "Not assessed",
    ]
    assert [tone.letter for tone in tones] == ["G", "A", "R", "–"]
    assert [tone.shape for tone in tones] == ["●", "▲", "◆", "○"]
