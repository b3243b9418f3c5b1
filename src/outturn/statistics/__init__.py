"""Numbers in, numbers out: rounding, ratios, ranks, quartiles, suppression."""

from outturn.statistics.quantiles import percentile, quartiles, ranks
from outturn.statistics.ratios import ratio
from outturn.statistics.rounding import round_half_up, rounded, shown, shown_column
from outturn.statistics.suppression import PRESETS, suppress

__all__ = [
    "PRESETS",
    "percentile",
    "quartiles",
    "ranks",
    "ratio",
    "round_half_up",
    "rounded",
    "shown",
    "shown_column",
    "suppress",
]
