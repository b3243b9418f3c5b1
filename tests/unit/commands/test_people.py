"""Who is in a figure: every record with the rule that left it out, in a file and on no screen."""

from __future__ import annotations

import csv
import json
import stat
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from laying import laid
from outturn.commands import people
from outturn.commands.counting import counts
from outturn.commands.folder import sound_folder
from outturn.commands.people_tables import tables_of
from outturn.commands.returned import returned_people
from outturn.commands.scaffold import new
from outturn.commands.simulate import simulate
from outturn.engine.who import item_column
from outturn.terms.errors import ExtractMistake
from outturn.terms.period import from_key

SETTINGS = """
name = "Vale"
home = "V1"
as_of = 2026-09-30
disclosure = "none"
library = ["joint_future", "local_services"]
"""
SOURCES = """
[[source]]
id = "stays"
file = "stays.csv"
contract = "hospital_stays"

[[source]]
id = "reablement"
file = "reablement.csv"
contract = "reablement_episodes"
"""
STAYS = """place,stay,person,kind,admission,admitted_on,discharged_on,born_on
V1,s1,zorro-1,acute,emergency,2025-05-01,2025-05-04,1940-01-01
V1,s2,zorro-1,acute,emergency,2025-09-01,2025-09-04,1940-01-01
V1,s3,zorro-2,acute,emergency,2025-05-01,2025-05-04,1940-01-01
V1,s4,zorro-3,acute,planned,2025-05-01,2025-05-04,1940-01-01
V1,s5,zorro-4,acute,emergency,2025-05-01,2025-05-04,1990-01-01
V1,s6,=zorro-5,acute,emergency,2024-05-01,2024-05-04,1940-01-01
"""
REABLEMENT = """place,episode,person,started_on,ended_on,from_hospital,outcome,born_on
V1,e1,zorro-1,2025-04-10,2025-05-10,yes,no ongoing support,1940-01-01
V1,e2,zorro-2,2025-04-10,2025-05-10,yes,reduced support,1940-01-01
V1,e3,zorro-3,2025-04-10,2025-05-10,yes,died,1940-01-01
V1,e4,=zorro-4,2025-04-10,2025-05-10,yes,,1940-01-01
V1,e5,zorro-5,2024-04-10,2024-05-10,yes,no ongoing support,1940-01-01
"""
NO_ONGOING, REDUCED = "reablement_no_ongoing_support", "reablement_reduced_support"


@pytest.fixture
def vale(tmp_path: Path) -> Path:
    folder = tmp_path / "vale"
    files = {
        "outturn.toml": SETTINGS,
        "places.csv": "code,name,kind\nV1,Vale,council\n",
        "data/sources.toml": SOURCES,
        "data/stays.csv": STAYS,
        "data/reablement.csv": REABLEMENT,
    }
    return laid(folder, files)


@pytest.fixture
def lines(outturn: Callable, vale: Path, tmp_path: Path) -> Callable[..., list[dict[str, str]]]:
    def written(measure: str, *more: object) -> list[dict[str, str]]:
        to = tmp_path / "who.csv"
        told = outturn("people", measure, "Vale", "2025/26", "--in", vale, "--to", to, *more)
        assert told.code == 0, told.err
        assert "zorro" not in told.out + told.err
        with to.open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    return written


def said(rows: list[dict[str, str]], *names: str) -> set[tuple[str, ...]]:
    return {tuple(row[name] for name in names) for row in rows}


def test_each_record_stands_where_it_counts_or_with_the_rule_that_left_it_out(lines):
    assert said(lines(NO_ONGOING), "person", "where", "why") == {
        ("zorro-1", "numerator and denominator", ""),
        ("zorro-2", "denominator only", "not: outcome is no ongoing support"),
        ("zorro-3", "left out", "not: outcome is none of hospital, died, stopped early"),
        ("'=zorro-4", "left out", "outcome is not given"),
    }


def test_a_record_can_be_found_in_its_source(lines):
    assert ("zorro-2", "reablement", "3") in said(lines(NO_ONGOING), "person", "source", "row")


