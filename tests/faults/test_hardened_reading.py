"""Promise 11: whoever may ask the published file can do nothing else with this machine.

And what vendors and files call things never becomes SQL, a path, a formula or a bomb.
"""

from __future__ import annotations

import csv
import gzip
import io
import os
import re
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.cli import main
from orchestration.commands.export import ExportFailed, export_csv, harmless
from orchestration.config import REPOSITORY, Company, Config, ConnectorConfig, InboxEntry, Secret
from orchestration.connectors.registry import CONNECTORS
from orchestration.connectors.stream import Auth, Connector, Field, Kind, Request, Stream
from orchestration.extract.answers import parse
from orchestration.extract.failures import ExtractionFailed, FailureKind
from orchestration.extract.landing import Landing
from orchestration.extract.patience import Patience
from orchestration.extract.slices import DamagedSlice
from orchestration.extract.stream import extract_stream
from orchestration.inbox.files import InboxError
from orchestration.inbox.reader import land_entry
from orchestration.inbox.streams import INBOX
from orchestration.quality.checks import Verdict
from orchestration.settings import Settings
from orchestration.simulator.http import Clock, Response, Route
from orchestration.simulator.server import SimulatorServer
from orchestration.simulator.world import World
from orchestration.warehouse.connection import connect
from orchestration.warehouse.loading import load_pending
from orchestration.warehouse.publish import publish
from orchestration.warehouse.published import QueryRefused, open_published, query
from orchestration.warehouse.schema import ensure_schema

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
    """How far a bare DuckDB connection can be held: COPY may write the name of its own log.

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
    """DuckDB's Python client finds data frames of the calling code by name unless told not to."""
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
    path = home.home / "answer.csv"
    export_csv(home, question, str(path), 1000)
    return list(csv.reader(io.StringIO(path.read_bytes().decode(), newline="")))


def test_exports_neutralise_formulas_and_leave_numbers_alone(home: Settings) -> None:
    """A campaign named like a formula would run on the machine of whoever opens the export."""
    header, *rows = exported(home, "select * from core.names order by number")
    assert header == ["number", "name", "amount"]
    shown = [row[1] for row in rows]
    assert shown == [*(f"'{name}" for name in HOSTILE[:8]), "'; drop table core.names; --", 'a"b,c']
    assert [row[2] for row in rows] == [f"{-number:.2f}" for number in range(len(HOSTILE))]
    assert exported(home, 'select 1 as "=1+1"') == [["'=1+1"], ["1"]]


@pytest.mark.parametrize("number", [-5, -1.5, "-5", "+46", "-12,50", "-1e-05", None, 0, True])
def test_numbers_are_no_formulas(number: Any) -> None:
    """A negative amount must stay an amount, in whatever type it comes."""
    assert harmless(number) is number


def test_an_export_is_whole_or_absent(home: Settings) -> None:
    """Half a million of a million rows is a wrong answer that looks like a right one."""
    path = home.home / "answer.csv"
    with pytest.raises(ExportFailed, match="more than 5 rows"):
        export_csv(home, "select * from core.names", str(path), 5)
    with pytest.raises(QueryRefused):
        export_csv(home, "select number / 0, error('x') from core.names", str(path), 100)
    assert not path.exists()
    assert not list(home.home.glob(".export-*"))


