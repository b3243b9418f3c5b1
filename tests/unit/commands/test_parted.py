"""Figures of parts through a build: explained, judged, compared, printed and withheld."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from outturn.commands.build import build
from outturn.commands.publish import publish

PAGE = Path(__file__).parents[3] / "docs/how-to/standardise-a-rate.md"
NAMED = re.compile(r"<!-- (file|append): (\S+) -->\n```\w+\n(.*?)```", re.DOTALL)
LOCALITIES = """
[[comparator]]
id = "localities"
name = "Localities"
members = ["NORTH", "SOUTH"]
rule = "{}"
"""


def page_in(folder: Path) -> Path:
    """The files of the page that tells how it is done, written into a folder."""
    for how, name, text in NAMED.findall(PAGE.read_text(encoding="utf-8")):
        with (folder / name).open("w" if how == "file" else "a", encoding="utf-8") as file:
            file.write(text)
    return folder


@pytest.fixture(scope="module")
def falls(vale, tmp_path_factory):
    """The new folder with the standardised rate of falls, built. Nothing may be changed in it."""
    import shutil

    kept = shutil.ignore_patterns("vintages", ".outturn", "papers")
    folder = Path(shutil.copytree(vale, tmp_path_factory.mktemp("falls") / "vale", ignore=kept))
    page_in(folder)
    outcomes = folder / "framework/outcomes.toml"
    text = outcomes.read_text(encoding="utf-8")
    assert text.count('"emergency_admissions"]') == 1
    more = '"emergency_admissions", "falls_standardised"]'
    outcomes.write_text(text.replace('"emergency_admissions"]', more), encoding="utf-8")
    with (folder / "outturn.toml").open("a") as file:
        file.write(LOCALITIES.format("mean of members"))
    build(folder)
    return folder


def explained(outturn, folder, place="HOME", **more):
    options = [word for name, said in more.items() for word in (f"--{name}", said)]
    told = outturn("explain", "falls_standardised", place, "2025/26", "--in", folder, *options)
    assert told.code == 0, told.err
    return told.out


def test_an_explanation_shows_the_counts_of_each_part_and_its_weight(outturn, falls):
    """0.538 × 10.67 + 0.333 × 31.71 + 0.128 × 82.31, by the weights over 19,500."""
    said = explained(outturn, falls)
    assert "26.9 per 1,000" in said
    assert "Dobson, 95% (England)" in said
    assert "method: standardised by 3 bands of age to European 2013 × 1,000" in said
    assert "    age 65-74: 64 of 6,000; weight 10,500\n" in said
    assert "    age 75-84: 111 of 3,500; weight 6,500\n" in said
    assert "    age 85+: 107 of 1,300; weight 2,500\n" in said


def test_a_part_keeps_its_own_rate(outturn, falls):
    said = explained(outturn, falls, part="age=85+")
    assert "82.3 per 1,000" in said
    assert "weight" not in said


def test_a_target_of_a_standardised_rate_is_judged(outturn, falls):
    rows = json.loads(outturn("scorecard", "--in", falls, "--json").out)
    row = next(one for one in rows if one["measure"] == "falls_standardised")
    assert (row["figure"], row["now"], row["direction"]) == ("26.9", "▲ close A", "better")


def test_how_likely_another_colour_is_stands_beside_the_status_of_a_standardised_rate(
    outturn, falls
):
    assert re.search(r"chance of another colour: \d+% \(on target ", explained(outturn, falls))
    rows = json.loads(outturn("scorecard", "--in", falls, "--json").out)
    row = next(one for one in rows if one["measure"] == "falls_standardised")
    assert re.fullmatch(r"\d+%", row["chance of another"])


def test_places_are_ranked_by_their_standardised_rates(outturn, falls):
    """South has the lower crude rate, 21.0 against 32.0, and the higher rate at every age."""
    rows = json.loads(outturn("compare", "falls_standardised", "2025/26", "--in", falls,
                              "--json").out)  # fmt: skip
    assert [(row["place"], row["rank"]) for row in rows] == [
        ("North locality", 1),
        ("South locality", 2),
    ]


def test_the_total_of_a_group_is_made_of_its_members_counts_by_age(outturn, falls, copied, edited):
    """So two localities that are all of home have the figure of home, and no mean of two rates."""
    folder = copied(falls)
    edited(folder / "outturn.toml", LOCALITIES.format("mean of members"),
           LOCALITIES.format("total over total"))  # fmt: skip
    build(folder)
    rows = json.loads(outturn("compare", "falls_standardised", "2025/26", "--in", folder,
                              "--json").out)  # fmt: skip
    assert {row["group figure"] for row in rows} == {"26.9 per 1,000"}


def test_a_paper_says_how_a_standardised_rate_is_made(falls, copied):
    folder = copied(falls, kept=True)
    publish(folder, "december")
    page = (folder / "papers/december.html").read_text(encoding="utf-8")
    assert "Standardised by 3 bands of age to European 2013 × 1,000." in page


def test_a_rate_is_withheld_with_the_count_of_a_band(outturn, falls, copied, edited):
    """The other bands and the rate itself would give the 3 away."""
    folder = copied(falls)
    edited(folder / "data/falls.csv", "SOUTH,2025/26,85+,27", "SOUTH,2025/26,85+,3")
    build(folder)
    said = explained(outturn, folder, "SOUTH")
    assert "No figure: suppressed. Suppressed to protect people: ages 85+." in said
    assert "age 85+: not told; weight 2,500" in said
    assert "method: no figure was made" in said


def test_a_wrong_band_stops_the_check_with_where_what_and_what_to_do(
    outturn, falls, copied, edited
):
    folder = copied(falls)
    edited(
        folder / "framework/measures/falls_standardised.toml",
        '["65-74", "75-84", "85+"]',
        '["65-74", "75-84", "86+"]',
    )
    told = outturn("check", "--in", folder)
    assert told.code == 11
    assert (
        "framework/measures/falls_standardised.toml, breakdown age, categories\n"
        "  No band holds '85', between '75-84' and '86+'.\n"
        "  Add '85' to the categories, or take out all that is younger or older.\n"
    ) in told.err + told.out


@pytest.mark.parametrize("written", ["85 and over", "85plus"])
def test_a_band_that_the_data_writes_in_another_way_is_told_and_not_taken_for_no_counts(
    outturn, falls, copied, edited, written
):
    folder = copied(falls)
    edited(
        folder / "framework/measures/falls_standardised.toml",
        '["65-74", "75-84", "85+"]',
        f'["65-74", "75-84", "{written}"]',
    )
    told = outturn("check", "--in", folder)
    assert told.code != 0
    said = told.err + told.out
    for file in ("falls.csv", "population.csv"):
        assert (
            f"data/{file}\n"
            "  The ages '85+' of 'age_group' are a category of the breakdown 'age' as"
            f" '{written}', which no row has: so no figure is made.\n"
            "  Write '85+' in the categories, or in data/sources.toml"
            f' values = {{ age_group = {{ "85+" = "{written}" }} }}.\n'
        ) in said


def test_ages_that_another_band_has_as_well_are_no_mistake(outturn, falls, copied):
    """Rows of other ages, and of none, are left out and said to be."""
    folder = copied(falls)
    with (folder / "data/falls.csv").open("a", encoding="utf-8") as file:
        file.write("SOUTH,2025/26,55-64,9\nSOUTH,2025/26,unknown,2\n")
    assert outturn("check", "--in", folder).code == 0
