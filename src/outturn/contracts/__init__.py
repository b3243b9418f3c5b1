"""What each table must look like before anything counts it."""

from outturn.contracts.check import cells, keys
from outturn.contracts.model import Contract, Field, Rule, about_people
from outturn.contracts.read import read_contracts

__all__ = ["Contract", "Field", "Rule", "about_people", "cells", "keys", "read_contracts"]