def test_the_command_exports_to_a_file_and_to_standard_output(
    home: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """``tributary sql QUESTION --csv FILE`` and ``--csv -``."""
    monkeypatch.setenv("TRIBUTARY_HOME", str(home.home))
    for target in ("-", str(home.home / "names.csv")):
        question = "select number, name from core.names where number = 1"
        monkeypatch.setattr(sys, "argv", ["tributary", "sql", question, "--csv", target])
        with pytest.raises(SystemExit) as ended:
            main()
        assert ended.value.code == 0
    assert capsys.readouterr().out == "number,name\r\n1,'+1+1\r\n"
    assert (home.home / "names.csv").read_bytes() == b"number,name\r\n1,'+1+1\r\n"


HOSTILE_NAMES = [
    "../../../escaped",
    "/etc/passwd",
    "..",
    ".",
    "a/b",
    "a\\b",
    "x'; drop table ops.ledger; --",
    'x"; drop table ops.ledger; --',
    "$(touch escaped)",
    "{{ env_var('HOME') }}",
    "a\nb",
    "*",
    "å" * 300,
]


def test_account_ids_are_no_paths_and_no_sql(tmp_path: Path) -> None:
    """An account's id comes from a vendor or a file's name; each stays itself, inside landing."""
    stream = Stream(
        "things", "Things.", Kind.ENTITY_SNAPSHOT, Request("/"), (Field("id"),), ("id",)
    )
    landing = Landing(tmp_path / "landing")
    for name in HOSTILE_NAMES:
        with landing.begin("acme", stream, name, extracted_at=NOW) as writer:
            writer.append({"id": name})
            writer.commit()
    assert [item.account_id for item in landing.slices()] == HOSTILE_NAMES
    folder = (tmp_path / "landing" / "acme" / "things").resolve()
    for item in landing.slices():
        assert landing.file(item).resolve().parent.parent == folder
    assert [path.name for path in tmp_path.iterdir()] == ["landing"]


def test_headers_and_cells_of_files_are_no_sql(tmp_path: Path) -> None:
    """Column names with quotes and names that end a statement are loaded as the text they are."""
    header = "na\"me'; drop table ops.ledger; --"
    path = tmp_path / "leads.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["lead_id", "created_at", header, "../../x"])
        for number, name in enumerate(HOSTILE_NAMES):
            writer.writerow([f"L{number} {name}", "2026-01-01", name, "y"])
    entry = InboxEntry(
        path=path,
        written_path="../../'; drop table ops.ledger; --/leads.csv",
        stream="leads",
        columns={"campaign": header},
    )
    settings = Settings(home=tmp_path / "home", config_path=None, config=Config(), fixed_now=NOW)
    landing = Landing(settings.landing_dir)
    land_entry(entry, landing, Company(), NOW)
    with connect(settings.warehouse_path, settings=settings) as con:
        ensure_schema(con)
        load_pending(con, landing, [("inbox", INBOX.stream("leads"))], identity_key=b"k" * 32)
        rows = con.execute("select campaign from raw.inbox__leads order by _row_number").fetchall()
        assert con.execute("select count(*) from ops.ledger").fetchall() == [(1,)]
    assert [name for (name,) in rows] == [name.strip() for name in HOSTILE_NAMES]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["home", "leads.csv"]


def test_every_name_that_becomes_sql_is_declared() -> None:
    """Tables and columns of raw are named by declarations; none of them needs quoting."""
    plain = re.compile(r"[a-z][a-z0-9_]*")
    for connector in [*CONNECTORS.values(), INBOX]:
        assert plain.fullmatch(connector.name)
        for stream in connector.streams:
            assert plain.fullmatch(stream.name)
            assert [f.name for f in stream.fields if not plain.fullmatch(f.name)] == []


@pytest.mark.parametrize(
    ("name", "packed", "said"),
    [
        ("bomb.csv.gz", gzip.compress(b"a," * (70 * 2**20)), "unpacks to more than"),
        ("twice.csv.gz", gzip.compress(gzip.compress(b"lead_id,created_at\n")), "leads needs"),
        ("cut.csv.gz", gzip.compress(os.urandom(100_000))[:5000], "damaged"),
        ("leads.csv.zst", b"\x28\xb5\x2f\xfd" + os.urandom(500), "leads needs|no line"),
        ("leads.csv.bz2", b"BZh91AY&SY" + os.urandom(500), "leads needs|no line"),
        ("leads.zip", b"PK\x03\x04" + os.urandom(500), "workbook or another archive"),
    ],
    ids=["bomb", "packed twice", "cut", "zst", "bz2", "zip"],
)
def test_packed_files_of_the_inbox_are_capped(
    tmp_path: Path, name: str, packed: bytes, said: str
) -> None:
    """A bomb is named and refused before it fills memory or disk; only gzip is unpacked at all."""
    path = tmp_path / name
    path.write_bytes(packed)
    entry = InboxEntry(path=path, written_path=name, stream="leads")
    landing = Landing(tmp_path / "landing")
    with pytest.raises(InboxError, match=said) as caught:
        land_entry(entry, landing, Company(), NOW)
    assert name in caught.value.where
    assert landing.slices() == []
    assert not list((tmp_path / "landing").rglob("*.zst"))


def test_a_packed_answer_of_a_vendor_is_capped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An answer of 150 kB that unpacks to 150 MB ends the request, once, and lands nothing."""
    bomb = gzip.compress(b'{"items":[' + b" " * (150 * 2**20) + b"]}")
    assert len(bomb) < 200_000
    good = gzip.compress(b'{"items":[{"id":1}]}')
    asked = []

    def answer(request: Any) -> Response:
        asked.append(request.path)
        body = bomb if request.path == "/bomb" else good
        return Response(200, body, headers={"Content-Encoding": "gzip"})

    monkeypatch.setenv("TOKEN", "t" * 20)
    streams = [
        Stream(
            name,
            "Things.",
            Kind.ENTITY_SNAPSHOT,
            Request(f"/{name}", records="items"),
            (Field("id"),),
            ("id",),
            per_account=False,
        )
        for name in ("bomb", "good")
    ]
    connector = Connector(
        name="acme",
        title="Acme",
        base_url="http://acme.invalid",
        api_version="1",
        auth=Auth.BEARER,
        secrets=("token",),
        streams=tuple(streams),
        ping=Request("/ping"),
    )
    landing = Landing(tmp_path / "landing")
    routes = {"acme": [Route("GET", "/.*", answer)]}
    with SimulatorServer(World.__new__(World), Clock(NOW), routes=routes) as server:
        config = ConnectorConfig(
            base_url=server.base_url("acme"), secrets={"token": Secret("TOKEN", "token")}
        )
        patience = Patience(sleep=lambda seconds: None)
        with pytest.raises(ExtractionFailed) as caught:
            extract_stream(connector, streams[0], config, landing, None, NOW, patience=patience)
        extract_stream(connector, streams[1], config, landing, None, NOW, patience=patience)
    assert [failure.kind for failure in caught.value.failures] == [FailureKind.TOO_LARGE]
    assert asked == ["/bomb", "/good"]
    assert [item.row_count for item in landing.slices()] == [1]


def test_a_bomb_in_the_place_of_a_landed_slice_is_never_unpacked(tmp_path: Path) -> None:
    """What stands in landing is proven by its hash before anything reads it."""
    import pyarrow

    settings = Settings(home=tmp_path, config_path=None, config=Config(), fixed_now=NOW)
    landing = Landing(settings.landing_dir)
    stream = INBOX.stream("costs")
    with landing.begin("inbox", stream, "costs:x", extracted_at=NOW) as writer:
        writer.append({"date_day": "2026-01-01", "amount": "1"})
        item = writer.commit()
    with pyarrow.CompressedOutputStream(landing.file(item).open("wb"), "zstd") as file:
        for _ in range(100):
            file.write(b" " * 2**20)
    with connect(settings.warehouse_path, settings=settings) as con:
        ensure_schema(con)
        with pytest.raises(DamagedSlice):
            load_pending(con, landing, [("inbox", stream)], identity_key=b"k" * 32)


def test_deep_json_is_an_error_and_no_crash() -> None:
    """A hundred thousand brackets are 100 kB that exhaust a careless parser's stack."""
    with pytest.raises((ValueError, RecursionError)):
        parse(b"[" * 100_000 + b"]" * 100_000)