def test_who_has_too_few_events_in_the_period_is_left_out_for_that(lines):
    rows = lines("jf_repeat_emergency_admissions_65")
    assert said(rows, "person", "where", "why") == {
        ("zorro-1", "numerator", ""),
        ("zorro-2", "left out", "fewer than 2 in the period"),
        ("zorro-3", "left out", "not: admission is emergency"),
        ("zorro-4", "left out", "not: age_group is one of 65-74, 75-84, 85plus"),
    }


def test_against_another_measure_it_names_who_stands_elsewhere(lines):
    rows = lines(NO_ONGOING, "--against", REDUCED)
    assert [row["person"] for row in rows] == ["zorro-2"]
    [moved] = rows
    assert moved[NO_ONGOING] == "denominator only"
    assert moved[f"why in {NO_ONGOING}"] == "not: outcome is no ongoing support"
    assert moved[REDUCED] == "numerator and denominator"


def test_against_a_list_it_names_who_is_in_one_and_not_in_the_other(lines, vale):
    returned = vale / "returned.csv"
    text = "person,numerator\nzorro-1,yes\nzorro-3,no\n'=zorro-4,no\n"  # as the file has them
    returned.write_text(text, encoding="utf-8")
    rows = lines(NO_ONGOING, "--returned", returned)
    found = said(rows, "person", NO_ONGOING, "returned")
    assert ("zorro-2", "denominator only", "left out") in found
    assert ("zorro-3", "left out", "denominator only") in found
    assert "zorro-1" not in {row["person"] for row in rows}
    assert sum("zorro-4" in row["person"] for row in rows) == 1


def test_who_is_in_no_table_is_told_apart_from_who_has_no_row_in_the_period(lines, vale, outturn):
    """zorro-5 has a stay in hospital only; of zorro-9 there is nothing."""
    with (vale / "data" / "stays.csv").open("a", encoding="utf-8") as stays:
        stays.write("V1,s95,zorro-5,acute,emergency,2025-05-01,2025-05-04,1940-01-01\n")
    returned = vale / "returned.csv"
    returned.write_text("person\nzorro-1\nZORRO-5\nzorro-9\n", encoding="utf-8")
    found = said(lines(NO_ONGOING, "--returned", returned), "person", f"why in {NO_ONGOING}")
    assert ("ZORRO-5", "It has no row in this place and period.") in found
    assert ("zorro-9", "It is in no row of any table.") in found
    told = outturn("people", NO_ONGOING, "Vale", "2025/26", "--in", vale, "--returned", returned)
    assert "Ids of the list that are in no row of any table: 1." in " ".join(told.out.split())


def test_who_is_in_a_figure_of_a_folder_of_files_is_found_there(lines, vale):
    sources = (vale / "data" / "sources.toml").read_text(encoding="utf-8")
    (vale / "data" / "sources.toml").write_text(sources.replace("stays.csv", "stays/"))
    heading, *rows = STAYS.splitlines()
    (vale / "data" / "stays").mkdir()
    for number, part in enumerate((rows[:3], rows[3:])):
        file = vale / "data" / "stays" / f"{number}.csv"
        file.write_text("\n".join([heading, *part]) + "\n", encoding="utf-8")
    found = said(lines("jf_repeat_emergency_admissions_65"), "person", "where")
    assert ("zorro-1", "numerator") in found
    assert ("zorro-3", "left out") in found


def test_only_its_owner_may_read_the_file_and_version_control_leaves_it_alone(outturn, vale):
    told = outturn("people", NO_ONGOING, "Vale", "2025/26", "--in", vale)
    [file] = (vale / ".outturn" / "people").glob("*.csv")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert (vale / ".outturn" / ".gitignore").read_text() == "*\n"
    assert str(file) in " ".join(told.out.split()).replace(" ", "") or file.name in told.out


