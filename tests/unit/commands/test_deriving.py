"""Derived tables in a folder: which are made, which are kept, and what is told of the others."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from laying import laid
from outturn.commands import deriving
from outturn.commands.deriving import not_derived, with_derived
from outturn.commands.folder import open_folder, sound_folder
from outturn.contracts import read_contracts
from outturn.ingest import Ingested, ingest
from outturn.ingest.derivations.methods import read_methods

SETTINGS = """
name = "Vale"
home = "V1"
as_of = 2026-03-31
disclosure = "none"
"""
SOURCES = """
[[source]]
id = "orders"
file = "orders.csv"
contract = "equipment_orders"
"""
ORDERS = """place,order,person,kind,ordered_on,delivered_on,born_on
V1,o1,zorro-1,equipment,2025-05-01,2025-05-04,1940-01-01
V1,o2,zorro-2,equipment,2025-05-01,2025-05-09,1940-01-01
"""
MEASURE = """
title = "{id}"
short = "{id}"
definition = "1"
kind = "count"
unit = "rows"
aim = "higher"
decimals = 0
frequency = "year"
source = "us"
people = "rows"

[numerator]
table = "{table}"
count = true
"""
METHOD = """
table = "{table}"
derivation = "equipment waits"
version = "{version}"
title = "Waits"
given = ["equipment_orders"]
source = "us"

