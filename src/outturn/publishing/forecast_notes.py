"""What stands beside a forecast: its 80% interval, what it allows for, how past ones did."""

from __future__ import annotations

from outturn.judgement.foreseen_words import AS_THEY_ARE_NOW, INDICATIVE, width_words
from outturn.judgement.words import sentence, unit_of
from outturn.publishing.figure_words import capital, forecast_words, shortened
from outturn.publishing.told import Row, Told
from outturn.publishing.words import HARD_SPACE

_ENDS = ("forecast", "forecast_low", "forecast_high")


def interval(told: Told, row: Row) -> tuple[float, float] | None:
    """The 80% interval of a forecast that is a distribution; None of any other figure."""
    ends = row["forecast_low"], row["forecast_high"]
    return None if None in ends or not forecast_words(told, row) else ends


def with_interval(told: Told, row: Row) -> str:
    """The forecast and its interval, for a cell: "636 (604 to 777)"; marked where indicative."""
    said, ends = forecast_words(told, row), interval(told, row)
    if ends is None:
        return said
    measure, unit = told.measure(row), unit_of(told.measure(row))
    low, high = (shortened(unit.rounded(end, measure.decimals), measure) for end in ends)
    mark = f", {INDICATIVE}" if row["forecast_basis"] else ""
    within = f"({low.removesuffix(unit.after)} to {high}{mark})"
    return f"{said} {within.replace(' ', HARD_SPACE)}"  # broken before the bracket, if at all


def notes(told: Told, row: Row) -> list[tuple[str, str]]:
    """The declared events that the forecast allows for, that it is too wide to be of use, and its
    track record: title and sentence.

    Nothing of a forecast that has no such thing.
    """
    found = []
    if row["forecast_events"]:
        without = told.said(row, "forecast_without")
        found.append(("Allows for", f"{row['forecast_events']}; without that {without}."))
    if wide := width_words(*(row[name] for name in _ENDS)):
        found.append(("How sure", sentence(capital(wide))))
    if row["forecast_record"]:
        record = f"{row['forecast_record']}; {AS_THEY_ARE_NOW}"
        found.append(("Track record", sentence(capital(record))))
    return found
