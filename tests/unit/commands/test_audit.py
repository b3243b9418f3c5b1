"""`outturn audit`, from a folder of records to the exit code."""

from __future__ import annotations

import json

import polars as pl
import pytest

from laying import laid
from outturn.commands.audit import audit
from outturn.commands.build import build, recreate
from outturn.judgement.withheld_besides import WITHHELD_BESIDES
from outturn.terms.errors import Mistakes
from outturn.vintages import open_

AGES_BUT_90 = 'column = "age", at_least = 65 }, { column = "age", is_not = 90 }'


@pytest.fixture
def folder(parted, copied):
    """A folder that counts admissions of two months by locality and age, some 10 or fewer."""
    folder = copied(parted)
    file = folder / "data" / "admissions.csv"
    lines = file.read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if line[:8] == "Locality" or ",2026-04" in line]
    kept += [line for line in lines if ",2026-05" in line]
    file.write_text("\n".join([*kept, ""]), encoding="utf-8")
    return folder


def told_for(folder, **asked):
    built = build(folder, **asked)
    return built, open_(folder / "vintages", built.name)


def settings(folder, more):
    file = folder / "outturn.toml"
    lines = file.read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if not line.startswith("disclosure")]
    file.write_text("\n".join([*more[:1], *kept, *more[1:], ""]), encoding="utf-8")


def test_a_build_holds_what_its_audit_finds_nothing_in(folder, outturn):
    built, kept = told_for(folder, audience="public")
    said = outturn("audit", "--in", folder)
    assert said.code == 0, said.out + said.err
    assert "None of them can be worked out by the relations that outturn knows." in said.out
    assert "docs/explanation/disclosure.md" in said.out
    answer = json.loads(outturn("audit", "--in", folder, "--json").out)
    assert answer["policy"] == "social care"
    assert answer["recoverable"] == []


def test_the_audience_decides_the_policy_and_names_the_build(folder, outturn):
    settings(folder, ['disclosure = "scotland"', "[disclosure_for]", 'officer = "none"'])
    for_all, told = told_for(folder, audience="public")
    officer, all_told = told_for(folder, audience="officer")
    assert for_all.name != officer.name
    suppressed = pl.col("absent") == "suppressed"
    assert told.read("counts").filter(suppressed).height
    assert not all_told.read("counts").filter(suppressed).height
    assert recreate(folder, officer.name).seal == officer.seal
    said = outturn("audit", "--in", folder, "--vintage", for_all.name)
    assert "by the policy 'scotland'." in said.out
    assert said.code == 0
    said = outturn("audit", "--in", folder, "--vintage", officer.name, "--audience", "public")
    assert said.code == 1
    assert "can be worked out by the relations that outturn knows: those above." in said.out


def test_a_build_takes_account_of_one_that_is_published(folder, outturn):
    settings(folder, ['disclosure = "scotland"'])
    first, _ = told_for(folder, audience="public")
    second, kept = told_for(folder, audience="public", earlier=[first.name])
    assert dict(kept.arguments)["earlier"] == first.name
    assert recreate(folder, second.name).seal == second.seal
    asked = ("audit", "--in", folder, "--vintage", second.name, "--earlier", first.name)
    said = outturn(*asked)
    assert (said.code, "With 1 earlier build." in said.out) == (0, True)


def test_what_one_measure_withholds_another_does_not_tell(folder, outturn):
    """All ages but 90 beside all ages: where those of 90 are withheld, one of both goes too."""
    settings(folder, ['disclosure = "scotland"'])
    measure = folder / "framework/measures/emergency_admissions.toml"
    text = measure.read_text(encoding="utf-8")
    others, _, _ = text.replace('column = "age", at_least = 65 }', AGES_BUT_90).partition("\n[[")
    assert AGES_BUT_90 in others
    (folder / "framework/measures/others.toml").write_text(others + "\n", encoding="utf-8")
    public, kept = told_for(folder, audience="public")
    assert kept.read("counts").filter(why=WITHHELD_BESIDES)["measure"].n_unique() == 2
    said = outturn("audit", "--in", folder, "--vintage", public.name)
    assert said.code == 0, said.out


def test_an_unknown_audience_is_a_mistake(folder, outturn):
    said = outturn("build", "--in", folder, "--audience", "pubic")
    assert said.code == 11
    assert said.err == (
        "the command, --audience\n  There is no audience 'pubic'.\n  Did you mean 'public'?\n"
    )


def test_an_unknown_preset_of_an_audience_is_a_mistake(folder):
    settings(folder, ['disclosure = "none"', "[disclosure_for]", 'board = "socialcare"'])
    with pytest.raises(Mistakes) as found:
        build(folder)
    assert "'socialcare' is not one of the words allowed here." in str(found.value.exceptions[0])