def test_the_answer_as_json_has_numbers_and_no_names(outturn, vale):
    told = outturn("people", NO_ONGOING, "Vale", "2025/26", "--in", vale, "--json")
    rows = json.loads(told.out)
    assert sorted((row["where"], row["people"]) for row in rows) == [
        ("denominator only", 1),
        ("left out", 1),
        ("left out", 1),
        ("numerator and denominator", 1),
    ]
    assert "zorro" not in told.out


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("no_such", "Vale", "2025/26"), "There is no measure 'no_such'."),
        ((NO_ONGOING, "Dale", "2025/26"), "There is no place 'Dale'."),
        ((NO_ONGOING, "Vale", "soon"), "The period cannot be read."),
        (("hospital_at_home_occupancy", "Vale", "2025/26"), "The table 'bed_states' names nobody."),
        (("jf_equipment_in_time", "Vale", "2025/26"), "There are no rows of the table"),
    ],
)
def test_what_cannot_be_asked_is_told_without_a_traceback(outturn, vale, arguments, problem):
    told = outturn("people", *arguments, "--in", vale)
    assert told.code in (11, 12)
    assert problem in told.err
    assert "Traceback" not in told.err


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        ((), "It is the measure itself."),
        (("--returned", "list.csv"), "Both --against and --returned are given."),
    ],
)
def test_a_figure_is_held_against_one_other(outturn, vale, more, problem):
    told = outturn(
        "people", NO_ONGOING, "V1", "2025/26", "--against", NO_ONGOING, *more, "--in", vale
    )
    assert told.code == 11
    assert told.err.splitlines()[-3:] == [
        "the command, --against",
        f"  {problem}",
        "  Hold the figure against another measure, or against a list.",
    ]


def test_where_nobody_is_in_a_figure_the_screen_says_so(outturn, vale):
    told = outturn("people", NO_ONGOING, "V1", "2031/32", "--in", vale)
    assert told.code == 0
    assert told.out.startswith("No record of the measure is in this place and period.\n")
    assert "Its table has rows of this place for May 2024 to May 2025." in told.out


def test_where_a_place_has_no_record_at_all_the_screen_says_so(outturn, censuses):
    told = outturn("people", "waiting_last", "Dale", "2024/25", "--in", censuses)
    assert "Its table has rows of this place for 10 January 2026." in told.out
    file = censuses / "data" / "waiting.csv"
    file.write_text("place,day,person\nV1,2025-04-10,zorro-1\n", encoding="utf-8")
    told = outturn("people", "waiting_last", "Dale", "2024/25", "--in", censuses)
    assert "There is none in this place in any period." in told.out


def test_where_nobody_is_in_a_figure_no_file_is_written_and_an_earlier_one_goes(
    outturn, vale, tmp_path
):
    to = tmp_path / "who.csv"
    assert outturn("people", NO_ONGOING, "V1", "2025/26", "--in", vale, "--to", to).code == 0
    assert to.is_file()
    for more in (("--to", to), ()):
        told = outturn("people", NO_ONGOING, "V1", "2031/32", "--in", vale, *more)
        assert told.code == 0
        assert "Who they are" not in told.out
    assert not to.exists()  # it would name those of another period
    assert list((vale / ".outturn" / "people").glob("*.csv")) == []


def test_a_request_is_told_once_and_no_rule_of_another_kind_of_wait_leaves_it_out(council):
    folder = sound_folder(council)
    measure = folder.partnership.measures["wait_first_service"]
    tables = tables_of(folder, [measure], folder.partnership.as_of)
    place, year = folder.partnership.home, from_key("2025-04-01/P1Y")
    found = people._who(folder, measure, place, year, tables, folder.partnership.as_of)
    waits = tables.made.every["first_response_waits"].filter(
        pl.col("counted_on").is_between(year.start, year.end)
    )
    mine, other = waits.partition_by("kind", include_key=True, maintain_order=True)
    if mine["kind"][0] != "first service":
        mine, other = other, mine
    assert other["left_out"].drop_nulls().len()  # rules that leave out the other kind of wait
    assert found.height == mine.height  # rows of the other kind are no records of this measure
    assert found.select("source", "row").is_unique().all()
    assert not found["why"].str.contains("kind is").any()


def test_a_part_of_the_way_that_is_not_asked_for_is_no_record_of_the_measure(outturn, vale):
    text = (
        "place,person,referral,kind,referred_on,assessment_began_on,assessment_completed_on\n"
        "V1,zorro-1,r1,community care,2025-05-01,2025-05-04,2025-05-09\n"
        "V1,zorro-2,r2,carer,2025-05-01,2025-05-04,2025-05-09\n"
    )
    (vale / "data" / "assessments.csv").write_text(text, encoding="utf-8")
    more = '\n[[source]]\nid = "assessments"\nfile = "assessments.csv"\ncontract = "assessments"\n'
    (vale / "data" / "sources.toml").write_text(SOURCES + more, encoding="utf-8")
    told = outturn(
        "people", "jf_wait_to_assessment", "Vale", "2025-05", "--in", vale, "--json",
        "--to", vale.parent / "who.csv",
    )  # fmt: skip
    assert [(row["where"], row["why"], row["records"]) for row in json.loads(told.out)] == [
        ("numerator", "", 1),
        ("left out", "not: kind is community care", 1),
    ]
    with (vale.parent / "who.csv").open(encoding="utf-8", newline="") as file:
        assert said(list(csv.DictReader(file)), "person", "record", "row") == {
            ("zorro-1", "r1", "2"),
            ("zorro-2", "r2", "3"),
        }


