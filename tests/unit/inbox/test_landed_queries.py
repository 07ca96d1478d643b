"""Queries of the company's own over tables in DuckDB, Parquet and PostgreSQL."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from orchestration.inbox.files import InboxError
from orchestration.inbox.opening import texts_of
from orchestration.inbox.reader import land_entry
from tests.kit.inbox import NOW, Inbox
from tests.kit.landed import entries, load, write_duckdb
from tests.kit.postgres_server import ADMINISTRATOR, postgres_server

D = Decimal
COSTS = """
select date '2026-05-01' as day, cast(120.50 as decimal(18, 2)) as amount, 'Print' as what
union all
select date '2026-05-02', 80, 'Stand'
union all
select date '2026-05-03', null, 'Tent'
"""
ENTRY = """  - name: other/costs
    {place}
    sql: select * from costs order by day
    stream: costs
    columns: {{date_day: day, description: what}}
    constants: {{currency: SEK}}
"""
INSIGHTS = """
select '2026-05-01' as date_start, '7' as account_id, '5' as ad_id, 1.00 as spend,
    timestamptz '2026-05-02 03:00:00+00' as _airbyte_extracted_at
union all
select '2026-05-01', '7', '5', 1.25, timestamptz '2026-05-03 03:00:00+00'
"""
META = """  - loader: airbyte
    vendor: facebook_ads
    postgres: ${env:OTHER_DATABASE}
    schema: meta
    constants: {currency: SEK}
"""
LOADED = [(dt.date(2026, 5, 1), D("120.50"), "Print"), (dt.date(2026, 5, 2), D("80"), "Stand")]


def check(inbox: Inbox, place: str) -> None:
    """The table's rows are loaded, and the one without an amount is in quarantine."""
    (entry,) = entries(inbox.folder, ENTRY.format(place=place))
    load(inbox, entry)
    assert inbox.rows("date_day, amount, description", "costs") == LOADED
    assert [reason for reason, _ in inbox.quarantine()] == ["missing_key"]
    assert entry.entry_id == "costs:landed/other/costs"


def test_a_duckdb_file(inbox: Inbox) -> None:
    """What a query gives is landed, checked and quarantined like the rows of a file."""
    write_duckdb(inbox.folder / "w.duckdb", "other", {"costs": COSTS})
    check(inbox, "path: w.duckdb\n    schema: other")


def test_a_folder_of_parquet_files(inbox: Inbox) -> None:
    """A table is a file, or a folder of files of which later ones may have further columns."""
    folder = inbox.folder / "lake" / "other" / "costs"
    folder.mkdir(parents=True)
    with duckdb.connect() as con:
        con.execute(f"copy ({COSTS}) to '{folder / 'a.parquet'}'")
        con.execute(
            f"copy (select 1 as more, date '2026-05-04' as day, 5 as amount, 'Tape' as what) "
            f"to '{folder / 'b.parquet'}'"
        )
    (entry,) = entries(inbox.folder, ENTRY.format(place="path: lake\n    schema: other"))
    load(inbox, entry)
    assert inbox.totals("count(*), sum(amount)", "costs") == (3, D("205.50"))


def test_a_damaged_parquet_file_is_named(inbox: Inbox) -> None:
    """A loader that was stopped leaves half a file."""
    (inbox.folder / "lake").mkdir()
    (inbox.folder / "lake" / "costs.parquet").write_bytes(b"PAR1 half")
    (entry,) = entries(inbox.folder, ENTRY.format(place="path: lake"))
    with pytest.raises(InboxError, match="costs cannot be read as Parquet"):
        land_entry(entry, inbox.landing, inbox.company, NOW)


def test_names_of_parquet_files_are_no_patterns(inbox: Inbox) -> None:
    """``[a]*.parquet`` read another table's rows, and below ``[prod]`` there was no table."""
    folder = inbox.folder / "[prod]" / "lake"
    (folder / "parts").mkdir(parents=True)
    with duckdb.connect() as con:
        for name, amount in (("[a]*", 1), ("axx", 99), ("parts/x", 2)):
            con.execute(
                f"copy (select date '2026-05-01' as day, {amount} as amount) "
                f"to '{folder / name}.parquet'"
            )
    text = ENTRY.format(place='path: "[prod]/lake"').replace(", description: what", "")
    sql = 'select * from "[a]*" union all select * from parts'
    (entry,) = entries(inbox.folder, text.replace("select * from costs order by day", sql))
    load(inbox, entry)
    assert inbox.totals("count(*), sum(amount)", "costs") == (2, D(3))


