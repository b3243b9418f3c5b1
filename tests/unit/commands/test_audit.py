"""`outturn audit`, from a folder of records to the exit code."""

from __future__ import annotations

import json

import polars as pl
import pytest

from laying import laid
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
    assert "None of them can be worked out from what is published." in said.out
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
    assert "can be worked out from what is published: those above." in said.out


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
