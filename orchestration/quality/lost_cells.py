"""The cells that could not be read and whose records still count.

Belongs here: ``ops.lost_cells``, of what loading counted slice by slice. Does not belong here:
deciding that a cell cannot be read (``loading``), or refused records (``losses``).
"""

from __future__ import annotations

from collections.abc import Iterable

from duckdb import DuckDBPyConnection

from orchestration.configuration.inbox_files import inbox_files
from orchestration.configuration.model import Config
from orchestration.connectors.field import Field
from orchestration.connectors.inbox import INBOX
from orchestration.connectors.stream import Kind, Stream
from orchestration.foundation.sql import quoted
from orchestration.quality.losses import stands
from orchestration.warehouse.schema import table_name


def keep_lost_cells(
    con: DuckDBPyConnection, streams: Iterable[tuple[str, Stream]], config: Config
) -> None:
    """Replace the rows of ``ops.lost_cells``; part of a transaction.

    A record that was read again since, because the vendor corrected it or restated its day, has
    lost nothing.

    Args:
        con: The warehouse, after every stream was loaded.
        streams: Those that were loaded.
        config: The configuration; files that left it do not count.
    """
    con.execute("delete from ops.lost_cells")
    for connector, stream in streams:
        whole = stream.kind is Kind.ENTITY_SNAPSHOT
        con.execute(
            _of_slices(connector, stream) if whole else _of_rows(connector, stream),
            [connector, stream.name],
        )
    files = [entry.entry_id for entry in inbox_files(config.inbox)]
    con.execute(
        "delete from ops.lost_cells where connector = ? and not list_contains(?, account_id)",
        [INBOX.name, files],
    )


def _of_slices(connector: str, stream: Stream) -> str:
    return f"""
    insert into ops.lost_cells
    select c.connector, c.stream, c.account_id, c.column_name, c.reason_code, sum(c.cells)
    from ops.cells_cleared as c inner join ops.ledger as l using (slice_id)
    where c.connector = ? and c.stream = ? and {stands(connector, stream)}
    group by all"""


def _of_rows(connector: str, stream: Stream) -> str:
    table = f"raw.{quoted(table_name(connector, stream))}"
    return f"""
    insert into ops.lost_cells
    select c.connector, c.stream, c.account_id, c.column_name, c.reason_code, count(*)
    from (
        select connector, stream, account_id, column_name, reason_code, slice_id,
            unnest(row_numbers) as row_number
        from ops.cells_cleared where connector = ? and stream = ?
    ) as c
    inner join ops.ledger as l using (slice_id)
    inner join {table} as k on k._slice_id = c.slice_id and k._row_number = c.row_number
    where {stands(connector, stream, _of_row)}
    group by all"""


def _of_row(field: Field) -> str:
    return f"cast(k.{quoted(field.column)} as varchar)"
