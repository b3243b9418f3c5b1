"""Each build kept whole and never changed: what went in, what was asked, what came out."""

from outturn.vintages.diff import CAUSES, CHANGES, diff
from outturn.vintages.protected import found
from outturn.vintages.store import (
    Listed,
    Released,
    current,
    keep,
    listing,
    names,
    open_,
    resolve,
)
from outturn.vintages.summary import summary
from outturn.vintages.unfinished import sweep
from outturn.vintages.verification import faults, verify
from outturn.vintages.vintage import REJECTED, Vintage, name_of, software

__all__ = [
    "CAUSES",
    "CHANGES",
    "REJECTED",
    "Listed",
    "Released",
    "Vintage",
    "current",
    "diff",
    "faults",
    "found",
    "keep",
    "listing",
    "name_of",
    "names",
    "open_",
    "resolve",
    "software",
    "summary",
    "sweep",
    "verify",
]