def test_each_line_has_the_key_of_its_record(lines):
    assert said(lines(REPEATED), "person", "record") >= {("zorro-1", "s1"), ("zorro-1", "s2")}
    assert said(lines(NO_ONGOING), "person", "record") >= {("zorro-2", "e2")}


def test_client_level_data_are_named_as_the_council_sent_them(outturn, council, tmp_path):
    to = tmp_path / "who.csv"
    measure = "2a_no_further_support_after_reablement"
    asked = ("people", measure, "E06999001", "2025/26", "--in", council, "--to", to)
    assert outturn(*asked).code == 0
    found = pl.read_csv(to, infer_schema=False)
    sent = pl.read_csv(council / "data" / "cld.csv", infer_schema=False).with_row_index("line", 2)
    sent = sent.select(pl.col("line").cast(pl.String), "person_id", "event_reference")
    told = found.join(sent, left_on="row", right_on="line", how="left")
    assert told.height and told["own_id"].to_list() == told["person_id"].to_list()
    assert told["record"].to_list() == told["event_reference"].to_list()
    only = found.filter(where="denominator only")
    assert only.height
    for why, sequel, step in only.select("why", "sequel", "step").iter_rows():
        assert why == f"not: independent is true; sequel: {sequel}, step {step}"


def test_the_words_of_a_sequel_are_on_no_screen(outturn, council, tmp_path):
    measure = "2a_no_further_support_after_reablement"
    told = outturn(
        "people", measure, "E06999001", "2025/26", "--in", council, "--to", tmp_path / "w.csv"
    )
    assert told.code == 0
    assert "not: independent is true" in told.out
    assert "sequel:" not in told.out and "Long term support" not in told.out


@pytest.mark.parametrize("text", ["", "name\nx\n", None])
def test_a_list_that_cannot_be_read_is_a_mistake(outturn, vale, text):
    returned = vale / "returned.csv"
    if text is not None:
        returned.write_text(text, encoding="utf-8")
    told = outturn("people", NO_ONGOING, "Vale", "2025/26", "--in", vale, "--returned", returned)
    assert told.code == 12
    assert "returned.csv" in told.err


def test_a_list_whose_rows_are_unclear_is_refused_at_once_before_the_data(outturn, vale):
    (vale / "data" / "reablement.csv").unlink()  # which would be told, were it read first
    returned = vale / "returned.csv"
    lines = ["person,numerator", "zorro-1,yes", "zorro-2,perhaps", " ,no", "", "zorro-3,", ",Y"]
    returned.write_text("\n".join(lines) + "\n", encoding="utf-8")
    told = outturn("people", NO_ONGOING, "Vale", "2025/26", "--in", vale, "--returned", returned)
    assert (told.code, told.out) == (12, "")
    assert told.err == (
        f"{returned}, column person, rows 4 and 7\n  2 rows name nobody.\n"
        "  Fill in the identifier, or take the row out.\n"
        f"{returned}, column numerator, rows 3 and 6\n  2 rows say neither yes nor no.\n"
        "  Write yes for who is in the numerator too, else no.\n"
        "2 mistakes were found.\n"
    )


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (None, "There is no such file."),
        (b"", "The list is empty."),
        ("person\np1\n".encode("utf-16"), "The list is not encoded in UTF-8."),
        (b'person,numerator\n"p1,yes\n', "The list cannot be taken apart into rows and cells."),
        (b"person;numerator\np1;yes\n", "There is no column 'person': its columns are parted by "
                                        "semicolons."),
        (b"who,numerator\np1,yes\n", "There is no column 'person'."),
    ],
    ids=["no file", "empty", "encoding", "open quotation mark", "semicolons", "no column"],
)  # fmt: skip
def test_a_list_that_cannot_be_read_says_what_is_wrong_with_it(tmp_path, content, problem):
    file = tmp_path / "returned.csv"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(ExtractMistake) as caught:
        returned_people(file)
    assert str(file) in caught.value.where and caught.value.remedy
    assert caught.value.problem == problem
    assert "p1" not in str(caught.value)


