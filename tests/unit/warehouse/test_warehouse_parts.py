"""Schema, configuration as rows, identity key, connection and the writers' lease."""

from __future__ import annotations

import hashlib
import hmac
import os
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path

import duckdb
import pytest

from orchestration.configuration.document import SettingsError
from orchestration.configuration.model import Classification, Company, Config, InboxEntry, Secret
from orchestration.configuration.settings import Settings
from orchestration.connectors.inbox import INBOX
from orchestration.connectors.registry import all_streams, find_stream
from orchestration.loading.statements import statements
from orchestration.privacy.hashes import hmac_pads, identity_key
from orchestration.warehouse.configuration_tables import write_config
from orchestration.warehouse.connection import WarehouseBusy, connect, writer_lease
from orchestration.warehouse.schema import ensure_schema, raw_columns, table_name


@pytest.fixture
def home(tmp_path: Path) -> Settings:
    """Settings of an empty home."""
    return Settings(home=tmp_path, config_path=None, config=Config())


@pytest.fixture(scope="module")
def con() -> duckdb.DuckDBPyConnection:
    """A warehouse with its schema."""
    con = duckdb.connect()
    ensure_schema(con)
    return con


def test_every_stream_has_a_table_with_its_columns(con: duckdb.DuckDBPyConnection) -> None:
    """dbt sources always exist, whatever a company configured."""
    for connector, stream in all_streams():
        described = con.execute(f"describe raw.{table_name(connector, stream)}").fetchall()
        assert tuple((row[0], row[1]) for row in described) == raw_columns(stream)


def test_the_sql_of_every_stream_binds(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    """A declaration that generates wrong SQL must not be found by a customer's first load."""
    import re

    path = tmp_path / "empty.ndjson"
    path.write_text("")
    for connector, stream in all_streams():
        sql = statements(connector, stream)
        for text in (sql.insert, sql.quarantine, sql.profile):
            names = set(re.findall(r"\$([a-z_]+)", text))
            values: dict[str, object] = dict.fromkeys(names)
            values["path"] = str(path)
            con.execute(text, values)


def test_personal_fields_have_no_column_of_their_own() -> None:
    """Only the hash may exist in the warehouse."""
    for _, stream in all_streams():
        columns = {name for name, _ in raw_columns(stream)}
        for field in stream.fields:
            if field.is_personal:
                assert field.name not in columns
                assert columns & {f"{field.name}_hash", f"{field.name}_hashes"}


def test_the_canonical_streams_are_those_of_the_design() -> None:
    """Names and required columns are a contract with users' files."""
    required = {s.name: {f.name for f in s.fields if f.required} for s in INBOX.streams}
    assert required == {
        "leads": {"lead_id", "created_at"},
        "touchpoints": {"occurred_at"},
        "opportunities": {"opportunity_id", "created_at"},
        "conversions": {"conversion_id", "lead_id", "conversion_type", "occurred_at"},
        "ad_spend": {"date_day", "platform", "spend"},
        "costs": {"date_day", "amount"},
        "fx_rates": {"date_day", "currency", "rate"},
    }
    assert find_stream("inbox", "touchpoints").one_of == ("lead_id", "visitor_id", "email")
    with pytest.raises(KeyError):
        find_stream("inbox", "nothing")


def test_a_changed_declaration_loads_its_slices_anew() -> None:
    """raw is rebuilt from landing, never migrated; other streams stay as they are."""
    con = duckdb.connect()
    ensure_schema(con)
    con.execute(
        "insert into ops.ledger (slice_id, connector, stream) values ('a', 'inbox', 'leads')"
    )
    con.execute(
        "insert into ops.ledger (slice_id, connector, stream) values ('b', 'inbox', 'costs')"
    )
    con.execute("insert into raw.inbox__costs (description) values ('kept')")
    ensure_schema(con)
    assert con.execute("select count(*) from ops.ledger").fetchall() == [(2,)]
    con.execute("alter table raw.inbox__leads drop column segment")
    ensure_schema(con)
    assert con.execute("select slice_id from ops.ledger").fetchall() == [("b",)]
    assert con.execute("select description from raw.inbox__costs").fetchall() == [("kept",)]
    con.execute("alter table ops.quarantine drop column detail")
    ensure_schema(con)
    assert con.execute("select count(*) from ops.ledger").fetchall() == [(0,)]
    assert con.execute("select count(*) from raw.inbox__costs").fetchall() == [(0,)]


def test_the_configuration_replaces_its_rows(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    """Models read the configuration like any source; email opens have no look-back."""
    entry = InboxEntry(path=tmp_path / "a.csv", written_path="a.csv", stream="costs")
    rules = Classification(rules=[{"touch_type": "call", "lead_source": "phone"}])
    company = Company(name="Acme", reporting_currency="SEK", domains=[" Acme.SE "])
    write_config(con, Config())
    write_config(con, Config(company=company, inbox=[entry], classification=rules))
    assert con.execute("from ops.company").fetchall() == [("Acme", "SEK", "UTC", 7)]
    assert con.execute("from ops.identity").fetchall() == [(25, 1, 10, 10, 500, 1000)]
    assert con.execute("from ops.company_domains").fetchall() == [("acme.se",)]
    assert con.execute("from ops.inbox_entries").fetchall() == [("costs:a.csv", "costs", False)]
    lookbacks = dict(con.execute("from ops.lookbacks").fetchall())
    assert (lookbacks["visit"], lookbacks["email_click"], lookbacks["webinar"]) == (90, 30, 180)
    assert "email_open" not in lookbacks
    assert con.execute(
        "select rule_id, priority, touch_type, lead_source from ops.classification_rules"
    ).fetchall() == [("company_1", 1, "call", "phone")]


def test_a_domain_is_known_in_both_of_its_spellings(con: duckdb.DuckDBPyConnection) -> None:
    """Browsers send xn--..., files hold what people write: both are the company itself."""
    write_config(con, Config(company=Company(domains=["*.Räksmörgås.se", "a" * 70 + ".se"])))
    assert con.execute("from ops.company_domains order by domain").fetchall() == [
        ("a" * 70 + ".se",),
        ("räksmörgås.se",),
        ("xn--rksmrgs-5wao1o.se",),
    ]


def test_the_identity_key_is_made_once_and_private(home: Settings) -> None:
    """Another key would make every person a stranger."""
    key = identity_key(home)
    assert identity_key(home) == key
    assert len(key) == 32
    assert stat.S_IMODE((home.home / "identity.key").stat().st_mode) == 0o600


def test_a_configured_key_is_used_and_must_be_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A short key can be tried out; the hash would protect nothing."""
    company = Company(identity_key=Secret("TEST_IDENTITY_KEY", "company.identity_key", 3))
    settings = Settings(home=tmp_path, config_path=None, config=Config(company=company))
    monkeypatch.setenv("TEST_IDENTITY_KEY", "a long enough secret")
    assert identity_key(settings) == b"a long enough secret"
    monkeypatch.setenv("TEST_IDENTITY_KEY", "short")
    with pytest.raises(SettingsError, match="5 bytes"):
        identity_key(settings)


@pytest.mark.parametrize("key", [b"k", b"k" * 64, b"k" * 100])
def test_the_pads_are_those_of_hmac(key: bytes) -> None:
    """RFC 2104: keys longer than a block are hashed first."""
    inner, outer = hmac_pads(key)
    digest = hashlib.sha256(outer + hashlib.sha256(inner + b"message").digest()).hexdigest()
    assert digest == hmac.new(key, b"message", "sha256").hexdigest()


def test_a_connection_is_limited_spills_at_home_and_thinks_in_utc(home: Settings) -> None:
    """Without limits DuckDB takes 80 % of the machine and spills beside the file."""
    with connect(home.warehouse_path, settings=home) as con:
        names = ("TimeZone", "threads", "temp_directory")
        values = [con.execute(f"select current_setting('{name}')").fetchall() for name in names]
        assert values == [[("UTC",)], [(home.threads,)], [(str(home.spill_dir),)]]
        con.execute("create table t as select 1 as x")
    with connect(home.warehouse_path, read_only=True, settings=home) as con:
        assert con.execute("from t").fetchall() == [(1,)]
        with pytest.raises(duckdb.InvalidInputException):
            con.execute("insert into t values (2)")


def test_a_file_that_another_process_holds_is_named(home: Settings) -> None:
    """DuckDB's own message names the process; ours says what to do."""
    with connect(home.warehouse_path, settings=home):
        script = (
            "import sys\nfrom pathlib import Path\n"
            "from orchestration.configuration.model import Config\n"
            "from orchestration.configuration.settings import Settings\n"
            "from orchestration.warehouse.connection import WarehouseBusy, connect\n"
            "home = Settings(home=Path(sys.argv[1]), config_path=None, config=Config())\n"
            "try:\n    connect(home.warehouse_path, settings=home).__enter__()\n"
            "except WarehouseBusy as error:\n    print(error)\n"
        )
        environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[3])}
        done = subprocess.run(
            [sys.executable, "-c", script, str(home.home)],
            capture_output=True,
            text=True,
            env=environment,
        )
    assert "Another process has the warehouse open" in done.stdout, done.stderr


