"""`outturn check`: everything at once, and nothing changed."""

from __future__ import annotations

import json

import pytest

import outturn.commands.check as checking
from outturn.ingest.derivations.methods import KEPT, built_in_texts


@pytest.mark.parametrize(
    "name", ["leicestershire-2021", "leicestershire-2013", "joint-future-2004"]
)
def test_every_bundled_example_is_in_order(name, outturn, request):
    root = request.config.rootpath
    told = outturn("check", "--in", root / "examples" / name, "--json")
    assert told.code == 0
    answer = json.loads(told.out)
    assert answer["mistakes"] == []
    assert answer["measures"] > 10
    assert answer["rows"] > 20


def test_definitions_and_data_are_checked_in_one_run(vale, copied, edited, outturn):
    folder = copied(vale)
    edited(folder / "targets" / "2026-27.toml", "at_most = 720", "at_least = 720")
    edited(folder / "data" / "reablement.csv", "HOME,2025/26,613,955", "HOME,2025/26,many,955")
    told = outturn("check", "--in", folder)
    assert told.code == 10
    assert told.out == ""
    assert "targets/2026-27.toml, target admissions-2026" in told.err
    assert "data/reablement.csv, column numerator, row 3" in told.err
    assert told.err.endswith("2 mistakes were found.\n")


def test_checking_keeps_no_vintage_and_changes_no_file(vale, copied, outturn):
    folder = copied(vale)
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert outturn("check", "--in", folder).code == 0
    after = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert {path for path in after if ".outturn" not in path.parts} == set(before)
    assert all(after[path] == content for path, content in before.items())


STAYS = "place,stay,person,kind,admission,admitted_on,discharged_on,born_on\n"


@pytest.fixture
def stays(tmp_path):
    """A folder with hospital stays, whose position date is 31 March 2026."""

    def written(*rows: str):
        files = {
            "outturn.toml": 'name = "Vale"\nhome = "V1"\nas_of = 2026-03-31\n',
            "places.csv": "code,name,kind\nV1,Vale,council\n",
            "data/sources.toml": '[[source]]\nid = "stays"\nfile = "stays.csv"\n'
            'contract = "hospital_stays"\n',
            "data/stays.csv": STAYS
            + "".join(f"V1,s{n},p{n},{one}\n" for n, one in enumerate(rows)),
        }
        for name, text in files.items():
            (tmp_path / name).parent.mkdir(exist_ok=True)
            (tmp_path / name).write_text(text, encoding="utf-8")
        return tmp_path

    return written


def test_days_after_the_position_date_are_told_by_column_and_number(stays, outturn):
    folder = stays(
        "acute,emergency,2026-03-01,2026-03-31,1940-01-01",  # on the day itself
        "acute,emergency,2026-03-01,2027-01-05,1940-01-01",
        "acute,emergency,2026-04-01,,1940-01-01",
        "acute,emergency,2027-04-01,,1940-01-01",
    )
    told = outturn("check", "--in", folder)
    assert told.code == 0
    said = " ".join(told.out.split())
    after = "a day after 2026-03-31, the position date."
    assert f"Table 'hospital_stays', column admitted_on: 2 rows have {after}" in said
    assert f"Table 'hospital_stays', column discharged_on: 1 row has {after}" in said
    assert "Everything else is in order." in said


BEDS = "place,hospital,kind,day,available,occupied\n"
TWICE = "'occupied' is twice 'available' or more"


@pytest.fixture
def beds(tmp_path):
    """A folder with bed states in which faults are planted: available and occupied of each day."""

    def written(*rows: tuple[int, int]):
        days = [f"2026-03-{n:02}" for n, _ in enumerate(rows, 1)]
        lines = [f"V1,H,acute,{day},{one},{two}\n"
                 for day, (one, two) in zip(days, rows, strict=True)]  # fmt: skip
        files = {
            "outturn.toml": 'name = "Vale"\nhome = "V1"\nas_of = 2026-03-31\n',
            "places.csv": "code,name,kind\nV1,Vale,council\n",
            "data/sources.toml": '[[source]]\nid = "beds"\nfile = "beds.csv"\n'
            'contract = "bed_states"\n',
            "data/beds.csv": BEDS + "".join(lines),
        }
        for name, text in files.items():
            (tmp_path / name).parent.mkdir(exist_ok=True)
            (tmp_path / name).write_text(text, encoding="utf-8")
        return tmp_path

    return written


def test_more_beds_occupied_than_there_are_is_told_and_counted(beds, outturn):
    """A full ward is in order; from one bed more it is told, and kept, to just below twice."""
    folder = beds((10, 10), (0, 0), (10, 11), (10, 19))
    told = outturn("check", "--in", folder)
    assert told.code == 0
    said = " ".join(told.out.split())
    assert "Table 'bed_states': in 2 rows 'occupied' is more than 'available'." in said
    assert "Everything else is in order." in said and TWICE not in said
    built = outturn("build", "--in", folder, "--json")
    assert built.code == 0
    (sentence,) = json.loads(built.out)["doubtful"]
    assert sentence in said


