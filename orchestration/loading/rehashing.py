"""Reloads a stream with personal values when it would now be read or hashed differently.

Two hashes of one address under two keys, or with and without the mark of a role mailbox or of a
made-up address, would look like two people; so would a number that two versions spell differently.
Landing still holds the values, so nothing is lost.
"""

from __future__ import annotations

import hmac

from duckdb import DuckDBPyConnection

from orchestration.connectors.stream import Stream
from orchestration.foundation.sql import quoted
from orchestration.warehouse.schema import SLICE_TABLES, table_name


def fingerprint(key: bytes, marks: frozenset[str], reading: str) -> str:
    """A value that identifies a way of reading and hashing without revealing the key."""
    way = f"{' '.join(sorted(marks))}\n{reading}"
    return hmac.new(key, way.encode(), "sha256").hexdigest()


def forget_other_hashes(
    con: DuckDBPyConnection, connector: str, stream: Stream, present: str
) -> None:
    """Empty a stream's table, and its part of the ledger, when it was read or hashed differently.

    Args:
        con: The warehouse, within a transaction.
        connector: The stream's connector.
        stream: A stream; one without personal values is left alone.
        present: The ``fingerprint`` of the present way.
    """
    if not any(field.is_personal for field in stream.fields):
        return
    names = [connector, stream.name]
    row = con.execute(
        "select fingerprint from ops.hashing where connector = ? and stream = ?", names
    ).fetchone()
    if row == (present,):
        return
    con.execute(f"delete from raw.{quoted(table_name(connector, stream))}")
    for table in (*SLICE_TABLES, "hashing"):
        con.execute(f"delete from ops.{table} where connector = ? and stream = ?", names)
    con.execute("insert into ops.hashing values (?, ?, ?)", [*names, present])
