"""The standardised rate of a council's emergency admissions, against the simulator's own counts.

The rate is worked out here from the truths by age, which the simulator writes down before it writes
a record, and from the standard's people of those ages. The build makes it from the records.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from laying import with_libraries
from outturn.commands.build import build
from outturn.commands.simulate import simulate
from outturn.vintages import open_, resolve

pytestmark = pytest.mark.slow

MEASURE = "emergency_admissions_standardised"
# 18-64 has two fifths of 5,500, then 6,000 twice, 6,500, 7,000 four times, 6,500 and 6,000.
STANDARD = {"18-64": 61_200, "65-74": 10_500, "75-84": 6_500, "85plus": 2_500}
FEWEST = {"england": 10, "scotland": 0}  # events of which a rate is made


@pytest.fixture(scope="module", params=["england", "scotland"])
def council(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The nation, the values of a build, and what is true."""
    folder: Path = tmp_path_factory.mktemp("council") / request.param
    simulate(folder, people=2_000, seed=1, nation=request.param)
    with_libraries(folder, "local_services")
    settings = folder / "outturn.toml"
    text = settings.read_text(encoding="utf-8")
    assert text.count('disclosure = "') == 1
    start, _, rest = text.partition('disclosure = "')
    settings.write_text(f'{start}disclosure = "none"{rest.partition(chr(34))[2]}', "utf-8")
    build(folder)
    store = folder / "vintages"
    values = open_(store, resolve(store)).scan("values").filter(measure=MEASURE).collect()
    truths = pl.concat(
        [
            pl.read_csv(one, schema_overrides={"denominator": pl.Int64})
            for one in sorted((folder / "truth").glob("*.csv"))
        ]
    )
    return request.param, values, truths.filter(measure=MEASURE)


def test_the_rate_of_every_period_is_that_of_the_true_counts_by_age(council: Any) -> None:
    """Of months, of years, and of a year so far; of too few events there is none in England."""
    nation, values, truths = council
    whole = values.filter(breakdown="all", place=truths["place"][0])
    found = {period: (value, why) for period, value, why in whole.select(
        "period", "value", "why").rows()}  # fmt: skip
    held = 0
    for (period,), rows in truths.filter(breakdown="age").group_by("period"):
        counts = {category: (top, below) for category, top, below in rows.select(
            "category", "numerator", "denominator").rows()}  # fmt: skip
        assert set(counts) == set(STANDARD)
        events = sum(top for top, _ in counts.values())
        if not events or period not in found:
            continue
        value, why = found[period]
        if events < FEWEST[nation]:
            assert value is None and why.startswith("Fewer than 10 events")
            continue
        weighted = sum(STANDARD[one] * top / below for one, (top, below) in counts.items())
        assert value == pytest.approx(100_000 * weighted / sum(STANDARD.values())), period
        held += 1
    assert held > 30
