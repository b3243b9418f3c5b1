"""Every measure of the library that is counted from records, against what the simulator knows.

The simulator decides what happens to its people and writes down the true counts before it writes a
record. Here the records of whole councils are read, derived and counted, as a build does it, and
the Counts must be the true ones, in every period and part.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from importlib import resources
from pathlib import Path

import polars as pl
import pytest

from outturn.commands.counting import counts
from outturn.commands.deriving import with_derived
from outturn.commands.folder import sound_folder
from outturn.commands.simulate import simulate
from outturn.contracts import Contract
from outturn.framework import Partnership
from outturn.framework.countable import period_column
from outturn.framework.model import Measure
from outturn.ingest import ingest
from outturn.terms.period import Period
from outturn.terms.written_periods import parse

pytestmark = pytest.mark.slow

SEEDS = (1, 2, 3)
BY_QUARTERS = 2  # the seed of which the client level data come quarter by quarter
PUBLISHED = ("phs",)  # libraries that count tables as they are published, which are no records
NATIONS = ("england", "scotland")
PEOPLE = 2_000  # known to social care: some months have nothing of what is rare
KEY = ("measure", "place", "period", "breakdown", "category")
# What a truth is told in: parts of a day, of an hour or of the weight of an answer.
HALVES, HUNDREDTHS = 2, 100
IN_HUNDREDTHS = ("survey_", "cco_s1_", "cco_s2_", "cco_s3_", "jf_daytime_respite")


# What is told of days before the records begin all the same: a survey tells of its year, a table
# of ratings of its own past, and people who have a service on a day are all in the records of it.
OF_EARLIER = ("survey_", "cco_s", "ni_17", "providers_", "3d_")


@dataclass(frozen=True)
class Told:
    """The measures of one council, the Counts of its records, and the truth of each cell."""

    measures: dict[str, Measure]
    found: dict[tuple[str, ...], tuple[float | None, float | None]]
    true: dict[tuple[str, ...], tuple[int, int | None]]
    places: set[str]
    first: date
    last: date
    why: dict[tuple[str, ...], str | None]  # of each cell found, why there is no figure
    rows: dict[str, int]  # of each table
    filled: dict[str, set[date]]  # of each measure, the months in which its table has a row
    events: set[str]  # the measures of tables of which each row is an event of its own


@pytest.fixture(scope="module", params=SEEDS)
def councils(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Told]:
    """A council of each nation, of one seed. In England some cells are empty that must be filled,
    and of one seed the client level data come quarter by quarter."""
    made = {}
    for nation in NATIONS:
        england = nation == "england"
        folder = tmp_path_factory.mktemp("council") / nation
        simulate(
            folder, people=PEOPLE, seed=request.param, nation=nation, untidy=england,
            quarterly=england and request.param == BY_QUARTERS,
        )  # fmt: skip
        made[nation] = _told(folder)
    return made


def _told(folder: Path) -> Told:
    partnership, contracts, tables, found = _counted(folder)
    measures = counted_from_records(partnership)
    truths = pl.concat([pl.read_csv(one, schema_overrides={"denominator": pl.Int64})
                        for one in sorted((folder / "truth").glob("*.csv"))])  # fmt: skip
    months = [parse(key) for key in truths["period"].unique() if key.endswith("/P1M")]
    return Told(
        measures=measures,
        found=_cells(found),
        true=_cells(truths),
        places=set(truths["place"]),
        first=min(one.start for one in months),
        last=max(one.end for one in months),
        why={row[:-1]: row[-1] for row in found.select(*KEY, "why").rows()},
        rows={name: rows.height for name, rows in tables.items()},
        filled={id: _filled(one, tables, contracts) for id, one in measures.items()},
        events={id for id, one in measures.items() if contracts[_table(one)].events},
    )


def _filled(
    one: Measure, tables: dict[str, pl.DataFrame], contracts: dict[str, Contract]
) -> set[date]:
    """The months in which some place has a row, by the day by which the measure counts it."""
    assert one.numerator is not None
    column = period_column(one.numerator, contracts[_table(one)])
    if _table(one) not in tables or contracts[_table(one)].schema.get(column) != pl.Date:
        return set()
    return {day.replace(day=1) for day in tables[_table(one)][column].unique() if day}


def _cells(rows: pl.DataFrame) -> dict:
    told = rows.select(*KEY, "numerator", "denominator").rows()
    cells = {row[: len(KEY)]: row[len(KEY) :] for row in told}
    assert len(cells) == len(told), "a cell is told twice"
    return cells


def _counted(
    folder: Path,
) -> tuple[Partnership, dict[str, Contract], dict[str, pl.DataFrame], pl.DataFrame]:
    """The Counts, as a build makes them of the folder, with its contracts and tables."""
    opened = sound_folder(folder)
    partnership, contracts = opened.partnership, opened.contracts
    as_of = partnership.as_of or date.today()
    ingested = ingest(folder, partnership, contracts)
    assert not ingested.mistakes
    ingested = with_derived(ingested, partnership, contracts, as_of)
    found, _ = counts(partnership, contracts, ingested, as_of)
    return partnership, contracts, ingested.tables, found


def counted_from_records(partnership: Partnership) -> dict[str, Measure]:
    return {id: one for id, one in partnership.measures.items() if one.numerator}


def _differences(told: Told, measure: str) -> list[str]:
    """Cells of which figure and truth are not one, in words."""
    one = told.measures[measure]
    cells = [key for key in {*told.found, *told.true} if key[0] == measure and _inside(told, key)]
    return [words for key in sorted(cells) if (words := _difference(told, one, key))]


def _inside(told: Told, key: tuple[str, ...]) -> bool:
    """Whether the period lies in the time that the records cover, as a truth's always does."""
    period = parse(key[2])
    here = key[1] in told.places and told.first <= period.start and period.end <= told.last
    return here or key in told.true


