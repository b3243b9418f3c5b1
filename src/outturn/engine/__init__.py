"""Definitions in, Counts out: whole numbers for every place, period and category."""
