"""What a partnership promised to measure and what would count as good: frozen records, no rules.

The words of every definition file are the fields of these records, and the lists in capitals are
the whole vocabulary: a word that is not here is a mistake in the file, never ignored. What has a
module of its own (tallies, entries of the ledger, areas, papers) is asked for here as well.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from outturn.framework.areas import AGGREGATES as AGGREGATES
from outturn.framework.areas import QUARTILE_RULES as QUARTILE_RULES
from outturn.framework.areas import Comparator as Comparator
from outturn.framework.areas import Place as Place
from outturn.framework.ledger_entries import PROFILES as PROFILES
from outturn.framework.ledger_entries import TOLERANCES as TOLERANCES
from outturn.framework.ledger_entries import Agreement as Agreement
from outturn.framework.ledger_entries import Baseline as Baseline
from outturn.framework.ledger_entries import DeclaredEvent as DeclaredEvent
from outturn.framework.ledger_entries import Goal as Goal
from outturn.framework.ledger_entries import Milestone as Milestone
from outturn.framework.ledger_entries import Override as Override
from outturn.framework.ledger_entries import Target as Target
from outturn.framework.ledger_entries import Tolerance as Tolerance
from outturn.framework.papers import Action as Action
from outturn.framework.papers import Comment as Comment
from outturn.framework.papers import PackSection as PackSection
from outturn.framework.papers import PackSpec as PackSpec
from outturn.framework.papers import Source as Source
from outturn.framework.parted import Inequality as Inequality
from outturn.framework.parted import LifeTable as LifeTable
from outturn.framework.parted import Standardise as Standardise
from outturn.framework.tallies import CONDITIONS as CONDITIONS
from outturn.framework.tallies import FORMULAS as FORMULAS
from outturn.framework.tallies import HISTOGRAMS as HISTOGRAMS
from outturn.framework.tallies import SQUARES as SQUARES
from outturn.framework.tallies import TALLIES as TALLIES
from outturn.framework.tallies import Condition as Condition
from outturn.framework.tallies import Formula as Formula
from outturn.framework.tallies import Tally as Tally
from outturn.terms.period import APRIL, Calendar, Period

KINDS = (
    "count", "proportion", "rate", "mean", "score", "money", "ratio", "index", "median",
    "percentile", "standardised rate", "standardised ratio", "inequality", "life expectancy",
)  # fmt: skip
AIMS = ("higher", "lower", "band", "closest", "none")
FREQUENCIES = ("week", "month", "quarter", "year", "census", "every two years")
ROLL_UPS = ("sum", "mean", "last", "none")
MISSING = ("zero where others report", "zero", "not available")
YEARS = ("financial", "calendar", "academic")
BREAKS = ("break", "start", "end", "gap", "rename", "restatement", "minor", "withheld", "data note")
METHODS = ("England", "Scotland", "none")  # whose limits a figure has; those of `statistics`
# Control charts: of the figures, of their counts, of what lies between rare events, of the median.
CHARTS = ("XmR", "P", "P'", "U", "U'", "T", "G", "run")
DECISIONS = ("approve", "endorse", "note")
APPENDICES = ("rag", "definitions", "data quality")
AUDIENCES = ("officer", "board", "public")
DELIVERY = ("on track", "some risk", "off track", "complete", "not started", "not reported")
ACTION_STATES = ("planned", "under way", "done", "stopped")


@dataclass(frozen=True, slots=True)
class SeriesBreak:
    """Where a series stops being comparable with itself, or changes without breaking.

    Kinds `break` and `start` forbid comparison across the first day of `since`, and with a period
    that holds it anywhere but at its start: such a period is of both series. A `gap` is a period
    that was not collected as usual: nothing inside it is compared with anything outside, and
    nothing with a period that is partly of each, while the periods before it and after it still
    compare with each other, as the source of the user survey says of 2020-21. The others are notes
    that travel with the figure.
    """

    since: Period
    kind: str  # one of BREAKS
    reason: str
    definition: str = ""  # the definition version that begins here

    def forbids(self, earlier: Period, later: Period) -> bool:
        """Whether the two periods may not be compared because of it."""
        if self.kind == "gap":
            sides = {self._side(one) for one in (earlier, later)}
            return len(sides) > 1 or "both" in sides
        begins_between = earlier.start < self.since.start <= later.end
        return begins_between and self.kind in ("break", "start")

    def _side(self, period: Period) -> str:
        """Whether a period is inside the gap, outside of it, or both."""
        if self.since.start <= period.start and period.end <= self.since.end:
            return "inside"
        apart = period.end < self.since.start or self.since.end < period.start
        return "outside" if apart else "both"


@dataclass(frozen=True, slots=True)
class Step:
    """Where a process changed for a known reason: the limits of its control chart begin anew.

    The figures before and after still compare with each other; a break is where they do not.
    """

    since: Period
    because: str
    place: str = ""  # empty: every place
    by: str = ""  # who declared it: a role or a board


@dataclass(frozen=True, slots=True)
class Code:
    """What a scheme calls a measure, for as long as it does. Codes are aliases, never identity."""

    scheme: str
    code: str
    since: Period | None = None
    until: Period | None = None


@dataclass(frozen=True, slots=True)
class Breakdown:
    """A way the measure is divided: a column of its table, and the categories it may have."""

    name: str
    column: str
    categories: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Measure:
    """What is measured, in one version of its definition.

    A group with a denominator and no numerator counts 0, or is not available where the file says
    `missing = "not available"`. A base period for which no place has a row, between others that
    have rows, was not supplied, and is no 0 unless the file says `missing = "zero"`, or the rows
    are events of which so few are usual that chance explains it (`engine/quiet.py`). A group with a
    numerator and no denominator is reported without a denominator, never dropped. A zero
    denominator gives no figure, with the reason. A group of several places or periods is divided
    only where both sides are of the same parts: with a numerator and no denominator for one of them
    it is not available. Of a place or period that has neither, nobody can know that it is missing.
    With `supplied`, a place that has a denominator and no row in that table, neither its own nor
    of a place under it, counts no 0: it has supplied nothing. And a base period after the first
    that has a row in that table was supplied, though no row of the numerator is in it.
    Exactly one of `numerator`, `formula` and `reported` says where figures come from. With
    `years_together`, so many years that follow one another have a figure of their own too: the
    sum of their counts over the sum of their populations, each person counted in each year.
    """

    id: str
    title: str
    definition: str
    kind: str
    unit: str
    aim: str
    file: str = ""
    short: str = ""
    description: str = ""
    per: float = 1.0
    decimals: int = 1
    frequency: str = "year"
    roll_up: str = "sum"
    aggregate: str = "total over total"
    years: tuple[str, ...] = YEARS[:1]  # which years are made of shorter periods
    years_together: int = 1  # of a yearly measure: how many are also added up to one period
    missing: str = MISSING[0]
    supplied: str = ""  # a table whose rows show that a place has supplied the numerator
    source: str = ""
    numerator: Tally | None = None
    denominator: Tally | None = None
    formula: Formula | None = None
    reported: bool = False
    numerator_is: str = ""  # what is counted, in words for who reads no definition
    denominator_is: str = ""
    people: str = "people"  # what one unit of the numerator is called
    band: tuple[float, float] | None = None  # aim "band": the range that is good
    closest_to: float | None = None  # aim "closest"
    methods: str = METHODS[0]
    recompute: bool = True  # whether a reported figure should follow from its counts
    not_recomputed: str = ""  # and, when not, why
    standardise: Standardise | None = None
    inequality: Inequality | None = None
    life_table: LifeTable | None = None
    breakdowns: tuple[Breakdown, ...] = ()
    breaks: tuple[SeriesBreak, ...] = ()
    chart: str = CHARTS[0]
    screened: bool = False  # whether its moving ranges are
    trend_points: int = 7  # in a row that rise or fall; 6 by choice
    steps: tuple[Step, ...] = ()
    codes: tuple[Code, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def lower_is_better(self) -> bool:
        return self.aim == "lower"

    @property
    def is_weighted(self) -> bool:
        """Whether its figures are shares of weighted answers, so that its counts count nobody."""
        return self.denominator is not None and self.denominator.is_weighted

    @property
    def parted(self) -> Breakdown | None:
        """The breakdown of whose parts the undivided figure is made, where it is."""
        made = self.standardise or self.inequality or self.life_table
        return next((one for one in self.breakdowns if made and one.name == made.by), None)

    def definition_in(self, period: Period) -> str:
        """The definition version in force when `period` begins."""
        versions = sorted(
            (one for one in self.breaks if one.definition), key=lambda one: one.since.start
        )
        begun = [one for one in versions if one.since.start <= period.start]
        if len(begun) == len(versions):
            return self.definition
        return begun[-1].definition if begun else f"before {versions[0].definition}"

    def break_between(self, earlier: Period, later: Period) -> SeriesBreak | None:
        """The break, if any, that forbids comparing two periods of this measure."""
        return next((one for one in self.breaks if one.forbids(earlier, later)), None)

    def steps_between(self, earlier: Period, later: Period, place: str = "") -> list[Step]:
        """The steps of all places, and of this one, that part the levels of two periods."""
        ours = [one for one in self.steps if one.place in ("", place)]
        return [one for one in ours if earlier.start < one.since.start <= later.end]

    def break_within(self, parts: Sequence[Period]) -> SeriesBreak | None:
        """The break, if any, that forbids adding up these periods, which are in order."""
        for one in self.breaks:
            others = parts[1:] if one.kind == "gap" else parts[1:][-1:]
            if any(one.forbids(parts[0], part) for part in others):
                return one
        return None


@dataclass(frozen=True, slots=True)
class Activity:
    """What a district or partner does towards a priority."""

    title: str
    by: str
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One node of an outcomes tree: a national outcome, a local outcome, a priority."""

    id: str
    title: str
    level: str
    framework: str
    parent: str = ""
    board: str = ""
    owner: str = ""
    deputy: str = ""
    measures: tuple[str, ...] = ()
    delivery: str = ""  # one of DELIVERY
    delivery_comment: str = ""
    delivery_by: str = ""
    activities: tuple[Activity, ...] = ()