def _too_early(told: Told, measure: str) -> list[str]:
    """Figures of periods that begin before the records do, and such cells that do not say why.

    A figure of the last day of a period is one of that day.
    """
    if measure.startswith(OF_EARLIER):
        return []
    last = told.measures[measure].roll_up == "last"
    return [f"{key}: {figure}, {told.why[key]}" for key, figure in sorted(told.found.items())
            if key[0] == measure and key[1] in told.places and key not in told.true
            if (parse(key[2]).end if last else parse(key[2]).start) < told.first
            if figure[0] is not None or not told.why[key]]  # fmt: skip


def _difference(told: Told, one: Measure, key: tuple[str, ...]) -> str:
    true, found = told.true.get(key), told.found.get(key, (None, None))
    if found[0] is None:
        if true is None or _nothing(one, true) or _has_a_reason(told, one, key):
            return ""
        return f"{key}: no figure, but {true} is true"
    if true is None:
        return f"{key}: {found}, of which nothing is known" if found[0] or found[1] else ""
    top, below = _true_top(one, true[0]), _true_below(one, true[1])
    if (_found_top(one, found[0]), _found_below(one, found[1])) == (top, below):
        return ""
    return f"{key}: {found}, but {true} is true"


def _nothing(one: Measure, true: tuple[int, int | None]) -> bool:
    """Nobody and nothing to count. What is counted from another table is there all the same: of
    residents, and of all discharges where nobody was discharged into reablement."""
    assert one.numerator is not None
    apart = one.denominator is not None and one.denominator.table != one.numerator.table
    return true[0] == 0 and (apart or not true[1])


def _has_a_reason(told: Told, one: Measure, key: tuple[str, ...]) -> bool:
    return _beyond_the_rows(told, one, key) or _not_by_chance(told, one, key)


def _not_by_chance(told: Told, one: Measure, key: tuple[str, ...]) -> bool:
    """Whether a month of the period truly has no row, and was taken as not supplied: of a table of
    events with five rows a month or more, one in 150 months truly has none; where the same people
    come back from month to month, every such month is taken so."""
    why, many = told.why.get(key) or "", told.rows[_table(one)]
    months = (told.last.year - told.first.year) * 12 + told.last.month - told.first.month + 1
    empty = not told.filled[one.id].issuperset(_months(parse(key[2])))
    usual = many >= 5 * months or one.id not in told.events
    return why.endswith("was not supplied.") and empty and usual


