"""Forecasts of the outturn from one to two years of history, with other series to learn from.

The bed days and attendances of forecasting.py, each series in turn with its last 12 to 23 months
alone, and all others with what they had on the day. Beside them the same series with nothing to
learn from, and the methods of a spreadsheet.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from forecasting import (
    ABSENT,
    COVERAGE_BARS,
    LIMIT_MS,
    MONTHS,
    SEED,
    Moment,
    attendances,
    bed_days,
    open_data,
)

from outturn.statistics.short_series import PartOfYear, Similar, similar_errors
from outturn.statistics.year_ends import YearEnd, year_end

Floats = npt.NDArray[np.float64]

SIZES = (12, 15, 18, 21, 23)
WITH, ALONE = "with similar series", "alone"
LINE, PROFILE = "straight line", "last year's profile"


@dataclass(frozen=True)
class Short:
    """All series of one moment with so many months each, and how they were forecast."""

    moment: Moment
    number: int
    found: dict[str, YearEnd]
    told: int  # of the series, how many had similar ones to learn from


def main() -> int:
    data = open_data()
    if not (data / "scotland").is_dir():
        print(ABSENT)
        return 0
    print("## Forecasting from one to two years\n")
    print(" ".join(str(__doc__).split()), "\n")
    missed = measured("Short histories: bed days of delayed discharges, by council", bed_days(data))
    return missed + measured(
        "Short histories: attendances at emergency departments, by hospital", attendances(data)
    )


def measured(title: str, asked: Sequence[Moment]) -> int:
    """Prints the tables of one set of series; 1 where a forecast takes longer than its limit."""
    begun = time.process_time()
    made = list(shortened(asked))
    number = sum(one.moment.outturn.size for one in made)
    each = (time.process_time() - begun) / number * 1000
    years = sorted({one.moment.year for one in made})
    print(f"### {title}\n")
    print(
        f"{number:,} forecasts of {len(years)} years from {years[0]}/{(years[0] + 1) % 100} on, "
        f"with {', '.join(str(one) for one in SIZES)} months each; {each:.1f} ms of processor for "
        f"both forecasts and what similar series say, limit {LIMIT_MS:g} a forecast.\n"
    )
    errors_printed(made)
    coverage_printed(made)
    return int(each > 2 * LIMIT_MS)


def shortened(asked: Sequence[Moment], sizes: Sequence[int] = SIZES) -> Iterator[Short]:
    """Each moment with so many months of each series, where all that are used then are there."""
    for one in asked:
        for number in sizes:
            history = one.history[:, -number:]
            days = one.days[-number - 12 + one.known :]
            similar = [told_of_others(one, at, number) for at in range(history.shape[0])]
            found = {
                name: year_end(history, one.known, seed=SEED, lengths=days, similar=told)
                for name, told in ((WITH, similar), (ALONE, None))
            }
            yield Short(one, number, found, sum(told is not None for told in similar))


def told_of_others(one: Moment, at: int, number: int) -> Similar | None:
    """What all the other series say of one that has so many months."""
    others = np.delete(one.history, at, axis=0)
    told = similar_errors([PartOfYear(others, lengths=one.days)], one.known, number, 12)
    return None if told is None else told[0]


def errors_printed(made: Sequence[Short]) -> None:
    print("Median absolute error in per cent of the outturn:\n")
    print("| method | " + " | ".join(f"{known} months" for known in MONTHS) + " |")
    print("|---" * (len(MONTHS) + 1) + "|")
    for name in (WITH, ALONE, LINE, PROFILE):
        cells = []
        for known in MONTHS:
            off = [error(one, name) for one in made if one.moment.known == known]
            cells.append(f"{np.nanmedian(np.concatenate(off)):.2f}")
        print(f"| {name} | {' | '.join(cells)} |")
    print()


def error(one: Short, name: str) -> Floats:
    """The error of each series in per cent; missing where last year's part is not held."""
    moment = one.moment
    if name == LINE:
        told = moment.to_date * 12 / moment.known
    elif name == PROFILE:
        last = moment.history[:, -moment.known - 12 :][:, :12]
        with np.errstate(invalid="ignore", divide="ignore"):
            told = moment.to_date * last.sum(axis=1) / last[:, : moment.known].sum(axis=1)
        if one.number < 12 + moment.known:
            told = np.full(told.shape, np.nan)
    else:
        told = one.found[name].median
    return np.asarray(np.abs(told / moment.outturn - 1) * 100)


def inside(one: Short, name: str, chance: float = 0.8) -> npt.NDArray[np.bool_]:
    low, high = one.found[name].interval(chance)
    return (one.moment.outturn >= low) & (one.moment.outturn <= high)


def coverage_printed(made: Sequence[Short]) -> None:
    print("How often the outturn lay inside the 80% interval, and how wide that is:\n")
    print(
        "| forecast | " + " | ".join(f"{known} months" for known in MONTHS) + " | by months held |"
    )
    print("|---" * (len(MONTHS) + 2) + "|")
    for name in (WITH, ALONE):
        cells = []
        for known in MONTHS:
            some = [one for one in made if one.moment.known == known]
            share = np.concatenate([inside(one, name) for one in some]).mean()
            widths = [np.subtract(*one.found[name].interval()[::-1]) for one in some]
            middles = np.concatenate([one.found[name].median for one in some])
            cells.append(f"{share:.0%} ({np.median(np.concatenate(widths) / middles):.0%})")
        sizes = [
            np.concatenate([inside(one, name) for one in made if one.number == number]).mean()
            for number in SIZES
        ]
        by = ", ".join(f"{n} {share:.0%}" for n, share in zip(SIZES, sizes, strict=True))
        print(f"| {name} | {' | '.join(cells)} | {by} |")
    learned = sum(one.told for one in made) / sum(one.moment.outturn.size for one in made)
    low, high = COVERAGE_BARS
    print(f"\nAsked: {low:.0%} to {high:.0%}. {learned:.0%} had similar series to learn from.\n")


if __name__ == "__main__":
    sys.exit(main())
