"""A small company on the real code path: the workers' stages, and the expected results.

Belongs here: the stages as Dagster's assets call them, without Dagster. Does not belong here:
killing the workers (``test_kills``).
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pyarrow  # noqa: F401 - see below

import orchestration.extract.client  # noqa: F401 - imported when first used; forks have it then
from orchestration.configuration.inbox import InboxEntry
from orchestration.configuration.model import Company, Config, ConnectorConfig
from orchestration.configuration.settings import Settings
from orchestration.connectors.field import Field, Type
from orchestration.connectors.inbox import INBOX
from orchestration.connectors.stream import Auth, Connector, Kind, Pager, Paging, Request, Stream
from orchestration.extract.landing import Landing
from orchestration.extract.stream import extract_stream
from orchestration.foundation.sql import quoted
from orchestration.inbox.reader import land_entry
from orchestration.loading.slices import load_pending
from orchestration.warehouse.build import prepare_build
from orchestration.warehouse.connection import connect, writer_lease
from orchestration.warehouse.schema import ensure_schema, raw_columns, table_name

FIRST = datetime(2026, 3, 1, 6, tzinfo=UTC)
KEY = b"0123456789abcdef0123456789abcdef"
PAGE = 500
RECORDS = 2000

ORDERS = Stream(
    "orders",
    "Orders.",
    Kind.ENTITY_SNAPSHOT,
    Request(
        "/orders",
        records="items",
        pager=Pager(Paging.OFFSET, PAGE, "count", "offset", total_path="total"),
    ),
    (
        Field("id", required=True),
        Field("amount", type=Type.DECIMAL, scale=2, non_negative=True),
        Field("at", type=Type.TIMESTAMP),
        Field("note", omitted_when_empty=True),
    ),
    ("id",),
    per_account=False,
)
SHOP = Connector(
    "shop", "Shop", "http://shop.invalid", "1", Auth.NONE, (), (ORDERS,), ORDERS.request
)
STREAMS = ((SHOP.name, ORDERS), (INBOX.name, INBOX.stream("touchpoints")))


def order(number: int, day: int) -> dict[str, Any]:
    """An order as it is on a day; some are restated, a few are wrong."""
    restated = number % 7 == day % 7
    amount = f"{number * 3 + (day if restated else 0)}.25"
    return {
        "id": f"o{number}",
        "amount": f"-{amount}" if number % 331 == day % 331 else amount,
        "at": f"2026-02-{number % 28 + 1:02}T10:00:00+01:00",
        "note": "x" * (number % 40),
    }


def page(day: int, start: int, count: int) -> dict[str, Any]:
    """The vendor's answer on a day; there are more orders every day."""
    total = RECORDS + day
    numbers = range(start, min(start + count, total))
    return {"items": [order(number, day) for number in numbers], "total": total}


def write_file(path: Path, day: int) -> None:
    """The export that a person drops into the inbox on a day; two of its rows are wrong."""
    rows = [
        f"t{day}-{n},2026-02-{n % 28 + 1:02}T08:00:00Z,v{n % 50},google,cpc" for n in range(1500)
    ]
    rows[10] = f"t{day}-10,2026-02-31T08:00:00Z,v1,google,cpc"
    rows[20] = f"t{day}-20,2026-02-01T08:00:00Z,v1"
    header = "touchpoint_id,occurred_at,visitor_id,utm_source,utm_medium\n"
    path.write_text(header + "\n".join(rows) + "\n", "utf-8")


def company(home: Path, day: int = 0) -> Settings:
    """The company's settings on a day."""
    file = InboxEntry(path=home.parent / "t.csv", written_path="t.csv", stream="touchpoints")
    config = Config(company=Company(reporting_currency="EUR"), inbox=[file])
    return Settings(home, None, config, "500MB", 1, fixed_now=FIRST + timedelta(days=day))


def extract(home: str, day: int, base_url: str) -> None:
    """Read the vendor and the file, and land them."""
    settings = company(Path(home), day)
    landing = Landing(settings.landing_dir)
    landing.clean()
    config = ConnectorConfig(base_url=base_url)
    extract_stream(SHOP, ORDERS, config, landing, None, settings.now())
    for entry in settings.config.inbox:
        land_entry(entry, landing, settings.config.company, settings.now())


