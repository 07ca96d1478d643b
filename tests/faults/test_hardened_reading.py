"""Promise 11: whoever queries the published file can only read it.

Nor does an exported cell run as a formula when it is opened.
"""

from __future__ import annotations

import csv
import io
import re
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.cli import main
from orchestration.commands.export import ExportFailed, export_csv, harmless
from orchestration.configuration.model import Config
from orchestration.configuration.settings import Settings
from orchestration.publication.publish import publish
from orchestration.publication.reader import QueryRefused, open_published, query
from orchestration.quality.checks import Verdict
from tests.kit.days import COMPLETE_DAYS
from tests.kit.faults.report import Result
from tests.kit.places import REPOSITORY

pytestmark = pytest.mark.exhaustive
ROW = Result(
    "11 reading",
    "tributary sql, the documented BI connection and CSV exports, asked for more than the "
    "published file",
    "cases",
    "no other file read, nothing written, no setting changed, no extension loaded; formula cells "
    "neutralised",
    ".venv/bin/pytest tests/faults/test_hardened_reading.py -m 'slow or exhaustive'",
)

NOW = datetime(2026, 7, 1, 6, tzinfo=UTC)
CANARY = "canary-d41d8cd98f"
HOSTILE = (
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    " =1+1",
    "＝1+1",
    "'; drop table core.names; --",
    'a"b,c',
)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A home with one generation, a private warehouse, and secrets in a file and a variable."""
    monkeypatch.setenv("CANARY", CANARY)
    settings = Settings(home=tmp_path / "home", config_path=None, config=Config(), fixed_now=NOW)
    settings.build_dir.mkdir(parents=True)
    (settings.home / "secret.csv").write_text(f"a\n{CANARY}\n")
    with duckdb.connect(str(settings.warehouse_path)) as con:
        con.execute("create schema ops")
        con.execute("create schema core")
        con.execute("create table ops.ledger (window_end timestamp, extracted_at timestamp)")
        con.execute(COMPLETE_DAYS)
        con.execute(f"create table ops.private as select '{CANARY}' as secret")
        con.execute("create table core.names (number bigint, name varchar, amount decimal(9,2))")
        for number, name in enumerate(HOSTILE):
            con.execute("insert into core.names values (?, ?, ?)", [number, name, -number])
    publish(settings, Verdict("run", (), (("core", "names"),)))
    return settings


READS = [
    "select * from read_csv('{home}/secret.csv')",
    "select * from read_text('{home}/secret.csv')",
    "select * from read_blob('{home}/build/warehouse.duckdb')",
    "select * from sniff_csv('{home}/secret.csv')",
    "select * from '{home}/secret.csv'",
    "select * from '{published}/../../secret.csv'",
    "select * from query($$select * from read_text('{home}/secret.csv')$$)",
    "select * from query_table('{home}/secret.csv')",
    "select * from read_text('/proc/self/environ')",
    "select * from glob('/*')",
    "select * from parquet_metadata('{home}/secret.csv')",
    "select * from read_csv('http://127.0.0.1:9/x.csv')",
    "select * from 'https://example.com/x.parquet'",
    "select * from read_csv('s3://bucket/x.csv')",
    "select getenv('CANARY')",
    "from json_execute_serialized_sql(json_serialize_sql('select 1'))",
    "attach '{home}/build/warehouse.duckdb' as build (read_only)",
    "attach 'http://127.0.0.1:9/x.duckdb' as remote",
]
WRITES = [
    "copy core.names to '{home}/out.csv'",
    "copy (select 1) to '/dev/stdout'",
    "explain analyze copy (select 1) to '{home}/out.csv'",
    "export database '{home}/out'",
    "create table core.mine as select 1",
    "insert into core.names values (1)",
    "delete from core.names",
    "drop table core.names",
    "explain analyze delete from core.names",
    "alter table core.names add column x int",
    "select 1; drop table core.names",
]
CHANGES = [
    "install httpfs",
    "load httpfs",
    "load '{home}/evil.duckdb_extension'",
    "set enable_external_access = true",
    "set allowed_directories = ['/']",
    "set temp_directory = '{home}'",
    "set log_query_path = '{home}/log'",
    "set memory_limit = '100GB'",
    "set threads = 64",
    "set TimeZone = 'Asia/Tokyo'",
    "reset memory_limit",
    "set lock_configuration = false",
    "pragma profiling_output = '{home}/profile'",
]
TRIBUTARY_ALONE = [
    # DuckDB allows a file of this name and the spill folder, also where other files are forbidden.
    "copy (select 1) to '{published}.wal'",
    "explain analyze copy (select 1) to '{published}.wal'",
    "explain (analyze) copy (select 1) to '{published}.wal'",
    "explain /* */ analyze copy (select 1) to '{published}.wal'",
    # Ends the process when the log is flushed to the forbidden folder.
    "select * from enable_logging(storage = 'file', storage_config = {'path': '{home}/log'})",
    "with a as (from system.main.enable_logging()) select * from a",
    "explain analyze call enable_logging()",
    "call enable_logging()",
    "select * from force_checkpoint()",
    "pragma enable_profiling",
    "create temp table mine as select 1",
    "create secret (type http, bearer_token 'x')",
    "prepare p as select 1",
    "set variable a = 1",
    "set schema = 'marts'",
]


def filled(sql: str, settings: Settings) -> str:
    """The statement with the paths of this home."""
    return sql.replace("{home}", str(settings.home)).replace(
        "{published}", str(settings.published_path)
    )


def files(settings: Settings) -> dict[Path, bytes]:
    """Every file below the home, with its contents."""
    return {path: path.read_bytes() for path in settings.home.rglob("*") if path.is_file()}


def test_tributary_sql_reads_nothing_else_and_changes_nothing(
    home: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Every statement is refused as an error a person can read, and no file changes anywhere."""
    spills = tmp_path / "spills"
    spills.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(spills))
    before = files(home)
    answered, said = [], ""
    for sql in READS + WRITES + CHANGES + TRIBUTARY_ALONE:
        try:
            query(home, filled(sql, home))
        except QueryRefused as refusal:
            said += str(refusal)
        else:
            answered.append(sql)
    assert answered == []
    assert CANARY not in said
    assert files(home) == before
    assert list(spills.iterdir()) == [], "a reader left its spill folder"


