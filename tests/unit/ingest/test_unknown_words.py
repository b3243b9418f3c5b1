"""Words of a closed list that nobody knows are told by column and number, and stop nothing."""

import pytest

CLD = "la_code,person_id,event_type,event_start_date,event_end_date,client_type,service_type\n"
ROW = "E1,p1,Service,2025-11-30,,{client},{service}\n"
ST_MAX, USER = "Short term support: ST-Max", "Service user"
DELAYS = "place,person,delay,ready_on,reason,secondary_reason\n"


def cld(world, *rows, **words):
    text = CLD + "".join(ROW.format(client=client, service=service) for client, service in rows)
    return world.write("cld.csv", text).source("cld.csv", "cld", **words)


def delays(world, *codes):
    rows = [f"E1,p{n},d{n},2025-11-30,{one},{two}\n" for n, (one, two) in enumerate(codes)]
    return world.write("delays.csv", DELAYS + "".join(rows)).source("delays.csv", "delays")


def test_a_word_outside_a_closed_list_of_client_level_data_is_told_with_its_rows(world):
    bad = "Short-term support: ST Max"
    found = cld(world, (USER, bad), (USER, bad), ("Client", ST_MAX), (USER, ST_MAX)).ingest()
    assert found.mistakes == []
    service, client = sorted(found.unknown_words, reverse=True)
    assert service.startswith("data/cld.csv, column service_type: 2 rows hold a word that nobody ")
    assert client.startswith("data/cld.csv, column client_type: 1 row holds a word that nobody ")
    for one in (service, client):
        assert "Run outturn check-extract data/cld.csv to see which" in one
        assert "ST Max" not in one and "Client" not in one
    assert found.tables["cld"].height == 4


@pytest.mark.parametrize(
    "client", [USER, "SERVICE USER", " service  user ", "Carer", "Unpaid carer", ""]
)
def test_words_of_either_release_are_known_whatever_their_capitals_and_blanks(world, client):
    assert cld(world, (client, ST_MAX)).ingest().unknown_words == ()


def test_a_word_that_the_source_maps_is_known(world):
    words = {"values": {"client_type": {"Client": USER}}}
    assert cld(world, ("Client", ST_MAX), **words).ingest().unknown_words == ()


def test_a_reason_of_delay_that_nobody_knows_is_told_and_marks_the_figures(world):
    found = delays(world, ("ZZZ", ""), ("11A", ""), ("9", "51X"), ("9", "ZZ")).ingest()
    assert [one.split(" rows")[0].split(" row ")[0] for one in found.unknown_words] == [
        "data/delays.csv, column reason: 1",
        "data/delays.csv, column secondary_reason: 1",
    ]
    counted = "delays with such a reason are in totals, and in no group of reasons."
    assert all(counted in one for one in found.unknown_words)
    assert found.lacking == {
        "delays": (
            "1 row of 'delays' has a reason that nobody knows: the figure may be incomplete",
        )
    }


@pytest.mark.parametrize("code", ["011A", "11a", " 11A ", "", "A"])
def test_a_reason_is_known_as_the_figures_know_it(world, code):
    found = delays(world, (code, "")).ingest()
    assert found.unknown_words == () and found.lacking == {}


def test_other_tables_have_no_such_lists(world):
    world.write("x.csv", "measure,place,period,value\ncontrol,North,2020/21,1\n").source("x.csv")
    assert world.ingest().unknown_words == ()


STAYS = "place,stay,person,kind,admission,admitted_on\nE1,s1,p1,ACUTE,Emergency ,2025-11-30\n"


def test_words_of_other_tables_are_read_whatever_their_capitals_and_blanks(world):
    found = world.write("stays.csv", STAYS).source("stays.csv", "hospital_stays").ingest()
    assert found.mistakes == []
    assert found.tables["hospital_stays"].select("kind", "admission").row(0) == (
        "acute", "emergency",
    )  # fmt: skip