def test_a_second_writer_waits_and_then_says_who_holds_the_lease(home: Settings) -> None:
    """Two runs at once would build on each other's half-written tables."""
    with (
        writer_lease(home, "a refresh"),
        pytest.raises(WarehouseBusy, match=f"a refresh .process {os.getpid()}"),
        writer_lease(home, "another", wait_seconds=0.05),
    ):
        pass
    with writer_lease(home, "another", wait_seconds=0.05):
        pass


def test_a_waiting_writer_goes_on_when_the_first_one_ends(home: Settings) -> None:
    """Waiting is the normal case: the run before is nearly done."""
    order: list[str] = []

    def second() -> None:
        with writer_lease(home, "second", wait_seconds=30):
            order.append("second")

    with writer_lease(home, "first"):
        thread = threading.Thread(target=second)
        thread.start()
        time.sleep(0.2)
        order.append("first")
    thread.join(30)
    assert order == ["first", "second"]


def test_a_lease_ends_with_its_process(home: Settings) -> None:
    """A killed run must not lock the company out."""
    script = (
        "import os, sys\nfrom pathlib import Path\n"
        "from orchestration.configuration.model import Config\n"
        "from orchestration.configuration.settings import Settings\n"
        "from orchestration.warehouse.connection import writer_lease\n"
        "home = Settings(home=Path(sys.argv[1]), config_path=None, config=Config())\n"
        "writer_lease(home, 'killed').__enter__()\nos._exit(9)\n"
    )
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[3])}
    done = subprocess.run([sys.executable, "-c", script, str(home.home)], env=environment)
    assert done.returncode == 9
    with writer_lease(home, "the next one", wait_seconds=5):
        pass