def test_a_folder_is_no_list(tmp_path):
    with pytest.raises(ExtractMistake, match="It is a folder, and not a list."):
        returned_people(tmp_path)


def test_a_measure_that_names_nobody_is_refused_before_the_data_are_read(outturn, tmp_path):
    folder = new("Vale", tmp_path)
    told = outturn("people", "emergency_admissions", "HOME", "2026-11", "--in", folder)
    assert told.code == 11
    assert "The table 'admissions' names nobody." in told.err
    assert "Reading" not in told.err


def test_blank_lines_of_a_list_say_nothing(tmp_path):
    file = tmp_path / "returned.csv"
    file.write_text("person\np1\n\np2\n\n", encoding="utf-8")
    assert returned_people(file).rows() == [("p1", True), ("p2", True)]
    file.write_text("person,numerator\np1,NO\n\np2,1\n", encoding="utf-8")
    assert returned_people(file).rows() == [("p1", False), ("p2", True)]


REPEATED = "jf_repeat_emergency_admissions_65"


def test_rows_that_are_set_aside_stop_nothing_here_either_and_are_told_in_number(
    outturn, vale, tmp_path
):
    row = "V1,s7,zorro-7,acute,emergency,soon,2025-05-04,1940-01-01\n"
    (vale / "data" / "stays.csv").write_text(STAYS + row, encoding="utf-8")
    to = tmp_path / "who.csv"
    told = outturn("people", REPEATED, "Vale", "2025/26", "--in", vale, "--to", to)
    assert told.code == 0
    assert "zorro-4" in to.read_text(encoding="utf-8")
    assert "zorro-7" not in to.read_text(encoding="utf-8")
    said = "1 row of 'hospital_stays' was set aside: the figure may be incomplete."
    assert said in " ".join(told.out.split())


def test_a_file_of_which_every_row_is_set_aside_stops_it_as_it_stops_a_build(outturn, vale):
    (vale / "data" / "stays.csv").write_text(STAYS.replace("V1,", "V2,"), encoding="utf-8")
    told = outturn("people", REPEATED, "Vale", "2025/26", "--in", vale)
    assert told.code == 12
    assert "All 6 rows are set aside, and nothing of the file is left" in told.err
    assert outturn("build", "--in", vale).code == 12


def test_nobody_can_be_named_in_a_figure_that_was_reported(outturn, vale):
    (vale / "framework" / "measures").mkdir(parents=True)
    (vale / "framework" / "measures" / "falls.toml").write_text(
        'title = "Falls"\ndefinition = "1"\nkind = "count"\nunit = "falls"\naim = "lower"\n'
        "reported = true\n",
        encoding="utf-8",
    )
    told = outturn("people", "falls", "Vale", "2025/26", "--in", vale)
    assert told.code == 11
    assert "not counted from rows" in told.err


TAKEN = "There is something else at this place already."
INSIDE = "The file would lie in the partnership's folder, among what others see."


def asked(outturn: Callable, vale: Path, to: Path, *more: object):
    return outturn("people", NO_ONGOING, "Vale", "2025/26", "--in", vale, "--to", to, *more)


@pytest.mark.parametrize("place", ["data/stays.csv", "who.csv", "data/../papers.csv", "link.csv"])
def test_names_go_to_no_file_in_the_folder_of_the_partnership(outturn, vale, tmp_path, place):
    (tmp_path / "elsewhere.csv").touch()
    (vale / "link.csv").symlink_to(tmp_path / "elsewhere.csv")
    told = asked(outturn, vale, vale / place)
    assert told.code == 11
    assert INSIDE in " ".join(told.err.split())
    assert (vale / "data" / "stays.csv").read_text(encoding="utf-8") == STAYS
    assert (vale / "link.csv").is_symlink()