def test_twice_as_many_beds_occupied_as_there_are_is_a_mistake(beds, outturn):
    told = outturn("check", "--in", beds((10, 9), (10, 20), (0, 1)))
    assert told.code == 12
    said = " ".join(told.err.split())
    assert TWICE in said and "Fewer than twice as many beds are occupied as there are" in said
    assert "more than 'available'" not in told.out
    built = outturn("build", "--in", beds((10, 9), (10, 20), (0, 1)), "--json")
    (aside,) = json.loads(built.out)["kept_aside"]
    assert TWICE in " ".join(aside.split())


def test_nobody_is_admitted_before_the_day_of_birth(stays, outturn):
    born_there = "acute,maternity,2026-03-01,2026-03-03,2026-03-01"
    assert outturn("check", "--in", stays(born_there)).code == 0
    told = outturn("check", "--in", stays(born_there, "acute,other,2026-03-01,,2026-03-02"))
    assert told.code == 12
    said = " ".join(told.err.split())
    assert "Nobody is admitted before the day of birth" in said


def test_one_of_a_thing_is_said_as_one():
    counted = {"definition files": 1, "targets": 1, "places": 2, "sources": 0}
    (_, said) = checking.Checked([], counted).sentences
    assert said == "Checked: 1 definition file, 1 target, 2 places, 0 sources."


def test_a_word_that_the_contract_does_not_have_stops_check_and_build(vale, copied, outturn):
    folder = copied(vale)
    with (folder / "data" / "sources.toml").open("a", encoding="utf-8") as file:
        file.write(
            '\n[[source]]\nid = "cld"\nfile = "cld.csv"\ncontract = "cld"\n'
            'values = { event_type = { "Service" = "Bogus" } }\n'
        )
    row = "HOME,p1,Service user,Service,2025-05-01,\n"
    (folder / "data" / "cld.csv").write_text(f"{ESSENTIAL}\n{row}", encoding="utf-8")
    for command in ("check", "build"):
        told = outturn(command, "--in", folder)
        assert (told.code, told.out) == (12, "")
        assert told.err.endswith(
            "data/cld.csv (3 of 3)\n"
            'data/sources.toml, source cld, values.event_type."Service"\n'
            "  'Bogus' is not a word that 'event_type' may hold.\n"
            "  Its words are Request, Assessment, Service, Review.\n"
        )


def test_all_that_is_wrong_with_a_method_is_told_at_once(vale, copied, outturn):
    folder = copied(vale)
    (folder / "methods").mkdir()
    text = built_in_texts()[f"{KEPT}reablement_outcomes.toml"]
    for old, new in (
        ("days_after = 7 ", "days_after = 20"),
        ('["18-64", "65plus"]', '["18-64", "60plus"]'),
        ('reablement = "Short term support: ST-Max"', 'reablement = "Short term support: STMax"'),
        ("youngest = 18", "youngest = -1"),
    ):
        assert old in text
        text = text.replace(old, new)
    (folder / "methods" / "reablement_outcomes.toml").write_text(text, encoding="utf-8")
    told = outturn("check", "--in", folder)
    assert told.code == 11
    assert told.err.endswith("\n4 mistakes were found.\n")
    for name in ("days_after", "age_bands", "reablement", "youngest"):
        assert f"methods/reablement_outcomes.toml, parameters.{name}\n" in told.err


def test_without_places_the_rows_are_not_all_called_wrong(vale, copied):
    folder = copied(vale)
    (folder / "places.csv").unlink()
    found = checking.check(folder, lambda *_: None)
    assert found.counted["rows"] == 0
    assert [one.problem for one in found.mistakes] == [
        "The list of places is missing or empty."
    ] or all("places" in str(one) or "place" in str(one) for one in found.mistakes)


ESSENTIAL = "la_code,person_id,client_type,event_type,event_start_date,event_end_date"


@pytest.mark.parametrize("lacking", ["event_type", "client_type", "person_id", "event_start_date"])
def test_client_level_data_without_a_column_that_all_hangs_on_are_told(
    lacking, vale, copied, outturn
):
    """Each cell of it may be empty, so no row is wrong; but no figure could be made of any."""
    folder = copied(vale)
    sources = folder / "data" / "sources.toml"
    with sources.open("a", encoding="utf-8") as file:
        file.write('\n[[source]]\nid = "cld"\nfile = "cld.csv"\ncontract = "cld"\n')
    whole = folder / "data" / "cld.csv"
    whole.write_text(f"{ESSENTIAL}\nHOME,p1,Service user,Service,2025-05-01,\n", encoding="utf-8")
    assert outturn("check", "--in", folder).code == 0
    lines = whole.read_text(encoding="utf-8")
    whole.write_text(lines.replace(lacking, "other"), encoding="utf-8")
    told = outturn("check", "--in", folder)
    assert told.code == 12
    assert f"There is no column '{lacking}'." in told.err
    assert f'Write columns = {{ {lacking} = "its name in the file" }}' in told.err
