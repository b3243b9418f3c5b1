"""Values into Verdicts: two statuses, now and at year end, and the direction of travel."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

import polars as pl

from outturn.framework.model import Comparator, DeclaredEvent, Measure, Override, Place, Target
from outturn.judgement.chances import CHANCES, with_chances
from outturn.judgement.direction import with_direction
from outturn.judgement.distances import with_distances
from outturn.judgement.forecasts import with_forecasts
from outturn.judgement.goals import goals
from outturn.judgement.history import with_history
from outturn.judgement.judged_rows import chosen, with_facts, with_goals
from outturn.judgement.milestones import with_milestones
from outturn.judgement.overrides import set_aside
from outturn.judgement.reasons import not_assessed
from outturn.judgement.rounded_counts import with_reach
from outturn.judgement.sensitivity import COLUMNS as SENSITIVITY
from outturn.judgement.sensitivity import with_sensitivity
from outturn.judgement.statuses import with_statuses, with_words
from outturn.judgement.year_end_moments import FORESEEN, SEED, Known
from outturn.judgement.year_ends import with_year_ends
from outturn.statistics.disclosure_policies import PRESETS, Policy
from outturn.terms.period import Calendar
from outturn.terms.records import VALUES, VERDICTS, checked, fitted

JUDGED = (  # columns that only a figure with a target has, or that say that there is none
    "target", "goal_low", "goal_high", "milestone", "milestone_low", "milestone_high",
    "tolerance", "status_now", "reason_now", "distance_now", *CHANCES, *SENSITIVITY,
    "forecast", "forecast_shown",
    "forecast_method", *FORESEEN, "status_year_end", "reason_year_end", "distance_year_end",
)  # fmt: skip


def verdicts(
    values: pl.DataFrame,
    *,
    measures: Mapping[str, Measure],
    targets: Sequence[Target],
    overrides: Iterable[Override],
    calendar: Calendar,
    as_of: date,
    home: str,
    comparators: Mapping[str, Comparator],
    places: Mapping[str, Place] | None = None,
    also: Iterable[str] = (),
    known_events: Sequence[DeclaredEvent] = (),
    seed: int = SEED,
    disclosure: str = "none",
) -> pl.DataFrame:
    """A VERDICTS frame: what each figure says about its target.

    One row for each VALUES row of the partnership's own place, with a target or without, of the
    places in `also`, and of every other place that has a target in force, or an override of the
    measure; then one row, without a figure, for each target in force whose period has begun and
    that no VALUES row falls under: a target cannot vanish because nothing was reported.

    A figure is judged against the shortest target whose period holds its own, or is as long and
    holds its end. `status_now` is against where the figure should be by the end of its period
    (milestones.py), `status_year_end` is the forecast (forecasts.py) against the target itself;
    both are always there, "not assessed" with the reason where the rule cannot speak. `places` is
    needed where a comparator is given by kind. Where a year of months or quarters lies behind a
    figure, the forecast is drawn from them (year_ends.py), with `known_events` and by the `seed`.
    `disclosure` is the preset that the counts were held to: what is said of chance beside a figure
    of rounded counts holds for all that are told as these.
    """
    checked(values, VALUES)
    policy = PRESETS[disclosure]
    asked = goals(
        targets,
        values,
        measures=measures,
        home=home,
        comparators=comparators,
        places=places or {},
        calendar=calendar,
    )
    overrides = list(overrides)
    held = with_reach(values, measures, policy) if policy.round_to > 1 else values
    rows = chosen(held, asked, [home, *also], overrides)
    rows = with_goals(rows, asked, measures, calendar, as_of)
    rows = with_facts(rows, measures, calendar, as_of)
    rows = with_direction(with_forecasts(with_history(rows, held, measures)))
    known = Known(values, measures, known_events, home, seed)
    rows = _judged(rows, targets, known, policy)
    return checked(set_aside(rows, overrides, home, calendar), VERDICTS)


def _judged(
    rows: pl.DataFrame, targets: Sequence[Target], known: Known, policy: Policy
) -> pl.DataFrame:
    """The rows as VERDICTS, in their order.

    In a national set most figures have no target. They need none of the texts that a judgement
    does, and texts are what takes the time: so only those with one are judged, and each judgement
    is then put back beside its figure.
    """
    has_target = rows["target_id"].is_not_null()
    judged = with_milestones(rows.filter(has_target), targets, known.measures)
    judged = with_year_ends(judged, known)
    judged = with_statuses(with_words(judged))
    judged = with_chances(judged, known.measures, known.values, policy)
    judged = with_distances(with_sensitivity(judged, known.measures)).with_columns(
        goal_low="low",
        goal_high="high",
        milestone_low="step_low",
        milestone_high="step_high",
        tolerance="tolerance_year_end",
    )
    place = pl.DataFrame({"has": has_target}).select(
        pl.when("has").then(pl.col("has").cast(pl.Int64).cum_sum() - 1)
    )
    found = judged.select(pl.col(JUDGED).gather(place.to_series()))
    rows = fitted(not_assessed(rows), VERDICTS)
    return rows.with_columns(
        pl.when(has_target).then(found[name]).otherwise(name).alias(name) for name in JUDGED
    )
