"""Tables that are made of other tables, each by a named and dated method."""

from outturn.ingest.derivations import delays
from outturn.ingest.derivations.model import Asked, Derivation, Method, Plan

DERIVATIONS: dict[str, Derivation] = {
    "delay bed days": delays.bed_days,
    "delay census": delays.census,
}

__all__ = ["DERIVATIONS", "Asked", "Derivation", "Method", "Plan"]