def documented_connection(settings: Settings) -> duckdb.DuckDBPyConnection:
    """The connection of README's example, opened on this home."""
    text = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```python\n(import duckdb\n.*?)```", text, re.DOTALL)
    opening = example.partition("marts.sql(")[0]
    assert "lock_configuration" in opening
    opening = opening.replace(".tributary/published/tributary.duckdb", str(settings.published_path))
    scope: dict[str, Any] = {}
    exec(opening, scope)
    connection: duckdb.DuckDBPyConnection = scope["marts"]
    return connection


def test_the_documented_bi_connection_reads_nothing_else_and_changes_nothing(
    home: Settings,
) -> None:
    """What README tells BI tools to use holds without our code in between."""
    before = files(home)
    answered, said = [], ""
    with documented_connection(home) as con:
        for sql in READS + WRITES + CHANGES:
            if "query(" in sql or "serialized" in sql:
                sql = sql.replace("select 1", f"select * from read_text('{home.home}/secret.csv')")
            try:
                rows = con.execute(filled(sql, home)).fetchall()
            except duckdb.Error as refusal:
                said += str(refusal)
            else:
                answered.append((sql, rows))
        assert con.execute("select count(*) from core.names").fetchall() == [(len(HOSTILE),)]
    assert answered == []
    assert CANARY not in said
    assert files(home) == before


