"""Accounting: every landed record is in ``raw`` or in quarantine, counted in the tables themselves.

Belongs here: comparing landing's manifest, the ledger, ``raw`` and the quarantine, slice by slice.
Does not belong here: deciding what goes to quarantine (``warehouse/loading.py``).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

import duckdb

from orchestration.connectors.stream import Stream
from orchestration.quality.checks import Check, Expected
from orchestration.warehouse.schema import quoted, table_name

NAMED_SLICES = 3


class Landed(Protocol):
    """What accounting needs of a landed slice."""

    @property
    def slice_id(self) -> str:
        """Its identity."""

    @property
    def connector(self) -> str:
        """Where it is from."""

    @property
    def stream(self) -> str:
        """The connector's stream."""

    @property
    def row_count(self) -> int:
        """Records in it."""


def accounting_expected(connector: str, stream: Stream) -> Expected:
    """The accounting check of a stream, before it runs."""
    return Expected(
        name=f"accounting.{connector}.{stream.name}",
        kind="accounting",
        asset=f"{connector}.{stream.name}",
        severity="error",
        expected="in every landed slice, records = rows loaded + rows quarantined",
    )


def account(
    con: duckdb.DuckDBPyConnection,
    streams: Iterable[tuple[str, Stream]],
    landed: Iterable[Landed],
    now: datetime,
) -> list[Check]:
    """Count every stream's slices in landing, ledger, ``raw`` and quarantine.

    Args:
        con: The build warehouse.
        streams: The streams to account for.
        landed: Every slice in landing's manifest.
        now: UTC.
    """
    records: dict[tuple[str, str], dict[str, int]] = {}
    for item in landed:
        records.setdefault((item.connector, item.stream), {})[item.slice_id] = item.row_count
    return [
        _account_stream(con, connector, stream, records.get((connector, stream.name), {}), now)
        for connector, stream in streams
    ]


def _account_stream(
    con: duckdb.DuckDBPyConnection,
    connector: str,
    stream: Stream,
    landed: dict[str, int],
    now: datetime,
) -> Check:
    expected = accounting_expected(connector, stream)
    name = [connector, stream.name]
    ledger = _counts(
        con,
        "select slice_id, sum(rows_in) from ops.ledger "
        "where connector = ? and stream = ? group by 1",
        name,
    )
    table = f"raw.{quoted(table_name(connector, stream))}"
    loaded = _counts(con, f"select _slice_id, count(*) from {table} group by 1", [])
    quarantined = _counts(
        con,
        "select slice_id, count(*) from ops.quarantine "
        "where connector = ? and stream = ? group by 1",
        name,
    )
    wrong = []
    for slice_id in sorted({*landed, *ledger, *loaded, *quarantined}):
        counted = loaded.get(slice_id, 0) + quarantined.get(slice_id, 0)
        if not landed.get(slice_id) == ledger.get(slice_id) == counted:
            wrong.append(
                f"slice {slice_id}: {_told(landed.get(slice_id))} landed, "
                f"{_told(ledger.get(slice_id))} in the ledger, {loaded.get(slice_id, 0)} loaded, "
                f"{quarantined.get(slice_id, 0)} quarantined"
            )
    if wrong:
        observed = f"{len(wrong)} of {len(landed)} slices differ: " + "; ".join(
            wrong[:NAMED_SLICES]
        )
    else:
        observed = (
            f"{len(landed)} slices: {sum(landed.values())} records = "
            f"{sum(loaded.values())} loaded + {sum(quarantined.values())} quarantined"
        )
    return Check.judged(expected, not wrong, observed, now)


def _told(count: int | None) -> str:
    return "none" if count is None else str(count)


def _counts(con: duckdb.DuckDBPyConnection, sql: str, parameters: list[str]) -> dict[str, int]:
    return {slice_id: int(count) for slice_id, count in con.execute(sql, parameters).fetchall()}