def test_the_figure_goes_with_its_count_and_says_why(folder):
    settings(folder, ['disclosure = "scotland"'])
    _, kept = told_for(folder, audience="public")
    values = kept.read("values").filter(why=WITHHELD_BESIDES)
    assert values.height
    telling = values.select("value", "shown", "numerator", "denominator", "margin", "rows")
    assert telling.null_count().row(0) == (values.height,) * 6
    assert set(values["absent"]) == {"suppressed"}


def test_who_works_with_the_figures_sees_the_headline_and_only_small_counts_are_withheld(folder):
    settings(folder, ['disclosure = "scotland"'])
    _, officer = told_for(folder)
    _, board = told_for(folder, audience="board")
    besides = [one.read("counts").filter(why=WITHHELD_BESIDES).height for one in (officer, board)]
    assert besides[0] == 0 < besides[1]


def test_a_paper_of_a_build_for_officers_says_what_to_do_before_it_is_published(folder, outturn):
    settings(folder, ['disclosure = "scotland"'])
    for audience, warned in (("", True), ("public", False)):
        told_for(folder, audience=audience)
        for command in (("publish",), ("export", "--format", "csv")):
            said = outturn(*command, "--in", folder, "--to", folder / command[0])
            assert said.code == 0, said.err
            assert ("was not made for the public" in said.out + said.err) is warned


def test_build_and_audit_name_the_columns_that_were_not_looked_at_together(tmp_path, outturn):
    """Two measures, one by ward and one by reason, 44 of each: with the rest 2,025 parts."""
    contract = {
        "fields": [{"name": name} for name in ("place", "year", "person", "ward", "reason")],
        "outturn": {"place": "place", "period": "year", "people": True},
    }
    measure = """
    title = "Stays by {by}"
    definition = "1"
    kind = "count"
    unit = "stays"
    aim = "lower"
    frequency = "year"
    numerator = {{ table = "stays", count = true }}
    [[breakdown]]
    name = "{by}"
    column = "{by}"
    """
    stays = [(n, k) for n in range(44) for k in range(3 if n == 0 else 6)]
    lines = [f"HOME,2026/27,{n}-{k},w{n},r{n}" for n, k in stays]
    files = {
        "outturn.toml": 'name = "Vale"\nhome = "HOME"\nas_of = 2027-04-30\n',
        "places.csv": "code,name,kind\nHOME,Vale,council\n",
        "contracts/stays.json": json.dumps(contract),
        "data/sources.toml": '[[source]]\nid = "stays"\nfile = "stays.csv"\ncontract = "stays"\n',
        "data/stays.csv": "\n".join(["place,year,person,ward,reason", *lines, ""]),
        "framework/measures/by_ward.toml": measure.format(by="ward"),
        "framework/measures/by_reason.toml": measure.format(by="reason"),
    }
    laid(tmp_path, files)
    built = build(tmp_path, audience="public")
    (said,) = built.passed_over
    assert said.startswith("Table stays, columns reason and ward: what its measures tell")
    assert said in built.sentences and built.summary["passed_over"] == [said]
    assert json.loads(outturn("audit", "--in", tmp_path, "--json").out)["passed_over"] == [said]
    assert " ".join(outturn("audit", "--in", tmp_path).out.split()).endswith(said)


PLACES = "code,name,kind,parent\nHOME,Vale,council,\nA,North,locality,HOME\n"
PLACES += "B,South,locality,HOME\nC,West,locality,HOME\n"


def in_care(path, disclosure="social care", places=PLACES, **people):
    """A folder of so many people in care at each place, whatever was there before."""
    contract = {
        "fields": [{"name": name} for name in ("place", "year", "person")],
        "outturn": {"place": "place", "period": "year", "people": True},
    }
    measure = """
    title = "People in care"
    definition = "1"
    kind = "count"
    unit = "people"
    aim = "lower"
    frequency = "year"
    numerator = { table = "care", count = true }
    """
    rows = [f"{place},2025/26,{place}{n}" for place, many in people.items() for n in range(many)]
    files = {
        "outturn.toml": f'name = "Vale"\nhome = "HOME"\nas_of = 2027-04-30\n'
        f'disclosure = "{disclosure}"\n',
        "places.csv": places,
        "contracts/care.json": json.dumps(contract),
        "data/sources.toml": '[[source]]\nid = "care"\nfile = "care.csv"\ncontract = "care"\n',
        "data/care.csv": "\n".join(["place,year,person", *rows, ""]),
        "framework/measures/in_care.toml": measure,
    }
    return laid(path, files)


WEST = {"measure": "People in care", "place": "West", "period": "2025/26", "part": ""}