@dataclass(frozen=True, slots=True)
class Crossing:
    """Where an outcome of one framework answers to outcomes of another."""

    outcome: str
    answers_to: tuple[str, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Identity:
    """A sum that must hold between measures of one place: `measure` equals the sum of `parts`.

    Each part is a measure, how many periods back it is read, and a factor (-1 takes away).
    """

    id: str
    measure: str
    parts: tuple[tuple[str, int, float], ...]
    title: str = ""
    within: float = 0.0

    @property
    def rule(self) -> str:
        return self.id


@dataclass(frozen=True, slots=True)
class Share:
    """A figure printed as a share of a stated whole, to be checked against that whole."""

    id: str
    measure: str
    of: str  # the measure that the paper says it is a share of
    title: str = ""

    @property
    def rule(self) -> str:
        return f"share {self.id}"


@dataclass(frozen=True)
class Partnership:
    """Everything in a partnership's folder, read and checked."""

    name: str
    home: str  # code of the partnership's own place
    calendar: Calendar = APRIL
    as_of: date | None = None
    hierarchy: str = "every"  # whose places add up: one by name, or every one
    totals_for: tuple[str, ...] = ()  # places beyond home that figures are added up to
    disclosure: str = "social care"  # the one that a folder without the word has
    disclosure_for: Mapping[str, str] = field(default_factory=dict)  # audience -> preset
    methods: str = METHODS[0]  # the method set of measures that name none
    boards: tuple[str, ...] = ()
    places: Mapping[str, Place] = field(default_factory=dict)
    comparators: Mapping[str, Comparator] = field(default_factory=dict)
    measures: Mapping[str, Measure] = field(default_factory=dict)
    outcomes: Mapping[str, Outcome] = field(default_factory=dict)
    crosswalk: tuple[Crossing, ...] = ()
    targets: tuple[Target, ...] = ()
    overrides: tuple[Override, ...] = ()
    known_events: tuple[DeclaredEvent, ...] = ()
    identities: tuple[Identity, ...] = ()
    shares: tuple[Share, ...] = ()
    sources: tuple[Source, ...] = ()
    actions: tuple[Action, ...] = ()
    comments: tuple[Comment, ...] = ()
    packs: Mapping[str, PackSpec] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)  # name -> text, as read

    def check_title(self, rule: str) -> str:
        """The title of a check of `checks.toml` by the rule that a finding names, or the rule."""
        titles = {one.rule: one.title for one in self.identities}
        titles |= {one.rule: one.title for one in self.shares}
        return titles.get(rule) or rule

    @property
    def tops(self) -> tuple[str, ...]:
        """The places at and under which figures are added up: home, and those asked for."""
        return (self.home, *self.totals_for)

    def resolve(self, name: str, publisher: str = "") -> str | None:
        """The code of the place that a code, name or alias stands for; None when unknown."""
        return self.place_names().get((publisher, name)) or self.place_names().get(("", name))

    def place_names(self) -> dict[tuple[str, str], str]:
        """Every code, name and alias, with the publisher that uses it ("" for everybody)."""
        names: dict[tuple[str, str], str] = {}
        for place in self.places.values():
            names[("", place.name)] = place.code
            for alias in place.aliases:
                publisher, _, name = alias.rpartition(":")
                names[(publisher, name)] = place.code
        names.update({("", code): code for code in self.places})
        return names
