"""Accounting: every landed record is in ``raw`` or in quarantine, as counted in the tables.

Belongs here: comparing landing's manifest, the ledger, ``raw`` and the quarantine, slice by slice.
Does not belong here: deciding what goes to quarantine (``loading/slices.py``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

import duckdb

from orchestration.connectors.stream import Stream
from orchestration.extract.slices import Slice
from orchestration.foundation.sql import quoted
from orchestration.loading.slices import is_covered
from orchestration.quality.checks import Check, Expected
from orchestration.warehouse.schema import table_name

NAMED_SLICES = 3


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
    landed: Iterable[Slice],
    now: datetime,
) -> list[Check]:
    """Count every stream's slices in landing, ledger, ``raw`` and quarantine.

    Args:
        con: The build warehouse.
        streams: The streams to account for.
        landed: Every slice in landing's manifest.
        now: UTC.
    """
    slices: dict[tuple[str, str], dict[str, Slice]] = {}
    for item in landed:
        slices.setdefault((item.connector, item.stream), {})[item.slice_id] = item
    return [
        _account_stream(con, connector, stream, slices.get((connector, stream.name), {}), now)
        for connector, stream in streams
    ]


def _account_stream(
    con: duckdb.DuckDBPyConnection,
    connector: str,
    stream: Stream,
    landed: Mapping[str, Slice],
    now: datetime,
) -> Check:
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
    wrong: list[str] = []
    left_out = continued = 0
    bases = {item.base for item in landed.values()}
    for slice_id in sorted({*landed, *ledger, *loaded, *quarantined}):
        item = landed.get(slice_id)
        rows = loaded.get(slice_id, 0), quarantined.get(slice_id, 0)
        if item and slice_id not in ledger and rows == (0, 0) and is_covered(con, item, stream):
            # A newer slice continues it; or loading refused it as a whole, and one covers it.
            continued += slice_id in bases
            left_out += slice_id not in bases
        elif not item or not item.row_count == ledger.get(slice_id) == sum(rows):
            wrong.append(
                f"slice {slice_id}: {item.row_count if item else 'none'} landed, "
                f"{ledger.get(slice_id, 'none')} in the ledger, {rows[0]} loaded, "
                f"{rows[1]} quarantined"
            )
    observed = (
        f"{len(ledger)} slices: {sum(ledger.values())} records = {sum(loaded.values())} loaded "
        f"+ {sum(quarantined.values())} quarantined"
    )
    if continued:
        observed += f"; {continued} earlier slices whose rows newer ones took over"
    if left_out:
        observed += f"; {left_out} refused slices left out, newer ones cover them"
    if wrong:
        first = "; ".join(wrong[:NAMED_SLICES])
        observed = f"{len(wrong)} of {len(landed)} slices differ: {first}"
    return Check.judged(accounting_expected(connector, stream), not wrong, observed, now)


def _counts(con: duckdb.DuckDBPyConnection, sql: str, parameters: list[str]) -> dict[str, int]:
    return {slice_id: int(count) for slice_id, count in con.execute(sql, parameters).fetchall()}
