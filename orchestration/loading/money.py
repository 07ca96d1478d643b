"""Counts the money of a slice as it was landed, past the statements that load it.

Belongs here: the sum that what was loaded and what was refused must add up to. Does not belong
here: comparing them (``quality/money.py``).
"""

from __future__ import annotations

from decimal import Decimal

from duckdb import DuckDBPyConnection

from orchestration.connectors.stream import Stream
from orchestration.extract.landing import Slice
from orchestration.foundation.amounts import plain_amount, stated_money
from orchestration.foundation.sql import json_path, quoted
from orchestration.warehouse.schema import table_name


def landed_money(
    con: DuckDBPyConnection, item: Slice, stream: Stream, path: str, *, refused: bool
) -> Decimal:
    """The absolute amounts of a slice's records, as far as they can be read.

    Those of a file are what its cells state. Other slices are read once more, past the statements
    that load them; but for those of a file without a column of money, whose rows state none, or all
    the same constant.

    Args:
        con: The warehouse, inside the slice's transaction, after its rows were loaded.
        item: The slice.
        stream: Its declaration.
        path: Its file.
        refused: Whether a record went to quarantine.
    """
    if not stream.money:
        return Decimal(0)
    if item.money:
        return Decimal(item.money)
    if not is_read_again(item, stream, refused=refused):
        table = f"raw.{quoted(table_name(item.connector, stream))}"
        found = con.execute(
            f"select sum(abs(cast({quoted(stream.money)} as decimal(38, 6)))) from {table}"
            " where _slice_id = ?",
            [item.slice_id],
        ).fetchall()
        return (found[0][0] or Decimal(0)) / micros(stream)
    money = next(field for field in stream.fields if field.name == stream.money)
    rows = con.execute(
        f"""
        select sum(abs({plain_amount("text")})), count(*),
            case when {plain_amount("text")} is null then text end as unread
        from (
            select json_extract_string(json, {json_path(money.keys)}) as text
            from read_ndjson_objects(?, ignore_errors = true)
        )
        where text is not null
        group by unread
        """,
        [path],
    ).fetchall()
    whole = Decimal(0)
    for read, count, unread in rows:
        whole += (read or Decimal(0)) / micros(stream)
        whole += count * (stated_money(unread or "") or Decimal(0))
    return whole


def is_read_again(item: Slice, stream: Stream, *, refused: bool) -> bool:
    """Whether ``landed_money`` reads the slice's file."""
    if not stream.money or item.money:
        return False
    return refused or not item.columns or stream.money in item.columns


def micros(stream: Stream) -> int:
    """How many units of the stream's money one unit of the currency is."""
    return 1_000_000 if stream.money.endswith("_micros") else 1
