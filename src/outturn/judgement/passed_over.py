"""What disclosure control did not look at, in the words that builds and audits print."""

from __future__ import annotations

from dataclasses import dataclass

SEVERAL_COLUMNS = "by several columns at once"
AS_PARTS = "as parts of their denominators"


@dataclass(frozen=True, order=True)
class PassedOver:
    """What was not looked at: columns of a table, all where none is named, or a `measure`; and why.

    Of a measure it is what its totals tell of their parts.
    """

    table: str
    columns: tuple[str, ...]
    why: str
    what: str = SEVERAL_COLUMNS
    measure: str = ""

    def __str__(self) -> str:
        if self.measure:
            return (
                f"Measure {self.measure}: what its totals tell of withheld parts was not looked at "
                f"everywhere, for {self.why}."
            )
        which = f", columns {' and '.join(self.columns)}" if self.columns else ""
        return (
            f"Table {self.table}{which}: what its measures tell of one another {self.what} was not "
            f"looked at, for {self.why}."
        )