def test_an_audit_names_the_earlier_build_whose_count_can_be_worked_out(tmp_path, outturn):
    """3 were 6 when they were counted again: all is told, North too, which had hidden the 3."""
    first = build(in_care(tmp_path, A=12, B=15, C=3), audience="public")
    second = build(in_care(tmp_path, A=12, B=15, C=6), audience="public")  # --earlier forgotten
    asked = ("audit", "--in", tmp_path, "--vintage", second.name, "--earlier", first.name)
    said = outturn(*asked)
    assert said.code == 1
    assert "withheld_in" in said.out and first.name in said.out
    answer = json.loads(outturn(*asked, "--json").out)
    assert answer["recoverable"] == [{**WEST, "withheld_in": [first.name]}]
    third = build(tmp_path, audience="public", earlier=[first.name])
    said = outturn("audit", "--in", tmp_path, "--vintage", third.name, "--earlier", first.name)
    assert (said.code, third.unprotected) == (0, 0)


def test_a_place_that_only_an_earlier_build_had_is_called_by_its_name_of_then(tmp_path):
    """North's 20 are told in both, and South's 17 in the second: of 40 that leaves 3."""
    first = build(in_care(tmp_path, A=20, B=17, C=3), audience="public")
    places = PLACES.replace("C,West,locality,HOME\n", "")
    second = build(in_care(tmp_path, places=places, A=20, B=17), audience="public")
    found = audit(tmp_path, second.name, earlier=[first.name])
    assert found.answer.rows == [{**WEST, "withheld_in": [first.name]}]
    third = build(tmp_path, audience="public", earlier=[first.name])
    assert audit(tmp_path, third.name, earlier=[first.name]).answer.rows == []


def test_an_audit_says_what_cannot_be_taken_back(tmp_path, outturn):
    first = build(in_care(tmp_path, "none", A=12, B=15, C=3), audience="public")
    second = build(in_care(tmp_path, A=12, B=15, C=3), audience="public", earlier=[first.name])
    asked = ("audit", "--in", tmp_path, "--vintage", second.name, "--earlier", first.name)
    said = outturn(*asked)
    assert said.code == 0
    words = " ".join(said.out.split())
    assert "4 counts, 1 of them withheld, 1 because they are small." in words
    assert (
        "1 count withheld by this policy cannot be taken back, for it was told by an earlier build:"
        " --json lists told_before." in words
    )
    answer = json.loads(outturn(*asked, "--json").out)
    assert answer["told_before"] == [{**WEST, "told_in": [first.name]}]
    assert (answer["withheld"], answer["recoverable"]) == (1, [])


def test_what_an_earlier_build_did_not_round_is_read_as_it_was_told(tmp_path, outturn):
    """40, 20 and 20 by a policy that rounds; the build before said 43, 21 and 19."""
    in_care(tmp_path, places=PLACES.replace("C,West,locality,HOME\n", ""), HOME=3, A=21, B=19)
    first = build(tmp_path, audience="public")
    in_care(tmp_path, "hospital", A=21, B=19, C=3)
    second = build(tmp_path, audience="public", earlier=[first.name])
    assert second.unprotected == 1
    assert audit(tmp_path, second.name).answer.rows == []
    (row,) = audit(tmp_path, second.name, earlier=[first.name]).answer.rows
    assert row["withheld_in"] == [second.name]
    said = (
        "1 small count can be worked out all the same: what would have to be withheld is published "
        f"by others, or was told by an earlier build. To see which: outturn audit --earlier "
        f"{first.name}"
    )
    assert second.sentences[-1] == said
    assert second.summary["unprotected"] == 1


def test_a_build_says_so_where_others_publish_all_but_a_small_count(tmp_path, outturn):
    sources = """
    [[source]]
    id = "open"
    file = "open.csv"
    contract = "figures"
    constants = { measure = "delays" }
    public = true

    [[source]]
    id = "own"
    file = "own.csv"
    contract = "figures"
    constants = { measure = "delays" }
    """
    measure = """
    title = "Delays"
    definition = "1"
    kind = "count"
    unit = "delays"
    aim = "lower"
    frequency = "year"
    reported = true
    aggregate = "published"
    """
    head = "place,period,value"
    laid(tmp_path, {
        "outturn.toml": 'name = "Vale"\nhome = "HOME"\nas_of = 2027-04-30\n',
        "places.csv": PLACES,
        "data/sources.toml": sources,
        "data/open.csv": f"{head}\nHOME,2025/26,43\nA,2025/26,20\nB,2025/26,20\n",
        "data/own.csv": f"{head}\nC,2025/26,3\n",
        "framework/measures/delays.toml": measure,
    })  # fmt: skip
    built = build(tmp_path, audience="public")
    assert built.unprotected == 1
    assert built.sentences[-1].startswith("1 small count can be worked out all the same")
    assert built.sentences[-1].endswith("To see which: outturn audit")
    said = outturn("audit", "--in", tmp_path)
    assert (said.code, "West" in said.out) == (1, True)