def test_a_link_from_elsewhere_leads_no_names_into_the_folder(outturn, vale, tmp_path):
    (tmp_path / "link.csv").symlink_to(vale / "who.csv")
    (tmp_path / "way").symlink_to(vale / "data")
    for to in (tmp_path / "link.csv", tmp_path / "way" / "stays.csv"):
        assert INSIDE in " ".join(asked(outturn, vale, to).err.split())
    assert (vale / "data" / "stays.csv").read_text(encoding="utf-8") == STAYS


@pytest.mark.parametrize("content", ["", "person,where\n", STAYS, "\xff\n", "person,a,b,c,d,e,f\n"])
def test_names_are_written_over_nothing_else(outturn, vale, tmp_path, content):
    to = tmp_path / "mine.csv"
    to.write_text(content, encoding="latin-1")
    told = asked(outturn, vale, to)
    assert told.code == 11
    assert TAKEN in " ".join(told.err.split())
    assert to.read_text(encoding="latin-1") == content


def test_names_are_not_written_over_a_folder(outturn, vale, tmp_path):
    assert TAKEN in " ".join(asked(outturn, vale, tmp_path).err.split())


def test_names_may_be_written_over_earlier_names_and_into_the_hidden_folder(
    outturn, vale, tmp_path
):
    to = tmp_path / "who.csv"
    for more in ((), ("--against", REDUCED), ("--against", REDUCED), ()):
        assert asked(outturn, vale, to, *more).code == 0
    header = to.read_text(encoding="utf-8").partition("\n")[0]
    assert header == "person,own_id,where,why,sequel,step,table,record,source,file,row"
    to.write_text("person,where,why,table,source,row\n", encoding="utf-8")  # an earlier version's
    assert asked(outturn, vale, to).code == 0
    assert asked(outturn, vale, vale / ".outturn" / "who.csv").code == 0


