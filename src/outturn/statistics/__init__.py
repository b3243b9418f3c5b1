"""Numbers in, numbers out: rounding, ratios, ranks, limits, comparisons, suppression."""

from outturn.statistics.change_points import possible_changes
from outturn.statistics.chart_icons import assurance, variation
from outturn.statistics.chart_rules import special_causes
from outturn.statistics.columns import Estimate, Interval
from outturn.statistics.comparison import against_estimate, against_interval
from outturn.statistics.control_charts import xmr_limits
from outturn.statistics.differences import difference, ratio_of
from outturn.statistics.intervals import count_interval, proportion, rate
from outturn.statistics.method_sets import METHOD_SETS
from outturn.statistics.monotonic_trend import mann_kendall
from outturn.statistics.quantiles import percentile, quartiles, ranks
from outturn.statistics.ratios import ratio
from outturn.statistics.recent_trends import recent_trend, recent_trend_of_proportion
from outturn.statistics.rounding import round_half_up, rounded, shown, shown_column
from outturn.statistics.run_charts import run_chart
from outturn.statistics.significance import significance_labels
from outturn.statistics.simulated_months import KnownEvent
from outturn.statistics.standardisation import direct_rate, indirect_rate, indirect_ratio
from outturn.statistics.suppression import PRESETS, suppress
from outturn.statistics.targets import against_target
from outturn.statistics.track_records import reliability, track_record
from outturn.statistics.year_end_targets import needed_each_period, probability_of_meeting
from outturn.statistics.year_ends import year_end, year_end_ratio

__all__ = [
    "Estimate",
    "Interval",
    "KnownEvent",
    "METHOD_SETS",
    "PRESETS",
    "against_estimate",
    "against_interval",
    "against_target",
    "assurance",
    "count_interval",
    "difference",
    "direct_rate",
    "indirect_rate",
    "indirect_ratio",
    "mann_kendall",
    "needed_each_period",
    "percentile",
    "possible_changes",
    "probability_of_meeting",
    "proportion",
    "quartiles",
    "ranks",
    "rate",
    "ratio",
    "ratio_of",
    "recent_trend",
    "recent_trend_of_proportion",
    "reliability",
    "round_half_up",
    "rounded",
    "run_chart",
    "shown",
    "shown_column",
    "significance_labels",
    "special_causes",
    "suppress",
    "track_record",
    "variation",
    "xmr_limits",
    "year_end",
    "year_end_ratio",
]