[parameters]
in_time_days = 5
age_groups = ["0-64", "65plus"]
"""
CONTRACTS, _ = read_contracts(None)


def schema(name: str, *more: str, type: str = "string") -> str:
    """The contract that comes with outturn as one of a partnership, with more columns."""
    one = CONTRACTS[name]
    fields = [{"name": field.name, "type": field.type} for field in one.fields]
    fields += [{"name": name, "type": type} for name in more]
    words = {"place": one.place, "period": one.period, "reach_of": one.reach_of}
    return json.dumps({"fields": fields, "outturn": words})


@pytest.fixture
def vale(tmp_path: Path) -> Callable[..., Path]:
    """A folder whose measures count the tables that are named, with more files besides."""

    def made(*tables: str, **files: str) -> Path:
        texts = {
            "outturn.toml": SETTINGS,
            "places.csv": "code,name,kind\nV1,Vale,council\n",
            "data/sources.toml": SOURCES,
            "data/orders.csv": ORDERS,
            **{
                f"framework/measures/of_{one}.toml": MEASURE.format(id=f"of_{one}", table=one)
                for one in tables
            },
            **files,
        }
        return laid(tmp_path, texts)

    return made


def derived(folder: Path, steps: list[str] | None = None) -> Ingested:
    opened = sound_folder(folder)
    as_of = opened.partnership.as_of
    assert as_of
    ingested = ingest(folder, opened.partnership, opened.contracts, opened.cache)
    assert not ingested.mistakes
    said = None if steps is None else steps.append
    return with_derived(ingested, opened.partnership, opened.contracts, as_of, opened.cache, said)


def problems(folder: Path) -> list[tuple[str, str]]:
    return [(one.where, one.problem) for one in open_folder(folder).mistakes]


def test_what_can_be_made_is_kept_though_another_cannot(vale) -> None:
    folder = vale("equipment_waits", "stay_bed_days", "discharges")
    first: list[str] = []
    made = derived(folder, first)
    said = "'discharges', 'stay_bed_days' were not derived: there are no rows of 'hospital_stays'."
    assert first == [said, "Deriving 'equipment_waits' by the method seven days"]
    second: list[str] = []
    again = derived(folder, second)
    assert second == [said]
    assert again.tables["equipment_waits"].equals(made.tables["equipment_waits"])
    assert again.made_of == made.made_of
    assert {"discharges", "stay_bed_days"}.isdisjoint(again.tables)


DELAYS = """place,delay,person,ready_on,discharged_on,reason,age_when_ready
V1,d1,zorro-1,2025-05-01,2025-05-04,E,80
V1,d2,zorro-2,2025-04-01,2025-07-04,E,80
"""
NO_ROWS = "nothing in the records tells what is counted there."


def test_delays_that_tell_no_bed_and_no_setting_are_none_of_the_figures_that_ask_for_them(
    vale, outturn
) -> None:
    """Nobody could know how many there are, and 0 is a number: there is no figure at all."""
    source = SOURCES.replace("orders", "delays").replace("equipment_delays", "delays")
    folder = vale(**{
        "data/delays.csv": DELAYS,
        "data/sources.toml": source,
        "outturn.toml": SETTINGS + 'library = ["community_care_outcomes", "local_services"]\n',
    })  # fmt: skip
    steps: list[str] = []
    derived(folder, steps)
    assert steps[-1] == (
        "'mental_health_delay_bed_days', 'mental_health_delay_census', 'waits_for_discharge' have "
        f"no rows: {NO_ROWS}"
    )
    assert outturn("build", "--in", folder).code == 0

    def explained(measure: str) -> str:
        told = outturn("explain", measure, "V1", "2025-05", "--in", folder)
        return told.out + told.err

    assert "34 bed days" in explained("delayed_bed_days_england")
    for unknown in ("mental_health_delayed_bed_days", "cco_a1_waiting_for_discharge"):
        assert "There is none of this measure" in explained(unknown)
    kinds = DELAYS.replace("when_ready\n", "when_ready,kind\n").replace("E,80", "E,80,acute")
    (folder / "data/delays.csv").write_text(kinds, encoding="utf-8")
    assert outturn("build", "--in", folder).code == 0
    assert "  0 bed days" in explained("mental_health_delayed_bed_days")


def test_what_is_made_only_for_a_table_that_cannot_be_made_is_not_made(vale) -> None:
    folder = vale("reablement_discharges")
    (folder / "data/sources.toml").write_text(SOURCES.replace("equipment_orders", "cld"))
    opened = sound_folder(folder)
    there = {"cld": pl.DataFrame(schema=opened.contracts["cld"].schema)}
    wanted, needed = deriving._needed(
        Ingested(tables=there), opened.partnership, read_methods({})[0]
    )
    assert (wanted, needed) == ([], [])


def test_one_table_that_lacks_rows_is_told_by_a_check(vale, outturn) -> None:
    folder = vale("equipment_waits", "stay_bed_days")
    told = outturn("check", "--in", folder)
    assert told.code == 0, told.err
    assert " ".join(told.out.split()).endswith(
        "'stay_bed_days' was not derived: there are no rows of 'hospital_stays'."
    )
    (folder / "framework/measures/of_stay_bed_days.toml").unlink()
    assert "not derived" not in outturn("check", "--in", folder).out


def test_another_contract_of_a_derived_table_is_not_answered_from_memory(vale) -> None:
    folder = vale("waits", **{
        "methods/waits.toml": METHOD.format(table="waits", version="ours"),
        "contracts/waits.json": schema("equipment_waits"),
    })  # fmt: skip
    steps: list[str] = []
    before = derived(folder, steps)
    assert before.tables["waits"].height == 2
    own = json.loads(schema("equipment_waits"))
    own["fields"] = [one for one in own["fields"] if one["name"] != "in_time"]
    (folder / "contracts/waits.json").write_text(json.dumps(own))
    after = derived(folder, steps)
    assert "in_time" in before.tables["waits"].columns
    assert "in_time" not in after.tables["waits"].columns
    assert before.made_of != after.made_of
    assert len(steps) == 2


@pytest.mark.parametrize(
    ("contract", "problem"),
    [
        (schema("equipment_waits", "postcode"), "does not make 'postcode'."),
        (
            schema("equipment_waits").replace('"kind", "type": "string"', '"kind", "type": "date"'),
            "makes 'kind' of another type.",
        ),
    ],
)
def test_a_contract_that_asks_for_more_than_is_made_is_a_mistake(
    vale, outturn, contract: str, problem: str
) -> None:
    folder = vale("equipment_waits")
    derived(folder)  # what is remembered is not taken for it
    name = "waits" if "type" in problem else "equipment_waits"
    vale(name, **{
        f"contracts/{name}.json": contract,
        f"methods/{name}.toml": METHOD.format(table=name, version="ours"),
    })  # fmt: skip
    told = outturn("build", "--in", folder)
    assert told.code == 11
    assert f"contracts/{name}.json, fields" in told.err
    assert f"The derivation 'equipment waits' {problem}" in told.err
    assert "Traceback" not in told.err
    assert "zorro" not in told.err


def test_the_digest_of_the_code_has_the_words_and_the_contracts_in_it(monkeypatch) -> None:
    seen: list[str] = []

    def read(path: Path, **_: object) -> str:
        seen.append(path.name)
        return ""

    monkeypatch.setattr(Path, "read_text", read)
    deriving._software.__wrapped__()
    assert {"cld_values.csv", "values.csv", "equipment_waits.json", "derive.py"} <= set(seen)


def test_a_table_that_a_source_holds_is_not_derived_nor_is_a_method_claimed_for_it(
    vale, outturn
) -> None:
    heading = "place,delivered_on,person,order,kind,ordered_on,days,in_time"
    waits = f"{heading}\nV1,2025-05-04,zorro-1,o1,equipment,2025-05-01,3,true\n"
    folder = vale("equipment_waits", **{
        "data/waits.csv": waits,
        "data/sources.toml": f"{SOURCES}\n[[source]]\nid = 'w'\nfile = 'waits.csv'\n"
        "contract = 'equipment_waits'\n",
    })  # fmt: skip
    steps: list[str] = []
    made = derived(folder, steps)
    assert steps == []
    assert made.tables["equipment_waits"].height == 1
    assert not any(one.startswith("library/") for one in open_folder(folder).partnership.files)
    assert outturn("build", "--in", folder).code == 0
    told = outturn("explain", "of_equipment_waits", "Vale", "2025/26", "--in", folder)
    assert told.code == 0, told.err
    assert "Derivation" not in told.out


def test_a_table_between_that_a_source_holds_is_not_derived(vale) -> None:
    folder = vale("open_waits", **{
        "data/sources.toml": "[[source]]\nid = 'e'\nfile = 'e.csv'\ncontract = 'cld_events'\n"
        "[[source]]\nid = 'p'\nfile = 'p.csv'\ncontract = 'cld_people'\n",
    })  # fmt: skip
    opened = sound_folder(folder)
    kept = {one for one in opened.partnership.files if one.startswith("library/methods/")}
    assert kept == {"library/methods/open_waits.toml"}
    nothing = Ingested()
    assert not_derived(nothing, opened.partnership) == (
        "'open_waits' was not derived: there are no rows of 'cld_events', 'cld_people'."
    )


def test_mistakes_in_own_methods_are_told_by_a_check_all_at_once(vale, outturn) -> None:
    text = METHOD.format(table="equipment_waits", version="ours")
    folder = vale("equipment_waits", **{
        "methods/equipment_waits.toml": text.replace("= 5", "= true").replace("_orders", "_order"),
        "methods/waits.toml": text,
    })  # fmt: skip
    where = "methods/equipment_waits.toml"
    assert problems(folder) == [
        (f"{where}, parameters.in_time_days", "It is not a whole number."),
        (
            "methods/waits.toml, table",
            "The table is 'equipment_waits', which is not the name of the file.",
        ),
        (f"{where}, given", "There is no table 'equipment_order'."),
    ]
    told = outturn("check", "--in", folder)
    assert told.code == 11
    assert told.err.endswith("3 mistakes were found.\n")


def test_a_circle_of_methods_is_told_by_a_check(vale, outturn) -> None:
    text = METHOD.format(table="equipment_waits", version="ours")
    folder = vale("equipment_waits", **{
        "methods/equipment_waits.toml": text.replace('_orders"', '_orders", "equipment_waits"'),
    })  # fmt: skip
    told = outturn("check", "--in", folder)
    assert told.code == 11
    assert "made of itself: 'equipment_waits' of 'equipment_waits'." in " ".join(told.err.split())


def test_what_is_derived_from_a_table_with_unknown_words_or_rows_set_aside_is_told_of_as_it_is():
    given = Ingested(
        lacking={"cld": ("incomplete: 1 of 2 partitions of 'cld' could not be read",)},
        lacked={"cld": pl.DataFrame({"column": [None, "born_on"]}, schema={"column": pl.String})},
        doubts={"cld": ("data/cld.csv, column service_type: 1 row holds a word.",)},
    )
    methods, _ = read_methods({})
    needed = [methods["cld_events"], methods["cld_people"]]
    lacks = (*given.lacking["cld"], "1 row of 'cld' was set aside: the figure may be incomplete")
    lacking = deriving._lacking(given, needed)
    assert lacking["cld_events"] == lacks and set(lacks) <= set(lacking["cld_people"])
    assert lacking["cld"] == given.lacking["cld"]  # whose own rows are told by place and period
    assert deriving._handed_on(given.doubts, needed, {})["cld_people"] == given.doubts["cld"]


def test_rows_before_the_first_month_are_told_by_their_number(
    vale: Callable[..., Path],
) -> None:
    """Of 131 stays one ended years before the others: it opens no month, and nobody's data is
    told. Said once, though two tables are derived from the stays."""
    lines = ["place,stay,person,hospital,kind,admission,admitted_on,discharged_on,sex"]
    days = [
        *((f"2025-{n % 13 + 1:02}-02", n) for n in range(130) if n % 13 < 12),
        ("2019-05-02", 999),
    ]
    lines += [f"V1,s{n},zorro-{n},h,acute,planned,{day[:8]}01,{day},female" for day, n in days]
    source = SOURCES.replace("orders", "stays").replace("equipment_stays", "hospital_stays")
    files = {"data/sources.toml": source, "data/stays.csv": "\n".join(lines) + "\n"}
    steps: list[str] = []
    made = derived(vale("stay_bed_days", "mental_health_bed_days", **files), steps)
    told = [one for one in steps if "before the first month" in one]
    assert told == ["'hospital_stays': 1 row lies before the first month that the records cover."]
    assert made.tables["stay_bed_days"]["month"].min() == date(2025, 1, 1)
