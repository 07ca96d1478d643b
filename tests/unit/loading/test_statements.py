"""The SQL that loads a stream."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pytest

from orchestration.connectors.registry import all_streams
from orchestration.loading.statements import statements
from orchestration.warehouse.schema import ensure_schema


@pytest.fixture(scope="module")
def con() -> duckdb.DuckDBPyConnection:
    """A warehouse with its schema."""
    con = duckdb.connect()
    ensure_schema(con)
    return con


def test_the_sql_of_every_stream_binds(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    """A declaration that generates wrong SQL must not be found by a customer's first load."""
    path = tmp_path / "empty.ndjson"
    path.write_text("")
    for connector, stream in all_streams():
        sql = statements(connector, stream)
        for text in (sql.insert, sql.insert_cleared, sql.cleared, sql.quarantine, sql.profile):
            if not text:
                continue
            names = set(re.findall(r"\$([a-z_]+)", text))
            values: dict[str, object] = dict.fromkeys(names)
            values["path"] = str(path)
            con.execute(text, values)
