"""A place among its peers: rank, quartile, the gap to the best quarter, the group's own figure."""

from outturn.benchmarking.benchmarks import benchmarks
from outturn.benchmarking.edges import quartile_edges

__all__ = ["benchmarks", "quartile_edges"]
