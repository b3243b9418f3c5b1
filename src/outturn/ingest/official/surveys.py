"""Survey figures of the Adult Social Care Outcomes Framework, and what their denominator is.

The open data print four numbers for a survey measure: the outcome, its base (people who
answered), and a numerator and denominator. Those of the user survey are weighted up to everybody
eligible; those of the carer survey are answers rounded to 5 for a council, and weighted up above
councils. The time series prints only the respondents. So that one column means one thing in every
year, the denominator of a survey figure is its respondents, and the counts as printed are kept in
the note.
"""

from __future__ import annotations

import polars as pl

_MOVED = {"numerator": "other", "denominator": "other", "respondents": "denominator"}
_CALLED = {"numerator": "printed numerator", "denominator": "printed denominator"}


def with_respondents(cells: pl.DataFrame, *, over: list[str]) -> pl.DataFrame:
    """The cells, with respondents as the denominator of every measure that prints them.

    `over` names the columns that tell one measure from another. Measures without respondents
    keep their numerator and denominator.
    """
    survey = (pl.col("part") == "respondents").any().over(over)
    return cells.with_columns(
        name=pl.when(survey).then(pl.col("name").replace(_CALLED)).otherwise(pl.col("name")),
        part=pl.when(survey).then(pl.col("part").replace(_MOVED)).otherwise(pl.col("part")),
    )
