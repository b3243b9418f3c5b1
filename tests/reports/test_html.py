"""The HTML: one file, nothing fetched, nothing run, every header cell with its scope."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from html import unescape
from html.parser import HTMLParser

import pytest

from outturn.publishing import html, html_style
from outturn.publishing.pack import Cell, Column, Heading, StatusCell, Table

pytestmark = pytest.mark.reports


class Tags(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def named(self, *names: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.found if tag in names]


@pytest.fixture(scope="module")
def tags(rendered) -> Tags:
    return Tags(rendered.html)


def test_nothing_is_fetched_and_nothing_runs(rendered, tags):
    without_links = re.sub(r'<a href="[^"]*"', "<a", rendered.html)
    assert "http" not in without_links
    assert not tags.named("script", "link", "iframe", "object", "form", "img")
    assert not [a for _, attributes in tags.found for a in attributes if a.startswith("on")]
    assert "url(" not in re.sub(r"url\(data:font/woff2;base64,", "", rendered.html)


def test_every_header_cell_has_its_scope_and_every_table_its_caption(tags):
    scopes = {attributes.get("scope") for attributes in tags.named("th")}
    assert scopes == {"col", "row"}
    assert len(tags.named("caption")) == len(tags.named("table"))


def test_a_reader_may_skip_and_find_every_place(tags):
    ids = [attributes["id"] for _, attributes in tags.found if "id" in attributes]
    assert len(ids) == len(set(ids))
    inner = [a["href"][1:] for a in tags.named("a") if a["href"].startswith("#")]
    assert inner[0] == "paper" and set(inner) <= set(ids)


def test_the_page_has_its_language_title_and_one_first_heading(rendered, tags):
    assert tags.named("html") == [{"lang": "en-GB"}]
    assert len(tags.named("h1")) == 1
    assert "<title>Annual performance report – Northmoor" in rendered.html


def test_wide_tables_scroll_in_a_named_region_the_keyboard_can_reach(tags):
    regions = [a for a in tags.named("div") if a.get("class") == "scroll"]
    assert regions
    assert all(a["role"] == "region" and a["tabindex"] == "0" and a["aria-label"] for a in regions)


def test_two_renders_are_the_same(rendered, kitchen_sink):
    assert html.render(kitchen_sink) == rendered.html


def test_every_colour_of_the_sheet_comes_from_the_palette():
    sheet = "".join(
        (html_style.ROOM / name).read_text(encoding="utf-8") for name in ("pack.css", "stacks.css")
    )
    assert not re.findall(r"#[0-9A-Fa-f]{3,6}\b", sheet)
    assert {name for name in re.findall(r"var\(--([a-z-]+)\)", sheet)} <= set(html_style.colours())


def test_a_chart_is_one_image_with_one_text_alternative(rendered, tags):
    pictures = [a for a in tags.named("div") if a.get("class") == "drawing"]
    assert pictures and all(a["role"] == "img" and a["aria-label"] for a in pictures)
    assert all(a["aria-hidden"] == "true" for a in tags.named("svg"))
    for svg in re.findall(r"<svg.*?</svg>", rendered.html, flags=re.S):
        assert not re.search(r"\b(?:role|aria-label|aria-roledescription)=", svg)


def test_a_table_with_statuses_stacks_on_a_telephone_and_stays_a_table(rendered, tags):
    tables = [a for a in tags.named("table") if "stacks" in (a.get("class") or "")]
    assert tables and all(a["role"] == "table" for a in tables)
    page = re.search(r'<table class="named stacks".*?</table>', rendered.html, flags=re.S)
    assert page is not None
    table = Tags(page[0])
    assert {a["role"] for a in table.named("tr")} == {"row"}
    assert {a["role"] for a in table.named("thead", "tbody")} == {"rowgroup"}
    assert {a["role"] for a in table.named("th")} == {"columnheader", "rowheader"}
    assert {a["role"] for a in table.named("td")} == {"cell"}
    assert any(a.get("data-head") for a in table.named("td"))


BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "chrome"))), "")
MEASURE = """<script>addEventListener("load", () => {
  const room = document.querySelector(".scroll"), last = room.querySelector("tbody td:last-child");
  document.title = JSON.stringify({
    holds: room.clientWidth, needs: room.scrollWidth,
    stacked: getComputedStyle(last).display !== "table-cell",
    beyond: last.getBoundingClientRect().right - room.getBoundingClientRect().right,
  });
});</script>"""


def _scorecard() -> Table:
    """The scorecard at its widest: each row says its period, a chance and a direction."""
    columns = [
        Column("Measure", width=26), Column("Period", width=15),
        Column("Figure", "right", width=14), Column("Target", width=15),
        Column("Now", width=22), Column("Year end", width=22),
        Column("Likely to meet", "right", width=10), Column("Direction", width=11),
    ]  # fmt: skip
    row = [
        "Care home admissions, 65 and over", "April to November 2026", Cell("£2,002 thousand [2]"),
        "At most £3,000 thousand", StatusCell("on_target"), StatusCell("off_target"),
        "over 99% [3]", "↑ better [1]",
    ]  # fmt: skip
    out_of_reach = [*row[:-2], "cannot be met", "↓ worse [1]"]
    return Table("Measures with a target", columns, [row, out_of_reach])


def test_a_table_of_many_columns_has_less_between_them_and_stacks_before_a_tablet(pack_of):
    page = html.render(pack_of(Heading("Scorecard"), _scorecard()))
    assert '<table class="named stacks many"' in page
    assert "@media screen and (max-width: 60rem) {" in page
    assert ".scroll .stacks.many caption" in page


@pytest.mark.slow
@pytest.mark.skipif(not BROWSER, reason="no browser is on this machine")
@pytest.mark.parametrize(
    ("width", "stacked"), [(700, True), (961, False), (1280, False), (1440, False), (1920, False)]
)
def test_no_column_of_the_scorecard_is_cut_off(width, stacked, pack_of, tmp_path):
    page = html.render(pack_of(Heading("Scorecard"), _scorecard()))
    file = tmp_path / "page.html"
    file.write_text(page.replace("</body>", f"{MEASURE}</body>"), encoding="utf-8")
    options = ("--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=3000")
    told = subprocess.run(
        [BROWSER, *options, f"--window-size={width},900", "--dump-dom", file.as_uri()],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    ).stdout
    found = json.loads(unescape(re.search("<title>(.*?)</title>", told)[1]))
    assert found["stacked"] is stacked
    assert found["needs"] <= found["holds"] and found["beyond"] <= 0, found


def test_a_long_interval_may_be_broken_and_a_short_one_stays_on_its_line(pack_of):
    columns = ["Measure", Column("Forecast", "right"), Column("Limits", "right")]
    row = ["Spend", "£3,008 thousand (£2,957 thousand to £3,060 thousand)", "1,221 to 11,962"]
    page = html.render(pack_of(Heading("Figures"), Table("Figures", columns, [row])))
    assert '<td class="right">£3,008 thousand (' in page
    assert '<td class="right brief">1,221 to 11,962</td>' in page
