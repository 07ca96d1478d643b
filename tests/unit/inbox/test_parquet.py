"""Parquet files: columns and values that Python or a text cannot hold."""

from __future__ import annotations

import io
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet

from orchestration.inbox import files
from orchestration.inbox.files import InboxError
from tests.kit.inbox import Inbox

D = Decimal


def written(table: pa.Table, **how: Any) -> bytes:
    """A table as a file."""
    file = io.BytesIO()
    parquet.write_table(table, file, **how)
    return file.getvalue()


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


def test_money_in_floats_of_32_bits_is_what_was_written(inbox: Inbox) -> None:
    """0.1 was refused for the digits that it has as a double; above 131,072 cents are lost."""
    money = [0.1, 1234.56, None, 131071.99, -20.25, 131072.5, 16777216.0, 16777215.0]
    days = ["2026-01-01"] * len(money)
    inbox.load(written(pa.table({"date_day": days, "amount": pa.array(money, pa.float32())})))
    read = [D("0.1"), D("1234.56"), D("131071.99"), D("-20.25"), D(16777215)]
    assert [amount for (amount,) in inbox.rows("amount")] == read
    assert [reason for reason, _ in inbox.quarantine()] == ["missing_key", "bad_type", "bad_type"]


@pytest.mark.parametrize("dictionary", [True, False])
def test_what_unpacks_without_end_is_refused(
    inbox: Inbox, monkeypatch: pytest.MonkeyPatch, dictionary: bool
) -> None:
    """Two thousand rows of one long text are three kilobytes, and would be gigabytes in memory."""
    monkeypatch.setattr(files, "_RATIO_FROM", 2**20)
    days, text = ["2026-01-01"] * 2_000, ["x" * 10_000] * 2_000
    table = pa.table({"date_day": days, "amount": [1] * 2_000, "description": text})
    packed = written(table, compression="zstd", use_dictionary=dictionary)
    assert len(packed) < 5_000
    with pytest.raises(InboxError, match=r"unpacks to more than 1 MiB"):
        inbox.load(packed)
    assert inbox.con.execute("select count(*) from ops.ledger").fetchall() == [(0,)]


def test_columns_with_and_without_repeated_texts_are_the_same(inbox: Inbox) -> None:
    """Writers keep a text once where rows repeat it, as pandas does with categories."""
    names = ["Mässa", None, "Mässa", "b"]
    for column in (pa.array(names), pa.array(names).dictionary_encode()):
        table = pa.table({"date_day": ["2026-01-01"] * 4, "amount": [1] * 4, "campaign": column})
        inbox.load(written(table))
        assert [campaign for (campaign,) in inbox.rows("campaign")] == names


def test_a_missing_column_is_no_matter_of_the_delimiter(inbox: Inbox) -> None:
    """Such a file has none."""
    with pytest.raises(InboxError) as raised:
        inbox.load(written(pa.table({"date_day": ["2026-01-01"], "cost": [1]})))
    assert "'date_day', 'cost'" in raised.value.remedy
    assert "delimiter" not in raised.value.remedy
