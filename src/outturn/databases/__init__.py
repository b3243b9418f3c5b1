"""The databases that rows are in, and the few things in which they differ."""

from outturn.databases.dialect import Dialect
from outturn.databases.duckdb import DuckDB
from outturn.databases.files import InFiles
from outturn.databases.sql import (
    EngineFault,
    Sql,
    Step,
    joined,
    month_number,
    whole_years,
    with_steps,
)

__all__ = [
    "Dialect",
    "DuckDB",
    "EngineFault",
    "InFiles",
    "Sql",
    "Step",
    "joined",
    "month_number",
    "whole_years",
    "with_steps",
]
