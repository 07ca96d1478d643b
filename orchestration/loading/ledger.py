"""Records what was loaded: the rows of ``ops.ledger``.

Belongs here: reading and creating them. Does not belong here: when they are written
(``slices.py``).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from duckdb import DuckDBPyConnection

from orchestration.connectors.stream import Kind, Stream
from orchestration.extract.landing import Slice


def naive(moment: datetime | None) -> datetime | None:
    """A time as UTC without a zone; a naive time is taken as UTC."""
    if moment is None or moment.tzinfo is None:
        return moment
    return moment.astimezone(UTC).replace(tzinfo=None)


def ledger_ids(con: DuckDBPyConnection, connector: str, stream: Stream) -> set[str]:
    """The slices of a stream that were loaded."""
    rows = con.execute(
        "select slice_id from ops.ledger where connector = ? and stream = ?",
        [connector, stream.name],
    ).fetchall()
    return {row[0] for row in rows}


@dataclass(frozen=True, slots=True)
class Counts:
    """The result of loading a slice's records.

    Attributes:
        loaded: Rows in ``raw``.
        quarantined: Rows in ``ops.quarantine``.
        repaired: Cells of loaded rows that were repaired.
        cleared: Cells of loaded rows that could not be read and became null.
        money: The absolute amounts of all records, as far as they can be read.
    """

    loaded: int
    quarantined: int
    repaired: int
    cleared: int
    money: Decimal = Decimal(0)


def ledger_counts(con: DuckDBPyConnection, item: Slice) -> Counts | None:
    """The ledger's counts of a slice; None when it was not loaded."""
    row = con.execute(
        "select rows_loaded, rows_quarantined, cells_repaired, cells_cleared, money_in"
        " from ops.ledger where slice_id = ?",
        [item.slice_id],
    ).fetchone()
    return None if row is None else Counts(*row)


def cleared_cells(con: DuckDBPyConnection, item: Slice) -> int:
    """How many cells of a slice's loaded rows were cleared."""
    rows = con.execute(
        "select coalesce(sum(cells), 0) from ops.cells_cleared where slice_id = ?", [item.slice_id]
    ).fetchall()
    return int(rows[0][0])


def ledger_values(
    item: Slice, stream: Stream, counts: Counts, loaded_at: datetime | None
) -> list[Any]:
    """The row of a slice, in the order of the columns; ``loaded_at`` defaults to now."""
    return [
        item.slice_id,
        item.sequence,
        item.connector,
        item.stream,
        stream.kind.value,
        item.account_id,
        naive(item.window_start),
        naive(item.window_end),
        naive(item.extracted_at),
        item.row_count,
        counts.loaded,
        counts.quarantined,
        counts.repaired,
        counts.cleared,
        item.rows_left_out,
        item.sha256,
        item.api_version,
        json.dumps(item.unknown_fields, ensure_ascii=False),
        item.source_zone,
        naive(loaded_at or datetime.now(UTC)),
        counts.money,
        Decimal(item.money_left_out),
    ]


def is_covered(con: DuckDBPyConnection, item: Slice, stream: Stream) -> bool:
    """Whether a newer loaded slice covers everything in this one."""
    if stream.kind not in (Kind.REPORT, Kind.ENTITY_SNAPSHOT):
        return False
    newer = con.execute(
        "select window_start, window_end from ops.ledger"
        " where connector = ? and stream = ? and account_id = ? and sequence > ?",
        [item.connector, item.stream, item.account_id, item.sequence],
    ).fetchall()
    if stream.kind is Kind.ENTITY_SNAPSHOT:
        return bool(newer)
    start, end = naive(item.window_start), naive(item.window_end)
    if start is None or end is None:
        return False
    windows = [window for window in newer if None not in window]
    return any(newer_start <= start and end <= newer_end for newer_start, newer_end in windows)
