"""The derivations once more, in plain Python: slow, obvious, and the judge of the others."""

from outturn.ingest.derivations.model import Judge
from outturn.ingest.derivations.plain import delays

JUDGES: dict[str, Judge] = {
    "delay bed days": delays.bed_days,
    "delay census": delays.census,
}
