"""A partnership that does not exist: its records, and what is true of the world behind them."""

from outturn.simulation.cld import RECEIVED
from outturn.simulation.council import (
    FEWEST_PEOPLE,
    MOST_COUNCILS,
    NATIONS,
    Asked,
    Council,
    council,
)
from outturn.simulation.days import Window

__all__ = [
    "FEWEST_PEOPLE",
    "MOST_COUNCILS",
    "NATIONS",
    "RECEIVED",
    "Asked",
    "Council",
    "Window",
    "council",
]
