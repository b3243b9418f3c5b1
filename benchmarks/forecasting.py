"""Forecasts of the outturn of past years, made from what was known then, beside simpler methods.

Delayed discharge bed days of the 32 councils of Scotland, and attendances at its emergency
departments, after three, six and nine months of every financial year with two years of figures
before it. Nothing is looked at that was not there on the day.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from outturn.statistics import probability_of_meeting, reliability, track_record, year_end
from outturn.statistics.year_ends import YearEnd

Floats = npt.NDArray[np.float64]

MONTHS = (3, 6, 9)
SEED = 20
HISTORY = 60  # months that are given to every method
ENOUGH = 24
PANDEMIC = {2020}  # also told without, as it was in the measurements of reference
WITHOUT = {2019, 2020, 2021, 2022}  # and what it did to attendances
ERROR_BARS = {3: 11.5, 6: 6.0, 9: 3.0}
COVERAGE_BARS = (0.75, 0.85)
LIMIT_MS = 5.0
TARGETS = (0.9, 1.0, 1.1)  # of the outturn of the year before

OURS, LINE, PROFILE, NAIVE = "outturn", "straight line", "last year's profile", "seasonal naive"
OTHERS = {"AutoETS": "AutoETS (12)", "damped": "damped ETS, logarithms"}
ABSENT = "Not run: the published data are not here. Set OUTTURN_TEST_DATA to their folder."


@dataclass(frozen=True)
class Moment:
    """All series of one financial year after so many of its months."""

    year: int
    known: int
    history: Floats  # (series, months), what was known
    outturn: Floats
    before: Floats  # the outturn of the year before
    days: Floats  # of the months of the history, and of those to come

    @property
    def to_date(self) -> Floats:
        return np.asarray(self.history[:, -self.known :].sum(axis=1))


def open_data() -> Path:
    """Where the open data lie, if they are there."""
    given = os.environ.get("OUTTURN_TEST_DATA")
    return Path(given) if given else Path(__file__).parents[2] / "shared" / "data"


def main() -> int:
    data = open_data()
    if not (data / "scotland").is_dir():
        print(ABSENT)
        return 0
    print("## Forecasting\n")
    print(" ".join(str(__doc__).split()), "\n")
    beds, seen = bed_days(data), attendances(data)
    missed = measured("Bed days of delayed discharges, by council", beds, PANDEMIC, True)
    missed += measured("Attendances at emergency departments, by hospital", seen, WITHOUT, False)
    print("### Both together\n")
    reliability_printed([*beds, *seen], [forecast(one) for one in (*beds, *seen)])
    return int(missed > 0)


def forecast(one: Moment) -> YearEnd:
    return year_end(one.history, one.known, seed=SEED, lengths=one.days)


def bed_days(data: Path) -> list[Moment]:
    path = data / "scotland" / "phs_delayed_discharge_beddays_council_monthly.csv.gz"
    frame = pl.read_csv(path, schema_overrides={"ltla_code": pl.String}, try_parse_dates=True)
    frame = frame.filter(
        pl.col("age_group") == "18plus",
        pl.col("delay_reason") == "All Delay Reasons",
        pl.col("ltla_code").is_not_null() & (pl.col("ltla_code") != "S92000003"),
    )
    return moments(frame, "ltla_code", "num_delayed_bed_days", 2016)


def attendances(data: Path) -> list[Moment]:
    path = data / "scotland" / "phs_ae_attendances_hospital_monthly.csv.gz"
    frame = pl.read_csv(path, infer_schema_length=None, try_parse_dates=True).with_columns(
        pl.col("date").dt.truncate("1mo"),
        site=pl.col("hospital_code") + "|" + pl.col("hospital_name"),
    )
    return moments(frame, "site", "attendances", 2013)


def moments(frame: pl.DataFrame, series: str, figure: str, first: int) -> list[Moment]:
    """Every year and month of it in which a series has all its figures, and is seldom nothing."""
    wide = frame.pivot(on=series, index="date", values=figure).sort("date")
    table = wide.drop("date").to_numpy().T.astype(float)
    begins: date = wide["date"][0]
    april = (4 - begins.month) % 12
    firsts = np.array([one.replace(day=1) for one in wide["date"]], dtype="datetime64[M]")
    days = ((firsts + 1).astype("datetime64[D]") - firsts.astype("datetime64[D]")).astype(float)
    made = []
    for start in range(april, table.shape[1] - 11, 12):
        year = begins.year + (begins.month - 1 + start) // 12
        for known in MONTHS:
            until = start + known
            since = max(0, until - HISTORY)
            if until - since < ENOUGH or year < first:
                continue
            needed = table[:, since : start + 12]
            whole = ~np.isnan(needed).any(axis=1) & (needed[:, -12:].sum(axis=1) > 0)
            whole &= (table[:, since:until] == 0).mean(axis=1) <= 0.1
            rows = table[whole]
            outturn = rows[:, start : start + 12].sum(axis=1)
            before = rows[:, start - 12 : start].sum(axis=1)
            made.append(
                Moment(year, known, rows[:, since:until], outturn, before, days[since : start + 12])
            )
    return made


def measured(title: str, asked: list[Moment], left_out: set[int], has_bars: bool) -> int:
    """Prints the tables of one set of series, and says how many bars are missed."""
    begun = time.process_time()
    ours = [forecast(one) for one in asked]
    number = sum(one.outturn.size for one in asked)
    each = (time.process_time() - begun) / number * 1000
    years = sorted({one.year for one in asked})
    print(f"### {title}\n")
    print(
        f"{number:,} forecasts of {len(years)} years, {years[0]}/{(years[0] + 1) % 100} to "
        f"{years[-1]}/{(years[-1] + 1) % 100}; {each:.1f} ms of processor a forecast, limit "
        f"{LIMIT_MS:g}. The figures in brackets leave out the years that begin in "
        f"{', '.join(str(one) for one in sorted(left_out))}.\n"
    )
    medians = {OURS: [one.median for one in ours]} | simple(asked) | by_others(asked)
    missed = errors_printed(asked, medians, left_out, has_bars)
    missed += coverage_printed(asked, ours)
    reliability_printed(asked, ours)
    return missed + int(each > LIMIT_MS)


def simple(asked: list[Moment]) -> dict[str, list[Floats]]:
    """The outturn by the methods of a spreadsheet."""
    found: dict[str, list[Floats]] = {LINE: [], PROFILE: [], NAIVE: []}
    for one in asked:
        ahead = 12 - one.known
        last_year = one.history[:, -one.known - 12 :][:, :12]
        found[LINE].append(one.to_date * 12 / one.known)
        with np.errstate(invalid="ignore", divide="ignore"):
            share = last_year[:, : one.known].sum(axis=1) / last_year.sum(axis=1)
            found[PROFILE].append(one.to_date / share)
        found[NAIVE].append(one.to_date + last_year[:, -ahead:].sum(axis=1))
    return found


def by_others(asked: list[Moment]) -> dict[str, list[Floats]]:
    """The outturn by another library, in the Python that OUTTURN_STATSFORECAST names."""
    other = os.environ.get("OUTTURN_STATSFORECAST")
    if not other:
        print("AutoETS and damped ETS not run: OUTTURN_STATSFORECAST names no Python for them.\n")
        return {}
    with tempfile.TemporaryDirectory(prefix="outturn-bench-") as made:
        given, answer = Path(made) / "given.npz", Path(made) / "answer.npz"
        np.savez(given, *(one.history for one in asked), known=[one.known for one in asked])
        script = Path(__file__).with_name("forecasting_by_others.py")
        done = subprocess.run(
            [other, str(script), str(given), str(answer)],
            check=False,
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise SystemExit(f"forecasting_by_others.py failed:\n{done.stderr}")
        print(f"The other library took {done.stdout.strip()} of processor.\n")
        rest = np.load(answer)
        return {
            name: [one.to_date + rest[f"{key}_{at}"] for at, one in enumerate(asked)]
            for key, name in OTHERS.items()
        }


def percent_off(one: Moment, forecast: Floats) -> Floats:
    return np.asarray(np.abs(forecast / one.outturn - 1) * 100)


def errors_printed(
    asked: list[Moment], medians: dict[str, list[Floats]], left_out: set[int], has_bars: bool
) -> int:
    """The median absolute error of each method in per cent, at each month and of all together."""
    print("Median absolute error in per cent of the outturn (in brackets, without those years):\n")
    print("| method | " + " | ".join(f"{m} months" for m in MONTHS) + " | all three | mean |")
    print("|---" * (len(MONTHS) + 3) + "|")
    errors: dict[str, list[float]] = {}
    for name, forecasts in medians.items():
        off = [percent_off(*pair) for pair in zip(asked, forecasts, strict=True)]
        cells, errors[name] = [], []
        for known in (*MONTHS, None):
            there = [
                (one.year, e)
                for one, e in zip(asked, off, strict=True)
                if known in (None, one.known)
            ]
            error = float(np.nanmedian(np.concatenate([e for _, e in there])))
            kept = np.concatenate([e for year, e in there if year not in left_out])
            errors[name].append(error)
            cells.append(f"{error:.2f} ({np.nanmedian(kept):.2f})")
        mean = np.nanmean(np.concatenate(off))
        print(f"| {name} | {' | '.join(cells)} | {mean:.2f} ({np.nanmean(kept):.2f}) |")
    print(f"\n{less_than_ours(errors)}")
    missed = 0
    if has_bars:
        pairs = list(zip(ERROR_BARS.items(), errors[OURS], strict=False))
        said = [
            f"{bar:g} at {known} months {'met' if error <= bar else f'MISSED by {error - bar:.2f}'}"
            for (known, bar), error in pairs
        ]
        missed = sum(error > bar for (_, bar), error in pairs)
        print(f"\nLimits, of all years: {'; '.join(said)}.")
    print()
    return missed


def less_than_ours(errors: dict[str, list[float]]) -> str:
    """Where another method errs less than outturn, of all years."""
    places = [*(f"at {known} months" for known in MONTHS), "over all three"]
    found = [
        f"{name} {place} ({error:.2f} against {ours:.2f})"
        for name, row in errors.items()
        for place, error, ours in zip(places, row, errors[OURS], strict=True)
        if error < ours
    ]
    return f"Less than outturn: {'; '.join(found) or 'none, at any distance'}."


def coverage_printed(asked: list[Moment], ours: list) -> int:
    """How often the outturn fell inside the intervals, and how wide they are; all years."""
    print("How often the outturn lay inside the interval, all years:\n")
    print("| months | 80% interval | 95% interval | width of the 80% interval, in the forecast |")
    print("|---|---|---|---|")
    missed = 0
    for known in MONTHS:
        told = [pair for pair in zip(asked, ours, strict=True) if pair[0].known == known]
        actual = np.concatenate([one.outturn for one, _ in told])
        middle = np.concatenate([forecast.median for _, forecast in told])
        shares = []
        for chance in (0.8, 0.95):
            limits = [forecast.interval(chance) for _, forecast in told]
            low, high = (np.concatenate(side) for side in zip(*limits, strict=True))
            shares.append(float(track_record(middle, low, high, actual).coverage))
            if chance == 0.8:
                width = float(np.median((high - low) / middle))
                missed += not COVERAGE_BARS[0] <= shares[0] <= COVERAGE_BARS[1]
        print(f"| {known} | {shares[0]:.1%} | {shares[1]:.1%} | {width:.0%} |")
    low, high = COVERAGE_BARS
    print(f"\nLimits: {low:.0%} to {high:.0%} at each: {'met' if not missed else 'MISSED'}.\n")
    return missed


def reliability_printed(asked: list[Moment], ours: list) -> None:
    """Of targets said to be so likely to be met, how many were: "at most" a part of last year."""
    said, met = [], []
    for one, forecast in zip(asked, ours, strict=True):
        for part in TARGETS:
            said.append(probability_of_meeting(forecast.draws, at_most=part * one.before))
            met.append(one.outturn <= part * one.before)
    found = reliability(np.concatenate(said), np.concatenate(met))
    print(
        f"Probability of meeting a target, {found.forecasts.sum():,} of them: at most "
        f"{', '.join(f'{part:.0%}' for part in TARGETS)} of the year before. The limits are those "
        "of as many independent events; these are not, as one winter is everybody's.\n"
    )
    print("| said | forecasts | said, mean | happened | limits at 95% |")
    print("|---|---|---|---|---|")
    for at, number in enumerate(found.forecasts):
        print(
            f"| {found.edges[at]:.0%} to {found.edges[at + 1]:.0%} | {number:,} "
            f"| {found.said[at]:.1%} | {found.happened[at]:.1%} "
            f"| {found.low[at]:.0%} to {found.high[at]:.0%} |"
        )
    weight = found.forecasts / found.forecasts.sum()
    apart = np.nan_to_num(found.happened - found.said)
    print(
        f"\nOver all forecasts, what happened lies {np.abs(apart) @ weight * 100:.1f} points from "
        f"what was said: {apart @ weight * 100:+.1f} on balance.\n"
    )


if __name__ == "__main__":
    sys.exit(main())
