"""A place among its peers: rank, quartile, the gap to the best quarter, the group's own figure."""

from outturn.benchmarking.benchmarks import benchmarks

__all__ = ["benchmarks"]
