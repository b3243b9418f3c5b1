"""One paper that uses every kind of block, for all renderers. Place and figures are made up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pytest

from outturn.publishing import html, pdf, word
from outturn.publishing.charts import (
    Break,
    Mark,
    Point,
    counts_by_status,
    figure_and_target,
    quartile_strip,
    trend,
)
from outturn.publishing.commentary import from_markdown
from outturn.publishing.pack import (
    Block,
    BulletList,
    Cell,
    Chart,
    Column,
    Heading,
    KeyFacts,
    Note,
    Notes,
    NumberedList,
    Pack,
    PageBreak,
    Paragraph,
    StatusCell,
    Table,
    Text,
)

LITERAL = 'Typed as is: #read("pack.typ") *$x$ `y` <script>alert(1)</script> & \\n "quoted" {{ a }}'


@dataclass(frozen=True)
class Rendered:
    html: str
    pdf: bytes
    word: bytes


@pytest.fixture(scope="session")
def kitchen_sink() -> Pack:
    return make_pack(_blocks())


@pytest.fixture(scope="session")
def pack_of():
    """Makes a pack of the blocks given, its front that of the kitchen sink."""
    return lambda *blocks: make_pack(blocks)


def make_pack(blocks: tuple[Block, ...]) -> Pack:
    return Pack(
        title="Annual performance report",
        subtitle="How well people in Northmoor live, and how well their services work for them",
        organisation="Northmoor Health and Social Care Partnership",
        meeting="Integration Joint Board",
        date_of_meeting=date(2026, 9, 24),
        period_label="April 2025 to March 2026",
        data_date=date(2026, 8, 31),
        issue_date=date(2026, 9, 10),
        version="northmoor-7f3a9c21",
        classification="Public",
        blocks=blocks,
    )


def _blocks() -> tuple[Block, ...]:
    return (*_opening(), *_scorecard(), *_charts(), *_commentary(), *_small_print())


def _opening() -> tuple[Block, ...]:
    return (
        Heading("Purpose of the report"),
        Paragraph(
            "Of 15 measures, five are on target, three are close and four are off target. Three "
            "could not be assessed because the figure is not yet published.",
            lead=True,
        ),
        KeyFacts(
            (
                ("Author", "A. Example, Head of Performance"),
                ("Board is asked to", "Note the position, and agree the actions in section 4"),
                ("Next report", "December 2026, with figures to September 2026"),
            )
        ),
        Note("Agree the actions on delayed discharge and on readmission.", kind="decision"),
        Heading("Headlines", 2),
        BulletList(
            (
                "Fewer people waited in hospital when they were ready to leave.",
                (
                    Text("Readmission", strong=True),
                    Text(" rose for the "),
                    Text("third", emphasis=True),
                    Text(" year; see the "),
                    Text("definitions", link="https://example.org/definitions"),
                    Text("."),
                ),
                "Satisfaction with care at home is unchanged within its margin of error.",
            )
        ),
    )


def _scorecard() -> tuple[Block, ...]:
    columns = (
        Column("Measure"),
        Column("Period"),
        Column("Figure", "right"),
        Column("Target", "right"),
        Column("Change"),
        Column("Status"),
    )
    rows = [
        (
            "Adults able to look after their health well",
            "2025/26",
            "88.1%",
            "92.0%",
            "↓ Worse",
            "off_target",
        ),
        (
            "Emergency admissions per 100,000 adults",
            "2025/26",
            "11,240",
            "11,500",
            "↑ Better",
            "on_target",
        ),
        (
            "Readmissions within 28 days per 1,000 discharges",
            "2025/26",
            "104",
            "102",
            "↓ Worse",
            "close",
        ),
        (
            "Last six months of life spent at home or in the community",
            "2024/25",
            "Not yet published",
            "90.0%",
            "–",
            "not_assessed",
        ),
        (
            "Days in hospital when ready to leave per 1,000 people aged 75 and over",
            "Jan–Mar 2026",
            "871",
            "900",
            "↑ Better",
            "on_target",
        ),
        (
            "Carers who feel supported to continue in their role",
            "2025/26",
            "31.2%",
            "[c]",
            "→ Same",
            "close",
        ),
    ]
    scorecard = Table(
        "Where each measure stands against its target",
        columns,
        [(*row[:5], StatusCell(row[5])) for row in rows],
        notes=(
            "[c] The target is withheld because it would tell of fewer than five people.",
            "Change is against the same period a year earlier.",
        ),
        source="Illustrative figures made up for this example",
    )
    plain = Table(
        "Spending by partner",
        (
            Column("Partner", width=3),
            Column("Budget, £ million", "right", 2),
            Column("Spent, £ million", "right", 2),
        ),
        [
            ("Health board", "112.4", "113.9"),
            ("Council", "87.0", "86.2"),
            (
                Cell((Text("Together", strong=True),)),
                Cell((Text("199.4", strong=True),)),
                Cell((Text("200.1", strong=True),)),
            ),
        ],
    )
    return (Heading("Scorecard"), scorecard, Heading("Money", 2), plain)


def _charts() -> tuple[Block, ...]:
    return (
        PageBreak(),
        Heading("Charts"),
        _counts(),
        _targets(),
        Heading("Over time", 2),
        _trend(),
        Heading("Among peers", 3),
        _quartiles(),
    )


def _counts() -> Chart:
    counts = [
        ("People live in good health for longer", {"on_target": 3, "close": 1, "off_target": 2}),
        ("People are safe from harm", {"on_target": 1, "off_target": 2, "not_assessed": 2}),
        ("Resources are used well", {"on_target": 1, "close": 2, "not_assessed": 1}),
    ]
    codes = ("on_target", "close", "off_target", "not_assessed")
    table = Table(
        "Measures by outcome and status",
        (Column("Outcome"), *(Column(StatusCell(c).tone.word, "right") for c in codes)),
        [(name, *(str(found.get(c, 0)) for c in codes)) for name, found in counts],
    )
    alt = "Five of 15 measures are on target. Safety from harm has most off target or not assessed."
    return Chart(counts_by_status(counts, description=alt), alt, "Measures by outcome", table)


def _targets() -> Chart:
    marks = (
        Mark(
            "Adults able to look after their health well",
            "88.1%",
            88.1,
            "Target 92.0%",
            (92,),
            ((89, 92),),
            "off_target",
        ),
        Mark(
            "Emergency admissions",
            "11,240 per 100,000",
            11240,
            "Target 11,500",
            (11500,),
            ((11500, 11900),),
            "on_target",
            12000,
            "12,000",
        ),
        Mark(
            "Readmissions within 28 days",
            "104 per 1,000",
            104,
            "Target 102",
            (102,),
            ((102, 107),),
            "close",
            120,
            "120",
        ),
        Mark(
            "Last six months at home",
            "Not yet published",
            None,
            "Target 90.0%",
            (90,),
            (),
            "not_assessed",
        ),
    )
    table = Table(
        "Figures and targets",
        (Column("Measure"), Column("Figure", "right"), Column("Target", "right"), Column("Status")),
        [(m.name, m.shown, m.target_shown, StatusCell(m.status)) for m in marks],
    )
    alt = "Emergency admissions are better than target; the health of adults is 3.9 points short."
    return Chart(figure_and_target(marks, description=alt), alt, "Figures beside targets", table)


def _trend() -> Chart:
    values = [
        62.0,
        63.1,
        64.9,
        64.2,
        61.3,
        None,
        None,
        66.2,
        67.8,
        66.6,
        64.4,
        63.6,
        65.6,
        69.1,
        71.4,
        71.0,
    ]
    names = [f"Q{q} {year}/{year % 100 + 1}" for year in range(2022, 2026) for q in (1, 2, 3, 4)]
    points = [
        Point(name, value, 65.0 if n < 8 else 68.0, provisional=n == 15)
        for n, (name, value) in enumerate(zip(names, values, strict=True))
    ]
    table = Table(
        "Share of people who returned home, by quarter",
        (Column("Quarter"), Column("Per cent", "right"), Column("Target", "right")),
        [
            (p.period, "no figure" if p.value is None else f"{p.value:.1f}", f"{p.target:.1f}")
            for p in points
        ],
    )
    alt = "The share rose from 62.0% to 71.0% and has been above its target for three quarters."
    spec = trend(
        points,
        description=alt,
        unit="Per cent of people discharged",
        shown="71.0% (provisional)",
        target_shown="Target 68.0%",
        breaks=[Break("Q3 2024/25", "New definition")],
    )
    return Chart(spec, alt, "People who returned home after hospital", table)


def _quartiles() -> Chart:
    members = [(f"Partnership {n}", 50 + (n * 37 % 29) * 0.9) for n in range(1, 31)]
    spec = quartile_strip(
        [*members, ("Northmoor", 71.2)],
        ours="Northmoor",
        shown="71.2%",
        edges=(56.8, 63.1, 69.4),
        edges_shown=("56.8%", "63.1%", "69.4%"),
        unit="Per cent of carers",
        description="Northmoor among 31 partnerships",
    )
    table = Table(
        "Northmoor and its peers",
        (Column("Place"), Column("Per cent", "right")),
        [
            ("Northmoor", "71.2"),
            ("Lower quartile", "56.8"),
            ("Median", "63.1"),
            ("Upper quartile", "69.4"),
        ],
    )
    alt = "Northmoor's 71.2% is above the upper quartile of 31 partnerships, 69.4%."
    return Chart(spec, alt, "Carers who found it easy to get information", table)


def _commentary() -> tuple[Block, ...]:
    written = (
        "= Not a heading\n\nTeams **worked** at the *weekend*; "
        "see [the plan](https://example.org/plan?a=1&b=2).\n\n"
        "- one\n- two\n\n3. third\n4. fourth\n\n# Not a heading either"
    )
    return (
        Heading("What we are doing"),
        *from_markdown(written),
        Paragraph(LITERAL),
        NumberedList(("Open the new reablement beds in October.", "Report back in December.")),
        Note("The method changed in 2025, so the two years are not quite alike.", kind="caution"),
        Note("Figures are rounded half away from zero.", title="Rounding"),
    )


def _small_print() -> tuple[Block, ...]:
    return (
        Heading("About the figures"),
        Notes(("Provisional figures are marked.", "Small numbers are withheld to protect people.")),
    )


@pytest.fixture(scope="session")
def rendered(kitchen_sink: Pack) -> Rendered:
    """The paper in each format, rendered once."""
    return Rendered(html.render(kitchen_sink), pdf.render(kitchen_sink), word.render(kitchen_sink))
