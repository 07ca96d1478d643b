"""Parquet files: columns and values that Python or a text cannot hold."""

from __future__ import annotations

import io
from decimal import Decimal

import pyarrow as pa
from pyarrow import parquet

from tests.kit.inbox import Inbox

D = Decimal


def test_a_column_of_bytes_costs_no_file(inbox: Inbox) -> None:
    """Tables of databases have keys and places in bytes, which nobody takes."""
    table = pa.table({"date_day": ["2026-01-01"], "amount": [5], "place": [b"\xff\x00"]})
    file = io.BytesIO()
    parquet.write_table(table, file)
    inbox.load(file.getvalue())
    assert inbox.rows("amount") == [(D(5),)]


def test_a_value_that_cannot_be_read_costs_its_row(inbox: Inbox) -> None:
    """Databases know a moment that is infinite, and old ones texts of another encoding."""
    days = pa.array([2**30, 20454, 20455], pa.date32())
    texts = pa.array([b"a", b"M\xe4ssa", b"b"]).view(pa.string())
    file = io.BytesIO()
    table = pa.table({"date_day": days, "amount": [1, 2, 3], "campaign": texts})
    parquet.write_table(table, file)
    inbox.load(file.getvalue())
    assert inbox.rows("amount, campaign") == [(D(2), "M\\xe4ssa"), (D(3), "b")]
    assert [reason for reason, _ in inbox.quarantine()] == ["bad_type"]
    assert inbox.con.execute("select money_in from ops.ledger").fetchall() == [(D(6),)]
