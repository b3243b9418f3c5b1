"""For whom a build is made: an officer, a board or the public; it decides what may be told."""

from __future__ import annotations

from dataclasses import replace

from outturn.framework import Partnership
from outturn.framework.model import AUDIENCES
from outturn.terms.errors import DefinitionMistake, suggestion

PUBLIC = "public"


def told_to(partnership: Partnership, audience: str) -> Partnership:
    """The partnership with the preset of one audience; as it is where no audience is named."""
    if audience and audience not in AUDIENCES:
        raise DefinitionMistake(
            where="the command, --audience",
            problem=f"There is no audience '{audience}'.",
            remedy=suggestion(audience, AUDIENCES, f"Write one of {', '.join(AUDIENCES)}."),
        )
    preset = partnership.disclosure_for.get(audience, partnership.disclosure)
    return replace(partnership, disclosure=preset)