def _months(period: Period) -> list[date]:
    first = period.start.year * 12 + period.start.month - 1
    return [date(nth // 12, nth % 12 + 1, 1) for nth in range(first, first + period.months)]


def _beyond_the_rows(told: Told, one: Measure, key: tuple[str, ...]) -> bool:
    """Whether the period begins before the first month with something to count, or ends after the
    last: it is not made, for nobody who has the records alone can know that there was nothing."""
    if one.frequency != "month" or told.why.get(key):
        return False
    months = [
        parse(other[2])
        for other, true in told.true.items()
        if other[:2] == key[:2] and other[3] == "all" and other[2].endswith("/P1M")
        if not _nothing(one, true)
    ]
    period = parse(key[2])
    first, last = (pick(months, default=None) for pick in (min, max))
    return not first or not last or period.start < first.start or last.end < period.end


def _found_top(one: Measure, numerator: float) -> Fraction:
    """The numerator as the value is made of it: of a percentile, days and parts of a day."""
    if one.numerator is not None and one.numerator.is_histogram:
        return Fraction(int(numerator), one.numerator.percentile[1])
    return _exact(one, numerator)


def _found_below(one: Measure, denominator: float | None) -> Fraction | None:
    return None if denominator is None else _exact(one, denominator)


def _exact(one: Measure, amount: float) -> Fraction:
    """Sums of hundredths are held as decimals; every other amount is whole."""
    if not one.id.startswith(IN_HUNDREDTHS):
        return Fraction(amount)
    hundredths = round(amount * HUNDREDTHS)
    assert amount == pytest.approx(hundredths / HUNDREDTHS, rel=1e-12)
    return Fraction(hundredths, HUNDREDTHS)


def _true_top(one: Measure, numerator: int) -> Fraction:
    if one.numerator is not None and one.numerator.is_histogram:
        return Fraction(numerator, HALVES if one.kind == "median" else HUNDREDTHS)
    return Fraction(numerator, _parts(one))


def _true_below(one: Measure, denominator: int | None) -> Fraction | None:
    return None if denominator is None else Fraction(denominator, _parts(one))


def _parts(one: Measure) -> int:
    return HUNDREDTHS if one.id.startswith(IN_HUNDREDTHS) else 1


def _library() -> set[str]:
    """Every measure of every library that is counted from records, read as the plain files are."""
    found = set()
    for folder in (resources.files("outturn.framework") / "library").iterdir():
        measures = folder / "measures"
        if folder.name in PUBLISHED or not measures.is_dir():
            continue
        for file in measures.iterdir():
            words = tomllib.loads(file.read_text("utf-8"))
            found |= {file.name.removesuffix(".toml")} if "numerator" in words else set()
    return found


def test_every_figure_of_the_library_is_the_true_one(councils: dict[str, Told]) -> None:
    wrong = [words for told in councils.values() for one in told.measures
             for words in _differences(told, one)]  # fmt: skip
    assert not wrong, "\n".join(wrong[:20])


def test_a_month_without_anything_takes_no_figure_from_its_year(councils: dict[str, Told]) -> None:
    """Of what is rare some months have nothing, and yet the figures of their years are there and
    the true ones. Without a figure are few: those of periods that go beyond the first row of their
    table or the last, less than 1 in 100; and of one table at most, in which a month is empty
    against the odds: five rows a month or more, or people who come back from month to month."""
    for nation, told in councils.items():
        there = [
            key
            for key, true in told.true.items()
            if key[0] in told.measures and not _nothing(told.measures[key[0]], true)
        ]
        lacking = [key for key in there if told.found.get(key, (None, None))[0] is None]
        against = [key for key in lacking if _not_by_chance(told, told.measures[key[0]], key)]
        beyond = [key for key in lacking if _beyond_the_rows(told, told.measures[key[0]], key)]
        assert sorted(against + beyond) == sorted(lacking)
        assert len(beyond) * 100 < len(there)
        assert len({_table(told.measures[key[0]]) for key in against}) <= 1
        given = [key for key in there if key not in set(lacking)]
        over = [key for key in given if _holds_a_quiet_month(told, key)]
        assert {"financial year", "12 months"} <= {_length(key) for key in over}, nation


def _holds_a_quiet_month(told: Told, key: tuple[str, ...]) -> bool:
    """Whether there is truly nothing in a month of the period, wherever in it."""
    one, period = told.measures[key[0]], parse(key[2])
    if one.frequency != "month" or period.months < 12 or key[3] != "all":
        return False
    keys = [(*key[:2], Period(month, 1, "M").key, "all", "all") for month in _months(period)]
    return any(each not in told.true or told.true[each][0] == 0 for each in keys)


def _table(one: Measure) -> str:
    assert one.numerator is not None
    return one.numerator.table


def _length(key: tuple[str, ...]) -> str:
    return "financial year" if key[2].endswith("P1Y") else "12 months"


def test_no_period_that_begins_before_the_records_has_a_figure(councils: dict[str, Told]) -> None:
    """Stays and delays that ended later tell of days before the first: of a few of them."""
    wrong = [words for told in councils.values() for one in told.measures
             for words in _too_early(told, one)]  # fmt: skip
    assert not wrong, "\n".join(wrong[:20])


def test_every_measure_of_the_library_is_compared(councils: dict[str, Told]) -> None:
    """Each is known to the simulator, in each nation that has it, and is somewhere not zero."""
    known = {nation: {key[0] for key in told.true} for nation, told in councils.items()}
    for nation, told in councils.items():
        lacking = sorted(set(told.measures) - known[nation])
        assert not lacking, f"nothing is known in {nation} of {', '.join(lacking)}"
    assert {one for told in councils.values() for one in told.measures} == _library()
    empty = sorted(_library() - {key[0] for told in councils.values() for key in _met(told)})
    assert not empty, f"nothing but zero was compared of {', '.join(empty)}"


def test_every_breakdown_of_a_measure_is_compared(councils: dict[str, Told]) -> None:
    asked = {(id, one.name) for told in councils.values() for id, measure in told.measures.items()
             for one in measure.breakdowns}  # fmt: skip
    met = {(key[0], key[3]) for told in councils.values() for key in _met(told)}
    assert sorted(asked - met) == []


def _met(told: Told) -> Iterator[tuple[str, ...]]:
    """Cells with a figure that is not zero and of which the truth is known."""
    return (key for key, (top, _) in told.found.items() if top and key in told.true)


def test_a_wrong_figure_is_seen(councils: dict[str, Told]) -> None:
    """The comparison itself: one more, one fewer, or none, and it is told."""
    told = councils["england"]
    key = next(one for one in _met(told) if one[0] == "2a_no_further_support_after_reablement")
    top, below = told.found[key]
    for changed in ((top + 1, below), (top, below + 1), (top, None), (None, None)):
        other = replace(told, found={**told.found, key: changed})
        assert len(_differences(other, key[0])) == 1, changed