@pytest.fixture(scope="session")
def council(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A simulated council of few people."""
    folder = tmp_path_factory.mktemp("people") / "council"
    simulate(folder, people=500)
    return folder


@pytest.mark.slow
def test_the_people_of_a_figure_are_as_many_as_the_figure_says(council):
    folder = sound_folder(council)
    partnership, contracts = folder.partnership, folder.contracts
    as_of, home = partnership.as_of, partnership.home
    tables = tables_of(folder, list(partnership.measures.values()), as_of)
    counted, _ = counts(partnership, contracts, tables.made, as_of)
    figures = (
        counted.filter(
            (pl.col("breakdown") == "all") & (pl.col("place") == home),
            pl.col("numerator").is_not_null(),
        )
        .with_columns(length=pl.col("period").str.split("/").list.last())
        .sort("measure", "length", "period")
        .group_by("measure", "length", maintain_order=True)
        .last()
    )
    wrong, lengths, ways = [], set(), set()
    for id, key, figure in figures.select("measure", "period", "numerator").rows():
        measure = partnership.measures[id]
        if not measure.numerator or measure.numerator.how not in ("count", "distinct"):
            continue
        assert item_column(contracts[measure.numerator.table], measure.numerator)
        found = people._who(folder, measure, home, from_key(key), tables, as_of)
        inside = found.filter(pl.col("where").is_in([people.BOTH, people.TOP]))
        distinct = inside["person"].drop_nulls().n_unique()
        number = distinct if measure.numerator.is_distinct else inside.height
        if number != figure:
            wrong.append((id, key, figure, number))
        lengths.add(key.partition("/")[2])
        ways.add((measure.frequency, measure.roll_up))
    assert wrong == []
    assert lengths >= {"P0D", "P7D", "P1M", "P3M", "P1Y", "P12M"}
    assert ways >= {("census", "last"), ("month", "last"), ("month", "sum")}


@pytest.fixture
def censuses(vale: Path) -> Path:
    """The folder with people who were waiting on three days of one year, and no two the same."""
    contract = {
        "fields": [
            {"name": "place", "type": "string"},
            {"name": "day", "type": "date"},
            {"name": "person", "type": "string"},
        ],
        "outturn": {"place": "place", "period": "day", "describes": "Who waits on a day."},
    }
    measure = (
        'title = "Waiting"\ndefinition = "1"\nkind = "count"\nunit = "people"\naim = "lower"\n'
        'frequency = "census"\nroll_up = "{}"\n[numerator]\ntable = "waiting"\ncount = true\n'
    )
    files = {
        "contracts/waiting.json": json.dumps(contract),
        "data/waiting.csv": "place,day,person\nV1,2025-04-10,zorro-1\n"
        "V1,2025-11-10,zorro-2\nV1,2025-11-10,zorro-3\nV2,2026-01-10,zorro-4\n",
        "data/sources.toml": SOURCES
        + '\n[[source]]\nid = "waiting"\nfile = "waiting.csv"\ncontract = "waiting"\n',
        "framework/measures/waiting_last.toml": measure.format("last"),
        "framework/measures/waiting_mean.toml": measure.format("mean"),
        "places.csv": "code,name,kind\nV1,Vale,council\nV2,Dale,council\n",
    }
    return laid(vale, files)


@pytest.mark.parametrize(
    ("measure", "place", "expected"),
    [
        ("waiting_last", "Dale", {"zorro-4"}),
        ("waiting_last", "Vale", set()),
        ("waiting_mean", "Vale", {"zorro-1", "zorro-2", "zorro-3"}),
    ],
)
def test_of_a_year_the_last_day_that_anybody_was_counted_decides(
    outturn, censuses, tmp_path, measure, place, expected
):
    to = tmp_path / "who.csv"
    told = outturn("people", measure, place, "2025/26", "--in", censuses, "--to", to)
    assert told.code == 0, told.err
    assert to.exists() == bool(expected)
    if expected:
        with to.open(encoding="utf-8", newline="") as file:
            assert {row["person"] for row in csv.DictReader(file)} == expected


@pytest.mark.parametrize(
    ("measure", "period", "table"),
    [("ni_17", "2025/26", "ratings_held"), ("survey_feel_safe", "2025/26", "survey_responses")],
)
def test_who_is_no_person_is_told_by_what_the_figure_counts(
    outturn, council, tmp_path, measure, period, table
):
    to = tmp_path / "who.csv"
    told = outturn("people", measure, "E06999001", period, "--in", council, "--to", to, "--json")
    assert told.code == 0, told.err
    found = pl.read_csv(to)
    assert found["table"].unique().to_list() == [table]
    assert found["person"].null_count() == 0
    assert found["person"].n_unique() > 1
    for row in json.loads(told.out):
        of_these = found.filter(
            pl.col("where") == row["where"], pl.col("why").fill_null("") == row["why"]
        )
        assert row["people"] == of_these["person"].n_unique()


@pytest.mark.parametrize(
    ("measure", "table"),
    [("excess_winter_deaths", "winter_deaths"), ("hospital_at_home_occupancy", "bed_states")],
)
def test_a_table_of_totals_names_nobody(outturn, council, measure, table):
    told = outturn("people", measure, "E06999001", "2025/26", "--in", council)
    assert told.code == 11
    assert f"The table '{table}' names nobody." in told.err
    assert "Ask for a measure that is counted from records, not from totals." in told.err


def test_a_table_of_totals_that_is_made_of_records_says_which_measures_name_them(outturn, council):
    told = outturn("people", "msg_6_care_home", "E06999001", "2025/26", "--in", council)
    assert told.code == 11
    said = " ".join(told.err.split())
    assert "The table 'balance_of_care' names nobody." in said
    made = "'stay_bed_days', 'hospital_stays', 'care_home_stays' and 'home_care_weeks'"
    assert f"added up from {made}." in said
    named = said.partition("These name the people of the same records: ")[2].partition(".")[0]
    ids = [one.strip() for one in named.split(",")]
    partnership, contracts = (
        getattr(sound_folder(council), one) for one in ("partnership", "contracts")
    )
    tallies = [partnership.measures[id].numerator for id in ids]
    assert len(ids) > 1
    assert all(item_column(contracts[one.table], one) for one in tallies)


def test_who_has_no_identifier_counts_as_no_person(outturn, censuses):
    file = censuses / "data" / "waiting.csv"
    file.write_text("place,day,person\nV1,2025-04-10,zorro-1\nV1,2025-04-10,\n", encoding="utf-8")
    told = outturn("people", "waiting_last", "Vale", "2025/26", "--in", censuses, "--json")
    assert told.code == 0, told.err
    [row] = json.loads(told.out)
    assert (row["records"], row["people"]) == (2, 1)
