"""Where the money of every source is: loaded, or refused and why.

Belongs here: ``ops.money``, from the tables as they are. Does not belong here: what was landed
(``loading/money.py``), or comparing the two (``meta.reconciliation``).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from duckdb import DuckDBPyConnection

from orchestration.connectors.stream import Stream
from orchestration.foundation.amounts import plain_amount, stated_money
from orchestration.foundation.sql import json_path, quoted
from orchestration.loading.money import micros
from orchestration.loading.whole_files import TOTALS_ROW
from orchestration.warehouse.schema import table_name


@dataclass(slots=True)
class _Money:
    loaded: Decimal = Decimal(0)
    refused: Decimal = Decimal(0)
    in_totals: Decimal = Decimal(0)


def keep_money(con: DuckDBPyConnection, streams: Iterable[tuple[str, Stream]]) -> None:
    """Replace the rows of ``ops.money``; part of a transaction.

    Args:
        con: The warehouse, after every stream was loaded.
        streams: Those that were loaded.
    """
    con.execute("delete from ops.money")
    for connector, stream in streams:
        if not stream.money:
            continue
        for account, money in _by_account(con, connector, stream).items():
            con.execute(
                "insert into ops.money values (?, ?, ?, ?, ?, ?)",
                [connector, stream.name, account, money.loaded, money.refused, money.in_totals],
            )


def _by_account(con: DuckDBPyConnection, connector: str, stream: Stream) -> dict[str, _Money]:
    found: dict[str, _Money] = {}
    table = f"raw.{quoted(table_name(connector, stream))}"
    for account, loaded in con.execute(
        f"select _account_id, sum(abs(cast({quoted(stream.money)} as decimal(38, 6))))"
        f" from {table} group by _account_id"
    ).fetchall():
        found.setdefault(account, _Money()).loaded = (loaded or Decimal(0)) / micros(stream)
    money = next(field for field in stream.fields if field.name == stream.money)
    for account, reason, read, count, unread in con.execute(
        f"""
        select account_id, reason_code, sum(abs({plain_amount("text")})), count(*),
            case when {plain_amount("text")} is null then text end as unread
        from (
            select *, json_extract_string(record, {json_path(money.keys)}) as text
            from ops.quarantine
            where connector = ? and stream = ?
        )
        where text is not null
        group by account_id, reason_code, unread
        """,
        [connector, stream.name],
    ).fetchall():
        own = found.setdefault(account, _Money())
        amount = (read or Decimal(0)) / micros(stream)
        amount += count * (stated_money(unread or "") or Decimal(0))
        own.refused += amount
        if reason == TOTALS_ROW:
            own.in_totals += amount
    return found
