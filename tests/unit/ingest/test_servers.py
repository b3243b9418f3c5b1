"""Tables of a real PostgreSQL server. SQL Server has not been tried: there is none to test on."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from outturn.framework.model import Source
from outturn.ingest.servers import _query, fingerprint, read
from outturn.terms.errors import ExtractMistake

pytest.importorskip("connectorx", reason="the extra 'servers' is not installed")
SECRET = "pelican"
ROWS = """
create table stays (person text, admitted_on date, days integer, cost numeric(8, 2), urgent bool,
                    seen timestamp, note text);
insert into stays values
  ('p2', '2026-04-03', 4, 12.50, true, '2026-04-03 10:00', 'a "quoted", thing'),
  ('p1', '2026-04-01', 3, 100, false, null, null),
  ('p3', null, null, null, null, null, 'é');
create schema care; create view care."Home visits" as select person, days from stays;
create view reversed as select * from stays order by person desc;
create table hidden (person text); create role reader login password 'pelican';
grant usage on schema care to reader; grant select on stays, reversed, care."Home visits" to reader;
"""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The address of a PostgreSQL server that this test started."""
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not programs:
        pytest.skip("PostgreSQL is not installed on this machine")
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    is_root = os.geteuid() == 0
    if is_root:
        shutil.chown(folder, "postgres")
    owner = ["runuser", "-u", "postgres", "--"] if is_root else []

    def command(program: str, *arguments: str, given: str = "") -> None:
        path = programs[-1].with_name(program)
        subprocess.run([*owner, path, *arguments], check=True, input=given, text=True, cwd=folder,
                       stdout=subprocess.DEVNULL)  # fmt: skip

    data = str(folder / "data")
    command("initdb", "-D", data, "-A", "scram-sha-256", "-U", "owner", "--no-sync",
            f"--pwfile={_password(folder, is_root)}")  # fmt: skip
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
    command("pg_ctl", "-D", data, "-o", options, "-l", str(folder / "log"), "-w", "start")
    try:
        address = f"postgresql://owner:{SECRET}@127.0.0.1:{port}/postgres"
        command("psql", "-q", "-v", "ON_ERROR_STOP=1", address, given=ROWS)
        yield f"postgresql://reader:{SECRET}@127.0.0.1:{port}/postgres"
    finally:
        command("pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
        shutil.rmtree(folder, ignore_errors=True)


def _password(folder: Path, is_root: bool) -> Path:
    file = folder / "password"
    file.write_text(SECRET)
    if is_root:
        shutil.chown(file, "postgres")
    return file


def source(table: str) -> Source:
    return Source(id="s", file="", contract="c", server="RECORDS", table=table)


@pytest.fixture
def records(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RECORDS", server)


@pytest.mark.usefixtures("records")
def test_rows_come_as_texts_in_order_of_their_cells() -> None:
    extract = read(source("stays"))
    assert extract.rows.to_list() == [1, 2, 3]
    assert extract.cells.rows() == [
        ("p1", "2026-04-01", "3", "100", "false", None, None),
        ("p2", "2026-04-03", "4", "12.5", "true", "2026-04-03T10:00:00", 'a "quoted", thing'),
        ("p3", None, None, None, None, None, "é"),
    ]


@pytest.mark.usefixtures("records")
def test_a_view_of_a_schema_is_read_whatever_its_name() -> None:
    assert read(source("care.Home visits")).cells.columns == ["person", "days"]


@pytest.mark.usefixtures("records")
def test_the_fingerprint_is_of_the_rows_and_not_of_their_order() -> None:
    again, other = fingerprint(read(source("stays"))), fingerprint(read(source("reversed")))
    assert again == other
    assert again != fingerprint(read(source("care.Home visits")))


@pytest.mark.usefixtures("records")
@pytest.mark.parametrize("table", ["hidden", "nowhere", "stays; drop table stays", 'a"b'])
def test_a_table_that_cannot_be_read_is_a_mistake_that_tells_no_secret(table: str) -> None:
    with pytest.raises(ExtractMistake) as found:
        read(source(table))
    assert SECRET not in str(found.value)
    assert "RECORDS" in str(found.value)


def test_an_unreachable_server_is_a_mistake_that_tells_no_secret(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("RECORDS", f"postgresql://reader:{SECRET}@127.0.0.1:1/postgres")
    with pytest.raises(ExtractMistake) as found:
        read(source("stays"))
    assert SECRET not in str(found.value)


@pytest.mark.parametrize("address", ["", "records.db", f"oracle://a:{SECRET}@b/c"])
def test_a_variable_without_an_address_is_a_mistake(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RECORDS", address)
    with pytest.raises(ExtractMistake) as found:
        read(source("stays"))
    assert SECRET not in str(found.value)


@pytest.mark.parametrize("table", ["", "a.b.c", "."])
def test_what_names_no_table_is_refused(table: str) -> None:
    with pytest.raises(ExtractMistake):
        _query(source(table), "postgresql")


def test_names_are_quoted_as_each_kind_of_server_does() -> None:
    assert _query(source('a.b"c'), "postgresql") == 'select * from "a"."b""c"'
    assert _query(source("a.b]c"), "mssql") == "select * from [a].[b]]c]"
