"""Client level data as it is specified: its fields, the values of both releases, the rules."""

from outturn.contracts.cld.model import Case, CldField, CldRule, CldSpecification, CldValue
from outturn.contracts.cld.read import specification

__all__ = ["Case", "CldField", "CldRule", "CldSpecification", "CldValue", "specification"]
