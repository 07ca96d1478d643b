"""Tables as the declared streams have them."""

from __future__ import annotations

import duckdb
import pytest

from orchestration.connectors.registry import all_streams
from orchestration.warehouse.schema import ensure_schema, raw_columns, table_name


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


def test_personal_fields_have_no_column_of_their_own() -> None:
    """Only the hash may exist in the warehouse."""
    for _, stream in all_streams():
        columns = {name for name, _ in raw_columns(stream)}
        for field in stream.fields:
            if field.is_personal:
                assert field.name not in columns
                assert columns & {f"{field.name}_hash", f"{field.name}_hashes"}


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
