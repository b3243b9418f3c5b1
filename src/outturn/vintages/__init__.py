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
from outturn.vintages.vintage import PUBLISHED, REJECTED, Vintage, name_of, published_seal, software

__all__ = [
    "CAUSES",
    "CHANGES",
    "PUBLISHED",
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
    "published_seal",
    "resolve",
    "software",
    "summary",
    "sweep",
    "verify",
]