def test_a_file_that_a_client_wrote_beside_the_published_one_goes_with_the_next_publish(
    home: Settings,
) -> None:
    """How far a bare DuckDB connection can be locked: COPY may still write its own log's name.

    The reader's account must not be able to write in the folder. Where it could, the file does
    not outlive the next publish.
    """
    log = home.published_path.with_name(home.published_path.name + ".wal")
    with documented_connection(home) as con:
        con.execute(f"copy (select 1) to '{log}'")
    assert log.exists()
    publish(home, Verdict("run", (), (("core", "names"),)))
    assert not log.exists()
    assert query(home, "select count(*) from core.names").rows == [(len(HOSTILE),)]


def test_python_variables_are_no_tables(home: Settings) -> None:
    """By default DuckDB's Python client finds the calling code's data frames by name."""
    import pandas

    secrets = pandas.DataFrame({"secret": [CANARY]})
    assert len(secrets) == 1
    with open_published(home) as con, pytest.raises(duckdb.Error):
        con.execute("select * from secrets")


def test_an_answer_is_bounded_in_rows_and_in_text(home: Settings) -> None:
    """A forgotten condition must not fill this process's memory."""
    assert len(query(home, "select i from range(1e9::bigint) as t(i)", max_rows=10).rows) == 10
    with pytest.raises(QueryRefused, match="characters"):
        query(home, "select repeat('x', 1000000) from range(200)", max_rows=1000)


def exported(home: Settings, question: str) -> list[list[str]]:
    """What ``--csv FILE`` writes, read as a spreadsheet would."""
    path = home.home.parent / "answer.csv"
    export_csv(home, question, str(path), 1000)
    return list(csv.reader(io.StringIO(path.read_bytes().decode(), newline="")))


def test_exports_neutralise_formulas_and_leave_numbers_alone(home: Settings) -> None:
    """A campaign named like a formula would run on the machine that opens the export."""
    header, *rows = exported(home, "select * from core.names order by number")
    assert header == ["number", "name", "amount"]
    shown = [row[1] for row in rows]
    kept = [f"'{name}" for name in HOSTILE[:8]]
    for sign in "\t\r\n":
        kept = [name.replace(f"{sign}=", f"{sign}'=") for name in kept]
    assert shown == [*kept, "'; drop table core.names;' --", 'a"b,c']
    assert [row[2] for row in rows] == [f"{-number:.2f}" for number in range(len(HOSTILE))]
    assert exported(home, 'select 1 as "=1+1"') == [["'=1+1"], ["1"]]


@pytest.mark.parametrize("number", [-5, -1.5, "-5", "+46", "-12,50", "-1e-05", None, 0, True])
def test_numbers_are_no_formulas(number: Any) -> None:
    """A negative amount must stay an amount, in whatever type it comes."""
    assert harmless(number) is number


def test_an_export_is_whole_or_absent(home: Settings) -> None:
    """Half a million of a million rows is a wrong answer that looks like a right one."""
    path = home.home.parent / "answer.csv"
    with pytest.raises(ExportFailed, match="more than 5 rows"):
        export_csv(home, "select * from core.names", str(path), 5)
    with pytest.raises(QueryRefused):
        export_csv(home, "select number / 0, error('x') from core.names", str(path), 100)
    assert not path.exists()
    assert not list(home.home.parent.glob(".export-*"))


def test_the_command_exports_to_a_file_and_to_standard_output(
    home: Settings, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """``tributary sql QUESTION --csv FILE`` and ``--csv -``."""
    monkeypatch.setenv("TRIBUTARY_HOME", str(home.home))
    for target in ("-", str(home.home.parent / "names.csv")):
        question = "select number, name from core.names where number = 1"
        monkeypatch.setattr(sys, "argv", ["tributary", "sql", question, "--csv", target])
        with pytest.raises(SystemExit) as ended:
            main()
        assert ended.value.code == 0
    assert capfd.readouterr().out == "number,name\r\n1,'+1+1\r\n"
    assert (home.home.parent / "names.csv").read_bytes() == b"number,name\r\n1,'+1+1\r\n"