def test_a_file_that_is_no_database_is_not_said_to_be_locked(inbox: Inbox) -> None:
    """The word is looked for in DuckDB's message, which names the file."""
    (inbox.folder / "blocks.duckdb").write_bytes(b"no database" * 500)
    (entry,) = entries(inbox.folder, ENTRY.format(place="path: blocks.duckdb"))
    with pytest.raises(InboxError, match="cannot be read as a DuckDB file"):
        land_entry(entry, inbox.landing, inbox.company, NOW)


def test_schemas_that_there_are_are_named(inbox: Inbox) -> None:
    """The usual one is one of them; the list was empty where there is no other."""
    write_duckdb(inbox.folder / "w.duckdb", "main", {"costs": COSTS})
    (entry,) = entries(inbox.folder, ENTRY.format(place="path: w.duckdb\n    schema: nope"))
    with pytest.raises(InboxError, match="there are main") as caught:
        land_entry(entry, inbox.landing, inbox.company, NOW)
    assert "information_schema" not in str(caught.value)


def test_a_postgresql_database(inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """A database of its own kind is read by DuckDB's SQL, too."""
    extension = pytest.importorskip("duckdb_extension_postgres_scanner")
    with postgres_server() as server:
        address = server.address(ADMINISTRATOR)
        with duckdb.connect() as con:
            folder = Path(extension.__file__).parent / "extensions" / f"v{duckdb.__version__}"
            con.execute(f"load '{folder / 'postgres_scanner.duckdb_extension'}'")
            con.execute(f"attach '{address}' as w (type postgres)")
            con.execute(f"create schema w.other; create table w.other.costs as {COSTS}")
            con.execute(f"create schema w.meta; create table w.meta.ads_insights as {INSIGHTS}")
        monkeypatch.setenv("OTHER_DATABASE", address)
        check(inbox, "postgres: ${env:OTHER_DATABASE}\n    schema: other")
        with pytest.raises(InboxError, match="There is no schema 'nope'"):
            check(inbox, "postgres: ${env:OTHER_DATABASE}\n    schema: nope")
        with duckdb.connect() as con:
            con.execute(f"load '{folder / 'postgres_scanner.duckdb_extension'}'")
            con.execute(f"attach '{address}' as w (type postgres)")
            # The cell is cast by the server, so that the message with it is the server's.
            con.execute(
                "call postgres_execute('w', $$create view other.people as "
                "select date '2026-05-01' as day, 'Ann Svensson'::text as what; "
                "create view other.failing as select day, what::int as amount, what "
                "from other.people; create role guest login; "
                "grant usage on schema other to guest$$)"
            )
        place = "postgres: ${env:OTHER_DATABASE}\n    schema: other"
        text = ENTRY.format(place=place)
        (failing,) = entries(inbox.folder, text.replace("from costs", "from failing"))
        with pytest.raises(InboxError, match="invalid input syntax for type integer") as caught:
            load(inbox, failing)
        assert "Svensson" not in str(caught.value)
        monkeypatch.setenv("OTHER_DATABASE", address.replace(ADMINISTRATOR, "guest"))
        with pytest.raises(InboxError, match="permission denied for table costs"):
            check(inbox, place)
        monkeypatch.setenv("OTHER_DATABASE", address)
        (spend,) = entries(inbox.folder, META)
        load(inbox, spend)
        columns = "date_day, platform, ad_id, spend"
        assert inbox.rows(columns, "ad_spend") == [
            (dt.date(2026, 5, 1), "meta_ads", "5", D("1.25"))
        ]


def test_an_address_stays_secret(inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """DuckDB's own message begins with the address, and so with the password."""
    pytest.importorskip("duckdb_extension_postgres_scanner")
    monkeypatch.setenv("OTHER_DATABASE", "postgresql://reader:hunter22@127.0.0.1:1/x")
    (entry,) = entries(inbox.folder, ENTRY.format(place="postgres: ${env:OTHER_DATABASE}"))
    with pytest.raises(InboxError, match="Connection refused") as caught:
        land_entry(entry, inbox.landing, inbox.company, NOW)
    assert "hunter22" not in str(caught.value)


@pytest.mark.parametrize(
    "sql",
    [
        "delete from costs",
        "copy (select 1) to 'x.csv'",
        "select * from read_csv('tributary.yaml')",
        "select * from '/etc/hostname'",
        "select 1; select 2",
    ],
)
def test_a_query_only_reads_its_place(inbox: Inbox, sql: str) -> None:
    """A statement in a configuration writes nothing and reads no other file."""
    path = inbox.folder / "w.duckdb"
    write_duckdb(path, "main", {"costs": COSTS})
    before = path.read_bytes()
    text = f'  - {{name: a, path: w.duckdb, stream: costs, sql: "{sql}"}}\n'
    (entry,) = entries(inbox.folder, text)
    with pytest.raises(InboxError):
        land_entry(entry, inbox.landing, inbox.company, NOW)
    assert path.read_bytes() == before
    assert {each.name for each in inbox.folder.iterdir()} <= {
        "w.duckdb",
        "tributary.yaml",
        "landing",
    }


def test_an_unchanged_table_is_not_landed_again(inbox: Inbox) -> None:
    """Each run reads the whole table; what it says already is no slice."""
    write_duckdb(inbox.folder / "w.duckdb", "other", {"costs": COSTS})
    (entry,) = entries(inbox.folder, ENTRY.format(place="path: w.duckdb\n    schema: other"))
    first = land_entry(entry, inbox.landing, inbox.company, NOW)
    again = land_entry(entry, inbox.landing, inbox.company, NOW + dt.timedelta(days=1))
    assert again.slice_id == first.slice_id


def test_a_file_that_a_loader_is_writing(inbox: Inbox) -> None:
    """DuckDB lets one process write and none read meanwhile: the error says what to do."""
    path = inbox.folder / "w.duckdb"
    write_duckdb(path, "other", {"costs": COSTS})
    (entry,) = entries(inbox.folder, ENTRY.format(place="path: w.duckdb\n    schema: other"))
    code = f"import duckdb; con = duckdb.connect({str(path)!r}); print('open', flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as writer:
        try:
            assert writer.stdout is not None
            assert writer.stdout.readline() == "open\n"
            with pytest.raises(InboxError, match="open for writing"):
                land_entry(entry, inbox.landing, inbox.company, NOW)
        finally:
            writer.communicate("\n")


def test_what_is_missing_is_named(inbox: Inbox) -> None:
    """A place, table or column that is gone is a mistake of the configuration, or of the loader."""
    write_duckdb(inbox.folder / "w.duckdb", "main", {"costs": COSTS})
    for sql, words in {
        "select * from invoices": "invoices",
        "select total from costs": "total",
        "select day as date_day from costs": "costs needs amount",
    }.items():
        text = f"  - {{name: a, path: w.duckdb, stream: costs, sql: {sql}}}\n"
        with pytest.raises(InboxError, match=words):
            land_entry(entries(inbox.folder, text)[0], inbox.landing, inbox.company, NOW)
    (entry,) = entries(inbox.folder, ENTRY.format(place="path: v.duckdb"))
    with pytest.raises(InboxError, match="no DuckDB file and no folder"):
        land_entry(entry, inbox.landing, inbox.company, NOW)


def test_a_value_that_cannot_be_converted_is_not_shown(inbox: Inbox) -> None:
    """DuckDB quotes the value in its message, which may be a person."""
    write_duckdb(inbox.folder / "w.duckdb", "main", {"costs": "select 'anna kund' as who"})
    sql = "select cast(who as int) as amount from costs"
    text = f"  - {{name: a, path: w.duckdb, stream: costs, sql: {sql}}}\n"
    with pytest.raises(InboxError, match="cannot be answered") as caught:
        land_entry(entries(inbox.folder, text)[0], inbox.landing, inbox.company, NOW)
    assert "anna" not in str(caught.value)


def test_the_texts_of_a_query_are_looked_through(inbox: Inbox) -> None:
    """Whoever was erased and is still in a company's table is reported, as of a file."""
    write_duckdb(inbox.folder / "w.duckdb", "other", {"costs": COSTS})
    (entry,) = entries(inbox.folder, ENTRY.format(place="path: w.duckdb\n    schema: other"))
    assert list(texts_of(entry))[1] == "2026-05-02,80.00,Stand"