def load(home: str, day: int) -> None:
    """Load what was landed."""
    settings = company(Path(home), day)
    with writer_lease(settings, "load", wait_seconds=20):
        prepare_build(settings)
    with (
        writer_lease(settings, "load", wait_seconds=20),
        connect(settings.warehouse_path, settings=settings) as con,
    ):
        ensure_tables(con)
        load_pending(con, Landing(settings.landing_dir), STREAMS, identity_key=KEY)


def ensure_tables(con: duckdb.DuckDBPyConnection) -> None:
    """The tables of every known connector, and the table of the unregistered shop."""
    ensure_schema(con)
    columns = ", ".join(f"{quoted(name)} {kind}" for name, kind in raw_columns(ORDERS))
    con.execute(f"create table if not exists raw.shop__orders ({columns})")


def whole_landing(settings: Settings) -> bytes:
    """The manifest, after checking that every slice in it is intact and nothing else exists."""
    landing = Landing(settings.landing_dir)
    landing.clean()
    items = landing.slices()
    for item in items:
        landing.verify(item)
    assert {landing.file(item) for item in items} == set(settings.landing_dir.rglob("*.zst"))
    manifest = settings.landing_dir / "manifest.jsonl"
    return manifest.read_bytes() if manifest.exists() else b""


def loaded_whole(settings: Settings) -> None:
    """Nothing is half loaded: a slice in the ledger has its rows, and no other rows exist."""
    with connect(settings.warehouse_path, settings=settings) as con:
        known = con.execute(
            "select count(*) from duckdb_tables() where table_name = 'shop__orders'"
        )
        if known.fetchall() == [(0,)]:
            return
        for connector, stream in STREAMS:
            table = f"raw.{quoted(table_name(connector, stream))}"
            wrong = con.execute(
                f"""
                select ledger.slice_id, rows_in, rows_loaded, rows_quarantined, loaded, refused
                from (select * from ops.ledger where connector = $1 and stream = $2) as ledger
                full join (select _slice_id as slice_id, count(*) as loaded from {table} group by 1)
                    as raw using (slice_id)
                full join (
                    select slice_id, count(*) as refused from ops.quarantine
                    where connector = $1 and stream = $2 group by 1
                ) as quarantine using (slice_id)
                where rows_in is null or rows_in != rows_loaded + rows_quarantined
                    or rows_loaded != coalesce(loaded, 0)
                    or rows_quarantined != coalesce(refused, 0)
                """,
                [connector, stream.name],
            ).fetchall()
            assert wrong == []


def fingerprints(
    con: duckdb.DuckDBPyConnection, schemas: tuple[str, ...], without: tuple[str, ...] = ()
) -> dict[str, tuple[int, int]]:
    """For every table, its number of rows and the sum of their hashes.

    Args:
        con: Where the tables are.
        schemas: Which of them.
        without: Columns that say when something was done.
    """
    tables = con.execute(
        "select schema_name, table_name from duckdb_tables() "
        "where database_name = current_database() and list_contains(?, schema_name) order by all",
        [list(schemas)],
    ).fetchall()
    found = {}
    for schema, name in tables:
        columns = con.execute(
            "select column_name from duckdb_columns() where database_name = current_database() "
            "and schema_name = ? and table_name = ? order by column_index",
            [schema, name],
        ).fetchall()
        taken = ", ".join(quoted(column) for (column,) in columns if column not in without)
        (row,) = con.execute(
            f"select count(*), coalesce(sum(hash({taken})), 0) from {schema}.{quoted(name)}"
        ).fetchall()
        found[f"{schema}.{name}"] = row
    return found


def warehouse(settings: Settings) -> dict[str, tuple[int, int]]:
    """The fingerprints of everything that was loaded."""
    with connect(settings.warehouse_path, settings=settings) as con:
        return fingerprints(con, ("raw", "ops"), without=("loaded_at",))
